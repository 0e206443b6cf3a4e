"""Tables whose rows lie in parts on the storage, each part a file of Parquet: read once, then seen by all workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from kg.tables.columns import FileRows, LineSteps, SourceTable, TableColumn
from kg.tables.engine.macros import quote_name, quote_text
from kg.tables.sources.several import FILE, select_column, unite_column
from kg.tables.sql import name_part


@dataclass(frozen=True, kw_only=True)
class StagedPart:
    """A part of a table as it was read: its file, its rows and bytes, what its columns are.

    *sha256* is that of the file, so that a run can tell whether it reads the same again. *height* is how many lines of
    the source the part takes, *lines* where its rows stand in them, from 0 on, if not one below the other.
    """

    file: str
    rows: int
    size: int
    sha256: str
    table: SourceTable = field(repr=False)
    height: int
    lines: LineSteps | None = field(default=None, repr=False)
    source: str | None = None  # the name of the file that it was read of, of several


@dataclass(frozen=True, kw_only=True)
class StagedTable:
    """A table and the SQL of each of its parts: the columns that all have, and the number of a row in the whole."""

    table: SourceTable
    parts: tuple[StagedPart, ...] = field(repr=False)
    selects: tuple[str, ...] = field(default=(), repr=False)  # columns of a part in the form of the whole

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    @property
    def size(self) -> int:
        """The bytes of all parts, packed."""
        return sum(part.size for part in self.parts)

    @property
    def begins(self) -> tuple[int, ...]:
        """The number of the first row of each part."""
        return (0, *accumulate(part.rows for part in self.parts[:-1]))


class UnlikeError(Exception):
    """Parts that are no parts of one table: a column is in some and not in others."""


def unite_parts(name: str, references: Sequence[str], parts: Sequence[StagedPart], label: str) -> StagedTable:
    """One table of all parts; each column has what any part of it needs, as several files of one source have it.

    Raises UnlikeError where a part lacks a column.
    """
    first = parts[0].table
    several = any(part.source is not None for part in parts)
    if len(parts) == 1 and not several:
        table = place_rows(replace(first, name=name, label=label), parts)
        return StagedTable(table=table, parts=tuple(parts), selects=("*",))
    tables = [part.table for part in parts]
    own = [text for text in dict.fromkeys(references) if text in first.columns]
    for text in own:
        if not all(text in table.columns for table in tables):
            raise UnlikeError(text)
    if any(text in table.columns for table in tables for text in references if text not in own):
        raise UnlikeError
    columns = {text: unite_column(index, text, [t.columns[text] for t in tables]) for index, text in enumerate(own)}
    columns |= {text: replace(c, name="missing") for text, c in first.columns.items() if text not in columns}
    selects = []
    for part in parts:
        selected = [] if part.source is None else [f"{quote_text(part.source)} AS {quote_name(FILE)}"]
        for index, text in enumerate(own):
            selected += select_column(index, part.table.columns[text], columns[text])
        selects.append(", ".join(selected) or "NULL AS none")
    if several:
        columns.setdefault(FILE, TableColumn(reference=FILE, name=FILE))
    alphabets = [table.alphabet for table in tables]
    known = [a for a in alphabets if a is not None]
    alphabet = frozenset().union(*known) if len(known) == len(alphabets) and not several else None
    table = place_rows(replace(first, name=name, label=label, columns=columns, alphabet=alphabet), parts)
    return StagedTable(table=table, parts=tuple(parts), selects=tuple(selects))


def place_rows(table: SourceTable, parts: Sequence[StagedPart]) -> SourceTable:
    """The table with the places of its rows, where these do not stand one below the other in one file."""
    if any(part.source is not None for part in parts):
        return replace(table, first_row=1, parts=tuple(place_parts(parts, table)))
    if any(part.lines is not None or part.height != part.rows for part in parts):
        return replace(table, parts=tuple(place_parts(parts, table)))
    return table


def place_parts(parts: Iterable[StagedPart], table: SourceTable) -> Iterator[FileRows]:
    """Where the rows of each part stand in their file."""
    begin, line, last = 0, 0, None
    for number, part in enumerate(parts):
        if number == 0 or part.source != last:
            line = (part.table.first_row or 1) if part.lines is None else 1
        lines = None if part.lines is None else part.lines.move(line)
        yield FileRows(begin=begin, label=part.source or table.label, first_row=line, lines=lines)
        begin, line, last = begin + part.rows, line + part.height, part.source


def write_part_view(staged: StagedTable, number: int, path: str, name: str | None) -> str:
    """The step that makes a part known, under the name of the part or another; its file lies at *path*."""
    select = select_part(staged, number, path)
    return f"CREATE OR REPLACE TEMP VIEW {quote_name(name or name_part(staged.name, number))} AS {select}"


def write_whole_view(staged: StagedTable, paths: Sequence[str]) -> str:
    """The step that makes the whole table known; the files of its parts lie at *paths*."""
    selects = [select_part(staged, number, path) for number, path in enumerate(paths)]
    return f"CREATE OR REPLACE TEMP VIEW {quote_name(staged.name)} AS {' UNION ALL '.join(selects)}"


def select_part(staged: StagedTable, number: int, path: str) -> str:
    """The rows of a part with the numbers that they have in the whole."""
    columns, begin = staged.selects[number], staged.begins[number]
    columns = "* EXCLUDE (file_row_number)" if columns == "*" else columns
    rows = f"read_parquet({quote_text(path)}, file_row_number=true)"
    return f"SELECT {columns}, file_row_number + {begin} AS rowid FROM {rows}"
