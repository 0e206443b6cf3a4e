"""JSON-LD 1.1: compact, nested, its context inline, every literal to the letter.

Written directly from the quads: a JSON-LD library would expand, sort and rewrite them first. Named graphs
stand in the top `@graph`; a node that is referred to once in its graph stands where it is referred to.
Source: JSON-LD 1.1, sections 4.3 and 4.9; JSON-LD 1.1 API, section 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from kg.export.context import ID, LANGUAGE, LITERAL, VOCAB, Context, is_native
from kg.export.jsontext import STEP, Json, LaidOut, lay_out_item, stream_json
from kg.export.nesting import TYPE
from kg.export.order import Node, Term
from kg.export.outline import GraphOutline, Headings, Outline, Section, canonicalize_quads, find_headings, outline_quads
from kg.export.terms import STRING
from kg.quad import Quad


def write_jsonld(quads: Iterable[Quad], context: Context, sections: Sequence[Section] = ()) -> str:
    """The quads as one JSON-LD document; subjects in *sections* stand at the top, in that order.

    Raises ValueError for a triple term or a text with a direction, which JSON-LD 1.1 cannot say in RDF, and
    for an IRI that the context cannot write.

    >>> from kg.export.context import derive_context
    >>> from kg.iri import Prefixes
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


def stream_jsonld(quads: Iterable[Quad], context: Context, sections: Sequence[Section] = ()) -> Iterator[str]:
    """The document of `write_jsonld` in pieces, which are never held together."""
    listed = canonicalize_quads(quads)
    top = {subject for section in sections for subject in section.subjects}
    top |= {quad.predicate for quad in listed}
    top |= {NamedNode(iri) for iri in context.by_iri}

    def may_nest(predicate: NamedNode, node: Node) -> bool:
        return predicate != TYPE and (isinstance(node, BlankNode) or node not in top)

    outline = outline_quads(listed, nestable=(NamedNode, BlankNode), may_nest=may_nest)
    nodes = _lay_out_nodes(outline, context, find_headings(sections))
    return stream_json({"@context": context.to_json()}, "@graph", nodes)


def _lay_out_nodes(outline: Outline, context: Context, headings: Headings) -> Iterator[LaidOut]:
    """The nodes of the default graph, and each named graph with its nodes."""
    for graph in outline.graphs:
        writer = _GraphWriter(graph, outline.labels, context)
        if isinstance(graph.name, DefaultGraph):
            yield from writer.write(headings, 2 * STEP)
        else:
            nodes: list[Json] = list(writer.write(headings, 4 * STEP))
            yield lay_out_item({"@id": writer.identify(graph.name), "@graph": nodes}, 2 * STEP)


class _GraphWriter:
    """Writes the nodes of one graph."""

    def __init__(self, graph: GraphOutline, labels: Mapping[BlankNode, str], context: Context) -> None:
        self._graph = graph
        self._labels = labels
        self._context = context

    def write(self, headings: Headings, indent: int) -> Iterator[LaidOut]:
        """The nodes that stand by themselves, as texts: they take a tenth of the memory."""
        arranged = self._graph.arrange(headings)
        return (lay_out_item(self._write_node(node), indent) for _, nodes in arranged for node in nodes)

    def identify(self, node: Node) -> str:
        """The `@id` of an IRI or of a blank node with a label."""
        if isinstance(node, BlankNode):
            return f"_:{self._labels[node]}"
        return self._context.compact_iri(node.value)

    def _write_node(self, node: Node) -> Json:
        written: dict[str, Json] = {}
        if isinstance(node, NamedNode) or node in self._labels:
            written["@id"] = self.identify(node)
        for predicate, terms in self._graph.properties(node).items():
            if predicate == TYPE:
                types = [self._write_type(term) for term in terms if isinstance(term, NamedNode | BlankNode)]
                terms = [term for term in terms if not isinstance(term, NamedNode | BlankNode)]
                if types:
                    written["@type"] = types if len(types) > 1 else types[0]
            if terms:
                key = self._context.compact_name(predicate.value)
                written[key] = self._write_values(terms, self._context.get_kind(predicate.value))
        return written

    def _write_type(self, term: Node) -> str:
        return self.identify(term) if isinstance(term, BlankNode) else self._context.compact_name(term.value)

    def _write_values(self, terms: Sequence[Term], kind: str) -> Json:
        if kind == LANGUAGE:
            if all(isinstance(term, Literal) and term.language and not term.direction for term in terms):
                return _write_language_map(terms)
            # An array is not read as a map of languages (JSON-LD 1.1 API, section 5.1.2, step 13.7).
            return [self._write_value(term, kind) for term in terms]
        written = [self._write_value(term, kind) for term in terms]
        return written if len(written) > 1 else written[0]

    def _write_value(self, term: Term, kind: str) -> Json:
        """A value under a term of this kind; in full where the kind would change it."""
        if isinstance(term, Literal):
            return _write_literal(term, kind, self._context)
        if isinstance(term, Triple):
            raise ValueError(f"JSON-LD has no triple terms: {term}")
        if term in self._graph.lists:
            return {"@list": [self._write_value(item, kind) for item in self._graph.lists[term]]}
        if term in self._graph.nested:
            return self._write_node(term)
        if kind == ID:
            return self.identify(term)
        if kind == VOCAB and isinstance(term, NamedNode):
            return self._context.compact_name(term.value)
        return {"@id": self.identify(term)}


def _write_literal(literal: Literal, kind: str, context: Context) -> Json:
    text, datatype = literal.value, literal.datatype.value
    if literal.direction is not None:
        raise ValueError(f"JSON-LD in RDF has no direction of text: {literal}")
    if literal.language is not None:
        return {"@value": text, "@language": literal.language}
    if datatype == kind:
        return text
    if datatype == STRING:
        return text if kind == LITERAL else {"@value": text}
    if kind == LITERAL and is_native(literal):
        return text == "true" if text in ("true", "false") else int(text)
    return {"@value": text, "@type": context.compact_iri(datatype)}


def _write_language_map(terms: Sequence[Term]) -> Json:
    texts: dict[str, list[str]] = {}
    for term in terms:
        assert isinstance(term, Literal) and term.language
        texts.setdefault(term.language, []).append(term.value)
    return {tag: found if len(found) > 1 else found[0] for tag, found in sorted(texts.items())}
