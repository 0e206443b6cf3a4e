"""Numbers that a sentence spells out, in languages whose number words are data (`kg.text.tongues`, table `figures`).

A number is a row of parts: numbers to add (`vierzig`, `doscientos`), powers that multiply what stands before them
(`hundert`, `mille`), and words between (`und`, `y`). Each part must be smaller than the place that the one before it
leaves open: behind `zweihundert` there is room for 99, behind `drei` for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction
from functools import cache
from itertools import islice, pairwise

from kg.text.figure.digits import LONGEST, Numeral
from kg.text.tongues import FigureWords, read_tongue

_WORD = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"[ \u00a0\u202f]|[-\u2010\u2011]")
_DECADE, _HUNDRED, _SCORE = 10, 100, 20
_FREE_AND = 10**6  # behind this, `und` stands between words of their own: `due milioni e trecentomila`
# What may follow a Korean counter in its word
_PARTICLES = "(?:이|가|은|는|을|를|의|에|에서|로|으로|과|와|도|만|씩|이나|까지|부터|보다|당|간)?"
_MOST_CUTS = 100  # ways to cut one word into parts: honest words have two or three
_LONGEST_WORD = 2 * LONGEST  # `siebenhundertsiebenundfünfzigtausendsechshundertsechsundachtzig`


class _Kind(Enum):
    NUMBER = auto()
    POWER = auto()
    ONES_AND = auto()  # between ones and tens: `einundzwanzig`
    TENS_AND = auto()  # between tens and ones: `treinta y uno`
    GREAT_AND = auto()  # behind a hundred or more: `mil e duzentos`


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a number: what it counts as, and by what rules it may be read."""

    kinds: frozenset[_Kind]
    number: Fraction = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class SpelledWord:
    """A word of a sentence, or digits, as parts of a number; *joined* to the word before where only a blank is between.

    *rest* is what follows the parts in the word, in Korean.
    """

    start: int
    end: int
    parts: tuple[Part, ...]
    joined: bool
    text: str
    rest: str = ""
    digits: Numeral | None = None


class NumberWords:
    """The number words of a language, as they are looked up."""

    def __init__(self, data: FigureWords) -> None:
        self.data = data
        self.parts = _make_parts(data)
        self.longest = max(spelling.count(" ") for spelling in self.parts) + 1  # of how many words a part may be
        self.joins_tens = bool(data.ones_and or data.tens_and)
        self.start = re.compile("|".join(sorted(map(re.escape, self.parts), key=len, reverse=True)))
        counters = _join(data.counters)
        self.ordinal_ends = tuple(form[1:] for form in data.ordinals if form.startswith("*"))
        begins = [form.rstrip("*") for form in data.ordinals if not form.startswith("*")]
        self.ordinal_begins = re.compile(_join(begins), re.IGNORECASE)
        self.counter = re.compile(rf" ?(?:{counters})")
        self.counter_alone = re.compile(rf" ?(?:{counters}){_PARTICLES}(?![^\W\d_])")


@cache
def read_number_words(lang: str) -> NumberWords | None:
    """The number words of a language, by its code; None where its numbers in words are not known as data.

    >>> read_number_words("de").parts["vierzig"].number, read_number_words("en")
    (Fraction(40, 1), None)
    """
    tongue = read_tongue(lang)
    return None if tongue is None or tongue.figures is None else NumberWords(tongue.figures)


def _join(texts: Iterable[str]) -> str:
    """A pattern for one of some texts; where there are none, one that fits nothing."""
    return "|".join(map(re.escape, texts)) or "(?!)"


def _make_parts(data: FigureWords) -> dict[str, Part]:
    between = {_Kind.ONES_AND: data.ones_and, _Kind.TENS_AND: data.tens_and, _Kind.GREAT_AND: data.great_and}
    parts = {
        word: Part(kinds=frozenset(kind for kind, words in between.items() if word in words))
        for word in (*data.ones_and, *data.tens_and, *data.great_and)
    }
    for kind, spellings in ((_Kind.NUMBER, data.numbers), (_Kind.POWER, data.powers)):
        parts |= {word: Part(kinds=frozenset({kind}), number=Fraction(n)) for word, n in spellings.items()}
    return parts


def add_spelled(text: str, lang: str, digits: Iterable[Numeral]) -> Iterator[Numeral]:
    """The figures of a *text* in words, with those in *digits*, in their order.

    >>> [n.value for n in add_spelled("einundzwanzig von zweihundertfünf, ein Hund, mehrere tausend", "de", ())]
    ['21', '205']
    >>> [n.value for n in add_spelled("quatre-vingt-dix-sept, vingt et un mille", "fr", ())]
    ['97', '21000']
    """
    words = read_number_words(lang)
    if words is None:
        yield from digits
        return
    found = _Reader(text, words, tuple(digits)).find()
    yield from sorted(found, key=lambda numeral: numeral.start)


class _Reader:
    """Reads the numbers of one text."""

    def __init__(self, text: str, words: NumberWords, digits: tuple[Numeral, ...]) -> None:
        self.text, self.words, self.digits = text, words, digits
        self.row = tuple(self._list_words())

    def find(self) -> Iterator[Numeral]:
        """All numbers, those in digits among them."""
        at, taken = 0, set()
        while at < len(self.row):
            read = self._read_number(at) if self.row[at].parts else None
            if read is None or not self._counts(read[0], at, read[1]):
                at += 1
                continue
            number, after = read
            taken |= {word.digits for word in self.row[at:after] if word.digits is not None}
            yield Numeral(start=self.row[at].start, end=self._end_of(self.row[after - 1]), number=number)
            at = after
        yield from (numeral for numeral in self.digits if numeral not in taken)

    def _list_words(self) -> Iterator[SpelledWord]:
        taken = {place for numeral in self.digits for place in range(numeral.start, numeral.end)}
        spans = [m.span() for m in _WORD.finditer(self.text) if m.start() not in taken]
        known: list[tuple[int, int, Numeral | None]] = [(*span, None) for span in spans]
        known += [(numeral.start, numeral.end, numeral) for numeral in self.digits]
        known.sort(key=lambda word: word[:2])
        at, before = 0, -1
        while at < len(known):
            start, end, numeral = known[at]
            gap = self.text[before:start] if before >= 0 else "?"
            joined = not gap or _GAP.fullmatch(gap) is not None
            if numeral is not None:
                yield self._make_digits(numeral, joined)
                at, before = at + 1, end
                continue
            count, part = self._find_phrase([k[:2] for k in known[at : at + self.words.longest] if k[2] is None])
            end = known[at + count - 1][1]
            text = self.text[start:end].lower()
            parts, rest = ((part,), "") if part is not None else self._cut(text)
            yield SpelledWord(start=start, end=end, parts=parts, joined=joined, text=text, rest=rest)
            at, before = at + count, end

    def _make_digits(self, numeral: Numeral, joined: bool) -> SpelledWord:
        parts = (Part(kinds=frozenset({_Kind.NUMBER}), number=numeral.number),) if self.words.data.takes_digits else ()
        return SpelledWord(start=numeral.start, end=numeral.end, parts=parts, joined=joined, text="", digits=numeral)

    def _find_phrase(self, spans: list[tuple[int, int]]) -> tuple[int, Part | None]:
        """How many of the words at some *spans* are one part (`quatre-vingts`), and which; one where none are."""
        words = [self.text[start:end].lower() for start, end in spans]
        gaps = [self.text[a[1] : b[0]] for a, b in pairwise(spans)]
        for count in range(len(words), 0, -1):
            part = self.words.parts.get(" ".join(words[:count]))
            if part is not None and all(_GAP.fullmatch(gap) for gap in gaps[: count - 1]):
                return count, part
        return 1, None

    def _cut(self, word: str) -> tuple[tuple[Part, ...], str]:
        """The parts of a word, and the rest behind them, which only a language with counters has; no parts of most."""
        if not self.words.data.is_glued or len(word) > _LONGEST_WORD or self.words.start.match(word) is None:
            return (), ""
        for parts, rest in islice(self._list_cuts(word, 0), _MOST_CUTS):
            if (not rest or self.words.data.counters) and self._evaluates(parts):
                return parts, rest
        return (), ""

    def _list_cuts(self, word: str, at: int) -> Iterator[tuple[tuple[Part, ...], str]]:
        """All ways to cut a word into parts, those with the longest parts first."""
        for end in range(len(word), at, -1):
            part = self.words.parts.get(word[at:end])
            if part is not None:
                yield from (((part, *rest), left) for rest, left in self._list_cuts(word, end))
        yield (), word[at:]

    def _evaluates(self, parts: tuple[Part, ...]) -> bool:
        """Whether parts are one number to their end; a power behind it may follow in the next word."""
        sum_ = _Sum(self.words)
        return bool(parts) and all(sum_.take(part, inside=n > 0) for n, part in enumerate(parts)) and sum_.is_whole

    def _read_number(self, at: int) -> tuple[Fraction, int] | None:
        """The longest number that begins with a word, and the index of the word behind it.

        `Mil e dois mil` are two numbers: what stands before the `e` is one, since what follows it has a power.
        """
        sum_, found, before_and = _Sum(self.words), None, None
        for index in range(at, len(self.row)):
            word = self.row[index]
            if index > at and (not word.joined or self.row[index - 1].rest):
                break
            if not word.parts or (word.digits is not None and index > at and self.row[at].digits is None):
                break
            if index > at and sum_.is_whole and not word.parts[0].number:
                before_and = found
            if not all(sum_.take(part, inside=n > 0) for n, part in enumerate(word.parts)):
                return before_and if before_and is not None and _Kind.POWER in word.parts[0].kinds else found
            if sum_.is_whole:
                found = sum_.value, index + 1
        return found

    def _counts(self, number: Fraction, at: int, after: int) -> bool:
        """Whether a number is a figure of its own: no `one`, no vague `thousands`, and counted where it must be."""
        first, last, data = self.row[at], self.row[after - 1], self.words.data
        spelled = first.text.removesuffix(first.rest) if first.rest else first.text
        if after == at + 1 and (spelled in data.alone or first.digits is not None):
            return False
        if _Kind.POWER in first.parts[0].kinds and at and self.row[at - 1].text in data.vague:
            return False
        behind = self.row[after] if after < len(self.row) else None
        if behind is not None and behind.joined and not number % _DECADE and self._is_ordinal(behind):
            return False
        if not data.counters:
            return True
        if first.digits is not None:  # a number for certain: the rest must not be another word, as in `3만큼`
            return not last.rest or self.words.counter.match(last.rest) is not None
        glued = last.rest and after == at + 1
        if (glued and len(spelled) < 2) or (at and self.row[at - 1].end == first.start):
            return False
        return self.words.counter_alone.match(self.text, self._end_of(last)) is not None

    def _is_ordinal(self, word: SpelledWord) -> bool:
        """Whether a word makes an ordinal of the tens before it: `vingt-deuxième`, `двадцать четвёртом`."""
        words = self.words
        return word.text.endswith(words.ordinal_ends) or bool(words.ordinal_begins.match(self.text, word.start))

    def _end_of(self, word: SpelledWord) -> int:
        return word.end - len(word.rest)


class _Sum:
    """A number while it is read: what was added so far, each with the room that it leaves."""

    def __init__(self, words: NumberWords) -> None:
        self.words = words
        self.terms: list[tuple[Fraction, Fraction]] = []
        self.between: Part | None = None

    @property
    def value(self) -> Fraction:
        return sum((value for value, _ in self.terms), Fraction(0))

    @property
    def is_whole(self) -> bool:
        """Whether the number may end here."""
        return bool(self.terms) and self.between is None

    def take(self, part: Part, *, inside: bool) -> bool:
        """Adds a part, *inside* a word or at its beginning; False where it does not continue the number."""
        if _Kind.NUMBER in part.kinds:
            return self._add(part.number)
        if _Kind.POWER in part.kinds:
            return self._multiply(part.number)
        if not self.terms or self.between is not None:
            return False
        if self.words.data.is_glued and not inside and self.value < _FREE_AND:
            return False
        self.between = part
        return True

    def _add(self, number: Fraction) -> bool:
        value, room = self.terms[-1] if self.terms else (Fraction(0), Fraction(10**30))
        between, self.between = self.between.kinds if self.between else frozenset(), None
        tens = value.denominator == 1 and _DECADE < value < _HUNDRED and value % _DECADE == 0
        if _Kind.ONES_AND in between and value < _DECADE and _DECADE < number < _HUNDRED and not number % _DECADE:
            if len(self.terms) > 1 and number + value >= self.terms[-2][1]:
                return False
            self.terms[-1] = (number + value, Fraction(1))
            return True
        if (
            between
            and not (_Kind.TENS_AND in between and tens)
            and not (_Kind.GREAT_AND in between and value >= _HUNDRED)
        ):
            return False
        if number >= room or (tens and not between and self.words.joins_tens):
            return False
        self.terms.append((number, self._room_after(number)))
        return True

    def _room_after(self, number: Fraction) -> Fraction:
        """Below what a number behind this one must be."""
        if number in self.words.data.scores:
            return Fraction(_SCORE)
        for place in (_HUNDRED, _DECADE):
            if number >= place and not number % place:
                return Fraction(place if number != _DECADE or self.words.data.counters else 1)
        return Fraction(1)

    def _multiply(self, power: Fraction) -> bool:
        if self.between is not None and not (_Kind.GREAT_AND in self.between.kinds and self.terms[-1][0] > power):
            return False
        self.between = None
        kept = list(self.terms)
        factor = Fraction(0)
        while kept and kept[-1][0] < power:
            factor += kept.pop()[0]
        product = (factor or 1) * power
        if kept and product >= kept[-1][1]:
            return False
        self.terms = [*kept, (product, power)]
        return True
