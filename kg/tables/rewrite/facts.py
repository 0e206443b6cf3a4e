"""Facts of data: how many rows a table has, which columns have gaps, need encoding, are unique.

Rewriting a plan asks `Question`s; who runs the plan answers them, all of one table in one scan, as `Facts`. Many a
question is answered by the bytes that a file does not hold, without a look at the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from kg.tables.columns import SourceTable
from kg.tables.engine.macros import is_unreserved
from kg.tables.plan.relation import Relation

RESERVED = frozenset(code for code in range(256) if code > 0x7F or not is_unreserved(chr(code)))
ESCAPED = frozenset({*range(0x20), 0x7F, *b'"\\'})


@dataclass(frozen=True, kw_only=True)
class IsFull:
    """Has a column a value in every row?"""

    table: str
    column: str


@dataclass(frozen=True, kw_only=True)
class IsUrlSafe:
    """Are all values of a column their own percent-encoding?"""

    table: str
    column: str


@dataclass(frozen=True, kw_only=True)
class IsPlain:
    """Does no value of a column need an escape in N-Quads? Only *codes* can be in question."""

    table: str
    column: str
    codes: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Lacks:
    """Does no value of a column hold a character?"""

    table: str
    column: str
    char: str


@dataclass(frozen=True, kw_only=True)
class IsUnique:
    """Do no two rows that have a value in all these columns agree in them?

    Hashes that are all different prove it; equal ones prove nothing, and cost a DISTINCT that was not needed.
    """

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class IsRepetitive:
    """Are there, as far as can be estimated, at most half as many distinct rows of these columns as rows?"""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class IsEmpty:
    """Has a relation no row?"""

    rows: Relation


Question = IsFull | IsUrlSafe | IsPlain | Lacks | IsUnique | IsRepetitive | IsEmpty


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of tables: the number of *rows* by name, and *answers* to questions."""

    rows: Mapping[str, int] = field(default_factory=dict)
    answers: Mapping[Question, bool] = field(default_factory=dict)

    def holds(self, question: Question) -> bool:
        """The answer to a question that was asked before."""
        return self.answers[question]

    def with_answers(self, rows: Mapping[str, int], answers: Mapping[Question, bool]) -> Facts:
        """The facts together with further ones."""
        return Facts(rows={**self.rows, **rows}, answers={**self.answers, **answers})


def may_hold(table: SourceTable, codes: Iterable[int]) -> frozenset[int]:
    """Which of these bytes a value of a table may hold."""
    return frozenset(codes) if table.alphabet is None else table.alphabet.intersection(codes)


def answer_by_alphabet(question: Question, table: SourceTable) -> bool:
    """Whether the bytes of a table alone say that the answer is yes."""
    if isinstance(question, IsUrlSafe):
        return not may_hold(table, RESERVED)
    if isinstance(question, IsPlain):
        return not question.codes
    return isinstance(question, Lacks) and not may_hold(table, question.char.encode())


def of_table(question: Question, name: str) -> Question:
    """The question about another table with the same columns."""
    return question if isinstance(question, IsEmpty) else replace(question, table=name)
