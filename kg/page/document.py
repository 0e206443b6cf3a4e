"""The whole page: parts brought together, styles and scripts joined, hashed and bound by a policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.ask.question import Asked
from kg.graph.stated import Contradiction
from kg.graph.story import Story
from kg.model.nouns import Seeds
from kg.page.answers import word_answers
from kg.page.asset import join_scripts, join_styles, pack, write_document
from kg.page.barcodes import build_barcodes
from kg.page.findings import find_contrasts, find_findings, source_names
from kg.page.lanes import build_lanes
from kg.page.lead import write_lead
from kg.page.overview import render_overview, title_of
from kg.page.payload import build_payload, write_json
from kg.page.picture.drawing import LANGUAGES, Picture
from kg.page.picture.network import build_network, read_vis_network
from kg.page.picture.picture import draw_picture
from kg.page.picture.svg import draw_svg
from kg.page.records import Records, record_claims
from kg.page.stated import record_statements
from kg.page.states import SCRIPT as STATES_SCRIPT
from kg.page.states import STYLE as STATES_STYLE
from kg.page.states import has_states
from kg.page.text import clean
from kg.page.views.body import PageContent, show_body
from kg.page.views.questions import list_answers
from kg.page.views.say import Say
from kg.page.words import Worded, load_words
from kg.text.language import choose_language, choose_text
from kg.view import Around, FromSource, Part, project_network, rank_entities, select_part

if TYPE_CHECKING:
    from kg.rdf.quad import Quad

VIEWS = ("base", "lead", "network", "lanes", "barcodes", "things", "questions", "table")
STYLES = (*(f"{view}.css" for view in VIEWS), "narrow.css", "print.css")
SCRIPTS = ("dom.js", "data.js", "words.js", "state.js", "phrases.js", "lanes.js", "barcodes.js", "poster.js", "live.js",
           "areas.js", "network.js", "things.js", "panel.js", "questions.js", "figures.js", "match.js", "searchbox.js",
           "search.js", "filters.js", "table.js", "download.js", "main.js")  # fmt: skip

# Beyond, the page would weigh more than 5 MB and move at less than 30 frames a second (tests/benchmarks/page.py).
MOST_ENTITIES = 2_000
MOST_CLAIMS = 6_000
START = "start.js"  # what unpacks the script
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


def export_svg(story: Story, *, part: Part | None = None, lang: str) -> str:
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
    table_conflicts: Sequence[Contradiction] = (),
) -> str:
    """The page as one HTML text, the same for the same input.

    With *texts* the sentences of the source texts that are at hand stand in the page (for private use).
    *questions* are shown with their answers. *part* leaves out what lies beyond it. *turtle* is the graph for
    downloading. *table_conflicts* are where rows of tables contradict facts. Raises UsageError where the *part* names
    what there is not.

    A story of more than MOST_ENTITIES entities or MOST_CLAIMS claims gives the overview of the graph's *quads*: of the
    story's own where none are given.
    """
    story = cut_story(story, part)
    lang = choose_language(story.seeds.dataset.language, LANGUAGES) or LANGUAGES[0]
    if is_large(story.seeds):
        quads = (a.quad for a in story.assertions) if quads is None else quads
        return render_overview(quads, title=title_of(story.seeds.dataset, lang), lang=lang, story=story,
                               table_conflicts=table_conflicts)  # fmt: skip
    drawn = draw_story(story, texts=texts)
    records, picture = drawn.records, drawn.picture
    findings = find_findings(records, story)
    sources = source_names(story.seeds)
    lanes = build_lanes(findings, records, story)
    answers = word_answers(questions, story, records)
    stated = record_statements(story, table_conflicts)
    content = PageContent(
        title={tongue: title_of(story.seeds.dataset, tongue) for tongue in LANGUAGES},
        lead=write_lead(findings, lanes, records, story),
        counts={tongue: count_all(story.seeds, tongue) for tongue in LANGUAGES},
        part={tongue: word_part(part, story.seeds, sources, tongue) if part else "" for tongue in LANGUAGES},
        picture=picture,
        lanes=lanes,
        barcodes=build_barcodes(findings, records, story),
        contrasts=find_contrasts(records),
        stated=stated,
        answers=answers,
        turtle=bool(turtle),
    )
    sayings = {
        tongue: Say(
            lang=tongue,
            story=story,
            records=records,
            sources=sources,
            families=picture.families,
            scripted=tongue != lang,
        )
        for tongue in LANGUAGES
    }
    bodies = {tongue: show_body(content, say) for tongue, say in sayings.items()}
    rows = {tongue: list_answers(answers, say) for tongue, say in sayings.items()}
    payload = build_payload(story, records, picture, build_network(picture), lang=lang, sources=sources,
                            lanes=(*lanes.times, *lanes.measures), answers=answers, stated=stated)  # fmt: skip
    payload["titles"] = content.title
    packed = {
        "data": pack(write_json(payload)),
        "vis": pack(read_vis_network()),
        "turtle": pack(turtle) if turtle else None,
        **{f"answers-{tongue}": pack(write_json(found)) for tongue, found in rows.items() if found},
        **{f"page-{tongue}": pack(body) for tongue, body in bodies.items() if tongue != lang},
    }
    states = has_states(story.seeds)
    start = join_scripts((START,))
    script = join_scripts((*SCRIPTS[:-1], *((STATES_SCRIPT,) if states else ()), *SCRIPTS[-1:]))
    return write_document(
        bodies[lang],
        title=content.title[lang],
        lang=lang,
        style=join_styles((*STYLES, *((STATES_STYLE,) if states else ()))),
        held={**packed, "script": pack(script)},
        scripts=[PICTURE_MARK, start, script, read_vis_network()],
        drawn=PICTURE_MARK,
        start=start,
        description=clean(choose_text(lang, {t.lang: t.text for t in story.seeds.dataset.description}) or ""),
    )


def count_all(seeds: Seeds, lang: str) -> str:
    """How much there is: `53 things, 177 claims, 2 sources`."""
    words = load_words()
    counts = {"things": len(seeds.entities), "claims": len(seeds.claims), "sources": len(seeds.sources)}
    return words.join_list((words.count(key, lang, n) for key, n in counts.items()), lang)


def word_part(part: Part, seeds: Seeds, sources: Mapping[str, Worded], lang: str) -> str:
    """What a part is, as a sentence."""
    words = load_words()
    match part:
        case Around(entity=key, depth=depth):
            name = clean(seeds.entity_by_key[key].label(lang))
            text = words.fill("part-around-1" if depth == 1 else "part-around-n", lang, name=name, n=str(depth))
        case FromSource(source=source):
            text = words.fill("part-source", lang, name=sources[source][lang])
        case _:
            text = words.fill("part-question", lang, name=part.name)
    return words.fill("left-out", lang, part=text)
