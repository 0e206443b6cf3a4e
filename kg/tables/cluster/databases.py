"""Tables of databases → ranges of a key, each read by a worker over a connection of its own; all of one moment.

PostgreSQL lets other connections see what this one sees, for as long as its transaction goes on. Of an SQLite file this
machine knows whether anybody has written into it meanwhile. For MySQL and MariaDB both sides take a sum of the rows of
each range. Where that shows that a table has changed, or a worker cannot ask the database, the table is read once, by
this machine, in the transaction that it began with.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.tables.cluster.connect import compare_sight
from kg.tables.cluster.ranges import Login, sum_range
from kg.tables.cluster.split import Piece
from kg.tables.cluster.stage import Reading, Staged, look_at_files
from kg.tables.rml import DatabaseSource, FileSource, Formulation
from kg.tables.sources.databases.database import connect_database, describe
from kg.tables.sources.dialects import Divisible, RefusedError
from kg.tables.sources.dsn import DatabaseAddress
from kg.tables.sources.shelf import Shelf, SourceRequest
from kg.text.diagnostic import KgError, has_errors

if TYPE_CHECKING:
    from kg.tables.cluster.work import Work

ROW = 64  # bytes that a row of a table is taken to have, before it is known


def cut_database(
    request: SourceRequest, origin: DatabaseSource | FileSource, address: DatabaseAddress, work: Work
) -> list[Reading] | None:
    """The readings of a table of a database by ranges of its key; None where it is read once, here."""
    source, shelf = request.source, work.run.shelf
    if address.path is not None:
        address = address.at(Path(address.path).resolve())
    if source.formulation is not Formulation.SQL_TABLE:
        return None
    try:
        database = connect_database(address, shelf)
        if not isinstance(database, Divisible):
            return None
        moment = database.tell_moment()
        ranges = database.cut_table(describe(database, source), max(1, work.part_size // ROW))
    except RefusedError:
        return None  # told by its reader
    login = Login(address=address, password=address.secret, moment=moment)  # a worker's environment holds no password
    name = source.iterator or ""
    return [
        Reading(
            request=request,
            origin=origin,
            piece=Piece(path=address.path or "", name=name, keys=each),
            login=login,
        )
        for each in ranges
    ] or None


def is_seen(readings: Sequence[Reading], work: Work) -> bool:
    """Whether all workers see the file of a database, if it is one; who does not is told."""
    files = {Path(r.piece.path).name: r.piece.path for r in readings if r.piece.path}
    try:
        compare_sight(work.cluster, look_at_files, files)
    except KgError as error:
        work.cluster.tell(f"{error}; it is read by this machine alone")
        return False
    return True


def is_whole(readings: Sequence[Reading], done: Sequence[Staged], work: Work) -> bool:
    """Whether all ranges of a table could be read, and are of one moment; where not, that is told."""
    name = readings[0].piece.name
    for staged in done:
        if not staged.parts or has_errors(staged.told):
            reason = next((d.message for d in staged.told), "no reason was given")
            work.cluster.tell(f"the workers cannot read `{name}` ({reason}): it is read by this machine alone")
            return False
    if all(compare_rows(reading, staged, work.run.shelf) for reading, staged in zip(readings, done, strict=True)):
        return True
    work.cluster.tell(f"`{name}` was changed while the workers read it: it is read by this machine alone")
    return False


def compare_rows(reading: Reading, staged: Staged, shelf: Shelf) -> bool:
    """Whether a worker has read the rows that this machine's connection sees."""
    login, keys = reading.login, reading.piece.keys
    assert login is not None and keys is not None
    try:
        database = connect_database(login.address, shelf)
        assert isinstance(database, Divisible)
        return database.is_moment(login.moment) and sum_range(reading.request, database, keys) == staged.sum
    except RefusedError:
        return False
