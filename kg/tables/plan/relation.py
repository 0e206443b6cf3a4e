"""Relations: rows that are read, combined, extended and made distinct; and the steps that keep them as tables.

The nouns are those of the mapping algebra (Min Oo and Hartig, "An Algebraic Foundation for Knowledge Graph
Construction", ESWC 2025), with what makes a query cheap added. Every relation is a plain value, so a plan can be cut:
a `Scan` may read a part of its table, a `Distinct` can be done by buckets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kg.tables.plan.value import Condition, Value


@dataclass(frozen=True, kw_only=True)
class Scan:
    """The rows of a table, which go by the name *alias*; the number of a row is its column `rowid`.

    With *part* only those of this part of the table are read; they keep the numbers that they have in the whole.
    """

    table: str
    alias: str
    part: int | None = None


@dataclass(frozen=True, kw_only=True)
class Unnest:
    """Each row once for each item of a list; the item is the column `x` of *alias*, its place (if *numbered*) `n`.

    *kept*: a row without an item stays, and its `x` is missing.
    """

    rows: Relation
    listed: Value
    alias: str
    numbered: bool = False
    kept: bool = False


class Joining(Enum):
    """What becomes of rows on the left: kept with each partner, also without one, if there is one, if there is none."""

    INNER = "inner"
    LEFT = "left"
    SEMI = "semi"
    ANTI = "anti"


@dataclass(frozen=True, kw_only=True)
class Join:
    """The rows of two relations where all pairs of values (left, right) are equal."""

    left: Relation
    right: Relation
    on: tuple[tuple[Value, Value], ...]
    how: Joining = Joining.INNER


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The rows that fulfil a condition."""

    rows: Relation
    condition: Condition


@dataclass(frozen=True, kw_only=True)
class Named:
    """A value under the name of its column."""

    name: str
    value: Value


@dataclass(frozen=True, kw_only=True)
class Extend:
    """The rows with all their columns and further ones, under the name *alias*."""

    rows: Relation
    columns: tuple[Named, ...]
    alias: str


@dataclass(frozen=True, kw_only=True)
class Project:
    """Rows with these *columns*, called *alias*; with *every*, all columns of the rows of that name too.

    *apart*: they are found before anything is done with them; else the database may compute further values first.
    """

    rows: Relation
    columns: tuple[Named, ...]
    alias: str = "t"
    every: str | None = None
    apart: bool = False


@dataclass(frozen=True, kw_only=True)
class Distinct:
    """Each different row once."""

    rows: Project | Filter
    alias: str = "t"


@dataclass(frozen=True, kw_only=True)
class Union:
    """The rows of several relations, one after the other."""

    relations: tuple[Relation, ...]
    alias: str = "t"


@dataclass(frozen=True, kw_only=True)
class Sort:
    """The rows in the order of values."""

    rows: Relation
    by: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class First:
    """The first rows, so many at most."""

    rows: Relation
    count: int


@dataclass(frozen=True, kw_only=True)
class Grouped:
    """Each value of the column *key* once, with the first *most* different `numbers` and their `count`.

    The numbers are those of the column *number*.
    """

    rows: Relation
    key: str
    number: str
    most: int


@dataclass(frozen=True, kw_only=True)
class CollectionMembers:
    """The members of collections (RML-CC), in order.

    *rows* have the number `i` of a row, the head `h` of its collection and its graph `g` (missing: none). Each of
    *parts* has the members `x` of one map by the row `i`, the map's place `part`, and their order `n` (a list).
    The columns are `i`, `n` (the number of the collection in its row), `h`, `g`, `x`, the membership property `m`, the
    cell `c` of a list that holds the member, and the cell `r` that follows.
    """

    rows: Project
    parts: tuple[Relation, ...]
    number: int  # of the collection in the mapping: labels of cells hold it
    product: bool  # a collection for each combination of one member of each part, not one of all of them
    apart: bool  # the collections of a row have heads of their own
    has_graph: bool


@dataclass(frozen=True, kw_only=True)
class Heads:
    """The heads `h` of collections by row `i`, graph `g` and order `n`, of *members* (the name of their table).

    *empty* is what a row without members has in the place of a head (missing: nothing).
    """

    rows: Project
    members: str
    empty: Value


Relation = (
    Scan
    | Unnest
    | Join
    | Filter
    | Extend
    | Project
    | Distinct
    | Union
    | Sort
    | First
    | Grouped
    | CollectionMembers
    | Heads
)


@dataclass(frozen=True, kw_only=True)
class Make:
    """A step of a plan: the rows of a relation are kept as the table *name*, which later steps read."""

    name: str
    rows: Relation
