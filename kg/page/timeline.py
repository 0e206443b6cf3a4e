"""The strip of time: for each claim when it was said, and a line to the time it is about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kg.model import Mode
from kg.page.records import ClaimRecord, Records

WIDTH, HEIGHT = 1000, 96
LANES = (
    ("fact", (Mode.FACT,)),
    ("ahead", (Mode.PLAN, Mode.TARGET, Mode.PROMISE, Mode.ASPIRATION, Mode.FORECAST)),
    ("view", (Mode.OPINION, Mode.QUESTION, Mode.MARKETING)),
)


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A date on the axis."""

    x: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Claims of one lane that were said on one day and are about one time. *about_x* is None for no time."""

    x: int
    y: int
    radius: float
    about_x: int | None
    lane: str
    claims: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Strip:
    """The strip: its ticks and spots, the knots of its scale (day number, x), and where the axis is broken."""

    ticks: tuple[Tick, ...]
    spots: tuple[Spot, ...]
    knots: tuple[tuple[int, int], ...]
    breaks: tuple[int, ...]
    first: int
    last: int


def _day(iso: str) -> int:
    try:
        return date.fromisoformat(iso).toordinal()
    except ValueError:
        return 0


def _said(record: ClaimRecord) -> int | None:
    """The day a claim was first said; of an interval the last day, since the first is often only a year."""
    days = [_day(e.said_span.last or e.said_span.first or "") for e in record.evidence if e.said_span is not None]
    return min((d for d in days if d), default=None)


def _about(record: ClaimRecord) -> int | None:
    """The day that a claim's time comes down to: its deadline, or else its beginning."""
    if record.about is None:
        return None
    return _day(record.about.last or record.about.first or "") or None


def build_strip(records: Records) -> Strip | None:
    """The strip of all claims that were said at a known time; None where there is none."""
    dated = [(i, _said(r), _about(r), r.claim.mode) for i, r in enumerate(records.claims)]
    said = [s for _, s, _, _ in dated if s is not None]
    if not said:
        return None
    about = [a for _, s, a, _ in dated if s is not None and a is not None]
    knots, breaks = _scale(said, about)
    first, last = knots[0][0], knots[-1][0]
    groups: dict[tuple[str, int, int | None], list[int]] = defaultdict(list)
    lanes = {mode: name for name, modes in LANES for mode in modes}
    for i, day, aim, mode in dated:
        if day is not None:
            groups[lanes[mode], day, aim].append(i)
    stacks: dict[tuple[str, int], int] = defaultdict(int)
    spots = []
    tops = {name: 16 + 25 * n for n, (name, _) in enumerate(LANES)}
    for (lane, day, aim), members in sorted(groups.items(), key=lambda g: (g[0][0], g[0][1], g[0][2] or 0)):
        nth = stacks[lane, day]
        stacks[lane, day] += 1
        x = _x(day, knots)
        about_x = _x(min(max(aim, first), last), knots) if aim is not None else None
        shift = (nth % 5) * 13
        spots.append(
            Spot(
                x=x + shift if x < WIDTH - 80 else x - shift,
                y=tops[lane] + (nth // 5) * 4,
                radius=round(min(3 + len(members) ** 0.5 * 0.8, 9), 1),
                about_x=about_x,
                lane=lane,
                claims=tuple(members),
            )
        )
    return Strip(ticks=tuple(_ticks(knots)), spots=tuple(spots), knots=knots, breaks=breaks, first=first, last=last)


def _scale(said: list[int], about: list[int]) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Knots of the scale: what was said takes the middle, what lies far before or after is pressed together."""
    low = date.fromordinal(min(said)).replace(day=1).toordinal()
    after = date.fromordinal(max(said))
    high = date(after.year + after.month // 12, after.month % 12 + 1, 1).toordinal()
    low, high = low - 15, high + 15
    past = [a for a in about if a < low]
    future = [a for a in about if a > high]
    left, right = 64, WIDTH - 24
    knots = []
    breaks = []
    start, end = left, right
    if past:
        start = left + 140
        knots.append((min(past) - 10, left))
        breaks.append(start)
    if future:
        end = right - 400
    knots += [(low, start), (high, end)]
    if future:
        knots.append((max(future) + 60, right))
        breaks.append(end)
    return tuple(knots), tuple(breaks)


def _x(day: int, knots: tuple[tuple[int, int], ...]) -> int:
    for (d1, x1), (d2, x2) in pairwise(knots):
        if day <= d2:
            return round(x1 + (max(day, d1) - d1) / max(d2 - d1, 1) * (x2 - x1))
    return knots[-1][1]


def _ticks(knots: tuple[tuple[int, int], ...]) -> list[Tick]:
    ticks: list[Tick] = []
    for (d1, x1), (d2, x2) in pairwise(knots):
        first, last = date.fromordinal(max(d1, 1)), date.fromordinal(d2)
        if d2 - d1 < 800:
            months = [(y, m) for y in range(first.year, last.year + 1) for m in range(1, 13)]
            days = [(date(y, m, 1), f"{y}-{m:02}") for y, m in months]
        else:
            step = max(1, (last.year - first.year) // 5)
            days = [(date(y, 1, 1), str(y)) for y in range(first.year, last.year + 1) if y % step == 0]
        for day, text in days:
            at = day.toordinal()
            if d1 <= at <= d2:
                x = round(x1 + (at - d1) / max(d2 - d1, 1) * (x2 - x1))
                if not ticks or x - ticks[-1].x >= 58:
                    ticks.append(Tick(x=x, text=text))
    return ticks
