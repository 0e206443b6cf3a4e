"""When two values of a join are one: numbers and moments by what they say, all else by its text; and what that leaves.

SQL's own equality differs from database to database (types that are converted, collations), and RML joins sources of
all kinds. So there is one rule, and rows that another would have joined are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.tables.columns import SourceTable, TableColumn
from kg.tables.plan.pattern import Check
from kg.tables.plan.relation import Join, Joining, Named, Project, Relation, Scan
from kg.tables.plan.scope import Scope
from kg.tables.plan.value import (
    AnyOf,
    Column,
    Encode,
    Encoding,
    Equal,
    Member,
    Present,
    Text,
    Value,
    When,
    columns_of,
    rename_rows,
)
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
    rules = [find_looser(c, pair, left, right) for c, pair in zip(conditions, pairs, strict=True)]
    if not any(rules) or left.unfolded or right.unfolded:
        return []
    back = [None if rule is None else replace(rule, pair=turn_pair(rule.pair)) for rule in rules]
    return [
        *check_side(
            (left.table, right.table),
            pairs,
            Scan(table=right.table.name, alias="q"),
            rules,
            [c.child for c in conditions],
        ),
        *check_side(
            (right.table, left.table),
            [turn_pair(pair) for pair in pairs],
            find_joined(left, right, tuple(pairs)),
            back,
            [c.parent for c in conditions],
        ),
    ]


def turn_pair(pair: Pair) -> Pair:
    """A pair of values as the other side sees it."""
    return rename_rows(pair[1], TURNED), rename_rows(pair[0], TURNED)


def find_joined(left: Scope, right: Scope, on: tuple[Pair, ...]) -> Project:
    """The rows `q` of the left side that have a partner."""
    pairs = tuple((rename_rows(a, {"t": "q"}), b) for a, b in on)
    own, other = Scan(table=left.table.name, alias="q"), Scan(table=right.table.name, alias="p")
    return Project(rows=Join(left=own, right=other, on=pairs, how=Joining.SEMI), columns=(), alias="q", every="q")


def check_side(
    tables: tuple[SourceTable, SourceTable],
    pairs: Sequence[Pair],
    near: Relation,
    rules: Sequence[Looser | None],
    sides: Sequence[TermMap],
) -> list[Check]:
    """A check for each looser rule: the rows `t` of the first table that find a partner in *near* only by it.

    The rules before it hold as well, so that a row is told once, at the condition that keeps its partner away.
    """
    own, other = tables
    checks: list[Check] = []
    rows: Relation = Scan(table=own.name, alias="t")
    on = list(pairs)
    for place, (side, rule) in enumerate(zip(sides, rules, strict=True)):
        if rule is None:
            continue
        alone = Join(left=rows, right=Scan(table=other.name, alias="p"), on=tuple(on), how=Joining.ANTI)
        rows = keep_apart(alone, own, (*pairs, *(each.pair for each in rules if each is not None)))
        on[place] = rule.pair
        nearly = tuple((a, rename_rows(b, {"p": "q"})) for a, b in on)
        expression, value = side.expression, pairs[place][0]
        checks.append(
            Check(
                table=own,
                code="data-unjoined",
                bad=Present(values=(value,)),
                value=value,
                reference=expression.text if isinstance(expression, Reference) else "the value of the join",
                message=rule.message,
                rows=Join(left=rows, right=near, on=nearly, how=Joining.SEMI),
                mark=expression.mark,
                hint=rule.hint,
            )
        )
    return checks


def keep_apart(rows: Relation, table: SourceTable, pairs: Sequence[Pair]) -> Project:
    """Rows `t` with what is read of them. Most often there are few, and looser forms are computed of these alone."""
    names = dict.fromkeys([table.row, *(column.name for column in columns_of(pairs) if column.of == "t")])
    columns = tuple(Named(name=name, value=Column(of="t", name=name)) for name in names)
    return Project(rows=rows, columns=columns, alias="t", apart=True)


def find_looser(condition: JoinCondition, pair: Pair, left: Scope, right: Scope) -> Looser | None:
    """The rule under which more values of a condition would be one; None where nobody expects another."""
    columns = find_column(condition.child, left), find_column(condition.parent, right)
    kinds = tell_kind(columns[0]), tell_kind(columns[1])
    if kinds[0] != kinds[1] or BY_VALUE in kinds:
        formed = [write_form(value, column) for value, column in zip(pair, columns, strict=True)]
        typed = [keep_typed(form, c, s) for form, c, s in zip(formed, columns, (left, right), strict=True)]
        words = (
            f"the child{name_side(condition.child)} is {kinds[0]}, the parent{name_side(condition.parent)} {kinds[1]}"
        )
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
    """The reference of a side of a condition for people, if it is one."""
    return f" `{side.expression.text}`" if isinstance(side.expression, Reference) else ""
