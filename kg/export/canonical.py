"""Quads grouped for all formats at once: graph by graph, subject by subject, in an order that nothing else decides.

Sorting, grouping and the search for what stands twice are done once, and every format goes over the groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from operator import itemgetter

from pyoxigraph import DefaultGraph, NamedNode

from kg.export.labels import label_blank_nodes, may_be_blank
from kg.export.memo import Memo
from kg.export.order import TYPE, GraphName, Node, Term, graph_key, predicate_key, term_key
from kg.rdf.quad import Quad


@dataclass(frozen=True, eq=False, slots=True)
class PredicateObjects:
    """A predicate of a subject, and its objects, each once.

    Subjects of which the same is said share it (four of five do), so it is its own key, and formats write it once.
    """

    predicate: NamedNode
    terms: tuple[Term, ...]


Properties = list[PredicateObjects]
"""What is said of a subject."""


@dataclass(frozen=True, kw_only=True)
class CanonicalQuads:
    """Quads by graph and subject, whose blank nodes have their canonical labels; all in the order of writing.

    *subjects* and *predicates* are those of all graphs, *blank* the quads that may hold a blank node.
    """

    graphs: Mapping[GraphName, Mapping[Node, Properties]]
    subjects: Sequence[Node]
    predicates: Sequence[NamedNode]
    blank: Sequence[Quad]

    def __iter__(self) -> Iterator[Quad]:
        for name, described in self.graphs.items():
            for subject, properties in described.items():
                for prop in properties:
                    yield from (Quad(subject, prop.predicate, term, name) for term in prop.terms)

    @property
    def properties(self) -> set[PredicateObjects]:
        """The properties of all subjects in all graphs, a shared one once."""
        return set().union(*(properties for about in self.graphs.values() for properties in about.values()))

    @cached_property
    def described(self) -> Mapping[Node, Properties]:
        """What all graphs say of each subject, whatever graph says it."""
        rank = {predicate: number for number, predicate in enumerate(self.predicates)}
        found: dict[Node, Properties] = {subject: [] for subject in self.subjects}
        for about in self.graphs.values():
            for subject, properties in about.items():
                # Nearly every subject stands in one graph: what is said of it there is shared.
                found[subject] = _merge(found[subject], properties, rank) if found[subject] else properties
        return found

    @cached_property
    def instances(self) -> Mapping[Term, Sequence[Node]]:
        """The subjects of each class."""
        found: dict[Term, list[Node]] = {}
        for subject, properties in self.described.items():
            first = properties[0]  # what something is stands first
            for term in first.terms if first.predicate == TYPE else ():
                found.setdefault(term, []).append(subject)
        return found


def canonicalize_quads(quads: Iterable[Quad]) -> CanonicalQuads:
    """The quads, their blank nodes labelled as in the canonical form; literals stay as written."""
    if isinstance(quads, CanonicalQuads):
        return quads
    ground: list[Quad] = []
    blank: list[Quad] = []
    for quad in quads:
        (blank if may_be_blank(quad) else ground).append(quad)
    # Ground quads have no say in the labels, and are nearly all there are.
    blank = list(label_blank_nodes(blank)) if blank else []
    return _group_quads([*ground, *blank], blank)


def unite_graphs(quads: Iterable[Quad]) -> CanonicalQuads:
    """All graphs as one, each triple once, for readers that look into the default graph only."""
    quads = canonicalize_quads(quads)
    # Canonical labels depend on the graph in which a blank node stands; those of the default graph stay what they are.
    if any(not isinstance(quad.graph_name, DefaultGraph) for quad in quads.blank):
        return canonicalize_quads({Quad(*quad[:3]): None for quad in quads})
    return replace(quads, graphs={DefaultGraph(): quads.described} if quads.subjects else {})


def _group_quads(quads: Sequence[Quad], blank: Sequence[Quad]) -> CanonicalQuads:
    graphs: dict[GraphName, dict[Node, list[Quad]]] = {}
    about: list[Quad] = []
    before: tuple[Node, GraphName] | None = None
    for quad in quads:
        if before is None or quad[0] is not before[0] or quad[3] is not before[1]:  # most stand behind their like
            before = quad[0], quad[3]
            about = graphs.setdefault(quad[3], {}).setdefault(quad[0], [])
        about.append(quad)
    subjects = sorted(set().union(*graphs.values()), key=term_key)
    predicates = sorted({quad[1] for quad in quads}, key=predicate_key)
    place = {subject: number for number, subject in enumerate(subjects)}
    grouper = _Grouper(predicates)
    return CanonicalQuads(
        graphs={
            name: {
                subject: grouper.group(graphs[name][subject]) for subject in sorted(graphs[name], key=place.__getitem__)
            }
            for name in sorted(graphs, key=graph_key)
        },
        subjects=subjects,
        predicates=predicates,
        blank=blank,
    )


class _Grouper:
    """Makes the properties of subjects, one for all subjects of which the same is said."""

    def __init__(self, predicates: Sequence[NamedNode]) -> None:
        self._rank = {predicate: number for number, predicate in enumerate(predicates)}
        self._single = [Memo(partial(_state, predicate)) for predicate in predicates]
        self._several: Memo[tuple[NamedNode, tuple[Term, ...]], PredicateObjects] = Memo(
            lambda said: PredicateObjects(*said)
        )

    def group(self, about: Iterable[Quad]) -> Properties:
        """The properties of the subject of which the quads speak."""
        rank = self._rank
        found: Properties = []
        several: dict[int, set[Term]] = {}
        before: int | None = None
        for place, quad in sorted([(rank[quad[1]], quad) for quad in about], key=itemgetter(0)):
            if place == before:
                several.setdefault(len(found) - 1, set(found[-1].terms)).add(quad[2])
            else:
                found.append(self._single[place][quad[2]])
                before = place
        for number, terms in several.items():
            found[number] = self._several[found[number].predicate, tuple(sorted(terms, key=term_key))]
        return found


def _state(predicate: NamedNode, term: Term) -> PredicateObjects:
    return PredicateObjects(predicate, (term,))


def _merge(one: Properties, other: Properties, rank: Mapping[NamedNode, int]) -> Properties:
    """What two graphs say of a subject."""
    found: dict[NamedNode, set[Term]] = {}
    for prop in (*one, *other):
        found.setdefault(prop.predicate, set()).update(prop.terms)
    return [
        PredicateObjects(predicate, tuple(sorted(found[predicate], key=term_key)))
        for predicate in sorted(found, key=rank.__getitem__)
    ]
