"""The page as text: what it says, that it is the same each time, that nothing in it can act."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from browser.synthetic import write_project
from hostile import KNOWN, hostile_strings
from page_project import ROOT, hostile_answers, hostile_project, own_answers, own_project
from story import PREFIXES, check_story, claims_file

from kg.ask.store import Table
from kg.build.build import ask_all
from kg.build.pipeline import check_project
from kg.model.values import Date
from kg.page import (
    Around,
    FromSource,
    OfQuestion,
    export_svg,
    find_claims_behind,
    render_page,
)
from kg.page.answers import word_answers
from kg.page.axis import AxisMark, TimeShape, build_axis
from kg.page.reasons import word_reason
from kg.page.records import DateSpan, record_claims
from kg.page.text import clean, is_link, measure, shorten
from kg.page.words import load_words
from kg.reading.articles import Article, Articles
from kg.reading.fields import KEY
from kg.starter import init_project
from kg.system.project import Project, find_project
from kg.text.diagnostic import Severity
from kg.text.edtf import parse_edtf
from kg.view import project_network


@pytest.fixture(scope="module")
def page() -> str:
    return render_page(own_project().story, questions=own_answers())


def read_packed(page: str, name: str) -> str:
    """A part of a page that is packed."""
    found = re.search(rf'<script type="text/plain" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return gzip.decompress(base64.b64decode(found[1])).decode()


def read_data(page: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(read_packed(page, "data"))
    return data


def read_text(html: str) -> str:
    """What a reader sees of markup, without its tags."""
    return unescape(re.sub(r"<[^>]+>", "", html))


class _Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_policy_comes_first_and_its_hashes_are_those_of_the_page(page: str) -> None:
    tags = _Tags(page).tags
    head = [tag for tag, _ in tags].index("head")
    name, attributes = tags[head + 1]
    assert (name, attributes["http-equiv"]) == ("meta", "Content-Security-Policy")
    policy = attributes["content"] or ""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None and len(scripts) == 2
    for text in [*scripts, read_packed(page, "script"), read_packed(page, "vis"), style[1]]:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_nothing_in_the_page_calls_out_or_acts_by_an_attribute(page: str) -> None:
    for tag, attributes in _Tags(page).tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "form", "img"}
        assert "style" not in attributes and "src" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        href = attributes.get("href")
        assert href is None or href.startswith(("#", "http://", "https://", "mailto:"))


def test_every_claim_is_in_the_table_and_in_the_data(page: str) -> None:
    ids = [c.id for c in own_project().seeds.claims]
    assert re.findall(r'<tr id="c=([^"]+)"', page) == sorted(ids)
    assert [claim["id"] for claim in read_data(page)["claims"]] == sorted(ids)


def test_relations_of_the_page_are_those_of_the_network(page: str) -> None:
    network = project_network(own_project().seeds)
    data = read_data(page)
    pairs = sorted((a, b) for a, b in network.edges())
    assert sorted((e["from"], e["to"]) for e in data["network"]["edges"]) == pairs
    assert len(re.findall(r'<path id="r-\d+"', page)) == len(pairs)


def test_positions_of_the_live_drawing_are_those_of_the_picture(page: str) -> None:
    places = re.findall(r'<path id="n-([^"]+)" transform="translate\((\d+) (\d+)\)"', page)
    nodes = read_data(page)["network"]["nodes"]
    assert sorted(places) == sorted((n["id"], str(n["x"]), str(n["y"])) for n in nodes)


def test_many_lines_between_two_things_run_side_by_side_and_none_around_them() -> None:
    story = own_project().story
    claim = next(c for c in story.seeds.claims if c.id == "paris.leads")
    copies = tuple(
        replace(claim, id=f"copy-{n}", predicate=replace(claim.predicate, text=f"leads{n}")) for n in range(60)
    )
    page = render_page(replace(story, seeds=replace(story.seeds, claims=(*story.seeds.claims, *copies))))
    edges = [e for e in read_data(page)["network"]["edges"] if {e["from"], e["to"]} == {"lei-jun", "xiaomi"}]
    bent = [(e["smooth"]["type"], e["smooth"]["roundness"]) for e in edges if e["smooth"]]
    assert len(edges) == 62 and len(set(bent)) == len(bent) >= 61
    assert max(roundness for _, roundness in bent) == 0.8


def test_lines_side_by_side_between_two_things_far_apart_stay_in_the_picture(tmp_path: Path) -> None:
    names = [f"meets{n}" for n in range(30)]
    kinds = 'a owl:ObjectProperty ; rdfs:label "meets"@en ; rdfs:range <https://schema.org/Person>'
    ontology = PREFIXES + "".join(f"r:{name} {kinds} .\n" for name in names)
    lines = [f"{name}: {{s: olle-brandt, p: {name}, o: mira-vogt}}" for name in names]
    story = check_story(tmp_path, {"ontology/more.ttl": ontology, **claims_file(*lines)}).story
    two = tuple(e for e in story.seeds.entities if e.key in {"olle-brandt", "mira-vogt"})
    claims = tuple(c for c in story.seeds.claims if c.id.removeprefix("post.") in names)
    page = render_page(replace(story, seeds=replace(story.seeds, entities=two, claims=claims)))
    curves = re.findall(r'<path id="r-\d+" d="M([-\d.]+) ([-\d.]+)Q([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"', page)
    assert len(curves) == len(names)
    middles = [(float(y1) + 2 * float(y) + float(y2)) / 4 for _, y1, _, y, _, y2 in curves]
    assert len(set(middles)) == len(names)
    assert min(middles) > 0 and max(middles) < 510


def test_the_page_weighs_little(page: str) -> None:
    assert len(page.encode()) < 700_000


def test_sentences_stand_in_the_page_only_on_demand() -> None:
    checked = own_project()
    text = "A headline of our own making.\nA sentence that no article holds."
    article = Article(source="eqo", lang="en", text=text, sha256="")
    story = replace(checked.story, articles=Articles(folder=Path("texts"), by_source={"eqo": article}))
    assert "A headline of our own making" not in render_page(story)
    assert "A headline of our own making" in render_page(story, texts=True)


def test_a_part_says_what_it_is() -> None:
    page = render_page(own_project().story, part=Around(entity="su7", depth=1))
    assert "Shown is a part of the graph: around Xiaomi SU7, one relation away." in page
    assert 'id="c=eqo.delivered-apr"' in page and 'id="c=eqo.anxious"' not in page
    of_source = render_page(own_project().story, part=FromSource(source="paris"))
    assert "what “Lei Jun will bring Xiaomi …” says" in of_source


def test_the_part_of_a_question_is_what_its_answer_rests_on() -> None:
    asked = next(a for a in own_answers() if find_claims_behind(a, own_project().story))
    claims = find_claims_behind(asked, own_project().story)
    page = render_page(own_project().story, part=OfQuestion(name=asked.question.name, claims=claims))
    assert set(claims) <= set(re.findall(r'<tr id="c=([^"]+)"', page))
    assert f"what the question {asked.question.name} rests on" in page


def test_an_empty_part_is_still_a_page() -> None:
    page = render_page(own_project().story, part=Around(entity="chen-zhiheng", depth=0))
    assert [n["id"] for n in read_data(page)["network"]["nodes"]] == ["chen-zhiheng"]


def test_labels_in_languages_that_the_page_does_not_speak_are_further_names() -> None:
    """They were neither shown nor found."""
    story = own_project().story
    first, *others = story.seeds.entities
    french = replace(first.names[0], text="L'autre", lang="fr")
    named = replace(story.seeds, entities=(replace(first, names=(*first.names, french)), *others))
    before, after = (read_data(render_page(s))["entities"][first.key] for s in (story, replace(story, seeds=named)))
    assert [n for n in after["names"] if n not in before.get("names", [])] == [
        {"kind": "alias", "text": "L'autre", "language": "fr", "places": []}
    ]


def test_the_page_says_who_publishes_it_under_which_licence_and_of_which_day_it_is() -> None:
    story = own_project().story
    dated = replace(
        story.seeds.dataset,
        as_of=Date(edtf=parse_edtf("2024-05"), mark=story.seeds.dataset.mark),
        known_by=Date(edtf=parse_edtf("2024-06-01"), mark=story.seeds.dataset.mark),
        publisher_url="javascript:alert(1)",
    )
    page = render_page(replace(story, seeds=replace(story.seeds, dataset=dated)))
    about = re.search(r'<section id="about".*?</section>', page, re.DOTALL)
    assert about is not None and "javascript" not in about[0]
    assert re.sub("<[^>]*>", "", about[0]).partition("never turned into them.")[2] == (
        "Publisher: kg · Licence: https://creativecommons.org/licenses/by/4.0/ · Version: 2024.1 · The graph itself "
        "states what holds at the end of May 2024 · Sources published after 1 June 2024 are left out"
    )
    silent = replace(dated, publisher_name=None, publisher_url=None, licence=None, version=None, description=())
    bare = replace(silent, as_of=None, known_by=None)
    assert 'id="about"' not in render_page(replace(story, seeds=replace(story.seeds, dataset=bare)))


def test_a_page_without_an_open_question_tells_its_first_claims_as_they_are_read() -> None:
    """A story of one claim had a first screen that did not tell it."""
    part = render_page(own_project().story, part=Around(entity="chen-zhiheng", depth=0))
    assert "What the texts say" not in part  # it has none
    story = own_project().story
    alone = replace(story.seeds, claims=tuple(c for c in story.seeds.claims if c.id in ("paris.price", "eqo.orders")))
    page = render_page(replace(story, seeds=alone))
    card = re.search(r"<h3>What the texts say</h3><ul>(.*?)</ul>", page)
    assert card is not None
    assert re.findall("<b>(.*?)</b>", card[1]) == [
        "Xiaomi SU7 locked orders about 75,600 orders",
        "Xiaomi SU7 price 215,900–299,900 CNY",
    ]
    assert "Chen Zhiheng" in card[1] and "paragraph 3, sentence 1" in card[1]


def test_at_most_one_thing_in_ten_is_of_no_family(page: str) -> None:
    data = read_data(page)
    families = [entity["family"] for entity in data["entities"].values()]
    assert families.count("thing") * 10 <= len(families)
    # A class of none of the known families has that of the ontology's own topmost class above it.
    own = {name: words["own"][f"families.{data['entities']['innovation']['family']}"]
           for name, words in data["words"].items()}  # fmt: skip
    assert own == {"en": "idea", "zh": "观念"}
    assert data["entities"]["mi-fans"]["family"] != data["entities"]["innovation"]["family"]
    legend = re.search(r'<ul id="legend".*?</ul>', page)
    assert legend is not None
    assert {"idea", "group of people"} <= {read_text(item) for item in re.findall("<li.*?</li>", legend[0])}
    assert "other" not in read_text(legend[0])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_svg_export_is_whole_and_in_one_language(lang: str) -> None:
    svg = export_svg(own_project().story, lang=lang)
    root = ElementTree.fromstring(svg)
    texts = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert ("雷军" in texts) is (lang == "zh") and ("Lei Jun" in texts) is (lang == "en")
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 100


def test_labels_of_things_without_relations_keep_apart(tmp_path: Path) -> None:
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    root = ElementTree.fromstring(export_svg(check_project(find_project(tmp_path / "story")).story, lang="en"))
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
    mayor, author = (
        next(e for e in texts if e.text == text) for text in ("the mayor of Rivertown", "the author of the report")
    )
    wide = [measure(str(e.text), 12.5) * 1.16 for e in (mayor, author)]  # both are set in bold
    assert mayor.get("font-weight") == author.get("font-weight") == "600"
    assert int(author.get("x", 0)) - int(mayor.get("x", 0)) > sum(wide) / 2


def test_a_text_that_runs_to_the_left_turns_nothing_around_it_and_the_lead_is_short(tmp_path: Path) -> None:
    motto = """@prefix r: <https://halden.example/relation/> .
@prefix kg: <https://kg.example/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
r:motto a owl:DatatypeProperty ; rdfs:label "motto"@en ; rdfs:range rdf:langString ;
    kg:question "What is the motto of {s}?"@en .
"""
    claims = f"""kg: claims/1
source: post
claims:
  p1s1 dd56dbe3:
    said: source
    one: {{s: writer, p: motto, o: {{text: קדימה! (a), lang: he}}}}
    two: {{s: writer, p: motto, o: {"word " * 60}}}
"""
    entities = "kg: entities/1\nentities:\n  writer: {is: Person, label: שלום!}\n"
    files = {"ontology/motto.ttl": motto, "seeds/claims/post.yaml": claims, "seeds/entities/writer.yaml": entities}
    story = check_story(tmp_path, files).story
    lead = re.search(r'<p id="lead">(.*?)</p>', render_page(story))
    assert lead is not None
    assert unescape(lead[1]) == (
        "Statements of one speaker answer “What is the motto of \u2068שלום!\u2069?” differently: "
        + "\u2068קדימה! (a)\u2069 or "
        + shorten("word " * 60, 40, by_words=True)
        + "."
    )
    assert ">\u2068שלום!\u2069</text>" in export_svg(story, lang="en")


def test_reasons_are_worded_in_both_languages() -> None:
    checked = own_project()
    comparisons = {" ".join(claim.id for claim in c.claims): c for c in checked.story.comparisons}
    development = word_reason(comparisons["eqo.delivered-apr paris.delivered-summer"], checked.story)
    assert development == {
        "en": "delivered as of 28 April 2024 at the latest, then as of 26 July 2024 to 11 August 2024",
        "zh": "交付量：先是2024年4月28日或之前，后是2024年7月26日至2024年8月11日",
    }
    declared = word_reason(comparisons["eqo.half-global eqo.half-global-ev"], checked.story)
    assert declared == {"en": "declared to differ in subject", "zh": "整理者声明二者的主体不同"}


def test_both_languages_have_the_same_words() -> None:
    own = load_words().own
    english = {key for key in own["en"] if not key.startswith("numbers.")}  # Chinese writes them as figures
    assert english == set(own["zh"])
    scripts = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "kg/page/assets").glob("*"))
    written = re.findall(r'\b(?:own|fill)\(\s*"([\w.-]+)"', scripts)
    counted = [f"{key}-{n}" for key in re.findall(r'\bcount\("([\w.-]+)"', scripts) for n in ("1", "n")]
    assert len(written) > 50
    assert [key for key in (*written, *counted) if key not in own["en"]] == []


@pytest.mark.parametrize("seed", ["0", pytest.param("1", marks=pytest.mark.thorough)])
def test_the_same_bytes_whatever_the_hash_seed_and_the_locale(page: str, seed: str) -> None:
    program = (
        "import sys, hashlib; sys.path.insert(0, 'tests')\n"
        "from page_project import own_project, own_answers\n"
        "from kg.page import render_page, export_svg\n"
        "text = render_page(own_project().story, questions=own_answers())\n"
        "sys.stdout.write(hashlib.sha256(text.encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Asia/Shanghai", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout == hashlib.sha256(page.encode()).hexdigest()


def test_hostile_text_stays_text() -> None:
    assert len(hostile_strings()) >= 200
    page = render_page(hostile_project(), questions=hostile_answers())
    page.encode("utf-8")
    own = _Tags(render_page(own_project().story, questions=own_answers()))
    allowed = {(tag, name) for tag, attributes in own.tags for name in (*attributes, "lang")}
    for tag, attributes in _Tags(page).tags:
        for name, value in attributes.items():
            assert (tag, name) in allowed | {("details", "open")}, (tag, name, value)
            if name == "href":
                assert (value or "").startswith(("#", "http://", "https://", "mailto:"))
    # The mark, the start; packed: the script, the data, the library, the other language, rows in either language.
    assert page.count("<script") == 8
    other = read_packed(page, "page-zh")
    for tag, attributes in _Tags(other).tags:
        for name, value in attributes.items():
            assert (tag, name) in allowed | {("details", "open")}, (tag, name, value)
    assert "\u202e" not in page and "\x00" not in page


_REFUSED = (
    "{id}: {{s: x0, p: founderOf, o: x1, when: {text}}}",
    "{id}: {{s: x0, p: founderOf, o: x1, asof: {text}}}",
    "{id}: {{s: x0, p: founderOf, o: x1, on: {text}}}",
    "{id}: {{s: x0, p: founderOf, o: x1, mode: {text}}}",
    "{id}: {{s: x0, p: founderOf, o: x1, sure: {text}}}",
    "{id}: {{s: x0, p: founderOf, o: x1, by: {text}}}",
    "{id}: {{s: x0, p: founderOf, o: x1, where: {text}}}",
    "{id}: {{s: x0, p: {text}, o: x1}}",
    "{id}: {{s: {text}, p: founderOf, o: x1}}",
    "{id}: {{s: x0, p: founderOf, o: {text}}}",
    "{id}: {{s: x0, p: delivered, o: {text}}}",
    "{text}: {{s: x0, p: founderOf, o: x1}}",
)


@pytest.mark.parametrize("line", _REFUSED)
def test_hostile_text_is_refused_where_no_text_is_meant(line: str, tmp_path: Path) -> None:
    project = write_project(tmp_path / "made-up", ROOT / "ontology", 4)
    file = project / "seeds" / "claims" / "src0.yaml"
    # Longer keys than 1024 characters are no YAML; `constructor` is a good name for a claim.
    texts = [s for s in hostile_strings() if s.isprintable() and s.strip() and len(s) < 1000 and not KEY.fullmatch(s)]
    head = "kg: claims/1\nsource: src0\nvoices:\n  p0s1..p999s1: source\nclaims:\n"
    lines = [line.format(id=f"k{n}", text=json.dumps(text, ensure_ascii=False)) for n, text in enumerate(texts)]
    claims = [f"  p{n + 1}s1:\n    {text}\n" for n, text in enumerate(lines)]
    file.write_text(head + "".join(claims), encoding="utf-8")
    found = check_project(Project(project)).diagnostics
    told = {d.mark.line for d in found if d.severity is Severity.ERROR and d.mark.file.endswith("src0.yaml")}
    first = head.count("\n")
    assert {first + 2 * n + 2 for n in range(len(texts))} <= told


def test_links_and_characters() -> None:
    assert [t for t in KNOWN if is_link(t)] == []
    assert clean("a\u202eb\ud800c\x00d\u2028e") == "a\ufffdb\ufffdc\ufffdd e"
    assert clean("رئيس البلدية\u200f (2024)") == "رئيس البلدية\u200f (2024)"  # a mark, which turns nothing around
    assert shorten("A" * 10_000, 10).endswith("…")


def test_blank_nodes_and_triples_in_answers_are_told(tmp_path: Path) -> None:
    """Their cells were empty; which name a query gives a node that it makes is chance."""
    places = (
        "@prefix e: <https://halden.example/entity/> .\n@prefix schema: <https://schema.org/> .\n"
        'e:tern schema:address [ schema:name "A" ] , [ schema:name "B" ] .\n'
    )
    query = (
        '#\' question: {en: "Where?"}\nSELECT ?where ?n (BNODE() AS ?new) '
        "(TRIPLE(?thing, <https://schema.org/address>, ?where) AS ?said)\n"
        "{ ?thing <https://schema.org/address> ?where . ?where <https://schema.org/name> ?n } ORDER BY ?n\n"
    )
    files = {"seeds/rdf/places.ttl": places, "ontology/questions/where.rq": query}
    checked = check_story(tmp_path, {**files, **claims_file("a: {s: heron, p: homePort, o: riga}")})
    (answer,) = word_answers(ask_all(checked), checked.story, record_claims(checked.story, texts=False))
    told = [[cell.text["en"] for cell in row.cells] for row in answer.rows]
    assert told == [
        ["_:1", "A", "_:2", "<<( Tern address _:1 )>>"],
        ["_:3", "B", "_:4", "<<( Tern address _:3 )>>"],
    ]
    pages = {render_page(checked.story, questions=ask_all(checked)) for _ in range(2)}
    assert len(pages) == 1


def test_the_ends_of_a_range_lead_to_the_claim_of_the_range() -> None:
    checked = own_project()
    records = record_claims(checked.story, texts=False)
    answers = word_answers(own_answers(), checked.story, records)
    *_, lowest, highest = next(answer.rows for answer in answers if answer.name == "battery-and-price")
    assert [row.cells[0].text["en"] for row in (lowest, highest)] == ["lowest price", "highest price"]
    assert lowest.claims == highest.claims == ("paris.price",)


def test_answers_for_other_values_are_those_that_are_asked_for_them(page: str) -> None:
    rows = json.loads(read_packed(page, "answers-en"))
    said = next(asked for asked in own_answers() if asked.question.name == "said-by")
    counts = {str(choice.value).rpartition("/")[2].rstrip(">"): len(choice.rows) for choice in said.choices}
    assert (
        counts
        and {
            address.rpartition("~")[2]: len(found) for address, found in rows.items() if address.startswith("said-by~")
        }
        == counts
    )
    claims = own_project().seeds.claims
    for who, count in counts.items():
        own = [claim for claim in claims if who in {speaker.text for speaker in claim.speakers}]
        told = {id_ for row in rows[f"said-by~who~{who}"] for id_ in re.findall(r'href="#c=([^"]+)"', row)}
        assert told >= {claim.id for claim in own} and count >= len(own)
    # The choice names the value that is asked for by default, with as many rows as stand there.
    question = re.search(r'<details id="q=said-by">.*?</details>', page, re.DOTALL)
    assert question is not None
    options = re.findall(r"<option[^>]*>([^<]+)", question[0])
    assert options[0] == f"Lei Jun ({len(re.findall('<tr><th scope=.row', question[0]))})"
    assert len(options) == len(counts) + 1


def test_the_rows_of_a_long_answer_are_all_there(page: str) -> None:
    lines = next(asked for asked in own_answers() if asked.question.name == "line-by-line")
    assert isinstance(lines.answer, Table)
    question = re.search(r'<details id="q=line-by-line">.*?</details>', page, re.DOTALL)
    assert question is not None
    rows = len(lines.answer.rows)
    assert read_text(question[0][:600]).count(str(rows)) == 1
    shown, whole = question[0].split("<noscript>")
    assert [part.count('<tr><th scope="row"') for part in (shown, whole)] == [60, rows - 60]
    assert len(json.loads(read_packed(page, "answers-en"))["line-by-line"]) == rows - 60
    assert f"+ {rows - 60} more" in read_text(shown)


def test_questions_stand_in_the_order_of_their_headers(page: str) -> None:
    names = re.findall(r'<details id="q=([^"]+)"', page)
    assert names[:3] == ["go-international", "reach-top-five", "commitments"]
    assert names == [a.question.name for a in sorted(own_answers(), key=lambda a: a.question.order or 0)]
    titles = re.findall(r'<div class="group"><h3>(.*?)</h3>', page)
    assert titles[0] == "Promises, plans, and what came of them" and len(titles) == 5


def test_the_sides_of_a_conflict_say_how_clear_the_text_is(page: str) -> None:
    sides = [side for side in re.findall(r'<p class="side">.*?</p>', page) if "#c=eqo.half-global" in side]
    assert ["text: wrong" in side for side in sides[:2]] == [False, True]


def test_a_source_tells_hour_and_section(page: str) -> None:
    source = re.search(r'<div id="s=eqo">.*?</div>', page)
    assert source is not None
    assert "Published: 28 April 2024 16:07+08:00, Automotive" in read_text(source[0])


def test_the_facts_of_a_source_are_sentences_with_one_full_stop_each(page: str) -> None:
    lines = [read_text(line) for line in re.findall(r'<div id="s=[^"]+"><dt>.*?</dd>', page)]
    assert len(lines) == len(own_project().seeds.sources)
    for line in lines:
        assert ". Published: " in line and re.search(r"[.?!…] seeds/sources/\S+\.yaml$", line)
        assert not re.search(r"[.?!…]\s*\.", line)


# -- the first screen ------------------------------------------------------------------------------


def read_rows(page: str, key: str) -> list[str]:
    """The answers of a lane as a reader reads them."""
    card = re.search(rf'<article id="f={re.escape(key)}".*?</article>', page, re.DOTALL)
    assert card is not None
    return [read_text(row) for row in re.findall(r'<li class="answer.*?</li>', card[0], re.DOTALL)]


def test_the_lead_tells_what_differs_and_what_came_of_the_promise(page: str) -> None:
    lead = re.search(r'<p id="lead">(.*?)</p>', page)
    assert lead is not None
    assert unescape(lead[1]) == (
        "Two sources say that Xiaomi EV enters the international market, but differ on when: about 2027 (plan), by "
        "2030 (forecast) or without a time (promise). For Xiaomi EV, Lei Jun promised 100,000 vehicles for 2024; the "
        "latest figure reported is more than 30,000 vehicles (delivered, Xiaomi SU7, as of 26 July 2024 to 11 August "
        "2024)."
    )
    (chinese,) = re.findall(r'<p id="lead">(.*?)</p>', read_packed(page, "page-zh"))
    assert chinese.startswith("2 个来源都说“小米汽车") and "关于小米汽车，雷军承诺" in chinese
    assert "2030年或之前（预测）" in chinese
    assert "（交付量，小米 SU7，截至2024年7月26日至2024年8月11日）" in chinese


def test_a_lane_tells_in_a_word_each_how_clear_its_texts_are(page: str) -> None:
    assert [row.rpartition(" · ")[2] for row in read_rows(page, "xiaomi-ev.enters.international-market")[:1]] == [
        "text: vague, ambiguous"
    ]
    chinese = re.findall(r"原文[含有][^<]*", read_packed(page, "page-zh"))
    assert "原文含糊、有歧义" in chinese


def test_a_lane_tells_value_mode_speaker_and_sentence_in_words(page: str) -> None:
    rows = read_rows(page, "xiaomi-ev.enters.international-market")
    assert rows[0].startswith(
        "about 2027 planLei Jun, headline of the EqualOcean article · "
        "EqualOcean, paragraph 6, sentence 1 (and 3 more places)"
    )
    assert rows[1].startswith("by 2030 forecastheadline of the Paris article · “Lei Jun will bring Xiaomi …”, headline")
    assert rows[2].startswith("no time given promiseLei Jun · “Lei Jun will bring Xiaomi …”, paragraph 3, sentence 2")


def test_marks_stand_where_their_times_are_on_one_axis() -> None:
    axis = build_axis([DateSpan(first="2024-01-01", last=None), DateSpan(first=None, last="2043-12-31")])
    assert axis is not None
    assert [tick.text["en"] for tick in axis.ticks] == ["2025", "2030", "2035", "2040"]
    assert [tick.at for tick in axis.ticks] == [5.0, 30.0, 55.0, 80.0]
    assert axis.mark(None) == AxisMark(shape=TimeShape.NONE)
    assert axis.mark(DateSpan(first=None, last=None)) == AxisMark(shape=TimeShape.NONE)
    assert axis.mark(DateSpan(first=None, last="2034-01-01")) == AxisMark(shape=TimeShape.UNTIL, end=50.0)
    assert axis.mark(DateSpan(first="2034-01-01", last=None)) == AxisMark(shape=TimeShape.SINCE, start=50.0)
    assert axis.mark(DateSpan(first="2029-01-01", last="2039-01-01")) == AxisMark(
        shape=TimeShape.SPAN, start=25.0, end=75.0
    )
    assert axis.mark(DateSpan(first="2034-01-01", last="2034-12-31")) == AxisMark(
        shape=TimeShape.POINT, start=52.5, end=52.5
    )
    assert build_axis([None, DateSpan(first=None, last=None)]) is None


def test_an_axis_has_room_for_the_first_and_the_last_year_and_for_those_before_christ() -> None:
    for last in ("9999-12-31", "9999-01-01"):
        axis = build_axis([DateSpan(first="9999-01-01", last=last)])
        assert axis is not None
        assert [(tick.at, tick.text["en"]) for tick in axis.ticks] == [(0.0, "9999"), (100.0, "10000")]
    old = build_axis([DateSpan(first="-0499-01-01", last="-0499-12-31"), DateSpan(first="0501-01-01", last=None)])
    assert old is not None
    assert [(tick.at, tick.text["en"], tick.text["zh"]) for tick in old.ticks] == [
        (0.0, "500 BC", "公元前500年"), (50.0, "AD 1", "1年"), (99.8, "AD 500", "500年"),
    ]  # fmt: skip
    assert old.mark(DateSpan(first="-0499-01-01", last="-0499-12-31")).shape is TimeShape.POINT
    assert old.mark(DateSpan(first="-0249-01-01", last="0251-01-01")) == AxisMark(
        shape=TimeShape.SPAN, start=25.0, end=74.9
    )


def test_counts_have_their_dates_and_shares_of_two_things_are_not_compared(tmp_path: Path) -> None:
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    claims = tmp_path / "story/seeds/claims/bridge.yaml"
    more = """\
    dead: {s: flood, p: killed, o: 12 person, asof: 2026-04-28, inferred: told elsewhere}
    more-dead: {s: flood, p: killed, o: 15 person, asof: 2026-04-30, by: mayor, inferred: told elsewhere}
    share: {s: bridge, p: share, o: 80 %, mode: promise, when: ../2030, by: mayor, inferred: told elsewhere}
    stake: {s: deal, p: stake, o: 51 %, inferred: told elsewhere}
    jobs: {s: deal, p: createsJobs, o: 40 job, mode: plan, when: ../2031, by: mayor, inferred: told elsewhere}
    cuts: {s: bridge, p: cutsJobs, o: 30 job, when: 2025, inferred: told elsewhere}
"""
    text = claims.read_text(encoding="utf-8")
    claims.write_text(text.replace("o: 120 m}\n", f"o: 120 m}}\n{more}"), encoding="utf-8")
    entities = "kg: entities/1\nentities:\n  flood: {is: Event, label: flood}\n  deal: {is: Deal, label: deal}\n"
    (tmp_path / "story/seeds/entities/more.yaml").write_text(entities, encoding="utf-8")
    checked = check_project(Project(tmp_path / "story"))
    assert not checked.has_errors
    page = render_page(checked.story)
    (card,) = re.findall(r'<article id="f=flood.killed".*?</article>', page, re.DOTALL)
    assert "12 people, as of 28 April 2026" in card and "15 people, as of 30 April 2026" in card
    assert "no date" not in card
    assert "f=measure." not in page  # no card of all that is told in per cent, or of jobs that come and jobs that go
    assert "planned 40 jobs" not in page  # the jobs that are cut did not come of it
    text = claims.read_text(encoding="utf-8").replace("p: cutsJobs", "p: createsJobs")
    claims.write_text(text, encoding="utf-8")
    page = render_page(check_project(Project(tmp_path / "story")).story)
    assert "planned 40 jobs" not in page  # nor did those of a thing that the deal has nothing to do with
    related = "    about: {s: deal, p: concerns, o: bridge, inferred: told elsewhere}\n    jobs:"
    claims.write_text(text.replace("    jobs:", related), encoding="utf-8")
    page = render_page(check_project(Project(tmp_path / "story")).story)
    assert (
        "For deal, the mayor of Rivertown planned 40 jobs, by 2031; "
        "the figure reported is 30 jobs (creates jobs, the new bridge, 2025)."
    ) in page


def test_bars_of_quantities_are_as_long_as_their_figures(page: str) -> None:
    card = re.search(r'<article id="f=measure[^"]*" class="card lane">.*?</article>', page, re.DOTALL)
    assert card is not None and "How many vehicles and orders?" in card[0]
    rows = re.findall(r'<a href="#c=([^"]+)" class="value">.*?<svg class="mark (\w+)".*?width="([\d.]+)%"', card[0])
    shown = {claim: (tense, float(width)) for claim, tense, width in rows}
    assert shown["eqo.deliver-100k"] == ("ahead", 100.0)
    assert shown["eqo.orders"] == ("happened", 75.6)
    assert shown["paris.delivered-summer"] == ("happened", 30.0)
    assert shown["eqo.delivered-apr"] == ("happened", 5.7)


def test_a_denial_is_struck_out_and_told_by_a_word() -> None:
    checked = own_project()
    denial = replace(checked.seeds.claim_by_id["eqo.intl-3y"], negated=True)
    claims = tuple(denial if c.id == denial.id else c for c in checked.seeds.claims)
    page = render_page(replace(checked.story, seeds=replace(checked.seeds, claims=claims)))
    card = re.search(r'<article id="f=xiaomi-ev.enters.international-market".*?</article>', page, re.DOTALL)
    assert card is not None
    denied = [row for row in re.findall(r'<li class="answer.*?</li>', card[0], re.DOTALL) if "eqo.intl-3y" in row]
    assert len(denied) == 1 and "<s><b>about 2027</b></s>" in denied[0] and ">denied</em>" in denied[0]
    assert 'class="strike"' in denied[0]
    assert card[0].count("<s>") == 1
    lead = re.search(r'<p id="lead">(.*?)</p>', page)
    assert lead is not None and "some deny it" in lead[1]


def test_a_barcode_has_a_block_for_each_sentence_that_tells_what_it_holds(page: str) -> None:
    blocks = dict(re.findall(r'data-sentence="([^"]+)" aria-label="([^"]+)"', page))
    seeds = own_project().seeds
    assert sorted(blocks) == sorted(f"{s.id}.{line.address}" for s in seeds.sources for line in s.outline)
    claims = [c for c in seeds.claims if any(e.sentence == "eqo.p3s2" for e in c.evidence)]
    ahead = sum(c.mode.value in ("promise", "aspiration") for c in claims)
    view = sum(c.mode.value == "opinion" for c in claims)
    fact = len(claims) - ahead - view
    assert blocks["eqo.p3s2"] == (
        f"paragraph 3, sentence 2, {fact} on what happened, {ahead} on what is ahead, {view} views, "
        "answered differently, question 2"
    )
    assert blocks["eqo.p1s1"] == "paragraph 1, sentence 1, set aside"
    assert "quoted" in blocks["eqo.p4s1"] and "quoted" not in blocks["eqo.p3s1"]


def test_matters_that_both_texts_speak_of_are_joined_by_a_number(page: str) -> None:
    shared = re.findall(r'<li><b class="matter" data-matter="(\d)"></b> <a href="#f=([^"]+)">', page)
    assert shared == [("1", "xiaomi-ev.enters.international-market"), ("2", "xiaomi-ev.reaches.global-top-five")]
    block = re.search(r'<a href="#s=paris.p3s2".*?</a>', page)
    assert block is not None and re.findall(r'data-matter="(\d)"', block[0]) == ["1", "2"]


def test_a_sentence_to_do_is_not_set_aside_and_three_texts_are_not_both(page: str) -> None:
    """Every sentence without claims was shown as `set aside`, though nobody had."""
    story = own_project().story
    first, *others = story.seeds.sources
    third = replace(first, id="third", skips=(), outline=first.outline[:1])
    fewer = (replace(first, skips=first.skips[1:]), *others, third)
    changed = render_page(replace(story, seeds=replace(story.seeds, sources=fewer)))
    lost = f"{first.id}.{first.skips[0].address}"
    blocks = dict(re.findall(r'data-sentence="([^"]+)" aria-label="([^"]+)"', changed))
    assert blocks[lost].endswith(", to do") and blocks["third.p0s1"] == "headline, to do"
    keys = (re.findall(r'<span class="key (skipped|todo)">([^<]+)</span>', text) for text in (page, changed))
    assert [*keys] == [[("skipped", "set aside")], [("skipped", "set aside"), ("todo", "to do")]]
    assert "Both speak of:" in page and "Several speak of:" in changed and "Both speak of:" not in changed


def test_keys_of_the_data_are_words(page: str) -> None:
    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for part in value.values() for key in keys(part)}
        return {key for part in value for key in keys(part)} if isinstance(value, list) else set()

    data = read_data(page)
    for part in ("claims", "sources", "lanes", "questions", "reasons"):
        short = {key for key in keys(data[part]) if len(key) < 3} - {"en", "zh", "id"}
        assert short == set(), part
