"""The statements of an ontology, looked up by subject and predicate, each term with its mark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from hashlib import sha256

from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from kg.rdf.namespace import OWL, RDF, RDFS
from kg.rdf.turtle.document import MarkedQuad, MarkedTerm, Term
from kg.rdf.turtle.index import MarkedIndex

_TYPE, _FIRST, _REST = (NamedNode(RDF + name) for name in ("type", "first", "rest"))
_UNION, _INTERSECTION = (NamedNode(OWL + name) for name in ("unionOf", "intersectionOf"))
_SYMMETRIC = NamedNode(OWL + "SymmetricProperty")


class OntologyGraph:
    """The statements of the ontology, asked for by the texts of IRIs.

    Blank nodes of its files are different nodes, whatever their labels.
    """

    def __init__(self, quads: Iterable[MarkedQuad]) -> None:
        self._index = MarkedIndex(map(_set_apart, quads))

    def of_type(self, *types: str) -> dict[str, MarkedTerm]:
        """IRIs of these types with their first mention, sorted by IRI; blank nodes are left out."""
        found: dict[str, MarkedTerm] = {}
        for iri in types:
            for subject in self._index.subjects(_TYPE, NamedNode(iri)):
                if isinstance(subject.term, NamedNode):
                    found.setdefault(subject.term.value, subject)
        return dict(sorted(found.items()))

    def is_of_type(self, node: MarkedTerm, type_: str) -> bool:
        """Whether *node* is said to be of a type (an IRI)."""
        return any(term.term == NamedNode(type_) for term in self._index.objects(node.term, _TYPE))

    def says(self, node: MarkedTerm, predicate: str) -> bool:
        """Whether anything is said of *node* with a predicate (an IRI)."""
        return bool(self._index.objects(node.term, NamedNode(predicate)))

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
        """The first literal of each language; the one without a language under `""`. English first, then by tag."""
        found: dict[str, str] = {}
        for term in self.objects(subject, predicate):
            found.setdefault(language_of(term), value_of(term))
        return dict(sorted(found.items(), key=lambda item: (item[0] != "en", item[0])))

    def members(self, node: MarkedTerm) -> Iterator[MarkedTerm]:
        """The classes that *node* stands for: itself, or the members of its owl:unionOf."""
        union = self._index.objects(node.term, _UNION)
        yield from self.items(union[0]) if union else (node,)

    def statements(self, node: MarkedTerm) -> Iterator[MarkedTerm]:
        """The classes that all hold of what is a *node*: itself, or the members of its owl:intersectionOf."""
        every = self._index.objects(node.term, _INTERSECTION) if isinstance(node.term, BlankNode) else []
        yield from self.items(every[0]) if every else (node,)

    def items(self, head: MarkedTerm) -> Iterator[MarkedTerm]:
        """The members of an RDF list."""
        cells = [head]
        seen: set[Term] = set()  # a list may be written that has no end
        while cells and cells[0].term not in seen:
            seen.add(cells[0].term)
            yield from self._index.objects(cells[0].term, _FIRST)[:1]
            cells = self._index.objects(cells[0].term, _REST)

    def lists(self, predicate: str) -> Iterator[tuple[str, MarkedTerm]]:
        """The subjects of a predicate whose object is a list, each with each member of the list."""
        for subject, head in self.pairs(predicate):
            for member in self.items(head):
                yield subject, member

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
            for whole, member in self.lists(OWL + union):
                wider[key_of(member)].append(whole)
        for common, member in self.lists(OWL + "intersectionOf"):
            wider[common].append(key_of(member))
        return wider

    def ends(self, iri: str, which: str) -> Iterator[MarkedTerm]:
        """The objects of `rdfs:domain` or `rdfs:range` (*which*) of a property, and of what stands above it.

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
                if not here.startswith("_:"):
                    for node in self.objects(here, RDFS + (other if turned else which)):
                        yield from self.statements(node)
                queue += [(above, turned != turns) for above, turns in self._wider_properties.get(here, ())]

    def properties_above(self, iri: str, *, below: bool) -> list[tuple[str, bool]]:
        """What else holds where a property does, each with whether it holds the other way round.

        These are its equivalents, inverses and what stands above them; with *below* what cannot hold where it does not.
        """
        steps = self._narrower_properties if below else self._wider_properties
        seen: list[tuple[str, bool]] = [(iri, False)]
        for here, turned in seen:
            for other, turns in steps.get(here, ()):
                if (other, turned != turns) not in seen:
                    seen.append((other, turned != turns))
        return seen[1:]

    @cached_property
    def _narrower_properties(self) -> dict[str, list[tuple[str, bool]]]:
        narrower: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for narrow, above in self._wider_properties.items():
            for wide, turns in above:
                narrower[wide].append((narrow, turns))
        return narrower

    @cached_property
    def _wider_properties(self) -> dict[str, list[tuple[str, bool]]]:
        wider: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for narrow, wide in self.pairs(RDFS + "subPropertyOf"):
            wider[narrow].append((key_of(wide), False))
        for name, turns in (("equivalentProperty", False), ("inverseOf", True)):
            for one, term in self.pairs(OWL + name):
                wider[one].append((key_of(term), turns))
                wider[key_of(term)].append((one, turns))
        for symmetric in map(key_of, self._index.subjects(_TYPE, _SYMMETRIC)):
            wider[symmetric].append((symmetric, True))
        return wider


def _set_apart(quad: MarkedQuad) -> MarkedQuad:
    """The statement, its blank nodes named by their file too."""
    if not (isinstance(quad.subject.term, BlankNode) or isinstance(quad.object.term, BlankNode)):
        return quad
    file = sha256(quad.subject.mark.file.encode()).hexdigest()[:8]

    def apart(term: MarkedTerm) -> MarkedTerm:
        return replace(term, term=BlankNode(f"{file}-{term.term.value}")) if isinstance(term.term, BlankNode) else term

    return replace(quad, subject=apart(quad.subject), object=apart(quad.object))


def value_of(term: MarkedTerm) -> str:
    """The text of a term: its IRI, its label as a blank node, or the literal's text."""
    return "" if isinstance(term.term, DefaultGraph) else term.term.value


def language_of(term: MarkedTerm) -> str:
    """The language of a text; nothing where it has none."""
    return getattr(term.term, "language", None) or ""


def key_of(term: MarkedTerm) -> str:
    """The text of a term by which statements are looked up; a blank node's begins with `_:`."""
    return f"_:{value_of(term)}" if isinstance(term.term, BlankNode) else value_of(term)
