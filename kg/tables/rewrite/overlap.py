"""What can be proved about duplicates without looking at the quads themselves.

A graph is a set, and DISTINCT over millions of lines is dear. Two statements whose quads can never be equal
need no DISTINCT between them (other predicate, class, graph, or IRI pattern); a statement whose subject is
made, without loss, of columns that are unique needs none at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.tables.engine.macros import is_unreserved
from kg.tables.plan.pattern import QuadPattern, Term
from kg.tables.plan.value import Column, Text, Value, base_column, columns_of, is_injective, is_safe


def may_overlap(one: Term, other: Term) -> bool:
    """False where no row of the one can give the same term as a row of the other."""
    if one.kind != other.kind and "any" not in {one.kind, other.kind}:
        return False
    if one.is_constant and other.is_constant:
        return one.parts == other.parts
    return texts_meet(one.parts, other.parts)


def texts_meet(one: Sequence[Value], other: Sequence[Value]) -> bool:
    """True where the two patterns of texts and holes have a text in common.

    >>> hole = Column(of="t", name="x")
    >>> texts_meet((Text(text="<a/"), hole, Text(text=">")), (Text(text="<b/"), hole, Text(text=">")))
    False
    """
    if prefix_conflict(one, other) or prefix_conflict(mirror(one), mirror(other)):
        return False
    return automata_meet(spell(one), spell(other))


def mirror(parts: Sequence[Value]) -> list[Value]:
    """The parts from the last to the first, each text reversed: a suffix is the prefix of the mirrored."""
    return [Text(text=p.text[::-1]) if isinstance(p, Text) else p for p in reversed(parts)]


def prefix_conflict(one: Sequence[Value], other: Sequence[Value]) -> bool:
    """The quick test: the texts before the first hole of either differ."""
    left = one[0].text if one and isinstance(one[0], Text) else ""
    right = other[0].text if other and isinstance(other[0], Text) else ""
    length = min(len(left), len(right))
    return left[:length] != right[:length]


Symbol = str | Value  # a character, or a hole


def spell(parts: Sequence[Value]) -> list[Symbol]:
    """A pattern as single characters and holes."""
    out: list[Symbol] = []
    for part in parts:
        out += part.text if isinstance(part, Text) else [part]
    return out


def accepts(hole: Value, char: str) -> bool:
    """Whether a value in this place could hold *char*."""
    return not is_safe(hole) or char == "%" or is_unreserved(char)


def automata_meet(one: list[Symbol], other: list[Symbol]) -> bool:
    """A common text of two patterns, found as a path through pairs of positions."""
    todo, seen = [(0, 0)], {(0, 0)}
    while todo:
        i, j = todo.pop()
        if i == len(one) and j == len(other):
            return True
        left = one[i] if i < len(one) else None
        right = other[j] if j < len(other) else None
        steps: list[tuple[int, int]] = []
        if left is not None and not isinstance(left, str):
            steps.append((i + 1, j))  # the hole ends here
            if isinstance(right, str) and accepts(left, right):
                steps.append((i, j + 1))  # or takes this character
        if right is not None and not isinstance(right, str):
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

    column: Column
    char: str


def lossless(parts: Sequence[Value]) -> tuple[Separation, ...] | None:
    """The conditions under which the text determines its columns; None where it never does.

    Between two holes there must be a text whose first character the left hole cannot hold: a reserved
    character after an encoded value, or one that the data does not have (which is then looked up).

    >>> from kg.tables.plan.value import Encode, Encoding
    >>> x, y = (Encode(encoding=Encoding.IRI, value=Column(of="t", name=name)) for name in "xy")
    >>> lossless((Text(text="<a/"), x, Text(text="/"), y, Text(text=">")))
    ()
    >>> lossless((Text(text="<a/"), x, Text(text="-"), y, Text(text=">")))
    (Separation(column=Column(of='t', name='x'), char='-'),)
    >>> lossless((Text(text="<a/"), x, y, Text(text=">"))) is None
    True
    """
    needed: list[Separation] = []
    holes = [i for i, part in enumerate(parts) if not isinstance(part, Text)]
    known: set[Column] = set()
    for place, index in enumerate(holes):
        hole = parts[index]
        if not is_injective(hole):
            return None
        columns = columns_of(hole)
        repeated = all(c in known for c in columns)
        known.update(columns)
        if place == len(holes) - 1 or repeated:
            continue
        follower = parts[index + 1]
        if not isinstance(follower, Text):
            return None
        first = follower.text[0]
        if accepts(hole, first) and first != '"':  # an escaped literal holds no bare quote
            column = base_column(hole)
            if column is None:
                return None
            needed.append(Separation(column=column, char=first))
    return tuple(needed)


def quads_overlap(one: QuadPattern, other: QuadPattern) -> bool:
    """False where one position at least can never be the same."""
    if (one.graph is None) != (other.graph is None):
        return False
    positions = [(one.object, other.object), (one.subject, other.subject), (one.predicate, other.predicate)]
    if one.graph is not None and other.graph is not None:
        positions.append((one.graph, other.graph))
    return all(may_overlap(a, b) for a, b in positions)


def find_overlaps(patterns: Sequence[QuadPattern]) -> list[tuple[int, int]]:
    """Pairs of patterns that may have a quad in common.

    Patterns with different constant predicates or graphs are never compared: that leaves few pairs.
    """
    buckets: dict[tuple[str | None, str | None], list[int]] = {}
    for index, pattern in enumerate(patterns):
        graph = "" if pattern.graph is None else pattern.graph.constant
        buckets.setdefault((pattern.predicate.constant, graph), []).append(index)
    pairs: list[tuple[int, int]] = []
    keys = list(buckets)
    for place, one in enumerate(keys):
        for other in keys[place:]:
            if any(a is not None and b is not None and a != b for a, b in zip(one, other, strict=True)):
                continue
            pairs += [
                (a, b)
                for a in buckets[one]
                for b in buckets[other]
                if (a < b or one != other) and quads_overlap(patterns[a], patterns[b])
            ]
    return pairs


def find_groups(count: int, edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The connected components of a graph of *count* nodes, each in ascending order.

    >>> find_groups(4, [(0, 2)])
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
