"""What is wrong with an argument that stands in the mapping: found before a row is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from kg.tables.functions import dates, numbers, texts
from kg.tables.functions.months import read_language

# what reads an argument of a kind, whose mistake ends the sentence "`x` is ..."
READERS: dict[str, Callable[[str], object]] = {
    "INTEGER": numbers.read_integer,
    "DECIMAL": numbers.read_decimal,
    "TRUTH": texts.read_truth,
    "DATE": dates.read_moment,
}
# what reads it and says the whole sentence
SPEAKERS: dict[str, Callable[[str], object]] = {
    "DATE_PATTERN": dates.read_pattern,
    "UNIT": dates.read_unit,
    "MODE": texts.read_mode,
    "LANGUAGE": read_language,
}


@lru_cache(maxsize=256)
def check_argument(kind: str, text: str) -> str | None:
    """What is wrong with a text as an argument of a kind (a name of `Kind`); None where nothing is.

    >>> check_argument("INTEGER", "x"), check_argument("UNIT", "days")
    ('`x` is no number', None)
    """
    if kind in {"REGEX", "MATCH"} or (kind in {"FIND", "SEPARATOR"} and is_pattern(text)):
        return check_pattern(strip_slashes(text), may_be_empty=kind == "MATCH")
    if kind == "FIND" and not text:
        return "the empty text stands everywhere"
    try:
        if kind in READERS:
            READERS[kind](text)
        elif kind in SPEAKERS:
            SPEAKERS[kind](text)
    except ValueError as error:
        return f"`{text}` is {error}" if kind in READERS else str(error)
    return None


def is_pattern(text: str) -> bool:
    """Whether a text is a pattern as GREL writes one, `/[0-9]+/`."""
    return len(text) > 2 and text.startswith("/") and text.endswith("/")


def strip_slashes(text: str) -> str:
    """The regular expression that a text is, with slashes around it or without.

    >>> strip_slashes("/[0-9]+/"), strip_slashes("[0-9]+")
    ('[0-9]+', '[0-9]+')
    """
    return text[1:-1] if is_pattern(text) else text


def check_pattern(text: str, *, may_be_empty: bool) -> str | None:
    """What is wrong with a regular expression of RE2, the one that the database knows; None where nothing is.

    One that finds the empty text would cut a text everywhere; one that a whole text must fit may be empty.
    """
    import duckdb

    try:
        [(is_empty,)] = duckdb.execute("SELECT regexp_full_match('', ?)", [text]).fetchall()
    except duckdb.Error as error:
        reason = str(error).removeprefix("Invalid Input Error: ").strip().rstrip(".")
        return f"`{text}` is no pattern of RE2: {reason}"
    if not is_empty or may_be_empty:
        return None
    return f"`{text}` matches the empty text: a character with a meaning is written `\\{text[:1]}`"


def check_replacement(find: str, replacement: str) -> str | None:
    """What is wrong with the replacement of what a pattern finds; None where nothing is.

    >>> check_replacement("/[a-z]/", "$1"), check_replacement("/([a-z])/", "$1 costs \\\\$5")
    ('`$1` names a group, and `/[a-z]/` has 0', None)
    """
    if not is_pattern(find):
        return None
    groups = count_groups(find[1:-1])
    named = [int(number) for number in re.findall(r"\\.|\$(\d)", replacement, re.DOTALL) if number]
    wrong = next((number for number in named if number > groups), None)
    return None if wrong is None else f"`${wrong}` names a group, and `{find}` has {groups}"


def count_groups(pattern: str) -> int:
    """How many groups a regular expression has.

    >>> count_groups(r"(a)(?:b)[(](?P<n>c)")
    2
    """
    count, at, within = 0, 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif within:
            within = char != "]"
        elif char == "[":
            within = True
        elif char == "(" and (pattern[at + 1 : at + 2] != "?" or pattern.startswith(("(?P<", "(?<"), at)):
            count += 1
        at += 1
    return count
