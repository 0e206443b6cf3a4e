"""What can be proved about duplicates without looking at the quads themselves.

A graph is a set, and DISTINCT over millions of lines is dear. Two statements whose quads can never be equal
need no DISTINCT between them (other predicate, class, graph, or IRI pattern); a statement whose subject is
made, without loss, of columns that are unique needs none at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.tables.macros import is_unreserved
from kg.tables.pieces import CompiledTerm, Hole, Piece


def may_overlap(one: CompiledTerm, other: CompiledTerm) -> bool:
    """False where no row of the one can give the same term as a row of the other."""
    if one.form != other.form and "any" not in {one.form, other.form}:
        return False
    if one.constant is not None and other.constant is not None:
        return one.constant == other.constant
    return patterns_meet(one.pieces, other.pieces)


def patterns_meet(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """True where the two patterns of texts and holes have a text in common.

    >>> hole = Hole(value="x", columns=("x",))
    >>> patterns_meet(("<a/", hole, ">"), ("<b/", hole, ">"))
    False
    """
    if prefix_conflict(one, other) or prefix_conflict(mirrored(one), mirrored(other)):
        return False
    return automata_meet(symbols(one), symbols(other))


def mirrored(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces from the last to the first, each text reversed: a suffix is the prefix of the mirrored."""
    return [p[::-1] if isinstance(p, str) else p for p in reversed(pieces)]


def prefix_conflict(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """The quick test: the texts before the first hole of either differ."""
    left = one[0] if one and isinstance(one[0], str) else ""
    right = other[0] if other and isinstance(other[0], str) else ""
    length = min(len(left), len(right))
    return left[:length] != right[:length]


def symbols(pieces: Sequence[Piece]) -> list[str | Hole]:
    """A pattern as single characters and holes."""
    out: list[str | Hole] = []
    for piece in pieces:
        if isinstance(piece, Hole):
            out.append(piece)
        else:
            out += piece
    return out


def accepts(hole: Hole, char: str) -> bool:
    """Whether a value in this place could begin with *char*."""
    return not hole.safe or char == "%" or is_unreserved(char)


def automata_meet(one: list[str | Hole], other: list[str | Hole]) -> bool:
    """A common text of two patterns, found as a path through pairs of positions."""
    todo, seen = [(0, 0)], {(0, 0)}
    while todo:
        i, j = todo.pop()
        if i == len(one) and j == len(other):
            return True
        left = one[i] if i < len(one) else None
        right = other[j] if j < len(other) else None
        steps: list[tuple[int, int]] = []
        if isinstance(left, Hole):
            steps.append((i + 1, j))  # the hole ends here
            if isinstance(right, str) and accepts(left, right):
                steps.append((i, j + 1))  # or takes this character
        if isinstance(right, Hole):
            steps.append((i, j + 1))
            if isinstance(left, str) and accepts(right, left):
                steps.append((i + 1, j))
        if isinstance(left, str) and left == right:
            steps.append((i + 1, j + 1))
        for step in steps:
            if step not in seen:
                seen.add(step)
                todo.append(step)
    return False


@dataclass(frozen=True, kw_only=True)
class Separation:
    """A condition of losslessness: no value of *column* holds *char*."""

    column: str
    char: str


def lossless(pieces: Sequence[Piece]) -> tuple[Separation, ...] | None:
    """The conditions under which the text determines the columns; None where it never does.

    Between two holes there must be a text whose first character the left hole cannot hold: a reserved
    character after an encoded value, or one that the data does not have (which is then looked up).

    >>> iri = lambda c: Hole(value=c, columns=(c,), encoding=Encoding.IRI)
    >>> from kg.tables.pieces import Encoding
    >>> lossless(("<a/", iri("x"), "/", iri("y"), ">"))
    ()
    >>> lossless(("<a/", iri("x"), "-", iri("y"), ">"))
    (Separation(column='x', char='-'),)
    >>> lossless(("<a/", iri("x"), iri("y"), ">")) is None
    True
    """
    needed: list[Separation] = []
    holes = [i for i, p in enumerate(pieces) if isinstance(p, Hole)]
    known: set[str] = set()
    for place, index in enumerate(holes):
        hole = pieces[index]
        assert isinstance(hole, Hole)
        if not hole.injective:
            return None
        repeated = all(c in known for c in hole.columns)
        known.update(hole.columns)
        if place == len(holes) - 1 or repeated:
            continue
        follower = pieces[index + 1]
        if not isinstance(follower, str):
            return None
        if accepts(hole, follower[0]) and follower[0] != '"':  # an escaped literal holds no bare quote
            if len(hole.columns) != 1:
                return None
            needed.append(Separation(column=hole.columns[0], char=follower[0]))
    return tuple(needed)


def connected(count: int, edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The connected components of a graph of *count* nodes, each in ascending order.

    >>> connected(4, [(0, 2)])
    [[0, 2], [1], [3]]
    """
    parent = list(range(count))

    def find(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in edges:
        low, high = sorted((find(a), find(b)))
        parent[high] = low
    groups: dict[int, list[int]] = {}
    for node in range(count):
        groups.setdefault(find(node), []).append(node)
    return list(groups.values())
