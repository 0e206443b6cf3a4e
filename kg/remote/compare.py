"""Triples of two places compared by value, and those with blank nodes by their shape.

A store may write a number, a truth or a time in its own way, and gives blank nodes names of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import pyoxigraph as ox

from kg.rdf.namespace import XSD
from kg.remote.content import find_blank, find_nodes, group_blank

_ROUNDS, _STEPS = 40, 2_000_000


@dataclass(frozen=True, kw_only=True)
class TripleDifference:
    """How two sets of triples differ: what only the first has (*missing* from the second), what only the second has.

    *alike* is how many groups of blank nodes are equal in all that was looked at, without a proof that they are.
    """

    missing: tuple[str, ...]
    added: tuple[str, ...]
    alike: int = 0

    @property
    def is_none(self) -> bool:
        """Whether there is no difference."""
        return not self.missing and not self.added


def compare_triples(here: Iterable[str], there: Iterable[str]) -> TripleDifference:
    """The difference of two sets of triples, lines of N-Triples; those of the answer are written as they stand there.

    >>> compare_triples(['_:a <a:p> "1.50" .\\n'], ['_:x <a:p> "1.50" .\\n']).is_none
    True
    >>> decimal = "^^<http://www.w3.org/2001/XMLSchema#decimal> .\\n"
    >>> compare_triples([f'<a:a> <a:p> "1.50"{decimal}'], [f'<a:a> <a:p> "1.5"{decimal}']).is_none
    True
    """
    ours, theirs = _sort(here), _sort(there)
    missing = [line for value, line in ours[0].items() if value not in theirs[0]]
    added = [line for value, line in theirs[0].items() if value not in ours[0]]
    mine, other = (_sign_groups(groups) for groups in (ours[1], theirs[1]))
    alike = 0
    for signature in mine.keys() | other.keys():
        found, wanted = other.get(signature, []), mine.get(signature, [])
        for group, _ in wanted[len(found) :]:
            missing += group
        for group, _ in found[len(wanted) :]:
            added += group
        alike += sum(1 for _, sure in wanted[: len(found)] if not sure)
    return TripleDifference(missing=tuple(sorted(missing)), added=tuple(sorted(added)), alike=alike)


def _sort(lines: Iterable[str]) -> tuple[dict[ox.Quad, str], list[list[str]]]:
    """Triples without blank nodes by their value, each with the line that says it; and the others in groups."""
    ground: list[str] = []
    blank: list[str] = []
    for line in lines:
        (blank if find_blank(line) else ground).append(line)
    return dict(zip(_read_values(ground), ground, strict=True)), group_blank(blank)


def _read_values(lines: list[str]) -> Iterator[ox.Quad]:
    """Each triple as a store would write it."""
    known: dict[ox.Literal, ox.Literal] = {}
    for quad in ox.parse("".join(lines), format=ox.RdfFormat.N_TRIPLES):
        term = quad.object
        if isinstance(term, ox.Literal) and term.datatype.value != _STRING:
            if term not in known:
                known[term] = _read_value(term)
            yield ox.Quad(quad.subject, quad.predicate, known[term])
        else:
            yield quad


_STRING = XSD + "string"
_ANY = ox.NamedNode("urn:x")


def _read_value(literal: ox.Literal) -> ox.Literal:
    """A literal as a store writes its value; tags of languages in small letters."""
    if literal.language:
        return ox.Literal(literal.value, language=literal.language.lower())
    store = ox.Store()
    store.add(ox.Quad(_ANY, _ANY, literal))
    found = next(iter(store)).object
    assert isinstance(found, ox.Literal)
    return found


def _sign_groups(groups: list[list[str]]) -> dict[str, list[tuple[list[str], bool]]]:
    """Groups of triples that share blank nodes, by their shape; each with whether its shape is a proof."""
    signed: dict[str, list[tuple[list[str], bool]]] = {}
    for group in groups:
        signature, sure = sign_group(group)
        signed.setdefault(signature, []).append((group, sure))
    return signed


def sign_group(lines: list[str]) -> tuple[str, bool]:
    """The shape of triples that share blank nodes, whatever these are called; and whether equal shapes are a proof.

    Each node gets a colour from the triples it stands in, again and again, until no colour parts further: RDFC-1.0
    without its search among nodes of one colour, whose time has no bound. Where each node has a colour of its own,
    equal shapes are one shape.

    >>> one, _ = sign_group(["_:a <a:p> _:b .\\n", "_:b <a:q> <a:c> .\\n"])
    >>> sign_group(["_:y <a:q> <a:c> .\\n", "_:x <a:p> _:y .\\n"]) == (one, True)
    True
    """
    triples = list(_read_values(lines))
    nodes = {node for quad in triples for node in find_nodes(quad)}
    colours = dict.fromkeys(nodes, "")
    parted = 0
    for _ in range(min(len(nodes) + 1, max(_ROUNDS, _STEPS // len(triples)))):
        told: dict[ox.BlankNode, list[str]] = {node: [] for node in nodes}
        for quad in triples:
            for node in set(find_nodes(quad)):
                told[node].append(_write(quad, colours, node))
        colours = {node: _hash("\n".join(sorted(texts))) for node, texts in told.items()}
        now = len(set(colours.values()))
        if now == parted:
            break
        parted = now
    lines_now = sorted(_write(quad, colours) for quad in triples)
    counts = Counter(colours.values())
    return _hash("\n".join(lines_now)), max(counts.values(), default=0) <= 1


def _write(part: ox.Quad | ox.Triple, colours: dict[ox.BlankNode, str], own: ox.BlankNode | None = None) -> str:
    words = []
    for term in (part.subject, part.predicate, part.object):
        if isinstance(term, ox.BlankNode):
            words.append("self" if term == own else f"_:{colours[term]}")
        elif isinstance(term, ox.Triple):
            words.append(f"<<{_write(term, colours, own)}>>")
        else:
            words.append(str(term))
    return " ".join(words)


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
