"""A DuckDB file, attached read-only."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.tables.engine.macros import quote_name, quote_text
from kg.tables.sources.dialects import (
    UNFOLD,
    WAIT,
    ColumnType,
    DescribedTable,
    RefusedError,
    first_line,
    kind_of,
    nested_kind,
    quote_table,
    split_name,
)
from kg.tables.sources.dsn import DatabaseAddress
from kg.tables.sources.limits import refuse_query
from kg.tables.sources.shelf import Shelf


def explain_refusal(error: Exception, name: str) -> RefusedError:
    """Why the file *name* cannot be attached: the words are those of DuckDB 2.0.1, and others are told as they are."""
    text = str(error)
    if "lock" in text:
        return RefusedError(f"`{name}` is locked by another program", hint=WAIT)
    if "not a valid DuckDB database" in text:
        return RefusedError(f"`{name}` is no database of DuckDB that can be read")
    return RefusedError(f"`{name}` cannot be read: {re.sub(r'^[A-Z][A-Za-z/ ]* Error: ', '', first_line(error))}")


class DuckDbFile:
    """The attached file; its tables are read where they are."""

    def __init__(self, address: DatabaseAddress, shelf: Shelf) -> None:
        import duckdb

        self.shelf, self.target, self.errors = shelf, shelf.connection, duckdb.Error
        [(there,)] = self.target.execute("SELECT count(*) FROM duckdb_databases()").fetchall()
        self.name = f"attached{there}"
        self.file = Path(address.path or "").name
        try:
            self.target.execute(f"ATTACH {quote_text(address.path or '')} AS {self.name} (TYPE duckdb, READ_ONLY)")
        except duckdb.Error as error:
            raise explain_refusal(error, self.file) from None

    def describe_table(self, name: str) -> DescribedTable:
        quoted = quote_table(name)
        described = self.describe(f"{self.name}.{quoted}" if "." in quoted else f"{self.name}.main.{quoted}")
        asked = "SELECT count(*) > 0 FROM duckdb_tables() WHERE database_name = ? AND lower(table_name) = lower(?)"
        [(is_table,)] = self.target.execute(asked, [self.name, split_name(name)[-1]]).fetchall()
        return replace(described, is_table=is_table)

    def describe_query(self, query: str) -> DescribedTable:
        """What parses as one SELECT stays one within brackets; anything else could do anything."""
        try:
            statements = self.target.extract_statements(query)
        except self.errors as error:
            raise RefusedError(f"DuckDB says: {first_line(error)}") from None
        if [statement.type.name for statement in statements] != ["SELECT"]:
            raise RefusedError("the query is not one SELECT")
        return self.describe(f"({query}\n)", query)

    def describe(self, relation: str, query: str | None = None) -> DescribedTable:
        """The columns of a relation; a name that stands twice is numbered there, so that a query tells its own."""
        try:
            self.target.execute(f"USE {self.name}")
            found = self.target.execute(f"DESCRIBE {query or f'SELECT * FROM {relation} AS q'}").fetchall()
        except self.errors as error:
            raise RefusedError(f"DuckDB says: {first_line(error)}") from None
        finally:
            self.target.execute("USE memory")
        return DescribedTable(
            relation=relation,
            columns=tuple(
                ColumnType(name=name, kind=kind_of(kind), type_name=kind, collated=kind == "VARCHAR")
                for name, kind, *_ in found
            ),
        )

    def list_tables(self) -> list[str]:
        asked = "SELECT table_name FROM information_schema.tables WHERE table_catalog = ? AND table_schema = 'main'"
        return [name for (name,) in self.target.execute(asked, [self.name]).fetchall()]

    def quote(self, name: str) -> str:
        return quote_name(name)

    def probe(self, query: str) -> Sequence[Any] | None:
        try:
            self.target.execute(f"USE {self.name}")
            [row] = self.target.execute(query).fetchall()
        except self.errors:
            return None
        finally:
            self.target.execute("USE memory")
        found: Sequence[Any] = row
        return found

    def load(self, described: DescribedTable, wanted: list[int], name: str) -> None:
        selected = []
        for index in wanted:
            column = described.columns[index]
            if nested := nested_kind(column.type_name):
                raise RefusedError(f"`{column.name}` is {nested}", hint=UNFOLD, column=index)
            quoted = quote_name(column.name)
            text = f"hex({quoted})" if column.kind == "binary" else f"{quoted}::VARCHAR"
            selected.append(f"{text} AS c{index}")
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.target.interrupt()

        timer = threading.Timer(self.shelf.limits.seconds, stop)
        timer.daemon = True
        try:
            self.target.execute(f"USE {self.name}")
            if not described.is_table:
                timer.start()
            # a column keeps its collation (`COLLATE NOCASE`) in a table that is made of it, and `A` would be `a` there
            self.target.execute(f"CREATE TEMP TABLE {quote_name(name)} ({', '.join(f'c{i} VARCHAR' for i in wanted)})")
            self.target.execute(
                f"INSERT INTO {quote_name(name)} SELECT {', '.join(selected)} FROM {described.relation} AS q"
            )
        except self.errors as error:
            if late.is_set():
                raise refuse_query(self.file, self.shelf.limits) from None
            raise RefusedError(f"DuckDB says: {first_line(error)}") from None
        finally:
            timer.cancel()
            self.target.execute("USE memory")

    def close(self) -> None:
        """The file is let go with the database that it is attached to."""
