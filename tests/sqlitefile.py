"""A file of SQLite that a test makes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def open_sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    """A database that is kept, and closed at the end: a connection's own `with` closes nothing (Python 3.13 warns)."""
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection
