"""A worker's place for one task: a database that may touch nothing but its own folder and the files of the task."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg.tables.cluster.manifest import BEGUN
from kg.tables.cluster.tables import StagedTable, write_part_view, write_whole_view
from kg.tables.engine.connection import Connection
from kg.tables.folders.scratch import make_scratch
from kg.tables.folders.storage import Storage
from kg.tables.rml import MappingDocument
from kg.tables.run import Settings, connect, lock_down, make_shelf
from kg.tables.run.computed import register_functions
from kg.tables.sources.shelf import Shelf
from kg.text.diagnostic import KgError

NQUADS = "nq.zst"


@dataclass(frozen=True, kw_only=True)
class Common:
    """What all tasks of a run share. Nothing of it is shown, since a worker writes what it was given into its log.

    *document* is there where the mapping calls functions, which a database must be told of.
    """

    storage: Storage = field(repr=False)
    output: Storage = field(repr=False)  # where partitions go
    settings: Settings = field(repr=False)
    document: MappingDocument | None = field(default=None, repr=False)
    run: str = ""  # the name of the run, in keys of tasks
    form: str = NQUADS  # of partitions, as their names end


@dataclass(kw_only=True)
class Workplace:
    """The database of a task, its folder, the storage."""

    connection: Connection
    scratch: Path
    storage: Storage
    output: Storage
    form: str
    shelf: Shelf
    resources: ExitStack

    def put(self, made: Path, name: str, *, output: bool = False) -> None:
        """A finished file on the storage, or with *output* where partitions go. Raises KgError where nobody waits."""
        if self.storage.size(BEGUN) is None:
            raise KgError("the run was given up")
        (self.output if output else self.storage).put(made, name)

    def see_part(self, staged: StagedTable, number: int, name: str | None = None) -> None:
        """Make a part of a table known, under the name of the part or another."""
        path = self.resources.enter_context(self.storage.fetch(staged.parts[number].file, self.scratch))
        self.connection.execute(write_part_view(staged, number, str(path), name))

    def see_whole(self, tables: Sequence[StagedTable]) -> None:
        """Make whole tables known."""
        for staged in tables:
            paths = [
                str(self.resources.enter_context(self.storage.fetch(part.file, self.scratch))) for part in staged.parts
            ]
            self.connection.execute(write_whole_view(staged, paths))


def scratch_parent() -> Path:
    """The folder of this worker for what it needs for a while: the one that Dask gave it."""
    try:
        from distributed import get_worker

        return Path(get_worker().local_directory)
    except (ImportError, ValueError):  # no worker: a task that is run by hand
        return Path(tempfile.gettempdir())


@contextmanager
def open_bench(common: Common, readable: Sequence[Path] = ()) -> Iterator[Workplace]:
    """A place to work at, until it is left. *readable* are further folders that the database may read."""
    with ExitStack() as stack:
        scratch = stack.enter_context(make_scratch(scratch_parent()))
        settings = replace(common.settings, jobs=1)
        connection = connect(settings, scratch)
        stack.callback(connection.close)
        connection.execute("SET enable_progress_bar = false")
        shelf = make_shelf(settings, connection, scratch)
        stack.callback(shelf.close)
        if common.document is not None:
            register_functions(common.document, shelf)
            if shelf.has_errors:
                raise KgError(shelf.diagnostics[0].message)
        folders = [scratch.resolve(), *readable]
        if common.storage.is_local:
            folders.append(Path(os.path.realpath(common.storage.place)))
        lock_down(connection, folders)
        resources = stack.enter_context(ExitStack())
        yield Workplace(
            connection=connection,
            scratch=scratch,
            storage=common.storage,
            output=common.output,
            form=common.form,
            shelf=shelf,
            resources=resources,
        )
