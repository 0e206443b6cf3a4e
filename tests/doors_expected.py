"""What a project of `tests/doors.py` says: the triples of each claim and of each statement, by the reference
(`ontology/README.md`, `seeds/README.md`), without the code of `kg`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from doors import (
    BASE,
    CURATED,
    DATES,
    DCTERMS,
    EDTF,
    EXACT,
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
    State,
    Stated,
    Term,
)

Triple = tuple[str, str, Term]
TRUE: Term = ("true", XSD + "boolean", "")
SHORT = {"wd:Q90": "http://www.wikidata.org/entity/Q90"}


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


def as_said(stated: Stated) -> Said:
    """A statement as if somebody said it, for what it says and what contradicts it."""
    return Said(
        id=f"line {stated.place}", subject=stated.subject, prop=stated.prop, kind=stated.kind, value=stated.value
    )


def state_claim(stated: Stated) -> Triple:
    """The triple that a statement makes."""
    said = as_said(stated)
    return end_of(said.subject), f"{BASE}relation/{property_of(said)}", object_term(said)


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
                for predicate, term in (*_tell_evidence(saying), *_tell_state(evidence, saying.state)):
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
    yield from _tell_state(f"{BASE}claim/{claim.id}", claim.state)


def _tell_state(it: str, state: State) -> Iterator[tuple[str, Term]]:
    if state.proposed:
        yield PROV + "wasGeneratedBy", node(f"{it}.proposed")
    if state != CURATED:
        yield "https://schema.org/creativeWorkStatus", text("unreviewed" if state.is_unseen else "reviewed")


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
        saying.where or saying.via or saying.on or saying.note or saying.state != CURATED
    )  # fmt: skip


def evidence_of(claim: Said, saying: Saying) -> str:
    sentence = f"{BASE}source/{saying.source}.{saying.address}"
    own = claim.id.removeprefix(f"{claim.source}.") if saying.source == claim.source else claim.id
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
    """The date of a count: the claim's own, else that of a fact's source; what is planned nobody has counted."""
    if claim.prop != "staff":
        return None
    return claim.as_of or (SOURCES[claim.source] if claim.mode == "fact" else None)
