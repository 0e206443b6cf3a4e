"""Quads, grouped for a reader: graph by graph, subject by subject, in an order that nothing else decides.

Turtle and JSON-LD are both written from an `Outline`. Blank nodes have first been given the labels of their
canonical form, so the same graph gives the same outline whatever its blank nodes were called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, Quad, Triple

from kg.export.nesting import MayNest, nest_nodes
from kg.export.order import GraphName, Node, Term, graph_key, predicate_key, term_key

MOST_ALIKE = 5  # blank nodes whose orders may be tried
ROUNDS = 20
_MAY_BE_BLANK = frozenset({BlankNode, Triple})


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading, and the subjects that stand under it in this order."""

    title: str
    subjects: tuple[NamedNode, ...]


@dataclass(frozen=True, kw_only=True)
class GraphOutline:
    """One graph: its subjects and their properties, each in the order of writing.

    *nested* subjects are written where they are referred to; the head of a list stands for its items.
    """

    name: GraphName
    subjects: Mapping[Node, Mapping[NamedNode, Sequence[Term]]]
    nested: frozenset[Node]
    lists: Mapping[Node, Sequence[Term]]

    def arrange(self, sections: Sequence[Section]) -> Iterator[tuple[str | None, list[Node]]]:
        """(heading, subjects) of each section that has some here; at last, without a heading, all others."""
        left = {node: None for node in self.subjects if node not in self.nested}
        for section in sections:
            here: list[Node] = [node for node in dict.fromkeys(section.subjects) if node in left]
            if here:
                yield section.title, here
            for node in here:
                del left[node]
        if left:
            yield None, list(left)


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The default graph, if it holds anything, then the named graphs, sorted.

    *labels* names the blank nodes that are referred to by label; all others need none.
    """

    graphs: tuple[GraphOutline, ...]
    labels: Mapping[BlankNode, str]


class CanonicalQuads(tuple[Quad, ...]):
    """Quads whose blank nodes have their canonical labels already."""


def canonicalize_quads(quads: Iterable[Quad]) -> CanonicalQuads:
    """The quads, their blank nodes labelled as in the canonical form; literals stay as written.

    Source: RDF Dataset Canonicalization (RDFC-1.0), section 4.
    """
    if isinstance(quads, CanonicalQuads):
        return quads
    ground: list[Quad] = []
    blank: list[Quad] = []
    for quad in quads:
        (blank if any(type(term) in _MAY_BE_BLANK for term in quad) else ground).append(quad)
    # Ground quads have no say in the labels, and are nearly all there are.
    if not blank or _look_alike(blank):
        return CanonicalQuads(ground + blank)
    dataset = Dataset(blank)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return CanonicalQuads([*ground, *dataset])


def _look_alike(quads: Sequence[Quad]) -> bool:
    """Whether so many blank nodes look alike that telling them apart could take hours.

    The algorithm then tries their orders one by one (RDFC-1.0, section 7.1, "dataset poisoning"); such nodes
    keep the labels that reading gave them, which are the same for the same files. Nodes look alike that some
    rounds of comparing them by their neighbours' looks do not tell apart.
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
    return max(Counter(looks.values()).values(), default=0) > MOST_ALIKE


def _find_blank_nodes(terms: Quad | Triple) -> Iterator[BlankNode]:
    for term in terms:
        if isinstance(term, BlankNode):
            yield term
        elif isinstance(term, Triple):
            yield from _find_blank_nodes(term)


def outline_quads(quads: Iterable[Quad], *, may_nest: MayNest) -> Outline:
    """Group the quads for writing; *may_nest* is asked about every node that could be nested."""
    graphs: dict[GraphName, dict[Node, dict[NamedNode, dict[Term, None]]]] = {}
    homes: dict[BlankNode, set[GraphName]] = {}  # the graphs in which a blank node stands
    shared: set[BlankNode] = set()  # blank nodes that cannot do without a label
    for subject, predicate, term, name in canonicalize_quads(quads):
        graphs.setdefault(name, {}).setdefault(subject, {}).setdefault(predicate, {})[term] = None
        for node in (subject, term):
            if isinstance(node, BlankNode):
                homes.setdefault(node, set()).add(name)
            elif isinstance(node, Triple):
                shared.update(_find_blank_nodes(node))
        if isinstance(name, BlankNode):
            shared.add(name)
    shared.update(node for node, names in homes.items() if len(names) > 1)

    outlines = []
    labelled = set(shared)
    for name in sorted(graphs, key=graph_key):
        subjects = graphs[name]
        nesting = nest_nodes(subjects, shared=frozenset(shared), may_nest=may_nest)
        labelled.update(
            term
            for properties in subjects.values()
            for terms in properties.values()
            for term in terms
            if isinstance(term, BlankNode) and term not in nesting.nested and term not in nesting.cells
        )
        outlines.append(
            GraphOutline(
                name=name,
                subjects={
                    subject: _arrange_properties(subjects[subject])
                    for subject in sorted(subjects, key=term_key)
                    if subject not in nesting.cells
                },
                nested=nesting.nested,
                lists=nesting.lists,
            )
        )
    labels = {node: f"b{i}" for i, node in enumerate(sorted(labelled, key=term_key), start=1)}
    return Outline(graphs=tuple(outlines), labels=labels)


def _arrange_properties(
    properties: Mapping[NamedNode, Mapping[Term, None]],
) -> dict[NamedNode, Sequence[Term]]:
    return {
        predicate: list(terms) if len(terms) == 1 else sorted(terms, key=term_key)
        for predicate, terms in sorted(properties.items(), key=lambda item: predicate_key(item[0]))
    }
