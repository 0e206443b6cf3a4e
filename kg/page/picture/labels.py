"""Where the picture's labels stand: beside their dots, none on another, and as few as can be on a line."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from kg.page.picture.drawing import (
    ALL_LABELLED,
    BADGE,
    BOLD,
    IN_BOLD,
    LONGEST_LABEL,
    ROOM_FOR_LABEL,
    SCREENS,
    Dot,
    DrawnRelation,
    Label,
    badge_of,
    point_on,
)
from kg.page.text import measure, shorten
from kg.view import Boxes, Cuts, cut_lines

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]

BENDS = (0.12, -0.12, 0.22, -0.22, 0.34, -0.34, 0.46, -0.46)
PIECES = 16  # straight ones that a line is taken for that bends: they lie within a unit of it
UNCROSSED = 60  # entities up to which a label that only fits on a line is left out
MOST_CROSSED = 6  # of so many labels of a crowded picture one may be crossed by a line


def count_hubs(entities: int) -> int:
    """How many of the most central entities are hubs: always labelled, whatever small dots lie beneath."""
    return max(8, entities // 12)


_Piece: TypeAlias = tuple[float, float, float, float]  # from x, y to x, y


class _Rectangle(NamedTuple):
    """Ground that something covers. It is a tuple, since a picture of fifty things tries thousands of them."""

    left: float
    top: float
    right: float
    bottom: float

    def list_cells(self, size: float) -> list[tuple[int, int]]:
        """The cells of a grid that it touches."""
        left, top, right, bottom = self
        rows = range(int(top // size), int(bottom // size) + 1)
        return [(x, y) for x in range(int(left // size), int(right // size) + 1) for y in rows]

    def is_crossed(self, piece: _Piece) -> bool:
        """Whether a straight piece of a line runs through it: neither its sides nor the line part the two."""
        x1, y1, x2, y2 = piece
        if (
            (x1 <= self.left and x2 <= self.left)
            or (x1 >= self.right and x2 >= self.right)
            or (y1 <= self.top and y2 <= self.top)
            or (y1 >= self.bottom and y2 >= self.bottom)
        ):
            return False
        across, down = x2 - x1, y2 - y1
        # How far the corners lie from the line, to its one side or the other.
        corner = across * (self.top - y1) - down * (self.left - x1)
        tall, wide = across * (self.bottom - self.top), down * (self.right - self.left)
        corners = (corner, corner + tall, corner - wide, corner + tall - wide)
        return min(corners) < 0 < max(corners)


class _Taken:
    """Rectangles that are taken within a frame, found by the cells of a grid that they touch."""

    def __init__(self, cell: float, frame: tuple[int, int]) -> None:
        self.cell = cell
        self.width, self.height = frame
        self.cells: dict[tuple[int, int], list[tuple[str, _Rectangle]]] = defaultdict(list)

    def add(self, owner: str, r: _Rectangle) -> None:
        for cell in r.list_cells(self.cell):
            self.cells[cell].append((owner, r))

    def is_free(self, owner: str, r: _Rectangle) -> bool:
        """Whether a rectangle lies within the frame, and on nothing but what its owner has taken."""
        left, top, right, bottom = r
        if left < 0 or top < 0 or right > self.width or bottom > self.height:
            return False
        size, cells = self.cell, self.cells
        rows = range(int(top // size), int(bottom // size) + 1)
        for x in range(int(left // size), int(right // size) + 1):
            for y in rows:
                for other, (its_left, its_top, its_right, its_bottom) in cells.get((x, y), ()):
                    apart = left >= its_right or its_left >= right or top >= its_bottom or its_top >= bottom
                    if not apart and other != owner:
                        return False
        return True


class _Strokes:
    """Straight pieces of all lines, found by the cells of a grid: which lines run through a rectangle."""

    CELL = 40.0

    def __init__(self, lines: tuple[DrawnRelation, ...], dots: Mapping[str, Dot]) -> None:
        self.cells: dict[tuple[int, int], list[tuple[int, _Piece]]] = defaultdict(list)
        for line in lines:
            count = PIECES if line.bend else 1
            ends = [point_on(line, dots, n / count) for n in range(count + 1)]
            for (x1, y1), (x2, y2) in pairwise(ends):
                for cell in self._list_cells(x1, y1, x2, y2):
                    self.cells[cell].append((line.number, (x1, y1, x2, y2)))

    def _list_cells(self, x1: float, y1: float, x2: float, y2: float) -> Iterator[tuple[int, int]]:
        """The cells that a piece runs through, column by column."""
        if x1 > x2:
            x1, y1, x2, y2 = x2, y2, x1, y1
        slope = (y2 - y1) / (x2 - x1) if x2 > x1 else 0.0
        for column in range(int(x1 // self.CELL), int(x2 // self.CELL) + 1):
            left, right = max(x1, column * self.CELL), min(x2, (column + 1) * self.CELL)
            enter, leave = (y1 + slope * (left - x1), y1 + slope * (right - x1)) if x2 > x1 else (y1, y2)
            for row in range(int(min(enter, leave) // self.CELL), int(max(enter, leave) // self.CELL) + 1):
                yield column, row

    def count(self, r: _Rectangle, most: int) -> int:
        """How many lines cross a rectangle; it is enough to know that there are more than *most*."""
        found: set[int] = set()
        for cell in r.list_cells(self.CELL):
            for number, piece in self.cells.get(cell, ()):
                if number not in found and r.is_crossed(piece):
                    found.add(number)
                    if len(found) > most:
                        return len(found)
        return len(found)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What labels are placed on: dots, lines, the sides that were found clear (by entity), and the frame."""

    dots: tuple[Dot, ...]
    lines: tuple[DrawnRelation, ...]
    sides: Mapping[str, str]
    frame: tuple[int, int]

    @cached_property
    def _spots(self) -> dict[tuple[str, float], tuple[_Spot, ...]]:
        return {}

    def list_spots(self, dot: Dot, size: float) -> tuple[_Spot, ...]:
        """Where the label of a dot may be written, the side that was found clear first."""
        if (dot.key, size) not in self._spots:
            self._spots[dot.key, size] = tuple(place.find(dot, size) for place in _list_places(dot, self))
        return self._spots[dot.key, size]

    @cached_property
    def strokes(self) -> _Strokes:
        return _Strokes(self.lines, {dot.key: dot for dot in self.dots})

    @cached_property
    def signs(self) -> tuple[_Rectangle, ...]:
        """The ground that badges cover, on lines and at dots."""
        dots = {dot.key: dot for dot in self.dots}
        points = [point_on(line, dots, line.badge_at) for line in self.lines if line.badge is not None]
        points += [badge_of(dot) for dot in self.dots if dot.conflict]
        return tuple(_Rectangle(left=x - BADGE, top=y - BADGE, right=x + BADGE, bottom=y + BADGE) for x, y in points)


@dataclass(frozen=True, kw_only=True)
class _Try:
    """A label at a place: the ground it covers, and how many lines cross it."""

    label: Label
    ground: _Rectangle
    hits: int


def place_labels(ground: Ground, screen: str, lang: str, size: float) -> tuple[Label, ...]:
    """Labels for as many dots as have room, the most central first; none lies on another or on a badge.

    A label stands where no line crosses it, cut shorter if need be. Of a picture of more than UNCROSSED entities one in
    MOST_CROSSED may stand on a line; the most central ones always have a label. None lies on a dot, but those of hubs
    may on a small one. On a narrow screen the most central dots are named.
    """
    narrow, crowded = screen == "narrow", len(ground.dots) > ALL_LABELLED
    hubs = 6 if narrow else count_hubs(len(ground.dots))
    ranked = sorted(ground.dots, key=lambda d: d.rank)
    # What no label may cover, and what only the label of a hub may that finds no other room.
    firm, taken = _Taken(size * 4, ground.frame), _Taken(size * 4, ground.frame)

    def take(some: list[Dot], grid: _Taken) -> None:
        for dot in some:
            r = dot.radius + 1
            grid.add(dot.key, _Rectangle(left=dot.x - r, top=dot.y - r, right=dot.x + r, bottom=dot.y + r))

    for grid in (firm, taken):
        for number, sign in enumerate(ground.signs):
            grid.add(f"badge {number}", sign)
    take(ranked[:hubs], firm)
    take(ranked[:hubs] if narrow else ranked[: hubs * 3], taken)
    labels: dict[str, _Try] = {}

    def put(found: _Try) -> None:
        labels[found.label.key] = found
        for grid in (firm, taken):
            grid.add(found.label.key, found.ground)

    for dot in ranked[:14] if narrow else ranked:
        if not narrow and dot.rank == hubs:
            take(ranked[hubs * 3 :], taken)
        # A long name of one hub must not take the room of another's.
        longest = ROOM_FOR_LABEL if dot.rank < hubs else LONGEST_LABEL
        lengths = (10.0,) if narrow else (longest, ROOM_FOR_LABEL, 12.0, 9.0, 6.0)
        # Of a crowded picture only hubs may have a label on a line.
        most = 0 if crowded and dot.rank >= hubs else 99
        best = _find_length(dot, _cut_name(dot, lang, lengths), size, ground, taken, most)
        if dot.rank < hubs and (best is None or best.hits):
            most = best.hits - 1 if best is not None else most
            best = _find_length(dot, _cut_name(dot, lang, (*lengths, 4.0)), size, ground, firm, most) or best
        if best is not None:
            put(best)
    for dot in ranked if not narrow else ():  # what had to be cut is written in full where there is room after all
        if dot.key in labels and labels[dot.key].label.text != dot.labels[lang]:
            whole = _find_length(dot, (dot.labels[lang],), size, ground, taken, labels[dot.key].hits)
            if whole is not None:
                put(whole)
    if not narrow:  # the name of what has no label is told when it is pointed at
        crossed = [dot.key for dot in ranked if dot.rank >= IN_BOLD and dot.key in labels and labels[dot.key].hits]
        bold = sum(1 for found in labels.values() if found.hits) - len(crossed)
        share = 0 if len(ranked) <= UNCROSSED else 1 / MOST_CROSSED
        while crossed and len(crossed) + bold > share * len(labels):
            del labels[crossed.pop()]
    return tuple(found.label for found in labels.values())


def _cut_name(dot: Dot, lang: str, lengths: Iterable[float]) -> tuple[str, ...]:
    """The name of a dot, cut to each of *lengths*; once where cuts are the same."""
    return tuple(dict.fromkeys(shorten(dot.labels[lang], ems) for ems in lengths))


def _find_length(dot: Dot, texts: Sequence[str], size: float, ground: Ground, taken: _Taken, most: int) -> _Try | None:
    """The label with the first of *texts*, the longest first, that has room where no line crosses it.

    If there is none, the one that the fewest lines cross, *most* at most; None where there is no room.
    """
    best: _Try | None = None
    spots: Sequence[_Spot] = ground.list_spots(dot, size)
    for n, text in enumerate(texts):
        if n == 1:  # a longer text covers all that the shortest does: where that has no room, none has
            shortest = _wide(texts[-1], dot, size)
            spots = [spot for spot in spots if taken.is_free(dot.key, _cover(spot, shortest, size))]
        wide = _wide(text, dot, size)
        for spot in spots:
            r = _cover(spot, wide, size)
            if not taken.is_free(dot.key, r):
                continue
            hits = ground.strokes.count(r, most)
            if hits <= most:
                label = Label(key=dot.key, x=spot.x, y=spot.y, anchor=spot.anchor, text=text)
                best, most = _Try(label=label, ground=r, hits=hits), hits - 1
            if not hits:
                return best
    return best


class _Spot(NamedTuple):
    """Where a label may be written: its anchor point."""

    anchor: str
    x: int
    y: int


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A place of a label: its anchor point is *across* and *down* from the dot's centre, by radii and by its size."""

    anchor: str
    across: tuple[float, float]
    down: tuple[float, float]

    def find(self, dot: Dot, size: float) -> _Spot:
        """The anchor point beside a dot."""
        (by_radius, by_size), (down_radius, down_size) = self.across, self.down
        return _Spot(
            self.anchor,
            round(dot.x + by_radius * dot.radius + by_size * size),
            round(dot.y + down_radius * dot.radius + down_size * size),
        )


_BELOW, _ABOVE = (1.0, 1.02), (-1.0, -0.35)
_PLACES = {  # by the sides of kg.view.clearing
    "below": _Place(anchor="middle", across=(0, 0), down=_BELOW),
    "right": _Place(anchor="start", across=(1, 0.3), down=(0, 0.35)),
    "left": _Place(anchor="end", across=(-1, -0.3), down=(0, 0.35)),
    "above": _Place(anchor="middle", across=(0, 0), down=_ABOVE),
    "below-right": _Place(anchor="start", across=(0.7, 0.21), down=(0.7, 0.91)),
    "below-left": _Place(anchor="end", across=(-0.7, -0.21), down=(0.7, 0.91)),
    "above-right": _Place(anchor="start", across=(0.7, 0.21), down=(-0.7, -0.21)),
    "above-left": _Place(anchor="end", across=(-0.7, -0.21), down=(-0.7, -0.21)),
    "far-below-right": _Place(anchor="start", across=(-1, 0), down=_BELOW),
    "far-below-left": _Place(anchor="end", across=(1, 0), down=_BELOW),
    "far-above-right": _Place(anchor="start", across=(-1, 0), down=_ABOVE),
    "far-above-left": _Place(anchor="end", across=(1, 0), down=_ABOVE),
}


def _stand_off(away: float) -> tuple[_Place, ...]:
    """Places in a ring around a dot, *away* from it (in sizes)."""
    ring = [(math.cos(turn * math.pi / 8), math.sin(turn * math.pi / 8)) for turn in range(16)]
    return tuple(
        _Place(
            anchor="start" if dx > 0.35 else "end" if dx < -0.35 else "middle",
            across=(dx, dx * away),
            down=(dy, dy * away + 0.35),
        )
        for dx, dy in ring
    )


_OFF = _stand_off(1.5)
_FAR_OFF = (*_stand_off(1.6), *_stand_off(2.3), *_stand_off(3.0))
_FARTHEST_OFF = _stand_off(4.0)


def _list_places(dot: Dot, ground: Ground) -> Iterator[_Place]:
    first = ground.sides.get(dot.key)
    if first is not None:
        yield _PLACES[first]
    yield from (place for name, place in _PLACES.items() if name != first)
    # Lines run to the most central ones from all sides: their names may stand further off, most of all in a crowd.
    crowded = len(ground.dots) > ALL_LABELLED
    if dot.rank < IN_BOLD * 2:
        yield from _FAR_OFF
        yield from _FARTHEST_OFF if crowded else ()
    elif not crowded:
        yield from _OFF


def bend_clear(
    lines: tuple[DrawnRelation, ...],
    dots: Mapping[str, Dot],
    placed: Mapping[tuple[str, str], Sequence[Label]],
    grow: float,
) -> tuple[DrawnRelation, ...]:
    """The lines; one that crosses a label is bent so that it crosses none, and no dot, as little as that takes.

    Lines side by side stay as they are.
    """
    import numpy as np

    covered = [
        _cover(label, _wide(label.text, dots[label.key], size), size)
        for (screen, _), found in placed.items()
        for size in [SCREENS[screen] * grow]
        for label in found
    ]
    sides = np.array([(r.left, r.right, r.top, r.bottom) for r in covered]).reshape(-1, 4).T
    boxes = Boxes(
        x=(sides[0] + sides[1]) / 2,
        y=(sides[2] + sides[3]) / 2,
        wide=(sides[1] - sides[0]) / 2,
        high=(sides[3] - sides[2]) / 2,
    )
    keys = {key: n for n, key in enumerate(dots)}
    x, y, room = np.array([(dot.x, dot.y, dot.radius + 1) for dot in dots.values()], dtype=float).reshape(-1, 3).T
    discs = Boxes(x=x, y=y, wide=room, high=room)
    parts = np.arange(PIECES) / PIECES
    straight = cut_lines(np.zeros((1, 1)), np.zeros(1), np.ones(1))
    bends = cut_lines(np.array([(0.0, *BENDS)]).T, parts, parts + 1 / PIECES)

    def weigh(line: DrawnRelation, cuts: Cuts) -> Ints:
        """What a line costs in each of the ways (rows) of *cuts*: twice the labels that it crosses, and the dots."""
        start, end = (keys[key] for key in _ends_of(line))
        pieces = cuts.trace(x[start], y[start], x[end], y[end])[..., None]
        across = np.asarray(pieces.meet(discs).any(axis=-2))  # (ways, dots)
        across[:, [start, end]] = False
        return np.asarray(2 * pieces.meet(boxes).any(axis=-2).sum(axis=-1) + across.sum(axis=-1))

    beside = Counter(frozenset(_ends_of(line)) for line in lines)
    bent = []
    for line in lines:
        start, end = _ends_of(line)
        if start != end and beside[frozenset((start, end))] == 1 and weigh(line, straight) >= 2:
            line = replace(line, bend=(line.bend, *BENDS)[int(np.argmin(weigh(line, bends)))])
        bent.append(line)
    return tuple(bent)


def _ends_of(line: DrawnRelation) -> tuple[str, str]:
    return line.relation.subject, line.relation.object


def _wide(text: str, dot: Dot, size: float) -> float:
    """How wide a label is."""
    return measure(text, size) * (BOLD if dot.rank < IN_BOLD else 1)


_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}  # how much of a label lies before its anchor


def _cover(at: _Spot | Label, wide: float, size: float) -> _Rectangle:
    """The ground that a label covers."""
    left = at.x - wide * _BEFORE[at.anchor]
    return _Rectangle(left - 3, at.y - size * 0.92, left + wide + 3, at.y + size * 0.3)
