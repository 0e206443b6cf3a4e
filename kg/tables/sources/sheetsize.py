"""How many cells the sheets of a workbook span, found before they are read: readers make room for all of them.

Two cells in opposite corners of a sheet span seventeen thousand million, in a file of one kilobyte.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

BLOCK = 1 << 20  # bytes
OVERLAP = 4096  # bytes: no tag that counts is longer

_EXCEL_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_ODS_TAG = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)\b([^>]*)>")
_ODS_REPEAT = re.compile(rb"number-(?:rows|columns)-repeated=[\"']([0-9]+)[\"']")


def measure_sheets(path: Path) -> Iterator[tuple[str, int]]:
    """The part of the workbook and how many cells each sheet spans, from A1 to its last cell that holds something.

    Nothing for the format before 2007: its sheets have 65,536 rows of 256 cells at most. Raises BadZipFile.
    """
    ending = path.suffix.lower()
    if ending not in {".xlsx", ".xlsm", ".xlsb", ".ods"}:
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if ending == ".ods" and name == "content.xml":
                with archive.open(name) as stream:
                    for number, span in enumerate(measure_ods(stream), 1):
                        yield f"sheet {number}", span
            elif ending == ".xlsb" and re.fullmatch(r"xl/worksheets/[^/]+\.bin", name):
                with archive.open(name) as stream:
                    yield name, measure_binary(stream)
            elif ending != ".ods" and re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                with archive.open(name) as stream:
                    yield name, measure_excel(stream)


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
    """The cells that a sheet of a binary workbook (`.xlsb`) spans.

    Source: MS-XLSB, 2.1.4 (records: a number and a size, of seven bits a byte).
    """
    row = last_row = last_column = -1
    while (kind := read_number(stream, 2)) is not None and (size := read_number(stream, 4)) is not None:
        body = stream.read(size)
        first = int.from_bytes(body[:4], "little")
        if kind == ROW_HEAD:
            row = first
        elif kind in CELLS:
            last_row, last_column = max(last_row, row), max(last_column, first)
    return (last_row + 1) * (last_column + 1)


def read_number(stream: IO[bytes], most: int) -> int | None:
    """A number of seven bits a byte, the lowest first, of *most* bytes; None at the end."""
    number = 0
    for place in range(most):
        byte = stream.read(1)
        if not byte:
            return None
        number |= (byte[0] & 0x7F) << (7 * place)
        if byte[0] < 0x80:
            break
    return number


def measure_excel(stream: IO[bytes]) -> int:
    """The cells that a sheet of Excel spans."""
    letters: set[bytes] = set()
    last = 0
    for block in read_blocks(stream):
        for column, row in _EXCEL_CELL.findall(block):
            letters.add(column)
            last = max(last, int(row))
    return last * max((column_number(each) for each in letters), default=0)


def column_number(letters: bytes) -> int:
    """The number of a column by its letters.

    >>> [column_number(c) for c in (b"A", b"Z", b"AA", b"XFD")]
    [1, 26, 27, 16384]
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def measure_ods(stream: IO[bytes]) -> Iterator[int]:
    """The cells that each sheet of an OpenDocument file spans; repeated rows and cells count as often as they stand."""
    row = column = width = last = 0
    repeated, holds = 1, False
    for block in read_blocks(stream):
        for closing, tag, attributes in _ODS_TAG.findall(block):
            if tag == b"table":
                if closing:
                    yield width * last
                row = width = last = 0
            elif tag == b"table-row":
                if not closing:
                    column, holds = 0, False
                    repeated = repeat_of(attributes)
                if closing or attributes.endswith(b"/"):
                    row += repeated
                    last = row if holds else last
            elif not closing:
                column += repeat_of(attributes)
                if b"value-type" in attributes:
                    holds, width = True, max(width, column)


def repeat_of_cell(repeated: str | None) -> int:
    """How often a row or cell stands there, by the value of its attribute."""
    return int(repeated) if repeated and repeated.isdigit() else 1


def repeat_of(attributes: bytes) -> int:
    """How often a row or cell stands there."""
    found = _ODS_REPEAT.search(attributes)
    return int(found[1]) if found else 1
