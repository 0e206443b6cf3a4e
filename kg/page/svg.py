"""The picture as SVG: there before any script runs, printed, and exported.

Colours stand in presentation attributes, so that the SVG can be taken out of the page as it is; the page's
style sheet overrides them in the dark.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

from kg.page.picture import LANGUAGES, SCREENS, WIDTH, Dot, Line, Picture, bend_point
from kg.page.style import DISPUTE, SUPERSEDED, shape_path

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', sans-serif"
_HEAD = 7.0  # length of an arrow's head


def draw_svg(picture: Picture, titles: Mapping[str, str], *, alone: tuple[str, str] | None = None) -> str:
    """The picture as one SVG element. *titles* names the properties of relations.

    *alone* is (language, title) for a file of its own, with the labels of that language on a white ground;
    None for the page, with the labels of every language and screen.
    """
    dots = {d.key: d for d in picture.dots}
    out = []
    box = f"0 0 {picture.width} {picture.height}"
    if alone is not None:
        lang, title = alone
        out.append(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{picture.width}" '
            f'height="{picture.height}" font-family="{FONT}"><title>{escape(title)}</title>'
            f'<rect width="100%" height="100%" fill="#fff"/>'
        )
    else:
        out.append(f'<svg id="picture" viewBox="{box}" role="img" aria-labelledby="picture-name" font-family="{FONT}">')
    out += ['<g class="lines" fill="none" stroke-linecap="butt">']
    out += [_draw_line(line, dots, titles) for line in sorted(picture.lines, key=lambda li: (li.conflict, li.number))]
    out += ["</g>", '<g class="dots" stroke="#fff" stroke-width="1.5">']
    out += [_draw_dot(dot) for dot in picture.dots]
    out += ["</g>"]
    grow = picture.width / WIDTH
    for screen, size in SCREENS.items():
        for lang in LANGUAGES:
            if alone is not None and (screen, lang) != ("wide", alone[0]):
                continue
            letters = f"{size * grow:.1f}"
            out.append(
                f'<g class="labels {screen}" lang="{lang}" font-size="{letters}" fill="#1c232b" stroke="#fff" '
                f'stroke-width="{size * grow / 3.6:.1f}" paint-order="stroke" stroke-linejoin="round">'
            )
            for label in picture.labels[screen, lang]:
                anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
                weight = ' font-weight="600"' if dots[label.key].rank < 6 else ""
                out.append(f'<text x="{label.x}" y="{label.y}"{anchor}{weight}>{escape(label.text)}</text>')
            out.append("</g>")
    out.append("</svg>")
    return "\n".join(out)


def _draw_dot(dot: Dot) -> str:
    path = shape_path(dot.family.shape, dot.radius)
    name = escape(dot.labels[LANGUAGES[0]])
    fill = f'fill="{dot.family.light}"'
    if dot.family.hollow:
        fill = f'fill="#fff" stroke="{dot.family.light}" stroke-width="3"'
    mark = ""
    if dot.conflict:
        at = round(dot.radius * 0.8)
        mark = _badge(at, -at, "≠", DISPUTE[0])
    return (
        f'<g id="n-{escape(dot.key)}" class="f-{dot.family.name}" transform="translate({dot.x} {dot.y})">'
        f'<path d="{path}" {fill}><title>{name}</title></path>{mark}</g>'
    )


def _badge(x: float, y: float, sign: str, colour: str) -> str:
    return (
        f'<g class="badge"><circle cx="{x:.0f}" cy="{y:.0f}" r="7.5" fill="{colour}"/>'
        f'<text x="{x:.0f}" y="{y + 4:.0f}" font-size="11" font-weight="700" text-anchor="middle" fill="#fff" '
        f'stroke="none">{sign}</text></g>'
    )


def _draw_line(line: Line, dots: Mapping[str, Dot], titles: Mapping[str, str]) -> str:
    a, b = dots[line.relation.subject], dots[line.relation.object]
    colour = line.stroke.light
    kind = f"m-{line.relation.mode}"
    width = line.width
    if line.conflict:
        colour, kind, width = DISPUTE[0], f"{kind} conflict", line.width + 1.6
    elif line.superseded:
        colour, kind = SUPERSEDED[0], f"{kind} superseded"
    elif line.relation.lifted:
        width = 1.0
    dashes = f' stroke-dasharray="{" ".join(map(str, line.stroke.dashes))}"' if line.stroke.dashes else ""
    if line.stroke.round:
        dashes += ' stroke-linecap="round"'
        width += 1
    if a.key == b.key:
        r = a.radius
        path, head, middle = f"M{a.x} {a.y - r}a{r} {r} 0 1 1 {r} {r}", "", (a.x + r * 1.7, a.y - r * 1.7)
    else:
        path, head, middle = _curve(a, b, line.bend)
    title = escape(titles.get(line.relation.predicate, line.relation.predicate))
    arrow = f'<path d="{head}" fill="{colour}" stroke="none"/>' if head else ""
    mark = ""
    if line.badge is not None:
        mark = _badge(*middle, line.badge, DISPUTE[0] if line.conflict else line.stroke.light)
    return (
        f'<g id="r-{line.number}" class="{kind}"><title>{title}</title>'
        f'<path d="{path}" stroke="{colour}" stroke-width="{width:.1f}"{dashes}/>{arrow}{mark}</g>'
    )


def _curve(a: Dot, b: Dot, bend: float) -> tuple[str, str, tuple[float, float]]:
    """The path from border to border, the head of its arrow, and its middle."""
    cx, cy = bend_point(a.x, a.y, b.x, b.y, bend) if bend else ((a.x + b.x) / 2, (a.y + b.y) / 2)

    def at(t: float) -> tuple[float, float]:
        u = 1 - t
        return u * u * a.x + 2 * u * t * cx + t * t * b.x, u * u * a.y + 2 * u * t * cy + t * t * b.y

    def leave(centre: Dot, room: float, steps: list[float]) -> float:
        for t in steps:
            x, y = at(t)
            if math.hypot(x - centre.x, y - centre.y) >= room:
                return t
        return 0.5

    first = leave(a, a.radius * 1.08 + 1, [i / 64 for i in range(33)])
    last = leave(b, b.radius * 1.12 + 2, [1 - i / 64 for i in range(33)])
    # The head's tip lies at the border, its back one head further along the curve.
    tip = at(last)
    back_t = leave(b, b.radius * 1.12 + 2 + _HEAD, [1 - i / 64 for i in range(33)])
    back = at(back_t)
    length = math.hypot(tip[0] - back[0], tip[1] - back[1]) or 1.0
    ux, uy = (tip[0] - back[0]) / length, (tip[1] - back[1]) / length
    base = (tip[0] - ux * _HEAD, tip[1] - uy * _HEAD)
    half = _HEAD * 0.42
    head = (
        f"M{tip[0]:.0f} {tip[1]:.0f}L{base[0] - uy * half:.0f} {base[1] + ux * half:.0f}"
        f"L{base[0] + uy * half:.0f} {base[1] - ux * half:.0f}Z"
    )
    start = at(first)
    end = base
    if not bend:
        path = f"M{start[0]:.0f} {start[1]:.0f}L{end[0]:.0f} {end[1]:.0f}"
    else:
        # The part of the curve between the borders is a curve of the same kind (de Casteljau).
        kx = (1 - first) * (1 - back_t) * a.x + ((1 - first) * back_t + first * (1 - back_t)) * cx + first * back_t * b.x
        ky = (1 - first) * (1 - back_t) * a.y + ((1 - first) * back_t + first * (1 - back_t)) * cy + first * back_t * b.y
        path = f"M{start[0]:.0f} {start[1]:.0f}Q{kx:.0f} {ky:.0f} {end[0]:.0f} {end[1]:.0f}"
    return path, head, at(0.5)
