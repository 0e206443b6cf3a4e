"""The ontology, read for use; its mistakes stand in `tests/spec/ontology.md`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse
from story import BASE, story_vocabulary
from terminal import run_kg

from kg.model.ontology.vocabulary import Interest, RangeKind, Vocabulary, read_vocabulary
from kg.rdf.iri import local_name
from kg.rdf.namespace import KG, QUDT, RDF, UNIT, XSD
from kg.rdf.turtle.document import read_turtle
from kg.text.diagnostic import SourceText

R, K = BASE + "relation/", BASE + "class/"
HEAD = f"""
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> . @prefix k: <{K}> . @prefix kg: <{KG}> . @prefix r: <{R}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix qudt: <{QUDT}> . @prefix unit: <{UNIT}> . @prefix xsd: <{XSD}> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def read(*texts: str) -> Vocabulary:
    return read_vocabulary(read_turtle(SourceText(f"ontology/{i}.ttl", HEAD + text)) for i, text in enumerate(texts))


def test_what_a_property_says() -> None:
    found = story_vocabulary()
    assert found.diagnostics == () and found.complete
    price, delivered, founder = (found.properties[name] for name in ("price", "delivered", "founderOf"))
    assert (price.kind, price.lowest, price.highest) == (RangeKind.QUANTITY, R + "lowestPrice", R + "highestPrice")
    assert (price.integer, price.functional, price.time_varying) == (False, False, False)
    assert (delivered.integer, delivered.time_varying, delivered.domain) == (
        True,
        True,
        (frozenset({"https://schema.org/Organization"}),),
    )
    assert founder.interest is Interest.OF_SUBJECT and found.properties["builtBy"].interest is Interest.OF_OBJECT
    assert found.properties["battery"].functional and found.properties["battery"].unit == UNIT + "KiloW-HR"
    assert found.properties["because"].claim_subject and found.properties["because"].domain == ()
    assert found.properties["sailsTo"].asks_when and not found.properties["deliversInYear"].asks_when
    assert price.label("en") == "price" and price.label("zh") == "price"


def test_the_models_own_terms_are_no_properties_of_claims() -> None:
    assert not [p for p in story_vocabulary().properties.values() if p.iri.startswith(KG)]


def test_ancestors_of_classes() -> None:
    ferry = story_vocabulary().classes["Ferry"]
    assert ferry.ancestors == {K + "Ferry", K + "Ship"}
    loop = read(
        'k:A a owl:Class ; rdfs:label "a" ; rdfs:subClassOf k:B .'
        'k:B a owl:Class ; rdfs:label "b" ; rdfs:subClassOf k:A .'
    )
    assert loop.classes["A"].ancestors == {K + "A", K + "B"}


def test_ranges() -> None:
    kinds = {
        "xsd:string": RangeKind.TEXT,
        "rdf:langString": RangeKind.TEXT,
        "xsd:date": RangeKind.DATE,
        "xsd:gYear": RangeKind.DATE,
        "edtf:EDTF": RangeKind.DATE,
        "xsd:boolean": RangeKind.TRUTH,
        "xsd:anyURI": RangeKind.ADDRESS,
        "xsd:decimal": RangeKind.QUANTITY,
        "xsd:nonNegativeInteger": RangeKind.QUANTITY,
        "kg:Claim": RangeKind.CLAIM,
        "k:A": RangeKind.ENTITY,
        "owl:Thing": RangeKind.ENTITY,
        "[ owl:unionOf ( k:A k:B ) ]": RangeKind.ENTITY,
    }
    classes = (
        'kg:Claim a owl:Class ; rdfs:label "c" . k:A a owl:Class ; rdfs:label "a" . k:B a owl:Class ; rdfs:label "b" .'
    )
    unit = 'unit:NUM a qudt:Unit ; qudt:symbol "n" .'
    properties = "".join(
        f'r:p{i} a rdf:Property ; rdfs:label "p" ; rdfs:range {text} ; qudt:hasUnit unit:NUM .\n'
        for i, text in enumerate(kinds)
    )
    found = read(classes, unit, properties)
    assert found.diagnostics == ()
    assert [found.properties[f"p{i}"].kind for i in range(len(kinds))] == list(kinds.values())
    assert found.properties["p8"].integer and not found.properties["p7"].integer
    assert found.properties["p12"].range == (frozenset({K + "A", K + "B"}),)


def test_units_by_symbol_and_other_words() -> None:
    units = story_vocabulary().units
    assert units["kWh"] is units["度"] and units["kWh"].multiplier == Fraction(3600000)
    assert units["EUR"].multiplier is None
    assert {u.iri for u in units.values() if u.multiplier is not None and u.multiplier <= 0} == set()


def test_no_declared_interest_is_none() -> None:
    assert story_vocabulary().properties["price"].interest is None


def test_a_name_in_two_files_of_one_iri_is_no_clash() -> None:
    found = read('k:A a owl:Class ; rdfs:label "a" .', "k:A a owl:Class ; rdfs:comment 'more' .")
    assert found.diagnostics == () and found.classes["A"].labels == {"": "a"}


def test_an_unreadable_file_leaves_the_vocabulary_incomplete() -> None:
    found = read('k:A a owl:Class ; rdfs:label "a" .', "k:B a owl:Class ;; ; !")
    assert not found.complete and found.diagnostics and "A" in found.classes
    assert {d.code for d in found.diagnostics} == {"turtle-syntax"}  # and nothing of what follows from it


def test_local_names() -> None:
    assert [local_name(i) for i in ("http://a/b#c", "http://a/b/c", "urn:x", "http://a/")] == ["c", "c", "urn:x", ""]


def test_endless_lists_end() -> None:
    found = read(
        'k:A a owl:Class ; rdfs:label "a" . _:l rdf:first k:A ; rdf:rest _:l .'
        ' r:p a rdf:Property ; rdfs:label "p" ; rdfs:range [ owl:unionOf _:l ] .'
    )
    assert found.properties["p"].range == (frozenset({K + "A"}),)


CLAIMS = """kg: claims/1
source: bridge
voices:
  p1s1: {by: mayor, voice: reported, on: 2026-04~, sure: vague, via: reporter}
  p1s2: {by: mayor, where: council, voice: quote, on: 2026-04?}
claims:
  p1s1 12dca05b:
    length: {s: bridge, p: length, o: about 120 m, when: 2026~, unlike: {later: measure}}
    span: {s: bridge, p: length, o: 110..130 m, not: true, inferred: a guess, proposed: {by: Bot, on: 2026-06}}
  p1s2 13cb64c6:
    opening: {s: bridge, p: opens, o: 2030, mode: promise, when: 2030%, compatible: [length]}
    age: {s: mayor, p: age, o: 50 year, asof: 2026-04~}
    later: {s: bridge, p: opens, o: 2031~, mode: forecast, when: unknown}
"""


def test_every_term_of_the_model_that_a_graph_uses_is_declared(tmp_path: Path) -> None:
    """`kg:saidOnApproximate` and `kg:saidOnUncertain` stood in graphs, and nowhere in the model."""
    run_kg("init", ".", "--title", "A story", "--base", "https://story.example/", folder=tmp_path)
    (tmp_path / "seeds/claims/bridge.yaml").write_text(CLAIMS, encoding="utf-8")
    entities = tmp_path / "seeds/entities/rivertown.yaml"
    entities.write_text(
        entities.read_text(encoding="utf-8") + "  council: {is: Event, label: the council, when: 2026-04%}\n",
        encoding="utf-8",
    )
    exported = run_kg("export", "nquads", folder=tmp_path)
    assert exported.code == 0, exported.err
    quads = [*parse(exported.out.encode(), format=RdfFormat.N_QUADS)]
    terms = {term.value for q in quads for term in (q.predicate, q.object) if isinstance(term, NamedNode)}
    declared = {
        q.subject.value for q in quads if isinstance(q.subject, NamedNode) and q.predicate.value == RDF + "type"
    }
    used = {term for term in terms if term.startswith(KG)}
    assert {KG + name for name in ("saidOnApproximate", "saidOnUncertain", "whenUncertain", "asOf", "Vague")} <= used
    assert used - declared == set()
