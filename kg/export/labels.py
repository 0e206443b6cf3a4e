"""Blank nodes with labels that depend on nothing but the graph.

So the same graph is written in the same way, whatever its blank nodes were called.
Source: RDF Dataset Canonicalization (RDFC-1.0), section 4.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Triple

from kg.export.order import GraphName, Term
from kg.rdf.quad import Quad

MOST_ALIKE = 5  # blank nodes whose orders may be tried: a hundredth of a second
ROUNDS = 20
_MAY_BE_BLANK = frozenset({BlankNode, Triple})


def may_be_blank(quad: Quad) -> bool:
    """Whether a term of the quad is a blank node, or a triple term that may hold one."""
    subject, _, term, name = quad
    return type(term) in _MAY_BE_BLANK or type(subject) in _MAY_BE_BLANK or type(name) in _MAY_BE_BLANK


def label_blank_nodes(quads: Sequence[Quad]) -> Iterator[Quad]:
    """The quads, all of which may hold blank nodes, with the labels of their canonical form."""
    poisoned = _find_poison(quads)
    dataset = Dataset(ox.Quad(*quad) for quad in quads if poisoned.isdisjoint(find_blank_nodes(quad)))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    yield from (Quad(*quad) for quad in dataset)
    yield from (_keep_labels(quad) for quad in quads if not poisoned.isdisjoint(find_blank_nodes(quad)))


def find_blank_nodes(terms: Iterable[Term | GraphName]) -> Iterator[BlankNode]:
    """The blank nodes among *terms*, and those in triple terms."""
    for term in terms:
        if isinstance(term, BlankNode):
            yield term
        elif isinstance(term, Triple):
            yield from find_blank_nodes(term)


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
        nodes = set(find_blank_nodes(quad))
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
            for node in find_blank_nodes(quad):
                terms = ("_" if t == node else looks.get(t, "~") if isinstance(t, BlankNode) else str(t) for t in quad)
                seen.setdefault(node, []).append(" ".join(terms))
        new = {node: sha256("\n".join(sorted(lines)).encode()).hexdigest() for node, lines in seen.items()}
        settled = len(set(new.values())) == len(set(looks.values()))
        looks = new
        if settled:
            break
    return looks
