"""Words of languages other than English and Chinese (`tongues.toml`): how a sentence means its matter, and numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.text.sentence import normalise

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # kana, Han, Hangul: no blank ends a word


@dataclass(frozen=True, kw_only=True)
class SignalWords:
    """What is known of a language: words that hedge and deny, where clauses end, months and small numbers in words.

    *despite* fits what has such a word and says nothing of the kind, *bound* what stands right before a figure and
    makes it inexact. *months* are twelve, *numbers* those from 0 to 12.
    """

    hedges: tuple[str, ...]
    denials: tuple[str, ...]
    despite: re.Pattern[str]
    clause: re.Pattern[str]
    bound: re.Pattern[str]
    months: tuple[re.Pattern[str], ...]
    numbers: tuple[re.Pattern[str], ...]


@cache
def read_tongue(lang: str) -> SignalWords | None:
    """What is known of a language, by its code of two letters; None of one that the file does not have.

    >>> read_tongue("de").despite.sub("", "nicht nur 5, nicht 6")
    ' 5, nicht 6'
    """
    words = _read_words().get(lang)
    return None if words is None else _make_tongue(words)


def write_word(word: str) -> str:
    """A pattern for a word of its own; where scripts put no blanks between words, for its signs.

    >>> [bool(re.search(write_word(word), "er käme nie, 未定")) for word in ("käm", "nie", "未")]
    [False, True, True]
    """
    return re.escape(word) if _UNSPACED.search(word) else rf"(?<!\w){re.escape(word)}(?!\w)"


@cache
def _read_words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / "tongues.toml").read_text(encoding="utf-8"))


def _make_tongue(words: dict[str, list[str]]) -> SignalWords:
    told = {kind: tuple(map(normalise, given)) for kind, given in words.items()}
    patterns = {kind: _join(told[kind]) for kind in ("despite", "clauses", "bounds")}
    return SignalWords(
        hedges=told["hedges"],
        denials=told["denials"],
        despite=re.compile(patterns["despite"]),
        clause=re.compile(rf"[,;:()\[\]—–，；：、（）。]|\s-\s|{patterns['clauses']}"),
        bound=re.compile(rf"({patterns['bounds']}) ?(?:[$€£¥] ?)?$"),
        months=tuple(re.compile(_join(forms.split("|"))) for forms in told["months"]),
        numbers=tuple(re.compile(_join(forms.split("|"))) for forms in told["numbers"]),
    )


def _join(words: Iterable[str]) -> str:
    return "|".join(map(write_word, words))
