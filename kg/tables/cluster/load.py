"""The parts of a folder → a store, as the manifest says they are."""

from __future__ import annotations

from pathlib import Path

from kg.tables.cluster.manifest import check_part, read_manifest
from kg.tables.cluster.storage import Storage
from kg.tables.loading import MARKED, MARKER, open_store, refuse_foreign_store
from kg.tables.parts import replace_folder, restore_folder


def load_store(storage: Storage, folder: Path) -> None:
    """The parts into a new store on disk, in the place of an earlier one; whole or not at all."""
