"""The places of cells, errors and odd dates in a workbook from before 2007 (`.xls`), which is a file system of its own.

Sources: MS-CFB (the file system), MS-XLS (the records of the stream `Workbook`).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.tables.sources.sheets.dates import DateStyles, decode_packed, name_styles, write_serial
from kg.tables.sources.sheets.workbook import ERRORS, UNKNOWN

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST_SECTOR = 0xFFFFFFFA  # numbers above it end a chain
SMALL = 4096  # bytes; streams that are smaller lie in the stream of the root, in pieces of 64 bytes
BOOKS = ("Workbook", "Book", "WORKBOOK", "BOOK")
BOUND_SHEET, BEGIN, END, FORMULA, BOOLEAN_OR_ERROR = 0x85, 0x809, 0x0A, 0x06, 0x205
NUMBER, PACKED, PACKED_ROW, FORMAT, STYLE, FROM_1904 = 0x203, 0x27E, 0xBD, 0x41E, 0xE0, 0x22
WORKSHEET = 0  # the type of a sheet with cells
TEXT, RICH_TEXT, SHARED_TEXT = 0x204, 0xD6, 0xFD
HOLDING = frozenset({NUMBER, PACKED, PACKED_ROW, FORMULA, BOOLEAN_OR_ERROR, TEXT, RICH_TEXT, SHARED_TEXT})

# a cell with an error, or a formula whose result is one
_ERROR = re.compile(rb"\x05\x02\x08\x00.{7}\x01|\x06\x00.{8}\x02.{5}\xff\xff", re.DOTALL)


def list_old(path: Path, number: int) -> Iterator[tuple[int, int, str, Any]]:
    """Row, column (from 0), text and value of each error and of each date that is read wrong; their value is None.

    *number* is the sheet's place, from 0.
    """
    book = read_book(path.read_bytes())
    styles = read_old_styles(book)
    if not styles.shown and _ERROR.search(book) is None:
        return
    begins = [struct.unpack_from("<I", sheet)[0] for sheet in list_bound_sheets(book)]
    for kind, body in list_sheet_records(book, begins[number]) if number < len(begins) else ():
        if kind == BOOLEAN_OR_ERROR and len(body) > 7 and body[7] == 1:
            yield *struct.unpack_from("<HH", body), ERRORS.get(body[6], UNKNOWN), None
        elif kind == FORMULA and body[6:7] == b"\x02" and body[12:14] == b"\xff\xff":
            yield *struct.unpack_from("<HH", body), ERRORS.get(body[8], UNKNOWN), None
        elif styles.shown:
            for row, column, style, serial in list_old_numbers(kind, body):
                shown = styles.shown.get(style)
                if shown is not None and styles.is_misread(serial, shown):
                    yield row, column, write_serial(serial), styles.read_serial(serial, shown)


def list_old_sheets(path: Path) -> Iterator[tuple[str, Iterator[tuple[int, int]]]]:
    """What each sheet is called in a message, and row and column, from 1, of each of its cells that hold something."""
    book = read_book(path.read_bytes())
    for number, sheet in enumerate(list_bound_sheets(book), 1):
        if sheet[5] == WORKSHEET:  # a sheet that is a chart has several values for one place, one for each use of them
            yield f"sheet {number}", list_old_places(book, struct.unpack_from("<I", sheet)[0])


def list_old_places(book: bytes, begin: int) -> Iterator[tuple[int, int]]:
    """Row and column, from 1, of each cell that holds something in the sheet that begins there."""
    for kind, body in list_sheet_records(book, begin):
        if kind in HOLDING:
            row, column = struct.unpack_from("<HH", body)
            for place in range(len(body[4:-2]) // 6 if kind == PACKED_ROW else 1):
                yield row + 1, column + place + 1


def list_bound_sheets(book: bytes) -> list[bytes]:
    """The records of a workbook's sheets: where each begins in it, and of which type it is (MS-XLS, 2.4.28)."""
    return [body for kind, body in list_records(book, 0) if kind == BOUND_SHEET and len(body) > 5]


def list_sheet_records(book: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """The records of a sheet, without those of what is embedded in it, such as a diagram with cells of its own."""
    depth = 0
    for kind, body in list_records(book, begin):
        if kind in {BEGIN, END}:
            depth += 1 if kind == BEGIN else -1
            if depth == 0:
                return
        elif depth == 1:
            yield kind, body


def list_old_numbers(kind: int, body: bytes) -> Iterator[tuple[int, int, int, float]]:
    """Row, column, style and value of the numbers in a record."""
    if kind == NUMBER or (kind == FORMULA and body[12:14] != b"\xff\xff"):
        yield *struct.unpack_from("<HHH", body), struct.unpack_from("<d", body, 6)[0]
    elif kind == PACKED:
        yield *struct.unpack_from("<HHH", body), decode_packed(body[6:10])[0]
    elif kind == PACKED_ROW:
        row, first = struct.unpack_from("<HH", body)
        for place, piece in enumerate(cut(body[4:-2], 6)):
            yield row, first + place, int.from_bytes(piece[:2], "little"), decode_packed(piece[2:6])[0]


def read_old_styles(book: bytes) -> DateStyles:
    """The styles of a workbook that show dates (MS-XLS, 2.4.126, 2.4.353, 2.4.77)."""
    codes: dict[int, str] = {}
    used: list[int] = []
    is_1904 = is_wide = False
    for kind, body in list_records(book, 0):
        if kind == BEGIN:
            is_wide = body[:2] == b"\x00\x06"
        elif kind == FORMAT:
            text = body[5:].decode("utf-16-le" if body[4:5] == b"\x01" else "latin-1", "replace")
            codes[int.from_bytes(body[:2], "little")] = text if is_wide else body[3:].decode("latin-1")
        elif kind == STYLE:
            used.append(int.from_bytes(body[2:4], "little"))
        elif kind == FROM_1904:
            is_1904 = body[:2] == b"\x01\x00"
        elif kind == END:
            break
    return DateStyles(shown=name_styles(codes, used), is_1904=is_1904)


def list_records(book: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records of a workbook from a place on."""
    while place + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, place)
        yield kind, book[place + 4 : place + 4 + size]
        place += 4 + size


def read_book(data: bytes) -> bytes:
    """The stream of a file that is the workbook; nothing where there is none."""
    if not data.startswith(SIGNATURE) or len(data) < 512:
        return b""
    size: int = 1 << struct.unpack_from("<H", data, 30)[0]
    directory, small_table, more = (struct.unpack_from("<I", data, place)[0] for place in (48, 60, 68))
    lists = list(struct.unpack_from("<109I", data, 76))
    for each in list_further(data, size, more):
        lists += each[:-1]
    table = [entry for n in lists if n < LAST_SECTOR for entry in numbers(sector(data, size, n))]
    entries = b"".join(sector(data, size, n) for n in chain(directory, table))
    found = {name_entry(e): struct.unpack_from("<II", e, 116) for e in cut(entries, 128) if len(e) == 128}
    begin, length = next((found[name] for name in BOOKS if name in found), (LAST_SECTOR, 0))
    if length >= SMALL:
        return b"".join(sector(data, size, n) for n in chain(begin, table))[:length]
    root = struct.unpack_from("<I", entries, 116)[0] if len(entries) >= 128 else LAST_SECTOR
    pieces = cut(b"".join(sector(data, size, n) for n in chain(root, table)), 64)
    small = [entry for n in chain(small_table, table) for entry in numbers(sector(data, size, n))]
    return b"".join(pieces[n] for n in chain(begin, small) if n < len(pieces))[:length]


def list_further(data: bytes, size: int, number: int) -> Iterator[tuple[int, ...]]:
    """Sectors of numbers, of which each ends with the number of the next."""
    for _each in range(len(data) // size):
        if number >= LAST_SECTOR or not (found := numbers(sector(data, size, number))):
            return
        yield found
        number = found[-1]


def chain(number: int, table: list[int]) -> Iterator[int]:
    """The numbers of a chain of sectors; one that goes round ends where it has all of them."""
    for _ in table:
        if number >= len(table):
            return
        yield number
        number = table[number]


def sector(data: bytes, size: int, number: int) -> bytes:
    """A sector; the first lies behind the header."""
    return data[(number + 1) * size : (number + 2) * size]


def numbers(data: bytes) -> tuple[int, ...]:
    """The numbers of four bytes in a sector."""
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def cut(data: bytes, size: int) -> list[bytes]:
    """Pieces of *size* bytes."""
    return [data[place : place + size] for place in range(0, len(data), size)]


def name_entry(entry: bytes) -> str:
    """The name of an entry of the directory."""
    length: int = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
