"""When two values of a join are one: numbers and moments by what they say, all else by its text.

SQL's own equality differs from database to database (types that are converted, collations), and RML joins sources of
all kinds. So there is one rule, and rows that another would have joined are told (`kg.tables.plan.unjoined`).
"""

from __future__ import annotations

from kg.rdf.namespace import XSD
from kg.tables.columns import TableColumn
from kg.tables.plan.scope import Scope
from kg.tables.plan.value import AnyOf, Encode, Encoding, Equal, Member, Text, Value, When
from kg.tables.rml import JoinCondition, Reference, TermMap

NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double"))
MOMENTS = frozenset(XSD + name for name in ("dateTime", "time"))


def compare_typed(
    condition: JoinCondition, pair: tuple[Value, Value], left: Scope, right: Scope
) -> tuple[Value, Value]:
    """The two sides of a condition, where the types of their values have an equality of their own in SQL.

    Numbers are compared as numbers: `5`, `5.00` and `5.0E0` are one, in columns with a type and where each value has
    its own (JSON, sheets). So are moments: `03:04:05` and `03:04:05.000`, `Z` and `+00:00`. Where one side is CHAR(n),
    the blanks at the ends count for nothing (SQL's PAD SPACE): it would never equal a VARCHAR, or a CHAR of another
    length.
    """
    columns = (find_column(condition.child, left), find_column(condition.parent, right))
    child, parent = find_datatype(condition.child, left), find_datatype(condition.parent, right)
    if any(column is not None and column.padded for column in columns):
        return (Encode(encoding=Encoding.UNPADDED, value=pair[0]), Encode(encoding=Encoding.UNPADDED, value=pair[1]))
    datatypes = {None if column is None else column.datatype for column in columns}
    if len(datatypes) == 1 and datatypes <= MOMENTS:
        return (Encode(encoding=Encoding.MOMENT, value=pair[0]), Encode(encoding=Encoding.MOMENT, value=pair[1]))
    if child is None or parent is None or child == parent == XSD + "integer":
        return pair
    return (compare_number(pair[0], child), compare_number(pair[1], parent))


def find_column(side: TermMap, scope: Scope) -> TableColumn | None:
    """The column of a side of a condition that is a reference."""
    return scope.table.column(side.expression.text) if isinstance(side.expression, Reference) else None


def find_datatype(side: TermMap, scope: Scope) -> str | Value | None:
    """The datatype of numbers in a side of a condition: one for all, or a value of each row; None where it has none."""
    column = find_column(side, scope)
    if column is None:
        return None
    own = find_own_datatype(column, scope)
    if own is not None:
        return own
    return column.datatype if column.datatype in NUMBERS else None


def find_own_datatype(column: TableColumn, scope: Scope) -> Value | None:
    """The datatype that each value of a column has of its own; None where there is none."""
    if column.many:
        item = scope.unfold(column.name, scope.column(column.name))
        return Member(column=item, name="d") if column.typed_items else None
    return None if column.datatype_name is None else scope.column(column.datatype_name)


def compare_number(value: Value, datatype: str | Value) -> Value:
    """A number as it is compared with others; any other value, and a whole number, as it is."""
    number = Encode(encoding=Encoding.NUMBER, value=value)
    if isinstance(datatype, str):
        return value if datatype == XSD + "integer" else number
    changed = tuple(Equal(one=datatype, other=Text(text=XSD + name)) for name in ("double", "decimal"))
    return When(condition=AnyOf(conditions=changed), then=number, otherwise=value)
