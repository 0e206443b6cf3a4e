"""What a reader sees: the words, marks and links of the page's parts, read out of its HTML."""

from __future__ import annotations

import base64
import gzip
import re
from html.parser import HTMLParser

import pytest
from browser.synthetic import write_project
from page_project import ROOT, own_answers, own_project

from kg.page import render_page
from kg.pipeline import check_project
from kg.project import Project


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
            alike = all(child.attributes.get(name) == value for name, value in attributes.items())
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
        "Xiaomi EV delivers in the year, 2024 · Lei Jun · EqualOcean, paragraph 3, sentence 2 and "
    )
    assert "sentence 2 and one more place" in told[0]


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
