"""Judged rows for people and for programs."""

from __future__ import annotations

from kg.drafts.proposal.proposal import Judged, Verdict


def describe_row(judged: Judged) -> dict[str, object]:
    """A row as an object of JSON, with the same keys for each.

    `row`, `file`, `line`; `verdict`, `code`, `message`, `hint`; `source`, `sentence`, `sentences`, `how` (how the quote
    was found); `claim` (the one that the row supports or contradicts, else its own), `id` (its own), `against`; `says`;
    `mapped`, `proposed`, `cautions`.
    """
    diagnostic = judged.diagnostic
    return {
        "row": judged.row,
        "verdict": judged.verdict.value,
        "code": judged.code,
        "source": judged.source,
        "sentence": judged.sentences[0] if judged.sentences else None,
        "claim": judged.claim,
        "says": judged.says,
        "message": diagnostic.message if diagnostic is not None else None,
        "hint": diagnostic.hint if diagnostic is not None else None,
        "how": judged.how,
        "sentences": list(judged.sentences),
        "id": judged.id,
        "against": list(judged.against),
        "mapped": [{"key": m.key, "written": m.written, "meant": m.meant, "how": m.how} for m in judged.mapped],
        "proposed": [{"id": e.key, "label": e.label, "lang": e.lang, "is": e.kind} for e in judged.entities],
        "cautions": list(judged.cautions),
        "file": judged.file,
        "line": judged.line,
    }


def write_row(judged: Judged) -> str:
    """A row as a person reads it: the verdict, what it says and where, then the reason or what was not plain."""
    place = f"{judged.source}.{judged.sentences[0]}" if judged.source and judged.sentences else judged.source or ""
    head = f"{judged.row:>5}  {judged.verdict.value:<8}  {judged.says or judged.file}"
    lines = [f"{head}  ({place})" if place else head]
    if judged.verdict is Verdict.SAME:
        lines.append(f"further evidence for {judged.claim}")
    elif judged.verdict is Verdict.CONFLICT:
        lines.append(f"contradicts {', '.join(judged.against)}")
    if judged.diagnostic is not None:
        lines.append(f"{judged.file}:{judged.line}: [{judged.code}] {judged.diagnostic.message}")
        if judged.diagnostic.hint:
            lines.append(f"hint: {judged.diagnostic.hint}")
    lines += [f"read {mapped.text}" for mapped in judged.mapped]
    lines += [f"new entity {e.key}: {e.label} ({e.kind})" for e in judged.entities]
    lines += [f"look: {caution}" for caution in judged.cautions]
    return "\n       ".join(" ".join(line.split("\n")) for line in lines) + "\n"
