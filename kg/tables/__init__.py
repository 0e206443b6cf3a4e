"""Tables: RML and R2RML mappings compiled to SQL that gives N-Quads lines, run by DuckDB.

The way of a mapping: nouns of RML (`rml`) → plain statements (`normal`) → relations over tables (`plan`) → cheaper
ones, given facts of the data (`rewrite`) → SQL (`sql`) → lines (`run`).

`read_mapping` reads a mapping and tells its mistakes; `open_run` opens its sources, checks their data and
plans the queries; `write_output` and `write_targets` write the quads; `map_frames` does all of it for data
frames in memory. The whole room can be removed without harm to the rest of `kg`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.tables.frames import map_frames, map_to_store
    from kg.tables.read.mapping import read_any_mapping
    from kg.tables.read.turtle import read_mapping, read_rml
    from kg.tables.rml import MappingDocument, TriplesMap
    from kg.tables.run import Run, Settings, open_run
    from kg.tables.target import write_output, write_targets

_HOMES = {
    "MappingDocument": "rml",
    "Run": "run",
    "Settings": "run",
    "TriplesMap": "rml",
    "map_frames": "frames",
    "map_to_store": "frames",
    "open_run": "run",
    "read_any_mapping": "read.mapping",
    "read_mapping": "read.turtle",
    "read_rml": "read.turtle",
    "write_output": "target",
    "write_targets": "target",
}

__all__ = [
    "MappingDocument",
    "Run",
    "Settings",
    "TriplesMap",
    "map_frames",
    "map_to_store",
    "open_run",
    "read_any_mapping",
    "read_mapping",
    "read_rml",
    "write_output",
    "write_targets",
]


def __getattr__(name: str) -> Any:
    """The rooms are entered when they are needed: `kg --help` pays for none of them."""
    if name in _HOMES:
        return getattr(import_module(f"kg.tables.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
