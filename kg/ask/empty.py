"""Columns of an answer that are computed and hold nothing: an error in an expression is no value, without a word.

Source: SPARQL 1.1 Query Language, section 17.3 (errors of expressions) and 18.5.1 (aggregates).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kg.ask.sparql import scan_query
from kg.ask.store import Answer, Table
from kg.text.diagnostic import Diagnostic, SourceText, mark_at

_HINTS = {
    "GROUP_CONCAT": "GROUP_CONCAT takes texts: `GROUP_CONCAT(STR(...))` for IRIs and numbers",
    "SUM": "SUM takes numbers, and one other value makes no sum",
    "AVG": "AVG takes numbers, and one other value makes no average",
    "CONCAT": "CONCAT takes texts: `CONCAT(STR(...))` for IRIs and numbers",
}


def find_empty(source: SourceText, answer: Answer) -> Iterator[Diagnostic]:
    """The variables that a SELECT computes and that have no value in any row, each at its name."""
    if not isinstance(answer, Table) or not answer.rows:
        return
    empty = {name for at, name in enumerate(answer.variables) if all(row[at] is None for row in answer.rows)}
    if not empty:
        return
    words: list[str] = []
    for before, token in pairwise(scan_query(source.text)):
        if token.text == "{":
            return
        words.append(before.text.upper() if before.kind == "word" else before.text)
        if token.kind == "var" and words[-1] == "AS" and token.text[1:] in empty:
            mark = mark_at(source, token.start, token.start + len(token.text))
            hint = next((_HINTS[word] for word in words if word in _HINTS), None)
            message = f"`{token.text}` has no value in any row: what it computes is an error, or there is nothing"
            yield Diagnostic(code="unbound-variable", mark=mark, message=message, hint=hint)
        if before.text == ")" and token.text == "(":
            words.clear()
