"""Parquet, Arrow and Feather files, and data frames handed over by the caller → a table of texts.

Typed columns keep their natural datatypes, as those of a database do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kg.diagnostic import KgError
from kg.tables.columns import Column, Table
from kg.tables.macros import quote_name, quote_text
from kg.tables.rml import FileSource, Formulation, NamedSource
from kg.tables.sources.database import NATURAL
from kg.tables.sources.dialects import UNFOLD, kind_of, nested_kind, settle_time_zone
from kg.tables.sources.files import plain
from kg.tables.sources.shelf import Request, Shelf


def open_columnar(request: Request, origin: FileSource, path: Path, shelf: Shelf) -> Table | None:
    """The table of a columnar file; where the mapping says rml:CSV, its values are plain texts."""
    import duckdb

    try:
        if path.suffix.lower() == ".parquet":
            relation = f"read_parquet({quote_text(str(path))})"
        else:
            shelf.connection.register(f"{request.name}_arrow", read_arrow(path))
            relation = quote_name(f"{request.name}_arrow")
        return load_relation(request, relation, origin.path, shelf)
    except (duckdb.Error, OSError, ValueError) as error:
        shelf.report("source-unreadable", origin.mark, f"`{origin.path}` cannot be read: {plain(error)}")
        return None


def read_arrow(path: Path) -> Any:
    """The table of an Arrow file, be it in the file or in the stream format."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        try:
            return pa.ipc.open_file(source).read_all()
        except pa.ArrowInvalid:
            source.seek(0)
            return pa.ipc.open_stream(source).read_all()


def open_frame(request: Request, origin: NamedSource, shelf: Shelf) -> Table | None:
    """The table of a data frame (pandas, polars, Arrow) that the caller named."""
    frame = shelf.frames.get(origin.name)
    if frame is None:
        shelf.report(
            "source-not-found",
            origin.mark,
            f"no table `{origin.name}` was handed over",
            "pass it in `frames`",
        )
        return None
    if hasattr(frame, "to_arrow"):
        frame = frame.to_arrow()
    try:
        shelf.connection.register(f"{request.name}_frame", frame)
        return load_relation(request, quote_name(f"{request.name}_frame"), origin.name, shelf)
    except Exception as error:
        raise KgError(f"the table `{origin.name}` cannot be read: {plain(error)}") from error


def load_relation(request: Request, relation: str, label: str, shelf: Shelf) -> Table | None:
    """The referenced columns as texts in their natural form; None where one holds lists or structures."""
    name = request.name
    described = shelf.connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    wanted = {r.text: r.mark for r in request.references}
    settle_time_zone(shelf.connection, (row[1] for row in described))
    columns: dict[str, Column] = {}
    selected: list[str] = []
    for index, row in enumerate(described):
        kind = kind_of(row[1])
        datatype, form = NATURAL[kind]
        if request.source.formulation is Formulation.CSV:
            datatype, form = None, "{0}"
        columns[row[0]] = Column(reference=row[0], name=f"c{index}", datatype=datatype)
        if row[0] in wanted:
            if nested := nested_kind(row[1]):
                shelf.report("data-not-scalar", wanted[row[0]], f"`{row[0]}` is {nested} in `{label}`", UNFOLD)
                return None
            quoted = quote_name(row[0])
            text = f"hex({quoted})" if kind == "binary" else f"({quoted})::VARCHAR"
            value = form.format(text)
            for null in request.nulls:
                value = f"nullif({value}, {quote_text(null)})"
            selected.append(f"{value} AS c{index}")
    shelf.connection.execute(
        f"CREATE TEMP TABLE {quote_name(name)} AS SELECT {', '.join(selected) or 'NULL AS none'} FROM {relation}"
    )
    shelf.notes.append(f"{name}: {label}, columns {', '.join(sorted(wanted.keys() & columns.keys()))}")
    return Table(name=name, label=label, columns=columns, first_row=1)
