# ruff: noqa: E501 - words and cases read best in lines that are full
"""Functions of mappings, as the database computes them, against plain Python: the same value, or no value at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import math
import random
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from encoding import encode_iri_part

from fuzz.strokes import any_text
from fuzz.target import Chance, Target, expect, make_choices
from kg.tables.engine.connection import Connection
from kg.tables.engine.macros import escape_literal, quote_text
from kg.tables.functions import COMPUTED
from kg.tables.functions.checks import check_replacement
from kg.tables.functions.texts import BLANKS
from kg.tables.plan.functions import BURP, FUNCTIONS, GREL, IDLAB, MORPH, FnType, Function
from kg.tables.plan.value import Text
from kg.tables.run.computed import LOOKUPS, register
from kg.tables.sql.functions import PATTERNED, SAME, calls_needed, write_call

_TRUTHS = ("true", "false", "1", "0", "TRUE", " true ")
_NUMBERS = (
    "0",
    "1",
    "-1",
    "5",
    "2.5",
    "-2.5",
    "0.1",
    "1e3",
    "100",
    "-0",
    "1E-7",
    "007",
    "+3",
    "12345678901234567890",
    "3.0",
    "NaN",
    "INF",
    "",
    "x",
    " 4 ",
)
_DATES = (
    "2024-02-29",
    "2024-12-31T23:59:59Z",
    "0001-01-01",
    "9999-12-31",
    "2024-02-30",
    "2024-06-01T10:00:00+14:00",
    "x",
    "",
)
_PATTERNS = (
    "yyyy-MM-dd",
    "d MMM yyyy",
    "dd/MM/yy HH:mm",
    "MMMM",
    "yyyy",
    "'x'",
    "h:mm a",
    "q",
    "",
    "yyyyy",
    "dd.MM.uuuu",
)
_UNITS = ("days", "months", "years", "hours", "seconds", "weeks", "minutes", "day", "year", "time", "x", "weekday")
_CHOICES: dict[FnType, tuple[str, ...]] = {
    FnType.TRUTH: _TRUTHS, FnType.TRUTHS: _TRUTHS, FnType.INTEGER: _NUMBERS, FnType.INTEGERS: _NUMBERS, FnType.DECIMAL: _NUMBERS,
    FnType.NUMBER: _NUMBERS, FnType.NUMBERS: _NUMBERS, FnType.DATE: _DATES, FnType.DATE_PATTERN: _PATTERNS, FnType.UNIT: _UNITS,
    FnType.MODE: ("html", "xml", "csv", "url", "javascript", "URL", "x"), FnType.LANGUAGE: ("en", "de", "zh", "xx"),
    FnType.REGEX: ("a", "[,;]", r"(\d)(\w*)", r"\s+", ".", "/a|b/", "x*", "(?i)A"), FnType.FIND: ("a", "/[a-z]/", "/(.)/", ".", "$1", "\\"),
    FnType.REPLACE: ("$1", "x", "\\\\", "$0-$1", "", "\\$"),
}  # fmt: skip


@cache
def _connection() -> Connection:
    connection = Connection(threads=1)
    known: set[str] = set()
    for function in FUNCTIONS:
        for name in () if function.iri in LOOKUPS else calls_needed(function):
            if name not in known:
                known.add(name)
                register(connection, name, COMPUTED[name], function)
    return connection


def _make_text(chance: random.Random) -> str:
    text = (
        chance.choice(
            ("", "a", "Abc def", "straße", "ÉÀ", "a,b;c", "http://A.example/x?y#z", "ﬁ", "İ", "x\ty", "5", "ａ")
        )
        if chance.randrange(2)
        else any_text(chance, 8)
    )
    return text.replace("\0", "")


def _make(kind: FnType, chance: random.Random) -> str | list[str]:
    if kind.is_list or kind is FnType.CROSS:
        return [str(_make_one(kind, chance)) for _ in range(chance.randint(0, 3))]
    return _make_one(kind, chance)


def _make_one(kind: FnType, chance: random.Random) -> str:
    words = _CHOICES.get(kind)
    if words is None or (chance.randrange(8) == 0 and not kind.is_fixed):
        return _make_text(chance)
    return chance.choice(words)


def try_function(data: bytes) -> None:
    """A function gives what plain Python gives, whatever its arguments are, and never ends a query."""
    chance = Chance(data)
    function = chance.choice(FUNCTIONS)
    if function.iri in LOOKUPS:
        return
    given: list[str | list[str] | None] = []
    for parameter in function.parameters:
        value = None if parameter.takes_none and chance.randrange(3) == 0 else _make(parameter.kind, chance)
        value = parameter.default if value is None else value
        if isinstance(value, str) and function.check(parameter, value):
            return  # told when the mapping is read
        given.append(value)
    texts = {p.kind: value for p, value in zip(function.parameters, given, strict=True) if isinstance(value, str)}
    if FnType.REPLACE in texts and check_replacement(texts[FnType.FIND], texts[FnType.REPLACE]):
        return
    written = [_write(value) for value in given]
    arguments = tuple(Text(text=value) if isinstance(value, str) else Text(text="") for value in given)
    for output in range(len(function.outputs)):
        sql = write_call(function.iri, output, written, arguments)
        [(found,)] = _connection().execute(f"SELECT {sql}").fetchall()
        if not function.outputs[output].many:
            expect(found is None or isinstance(found, str), f"{function.iri} gives {found!r}")
        if output == 0:
            _compare(function, given, found)


def _write(value: str | list[str] | None) -> str:
    if value is None:
        return "NULL::VARCHAR"
    return quote_text(value) if isinstance(value, str) else f"([{', '.join(map(quote_text, value))}]::VARCHAR[])"


def _compare(function: Function, given: list[Any], found: object) -> None:
    iri = SAME.get(function.iri, function.iri)
    oracle = ORACLES.get(iri)
    if (
        oracle is None
        or iri in PATTERNED
        or any(g is None for g, p in zip(given, function.parameters, strict=True) if not p.takes_none)
    ):
        return
    try:
        wanted = oracle(*given)
    except (ValueError, ArithmeticError, InvalidOperation):
        return
    expect(found == wanted, f"{function.iri.rpartition('#')[2]}{tuple(given)!r} is {found!r}, not {wanted!r}")


def _truth(holds: object) -> str:
    return "true" if holds else "false"


def _read_truth(text: str) -> bool:
    word = text.strip(" \t\n\f\r").lower()
    if word not in {"true", "false", "0", "1"}:
        raise ValueError
    return word in {"true", "1"}


def _number(text: str) -> Decimal:
    plain = text.strip(" \t\n\r")
    if not re.fullmatch(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", plain):
        raise ValueError
    return Decimal(plain)


def _whole(text: str) -> int:
    number = _number(text)
    if number != number.to_integral_value() or abs(number) > 10**18:
        raise ValueError
    return int(number)


def _days(one: str, other: str, unit: str) -> str:
    if unit != "days" or not (
        re.fullmatch(r"\d{4}-\d\d-\d\d", one, re.ASCII) and re.fullmatch(r"\d{4}-\d\d-\d\d", other, re.ASCII)
    ):
        raise ValueError
    return str((dt.date.fromisoformat(one) - dt.date.fromisoformat(other)).days)


def _factorial(text: str) -> str:
    if not 0 <= _whole(text) <= 100:
        raise ValueError
    return str(math.factorial(_whole(text)))


ORACLES: dict[str, Callable[..., object]] = {
    GREL + "toUpperCase": str.upper,
    GREL + "toLowerCase": str.lower,
    GREL + "string_trim": lambda a: a.strip(BLANKS),
    GREL + "string_toString": str,
    GREL + "string_length": lambda a: str(len(a)),
    GREL + "string_md5": lambda a: hashlib.md5(a.encode()).hexdigest(),
    GREL + "string_sha1": lambda a: hashlib.sha1(a.encode()).hexdigest(),
    GREL + "string_sha256": lambda a: hashlib.sha256(a.encode()).hexdigest(),
    GREL + "string_unicode": lambda a: [str(ord(c)) for c in a],
    GREL + "string_reverse": lambda a: a[::-1] if a.isascii() else _skip(),
    GREL + "string_contains": lambda a, b: _truth(b in a),
    GREL + "string_startsWith": lambda a, b: _truth(a.startswith(b)),
    GREL + "string_endsWith": lambda a, b: _truth(a.endswith(b)),
    GREL + "string_indexOf": lambda a, b: str(a.find(b)),
    GREL + "string_lastIndexOf": lambda a, b: str(a.rfind(b)),
    GREL + "string_chomp": lambda a, b: a.removesuffix(b),
    GREL + "string_substring": lambda a, b, c=None: None if _whole(b) > len(a) else a[_whole(b) : None if c is None else _whole(c)],
    GREL + "array_join": lambda a, b=None: (b or "").join(a),
    GREL + "array_length": lambda a: str(len(a)),
    GREL + "array_reverse": lambda a: a[::-1],
    GREL + "array_sort": lambda a: sorted(a, key=str.encode),
    GREL + "array_uniques": lambda a: list(dict.fromkeys(a)),
    GREL + "boolean_not": lambda a: _truth(not _read_truth(a)),
    GREL + "boolean_and": lambda a: _truth(all(_read_truth(x) for x in a)),
    GREL + "boolean_or": lambda a: _truth(any(_read_truth(x) for x in a)),
    GREL + "boolean_xor": lambda a: _truth(sum(_read_truth(x) for x in a) == 1),
    GREL + "math_abs": lambda a: _plain(abs(_number(a))),
    GREL + "math_floor": lambda a: _integer(math.floor(_number(a))),
    GREL + "math_ceil": lambda a: _integer(math.ceil(_number(a))),
    GREL + "math_max": lambda a, b: _plain(max(_number(a), _number(b))),
    GREL + "math_min": lambda a, b: _plain(min(_number(a), _number(b))),
    GREL + "math_gcd": lambda a, b: str(math.gcd(_whole(a), _whole(b))),
    GREL + "math_fact": _factorial,
    GREL + "date_diff": _days,
    IDLAB + "equal": lambda a, b: _truth(a is not None and b is not None and a == b),
    IDLAB + "notEqual": lambda a, b: _truth(not (a is not None and b is not None and a == b)),
    IDLAB + "isNull": lambda a: _truth(a is None),
    IDLAB + "concat": lambda a, b, c=None: a + (c or "") + b,
    IDLAB + "listContainsElement": lambda a, b: _truth(b in a),
    IDLAB + "trueCondition": lambda a, b: b if a.lower() == "true" else None,
    IDLAB + "decide": lambda a, b, c: c if a == b else None,
    IDLAB + "alwaysReturnsABC": lambda: "ABC",
    MORPH + "concat": lambda a, b, c=None: a + (c or "") + b,
    BURP + "toSafeIRI": encode_iri_part,
    BURP + "toSafeURI": lambda a: quote(a, safe="~"),
}  # fmt: skip


def _skip() -> object:
    raise ValueError


def _plain(number: Decimal) -> str:
    if abs(number) >= Decimal(10) ** 30 or (number and abs(number) < Decimal(10) ** -20):
        raise ValueError
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _integer(number: int) -> str:
    if abs(number) >= 10**30:
        raise ValueError
    return str(number)


def try_macro(data: bytes) -> None:
    """What SQL makes of a text for an IRI, a literal or a label is what plain Python makes of it."""
    text = any_text(Chance(data), 20).replace("\0", "")
    found = _connection().execute("SELECT kg_iri($1), kg_escape($1)", [text]).fetchone()
    expect(found == (encode_iri_part(text), escape_literal(text)), f"{text!r}: {found}")


def try_round_trip(data: bytes) -> None:
    """What is escaped is had back, in every mode."""
    chance = Chance(data)
    text = _make_text(chance)
    for mode in ("html", "xml", "url", "javascript"):
        escaped = COMPUTED["escape"](text, mode)
        assert isinstance(escaped, str)
        expect(
            COMPUTED["unescape"](escaped, mode) == text,
            f"{mode}: {text!r} is {escaped!r}, and back {COMPUTED['unescape'](escaped, mode)!r}",
        )
    expect(unquote(str(COMPUTED["escape"](text, "url"))) == text, "an escape that another reader reads otherwise")
    expect(html.unescape(str(COMPUTED["escape"](text, "xml"))) == text, "an escape that another reader reads otherwise")


TARGETS = (
    Target(name="functions", run=try_function, make=make_choices, share=15, sample=60),
    Target(name="macros", run=try_macro, make=make_choices, share=15, sample=60),
    Target(name="escapes", run=try_round_trip, make=make_choices, share=15, sample=60),
)
