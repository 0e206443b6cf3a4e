"""Disagreement, development, difference of kind and of measure: what claims are to each other.

Claims on the same subject and property that cannot both hold at one time disagree; a later as-of value is a
development; a promise here and a target there differ in kind. Claims that stand to each other in one way are one
comparison, however many they are: a question with ten answers is one dispute, not 45. Candidates are computed, the
curator declares (`unlike`, `compatible`, `decided`), all is shown, and nothing is resolved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kg.graph.compare import DisjointSets, IdSets, as_of, find_clashes, hold_together, object_key, time_of
from kg.graph.decision import Decided, Matter, find_decision, find_decisions, matter_of
from kg.graph.echo import find_echoes
from kg.graph.wholes import find_wholes, group_by_matter
from kg.model.nouns import Claim, Difference, Mode, Seeds
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values import Quantity, describe_as_of
from kg.text.edtf import Day, Span

_DATES_TOLD = 4  # of a development; between more of them only the first and the last are named


class Outcome(StrEnum):
    """What claims are to each other."""

    CONFLICT = "conflict"
    DEVELOPMENT = "development"
    KIND = "difference of kind"
    MEASURE = "difference of measure"
    COMPATIBLE = "compatible"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two or more claims, what they are to each other, and why; *declared* where the curator said so of all of them.

    They stand in the order of their ids; those of a development in that of their as-of dates. Where they are on several
    matters, *answers* has what each of them says on the one where they conflict, by its id: whether it denies, and the
    key of its object; *on* is the name of the property there.
    """

    claims: tuple[Claim, ...]
    relation: Outcome
    difference: Difference | None
    declared: bool
    reason: str
    answers: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    on: str | None = None


@dataclass(frozen=True, kw_only=True)
class OpenQuestion:
    """A question that speakers answer differently: (subject, property, object or None) and the claims.

    Where *about_time* is true the answers are the claims' times, else their objects.
    """

    subject: str
    prop: Property
    object: str | None
    about_time: bool
    claims: tuple[Claim, ...]


def find_comparisons(seeds: Seeds, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
    """All claims that differ in a way worth showing, each group once; sorted by the ids of the claims."""
    groups: dict[Matter, list[Claim]] = defaultdict(list)
    for claim in seeds.claims:
        if (
            claim.mode is not Mode.QUESTION
            and claim.object is not None
            and claim.predicate.text in vocabulary.properties
        ):
            groups[matter_of(claim)].append(claim)
    comparer = _Comparer(seeds, vocabulary)
    computed: list[Comparison] = []
    for matter, claims in groups.items():
        computed += comparer.compare(claims, vocabulary.properties[matter[1]])
    computed = comparer.add_echoes(computed, groups)
    computed += comparer.compare_subjects(claim for claims in groups.values() for claim in claims)
    settled = [s for c in computed if (s := comparer.settle(c)) is not None]
    found = [*settled, *comparer.declared(settled)]
    return tuple(sorted(found, key=lambda c: (*(claim.id for claim in c.claims), c.relation, c.difference or "")))


def find_superseded(comparison: Comparison, seeds: Seeds) -> Iterator[str]:
    """The ids of a development's claims that a later date overtook; none of any other comparison."""
    if comparison.relation is Outcome.DEVELOPMENT:
        dates = [as_of(claim, seeds) for claim in comparison.claims]
        begun = max((first for date in dates if date and (first := _min_day(date.spans)) is not None), default=None)
        for claim, date in zip(comparison.claims, dates, strict=True):
            last = _max_day(date.spans) if date else None
            if last is not None and begun is not None and last < begun:
                yield claim.id


def find_answer_groups(
    comparison: Comparison, vocabulary: Vocabulary, links: Callable[[Claim], Iterable[str]]
) -> tuple[tuple[Claim, ...], ...]:
    """The answers in a comparison, each with the claims that give it; answers that *links* join are one.

    *links* gives the ids of the claims to which a claim is declared to stand somehow.
    """
    place = {claim.id: number for number, claim in enumerate(comparison.claims)}
    joined = DisjointSets(len(place))
    first_of: dict[Hashable, int] = {}
    for number, claim in enumerate(comparison.claims):
        joined.join(number, first_of.setdefault(_answer(claim, comparison, vocabulary), number))
        for other in links(claim):
            if other in place:
                joined.join(number, place[other])
    groups: dict[int, list[Claim]] = defaultdict(list)
    for number, claim in enumerate(comparison.claims):
        groups[joined.find(number)].append(claim)
    return tuple(tuple(group) for group in groups.values())


def _answer(claim: Claim, comparison: Comparison, vocabulary: Vocabulary) -> Hashable:
    """What makes claims of a comparison one side of it."""
    if comparison.answers:
        return comparison.answers[claim.id]
    match comparison.relation, comparison.difference:
        case Outcome.KIND, _:
            return claim.mode
        case Outcome.CONFLICT, Difference.SUBJECT:
            return claim.subject.text
        case Outcome.CONFLICT, Difference.TIME:
            return claim.when.text if claim.when else ""
        case _:
            return (claim.negated, *object_key(claim, vocabulary))


def declared_links(claim: Claim) -> tuple[str, ...]:
    """The claims to which a claim is declared to stand somehow (`unlike`, `compatible`)."""
    return (*(unlike.claim for unlike in claim.unlike), *(ref.id for ref in claim.compatible))


class _Comparer:
    """Compares claims; holds what every comparison needs."""

    def __init__(self, seeds: Seeds, vocabulary: Vocabulary) -> None:
        self.seeds, self.vocabulary = seeds, vocabulary
        self.decisions: Mapping[Matter, tuple[Decided, ...]] = find_decisions(seeds)

    # -- one subject and property --------------------------------------------------------------

    def compare(self, claims: Sequence[Claim], prop: Property) -> Iterator[Comparison]:
        """What the claims on one subject and *prop* are to each other."""
        if len(claims) < 2:
            return
        by_mode: dict[Mode, list[Claim]] = defaultdict(list)
        for claim in claims:
            by_mode[claim.mode].append(claim)
        for alike in by_mode.values():
            for group in find_clashes(alike, prop, self.seeds, self.vocabulary):
                yield _conflict(group, Difference.VALUE, self._clash_reason(group, prop))
            if prop.asks_when:
                yield from self._times(alike)
        if prop.time_varying:
            yield from self._development(by_mode[Mode.FACT], prop)
        yield from self._kinds(claims, prop)

    def add_echoes(self, computed: list[Comparison], groups: Mapping[Matter, list[Claim]]) -> list[Comparison]:
        """The comparisons, with the conflicts to which a claim on another matter belongs (`kg.graph.echo`)."""
        added: dict[frozenset[str], Comparison] = {}
        seen = IdSets(_ids_of(c) for c in computed if _is_of_values(c))
        for matter, echoes in find_echoes(self.seeds, self.vocabulary).items():
            prop = self.vocabulary.properties[matter[1]]
            by_mode: dict[Mode, list[Claim]] = defaultdict(list)
            for claim in (*groups.get(matter, ()), *echoes):
                by_mode[claim.mode].append(claim)
            for alike in by_mode.values():
                for group in find_clashes(alike, prop, self.seeds, self.vocabulary):
                    decided = any(all(map(d.speaks_of, group)) for d in self.decisions.get(matter, ()))
                    claims = {claim.id: self.seeds.claim_by_id[claim.id] for claim in group}
                    ids = frozenset(claims)
                    if ids in added:
                        added[ids] = replace(added[ids], declared=added[ids].declared or decided)
                    elif not seen.have_all_of(ids):
                        found = _conflict(claims.values(), Difference.VALUE, self._clash_reason(group, prop))
                        said = {claim.id: (claim.negated, *object_key(claim, self.vocabulary)) for claim in group}
                        added[ids] = replace(found, declared=decided, answers=said, on=prop.name)
        wide = IdSets(added)  # each lies in one that lies in no other
        kept = [c for c in computed if not wide.have_all_of(_ids_of(c))]
        return [*kept, *(c for ids, c in added.items() if not wide.have_more_than(ids))]

    def _clash_reason(self, group: Sequence[Claim], prop: Property) -> str:
        values = {object_key(c, self.vocabulary) for c in group if not c.negated}
        if len(values) > 1 and (prop.functional or prop.time_varying):
            return f"{_count(len(values))} values of {prop.name}, which has one at a time"
        return "one says so, the other says not" if len(group) == 2 else "some say so, others say not"

    def _times(self, claims: Sequence[Claim]) -> Iterator[Comparison]:
        """Times for the same thing that do not meet."""
        by_object: dict[Hashable, list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.when is not None and not claim.negated:
                by_object[object_key(claim, self.vocabulary)].append(claim)
        for dated in by_object.values():
            apart = _find_apart([(claim.when.edtf.reach, claim) for claim in dated if claim.when])
            if apart:
                times = len({claim.when.text for claim in apart if claim.when})
                reason = f"{_count(times)} times for the same thing that do not meet"
                yield _conflict(apart, Difference.TIME, reason)

    def _development(self, facts: Sequence[Claim], prop: Property) -> Iterator[Comparison]:
        """Facts of a time-varying property as of dates that do not meet, by these dates."""
        dated = [(date, claim) for claim in facts if (date := as_of(claim, self.seeds)) is not None]
        apart = {claim.id for claim in _find_apart([(date.spans, claim) for date, claim in dated])}
        dated = [(date, claim) for date, claim in dated if claim.id in apart]
        if len({object_key(claim, self.vocabulary) for _, claim in dated}) < 2:
            return
        dated.sort(key=lambda pair: (pair[0].last is None, pair[0].last, pair[1].id))
        told = [f"as of {describe_as_of(date)}" for date in {date.text: date for date, _ in dated}.values()]
        if len(told) > _DATES_TOLD:
            told = [told[0], f"as of {len(told) - 2} dates more", told[-1]]
        yield Comparison(
            claims=tuple(claim for _, claim in dated),
            relation=Outcome.DEVELOPMENT,
            difference=Difference.TIME,
            declared=False,
            reason=f"{prop.name} {', then '.join(told)}",
        )

    def _kinds(self, claims: Sequence[Claim], prop: Property) -> Iterator[Comparison]:
        """Claims of several modes on one matter: a property with one value, or one object of a property with many."""
        matters: dict[Hashable, list[Claim]] = defaultdict(list)
        measured = prop.asks_when and isinstance(claims[0].object, Quantity)
        for claim in claims:
            one_value = prop.functional or prop.time_varying or measured
            # the year's forecast is no other kind of a quarter's sum
            time = time_of(claim) if prop.period_total else None
            matters[time and time.spans, None if one_value else object_key(claim, self.vocabulary)].append(claim)
        for group in matters.values():
            modes = list(dict.fromkeys(claim.mode.value for claim in group))
            if len(modes) > 1:
                reason = f"{', '.join(modes[:-1])} here, {modes[-1]} there"
                yield Comparison(
                    claims=tuple(group),
                    relation=Outcome.KIND,
                    difference=Difference.MODE,
                    declared=False,
                    reason=reason,
                )

    # -- two subjects --------------------------------------------------------------------------

    def compare_subjects(self, claims: Iterable[Claim]) -> Iterator[Comparison]:
        """Comparisons of one figure that a source says of several subjects: in a sentence, or of part and whole."""
        alike: dict[Hashable, list[Claim]] = defaultdict(list)
        for claim in claims:
            if isinstance(claim.object, Quantity):
                key = object_key(claim, self.vocabulary)
                alike[claim.source, claim.predicate.text, claim.mode, claim.negated, *key].append(claim)
        wholes: Mapping[str, frozenset[str]] | None = None
        for group in alike.values():
            if len({claim.subject.text for claim in group}) < 2:
                continue
            wholes = find_wholes(self.seeds, self.vocabulary) if wholes is None else wholes
            for together in group_by_matter(group, wholes):
                subjects = list(dict.fromkeys(claim.subject.text for claim in together))
                if not _are_said_together(subjects, together) and _times_may_meet(together):
                    of = f"of {', '.join(subjects[:-1])} and of {subjects[-1]}"
                    yield _conflict(together, Difference.SUBJECT, f"one source says the same {of}")

    # -- what the curator declared ---------------------------------------------------------------

    def settle(self, found: Comparison) -> Comparison | None:
        """A computed comparison as the curator sees it: declared, or None where all its sides are said to fit."""

        def fits(claim: Claim) -> tuple[str, ...]:
            return tuple(ref.id for ref in claim.compatible)

        if found.relation is Outcome.DEVELOPMENT:
            return found
        if len(find_answer_groups(found, self.vocabulary, fits)) == 1:
            return None
        if len(find_answer_groups(found, self.vocabulary, declared_links)) == 1:
            ids = {claim.id for claim in found.claims}
            unlike = [u.difference for c in found.claims for u in c.unlike if u.claim in ids]
            difference = unlike[0] if unlike else found.difference
            return replace(found, declared=True, difference=difference, relation=_relation_of(difference),
                           reason=f"declared to differ in {difference}")  # fmt: skip
        if found.relation is Outcome.CONFLICT and self._is_decided(found.claims):
            return replace(found, declared=True)
        return found

    def _is_decided(self, claims: Sequence[Claim]) -> bool:
        """Whether one decision is about all of the claims."""
        decided = find_decision(claims[0], self.decisions)
        return decided is not None and all(
            matter_of(claim) == matter_of(decided.owner) and decided.speaks_of(claim) for claim in claims
        )

    def declared(self, settled: Iterable[Comparison]) -> Iterator[Comparison]:
        """What the curator declared and nothing above shows: by difference, the claims that are linked, as groups."""
        shown: dict[tuple[str, Outcome], set[int]] = defaultdict(set)
        for number, comparison in enumerate(settled):
            for claim in comparison.claims:
                shown[claim.id, comparison.relation].add(number)
        edges: dict[Difference | None, list[tuple[str, str]]] = defaultdict(list)
        for claim in self.seeds.claims:
            for unlike in claim.unlike:
                relation = _relation_of(unlike.difference)
                together = shown[claim.id, relation] & shown[unlike.claim, relation]
                if unlike.claim in self.seeds.claim_by_id and not together:
                    edges[unlike.difference].append((claim.id, unlike.claim))
            for ref in claim.compatible:
                if ref.id in self.seeds.claim_by_id:
                    edges[None].append((claim.id, ref.id))
        for difference, pairs in edges.items():
            for ids in _find_components(pairs):
                yield Comparison(
                    claims=tuple(self.seeds.claim_by_id[id_] for id_ in ids),
                    relation=_relation_of(difference),
                    difference=difference,
                    declared=True,
                    reason=f"declared to differ in {difference}" if difference else "declared compatible",
                )


def _relation_of(difference: Difference | None) -> Outcome:
    if difference is None:
        return Outcome.COMPATIBLE
    return {Difference.MODE: Outcome.KIND, Difference.MEASURE: Outcome.MEASURE}.get(difference, Outcome.CONFLICT)


def _conflict(claims: Iterable[Claim], difference: Difference, reason: str) -> Comparison:
    ordered = tuple(sorted(claims, key=lambda claim: claim.id))
    return Comparison(claims=ordered, relation=Outcome.CONFLICT, difference=difference, declared=False, reason=reason)


def _ids_of(comparison: Comparison) -> frozenset[str]:
    return frozenset(claim.id for claim in comparison.claims)


def _is_of_values(comparison: Comparison) -> bool:
    return comparison.relation is Outcome.CONFLICT and comparison.difference is Difference.VALUE


def _count(number: int) -> str:
    return "two" if number == 2 else str(number)


def _find_apart(dated: Sequence[tuple[Sequence[Span], Claim]]) -> list[Claim]:
    """The claims whose date does not meet that of some other: it begins after one ends, or ends before one begins."""
    firsts = [first for spans, _ in dated if (first := _min_day(spans)) is not None]
    lasts = [last for spans, _ in dated if (last := _max_day(spans)) is not None]
    if not firsts or not lasts:
        return []
    begun, ended = max(firsts), min(lasts)

    def is_apart(spans: Sequence[Span]) -> bool:
        first, last = _min_day(spans), _max_day(spans)
        return (first is not None and first > ended) or (last is not None and last < begun)

    return [claim for spans, claim in dated if is_apart(spans)]


def _min_day(spans: Sequence[Span]) -> Day | None:
    """The first day that a date may mean; None where it has no beginning."""
    firsts = [first for first, _ in spans]
    return None if None in firsts else min(first for first in firsts if first)


def _max_day(spans: Sequence[Span]) -> Day | None:
    """The last day that a date may mean; None where it has no end."""
    lasts = [last for _, last in spans]
    return None if None in lasts else max(last for last in lasts if last)


def _times_may_meet(claims: Sequence[Claim]) -> bool:
    return not _find_apart([(when.spans, claim) for claim in claims if (when := time_of(claim)) is not None])


def _are_said_together(subjects: Sequence[str], claims: Sequence[Claim]) -> bool:
    """Whether lists of subjects (`s: [a, b]`), which say the same of these on purpose, join all of the subjects."""
    joined = DisjointSets(len(subjects))
    first_of: dict[Hashable, int] = {}
    for claim in claims:
        place = subjects.index(claim.subject.text)
        joined.join(place, first_of.setdefault(claim.mark, place))
    return len({joined.find(place) for place in range(len(subjects))}) == 1


def _find_components(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The ids that pairs link, each component sorted; sorted by their first ids."""
    pairs = list(pairs)
    ids = sorted({id_ for pair in pairs for id_ in pair})
    place = {id_: number for number, id_ in enumerate(ids)}
    joined = DisjointSets(len(ids))
    for one, other in pairs:
        joined.join(place[one], place[other])
    groups: dict[int, list[str]] = defaultdict(list)
    for id_ in ids:
        groups[joined.find(place[id_])].append(id_)
    return sorted(tuple(group) for group in groups.values() if len(group) > 1)


def find_open_questions(seeds: Seeds, vocabulary: Vocabulary) -> tuple[OpenQuestion, ...]:
    """The questions that the ontology asks and more than one answer is given to, by (subject, property).

    A claim of mode question asks and does not answer; it is left out. Speakers who say the same give one answer;
    amounts in two currencies, each with a property of its own, are two answers to one question. Who held an office
    before is no other answer to who holds it now: of a property that has one value at a time, answers for times that do
    not meet are not different.
    """
    groups: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for claim in seeds.claims:
        prop = vocabulary.properties.get(claim.predicate.text)
        if prop is None or not prop.questions or claim.mode is Mode.QUESTION or claim.object is None:
            continue
        target = str(object_key(claim, vocabulary)[1]) if prop.asks_when else ""
        asked = prop.name if prop.narrows is None else vocabulary.property_by_iri[prop.narrows].name
        groups[claim.subject.text, asked, target].append(claim)
    found = []
    for (subject, name, target), claims in sorted(groups.items()):
        prop = vocabulary.properties[name]
        one_at_a_time = prop.functional and not prop.occurrence and not prop.time_varying and not prop.asks_when
        together = hold_together(claims, prop) if one_at_a_time else [claims]
        if any(len({answer_key(claim, prop, vocabulary) for claim in part}) > 1 for part in together):
            found.append(
                OpenQuestion(
                    subject=subject,
                    prop=prop,
                    object=target or None,
                    about_time=prop.asks_when,
                    claims=tuple(claims),
                )
            )
    return tuple(found)


def answer_key(claim: Claim, prop: Property, vocabulary: Vocabulary) -> tuple[object, ...]:
    """What makes two answers to a question the same: content, in one unit, and whether it is denied."""
    if prop.asks_when:
        return (claim.when.text if claim.when else "", claim.negated)
    return (claim.predicate.text, *object_key(claim, vocabulary), claim.negated)
