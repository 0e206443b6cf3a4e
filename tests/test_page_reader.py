"""What a reader sees: the words, marks and links of the page's parts, read out of its HTML."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser.synthetic import write_project
from page_project import ROOT, own_answers, own_project
from story import PREFIXES, check_story, claims_file

from kg.build.pipeline import check_project
from kg.graph.dispute import Outcome
from kg.model.nouns import Clarity, Evidence, Mode, NameKind
from kg.model.values import ClaimRef, Date, EntityRef, Text
from kg.page import render_page
from kg.page.address import word_addresses
from kg.page.reasons import word_reason
from kg.page.style import tense_of
from kg.page.text import clean
from kg.page.words import load_words
from kg.system.project import Project
from kg.text.edtf import parse_edtf
from kg.view import FromSource, OfQuestion, select_part


class Element:
    """An element of a page: its tag, attributes and children, and what a reader sees of it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(c if isinstance(c, str) else c.text for c in self.children)).strip()

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def find(self, tag: str = "", **attributes: str) -> list[Element]:
        """All elements below with this tag, this class (`class_`) and these attributes."""
        found = []
        kind = attributes.pop("class_", "")
        for child in self.children:
            if isinstance(child, str):
                continue
            alike = all(child.attributes.get(n.replace("_", "-")) == value for n, value in attributes.items())
            if (not tag or child.tag == tag) and (not kind or kind in child.classes) and alike:
                found.append(child)
            found += child.find(tag, **attributes, **({"class_": kind} if kind else {}))
        return found

    def one(self, tag: str = "", **attributes: str) -> Element:
        (found,) = self.find(tag, **attributes)
        return found


_VOID = frozenset({"meta", "input", "br", "line", "rect", "circle", "path", "use", "stop"})
_UNENDED = {"td": {"td", "th"}, "th": {"td", "th"}, "tr": {"td", "th", "tr"}}  # whose ends the page leaves out


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while self.open[-1].tag in _UNENDED.get(tag, ()):
            self.open.pop()
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        while self.open[-1].tag != tag:
            self.open.pop()
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_html(html: str) -> Element:
    """The tree of a page or of a part of one."""
    reader = _Reader()
    reader.feed(html)
    return reader.root


def read_packed(page: str, name: str) -> str:
    found = re.search(rf'<script type="text/plain" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return gzip.decompress(base64.b64decode(found[1])).decode()


@pytest.fixture(scope="module")
def html() -> str:
    return render_page(own_project().story, questions=own_answers())


@pytest.fixture(scope="module")
def page(html: str) -> Element:
    return read_html(html)


@pytest.fixture(scope="module")
def chinese(html: str) -> Element:
    return read_html(read_packed(html, "page-zh"))


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Element:
    """A made-up graph of 300 things, of which two sources have one publisher."""
    folder = tmp_path_factory.mktemp("made-up")
    story = check_project(Project(write_project(folder / "made-up", ROOT / "ontology", 300))).story
    return read_html(render_page(story))


# -- words -------------------------------------------------------------------------------------------


def test_a_statement_within_another_stands_in_quotes(page: Element, chinese: Element) -> None:
    why = "c=eqo.anxious-why"
    row = page.one(id="claims").one("tr", id=why)
    assert row.find("th")[0].text == "Lei Jun feels anxious every day"
    (said,) = {a.text for a in page.one(id="answers").find("a", href=f"#{why}")}
    assert said.startswith("“Lei Jun feels anxious every day” because “everybody's close look described as ")
    (said,) = {a.text for a in chinese.one(id="answers").find("a", href=f"#{why}")}
    assert said.startswith("“雷军感受 anxious every day”因为“") and said.endswith("”")


def test_quantities_of_two_units_are_asked_for_one_after_the_other(page: Element, chinese: Element) -> None:
    titles = [[h.text for h in tree.one(id="lanes").find("h3")] for tree in (page, chinese)]
    assert "How many vehicles and orders?" in titles[0] and "多少辆、多少份订单？" in titles[1]


def test_an_answer_says_whose_figure_it_is_before_of_what(page: Element) -> None:
    card = page.one("article", id="f=measure.order")
    told = [row.one("p").text for row in card.find("li", class_="answer")]
    assert told[0].startswith(
        "Xiaomi EV delivers in the year, 2024 · Lei Jun · EqualOcean, paragraph 3, sentence 2 (and "
    )
    assert "sentence 2 (and one more place)" in told[0]


def test_a_remark_names_sentences_in_words(page: Element) -> None:
    notes = [note.text for note in page.one(id="claims").find("span", class_="note")]
    assert any("paragraph 6, sentence 2 gives the same share of Xiaomi" in note for note in notes)
    assert not re.search(r"\bp\d+s\d+\b", " ".join(notes))


def test_chinese_sentences_have_chinese_stops(chinese: Element) -> None:
    for source in chinese.one(id="sources").find("dd"):
        said = re.sub(r"\S+\.yaml", "", "".join(c if isinstance(c, str) else c.text for c in source.children))
        assert "发布者：" in said and "。" in said and ": " not in said
    assert "（推断）" in chinese.one(id="texts").text


def test_the_date_in_a_sources_name_is_not_told_again(made_up: Element, page: Element) -> None:
    heads = [h.text for h in made_up.one(id="texts").find("h3")]
    assert heads[0] == "Birch Motors 1, 10 March 2024" and len(heads) == 4
    assert page.one(id="texts").find("h3")[0].text == "EqualOcean 28 April 2024"


def test_every_word_that_the_page_uses_in_its_own_way_is_explained(page: Element, chinese: Element) -> None:
    for tree, terms in (
        (
            page,
            {"fact", "promise", "Clarity", "inferred", "quoted", "speaks of their own affairs", "a later count exists"},
        ),
        (chinese, {"事实", "承诺", "清晰度", "推断", "引语", "说的是自家之事", "有更晚的统计"}),
    ):
        told = {
            dt.text: dd.text
            for dt, dd in zip(tree.one(id="terms").find("dt"), tree.one(id="terms").find("dd"), strict=True)
        }
        assert terms <= set(told) and all(len(text) > 5 for text in told.values())


# -- paper -------------------------------------------------------------------------------------------


def test_paper_hides_nothing_of_an_answer(page: Element) -> None:
    style = (ROOT / "kg/page/assets/print.css").read_text(encoding="utf-8")
    hidden = re.search(r"((?:\s+[.#][\w-]+,?)+(?:\s[^{,]*,)*[^{]*)\{\s*display: none !important", style)
    assert hidden is not None
    selectors = {selector.strip() for selector in hidden[1].split(",")}
    assert {".tools", ".controls", "#live"} <= selectors
    classes = {s[1:] for s in selectors if re.fullmatch(r"\.[\w-]+", s)}
    for part in ("lanes", "texts", "disputes"):
        for element in [page.one(id=part), *page.one(id=part).find()]:
            assert not element.classes & classes, (part, element.tag, element.classes)


# -- the axis ----------------------------------------------------------------------------------------


def test_every_mark_in_time_stands_before_the_lines_of_the_years(page: Element) -> None:
    lines = [line.attributes["x1"] for line in page.one("g", id="years").find("line")]
    cards = page.find("article", class_="timed")
    assert len(cards) > 1 and len(lines) > 3
    for card in cards:
        assert [text.attributes["x"] for text in card.one(class_="ticks").find("text")] == lines
        for mark in card.find("svg", class_="mark"):
            first = mark.children[0]
            assert isinstance(first, Element) and first.attributes.get("href") == "#years"


# -- what is told of each claim, beside what the curators wrote -----------------------------------------


def link_of(element: Element, letter: str) -> list[str]:
    """What the links of an element name, by the letter of the page's address."""
    hrefs = [a.attributes.get("href", "") for a in element.find("a")]
    return [href.removeprefix(f"#{letter}=") for href in hrefs if href.startswith(f"#{letter}=")]


def says_unclear(evidence: Iterable[Evidence]) -> list[str]:
    words = {Clarity.VAGUE: "vague", Clarity.AMBIGUOUS: "ambiguous", Clarity.WRONG: "wrong"}
    found = {e.clarity for e in evidence}
    told = ", ".join(word for clarity, word in words.items() if clarity in found)
    return [f"text: {told}"] if told else []


def test_every_answer_has_its_speakers_sentences_and_doubts(page: Element) -> None:
    claims = own_project().seeds.claim_by_id
    rows = page.one(id="lanes").find("li", class_="answer")
    assert len(rows) > 12
    for row in rows:
        members = [claims[id_] for id_ in row.attributes["data-claims"].split()]
        assert link_of(row, "c") == [members[0].id]
        assert link_of(row, "e") == list(dict.fromkeys(s.text for claim in members for s in claim.speakers))
        places = list(dict.fromkeys(e.sentence for claim in members for e in claim.evidence))
        assert link_of(row, "s") == places[:1]
        assert ("more place" in row.text) is (len(places) > 1)
        assert re.findall(r"text: [a-z, ]+", row.one(class_="who").text) == says_unclear(
            e for claim in members for e in claim.evidence
        )
        assert row.one("span", class_="mode").text == members[0].mode.value
        assert {tense_of(members[0].mode).value} == row.classes - {"answer"}


def test_disagreements_are_counted_and_every_side_says_who_where_and_why(page: Element) -> None:
    story = own_project().story
    claims = story.seeds.claim_by_id
    kinds = {"conflicts": Outcome.CONFLICT, "developments": Outcome.DEVELOPMENT, "kinds": Outcome.KIND,
             "measures": Outcome.MEASURE}  # fmt: skip
    folds = page.one(id="disputes").find("details", class_="contrast")
    assert [fold.classes - {"contrast"} for fold in folds] == [{kind} for kind in kinds]
    for fold in folds:
        (kind,) = fold.classes - {"contrast"}
        comparisons = [c for c in story.comparisons if c.relation is kinds[kind]]
        cards = fold.find("ul")[0].children
        assert fold.one("summary").one(class_="count").text == str(len(comparisons)) == str(len(cards))
        for card, comparison in zip(cards, comparisons, strict=True):
            assert isinstance(card, Element)
            assert card.one("p", class_="reason").text == word_reason(comparison, story)["en"]
            sides = card.find("p", class_="side")
            assert [link_of(side, "c")[-1] for side in sides] == [claim.id for claim in comparison.claims]
            for side, claim in zip(sides, (claims[c.id] for c in comparison.claims), strict=True):
                who = side.one(class_="who")
                assert link_of(who, "e") == [s.text for s in claim.speakers]
                assert link_of(who, "s") == [e.sentence for e in claim.evidence]
                assert side.one(class_="mode").text == claim.mode.value
                assert bool(side.find("s")) is claim.negated


def test_every_row_of_the_table_tells_its_claim(page: Element) -> None:
    seeds, vocabulary = own_project().seeds, own_project().vocabulary
    rows = {row.attributes["id"]: row for row in page.one(id="claims").find("tr") if "id" in row.attributes}
    assert list(rows) == [f"c={claim.id}" for claim in sorted(seeds.claims, key=lambda c: c.id)]
    for claim in seeds.claims:
        row = rows[f"c={claim.id}"]
        subject, prop, value, mode, speakers, when, _, places, remark = row.find("th") + row.find("td")
        if isinstance(claim.subject, EntityRef):
            assert link_of(subject, "e") == [claim.subject.key]
            assert subject.text == seeds.entity_by_key[claim.subject.key].label("en")
        else:
            assert link_of(subject, "c") == [claim.subject.id]
        assert prop.text == vocabulary.properties[claim.predicate.text].label("en")
        if isinstance(claim.object, EntityRef):
            assert link_of(value, "e") == [claim.object.key]
        if isinstance(claim.object, Text):
            assert value.text.startswith(clean(claim.object.text))
        assert bool(value.find("s")) is claim.negated and ("denied" in value.text) is claim.negated
        assert mode.text == claim.mode.value
        assert link_of(speakers, "e") == [s.text for s in claim.speakers]
        counted = claim.mode is Mode.FACT and vocabulary.properties[claim.predicate.text].time_varying
        assert bool(when.text) is bool(claim.when or claim.as_of or claim.unknown_when or counted)
        if counted and not (claim.when or claim.as_of or claim.unknown_when):
            assert when.text.startswith("as of ")
        assert link_of(places, "s") == [e.sentence for e in claim.evidence]
        assert re.findall("text: [a-z]+", places.text) == [told for e in claim.evidence for told in says_unclear([e])]
        note = claim.note or next((e.note for e in claim.evidence if e.note and len(claim.evidence) == 1), None)
        assert note is None or claim.note is None or word_addresses(clean(note.text), "en") in remark.text
        assert remark.text.endswith(f"{claim.mark.file.rpartition('/')[2]}:{claim.mark.line}")


def test_every_thing_is_linked_by_its_name_among_its_kind(page: Element) -> None:
    seeds = own_project().seeds
    groups = page.one(id="things").find("div", class_="index")[0].children
    told: dict[str, str] = {}
    for group in groups:
        assert isinstance(group, Element)
        links = {key: a.text for key, a in zip(link_of(group, "e"), group.find("a"), strict=True)}
        assert group.one("h3").one(class_="count").text == str(len(links)) and list(links.values()) == sorted(
            links.values()
        )
        told |= links
    assert told == {entity.key: entity.label("en") for entity in seeds.entities}


def test_values_are_told_in_the_language_of_the_page(chinese: Element) -> None:
    sides = {link_of(side, "c")[-1]: side for side in chinese.one(id="disputes").find("p", class_="side")}
    assert sides["eqo.deliver-100k"].one("b").text == "100,000 辆"
    assert sides["eqo.delivered-apr"].one("b").text == "5,700 辆"
    assert sides["eqo.half-global"].one("b").text == "约 50 %"
    assert "vehicle" not in chinese.one(id="disputes").text


def test_strokes_and_blocks_are_named_by_what_they_mean(page: Element, chinese: Element) -> None:
    lines = [("m-happened", None), ("m-ahead", "9 5"), ("m-view", "2 4")]
    for tree, names in ((page, ("happened", "ahead", "view")), (chinese, ("已发生", "将来", "看法"))):
        strokes = [li for li in tree.one(id="legend").find("li") if li.find("svg", class_="stroke")]
        assert tuple(li.text for li in strokes) == names
        for li, (kind, dashes) in zip(strokes, lines, strict=True):
            assert kind in li.one("svg").classes and li.one("path").attributes.get("stroke-dasharray") == dashes
        keys = [tree.one(id="texts").one("span", class_=kind).text for kind in ("happened", "ahead", "view")]
        assert tuple(keys) == names
    modes = {mode: tense_of(mode).value for mode in Mode}
    view = {Mode.OPINION, Mode.QUESTION, Mode.MARKETING}
    assert {mode for mode, tense in modes.items() if tense == "view"} == view
    assert [mode for mode, tense in modes.items() if tense == "happened"] == [Mode.FACT]


def test_a_bar_fades_to_the_end_that_is_open() -> None:
    checked = own_project()
    since = Date(edtf=parse_edtf("2030-01-01/.."), mark=checked.seeds.claims[0].mark)
    claims = tuple(replace(c, when=since) if c.id == "paris.by-2030" else c for c in checked.seeds.claims)
    tree = read_html(render_page(replace(checked.story, seeds=replace(checked.seeds, claims=claims))))
    row = tree.one(id="lanes").one("li", data_claims="paris.by-2030")
    bar = row.one("svg").one("rect")
    assert bar.classes == {"bar", "since"} and bar.attributes["fill"] == "url(#since-ahead)"
    stops = [stop.attributes["stop-opacity"] for stop in tree.one(id="since-ahead").find("stop")]
    assert stops == ["1", "0"] and row.text.startswith("from 1 January 2030")


# -- what the script is given --------------------------------------------------------------------------


def test_the_script_knows_every_name_figure_and_sentence(html: str) -> None:
    seeds = own_project().seeds
    data = json.loads(read_packed(html, "data"))
    for entity in seeds.entities:
        names = [(n.kind.value, n.text) for n in entity.names if n.kind is not NameKind.LABEL]
        assert [(n["kind"], n["text"]) for n in data["entities"][entity.key].get("names", [])] == names
    claims = {claim["id"]: claim for claim in data["claims"]}
    assert claims["paris.price"]["figure"] == 299_900 and claims["eqo.orders"]["figure"] == 75_600
    assert "yuan" in data["units"][claims["paris.price"]["unit"]]
    for claim in seeds.claims:
        told = claims[claim.id]
        assert [f"{e['source']}.{e['address']}" for e in told["evidence"]] == [e.sentence for e in claim.evidence]
        assert told["speakers"] == [s.text for s in claim.speakers] and told["mode"] == claim.mode.value
        assert told.get("denied", False) is claim.negated


def test_lines_of_the_network_tell_yes_from_no() -> None:
    checked = own_project()
    denial = replace(checked.seeds.claim_by_id["paris.met-fans"], negated=True)
    claims = (*checked.seeds.claims, replace(denial, id="paris.met-no-fans"))
    story = replace(checked.story, seeds=replace(checked.seeds, claims=claims))
    data = json.loads(read_packed(render_page(story), "data"))
    ids = [claim["id"] for claim in data["claims"]]
    network = data["network"]
    (line,) = [n for n, members in enumerate(network["claims"]) if ids.index("paris.met-no-fans") in members]
    assert [ids[n] for n in network["claims"][line]] == ["paris.met-no-fans"]
    assert [badge["sign"] for badge in network["badges"] if badge["line"] == line] == ["¬"]


def test_a_part_holds_what_its_claims_speak_of() -> None:
    seeds = own_project().seeds
    part = select_part(seeds, OfQuestion(name="why", claims=("eqo.anxious-why",)))
    assert {claim.id for claim in part.claims} == {"eqo.anxious-why", "eqo.anxious", "eqo.problems"}
    of_source = select_part(seeds, FromSource(source="paris"))
    known = {claim.id for claim in of_source.claims}
    for claim in of_source.claims:
        assert {end.id for end in (claim.subject, claim.object) if isinstance(end, ClaimRef)} <= known


# -- nothing is left over ------------------------------------------------------------------------------


def test_every_style_function_and_word_is_used() -> None:
    assets = ROOT / "kg" / "page" / "assets"
    scripts = "\n".join(file.read_text(encoding="utf-8") for file in sorted(assets.glob("*.js")))
    code = scripts + "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "kg/page").rglob("*.py")))
    styles = "\n".join(file.read_text(encoding="utf-8") for file in sorted(assets.glob("*.css")))
    rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", styles, flags=re.DOTALL)
    names = set(re.findall(r"[.#]([a-z][\w-]*)", rules))
    made = {name for name in names if re.match("(?:grow|[cfmh])-", name)}  # put together: `grow-3`, `f-voice`
    assert {name for name in names - made if not re.search(rf"(?<![\w-]){name}(?![\w-])", code)} == set()
    declared = re.findall(r"^(?:async )?(?:function|const|let) (\w+)", scripts, re.MULTILINE)
    assert [name for name in declared if len(re.findall(rf"(?<![\w$]){name}(?![\w$])", scripts)) < 2] == []
    keys = {key: re.sub(r"-(?:1|n)$", "", key) for key in load_words().own["en"] if not re.match(_PUT_TOGETHER, key)}
    assert [key for key, stem in keys.items() if not re.search(rf"[\"'`](?:{key}|{stem})[\"'`]", code)] == []


# Words whose keys are put together: `modes.fact`, `tense-ahead`, `line-superseded`.
_PUT_TOGETHER = (
    r"(?:modes|clarities|voices|families|differences|columns|numbers|bounds|explain|searched|reasons|lead-ahead|overview)"
    r"\.|tense-|line-|hit-|speakers-|sources-|(?:conflicts|developments|kinds|measures)(?:-why)?$|alias$|typo$|misnomer$"
)


def test_a_time_that_repeats_the_answer_is_told_once(tmp_path: Path) -> None:
    """`autumn 2032, autumn 2032` stood in the lead and on the card; the lead told no time of what was reported."""
    ontology = (
        PREFIXES
        + """\
r:opensOn a owl:DatatypeProperty ; rdfs:label "opens"@en ; rdfs:range edtf:EDTF ;
    kg:question "When does {s} open?"@en .
r:output a owl:DatatypeProperty ; rdfs:label "output"@en ; rdfs:range xsd:decimal ; qudt:hasUnit kgu:vehicle .
"""
    )
    lines = (
        "a: {s: halden, p: opensOn, o: 2032-23, mode: plan, when: 2032-23}",
        "b: {s: halden, p: opensOn, o: 2032-21, mode: plan, when: 2032-03/2032-05, by: mira-vogt}",
        "c: {s: halden, p: opensOn, o: 2033, mode: plan, when: 2030, by: harbour-master}",
        "d: {s: halden, p: output, o: 60 vehicle, mode: forecast, when: 2032, by: harbour-master}",
        "e: {s: halden, p: output, o: 80 vehicle, when: 1990}",
    )
    checked = check_story(tmp_path, {"ontology/opens.ttl": ontology, **claims_file(*lines)})
    assert not checked.has_errors
    lead = read_html(render_page(checked.story)).one(id="lead").text
    assert lead == (
        "Three speakers answer “When does Halden Yards open?” differently: autumn 2032; spring 2032; or 2033, 2030. "
        "For Halden Yards, the harbour master expected 60 vehicles (output) for 2032; the figure "
        "reported is 80 vehicles (1990)."
    )


OUTPUT = (
    PREFIXES
    + """\
r:output a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "output"@en ; rdfs:range xsd:integer ;
    qudt:hasUnit kgu:vehicle ; kg:question "How many vehicles does {s} make?"@en .
r:change a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "change"@en ; rdfs:range xsd:decimal ;
    qudt:hasUnit unit:PERCENT .
"""
)


@pytest.mark.parametrize(("year", "told"), [(2029, ""), (2030, "; the figure reported is 60 % (2030).")])
def test_another_years_sum_is_no_outcome_of_a_forecast(year: int, told: str, tmp_path: Path) -> None:
    """Of a company's revenue the lead set the highest of all years beside what was expected of one."""
    lines = (
        "a: {s: halden, p: change, o: 80 %, mode: forecast, when: 2030, by: harbour-master}",
        f"b: {{s: halden, p: change, o: 60 %, when: {year}}}",
    )
    summed = OUTPUT.replace("r:change a", "r:change a kg:PeriodTotal ,")
    checked = check_story(tmp_path, {"ontology/output.ttl": summed, **claims_file(*lines)})
    lead = read_html(render_page(checked.story)).one(id="lead").text
    assert lead.partition(" for 2030")[2] == told, lead


def test_an_answer_of_several_sources_is_one_row_that_names_each(tmp_path: Path) -> None:
    """Each source's answer had a row of its own; of sources that tell the same difference the lead said they differ."""
    lines = (
        "a: {s: halden, p: output, o: 60 vehicle, when: 2029, by: mira-vogt}",
        "b: {s: halden, p: output, o: 80 vehicle, when: 2029, mode: forecast, by: harbour-master}",
    )
    both = {"ontology/output.ttl": OUTPUT, **claims_file(*lines), **claims_file(*lines, source="bulletin")}
    checked = check_story(tmp_path / "both", both)
    page = read_html(render_page(checked.story))
    card = page.one(id="f=halden.output")
    assert [row.one(class_="who").text for row in card.find("li")] == [
        "Mira Vogt · “News of the Yard”, paragraph 1, sentence 1; Harbour Post, paragraph 1, sentence 1",
        "the harbour master · “News of the Yard”, paragraph 1, sentence 1; Harbour Post, paragraph 1, sentence 1",
    ]
    bars = [row.one("rect").attributes for row in card.find("li")]  # figures, not the one year that they are of
    assert [(bar["class"], bar["x"], bar["width"]) for bar in bars] == [
        ("amount", "0.0%", "75.0%"), ("amount", "0.0%", "100.0%"),
    ]  # fmt: skip
    assert page.one(id="lead").text == (
        "Two speakers answer “How many vehicles does Halden Yards make?” differently: 60 vehicles, 2029; or 80 "
        "vehicles, 2029 (forecast)."
    )
    apart = both | claims_file(lines[0].replace("60", "70"), source="bulletin")
    lead = read_html(render_page(check_story(tmp_path / "apart", apart).story)).one(id="lead").text
    assert lead.startswith("Two sources answer")


def test_figures_below_zero_have_bars_to_the_left(tmp_path: Path) -> None:
    """A figure below zero was left out of its card, and a contradiction had one side."""
    lines = (
        "a: {s: halden, p: change, o: 30 %, by: mira-vogt}",
        "b: {s: halden, p: change, o: -20 %, by: harbour-master}",
        "c: {s: halden, p: change, o: 0 %, by: olle-brandt}",
    )
    checked = check_story(tmp_path, {"ontology/output.ttl": OUTPUT, **claims_file(*lines)})
    rows = read_html(render_page(checked.story)).one(id="f=measure.PERCENT.change").find("li")
    bars = {row.one("b").text: row.one("rect").attributes for row in rows}
    assert {value: (bar["x"], bar["width"]) for value, bar in bars.items()} == {
        "30 %": ("40.0%", "60.0%"), "0 %": ("40.0%", "0.6%"), "-20 %": ("0.0%", "40.0%"),
    }  # fmt: skip
    assert {line.attributes["x1"] for row in rows for line in row.find("line")} == {"40.0%"}


def test_where_no_figure_is_above_zero_its_bar_still_shows_zero(tmp_path: Path) -> None:
    """The bar of zero began where the drawing ends."""
    lines = (
        "a: {s: halden, p: change, o: 0 %, by: mira-vogt}",
        "b: {s: halden, p: change, o: -8..-5 %, by: harbour-master}",
    )
    checked = check_story(tmp_path, {"ontology/output.ttl": OUTPUT, **claims_file(*lines)})
    rows = read_html(render_page(checked.story)).one(id="f=measure.PERCENT.change").find("li")
    bars = {row.one("b").text: row.one("rect").attributes for row in rows}
    assert {value: (bar["x"], bar["width"]) for value, bar in bars.items()} == {
        "0 %": ("99.4%", "0.6%"), "-8 – -5 %": ("0.0%", "100.0%"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("count", "told"),
    [(7, "60, 61, 62, 63, 64, 65 or 66"), (9, "60, 61, 62, 63, 64, 65 or one of 3 others")],
)
def test_the_lead_tells_few_of_many_answers(tmp_path: Path, count: int, told: str) -> None:
    lines = [f"c{n}: {{s: halden, p: output, o: {60 + n} vehicle, by: mira-vogt}}" for n in range(count)]
    checked = check_story(tmp_path, {"ontology/output.ttl": OUTPUT, **claims_file(*lines)})
    lead = read_html(render_page(checked.story)).one(id="lead").text
    question = "How many vehicles does Halden Yards make?"
    answers = lead.removeprefix(f"Statements of one speaker answer “{question}” differently: ")
    assert answers.replace(" vehicles", "") == f"{told}."


LEAGUE = (
    PREFIXES
    + """\
r:points a owl:DatatypeProperty , owl:FunctionalProperty , kg:TimeVarying ; rdfs:label "points"@en ;
    rdfs:range xsd:integer ; qudt:hasUnit unit:NUM .
r:place a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "place"@en ;
    rdfs:range xsd:integer ; qudt:hasUnit unit:NUM .
"""
)


def test_the_lead_tells_a_contradiction_where_nothing_else_is_answered_differently(tmp_path: Path) -> None:
    """A page of two who contradict each other had no lead, and a figure that is denied had a bar like any other."""
    lines = (
        "a: {s: tern, p: place, o: 3, by: mira-vogt}",
        "b: {s: tern, p: place, o: 4, by: harbour-master}",
        "c: {s: heron, p: points, o: 27, asof: 2030-05, by: mira-vogt}",
        "d: {s: heron, p: points, o: 27, asof: 2030-05, by: harbour-master, not: true}",
    )
    checked = check_story(tmp_path / "four", {"ontology/league.ttl": LEAGUE, **claims_file(*lines)})
    page = read_html(render_page(checked.story))
    assert page.one(id="lead").text == "Two speakers contradict each other on Tern, place: 3 or 4."
    denied = [row for row in page.one(id="f=measure.NUM.points").find("li") if "denied" in row.text]
    assert [len(row.find("line")) for row in denied] == [1]
    assert sum(len(row.find("line")) for row in page.one(id="f=measure.NUM.points").find("li")) == 1
    checked = check_story(tmp_path / "denied", {"ontology/league.ttl": LEAGUE, **claims_file(*lines[2:])})
    lead = read_html(render_page(checked.story)).one(id="lead").text
    assert lead == "Two speakers contradict each other on Heron, points: 27 or 27 (denied)."
    times = (
        "a: {s: tern, p: place, o: 3, when: 2029, by: mira-vogt}",
        "b: {s: tern, p: place, o: 3, when: 2030, by: harbour-master, unlike: {a: time}}",
    )
    checked = check_story(tmp_path / "times", {"ontology/league.ttl": LEAGUE, **claims_file(*times)})
    assert [c.relation for c in checked.story.comparisons] == [Outcome.CONFLICT]
    lead = read_html(render_page(checked.story)).one(id="lead").text
    assert "contradict" not in lead and "Tern" not in lead  # `on Tern, place: 3.` would name no contradiction
    checked = check_story(tmp_path / "one", {"ontology/league.ttl": LEAGUE, **claims_file(*lines[1:])})
    assert "Heron, points" in read_html(render_page(checked.story)).one(id="lead").text


def test_contradictions_stand_open_where_no_question_on_times_takes_the_room(tmp_path: Path) -> None:
    lines = [
        "a: {s: tern, p: points, o: 27, asof: 2030-05}",
        "b: {s: tern, p: points, o: 60, mode: target, when: 2032, by: harbour-master}",
        "e: {s: tern, p: place, o: 5, by: mira-vogt}",
        "f: {s: tern, p: place, o: 4, by: harbour-master}",
    ]
    checked = check_story(tmp_path, {"ontology/league.ttl": LEAGUE, **claims_file(*lines)})
    lanes = read_html(render_page(checked.story)).one(id="lanes")
    assert [card.attributes["id"] for card in lanes.find("article")] == ["f=measure.NUM.points", "f=measure.NUM.place"]
    assert not lanes.find("details")


def test_what_a_claim_says_of_a_denied_claim_tells_the_denial(tmp_path: Path) -> None:
    lines = (
        "a: {s: tern, p: place, o: 3, not: true}",
        "b: {s: heron, p: place, o: 4}",
        "c: {s: c:a, p: because, o: c:b, mode: opinion}",
    )
    checked = check_story(tmp_path, {"ontology/league.ttl": LEAGUE, **claims_file(*lines)})
    page = read_html(render_page(checked.story))
    assert [
        row.text for row in page.find("tr") if row.text.startswith("Tern place 3 deniedbecauseHeron place 4opinion")
    ]


def test_a_sentence_of_a_contradiction_is_marked_in_its_text(tmp_path: Path) -> None:
    """No question is open here: what contradicts alone marks the sentence."""
    text = """kg: claims/1
source: post
claims:
  p1s1 dd56dbe3:
    a: {s: tern, p: place, o: 3, by: mira-vogt}
    b: {s: tern, p: place, o: 4, by: harbour-master}
  p2s1 31ad8276:
    c: {s: heron, p: place, o: 5}
"""
    checked = check_story(tmp_path, {"ontology/league.ttl": LEAGUE, "seeds/claims/own.yaml": text})
    page = read_html(render_page(checked.story))
    drawn = [block.attributes for block in page.find() if "data-sentence" in block.attributes]
    blocks = {block["data-sentence"]: block["aria-label"] for block in drawn}
    assert {name for name, label in blocks.items() if "answered differently" in label} == {"post.p1s1"}
    assert "post.p2s1" in blocks
