"""The network: the picture made at build time, its legend, and the places that the script fills."""

from __future__ import annotations

from kg.page.picture.drawing import Picture
from kg.page.picture.svg import draw_svg
from kg.page.style import FAMILIES, STROKES, shape_path, tense_of
from kg.page.views.say import Say
from kg.text.markup import Html, tag


def show_network(picture: Picture, say: Say, *, summary: str) -> Html:
    """The network with its legend; what only a script can do is shown only with one."""
    return tag(
        "section",
        tag("h2", say.word("graph"), id="picture-name", class_="unseen"),
        tag("div", id="chips", class_="scripted", aria_live="polite"),
        tag(
            "div",
            tag("span", summary, id="shown", aria_live="polite"),
            tag("button", say.word("filters"), type="button", id="more", aria_expanded="false", aria_controls="facets",
                class_="scripted"),
            tag("button", say.word("fit"), type="button", id="fit", class_="scripted"),
            None if picture.areas else tag("button", say.word("live"), type="button", id="rearrange",
                                           class_="scripted"),
            class_="controls",
        ),
        tag(
            "div",
            Html(draw_svg(picture, lang=say.lang)),
            tag("div", id="live", aria_hidden="true"),
            tag("div", id="tip", aria_hidden="true", hidden=""),
            id="stage",
            tabindex=0,
            role="group",
            aria_labelledby="picture-name",
            aria_describedby="help",
        ),
        tag("div", id="facets", hidden=""),
        _show_legend(picture, say),
        tag("p", say.word("help-text"), id="help", class_="unseen"),
        id="graph",
        aria_labelledby="picture-name",
    )  # fmt: skip


def _show_legend(picture: Picture, say: Say) -> Html:
    """Shapes and strokes with their words."""
    present = {dot.family for dot in picture.dots}
    items = [tag("li", say.word("areas-lead"))] if picture.areas else []
    for family in FAMILIES:
        if family in present:
            path = tag("path", d=shape_path(family.shape, 7))
            icon = tag("svg", path, viewBox="-10 -10 20 20", aria_hidden="true", class_=f"f-{family.name}")
            items.append(tag("li", icon, say.family(family.name), data_family=family.name))
    used = {tense_of(line.relation.mode) for line in picture.lines}
    for tense, stroke in STROKES.items():
        if tense in used:
            dashes = " ".join(map(str, stroke.dashes)) or None
            path = tag("path", d="M1 5H31", stroke_dasharray=dashes)
            icon = tag("svg", path, viewBox="0 0 32 10", aria_hidden="true", class_=f"stroke m-{tense}")
            items.append(tag("li", icon, say.word(f"tense-{tense}")))
    for sign, key, kind in (
        ("≠", "line-conflict", "conflict"),
        ("?", "line-open", "open"),
        ("¬", "line-denied", "denied"),
    ):
        signs = {line.badge for line in picture.lines} | {"≠" for dot in picture.dots if dot.conflict}
        if sign in signs:
            items.append(tag("li", tag("b", sign, class_=f"sign {kind}"), say.word(key)))
    return tag("ul", items, id="legend", aria_label=say.word("legend"))


def show_part(text: str) -> Html | None:
    """A line that says that only a part of a graph is shown; None where all of it is."""
    return tag("p", text, class_="part") if text else None
