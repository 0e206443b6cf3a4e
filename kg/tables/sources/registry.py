"""The registry of sources: what opens each kind of them, and each kind of file.

What opens a kind is loaded where a mapping has such a source: all of them take as long as the database itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kg.tables.columns import SourceTable
from kg.tables.engine.macros import quote_name
from kg.tables.rml import DatabaseSource, FileSource, Formulation, LogicalSource, NamedSource, SingleRow, SparqlSource
from kg.tables.sources.delimited import open_delimited
from kg.tables.sources.files import fill_variables, find_file
from kg.tables.sources.globs import is_pattern
from kg.tables.sources.kinds import COLUMNAR, RDF_FILES, SHEETS, name_unread
from kg.tables.sources.several import open_several
from kg.tables.sources.shelf import Shelf, SourceRequest

NO_SOURCE = "no source"  # how messages speak of it
FileOpener = Callable[[SourceRequest, FileSource, Path, Shelf], SourceTable | None]


def open_source(request: SourceRequest, shelf: Shelf) -> SourceTable | None:
    """The table that a request names, with a column for each reference; None after a mistake, which is reported.

    Missing columns are not reported here but where they are looked up, at the reference's own mark.
    """
    origin = request.source.source
    if isinstance(origin, DatabaseSource):
        from kg.tables.sources.databases.database import open_database

        return open_database(request, origin, shelf)
    if isinstance(origin, SparqlSource):
        from kg.tables.sources.sparql import open_endpoint

        return open_endpoint(request, origin, shelf)
    if isinstance(origin, NamedSource):
        from kg.tables.sources.columnar import open_frame

        return open_frame(request, origin, shelf)
    if isinstance(origin, SingleRow):
        return open_row(request, shelf)
    if origin.is_query:
        from kg.tables.sources.sparql import open_answer

        return open_answer(request, origin, shelf)
    path = fill_variables(origin.path, origin.mark, shelf)
    if path is None:
        return None
    origin = replace(origin, path=path)
    if is_pattern(origin):
        return open_several(request, origin, shelf, open_file)
    return open_file(request, origin, shelf)


def open_file(request: SourceRequest, origin: FileSource, shelf: Shelf) -> SourceTable | None:
    """The table of one file."""
    path = find_file(origin, shelf)
    if path is None or refuse_kind(request.source, origin, path, shelf):
        return None
    return choose_opener(request.source, path)(request, origin, path, shelf)


def refuse_kind(source: LogicalSource, origin: FileSource, path: Path, shelf: Shelf) -> bool:
    """True, with a diagnostic, for a file of a kind that is known and not read."""
    kind = None if source.formulation in {Formulation.SPARQL, Formulation.SPARQL_TEXTS} else name_unread(path)
    if (
        kind is None
        and source.formulation in {Formulation.CSV, Formulation.COLUMNS}
        and path.suffix.lower() in RDF_FILES
    ):
        kind = "a file of RDF"
    if kind is not None:
        message = f"`{origin.path}` is {kind}, which is not read"
        shelf.tell("map-source", origin.mark, message, "convert it to CSV or Parquet")
    return kind is not None


def open_row(request: SourceRequest, shelf: Shelf) -> SourceTable:
    """One row without columns: what a triples map without a logical source is made from."""
    shelf.connection.execute(f"CREATE TEMP TABLE {quote_name(request.name)} AS SELECT NULL AS none")
    shelf.notes.append(f"{request.name}: one row, of no source")
    return SourceTable(name=request.name, label=NO_SOURCE, columns={})


def choose_opener(source: LogicalSource, path: Path) -> FileOpener:
    """What opens a file: by how the mapping refers into it, whatever it is called; then by the ending of its name.

    All else is delimited text.
    """
    formulation, suffix = source.formulation, path.suffix.lower()
    if formulation in {Formulation.JSON_PATH, Formulation.XPATH}:
        from kg.tables.sources.tree import open_document

        return open_document
    if formulation in {Formulation.SQL_TABLE, Formulation.SQL_QUERY}:
        from kg.tables.sources.databases.database import open_database_file

        return open_database_file
    if formulation in {Formulation.SPARQL, Formulation.SPARQL_TEXTS}:
        from kg.tables.sources.sparql import open_rdf_file

        return open_rdf_file
    if suffix in COLUMNAR:
        from kg.tables.sources.columnar import open_columnar

        return open_columnar
    if suffix in SHEETS:
        from kg.tables.sources.sheets.spreadsheet import open_spreadsheet

        return open_spreadsheet
    return open_delimited
