"""Large networks as regions: communities as discs, and a place within its disc for each node."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from kg.view.communities import find_communities
from kg.view.layout import Box, Point, lay_out, separate, spread

LEAST = 4  # nodes of a region; those of smaller communities stand in one together
MOST = 40  # regions
DESK = 1120  # units: the width in which discs are laid out
GAP = 7  # units of the desk, between discs
SHARE = 0.42  # of the picture that the discs take together
STRONGEST = 3  # links that are shown, for each region


@dataclass(frozen=True, kw_only=True)
class Region:
    """A community: its members, the most central first, and its disc in units of the picture."""

    members: tuple[str, ...]
    x: int
    y: int
    radius: int


@dataclass(frozen=True, kw_only=True)
class RegionLink:
    """How many relations there are between two regions (places in `Regions.regions`)."""

    first: int
    second: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Regions:
    """A network in regions, the largest first, a position for each of its nodes, and the strongest links."""

    points: Mapping[str, Point]
    regions: tuple[Region, ...]
    links: tuple[RegionLink, ...]


def lay_out_regions(
    radius: Mapping[str, float], edges: Sequence[tuple[str, str]], *, width: int, height: int
) -> Regions:
    """The regions of a network, and a position in its region for each node.

    The keys of *radius* are the nodes, the most central first; its values are the radii of their dots.
    """
    import numpy as np

    names = list(radius)
    index = {name: i for i, name in enumerate(names)}
    near: list[set[int]] = [set() for _ in names]
    many = Counter((min(index[a], index[b]), max(index[a], index[b])) for a, b in edges if a != b)
    for a, b in many:
        near[a].add(b)
        near[b].add(a)
    groups = _gather(find_communities(near, list(range(len(names)))))
    group_of = {node: number for number, group in enumerate(groups) for node in group}
    between: Counter[tuple[int, int]] = Counter()
    for (a, b), count in many.items():
        i, j = sorted((group_of[a], group_of[b]))
        if i != j:
            between[i, j] += count
    discs = place_discs([len(group) for group in groups], between, width=width, height=height, least=0.03 * width)
    inside = [{b for b in near[a] if group_of[b] == group_of[a]} for a in range(len(names))]
    points: dict[str, Point] = {}
    regions = []
    for group, disc in zip(groups, discs, strict=True):
        where = spread(inside, group, {})
        where = where - (where.max(axis=0) + where.min(axis=0)) / 2
        room = np.repeat(np.array([[radius[names[node]] + 3] for node in group]), 4, axis=1)
        free = disc.radius - float(room.max()) - 4
        # Each further out than the one before, so that the disc is full everywhere.
        length = np.hypot(*where.T)
        rank = np.argsort(np.argsort(length, kind="stable"), kind="stable")
        where = where * (free * np.sqrt((rank + 0.5) / len(group)) / np.maximum(length, 1e-9))[:, None] + disc.radius
        where = separate(where, room, (2.0 * disc.radius, 2.0 * disc.radius)) - disc.radius
        where = where * np.minimum(1, free / np.maximum(np.hypot(*where.T), 1e-9))[:, None]
        for node, (x, y) in zip(group, where.tolist(), strict=True):
            points[names[node]] = Point(x=round(disc.x + x), y=round(disc.y + y))
        members = tuple(names[node] for node in sorted(group))
        regions.append(Region(members=members, x=disc.x, y=disc.y, radius=disc.radius))
    strong = sorted(between.items(), key=lambda item: (-item[1], item[0]))[: STRONGEST * len(groups)]
    return Regions(
        points={name: points[name] for name in names},
        regions=tuple(regions),
        links=tuple(RegionLink(first=i, second=j, count=n) for (i, j), n in strong),
    )


@dataclass(frozen=True, kw_only=True)
class Disc:
    """The disc of a region."""

    x: int
    y: int
    radius: int


def place_discs(
    sizes: Sequence[int], links: Mapping[tuple[int, int], int], *, width: int, height: int, least: float
) -> tuple[Disc, ...]:
    """A disc for each size, its area in proportion (its radius at least *least*), near those it has most links with."""
    scale = width / DESK  # the layout's steps are made for pictures of about this width
    desk = (DESK, round(height / scale))
    whole = max(1, sum(sizes))
    most = min(desk) / 2 - GAP  # one disc alone is no higher than the picture
    areas = [SHARE * desk[0] * desk[1] * n / whole for n in sizes]
    radius = [min(most, max(least / scale, math.sqrt(area / math.pi))) for area in areas]
    boxes = {str(i): Box(left=r, right=r, up=r, down=r) for i, r in enumerate(radius)}
    strong = sorted(links, key=lambda pair: (-links[pair], pair))[: STRONGEST * len(sizes)]
    found = lay_out(boxes, [(str(i), str(j)) for i, j in strong], width=desk[0], height=desk[1], margin=8)
    where = _push_apart([(found[str(i)].x, found[str(i)].y) for i in range(len(sizes))], radius, desk)
    pairs = combinations(zip(where, radius, strict=True), 2)
    room = min((math.dist(a, b) / (r + s + GAP / 2) for (a, r), (b, s) in pairs), default=1.0)
    shrink = scale * min(1.0, room)  # where there are too many to be moved apart, all are smaller
    return tuple(
        Disc(x=round(x * scale), y=round(y * scale), radius=round(r * shrink))
        for (x, y), r in zip(where, radius, strict=True)
    )


def _push_apart(
    where: Sequence[tuple[float, float]], radius: Sequence[float], desk: tuple[int, int]
) -> list[tuple[float, float]]:
    """Discs that lie on each other are moved apart, within the frame."""
    import numpy as np

    at, r = np.array(where, dtype=float).reshape(-1, 2), np.array(radius)
    for _ in range(400):
        way = at[:, None] - at[None]
        length = np.hypot(way[..., 0], way[..., 1])
        over = np.maximum(r[:, None] + r[None] + GAP - length, 0)
        np.fill_diagonal(over, 0)
        if not over.any():
            break
        # What lies in one place parts by the numbers.
        way[length < 1e-6] = (1.0, 0.3)
        at += (way * (over / np.maximum(length, 1.0) * 0.3)[..., None]).sum(axis=1)
        at = np.clip(at, (r + 4)[:, None], np.maximum(np.array(desk) - (r + 4)[:, None], (r + 4)[:, None]))
    return [(float(x), float(y)) for x, y in at]


def _gather(groups: list[list[int]]) -> list[list[int]]:
    """The largest groups, and one of all the nodes of the others."""
    large = [group for group in groups if len(group) >= LEAST][:MOST]
    taken = {node for group in large for node in group}
    rest = sorted({node for group in groups for node in group} - taken)
    return [*large, rest] if rest else large
