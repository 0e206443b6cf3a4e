"""Numbers of XPath 1.0 as IEEE 754 has them: what compares or computes is led past the numbers of libxml2.

libxml2 reads `1.82` as 1.8199999999999998, and `1e3`, which XPath takes for no number, as 1000. An expression is
written anew, with functions of our own where it makes numbers of texts, and where it compares numbers (§3.4, §4.4).
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, pairwise
from typing import Any

from kg.tables.documents.jsonpath import PathError
from kg.tables.documents.xpath import list_tokens

SPACE = "urn:x-kg:numbers"  # the namespace of our functions, and their prefix
PREFIX = "kg-numbers"
EXACT = frozenset({"count", "position", "last", "string-length"})  # functions that give small whole numbers
ROUNDING = frozenset({"floor", "ceiling", "round"})
MOST_NESTED = 200  # brackets within brackets: a level takes three calls of Python, which allows 1,000 in all
_COMPARING: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
# operators from the loosest to the tightest (§3.4, §3.5); all of them bind to the left
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"), ("|",))
_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


@dataclass(frozen=True, kw_only=True)
class XPathPart:
    """A part of an expression, written anew: *is_number* by its kind, *is_exact* as libxml2 has it too."""

    text: str
    is_number: bool = False
    is_exact: bool = False

    def as_number(self) -> str:
        """The part where a number is wanted."""
        return self.text if self.is_number else f"{PREFIX}:number({self.text})"


def with_exact_numbers(expression: str) -> str:
    """The expression with our functions where it computes or compares numbers; another text as it is.

    Raises `PathError` where its brackets are nested more than 200 deep.

    >>> with_exact_numbers("p[@kind = 'a'][2]/v"), with_exact_numbers("v[. > 1.5]")
    ("p[@kind = 'a'][2]/v", "v[kg-numbers:compare('>', ., kg-numbers:number('1.5'))]")
    >>> with_exact_numbers("p[position() < 3]"), with_exact_numbers("a*-b")
    ('p[position() < 3]', 'kg-numbers:number(a) * - kg-numbers:number(b)')
    """
    tokens = list_tokens(expression)
    if tokens is None:
        return expression
    opened = accumulate((token in {"(", "["}) - (token in {")", "]"}) for token, _ in tokens)
    if max(opened, default=0) > MOST_NESTED:
        raise PathError(f"its brackets are nested more than {MOST_NESTED} deep")
    made = write_part(tokens).text
    return made if f"{PREFIX}:" in made else expression


Tokens = list[tuple[str, bool]]  # each with whether it is an operator


def write_part(tokens: Tokens) -> XPathPart:
    """The tokens of an expression as a part."""
    negations = next((n for n, token in enumerate(tokens) if token != ("-", True)), 0)
    for level in _LEVELS[:-1] if negations else _LEVELS:  # a minus binds less tightly than `|`
        places = list_places(tokens, level)
        if places:
            made = write_part(tokens[: places[0]])
            for place, end in pairwise([*places, len(tokens)]):
                made = join_parts(made, tokens[place][0], write_part(tokens[place + 1 : end]))
            return made
    if negations:
        return XPathPart(text="- " * negations + write_part(tokens[negations:]).as_number(), is_number=True)
    return write_operand(tokens)


def list_places(tokens: Tokens, level: tuple[str, ...]) -> list[int]:
    """The places of the operators of a level that stand in no brackets, and have something before them."""
    depth, found = 0, []
    for place, (token, is_operator) in enumerate(tokens):
        depth += (token in {"(", "["}) - (token in {")", "]"})
        if depth == 0 and is_operator and token in level and place and not tokens[place - 1][1]:
            found.append(place)
    return found


def join_parts(one: XPathPart, sign: str, other: XPathPart) -> XPathPart:
    """Two parts with an operator between them."""
    if sign in {"+", "-", "*", "div", "mod"}:
        return XPathPart(text=f"{one.as_number()} {sign} {other.as_number()}", is_number=True)
    is_numeric = sign in {"<", "<=", ">", ">="} or (sign in _COMPARING and (one.is_number or other.is_number))
    if is_numeric and not (one.is_exact and other.is_exact):
        return XPathPart(text=f"{PREFIX}:compare('{sign}', {one.text}, {other.text})")
    return XPathPart(text=f"{one.text} {sign} {other.text}")


def write_operand(tokens: Tokens) -> XPathPart:
    """A value, a call, a path, or something in brackets."""
    if len(tokens) == 1 and _NUMBER.fullmatch(tokens[0][0]):
        text = tokens[0][0]
        is_exact = text.isdecimal() and len(text) <= 15
        return XPathPart(text=text if is_exact else f"{PREFIX}:number('{text}')", is_number=True, is_exact=is_exact)
    made, place, last = "", 0, XPathPart(text="")
    while place < len(tokens):
        token, before = tokens[place][0], tokens[place - 1][0] if place else ""
        if token not in {"(", "["}:
            made += (" " if made and made[-1].isalnum() and token[0].isalnum() else "") + token
            place += 1
            continue
        end = find_end(tokens, place)
        inner = split_commas(tokens[place + 1 : end])
        if token == "(" and place and re.match(r"[^\W\d]", before):
            last = write_call(before, inner)
            made = made[: len(made) - len(before)] + last.text
        else:
            parts = [write_part(each) for each in inner]
            last = parts[0] if parts else last
            made += token + ", ".join(part.text for part in parts) + ("]" if token == "[" else ")")
        is_whole = end == len(tokens) - 1 and place == (1 if token == "(" and before else 0)
        place = end + 1
        if is_whole and token == "(":
            return XPathPart(text=made, is_number=last.is_number, is_exact=last.is_exact)
    return XPathPart(text=made)


def write_call(name: str, arguments: list[Tokens]) -> XPathPart:
    """The call of a function."""
    parts = [write_part(each) for each in arguments if each]
    if name == "number":
        return XPathPart(text=f"{PREFIX}:number({parts[0].text if parts else '.'})", is_number=True)
    if name == "sum" and parts:
        return XPathPart(text=f"{PREFIX}:sum({parts[0].text})", is_number=True)
    if name in ROUNDING and parts:
        return XPathPart(text=f"{name}({parts[0].as_number()})", is_number=True)
    written = ", ".join(part.text for part in parts)
    return XPathPart(text=f"{name}({written})", is_number=name in EXACT, is_exact=name in EXACT)


def find_end(tokens: Tokens, begin: int) -> int:
    """The place of the bracket that closes the one at *begin*."""
    depth = 0
    for place in range(begin, len(tokens)):
        depth += (tokens[place][0] in {"(", "["}) - (tokens[place][0] in {")", "]"})
        if not depth:
            return place
    return len(tokens) - 1


def split_commas(tokens: Tokens) -> list[Tokens]:
    """The arguments of a call."""
    found: list[Tokens] = [[]]
    depth = 0
    for each in tokens:
        depth += (each[0] in {"(", "["}) - (each[0] in {")", "]"})
        if each[0] == "," and not depth:
            found.append([])
        else:
            found[-1].append(each)
    return found


# -- the functions ------------------------------------------------------------------------------------


def read_number(found: Any, text_of: Callable[[Any], str]) -> float:
    """What XPath's `number()` makes of a value (§4.4)."""
    if isinstance(found, bool | float):
        return float(found)
    text = (text_of(found[0]) if found else "") if isinstance(found, list) else str(found)
    return float(text) if _NUMBER.fullmatch(text := text.strip(" \t\r\n")) else math.nan


def compare(sign: str, one: Any, other: Any, text_of: Callable[[Any], str]) -> bool:
    """Whether a comparison of numbers holds: of nodes, for any of them (§3.4)."""
    test = _COMPARING[sign]
    if sign in {"=", "!="} and (isinstance(one, bool) or isinstance(other, bool)):
        return test(bool(one), bool(other))
    sides = []
    for side, beside in ((one, other), (other, one)):
        if isinstance(side, list) and not isinstance(beside, bool):
            sides.append([read_number([node], text_of) for node in side])
        else:
            sides.append([float(bool(side)) if isinstance(side, list) else read_number(side, text_of)])
    return any(test(first, second) for first in sides[0] for second in sides[1])


def make_functions(text_of: Callable[[Any], str]) -> dict[tuple[str, str], Any]:
    """Our functions, as lxml takes them; *text_of* gives the text of a node."""
    return {
        (SPACE, "number"): lambda _, found: read_number(found, text_of),
        # one after the other, as IEEE 754 rounds: from Python 3.12 on, `sum` makes up for what that loses
        (SPACE, "sum"): lambda _, nodes: reduce(operator.add, (read_number([node], text_of) for node in nodes), 0.0),
        (SPACE, "compare"): lambda _, sign, one, other: compare(sign, one, other, text_of),
    }
