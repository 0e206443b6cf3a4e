"""Logical views (RML-LV) → tables: fields, rows within rows, joins."""

from __future__ import annotations

from dataclasses import replace

from kg.tables.columns import SourceTable, TableColumn
from kg.tables.documents import Language
from kg.tables.plan.compare import compare_typed
from kg.tables.plan.expressions import read_input, read_value
from kg.tables.plan.pattern import unnest_all
from kg.tables.plan.relation import Filter, Join, Joining, Make, Named, Project, Relation, Scan, Sort
from kg.tables.plan.scope import Scope
from kg.tables.plan.unjoined import check_forms
from kg.tables.plan.value import Column, Index, Present, Text, When
from kg.tables.plan.value import Value as Operand
from kg.tables.references import references_of
from kg.tables.rml import (
    ExpressionField,
    Formulation,
    IterableField,
    LogicalSource,
    LogicalView,
    Reference,
    TermMap,
    ViewJoin,
)
from kg.tables.sources.registry import open_source
from kg.tables.sources.shelf import Shelf, SourceRequest
from kg.tables.sql import write_make, write_query
from kg.tables.views.fields import (
    INTEGER,
    FieldError,
    Row,
    compile_fields,
    expand,
    field_names,
    report_field,
    store_rows,
)
from kg.tables.views.trees import open_tree_view
from kg.tables.vocabulary import Generation


def open_view(view: LogicalView, name: str, shelf: Shelf) -> SourceTable | None:
    """The table of a view: a column for each field, `#` for the index of the row and `field.#` of an item."""
    if view in shelf.views:
        return shelf.views[view]
    below = view.view_on
    table: SourceTable | None
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


def keep_rows(rows: Relation, name: str, shelf: Shelf) -> None:
    """The rows of a relation as the table *name*."""
    shelf.connection.execute(write_make(Make(name=name, rows=rows)))


def open_flat_view(
    view: LogicalView, below: LogicalSource | LogicalView, name: str, shelf: Shelf
) -> SourceTable | None:
    """A view on a table (CSV, SQL, another view): its fields are columns, computed by the database."""
    base = open_below(view, below, name, shelf)
    if base is None:
        return None
    scope = Scope(table=base, alias="t", base=None, findings=shelf)
    row = scope.column("rowid")
    place = scope.column(base.place_column)
    selected = [Named(name="h", value=Index(order=(row,), shared=True)), Named(name="i", value=place)]
    columns = {"#": TableColumn(reference="#", name="h", datatype=INTEGER)}
    nested: list[tuple[ExpressionField, str]] = []
    scopes: list[Scope] = []
    for number, field in enumerate(view.fields):
        if not isinstance(field, ExpressionField):
            shelf.tell(
                "map-field",
                field.mark,
                f"the iterable field `{field.name}` needs a field with a document around it",
            )
            return None
        # fields are read one by one, so that all their values are combined (RML-LV)
        scopes.append(replace(scope, prefix=f"u{number}_", unfolded={}))
        if not add_field(field, number, scopes[-1], selected, columns):
            return None
        if field.fields:
            nested.append((field, f"c{number}"))
    shelf.checks += scope.checks
    # a field without a value leaves the row as it is
    lists = [replace(each, kept=True) for own in scopes for each in own.unfolded.values()]
    rows = unnest_all(Scan(table=base.name, alias="t"), lists, numbered=True)
    ordered = Sort(rows=rows, by=(row, *(Column(of=each.alias, name="n") for each in lists)))
    keep_rows(Project(rows=ordered if lists else rows, columns=tuple(selected)), name, shelf)
    table = replace(base, name=name, columns=columns, row="rowid", placed="i", origin=None, alphabet=None)
    for number, (field, column) in enumerate(nested):
        expanded = expand_column(table, field, column, f"{name}_n{number}", shelf)
        if expanded is None:
            return None
        table = expanded
    return table


def add_field(
    field: ExpressionField, number: int, scope: Scope, selected: list[Named], columns: dict[str, TableColumn]
) -> bool:
    """One field of a flat view: its value, its column, and its index (0 but where a function gives a list)."""
    value = read_value(field.value, scope)
    if value is None:
        return False
    selected.append(Named(name=f"c{number}", value=value))
    columns[field.name] = carry_nature(field, value, scope, f"c{number}", selected)
    places = tuple(Column(of=each.alias, name="n") for each in scope.unfolded.values())
    place = Index(within=(scope.column("rowid"),), order=places, shared=True) if places else Text(text="0")
    there = When(condition=Present(values=(value,)), then=place)
    selected.append(Named(name=f"n{number}", value=there))
    index = field.name + ".#"
    columns[index] = TableColumn(reference=index, name=f"n{number}", datatype=INTEGER)
    return True


def carry_nature(
    field: ExpressionField, value: Operand, scope: Scope, label: str, selected: list[Named]
) -> TableColumn:
    """The column *label* of a field, with the natural datatype and language of the column that it refers to.

    What the condition of a field leaves out is not wrong.
    """
    made = TableColumn(reference=field.name, name=label)
    expression = field.value.expression
    column = scope.table.column(expression.text) if isinstance(expression, Reference) else None
    if column is None:
        return made
    made = replace(made, padded=column.padded, foldings=column.foldings)
    if column.language_name is not None:
        selected.append(Named(name=f"{label}_l", value=scope.column(column.language_name)))
        made = replace(made, language_name=f"{label}_l")

    def keep(flag: str) -> Operand:
        found = scope.column(flag)
        if field.value.condition is None or not isinstance(value, When):
            return found
        return When(condition=value.condition, then=found)

    if column.stray is not None:
        selected.append(Named(name=f"{label}_w", value=keep(column.stray)))
        made = replace(made, stray=f"{label}_w")
    if column.broken is not None:
        selected.append(Named(name=f"{label}_x", value=keep(column.broken)))
        made = replace(made, broken=f"{label}_x")
    if column.datatype_name is not None:
        selected.append(Named(name=f"{label}_d", value=scope.column(column.datatype_name)))
        return replace(made, datatype_name=f"{label}_d")
    return replace(made, datatype=column.datatype)


def open_below(view: LogicalView, below: LogicalSource | LogicalView, name: str, shelf: Shelf) -> SourceTable | None:
    """The table that a view lies on: another view or a source."""
    if isinstance(below, LogicalView):
        return open_view(below, name + "_below", shelf)
    references = tuple(r for f in view.fields if isinstance(f, ExpressionField) for r in references_of(f.value))
    return open_source(SourceRequest(source=below, references=references, name=name + "_below"), shelf)


def expand_column(
    table: SourceTable, field: ExpressionField, column: str, name: str, shelf: Shelf
) -> SourceTable | None:
    """Rows within a cell: the documents in one column, read and joined to the rows they stand in."""
    language = Language(formulation=Formulation.JSON_PATH, generation=Generation.RML)
    readers = compile_fields(field.fields, language, shelf)
    if readers is None:
        return None
    for reader in readers:
        if isinstance(reader.field, IterableField):
            reader.language = replace(language, formulation=reader.field.formulation or Formulation.JSON_PATH)
    row, cell = Column(of="t", name="rowid"), Column(of="t", name=column)
    filled = Filter(rows=Scan(table=table.name, alias="t"), condition=Present(values=(cell,)))
    place = Column(of="t", name=table.place_column)
    columns_of_cells = (Named(name="row", value=row), Named(name="place", value=place), Named(name="cell", value=cell))
    wanted = Project(rows=filled, columns=columns_of_cells)
    cells = shelf.connection.execute(write_query(wanted)).fetchall()
    rows: list[tuple[int, Row]] = []
    for number, at, text in cells:
        try:
            rows += [(number, found) for found in expand(readers, text, field.name + ".")]
        except FieldError as error:
            report_field(error, "{2} {1} of `{0}`".format(*table.place(at), table.row_unit), shelf)
            return None
    inner = store_rows(rows, list(field_names(field.fields, field.name + ".")), name + "_cells", table.label, shelf)
    columns = dict(table.columns)
    selected: list[Named] = []
    for reference, each in inner.columns.items():
        if reference == "#":
            continue
        selected.append(Named(name=f"{name}_{each.name}", value=Column(of="e", name=each.name)))
        renamed = replace(each, name=f"{name}_{each.name}")
        if each.datatype_name is not None:
            kind = f"{name}_{each.datatype_name}"
            selected.append(Named(name=kind, value=Column(of="e", name=each.datatype_name)))
            renamed = replace(renamed, datatype_name=kind)
        columns[reference] = renamed
    joined = Join(
        left=Scan(table=table.name, alias="t"),
        right=Scan(table=inner.name, alias="e"),
        on=((row, Column(of="e", name="i")),),
        how=Joining.LEFT,
    )
    ordered = Sort(rows=joined, by=(row, Column(of="e", name="rowid")))
    keep_rows(Project(rows=ordered, columns=tuple(selected), every="t"), name, shelf)
    return replace(table, name=name, columns=columns)


def refuse_list(scope: Scope, value: TermMap, shelf: Shelf) -> bool:
    """Whether a value of a join is a list, which is told: a row has one value to be compared or taken over."""
    if not scope.unfolded:
        return False
    message, hint = "a function that gives a list joins no views", "make it a field of the view that is joined"
    shelf.tell("map-unsupported", value.expression.mark, message, hint)
    return True


def join_view(table: SourceTable, join: ViewJoin, name: str, shelf: Shelf) -> SourceTable | None:
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
        child, parent_value = read_input(condition.child, left), read_input(condition.parent, right)
        if child is None or parent_value is None:
            return None
        if refuse_list(left, condition.child, shelf) or refuse_list(right, condition.parent, shelf):
            return None
        pairs.append(compare_typed(condition, (child, parent_value), left, right))
    columns = dict(table.columns)
    selected: list[Named] = []
    for number, field in enumerate(join.fields):
        value = read_value(field.value, right)
        if value is None or refuse_list(right, field.value, shelf):
            return None
        label = f"{name}_j{number}"
        selected.append(Named(name=label, value=When(condition=found, then=value)))
        columns[field.name] = carry_nature(field, value, right, label, selected)
        place = Index(within=(row,), order=(other,))
        selected.append(Named(name=f"{label}_n", value=When(condition=found, then=place)))
        index = field.name + ".#"
        columns[index] = TableColumn(reference=index, name=f"{label}_n", datatype=INTEGER)
    shelf.checks += [*left.checks, *right.checks, *check_forms(join.conditions, pairs, left, right)]
    joined = Join(
        left=Scan(table=table.name, alias="t"),
        right=Scan(table=parent.name, alias="p"),
        on=tuple(pairs),
        how=Joining.LEFT if join.outer else Joining.INNER,
    )
    ordered = Sort(rows=joined, by=(row, other))
    keep_rows(Project(rows=ordered, columns=tuple(selected), every="t"), name, shelf)
    return replace(table, name=name, columns=columns)
