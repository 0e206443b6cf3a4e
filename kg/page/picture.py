"""The picture: nodes, lines and labels with their places. What is drawn at build time and live are drawn from it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.model import Entity, Mode
from kg.ontology.vocabulary import Vocabulary
from kg.page.style import STROKES, Family, Stroke, family_of, tense_of
from kg.page.text import clean, measure, shorten
from kg.view import Box, Relation, lay_out

if TYPE_CHECKING:
    from kg.view.network import Network

WIDTH, HEIGHT = 1040, 510
LANGUAGES = ("en", "zh")
SCREENS = {"wide": 14.5, "middle": 18.0, "narrow": 36.0}  # size of the labels, in units of the picture
IN_BOLD = 6  # the most central entities, whose labels are set in bold
BOLD = 1.16  # how much wider bold letters are in a wide font
LONGEST_LABEL = 24.0  # in ems
ROOM_FOR_LABEL = 15.0  # in ems: what the layout keeps free; a longer label is cut where there is no more
BADGE = 7.5  # radius of a sign
MOST_LABELLED = 600  # of more entities only these may be labelled, wherever lines run
ALL_LABELLED = 120  # entities up to which there is room for every label; beyond, for those of the hubs


@dataclass(frozen=True, kw_only=True)
class Dot:
    """An entity in the picture. *x*, *y* are its centre; *labels* are by language, as long as they may be."""

    key: str
    x: int
    y: int
    radius: int
    family: Family
    labels: Mapping[str, str]
    rank: int  # 0 is the most central
    conflict: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A relation in the picture. *bend* is vis-network's roundness: clockwise above 0, straight at 0."""

    number: int
    relation: Relation
    stroke: Stroke
    width: float
    bend: float
    conflict: bool
    superseded: bool
    badge: str | None  # a sign on it: `≠` a conflict, `?` different answers or a question
    badge_at: float = 0.5  # where on it, from 0 to 1


@dataclass(frozen=True, kw_only=True)
class Label:
    """A label that found room: its anchor point and alignment (`start`, `middle`, `end`)."""

    key: str
    x: int
    y: int
    anchor: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """All of it; *labels* by screen (of `SCREENS`) and language."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    labels: Mapping[tuple[str, str], tuple[Label, ...]]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How claims stand to each other, as far as a picture shows it: ids of claims, and keys of entities
    of which a claim is in conflict."""

    conflict: frozenset[str]
    open: frozenset[str]
    superseded: frozenset[str]
    entities: frozenset[str]


def count_hubs(entities: int) -> int:
    """How many of the most central entities are hubs: always labelled, whatever small dots lie beneath."""
    return max(8, entities // 12)


def draw_picture(network: Network, vocabulary: Vocabulary, ranks: Mapping[str, float], standing: Standing) -> Picture:
    """The picture of a network. Its size grows with the number of entities, so that there is room for each."""
    entities: dict[str, Entity] = {key: network.nodes[key]["entity"] for key in network}
    relations: list[Relation] = [data["relation"] for _, _, data in network.edges(data=True)]
    relations.sort(key=lambda r: (r.subject, r.object, r.key))
    grow = max(1.0, math.sqrt(len(entities) / 70))
    width, height = round(WIDTH * grow), round(HEIGHT * grow)
    order = sorted(entities, key=lambda k: (-ranks[k], k))
    place = {key: i for i, key in enumerate(order)}
    weight: dict[str, int] = defaultdict(int)
    for relation in relations:
        weight[relation.subject] += 1
        weight[relation.object] += 1
    radius = {key: round(6 + min(16.0, 2.6 * math.sqrt(weight[key]))) for key in entities}
    size = SCREENS["wide"] * grow
    labels = {
        key: {lang: shorten(clean(entity.label(lang)), LONGEST_LABEL) for lang in LANGUAGES}
        for key, entity in entities.items()
    }
    boxes = {}
    for key in order:
        half = radius[key] + 4.0
        down = half
        if len(order) <= ALL_LABELLED or place[key] < count_hubs(len(order)):
            half = max([half, *(min(measure(labels[key][lang], 1), ROOM_FOR_LABEL) * size / 2 for lang in LANGUAGES)])
            if place[key] < IN_BOLD and not weight[key]:  # what has no relations stands in rows, label beside label
                half *= BOLD
            down = radius[key] + size * 1.35
        boxes[key] = Box(left=half, right=half, up=radius[key] + 4, down=down)
    points = lay_out(boxes, [(r.subject, r.object) for r in relations], width=width, height=height)
    dots = tuple(
        Dot(
            key=key,
            x=points[key].x,
            y=points[key].y,
            radius=radius[key],
            family=family_of(tuple(c.text for c in entities[key].classes), vocabulary),
            labels=labels[key],
            rank=place[key],
            conflict=key in standing.entities,
        )
        for key in sorted(entities)
    )
    by_key = {dot.key: dot for dot in dots}
    lines = _place_badges(_draw_lines(relations, standing), by_key)
    ground = _Ground(signs=_find_signs(lines, by_key), strokes=_Strokes(lines, by_key), frame=(width, height))
    placed = {
        (screen, lang): _place_labels(dots, ground, screen, lang, letters * grow)
        for screen, letters in SCREENS.items()
        for lang in LANGUAGES
    }
    return Picture(width=width, height=height, dots=dots, lines=lines, labels=placed)


def _draw_lines(relations: list[Relation], standing: Standing) -> tuple[Line, ...]:
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, relation in enumerate(relations):
        pairs[min(relation.subject, relation.object), max(relation.subject, relation.object)].append(number)
    bends = {}
    for (first, _), numbers in pairs.items():
        for i, number in enumerate(numbers):
            offset = (i - (len(numbers) - 1) / 2) * 0.2
            bends[number] = offset if relations[number].subject == first else -offset
    lines = []
    signed: set[tuple[str, ...]] = set()
    for number, relation in enumerate(relations):
        ids = {c.id for c in relation.claims}
        badge = "¬" if relation.negated else "≠" if ids & standing.conflict else None
        asked = relation.mode is Mode.QUESTION or ids & standing.open
        ends = (relation.predicate, *sorted((relation.subject, relation.object)))
        if badge is None and asked and ends not in signed:  # one sign for lines side by side
            badge = "?"
            signed.add(ends)
        lines.append(
            Line(
                number=number,
                relation=relation,
                stroke=STROKES[tense_of(relation.mode)],
                width=1.4 + 0.8 * (len(relation.sources) - 1),
                bend=round(bends[number], 2),
                conflict=bool(ids & standing.conflict),
                superseded=ids <= standing.superseded,
                badge=badge,
            )
        )
    return tuple(lines)


def _place_badges(lines: tuple[Line, ...], dots: Mapping[str, Dot]) -> tuple[Line, ...]:
    """Each badge near the middle of its line, clear of dots and of the badges before it where that can be had."""
    crowd: list[tuple[float, float, float]] = [(dot.x, dot.y, dot.radius + BADGE + 2) for dot in dots.values()]
    placed = []
    for line in lines:
        if line.badge is not None and line.relation.subject != line.relation.object:

            def room(at: float, line: Line = line) -> float:
                x, y = point_on(line, dots, at)
                return min(0.0, *(math.hypot(x - cx, y - cy) - r for cx, cy, r in crowd))

            # The first of those with most room, the middle first.
            line = replace(line, badge_at=max((0.5, 0.42, 0.58, 0.34, 0.66), key=lambda at: (room(at), -abs(at - 0.5))))
        if line.badge is not None:
            crowd.append((*point_on(line, dots, line.badge_at), 2 * BADGE + 2))
        placed.append(line)
    return tuple(placed)


def _find_signs(lines: tuple[Line, ...], dots: Mapping[str, Dot]) -> tuple[_Rectangle, ...]:
    """The ground that badges cover, on lines and at dots."""
    points = [point_on(line, dots, line.badge_at) for line in lines if line.badge is not None]
    points += [badge_of(dot) for dot in dots.values() if dot.conflict]
    return tuple(_Rectangle(left=x - BADGE, top=y - BADGE, right=x + BADGE, bottom=y + BADGE) for x, y in points)


def badge_of(dot: Dot) -> tuple[float, float]:
    """Where the sign of a dot in conflict stands."""
    return dot.x + dot.radius * 0.8, dot.y - dot.radius * 0.8


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
        for line in lines if len(dots) <= MOST_LABELLED else ():
            a, b = dots[line.relation.subject], dots[line.relation.object]
            steps = max(4, int(math.hypot(a.x - b.x, a.y - b.y) / 5))
            for n in range(1, steps):
                x, y = point_on(line, dots, n / steps)
                self.cells[int(x // self.CELL), int(y // self.CELL)].append((line.number, x, y))

    def count(self, r: _Rectangle) -> int:
        """How many lines cross a rectangle."""
        columns = range(int(r.left // self.CELL), int(r.right // self.CELL) + 1)
        rows = range(int(r.top // self.CELL), int(r.bottom // self.CELL) + 1)
        near = (point for x in columns for y in rows for point in self.cells.get((x, y), ()))
        return len({number for number, x, y in near if r.left < x < r.right and r.top < y < r.bottom})


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """What labels are placed on: signs that none may cover, lines that few should, and the frame."""

    signs: tuple[_Rectangle, ...]
    strokes: _Strokes
    frame: tuple[int, int]


def _place_labels(dots: tuple[Dot, ...], ground: _Ground, screen: str, lang: str, size: float) -> tuple[Label, ...]:
    """Labels for as many dots as have room, the most central first; none lies on another or on a badge.

    On all but a narrow screen none lies on a dot either (those of hubs may, on a small one), and one that finds
    no room is tried again cut shorter. On a narrow one the most central dots are named, over the small ones if
    need be.
    """
    narrow = screen == "narrow"
    hubs = 6 if narrow else count_hubs(len(dots))
    ranked = sorted(dots, key=lambda d: d.rank)
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
    labels: dict[str, Label] = {}

    def put(dot: Dot, label: Label, ground: _Rectangle) -> None:
        labels[dot.key] = label
        for grid in (firm, taken):
            grid.add(dot.key, ground)

    for dot in ranked[:14] if narrow else ranked[:MOST_LABELLED]:
        if not narrow and dot.rank == hubs:
            take(ranked[hubs * 3 :], taken)
        # A long name of one hub must not take the room of another's.
        longest = ROOM_FOR_LABEL if dot.rank < hubs else LONGEST_LABEL
        lengths = (10.0,) if narrow else (longest, ROOM_FOR_LABEL, 12.0, 9.0, 6.0)
        tries = [(taken, ems) for ems in lengths] + [(firm, ems) for ems in (*lengths, 4.0) if dot.rank < hubs]
        for grid, ems in tries:
            found = _place_label(dot, shorten(dot.labels[lang], ems), size, ground, grid)
            if found is not None:
                put(dot, *found)
                break
    for dot in ranked if not narrow else ():  # what had to be cut is written in full where there is room after all
        if dot.key in labels and labels[dot.key].text != dot.labels[lang]:
            found = _place_label(dot, dot.labels[lang], size, ground, taken)
            if found is not None:
                put(dot, *found)
    return tuple(labels.values())


def _place_label(dot: Dot, text: str, size: float, ground: _Ground, taken: _Taken) -> tuple[Label, _Rectangle] | None:
    """The label below, beside or above its dot, where there is room and the fewest lines, and the ground it covers."""
    wide, away = measure(text, size), dot.radius + size * 0.3
    if dot.rank < IN_BOLD:
        wide *= 1.08  # it is set in bold
    places = (  # anchor, x, baseline, left edge
        ("middle", dot.x, dot.y + dot.radius + size * 1.02, dot.x - wide / 2),
        ("start", dot.x + away, dot.y + size * 0.35, dot.x + away),
        ("end", dot.x - away, dot.y + size * 0.35, dot.x - away - wide),
        ("middle", dot.x, dot.y - dot.radius - size * 0.35, dot.x - wide / 2),
        ("start", dot.x + away * 0.7, dot.y + away * 0.7 + size * 0.7, dot.x + away * 0.7),
        ("end", dot.x - away * 0.7, dot.y + away * 0.7 + size * 0.7, dot.x - away * 0.7 - wide),
        ("start", dot.x + away * 0.7, dot.y - away * 0.7, dot.x + away * 0.7),
        ("end", dot.x - away * 0.7, dot.y - away * 0.7, dot.x - away * 0.7 - wide),
    )
    best: tuple[int, Label, _Rectangle] | None = None
    for anchor, x, y, left in places:
        r = _Rectangle(left=left - 2, top=y - size * 0.92, right=left + wide + 2, bottom=y + size * 0.3)
        inside = r.left >= 0 and r.right <= ground.frame[0] and r.top >= 0 and r.bottom <= ground.frame[1]
        if inside and taken.is_free(dot.key, r):
            hits = ground.strokes.count(r)
            if best is None or hits < best[0]:
                best = (hits, Label(key=dot.key, x=round(x), y=round(y), anchor=anchor, text=text), r)
            if not hits:
                break
    return best[1:] if best is not None else None


def point_on(line: Line, dots: Mapping[str, Dot], at: float) -> tuple[float, float]:
    """The point of a line at *at* between its ends' centres (0 and 1); of a loop its outermost."""
    a, b = dots[line.relation.subject], dots[line.relation.object]
    if a.key == b.key:
        return a.x + a.radius * 1.7, a.y - a.radius * 1.7
    cx, cy = control_point(a, b, line.bend)
    u = 1 - at
    return u * u * a.x + 2 * u * at * cx + at * at * b.x, u * u * a.y + 2 * u * at * cy + at * at * b.y


def control_point(a: Dot, b: Dot, bend: float) -> tuple[float, float]:
    """The control point of a line between two dots: their middle where it is straight."""
    return bend_point(a.x, a.y, b.x, b.y, bend) if bend else ((a.x + b.x) / 2, (a.y + b.y) / 2)


def bend_point(x1: float, y1: float, x2: float, y2: float, bend: float) -> tuple[float, float]:
    """The control point of a line that bends, by vis-network's own formula (curvedCW and curvedCCW)."""
    part = abs(bend) * 0.5 + 0.5
    dx, dy = x2 - x1, y1 - y2
    length = math.hypot(dx, dy)
    turn = (bend * 0.5 + 0.5) * math.pi if bend >= 0 else (-abs(bend) * 0.5 + 0.5) * math.pi
    angle = math.atan2(dy, dx) + turn
    return x1 + part * length * math.sin(angle), y1 + part * length * math.cos(angle)
