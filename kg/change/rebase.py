"""Rebase: the keys of a source's sentences follow the sentences through a corrected text.

A sentence is known by its digest, and where one stands more than once, by its neighbours. What cannot be told is
never guessed: the key of a sentence that is gone, or that reads otherwise now, is put aside, at an address that the
text does not have, so that it never stands for another sentence; `kg check` then names it. Near matches are proposed,
and taken only when somebody says so. Sentences that are joined are followed as one, however the rule cuts them now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.build.pipeline import Checked
from kg.change.rejoin import (
    NEAREST,
    Old,
    compare_words,
    find_folded,
    find_gap,
    find_joins,
    fold_sentences,
    guess_joins,
    move_joins,
)
from kg.change.rekey import Keys, Rewritten, rewrite_files
from kg.evidence.outline import get_article
from kg.model.nouns import Source
from kg.reading.articles import Article
from kg.reading.sources import address_key
from kg.text.diagnostic import UsageError


@dataclass(frozen=True, kw_only=True)
class Near:
    """A sentence that may be another one reworded; *percent* is how much they are alike, judged by what *by* says."""

    old: str
    new: str
    percent: int
    by: str


@dataclass(frozen=True, kw_only=True)
class Rebase:
    """How a corrected text moved the sentences of a source.

    *moved* holds old and new addresses, *taken* the near matches that somebody took, *near* those that nobody did.
    *lost* are the sentences that are not in the text, with the address at which their keys stand now. *unjoined* are
    the old addresses of joins that are not needed any more, *joined* new ones with the number of sentences that are
    one. *folded* are joins that a curator has written since: the keys of the sentences in them are those of the whole.
    Where *refused* gives reasons, nothing can be written; else *files* are the files that change.
    """

    source: str
    moved: tuple[tuple[str, str], ...] = ()
    taken: tuple[Near, ...] = ()
    near: tuple[Near, ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    unjoined: tuple[str, ...] = ()
    joined: tuple[tuple[str, int], ...] = ()
    folded: tuple[tuple[str, int], ...] = ()
    refused: tuple[str, ...] = ()
    files: tuple[Rewritten, ...] = field(default=(), repr=False)


def plan_rebase(
    checked: Checked, source: Source, before: Article | None = None, take: Mapping[str, str | None] | None = None
) -> Rebase:
    """Where the sentences of a source went, and the files with their new addresses; nothing is written.

    *before* is the text before its correction, where it is at hand: then near matches are found by their words.
    *take* says which near matches to take: the new address of an old one, or None for the one that is proposed.
    Raises UsageError when the text is not at hand, or for something to take that there is not.
    """
    text = get_article(checked, source)
    outline = [Old(address=s.address, digest=s.digest, figures=s.figures) for s in source.outline]
    claimed = sorted(
        {(s.address, s.digest.text) for s in checked.seeds.sentences if s.source == source.id and s.digest is not None},
        key=lambda pair: address_key(pair[0]),
    )
    known = {(s.address, s.digest) for s in outline}
    more = [Old(address=a, digest=d) for a, d in claimed if (a, d) not in known]
    same_text = source.sha256 is not None and source.sha256.text == text.sha256
    folded, unclear = find_folded(text, outline, more, source.joins, same_text=same_text)
    wholes = {old: _make_whole(text, head) for old, head in folded.items()}
    outline, more = fold_sentences(outline, wholes), fold_sentences(more, wholes)
    more = [old for old in more if old not in outline]
    joins = source.joined if same_text else find_joins(text, (*outline, *more), source.joined)
    if before is not None:
        before = replace(before, joins=find_joins(before, (*outline, *more), source.joined))
    article = replace(text, joins=joins)
    placed = match_sentences(outline, more, article)
    lost = [old for old in (*outline, *more) if old not in placed]
    cut = [old for old in lost if old.address in source.joined and not same_text]
    guessed = guess_joins(cut, outline, placed, article, before, source.joined)
    trial = replace(text, joins=joins | {head: count for head, count in guessed.values() if count > 1})
    proposed = propose_near(lost, outline, placed, trial, before)
    taken, near = _choose(lost, placed, proposed, trial, take or {})
    addresses = {**placed, **{old: near_.new for old, near_ in taken.items()}}
    joins |= {head: trial.joins[head] for head in addresses.values() if head in trial.joins}
    article = replace(text, joins=joins)
    aside = _put_aside([old for old in lost if old not in taken], near, addresses, trial, source.joined)
    moved_joins = {} if same_text else move_joins(source.joined, {**addresses, **aside}, aside, joins)
    places = {**addresses, **aside}
    places |= {old: places[whole] for old, whole in wholes.items()}
    digests = {near_.new: article.sentences[near_.new].digest for near_ in taken.values()}
    keys = Keys(
        source=source.id,
        claims={(old.address, old.digest): new for old, new in places.items()},
        plain=_map_plain(outline, [*more, *wholes], places),
        digests=digests | {places[whole]: whole.digest for whole in wholes.values()},
        folded=frozenset(old.address for old, head in folded.items() if old.address != head),
        joins=moved_joins,
        settled=frozenset(addresses.values()) | {near_.old for near_ in near.values() if near_.old == near_.new},
    )
    files, refused = rewrite_files(checked.project, keys)
    refused = (*(_tell_unclear(source.id, head) for head in unclear), *refused)
    return Rebase(
        source=source.id,
        moved=tuple((old.address, new) for old, new in placed.items() if old.address != new),
        taken=tuple(taken.values()),
        near=tuple(near.values()),
        lost=tuple((old.address, new) for old, new in aside.items()),
        unjoined=tuple(old for old, join in moved_joins.items() if join is None),
        joined=tuple(join for old, join in moved_joins.items() if join is not None and old not in source.joined),
        folded=tuple((head, source.joined[head]) for head in dict.fromkeys(folded.values())),
        refused=refused,
        files=files if not refused else (),
    )


def _make_whole(article: Article, head: str) -> Old:
    return Old(address=head, digest=article.sentences[head].digest, figures=article.figures(head))


def _tell_unclear(source: str, head: str) -> str:
    return (
        f"the join at {head} is newer than the outline, and the text was corrected there too: take the join out, "
        f"run `kg evidence rebase {source}` and `kg evidence outline {source}`, then join again"
    )


def match_sentences(outline: Sequence[Old], more: Sequence[Old], article: Article) -> dict[Old, str]:
    """The new address of each sentence that is in the text, in the order of the old ones.

    *outline* are all sentences of the old text, or nothing; *more* those that only claims know. A digest that stands
    once in both texts tells; else the neighbours do; else, where it stands as often as before, the order does.
    """
    news = list(article.sentences)
    places: dict[str, list[int]] = {}
    for index, address in enumerate(news):
        places.setdefault(article.sentences[address].digest, []).append(index)
    count = Counter(old.digest for old in outline)
    at: dict[int, int] = {  # of the old text → of the new one
        i: places[old.digest][0]
        for i, old in enumerate(outline)
        if count[old.digest] == len(places.get(old.digest, ())) == 1
    }
    for both in (True, False):
        while found := _match_by_neighbours(outline, places, at, len(news), both=both):
            at |= found
    for digest, number in count.items():
        taken = set(at.values())
        old_left = [i for i, old in enumerate(outline) if old.digest == digest and i not in at]
        new_left = [i for i in places.get(digest, ()) if i not in taken]
        if number > 1 and len(old_left) == len(new_left):
            at |= dict(zip(old_left, new_left, strict=True))
    placed = {outline[i]: news[at[i]] for i in sorted(at)}
    for old in more:
        there = places.get(old.digest, [])
        if len(there) == 1 and (count[old.digest] or news[there[0]] not in placed.values()):
            placed[old] = news[there[0]]
        elif old.address in {news[i] for i in there}:
            placed[old] = old.address
    return placed


def _match_by_neighbours(
    outline: Sequence[Old], places: Mapping[str, list[int]], at: Mapping[int, int], size: int, *, both: bool
) -> dict[int, int]:
    """Sentences whose neighbours, *both* or one of them, say which of several places is theirs."""
    taken = set(at.values())
    wanted: dict[int, list[int]] = {}
    for i, old in enumerate(outline):
        if i in at or old.digest not in places:
            continue
        before = -1 if i == 0 else at.get(i - 1)
        after = size if i == len(outline) - 1 else at.get(i + 1)
        for place in places[old.digest]:
            agree = (before == place - 1) + (after == place + 1)
            if place not in taken and agree >= (2 if both else 1):
                wanted.setdefault(place, []).append(i)
    sure = {place: olds[0] for place, olds in wanted.items() if len(olds) == 1}
    often = Counter(sure.values())
    return {i: place for place, i in sure.items() if often[i] == 1}


def propose_near(
    lost: Sequence[Old], outline: Sequence[Old], placed: Mapping[Old, str], article: Article, before: Article | None
) -> dict[Old, Near]:
    """The sentence of the text that each lost one may be now: one between the same neighbours, and alike.

    Words are compared where the text *before* is at hand; else only the place and the figures can be.
    """
    news = list(article.sentences)
    index = {address: i for i, address in enumerate(news)}
    free = [address for address in news if address not in placed.values()]
    words = {s.digest: s.text for s in before.sentences.values()} if before else {}
    scores: list[tuple[int, int, int, Old, str, str]] = []
    for old in lost:
        low, high = find_gap(old, outline, placed, index, len(news))
        gap = [a for a in free if low < index[a] < high] or (free if old.digest in words else [])
        rivals = [o for o in lost if find_gap(o, outline, placed, index, len(news)) == (low, high)]
        for address in gap:
            sentence = article.sentences[address].text
            if old.digest in words:
                percent, by = compare_words(words[old.digest], sentence), "by its words"
            elif old.figures is None or not low < index[address] < high:
                continue
            else:
                percent = _compare_figures(old.figures, article.figures(address), alone=len(gap) == len(rivals) == 1)
                by = "by its place and figures"
            if percent >= NEAREST:
                scores.append((-percent, index[address], len(scores), old, address, by))
    found: dict[Old, Near] = {}
    for percent, _, _, old, address, by in sorted(scores, key=lambda score: score[:3]):
        if old not in found and address not in {near.new for near in found.values()}:
            found[old] = Near(old=old.address, new=address, percent=-percent, by=by)
    return {old: found[old] for old in lost if old in found}


def _compare_figures(old: tuple[str, ...], new: tuple[str, ...], *, alone: bool) -> int:
    """How much the figures are alike; without any, a sentence that is *alone* in its gap is as likely as not."""
    if not old and not new:
        return 60 if alone else 0
    same = sum((Counter(old) & Counter(new)).values())
    share = same / max(len(old), len(new))
    return round(60 + 30 * share) if alone and same else round(90 * share)


def _choose(
    lost: Sequence[Old], placed: Mapping[Old, str], proposed: Mapping[Old, Near], article: Article,
    take: Mapping[str, str | None],
) -> tuple[dict[Old, Near], dict[Old, Near]]:  # fmt: skip
    """The near matches that are taken, and the others. Raises UsageError for something that cannot be taken."""
    by_address = {old.address: old for old in lost}
    taken: dict[Old, Near] = {}
    for address, wanted in take.items():
        old = by_address.get(address)
        if old is None:
            known = ", ".join(by_address) or "none"
            raise UsageError(f"`{address}` is no sentence that is gone from the text: those are {known}")
        near = proposed.get(old)
        new = wanted or (near.new if near else None)
        if new is None:
            raise UsageError(f"nothing is near `{address}`: say what it is now, `--take {address}=p1s1`")
        if new not in article.sentences:
            raise UsageError(f"the text has no sentence `{new}`")
        if new in placed.values() or new in {other.new for other in taken.values()}:
            raise UsageError(f"`{new}` is another sentence of before: it cannot be `{address}` too")
        same = near is not None and near.new == new
        taken[old] = near if near is not None and same else Near(old=address, new=new, percent=0, by="by your word")
    used = {near.new for near in taken.values()}
    return taken, {old: near for old, near in proposed.items() if old not in taken and near.new not in used}


def _put_aside(
    lost: Sequence[Old], near: Mapping[Old, Near], addresses: Mapping[Old, str], article: Article,
    joined: Mapping[str, int],
) -> dict[Old, str]:  # fmt: skip
    """An address for the keys of each sentence that is not in the text: one that stands for no other sentence.

    A sentence that was most likely reworded in its place stays there: its digest says that it must be read again.
    """
    used = {*article.cut, *addresses.values()}
    aside: dict[Old, str] = {}
    for old in lost:
        count = joined.get(old.address, 1)
        stays = old in near and near[old].new == old.address and article.joins.get(old.address, 1) == count
        if (stays and old.address not in aside.values()) or old.address not in used:
            aside[old] = old.address
        else:
            paragraph, number = address_key(old.address)
            while used & set(_list_parts(paragraph, number, count)):
                number += 1
            aside[old] = f"p{paragraph}s{number}"
        used |= set(_list_parts(*address_key(aside[old]), count))
    return aside


def _list_parts(paragraph: int, number: int, count: int) -> list[str]:
    return [f"p{paragraph}s{number + i}" for i in range(count)]


def _map_plain(outline: Sequence[Old], more: Sequence[Old], new: Mapping[Old, str]) -> dict[str, str]:
    """Addresses that stand without a digest: what they mean is what the outline says, else what the claims do."""
    plain = {old.address: new[old] for old in more}
    return plain | {old.address: new[old] for old in outline}


def show_rebase(rebase: Rebase) -> str:
    """A rebase in words: what it would do, or did."""
    return "\n".join(_tell(rebase)) + "\n"


def _tell(rebase: Rebase) -> Iterator[str]:
    source = rebase.source
    if not (rebase.moved or rebase.taken or rebase.lost or rebase.folded):
        yield f"every sentence of {source} is where it was"
    for old, new in rebase.moved:
        yield f"{source}.{old} is now {new}"
    for near in rebase.taken:
        yield f"{source}.{near.old} is now {near.new}, reworded: read it again"
    for head, count in rebase.folded:
        yield f"{source}.{head} is {count} sentences that you joined: their keys are those of the whole, read it again"
    yield from (f"{source}.{old} needs no join any more" for old in rebase.unjoined)
    yield from (f"{source}.{new} is {count} sentences by the rule now: they are joined" for new, count in rebase.joined)
    proposed = {near.old: near for near in rebase.near}
    for old, aside in rebase.lost:
        where = f"; its keys stand at {aside}, which the text does not have" if aside != old else ""
        yield f"{source}.{old} is not in the text any more: read it again{where}"
        if old in proposed:
            near = proposed[old]
            yield f"  it may be {near.new} now ({near.percent} % alike, {near.by}): `--take {old}` takes it"
    yield from (f"nothing is written: {reason}" for reason in rebase.refused)
