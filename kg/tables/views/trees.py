"""Logical views (RML-LV) over files of JSON and XML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.tables.columns import FileRows, SourceTable
from kg.tables.rml import (
    ExpressionField,
    Field,
    FileSource,
    LogicalSource,
    LogicalView,
    Reference,
)
from kg.tables.sources.absence import look_inside, warn_of_no_record, warn_of_no_value
from kg.tables.sources.files import find_file
from kg.tables.sources.globs import is_pattern
from kg.tables.sources.several import FILE, find_several
from kg.tables.sources.shelf import Shelf
from kg.tables.sources.tree import find_records, language_of, load_roots
from kg.tables.views.fields import (
    FieldError,
    FieldReader,
    Row,
    compile_fields,
    expand,
    field_names,
    report_field,
    store_rows,
)


def open_tree_view(view: LogicalView, below: LogicalSource, name: str, shelf: Shelf) -> SourceTable | None:
    """A view on JSON or XML: its fields are read from each record."""
    assert isinstance(below.source, FileSource)
    origin = below.source
    files = find_several(origin, shelf) if is_pattern(origin) else [origin.path]
    own = named_after_file(view.fields) if is_pattern(origin) else []
    fields = tuple(field for field in view.fields if field.name not in own)
    readers = compile_fields(fields, language_of(below), shelf) if files else None
    if readers is None:
        return None
    rows: list[tuple[int, Row]] = []
    parts: list[FileRows] = []
    begin = 0
    for file in files:
        found = read_records(replace(below, source=replace(origin, path=file)), fields, readers, shelf)
        if found is None:
            return None
        named: Row = dict.fromkeys(own, (file, None))
        rows += [(begin + index, row | named) for index, row in found.rows]
        parts.append(FileRows(begin=begin, label=file, first_row=1))
        begin += found.records
    columns = list(field_names(view.fields, ""))
    try:
        return replace(store_rows(rows, columns, name, origin.path, shelf), parts=tuple(parts))
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can write and no text can hold
        shelf.tell("data-not-scalar", origin.mark, f"`{origin.path}` has half a character", "write the whole character")
        return None


def named_after_file(fields: tuple[Field, ...]) -> list[str]:
    """The fields that are the name of a record's file, where a source is several."""
    return [name for name, reference in plain_fields(fields) if reference.text == FILE]


@dataclass(frozen=True, kw_only=True)
class FileRecords:
    """What was read of one file: how many *records*, and the *rows*, each with the index of its record."""

    records: int
    rows: list[tuple[int, Row]]


def read_records(
    below: LogicalSource, fields: tuple[Field, ...], readers: list[FieldReader], shelf: Shelf
) -> FileRecords | None:
    """The rows of one file; None after a mistake."""
    assert isinstance(below.source, FileSource)
    path = find_file(below.source, shelf)
    if path is None:
        return None
    language = language_of(below)
    roots = load_roots(below.source, path, language.formulation, shelf)
    found = find_records(below, language, roots, path, shelf) if roots is not None else None
    if found is None:
        return None
    records = list(found)
    if not records:
        warn_of_no_record(below, below.source, path, shelf)
        return FileRecords(records=0, rows=[])
    rows: list[tuple[int, Row]] = []
    try:
        for index, record in enumerate(records):
            rows += [(index, row) for row in expand(readers, record, "")]
    except FieldError as error:
        report_field(error, f"record {index + 1} of `{below.source.path}`", shelf)
        return None
    there = {name for _, row in rows for name, value in row.items() if value[0] is not None}
    plain = dict(plain_fields(fields))
    absent = frozenset(r.text for n, r in plain.items() if n not in there)
    warn_of_no_value(below, list(plain.values()), absent, look_inside(records[0]), below.source, shelf)
    return FileRecords(records=len(records), rows=rows)


def plain_fields(fields: tuple[Field, ...]) -> Iterator[tuple[str, Reference]]:
    """The fields of a record that are a mere reference into it, by name."""
    for field in fields:
        if isinstance(field, ExpressionField) and isinstance(field.value.expression, Reference):
            yield field.name, field.value.expression
