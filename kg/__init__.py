"""kg: curated claims and tables, turned into a knowledge graph that can be trusted.

>>> import kg
>>> print(*kg.__all__[:7])
BuildReport Diagnostic KgError KnowledgeGraph QueryError RemoteGraph UsageError
>>> print(*kg.__all__[7:])
connect map_frames map_to_store open_project
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.api import KnowledgeGraph, connect, open_project
    from kg.ask.store import QueryError
    from kg.build.build import BuildReport
    from kg.remote.graph import RemoteGraph
    from kg.tables.frames import map_frames, map_to_store
    from kg.text.diagnostic import Diagnostic, KgError, UsageError

__all__ = [
    "BuildReport",
    "Diagnostic",
    "KgError",
    "KnowledgeGraph",
    "QueryError",
    "RemoteGraph",
    "UsageError",
    "connect",
    "map_frames",
    "map_to_store",
    "open_project",
]

_HOMES = {
    "BuildReport": "build.build",
    "Diagnostic": "text.diagnostic",
    "KgError": "text.diagnostic",
    "KnowledgeGraph": "api",
    "QueryError": "ask.store",
    "RemoteGraph": "remote.graph",
    "UsageError": "text.diagnostic",
    "connect": "api",
    "map_frames": "tables.frames",
    "map_to_store": "tables.frames",
    "open_project": "api",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is asked for: `import kg` alone, and `kg --help`, load nothing else."""
    if name not in _HOMES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    return getattr(importlib.import_module(f"kg.{_HOMES[name]}"), name)
