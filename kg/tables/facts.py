"""What is known of the data in a table: how many rows, which columns have gaps, need encoding, are unique.

One scan answers all questions of a table; the answers make the queries that follow cheap (a column of plain
ASCII letters and digits needs no percent-encoding at all) and prove which of them need no DISTINCT.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from kg.noun import dataclass
from kg.tables.columns import Table
from kg.tables.distinct import Separation
from kg.tables.macros import quote_text


@dataclass(kw_only=True)
class Facts:
    """Answers about one table, asked once each. Columns are SQL over the alias `t`."""

    connection: Any
    table: Table
    rows: int = 0
    answers: dict[str, bool] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Note an SQL aggregate that gives a boolean; `answer_all` asks all in one scan."""
        if question not in self.answers and question not in self.asked:
            self.asked.append(question)

    def answer_all(self) -> None:
        questions = ["count(*)", *self.asked]
        row = self.connection.execute(f"SELECT {', '.join(questions)} FROM {self.table.name} t").fetchone()
        self.rows = row[0]
        self.answers |= {q: bool(a) for q, a in zip(self.asked, row[1:], strict=True)}
        self.asked = []

    def holds(self, question: str) -> bool:
        if question not in self.answers:
            self.ask(question)
            self.answer_all()
        return self.answers[question]


def full(column: str) -> str:
    """The question whether a column has a value in every row."""
    return f"count({column}) = count(*)"


def url_safe(column: str) -> str:
    """The question whether all values of a column are their own percent-encoding."""
    return f"coalesce(bool_and(strlen(url_encode({column})) = strlen({column})), true)"


def quote_free(column: str) -> str:
    """The question whether no value of a column needs an escape in N-Quads."""
    return f"NOT coalesce(bool_or(regexp_matches({column}, '[\\x00-\\x1F\\x7F\"\\\\]')), false)"


def separates(separation: Separation) -> str:
    """The question whether no value holds a separator's first character."""
    return f"NOT coalesce(bool_or(contains({separation.column}, {quote_text(separation.char)})), false)"


def unique(columns: tuple[str, ...]) -> str:
    """The question whether no two rows (with a value in all these columns) agree in them.

    Hashes that are all different prove it; equal ones prove nothing, and cost a DISTINCT that was not needed.
    """
    there = " AND ".join(f"{c} IS NOT NULL" for c in columns)
    return f"count(DISTINCT hash({', '.join(columns)})) FILTER ({there}) = count(*) FILTER ({there})"
