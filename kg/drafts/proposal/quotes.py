"""A quote → the sentences that it stands in: exactly, then with other typography, then with a few other words.

What is near is told as such. A quote with a figure or a word of denial that the sentence lacks is never near: these
are what a machine gets wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from kg.reading.articles import Article
from kg.text.figure import NEWEST_RULE, find_figures
from kg.text.sentence import INVISIBLE, Sentence, fold_words

_NEAR = 0.8  # the share of a quote's words that stand in a sentence, in their order
_APART = 0.08  # by how much the nearest sentence must be nearer than the next
_FEWEST = 5  # words of a quote that may be near something
_LONGEST = 400  # words of a quote that are compared with sentences
_TRIED = 12  # sentences that share the most words with a quote
_MOST_PLACES = 50
_ELISION = re.compile(r"\s*(?:\[(?:\.{3}|…)\]|\((?:\.{3}|…)\)|\.{3,}|…)\s*")
_WORD = re.compile(r"[^\W_]+|[\u3400-\u9fff]")
_DENIAL = re.compile(r"\b(?:not|never|no|none|neither|nor|without|cannot)\b|n[’']t\b|没有|未|不|无|非")
_MARKS = frozenset("\"'`´‘’‚‛“”„‟«»‹›「」『』〝〞")
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d~")


@dataclass(frozen=True, kw_only=True)
class QuotePlace:
    """Where a quote stands: the sentences, in their order, and *how* it was found."""

    sentences: tuple[Sentence, ...]
    how: str

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the sentences."""
        return tuple(sentence.address for sentence in self.sentences)


class QuoteFinder:
    """Finds quotes in one text, which it prepares once."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.sentences = tuple(article.sentences.values())

    def find(self, quote: str) -> tuple[QuotePlace, ...]:
        """The places where *quote* stands, by the first way that finds any; none where nothing is near.

        >>> article = Article(source="a", lang="en", text="Title\\nThe “Tern” is quiet. It holds 73.6 kWh.", sha256="")
        >>> finder = QuoteFinder(article)
        >>> [(p.addresses, p.how) for p in finder.find("'Tern' is quiet. It holds")]
        [(('p1s1', 'p1s2'), 'normalised')]
        >>> [p.how for p in finder.find("the Tern is very quiet")], finder.find("It holds 99 kWh")
        (['near'], ())
        """
        return self.find_written(quote) or tuple(self._find_near(quote))

    def find_written(self, quote: str) -> tuple[QuotePlace, ...]:
        """The places where *quote* stands, as it is or with other typography."""
        quote = quote.strip()
        if not quote:
            return ()
        found = self._places(_find_all(self.article.text, quote), "exact")
        return found or self._places(self._find_normalised(quote), "normalised")

    def _places(self, spans: Iterator[tuple[int, int]], how: str) -> tuple[QuotePlace, ...]:
        places: dict[tuple[str, ...], QuotePlace] = {}
        for start, end in spans:
            touched = tuple(s for s in self.sentences if s.start < end and start < s.end)
            place = QuotePlace(sentences=touched, how=how)
            if touched:
                places.setdefault(place.addresses, place)
            if len(places) >= _MOST_PLACES:
                break
        return tuple(places.values())

    # -- other typography -------------------------------------------------------------------------

    @cached_property
    def _plain(self) -> tuple[str, list[int]]:
        return make_plain(self.article.text)

    def _find_normalised(self, quote: str) -> Iterator[tuple[int, int]]:
        """Where the quote stands but for marks, dashes, spaces and capitals; `...` leaves out words of a paragraph."""
        text, places = self._plain
        parts = [plain for part in _ELISION.split(quote) if (plain := make_plain(part)[0].strip(" .,;:"))]
        if not parts:
            return
        for start, end in _find_all(text, parts[0], whole=True):
            first = start
            for part in parts[1:]:
                start = text.find(part, end)
                if start < 0 or "\n" in self.article.text[places[end - 1] : places[start]]:
                    break
                end = start + len(part)
            else:
                yield places[first], places[end - 1] + 1

    # -- other words ------------------------------------------------------------------------------

    @cached_property
    def _words(self) -> list[tuple[Sentence, list[str]]]:
        return [(sentence, _WORD.findall(fold_words(sentence.text))) for sentence in self.sentences]

    def _find_near(self, quote: str) -> Iterator[QuotePlace]:
        """The sentence, or two that follow each other, that has nearly all words of the quote in their order."""
        words = _WORD.findall(fold_words(quote))
        if not _FEWEST <= len(words) <= _LONGEST or _ELISION.search(quote.strip(" .…")):
            return
        wanted = set(words)
        tried: list[tuple[tuple[Sentence, ...], list[str]]] = [((s,), there) for s, there in self._words]
        tried += [
            ((one, other), here + there)
            for (one, here), (other, there) in pairwise(self._words)
            if one.paragraph == other.paragraph
        ]
        shared = sorted(tried, key=lambda each: (-len(wanted.intersection(each[1])), len(each[1])))[:_TRIED]
        from difflib import SequenceMatcher  # only where nothing else finds the quote

        alike = []
        for sentences, there in shared:
            if len(wanted.intersection(there)) < _NEAR * len(wanted):
                continue
            matched = sum(b.size for b in SequenceMatcher(None, words, there, autojunk=False).get_matching_blocks())
            alike.append((matched / len(words), -len(sentences), sentences))
        alike.sort(key=lambda each: each[:2], reverse=True)
        if not alike or alike[0][0] < _NEAR:
            return
        best = alike[0]
        rivals = [each for each in alike if best[0] - each[0] < _APART and not set(each[2]) & set(best[2])]
        for _, _, sentences in (best, *rivals):
            if self._may_stand_for(quote, " ".join(s.text for s in sentences)):
                yield QuotePlace(sentences=sentences, how="near")

    def _may_stand_for(self, quote: str, text: str) -> bool:
        """Whether a text has the quote's figures, and denies where it denies."""
        lang = self.article.lang
        there = {f.value for f in find_figures(text, lang, NEWEST_RULE)}
        figures = {f.value for f in find_figures(quote, lang, NEWEST_RULE)}
        return figures <= there and bool(_DENIAL.search(fold_words(quote))) <= bool(_DENIAL.search(fold_words(text)))


def make_plain(text: str) -> tuple[str, list[int]]:
    """*text* without what typography differs in, and for each of its characters its place in *text*.

    Quotation marks and apostrophes go, dashes are hyphens without spaces around them, runs of white space, line ends
    among them, are a space; letters are folded (Unicode NFKC, case).

    >>> make_plain("“It’s a  DREAM” – he said")[0]
    'its a dream-he said'
    """
    signs: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if char in _MARKS or char in INVISIBLE:
            continue
        if char in _DASHES:
            while signs and signs[-1] == " ":
                signs.pop()
                places.pop()
            if signs and signs[-1] == "-":
                continue
            folded = "-"
        elif char.isspace():
            if signs and signs[-1] in " -":
                continue
            folded = " "
        elif char.isascii():
            folded = char.lower()
        else:
            folded = unicodedata.normalize("NFKC", char).casefold()
        signs.extend(folded)
        places.extend([place] * len(folded))
    return "".join(signs), places


def _find_all(text: str, part: str, *, whole: bool = False) -> Iterator[tuple[int, int]]:
    """Where *part* stands; a quote that is a word or two, or *whole*, begins and ends no word in its midst."""
    start = text.find(part)
    while start >= 0:
        end = start + len(part)
        cut = (start and _joins(text[start - 1], text[start])) or (end < len(text) and _joins(text[end - 1], text[end]))
        if not cut or not (whole or len(part) < 20):
            yield start, end
        start = text.find(part, start + 1)


def _joins(one: str, other: str) -> bool:
    """Whether two characters are of one word; Chinese has no spaces between words."""
    return one.isalnum() and other.isalnum() and one < "\u2e80" and other < "\u2e80"
