"""XPath 1.0 expressions as texts: where their paths begin."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BEGINNING = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    r"\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
# A name without a prefix (XML 1.0 §2.3); `\w` has no vowel signs, which names in Hindi or Thai have.
NAME = rf"[{_BEGINNING}][{_BEGINNING}0-9.\u00b7\u0300-\u036f\u203f\u2040-]*"
_NAME = rf"{NAME}(?::(?!:)(?:{NAME}|\*))?"
_TOKEN = re.compile(
    rf"""\s*(?:(?P<name>{_NAME})|(?P<variable>\$\s*{_NAME})|(?P<value>"[^"]*"|'[^']*'|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"""
    r"|(?P<sign>//|::|\.\.|!=|<=|>=|[/.@()\[\]|,*+=<>-]))"
)
_TYPES = frozenset({"comment", "text", "processing-instruction", "node"})  # of nodes: no functions (§3.7)
_OPERATORS = frozenset({"|", "+", "-", "=", "!=", "<", "<=", ">", ">="})
_OPENING = frozenset({"", "(", "[", ",", "operator"})  # behind which an operand begins
_WITHIN = frozenset({"@", "::", "/", "//"})  # behind which a step goes on


def begin_at_document(expression: str, under: str = "/") -> str:
    """The expression with all paths that begin at its context led from the document, which holds the root element.

    *Under* another path than `/` they are led from there. What stands in conditions is left alone: there the context is
    what the condition is asked of. A text that is no XPath comes back as it is, or as another that is none.

    >>> begin_at_document("people/person | (./x)[a = 'b/c']")
    "/people/person | (/x)[a = 'b/c']"
    >>> begin_at_document("/r/p"), begin_at_document("id('x')/div div count(.//*)")
    ('/r/p', "id('x')/div div count(/.//*)")
    >>> begin_at_document("p | q", "/r/")
    '/r/p | /r/q'
    """
    made, place = "", 0
    for start, token, depth, begins in read_tokens(expression):
        made += expression[place:start]
        place = max(place, start)
        if begins and not depth:
            made += under
            if token == "." and re.match(r"/(?!/)", expression[start + 1 :]):
                place = start + 2  # `./x` is `x`
    return made + expression[place:]


def without_conditions(expression: str) -> str:
    """The expression without what selects among the nodes of its steps.

    >>> without_conditions("(r/p[a[2]])[b = ']']/c[1]")
    '(r/p)/c'
    """
    made, place = "", 0
    for start, token, depth, _ in read_tokens(expression):
        if depth == 0 or (depth == 1 and token == "["):
            made += expression[place:start]
        place = start + (len(token) if depth else 0)
    return made + expression[place:]


def argument_of_number(expression: str) -> str | None:
    """What `number(...)` is called with, where an expression is nothing else.

    >>> argument_of_number("number( ../price )"), argument_of_number("number()"), argument_of_number("number(a) + 1")
    ('../price', '.', None)
    """
    tokens = [(start, token) for start, token, _, _ in read_tokens(expression)]
    if [token for _, token in tokens[:2]] != ["number", "("] or expression[tokens[-1][0] :].rstrip() != ")":
        return None
    level = 0
    for start, token in tokens[1:]:
        level += (token == "(") - (token == ")")
        if not level:
            return (expression[tokens[1][0] + 1 : start].strip() or ".") if start == tokens[-1][0] else None
    return None


def read_tokens(expression: str) -> Iterator[tuple[int, str, int, bool]]:
    """Each token with its place, in how many conditions it stands (or opens or ends), whether a path begins there.

    Such a path begins at the context. What is no XPath ends the tokens.
    """
    for start, token, depth, begins, _ in read_all(expression):
        yield start, token, depth, begins


def list_tokens(expression: str) -> list[tuple[str, bool]] | None:
    """The tokens, each with whether it is an operator; None for what is no XPath."""
    found, end = [], 0
    for start, token, _, _, is_operator in read_all(expression):
        found.append((token, is_operator))
        end = start + len(token)
    return None if expression[end:].strip() else found


def read_all(expression: str) -> Iterator[tuple[int, str, int, bool, bool]]:
    """The tokens as `read_tokens` gives them, each with whether it is an operator."""
    place, depth, before = 0, 0, ""
    while found := _TOKEN.match(expression, place):
        token = found[found.lastgroup or 0]
        begins, is_operator = before in _OPENING, token in _OPERATORS
        if token == "*" or found["name"]:  # a name, where an operator cannot stand (§3.7)
            is_operator = before not in _OPENING | _WITHIN
            is_call = token not in _TYPES and re.match(r"\s*\(", expression[found.end() :]) is not None
            begins = begins and not is_call
        else:
            begins = begins and token in {".", "..", "@"}
        depth += token == "["
        yield found.end() - len(token), token, depth, begins, is_operator
        depth -= token == "]"
        before = "operator" if is_operator else token if token in _OPENING | _WITHIN else "operand"
        place = found.end()
