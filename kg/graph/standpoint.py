"""The day from which the graph is seen: what holds then, and what was known by then.

The direct graph is what holds at the end of one day: the data set's `asof`, else the day of the latest publication. A
fact with a `when` holds on a day that lies within its bounds (EDTF; `?`, `~` and `%` leave bounds as they are). Of
`when: unknown`, of one of several dates (`[1990,2010]`), of unspecified digits (`202X`) and of an end that is unknown
(`2004/`) nobody can say that it reaches the day, so it does not. A fact without a `when` holds on every day. What a
property that is an occurrence says holds from then on.

What was known by a day are the sources published by then, up to the last day that their publication may have been.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.model.nouns import Claim, Entity, Seeds, Source
from kg.model.ontology.vocabulary import Property
from kg.model.values import ClaimRef, Date
from kg.text.diagnostic import SourceText, UsageError, mark_of_file
from kg.text.edtf import Day, EdtfError, find_sure, parse_edtf


@dataclass(frozen=True, kw_only=True)
class Standpoint:
    """`--as-of` and `--known-by`; None where the data set's own day and all sources are meant."""

    as_of: Date | None = None
    known_by: Date | None = None


DATA_SETS_OWN = Standpoint()


def read_standpoint(as_of: str | None, known_by: str | None) -> Standpoint:
    """The standpoint of two dates as they are written: years, months or days. Raises UsageError where one is none.

    >>> read_standpoint("2024", None).as_of.text
    '2024'
    """
    return Standpoint(as_of=_read_date(as_of, "--as-of"), known_by=_read_date(known_by, "--known-by"))


def _read_date(text: str | None, name: str) -> Date | None:
    if text is None:
        return None
    try:
        edtf = parse_edtf(text)
    except EdtfError:
        edtf = None
    if edtf is None or not edtf.exact:
        raise UsageError(f"{name}: `{text}` is no year, month or day: write 2024, 2024-04 or 2024-04-28")
    return Date(edtf=edtf, mark=mark_of_file(SourceText(name, text)))


def find_day(seeds: Seeds) -> Day | None:
    """The day whose end the direct graph is of; None where no source is dated and the data set names no day."""
    if seeds.dataset.as_of is not None:
        return seeds.dataset.as_of.edtf.last
    days = [_last_day(source) for source in seeds.sources]
    return max((day for day in days if day is not None), default=None)


def _last_day(source: Source) -> Day | None:
    return source.published.edtf.last if source.published else None


def holds_on(claim: Claim, prop: Property, day: Day | None) -> bool:
    """Whether what a claim says holds at the end of *day*, by the rule above; without a day, whatever has no `when`."""
    if claim.unknown_when:
        return prop.occurrence
    if claim.when is None:
        return True
    if prop.period_total:
        return False  # it is said of a time, and a day has no such sum
    if prop.occurrence:
        first = claim.when.edtf.first
        return first is None or day is None or first <= day
    if day is None:
        return False
    reached = [(a is None or a <= day) and (b is None or day <= b) for a, b in find_sure(claim.when.edtf)]
    return bool(reached) and all(reached) if claim.when.text.startswith("[") else any(reached)


def take_standpoint(seeds: Seeds, standpoint: Standpoint) -> Seeds:
    """The seeds as they are seen from *standpoint*: of its day, without the sources that were not there yet."""
    as_of = standpoint.as_of or seeds.dataset.as_of
    if standpoint.known_by is None:
        return replace(seeds, dataset=replace(seeds.dataset, as_of=as_of))
    limit = standpoint.known_by.edtf.last
    assert limit is not None  # the date is a year, a month or a day
    if standpoint.as_of is None and as_of is not None and (as_of.edtf.last or limit) > limit:
        as_of = standpoint.known_by
    dataset = replace(seeds.dataset, as_of=as_of, known_by=standpoint.known_by)
    known = tuple(s for s in seeds.sources if (day := _last_day(s)) is not None and day <= limit)
    ids = {source.id for source in known}
    return replace(
        seeds,
        dataset=dataset,
        sources=known,
        entities=tuple(_known_entity(entity, ids) for entity in seeds.entities),
        claims=_known_claims(seeds, ids),
        sentences=tuple(s for s in seeds.sentences if s.source in ids),
    )


def _known_entity(entity: Entity, sources: set[str]) -> Entity:
    names = tuple(
        replace(name, places=tuple(p for p in name.places if p.text.partition(".")[0] in sources))
        for name in entity.names
    )
    return replace(entity, names=names)


def _known_claims(seeds: Seeds, sources: set[str]) -> tuple[Claim, ...]:
    """The claims that a known source makes, with the evidence in known sources alone.

    A claim that an unknown source states first belongs to the first known one. Where nobody had looked at any of its
    evidence there, it is a proposal. What is said of a claim that is not known is not known either.
    """
    found: dict[str, Claim] = {}
    for claim in seeds.claims:
        evidence = tuple(e for e in claim.evidence if e.source in sources)
        if evidence:
            source = claim.source if claim.source in sources else evidence[0].source
            proposed = all(e.state.is_unreviewed for e in evidence)
            state = evidence[0].state if proposed else claim.state
            found[claim.id] = replace(claim, source=source, evidence=evidence, state=state)
    spoken_of: dict[str, list[str]] = {}
    lost: list[str] = []
    for claim in found.values():
        for id_ in _speaks_of(claim):
            spoken_of.setdefault(id_, []).append(claim.id)
            if id_ not in found:
                lost.append(claim.id)
    while lost:
        id_ = lost.pop()
        if found.pop(id_, None) is not None:
            lost += spoken_of.get(id_, [])
    return tuple(_without_unknown(claim, found) for claim in found.values())


def _speaks_of(claim: Claim) -> list[str]:
    return [term.id for term in (claim.subject, claim.object) if isinstance(term, ClaimRef)]


def _without_unknown(claim: Claim, known: dict[str, Claim]) -> Claim:
    decided = claim.decided
    if decided is not None:
        chosen = tuple(ref for ref in decided.chosen if ref.id in known)
        decided = replace(decided, chosen=chosen) if chosen else None
    return replace(
        claim,
        unlike=tuple(u for u in claim.unlike if u.claim in known),
        compatible=tuple(ref for ref in claim.compatible if ref.id in known),
        decided=decided,
    )
