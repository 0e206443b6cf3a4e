"""Extended Date/Time Format: dates that may be coarse, uncertain, approximate, open or one of a set.

Levels 0, 1 and 2 of the Library of Congress specification (2019), which is ISO 8601-2:2019, are read whole:

| written | meaning |
|---|---|
| `2024`, `2024-04`, `2024-04-28`, `-0044` | a year, a month, a day, a year before year 0 |
| `2024-04-28T10:00:00+08:00` | a date and time; `Z`, an offset or nothing may follow |
| `2024/2025-03`, `2024/..`, `/2024` | an interval; `..` is an open end, nothing an unknown one |
| `2024?`, `2024~`, `2024%` | uncertain, approximate, both |
| `2024-04~-28`, `2024-?04-28` | right of a part: that part and those before it; left: it alone |
| `202X`, `2024-XX`, `1X24-12-X1` | unspecified digits: some year of the 2020s |
| `2024-21` to `-24` | spring, summer, autumn, winter |
| `2024-25` to `-28`, `-29` to `-32` | the same, north and south of the equator |
| `2024-33` to `-36`, `-37` to `-39`, `-40`, `-41` | quarters, thirds and halves of the year |
| `Y170000002`, `Y-17E7`, `1950S2` | long years, exponents, significant digits (1900 to 1999) |
| `[1667,1670..1672]`, `{1960,1961-12}` | one of the set, all of the set |

Where the specification leaves the days open, they are:

- Seasons are the meteorological ones, and begin in the year they are named by: spring is March to May, winter
  December to the last day of February of the next year; south of the equator spring is September to November.
  Codes 21 to 24 say nothing of the hemisphere and are read as in the north.
- A date and time lies on the day that is written, in its own offset. `24:00:00` is the end of that day, and
  second 60 stands only where a leap second can be: at 23:59 in UTC.
- Qualifiers never widen the bounds: `2027~` has those of `2027`. An unknown end has no bound, as an open one. Two dates
  that are said of one matter may agree nevertheless where they are near (`may_agree`): about a year are the five years
  on either side as well, about a month or a season five months, about a day five days.
- There is a year 0 (`0000`), and no year `-0000`. Years beyond 9999 are ordered, but have no ISO date.
- Seasons and long years may stand in intervals and sets and carry qualifiers, as any date; times may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import Literal, NoReturn

from kg.text.edtf.date import Day, EdtfDate, EdtfError, read_date
from kg.text.edtf.hint import suggest_edtf

__all__ = ["Day", "Edtf", "EdtfError", "Precision", "Span", "may_agree", "overlap", "parse_edtf", "write_day", "xsd_of"]

Span = tuple[Day | None, Day | None]  # first and last day; None where there is no bound
Precision = Literal["second", "day", "month", "season", "year", "interval", "set"]

LONGEST = 1000  # characters; no honest date comes near
LONGEST_GUESSED = 100  # longer texts are not worth a guess


@dataclass(frozen=True, kw_only=True)
class Edtf:
    """A date as written in *text*, and the days it may stand for.

    *spans* holds the stretches of days: one, or for a set one for each member; *reach* the same where what is
    approximate is read loosely. *exact* is true for a year, a month or a day of level 0 without any
    qualifier, but for year 0, which is none in XML Schema 1.0 and 1 BC in 1.1.
    """

    text: str
    spans: tuple[Span, ...]
    reach: tuple[Span, ...]
    precision: Precision
    approximate: bool = False
    uncertain: bool = False
    exact: bool = False

    @cached_property
    def first(self) -> Day | None:
        """The first day that it may mean; None where it is open or unknown. This, and not its text, has an order."""
        days = [first for first, _ in self.spans]
        return None if None in days else min(day for day in days if day)

    @cached_property
    def last(self) -> Day | None:
        """The last day that it may mean, itself included; None like *first*."""
        days = [last for _, last in self.spans]
        return None if None in days else max(day for day in days if day)

    @cached_property
    def inner(self) -> Span:
        """The last day on which it may begin and the first on which it may end; of an interval those of its two dates.

        `2019/2025` begins on some day of 2019 and ends on some day of 2025 (ISO 8601-2:2019, 4.4), while `2025` alone
        is all of that year. None begins behind its own end: `2024/2024-06` begins by June. An open or unknown end is
        None.
        """
        if self.precision != "interval":
            return self.first, self.last
        cut = self.text.index("/")
        start, end = _read_end(self.text, 0, cut), _read_end(self.text, cut + 1, len(self.text))
        if start and end:
            return min(start.last, end.last), max(start.first, end.first)
        return start.last if start else None, end.first if end else None

    @cached_property
    def earliest(self) -> str | None:
        """The first day as `YYYY-MM-DD`; None where it is open, unknown or not in the years ±9999."""
        return _write_near(self.first)

    @cached_property
    def latest(self) -> str | None:
        """The last day, itself included, as `YYYY-MM-DD`; None like *earliest*."""
        return _write_near(self.last)


def _write_near(day: Day | None) -> str | None:
    return write_day(day) if day is not None and abs(day[0]) <= 9999 else None


def write_day(day: Day) -> str:
    """A day as `YYYY-MM-DD`, as xsd:date has it.

    >>> write_day((2024, 4, 28)), write_day((-43, 3, 15)), write_day((12345, 1, 1))
    ('2024-04-28', '-0043-03-15', '12345-01-01')
    """
    year, month, number = day
    return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{number:02}"


def parse_edtf(text: str) -> Edtf:
    """The date that *text* says. Raises `EdtfError`, and nothing else, where it says none.

    >>> parse_edtf("2024-02").latest, parse_edtf("2027~").approximate
    ('2024-02-29', True)
    >>> parse_edtf("28/04/2024")
    Traceback (most recent call last):
    kg.text.edtf.date.EdtfError: `28/04/2024` is not an EDTF date
    """
    try:
        return _read(text)
    except EdtfError:
        better = suggest_edtf(text, reads=_is_edtf) if len(text) <= LONGEST_GUESSED else None
        if better is None:
            raise
        message = f"`{text}` is not an EDTF date"
        raise EdtfError(message, 0, len(text), f"write {better}") from None


def overlap(a: Edtf, b: Edtf) -> bool:
    """Whether some day may belong to both. An open or unknown end has no bound.

    >>> year = parse_edtf("2024")
    >>> overlap(year, parse_edtf("../2030")), overlap(year, parse_edtf("2025/.."))
    (True, False)
    """
    return _meet(a.spans, b.spans)


def coincide(a: Edtf, b: Edtf) -> bool:
    """Whether both share a day wherever their ends lie: an interval may end before another begins in the same year.

    >>> term = parse_edtf("2019/2025")
    >>> [coincide(term, parse_edtf(text)) for text in ("2025/2028", "2025-03/..", "2024/2028", "2024", "2020-05/2021")]
    [False, False, True, True, True]
    >>> may = parse_edtf("2024-05/2024-05")  # said twice, it is one time
    >>> coincide(may, may), coincide(may, parse_edtf("2024-05"))
    (True, True)
    """
    if a.spans == b.spans or "interval" not in (a.precision, b.precision):
        return overlap(a, b)
    return overlap(a, b) and not (_may_follow(a, b) or _may_follow(b, a))


def _may_follow(later: Edtf, earlier: Edtf) -> bool:
    """Whether one may begin when the other has ended, or on that day."""
    start, end = later.inner[0], earlier.inner[1]
    return start is not None and end is not None and end <= start


def may_agree(a: Edtf, b: Edtf) -> bool:
    """Whether both may be said of one day: they overlap, or are near where one is approximate.

    >>> year = parse_edtf("1921")
    >>> may_agree(year, parse_edtf("1920~")), may_agree(year, parse_edtf("1910~")), may_agree(year, parse_edtf("1920?"))
    (True, False, False)
    """
    return _meet(a.reach, b.reach)


def _meet(spans: Iterable[Span], others: Iterable[Span]) -> bool:
    return any(
        not _is_after(first_a, last_b) and not _is_after(first_b, last_a)
        for (first_a, last_a), (first_b, last_b) in product(spans, others)
    )


def find_sure(edtf: Edtf) -> tuple[Span, ...]:
    """The stretches of days for which a date surely holds, of a set those of its members; none where nobody knows.

    `202X` is some year of the 2020s and `2004/` began on some day of 2004 and ended on one that is not known, perhaps
    the next, so their bounds do not count. Where the end that is known is a day, it holds on that day.

    >>> find_sure(parse_edtf("202X")), find_sure(parse_edtf("199X/.."))
    ((), (((1999, 12, 31), None),))
    >>> find_sure(parse_edtf("2004-05/")), find_sure(parse_edtf("2004-05-03/"))
    ((), (((2004, 5, 3), (2004, 5, 3)),))
    """
    if edtf.text[0] == "{":
        members = zip(edtf.text[1:-1].split(","), edtf.spans, strict=True)
        return tuple(span for member, span in members if not _is_loose(member))
    if edtf.precision != "interval":
        return () if _is_loose(edtf.text) else edtf.spans
    cut = edtf.text.index("/")
    texts = edtf.text[:cut], edtf.text[cut + 1 :]
    start, end = (read_date(text, 0, len(text)) if text not in ("", "..") else None for text in texts)
    if "" in texts:
        known = start or end
        return ((known.first, known.last),) if known and known.first == known.last else ()
    first, last = edtf.spans[0]
    if start and _is_loose(texts[0]):
        first = start.last
    if end and _is_loose(texts[1]):
        last = end.first
    return () if _is_after(first, last) else ((first, last),)


def _is_loose(text: str) -> bool:
    """Whether digits are unspecified (`202X`) or not significant (`1950S2`)."""
    return "X" in text or "S" in text


def xsd_of(edtf: Edtf) -> tuple[str, str] | None:
    """The date as an XSD literal (lexical form, local name of the datatype); None unless it is exact.

    >>> xsd_of(parse_edtf("2024-04")), xsd_of(parse_edtf("2024~")), xsd_of(parse_edtf("0000"))
    (('2024-04', 'gYearMonth'), None, None)
    """
    names = {"year": "gYear", "month": "gYearMonth", "day": "date"}
    return (edtf.text, names[edtf.precision]) if edtf.exact else None


def _is_after(day: Day | None, other: Day | None) -> bool:
    return day is not None and other is not None and day > other


@lru_cache(maxsize=1 << 10)  # most sources have one date, and many claims the same
def _read(text: str) -> Edtf:
    if not text.strip():
        raise EdtfError("a date is missing", 0, len(text), "write a year, a month or a day: `2024-04-28`")
    if len(text) > LONGEST:
        raise EdtfError("a date is too long", 0, len(text), f"a date has at most {LONGEST} characters")
    if text[0] in "[{":
        return _read_set(text)
    if "/" in text:
        return _read_interval(text)
    if time := _DATE_AND_TIME.fullmatch(text):
        return _read_date_and_time(text, time)
    date = read_date(text, 0, len(text))
    return Edtf(
        text=text,
        spans=((date.first, date.last),),
        reach=(date.reach,),
        precision=date.precision,
        approximate=date.approximate,
        uncertain=date.uncertain,
        exact=date.level_0 and date.first[0] > 0,
    )


def _is_edtf(text: str) -> bool:
    try:
        _read(text)
    except EdtfError:
        return False
    return True


def _read_interval(text: str) -> Edtf:
    cut = text.index("/")
    if (second := text.find("/", cut + 1)) >= 0:
        raise EdtfError("an interval has two ends", second, len(text), "write `START/END`")
    if text == "/":
        raise EdtfError("an interval needs a date", 0, 1, "write `START/END`, `START/..` or `../END`")
    start, end = _read_end(text, 0, cut), _read_end(text, cut + 1, len(text))
    span = _span(start, end)
    if _is_after(*span):
        hint = f"write `{text[cut + 1 :]}/{text[:cut]}`"
        raise EdtfError("the interval runs backwards", 0, len(text), hint)
    return _join(text, "interval", [(start, end)])


def _read_end(text: str, start: int, end: int) -> EdtfDate | None:
    """The date at one end of an interval; None where the end is open (`..`) or unknown (nothing)."""
    return None if text[start:end] in ("", "..") else read_date(text, start, end)


def _read_set(text: str) -> Edtf:
    """`[...]`, one of the members, or `{...}`, all of them; a member is a date or two with `..` between."""
    close = "]" if text[0] == "[" else "}"
    if not text.endswith(close):
        raise EdtfError("the set is not closed", 0, len(text), f"end it with `{close}`")
    members = text[1:-1].split(",")
    ends: list[tuple[EdtfDate | None, EdtfDate | None]] = []
    at = 1
    for number, member in enumerate(members, 1):
        start, end = at, at + len(member)
        at = end + 1
        left, dots, right = member.partition("..")
        if not left and not right:
            raise EdtfError("a member of the set is missing", start - 1, end + 1)
        if not left and number > 1:
            raise EdtfError("only the first member may have no beginning", start, end)
        if not right and dots and number < len(members):
            raise EdtfError("only the last member may have no end", start, end)
        first = read_date(text, start, start + len(left)) if left else None
        last = (read_date(text, end - len(right), end) if right else None) if dots else first
        span = _span(first, last)
        if _is_after(*span):
            raise EdtfError("the range runs backwards", start, end, f"write `{right}..{left}`")
        ends.append((first, last))
    return _join(text, "set", ends)


def _span(first: EdtfDate | None, last: EdtfDate | None) -> Span:
    return first.first if first else None, last.last if last else None


def _join(text: str, precision: Precision, ends: Sequence[tuple[EdtfDate | None, EdtfDate | None]]) -> Edtf:
    dates = [date for pair in ends for date in pair if date]
    return Edtf(
        text=text,
        spans=tuple(_span(*pair) for pair in ends),
        reach=tuple((first.reach[0] if first else None, last.reach[1] if last else None) for first, last in ends),
        precision=precision,
        approximate=any(d.approximate for d in dates),
        uncertain=any(d.uncertain for d in dates),
    )


_DATE_AND_TIME = re.compile(r"(?P<date>[^T]*[0-9X?~%])T(?P<time>[^T]*)")
_TIME = re.compile(
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
    r"(?P<offset>Z|(?P<sign>[+-])(?P<hours>[0-9]{2})(?::(?P<minutes>[0-9]{2}))?)?"
)


def _read_date_and_time(text: str, found: re.Match[str]) -> Edtf:
    date = read_date(text, *found.span("date"))
    if not (date.level_0 and date.precision == "day"):
        hint = "write `2024-04-28T10:00:00`"
        raise EdtfError("a time needs a whole day before it", *found.span("date"), hint)
    time = _TIME.fullmatch(text, found.start("time"))
    if time is None:
        message = f"`{found['time']}` is not a time" if found["time"] else "the time is missing"
        raise EdtfError(message, *found.span("time"), "write hours, minutes and seconds: `10:00:00`")
    _check_time(time)
    return Edtf(text=text, spans=((date.first, date.last),), reach=(date.reach,), precision="second")


def _check_time(time: re.Match[str]) -> None:
    """Source: ISO 8601-1:2019 4.3 and Amendment 1 (24:00:00); offsets to ±14:00 as in XSD 1.1, 3.3.7."""
    hour, minute, second = (int(time[part]) for part in ("hour", "minute", "second"))
    hours, minutes = int(time["hours"] or 0), int(time["minutes"] or 0)

    def fail(part: str, message: str, hint: str) -> NoReturn:
        raise EdtfError(message, *time.span(part), hint)

    if hour > 24:
        fail("hour", f"there is no hour `{time['hour']}`", "hours are 00 to 24")
    if minute > 59:
        fail("minute", f"there is no minute `{time['minute']}`", "minutes are 00 to 59")
    if second > 60:
        fail("second", f"there is no second `{time['second']}`", "seconds are 00 to 59")
    if hour == 24 and (minute or second):
        fail("hour", "nothing comes after `24:00:00`", "write `00` and the next day")
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        fail("offset", f"there is no offset `{time['offset']}`", "offsets are -14:00 to +14:00")
    if time["sign"] == "-" and not hours and not minutes:
        fail("offset", f"there is no offset `{time['offset']}`", "write `Z`")
    if second == 60:
        east = (hours * 60 + minutes) * (-1 if time["sign"] == "-" else 1)
        # Without an offset the hour is unknown, but offsets are whole quarters of an hour.
        leap = (hour * 60 + minute - east) % 1440 == 1439 if time["offset"] else minute % 15 == 14
        if not leap:
            fail("second", "there is no leap second at this time", "seconds are 00 to 59")
