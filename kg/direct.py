"""Which claims become direct triples: the one place where the graph says a thing itself.

A direct triple is asserted iff the mode is fact, the text is clear, and the object is an entity or one
exact value. Of a time-varying property only the latest as-of value counts, and if that one is not exact,
none is asserted. Facts that disagree on a functional property give none until the curator decides. A range
gives the pair of properties that the property names for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kg.dispute import as_of, can_both_hold, object_key
from kg.edtf import overlap
from kg.model import Address, Claim, ClaimRef, Clarity, Date, EntityRef, Mode, Object, Quantity, Seeds, Truth
from kg.reading.objects import convert_number
from kg.vocabulary import Property, Vocabulary


@dataclass(frozen=True, kw_only=True)
class DirectTriple:
    """What a claim lets the graph say: the property's IRI and the object, in the property's unit."""

    claim: Claim
    predicate: str
    prop: Property
    value: Object


def find_direct_triples(seeds: Seeds, vocabulary: Vocabulary) -> Iterator[DirectTriple]:
    """The direct triples of all claims, by the rule above. Source: design of the model, README."""
    groups: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in seeds.claims:
        prop = vocabulary.properties.get(claim.predicate.text)
        if prop is not None and claim.mode is Mode.FACT and isinstance(claim.subject, EntityRef):
            groups[claim.subject.key, prop.name].append(claim)
    for (_, name), claims in sorted(groups.items()):
        prop = vocabulary.properties[name]
        denied = {object_key(c, vocabulary) for c in claims if c.negated}
        claims = [c for c in claims if object_key(c, vocabulary) not in denied]  # the denials go with what they deny
        if prop.time_varying:
            claims = _latest(claims, seeds)
        if prop.time_varying or prop.functional:
            claims = _agreeing(claims, prop, vocabulary)
        said: dict[tuple[object, ...], Claim] = {}
        for claim in claims:
            if claim.clarity is Clarity.CLEAR:
                said.setdefault(object_key(claim, vocabulary), claim)  # 73.60 and 73.6 are one value
        for claim in said.values():
            yield from _triples_of(claim, prop, vocabulary)


def explain_absence(claim: Claim, seeds: Seeds, vocabulary: Vocabulary) -> str:
    """Why a claim without a direct triple has none: the first reason of the rule that holds."""
    prop = vocabulary.properties.get(claim.predicate.text)
    if claim.mode is not Mode.FACT:
        return f"its mode is {claim.mode.value}, not fact"
    if isinstance(claim.subject, ClaimRef):
        return "it speaks of a claim"
    if claim.negated:
        return "it denies something"
    if claim.clarity is not Clarity.CLEAR:
        return f"its text is {claim.clarity.value}"
    if prop is None or not any(_triples_of(claim, prop, vocabulary)):
        return "its object is no entity and no exact value"
    like = [c for c in seeds.claims if (c.subject, c.predicate) == (claim.subject, claim.predicate)]
    facts = [c for c in like if c.mode is Mode.FACT]
    same = {c.id for c in facts if object_key(c, vocabulary) == object_key(claim, vocabulary)}
    saying = next((t.claim.id for t in find_direct_triples(seeds, vocabulary) if t.claim.id in same), None)
    if saying is not None:
        return f"{saying} says the same, and the graph says it once"
    if any(c.negated and c.id in same for c in facts):
        return "another fact denies it"
    if prop.time_varying and claim not in _latest(facts, seeds):
        return "it is not known to be the latest value"
    return "other facts disagree, or give further values"


def _latest(claims: list[Claim], seeds: Seeds) -> list[Claim]:
    """The claims of the latest as-of date, whatever their clarity: an unclear latest value hides older ones."""
    dated = [(as_of(claim, seeds), claim) for claim in claims]
    known = [(date, claim) for date, claim in dated if date is not None and date.latest is not None]
    if len(known) < len(dated):
        return []  # without a date nobody can say which value is the latest
    newest = max((date for date, _ in known), key=lambda d: (d.latest, d.earliest or ""), default=None)
    return [claim for date, claim in known if newest is not None and overlap(date, newest)]


def _agreeing(claims: list[Claim], prop: Property, vocabulary: Vocabulary) -> list[Claim]:
    """The claims, unless two of them cannot both hold or they say more than one value."""
    if any(not can_both_hold(a, b, prop, vocabulary) for a in claims for b in claims):
        return []
    if len({object_key(claim, vocabulary) for claim in claims}) > 1:
        # Several values that could all be true (30000, and more than 20000): none is *the* value.
        return []
    return claims


def _triples_of(claim: Claim, prop: Property, vocabulary: Vocabulary) -> Iterator[DirectTriple]:
    match claim.object:
        case EntityRef() | Truth() | Address():
            yield DirectTriple(claim=claim, predicate=prop.iri, prop=prop, value=claim.object)
        case Date(edtf=edtf) if edtf.exact:
            yield DirectTriple(claim=claim, predicate=prop.iri, prop=prop, value=claim.object)
        case Quantity() as quantity if quantity.approximate:
            return
        case Quantity() as quantity if quantity.exact and quantity.number is not None:
            yield from _quantity(claim, prop, prop.iri, quantity.number, quantity, vocabulary)
        case Quantity(number=None, lowest=str() as lowest, highest=str() as highest) as quantity:
            if prop.lowest is not None:
                yield from _quantity(claim, prop, prop.lowest, lowest, quantity, vocabulary)
            if prop.highest is not None:
                yield from _quantity(claim, prop, prop.highest, highest, quantity, vocabulary)
        case _:
            return


def _quantity(
    claim: Claim, prop: Property, predicate: str, number: str, quantity: Quantity, vocabulary: Vocabulary
) -> Iterator[DirectTriple]:
    unit = vocabulary.unit_by_iri.get(quantity.unit or "")
    wanted = vocabulary.unit_by_iri.get(prop.unit or "")
    text = convert_number(number, unit, wanted) if unit and wanted else number
    if text is not None:
        exact = Quantity(text=text, number=text, lowest=text, highest=text, unit=prop.unit, mark=quantity.mark)
        yield DirectTriple(claim=claim, predicate=predicate, prop=prop, value=exact)
