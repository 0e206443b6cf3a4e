"""The statements of an ontology, looked up by subject and predicate, each term with its mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from kg.namespace import OWL, RDF
from kg.turtle.document import MarkedQuad, MarkedTerm, Term
from kg.turtle.index import MarkedIndex

_TYPE, _FIRST, _REST = (NamedNode(RDF + name) for name in ("type", "first", "rest"))
_UNION = NamedNode(OWL + "unionOf")


class OntologyGraph:
    """The statements of the ontology, asked for by the texts of IRIs."""

    def __init__(self, quads: Iterable[MarkedQuad]) -> None:
        self._index = MarkedIndex(quads)

    def of_type(self, *types: str) -> dict[str, MarkedTerm]:
        """IRIs of these types with their first mention, sorted by IRI; blank nodes are left out."""
        found: dict[str, MarkedTerm] = {}
        for iri in types:
            for subject in self._index.subjects(_TYPE, NamedNode(iri)):
                if isinstance(subject.term, NamedNode):
                    found.setdefault(subject.term.value, subject)
        return dict(sorted(found.items()))

    def pairs(self, predicate: str) -> Iterator[tuple[str, MarkedTerm]]:
        """The subjects and objects of a predicate."""
        return ((key_of(quad.subject), quad.object) for quad in self._index.using(NamedNode(predicate)))

    def objects(self, subject: str, predicate: str) -> list[MarkedTerm]:
        """The objects of a subject and a predicate, both IRIs."""
        return self._index.objects(NamedNode(subject), NamedNode(predicate))

    def first(self, subject: str, predicate: str) -> MarkedTerm | None:
        """The first of those objects; None where there is none."""
        return next(iter(self.objects(subject, predicate)), None)

    def texts(self, subject: str, predicate: str) -> dict[str, str]:
        """Literals by language; the one without a language under `""`. English first, then by tag."""
        found = {getattr(o.term, "language", None) or "": value_of(o) for o in self.objects(subject, predicate)}
        return dict(sorted(found.items(), key=lambda item: (item[0] != "en", item[0])))

    def members(self, node: MarkedTerm) -> Iterator[MarkedTerm]:
        """The classes that *node* stands for: itself, or the members of its owl:unionOf."""
        cells = self._index.objects(node.term, _UNION)
        if not cells:
            yield node
        seen: set[Term] = set()  # a list may be written that has no end
        while cells and cells[0].term not in seen:
            seen.add(cells[0].term)
            yield from self._index.objects(cells[0].term, _FIRST)[:1]
            cells = self._index.objects(cells[0].term, _REST)


def value_of(term: MarkedTerm) -> str:
    """The text of a term: its IRI, its label as a blank node, or the literal's text."""
    return "" if isinstance(term.term, DefaultGraph) else term.term.value


def key_of(term: MarkedTerm) -> str:
    """The text of a term by which statements are looked up; a blank node's begins with `_:`."""
    return f"_:{value_of(term)}" if isinstance(term.term, BlankNode) else value_of(term)


def local_name(iri: str) -> str:
    """What follows the last `#` or `/`.

    >>> local_name("https://schema.org/Person")
    'Person'
    """
    return re.split(r"[#/]", iri)[-1]
