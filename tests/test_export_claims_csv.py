"""The table of claims: pinned on the sample, read back to the letter, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest
from export_sample import BASE, PREFIXES, sample_quads, texts, unhurried
from hypothesis import given

from kg.export import write_claims_csv
from kg.rdf.namespace import WELL_KNOWN

KG, RDF, SKOS = WELL_KNOWN["kg"], WELL_KNOWN["rdf"], WELL_KNOWN["skos"]
CLAIM = ox.NamedNode(BASE + "claim/x")


def read(text: str) -> list[dict[str, str]]:
    """The rows as a reader has them who takes one leading apostrophe off, as the format says."""
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{key: value.removeprefix("'") for key, value in row.items()} for row in rows]


def claim(**values: ox.Literal | ox.NamedNode) -> list[ox.Quad]:
    names = {"object": RDF + "object", "note": SKOS + "editorialNote", "min": KG + "min"}
    quads = [ox.Quad(CLAIM, ox.NamedNode(names[name]), value) for name, value in values.items()]
    return [ox.Quad(CLAIM, ox.NamedNode(RDF + "type"), ox.NamedNode(KG + "Claim")), *quads]


def test_the_table_of_the_sample() -> None:
    text = write_claims_csv(sample_quads(), PREFIXES)
    lines = text.split("\n")
    assert lines[0] == (
        "claim,source,mode,speaker,subject,predicate,object,datatype,language,unit,min,max,exclusive,"
        "approximate,when,not_before,not_after,when_approximate,when_uncertain,as_of,as_of_not_before,"
        "as_of_not_after,negated,own_interest,evidence,places,via,voices,clarities,said_on,evidence_notes,note,"
        "differs_in_subject,differs_in_value,differs_in_time,differs_in_measure,differs_in_mode,"
        "differs_in_speaker,unlike,compatible_with,decided_for,decided_because,inferred_because"
    )
    assert lines[1] == (
        "c:eqo.deliver-100k,s:eqo,kg:Promise,e:lei-jun,e:xiaomi-ev,r:deliversInYear,100000,xsd:integer,,"
        "kgu:vehicle,100000,100000,,,2024,2024-01-01,2024-12-31,,,,,,,true,s:eqo.p3s2 s:eqo.p7s2,"
        "e:beijing-auto-show-2024 .,,kg:Reported kg:Quote,. kg:Vague,2024-04-25 .,,,,,,,c:paris.build-100k,,,,,,"
    )
    assert lines[2] == (
        "c:eqo.exam,s:eqo,kg:Opinion,e:lei-jun,e:past-28-days,r:describedAs,each like an exam,"
        "rdf:langString,en,,,,,,,,,,,,,,,,s:eqo.p3s2,,,,,,,said of the preparations,,,,,,,,,,,"
    )
    assert [line.split(",")[0] for line in lines[3:]] == [
        "c:paris.battery", "c:paris.build-100k", "c:paris.price", ""
    ]  # fmt: skip
    assert write_claims_csv(sample_quads()[::-1], PREFIXES) == text


@unhurried
@given(texts, texts)
def test_texts_are_read_back_to_the_letter(value: str, note: str) -> None:
    text = write_claims_csv(claim(object=ox.Literal(value), note=ox.Literal(note, language="en")), PREFIXES)
    (row,) = read(text)
    assert (row["object"], row["note"]) == (value, note)
    assert (row["datatype"], row["language"]) == ("xsd:string", "")


@unhurried
@given(texts)
def test_no_cell_begins_as_a_formula(value: str) -> None:
    text = write_claims_csv(claim(object=ox.Literal(value)), PREFIXES)
    (_, raw) = csv.reader(io.StringIO(text, newline=""))
    for cell in raw:
        assert not cell or cell[0] not in "=+-@\t\r" or cell.lstrip("+-").replace(".", "", 1).isdecimal()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+49 30", "'+49 30"),
        ("-5", "-5"),
        ("-5.25", "-5.25"),
        ("-5+cmd", "'-5+cmd"),
        ("'quoted'", "''quoted'"),
        ("\t=1", "'\t=1"),
        ("\r=1", '"\'\r=1"'),
        ("a;=1", '"a;=1"'),
        ('say "no", he said', '"say ""no"", he said"'),
        ("two\nlines", '"two\nlines"'),
        (" blank ", '" blank "'),
        ("雷军", "雷军"),
        ("", ""),
    ],
)
def test_cells(value: str, written: str) -> None:
    text = write_claims_csv(claim(object=ox.Literal(value)), PREFIXES)
    assert f"\nc:x,,,,,,{written},xsd:string,," in text


def test_numbers_stand_as_written() -> None:
    decimal = ox.NamedNode(WELL_KNOWN["xsd"] + "decimal")
    (row,) = read(write_claims_csv(claim(min=ox.Literal("-73.60", datatype=decimal)), PREFIXES))
    assert row["min"] == "-73.60"


def test_iris_without_a_prefix_and_several_values() -> None:
    quads = claim(object=ox.NamedNode("http://x.example/a(b)"))
    for text in ("b", "a"):
        quads += claim(note=ox.Literal(text))
    first = quads[1]  # the same in another graph
    quads.append(ox.Quad(first.subject, first.predicate, first.object, ox.NamedNode(BASE + "source/eqo")))
    (row,) = read(write_claims_csv(quads, PREFIXES))
    assert (row["object"], row["datatype"], row["note"]) == ("<http://x.example/a(b)>", "", "a | b")


def test_notes_of_the_evidence_and_of_a_bare_sentence() -> None:
    s, at = BASE + "source/", ox.NamedNode(KG + "at")
    derived, note = ox.NamedNode(WELL_KNOWN["prov"] + "wasDerivedFrom"), ox.NamedNode(SKOS + "editorialNote")
    evidence, sentence, bare = (ox.NamedNode(s + n) for n in ("a.p1s1.x", "a.p1s1", "a.p2s1"))
    quads = [
        *claim(),
        ox.Quad(CLAIM, derived, evidence),
        ox.Quad(CLAIM, derived, bare),
        ox.Quad(evidence, at, sentence),
        ox.Quad(evidence, note, ox.Literal("hard to read")),
        ox.Quad(bare, note, ox.Literal("not about the claim")),
    ]
    (row,) = read(write_claims_csv(quads, PREFIXES))
    assert (row["evidence"], row["evidence_notes"], row["voices"]) == (
        "s:a.p1s1 s:a.p2s1",
        "hard to read",
        "",
    )
