"""Whose affairs a speaker speaks of: founders, leaders, owners and makers have an interest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from kg.model.nouns import Claim, Mode, Seeds
from kg.model.ontology.vocabulary import Interest, Vocabulary
from kg.model.values import EntityRef


def find_interests(seeds: Seeds, vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """The entities whose affairs are an entity's own, for each entity: itself, and what it founded, leads, makes ...

    Follows facts on properties that the ontology marks with `kg:interest`, any number of steps: who leads a
    company has an interest in the cars it makes.
    """
    steps: dict[str, set[str]] = defaultdict(set)
    for claim in seeds.claims:
        prop = vocabulary.properties.get(claim.predicate.text)
        if prop is None or prop.interest is None or claim.mode is not Mode.FACT or claim.negated:
            continue
        if isinstance(claim.object, EntityRef):
            subject, target = claim.subject.text, claim.object.key
            if prop.interest is Interest.OF_SUBJECT:
                steps[subject].add(target)
            else:
                steps[target].add(subject)
    interests: dict[str, frozenset[str]] = {}
    for entity in seeds.entities:
        seen: set[str] = set()
        queue = [entity.key]
        while queue:
            here = queue.pop()
            if here not in seen:
                seen.add(here)
                queue += sorted(steps.get(here, ()))
        interests[entity.key] = frozenset(seen)
    return interests


def speaks_of_own_affairs(claim: Claim, interests: Mapping[str, frozenset[str]]) -> bool:
    """Whether every speaker of a claim has an interest in its subject."""
    return bool(claim.speakers) and all(
        claim.subject.text in interests.get(speaker.text, frozenset()) for speaker in claim.speakers
    )
