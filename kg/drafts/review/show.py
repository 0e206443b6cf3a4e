"""A draft as a person reads it: its sentence, what it says, who proposed it, what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kg.build.pipeline import Checked
from kg.drafts.review.draft import Draft
from kg.drafts.review.needs import list_proposed_entities
from kg.drafts.review.reject import write_draft
from kg.graph.describe import ClaimWords
from kg.model.nouns import NameKind
from kg.text.diagnostic import Diagnostic, Severity
from kg.text.plural import write_count


def show_draft(checked: Checked, draft: Draft, lang: str) -> str:
    """Everything that a reviewer should see of a draft; its sentence where the text is at hand."""
    words = checked.story.words(lang)
    out = [f"{draft.id}   {draft.mark}"]
    sentence = find_sentence(checked, draft)
    out.append(f"  {draft.source} {draft.address}" + (f"  “{sentence}”" if sentence is not None else ""))
    out += [f"  {line}" for line in _say(draft, words)] or [f"  | {line}" for line in write_draft(draft).splitlines()]
    if draft.claims:
        out.append(f"  said by    {words.speakers(draft.claims[0])}")
    if draft.evidence is not None:
        out.append(f"  evidence   {words.evidence(draft.evidence)}")
    state = (
        draft.evidence.state if draft.repeats and draft.evidence else draft.claims[0].state if draft.claims else None
    )
    if state is not None and state.proposed is not None:
        out.append(f"  proposed   by {words.proposal(state.proposed)}")
    for key in list_proposed_entities(checked, draft):
        entity = checked.seeds.entity_by_key.get(key)
        if entity is not None:
            labels = ", ".join(dict.fromkeys(n.text for n in entity.names if n.kind is NameKind.LABEL))
            out.append(f"  new        {labels} ({', '.join(ref.text for ref in entity.classes)}, {key})")
    out += [f"  comment    {line.strip()}" for line in write_draft(draft).splitlines() if line.startswith("#")]
    for rejection in draft.rejections:
        out.append(f"  rejected before by {words.agent(rejection.by)} on {rejection.on.text}: {rejection.reason}")
    out += [f"  {_tell(d)}" for d in draft.diagnostics]
    return "\n".join(out) + "\n"


def show_drafts(checked: Checked, drafts: Iterable[Draft], lang: str) -> str:
    """All drafts, a line each."""
    words = checked.story.words(lang)
    lines = []
    for draft in drafts:
        what = "; ".join(_say(draft, words)) or "cannot be read"
        counts = {s: sum(d.severity is s for d in draft.diagnostics) for s in Severity}
        wrong = [write_count(n, s.word) for s, n in counts.items() if n and s is not Severity.NOTE]
        wrong += ["rejected before"] if draft.rejections else []
        lines.append(f"{draft.id}   {what}" + (f"   [{', '.join(wrong)}]" if wrong else ""))
    return "".join(f"{line}\n" for line in lines)


def write_drafts_json(checked: Checked, drafts: Iterable[Draft], lang: str) -> str:
    """All drafts as JSON, an object a line: what `show_draft` tells, by key; no sentence of the text."""
    words = checked.story.words(lang)
    lines = []
    for draft in drafts:
        record = {
            "id": draft.id,
            "source": draft.source,
            "sentence": draft.address,
            "says": list(_say(draft, words)),
            "repeats": draft.repeats,
            "file": draft.mark.file,
            "line": draft.mark.line,
            "digests": list(draft.digests),
            "needs": list(list_proposed_entities(checked, draft)),
            "diagnostics": [
                {"severity": d.severity.word, "code": d.code, "message": d.message, "line": d.mark.line}
                for d in draft.diagnostics
            ],
            "rejected": [rejection.reason for rejection in draft.rejections],
        }
        lines.append(json.dumps(record, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)


def find_sentence(checked: Checked, draft: Draft) -> str | None:
    """The sentence that a draft rests on, on one line, where its text is at hand."""
    article = checked.articles.by_source.get(draft.source)
    found = article.sentences.get(draft.address) if article is not None else None
    return " ".join(found.text.split()) if found is not None else None


def _say(draft: Draft, words: ClaimWords) -> list[str]:
    """What a draft says, a statement for each of its claims."""
    out = []
    for claim in draft.claims:
        qualifiers = words.qualifiers(claim)
        again = "again: " if draft.repeats else ""
        out.append(f"{again}{words.statement(claim)}" + (f"   ({qualifiers})" if qualifiers else ""))
    return out


def _tell(diagnostic: Diagnostic) -> str:
    hint = f" ({diagnostic.hint})" if diagnostic.hint else ""
    return f"{diagnostic.severity.word}[{diagnostic.code}]: {diagnostic.message}{hint}"
