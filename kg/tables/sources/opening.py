"""Which kind of source is opened by what, and what all of them need: paths, the connection, diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from kg.diagnostic import Diagnostic, Mark
from kg.noun import dataclass
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


@dataclass(kw_only=True)
class Opening:
    """What sources are opened with. *scratch* is a directory that is removed at the end of the run."""

    connection: Any  # duckdb.DuckDBPyConnection
    scratch: Path
    mapping_folder: Path
    data_folder: Path | None = None
    allowed: tuple[Path, ...] = ()
    database_url: str | None = None
    frames: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # for --explain
    files: dict[str, Path] = field(default_factory=dict)  # what was found, by the name in the mapping
    memory: dict[str, Any] = field(default_factory=dict)  # what several logical sources share: parsed documents

    def report(self, code: str, mark: Mark, message: str, hint: str | None = None) -> None:
        diagnostic = Diagnostic(code=code, mark=mark, message=message, hint=hint)
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)


def open_source(source: LogicalSource, references: list[Reference], name: str, opening: Opening) -> Table | None:
    """The table *name* with a column for each reference; None after a mistake, which is reported.

    Missing columns are not reported here but where they are looked up, at the reference's own mark.
    """
    from kg.tables.sources import columnar, database, delimited, files, sparql, spreadsheet, tree

    origin = source.source
    if isinstance(origin, DatabaseSource):
        return database.open_database(source, origin, references, name, opening)
    if isinstance(origin, SparqlSource):
        return sparql.open_endpoint(source, origin, references, name, opening)
    if isinstance(origin, NamedSource):
        return columnar.open_frame(source, origin, references, name, opening)
    assert isinstance(origin, FileSource)
    found = files.find_file(origin, opening)
    if found is None:
        return None
    if source.formulation in {Formulation.JSON_PATH, Formulation.XPATH}:
        return tree.open_document(source, origin, found, references, name, opening)
    if source.formulation in {Formulation.SQL_TABLE, Formulation.SQL_QUERY}:
        return database.open_database_file(source, origin, found, references, name, opening)
    ending = found.suffix.lower()
    if ending in columnar.ENDINGS:
        return columnar.open_columnar(source, origin, found, references, name, opening)
    if ending in spreadsheet.ENDINGS:
        return spreadsheet.open_spreadsheet(source, origin, found, references, name, opening)
    return delimited.open_delimited(source, origin, found, references, name, opening)
