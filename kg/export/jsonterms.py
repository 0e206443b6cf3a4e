"""One term, written in JSON-LD: the only place where a literal's form or an IRI's short name is chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode

from kg.export.context import LITERAL, Context, is_native
from kg.export.jsontext import WIDTH, enclose, write_key, write_scalar
from kg.export.terms import STRING


class JsonTermWriter:
    """Writes terms by a context, and keeps what it wrote: documents of the same graph may share one.

    >>> from kg.export.context import make_context
    >>> from kg.rdf.iri import Prefixes
    >>> context = make_context((), Prefixes(namespaces={"e": "https://a.example/e/"}))
    >>> writer = JsonTermWriter(context)
    >>> writer.identify(NamedNode("https://a.example/e/su7"))
    '"e:su7"'
    >>> writer.write_literal(Literal("雷军", language="zh"), LITERAL, 0, 0)
    '{"@value": "雷军", "@language": "zh"}'
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._ids: dict[NamedNode, str] = {}
        self._keys: dict[NamedNode, tuple[str, str]] = {}
        self._literals: defaultdict[str, dict[Literal, str]] = defaultdict(dict)

    def identify(self, node: NamedNode) -> str:
        """The `@id` of an IRI."""
        written = self._ids.get(node)
        if written is None:
            written = self._ids[node] = write_scalar(self._context.compact_iri(node.value))
        return written

    def name(self, node: NamedNode) -> str:
        """An IRI as a type or a value of a vocabulary."""
        return write_scalar(self._context.compact_name(node.value))

    def write_key(self, predicate: NamedNode) -> tuple[str, str]:
        """The name of a property's entry, and of which kind its values are."""
        known = self._keys.get(predicate)
        if known is None:
            name = self._context.compact_name(predicate.value)
            known = self._keys[predicate] = write_key(name), self._context.get_kind(predicate.value)
        return known

    def write_literal(self, literal: Literal, kind: str, indent: int, lead: int) -> str:
        """A literal under a term of this kind; in full where the kind would change it.

        It is laid out for a place *indent* columns in, with *lead* columns before it on its line.
        """
        written = self._literals[kind].get(literal)
        if written is None:
            written = self._literals[kind][literal] = self._write_literal(literal, kind)
        if written[0] == "{" and indent + lead + len(written) >= WIDTH:
            return enclose("{}", self._write_in_full(literal), indent, lead)
        return written

    def _write_literal(self, literal: Literal, kind: str) -> str:
        """The literal on one line."""
        if literal.direction is not None:
            raise ValueError(f"JSON-LD in RDF has no direction of text: {literal}")
        if literal.language is None:
            text, datatype = literal.value, literal.datatype.value
            if datatype == kind or (datatype == STRING and kind == LITERAL):
                return write_scalar(text)
            if kind == LITERAL and is_native(literal):
                return text
        return f"{{{', '.join(self._write_in_full(literal))}}}"

    def _write_in_full(self, literal: Literal) -> Sequence[str]:
        """The entries of a literal that stands for itself."""
        value, datatype = f'"@value": {write_scalar(literal.value)}', literal.datatype.value
        if literal.language is not None:
            return (value, f'"@language": {write_scalar(literal.language)}')
        if datatype == STRING:
            return (value,)
        return (value, f'"@type": {write_scalar(self._context.compact_iri(datatype))}')
