"""Pages of a text: form feeds in it, `page 2` in the outline, in words, on the page and in the graph."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import run_kg

from kg.build.pipeline import check_project
from kg.evidence.outline import write_outline
from kg.reading.articles import read_article
from kg.starter import init_project
from kg.system.project import Project


@pytest.fixture
def paged(tmp_path: Path) -> Path:
    """The starter's project, its text on three pages; the second sentence of the first paragraph begins on page 3."""
    folder = tmp_path / "story"
    init_project(folder, title="A story", base="https://story.example/")
    text = folder / "texts/bridge.txt"
    first, _, rest = text.read_text(encoding="utf-8").partition("\n")
    body = rest.strip()
    cut = body.index(".") + 1
    text.write_text(f"{first}\n\f\n{body[:cut]}\f{body[cut:]}\n", encoding="utf-8", newline="")
    done = run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=folder)
    assert done.code == 0, done.err
    return folder


def test_a_form_feed_changes_neither_address_nor_digest(tmp_path: Path) -> None:
    plain, paged = tmp_path / "a.txt", tmp_path / "b.txt"
    plain.write_text("T\n\nOne is here. Two is there.\n", encoding="utf-8")
    paged.write_text("T\n\f\nOne is\fhere.\f Two is there.\n\f", encoding="utf-8", newline="")
    one, other = read_article(plain, "a", "en"), read_article(paged, "a", "en")
    assert one.digests == other.digests
    assert [other.page(address) for address in other.sentences] == [1, 2, 4]
    assert [one.page(address) for address in one.sentences] == [None, None, None]
    assert " page " not in write_outline(one)


def test_the_outline_says_on_which_page_a_sentence_begins(paged: Path) -> None:
    outline = (paged / "seeds/sources/bridge.yaml").read_text(encoding="utf-8").split("outline:\n")[1]
    pages = [line.rpartition(" page ")[2] for line in outline.splitlines() if line.startswith("  p")]
    assert pages == ["1", "2", "3"]
    done = run_kg("check", "--texts", "texts", folder=paged)
    assert (done.code, done.err.splitlines()[-1]) == (0, "kg: 0 errors, 0 warnings, 0 notes")


def test_people_and_programs_are_told_the_page(paged: Path) -> None:
    assert "bridge.p1s2, page 3, reported" in run_kg("show", "bridge", folder=paged).out
    assert "bridge.p1s1, page 2" in run_kg("why", "bridge.length", folder=paged).out
    quads = [assertion.quad for assertion in check_project(Project(paged)).assertions]
    pages = sorted(quad.object.value for quad in quads if quad.predicate.value.endswith("page"))
    assert pages == ["1", "2", "3"]
    assert run_kg("build", folder=paged).code == 0
    html = (paged / "exports/graph.html").read_text(encoding="utf-8")
    assert "paragraph 1, sentence 2, page 3" in html


def test_a_page_that_the_text_does_not_have_is_an_error(paged: Path) -> None:
    source = paged / "seeds/sources/bridge.yaml"
    source.write_text(source.read_text(encoding="utf-8").replace(" page 3", " page 2"), encoding="utf-8")
    done = run_kg("check", "--texts", "texts", folder=paged)
    assert done.code == 1
    assert "error[outline-stale]: `p1s2` stands on page 3 of the text" in done.err
