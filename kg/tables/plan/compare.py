"""When two values of a join are one: numbers and moments by what they say, all else by its text; and what that leaves.

SQL's own equality differs from database to database (types that are converted, collations), and RML joins sources of
all kinds. So there is one rule, and rows that another would have joined are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.tables.columns import SourceTable, TableColumn
from kg.tables.plan.pattern import Check
from kg.tables.plan.relation import Join, Joining, Project, Relation, Scan
from kg.tables.plan.scope import Scope
from kg.tables.plan.value import AnyOf, Encode, Encoding, Equal, Member, Present, Text, Value, When, rename_rows
from kg.tables.rml import JoinCondition, Reference, TermMap
from kg.tables.vocabulary import XSD

NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double"))
MOMENTS = frozenset(XSD + name for name in ("dateTime", "time"))
TEXT = "a text"
BY_VALUE = "a value with a type of its own"
TURNED = {"t": "p", "p": "t"}
FORMS = "`{value}` finds no partner, but one that is written in another form: {kinds}, and they are compared as texts"
ONE_TYPE = "give both sides one type in a query (`CAST`), or one form by a function"
CASES = (
    "`{value}` finds no partner, but one that differs in capitals, accents or blanks at the end:"
    " texts are compared as they are written, whatever the collation of the database"
)
ONE_CASE = "make both sides alike in a query (`LOWER`), or by a function (`grel:toLowerCase`)"

Pair = tuple[Value, Value]


@dataclass(frozen=True, kw_only=True)
class Looser:
    """A *pair* of values as they are compared by a rule under which more of them are one, and what is said of it."""

    pair: Pair
    message: str
    hint: str


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
    if column.many:
        item = scope.unfold(column.name, scope.column(column.name))
        return Member(column=item, name="d") if column.typed_items else None
    if column.datatype_name is not None:
        return scope.column(column.datatype_name)
    return column.datatype if column.datatype in NUMBERS else None


def compare_number(value: Value, datatype: str | Value) -> Value:
    """A number as it is compared with others; any other value, and a whole number, as it is."""
    number = Encode(encoding=Encoding.NUMBER, value=value)
    if isinstance(datatype, str):
        return value if datatype == XSD + "integer" else number
    changed = tuple(Equal(one=datatype, other=Text(text=XSD + name)) for name in ("double", "decimal"))
    return When(condition=AnyOf(conditions=changed), then=number, otherwise=value)


# -- what another rule would join -----------------------------------------------------------------


def check_forms(conditions: Sequence[JoinCondition], pairs: Sequence[Pair], left: Scope, right: Scope) -> list[Check]:
    """Checks for rows that find no partner, and would find one under a looser rule.

    They are made where the types of the two sides differ, or texts have a collation under which others are equal:
    elsewhere nobody expects more. A row of either side is told, the child's first: the parent's only where its
    partner under the looser rule has another one.
    """
    looser = [find_looser(c, pair, left, right) for c, pair in zip(conditions, pairs, strict=True)]
    told = next(((c, each) for c, each in zip(conditions, looser, strict=True) if each is not None), None)
    if told is None or left.unfolded or right.unfolded:
        return []
    on = tuple(pairs)
    nearly = tuple(pair if rule is None else rule.pair for pair, rule in zip(pairs, looser, strict=True))
    condition, rule = told
    place = conditions.index(condition)
    tables = (left.table, right.table)
    back = tuple((rename_rows(b, TURNED), rename_rows(a, TURNED)) for a, b in on)
    back_nearly = tuple((rename_rows(b, TURNED), rename_rows(a, TURNED)) for a, b in nearly)
    return [
        check_side(tables, on, nearly, Scan(table=right.table.name, alias="q"), rule, condition.child, on[place][0]),
        check_side(
            tables[::-1], back, back_nearly, find_joined(left, right, on), rule, condition.parent, back[place][0]
        ),
    ]


def find_joined(left: Scope, right: Scope, on: tuple[Pair, ...]) -> Project:
    """The rows `q` of the left side that have a partner."""
    pairs = tuple((rename_rows(a, {"t": "q"}), b) for a, b in on)
    own, other = Scan(table=left.table.name, alias="q"), Scan(table=right.table.name, alias="p")
    return Project(rows=Join(left=own, right=other, on=pairs, how=Joining.SEMI), columns=(), alias="q", every="q")


def check_side(
    tables: tuple[SourceTable, ...],
    on: tuple[Pair, ...],
    nearly: tuple[Pair, ...],
    near: Relation,
    rule: Looser,
    side: TermMap,
    value: Value,
) -> Check:
    """The rows `t` of the first table without a partner in the other, and with one in *near* by a looser rule."""
    own, other = tables
    alone = Join(left=Scan(table=own.name, alias="t"), right=Scan(table=other.name, alias="p"), on=on, how=Joining.ANTI)
    pairs = tuple((a, rename_rows(b, {"p": "q"})) for a, b in nearly)
    expression = side.expression
    return Check(
        table=own,
        code="data-unjoined",
        bad=Present(values=(value,)),
        value=value,
        reference=expression.text if isinstance(expression, Reference) else "the value of the join",
        message=rule.message,
        rows=Join(left=alone, right=near, on=pairs, how=Joining.SEMI),
        mark=expression.mark,
        hint=rule.hint,
    )


def find_looser(condition: JoinCondition, pair: Pair, left: Scope, right: Scope) -> Looser | None:
    """The rule under which more values of a condition would be one; None where nobody expects another."""
    columns = find_column(condition.child, left), find_column(condition.parent, right)
    kinds = tell_kind(columns[0]), tell_kind(columns[1])
    if kinds[0] != kinds[1] or BY_VALUE in kinds:
        formed = [write_form(value, column) for value, column in zip(pair, columns, strict=True)]
        typed = [keep_typed(form, c, s) for form, c, s in zip(formed, columns, (left, right), strict=True)]
        words = f"{name_side(condition.child)} is {kinds[0]}, {name_side(condition.parent)} {kinds[1]}"
        message = FORMS.replace("{kinds}", words.replace("{", "{{").replace("}", "}}"))
        one, other = typed if TEXT in kinds else formed
        return Looser(pair=(one, other), message=message, hint=ONE_TYPE)
    if any(column is not None and column.folded for column in columns):
        one, other = (Encode(encoding=Encoding.FOLDED, value=value) for value in pair)
        return Looser(pair=(one, other), message=CASES, hint=ONE_CASE)
    return None


def write_form(value: Value, column: TableColumn | None) -> Value:
    """The plain form of a value, which a whole number has already."""
    whole = column is not None and column.datatype == XSD + "integer"
    return value if whole else Encode(encoding=Encoding.FORM, value=value)


def keep_typed(value: Value, column: TableColumn | None, scope: Scope) -> Value:
    """The value where it has a type, if each value of its column has one of its own: two texts are what they are."""
    if column is None or column.datatype_name is None:
        return value
    return When(condition=Present(values=(scope.column(column.datatype_name),)), then=value)


def tell_kind(column: TableColumn | None) -> str:
    """What the values of a column are, in words; numbers of all types are one kind.

    >>> tell_kind(TableColumn(reference="a", name="c0", datatype=XSD + "decimal")), tell_kind(None)
    ('a number', 'a text')
    """
    if column is None or (column.datatype is None and column.datatype_name is None):
        return TEXT
    if column.datatype is None:
        return BY_VALUE
    return "a number" if column.datatype in NUMBERS else "an xsd:" + column.datatype.removeprefix(XSD)


def name_side(side: TermMap) -> str:
    """A side of a condition for people."""
    return f"`{side.expression.text}`" if isinstance(side.expression, Reference) else "one side"
