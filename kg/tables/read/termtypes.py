"""Which kinds of terms may stand where, and what is wrong with a term map that was read."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg.rdf.iri import local_name
from kg.rdf.namespace import XSD
from kg.rdf.turtle.document import MarkedTerm
from kg.rdf.xsd import DATATYPES, is_valid
from kg.tables.engine.macros import LANGUAGE
from kg.tables.rml import Constant, Expression, FunctionExecution, Position, Reference, RowIdentity, TermMap, TermType
from kg.tables.vocabulary import Generation
from kg.tables.wording import choose_words
from kg.text.diagnostic import Mark, did_you_mean
from kg.text.findings import Findings

_IRIS = {TermType.IRI, TermType.URI, TermType.UNSAFE_IRI, TermType.UNSAFE_URI}
ALLOWED = {
    Position.SUBJECT: {*_IRIS, TermType.BLANK_NODE},
    Position.PREDICATE: _IRIS,
    Position.GRAPH: {*_IRIS, TermType.BLANK_NODE},
    Position.DATATYPE: _IRIS,
    Position.LANGUAGE: {TermType.LITERAL},
    Position.OBJECT: set(TermType),
    Position.VALUE: set(TermType),
}


def is_datatype(findings: Findings, iri: str, mark: Mark) -> bool:
    """Whether a datatype is one that its vocabulary has, as far as it is that of XML Schema; else that is told."""
    name = iri.removeprefix(XSD)
    if not iri.startswith(XSD) or name in DATATYPES:
        return True
    findings.tell("map-term", mark, f"XML Schema has no datatype `{name}`", did_you_mean(name, DATATYPES))
    return False


def is_language_tag(text: str) -> bool:
    """Whether a text is a well-formed language tag with a language that can be.

    >>> is_language_tag("zh-Hans"), is_language_tag("en_GB"), is_language_tag("english")
    (True, False, False)
    """
    return re.fullmatch(LANGUAGE, text) is not None


def make_constant(findings: Findings, found: MarkedTerm) -> Constant | None:
    """The constant of a term of the mapping; a blank node is none, and is told (RML-Core §constant expressions)."""
    assert not isinstance(found.term, ox.DefaultGraph)
    if isinstance(found.term, ox.BlankNode):
        hint = "write `rml:objectMap [ ... ]` for a map; blank nodes come of `rml:termType rml:BlankNode`"
        findings.tell("map-term", found.mark, "a constant is an IRI or a literal, not a blank node", hint)
        return None
    if isinstance(found.term, ox.Literal) and not is_datatype(findings, found.term.datatype.value, found.mark):
        return None
    if isinstance(found.term, ox.Literal) and not is_valid(found.term.value, found.term.datatype.value):
        message = f"`{found.term.value}` is no {local_name(found.term.datatype.value)}"
        findings.tell("map-term", found.mark, message, "correct the constant, or its datatype")
        return None
    return Constant(term=found.term, mark=found.mark)


def constant_map(findings: Findings, found: MarkedTerm, position: Position, generation: Generation) -> TermMap | None:
    """The map of a constant shortcut (`rml:predicate`, `rml:object`, `rml:graph` ...)."""
    expression = make_constant(findings, found)
    if expression is None:
        return None
    kind = type_of_constant(expression.term)
    made = TermMap(
        position=position, expression=expression, term_type=kind, generation=generation, mark=expression.mark
    )
    return check_term_map(findings, made)


def reference_map(text: str, mark: Mark, generation: Generation) -> TermMap:
    """A plain value: what a reference gives."""
    return TermMap(
        position=Position.VALUE,
        expression=Reference(text=text, mark=mark),
        term_type=TermType.LITERAL,
        generation=generation,
        mark=mark,
    )


def type_of_constant(term: object) -> TermType:
    """The term type of a constant."""
    if isinstance(term, ox.NamedNode):
        return TermType.IRI
    return TermType.BLANK_NODE if isinstance(term, ox.BlankNode) else TermType.LITERAL


def default_type(position: Position, expression: Expression, *, tagged: bool) -> TermType:
    """The term type where none is declared (RML-Core §term types; R2RML §7.4); *tagged* by a datatype or a language."""
    if isinstance(expression, Constant):
        return type_of_constant(expression.term)
    if isinstance(expression, RowIdentity):
        return TermType.BLANK_NODE
    if position in {Position.LANGUAGE, Position.VALUE}:
        return TermType.LITERAL
    if position is not Position.OBJECT:
        return TermType.IRI
    if tagged or isinstance(expression, Reference | FunctionExecution):
        return TermType.LITERAL
    return TermType.IRI


def name_kind(kind: TermType) -> str:
    """A kind of term with its article.

    >>> name_kind(TermType.IRI), name_kind(TermType.URI)
    ('an IRI', 'a URI')
    """
    return f"{'an' if kind.value.startswith(('IRI', 'Unsafe')) else 'a'} {kind.value}"


def check_term_map(findings: Findings, term_map: TermMap) -> TermMap | None:
    """The map itself, unless its kind of term cannot stand in its position, which is told."""
    position, kind = term_map.position, term_map.term_type
    constant = term_map.expression.term if isinstance(term_map.expression, Constant) else None

    def refuse(message: str, rml: str, yarrrml: str, code: str = "map-term-type", at: TermMap = term_map) -> None:
        findings.tell(code, at.mark, message, choose_words(at.mark, rml, yarrrml))

    if kind not in ALLOWED[position]:
        message = f"{name_kind(kind)} cannot be a {position.value}"
        refuse(message, "leave `rml:termType` out, or use rml:IRI", "leave `type` out, or write `type: iri`")
    elif position is Position.VALUE and isinstance(term_map.expression, RowIdentity):
        what = "a blank node of each row" if term_map.gather is None else "a collection"
        refuse(f"{what} is no value", "add an `rml:reference` or an `rml:template`", "write a `value`")
    elif term_map.gather is not None and position not in {Position.SUBJECT, Position.OBJECT}:
        hint = "gather in the subject or in an object"
        refuse(f"a collection cannot be a {position.value}", hint, hint)
    elif (
        constant is not None
        and type_of_constant(constant) is not kind
        and not (isinstance(constant, ox.NamedNode) and kind.names_resource)
        and position is not Position.VALUE
    ):
        hint = "write the constant as the kind of term it shall be, without `rml:termType`"
        refuse(f"the constant {constant} is no {kind.value}", hint, "write a `value` of that type, or another `type`")
    elif position is Position.LANGUAGE and isinstance(constant, ox.Literal) and not is_language_tag(constant.value):
        hint = "use a tag of BCP 47, such as `en` or `zh-Hans`"
        refuse(f"`{constant.value}` is no language tag", hint, hint, "map-language")
    elif kind is not TermType.LITERAL and (extra := term_map.datatype or term_map.language) is not None:
        message = f"{name_kind(kind)} has neither datatype nor language"
        refuse(message, "remove it, or use `rml:termType rml:Literal`", "remove it, or write `type: literal`", at=extra)
    else:
        return term_map
    return None
