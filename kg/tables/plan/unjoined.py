"""What the rule of joins leaves without a partner, and another rule would join: it is looked for, and told.

SQL converts types before it compares, and a collation takes texts for one that are not written alike. Whoever expects
that of a join would else miss triples without a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.rdf.namespace import XSD
from kg.tables.columns import Folding, SourceTable, TableColumn
from kg.tables.plan.compare import NUMBERS, find_column, find_own_datatype
from kg.tables.plan.pattern import Check, unnest_all
from kg.tables.plan.relation import Join, Joining, Named, Project, Relation, Scan
from kg.tables.plan.scope import Scope
from kg.tables.plan.value import (
    Column,
    Encode,
    Encoding,
    Noun,
    Present,
    Value,
    When,
    change_columns,
    columns_of,
    rename_rows,
)
from kg.tables.rml import JoinCondition, Reference, TermMap

TEXT = "a text"
BY_VALUE = "a value with a type of its own"
TURNED = {"t": "p", "p": "t"}
FORMS = "`{value}` finds no partner, but one that is written in another form: {kinds}, and they are compared as texts"
ONE_TYPE = "give both sides one type in a query (`CAST`), or one form by a function"
CASES = (
    "`{value}` finds no partner, but one that differs in {foldings}:"
    " texts are compared as they are written, whatever the collation of the database"
)
ONE_CASE = "make both sides alike in a query (`LOWER`), or by a function (`grel:toLowerCase`)"
FOLDED = {
    Folding.CAPITALS: Encoding.LOWERED,
    Folding.ACCENTS: Encoding.UNACCENTED,
    Folding.FORMS: Encoding.COMPOSED,
    Folding.BLANKS: Encoding.UNPADDED,
}

Pair = tuple[Value, Value]


@dataclass(frozen=True, kw_only=True)
class Looser:
    """A *pair* of values as they are compared by a rule under which more of them are one, and what is said of it."""

    pair: Pair
    message: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class JoinSide:
    """One side of a join: the *table* that its rows are told of, their *rows*, and a term map for each condition."""

    table: SourceTable
    rows: Relation
    values: tuple[TermMap, ...]


def check_forms(conditions: Sequence[JoinCondition], pairs: Sequence[Pair], left: Scope, right: Scope) -> list[Check]:
    """Checks for rows that find no partner, and would find one under a looser rule.

    They are made where the types of the two sides differ, or texts have a collation under which others are equal:
    elsewhere nobody expects more. A row of either side is told, the child's first: the parent's only where its
    partner under the looser rule has another one.
    """
    loosers = [list(find_loosers(c, pair, left, right)) for c, pair in zip(conditions, pairs, strict=True)]
    if not any(loosers):
        return []
    # lists of the child and of the parent have names of their own: both may lie beside each other
    lists = {each.alias: "t" for each in left.unfolded.values()} | {each.alias: "p" for each in right.unfolded.values()}
    laid = [lay_pair(pair, lists) for pair in pairs]
    rules = [[replace(each, pair=lay_pair(each.pair, lists)) for each in found] for found in loosers]
    child = JoinSide(table=find_checked(left), rows=lay_rows(left, "t"), values=tuple(c.child for c in conditions))
    parent = JoinSide(table=find_checked(right), rows=lay_rows(right, "t"), values=tuple(c.parent for c in conditions))
    turned = [turn_pair(pair) for pair in laid]
    back = [[replace(each, pair=turn_pair(each.pair)) for each in found] for found in rules]
    return [
        *check_side(child, lay_rows(right, "p"), lay_rows(right, "q"), laid, rules),
        *check_side(parent, lay_rows(left, "p"), find_joined(left, right, laid), turned, back),
    ]


def find_checked(scope: Scope) -> SourceTable:
    """The table on which a side is looked at: the one that its own was made of, which is there beforehand."""
    return scope.checked or scope.table


def lay_rows(scope: Scope, alias: str) -> Relation:
    """The rows of a side, called *alias*: where references into lists are compared, a row for each of their items."""
    table, own = find_checked(scope), scope.alias
    if not scope.unfolded:
        return Scan(table=table.name, alias=alias)
    items = [Column(of=each.alias, name="x") for each in scope.unfolded.values()]
    columns = [Named(name=name_item(item), value=item) for item in items]
    if table.row == "rowid":  # not among all columns
        columns.append(Named(name=table.row, value=Column(of=own, name=table.row)))
    rows = unnest_all(Scan(table=table.name, alias=own), scope.unfolded.values())
    return Project(rows=rows, columns=tuple(columns), alias=alias, every=own)


def name_item(item: Column) -> str:
    """The name of a list's item as a column of laid rows."""
    return f"{item.of}.{item.name}"


def lay_pair(pair: Pair, lists: dict[str, str]) -> Pair:
    """A pair of values over laid rows; *lists* are the sides `t` and `p` of lists by their names."""

    def lay(column: Column) -> Value:
        return Column(of=lists[column.of], name=name_item(column)) if column.of in lists else column

    return change_columns(pair[0], lay), change_columns(pair[1], lay)


def turn_pair(pair: Pair) -> Pair:
    """A pair of values as the other side sees it."""
    return rename_rows(pair[1], TURNED), rename_rows(pair[0], TURNED)


def find_joined(left: Scope, right: Scope, pairs: Sequence[Pair]) -> Project:
    """The rows `q` of the left side that have a partner."""
    on = tuple((rename_rows(a, {"t": "q"}), b) for a, b in pairs)
    joined = Join(left=lay_rows(left, "q"), right=lay_rows(right, "p"), on=on, how=Joining.SEMI)
    return Project(rows=joined, columns=(), alias="q", every="q")


def check_side(
    side: JoinSide, others: Relation, near: Relation, pairs: Sequence[Pair], rules: Sequence[Sequence[Looser]]
) -> list[Check]:
    """A check for each looser rule: the rows `t` of a side that find a partner in *near* only by it, not in *others*.

    The rules before it hold as well, so that a row is told once, at the condition that keeps its partner away.
    """
    checks: list[Check] = []
    read = (*pairs, *(each.pair for found in rules for each in found))
    rows = side.rows
    on = list(pairs)
    for place, (found, term) in enumerate(zip(rules, side.values, strict=True)):
        for rule in found:
            alone = Join(left=rows, right=others, on=tuple(on), how=Joining.ANTI)
            rows = keep_apart(alone, side.table, read)
            on[place] = rule.pair
            nearly = tuple((a, rename_rows(b, {"p": "q"})) for a, b in on)
            value, expression = pairs[place][0], term.expression
            checks.append(
                Check(
                    table=side.table,
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


def keep_apart(rows: Relation, table: SourceTable, nouns: Noun) -> Project:
    """Rows `t` with what is read of them. Most often there are few, and looser forms are computed of these alone."""
    names = dict.fromkeys([table.place_column, *(column.name for column in columns_of(nouns) if column.of == "t")])
    columns = tuple(Named(name=name, value=Column(of="t", name=name)) for name in names)
    return Project(rows=rows, columns=columns, alias="t", apart=True)


# -- looser rules ---------------------------------------------------------------------------------


def find_loosers(condition: JoinCondition, pair: Pair, left: Scope, right: Scope) -> Iterator[Looser]:
    """The rules under which more values of a condition would be one; none where nobody expects another.

    Of two, the one of types comes first, and texts of a collation in the second.
    """
    columns = find_column(condition.child, left), find_column(condition.parent, right)
    kinds = tell_kind(columns[0]), tell_kind(columns[1])
    foldings = find_foldings(columns) if {*kinds} <= {TEXT, BY_VALUE} else ()
    if kinds[0] != kinds[1] or BY_VALUE in kinds:
        formed = [write_form(value, column) for value, column in zip(pair, columns, strict=True)]
        typed = [keep_typed(form, c, s) for form, c, s in zip(formed, columns, (left, right), strict=True)]
        words = (
            f"the child{name_side(condition.child)} is {kinds[0]}, the parent{name_side(condition.parent)} {kinds[1]}"
        )
        message = FORMS.replace("{kinds}", words.replace("{", "{{").replace("}", "}}"))
        one, other = typed if TEXT in kinds else formed
        yield Looser(pair=(one, other), message=message, hint=ONE_TYPE)
    if foldings:
        message = CASES.replace("{foldings}", say_foldings(foldings))
        yield Looser(pair=(fold(pair[0], foldings), fold(pair[1], foldings)), message=message, hint=ONE_CASE)


def find_foldings(columns: Sequence[TableColumn | None]) -> tuple[Folding, ...]:
    """What the collations of columns take for one and our rule does not, in a fixed order."""
    found = {folding for column in columns if column is not None for folding in column.foldings}
    if any(column is not None and column.padded for column in columns):
        found.discard(Folding.BLANKS)
    return tuple(folding for folding in Folding if folding in found)


def fold(value: Value, foldings: Sequence[Folding]) -> Value:
    """A text as it is compared by a collation."""
    for folding in foldings:
        value = Encode(encoding=FOLDED[folding], value=value)
    return value


def say_foldings(foldings: Sequence[Folding]) -> str:
    """What texts may differ in, in words.

    >>> say_foldings([Folding.CAPITALS, Folding.ACCENTS, Folding.BLANKS])
    'capitals, accents or blanks at the end'
    """
    *first, last = [folding.value for folding in foldings]
    return f"{', '.join(first)} or {last}" if first else last


def write_form(value: Value, column: TableColumn | None) -> Value:
    """The plain form of a value, which a whole number has already."""
    whole = column is not None and column.datatype == XSD + "integer"
    return value if whole else Encode(encoding=Encoding.FORM, value=value)


def keep_typed(value: Value, column: TableColumn | None, scope: Scope) -> Value:
    """The value where it has a type, if each value of its column has one of its own: two texts are what they are."""
    own = None if column is None else find_own_datatype(column, scope)
    return value if own is None else When(condition=Present(values=(own,)), then=value)


def tell_kind(column: TableColumn | None) -> str:
    """What the values of a column are, in words; numbers of all types are one kind.

    >>> tell_kind(TableColumn(reference="a", name="c0", datatype=XSD + "decimal")), tell_kind(None)
    ('a number', 'a text')
    """
    if column is None:
        return TEXT
    if column.datatype_name is not None or column.typed_items:
        return BY_VALUE
    if column.datatype is None:
        return TEXT
    return "a number" if column.datatype in NUMBERS else "an xsd:" + column.datatype.removeprefix(XSD)


def name_side(side: TermMap) -> str:
    """The reference of a side of a condition for people, if it is one."""
    return f" `{side.expression.text}`" if isinstance(side.expression, Reference) else ""
