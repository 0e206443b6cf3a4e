"""Which kind of source is opened by what, and what all of them need: paths, the connection, diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.diagnostic import Diagnostic, Mark
from kg.paths import Door, open_door
from kg.tables.columns import Table
from kg.tables.rml import (
    DatabaseSource,
    FileSource,
    Formulation,
    LogicalSource,
    NamedSource,
    Reference,
    SparqlSource,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kg.store import Table as Answer

COLUMNAR = frozenset({".parquet", ".feather", ".arrow", ".ipc"})
SHEETS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})


@dataclass(kw_only=True)
class Opening:
    """What sources are opened with. *scratch* is a directory that is removed at the end of the run."""

    connection: DuckDBPyConnection
    scratch: Path
    mapping_folder: Path
    data_folder: Path | None = None
    allowed: tuple[Path, ...] = ()
    database_url: str | None = None
    frames: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)  # of queries over the project's graph
    diagnostics: list[Diagnostic] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # for --explain
    files: dict[str, Path] = field(default_factory=dict)  # what was found, by the name in the mapping
    memory: dict[str, Any] = field(default_factory=dict)  # what several logical sources share: parsed documents

    @cached_property
    def door(self) -> Door:
        """What a mapping may read: its own folder, that of the data (else the working directory), and the allowed.

        The mapping itself widens nothing, whatever its `rml:root` names.
        """
        data = self.data_folder if self.data_folder is not None else Path.cwd()
        return open_door([self.mapping_folder, data, *self.allowed])

    def report(self, code: str, mark: Mark, message: str, hint: str | None = None) -> None:
        diagnostic = Diagnostic(code=code, mark=mark, message=message, hint=hint)
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)


def open_source(source: LogicalSource, references: list[Reference], name: str, opening: Opening) -> Table | None:
    """The table *name* with a column for each reference; None after a mistake, which is reported.

    Missing columns are not reported here but where they are looked up, at the reference's own mark.
    """
    # each kind of source is imported when it is met: all of them together are a seventh of the time to start
    origin = source.source
    if isinstance(origin, DatabaseSource):
        from kg.tables.sources.database import open_database

        return open_database(source, origin, references, name, opening)
    if isinstance(origin, SparqlSource):
        from kg.tables.sources.sparql import open_endpoint

        return open_endpoint(source, origin, references, name, opening)
    if isinstance(origin, FileSource) and origin.is_query:
        from kg.tables.sources.sparql import open_answer

        return open_answer(source, origin, references, name, opening)
    if isinstance(origin, NamedSource):
        from kg.tables.sources.columnar import open_frame

        return open_frame(source, origin, references, name, opening)
    from kg.tables.sources.files import find_file

    assert isinstance(origin, FileSource)
    found = find_file(origin, opening)
    return None if found is None else file_opener(source, found)(source, origin, found, references, name, opening)


FileOpener = Callable[[LogicalSource, FileSource, Path, list[Reference], str, Opening], Table | None]


def file_opener(source: LogicalSource, path: Path) -> FileOpener:
    """What opens a file: by how it is referred to, then by its ending."""
    if source.formulation in {Formulation.JSON_PATH, Formulation.XPATH}:
        from kg.tables.sources.tree import open_document

        return open_document
    if source.formulation in {Formulation.SQL_TABLE, Formulation.SQL_QUERY}:
        from kg.tables.sources.database import open_database_file

        return open_database_file
    ending = path.suffix.lower()
    if ending in COLUMNAR:
        from kg.tables.sources.columnar import open_columnar

        return open_columnar
    if ending in SHEETS:
        from kg.tables.sources.spreadsheet import open_spreadsheet

        return open_spreadsheet
    from kg.tables.sources.delimited import open_delimited

    return open_delimited
