"""JSON-LD 1.1: compact, nested, its context inline, every literal to the letter.

Written directly from the quads: a JSON-LD library would expand, sort and rewrite them first. Named graphs
stand in the top `@graph`; a node that is referred to once in its graph stands where it is referred to.
Source: JSON-LD 1.1, sections 4.3 and 4.9; JSON-LD 1.1 API, section 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from kg.export.canonical import canonicalize_quads
from kg.export.context import ID, Context
from kg.export.jsonterms import JsonTermWriter
from kg.export.jsontext import STEP, LaidOut, enclose, stream_json, write_key, write_scalar
from kg.export.order import TYPE, Node, Term
from kg.export.outline import GraphOutline, Headings, Outline, Section, find_headings, outline_quads
from kg.rdf.quad import Quad


def write_jsonld(quads: Iterable[Quad], context: Context, sections: Sequence[Section] = ()) -> str:
    """The quads as one JSON-LD document; subjects in *sections* stand at the top, in that order.

    Raises ValueError for a triple term or a text with a direction, which JSON-LD 1.1 cannot say in RDF, and
    for an IRI that the context cannot write.

    >>> from kg.export.context import derive_context
    >>> from kg.rdf.iri import Prefixes
    >>> su7, built = NamedNode("https://a.example/e/su7"), NamedNode("https://a.example/e/built")
    >>> quads = [Quad(su7, built, Literal(2024)), Quad(su7, built, Literal(2), su7)]
    >>> print(write_jsonld(quads, derive_context(quads, Prefixes(namespaces={"e": "https://a.example/e/"}))))
    {
      "@context": {"@version": 1.1, "e": "https://a.example/e/", "built": "e:built"},
      "@graph": [{"@id": "e:su7", "built": 2024}, {"@id": "e:su7", "@graph": [{"@id": "e:su7", "built": 2}]}]
    }
    <BLANKLINE>
    """
    return "".join(stream_jsonld(quads, context, sections))


def stream_jsonld(
    quads: Iterable[Quad], context: Context, sections: Sequence[Section], terms: JsonTermWriter | None = None
) -> Iterator[str]:
    """The document of `write_jsonld` in pieces, which are never held together.

    *terms* write by the *context* and keep what they wrote for a further document.
    """
    listed = canonicalize_quads(quads)
    headings = find_headings(sections)
    top = {*headings.places, *listed.predicates, *(NamedNode(iri) for iri in context.by_iri)}
    outline = outline_quads(
        listed,
        nestable=lambda node: isinstance(node, BlankNode) or node not in top,
        never=frozenset({TYPE}),
    )
    nodes = _lay_out_nodes(outline, terms or JsonTermWriter(context), headings)
    return stream_json({"@context": context.to_json()}, "@graph", nodes)


def _lay_out_nodes(outline: Outline, terms: JsonTermWriter, headings: Headings) -> Iterator[LaidOut]:
    """The nodes of the default graph, and each named graph with its nodes."""
    for graph in outline.graphs:
        writer = _NodeWriter(graph, outline.labels, terms)
        if isinstance(graph.name, DefaultGraph):
            yield from map(LaidOut, writer.write(headings, 2 * STEP))
        else:
            nodes = list(writer.write(headings, 4 * STEP))
            listed = enclose("[]", nodes, 3 * STEP, len(write_key("@graph")))
            parts = [write_key("@id") + writer.identify(graph.name), write_key("@graph") + listed]
            yield LaidOut(enclose("{}", parts, 2 * STEP, 0))


class _NodeWriter:
    """Writes the nodes of one graph, each as the text for its place."""

    def __init__(self, graph: GraphOutline, labels: Mapping[BlankNode, str], terms: JsonTermWriter) -> None:
        self._graph = graph
        self._labels = labels
        self._terms = terms

    def write(self, headings: Headings, indent: int) -> Iterator[str]:
        """The nodes that stand by themselves, *indent* columns in."""
        arranged = self._graph.arrange(headings)
        return (self._write_node(node, indent, 0) for _, nodes in arranged for node in nodes)

    def identify(self, node: Node) -> str:
        """The `@id` of an IRI or of a blank node with a label."""
        return write_scalar(f"_:{self._labels[node]}") if isinstance(node, BlankNode) else self._terms.identify(node)

    def _write_node(self, node: Node, indent: int, lead: int) -> str:
        """A node at a place *indent* columns in, with *lead* columns before it on its line."""
        inner = indent + STEP
        entries = []
        if isinstance(node, NamedNode) or node in self._labels:
            entries.append(f'"@id": {self.identify(node)}')
        involved = node in self._graph.involved
        for prop in self._graph.subjects[node]:
            line = "" if involved else self._terms.write_line(prop, inner)
            if line:
                entries.append(line)
            else:
                entries += self._terms.write_entries(prop, inner, self._write_any_value, self.identify)
        return enclose("{}", entries, indent, lead)

    def _write_any_value(self, term: Term, kind: str, indent: int, lead: int) -> str:
        """A value that may be blank or nested; in full where the kind would change it."""
        if isinstance(term, Literal):
            return self._terms.write_value(term, kind, indent, lead)
        if isinstance(term, Triple):
            raise ValueError(f"JSON-LD has no triple terms: {term}")
        if term in self._graph.lists:
            inside = [self._write_any_value(item, kind, indent + 2 * STEP, 0) for item in self._graph.lists[term]]
            listed = enclose("[]", inside, indent + STEP, len('"@list": '))
            return enclose("{}", [f'"@list": {listed}'], indent, lead)
        if term in self._graph.nested:
            return self._write_node(term, indent, lead)
        if not isinstance(term, BlankNode):
            return self._terms.write_value(term, kind, indent, lead)
        if kind == ID:
            return self.identify(term)
        return enclose("{}", [f'"@id": {self.identify(term)}'], indent, lead)
