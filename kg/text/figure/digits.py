"""Figures written in digits, in any language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

LONGEST = 60  # characters of a number; longer runs of digits are codes

_FULL_WIDTH = str.maketrans("０１２３４５６７８９％", "0123456789%")
_FULL_WIDTH_POINT = re.compile(r"(?<=[０-９])[，．](?=[０-９])")
_NUMBER = re.compile(
    r"[0-9]{1,3}(?:[\u00a0\u202f\u2009][0-9]{3})+(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]+(?:[.,][0-9]+)*"
    r"|(?<![\w.])\.[0-9]+"
)
_ONE_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:[,\u00a0\u202f\u2009][0-9]{3})+|[0-9]*)(?:\.[0-9]+)?")
_ONE_NUMBER_4 = re.compile(
    rf"{_ONE_NUMBER.pattern}|[1-9][0-9]?(?:,[0-9]{{2}})+,[0-9]{{3}}(?:\.[0-9]+)?"
)  # a lakh: 1,00,000
_APOSTROPHES_4 = re.compile(r"(?<![\w.,'’])[1-9][0-9]{0,2}(?:['’][0-9]{3})+(?![0-9'’])")  # of Switzerland: 1'310
_OWN_DIGIT = re.compile(r"(?![0-9０-９])\d")  # full-width digits have a way of their own
CASELESS = (
    "\u0590-\u109f\u10d0-\u139f\u1780-\u18af\u3005-\u318f\u31a0-\u31ff\u3400-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Letters of scripts without capitals, for a class of a pattern: Hebrew to Burmese, Georgian, Hangul, kana, Han ..."""
_END, _END_5 = r"(?![^\W_])", rf"(?![^\W_{CASELESS}])"  # what may not stand behind a unit; the fifth rule: 274m的桥
_UNITS = (
    r"[kcm]?m|km|[km]?g|t|[kMGT]?Wh?|m?Ah|k?V|hp|bhp|PS|Nm|h|min|[kMGT]B|[kMG]?Hz|m?[lL]|mph|x|[ap]m|[AP]M|k|mn|bn|tn"
)
_MEASURE = re.compile(rf"(?:A|{_UNITS}){_END}")
_MEASURE_5 = re.compile(rf"(?:{_UNITS}){_END_5}|A{_END}")  # not 5A级
_MULTIPLIERS = {"k": 10**3, "mn": 10**6, "bn": 10**9, "tn": 10**12}
_MONEY = re.compile(rf"(?:[mMbBK]){_END}")
_MONEY_2 = re.compile(rf"(?:[mMbBKT]){_END}")
_MONEY_5 = re.compile(rf"(?:[mMbBKT]){_END_5}")
_MONEY_MULTIPLIERS = {"K": 10**3, "m": 10**6, "M": 10**6, "b": 10**9, "B": 10**9, "T": 10**12}
_COUNT_2 = re.compile(r"(?:[KMB])(?![^\W_])")  # `40K`, `1.2M`: a count where more than one digit stands before it
_ORDINAL_2 = re.compile(r"[ \u00a0](?:st|nd|rd|th)(?![^\W_])")
_CURRENCIES = frozenset({"RMB", "CNY", "USD", "EUR", "GBP", "JPY", "HKD", "CHF", "INR", "KRW", "Rs"})
_TIME_PREFIXES = frozenset({"mid", "early", "late", "pre", "post", "sub", "under", "over"})
_JOINING_2 = frozenset({"to", "or", "and", "by", "of", "in", "on", "plus", "minus", "through", "thru", "vs", "versus"})


@dataclass(frozen=True, kw_only=True)
class Numeral:
    """A number as it stands in a text; *share* where it is a part of a whole (half, a third)."""

    start: int
    end: int
    number: Fraction
    share: bool = False

    @property
    def value(self) -> str:
        """The canonical text of the number; a share in per cent, where that is exact."""
        if self.share and _is_decimal(percent := self.number * 100):
            return write_number(percent)
        return write_number(self.number)


def write_number(number: Fraction) -> str:
    """A plain decimal, or a fraction in lowest terms where no decimal is exact.

    >>> write_number(Fraction("73.60")), write_number(Fraction(2, 6)), write_number(Fraction(-5))
    ('73.6', '1/3', '-5')
    """
    if number.denominator == 1:
        return str(number.numerator)
    if not _is_decimal(number):
        return f"{number.numerator}/{number.denominator}"
    places = 1
    while (number * 10**places).denominator != 1:
        places += 1
    digits = f"{abs(int(number * 10**places)):0{places + 1}}"
    text = f"{digits[:-places]}.{digits[-places:]}"
    return f"-{text}" if number < 0 else text


def _is_decimal(number: Fraction) -> bool:
    rest = number.denominator
    for prime in 2, 5:
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def fold_digits(text: str) -> str:
    """*text* with its full-width digits as plain ones; as long as it was."""
    if text.isascii():
        return text
    text = _FULL_WIDTH_POINT.sub(lambda m: "," if m[0] == "，" else ".", text)
    return text.translate(_FULL_WIDTH)


def fold_own_digits(text: str) -> str:
    """*text* with the digits of every script as plain ones, and the Arabic signs between them; as long as it was.

    >>> fold_own_digits("١٬٢٣٤٫٥ و १२०")
    '1,234.5 و 120'
    """
    if text.isascii():
        return text
    text = _OWN_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)
    return re.sub(r"(?<=[0-9])[\u066b\u066c](?=[0-9])", lambda m: "." if m[0] == "\u066b" else ",", text)


def find_digits(text: str, rule: int = 1) -> Iterator[Numeral]:
    """The figures that *text* has in digits, by one of the rules.

    >>> [n.value for n in find_digits("75,600 of 2024-04-28, 73.60kWh, SU7, GMT+8")]
    ['75600', '2024', '4', '28', '73.6']
    >>> [n.value for n in find_digits("35-to-50 of 40K, ⅔ of $2.3T, the 5 th", rule=2)]
    ['35', '50', '40000', '2/3', '2300000000000']
    """
    found = _find_numbers(text, rule)
    if rule == 1:
        return found
    numbers = list(found)
    taken = {n.end - 1 for n in numbers}  # the sign of `3 ½` is no share of its own
    lone = [n for n in _find_lone_fractions(text) if n.start not in taken]
    return iter(sorted([*numbers, *lone], key=lambda n: n.start))


def _find_numbers(text: str, rule: int) -> Iterator[Numeral]:
    text = fold_digits(text)
    if rule > 3:
        text = _APOSTROPHES_4.sub(lambda m: re.sub("['’]", ",", m[0]), text)
    one_number = _ONE_NUMBER if rule < 4 else _ONE_NUMBER_4
    read = 0  # up to where the text was read
    for found in _NUMBER.finditer(text):
        start, end = found.span()
        if start < read:
            continue  # a part of the number before
        if end - start > LONGEST or _is_name(text, start, end, rule):
            continue
        if rule > 1 and _ORDINAL_2.match(text, end):
            continue
        if not one_number.fullmatch(found[0]):
            for part in re.compile(r"[0-9]+").finditer(text, start, end):
                yield Numeral(start=part.start(), end=part.end(), number=Fraction(part[0]))
            continue
        number = Fraction(re.sub(r"[,\u00a0\u202f\u2009]", "", found[0]))
        if end < len(text) and text[end] in _FRACTIONS:
            number, end = number + _FRACTIONS[text[end]], end + 1
        elif rule > 2 and (more := _find_part(text, found[0], end)):
            number, end = number + more[0], more[1]
        elif factor := _find_factor(text, start, end, rule):
            number, end = number * factor[0], factor[1]
        read = end
        if _has_sign(text, start):
            number, start = -number, start - 1
        yield Numeral(start=start, end=end, number=number)


_FRACTIONS = {
    char: Fraction(int(parts[0]), int(parts[1]))
    for char in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
    if (parts := unicodedata.normalize("NFKC", char).split("⁄"))
}


_PART_3 = re.compile(  # and no date (3 1/2/2026), no range (3 1/2-4)
    rf"[ \u00a0\u202f\u2009\u2010\u2011-]"
    rf"(?:([{''.join(_FRACTIONS)}])|([0-9]{{1,2}})[/⁄]([0-9]{{1,2}})(?![\w/⁄.,-]{{0,8}}[0-9]))"
)


def _find_part(text: str, whole: str, end: int) -> tuple[Fraction, int] | None:
    """The part behind a whole number and a space or hyphen (`3 ½`, `3 1/2`), and where it ends."""
    found = _PART_3.match(text, end)
    if found is None or not whole.isdigit() or len(whole) > 3:  # in 2025 ½ of them
        return None
    if found[1]:
        return _FRACTIONS[found[1]], found.end()
    above, below = int(found[2]), int(found[3])
    return (Fraction(above, below), found.end()) if 0 < above < below else None


def _find_lone_fractions(text: str) -> Iterator[Numeral]:
    """Signs of fractions that no digit stands before: `⅔`, a share as `two thirds` is."""
    for at, char in enumerate(text):
        if char in _FRACTIONS and not (at and text[at - 1].isdigit()):
            yield Numeral(start=at, end=at + 1, number=_FRACTIONS[char], share=True)


def _is_name(text: str, start: int, end: int, rule: int) -> bool:
    """Whether the digits are glued to a letter that makes them part of a name."""
    glued = end < len(text) and _is_cased(text[end]) and not (_MEASURE if rule < 5 else _MEASURE_5).match(text, end)
    if glued and _find_factor(text, start, end, rule) is None:
        return True
    at = start - 1 if start and text[start - 1] in "+-_\u2010\u2011" else start
    word = _word_before(text, at)
    if not word:
        return False
    if at == start:
        return word not in _CURRENCIES
    return word.lower() not in (_TIME_PREFIXES if rule == 1 else _TIME_PREFIXES | _JOINING_2)


def _word_before(text: str, end: int) -> str:
    start = end
    while start and end - start < LONGEST and _is_cased(text[start - 1]):
        start -= 1
    return text[start:end]


def _is_cased(char: str) -> bool:
    """Letters of scripts with capitals; a Chinese character stands beside digits without being glued."""
    return unicodedata.category(char) in {"Lu", "Ll", "Lt"}


def _has_currency(text: str, start: int) -> bool:
    at = start - 1 if start and text[start - 1] == " " else start
    return (at > 0 and unicodedata.category(text[at - 1]) == "Sc") or _word_before(text, at) in _CURRENCIES


def _find_factor(text: str, start: int, end: int, rule: int) -> tuple[int, int] | None:
    """The factor that `k`, `mn`, `bn` ... directly after the digits means, and where it ends."""
    money = _MONEY if rule == 1 else _MONEY_2 if rule < 5 else _MONEY_5
    if _has_currency(text, start) and (found := money.match(text, end)):
        return _MONEY_MULTIPLIERS[found[0]], found.end()
    if rule > 1 and end - start > 1 and (found := _COUNT_2.match(text, end)):
        return _MONEY_MULTIPLIERS[found[0]], found.end()
    found = (_MEASURE if rule < 5 else _MEASURE_5).match(text, end)
    if found and found[0] in _MULTIPLIERS:
        return _MULTIPLIERS[found[0]], found.end()
    return None


def _has_sign(text: str, start: int) -> bool:
    return (
        start > 0 and text[start - 1] in "-−" and (start == 1 or text[start - 2].isspace() or text[start - 2] in "([（")
    )
