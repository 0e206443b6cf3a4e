# ruff: noqa: E501 - whole cells stand on one line
"""Dates of sheets, in every format of workbooks: the right value or none, never another."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from test_tables_cells import HEAD, Cell, change_parts, first_line, tell, write_xls, write_xlsb
from test_tables_sources import cell, run, write_ods
from test_tables_types import sheet, write_xlsx

pytest.importorskip("python_calamine")

SERIALS = {  # a number of days, the style (1 a date and a time, 2 a date, 3 a time, 4 a duration), and what it is
    ("-1", 1): None, ("-0.5", 3): None, ("0", 2): None, ("0.5", 1): None, ("0.5", 3): "12:00:00",
    ("1", 2): "1900-01-01", ("59.5", 1): "1900-02-28T12:00:00", ("60", 2): None, ("60.5", 1): None, ("6E+1", 1): None,
    ("61", 2): "1900-03-01", ("2958465", 2): "9999-12-31", ("2958466", 2): None, ("1E10", 1): None,
    ("-1.5", 4): "-P1DT12H", ("77", 0): "77",
    # what is rounded to the next day, and numbers under formats that show nothing but a year or a day's name
    ("0.99999999999", 3): None, ("0.99999", 3): "23:59:59.136", ("59.99999999999", 1): None,
    ("44000.99999999999", 1): "2020-06-19", ("2958465.99999999999", 1): None,
    ("45000", 5): "2023-03-15", ("45000.25", 6): "2023-03-15T06:00:00", ("45000", 7): "2023-03-15", ("0.5", 5): None,
    ("45000.5", 8): "4.50005E4",
}  # fmt: skip
SINCE_1904 = {
    ("-1", 2): None, ("0", 2): "1904-01-01", ("0.25", 1): "1904-01-01T06:00:00", ("0.25", 3): "06:00:00",
    ("60", 2): "1904-03-01", ("44000", 2): "2024-06-19", ("2957003", 2): "9999-12-31", ("2957004", 2): None,
}  # fmt: skip


def dated(part: str, data: bytes) -> bytes:
    """A workbook with styles for a time and a duration as well, and days counted from 1904."""
    if part == "xl/workbook.xml":
        return data.replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    codes = {200: "[$-F400]h:mm&quot;d&quot;;@", 201: "[$-411]e", 202: "gg", 203: "aaaa", 204: "##0.0E+0"}
    formats = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in codes.items()).encode()
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in (200, 46, 201, 202, 203, 204)).encode()
    data = data.replace(b"<cellXfs", b"<numFmts>" + formats + b"</numFmts><cellXfs")
    return data.replace(b"</cellXfs", styles + b"</cellXfs")


def check_dates(folder: Path, file: str, written: list[tuple[str, str | None]]) -> None:
    """Each row has the value that stands beside it; the first without one is told, and `rml:null` may name it."""
    source = f'rml:source [ a rml:FilePath; rml:path "{file}" NULL ]'
    wrong = [(number, text) for number, (text, value) in enumerate(written) if value is None]
    code, lines, told = run(folder, source.replace("NULL", ""), "name", "--best-effort")
    read = [(line[1 : line.index(">")], line.split('"')[1].removesuffix("T00:00:00")) for line in lines]
    assert sorted(read) == sorted(
        (str(number), value) for number, (_, value) in enumerate(written) if value is not None
    )
    if wrong:
        skipped = tell(wrong[0][1], wrong[0][0] + 2, file).replace("error[data-cell]", "warning[data-skipped]")
        assert (code, first_line(told).split(", and")[0].rstrip(")")) == (0, skipped.rstrip(")"))
        assert run(folder, source.replace("NULL", ""))[0] == 1
        nulls = ", ".join(f'"{text}"' for _, text in wrong)
        assert run(folder, source.replace("NULL", f"; rml:null {nulls}")) == (0, lines, "")


@pytest.mark.parametrize("serials", [SERIALS, SINCE_1904], ids=["1900", "1904"])
def test_dates_of_excel(tmp_path: Path, serials: dict[tuple[str, int], str | None]) -> None:
    write_xlsx(tmp_path / "p.xlsx", {"s": sheet(("id", "name"), *enumerate(serials))})
    since = serials is SINCE_1904
    change_parts(tmp_path / "p.xlsx", lambda n, d: (n, dated(n, d) if since or n == "xl/styles.xml" else d))
    check_dates(tmp_path, "p.xlsx", [(text, value) for (text, _), value in serials.items()])


BY_CONDITION: dict[str, dict[str, str | None]] = {
    '[=0]"";dd/mm/yyyy': {"0": "0", "45000": "2023-03-15", "45000.5": "2023-03-15T12:00:00", "-1": None},
    "[Red][&gt;=40000]yyyy-mm-dd;0;@": {"45000": "2023-03-15", "5": "5", "0.5": "5.0E-1", "-5": "-5"},
    '[&gt;=40000]yyyy-mm-dd;0" @"': {"45000": "2023-03-15", "5": "5"},
    "[&lt;10]0;[&lt;20]yyyy;[h]:mm": {"5": "5", "15": "1900-01-15", "25.5": "P25DT12H"},
    "[&gt;=1][h]:mm;h:mm": {"1.5": "P1DT12H", "0.5": "12:00:00"},
    "[&lt;=9999999]###-####;(###) ###-####": {"45000": "45000"},
    "dd/mm/yyyy;0": {"45000": "2023-03-15"},
    "0;dd/mm/yyyy": {"45000": "45000", "-5": "-5"},
}


@pytest.mark.parametrize("code", BY_CONDITION)
def test_formats_that_show_a_date_under_a_condition(tmp_path: Path, code: str) -> None:
    """A section of a format counts for the numbers that its condition holds of (ECMA-376, part 1, section 18.8.31)."""
    values = BY_CONDITION[code]
    write_xlsx(tmp_path / "p.xlsx", {"s": sheet(("id", "name"), *enumerate((text, 1) for text in values))})
    style = f'<numFmts><numFmt numFmtId="200" formatCode="{code.replace(chr(34), "&quot;")}"/></numFmts>'
    styles = f'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{style}<cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>'
    change_parts(tmp_path / "p.xlsx", lambda n, d: (n, styles.encode() if n == "xl/styles.xml" else d))
    check_dates(tmp_path, "p.xlsx", list(values.items()))


def test_a_duration_that_is_too_long(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "p.xlsx", {"s": sheet(("id", "name"), (1, ("1E10", 4)))})
    change_parts(tmp_path / "p.xlsx", lambda n, d: (n, dated(n, d)))
    assert first_line(run(tmp_path, 'rml:source "p.xlsx"')[2]).startswith(
        "error[source-unreadable]: `p.xlsx` cannot be read: "
    )


def test_days_and_times_are_alike_in_a_column(tmp_path: Path) -> None:
    rows = sheet(("id", "name"), (1, (45000.5, 1)), (2, (0, 1)), (3, (45001, 1)))
    write_xlsx(tmp_path / "p.xlsx", {"s": rows})
    change_parts(tmp_path / "p.xlsx", lambda n, d: (n, dated(n, d)))
    assert run(tmp_path, 'rml:source "p.xlsx"')[1][1:] == [
        '<2> "1904-01-01T00:00:00" <dateTime>', '<3> "2027-03-17T00:00:00" <dateTime>',
    ]  # fmt: skip


ISO: dict[str, str | None] = {
    "2024-01-02": "2024-01-02", "2024-01-02T10:00:00.5": "2024-01-02T10:00:00.5",
    "2024-02-29": "2024-02-29", "2024-01-02T10:00:00Z": "2024-01-02T10:00:00Z", "2024-01-02T10:00": "2024-01-02T10:00:00",
    "2024-01-02Z": "2024-01-02Z", "-0044-03-15": "-0044-03-15", "12024-01-01": "12024-01-01", "2024-02-30": None,
    "2024-01-02T10:00:00+02:00": "2024-01-02T10:00:00+02:00", "20240102": None, "2024-01-02T23:59:60": None, "x": None,
}  # fmt: skip
LENGTHS: dict[str, str | None] = {
    "PT10H30M00S": "10:30:00", "PT26H10M00S": "P1DT2H10M", "-PT1H": "-PT1H", "PT90M": "01:30:00", "PT24H00M00S": "P1D",
    "P1DT2H": "P1DT2H", "PT10H00M00,5S": "10:00:00.5", "P1Y": None, "PT": None, "10:00:00": None, "PT23H59M60S": "P1D",
}  # fmt: skip


def test_dates_as_iso_8601_writes_them(tmp_path: Path) -> None:
    cells = "".join(
        f'<row><c t="n"><v>{number}</v></c><c t="d"><v>{text}</v></c></row>' for number, text in enumerate(ISO)
    )
    head = '<row><c t="str"><v>id</v></c><c t="str"><v>name</v></c></row>'
    write_xlsx(tmp_path / "p.xlsx", {"s": head + cells})
    check_dates(tmp_path, "p.xlsx", list(ISO.items()))
    row = "</table:table-row><table:table-row>"
    for kind, values in (("date", ISO), ("time", LENGTHS)):
        rows = [cell("float", str(n)) + cell(kind, text, f"{kind}-value") for n, text in enumerate(values)]
        write_ods(tmp_path / "p.ods", HEAD, row.join(rows))
        check_dates(tmp_path, "p.ods", list(values.items()))
    write_ods(tmp_path / "p.ods", HEAD, cell("float", "1") + cell("date", "2024-01-02T10:00:00Z", "date-value"))
    assert run(tmp_path, 'rml:source "p.ods"')[1] == ['<1> "2024-01-02T10:00:00Z" <dateTime>']


def pack(number: int) -> bytes:
    """A whole number, packed as one (MS-XLSB, 2.5.122)."""
    return struct.pack("<i", number << 2 | 2)


def test_dates_of_the_binary_formats(tmp_path: Path) -> None:
    for since, serials in ((1900, SERIALS), (1904, SINCE_1904)):
        packed: dict[tuple[str, int], str | None] = {
            (f"{int(float(text))}", style): value
            for (text, style), value in serials.items()
            if not float(text) % 1 and float(text) < 1e8
        }
        cells: list[tuple[str, str | None, tuple[float | bytes, int]]]
        cells = [(f"{float(text):.15g}", value, (float(text), style)) for (text, style), value in serials.items()]
        cells += [(text, value, (pack(int(text)), style)) for (text, style), value in packed.items()]
        rows: list[list[Cell]] = [["id", "name"], *([number, cell] for number, (_, _, cell) in enumerate(cells))]
        write_xlsb(tmp_path / "p.xlsb", rows, since)
        write_xls(tmp_path / "p.xls", rows, 5000, since)
        for file in ("p.xlsb", "p.xls"):
            check_dates(tmp_path, file, [(text, value) for text, value, _ in cells])
