"""Pictures of a few things: a thing among its neighbours, and a graph that a query has made. Names are links."""

from __future__ import annotations

from math import hypot
from unicodedata import east_asian_width

from kg.rdf.namespace import RDF, SKOSXL
from kg.server.explore.html import Json, Places
from kg.server.explore.layout import LONGEST, WIDTH
from kg.text.markup import Child, Html, join, tag
from kg.text.pagewords import isolate

MOST = 20
_WIDTH, _STEP, _GAP = 960, 30, 150
_NAME, _WORD = 36, 24  # columns of a neighbour's name, and of the property beside it
_MOST_WORDS = 24  # links of a picture that have their property written beside them


def draw_neighbours(told: Json, places: Places) -> Html | None:
    """The things that a page names beside its own, at most `MOST`; None where there are fewer than two.

    Those that name it stand on the left, those that it names on the right, each beside the property.
    """
    sides: dict[str, dict[str, tuple[Json, str]]] = {"in": {}, "of": {}}
    for key, side in sides.items():
        for group in told[key]:
            prop = group["property"]
            if prop["value"] == RDF + "type" or prop["value"].startswith(SKOSXL):
                continue
            for term in group["values"]:
                if term["type"] == "uri" and term["value"] != told["thing"]["value"]:
                    side.setdefault(term["value"], (term, places.call(prop)))
    # claims about it are listed below, and would crowd out what it is linked to
    left, right = (sorted(side.values(), key=lambda one: bool(one[0].get("note"))) for side in sides.values())
    left, right = left[: MOST - min(len(right), MOST // 2)], right[: MOST - min(len(left), MOST // 2)]
    if len(left) + len(right) < 2:
        return None
    height = max(len(left), len(right), 2) * _STEP + 36
    middle = (height - 30) / 2
    lines, names = [], []
    for direction, side_of in ((-1, left), (1, right)):
        for number, (term, word) in enumerate(side_of):
            y = middle + (number - (len(side_of) - 1) / 2) * _STEP
            x = _WIDTH / 2 + direction * _GAP
            lines.append(
                tag("path", d=f"M{_WIDTH / 2:.0f} {middle:.0f} C{_WIDTH / 2 + direction * 70:.0f} {middle:.0f} "
                              f"{x - direction * 60:.0f} {y:.0f} {x:.0f} {y:.0f}")
            )  # fmt: skip
            text: list[Child] = [
                tag("tspan", _cut(word, _WORD), class_="word"), tag("tspan", _cut(places.call(term), _NAME), dx=8)
            ]  # fmt: skip
            if direction < 0:
                text = [
                    tag("tspan", _cut(places.call(term), _NAME)),
                    tag("tspan", _cut(word, _WORD), dx=8, class_="word"),
                ]
            link = tag("a", tag("title", f"{word}: {places.call(term)}"), text, href=places.href(term["value"]))
            anchor = "start" if direction > 0 else "end"
            names.append(tag("text", link, x=f"{x + direction * 6:.0f}", y=f"{y + 4:.0f}", text_anchor=anchor))
    centre = [
        tag("circle", cx=f"{_WIDTH / 2:.0f}", cy=f"{middle:.0f}", r="7"),
        tag("text", _cut(places.call(told["thing"]), _NAME), x=f"{_WIDTH / 2:.0f}", y=f"{height - 8}",
            text_anchor="middle", class_="centre"),
    ]  # fmt: skip
    label = places.tongue.word("neighbours", n=str(len(left) + len(right)), name=places.call(told["thing"]))
    return _frame(label, tag("svg", lines, names, centre, viewBox=f"0 0 {_WIDTH} {height}", role="group"))


def draw_answer(picture: Json, places: Places) -> Html | None:
    """The picture of the triples of an answer (`kg.server.explore.layout.draw_graph`); None where there is none."""
    things, links = picture["things"], picture["links"]
    if len(things) < 2:
        return None
    wordy = len(links) <= _MOST_WORDS
    arrow = tag("marker", tag("path", d="M0 0L8 4L0 8z"), id="arrow", viewBox="0 0 8 8", refX="8", refY="4",
                markerWidth="7", markerHeight="7", orient="auto")  # fmt: skip
    drawn: list[Child] = [tag("defs", arrow)]
    words: list[Child] = []
    for start, end, props in links:
        a, b = things[start], things[end]
        text = ", ".join(dict.fromkeys(places.call(prop) for prop in props))
        dx, dy = b["x"] - a["x"], b["y"] - a["y"]
        far = hypot(dx, dy) or 1.0
        line = tag("line", tag("title", text), x1=a["x"], y1=a["y"], x2=f"{b['x'] - dx / far * 9:.0f}",
                   y2=f"{b['y'] - dy / far * 9:.0f}", marker_end="url(#arrow)")  # fmt: skip
        drawn.append(line)
        if wordy:
            x, y = (a["x"] + b["x"]) / 2, (a["y"] + b["y"]) / 2
            words.append(
                tag("text", _cut(text, _WORD), x=f"{x:.0f}", y=f"{y:.0f}", text_anchor="middle", class_="word")
            )
    for one in things:
        term = one["term"]
        at = {"x": one["x"], "y": one["y"] + 20}
        if term["type"] == "uri":
            name = tag(
                "a", tag("title", term["value"]), _cut(places.call(term), LONGEST), href=places.href(term["value"])
            )
            drawn.append(tag("circle", cx=one["x"], cy=one["y"], r=6))
            words.append(tag("text", name, text_anchor="middle", **at))
        else:
            plain = "[…]" if term["type"] == "bnode" else _cut(str(term["value"]), LONGEST)
            drawn.append(tag("circle", cx=one["x"], cy=one["y"], r=4, class_="value"))
            words.append(tag("text", plain, text_anchor="middle", class_="value", **at))
    left: int = picture["left"]
    key = "picture-left" if left else "picture-of"
    label = places.tongue.word(key, n=str(len(things)), left=f"{left:,}")
    svg = tag("svg", drawn, words, viewBox=f"0 0 {WIDTH} {picture['height']}", role="group")
    return join(_frame(label, svg), tag("p", label + places.tongue.word("stop"), class_="kind") if left else None)


def _frame(label: str, svg: Html) -> Html:
    return tag("div", svg, class_="scroll picture", tabindex="0", role="region", aria_label=label)


def _cut(text: str, most: int) -> str:
    """A text of at most so many columns: signs of East Asian scripts take two.

    >>> _cut("Xiaomi EV", 6), _cut("小米汽车", 6), _cut("小米", 6)
    ('Xiaom…', '小米…', '小米')
    """
    wide = [1 + (east_asian_width(sign) in "WF") for sign in text[: most + 1]]
    if sum(wide) <= most:
        return isolate(text)
    while sum(wide) > most - 1:
        wide.pop()
    return isolate(text[: len(wide)] + "…")
