# ruff: noqa: E501 - whole messages stand on one line
"""Cells of sheets that hold no value, in every format of workbooks, and workbooks that are written in unusual ways."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from test_tables_sources import cell, run, write_ods
from test_tables_types import MAIN, sheet, write_xlsx

pytest.importorskip("python_calamine")

XSD = "http://www.w3.org/2001/XMLSchema#"
ODD = {
    '<c r="B2" t="e"><v>#N/A</v></c>': "#N/A",
    '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>': "#DIV/0!",
    '<c r="B2"><f>A2+1</f></c>': "=A2+1",
    '<c r="B2"><f>A2+1</f><v/></c>': "=A2+1",
    '<c r="B2"><f t="shared" si="0"/></c>': "=",
}
STANDS = "stands in a cell that has no value: an error, a formula that was not computed, or nothing of its type"


def first_line(told: str) -> str:
    return told.split("\n")[0]


def tell(shown: str, row: int, file: str, more: str = "") -> str:
    return f"error[data-cell]: `{shown}` {STANDS} (row {row} of `{file}`, `name`{more})"


# -- Excel ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ODD, ids=ODD.values())
def test_cells_that_have_no_value(tmp_path: Path, odd: str) -> None:
    rows = sheet(("id", "name"), (1,), (2, "b")).replace("<v>1</v></c></row>", f"<v>1</v></c>{odd}</row>")
    write_xlsx(tmp_path / "p.xlsx", {"other": sheet(("id",)), "s": rows})
    source = 'rml:source [ a rml:FilePath; rml:path "p.xlsx" NULL ]; rml:iterator "s"'
    for value in ("name", 'name"; rml:termType rml:IRI; <x> "', f'name"; rml:datatype <{XSD}string>; <x> "'):
        code, lines, told = run(tmp_path, source.replace(" NULL", ""), value)
        assert (code, lines, first_line(told)) == (1, [], tell(ODD[odd], 2, "p.xlsx"))
    code, lines, told = run(tmp_path, source.replace(" NULL", ""), "name", "--best-effort")
    skipped = tell(ODD[odd], 2, "p.xlsx").replace("error[data-cell]", "warning[data-skipped]")
    assert (code, lines, first_line(told)) == (0, ['<2> "b"'], skipped)
    assert run(tmp_path, source.replace("NULL", f'; rml:null "{ODD[odd]}"')) == (0, ['<2> "b"'], "")


def test_the_first_of_several_sheets_is_read_and_that_is_told(tmp_path: Path) -> None:
    rows = {name: sheet(("id", "name"), (1, name)) for name in ("one", "two", "three")}
    write_xlsx(tmp_path / "p.xlsx", rows)
    code, lines, told = run(tmp_path, 'rml:source "p.xlsx"')
    assert (code, lines) == (0, ['<1> "one"'])
    assert first_line(told) == "note[source-sheet]: `p.xlsx` has 3 sheets, of which the first is read, `one`"
    assert "hint: name the one you mean: `rml:iterator`; the others are `three`, `two`" in told
    assert run(tmp_path, 'rml:source "p.xlsx"; rml:iterator "one"') == (0, ['<1> "one"'], "")
    write_xlsx(tmp_path / "p.xlsx", {"one": ""})
    code, lines, told = run(tmp_path, 'rml:source "p.xlsx"')
    assert (code, lines, first_line(told)) == (1, [], "error[source-empty]: the sheet `one` of `p.xlsx` is empty")


def test_a_chart_is_no_sheet(tmp_path: Path) -> None:
    """A workbook may begin with a chart that fills a sheet of its own."""
    write_xlsx(tmp_path / "a.xlsx", {"chart": "", "one": sheet(("id", "name"), (1, "a"))})
    with zipfile.ZipFile(tmp_path / "a.xlsx") as before, zipfile.ZipFile(tmp_path / "p.xlsx", "w") as after:
        for name in before.namelist():
            text = before.read(name).decode().replace("worksheets/s1", "chartsheets/s1")
            if name.endswith("/s1.xml"):
                name, text = "xl/chartsheets/s1.xml", f"<chartsheet {MAIN}/>"
            text = text.replace("/worksheet", "/chartsheet", 1) if name.endswith("workbook.xml.rels") else text
            after.writestr(name, text)
    assert run(tmp_path, 'rml:source "p.xlsx"') == (0, ['<1> "a"'], "")


@pytest.mark.parametrize("head", ['<row r="2">', "<row>"])
@pytest.mark.parametrize(
    ("cells", "twice"),
    [
        ('<c r="A2"><v>1</v></c><c r="B2"><v>5</v></c><c r="B2"><v>6</v></c>', "B2"),
        ('<c r="A2"><v>1</v></c><c r="B2"><v>5</v></c></row><row r="2"><c r="B2"><v>6</v></c>', "B2"),
        ('<c r="B2"><v>5</v></c><c r="A2"><v>1</v></c><c r="b2"><v>6</v></c>', "B2"),
        ('<c><v>1</v></c><c><v>5</v></c><c r="A2"><v>6</v></c>', "A2"),
        ('<c r="B2"><v>5</v></c><c r="A2"><v>1</v></c>', None),
        ('<c r="B2"><v>5</v></c><c r="A2"><v>1</v></c></row><row r="3"><c r="C3"><v>9</v></c>', None),
    ],
)
def test_a_cell_that_is_there_twice(tmp_path: Path, head: str, cells: str, twice: str | None) -> None:
    """The reader would take the last one. Cells in another order are read."""
    write_xlsx(tmp_path / "p.xlsx", {"s": sheet(("id", "name")) + f"{head}{cells}</row>"})
    said = f"error[source-unreadable]: `p.xlsx` cannot be read: `xl/worksheets/s1.xml` holds the cell {twice} twice"
    code, lines, told = run(tmp_path, 'rml:source "p.xlsx"')
    if twice:
        assert (code, lines, first_line(told)) == (1, [], said)
    else:
        assert (code, lines, told) == (0, ['<1> "5" <integer>'], "")


def test_a_cell_that_is_there_twice_in_a_binary_workbook(tmp_path: Path) -> None:
    write_xlsb(tmp_path / "p.xlsb", [["id", "name"], [1, "a"]])
    with zipfile.ZipFile(tmp_path / "p.xlsb") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    again = record(0, struct.pack("<I", 1) + bytes(13)) + record(6, struct.pack("<II", 1, 0) + wide("b"))
    parts["xl/worksheets/sheet1.bin"] = parts["xl/worksheets/sheet1.bin"].replace(
        record(0x92, b""), again + record(0x92, b"")
    )
    with zipfile.ZipFile(tmp_path / "p.xlsb", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    code, lines, told = run(tmp_path, 'rml:source "p.xlsb"')
    said = "error[source-unreadable]: `p.xlsb` cannot be read: `xl/worksheets/sheet1.bin` holds the cell B2 twice"
    assert (code, lines, first_line(told)) == (1, [], said)


def test_a_last_row_and_column_of_formulas(tmp_path: Path) -> None:
    rows = sheet(("id", "name"), (1, "a")) + '<row r="3"><c r="A3"><f>A2+1</f></c><c r="B3"><f>B2</f></c></row>'
    write_xlsx(tmp_path / "p.xlsx", {"s": rows})
    assert first_line(run(tmp_path, 'rml:source "p.xlsx"')[2]) == tell("=A2+1", 3, "p.xlsx").replace("`name`)", "`id`)")
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1</f></c></row>'
    write_xlsx(tmp_path / "p.xlsx", {"s": rows})
    source = 'rml:source [ a csvw:Table; csvw:url "p.xlsx"; csvw:dialect [ csvw:header false ] ]'
    told = run(tmp_path, source, "_col.2", key="_col.1")[2]
    assert first_line(told) == tell("=A1", 1, "p.xlsx").replace("`name`", "`_col.2`")


@pytest.mark.parametrize(
    "rows",
    [
        "<row>{0}{1}</row><row>{2}{3}</row><row>{4}{5}</row>",
        '<row r="1">{0}{1}</row><row r="2">{2}{3}</row><row r="3">{4}{5}</row>',
        '<row r="1"><c r="C1" t="str"><v>id</v></c>{1}</row><row/><row><c r="C3"><v>1</v></c>{3}</row>',
    ],
)
def test_cells_that_name_no_place(tmp_path: Path, rows: str) -> None:
    texts = ('<c t="str"><v>id</v></c>', '<c t="str"><v>name</v></c>', "<c><v>1</v></c>", "<c t='e'><v>#N/A</v></c>")
    write_xlsx(tmp_path / "p.xlsx", {"s": rows.format(*texts, "<c><v>2</v></c>", "<c><v>5</v></c>")})
    row = 3 if "<row/>" in rows else 2
    assert first_line(run(tmp_path, 'rml:source "p.xlsx"')[2]) == tell("#N/A", row, "p.xlsx")
    far = '<row r="1048575">{0}</row><row>{1}</row><row r="1">' + "<c><v>1</v></c>" * 16384 + "</row>"
    write_xlsx(tmp_path / "p.xlsx", {"s": far.format(*texts)})
    told = "error: a sheet of `p.xlsx` spans 17179869184 cells (`--limit cells=17179869184` allows more)\n"
    assert run(tmp_path, 'rml:source "p.xlsx"') == (3, [], told)


def change_parts(path: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = [change(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts:
            archive.writestr(name, data)


WAYS: dict[str, Callable[[str, bytes], tuple[str, bytes]]] = {
    "names in capitals": lambda name, data: (name.replace("workbook.xml", "Workbook.xml"), data),
    "strict": lambda name, data: (name, data.replace(b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships")),
    "another folder": lambda name, data: (name.replace("xl/", "book/"), data.replace(b"xl/", b"book/")),
    "a part elsewhere": lambda name, data: (name.replace("xl/worksheets/s1", "data/s1"), data.replace(b"worksheets/s1", b"/data/s1")),
    "blanks in tags": lambda name, data: (name, data.replace(b't="e"', b"t = 'e'")),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_workbooks_written_in_other_ways(tmp_path: Path, way: str) -> None:
    rows = sheet(("id", "name"), (1,)).replace("<v>1</v></c>", '<v>1</v></c><c r="B2" t="e"><v>#REF!</v></c>')
    write_xlsx(tmp_path / "p.xlsx", {"s": rows})
    change_parts(tmp_path / "p.xlsx", WAYS[way])
    assert first_line(run(tmp_path, 'rml:source "p.xlsx"')[2]) == tell("#REF!", 2, "p.xlsx")
    (tmp_path / "p.xlsx").rename(tmp_path / "p.XLS")  # the reader goes by what is in it
    assert first_line(run(tmp_path, 'rml:source "p.XLS"')[2]) == tell("#REF!", 2, "p.XLS")


def test_a_workbook_that_is_not_well_formed(tmp_path: Path) -> None:
    rows = sheet(("id", "name"), (1,)).replace("<v>1</v></c>", '<v>1</v></c><c r="B2" t="e" t="e"><v>#REF!</v></c>')
    write_xlsx(tmp_path / "p.xlsx", {"s": rows})
    code, lines, told = run(tmp_path, 'rml:source "p.xlsx"')
    message = "error[source-unreadable]: `p.xlsx` cannot be read: `xl/worksheets/s1.xml` is not well-formed: Attribute t redefined"
    assert (code, lines, first_line(told)[: len(message)]) == (1, [], message)
    for name, broken in (("xl/workbook.xml", b"</sheet>"), ("xl/_rels/workbook.xml.rels", b'<x a="1" a="2"/>')):
        write_xlsx(tmp_path / "p.xlsx", {"s": sheet(("id", "name"), (1, "a"))})
        change_parts(tmp_path / "p.xlsx", lambda n, d: (n, d + broken if n == name else d))  # noqa: B023
        code, _, told = run(tmp_path, 'rml:source "p.xlsx"')
        assert (
            code,
            told.startswith(f"error[source-unreadable]: `p.xlsx` cannot be read: `{name}` is not well-formed: "),
        ) == (1, True)


@pytest.mark.parametrize("value", ["&#49;", "1&#50;3"])
def test_numbers_written_as_references(tmp_path: Path, value: str) -> None:
    rows = sheet(("id", "name"), (1, 77)).replace("77", value)
    write_xlsx(tmp_path / "p.xlsx", {"s": rows})
    message = "error[source-unreadable]: `p.xlsx` cannot be read: `xl/worksheets/s1.xml` holds numbers written as references (`&#49;`)"
    code, lines, told = run(tmp_path, 'rml:source "p.xlsx"')
    assert (code, lines, first_line(told)) == (1, [], message)
    write_xlsx(tmp_path / "p.xlsx", {"s": rows.replace('<c r="B2">', "<c r='B2' t='str'>")})  # of a text, they are read
    assert run(tmp_path, 'rml:source "p.xlsx"')[1:] == (
        [f'<1> "{value.replace("&#49;", "1").replace("&#50;", "2")}"'],
        "",
    )


@pytest.mark.parametrize("value", ["<![CDATA[5]]>", "1<!-- of 2 -->2", "1<?of 2?>2"])
def test_values_that_the_reader_of_workbooks_does_not_see(tmp_path: Path, value: str) -> None:
    rows = sheet(("id", "name"), (1, 77))
    write_xlsx(tmp_path / "p.xlsx", {"s": rows.replace("77", value)})
    code, lines, told = run(tmp_path, 'rml:source "p.xlsx"')
    message = "error[source-unreadable]: `p.xlsx` cannot be read: `xl/worksheets/s1.xml` holds values in CDATA sections or around comments"
    assert (code, lines, first_line(told)) == (1, [], message)
    text = f"<table:table-cell office:value-type='string'><text:p>{value}</text:p></table:table-cell>"
    write_ods(tmp_path / "p.ods", HEAD, cell("float", "1") + text)
    assert run(tmp_path, 'rml:source "p.ods"') == (0, [f'<1> "{"5" if "CDATA" in value else "12"}"'], "")


NUMBERS = {
    "<c r='B2'><v>\n  5</v></c>": '"5" <integer>',
    "<c r='B2' t='n'><f>1</f>\n<v>5.5\n</v></c>": '"5.5E0" <double>',
    "<c r='B2' s='2'><v>\t45000 </v></c>": '"2023-03-15" <date>',
    "<c r='B2'><v> 12345678901234567890 </v></c>": '"12345678901234567890" <integer>',
    "<c r='B2'><v>1.234567890123457E+17</v></c>": '"123456789012345700" <integer>',
    "<c r='B2'><v>-1e22</v></c>": '"-10000000000000000000000" <integer>',
    "<c r='B2' t='str'><f>A2</f><v>\n5</v></c>": '"\\n5"',
    "<c r='B2' t='inlineStr'><v>x</v></c>": '"x"',
    **dict.fromkeys(("1,5", "abc", "NaN", "inf", "1e400", "0x10"), None),
}  # fmt: skip


@pytest.mark.parametrize("written", NUMBERS)
def test_numbers_with_white_space_and_what_is_none(tmp_path: Path, written: str) -> None:
    value = NUMBERS[written]
    made = f"<c r='B2'><v>{written}</v></c>" if value is None else written
    rows = sheet(("id", "name"), (1,)).replace("<v>1</v></c></row>", f"<v>1</v></c>{made}</row>")
    write_xlsx(tmp_path / "p.xlsx", {"s": rows})
    code, lines, told = run(tmp_path, 'rml:source "p.xlsx"')
    if value is not None and code == 0:
        assert (lines, told) == ([f"<1> {value}"], "")
    elif value is not None:  # the reader of workbooks refuses the file
        assert "t='n'" in written and told.startswith("error[source-unreadable]: `p.xlsx` cannot be read: Parse float")
    else:
        assert (code, lines, first_line(told)) == (1, [], tell(written, 2, "p.xlsx"))


def test_archives_that_are_encrypted(tmp_path: Path) -> None:
    def encrypt(data: bytes) -> bytes:  # the flag of each file says so, in its head and in the list of files
        for head, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            for found in reversed([m.start() for m in re.finditer(re.escape(head), data)]):
                data = data[: found + place] + bytes([data[found + place] | 1]) + data[found + place + 1 :]
        return data

    write_xlsx(tmp_path / "p.xlsx", {"s": sheet(("id", "name"), (1, "a"))})
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("p.csv", "id,name\n1,a\n")
    for name, what in (("p.xlsx", "read"), ("p.zip", "unpacked")):
        (tmp_path / name).write_bytes(encrypt((tmp_path / name).read_bytes()))
        code, lines, told = run(tmp_path, f'rml:source "{name}"; rml:referenceFormulation rml:CSV')
        assert (code, lines, first_line(told)) == (
            1,
            [],
            f"error[source-unreadable]: `{name}` cannot be {what}: it is encrypted",
        )


def test_whole_numbers_of_many_digits(tmp_path: Path) -> None:
    """Programs other than Excel, which keeps fifteen, write all digits of a number."""
    digits = ("12345678901234567890", "-9007199254740993", "9007199254740992", "9" * 400)
    write_xlsx(tmp_path / "p.xlsx", {"s": sheet(("id", "name"), *((n, int(each)) for n, each in enumerate(digits)))})
    row = "</table:table-row><table:table-row>"
    write_ods(
        tmp_path / "p.ods", HEAD, row.join(cell("float", f"{n}") + cell("float", x) for n, x in enumerate(digits))
    )
    for file in ("p.xlsx", "p.ods"):
        lines = [f'<{number}> "{each}" <integer>' for number, each in enumerate(digits)]
        assert run(tmp_path, f'rml:source "{file}"') == (0, lines, "")
        assert (
            run(tmp_path, f'rml:source [ a rml:FilePath; rml:path "{file}"; rml:null "{digits[0]}" ]')[1] == lines[1:]
        )


# -- OpenDocument ---------------------------------------------------------------------------------

CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
HEAD = cell("string", "id", "string-value") + cell("string", "name", "string-value")
WRONG = f'<table:table-cell table:formula="of:=NA()" office:value-type="string" calcext:value-type="error" {CALC}><office:annotation><text:p>mind</text:p></office:annotation><text:p>#N/A</text:p></table:table-cell>'
OTHERS = {
    WRONG: "#N/A",
    '<table:table-cell table:formula="of:=[.A2]+1"/>': "=[.A2]+1",
    '<table:table-cell table:formula="of:=1/0" office:value-type="string"><text:p>#DIV/0!</text:p></table:table-cell>': "#DIV/0!",
}


@pytest.mark.parametrize("odd", OTHERS, ids=OTHERS.values())
def test_cells_of_opendocument_that_have_no_value(tmp_path: Path, odd: str) -> None:
    write_ods(tmp_path / "p.ods", HEAD, cell("float", "1") + odd)
    assert first_line(run(tmp_path, 'rml:source "p.ods"')[2]) == tell(OTHERS[odd], 2, "p.ods")


@pytest.mark.parametrize("odd", OTHERS, ids=OTHERS.values())
def test_cells_that_stand_several_times(tmp_path: Path, odd: str) -> None:
    twice = odd.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="2"', 1)
    head = (
        cell("string", "id", "string-value")
        + cell("string", "x", "string-value")
        + cell("string", "name", "string-value")
    )
    write_ods(tmp_path / "p.ods", head, cell("float", "1") + twice)
    assert first_line(run(tmp_path, 'rml:source "p.ods"')[2]) == tell(OTHERS[odd], 2, "p.ods")
    more = f'</table:table-row><table:table-row table:number-rows-repeated="3">{cell("float", "2")}{odd}</table:table-row><table:table-row>'
    write_ods(tmp_path / "p.ods", HEAD, cell("float", "1") + cell("float", "5") + more + cell("float", "3") + odd)
    assert first_line(run(tmp_path, 'rml:source "p.ods"')[2]) == tell(OTHERS[odd], 3, "p.ods", ", and 3 more")
    million = (
        more.replace('"3"', '"1000000"') + '<table:table-cell table:number-columns-repeated="99"/>' + cell("float", "3")
    )
    write_ods(tmp_path / "p.ods", HEAD, cell("float", "1") + million)
    assert run(tmp_path, 'rml:source "p.ods"')[0] == 3


def test_tabs_and_line_breaks_within_a_paragraph(tmp_path: Path) -> None:
    text = '<text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p><text:p>e</text:p>'
    write_ods(
        tmp_path / "p.ods",
        HEAD,
        cell("float", "1") + f'<table:table-cell office:value-type="string">{text}</table:table-cell>',
    )
    assert run(tmp_path, 'rml:source "p.ods"') == (0, ['<1> "a  b\\tc\\nd\\ne"'], "")


# -- the binary formats ---------------------------------------------------------------------------


def record(kind: int, body: bytes) -> bytes:
    """A record of a binary workbook (MS-XLSB, 2.1.4)."""
    return (bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])) + bytes([len(body)]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


Cell = str | int | bytes | tuple[float | bytes, int]
FORMATS = [0, 22, 14, 200, 46, 201, 202, 203, 204]  # of the styles 1 to 8, as in test_tables_dates
CODES = {200: "h:mm;@", 201: "[$-411]e", 202: "gg", 203: "aaaa", 204: "##0.0E+0"}


def write_xlsb(path: Path, rows: Sequence[Sequence[Cell]], since: int = 1900) -> None:
    """A workbook with one sheet; a byte is an error's code, and in a list with a second the cell of a formula.

    A pair is a number, perhaps a packed one, and its style.
    """
    cells = b""
    for number, row in enumerate(rows):
        cells += record(0, struct.pack("<I", number) + bytes(13))
        for column, value in enumerate(row):
            head = struct.pack("<II", column, 0)
            if isinstance(value, str):
                cells += record(6, head + wide(value))
            elif isinstance(value, int):
                cells += record(5, head + struct.pack("<d", value))
            elif isinstance(value, tuple):
                packed = isinstance(value[0], bytes)
                head = struct.pack("<II", column, value[1])
                cells += record(2 if packed else 5, head + (value[0] if packed else struct.pack("<d", value[0])))
            else:
                cells += record(3 if len(value) == 1 else 11, head + value)
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/styles.bin": record(615, struct.pack("<I", 1)) + b"".join(record(44, struct.pack("<H", n) + wide(code)) for n, code in CODES.items()) + record(616, b"") + record(617, struct.pack("<I", len(FORMATS))) + b"".join(record(47, struct.pack("<HH", 0, n) + bytes(12)) for n in FORMATS) + record(618, b""),
        "xl/workbook.bin": record(153, struct.pack("<III", since == 1904, 0, 0)) + record(156, struct.pack("<II", 0, 1) + wide("r1") + wide("s")) + record(144, b"") + record(0x9D, b"") + record(0x84, b""),
        "xl/_rels/workbook.bin.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="worksheet" Target="worksheets/sheet1.bin"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.bin"/></Relationships>',
        "xl/worksheets/sheet1.bin": record(0x81, b"") + record(0x94, struct.pack("<IIII", 0, 9, 0, 9)) + record(0x91, b"") + cells + record(0x92, b""),
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_errors_of_a_binary_workbook(tmp_path: Path) -> None:
    write_xlsb(tmp_path / "p.xlsb", [["id", "name"], [1, "a"], [2, b"\x2a"], [3, b"\x07\x00"]])
    assert first_line(run(tmp_path, 'rml:source "p.xlsb"')[2]) == tell("#N/A", 3, "p.xlsb", ", and 1 more")
    source = 'rml:source [ a rml:FilePath; rml:path "p.xlsb"; rml:null "#N/A" ]'
    assert first_line(run(tmp_path, source)[2]) == tell("#DIV/0!", 4, "p.xlsb")
    write_xlsb(tmp_path / "p.xlsb", [["id", "name"], [1, "a"]])
    assert run(tmp_path, 'rml:source "p.xlsb"') == (0, ['<1> "a"'], "")


def test_a_workbook_that_its_reader_gives_up_on(tmp_path: Path) -> None:
    write_xlsb(tmp_path / "whole.xlsb", [["id", "name"], [1, "a"]])
    with zipfile.ZipFile(tmp_path / "whole.xlsb") as whole, zipfile.ZipFile(tmp_path / "p.xlsb", "w") as made:
        for part in whole.namelist():
            made.writestr(part, record(615, b"") if part == "xl/styles.bin" else whole.read(part))
    code, lines, told = run(tmp_path, 'rml:source "p.xlsb"')
    assert (code, lines) == (1, [])
    assert "error[source-unreadable]: `p.xlsb` cannot be read: " in told


def old(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def write_xls(path: Path, rows: Sequence[Sequence[Cell]], size: int, since: int = 1900, chart: bytes = b"") -> None:
    """A workbook of the format before 2007 with one sheet, as `write_xlsb`; its stream has *size* bytes at least.

    Behind it stands a sheet that is a *chart*, where one is given by its records.
    """
    begin = old(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    sheet_begin = begin.replace(b"\x05\x00\x00\x00", b"\x10\x00\x00\x00", 1)
    cells = b""
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            head = struct.pack("<HHH", number, column, 0)
            if isinstance(value, str):
                cells += old(0x204, head + struct.pack("<HB", len(value), 0) + value.encode("latin-1"))
            elif isinstance(value, int):
                cells += old(0x203, head + struct.pack("<d", value))
            elif isinstance(value, tuple):
                head = struct.pack("<HHH", number, column, value[1])
                if isinstance(value[0], bytes):  # a row of packed numbers is written as well as a single one
                    many = head[:4] + head[4:] + value[0] + head[2:4]
                    cells += old(0xBD, many) if number % 2 else old(0x27E, head + value[0])
                elif value[0] % 1:
                    cells += old(0x06, head + struct.pack("<d", value[0]) + bytes(8))
                else:
                    cells += old(0x203, head + struct.pack("<d", value[0]))
            elif len(value) == 1:
                cells += old(0x205, head + value + b"\x01")
            else:
                cells += old(0x06, head + b"\x02\x00" + value[:1] + b"\x00\x00\x00\xff\xff" + bytes(8))
    name = b"\x01\x00s"
    styles = old(0x22, struct.pack("<H", since == 1904))
    styles += b"".join(old(0x41E, struct.pack("<HHB", n, len(code), 0) + code.encode()) for n, code in CODES.items())
    styles += b"".join(old(0xE0, struct.pack("<HH", 0, n) + bytes(16)) for n in FORMATS)
    offset = len(begin) + len(styles) + len(old(0x85, bytes(6) + name)) * (2 if chart else 1) + 4
    chart_begin = offset + len(sheet_begin) + len(cells) + 4
    stream = (
        begin
        + styles
        + old(0x85, struct.pack("<IBB", offset, 0, 0) + name)
        + (old(0x85, struct.pack("<IBB", chart_begin, 0, 2) + b"\x01\x00c") if chart else b"")
        + old(0x0A, b"")
        + sheet_begin
        + cells
        + old(0x0A, b"")
        + (begin.replace(b"\x05\x00\x00\x00", b"\x20\x00\x00\x00", 1) + chart + old(0x0A, b"") if chart else b"")
    )
    stream += bytes(max(0, size - len(stream)))

    def entry(title: str, kind: int, start: int, length: int, child: int = 0xFFFFFFFF) -> bytes:
        text = title.encode("utf-16-le")
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + bytes(36)
            + struct.pack("<III", start, length, 0)
        )

    def fill(data: bytes) -> bytes:
        return data + bytes(-len(data) % 512)

    small = len(stream) < 4096
    count = len(fill(stream)) // 512  # sectors: the table, the directory, perhaps the small table, then the stream
    first, end = (3, 0xFFFFFFFE) if small else (2, 0xFFFFFFFE)
    table = [0xFFFFFFFD, end, *([end] if small else []), *range(first + 1, first + count), end]
    pieces = len(stream) // 64 + 1
    directory = entry("Root Entry", 5, first if small else end, pieces * 64 if small else 0, 1)
    directory += entry("Workbook", 2, 0 if small else first, len(stream))
    blocks = [struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table))), fill(directory)]
    if small:
        blocks.append(struct.pack("<128I", *range(1, pieces), end, *[0xFFFFFFFF] * (128 - pieces)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 2 if small else end, int(small), end, 0, 0) + b"\xff" * 432
    path.write_bytes(header + b"".join(blocks) + fill(stream))


@pytest.mark.parametrize("size", [0, 5000], ids=["small", "great"])
def test_errors_of_an_old_workbook(tmp_path: Path, size: int) -> None:
    write_xls(tmp_path / "p.xls", [["id", "name"], [1, "a"], [2, b"\x2a"], [3, b"\x07\x00"]], size)
    assert first_line(run(tmp_path, 'rml:source "p.xls"')[2]) == tell("#N/A", 3, "p.xls", ", and 1 more")
    source = 'rml:source [ a rml:FilePath; rml:path "p.xls"; rml:null "#N/A" ]'
    assert first_line(run(tmp_path, source)[2]) == tell("#DIV/0!", 4, "p.xls")
    write_xls(tmp_path / "p.xls", [["id", "name"], [1, "a"]], size)
    assert run(tmp_path, 'rml:source "p.xls"') == (0, ['<1> "a"'], "")


@pytest.mark.parametrize("size", [0, 5000], ids=["small", "great"])
def test_a_cell_that_is_there_twice_in_an_old_workbook(tmp_path: Path, size: int) -> None:
    """A record of a text, a number, an error, or of several packed numbers at once."""
    write_xls(tmp_path / "p.xls", [["id", "name"], [1, "a"], [2, "b"]], size)
    whole = (tmp_path / "p.xls").read_bytes()
    head = struct.pack("<HHH", 2, 1, 0)
    first = old(0x204, head + struct.pack("<HB", 1, 0) + b"b")
    assert whole.count(first) == 1
    for row, column, twice in ((2, 0, "A3"), (1, 1, "B2"), (1, 0, "A2")):
        again = old(0x204, struct.pack("<HHH", row, column, 0) + struct.pack("<HB", 1, 0) + b"b")
        (tmp_path / "p.xls").write_bytes(whole.replace(first, again))
        code, lines, told = run(tmp_path, 'rml:source "p.xls"')
        said = f"error[source-unreadable]: `p.xls` cannot be read: `sheet 1` holds the cell {twice} twice"
        assert (code, lines, first_line(told)) == (1, [], said)


def test_a_sheet_of_an_old_workbook_that_is_a_chart_has_no_cells(tmp_path: Path) -> None:
    """It keeps what it draws: the values and the categories of its series, each with the same rows and columns."""
    number = old(0x203, struct.pack("<HHHd", 0, 0, 0, 5.0))
    write_xls(tmp_path / "p.xls", [["id", "name"], [1, "a"]], 0, chart=number + number)
    assert run(tmp_path, 'rml:source "p.xls"') == (0, ['<1> "a"'], "")
