"""A denial is a denial in every view: it never looks like an answer of yes."""

from __future__ import annotations

import csv
import io

import pytest
from story import check_story, claims_file

from kg.build.pipeline import Checked
from kg.build.publish import publish_graph
from kg.page import export_svg, render_page
from kg.page.overview import render_overview
from kg.show import show_claim, show_disputes, show_entity
from kg.view.census import take_census

LINES = [
    "a: {s: tern, p: sailsTo, o: riga, mode: plan, when: 2033}",
    "b: {s: tern, p: sailsTo, o: riga, mode: plan, when: 2033, by: mira-vogt, not: true, unlike: {a: value}}",
    "c: {s: halden, p: deliversInYear, o: 40 vehicle, mode: promise, when: 2032}",
    "d: {s: halden, p: deliversInYear, o: 40 vehicle, mode: promise, when: 2032, not: true, by: mira-vogt}",
    "e: {s: heron, p: homePort, o: riga}",
    "f: {s: heron, p: homePort, o: oslo, by: mira-vogt, decided: {for: e, because: the register has it}}",
]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    checked = check_story(tmp_path_factory.mktemp("p"), claims_file(*LINES))
    assert not checked.has_errors
    return checked


def test_disputes(checked: Checked) -> None:
    text = show_disputes(checked, "en")
    answers, _, rest = text.partition("Conflicts")
    assert [line.split()[1:3] for line in answers.splitlines() if "Mira Vogt" in line] == [
        ["not", "40"],
        ["not", "2033"],
    ]
    assert "post.b   Tern · not sails to · Riga   (plan, 2033) — Mira Vogt" in rest
    assert "decided for post.e: the register has it" in rest


def test_show_and_why(checked: Checked) -> None:
    shown = show_entity(checked, "tern", "en")
    assert "◦ Tern · not sails to · Riga   (plan, 2033)" in shown
    assert "decided for post.e: the register has it" in show_entity(checked, "heron", "en")
    why = show_claim(checked, checked.seeds.claim_by_id["post.f"], "en")
    assert "direct     no, only as a claim: the curator decided for post.e" in why
    assert "decided    for post.e: the register has it" in why
    why = show_claim(checked, checked.seeds.claim_by_id["post.e"], "en")
    assert "direct     yes" in why and "decided    for post.e: the register has it   (post.f)" in why


def test_page(checked: Checked) -> None:
    page = render_page(checked.story)
    denied = ' <em class="denied">denied</em>'
    assert f"<s><b>2033</b></s>{denied}" in page and f"<s><b>40 vehicles, 2032</b></s>{denied}" in page
    assert "differently: 40 vehicles, 2032; or 40 vehicles, 2032 (denied)." in page  # the lead, too
    chosen, reason = page.index('<b><a href="#e=riga">Riga</a></b>'), '<span class="note">the register has it</span>'
    assert page.index(f"the curator decided for: {reason}", chosen) < page.index(
        '<a href="#e=oslo">Oslo</a></b>', chosen
    )
    assert ">¬</text>" in export_svg(checked.story, lang="en")


def test_table(checked: Checked) -> None:
    (file,) = publish_graph(checked, "csv")
    rows = {row["claim"]: row for row in csv.DictReader(io.StringIO(file.text))}
    assert {claim for claim, row in rows.items() if row["negated"] == "true"} == {"c:post.b", "c:post.d"}
    assert rows["c:post.f"]["decided_for"] == "c:post.e"
    assert rows["c:post.f"]["decided_because"] == "the register has it"


def test_overview_of_a_great_graph(checked: Checked) -> None:
    census = take_census(a.quad for a in checked.assertions)
    found = {d.claims: list(zip(map(ending, d.objects), d.denied, strict=True)) for d in census.differences}
    base = "https://halden.example/claim/post."
    assert found[(f"{base}b", f"{base}a")] == [("riga", True), ("riga", False)]
    denied = '<em class="denied">denied</em>'
    assert denied not in render_overview((), title="T")
    assert f"<s>Riga</s> {denied} ≠ Riga" in render_overview((a.quad for a in checked.assertions), title="T")


def ending(iri: str) -> str:
    return iri.rpartition("/")[2]
