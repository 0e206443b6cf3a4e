"""What differs between databases: names of types, quotes around names, how texts are fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Protocol, runtime_checkable

from kg.tables.columns import Folding
from kg.tables.engine.connection import Connection
from kg.tables.engine.macros import quote_name
from kg.tables.sources.dsn import hide_password

UNFOLD = "select its members or `unnest` it in a query on a DuckDB database"
WAIT = "wait until that program has done its work, or map a copy of the file"


class RefusedError(ValueError):
    """The database refused: the login (*login*), a column (*column*: its place), else the table or the query."""

    def __init__(
        self, message: str, *, hint: str | None = None, login: bool = False, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.hint, self.login, self.column = hint, login, column


class BrokenStreamError(ValueError):
    """A database that breaks off while its rows are read, in its own words."""


@dataclass(frozen=True, kw_only=True)
class ColumnType:
    """A column of a result: its name, and what kind of type it has (see `natural.NATURAL`).

    *padded*: a text that is filled up with blanks, CHAR(n); *collated*: one that is compared by a collation, which
    takes texts for one that differ in its *foldings*. *zone*: where moments are told by the clock of the server, where
    that is.
    """

    name: str
    kind: str
    type_name: str = ""
    padded: bool = False
    collated: bool = False
    foldings: frozenset[Folding] = frozenset()
    zone: str = ""


@dataclass(frozen=True, kw_only=True)
class KeyRange:
    """The rows of a table whose *key* lies from *begin* to before *end*: SQL of a column and of values of it.

    Without *begin* it has the rows without a key as well, where the key may lack (*empty*). *unique*: no two rows have
    the same key.

    >>> KeyRange(key='"id"', begin="5", end="9").where
    '"id" >= 5 AND "id" < 9'
    >>> KeyRange(key='"id"', end="9", empty=True).where
    '("id" < 9 OR "id" IS NULL)'
    """

    key: str
    begin: str | None = field(default=None, repr=False)  # data, which must not come into logs
    end: str | None = field(default=None, repr=False)
    unique: bool = True
    empty: bool = False

    @property
    def where(self) -> str:
        """The condition that a row is in the range."""
        bounds = [f"{self.key} >= {self.begin}"] if self.begin is not None else []
        bounds += [f"{self.key} < {self.end}"] if self.end is not None else []
        both = " AND ".join(bounds) or "1 = 1"
        return f"({both} OR {self.key} IS NULL)" if self.empty and self.begin is None else both

    @property
    def words(self) -> str:
        """The range for people.

        >>> KeyRange(key='"id"', begin="5").words
        '"id" from 5'
        """
        begin, end = (f" from {self.begin}" if self.begin else ""), (f" to before {self.end}" if self.end else "")
        return f"{self.key}{begin}{end}"


def cut_ranges(whole: KeyRange, bounds: Iterable[str]) -> tuple[KeyRange, ...]:
    """The *whole* range, cut at some values of its key, from the least to the greatest; none where there is no value.

    >>> [each.words for each in cut_ranges(KeyRange(key="k"), ["5", "9"])]
    ['k to before 5', 'k from 5 to before 9', 'k from 9']
    """
    each = list(dict.fromkeys(bounds))
    return tuple(replace(whole, begin=begin, end=end) for begin, end in pairwise([None, *each, None])) if each else ()


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """What may be meant otherwise in a query: words of a warning, and of its hint."""

    message: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class DescribedTable:
    """A table or query (*relation*, as SQL to select from) and its columns.

    *loose*: they take any value (SQLite); *folds*: a name in double quotes may differ in case (not in PostgreSQL);
    *is_table*: it is no query and no view, so that reading it ends. *only*: the range of its rows that is read.
    *doubt*: what a query says here, and elsewhere says otherwise.
    """

    relation: str
    columns: tuple[ColumnType, ...]
    loose: bool = False
    is_table: bool = False
    folds: bool = True
    only: KeyRange | None = None
    doubt: Doubt | None = None

    def write_rest(self, texts: Iterable[str]) -> str:
        """The end of a SELECT of these *texts*, behind its table: which rows, and in which order.

        All rows come in the order that the database likes; those of a range in the same order each time.
        """
        if self.only is None:
            return ""
        order = self.only.key if self.only.unique else ", ".join([self.only.key, *texts])
        return f" WHERE {self.only.where} ORDER BY {order}"


class Database(Protocol):
    """A connection to a database, of whatever kind; what it refuses raises `RefusedError`."""

    def describe_table(self, name: str) -> DescribedTable: ...

    def describe_query(self, query: str) -> DescribedTable: ...

    def list_tables(self) -> list[str]:
        """The names of the tables and views that need no schema before them."""

    def quote(self, name: str) -> str:
        """The name of a column in the quotes of the database."""

    def probe(self, query: str) -> Sequence[Any] | None:
        """The only row of a query; None where the database refuses it."""

    def load(self, described: DescribedTable, wanted: list[int], name: str) -> None:
        """The columns at these places as the table *name* in DuckDB, each as a text `c{place}`."""

    def close(self) -> None: ...


@runtime_checkable
class Divisible(Database, Protocol):
    """A database whose tables can be read in ranges of a key, each over a connection of its own."""

    def cut_table(self, described: DescribedTable, most: int) -> tuple[KeyRange, ...]:
        """Ranges of about *most* rows each that together are a table; none where it is smaller, or has no key."""

    def tell_moment(self) -> str:
        """What another connection needs to see the same rows as this one, or what tells that they have changed."""

    def join_moment(self, moment: str) -> None:
        """See the rows of the moment that another connection told, where the database can do so."""

    def is_moment(self, moment: str) -> bool:
        """Whether nothing has changed since a moment that this connection told, as far as that can be known so."""

    def sum_rows(self, described: DescribedTable, wanted: list[int]) -> str:
        """A sum of the rows that `load` reads, by which two connections compare what they see; empty: no need."""


# kind of type → the names that databases and their users have for it, whole
_SIGN = r"( signed| unsigned)?( zerofill)?"
_ZONE = r"( with time zone| without time zone)?"
_KINDS = {
    "boolean": "bool|boolean",
    "integer": rf"(unsigned )?(tiny|small|medium|big|huge|big )?u?int(eger)?[0-9]*{_SIGN}|u(tiny|small|big|huge)int"
    r"|(small|big)?serial[0-9]?|bignum|varint",
    "decimal": rf"(decimal|numeric|dec|fixed){_SIGN}",
    "double": rf"(float[0-9]*|double|double precision|real|floating point){_SIGN}",
    "dateTime": rf"timestamp(tz)?(_s|_ms|_us|_ns)?{_ZONE}|datetime",
    "date": "date",
    "time": rf"time(tz|_ns)?{_ZONE}",
    "binary": "(var)?binary|(tiny|medium|long)?blob|bytea",
}
_KIND = {kind: re.compile(names) for kind, names in _KINDS.items()}


def kind_of(type_name: str) -> str:
    """The kind of an SQL type by its name, as the databases' catalogues spell it; the user's own types are texts.

    >>> [kind_of(t) for t in ("INTEGER", "float8", "VARCHAR(20)", "timestamptz_ns", "numeric(10,2)", "realm")]
    ['integer', 'double', 'text', 'dateTime', 'decimal', 'text']
    """
    name = type_name.strip().lower()
    if name.startswith("enum(") or name.endswith("]"):
        return "text"  # an array of whatever; the values of an enumeration may hold anything
    name = " ".join(re.sub(r"\(.*?\)", " ", name).split())
    return next((kind for kind, names in _KIND.items() if names.fullmatch(name)), "text")


def nested_kind(type_name: str) -> str | None:
    """What a column of DuckDB holds that is no single value.

    >>> nested_kind("INTEGER[]"), nested_kind("STRUCT(a INTEGER)"), nested_kind("VARCHAR")
    ('a list', 'a structure', None)
    """
    if type_name.endswith("]"):
        return "a list"
    return "a structure" if type_name.startswith(("STRUCT(", "MAP(", "UNION(")) else None


def quote_table(name: str) -> str:
    """A table's name, perhaps with its schema, each part quoted: no text becomes a statement.

    >>> quote_table('main."a b"'), quote_table('x"; DROP TABLE y')
    ('"main"."a b"', '"x""; DROP TABLE y"')
    """
    return ".".join(quote_name(part) for part in split_name(name))


_PART = r"\"(?:[^\"]|\"\")*\"|`[^`]*`|[^.\"`]+"
_QUALIFIED = re.compile(rf"(?:{_PART})(?:\.(?:{_PART}))*")


def split_name(name: str) -> list[str]:
    """The parts of a qualified name; quotes keep a dot inside a part. Any other text is one name.

    >>> split_name('main."a.b"'), split_name('x"y')
    (['main', 'a.b'], ['x"y'])
    """
    if _QUALIFIED.fullmatch(name) is None:
        return [name]
    parts = re.findall(_PART, name)
    return [p[1:-1].replace(p[0] * 2, p[0]) if p[0] in '"`' else p for p in parts]


_FOLDED = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def fold_name(name: str) -> str:
    """A name as databases compare it that know no case in names: of the letters of ASCII alone.

    >>> fold_name("Straße ID"), fold_name("É")
    ('straße id', 'É')
    """
    return name.translate(_FOLDED)


def store_strings(connection: Connection, name: str, labels: Sequence[str], batches: Iterable[Any]) -> None:
    """Batches of rows of texts as a table in DuckDB: each is stored before the next one is asked for.

    What asking for one raises comes through DuckDB as an error of its own: it is raised as it was.
    """
    import pyarrow as pa

    schema = pa.schema([(label, pa.string()) for label in labels])
    failed: list[BaseException] = []

    def read() -> Iterator[Any]:
        try:
            for rows in batches:
                arrays = [pa.array(column, type=pa.string()) for column in zip(*rows, strict=True)]
                yield pa.record_batch(arrays, schema=schema)
        except BaseException as error:
            failed.append(error)
            raise

    try:
        store_arrow(connection, name, pa.RecordBatchReader.from_batches(schema, read()))
    except Exception:
        if failed:
            raise failed[0] from None
        raise


def store_arrow(connection: Connection, name: str, data: Any, columns: str = "*", where: str = "true") -> None:
    """An Arrow table or reader as a table in DuckDB, or these of its columns and rows.

    Raises BrokenStreamError where the reader's own end breaks off.
    """
    import duckdb

    connection.register("incoming", data)
    try:
        connection.execute(f"CREATE TEMP TABLE {quote_name(name)} AS SELECT {columns} FROM incoming WHERE {where}")
    except (duckdb.OutOfMemoryException, duckdb.IOException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:  # what the driver says comes through DuckDB, with much before it
        raise BrokenStreamError(str(error).strip().rpartition("ERROR:")[2].strip()) from error
    finally:
        connection.unregister("incoming")


def first_line(error: BaseException) -> str:
    """What a driver says, in one line, without its prefixes and without a password."""
    text = re.sub(r"^(INVALID_ARGUMENT|UNKNOWN|IO|INTERNAL|NOT_FOUND|[A-Z_]+): ", "", str(error).strip())
    text = text.replace("[libpq] ", "").split("\n")[0]
    text = re.sub(r"^Failed to [a-z ]+: ", "", text)
    text = re.sub(r"ERROR:\s+", "", text)
    return hide_password(text.strip().rstrip("."))
