"""Claims make sense: in time, towards each other, towards those who say them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from kg.check.context import RuleContext
from kg.compare import find_clashes, object_key
from kg.decision import Decided, Matter, find_decision, find_decisions, matter_of
from kg.diagnostic import Diagnostic, Mark, Related
from kg.dispute import Relation
from kg.edtf import Edtf
from kg.interest import speaks_of_own_affairs
from kg.iri import check_iri
from kg.model import Claim, Difference, Mode
from kg.reading.dataset import expand_same
from kg.values import ClaimRef, Date
from kg.vocabulary import Property

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
    if date.earliest is not None and published.latest is not None and date.earliest > published.latest:
        hint = "is it a plan, a promise or a forecast?" if code == "fact-after-source" else None
        message = f"{words} in {date.text}: the source is of {published.text}"
        yield Diagnostic(code=code, mark=mark, message=message, hint=hint)


def check_as_of(context: RuleContext) -> Iterator[Diagnostic]:
    """`asof` belongs to properties that vary over time; plans and promises say by when, or that it is unknown."""
    for claim in context.seeds.claims:
        prop = context.vocabulary.properties.get(claim.predicate.text)
        if claim.as_of is not None and prop is not None and not prop.time_varying:
            message = f"`{prop.name}` does not vary over time, so `asof` says nothing"
            hint = "write `when`, or declare the property kg:TimeVarying"
            yield Diagnostic(code="needless-asof", mark=claim.mark_of("asof"), message=message, hint=hint)
        if claim.mode in _NEEDS_TIME and claim.when is None and not claim.unknown_when:
            message = f"the {claim.mode} `{claim.id}` does not say for when"
            hint = "write `when:`, or `when: unknown` where the text does not say"
            yield Diagnostic(code="no-deadline", mark=claim.mark, message=message, hint=hint)


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


def check_disputes(context: RuleContext) -> Iterator[Diagnostic]:
    """Every conflict that is found is declared: the curator looked at it."""
    decisions = find_decisions(context.seeds)
    for pairing in context.story.pairings:
        decided = find_decision(pairing.first, decisions)
        if decided is not None and matter_of(pairing.second) == matter_of(pairing.first):
            continue
        if pairing.relation is Relation.CONFLICT and not pairing.declared:
            later, earlier = pairing.second, pairing.first
            difference = pairing.difference.value if pairing.difference else "value"
            short = earlier.id.partition(".")[2] if earlier.source == later.source else earlier.id
            yield Diagnostic(
                code="undeclared-conflict",
                mark=later.mark,
                message=f"`{later.id}` and `{earlier.id}` seem to conflict: {pairing.reason}",
                hint=f"declare it (`unlike: {{{short}: {difference}}}`), or that they fit (`compatible: [{short}]`)",
                related=(Related(mark=earlier.mark, message="the other claim"),),
            )


def check_decisions(context: RuleContext) -> Iterator[Diagnostic]:
    """A decision is about its own matter, decides something, and no other contradicts it."""
    groups: dict[Matter, list[Claim]] = defaultdict(list)
    decisions = find_decisions(context.seeds)
    for claim in context.seeds.claims:
        if matter_of(claim) in decisions and claim.mode is Mode.FACT:
            groups[matter_of(claim)].append(claim)
    for claim in context.seeds.claims:
        for ref in claim.decided.chosen if claim.decided else ():
            other = context.seeds.claim_by_id.get(ref.id)
            if other is not None and matter_of(other) != matter_of(claim):
                message = f"`{other.id}` is not about the subject and property of `{claim.id}`"
                hint = "a decision takes one or more of the claims on one subject and property"
                yield Diagnostic(code="decision-elsewhere", mark=ref.mark, message=message, hint=hint)
    for matter, decided in decisions.items():
        prop = context.vocabulary.properties.get(matter[1])
        if prop is not None:
            yield from _check_decided(decided, groups[matter], prop, context)


def _check_decided(
    decided: Sequence[Decided], facts: Sequence[Claim], prop: Property, context: RuleContext
) -> Iterator[Diagnostic]:
    seeds, vocabulary = context.seeds, context.vocabulary
    values = {object_key(c, vocabulary) for c in facts if not c.negated}
    several = (prop.functional or prop.time_varying) and len(values) > 1
    clashing = [c for group in find_clashes(facts, prop, seeds, vocabulary) for c in group]
    clashing += [c for c in facts if any(u.difference is Difference.VALUE for u in c.unlike)]
    for one in decided:
        chosen = [c for c in one.chosen if c.mode is Mode.FACT]
        matters = several or any(one.speaks_of(c) for c in clashing)
        if not chosen or not matters or isinstance(one.owner.subject, ClaimRef):
            message = f"the decision of `{one.owner.id}` decides nothing: "
            message += "none of the claims that it takes is a fact" if not chosen else "no facts disagree here"
            hint = "take it out, or decide where the conflict is: `kg disputes` shows them"
            yield Diagnostic(code="needless-decision", mark=one.decision.mark, message=message, hint=hint)
        for group in find_clashes(chosen, prop, seeds, vocabulary):
            message = f"the decision of `{one.owner.id}` takes claims that cannot both hold: {_names(group)}"
            yield Diagnostic(code="contradictory-decision", mark=one.decision.mark, message=message,
                             hint="take those of one side")  # fmt: skip
    first_of: dict[frozenset[str], Decided] = {}
    for one in decided:
        first_of.setdefault(one.decision.ids, one)
    kept = list(first_of.values())
    for number, one in enumerate(kept[1:], 1):
        other = next((k for k in kept[:number] if any(k.speaks_of(c) for c in one.chosen)), None)
        if other is not None:
            yield Diagnostic(
                code="contradictory-decision",
                mark=one.decision.mark,
                message=f"`{one.owner.id}` and `{other.owner.id}` decide differently between the same facts",
                hint="keep one of the two decisions",
                related=(Related(mark=other.decision.mark, message="the other decision"),),
            )


def _names(claims: Sequence[Claim]) -> str:
    return " and ".join(f"`{c.id}`" for c in claims)


def check_interests(context: RuleContext) -> Iterator[Diagnostic]:
    """Facts that only those whose affairs they are have stated are noted."""
    for claim in context.seeds.claims:
        if claim.mode is Mode.FACT and speaks_of_own_affairs(claim, context.story.interests):
            speakers = " and ".join(f"`{s.text}`" for s in claim.speakers)
            message = f"the fact `{claim.id}` rests on {speakers} alone, who speak of their own affairs"
            if len(claim.speakers) == 1:
                message = f"the fact `{claim.id}` rests on {speakers} alone, who speaks of their own affairs"
            yield Diagnostic(code="interested-party", mark=claim.mark, message=message)


def check_outside_ids(context: RuleContext) -> Iterator[Diagnostic]:
    """Every outside id (`same`) is an IRI, or a CURIE of a known prefix."""
    for entity in context.seeds.entities:
        for ref in entity.same:
            iri = expand_same(ref.text, context.seeds.dataset)
            problem = "no known prefix" if iri is None else None
            if iri is not None and (found := check_iri(iri)) is not None:
                problem = found.message
            if problem is not None:
                message = f"`{ref.text}` is no outside id: {problem}"
                hint = "write `wd:Q90`, or a whole IRI; prefixes are declared in seeds/dataset.yaml"
                yield Diagnostic(code="bad-iri", mark=ref.mark, message=message, hint=hint)
