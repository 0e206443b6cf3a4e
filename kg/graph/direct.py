"""Which claims become direct triples: the one place where the graph says a thing itself.

A direct triple is asserted iff the mode is fact, the text is clear, the object is an entity or one exact value, what
is said holds on the day of the graph (`kg.graph.standpoint`), and nobody disputes it: where two facts on one subject
and property cannot both hold, denials among them, none of the group is asserted until the curator decides. Of a
time-varying property only the latest as-of value counts, and if that one is not exact, none is asserted. A range gives
the pair of properties that the property names for it. What was proposed and nobody has reviewed takes no part: it gives
none, and silences none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from kg.graph.compare import BEFORE_ALL, as_of, can_both_hold, find_clashes, object_key, times_meet
from kg.graph.decision import Decided, Matter, choose_decided, find_decisions, matter_of
from kg.graph.echo import find_echoes
from kg.graph.standpoint import find_day, holds_on
from kg.model.nouns import Claim, Clarity, Difference, Mode, Seeds
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values import ClaimRef, Value
from kg.text.edtf import Day, overlap, write_day


@dataclass(frozen=True, kw_only=True)
class DirectTriple:
    """What a claim lets the graph say: the property's IRI and the object, in the property's unit."""

    claim: Claim
    predicate: str
    prop: Property
    value: Value


@dataclass(frozen=True, kw_only=True)
class DirectOutcome:
    """What became of a claim: its direct triples, or in *reason* why it has none."""

    claim: Claim
    triples: tuple[DirectTriple, ...]
    reason: str | None


def find_direct_triples(seeds: Seeds, vocabulary: Vocabulary) -> Iterator[DirectTriple]:
    """The direct triples of all claims, by the rule above. Source: design of the model, README."""
    for verdict in judge_claims(seeds, vocabulary):
        yield from verdict.triples


def judge_claims(
    seeds: Seeds, vocabulary: Vocabulary, only: frozenset[Matter] | None = None
) -> Iterator[DirectOutcome]:
    """What becomes of each claim, by subject and property; of those on the matters in *only*, if given."""
    day, decisions = find_day(seeds), find_decisions(seeds)
    elsewhere = _judge_echoes(seeds, vocabulary, day, decisions)
    groups: dict[Matter, list[Claim]] = defaultdict(list)
    for claim in seeds.claims:
        if only is None or matter_of(claim) in only:
            groups[matter_of(claim)].append(claim)
    for matter, claims in sorted(groups.items()):
        prop = vocabulary.properties.get(matter[1])
        facts: list[Claim] = []
        for claim in claims:
            reason = _find_obstacle(claim, prop)
            if reason is not None:
                yield DirectOutcome(claim=claim, triples=(), reason=reason)
            else:
                facts.append(claim)
        if prop is not None and facts:
            yield from _judge_facts(facts, prop, day, decisions.get(matter, ()), elsewhere, seeds, vocabulary)


def explain_absence(claim: Claim, seeds: Seeds, vocabulary: Vocabulary) -> str:
    """Why a claim without a direct triple has none: the first reason of the rule that holds."""
    verdicts = judge_claims(seeds, vocabulary, frozenset({matter_of(claim)}))
    return next((v.reason for v in verdicts if v.claim.id == claim.id and v.reason), "it has one")


def _find_obstacle(claim: Claim, prop: Property | None) -> str | None:
    """What keeps a claim from being a fact on an entity, whatever others say."""
    if claim.mode is not Mode.FACT:
        return f"its mode is {claim.mode.value}, not fact"
    if claim.state.is_unreviewed:
        return "it was proposed, and nobody has reviewed it"
    if isinstance(claim.subject, ClaimRef):
        return "it speaks of a claim"
    return "its property is not declared" if prop is None else None


def _judge_facts(
    facts: Sequence[Claim], prop: Property, day: Day | None, decisions: Iterable[Decided],
    elsewhere: Mapping[str, str], seeds: Seeds, vocabulary: Vocabulary,
) -> Iterator[DirectOutcome]:  # fmt: skip
    """The verdicts on all facts, denials among them, that are about one subject and property."""
    current, left_out, _ = _find_current(facts, prop, day, decisions, seeds)
    disputed = _find_disputed(current, prop, seeds, vocabulary)
    said: dict[tuple[object, ...], Claim] = {}
    for claim in facts:
        triples = () if claim.negated else tuple(_triples_of(claim, prop, vocabulary))
        reason = _find_flaw(claim, triples) or left_out.get(claim.id) or disputed.get(claim.id)
        reason = reason or elsewhere.get(claim.id)
        if reason is None:
            # 73.60 and 73.6 are one value
            first = said.setdefault(object_key(claim, vocabulary), claim)
            if first is not claim:
                reason = f"{first.id} says the same, and the graph says it once"
        yield DirectOutcome(claim=claim, triples=triples if reason is None else (), reason=reason)


def _find_current(
    facts: Sequence[Claim], prop: Property, day: Day | None, decisions: Iterable[Decided], seeds: Seeds
) -> tuple[list[Claim], dict[str, str], dict[str, str]]:
    """The facts that count on the day; why each of the others does not, by its id; those that a decision set aside."""
    left_out: dict[str, str] = {}
    current = []
    for claim in facts:
        if holds_on(claim, prop, day):
            current.append(claim)
        else:
            left_out[claim.id] = _explain_time(claim, prop, day)
    if prop.time_varying:
        latest = {claim.id for claim in _find_latest(current, day, seeds)}
        left_out |= {c.id: "it is not known to be the latest value" for c in current if c.id not in latest}
        current = [claim for claim in current if claim.id in latest]
    current, against = choose_decided(current, decisions)
    reasons = {
        id_: f"the curator decided for {' and '.join(c.id for c in decided.chosen)}" for id_, decided in against.items()
    }
    return current, left_out | reasons, reasons


def _judge_echoes(
    seeds: Seeds, vocabulary: Vocabulary, day: Day | None, decisions: Mapping[Matter, tuple[Decided, ...]]
) -> dict[str, str]:
    """Why facts give no triple that clash with what is said on another matter (`kg.graph.echo`), by their ids."""
    echoes = find_echoes(seeds, vocabulary)
    own: dict[Matter, list[Claim]] = defaultdict(list)
    for claim in seeds.claims if echoes else ():
        own[matter_of(claim)].append(claim)
    judged = []
    found: dict[str, str] = {}
    decided_against: set[str] = set()  # on their own matters: there it is told
    for matter in decisions if echoes else ():
        prop = vocabulary.properties.get(matter[1])
        facts = [claim for claim in own[matter] if prop is not None and _find_obstacle(claim, prop) is None]
        if prop is not None:
            decided_against |= _find_current(facts, prop, day, decisions[matter], seeds)[2].keys()
    for matter, foreign in echoes.items():
        prop = vocabulary.properties[matter[1]]
        facts = [claim for claim in (*own[matter], *foreign) if _find_obstacle(claim, prop) is None]
        current, _, against = _find_current(facts, prop, day, decisions.get(matter, ()), seeds)
        strange = {claim.id for claim in foreign}
        judged.append((prop, current, strange))
        chosen = [claim for claim in current if claim.id not in strange]
        for claim in foreign:  # others of the matter go with a decision, what is said elsewhere only where it clashes
            if claim.id not in against:
                continue
            if all(can_both_hold(claim, one, prop, vocabulary) for one in chosen):
                current.append(claim)
            else:
                found[claim.id] = against[claim.id]
    set_aside = decided_against | found.keys()
    for prop, counted, strange in judged:
        current = [claim for claim in counted if claim.id not in set_aside]
        clashing = [c for group in find_clashes(current, prop, seeds, vocabulary, dated=prop.occurrence) for c in group]
        values = {object_key(claim, vocabulary) for claim in current if not claim.negated}
        if (prop.functional or prop.time_varying) and len(values) > 1:
            clashing = list(current)
        ids = dict.fromkeys(claim.id for claim in clashing)
        if not ids.keys() & strange:
            continue
        for claim in current:
            if claim.id in ids:
                found.setdefault(claim.id, f"other facts disagree: {_list_ids(ids, but=claim.id)}")
            elif claim.id not in strange:
                found.setdefault(claim.id, f"facts on the same are disputed: {_list_ids(ids)}")
    return found


def _find_flaw(claim: Claim, triples: Sequence[DirectTriple]) -> str | None:
    if claim.negated:
        return "it denies something"
    if claim.clarity is not Clarity.CLEAR:
        return f"its text is {claim.clarity.value}"
    return None if triples else "its object is no entity and no exact value"


def _explain_time(claim: Claim, prop: Property, day: Day | None) -> str:
    if prop.period_total and claim.when is not None:
        return f"it is a sum for `{claim.when.text}`, and a triple has no time"
    when = "at an unknown time" if claim.when is None else f"for `{claim.when.text}`"
    return f"it holds {when}, and " + (
        f"the graph is of {write_day(day)}" if day is not None else "of which day the graph is, nothing says"
    )


def _find_latest(claims: Sequence[Claim], day: Day | None, seeds: Seeds) -> list[Claim]:
    """The claims of the latest as-of date, whatever their clarity: an unclear latest value hides older ones.

    Counts of a time that lies after *day* are left out.
    """
    dated = [(as_of(claim, seeds), claim) for claim in claims]
    if day is not None:
        dated = [
            (date, c) for date, c in dated
            if date is None or any(first is None or first <= day for first, _ in date.spans)
        ]  # fmt: skip
    known = [(date, claim) for date, claim in dated if date is not None and date.last is not None]
    if len(known) < len(dated):
        return []  # without a date nobody can say which value is the latest
    newest = max((date for date, _ in known), key=lambda d: (d.last, d.first or BEFORE_ALL), default=None)
    return [claim for date, claim in known if newest is not None and overlap(date, newest)]


def _find_disputed(claims: Sequence[Claim], prop: Property, seeds: Seeds, vocabulary: Vocabulary) -> Mapping[str, str]:
    """Why the claims among *claims*, all current, give no triple, by their ids; empty where nobody disputes them."""
    clashing = [c for group in find_clashes(claims, prop, seeds, vocabulary, dated=prop.occurrence) for c in group]
    clashing += _declared_unlike(claims)
    if clashing:
        ids = dict.fromkeys(claim.id for claim in clashing)
        denied = {object_key(c, vocabulary) for c in clashing if c.negated}
        found = {}
        for claim in claims:
            if claim.id not in ids:
                if not prop.occurrence or any(times_meet(claim, other, prop) for other in clashing):
                    found[claim.id] = f"facts on the same are disputed: {_list_ids(ids)}"
            elif object_key(claim, vocabulary) in denied:
                found[claim.id] = "another fact denies it"
            else:
                found[claim.id] = "other facts disagree, or give further values"
        return found
    values = {object_key(claim, vocabulary) for claim in claims if not claim.negated}
    if (prop.functional or prop.time_varying) and len(values) > 1:
        # Several values that could all be true (30000, and more than 20000): none is *the* value.
        return {claim.id: "other facts disagree, or give further values" for claim in claims}
    return {}


def _declared_unlike(claims: Sequence[Claim]) -> list[Claim]:
    """The claims that the curator declared to differ in value from another one among *claims*."""
    by_id = {claim.id: claim for claim in claims}
    found: dict[str, Claim] = {}
    for claim in claims:
        for unlike in claim.unlike:
            other = by_id.get(unlike.claim)
            if other is not None and unlike.difference is Difference.VALUE:
                found |= {claim.id: claim, other.id: other}
    return list(found.values())


def _list_ids(ids: Collection[str], but: str | None = None) -> str:
    """A few of the ids, and how many more there are; one of them may be left out."""
    first = list(islice((id_ for id_ in ids if id_ != but), 3))
    count = len(ids) - (but is not None)
    return " and ".join(first) if count < 3 else f"{', '.join(first[:2])} and {count - 2} more"


def _triples_of(claim: Claim, prop: Property, vocabulary: Vocabulary) -> Iterator[DirectTriple]:
    if claim.object is not None:
        for predicate, value in claim.object.direct(prop, vocabulary):
            yield DirectTriple(claim=claim, predicate=predicate, prop=prop, value=value)
