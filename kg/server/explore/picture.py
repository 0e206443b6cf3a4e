"""A thing and its neighbours as a small picture: names around it, each a link."""

from __future__ import annotations

from math import cos, pi, sqrt

from kg.markup import Html, tag
from kg.namespace import RDF
from kg.server.explore.html import Json, Places

MOST = 24
_WIDTH, _STEP, _REACH = 900, 26, 190
_LONGEST = 34  # characters of a name


def draw_neighbours(told: Json, places: Places) -> Html | None:
    """The things that a page names beside its own, at most `MOST`; None where there are fewer than two."""
    found: dict[str, tuple[Json, str]] = {}
    for key, arrow in (("of", "→"), ("in", "←")):
        for group in told[key]:
            if group["property"]["value"] == RDF + "type":
                continue
            for term in group["values"]:
                if term["type"] == "uri" and term["value"] != told["thing"]["value"]:
                    found.setdefault(term["value"], (term, f"{arrow} {places.call(group['property'])}"))
    chosen = list(found.values())[:MOST]
    if len(chosen) < 2:
        return None
    rows = (len(chosen) + 1) // 2
    height = rows * _STEP + 40
    lines, names = [], []
    for number, (term, word) in enumerate(chosen):
        right = number % 2 == 0
        y = 20 + _STEP * (number // 2 + 0.5)
        away = _REACH * (0.55 + 0.45 * sqrt(max(0.0, cos(pi * (y / height - 0.5)))))
        x = _WIDTH / 2 + (away if right else -away)
        lines.append(tag("line", x1=f"{_WIDTH / 2:.0f}", y1=f"{height / 2:.0f}", x2=f"{x:.0f}", y2=f"{y:.0f}"))
        text = tag(
            "text", tag("title", word), _cut(places.call(term)), x=f"{x + (6 if right else -6):.0f}", y=f"{y + 4:.0f}",
            text_anchor="start" if right else "end",
        )  # fmt: skip
        names.append(tag("a", text, href=places.href(term["value"])))
    centre = [
        tag("circle", cx=f"{_WIDTH / 2:.0f}", cy=f"{height / 2:.0f}", r="7", fill="#0b4fb3"),
        tag("text", _cut(places.call(told["thing"])), x=f"{_WIDTH / 2:.0f}", y=f"{height - 4}",
            text_anchor="middle", class_="centre"),
    ]  # fmt: skip
    label = f"{len(chosen)} neighbours of {places.call(told['thing'])}"
    return tag("svg", lines, names, centre, viewBox=f"0 0 {_WIDTH} {height}", role="group", aria_label=label)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
