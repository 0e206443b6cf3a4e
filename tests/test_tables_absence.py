# ruff: noqa: E501 - whole messages stand on one line
"""What finds nothing in the data is told, with what is there instead; what is not read is refused by name."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from test_tables_sources import run
from test_tables_types import sheet, write_xlsx

from kg.tables.output.target import make_lines
from kg.tables.read.mapping import read_any_mapping
from kg.tables.run import Settings, open_run
from kg.text.diagnostic import SourceText

DOCUMENT = {
    "count": 2,
    "items": [{"id": 1, "name": "a", "x": {"y": 1}, "none": None}, {"id": 2, "name": "b"}],
    "empty": [],
    "null": None,
}
XML = '<r><ps><p id="1"><id>1</id><name>a</name></p></ps></r>'
SPACED = '<r xmlns="http://x.org/"><p id="1"><id>1</id><name>a</name></p></r>'


def told_of(folder: Path, source: str, reference: str = "name", key: str = "id") -> list[str]:
    """The warnings, each with its hint; nothing else is told, and the run is good."""
    code, _, text = run(folder, source, reference, key=key)
    assert code == 0
    blocks = text.split("\n\n")[:-1]
    assert all(block.startswith("warning[data-absent]: ") for block in blocks)
    lines = [
        [line.strip() for line in block.split("\n") if line.startswith("warning") or "= hint: " in line]
        for block in blocks
    ]
    return ["; ".join(each).removeprefix("warning[data-absent]: ") for each in lines]


@pytest.mark.parametrize(
    ("iterator", "told"),
    [
        ("$.item[*]", ["`$.item[*]` selects no record of `p.json`: `$` has no member `item`; = hint: did you mean `items`?"]),
        ("$.zzz[*]", ["`$.zzz[*]` selects no record of `p.json`: `$` has no member `zzz`; = hint: its members are `count`, `empty`, `items`, `null`"]),
        ("$.items", ["`$.items` selects an array, which has no members; = hint: its items are `$.items[*]`"]),
        ("$.items.name", ["`$.items.name` selects no record of `p.json`: `$.items` is an array; = hint: its items are `$.items[*]`"]),
        ("$.items[*].z[*]", ["`$.items[*].z[*]` selects no record of `p.json`: `$.items[*]` has no member `z`; = hint: its members are `id`, `name`, `none`, `x`"]),
        ("$.items[7]", ["`$.items[7]` selects no record of `p.json`: `$.items` has 2 items"]),
        ("$.count[*]", ["`$.count[*]` selects no record of `p.json`: `$.count` is a number"]),
        ("$[*]", ["`$[*]` selects a number, which has no members"]),
        ("$..person", ["`$..person` selects no record of `p.json`: no object has a member `person`"]),
        ("$.item[?@.id > 1]", ["`$.item[?@.id > 1]` selects no record of `p.json`: `$` has no member `item`; = hint: did you mean `items`?"]),
        ("$.empty[*]", []),
        ("$.null[*]", []),
        ("$.items[?@.id > 5]", []),
        ("$.items[*]", []),
    ],
)  # fmt: skip
def test_iterators_over_json(tmp_path: Path, iterator: str, told: list[str]) -> None:
    (tmp_path / "p.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    assert (
        told_of(tmp_path, f'rml:source "p.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "{iterator}"')
        == told
    )


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("nmae", ["`nmae` finds nothing in any record of `p.json`: the first has no member `nmae`; = hint: did you mean `name`?"]),
        ("x.z", ["`x.z` finds nothing in any record of `p.json`: in the first, `x` has no member `z`; = hint: its members are `y`"]),
        ("name.first", ["`name.first` finds nothing in any record of `p.json`: in the first, `name` is a text"]),
        ("$..nmae", ["`$..nmae` finds nothing in any record of `p.json`: no object in the first has a member `nmae`"]),
        ("x..z", ["`x..z` finds nothing in any record of `p.json`: no object in the first has a member `z`"]),
        ("w..y", ["`w..y` finds nothing in any record of `p.json`: the first has no member `w`; = hint: its members are `id`, `name`, `none`, `x`"]),
        ("w[?@.y].z", ["`w[?@.y].z` finds nothing in any record of `p.json`: the first has no member `w`; = hint: its members are `id`, `name`, `none`, `x`"]),
        ("x[?@.y > 7].z", []),
        ("none", []),
        ("x.y", []),
        ("$..y", []),
    ],
)  # fmt: skip
def test_references_into_json(tmp_path: Path, reference: str, told: list[str]) -> None:
    (tmp_path / "p.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    source = 'rml:source "p.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$.items[*]"'
    assert told_of(tmp_path, source, reference) == told
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, DOCUMENT["items"])), encoding="utf-8")  # type: ignore[call-overload]
    lines = 'rml:source "p.jsonl"; rml:referenceFormulation rml:JSONPath; rml:iterator "$"'
    assert told_of(tmp_path, lines, reference) == [each.replace("p.json", "p.jsonl") for each in told]


@pytest.mark.parametrize(
    ("text", "iterator", "told"),
    [
        (SPACED, "/r/p", "`/r/p` selects no record of `p.xml`: `r` is in the namespace `http://x.org/`; = hint: declare a prefix for it (`rml:namespace`), and write `PREFIX:r`"),
        (SPACED, "//p", "`//p` selects no record of `p.xml`: `p` is in the namespace `http://x.org/`; = hint: declare a prefix for it (`rml:namespace`), and write `PREFIX:p`"),
        (XML, "/r/p", "`/r/p` selects no record of `p.xml`: `r` has no child `p`; = hint: did you mean `ps`?"),
        (XML, "/r/ps/item", "`/r/ps/item` selects no record of `p.xml`: `ps` has no child `item`; = hint: its children are `p`"),
        (XML, "/rr/ps/p", "`/rr/ps/p` selects no record of `p.xml`: its root is `r`"),
        (XML, "//person", "`//person` selects no record of `p.xml`: no element is called `person`"),
        (XML, "/r/ps/q[@id='1']", "`/r/ps/q[@id='1']` selects no record of `p.xml`: `ps` has no child `q`; = hint: its children are `p`"),
        (XML, "/r/ps/p[@id='2']", ""),
        (XML, "/r/ps/p", ""),
    ],
)  # fmt: skip
def test_iterators_over_xml(tmp_path: Path, text: str, iterator: str, told: str) -> None:
    (tmp_path / "p.xml").write_text(text, encoding="utf-8")
    source = f'rml:source "p.xml"; rml:referenceFormulation rml:XPath; rml:iterator "{iterator}"'
    assert told_of(tmp_path, source) == [told] * bool(told)


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("nmae", "`nmae` finds nothing in any record of `p.xml`: the first has no child `nmae`; = hint: did you mean `name`?"),
        ("@name", "`@name` finds nothing in any record of `p.xml`: the first has no attribute `name`; = hint: its attributes are `id`"),
        ("nmae/text()", "`nmae/text()` finds nothing in any record of `p.xml`: the first has no child `nmae`; = hint: did you mean `name`?"),
        ("name/first", "`name/first` finds nothing in any record of `p.xml`: in the first, `name` has no child `first`"),
        ("name/@lang", "`name/@lang` finds nothing in any record of `p.xml`: in the first, `name` has no attribute `lang`"),
        ("./of/twon", "`./of/twon` finds nothing in any record of `p.xml`: in the first, `of` has no child `twon`; = hint: did you mean `town`?"),
        ("of[zip]/@twon", "`of[zip]/@twon` finds nothing in any record of `p.xml`: in the first, `of` has no attribute `twon`; = hint: its attributes are `key`"),
        ("of/key", "`of/key` finds nothing in any record of `p.xml`: in the first, `of` has no child `key`; = hint: it is an attribute: `@key`"),
        ("of/far", "`of/far` finds nothing in any record of `p.xml`: `far` is in the namespace `http://x.org/`; = hint: declare a prefix for it (`rml:namespace`), and write `PREFIX:far`"),
        (".//twon", "`.//twon` finds nothing in any record of `p.xml`: no element in the first is called `twon`; = hint: did you mean `town`?"),
        (".//far", "`.//far` finds nothing in any record of `p.xml`: `far` is in the namespace `http://x.org/`; = hint: declare a prefix for it (`rml:namespace`), and write `PREFIX:far`"),
        ("of[town='Rome']/zip", ""),
        ("name/text()", ""),
        (".//town", ""),
        ("of/zip", ""),
        ("@id", ""),
    ],
)  # fmt: skip
def test_references_into_xml(tmp_path: Path, reference: str, told: str) -> None:
    more = '<of key="1"><town>Bern</town></of><of><zip>3000</zip><far xmlns="http://x.org/"/></of></p>'
    (tmp_path / "p.xml").write_text(XML.replace("</p>", more), encoding="utf-8")
    source = 'rml:source "p.xml"; rml:referenceFormulation rml:XPath; rml:iterator "/r/ps/p"'
    assert told_of(tmp_path, source, reference) == [told] * bool(told)


def test_what_a_later_record_has_is_not_denied(tmp_path: Path) -> None:
    """Of why a reference finds nothing, the first record is asked; a condition leaves out what the second has."""
    (tmp_path / "p.xml").write_text('<r><p id="1"><a/></p><p id="2"><a/><b><c>1</c></b></p></r>', encoding="utf-8")
    source = 'rml:source "p.xml"; rml:referenceFormulation rml:XPath; rml:iterator "/r/p"'
    told = (
        "`b/c[. > 5]` finds nothing in any record of `p.xml`: the first has no child `b`; = hint: its children are `a`"
    )
    assert told_of(tmp_path, source, "b/c[. > 5]", key="@id") == [told]
    (tmp_path / "p.json").write_text('[{"id": 1, "a": 1}, {"id": 2, "a": {"b": [{"c": 1}]}}]', encoding="utf-8")
    source = 'rml:source "p.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]"'
    told = "`$.a.b[?@.c > 5]` finds nothing in any record of `p.json`: in the first, `a` is a number"
    assert told_of(tmp_path, source, "$.a.b[?@.c > 5]", key="$.id") == [told]


def test_a_reference_without_the_prefix_of_its_namespace(tmp_path: Path) -> None:
    (tmp_path / "p.xml").write_text(SPACED, encoding="utf-8")
    namespace = 'rml:namespace [ rml:namespacePrefix "x"; rml:namespaceURL "http://x.org/" ]'
    source = f'rml:source "p.xml"; rml:referenceFormulation [ a rml:XPathReferenceFormulation; {namespace} ]; rml:iterator "/x:r/x:p"'
    missing = "`name` finds nothing in any record of `p.xml`: `name` is in the namespace `http://x.org/`"
    assert told_of(tmp_path, source, "name", key="@id") == [
        f"{missing}; = hint: declare a prefix for it (`rml:namespace`), and write `PREFIX:name`"
    ]
    assert told_of(tmp_path, source, "x:name", key="@id") == []


def test_a_namespace_is_declared_in_the_words_of_yarrrml(tmp_path: Path) -> None:
    (tmp_path / "p.xml").write_text(SPACED, encoding="utf-8")
    mapping = "mappings: {m: {sources: [[p.xml~xpath, /r/p]], s: 'http://e/$(@id)', po: [[a, 'http://e/P']]}}"
    document = read_any_mapping(SourceText("m.yml", mapping))
    with open_run(document, Settings(mapping_folder=tmp_path, data_folder=tmp_path)) as opened:
        make_lines(opened)
        assert [d.hint for d in opened.diagnostics] == [
            "declare a prefix for it (under `prefixes`), and write `PREFIX:r`"
        ]


def test_a_view_that_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    for iterator, reference, told in (
        ("$.item[*]", "name", "`$.item[*]` selects no record of `p.json`: `$` has no member `item`; = hint: did you mean `items`?"),
        ("$.items[*]", "$.nmae", "`$.nmae` finds nothing in any record of `p.json`: the first has no member `nmae`; = hint: did you mean `name`?"),
    ):  # fmt: skip
        below = f'[ rml:source "p.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "{iterator}" ]'
        fields = f'rml:field [ rml:fieldName "id"; rml:reference "$.id" ], [ rml:fieldName "name"; rml:reference "{reference}" ]'
        assert told_of(tmp_path, f"rml:viewOn {below}; {fields}") == [told]


# -- what is not read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [("p.dta", "a Stata file"), ("p.sav", "an SPSS file"), ("p.xpt", "a SAS file"), ("p.mdb", "an Access database"), ("p.orc", "an ORC file"), ("p.ttl", "a file of RDF"), ("p.dta.gz", "a Stata file")],
)  # fmt: skip
def test_kinds_of_files_that_are_not_read(tmp_path: Path, name: str, kind: str) -> None:
    import gzip

    data = b"id,name\n1,a\n"
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    code, lines, told = run(tmp_path, f'rml:source "{name}"; rml:referenceFormulation rml:CSV')
    assert (code, lines, told.split("\n")[0]) == (1, [], f"error[map-source]: `{name}` is {kind}, which is not read")
    assert "= hint: convert it to CSV or Parquet\n" in told


def test_a_query_beside_a_file_without_tables(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    (tmp_path / "p.json").write_text('[{"id": 1, "name": "a"}]', encoding="utf-8")
    for name, kind in (("p.csv", "CSV"), ("p.json", "JSONPath")):
        for word in ("query", "tableName"):
            code, lines, told = run(
                tmp_path, f'rml:source "{name}"; rml:referenceFormulation rml:{kind}; rml:{word} "SELECT 1"'
            )
            assert (code, lines) == (1, [])
            assert told.startswith(f"error[map-source]: `{name}` is no database, and has no table or query\n")
            assert "= hint: leave the query out, or name a database, such as an SQLite file\n" in told


def test_a_file_of_rdf_that_is_asked_a_query(tmp_path: Path) -> None:
    (tmp_path / "p.ttl").write_text("<http://a> <http://b> <http://c> .", encoding="utf-8")
    results = 'rml:referenceFormulation <http://www.w3.org/ns/formats/SPARQL_Results_JSON>; rml:iterator "SELECT ?id ?name {}"'
    (tmp_path / "p.ttl").write_text("<http://a> <http://b> 'x', 5 .", encoding="utf-8")
    query = "SELECT (1 AS ?id) ?name { ?s <http://b> ?name }"
    assert run(tmp_path, f'rml:source "p.ttl"; {results.replace("SELECT ?id ?name {}", query)}')[:2] == (
        0,
        ['<1> "5" <integer>', '<1> "x"'],
    )
    for wrong, message in (
        ("SELEC", "the query cannot be asked: "),
        ("ASK {}", "the query is no SELECT, which gives rows\n"),
        ("SELECT * { SERVICE <http://a/> {} }", "the query cannot be asked: SERVICE calls another server"),
    ):
        told = run(tmp_path, f'rml:source "p.ttl"; {results.replace("SELECT ?id ?name {}", wrong)}')[2]
        assert told.startswith(f"error[source-unreadable]: {message}")
    (tmp_path / "q.ttl").write_text("<http://a> <http://b> .", encoding="utf-8")
    assert run(tmp_path, f'rml:source "q.ttl"; {results}')[2].startswith(
        "error[source-unreadable]: `q.ttl` is no RDF: "
    )
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    assert run(tmp_path, f'rml:source "p.csv"; {results}')[2].startswith("error[map-source]: `p.csv` is no file of RDF")
    endpoint = "[ <http://www.w3.org/ns/sparql-service-description#endpoint> <file:p.ttl> ]"
    told = run(tmp_path, f"rml:source {endpoint}; {results}")[2]
    assert told.startswith("error[map-source]: `file:p.ttl` is no web address\n")


RESULTS = "rml:referenceFormulation <http://www.w3.org/ns/formats/SPARQL_Results_JSON>"


def test_a_file_of_rdf_gives_the_same_each_time(tmp_path: Path) -> None:
    """Nodes without a name are called by their order; the place of the file is no base."""
    query = 'rml:iterator "SELECT (1 AS ?id) ?name { ?s <http://b> ?name }"'
    (tmp_path / "p.ttl").write_text("<http://a> <http://b> [], [ <http://c> 1 ] .", encoding="utf-8")
    blank = 'name"; rml:termType rml:BlankNode; <x> "'
    lines = ["<1> _:bp_2Ettl_20b1", "<1> _:bp_2Ettl_20b2"]
    assert run(tmp_path, f'rml:source "p.ttl"; {RESULTS}; {query}', blank)[:2] == (0, lines)
    relative = {"q.ttl": "<x> <http://b> 1 .", "q.jsonld": '{"@id": "x", "http://b": 1}'}
    for name, text in relative.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        code, lines, told = run(tmp_path, f'rml:source "{name}"; {RESULTS}; {query}')
        assert (code, lines) == (1, [])
        assert told.startswith(f"error[source-unreadable]: `{name}` is no RDF: ")
    cut = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    (tmp_path / "q.rdf").write_text(cut, encoding="utf-8")
    assert "`q.rdf` is no RDF: no element found" in run(tmp_path, f'rml:source "q.rdf"; {RESULTS}; {query}')[2]


def test_a_file_of_rdf_is_unpacked_once(tmp_path: Path) -> None:
    query = 'rml:iterator "SELECT (1 AS ?id) ?name { ?s <http://b> ?name }"'
    (tmp_path / "p.ttl").write_bytes(gzip.compress(b"<http://a> <http://b> 'x' ."))
    source = f'rml:source [ a rml:RelativePathSource; rml:path "p.ttl"; rml:compression rml:gzip ]; {RESULTS}; {query}'
    assert run(tmp_path, source) == (0, ['<1> "x"'], "")


def test_a_web_address_is_not_fetched_in_silence(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    code, lines, told = run(tmp_path, 'rml:source "https://data.example/all/p.csv"; rml:referenceFormulation rml:CSV')
    assert (code, lines) == (0, ['<1> "a"'])
    assert told.startswith(
        "warning[source-copy]: `https://data.example/all/p.csv` is not fetched: the file `p.csv` is read in its place\n"
    )


def test_the_sheet_of_plain_texts(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    write_xlsx(tmp_path / "p.xlsx", {"One": sheet(("id", "name"), (1, 5)), "Two": sheet(("id", "name"), (2, 6))})
    source = 'rml:source "p.xlsx"; rml:referenceFormulation rml:CSV'
    assert run(tmp_path, source)[1] == ['<1> "5"']
    assert run(tmp_path, source + '; rml:iterator "Two"')[1] == ['<2> "6"']
    assert run(tmp_path, source + '; rml:iterator "Three"')[0] == 1


@pytest.mark.parametrize(
    ("value", "datatype", "good"),
    [("abc", "integer", False), ("12", "integer", True), ("2024-02-30", "date", False), ("300", "byte", False), ("x", "string", True), ("yes", "boolean", False)],
)  # fmt: skip
def test_datatypes_that_the_data_give(tmp_path: Path, value: str, datatype: str, good: bool) -> None:
    kind = f"http://www.w3.org/2001/XMLSchema#{datatype}"
    (tmp_path / "p.csv").write_text(f"id,name,kind\n1,{value},{kind}\n2,b,http://e.org/own\n", encoding="utf-8")
    source = 'rml:source "p.csv"; rml:referenceFormulation rml:CSV'
    mapped = 'name"; rml:datatypeMap [ rml:reference "kind" ]; <x> "'
    code, lines, told = run(tmp_path, source, mapped)
    own = '<2> "b"^^<own>'
    if good:
        suffix = "" if datatype == "string" else f" <{datatype}>"
        assert (code, lines, told) == (0, [f'<1> "{value}"{suffix}', own], "")
        return
    what = f"`{value}` is not of the datatype that the data give it (row 2 of `p.csv`, `name`)"
    assert (code, lines, told.split("\n")[0]) == (1, [], f"error[data-datatype]: {what}")
    code, lines, told = run(tmp_path, source, mapped, "--best-effort")
    assert (code, lines, told.split("\n")[0]) == (0, [own], f"warning[data-skipped]: {what}")


def test_endings_of_packed_files_say_what_is_in_them(tmp_path: Path) -> None:
    import bz2

    (tmp_path / "p.tsv.bz2").write_bytes(bz2.compress(b"id\tname\n1\ta,b\n"))
    assert run(tmp_path, 'rml:source "p.tsv.bz2"')[1] == ['<1> "a,b"']


@pytest.mark.parametrize(
    "name", ["p.csv.GZ", "P.CSV.Gz", "p.GZ", "p.csv.BZ2", "p.csv.Xz", "p.csv.ZST", "p.zip", "p.ZIP"]
)
def test_endings_of_packed_files_in_capitals(tmp_path: Path, name: str) -> None:
    """DuckDB would unpack what is unpacked already: it goes by the ending."""
    import bz2
    import lzma
    import zipfile

    import zstandard

    text = b"id,name\n1,a\n"
    packers = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zstandard.compress}
    ending = Path(name).suffix.lower()
    if ending == ".zip":
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("a.CSV.GZ" if name.isupper() else "a.csv", text)
    else:
        (tmp_path / name).write_bytes(packers[ending](text))
    assert run(tmp_path, f'rml:source "{name}"; rml:referenceFormulation rml:CSV') == (0, ['<1> "a"'], "")


@pytest.mark.parametrize("name", ["p.csv.gz", "p.GZ", "p.csv.bz2", "p.csv.zip", "p.csv.zst", "p.csv.xz"])
def test_a_file_that_the_mapping_says_is_not_packed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"id,name\n1,a\n")
    plain = f'rml:source [ a rml:RelativePathSource; rml:path "{name}"; rml:compression rml:none ]'
    assert run(tmp_path, f"{plain}; rml:referenceFormulation rml:CSV") == (0, ['<1> "a"'], "")


@pytest.mark.parametrize("name", ["p.csv.br", "p.csv.lz4", "p.csv.Z"])
def test_an_ending_that_means_nothing_here(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"id,name\n1,a\n")
    assert run(tmp_path, f'rml:source "{name}"; rml:referenceFormulation rml:CSV') == (0, ['<1> "a"'], "")


@pytest.mark.parametrize("address", ["http://[", "https://[::1/p.csv", "file://[", "s3://[x"])
def test_an_address_whose_bracket_does_not_close(tmp_path: Path, address: str) -> None:
    told = f"error[source-not-found]: no file `{address}`"
    csvw = f'rml:source [ a <http://www.w3.org/ns/csvw#Table>; <http://www.w3.org/ns/csvw#url> "{address}" ]'
    for source in (f'rml:source "{address}"', csvw):
        code, lines, text = run(tmp_path, f"{source}; rml:referenceFormulation rml:CSV")
        assert (code, lines, text.split("\n")[0]) == (1, [], told)


def test_a_server_whose_bracket_does_not_close(tmp_path: Path) -> None:
    d2rq = "http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#"
    database = f'rml:source [ a <{d2rq}Database>; <{d2rq}jdbcDSN> "jdbc:postgresql://me:hunter2@[::1/x" ]'
    code, lines, text = run(tmp_path, f'{database}; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t"')
    assert (code, lines) == (1, [])
    assert "is no address of a database: a bracket of its host is not closed" in text
    assert "hunter2" not in text
    sd = "http://www.w3.org/ns/sparql-service-description#"
    endpoint = (
        f'rml:source [ a <{sd}Service>; <{sd}endpoint> "http://[/sparql" ]; {RESULTS}; rml:iterator "SELECT * {{}}"'
    )
    code, lines, text = run(tmp_path, endpoint)
    assert (code, lines, text.split("\n")[0]) == (1, [], "error[map-source]: `http://[/sparql` is no web address")
