"""Names kept clear of lines: nodes move a little, and their labels to another side, until no line crosses a label.

Each step takes a node whose label is crossed, or that is an end of a line which crosses one, weighs some places and all
sides for it at once, and takes a good one: by chance a worse one, the less often the later it is (simulated annealing,
with a seed of its own). What was best of all is kept. Same input, same integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.view.layout import Point

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

SIDES = (
    "below", "right", "left", "above", "below-right", "below-left", "above-right", "above-left",
    "far-below-right", "far-below-left", "far-above-right", "far-above-left",
)  # fmt: skip
PIECES = 4  # straight ones that a line is taken for that bends
MOST_STEPS = 280
PLACES = 8  # that are weighed for a node at once, beside where it is
REACHES = (50.0, 120.0, 25.0)  # how far they lie, in turns
# What counts how much: a line across a label, labels or dots on each other, a line across a dot, two lines that cross,
# and each unit of the way from where the layout has put it.
LABEL_CROSSED, OVERLAP, DOT_CROSSED, LINES_CROSS, AWAY = 20.0, 40.0, 6.0, 1.0, 0.012
WARMTH = 0.6  # how much a worse place may cost at the beginning, about


@dataclass(frozen=True, kw_only=True)
class Named:
    """A node with its label: *radius* of its dot, *width* and *height* of its label; units of the picture."""

    radius: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Tie:
    """A line between two nodes: *bend* is vis-network's roundness, *margin* what labels keep away from it."""

    start: str
    end: str
    bend: float = 0.0
    margin: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Cleared:
    """Where the nodes are now, and on which side (of `SIDES`) each has its label."""

    points: Mapping[str, Point]
    sides: Mapping[str, str]


def label_box(side: str, named: Named) -> tuple[float, float, float, float]:
    """The label's box (left, top, right, bottom) relative to the centre of its node."""
    r, w, h = named.radius, named.width, named.height
    near, slant = r + 0.22 * h, 0.7 * r + 0.2 * h
    match side:
        case "below":
            return -w / 2, r + 1, w / 2, r + 1 + h
        case "above":
            return -w / 2, -r - 1 - h, w / 2, -r - 1
        case "right":
            return near, -h / 2, near + w, h / 2
        case "left":
            return -near - w, -h / 2, -near, h / 2
        case "below-right":
            return slant, slant * 0.8, slant + w, slant * 0.8 + h
        case "below-left":
            return -slant - w, slant * 0.8, -slant, slant * 0.8 + h
        case "above-right":
            return slant, -slant * 0.8 - h, slant + w, -slant * 0.8
        case "above-left":
            return -slant - w, -slant * 0.8 - h, -slant, -slant * 0.8
        case "far-below-right":
            return -r, r + 1, w - r, r + 1 + h
        case "far-below-left":
            return r - w, r + 1, r, r + 1 + h
        case "far-above-right":
            return -r, -r - 1 - h, w - r, -r - 1
        case _:
            return r - w, -r - 1 - h, r, -r - 1


def clear_labels(
    points: Mapping[str, Point], nodes: Mapping[str, Named], ties: Sequence[Tie], *, width: int, height: int
) -> Cleared:
    """Positions and sides such that as few lines as can be cross labels, dots, and each other; within the frame."""
    import numpy as np

    names = list(points)
    board = _Board(names, points, nodes, ties, (width, height))
    draw = np.random.default_rng(1)
    tried = np.zeros(len(names))
    best = (np.inf, board.at.copy(), board.side.copy())
    steps = MOST_STEPS * 90 // max(90, len(board.ends))  # a denser network takes longer, and has less to be won
    for step in range(steps + 1):
        trouble = board.find_trouble()
        left = int(np.floor(trouble).sum())
        if left < best[0]:
            best = (left, board.at.copy(), board.side.copy())
        if not left or step == steps:
            break
        # The most troubled first, and each again after the others had their turns.
        node = int(np.argmax(np.where(trouble > 0, trouble - 1.5 * tried, -np.inf)))
        tried[node] += 1
        chance = draw.gumbel(size=(PLACES + 1, len(SIDES))) * WARMTH * (1 - step / steps)
        board.move(node, draw.normal(size=(PLACES, 2)) * REACHES[step % len(REACHES)], chance)
    _, at, side = best
    rounded = np.round(at).astype(int)
    return Cleared(
        points={name: Point(x=int(rounded[i, 0]), y=int(rounded[i, 1])) for i, name in enumerate(names)},
        sides={name: SIDES[int(side[i])] for i, name in enumerate(names)},
    )


class _Board:
    """All nodes, labels and lines in arrays; what a node costs at other places."""

    def __init__(
        self,
        names: Sequence[str],
        points: Mapping[str, Point],
        nodes: Mapping[str, Named],
        ties: Sequence[Tie],
        frame: tuple[int, int],
    ) -> None:
        import numpy as np

        index = {name: i for i, name in enumerate(names)}
        self.at: Array = np.array([[points[n].x, points[n].y] for n in names], dtype=float).reshape(-1, 2)
        self.home = self.at.copy()
        self.radius: Array = np.array([nodes[n].radius for n in names])
        self.dots = np.repeat(self.radius[:, None] + 1, 2, axis=1)
        self.frame: Array = np.array(frame, dtype=float)
        boxes = np.array([[label_box(side, nodes[n]) for side in SIDES] for n in names]).reshape(-1, len(SIDES), 4)
        self.middle = (boxes[:, :, :2] + boxes[:, :, 2:]) / 2  # of labels, relative to their nodes
        self.half = (boxes[:, :, 2:] - boxes[:, :, :2]) / 2
        self.side = np.zeros(len(names), dtype=int)
        # A line is one piece where it is straight, and PIECES where it bends.
        pieces = [
            (index[tie.start], index[tie.end], tie.bend, tie.margin, n / count, (n + 1) / count)
            for tie in ties
            if tie.start != tie.end
            for count in [PIECES if tie.bend else 1]
            for n in range(count)
        ]
        table = np.array(pieces, dtype=float).reshape(-1, 6)
        self.ends: Ints = table[:, :2].astype(np.int64)
        self.bend, self.margin, self.parts = table[:, 2], table[:, 3], table[:, 4:]
        self.of = [np.flatnonzero((self.ends == i).any(axis=1)) for i in range(len(names))]
        self.centre, self.reach = self.trace(np.arange(len(table)), self.at[self.ends[:, 0]], self.at[self.ends[:, 1]])

    def trace(self, which: Ints, start: Array, end: Array) -> tuple[Array, Array]:
        """The middles and the halves of pieces of lines between ends, by vis-network's formula for those that bend."""
        import numpy as np

        d, bend = end - start, self.bend[which]
        part, turn = np.abs(bend) * 0.5 + 0.5, bend * np.pi / 2
        cos, sin = part * np.cos(turn), part * np.sin(turn)
        turned = np.stack([d[..., 0] * cos + d[..., 1] * sin, d[..., 1] * cos - d[..., 0] * sin], axis=-1)

        def point(t: Array) -> Array:
            return np.asarray(start + 2 * (1 - t) * t * turned + t**2 * d)

        first, last = point(self.parts[which, :1]), point(self.parts[which, 1:])
        return (first + last) / 2, (last - first) / 2

    def labels(self) -> tuple[Array, Array]:
        """The middles and the halves of all labels where they are."""
        import numpy as np

        every = np.arange(len(self.at))
        return self.at + self.middle[every, self.side], self.half[every, self.side]

    def find_trouble(self) -> Array:
        """For each node the lines across its label and the labels on it, and a little for each end of such a line."""
        import numpy as np

        middle, half = self.labels()
        hits = _meet(self.centre[:, None], self.reach[:, None], middle, half, self.margin[:, None])
        count: Any = hits.sum(axis=0) + (_overlap(middle[:, None], half[:, None], middle, half).sum(axis=1) - 1.0)
        for line in np.flatnonzero(hits.any(axis=1)):
            count[self.ends[line]] += 0.4
        return np.asarray(count, dtype=np.float64)

    def move(self, i: int, steps: Array, chance: Array) -> None:
        """Puts node *i* and its label where they cost least, less what chance takes off; *steps* are ways it may go."""
        import numpy as np

        room = self.radius[i] + 4
        places = np.clip(self.at[i] + np.concatenate([np.zeros((1, 2)), steps]), room, self.frame - room)
        place, side = divmod(int(np.argmin(self.weigh(i, places) - chance)), len(SIDES))
        self.at[i], self.side[i] = places[place], side
        own = self.of[i]
        ends = self.ends[own]
        self.centre[own], self.reach[own] = self.trace(own, self.at[ends[:, 0]], self.at[ends[:, 1]])

    def weigh(self, i: int, places: Array) -> Array:
        """What node *i* costs at *places* with its label on each side: (places, sides)."""
        import numpy as np

        others, own = np.arange(len(self.at)) != i, self.of[i]
        rest = np.ones(len(self.ends), dtype=bool)
        rest[own] = False
        centre, reach, margin = self.centre[rest], self.reach[rest], self.margin[rest]
        middle, half = (of_all[others] for of_all in self.labels())
        at, dots = self.at[others], self.dots[others]
        # Its label at each place on each side.
        label, room = places[:, None, None] + self.middle[i][:, None], self.half[i][:, None]
        outside = np.maximum(np.abs(label - self.frame / 2) + room - self.frame / 2, 0).sum(axis=(2, 3))
        cost: Any = OVERLAP * (outside > 0) + outside
        cost = cost + OVERLAP * _overlap(label, room + 1, middle, half).sum(axis=2)
        cost += OVERLAP * _overlap(label, room, at, dots).sum(axis=2)
        cost += LABEL_CROSSED * _meet(centre, reach, label, room, margin).sum(axis=2)
        # Its dot: on other labels and dots, and lines across it; the way it has gone.
        dot = places[:, None]
        alone: Any = OVERLAP * _overlap(dot, self.dots[i], middle, half).sum(axis=1)
        alone = alone + OVERLAP * _overlap(dot, self.dots[i] + 5, at, dots).sum(axis=1)
        alone += DOT_CROSSED * _meet(centre, reach, dot, self.dots[i] + 1, 0.0).sum(axis=1)
        alone += AWAY * np.hypot(*(places - self.home[i]).T)
        if len(own):
            start, end = (np.where((self.ends[own, n] == i)[:, None], dot, self.at[self.ends[own, n]]) for n in (0, 1))
            mine, far = self.trace(own, start, end)
            keep = self.margin[own]
            cost += LABEL_CROSSED * _meet(mine[:, None], far[:, None], label, room, keep).sum(axis=2)
            mine, far, keep = mine[:, :, None], far[:, :, None], keep[:, None]
            alone += LABEL_CROSSED * _meet(mine, far, middle, half, keep).sum(axis=(1, 2))
            alone += DOT_CROSSED * _meet(mine, far, at, dots, 0.0).sum(axis=(1, 2))
            alone += LINES_CROSS * _cross(start, end, self.at[self.ends[rest, 0]], self.at[self.ends[rest, 1]])
        return np.asarray(cost + alone[:, None])


def _overlap(a: Array, half_a: Array, b: Array, half_b: Array) -> npt.NDArray[np.bool_]:
    """Whether boxes lie on each other."""
    import numpy as np

    return np.asarray((np.abs(a - b) < half_a + half_b).all(axis=-1))


def _meet(centre: Array, reach: Array, box: Array, half: Array, margin: Array | float) -> npt.NDArray[np.bool_]:
    """Whether pieces of lines touch boxes that are widened by a margin: no axis parts them."""
    import numpy as np

    dx, dy = centre[..., 0] - box[..., 0], centre[..., 1] - box[..., 1]
    rx, ry = reach[..., 0], reach[..., 1]
    hx, hy = np.abs(rx), np.abs(ry)
    ex, ey = half[..., 0] + margin, half[..., 1] + margin
    near = (np.abs(dx) < ex + hx) & (np.abs(dy) < ey + hy)
    return np.asarray(near & (np.abs(rx * dy - ry * dx) < ex * hy + ey * hx))


def _cross(start: Array, end: Array, first: Array, second: Array) -> Array:
    """How many of the lines from *first* to *second* each set of lines crosses, as if all were straight."""
    import numpy as np

    def side(a: Array, b: Array, c: Array) -> Array:
        u, v = b - a, c - a
        return np.asarray(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])

    a, b = start[:, :, None], end[:, :, None]
    apart = (side(a, b, first) * side(a, b, second) < -1e-6) & (side(first, second, a) * side(first, second, b) < -1e-6)
    return np.asarray(apart.sum(axis=(1, 2)), dtype=np.float64)
