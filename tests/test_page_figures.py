"""Figures on the page: bare numbers, and what is set beside a promise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from story import PREFIXES, check_story, claims_file

from kg.page import render_overview, render_page
from kg.page.lanes import is_outcome

ONTOLOGY = (
    PREFIXES
    + """\
r:points a owl:DatatypeProperty , owl:FunctionalProperty , kg:TimeVarying ; rdfs:label "points"@en , "积分"@zh ;
    rdfs:range xsd:integer ; qudt:hasUnit unit:NUM .
r:place a owl:DatatypeProperty , owl:FunctionalProperty , kg:TimeVarying ; rdfs:label "place"@en ;
    rdfs:range xsd:integer ; qudt:hasUnit unit:NUM .
"""
)
LINES = (
    "a: {s: tern, p: points, o: 27, asof: 2030-05}",
    "b: {s: tern, p: place, o: 3}",
    "c: {s: tern, p: points, o: 60, mode: target, when: 2032, by: harbour-master}",
    "d: {s: heron, p: points, o: about 75600}",
)


def read_story(folder: Path, *lines: str) -> str:
    checked = check_story(folder, {"ontology/league.ttl": ONTOLOGY, **claims_file(*lines)})
    assert not checked.has_errors, checked.diagnostics
    return re.sub(r"<[^>]+>", " ", render_page(checked.story))


def test_a_bare_number_has_no_word_for_its_unit(tmp_path: Path) -> None:
    """It read `60 numbers`, under `How many numbers?` beside places."""
    page = read_story(tmp_path, *LINES)
    assert "60 numbers" not in page and "How many numbers?" not in page and "about 75,600" in page
    assert "How much: points?" in page and "How much: place?" not in page


def test_what_another_thing_has_is_no_outcome_of_a_target(tmp_path: Path) -> None:
    said = "For Tern, the harbour master set a target of 60 points for 2032; the latest figure reported is "
    assert f"{said}27 points (as of May 2030)." in read_story(tmp_path / "own", *LINES)
    assert "figure reported is" not in read_story(tmp_path / "others", *LINES[1:])
    related = "e: {s: heron, p: nextTo, o: tern}"
    ontology = ONTOLOGY + 'r:nextTo a owl:ObjectProperty ; rdfs:label "next to"@en ; rdfs:range schema:Thing .\n'
    ontology = "@prefix schema: <https://schema.org/> .\n" + ontology
    checked = check_story(tmp_path / "near", {"ontology/league.ttl": ontology, **claims_file(*LINES[1:], related)})
    assert f"{said}about 75,600 points (Heron, as of " in re.sub(r"<[^>]+>", " ", render_page(checked.story))


def test_amounts_in_two_currencies_are_two_answers(tmp_path: Path) -> None:
    ontology = ONTOLOGY + (
        "r:insured a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:range xsd:decimal ;\n"
        '    rdfs:label "insured for"@en ; qudt:hasQuantityKind <http://qudt.org/vocab/quantitykind/Currency> ;\n'
        '    kg:question "For how much is {s} insured?"@en .\n'
    )
    said = ("a: {s: tern, p: insured, o: 3 million EUR}", "b: {s: tern, p: insured, o: 3 million USD, by: mira-vogt}")
    checked = check_story(tmp_path, {"ontology/league.ttl": ontology, **claims_file(*said)})
    assert not [d for d in checked.diagnostics if d.code == "undeclared-conflict"]
    (question,) = checked.story.open_questions
    assert (question.prop.name, [c.id for c in question.claims]) == ("insured", ["post.a", "post.b"])
    page = re.sub(r"<[^>]+>", " ", render_page(checked.story))
    assert "answer “For how much is Tern insured?” differently: 3,000,000 EUR or 3,000,000 USD." in page


def test_the_latest_of_dated_counts_stands_beside_a_target(tmp_path: Path) -> None:
    """The highest stood there, and a target of fewer was never near."""
    later = "e: {s: tern, p: points, o: 20, asof: 2031-02}"
    page = read_story(tmp_path / "later", *LINES, later)
    assert "60 points for 2032; the latest figure reported is 20 points (as of February 2031)." in page
    undated = "e: {s: tern, p: points, o: 40, when: 2029}"
    page = read_story(tmp_path / "undated", *LINES, undated)
    assert "60 points for 2032; the highest figure reported is 40 points (2029)." in page


PERSONS = """\
r:staff a owl:DatatypeProperty , owl:FunctionalProperty , kg:TimeVarying ; rdfs:label "staff"@en ;
    rdfs:range xsd:integer ; qudt:hasUnit kgu:person .
r:hires a owl:DatatypeProperty ; rdfs:label "hires"@en ; rdfs:range xsd:integer ; qudt:hasUnit kgu:person .
r:hurt a owl:DatatypeProperty ; rdfs:label "hurt"@en ; rdfs:range xsd:integer ; qudt:hasUnit kgu:person .
"""


def list_cards(folder: Path, *lines: str) -> dict[str, list[str]]:
    """The figures of each card of measures, by its key."""
    checked = check_story(folder, {"ontology/league.ttl": ONTOLOGY + PERSONS, **claims_file(*lines)})
    assert not checked.has_errors, checked.diagnostics
    cards = re.findall(r'<article id="f=measure\.([^"]*)".*?</article>', render_page(checked.story), re.DOTALL)
    whole = re.findall(r'<article id="f=measure\..*?</article>', render_page(checked.story), re.DOTALL)
    return {key: sorted(set(re.findall(r"\d+(?= people)", card))) for key, card in zip(cards, whole, strict=True)}


def test_counts_of_unlike_things_in_one_unit_are_no_answers_to_one_question(tmp_path: Path) -> None:
    """Staff, hires and the hurt stood in one card of persons, the hurt as what had come of the hires."""
    hires = "a: {s: tern, p: hires, o: 40 person, mode: plan, when: 2032, by: harbour-master}"
    hurt, staff = "b: {s: tern, p: hurt, o: 3 person, when: 2030}", "c: {s: tern, p: staff, o: 90 person}"
    others = "d: {s: heron, p: staff, o: 7 person}"
    assert list_cards(tmp_path / "hurt", hires, hurt, others) == {}
    assert list_cards(tmp_path / "staff", hires, hurt, staff) == {"person.hires": ["40", "90"]}
    assert list_cards(tmp_path / "all", hires, staff) == {"person": ["40", "90"]}
    compared = hurt[:-1] + ", unlike: {a: measure}}"
    assert list_cards(tmp_path / "compared", hires, compared) == {"person": ["3", "40"]}


def test_every_measure_with_two_figures_has_a_card(tmp_path: Path) -> None:
    """Of fifteen the page had twelve, and `8 more questions`."""
    names = [f"width{n}" for n in range(15)]
    kinds = "a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:range xsd:decimal ; qudt:hasUnit unit:M"
    ontology = ONTOLOGY + "".join(f'r:{name} {kinds} ; rdfs:label "{name}"@en .\n' for name in names)
    said = [f"{name}-{n}: {{s: tern, p: {name}, o: {n} m}}" for name in names for n in (4, 5)]
    checked = check_story(tmp_path, {"ontology/league.ttl": ontology, **claims_file(*said)})
    page = render_page(checked.story)
    assert set(re.findall(r'<article id="f=measure\.M\.(\w+)"', page)) == set(names)
    assert "<summary>11 more questions</summary>" in page


def test_an_overview_says_how_many_claims_of_a_dispute_it_leaves_out(tmp_path: Path) -> None:
    kinds = "a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:range xsd:decimal ; qudt:hasUnit unit:M"
    said = [f"w{n}: {{s: tern, p: width, o: {n + 1} m}}" for n in range(15)]
    ontology = ONTOLOGY + f'r:width {kinds} ; rdfs:label "width"@en .\n'
    told = {}
    for many in (12, 15):
        checked = check_story(tmp_path / str(many), {"ontology/league.ttl": ontology, **claims_file(*said[:many])})
        page = render_overview((a.quad for a in checked.assertions), title="All", story=checked.story)
        told[many] = re.findall(r"Of a dispute with many claims only the first are shown; [^<]*", page)
    assert told == {12: [], 15: ["Of a dispute with many claims only the first are shown; 3 more are left out."]}


@pytest.mark.parametrize(("unit", "many"), [("person", "people"), ("city", "cities"), ("vehicle", "vehicles")])
def test_a_question_for_a_number_names_many(tmp_path: Path, unit: str, many: str) -> None:
    """It asked `How many citys?`."""
    ontology = ONTOLOGY + PERSONS.replace("kgu:person", f"kgu:{unit}")
    hires = f"a: {{s: tern, p: hires, o: 40 {unit}, mode: plan, when: 2032}}"
    staff = f"b: {{s: tern, p: staff, o: 1 {unit}}}"
    checked = check_story(tmp_path, {"ontology/league.ttl": ontology, **claims_file(hires, staff)})
    page = re.sub(r"<[^>]+>", " ", render_page(checked.story))
    assert f"How many {many}?" in page and f"40 {many}" in page and re.search(rf"\b1 {unit}\b", page)


def test_what_may_have_come_of_what_is_not_asked_of_things_that_nothing_relates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many things with staff as things with plans to hire were compared pair by pair."""
    asked: list[bool] = []

    def count(*given: Any) -> bool:
        asked.append(is_outcome(*given))
        return asked[-1]

    monkeypatch.setattr("kg.page.lanes.is_outcome", count)
    keys = [f"ship-{letter}" for letter in "abcdefghijklmnopqrst"]
    entities = "".join(f"  {key}: {{is: Ship, label: Ship {key[-1].upper()}}}\n" for key in keys)
    lines = [
        f"{key}-s: {{s: {key}, p: staff, o: {n} person}}" if n % 2 else
        f"{key}-h: {{s: {key}, p: hires, o: {n} person, mode: plan, when: 2032}}"
        for n, key in enumerate(keys, 2)
    ]  # fmt: skip
    files = {
        "ontology/league.ttl": ONTOLOGY + PERSONS,
        "seeds/entities/ships.yaml": f"kg: entities/1\nentities:\n{entities}",
    }
    checked = check_story(tmp_path / "apart", {**files, **claims_file(*lines)})
    assert not checked.has_errors, checked.diagnostics
    render_page(checked.story)
    assert asked == []
    own = f"more: {{s: {keys[0]}, p: staff, o: 31 person}}"
    render_page(check_story(tmp_path / "own", {**files, **claims_file(*lines, own)}).story)
    assert asked == [True]
