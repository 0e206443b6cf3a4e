"""Cells of a workbook that its reader reads wrong: errors (`#N/A`), formulas that no program computed yet, odd dates.

The reader takes the first two for empty cells, and some dates for others. They are found in the sheet itself, which is
only gone through where its bytes hold such a cell.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from kg.rdf.namespace import XSD
from kg.tables.sources.sheets.dates import (
    USUAL_DATE,
    DateStyles,
    Showing,
    decode_packed,
    excel_dates,
    read_date_styles,
    read_moment,
    write_serial,
)
from kg.tables.sources.sheets.oldbook import list_old
from kg.tables.sources.sheets.size import ROW_HEAD, column_number, read_blocks
from kg.tables.sources.sheets.workbook import (
    ERRORS,
    UNKNOWN,
    BrokenWorkbookError,
    Format,
    find_book,
    find_format,
    iterate_xml,
    list_sheets,
    read_records,
)

KEPT = 1 << 14  # bytes of a block that are looked at again, before the next one: no formula is longer
_DIGITS = re.compile(r"-?[0-9]{16,}")  # a whole number that the reader may round
# an error, or a date as ISO 8601 writes it; a whole number of many digits; a formula that no value follows
_EXCEL = (
    re.compile(rb">-?[0-9]{16,}</"),
    re.compile(rb"t(?<=\st)\s*=\s*[\"'][de][\"']"),
    re.compile(rb"<(?:/(?:\w+:)?f\s*>|(?:\w+:)?f\b[^>]*/>)\s*<(?!(?:\w+:)?v(?:\s[^>]*)?>[^<])(?=[^>]*>.)", re.DOTALL),
)
_USUAL_DATE = re.compile(USUAL_DATE)
# values in sections of CDATA, around a comment, or (numbers) of characters that are written by their numbers, of which
# the reader of workbooks reads nothing, or a part; they are looked for where there is such a thing at all
_MARKUP, _REFERENCE = re.compile(rb"<[!?](?!xml\s)"), re.compile(b"&#")
_EXCEL_MARKUP = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>[^<]*<[!?]")
_EXCEL_REFERENCES = re.compile(
    rb"<(?:\w+:)?c(?=[\s>])(?![^>]*\bt\s*=\s*[\"'](?:str|d|inlineStr)[\"'])[^>]*>"
    rb"(?:<(?:\w+:)?f\b[^>]*/>|<(?:\w+:)?f\b[^>]*>[^<]*</[^>]*>)?\s*<(?:\w+:)?v(?:\s[^>]*)?>[^<&]*&"
)
# what stands for no number as the reader reads them, be it a text of a formula; and that in a cell of a number, or the
# value of a cell that holds its text inline
_EXCEL_WORD = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>(?!-?[0-9]+(?:\.[0-9]+)?(?:E-?[0-9]{1,2})?<)")
_EXCEL_NO_NUMBER = re.compile(
    rb"<(?:\w+:)?c(?=[\s>])(?![^>]*\bt\s*=\s*[\"'](?:str|d|s|b|e)[\"'])[^>]*>"
    rb"(?:<(?:\w+:)?f\b[^>]*/>|<(?:\w+:)?f\b[^>]*>[^<]*</[^>]*>)?\s*"
    rb"<(?:\w+:)?v(?:\s[^>]*)?>(?!-?[0-9]+(?:\.[0-9]+)?(?:E-?[0-9]{1,2})?<)"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_PLACE = re.compile(r"([A-Za-z]+)([0-9]+)")
BINARY_PACKED, BINARY_NUMBERS = 2, frozenset({2, 5, 9})  # a packed number; all numbers, of formulas too
BINARY_ERRORS = frozenset({3, 11})  # cells that hold an error, by themselves or of a formula (MS-XLSB, 2.4.316)
END_OF_CELLS = 146


@dataclass(frozen=True, kw_only=True, slots=True)
class OddCells:
    """A block of cells, counted from 0, and what stands there: an error, a formula, a date as it is written.

    *value* is the value that they have, as the reader of workbooks would give it, or a text with its datatype; None
    where they have none.
    """

    row: int
    column: int
    text: str
    value: Any = None
    rows: int = 1
    columns: int = 1


def find_odd_cells(path: Path, sheet: str, number: int) -> list[OddCells]:
    """The cells of a sheet that are read wrong; *number* is the sheet's place in the workbook, from 0.

    Raises BrokenWorkbookError for XML that is not well-formed, or that its reader reads wrong.
    """
    kind = find_format(path)
    if kind is Format.OLD:
        return [OddCells(row=r, column=c, text=text, value=value) for r, c, text, value in list_old(path, number)]
    with zipfile.ZipFile(path) as archive:
        part, book = list_sheets(archive, kind).get(sheet), find_book(archive, kind)
        styles = DateStyles(shown={}) if part is None or book is None else read_date_styles(archive, book)
        if part is None:
            return []
        if kind is Format.BINARY:
            with archive.open(part) as stream:
                return list(list_binary(stream, styles))
        dates = excel_dates(styles)
        odd = (*_EXCEL, *([re.compile(dates.encode())] if dates else []))
        with archive.open(part) as stream:
            found = find_patterns((_MARKUP, _REFERENCE, _EXCEL_WORD, *odd), stream)
        has_markup, has_references, has_word, *are_odd = found
        if has_markup:
            with archive.open(part) as stream:
                if is_found(_EXCEL_MARKUP, stream):
                    raise BrokenWorkbookError(f"`{part}` holds values in CDATA sections or around comments")
        if has_references:
            with archive.open(part) as stream:
                if is_found(_EXCEL_REFERENCES, stream):
                    raise BrokenWorkbookError(f"`{part}` holds numbers written as references (`&#49;`)")
        if has_word and not any(are_odd):
            with archive.open(part) as stream:
                are_odd = [is_found(_EXCEL_NO_NUMBER, stream)]
        if not any(are_odd):
            return []
        with archive.open(part) as stream:
            return list(list_excel(stream, part, styles))


def is_found(pattern: re.Pattern[bytes], stream: IO[bytes]) -> bool:
    """Whether a pattern of few bytes fits anywhere."""
    return find_patterns((pattern,), stream) == [True]


def find_patterns(patterns: Sequence[re.Pattern[bytes]], stream: IO[bytes]) -> list[bool]:
    """Which of several patterns of few bytes fit anywhere; one that begins with a byte is looked for much sooner."""
    found = [False] * len(patterns)
    before = b""
    for block in read_blocks(stream):
        text = before + block
        found = [known or each.search(text) is not None for known, each in zip(found, patterns, strict=True)]
        if all(found):
            break
        before = block[-KEPT:]
    return found


def list_binary(stream: IO[bytes], styles: DateStyles) -> Iterator[OddCells]:
    """The errors of a sheet in a binary workbook, and its dates that are read wrong."""
    row = 0
    for kind, body in read_records(stream):
        if kind == ROW_HEAD:
            row = int.from_bytes(body[:4], "little")
        elif kind in BINARY_ERRORS and len(body) > 8:
            column = int.from_bytes(body[:4], "little")
            yield OddCells(row=row, column=column, text=ERRORS.get(body[8], UNKNOWN))
        elif kind in BINARY_NUMBERS and styles.shown:
            column, style = int.from_bytes(body[:4], "little"), int.from_bytes(body[4:7], "little")
            is_whole = False  # packed as an integer, which the reader takes for a mere number
            if kind == BINARY_PACKED:
                serial, is_whole = decode_packed(body[8:12])
            else:
                [serial] = struct.unpack_from("<d", body, 8)
            shown = styles.shown.get(style)
            if shown is not None and (is_whole or styles.is_misread(serial, shown)):
                value = styles.read_serial(serial, shown)
                yield OddCells(row=row, column=column, text=write_serial(serial), value=value)
        elif kind == END_OF_CELLS:
            return


def list_excel(stream: IO[bytes], part: str, styles: DateStyles) -> Iterator[OddCells]:
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
        written, kind = (value.text if value is not None else None) or "", element.get("t", "n")
        if kind == "e":
            yield OddCells(row=at, column=column, text=written or UNKNOWN)
        elif formula is not None and not written and kind != "str":
            yield OddCells(row=at, column=column, text="=" + (formula.text or ""))
        elif kind == "d" and written and not _USUAL_DATE.fullmatch(written):
            yield OddCells(row=at, column=column, text=written, value=read_moment(written))
        elif kind == "inlineStr" and written:
            yield OddCells(row=at, column=column, text=written, value=(written, None))
        elif kind == "n" and written.strip():
            yield from list_excel_number(written, styles.shown.get(read_style(element)), styles, (at, column))
        column += 1


def list_excel_number(
    written: str, shown: Showing | None, styles: DateStyles, place: tuple[int, int]
) -> Iterator[OddCells]:
    """The cell of a number at a *place* of Excel, where the reader of workbooks would not see the number that it is."""
    text, (row, column) = written.strip(), place
    serial = float(text) if _NUMBER.fullmatch(text) else None
    if is_rounded(text):
        yield OddCells(row=row, column=column, text=text, value=(text, XSD + "integer"))
    elif serial is None or abs(serial) == float("inf"):
        yield OddCells(row=row, column=column, text=text)
    elif shown is not None and (text != written or styles.is_misread(serial, shown)):
        yield OddCells(row=row, column=column, text=text, value=styles.read_serial(serial, shown))
    elif text != written:
        yield OddCells(row=row, column=column, text=text, value=serial)


def is_rounded(text: str) -> bool:
    """Whether a whole number loses digits as a floating-point number, which the reader makes of it.

    >>> is_rounded("9007199254740993"), is_rounded("9007199254740992"), is_rounded("0.30000000000000004")
    (True, False, False)
    """
    return _DIGITS.fullmatch(text) is not None and (len(text) > 300 or int(float(text)) != int(text))


def read_style(cell: Any) -> int:
    """The number of a cell's style."""
    number = cell.get("s", "0")
    return int(number) if number.isdecimal() else 0


def drop(element: Any) -> None:
    """Forget an element that has been looked at, and those before it."""
    element.clear(keep_tail=False)
    while element.getprevious() is not None:
        del element.getparent()[0]
