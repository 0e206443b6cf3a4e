"""The picture as SVG: there before any script runs, printed, and exported.

Colours stand in presentation attributes, so that the SVG can be taken out of the page as it is; the page's
style sheet overrides them in the dark.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

from kg.page.picture.drawing import (
    BADGE,
    SCREENS,
    WIDTH,
    Dot,
    DrawnRelation,
    Picture,
    badge_of,
    control_point,
    point_between,
    point_on,
)
from kg.page.style import DISPUTE, SUPERSEDED, Family, shape_path
from kg.text.pagewords import isolate
from kg.view import RegionLink

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', sans-serif"
_HEAD = 7.0  # length of an arrow's head


def draw_svg(picture: Picture, *, lang: str, title: str | None = None) -> str:
    """The picture as one SVG element, with the labels of *lang*.

    With a *title* it is a file of its own, on a white ground; without, it is the page's, with the labels of
    every screen. The page's script draws those of another language when the reader turns to it: the fewer
    elements, the sooner the picture is there.
    """
    dots = {d.key: d for d in picture.dots}
    out = []
    box = f"0 0 {picture.width} {picture.height}"
    if title is not None:
        out.append(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{picture.width}" '
            f'height="{picture.height}" font-family="{FONT}"><title>{escape(title)}</title>'
            f'<rect width="100%" height="100%" fill="#fff"/>'
        )
    else:
        role = "group" if picture.areas else "img"  # what has links within is no image
        out.append(
            f'<svg id="picture" viewBox="{box}" role="{role}" aria-labelledby="picture-name" font-family="{FONT}">'
        )
    grow = picture.width / WIDTH
    if picture.areas:
        names = {dot.key: dot.labels[lang] for dot in picture.dots}
        screens = {s: size * grow for s, size in SCREENS.items() if title is None or s == "wide"}
        discs = tuple(
            DrawnDisc(name=f"g-{area.key}", x=area.x, y=area.y, radius=area.radius, count=len(area.members),
                 family=area.family, address=f"r={area.key}" if title is None else None,
                 words={screen: area.word(names, size) for screen, size in screens.items()})
            for area in picture.areas
        )  # fmt: skip
        out += [draw_discs(discs, picture.links, screens, lang=lang, grow=grow), "</svg>"]
        return "\n".join(out)
    out.append(_draw_lines(picture.lines, dots))
    out.append(_draw_dots(picture, lang))
    for screen, size in SCREENS.items():
        if title is not None and screen != "wide":
            continue
        out.append(
            f'<g class="labels {screen}" lang="{lang}" font-size="{size * grow:.1f}" fill="#1c232b" stroke="#fff" '
            f'stroke-width="{size * grow / 3.6:.1f}" paint-order="stroke" stroke-linejoin="round">'
        )
        for label in picture.labels[screen, lang]:
            anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
            weight = ' font-weight="600"' if dots[label.key].rank < 6 else ""
            out.append(f'<text x="{label.x}" y="{label.y}"{anchor}{weight}>{escape(isolate(label.text))}</text>')
        out.append("</g>")
    out.append("</svg>")
    return "\n".join(out)


@dataclass(frozen=True, kw_only=True)
class DrawnDisc:
    """A region as it is drawn: how many things it has, where it leads, and by screen its name in lines."""

    name: str
    x: int
    y: int
    radius: int
    count: int
    family: Family
    address: str | None
    words: Mapping[str, tuple[str, ...]]


def draw_discs(
    discs: Sequence[DrawnDisc], links: Sequence[RegionLink], letters: Mapping[str, float], *, lang: str, grow: float
) -> str:
    """Regions with the links between them: discs in their colours, named in letters for each screen."""
    most = max((link.count for link in links), default=1)
    out = [f'<g class="between" stroke="{SUPERSEDED[0]}" stroke-opacity="0.6">']
    for link in links:
        a, b = discs[link.first], discs[link.second]
        out.append(f'<path d="M{a.x} {a.y}L{b.x} {b.y}" stroke-width="{grow * (0.8 + 5 * link.count / most):.1f}"/>')
    out += ["</g>", f'<g class="areas" stroke-width="{1.6 * grow:.1f}">']
    for disc in discs:
        circle = f'cx="{disc.x}" cy="{disc.y}" r="{disc.radius}"'
        colour = disc.family.light
        names = ", ".join(next(iter(disc.words.values())))
        out.append(f'<a href="#{escape(disc.address)}" id="{escape(disc.name)}">' if disc.address else "<g>")
        out.append(
            f"<title>{escape(names)}: {disc.count:,}</title>"
            f'<circle class="ground" {circle} fill="#fff" stroke="none"/>'
            f'<circle class="area c-{disc.family.name}" {circle} fill="{colour}" fill-opacity="0.16" '
            f'stroke="{colour}"/>'
        )
        for screen, lines in disc.words.items():
            size = letters[screen]
            top = disc.y - (len(lines) - 1) * size * 0.6 + size * 0.05
            out.append(f'<g class="labels {screen}" lang="{lang}" font-size="{size:.1f}" fill="#1c232b">')
            for n, line in enumerate((*lines, f"{disc.count:,}")):
                weight = ' font-weight="600"' if n == 0 else ' fill-opacity="0.7"' if n == len(lines) else ""
                y = top + n * size * 1.15
                out.append(
                    f'<text x="{disc.x}" y="{y:.0f}" text-anchor="middle"{weight}>{escape(isolate(line))}</text>'
                )
            out.append("</g>")
        out.append("</a>" if disc.address else "</g>")
    return "\n".join([*out, "</g>"])


def _draw_dots(picture: Picture, lang: str) -> str:
    """The dots by family; one without a label has its name as a title."""
    named = {label.key for label in picture.labels["wide", lang]}
    out = ['<g class="dots" stroke="#fff" stroke-width="1.5">']
    for family in dict.fromkeys(d.family for d in sorted(picture.dots, key=lambda d: d.family.name)):
        fill = f'fill="{family.light}"'
        if family.hollow:
            fill = f'fill="#fff" stroke="{family.light}" stroke-width="3"'
        out.append(f'<g class="f-{family.name}" {fill}>')
        for dot in picture.dots:
            if dot.family is family:
                path = shape_path(family.shape, dot.radius)
                shape = f'id="n-{escape(dot.key)}" transform="translate({dot.x} {dot.y})" d="{path}"'
                title = "" if dot.key in named else f"<title>{escape(dot.labels[lang])}</title>"
                out.append(f"<path {shape}>{title}</path>" if title else f"<path {shape}/>")
        out.append("</g>")
    out += [_badge(f"a-{dot.key}", *badge_of(dot), "≠", "conflict", DISPUTE[0]) for dot in picture.dots if dot.conflict]
    return "\n".join([*out, "</g>"])


def _badge(name: str, x: float, y: float, sign: str, kind: str, colour: str) -> str:
    return (
        f'<g id="{escape(name)}" class="badge {kind}" stroke="none">'
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{BADGE}" fill="{colour}"/>'
        f'<text x="{x:.0f}" y="{y + 4:.0f}" font-size="11" font-weight="700" text-anchor="middle" fill="#fff">'
        f"{sign}</text></g>"
    )


def _look(line: DrawnRelation) -> tuple[str, str, float]:
    """The class, the colour and the width of a line."""
    width = line.width
    if line.conflict:
        return f"m-{line.stroke.name} conflict", DISPUTE[0], width + 1.6
    if line.superseded:
        return f"m-{line.stroke.name} superseded", SUPERSEDED[0], width
    return f"m-{line.stroke.name}", line.stroke.light, width - 0.4 if line.relation.lifted else width


def _draw_lines(lines: tuple[DrawnRelation, ...], dots: Mapping[str, Dot]) -> str:
    """The lines by their look: groups hold it, and the head of the arrow is a marker that they inherit."""
    groups: dict[tuple[bool, str, str, float], list[DrawnRelation]] = defaultdict(list)
    for line in lines:
        groups[line.conflict, *_look(line)].append(line)
    heads: dict[str, str] = {}
    body = []
    badges = []
    for (_, kind, colour, width), members in sorted(groups.items()):
        head = f"h-{kind.rpartition(' ')[2]}"
        heads[head] = (
            f'<marker id="{head}" markerUnits="userSpaceOnUse" markerWidth="8" markerHeight="6" refY="3" orient="auto">'
            f'<path d="M0 0L7 3L0 6Z" fill="{colour}" stroke="none"/></marker>'
        )
        stroke = members[0].stroke
        dashes = f' stroke-dasharray="{" ".join(map(str, stroke.dashes))}"' if stroke.dashes else ""
        body.append(
            f'<g class="{kind}" stroke="{colour}" stroke-width="{width:.1f}"{dashes} marker-end="url(#{head})">'
        )
        for line in members:
            body.append(f'<path id="r-{line.number}" d="{_trace(line, dots)}"/>')
            if line.badge is not None:
                at = point_on(line, dots, line.badge_at)
                badges.append(_badge(f"b-{line.number}", *at, line.badge, kind, colour))
        body.append("</g>")
    defs = "".join(heads[name] for name in sorted(heads))
    return "\n".join([f'<defs>{defs}</defs><g class="lines" fill="none">', *body, *badges, "</g>"])


def _trace(line: DrawnRelation, dots: Mapping[str, Dot]) -> str:
    a, b = dots[line.relation.subject], dots[line.relation.object]
    if a.key == b.key:
        r = a.radius
        return f"M{a.x} {a.y - r}a{r} {r} 0 1 1 {r} {r}"
    return _curve(a, b, line.bend)


def _curve(a: Dot, b: Dot, bend: float) -> str:
    """The path from border to border, less the head of its arrow."""
    cx, cy = control = control_point(a, b, bend)
    at = partial(point_between, a, b, control)

    def leave(centre: Dot, room: float, steps: list[float]) -> float:
        for t in steps:
            x, y = at(t)
            if math.hypot(x - centre.x, y - centre.y) >= room:
                return t
        return 0.5

    first = leave(a, a.radius * 1.08 + 1, [i / 64 for i in range(33)])
    # The head's tip lies at the border, its back, where the line ends, one head further along the curve.
    back_t = leave(b, b.radius * 1.12 + 2 + _HEAD, [1 - i / 64 for i in range(33)])
    start = at(first)
    end = at(back_t)
    if not bend:
        path = f"M{start[0]:.0f} {start[1]:.0f}L{end[0]:.0f} {end[1]:.0f}"
    else:
        # The part of the curve between the borders is a curve of the same kind (de Casteljau).
        kx = (
            (1 - first) * (1 - back_t) * a.x + ((1 - first) * back_t + first * (1 - back_t)) * cx + first * back_t * b.x
        )
        ky = (
            (1 - first) * (1 - back_t) * a.y + ((1 - first) * back_t + first * (1 - back_t)) * cy + first * back_t * b.y
        )
        path = f"M{start[0]:.0f} {start[1]:.0f}Q{kx:.0f} {ky:.0f} {end[0]:.0f} {end[1]:.0f}"
    return path
