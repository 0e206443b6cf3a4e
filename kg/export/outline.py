"""Quads, grouped for a reader: graph by graph, subject by subject, in an order that nothing else decides.

Turtle and JSON-LD are both written from an `Outline`. Blank nodes have first been given the labels of their
canonical form, so the same graph gives the same outline whatever its blank nodes were called.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, DefaultGraph, NamedNode, Triple

from kg.export.nesting import MayNest, Nestable, nest_nodes
from kg.export.order import GraphName, Node, Term, graph_key, predicate_key, term_key
from kg.rdf.quad import Quad

Property = tuple[NamedNode, list[Term]]
"""A predicate of a subject, and its objects."""

MOST_ALIKE = 5  # blank nodes whose orders may be tried: a hundredth of a second
ROUNDS = 20
_MAY_BE_BLANK = frozenset({BlankNode, Triple})


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

    *nested* subjects are written where they are referred to; the head of a list stands for its items.
    """

    name: GraphName
    subjects: Mapping[Node, Sequence[Quad]]
    nested: frozenset[Node]
    lists: Mapping[Node, Sequence[Term]]

    def properties(self, node: Node) -> list[Property]:
        """The predicates of a subject with their objects, each once, in the order of writing."""
        return group_properties(self.subjects[node])

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


class CanonicalQuads(tuple[Quad, ...]):
    """Quads whose blank nodes have their canonical labels already, in the order of writing.

    That order is by subject, predicate and object, so that whoever reads them finds what belongs together side by side.
    """


def canonicalize_quads(quads: Iterable[Quad]) -> CanonicalQuads:
    """The quads, their blank nodes labelled as in the canonical form; literals stay as written.

    Source: RDF Dataset Canonicalization (RDFC-1.0), section 4.
    """
    if isinstance(quads, CanonicalQuads):
        return quads
    ground: list[Quad] = []
    blank: list[Quad] = []
    for quad in quads:
        (blank if may_be_blank(quad) else ground).append(quad)
    # Ground quads have no say in the labels, and are nearly all there are.
    if not blank:
        return CanonicalQuads(sort_quads(ground))
    poisoned = _find_poison(blank)
    dataset = Dataset(ox.Quad(*quad) for quad in blank if poisoned.isdisjoint(_find_blank_nodes(quad)))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    kept = (_keep_labels(quad) for quad in blank if not poisoned.isdisjoint(_find_blank_nodes(quad)))
    return CanonicalQuads(sort_quads([*ground, *(Quad(*quad) for quad in dataset), *kept]))


def unite_graphs(quads: Iterable[Quad]) -> CanonicalQuads:
    """All graphs as one, each triple once, for readers that look into the default graph only."""
    quads = canonicalize_quads(quads)
    united = (Quad(*triple) for triple, _ in groupby(quads, key=itemgetter(0, 1, 2)))  # equal triples are neighbours
    # Canonical labels depend on the graph in which a blank node stands; those of the default graph stay what they are.
    if any(may_be_blank(quad) and not isinstance(quad.graph_name, DefaultGraph) for quad in quads):
        return canonicalize_quads(united)
    return CanonicalQuads(united)


def may_be_blank(quad: Quad) -> bool:
    """Whether a term of the quad is a blank node, or a triple term that may hold one."""
    subject, _, term, name = quad
    return type(term) in _MAY_BE_BLANK or type(subject) in _MAY_BE_BLANK or type(name) in _MAY_BE_BLANK


def sort_quads(quads: Iterable[Quad]) -> list[Quad]:
    """The quads in the order of writing: by subject, then by predicate, then by object."""
    quads = list(quads)
    subjects = sorted({quad.subject for quad in quads}, key=term_key)
    predicates = sorted({quad.predicate for quad in quads}, key=predicate_key)
    row = {node: n * len(predicates) for n, node in enumerate(subjects)}
    column = {node: n for n, node in enumerate(predicates)}
    # One number for subject and predicate: a key of texts for each quad would take as much memory as the quads.
    places = [row[quad.subject] + column[quad.predicate] for quad in quads]
    order = sorted(range(len(quads)), key=places.__getitem__)
    found: list[Quad] = []
    for _, alike in groupby(order, key=places.__getitem__):
        group = [quads[i] for i in alike]
        found += group if len(group) == 1 else sorted(group, key=lambda quad: term_key(quad.object))
    return found


def group_properties(quads: Iterable[Quad]) -> list[Property]:
    """The predicates, with their objects, of quads about one subject that stand in the order of writing."""
    found: list[Property] = []
    before: NamedNode | None = None
    terms: list[Term] = []
    for _, predicate, term, _ in quads:
        if predicate != before:
            before, terms = predicate, [term]
            found.append((predicate, terms))
        elif terms[-1] != term:  # two graphs may say the same
            terms.append(term)
    return found


def _find_poison(quads: Sequence[Quad]) -> set[BlankNode]:
    """The blank nodes that could take hours to tell apart; they keep the labels that reading gave them.

    The algorithm tries the orders of alike neighbours one by one, at each of them anew (RDFC-1.0, section 7.1, "dataset
    poisoning"): eight nodes that all refer to each other take 6 s, nine a minute. Chains and rings have no such
    orders, nor have nodes whose neighbours differ. The labels of reading are the same for the same files.
    """
    looks = _find_looks(quads)
    alike = {look for look, count in Counter(looks.values()).items() if count > MOST_ALIKE}
    neighbours: dict[BlankNode, set[BlankNode]] = {node: set() for node in looks}
    for quad in quads:
        nodes = set(_find_blank_nodes(quad))
        for node in nodes:
            neighbours[node] |= nodes - {node}
    found: set[BlankNode] = set()
    for node, others in neighbours.items():
        if node not in found and len(others) > 2 and any(looks[other] in alike for other in (node, *others)):
            queue = [node]  # with all that it is connected to, since labels follow from labels
            while queue:
                here = queue.pop()
                if here not in found:
                    found.add(here)
                    queue += neighbours[here]
    return found


def _keep_labels(quad: Quad) -> Quad:
    """The quad with the labels of reading, which no label of the canonical form equals."""

    def keep(term: Term | GraphName) -> Any:
        if isinstance(term, BlankNode):
            return BlankNode("r" + re.sub(r"[^a-wyz0-9]", lambda sign: f"x{ord(sign[0]):x}x", term.value))
        if isinstance(term, Triple):
            return Triple(keep(term.subject), term.predicate, keep(term.object))
        return term

    return Quad(keep(quad.subject), quad.predicate, keep(quad.object), keep(quad.graph_name))


def _find_looks(quads: Sequence[Quad]) -> dict[BlankNode, str]:
    """What each blank node looks like, as a hash.

    Nodes look alike that some rounds of comparing them by their neighbours' looks do not tell apart.
    """
    looks: dict[BlankNode, str] = {}
    for _ in range(ROUNDS):
        seen: dict[BlankNode, list[str]] = {}
        for quad in quads:
            for node in _find_blank_nodes(quad):
                terms = ("_" if t == node else looks.get(t, "~") if isinstance(t, BlankNode) else str(t) for t in quad)
                seen.setdefault(node, []).append(" ".join(terms))
        new = {node: sha256("\n".join(sorted(lines)).encode()).hexdigest() for node, lines in seen.items()}
        settled = len(set(new.values())) == len(set(looks.values()))
        looks = new
        if settled:
            break
    return looks


def _find_blank_nodes(terms: Quad | Triple) -> Iterator[BlankNode]:
    for term in terms:
        if isinstance(term, BlankNode):
            yield term
        elif isinstance(term, Triple):
            yield from _find_blank_nodes(term)


def outline_quads(quads: Iterable[Quad], *, nestable: Nestable, may_nest: MayNest) -> Outline:
    """Group the quads for writing; *may_nest* is asked about every *nestable* node that could be nested."""
    graphs: dict[GraphName, dict[Node, list[Quad]]] = {}
    homes: dict[BlankNode, set[GraphName]] = {}  # the graphs in which a blank node stands
    referred: dict[GraphName, set[BlankNode]] = {}  # the blank nodes that are an object there
    shared: set[BlankNode] = set()  # blank nodes that cannot do without a label
    for subject, about in groupby(canonicalize_quads(quads), key=itemgetter(0)):  # so a term is looked up once
        for name, inside in groupby(about, key=itemgetter(3)):
            described = list(inside)
            graphs.setdefault(name, {}).setdefault(subject, []).extend(described)
            for quad in filter(may_be_blank, described):
                term = quad.object
                for node in (subject, term):
                    if isinstance(node, BlankNode):
                        homes.setdefault(node, set()).add(name)
                    elif isinstance(node, Triple):
                        shared.update(_find_blank_nodes(node))
                if isinstance(term, BlankNode):
                    referred.setdefault(name, set()).add(term)
                if isinstance(name, BlankNode):
                    shared.add(name)
    shared.update(node for node, names in homes.items() if len(names) > 1)

    outlines = []
    labelled = set(shared)
    for name in sorted(graphs, key=graph_key):
        subjects = graphs[name]
        nesting = nest_nodes(subjects, shared=frozenset(shared), nestable=nestable, may_nest=may_nest)
        labelled |= referred.get(name, set()) - nesting.nested - nesting.cells
        for cell in nesting.cells:
            subjects.pop(cell, None)
        outlines.append(GraphOutline(name=name, subjects=subjects, nested=nesting.nested, lists=nesting.lists))
    labels = {node: f"b{i}" for i, node in enumerate(sorted(labelled, key=term_key), start=1)}
    return Outline(graphs=tuple(outlines), labels=labels)
