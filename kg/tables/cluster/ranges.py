"""What a worker does to read a range of a table of a database; and the sum by which two connections compare rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kg.tables.columns import SourceTable
from kg.tables.rml import DatabaseSource, FileSource
from kg.tables.sources.databases.database import choose_columns, connect_database, describe, list_wanted, load_table
from kg.tables.sources.dialects import Divisible, KeyRange, RefusedError
from kg.tables.sources.dsn import DatabaseAddress
from kg.tables.sources.shelf import Shelf, SourceRequest


@dataclass(frozen=True, kw_only=True)
class Login:
    """How a worker comes to a database: its *address*, the password, the *moment* whose rows it is to see.

    Nothing of it is shown, since a worker writes what it was given into its log.
    """

    address: DatabaseAddress = field(repr=False)
    password: str | None = field(repr=False)
    moment: str = field(repr=False)


def open_range(
    request: SourceRequest, origin: DatabaseSource | FileSource, login: Login, keys: KeyRange, shelf: Shelf
) -> tuple[SourceTable | None, str]:
    """The rows of a range as a table, and their sum. None after a mistake, which is told."""
    address = replace(login.address, password=login.password)
    try:
        database = connect_database(address, shelf)
        assert isinstance(database, Divisible)
        database.join_moment(login.moment)
        found = sum_range(request, database, keys)
    except RefusedError as error:
        if error.column is None:
            shelf.tell("source-unreadable", origin.mark, str(error))
            return None, ""
        found = ""  # what is wrong with the column is told where it is read
    return load_table(request, origin, address, shelf, keys), found


def sum_range(request: SourceRequest, database: Divisible, keys: KeyRange) -> str:
    """The sum of the rows of a range, as a connection sees them; empty where none is needed. Raises RefusedError."""
    described = replace(describe(database, request.source), only=keys)
    return database.sum_rows(described, list_wanted(choose_columns(described, request.references)))
