"""Tables and queries of relational databases → a table, over a real connection.

The catalogue gives the type of each column, hence its natural datatype; the values come as text, cast by the
database itself, so that a decimal keeps its digits and a REAL is written as short as it can be (R2RML §10.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.tables.columns import Column, Table
from kg.tables.datatypes import ill_typed
from kg.tables.macros import quote_name, quote_text
from kg.tables.rml import DatabaseSource, FileSource, Formulation, LogicalSource, Reference
from kg.tables.sources.dialects import Database, Described, RefusedError
from kg.tables.sources.dsn import Address, AddressError, read_address
from kg.tables.sources.duckdbfile import DuckDbFile
from kg.tables.sources.files import find_file
from kg.tables.sources.mysql import MySql
from kg.tables.sources.postgresql import PostgreSql
from kg.tables.sources.shelf import Request, Shelf
from kg.tables.sources.sqlite import Sqlite
from kg.tables.vocabulary import XSD

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# kind of type → natural datatype (R2RML §10.2) and the text of it, over the text that the database gives
NATURAL: dict[str, tuple[str | None, str]] = {
    "text": (None, "{0}"),
    "integer": (XSD + "integer", "{0}"),
    "decimal": (XSD + "decimal", "{0}"),
    "double": (XSD + "double", "kg_double({0})"),
    "boolean": (XSD + "boolean", "CASE lower({0}) WHEN 't' THEN 'true' WHEN 'f' THEN 'false'"
                " WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE lower({0}) END"),
    "date": (XSD + "date", "{0}"),
    "single": (XSD + "double", "kg_double(({0})::DOUBLE::FLOAT::VARCHAR)"),
    "time": (XSD + "time", "regexp_replace({0}, '([+-][0-9][0-9])$', '\\1:00')"),
    "dateTime": (XSD + "dateTime", "regexp_replace(replace({0}, ' ', 'T'), '([+-][0-9][0-9])$', '\\1:00')"),
    "binary": (XSD + "hexBinary", "upper({0})"),
}  # fmt: skip

# kind of address (see `dsn.KINDS`) → what connects to it
CONNECTORS: dict[str, Callable[[Address, DuckDBPyConnection], Database]] = {
    "postgresql": PostgreSql,
    "mysql": MySql,
    "sqlite": Sqlite,
    "duckdb": DuckDbFile,
}

# kinds whose values may lie outside the datatype: infinity, NaN, years before Christ, 0000-00-00, 7 for a truth
LOOSE = frozenset({"decimal", "boolean", "date", "time", "dateTime"})


def open_database(request: Request, origin: DatabaseSource, shelf: Shelf) -> Table | None:
    """The table of a database source; `--db` stands in for the addresses of the mapping."""
    text = shelf.database_url or origin.dsn
    if text is None:
        shelf.report(
            "map-source",
            origin.mark,
            "the mapping reads a database and does not say which",
            "give its address with `--db`",
        )
        return None
    try:
        address = read_address(text)
    except AddressError as error:
        shelf.report("map-source", origin.mark, str(error), "write it like `jdbc:postgresql://host:5432/name`")
        return None
    if shelf.database_url is None:
        address = address.with_login(origin.username, origin.password)
        if address.path is not None:
            found = find_file(FileSource(path=address.path, mark=origin.mark), shelf)
            if found is None:
                return None
            address = address.at(found)
    return load_table(request, origin, address, shelf)


def open_database_file(request: Request, origin: FileSource, path: Path, shelf: Shelf) -> Table | None:
    """A table of an SQLite or DuckDB file that the mapping names as a file."""
    kind = "duckdb" if path.suffix.lower() == ".duckdb" else "sqlite"
    address = Address(kind=kind, path=str(path))
    return load_table(request, origin, address, shelf)


def load_table(request: Request, origin: DatabaseSource | FileSource, address: Address, shelf: Shelf) -> Table | None:
    """The referenced columns of a table or query, in DuckDB."""
    source, name = request.source, request.name
    iterator = source.iterator or ""
    label = iterator if source.formulation is Formulation.SQL_TABLE else "the query"
    try:
        database = connect_database(address, shelf)
        described = describe(database, source)
        chosen = choose_columns(described, request.references)
        twice = [d.name for d in described.columns if [e.name for e in described.columns].count(d.name) > 1]
        if twice:
            shelf.report(
                "source-columns",
                source.mark,
                f"{label} gives two columns `{twice[0]}`",
                "rename one of the two with AS",
            )
            return None
        wanted = list(dict.fromkeys(chosen.values())) or [0]
        raw = f"{name}_raw"
        database.load(described, wanted, raw)
    except RefusedError as error:
        hint = advise_login(str(error)) if error.login else error.hint
        shelf.report("source-unreadable", origin.mark if error.login else source.mark, str(error), hint)
        return None
    return shape_table(described, chosen, wanted, name, label, shelf)


def connect_database(address: Address, shelf: Shelf) -> Database:
    """The connection to the database at an address, one for all that is read of it; raises `RefusedError`."""
    if address not in shelf.databases:
        shelf.databases[address] = CONNECTORS[address.kind](address, shelf.connection)
    return shelf.databases[address]


def advise_login(refusal: str) -> str:
    """What helps against a refused connection: a password, or a server that is there."""
    if re.search(r"(?i)password|authenticat|access denied|ident ", refusal):
        return "give the password with the environment variable KG_DB_PASSWORD"
    if re.search(r"(?i)refused|time.?out|resolve|translate host|can't connect|no route", refusal):
        return "is the server running, and are its host and port right?"
    return "are the names of user and database right?"


def describe(database: Database, source: LogicalSource) -> Described:
    """Names and types of the columns of a table or a query."""
    if source.formulation is Formulation.SQL_TABLE:
        return database.describe_table(source.iterator or "")
    return database.describe_query((source.iterator or "").strip().rstrip(";"))


def choose_columns(described: Described, references: Iterable[Reference]) -> dict[str, int]:
    """The column of each reference: by its exact name, else the one that differs in case only.

    A name in double quotes is exact (SQL:2008, delimited identifiers).
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
            text = inner
        folded = [i for i, n in enumerate(names) if n.casefold() == text.casefold()]
        if len(folded) == 1:
            chosen[reference.text] = folded[0]
    return chosen


def shape_table(
    described: Described, chosen: dict[str, int], wanted: list[int], name: str, label: str, shelf: Shelf
) -> Table:
    """The raw texts of the database in the natural form of their types."""
    selected = []
    columns: dict[str, Column] = {}
    stray = find_stray(described, wanted, name, shelf)
    for index in wanted:
        kind = described.columns[index].kind
        if index in stray:
            text = stray[index]
            selected.append(f"CASE WHEN {text.wrong} THEN c{index} ELSE {text.natural} END AS c{index}")
            selected.append(f"CASE WHEN NOT {text.wrong} THEN {quote_text(text.datatype)} END AS d{index}")
            continue
        if kind == "dynamic":  # SQLite: each value has a type of its own
            integer, double, binary = (f"'{XSD}{n}'" for n in ("integer", "double", "hexBinary"))
            selected.append(
                f"CASE t{index} WHEN 'real' THEN kg_double(c{index})"
                f" WHEN 'blob' THEN upper(c{index}) ELSE c{index} END AS c{index}"
            )
            selected.append(
                f"CASE t{index} WHEN 'integer' THEN {integer} WHEN 'real' THEN {double}"
                f" WHEN 'blob' THEN {binary} END AS d{index}"
            )
            continue
        selected.append(f"{NATURAL[kind][1].format(f'c{index}')} AS c{index}")
    for reference, index in chosen.items():
        kind = described.columns[index].kind
        columns[reference] = Column(
            reference=reference,
            name=f"c{index}",
            datatype=None if kind == "dynamic" or index in stray else NATURAL[kind][0],
            datatype_name=f"d{index}" if kind == "dynamic" or index in stray else None,
        )
    for described_column in described.columns:  # known names, for hints
        if described_column.name not in columns:
            columns.setdefault(described_column.name, Column(reference=described_column.name, name="missing"))
    shelf.connection.execute(
        f"CREATE TEMP TABLE {quote_name(name)} AS SELECT {', '.join(selected)} FROM {quote_name(name + '_raw')}"
    )
    shelf.connection.execute(f"DROP TABLE {quote_name(name + '_raw')}")
    shelf.notes.append(f"{name}: {label}, {len(wanted)} columns over a database connection")
    return Table(name=name, label=label, columns=columns, first_row=1, row_unit="row")


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A column with values that its type's datatype does not have: SQL of its natural form, and what is *wrong*."""

    natural: str
    datatype: str
    wrong: str


def find_stray(described: Described, wanted: list[int], name: str, shelf: Shelf) -> dict[int, Stray]:
    """The columns with such values, which stay plain texts as they are; found in one scan of the table."""
    asked: dict[int, Stray] = {}
    for index in wanted:
        kind = described.columns[index].kind
        datatype, form = NATURAL.get(kind, (None, ""))
        natural = form.format(f"c{index}")
        wrong = ill_typed(natural, datatype) if datatype else None
        if wrong and datatype and (kind in LOOSE or (described.loose and kind in {"integer", "double"})):
            asked[index] = Stray(natural=natural, datatype=datatype, wrong=f"({wrong})")
    if not asked:
        return {}
    columns = ", ".join(f"bool_or({stray.wrong})" for stray in asked.values())
    [found] = shelf.connection.execute(f"SELECT {columns} FROM {quote_name(name + '_raw')}").fetchall()
    return {index: stray for (index, stray), is_stray in zip(asked.items(), found, strict=True) if is_stray}
