"""Why an answer holds nothing, where the store says no word: literals that do not fit, expressions that fail.

`"Lei Jun"` is not `"Lei Jun"@en`, `"120"` no number, and a text is never before a date: a store answers such a query
without a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise, takewhile
from time import monotonic

import pyoxigraph as ox

from kg.ask.sparql import Token, scan_query
from kg.ask.store import Answer, QueryError, Store, Table, Truth, is_empty
from kg.ask.term import read_quoted, read_term, show_term
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
    if not is_empty(answer):
        return
    tokens = list(scan_query(source.text))
    literals = islice(_find_literals(tokens), _MOST)
    places = [(source, first.start, last.start + len(last.text)) for first, last in literals]
    looked = [(mark_at(*place), source.text[place[1] : place[2]]) for place in places]
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
    compared = list(_find_languages(tokens))
    there = _list_languages(store, end - monotonic()) if compared else []
    for token in compared:
        if there and (tag := read_quoted(token.text)) and tag[0] and tag[0] not in there:  # `""`: of no language
            mark = mark_at(source, token.start, token.start + len(token.text))
            message = f"no text of the graph has the language `{tag[0]}`, as `LANG` writes it"
            hint = f"{'there is' if len(there) == 1 else 'there are'} {', '.join(f'`{each}`' for each in there)}"
            yield Diagnostic(code="unknown-term", mark=mark, message=message, hint=hint)
    for token in _find_days(tokens):
        mark = mark_at(source, token.start, token.start + len(token.text))
        message = f"`{token.text}` is a text, which is never before or after a date"
        yield Diagnostic(code="unknown-term", mark=mark, message=message, hint=f"write `{token.text}^^xsd:date`")


def _write(term: ox.Literal, prefixes: Prefixes) -> str:
    """The literal as a query may write it: `120` would be an integer where the graph has a decimal."""
    shown = show_term(term, prefixes)
    return shown if read_term(shown, prefixes) == term else f"'{term.value}'^^{prefixes.compress(term.datatype.value)}"


def _find_literals(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """The literals of patterns, and the texts that a variable shall be equal to: the first and last token of each."""
    opened: list[str] = []
    places: list[int] = []  # of the brackets that are open
    computed = {token.text for before, token in pairwise(tokens) if before.text.upper() == "AS"}
    for at, token in enumerate(tokens):
        before = tokens[at - 1]
        if token.kind == "open":
            opened.append("template" if before.text.upper() == "CONSTRUCT" else token.text)
            places.append(at)
        elif token.kind == "close":
            del opened[-1:], places[-1:]
        if "{" not in opened or token.kind not in {"string", "number"}:
            continue
        if "(" in opened and _find_compared(tokens, at, places[-1]) in {"", *computed}:
            continue
        if before.kind == "word" and before.text.upper() in {"LIMIT", "OFFSET"}:
            continue
        signed = token.kind == "number" and before.text in {"+", "-"}
        end, signs = at, [after.text for after in tokens[at + 1 : at + 3]]
        if token.kind == "string" and signs[:1] == ["@"]:
            end = at + 2
        elif token.kind == "string" and signs == ["^", "^"]:
            end = at + 3
        yield before if signed else token, tokens[min(end, len(tokens) - 1)]


def _find_compared(tokens: Sequence[Token], at: int, bracket: int) -> str:
    """The variable that shall be equal to the text at a place, in a comparison or in a list; nothing where none is.

    *bracket* is the place of the innermost bracket that is open there.
    """
    if tokens[at].kind != "string":
        return ""  # numbers are equal by their values
    end = at + {"@": 3, "^": 4}.get(tokens[at + 1].text if at + 1 < len(tokens) else "", 1)
    after, before = tokens[end : end + 2], tokens[at - 1].text
    sides: Sequence[Token] = ()
    if [token.text for token in after[:1]] == ["="]:
        sides = after[1:]
    elif before == "=":
        sides = tokens[at - 2 : at - 1]
    elif before in {"(", ","} and tokens[bracket - 1].text.upper() == "IN":
        sides = tokens[bracket - 2 : bracket - 1]
    return next((side.text for side in sides if side.kind == "var"), "")


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


def _find_languages(tokens: Sequence[Token]) -> Iterator[Token]:
    """The texts that `LANG(...)` of a variable shall be equal to."""
    words = [token.text.upper() for token in tokens]
    for at, token in enumerate(tokens):
        left, right = words[max(0, at - 5) : at], words[at + 1 : at + 6]
        is_compared = (left[4:] == ["="] and _calls_lang(left)) or (right[:1] == ["="] and _calls_lang(right[1:]))
        if token.kind == "string" and is_compared:
            yield token


def _calls_lang(words: Sequence[str]) -> bool:
    """Whether words begin with `LANG`, a bracket, one word and a bracket."""
    return [*words[:2], *words[3:4]] == ["LANG", "(", ")"]


def _list_languages(store: Store, seconds: float) -> list[str]:
    """The languages of the graph's texts, as `LANG` gives them; none where that takes longer."""
    query = "SELECT DISTINCT ?tag { ?s ?p ?o FILTER(isLiteral(?o)) BIND(LANG(?o) AS ?tag) FILTER(?tag) } ORDER BY ?tag"
    try:
        found = store.ask(query, limits=WorkerLimits(seconds=max(0.001, seconds)))
    except QueryError:
        return []
    assert isinstance(found, Table)
    return [tag.value for (tag,) in found.rows if isinstance(tag, ox.Literal)]


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
