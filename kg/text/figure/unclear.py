"""Numbers in words that are only a piece of the number that is meant: none of them is a figure (the fifth rule).

`Two hours and a half` is neither 2 nor 50, `drei Komma fünf` neither 3 nor 5, `deux tiers` not 2. What they mean could
be read in part of the languages and part of the forms; a wrong figure is worse than none. Digits are figures however
they go on. The words are data (`kg.text.tongues`, table `parts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from kg.text.figure.digits import Numeral
from kg.text.tongues import PartWords, read_tongue

_GAP = "[ \u00a0\u202f\u2010\u2011-]"
_NOUN = r"[^\W\d_]+"
_ONES = 10
_LONGEST = 60  # letters of a word for one, of a noun before a half: what lies farther off is not looked at
_HUNDRED, _THOUSAND = 100, 1000


class _Patterns:
    """The patterns, in one language, of what stands around a piece of a number and makes it one."""

    def __init__(self, data: PartWords, ones: Iterable[str]) -> None:
        gap = f"{_GAP}?" if data.nouns else _GAP
        one = _either(ones)
        self.commas = data.commas
        self.one_before = _compile(rf"(?<!\w)(?:{one})\Z")
        self.one = _compile(rf"(?:{one})(?!\w)")
        self.gap = _compile(gap)
        self.point = _compile(rf"{gap}(?:{_either(data.points)}){gap}")
        self.fraction = _compile(rf"{gap}(?:{_either(data.fractions)})(?!\w)")
        self.ands_before = _compile(rf"{_GAP}(?:{_either(data.ands)}){_GAP}\Z")
        self.names = _compile(_either(data.names))
        self.percent = _compile(rf"(?:{_either(data.percents)})(?!\w)")
        noun = f"(?:{_either(data.nouns)})" if data.nouns else _NOUN
        self.half = _compile(rf"(?:{_either(data.halves)})(?!\w)")
        self.multiplied = _compile(rf"{_GAP}(?:{_either(data.multiplied)})(?!\w)")
        self.to_half = _compile(rf"({gap}{noun})?{gap}")


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _either(words: Iterable[str]) -> str:
    """A pattern for one of some words, the longest first; `*tel` is the end of a word, `tel*` its beginning."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in ordered) or "(?!)"


@cache
def _read_patterns(lang: str) -> _Patterns | None:
    tongue = read_tongue(lang)
    if tongue is None or tongue.parts is None:
        return None
    ones = [word for forms in tongue.numbers[:_ONES] for word in forms.words]
    if tongue.figures is not None:
        ones += [word for word, number in tongue.figures.numbers.items() if number < _ONES]
    return _Patterns(tongue.parts, ones)


def drop_unclear(text: str, lang: str, numerals: Iterable[Numeral]) -> Iterator[Numeral]:
    """The *numerals* of a text, without those in words that are a piece of another number.

    >>> from kg.text.figure.english import find_english
    >>> text = "two hours and a half, two and a half"
    >>> [n.value for n in drop_unclear(text, "en", find_english(text))]
    ['2.5']
    """
    found, patterns = tuple(numerals), _read_patterns(lang)
    if patterns is None:
        yield from found
        return
    unclear = _Pieces(text, found, patterns).find()
    yield from (numeral for n, numeral in enumerate(found) if n not in unclear)


class _Pieces:
    """Looks for pieces of numbers in one text."""

    def __init__(self, text: str, numerals: tuple[Numeral, ...], patterns: _Patterns) -> None:
        self.text, self.numerals, self.patterns = text, numerals, patterns
        self.begins = {numeral.start: n for n, numeral in enumerate(numerals)}
        self.ends = {numeral.end: n for n, numeral in enumerate(numerals)}
        self.in_words = frozenset(n for n in range(len(numerals)) if any(map(str.isalpha, self._words(n))))
        self.at = {i: n for n in self.in_words for i in range(numerals[n].start, numerals[n].end)}
        self.unclear: set[int] = set()

    def find(self) -> frozenset[int]:
        """The places of the numerals that are pieces."""
        for n in range(len(self.numerals)):
            self._look_behind(n)
        for half in self.patterns.half.finditer(self.text):
            self._take_half(*half.span())
        for point in self.patterns.point.finditer(self.text):
            self._take_point(*point.span())
        for name in self.patterns.names.finditer(self.text):
            self._take_name(*name.span())
        for percent in self.patterns.percent.finditer(self.text):
            if self._is_number_before(percent.start() - 1):
                self._take_within(*percent.span())
        return self.in_words & self.unclear

    def _words(self, n: int) -> str:
        return self.text[self.numerals[n].start : self.numerals[n].end]

    def _look_behind(self, n: int) -> None:
        """What makes a fraction of a number, or goes on with it behind a comma."""
        numeral = self.numerals[n]
        if self.patterns.fraction.match(self.text, numeral.end) and not numeral.share:
            self.unclear.add(n)
            before = self._search_before(self.patterns.ands_before, numeral.start)
            if before is not None and before.start() in self.ends:  # `zwei und drei Viertel`
                self.unclear.add(self.ends[before.start()])
        after = self.begins.get(numeral.end + 2)
        if self.patterns.commas and after is not None and self.text.startswith(", ", numeral.end):
            number, room = numeral.number, _THOUSAND
            while not number % (room * _THOUSAND):
                room *= _THOUSAND
            written = {n, after} <= self.in_words
            if number and not number % room and _HUNDRED <= self.numerals[after].number < room and written:
                self.unclear |= {n, after}

    def _take_half(self, start: int, end: int) -> None:
        """A half that no number has taken in, with the number before it or before its noun.

        In `two men and half a dozen` the half is one of another thing.
        """
        over = self.at.get(start - 1)
        if over is not None and self.numerals[over].end >= end:
            return
        near = range(max(0, start - _LONGEST), start + 1)
        before = [
            (self.ends[at], to) for at in near
            if at in self.ends and (to := self.patterns.to_half.fullmatch(self.text, at, start))
        ]  # fmt: skip
        apart = all(to[1] for _, to in before)
        if apart and self.patterns.multiplied.match(self.text, end):
            return
        self._take_within(start, end)
        self.unclear |= {n for n, _ in before}

    def _take_point(self, start: int, end: int) -> None:
        """A word for the decimal point, with the number before it and all that goes on behind it."""
        if not self._is_number_before(start) or self._skip_number(end) == end:
            return
        if start in self.ends:
            self.unclear.add(self.ends[start])
        at = end
        while (after := self._skip_number(at)) > at:
            if at in self.begins:
                self.unclear.add(self.begins[at])
            gap = self.patterns.gap.match(self.text, after)
            if gap is None or gap.end() == at:
                break
            at = gap.end()

    def _take_name(self, start: int, end: int) -> None:
        """The numbers of a name; what begins before it or goes on behind it is another: `the first half million`."""
        held = (self.at[i] for i in range(start, end) if i in self.at)
        self.unclear |= {n for n in held if start <= self.numerals[n].start and self.numerals[n].end <= end}

    def _take_within(self, start: int, end: int) -> None:
        self.unclear |= {self.at[i] for i in range(start, end) if i in self.at}

    def _is_number_before(self, at: int) -> bool:
        return at in self.ends or self._search_before(self.patterns.one_before, at) is not None

    def _search_before(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        return pattern.search(self.text, max(0, at - _LONGEST), at)

    def _skip_number(self, at: int) -> int:
        """Where a number that begins at a place ends; the place itself where none does."""
        if at in self.begins:
            return self.numerals[self.begins[at]].end
        one = self.patterns.one.match(self.text, at)
        return one.end() if one is not None else at
