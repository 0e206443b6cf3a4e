"""The whole page in one language: header, first screen, and what stands below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.graph.dispute import Outcome
from kg.page.answers import WordedAnswer
from kg.page.barcodes import Barcodes
from kg.page.findings import Contrast
from kg.page.lanes import Lanes
from kg.page.picture.drawing import Picture
from kg.page.stated import StatedRecords
from kg.page.views.about import show_about
from kg.page.views.barcodes import show_barcodes
from kg.page.views.disputes import show_disputes
from kg.page.views.lanes import draw_definitions, show_lanes
from kg.page.views.network import show_network, show_part
from kg.page.views.questions import show_questions
from kg.page.views.say import Say
from kg.page.views.stated import show_contradicted, show_stated
from kg.page.views.table import show_table
from kg.page.views.things import show_sources, show_things
from kg.page.words import Worded
from kg.text.markup import Html, join, tag

MODES = ("fact", "plan", "target", "promise", "aspiration", "forecast", "opinion", "question", "marketing")
TERMS = ("conflict", "line-open", "superseded", "own-interest", "quote", "inferred", "clarity")


@dataclass(frozen=True, kw_only=True)
class PageContent:
    """What a page shows, in no language yet."""

    title: Worded
    lead: Worded
    counts: Worded
    part: Worded
    picture: Picture
    lanes: Lanes
    barcodes: Barcodes
    contrasts: Mapping[Outcome, tuple[Contrast, ...]]
    stated: StatedRecords
    answers: tuple[WordedAnswer, ...]
    turtle: bool


def show_body(content: PageContent, say: Say) -> Html:
    """The page's header and main parts."""
    lang = say.lang
    desk = tag(
        "div",
        show_network(content.picture, say, summary=content.counts[lang]),
        show_barcodes(content.barcodes, say),
        tag(
            "aside",
            tag("div", id="detail", hidden=""),
            tag(
                "div",
                show_part(content.part[lang]),
                show_lanes(content.lanes, say),
                show_disputes(content.contrasts, say),
                show_contradicted(content.stated, say),
                id="overview",
            ),
            id="panel",
            tabindex=-1,
            aria_label=say.word("panel"),
        ),
        class_="desk",
    )
    sheets = tag(
        "div",
        show_questions(content.answers, say),
        show_table(say),
        show_things(content.picture, say),
        show_stated(content.stated, say),
        show_sources(say),
        show_about(say.story.seeds.dataset, lang),
        _show_terms(say),
        class_="sheets",
    )
    return join(
        tag("a", say.word("skip"), href="#panel", class_="skip"),
        _show_header(content, say),
        tag("main", draw_definitions(), desk, sheets),
        between="\n",
    )


def _show_header(content: PageContent, say: Say) -> Html:
    lead = content.lead[say.lang] or content.counts[say.lang]
    titles = tag("div", tag("h1", content.title[say.lang]), tag("p", lead, id="lead"), class_="titles")
    box = tag("input", id="search", type="search", autocomplete="off", spellcheck="false", role="combobox",
              aria_expanded="false", aria_controls="hits", aria_autocomplete="list",
              aria_label=say.word("search-hint"), placeholder=say.word("search"))  # fmt: skip
    hits = tag("ul", id="hits", role="listbox", aria_label=say.word("search"), hidden="")
    kinds = [("svg", "SVG"), ("png", "PNG"), *([("ttl", "Turtle")] if content.turtle else []), ("csv", "CSV")]
    files = [tag("button", name, type="button", data_get=kind) for kind, name in kinds]
    other = "en" if say.lang == "zh" else "zh"
    tools = tag(
        "div",
        tag("div", box, hits, tag("p", id="nothing", role="status", class_="unseen"), class_="search"),
        tag("button", say.word("language"), id="language", type="button", lang=other),
        tag("button", say.word("share"), id="share", type="button"),
        tag("details", tag("summary", say.word("download")), tag("div", files), id="downloads", class_="menu"),
        class_="tools scripted",
        role="search",
    )
    return tag("header", titles, tools)


def _show_terms(say: Say) -> Html:
    """What the page's words mean."""
    pairs = [(say.word(f"modes.{term}"), say.word(f"explain.{term}")) for term in MODES]
    pairs += [(say.word(key), say.word(f"explain.{key}")) for key in TERMS]
    terms = tag("dl", [tag("div", tag("dt", name), tag("dd", text)) for name, text in pairs])
    return tag("details", tag("summary", tag("h2", say.word("terms"))), terms, id="terms")
