"""Dates of EDTF in words, English and Chinese: what a reader sees in place of `2024-21`, `-0043` or `[2024,2026]`."""

from __future__ import annotations

import re
from collections.abc import Callable

from kg.text.edtf import Edtf

Say = Callable[[str], str]  # a single date → its words

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_CALENDAR = re.compile(r"(-?\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_PARTS = {
    **{21 + n: (f"{word} {{}}", f"{{}}年{zh}季") for n, (word, zh) in enumerate(
        (("spring", "春"), ("summer", "夏"), ("autumn", "秋"), ("winter", "冬")))},
    **{33 + n: (f"{word} quarter of {{}}", f"{{}}年第{zh}季度") for n, (word, zh) in enumerate(
        (("first", "一"), ("second", "二"), ("third", "三"), ("fourth", "四")))},
    **{37 + n: (f"{word} third of {{}}", f"{{}}年{zh}四个月") for n, (word, zh) in enumerate(
        (("first", "前"), ("second", "中间"), ("last", "后")))},
    40: ("first half of {}", "{}年上半年"),
    41: ("second half of {}", "{}年下半年"),
}  # fmt: skip
_PARTS |= {
    code: (
        f"{_PARTS[21 + (code - 25) % 4][0]} ({half} of the equator)",
        f"{_PARTS[21 + (code - 25) % 4][1]}（{zh}半球）",
    )
    for first, half, zh in ((25, "north", "北"), (29, "south", "南"))
    for code in range(first, first + 4)
}
_SOME: dict[str, tuple[Say, Say]] = {  # what is not said, as unspecified digits tell it; years of more than four digits
    r"Y(-\d{5,18})": (lambda y: f"{1 - int(y):,} BC", lambda y: f"公元前{1 - int(y):,}年"),
    r"Y(\d{5,18})": (lambda y: f"AD {int(y):,}", lambda y: f"公元{int(y):,}年"),
    r"([1-9]\d{2})X": (lambda y: f"some year of the {y}0s", lambda y: f"{y}0年代某年"),
    r"(-?\d{3})X": (lambda y: _say_some(y, 10, "en"), lambda y: _say_some(y, 10, "zh")),
    r"-(\d{2})XX": (
        lambda y: f"some year of the {write_ordinal(int(y) + 1)} century BC",  # -04XX is 500 to 401 BC
        lambda y: f"公元前{int(y) + 1}世纪某年",
    ),
    r"([1-9]\d)XX": (lambda y: f"some year from {y}00 to {y}99", lambda y: f"{y}00至{y}99年间某年"),
    r"(0\d)XX": (lambda y: _say_some(y, 100, "en"), lambda y: _say_some(y, 100, "zh")),
    r"(-?\d{4})-XX": (lambda y: f"some month of {say_year(y, 'en')}", lambda y: f"{say_year(y, 'zh')}某月"),
    r"(-?\d{4}-\d\d)-XX": (
        lambda m: f"some day of {_say_calendar(m, 'en')}",
        lambda m: f"{_say_calendar(m, 'zh')}某日",
    ),
    r"(-?\d{4})-XX-XX": (lambda y: f"some day of {say_year(y, 'en')}", lambda y: f"{say_year(y, 'zh')}某日"),
}

_OVER_NEW_YEAR = {24, 28, 30}  # winter in the north, summer in the south


def word_date(text: str, lang: str) -> str:
    """One date of EDTF in words; what there are no words for stays as it is written.

    >>> word_date("2024-04-28", "en"), word_date("2027~", "en"), word_date("2024-03?", "zh")
    ('28 April 2024', 'about 2027', '2024年3月（不确定）')
    >>> word_date("2025-21", "en"), word_date("2024-34", "zh"), word_date("-0043-03-15", "en"), word_date("202X", "en")
    ('spring 2025', '2024年第二季度', '15 March 44 BC', 'some year of the 2020s')
    >>> word_date("Y-170000002", "en"), word_date("Y-170000002~", "zh"), word_date("Y17000", "en")
    ('170,000,003 BC', '约公元前170,000,003年', 'AD 17,000')
    >>> word_date("-04XX", "en"), word_date("-04XX", "zh"), word_date("-043X", "en"), word_date("04XX", "en")
    ... # doctest: +NORMALIZE_WHITESPACE
    ('some year of the 5th century BC', '公元前5世纪某年', 'some year from 440 BC to 431 BC',
     'some year from AD 400 to AD 499')
    """
    return _qualify(text, lang, lambda plain: _say_plain(plain, lang))


def word_time(edtf: Edtf, lang: str, *, period: bool = False) -> str:
    """A date, an interval or a deadline in words; an end alone is one of a *period* or a deadline.

    >>> from kg.text.edtf import parse_edtf
    >>> [word_time(parse_edtf(t), "en") for t in ("../2030", "2039/2044", "2024-07-26/2024-08-11", "2024/..")]
    ['by 2030', '2039 to 2044', '26 July 2024 to 11 August 2024', 'from 2024']
    >>> [word_time(parse_edtf(t), "en", period=True) for t in ("../2009", "/2009", "2004/", "[2024,2026]", "../..")]
    ['until 2009', 'until 2009, beginning unknown', 'from 2004, end unknown', '2024 or 2026', 'at any time']
    """
    return _word(edtf, lang, lambda date: word_date(date, lang), period=period)


def describe_edtf(edtf: Edtf, *, period: bool = False) -> str:
    """EDTF as a person at a terminal says it: years, months and days as they are written, the rest in words.

    >>> from kg.text.edtf import parse_edtf
    >>> [describe_edtf(parse_edtf(t)) for t in ("../2030", "2027~", "2024-03?", "2030/..", "2024-24", "-0043")]
    ['by 2030', 'about 2027', '2024-03 (uncertain)', 'from 2030', 'winter 2024/25', '44 BC']
    """
    return _word(edtf, "en", lambda date: _qualify(date, "en", _describe_plain), period=period)


def word_as_of(edtf: Edtf, lang: str) -> str:
    """The date of a count, to be read after "as of".

    >>> from kg.text.edtf import parse_edtf
    >>> [word_as_of(parse_edtf(t), "en") for t in ("../2024-04-28", "2024-04")]
    ['28 April 2024 at the latest', 'April 2024']
    """
    start, slash, end = edtf.text.partition("/")
    if slash and start in ("", "..") and end.strip(".") and lang != "zh":
        return f"{word_date(end, lang)} at the latest"
    return word_time(edtf, lang)


def describe_as_of(edtf: Edtf) -> str:
    """The date of a count for a person at a terminal, to be read after "as of".

    >>> from kg.text.edtf import parse_edtf
    >>> [describe_as_of(parse_edtf(t)) for t in ("../2024-04-28", "2024-04", "-0043~")]
    ['2024-04-28 at the latest', '2024-04', 'about 44 BC']
    """
    start, slash, end = edtf.text.partition("/")
    if slash and start in ("", "..") and end.strip("."):
        return f"{_qualify(end, 'en', _describe_plain)} at the latest"
    return describe_edtf(edtf)


def _word(edtf: Edtf, lang: str, say: Say, *, period: bool) -> str:
    if edtf.text[0] in "[{":
        return _word_set(edtf.text, lang, say)
    start, slash, end = edtf.text.partition("/")
    if not slash:
        return say(start)
    zh = lang == "zh"
    first, last = (say(date) if date.strip(".") else "" for date in (start, end))
    if not first and not last:
        return "任何时候" if zh else "at any time"
    if not first:
        told = f"{last}为止" if zh and period else f"{last}或之前" if zh else f"{'until' if period else 'by'} {last}"
        return told if start else f"{told}，起始不详" if zh else f"{told}, beginning unknown"
    if not last:
        told = f"{first}起" if zh else f"from {first}"
        return told if end else f"{told}，结束不详" if zh else f"{told}, end unknown"
    if end.startswith(f"{start}-"):  # the bounds of a day of which little more than the year is known
        return f"{first}，不晚于{last}" if zh else f"{first}, by {last}"
    return f"{first}至{last}" if zh else f"{first} to {last}"


def _word_set(text: str, lang: str, say: Say) -> str:
    """`[...]` is one of its members, `{...}` all of them."""
    zh = lang == "zh"
    told = []
    for member in text[1:-1].split(","):
        first, dots, last = (say(part) if part not in ("", "..") else part for part in member.partition(".."))
        if not first:
            told.append(f"{last}或之前" if zh else f"{last} or before")
        elif dots and not last:
            told.append(f"{first}或之后" if zh else f"{first} or after")
        else:
            several = f"{first}至{last}" if zh else f"{first} to {last}"
            one_of = f"{several}之一" if zh else f"one of {several}"
            told.append((one_of if text[0] == "[" else several) if dots else first)
    between = {"[": ("或", " or "), "{": ("和", " and ")}[text[0]][0 if zh else 1]
    return between.join([("、" if zh else ", ").join(told[:-1]), told[-1]] if told[1:] else told)


def _qualify(text: str, lang: str, say: Say) -> str:
    """The words of a date whose qualifier, if it has any, is of all of it: `2027~`, `~2027`."""
    plain, doubt = text, ""
    if text[-1:] in ("?", "~", "%"):
        plain, doubt = text[:-1], text[-1]
    elif text[:1] in ("?", "~", "%") and re.fullmatch(r"\d{4}", text[1:]):
        plain, doubt = text[1:], text[0]
    told = say(plain)
    if re.search("[?~%]", plain):
        return text  # of some of its parts
    if doubt in ("~", "%"):
        told = f"约{told}" if lang == "zh" else f"about {told}"
    if doubt in ("?", "%"):
        told = f"{told}（不确定）" if lang == "zh" else f"{told} (uncertain)"
    return told


def _describe_plain(text: str) -> str:
    plain = re.fullmatch(r"(?!0000)\d{4}(-[01]\d(-\d\d)?)?", text)  # year 0 is 1 BC
    return text if plain else _say_plain(text, "en")


def _say_plain(text: str, lang: str) -> str:
    """The words of a date without qualifiers."""
    date, time, clock = text.partition("T")
    found = _CALENDAR.fullmatch(date)
    if found is not None and (found[2] is None or 1 <= int(found[2]) <= 12):
        return _say_calendar(date, lang) + (f" {clock}" if time else "")
    if found is not None and int(found[2]) in _PARTS:
        year = say_year(found[1], lang).removesuffix("年")
        if int(found[2]) in _OVER_NEW_YEAR and int(found[1]) > 0:
            year += f"/{(int(found[1]) + 1) % 100:02}"
        return _PARTS[int(found[2])][lang == "zh"].format(year)
    for pattern, say in _SOME.items():
        if some := re.fullmatch(pattern, text):
            return say[lang == "zh"](some[1])
    return text


def _say_calendar(text: str, lang: str) -> str:
    """A year, a month or a day."""
    found = _CALENDAR.fullmatch(text)
    assert found is not None
    year, month, day = found.groups()
    if lang == "zh":
        return say_year(year, lang) + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
    words = (str(int(day)) if day else "", _MONTHS[int(month) - 1] if month else "", say_year(year, lang))
    return " ".join(word for word in words if word)


def _say_some(digits: str, count: int, lang: str) -> str:
    """Some year of those that begin with *digits*, as people count: `043X` is AD 430 to AD 439."""
    first, last = (f"{digits}{'0' * (len(str(count)) - 1)}", f"{digits}{'9' * (len(str(count)) - 1)}")
    if digits[0] == "-":
        first, last = last, first
    one, other = say_year(first, lang), say_year(last, lang)
    return f"{one}至{other}间某年" if lang == "zh" else f"some year from {one} to {other}"


def write_ordinal(number: int) -> str:
    """An ordinal in digits.

    >>> [write_ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st']
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def say_year(year: str, lang: str) -> str:
    """A year as people count: there is a year 0 in EDTF, and `-0043` is 44 BC."""
    number = int(year)
    if lang == "zh":
        return f"{number}年" if number > 0 else f"公元前{1 - number}年"
    return (year if number > 999 else f"AD {number}") if number > 0 else f"{1 - number} BC"
