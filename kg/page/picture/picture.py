"""The picture: nodes, lines and labels with their places. What is drawn at build time and live are drawn from it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.model.nouns import Entity, Mode
from kg.model.ontology.vocabulary import Vocabulary
from kg.page.picture.drawing import (
    ALL_LABELLED,
    BADGE,
    BOLD,
    HEIGHT,
    IN_BOLD,
    LANGUAGES,
    LONGEST_LABEL,
    MOST_DRAWN,
    ROOM_FOR_LABEL,
    SCREENS,
    WIDTH,
    Area,
    Dot,
    DrawnRelation,
    Label,
    Picture,
    Standing,
    point_on,
)
from kg.page.picture.labels import Ground, bend_clear, count_hubs, place_labels
from kg.page.style import AREA_COLOURS, FAMILIES, STROKES, find_families, tense_of
from kg.page.text import clean, measure, shorten
from kg.text.kept import make_once
from kg.view import Box, Cleared, Edge, LabelledNode, Point, Regions, Tie, clear_labels, lay_out, lay_out_regions

if TYPE_CHECKING:
    from kg.view.network import Network

_NARROW = ("narrow",)  # what lines are not bent for
_WIDE = tuple(screen for screen in SCREENS if screen not in _NARROW)
_APART = 0.2  # the bends of lines side by side
_MOST_BENT = 0.8  # of the outermost; beyond 1 a line would run around its ends


def draw_picture(network: Network, vocabulary: Vocabulary, ranks: Mapping[str, float], standing: Standing) -> Picture:
    """The picture of a network. Its size grows with the number of entities, so that there is room for each."""
    entities: dict[str, Entity] = {key: network.nodes[key]["entity"] for key in network}
    relations: list[Edge] = [data["relation"] for _, _, data in network.edges(data=True)]
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
    edges = [(r.subject, r.object) for r in relations]
    drawn = _draw_lines(relations, standing)
    sides: Mapping[str, str] = {}
    regions: Regions | None = None
    points: Mapping[str, Point]
    if len(order) > MOST_DRAWN:
        regions = lay_out_regions({key: radius[key] for key in order}, edges, width=width, height=height)
        points = regions.points
    else:
        boxes = _make_boxes(order, labels, radius, weight, size)
        points = lay_out(boxes, edges, width=width, height=height)
    if len(order) <= ALL_LABELLED:
        cleared = _clear(points, drawn, labels, radius, standing, (width, height))
        points, sides = cleared.points, cleared.sides
    families = find_families({k: [c.text for c in e.classes] for k, e in entities.items()}, vocabulary, LANGUAGES)
    dots = tuple(
        Dot(
            key=key,
            x=points[key].x,
            y=points[key].y,
            radius=radius[key],
            family=families.by_entity[key],
            labels=labels[key],
            rank=place[key],
            conflict=key in standing.entities,
        )
        for key in sorted(entities)
    )
    by_key = {dot.key: dot for dot in dots}
    if regions is not None:
        areas = tuple(
            Area(key=region.members[0], x=region.x, y=region.y, radius=region.radius, members=region.members,
                 family=FAMILIES[number % AREA_COLOURS])
            for number, region in enumerate(regions.regions)
        )  # fmt: skip
        return Picture(width=width, height=height, dots=dots, lines=drawn, labels={}, families=families.labels,
                       areas=areas, links=regions.links)  # fmt: skip
    drawn = _keep_inside(drawn, by_key, (width, height))
    lines = _place_badges(drawn, by_key)
    ground = Ground(dots=dots, lines=lines, sides=sides, frame=(width, height))
    placed = _label_all(ground, _WIDE, grow)
    if len(order) <= ALL_LABELLED:
        bent = bend_clear(drawn, by_key, placed, grow)
        if bent != drawn:
            lines = _place_badges(bent, by_key)
            ground = replace(ground, lines=lines)
            placed = _label_all(ground, _WIDE, grow)
    placed |= _label_all(ground, _NARROW, grow)
    return Picture(width=width, height=height, dots=dots, lines=lines, labels=placed, families=families.labels)


def _make_boxes(
    order: Sequence[str],
    labels: Mapping[str, Mapping[str, str]],
    radius: Mapping[str, int],
    weight: Mapping[str, int],
    size: float,
) -> dict[str, Box]:
    """The room of each entity: its dot, and of a small picture its label beneath it; of a larger one those of hubs."""
    boxes = {}
    for place, key in enumerate(order):
        half = radius[key] + 4.0
        down = half
        if len(order) <= ALL_LABELLED or place < count_hubs(len(order)):
            half = max([half, *(min(measure(labels[key][lang], 1), ROOM_FOR_LABEL) * size / 2 for lang in LANGUAGES)])
            if place < IN_BOLD and not weight[key]:  # what has no relations stands in rows, label beside label
                half *= BOLD
            down = radius[key] + size * 1.35
        boxes[key] = Box(left=half, right=half, up=radius[key] + 4, down=down)
    return boxes


def _label_all(ground: Ground, screens: Iterable[str], grow: float) -> dict[tuple[str, str], tuple[Label, ...]]:
    return {
        (screen, lang): place_labels(ground, screen, lang, SCREENS[screen] * grow)
        for screen in screens
        for lang in LANGUAGES
    }


def _clear(
    points: Mapping[str, Point],
    lines: tuple[DrawnRelation, ...],
    labels: Mapping[str, Mapping[str, str]],
    radius: Mapping[str, int],
    standing: Standing,
    frame: tuple[int, int],
) -> Cleared:
    """Names kept clear of lines, with room for the names of either language on a screen that is not wide."""
    grow = frame[0] / WIDTH
    size = SCREENS["wide"] * grow
    nodes = {
        key: LabelledNode(
            radius=radius[key] * 0.8 + BADGE if key in standing.entities else radius[key] + 1.0,
            width=max(min(measure(labels[key][lang], 1), ROOM_FOR_LABEL) for lang in LANGUAGES)
            * size
            * (BOLD if rank < IN_BOLD else 1),
            height=size * 1.2,
        )
        for rank, key in enumerate(points)  # in the order of their ranks
    }
    ties = [
        Tie(start=line.relation.subject, end=line.relation.object, bend=line.bend,
            margin=BADGE + 1 if line.badge else 1.5)
        for line in lines
    ]  # fmt: skip
    width, height = frame
    return make_once(
        "labels", "", (), ([*points.items()], [*nodes.items()], ties, frame),
        lambda: clear_labels(points, nodes, ties, width=width, height=height),
    )  # fmt: skip


def _draw_lines(relations: list[Edge], standing: Standing) -> tuple[DrawnRelation, ...]:
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, relation in enumerate(relations):
        pairs[min(relation.subject, relation.object), max(relation.subject, relation.object)].append(number)
    bends = {}
    for (first, _), numbers in pairs.items():
        apart = min(_APART, 2 * _MOST_BENT / max(len(numbers) - 1, 1))
        for i, number in enumerate(numbers):
            offset = (i - (len(numbers) - 1) / 2) * apart
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
            DrawnRelation(
                number=number,
                relation=relation,
                stroke=STROKES[tense_of(relation.mode)],
                width=1.4 + 0.8 * (len(relation.sources) - 1),
                bend=round(bends[number], 3),
                conflict=bool(ids & standing.conflict),
                superseded=ids <= standing.superseded,
                badge=badge,
            )
        )
    return tuple(lines)


def _keep_inside(
    lines: tuple[DrawnRelation, ...], dots: Mapping[str, Dot], frame: tuple[int, int]
) -> tuple[DrawnRelation, ...]:
    """Lines side by side bend less, all in one measure, where one of them would leave the picture."""

    def is_inside(line: DrawnRelation) -> bool:
        points = (point_on(line, dots, at) for at in (0.3, 0.5, 0.7))
        return all(0 <= x <= frame[0] and 0 <= y <= frame[1] for x, y in points)

    beside: dict[frozenset[str], list[DrawnRelation]] = defaultdict(list)
    for line in lines:
        if line.bend:
            beside[frozenset((line.relation.subject, line.relation.object))].append(line)
    kept = {line.number: line for line in lines}
    for alike in beside.values():
        for part in range(10, 0, -1):
            scaled = [replace(line, bend=round(line.bend * part / 10, 3)) for line in alike]
            if part == 1 or all(map(is_inside, scaled)):
                kept |= {line.number: line for line in scaled}
                break
    return tuple(kept[line.number] for line in lines)


def _place_badges(lines: tuple[DrawnRelation, ...], dots: Mapping[str, Dot]) -> tuple[DrawnRelation, ...]:
    """Each badge near the middle of its line, clear of dots and of the badges before it where that can be had."""
    crowd: list[tuple[float, float, float]] = [(dot.x, dot.y, dot.radius + BADGE + 2) for dot in dots.values()]
    placed = []
    for line in lines:
        if line.badge is not None and line.relation.subject != line.relation.object:

            def room(at: float, line: DrawnRelation = line) -> float:
                x, y = point_on(line, dots, at)
                return min(0.0, *(math.hypot(x - cx, y - cy) - r for cx, cy, r in crowd))

            # The first of those with most room, the middle first.
            line = replace(line, badge_at=max((0.5, 0.42, 0.58, 0.34, 0.66), key=lambda at: (room(at), -abs(at - 0.5))))
        if line.badge is not None:
            crowd.append((*point_on(line, dots, line.badge_at), 2 * BADGE + 2))
        placed.append(line)
    return tuple(placed)
