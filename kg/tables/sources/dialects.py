"""What differs between databases: names of types, quotes around names, how texts are fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from kg.tables.macros import quote_name
from kg.tables.sources.dsn import hide_password

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 50_000
UNFOLD = "select its members or `unnest` it in a query on a DuckDB database"
WAIT = "wait until that program has done its work, or map a copy of the file"


class RefusedError(ValueError):
    """The database refused: the login, the table, the query. *login* tells which."""

    def __init__(self, message: str, *, hint: str | None = None, login: bool = False) -> None:
        super().__init__(message)
        self.hint, self.login = hint, login


class BrokenStreamError(ValueError):
    """A database that breaks off while its rows are read, in its own words."""


@dataclass(frozen=True, kw_only=True)
class ColumnType:
    """A column of a result: its name, and what kind of type it has (see `natural.NATURAL`)."""

    name: str
    kind: str
    type_name: str = ""


@dataclass(frozen=True, kw_only=True)
class Described:
    """A table or query (*relation*, as SQL to select from) and its columns.

    *loose*: they take any value (SQLite); *folds*: a name in double quotes may differ in case (not in PostgreSQL);
    *is_table*: it is no query and no view, so that reading it ends.
    """

    relation: str
    columns: tuple[ColumnType, ...]
    loose: bool = False
    is_table: bool = False
    folds: bool = True


class Database(Protocol):
    """A connection to a database, of whatever kind; what it refuses raises `RefusedError`."""

    def describe_table(self, name: str) -> Described: ...

    def describe_query(self, query: str) -> Described: ...

    def load(self, described: Described, wanted: list[int], name: str) -> None:
        """The columns at these places as the table *name* in DuckDB, each as a text `c{place}`."""

    def close(self) -> None: ...


# kind of type → the names that databases and their users have for it, whole
_SIGN = r"( signed| unsigned)?( zerofill)?"
_ZONE = r"( with time zone| without time zone)?"
_KINDS = {
    "boolean": "bool|boolean",
    "integer": rf"(unsigned )?(tiny|small|medium|big|huge|big )?u?int(eger)?[0-9]*{_SIGN}|u(tiny|small|big|huge)int"
    r"|(small|big)?serial[0-9]?|bignum|varint",
    "decimal": rf"(decimal|numeric|dec|fixed){_SIGN}",
    "double": rf"(float[0-9]*|double|double precision|real|floating point){_SIGN}",
    "dateTime": rf"timestamp(tz|_s|_ms|_us|_ns)?{_ZONE}|datetime",
    "date": "date",
    "time": rf"time(tz|_ns)?{_ZONE}",
    "binary": "(var)?binary|(tiny|medium|long)?blob|bytea",
}
_KIND = {kind: re.compile(names) for kind, names in _KINDS.items()}


def kind_of(type_name: str) -> str:
    """The kind of an SQL type by its name, as the databases' catalogues spell it; the user's own types are texts.

    >>> [kind_of(t) for t in ("INTEGER", "float8", "VARCHAR(20)", "timestamptz", "numeric(10,2)", "realm")]
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


def settle_time_zone(connection: DuckDBPyConnection, type_names: Iterable[str]) -> None:
    """UTC for times with a zone: else the zone of this machine would show in the output."""
    if any("TIME ZONE" in name for name in type_names):
        connection.execute("SET TimeZone = 'UTC'")


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


def arrow_strings(connection: DuckDBPyConnection, name: str, labels: list[str], rows: Iterator[Any]) -> None:
    """Batches of rows of texts as a table."""
    import pyarrow as pa

    schema = pa.schema([(label, pa.string()) for label in labels])
    batches = [
        pa.record_batch([pa.array(column, type=pa.string()) for column in zip(*batch, strict=True)], schema=schema)
        for batch in rows
        if batch
    ]
    store_arrow(connection, name, pa.Table.from_batches(batches, schema=schema))


def store_arrow(connection: DuckDBPyConnection, name: str, data: Any, columns: str = "*", where: str = "true") -> None:
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
