"""A part of a graph: what lies around an entity, what one source says, what a question's answer rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kg.model.nouns import Claim, Seeds
from kg.model.values import ClaimRef, EntityRef
from kg.text.diagnostic import UsageError, did_you_mean


@dataclass(frozen=True, kw_only=True)
class Around:
    """Everything up to *depth* relations away from *entity* (a key)."""

    entity: str
    depth: int = 1


@dataclass(frozen=True, kw_only=True)
class FromSource:
    """What one source says."""

    source: str


@dataclass(frozen=True, kw_only=True)
class OfQuestion:
    """The claims that the answer to the question *name* rests on."""

    name: str
    claims: tuple[str, ...]


Part = Around | FromSource | OfQuestion


def select_part(seeds: Seeds, part: Part | None) -> Seeds:
    """The seeds of a *part*: its claims, the claims they speak of, and the entities that these name.

    All of the seeds for None. Raises UsageError for an entity or a source that there is not.
    """
    match part:
        case None:
            return seeds
        case Around(entity=entity, depth=depth):
            _require("entity", entity, seeds.entity_by_key)
            near = _near(seeds, entity, depth)
            inside = [c for c in seeds.claims if _ends(c, seeds) <= near and _ends(c, seeds)]
            kept = {c.id for c in inside}
        case FromSource(source=source):
            _require("source", source, seeds.source_by_id)
            kept = {c.id for c in seeds.claims if any(e.source == source for e in c.evidence)}
        case OfQuestion(claims=claims):
            kept = set(claims)
    kept = _with_premises(seeds, kept)
    named = {key for c in seeds.claims if c.id in kept for key in _named(c)}
    if isinstance(part, Around):
        named.add(part.entity)
    sources = {e.source for c in seeds.claims if c.id in kept for e in c.evidence}
    named |= {
        r.text for s in seeds.sources if s.id in sources for r in (*s.authors, *([s.publisher] if s.publisher else []))
    }
    return replace(
        seeds,
        claims=tuple(c for c in seeds.claims if c.id in kept),
        entities=tuple(e for e in seeds.entities if e.key in named),
        sources=tuple(s for s in seeds.sources if s.id in sources),
    )


def _require(what: str, name: str, known: Mapping[str, object]) -> None:
    if name not in known:
        hint = did_you_mean(name, known)
        raise UsageError(f"no {what} `{name}`" + (f": {hint}" if hint else ""))


def _named(claim: Claim) -> Iterator[str]:
    yield from (end.key for end in (claim.subject, claim.object) if isinstance(end, EntityRef))
    yield from (s.text for s in claim.speakers)
    yield from (e.venue.text for e in claim.evidence if e.venue)
    yield from (ref.text for e in claim.evidence for ref in e.via)


def _ends(claim: Claim, seeds: Seeds) -> set[str]:
    """The entities that a claim relates; for a claim about a claim, those of the claim that it is about."""
    ends: set[str] = set()
    seen: set[str] = set()
    queue = [claim]
    while queue:
        here = queue.pop()
        if here.id in seen:
            continue
        seen.add(here.id)
        if isinstance(here.subject, ClaimRef):
            about = seeds.claim_by_id.get(here.subject.id)
            queue += [about] if about else []
        ends |= {end.key for end in (here.subject, here.object) if isinstance(end, EntityRef)}
    return ends


def _near(seeds: Seeds, entity: str, depth: int) -> set[str]:
    steps: dict[str, set[str]] = defaultdict(set)
    for claim in seeds.claims:
        ends = _ends(claim, seeds)
        for key in ends:
            steps[key] |= ends
    near = {entity}
    for _ in range(depth):
        near |= {other for key in near for other in steps[key]}
    return near


def _with_premises(seeds: Seeds, kept: set[str]) -> set[str]:
    """The claims, and those that they speak of: a claim is nothing without what it is about."""
    queue = sorted(kept)
    kept = set()
    while queue:
        id_ = queue.pop()
        claim = seeds.claim_by_id.get(id_)
        if claim is None or id_ in kept:
            continue
        kept.add(id_)
        queue += [end.id for end in (claim.subject, claim.object) if isinstance(end, ClaimRef)]
    return kept
