"""Cells of a workbook that have no value to be read: errors (`#N/A`), and formulas that no program computed yet.

The reader of workbooks takes both for empty cells. They are found in the XML of a sheet, which is only gone through
where its bytes hold such a cell. (The binary formats, `.xlsb` and `.xls`, are not looked at.)
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from kg.tables.sources.sheetsize import column_number, read_blocks, repeat_of_cell

KEPT = 256  # bytes of a block that are looked at again, before the next one

_EXCEL = re.compile(
    rb"<(?:\w+:)?c\s[^>]*\bt=[\"']e[\"']|(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*(?:</|<(?:\w+:)?v\s*/>|<(?:\w+:)?v></)"
)
_ODS = re.compile(rb"calcext:value-type=[\"']error[\"']|table:formula=")
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def find_odd_cells(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Cells of a sheet without a value, by row and column from 0, with the error or formula there: `#N/A`, `=A1+1`."""
    ending = path.suffix.lower()
    if ending not in {".xlsx", ".xlsm", ".ods"}:
        return {}
    with zipfile.ZipFile(path) as archive:
        part = "content.xml" if ending == ".ods" else find_part(archive, sheet)
        if part is None or part not in archive.namelist():
            return {}
        with archive.open(part) as stream:
            if not is_found(_ODS if ending == ".ods" else _EXCEL, stream):
                return {}
        with archive.open(part) as stream:
            return dict(list_ods(stream, sheet) if ending == ".ods" else list_excel(stream))


def find_part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of the workbook that a sheet's name stands for."""
    from lxml import etree

    targets = {
        each.get("Id"): each.get("Target", "")
        for each in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        if isinstance(each.tag, str)
    }
    for each in etree.fromstring(archive.read("xl/workbook.xml")).iter("{*}sheet"):
        if each.get("name") == sheet:
            target = targets.get(each.get(_RELATION + "id") or "", "")
            return target.lstrip("/") if target.startswith("/") else "xl/" + target
    return None


def is_found(pattern: re.Pattern[bytes], stream: IO[bytes]) -> bool:
    """Whether a pattern of few bytes fits anywhere."""
    before = b""
    for block in read_blocks(stream):
        if pattern.search(before + block):
            return True
        before = block[-KEPT:]
    return False


def list_excel(stream: IO[bytes]) -> Iterator[tuple[tuple[int, int], str]]:
    """The odd cells of a sheet of Excel, each with its place."""
    from lxml import etree

    for _, cell in etree.iterparse(stream, tag="{*}c"):
        formula, value = cell.find("{*}f"), cell.find("{*}v")
        found = _PLACE.fullmatch(cell.get("r") or "")
        if found is not None:
            place = (int(found[2]) - 1, column_number(found[1].encode()) - 1)
            if cell.get("t") == "e":
                yield place, (value.text if value is not None else None) or "#ERROR!"
            elif formula is not None and not (value is not None and value.text) and cell.get("t") != "str":
                yield place, "=" + (formula.text or "")
        cell.clear(keep_tail=False)


def list_ods(stream: IO[bytes], sheet: str) -> Iterator[tuple[tuple[int, int], str]]:
    """The odd cells of a sheet of OpenDocument, each with its place."""
    from lxml import etree

    for _, table in etree.iterparse(stream, tag=_TABLE + "table"):
        if table.get(_TABLE + "name") == sheet:
            row = 0
            for line in table.iter(_TABLE + "table-row"):
                yield from ((place, text) for place, text in list_ods_row(line, row))
                row += repeat_of_cell(line.get(_TABLE + "number-rows-repeated"))
        table.clear()


def list_ods_row(line: Any, row: int) -> Iterator[tuple[tuple[int, int], str]]:
    """The odd cells of a row; one that is repeated is told at its first place."""
    column = 0
    for cell in line.iter(_TABLE + "table-cell", _TABLE + "covered-table-cell"):
        formula, kind = cell.get(_TABLE + "formula"), cell.get(_OFFICE + "value-type")
        if cell.get(_CALC + "value-type") == "error":
            yield (row, column), "".join(cell.itertext()) or "#ERROR!"
        elif formula is not None and kind is None:
            yield (row, column), re.sub(r"^\w+:", "", formula)
        column += repeat_of_cell(cell.get(_TABLE + "number-columns-repeated"))
