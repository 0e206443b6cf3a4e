"""Claims make sense: in time, towards each other, towards those who say them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.check.context import RuleContext
from kg.graph.interest import speaks_of_own_affairs
from kg.model.nouns import Claim, Clarity, Mode
from kg.model.values import ClaimRef, Date, Quantity, describe_edtf, hint_at_iri
from kg.rdf.iri import expand_iri
from kg.rdf.namespace import KG, SCHEMA
from kg.text.diagnostic import Diagnostic, Mark, Related, list_known
from kg.text.edtf import Edtf, parse_edtf

_SPEAKERS = frozenset({SCHEMA + "Person", SCHEMA + "Organization", KG + "Voice"})
_EVENTS = frozenset({SCHEMA + "Event"})
_VENUES = frozenset({SCHEMA + "Event", SCHEMA + "CreativeWork", SCHEMA + "Place"})
_ROLES = {  # what each key names, and where else the thing may belong
    "by": ("who says it", "where it was said stands under `where`"),
    "via": ("who passes it on", "where it was said stands under `where`"),
    "where": (
        "the event or the work in which it was said",
        "who says it stands under `by`, who passes it on under `via`",
    ),
}
_SEASON = re.compile(r"(?<![\d-])(?P<year>\d{4})-(?P<season>2[1-9]|3\d|4[01])(?![\d-])")
_TELL_TIME = "write `when:`, or `when: unknown` where the text does not say"
_NEEDS_TIME = {Mode.PLAN, Mode.TARGET, Mode.PROMISE, Mode.FORECAST}


def check_times(context: RuleContext) -> Iterator[Diagnostic]:
    """A fact does not lie after its source's publication, and nothing was said after it."""
    told: set[Mark] = set()  # the date of a voice is that of all its claims
    for claim in context.seeds.claims:
        published = _published(claim.source, context)
        if published is not None and claim.mode is Mode.FACT:
            yield from _check_fact_times(claim, published)
        for evidence in claim.evidence:
            published = _published(evidence.source, context)
            if published is not None and evidence.said_on is not None and evidence.said_on.mark not in told:
                told.add(evidence.said_on.mark)
                words = f"`{claim.id}` cannot have been said"
                said = evidence.said_on
                yield from _later(said.edtf, said.mark, published, "said-after-source", words)


def _published(source_id: str, context: RuleContext) -> Edtf | None:
    source = context.seeds.source_by_id.get(source_id)
    return source.published.edtf if source and source.published else None


def _check_fact_times(claim: Claim, published: Edtf) -> Iterator[Diagnostic]:
    dates = [claim.when, claim.as_of, claim.object if isinstance(claim.object, Date) else None]
    for date in dates:
        if date is not None:
            yield from _later(date.edtf, date.mark, published, "fact-after-source", "a fact cannot lie")


def _later(date: Edtf, mark: Mark, published: Edtf, code: str, words: str) -> Iterator[Diagnostic]:
    if date.first is not None and published.last is not None and date.first > published.last:
        hint = "is it a plan, a promise or a forecast?" if code == "fact-after-source" else None
        message = f"{words} in {date.text}: the source is of {published.text}"
        yield Diagnostic(code=code, mark=mark, message=message, hint=hint)


def check_seasons(context: RuleContext) -> Iterator[Diagnostic]:
    """A season whose number is that of the next year (`2024-25`) is no business year, school year or winter."""
    told: set[Mark] = set()
    for claim in context.seeds.claims:
        value = claim.object if isinstance(claim.object, Date) else None
        said = [(evidence.said_on, "on") for evidence in claim.evidence]
        for date, key in [(value, "o"), (claim.when, "when"), (claim.as_of, "asof"), *said]:
            if date is None or date.mark in told or claim.is_inferred(key):
                continue
            for found in _SEASON.finditer(date.text):
                if int(found["season"]) == (int(found["year"]) + 1) % 100:
                    told.add(date.mark)
                    message = f"`{found[0]}` says {describe_edtf(parse_edtf(found[0]))}"
                    years = f"{found['year']}/{int(found['year']) + 1:04}"
                    hint = f"is it {years.replace('/', ' to ')}? Then write `{years}`"
                    yield Diagnostic(code="season-or-years", mark=date.mark, message=message, hint=hint)


def check_as_of(context: RuleContext) -> Iterator[Diagnostic]:
    """`asof` belongs to what varies over time; plans and sums over a time say for when, or that it is unknown."""
    for claim in context.seeds.claims:
        prop = context.vocabulary.properties.get(claim.predicate.text)
        if claim.as_of is not None and prop is not None and not prop.time_varying:
            message = f"`{prop.name}` does not vary over time, so `asof` says nothing"
            hint = "write `when`, or declare the property kg:TimeVarying"
            yield Diagnostic(code="needless-asof", mark=claim.mark_of("asof"), message=message, hint=hint)
        if claim.when is not None or claim.unknown_when:
            continue
        if claim.mode in _NEEDS_TIME:
            message = f"the {claim.mode} `{claim.id}` does not say for when"
            yield Diagnostic(code="no-deadline", mark=claim.mark, message=message, hint=_TELL_TIME)
        elif prop is not None and prop.period_total:
            message = f"the sum `{claim.id}` does not say over which time"
            yield Diagnostic(code="no-period", mark=claim.mark, message=message, hint=_TELL_TIME)


def check_via(context: RuleContext) -> Iterator[Diagnostic]:
    """Who passes a claim on is another than who says it."""
    told: set[Mark] = set()  # the voice of a stretch is that of all its claims
    for claim in context.seeds.claims:
        speakers = {speaker.text for speaker in claim.speakers}
        for ref in (ref for evidence in claim.evidence for ref in evidence.via):
            if ref.text in speakers and ref.mark not in told:
                told.add(ref.mark)
                message = f"`{ref.text}` says it, and does not pass it on"
                hint = "`by` is who said it first, `via` who repeats it"
                yield Diagnostic(code="via-speaker", mark=ref.mark, message=message, hint=hint)


def check_roles(context: RuleContext) -> Iterator[Diagnostic]:
    """`where` names no speaker, and `by` and `via` name no event: what a class says of its things goes with both."""
    told: set[Mark] = set()
    for claim in context.seeds.claims:
        refs = [("by", ref, _EVENTS, _SPEAKERS) for ref in claim.speakers]
        for evidence in claim.evidence:
            refs += [("via", ref, _EVENTS, _SPEAKERS) for ref in evidence.via]
            refs += [("where", evidence.venue, _SPEAKERS, _VENUES)] if evidence.venue is not None else []
        for key, ref, strange, fitting in refs:
            entity = context.seeds.entity_by_key.get(ref.text)
            if entity is None or ref.mark in told:
                continue
            known = context.vocabulary.classes
            above = {iri for c in entity.classes if c.text in known for iri in known[c.text].ancestors}
            if above & strange and not above & fitting:
                told.add(ref.mark)
                what, hint = _ROLES[key]
                message = f"`{key}` is {what}, and `{entity.key}` is {list_known(c.text for c in entity.classes)}"
                yield Diagnostic(code="odd-role", mark=ref.mark, message=message, hint=hint,
                                 related=(Related(mark=entity.mark, message="declared here"),))  # fmt: skip


def check_conversions(context: RuleContext) -> Iterator[Diagnostic]:
    """Facts in another unit than their property's are exact in that one too, in which the graph says them."""
    for claim in context.seeds.claims:
        prop = context.vocabulary.properties.get(claim.predicate.text)
        value = claim.object
        if prop is None or not isinstance(value, Quantity) or not _may_be_direct(claim):
            continue
        if any(value.convert(number, prop, context.vocabulary) is None for _, number in value.ends(prop)):
            symbol = context.vocabulary.unit_by_iri[prop.unit].symbol if prop.unit else prop.name
            message = f"`{value.text}` has no {'whole' if prop.integer else 'exact'} value in `{symbol}`"
            hint = f"write it in `{symbol}`, or `about {value.text}` where it is rounded"
            yield Diagnostic(code="inexact-conversion", mark=claim.object_mark, message=message, hint=hint)


def _may_be_direct(claim: Claim) -> bool:
    """Whether a graph of some day may say what *claim* says itself."""
    clear = claim.clarity is Clarity.CLEAR
    return claim.mode is Mode.FACT and not claim.negated and clear and not isinstance(claim.subject, ClaimRef)


def check_self_reference(context: RuleContext) -> Iterator[Diagnostic]:
    """No claim speaks of itself, differs from itself, or both differs from and fits another."""
    for claim in context.seeds.claims:
        for end in (claim.subject, claim.object):
            if isinstance(end, ClaimRef) and end.id == claim.id:
                yield _self(end.mark, claim)
        fits = {ref.id for ref in claim.compatible}
        for unlike in claim.unlike:
            if unlike.claim == claim.id:
                yield _self(unlike.mark, claim)
                continue
            other = context.seeds.claim_by_id.get(unlike.claim)
            if unlike.claim in fits or (other and claim.id in {ref.id for ref in other.compatible}):
                message = f"`{claim.id}` and `{unlike.claim}` are declared unlike and compatible"
                yield Diagnostic(
                    code="contradictory-declaration",
                    mark=unlike.mark,
                    message=message,
                    hint="keep one of the two",
                )
        for ref in claim.compatible:
            if ref.id == claim.id:
                yield _self(ref.mark, claim)


def _self(mark: Mark, claim: Claim) -> Diagnostic:
    return Diagnostic(code="self-reference", mark=mark, message=f"the claim `{claim.id}` refers to itself")


def check_interests(context: RuleContext) -> Iterator[Diagnostic]:
    """A fact is stated by somebody else than those whose own affair it is: else it is noted."""
    for claim in context.seeds.claims:
        if claim.mode is Mode.FACT and speaks_of_own_affairs(claim, context.story.interests):
            speakers = " and ".join(f"`{s.text}`" for s in claim.speakers)
            message = f"the fact `{claim.id}` rests on {speakers} alone, who speak of their own affairs"
            if len(claim.speakers) == 1:
                message = f"the fact `{claim.id}` rests on {speakers} alone, who speaks of their own affairs"
            yield Diagnostic(code="interested-party", mark=claim.mark, message=message)


def check_outside_ids(context: RuleContext) -> Iterator[Diagnostic]:
    """Every outside id (`same`) is an IRI, or a CURIE of a known prefix."""
    namespaces = context.seeds.dataset.prefixes.namespaces or None  # none at all: the data set could not be read
    for entity in context.seeds.entities:
        for ref in entity.same:
            problem = expand_iri(ref.text, namespaces)
            if not isinstance(problem, str):
                message = f"`{ref.text}` is no outside id: {problem.message}"
                hint = hint_at_iri(ref.text, problem, namespaces)
                yield Diagnostic(code="bad-iri", mark=ref.mark, message=message, hint=hint)
