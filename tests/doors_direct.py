"""What the graph of a small project says itself, and what is known of it by a day, by the reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from itertools import combinations

from doors import BASE, EXACT, FUNCTIONAL, SOURCES, Day, Number, Said, Term
from doors_conflicts import OCCURRENCES, clashes, days_meet, holds, in_unit, sides_of, times_meet, value_of
from doors_expected import Triple, bounds_of, counted_on, end_of, object_term, property_of, spans_of


def direct_values(claim: Said) -> dict[str, Term]:
    """What a fact alone would let the graph say: property and value."""
    name, value = property_of(claim), claim.value
    if isinstance(value, Number):
        said = {name: value.number} if value.number == value.low == value.high else {}
        if value.number is None and claim.prop == "price":
            said = {"priceFrom": value.low, "priceTo": value.high}
        if value.about:
            return {}
        return {p: (str(in_unit(n, claim)), "number", "") for p, n in said.items() if n is not None}
    if claim.kind == "words" or claim.kind == "code" or (claim.kind == "date" and value not in EXACT):
        return {}
    return {name: object_term(claim)}


def find_direct(claims: list[Said], today: Day | None) -> dict[str, set[Triple]]:
    """The triples that each claim may give on a day, by its id; of claims that say the same, each."""
    own: dict[Matter, list[Said]] = defaultdict(list)
    foreign: dict[Matter, list[Said]] = defaultdict(list)
    for claim in claims:
        if claim.mode == "fact" and not claim.state.is_unseen and not claim.subject.startswith("c:"):
            own[claim.subject, property_of(claim)].append(claim)
            for side in sides_of(claim)[1:]:
                foreign[side.subject, property_of(side)].append(side)
    chosen = {
        (c.subject, property_of(c)): [other for other in claims if other.id in c.decided[0]]
        for c in claims if c.decided and not c.state.is_unseen
    }  # fmt: skip
    lost, judged, aside = set[str](), [], set[str]()
    for matter in sorted(own.keys() | foreign.keys()):
        current = _find_current(own[matter], matter[1], today)
        strange = [c for c in foreign[matter] if holds(c, today)]
        strange = _find_latest(strange, today) if matter[1] == "staff" else strange
        taken = [c for c in chosen.get(matter, ()) if c in current]
        if taken:
            kept = [c for c in current if c in taken or not any(times_meet(c, t) for t in taken)]
            aside |= {c.id for c in current if c not in kept}
            current = kept
            aside |= {c.id for c in strange if c.id not in {t.id for t in taken}
                      and any(times_meet(c, t) for t in taken) and any(clashes(c, one) for one in current)}  # fmt: skip
        lost |= {c.id for c in own[matter]} - {c.id for c in current}
        lost |= {c.id for c in _find_silenced(current, matter[1])}
        judged.append((matter[1], current, strange))
    for name, current, strange in judged:
        known = [c for c in (*current, *strange) if c.id not in aside]
        clashing = _find_disputed(known, name, declared=False)
        if any(c in strange for c in clashing):
            lost |= {c.id for c in (*clashing, *current)}
    lost |= aside
    found: dict[str, set[Triple]] = {}
    for (subject, _), facts in own.items():
        for claim in facts:
            if claim.id not in lost and not claim.denied and is_clear(claim):
                said = direct_values(claim)
                found[claim.id] = {(end_of(subject), f"{BASE}relation/{p}", term) for p, term in said.items()}
    return found


Matter = tuple[str, str]


def _find_current(facts: list[Said], name: str, today: Day | None) -> list[Said]:
    current = [c for c in facts if holds(c, today)]
    return _find_latest(current, today) if name == "staff" else current


def _find_silenced(current: list[Said], name: str) -> list[Said]:
    """All facts on a matter that is disputed; of what happened at times, those of the same time."""
    clashing = _find_disputed(current, name)
    if name not in OCCURRENCES or not clashing:
        return current if clashing else []
    return [c for c in current if any(c is other or times_meet(c, other) for other in clashing)]


def _find_disputed(current: list[Said], name: str, *, declared: bool = True) -> list[Said]:
    pairs = [pair for pair in combinations(current, 2) if pair[0].id != pair[1].id]
    found = [pair for pair in pairs if clashes(*pair) and (name not in OCCURRENCES or times_meet(*pair))]
    found += [pair for pair in pairs if declared and _is_declared(*pair)]
    values = {value_of(c) for c in current if not c.denied}
    if len(values) > 1 and name in FUNCTIONAL | {"staff"} and not (found and declared):
        return current
    return [c for c in current if any(c in pair for pair in found)]


def _is_declared(a: Said, b: Said) -> bool:
    return any(other == y.id and d == "value" for x, y in ((a, b), (b, a)) for other, d in x.unlike)


def _find_latest(facts: list[Said], today: Day | None) -> list[Said]:
    counted = [(spans_of(day) if (day := counted_on(c)) else None, c) for c in facts]
    counted = [(s, c) for s, c in counted if s is None or today is None or (bounds_of(s)[0] or today) <= today]
    known = [(s, c) for s, c in counted if s is not None]
    if len(known) < len(counted) or not known:
        return []
    newest = max((s for s, _ in known), key=lambda s: (bounds_of(s)[1] or (9999, 1, 1), bounds_of(s)[0] or (0, 1, 1)))
    return [c for s, c in known if days_meet(s, newest)]


def is_clear(claim: Said) -> bool:
    """Whether some evidence that counts says it clearly; what nobody has reviewed does not count."""
    return any(s.sure == "clear" and not s.state.is_unseen for s in claim.sayings)


def find_known(claims: list[Said], limit: Day) -> list[Said]:
    """The claims as they were known by a day: said by a source that was published by then, with no other evidence."""
    known = {source for source, day in SOURCES.items() if day and (bounds_of(spans_of(day))[1] or limit) <= limit}
    found: dict[str, Said] = {}
    for claim in claims:
        sayings = tuple(s for s in claim.sayings if s.source in known)
        if sayings:
            told_in = None if claim.source in known else sayings[0].source
            unseen = all(s.state.is_unseen for s in sayings)
            state = sayings[0].state if unseen else claim.state
            found[claim.id] = replace(claim, sayings=sayings, told_in=told_in, state=state)
    while lost := [c.id for c in found.values() if _speaks_of(c) - found.keys()]:
        for id_ in lost:
            del found[id_]
    return [_forget_unknown(claim, found.keys()) for claim in found.values()]


def _speaks_of(claim: Said) -> set[str]:
    return {term[2:] for term in (claim.subject, claim.value)
            if claim.kind != "code" and isinstance(term, str) and term.startswith("c:")}  # fmt: skip


def _forget_unknown(claim: Said, known: Collection[str]) -> Said:
    chosen = tuple(id_ for id_ in claim.decided[0] if id_ in known) if claim.decided else ()
    return replace(
        claim, unlike=tuple(u for u in claim.unlike if u[0] in known), fits=tuple(f for f in claim.fits if f in known),
        decided=(chosen, claim.decided[1]) if claim.decided and chosen else None,
    )  # fmt: skip
