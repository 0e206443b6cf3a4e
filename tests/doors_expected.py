"""What a project of `tests/doors.py` says: the triples of each claim, and which of them the graph says itself.

Told by the reference (`ontology/README.md`, `seeds/README.md`) and by comparing every claim with every other, without
the code of `kg`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from doors import (
    BASE,
    DATES,
    DCTERMS,
    EDTF,
    EXACT,
    FUNCTIONAL,
    KG,
    PROV,
    QUDT,
    RDF,
    SKOS,
    SOURCES,
    UNITS,
    WHOLE,
    XSD,
    Day,
    Number,
    Said,
    Saying,
    Span,
    Term,
)

Triple = tuple[str, str, Term]
TRUE: Term = ("true", XSD + "boolean", "")
SHORT = {"wd:Q90": "http://www.wikidata.org/entity/Q90"}
OCCURRENCES = {"founded", "born"}


def node(iri: str) -> Term:
    return (iri, "", "")


def text(words: str, lang: str = "") -> Term:
    return (words, RDF + "langString" if lang else XSD + "string", lang.lower())


def end_of(key: str) -> str:
    """The IRI of an entity or a claim."""
    return f"{BASE}claim/{key[2:]}" if key.startswith("c:") else f"{BASE}entity/{key}"


def property_of(claim: Said) -> str:
    name = claim.prop
    if name == "amount" and isinstance(claim.value, Number):
        name += claim.value.unit
    return name


def number_term(number: str, prop: str) -> Term:
    return (number, XSD + WHOLE.get(prop, "decimal"), "")


def object_term(claim: Said) -> Term:
    """The object as the claim says it."""
    value = claim.value
    if isinstance(value, Number):
        if value.number is not None:
            return number_term(value.number, claim.prop)
        return (f"{value.low}..{value.high}", KG + "range", "")
    if claim.kind == "words":
        return text(*value)  # type: ignore[misc]
    said = str(value)
    match claim.kind:
        case "date":
            return (said, XSD + EXACT[said] if said in EXACT else EDTF, "")
        case "code":
            return text(said)
        case "truth":
            return (said, XSD + "boolean", "")
        case "iri":
            return (SHORT.get(said, said), XSD + "anyURI", "")
        case "resource" if ":" in said:
            return node(SHORT.get(said, said))
    return node(end_of(said))


# ---- the triples of claims and evidence


def tell_claims(claims: Iterable[Said]) -> Iterator[Triple]:
    """All triples whose subject is a claim, or evidence of its own."""
    for claim in claims:
        it = f"{BASE}claim/{claim.id}"
        for predicate, term in _tell_claim(claim):
            yield it, predicate, term
        for saying in claim.sayings:
            if not is_plain(saying):
                evidence = evidence_of(claim, saying)
                for predicate, term in _tell_evidence(saying):
                    yield evidence, predicate, term


def _tell_claim(claim: Said) -> Iterator[tuple[str, Term]]:
    yield RDF + "type", node(KG + "Claim")
    yield RDF + "subject", node(end_of(claim.subject))
    yield RDF + "predicate", node(f"{BASE}relation/{property_of(claim)}")
    yield RDF + "object", object_term(claim)
    yield KG + "mode", node(KG + claim.mode.capitalize())
    if isinstance(claim.value, Number):
        number = claim.value
        yield QUDT + "hasUnit", node(UNITS[number.unit][0])
        for name, bound in (("min", number.low), ("max", number.high)):
            if bound is not None and not number.about:
                yield KG + name, number_term(bound, claim.prop)
        if number.open:
            yield KG + "exclusive", TRUE
        if number.about:
            yield KG + "approximate", TRUE
    for speaker in claim.sayings[0].by:
        yield PROV + "wasAttributedTo", node(end_of(speaker))
    if claim.denied:
        yield KG + "negated", TRUE
    if claim.when is not None:
        yield from _tell_period(claim.when, "when", "notBefore", "notAfter")
    counted = counted_on(claim)
    if counted is not None:
        yield KG + "asOf", text(counted)
        yield from _tell_bounds(spans_of(counted), "asOfNotBefore", "asOfNotAfter")
    for other, difference in claim.unlike:
        yield KG + "differsIn" + difference.capitalize(), node(f"{BASE}claim/{other}")
    for other in claim.fits:
        yield KG + "compatibleWith", node(f"{BASE}claim/{other}")
    if claim.decided is not None:
        for other in claim.decided[0]:
            yield KG + "decidedFor", node(f"{BASE}claim/{other}")
        yield KG + "decidedBecause", text(claim.decided[1], "en")
    for key, reason in claim.inferred:
        yield KG + "inferredBecause", text(f"{key}: {reason}", "en")
    if claim.note is not None:
        yield SKOS + "editorialNote", text(claim.note, "en")
    for saying in claim.sayings:
        yield DCTERMS + "source", node(f"{BASE}source/{saying.source}")
        yield PROV + "wasDerivedFrom", node(evidence_of(claim, saying))
    if claim.proposed:
        yield PROV + "wasGeneratedBy", node(f"{BASE}claim/{claim.id}.proposed")
    if claim.proposed or claim.reviewed:
        status = "reviewed" if claim.reviewed else "unreviewed"
        yield "https://schema.org/creativeWorkStatus", text(status)


def _tell_evidence(saying: Saying) -> Iterator[tuple[str, Term]]:
    yield RDF + "type", node(KG + "Evidence")
    yield KG + "at", node(f"{BASE}source/{saying.source}.{saying.address}")
    if saying.where:
        yield KG + "saidAt", node(end_of(saying.where))
    for other in saying.via:
        yield KG + "via", node(end_of(other))
    if saying.voice != "source":
        yield KG + "voice", node(KG + saying.voice.capitalize())
    if saying.sure != "clear":
        yield KG + "clarity", node(KG + saying.sure.capitalize())
    if saying.on is not None:
        yield from _tell_period(saying.on, "saidOn", "saidNotBefore", "saidNotAfter")
    if saying.note is not None:
        yield SKOS + "editorialNote", text(saying.note, "en")


def is_plain(saying: Saying) -> bool:
    return saying.voice == "source" and saying.sure == "clear" and not (
        saying.where or saying.via or saying.on or saying.note
    )  # fmt: skip


def evidence_of(claim: Said, saying: Saying) -> str:
    sentence = f"{BASE}source/{saying.source}.{saying.address}"
    own = claim.id.partition(".")[2] if saying.source == claim.source else claim.id
    return sentence if is_plain(saying) else f"{sentence}.{own}"


def _tell_period(written: str, name: str, first: str, last: str) -> Iterator[tuple[str, Term]]:
    yield KG + name, text(written)
    if written == "unknown":
        return
    yield from _tell_bounds(spans_of(written), first, last)
    if "~" in written or "%" in written:
        yield KG + name + "Approximate", TRUE
    if "?" in written or "%" in written:
        yield KG + name + "Uncertain", TRUE


def _tell_bounds(spans: tuple[Span, ...], first: str, last: str) -> Iterator[tuple[str, Term]]:
    begun, ended = bounds_of(spans)
    for name, day in ((first, begun), (last, ended)):
        if day is not None:
            yield KG + name, (write_day(day), XSD + "date", "")


def write_day(day: Day) -> str:
    return f"{'-' if day[0] < 0 else ''}{abs(day[0]):04}-{day[1]:02}-{day[2]:02}"


def spans_of(written: str) -> tuple[Span, ...]:
    return DATES.get(written) or {
        "2031-05-04": (((2031, 5, 4), (2031, 5, 4)),), "2029": (((2029, 1, 1), (2029, 12, 31)),)
    }[written]  # fmt: skip


def bounds_of(spans: tuple[Span, ...]) -> Span:
    firsts, lasts = [a for a, _ in spans], [b for _, b in spans]
    return (
        None if None in firsts else min(day for day in firsts if day),
        None if None in lasts else max(day for day in lasts if day),
    )


def counted_on(claim: Said) -> str | None:
    """The date of a count: the claim's own, else that of its source."""
    return (claim.as_of or SOURCES[claim.source]) if claim.prop == "staff" else None


# ---- what cannot both hold


def in_unit(number: str, claim: Said) -> Fraction:
    assert isinstance(claim.value, Number)
    factor, offset = UNITS[claim.value.unit][1:]
    return Fraction(number) * factor + offset


def value_of(claim: Said) -> object:
    """What makes two objects one value."""
    value = claim.value
    if isinstance(value, Number):
        numbers = (value.number, value.low, value.high)
        return (*(None if n is None else in_unit(n, claim) for n in numbers), value.open)
    return object_term(claim)


def clashes(a: Said, b: Said) -> bool:
    """Whether two claims on one matter cannot both hold, their times aside."""
    if a.denied and b.denied:
        return False
    same = value_of(a) == value_of(b)
    if a.denied or b.denied:
        said, no = (b, a) if a.denied else (a, b)
        return same or _lies_in(said, no)
    if same or property_of(a) not in FUNCTIONAL | {"staff"}:
        return False
    if a.kind == "date":
        return not any(_meet(x, y) for x in reach_of(str(a.value)) for y in reach_of(str(b.value)))
    if isinstance(a.value, Number) and isinstance(b.value, Number):
        return not (a.value.about or b.value.about or _may_be_equal(a, b))
    return True


def reach_of(written: str) -> tuple[Span, ...]:
    """The days that a date may stand for; about a year are five years on either side."""
    return {"2024~": (((2019, 1, 1), (2029, 12, 31)),), "2024%": (((2019, 1, 1), (2029, 12, 31)),)}.get(
        written, DATES[written]
    )


def _meet(a: Span, b: Span) -> bool:
    return (a[0] is None or b[1] is None or a[0] <= b[1]) and (b[0] is None or a[1] is None or b[0] <= a[1])


def _bounds(claim: Said) -> tuple[Fraction | None, Fraction | None, bool]:
    assert isinstance(claim.value, Number)
    low, high = (None if n is None else in_unit(n, claim) for n in (claim.value.low, claim.value.high))
    return low, high, claim.value.open


def _may_be_equal(a: Said, b: Said) -> bool:
    """Whether some number fits both."""
    (low_a, high_a, open_a), (low_b, high_b, open_b) = _bounds(a), _bounds(b)
    for low, low_open, high, high_open in ((low_a, open_a, high_b, open_b), (low_b, open_b, high_a, open_a)):
        if low is not None and high is not None and (low > high or (low == high and (low_open or high_open))):
            return False
    return True


def _lies_in(said: Said, no: Said) -> bool:
    """Whether all that *said* may be is denied."""
    if said.kind == "date" and no.kind == "date":
        inner, outer = reach_of(str(said.value)), DATES[str(no.value)]
        if len(inner) > 1 or len(outer) > 1 or {"~", "%"} & set(str(no.value)):
            return False
        (a, b), (c, d) = inner[0], outer[0]
        return (c is None or (a is not None and a >= c)) and (d is None or (b is not None and b <= d))
    if not (isinstance(said.value, Number) and isinstance(no.value, Number)) or said.value.about or no.value.about:
        return False
    (low, high, is_open), (bottom, top, excluded) = _bounds(said), _bounds(no)
    above = bottom is None or (low is not None and (low > bottom or (low == bottom and (is_open or not excluded))))
    below = top is None or (high is not None and (high < top or (high == top and (is_open or not excluded))))
    return above and below


def times_meet(a: Said, b: Said) -> bool:
    return _days_meet(time_of(a), time_of(b))


def time_of(claim: Said) -> tuple[Span, ...] | None:
    """When it holds; None where nobody says, or says again what the object is."""
    if claim.when in (None, "unknown") or (claim.kind == "date" and DATES[claim.when] == DATES[str(claim.value)]):
        return None
    return DATES[claim.when]


def _days_meet(a: tuple[Span, ...] | None, b: tuple[Span, ...] | None) -> bool:
    return a is None or b is None or any(_meet(x, y) for x in a for y in b)


def counts_meet(a: Said, b: Said) -> bool:
    on = [spans_of(day) if (day := counted_on(c)) else None for c in (a, b)]
    return _days_meet(*on)


def sides_of(claim: Said) -> list[Said]:
    """A claim, and what it says on other matters: the other way round, by a property above, of a range's ends."""
    value = claim.value
    if claim.prop == "price" and isinstance(value, Number) and value.number is None and not claim.denied | value.about:
        ends = (("priceFrom", value.low), ("priceTo", value.high))
        made = [(p, replace(value, number=n, low=n, high=n)) for p, n in ends]
        return [claim, *(replace(claim, prop=p, value=n) for p, n in made)]
    if claim.kind != "thing":
        return [claim]
    turned = replace(claim, subject=str(value), value=claim.subject)
    match claim.prop, claim.denied:
        case "knows", False:
            return [claim, turned]
        case "knows", True:
            return [claim, turned, replace(claim, prop="friendOf"), replace(turned, prop="friendOf")]
        case "friendOf", False:
            return [claim, replace(claim, prop="knows"), replace(turned, prop="knows")]
        case "leads", _:
            return [claim, replace(turned, prop="ledBy")]
        case "ledBy", _:
            return [claim, replace(turned, prop="leads")]
    return [claim]


def find_conflicts(claims: list[Said]) -> set[frozenset[str]]:
    """Each two claims on one matter, in one mode, whose values cannot both hold at a time of both."""
    found = set()
    for a, b in combinations([side for claim in claims if claim.mode != "question" for side in sides_of(claim)], 2):
        same = (a.subject, property_of(a), a.mode) == (b.subject, property_of(b), b.mode)
        dated = a.prop != "staff" or a.mode != "fact" or counts_meet(a, b)
        if a.id != b.id and same and clashes(a, b) and times_meet(a, b) and dated:
            found.add(frozenset({a.id, b.id}))
    return found


# ---- what the graph says itself


def holds(claim: Said, today: Day) -> bool:
    """Whether what is said holds on the day of the graph."""
    if claim.when is None:
        return True
    if claim.when == "unknown":
        return claim.prop in OCCURRENCES
    spans = DATES[claim.when]
    if claim.prop in OCCURRENCES:
        first = bounds_of(spans)[0]
        return first is None or first <= today
    if claim.when in ("202X", "2028/"):
        return False
    reached = [_meet(span, (today, today)) for span in spans]
    return all(reached) if claim.when[0] == "[" else any(reached)


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


def find_direct(claims: list[Said], today: Day) -> dict[str, set[Triple]]:
    """The triples that each claim may give on a day, by its id; of claims that say the same, each."""
    own: dict[Matter, list[Said]] = defaultdict(list)
    foreign: dict[Matter, list[Said]] = defaultdict(list)
    for claim in claims:
        if claim.mode == "fact" and not is_unseen(claim) and not claim.subject.startswith("c:"):
            own[claim.subject, property_of(claim)].append(claim)
            for side in sides_of(claim)[1:]:
                foreign[side.subject, property_of(side)].append(side)
    chosen = {
        (c.subject, property_of(c)): [other for other in claims if other.id in c.decided[0]]
        for c in claims if c.decided and not is_unseen(c)
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
            if claim.id not in lost and not claim.denied and any(s.sure == "clear" for s in claim.sayings):
                said = direct_values(claim)
                found[claim.id] = {(end_of(subject), f"{BASE}relation/{p}", term) for p, term in said.items()}
    return found


Matter = tuple[str, str]


def is_unseen(claim: Said) -> bool:
    """Whether it was proposed, and nobody has looked at it."""
    return claim.proposed and not claim.reviewed


def _find_current(facts: list[Said], name: str, today: Day) -> list[Said]:
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


def _find_latest(facts: list[Said], today: Day) -> list[Said]:
    counted = [(spans_of(day) if (day := counted_on(c)) else None, c) for c in facts]
    counted = [(s, c) for s, c in counted if s is None or (bounds_of(s)[0] or today) <= today]
    known = [(s, c) for s, c in counted if s is not None]
    if len(known) < len(counted) or not known:
        return []
    newest = max((s for s, _ in known), key=lambda s: (bounds_of(s)[1] or (9999, 1, 1), bounds_of(s)[0] or (0, 1, 1)))
    return [c for s, c in known if _days_meet(s, newest)]
