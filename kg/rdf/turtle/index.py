"""Statements of RDF texts, looked up by their terms: an ontology, shapes, a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from pyoxigraph import NamedNode

from kg.rdf.turtle.document import MarkedQuad, MarkedTerm, Term


class MarkedIndex:
    """Statements by their subject, their predicate, or two of their terms; every answer in the order of the text.

    The terms of a question have no marks, those of an answer have. What is written twice is found twice.
    """

    def __init__(self, quads: Iterable[MarkedQuad]) -> None:
        self.quads = tuple(quads)
        self._by_subject: dict[Term, list[MarkedQuad]] = defaultdict(list)
        for quad in self.quads:
            self._by_subject[quad.subject.term].append(quad)

    @cached_property
    def _by_object(self) -> dict[tuple[Term, Term], list[MarkedQuad]]:
        index: dict[tuple[Term, Term], list[MarkedQuad]] = defaultdict(list)
        for quad in self.quads:
            index[quad.predicate.term, quad.object.term].append(quad)
        return index

    def __contains__(self, subject: Term) -> bool:
        return subject in self._by_subject

    def about(self, subject: Term) -> Sequence[MarkedQuad]:
        """The statements with this subject."""
        return self._by_subject.get(subject, ())

    def using(self, *predicates: NamedNode) -> list[MarkedQuad]:
        """The statements with one of these predicates."""
        return [quad for quad in self.quads if quad.predicate.term in predicates]

    def objects(self, subject: Term, predicate: NamedNode) -> list[MarkedTerm]:
        """The objects of the statements with this subject and predicate."""
        return [quad.object for quad in self.about(subject) if quad.predicate.term == predicate]

    def subjects(self, predicate: NamedNode, object: Term) -> list[MarkedTerm]:
        """The subjects of the statements with this predicate and object."""
        return [quad.subject for quad in self._by_object.get((predicate, object), ())]
