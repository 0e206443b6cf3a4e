"""Figures written in English words, alone or after digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from kg.text.figure.digits import Numeral, find_digits

_SMALL_WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS_WORDS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_SMALL = {word: number for number, word in enumerate(_SMALL_WORDS, 1)}
_TENS = {word: 10 * number for number, word in enumerate(_TENS_WORDS, 2)}
_POWERS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_MULTIPLIERS = {"hundred": 100, "dozen": 12, **_POWERS, "mn": 10**6, "bn": 10**9, "tn": 10**12}
_PARTS = {word: number for number, word in enumerate(_ORDINALS, 3)} | {"quarter": 4}
_FIRST_ORDINALS = frozenset({"first", "second", *_ORDINALS})
_GREAT_ORDINALS = frozenset({"hundredth", "thousandth", "millionth", "billionth"})
_VAGUE = frozenset({"few", "several", "many", "some"})
_AFTER_SHARE = frozenset({"of", "more", "less", "the"})
_ARTICLES = frozenset({"a", "an"})
_WORD = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"[ \t\u00a0]+|[-\u2010\u2011]")

Read = tuple[Fraction, int]  # a number and the index of the token after it


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word in lower case, or a number in digits."""

    word: str
    start: int
    end: int
    number: Fraction | None = None
    share: bool = False  # the number is a sign of a part, such as `⅔`
    joint: str = ""  # what joins it to the token before: white space, a hyphen; nothing where more lies between


def find_english(text: str, rule: int = 1) -> Iterator[Numeral]:
    """The figures that *text* has in digits and in English words, by the first or the second *rule*.

    >>> [n.value for n in find_english("Twenty-five of two hundred and five, or a third: 3.5 million")]
    ['25', '205', '1/3', '3500000']
    """
    return iter(_read_numbers(text, tuple(find_digits(text, rule))))


@lru_cache(maxsize=1 << 4)  # who asks by both rules has the same digits nearly always, and the words are then the same
def _read_numbers(text: str, numbers: tuple[Numeral, ...]) -> tuple[Numeral, ...]:
    return tuple(_NumberReader(tuple(_cut_tokens(text, numbers))).find())


def _cut_tokens(text: str, numbers: tuple[Numeral, ...]) -> Iterator[Word]:
    taken = {at for n in numbers for at in range(n.start, n.end)}
    words = [m for m in _WORD.finditer(text) if m.start() not in taken]
    found: list[tuple[int, int, Numeral | None]] = [(n.start, n.end, n) for n in numbers]
    found += [(m.start(), m.end(), None) for m in words]
    before = None
    for start, end, numeral in sorted(found, key=lambda f: f[:2]):
        gap = "" if before is None else text[before:start]
        joint = gap[0] if _GAP.fullmatch(gap) else ""
        if numeral is None:
            yield Word(word=text[start:end].lower(), start=start, end=end, joint=joint)
        else:
            number, share = numeral.number, numeral.share
            yield Word(word="", start=start, end=end, number=number, share=share, joint=joint)
        before = end


class _NumberReader:
    """Reads numbers from tokens, each method from an index on; None where its form is not there."""

    def __init__(self, tokens: tuple[Word, ...]) -> None:
        self.tokens = tokens

    def find(self) -> Iterator[Numeral]:
        at = 0
        while at < len(self.tokens):
            share, read = True, self.read_share(at)
            if read is None:
                share, read = False, self.read_number(at)
            if read is None:
                at += 1
                continue
            number, after = read
            if not self.is_ordinal(after):
                yield Numeral(start=self.tokens[at].start, end=self.tokens[after - 1].end, number=number, share=share)
            at = after

    def word(self, at: int, *, joined: bool = True) -> str:
        """The word at an index, if it is joined to the token before; else an empty text."""
        if at < 0 or at >= len(self.tokens) or (joined and not self.tokens[at].joint):
            return ""
        return self.tokens[at].word

    def read_share(self, at: int) -> Read | None:
        """A part of a whole: `half` but not `half a million`, `a third`, `two thirds`."""
        read = self.read_fraction(at)
        if read is None:
            return None
        last = self.tokens[read[1] - 1]
        return None if (last.share or last.word == "half") and self.read_part_of(*read) else read

    def read_fraction(self, at: int) -> Read | None:
        if at < len(self.tokens) and (token := self.tokens[at]).share and token.number is not None:
            return token.number, at + 1
        first, part = self.word(at, joined=False), self.word(at + 1)
        if first == "half":
            return Fraction(1, 2), at + 1
        if first in {*_ARTICLES, "one"}:
            if part == "half":
                return Fraction(1, 2), at + 2
            if part in _PARTS and not self.is_ordinal_part(first, part, at + 2):
                return Fraction(1, _PARTS[part]), at + 2
        elif first in _SMALL and part.removesuffix("s") in _PARTS and part not in _PARTS:
            return Fraction(_SMALL[first], _PARTS[part.removesuffix("s")]), at + 2
        return None

    def is_ordinal_part(self, article: str, part: str, after: int) -> bool:
        """Whether `a third` goes on as in `a third store`."""
        if self.is_hyphened(after):
            return True
        return part != "quarter" and article != "one" and self.word(after) not in {"", *_AFTER_SHARE}

    def is_sign_of_part(self, at: int) -> bool:
        return at < len(self.tokens) and bool(self.tokens[at].joint) and self.tokens[at].share

    def is_hyphened(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].joint in {"-", "\u2010", "\u2011"}

    def read_part_of(self, part: Fraction, at: int) -> Read | None:
        """What `half` or `½` multiplies: `half a million`, `half a per cent`; *at* is after that *part*."""
        if self.word(at) in _ARTICLES:
            at += 1
        if self.word(at) in _MULTIPLIERS:
            return self.multiply(part, at)
        if self.is_percent(at):
            return part, at
        return None

    def is_percent(self, at: int) -> bool:
        return self.word(at) in {"percent", "percentage"} or (self.word(at) == "per" and self.word(at + 1) == "cent")

    def read_number(self, at: int) -> Read | None:
        token = self.tokens[at]
        if (fraction := self.read_fraction(at)) is not None:
            return self.read_part_of(*fraction)
        if token.word == "dozen":
            return None if self.word(at - 1, joined=False) in _VAGUE else (Fraction(12), at + 1)
        read = (token.number, at + 1) if token.number is not None else self.read_cardinal(at)
        if read is None:
            return None
        number, after = read
        if self.word(after) == "and" and (self.word(after + 1) not in {"", "half"} or self.is_sign_of_part(after + 1)):
            fraction = self.read_fraction(after + 1)
            if fraction is not None:
                number, after = number + fraction[0], fraction[1]
        number, after = self.multiply(number, after)
        if token.word == "one" and after == at + 1 and not self.is_percent(after):
            return None  # mostly a pronoun
        return number, after

    def multiply(self, number: Fraction, at: int) -> Read:
        """*number* times the multipliers that follow, two at most (`5 hundred thousand`)."""
        for _ in range(2):
            word = self.word(at)
            word = word if word in _MULTIPLIERS else word.removesuffix("s")
            if word not in _MULTIPLIERS:
                break
            number, at = number * _MULTIPLIERS[word], at + 1
        return number, at

    def read_cardinal(self, at: int) -> Read | None:
        """`two million three hundred thousand and five`: groups with ever smaller powers of thousand."""
        group = self.read_group(at)
        total, after, limit = Fraction(0), at, 10**30
        while group is not None:
            number, end = group
            power = 1
            while self.word(end) in _POWERS and power < 10**12:
                power, end = power * _POWERS[self.word(end)], end + 1
            if power >= limit:  # `two thousand and three thousand` are two numbers
                break
            total, after, limit = total + number * power, end, power
            if power == 1:
                break
            start = end + 1 if self.word(end) == "and" else end
            group = None if self.word(start) in _ARTICLES or not self.word(start) else self.read_group(start)
        return (total, after) if after > at else None

    def read_group(self, at: int) -> Read | None:
        """A number below a hundred, or with `hundred`: `a hundred`, `three hundred and five`."""
        head = self.read_below_hundred(at)
        if head is None and self.word(at, joined=False) in _ARTICLES:
            follows = self.word(at + 1)
            head = (Fraction(1), at + 1) if follows in _MULTIPLIERS and len(follows) > 2 else None
        if head is None:
            return None
        number, after = head
        if self.word(after) != "hundred":
            return head
        number, after = number * 100, after + 1
        start = after + 1 if self.word(after) == "and" else after
        rest = self.read_below_hundred(start) if self.word(start) else None
        if rest is not None and self.word(rest[1]) != "hundred":
            number, after = number + rest[0], rest[1]
        return number, after

    def read_below_hundred(self, at: int) -> Read | None:
        word = self.word(at, joined=False)
        if word in _SMALL:
            return Fraction(_SMALL[word]), at + 1
        if word not in _TENS:
            return None
        unit = _SMALL.get(self.word(at + 1), 10)
        return (Fraction(_TENS[word] + unit), at + 2) if unit < 10 else (Fraction(_TENS[word]), at + 1)

    def is_ordinal(self, after: int) -> bool:
        """Whether the number goes on as an ordinal: `twenty-first`, `two hundredth`."""
        word = self.word(after)
        if word in _GREAT_ORDINALS:
            return True
        return word in _FIRST_ORDINALS and self.is_hyphened(after) and self.tokens[after - 1].word in _TENS
