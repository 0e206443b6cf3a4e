"""How many cells the sheets of a workbook span, found before they are read: readers make room for all of them.

On the way, cells that stand there twice are found, of which a reader would take the last one.
Two cells in opposite corners of a sheet span seventeen thousand million, in a file of one kilobyte.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from kg.tables.sources.sheets.oldbook import list_old_sheets
from kg.tables.sources.sheets.workbook import (
    BrokenWorkbookError,
    Format,
    find_format,
    list_parts,
    list_sheets,
    read_records,
)

BLOCK = 1 << 20  # bytes
WIDEST = 1 << 15  # more columns than three letters name
OVERLAP = 4096  # bytes: no tag that counts is longer

_EXCEL_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_EXCEL_TAG = re.compile(
    rb"<(/?)(?:\w+:)?(row|c)(?=[\s/>])(?:[^>]*?\sr\s*=\s*[\"']([A-Za-z]{0,3})([0-9]{1,7})[\"'])?[^>]*?(/?)>"
)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.(?:xml|bin)")


def measure_sheets(path: Path) -> Iterator[tuple[str, int]]:
    """The part of the workbook and how many cells each sheet spans, from A1 to its last cell that holds something.

    Nothing for OpenDocument, whose reader counts them. Raises BadZipFile, and BrokenWorkbookError.
    """
    kind = find_format(path)
    if kind is Format.OLD:
        yield from ((name, measure_places(name, places)) for name, places in list_old_sheets(path))
    if kind in {Format.OLD, Format.OPENDOCUMENT}:
        return
    with zipfile.ZipFile(path) as archive:
        parts = list_parts(archive)
        usual = (part for name, part in parts.items() if _SHEET.fullmatch(name))
        for part in dict.fromkeys([*list_sheets(archive, kind).values(), *usual]):
            with archive.open(part) as stream:
                if kind is Format.BINARY:
                    yield part, measure_places(part, list_binary_places(stream))
                    continue
                span = measure_excel(stream)
            if span is None:  # a cell without a place, or not behind the one before it
                with archive.open(part) as stream:
                    span = measure_places(part, list_places(stream))
            yield part, span


def unpacked_size(path: Path) -> int:
    """How many bytes the parts of a workbook have together; those of the formats before 2007 are not packed."""
    if not zipfile.is_zipfile(path):
        return path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        return sum(member.file_size for member in archive.infolist())


def read_blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Blocks that end with a whole tag; what is open at the end of one begins the next."""
    rest = b""
    while block := stream.read(BLOCK):
        whole = rest + block
        end = whole.rfind(b">") + 1
        rest = whole[end:][-OVERLAP:]
        yield whole[:end]


ROW_HEAD = 0  # of a binary workbook (MS-XLSB, 2.3.1): the number of the row is its first field
CELLS = frozenset({*range(2, 12), 62})  # cells that hold something: the number of the column is the first field


def list_binary_places(stream: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Row and column, from 1, of each cell of a binary workbook (`.xlsb`)."""
    row = 0
    for kind, body in read_records(stream):
        first = int.from_bytes(body[:4], "little")
        if kind == ROW_HEAD:
            row = first + 1
        elif kind in CELLS:
            yield row, first + 1


class ColumnNumbers(dict[bytes, int]):
    """The numbers of columns by their letters, each computed once."""

    def __missing__(self, letters: bytes) -> int:
        self[letters] = column_number(letters)
        return self[letters]


def measure_excel(stream: IO[bytes]) -> int | None:
    """The cells that a sheet of Excel spans; None where some do not name their places, or do not follow each other."""
    columns = ColumnNumbers()
    last = 0
    for block in read_blocks(stream):
        found = _EXCEL_CELL.findall(block)
        if len(found) < len(_ANY_CELL.findall(block)):
            return None
        for letters, row in found:
            place = int(row) * WIDEST + columns[letters]
            if place <= last:
                return None
            last = place
    return last // WIDEST * max(columns.values(), default=0)


def list_places(stream: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Row and column, from 1, of each cell of a sheet of Excel whose rows and cells need not name their places.

    Those without `r` follow the one before them (ECMA-376, 18.3.1.4 and 18.3.1.73).
    """
    columns = ColumnNumbers()
    row, column = 1, 0
    for block in read_blocks(stream):
        for closing, tag, letters, number, alone in _EXCEL_TAG.findall(block):
            if tag == b"c":
                if not closing:
                    column = columns[letters] if letters else column + 1
                    yield int(number) if letters else row, column
            else:
                if not closing and number:
                    row = int(number)
                if closing or alone:
                    row, column = row + 1, 0


def measure_places(part: str, places: Iterable[tuple[int, int]]) -> int:
    """The cells that those at some places span. Raises BrokenWorkbookError where two have the same place."""
    seen: set[int] = set()
    width = last = highest = 0
    before = array("q")  # those that follow each other need not be looked up
    for row, column in places:
        width, last = max(width, column), max(last, row)
        place = row * WIDEST + column
        if place > highest and not seen:
            highest = place
            before.append(place)
            continue
        seen = seen or {*before}
        if place in seen:
            raise BrokenWorkbookError(f"`{part}` holds the cell {column_letters(column)}{row} twice")
        seen.add(place)
    return width * last


def column_letters(number: int) -> str:
    """The letters of a column by its number.

    >>> [column_letters(n) for n in (1, 26, 27, 16384)]
    ['A', 'Z', 'AA', 'XFD']
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: bytes) -> int:
    """The number of a column by its letters.

    >>> [column_number(c) for c in (b"A", b"Z", b"AA", b"XFD")]
    [1, 26, 27, 16384]
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
