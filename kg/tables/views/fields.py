"""Fields of logical views (RML-LV) over JSON and XML: the rows that they make of each record, and those as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from kg.rdf.namespace import XSD
from kg.tables.columns import SourceTable, TableColumn
from kg.tables.documents import DocumentError, Language, Nodes, NotScalarError, Value
from kg.tables.documents.jsonpath import NameTwiceError, PathError, compile_path, complete_reference, write_json
from kg.tables.rml import (
    Constant,
    ExpressionField,
    Field,
    Formulation,
    IterableField,
    Reference,
    Template,
)
from kg.tables.sources.absence import split_tag
from kg.tables.sources.dialects import store_arrow
from kg.tables.sources.shelf import Shelf
from kg.text.diagnostic import Mark

INTEGER = XSD + "integer"
Row = dict[str, Value]


class FieldError(ValueError):
    """A *field* that cannot be read in a record, and why."""

    def __init__(self, field: Field, reason: ValueError) -> None:
        super().__init__(str(reason))
        self.field, self.reason = field, reason


def report_field(error: FieldError, record: str, shelf: Shelf) -> None:
    """What is wrong with a field, at the path that it is read by."""
    name, mark = error.field.name, mark_of_path(error.field)
    if isinstance(error.reason, NotScalarError):
        hint = "read its items or members with fields of their own (`rml:iterator`)"
        shelf.tell("data-not-scalar", mark, f"the field `{name}` is {error} in {record}", hint)
    elif isinstance(error.reason, NameTwiceError):
        shelf.tell("data-ambiguous", mark, f"the field `{name}` is {error} in {record}")
    elif isinstance(error.reason, PathError):
        shelf.tell("map-path", mark, f"the field `{name}` cannot be read: {error}")
    else:
        shelf.tell("source-unreadable", mark, f"the field `{name}` is not well-formed in {record}: {error}")


def mark_of_path(field: Field) -> Mark:
    """The place of a field's reference, else of the field."""
    return field.mark if isinstance(field, IterableField) else field.value.expression.mark


class FieldReader:
    """A field ready to be read: its values in a record, and the readers of the fields within."""

    def __init__(self, field: Field, values: Any, inner: list[FieldReader], language: Language | None) -> None:
        self.field, self.values, self.inner, self.language = field, values, inner, language


def compile_fields(
    fields: tuple[Field, ...], language: Language, shelf: Shelf, within: str = "record"
) -> list[FieldReader] | None:
    """Readers for the fields of a record, or *within* a "value", which is a text to parse; wrong paths are reported."""
    readers: list[FieldReader] = []
    good = True
    for field in fields:
        try:
            if isinstance(field, IterableField):
                formulation = field.formulation or language.formulation
                own = language if formulation is language.formulation else replace(language, formulation=formulation)
                inner = compile_fields(field.fields, own, shelf)
                parsed = own if own is not language or within == "value" else None
                select = own.iterate(field.iterator) if parsed is None else begin_within(own, field.iterator)
                readers.append(FieldReader(field, select, inner or [], parsed))
                good = good and inner is not None
            else:
                inner = compile_fields(field.fields, language, shelf, "value") if field.fields else []
                readers.append(FieldReader(field, compile_expression(field, language), inner or [], None))
                good = good and inner is not None
        except PathError as error:
            shelf.tell("map-path", mark_of_path(field), f"the field `{field.name}` cannot be read: {error}")
            good = False
    return readers if good else None


def begin_within(language: Language, iterator: str) -> Nodes:
    """A function from the root of a document, which a text holds, to the records of an iterator; raises `PathError`."""
    select, select_below = language.begin(iterator), language.iterate(iterator)

    def begin(root: Any) -> list[Any]:
        found = select(root)
        if not found and language.formulation is Formulation.XPATH and select_below(root):
            raise PathError(f"`{iterator}` begins at the document, whose root is `{split_tag(root.tag)[1]}`")
        return found

    return begin


def compile_expression(field: ExpressionField, language: Language) -> Any:
    """The values of an expression in a record: of a reference, a template or a constant."""
    if field.value.condition is not None:
        raise PathError("conditions of fields over JSON or XML are not supported")
    expression = field.value.expression
    if isinstance(expression, Constant):
        constant: Value = (expression.term.value, None)
        return lambda record: [constant]
    if isinstance(expression, Reference):
        if field.fields:
            return language_raw(language, expression.text)
        return language.refer(expression.text)
    if isinstance(expression, Template):
        parts = [p if isinstance(p, str) else language.refer(p.text) for p in expression.parts]

        def fill(record: Any) -> list[Value]:
            lists = [[(p, None)] if isinstance(p, str) else p(record) for p in parts]
            return [("".join(v for v, _ in combination), None) for combination in product(*lists)]

        return fill
    raise PathError("functions in fields over JSON or XML are not supported")


def language_raw(language: Language, reference: str) -> Any:
    """Values that hold a document of their own: a JSON array or object is given as its text."""
    if language.formulation is not Formulation.JSON_PATH:
        return language.refer(reference)
    path = compile_path(complete_reference(reference, lenient="no"))

    def read(record: Any) -> list[Value]:
        found = [v for v in path.select(record) if v is not None]
        return [(v if isinstance(v, str) else write_json(v), None) for v in found]

    return read


def expand(readers: list[FieldReader], record: Any, prefix: str) -> Iterator[Row]:
    """All combinations of the values of the fields; a field without a value gives one row without it."""
    choices = [list(expand_field(reader, record, prefix)) or [{}] for reader in readers]
    for combination in product(*choices):
        row: Row = {}
        for part in combination:
            row |= part
        yield row


def expand_field(reader: FieldReader, record: Any, prefix: str) -> Iterator[Row]:
    """The rows that a field makes of a record, its inner fields unfolded."""
    field = reader.field
    path = prefix + field.name
    if isinstance(field, IterableField):
        for index, item in enumerate(read_values(reader, record)):
            for row in expand(reader.inner, item, path + "."):
                yield {path + ".#": (str(index), INTEGER), **row}
        return
    for index, value in enumerate(read_values(reader, record)):
        own: Row = {path: value, path + ".#": (str(index), INTEGER)}
        if not reader.inner:
            yield own
            continue
        for row in expand(reader.inner, value[0], path + "."):
            yield own | row


def read_values(reader: FieldReader, record: Any) -> list[Any]:
    """What a field has in a record, a text being parsed where it holds a document; raises FieldError."""
    try:
        parse = reader.language.parse if reader.language is not None and isinstance(record, str) else None
        return list(reader.values(parse(record) if parse else record))
    except (DocumentError, NotScalarError, NameTwiceError, PathError) as error:
        raise FieldError(reader.field, error) from None


def field_names(fields: tuple[Field, ...], prefix: str) -> Iterator[str]:
    """The names of all columns that fields make."""
    for field in fields:
        path = prefix + field.name
        if isinstance(field, ExpressionField):
            yield path
        yield path + ".#"
        yield from field_names(field.fields, path + ".")


def store_rows(rows: list[tuple[int, Row]], names: list[str], name: str, label: str, shelf: Shelf) -> SourceTable:
    """Rows of a view as a table: a text and a datatype for each field, and the index of the record."""
    import pyarrow as pa

    numbers = [index for index, _ in rows]
    arrays: dict[str, Any] = {
        "i": pa.array(numbers, type=pa.int64()),
        "h": pa.array(map(str, numbers), type=pa.string()),
    }
    columns = {"#": TableColumn(reference="#", name="h", datatype=INTEGER)}
    for number, field in enumerate(names):
        values = [row.get(field) for _, row in rows]
        arrays[f"c{number}"] = pa.array([v[0] if v else None for v in values], type=pa.string())
        if field.endswith(".#"):
            columns[field] = TableColumn(reference=field, name=f"c{number}", datatype=INTEGER)
            continue
        arrays[f"d{number}"] = pa.array([v[1] if v else None for v in values], type=pa.string())
        columns[field] = TableColumn(reference=field, name=f"c{number}", datatype_name=f"d{number}")
    store_arrow(shelf.connection, name, pa.table(arrays))
    return SourceTable(name=name, label=label, columns=columns, first_row=1, row_unit="record", placed="i")
