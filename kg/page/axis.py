"""The axis of time that all lanes share, and the mark of each answer on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kg.model.values.date_words import say_year
from kg.page.picture.drawing import LANGUAGES
from kg.page.records import DateSpan
from kg.page.words import Worded

_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
MOST_TICKS = 5
MOST_OLD_TICKS = 3  # where the axis begins before year 1: `4000 BC` is twice as wide as `2000`


class TimeShape(StrEnum):
    """How an answer's time is drawn."""

    POINT = "point"  # a year or less on a long axis
    SPAN = "span"
    UNTIL = "until"  # by a day: fades towards its open beginning
    SINCE = "since"  # from a day on: fades towards its open end
    NONE = "none"  # no date


@dataclass(frozen=True, kw_only=True)
class AxisMark:
    """A mark on the axis: its shape, and where it begins and ends, in percent."""

    shape: TimeShape
    start: float = 0.0
    end: float = 100.0


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A year on the axis, in percent."""

    at: float
    text: Worded


@dataclass(frozen=True, kw_only=True)
class Axis:
    """An axis of days (ordinals) with its ticks."""

    first: int
    last: int
    ticks: tuple[Tick, ...]

    def place(self, day: int) -> float:
        """Where a day stands, in percent of the axis."""
        inside = min(max(day, self.first), self.last)
        return round(100 * (inside - self.first) / (self.last - self.first), 1)

    def mark(self, about: DateSpan | None) -> AxisMark:
        """The mark of a time."""
        first, last = (read_day(about.first), read_day(about.last)) if about else (None, None)
        if first is None and last is None:
            return AxisMark(shape=TimeShape.NONE)
        if first is None or last is None:
            if last is not None:
                return AxisMark(shape=TimeShape.UNTIL, end=max(self.place(last), 2.0))
            return AxisMark(shape=TimeShape.SINCE, start=min(self.place(first or 0), 98.0))
        start, end = self.place(first), self.place(last)
        if end - start < 6:
            middle = round((start + end) / 2, 1)
            return AxisMark(shape=TimeShape.POINT, start=middle, end=middle)
        return AxisMark(shape=TimeShape.SPAN, start=start, end=end)


def read_day(iso: str | None) -> int | None:
    """The ordinal of a day, also of one before year 1; None for no day."""
    return _count_days(*map(int, iso.rsplit("-", 2))) if iso else None


def _count_days(year: int, month: int = 1, day: int = 1) -> int:
    # `date` knows the years 1 to 9999; the calendar repeats itself every 400.
    return date(year % 400 + 400, month, day).toordinal() + (year // 400 - 1) * 146_097


def build_axis(spans: Iterable[DateSpan | None]) -> Axis | None:
    """The axis on which all of *spans* have room, with a tick at each round year; None without any."""
    days = [day for span in spans if span is not None for day in (span.first, span.last) if day is not None]
    if not days:
        return None
    years = [int(day.rsplit("-", 2)[0]) for day in days]
    low, high = min(years), max(years) + 1
    most = MOST_TICKS if low > 0 else MOST_OLD_TICKS
    step = next((s for s in _STEPS if (high - low) / s <= most), _STEPS[-1])
    first, last = _count_days(low), _count_days(high)
    ticks = []
    for number in range(low // step * step, high + 1, step):
        year = number if number > 0 else number + 1  # people count no year 0: 500 BC is -499
        if low <= year <= high:
            at = round(100 * (_count_days(year) - first) / (last - first), 1)
            ticks.append(Tick(at=at, text={lang: _name_year(year, low, lang) for lang in LANGUAGES}))
    return Axis(first=first, last=last, ticks=tuple(ticks))


def _name_year(year: int, low: int, lang: str) -> str:
    return str(year) if low > 0 else say_year(f"{year:04}", lang)
