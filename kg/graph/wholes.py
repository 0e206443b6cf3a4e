"""Parts and their wholes: a figure of a part is of one matter with the same figure of its whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kg.graph.compare import DisjointSets
from kg.model.nouns import Claim, Mode, Seeds
from kg.model.ontology.vocabulary import Vocabulary
from kg.model.values import EntityRef


def find_wholes(seeds: Seeds, vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """The wholes of each entity that is part of others, by facts on properties that are declared `kg:PartOf`."""
    steps: dict[str, set[str]] = defaultdict(set)
    for claim in seeds.claims:
        prop = vocabulary.properties.get(claim.predicate.text)
        if prop is None or not prop.part_of or claim.mode is not Mode.FACT or claim.negated:
            continue
        if isinstance(claim.object, EntityRef):
            steps[claim.subject.text].add(claim.object.key)
    wholes: dict[str, frozenset[str]] = {}
    for part in steps:
        seen: set[str] = set()
        queue = [part]
        while queue:
            for whole in steps.get(queue.pop(), ()):
                if whole not in seen:
                    seen.add(whole)
                    queue.append(whole)
        wholes[part] = frozenset(seen)
    return wholes


def group_by_matter(claims: Sequence[Claim], wholes: Mapping[str, frozenset[str]]) -> Iterator[list[Claim]]:
    """The claims of the same figure that share a sentence, or whose subjects are a part and its whole."""
    joined = DisjointSets(len(claims))
    at: dict[str, int] = {}
    of: dict[str, int] = {}
    for number, claim in enumerate(claims):
        for evidence in claim.evidence:
            joined.join(number, at.setdefault(evidence.sentence, number))
        of.setdefault(claim.subject.text, number)
    for number, claim in enumerate(claims):
        for whole in wholes.get(claim.subject.text, ()):
            if whole in of:
                joined.join(number, of[whole])
                joined.join(of[claim.subject.text], of[whole])
    groups: dict[int, list[Claim]] = defaultdict(list)
    for number, claim in enumerate(claims):
        groups[joined.find(number)].append(claim)
    yield from (group for group in groups.values() if len(group) > 1)
