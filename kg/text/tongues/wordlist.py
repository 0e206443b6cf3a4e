"""Words that are looked for in a sentence: as words of their own, or as signs where no blank ends a word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""A sign of kana, Han or Hangul: no blank ends a word before or behind it."""
_NUMERALS = "〇零一二三四五六七八九十百千万萬億亿십백천만"  # a number of one sign is no part of a longer one
_KOREAN = "일이삼사오육칠팔구"  # too often a part of other words to be looked for beside a number


@dataclass(frozen=True)
class WordList:
    """Words that are looked for in the words of a sentence, each as a word of its own."""

    words: tuple[str, ...]

    def find(self, text: str) -> str | None:
        """The first of the words, in their order, that stands in a text.

        >>> WordList(("never", "*n't")).find("it isn't so"), WordList(("never",)).find("nevermore")
        ("n't", None)
        """
        if not self.stand_in(text):
            return None
        return next(word.lstrip("*") for word in self.words if re.search(write_word(word), text))

    def stand_in(self, text: str) -> bool:
        """Whether one of the words stands in a text."""
        return self._any.search(text) is not None

    def strike(self, text: str) -> str:
        """A text with a blank in the place of each of the words."""
        return self._any.sub(" ", text)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile(join_words(self.words))


def write_word(word: str) -> str:
    """A pattern for a word of its own; where scripts put no blanks between words, for its signs.

    >>> [bool(re.search(write_word(word), "er käme nie, 未定")) for word in ("käm", "nie", "未", "*me")]
    [False, True, True, True]
    >>> [bool(re.search(write_word(word), "十二月三十日")) for word in ("二月", "三", "十二月", "三十日")]
    [False, False, True, True]
    """
    if UNSPACED.search(word):
        before = rf"(?<![\d{_NUMERALS}])" if word[0] in f"{_NUMERALS}{_KOREAN}" else ""
        after = f"(?![{_NUMERALS}])" if word[-1] in f"{_NUMERALS}{_KOREAN}" else ""
        return f"{before}{re.escape(word)}{after}"
    if word.startswith("*"):
        return rf"{re.escape(word[1:])}(?!\w)"
    return rf"(?<!\w){re.escape(word)}(?!\w)"


def join_either(pattern: str, words: Iterable[str]) -> str:
    """A pattern for *pattern* or one of *words*."""
    return "|".join((pattern, *map(write_word, words)))


def join_words(words: Iterable[str]) -> str:
    """A pattern for one of *words*; where there are none, one that fits nothing."""
    return "|".join(map(write_word, words)) or "(?!)"
