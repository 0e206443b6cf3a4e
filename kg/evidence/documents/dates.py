"""Days as files write them: in metadata by ISO 8601 or as mail does, in the front of a text by names of months.

Names of months are known in the languages of `kg.text.tongues`; one that is another month elsewhere is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from kg.text.sentence import normalise
from kg.text.tongues import list_tongues, read_tongue

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_NAME = "|".join(f"{name[:3]}(?:{name[3:]})?" if name != "may" else "may" for name in _MONTHS).replace("sep(", "sept?(")
_DAY = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[6-9]|20)[0-9]{2})"
_TIME = (
    r"(?:[T ](?P<time>[0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?)(?:\.[0-9]+)?\s?(?P<offset>Z|[+-][0-2][0-9]:?[0-5][0-9])?)?"
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<![0-9]){_YEAR}-(?P<number>[01][0-9])-(?P<day>[0-3][0-9])(?![0-9]){_TIME}",
        rf"(?<![0-9]){_YEAR}[/.](?P<number>[01]?[0-9])[/.](?P<day>[0-3]?[0-9])(?![0-9])",
        rf"{_YEAR}\s?[年년]\s?(?P<number>[01]?[0-9])\s?[月월]\s?(?P<day>[0-3]?[0-9])\s?[日일]",
        rf"\b{_DAY}\.?\s+(?:of\s+)?(?P<name>{_NAME})\.?,?\s+{_YEAR}\b",
        rf"\b(?P<name>{_NAME})\.?\s+{_DAY},?\s+{_YEAR}\b",
    )
)

# `14 de marzo de 2025`, `le 1er avril 2025`, `3. März 2025`, `14 marca 2025 r.`, `2 d’agost del 2025`
_SPELLED = re.compile(
    rf"(?<![0-9.]){_DAY}(?:er|[.º°])?\s+(?:de\s+|d['’])?(?P<word>[^\W\d_]{{3,12}})\.?,?\s+(?:del?\s+)?{_YEAR}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day as EDTF writes it, with the hour and its offset where they are told (`16:07+08:00`)."""

    text: str
    time: str | None = None


def read_day(text: str) -> Day | None:
    """The first day that *text* names; None where there is none, or only numbers whose order is a guess (`4/5/24`).

    >>> read_day("Lisboa, 2 de março de 2025"), read_day("le 1er août 2025")
    (Day(text='2025-03-02', time=None), Day(text='2025-08-01', time=None))
    >>> read_day("Sunday, April 28th, 2024"), read_day("2024-04-28T16:07:00+0800"), read_day("4/5/2024")
    (Day(text='2024-04-28', time=None), Day(text='2024-04-28', time='16:07:00+08:00'), None)
    """
    found = min((match for form in _FORMS if (match := form.search(text))), key=lambda m: m.start(), default=None)
    if found is None:
        spelled = _SPELLED.finditer(text)
        found = next((match for match in spelled if normalise(match["word"]) in _read_months()), None)
    if found is None:
        return None
    parts = found.groupdict()
    name, word = parts.get("name"), parts.get("word")
    if word is not None:
        month = _read_months()[normalise(word)]
    elif name is not None:
        month = next(n for n, m in enumerate(_MONTHS, 1) if m[:3] == name[:3].lower())
    else:
        month = int(parts["number"])
    try:
        day = date(int(parts["year"]), month, int(parts["day"])).isoformat()
    except ValueError:  # the 31st of June
        return None
    time, offset = parts.get("time"), parts.get("offset")
    if time is None or offset is None:
        return Day(text=day)
    return Day(
        text=day, time=time + (offset.upper() if offset in "Zz" or ":" in offset else f"{offset[:3]}:{offset[3:]}")
    )


@cache
def _read_months() -> dict[str, int]:
    """The months by their names in all languages of which words are known."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for lang in sorted(list_tongues()):
        tongue = read_tongue(lang)
        for number, month in enumerate(tongue.months if tongue is not None else (), 1):
            for word in month.words:
                if found.setdefault(word, number) != number:
                    twice.add(word)
    return {word: number for word, number in found.items() if word not in twice}
