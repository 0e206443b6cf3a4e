"""Sheets of OpenDocument → rows of values, read as the specification has them.

Source: OpenDocument 1.3, part 3: 9.1.4 (cells), 19.385 to 19.391 (types and values), 6.1.2 (white space).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from kg.rdf.namespace import XSD
from kg.tables.sources.files import open_zip
from kg.tables.sources.sheets.dates import read_length, read_moment
from kg.tables.sources.sheets.oddcells import OddCells, drop, is_rounded
from kg.tables.sources.sheets.workbook import ERRORS, UNKNOWN, BrokenWorkbookError, iterate_xml, list_parts

_NAME = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_OFFICE, _TABLE, _TEXT, _DRAW, _FORM = (_NAME % name for name in ("office", "table", "text", "drawing", "form"))
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_PARAGRAPHS = (_TEXT + "p", _TEXT + "h")
# what lies in a cell or paragraph and is none of its text: remarks, notes, the small signs above others, shapes, tables
_APART = (
    *(_OFFICE + name for name in ("annotation", "annotation-end", "forms", "event-listeners")),
    *(_TEXT + name for name in ("note", "ruby-text")), *(_TABLE + name for name in ("table", "shapes")),
)  # fmt: skip
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BLANKS = re.compile(r"[ \t\r\n]+")
_BLANK, _TAB, _BREAK = "\1", "\2", "\3"
_MEANT = str.maketrans({_BLANK: " ", _TAB: "\t", _BREAK: "\n"})
_VALUES = ("value", "date-value", "time-value", "boolean-value", "string-value")
NUMBERS = frozenset({"float", "percentage", "currency"})
# errors as programs show them, LibreOffice in the words of its user's language too (`#WERT!`, `#NV`)
_ERROR = re.compile(r"#[^\s#]+[!?]|#N/A|#NV|Err:[0-9]{3}")
_PLAIN_ERROR = re.compile("|".join(map(re.escape, ERRORS.values())) + "|Err:[0-9]{3}")
TRUTHS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A cell that has no value, and the text that stands there."""

    text: str


@dataclass(kw_only=True)
class OpenSheet:
    """A sheet of OpenDocument: its name, and its rows as runs of equal cells, each with how often it stands there."""

    name: str
    runs: list[tuple[int, list[tuple[int, Any]]]] = field(default_factory=list)

    @property
    def width(self) -> int:
        return max((sum(times for times, _ in cells) for _, cells in self.runs), default=0)

    @property
    def span(self) -> int:
        """How many cells there are from A1 to the last one that holds something."""
        return self.width * sum(times for times, _ in self.runs)

    def list_rows(self) -> list[list[Any]]:
        """All rows, as long as the longest; what has no value is an empty text."""
        width = self.width
        rows: list[list[Any]] = []
        for times, cells in self.runs:
            row = [each for n, value in cells for each in [("" if isinstance(value, Unread) else value)] * n]
            rows += [row + [""] * (width - len(row))] * times
        return rows

    def list_unread(self) -> Iterator[OddCells]:
        """The cells that have no value."""
        row = 0
        for rows, cells in self.runs:
            column = 0
            for columns, value in cells:
                if isinstance(value, Unread):
                    yield OddCells(row=row, column=column, text=value.text, rows=rows, columns=columns)
                column += columns
            row += rows


def read_opendocument(path: Path, wanted: str | None) -> tuple[list[str], OpenSheet | None]:
    """The names of the sheets, and the sheet that is *wanted* (None: the first).

    Raises BrokenWorkbookError, and BadZipFile.
    """
    names: list[str] = []
    found: OpenSheet | None = None
    with open_zip(path) as archive:
        parts = list_parts(archive)
        part = parts.get("content.xml")
        if part is None:
            raise BrokenWorkbookError("it has no `content.xml`")
        if is_encrypted(archive, parts.get("meta-inf/manifest.xml")):
            raise BrokenWorkbookError("it is encrypted")
        with archive.open(part) as stream:
            for sheet in read_sheets(stream, part, wanted):
                names.append(sheet.name)
                found = sheet if found is None and wanted in {None, sheet.name} else found
    return names, found


def is_encrypted(archive: zipfile.ZipFile, manifest: str | None) -> bool:
    """Whether the parts of a document are encrypted, as its manifest says."""
    return manifest is not None and b"encryption-data" in archive.read(manifest)


def read_sheets(stream: IO[bytes], part: str, wanted: str | None) -> Iterator[OpenSheet]:
    """The sheets of a document in their order; only the one that is *wanted*, or the first, has its rows."""
    depth, is_first = 0, True
    sheet: OpenSheet | None = None
    for event, element in iterate_xml(stream, part, (_TABLE + "table", _TABLE + "table-row")):
        is_table = element.tag == _TABLE + "table"
        if is_table and event == "start":
            refuse_entities(element, part)
            if depth == 0 and element.getparent().tag == _OFFICE + "spreadsheet":
                sheet = OpenSheet(name=element.get(_TABLE + "name", ""))
            depth += sheet is not None
        elif is_table and sheet is not None:
            depth -= 1
            if depth == 0:
                yield trim_rows(sheet)
                sheet, is_first = None, False
                drop(element)
        elif event == "end" and depth == 1 and sheet is not None:
            if sheet.name == wanted or (wanted is None and is_first):
                times = repeat_of(element.get(_TABLE + "number-rows-repeated"))
                sheet.runs.append((times, read_row(element)))
            drop(element)


def refuse_entities(element: Any, part: str) -> None:
    """Raise BrokenWorkbookError where a document defines entities: what they stand for is not read."""
    dtd = element.getroottree().docinfo.internalDTD
    if dtd is not None and any(dtd.iterentities()):
        raise BrokenWorkbookError(f"`{part}` defines entities in a DOCTYPE")


def trim_rows(sheet: OpenSheet) -> OpenSheet:
    """The sheet without the empty rows at its end."""
    while sheet.runs and not sheet.runs[-1][1]:
        sheet.runs.pop()
    return sheet


def read_row(line: Any) -> list[tuple[int, Any]]:
    """The cells of a row in runs, without the empty ones at its end."""
    found = line.iterchildren(_TABLE + "table-cell", _TABLE + "covered-table-cell")
    cells = [(repeat_of(cell.get(_TABLE + "number-columns-repeated")), read_cell(cell)) for cell in found]
    while cells and cells[-1][1] == "":
        cells.pop()
    return cells


def repeat_of(repeated: str | None) -> int:
    """How often a row or cell stands there, by the value of its attribute."""
    return int(repeated) if repeated and repeated.isdigit() else 1


def read_cell(cell: Any) -> Any:
    """The value of a cell, an empty text where it is empty; `Unread` where a value should be and is none."""
    formula, kind = cell.get(_TABLE + "formula"), cell.get(_OFFICE + "value-type")
    is_error = cell.get(_CALC + "value-type") == "error"
    name = "value" if kind in NUMBERS else f"{kind}-value"
    written = cell.get(_OFFICE + name, "").strip()
    value = None if is_error or kind is None else read_value(kind, written)
    if value is not None and not (formula is not None and kind in NUMBERS and value == 0):
        return value
    shown = read_text(cell)
    if value is not None:  # OpenOffice writes 0 beside an error
        return Unread(text=shown) if _ERROR.fullmatch(shown) else value
    if is_error:
        return Unread(text=shown or UNKNOWN)
    if formula is not None and kind is None:
        return Unread(text=re.sub(r"^\w+:", "", formula) or UNKNOWN)
    if kind == "string" or (kind is None and not any(cell.get(_OFFICE + name) for name in _VALUES)):
        value = cell.get(_OFFICE + "string-value", shown)
        if formula is not None and (_ERROR if value == "" else _PLAIN_ERROR).fullmatch(shown):
            return Unread(text=shown)  # of programs that know no type for errors
        return value
    text = written or shown or next((v for name in _VALUES if (v := cell.get(_OFFICE + name))), "")
    return Unread(text=text) if text else ""


def read_value(kind: str | None, written: str) -> Any:
    """The value that an attribute gives a cell of a type; None where it is none.

    >>> [read_value("float", text) for text in ("1.50", "12345678901234567890", "1,5")]
    [1.5, ('12345678901234567890', 'http://www.w3.org/2001/XMLSchema#integer'), None]
    >>> read_value("boolean", "1"), read_value("date", "2024-02-30"), read_value("time", "PT90M")
    (True, None, datetime.time(1, 30))
    """
    if kind in NUMBERS:
        if is_rounded(written):
            return (written, XSD + "integer")
        number = float(written) if _NUMBER.fullmatch(written) else None
        return None if number is None or abs(number) == float("inf") else number
    if kind == "boolean":
        return TRUTHS.get(written.lower())
    if kind == "date":
        return read_moment(written)
    return read_length(written) if kind == "time" else None


def read_text(cell: Any) -> str:
    """The text of a cell: its paragraphs in lines."""
    if len(cell) == 1 and cell[0].tag == _PARAGRAPHS[0] and not len(cell[0]):  # as nearly all are
        return _BLANKS.sub(" ", cell[0].text or "").strip(" ")
    return "\n".join(read_paragraph(each) for each in find_paragraphs(cell))


def find_paragraphs(element: Any) -> Iterator[Any]:
    """The paragraphs in an element, in lists as well."""
    for child in element.iterchildren(tag=None):
        if child.tag in _PARAGRAPHS:
            yield child
        elif not is_apart(child):
            yield from find_paragraphs(child)


def is_apart(element: Any) -> bool:
    """Whether an element is none of the text around it: comments of XML too."""
    tag = element.tag
    return not isinstance(tag, str) or tag in _APART or tag.startswith((_DRAW, _FORM))


def read_paragraph(paragraph: Any) -> str:
    """The text of a paragraph: white space is one blank, and none at its ends; what elements stand for stays.

    >>> from lxml import etree
    >>> read_paragraph(etree.fromstring(f'<p xmlns:t="{_TEXT[1:-1]}"> a <i>b</i>\\n<t:s t:c="2"/>c<t:tab/>d </p>'))
    'a b   c\\td'
    """
    return _BLANKS.sub(" ", "".join(list_texts(paragraph))).strip(" ").translate(_MEANT)


def list_texts(element: Any) -> Iterator[str]:
    """The texts within an element; what stands for white space is a character that XML has not."""
    yield element.text or ""
    for child in element.iterchildren(tag=None):
        if child.tag == _TEXT + "s":
            yield _BLANK * repeat_of(child.get(_TEXT + "c"))
        elif child.tag == _TEXT + "tab":
            yield _TAB
        elif child.tag == _TEXT + "line-break":
            yield _BREAK
        elif not is_apart(child):
            yield from list_texts(child)
        yield child.tail or ""
