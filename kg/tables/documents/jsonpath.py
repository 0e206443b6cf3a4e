"""JSONPath (RFC 9535) → a function from a JSON value to the list of values it selects.

Names, indexes and wildcards, which nearly all mappings use, are read here; everything else
goes to the library `jsonpath-rfc9535`, which follows the standard to the letter.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

_NO_NAME = r"\x00-/:-@\[-^`{-\x7f\uD800-\uDFFF"  # what stands in no name (RFC 9535, section 2.5.1): a shorter list
_SHORTHAND = rf"[^0-9{_NO_NAME}][^{_NO_NAME}]*"
_BLANKS = r"[\x20\t\n\r]*"  # RFC 9535, section 2.1.1
_STEP = re.compile(
    rf"""\.(?P<name>{_SHORTHAND})|\.(?P<star>\*)|\[{_BLANKS}(?:(?P<index>0|-?[1-9][0-9]*)|(?P<wild>\*)
    |'(?P<single>(?:[^'\\\x00-\x1f]|\\.)*)'|"(?P<double>(?:[^"\\\x00-\x1f]|\\.)*)"){_BLANKS}\]""",
    re.VERBOSE | re.DOTALL,
)

Step = str | int | None  # a name, an index, or None for the wildcard
Select = Callable[[Any], list[Any]]


class PathError(ValueError):
    """A text that is no JSONPath."""


class TooDeepError(PathError):
    """Data that are nested deeper than a path follows them."""


class JsonInteger(int):
    """An integer that remembers how it was written."""

    text: str

    def __new__(cls, text: str) -> JsonInteger:
        made = super().__new__(cls, text)
        made.text = text
        return made


class JsonNumber(float):
    """A number with a fraction or exponent that remembers how it was written: `1e3` stays `1e3`."""

    text: str

    def __new__(cls, text: str) -> JsonNumber:
        made = super().__new__(cls, text)
        made.text = text
        return made


class NameTwiceError(ValueError):
    """A name that stands twice in one object: which value it has is unpredictable (RFC 8259 §4)."""

    def __init__(self, name: str) -> None:
        super().__init__(f"ambiguous (`{name}` stands twice)")


class AmbiguousObject(dict[str, Any]):
    """An object with names that stand twice; who asks for one of these, or for all members, gets a NameTwiceError."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]

    def __getitem__(self, name: str) -> Any:
        if name in self.twice:
            raise NameTwiceError(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        if name in self.twice:
            raise NameTwiceError(name)
        return super().get(name, default)

    def values(self) -> Any:
        raise NameTwiceError(self.twice[0])

    def items(self) -> Any:
        raise NameTwiceError(self.twice[0])


def build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else AmbiguousObject(pairs)


def refuse_constant(name: str) -> Any:
    """`NaN` and the infinities, which Python's reader would take: raises ValueError."""
    raise ValueError(f"`{name}` is no JSON value")


# how Python's parser of JSON is asked for numbers with their lexical forms, and for what RFC 8259 allows only
NUMBERS_AS_WRITTEN: dict[str, Any] = {
    "parse_int": JsonInteger,
    "parse_float": JsonNumber,
    "parse_constant": refuse_constant,
    "object_pairs_hook": build_object,
}


def parse_json(text: str) -> Any:
    """A JSON text as Python values, its numbers with their lexical forms.

    >>> parse_json('{"a": 1e3}')["a"].text
    '1e3'
    """
    return json.loads(text, **NUMBERS_AS_WRITTEN)


@dataclass(frozen=True, kw_only=True)
class JsonPath:
    """A compiled path."""

    text: str
    select: Select


@cache
def compile_path(text: str) -> JsonPath:
    """The path of an iterator or a reference; raises `PathError`, as what it selects does for data it cannot follow.

    >>> compile_path("$.a[*].b").select({"a": [{"b": 1}, {"c": 2}, {"b": 3}]})
    [1, 3]
    >>> compile_path("$.a[?@.b > 1].b").select({"a": [{"b": 1}, {"b": 3}]})
    [3]
    """
    steps = split_steps(text)
    if steps is not None:
        names = [step for step in steps if isinstance(step, str)]
        if len(names) == len(steps):
            return JsonPath(text=text, select=lambda value: follow_names(value, names))
        return JsonPath(text=text, select=lambda value: walk(value, steps))
    import jsonpath_rfc9535

    try:
        query = jsonpath_rfc9535.compile(text)
    except jsonpath_rfc9535.JSONPathError as error:
        reason = str(error).split(", line")[0]
        raise PathError(reason) from None
    except Exception as error:  # the library's parser meets texts that are no path at all
        raise PathError(str(error) or "not a JSONPath") from None

    def select(value: Any) -> list[Any]:
        try:
            return query.find(value).values()
        except jsonpath_rfc9535.JSONPathRecursionError:
            deepest = query.env.max_recursion_depth
            raise TooDeepError(
                f"the data are nested deeper than {deepest} levels, which `..` follows at most"
            ) from None

    return JsonPath(text=text, select=select)


def split_steps(text: str) -> tuple[Step, ...] | None:
    """The steps of a path of names, indexes and wildcards only, else None.

    >>> split_steps("$.a['b c'][0][*]")
    ('a', 'b c', 0, None)
    """
    if not text.startswith("$"):
        return None
    steps: list[Step] = []
    offset = 1
    while offset < len(text):
        found = _STEP.match(text, offset)
        if found is None:
            return None
        if found["name"] is not None:
            steps.append(found["name"])
        elif found["index"] is not None:
            steps.append(int(found["index"]))
        elif found["single"] is not None or found["double"] is not None:
            written = found["single"] if found["single"] is not None else found["double"]
            if "\\" in written:
                return None  # escapes are the library's business
            steps.append(written)
        else:
            steps.append(None)
        offset = found.end()
    return tuple(steps)


def follow_names(value: Any, names: Sequence[str]) -> list[Any]:
    """What `walk` gives for names alone, at half the cost: one value, or none."""
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return []
        value = value[name]
    return [value]


def walk(value: Any, steps: tuple[Step, ...]) -> list[Any]:
    """The values that the steps lead to."""
    values = [value]
    for step in steps:
        following: list[Any] = []
        for each in values:
            if isinstance(each, dict):
                if step is None:
                    following += each.values()
                elif isinstance(step, str) and step in each:
                    following.append(each[step])
            elif isinstance(each, list):
                if step is None:
                    following += each
                elif isinstance(step, int) and -len(each) <= step < len(each):
                    following.append(each[step])
        values = following
    return values


def complete_reference(text: str, *, lenient: str) -> str:
    """A reference as a whole path: `name` is short for `$.name`.

    In the older generation (*lenient* "legacy") any text may be a member's name; today it must be a path.

    >>> complete_reference("a.b", lenient="no")
    '$.a.b'
    >>> complete_reference("Country Code", lenient="legacy")
    "$['Country Code']"
    >>> complete_reference(".name", lenient="no")
    '$.name'
    """
    if text.startswith("$"):
        return text
    if text.startswith("@"):
        return "$" + text[1:]
    if text.startswith("."):
        return "$" + text
    candidate = "$" + text if text.startswith("[") else "$." + text
    if lenient == "legacy" and split_steps(candidate) is None:
        try:
            compile_path(candidate)
        except PathError:
            return "$" + bracket_name(text)
    return candidate


def bracket_name(name: str) -> str:
    """A member's name as a step of a path that may be any text.

    >>> bracket_name("it's")
    "['it\\\\'s']"
    """
    return "['" + name.replace("\\", "\\\\").replace("'", "\\'") + "']"


def write_json(value: Any) -> str:
    """A JSON value as text, its numbers with the digits that were written.

    >>> write_json(parse_json('{"a": [1.50, 1e3, null, "é"]}'))
    '{"a": [1.50, 1e3, null, "é"]}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{write_json(str(k))}: {write_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(write_json(v) for v in value) + "]"
    if isinstance(value, JsonInteger | JsonNumber):
        return value.text
    return json.dumps(value, ensure_ascii=False)
