"""One date of EDTF: a year, a month, a day or a season, with qualifiers and unspecified digits."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

Day = tuple[int, int, int]  # year, month, day; the year of any size, so that all can be compared

_ABOUT = 5  # years, months or days on either side of an approximate date
_HUGE = 10**200  # stands for every year whose digits nobody should write out
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class EdtfError(ValueError):
    """A text is no EDTF date: what is wrong, from where to where (code points from 0), and the remedy."""

    def __init__(self, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


@dataclass(frozen=True, kw_only=True)
class EdtfDate:
    """A single date: the days it may stand for, its precision, and the qualifiers that stand in it."""

    first: Day
    last: Day
    precision: Literal["day", "month", "season", "year"]
    qualifiers: str
    level_0: bool

    @property
    def approximate(self) -> bool:
        return bool({"~", "%"} & set(self.qualifiers))

    @property
    def uncertain(self) -> bool:
        return bool({"?", "%"} & set(self.qualifiers))

    @property
    def reach(self) -> tuple[Day, Day]:
        """The first and the last day that it may stand for, loosely read where it is approximate.

        About a year are the five years on either side as well, about a month or a season five months, about a day
        five days. The specification says nothing of how far `~` goes.

        >>> [read_date(text, 0, len(text)).reach for text in ("1920~", "2024-01~", "2024-02-27~", "1920")]
        ... # doctest: +NORMALIZE_WHITESPACE
        [((1915, 1, 1), (1925, 12, 31)), ((2023, 8, 1), (2024, 6, 30)), ((2024, 2, 22), (2024, 3, 3)),
         ((1920, 1, 1), (1920, 12, 31))]
        """
        if not self.approximate:
            return self.first, self.last
        if self.precision == "year":
            return (self.first[0] - _ABOUT, 1, 1), (self.last[0] + _ABOUT, 12, 31)
        if self.precision == "day":
            return _step_days(self.first, -_ABOUT), _step_days(self.last, _ABOUT)
        first, (year, month, _) = _step_months(self.first, -_ABOUT), _step_months(self.last, _ABOUT)
        return first, (year, month, days_in_month(year, month))


def read_date(text: str, start: int, end: int) -> EdtfDate:
    """The date that `text[start:end]` says. Raises `EdtfError` with positions in the whole *text*.

    >>> read_date("2024-02~/2030", 0, 8).last
    (2024, 2, 29)
    """
    year, *rest = parts = list(_cut_components(text, start, end))
    qualifiers = "".join(part["left"] + part["right"] for part in parts)
    first_year, last_year = _bound_year(year)
    if rest and ("Y" in year["body"] or "S" in year["body"]):
        hint = "`Y` and `S` stand with a year alone"
        raise EdtfError("such a year has no months", *rest[0].span("body"), hint)
    if not rest:
        first, last = (first_year, 1, 1), (last_year, 12, 31)
        precision: Literal["day", "month", "season", "year"] = "year"
    elif _SEASON.fullmatch(rest[0]["body"]):
        if len(rest) > 1:
            raise EdtfError("a season has no days", *rest[1].span("body"))
        first, last = _bound_season(first_year, last_year, int(rest[0]["body"]))
        precision = "season"
    else:
        first, last = _bound_days(year, rest)
        precision = "month" if len(rest) == 1 else "day"
    return EdtfDate(
        first=first,
        last=last,
        precision=precision,
        qualifiers=qualifiers,
        level_0=precision != "season" and _LEVEL_0.fullmatch(text, start, end) is not None,
    )


_LEVEL_0 = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_SEASON = re.compile(r"2[1-9]|3[0-9]|4[01]")
_FIRST_COMPONENT = re.compile(r"(?P<left>[?~%]?)(?P<body>Y?-?[^-?~%]*)(?P<right>[?~%]?)")
_COMPONENT = re.compile(r"(?P<left>[?~%]?)(?P<body>[^-?~%]*)(?P<right>[?~%]?)")


def _cut_components(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The year, the month and the day, as far as they are written, each with its qualifiers."""
    pattern, at = _FIRST_COMPONENT, start
    for _ in range(3):
        part = pattern.match(text, at, end)
        assert part is not None  # each piece of it may be empty
        yield part
        pattern, at = _COMPONENT, part.end()
        if at == end:
            return
        if text[at] != "-":
            hint = "write `%` for uncertain and approximate" if text[at] in "?~" else None
            raise EdtfError(f"`{text[at]}` cannot stand here", at, at + 1, hint)
        at += 1
    raise EdtfError("nothing may follow the day", at - 1, end)


_YEAR = re.compile(r"(?P<sign>-?)(?P<digits>[0-9X]{4})(?P<exponent>)(?:S(?P<significant>[0-9]+))?")
_LONG_YEAR = re.compile(r"Y(?P<sign>-?)(?P<digits>[0-9]+)(?:E(?P<exponent>[0-9]+))?(?:S(?P<significant>[0-9]+))?")


def _bound_year(part: re.Match[str]) -> tuple[int, int]:
    """The first and the last year that the first component may mean."""
    body, span = part["body"], part.span("body")
    if found := _LONG_YEAR.fullmatch(body):
        digits = found["digits"]
        if digits[0] == "0" or (found["exponent"] is None and len(digits) < 5):
            better = _write_year(found["sign"], digits)
            if found["exponent"] is not None and digits.strip("0"):
                better = f"Y{found['sign']}{digits.lstrip('0')}E{found['exponent']}"
            raise EdtfError("`Y` begins a year of more than four digits", *span, f"write `{better}`")
        low, high = _bound_significant(found, span)
    elif found := _YEAR.fullmatch(body):
        if body.startswith("-0000"):
            raise EdtfError("there is no year `-0000`", *span, "write `0000`, the year before `0001`")
        if "X" not in body:
            low, high = _bound_significant(found, span)
        elif found["significant"]:
            raise EdtfError("a year has either `X` or `S`", *span)
        else:
            years = [year for year in _expand_digits(found["digits"]) if year or not found["sign"]]
            low, high = years[0], years[-1]
    else:
        raise EdtfError(f"`{body}` is not a year" if body else "the year is missing", *span, _hint_year(body))
    return (-high, -low) if found["sign"] else (low, high)


def _write_year(sign: str, digits: str) -> str:
    """A year as EDTF has it: four digits with zeros in front, or `Y` and more of them without."""
    digits = digits.lstrip("0")
    return f"{sign if digits else ''}{digits:0>4}" if len(digits) < 5 else f"Y{sign}{digits}"


def _hint_year(body: str) -> str:
    if found := re.fullmatch(r"(-?)([0-9]{5,})", body):
        better = _write_year(found[1], found[2])
        return f"write `{better}`" + (" for a year of more than four digits" if better[0] == "Y" else "")
    if found := re.fullmatch(r"-([0-9]{1,4})", body):
        number = int(found[1])
        return (
            f"a year has four digits; {number} BC is `-{number - 1:04}`, for there is a year 0"
            if number > 1
            else "1 BC is `0000`"
        )
    if re.fullmatch(r"[0-9]{1,3}", body):
        return "a year has four digits, with zeros in front: `0476`"
    return "a date begins with a year of four digits: `2024-04-28`"


def _bound_significant(found: re.Match[str], span: tuple[int, int]) -> tuple[int, int]:
    """`1950S2`: only the first two digits are sure, so it is a year from 1900 to 1999."""
    digits, exponent = found["digits"], (found["exponent"] or "").lstrip("0")
    # `Y1E999999999` is not computed: it would fill the memory.
    if len(digits) > 30 or len(exponent) > 2:
        return _HUGE, _HUGE
    year = int(digits) * 10 ** int(exponent or 0)
    if found["significant"] is None:
        return year, year
    width, significant = len(str(year)), found["significant"].lstrip("0")
    if not significant or len(significant) > 3 or int(significant) > width:
        message = f"the year cannot have `S{found['significant']}` significant digits"
        raise EdtfError(message, *span, f"write `S1` to `S{width}`")
    unit = 10 ** (width - int(significant))
    return year // unit * unit, year // unit * unit + unit - 1


def _bound_season(first_year: int, last_year: int, code: int) -> tuple[Day, Day]:
    """The days of a season (21 to 32), quarter (33 to 36), third (37 to 39) or half (40, 41) of a year."""
    if code >= 40:
        month, length = 1 + 6 * (code - 40), 6
    elif code >= 37:
        month, length = 1 + 4 * (code - 37), 4
    elif code >= 33:
        month, length = 1 + 3 * (code - 33), 3
    else:
        spring = 9 if code >= 29 else 3  # south, north of the equator
        month, length = (spring + 3 * ((code - 21) % 4) - 1) % 12 + 1, 3
    into_next, end = divmod(month + length - 2, 12)
    last_year += into_next
    return (first_year, month, 1), (last_year, end + 1, days_in_month(last_year, end + 1))


def _bound_days(year: re.Match[str], rest: list[re.Match[str]]) -> tuple[Day, Day]:
    """The first and the last real day that the digits and `X`s of a month or a day may mean."""
    negative = year["body"].startswith("-")
    years = _expand_digits(year["body"].removeprefix("-"))
    years = [-y for y in reversed(years) if y] if negative else years
    months = _read_digits(rest[0], 12, "month")
    days = _read_digits(rest[1], 31, "day") if len(rest) > 1 else list(range(1, 32))
    first = next(_real_days(years, months, days), None)
    last = next(_real_days(years[::-1], months[::-1], days[::-1]), None)
    if first is None or last is None:
        month = f"{_MONTHS[months[0] - 1]} {year['body']}"
        hint: str | None = f"{month} has {days_in_month(years[0], months[0])} days"
        if "X" in year["body"] + rest[0]["body"]:
            month, hint = f"`{year['body']}-{rest[0]['body']}`", None
        raise EdtfError(f"there is no day `{rest[1]['body']}` in {month}", *rest[1].span("body"), hint)
    return first, last


def _real_days(years: list[int], months: list[int], days: list[int]) -> Iterator[Day]:
    return (day for day in product(years, months, days) if day[2] <= days_in_month(day[0], day[1]))


def _read_digits(part: re.Match[str], most: int, noun: str) -> list[int]:
    """The numbers from 1 to *most* that two digits or `X`s may mean, in their order."""
    body, span = part["body"], part.span("body")
    if not re.fullmatch(r"[0-9X]{2}", body):
        message = f"`{body}` is not a {noun}" if body else f"the {noun} is missing"
        raise EdtfError(message, *span, f"a {noun} has two digits")
    values = [value for value in _expand_digits(body) if 1 <= value <= most]
    if not values:
        seasons = ", seasons 21 to 41" if noun == "month" else ""
        raise EdtfError(f"there is no {noun} `{body}`", *span, f"{noun}s are 01 to {most}{seasons}")
    return values


def _expand_digits(digits: str) -> list[int]:
    """All numbers that the digits may mean, where `X` is any digit, in their order."""
    return [int("".join(d)) for d in product(*("0123456789" if c == "X" else c for c in digits))]


def _step_months(day: Day, months: int) -> Day:
    """The first day of the month that lies *months* after that of *day*."""
    year, month = divmod(day[0] * 12 + day[1] - 1 + months, 12)
    return year, month + 1, 1


def _step_days(day: Day, days: int) -> Day:
    """The day that lies fewer than 28 days after *day*, or before it."""
    year, month, number = day[0], day[1], day[2] + days
    if number < 1:
        year, month, _ = _step_months(day, -1)
        number += days_in_month(year, month)
    elif number > days_in_month(year, month):
        number -= days_in_month(year, month)
        year, month, _ = _step_months(day, 1)
    return year, month, number


def days_in_month(year: int, month: int) -> int:
    """How many days a month has in the proleptic Gregorian calendar, in any year.

    >>> days_in_month(2024, 2), days_in_month(1900, 2), days_in_month(0, 2), days_in_month(-4, 2)
    (29, 28, 29, 29)
    """
    # The calendar repeats after 400 years; `monthrange` knows the years 1 to 9999 only.
    return monthrange(year % 400 + 2000, month)[1]
