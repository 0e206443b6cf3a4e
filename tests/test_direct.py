"""Direct triples rest on clear facts; the rules one by one stand in `tests/spec/direct.md`."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode
from story import PREFIXES, check_story, claims_file, story_vocabulary
from sweep import sweep

from kg.build.pipeline import check_project
from kg.graph.direct import explain_absence, find_direct_triples
from kg.model.nouns import Clarity, Mode, Seeds
from kg.model.values import Quantity
from kg.rdf.namespace import KG, PROV, RDF
from kg.rdf.quad import Quad
from kg.system.project import Project

HERE = Path(__file__).parent.parent


def direct_of(seeds: Seeds) -> set[tuple[str, str, str]]:
    return {
        (d.claim.subject.text, d.predicate, str(d.value.text if isinstance(d.value, Quantity) else d.value))
        for d in find_direct_triples(seeds, story_vocabulary())
    }


def test_no_direct_triple_rests_on_non_facts_alone() -> None:
    """Of the repository's own graph, read from the finished quads, so that no stage can smuggle one in."""
    checked = check_project(Project(HERE))
    assert not checked.has_errors
    quads = [a.quad for a in checked.assertions]
    properties = {p.iri for p in checked.vocabulary.properties.values()}
    base = checked.seeds.dataset.base
    direct = [q for q in quads if q.graph_name == DefaultGraph() and q.predicate.value in properties
              and str(q.subject).startswith(f"<{base}entity/")]  # fmt: skip
    facts = facts_of(quads)
    assert direct
    ends = {end: p.iri for p in checked.vocabulary.properties.values() for end in (p.lowest, p.highest) if end}
    for quad in direct:
        claimed = ends.get(quad.predicate.value, quad.predicate.value)
        assert (str(quad.subject), quad.predicate.value) in facts or (str(quad.subject), claimed) in facts, str(quad)


def facts_of(quads: list[Quad]) -> set[tuple[str, str]]:
    """Subject and property of the claims that are facts, not negated, and clear in one sentence at least."""
    of: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in quads:
        term = quad.object.value if isinstance(quad.object, NamedNode) else str(quad.object)
        of[str(quad.subject)][quad.predicate.value].add(term)
    found = set()
    for things in list(of.values()):
        if KG + "Claim" not in things[RDF + "type"] or things[KG + "mode"] != {KG + "Fact"} or things[KG + "negated"]:
            continue
        evidence = [of[f"<{iri}>"] for iri in things[PROV + "wasDerivedFrom"]]
        if any(not e[KG + "clarity"] for e in evidence):
            found |= {(f"<{s}>", p) for s in things[RDF + "subject"] for p in things[RDF + "predicate"]}
    return found


LINES = [
    "{s: tern, p: homePort, o: riga%s}",
    "{s: tern, p: homePort, o: oslo%s}",
    "{s: tern, p: battery, o: 70 kWh%s}",
    "{s: tern, p: battery, o: 0.07 MWh%s}",
    "{s: tern, p: battery, o: over 60 kWh%s}",
    "{s: tern, p: price, o: 5..7 EUR%s}",
    "{s: halden, p: delivered, o: 12 vehicle%s}",
    "{s: halden, p: delivered, o: 13 vehicle, asof: 2030%s}",
    "{s: halden, p: delivered, o: about 14 vehicle%s}",
    "{s: tern, p: sailsTo, o: [riga, oslo]%s}",
]
MORE = ["", ", mode: plan", ", mode: question", ", mode: opinion", ", sure: vague", ", sure: wrong", ", not: true"]


@sweep(40)
@given(st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(MORE)), min_size=1, max_size=6), st.randoms())
def test_rules_hold_of_any_claims(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]], random: object
) -> None:
    claims = [f"c{i}: {line % more}" for i, (line, more) in enumerate(lines)]
    checked = check_story(tmp_path_factory.mktemp("p"), claims_file(*claims))
    assert not checked.has_errors
    vocabulary = story_vocabulary()
    values: dict[tuple[str, str], list[object]] = defaultdict(list)
    for triple in find_direct_triples(checked.seeds, vocabulary):
        claim = triple.claim
        assert claim.mode is Mode.FACT and claim.clarity is Clarity.CLEAR and not claim.negated
        assert not isinstance(claim.object, Quantity) or not (claim.object.approximate or claim.object.exclusive)
        values[claim.subject.text, triple.predicate].append(triple.value)
    for (_, predicate), found in values.items():
        prop = vocabulary.property_by_iri[predicate]
        assert not (prop.functional or prop.time_varying) or len(found) == 1
    # The order of the lines changes nothing but which of two spellings is kept.
    random.shuffle(claims)  # type: ignore[attr-defined]
    again = check_story(tmp_path_factory.mktemp("q"), claims_file(*claims))
    assert direct_of(again.seeds) == direct_of(checked.seeds)


def test_the_order_of_files_changes_nothing(tmp_path: Path) -> None:
    lines = ["a: {s: tern, p: crew, o: 7}", "b: {s: tern, p: homePort, o: riga}", "c: {s: tern, p: battery, o: 70 kWh}"]
    keys = ["p1s1 dd56dbe3", "p2s1 31ad8276", "p3s1 24b9aceb"]
    files = [
        f"kg: claims/1\nsource: post\nclaims:\n  {key}:\n    said: source\n    {line}\n"
        for key, line in zip(keys, lines, strict=True)
    ]
    graphs = []
    for number, order in enumerate(permutations(files)):
        laid = {f"seeds/claims/{name}.yaml": text for name, text in zip("abc", order, strict=True)}
        checked = check_story(tmp_path / str(number), laid)
        assert not checked.has_errors
        graphs.append([a.quad for a in checked.assertions])
    assert all(graph == graphs[0] for graph in graphs)  # the same quads in the same order


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["{s: tern, p: crew, o: 7, mode: plan}"], "its mode is plan, not fact"),
        (["{s: tern, p: sailsTo, o: riga, not: true}"], "it denies something"),
        (["{s: tern, p: crew, o: 7, sure: vague}"], "its text is vague"),
        (["{s: tern, p: battery, o: over 60 kWh}"], "its object is no entity and no exact value"),
        (["{s: tern, p: battery, o: 0.07 MWh}", "{s: tern, p: battery, o: 70 kWh}"],
         "post.c0 says the same, and the graph says it once"),
        (["{s: tern, p: sailsTo, o: riga, not: true}", "{s: tern, p: sailsTo, o: riga}"], "another fact denies it"),
        (["{s: halden, p: delivered, o: 12 vehicle, asof: 2030}",
          "{s: halden, p: delivered, o: 13 vehicle, asof: 2029}"],
         "it is not known to be the latest value"),
        (["{s: tern, p: homePort, o: riga}", "{s: tern, p: homePort, o: oslo}"],
         "other facts disagree, or give further values"),
    ],
)  # fmt: skip
def test_why_a_claim_is_only_a_claim(tmp_path: Path, lines: list[str], reason: str) -> None:
    checked = check_story(tmp_path, claims_file(*(f"c{i}: {line}" for i, line in enumerate(lines))))
    assert not checked.has_errors
    claim = next(claim for claim in checked.seeds.claims if claim.id == f"post.c{len(lines) - 1}")
    direct = {d.claim.id for d in find_direct_triples(checked.seeds, story_vocabulary())}
    assert claim.id not in direct
    assert explain_absence(claim, checked.seeds, story_vocabulary()) == reason


OTHER_WAYS = (
    PREFIXES
    + """\
r:near a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:label "near"@en ; rdfs:range owl:Thing .
r:leads a owl:ObjectProperty ; owl:inverseOf r:ledBy ; rdfs:label "leads"@en ; rdfs:range owl:Thing .
r:ledBy a owl:ObjectProperty ; rdfs:label "led by"@en ; rdfs:range owl:Thing .
r:fare a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "fare"@en ; rdfs:range xsd:decimal ;
    qudt:hasUnit unit:CCY_EUR ; kg:lowest r:fareFrom ; kg:highest r:fareTo .
r:fareFrom a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "fare from"@en ; rdfs:range xsd:decimal ;
    qudt:hasUnit unit:CCY_EUR .
r:fareTo a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "fare to"@en ; rdfs:range xsd:decimal ;
    qudt:hasUnit unit:CCY_EUR .
"""
)
"""Properties whose claims speak of other matters too."""


@pytest.mark.parametrize(
    ("chosen", "other"),
    [
        ("s: riga, p: near, o: oslo", "s: riga, p: near, o: oslo, not: true"),
        ("s: riga, p: near, o: oslo", "s: oslo, p: near, o: riga, not: true"),
        ("s: riga, p: leads, o: oslo", "s: riga, p: leads, o: oslo, not: true"),
        ("s: tern, p: fare, o: 5..7 EUR", "s: tern, p: fare, o: 8..9 EUR"),
    ],
)
def test_a_decision_holds_of_all_that_a_claim_says(tmp_path: Path, chosen: str, other: str) -> None:
    """What it sets aside counts nowhere: it was taken for a denial of the same the other way round."""
    decided = "decided: {for: a, because: it was looked up}"
    at_other = f"b: {{{other}, by: mira-vogt, {decided}}}"
    if chosen.split(",")[0] != other.split(",")[0]:  # a decision stands on the matter of what it takes
        at_other = f"b: {{{other}, by: mira-vogt}}"
        chosen += f", {decided}"
    files = {"ontology/ways.ttl": OTHER_WAYS, **claims_file(f"a: {{{chosen}}}", at_other)}
    checked = check_story(tmp_path, files)
    assert not checked.has_errors
    found = list(find_direct_triples(checked.seeds, checked.vocabulary))
    assert {triple.claim.id for triple in found} == {"post.a"}
    assert len(found) == (2 if "fare" in chosen else 1)
