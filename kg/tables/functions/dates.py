"""Dates and times in functions: read by patterns as Java has them, moved, compared and taken apart.

A date is written `2024-02-29`, a moment `2024-02-29T13:00:00`, with a zone where the text has one. Nothing depends on
the clock, the place or the language of the machine. What is no date is a ValueError.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from kg.tables.functions.months import MONTHS, SHORT_MONTHS, read_language
from kg.tables.functions.numbers import read_integer

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_SHORT_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """How texts of dates look: a regular expression whose groups are fields, and the months by their names."""

    shape: re.Pattern[str]
    months: dict[str, int]
    pivot: int  # years of two digits below it are of this century


def read_moment(text: str) -> date | datetime:
    """The date or moment of a text in ISO 8601, as XSD has it.

    >>> read_moment("2024-02-29"), read_moment("2024-02-29T13:00:00Z").isoformat()
    (datetime.date(2024, 2, 29), '2024-02-29T13:00:00+00:00')
    """
    text = text.strip(" \t\r\n")
    if _DATE.fullmatch(text):
        return date.fromisoformat(text)
    if not _MOMENT.fullmatch(text):
        raise ValueError("no date")
    return datetime.fromisoformat(text)


def write_moment(found: date | datetime) -> str:
    """A date or a moment as XSD writes it.

    >>> write_moment(datetime(2024, 2, 29, 13, 0, 0, 500000, tzinfo=UTC))
    '2024-02-29T13:00:00.5Z'
    """
    if not isinstance(found, datetime):
        return found.isoformat()
    text = found.replace(tzinfo=None).isoformat()
    if "." in text:
        text = text.rstrip("0")
    zone = found.strftime("%z")
    return text + ("" if not zone else "Z" if zone == "+0000" else f"{zone[:3]}:{zone[3:5]}")


def begin_day(day: date) -> datetime:
    """The moment at which a day begins, of no zone."""
    return datetime.combine(day, time())


# -- patterns ---------------------------------------------------------------------------------------

# what a letter stands for, by how often it stands there; a field takes the digits that its group names
_FIELDS = {
    "y": "year", "u": "year", "M": "month", "L": "month", "d": "day", "H": "hour", "k": "hour24", "h": "hour12",
    "K": "hour11", "m": "minute", "s": "second", "S": "fraction", "a": "half", "E": "weekday", "D": "yearday",
    "z": "zone", "Z": "zone", "X": "zone", "x": "zone",
}  # fmt: skip
_ZONE = r"Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?"


@lru_cache(maxsize=256)
def read_pattern(text: str, language: str = "en", pivot: int = 69) -> Pattern:
    """The pattern that a text is; ValueError says what is wrong with it.

    Source: `java.text.SimpleDateFormat` and `java.time.format.DateTimeFormatter`, the letters that both know alike.
    """
    read_language(language)
    months = {name: number for names in (MONTHS, SHORT_MONTHS) for number, name in enumerate(names[language], 1)}
    months |= {name.rstrip("."): number for name, number in months.items()}
    shape: list[str] = []
    at = 0
    seen: set[str] = set()
    for found in _TOKEN.finditer(text):
        if found.start() != at:
            break
        at = found.end()
        letter, token = found[2], found[0]
        if letter is None:
            shape.append(
                re.escape("'" if token == "''" else (found[1] if found[1] is not None else token).replace("''", "'"))
            )
            continue
        field = _FIELDS.get(letter)
        if field is None:
            raise ValueError(f"`{letter}` is no letter of a date's pattern (a text stands in quotes: `'{letter}'`)")
        if field in seen:
            raise ValueError(f"`{letter}` stands there twice")
        seen.add(field)
        shape.append(f"(?P<{field}>{_write_field(field, len(token), months)})")
    if at != len(text):
        raise ValueError("a quote is not closed")
    if not {"year"} <= seen or not ({"month", "day"} <= seen or "yearday" in seen):
        raise ValueError("a date has a year, a month and a day")
    return Pattern(shape=re.compile("".join(shape), re.IGNORECASE), months=months, pivot=pivot)


def _write_field(field: str, count: int, months: dict[str, int]) -> str:
    if field == "year":
        return "[0-9]{2}" if count == 2 else "[0-9]{4}"
    if field == "month" and count > 2:
        return "|".join(re.escape(name) for name in sorted(months, key=lambda name: (-len(name), name)))
    if field == "weekday":
        return r"\w+\.?"
    if field == "half":
        return "am|pm"
    if field == "zone":
        return _ZONE
    if field == "fraction":
        return "[0-9]{1,6}"
    if field == "yearday":
        return "[0-9]{1,3}"
    return "[0-9]{1,2}" if count < 3 else f"[0-9]{{{count}}}"


def parse_date(text: str, pattern: Pattern) -> date | datetime:
    """The date, or the moment where the pattern has an hour.

    >>> parse_date("29 Feb 2024 1:05 PM", read_pattern("d MMM yyyy h:mm a")).isoformat()
    '2024-02-29T13:05:00'
    """
    found = pattern.shape.fullmatch(text.strip(" \t\r\n"))
    if found is None:
        raise ValueError("no date of that pattern")
    fields = {name: value for name, value in found.groupdict().items() if value is not None}
    year = int(fields["year"])
    if len(fields["year"]) == 2:
        year += 2000 if year < pattern.pivot else 1900
    if "yearday" in fields:
        day = date(year, 1, 1) + timedelta(days=int(fields["yearday"]) - 1)
        if day.year != year or fields["yearday"].strip("0") == "":
            raise ValueError("no day of the year")
    else:
        month = pattern.months.get(fields["month"].lower()) or int(fields["month"])
        day = date(year, month, int(fields["day"]))
    named = fields.get("weekday", "").lower()[:3]
    if named in _SHORT_WEEKDAYS and _SHORT_WEEKDAYS[day.weekday()] != named:
        raise ValueError("another day of the week")
    if not {"hour", "hour24", "hour12", "hour11"} & fields.keys():
        return day
    return datetime(
        day.year, day.month, day.day, _read_hour(fields), int(fields.get("minute", 0)), int(fields.get("second", 0)),
        int(fields.get("fraction", "0").ljust(6, "0")), _read_zone(fields.get("zone")),
    )  # fmt: skip


def _read_hour(fields: dict[str, str]) -> int:
    if "hour" in fields:
        return int(fields["hour"])
    if "hour24" in fields:
        return int(fields["hour24"]) % 24
    hour = int(fields.get("hour12") or fields["hour11"])
    if hour > 12 or "half" not in fields:
        raise ValueError("an hour of the half day needs `AM` or `PM`")
    return hour % 12 + (12 if fields["half"].lower() == "pm" else 0)


def _read_zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


# -- what functions compute -------------------------------------------------------------------------


def to_date(text: str, pattern: str | None) -> str:
    """A text as a date or a moment, by a pattern, or as ISO 8601."""
    return write_moment(read_moment(text) if pattern is None else parse_date(text, read_pattern(pattern)))


def normalize_date(text: str, pattern: str, language: str = "en") -> str:
    """A text as a date, its years of two digits in this century, its months in a language."""
    found = parse_date(text, read_pattern(pattern, language, 100))
    return write_moment(found.date() if isinstance(found, datetime) else found)


def normalize_moment(text: str, pattern: str, language: str = "en") -> str:
    """A text as a moment; a pattern without an hour gives none."""
    found = parse_date(text, read_pattern(pattern, language, 100))
    if not isinstance(found, datetime):
        raise ValueError("no moment")
    return write_moment(found)


# seconds of a unit, or months of it
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_SHORT = {
    "s": "second", "sec": "second", "min": "minute", "h": "hour", "d": "day", "w": "week", "ms": "milli",
    "millisecond": "milli", "n": "nano", "nanosecond": "nano",
}  # fmt: skip
_SPANS = {"month": 1, "year": 12, "decade": 120, "century": 1200, "centurie": 1200}
UNITS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds")


def read_unit(text: str) -> str:
    """The unit of time that a word names, in the singular.

    >>> read_unit("Days"), read_unit("ms")
    ('day', 'milli')
    """
    word = text.strip().lower()
    word = _SHORT.get(word, word)
    word = word[:-1] if word.endswith("s") and len(word) > 2 else word
    word = _SHORT.get(word, word)
    if word not in _SECONDS and word not in _SPANS and word not in {"milli", "nano", "weekday", "time"}:
        raise ValueError(f"`{text}` is no unit of time: {', '.join(UNITS)}")
    return word


def add_to_date(text: str, amount: str, unit: str) -> str:
    """A date or moment, moved by some units: a month from the 31st ends on the last day of a shorter month."""
    found, number, name = read_moment(text), read_integer(amount), read_unit(unit)
    if name in _SPANS:
        months = found.year * 12 + found.month - 1 + number * _SPANS[name]
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return write_moment(found.replace(year=year, month=month + 1, day=min(found.day, last)))
    if name in _SECONDS:
        span = timedelta(seconds=number * _SECONDS[name])
        if not isinstance(found, datetime) and name not in {"day", "week"}:
            found = begin_day(found)
    elif name == "milli":
        span = timedelta(milliseconds=number)
        found = found if isinstance(found, datetime) else begin_day(found)
    else:
        raise ValueError("no unit to add")
    return write_moment(found + span)


def count_between(one: str, other: str, unit: str) -> str:
    """How many whole units lie between two dates or moments, never negative; without a zone they are UTC."""
    first, last = sorted(map(_as_moment, (one, other)))
    name = read_unit(unit)
    if name in _SPANS:
        months = (last.year - first.year) * 12 + last.month - first.month
        rest = (last.day, last.time()) < (first.day, first.time())
        return str((months - rest) // _SPANS[name])
    micro = (last - first) // timedelta(microseconds=1)
    if name == "milli":
        return str(micro // 1000)
    if name == "nano":
        return str(micro * 1000)
    if name not in _SECONDS:
        raise ValueError("no unit to count")
    return str(micro // (_SECONDS[name] * 1_000_000))


def _as_moment(text: str) -> datetime:
    found = read_moment(text)
    if not isinstance(found, datetime):
        found = begin_day(found)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def take_part(text: str, unit: str) -> str:
    """A part of a date or moment; of the week day its English name, of the week its number in the month."""
    found, name = read_moment(text), read_unit(unit)
    moment = found if isinstance(found, datetime) else begin_day(found)
    parts: dict[str, Callable[[], object]] = {
        "year": lambda: moment.year,
        "month": lambda: moment.month,
        "week": lambda: (moment.day - 1) // 7 + 1,
        "day": lambda: moment.day,
        "weekday": lambda: _WEEKDAYS[moment.weekday()].capitalize(),
        "hour": lambda: moment.hour,
        "minute": lambda: moment.minute,
        "second": lambda: moment.second,
        "milli": lambda: moment.microsecond // 1000,
        "nano": lambda: moment.microsecond * 1000,
        "time": lambda: (_as_moment(text) - _EPOCH) // timedelta(milliseconds=1),
    }
    if name not in parts:
        raise ValueError("no part of a date")
    return str(parts[name]())


COMPUTED: dict[str, Callable[..., str | None]] = {
    "date_toDate": to_date,
    "date_inc": add_to_date,
    "date_diff": count_between,
    "date_datePart": take_part,
    "normalizeDate": normalize_date,
    "normalizeDateWithLang": normalize_date,
    "normalizeDateTime": normalize_moment,
    "normalizeDateTimeWithLang": normalize_moment,
}
