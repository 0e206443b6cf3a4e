"""PostgreSQL over ADBC: Arrow in, no Python between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kg.diagnostic import KgError
from kg.tables.macros import quote_name, quote_text
from kg.tables.sources.dialects import (
    BrokenStreamError,
    ColumnType,
    Described,
    RefusedError,
    first_line,
    kind_of,
    quote_table,
    split_name,
    store_arrow,
)
from kg.tables.sources.dsn import Address
from kg.tables.sources.limits import refuse_query
from kg.tables.sources.shelf import Shelf


class PostgreSql:
    """A connection; everything is read in one read-only transaction, so that all tables are of one moment."""

    def __init__(self, address: Address, shelf: Shelf) -> None:
        try:
            import adbc_driver_postgresql.dbapi as driver
        except ImportError as error:
            raise KgError("PostgreSQL needs the package `adbc-driver-postgresql`") from error
        self.shelf, self.target = shelf, shelf.connection
        self.errors = driver.Error
        try:
            self.name = address.name
            self.connection = driver.connect(address.libpq)
            self.begin()
        except driver.Error as error:
            raise RefusedError(f"PostgreSQL refuses the connection: {first_line(error)}", login=True) from None

    def begin(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            cursor.execute("SET LOCAL extra_float_digits = 1")
            # the same texts whatever the server's or this machine's settings are
            cursor.execute("SET LOCAL datestyle = 'ISO, YMD'")
            cursor.execute("SET LOCAL timezone = 'UTC'")

    def close(self) -> None:
        self.connection.close()

    def ask(self, query: str) -> Any:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetch_arrow_table()
        except self.errors as error:
            self.connection.rollback()  # a failed statement ends the transaction
            self.begin()
            raise RefusedError(f"PostgreSQL says: {first_line(error)}") from None

    def describe_table(self, name: str) -> Described:
        relation, kind = self.find_table(name)
        return replace(self.describe(relation), is_table=kind not in {None, "v"})

    def find_table(self, name: str) -> tuple[str, str | None]:
        """The table by its exact name, else the one that differs in case only, and its kind where that is known.

        A name in double quotes is exact.
        """
        parts = split_name(name)
        is_exact = name.endswith('"') and parts != [name]
        schema = " AND n.nspname = " + quote_text(parts[-2]) if len(parts) > 1 else " AND pg_table_is_visible(c.oid)"
        found = self.ask(
            "SELECT n.nspname::text, c.relname::text, c.relkind::text"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r','v','m','p','f')"
            f" AND lower(c.relname) = lower({quote_text(parts[-1])}){schema}"
        ).to_pylist()
        exact = [f for f in found if f["relname"] == parts[-1]] or ([] if is_exact else found)
        if len(exact) != 1:
            return quote_table(name), None
        return f"{quote_name(exact[0]['nspname'])}.{quote_name(exact[0]['relname'])}", exact[0]["relkind"]

    def describe_query(self, query: str) -> Described:
        return self.describe(f"({query}\n)")

    def describe(self, relation: str) -> Described:
        schema = self.ask(f"SELECT * FROM {relation} AS q LIMIT 0").schema
        columns = []
        for field in schema:
            metadata = field.metadata or {}
            type_name = metadata.get(b"POSTGRESQL:type", b"text").decode()
            columns.append(ColumnType(name=field.name, kind=kind_of(type_name), type_name=type_name))
        return Described(relation=relation, columns=tuple(columns), folds=False)

    def load(self, described: Described, wanted: list[int], name: str) -> None:
        selected = []
        for index in wanted:
            column = described.columns[index]
            quoted = quote_name(column.name)
            if column.kind == "binary":
                text = f"encode({quoted}, 'hex')"
            elif column.type_name == "bpchar":
                text = quoted  # a cast would take the blanks off that CHAR(n) is filled up with
            else:
                text = f"{quoted}::text"
            selected.append(f"{text} AS c{index}")
        seconds = 0 if described.is_table else self.shelf.limits.seconds
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{seconds}s'")
                cursor.execute(f"SELECT {', '.join(selected)} FROM {described.relation} AS q")
                store_arrow(self.target, name, cursor.fetch_record_batch())
            with self.connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
        except (self.errors, BrokenStreamError) as error:
            if "statement timeout" in str(error):
                raise refuse_query(self.name, self.shelf.limits) from None
            self.connection.rollback()
            self.begin()
            raise RefusedError(f"PostgreSQL says: {first_line(error)}") from None
