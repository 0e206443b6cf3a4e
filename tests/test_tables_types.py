# ruff: noqa: E501 - whole messages stand on one line
"""Values of typed columns: exact where they are of the column's type, else told with their row, or left out and counted."""

from __future__ import annotations

import datetime
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlitefile import open_sqlite
from test_tables_sources import cell, run, write_ods

from kg.rdf.namespace import XSD
from kg.tables.command import map_command

HINT = "correct the value, or declare a datatype that it has, such as xsd:string"
EMPTY_HINT = 'an empty cell is a value, the empty text: say `rml:null ""` of the source'
TABLE = 'rml:source "p.db"; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t"'


def make_sqlite(folder: Path, declared: str, values: list[object]) -> None:
    pytest.importorskip("adbc_driver_sqlite")
    with open_sqlite(folder / "p.db") as connection:
        connection.execute(f"CREATE TABLE t (id INTEGER, name {declared})")
        connection.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(values, 1)))
    connection.close()


@pytest.mark.parametrize(
    ("declared", "datatype", "good", "bad"),
    [
        ("REAL", "double", {1.5: "1.5E0", 0.1 + 0.2: "3.0000000000000004E-1", 5: "5.0E0", float("inf"): "INF", 1e-7: "1.0E-7", "7": "7.0E0"}, ["n/a", "1,5", "12abc", b"12", ""]),
        ("DECIMAL(9,2)", "decimal", {2.5: "2.5", 1e20: "100000000000000000000", 1e-7: "0.0000001", 3: "3", -1.25e18: "-1250000000000000000"}, ["n/a", "1,5", "NaN", float("inf"), b"5"]),
        ("INT", "integer", {5: "5", "7": "7", -3: "-3"}, ["five", "12abc", 1.5, b"5"]),
        ("DATE", "date", {"2024-01-02": "2024-01-02"}, ["soon", "2024-02-30", 20240102, "2024-1-2", ""]),
        ("DATETIME", "dateTime", {"2024-01-02 03:04:05": "2024-01-02T03:04:05"}, ["not a date", 5, "2024-01-02 25:00:00"]),
        ("TIME", "time", {"03:04:05": "03:04:05"}, ["noon", "25:00:00"]),
        ("BLOB", "hexBinary", {b"\x0a": "0A", b"": "", b"12": "3132"}, ["abc", "0A", 12, 1.5]),
        ("BOOLEAN", "boolean", {1: "true", 0: "false", "t": "true", "FALSE": "false"}, ["yes", 7]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_columns_of_sqlite(
    tmp_path: Path, declared: str, datatype: str, good: dict[object, str], bad: list[object]
) -> None:
    make_sqlite(tmp_path, declared, [None, *good, None])
    told = [f'<{n}> "{text}" <{datatype}>' for n, text in enumerate(good.values(), 2)]
    assert run(tmp_path, TABLE) == (0, told, "")
    columns = {f"name{n}": [*good, value, value] for n, value in enumerate(bad)}  # each wrong value in one of its own
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.execute("DROP TABLE t")
        connection.execute(f"CREATE TABLE t (id INTEGER, {', '.join(f'{name} {declared}' for name in columns)})")
        rows = list(zip(range(len(good) + 2), *columns.values(), strict=True))
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(rows[0]))})", rows)
    connection.close()
    wanted = {}
    for name, value in zip(columns, bad, strict=True):
        shown = f"x'{value.hex().upper()}'" if isinstance(value, bytes) else "Inf" if value == float("inf") else value
        what = f"`{shown}` is no xsd:{datatype}, which the type of its column promises (row {len(good) + 1} of `t`, `{name}`, and 1 more)"
        wanted[what] = EMPTY_HINT if value == "" else HINT
    references = '" ] ]; rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "'.join(columns)
    code, lines, message = run(tmp_path, TABLE, references)
    hints = re.findall(r"^error\[data-datatype\]: (.*)\n(?:(?!error).*\n)*?   = hint: (.*)\n", message, re.MULTILINE)
    assert (code, lines, dict(hints)) == (1, [], wanted)
    code, lines, message = run(tmp_path, TABLE, references, "--best-effort")
    assert (code, set(re.findall(r"^warning\[data-skipped\]: (.*)", message, re.MULTILINE))) == (0, set(wanted))
    kept = [f'<{n}> "{text}" <{datatype}>' for n, text in enumerate(good.values())]
    assert sorted(set(lines)) == sorted(kept)


def test_a_value_of_another_type_is_no_mistake_where_the_mapping_knows_it(tmp_path: Path) -> None:
    make_sqlite(tmp_path, "REAL", ["n/a", 1.5])
    string = 'name"; rml:datatype <http://www.w3.org/2001/XMLSchema#string'
    code, lines, _ = run(tmp_path, TABLE, string + '> ; <x> "')
    assert (code, lines) == (0, ['<1> "n/a"', '<2> "1.5E0"'])
    nulled = (
        'rml:source [ rml:path "p.db"; rml:null "n/a" ]; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t"'
    )
    assert run(tmp_path, nulled) == (0, ['<2> "1.5E0" <double>'], "")


def test_a_number_with_many_digits_is_read_back(tmp_path: Path) -> None:
    values = [0.1, 0.1 * 3, 2 / 3, 1e22, 5e-324, 1.7976931348623157e308, 123456789.12345678]
    make_sqlite(tmp_path, "DOUBLE", list(values))
    lines = run(tmp_path, TABLE)[1]
    assert [float(line.split('"')[1]) for line in lines] == values


@pytest.mark.parametrize("value", ["nan", "-nan", "inf", "-inf", "small"])
@pytest.mark.parametrize("width", [32, 64])
def test_numbers_of_parquet_that_are_none(tmp_path: Path, value: str, width: int) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    number = {"nan": float("nan"), "-nan": -float("nan"), "small": 0.1}.get(value) or float(value)
    column = pa.array([number], type=pa.float32() if width == 32 else pa.float64())
    parquet.write_table(pa.table({"id": [1], "name": column}), tmp_path / "p.parquet")
    told = {"nan": "NaN", "-nan": "NaN", "inf": "INF", "-inf": "-INF", "small": "1.0E-1"}[value]
    assert run(tmp_path, 'rml:source "p.parquet"')[1] == [f'<1> "{told}" <double>']


@pytest.mark.parametrize("form", ["parquet", "feather"])
def test_names_of_columns_that_differ_in_case(tmp_path: Path, form: str) -> None:
    pa = pytest.importorskip("pyarrow")
    inner = [{"Name": 1, "b": {"c": 2}}]
    table = pa.table([[1], inner, ["a"], ["b"], ["c"]], names=["id", "S", "Name", "name", "NAME"])
    if form == "parquet":
        pytest.importorskip("pyarrow.parquet").write_table(table, tmp_path / "p.parquet")
    else:
        pytest.importorskip("pyarrow.feather").write_feather(table, tmp_path / "p.feather")
    for name, value in (("Name", "a"), ("name", "b"), ("NAME", "c")):
        assert run(tmp_path, f'rml:source "p.{form}"', name)[1] == [f'<1> "{value}"']
    assert run(tmp_path, f'rml:source "p.{form}"', "nAme")[2].startswith("error[map-reference]: no column `nAme` in")


def test_columns_of_a_frame(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from kg.tables.frames import MappingError, map_frames

    def names_of(table: object, reference: str) -> list[str]:
        mapping = f"""@prefix rml: <http://w3id.org/rml/> . @base <http://e.org/> .
<m> rml:logicalSource [ rml:source "{{p}}" ]; rml:subjectMap [ rml:template "{{id}}" ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "{reference}" ] ] ."""
        return [line.split('"')[1] for line in map_frames(mapping, {"p": table})["line"].to_pylist()]

    table = pa.table([[1], ["a"], ["b"], ["c"], ["d"]], names=["id", "Name", "name", "x", "x"])
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches())
    assert (names_of(table, "Name"), names_of(table, "name"), names_of(reader, "name")) == (["a"], ["b"], ["b"])
    with pytest.raises(MappingError) as raised:
        names_of(table, "x")
    assert raised.value.diagnostics[0].message == "`p` has two columns `x`"
    days = pa.table({"id": [1, 2], "name": [datetime.date(2024, 1, 2), datetime.date(9999, 12, 31)]})
    assert names_of(days, "name") == ["2024-01-02", "9999-12-31"]


EXCEL = "http://schemas.openxmlformats.org"
MAIN = f'xmlns="{EXCEL}/spreadsheetml/2006/main"'


def write_xlsx(path: Path, sheets: dict[str, str]) -> None:
    """A workbook of sheets given as rows in XML; style 1 is a date with a time, style 2 a date."""
    relation = f"{EXCEL}/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{EXCEL}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{EXCEL}/package/2006/relationships"><Relationship Id="r" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {MAIN}><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }  # fmt: skip
    names = relations = ""
    for number, (name, rows) in enumerate(sheets.items(), 1):
        names += f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>'
        relations += f'<Relationship Id="r{number}" Type="{relation}/worksheet" Target="worksheets/s{number}.xml"/>'
        parts[f"xl/worksheets/s{number}.xml"] = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    relations += f'<Relationship Id="s" Type="{relation}/styles" Target="styles.xml"/>'
    parts["xl/workbook.xml"] = f'<workbook {MAIN} xmlns:r="{relation}"><sheets>{names}</sheets></workbook>'
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{EXCEL}/package/2006/relationships">{relations}</Relationships>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def sheet(*rows: tuple[object, ...]) -> str:
    """Rows of cells in XML: a text, a number, or a number with its style."""
    made = ""
    for number, row in enumerate(rows, 1):
        made += f'<row r="{number}">'
        for letter, value in zip("ABCDEF", row, strict=False):
            place = f'r="{letter}{number}"'
            if isinstance(value, str):
                made += f'<c {place} t="inlineStr"><is><t>{value}</t></is></c>'
            elif isinstance(value, tuple):
                made += f'<c {place} s="{value[1]}"><v>{value[0]}</v></c>'
            else:
                made += f"<c {place}><v>{value}</v></c>"
        made += "</row>"
    return made


def test_midnight_is_a_time(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    write_xlsx(
        tmp_path / "p.xlsx",
        {"s": sheet(("id", "name", "day"), (1, (45000.5, 1), (45000, 2)), (2, (45001, 1), (45001, 2)))},
    )
    assert run(tmp_path, 'rml:source "p.xlsx"')[1] == [
        '<1> "2023-03-15T12:00:00" <dateTime>',
        '<2> "2023-03-16T00:00:00" <dateTime>',
    ]
    assert run(tmp_path, 'rml:source "p.xlsx"', "day")[1] == ['<1> "2023-03-15" <date>', '<2> "2023-03-16" <date>']


def test_rows_before_the_header_of_a_sheet(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    write_xlsx(tmp_path / "p.xlsx", {"s": sheet(("a note",), (), ("id", "name"), ("(number)", "(text)"), (1, "a"))})

    def dialect(words: str) -> str:
        return f'rml:source [ a csvw:Table; csvw:url "p.xlsx"; csvw:dialect [ {words} ] ]; rml:referenceFormulation rml:CSV'

    assert run(tmp_path, dialect("csvw:skipRows 2; csvw:headerRowCount 2"))[1] == ['<1> "a"']
    assert run(tmp_path, dialect("csvw:skipRows 4; csvw:header false"), "_col.2", key="_col.1")[1] == ['<1> "a"']
    told = run(tmp_path, 'rml:source "p.xlsx"; rml:iterator "t"')[2]
    assert (
        told.startswith("error[source-not-found]: no sheet `t` in `p.xlsx`\n")
        and "= hint: its sheets are `s`\n" in told
    )


# -- bounds ---------------------------------------------------------------------------------------


def test_a_small_workbook_that_spans_a_whole_sheet(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    write_xlsx(tmp_path / "p.xlsx", {"s": corners})
    told = (3, [], "error: a sheet of `p.xlsx` spans 17179869184 cells (`--limit cells=17179869184` allows more)\n")
    assert run(tmp_path, 'rml:source "p.xlsx"') == told
    between = "</table:table-row><table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row><table:table-row>"
    far = "<table:table-cell table:number-columns-repeated='16000'/>" + cell("string", "x", "string-value")
    write_ods(tmp_path / "p.ods", cell("string", "id", "string-value"), far + between + cell("float", "1"))
    told = (3, [], "error: a sheet of `p.ods` spans 16769096003 cells (`--limit cells=16769096003` allows more)\n")
    assert run(tmp_path, 'rml:source "p.ods"') == told
    assert run(tmp_path, 'rml:source "p.ods"', "id", "--limit", "cells=5")[0] == 3


def test_a_small_workbook_of_many_bytes(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    write_xlsx(tmp_path / "p.xlsx", {"s": sheet(("id", "name"), (1, "a" * 500_000))})
    told = run(tmp_path, 'rml:source "p.xlsx"', "name", "--limit", "unpacked=100KB")
    assert told[0] == 3 and told[2].startswith("error: `p.xlsx` unpacks to 50")
    assert run(tmp_path, 'rml:source "p.xlsx"')[1] == [f'<1> "{"a" * 500_000}"']


def test_a_small_archive_that_is_great_inside(tmp_path: Path) -> None:
    import bz2
    import gzip
    import lzma
    import tarfile

    zstandard = pytest.importorskip("zstandard")
    zeros = b"id,name\n" + b"1,aaaaaaaa\n" * 30_000
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(zeros))
    (tmp_path / "p.csv.bz2").write_bytes(bz2.compress(zeros))
    (tmp_path / "p.csv.xz").write_bytes(lzma.compress(zeros))
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("p.csv", zeros)
    (tmp_path / "p.csv.zst").write_bytes(zstandard.ZstdCompressor().compress(zeros))
    (tmp_path / "p.csv").write_bytes(zeros)
    with tarfile.open(tmp_path / "p.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "p.csv", "p.csv")
    for name in ("p.csv.gz", "p.csv.bz2", "p.csv.xz", "p.csv.zst", "p.zip", "p.tar.gz"):
        source = f'rml:source "{name}"; rml:referenceFormulation rml:CSV'
        assert run(tmp_path, source)[1] == ['<1> "aaaaaaaa"']
        told = f"error: `{name}` unpacks to more than 200000 bytes (`--limit unpacked=10GB` allows more)\n"
        assert run(tmp_path, source, "name", "--limit", "unpacked=200KB") == (3, [], told)


@pytest.mark.parametrize("kind", ["aggregate", "rows", "view"])
def test_a_query_without_an_end(tmp_path: Path, kind: str) -> None:
    make_sqlite(tmp_path, "TEXT", ["a"])
    endless = "WITH RECURSIVE x(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM x) SELECT {} AS id, 1 AS name FROM x"
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.execute("CREATE VIEW v AS " + endless.format("id"))
    connection.close()
    before = (tmp_path / "p.db").read_bytes()
    query = endless.format("count(*)" if kind == "aggregate" else "id")
    rows = f'rml:referenceFormulation rml:SQL2008Query; rml:iterator "{query}"'
    if kind == "view":
        rows = 'rml:referenceFormulation rml:SQL2008Table; rml:iterator "v"'
    told = "error: a query of `p.db` takes longer than 1 s (`--limit seconds=10` allows more)\n"
    assert run(tmp_path, f'rml:source "p.db"; {rows}', "name", "--limit", "seconds=1") == (3, [], told)
    assert (tmp_path / "p.db").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["map.ttl", "p.db"]


@pytest.mark.parametrize("kind", ["query", "view"])
def test_a_query_of_duckdb_without_an_end(tmp_path: Path, kind: str) -> None:
    import duckdb

    endless = "WITH RECURSIVE x(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM x) SELECT max(id) AS id, 1 AS name FROM x"
    with duckdb.connect(str(tmp_path / "p.duckdb")) as connection:
        connection.execute(f"CREATE VIEW v AS {endless}")
        connection.execute("CREATE TABLE t AS SELECT 1 AS id, 'a' AS name")
    rows = f'rml:SQL2008Query; rml:iterator "{endless}"' if kind == "query" else 'rml:SQL2008Table; rml:iterator "v"'
    told = "error: a query of `p.duckdb` takes longer than 1 s (`--limit seconds=10` allows more)\n"
    source = f'rml:source "p.duckdb"; rml:referenceFormulation {rows}'
    assert run(tmp_path, source, "name", "--limit", "seconds=1") == (3, [], told)
    table = 'rml:source "p.duckdb"; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t"'
    assert run(tmp_path, table, "name", "--limit", "seconds=0") == (0, ['<1> "a"'], "")


def test_a_query_of_sqlite_with_a_name_twice(tmp_path: Path) -> None:
    make_sqlite(tmp_path, "TEXT", ["a"])
    rows = 'rml:referenceFormulation rml:SQL2008Query; rml:iterator "SELECT id, name, id FROM t"'
    code, lines, told = run(tmp_path, f'rml:source "p.db"; {rows}')
    assert (code, lines, told.split("\n")[0]) == (1, [], "error[source-columns]: the query gives two columns `id`")


@pytest.mark.parametrize(
    "query", ["SELECT id, name, id FROM t", 'SELECT id, name AS "ID" FROM t', 'SELECT 1 AS id, 2 AS "Id", 3 AS "ID"']
)
@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_query_with_names_that_differ_in_case_alone(tmp_path: Path, kind: str, query: str) -> None:
    """The database takes them for one name, and would give the first column under both."""
    if kind == "sqlite":
        make_sqlite(tmp_path, "TEXT", ["a"])
    else:
        duckdb = pytest.importorskip("duckdb")
        with duckdb.connect(str(tmp_path / "p.duckdb")) as connection:
            connection.execute("CREATE TABLE t AS SELECT 1 AS id, 'a' AS name")
    file = "p.db" if kind == "sqlite" else "p.duckdb"
    rows = f"rml:referenceFormulation rml:SQL2008Query; rml:iterator '''{query}'''"
    code, lines, told = run(tmp_path, f'rml:source "{file}"; {rows}', "ID")
    assert (code, lines, told.split("\n")[0]) == (1, [], "error[source-columns]: the query gives two columns `id`")


def test_queries_and_views_have_the_types_of_their_columns(tmp_path: Path) -> None:
    make_sqlite(tmp_path, "REAL", [1.5, None])
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.execute("CREATE VIEW v AS SELECT * FROM t")
    connection.close()
    query = "SELECT id, name, name * 2 AS twice, 'x' AS text FROM t"
    asked = f'rml:source "p.db"; rml:referenceFormulation rml:SQL2008Query; rml:iterator "{query}"'
    told = [run(tmp_path, asked, name)[1] for name in ("name", "twice", "text")]
    assert told == [['<1> "1.5E0" <double>'], ['<1> "3.0E0" <double>'], ['<1> "x"', '<2> "x"']]
    assert run(tmp_path, TABLE.replace('"t"', '"v"'))[1] == ['<1> "1.5E0" <double>']


def record(kind: int, *fields: int) -> bytes:
    """A record of a binary workbook (MS-XLSB, 2.1.4)."""
    body = b"".join(field.to_bytes(4, "little") for field in fields)
    return bytes([kind, len(body)]) + body


def test_the_corners_of_a_binary_sheet(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    cells = record(0, 0) + record(7, 0, 0, 0) + record(1, 16_383, 0) + record(0, 1_048_575) + record(2, 16_383, 0, 4)
    with zipfile.ZipFile(tmp_path / "p.xlsb", "w") as archive:
        archive.writestr("xl/worksheets/sheet1.bin", cells)
    told = (3, [], "error: a sheet of `p.xlsb` spans 17179869184 cells (`--limit cells=17179869184` allows more)\n")
    assert run(tmp_path, 'rml:source "p.xlsb"') == told


@pytest.mark.parametrize("text", ["size=5", "cells", "cells=5MB", "seconds=-1", "unpacked=", "unpacked=5GBB"])
def test_a_limit_that_is_none(tmp_path: Path, text: str) -> None:
    told = run(tmp_path, "", "name", "--limit", text)
    assert told[0] == 2
    assert f"`{text}` is no limit: write `unpacked=2GB`, `cells=1000000` or `seconds=60`" in told[2]


# -- what the machine does ------------------------------------------------------------------------


def test_a_column_of_sqlite_whose_name_is_no_text(tmp_path: Path) -> None:
    make_sqlite(tmp_path, "TEXT", [])
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.execute("ALTER TABLE t ADD COLUMN QQQQ TEXT")
    connection.close()
    data = (tmp_path / "p.db").read_bytes()
    (tmp_path / "p.db").write_bytes(data.replace(b"QQQQ", b"\xff\xfeQQ"))
    code, lines, told = run(tmp_path, TABLE)
    assert (code, lines, told.split("\n")[0]) == (
        1,
        [],
        "error[source-unreadable]: `p.db` has a name that is not UTF-8",
    )
    assert "= hint: rename the table or column, or read another with a query that names it\n" in told


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file of this system fails to be read")
@pytest.mark.parametrize("name", ["p.csv", "p.csv.gz", "p.zip", "p.json", "p.xml", "p.parquet", "p.feather", "p.xlsx", "p.db", "p.duckdb"])  # fmt: skip
def test_a_disk_that_fails_is_no_mistake_of_the_user(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("/proc/self/mem")
    kinds = {".json": "JSONPath", ".xml": "XPath", ".db": "SQL2008Table", ".duckdb": "SQL2008Table"}
    kind = kinds.get(Path(name).suffix, "CSV")
    source = f'rml:source "{name}"; rml:referenceFormulation rml:{kind}; rml:iterator "//x"'
    told = (3, [], f"error: `{name}` could not be read: Input/output error\n")
    assert run(tmp_path, source, "name", "--allow-path", "/proc") == told


def test_a_driver_of_postgresql_that_names_no_types_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers before 1.13 name none but those that Arrow does not have: an integer would be a text."""
    pa = pytest.importorskip("pyarrow")
    from kg.tables.sources.databases.postgresql import PostgreSql
    from kg.tables.sources.dialects import RefusedError

    fields = [pa.field("name", pa.string(), metadata={"POSTGRESQL:type": "bpchar"}), pa.field("id", pa.int32())]
    database = object.__new__(PostgreSql)  # without a server
    monkeypatch.setattr(database, "ask", lambda query: pa.schema(fields[:1]).empty_table())
    assert [(c.name, c.type_name, c.padded) for c in database.describe("t").columns] == [("name", "bpchar", True)]
    monkeypatch.setattr(database, "ask", lambda query: pa.schema(fields).empty_table())
    with pytest.raises(RefusedError, match="does not name the type of the column `id`") as refused:
        database.describe("t")
    assert refused.value.hint == "pip install 'adbc-driver-postgresql>=1.13'"


@pytest.mark.parametrize("rest", ["", "rml:reference"])
def test_values_of_sqlite_have_their_types_in_the_older_words_too(tmp_path: Path, rest: str) -> None:
    """R2RML 10.2: what a query computes has a type, although SQLite declares none for it."""
    make_sqlite(tmp_path, "TEXT", ["a", "b"])
    head = "@prefix rr: <http://www.w3.org/ns/r2rml#> . @base <http://e.org/> .\n"
    query = "SELECT count(*) AS n, 0.5 AS x, 'a' AS a, x'0a' AS b FROM t"
    source = f'rr:logicalTable [ rr:sqlQuery "{query}" ]'
    column = "rr:column"
    if rest:
        head += "@prefix rml: <http://semweb.mmlab.be/ns/rml#> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .\n"
        head += '<db> a d2rq:Database; d2rq:jdbcDSN "jdbc:sqlite:p.db"; d2rq:jdbcDriver "org.sqlite.JDBC" .\n'
        source, column = f'rml:logicalSource [ rml:source <db>; rr:sqlVersion rr:SQL2008; rml:query "{query}" ]', rest
    maps = "".join(f'; rr:predicateObjectMap [ rr:predicate <{c}>; rr:objectMap [ {column} "{c}" ] ]' for c in "nxab")
    (tmp_path / "m.ttl").write_text(f"{head}<m> {source}; rr:subjectMap [ rr:constant <s> ]{maps} .", encoding="utf-8")
    options = [str(tmp_path / "m.ttl"), "-o", str(tmp_path / "o.nq")]
    options += [] if rest else ["--db", f"sqlite:///{tmp_path / 'p.db'}", "--allow-path", str(tmp_path)]
    done = CliRunner().invoke(map_command, options, catch_exceptions=False)
    assert (done.exit_code, done.stderr) == (0, "")
    lines = sorted((tmp_path / "o.nq").read_text(encoding="utf-8").replace("http://e.org/", "").splitlines())
    assert lines == [
        '<s> <a> "a" .',
        f'<s> <b> "0A"^^<{XSD}hexBinary> .',
        f'<s> <n> "2"^^<{XSD}integer> .',
        f'<s> <x> "5.0E-1"^^<{XSD}double> .',
    ]


def test_cells_and_answers_have_their_types_in_the_older_words_too(tmp_path: Path) -> None:
    """Each value has a type of its own, or a language: there is no declared type of its column to take."""
    pytest.importorskip("python_calamine")
    write_ods(tmp_path / "p.ods", cell("string", "n") + cell("string", "x"), cell("float", "5") + cell("float", "2.5"))
    (tmp_path / "p.ttl").write_text('<http://e.org/a> <http://e.org/p> 5, "x"@de .', encoding="utf-8")
    results = "rml:referenceFormulation <http://www.w3.org/ns/formats/SPARQL_Results_JSON>"
    query = f'rml:source "p.ttl"; {results}; rml:iterator "SELECT * {{ ?a <http://e.org/p> ?n }}"'
    head = "@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> . @base <http://e.org/> .\n"
    wanted = {
        'rml:source "p.ods"': [f'<s> <n> "5"^^<{XSD}integer> .', f'<s> <x> "2.5E0"^^<{XSD}double> .'],
        query: [f'<s> <n> "5"^^<{XSD}integer> .', '<s> <n> "x"@de .'],
    }
    for source, lines in wanted.items():
        names = "nx" if "ods" in source else "n"
        maps = "".join(
            f'; rr:predicateObjectMap [ rr:predicate <{c}>; rr:objectMap [ rml:reference "{c}" ] ]' for c in names
        )
        text = f"{head}<m> rml:logicalSource [ {source} ]; rr:subjectMap [ rr:constant <s> ]{maps} ."
        (tmp_path / "m.ttl").write_text(text, encoding="utf-8")
        done = CliRunner().invoke(
            map_command, [str(tmp_path / "m.ttl"), "-o", str(tmp_path / "o.nq")], catch_exceptions=False
        )
        assert (done.exit_code, done.stderr) == (0, "")
        made = (tmp_path / "o.nq").read_text(encoding="utf-8").replace("http://e.org/", "")
        assert sorted(made.splitlines()) == lines
