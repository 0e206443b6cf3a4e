"""The page's own words by language, and the objects of claims in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from kg.graph.describe import is_period
from kg.graph.story import Story
from kg.model.nouns import Claim
from kg.model.ontology.vocabulary import Vocabulary
from kg.model.values import word_as_of, word_time
from kg.page.text import clean
from kg.text.edtf import Edtf
from kg.text.pagewords import fill_in, isolate, read_words

Worded = Mapping[str, str]
"""A text in each of the page's languages."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """The page's words: *own* by language and key (`search`, `modes.fact`)."""

    own: Mapping[str, Mapping[str, str]]

    def get(self, key: str, lang: str) -> str:
        return self.own[lang][key]

    def both(self, key: str) -> Worded:
        return {lang: words[key] for lang, words in self.own.items()}

    def fill(self, key: str, lang: str, **names: str) -> str:
        """A text with its places `{name}` filled in."""
        return fill_in(self.own[lang][key], **names)

    def count(self, key: str, lang: str, n: int) -> str:
        """`1 claim`, `12 claims`: the text `KEY-1` for one, `KEY-n` for others."""
        return self.fill(f"{key}-1" if n == 1 else f"{key}-n", lang, n=f"{n:,}")

    def join_words(self, texts: Sequence[str], lang: str, *, last: str = "and") -> str:
        """`a, b and c`; *last* names the word before the last one. Texts with commas are parted by semicolons.

        >>> load_words().join_words(("17, in 2025", "22, in 2026", "21"), "en", last="or")
        '17, in 2025; 22, in 2026; or 21'
        """
        words, texts = self.own[lang], [isolate(text) for text in texts]
        if len(texts) < 2:
            return "".join(texts)
        if any(words["comma"] in text for text in texts):
            return words["semicolon"].join(texts[:-1]) + words["semicolon"].rstrip() + words[last] + texts[-1]
        return words["comma"].join(texts[:-1]) + words[last] + texts[-1]

    def join_phrase(self, texts: Iterable[str], lang: str) -> str:
        """Words that follow each other, those that are empty left out.

        Chinese has spaces only beside Latin letters and figures.

        >>> load_words().join_phrase(("Xiaomi EV", "", "delivers"), "en")
        'Xiaomi EV delivers'
        >>> load_words().join_phrase(("小米 SU7", "交付量", "5,700 辆", "否认"), "zh")
        '小米 SU7 交付量 5,700 辆否认'
        """
        told = ""
        for text in map(isolate, filter(None, texts)):
            latin = (told[-1:].isascii() and text[0] not in "“（") or (text[0].isascii() and told[-1] not in "”）")
            told += (" " if told and (lang != "zh" or latin) else "") + text
        return told

    def join_parts(self, texts: Iterable[str], lang: str) -> str:
        """Parts of a remark, those that are empty left out; Chinese has another comma between things of one kind."""
        return self.own[lang]["remark"].join(isolate(text) for text in texts if text)

    def join_list(self, texts: Iterable[str], lang: str) -> str:
        """Names of things of one kind, one after the other."""
        return self.own[lang]["comma"].join(map(isolate, texts))


@cache
def load_words() -> Words:
    """The words of `kg/page/words.toml`."""
    return Words(own=read_words("kg.page"))


def show_time(edtf: Edtf, lang: str) -> str:
    """A date, an interval or a deadline in words, harmless whatever stands in it."""
    return _show(edtf, lang, period=False)


@lru_cache(maxsize=1 << 12)  # many claims of one time, and many sayings of one day
def _show(edtf: Edtf, lang: str, *, period: bool) -> str:
    return clean(word_time(edtf, lang, period=period))


def show_claim_time(claim: Claim, vocabulary: Vocabulary, lang: str) -> str:
    """The time of a claim in words, harmless whatever stands in it; empty where it says none."""
    if claim.when is None:
        return ""
    prop = vocabulary.properties.get(claim.predicate.text)
    return _show(claim.when.edtf, lang, period=is_period(claim, prop))


def show_as_of(edtf: Edtf, lang: str) -> str:
    """The date of a count in words, to be read after "as of", harmless whatever stands in it."""
    return clean(word_as_of(edtf, lang))


def word_value(claim: Claim, story: Story, lang: str) -> str:
    """The object of a claim in words."""
    if claim.object is None:
        return "…"
    return clean(claim.object.word(story.words(lang).entity, story.vocabulary, lang))
