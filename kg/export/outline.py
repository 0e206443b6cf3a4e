"""Canonical quads, arranged for a reader: under headings, and what is referred to once at the place that refers to it.

Turtle and JSON-LD are both written from an `Outline`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from operator import itemgetter

from pyoxigraph import BlankNode, NamedNode, Triple

from kg.export.canonical import CanonicalQuads, Properties
from kg.export.labels import find_blank_nodes
from kg.export.nesting import Nestable, nest_nodes
from kg.export.order import GraphName, Node, Term, term_key


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading, and the subjects that stand under it in this order."""

    title: str
    subjects: tuple[NamedNode, ...]


@dataclass(frozen=True, kw_only=True)
class Headings:
    """The titles of sections, and of each subject the number of the first section that lists it, and its place there.

    Found once for all graphs: a thousand sources have a thousand graphs and thousands of sections.
    """

    titles: tuple[str, ...]
    places: Mapping[Node, tuple[int, int]]


def find_headings(sections: Sequence[Section]) -> Headings:
    """The headings of sections."""
    places: dict[Node, tuple[int, int]] = {}
    for number, section in enumerate(sections):
        for place, subject in enumerate(section.subjects):
            places.setdefault(subject, (number, place))
    return Headings(titles=tuple(section.title for section in sections), places=places)


@dataclass(frozen=True, kw_only=True)
class GraphOutline:
    """One graph: its subjects in the order of writing, each with what is said of it.

    *nested* subjects are written where they are referred to; the head of a list stands for its items. *involved* are
    the subjects that are blank, or refer to what is blank or nested: all others are written as their terms are.
    """

    name: GraphName
    subjects: Mapping[Node, Properties]
    nested: frozenset[Node]
    lists: Mapping[Node, Sequence[Term]]
    involved: frozenset[Node]

    def arrange(self, headings: Headings) -> Iterator[tuple[str | None, list[Node]]]:
        """(heading, subjects) of each section that has some here; at last, without a heading, all others."""
        sections: dict[int, list[tuple[int, Node]]] = {}
        others: list[Node] = []
        for node in self.subjects:
            if node in self.nested:
                continue
            place = headings.places.get(node)
            if place is None:
                others.append(node)
            else:
                sections.setdefault(place[0], []).append((place[1], node))
        for number in sorted(sections):
            yield headings.titles[number], [node for _, node in sorted(sections[number], key=itemgetter(0))]
        if others:
            yield None, others


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The default graph, if it holds anything, then the named graphs, sorted.

    *labels* names the blank nodes that are referred to by label; all others need none.
    """

    graphs: tuple[GraphOutline, ...]
    labels: Mapping[BlankNode, str]


def outline_quads(quads: CanonicalQuads, *, nestable: Nestable, never: Set[NamedNode] = frozenset()) -> Outline:
    """The quads as an outline, where *nestable* nodes are nested (`kg.export.nesting.nest_nodes`)."""
    homes: dict[BlankNode, set[GraphName]] = {}  # the graphs in which a blank node stands
    referred: dict[GraphName, set[BlankNode]] = {}  # the blank nodes that are an object there
    involved: dict[GraphName, set[Node]] = {}
    shared: set[BlankNode] = set()  # blank nodes that cannot do without a label
    for subject, _, term, name in quads.blank:
        involved.setdefault(name, set()).add(subject)
        for node in (subject, term):
            if isinstance(node, BlankNode):
                homes.setdefault(node, set()).add(name)
            elif isinstance(node, Triple):
                shared.update(find_blank_nodes(node))
        if isinstance(term, BlankNode):
            referred.setdefault(name, set()).add(term)
        if isinstance(name, BlankNode):
            shared.add(name)
    shared.update(node for node, names in homes.items() if len(names) > 1)

    outlines = []
    labelled = set(shared)
    for name, described in quads.graphs.items():
        nesting = nest_nodes(described, shared=shared, nestable=nestable, never=never)
        labelled |= referred.get(name, set()) - nesting.nested - nesting.cells
        subjects = described
        if nesting.cells:
            subjects = {node: properties for node, properties in described.items() if node not in nesting.cells}
        outlines.append(
            GraphOutline(
                name=name,
                subjects=subjects,
                nested=nesting.nested,
                lists=nesting.lists,
                involved=nesting.hosts | involved.get(name, set()),
            )
        )
    labels = {node: f"b{i}" for i, node in enumerate(sorted(labelled, key=term_key), start=1)}
    return Outline(graphs=tuple(outlines), labels=labels)
