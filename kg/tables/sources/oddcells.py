"""Cells of a workbook that have no value to be read: errors (`#N/A`), and formulas that no program computed yet.

The reader of workbooks takes both for empty cells. They are found in the sheet itself, which is only gone through where
its bytes hold such a cell.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from kg.tables.sources.oldbook import list_old_errors
from kg.tables.sources.sheetsize import ROW_HEAD, column_number, read_blocks, repeat_of_cell
from kg.tables.sources.workbook import (
    BrokenWorkbookError,
    Format,
    find_format,
    iterate_xml,
    list_parts,
    list_sheets,
    read_records,
)

KEPT = 256  # bytes of a block that are looked at again, before the next one
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
UNKNOWN = "#ERROR!"

# an error; or a formula that no value follows
_EXCEL = re.compile(
    rb"<(?:\w+:)?c\s[^>]*\bt\s*=\s*[\"']e[\"']"
    rb"|(?:</(?:\w+:)?f\s*>|<(?:\w+:)?f\b[^>]*/>)\s*<(?!(?:\w+:)?v(?:\s[^>]*)?>[^<])(?=[^>]*>.)",
    re.DOTALL,
)
_ODS = re.compile(rb"calcext:value-type\s*=\s*[\"']error[\"']|table:formula\s*=")
# values in sections of CDATA or around a comment, of which the reader of workbooks reads nothing, or a part
_EXCEL_MARKUP = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>[^<]*<!")
_ODS_MARKUP = re.compile(rb"<!\[CDATA\[")
_PLACE = re.compile(r"([A-Za-z]+)([0-9]+)")
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
BINARY_ERRORS = frozenset({3, 11})  # cells that hold an error, by themselves or of a formula (MS-XLSB, 2.4.316)
END_OF_CELLS = 146


@dataclass(frozen=True, kw_only=True, slots=True)
class OddCells:
    """A block of cells without a value, counted from 0, and the error or formula that stands there: `#N/A`, `=A1+1`."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


def find_odd_cells(path: Path, sheet: str, number: int) -> list[OddCells]:
    """The cells of a sheet that have no value; *number* is the sheet's place in the workbook, from 0.

    Raises BrokenWorkbookError for XML that is not well-formed, or that its reader reads wrong.
    """
    kind = find_format(path)
    if kind is Format.OLD:
        found = list_old_errors(path, number)
        return [OddCells(row=r, column=c, text=ERRORS.get(code, UNKNOWN)) for r, c, code in found]
    with zipfile.ZipFile(path) as archive:
        is_ods = kind is Format.OPENDOCUMENT
        part = list_parts(archive).get("content.xml") if is_ods else list_sheets(archive, kind).get(sheet)
        if part is None:
            return []
        if kind is Format.BINARY:
            with archive.open(part) as stream:
                return list(list_binary(stream))
        odd, markup = (_ODS, _ODS_MARKUP) if is_ods else (_EXCEL, _EXCEL_MARKUP)
        with archive.open(part) as stream:
            if not is_found(re.compile(odd.pattern + b"|" + markup.pattern, re.DOTALL), stream):
                return []
        with archive.open(part) as stream:
            if is_found(markup, stream):
                raise BrokenWorkbookError(f"`{part}` holds values in CDATA sections or around comments")
        with archive.open(part) as stream:
            return list(list_ods(stream, part, sheet) if is_ods else list_excel(stream, part))


def is_found(pattern: re.Pattern[bytes], stream: IO[bytes]) -> bool:
    """Whether a pattern of few bytes fits anywhere."""
    before = b""
    for block in read_blocks(stream):
        if pattern.search(before + block):
            return True
        before = block[-KEPT:]
    return False


def list_binary(stream: IO[bytes]) -> Iterator[OddCells]:
    """The errors of a sheet in a binary workbook."""
    row = 0
    for kind, body in read_records(stream):
        if kind == ROW_HEAD:
            row = int.from_bytes(body[:4], "little")
        elif kind in BINARY_ERRORS and len(body) > 8:
            column = int.from_bytes(body[:4], "little")
            yield OddCells(row=row, column=column, text=ERRORS.get(body[8], UNKNOWN))
        elif kind == END_OF_CELLS:
            return


def list_excel(stream: IO[bytes], part: str) -> Iterator[OddCells]:
    """The odd cells of a sheet of Excel. A row or cell that names no place follows the one before it."""
    row = column = 0
    for event, element in iterate_xml(stream, part, ("{*}row", "{*}c")):
        is_row = element.tag.rpartition("}")[2] == "row"
        if event == "start":
            if is_row and (number := element.get("r", "")).isdecimal():
                row = int(number) - 1
            continue
        if is_row:
            row, column = row + 1, 0
            drop(element)
            continue
        place = _PLACE.fullmatch(element.get("r") or "")
        at, column = (row, column) if place is None else (int(place[2]) - 1, column_number(place[1].encode()) - 1)
        formula, value = element.find("{*}f"), element.find("{*}v")
        text = None
        if element.get("t") == "e":
            text = (value.text if value is not None else None) or UNKNOWN
        elif formula is not None and not (value is not None and value.text) and element.get("t") != "str":
            text = "=" + (formula.text or "")
        if text is not None:
            yield OddCells(row=at, column=column, text=text)
        column += 1


def list_ods(stream: IO[bytes], part: str, sheet: str) -> Iterator[OddCells]:
    """The odd cells of a sheet of OpenDocument."""
    depth = row = 0
    is_wanted = False
    for event, element in iterate_xml(stream, part, (_TABLE + "table", _TABLE + "table-row")):
        if element.tag == _TABLE + "table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                row, is_wanted = 0, element.get(_TABLE + "name") == sheet
        elif event == "end" and depth == 1:
            rows = repeat_of_cell(element.get(_TABLE + "number-rows-repeated"))
            if is_wanted:
                yield from list_ods_row(element, row, rows)
            row += rows
            drop(element)


def list_ods_row(line: Any, row: int, rows: int) -> Iterator[OddCells]:
    """The odd cells of a row that stands *rows* times."""
    column = 0
    for cell in line.iterchildren(_TABLE + "table-cell", _TABLE + "covered-table-cell"):
        columns = repeat_of_cell(cell.get(_TABLE + "number-columns-repeated"))
        formula, kind = cell.get(_TABLE + "formula"), cell.get(_OFFICE + "value-type")
        shown = "".join("".join(each.itertext()) for each in cell.iterchildren(_TEXT + "p"))
        text = None
        if cell.get(_CALC + "value-type") == "error":
            text = shown or UNKNOWN
        elif formula is not None and kind is None:
            text = re.sub(r"^\w+:", "", formula)
        elif formula is not None and kind == "string" and shown in ERRORS.values():
            text = shown  # of programs that know no type for errors
        if text is not None:
            yield OddCells(row=row, column=column, text=text, rows=rows, columns=columns)
        column += columns


def drop(element: Any) -> None:
    """Forget an element that has been looked at, and those before it."""
    element.clear(keep_tail=False)
    while element.getprevious() is not None:
        del element.getparent()[0]
