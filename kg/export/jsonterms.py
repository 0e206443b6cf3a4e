"""One term, written in JSON-LD: the only place where a literal's form or an IRI's short name is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.export.canonical import PredicateObjects
from kg.export.context import ID, LANGUAGE, LITERAL, VOCAB, Context, is_native
from kg.export.jsontext import STEP, WIDTH, enclose, write_key, write_scalar
from kg.export.memo import Memo
from kg.export.order import TYPE, Term
from kg.export.terms import STRING

_FAR_OUT: Final = -(10**9)  # a place from which everything fits into its line

WriteValue = Callable[[Any, str, int, int], str]
"""Writes a value under a term of a kind, at a place so many columns in, with so many before it on its line."""


class JsonTermWriter:
    """Writes terms by a context, and keeps what it wrote: documents of the same graph may share one.

    >>> from kg.export.context import make_context
    >>> from kg.rdf.iri import Prefixes
    >>> context = make_context((), Prefixes(namespaces={"e": "https://a.example/e/"}))
    >>> writer = JsonTermWriter(context)
    >>> writer.identify(NamedNode("https://a.example/e/su7"))
    '"e:su7"'
    >>> writer.write_value(Literal("雷军", language="zh"), LITERAL, 0, 0)
    '{"@value": "雷军", "@language": "zh"}'
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._ids: Memo[NamedNode, str] = Memo(lambda node: write_scalar(context.compact_iri(node.value)))
        self._lines: Memo[PredicateObjects, str] = Memo(self._write_line)

    def identify(self, node: NamedNode) -> str:
        """The `@id` of an IRI."""
        return self._ids[node]

    def name(self, node: NamedNode) -> str:
        """An IRI as a type or a value of a vocabulary."""
        return write_scalar(self._context.compact_name(node.value))

    def write_line(self, prop: PredicateObjects, indent: int) -> str:
        """The entry of a property without blank or nested nodes, on one line, at a place *indent* columns in.

        It is empty where the entry does not fit into a line, or the property has two (`write_entries` writes both).
        """
        line = self._lines[prop]
        return "" if line and line[-1] in "}]" and indent + len(line) >= WIDTH else line

    def _write_line(self, prop: PredicateObjects) -> str:
        entries = self.write_entries(prop, _FAR_OUT, self.write_value, self.identify)
        return entries[0] if len(entries) == 1 else ""

    def write_entries(
        self, prop: PredicateObjects, indent: int, write_value: WriteValue, identify: Callable[[Any], str]
    ) -> list[str]:
        """The entries of a property at a place *indent* columns in; *identify* is asked for types that are blank."""
        terms, entries = prop.terms, []
        if prop.predicate == TYPE:
            types = [self.name(t) if isinstance(t, NamedNode) else identify(t) for t in terms if _may_be_type(t)]
            terms = tuple(term for term in terms if not _may_be_type(term))
            if types:
                entries.append('"@type": ' + (enclose("[]", types, indent, 9) if len(types) > 1 else types[0]))
            if not terms:
                return entries
        iri = prop.predicate.value
        key, kind = write_key(self._context.compact_name(iri)), self._context.get_kind(iri)
        if len(terms) == 1 and kind != LANGUAGE:
            value = write_value(terms[0], kind, indent, len(key))
        elif kind == LANGUAGE and all(map(_has_language, terms)):
            value = _write_language_map(terms, indent, len(key))
        else:  # for a language map too: an array is not read as one (JSON-LD 1.1 API, section 5.1.2, step 13.7)
            value = enclose("[]", [write_value(term, kind, indent + STEP, 0) for term in terms], indent, len(key))
        return [*entries, key + value]

    def write_value(self, term: NamedNode | Literal, kind: str, indent: int, lead: int) -> str:
        """An IRI or a literal under a term of this kind; in full where the kind would change it.

        It is laid out for a place *indent* columns in, with *lead* columns before it on its line.
        """
        if isinstance(term, NamedNode):
            if kind == ID:
                return self.identify(term)
            if kind == VOCAB:
                return self.name(term)
        elif term.direction is not None:
            raise ValueError(f"JSON-LD in RDF has no direction of text: {term}")
        elif term.language is None:
            text, datatype = term.value, term.datatype.value
            if datatype == kind or (datatype == STRING and kind == LITERAL):
                return write_scalar(text)
            if kind == LITERAL and is_native(term):
                return text
        return enclose("{}", self._write_in_full(term), indent, lead)

    def _write_in_full(self, term: NamedNode | Literal) -> Sequence[str]:
        """The entries of a value that stands for itself."""
        if isinstance(term, NamedNode):
            return (f'"@id": {self.identify(term)}',)
        value, datatype = f'"@value": {write_scalar(term.value)}', term.datatype.value
        if term.language is not None:
            return (value, f'"@language": {write_scalar(term.language)}')
        if datatype == STRING:
            return (value,)
        return (value, f'"@type": {write_scalar(self._context.compact_iri(datatype))}')


def _may_be_type(term: Term) -> bool:
    return isinstance(term, NamedNode | BlankNode)


def _has_language(term: Term) -> bool:
    return isinstance(term, Literal) and bool(term.language) and not term.direction


def _write_language_map(terms: Iterable[Any], indent: int, lead: int) -> str:
    texts: dict[str, list[str]] = {}
    for term in terms:
        texts.setdefault(term.language, []).append(write_scalar(term.value))
    entries = []
    for tag, found in sorted(texts.items()):
        key = write_key(tag)
        entries.append(key + (enclose("[]", found, indent + STEP, len(key)) if len(found) > 1 else found[0]))
    return enclose("{}", entries, indent, lead)
