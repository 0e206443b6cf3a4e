"""The data set that a query names: `FROM` and `FROM NAMED` (SPARQL 1.1 Query Language, section 13.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from kg.ask.sparql.text import FORMS, Token, resolve_names, scan_query
from kg.text.diagnostic import Diagnostic, SourceText, mark_at


@dataclass(frozen=True, kw_only=True)
class NamedDataset:
    """The graphs that a query names, each once: those whose merge is its *default* graph, and its *named* graphs."""

    default: tuple[str, ...]
    named: tuple[str, ...]


def find_dataset(text: str, prefixes: Mapping[str, str], base: str) -> Iterator[tuple[Token, str, bool]]:
    """The graphs that a query names by FROM and FROM NAMED: the token, the IRI in full, and whether it is NAMED.

    >>> found = find_dataset("SELECT * FROM a: FROM NAMED <y> { <z> ?p 1 }", {"a": "http://a/"}, "http://b/")
    >>> [(iri, named) for _, iri, named in found]
    [('http://a/', False), ('http://b/y', True)]
    """
    iris = {token.start: iri for token, iri, _ in resolve_names(text, prefixes, base)}
    words = ["", ""]
    for token in _list_outer(text):
        if token.start in iris and (words[-1] == "FROM" or words == ["FROM", "NAMED"]):
            yield token, iris[token.start], words[-1] == "NAMED"
        words = [words[-1], token.text.upper() if token.kind == "word" else token.text]


def find_merge(source: SourceText, prefixes: Mapping[str, str], base: str = "") -> NamedDataset | Diagnostic | None:
    """The data set of a query that asks for the merge of several graphs, or what forbids to tell; else None.

    >>> find_merge(SourceText("query", "ASK FROM <http://a/> FROM <http://b/> {}"), {})
    NamedDataset(default=('http://a/', 'http://b/'), named=())
    """
    if source.text.upper().count("FROM") < 2:
        return None
    glued = _find_glued(source.text, prefixes)
    if glued is not None:
        mark = mark_at(source, glued.start, glued.start + len(glued.text))
        message = f"`{glued.text}` can be read as a graph"
        return Diagnostic(code="query-syntax", mark=mark, message=message, hint="put a blank behind `FROM` and `NAMED`")
    clauses = [(iri, named) for _, iri, named in find_dataset(source.text, prefixes, base)]
    default, named = ([iri for iri, is_named in clauses if is_named is wanted] for wanted in (False, True))
    if len(default) < 2:
        return None
    return NamedDataset(default=tuple(dict.fromkeys(default)), named=tuple(dict.fromkeys(named)))


def _list_outer(text: str) -> Iterator[Token]:
    """The tokens outside all brackets."""
    depth = 0
    for token in scan_query(text):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if not depth:
            yield token


def _find_glued(text: str, prefixes: Mapping[str, str]) -> Token | None:
    """What the store may take for FROM or NAMED and a graph, though a reader takes it for one word: `FROMe:x`.

    Behind FROM it is a graph where its prefix is known. In DESCRIBE it is the name of a thing, before a bracket that of
    a function.
    """
    known = {token.start for token, _, _ in resolve_names(text, prefixes)}
    form, depth, before = "", 0, ""
    for token, after in pairwise((*scan_query(text), Token(kind="end", text="", start=len(text)))):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth:
            continue
        word = token.text.upper()
        if token.kind == "word" and word in FORMS:
            form = form or word
        elif token.kind == "word" and word.startswith("FROM") and word != "FROM":
            return token
        is_graph = before in {"FROM", "NAMED"} and token.start in known
        is_name = token.kind == "name" and form not in {"", "DESCRIBE"} and after.text != "("
        if is_name and not is_graph and word.startswith(("FROM", "NAMED")):
            return token
        before = word
    return None
