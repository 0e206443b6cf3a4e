"""Turtle and TriG: layout pinned on the sample, and two readers that take everything back."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest
from export_sample import (
    BASE,
    PREFIXES,
    SECTIONS,
    blank_quads,
    plain_quads,
    read_with_rdflib,
    same,
    sample_quads,
    tangled_quads,
    texts,
    unhurried,
    union,
)
from hypothesis import given

from kg.export import Section, write_trig, write_turtle
from kg.rdf.iri import Prefixes
from kg.rdf.namespace import WELL_KNOWN

E = BASE + "entity/"
XSD = WELL_KNOWN["xsd"]
A, P = ox.NamedNode(E + "a"), ox.NamedNode(BASE + "relation/p")


def body(quads: list[ox.Quad], sections: tuple[Section, ...] = ()) -> str:
    """The Turtle without its prefixes."""
    return write_turtle(quads, PREFIXES, sections).partition("\n\n")[2]


def parse(turtle: str) -> list[ox.Quad]:
    header = "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.namespaces.items())
    return list(ox.parse(header + turtle, ox.RdfFormat.TRIG))


# ---- round trips


@unhurried
@given(plain_quads)
def test_two_readers_take_back_the_same_quads(quads: list[ox.Quad]) -> None:
    trig, turtle = write_trig(quads, PREFIXES, SECTIONS), write_turtle(quads, PREFIXES, SECTIONS)
    assert set(ox.parse(trig, ox.RdfFormat.TRIG)) == set(quads)
    assert set(read_with_rdflib(trig, "trig")) == set(quads)
    assert set(ox.parse(turtle, ox.RdfFormat.TURTLE)) == union(quads)
    assert set(read_with_rdflib(turtle, "turtle")) == union(quads)


@unhurried
@given(blank_quads)
def test_blank_nodes_are_taken_back(quads: list[ox.Quad]) -> None:
    trig, turtle = write_trig(quads, PREFIXES), write_turtle(quads, PREFIXES)
    assert same(ox.parse(trig, ox.RdfFormat.TRIG), quads)
    assert same(ox.parse(turtle, ox.RdfFormat.TURTLE), union(quads))
    assert same(read_with_rdflib(turtle, "turtle"), union(quads))


@unhurried
@given(tangled_quads)
def test_tangled_blank_nodes_are_taken_back(quads: list[ox.Quad]) -> None:
    text = write_turtle(quads, PREFIXES)
    assert same(ox.parse(text, ox.RdfFormat.TURTLE), quads)
    assert same(read_with_rdflib(text, "turtle"), quads)
    assert write_turtle(quads[::-1], PREFIXES) == text


def test_sample_is_taken_back() -> None:
    quads = sample_quads()
    text = write_trig(quads, PREFIXES, SECTIONS)
    assert same(ox.parse(text, ox.RdfFormat.TRIG), quads)
    assert same(read_with_rdflib(text, "trig"), quads)


@unhurried
@given(texts)
def test_no_control_character_is_left_raw(text: str) -> None:
    written = write_turtle([ox.Quad(A, P, ox.Literal(text))], PREFIXES)
    assert not set(written) & set(map(chr, [*range(10), *range(11, 32), *range(0x7F, 0xA0), 0x2028, 0x202E, 0xFEFF]))


# ---- layout


def test_order_of_the_quads_does_not_matter() -> None:
    quads = sample_quads()
    texts = set()
    for seed in range(4):
        random.Random(seed).shuffle(quads)
        texts.add(write_trig(quads, PREFIXES, SECTIONS))
    assert len(texts) == 1


def test_a_claim_as_a_person_reads_it() -> None:
    text = write_trig(sample_quads(), PREFIXES, SECTIONS)
    assert (
        """
s:eqo {

# ---- claims

c:eqo.deliver-100k a kg:Claim ;
    rdf:subject e:xiaomi-ev ;
    rdf:predicate r:deliversInYear ;
    rdf:object 100000 ;
    kg:mode kg:Promise ;
    prov:wasAttributedTo e:lei-jun ;
    kg:ownInterest true ;
    qudt:hasUnit kgu:vehicle ;
    kg:min 100000 ;
    kg:max 100000 ;
    kg:when "2024" ;
    kg:notBefore "2024-01-01"^^xsd:date ;
    kg:notAfter "2024-12-31"^^xsd:date ;
    dcterms:source s:eqo ;
    prov:wasDerivedFrom s:eqo.p3s2.deliver-100k , s:eqo.p7s2.deliver-100k ;
    kg:differsInMode c:paris.build-100k .

# ---- all others

c:eqo.exam a kg:Claim ;
"""
        in text
    )
    assert (
        """
s:eqo.p7s2 a oa:SpecificResource ; oa:hasSource s:eqo ; kg:paragraph 7 ; kg:sentence 2 ; """
        """kg:digest "1be7f1e6" .
s:eqo.p7s2.deliver-100k a kg:Evidence ; kg:at s:eqo.p7s2 ; kg:voice kg:Quote ; kg:clarity kg:Vague .

s:eqo.p12s1 a oa:SpecificResource ;
""" in text
    )
    assert "    rdfs:domain [ a owl:Class ; owl:unionOf ( k:CarMaker k:Division schema:Organization ) ] ;\n" in text
    assert "\n[] a owl:AllDisjointClasses ; owl:members ( k:CarMaker schema:Person ) .\n" in text


def test_only_used_prefixes_are_declared() -> None:
    text = write_turtle([ox.Quad(A, P, ox.Literal("2024-01-01", datatype=ox.NamedNode(XSD + "date")))], PREFIXES)
    assert text == (
        "@prefix e: <https://xiaomi.kg.example/entity/> .\n"
        "@prefix r: <https://xiaomi.kg.example/relation/> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        '\ne:a r:p "2024-01-01"^^xsd:date .\n'
    )


def test_nothing_gives_nothing() -> None:
    assert write_turtle([], PREFIXES, SECTIONS) == ""
    assert write_trig([], PREFIXES) == ""


def test_sections_order_subjects_and_skip_what_is_absent() -> None:
    names = ("b", "a", "a10", "a9", "z")
    quads = [ox.Quad(ox.NamedNode(E + n), P, ox.Literal(n)) for n in names]
    first = Section(title="first\u2028of all", subjects=tuple(ox.NamedNode(E + n) for n in ("z", "gone", "b", "z")))
    again = Section(title="again", subjects=(ox.NamedNode(E + "b"),))
    assert body(quads, (first, again)) == (
        '# ---- first of all\n\ne:z r:p "z" .\ne:b r:p "b" .\n\n# ---- all others\n\n'
        'e:a r:p "a" .\ne:a9 r:p "a9" .\ne:a10 r:p "a10" .\n'
    )
    assert body(quads[:1], (again,)) == '# ---- again\n\ne:b r:p "b" .\n'


def test_many_objects_stand_one_on_a_line() -> None:
    quads = [ox.Quad(A, P, ox.Literal(f"{c * 40}")) for c in "cab"]
    assert body(quads) == 'e:a r:p\n        "{}" ,\n        "{}" ,\n        "{}" .\n'.format(*(c * 40 for c in "abc"))


@pytest.mark.parametrize(
    ("lexical", "datatype", "written"),
    [
        ("100000", "integer", "100000"),
        ("-5", "integer", "-5"),
        ("+5", "integer", '"+5"^^xsd:integer'),
        ("05", "integer", '"05"^^xsd:integer'),
        ("5.0", "integer", '"5.0"^^xsd:integer'),
        ("١", "integer", '"١"^^xsd:integer'),
        ("73.6", "decimal", "73.6"),
        ("73.60", "decimal", "73.60"),
        ("73", "decimal", '"73"^^xsd:decimal'),
        ("73.", "decimal", '"73."^^xsd:decimal'),
        (".5", "decimal", '".5"^^xsd:decimal'),
        ("0.0000001", "decimal", '"0.0000001"^^xsd:decimal'),
        ("1e3", "decimal", '"1e3"^^xsd:decimal'),
        ("1e3", "double", '"1e3"^^xsd:double'),
        ("1.0E3", "double", "1.0E3"),
        ("true", "boolean", "true"),
        ("TRUE", "boolean", '"TRUE"^^xsd:boolean'),
        ("1", "boolean", '"1"^^xsd:boolean'),
        ("1", "int", '"1"^^xsd:int'),
        ("5\n", "integer", '"5\\n"^^xsd:integer'),
    ],
)
def test_bare_numbers_only_where_nothing_changes(lexical: str, datatype: str, written: str) -> None:
    quad = ox.Quad(A, P, ox.Literal(lexical, datatype=ox.NamedNode(XSD + datatype)))
    assert body([quad]) == f"e:a r:p {written} .\n"
    text = write_turtle([quad], PREFIXES)
    assert read_with_rdflib(text, "turtle") == [quad]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("two\nlines", '"""two\nlines"""'),
        ('he said "no"\nand \\ left', '"""he said "no"\nand \\\\ left"""'),
        ('ends with a "quote"\n"', '"ends with a \\"quote\\"\\n\\""'),
        ('a """\nb', '"a \\"\\"\\"\\nb"'),
        ("a \nb", '"a \\nb"'),
        ("a\r\nb", '"a\\r\\nb"'),
        ("a\n\u202eb\x85", '"""a\n\\u202Eb\\u0085"""'),
        ("tab\tbell\x07", '"tab\\tbell\\u0007"'),
    ],
)
def test_texts(text: str, written: str) -> None:
    assert body([ox.Quad(A, P, ox.Literal(text, language="en-GB"))]) == f"e:a r:p {written}@en-gb .\n"


def test_iris_that_no_prefix_can_write() -> None:
    names = ["ends.", "-a", "a/b", "a(b)", "a%20b", "", "🚗", "\u202ea"]
    quads = [ox.Quad(A, P, ox.NamedNode(E + n)) for n in names]
    text = write_turtle(quads, PREFIXES)
    for name in names[:-1]:
        assert f"<{E}{name}>" in text
    assert f"<{E}\\u202Ea>" in text


def test_a_lenient_parser_cannot_smuggle_in_a_triple() -> None:
    (quad,) = ox.parse(f"<{E}a> <{E}b> <{E}a\\u003E\\u0020.> .", ox.RdfFormat.N_QUADS, lenient=True)
    assert f"<{E}a\\u003E\\u0020.> .\n" in write_turtle([quad], PREFIXES)


def test_long_nested_nodes_break_into_lines() -> None:
    long = " ".join(f"k:SomeRatherLongClassName{i}" for i in range(5))
    quads = parse(f"r:p rdfs:domain [ a owl:Class ; owl:unionOf ( {long} ) ] .")
    items = "\n".join(" " * 12 + name for name in long.split())
    assert body(quads) == (
        f"r:p rdfs:domain [\n        a owl:Class ;\n        owl:unionOf (\n{items}\n        )\n    ] .\n"
    )


@pytest.mark.parametrize(
    ("turtle", "written"),
    [
        ("e:a r:p [] .", "e:a r:p _:b1 ."),
        ("e:a r:p _:x . e:b r:p _:x . _:x r:q 1 .", "e:a r:p _:b1 .\ne:b r:p _:b1 .\n_:b1 r:q 1 ."),
        ("_:x r:p _:y . _:y r:p _:x .", "_:b1 r:p _:b2 .\n_:b2 r:p _:b1 ."),
        ("_:x r:p _:x .", "_:b1 r:p _:b1 ."),
        ("e:a r:p ( ) .", "e:a r:p rdf:nil ."),
        ("e:a r:p ( ( 1 ) [ r:q ( 2 ) ] ) .", "e:a r:p ( ( 1 ) [ r:q ( 2 ) ] ) ."),
        ("( 1 ) r:p 2 .", "[] rdf:first 1 ; rdf:rest rdf:nil ; r:p 2 ."),
        ("( 1 2 ) r:p 2 .", "[] rdf:first 1 ; rdf:rest ( 2 ) ; r:p 2 ."),
        (
            "_:x rdf:first _:x ; rdf:rest () . e:a r:p 1 .",
            "e:a r:p 1 .\n_:b1 rdf:first _:b1 ; rdf:rest rdf:nil .",
        ),
        (
            "e:a r:p _:x . _:x rdf:first 1 , 2 ; rdf:rest () .",
            "e:a r:p [ rdf:first 1 , 2 ; rdf:rest rdf:nil ] .",
        ),
    ],
)
def test_blank_nodes(turtle: str, written: str) -> None:
    assert sorted(body(parse(turtle)).rstrip("\n").split("\n")) == sorted(written.split("\n"))


def test_a_blank_node_of_two_graphs_keeps_its_label() -> None:
    quads = parse("e:a r:p _:x . s:eqo { _:x r:q 1 }")
    assert write_trig(quads, PREFIXES).partition("\n\n")[2] == ("e:a r:p _:b1 .\n\ns:eqo {\n\n_:b1 r:q 1 .\n\n}\n")
    assert body(quads) == "e:a r:p [ r:q 1 ] .\n"


def test_depth_is_bounded() -> None:
    # The numbers differ from one another: RDFC-1.0 is slow where many blank nodes look alike.
    nested = parse("e:a r:p " + "".join(f"[ r:q {i} ; r:p " for i in range(2000)) + "1" + " ]" * 2000 + " .")
    assert same(parse(write_turtle(nested, PREFIXES)), nested)
    long = parse("e:a r:p ( " + " ".join(map(str, range(2000))) + " ) .")
    assert "_:" not in write_turtle(long, PREFIXES)
    lists = parse("e:a r:p " + "".join(f"( {i} " for i in range(200)) + " )" * 200 + " .")
    assert same(parse(write_turtle(lists, PREFIXES)), lists)


def test_triple_terms_are_written() -> None:
    quad = ox.Quad(A, P, ox.Triple(A, P, ox.Literal("x", language="en", direction=ox.BaseDirection.RTL)))
    assert body([quad]) == 'e:a r:p <<( e:a r:p "x"@en--rtl )>> .\n'
    assert list(ox.parse(write_turtle([quad], PREFIXES), ox.RdfFormat.TURTLE)) == [quad]


def test_without_prefixes() -> None:
    assert write_turtle([ox.Quad(A, P, A)], Prefixes(namespaces={})) == f"<{A.value}> <{P.value}> <{A.value}> .\n"
