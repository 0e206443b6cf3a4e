# ruff: noqa: E501 - a value and what comes of it stand on one line
"""Siblings of faults that were found: many values in one run each, with the right term or the mistake that is told."""

from __future__ import annotations

import bz2
import datetime
import gzip
import lzma
import subprocess
import zipfile
from decimal import Decimal
from itertools import product
from pathlib import Path

import duckdb
import pytest
from sqlitefile import open_sqlite
from terminal import PROGRAM, environment, run_kg
from test_tables_read import map_text, translate
from test_tables_sources import cell, run, write_ods
from test_tables_types import TABLE, make_sqlite, sheet, write_xlsx

from kg.tables.engine.connection import Connection
from kg.tables.rml import FileSource, Formulation, LogicalSource, Reference
from kg.tables.sources.dialects import kind_of
from kg.tables.sources.sheets.spreadsheet import duration_text
from kg.tables.sources.shelf import Shelf, SourceRequest
from kg.tables.vocabulary import Generation
from kg.text.diagnostic import Mark, SourceText

MARK = Mark(source=SourceText("m", ""), line=1, column=1, end_line=1, end_column=1)
CSV = 'rml:source "p.csv"; rml:referenceFormulation rml:CSV'
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"


def first_line(told: str) -> str:
    return told.split("\n")[0]


def write_rows(folder: Path, *rows: str, name: str = "p.csv") -> None:
    text = "id,name\n" + "".join(f"{number},{row}\n" for number, row in enumerate(rows, 1))
    (folder / name).write_text(text, encoding="utf-8", newline="")


# -- types of databases and files -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("INT|INT2|BIGINT UNSIGNED|UNSIGNED BIG INT|INT(10) UNSIGNED ZEROFILL|uhugeint|UTINYINT|USMALLINT|UINTEGER|serial|BIGNUM", "integer"),
        ("numeric(10,2)|DEC(5,2) UNSIGNED|decimal", "decimal"),
        ("float8|DOUBLE PRECISION|REAL|double unsigned|FLOATING POINT", "double"),
        ("timestamptz|TIMESTAMP(3) WITH TIME ZONE|timestamp(0) without time zone|TIMESTAMP_NS|DATETIME(6)", "dateTime"),
        ("time|timetz|TIME WITH TIME ZONE|time(3) without time zone", "time"),
        ("VARBINARY(3)|LONGBLOB|bytea|BLOB", "binary"),
        # the user's own types, and what only begins like a number
        ("realm|timeline|decision|interest|floaty|double_x|blobby|fixed_t|integer_kind|int2vector|int4range|int4multirange|datemultirange|interval|POINT", "text"),
        ("ENUM('a)','int x')|ENUM('date')|integer[]|DECIMAL(3,1)[]|STRUCT(a INTEGER)", "text"),
    ],
)  # fmt: skip
def test_kinds_of_types_by_their_whole_names(names: str, kind: str) -> None:
    assert {name: kind_of(name) for name in names.split("|")} == dict.fromkeys(names.split("|"), kind)


@pytest.mark.parametrize("declared", ["TEXT", "VARCHAR(3)", "CLOB"])
def test_bytes_in_a_column_of_texts(tmp_path: Path, declared: str) -> None:
    make_sqlite(tmp_path, declared, ["a", 5, b"b", b"\xff"])
    code, lines, told = run(tmp_path, TABLE)
    what = "`x'62'` is no text, which the type of its column promises (row 3 of `t`, `name`, and 1 more)"
    assert (code, lines, first_line(told)) == (1, [], f"error[data-datatype]: {what}")
    assert run(tmp_path, TABLE, "name", "--best-effort")[1] == ['<1> "a"', '<2> "5"']


def test_bytes_are_looked_for_in_one_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.tables.sources.databases import sqlite

    pytest.importorskip("adbc_driver_sqlite")
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.execute("CREATE TABLE t (id INTEGER, name TEXT, other VARCHAR(3))")
        connection.execute("INSERT INTO t VALUES (1, 'a', x'62'), (2, 'b', 'c')")
    connection.close()
    asked, find = [], sqlite.find_bytes
    monkeypatch.setattr(sqlite, "find_bytes", lambda *given: asked.append(given[1:]) or find(*given))
    code, lines, told = run(tmp_path, TABLE, 'name" ], [ rml:reference "other')
    assert (code, lines, asked) == (1, [], [('"t" AS q', ['"name"', '"other"'])])
    what = "`x'62'` is no text, which the type of its column promises (row 1 of `t`, `other`)"
    assert first_line(told) == f"error[data-datatype]: {what}"


def test_unsigned_integers_of_sqlite(tmp_path: Path) -> None:
    make_sqlite(tmp_path, "BIGINT UNSIGNED", [5, "18446744073709551615"])
    told = run(tmp_path, TABLE)[2]
    assert first_line(told).startswith("error[data-datatype]: `1.8446744073709552e+19` is no xsd:integer")
    assert run(tmp_path, TABLE, "name", "--best-effort")[1] == ['<1> "5" <integer>']


def test_types_of_duckdb(tmp_path: Path) -> None:

    with duckdb.connect(str(tmp_path / "p.duckdb")) as connection:
        connection.execute("CREATE TABLE t (id INTEGER, a ENUM('a)', 'int x'), b BIGNUM)")
        connection.execute("INSERT INTO t VALUES (1, 'a)', 123456789012345678901234567890123456789012)")
    source = 'rml:source "p.duckdb"; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t"'
    assert run(tmp_path, source, "a")[1] == ['<1> "a)"']
    assert run(tmp_path, source, "b")[1] == ['<1> "123456789012345678901234567890123456789012" <integer>']


def test_columns_of_parquet_have_types(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    values = {
        "f": ([1e20], '"1.0E20" <double>'),
        "n": ([float("nan")], '"NaN" <double>'),
        "d": ([datetime.date(2024, 1, 2)], '"2024-01-02" <date>'),
        "t": ([datetime.datetime.fromisoformat("2024-01-02T03:04:05")], '"2024-01-02T03:04:05" <dateTime>'),
        "x": ([b"\x00\xff"], '"00FF" <hexBinary>'),
        "m": ([Decimal("1.50")], '"1.50" <decimal>'),
        "s": (["a"], '"a"'),
    }
    pq.write_table(pa.table({"id": [1], **{n: v for n, (v, _) in values.items()}}), tmp_path / "p.parquet")
    source = 'rml:source "p.parquet"'
    maps = "".join(
        f' ] ]; rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "{name}"'
        for name in list(values)[1:]
    )
    wanted = sorted(f"<1> {term}" for _, term in values.values())
    assert run(tmp_path, source, f'f"{maps}; <x> "') == (0, wanted, "")
    code, lines, told = run(tmp_path, f"{source}; rml:referenceFormulation rml:CSV", f'f"{maps}; <x> "')
    assert (code, lines) == (0, sorted(line.rsplit(" <", 1)[0] for line in wanted))
    assert first_line(told).endswith("of `p.parquet` has a type, and `rml:CSV` makes plain texts of its values")
    for file, kind in (("p.parquet", " <double>"), ("p.parquet~csv", "")):
        text = f"prefixes: {{ex: http://e.org/}}\nmappings: {{m: {{sources: [[{file}]], s: ex:$(id), po: [[ex:p, $(f)]]}}}}"
        found = map_text(tmp_path, text, "m.yml")[0]
        for vocabulary in ("auto", "rml"):
            assert map_text(tmp_path, translate(tmp_path / "m.yml", vocabulary))[0] == found
        assert [line.split("p> ")[1].replace(XSD, "").replace("^^", " ") for line in found] == [f'"1.0E20"{kind} .']


def test_digits_that_would_be_lost(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    wide = pa.table({"id": [1], "name": pa.array([Decimal("1.50")], pa.decimal256(50, 2))})
    pq.write_table(wide, tmp_path / "p.parquet")
    told = "error[source-columns]: `name` is a decimal of 50 digits in `p.parquet`, of which 38 can be read"
    assert first_line(run(tmp_path, 'rml:source "p.parquet"')[2]) == told
    for values, unit, lines in (
        ([1704164645123456789], "ns", None),
        ([1704164645123456], "us", ['<1> "2024-01-02T03:04:05.123456" <dateTime>']),
        ([253402214400000000], "us", ['<1> "9999-12-31T00:00:00" <dateTime>']),
        ([-9214560000000000000], "ns", ['<1> "1678-01-01T00:00:00" <dateTime>']),
        ([None, -1], "ns", None),
    ):
        times = pa.table({"id": list(range(1, len(values) + 1)), "name": pa.array(values, pa.timestamp(unit))})
        pq.write_table(times, tmp_path / "p.parquet", use_deprecated_int96_timestamps=True)
        code, found, told = run(tmp_path, 'rml:source "p.parquet"')
        assert (code, found) == ((0, lines) if lines else (1, []))
        assert lines or "`name` holds nanoseconds in `p.parquet`, of which INT96 is read to microseconds" in told


def test_members_of_structures_are_no_columns(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    wide = pa.array([Decimal("1.50")], pa.decimal256(50, 2))
    times = pa.array([1], pa.timestamp("ns"))
    inner = pa.StructArray.from_arrays([wide, times], names=["name", "id"])
    pq.write_table(
        pa.table({"id": [1], "s": inner, "name": ["a"]}), tmp_path / "p.parquet", use_deprecated_int96_timestamps=True
    )
    assert run(tmp_path, 'rml:source "p.parquet"') == (0, ['<1> "a"'], "")


def test_digits_that_would_be_lost_by_a_worker(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pytest.importorskip("distributed")
    from types import SimpleNamespace

    from kg.tables.cluster.split import Piece, Span
    from kg.tables.cluster.stage import Reading, open_rows

    times = pa.table(
        {"name": pa.array([1000, 1], pa.timestamp("ns")), "d": pa.array([Decimal(5)] * 2, pa.decimal256(50, 2))}
    )
    pq.write_table(times, tmp_path / "p.parquet", use_deprecated_int96_timestamps=True, row_group_size=1)

    def read_group(number: int, name: str) -> list[str]:
        with Connection() as connection:
            shelf = Shelf(connection=connection, scratch=tmp_path, mapping_folder=tmp_path)
            origin = FileSource(path="p.parquet", mark=MARK)
            source = LogicalSource(
                source=origin, formulation=Formulation.COLUMNS, iterator=None, generation=Generation.RML, mark=MARK
            )
            request = SourceRequest(source=source, references=(Reference(text=name, mark=MARK),), name="t")
            span = Span(begin=number, end=number + 1)
            piece = Piece(path=str(tmp_path / "p.parquet"), name="p.parquet", rows=span, groups=span)
            reading = Reading(request=request, origin=origin, piece=piece, prefix="")
            open_rows(reading, SimpleNamespace(shelf=shelf, scratch=tmp_path))  # type: ignore[arg-type]
            return [each.message for each in shelf.diagnostics]

    assert read_group(0, "name") == []
    assert read_group(1, "name") == ["`name` holds nanoseconds in `p.parquet`, of which INT96 is read to microseconds"]
    assert read_group(0, "d") == ["`d` is a decimal of 50 digits in `p.parquet`, of which 38 can be read"]


# -- views: what is wrong with a value of a field is told as it is elsewhere ---------------------


def test_values_of_fields_are_checked(tmp_path: Path) -> None:
    write_rows(tmp_path, "x", "2.5")
    call = f'rml:functionExecution [ rml:function <{GREL}math_round>; rml:input [ rml:parameter <{GREL}p_dec_n>; rml:inputValueMap [ rml:reference "name" ] ] ]'
    for field, lines, message in (
        (call, ['<2> "3"'], "`math_round` has no result for `x` (row 2 of `p.csv`, `math_round`)"),
        ('rml:reference "id"; rml:condition [ rml:reference "name" ]', [], "`x` is neither true nor false (row 2 of `p.csv`, `name`, and 1 more)"),
    ):  # fmt: skip
        fields = f'rml:field [ rml:fieldName "id"; rml:reference "id" ], [ rml:fieldName "name"; {field} ]'
        source = f"rml:viewOn [ {CSV} ]; {fields}"
        code, found, told = run(tmp_path, source)
        assert (code, found, first_line(told)) == (1, [], f"error[data-function]: {message}")
        code, found, told = run(tmp_path, source, "name", "--best-effort")
        assert (code, found, first_line(told)) == (0, lines, f"warning[data-skipped]: {message}")


@pytest.mark.parametrize(
    ("text", "reference", "told"),
    [
        ("h,i\\n1,2\\n3", "h", "2 values expected in its row 3, 1 found"),
        ("h,h\\n1,2", "h", "two columns `h`"),
        ('h\\n\\"1', "h", "unexpected end of data"),
        ("h,i\\n1,2", "j", "no column `j` among `h`, `i`"),
    ],
)
def test_csv_within_json(tmp_path: Path, text: str, reference: str, told: str) -> None:
    (tmp_path / "p.json").write_text(f'[{{"id": 1, "t": "{text}"}}]', encoding="utf-8")
    below = '[ rml:source "p.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]" ]'
    rows = f'rml:field [ a rml:IterableField; rml:fieldName "r"; rml:referenceFormulation rml:CSV; rml:field [ rml:fieldName "c"; rml:reference "{reference}" ] ]'
    source = f'rml:viewOn {below}; rml:field [ rml:fieldName "id"; rml:reference "$.id" ], [ rml:fieldName "t"; rml:reference "$.t"; {rows} ]'
    code, lines, said = run(tmp_path, source, "t.r.c")
    assert (code, lines) == (1, [])
    assert told in said


# -- texts, paths and packing ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("csv", "dialect", "nulls", "lines"),
    [
        ("id,name\n1,\ta\t\n", "csvw:trim true", "", ['<1> "a"']),
        ("id,name\n1, NA \n2,x\n", "csvw:trim true", '; rml:null "NA"', ['<2> "x"']),
        ("id,name\n,\n1,a\n , \n", "csvw:skipBlankRows true; csvw:trim true", "", ['<1> "a"']),
        ("id,name\nNA,NA\n1,a\n", "csvw:skipBlankRows true", '; rml:null "NA"', ['<1> "a"']),
        ('id,name\n1,"a,b"\n2,x\n', "csvw:header true", '; rml:null "a,b"', ['<2> "x"']),
        ('id,name\n1,"a""b"\n2,x\n', "csvw:header true", '; rml:null "a\\"b"', ['<2> "x"']),
        ("id,name\r\n1,a\r\n", 'csvw:lineTerminators "\\\\r\\\\n"', "", ['<1> "a"']),
    ],
    ids=["tab", "null after trim", "blank rows", "no values", "null with delimiter", "null with quote", "crlf"],
)  # fmt: skip
def test_dialects(tmp_path: Path, csv: str, dialect: str, nulls: str, lines: list[str]) -> None:
    (tmp_path / "p.csv").write_text(csv, encoding="utf-8", newline="")
    source = f'rml:source [ a csvw:Table; csvw:url "p.csv"; csvw:dialect [ {dialect} ] {nulls} ]; rml:referenceFormulation rml:CSV'
    assert run(tmp_path, source) == (0, lines, "")


@pytest.mark.parametrize(
    ("csv", "dialect", "line"),
    [
        ("id,name\n1,5\n,\n , \n2,x\n", "csvw:skipBlankRows true; csvw:trim true", 5),
        ("id,name\n1,5\n\n\n2,x", "csvw:header true", 5),
        ('id,name\n"1\n1",5\n2,x\n', "csvw:header true", 4),
        ("# a\nid,name\n1,5\n# b\n2,x\n", 'csvw:commentPrefix "#"', 5),
        ("id,name\r1,5\r\r2,x\r", "csvw:header true", 4),
        ("id,name\n1,5\n2,x\n", "csvw:skipBlankRows true", 3),
    ],
    ids=["blank rows", "blank lines", "cells of several lines", "comments", "cr", "plain"],
)
@pytest.mark.parametrize("file", ["p.csv", "p*.csv"])
def test_a_row_is_told_by_its_line(tmp_path: Path, csv: str, dialect: str, line: int, file: str) -> None:
    (tmp_path / "p.csv").write_text(csv, encoding="utf-8", newline="")
    source = (
        f'rml:source [ a csvw:Table; csvw:url "{file}"; csvw:dialect [ {dialect} ] ]; rml:referenceFormulation rml:CSV'
    )
    told = run(tmp_path, source, f'name"; rml:datatype <{XSD}integer>; <x> "')[2]
    assert first_line(told) == f"error[data-datatype]: `x` is no xsd:integer (row {line} of `p.csv`, `name`)"


def test_other_line_ends_are_refused(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,name;1,a;", encoding="utf-8")
    source = "rml:source [ a csvw:Table; csvw:url 'p.csv'; csvw:dialect [ csvw:lineTerminators ';' ] ]; rml:referenceFormulation rml:CSV"
    assert (
        first_line(run(tmp_path, source)[2])
        == "error[map-unsupported]: `csvw:lineTerminators` with `;` is not supported"
    )


@pytest.mark.parametrize("declared", ['<?xml version="1.0" encoding="{}"?>', "<?xml version='1.0'  encoding = '{}' standalone='yes' ?>", ""])  # fmt: skip
@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16", "windows-1252"])
def test_xml_whose_source_says_its_encoding(tmp_path: Path, declared: str, encoding: str) -> None:
    text = declared.format(encoding) + '<r><p id="1"><name>é encoding="x"</name></p></r>'
    (tmp_path / "p.xml").write_bytes(text.encode(encoding))
    rows = 'rml:referenceFormulation rml:XPath; rml:iterator "/r/p"'
    source = f'rml:source [ a rml:FilePath; rml:path "p.xml"; rml:encoding rml:{encoding} ]; {rows}'
    assert run(tmp_path, source, key="@id") == (0, ['<1> "é encoding=\\"x\\""'], "")


@pytest.mark.parametrize(
    ("iterator", "lines", "told"),
    [
        ("r/p", ['<1> "a"'], ""),
        ("./r/p", ['<1> "a"'], ""),
        ("*/p", ['<1> "a"'], ""),
        ("r/p | r/x", ['<1> "a"'], ""),
        ("(r/p)[1]", ['<1> "a"'], ""),
        ("descendant::p[../p]", ['<1> "a"'], ""),
        ("p", [], "warning[data-absent]: `p` selects no record of `p.xml`: its root is `r`\n= hint: did you mean `/r/p`?"),
        ("./p", [], "warning[data-absent]: `./p` selects no record of `p.xml`: its root is `r`\n= hint: did you mean `/r/p`?"),
        ("(p)[1]", [], "warning[data-absent]: `(p)[1]` selects no record of `p.xml`: its root is `r`\n= hint: did you mean `(/r/p)[1]`?"),
        ("p | x", [], "warning[data-absent]: `p | x` selects no record of `p.xml`: its root is `r`\n= hint: did you mean `/r/p | /r/x`?"),
        ("(r/x)[1]", [], "warning[data-absent]: `(r/x)[1]` selects no record of `p.xml`"),
        ("r/*/x", [], "warning[data-absent]: `r/*/x` selects no record of `p.xml`: `p` has no child `x`\n= hint: its children are `name`"),
        ("r/p[name[2]]", [], ""),
        ("/", [], "error[map-path]: `/` is no XPath: an iterator selects elements, and this one the document"),
        ("r/p | .", [], "error[map-path]: `r/p | .` is no XPath: an iterator selects elements, and this one the document"),
        ("/r/p/@id", [], "error[map-path]: `/r/p/@id` is no XPath: an iterator selects elements, and this one texts, attributes or numbers"),
        ("/r/p/name/text()", [], "error[map-path]: `/r/p/name/text()` is no XPath: an iterator selects elements, and this one texts, attributes or numbers"),
        ("count(/r)", [], "error[map-path]: `count(/r)` is no XPath: an iterator selects elements, and this one texts, attributes or numbers"),
    ],
)  # fmt: skip
def test_iterators_begin_at_the_document(tmp_path: Path, iterator: str, lines: list[str], told: str) -> None:
    (tmp_path / "p.xml").write_text('<r><p id="1"><name>a</name></p></r>', encoding="utf-8")
    source = f'rml:source "p.xml"; rml:referenceFormulation rml:XPath; rml:iterator "{iterator}"'
    code, found, said = run(tmp_path, source, key="@id")
    shown = [first_line(said), *(line.strip() for line in said.split("\n") if "= hint" in line)]
    assert (code, found, "\n".join(shown)) == (int(told.startswith("error")), lines, told)


def test_iterators_over_xml_within_a_cell_begin_at_its_document(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,x\n1,<r><p>a</p></r>\n", encoding="utf-8")
    for iterator, lines, told in (
        ("/r/p", ['<1> "a"'], ""),
        ("r/p", ['<1> "a"'], ""),
        ("p", [], "error[map-path]: the field `p` cannot be read: `p` begins at the document, whose root is `r`"),
    ):
        inner = f'rml:field [ a rml:IterableField; rml:fieldName "p"; rml:referenceFormulation rml:XPath; rml:iterator "{iterator}"; rml:field [ rml:fieldName "v"; rml:reference "." ] ]'
        fields = (
            f'rml:field [ rml:fieldName "id"; rml:reference "id" ], [ rml:fieldName "x"; rml:reference "x"; {inner} ]'
        )
        code, found, said = run(tmp_path, f"rml:viewOn [ {CSV} ]; {fields}", "x.p.v")
        assert (code, found, first_line(said)) == (int(bool(told)), lines, told)


def test_an_archive_of_several_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("__MACOSX/._a.csv", "x")
        archive.writestr("a.csv", "id,name\n1,a\n")
    source = 'rml:source "p.zip"; rml:referenceFormulation rml:CSV'
    assert run(tmp_path, source) == (0, ['<1> "a"'], "")
    with zipfile.ZipFile(tmp_path / "p.zip", "a") as archive:
        archive.writestr("b.csv", "id,name\n2,b\n")
    code, lines, told = run(tmp_path, source)
    assert (code, lines) == (0, ['<1> "a"'])
    assert first_line(told) == "warning[source-archive]: `p.zip` holds 2 files, of which `a.csv` is read"
    (tmp_path / "p.csv.bz2").write_bytes(bz2.compress(b"id,name\n1,a\n") + bz2.compress(b"2,b\n"))
    assert run(tmp_path, 'rml:source "p.csv.bz2"; rml:referenceFormulation rml:CSV')[1] == ['<1> "a"', '<2> "b"']


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst"])
def test_what_follows_a_packed_stream_is_read_or_told(tmp_path: Path, kind: str) -> None:
    zstandard = pytest.importorskip("zstandard")
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.compress}[kind]
    one, other = pack(b"id,name\n1,a\n"), pack(b"2,b\n")
    source, file = f'rml:source "p.csv.{kind}"; rml:referenceFormulation rml:CSV', tmp_path / f"p.csv.{kind}"
    file.write_bytes(one + other)
    assert run(tmp_path, source) == (0, ['<1> "a"', '<2> "b"'], "")
    for damaged in (one + b"?" + other[1:], one + b"rest", one + other[:-3]):
        file.write_bytes(damaged)
        code, lines, told = run(tmp_path, source)
        assert (code, lines) == (1, [])
        assert first_line(told).startswith(f"error[source-unreadable]: `p.csv.{kind}` cannot be unpacked: ")


# -- terms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("object_map", "message"),
    [
        (f"rml:datatype <{RDF}langString>", "error[map-term]: a literal of rdf:langString has a language"),
        (f"rml:datatypeMap [ rml:constant <{RDF}dirLangString> ]", "error[map-term]: a literal of rdf:dirLangString has a language"),
        (f'rml:datatypeMap [ rml:template "{RDF}lang{{kind}}" ]', "error[data-datatype]: `a` is not of the datatype that the data give it (row 2 of `p.csv`, `name`)"),
        (f"rml:datatype <{XSD}integer>, <{XSD}string>", "error[map-repeated]: a second `rml:datatype`, where one is meant"),
        ('rml:language "en", "de"', "error[map-repeated]: a second `rml:language`, where one is meant"),
        ('rml:language "en-a"', "error[map-language]: `en-a` is no language tag"),
        (f'rml:condition [ rml:constant "x"^^<{XSD}integer> ]', "error[map-term]: `x` is no integer"),
    ],
)  # fmt: skip
def test_tags_that_make_no_literal(tmp_path: Path, object_map: str, message: str) -> None:
    (tmp_path / "p.csv").write_text("id,name,kind\n1,a,String\n", encoding="utf-8")
    code, lines, told = run(tmp_path, CSV, f'name"; {object_map}; <x> "')
    assert (code, lines, first_line(told)) == (1, [], message)


def test_a_constant_is_of_its_datatype(tmp_path: Path) -> None:
    write_rows(tmp_path, "a")
    value = (
        '] ]; rml:predicateObjectMap [ rml:predicate <q>; rml:object "2024-02-30"^^<'
        + XSD
        + 'date> ]; <x> [ <y> [ <z> "'
    )
    assert first_line(run(tmp_path, CSV, f'name" {value}')[2]) == "error[map-term]: `2024-02-30` is no date"


def test_irregular_language_tags(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,name,tag\n1,a,i-klingon\n2,b,en-GB-oed\n3,c,en-a\n", encoding="utf-8")
    code, lines, told = run(tmp_path, CSV, 'name"; rml:languageMap [ rml:reference "tag" ]; <x> "', "--best-effort")
    assert (code, lines) == (0, ['<1> "a"@i-klingon', '<2> "b"@en-GB-oed'])
    assert first_line(told).startswith("warning[data-skipped]: `en-a` is no language tag")


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("date", ["0000-02-29", "-0004-02-29", "12000-02-29"], ["-0001-02-29", "10000-02-30", "11000-02-29", "-0044-06-31"]),
        ("gMonthDay", ["--02-29", "--04-30Z", "--12-31"], ["--02-30", "--04-31"]),
        ("base64Binary", ["YQ==", "YWI=", "YWJj", "Y Q = =", ""], ["YQ", "YR==", "YWJ=", "Y"]),
    ],
)  # fmt: skip
def test_lexical_spaces(tmp_path: Path, datatype: str, good: list[str], bad: list[str]) -> None:
    write_rows(tmp_path, *good, *bad)
    code, lines, told = run(tmp_path, CSV, f'name"; rml:datatype <{XSD}{datatype}>; <x> "', "--best-effort")
    assert (code, lines) == (0, sorted(f'<{n}> "{text}" <{datatype}>' for n, text in enumerate(good, 1)))
    assert f"and {len(bad) - 1} more" in told


def test_empty_cells_of_iris_that_are_references(tmp_path: Path) -> None:
    write_rows(tmp_path, "")
    noted = "note[data-empty]: an IRI is made of an empty `name` in 1 row of `p.csv`"
    for value in ('name"; rml:termType rml:IRI; <x> "', 'id"; rml:datatypeMap [ rml:reference "name" ]; <x> "'):
        assert first_line(run(tmp_path, CSV, value)[2]) == noted


def test_the_default_graph_out_of_the_data(tmp_path: Path) -> None:
    for iri in ("http://w3id.org/rml/defaultGraph", "http://www.w3.org/ns/r2rml#defaultGraph"):
        write_rows(tmp_path, iri)
        value = 'id" ]; rml:graphMap [ rml:reference "name" ]; <x> [ <y> "'
        told = first_line(run(tmp_path, CSV, value)[2])
        assert told.startswith(
            f"error[data-iri]: `{iri}` stands for the default graph, which only a constant does here"
        )


# -- joins ----------------------------------------------------------------------------------------

PAIRS = [
    ("INTEGER", 5, "REAL", 5.0, True), ("INTEGER", 5, "DECIMAL(5,2)", 5.0, True), ("REAL", 5.5, "DECIMAL(5,2)", 5.5, True),
    ("REAL", 1e20, "DECIMAL(30,2)", 1e20, True), ("REAL", -0.5, "DECIMAL(5,2)", -0.5, True), ("INTEGER", 50, "REAL", 5.0, False),
    ("INTEGER", 100, "DECIMAL(5,2)", 100, True), ("INTEGER", 5, "TEXT", "5", True), ("REAL", "n/a", "TEXT", "n/a", True),
    ("REAL", 1e300, "REAL", 1e300, True), ("REAL", 0.1, "REAL", 0.2, False), ("INTEGER", 5, "INTEGER", 5, True),
]  # fmt: skip


def test_numbers_of_different_types_join(tmp_path: Path) -> None:
    """As in SQL, where R2RML joins: 5, 5.00 and 5.0E0 are one number."""
    pytest.importorskip("adbc_driver_sqlite")
    maps = ""
    with open_sqlite(tmp_path / "p.db") as connection:
        for number, (child, one, parent, other, _) in enumerate(PAIRS):
            connection.execute(f"CREATE TABLE a{number} (id INTEGER, k {child})")
            connection.execute(f"CREATE TABLE b{number} (id INTEGER, k {parent})")
            connection.execute(f"INSERT INTO a{number} VALUES ({number}, ?)", [one])
            connection.execute(f"INSERT INTO b{number} VALUES ({number}, ?)", [other])
            table = 'rml:source "p.db"; rml:referenceFormulation rml:SQL2008Table; rml:iterator'
            maps += (
                f' .\n<a{number}> rml:logicalSource [ {table} "a{number}" ]; rml:subjectMap [ rml:template "{{id}}" ];'
            )
            maps += f' rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:parentTriplesMap <b{number}>; rml:joinCondition [ rml:child "k"; rml:parent "k" ] ] ] .\n'
            maps += f'<b{number}> rml:logicalSource [ {table} "b{number}" ]; rml:subjectMap [ rml:template "b{{id}}" ]'
    connection.close()
    write_rows(tmp_path, "x")
    code, lines, told = run(tmp_path, CSV, f'name" ] ] {maps}; <x> [ <y> [ <z> "')
    assert (code, told) == (0, "")
    wanted = sorted(f"<{n}> <b{n}>" for n, (*_, joins) in enumerate(PAIRS) if joins)
    assert [line for line in lines if "<b" in line] == wanted


def test_negative_zero_joins_zero(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": [1, 2], "k": [-0.0, 0.0]}), tmp_path / "p.parquet")
    mapping = (
        "mappings: {m: {sources: [[p.parquet]], s: 'http://e.org/$(id)', po: [{p: http://e.org/j, o: {mapping: n,"
        " condition: {function: equal, parameters: [[str1, $(k)], [str2, $(k)]]}}}]},"
        " n: {sources: [[p.parquet]], s: 'http://e.org/n$(id)'}}"
    )
    (tmp_path / "m.yml").write_text(mapping, encoding="utf-8")
    done = run_kg("map", "m.yml", "-o", "-", "--sort", folder=tmp_path)
    assert [line.split()[0][-2] + line.split()[2][-2] for line in done.out.splitlines()] == ["11", "12", "21", "22"]


def test_numbers_of_json_join_numbers_of_every_source(tmp_path: Path) -> None:
    """JSON has one kind of number (RFC 8259, section 6); a text equals the number whose plain form it is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "p.json").write_text(
        '[{"id": 1, "k": 100.0, "l": [1e2, "x"]}, {"id": 2, "k": "5", "l": [-0.0]}, {"id": 3, "k": 0.50, "l": []},'
        ' {"id": 4, "k": "5.0", "l": null}]'
    )
    pq.write_table(pa.table({"k": [100.0, 5.0, 0.5, 0.0]}), tmp_path / "double.parquet")
    pq.write_table(pa.table({"k": [100, 5, 0]}), tmp_path / "integer.parquet")
    pq.write_table(
        pa.table({"k": pa.array([Decimal("100.00"), Decimal("0.50"), Decimal("0.00")])}), tmp_path / "decimal.parquet"
    )
    (tmp_path / "other.json").write_text('[{"k": 100}, {"k": 5}, {"k": 5e-1}, {"k": 0}]')
    whole = {1: "100"}
    for file, own in (("integer", {}), ("double", {3: "0.5"}), ("decimal", {3: "0.5"}), ("other.json", {3: "0.5"})):
        source = f'rml:source "{file}.parquet"'
        if file == "other.json":
            source = 'rml:source "other.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]"'
        joined = {}
        for reference in ("k", "l[*]"):
            condition = f'rml:joinCondition [ rml:child "{reference}"; rml:parent "k" ]'
            mapping = (
                f"{{}} ] ]; rml:predicateObjectMap [ rml:predicate <j>; rml:objectMap [ rml:parentTriplesMap <t>; {condition} ] ] ."
                f" <t> rml:logicalSource [ {source} ]; rml:subjectMap [ rml:constant <found>; rml:termType rml:IRI ];"
                f' rml:predicateObjectMap [ rml:predicate <is>; rml:objectMap [ rml:reference "k" ] ] . <x> <y> [ <z> [ <w> "'
            )
            json_source = 'rml:source "p.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]"'
            code, lines, told = run(tmp_path, json_source, 'id"' + mapping.removeprefix("{}"))
            assert code == 0
            near = told.count(
                "`5.0` finds no partner, but one that is written in another form: the child `k` is a value with a type"
            )
            assert (near, bool(told)) == (int(told != ""), reference == "k" and file != "decimal")
            joined[reference] = {int(line[1]) for line in lines if "<j>" in line}
        texts = set() if file == "decimal" else {2}  # "5" is 5, "5.0" is not
        assert joined["k"] == {*whole, *own, *texts}
        assert joined["l[*]"] == {1, 2}


# -- functions ------------------------------------------------------------------------------------


def test_a_day_of_the_week_that_is_another(tmp_path: Path) -> None:
    write_rows(tmp_path, "Sat 3 Feb 2024", "Mon 3 Feb 2024")
    call = f'rml:functionExecution [ rml:function <{GREL}date_toDate>; rml:input [ rml:parameter <{GREL}valueParameter>; rml:inputValueMap [ rml:reference "name" ] ], [ rml:parameter <{GREL}p_string_pattern>; rml:inputValueMap [ rml:constant "EEE d MMM yyyy" ] ] ]'
    value = f'name" ] ]; rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ {call} ] ]; <x> [ <y> [ <z> "'
    code, lines, told = run(tmp_path, CSV, value, "--best-effort")
    assert (code, [line for line in lines if "<date>" in line]) == (0, ['<1> "2024-02-03" <date>'])
    assert "`date_toDate` has no result for `Mon 3 Feb 2024`" in told


# -- targets --------------------------------------------------------------------------------------

TARGETS = """@prefix rml: <http://w3id.org/rml/> . @prefix formats: <http://www.w3.org/ns/formats/> . @base <http://e.org/> .
<t> a rml:LogicalTarget; rml:target [ a rml:FilePath; rml:path "%s"; rml:root rml:MappingDirectory ] %s .
<m> rml:logicalSource [ rml:source "p.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "{id}"; rml:logicalTarget <t> ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "name" ] ] .
"""


def write_target(folder: Path, path: str, more: str, predicate: str = "p") -> tuple[int, bytes, str]:
    from click.testing import CliRunner

    from kg.tables.command import map_command

    (folder / "m.ttl").write_text(TARGETS.replace("<p>", f"<{predicate}>") % (path, more), encoding="utf-8")
    command = [str(folder / "m.ttl"), "-o", str(folder / "out.nq"), "--data", str(folder)]
    done = CliRunner().invoke(map_command, command, catch_exceptions=False)
    made = folder / "dump"
    return done.exit_code, made.read_bytes() if made.exists() else b"", first_line(done.stderr)


@pytest.mark.parametrize("syntax", ["N-Triples", "Turtle", "JSON-LD", "RDF_XML"])
def test_characters_that_an_encoding_does_not_have(tmp_path: Path, syntax: str) -> None:
    import pyoxigraph as ox

    write_rows(tmp_path, "é雷😀")
    code, made, told = write_target(
        tmp_path, "dump", f"; rml:encoding rml:US-ASCII; rml:serialization formats:{syntax}"
    )
    assert (code, told) == (0, "")
    form = {"N-Triples": ox.RdfFormat.N_TRIPLES, "Turtle": ox.RdfFormat.TURTLE, "JSON-LD": ox.RdfFormat.JSON_LD}
    assert made.isascii()
    if syntax == "RDF_XML":  # its reader takes UTF-8 for what it says, of which this is a part
        made = made.replace(b"us-ascii", b"utf-8")
    [quad] = ox.parse(made, format=form.get(syntax, ox.RdfFormat.RDF_XML))
    assert str(quad.object) == '"é雷😀"'


def test_targets_that_cannot_be(tmp_path: Path) -> None:
    write_rows(tmp_path, "a")
    for path, more, message in (
        ("dump", "; rml:encoding rml:latin-9x", "error[source-encoding]: no encoding `latin-9x`"),
        ("out.nq", "", "error[map-repeated]: the target `out.nq` is the output of all other quads"),
        ("", "", "error[map-source]: the target `` is a folder"),
        ("p.csv/dump", "", "error[map-source]: the target `p.csv/dump` lies under a file"),
        ("out.nq/dump", "", "error[map-repeated]: the target `out.nq/dump` lies in the output of all other quads"),
        *(
            (
                "dump",
                f"; rml:encoding rml:{name}",
                f"error[source-encoding]: no encoding `{name}`",
            )
            for name in ("rot13", "hex", "base64", "zlib", "unicode_escape", "undefined")
        ),
    ):
        assert write_target(tmp_path, path, more) == (1, b"", message)
        assert not (tmp_path / "out.nq").exists()
    zipped = [write_target(tmp_path, "dump", "; rml:compression rml:zip")[1] for _ in range(2)]
    assert zipped[0] == zipped[1]
    assert zipfile.ZipFile(tmp_path / "dump").infolist()[0].date_time[0] == 1980


@pytest.mark.thorough
def test_sorted_lines_of_any_length(tmp_path: Path) -> None:
    text = "x" * 70_000_000
    (tmp_path / "p.json").write_text(f'[{{"id": 2, "name": "{text}"}}, {{"id": 1, "name": "b"}}]', encoding="utf-8")
    source = 'rml:source "p.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]"'
    code, _, told = run(tmp_path, source, "name", "--sort")
    assert (code, told) == (0, "")
    made = (tmp_path / "out.nq").read_text(encoding="utf-8")
    assert made == f'<http://e.org/1> <http://e.org/p> "b" .\n<http://e.org/2> <http://e.org/p> "{text}" .\n'


def test_a_target_in_a_root_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "TARGETS", TARGETS.replace("rml:MappingDirectory", "rml:MappingDir"))
    write_rows(tmp_path, "a")
    message = "error[map-source]: a target in a root of another kind"
    assert write_target(tmp_path, "dump", "") == (1, b"", message)


@pytest.mark.parametrize(("written", "name"), [("a%20b", "a b"), ("50%25", "50%"), ("%E9%9B%B7", "雷")])
def test_the_address_of_a_dump_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, name: str
) -> None:
    dump = f"rml:target [ <http://rdfs.org/ns/void#dataDump> <file://{tmp_path}/%s> ]"
    said = 'rml:target [ a rml:FilePath; rml:path "%s"; rml:root rml:MappingDirectory ]'
    monkeypatch.setitem(globals(), "TARGETS", TARGETS.replace(said, dump))
    monkeypatch.chdir(tmp_path)  # which may be written
    write_rows(tmp_path, "a")
    assert write_target(tmp_path, written, "")[::2] == (0, "")
    assert (tmp_path / name).read_text(encoding="utf-8") == '<http://e.org/1> <http://e.org/p> "a" .\n'


@pytest.mark.parametrize(
    ("path", "more", "told"),
    [
        ("d.nq.gz", "", "the target `d.nq.gz` is not packed, and its name says `.gz`"),
        ("d.TAR.gz", "rml:gzip", "the target `d.TAR.gz` is packed as gzip, and its name says `.tar.gz`"),
        ("d.bz2", "", "the target `d.bz2` is not packed, and its name says `.bz2`"),
        ("d.gz", "rml:gzip", None),
        ("d.tgz", "rml:targz", None),
        ("d.nq", "rml:zip", None),
    ],
)
def test_names_of_targets_that_promise_another_compression(
    tmp_path: Path, path: str, more: str, told: str | None
) -> None:
    write_rows(tmp_path, "a")
    code, _, message = write_target(tmp_path, path, f"; rml:compression {more}" if more else "")
    assert (code, message) == (0, f"warning[target-name]: {told}" if told else "")
    assert (b'"a"' in (tmp_path / path).read_bytes()) == (not more)


def test_codecs_that_are_no_encodings_of_a_source(tmp_path: Path) -> None:
    write_rows(tmp_path, "a")
    for name in ("rot13", "hex", "idna", "a\\u0000b"):
        source = f'rml:source [ rml:path "p.csv"; rml:encoding "{name}" ]; rml:referenceFormulation rml:CSV'
        code, lines, told = run(tmp_path, source)
        assert (code, lines, told.split(" `")[0]) == (1, [], "error[source-encoding]: no encoding")


def test_quads_that_rdf_xml_cannot_hold(tmp_path: Path) -> None:
    def write(value: str, more: str = "", predicate: str = "p") -> tuple[int, bytes, str]:
        write_rows(tmp_path, value)
        (tmp_path / "dump").unlink(missing_ok=True)
        more = f"; rml:serialization formats:RDF_XML {more}"
        return write_target(tmp_path, "dump", more, predicate)

    begins = "error[target-unfit]: the target `dump` cannot hold the quads: "
    ascii_only = "; rml:encoding rml:US-ASCII"
    for value, more, predicate, reason in (
        ("a", ascii_only, "größe", "US-ASCII has no `ö`, which stands in the name of a property"),
        ("a", "", "p/1", "RDF/XML cannot say the property `http://e.org/p/1`, whose end is no name of XML"),
        ("a", "", f"{RDF}li", f"RDF/XML cannot say the property `{RDF}li`"),
        ("a", "", f"{RDF}bagID", f"RDF/XML cannot say the property `{RDF}bagID`"),
        ("a\x01b", "", "p", "XML has no character U+0001, and a value does"),
    ):
        assert write(value, more, predicate) == (1, b"", begins + reason)
        assert not (tmp_path / "out.nq").exists()
    from lxml import etree

    for value, more in (("ö < é", ascii_only), ('"a\r\nb"', ""), ('"a\rb"', "; rml:encoding rml:UTF-16")):
        code, made, told = write(value, more, "größe" if not more else "p")
        assert (code, told) == (0, "")
        [said] = etree.fromstring(made).iter("{*}p", "{*}größe")
        assert said.text == value.strip('"')


# -- YARRRML --------------------------------------------------------------------------------------


def test_a_condition_that_is_neither_true_nor_false(tmp_path: Path) -> None:
    write_rows(tmp_path, "x", "true")
    call = "{function: grel:toLowerCase, parameters: [[grel:valueParameter, $(name)]]}"
    text = f"prefixes: {{ex: http://e.org/, grel: '{GREL}'}}\nmappings: {{m: {{sources: [[p.csv~csv]], s: ex:$(id), po: [{{p: ex:p, o: y, condition: {call}}}]}}}}"
    lines, told = map_text(tmp_path, text, "m.yml")
    assert (lines, first_line(told)) == (
        [],
        "error[data-function]: `x` is neither true nor false (row 2 of `p.csv`, `toLowerCase`)",
    )
    assert "= hint: let a function decide, such as `idlab-fn:equal`\n" in told
    lines, told = map_text(tmp_path, text, "m.yml", "--best-effort")
    assert lines == ['<http://e.org/2> <http://e.org/p> "y" .']


# -- texts that mean no value ---------------------------------------------------------------------

NULLED = 'rml:source [ a rml:FilePath; rml:path "{}"; rml:null "NA", "", "0" ]'


@pytest.mark.parametrize("iterator", ["$[*]", "$[?@.id > 0]"], ids=["streamed", "whole"])
def test_no_values_of_json(tmp_path: Path, iterator: str) -> None:
    text = '[{"id": 1, "name": "NA"}, {"id": 2, "name": ["", "b", "NA"]}, {"id": 3, "name": 0}, {"id": 4, "name": " "}]'
    (tmp_path / "p.json").write_text(text, encoding="utf-8")
    source = f'{NULLED.format("p.json")}; rml:referenceFormulation rml:JSONPath; rml:iterator "{iterator}"'
    assert run(tmp_path, source, "$['name', 'none'][*]")[1] == ['<2> "b"']
    (tmp_path / "p.json").write_text(text.replace('["", "b", "NA"]', '"b"'), encoding="utf-8")
    assert run(tmp_path, source)[1] == ['<2> "b"', '<4> " "']
    view = f'rml:viewOn [ {source} ]; rml:field [ rml:fieldName "id"; rml:reference "$.id" ], [ rml:fieldName "name"; rml:reference "$.name" ]'
    assert run(tmp_path, view)[1] == ['<2> "b"', '<4> " "']


@pytest.mark.parametrize("iterator", ["/r/p", "/r/p[true()]"], ids=["streamed", "whole"])
def test_no_values_of_xml(tmp_path: Path, iterator: str) -> None:
    rows = '<p id="1"><name>NA</name></p><p id="2"><name>b</name></p><p id="NA"><name>c</name></p><p id="4"><name/></p>'
    (tmp_path / "p.xml").write_text(f"<r>{rows}</r>", encoding="utf-8")
    source = f'{NULLED.format("p.xml")}; rml:referenceFormulation rml:XPath; rml:iterator "{iterator}"'
    assert run(tmp_path, source, key="@id")[1] == ['<2> "b"']


def test_a_number_that_means_no_value(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {"f": [-999.0, 1.5], "i": [-999, 2], "d": [Decimal("-999.00"), Decimal("2.50")]}
    pq.write_table(pa.table({"id": [1, 2], **columns}), tmp_path / "p.parquet")
    source = 'rml:source [ a rml:FilePath; rml:path "p.parquet"; rml:null "-999" ]'
    found = [run(tmp_path, source, name)[1] for name in "fid"]
    assert found == [['<2> "1.5E0" <double>'], ['<2> "2" <integer>'], ['<2> "2.50" <decimal>']]


def test_a_number_that_means_no_value_is_one_in_every_source(tmp_path: Path) -> None:
    """As texts only where all values are texts; whatever the number is written like in the mapping."""
    pytest.importorskip("python_calamine")
    make_sqlite(tmp_path, "", [-999.0, -999, "-999.0", 7])  # of no type: each value has its own
    (tmp_path / "p.json").write_text('[{"id": 1, "name": -9.99E2}, {"id": 2, "name": "-999.0"}]', encoding="utf-8")
    write_xlsx(tmp_path / "p.xlsx", {"s": sheet(("id", "name"), (1, -999), (2, "-999.0"))})
    (tmp_path / "p.csv").write_text("id,name\n1,-999\n2,-999.0\n", encoding="utf-8")
    file = 'rml:source [ a rml:FilePath; rml:path "{}"; rml:null "{}" ]'
    json = "; rml:referenceFormulation rml:JSONPath; rml:iterator '$[*]'"
    for null in ("-999.00", "-9.990E+2"):
        assert run(tmp_path, file.format("p.json", null) + json)[1] == ['<2> "-999.0"']
        assert run(tmp_path, file.format("p.xlsx", null))[1] == ['<2> "-999.0"']
        table = TABLE.replace('"p.db"', f'[ rml:path "p.db"; rml:null "{null}" ]')
        assert run(tmp_path, table)[1] == ['<3> "-999.0"', '<4> "7" <integer>']
        plain = file.format("p.csv", null) + "; rml:referenceFormulation rml:CSV"
        assert run(tmp_path, plain)[1] == ['<1> "-999"', '<2> "-999.0"']


def test_half_a_character_in_a_view(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('[{"id": 1, "name": "\\ud800"}]', encoding="utf-8")
    below = '[ rml:source "p.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]" ]'
    view = f'rml:viewOn {below}; rml:field [ rml:fieldName "id"; rml:reference "$.id" ], [ rml:fieldName "name"; rml:reference "$.name" ]'
    assert first_line(run(tmp_path, view)[2]) == "error[data-not-scalar]: `p.json` has half a character"


def test_numbers_join_in_views(tmp_path: Path) -> None:
    pytest.importorskip("adbc_driver_sqlite")
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.executescript(
            "CREATE TABLE a (id INTEGER, k DECIMAL(5,2)); CREATE TABLE b (k REAL, z TEXT);"
            "INSERT INTO a VALUES (1, 5), (2, NULL), (3, 0.5); INSERT INTO b VALUES (5, 'five'), (50, 'fifty'), (0.5, 'half');"
        )
    connection.close()
    table = 'rml:source "p.db"; rml:referenceFormulation rml:SQL2008Table; rml:iterator'
    field = '[ rml:fieldName "{0}"; rml:reference "{0}" ]'.format
    other = f'[ rml:viewOn [ {table} "b" ]; rml:field {field("k")}, {field("z")} ]'
    joined = (
        f'rml:parentLogicalView {other}; rml:joinCondition [ rml:child "k"; rml:parent "k" ]; rml:field {field("z")}'
    )
    view = f'rml:viewOn [ {table} "a" ]; rml:field {field("id")}, {field("k")}; rml:innerJoin [ {joined} ]'
    assert run(tmp_path, view, "z") == (0, ['<1> "five"', '<3> "half"'], "")


@pytest.mark.parametrize(
    ("value", "told"),
    [("http://x.org/a%20b", ""), ("a", ""), ("http://x.org/é", "`http://x.org/é` is no URI"), ("é", "`é` is no URI"), ("a b", "`a b` is no URI")],
)  # fmt: skip
def test_uris_are_ascii(tmp_path: Path, value: str, told: str) -> None:
    write_rows(tmp_path, value)
    code, lines, said = run(tmp_path, CSV, 'name"; rml:termType rml:URI; <x> "')
    if told:
        assert (code, lines, first_line(said)) == (1, [], f"error[data-iri]: {told} (row 2 of `p.csv`, `name`)")
    else:
        assert (code, lines, said) == (0, [f"<1> <{value}>"], "")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("rml:reference 'name'; rml:datatype <X#datetime>", "map-term]: XML Schema has no datatype `datetime`"),
        (
            "rml:reference 'name'; rml:datatypeMap [ rml:constant <X#Decimal> ]",
            "map-term]: XML Schema has no datatype `Decimal`",
        ),
        ("rml:constant '1'^^<X#interger>", "map-term]: XML Schema has no datatype `interger`"),
        ("rml:constant '1'; rml:datatype <X#Integer>", "map-term]: XML Schema has no datatype `Integer`"),
        (
            "rml:reference 'name'; rml:datatypeMap [ rml:template 'X#{name}'; rml:termType rml:IRI ]",
            "data-datatype]: `int` is not of the datatype that the data give it (row 2 of `p.csv`, `name`, and 1 more)",
        ),
        ("rml:reference 'name'; rml:datatype <http://e.org/Decimal>", None),
        ("rml:reference 'name'; rml:datatype <X#NMTOKEN>", None),
    ],
)
def test_datatypes_that_xml_schema_does_not_have(tmp_path: Path, written: str, told: str | None) -> None:
    """Its namespace is closed: `xsd:datetime` is a slip, and no reader knows such a literal."""
    write_rows(tmp_path, "int", "date")
    object_map = written.replace("'", '"').replace("X#", XSD)
    code, lines, said = run(
        tmp_path,
        CSV,
        f'name" ] ]; rml:predicateObjectMap [ rml:predicate <q>; rml:objectMap [ {object_map} ] ]; <x> [ <y> [ <z> "',
    )
    assert (code, first_line(said)) == ((1, f"error[{told}") if told else (0, ""))
    assert len(lines) == (0 if told else 4)


@pytest.mark.parametrize(
    "kind",
    ["rml:languageMap [ rml:reference 'l' ]", "rml:datatypeMap [ rml:reference 'l'; rml:termType rml:IRI ]"],
)
def test_what_belongs_to_no_value_is_not_wrong(tmp_path: Path, kind: str) -> None:
    good = "en" if "language" in kind else "http://e.org/d"
    written = '"a"@en' if "language" in kind else '"a"^^<d>'
    source = 'rml:source "p.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]"'
    for value, code in (("null", 0), ('""', 1)):
        rows = f'[{{"id": 1, "name": "a", "l": "{good}"}}, {{"id": 2, "name": {value}, "l": "no such"}}]'
        (tmp_path / "p.json").write_text(rows, encoding="utf-8")
        found, lines, told = run(tmp_path, source, f'name"; {kind.replace(chr(39), chr(34))}; <x> "')
        assert (found, lines, bool(told)) == (code, [] if code else [f"<1> {written}"], code == 1)


def test_a_template_of_uris_is_ascii(tmp_path: Path) -> None:
    write_rows(tmp_path, "é")
    template = (
        'x" ]; rml:objectMap [ rml:template "{0}{{name}}"; rml:termType rml:URI ]; rml:objectMap [ rml:constant "y'
    )
    assert "<1> <o/%C3%A9>" in run(tmp_path, CSV, template.format("http://e.org/o/").replace('x" ]', 'id" ]', 1))[1]
    told = run(tmp_path, CSV, template.format("http://e.org/é/").replace('x" ]', 'id" ]', 1))[2]
    assert (
        first_line(told)
        == "error[map-iri]: the template `http://e.org/é/{name}` gives no URIs, which ASCII alone can write"
    )


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_durations_of_arrow_are_no_numbers(tmp_path: Path, unit: str) -> None:
    """Parquet has no durations: Arrow, pandas and polars keep them as numbers, and what they are in a schema beside."""
    import pyarrow as pa
    import pyarrow.feather as pf
    import pyarrow.parquet as pq

    lengths = pa.array([datetime.timedelta(days=1, seconds=1), None, datetime.timedelta(0)], pa.duration(unit))
    lines = ['<1> "P1DT1S" <dayTimeDuration>', '<3> "PT0S" <dayTimeDuration>']
    pq.write_table(pa.table({"id": [1, 2, 3], "name": lengths}), tmp_path / "p.parquet")
    assert run(tmp_path, 'rml:source "p.parquet"') == (0, lines, "")
    pf.write_feather(
        pa.table({"id": [1, 2, 3], "name": lengths}), str(tmp_path / "p.arrow"), compression="uncompressed"
    )
    assert run(tmp_path, 'rml:source "p.arrow"') == (0, lines, "")
    if unit == "ns":
        fine = pa.table({"id": [1], "name": pa.array([1500], pa.duration("ns"))})
        pq.write_table(fine, tmp_path / "p.parquet")
        pf.write_feather(fine, str(tmp_path / "p.arrow"), compression="uncompressed")
        for file in ("p.parquet", "p.arrow"):
            code, lines, told = run(tmp_path, f'rml:source "{file}"')
            message = f"`name` holds durations in nanoseconds in `{file}`, of which durations are read to microseconds"
            assert (code, lines, first_line(told)) == (1, [], f"error[source-columns]: {message}")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_with_a_zone_are_times_in_every_unit(tmp_path: Path, unit: str) -> None:
    import pyarrow as pa
    import pyarrow.feather as pf
    import pyarrow.parquet as pq

    moment = datetime.datetime(2020, 6, 1, 12, tzinfo=datetime.UTC)
    table = pa.table({"id": [1], "name": pa.array([moment], pa.timestamp(unit, "Europe/Berlin"))})
    pq.write_table(table, tmp_path / "p.parquet")
    pf.write_feather(table, str(tmp_path / "p.arrow"), compression="uncompressed")
    for file in ("p.parquet", "p.arrow"):
        assert run(tmp_path, f'rml:source "{file}"') == (0, ['<1> "2020-06-01T12:00:00+00:00" <dateTime>'], "")


def test_texts_of_times_do_not_depend_on_the_zone_of_the_machine(tmp_path: Path) -> None:
    moment = "'2020-06-01 12:00:00+00'::timestamptz"
    with duckdb.connect(str(tmp_path / "p.duckdb")) as connection:
        connection.execute(f"CREATE VIEW v AS SELECT 1 AS id, ({moment})::varchar AS name")
    mapping = 'mappings: {m: {sources: [{access: "duckdb:p.duckdb", %s}], s: "http://e.org/$(id)", po: [[http://e.org/p, $(name)]]}}'
    for source in ("table: v", f'query: "SELECT 1 AS id, ({moment})::varchar AS name"'):
        (tmp_path / "m.yml").write_text(mapping % source, encoding="utf-8")
        command = [*PROGRAM, "map", "m.yml", "-o", "-"]
        zone = environment() | {"TZ": "America/New_York"}
        done = subprocess.run(command, cwd=tmp_path, env=zone, capture_output=True, text=True, check=True)
        assert done.stdout == '<http://e.org/1> <http://e.org/p> "2020-06-01 12:00:00+00" .\n'


def test_durations_of_pandas_are_those_of_arrow(tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    import pyarrow as pa

    from kg.tables.frames import map_frames

    lengths = [datetime.timedelta(days=400, seconds=1), datetime.timedelta(minutes=-5), datetime.timedelta(hours=24)]
    mapping = (
        '@prefix rml: <http://w3id.org/rml/> . @base <http://e.org/> . <#m> rml:logicalSource [ rml:source "{t}" ];'
        ' rml:subjectMap [ rml:template "{id}" ];'
        ' rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "d" ] ] .'
    )
    for made in (
        pa.array(lengths, pa.duration("us")),
        *(pd.Series(lengths, dtype=f"timedelta64[{unit}]") for unit in ("s", "ms", "us", "ns")),
        pd.Series(lengths, dtype=object),
    ):
        frame = (
            pa.table({"id": [1, 2, 3], "d": made})
            if isinstance(made, pa.Array)
            else pd.DataFrame({"id": [1, 2, 3], "d": made})
        )
        lines = map_frames(mapping, {"t": frame})["line"].to_pylist()
        found = [line.split("<http://e.org/p> ")[1] for line in sorted(lines)]
        kind = "<http://www.w3.org/2001/XMLSchema#dayTimeDuration> ."
        assert found == [f'"{text}"^^{kind}' for text in ("P400DT1S", "-PT5M", "P1D")]


def test_durations_have_one_form_whatever_they_lie_in() -> None:
    """A sheet's and those of Arrow, pandas and polars, which the database writes."""
    lengths = [
        datetime.timedelta(days=d, hours=h, minutes=m, seconds=s, microseconds=us) * sign
        for d, h, m, s, us, sign in product((0, 3), (0, 5), (0, 59), (0, 7), (0, 20, 500_000), (1, -1))
    ]
    with Connection() as connection:
        for length in lengths:
            micros = length // datetime.timedelta(microseconds=1)
            [(text,)] = connection.execute(f"SELECT kg_duration(to_microseconds({micros}))").fetchall()
            assert text == duration_text(length)


def test_an_interval_with_months_is_no_length(tmp_path: Path) -> None:
    """A month has no length: it is told, as all that is none of its column's type, or its text is another's."""
    duckdb.execute(f"COPY (SELECT 1 AS id, INTERVAL 40 DAY AS name) TO '{tmp_path / 'p.parquet'}'")
    days = '<1> "P40D" <dayTimeDuration>'
    assert run(tmp_path, 'rml:source "p.parquet"') == (0, [days], "")
    duckdb.execute(f"COPY (SELECT 1 AS id, INTERVAL 1 MONTH AS name) TO '{tmp_path / 'p.parquet'}'")
    code, lines, told = run(tmp_path, 'rml:source "p.parquet"')
    promised = (
        "`1 month` is no xsd:dayTimeDuration, which the type of its column promises (row 1 of `p.parquet`, `name`)"
    )
    assert (code, lines, first_line(told)) == (1, [], f"error[data-datatype]: {promised}")


@pytest.mark.parametrize("reference", ["name", "Name in full"])
@pytest.mark.parametrize("file", ["p.csv", "p.xlsx", "p.ods"])
def test_every_row_of_a_header_names_its_columns(tmp_path: Path, reference: str, file: str) -> None:
    """CSVW, section 6.5: each of the `headerRowCount` rows gives a title."""
    rows: list[tuple[str, ...]] = [("Key", "Name in full"), ("id", "name"), ("1", "a")]
    (tmp_path / "p.csv").write_text("".join(f"{','.join(row)}\n" for row in rows), encoding="utf-8")
    write_xlsx(tmp_path / "p.xlsx", {"s": sheet(*rows)})
    made = ["".join(cell("string", text, "string-value") for text in row) for row in rows]
    write_ods(tmp_path / "p.ods", made[0], "</table:table-row><table:table-row>".join(made[1:]))
    source = f'rml:source [ a csvw:Table; csvw:url "{file}"; csvw:dialect [ csvw:headerRowCount 2 ] ]; rml:referenceFormulation rml:CSV'
    for key in ("id", "Key"):
        assert run(tmp_path, source, reference, key=key) == (0, ['<1> "a"'], "")
    (tmp_path / "p.csv").write_text("name,id\nid,name\n1,a\n", encoding="utf-8")
    if file == "p.csv":
        assert first_line(run(tmp_path, source, reference)[2]) == "error[source-columns]: `p.csv` has two columns `id`"


def test_other_line_ends_within_the_first_row(tmp_path: Path) -> None:
    source = 'rml:source [ a csvw:Table; csvw:url "p.csv"; csvw:dialect [ csvw:header false ] ]; rml:referenceFormulation rml:CSV'
    (tmp_path / "p.csv").write_bytes(b'1,"a\r\nb"\n2,c\n')
    assert run(tmp_path, source, "_col.2", key="_col.1") == (0, ['<1> "a\\r\\nb"', '<2> "c"'], "")


def test_a_reference_that_a_template_names_twice_has_one_value_in_a_term(tmp_path: Path) -> None:
    """RML-Core: the product is that of the set of references."""
    (tmp_path / "p.json").write_text('[{"id": 1, "n": ["a", "b"], "o": ["x", "y"]}]', encoding="utf-8")
    mapping = """mappings:
  m:
    sources: [["p.json~jsonpath", "$[*]"]]
    s: http://e.org/$(id)
    po: [[http://e.org/p, "$(n[*])-$(n[*])-$(o[*])"]]
"""
    (tmp_path / "m.yml").write_text(mapping, encoding="utf-8")
    done = run_kg("map", "m.yml", "-o", "-", folder=tmp_path)
    found = sorted(line.split('"')[1] for line in done.out.splitlines())
    assert found == ["a-a-x", "a-a-y", "b-b-x", "b-b-y"]
