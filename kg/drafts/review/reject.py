"""Reject: a draft's lines go, and what it said is remembered with the reason; or another text for a draft's lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.build.pipeline import Checked
from kg.change.preview import check_after, find_new, tell_new_error
from kg.change.rename import RewriteRefusedError
from kg.drafts.review.accept import find_path
from kg.drafts.review.draft import Draft, list_drafts
from kg.drafts.review.lines import cut_entry, find_lines, paste_entry, replace_entry, reread
from kg.drafts.review.needs import cut_entity, list_proposed_entities
from kg.drafts.review.plan import Reviewer, ReviewPlan, make_file
from kg.system.project import REJECTED_FILE, Drafts
from kg.text.diagnostic import Severity, UsageError
from kg.text.yamldoc import MappingNode, parse_document, read_document
from kg.text.yamltext import write_scalar

_HEAD = "kg: rejected/1\nrejected:\n"


def plan_rejection(checked: Checked, draft: Draft, reviewer: Reviewer, reason: str) -> ReviewPlan:
    """The plan by which a draft goes, and its digest is remembered with the reason; nothing is written.

    Its own lines stay beside the digest, as comments, so that a curator can take the rejection back. Proposed entities
    that nothing else needs go too. Refused is a draft of which another one speaks. Raises UsageError without a reason.
    """
    assert checked.read.drafts is Drafts.BUILT_IN
    if not reason.strip():
        raise UsageError("say why it is rejected")
    project = checked.project
    path = find_path(draft.entry.document, draft.sentence.key.text, draft.entry.key.text)
    assert path is not None
    try:
        cut = cut_entry(path)
        texts: dict[Path, str | None] = {draft.path: cut.rest}
        kept = [*cut.comments, *cut.lines]
        for key in _list_lonely(checked, draft):
            file, entity = cut_entity(checked, key, texts)
            texts[file] = entity.rest
            kept += [*entity.comments, *entity.lines]
        told = [f"`{draft.id}` is rejected"]
        if draft.digests:
            texts[project.root / REJECTED_FILE] = _remember(checked, draft, reviewer, reason, kept)
        else:
            told.append("it could not be read, so that nothing can be remembered of what it said")
        files = tuple(make_file(project, file, text) for file, text in texts.items())
    except RewriteRefusedError as error:
        return ReviewPlan(id=draft.id, refused=(str(error),))
    new = find_new(checked, check_after(checked, files), Severity.ERROR)
    refused = tuple(map(tell_new_error, new))
    return ReviewPlan(id=draft.id, told=tuple(told), refused=refused, files=() if refused else files)


def plan_edit(checked: Checked, draft: Draft, text: str) -> ReviewPlan:
    """The plan by which a draft's lines read otherwise: *text* is a key with its value, with comments, as YAML.

    Refused is a text that is no such thing. What it says is for `kg check` to judge.
    """
    document = parse_document(type(draft.entry.document.source)("the claim", text))
    refused = [f"line {d.mark.line}: {d.message}" for d in document.diagnostics]
    if not refused and not (
        isinstance(document.root, MappingNode) and document.root.entries and not document.root.flow
    ):
        refused = ["it should be an id with its claim: `port: {s: tern, p: homePort, o: riga}`"]
    if refused:
        return ReviewPlan(id=draft.id, refused=tuple(refused))
    whole = replace_entry(draft.entry, text.rstrip("\n").replace("\r", "").split("\n"))
    after = reread(draft.entry.document, whole) if whole is not None else None
    if after is None:
        refused = [f"{draft.mark}: it stands within a line: edit the file"]
    else:
        refused = [f"line {d.mark.line} of the file: {d.message}" for d in after.diagnostics]
    if refused:
        return ReviewPlan(id=draft.id, refused=tuple(refused))
    return ReviewPlan(
        id=draft.id, told=(f"`{draft.id}` reads otherwise",), files=(make_file(checked.project, draft.path, whole),)
    )


def write_draft(draft: Draft) -> str:
    """A draft's own lines, with the comments that belong to them, without their margin: what `plan_edit` takes."""
    first, last = find_lines(draft.entry)
    lines = draft.entry.document.source.lines[first - 1 : last]
    margin = draft.mark.column - 1
    return "".join(f"{line[min(margin, len(line) - len(line.lstrip())) :]}\n" for line in lines)


def _list_lonely(checked: Checked, draft: Draft) -> Iterator[str]:
    """The proposed entities that this draft alone needs."""
    mine = list_proposed_entities(checked, draft)
    if mine:
        others = {key for one in list_drafts(checked) if one.mark != draft.mark
                  for key in list_proposed_entities(checked, one)}  # fmt: skip
        yield from (key for key in mine if key not in others)


def _remember(checked: Checked, draft: Draft, reviewer: Reviewer, reason: str, kept: Sequence[str]) -> str:
    """The text of `seeds/rejected.yaml` with what was rejected; *kept* are its lines."""
    words = checked.story.words(checked.seeds.dataset.language)
    known = {rejection.digest for rejection in checked.seeds.rejections}
    lines = [f"# {line}".rstrip() for line in kept if line.strip()]
    sentence = f"{draft.source} {draft.address}"
    for digest, claim in zip(draft.digests, draft.claims, strict=True):
        if digest not in known:
            qualifiers = words.qualifiers(claim).removesuffix(words.status(claim.state)).removesuffix(", ")
            told = f"{sentence}: {words.statement(claim)}" + (f" ({qualifiers})" if qualifiers else "")
            lines += [
                f"{digest}:",
                f"  claim: {write_scalar(told)}",
                f"  reason: {write_scalar(' '.join(reason.split()))}",
                f"  by: {write_scalar(reviewer.by)}",
                f"  on: {write_scalar(reviewer.on)}",
            ]
            known.add(digest)
    path = checked.project.root / REJECTED_FILE
    if not path.exists():
        return _HEAD + "".join(f"  {line}\n" for line in lines)
    document = read_document(path, REJECTED_FILE)
    text = paste_entry(document, "rejected", lines)
    if text is None:
        raise RewriteRefusedError(
            f"{REJECTED_FILE} is written so that nothing can be added: begin a line for each entry"
        )
    return text
