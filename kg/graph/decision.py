"""Decisions of the curator between facts that disagree: which claims they take, and which they set aside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.graph.compare import times_meet
from kg.model.nouns import Claim, Decision, Seeds

Matter = tuple[str, str]
"""What claims are compared on: the subject and the property."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision with the claim where it stands, and the claims that it takes."""

    owner: Claim
    decision: Decision
    chosen: tuple[Claim, ...]

    def speaks_of(self, claim: Claim) -> bool:
        """Whether the decision is about *claim*, one on its matter: it holds at a time when a chosen one does."""
        return any(times_meet(claim, other) for other in self.chosen)


def matter_of(claim: Claim) -> Matter:
    """The subject and the property of a claim."""
    return claim.subject.text, claim.predicate.text


def find_decisions(seeds: Seeds) -> Mapping[Matter, tuple[Decided, ...]]:
    """All decisions by the matter that they decide; a proposal decides nothing before somebody has reviewed it."""
    found: dict[Matter, list[Decided]] = defaultdict(list)
    for claim in seeds.claims:
        if claim.decided is not None and not claim.state.is_unreviewed:
            chosen = tuple(c for id_ in claim.decided.ids if (c := seeds.claim_by_id.get(id_)) is not None)
            same = tuple(sorted((c for c in chosen if matter_of(c) == matter_of(claim)), key=lambda c: c.id))
            if same:
                found[matter_of(claim)].append(Decided(owner=claim, decision=claim.decided, chosen=same))
    return {matter: tuple(decisions) for matter, decisions in found.items()}


def find_decision(claim: Claim, decisions: Mapping[Matter, tuple[Decided, ...]]) -> Decided | None:
    """The decision that is about *claim*; None where there is none."""
    return next((d for d in decisions.get(matter_of(claim), ()) if d.speaks_of(claim)), None)


def choose_decided(claims: Sequence[Claim], decisions: Iterable[Decided]) -> tuple[list[Claim], dict[str, Decided]]:
    """The claims of one matter that decisions leave, and the decision against each of the others by its id."""
    against: dict[str, Decided] = {}
    for decided in decisions:
        if any(c.id in decided.decision.ids for c in claims):
            for claim in claims:
                if claim.id not in decided.decision.ids and decided.speaks_of(claim):
                    against[claim.id] = decided
    return [c for c in claims if c.id not in against], against
