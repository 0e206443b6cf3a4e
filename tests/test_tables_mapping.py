# ruff: noqa: E501 - whole quads and whole messages stand on one line
"""Mappings over small tables: the quads that come, and the whole text of each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.tables.command import map_command
from kg.tables.read.mapping import read_any_mapping
from kg.text.diagnostic import SourceText

HEAD = """@prefix rml: <http://w3id.org/rml/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <http://example.org/> .
"""


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(text.encode())


def run(folder: Path, mapping: str, *options: str) -> tuple[int, str, list[str]]:
    """Exit code, what stands on stderr, and the sorted lines of the output."""
    (folder / "map.ttl").write_text(HEAD + mapping, encoding="utf-8")
    result = CliRunner().invoke(map_command, ["map.ttl", "-o", "out.nq", *options], catch_exceptions=False)
    out = folder / "out.nq"
    lines = sorted(out.read_text(encoding="utf-8").split("\n")[:-1]) if out.exists() else []
    return result.exit_code, result.stderr, lines


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def csv_map(subject: str, poms: str, source: str = "people.csv") -> str:
    return (
        f'<m> rml:logicalSource [ rml:source "{source}"; rml:referenceFormulation rml:CSV ];\n'
        f"  rml:subjectMap [ {subject} ]{poms} .\n"
    )


NAME = ';\n  rml:predicateObjectMap [ rml:predicate <name>; rml:objectMap [ rml:reference "name" ] ]'
PERSON = 'rml:template "person/{id}"'


def test_quads_of_a_table(here: Path) -> None:
    write(here, people_csv='id,name\n1,"Zoë ""Z"""\n2,\n')
    code, _, lines = run(here, csv_map(PERSON + "; rml:class <Person>", NAME))
    assert code == 0
    assert lines == [
        '<http://example.org/person/1> <http://example.org/name> "Zoë \\"Z\\"" .',
        "<http://example.org/person/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/Person> .",
        '<http://example.org/person/2> <http://example.org/name> "" .',
        "<http://example.org/person/2> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/Person> .",
    ]


def test_repeated_rows_give_a_set(here: Path) -> None:
    write(here, people_csv="id,name\n1,a\n1,a\n1,b\n")
    assert run(here, csv_map(PERSON, NAME))[2] == [
        '<http://example.org/person/1> <http://example.org/name> "a" .',
        '<http://example.org/person/1> <http://example.org/name> "b" .',
    ]


def test_templates_that_join_without_a_sign_stay_a_set(here: Path) -> None:
    # `1`+`12` and `11`+`2` make the same IRI: unique columns do not prove unique subjects
    write(here, people_csv="id,name\n1,12\n11,2\n")
    lines = run(here, csv_map('rml:template "x/{id}{name}"; rml:class <T>', ""))[2]
    assert lines == [
        "<http://example.org/x/112> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/T> ."
    ]


def test_two_columns_under_one_predicate_stay_a_set(here: Path) -> None:
    write(here, people_csv="id,name\n1,1\n2,b\n")
    both = NAME + ';\n  rml:predicateObjectMap [ rml:predicate <name>; rml:objectMap [ rml:reference "id" ] ]'
    assert len(run(here, csv_map(PERSON, both))[2]) == 3


@pytest.mark.parametrize("parents", ["1\n2\n", "1\n1\n9\n"])
def test_joins(here: Path, parents: str) -> None:
    write(here, people_csv="id,name\n1,a\n2,b\n", other_csv="key\n" + parents)
    join = """;
  rml:predicateObjectMap [ rml:predicate <knows>; rml:objectMap [
    rml:parentTriplesMap <other>; rml:joinCondition [ rml:child "id"; rml:parent "key" ] ] ] .
<other> rml:logicalSource [ rml:source "other.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "other/{key}" ]"""
    wanted = [k for k in ("1", "2") if k in parents]
    assert run(here, csv_map(PERSON, join))[2] == [
        f"<http://example.org/person/{k}> <http://example.org/knows> <http://example.org/other/{k}> ." for k in wanted
    ]


def test_declared_datatypes_keep_the_lexical_form(here: Path) -> None:
    write(here, people_json='[{"id": 1, "w": 1.50}, {"id": 2, "w": 1e3}]')
    mapping = """<m> rml:logicalSource [ rml:source "people.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]" ];
  rml:subjectMap [ rml:template "p/{$.id}" ];
  rml:predicateObjectMap [ rml:predicate <w>; rml:objectMap [ rml:reference "$.w"; rml:datatype xsd:double ] ] ."""
    assert [line.split(" ")[2] for line in run(here, mapping)[2]] == [
        '"1.50"^^<http://www.w3.org/2001/XMLSchema#double>',
        '"1e3"^^<http://www.w3.org/2001/XMLSchema#double>',
    ]


def test_invalid_values_are_errors_and_leave_no_output(here: Path) -> None:
    write(here, people_csv="id,name\n1,2024-02-30\n2,2024-03-01\n")
    typed = NAME.replace('"name" ]', '"name"; rml:datatype xsd:date ]')
    code, shown, lines = run(here, csv_map(PERSON, typed))
    assert (code, lines) == (1, [])
    assert sorted(p.name for p in here.iterdir()) == ["map.ttl", "people.csv"]
    assert shown == (
        "error[data-datatype]: `2024-02-30` is no xsd:date (row 2 of `people.csv`, `name`)\n"
        "  --> map.ttl:6:80\n"
        "   |\n"
        ' 6 |   rml:predicateObjectMap [ rml:predicate <name>; rml:objectMap [ rml:reference "name"; rml:datatype'
        " xsd:date ] ] .\n"
        "   |                                                                                ^^^^^^\n"
        "   = see: people.csv:2:1: row 2\n"
        "   = hint: correct the value, or declare another datatype\n\n"
        "1 error, 0 warnings, 0 notes\n"
    )


def test_best_effort_leaves_them_out_and_counts(here: Path) -> None:
    write(here, people_csv="id,name\n1,2024-02-30\n2,2024-03-01\n3,x\n")
    typed = NAME.replace('"name" ]', '"name"; rml:datatype xsd:date ]')
    code, shown, lines = run(here, csv_map(PERSON, typed), "--best-effort")
    assert code == 0
    assert "warning[data-skipped]: `2024-02-30` is no xsd:date (row 2 of `people.csv`, `name`, and 1 more)" in shown
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("csv", "message"),
    [
        ("id,name\n1,a\n2,b,c\n", "`people.csv` is not well-formed in line 3: 2 values expected, 3 found"),
        ("id,name\n1,a\n2\n", "`people.csv` is not well-formed in line 3: 2 values expected, 1 found"),
        (
            'id,name\n1,"a\n',
            "`people.csv` is not well-formed in line 2: a quote is not closed, or stands inside a value",
        ),
        ("id,name\n1,a\0\n", "`people.csv` holds a NUL in line 2"),
        ("", "`people.csv` is empty"),
        ("id,nam\n1,a\n", "no column `name` in `people.csv`"),
    ],
)
def test_broken_csv(here: Path, csv: str, message: str) -> None:
    write(here, people_csv=csv)
    code, shown, lines = run(here, csv_map(PERSON, NAME))
    assert (code, lines) == (1, [])
    assert shown.split("\n")[0].split("]: ", 1)[1] == message


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("../../etc/passwd", "source-outside"),
        ("/etc/passwd", "source-outside"),
        ("poeple.csv", "source-not-found"),
    ],
)
def test_paths(here: Path, path: str, code: str) -> None:
    write(here, people_csv="id,name\n1,a\n")
    assert f"error[{code}]" in run(here, csv_map(PERSON, NAME, path))[1]


def test_xml_with_entities_is_refused(here: Path) -> None:
    write(here, people_xml='<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a><b>&e;</b></a>')
    mapping = """<m> rml:logicalSource [ rml:source "people.xml"; rml:referenceFormulation rml:XPath; rml:iterator "/a" ];
  rml:subjectMap [ rml:template "p/{b}"; rml:class <T> ] ."""
    code, shown, lines = run(here, mapping)
    assert (code, lines) == (1, [])
    assert "`people.xml` is not well-formed (line 1, column 1): a document with a DOCTYPE is refused" in shown


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (csv_map('rml:template "p/{id"', ""), "error[map-template]: `{` is never closed in the template `p/{id`"),
        (csv_map('rml:templat "p/{id}"', ""), "error[map-property]: RML has no property `templat`"),
        (csv_map('rml:reference "id"; rml:termType rml:Literal', ""), "error[map-term-type]: a Literal cannot be a subject"),
        (csv_map(PERSON, NAME.replace('"name" ]', '"name"; rml:language "english" ]')), "error[map-language]: `english` is no language tag"),
        ('<m> rml:subjectMap [ rml:template "p/{id}" ] .', "error[map-incomplete]: the triples map `http://example.org/m` has no `rml:logicalSource`"),
        (csv_map(PERSON, ";\n rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:parentTriplesMap <n> ] ]"),
         "error[map-parent]: no triples map `http://example.org/n`"),
    ],
)  # fmt: skip
def test_mistakes_in_the_mapping(here: Path, mapping: str, message: str) -> None:
    write(here, people_csv="id,name\n1,a\n")
    code, shown, lines = run(here, mapping)
    assert (code, lines) == (1, [])
    assert shown.startswith(message + "\n"), shown


def test_sorted_output_and_other_syntaxes(here: Path) -> None:
    write(here, people_csv="id,name\n3,c\n1,a\n2,b\n")
    run(here, csv_map(PERSON, NAME), "--sort")
    lines = (here / "out.nq").read_text().split("\n")[:-1]
    assert lines == sorted(lines)
    assert len(lines) == 3
    assert run(here, csv_map(PERSON, NAME), "--format", "ttl")[0] == 0


def test_explain_says_why(here: Path) -> None:
    write(here, people_csv="id,name\n1,a\n2,b\n")
    (here / "map.ttl").write_text(HEAD + csv_map(PERSON, NAME), encoding="utf-8")
    shown = CliRunner().invoke(map_command, ["map.ttl", "-o", "out.nq", "--explain"]).stdout
    assert "-- no DISTINCT: the subject or object is made, without loss, of columns that are unique" in shown


def test_names_are_no_sql(here: Path) -> None:
    evil = 'a"; DROP TABLE s0; --'
    (here / "people.csv").write_text('"a""; DROP TABLE s0; --"\n1\n', encoding="utf-8")
    escaped = evil.replace('"', '\\"')
    lines = run(here, csv_map(f'rml:template "p/{{{escaped}}}"; rml:class <T>', ""))[2]
    assert len(lines) == 1


OLDER_CALL = """@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix old: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> . @prefix fnml: <http://semweb.mmlab.be/ns/fnml#> .
@prefix fno: <https://w3id.org/function/ontology#> . @prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
<m> old:logicalSource [ old:source "people.csv"; old:referenceFormulation ql:CSV ];
  rr:subjectMap [ rr:template "http://example.org/{id}" ];
  rr:predicateObjectMap [ rr:predicate <p>; rr:objectMap [ fnml:functionValue [
    old:logicalSource [ old:source "FILE"; old:referenceFormulation ql:CSV ];
    rr:predicateObjectMap [ rr:predicate fno:executes; rr:objectMap [ rr:constant grel:toUpperCase ] ];
    rr:predicateObjectMap [ rr:predicate grel:valueParameter; rr:objectMap [ old:reference "name" ] ] ] ] ].
"""


def test_the_logical_source_of_a_call_is_that_of_its_map(here: Path) -> None:
    write(here, people_csv="id,name\n1,ada\n", others_csv="id,name\n1,bob\n")
    same = run(here, OLDER_CALL.replace("FILE", "people.csv"))
    assert same == (0, "", ['<http://example.org/1> <http://example.org/p> "ADA" .'])
    (here / "out.nq").unlink()
    code, told, lines = run(here, OLDER_CALL.replace("FILE", "others.csv"))
    assert (code, lines) == (1, [])
    assert "error[map-unsupported]: a function over another logical source than that of its triples map" in told
    assert "map.ttl:10:23" in told


def test_a_constant_that_its_vocabulary_does_not_have_is_a_warning() -> None:
    """Of RDF, RDFS, OWL, SKOS and Dublin Core all terms are known; it is written as it stands."""
    text = """@prefix rml: <http://w3id.org/rml/> . @base <http://e.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dct: <http://purl.org/dc/terms/> .
<m> rml:logicalSource [ rml:source "p.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "{id}"; rml:class owl:thing, rdfs:Class ];
  rml:predicateObjectMap [ rml:predicate rdfs:lable, rdf:_1, rdf:type; rml:object <x#y> ];
  rml:predicateObjectMap [ rml:predicate dct:title; rml:objectMap [ rml:reference "a"; rml:datatype rdf:Langstring ] ] .
"""
    found = read_any_mapping(SourceText("m.ttl", text)).diagnostics
    assert {(d.severity.name, d.code, d.mark.line, d.message.rpartition("#")[2], d.hint) for d in found} == {
        ("WARNING", "map-vocabulary", 5, "thing> is no term of OWL", "did you mean `Thing`?"),
        ("WARNING", "map-vocabulary", 6, "lable> is no term of RDFS", "did you mean `label`?"),
        ("WARNING", "map-vocabulary", 7, "Langstring> is no term of RDF", "did you mean `langString`?"),
    }
