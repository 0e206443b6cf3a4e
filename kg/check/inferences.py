"""A claim fits its sentence: a reason for what the sentence does not say is told where the sentence does say it.

What a reason excuses are figures, units and names. Where the text is at hand, the claims with reasons are looked at as
if they gave none: a key of which nothing is missing then needs no reason. Of objects in words, and of claims, nothing
is looked up, so their reasons are believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.check import figures, naming, wording
from kg.check.context import RuleContext
from kg.model.nouns import Claim
from kg.model.values import Date, EntityRef, Quantity
from kg.text.diagnostic import Diagnostic, Mark

_LOOKED_FOR = {"figure-not-in-sentence", "unit-not-in-sentence"}


def check_inferences(context: RuleContext) -> Iterator[Diagnostic]:
    """Each reason of `inferred` is for something that some sentence of the claim does not say."""
    groups: dict[Mark, list[Claim]] = {}  # those of a list of objects share their reasons
    for claim in context.seeds.claims:
        if claim.inferred:
            groups.setdefault(claim.mark, []).append(claim)
    for claims in groups.values():
        for inference in claims[0].inferred:
            keys = [inference.key] if inference.key is not None else ["s", "o", "when", "asof"]
            said = [key for key in keys if any(_find_value(claim, key) is not None for claim in claims)]
            if not said:
                what = f"`{claims[0].id}` says how it knows its `{inference.key}`, and has none"
            elif _are_read(claims, context) and not any(_needs(claims, key, context) for key in said):
                what = f"`{claims[0].id}` says how it knows its `{inference.key}`, and the sentence says it"
                if inference.key is None:
                    what = f"`{claims[0].id}` says how it knows what its sentence says"
            else:
                continue
            hint = "take the reason out, or put it under the key that was worked out"
            yield Diagnostic(code="needless-inferred", mark=inference.reason.mark, message=what, hint=hint)


def _find_value(claim: Claim, key: str) -> object | None:
    return {"s": claim.subject, "o": claim.object, "when": claim.when, "asof": claim.as_of}[key]


def _are_read(claims: Iterable[Claim], context: RuleContext) -> bool:
    """Whether the text of every sentence that says one of the claims is at hand."""
    return all(context.read_sentence(evidence) is not None for claim in claims for evidence in claim.evidence)


def _needs(claims: list[Claim], key: str, context: RuleContext) -> bool:
    """Whether some sentence does not say what stands under *key*, or nobody looks whether it does."""
    for claim in claims:
        value = _find_value(claim, key)
        if isinstance(value, EntityRef):
            entity = context.seeds.entity_by_key.get(value.key)
            sentences = (context.read_sentence(evidence) for evidence in claim.evidence)
            if entity is None or not all(s is not None and naming.names_entity(s, entity) for s in sentences):
                return True
        elif isinstance(value, Quantity | Date):
            plain = replace(claim, inferred=())
            seeds = replace(context.seeds, claims=(plain,))
            alone = replace(context, story=replace(context.story, seeds=seeds))
            found = (*figures.check_figures(alone), *wording.check_wording(alone))
            own = {claim.object_mark if key == "o" else claim.mark_of(key), *(e.mark for e in claim.evidence)}
            if any(d.code in _LOOKED_FOR and d.mark in own for d in found):
                return True
        elif value is not None:
            return True
    return False
