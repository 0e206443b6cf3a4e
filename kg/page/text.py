"""Text for the page: made harmless to the eye, measured, shortened."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import accumulate

# Controls, lone surrogates, noncharacters, and the signs that turn the letters behind them around. The marks U+061C,
# U+200E and U+200F turn none: as a letter of Arabic does, they say how what has no direction runs.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_SPACES = re.compile(r"[ \t\r\n\u2028\u2029]+")


def clean(text: str) -> str:
    """The text as the page shows it: on one line, with a sign for each character that could deceive.

    >>> clean("a\\u202eb\\n c")
    'a�b c'
    """
    if text.isprintable() and "  " not in text:  # nearly all are: nothing to replace
        return text.strip(" ")
    return _SPACES.sub(" ", _HARMFUL.sub("�", text)).strip()


def is_link(address: str) -> bool:
    """Whether the page may link there: http, https and mailto only.

    >>> is_link("https://a.example/"), is_link("JavaScript:alert(1)"), is_link(" javascript:x")
    (True, False, False)
    """
    return re.match(r"(?:https?://|mailto:)[^\s\x00-\x20]+$", address, re.IGNORECASE) is not None


def measure(text: str, size: float) -> float:
    """About how wide *text* is in a sans-serif of *size*, rather too much than too little."""
    return sum(map(_measure_character, text)) * size


@cache
def _measure_character(char: str) -> float:
    """How wide a character is, in ems."""
    if char in "iljtfI.,:;'|!()[] ·":
        return 0.34
    if char in "mwMW@—…%":
        return 0.92
    if unicodedata.east_asian_width(char) in "WF":
        return 1.04
    if unicodedata.combining(char):
        return 0.0
    return 0.68 if char.isupper() or char.isdigit() else 0.57


def shorten(text: str, most: float, *, by_words: bool = False) -> str:
    """The text, cut with an ellipsis where it would be wider than *most* times the size of its letters.

    *by_words* cuts behind a word, where there is one in the second half of what has room.

    >>> shorten("Lei Jun's visit to France", 8)
    "Lei Jun's visi…"
    >>> shorten("Lei Jun's visit to France", 8, by_words=True)
    "Lei Jun's …"
    """
    if len(text) <= 200 and measure(text, 1) <= most:
        return text
    # How much of it there is room for beside the ellipsis.
    widths = accumulate(map(_measure_character, text[:200]), initial=_measure_character("…"))
    cut = text[: max(sum(1 for width in widths if width <= most) - 1, 0)]
    whole = cut.rpartition(" ")[0]
    if by_words and text[len(cut)] != " " and 2 * len(whole) >= len(cut):
        return whole.rstrip() + " …"
    return cut.rstrip() + "…"
