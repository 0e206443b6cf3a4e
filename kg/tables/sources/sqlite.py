"""SQLite over ADBC. Declared types come from the catalogue; without one, each value has its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.diagnostic import KgError
from kg.tables.macros import quote_name
from kg.tables.sources.dialects import (
    WAIT,
    ColumnType,
    Described,
    RefusedError,
    first_line,
    kind_of,
    quote_table,
    store_arrow,
)
from kg.tables.sources.dsn import Address

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Sqlite:
    """A read-only connection to a database file."""

    def __init__(self, address: Address, target: DuckDBPyConnection) -> None:
        try:
            import adbc_driver_sqlite.dbapi as driver
        except ImportError as error:
            raise KgError("SQLite needs the package `adbc-driver-sqlite`") from error
        path = Path(address.path or "")
        if not path.is_file():
            raise RefusedError(f"no database file `{path.name}`", login=False)
        self.target, self.errors = target, driver.Error
        uri = path.resolve().as_uri() + "?mode=ro"
        try:
            self.connection = driver.connect(uri)
            self.catalogue = sqlite3.connect(uri, uri=True)
            # read-only holds for this file; a query must not attach another one
            self.catalogue.set_authorizer(
                lambda action, *_: sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK
            )
        except (driver.Error, sqlite3.Error) as error:
            raise RefusedError(f"SQLite cannot open `{path.name}`: {first_line(error)}") from None

    def close(self) -> None:
        self.connection.close()
        self.catalogue.close()

    def describe_table(self, name: str) -> Described:
        return self.describe(quote_table(name))

    def describe_query(self, query: str) -> Described:
        return self.describe(f"({query}\n)", query)

    def describe(self, relation: str, query: str | None = None) -> Described:
        """A view on the relation tells the declared types, of queries too (`PRAGMA table_info`)."""
        try:
            self.catalogue.execute("DROP VIEW IF EXISTS temp.kg_described")
            described = self.catalogue.execute(query or f"SELECT * FROM {relation}").description
            if described is None:
                raise RefusedError("the query is not one SELECT")
            names = [d[0] for d in described]
            self.catalogue.execute(f"CREATE TEMP VIEW kg_described AS SELECT * FROM {relation} AS q")
            found = self.catalogue.execute("PRAGMA temp.table_info(kg_described)").fetchall()
        except sqlite3.Error as error:
            hint = WAIT if "locked" in str(error) else None
            raise RefusedError(f"SQLite says: {first_line(error)}", hint=hint) from None
        kinds = [declared_kind(row[2]) for row in found]
        if len(kinds) != len(names):
            kinds = ["dynamic"] * len(names)
        return Described(
            relation=relation,
            columns=tuple(ColumnType(name=n, kind=k) for n, k in zip(names, kinds, strict=True)),
            loose=True,
        )

    def load(self, described: Described, wanted: list[int], name: str) -> None:
        selected: list[str] = []
        for index in wanted:
            column = described.columns[index]
            quoted = quote_name(column.name)
            if column.kind == "binary":
                # hex(NULL) is an empty text
                selected.append(f"CASE WHEN {quoted} IS NOT NULL THEN hex({quoted}) END AS c{index}")
            elif column.kind == "dynamic":
                selected.append(
                    f"CASE typeof({quoted}) WHEN 'blob' THEN hex({quoted}) ELSE CAST({quoted} AS TEXT) END AS c{index}"
                )
                selected.append(f"typeof({quoted}) AS t{index}")
            else:
                selected.append(f"CAST({quoted} AS TEXT) AS c{index}")
        # The driver takes the types of the first rows for those of all, and NULLs have none: a row of texts goes first.
        texts = ", ".join(f"'' AS {column.rsplit(' AS ', 1)[1]}" for column in selected)
        query = f"SELECT 0 AS k, {texts} UNION ALL SELECT 1, {', '.join(selected)} FROM {described.relation} AS q"
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(query)
                reader: Any = cursor.fetch_record_batch()
                store_arrow(self.target, name, reader, "* EXCLUDE k", "k = 1")
        except self.errors as error:
            raise RefusedError(f"SQLite says: {first_line(error)}") from None


def declared_kind(declared: str) -> str:
    """The kind of a declared type; what is neither a type of ours nor a text is known by each value only.

    >>> declared_kind("VARCHAR(20)"), declared_kind("DATE"), declared_kind("NUM")
    ('text', 'date', 'dynamic')
    """
    kind = kind_of(declared)
    is_text = any(word in declared.upper() for word in ("CHAR", "TEXT", "CLOB", "STRING"))
    return "dynamic" if kind == "text" and not is_text else kind
