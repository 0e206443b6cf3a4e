"""The statements of an ontology, looked up by subject and predicate, each term with its mark."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, DefaultGraph

from kg.namespace import OWL, RDF
from kg.turtle.document import MarkedQuad, MarkedTerm


class OntologyGraph:
    """The marked quads of the ontology, looked up by subject and predicate."""

    def __init__(self, quads: Iterable[MarkedQuad]) -> None:
        self.objects: dict[tuple[str, str], list[MarkedTerm]] = defaultdict(list)
        self.subjects: dict[str, dict[str, MarkedTerm]] = defaultdict(dict)
        for quad in quads:
            subject, predicate = key_of(quad.subject), key_of(quad.predicate)
            self.objects[subject, predicate].append(quad.object)
            if predicate == RDF + "type":
                self.subjects[key_of(quad.object)].setdefault(subject, quad.subject)

    def of_type(self, *types: str) -> dict[str, MarkedTerm]:
        """IRIs of these types with their first mention, sorted by IRI; blank nodes are left out."""
        found: dict[str, MarkedTerm] = {}
        for iri in types:
            for subject, term in self.subjects[iri].items():
                if not subject.startswith("_:"):
                    found.setdefault(subject, term)
        return dict(sorted(found.items()))

    def pairs(self, predicate: str) -> Iterator[tuple[str, MarkedTerm]]:
        """The subjects and objects of a predicate."""
        for (subject, found), objects in self.objects.items():
            if found == predicate:
                for term in objects:
                    yield subject, term

    def first(self, subject: str, predicate: str) -> MarkedTerm | None:
        return next(iter(self.objects.get((subject, predicate), ())), None)

    def texts(self, subject: str, predicate: str) -> dict[str, str]:
        """Literals by language; the one without a language under `""`. English first, then by tag."""
        found = {
            getattr(o.term, "language", None) or "": value_of(o) for o in self.objects.get((subject, predicate), ())
        }
        return dict(sorted(found.items(), key=lambda item: (item[0] != "en", item[0])))

    def members(self, node: MarkedTerm) -> Iterator[MarkedTerm]:
        """The classes that *node* stands for: itself, or the members of its owl:unionOf."""
        union = self.first(key_of(node), OWL + "unionOf")
        if union is None:
            yield node
            return
        cell: MarkedTerm | None = union
        seen: set[str] = set()  # a list may be written that has no end
        while cell is not None and key_of(cell) not in seen:
            seen.add(key_of(cell))
            first = self.first(key_of(cell), RDF + "first")
            if first is not None:
                yield first
            cell = self.first(key_of(cell), RDF + "rest")


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
