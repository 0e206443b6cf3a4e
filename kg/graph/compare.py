"""Claims on one subject and property, compared: which of them cannot both hold, and at which times.

Two claims clash where no state of things makes both true at a time for which both hold: two values of a property
that has one at a time, or a value and its denial. All clashes of a group are found without comparing every claim
with every other: values are sorted and looked up, so the work grows as the claims do. Only claims whose times
overlap in part, each in another way, are compared time by time.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from kg.model.nouns import Claim, Mode, Seeds
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values import Date, Stretch
from kg.model.values.stretch import Bound, is_over
from kg.text.edtf import Day, Edtf, coincide, may_agree, overlap

BEFORE_ALL: Day = (-(10**300), 1, 1)  # and after all: no year of EDTF is read as one of more than 200 digits
_DAYS = (BEFORE_ALL, (10**300, 12, 31))


def as_of(claim: Claim, seeds: Seeds) -> Edtf | None:
    """The date of a count: the claim's own, else that of its source's publication."""
    if claim.as_of is not None:
        return claim.as_of.edtf
    source = seeds.source_by_id.get(claim.source)
    return source.published.edtf if source and source.published else None


def object_key(claim: Claim, vocabulary: Vocabulary) -> tuple[object, ...]:
    """What makes two objects the same: kind and value; 0.0736 MWh is 73.60 kWh."""
    if claim.object is None:
        return ("unread", claim.id)
    return claim.object.identity(vocabulary.properties.get(claim.predicate.text), vocabulary)


def find_stretch(claim: Claim, prop: Property, vocabulary: Vocabulary) -> Stretch | None:
    """The stretch of a claim's object in the property's unit; None of an object that is no quantity and no date."""
    return claim.object.stretch(prop, vocabulary) if claim.object is not None else None


def can_both_hold(a: Claim, b: Claim, prop: Property, vocabulary: Vocabulary) -> bool:
    """Whether the objects of two claims can be true together, at one time.

    Two values can where they are the same or their bounds meet, and where the property has many. A denial and a value
    cannot where the value lies within what is denied.
    """
    key_a, key_b = object_key(a, vocabulary), object_key(b, vocabulary)
    if a.negated and b.negated:
        return True  # neither this nor that
    stretch_a, stretch_b = find_stretch(a, prop, vocabulary), find_stretch(b, prop, vocabulary)
    if a.negated or b.negated:
        if key_a == key_b:
            return False
        said, denied = (stretch_b, stretch_a) if a.negated else (stretch_a, stretch_b)
        return not (said and denied and _denies(said, denied))
    if key_a == key_b:
        return True
    if isinstance(a.object, Date) and isinstance(b.object, Date):
        return may_agree(a.object.edtf, b.object.edtf)
    if stretch_a is not None and stretch_b is not None:
        return stretch_a.loose or stretch_b.loose or stretch_a.meets(stretch_b)
    return not prop.functional


def _denies(said: Stretch, denied: Stretch) -> bool:
    return not (said.loose or said.gaps or denied.loose or denied.gaps or denied.near) and said.lies_in(denied)


def time_of(claim: Claim) -> Edtf | None:
    """The time for which a claim holds; None where it is not said, or only repeats the date that is the object.

    Who says that it opens in 2030 gives 2030 as the deadline too. That is when it opens, and no time at which it is so
    that it opens in 2030: another date would contradict it.
    """
    if claim.when is None or (isinstance(claim.object, Date) and claim.object.edtf.spans == claim.when.edtf.spans):
        return None
    return claim.when.edtf


def times_meet(a: Claim, b: Claim, prop: Property | None = None) -> bool:
    """Whether two claims hold at one time; of sums over a time, for the same one. A claim without a time may at any."""
    return _Time.of(a, prop).meets(_Time.of(b, prop))


# -- all clashes of a group ---------------------------------------------------------------------


class DisjointSets:
    """Which of the numbered things belong together; two are joined in nearly constant time."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))

    def find(self, one: int) -> int:
        while self.parent[one] != one:
            self.parent[one] = self.parent[self.parent[one]]
            one = self.parent[one]
        return one

    def join(self, one: int, other: int) -> None:
        self.parent[self.find(one)] = self.find(other)


class IdSets:
    """Sets of ids, found by their members: to find one that contains another, only a few are looked at."""

    def __init__(self, sets: Iterable[frozenset[str]]) -> None:
        self.having: dict[str, list[frozenset[str]]] = defaultdict(list)
        for ids in sets:
            for id_ in ids:
                self.having[id_].append(ids)

    def have_all_of(self, ids: frozenset[str]) -> bool:
        """Whether one of the sets has all of *ids*."""
        return any(ids <= others for others in self._having_one_of(ids))

    def have_more_than(self, ids: frozenset[str]) -> bool:
        """Whether one of the sets has all of *ids*, and further ones."""
        return any(ids < others for others in self._having_one_of(ids))

    def _having_one_of(self, ids: frozenset[str]) -> Sequence[frozenset[str]]:
        return min((self.having.get(id_, ()) for id_ in ids), key=len, default=())


@dataclass(frozen=True, kw_only=True)
class _Time:
    """The time for which a claim holds, and the date of which its count is; what is not said may be any.

    What is *summed* over a time is another sum for any other time, also for a part of it.
    """

    when: Edtf | None
    counted: Edtf | None = None
    summed: bool = False

    @classmethod
    def of(cls, claim: Claim, prop: Property | None) -> _Time:
        """The time of a claim with *prop*, whatever the date of a count is."""
        return cls(when=time_of(claim), summed=prop is not None and prop.period_total)

    def meets(self, other: _Time) -> bool:
        return (self.when is None or other.when is None or self._is_for(self.when, other.when)) and (
            self.counted is None or other.counted is None or overlap(self.counted, other.counted)
        )

    def _is_for(self, one: Edtf, other: Edtf) -> bool:
        return one.spans == other.spans if self.summed else coincide(one, other)


def find_clashes(
    claims: Sequence[Claim], prop: Property, seeds: Seeds, vocabulary: Vocabulary, *, dated: bool = True
) -> tuple[tuple[Claim, ...], ...]:
    """The claims on one subject and *prop* that clash, as groups: in each, every claim clashes with some other.

    *claims* are of one mode. With *dated* false their times are left aside, for they all hold at one time. A claim
    that clashes with none is in no group; the groups and the claims in them are in the order of *claims*.
    """
    at: dict[tuple[str, str], list[int]] = defaultdict(list)
    times: dict[tuple[str, str], _Time] = {}
    for number, claim in enumerate(claims):
        time = _time_of(claim, prop, seeds) if dated else _Time(when=None)
        key = (time.when.text if time.when else "", time.counted.text if time.counted else "")
        at[key].append(number)
        times[key] = time
    joined = DisjointSets(len(claims))
    finder = _ClashFinder(claims, prop, vocabulary)
    clashing: set[int] = set()
    for together in _hold_together([(times[key], at[key]) for key in at]):
        for one, other in finder.find(together):
            joined.join(one, other)
            clashing |= {one, other}
    groups: dict[int, list[Claim]] = defaultdict(list)
    for number in sorted(clashing):
        groups[joined.find(number)].append(claims[number])
    return tuple(tuple(group) for group in groups.values())


def hold_together(claims: Sequence[Claim], prop: Property) -> Iterator[list[Claim]]:
    """Groups of claims that may hold at one time (`when`): one for each time, and for each two times that meet."""
    at: dict[str, list[int]] = defaultdict(list)
    times: dict[str, _Time] = {}
    for number, claim in enumerate(claims):
        time = _Time.of(claim, prop)
        key = time.when.text if time.when else ""
        at[key].append(number)
        times[key] = time
    for numbers in _hold_together([(times[key], at[key]) for key in at]):
        yield [claims[number] for number in numbers]


def _time_of(claim: Claim, prop: Property, seeds: Seeds) -> _Time:
    counted = as_of(claim, seeds) if prop.time_varying and claim.mode is Mode.FACT else None
    return replace(_Time.of(claim, prop), counted=counted)


def _hold_together(parts: list[tuple[_Time, list[int]]]) -> Iterator[list[int]]:
    """The claims that may hold at one time: of each time, and of each two times that meet; once where all meet."""
    if len(parts) > 1 and _all_meet([time for time, _ in parts]):
        yield [number for _, numbers in parts for number in numbers]
        return
    # One of the two orders them: who has only a `when` may meet who has only a date of counting, wherever both lie.
    by_when = 2 * sum(time.when is not None for time, _ in parts) >= len(parts)
    ordered = [(*_bounds_of(time.when if by_when else time.counted), time, numbers) for time, numbers in parts]
    active: list[tuple[Day, _Time, list[int]]] = []
    for first, last, time, numbers in sorted(ordered, key=lambda part: part[:2]):
        yield numbers
        active = [part for part in active if part[0] >= first]
        for _, other, more in active:
            if time.meets(other):
                yield [*numbers, *more]
        active.append((last, time, numbers))


def _bounds_of(edtf: Edtf | None) -> tuple[Day, Day]:
    """The first and the last day that a date may mean; of what is not said, days before and after all others."""
    if edtf is None:
        return _DAYS
    return edtf.first or _DAYS[0], edtf.last or _DAYS[1]


def _all_meet(times: list[_Time]) -> bool:
    """Whether any two of the times meet; false also where that cannot be told from their bounds."""
    if any(time.summed for time in times):
        return False
    for edtfs in ([t.when for t in times if t.when], [t.counted for t in times if t.counted]):
        if any(len(edtf.spans) > 1 for edtf in edtfs):
            return False
        firsts, lasts = [a for e in edtfs if (a := e.inner[0])], [b for e in edtfs if (b := e.inner[1])]
        if firsts and lasts and max(firsts) > min(lasts):
            return False
        if firsts and lasts and max(firsts) == min(lasts) and any(e.precision == "interval" for e in edtfs):
            return False
    return True


class _ClashFinder:
    """Finds pairs that clash among claims that hold together: enough of them to join all that clash."""

    def __init__(self, claims: Sequence[Claim], prop: Property, vocabulary: Vocabulary) -> None:
        self.claims, self.prop, self.vocabulary = claims, prop, vocabulary
        self.keys = [object_key(claim, vocabulary) for claim in claims]
        self.stretches = [find_stretch(claim, prop, vocabulary) for claim in claims]
        self.one_value = prop.functional or prop.time_varying

    def find(self, numbers: list[int]) -> Iterator[tuple[int, int]]:
        said = [n for n in numbers if not self.claims[n].negated]
        denied = [n for n in numbers if self.claims[n].negated]
        if self.one_value and len(said) > 1:
            yield from self._two_values(said)
        if said and denied:
            yield from self._denials(said, denied)

    def _two_values(self, said: list[int]) -> Iterator[tuple[int, int]]:
        first_of: dict[object, int] = {}
        for number in said:
            first_of.setdefault(self.keys[number], number)
        if len(first_of) == 1:
            return
        found = self._by_bounds(list(first_of.values()))
        alike: dict[object, list[int]] = defaultdict(list)
        for number in said:
            alike[self.keys[number]].append(number)
        for one, other in found:
            yield one, other
            for end in (one, other):  # whoever says the same clashes as well
                yield from ((more, other if end == one else one) for more in alike.pop(self.keys[end], ()))

    def _by_bounds(self, numbers: list[int]) -> Iterator[tuple[int, int]]:
        """Clashing pairs of different values: each value with the one that ends first, or begins last."""
        if any(self.stretches[n] is None for n in numbers):
            if self.prop.functional:
                yield from ((numbers[0], other) for other in numbers[1:])
            return
        firm = [(n, s) for n in numbers if (s := self.stretches[n]) is not None and not s.loose]
        plain = [(n, s) for n, s in firm if not s.gaps]
        ended = min(((s.high, n) for n, s in plain if s.high is not None), default=None)
        begun = max(((s.low, n) for n, s in plain if s.low is not None), default=None)
        for n, stretch in plain:
            if ended is not None and is_over(stretch.low, ended[0]):
                yield n, ended[1]
            if begun is not None and is_over(begun[0], stretch.high):
                yield n, begun[1]
        for n in (n for n, s in firm if s.gaps):  # one of several dates: rare
            for m, _ in firm:
                if n != m and not can_both_hold(self.claims[n], self.claims[m], self.prop, self.vocabulary):
                    yield n, m

    def _denials(self, said: list[int], denied: list[int]) -> Iterator[tuple[int, int]]:
        """Each value with a denial of it, and each denial with a value that it denies."""
        of_key = {self.keys[n]: n for n in denied}
        for n in said:
            if self.keys[n] in of_key:
                yield n, of_key[self.keys[n]]
        of_key = {self.keys[n]: n for n in said}
        for n in denied:
            if self.keys[n] in of_key:
                yield n, of_key[self.keys[n]]
        firm = [(n, s) for n, s in self._plain(denied) if not s.near]
        yield from _find_within(list(self._plain(said)), firm)

    def _plain(self, numbers: Iterable[int]) -> Iterator[tuple[int, Stretch]]:
        for n in numbers:
            stretch = self.stretches[n]
            if stretch is not None and not stretch.loose and not stretch.gaps:
                yield n, stretch


def _find_within(said: list[tuple[int, Stretch]], denied: list[tuple[int, Stretch]]) -> Iterator[tuple[int, int]]:
    """Pairs of a stretch that was said and one that was denied within which it lies: enough of them to join all such.

    All are gone through by where they begin. Of denials that belong together already, the one that reaches furthest
    stands for all, so that the work grows as the stretches do.
    """
    bottom, top = (Fraction(-(10**400)), 0), (Fraction(10**400), 0)
    if any(isinstance((s.low or s.high or bottom)[0], tuple) for _, s in (*said, *denied)):
        bottom, top = (_DAYS[0], 0), (_DAYS[1], 0)  # type: ignore[assignment]
    begun = [(s.low or bottom, 0, s.high or top, n) for n, s in denied]
    begun += [(s.low or bottom, 1, s.high or top, n) for n, s in said]
    apart: list[tuple[Bound, int]] = []  # the denials that stand for those that belong together, by where they end
    for _, is_said, high, n in sorted(begun):
        if not is_said:
            insort(apart, (high, n))
            continue
        place = bisect_left(apart, (high, -1))
        for _, other in apart[place:]:
            yield n, other
        del apart[place:-1]
