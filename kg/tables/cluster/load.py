"""The parts of a folder → a store, as the manifest says they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kg.diagnostic import KgError
from kg.tables.cluster.manifest import check_part, read_manifest
from kg.tables.loading import MARKED, MARKER, open_store, refuse_foreign_store
from kg.tables.parts import Part, replace_folder, restore_folder
from kg.tables.scratch import make_scratch
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
    import zstandard

    store = open_store(made)

    def load(part: Part) -> None:
        check_part(storage, part)
        try:
            with storage.open(part.name) as packed, zstandard.ZstdDecompressor().stream_reader(packed) as lines:
                # the lines were made from checked values
                store.bulk_load(lines, format=ox.RdfFormat.N_QUADS, lenient=True)
        except OSError as error:
            raise KgError(f"the store could not be written: {error}") from error

    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(load, read_manifest(storage)["parts"]):
            pass
