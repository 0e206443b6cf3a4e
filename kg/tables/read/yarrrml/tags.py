"""Datatypes and languages as YARRRML writes them."""

from __future__ import annotations

import re
from dataclasses import replace

from pyoxigraph import NamedNode

from kg.rdf.namespace import RDF
from kg.tables.read.termtypes import is_language_tag
from kg.tables.read.yarrrml.keys import LANGUAGE_KEYS
from kg.tables.read.yarrrml.scope import DocumentScope, Fields
from kg.tables.read.yarrrml.sources import read_targets
from kg.tables.read.yarrrml.values import make_term_map
from kg.tables.rml import Constant, LogicalTarget, Position, TermMap, TermType
from kg.text.yamldoc import MappingNode, Node, Scalar

_MARKED = re.compile(
    r"~ ?(iri|lang|blank|bnode|blanknode|literal) ?$|(?<=\))~(?!iri$)([a-z]{2,3}(?:-[a-z0-9]{2,8})*)$", re.IGNORECASE
)
_HINTS = {
    "iri": "write `{body}~iri`",
    "literal": "leave it out: a text is a literal",
    **dict.fromkeys(("blank", "bnode", "blanknode"), 'write `{{value: "{body}", type: blank}}`'),
}
_CALL = re.compile(r"[^()$\s]+\(.*\)$", re.DOTALL)


def warn_of_literal(scope: DocumentScope, text: Scalar, term_map: TermMap, *, tagged: bool) -> None:
    """A warning for a text that becomes a literal, and is written as an IRI, a language or a call of a function is.

    With a datatype or a language (*tagged*) it is meant to be one.
    """
    if term_map.term_type is not TermType.LITERAL:
        return
    if marked := _MARKED.search(text.text):
        word, body = marked[0].strip("~ ").casefold(), text.text[: marked.start()]
        hint = _HINTS.get(word, "write the language behind it: `[$(name), en~lang]`").format(body=body)
        message = f"`{marked[0]}` is no mark here, and becomes a part of the literal"
        scope.tell("yarrrml-literal", text.part(marked.start(), len(text.text)), message, hint)
    elif not tagged and scope.names.finds_prefix(text.text):
        hint = f"write `{text.text}~iri` for an IRI; for a text, its datatype, or `\\:` for a colon that ends no prefix"
        if _CALL.match(text.text):
            hint = "write a call as a mapping: `{function: ...}`"
        message = f"`{text.text}` becomes a literal, with its prefix written out"
        scope.tell("yarrrml-literal", text.mark, message, hint)


def read_tag(scope: DocumentScope, term_map: TermMap, node: Node) -> TermMap:
    """The term map with the datatype or, after `~lang`, the language that the node names."""
    text = scope.read_text(node, "a datatype, or a language with `~lang`")
    if text is None:
        return term_map
    if text.text.endswith("~lang"):
        return replace(term_map, language=read_language(scope, text))
    return replace(term_map, datatype=read_datatype(scope, text))


def read_tags(scope: DocumentScope, term_map: TermMap, fields: Fields) -> TermMap:
    """The term map with the `datatype` and the `language` of a mapping, where it has none of its own."""
    if term_map.datatype is None and (text := scope.read_text(fields.get("datatype"))) is not None:
        term_map = replace(term_map, datatype=read_datatype(scope, text))
    language = fields.get("language")
    if term_map.language is None and language is not None:
        term_map = replace(term_map, language=read_language(scope, language))
    return term_map


def read_datatype(scope: DocumentScope, text: Scalar) -> TermMap:
    """The map of a datatype."""
    value = scope.read_value(text, is_iri=True, suffix="~iri")
    return make_term_map(scope, value, TermType.IRI, Position.DATATYPE)


def read_language(scope: DocumentScope, node: Node) -> TermMap | None:
    """`en`, `en~lang`, `$(column)`, or a mapping with `value` and `targets`."""
    targets: tuple[LogicalTarget, ...] = ()
    written: Node | None = node
    if isinstance(node, MappingNode):
        fields = scope.read_fields(node, LANGUAGE_KEYS)
        targets = read_targets(scope, fields.get("targets"))
        written = fields.get("value")
        if written is None:
            scope.tell("yarrrml-missing", node.mark, "a language needs a `value`")
    text = scope.read_text(written)
    if text is None:
        return None
    value = scope.read_value(text, is_iri=False, suffix="~lang")
    if value.constant is not None and not is_language_tag(value.constant):
        message = f"`{value.constant}` is no language tag"
        scope.tell("yarrrml-language", text.mark, message, "write a tag of BCP 47, such as `en` or `zh-Hans`")
    return replace(make_term_map(scope, value, TermType.LITERAL, Position.LANGUAGE), targets=targets)


def check_tags(scope: DocumentScope, term_map: TermMap) -> TermMap:
    """The term map, its datatype and language agreeing with each other and with its kind."""
    datatype, language = term_map.datatype, term_map.language
    if datatype is not None and language is not None:
        tagged = Constant(term=NamedNode(RDF + "langString"), mark=datatype.mark)
        if datatype.expression == tagged:
            return replace(term_map, datatype=None)
        message = "a literal has a datatype or a language, not both; the language is not used"
        scope.tell("yarrrml-tags", datatype.mark, message)
        return replace(term_map, language=None)
    tag = datatype or language
    if tag is not None and term_map.term_type is not TermType.LITERAL:
        scope.tell("yarrrml-type", tag.mark, "only a literal has a datatype or a language")
    return term_map
