"""Words of languages, as data: how a sentence means its matter, and how it writes months, days and small numbers.

One file for each language, `CODE.toml`, in lower case. A language that no text is in costs nothing: its file is not
opened. Each key is a list; those of a number for each place have the forms of one between bars (`"two|both"`).

    hedges     it may be so, is hoped for, or is still to come
    denials    it is not so; `*n't` is the end of any word
    despite    what has such a word, and denies or hedges nothing
    clauses    words that begin another clause
    bounds     what stands right before a figure and makes it inexact
    boundless  what has a word of these and bounds nothing (`handed over`)
    near       what stands right before a date and makes it inexact (`circa`)
    reach      what stands before the two ends of a range (`between`)
    either     what stands between two figures of which one is meant (`in 1959 or 1960`)
    behind     what stands behind a figure or a date and makes it inexact (`or so`); one sign stands right behind it
    again      words that stand for what was named before (`sie`, `la société`); English and Chinese have rules instead
    names      words of these that are names where they have a capital within a sentence (`May`)
    months     the names of the twelve months
    days       the 31 days of a month, where ordinals or signs of their own name them
    numbers    the words of 0, 1, 2 and so on that are no figures by the rules of `kg.text.figure`, or that only say so
               (`both`, `nobody`)

Only words that say this nearly everywhere: forms that mean something else as often are left out (German `wird`, French
`ne`, Italian futures), since a note that is mostly wrong teaches to accept it. A language whose lists are long enough
to reject a machine's proposal by them has a table `proposals`; others have cautions only.

    hedges     what hedges as well, where a machine says that something is a fact
    governing  what hedges the words behind it, not those before
    denials    what is enough for a claim to deny
    clauses    words that end a clause which governs no other
    bounds     the words before a figure, by what they say of it

A table `figures` has the words of numbers that are figures, in languages whose numbers are read by such a list
(`kg.text.figure.spelled`); English, Chinese and Japanese have rules of their own.

    ones, teens, tens, hundreds  1 to 9, 10 to 19, 20 to 90, and 100 to 900 where they are words of their own
    others     further numbers of one part (`vingt et un`)
    powers     what multiplies the number before it
    ones_and, tens_and, great_and  words between ones and tens, tens and ones, and behind a hundred or more
    alone      words that are no number where they stand alone; those of 1 never are
    vague      words before a power that make no number of it (`mehrere hundert`)
    ordinals   words that make an ordinal of tens before them, by their end (`*ième`) or beginning (`перв*`)
    counters   where there are some, one of them follows a number in words
    scores     tens behind which numbers to 19 have room (`soixante-dix`)
    glued      whether the parts of a number are one word
    digits     whether digits may be a part of a number (`3만 5천`)

A table `parts` has what makes a number in words a piece of another, which is no figure (`kg.text.figure.unclear`).

    points     words before decimals (`drei Komma fünf`)
    fractions  words that make a fraction of the number before them (`deux tiers`, `*ièmes`; `割*` begins a word)
    halves     what adds a part to the number before it, or before its noun (`deux heures et demie`)
    multiplied what a half before it is a half of (`y medio millón`)
    nouns      the nouns between a number and its half, where no blanks tell words apart
    ands       words between a number and its fraction (`zwei und drei Viertel`)
    percents   what has a word of a number, and says per cent (`pour cent`)
    names      what has a word of a number, and means another thing (`half past`)
    commas     whether a comma may stand between thousands (`dois milhões, trezentos mil`)

A table `dates` has words that give a date by another one, mostly the day of publication (`kg.text.relative`).

    years, months, days  by how many years, months or days it lies off (`last year` is -1)
    earlier    the year before one that is named
    ends       the end of the year of publication
    ends_of    that of another year, with `#` for the word of `years` (`end of #`)
    ahead, ago  years from now, with `#` for the number (`in # years`)
    weekdays   the seven days of the week, from Monday
    quarters, halves  those of a year (`second quarter`)
    before     words one of which stands before a month without a day, where such a month may be another word (`in May`)

A table `cuts` has the words behind whose full stop the rule for sentences cuts and none ends (`kg.text.cuts`).

    names      abbreviations before names (`Dr. Li`); one with a capital only where it is written with one (`Rep. Li`),
               one with a low line before it only with a small letter, or where it begins a sentence (`_v`)
    trailing   those of them that stand behind a name too, where a sentence may end (`Elm St.`)
    places     words before such a one that are no name of a street (`Port St. Lucie`)
    numbers    abbreviations before figures (`No. 5`, `vol. IV`), capitals as above; so are the short forms of months
    units      those of them that stand behind a figure too, where a sentence may end (`5 Min.`)
    words      those of them that are a word behind another word (`ihre Art`)
    months     further short forms of months, where they are too short to be looked for elsewhere
    ordinals   words before an ordinal in digits, where it ends with a full stop (`im 3. Bezirk`)
    starters   words that begin a sentence even behind such a full stop
    particles  those of them that begin a surname too (`M. Le Pen`)
    elided     articles that lose their vowel before an abbreviation (`l'art. 5`)
    labels     words that have a letter behind them, which is no initial (`Group A`)
    articles   words that have letters of no name behind them (`the F.B.I.`)
    authors    words that have an initial behind them (`by A. Lee`)
    acronyms   abbreviations that end a sentence as often as not (`U.S.`; `a.c` is also `a. C.`)
    heads      words that an acronym or ordinal before them belongs to (`U.S. Senate`, `19. und 20. Jahrhundert`)
    titles     such words that begin a sentence as well: not where a starter stands before the acronym (`in the U.S.`)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from kg.text.sentence import fold_words
from kg.text.tongues.wordlist import WordList, join_either, join_words, write_word

__all__ = ["WordList", "list_tongues", "read_tongue", "write_word"]

_MONEY = r"(?:(?:a|[a-z]{0,2}[$€£¥]) ?)?"  # what may stand between a bound and its figure: `about a dozen`, `over US$5`
# a small word between `around` and its year; one that gives a time ends what stands before it: `near Riga in 2012`
_SMALL = r"(?!(?:in|im|on|en|nel|em|no|w|we|в|во|op)\b)[^\W\d_]{1,5}"
_PARTS = r"[;:()\[\]—–，；：。]|\s-\s"  # what parts clauses in every language; a comma does not always


@dataclass(frozen=True, kw_only=True)
class StrictWords:
    """Words by which a machine's proposal is rejected: all that hedge and deny, those that are doubtful among them."""

    hedges: WordList
    governing: WordList
    denials: WordList
    clauses: tuple[str, ...]
    bounds: Mapping[str, tuple[str, ...]]

    @cached_property
    def clause(self) -> re.Pattern[str]:
        """What ends a clause that governs no other."""
        return re.compile(join_either(rf",\s|{_PARTS}", self.clauses))


@dataclass(frozen=True, kw_only=True)
class FigureWords:
    """The words of a language's numbers; *numbers* and *powers* have the value of each spelling."""

    numbers: Mapping[str, int]
    powers: Mapping[str, int]
    ones_and: tuple[str, ...]
    tens_and: tuple[str, ...]
    great_and: tuple[str, ...]
    alone: frozenset[str]
    vague: frozenset[str]
    ordinals: tuple[str, ...]
    counters: tuple[str, ...]
    scores: frozenset[int]
    is_glued: bool
    takes_digits: bool


@dataclass(frozen=True, kw_only=True)
class PartWords:
    """What makes a number in words a piece of another, in one language."""

    points: tuple[str, ...]
    fractions: tuple[str, ...]
    halves: tuple[str, ...]
    multiplied: tuple[str, ...]
    nouns: tuple[str, ...]
    ands: tuple[str, ...]
    percents: tuple[str, ...]
    names: tuple[str, ...]
    commas: bool


@dataclass(frozen=True, kw_only=True)
class DateWords:
    """Words that give a date by another one, in one language; numbers say how far off it lies."""

    years: Mapping[int, tuple[str, ...]]
    months: Mapping[int, tuple[str, ...]]
    days: Mapping[int, tuple[str, ...]]
    earlier: tuple[str, ...]
    ends: tuple[str, ...]
    ends_of: tuple[str, ...]
    ahead: tuple[str, ...]
    ago: tuple[str, ...]
    weekdays: tuple[tuple[str, ...], ...]
    quarters: tuple[tuple[str, ...], ...]
    halves: tuple[tuple[str, ...], ...]
    before: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CutWords:
    """Words by which a sentence that was cut in two is known, in one language."""

    names: frozenset[str]
    trailing: frozenset[str]
    numbers: frozenset[str]
    ordinals: frozenset[str]
    starters: frozenset[str]
    labels: frozenset[str]
    acronyms: frozenset[str]
    heads: frozenset[str]
    titles: frozenset[str]
    articles: frozenset[str]
    authors: frozenset[str]
    elided: frozenset[str]
    months: frozenset[str]
    particles: frozenset[str]
    places: frozenset[str]
    units: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class SignalWords:
    """What is known of a language: its words, by what they say (see above). *days* are none where nothing is known.

    Patterns are made when they are asked for: most checks need few.
    """

    hedges: WordList
    denials: WordList
    despite: WordList
    boundless: WordList
    clauses: tuple[str, ...]
    bounds: tuple[str, ...]
    near: tuple[str, ...]
    reach: tuple[str, ...]
    either: tuple[str, ...]
    behind: tuple[str, ...]
    again: WordList
    names: tuple[str, ...]
    months: tuple[WordList, ...]
    days: tuple[WordList, ...]
    numbers: tuple[WordList, ...]
    proposals: StrictWords | None
    figures: FigureWords | None
    parts: PartWords | None
    dates: DateWords | None
    cuts: CutWords | None

    @cached_property
    def clause(self) -> re.Pattern[str]:
        """What parts clauses."""
        return re.compile(join_either(rf"[,、（）]|{_PARTS}", self.clauses))

    @cached_property
    def _bound(self) -> re.Pattern[str]:
        return re.compile(rf"({join_words(self.bounds)}) ?{_MONEY}$")

    @cached_property
    def _near(self) -> re.Pattern[str]:
        months = "|".join(map(re.escape, sorted({word for month in self.months for word in month.words}, key=len)))
        date = rf"(?:\d{{1,2}}\S{{0,2}} (?:de )?)?(?:(?:{months})\.?,? (?:del? |of )?)?"  # what may stand before a year
        return re.compile(rf"({join_words(self.near)})(?: {_SMALL}){{0,2}} ?{date}$")

    @cached_property
    def _reach(self) -> re.Pattern[str]:
        return re.compile(rf"({join_words(self.reach)}) ?{_MONEY}$")

    @cached_property
    def _behind(self) -> re.Pattern[str]:
        signs = "|".join(re.escape(word) for word in self.behind if len(word) == 1)
        words = "|".join(write_word(word) for word in self.behind if len(word) > 1)
        rest = r"[年년]?(?: ?\d{1,2} ?[月월])?(?: ?\d{1,2} ?[日일号號])?"  # of a date behind its year
        return re.compile(rf"{rest}({signs or '(?!)'}|(?:[^\W\d]{{0,4}}?|(?: [^\W\d_]+){{0,2}} )({words or '(?!)'}))")

    @cached_property
    def _names(self) -> re.Pattern[str]:
        return re.compile(rf"(?<=\w[ ,])(?:{join_words(self.names)})")

    def find_bound(self, before: str) -> str | None:
        """The word that makes a figure inexact, at the end of the text *before* it."""
        found = self._bound.search(self.boundless.strike(before))
        return found[1] if found is not None else None

    def find_near(self, before: str) -> str | None:
        """The word that makes a date inexact, at the end of the text *before* its year.

        >>> read_tongue("es").find_near("fundada hacia el 3 de marzo de "), read_tongue("en").find_near("opened in ")
        ('hacia', None)
        """
        found = self._near.search(before)
        return found[1] if found is not None else None

    def begins_range(self, before: str) -> bool:
        """Whether a word at the end of the text *before* a figure or a year says that it is the first end of a range.

        >>> read_tongue("ru").begins_range("он написал от "), read_tongue("en").begins_range("it rose from ")
        (True, False)
        """
        return self._reach.search(before) is not None

    def find_behind(self, after: str) -> str | None:
        """The word that makes a figure, or the date of a year, inexact, in the text *after* it.

        >>> read_tongue("zh").find_behind("公斤左右。"), read_tongue("en").find_behind(" metres long or so")
        ('左右', 'or so')
        """
        found = self._behind.match(after)
        return (found[2] or found[1]) if found is not None else None

    def strike_names(self, text: str) -> str:
        """The words of a sentence, those that are names in it struck out: `in May`, `Will Smith`.

        >>> read_tongue("en").strike_names("It opens in May, and Will Smith may come.")
        'it opens in xxx, and xxxx smith may come.'
        """
        return fold_words(self._names.sub(lambda name: "x" * len(name[0]), text))


@cache
def read_tongue(lang: str) -> SignalWords | None:
    """What is known of a language, by its code of two letters or a tag that begins with it; None of one without file.

    >>> read_tongue("de").despite.strike("nicht nur 5, nicht 6")
    '  5, nicht 6'
    >>> read_tongue("pt-BR") is read_tongue("pt"), read_tongue("sv")
    (True, None)
    """
    code = lang.lower().partition("-")[0]
    if code != lang:
        return read_tongue(code)
    path = Path(__file__).parent / f"{code}.toml"
    return _make_tongue(tomllib.loads(path.read_text(encoding="utf-8"))) if code in list_tongues() else None


@cache
def list_tongues() -> frozenset[str]:
    """The codes of all languages of which words are known.

    >>> sorted(list_tongues())
    ['de', 'en', 'es', 'fr', 'it', 'ja', 'ko', 'nl', 'pl', 'pt', 'ru', 'zh']
    """
    return frozenset(path.stem for path in Path(__file__).parent.glob("*.toml"))


def _make_tongue(data: Mapping[str, Any]) -> SignalWords:
    hedges, denials = _words(data["hedges"]), _words(data["denials"])
    strict, figures, parts, cuts = (data.get(table) for table in ("proposals", "figures", "parts", "cuts"))
    return SignalWords(
        hedges=hedges,
        denials=denials,
        despite=_words(data["despite"]),
        boundless=_words(data.get("boundless", ())),
        clauses=tuple(data.get("clauses", ())),
        bounds=tuple(map(fold_words, data["bounds"])),
        near=tuple(map(fold_words, data.get("near", ()))),
        reach=tuple(map(fold_words, data.get("reach", ()))),
        either=tuple(map(fold_words, data.get("either", ()))),
        behind=tuple(map(fold_words, data.get("behind", ()))),
        again=_words(data.get("again", ())),
        names=tuple(data.get("names", ())),
        months=_forms(data["months"]),
        days=_forms(data.get("days", ())),
        numbers=_forms(data["numbers"]),
        proposals=None if strict is None else _make_strict(strict, hedges, denials),
        figures=None if figures is None else _make_figures(figures),
        parts=None if parts is None else _make_parts(parts),
        dates=_make_dates(data["dates"]) if "dates" in data else None,
        cuts=None if cuts is None else CutWords(**{f.name: frozenset(cuts.get(f.name, ())) for f in fields(CutWords)}),
    )


def _make_strict(data: Mapping[str, Any], hedges: WordList, denials: WordList) -> StrictWords:
    return StrictWords(
        hedges=WordList((*hedges.words, *data["hedges"])),
        governing=_words(data.get("governing", ())),
        denials=WordList((*denials.words, *data["denials"])),
        clauses=tuple(data.get("clauses", ())),
        bounds={kind: tuple(words) for kind, words in data["bounds"].items()},
    )


def _make_figures(data: Mapping[str, Any]) -> FigureWords:
    given = [
        *enumerate(data["ones"], 1),
        *enumerate(data["teens"], 10),
        *((10 * n, forms) for n, forms in enumerate(data["tens"], 2)),
        *((100 * n, forms) for n, forms in enumerate(data.get("hundreds", ()), 1)),
        *((int(n), forms) for n, forms in data.get("others", {}).items()),
    ]
    return FigureWords(
        numbers={form: number for number, forms in given for form in forms.split("|")},
        powers={form: int(power) for power, forms in data["powers"].items() for form in forms.split("|")},
        ones_and=tuple(data.get("ones_and", ())),
        tens_and=tuple(data.get("tens_and", ())),
        great_and=tuple(data.get("great_and", ())),
        alone=frozenset((*data.get("alone", ()), *data["ones"][0].split("|"))),
        vague=frozenset(data.get("vague", ())),
        ordinals=tuple(data.get("ordinals", ())),
        counters=tuple(data.get("counters", ())),
        scores=frozenset(data.get("scores", ())),
        is_glued=data.get("glued", False),
        takes_digits=data.get("digits", False),
    )


def _make_parts(data: Mapping[str, Any]) -> PartWords:
    return PartWords(
        points=tuple(data.get("points", ())),
        fractions=tuple(data.get("fractions", ())),
        halves=tuple(data.get("halves", ())),
        multiplied=tuple(data.get("multiplied", ())),
        nouns=tuple(data.get("nouns", ())),
        ands=tuple(data.get("ands", ())),
        percents=tuple(data.get("percents", ())),
        names=tuple(data.get("names", ())),
        commas=data.get("commas", False),
    )


def _make_dates(data: Mapping[str, Any]) -> DateWords:
    return DateWords(
        years=_by_number(data["years"]),
        months=_by_number(data["months"]),
        days=_by_number(data["days"]),
        earlier=_fold(data["earlier"]),
        ends=_fold(data["ends"]),
        ends_of=_fold(data["ends_of"]),
        ahead=_fold(data["ahead"]),
        ago=_fold(data["ago"]),
        weekdays=_in_order(data["weekdays"]),
        quarters=_in_order(data["quarters"]),
        halves=_in_order(data["halves"]),
        before=_fold(data.get("before", ())),
    )


def _by_number(given: Mapping[str, Iterable[str]]) -> dict[int, tuple[str, ...]]:
    return {int(number): _fold(words) for number, words in given.items()}


def _in_order(given: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(_fold(forms.split("|")) for forms in given)


def _fold(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(fold_words, words))


def _words(given: Iterable[str]) -> WordList:
    return WordList(tuple(map(fold_words, given)))


def _forms(given: Iterable[str]) -> tuple[WordList, ...]:
    return tuple(_words(forms.split("|")) for forms in given)
