# ruff: noqa: E501 - a document and what is told of it stand on one line
"""Keys of YARRRML without effect, told where they stand; and what a translation carries over."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlitefile import open_sqlite
from test_yarrrml import list_mistakes

from kg.tables.command import map_command
from kg.tables.yarrrml_command import yarrrml_command

PREFIXES = "prefixes: {ex: http://example.com/, grel: 'http://users.ugent.be/~bjdmeest/function/grel.ttl#', xsd: 'http://www.w3.org/2001/XMLSchema#'}\n"
MAPPING = "mappings: {m: {sources: [%s], s: ex:$(id), po: [[ex:p, $(name)]]}}\n"
OBJECT = "mappings: {m: {sources: [[p.csv~csv]], s: ex:$(id), po: [%s]}, n: {sources: [[p.csv~csv]], s: ex:$(id)}}\n"
REMOVE = " (remove it, or write it where it belongs)"


def list_unread(document: str) -> list[str]:
    """What has no effect, as `column: message`; all of it stands in the second line."""
    told = [text for text in list_mistakes(PREFIXES + document) if " map-unread: " in text]
    assert all(text.startswith("2:") and text.endswith(REMOVE) for text in told)
    return [text.removeprefix("2:").removesuffix(REMOVE).replace(" map-unread", "") for text in told]


DATABASE = "{access: 'jdbc:sqlite:p.db', type: sqlite, query: SELECT 1, %s}"
ENDPOINT = "{access: 'http://e.org/', type: sparql, query: SELECT 1, %s}"
SOURCES = {
    DATABASE % "iterator: $": ["`iterator` has no use beside a database"],
    DATABASE % "delimiter: ;, encoding: latin1": ["`delimiter` has no use beside a database", "`encoding` has no use beside a database"],
    DATABASE % "referenceFormulation: xpath": ["`referenceFormulation` has no use beside a database, whose rows have columns"],
    DATABASE % "referenceFormulation: csv": [],
    DATABASE % "table: t": ["`table` has no use beside `query`"],
    ENDPOINT % "iterator: $": ["`iterator` has no use beside a query, whose solutions are the rows"],
    ENDPOINT % "iterator: '$.results.bindings[*]'": [],
    ENDPOINT % "table: t": ["`table` has no use beside an endpoint"],
    ENDPOINT % "encoding: utf-8": ["`encoding` has no use beside an endpoint"],
    ENDPOINT % "credentials: {username: a}": ["`credentials` has no use beside an endpoint"],
    "{access: p.csv, referenceFormulation: csv, credentials: {username: a}}": ["`credentials` has no use beside a file"],
    "{access: p.csv, referenceFormulation: csv, queryFormulation: mysql}": ["`queryFormulation` has no use beside a file"],
    "{access: p.parquet, encoding: latin1}": ["`encoding` has no use beside `p.parquet`, which is no text"],
    "{access: p.ods, encoding: latin1}": ["`encoding` has no use beside `p.ods`, which is no text"],
    "{access: p.csv, referenceFormulation: csv, encoding: latin1, delimiter: ;}": [],
}  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
def test_keys_of_sources_without_effect(source: str) -> None:
    document = MAPPING % source
    told = [text.partition(": ") for text in list_unread(document)]
    assert [message for _, _, message in told] == SOURCES[source]
    keys = [message.split("`")[1] for _, _, message in told]
    assert [int(column) for column, _, _ in told] == [document.index(f"{key}:") + 1 for key in keys]


CALL = "{function: grel:toUpperCase, parameters: [[grel:valueParameter, %s]]%s}"
OBJECTS = {
    "[ex:p, {value: $(a), parameters: []}]": ["`parameters` has no use without a `function`"],
    "[ex:p, {type: blank, parameters: []}]": ["`parameters` has no use without a `function`"],
    "[ex:p, {quoted: n, type: iri}]": ["`type` has no use beside `quoted`"],
    "[ex:p, [[$(a), en~lang]], fr~lang]": ["the datatype or language has no use beside objects that each have one"],
    "[ex:p, [[$(a), en~lang], $(b)], fr~lang]": [],
    "{p: ex:p, o: [[$(a), xsd:date]], datatype: xsd:string}": ["`datatype` has no use beside objects that each have one"],
    "{p: ex:p, o: [[$(a), en~lang]], language: fr}": ["`language` has no use beside objects that each have one"],
    "{p: ex:p, o: [[$(a), en~lang], $(b)], language: fr}": [],
    f"[ex:p, {CALL % ('{value: $(a), datatype: xsd:date, targets: []}', '')}]": ["`datatype` has no use without a `function`", "`targets` has no use of an argument"],
    f"[ex:p, {CALL % ('{value: $(a), language: en}', '')}]": ["`language` has no use without a `function`"],
    f"[ex:p, {CALL % ('$(a)', ', datatype: xsd:date')}]": [],
}  # fmt: skip


@pytest.mark.parametrize("written", OBJECTS)
def test_keys_of_terms_without_effect(written: str) -> None:
    assert [text.partition(": ")[2] for text in list_unread(OBJECT % written)] == OBJECTS[written]


def test_sources_and_targets_that_no_mapping_names() -> None:
    document = "mappings: {m: {sources: a, s: {value: ex:$(id), targets: t}, po: [[ex:p, $(name)]]}}\n"
    around = "sources: {a: [p.csv~csv], b: [q.csv~csv]}\ntargets: {t: [out.nq], u: [more.nq]}\n"
    hint = " (remove it, or name it in a mapping)"
    assert list_mistakes(PREFIXES + around + document) == [
        f"2:27 map-unread: the source `b` is read by no mapping{hint}",
        f"3:24 map-unread: the target `u` is written by no mapping{hint}",
    ]


def map_lines(folder: Path, name: str) -> tuple[int, str]:
    out = folder / "out.nq"
    out.unlink(missing_ok=True)
    result = CliRunner().invoke(map_command, [str(folder / name), "-o", str(out), "--data", str(folder)])
    return result.exit_code, out.read_text() if out.exists() else result.stderr


@pytest.mark.parametrize("vocabulary", ["legacy", "rml"])
def test_texts_that_mean_no_value_are_translated_of_every_source(tmp_path: Path, vocabulary: str) -> None:
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.execute("CREATE TABLE t (id INTEGER, name TEXT)")
        connection.execute("INSERT INTO t VALUES (1, 'NA'), (2, 'a')")
    connection.close()
    (tmp_path / "p.csv").write_text("id,name\n1,NA\n2,a\n", encoding="utf-8")
    (tmp_path / "p.json").write_text('[{"id": 1, "name": "NA"}, {"id": 2, "name": "a"}]', encoding="utf-8")
    sources = (
        f"{{access: 'jdbc:sqlite:{tmp_path}/p.db', type: sqlite, query: SELECT * FROM t, null: [NA]}}",
        "{access: p.csv, referenceFormulation: csv, null: NA}",
        "{access: p.json, referenceFormulation: jsonpath, iterator: '$[*]', null: [x, NA]}",
    )
    for source in sources:
        (tmp_path / "m.yml").write_text(PREFIXES + MAPPING % source, encoding="utf-8")
        wanted = (0, '<http://example.com/2> <http://example.com/p> "a" .\n')
        assert map_lines(tmp_path, "m.yml") == wanted
        command = [str(tmp_path / "m.yml"), "-o", str(tmp_path / "m.ttl"), "--vocabulary", vocabulary]
        assert CliRunner().invoke(yarrrml_command, command).exit_code == 0
        assert map_lines(tmp_path, "m.ttl") == wanted


def test_r2rml_has_no_texts_that_mean_no_value(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text(PREFIXES + MAPPING % "{table: t, null: NA}", encoding="utf-8")
    told = CliRunner().invoke(yarrrml_command, [str(tmp_path / "m.yml"), "-o", str(tmp_path / "m.ttl")]).stderr
    assert told.startswith("error[yarrrml-gap]: R2RML has no texts that mean no value (`null`)\n")


def test_a_source_that_names_another_adds_its_texts_that_mean_no_value(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,name\n1,NA\n2,a\n3,x\n4,y\n", encoding="utf-8")
    (tmp_path / "m.ttl").write_text(
        "@prefix rml: <http://w3id.org/rml/> . @prefix csvw: <http://www.w3.org/ns/csvw#> . @base <http://e.org/> .\n"
        '<file> a csvw:Table; csvw:url "p.csv"; csvw:null "x"; rml:null "y" .\n'
        '<m> rml:logicalSource [ rml:source [ rml:path <file>; rml:null "NA" ]; rml:referenceFormulation rml:CSV ];\n'
        ' rml:subjectMap [ rml:template "{id}" ]; rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "name" ] ] .\n',
        encoding="utf-8",
    )
    assert map_lines(tmp_path, "m.ttl") == (0, '<http://e.org/2> <http://e.org/p> "a" .\n')


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ('rr:tableName "t"; rr:sqlQuery "SELECT * FROM t"', "`rml:tableName` has no use beside `rml:sqlQuery`"),
        ('rr:tableName "t"; rml:iterator "u"', "`rml:iterator` has no use beside `rml:tableName`"),
        ('rml:iterator "t"; rr:sqlQuery "SELECT * FROM t"', "`rml:iterator` has no use beside `rml:sqlQuery`"),
        ('rr:tableName "t"; rml:iterator "t"', None),
        ('rr:tableName "t"', None),
    ],
)
def test_two_words_for_the_rows_of_a_source(tmp_path: Path, rows: str, told: str | None) -> None:
    """One counts, and the other says nothing: that is told."""
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.executescript("CREATE TABLE t (id INTEGER, name TEXT); INSERT INTO t VALUES (1, 'a')")
    connection.close()
    (tmp_path / "m.ttl").write_text(
        "@prefix rml: <http://w3id.org/rml/> . @prefix rr: <http://www.w3.org/ns/r2rml#> . @base <http://e.org/> .\n"
        f"<m> rr:logicalTable [ {rows} ]; rr:subjectMap [ rr:template 'e{{id}}' ];"
        " rr:predicateObjectMap [ rr:predicate <p>; rr:objectMap [ rr:column 'name' ] ] .",
        encoding="utf-8",
    )
    command = [str(tmp_path / "m.ttl"), "-o", str(tmp_path / "o.nq"), "--db", f"sqlite:///{tmp_path}/p.db"]
    done = CliRunner().invoke(map_command, command)
    assert (done.exit_code, (tmp_path / "o.nq").read_text(encoding="utf-8").count("\n")) == (0, 1)
    wanted = "" if told is None else f"warning[map-unread]: {told}, whose rows are read"
    assert done.stderr.split("\n")[0] == wanted


def test_a_table_beside_an_endpoint_without_a_query(tmp_path: Path) -> None:
    """There is no other word that is read: it is told alone."""
    (tmp_path / "m.ttl").write_text(
        "@prefix rml: <http://w3id.org/rml/> . @prefix sd: <http://www.w3.org/ns/sparql-service-description#> .\n"
        "@base <http://e.org/> . <m> rml:logicalSource [ rml:source [ a sd:Service; sd:endpoint <http://127.0.0.1:1/> ];\n"
        "  rml:tableName 't'; rml:referenceFormulation <http://www.w3.org/ns/formats/SPARQL_Results_CSV> ];\n"
        "  rml:subjectMap [ rml:template 'e{id}' ] .",
        encoding="utf-8",
    )
    done = CliRunner().invoke(map_command, [str(tmp_path / "m.ttl"), "-o", str(tmp_path / "o.nq")])
    [told] = [line for line in done.stderr.split("\n") if line.startswith("warning")]
    assert told == "warning[map-unread]: `rml:tableName` has no use: the source has rows of its own"
