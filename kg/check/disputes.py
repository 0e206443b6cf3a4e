"""Disagreements are seen by the curator: declared, or decided; and a decision decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from kg.check.context import RuleContext
from kg.graph.compare import can_both_hold, find_clashes, object_key, times_meet
from kg.graph.decision import Decided, Matter, find_decisions, matter_of
from kg.graph.dispute import Comparison, Outcome, declared_links, find_answer_groups
from kg.graph.echo import find_echoes
from kg.model.nouns import Claim, Difference, Mode
from kg.model.ontology.vocabulary import Property
from kg.model.values import ClaimRef
from kg.text.diagnostic import Diagnostic, Related
from kg.text.edtf import may_agree

_NAMED = 4  # claims that a message names; of the others it tells the number


def check_disputes(context: RuleContext) -> Iterator[Diagnostic]:
    """Every conflict that is found is declared or decided: the curator looked at it. Each is told once."""
    for comparison in context.story.comparisons:
        if comparison.relation is Outcome.CONFLICT and not comparison.declared:
            yield _tell_conflict(comparison, context)


def _tell_conflict(comparison: Comparison, context: RuleContext) -> Diagnostic:
    """The conflict at one of its claims, with the claims of other answers that are not declared unlike it."""
    sides = find_answer_groups(comparison, context.vocabulary, declared_links)
    claim, others = _choose_sides(sides, comparison, context)
    names = [_short(other, claim) for other in others]
    difference = comparison.difference or Difference.VALUE
    told = [claim, *(c for c in comparison.claims if c is not claim)]
    unlike = ", ".join(f"{name}: {difference}" for name in names)
    hint = f"declare it (`unlike: {{{unlike}}}`), or that they fit (`compatible: [{', '.join(names)}]`)"
    return Diagnostic(
        code="undeclared-conflict",
        mark=claim.mark,
        message=f"{_name(told)} seem to conflict: {comparison.reason}",
        hint=hint,
        related=tuple(Related(mark=other.mark, message="the other claim") for other in others[:_NAMED]),
    )


def _choose_sides(
    sides: Sequence[Sequence[Claim]], comparison: Comparison, context: RuleContext
) -> tuple[Claim, list[Claim]]:
    """A claim to tell the conflict at, and one of each other side that clashes with it.

    It is the claim where the conflict is accepted, else the last that clashes with some other.
    """
    accepted = [c for c in comparison.claims if any(a.code == "undeclared-conflict" for a in c.accept)]
    ordered = [*accepted, *reversed(comparison.claims)]
    side_of = {claim.id: number for number, side in enumerate(sides) for claim in side}
    for claim in ordered:
        others = [
            other for number, side in enumerate(sides) if number != side_of[claim.id]
            for other in [next((c for c in side if _clash(c, claim, comparison, context)), None)] if other is not None
        ]  # fmt: skip
        if others:
            return claim, others
    return ordered[0], [side[0] for side in sides if side_of[ordered[0].id] != side_of[side[0].id]]


def _clash(a: Claim, b: Claim, comparison: Comparison, context: RuleContext) -> bool:
    prop = context.vocabulary.properties[a.predicate.text]
    if comparison.answers:
        return times_meet(a, b, prop) and comparison.answers[a.id] != comparison.answers[b.id]
    if comparison.difference is Difference.VALUE:
        return times_meet(a, b, prop) and not can_both_hold(a, b, prop, context.vocabulary)
    if comparison.difference is Difference.TIME:
        return a.when is not None and b.when is not None and not may_agree(a.when.edtf, b.when.edtf)
    return True


def _short(other: Claim, claim: Claim) -> str:
    """A claim's id as it is written at *claim*: without its source where that is the same."""
    return other.id.partition(".")[2] if other.id.partition(".")[0] == claim.id.partition(".")[0] else other.id


def _name(claims: Sequence[Claim]) -> str:
    ids = [f"`{c.id}`" for c in claims]
    if len(ids) > _NAMED:
        ids = [*ids[: _NAMED - 1], f"{len(ids) - _NAMED + 1} more"]
    return f"{', '.join(ids[:-1])} and {ids[-1]}"


def check_decisions(context: RuleContext) -> Iterator[Diagnostic]:
    """A decision is about its own matter, decides something, and no other contradicts it."""
    groups: dict[Matter, list[Claim]] = defaultdict(list)
    decisions = find_decisions(context.seeds)
    for claim in context.seeds.claims:
        if matter_of(claim) in decisions and claim.mode is Mode.FACT:
            groups[matter_of(claim)].append(claim)
    for matter, echoes in find_echoes(context.seeds, context.vocabulary).items() if decisions else ():
        groups[matter] += [echo for echo in echoes if echo.mode is Mode.FACT]
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
            message = f"the decision of `{one.owner.id}` takes claims that cannot both hold: {_name(group)}"
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
