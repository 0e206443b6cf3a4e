# ruff: noqa: E501 - whole messages stand on one line
"""Sources of `kg map`: what is written in them is what comes out, neither less nor otherwise."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlitefile import open_sqlite

from kg.tables.command import map_command

HEAD = """@prefix rml: <http://w3id.org/rml/> . @prefix csvw: <http://www.w3.org/ns/csvw#> .
@base <http://e.org/> .
"""


def run(
    folder: Path, source: str, reference: str = "name", *options: str, key: str = "id"
) -> tuple[int, list[str], str]:
    """Exit code, the lines in order (without what all have), and what is told on stderr."""
    pom = f'rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "{reference}" ] ]'
    mapping = f'{HEAD}<m> rml:logicalSource [ {source} ];\n  rml:subjectMap [ rml:template "{{{key}}}" ];\n  {pom} .\n'
    (folder / "map.ttl").write_text(mapping, encoding="utf-8")
    out = folder / "out.nq"
    out.unlink(missing_ok=True)
    command = [str(folder / "map.ttl"), "-o", str(out), "--data", str(folder), *options]
    result = CliRunner().invoke(map_command, command, catch_exceptions=False)
    text = out.read_text(encoding="utf-8") if out.exists() else ""
    xsd = "^^<http://www.w3.org/2001/XMLSchema#"
    lines = [
        line.replace("<http://e.org/p> ", "").replace(xsd, " <").removesuffix(" .") for line in text.split("\n")[:-1]
    ]
    return result.exit_code, sorted(line.replace("http://e.org/", "") for line in lines), result.stderr


# -- CSV ------------------------------------------------------------------------------------------


def table(dialect: str, more: str = "") -> str:
    return f'rml:source [ a csvw:Table; csvw:url "p.csv"; csvw:dialect [ {dialect} ] {more} ]; rml:referenceFormulation rml:CSV'


@pytest.mark.parametrize(
    ("csv", "dialect", "lines"),
    [
        ("#x\njunk\nid;name\n# y\n1;'A;b'\n2;c#d\n", "csvw:delimiter ';'; csvw:quoteChar \"'\"; csvw:commentPrefix '#'; csvw:skipRows 2", ['<1> "A;b"', '<2> "c#d"']),
        ("Bob's \"list\nid,name\n1,a\n", "csvw:skipRows 1", ['<1> "a"']),
        ("//x\nid,name\n//y\n1,a//b\n2,\"\n//c\"\n", "csvw:commentPrefix '//'", ['<1> "a//b"', '<2> "\\n//c"']),
        ("x,y\nid,name\n1,a\n", "csvw:headerRowCount 2", ['<1> "a"']),
        ("id, name\n1, \"a\"\n", "csvw:skipInitialSpace true", ['<1> "a"']),
        ("id, name \n1,a \n", "csvw:trim 'start'", []),
        ("id,name \n1,a \n", "csvw:trim 'end'", ['<1> "a"']),
        ("id,name\n1,\"a\\\"b\"\n", "csvw:doubleQuote false", ['<1> "a\\"b"']),
        ("\r\n\r\nid,name\r\n1,a\r\n", "csvw:header true", ['<1> "a"']),
    ],
    ids=["all at once", "preamble", "comments", "two headers", "initial space", "start", "end", "backslash", "blank lines first"],
)  # fmt: skip
def test_dialect(tmp_path: Path, csv: str, dialect: str, lines: list[str]) -> None:
    (tmp_path / "p.csv").write_bytes(csv.encode())
    assert run(tmp_path, table(dialect))[1] == lines


def test_columns_named_by_the_schema(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("1,a,x\n", encoding="utf-8")
    schema = '; csvw:tableSchema [ csvw:column ( [ csvw:name "id" ] [ csvw:title "name" ] ) ]'
    assert run(tmp_path, table("csvw:header false", schema))[1] == ['<1> "a"']
    assert run(tmp_path, table("csvw:header false", schema), "_col.3")[1] == ['<1> "x"']


@pytest.mark.parametrize(
    ("dialect", "message", "hint"),
    [
        ("csvw:delimiter '||'", "error[map-dialect]: `||` is no `csvw:delimiter`", "write one character"),
        ("csvw:header 'maybe'", "error[map-dialect]: `maybe` is no `csvw:header`", "write true or false"),
        ("csvw:skipRows 'x'", "error[map-dialect]: `x` is no `csvw:skipRows`", "write a number of rows"),
        ("csvw:trim 'both'", "error[map-dialect]: `both` is no `csvw:trim`", "write true, false, start or end"),
        (
            "csvw:delimeter ';'",
            "error[map-property]: a CSVW dialect has no property `delimeter`",
            "did you mean `delimiter`?",
        ),
        ("csvw:skipColumns 1", "error[map-unsupported]: `csvw:skipColumns` is not supported", "remove it"),
    ],
)
def test_options_that_are_none(tmp_path: Path, dialect: str, message: str, hint: str) -> None:
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    code, lines, told = run(tmp_path, table(dialect))
    assert (code, lines, told.split("\n")[0]) == (1, [], message)
    assert f"= hint: {hint}\n" in told


def test_rows_keep_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("title\n\n# note\nid,name\n1,a\n2\n", encoding="utf-8")
    told = run(tmp_path, table("csvw:skipRows 1; csvw:commentPrefix '#'"))[2]
    assert told.startswith(
        "error[source-unreadable]: `p.csv` is not well-formed in line 6: 2 values expected, 1 found\n"
    )


def test_an_archive_is_what_lies_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("folder/p.tsv", "id\tname\n1\ta,b\n")
    assert run(tmp_path, 'rml:source "p.zip"; rml:referenceFormulation rml:CSV')[1] == ['<1> "a,b"']


def test_a_wrong_encoding_is_said(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(b"id,name\n1,a\n")
    told = run(tmp_path, 'rml:source [ rml:path "p.csv"; rml:encoding rml:UTF-16 ]; rml:referenceFormulation rml:CSV')[
        2
    ]
    assert told.startswith("error[source-encoding]: `p.csv` is not UTF-16: it begins with no byte order mark\n")


# -- XML ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("iterator", ["/r/p", "/r/p[true()]"], ids=["streamed", "whole"])
@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("n", "Ann B C D"),  # text after a child, but no comment
        ("concat(n, '!')", "Ann B C D!"),
        ("n/comment()", " c "),
        ("0.0000001 + 0", "0.0000001"),
        ("number(n)", "NaN"),
        ("count(*) div 0", "Infinity"),
        ("namespace::x", "http://x.org/"),
    ],
)
def test_texts_of_nodes(tmp_path: Path, iterator: str, reference: str, value: str) -> None:
    text = '<r xmlns:x="http://x.org/"><p id="1"><n>Ann <b>B</b> C<!-- c --><?pi x?> D</n></p></r>'
    (tmp_path / "p.xml").write_text(text, encoding="utf-8")
    source = f'rml:source "p.xml"; rml:referenceFormulation rml:XPath; rml:iterator "{iterator}"'
    assert run(tmp_path, source, reference, key="@id")[:2] == (0, [f'<1> "{value}"'])


@pytest.mark.parametrize(
    ("iterator", "reference", "message"),
    [
        ("/r/p", "y:n", "`y:n` is no XPath: Undefined namespace prefix"),
        ("/r/p", "n[y:n]", "`n[y:n]` is no XPath: Undefined namespace prefix"),
        ("/r/p", "matches(n, 'A')", "`matches(n, 'A')` is no XPath: Unregistered function"),
        ("/r/p", "position()", "`position()` is no XPath: Invalid context position"),
        ("/r/p[", "n", "`/r/p[` is no XPath: Invalid expression"),
    ],
)
def test_what_is_no_path(tmp_path: Path, iterator: str, reference: str, message: str) -> None:
    (tmp_path / "p.xml").write_text('<r><p id="1"><n>a</n></p></r>', encoding="utf-8")
    source = f'rml:source "p.xml"; rml:referenceFormulation rml:XPath; rml:iterator "{iterator}"'
    code, lines, told = run(tmp_path, source, reference, key="@id")
    assert (code, lines) == (1, [])
    assert told.startswith(f"error[map-path]: {message}\n")
    wrong = f'"{reference if f"`{reference}`" in message else iterator}"'
    number, line = next((i, w) for i, w in enumerate((tmp_path / "map.ttl").read_text().split("\n"), 1) if wrong in w)
    assert f"map.ttl:{number}:{line.index(wrong) + 1}\n" in told


# -- typed columns --------------------------------------------------------------------------------


def test_values_that_a_sqlite_column_does_not_promise(tmp_path: Path) -> None:

    pytest.importorskip("adbc_driver_sqlite")
    connection = sqlite3.connect(tmp_path / "p.sqlite")
    connection.executescript(
        "CREATE TABLE t (id INTEGER, i INT, b BLOB, d DATE, ts DATETIME);"
        "INSERT INTO t VALUES (1, 5, x'00ff', '2024-01-02', '2024-01-02 03:04:05');"
        "INSERT INTO t VALUES (2, 'five', x'', '2024-13-02', 'not a date'); INSERT INTO t(id) VALUES (3);"
    )
    connection.close()
    source = 'rml:source [ rml:path "p.sqlite" ]; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t"'
    told = run(tmp_path, source, "i")[2]
    assert told.startswith(
        "error[data-datatype]: `five` is no xsd:integer, which the type of its column promises (row 2 of"
    )
    assert run(tmp_path, source, "b")[1] == ['<1> "00FF" <hexBinary>', '<2> "" <hexBinary>']  # and none for NULL
    assert run(tmp_path, source, "d", "--best-effort")[1] == ['<1> "2024-01-02" <date>']
    assert run(tmp_path, source, "ts", "--best-effort")[1] == ['<1> "2024-01-02T03:04:05" <dateTime>']


COLUMNS = """1 AS id, timestamptz '2024-01-02 03:04:05+02' AS tz, timetz '01:02:03+02' AS clock,
'infinity'::DATE AS never, [1, 2] AS list, {'a': 1} AS struct"""


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")


@pytest.mark.parametrize("kind", ["duckdb", "parquet"])
@pytest.mark.usefixtures("tokyo")
def test_columns_of_duckdb_and_parquet(tmp_path: Path, kind: str) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "p.duckdb")) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT {COLUMNS}")
        connection.execute(f"COPY (SELECT id, tz, list, struct FROM t) TO '{tmp_path / 'p.parquet'}'")
    table = "; rml:referenceFormulation rml:SQL2008Table; rml:iterator 't'" if kind == "duckdb" else ""
    source = f'rml:source [ rml:path "p.{kind}" ]{table}'
    assert run(tmp_path, source, "tz")[1] == ['<1> "2024-01-02T01:04:05+00:00" <dateTime>']
    for reference, what in (("list", "a list"), ("struct", "a structure")):
        code, lines, told = run(tmp_path, source, reference)
        assert (code, lines) == (1, [])
        assert f"]: `{reference}` is {what}" in told.split("\n")[0]
        assert "= hint: select its members or `unnest` it in a query on a DuckDB database\n" in told
    if kind == "duckdb":
        assert run(tmp_path, source, "clock")[1] == ['<1> "01:02:03+02:00" <time>']
        told = run(tmp_path, source, "never")[2]
        assert told.startswith(
            "error[data-datatype]: `infinity` is no xsd:date, which the type of its column promises (row 1"
        )


SHEET = """<table:table table:name="s">
<table:table-row>{names}</table:table-row><table:table-row>{values}</table:table-row></table:table>"""


def write_ods(path: Path, names: str, values: str) -> None:
    spaces = " ".join(f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{p}:1.0"' for p in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet>{SHEET.format(names=names, values=values)}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")


def cell(kind: str, value: str, attribute: str = "value") -> str:
    text = f"<text:p>{value}</text:p>"
    return f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}">{text}</table:table-cell>'


def test_names_of_a_sheets_columns(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    names = [cell("string", "id", "string-value"), cell("float", "2024"), *[cell("string", "x", "string-value")] * 2]
    write_ods(tmp_path / "p.ods", "".join(names), "".join(cell("float", f"{n}") for n in (1, 2.5, 3, 4)))
    assert run(tmp_path, 'rml:source "p.ods"', "2024")[1] == ['<1> "2.5E0" <double>']
    code, lines, told = run(tmp_path, 'rml:source "p.ods"', "x")
    assert (code, lines) == (1, [])
    assert told.startswith("error[source-columns]: `p.ods` has two columns `x`\n")


# -- views ----------------------------------------------------------------------------------------


def view(fields: str, iterator: str = "$[*]", kind: str = "JSONPath") -> str:
    below = f'[ rml:source "p"; rml:referenceFormulation rml:{kind}; rml:iterator "{iterator}" ]'
    return f'a rml:LogicalView; rml:viewOn {below}; rml:field [ rml:fieldName "id"; rml:reference "id" ], {fields}'


def test_an_object_within_a_value(tmp_path: Path) -> None:
    """Its items are read, and its numbers keep their digits."""
    (tmp_path / "p").write_text('[{"id": 1, "o": {"x": 1.50, "l": [1e3]}}]', encoding="utf-8")
    inner = '[ rml:fieldName "i"; rml:iterator "$"; rml:field [ rml:fieldName "x"; rml:reference "x" ] ]'
    source = view(f'[ rml:fieldName "o"; rml:reference "o"; rml:field {inner} ]')
    assert run(tmp_path, source, "o.i.x")[1] == ['<1> "1.5E0" <double>']
    assert run(tmp_path, source, "o")[1] == ['<1> "{\\"x\\": 1.50, \\"l\\": [1e3]}"']


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("l", "error[data-not-scalar]: the field `f` is an array in record 1 of `p`"),
        ("o[", "error[map-path]: the field `f` cannot be read: unbalanced brackets"),
    ],
)
def test_fields_that_cannot_be_read(tmp_path: Path, reference: str, message: str) -> None:
    (tmp_path / "p").write_text('[{"id": 1, "l": []}]', encoding="utf-8")
    code, lines, told = run(tmp_path, view(f'[ rml:fieldName "f"; rml:reference "{reference}" ]'), "f")
    assert (code, lines, told.split("\n")[0]) == (1, [], message)
    line = (tmp_path / "map.ttl").read_text(encoding="utf-8").split("\n")[2]
    assert f"map.ttl:3:{line.index(f'{chr(34)}{reference}{chr(34)}') + 1}\n" in told


def test_a_field_with_a_wrong_prefix(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("<r><p><id>1</id><q/></p></r>", encoding="utf-8")
    told = run(tmp_path, view('[ rml:fieldName "f"; rml:reference "q[y:b]" ]', "/r/p", "XPath"), "f")[2]
    assert told.startswith("error[map-path]: the field `f` cannot be read: Undefined namespace prefix\n")


# -- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--base", "not an iri"), "error: `not an iri` is no absolute IRI, as `--base` needs one: "),
        (("--base", "people/"), "error: `people/` is no absolute IRI, as `--base` needs one: "),
        (("--data", "none"), "error: `none` is no folder: `--data` names the folder of the sources\n"),
    ],
)
def test_wrong_use(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    code, lines, told = run(tmp_path, 'rml:source "p.csv"; rml:referenceFormulation rml:CSV', "name", *options)
    assert (code, lines) == (2, [])
    assert told.startswith(message)


@pytest.mark.parametrize("place", ["p.csv", "map.ttl"])
def test_nothing_is_written_over_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    source = 'rml:source "p.csv"; rml:referenceFormulation rml:CSV'
    assert run(tmp_path, source)[0] == 0
    before = (tmp_path / place).read_bytes()
    result = CliRunner().invoke(map_command, ["map.ttl", "-o", place, "--format", "nq"], catch_exceptions=False)
    what = "the mapping" if place == "map.ttl" else "a source of the mapping"
    assert (result.exit_code, result.stderr) == (2, f"error: `{place}` is {what}: name another file\n")
    assert (tmp_path / place).read_bytes() == before
    target = f'rml:logicalTarget [ rml:target [ rml:path "{place}"; rml:root rml:MappingDirectory ] ]'
    text = (tmp_path / "map.ttl").read_text(encoding="utf-8")
    (tmp_path / "map.ttl").write_text(text.replace('"{id}" ]', f'"{{id}}"; {target} ]'), encoding="utf-8")
    before = (tmp_path / place).read_bytes()
    result = CliRunner().invoke(map_command, ["map.ttl", "-o", "out.nq"], catch_exceptions=False)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"error[source-outside]: the target `{place}` is read by the mapping\n")
    assert (tmp_path / place).read_bytes() == before


def test_targets_stay_as_they_were_where_the_output_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    (tmp_path / "x.nq").write_text("old", encoding="utf-8")
    run(tmp_path, 'rml:source "p.csv"; rml:referenceFormulation rml:CSV')
    target = 'rml:logicalTarget [ rml:target [ rml:path "x.nq"; rml:root rml:MappingDirectory ] ]'
    text = (tmp_path / "map.ttl").read_text(encoding="utf-8")
    (tmp_path / "map.ttl").write_text(text.replace('"{id}" ]', f'"{{id}}"; {target} ]'), encoding="utf-8")
    for place, code in (("p.csv", 2), ("out.nq", 0)):
        result = CliRunner().invoke(map_command, ["map.ttl", "-o", place, "--format", "nq"], catch_exceptions=False)
        assert result.exit_code == code
        assert ((tmp_path / "x.nq").read_text(encoding="utf-8") == "old") == (code == 2)


def test_a_mapping_by_its_file(tmp_path: Path) -> None:
    import pyarrow as pa

    import kg

    run(tmp_path, 'rml:source "{people}"')
    lines = kg.map_frames(tmp_path / "map.ttl", {"people": pa.table({"id": [1], "name": ["a"]})})
    assert lines["line"].to_pylist() == ['<http://e.org/1> <http://e.org/p> "a" .']
    with pytest.raises(kg.KgError, match=r"^the table `people` cannot be read: "):
        kg.map_frames(tmp_path / "map.ttl", {"people": [1]})


# -- what a driver may do -------------------------------------------------------------------------


def test_a_column_of_sqlite_that_begins_with_many_nulls(tmp_path: Path) -> None:
    with open_sqlite(tmp_path / "n.sqlite") as connection:
        connection.execute("CREATE TABLE t (id INTEGER, name TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [(i, None) for i in range(3000)] + [(3000, "x")])
    connection.close()
    source = 'rml:source [ rml:path "n.sqlite" ]; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t"'
    assert run(tmp_path, source) == (0, ['<3000> "x"'], "")


TABLES = {"employee": "did you mean `employees`?", "x": "its tables are `employees`, `places`, `seen`"}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("file", ["t.db", "t.duckdb"])
def test_a_table_that_a_database_does_not_have(tmp_path: Path, file: str, name: str) -> None:
    script = (
        "CREATE TABLE employees (id INTEGER, name TEXT); CREATE TABLE places (id INTEGER);"
        "CREATE VIEW seen AS SELECT id FROM places"
    )
    if file == "t.db":
        with open_sqlite(tmp_path / file) as connection:
            connection.executescript(script)
        connection.close()
    else:
        with pytest.importorskip("duckdb").connect(tmp_path / file) as connection:
            connection.execute(script)
    for iterator, words, hint in (
        (name, "SQL2008Table", TABLES[name]),
        (f"SELECT * FROM {name}", "SQL2008Query", None),
        (f"main.{name}", "SQL2008Table", None),  # of a schema that the mapping names, its own tables are not listed
        ("Employees", "SQL2008Table", None),
    ):
        (tmp_path / "map.ttl").write_text(
            "@prefix rml: <http://w3id.org/rml/> . @base <http://e.org/> .\n"
            f'<m> rml:logicalSource [ rml:source "{file}"; rml:iterator "{iterator}"; rml:referenceFormulation rml:{words} ];'
            ' rml:subjectMap [ rml:template "{id}"; rml:class <T> ] .',
            encoding="utf-8",
        )
        options = [str(tmp_path / "map.ttl"), "-o", str(tmp_path / "out.nq")]
        told = CliRunner().invoke(map_command, options).stderr
        assert ("error[source-unreadable]" in told) == (iterator != "Employees")
        own = [line for line in told.split("\n") if "hint: " in line and "Did you mean" not in line]
        assert [line.partition("hint: ")[2] for line in own] == ([] if hint is None else [hint])
