"""Why an answer holds nothing, where the store says no word: literals that do not fit, expressions that fail.

`"Lei Jun"` is not `"Lei Jun"@en`, `"120"` no number, and a text is never before a date: a store answers such a query
without a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from time import monotonic

import pyoxigraph as ox

from kg.ask.sparql import Token, scan_query
from kg.ask.store import Answer, QueryError, Store, Table, Triples, Truth
from kg.ask.term import read_term, show_term
from kg.rdf.iri import Prefixes
from kg.system.worker.limits import WorkerLimits
from kg.text.diagnostic import Diagnostic, SourceText, mark_at

_MOST = 5  # literals that are looked for: for each the graph is read
_SECONDS = 5.0  # for all of them: whoever has no answer yet waits for this
_SIGNS = frozenset({"=", "!", "<", ">"})
_DAY = re.compile(r"""(["'])[0-9]{4}-[0-9]{2}-[0-9]{2}\1""")


def find_misfits(
    source: SourceText, answer: Answer, store: Store, given: Mapping[str, str] | None = None
) -> Iterator[Diagnostic]:
    """The literals of a query without an answer that stand in no triple, while others of the same text do.

    Those *given* to its parameters too, which are texts as `-p` takes them.
    """
    if not _is_empty(answer):
        return
    tokens = list(scan_query(source.text))
    places = [(source, first.start, last.start + len(last.text)) for first, last in _find_literals(tokens)]
    looked = [(mark_at(*place), source.text[place[1] : place[2]]) for place in places[:_MOST]]
    for value in (given or {}).values():
        term = read_term(value, store.prefixes)
        if isinstance(term, ox.Literal):
            looked.append((mark_at(SourceText("-p", value), 0, len(value)), str(term)))
    end = monotonic() + _SECONDS
    for mark, text in looked:
        if (left := end - monotonic()) <= 0:
            break
        told = ", ".join(f"`{_write(term, store.prefixes)}`" for term in _find_others(text, store, left))
        if told:
            message = f"`{mark.excerpt or text}` stands nowhere in the graph"
            yield Diagnostic(code="unknown-term", mark=mark, message=message, hint=f"there is {told}")
    for token in _find_days(tokens):
        mark = mark_at(source, token.start, token.start + len(token.text))
        message = f"`{token.text}` is a text, which is never before or after a date"
        yield Diagnostic(code="unknown-term", mark=mark, message=message, hint=f"write `{token.text}^^xsd:date`")


def _is_empty(answer: Answer) -> bool:
    match answer:
        case Table(rows=found) | Triples(triples=found):
            return not found
        case Truth(value=value):
            return not value


def _write(term: ox.Literal, prefixes: Prefixes) -> str:
    """The literal as a query may write it: `120` would be an integer where the graph has a decimal."""
    shown = show_term(term, prefixes)
    return shown if read_term(shown, prefixes) == term else f"'{term.value}'^^{prefixes.compress(term.datatype.value)}"


def _find_literals(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """The literals that stand in patterns, not in conditions: the first and last token of each."""
    opened: list[str] = []
    for at, token in enumerate(tokens):
        if token.kind == "open":
            opened.append(token.text)
        elif token.kind == "close":
            del opened[-1:]
        if "{" not in opened or "(" in opened or token.kind not in {"string", "number"}:
            continue
        before = tokens[at - 1]
        if before.kind == "word" and before.text.upper() in {"LIMIT", "OFFSET"}:
            continue
        signed = token.kind == "number" and before.text in {"+", "-"}
        end, signs = at, [after.text for after in tokens[at + 1 : at + 3]]
        if token.kind == "string" and signs[:1] == ["@"]:
            end = at + 2
        elif token.kind == "string" and signs == ["^", "^"]:
            end = at + 3
        yield before if signed else token, tokens[min(end, len(tokens) - 1)]


def _find_others(literal: str, store: Store, seconds: float) -> tuple[ox.Literal, ...]:
    """The literals of the same text, where no triple has this one; none where that takes longer."""
    limits = WorkerLimits(seconds=seconds)
    try:
        if store.ask(f"ASK {{ ?s ?p {literal} }}", limits=limits) == Truth(value=True):
            return ()
        same = (
            f"SELECT DISTINCT ?o {{ ?s ?p ?o FILTER(isLiteral(?o) && STR(?o) = STR({literal})) }} ORDER BY ?o LIMIT 3"
        )
        found = store.ask(same, limits=limits)
    except QueryError:  # a prefix that the query declares, or too much to look through
        return ()
    assert isinstance(found, Table)
    return tuple(term for (term,) in found.rows if isinstance(term, ox.Literal))


def _find_days(tokens: Sequence[Token]) -> Iterator[Token]:
    """The texts that look like days and are compared with a variable."""
    for at, token in enumerate(tokens):
        if token.kind != "string" or _DAY.fullmatch(token.text) is None:
            continue
        sides = [*reversed(tokens[max(0, at - 3) : at])]
        signs = len([*takewhile(lambda other: other.text in _SIGNS, sides)])
        is_typed = at + 1 < len(tokens) and tokens[at + 1].text in {"^", "@"}
        if signs and not is_typed and [other.kind for other in sides[signs : signs + 1]] == ["var"]:
            yield token


_HINTS = {
    "GROUP_CONCAT": "GROUP_CONCAT takes texts: `GROUP_CONCAT(STR(...))` for IRIs and numbers",
    "SUM": "SUM takes numbers, and one other value makes no sum",
    "AVG": "AVG takes numbers, and one other value makes no average",
    "CONCAT": "CONCAT takes texts: `CONCAT(STR(...))` for IRIs and numbers",
}


def find_empty(source: SourceText, answer: Answer) -> Iterator[Diagnostic]:
    """The variables that a SELECT computes and that have no value in any row, each at its name.

    An error in an expression is no value, without a word (SPARQL 1.1 Query Language, sections 17.3 and 18.5.1).
    """
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
