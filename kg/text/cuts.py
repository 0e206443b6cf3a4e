"""Cuts that the rule for sentences makes within one: behind abbreviations, initials, ordinals and shortened months.

The rule has no list of abbreviations (`kg.text.sentence`), so that every program cuts alike. What it most likely cut in
two is found here by the words of the language, for a person to join or to leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.text.sentence import OPENING_QUOTES, Sentence, normalise
from kg.text.tongues import CutWords, read_tongue

_LAST = re.compile(r"(?P<before>\S*)\s*(?<!\S)(?P<word>[^\s.]\S*)\.$")
_FIRST = re.compile(rf"[{OPENING_QUOTES}(]*(?P<word>[^\W_]+(?:[-'’][^\W_]+)*)(?P<stop>\.?)")
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]")
_NUMERALS = frozenset("IVX")  # `World War I.`, `Charles V.`, and Malcolm X
_ROMAN = re.compile("(?=[IVX]|[LCM]+[IVXLCM])M{0,3}(?:C[MD]|D?C{0,3})(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})")
_ORDINAL = re.compile("[0-9]{1,3}")
_WORD = re.compile(r"\w+")
_LONGEST = 100  # letters on either side of a cut that are looked at
_DAY = re.compile("0?[1-9]|[12][0-9]|3[01]")


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
    months = [month.words for month in tongue.months]
    found: dict[str, list[str]] = {}
    first = behind = ""
    for one, next_ in pairwise(sentences):
        words = _read_cut(behind, one, next_, tongue.cuts, months) if one.paragraph == next_.paragraph else None
        behind = one.text if one.paragraph == next_.paragraph else ""
        if words is None:
            first = ""
            continue
        first = first or one.address
        found.setdefault(first, []).append(words)
    return tuple(LikelyCut(address=address, count=len(cuts) + 1, words=tuple(cuts)) for address, cuts in found.items())


def _read_cut(
    behind: str, one: Sentence, next_: Sentence, known: CutWords, months: Sequence[Sequence[str]]
) -> str | None:
    """The words on both sides of a cut that is most likely none; None where a sentence may well end.

    *behind* is the sentence before the two.
    """
    last, first = _LAST.search(one.text, max(0, len(one.text) - _LONGEST)), _FIRST.match(next_.text)
    if last is None or first is None:
        return None
    before, word = (last[part].lstrip(f"{OPENING_QUOTES}(") for part in ("before", "word"))
    after = first["word"]
    initial_follows = bool(first["stop"]) and len(after) == 1 and after.isalpha()
    listed = _drop_article(word, known)
    short, follows = normalise(listed), normalise(after)
    may_begin = follows in known.starters and not _is_surname(next_.text, known)
    beside = normalise(before)
    numbers = _is_listed(listed, known.numbers, begins=not before)
    if after[0].isdigit() or (numbers and _ROMAN.fullmatch(after) and not may_begin):
        is_word = f"{beside} {short}" in known.words or (before[-1:].isdigit() and short in known.units)
        likely = not is_word and (numbers or short in known.months or _is_short_month(short, months))
    elif first["stop"] and f"{short}.{follows}" in known.acronyms:
        likely = True  # `300 a. C.`
    elif _ORDINAL.fullmatch(word):
        is_day = _DAY.fullmatch(word) is not None and any(follows in forms for forms in months)
        counts = (beside in known.ordinals and not may_begin) or _has_head(next_.text, known)
        likely = bool(known.ordinals) and beside not in known.labels and (is_day or counts)
    elif _is_listed(listed, known.names, begins=not before):
        behind_name = before[:1].isupper() and beside not in known.starters and beside not in known.places
        likely = not (may_begin or before[-1:].isdigit() or (behind_name and short in known.trailing))
    elif short in known.acronyms or (not before and _join_letters(behind, short) in known.acronyms):
        likely = _has_head(next_.text, known) or (follows in known.titles and beside not in known.starters)
    elif _INITIAL.fullmatch(word):
        opens = not one.text[: last.start("before")].strip(f"{OPENING_QUOTES}( ")
        is_initial = _is_initial(before, word, known, initial_follows=initial_follows, opens=opens)
        likely = is_initial and (initial_follows or not may_begin)
    else:
        likely = False
    return f"{word}. {after}{first['stop'] if initial_follows else ''}" if likely else None


def _join_letters(behind: str, short: str) -> str:
    """A letter with the one before it, which the rule cut apart: `300 a. C.` ends with `a.c`."""
    last = _LAST.search(behind, max(0, len(behind) - _LONGEST))
    return f"{normalise(last['word'])}.{short}" if last is not None else short


def _is_listed(word: str, known: frozenset[str], *, begins: bool) -> bool:
    """Whether a word is one of *known*; what has a capital there must have one (`Rep. Li`, not `one more rep.`).

    What has a low line before it there has a small letter, unless it *begins* the sentence: `max. 20`, not `saw Max.`
    """
    short = normalise(word)
    return (
        short in known
        or (word[:1].isupper() and short.capitalize() in known)
        or (f"_{short}" in known and (begins or word[:1].islower()))
    )


def _drop_article(word: str, known: CutWords) -> str:
    """A word without the article that lost its vowel before it: `art` of `l'art`."""
    article, _, rest = word.replace("’", "'").partition("'")
    return rest if rest and article.casefold() in known.elided else word


def _is_surname(text: str, known: CutWords) -> bool:
    """Whether a text begins with a name of two words whose first may begin a sentence too: `Le Pen`, `De la Cruz`."""
    first, *words = _WORD.findall(text[:_LONGEST])
    if normalise(first) not in known.particles:
        return False
    name = next((word for word in words if normalise(word) not in known.starters), "")
    return name[:1].isupper()


def _has_head(text: str, known: CutWords) -> bool:
    """Whether a text begins with what an acronym or ordinal belongs to: `House of`, and not `House prices`."""
    words = " ".join(_WORD.findall(normalise(text[:_LONGEST]))) + " "
    return any(words.startswith(f"{head} ") for head in known.heads)


def _is_short_month(short: str, months: Iterable[Sequence[str]]) -> bool:
    """Whether a word is the beginning of a month's name, and not the whole: a sentence may end behind `May`."""
    return any(short in forms and short != forms[0] and forms[0].startswith(short) for forms in months)


def _is_initial(before: str, word: str, known: CutWords, *, initial_follows: bool, opens: bool) -> bool:
    """Whether letters with full stops are of a name: `Ada K. Brook`, `said J.K. Brook`; not `Lund S.A.`, `Group A`.

    A word that *opens* the sentence has a capital whether or not it is a name.
    """
    label = normalise(before)
    if label in known.labels or word in _NUMERALS:
        return False
    if initial_follows and len(word) == 1:
        return not before[-1:].isdigit()  # `300 m. J. Brook built it.`
    if not word.isupper():
        return False
    if len(word) == 1:
        return not before or before[:1].isupper() or label in known.authors
    return not ((before[:1].isupper() and not opens) or label in known.articles)  # `the F.B.I. Agents came.`
