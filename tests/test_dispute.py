"""What claims are to each other; the relations one by one stand in `tests/spec/disputes.md`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import check_story, claims_file, story_vocabulary
from sweep import sweep

from kg.build.pipeline import Checked
from kg.graph.compare import can_both_hold, find_clashes, object_key, times_meet
from kg.graph.direct import judge_claims
from kg.graph.dispute import Comparison, Outcome, find_comparisons, find_open_questions
from kg.model.nouns import Claim, Difference, Seeds


def seeds_of(tmp_path: Path, *objects: str, prop: str = "battery") -> Seeds:
    lines = [f"c{i}: {{s: tern, p: {prop}, o: {text}}}" for i, text in enumerate(objects)]
    checked = check_story(tmp_path, claims_file(*lines))
    assert not checked.has_errors
    return checked.seeds


def pair(seeds: Seeds) -> tuple[Claim, Claim]:
    return seeds.claim_by_id["post.c0"], seeds.claim_by_id["post.c1"]


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        ("70 kWh", "70.0 kWh", True),
        ("70 kWh", "0.07 MWh", True),
        ("70 kWh", "71 kWh", False),
        ("70 kWh", "60..80 kWh", True),
        ("70 kWh", "70..80 kWh", True),
        ("70 kWh", "71..80 kWh", False),
        ("60..70 kWh", "70..80 kWh", True),
        ("60..70 kWh", "71..80 kWh", False),
        ("70 kWh", "over 60 kWh", True),
        ("70 kWh", "over 70 kWh", False),
        ("70 kWh", "at least 70 kWh", True),
        ("70 kWh", "under 70 kWh", False),
        ("70 kWh", "at most 70 kWh", True),
        ("70 kWh", "under 0.071 MWh", True),
        ("over 70 kWh", "under 70 kWh", False),
        ("over 70 kWh", "under 80 kWh", True),
        ("at least 70 kWh", "at most 70 kWh", True),
        ("at least 70 kWh", "under 70 kWh", False),
        ("over 70 kWh", "over 80 kWh", True),
        ("about 70 kWh", "100 kWh", True),
        ("about 70 kWh", "over 100 kWh", True),
    ],
)
def test_quantities_that_fit(tmp_path: Path, one: str, other: str, fits: bool) -> None:
    seeds = seeds_of(tmp_path, one, other)
    a, b = pair(seeds)
    prop = story_vocabulary().properties["battery"]
    assert can_both_hold(a, b, prop, story_vocabulary()) is fits
    assert can_both_hold(b, a, prop, story_vocabulary()) is fits
    relations = [p.relation for p in find_comparisons(seeds, story_vocabulary())]
    assert relations == ([] if fits else [Outcome.CONFLICT])


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        ("2030", "2030-03", True), ("2030", "2031", False), ("2029/2030", "2030", True), ("2030?", "2031", False),
        # about a year are five on either side
        ("2030~", "2031", True), ("2020~", "2025-12-31", True), ("2020~", "2026-01-01", False), ("2025%", "2030", True),
        ("2015~", "2025~", True), ("2015~", "2026~", False), ("2029~/2030", "2024", True),
        ("2029/2030~", "2024", False),
        ("2030-01~", "2029-08", True), ("2030-01~", "2029-07", False), ("2030-06-28~", "2030-07-03", True),
        ("2030-06-28~", "2030-07-04", False), ("'[2020~,2030]'", "2025", True), ("'[2020~,2030]'", "2026", False),
    ],
)  # fmt: skip
def test_dates_that_fit(tmp_path: Path, one: str, other: str, fits: bool) -> None:
    seeds = seeds_of(tmp_path, one, other, prop="launched")
    assert len(find_comparisons(seeds, story_vocabulary())) == (0 if fits else 1)


@pytest.mark.parametrize(
    ("denied", "said", "fits"),
    [
        ("2030~", "2030", True), ("2030~", "2030~", False), ("2020/2039", "2030~", False), ("2028/2032", "2030~", True),
        ("2030", "2030~", True), ("2030", "2030-05", False),
    ],
)  # fmt: skip
def test_a_denial_of_about_a_date_denies_no_other(tmp_path: Path, denied: str, said: str, fits: bool) -> None:
    lines = (f"a: {{s: tern, p: launched, o: {denied}, not: true}}", f"b: {{s: tern, p: launched, o: {said}}}")
    seeds = seeds_of_lines(tmp_path, list(lines))
    assert len(find_comparisons(seeds, story_vocabulary())) == (0 if fits else 1)


@pytest.mark.parametrize(("a", "b", "fits"), [
    ("o: 2030, when: 2030", "o: 2031, when: 2031", False),
    ("o: 2030-21, when: 2030-03/2030-05", "o: 2030-23, when: 2030-23", False),
    ("o: 2030, when: 2030", "o: 2031", False),
    ("o: 2030, when: 2028", "o: 2031, when: 2029", True),  # first this, then that was so
    ("o: 2030~, when: 2030~", "o: 2031, when: 2031", True),
])  # fmt: skip
def test_a_time_that_repeats_the_date_is_none_of_its_own(tmp_path: Path, a: str, b: str, fits: bool) -> None:
    lines = [f"a: {{s: tern, p: launched, {a}, mode: plan}}", f"b: {{s: tern, p: launched, {b}, mode: plan}}"]
    found = find_comparisons(seeds_of_lines(tmp_path, lines), story_vocabulary())
    assert [(c.relation, c.difference) for c in found] == ([] if fits else [(Outcome.CONFLICT, Difference.VALUE)])


@pytest.mark.parametrize(
    ("a", "b", "fits"), [("2033~", "2034", True), ("2033~", "2044", False), ("2033", "2034", False)]
)
def test_times_for_the_same_thing(tmp_path: Path, a: str, b: str, fits: bool) -> None:
    lines = [f"a: {{s: tern, p: sailsTo, o: riga, mode: plan, when: {a}}}"]
    lines += [f"b: {{s: tern, p: sailsTo, o: riga, mode: plan, when: {b}, by: mira-vogt}}"]
    found = find_comparisons(seeds_of_lines(tmp_path, lines), story_vocabulary())
    assert [(c.relation, c.difference) for c in found] == ([] if fits else [(Outcome.CONFLICT, Difference.TIME)])


def test_texts_do_not_disagree(tmp_path: Path) -> None:
    assert find_comparisons(seeds_of(tmp_path, "quiet", "loud", prop="describedAs"), story_vocabulary()) == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('"caf\\u00e9"', '"cafe\\u0301"', True),
        ("{text: a, lang: zh-Hant}", "{text: a, lang: zh-hant}", True),
        ("{text: a, lang: zh}", "{text: a, lang: en}", False),
        ("a", "A", False),
        ("a", "'a '", False),
    ],
)
def test_texts_that_look_the_same_are_one(tmp_path: Path, one: str, other: str, same: bool) -> None:
    a, b = pair(seeds_of(tmp_path, one, other, prop="describedAs"))
    assert (object_key(a, story_vocabulary()) == object_key(b, story_vocabulary())) is same


def test_object_keys_tell_kinds_and_values_apart(tmp_path: Path) -> None:
    vocabulary = story_vocabulary()
    lines = [
        "c0: {s: tern, p: battery, o: 70 kWh}",
        "c1: {s: tern, p: battery, o: over 70 kWh}",
        "c2: {s: tern, p: battery, o: at least 70 kWh}",
        "c3: {s: tern, p: battery, o: about 70 kWh}",
        "c4: {s: tern, p: battery, o: 70..80 kWh}",
        "c5: {s: tern, p: homePort, o: riga}",
        "c6: {s: tern, p: describedAs, o: riga}",
        "c7: {s: tern, p: describedAs, o: {text: riga, lang: zh}}",
        "c8: {s: tern, p: quiet, o: true}",
        "c9: {s: tern, p: launched, o: 2030}",
        "ca: {s: tern, p: webPage, o: 'https://riga.example/'}",
        "cb: {s: c:c0, p: because, o: c:c1}",
        "cc: {s: tern, p: describedAs, o: 'true'}",
    ]
    seeds = check_story(tmp_path, claims_file(*lines)).seeds
    keys = [object_key(c, vocabulary) for c in seeds.claims if c.source == "post"]
    assert len(set(keys)) == len(lines)


def test_comparisons_do_not_depend_on_who_comes_first(tmp_path: Path) -> None:
    lines = [
        "{s: tern, p: homePort, o: riga}",
        "{s: tern, p: homePort, o: oslo, by: mira-vogt, mode: opinion}",
        "{s: halden, p: delivered, o: 12 vehicle, asof: 2029}",
        "{s: halden, p: delivered, o: 13 vehicle, asof: 2030}",
        "{s: halden, p: delivered, o: over 12 vehicle}",
        "{s: tern, p: sailsTo, o: riga, mode: plan, when: 2033}",
        "{s: tern, p: sailsTo, o: riga, mode: plan, when: 2034}",
    ]
    seen = []
    for order in (range(7), reversed(range(7))):
        named = [f"c{place}: {lines[number]}" for place, number in enumerate(order)]
        seeds = check_story(tmp_path / str(len(seen)), claims_file(*named)).seeds
        seen.append(
            sorted(
                (p.relation, str(p.difference), sorted(c.object_mark.excerpt for c in p.claims))
                for p in find_comparisons(seeds, story_vocabulary())
            )
        )
    assert seen[0] == seen[1] and len(seen[0]) == 3


OBJECTS = [
    "70 kWh",
    "0.07 MWh",
    "80 kWh",
    "over 60 kWh",
    "under 75 kWh",
    "70..80 kWh",
    "about 70 kWh",
    "at most 70 kWh",
]
TIMES = ["", ", when: 2028", ", when: 2028/2030", ", when: ../2029", ", when: 2030/..", ', when: "[2028,2031]"']
PORTS = ["riga", "oslo"]
DATES = ["2029", "2029-03", "2030", '"[2028,2030]"', "2029~", "../2029", "2028/2029"]


@sweep(60)
@given(st.data())
def test_clashes_are_those_of_all_pairs(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """The referee compares every claim with every other."""
    prop, objects = data.draw(st.sampled_from([("battery", OBJECTS), ("homePort", PORTS), ("launched", DATES),
                                               ("sailsTo", PORTS)]))  # fmt: skip
    line = st.tuples(st.sampled_from(objects), st.sampled_from(TIMES), st.sampled_from(["", ", not: true"]))
    lines = data.draw(st.lists(line, min_size=2, max_size=7))
    claims = [f"c{n}: {{s: tern, p: {prop}, o: {o}{when}{no}}}" for n, (o, when, no) in enumerate(lines)]
    seeds = check_story(tmp_path_factory.mktemp("p"), claims_file(*claims)).seeds
    vocabulary = story_vocabulary()
    own = [c for c in seeds.claims if c.source == "post"]
    declared = vocabulary.properties[prop]
    wanted = {
        c.id for pair in combinations(own, 2) for c in pair
        if times_meet(*pair) and not can_both_hold(*pair, declared, vocabulary)
        and (declared.functional or pair[0].negated != pair[1].negated)
    }  # fmt: skip
    found = find_clashes(own, declared, seeds, vocabulary)
    assert {c.id for group in found for c in group} == wanted
    assert all(len(group) > 1 for group in found)


def test_cost_grows_like_the_work(tmp_path: Path) -> None:
    """A question with four times the answers is one comparison still, and takes four times the steps."""

    def find(folder: Path, n: int) -> tuple[list[Comparison], int]:
        lines = [f"c{i}: {{s: tern, p: battery, o: {i}.5 kWh}}" for i in range(n)]
        lines += [f"d{i}: {{s: heron, p: homePort, o: {PORTS[i % 2]}, when: {1000 + i}}}" for i in range(n // 2)]
        folder.mkdir()
        seeds, vocabulary = seeds_of_lines(folder, lines), story_vocabulary()
        conflicts = [c for c in find_comparisons(seeds, vocabulary) if c.relation is Outcome.CONFLICT]
        return conflicts, count_steps(lambda: find_comparisons(seeds, vocabulary))

    _, few = find(tmp_path / "few", 100)
    (comparison,), many = find(tmp_path / "many", 400)
    assert len(comparison.claims) == 400
    assert many < 5 * few


OTHER_WAYS = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix r: <https://halden.example/relation/> .
r:near a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:label "near"@en ; rdfs:range owl:Thing .
r:leads a owl:ObjectProperty ; owl:inverseOf r:ledBy ; rdfs:label "leads"@en ; rdfs:range owl:Thing .
r:ledBy a owl:ObjectProperty , owl:FunctionalProperty ; rdfs:label "led by"@en ; rdfs:range owl:Thing .
"""


@pytest.mark.parametrize("kind", [pytest.param("many small", marks=pytest.mark.thorough), "one great", "half of one"])
def test_what_is_said_elsewhere_costs_as_much_as_it_is(tmp_path: Path, kind: str) -> None:
    """Many conflicts with claims on other matters, one of many claims, and one that leaves others out.

    Counted are the steps of the interpreter, so that nothing depends on the machine.
    """
    steps = []
    for count in (100, 200, 400):
        things = [f"x{n}" for n in range(2 * count)]
        lines = []
        for n, (one, other) in enumerate(zip(things[::2], things[1::2], strict=True)):
            if kind == "many small":
                lines += [
                    f"a{n}: {{s: {one}, p: near, o: {other}}}",
                    f"b{n}: {{s: {other}, p: near, o: {one}, not: true}}",
                ]
                lines += [f"c{n}: {{s: {one}, p: battery, o: 1 kWh}}", f"d{n}: {{s: {one}, p: battery, o: 2 kWh}}"]
            elif kind == "one great":
                lines += [f"a{n}: {{s: {one}, p: leads, o: tern}}", f"b{n}: {{s: {other}, p: leads, o: tern}}"]
            else:
                lines += [f"a{n}: {{s: tern, p: near, o: {one}}}", f"b{n}: {{s: tern, p: near, o: {other}}}"]
                lines += [f"c{n}: {{s: {one}, p: near, o: tern, not: true}}"]
        entities = "".join(f"  {thing}: {{is: Ferry, label: {thing}}}\n" for thing in things)
        files = {"ontology/ways.ttl": OTHER_WAYS, "seeds/entities/more.yaml": f"kg: entities/1\nentities:\n{entities}"}
        checked = check_story(tmp_path / str(count), {**files, **claims_file(*lines)})
        steps.append(count_steps(lambda: find_all(checked)))  # noqa: B023
    assert steps[2] - steps[1] < 2.5 * (steps[1] - steps[0])


def find_all(checked: Checked) -> None:
    assert find_comparisons(checked.seeds, checked.vocabulary)
    assert list(judge_claims(checked.seeds, checked.vocabulary))


def count_steps(work: Callable[[], object]) -> int:
    """How many lines the interpreter goes through."""
    steps = 0

    def trace(frame: FrameType, event: str, _argument: object) -> object:
        nonlocal steps
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def seeds_of_lines(tmp_path: Path, lines: list[str]) -> Seeds:
    return check_story(tmp_path, claims_file(*lines)).seeds


def test_one_speaker_who_repeats_himself_is_no_open_question(tmp_path: Path) -> None:
    lines = [
        "a: {s: halden, p: deliversInYear, o: 40 vehicle, mode: plan, when: 2032}",
        "b: {s: halden, p: deliversInYear, o: 40.0 vehicle, mode: promise, when: 2033}".replace("40.0", "40"),
    ]
    seeds = check_story(tmp_path, claims_file(*lines)).seeds
    assert find_open_questions(seeds, story_vocabulary()) == ()


def test_two_speakers_who_agree_give_one_answer(tmp_path: Path) -> None:
    """The page said of them that they "answer differently: 40 vehicles"."""
    lines = [
        "a: {s: halden, p: deliversInYear, o: 40 vehicle, mode: plan, when: 2032}",
        "b: {s: halden, p: deliversInYear, o: 40 vehicle, mode: plan, when: 2032, by: mira-vogt}",
    ]
    seeds = check_story(tmp_path / "two", claims_file(*lines)).seeds
    assert find_open_questions(seeds, story_vocabulary()) == ()
    lines.append("c: {s: halden, p: deliversInYear, o: 50 vehicle, mode: plan, when: 2032, by: harbour-master}")
    (question,) = find_open_questions(check_story(tmp_path, claims_file(*lines)).seeds, story_vocabulary())
    assert (question.subject, question.object, question.about_time) == ("halden", None, False)
    assert [c.id for c in question.claims] == ["post.a", "post.b", "post.c"]
