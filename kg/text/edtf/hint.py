"""What a text that is no EDTF date was probably meant to say: `28/04/2024` is `2024-04-28`."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_BC = (
    r"(?:BCE?|B\.C\.(?:E\.)?|a\. ?C\.|v\. ?Chr\.|av\. ?J\.-C\.|до н\. ?э\.|p\. ?n\. ?e\.)"  # before Christ, of our time
)
_BEFORE_ZH = r"(?:公元|西元|紀元|纪元)?前"
_ROMAN = {"X": 10, "IX": 9, "V": 5, "IV": 4, "I": 1}
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018, "民国": 1911, "民國": 1911}
_SEASONS_ZH = {"春": 21, "夏": 22, "秋": 23, "冬": 24}
_YEAR = r"(?P<year>[0-9]{4})"
_PARTS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24} | {
    f"{letter}{number}": code + number
    for letter, code, count in (("q", 32, 4), ("h", 39, 2))
    for number in range(1, count + 1)
}
_PART = rf"(?P<part>{'|'.join(_PARTS)})"

_HYPHENS = str.maketrans("\u2010\u2012\u2212", "---")  # hyphen, figure dash, minus sign

Found = re.Match[str]
Read = Callable[[str], str | None]  # a text → the EDTF date it means


def suggest_edtf(text: str, *, reads: Callable[[str], bool]) -> str | None:
    """What to write in place of *text*, in backticks; None where nothing is near. *reads* says what is EDTF.

    >>> suggest_edtf("April 2024", reads=lambda text: text == "2024-04")
    '`2024-04`'
    >>> suggest_edtf("2024/25", reads=lambda text: text == "2024-25")
    '`2024/2025`'
    """
    plain = unicodedata.normalize("NFKC", text).strip().translate(_HYPHENS)
    if found := re.fullmatch(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})", plain):
        return _order_days(int(found[1]), int(found[3]), found[4], reads)
    if (found := re.fullmatch(r"([0-9]{4})[/–]([0-9]{2})", plain)) and int(found[2]) == (int(found[1]) + 1) % 100:
        month = f"`{found[1]}-{found[2]}` or " if 1 <= int(found[2]) <= 12 else ""
        return f"{month}`{found[1]}/{int(found[1]) + 1:04}`"  # a season or a business year

    def read(text: str, deeper: int = 3) -> str | None:
        text = text.strip()
        if reads(text):
            return text
        for pattern, write in _RULES if deeper else ():
            found = re.fullmatch(pattern, text, re.IGNORECASE)
            written = write(found, lambda part: read(part, deeper - 1)) if found else None
            if written is not None and reads(written):
                return written
        return None

    better = read(plain)
    return None if better is None else f"`{better}`"


def _order_days(one: int, two: int, year: str, reads: Callable[[str], bool]) -> str | None:
    """`28/04/2024` has one reading, `04/05/2024` two: day first or month first."""
    both = dict.fromkeys([f"{year}-{two:02}-{one:02}", f"{year}-{one:02}-{two:02}"])
    known = [f"`{day}`" for day in both if reads(day) and int(day[5:7]) <= 12]
    return " or ".join(known) or None


def _write_numbers(found: Found, read: Read) -> str:
    return "-".join([found["year"], *(f"{int(n):02}" for n in found.groups()[1:] if n)])


def _write_named(found: Found, read: Read) -> str:
    groups = found.groupdict()
    month = _MONTHS.index(found["month"][:3].lower()) + 1
    day = f"-{int(groups['day']):02}" if groups.get("day") else ""
    return f"{found['year']}-{month:02}{day}"


def _write_range(found: Found, read: Read) -> str | None:
    first, last = read(found[1]), read(found[2])
    return f"{first}/{last}" if first and last else None


def _write_after(prefix: str, suffix: str) -> Callable[[Found, Read], str | None]:
    def write(found: Found, read: Read) -> str | None:
        date = read(found[1])
        return f"{prefix}{date}{suffix}" if date else None

    return write


def _write_beside(step: int) -> Callable[[Found, Read], str | None]:
    """`before 2030` ends with 2029, `after 2027` begins with 2028: the year, month or day itself is left out."""

    def write(found: Found, read: Read) -> str | None:
        date = _step(read(found[1]) or "", step)
        return date and (f"../{date}" if step < 0 else f"{date}/..")

    return write


def _step(date: str, step: int) -> str | None:
    """The year, month or day before or after a plain one; None for what is none, and past the year 9999.

    >>> _step("2030", -1), _step("2024-12", 1), _step("2024-03-01", -1), _step("2024~", 1)
    ('2029', '2025-01', '2024-02-29', None)
    """
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", date)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    if day is not None:
        if date in ("0001-01-01", "9999-12-31") or year == 0:
            return None
        return (datetime.date.fromisoformat(date) + datetime.timedelta(days=step)).isoformat()
    months = year * 12 + (month - 1) + step if month is not None else (year + step) * 12
    if not 0 <= months < 10000 * 12:
        return None
    return f"{months // 12:04}" + (f"-{months % 12 + 1:02}" if month is not None else "")


def _write_bc(found: Found, read: Read) -> str | None:
    """There is a year 0 (1 BC), so that 44 BC is -0043 and the 5th century BC -04XX."""
    number = int(found[1])
    return f"-{number - 1:04}" if number > 1 else "0000" if number else None


def _write_century(found: Found, read: Read) -> str | None:
    """The 5th century is 04XX, that before Christ -04XX, whatever the language; Roman numerals as well."""
    groups = found.groupdict()
    number = int(found["century"]) if found["century"].isdigit() else _read_roman(found["century"].upper())
    return f"{'-' if groups.get('before') else ''}{number - 1:02}XX" if number else None


def _read_roman(text: str) -> int:
    """
    >>> [_read_roman(text) for text in ("III", "XIX", "XX")]
    [3, 19, 20]
    """
    number = 0
    for letters, value in _ROMAN.items():
        while text.startswith(letters):
            number, text = number + value, text[len(letters) :]
    return number


def _write_era(found: Found, read: Read) -> str:
    """`昭和9年` is 1934, `民国26年` 1937."""
    count = 1 if found["count"] == "元" else int(found["count"])
    parts = (f"{int(part):02}" for part in (found["month"], found["day"]) if part)
    return "-".join([f"{_ERAS[found['era']] + count:04}", *parts])


def _write_time(found: Found, read: Read) -> str:
    offset = (found["offset"] or "").upper().replace(" ", "")
    if re.fullmatch(r"[+-][0-9]{4}", offset):
        offset = f"{offset[:3]}:{offset[3:]}"
    return f"{found['date']}T{found['hour']:0>2}:{found['minute']}:{found['second'] or '00'}{offset}"


def _write_old(found: Found, read: Read) -> str | None:
    """The draft of 2012 wrote `u`, `y`, `?~`, `unknown` and `open`."""
    text = found[0].replace("?~", "%").replace("~?", "%").replace(" ", "")
    text = re.sub(r"(?<=/)open$", "..", re.sub(r"^unknown(?=/)|(?<=/)unknown$", "", text))
    text = re.sub(r"[ux]", "X", text).replace("y", "Y").replace("e", "E").replace("s", "S").replace("p", "S")
    return text if text != found[0] else None


_RULES: tuple[tuple[str, Callable[[Found, Read], str | None]], ...] = (
    (rf"{_YEAR}[-/.]([0-9]{{1,2}})(?:[-/.]([0-9]{{1,2}}))?", _write_numbers),
    (rf"{_YEAR}([0-9]{{2}})([0-9]{{2}})?", _write_numbers),
    (rf"{_YEAR}-(?P<day>1[3-9]|2[0-9]|3[01])-(?P<month>0[1-9]|1[0-2])",
     lambda f, _: f"{f['year']}-{f['month']}-{f['day']}"),
    (rf"{_YEAR} ?年(?: ?([0-9]{{1,2}}) ?月(?: ?([0-9]{{1,2}}) ?[日号])?)?", _write_numbers),
    (rf"(?:{_DAY} (?:of )?)?{_MONTH},? {_YEAR}", _write_named),
    (rf"{_MONTH} {_DAY},? {_YEAR}", _write_named),
    (rf"{_YEAR},? {_MONTH}(?: {_DAY})?", _write_named),
    (rf"{_PART}(?: of)?,?[ -]?{_YEAR}", lambda f, _: f"{f['year']}-{_PARTS[f['part'].lower()]}"),
    (rf"{_YEAR},?[ -]?{_PART}", lambda f, _: f"{f['year']}-{_PARTS[f['part'].lower()]}"),
    (r"(?:the )?([0-9]{3})0['’]?s", lambda f, _: f"{f[1]}X"),
    (r"(?:the )?([0-9]{1,2})(?:st|nd|rd|th) century", lambda f, _: f"{int(f[1]) - 1:02}XX"),
    (rf"([0-9]{{1,2}})(?:st|nd|rd|th) century,? {_BC}", lambda f, _: f"-{int(f[1]) - 1:02}XX"),
    (rf"([0-9]{{1,4}}) ?{_BC}", _write_bc),
    (rf"{_BC} ?([0-9]{{1,4}})", _write_bc),
    (rf"{_BEFORE_ZH} ?([0-9]{{1,4}}) ?年", _write_bc),
    (r"(?:AD|A\.D\.|公元|西元|西暦) ?([0-9]{1,4}) ?年?", lambda f, _: f"{int(f[1]):04}"),
    (rf"(?P<before>{_BEFORE_ZH})?(?:公元|西元|紀元)? ?(?P<century>[0-9]{{1,2}}) ?世[纪紀]", _write_century),
    (r"([0-9]{1,2}) ?世[纪紀] ?([0-9])0 ?年代", lambda f, _: f"{int(f[1]) - 1:02}{f[2]}X"),
    (r"([0-9]{3})0 ?年代", lambda f, _: f"{f[1]}X"),
    (rf"{_YEAR} ?年 ?(?P<season>[春夏秋冬])[季天]?", lambda f, _: f"{f['year']}-{_SEASONS_ZH[f['season']]}"),
    (rf"(?P<era>{'|'.join(_ERAS)}) ?(?P<count>[0-9]{{1,3}}|元) ?年(?: ?(?P<month>[0-9]{{1,2}}) ?月)?"
     r"(?: ?(?P<day>[0-9]{1,2}) ?日)?", _write_era),
    (rf"(?:siglo|s\.|século|séc\.|secolo|sec\.) ?(?P<century>[IVX]+)(?P<before>,? {_BC})?", _write_century),
    (rf"(?P<century>[0-9]{{1,2}}|[IVX]+)(?:\. (?:Jahrhundert|Jh\.)|e siècle|er siècle|e eeuw| wiek| в\.| век)"
     rf"(?P<before>,? {_BC})?", _write_century),
    (r"(?:大?[约約])(.+)", _write_after("", "~")),
    (r"(.+?)(?:前后|前後|左右|ごろ|頃)", _write_after("", "~")),
    (r"(?:hacia|alrededor de|vers|environ|um|etwa|gegen|verso|intorno al|por volta de|cerca de|rond|omstreeks|około"
     r"|около) (.+)", _write_after("", "~")),
    (r"(.+?年?) ?(?:至|到|から) ?(.+?)(?:まで)?", _write_range),
    (r"([0-9]{1,4}) ?(?:AD|A\.D\.|CE|C\.E\.)", lambda f, _: f"{int(f[1]):04}"),
    (r"(?:before|earlier than|<(?!=)) ?(.+)", _write_beside(-1)),
    (r"(?:after|later than|>(?!=)) ?([^/]+?)", _write_beside(1)),
    (r"(?:until|till|by|up to|no later than|<=|\.\.) ?(.+)", _write_after("../", "")),
    (r"(?:since|from|no earlier than|>=) ?([^/]+?)(?: on| onwards)?", _write_after("", "/..")),
    (r"([^/]+?) ?(?:\.\.|onwards?)", _write_after("", "/..")),
    (r"(?:about|around|approximately|approx\.?|circa|ca?\.?|roughly) ?(.+)", _write_after("", "~")),
    (r"(?:maybe|perhaps|possibly|probably|likely) (.+)", _write_after("", "?")),
    (r"(?:from |between )?(.+?) ?(?: to | and | until |\.{2,3}|…|[–—]| - ) ?(.+)", _write_range),
    (r"([0-9]{4})-([0-9]{4})", _write_range),
    (r"([^/]+) ?/ ?([^/]+)", _write_range),
    (r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[ t]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
     r"(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)? ?(?P<offset>z|[+-][0-9]{2}(?::?[0-9]{2})?)?",
     _write_time),
    (r"(?:unknown|open|[0-9uxyeps?~%/., \[\]{}-])+", _write_old),
)  # fmt: skip
