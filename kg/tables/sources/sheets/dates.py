"""Dates of sheets that the reader of workbooks reads wrong, and what they are.

Excel keeps a date as a number of days under a format that shows it as one. The reader makes a time of a negative one,
28 February 1900 of the day that Excel counts and the calendar has not, and leaves those past the year 9999 numbers.
"""

from __future__ import annotations

import datetime
import operator
import re
import struct
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from kg.rdf.namespace import XSD
from kg.rdf.xsd import is_valid
from kg.tables.sources.sheets.workbook import Book, Format, read_records, read_wide, read_xml

_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})  # ECMA-376, 18.8.30
_BUILT_IN_DAYS = frozenset({14, 15, 16, 17, 22})  # of the others that show a day not all do in every language
_BUILT_IN_DURATION = 46
_LITERAL = re.compile(r'\\.|[_*].|"[^"]*"?')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")
_COMPARISON = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)\]")
COMPARE = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_CLOCK = re.compile(r"[dmhys]|a/p|am/pm", re.IGNORECASE)
_DAY = re.compile(r"[dy]|mmm", re.IGNORECASE)
# years and weekdays of East Asian calendars: of an era, of the Buddhist one, a day's name
_ERA = re.compile(r"e(?![+-])|g|b|aaa", re.IGNORECASE)
_GENERAL, _DIGIT = re.compile(r"general|am/pm|a/p", re.IGNORECASE), re.compile(r"[0#?]")
_SHORT = re.compile(r"(?:.*T)?[0-9]{2}:[0-9]{2}(?=Z?$|[+-][0-9]{2}:[0-9]{2}$)")  # a time without seconds
_NAIVE = re.compile(r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T(?!24)[0-9:]{8}(?:\.[0-9]{1,6})?")
_LENGTH = re.compile(r"(-?)P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:[.,][0-9]+)?)S)?)?")
MIDNIGHT = datetime.datetime.min  # noqa: DTZ901 - a sheet knows no zones
DAY = 86_400_000  # milliseconds, as exact as the reader of workbooks is
MOST_DAYS = 1e8  # of a duration
# dates by ISO 8601 that the reader of workbooks reads right; not all of them: 29 February is looked at
USUAL_DATE = (
    r"(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?)?"
)
LEAP = 60  # the number of 29 February 1900


class ShownAs(Enum):
    """What a format of numbers shows."""

    TIME = "a time of day, or what may be one"
    DAY = "a date, perhaps with a time"
    DURATION = "a duration"
    ERA = "a date, which the reader of workbooks takes for a number"


@dataclass(frozen=True, kw_only=True, slots=True)
class FormatSection:
    """A part of a format that counts for numbers of which a *condition* holds, an operator and a number."""

    condition: tuple[str, float] | None
    shown: ShownAs | None

    def counts(self, serial: float) -> bool:
        """Whether its condition holds of a number."""
        return self.condition is not None and COMPARE[self.condition[0]](serial, self.condition[1])


@dataclass(frozen=True, kw_only=True, slots=True)
class ByValue:
    """A format whose sections show dates of some numbers and other things of others."""

    sections: tuple[FormatSection, ...]

    def choose(self, serial: float) -> ShownAs | None:
        """What is shown of a number: by the first section whose condition holds, else by the next one without."""
        conditional = [section for section in self.sections[:2] if section.condition is not None]
        chosen = next((section for section in conditional if section.counts(serial)), None)
        others = [section for section in self.sections if section.condition is None]
        if chosen is None:
            chosen = others[0] if others else self.sections[-1]
        return chosen.shown


Showing = ShownAs | ByValue


@dataclass(frozen=True, kw_only=True, slots=True)
class DateStyles:
    """The styles of cells that show dates, by their numbers, and whether days are counted from 1904."""

    shown: dict[int, Showing]
    is_1904: bool = False

    @property
    def last(self) -> int:
        """The number behind the last day of the year 9999."""
        return 2957004 if self.is_1904 else 2958466

    def is_misread(self, serial: float, shown: Showing) -> bool:
        """Whether the reader of workbooks makes, or may make, something else of a number than it is."""
        if isinstance(shown, ByValue):
            return True
        if shown in {ShownAs.DURATION, ShownAs.ERA}:
            return shown is ShownAs.ERA
        is_end = serial < 1 <= round_serial(serial)
        is_outside = serial < 0 or round_serial(serial) >= self.last
        return is_outside or is_end or self.is_leap(serial) or (serial < 1 and shown is ShownAs.DAY)

    def is_leap(self, serial: float) -> bool:
        """Whether a number is of the day that Excel counts and the calendar has not."""
        return LEAP <= round_serial(serial) < LEAP + 1 and not self.is_1904

    def read_serial(self, serial: float, shown: Showing) -> Any:
        """The date, time or duration that a number of days is; None where it is none, itself where it is a number."""
        if isinstance(shown, ByValue):
            chosen = shown.choose(serial)
            return serial if chosen is None else self.read_serial(serial, chosen)
        if shown is ShownAs.DURATION:
            return datetime.timedelta(days=serial)
        if serial < 0 or round_serial(serial) >= self.last or self.is_leap(serial):
            return None
        if serial < 1 and (shown is ShownAs.TIME or not self.is_1904):
            if shown is not ShownAs.TIME or round_serial(serial) == 1:  # 24:00:00 is no time of a day
                return None
            return (MIDNIGHT + datetime.timedelta(milliseconds=round(serial * DAY))).time()
        before = datetime.datetime(1904, 1, 1) if self.is_1904 else datetime.datetime(1899, 12, 30)  # noqa: DTZ001
        days = serial + 1 if serial < LEAP and not self.is_1904 else serial
        moment = before + datetime.timedelta(milliseconds=round(days * DAY))
        return moment.date() if float(serial).is_integer() else moment


def round_serial(serial: float) -> float:
    """A number of days, exact to the millisecond."""
    return round(serial * DAY) / DAY


def classify_format(code: str) -> Showing | None:
    """What a format shows, by its first section where the others have no conditions; None where that is no date.

    >>> [found and found.name for found in map(classify_format, ("d/m/yy h:mm", "[h]:mm", "mm:ss;@", "ggge", "[Red]0"))]
    ['DAY', 'DURATION', 'TIME', 'ERA', None]
    """
    written = _LITERAL.sub("", code).split(";")
    sections = tuple(FormatSection(condition=read_comparison(each), shown=classify_section(each)) for each in written)
    numbers = sections[:-1] if "@" in written[-1] else sections  # the last one may be of texts
    if any(each.condition is not None for each in numbers[:2]) and len({each.shown for each in numbers}) > 1:
        return ByValue(sections=numbers)
    return sections[0].shown


def read_comparison(section: str) -> tuple[str, float] | None:
    """The condition of a section.

    >>> read_comparison("[Red][>=40000]yyyy"), read_comparison("[h]:mm")
    (('>=', 40000.0), None)
    """
    found = _COMPARISON.search(section)
    return None if found is None else (found[1], float(found[2]))


def classify_section(first: str) -> ShownAs | None:
    """What a section shows, without its literal texts."""
    plain = _BRACKETS.sub("", first)
    elapsed = _ELAPSED.search(first)
    clock = _CLOCK.search(plain)
    if elapsed and not (clock and clock.start() < len(_BRACKETS.sub("", first[: elapsed.start()]))):
        return ShownAs.DURATION
    plain = _GENERAL.sub("", plain)
    is_era = _ERA.search(plain) is not None and not _DIGIT.search(plain)
    if clock is None:
        return ShownAs.ERA if is_era else None
    return ShownAs.DAY if is_era or _DAY.search(plain) else ShownAs.TIME


def name_styles(codes: dict[int, str], used: Iterable[int]) -> dict[int, Showing]:
    """The styles that show dates; *codes* are the formats that a workbook defines, *used* that of each style."""
    shown: dict[int, Showing] = {}
    for style, number in enumerate(used):
        found: Showing | None
        if number in codes:
            found = classify_format(codes[number])
        elif number == _BUILT_IN_DURATION:
            found = ShownAs.DURATION
        else:
            found = None if number not in _BUILT_IN else ShownAs.DAY if number in _BUILT_IN_DAYS else ShownAs.TIME
        if found is not None:
            shown[style] = found
    return shown


def read_date_styles(archive: zipfile.ZipFile, book: Book) -> DateStyles:
    """The styles of a workbook of Excel that show dates. Raises BrokenWorkbookError."""
    part = book.find_related("/styles")
    if book.kind is Format.BINARY:
        return read_binary_styles(archive, book, part)
    is_1904 = any(
        each.get("date1904", "").strip() in {"1", "true", "on"}
        for each in read_xml(archive, book.part).iterchildren("{*}workbookPr")
    )
    if part is None:
        return DateStyles(shown={}, is_1904=is_1904)
    root = read_xml(archive, part)
    codes = {
        int(each.get("numFmtId", "")): each.get("formatCode", "")
        for each in root.iterfind("{*}numFmts/{*}numFmt")
        if each.get("numFmtId", "").isdecimal()
    }
    used = [each.get("numFmtId", "") for each in root.iterfind("{*}cellXfs/{*}xf")]
    return DateStyles(shown=name_styles(codes, (int(n) if n.isdecimal() else 0 for n in used)), is_1904=is_1904)


BOOK_PROPERTIES, FORMAT, STYLE, BEGIN_STYLES, END_STYLES = 153, 44, 47, 617, 618  # records of MS-XLSB, 2.3.2


def read_binary_styles(archive: zipfile.ZipFile, book: Book, part: str | None) -> DateStyles:
    """The styles of a binary workbook that show dates (MS-XLSB, 2.4.303, 2.4.660, 2.4.851)."""
    with archive.open(book.part) as stream:
        is_1904 = any(kind == BOOK_PROPERTIES and body[:1] and body[0] & 1 for kind, body in read_records(stream))
    codes: dict[int, str] = {}
    used: list[int] = []
    is_cell = False
    if part is not None:
        with archive.open(part) as stream:
            for kind, body in read_records(stream):
                if kind == FORMAT:
                    codes[int.from_bytes(body[:2], "little")] = read_wide(body, 2)[0]
                elif kind in {BEGIN_STYLES, END_STYLES}:
                    is_cell = kind == BEGIN_STYLES
                elif kind == STYLE and is_cell:
                    used.append(int.from_bytes(body[2:4], "little"))
    return DateStyles(shown=name_styles(codes, used), is_1904=is_1904)


def read_moment(text: str) -> Any:
    """A date, a time or both as ISO 8601 and XML Schema write them, and the datatype; None where it is none.

    What Python has is one of its dates and times.

    >>> read_moment("2024-01-02T10:00Z"), read_moment("2024-02-30")
    (('2024-01-02T10:00:00Z', 'http://www.w3.org/2001/XMLSchema#dateTime'), None)
    >>> read_moment("2024-01-02T10:00")
    datetime.datetime(2024, 1, 2, 10, 0)
    """
    text = text.strip()
    if short := _SHORT.match(text):
        text = f"{short[0]}:00{text[short.end() :]}"
    if len(text) == 10 and is_valid(text, XSD + "date") and text[:4] != "0000":
        return datetime.date.fromisoformat(text)
    found = next((XSD + name for name in ("dateTime", "date", "time") if is_valid(text, XSD + name)), None)
    if found == XSD + "dateTime" and _NAIVE.fullmatch(text):
        return datetime.datetime.fromisoformat(text)
    return None if found is None else (text, found)


def read_length(text: str) -> datetime.time | datetime.timedelta | None:
    """A time of an OpenDocument sheet, which is written as a duration: of a day at most, it is a time of day.

    >>> read_length("PT26H10M00S"), read_length("PT90M"), read_length("-PT1H"), read_length("P1Y")
    (datetime.timedelta(days=1, seconds=7800), datetime.time(1, 30), datetime.timedelta(days=-1, seconds=82800), None)
    """
    found = _LENGTH.fullmatch(text.strip())
    if found is None or not any(found.groups()[1:]) or text.rstrip().endswith("T"):
        return None
    days, hours, minutes, seconds = (float((each or "0").replace(",", ".")) for each in found.groups()[1:])
    if days + hours / 24 + minutes / 1440 + seconds / 86400 > MOST_DAYS:
        return None
    length = datetime.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if found[1]:
        return -length
    return (MIDNIGHT + length).time() if length < datetime.timedelta(days=1) else length


def excel_dates(styles: DateStyles) -> str:
    """A pattern of the bytes of cells whose dates the reader may read wrong; empty where no style shows one."""
    of_kind = {kind: [style for style, shown in styles.shown.items() if shown is kind] for kind in ShownAs}
    days = of_kind[ShownAs.DAY]
    eras = [*of_kind[ShownAs.ERA], *(s for s, shown in styles.shown.items() if isinstance(shown, ByValue))]
    dates = [*of_kind[ShownAs.TIME], *days]
    part = r"\.(?!99999)[0-9]*"  # of a day, which may be rounded to a whole one
    later = rf"(?:[1-9]|[1-57-9][0-9]|6[1-9]|[0-9]{{3,6}})(?:{part})?<"
    usual = rf"{later}|0?{part}<|0<|[0-9.]+[eE]-(?!0*1<)[0-9]+<"
    formula = r"(?:<(?:\w+:)?f\b[^>]*/>|<(?:\w+:)?f\b[^>]*>[^<]*</[^>]*>)?"
    cells = "|".join(
        rf"(?:{'|'.join(map(str, numbers))})[\"'][^>]*>{formula}\s*<(?:\w+:)?v(?:\s[^>]*)?>(?!{fine})"
        for numbers, fine in ((dates, usual), (days, later), (eras, "<"))
        if numbers
    )
    return cells and rf"s(?<=\ss)\s*=\s*[\"'](?:{cells})"


def decode_packed(raw: bytes) -> tuple[float, bool]:
    """A packed number of the binary formats, and whether it is written as an integer (MS-XLSB, 2.5.122)."""
    number = int.from_bytes(raw, "little")
    value = struct.unpack("<d", bytes(4) + (number & 0xFFFFFFFC).to_bytes(4, "little"))[0]
    if number & 2:
        value = float(int.from_bytes(raw, "little", signed=True) >> 2)
    return (value / 100 if number & 1 else value), number & 3 == 2


def write_serial(serial: float) -> str:
    """A number as it is shown: whole ones without a point."""
    return f"{serial:.15g}"
