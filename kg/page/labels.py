"""Where the picture's labels stand: beside their dots, none on another, and as few as can be on a line."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kg.page.drawing import (
    ALL_LABELLED,
    BADGE,
    BOLD,
    IN_BOLD,
    LONGEST_LABEL,
    ROOM_FOR_LABEL,
    SCREENS,
    Dot,
    Label,
    Line,
    badge_of,
    point_on,
)
from kg.page.text import measure, shorten

BENDS = (0.12, -0.12, 0.22, -0.22, 0.34, -0.34, 0.46, -0.46)
UNCROSSED = 60  # entities up to which a label that only fits on a line is left out
MOST_CROSSED = 6  # of so many labels of a crowded picture one may be crossed by a line


def count_hubs(entities: int) -> int:
    """How many of the most central entities are hubs: always labelled, whatever small dots lie beneath."""
    return max(8, entities // 12)


@dataclass(frozen=True, kw_only=True)
class _Rectangle:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Rectangle) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class _Taken:
    """Rectangles that are taken, found by the cells of a grid that they touch."""

    def __init__(self, cell: float) -> None:
        self.cell = cell
        self.cells: dict[tuple[int, int], list[tuple[str, _Rectangle]]] = defaultdict(list)

    def _touched(self, r: _Rectangle) -> list[tuple[int, int]]:
        columns = range(int(r.left // self.cell), int(r.right // self.cell) + 1)
        rows = range(int(r.top // self.cell), int(r.bottom // self.cell) + 1)
        return [(x, y) for x in columns for y in rows]

    def add(self, owner: str, r: _Rectangle) -> None:
        for cell in self._touched(r):
            self.cells[cell].append((owner, r))

    def is_free(self, owner: str, r: _Rectangle) -> bool:
        return not any(o != owner and r.meets(other) for cell in self._touched(r) for o, other in self.cells[cell])


class _Strokes:
    """Points along all lines, found by the cells of a grid: which lines a rectangle would lie on."""

    CELL = 40.0

    def __init__(self, lines: tuple[Line, ...], dots: Mapping[str, Dot]) -> None:
        self.cells: dict[tuple[int, int], list[tuple[int, float, float]]] = defaultdict(list)
        for line in lines:
            a, b = dots[line.relation.subject], dots[line.relation.object]
            steps = max(4, int(math.hypot(a.x - b.x, a.y - b.y) / 5))
            for n in range(1, steps):
                x, y = point_on(line, dots, n / steps)
                self.cells[int(x // self.CELL), int(y // self.CELL)].append((line.number, x, y))

    def count(self, r: _Rectangle, most: int) -> int:
        """How many lines cross a rectangle; it is enough to know that there are more than *most*."""
        found: set[int] = set()
        for x in range(int(r.left // self.CELL), int(r.right // self.CELL) + 1):
            for y in range(int(r.top // self.CELL), int(r.bottom // self.CELL) + 1):
                for number, px, py in self.cells.get((x, y), ()):
                    if r.left < px < r.right and r.top < py < r.bottom:
                        found.add(number)
                        if len(found) > most:
                            return len(found)
        return len(found)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What labels are placed on: dots, lines, the sides that were found clear (by entity), and the frame."""

    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    sides: Mapping[str, str]
    frame: tuple[int, int]

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
    firm, taken = _Taken(size * 4), _Taken(size * 4)

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
        grids = [(taken, ems) for ems in lengths] + [(firm, ems) for ems in (*lengths, 4.0) if dot.rank < hubs]
        best: _Try | None = None
        for text, grid in dict.fromkeys((shorten(dot.labels[lang], ems), grid) for grid, ems in grids):
            # Of a crowded picture only hubs may have a label on a line.
            most = best.hits - 1 if best is not None else 0 if crowded and dot.rank >= hubs else 99
            best = _find_place(dot, text, size, ground, grid, most) or best
            if best is not None and not best.hits:
                break
        if best is not None:
            put(best)
    for dot in ranked if not narrow else ():  # what had to be cut is written in full where there is room after all
        if dot.key in labels and labels[dot.key].label.text != dot.labels[lang]:
            whole = _find_place(dot, dot.labels[lang], size, ground, taken, labels[dot.key].hits)
            if whole is not None:
                put(whole)
    if not narrow:  # the name of what has no label is told when it is pointed at
        crossed = [dot.key for dot in ranked if dot.rank >= IN_BOLD and dot.key in labels and labels[dot.key].hits]
        bold = sum(1 for found in labels.values() if found.hits) - len(crossed)
        share = 0 if len(ranked) <= UNCROSSED else 1 / MOST_CROSSED
        while crossed and len(crossed) + bold > share * len(labels):
            del labels[crossed.pop()]
    return tuple(found.label for found in labels.values())


def _find_place(dot: Dot, text: str, size: float, ground: Ground, taken: _Taken, most: int) -> _Try | None:
    """The label beside its dot, where there is room and the fewest lines, *most* at most; None where there is none.

    First it is tried on the side that was found clear.
    """
    best: _Try | None = None
    for label, r in _list_places(dot, text, size, ground):
        inside = r.left >= 0 and r.right <= ground.frame[0] and r.top >= 0 and r.bottom <= ground.frame[1]
        if inside and taken.is_free(dot.key, r):
            hits = ground.strokes.count(r, most)
            if hits <= most:
                best, most = _Try(label=label, ground=r, hits=hits), hits - 1
            if not hits:
                break
    return best


def _list_places(dot: Dot, text: str, size: float, ground: Ground) -> Iterator[tuple[Label, _Rectangle]]:
    away = dot.radius + size * 0.3
    below, above = dot.y + dot.radius + size * 1.02, dot.y - dot.radius - size * 0.35
    slant = away * 0.7
    places = {  # anchor, x, baseline
        "below": ("middle", dot.x, below),
        "right": ("start", dot.x + away, dot.y + size * 0.35),
        "left": ("end", dot.x - away, dot.y + size * 0.35),
        "above": ("middle", dot.x, above),
        "below-right": ("start", dot.x + slant, dot.y + slant + size * 0.7),
        "below-left": ("end", dot.x - slant, dot.y + slant + size * 0.7),
        "above-right": ("start", dot.x + slant, dot.y - slant),
        "above-left": ("end", dot.x - slant, dot.y - slant),
        "far-below-right": ("start", dot.x - dot.radius, below),
        "far-below-left": ("end", dot.x + dot.radius, below),
        "far-above-right": ("start", dot.x - dot.radius, above),
        "far-above-left": ("end", dot.x + dot.radius, above),
    }
    # Lines run to the most central ones from all sides: their names may stand further off.
    far = (1.6, 2.3, 3.0) if dot.rank < IN_BOLD * 2 else (1.5,) if len(ground.dots) <= ALL_LABELLED else ()
    for part in far:
        out = dot.radius + size * part
        for turn in range(16):
            dx, dy = math.cos(turn * math.pi / 8), math.sin(turn * math.pi / 8)
            anchor = "start" if dx > 0.35 else "end" if dx < -0.35 else "middle"
            places[f"off-{part}-{turn}"] = (anchor, dot.x + dx * out, dot.y + dy * out + size * 0.35)
    wide, first = _wide(text, dot, size), ground.sides.get(dot.key)
    for name in dict.fromkeys([first, *places] if first else places):
        anchor, x, y = places[name]
        label = Label(key=dot.key, x=round(x), y=round(y), anchor=anchor, text=text)
        yield label, _cover(label, wide, size)


def bend_clear(
    lines: tuple[Line, ...], dots: Mapping[str, Dot], placed: Mapping[tuple[str, str], Sequence[Label]], grow: float
) -> tuple[Line, ...]:
    """The lines; one that crosses a label is bent so that it crosses none, and no dot, as little as that takes.

    Lines side by side stay as they are.
    """
    boxes = [
        _cover(label, _wide(label.text, dots[label.key], SCREENS[screen] * grow), SCREENS[screen] * grow)
        for (screen, _), found in placed.items()
        if screen != "narrow"
        for label in found
    ]
    beside = Counter(frozenset(_ends_of(line)) for line in lines)

    def weigh(line: Line) -> int:
        a, b = (dots[end] for end in _ends_of(line))
        steps = max(8, int(math.hypot(a.x - b.x, a.y - b.y) / 4))
        points = [point_on(line, dots, n / steps) for n in range(1, steps)]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        whole = _Rectangle(left=min(xs), top=min(ys), right=max(xs) + 1, bottom=max(ys) + 1)
        near = [r for r in boxes if r.meets(whole)]
        crossed = sum(any(r.left < x < r.right and r.top < y < r.bottom for x, y in points) for r in near)
        across = (
            dot
            for dot in dots.values()
            if dot not in (a, b)
            and whole.left - dot.radius < dot.x < whole.right + dot.radius
            and any(math.hypot(x - dot.x, y - dot.y) < dot.radius + 2 for x, y in points)
        )
        return 2 * crossed + sum(1 for _ in across)

    bent = []
    for line in lines:
        start, end = _ends_of(line)
        if start != end and beside[frozenset((start, end))] == 1 and weigh(line) >= 2:
            line = min((line, *(replace(line, bend=bend) for bend in BENDS)), key=weigh)
        bent.append(line)
    return tuple(bent)


def _ends_of(line: Line) -> tuple[str, str]:
    return line.relation.subject, line.relation.object


def _wide(text: str, dot: Dot, size: float) -> float:
    """How wide a label is."""
    return measure(text, size) * (BOLD if dot.rank < IN_BOLD else 1)


def _cover(label: Label, wide: float, size: float) -> _Rectangle:
    """The ground that a label covers."""
    left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
    return _Rectangle(left=left - 3, top=label.y - size * 0.92, right=left + wide + 3, bottom=label.y + size * 0.3)
