"""A store of a project's quads, to be asked."""

from __future__ import annotations

from functools import partial

from kg.ask.store import Store
from kg.build.pipeline import Checked, read_quads
from kg.model.nouns import Materialisation
from kg.system.worker.worker import Worker


def open_store(checked: Checked, worker: Worker | None = None) -> Store:
    """A store of the project's quads; tables that have files of their own are loaded when a query names them.

    Queries with limits are asked in *worker*, or in one of the store's own.
    """
    big = tuple(t for t in checked.tables if t.materialisation is Materialisation.FILE)
    shelf = None
    if big:
        from kg.tables.project.loading import LoadableTables

        shelf = LoadableTables(tables=big, work=checked.project.work / "store")
    return Store(partial(read_quads, checked), checked.seeds.dataset.prefixes, shelf, worker)
