"""The overview of a graph too large for one page: counts, communities, differences, the most central things.

It is HTML and SVG alone, with no script at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from kg.page.asset import join_styles, read_asset, write_policy
from kg.page.picture import HEIGHT, WIDTH
from kg.page.style import FAMILIES
from kg.page.text import clean, measure, shorten
from kg.quad import Quad
from kg.view import Box, lay_out
from kg.view.census import Census, take_census
from kg.vocabulary import local_name

MOST_LISTED = 1000  # classes and properties that are listed; beyond, their number is said


def render_overview(quads: Iterable[Quad], *, title: str, lang: str = "en") -> str:
    """An overview of the graph of *quads* as one HTML text, the same for the same quads; one pass over them.

    Every class and property is counted as the graph has it, every difference is counted; what is left out is
    said in words. A graph of a million claims gives less than 2 MB.
    """
    import jinja2

    census = take_census(quads)
    style = join_styles(("base.css", "sheet.css", "overview.css"))
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )

    def name(iri: str) -> str:
        return clean(census.labels.get(iri) or local_name(iri) or iri)

    return environment.from_string(read_asset("overview.html.j2")).render(
        lang=lang,
        title=clean(title),
        census=census,
        name=name,
        most=MOST_LISTED,
        style=style,
        policy=write_policy([], style),
        regions=draw_regions(census),
    )


def draw_regions(census: Census) -> str:
    """The communities as circles whose area is their size, named by their most central things."""
    if not census.communities:
        return ""
    width, height = round(WIDTH * 1.35), round(HEIGHT * 1.5)
    # Together the circles take a third of the ground; none is too small for a name.
    whole = sum(c.size for c in census.communities)
    radius = [max(26, round(math.sqrt(0.3 * width * height * c.size / whole / math.pi))) for c in census.communities]
    boxes = {str(i): Box(left=r + 4, right=r + 4, up=r + 4, down=r + 4) for i, r in enumerate(radius)}
    strong = sorted(census.links, key=lambda link: (-link[2], link))[: 3 * len(radius)]
    points = lay_out(boxes, [(str(i), str(j)) for i, j, _ in strong], width=width, height=height, margin=8)
    most = max((n for _, _, n in strong), default=1)
    out = [
        f'<svg id="regions" viewBox="0 0 {width} {height}" role="group" aria-labelledby="regions-name">',
        '<g class="between">',
    ]
    for i, j, n in strong:
        a, b = points[str(i)], points[str(j)]
        out.append(f'<path d="M{a.x} {a.y}L{b.x} {b.y}" stroke-width="{1 + 6 * n / most:.1f}"/>')
    out.append("</g>")
    for i, community in enumerate(census.communities):
        at, r = points[str(i)], radius[i]
        family = FAMILIES[i % 6].name
        out.append(f'<a href="#community-{i + 1}"><circle class="region c-{family}" cx="{at.x}" cy="{at.y}" r="{r}"/>')
        size = max(11, min(17, r // 5))
        lines = [shorten(clean(census.labels.get(m) or local_name(m)), r * 1.75 / size) for m in community.members[:3]]
        lines = [line for line in lines if measure(line, size) <= r * 1.85]
        if r < 40:
            lines = lines[:1]
        top = at.y - (len(lines) - 1) * size * 0.6

        def write(text: str, n: int, more: str, *, x: int = at.x, top: float = top, step: float = size * 1.2) -> str:
            return f'<text x="{x}" y="{top + n * step:.0f}" {more}>{escape(text)}</text>'

        for n, text in enumerate(lines):
            out.append(write(text, n, f'font-size="{size}"' + (' font-weight="650"' if n == 0 else "")))
        out.append(write(f"{community.size:,}", len(lines), f'class="size" font-size="{size - 1}"') + "</a>")
    out.append("</svg>")
    return "\n".join(out)
