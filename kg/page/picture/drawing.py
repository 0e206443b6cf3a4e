"""The nouns of the picture: dots, lines and labels with their places, and where a line runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from kg.page.style import Family, Stroke
from kg.page.text import shorten
from kg.view import Edge, RegionLink

WIDTH, HEIGHT = 1120, 510
LANGUAGES = ("en", "zh")
SCREENS = {"wide": 14.5, "middle": 18.0, "narrow": 36.0}  # size of the labels, in units of the picture
IN_BOLD = 6  # the most central entities, whose labels are set in bold
BOLD = 1.16  # how much wider bold letters are in a wide font
LONGEST_LABEL = 24.0  # in ems
ROOM_FOR_LABEL = 15.0  # in ems: what the layout keeps free; a longer label is cut where there is no more
BADGE = 7.5  # radius of a sign
MOST_DRAWN = 400  # entities; a picture of more is drawn as regions
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
class DrawnRelation:
    """A relation in the picture. *bend* is vis-network's roundness: clockwise above 0, straight at 0."""

    number: int
    relation: Edge
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
class Area:
    """A region of a large picture: a disc, the keys of its members, the most central first, and its colour's family."""

    key: str  # of its most central member
    x: int
    y: int
    radius: int
    members: tuple[str, ...]
    family: Family

    def word(self, labels: Mapping[str, str], size: float) -> tuple[str, ...]:
        """The name of an area in lines of letters of *size*: its most central members, as many as have room."""
        count = max(1, min(3, int(self.radius * 1.5 / size) - 1))
        lines = (shorten(labels[key], max(4.0, self.radius * 1.85 / size)) for key in self.members[:count])
        return tuple(lines)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The picture of a graph: its dots, its lines, and its labels by screen (of `SCREENS`) and language.

    *families* are the labels of those families that the ontology's own classes name. A picture in regions has *areas*
    and the *links* between them: its dots and lines are drawn where a region is opened, and it has no labels.
    """

    width: int
    height: int
    dots: tuple[Dot, ...]
    lines: tuple[DrawnRelation, ...]
    labels: Mapping[tuple[str, str], tuple[Label, ...]]
    families: Mapping[str, Mapping[str, str]]
    areas: tuple[Area, ...] = ()
    links: tuple[RegionLink, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How claims stand to each other, as far as a picture shows it, by their ids.

    *entities* are the keys of those of which a claim is in conflict.
    """

    conflict: frozenset[str]
    open: frozenset[str]
    superseded: frozenset[str]
    entities: frozenset[str]


def badge_of(dot: Dot) -> tuple[float, float]:
    """Where the sign of a dot in conflict stands."""
    return dot.x + dot.radius * 0.8, dot.y - dot.radius * 0.8


def point_on(line: DrawnRelation, dots: Mapping[str, Dot], at: float) -> tuple[float, float]:
    """The point of a line at *at* between its ends' centres (0 and 1); of a loop its outermost."""
    a, b = dots[line.relation.subject], dots[line.relation.object]
    if a.key == b.key:
        return a.x + a.radius * 1.7, a.y - a.radius * 1.7
    return point_between(a, b, control_point(a, b, line.bend), at)


def point_between(a: Dot, b: Dot, control: tuple[float, float], at: float) -> tuple[float, float]:
    """The point of a curve at *at* between the centres of two dots (0 and 1), by its control point."""
    (cx, cy), u = control, 1 - at
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
