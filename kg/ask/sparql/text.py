"""The text of a query: its tokens and bounds, the IRIs and variables in it, parameters bound."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from urllib.parse import urljoin

from kg.text.diagnostic import Diagnostic, SourceText, mark_at
from kg.text.lookalike import MEANT, explain_lookalike, find_lookalike

DEEPEST = 100
LONGEST = 65_536  # characters
MOST_TOKENS = 8_000
SHORT = 2_000  # characters of a query whose tokens are kept in memory
MOST_PARTS = 100  # the store orders the parts of a pattern in cubic time: 100 take a second, 400 a minute

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    |(?P<var>[?$]\w+)
    |(?P<name>(?=[^\W\d][\w.-]*:|:(?:[\w%:]|\\.))(?:[^\W\d][\w.-]*)?:(?:(?:[\w%:]|\\.)(?:[\w%:-]|\\.|\.+(?=[\w%:\\-]))*)?)
    |(?P<word>[A-Za-z_][\w-]*)
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<open>[{(\[])
    |(?P<close>[})\]])
    |(?P<bang>!(?!=))
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)

FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
MODIFIERS = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})
DIVIDERS = frozenset({".", ";", "/", "{", "["})
AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token of a query: its kind, its text and where it begins (code points from 0)."""

    kind: str
    text: str
    start: int


def scan_query(text: str) -> Iterable[Token]:
    """The tokens of a query without white space and comments; of a long one they are found as they are asked for.

    >>> [t.text for t in scan_query("ASK { ?s a schema:Person } # who?")]
    ['ASK', '{', '?s', 'a', 'schema:Person', '}']
    """
    return _scan_short(text) if len(text) <= SHORT else _scan(text)


def _scan(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            yield Token(kind=str(match.lastgroup), text=match[0], start=match.start())


@lru_cache(maxsize=64)
def _scan_short(text: str) -> tuple[Token, ...]:
    """The tokens of a short query, kept: a dozen rules look at each question, one after the other."""
    return tuple(_scan(text))


def check_query(source: SourceText, allowed: Collection[str] = ()) -> Diagnostic | None:
    """What forbids to run the query at all: its size, its depth, or a call to a server that is not *allowed*.

    A server is allowed by its IRI, written in full in the query.
    """
    if _is_plainly_fit(source.text):
        return None

    def limit(start: int, message: str) -> Diagnostic:
        return Diagnostic(code="query-limit", mark=mark_at(source, start, start + 1), message=message)

    surrogate = re.search("[\ud800-\udfff]", source.text)
    if surrogate is not None:
        mark = mark_at(source, surrogate.start(), surrogate.end())
        return Diagnostic(code="encoding", mark=mark, message="half of a surrogate pair", hint="leave it out")
    if len(source.text) > LONGEST:
        return limit(0, f"the query is longer than {LONGEST:,} characters")
    opened: list[str] = []
    bangs = parts = 0
    call: Token | None = None
    before: deque[Token] = deque(maxlen=2)
    for count, token in enumerate(scan_query(source.text), 1):
        bangs = bangs + 1 if token.kind == "bang" else 0
        if token.kind == "open":
            opened.append(token.text)
        elif token.kind == "close":
            del opened[-1:]
        if len(opened) > DEEPEST or bangs > DEEPEST:
            return limit(token.start, f"the query nests deeper than {DEEPEST} levels")
        in_list = opened[-1:] == ["("]  # a comma there divides arguments, elsewhere objects
        parts += token.text in DIVIDERS or (token.text == "," and not in_list)
        if parts > MOST_PARTS:
            return limit(token.start, f"the query's pattern has more than {MOST_PARTS} parts")
        if count > MOST_TOKENS:
            return limit(token.start, f"the query has more than {MOST_TOKENS:,} words and signs")
        at = find_lookalike(token.text) if token.kind in {"var", "name", "other"} else None
        if token.kind == "other" and token.text in MEANT:  # a digit or a letter too
            at = 0
        if at is not None:
            message, hint = explain_lookalike(token.text[at])
            mark = mark_at(source, token.start + at, token.start + at + 1)
            return Diagnostic(code="query-syntax", mark=mark, message=message, hint=hint)
        if call is not None and token.text.upper() != "SILENT":
            if token.kind != "iri" or token.text[1:-1] not in allowed:
                return forbid_call(source, call)
            call = None
        if token.kind == "word" and token.text.upper() in CALLS:
            call = token
        glued = find_glued_call(token, before)
        if glued is not None:
            return forbid_call(source, glued)
        before.append(token)
    return forbid_call(source, call) if call is not None else None


CALLS = frozenset({"SERVICE", "LOAD"})


_BEFORE_GRAPH = frozenset({"GRAPH", "FROM", "NAMED", "USING", "WITH"})
_TAG = re.compile(r"[A-Za-z]+(?:-[A-Za-z0-9]+)*")


def find_glued_call(token: Token, before: Sequence[Token]) -> Token | None:
    """What calls another server though no blank stands behind its word, or before it; *before* are the last tokens.

    The store takes words apart that a reader takes for one: `SERVICESILENT`, `trueSERVICE`, and even `SERVICEe:x`.
    """
    if token.kind == "word" and token.text.upper() not in CALLS:
        return token if any(word in token.text.upper() for word in CALLS) and not _is_tag(token, before) else None
    return find_glued_name(token, before, "SERVICE")


def find_glued_name(token: Token, before: Sequence[Token], word: str) -> Token | None:
    """The name before the bracket *token* that the store may take for a *word* and a name: `GRAPHe:x {`.

    Behind a word that a graph must follow it can be nothing but a name.
    """
    if token.text != "{" or not before or before[-1].kind != "name":
        return None
    is_graph = len(before) > 1 and before[-2].text.upper() in _BEFORE_GRAPH
    return before[-1] if word in before[-1].text.partition(":")[0].upper() and not is_graph else None


def _is_tag(token: Token, before: Sequence[Token]) -> bool:
    """Whether a word is a language tag, all of it: `"..."@en-upload`."""
    if not before or before[-1].text != "@" or before[-1].start + 1 != token.start:
        return False
    return _TAG.fullmatch(token.text) is not None


def _is_plainly_fit(text: str) -> bool:
    """Whether a short text keeps all bounds however its tokens are read: a twentieth of the time of reading them.

    Every sign is counted, in strings, IRIs and comments too, and no word may so much as hold that of a call.

    >>> _is_plainly_fit("ASK { <http://a.example/> ?p 'x' }"), _is_plainly_fit("ASK { ?disservice ?p 1 }")
    (True, False)
    """
    if len(text) > MOST_TOKENS or not text.isascii():  # signs that only look like others are not ASCII
        return False
    upper = text.upper()
    count = text.count
    return (
        "SERVICE" not in upper
        and "LOAD" not in upper
        and count(".") + count(";") + count("/") + count("{") + count("[") + count(",") <= MOST_PARTS
        and count("(") + count("[") + count("{") <= DEEPEST
        and count("!") <= DEEPEST
    )


def forbid_call(source: SourceText, call: Token) -> Diagnostic:
    """The diagnostic for SERVICE or LOAD, where they may not call."""
    mark = mark_at(source, call.start, call.start + len(call.text))
    message = f"{call.text.upper()} calls another server, and this graph is asked offline"
    return Diagnostic(code="query-limit", mark=mark, message=message, hint="ask that server itself")


def find_iris(text: str, prefixes: Mapping[str, str]) -> frozenset[str]:
    """All IRIs that a query names, in full; *prefixes* are those that it need not declare.

    >>> sorted(find_iris("PREFIX a: <http://a.example/> ASK { a:x ?p <http://b.example/> }", {}))
    ['http://a.example/', 'http://a.example/x', 'http://b.example/']
    """
    return frozenset(iri for _, iri, _ in resolve_names(text, prefixes))


def resolve_names(text: str, prefixes: Mapping[str, str], base: str = "") -> Iterator[tuple[Token, str, bool]]:
    """The names of a query with their IRIs in full, and whether they only declare a prefix or the base.

    >>> [iri for _, iri, _ in resolve_names(r"ASK { <x> a:y\\-z <\\u0061> }", {"a": "http://a/"}, "http://b/")]
    ['http://b/x', 'http://a/y-z', 'http://b/a']
    """
    known = dict(prefixes)
    before: list[str] = ["", ""]
    for token in scan_query(text):
        if token.kind == "iri":
            iri = _join(base, _unescape(token.text[1:-1]))
            declares = before[0].upper() == "PREFIX" or before[1].upper() == "BASE"
            if before[0].upper() == "PREFIX":
                known[before[1].removesuffix(":")] = iri
            elif before[1].upper() == "BASE":
                base = iri
            yield token, iri, declares
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in known:
                yield token, known[prefix] + local.replace("\\", ""), before[1].upper() == "PREFIX"
        before = [before[1], token.text]


_RELATIVE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)")


def may_be_relative(text: str) -> bool:
    """Whether a query may hold an IRI, or make one, that is read against the base.

    >>> may_be_relative("ASK { <http://a.example/> ?p 1 }"), may_be_relative("ASK { <a> ?p 1 }")
    (False, True)
    """
    upper = text.upper()
    return "IRI" in upper or "URI" in upper or _RELATIVE.search(text) is not None


def _join(base: str, iri: str) -> str:
    try:
        return urljoin(base, iri)
    except ValueError:  # brackets that hold no address: it is no IRI, which is told where the query is parsed
        return iri


def _unescape(iri: str) -> str:
    def read(match: re.Match[str]) -> str:
        number = int(match[1] or match[2], 16)
        return chr(number) if number < 0x110000 else match[0]

    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", read, iri)


def find_named(text: str, prefixes: Mapping[str, str]) -> Iterator[tuple[Token, str]]:
    """The IRIs that a query looks for, each with its token: not those of functions, nor of what it would construct.

    >>> [iri for _, iri in find_named("CONSTRUCT { ?s a:x 1 } { ?s a:y 'z'^^a:t FILTER(a:f(?s)) }", {"a": "http://a/"})]
    ['http://a/y', 'http://a/t']
    """
    tokens = list(scan_query(text))
    left_out: set[int] = set()
    depth = 0  # of braces in the template
    for before, token in pairwise(tokens):
        if token.text == "(" and before.kind in {"name", "iri"}:
            left_out.add(before.start)
        if depth or (token.text == "{" and before.text.upper() == "CONSTRUCT"):
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            left_out.add(token.start)
    for token, iri, declares in resolve_names(text, prefixes):
        if not declares and token.start not in left_out:
            yield token, iri


def find_graphs(text: str, prefixes: Mapping[str, str]) -> Iterator[tuple[Token, str]]:
    """The graphs that a query names, each with its token.

    >>> [iri for _, iri in find_graphs("SELECT * FROM a:x FROM NAMED a:y { GRAPH a:z { ?s a:p ?o } }", {"a": "http://a/"})]
    ['http://a/x', 'http://a/y', 'http://a/z']
    """
    tokens = list(scan_query(text))
    graphs = {token.start for before, token in pairwise(tokens) if before.text.upper() in {"FROM", "NAMED", "GRAPH"}}
    return ((token, iri) for token, iri, _ in resolve_names(text, prefixes) if token.start in graphs)


def find_calls(text: str, prefixes: Mapping[str, str]) -> Iterator[tuple[Token, str, int]]:
    """The functions that a query calls by their IRIs: the token, the IRI, and how many values are given.

    >>> [(iri, n) for _, iri, n in find_calls("ASK { ?s a:y (1 2) FILTER(a:f(?s, a:g()) = a:z) }", {"a": "http://a/"})]
    [('http://a/f', 2), ('http://a/g', 0)]
    """
    tokens = list(scan_query(text))
    iris = {token.start: iri for token, iri, _ in resolve_names(text, prefixes)}
    opened: list[tuple[int, bool]] = []  # each bracket, and whether it holds an expression, not a collection
    calls: dict[int, int] = {}
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else token
        if token.kind == "open":
            inside = opened[-1][1] if opened else True
            word = before.kind == "word" and before.text.upper() not in {"A", "VALUES"}
            if token.text == "(" and before.start in iris and (inside or _stands_alone(tokens[at - 2 : at - 1])):
                calls[at] = 0 if tokens[at + 1 : at + 2] and tokens[at + 1].text == ")" else 1
                word = True
            opened.append((at, token.text == "(" and (inside or word)))
        elif token.kind == "close" and opened:
            opened.pop()
        elif token.text == "," and opened and opened[-1][0] in calls:
            calls[opened[-1][0]] += 1
    for at, given in calls.items():
        yield tokens[at - 1], iris[tokens[at - 1].start], given


def _stands_alone(before: Sequence[Token]) -> bool:
    """Whether a call, without brackets about it, may follow."""
    return bool(before) and before[0].text.upper() in {"FILTER", "HAVING"}


def ask_nothing(text: str) -> str:
    """A query that is right where this one is right, and has no answer: so a store parses it and evaluates nothing.

    The store answers an ASK, and makes groups, before anybody asks for a row, be it that the pattern has no end.
    What begins with a query within the query stays as it is.

    >>> ask_nothing("ASK { ?s ?p ?o }")
    'ASK { FILTER(false) ?s ?p ?o }'
    """
    form = ""
    for token, after in pairwise([*scan_query(text), Token(kind="end", text="", start=len(text))]):
        if not form and token.kind == "word" and token.text.upper() in {"ASK", "SELECT", "CONSTRUCT", "DESCRIBE"}:
            form = token.text.upper()
        if token.text == "{":
            if form not in {"ASK", "SELECT"} or after.text.upper() == "SELECT":
                return text
            return f"{text[: token.start + 1]} FILTER(false){text[token.start + 1 :]}"
    return text


def find_computed(text: str) -> frozenset[str]:
    """The variables that a query computes in its SELECT clause (`(... AS ?name)`): nobody has said their values.

    >>> sorted(find_computed("SELECT ?who (COUNT(?c) AS ?claims) { ?c ?p ?who } GROUP BY ?who"))
    ['claims']
    """
    found, before = set(), ""
    for token in scan_query(text):
        if token.text == "{":
            break
        if token.kind == "var" and before.upper() == "AS":
            found.add(token.text[1:])
        before = token.text
    return frozenset(found)


_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}


def free_parameter(text: str, name: str) -> str | None:
    """The query with a parameter left free, as the first column of its answer: one query for all of its values.

    None for what has no column more to give: no SELECT, all variables (`*`), a bounded number of rows, one group of
    all rows, or the parameter is a column already.

    >>> free_parameter("SELECT ?o (COUNT(?c) AS ?n) { ?c ?who ?o } GROUP BY ?o", "who")
    'SELECT ?who ?o (COUNT(?c) AS ?n) { ?c ?who ?o } GROUP BY ?who ?o'
    """
    depth, cuts, head = 0, [], True
    grouped = aggregated = False
    tokens = [*scan_query(text)]
    for token, after in pairwise([*tokens, Token(kind="end", text="", start=len(text))]):
        word = token.text.upper() if token.kind == "word" else ""
        if token.text == "{":
            head = False
        if depth == 0 and word in {"ASK", "CONSTRUCT", "DESCRIBE", "LIMIT", "OFFSET"}:
            return None
        if depth == 0 and head and (token.text == "*" or (token.kind == "var" and token.text[1:] == name)):
            return None
        if depth == 0 and word == "SELECT":
            distinct = after.text.upper() in {"DISTINCT", "REDUCED"}
            cuts.append(after.start + len(after.text) if distinct else token.start + len(token.text))
        if depth == 0 and word == "GROUP" and after.text.upper() == "BY":
            grouped = True
            cuts.append(after.start + len(after.text))
        aggregated = aggregated or (head and word in _AGGREGATES)
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
    if not cuts or (aggregated and not grouped):
        return None
    for cut in reversed(cuts):
        text = f"{text[:cut]} ?{name}{text[cut:]}"
    return text
