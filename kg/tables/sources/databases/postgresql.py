"""PostgreSQL over ADBC: Arrow in, no Python between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kg.tables.engine.macros import quote_name, quote_text
from kg.tables.sources.dialects import (
    BrokenStreamError,
    ColumnType,
    DescribedTable,
    KeyRange,
    RefusedError,
    cut_ranges,
    first_line,
    kind_of,
    quote_table,
    split_name,
    store_arrow,
)
from kg.tables.sources.dsn import DatabaseAddress
from kg.tables.sources.limits import refuse_query
from kg.tables.sources.shelf import Shelf

# types of a key whose values are the same after they were written as a text, the cheapest first
KEY_TYPES = ("int8", "int4", "int2", "uuid", "date", "timestamp", "timestamptz", "numeric", "varchar", "text", "bpchar")

COLLATED = frozenset({"text", "varchar", "bpchar", "citext", "name"})  # types whose values a collation compares
BEGAN = "pg_postmaster_start_time()::text"


class PostgreSql:
    """A connection; everything is read in one read-only transaction, so that all tables are of one moment."""

    def __init__(self, address: DatabaseAddress, shelf: Shelf) -> None:
        import adbc_driver_postgresql.dbapi as driver
        import pyarrow  # noqa: F401 - the driver keeps to itself that there was no room for it

        self.shelf, self.target = shelf, shelf.connection
        self.driver, self.errors, self.address = driver, driver.Error, address
        self.beside: Any = None
        try:
            self.name = address.name
            self.connection = driver.connect(address.libpq)
            self.begin()
        except driver.Error as error:
            raise RefusedError(f"PostgreSQL refuses the connection: {first_line(error)}", login=True) from None

    def begin(self, moment: str | None = None) -> None:
        """Begin a transaction that sees the rows of now, or those of another transaction that goes on (*moment*)."""
        with self.connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if moment is not None:
                cursor.execute(f"SET TRANSACTION SNAPSHOT {quote_text(moment)}")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # others may read what this one sees
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            cursor.execute("SET LOCAL extra_float_digits = 1")
            # the same texts whatever the server's or this machine's settings are
            cursor.execute("SET LOCAL datestyle = 'ISO, YMD'")
            cursor.execute("SET LOCAL timezone = 'UTC'")
            cursor.execute("SET LOCAL intervalstyle = 'postgres'")

    def close(self) -> None:
        self.connection.close()
        if self.beside is not None:
            self.beside.close()

    def ask(self, query: str) -> Any:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetch_arrow_table()
        except self.errors as error:
            self.connection.rollback()  # a failed statement ends the transaction
            self.begin()
            raise RefusedError(f"PostgreSQL says: {first_line(error)}") from None

    def describe_table(self, name: str) -> DescribedTable:
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

    def describe_query(self, query: str) -> DescribedTable:
        return self.describe(f"({query}\n)")

    def describe(self, relation: str) -> DescribedTable:
        schema = self.ask(f"SELECT * FROM {relation} AS q LIMIT 0").schema
        columns = []
        for field in schema:
            named = (field.metadata or {}).get(b"POSTGRESQL:type")
            if named is None:  # the driver before 1.13: an integer would come out as a text
                raise RefusedError(
                    f"the installed adbc-driver-postgresql does not name the type of the column `{field.name}`",
                    hint="pip install 'adbc-driver-postgresql>=1.13'",
                )
            type_name = named.decode()
            padded = type_name == "bpchar"
            kind = kind_of(type_name)
            collated = type_name in COLLATED
            columns.append(
                ColumnType(name=field.name, kind=kind, type_name=type_name, padded=padded, collated=collated)
            )
        return DescribedTable(relation=relation, columns=tuple(columns), folds=False)

    def list_tables(self) -> list[str]:
        found = self.ask(
            "SELECT relname::text AS name FROM pg_class WHERE relkind IN ('r','v','m','p','f')"
            " AND pg_table_is_visible(oid) AND relnamespace::regnamespace::text NOT IN"
            " ('pg_catalog', 'information_schema')"
        )
        names: list[str] = found.column("name").to_pylist()
        return names

    def quote(self, name: str) -> str:
        return quote_name(name)

    def probe(self, query: str) -> Sequence[Any] | None:
        """The only row of a query, which is asked beside the transaction: one that is refused would end it."""
        try:
            if self.beside is None:
                self.beside = self.driver.connect(self.address.libpq, autocommit=True)
                with self.beside.cursor() as cursor:
                    cursor.execute("SET default_transaction_read_only = on")
                    cursor.execute("SET lock_timeout = '1s'")  # of who waits for what our own transaction holds
            with self.beside.cursor() as cursor:
                cursor.execute(query)
                return [column[0].as_py() for column in cursor.fetch_arrow_table().columns]
        except self.errors:
            return None

    def load(self, described: DescribedTable, wanted: list[int], name: str) -> None:
        texts = []
        for index in wanted:
            column = described.columns[index]
            quoted = quote_name(column.name)
            if column.kind == "binary":
                text = f"encode({quoted}, 'hex')"
            elif column.type_name == "bpchar":
                text = quoted  # a cast would take the blanks off that CHAR(n) is filled up with
            else:
                text = f"{quoted}::text"
            texts.append(text)
        selected = [f"{text} AS c{index}" for text, index in zip(texts, wanted, strict=True)]
        rest = described.write_rest(texts)
        seconds = 0 if described.is_table else self.shelf.limits.seconds
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{seconds}s'")
                cursor.execute(f"SELECT {', '.join(selected)} FROM {described.relation} AS q{rest}")
                store_arrow(self.target, name, cursor.fetch_record_batch())
            with self.connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
        except (self.errors, BrokenStreamError) as error:
            if "statement timeout" in str(error):
                raise refuse_query(self.name, self.shelf.limits) from None
            self.connection.rollback()
            self.begin()
            raise RefusedError(f"PostgreSQL says: {first_line(error)}") from None

    def cut_table(self, described: DescribedTable, most: int) -> tuple[KeyRange, ...]:
        if not described.is_table:
            return ()
        types = ", ".join(map(quote_text, KEY_TYPES))
        found = self.ask(
            "SELECT a.attname::text AS name, t.typname::text AS type, NOT a.attnotnull AS empty,"
            " i.indisunique AND i.indnkeyatts = 1 AS single"
            " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attnum > 0"
            " JOIN pg_type t ON t.oid = a.atttypid"
            f" WHERE i.indrelid = {quote_text(described.relation)}::regclass AND i.indisvalid AND i.indpred IS NULL"
            f" AND m.amname = 'btree' AND t.typname IN ({types})"
            f" ORDER BY i.indisprimary DESC, single DESC, array_position(ARRAY[{types}], t.typname::text), name LIMIT 1"
        ).to_pylist()
        if not found:
            return ()
        [first] = found
        key = quote_name(first["name"])
        bounds = self.ask(
            f"SELECT k::text AS k FROM (SELECT {key} AS k, row_number() OVER (ORDER BY {key}) AS n"
            f" FROM {described.relation} AS q WHERE {key} IS NOT NULL) AS q"
            f" WHERE n > 1 AND (n - 1) % {most} = 0 ORDER BY n"
        ).column("k")
        written = [f"{quote_text(text)}::{first['type']}" for text in bounds.to_pylist()]
        return cut_ranges(KeyRange(key=key, unique=first["single"], empty=first["empty"]), written)

    def tell_moment(self) -> str:
        """A name of what this transaction sees, and when the server began, which tells it from another's."""
        [row] = self.ask(f"SELECT pg_export_snapshot() AS name, {BEGAN} AS began").to_pylist()
        return f"{row['name']} {row['began']}"

    def join_moment(self, moment: str) -> None:
        name, began = moment.split(" ", 1)
        try:
            self.connection.rollback()
            self.begin(name)
        except self.errors as error:
            raise RefusedError(f"PostgreSQL says: {first_line(error)}") from None
        if self.ask(f"SELECT {BEGAN} AS began").column("began").to_pylist() != [began]:
            raise RefusedError("another server answers at this address")

    def is_moment(self, moment: str) -> bool:
        return True  # all see the rows of one transaction

    def sum_rows(self, described: DescribedTable, wanted: list[int]) -> str:
        return ""
