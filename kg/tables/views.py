"""Logical views (RML-LV) → tables: fields, rows within rows, joins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from kg.diagnostic import Mark
from kg.tables.columns import Column, Table
from kg.tables.documents import DocumentError, Language, NotScalarError, Value
from kg.tables.jsonpath import NameTwiceError, PathError, compile_path, complete_reference, write_json
from kg.tables.plan.expressions import read_value
from kg.tables.plan.pattern import unnest_all
from kg.tables.plan.relation import Filter, Join, Joining, Make, Named, Project, Relation, Scan, Sort
from kg.tables.plan.scope import Scope
from kg.tables.plan.value import Column as Place
from kg.tables.plan.value import Index, Present, Text, When
from kg.tables.plan.value import Value as Operand
from kg.tables.references import references_of
from kg.tables.rml import (
    Constant,
    ExpressionField,
    Field,
    FileSource,
    Formulation,
    IterableField,
    LogicalSource,
    LogicalView,
    Reference,
    Template,
    ViewJoin,
)
from kg.tables.sources.absence import look_inside, warn_of_no_record, warn_of_no_value
from kg.tables.sources.dialects import store_arrow
from kg.tables.sources.files import find_file
from kg.tables.sources.globs import is_pattern
from kg.tables.sources.registry import open_source
from kg.tables.sources.shelf import Request, Shelf
from kg.tables.sources.tree import find_records, language_of, load_roots
from kg.tables.sql import write_make, write_query
from kg.tables.vocabulary import XSD, Generation

INTEGER = XSD + "integer"
Row = dict[str, Value]


def open_view(view: LogicalView, name: str, shelf: Shelf) -> Table | None:
    """The table of a view: a column for each field, `#` for the index of the row and `field.#` of an item."""
    if view in shelf.views:
        return shelf.views[view]
    below = view.view_on
    table: Table | None
    if isinstance(below, LogicalSource) and below.formulation in {Formulation.JSON_PATH, Formulation.XPATH}:
        table = open_tree_view(view, below, name, shelf)
    else:
        table = open_flat_view(view, below, name, shelf)
    for number, join in enumerate(view.joins):
        if table is not None:
            table = join_view(table, join, f"{name}_{number}", shelf)
    if table is not None:
        shelf.views[view] = table
    return table


def open_tree_view(view: LogicalView, below: LogicalSource, name: str, shelf: Shelf) -> Table | None:
    """A view on JSON or XML: its fields are read from each record."""
    assert isinstance(below.source, FileSource)
    if is_pattern(below.source):
        message = f"`{below.source.path}` names several files, and a view over JSON or XML reads one"
        shelf.tell("map-unsupported", below.source.mark, message, "write a view for each file")
        return None
    path = find_file(below.source, shelf)
    if path is None:
        return None
    language = language_of(below)
    roots = load_roots(below.source, path, language.formulation, shelf)
    records = find_records(below, language, roots, path, shelf) if roots is not None else None
    readers = compile_fields(view.fields, language, shelf)
    if records is None or readers is None:
        return None
    records = list(records)
    if not records:
        warn_of_no_record(below, below.source, path, shelf)
    rows: list[tuple[int, Row]] = []
    try:
        for index, record in enumerate(records):
            rows += [(index, row) for row in expand(readers, record, "")]
    except FieldError as error:
        report_field(error, f"record {index + 1} of `{below.source.path}`", shelf)
        return None
    if records:
        found = {name for _, row in rows for name, value in row.items() if value[0] is not None}
        absent = frozenset(r.text for n, r in plain_fields(view.fields) if n not in found)
        references = [r for _, r in plain_fields(view.fields)]
        warn_of_no_value(below, references, absent, look_inside(records[0]), below.source, shelf)
    names = list(field_names(view.fields, ""))
    return store_rows(rows, names, name, below.source.path, shelf)


def plain_fields(fields: tuple[Field, ...]) -> Iterator[tuple[str, Reference]]:
    """The fields of a record that are a mere reference into it, by name."""
    for field in fields:
        if isinstance(field, ExpressionField) and isinstance(field.value.expression, Reference):
            yield field.name, field.value.expression


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
                readers.append(FieldReader(field, own.iterate(field.iterator), inner or [], parsed))
                good = good and inner is not None
            else:
                inner = compile_fields(field.fields, language, shelf, "value") if field.fields else []
                readers.append(FieldReader(field, compile_expression(field, language), inner or [], None))
                good = good and inner is not None
        except PathError as error:
            shelf.tell("map-path", mark_of_path(field), f"the field `{field.name}` cannot be read: {error}")
            good = False
    return readers if good else None


def compile_expression(field: ExpressionField, language: Language) -> Any:
    """The values of an expression in a record: of a reference, a template or a constant."""
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


def store_rows(rows: list[tuple[int, Row]], names: list[str], name: str, label: str, shelf: Shelf) -> Table:
    """Rows of a view as a table: a text and a datatype for each field, and the index of the record."""
    import pyarrow as pa

    numbers = [index for index, _ in rows]
    arrays: dict[str, Any] = {
        "i": pa.array(numbers, type=pa.int64()),
        "h": pa.array(map(str, numbers), type=pa.string()),
    }
    columns = {"#": Column(reference="#", name="h", datatype=INTEGER)}
    for number, field in enumerate(names):
        values = [row.get(field) for _, row in rows]
        arrays[f"c{number}"] = pa.array([v[0] if v else None for v in values], type=pa.string())
        if field.endswith(".#"):
            columns[field] = Column(reference=field, name=f"c{number}", datatype=INTEGER)
            continue
        arrays[f"d{number}"] = pa.array([v[1] if v else None for v in values], type=pa.string())
        columns[field] = Column(reference=field, name=f"c{number}", datatype_name=f"d{number}")
    store_arrow(shelf.connection, name, pa.table(arrays))
    return Table(name=name, label=label, columns=columns, first_row=1, row_unit="row")


def keep_rows(rows: Relation, name: str, shelf: Shelf) -> None:
    """The rows of a relation as the table *name*."""
    shelf.connection.execute(write_make(Make(name=name, rows=rows)))


def open_flat_view(view: LogicalView, below: LogicalSource | LogicalView, name: str, shelf: Shelf) -> Table | None:
    """A view on a table (CSV, SQL, another view): its fields are columns, computed by the database."""
    base = open_below(view, below, name, shelf)
    if base is None:
        return None
    scope = Scope(table=base, alias="t", base=None, findings=shelf)
    row = scope.column("rowid")
    selected = [Named(name="h", value=Index(order=(row,))), Named(name="i", value=row)]
    columns = {"#": Column(reference="#", name="h", datatype=INTEGER)}
    nested: list[tuple[ExpressionField, str]] = []
    for number, field in enumerate(view.fields):
        if not isinstance(field, ExpressionField):
            shelf.tell(
                "map-field",
                field.mark,
                f"the iterable field `{field.name}` needs a field with a document around it",
            )
            return None
        if not add_field(field, number, scope, selected, columns):
            return None
        if field.fields:
            nested.append((field, f"c{number}"))
    rows = unnest_all(Scan(table=base.name, alias="t"), scope.unfolded.values())
    keep_rows(Project(rows=rows, columns=tuple(selected)), name, shelf)
    table = Table(name=name, label=base.label, columns=columns, first_row=base.first_row, parts=base.parts)
    for number, (field, column) in enumerate(nested):
        expanded = expand_column(table, field, column, f"{name}_n{number}", shelf)
        if expanded is None:
            return None
        table = expanded
    return table


def add_field(
    field: ExpressionField, number: int, scope: Scope, selected: list[Named], columns: dict[str, Column]
) -> bool:
    """One field of a flat view: its value, its column, and its index (always 0: a cell has one value)."""
    value = read_value(field.value, scope)
    if value is None:
        return False
    selected.append(Named(name=f"c{number}", value=value))
    columns[field.name] = carry_nature(field, scope, f"c{number}", selected)
    first = When(condition=Present(values=(value,)), then=Text(text="0"))
    selected.append(Named(name=f"n{number}", value=first))
    index = field.name + ".#"
    columns[index] = Column(reference=index, name=f"n{number}", datatype=INTEGER)
    return True


def carry_nature(field: ExpressionField, scope: Scope, label: str, selected: list[Named]) -> Column:
    """The column *label* of a field, with the natural datatype and language of the column that it refers to."""
    made = Column(reference=field.name, name=label)
    expression = field.value.expression
    column = scope.table.column(expression.text) if isinstance(expression, Reference) else None
    if column is None:
        return made
    if column.language_name is not None:
        selected.append(Named(name=f"{label}_l", value=scope.column(column.language_name)))
        made = replace(made, language_name=f"{label}_l")
    if column.stray is not None:
        selected.append(Named(name=f"{label}_w", value=scope.column(column.stray)))
        made = replace(made, stray=f"{label}_w")
    if column.datatype_name is not None:
        selected.append(Named(name=f"{label}_d", value=scope.column(column.datatype_name)))
        return replace(made, datatype_name=f"{label}_d")
    return replace(made, datatype=column.datatype)


def open_below(view: LogicalView, below: LogicalSource | LogicalView, name: str, shelf: Shelf) -> Table | None:
    """The table that a view lies on: another view or a source."""
    if isinstance(below, LogicalView):
        return open_view(below, name + "_below", shelf)
    references = tuple(r for f in view.fields if isinstance(f, ExpressionField) for r in references_of(f.value))
    return open_source(Request(source=below, references=references, name=name + "_below"), shelf)


def expand_column(table: Table, field: ExpressionField, column: str, name: str, shelf: Shelf) -> Table | None:
    """Rows within a cell: the documents in one column, read and joined to the rows they stand in."""
    language = Language(formulation=Formulation.JSON_PATH, generation=Generation.RML)
    readers = compile_fields(field.fields, language, shelf)
    if readers is None:
        return None
    for reader in readers:
        if isinstance(reader.field, IterableField):
            reader.language = replace(language, formulation=reader.field.formulation or Formulation.JSON_PATH)
    row, cell = Place(of="t", name="rowid"), Place(of="t", name=column)
    filled = Filter(rows=Scan(table=table.name, alias="t"), condition=Present(values=(cell,)))
    wanted = Project(rows=filled, columns=(Named(name="row", value=row), Named(name="cell", value=cell)))
    cells = shelf.connection.execute(write_query(wanted)).fetchall()
    rows: list[tuple[int, Row]] = []
    for number, text in cells:
        try:
            rows += [(number, found) for found in expand(readers, text, field.name + ".")]
        except FieldError as error:
            report_field(error, "row {1} of `{0}`".format(*table.place(number)), shelf)
            return None
    inner = store_rows(rows, list(field_names(field.fields, field.name + ".")), name + "_cells", table.label, shelf)
    columns = dict(table.columns)
    selected: list[Named] = []
    for reference, each in inner.columns.items():
        if reference == "#":
            continue
        selected.append(Named(name=f"{name}_{each.name}", value=Place(of="e", name=each.name)))
        renamed = replace(each, name=f"{name}_{each.name}")
        if each.datatype_name is not None:
            kind = f"{name}_{each.datatype_name}"
            selected.append(Named(name=kind, value=Place(of="e", name=each.datatype_name)))
            renamed = replace(renamed, datatype_name=kind)
        columns[reference] = renamed
    joined = Join(
        left=Scan(table=table.name, alias="t"),
        right=Scan(table=inner.name, alias="e"),
        on=((row, Place(of="e", name="i")),),
        how=Joining.LEFT,
    )
    ordered = Sort(rows=joined, by=(row, Place(of="e", name="rowid")))
    keep_rows(Project(rows=ordered, columns=tuple(selected), every="t"), name, shelf)
    return replace(table, name=name, columns=columns)


def join_view(table: Table, join: ViewJoin, name: str, shelf: Shelf) -> Table | None:
    """Columns from another view where the conditions hold; an outer join keeps rows without a partner."""
    parent = open_view(join.parent, name + "_parent", shelf)
    if parent is None:
        return None
    left = Scope(table=table, alias="t", base=None, findings=shelf)
    right = Scope(table=parent, alias="p", base=None, findings=shelf)
    row, other = left.column("rowid"), right.column("rowid")
    found = Present(values=(other,))
    pairs: list[tuple[Operand, Operand]] = []
    for condition in join.conditions:
        child, parent_value = read_value(condition.child, left), read_value(condition.parent, right)
        if child is None or parent_value is None:
            return None
        pairs.append((child, parent_value))
    columns = dict(table.columns)
    selected: list[Named] = []
    for number, field in enumerate(join.fields):
        value = read_value(field.value, right)
        if value is None:
            return None
        label = f"{name}_j{number}"
        selected.append(Named(name=label, value=When(condition=found, then=value)))
        columns[field.name] = carry_nature(field, right, label, selected)
        place = Index(within=(row,), order=(other,))
        selected.append(Named(name=f"{label}_n", value=When(condition=found, then=place)))
        index = field.name + ".#"
        columns[index] = Column(reference=index, name=f"{label}_n", datatype=INTEGER)
    joined = Join(
        left=Scan(table=table.name, alias="t"),
        right=Scan(table=parent.name, alias="p"),
        on=tuple(pairs),
        how=Joining.LEFT if join.outer else Joining.INNER,
    )
    ordered = Sort(rows=joined, by=(row, other))
    keep_rows(Project(rows=ordered, columns=tuple(selected), every="t"), name, shelf)
    return replace(table, name=name, columns=columns)
