"""Dates that a sentence gives by the day on which its text was published: `last year`, `in three years`, `去年`.

They are worked out, never believed: a row that says `when: 2025` of `last year` is right where the text is of 2026.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from kg.text.edtf import Edtf
from kg.text.figure import NEWEST_RULE, find_figures
from kg.text.sentence import fold_words

_YEARS = {
    "this year": 0, "last year": -1, "next year": 1, "the year before last": -2, "a year ago": -1,
    "今年": 0, "去年": -1, "明年": 1, "前年": -2, "后年": 2,
}  # fmt: skip
_MONTHS_BY = {
    "this month": 0,
    "last month": -1,
    "next month": 1,
    "本月": 0,
    "上月": -1,
    "上个月": -1,
    "下月": 1,
    "下个月": 1,
}
_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
_MONTH = "|".join(_NAMES)
_UNDATED = re.compile(  # a day or a month without its year
    rf"\b(?P<early>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})\b"
    r"(?P<year> (?:last|this|next) year)?(?!,? ?\d{4})"
    rf"|\b(?:in|since|until|till|by|of|on|from|before|after|last|this|next|early|late|mid) (?P<named>{_MONTH})\b"
    r"(?: (?P<late>\d{1,2})(?:st|nd|rd|th)?\b)?(?P<year2> (?:last|this|next) year)?(?!,? ?(?:\d{1,2},? ?)?\d{4})"
    r"|(?<![年\d])(?P<zhyear>去年|今年|明年)?(?P<number>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})\b|(?:周|星期|礼拜)([一二三四五六日天])")
_HALF = 183  # days: a date without a year is of the year of publication, or no farther away than this
_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1, "今天": 0, "昨天": -1, "明天": 1}
_AWAY = re.compile(
    r"\bin (?P<ahead>\S+(?: \S+)?) years?\b|\b(?P<ago>\S+(?: \S+)?) years? ago\b|(?P<zh>\S{1,4})年(?P<when>后|前)"
)
_BEFORE = re.compile(r"\b(?:the year before|a year earlier|the previous year|the year earlier)\b(?! last)|上年|同比")


def find_relative(sentence: str, lang: str, published: Edtf | None) -> Iterator[tuple[str, str]]:
    """The dates that words of a sentence give, seen from the day of publication: pairs of the words and an EDTF date.

    >>> from kg.text.edtf import parse_edtf
    >>> list(find_relative("It grew last year and opens in three years.", "en", parse_edtf("2026-04-06")))
    [('last year', '2025'), ('in three years', '2029')]
    """
    day = published.latest if published is not None else None
    known = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", published.text) if published is not None else None
    if day is None or known is None:
        return
    words, year = fold_words(sentence), int(known[1])
    for phrase, by in _YEARS.items():
        if _stands(phrase, words):
            yield phrase, f"{year + by}"
    before = _BEFORE.search(words)
    named = sorted(
        {int(f.value) for f in find_figures(words, lang, NEWEST_RULE) if re.fullmatch(r"(?:19|20)\d\d", f.value)}
    )
    if before is not None and len(named) < 2:
        yield before[0], f"{(named[0] if named else year) - 1}"
    for found in _AWAY.finditer(words):
        number = _read_number(found["ahead"] or found["ago"] or found["zh"], lang)
        back = found["ago"] is not None or found["when"] == "前"
        if number is not None:
            yield found[0], f"{year - number if back else year + number}"
    if known[2]:
        yield from _find_months(words, year, int(known[2]))
        yield from _find_undated(words, datetime.date(year, int(known[2]), int(known[3] or "15")))
    if known[3]:
        start = datetime.date(year, int(known[2]), int(known[3]))
        for phrase, by in _DAYS.items():
            if _stands(phrase, words):
                yield phrase, (start + datetime.timedelta(days=by)).isoformat()
        yield from _find_weekdays(words, start)


def _find_months(words: str, year: int, month: int) -> Iterator[tuple[str, str]]:
    """Months that are counted from that of publication."""
    for phrase, by in _MONTHS_BY.items():
        if _stands(phrase, words):
            whole = year * 12 + month - 1 + by
            yield phrase, f"{whole // 12:04}-{whole % 12 + 1:02}"


def _find_undated(words: str, published: datetime.date) -> Iterator[tuple[str, str]]:
    """Days and months that are named without a year: of the year of publication, or near to it."""
    for found in _UNDATED.finditer(words):
        name = found["month"] or found["named"]
        month = _NAMES.index(name) + 1 if name else int(found["number"])
        written = found["early"] or found["late"] or found["day"]
        told = (found["year"] or found["year2"] or "").strip() or found["zhyear"]
        for year in [published.year + _YEARS[told]] if told else range(published.year - 1, published.year + 2):
            try:
                day = datetime.date(year, month, int(written or "15"))
            except ValueError:
                continue  # the 45th of March
            if told or year == published.year or abs((day - published).days) <= _HALF:
                if written:
                    yield found[0], day.isoformat()
                yield name or found[0], f"{year:04}-{month:02}"


def _find_weekdays(words: str, published: datetime.date) -> Iterator[tuple[str, str]]:
    """Days of the week: the last one by the day of publication, and the next one after it."""
    for found in _WEEKDAY.finditer(words):
        number = _WEEKDAYS.index(found[1]) if found[1] else "一二三四五六日天".index(found[2]) % 7
        if found[2] == "天":
            number = 6
        back = (published.weekday() - number) % 7
        for days in (-back, 7 - back):
            yield found[0], (published + datetime.timedelta(days=days)).isoformat()


def _stands(phrase: str, words: str) -> bool:
    return phrase in words if not phrase.isascii() else re.search(rf"\b{phrase}\b", words) is not None


def _read_number(text: str, lang: str) -> int | None:
    values = {f.value for f in find_figures(text, lang, NEWEST_RULE)}
    if not values and lang.startswith("zh"):
        values = {str("零一二三四五六七八九十".find(text[-1]))} if text[-1:] in "一二三四五六七八九十" else set()
    if not values and text in {"a", "one"}:
        values = {"1"}
    (value, *more) = values or {""}
    return int(value) if value.isdigit() and not more and len(value) < 4 else None
