"""SQLite over ADBC. Declared types come from the catalogue; without one, each value has its own."""

from __future__ import annotations

import math
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg.tables.engine.macros import quote_name
from kg.tables.sources.dialects import (
    WAIT,
    BrokenStreamError,
    ColumnType,
    DescribedTable,
    KeyRange,
    RefusedError,
    cut_ranges,
    first_line,
    fold_name,
    kind_of,
    quote_table,
    split_name,
    store_arrow,
)
from kg.tables.sources.dsn import DatabaseAddress
from kg.tables.sources.limits import refuse_query
from kg.tables.sources.shelf import Shelf
from kg.text.diagnostic import KgError

STEPS = 10_000  # of SQLite's machine, after which it asks whether to go on
RECODE = "correct the text, or read its bytes with a query: `SELECT CAST(column AS BLOB) AS column`"
_NO_COLLATION = re.compile(r"no such collation sequence: (.+)")  # seen in SQLite 3.40
RENAME = "rename the table or column, or read another with a query that names it"


class Sqlite:
    """A read-only connection to a database file."""

    def __init__(self, address: DatabaseAddress, shelf: Shelf) -> None:
        import adbc_driver_sqlite.dbapi as driver
        import pyarrow  # noqa: F401 - the driver keeps to itself that there was no room for it

        path = Path(address.path or "")
        if not path.is_file():
            raise RefusedError(f"no database file `{path.name}`", login=False)
        self.shelf, self.target, self.errors = shelf, shelf.connection, driver.Error
        self.name, self.driver = path.name, driver
        self.tables: set[str] = set()  # relations that are no query and no view: reading them ends
        self.deadline = math.inf
        uri = path.resolve().as_uri() + "?mode=ro"
        try:
            self.connection = driver.connect(uri)
            self.catalogue = sqlite3.connect(uri, uri=True)
            # read-only holds for this file; a query must not attach another one
            self.catalogue.set_authorizer(deny_attaching)
            self.catalogue.set_progress_handler(lambda: time.monotonic() > self.deadline, STEPS)
        except (driver.Error, sqlite3.Error) as error:
            raise RefusedError(f"SQLite cannot open `{path.name}`: {first_line(error)}") from None

    def close(self) -> None:
        self.connection.close()
        self.catalogue.close()

    @contextmanager
    def watch(self) -> Iterator[None]:
        """What SQLite says within the block, in our words. Raises KgError past the limit, or where the disk fails."""
        deadline = self.deadline = time.monotonic() + self.shelf.limits.seconds
        try:
            yield
        except (sqlite3.Error, self.errors, BrokenStreamError, UnicodeDecodeError) as error:
            if time.monotonic() > deadline:
                raise refuse_query(self.name, self.shelf.limits) from None
            if re.search(r"(?i)disk i/o error|database or disk is full", str(error)):
                raise KgError(f"`{self.name}` could not be read: {first_line(error)}") from error
            if "Invalid unicode" in str(error):
                raise RefusedError(f"`{self.name}` holds a text that is not UTF-8", hint=RECODE) from None
            if isinstance(error, UnicodeDecodeError) or "decode to UTF-8" in str(error):
                raise RefusedError(f"`{self.name}` has a name that is not UTF-8", hint=RENAME) from None
            hint = WAIT if "locked" in str(error) else None
            if _NO_COLLATION.search(str(error)):
                hint = "it is another program's: in a query, write `COLLATE BINARY` behind the column that has it"
            raise RefusedError(f"SQLite says: {first_line(error)}", hint=hint) from None
        finally:
            self.deadline = math.inf

    def describe_table(self, name: str) -> DescribedTable:
        relation = quote_table(name)
        with self.watch():
            found = self.catalogue.execute(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
                " AND name = ? COLLATE NOCASE",
                [split_name(name)[-1]],
            ).fetchall()
            if found:
                self.tables.add(relation)
        return self.describe(relation)

    def describe_query(self, query: str) -> DescribedTable:
        return self.describe(f"({query}\n)", query)

    def describe(self, relation: str, query: str | None = None) -> DescribedTable:
        """A view on the relation tells the declared types, of queries too (`PRAGMA table_info`)."""
        with self.watch():
            self.catalogue.execute("DROP VIEW IF EXISTS temp.kg_described")
            names = self.name_columns(relation, query)
            self.catalogue.execute(f"CREATE TEMP VIEW kg_described AS SELECT * FROM {relation} AS q")
            kinds = [declared_kind(declared) for declared in self.list_types()]
        if len(kinds) != len(names):
            kinds = ["dynamic"] * len(names)
        return DescribedTable(
            relation=relation,
            columns=tuple(
                ColumnType(name=n, kind=k, collated=k in {"text", "dynamic"}) for n, k in zip(names, kinds, strict=True)
            ),
            loose=True,
        )

    def list_types(self) -> list[str]:
        """The declared types of the view `kg_described`, which SQLite tells with the collations of its columns.

        Those of other programs need only be there for that, and no longer: nothing is compared by them.
        """
        lent: list[str] = []
        try:
            while True:
                try:
                    found = self.catalogue.execute("PRAGMA temp.table_info(kg_described)").fetchall()
                    return [row[2] for row in found]
                except sqlite3.OperationalError as error:
                    missing = _NO_COLLATION.search(str(error))
                    if missing is None or missing[1] in lent:
                        raise
                    lent.append(missing[1])
                    self.catalogue.create_collation(missing[1], lambda one, other: (one > other) - (one < other))
        finally:
            for name in lent:
                self.catalogue.create_collation(name, None)

    def name_columns(self, relation: str, query: str | None) -> list[str]:
        """The names of a relation's columns; none of its rows is computed."""
        try:
            described = self.catalogue.execute(f"SELECT * FROM {relation} AS q LIMIT 0").description
        except sqlite3.Error:
            if query is None or self.catalogue.execute(query).description is not None:
                raise
            raise RefusedError("the query is not one SELECT") from None
        names = [d[0] for d in described]
        folded = {fold_name(name) for name in names}
        if query is not None and any(":" in n and fold_name(n.rpartition(":")[0]) in folded for n in names):
            # a name that stands twice is numbered where a query is read as a table: only the query itself tells
            return [d[0] for d in self.catalogue.execute(query).description]
        return names

    def list_tables(self) -> list[str]:
        with self.watch():
            found = self.catalogue.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
            )
            return [name for (name,) in found]

    def quote(self, name: str) -> str:
        return quote_name(name)

    def probe(self, query: str) -> Sequence[Any] | None:
        try:
            with self.watch():
                found: Sequence[Any] = self.catalogue.execute(query).fetchone()
                return found
        except RefusedError:
            return None

    def load(self, described: DescribedTable, wanted: list[int], name: str) -> None:
        with self.watch(), self.find_rows(described.relation) as (connection, relation), connection.cursor() as cursor:
            selected: list[str] = []
            rest = "" if described.only is None else f" WHERE {described.only.where}"  # rows come in the order of keys
            texts = [index for index in wanted if described.columns[index].kind == "text"]
            names = [quote_name(described.columns[index].name) for index in texts]
            with_bytes = {texts[place] for place in find_bytes(cursor, f"{relation} AS q{rest}", names)}
            for index in wanted:
                column = described.columns[index]
                quoted = quote_name(column.name)
                text, kind = f"CAST({quoted} AS TEXT)", f"typeof({quoted}) AS t{index}"
                if column.kind in {"binary", "dynamic"}:
                    selected += [
                        f"CASE typeof({quoted}) WHEN 'blob' THEN hex({quoted}) ELSE {text} END AS c{index}",
                        kind,
                    ]
                elif column.kind == "text" and index not in with_bytes:
                    selected.append(f"{text} AS c{index}")
                else:  # bytes are no text, no number and no date, even where their text looks like one
                    shown = f"'x''' || hex({quoted}) || ''''"
                    selected.append(f"CASE typeof({quoted}) WHEN 'blob' THEN {shown} ELSE {text} END AS c{index}")
                    selected += [kind] if column.kind == "text" else []
            # The driver takes the types of the first rows for those of all, and NULLs have none: texts go first.
            first = ", ".join(f"'' AS {column.rsplit(' AS ', 1)[1]}" for column in selected)
            cursor.execute(
                f"SELECT 0 AS k, {first} UNION ALL SELECT 1, {', '.join(selected)} FROM {relation} AS q{rest}"
            )
            reader: Any = cursor.fetch_record_batch()
            store_arrow(self.target, name, reader, "* EXCLUDE k", "k = 1")

    def cut_table(self, described: DescribedTable, most: int) -> tuple[KeyRange, ...]:
        """Ranges of the numbers that rows have; in the order of these they lie in the file."""
        relation = described.relation
        if relation not in self.tables:
            return ()
        names = {column.name.casefold() for column in described.columns}
        key = next((name for name in ("rowid", "_rowid_", "oid") if name not in names), None)
        if key is None:
            return ()
        with self.watch():
            try:
                self.catalogue.execute(f"SELECT {key} FROM {relation} LIMIT 0")
            except sqlite3.OperationalError:  # a table WITHOUT ROWID
                return ()
            bounds = self.catalogue.execute(
                f"SELECT k FROM (SELECT {key} AS k, row_number() OVER (ORDER BY {key}) AS n FROM {relation})"
                f" WHERE n > 1 AND (n - 1) % {most} = 0 ORDER BY n"
            ).fetchall()
        return cut_ranges(KeyRange(key=key), [str(bound) for (bound,) in bounds])

    def tell_moment(self) -> str:
        with self.watch():
            [(version,)] = self.catalogue.execute("PRAGMA main.data_version").fetchall()
        return str(version)

    def join_moment(self, moment: str) -> None:
        return  # the number is told to one connection, and means nothing to others

    def is_moment(self, moment: str) -> bool:
        return self.tell_moment() == moment

    def sum_rows(self, described: DescribedTable, wanted: list[int]) -> str:
        return ""

    @contextmanager
    def find_rows(self, relation: str) -> Iterator[tuple[Any, str]]:
        """A connection and a table on it. The rows of a query are first made there, where that can be interrupted.

        (The driver cannot be: a recursive query without an end would hold the process for ever.)
        """
        if relation in self.tables:
            yield self.connection, relation
            return
        made = self.shelf.name_file("rows.sqlite")
        self.catalogue.set_authorizer(None)
        self.catalogue.execute("ATTACH ? AS kg_made", [made.resolve().as_uri() + "?mode=rwc"])
        self.catalogue.set_authorizer(deny_attaching)
        try:
            for setting in ("journal_mode = OFF", "synchronous = OFF"):
                self.catalogue.execute(f"PRAGMA kg_made.{setting}")
            self.catalogue.execute(f"CREATE TABLE kg_made.made AS SELECT * FROM {relation} AS q")
            self.catalogue.commit()
            with self.driver.connect(made.resolve().as_uri() + "?mode=ro") as connection:
                yield connection, "made"
        finally:
            self.deadline = math.inf
            self.catalogue.rollback()
            self.catalogue.set_authorizer(None)
            self.catalogue.execute("DETACH kg_made")
            self.catalogue.set_authorizer(deny_attaching)
            made.unlink(missing_ok=True)


def find_bytes(cursor: Any, rows: str, columns: Sequence[str]) -> list[int]:
    """The places of the columns that hold a BLOB in any of the rows, found in one scan."""
    if not columns:
        return []
    asked = ", ".join(f"max(typeof({column}) = 'blob')" for column in columns)
    cursor.execute(f"SELECT {asked} FROM {rows}")
    return [place for place, found in enumerate(cursor.fetchone()) if found]


def deny_attaching(action: int, *_: object) -> int:
    """A query reads its own file only."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def declared_kind(declared: str) -> str:
    """The kind of a declared type; what is neither a type of ours nor a text is known by each value only.

    >>> declared_kind("VARCHAR(20)"), declared_kind("DATE"), declared_kind("NUM")
    ('text', 'date', 'dynamic')
    """
    kind = kind_of(declared)
    is_text = any(word in declared.upper() for word in ("CHAR", "TEXT", "CLOB", "STRING"))
    return "dynamic" if kind == "text" and not is_text else kind
