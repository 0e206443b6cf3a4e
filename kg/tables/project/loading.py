"""Mapped quads → a store on disk, by the store's bulk loader; and the tables of a project, loaded on demand."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg.system.files import hash_file
from kg.tables.folders.scratch import make_scratch
from kg.tables.output.parts import refuse_foreign, replace_folder
from kg.tables.output.target import make_lines
from kg.tables.project.lastbuild import find_packed
from kg.tables.project.mappings import list_parts, reads_files_only
from kg.tables.project.seeds import MappedTable, place_patterns
from kg.tables.run import Run, open_run, plan_quads, write_lines
from kg.tables.sources.network import asks_network
from kg.text.diagnostic import KgError

if TYPE_CHECKING:
    import pyoxigraph as ox

MARKER = "kg-map.txt"
MARKED = "This folder is a store that `kg map --store` made; the next run replaces it.\n"
_OWN = re.compile(rf"\d+\.(sst|log|dbtmp)|(MANIFEST|OPTIONS)-\d+|CURRENT|IDENTITY|LOCK|LOG(\.old\.\d+)?|{MARKER}")


def refuse_foreign_store(folder: Path) -> None:
    """Raise UsageError where *folder* holds anything that an earlier run did not write, KgError where it is in use."""
    refuse_foreign(folder, _OWN, MARKER, "a store of somebody else")
    if (folder / MARKER).exists() and is_in_use(folder):
        raise KgError(f"cannot open the store `{folder.name}`: another program has it open")


def is_in_use(folder: Path) -> bool:
    """Whether a program has the store open to write: RocksDB holds a POSIX lock on `LOCK`, as LevelDB does.

    To open the store itself would leave a log there each time. Raises KgError when the lock cannot be read.
    """
    try:
        import fcntl
    except ImportError:  # Windows: the store alone can tell
        open_store(folder)
        return False
    try:
        with (folder / "LOCK").open("r+b") as lock:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return True
    except FileNotFoundError:
        return False
    except OSError as error:
        raise KgError(f"cannot open the store `{folder.name}`: {error.strerror}") from error
    return False


def write_store(run: Run, folder: Path) -> None:
    """The quads without a target as a store on disk, which `pyoxigraph.Store(folder)` opens; whole or not at all."""
    refuse_foreign_store(folder)
    lines = make_lines(run)
    made = run.scratch / "store"
    run.progress.begin("loading")
    fill_store(made, lines)
    (made / MARKER).write_text(MARKED, encoding="utf-8")
    replace_folder(made, folder)


def fill_store(folder: Path, lines: Path) -> None:
    """A file of N-Quads that `kg` wrote into the store in a folder. Raises KgError when the disk is full."""
    store = open_store(folder)
    with StoreBlame("the store could not be written"):
        load_lines(store, lines)


def load_lines(store: ox.Store, lines: Path | IO[bytes]) -> None:
    """Lines of N-Quads that `kg` wrote, a file or a stream, into a store. Raises what `StoreBlame` tells."""
    import pyoxigraph as ox

    given: dict[str, Any] = {"path": lines} if isinstance(lines, Path) else {"input": lines}
    # the lines were made from checked values: to check each again would cost a third more
    store.bulk_load(**given, format=ox.RdfFormat.N_QUADS, lenient=True)


def open_store(folder: Path) -> ox.Store:
    """The store in a folder, to read and write. Raises KgError."""
    import pyoxigraph as ox

    with StoreBlame(f"cannot open the store `{folder.name}`"):
        return ox.Store(folder)


@dataclass(frozen=True)
class StoreBlame:
    """Where a store's files fail in the block, KgError is raised: *what* with the reason.

    RocksDB tells some of their errors as a corruption or a wrong argument, and Oxigraph those as a RuntimeError. It is
    no generator: since Python 3.12, an error that a generator raises in another's place holds the frames of both until
    garbage is looked for, and with them the store, whose files nobody else can open.
    """

    what: str

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError | RuntimeError):
            reason = "another program has it open" if "lock" in str(error).lower() else str(error)
            raise KgError(f"{self.what}: {reason}") from error


@dataclass(frozen=True)
class LoadableTables:
    """The tables of a project that are no part of the graph: loaded when a query names the graph of one.

    They are loaded once into a store under *work*, which is kept as long as mappings and data stay the same.
    """

    tables: tuple[MappedTable, ...]
    work: Path

    @cached_property
    def graphs(self) -> frozenset[str]:
        """The IRIs of the tables' graphs."""
        return frozenset(table.mapping.graph for table in self.tables)

    @property
    def digest(self) -> str:
        """A digest of the version of `kg`, of the mappings and of their data."""
        parts = [version("kg-claims")]
        for table in self.tables:
            parts += list_parts(table.mapping, table.inputs)
            if asks_network(table.mapping.document):
                parts.append(hash_file(find_packed(table)))
        return sha256("\n".join(parts).encode()).hexdigest()[:16]

    def open(self, quads: Iterable[ox.Quad], resources: ExitStack) -> Path:
        """The folder of a store with the tables, each in its graph, and *quads*, to be read until *resources* close."""
        import pyoxigraph as ox

        with ExitStack() as taken:  # given back at once where something fails
            scratch = taken.enter_context(make_scratch(self.work))
            kept = self.work / self.digest
            if not kept.is_dir() or not all(map(is_known_by_digests, self.tables)):
                self.load(kept, scratch)
            else:
                take_away(self.work, scratch, but=kept)  # what the run before could not
            mine = scratch / "store"
            with StoreBlame("the store of the tables could not be read"):
                ox.Store.read_only(str(kept)).backup(mine)  # links to the same files: nothing is copied
            store = open_store(mine)
            with StoreBlame("the store could not be written"):
                store.bulk_extend(quads)
            resources.enter_context(taken.pop_all())
        return mine

    def load(self, kept: Path, scratch: Path) -> None:
        """Map all tables and put the store *kept* in its place, whole; older ones are removed."""
        made, lines = scratch / "new", scratch / "lines.nq"
        for table in self.tables:
            if asks_network(table.mapping.document):
                unpack_lines(table, lines)
                fill_store(made, lines)
                continue
            settings = replace(table.mapping.settings, scratch_parent=scratch)
            with open_run(table.mapping.document, settings) as run:
                if run.failed:
                    raise KgError(f"{table.mapping.source.name}: its data has changed")
                write_lines(run, plan_quads(run, place_patterns(table.mapping, run)), lines)
            fill_store(made, lines)
        take_away(self.work, scratch)
        with suppress(OSError):  # another run was quicker: its store is the same
            made.rename(kept)


def take_away(work: Path, scratch: Path, but: Path | None = None) -> None:
    """Older stores go with *scratch*."""
    for old in work.iterdir():
        if old.is_dir() and not old.name.startswith(".") and old != but:
            with suppress(OSError):  # whole or gone: what is left of one would be read, should its data come back
                old.rename(scratch / f"old-{old.name}")


def is_known_by_digests(table: MappedTable) -> bool:
    """Whether digests tell if a table has changed: of its files, or of what the last build got of the network."""
    return reads_files_only(table.mapping) or asks_network(table.mapping.document)


def unpack_lines(table: MappedTable, lines: Path) -> None:
    """The quads of a table, which a build got of the network, into a file. Raises KgError when they are not there."""
    try:
        with gzip.open(find_packed(table), "rb") as packed, lines.open("wb") as out:
            shutil.copyfileobj(packed, out, 1 << 20)
    except (OSError, EOFError) as error:
        raise KgError(f"cannot read exports/tables/{table.name}.nq.gz: {error}; run `kg build`") from error
