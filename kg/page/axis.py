"""The axis of time that all lanes share, and the mark of each answer on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kg.page.records import DateSpan

_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)
MOST_TICKS = 5


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
    text: str


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
    """The ordinal of a day; None for no day, and for one that no calendar of Python has."""
    try:
        return date.fromisoformat(iso).toordinal() if iso else None
    except ValueError:
        return None


def build_axis(spans: Iterable[DateSpan | None]) -> Axis | None:
    """The axis on which all of *spans* have room, with a tick at each round year; None without any."""
    days = [day for s in spans if s is not None for day in (read_day(s.first), read_day(s.last)) if day is not None]
    if not days:
        return None
    low, high = date.fromordinal(min(days)).year, date.fromordinal(max(days)).year + 1
    step = next((s for s in _STEPS if (high - low) / s <= MOST_TICKS), _STEPS[-1])
    first, last = date(low, 1, 1).toordinal(), date(min(high, date.max.year), 1, 1).toordinal()
    years = range(-(-low // step) * step, high + 1, step)
    ticks = tuple(
        Tick(at=round(100 * (date(y, 1, 1).toordinal() - first) / (last - first), 1), text=str(y)) for y in years
    )
    return Axis(first=first, last=last, ticks=ticks)
