"""The parts of a folder → a store, as the manifest says they are."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from kg.diagnostic import KgError
from kg.tables.cluster.manifest import check_part, read_manifest
from kg.tables.failure import blame_environment
from kg.tables.loading import MARKED, MARKER, open_store, refuse_foreign_store
from kg.tables.macros import make_macros
from kg.tables.parts import PARQUET, Part, replace_folder, restore_folder
from kg.tables.scratch import make_scratch
from kg.tables.sql import LINES
from kg.tables.sql.terms import write_quads
from kg.tables.storage import Storage


def load_store(storage: Storage, folder: Path) -> None:
    """The parts into a new store on disk, in the place of an earlier one; whole or not at all."""
    restore_folder(folder)
    refuse_foreign_store(folder)
    with make_scratch(folder.resolve().parent) as scratch:
        made = scratch / "store"
        load_parts(storage, made)
        (made / MARKER).write_text(MARKED, encoding="utf-8")
        replace_folder(made, folder)


def load_parts(storage: Storage, made: Path) -> None:
    """The parts, each looked at first, into the store *made*, two at a time. Raises KgError."""
    import pyoxigraph as ox

    store = open_store(made)

    def load(part: Part) -> None:
        check_part(storage, part)
        try:
            with open_lines(storage, part, made.parent) as lines:
                # the lines were made from checked values
                store.bulk_load(lines, format=ox.RdfFormat.N_QUADS, lenient=True)
        except OSError as error:
            raise KgError(f"the store could not be written: {error}") from error

    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(load, read_manifest(storage)["parts"]):
            pass


@contextmanager
def open_lines(storage: Storage, part: Part, scratch: Path) -> Iterator[IO[bytes]]:
    """The quads of a part, of whatever format, as lines of N-Quads; *scratch* is a folder for what is unpacked.

    Raises OSError or KgError where it cannot be read.
    """
    with ExitStack() as stack:
        if part.name.endswith(f".{PARQUET}"):
            packed = stack.enter_context(storage.fetch(part.name, scratch))
            made = scratch / f"{part.name}.nq"
            stack.callback(made.unlink, missing_ok=True)
            unpack_parquet(packed, made)
            yield stack.enter_context(made.open("rb"))
            return
        stream: Any = stack.enter_context(storage.open(part.name))
        if part.name.endswith(".zst"):
            import zstandard

            stream = stack.enter_context(zstandard.ZstdDecompressor().stream_reader(stream))
        elif part.name.endswith(".gz"):
            stream = stack.enter_context(gzip.GzipFile(fileobj=stream))
        yield stream


def unpack_parquet(packed: Path, made: Path) -> None:
    """The quads of a file of Parquet as lines of N-Quads."""
    import duckdb

    with duckdb.connect() as connection, blame_environment(f"`{packed.name}` could not be read"):
        make_macros(connection)
        connection.execute(write_quads(packed, made, LINES))
