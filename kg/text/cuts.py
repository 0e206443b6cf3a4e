"""Cuts that the rule for sentences makes within one: behind abbreviations, initials, ordinals and shortened months.

The rule has no list of abbreviations (`kg.text.sentence`), so that every program cuts alike. What it most likely cut in
two is found here by the words of the language, for a person to join or to leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from kg.text.sentence import OPENING_QUOTES, Sentence, normalise
from kg.text.tongues import CutWords, read_tongue

_LAST = re.compile(r"(?P<before>\S*)\s*(?<!\S)(?P<word>[^\s.]\S*)\.$")
_FIRST = re.compile(rf"[{OPENING_QUOTES}(]*(?P<word>[^\W_]+(?:[-'’][^\W_]+)*)(?P<stop>\.?)")
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]")
_ORDINAL = re.compile("[0-9]{1,3}")


@dataclass(frozen=True, kw_only=True)
class LikelyCut:
    """Sentences that are most likely one: how many from *address* on, and the words at each cut (`Dr. Li`)."""

    address: str
    count: int
    words: tuple[str, ...]


def find_cuts(sentences: Iterable[Sentence], lang: str) -> tuple[LikelyCut, ...]:
    """The sentences of a text in the language *lang* that the rule most likely cut in two or more, in their order.

    In a language of which no such words are known (`kg.text.tongues`), none.

    >>> from kg.text.sentence import split_sentences
    >>> text = "Talks\\nDr. Li met Ada K. Brook on Jan. 5. He left."
    >>> [(cut.address, cut.count, cut.words) for cut in find_cuts(split_sentences(text), "en")]
    [('p1s1', 4, ('Dr. Li', 'K. Brook', 'Jan. 5'))]
    """
    tongue = read_tongue(lang)
    if tongue is None or tongue.cuts is None:
        return ()
    months = frozenset(form for month in tongue.months for form in month.words)
    found: dict[str, list[str]] = {}
    first = ""
    for one, next_ in pairwise(sentences):
        words = _read_cut(one, next_, tongue.cuts, months) if one.paragraph == next_.paragraph else None
        if words is None:
            first = ""
            continue
        first = first or one.address
        found.setdefault(first, []).append(words)
    return tuple(LikelyCut(address=address, count=len(cuts) + 1, words=tuple(cuts)) for address, cuts in found.items())


def _read_cut(one: Sentence, next_: Sentence, known: CutWords, months: frozenset[str]) -> str | None:
    """The words on both sides of a cut that is most likely none; None where a sentence may well end."""
    last, first = _LAST.search(one.text), _FIRST.match(next_.text)
    if last is None or first is None:
        return None
    before, word, after = last["before"], last["word"].lstrip(f"{OPENING_QUOTES}("), first["word"]
    begins_as_initial = bool(first["stop"]) and len(after) == 1 and after.isalpha()
    short, follows = normalise(word), normalise(after)
    if after[0].isdigit():
        likely = short in known.numbers or short in months
    elif _ORDINAL.fullmatch(word):
        likely = follows in months or (normalise(before) in known.ordinals and follows not in known.starters)
    elif short in known.names:
        likely = follows not in known.starters and not before[-1:].isdigit()
    elif short in known.acronyms:
        likely = follows in known.heads
    elif _INITIAL.fullmatch(word):
        likely = begins_as_initial or (follows not in known.starters and _is_initial(before, word))
    else:
        likely = False
    return f"{word}. {after}{first['stop'] if begins_as_initial else ''}" if likely else None


def _is_initial(before: str, word: str) -> bool:
    """Whether letters with full stops are of a name: `Ada K. Brook`, `said J.K. Brook`; not `Lund S.A.`."""
    is_named = before[:1].isupper()
    return word.isupper() and (not before or (is_named if len(word) == 1 else not is_named))
