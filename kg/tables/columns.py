"""`SourceTable` and `TableColumn`: what every kind of source becomes before mappings are compiled against it."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol


class Folding(Enum):
    """What two texts may differ in that a collation takes for one, in words."""

    CAPITALS = "capitals"
    ACCENTS = "accents"
    FORMS = "how accents are encoded"
    BLANKS = "blanks at the end"


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """One reference of a table.

    *name* is a column of the table in the database: VARCHAR (NULL: no value), or a list where *many* is true.
    The natural datatype is either the same for all values (*datatype*, an IRI) or stands in the column
    *datatype_name* (VARCHAR, NULL: a plain text); a list with datatypes holds structs `{v, d}`. The natural
    language, which only solutions of a query have, stands in *language_name*. *stray* is a column of truths:
    true where the value is none of the natural datatype, so that it must not be written with it. *broken* is another:
    true where there is a text and no value at all, such as `#N/A` in a sheet; *blank* a third: true where the text is
    the label of a blank node, of which only a blank node can be made. *padded*: the texts are filled up with
    blanks (CHAR(n)); *foldings*: what the database's own comparison of them leaves out.
    """

    reference: str
    name: str
    many: bool = False
    datatype: str | None = None
    datatype_name: str | None = None
    language_name: str | None = None
    typed_items: bool = False
    stray: str | None = None
    broken: str | None = None
    blank: str | None = None
    padded: bool = False
    foldings: frozenset[Folding] = frozenset()


class RowPlaces(Protocol):
    """Where the rows of a file stand in it, if not one below the other."""

    def line_of(self, row: int) -> int | None:
        """The line in which a row begins, which counts from 0 (None: not known)."""


@dataclass(frozen=True, kw_only=True)
class LineSteps:
    """The lines of rows, as the rows that do not stand right below the one before them, and the lines of these."""

    rows: array[int] = field(repr=False)
    lines: array[int] = field(repr=False)

    def line_of(self, row: int) -> int | None:
        step = bisect_right(self.rows, row) - 1
        return self.lines[step] + row - self.rows[step]

    def move(self, by: int) -> LineSteps:
        """Steps of these rows where each begins *by* lines further down."""
        return LineSteps(rows=self.rows, lines=array("q", (line + by for line in self.lines)))


def find_steps(lines: Iterable[int]) -> LineSteps:
    """The lines of rows as steps.

    >>> steps = find_steps([2, 3, 6, 7])
    >>> list(steps.rows), [steps.line_of(row) for row in range(4)]
    ([0, 2], [2, 3, 6, 7])
    """
    rows, begins, below = array("q"), array("q"), None
    for row, line in enumerate(lines):
        if line != below:
            rows.append(row)
            begins.append(line)
        below = line + 1
    return LineSteps(rows=rows, lines=begins)


@dataclass(frozen=True, kw_only=True)
class FileRows:
    """The rows of one file in a table of several: from the row *begin* on, of which the first is *first_row* there."""

    begin: int
    label: str
    first_row: int
    lines: RowPlaces | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """A table in the database by its *name*, its columns by reference, and how to speak of its rows.

    *label* names the source for people (`people.csv`); *first_row* is the number that the first row bears in
    the file (2 below one header line), None where rows have no place. A table made of another one has its rows
    again, perhaps several times: *row* is the column of their numbers there, *origin* the other's name. So has a view,
    whose rows have numbers of their own: *placed* is its column of those by which their places are found. *alphabet*
    holds every byte that a value may hold (None: not known): much need not be asked of the values then. *lines* tells
    the places of rows that do not stand one below the other.
    """

    name: str
    label: str
    columns: dict[str, TableColumn] = field(repr=False, compare=False)  # the name says which table it is
    first_row: int | None = None
    row_unit: str = "row"
    row: str = "rowid"
    placed: str | None = None
    origin: str | None = None
    alphabet: frozenset[int] | None = field(default=None, repr=False, compare=False)
    parts: tuple[FileRows, ...] = field(default=(), repr=False, compare=False)
    lines: RowPlaces | None = field(default=None, repr=False, compare=False)

    @property
    def place_column(self) -> str:
        """The column of the numbers that `place` asks for."""
        return self.placed or self.row

    def place(self, row: int) -> tuple[str, int]:
        """The file that a row stands in, and its number there; *row* counts from 0.

        >>> parts = (FileRows(begin=0, label="a.csv", first_row=2), FileRows(begin=3, label="b.csv", first_row=2))
        >>> SourceTable(name="s0", label="*.csv", columns={}, parts=parts).place(4)
        ('b.csv', 3)
        """
        for part in reversed(self.parts):
            if row >= part.begin:
                return part.label, place_row(row - part.begin, part.first_row, part.lines)
        return self.label, place_row(row, self.first_row or 1, self.lines)

    def column(self, reference: str) -> TableColumn | None:
        """The column of a reference; None where the table has none."""
        return self.columns.get(reference)


def place_row(row: int, first_row: int, lines: RowPlaces | None) -> int:
    """The number of a row in its file."""
    line = None if lines is None else lines.line_of(row)
    return row + first_row if line is None else line


ROW = "kg_row"  # the column of row numbers in a table that was made of another


def widen_table(table: SourceTable, suffix: str) -> SourceTable:
    """A table of that name and *suffix*, for the rows of *table*: its columns, and the number of its row.

    >>> widen_table(SourceTable(name="s0", label="a.csv", columns={}), "k1").name
    's0_k1'
    """
    return replace(table, name=f"{table.name}_{suffix}", row=ROW, origin=table.origin or table.name, alphabet=None)
