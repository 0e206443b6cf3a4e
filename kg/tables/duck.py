"""DuckDB as it is used here: quick to load, with our macros made when a query first needs them."""

from __future__ import annotations

import re
from typing import Any

from kg.tables.macros import MACROS

_NAME = re.compile(r"\bkg_[a-z_]+(?=\()")


def load_duckdb() -> Any:
    """The library, without the layer of Python around it, which takes longer to load than all else of a small run.

    What is exchanged as Arrow needs that layer: `Database` then loads it.
    """
    try:
        import _duckdb
    except ImportError:  # pragma: no cover - a version that is made otherwise
        import duckdb

        return duckdb
    return _duckdb


class Database:
    """A connection in memory. A macro is made before the first query that names it; all else is DuckDB's own."""

    def __init__(self) -> None:
        self.connection: Any = load_duckdb().connect(":memory:")
        self.made: set[str] = set()

    def execute(self, sql: str, parameters: Any = None) -> Any:
        self.make_macros(sql)
        return self.connection.execute(sql) if parameters is None else self.connection.execute(sql, parameters)

    def make_macros(self, sql: str) -> None:
        for name in _NAME.findall(sql):
            if name in MACROS and name not in self.made:
                self.made.add(name)
                self.execute(f"CREATE TEMP MACRO {name}{MACROS[name]}")

    def register(self, name: str, data: Any) -> None:
        """Name a data frame, or a reader of Arrow, as a table."""
        import duckdb  # noqa: F401 - the layer that knows them

        self.connection.register(name, data)

    def fetch_arrow(self, sql: str) -> Any:
        """The result of a query as a `pyarrow.Table`."""
        import duckdb  # noqa: F401 - as above

        self.make_macros(sql)
        return self.connection.sql(sql).to_arrow_table()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)
