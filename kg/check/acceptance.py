"""`accept: {CODE: reason}`: a warning may be accepted where it stands; a needless acceptance is a warning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from kg.model.nouns import Acceptance, Seeds
from kg.text.codes import load_codes
from kg.text.diagnostic import Diagnostic, Mark, Severity, did_you_mean

NOTES = {
    "asked-not-stated", "denied-in-sentence", "hedged-fact", "name-not-in-sentence", "unit-not-in-sentence",
    "words-unknown",
}  # fmt: skip
"""Notes that ask something of the curator, so that they can be answered as warnings can."""
_BY_THE_TEXT = {*NOTES, "figure-not-in-sentence", "quote-without-marks"}
"""Codes that are looked for, wholly or in part, in the text: without it, nobody knows that none is there."""


def _owners(seeds: Seeds) -> Iterator[tuple[tuple[Acceptance, ...], set[tuple[object, ...]], set[str]]]:
    """The acceptances of each claim, entity and source, with the marks that belong to it and its sources."""
    for claim in (c for c in seeds.claims if c.accept):
        marks = [claim.mark, *claim.marks.values(), *(e.mark for e in claim.evidence)]
        marks += [ref.mark for e in claim.evidence for ref in (*e.via, *([e.venue] if e.venue is not None else []))]
        marks += [speaker.mark for speaker in claim.speakers]
        yield claim.accept, {m.sort_key for m in marks}, {e.source for e in claim.evidence}
    for entity in (e for e in seeds.entities if e.accept):
        marks = [entity.mark, *(n.mark for n in entity.names)]
        yield entity.accept, {m.sort_key for m in marks}, set()
    for source in (s for s in seeds.sources if s.accept):
        marks = [source.mark, *(s.mark for s in (*source.skips, *source.figures)), *(s.mark for s in source.outline)]
        if source.sha256 is not None:
            marks.append(source.sha256.mark)
        yield source.accept, {m.sort_key for m in marks}, {source.id}


def accept_warnings(
    diagnostics: Iterable[Diagnostic], seeds: Seeds, *, pending: Collection[str] = (), texts: Collection[str] = ()
) -> list[Diagnostic]:
    """*diagnostics* with the accepted warnings turned to notes, and what is wrong with acceptances.

    *pending* are the codes that were not looked for yet (those of SHACL): their acceptance is not called
    needless. Nor is any while there are errors, behind which warnings wait, nor one of what only a text tells,
    where the text is not at hand; *texts* are the sources whose is.
    """
    found = list(diagnostics)
    sound = all(d.severity is not Severity.ERROR for d in found)
    told: dict[Mark, Diagnostic] = {}
    places: dict[tuple[str, tuple[object, ...]], list[int]] = {}
    for index, diagnostic in enumerate(found):
        places.setdefault((diagnostic.code, diagnostic.mark.sort_key), []).append(index)
    codes = load_codes()
    for acceptances, marks, sources in _owners(seeds):
        for acceptance in acceptances:
            if acceptance.code not in codes:
                hint = did_you_mean(acceptance.code, codes)
                told[acceptance.mark] = Diagnostic(
                    code="unknown-code",
                    mark=acceptance.mark,
                    message=f"no code `{acceptance.code}`",
                    hint=hint,
                )
                continue
            if codes[acceptance.code].severity != "warning" and acceptance.code not in NOTES:
                message = f"`{acceptance.code}` is no warning: only warnings can be accepted"
                told[acceptance.mark] = Diagnostic(code="cannot-accept", mark=acceptance.mark, message=message)
                continue
            here = [index for place in marks for index in places.get((acceptance.code, place), ())]
            for index in here:
                found[index] = replace(found[index], accepted=acceptance.reason)
            unread = acceptance.code in _BY_THE_TEXT and not sources <= set(texts)
            if not here and sound and not unread and acceptance.code not in pending:
                message = f"there is no `{acceptance.code}` here to accept"
                told[acceptance.mark] = Diagnostic(
                    code="needless-accept", mark=acceptance.mark, message=message, hint="take this line out"
                )
    return [*found, *told.values()]
