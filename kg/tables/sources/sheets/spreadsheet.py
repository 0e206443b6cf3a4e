"""Excel and OpenDocument sheets → a table: the first sheet, or the one that the iterator names."""

from __future__ import annotations

import datetime
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.rdf.namespace import XSD
from kg.tables.columns import SourceTable, TableColumn
from kg.tables.engine.nulls import compile_nulls
from kg.tables.rml import Dialect, FileSource, Formulation
from kg.tables.sources.delimited import name_columns, refuse_twice
from kg.tables.sources.dialects import store_arrow
from kg.tables.sources.files import archive_errors, blame_disk, plain
from kg.tables.sources.limits import refuse_excess
from kg.tables.sources.sheets.oddcells import OddCells, find_odd_cells
from kg.tables.sources.sheets.opendocument import read_opendocument
from kg.tables.sources.sheets.size import measure_sheets, unpacked_size
from kg.tables.sources.sheets.workbook import BrokenWorkbookError, Format, find_format
from kg.tables.sources.shelf import Shelf, SourceRequest
from kg.tables.wording import choose_words
from kg.text.diagnostic import did_you_mean, list_known


def open_spreadsheet(request: SourceRequest, origin: FileSource, path: Path, shelf: Shelf) -> SourceTable | None:
    """The table of a sheet; by its dialect, rows are skipped, and the row after them holds the names of the columns."""
    import pyarrow as pa

    found = read_rows(request, origin, path, shelf)
    if found is None:
        return None
    (rows, odd), dialect = found, origin.dialect
    header = dialect.skip_rows + (dialect.header_rows if dialect.header else 0)
    titles = name_cells(rows, dialect)
    values = rows[header:]
    means_none = compile_nulls([*request.nulls, ""])  # an empty cell is no value
    typed = request.source.formulation is not Formulation.CSV  # rml:CSV: plain texts, as CSV's are
    arrays: dict[str, Any] = {}
    columns: dict[str, TableColumn] = {}
    wanted = set(request.texts)
    if refuse_twice(sorted(wanted), titles, origin, shelf):
        return None
    for index, named in enumerate(zip(*titles, strict=True)):
        column = TableColumn(reference=named[0], name=f"c{index}", datatype_name=f"d{index}")
        if not wanted.isdisjoint(named):
            raw = [row[index] for row in values]
            broken = [False] * len(raw)
            for block in odd:
                if block.column <= index < block.column + block.columns:
                    for row in range(max(block.row - header, 0), min(block.row + block.rows - header, len(raw))):
                        raw[row] = block.text if block.value is None else block.value
                        broken[row] = block.value is None and not means_none(block.text, XSD + "double")
            cells = [natural_cell(cell) for cell in keep_midnight(raw)]
            if any(broken):
                arrays[f"x{index}"] = pa.array(broken)
                column = replace(column, broken=f"x{index}")
            cells = [(text, datatype if typed else None) for text, datatype in cells]
            texts = [None if means_none(*cell) else cell[0] for cell in cells]
            arrays[f"c{index}"] = pa.array(texts, type=pa.string())
            arrays[f"d{index}"] = pa.array([datatype for _, datatype in cells], type=pa.string())
        columns |= {title: replace(column, reference=title) for title in named}
    if not arrays:
        arrays["none"] = pa.array([None] * len(values), type=pa.string())
    store_arrow(shelf.connection, request.name, pa.table(arrays))
    return SourceTable(name=request.name, label=origin.path, columns=columns, first_row=header + 1)


def read_rows(
    request: SourceRequest, origin: FileSource, path: Path, shelf: Shelf
) -> tuple[list[list[Any]], list[OddCells]] | None:
    """All rows of the sheet that the iterator names, else of the first, and its cells that are read wrong.

    Raises KgError for a sheet that spans too much.
    """
    broken: tuple[type[Exception], ...]
    broken = (BrokenWorkbookError, *archive_errors(), OverflowError)  # a duration of a thousand million days
    try:
        most, size = shelf.limits.most_unpacked(path.stat().st_size), unpacked_size(path)
        if size > most:
            raise refuse_excess(f"`{origin.path}` unpacks to {size} bytes", f"unpacked={size}")
        is_open = find_format(path) is Format.OPENDOCUMENT
        names, found = (read_open if is_open else read_workbook)(request.source.iterator, origin, path, shelf)
        if found is None:
            wanted = request.source.iterator or ""
            hint = did_you_mean(wanted, names) or f"its sheets are {list_known(names)}"
            shelf.tell("source-not-found", request.source.mark, f"no sheet `{wanted}` in `{origin.path}`", hint)
        elif not any(found):
            words = f"the sheet `{request.source.iterator or names[0]}` of `{origin.path}` is empty"
            shelf.tell("source-empty", request.source.mark, words, "its first row has the names of the columns")
            return None
        elif request.source.iterator is None and len(names) > 1:
            message = f"`{origin.path}` has {len(names)} sheets, of which the first is read, `{names[0]}`"
            word = choose_words(origin.mark, "`rml:iterator`", "`[FILE, SHEET]`, or `iterator: SHEET`")
            hint = f"name the one you mean: {word}; the others are {list_known(names[1:])}"
            shelf.tell("source-sheet", origin.mark, message, hint)
        return found
    except broken as error:
        blame_disk(error, origin.path)
        shelf.tell("source-unreadable", origin.mark, f"`{origin.path}` cannot be read: {plain(error)}")
    return None


Found = tuple[list[str], tuple[list[list[Any]], list[OddCells]] | None]


def read_open(wanted: str | None, origin: FileSource, path: Path, shelf: Shelf) -> Found:
    """The names of the sheets of an OpenDocument file, and the rows of one with its cells that have no value."""
    names, sheet = read_opendocument(path, wanted)
    if sheet is None:
        return names, None
    refuse_span(sheet.span, origin, shelf)
    return names, (sheet.list_rows(), list(sheet.list_unread()))


def read_workbook(wanted: str | None, origin: FileSource, path: Path, shelf: Shelf) -> Found:
    """The names of the sheets of a workbook of Excel, and the rows of one with its cells that are read wrong.

    The rows reach to the last of those too, which the reader of workbooks leaves out.
    """
    import python_calamine

    for _, span in measure_sheets(path):
        refuse_span(span, origin, shelf)
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        kinds = python_calamine.SheetTypeEnum
        names = [each.name for each in book.sheets_metadata if each.typ == kinds.WorkSheet]  # no charts
        names = names or book.sheet_names
        sheet = wanted or names[0]
        if sheet not in book.sheet_names:
            return book.sheet_names, None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of seconds numbered 60, which are told as cells without a value
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except python_calamine.CalamineError as error:
        raise BrokenWorkbookError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of PyO3, which no module names: the reader itself gave up
            raise
        raise BrokenWorkbookError(str(error)) from error
    odd = find_odd_cells(path, sheet, book.sheet_names.index(sheet))
    return names, (grow_rows(rows, odd), odd)


def refuse_span(span: int, origin: FileSource, shelf: Shelf) -> None:
    """Raise KgError for a sheet that spans too many cells."""
    if span > shelf.limits.cells:
        raise refuse_excess(f"a sheet of `{origin.path}` spans {span} cells", f"cells={span}")


def grow_rows(rows: list[list[Any]], odd: list[OddCells]) -> list[list[Any]]:
    """The rows, as many and as long as the cells that are read wrong demand."""
    before = (len(rows), len(rows[0]) if rows else 0)
    height = max([before[0], *(each.row + each.rows for each in odd)])
    width = max([before[1], *(each.column + each.columns for each in odd)])
    if (height, width) == before:
        return rows
    return [row + [""] * (width - before[1]) for row in rows] + [[""] * width for _ in range(height - before[0])]


def name_cells(rows: list[list[Any]], dialect: Dialect) -> list[list[str]]:
    """The names of the columns: the cells of each row of the header, else those of the schema, else `_col.1` ..."""
    if dialect.header and dialect.header_rows:
        heads = rows[dialect.skip_rows : dialect.skip_rows + dialect.header_rows]
        return [[natural_cell(cell)[0] for cell in head] for head in heads] or [[]]
    width = len(rows[0]) if rows else 0
    return [name_columns(width, dialect)]


def keep_midnight(cells: list[Any]) -> list[Any]:
    """The cells of a column, where midnight is a time: the reader makes a mere date of it."""
    if not any(isinstance(cell, datetime.datetime) for cell in cells):
        return cells
    return [
        datetime.datetime.combine(cell, datetime.time())
        if isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime)
        else cell
        for cell in cells
    ]


def natural_cell(cell: Any) -> tuple[str, str | None]:
    """A cell's text and natural datatype, which it may bring along; a whole number of a sheet is an integer.

    >>> natural_cell(10.0), natural_cell("x")
    (('10', 'http://www.w3.org/2001/XMLSchema#integer'), ('x', None))
    """
    if isinstance(cell, tuple):
        return cell
    if isinstance(cell, bool):
        return ("true" if cell else "false", XSD + "boolean")
    if isinstance(cell, int | float):
        whole = float(cell).is_integer()
        return (whole_text(cell), XSD + "integer") if whole else (repr(float(cell)), XSD + "double")
    if isinstance(cell, datetime.datetime):
        return (clock_text(cell), XSD + "dateTime")
    if isinstance(cell, datetime.date):
        return (cell.isoformat(), XSD + "date")
    if isinstance(cell, datetime.time):
        return (clock_text(cell), XSD + "time")
    if isinstance(cell, datetime.timedelta):
        return (duration_text(cell), XSD + "dayTimeDuration")
    return (str(cell), None)


def whole_text(number: float) -> str:
    """A whole number in digits, which are those that say it: beyond them a sheet's number has none.

    >>> whole_text(1.234567890123457e17), whole_text(10), whole_text(-0.0)
    ('123456789012345700', '10', '0')
    """
    from decimal import Decimal

    return (
        str(number) if isinstance(number, int) else f"{Decimal(repr(number)):f}".removesuffix(".0") if number else "0"
    )


def clock_text(moment: datetime.datetime | datetime.time) -> str:
    """A time as XML Schema writes it, its fraction of a second without zeros at the end.

    >>> clock_text(datetime.time(1, 2, 3, 500_000)), clock_text(datetime.time(1, 2))
    ('01:02:03.5', '01:02:00')
    """
    text = moment.isoformat()
    return text.rstrip("0") if moment.microsecond else text


def duration_text(length: datetime.timedelta) -> str:
    """A duration as XML Schema writes it (https://www.w3.org/TR/xmlschema11-2/#dayTimeDuration).

    >>> duration_text(datetime.timedelta(hours=30, seconds=1.5)), duration_text(-datetime.timedelta(minutes=2))
    ('P1DT6H1.5S', '-PT2M')
    """
    rest = abs(length)
    minutes, seconds = divmod(rest.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    second = f"{seconds}.{rest.microseconds:06}".rstrip("0").rstrip(".")
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (second, "S")) if n not in {0, "0"})
    days = f"{rest.days}D" if rest.days else ""
    return (
        ("-" if length < datetime.timedelta() else "")
        + "P"
        + days
        + (f"T{clock}" if clock or not days else "")
        + ("" if clock or days else "0S")
    )
