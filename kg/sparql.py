"""SPARQL text, looked at before it is run: bounds, bound parameters, and errors in few words.

The embedded store dies of a query that nests thousands deep, calls out for SERVICE, and lists every token
its grammar could accept; so a query is scanned first, and the parser's complaint is put into words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.diagnostic import Diagnostic, SourceText, did_you_mean, mark_at

DEEPEST = 100
LONGEST = 65_536  # characters
MOST_TOKENS = 8_000

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+|\#[^\n]*)
    |(?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<var>[?$]\w+)
    |(?P<name>[A-Za-z_][\w.-]*:[\w.%:\\-]*|:[\w.%-]+)
    |(?P<word>[A-Za-z_][\w-]*)
    |(?P<open>[{(\[])
    |(?P<close>[})\]])
    |(?P<bang>!(?!=))
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token of a query: its kind, its text and where it begins (code points from 0)."""

    kind: str
    text: str
    start: int


def scan_query(text: str) -> Iterator[Token]:
    """The tokens of a query without white space and comments.

    >>> [t.text for t in scan_query("ASK { ?s a schema:Person } # who?")]
    ['ASK', '{', '?s', 'a', 'schema:Person', '}']
    """
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            yield Token(kind=str(match.lastgroup), text=match[0], start=match.start())


def check_query(source: SourceText) -> Diagnostic | None:
    """What forbids to run the query at all: its size, its depth, or a call to another server."""

    def limit(start: int, message: str) -> Diagnostic:
        return Diagnostic(code="query-limit", mark=mark_at(source, start, start + 1), message=message)

    if len(source.text) > LONGEST:
        return limit(0, f"the query is longer than {LONGEST:,} characters")
    depth = bangs = 0
    for count, token in enumerate(scan_query(source.text), 1):
        bangs = bangs + 1 if token.kind == "bang" else 0
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth > DEEPEST or bangs > DEEPEST:
            return limit(token.start, f"the query nests deeper than {DEEPEST} levels")
        if count > MOST_TOKENS:
            return limit(token.start, f"the query has more than {MOST_TOKENS:,} words and signs")
        if token.kind == "word" and token.text.upper() in {"SERVICE", "LOAD"}:
            mark = mark_at(source, token.start, token.start + len(token.text))
            message = f"{token.text.upper()} calls another server, and this graph is asked offline"
            return Diagnostic(code="query-limit", mark=mark, message=message, hint="ask that server itself")
    return None


def bind_parameters(text: str, terms: Mapping[str, str]) -> str:
    """The query with each parameter bound to a term, in a VALUES block at the beginning of its pattern.

    *terms* are parameter names (without `?`) with terms in N-Triples form, whose strings are escaped by the
    library that wrote them: nothing that a user typed is pasted into the text.

    >>> bind_parameters("SELECT * { ?s ?p ?o }", {"s": "<http://a.example/>"})
    'SELECT * { VALUES ?s { <http://a.example/> } ?s ?p ?o }'
    """
    if not terms:
        return text
    tokens = list(scan_query(text))
    words = [t for t in tokens if t.kind == "word" and t.text.upper() == "WHERE"]
    after = words[0].start if words else -1
    brace = next((t for t in tokens if t.text == "{" and t.start > after), None)
    if brace is None:
        return text  # the parser will say what is wrong
    blocks = "".join(f" VALUES ?{name} {{ {term} }}" for name, term in sorted(terms.items()))
    return text[: brace.start + 1] + blocks + text[brace.start + 1 :]


def explain_syntax_error(source: SourceText, error: SyntaxError, prefixes: Mapping[str, str]) -> Diagnostic:
    """The parser's complaint at its place, in few words, with a hint."""
    complaint = str(error.msg or error)
    match = re.match(r"error at (\d+):(\d+): expected (?:one of )?(.*)", complaint, re.DOTALL)
    if match is None:
        words = complaint[:1].lower() + complaint[1:].rstrip(".")
        return Diagnostic(code="query-syntax", mark=mark_at(source, 0, 1), message=words)
    line, column, expected = int(match[1]), int(match[2]), match[3]
    lines = source.text.split("\n")
    offset = sum(len(text) + 1 for text in lines[: line - 1]) + column - 1
    tokens = list(scan_query(source.text))
    token = next((t for t in tokens if t.start <= offset < t.start + len(t.text)), None)
    before = [t for t in tokens if t.start + len(t.text) <= offset]
    if "Prefix not found" in expected:
        name = before[-1] if token is None and before else token or (before[-1] if before else None)
        prefix = name.text.partition(":")[0] if name else ""
        start = name.start if name else 0
        return Diagnostic(
            code="query-syntax",
            mark=mark_at(source, start, start + len(prefix)),
            message=f"no prefix `{prefix}:`",
            hint=did_you_mean(prefix, prefixes) or "declare it under `prefixes` in seeds/dataset.yaml",
        )
    rule = re.search(r"(?:^|, )((?:The|A|An|This|You)\s[^,\[]{10,})", expected)
    end = offset + len(token.text) if token is not None else offset + 1
    mark = mark_at(source, min(offset, len(source.text)), end)
    if rule is not None:
        words = rule[1].strip().rstrip(".")
        return Diagnostic(code="query-syntax", mark=mark, message=words[:1].lower() + words[1:])
    found = f"`{token.text}`" if token is not None else "the end of the query"
    message = f"{found} cannot stand here" if token is not None else "the query ends too early"
    return Diagnostic(code="query-syntax", mark=mark, message=message, hint=_hint(expected, tokens, token))


def _hint(expected: str, tokens: list[Token], token: Token | None) -> str | None:
    stack: list[Token] = []
    pairs = {"}": "{", ")": "(", "]": "["}
    for t in tokens:
        if t.kind == "open":
            stack.append(t)
        elif t.kind == "close" and stack and stack[-1].text == pairs[t.text]:
            stack.pop()
    if token is None and stack:
        closing = {v: k for k, v in pairs.items()}[stack[-1].text]
        return f"a `{stack[-1].text}` is not closed: add `{closing}`"
    keywords = {
        "SELECT",
        "WHERE",
        "FILTER",
        "OPTIONAL",
        "CONSTRUCT",
        "DESCRIBE",
        "ORDER",
        "GROUP",
        "LIMIT",
        "PREFIX",
    }
    if token is not None and token.kind == "word":
        near = did_you_mean(token.text, keywords)
        if near:
            return near
    expected = re.sub(r"\[[^\]]*\](?:\s*\|\s*)?", "", expected.replace("\n", " "))
    signs = re.findall(r'"([^"]{1,12})"|\b([A-Z][A-Z_]{1,20})\b', expected)
    named = [f"`{a or b}`" for a, b in signs if (a or b) not in {"{|", "~"}]
    return f"expected {', '.join(named)}" if 0 < len(named) <= 6 else None
