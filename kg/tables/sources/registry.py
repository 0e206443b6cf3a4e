"""The registry of sources: what opens each kind of them, and each kind of file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.tables.columns import Table
from kg.tables.macros import quote_name
from kg.tables.rml import DatabaseSource, FileSource, Formulation, LogicalSource, NamedSource, SingleRow, SparqlSource
from kg.tables.sources.columnar import open_columnar, open_frame
from kg.tables.sources.database import open_database, open_database_file
from kg.tables.sources.delimited import open_delimited
from kg.tables.sources.files import find_file
from kg.tables.sources.shelf import Request, Shelf
from kg.tables.sources.sparql import open_answer, open_endpoint
from kg.tables.sources.spreadsheet import open_spreadsheet
from kg.tables.sources.tree import open_document

NO_SOURCE = "no source"  # how messages speak of it
FileOpener = Callable[[Request, FileSource, Path, Shelf], Table | None]

# how the mapping refers into a file decides, whatever the file is called ...
BY_FORMULATION: dict[Formulation, FileOpener] = {
    Formulation.JSON_PATH: open_document,
    Formulation.XPATH: open_document,
    Formulation.SQL_TABLE: open_database_file,
    Formulation.SQL_QUERY: open_database_file,
}
# ... then the ending of its name, and all else is delimited text
BY_SUFFIX: dict[str, FileOpener] = {
    **dict.fromkeys((".parquet", ".feather", ".arrow", ".ipc"), open_columnar),
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), open_spreadsheet),
}


def open_source(request: Request, shelf: Shelf) -> Table | None:
    """The table that a request names, with a column for each reference; None after a mistake, which is reported.

    Missing columns are not reported here but where they are looked up, at the reference's own mark.
    """
    origin = request.source.source
    if isinstance(origin, DatabaseSource):
        return open_database(request, origin, shelf)
    if isinstance(origin, SparqlSource):
        return open_endpoint(request, origin, shelf)
    if isinstance(origin, NamedSource):
        return open_frame(request, origin, shelf)
    if isinstance(origin, SingleRow):
        return open_row(request, shelf)
    if origin.is_query:
        return open_answer(request, origin, shelf)
    path = find_file(origin, shelf)
    return None if path is None else choose_opener(request.source, path)(request, origin, path, shelf)


def open_row(request: Request, shelf: Shelf) -> Table:
    """One row without columns: what a triples map without a logical source is made from."""
    name = quote_name(request.name)
    shelf.connection.execute(f"CREATE TEMP TABLE {name} AS SELECT NULL AS none")
    shelf.notes.append(f"{request.name}: one row, of no source")
    return Table(name=name, label=NO_SOURCE, columns={})


def choose_opener(source: LogicalSource, path: Path) -> FileOpener:
    """What opens a file: by how it is referred to, then by its ending."""
    return BY_FORMULATION.get(source.formulation) or BY_SUFFIX.get(path.suffix.lower(), open_delimited)
