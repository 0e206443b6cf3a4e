"""The statements of an ontology, looked up by subject and predicate, each term with its mark."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from pyoxigraph import BlankNode, DefaultGraph

from kg.namespace import OWL, RDF, RDFS
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
        yield from self.items(union) if union is not None else (node,)

    def statements(self, node: MarkedTerm) -> Iterator[MarkedTerm]:
        """The classes that all hold of what is a *node*: itself, or the members of its owl:intersectionOf."""
        every = self.first(key_of(node), OWL + "intersectionOf") if key_of(node).startswith("_:") else None
        yield from self.items(every) if every is not None else (node,)

    def items(self, head: MarkedTerm) -> Iterator[MarkedTerm]:
        """The members of an RDF list."""
        cell: MarkedTerm | None = head
        seen: set[str] = set()  # a list may be written that has no end
        while cell is not None and key_of(cell) not in seen:
            seen.add(key_of(cell))
            first = self.first(key_of(cell), RDF + "first")
            if first is not None:
                yield first
            cell = self.first(key_of(cell), RDF + "rest")

    # -- what stands above a class or a property ------------------------------------------------

    def classes_above(self, iri: str) -> frozenset[str]:
        """The IRIs of all classes that a class is a subclass of, itself among them.

        Read are rdfs:subClassOf, owl:equivalentClass, and that a union holds its members and a member the intersection.
        """
        seen: set[str] = set()
        queue = [iri]
        while queue:
            here = queue.pop()
            if here not in seen:
                seen.add(here)
                queue += self._wider_classes.get(here, ())
        return frozenset(key for key in seen if not key.startswith("_:"))

    @cached_property
    def _wider_classes(self) -> dict[str, list[str]]:
        wider: dict[str, list[str]] = defaultdict(list)
        for narrow, wide in self.pairs(RDFS + "subClassOf"):
            wider[narrow].append(key_of(wide))
        for one, other in self.pairs(OWL + "equivalentClass"):
            wider[one].append(key_of(other))
            wider[key_of(other)].append(one)
        for union in ("unionOf", "disjointUnionOf"):
            for whole, members in self.pairs(OWL + union):
                for member in self.items(members):
                    wider[key_of(member)].append(whole)
        for common, members in self.pairs(OWL + "intersectionOf"):
            wider[common] += map(key_of, self.items(members))
        return wider

    def ends(self, iri: str, which: str) -> Iterator[MarkedTerm]:
        """What `rdfs:domain` or `rdfs:range` (*which*) say of a property, itself or by what stands above it.

        What a property relates, the properties above it relate too, and their inverses the other way round.
        Source: RDF Schema 1.1, section 3.5; OWL 2 Direct Semantics, table 6.
        """
        other = {"domain": "range", "range": "domain"}[which]
        seen: set[tuple[str, bool]] = set()
        queue = [(iri, False)]
        while queue:
            here, turned = queue.pop(0)
            if (here, turned) not in seen:
                seen.add((here, turned))
                for node in self.objects.get((here, RDFS + (other if turned else which)), ()):
                    yield from self.statements(node)
                queue += [(above, turned != turns) for above, turns in self._wider_properties.get(here, ())]

    @cached_property
    def _wider_properties(self) -> dict[str, list[tuple[str, bool]]]:
        wider: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for narrow, wide in self.pairs(RDFS + "subPropertyOf"):
            wider[narrow].append((key_of(wide), False))
        for name, turns in (("equivalentProperty", False), ("inverseOf", True)):
            for one, term in self.pairs(OWL + name):
                wider[one].append((key_of(term), turns))
                wider[key_of(term)].append((one, turns))
        for symmetric in self.subjects[OWL + "SymmetricProperty"]:
            wider[symmetric].append((symmetric, True))
        return wider


def value_of(term: MarkedTerm) -> str:
    """The text of a term: its IRI, its label as a blank node, or the literal's text."""
    return "" if isinstance(term.term, DefaultGraph) else term.term.value


def key_of(term: MarkedTerm) -> str:
    """The text of a term by which statements are looked up; a blank node's begins with `_:`, and is of its file."""
    return f"_:{value_of(term)} {term.mark.file}" if isinstance(term.term, BlankNode) else value_of(term)


def local_name(iri: str) -> str:
    """What follows the last `#` or `/`.

    >>> local_name("https://schema.org/Person")
    'Person'
    """
    return re.split(r"[#/]", iri)[-1]
