"""Parquet, Arrow and Feather files, and data frames handed over by the caller → a table of texts.

Typed columns keep their natural datatypes, as those of a database do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kg.tables.columns import SourceTable
from kg.tables.engine.failure import give_reason
from kg.tables.engine.macros import quote_name, quote_text
from kg.tables.rml import FileSource, Formulation, NamedSource, Reference
from kg.tables.sources.dialects import (
    UNFOLD,
    ColumnType,
    DescribedTable,
    kind_of,
    nested_kind,
)
from kg.tables.sources.files import blame_disk, plain
from kg.tables.sources.natural import Raw, shape_table
from kg.tables.sources.shelf import Shelf, SourceRequest
from kg.tables.wording import choose_words
from kg.text.diagnostic import KgError

# of a unit in which Arrow counts durations
LENGTHS = {
    "s": "to_seconds({0})", "ms": "to_milliseconds({0})", "us": "to_microseconds({0})",
    "ns": "to_microseconds({0} // 1000)",
}  # fmt: skip
# of pandas, which DuckDB parts into months of 30 days, days and microseconds: 400 days were "1 year 1 month 10 days"
_DAYS = "((date_part('year', {0}) * 12 + date_part('month', {0})) * 30 + date_part('day', {0}))"
_MINUTES = f"(({_DAYS} * 24 + date_part('hour', {{0}})) * 60 + date_part('minute', {{0}}))"
LENGTH_OF_PANDAS = f"to_microseconds({_MINUTES} * 60000000 + date_part('microsecond', {{0}}))"
FORMS = {"binary": "hex({0})", "duration": "kg_duration({0})"}  # how values become texts, by their kind
OF_WHICH = "of which durations are read to microseconds"
MOST_DIGITS = 38  # of a decimal
REACH = 9_000_000_000_000_000  # microseconds before and after 1970 that are known as nanoseconds too


def open_columnar(request: SourceRequest, origin: FileSource, path: Path, shelf: Shelf) -> SourceTable | None:
    """The table of a columnar file; where the mapping says rml:CSV, its values are plain texts."""
    import duckdb

    try:
        if path.suffix.lower() == ".parquet":
            relation = with_durations(f"read_parquet({quote_text(str(path))})", path, shelf)
            parquet_columns = read_parquet_columns(path, shelf)
            names = [c.name for c in parquet_columns]
            if refuse_digits(request, origin.path, path, parquet_columns, shelf):
                return None
        else:
            table = read_arrow(path)
            names = table.column_names
            if refuse_fine_durations(request, origin.path, table, shelf):
                return None
            shelf.connection.register(f"{request.name}_arrow", number_columns(table))
            relation = quote_name(f"{request.name}_arrow")
        return load_relation(request, relation, names, origin.path, shelf)
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise KgError(f"`{origin.path}` could not be read: {give_reason(error)}") from error
    except (duckdb.Error, OSError, ValueError) as error:
        blame_disk(error, origin.path)
        shelf.tell(
            "source-unreadable", origin.mark, f"`{origin.path}` cannot be read: {say_plainly(error, path, origin)}"
        )
        return None


def say_plainly(error: Exception, path: Path, origin: FileSource) -> str:
    """What a library says of a file, which bears the name that the mapping gives it."""
    text = re.sub(r"^\w[\w ]* Error: ", "", plain(error))
    return text.replace(str(path), origin.path)


@dataclass(frozen=True, kw_only=True)
class ParquetColumn:
    """A column of a Parquet file: its name as it is written, how its values are stored, and their digits."""

    name: str
    stored: str | None  # None for a list or structure
    digits: int


def read_parquet_columns(path: Path, shelf: Shelf) -> list[ParquetColumn]:
    """The columns of a Parquet file, in their order: for DuckDB, `Name` and `name` would be one."""
    found = shelf.connection.execute(
        "SELECT name, type, coalesce(precision, 0), coalesce(num_children, 0)"
        f" FROM parquet_schema({quote_text(str(path))})"
    ).fetchall()
    columns: list[ParquetColumn] = []
    inner = 0  # members of a structure, each perhaps with members, follow it and are no columns
    for name, stored, digits, children in found[1:]:
        if inner == 0:
            columns.append(ParquetColumn(name=name, stored=None if children else stored, digits=digits))
        else:
            inner -= 1
        inner += children
    return columns


def find_durations(path: Path, shelf: Shelf) -> dict[str, str]:
    """The columns of a Parquet file that hold durations, each with its unit.

    Parquet has none: Arrow keeps them as mere numbers, and what they are in a schema of its own beside. Only for that
    its library is loaded.
    """
    file = quote_text(str(path))
    [(numbers, schemas)] = shelf.connection.execute(
        f"SELECT (SELECT count(*) FROM parquet_schema({file}) WHERE type = 'INT64' AND logical_type IS NULL),"
        f" (SELECT count(*) FROM parquet_kv_metadata({file}) WHERE key = 'ARROW:schema'::BLOB)"
    ).fetchall()
    if not numbers or not schemas:
        return {}
    import pyarrow as pa
    import pyarrow.parquet as pq

    return {field.name: field.type.unit for field in pq.read_schema(path) if pa.types.is_duration(field.type)}


def with_durations(relation: str, path: Path, shelf: Shelf) -> str:
    """The relation of a Parquet file, its durations as such."""
    made = [f"{LENGTHS[u].format(quote_name(n))} AS {quote_name(n)}" for n, u in find_durations(path, shelf).items()]
    return f"(SELECT * REPLACE ({', '.join(made)}) FROM {relation})" if made else relation


def holds_fine_durations(values: Iterable[Any]) -> bool:
    """Whether durations in nanoseconds, in arrays of Arrow, are no whole number of microseconds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for each in values:
        if each.type == pa.month_day_nano_interval() and any(
            length.as_py().nanoseconds % 1000 for length in each if length.is_valid
        ):
            return True
        if each.type == pa.duration("ns"):
            numbers = each.cast(pa.int64())
            if pc.any(pc.not_equal(pc.multiply(pc.divide(numbers, 1000), 1000), numbers)).as_py():
                return True
    return False


def may_be_fine(schema: Any) -> bool:
    """Whether a schema of Arrow has durations in nanoseconds."""
    import pyarrow as pa

    return any(kind in {pa.duration("ns"), pa.month_day_nano_interval()} for kind in schema.types)


def refuse_fine_durations(request: SourceRequest, label: str, table: Any, shelf: Shelf) -> bool:
    """True, with a diagnostic, for a column of an Arrow table or a pandas frame whose durations would be cut short."""
    import pyarrow as pa

    for reference in request.references:
        if hasattr(table, "column_names") and table.column_names.count(reference.text) == 1:
            column = table.column(reference.text)
        elif hasattr(table, "dtypes") and list(table.columns).count(reference.text) == 1:
            column = pa.array(table[reference.text]) if table[reference.text].dtype.kind == "m" else None
        else:
            continue
        if column is not None and holds_fine_durations([column]):
            message = f"`{reference.text}` holds durations in nanoseconds in `{label}`, {OF_WHICH}"
            shelf.tell("source-columns", reference.mark, message, "write the column as texts, or in microseconds")
            return True
    return False


def refuse_digits(
    request: SourceRequest,
    label: str,
    path: Path,
    columns: list[ParquetColumn],
    shelf: Shelf,
    *,
    groups: range | None = None,
) -> bool:
    """True, with a diagnostic, for a column whose values have more digits than the database's types hold.

    Only these row *groups* are looked at (None: all).
    """
    found, units = {c.name: c for c in columns}, find_durations(path, shelf)
    for reference in request.references:
        column = found.get(reference.text)
        if column is not None and column.digits > MOST_DIGITS:
            what = f"is a decimal of {column.digits} digits in `{label}`, of which {MOST_DIGITS} can be read"
        elif column is not None and column.stored == "INT96" and holds_nanoseconds(path, reference.text, groups):
            what = f"holds nanoseconds in `{label}`, of which INT96 is read to microseconds"
        elif units.get(reference.text) == "ns" and holds_fine_durations(read_column(path, reference.text, groups)):
            what = f"holds durations in nanoseconds in `{label}`, {OF_WHICH}"
        else:
            continue
        hint = "write the column as texts, or with a type of fewer digits (`TIMESTAMP` instead of INT96)"
        shelf.tell("source-columns", reference.mark, f"`{reference.text}` {what}", hint)
        return True
    return False


def read_column(path: Path, column: str, groups: range | None) -> Iterator[Any]:
    """The values of a column of a Parquet file, in arrays of Arrow."""
    import pyarrow.parquet as pq

    yield from (b.column(0) for b in pq.ParquetFile(path).iter_batches(columns=[column], row_groups=groups))


def holds_nanoseconds(path: Path, column: str, groups: range | None) -> bool:
    """Whether a column of times in INT96 holds any that is no whole number of microseconds.

    As nanoseconds, times before 1677 and after 2262 are read wrong; so a time that seems to hold some is looked at in
    microseconds too.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def read_as(unit: str) -> Iterator[Any]:
        file = pq.ParquetFile(path, coerce_int96_timestamp_unit=unit)
        batches = file.iter_batches(columns=[column], row_groups=groups)
        return (batch.column(column).cast(pa.int64()) for batch in batches)

    def is_fine(numbers: Any) -> Any:
        return pc.not_equal(pc.multiply(pc.divide(numbers, 1000), 1000), numbers)

    if not any(pc.any(is_fine(numbers)).as_py() for numbers in read_as("ns")):
        return False
    return any(
        pc.any(pc.and_(is_fine(numbers), pc.less(pc.abs(rough), REACH))).as_py()
        for numbers, rough in zip(read_as("ns"), read_as("us"), strict=True)
    )


def read_arrow(path: Path) -> Any:
    """The table of an Arrow file, be it in the file or in the stream format."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        try:
            return pa.ipc.open_file(source).read_all()
        except pa.ArrowInvalid:
            source.seek(0)
            return pa.ipc.open_stream(source).read_all()


def open_frame(request: SourceRequest, origin: NamedSource, shelf: Shelf) -> SourceTable | None:
    """The table of a data frame (pandas, polars, Arrow) that the caller named."""
    frame = shelf.frames.get(origin.name)
    if frame is None:
        shelf.tell(
            "source-not-found",
            origin.mark,
            f"no table `{origin.name}` was handed over",
            "pass it in `frames`",
        )
        return None
    if hasattr(frame, "to_arrow"):
        frame = frame.to_arrow()
    try:
        if hasattr(frame, "read_all") and may_be_fine(frame.schema):
            frame = frame.read_all()  # what is read once cannot be looked at before
        if refuse_fine_durations(request, origin.name, frame, shelf):
            return None
        names = name_columns(frame)
        numbered, typed = frame if names is None else number_columns(frame), frozenset[int]()
        if names is not None and hasattr(frame, "set_axis"):
            from kg.tables.sources.objects import fit_columns, name_type, write_objects

            places = [names.index(text) for text in request.texts if text in names]
            numbered, unread = fit_columns(numbered, places, shelf.connection)
            if unread is not None:
                reference = next(r for r in request.references if r.text == names[unread])
                message = (
                    f"`{reference.text}` is of the type `{name_type(frame.dtypes.iloc[unread])}` in `{origin.name}`"
                )
                shelf.tell("data-not-scalar", reference.mark, message, "make a text, a number or a date of it")
                return None
            numbered, typed, fault = write_objects(numbered, places)
            if fault is not None:
                reference = next(r for r in request.references if r.text == names[fault.column])
                message = f"`{reference.text}` holds {fault.what}, in row {fault.row + 1} of `{origin.name}`"
                shelf.tell("data-not-scalar", reference.mark, message, "make a text, a number or a date of it")
                return None
        shelf.connection.register(f"{request.name}_frame", numbered)
        relation = with_lengths(quote_name(f"{request.name}_frame"), frame, shelf)
        return load_relation(request, relation, names, origin.name, shelf, typed)
    except Exception as error:
        raise KgError(f"the table `{origin.name}` cannot be read: {plain(error)}") from error


def with_lengths(relation: str, frame: Any, shelf: Shelf) -> str:
    """The relation of a frame whose columns are called by their places, with durations of pandas as Arrow has them."""
    if hasattr(frame, "schema") or not hasattr(frame, "set_axis"):
        return relation
    own = {f"c{i}" for i, dtype in enumerate(frame.dtypes) if dtype.kind == "m" and not hasattr(dtype, "pyarrow_dtype")}
    found = shelf.connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    made = [f"{LENGTH_OF_PANDAS.format(row[0])} AS {row[0]}" for row in found if row[0] in own and row[1] == "INTERVAL"]
    return f"(SELECT * REPLACE ({', '.join(made)}) FROM {relation})" if made else relation


def name_columns(frame: Any) -> list[str] | None:
    """The names of a frame's columns as it has them; None where only DuckDB can tell."""
    if hasattr(frame, "schema") and hasattr(frame.schema, "names"):  # a table of Arrow, a batch or a reader of them
        return list(frame.schema.names)
    return [str(name) for name in frame.columns] if hasattr(frame, "set_axis") else None  # pandas


def number_columns(frame: Any) -> Any:
    """A frame whose columns are called by their places: DuckDB renames what it takes for one name twice."""
    if not hasattr(frame, "schema"):
        return frame.set_axis([f"c{i}" for i in range(len(frame.columns))], axis=1)
    labels = [f"c{i}" for i in range(len(frame.schema.names))]
    if hasattr(frame, "rename_columns"):
        return frame.rename_columns(labels)
    import pyarrow as pa

    schema = pa.schema([field.with_name(label) for field, label in zip(frame.schema, labels, strict=True)])
    return pa.RecordBatchReader.from_batches(schema, (batch.rename_columns(labels) for batch in frame))


def load_relation(
    request: SourceRequest,
    relation: str,
    names: list[str] | None,
    label: str,
    shelf: Shelf,
    typed: frozenset[int] = frozenset(),
) -> SourceTable | None:
    """The referenced columns as texts in their natural form; None where one holds lists or structures.

    *names* are the columns' own (None: those of the relation), whatever they are called in the relation. The values of
    the *typed* columns `c{i}` have datatypes of their own, in `d{i}`, which stand behind all others.
    """
    found = shelf.connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    names = names if names is not None else [row[0] for row in found]
    found = found[: len(names)]
    types = [row[1] for row in found]
    kinds = ["duration" if t == "INTERVAL" else kind_of(t) for t in types]
    kinds = ["typed" if i in typed else kind for i, kind in enumerate(kinds)]
    columns = tuple(ColumnType(name=n, kind=k) for n, k in zip(names, kinds, strict=True))
    chosen: dict[str, int] = {}
    selected = []
    for reference in request.references:
        if reference.text not in names or reference.text in chosen:
            continue
        if names.count(reference.text) > 1:
            message = f"`{label}` has two columns `{reference.text}`"
            shelf.tell("source-columns", reference.mark, message, "rename one of the two")
            return None
        index = chosen[reference.text] = names.index(reference.text)
        if nested := nested_kind(types[index]):
            shelf.tell("data-not-scalar", reference.mark, f"`{reference.text}` is {nested} in `{label}`", UNFOLD)
            return None
        quoted = quote_name(found[index][0])
        form = FORMS.get(kinds[index], "({0})::VARCHAR")
        selected.append(f"{form.format(quoted)} AS c{index}")
        if index in typed:
            selected.append(f"d{index}::VARCHAR AS d{index}")
    raw = quote_name(request.name + "_raw")
    shelf.connection.execute(f"CREATE TEMP VIEW {raw} AS SELECT {', '.join(selected) or 'NULL'} FROM {relation}")
    table = shape_table(request, DescribedTable(relation=relation, columns=columns), chosen, label, shelf, Raw.VIEW)
    if request.source.formulation is Formulation.CSV:
        table = without_types(table, request, shelf)
    shelf.notes.append(f"{request.name}: {label}, columns {', '.join(sorted(chosen))}")
    return table


def without_types(table: SourceTable, request: SourceRequest, shelf: Shelf) -> SourceTable:
    """A table whose values are plain texts, in the forms that their datatypes have; that there were others is noted."""
    columns = [(r, table.column(r.text)) for r in request.references]
    typed = [r for r, column in columns if column is not None and (column.datatype or column.datatype_name)]
    if typed:
        note_plain_texts(typed[0], table.label, shelf)
    plain_columns = {n: replace(c, datatype=None, datatype_name=None, stray=None) for n, c in table.columns.items()}
    return replace(table, columns=plain_columns)


def note_plain_texts(reference: Reference, label: str, shelf: Shelf) -> None:
    """A note that the mapping's formulation makes plain texts of values that have types."""
    mark = reference.mark
    word = choose_words(mark, "rml:CSV", "~csv")
    message = f"`{reference.text}` of `{label}` has a type, and `{word}` makes plain texts of its values"
    hint = choose_words(mark, "leave `rml:referenceFormulation` out", f"leave `{word}` out")
    shelf.tell("source-untyped", mark, message, f"{hint} to keep the types")
