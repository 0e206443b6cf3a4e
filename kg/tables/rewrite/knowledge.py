"""What a rewriting knows of the data, and what it has to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.tables.columns import SourceTable
from kg.tables.plan.pattern import QuadPattern
from kg.tables.plan.value import Column, Concat, Encode, Encoding, FirstOf, Member, Text, Value, When
from kg.tables.rewrite.facts import (
    ESCAPED,
    Facts,
    IsFull,
    IsPlain,
    IsUrlSafe,
    Question,
    answer_by_alphabet,
    may_hold,
    of_table,
)

SIMPLE_ESCAPES = frozenset(b'\\"\n\r\t')  # bytes that a replacement each escapes


@dataclass(kw_only=True)
class Knowledge:
    """Facts, with the tables that they are of; questions without an answer are noted in *open*, and taken as denied.

    *narrowed* are tables of some columns' distinct rows, by name, with the tables that they are made of.
    """

    facts: Facts
    tables: Mapping[str, SourceTable]
    narrowed: dict[str, SourceTable] = field(default_factory=dict)
    open: dict[Question, None] = field(default_factory=dict)

    def holds(self, question: Question) -> bool:
        """Whether the answer is yes; it is noted where it is not known."""
        answer = self.find(question)
        if answer is None:
            self.open[question] = None
        return bool(answer)

    def find(self, question: Question) -> bool | None:
        """The answer that is known; what holds of all rows of a table holds of its distinct rows as well."""
        name = getattr(question, "table", None)
        if name is not None:
            below = self.narrowed.get(name)
            if answer_by_alphabet(question, below or self.tables[name]):
                return True
            if below is not None and self.facts.answers.get(of_table(question, below.name)):
                return True
        return self.facts.answers.get(question)

    def count_rows(self, table: SourceTable) -> int | None:
        """The number of a table's rows, where it is known."""
        return self.facts.rows.get(table.name)

    # -- values ---------------------------------------------------------------------------------

    def is_full(self, value: Column | Member, pattern: QuadPattern) -> bool:
        """True where every row has a value in a column."""
        table = table_of(value, pattern)
        if table is None or not isinstance(value, Column):
            return False
        return value.name == table.row or self.holds(IsFull(table=table.name, column=value.name))

    def find_gaps(self, value: Value, pattern: QuadPattern) -> tuple[Column | Member, ...] | None:
        """The columns that a value is missing without; None where more than its columns decide about that."""
        needed = needed_columns(value)
        return None if needed is None else tuple(c for c in needed if not self.is_full(c, pattern))

    def simplify(self, value: Value, pattern: QuadPattern) -> Value:
        """A value with no more encoding than its column needs."""
        if not isinstance(value, Encode) or not isinstance(value.value, Column):
            return value
        column = value.value
        table = table_of(column, pattern)
        if table is None:
            return value
        if value.encoding in {Encoding.IRI, Encoding.URI}:
            if self.holds(IsUrlSafe(table=table.name, column=column.name)):
                return column
            is_ascii = not may_hold(table, range(0x80, 0x100))
            return Encode(encoding=Encoding.URI, value=column) if is_ascii else value
        if value.encoding is not Encoding.ESCAPE:
            return value
        codes = may_hold(table, ESCAPED)
        if self.holds(IsPlain(table=table.name, column=column.name, codes=codes)):
            return column
        return Encode(encoding=Encoding.ESCAPE, value=column, codes=codes if codes <= SIMPLE_ESCAPES else None)


def table_of(value: Column | Member, pattern: QuadPattern) -> SourceTable | None:
    """The table of a column of a pattern; None for the item of a list."""
    column = value.column if isinstance(value, Member) else value
    if column.of == "t":
        return pattern.table
    return pattern.parent.table if column.of == "p" and pattern.parent is not None else None


def needed_columns(value: Value) -> tuple[Column | Member, ...] | None:
    """The columns and items without which a value is missing, and with which it is there; None where that is not so.

    >>> from kg.tables.plan.value import Concat, FirstOf
    >>> needed_columns(Concat(parts=(Text(text="a"), Column(of="t", name="x"))))
    (Column(of='t', name='x'),)
    """

    if isinstance(value, Column | Member):
        return (value,)
    if isinstance(value, Text) or (isinstance(value, FirstOf) and isinstance(value.values[-1], Text)):
        return ()
    if isinstance(value, Encode):
        return needed_columns(value.value)
    if isinstance(value, Concat) and not value.whole:
        parts = [needed_columns(part) for part in value.parts]
        found = [part for part in parts if part is not None]
        return tuple(dict.fromkeys(c for part in found for c in part)) if len(found) == len(parts) else None
    if isinstance(value, When):
        both = [needed_columns(value.then), needed_columns(value.otherwise)]
        same = both[0] is not None and both[1] is not None and set(both[0]) == set(both[1])
        return both[0] if same else None
    return None
