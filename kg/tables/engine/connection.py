"""The connection of a run to DuckDB: its settings, and the macros that its queries name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.tables.engine.macros import MACROS, find_macros

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation, Statement

Setting = str | bool | int | float | list[str]


class Connection:
    """A connection to a database in memory, with *settings*. A macro is made when a query first names it.

    All of them together take nearly as long as the database itself, and most queries name none.
    Raises duckdb.Error for a setting that DuckDB does not take.
    """

    def __init__(self, **settings: Setting) -> None:
        import duckdb

        self._inner: DuckDBPyConnection = duckdb.connect(":memory:", config=settings)
        self._made: set[str] = set()

    def execute(self, sql: str, parameters: object = None) -> DuckDBPyConnection:
        """Run statements, and hand over the answer of the last one."""
        self._make_macros(sql)
        return self._inner.execute(sql, parameters)

    def sql(self, query: str) -> DuckDBPyRelation:
        """What a query gives, to be read later."""
        self._make_macros(query)
        if callable(finish := getattr(self._inner, "complete", None)):
            finish()  # DuckDB 2: an answer that was not read to its end holds the connection
        return self._inner.sql(query)

    def _make_macros(self, sql: str) -> None:
        for name in find_macros(sql):
            if name not in self._made:
                self._inner.execute(f"CREATE TEMP MACRO {name}{MACROS[name]}")
                self._made.add(name)

    def extract_statements(self, sql: str) -> list[Statement]:
        """The statements of a text, none of which is run."""
        return self._inner.extract_statements(sql)

    def register(self, name: str, data: object) -> None:
        """Make a table of Python, such as one of Arrow, known by a name."""
        self._inner.register(name, data)

    def unregister(self, name: str) -> None:
        """Forget a table of Python."""
        self._inner.unregister(name)

    def create_function(self, name: str, function: Any, parameters: Any, result: Any, null_handling: Any) -> None:
        """Make a function of Python known by a name."""
        self._inner.create_function(name, function, parameters, result, null_handling=null_handling)

    def query_progress(self) -> float:
        """How many hundredths of the query that runs are done; negative where that is not known."""
        return self._inner.query_progress()

    def interrupt(self) -> None:
        """Have the query that runs end with an error."""
        self._inner.interrupt()

    def close(self) -> None:
        """Give back what the database holds."""
        self._inner.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
