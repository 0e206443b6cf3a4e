"""Positions: stress majorisation with room for labels. Same network, same integers.

Distances in the picture follow distances in the network (Gansner, Koren, North 2004: Graph drawing by stress
majorisation). Of more than a hundred nodes communities are found and drawn apart, by springs that are strong within and
weak between them. Then boxes of nodes with their labels are pushed apart until none lies on another.
"""

from __future__ import annotations

import os
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from kg.view.communities import find_communities

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

# One thread multiplies our small matrices soonest: with two the distances of 2,000 things cost ten times the CPU
# (0.31 s instead of 0.03). OpenBLAS reads it when numpy is loaded, which waits until something is laid out or counted.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

COMMUNITIES = 100  # nodes beyond which communities are drawn apart
SPRINGS = 450  # nodes up to which springs are let loose on all of them; larger networks are drawn as regions
WITHIN, BETWEEN = 6.0, 0.35  # how strong springs are, within a community and between two
GAP = 18  # between parts
BEHIND = 2  # steps: how much further than the longest path what no path leads to lies
DENSE = 700  # nodes up to which all distances are known; above it those to a few pivots


@dataclass(frozen=True, kw_only=True)
class Point:
    """A position, in units of the picture; y grows downwards."""

    x: int
    y: int


@dataclass(frozen=True, kw_only=True)
class Box:
    """The room that a node needs: from its centre *left*, *right*, *up* and *down*."""

    left: float
    right: float
    up: float
    down: float


def lay_out(
    boxes: Mapping[str, Box], edges: Iterable[tuple[str, str]], *, width: int, height: int, margin: int = 24
) -> dict[str, Point]:
    """A position for each node (the keys of *boxes*, in their order) within *width* × *height*.

    Connected parts share the picture, each in a field of its own; pairs and single nodes stand in rows beneath them.
    """
    import numpy as np

    names = list(boxes)
    index = {name: i for i, name in enumerate(names)}
    links: list[set[int]] = [set() for _ in names]
    many: dict[tuple[int, int], int] = defaultdict(int)
    for a, b in edges:
        if a != b:
            many[min(index[a], index[b]), max(index[a], index[b])] += 1
            links[index[a]].add(index[b])
            links[index[b]].add(index[a])
    parts = _components(links)
    room = np.array([[boxes[n].left, boxes[n].right, boxes[n].up, boxes[n].down] for n in names]).reshape(-1, 4)
    placed = np.zeros((len(names), 2))
    least = min(3, len(parts[0])) if parts else 0
    great = [part for part in parts if len(part) >= least > 1]
    single_rows = _pack_rows(parts[len(great) :], room, width - 2 * margin)
    foot = sum(row.height for row in single_rows)
    whole = _Field(x=margin, y=margin, width=width - 2 * margin, height=max(height - 2 * margin - foot, 120))
    for part, field in zip(great, _share([_measure(room[part]) for part in great], whole), strict=True):
        own, size = room[part], (field.width, field.height)
        flat = _turn(_place(links, part, many))
        turned = flat if field.width >= field.height else flat[:, ::-1]
        placed[part] = separate(_fit(turned, own, size), own, size) + np.array([field.x, field.y])
    top = height - margin - foot if great else (height - foot) / 2
    for row in single_rows:
        x = margin + (width - 2 * margin - row.width) / 2
        for i in row.members:
            placed[i] = (x + room[i, 0], top + row.height / 2 - 6)
            x += room[i, 0] + room[i, 1] + 18
        top += row.height
    first = room[:, (0, 2)]
    placed = np.minimum(np.maximum(placed, first), np.maximum(np.array([width, height]) - room[:, (1, 3)], first))
    return {name: Point(x=round(float(placed[i, 0])), y=round(float(placed[i, 1]))) for i, name in enumerate(names)}


def _components(links: list[set[int]]) -> list[list[int]]:
    """Connected parts, the largest first."""
    seen: set[int] = set()
    parts = []
    for start in range(len(links)):
        if start in seen:
            continue
        part, queue = [], deque([start])
        seen.add(start)
        while queue:
            here = queue.popleft()
            part.append(here)
            for there in sorted(links[here] - seen):
                seen.add(there)
                queue.append(there)
        parts.append(part)
    return sorted(parts, key=lambda p: (-len(p), p))


@dataclass(frozen=True, kw_only=True)
class _Row:
    members: tuple[int, ...]
    width: float
    height: float


def _pack_rows(parts: Iterable[list[int]], room: Array, width: float) -> list[_Row]:
    """Small parts side by side, in as few rows as hold them; a pair stands in one row."""
    rows: list[_Row] = []
    row: list[int] = []
    used = 0.0

    def close() -> None:
        if row:
            tall = max(float(room[i, 2] + room[i, 3]) for i in row)
            rows.append(_Row(members=tuple(row), width=used - GAP, height=tall + 16))

    for part in parts:
        wide = sum(float(room[i, 0] + room[i, 1]) + GAP for i in part)
        if row and used + wide > width + GAP:
            close()
            row, used = [], 0.0
        row += part
        used += wide
    close()
    return rows


@dataclass(frozen=True, kw_only=True)
class _Field:
    """A rectangle of the picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class _PartSize:
    """What a part asks of its field: a share by its *weight*, and the least sides."""

    weight: float
    width: float
    height: float


def _measure(room: Array) -> _PartSize:
    """The size of a part with these boxes: a few nodes have labels as long as those of many."""
    wide, high = float((room[:, 0] + room[:, 1]).max()), float((room[:, 2] + room[:, 3]).max())
    return _PartSize(weight=len(room) ** 0.75, width=wide, height=min(len(room), 3) * high)


def _share(sizes: Sequence[_PartSize], field: _Field) -> list[_Field]:
    """A field for each part, the largest first: halves of about equal weight, parted across the longer side.

    It is parted across the other one where that alone has room for the least sides.
    """
    if len(sizes) < 2:
        return [field] * len(sizes)
    sums = list(accumulate(size.weight for size in sizes))
    at = min(range(1, len(sizes)), key=lambda n: abs(2 * sums[n - 1] - sums[-1]))
    halves, share = (sizes[:at], sizes[at:]), sums[at - 1] / sums[-1]
    wide, high = ([max(getattr(size, side) for size in half) for half in halves] for side in ("width", "height"))
    room = field.width - GAP - sum(wide), field.height - GAP - sum(high)
    if field.width >= field.height if (room[0] < 0) == (room[1] < 0) else room[0] >= 0:
        at_x = _divide(field.width - GAP, share, wide)
        fields = replace(field, width=at_x), replace(field, x=field.x + at_x + GAP, width=field.width - GAP - at_x)
    else:
        at_y = _divide(field.height - GAP, share, high)
        fields = replace(field, height=at_y), replace(field, y=field.y + at_y + GAP, height=field.height - GAP - at_y)
    return [*_share(halves[0], fields[0]), *_share(halves[1], fields[1])]


def _divide(length: float, share: float, least: Sequence[float]) -> float:
    """Where a length is divided, by a share, so that each half has its least length if there is room for both."""
    return min(max(length * share, least[0]), length - least[1]) if sum(least) <= length else length * share


def _place(links: list[set[int]], members: list[int], many: Mapping[tuple[int, int], int]) -> Array:
    """Positions of a connected part; in a large one each community keeps together."""
    if not COMMUNITIES < len(members) <= SPRINGS:
        return spread(links, members, many)
    groups = find_communities(links, members)
    where = spread(links, members, many)
    import numpy as np

    group_of = {node: number for number, group in enumerate(groups) for node in group}
    at = {node: i for i, node in enumerate(members)}
    pull = np.zeros((len(members), len(members)))
    for a in members:
        for b in links[a]:
            pull[at[a], at[b]] = WITHIN if group_of[a] == group_of[b] else BETWEEN
    return _release_springs(where / (float(np.abs(where).max()) or 1.0), pull)


def _release_springs(where: Array, pull: Array) -> Array:
    """Positions that began at *where* (a square of 2): all push each other away, and springs *pull* those linked.

    Source: Fruchterman and Reingold 1991, Graph drawing by force-directed placement. networkx has it too, and takes
    four times as long: half a second for 300 nodes.
    """
    import numpy as np

    x, y = where.T.copy()
    reach = np.sqrt(1 / len(where))  # about how far from each other they come to be
    warmth = 0.1 * max(float(np.ptp(x)), float(np.ptp(y)))  # how far a node may go in a round
    for cooled in np.linspace(warmth, 0, 120, endpoint=False):
        dx, dy = x[:, None] - x, y[:, None] - y
        apart = np.maximum(np.sqrt(dx * dx + dy * dy), 0.01)
        force = (reach / apart) ** 2 - pull * apart / reach
        whole = force.sum(axis=1)
        push_x, push_y = whole * x - force @ x, whole * y - force @ y  # the sum of the forces, each times its way
        step = cooled / np.maximum(np.hypot(push_x, push_y), 0.01)
        x, y = x + push_x * step, y + push_y * step
    return np.stack([x, y], axis=1)


def _distances(links: list[set[int]], members: list[int], starts: list[int]) -> Array:
    """Lengths of shortest paths from each of *starts* to each of *members*; what no path leads to lies behind all."""
    import numpy as np

    out = np.zeros((len(starts), len(members)))
    for row, start in enumerate(starts):
        seen = {start: 0.0}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            for there in links[here]:
                if there not in seen:
                    seen[there] = seen[here] + 1
                    queue.append(there)
        behind = max(seen.values()) + BEHIND
        out[row] = [seen.get(node, behind) for node in members]
    return out


def _all_distances(links: list[set[int]], members: list[int]) -> Array:
    """Lengths of shortest paths between all *members*; what no path joins lies further apart than all that one joins.

    All are walked at once, step by step.
    """
    import numpy as np

    at = {node: i for i, node in enumerate(members)}
    near = np.zeros((len(members), len(members)), dtype=np.float32)
    for node in members:
        near[at[node], [at[other] for other in links[node]]] = 1
    distance, unknown = near.astype(np.float64), near + np.eye(len(members)) == 0
    reached, step = near, 1
    while reached.any():
        step += 1
        found = (reached @ near > 0) & unknown
        distance[found] = step
        unknown &= ~found
        reached = found.astype(np.float32)
    distance[unknown] = distance.max() + BEHIND
    return distance


def spread(links: list[set[int]], members: list[int], many: Mapping[tuple[int, int], int]) -> Array:
    """Positions of *members*, each as far from each other as by its links; *many* counts lines side by side."""
    import numpy as np

    n = len(members)
    # A spiral in the order of a walk from the first member: neighbours begin near each other.
    steps = np.arange(n)
    angle = steps * 2.399963229728653
    start: Array = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.sqrt(steps + 0.5)[:, None]
    if n < 3:
        return start
    if n <= DENSE:
        crowd = np.ones((n, n))
        at = {node: i for i, node in enumerate(members)}
        for (a, b), count in many.items():
            if a in at and b in at:  # lines side by side need a longer way, to be told apart
                crowd[at[a], at[b]] = crowd[at[b], at[a]] = 1 + 0.3 * min(count - 1, 4)
        return _majorise(start, _all_distances(links, members), crowd, 90 if n <= 120 else 45)
    return _majorise_pivots(start, links, members)


def _majorise(where: Array, distance: Array, crowd: Array, rounds: int) -> Array:
    """Stress majorisation with all distances d and weights d⁻²: each node goes to the mean of where others want it."""
    import numpy as np

    n = len(where)
    degree = (distance == 1).sum(axis=1)
    # Two hubs side by side need more room between them than a leaf and its hub.
    stretch = 1 + 0.22 * np.log2(1 + np.minimum(degree[:, None], degree[None, :]))
    wanted = np.where(distance == 1, stretch * crowd, distance * 1.25)
    weight = 1 / np.where(wanted == 0, np.inf, wanted) ** 2
    total = weight.sum(axis=1)
    wish = weight * wanted
    x, y = where.T.copy()
    itself = np.eye(n) + 1e-9  # nothing is divided by the distance of a node from itself
    for _ in range(rounds):
        dx, dy = x[:, None] - x, y[:, None] - y
        pull = wish / (np.sqrt(dx * dx + dy * dy) + itself)
        whole = pull.sum(axis=1)
        x, y = (weight @ x + whole * x - pull @ x) / total, (weight @ y + whole * y - pull @ y) / total
    return np.stack([x, y], axis=1)


def _majorise_pivots(where: Array, links: list[set[int]], members: list[int]) -> Array:
    """Positions by stress majorisation with the distances to 60 pivots and between neighbours only, for large networks.

    Source: Ortmann, Klimenta, Brandes 2016, A sparse stress model (their weights, simplified).
    """
    import numpy as np

    at = {node: i for i, node in enumerate(members)}
    pivots = _pivots(links, members)
    far = _distances(links, members, pivots)
    pivot_at = np.array([at[p] for p in pivots])
    tails = np.array([at[a] for a in members for b in sorted(links[a])], dtype=np.intp)
    heads = np.array([at[b] for a in members for b in sorted(links[a])], dtype=np.intp)
    x, y = where[:, 0].copy(), where[:, 1].copy()
    weight_far = 1 / np.where(far == 0, np.inf, far) ** 2
    n = len(members)
    for _ in range(60):
        ax = np.zeros(n)
        ay = np.zeros(n)
        total = weight_far.sum(axis=0)
        for row in range(len(pivots)):
            dx, dy = x - x[pivot_at[row]], y - y[pivot_at[row]]
            length = np.sqrt(dx * dx + dy * dy) + 1e-9
            pull = far[row] * 1.25 / length
            ax += weight_far[row] * (x[pivot_at[row]] + pull * dx)
            ay += weight_far[row] * (y[pivot_at[row]] + pull * dy)
        dx, dy = x[tails] - x[heads], y[tails] - y[heads]
        pull = 1.4 / (np.sqrt(dx * dx + dy * dy) + 1e-9)
        near = 3.0
        ax += near * np.bincount(tails, weights=x[heads] + pull * dx, minlength=n)
        ay += near * np.bincount(tails, weights=y[heads] + pull * dy, minlength=n)
        total = total + near * np.bincount(tails, minlength=n)
        x, y = ax / total, ay / total
    return np.stack([x, y], axis=1)


def _pivots(links: list[set[int]], members: list[int]) -> list[int]:
    """At most 60 nodes far from each other: each next one is the farthest from those chosen."""
    import numpy as np

    chosen = [max(members, key=lambda i: (len(links[i]), -i))]
    nearest: Any = None
    while len(chosen) < min(60, len(members)):
        distance = _distances(links, members, chosen[-1:])[0]
        nearest = distance if nearest is None else np.minimum(nearest, distance)
        chosen.append(members[int(np.argmax(nearest))])
    return chosen


def _turn(where: Array) -> Array:
    """Positions turned so that the longer axis lies flat, and mirrored so that the first node is on the left."""
    import numpy as np

    centred = where - where.mean(axis=0)
    xx, yy, xy = (centred[:, 0] ** 2).sum(), (centred[:, 1] ** 2).sum(), (centred[:, 0] * centred[:, 1]).sum()
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    cos, sin = np.cos(angle), np.sin(angle)
    turned: Array = np.stack(
        [centred[:, 0] * cos + centred[:, 1] * sin, centred[:, 1] * cos - centred[:, 0] * sin], axis=1
    )
    turned *= np.where(turned[:1] > 0, -1.0, 1.0)
    return turned


def _fit(where: Array, room: Array, size: tuple[float, float]) -> Array:
    """Scaled and moved so that all boxes lie within *size*, each axis by itself."""
    import numpy as np

    out = np.empty_like(where)
    for axis in (0, 1):
        before, after = room[:, 2 * axis], room[:, 2 * axis + 1]
        at = where[:, axis] - where[:, axis].mean()

        def extent(scale: float, at: Array = at, before: Array = before, after: Array = after) -> tuple[float, float]:
            return float((at * scale - before).min()), float((at * scale + after).max())

        # The largest scale at which all boxes fit; what they take grows with it, so halving finds it.
        low, high = 0.0, 10.0 * size[axis] / max(float(at.max() - at.min()), 1e-9)
        for _ in range(40):
            middle = (low + high) / 2
            left, right = extent(middle)
            if right - left <= size[axis]:
                low = middle
            else:
                high = middle
        left, right = extent(low)
        out[:, axis] = at * low - left + max(0.0, (size[axis] - (right - left)) / 2)
    return out


def separate(where: Array, room: Array, size: tuple[float, float]) -> Array:
    """Positions at which few boxes lie on each other: they are pushed apart along the axis that is the shorter way."""
    import numpy as np

    where = where.copy()
    n = len(where)
    if n > DENSE:
        return where
    gap = 6.0
    first = room[:, (0, 2)]
    last = np.maximum(np.array(size) - room[:, (1, 3)], first)
    for _ in range(160 if n <= 120 else 60):
        left, right = where[:, 0] - room[:, 0], where[:, 0] + room[:, 1]
        up, down = where[:, 1] - room[:, 2], where[:, 1] + room[:, 3]
        near = (right[:, None] - left > -gap) & (down[:, None] - up > -gap)
        near &= near.T
        np.fill_diagonal(near, False)
        one, other = np.nonzero(near)
        over_x = np.minimum(right[one], right[other]) - np.maximum(left[one], left[other]) + gap
        over_y = np.minimum(down[one], down[other]) - np.maximum(up[one], up[other]) + gap
        flat = over_x < over_y
        if np.minimum(over_x, over_y).max(initial=0) < 0.5:  # nothing that whole units could tell
            break
        # Who stands first to the left (or above) goes that way; equals part by their numbers.
        order = (one - other) * 1e-6
        way_x = over_x * np.sign((left + right)[one] - (left + right)[other] + order)
        way_y = over_y * np.sign((up + down)[one] - (up + down)[other] + order)
        way = np.stack([np.bincount(one, flat * way_x, n), np.bincount(one, ~flat * way_y, n)], axis=1) * 0.35
        where = np.minimum(np.maximum(where + np.minimum(np.maximum(way, -12), 12), first), last)
    return where
