"""Tables and queries of relational databases → a table, over a real connection.

The catalogue gives the type of each column, hence its natural datatype; the values come as text, cast by the
database itself, so that a decimal keeps its digits and a REAL is written as short as it can be (R2RML §10.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from kg.tables.columns import SourceTable
from kg.tables.engine.macros import quote_name
from kg.tables.rml import DatabaseSource, FileSource, Formulation, LogicalSource, Reference
from kg.tables.sources.databases.collations import find_foldings
from kg.tables.sources.databases.duckdbfile import DuckDbFile
from kg.tables.sources.databases.mysql import MySql
from kg.tables.sources.databases.postgresql import PostgreSql
from kg.tables.sources.databases.sqlite import Sqlite
from kg.tables.sources.dialects import Database, DescribedTable, KeyRange, RefusedError, fold_name, split_name
from kg.tables.sources.dsn import AddressError, DatabaseAddress, complete_address, find_file_kind, read_address
from kg.tables.sources.files import fill_variables, find_file
from kg.tables.sources.natural import Raw, shape_table
from kg.tables.sources.network import name_server
from kg.tables.sources.shelf import Shelf, SourceRequest
from kg.text.diagnostic import did_you_mean, list_known
from kg.text.plural import write_count

# kind of address (see `dsn.KINDS`) → what connects to it
CONNECTORS: dict[str, Callable[[DatabaseAddress, Shelf], Database]] = {
    "postgresql": PostgreSql,
    "mysql": MySql,
    "sqlite": Sqlite,
    "duckdb": DuckDbFile,
}


def open_database(request: SourceRequest, origin: DatabaseSource, shelf: Shelf) -> SourceTable | None:
    """The table of a database source."""
    address = locate_database(origin, shelf)
    return None if address is None else load_table(request, origin, address, shelf)


def locate_database(origin: DatabaseSource, shelf: Shelf) -> DatabaseAddress | None:
    """Where a database is; `--db` stands in for the addresses of the mapping. None after a mistake, which is told."""
    text = shelf.database_url or origin.dsn
    if text is None:
        shelf.tell(
            "map-source",
            origin.mark,
            "the mapping reads a database and does not say which",
            "give its address with `--db`",
        )
        return None
    login = {}
    for name, written in (("dsn", text), ("username", origin.username), ("password", origin.password)):
        filled = None if written is None else fill_variables(written, origin.mark, shelf)
        if filled is None and written is not None:
            return None
        login[name] = filled
    try:
        driver = origin.driver if shelf.database_url is None else None
        address = read_address(complete_address(login["dsn"] or "", driver))
    except AddressError as error:
        shelf.tell("map-source", origin.mark, str(error), "write it like `jdbc:postgresql://host:5432/name`")
        return None
    if shelf.database_url is None:
        address = address.with_login(login["username"], login["password"])
        if address.path is not None:
            found = find_file(FileSource(path=address.path, mark=origin.mark), shelf)
            if found is None:
                return None
            address = address.at(found)
        elif not shelf.may_ask(name_server(origin) or text, origin.mark):
            return None
    return address


def open_database_file(request: SourceRequest, origin: FileSource, path: Path, shelf: Shelf) -> SourceTable | None:
    """A table of an SQLite or DuckDB file that the mapping names as a file."""
    return load_table(request, origin, address_file(path), shelf)


def address_file(path: Path) -> DatabaseAddress:
    """The address of an SQLite or DuckDB file."""
    return DatabaseAddress(kind=find_file_kind(path.name) or "sqlite", path=str(path))


def load_table(
    request: SourceRequest,
    origin: DatabaseSource | FileSource,
    address: DatabaseAddress,
    shelf: Shelf,
    only: KeyRange | None = None,
) -> SourceTable | None:
    """The referenced columns of a table or query, or of some of a table's rows *only*, in DuckDB."""
    source, name = request.source, request.name
    iterator = source.iterator or ""
    label = iterator if source.formulation is Formulation.SQL_TABLE else "the query"
    chosen: dict[str, int] = {}
    try:
        database = connect_database(address, shelf)
        described = replace(describe(database, source), only=only)
        chosen = choose_columns(described, request.references)
        if (twice := find_twice(described)) is not None:
            message = f"{label} gives two columns `{twice}`"
            shelf.tell("source-columns", source.mark, message, "rename one of the two with AS")
            return None
        wanted = list_wanted(chosen)
        described = find_foldings(database, described, wanted)
        raw = f"{name}_raw"
        database.load(described, wanted, raw)
    except RefusedError as error:
        hint = advise_login(str(error)) if error.login else error.hint or name_tables(source, address, shelf)
        mark = origin.mark if error.login else source.mark
        if error.column is not None:
            mark = next((r.mark for r in request.references if chosen.get(r.text) == error.column), mark)
        shelf.tell("source-unreadable", mark, str(error), hint)
        return None
    if described.doubt is not None:
        shelf.tell("source-dialect", source.mark, described.doubt.message, described.doubt.hint)
    tell_zones(request, described, chosen, shelf)
    table = shape_table(request, described, chosen, label, shelf, Raw.TABLE)
    shelf.notes.append(f"{name}: {label}, {write_count(len(wanted), 'column')} over a database connection")
    return table


def name_tables(source: LogicalSource, address: DatabaseAddress, shelf: Shelf) -> str | None:
    """The tables that a database has, where the one that is asked for is not among them."""
    database = shelf.databases.get(address)
    if database is None or source.formulation is not Formulation.SQL_TABLE:
        return None
    try:
        names = sorted(database.list_tables())
    except RefusedError:
        return None
    parts = split_name(source.iterator or "")
    wanted = parts[-1]
    if not names or len(parts) > 1 or wanted.casefold() in map(str.casefold, names):  # it is another mistake
        return None
    return did_you_mean(wanted, names) or f"its tables are {list_known(names)}"


def tell_zones(request: SourceRequest, described: DescribedTable, chosen: Mapping[str, int], shelf: Shelf) -> None:
    """Tell of moments that the server shows by its own clock: another server, or another setting, shows others."""
    for reference in request.references:
        column = described.columns[chosen[reference.text]] if reference.text in chosen else None
        if column is not None and column.zone:
            message = f"the times of `{column.name}` are those of the server's zone, `{column.zone}`, and do not say so"
            written = f"CONVERT_TZ({quote_name(column.name)}, @@time_zone, '+00:00')"  # any name can stand there so
            hint = f"in a query, write `{written}`, or declare it DATETIME"
            shelf.tell("source-zone", reference.mark, message, hint)


def find_twice(described: DescribedTable) -> str | None:
    """The first name of a column that another has too, as the database compares names."""
    names = [fold_name(c.name) if described.folds else c.name for c in described.columns]
    return next((c.name for c, name in zip(described.columns, names, strict=True) if names.count(name) > 1), None)


def list_wanted(chosen: Mapping[str, int]) -> list[int]:
    """The places of the columns that are read, each once: one at least, so that rows are."""
    return list(dict.fromkeys(chosen.values())) or [0]


def connect_database(address: DatabaseAddress, shelf: Shelf) -> Database:
    """The connection to the database at an address, one for all that is read of it; raises `RefusedError`."""
    if address not in shelf.databases:
        shelf.databases[address] = CONNECTORS[address.kind](address, shelf)
    return shelf.databases[address]


def advise_login(refusal: str) -> str:
    """What helps against a refused connection: a password, or a server that is there."""
    if re.search(r"(?i)password|authenticat|access denied|ident ", refusal):
        return "give the password with the environment variable KG_DB_PASSWORD"
    if re.search(r"(?i)refused|time.?out|resolve|translate host|can't connect|no route", refusal):
        return "is the server running, and are its host and port right?"
    return "are the names of user and database right?"


def describe(database: Database, source: LogicalSource) -> DescribedTable:
    """Names and types of the columns of a table or a query."""
    if source.formulation is Formulation.SQL_TABLE:
        return database.describe_table(source.iterator or "")
    return database.describe_query((source.iterator or "").strip().rstrip(";"))


def choose_columns(described: DescribedTable, references: Iterable[Reference]) -> dict[str, int]:
    """The column of each reference: by its exact name, else the one that differs in case only.

    A name in double quotes is exact (SQL:2008, delimited identifiers), but in databases that know no case in names.
    """
    names = [c.name for c in described.columns]
    chosen: dict[str, int] = {}
    for reference in references:
        text = reference.text
        if text in names:
            chosen[text] = names.index(text)
            continue
        if len(text) > 1 and text[0] == text[-1] and text[0] in '"`':
            inner = text[1:-1].replace(text[0] * 2, text[0])
            if inner in names:
                chosen[text] = names.index(inner)
                continue
            if not described.folds:
                continue
            text = inner
        folded = [i for i, n in enumerate(names) if n.casefold() == text.casefold()]
        if len(folded) == 1:
            chosen[reference.text] = folded[0]
    return chosen
