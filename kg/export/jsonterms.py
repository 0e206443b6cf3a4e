"""One term, written in JSON-LD: the only place where a literal's form or an IRI's short name is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode

from kg.export.context import ID, LITERAL, VOCAB, Context, is_native
from kg.export.jsontext import WIDTH, enclose, write_key, write_scalar
from kg.export.memo import Memo
from kg.export.terms import STRING


class JsonTermWriter:
    """Writes terms by a context, and keeps what it wrote: documents of the same graph may share one.

    *ids* are the `@id`s of IRIs, *keys* say of a predicate the name of its entry and of which kind its values are,
    *values* hold by kind the IRIs and literals under a term of that kind, each on one line.

    >>> from kg.export.context import make_context
    >>> from kg.rdf.iri import Prefixes
    >>> context = make_context((), Prefixes(namespaces={"e": "https://a.example/e/"}))
    >>> writer = JsonTermWriter(context)
    >>> writer.ids[NamedNode("https://a.example/e/su7")]
    '"e:su7"'
    >>> writer.write_value(Literal("雷军", language="zh"), LITERAL, 0, 0)
    '{"@value": "雷军", "@language": "zh"}'
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.ids: Memo[NamedNode, str] = Memo(lambda node: write_scalar(context.compact_iri(node.value)))
        self.names: Memo[NamedNode, str] = Memo(lambda node: write_scalar(context.compact_name(node.value)))
        self.keys: Memo[NamedNode, tuple[str, str]] = Memo(self._find_key)
        self.values: Memo[str, Memo[NamedNode | Literal, str]] = Memo(self._know_values)

    def write_value(self, term: NamedNode | Literal, kind: str, indent: int, lead: int) -> str:
        """An IRI or a literal under a term of this kind; in full where the kind would change it.

        It is laid out for a place *indent* columns in, with *lead* columns before it on its line.
        """
        written = self.values[kind][term]
        if written[0] == "{" and indent + lead + len(written) >= WIDTH:
            return enclose("{}", self._write_in_full(term), indent, lead)
        return written

    def _find_key(self, predicate: NamedNode) -> tuple[str, str]:
        name = self._context.compact_name(predicate.value)
        return write_key(name), self._context.get_kind(predicate.value)

    def _know_values(self, kind: str) -> Memo[NamedNode | Literal, str]:
        return Memo(lambda term: self._write_value(term, kind))

    def _write_value(self, term: NamedNode | Literal, kind: str) -> str:
        """The IRI or the literal on one line."""
        if isinstance(term, NamedNode):
            if kind == ID:
                return self.ids[term]
            if kind == VOCAB:
                return self.names[term]
        elif term.direction is not None:
            raise ValueError(f"JSON-LD in RDF has no direction of text: {term}")
        elif term.language is None:
            text, datatype = term.value, term.datatype.value
            if datatype == kind or (datatype == STRING and kind == LITERAL):
                return write_scalar(text)
            if kind == LITERAL and is_native(term):
                return text
        return f"{{{', '.join(self._write_in_full(term))}}}"

    def _write_in_full(self, term: NamedNode | Literal) -> Sequence[str]:
        """The entries of a value that stands for itself."""
        if isinstance(term, NamedNode):
            return (f'"@id": {self.ids[term]}',)
        value, datatype = f'"@value": {write_scalar(term.value)}', term.datatype.value
        if term.language is not None:
            return (value, f'"@language": {write_scalar(term.language)}')
        if datatype == STRING:
            return (value,)
        return (value, f'"@type": {write_scalar(self._context.compact_iri(datatype))}')
