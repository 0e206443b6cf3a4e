"""Which nodes are written inside the node that refers to them, and which blank nodes make a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import BlankNode, NamedNode

from kg.export.canonical import PredicateObjects, Properties
from kg.export.memo import Memo
from kg.export.order import Node, Term
from kg.rdf.namespace import WELL_KNOWN

FIRST: Final = NamedNode(WELL_KNOWN["rdf"] + "first")
REST: Final = NamedNode(WELL_KNOWN["rdf"] + "rest")
NIL: Final = NamedNode(WELL_KNOWN["rdf"] + "nil")

DEEPEST: Final = 8  # what would be nested deeper stands on its own: no reader follows further

Subjects = Mapping[Node, Properties]
Nestable = Callable[[Node], bool]


@dataclass(frozen=True, kw_only=True)
class Nesting:
    """Where nodes are written: *nested* ones at their referrer, the head of a list as its items; *cells* nowhere.

    *hosts* are the nodes inside which others are written.
    """

    nested: frozenset[Node] = frozenset()
    hosts: frozenset[Node] = frozenset()
    lists: Mapping[Node, tuple[Term, ...]] = field(default_factory=dict)
    cells: frozenset[Node] = frozenset()


def nest_nodes(subjects: Subjects, *, shared: Set[BlankNode], nestable: Nestable, never: Set[NamedNode]) -> Nesting:
    """Find the nodes of one graph that can be written at the one place that refers to them.

    Such a node is a subject, is referred to once, by another predicate than those of *never*, is not *shared* with
    another graph, is no link of a ring, and is *nestable*.
    """
    # nothing is written inside the end of a list: what is said of rdf:nil itself stands on its own
    candidates = {node for node in subjects if nestable(node) and node not in shared and node != NIL}
    if not candidates:
        return Nesting()
    sole = {
        node: (subject, predicate)
        for node, (subject, predicate) in _find_sole_references(subjects, candidates).items()
        if predicate not in never
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
    hosts = frozenset(parents[node] for node in nested)
    return Nesting(nested=nested - cells, hosts=hosts, lists=lists, cells=cells)


def _get_object(subjects: Subjects, node: Node, predicate: NamedNode) -> Term:
    return next(prop.terms[0] for prop in subjects[node] if prop.predicate == predicate)


def _find_sole_references(subjects: Subjects, candidates: Set[Node]) -> dict[Node, tuple[Node, NamedNode]]:
    """The subject and the predicate of each of the *candidates* that stands as object just once, by the candidate."""
    found: dict[Any, tuple[Node, NamedNode]] = {}
    again: set[Any] = set()
    referred: Memo[PredicateObjects, list[Term]] = Memo(
        lambda prop: [term for term in prop.terms if term in candidates]
    )
    for subject, properties in subjects.items():
        for prop in properties:
            for term in referred[prop]:
                if term in found:
                    again.add(term)
                else:
                    found[term] = (subject, prop.predicate)
    return {node: place for node, place in found.items() if node not in again}


def _find_chains(subjects: Subjects, sole: Mapping[Node, tuple[Node, NamedNode]]) -> Iterator[tuple[Node, list[Node]]]:
    """The well-formed lists: (head, cells from head to end), found from their ends backwards."""

    def is_cell(node: Node) -> bool:
        return (
            isinstance(node, BlankNode)
            and node in sole
            and {prop.predicate for prop in subjects[node]} == {FIRST, REST}
            and all(len(prop.terms) == 1 for prop in subjects[node])
        )

    for node in subjects:
        if isinstance(node, BlankNode) and is_cell(node) and _get_object(subjects, node, REST) == NIL:
            chain: list[Node] = [node]
            before, predicate = sole[node]
            while predicate == REST and is_cell(before):
                chain.append(before)
                before, predicate = sole[before]
            yield chain[-1], chain[::-1]


def _settle(parents: Mapping[Node, Node]) -> Iterator[Node]:
    """The nodes whose chain of parents ends; below `DEEPEST` levels the count starts anew."""
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
