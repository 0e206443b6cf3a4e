"""What the collation of a column takes for one, found by asking the database itself.

No database tells the collation of what a view or a query gives, and names of collations say little (`_as_cs`, a locale
of ICU). But all of them compare a constant by the collation of the column that it stands below in a UNION, and read no
row for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kg.tables.columns import Folding
from kg.tables.sources.dialects import Database, DescribedTable

# two texts that differ in nothing else
PAIRS = {
    Folding.CAPITALS: ("a", "A"),
    Folding.ACCENTS: ("a", "á"),
    Folding.FORMS: ("á", "a\N{COMBINING ACUTE ACCENT}"),
    Folding.BLANKS: ("a", "a "),
}


def find_foldings(database: Database, described: DescribedTable, wanted: Sequence[int]) -> DescribedTable:
    """A table in which the columns at the *wanted* places have the foldings of their collations.

    A collation that the database refuses to compare by (SQLite knows those of other programs by name only) may take
    anything for one.
    """
    texts = [index for index in wanted if described.columns[index].collated]
    names = [database.quote(described.columns[index].name) for index in texts]
    asked = [(name, folding) for name in names for folding in PAIRS]
    row = database.probe(write_probe(asked, described.relation)) if texts else ()
    answers: Sequence[Any] = row if row is not None else [probe_one(database, each, described) for each in asked]
    cut = (answers[start : start + len(PAIRS)] for start in range(0, len(answers), len(PAIRS)))
    found = dict(zip(texts, map(read_foldings, cut), strict=True))
    columns = (replace(c, foldings=found.get(index, frozenset())) for index, c in enumerate(described.columns))
    return replace(described, columns=tuple(columns))


def probe_one(database: Database, asked: tuple[str, Folding], described: DescribedTable) -> Any:
    """The answer to a comparison that is asked for alone; None where the database refuses it."""
    row = database.probe(write_probe([asked], described.relation))
    return None if row is None else row[0]


def write_probe(asked: Sequence[tuple[str, Folding]], relation: str) -> str:
    """A query of one row: whether the collation of each named column takes the texts of a pair for one.

    >>> write_probe([("k", Folding.CAPITALS), ("l", Folding.BLANKS)], "t")
    "SELECT c0 = 'A', c1 = 'a ' FROM (SELECT k AS c0, l AS c1 FROM t AS q WHERE 1 = 0 UNION ALL SELECT 'a', 'a') AS p"
    """
    compared = ", ".join(f"c{place} = '{PAIRS[folding][1]}'" for place, (_, folding) in enumerate(asked))
    columns = ", ".join(f"{name} AS c{place}" for place, (name, _) in enumerate(asked))
    texts = ", ".join(f"'{PAIRS[folding][0]}'" for _, folding in asked)
    return f"SELECT {compared} FROM (SELECT {columns} FROM {relation} AS q WHERE 1 = 0 UNION ALL SELECT {texts}) AS p"


def read_foldings(answers: Sequence[Any]) -> frozenset[Folding]:
    """The foldings of one column; without any answer, all of them.

    A single text that is refused has letters that the column cannot hold (those of Latin 1 have no accents apart).

    >>> read_foldings([1, 0, None, 0]), len(read_foldings([None] * 4))
    (frozenset({<Folding.CAPITALS: 'capitals'>}), 4)
    """
    if all(answer is None for answer in answers):
        return frozenset(Folding)
    return frozenset(folding for folding, is_one in zip(PAIRS, answers, strict=True) if is_one)
