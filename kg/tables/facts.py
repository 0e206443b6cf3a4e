"""What is known of the data in a table: how many rows, which columns have gaps, need encoding, are unique.

One scan answers all questions of a table; the answers make the queries that follow cheap (a column of plain
ASCII letters and digits needs no percent-encoding at all) and prove which of them need no DISTINCT. Many a
question is answered by the bytes that a file does not hold, without a look at the values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kg.tables.columns import Table
from kg.tables.distinct import Separation
from kg.tables.macros import is_unreserved, quote_text

RESERVED = frozenset(code for code in range(256) if code > 0x7F or not is_unreserved(chr(code)))
CONTROLS = frozenset({*range(0x20), 0x7F})
FEW = 3  # so many single bytes are found sooner one by one than by a pattern
ESCAPED = CONTROLS | {*b'"\\'}


@dataclass(frozen=True, kw_only=True)
class Question:
    """An SQL aggregate that gives a boolean. It is true where no value holds a byte of *unless* (None: ask)."""

    sql: str
    unless: frozenset[int] | None = None


@dataclass(kw_only=True)
class Facts:
    """Answers about one table, asked once each. Columns are SQL over the alias `t`."""

    connection: Any
    table: Table
    rows: int = 0
    answers: dict[str, bool] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    narrowed: dict[tuple[str, ...], str] = field(default_factory=dict)  # names of tables of distinct rows, by columns

    def ask(self, question: Question) -> None:
        """Note a question; `answer_all` asks all in one scan."""
        if question.sql in self.answers or question.sql in self.asked:
            return
        if question.unless is not None and not self.may_hold(question.unless):
            self.answers[question.sql] = True
        else:
            self.asked.append(question.sql)

    def answer_all(self) -> None:
        if self.rows and not self.asked:
            return
        questions = ["count(*)", *self.asked]
        row = self.connection.execute(f"SELECT {', '.join(questions)} FROM {self.table.name} t").fetchone()
        self.rows = row[0]
        self.answers |= {q: bool(a) for q, a in zip(self.asked, row[1:], strict=True)}
        self.asked = []

    def holds(self, question: Question) -> bool:
        self.ask(question)
        if question.sql not in self.answers:
            self.answer_all()
        return self.answers[question.sql]

    def may_hold(self, codes: Iterable[int]) -> frozenset[int]:
        """Which of these bytes a value may hold."""
        alphabet = self.table.alphabet
        return frozenset(codes) if alphabet is None else alphabet.intersection(codes)


def full(column: str) -> Question:
    """The question whether a column has a value in every row."""
    return Question(sql=f"count({column}) = count(*)")


def url_safe(column: str) -> Question:
    """The question whether all values of a column are their own percent-encoding."""
    sql = f"coalesce(bool_and(strlen(url_encode({column})) = strlen({column})), true)"
    return Question(sql=sql, unless=RESERVED)


def quote_free(column: str, codes: frozenset[int]) -> Question:
    """The question whether no value of a column needs an escape in N-Quads; only *codes* can be in question."""
    if len(codes) <= FEW:
        sought = " OR ".join(f"contains({column}, chr({code}))" for code in sorted(codes)) or "false"
    else:
        sought = f"regexp_matches({column}, '[\\x00-\\x1F\\x7F\"\\\\]')"
    return Question(sql=f"NOT coalesce(bool_or({sought}), false)", unless=codes)


def separates(separation: Separation) -> Question:
    """The question whether no value holds a separator's first character."""
    sql = f"NOT coalesce(bool_or(contains({separation.column}, {quote_text(separation.char)})), false)"
    return Question(sql=sql, unless=frozenset(separation.char.encode()))


def unique(columns: tuple[str, ...]) -> Question:
    """The question whether no two rows (with a value in all these columns) agree in them.

    Hashes that are all different prove it; equal ones prove nothing, and cost a DISTINCT that was not needed.
    """
    there = " AND ".join(f"{c} IS NOT NULL" for c in columns)
    sql = f"count(DISTINCT hash({', '.join(columns)})) FILTER ({there}) = count(*) FILTER ({there})"
    return Question(sql=sql)


def repetitive(columns: tuple[str, ...]) -> Question:
    """The question whether there are, as far as can be estimated, at most half as many distinct rows as rows."""
    return Question(sql=f"approx_count_distinct(hash({', '.join(columns)})) * 2 <= count(*)")
