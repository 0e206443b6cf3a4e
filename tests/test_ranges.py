"""Ranges of properties: what the graph says itself is of the range that it was declared with."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from pyoxigraph import DefaultGraph
from pyshacl import validate
from story import BASE, check_story, claims_file

from kg.build.pipeline import Checked
from kg.export.turtle import write_turtle
from kg.rdf.namespace import RDF, RDFS

R = BASE + "relation/"
HEAD = f"""
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> . @prefix k: <{BASE}class/> . @prefix kg: <https://kg.example/ns#> .
@prefix kgu: <https://kg.example/unit/> . @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix r: <{R}> .
@prefix qudt: <http://qudt.org/schema/qudt/> . @prefix unit: <http://qudt.org/vocab/unit/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DATES = "xsd:date xsd:gYearMonth xsd:gYear edtf:EDTF"


def build(root: Path, range_: str, written: str, more: str = "") -> Checked:
    """The story with a property of this range, and a claim of the Tern with what is *written* as its object."""
    ontology = f"{HEAD} r:has a rdf:Property ; rdfs:label 'has'@en ; rdfs:range {range_} {more}."
    claims = claims_file(f"a: {{s: tern, p: has, o: {written}}}")
    return check_story(root, {"ontology/more.ttl": ontology, **claims})


def direct_triples(checked: Checked) -> list[str]:
    """The objects of the direct triples in the default graph, of all properties of the project, in N-Triples."""
    return sorted(
        str(a.quad.object)
        for a in checked.assertions
        if a.quad.predicate.value.startswith(R) and a.quad.graph_name == DefaultGraph()
    )


XSD = "http://www.w3.org/2001/XMLSchema#"
KEPT = [
    ("xsd:gYear", "1998", f'"1998"^^<{XSD}gYear>'),
    ("xsd:gYearMonth", "1998-04", f'"1998-04"^^<{XSD}gYearMonth>'),
    ("xsd:date", "1998-04-28", f'"1998-04-28"^^<{XSD}date>'),
    ("[ owl:unionOf ( xsd:date xsd:gYear ) ]", "1998", f'"1998"^^<{XSD}gYear>'),
    ("xsd:decimal", "7.50", f'"7.50"^^<{XSD}decimal>'),
    ("xsd:integer", "-7", f'"-7"^^<{XSD}integer>'),
    ("xsd:nonNegativeInteger", "0", f'"0"^^<{XSD}nonNegativeInteger>'),
    ("xsd:positiveInteger", "7", f'"7"^^<{XSD}positiveInteger>'),
    ("xsd:negativeInteger", "-7", f'"-7"^^<{XSD}negativeInteger>'),
    ("xsd:unsignedByte", "255", f'"255"^^<{XSD}unsignedByte>'),
    ("xsd:long", "9000000000", f'"9000000000"^^<{XSD}long>'),
    ("xsd:double", "7.5", f'"7.5"^^<{XSD}double>'),
    ("xsd:float", "7", f'"7"^^<{XSD}float>'),
    ("xsd:decimal , xsd:integer", "7", f'"7"^^<{XSD}integer>'),
    ("[ owl:intersectionOf ( xsd:decimal xsd:byte ) ]", "7", f'"7"^^<{XSD}byte>'),
    ("[ owl:unionOf ( xsd:integer xsd:decimal ) ]", "7.5", f'"7.5"^^<{XSD}decimal>'),
    ("rdfs:Literal , xsd:integer", "7", f'"7"^^<{XSD}integer>'),
    ("xsd:boolean", "true", f'"true"^^<{XSD}boolean>'),
    ("xsd:anyURI", '"https://tern.example/a"', f'"https://tern.example/a"^^<{XSD}anyURI>'),
    ("xsd:anyURI", "wd:Q90", f'"http://www.wikidata.org/entity/Q90"^^<{XSD}anyURI>'),
    ("rdfs:Resource", "wd:Q90", "<http://www.wikidata.org/entity/Q90>"),
    ("rdfs:Resource", "riga", f"<{BASE}entity/riga>"),
    ("owl:Thing", "riga", f"<{BASE}entity/riga>"),
    ("schema:City", "riga", f"<{BASE}entity/riga>"),
    ("[ owl:unionOf ( schema:Place k:Ship ) ]", "riga", f"<{BASE}entity/riga>"),
]


def shape_of(range_: str) -> str:
    """The range as a shape of SHACL."""

    def one(name: str) -> str:
        if name in {"rdfs:Literal", "rdfs:Resource", "owl:Thing"}:
            return "[ sh:nodeKind sh:Literal ]" if name == "rdfs:Literal" else "[ sh:nodeKind sh:IRI ]"
        return f"[ sh:{'datatype' if name.startswith(('xsd:', 'edtf:', 'rdf:')) else 'class'} {name} ]"

    if range_ == "edtf:EDTF":  # the model says that calendar dates are dates of EDTF
        return f"sh:or ( {' '.join(map(one, DATES.split()))} )"
    if "unionOf" in range_:
        return f"sh:or ( {' '.join(map(one, range_.split('(')[1].split(')')[0].split()))} )"
    # a number of a derived datatype is one of the datatype above it: of several the narrowest is asked for
    last = range_.split("(")[1].split(")")[0].split()[-1] if "intersectionOf" in range_ else range_.split(" , ")[-1]
    return f"sh:and ( {one(last)} )"


@pytest.mark.parametrize(("range_", "written", "term"), KEPT, ids=lambda v: v)
def test_a_direct_triple_is_of_its_range(range_: str, written: str, term: str, tmp_path: Path) -> None:
    number = (
        term.startswith('"') and term.lstrip('"')[0] in "-0123456789" and not any(d in range_ for d in DATES.split())
    )
    checked = build(tmp_path, range_, written, "; qudt:hasUnit unit:NUM " if number else "")
    assert [d for d in checked.diagnostics if d.severity.word == "error"] == []
    assert direct_triples(checked) == [term]
    asked = (R + "has", RDF + "type", RDFS + "subClassOf")  # all that the shape looks at
    quads = (a.quad for a in checked.assertions if a.quad.predicate.value in asked)
    text = write_turtle(quads, checked.seeds.dataset.prefixes)
    graph = rdflib.Graph().parse(data=text, format="turtle")
    shape = f"{HEAD} @prefix sh: <http://www.w3.org/ns/shacl#> . [] a sh:NodeShape ; sh:targetSubjectsOf r:has ;"
    shape += f" sh:property [ sh:path r:has ; sh:minCount 1 ; {shape_of(range_)} ] ."
    conforms, _, words = validate(graph, shacl_graph=rdflib.Graph().parse(data=shape, format="turtle"))
    assert conforms, words
    assert [o for o in graph.objects(None, rdflib.URIRef(R + "has")) if getattr(o, "ill_typed", False)] == []


@pytest.mark.parametrize("written", ["1998", "1998-04", "1998-04-28", "1998~", "1998/.."])
def test_a_date_of_edtf_is_as_exact_as_it_is_written(written: str, tmp_path: Path) -> None:
    checked = build(tmp_path, "edtf:EDTF", written)
    assert not checked.has_errors
    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}.get(len(written))
    expected = [f'"{written}"^^<{XSD}{kind}>'] if kind and written[:4].isdigit() and "~" not in written else []
    assert direct_triples(checked) == ([] if "/" in written else expected)


REFUSED = [
    ("xsd:gYear", "1998-04-28", "of `xsd:gYear`, and `1998-04-28` is of `xsd:date`"),
    ("xsd:date", "1998", "of `xsd:date`, and `1998` is of `xsd:gYear`"),
    ("[ owl:unionOf ( xsd:date xsd:gYear ) ]", "1998-04", "of `xsd:date` or `xsd:gYear`, and `1998-04` is"),
    ("xsd:nonNegativeInteger", "-7", "of `xsd:nonNegativeInteger`, and `-7` is not"),
    ("xsd:positiveInteger", "0..7", "of `xsd:positiveInteger`, and `0` is not"),
    ("xsd:positiveInteger", "about 0", "of `xsd:positiveInteger`, and `0` is not"),
    ("xsd:byte", "128", "of `xsd:byte`, and `128` is not"),
    ("xsd:string", "{text: a, lang: en}", "the texts of `has` have no language"),
    ("xsd:anyURI", "wkd:Q90", "`wkd:Q90` is no IRI: `wkd` is no known prefix"),
    ("xsd:anyURI", "riga", "an IRI begins with a scheme"),
]


@pytest.mark.parametrize(("range_", "written", "words"), REFUSED, ids=lambda v: v)
def test_what_is_not_of_the_range_is_told(range_: str, written: str, words: str, tmp_path: Path) -> None:
    unit = "; qudt:hasUnit unit:NUM " if "nteger" in range_ or "byte" in range_ else ""
    checked = build(tmp_path, range_, written, unit)
    (error,) = (d for d in checked.diagnostics if d.severity.word == "error")
    assert words in error.message
    assert (error.mark.file, error.mark.line) == ("seeds/claims/post.yaml", 6)


@pytest.mark.parametrize(
    ("range_", "written", "term"),
    [
        ("xsd:string", "XB-7", '"XB-7"'),
        ("rdf:langString", "quiet", '"quiet"@en'),
        ("rdfs:Literal", "quiet", '"quiet"@en'),
        ("xsd:gYear", "1998~", '"1998~"^^<http://id.loc.gov/datatypes/edtf/EDTF>'),
        ("xsd:positiveInteger", "over 0", f'"0"^^<{XSD}integer>'),
    ],
)
def test_what_gives_no_direct_triple_stays_in_the_claim(range_: str, written: str, term: str, tmp_path: Path) -> None:
    checked = build(tmp_path, range_, written, "; qudt:hasUnit unit:NUM " if "nteger" in range_ else "")
    assert not checked.has_errors and direct_triples(checked) == []
    (object_,) = (
        str(a.quad.object)
        for a in checked.assertions
        if a.quad.subject.value == BASE + "claim/post.a" and a.quad.predicate.value.endswith("#object")
    )
    assert object_ == term


def test_a_converted_value_is_of_the_range(tmp_path: Path) -> None:
    metres = "; qudt:hasUnit unit:M "
    checked = build(tmp_path, "xsd:unsignedShort", "2 km", metres)
    assert not checked.has_errors and direct_triples(checked) == [f'"2000"^^<{XSD}unsignedShort>']
    checked = build(tmp_path, "xsd:unsignedShort", "66 km", metres)
    assert [d.message for d in checked.diagnostics if d.code == "outside-range"] == [
        "the object of `has` should be of `xsd:unsignedShort`, and `66000` is not"
    ]


def test_both_ends_of_a_range_are_of_the_range_of_their_properties(tmp_path: Path) -> None:
    ends = " ; qudt:hasUnit unit:CCY_EUR ; kg:lowest r:least ; kg:highest r:most"
    for end in ("least", "most"):
        ends += f" . r:{end} a rdf:Property ; rdfs:label '{end}'@en ; rdfs:range xsd:unsignedInt"
        ends += " ; qudt:hasUnit unit:CCY_EUR"
    checked = build(tmp_path, "xsd:unsignedInt", "3..4 EUR", ends)
    assert direct_triples(checked) == [f'"3"^^<{XSD}unsignedInt>', f'"4"^^<{XSD}unsignedInt>']
    checked = build(tmp_path, "xsd:integer", "3..4 EUR", ends)
    assert {d.code for d in checked.diagnostics if d.severity.word == "error"} == {"ontology-property"}


@pytest.mark.parametrize(
    ("range_", "more", "message"),
    [
        ("owl:real", "", "the range `owl:real` of `has` is not supported: no claim can write it"),
        ("xsd:integer", ". k:Raft rdfs:subClassOf 'Ship'", "`'Ship'` is a literal, not a class"),
        ("xsd:integer", ". k:Raft rdfs:subClassOf r:has", "`r:has` is a property, not a class"),
        ("xsd:integer", "; rdfs:subPropertyOf k:Ship", "`k:Ship` is a class, not a property"),
    ],
)
def test_what_cannot_stand_there_is_told_by_what_it_is(tmp_path: Path, range_: str, more: str, message: str) -> None:
    checked = build(tmp_path, range_, "7", f"; qudt:hasUnit unit:NUM {more} " if range_ != "owl:real" else more)
    assert message in [d.message for d in checked.diagnostics if d.severity.word == "error"]
