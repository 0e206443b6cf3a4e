"""Which sentences of a corrected text are one, and where sentences that were reworded may stand.

A joined sentence is known by the digest of the whole. So it is found wherever the same sentences stand together, and
also where the rule cuts them otherwise now: `Dr. Li` in small letters has the same digest, and is not cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.model.nouns import SentenceJoin
from kg.reading.articles import Article
from kg.reading.sources import address_key
from kg.text.figure import find_figures
from kg.text.sentence import Sentence, digest_sentence

NEAREST = 55  # per cent; what is less alike is not proposed


@dataclass(frozen=True, kw_only=True)
class Old:
    """A sentence as it is known: its address, its digest, and its figures where the outline tells them."""

    address: str
    digest: str
    figures: tuple[str, ...] | None = None


def find_joins(article: Article, olds: Sequence[Old], joined: Mapping[str, int]) -> dict[str, int]:
    """The joins of a corrected text: how many of its sentences are one that is known, by the address of the first.

    *joined* are those of the text before. A sentence that was not joined may be cut in two now, at the same words.
    """
    wanted = {old.digest for old in olds if old.address in joined}
    single = {sentence.digest for sentence in article.cut.values()}
    wanted |= {old.digest for old in olds} - single
    longest = max((3, *joined.values()))
    found: dict[str, int] = {}
    end = -1
    for run in _list_runs(list(article.cut.values()), longest):
        first, last = run[0], run[-1]
        if first.start > end and digest_sentence(article.text[first.start : last.end]) in wanted and len(run) > 1:
            found[first.address] = len(run)
            end = last.end
    return found


def find_folded(
    article: Article, outline: Sequence[Old], more: Sequence[Old], joins: Sequence[SentenceJoin], *, same_text: bool
) -> tuple[dict[Old, str], tuple[str, ...]]:
    """The sentences that a curator has joined since they were known, each with the address of the whole.

    Then the joins of which that cannot be told: the text reads otherwise there than the *outline* knows it. That a
    join is new is told by the outline, which has a sentence of its own within it. Where it has none, the text was
    corrected and needs the join no more; but without an outline, or in the *same text*, the curator's word counts.
    """
    known = {old.address for old in outline}
    folded: dict[Old, str] = {}
    unclear: list[str] = []
    for join in joins:
        head, parts = join.address, join.parts
        is_new = same_text or not outline or not known.isdisjoint(parts[1:])
        if not is_new or not article.cut.keys() >= set(parts):  # a join that cannot be is told by `kg check`
            continue
        cut = [article.cut[part] for part in parts]
        digests = {
            (first.address, digest_sentence(article.text[first.start : last.end]))
            for i, first in enumerate(cut)
            for last in cut[i:]
            if (first, last) != (cut[0], cut[-1])
        }
        inside = [old for old in (*outline, *more) if (old.address, old.digest) in digests]
        if not same_text and any(old.address in parts and old not in inside for old in outline):
            unclear.append(head)
        else:
            folded |= dict.fromkeys(inside, head)
    return folded, tuple(unclear)


def fold_sentences(olds: Sequence[Old], wholes: Mapping[Old, Old]) -> list[Old]:
    """The sentences as they are known, with the whole once in the place of those that are joined to it."""
    return list(dict.fromkeys(wholes.get(old, old) for old in olds))


def _list_runs(sentences: Sequence[Sentence], longest: int) -> Iterator[Sequence[Sentence]]:
    """The stretches of sentences that stand together in a paragraph, of each first sentence the longest first."""
    for i, first in enumerate(sentences):
        for size in range(longest, 0, -1):
            run = sentences[i : i + size]
            if len(run) == size and run[-1].paragraph == first.paragraph and run[-1].number == first.number + size - 1:
                yield run


def guess_joins(
    lost: Sequence[Old], outline: Sequence[Old], placed: Mapping[Old, str], article: Article, before: Article | None,
    joined: Mapping[str, int],
) -> dict[Old, tuple[str, int]]:  # fmt: skip
    """Where joined sentences that were reworded may stand: the first sentence, and how many are one.

    Those most alike by their words, where the text *before* is at hand. Else all that stands between the same
    neighbours, where it is no more than was joined, or as many sentences that have the same figures.
    """
    index = {address: i for i, address in enumerate(article.sentences)}
    taken = set(placed.values())
    words = {s.digest: s.text for s in before.sentences.values()} if before else {}
    found: dict[Old, tuple[str, int]] = {}
    for old in lost:
        gap = find_gap(old, outline, placed, index, len(index))
        left = [s for a, s in article.sentences.items() if a not in taken and a not in article.joins]
        free = [s for s in left if gap[0] < index[s.address] < gap[1]]
        if old.digest in words:
            run = _choose_by_words(words[old.digest], free or left, article, joined[old.address])
        else:
            rivals = [o for o in outline if o not in placed and find_gap(o, outline, placed, index, len(index)) == gap]
            run = _choose_by_place(old, free, article, joined[old.address], alone=len(rivals) <= 1)
        if run:
            found[old] = (run[0].address, len(run))
            taken |= {sentence.address for sentence in run}
    return found


def _choose_by_words(text: str, free: Sequence[Sentence], article: Article, count: int) -> Sequence[Sentence]:
    scores = [
        (compare_words(text, article.text[run[0].start : run[-1].end]), -number, run)
        for number, run in enumerate(_list_runs(free, count + 1))
    ]
    score, _, run = max(scores, key=lambda each: each[:2], default=(0, 0, ()))
    return run if score >= NEAREST else ()


def _choose_by_place(
    old: Old, free: Sequence[Sentence], article: Article, count: int, *, alone: bool
) -> Sequence[Sentence]:
    if alone and 0 < len(free) <= count and len({sentence.paragraph for sentence in free}) == 1:
        return free
    for run in _list_runs(free, count):
        text = article.text[run[0].start : run[-1].end]
        figures = tuple(figure.value for figure in find_figures(text, article.lang, article.figure_rule))
        if len(run) == count and old.figures and old.figures == figures:
            return run
    return ()


def move_joins(
    joined: Mapping[str, int], places: Mapping[Old, str], aside: Mapping[Old, str], joins: Mapping[str, int]
) -> dict[str, tuple[str, int] | None]:
    """Where each join of before is now, None where it is not needed; new ones by their own addresses, with a sign."""
    moved: dict[str, tuple[str, int] | None] = {}
    by_address: dict[str, Old] = {}
    for each in places:  # those of the outline go before
        by_address.setdefault(each.address, each)
    left = dict(joins)
    for address, count in joined.items():
        old = by_address.get(address)
        if old is None or old in aside:
            moved[address] = (aside[old] if old is not None else address, count)
        else:
            new = places[old]
            moved[address] = (new, left.pop(new)) if new in left else None
    return moved | {f"+{address}": (address, count) for address, count in left.items()}


def find_gap(
    old: Old, outline: Sequence[Old], placed: Mapping[Old, str], index: Mapping[str, int], size: int
) -> tuple[int, int]:
    """Between which places of the new text a sentence must stand, if its neighbours are still in order."""
    key = address_key(old.address)
    lower = [index[placed[o]] for o in outline if o in placed and address_key(o.address) < key]
    upper = [index[placed[o]] for o in outline if o in placed and address_key(o.address) > key]
    low, high = (lower[-1] if lower else -1), (upper[0] if upper else size)
    return (low, high) if low < high else (-1, size)


def compare_words(old: str, new: str) -> int:
    """How much two sentences are alike, in per cent.

    >>> compare_words("The bridge opened in May.", "The bridge was opened in May."), compare_words("a", "b")
    (93, 0)
    """
    from difflib import SequenceMatcher

    return round(100 * SequenceMatcher(None, old.casefold(), new.casefold(), autojunk=False).ratio())
