"""Disagreement, development, difference of kind and of measure: what claims are to each other.

Claims on the same subject and property with incompatible values for overlapping times disagree; a later
as-of value is a development; a promise here and a target there differ in kind. Candidates are computed,
the curator declares (`unlike`, `compatible`), all is shown, and nothing is resolved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations

from kg.edtf import Edtf, overlap
from kg.model import (
    Address,
    Claim,
    ClaimRef,
    Date,
    Difference,
    EntityRef,
    Mode,
    Quantity,
    Seeds,
    Text,
    Truth,
)
from kg.reading.objects import convert_number
from kg.vocabulary import Property, Vocabulary


class Relation(StrEnum):
    """What two claims are to each other."""

    CONFLICT = "conflict"
    DEVELOPMENT = "development"
    KIND = "difference of kind"
    MEASURE = "difference of measure"
    COMPATIBLE = "compatible"


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """Two claims, what they are to each other, and why; *declared* where the curator said so.

    The first is the earlier one (by as-of date for a development), else the one with the smaller id.
    """

    first: Claim
    second: Claim
    relation: Relation
    difference: Difference | None
    declared: bool
    reason: str


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


def as_of(claim: Claim, seeds: Seeds) -> Edtf | None:
    """The date of a count: the claim's own, else that of its source's publication."""
    if claim.as_of is not None:
        return claim.as_of.edtf
    source = seeds.source_by_id.get(claim.source)
    return source.published.edtf if source and source.published else None


def object_key(claim: Claim, vocabulary: Vocabulary) -> tuple[object, ...]:
    """What makes two objects the same: kind and value; 0.0736 MWh is 73.60 kWh."""
    match claim.object:
        case EntityRef(key=key):
            return ("entity", key)
        case ClaimRef(id=id_):
            return ("claim", id_)
        case Quantity() as q:
            prop = vocabulary.properties.get(claim.predicate.text)
            unit = prop.unit if prop else q.unit
            numbers = (_in_unit(number, q.unit, unit, vocabulary) for number in (q.number, q.lowest, q.highest))
            return ("quantity", *numbers, q.exclusive)
        case Date(edtf=edtf):
            return ("date", edtf.text)
        case Text(text=text, lang=lang):
            return ("text", text, lang)
        case Truth(value=value):
            return ("truth", value)
        case Address(iri=iri):
            return ("iri", iri)
        case _:
            return ("unread", claim.id)


Bounds = tuple[Fraction | None, Fraction | None, bool]


def quantity_bounds(quantity: Quantity, prop: Property, vocabulary: Vocabulary) -> Bounds:
    """Lowest, highest and whether they are exclusive, in the property's unit; None where unbounded."""

    lowest, highest = (
        _in_unit(number, quantity.unit, prop.unit, vocabulary) for number in (quantity.lowest, quantity.highest)
    )
    return lowest, highest, quantity.exclusive


def _in_unit(number: str | None, unit: str | None, wanted: str | None, vocabulary: Vocabulary) -> Fraction | None:
    """A number that stands in the unit of this IRI, in the *wanted* one."""
    if number is None:
        return None
    a, b = vocabulary.unit_by_iri.get(unit or ""), vocabulary.unit_by_iri.get(wanted or "")
    converted = convert_number(number, a, b) if a and b else number
    return Fraction(converted) if converted is not None else None


def can_both_hold(a: Claim, b: Claim, prop: Property, vocabulary: Vocabulary) -> bool:
    """Whether the objects of two claims can be true together: they are the same, or their bounds meet."""
    if object_key(a, vocabulary) == object_key(b, vocabulary):
        return a.negated == b.negated
    if a.negated or b.negated:
        return True  # not this value, and that one
    if isinstance(a.object, Quantity) and isinstance(b.object, Quantity):
        if a.object.approximate or b.object.approximate:
            return True
        low_a, high_a, open_a = quantity_bounds(a.object, prop, vocabulary)
        low_b, high_b, open_b = quantity_bounds(b.object, prop, vocabulary)
        return _meets(high_a, low_b, open_a or open_b) and _meets(high_b, low_a, open_a or open_b)
    if isinstance(a.object, Date) and isinstance(b.object, Date):
        return overlap(a.object.edtf, b.object.edtf)
    return not prop.functional


def _meets(high: Fraction | None, low: Fraction | None, exclusive: bool) -> bool:
    return high is None or low is None or (high > low if exclusive else high >= low)


def _times_meet(a: Claim, b: Claim) -> bool:
    return a.when is None or b.when is None or overlap(a.when.edtf, b.when.edtf)


def find_pairings(seeds: Seeds, vocabulary: Vocabulary) -> tuple[Pairing, ...]:
    """All pairs of claims that differ in a way worth showing, sorted by the ids of the two."""
    found: dict[tuple[str, str], Pairing] = {}
    for pairing in [*_declared(seeds), *_computed(seeds, vocabulary)]:
        key = (min(pairing.first.id, pairing.second.id), max(pairing.first.id, pairing.second.id))
        found.setdefault(key, pairing)
    return tuple(found[key] for key in sorted(found))


def _declared(seeds: Seeds) -> Iterator[Pairing]:
    relations = {Difference.MODE: Relation.KIND, Difference.MEASURE: Relation.MEASURE}
    for claim in seeds.claims:
        for unlike in claim.unlike:
            other = seeds.claim_by_id.get(unlike.claim)
            if other is not None:
                first, second = sorted((claim, other), key=lambda c: c.id)
                yield Pairing(
                    first=first,
                    second=second,
                    relation=relations.get(unlike.difference, Relation.CONFLICT),
                    difference=unlike.difference,
                    declared=True,
                    reason=f"declared to differ in {unlike.difference}",
                )
        for ref in claim.compatible:
            other = seeds.claim_by_id.get(ref.id)
            if other is not None:
                first, second = sorted((claim, other), key=lambda c: c.id)
                yield Pairing(
                    first=first,
                    second=second,
                    relation=Relation.COMPATIBLE,
                    difference=None,
                    declared=True,
                    reason="declared compatible",
                )


def _computed(seeds: Seeds, vocabulary: Vocabulary) -> Iterator[Pairing]:
    groups: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    same_value: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in seeds.claims:
        if claim.mode is Mode.QUESTION or claim.object is None or claim.predicate.text not in vocabulary.properties:
            continue
        groups[claim.subject.text, claim.predicate.text].append(claim)
        if isinstance(claim.object, Quantity):
            same_value[claim.source, claim.predicate.text, *object_key(claim, vocabulary)].append(claim)
    for (_, predicate), claims in groups.items():
        prop = vocabulary.properties[predicate]
        for a, b in combinations(claims, 2):
            pairing = compare_claims(a, b, prop, seeds, vocabulary)
            if pairing is not None:
                yield pairing
    for claims in same_value.values():
        for a, b in combinations(claims, 2):
            if a.subject.text != b.subject.text and a.mode is b.mode and _times_meet(a, b):
                yield Pairing(
                    first=a,
                    second=b,
                    relation=Relation.CONFLICT,
                    difference=Difference.SUBJECT,
                    declared=False,
                    reason=f"one source says the same of {a.subject.text} and of {b.subject.text}",
                )


def compare_claims(a: Claim, b: Claim, prop: Property, seeds: Seeds, vocabulary: Vocabulary) -> Pairing | None:
    """What two claims on one subject and property are to each other; None where nothing is worth showing."""
    same_object = object_key(a, vocabulary) == object_key(b, vocabulary)
    fits = can_both_hold(a, b, prop, vocabulary)

    def pair(relation: Relation, difference: Difference | None, reason: str) -> Pairing:
        return Pairing(first=a, second=b, relation=relation, difference=difference, declared=False, reason=reason)

    if prop.time_varying and not same_object and a.mode is Mode.FACT and b.mode is Mode.FACT:
        date_a, date_b = as_of(a, seeds), as_of(b, seeds)
        if date_a and date_b and not overlap(date_a, date_b):
            if (date_a.latest or "9999") > (date_b.latest or "9999"):
                a, b, date_a, date_b = b, a, date_b, date_a
            return pair(
                Relation.DEVELOPMENT,
                Difference.TIME,
                f"{prop.name} as of {date_a.text}, then as of {date_b.text}",
            )
        if fits:
            return None
    if a.mode is not b.mode:
        about_one_matter = same_object or prop.functional or prop.time_varying or prop.asks_when
        if about_one_matter and (same_object or not fits or prop.functional):
            return pair(Relation.KIND, Difference.MODE, f"{a.mode} here, {b.mode} there")
        return None
    if a.negated != b.negated and same_object and _times_meet(a, b):
        return pair(Relation.CONFLICT, Difference.VALUE, "one says so, the other says not")
    one_value = prop.functional or prop.time_varying
    if one_value and not fits and _times_meet(a, b):
        return pair(Relation.CONFLICT, Difference.VALUE, f"two values of {prop.name}, which has one at a time")
    if prop.asks_when and same_object and not (a.negated or b.negated or _times_meet(a, b)):
        return pair(Relation.CONFLICT, Difference.TIME, "two times for the same thing that do not meet")
    return None


def find_open_questions(seeds: Seeds, vocabulary: Vocabulary) -> tuple[OpenQuestion, ...]:
    """The questions that the ontology asks and more than one answer is given to, by (subject, property).

    A claim of mode question asks and does not answer; it is left out.
    """
    groups: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for claim in seeds.claims:
        prop = vocabulary.properties.get(claim.predicate.text)
        if prop is None or not prop.questions or claim.mode is Mode.QUESTION or claim.object is None:
            continue
        target = str(object_key(claim, vocabulary)[1]) if prop.asks_when else ""
        groups[claim.subject.text, prop.name, target].append(claim)
    found = []
    for (subject, name, target), claims in sorted(groups.items()):
        prop = vocabulary.properties[name]
        answers = {answer_key(claim, prop, vocabulary) for claim in claims}
        if len(answers) > 1:
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
    """What makes two answers to a question the same: content and speakers."""
    speakers = tuple(s.text for s in claim.speakers)
    if prop.asks_when:
        return (claim.when.text if claim.when else "", *speakers)
    return (*object_key(claim, vocabulary), *speakers)
