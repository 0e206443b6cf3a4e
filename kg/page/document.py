"""The whole page: parts brought together, styles and scripts joined, hashed and bound by a policy."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from kg.dispute import Relation
from kg.page.answers import Asked, word_answers
from kg.page.findings import find_contrasts, find_findings, source_names
from kg.page.network import build_network, read_vis_network
from kg.page.payload import build_payload, write_json
from kg.page.picture import LANGUAGES, Picture, draw_picture
from kg.page.records import Records, clean_text, record_claims, word_place
from kg.page.style import DISPUTE, FAMILIES, STROKES, SUPERSEDED, shape_path
from kg.page.summary import summarise
from kg.page.svg import draw_svg
from kg.page.text import clean, is_link
from kg.page.timeline import build_strip
from kg.page.words import load_words, word_time
from kg.pipeline import Checked
from kg.quads import Assertion
from kg.view import Around, FromSource, Part, project_network, rank_entities, select_part

if TYPE_CHECKING:
    import jinja2

    from kg.model import Entity, Seeds, Text
    from kg.vocabulary import Vocabulary

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

    seeds: Seeds
    records: Records
    picture: Picture


def draw_part(checked: Checked, part: Part | None, *, texts: bool) -> Drawn:
    """The records and the picture of a part of the graph (None for all of it)."""
    seeds = select_part(checked.seeds, part)
    records = record_claims(seeds, checked.vocabulary, checked.articles if texts else None)
    network = project_network(seeds)
    picture = draw_picture(network, checked.vocabulary, rank_entities(network), records.standing)
    return Drawn(seeds=seeds, records=records, picture=picture)


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


def export_svg(checked: Checked, *, part: Part | None = None, lang: str = "en") -> str:
    """The graph, or a part of it, as an SVG file of its own, with the labels of *lang*."""
    drawn = draw_part(checked, part, texts=False)
    return draw_svg(drawn.picture, lang=lang, title=_title(drawn.seeds, lang)) + "\n"


def render_page(
    checked: Checked,
    assertions: Sequence[Assertion] = (),
    *,
    texts: bool = False,
    questions: Sequence[Asked] = (),
    part: Part | None = None,
    turtle: str | None = None,
) -> str:
    """The page as one HTML text, the same for the same input.

    With *texts* the sentences of the source texts that are at hand stand in the page (for private use).
    *questions* are shown with their answers. *part* leaves out what lies beyond it. *turtle* is the
    graph for downloading. Raises UsageError where the *part* names what there is not.

    A graph of more than MOST_ENTITIES entities or MOST_CLAIMS claims gives the overview of its *assertions*.
    """
    chosen = select_part(checked.seeds, part)
    if len(chosen.entities) > MOST_ENTITIES or len(chosen.claims) > MOST_CLAIMS:
        from kg.page.overview import render_overview

        return render_overview((a.quad for a in assertions), title=_title(chosen, "en"))
    drawn = draw_part(checked, part, texts=texts)
    seeds, records, picture = drawn.seeds, drawn.records, drawn.picture
    lang = seeds.dataset.language if seeds.dataset.language in LANGUAGES else "en"
    words = load_words()
    payload = build_payload(seeds, checked.vocabulary, records, picture, build_network(picture), lang)
    strip = build_strip(records)
    payload["knots"] = [list(k) for k in strip.knots] if strip else []
    asked = word_answers(questions, seeds, checked.vocabulary, records)
    findings = find_findings(records, seeds, checked.vocabulary)
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
        own |= {"x.summary": summary[tongue], "x.title": _title(seeds, tongue)}
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
        title=_title(seeds, lang),
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
        names=_property_names(checked.vocabulary, lang),
        sources={id_: n[lang] for id_, n in source_names(seeds).items()},
        clean=clean,
        word_place=word_place,
        is_link=is_link,
        u=words.own[lang],
        part_text=part_text[lang],
        turtle=bool(turtle),
        word_time=word_time,
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


def _title(seeds: Seeds, lang: str) -> str:
    titles = {t.lang: clean(t.text) for t in seeds.dataset.title}
    return titles.get(lang) or next(iter(titles.values()), seeds.dataset.base)


def _describe(entity: Entity, lang: str) -> Text | None:
    """Its description in this language, else in the first that there is."""
    texts = {t.lang: clean_text(t) for t in entity.description}
    return texts.get(lang) or next(iter(texts.values()), None)


def _property_names(vocabulary: Vocabulary, lang: str) -> dict[str, str]:
    return {name: clean(p.label(lang)) for name, p in vocabulary.properties.items()}


@cache
def read_asset(name: str) -> str:
    """The text of a file of the page: a style, a script, the template."""
    return files("kg.page").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def join_scripts(names: tuple[str, ...]) -> str:
    """The page's scripts as one, in a scope of their own, without their comments and indents."""
    lines = []
    for name in names:
        for line in read_asset(name).split("\n"):
            bare = line.strip()
            if bare and not bare.startswith("//"):
                lines.append(bare)
    return '"use strict";(()=>{\n' + "\n".join(lines) + "\n})();"


@cache
def join_styles(names: tuple[str, ...]) -> str:
    """The page's styles as one, with the colours of the tables in `kg.page.style`."""
    lines = [bare for name in names for line in read_asset(name).split("\n") if (bare := line.strip())]
    light = [f"--{f.name}:{f.light}" for f in FAMILIES]
    dark = [f"--{f.name}:{f.dark}" for f in FAMILIES]
    light += [f"--m-{s.name}:{s.light}" for s in STROKES.values()]
    dark += [f"--m-{s.name}:{s.dark}" for s in STROKES.values()]
    light.append(f"--dispute:{DISPUTE[0]};--superseded:{SUPERSEDED[0]}")
    dark.append(f"--dispute:{DISPUTE[1]};--superseded:{SUPERSEDED[1]}")
    rules = [
        f":root{{{';'.join(light)}}}",
        f"@media screen and (prefers-color-scheme:dark){{:root{{{';'.join(dark)}}}}}",
    ]
    for f in FAMILIES:
        look = f"fill:var(--paper);stroke:var(--{f.name})" if f.hollow else f"fill:var(--{f.name})"
        rules.append(f".f-{f.name}{{{look}}}")
    for stroke in STROKES.values():
        line = f"var(--m-{stroke.name})"
        rules += [f".m-{stroke.name}{{--line:{line}}}", f"#h-m-{stroke.name}>path{{fill:{line}}}"]
    return "\n".join(rules + lines)


def pack(text: str) -> str:
    """A long text for the page: gzipped (without a time), in base64; the page unpacks it when it is needed."""
    return base64.b64encode(gzip.compress(text.encode("utf-8"), 6, mtime=0)).decode("ascii")


def write_policy(scripts: Sequence[str], style: str) -> str:
    """The page's Content-Security-Policy: these scripts and this style, nothing else, and nothing from outside."""

    def digest(text: str) -> str:
        return f"'sha256-{base64.b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"

    allowed = " ".join(map(digest, scripts)) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src {digest(style)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
