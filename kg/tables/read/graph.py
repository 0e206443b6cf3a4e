"""A mapping as an RDF graph whose every term keeps its mark, with the words of RML in today's spelling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from kg.rdf.namespace import DCTERMS, RDF
from kg.rdf.turtle.document import MarkedTerm, RdfDocument
from kg.tables.vocabulary import RML, Generation, generation_of, translate_iri

CONFORMS_TO = DCTERMS + "conformsTo"

Resource = ox.NamedNode | ox.BlankNode
Node = Resource | ox.Literal | ox.DefaultGraph  # what stands in a quad; only resources are described


@dataclass(frozen=True, kw_only=True)
class MappingTriple:
    """One triple of the mapping: its *predicate* in today's spelling, and the *generation* it is from."""

    subject: MarkedTerm
    predicate: str
    written: MarkedTerm
    object: MarkedTerm
    generation: Generation | None


@dataclass(frozen=True, kw_only=True)
class MappingGraph:
    """The triples of a mapping by subject, in the order of the file."""

    by_subject: dict[Resource, tuple[MappingTriple, ...]] = field(repr=False)
    asked: set[tuple[Node, str]] = field(default_factory=set, repr=False, compare=False)  # what a reader looked for

    @cached_property
    def conforms_to_rml(self) -> bool:
        """Whether the mapping says of itself that it is meant as today's RML, in whatever words it is written."""
        return any(s.object.term == ox.NamedNode(RML) for s in self.with_predicate(CONFORMS_TO))

    def with_predicate(self, name: str) -> Iterator[MappingTriple]:
        """All statements whose predicate is `rml:name`, or the IRI *name*."""
        iri = name if ":" in name else RML + name
        return (s for statements in self.by_subject.values() for s in statements if s.predicate == iri)

    def about(self, node: Node) -> tuple[MappingTriple, ...]:
        """All statements with this subject."""
        if isinstance(node, ox.NamedNode | ox.BlankNode):
            return self.by_subject.get(node, ())
        return ()

    def statements(self, node: Node, name: str) -> list[MappingTriple]:
        """The statements about *node* whose predicate is `rml:name`, or the IRI *name*."""
        iri = name if ":" in name else RML + name
        self.asked.add((node, iri))
        return [s for s in self.about(node) if s.predicate == iri]

    def left_over(self) -> Iterator[MappingTriple]:
        """The statements in words of RML that nobody looked for, of nodes that somebody read."""
        read = {node for node, _ in self.asked}
        for node, statements in self.by_subject.items():
            for each in statements if node in read else ():
                if each.generation is not None and (node, each.predicate) not in self.asked:
                    yield each

    def objects(self, node: Node, name: str) -> list[MarkedTerm]:
        """The objects of these statements, each once."""
        found: dict[object, MarkedTerm] = {}
        for statement in self.statements(node, name):
            found.setdefault(statement.object.term, statement.object)
        return list(found.values())

    def subjects_with(self, *names: str) -> Iterator[MarkedTerm]:
        """Every subject that has one of these properties, in the order of the file."""
        wanted = {RML + name for name in names}
        for statements in self.by_subject.values():
            hit = next((s for s in statements if s.predicate in wanted), None)
            if hit is not None:
                yield hit.subject

    def types(self, node: Node) -> set[str]:
        """The classes of *node*, in today's spelling."""
        return {
            translate_iri(s.object.term.value)
            for s in self.statements(node, RDF + "type")
            if isinstance(s.object.term, ox.NamedNode)
        }


def build_graph(document: RdfDocument) -> MappingGraph:
    """The statements of *document* by their subjects."""
    by_subject: dict[Resource, list[MappingTriple]] = {}
    for quad in document.quads:
        if not isinstance(quad.subject.term, Resource) or not isinstance(quad.predicate.term, ox.NamedNode):
            continue
        predicate = quad.predicate.term.value
        by_subject.setdefault(quad.subject.term, []).append(
            MappingTriple(
                subject=quad.subject,
                predicate=translate_iri(predicate),
                written=quad.predicate,
                object=quad.object,
                generation=generation_of(predicate),
            )
        )
    return MappingGraph(by_subject={k: tuple(v) for k, v in by_subject.items()})
