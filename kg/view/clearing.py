"""Names kept clear of lines: nodes move a little, and their labels to another side, until no line crosses a label.

Each step takes a node whose label is crossed, or that is an end of a line which crosses one, weighs some places and all
sides for it at once, and takes a good one: by chance a worse one, the less often the later it is (simulated annealing,
with a seed of its own). What was best of all is kept. Same input, same integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.view.geometry import Boxes, cut_lines
from kg.view.layout import Point

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

SIDES = (
    "below", "right", "left", "above", "below-right", "below-left", "above-right", "above-left",
    "far-below-right", "far-below-left", "far-above-right", "far-above-left",
)  # fmt: skip
PIECES = 4  # straight ones that a line is taken for that bends
MOST_STEPS = 240
PLACES = 12  # that are weighed for a node at once, beside where it is
REACHES = (50.0, 120.0, 25.0)  # how far they lie, in turns
# What counts how much: a line across a label, labels or dots on each other, a line across a dot, two lines that cross,
# and each unit of the way from where the layout has put it.
LABEL_CROSSED, OVERLAP, DOT_CROSSED, LINES_CROSS, AWAY = 20.0, 40.0, 6.0, 2.0, 0.012
ROOM = 1.0  # around a dot
WARMTH = 0.6  # how much a worse place may cost at the beginning, about


@dataclass(frozen=True, kw_only=True)
class LabelledNode:
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


def label_box(side: str, named: LabelledNode) -> tuple[float, float, float, float]:
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
    points: Mapping[str, Point], nodes: Mapping[str, LabelledNode], ties: Sequence[Tie], *, width: int, height: int
) -> Cleared:
    """Positions and sides by which as few lines as can be cross labels, dots, and each other; within the frame."""
    import numpy as np

    names = list(points)
    board = _Board(points, nodes, ties, (width, height))
    draw = np.random.default_rng(7)
    tried = np.zeros(len(names))
    best = (np.inf, board.x.copy(), board.y.copy(), board.side.copy())
    steps = MOST_STEPS * 90 // max(90, len(board.tie))  # a denser network takes longer, and has less to be won
    for step in range(steps + 1):
        trouble = board.find_trouble()
        left = int(np.floor(trouble).sum())
        if left < best[0]:
            best = (left, board.x.copy(), board.y.copy(), board.side.copy())
        if not left or step == steps:
            break
        # The most troubled first, and each again after the others had their turns.
        node = int(np.argmax(np.where(trouble > 0, trouble - 1.5 * tried, -np.inf)))
        tried[node] += 1
        chance = draw.gumbel(size=(PLACES + 1, len(SIDES))) * WARMTH * (1 - step / steps)
        ways = draw.normal(size=(PLACES, 2)) * REACHES[step % len(REACHES)]
        board.move(node, ways[:, 0], ways[:, 1], chance)
    _, x, y, side = best
    return Cleared(
        points={name: Point(x=round(float(x[i])), y=round(float(y[i]))) for i, name in enumerate(names)},
        sides={name: SIDES[int(side[i])] for i, name in enumerate(names)},
    )


class _Board:
    """All nodes, labels and lines in arrays; what a node costs at other places.

    *things* are the labels of all nodes, then their dots. Which lines cross which labels (*hits*) and which labels lie
    on each other (*laps*) is kept, and looked for again where a node has moved.
    """

    def __init__(
        self,
        points: Mapping[str, Point],
        nodes: Mapping[str, LabelledNode],
        ties: Sequence[Tie],
        frame: tuple[int, int],
    ) -> None:
        import numpy as np

        index = {name: i for i, name in enumerate(points)}
        named = [nodes[name] for name in points]
        self.count, self.frame = len(named), frame
        self.x: Array = np.array([float(point.x) for point in points.values()])
        self.y: Array = np.array([float(point.y) for point in points.values()])
        self.home_x, self.home_y = self.x.copy(), self.y.copy()
        self.side = np.zeros(self.count, dtype=np.int64)
        # A node's label on each side, and its dot, from its centre: (nodes, sides and one more).
        boxes = np.array([[*(label_box(side, node) for side in SIDES), _dot_box(node)] for node in named])
        left, top, right, bottom = np.moveaxis(boxes.reshape(-1, len(SIDES) + 1, 4), 2, 0)
        self.extents = np.stack([left.min(1), top.min(1), right.max(1), bottom.max(1)], axis=1).tolist()  # of all boxes
        self.boxes = Boxes(x=(left + right) / 2, y=(top + bottom) / 2, wide=(right - left) / 2, high=(bottom - top) / 2)
        self.things = Boxes(
            x=np.concatenate([self.x + self.boxes.x[:, 0], self.x]),
            y=np.concatenate([self.y + self.boxes.y[:, 0], self.y]),
            wide=np.concatenate([self.boxes.wide[:, 0], self.boxes.wide[:, -1]]),
            high=np.concatenate([self.boxes.high[:, 0], self.boxes.high[:, -1]]),
        )
        self.crossed = np.repeat([LABEL_CROSSED, DOT_CROSSED], self.count)  # what it costs to cross them
        lines = [tie for tie in ties if tie.start != tie.end]
        self.start: Ints = np.array([index[tie.start] for tie in lines], dtype=np.int64)
        self.end: Ints = np.array([index[tie.end] for tie in lines], dtype=np.int64)
        # A line is one piece where it is straight, and PIECES where it bends.
        pieces = [(n, part / count, (part + 1) / count, tie) for n, tie in enumerate(lines)
                  for count in [PIECES if tie.bend else 1] for part in range(count)]  # fmt: skip
        self.tie: Ints = np.array([n for n, *_ in pieces], dtype=np.int64)
        self.margin: Array = np.array([tie.margin for *_, tie in pieces])
        bend, first, last = np.array([(tie.bend, first, last) for _, first, last, tie in pieces]).reshape(-1, 3).T
        self.cuts = cut_lines(bend, first, last)
        of_node = [(self.start == i) | (self.end == i) for i in range(self.count)]
        self.ties_of = [np.flatnonzero(own) for own in of_node]
        self.pieces_of = [np.flatnonzero(own[self.tie]) for own in of_node]
        self.pieces = self.cuts.trace(*(end[self.tie] for end in self.find_ends()))
        labels = self.things[: self.count]
        self.hits = self.pieces[:, None].meet(labels, self.margin[:, None])  # (pieces, labels)
        self.laps = labels[:, None].overlap(labels)
        np.fill_diagonal(self.laps, val=False)

    def find_ends(self) -> tuple[Array, Array, Array, Array]:
        """Where the ties start and end: x, y, x, y."""
        return self.x[self.start], self.y[self.start], self.x[self.end], self.y[self.end]

    def find_trouble(self) -> Array:
        """The trouble of each node: the lines across its label, the labels on it, a little for their ends."""
        import numpy as np

        crossing = self.tie[self.hits.any(axis=1)]
        ends = np.concatenate([self.start[crossing], self.end[crossing]])
        blame = 0.4 * np.bincount(ends, minlength=self.count)
        return np.asarray(self.hits.sum(axis=0) + self.laps.sum(axis=1) + blame, dtype=np.float64)

    def move(self, i: int, ways_x: Array, ways_y: Array, chance: Array) -> None:
        """Puts node *i* and its label where they cost least, less what *chance* takes off; it may go the ways."""
        import numpy as np

        room, (width, height) = self.boxes.wide[i, -1] + 3, self.frame
        x = np.clip(self.x[i] + np.concatenate([[0.0], ways_x]), room, width - room)
        y = np.clip(self.y[i] + np.concatenate([[0.0], ways_y]), room, height - room)
        place, side = divmod(int(np.argmin(self.weigh(i, x, y) - chance)), len(SIDES))
        if (x[place], y[place], side) == (self.x[i], self.y[i], self.side[i]):
            return
        self.x[i], self.y[i], self.side[i] = x[place], y[place], side
        self.things.x[i], self.things.y[i] = x[place] + self.boxes.x[i, side], y[place] + self.boxes.y[i, side]
        self.things.x[self.count + i], self.things.y[self.count + i] = x[place], y[place]
        own, labels = self.pieces_of[i], self.things[: self.count]
        traced = self.cuts[own].trace(*(end[self.tie[own]] for end in self.find_ends()))
        self.pieces.x[own], self.pieces.y[own] = traced.x, traced.y
        self.pieces.to_x[own], self.pieces.to_y[own] = traced.to_x, traced.to_y
        self.hits[:, i] = self.pieces.meet(labels[i], self.margin)
        self.hits[own] = traced[:, None].meet(labels, self.margin[own, None])
        self.laps[i] = self.laps[:, i] = labels.overlap(labels[i])
        self.laps[i, i] = False

    def weigh(self, i: int, x: Array, y: Array) -> Array:
        """What node *i* costs at places (*x*, *y*) with its label on each side: (places, sides)."""
        import numpy as np

        own, width, height = self.pieces_of[i], *self.frame
        left, top, right, bottom = self.extents[i]
        left, right, top, bottom = x.min() + left, x.max() + right, y.min() + top, y.max() + bottom
        around = Boxes(x=(left + right) / 2, y=(top + bottom) / 2, wide=(right - left) / 2, high=(bottom - top) / 2)
        box = self.boxes[i]
        box = Boxes(x=x[:, None] + box.x, y=y[:, None] + box.y, wide=box.wide, high=box.high)
        # Labels, dots and lines where it may come, but for its own.
        close = self.things.overlap(around)
        close[[i, self.count + i]] = False
        near = self.pieces.meet(around, self.margin)
        near[own] = False
        spread = Boxes(x=box.x[..., None], y=box.y[..., None], wide=box.wide[:, None], high=box.high[:, None])
        cost: Any = OVERLAP * spread.overlap(self.things[close]).sum(axis=2)
        hits = self.pieces[near].meet(spread, self.margin[near]).sum(axis=2)
        cost = cost + hits * ([LABEL_CROSSED] * len(SIDES) + [DOT_CROSSED])
        if left < 0 or top < 0 or right > width or bottom > height:
            outside = np.maximum(np.abs(box.x - width / 2) + box.wide - width / 2, 0)
            outside += np.maximum(np.abs(box.y - height / 2) + box.high - height / 2, 0)
            cost += OVERLAP * (outside > 0) + outside
        alone = cost[:, -1] + AWAY * np.hypot(x - self.home_x[i], y - self.home_y[i])
        cost = cost[:, :-1]
        if len(own):
            ties = self.ties_of[i]
            ends = self.find_ends_from(i, ties, x, y)
            part_of = np.searchsorted(ties, self.tie[own])
            mine, margin = self.cuts[own].trace(*(end[:, part_of] for end in ends)), self.margin[own]
            cost += LABEL_CROSSED * mine[:, None].meet(spread, margin).sum(axis=2)[:, :-1]
            crossed = mine[..., None].meet(self.things, margin[:, None])
            crossed[..., [i, self.count + i]] = False
            alone += crossed.sum(axis=1) @ self.crossed + LINES_CROSS * self.count_crossings(ties, ends)
        return np.asarray(cost + alone[:, None])

    def find_ends_from(self, i: int, ties: Ints, x: Array, y: Array) -> tuple[Array, Array, Array, Array]:
        """Where ties of node *i* start and end if it is at (*x*, *y*): x, y, x, y, each (places, ties)."""
        import numpy as np

        start, end = self.start[ties], self.end[ties]
        x, y = x[:, None], y[:, None]
        return (
            np.where(start == i, x, self.x[start]),
            np.where(start == i, y, self.y[start]),
            np.where(end == i, x, self.x[end]),
            np.where(end == i, y, self.y[end]),
        )

    def count_crossings(self, ties: Ints, ends: tuple[Array, Array, Array, Array]) -> Array:
        """How many other lines *ties* cross with their ends there, as if all were straight: (places,)."""
        import numpy as np

        x1, y1, x2, y2 = (end[..., None] for end in ends)
        others = np.ones(len(self.start), dtype=bool)
        others[ties] = False
        start, end = self.start[others], self.end[others]
        x3, y3 = self.x[start], self.y[start]
        # On which side of the line from 1 to 2 the ends 3 and 4 lie, and the other way round; about 0 for a common end.
        mine_x, mine_y, other_x, other_y = x2 - x1, y2 - y1, self.x[end] - x3, self.y[end] - y3
        dx, dy, turn = x3 - x1, y3 - y1, mine_x * other_y - mine_y * other_x
        third, first = mine_x * dy - mine_y * dx, other_y * dx - other_x * dy
        fourth, second = third + turn, first - turn
        return np.asarray(((third * fourth < -1) & (first * second < -1)).sum(axis=(1, 2)), dtype=np.float64)


def _dot_box(named: LabelledNode) -> tuple[float, float, float, float]:
    """The dot's box relative to its centre, with a little room around it."""
    room = named.radius + ROOM
    return -room, -room, room, room
