"""The whole page: parts brought together, styles and scripts joined, hashed and bound by a policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from kg.dispute import Relation
from kg.language import choose_language
from kg.model import Dataset, Entity, Seeds
from kg.page.answers import word_answers
from kg.page.asset import join_scripts, join_styles, pack, read_asset, write_policy
from kg.page.findings import find_contrasts, find_findings, source_names
from kg.page.network import build_network, read_vis_network
from kg.page.overview import render_overview
from kg.page.payload import build_payload, write_json
from kg.page.picture import LANGUAGES, Picture, draw_picture
from kg.page.records import Records, clean_text, record_claims, word_place
from kg.page.style import DISPUTE, FAMILIES, STROKES, SUPERSEDED, shape_path
from kg.page.summary import summarise
from kg.page.svg import draw_svg
from kg.page.text import clean, is_link
from kg.page.timeline import build_strip
from kg.page.words import load_words, show_time
from kg.question import Asked
from kg.story import Story
from kg.values import Text
from kg.view import Around, FromSource, Part, project_network, rank_entities, select_part
from kg.vocabulary import Vocabulary

if TYPE_CHECKING:
    import jinja2

    from kg.quad import Quad

SCRIPTS = ("data.js", "state.js", "words.js", "cards.js", "panel.js", "poster.js", "live.js", "graph.js", "search.js",
           "facets.js", "table.js", "timeline.js", "download.js", "main.js")  # fmt: skip
STYLES = ("base.css", "graph.css", "panel.css", "sheet.css")

# Beyond, the page would weigh more than 5 MB and move at less than 30 frames a second (tests/benchmarks/page.py).
MOST_ENTITIES = 2_000
MOST_CLAIMS = 6_000
PICTURE_MARK = 'performance.mark("picture")'  # stands right behind the SVG: when the picture was there


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A part of a graph, recorded and drawn."""

    story: Story
    records: Records
    picture: Picture


def draw_story(story: Story, *, texts: bool) -> Drawn:
    """The records and the picture of a story, or of a part of one."""
    records = record_claims(story, texts=texts)
    network = project_network(story.seeds)
    picture = draw_picture(network, story.vocabulary, rank_entities(network), records.standing)
    return Drawn(story=story, records=records, picture=picture)


def cut_story(story: Story, part: Part | None) -> Story:
    """The *part* of a story; all of it for None. Raises UsageError where the part names what there is not."""
    return story if part is None else replace(story, seeds=select_part(story.seeds, part))


@cache
def load_template() -> jinja2.Template:
    """The template of the page, compiled."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, optimized=False, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.from_string(read_asset("page.html.j2"))


@cache
def pack_vis_network() -> str:
    """vis-network, packed."""
    return pack(read_vis_network())


def export_svg(story: Story, *, part: Part | None = None, lang: str = "en") -> str:
    """The graph, or a part of it, as an SVG file of its own, with the labels of *lang*."""
    drawn = draw_story(cut_story(story, part), texts=False)
    return draw_svg(drawn.picture, lang=lang, title=title_of(story.seeds.dataset, lang)) + "\n"


def is_large(seeds: Seeds) -> bool:
    """Whether a graph is too large to be drawn, and gets an overview."""
    return len(seeds.entities) > MOST_ENTITIES or len(seeds.claims) > MOST_CLAIMS


def render_page(
    story: Story,
    quads: Iterable[Quad] | None = None,
    *,
    texts: bool = False,
    questions: Sequence[Asked] = (),
    part: Part | None = None,
    turtle: str | None = None,
) -> str:
    """The page as one HTML text, the same for the same input.

    With *texts* the sentences of the source texts that are at hand stand in the page (for private use).
    *questions* are shown with their answers. *part* leaves out what lies beyond it. *turtle* is the graph for
    downloading. Raises UsageError where the *part* names what there is not.

    A story of more than MOST_ENTITIES entities or MOST_CLAIMS claims gives the overview of the graph's *quads*: of the
    story's own where none are given.
    """
    story = cut_story(story, part)
    if is_large(story.seeds):
        quads = (a.quad for a in story.assertions) if quads is None else quads
        return render_overview(quads, title=title_of(story.seeds.dataset, "en"))
    drawn = draw_story(story, texts=texts)
    seeds, records, picture = story.seeds, drawn.records, drawn.picture
    lang = choose_language(seeds.dataset.language, LANGUAGES) or "en"
    words = load_words()
    payload = build_payload(story, records, picture, build_network(picture), lang)
    strip = build_strip(records)
    payload["knots"] = [list(k) for k in strip.knots] if strip else []
    asked = word_answers(questions, story, records)
    findings = find_findings(records, story)
    summary = summarise(seeds, records, picture)
    part_text = {tongue: word_part(part, seeds, tongue) if part else "" for tongue in LANGUAGES}
    for tongue in LANGUAGES:
        own = payload["words"][tongue]
        own |= {f"q.{n}": answer.question[tongue] for n, answer in enumerate(asked.answers)}
        own |= {f"a.{n}": text[tongue] for n, text in enumerate(asked.words)}
        own |= {f"r.{n}": reason[tongue] for n, reason in enumerate(records.reasons)}
        for number, finding in enumerate(findings):
            own[f"f.{number}"] = finding.question[tongue]
            own |= {f"f.{number}.{n}": given.text[tongue] for n, given in enumerate(finding.answers)}
        own |= {"x.summary": summary[tongue], "x.title": title_of(seeds.dataset, tongue)}
        if part:
            own["x.part"] = part_text[tongue]
    vis = read_vis_network()
    script, style = join_scripts(SCRIPTS), join_styles(STYLES)
    # What the table will take before it is laid out, so that the scroll bar does not jump.
    style += f"\n:root{{--claims:{60 * len(records.claims) + 100}px}}"
    picture_svg = draw_svg(picture, lang=lang)
    payload["turtle"] = pack(turtle) if turtle else None
    text = load_template().render(
        lang=lang,
        policy=write_policy([PICTURE_MARK, script, vis], style),
        mark=PICTURE_MARK,
        title=title_of(seeds.dataset, lang),
        description=clean(next((t.text for t in seeds.dataset.description if t.lang == lang), "")),
        summary=summary,
        seeds=seeds,
        records=records,
        picture=picture,
        picture_svg=picture_svg,
        strip=strip,
        findings=findings,
        contrasts=find_contrasts(records),
        Relation=Relation,
        answers=asked.answers,
        families=[f for f in FAMILIES if any(d.family is f for d in picture.dots)],
        strokes=[(m, s) for m, s in STROKES.items() if any(r.claim.mode is m for r in records.claims)],
        dispute=DISPUTE,
        superseded=SUPERSEDED,
        shape_path=shape_path,
        labels={e.key: clean(e.label(lang)) for e in seeds.entities},
        described={e.key: _describe(e, lang) for e in seeds.entities},
        names=_property_names(story.vocabulary, lang),
        sources={id_: n[lang] for id_, n in source_names(seeds).items()},
        clean=clean,
        word_place=word_place,
        is_link=is_link,
        u=words.own[lang],
        part_text=part_text[lang],
        turtle=bool(turtle),
        show_time=show_time,
        style=style,
        script=script,
        vis=pack_vis_network(),
        data=write_json(payload),
    )
    return text if text.endswith("\n") else text + "\n"


def word_part(part: Part, seeds: Seeds, lang: str) -> str:
    """What a part is, as a sentence."""
    words = load_words()
    match part:
        case Around(entity=key, depth=depth):
            name = clean(seeds.entity_by_key[key].label(lang))
            text = words.get("part-around", lang).replace("{n}", str(depth))
        case FromSource(source=name):
            text = words.get("part-source", lang)
        case _:
            name, text = part.name, words.get("part-question", lang)
    return words.get("left-out", lang).replace("{part}", text.replace("{name}", name))


def title_of(dataset: Dataset, lang: str) -> str:
    """The title of a data set in this language, else in the first that there is."""
    titles = {t.lang: clean(t.text) for t in dataset.title}
    return titles.get(lang) or next(iter(titles.values()), dataset.base)


def _describe(entity: Entity, lang: str) -> Text | None:
    """Its description in this language, else in the first that there is."""
    texts = {t.lang: clean_text(t) for t in entity.description}
    return texts.get(lang) or next(iter(texts.values()), None)


def _property_names(vocabulary: Vocabulary, lang: str) -> dict[str, str]:
    return {name: clean(p.label(lang)) for name, p in vocabulary.properties.items()}
