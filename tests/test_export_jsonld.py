"""JSON-LD: the text pinned on the sample, and three readers that take everything back."""

from __future__ import annotations

import json
import random
from typing import Any

import pyoxigraph as ox
import pytest
from export_sample import (
    BASE,
    PREFIXES,
    SECTIONS,
    blank_quads,
    plain_quads,
    read_with_pyld,
    read_with_rdflib,
    same,
    sample_quads,
    tangled_quads,
    unhurried,
)
from hypothesis import given

from kg.export import (
    Section,
    TermDefinition,
    derive_context,
    make_context,
    write_context,
    write_jsonld,
)
from kg.export.jsontext import STEP, LaidOut, enclose, stream_json, write_json, write_key, write_scalar
from kg.rdf.iri import Prefixes
from kg.rdf.namespace import WELL_KNOWN

E, R, KG, XSD = BASE + "entity/", BASE + "relation/", WELL_KNOWN["kg"], WELL_KNOWN["xsd"]
A, P = ox.NamedNode(E + "a"), ox.NamedNode(R + "p")


def literal(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))


def parse(turtle: str) -> list[ox.Quad]:
    header = "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.namespaces.items())
    return list(ox.parse(header + turtle, ox.RdfFormat.TRIG))


def write(quads: list[ox.Quad]) -> Any:
    """The `@graph` that is written, once all three readers have agreed on it."""
    text = write_jsonld(quads, derive_context(quads, PREFIXES))
    check(text, quads)
    return json.loads(text)["@graph"]


def check(text: str, quads: list[ox.Quad]) -> None:
    assert same(ox.parse(text, ox.RdfFormat.JSON_LD), quads)
    assert same(read_with_rdflib(text, "json-ld"), quads)
    if pyld_keeps(quads):
        assert same(read_with_pyld(text), quads)


def pyld_keeps(quads: list[ox.Quad]) -> bool:
    """PyLD 3.3 rewrites texts of type xsd:double (`1e3` to `1.0E3`); the standard says numbers."""
    double = ox.NamedNode(XSD + "double")
    return not any(isinstance(q.object, ox.Literal) and q.object.datatype == double for q in quads)


# ---- round trips


@unhurried
@given(plain_quads)
def test_three_readers_take_back_the_same_quads(quads: list[ox.Quad]) -> None:
    text = write_jsonld(quads, derive_context(quads, PREFIXES))
    check(text, quads)


@unhurried
@given(blank_quads)
def test_blank_nodes_are_taken_back(quads: list[ox.Quad]) -> None:
    check(write_jsonld(quads, derive_context(quads, PREFIXES)), quads)


@unhurried
@given(tangled_quads)
def test_tangled_blank_nodes_are_taken_back(quads: list[ox.Quad]) -> None:
    check(write_jsonld(quads, derive_context(quads, PREFIXES)), quads)


def test_what_is_said_of_the_end_of_a_list_is_not_lost() -> None:
    for turtle in (
        "_:a r:p (1) . rdf:nil r:p 2 .",
        "_:a rdf:first _:b . _:b rdf:first _:a ; rdf:rest rdf:nil . rdf:nil r:p _:a .",
    ):
        quads = parse("@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . " + turtle)
        check(write_jsonld(quads, derive_context(quads, PREFIXES)), quads)


@unhurried
@given(plain_quads, plain_quads)
def test_a_context_made_for_other_data_is_sound(quads: list[ox.Quad], others: list[ox.Quad]) -> None:
    prefixes = Prefixes(namespaces={"kg": KG, "x": E})  # no IRI of the data has such a scheme
    text = write_jsonld(quads, derive_context(others, prefixes))
    check(text, quads)


def test_order_of_the_quads_does_not_matter() -> None:
    quads, texts = sample_quads(), set()
    for seed in range(4):
        random.Random(seed).shuffle(quads)
        texts.add(write_jsonld(quads, derive_context(quads, PREFIXES), SECTIONS))
    assert len(texts) == 1
    check(texts.pop(), quads)


def test_depth_is_bounded() -> None:
    quads = parse("".join(f"e:n{i} r:p e:n{i + 1} ; r:q {i} . " for i in range(1000)))
    text = write_jsonld(quads, derive_context(quads, PREFIXES))
    assert set(ox.parse(text, ox.RdfFormat.JSON_LD)) == set(quads)


# ---- what a reader of the text sees


def test_a_claim_as_a_person_reads_it() -> None:
    quads = sample_quads()
    text = write_jsonld(quads, derive_context(quads, PREFIXES), SECTIONS)
    assert (
        """
    {
      "@id": "s:eqo",
      "@graph": [
        {
          "@id": "c:eqo.deliver-100k",
          "@type": "Claim",
          "subject": "e:xiaomi-ev",
          "predicate": "deliversInYear",
          "object": 100000,
          "mode": "Promise",
          "wasAttributedTo": "e:lei-jun",
          "ownInterest": true,
          "hasUnit": "kgu:vehicle",
          "min": 100000,
          "max": 100000,
          "when": "2024",
          "notBefore": "2024-01-01",
          "notAfter": "2024-12-31",
          "source": "s:eqo",
          "wasDerivedFrom": [
            {
              "@id": "s:eqo.p3s2.deliver-100k",
              "@type": "Evidence",
              "at": "s:eqo.p3s2",
              "saidAt": "e:beijing-auto-show-2024",
              "voice": "Reported",
"""
        in text
    )
    assert '          "object": {"@value": "73.6", "@type": "xsd:decimal"},\n' in text
    assert '      "altLabel": {"en": ["Xiaomi Auto", "Xiaomi Motors"]},\n' in text
    assert '"unionOf": {"@list": ["k:CarMaker", "k:Division", "schema:Organization"]}' in text
    assert '    {"@type": "AllDisjointClasses", "members": {"@list": ["k:CarMaker", "schema:Person"]}},\n' in text


def test_the_context_of_the_sample() -> None:
    context = json.loads(write_context(derive_context(sample_quads(), PREFIXES)))["@context"]
    assert context["@version"] == 1.1
    assert context["mode"] == {"@id": "kg:mode", "@type": "@vocab"}
    assert context["Promise"] == "kg:Promise"
    assert context["predicate"] == {"@id": "rdf:predicate", "@type": "@vocab"}
    assert context["object"] == "rdf:object"
    assert context["notBefore"] == {"@id": "kg:notBefore", "@type": "xsd:date"}
    assert context["batteryCapacity"] == {"@id": "r:batteryCapacity", "@type": "xsd:decimal"}
    assert context["prefLabel"] == {"@id": "skos:prefLabel", "@container": "@language"}
    assert context["skosxl:hiddenLabel"] == {"@id": "skosxl:hiddenLabel", "@type": "@id"}
    assert not {"hiddenLabel", "first", "rest", "nil", "sh"} & set(context)


@pytest.mark.parametrize(
    ("lexical", "datatype", "written"),
    [
        ("5", "integer", 5),
        ("-5", "integer", -5),
        ("-0", "integer", {"@value": "-0", "@type": "xsd:integer"}),
        ("05", "integer", {"@value": "05", "@type": "xsd:integer"}),
        ("9007199254740991", "integer", 9007199254740991),
        ("-9007199254740991", "integer", -9007199254740991),
        ("9007199254740992", "integer", {"@value": "9007199254740992", "@type": "xsd:integer"}),
        ("1" * 5000, "integer", {"@value": "1" * 5000, "@type": "xsd:integer"}),
        ("5", "int", {"@value": "5", "@type": "xsd:int"}),
        ("5", "decimal", {"@value": "5", "@type": "xsd:decimal"}),
        ("73.6", "decimal", {"@value": "73.6", "@type": "xsd:decimal"}),
        ("1e3", "double", {"@value": "1e3", "@type": "xsd:double"}),
        ("true", "boolean", True),
        ("1", "boolean", {"@value": "1", "@type": "xsd:boolean"}),
        ("TRUE", "boolean", {"@value": "TRUE", "@type": "xsd:boolean"}),
        ("x", "string", "x"),
    ],
)
def test_literals_among_others(lexical: str, datatype: str, written: Any) -> None:
    quads = [ox.Quad(A, P, literal(lexical, datatype)), ox.Quad(A, P, A)]
    (node,) = write(quads)
    assert node["p"] == [{"@id": "e:a"}, written]


@pytest.mark.parametrize(
    ("values", "definition", "written"),
    [
        ("e:b , e:c", {"@id": "r:p", "@type": "@id"}, ["e:b", "e:c"]),
        ("r:x", {"@id": "r:p", "@type": "@vocab"}, "x"),
        ("r:x , e:b", {"@id": "r:p", "@type": "@id"}, ["e:b", "r:x"]),
        ("e:b , 1", "r:p", [{"@id": "e:b"}, 1]),
        ("1 , 2", "r:p", [1, 2]),
        ("1 , 2.5", "r:p", [1, {"@value": "2.5", "@type": "xsd:decimal"}]),
        ("1.5 , 2.5", {"@id": "r:p", "@type": "xsd:decimal"}, ["1.5", "2.5"]),
        ("01 , 02", {"@id": "r:p", "@type": "xsd:integer"}, ["01", "02"]),
        ("true", "r:p", True),
        ('"x"', "r:p", "x"),
        (
            '"x"@en , "y"@en , "z"@zh',
            {"@id": "r:p", "@container": "@language"},
            {"en": ["x", "y"], "zh": "z"},
        ),
        ('"x"@en , "y"', "r:p", ["y", {"@value": "x", "@language": "en"}]),
        ('"x"@none', {"@id": "r:p", "@container": "@language"}, {"none": "x"}),
        ('""@en', {"@id": "r:p", "@container": "@language"}, {"en": ""}),
        ('"{}"^^rdf:JSON', {"@id": "r:p", "@type": "rdf:JSON"}, "{}"),
        (
            "( 1 e:b ( ) )",
            {"@id": "r:p", "@type": "@id"},
            {"@list": [{"@value": "1", "@type": "xsd:integer"}, "e:b", "rdf:nil"]},
        ),
        ("[ r:q 1 ]", {"@id": "r:p", "@type": "@id"}, {"q": 1}),
        ("( ( 1.0 ) [ r:q 1 ] )", {"@id": "r:p", "@type": "@id"}, None),
    ],
)
def test_kinds_are_derived_from_the_values(values: str, definition: Any, written: Any) -> None:
    quads = parse(f"e:a r:p {values} .")
    context = derive_context(quads, PREFIXES)
    assert context.to_json()["p"] == definition
    (node,) = write(quads)
    if written is not None:
        assert node["p"] == written


@pytest.mark.parametrize("kind", ["id", "vocab", "literal", "language", XSD + "integer", XSD + "string", XSD + "date"])
def test_values_that_do_not_agree_with_their_term_are_written_in_full(kind: str) -> None:
    texts = '"p" , "e:b" , "true" , "x"@en'
    values = f'e:b , e:p , 1 , 01 , true , {texts} , 1.5 , "2024"^^xsd:date , [] , (1 "p" e:p)'
    quads = parse(f"e:a r:p {values} . s:g {{ e:a r:p 1 . e:b r:p 'only'@en . e:c r:p e:p }}")
    text = write_jsonld(quads, make_context([TermDefinition(name="p", iri=P.value, kind=kind)], PREFIXES))
    check(text, quads)


@pytest.mark.parametrize(
    "turtle",
    [
        "e:a a e:b , [ r:p 1 ] , _:x . _:x r:p 1 .",
        'e:a a "a text" , 5 , e:b .',
        "e:a a ( 1 ) .",
        "e:a e:type e:b ; rdf:type e:type .",
        "e:a a rdf:type , rdf:nil , rdf:first .",
        "e:a rdf:first 1 ; rdf:rest rdf:nil .",
        "rdf:nil rdf:rest rdf:nil .",
        "e:a e:a e:a . e:a { e:a e:a e:a }",
        "e:a r:p e:b . e:b r:p e:a .",
        "e:a r:p e:a .",
        "e:a r:p e:b . e:b r:p e:c . e:c r:p e:b .",
        "_:g { _:g r:p _:g } _:h { e:a r:p _:g }",
        "e:a r:p _:x . s:g { _:x r:p 1 }",
        "e:a skos:prefLabel 'x'@en-GB , 'y'@EN-gb .",
        "e:a dcterms:subject e:b ; rdf:subject e:c .",
        "e:a qudt:unit e:b ; r:kg 1 ; r:https 2 ; r:e e:b .",
        "e:a <urn:p> <urn:x:y> ; <tag:a,2024:b> <mailto:a@b.example> ; r:urn 1 ; r:mailto e:b .",
        "e:a <http://x.example/p/> <http://x.example/q#> ; <http://x.example/p:> 1 .",
        "e:a r:p <http://a/b/../c> , <http://a/./b> , <http://a> , <http://a/?> , <http://a/#> .",
        "e:a <e:p> <kg:Claim> ; kg:mode kg:Fact .",
        "e:a <schema:p> <http:x> ; schema:p <https:y> .",
        "e:a <http://x.example/@id> 1 .",
    ],
)
def test_what_could_be_misread(turtle: str) -> None:
    write(parse(turtle))


def test_a_prefix_that_is_a_scheme_of_the_data_is_not_declared() -> None:
    quads = parse("e:a r:p <kg:Claim> ; kg:mode kg:Fact .")
    context = derive_context(quads, PREFIXES)
    assert "kg" not in context.prefixes.namespaces
    assert context.to_json()["mode"] == {"@id": KG + "mode", "@type": "@vocab"}
    check(write_jsonld(quads, context), quads)
    with pytest.raises(ValueError, match=r"'kg:Claim' would be read with the prefix 'kg'"):
        write_jsonld(quads, make_context([], PREFIXES))


def test_a_prefix_that_is_called_as_a_term_of_the_model_keeps_its_name() -> None:
    quads = parse("e:a kg:mode kg:Fact ; rdf:object e:b .")
    context = derive_context(quads, Prefixes(namespaces={**PREFIXES.namespaces, "mode": E, "object": R}))
    assert [term.name for term in context.terms] == ["Fact", "kg:mode", "rdf:object"]
    check(write_jsonld(quads, context), quads)


def test_a_namespace_without_a_delimiter_is_declared_as_a_prefix() -> None:
    prefixes = Prefixes(namespaces={"x": "http://x.example/foo_"})
    quads = [ox.Quad(ox.NamedNode("http://x.example/foo_a"), ox.NamedNode("http://x.example/foo_p"), A)]
    context = derive_context(quads, prefixes)
    assert context.to_json()["x"] == {"@id": "http://x.example/foo_", "@prefix": True}
    text = write_jsonld(quads, context)
    assert '{"@id": "x:a", "p": "https://xiaomi.kg.example/entity/a"}' in text
    check(text, quads)


def test_nodes_stand_where_they_are_referred_to_once() -> None:
    assert write(parse("e:a r:p e:b . e:b r:q 1 .")) == [{"@id": "e:a", "p": {"@id": "e:b", "q": 1}}]
    twice = parse("e:a r:p e:b . e:c r:p e:b . e:b r:q 1 .")
    assert [node["@id"] for node in write(twice)] == ["e:a", "e:b", "e:c"]
    assert write(parse("e:a r:p e:b . s:g { e:b r:q 1 }")) == [
        {"@id": "e:a", "p": "e:b"},
        {"@id": "s:g", "@graph": [{"@id": "e:b", "q": 1}]},
    ]


def test_subjects_of_sections_classes_and_properties_stand_at_the_top() -> None:
    quads = parse("e:z r:p e:b . e:b r:q 1 . r:p rdfs:domain k:Car . k:Car rdfs:label 'car' . e:y a k:Car .")
    section = Section(title="entities", subjects=(ox.NamedNode(E + "b"),))
    nodes = json.loads(write_jsonld(quads, derive_context(quads, PREFIXES), (section,)))["@graph"]
    assert [node["@id"] for node in nodes] == ["e:b", "k:Car", "e:y", "e:z", "r:p"]


def test_nothing_invisible_is_left_raw() -> None:
    nasty = "\x00\x07\x7f\x85\u2028\u202e\ufeff\n\ufffe"
    quads = [ox.Quad(A, P, ox.Literal(nasty)), ox.Quad(A, P, ox.NamedNode(E + "\u202ex"))]
    text = write_jsonld(quads, derive_context(quads, PREFIXES))
    assert r"\u0000\u0007\u007f\u0085\u2028\u202e\ufeff\n\ufffe" in text
    assert not set(text) & set(nasty) - {"\n"}
    check(text, quads)


def test_what_json_ld_cannot_say() -> None:
    context = make_context([], PREFIXES)
    with pytest.raises(ValueError, match="JSON-LD has no triple terms"):
        write_jsonld([ox.Quad(A, P, ox.Triple(A, P, A))], context)
    directed = ox.Literal("x", language="en", direction=ox.BaseDirection.LTR)
    for kind in ("literal", "language"):
        with pytest.raises(ValueError, match="JSON-LD in RDF has no direction of text"):
            term = TermDefinition(name="p", iri=P.value, kind=kind)
            write_jsonld([ox.Quad(A, P, directed)], make_context([term], PREFIXES))


def test_nothing_gives_an_empty_document() -> None:
    text = write_jsonld([], derive_context([], PREFIXES))
    assert text == '{"@context": {"@version": 1.1}, "@graph": []}\n'


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ([("p", R + "p"), ("p", R + "q")], "two terms for 'p'"),
        ([("p", R + "p"), ("q", R + "p")], f"two terms for '{R}p'"),
        ([("@id", R + "p")], "'@id' cannot be a term"),
        ([("", R + "p")], "'' cannot be a term"),
        ([("kg", R + "p")], "'kg' cannot be a term"),
        ([("a/b", R + "p")], "'a/b' cannot be a term"),
        ([("kg:p", R + "p")], f"the term 'kg:p' does not stand for '{R}p'"),
        ([("p", "p")], "the term 'p' has no sound IRI or kind"),
        ([("p", R + "p", "ids")], "the term 'p' has no sound IRI or kind"),
    ],
)
def test_contexts_that_are_refused(terms: list[tuple[str, ...]], message: str) -> None:
    definitions = [TermDefinition(name=t[0], iri=t[1], kind=t[2] if t[2:] else "literal") for t in terms]
    with pytest.raises(ValueError) as error:
        make_context(definitions, PREFIXES)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "length", [0, 1, 40, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 120, 400]
)
@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("context", ["", "a" * 30, "a" * 200])
def test_pieces_are_the_text(length: int, count: int, context: str) -> None:
    items = [{"@id": "x" * length, "b": "\u202e"} for _ in range(count)]
    before = {"@context": {"a": context, "b": context}}
    entries = [[write_key(key) + write_scalar(value) for key, value in item.items()] for item in items]
    laid_out = [LaidOut(enclose("{}", each, 2 * STEP, 0)) for each in entries]
    pieces = stream_json(before, "@graph", laid_out)
    assert "".join(pieces) == write_json({**before, "@graph": items})
