"""Which nodes are written inside the node that refers to them, and which blank nodes make a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import BlankNode, NamedNode

from kg.export.order import Node, Term
from kg.rdf.iri import WELL_KNOWN
from kg.rdf.quad import Quad

TYPE: Final = NamedNode(WELL_KNOWN["rdf"] + "type")
FIRST: Final = NamedNode(WELL_KNOWN["rdf"] + "first")
REST: Final = NamedNode(WELL_KNOWN["rdf"] + "rest")
NIL: Final = NamedNode(WELL_KNOWN["rdf"] + "nil")

DEEPEST: Final = 8  # what would be nested deeper stands on its own: no reader follows further

Subjects = Mapping[Node, Sequence[Quad]]
Nestable = frozenset[type[Node]]
MayNest = Callable[[NamedNode, Node], bool]


@dataclass(frozen=True, kw_only=True)
class Nesting:
    """Where nodes are written: *nested* ones at their referrer, the head of a list as its items; *cells* nowhere."""

    nested: frozenset[Node]
    lists: Mapping[Node, tuple[Term, ...]]
    cells: frozenset[Node]


def nest_nodes(subjects: Subjects, *, shared: frozenset[BlankNode], nestable: Nestable, may_nest: MayNest) -> Nesting:
    """Find the nodes of one graph that can be written at the one place that refers to them.

    Such a node is of a *nestable* kind, is a subject, is referred to once, is not *shared* with another graph, is
    no link of a ring, and *may_nest*, asked with the predicate and the node, agrees.
    """
    sole = {
        node: (subject, predicate)
        for node, (subject, predicate) in _find_sole_references(subjects, nestable).items()
        if node in subjects and node not in shared and may_nest(predicate, node)
    }
    chains = dict(_find_chains(subjects, sole))
    parents = {node: subject for node, (subject, _) in sole.items()}
    for head, chain in chains.items():
        for cell in chain:
            if cell != head:
                del parents[cell]
            item = _get_object(subjects, cell, FIRST)
            if isinstance(item, NamedNode | BlankNode) and sole.get(item) == (cell, FIRST):
                parents[item] = head
    nested = frozenset(_settle(parents))
    lists = {
        head: tuple(_get_object(subjects, cell, FIRST) for cell in chain)
        for head, chain in chains.items()
        if head in nested
    }
    cells = frozenset(cell for head in lists for cell in chains[head])
    return Nesting(nested=nested - cells, lists=lists, cells=cells)


def _get_object(subjects: Subjects, node: Node, predicate: NamedNode) -> Term:
    return next(quad.object for quad in subjects[node] if quad.predicate == predicate)


def _find_sole_references(subjects: Subjects, nestable: Nestable) -> dict[Node, tuple[Node, NamedNode]]:
    """The nodes that stand as object just once, with the subject and the predicate of that place."""
    found: dict[Any, tuple[Node, NamedNode]] = {}
    again: set[Any] = set()
    for about in subjects.values():
        for subject, predicate, term, _ in about:
            if type(term) in nestable:
                if term in found:
                    again.add(term)
                else:
                    found[term] = (subject, predicate)
    return {node: place for node, place in found.items() if node not in again}


def _find_chains(subjects: Subjects, sole: Mapping[Node, tuple[Node, NamedNode]]) -> Iterator[tuple[Node, list[Node]]]:
    """The well-formed lists: (head, cells from head to end), found from their ends backwards."""

    def is_cell(node: Node) -> bool:
        return (
            isinstance(node, BlankNode)
            and node in sole
            and len(subjects[node]) == 2
            and {quad.predicate for quad in subjects[node]} == {FIRST, REST}
        )

    for node, about in subjects.items():
        if (
            isinstance(node, BlankNode)
            and any(q.predicate == REST and q.object == NIL for q in about)
            and is_cell(node)
        ):
            chain: list[Node] = [node]
            before, predicate = sole[node]
            while predicate == REST and is_cell(before):
                chain.append(before)
                before, predicate = sole[before]
            yield chain[-1], chain[::-1]


def _settle(parents: Mapping[Node, Node]) -> Iterator[Node]:
    """Those of the nodes whose chain of parents ends; below `DEEPEST` levels the count starts anew."""
    levels: dict[Node, int] = {}  # 0: stands on its own
    for start in parents:
        path: dict[Node, None] = {}
        node = start
        while node in parents and node not in levels and node not in path:
            path[node] = None
            node = parents[node]
        if node in path:  # a ring: all its links stand on their own
            ring = list(path)[list(path).index(node) :]
            levels.update(dict.fromkeys(ring, 0))
        level = levels.get(node, 0)
        for child in reversed(path):
            if child not in levels:
                level = level + 1 if level < DEEPEST else 0
                levels[child] = level
    yield from (node for node, level in levels.items() if level)
