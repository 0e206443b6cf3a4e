"""How many cells the sheets of a workbook span, found before they are read: readers make room for all of them.

Two cells in opposite corners of a sheet span seventeen thousand million, in a file of one kilobyte.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from kg.tables.sources.workbook import Format, find_format, list_parts, list_sheets, read_records

BLOCK = 1 << 20  # bytes
OVERLAP = 4096  # bytes: no tag that counts is longer

_EXCEL_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_EXCEL_TAG = re.compile(
    rb"<(/?)(?:\w+:)?(row|c)(?=[\s/>])(?:[^>]*?\sr\s*=\s*[\"']([A-Za-z]{0,3})([0-9]{1,7})[\"'])?[^>]*?(/?)>"
)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.(?:xml|bin)")


def measure_sheets(path: Path) -> Iterator[tuple[str, int]]:
    """The part of the workbook and how many cells each sheet spans, from A1 to its last cell that holds something.

    Nothing for the format before 2007, whose sheets have 65,536 rows of 256 cells at most, and for OpenDocument, whose
    reader counts them. Raises BadZipFile, and BrokenWorkbookError.
    """
    kind = find_format(path)
    if kind in {Format.OLD, Format.OPENDOCUMENT}:
        return
    with zipfile.ZipFile(path) as archive:
        parts = list_parts(archive)
        usual = (part for name, part in parts.items() if _SHEET.fullmatch(name))
        for part in dict.fromkeys([*list_sheets(archive, kind).values(), *usual]):
            with archive.open(part) as stream:
                span: int | None = measure_binary(stream) if kind is Format.BINARY else measure_excel(stream)
            if span is None:
                with archive.open(part) as stream:
                    span = count_places(stream)
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


def measure_binary(stream: IO[bytes]) -> int:
    """The cells that a sheet of a binary workbook (`.xlsb`) spans."""
    row = last_row = last_column = -1
    for kind, body in read_records(stream):
        first = int.from_bytes(body[:4], "little")
        if kind == ROW_HEAD:
            row = first
        elif kind in CELLS:
            last_row, last_column = max(last_row, row), max(last_column, first)
    return (last_row + 1) * (last_column + 1)


def measure_excel(stream: IO[bytes]) -> int | None:
    """The cells that a sheet of Excel spans; None where some do not name their places."""
    letters: set[bytes] = set()
    last = 0
    for block in read_blocks(stream):
        found = _EXCEL_CELL.findall(block)
        if len(found) < len(_ANY_CELL.findall(block)):
            return None
        for column, row in found:
            letters.add(column)
            last = max(last, int(row))
    return last * max((column_number(each) for each in letters), default=0)


def count_places(stream: IO[bytes]) -> int:
    """The cells that a sheet of Excel spans whose rows and cells need not name their places.

    Those without `r` follow the one before them (ECMA-376, 18.3.1.4 and 18.3.1.73).
    """
    row, column, width, last = 1, 0, 0, 0
    for block in read_blocks(stream):
        for closing, tag, letters, number, alone in _EXCEL_TAG.findall(block):
            if tag == b"c":
                if not closing:
                    column = column_number(letters) if letters else column + 1
                    width, last = max(width, column), max(last, int(number) if letters else row)
            else:
                if not closing and number:
                    row = int(number)
                if closing or alone:
                    row, column = row + 1, 0
    return width * last


def column_number(letters: bytes) -> int:
    """The number of a column by its letters.

    >>> [column_number(c) for c in (b"A", b"Z", b"AA", b"XFD")]
    [1, 26, 27, 16384]
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
