"""Accept: a draft's own lines move into the curator's file of its source, with who reviewed it and when.

Proposed entities that it needs move too. What the graph says with its drafts stays the same, but for the review: that
is seen by checking the project as it would be, before a byte is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.build.pipeline import Checked
from kg.change.entry import Entry, list_within, margin_of
from kg.change.preview import check_after, find_new, sort_evidence, tell_new_error
from kg.change.rekey import Edit, Rewritten, apply_edits, place_behind
from kg.change.rename import RewriteRefusedError
from kg.drafts.review.draft import Draft, list_entries, list_inner
from kg.drafts.review.lines import Cut, cut_entry, enclose, paste_claim, reread
from kg.drafts.review.needs import Moved, move_entities
from kg.drafts.review.plan import Reviewer, ReviewPlan, make_file, write_proposal
from kg.drafts.review.voices import read_saying, write_saying, write_voice
from kg.model.nouns import Claim, Evidence
from kg.model.state import CURATED, Agent, Review, State
from kg.model.values import ClaimRef, Date
from kg.system.project import Drafts, Project
from kg.text.diagnostic import Severity
from kg.text.edtf import parse_edtf
from kg.text.yamldoc import Document, MappingNode, Scalar, read_document
from kg.text.yamltext import write_scalar

WIDTH = 120


def plan_acceptance(checked: Checked, draft: Draft, reviewer: Reviewer) -> ReviewPlan:
    """The plan by which a draft becomes a claim of the seeds; nothing is written. *checked* was read with its drafts.

    Refused is a draft with an error in its lines, one that speaks of another draft, and one whose lines cannot be moved
    without a change of what something says. Raises KgError when a file cannot be read.
    """
    assert checked.read.drafts is Drafts.BUILT_IN
    refused = tuple(_find_obstacles(checked, draft))
    if refused:
        return ReviewPlan(id=draft.id, refused=refused)
    try:
        moved = move_entities(checked, draft)
        cut = _cut_claim(draft, reviewer, ())
        problems: tuple[str, ...] = ()
        for target in list_targets(checked.project, draft.source, draft.address):
            for text, rest in _put(checked, draft, reviewer, target, cut):
                files = _join_files(checked.project, draft, target, text, rest, moved)
                problems = tuple(_find_changes(checked, draft, reviewer, files))
                if not problems:
                    return ReviewPlan(id=draft.id, told=tuple(_tell(draft, target, moved)), files=files)
    except RewriteRefusedError as error:
        return ReviewPlan(id=draft.id, refused=(str(error),))
    return ReviewPlan(id=draft.id, refused=problems or ("its lines cannot be moved: write the claim by hand",))


# -- what must be so first ------------------------------------------------------------------------


def _find_obstacles(checked: Checked, draft: Draft) -> Iterator[str]:
    errors = [d for d in draft.diagnostics if d.severity is Severity.ERROR]
    yield from (f"{d.mark}: {d.message}" for d in errors)
    if not draft.claims and not errors:
        yield f"{draft.mark}: what stands here cannot be read: `kg check` says why"
    for claim in draft.claims:
        for other in dict.fromkeys(_list_claims(claim, draft)):
            found = checked.seeds.claim_by_id.get(other)
            if found is not None and found.state.is_draft and found.mark != draft.mark:
                yield f"`{draft.id}` speaks of `{other}`, which is a draft too: accept that first"


def _list_claims(claim: Claim, draft: Draft) -> Iterator[str]:
    """The claims that a draft names: those it is about, and the one it repeats."""
    if draft.repeats:
        yield claim.id
        return
    refs = [end for end in (claim.subject, claim.object) if isinstance(end, ClaimRef)]
    yield from (ref.id for ref in (*refs, *claim.compatible, *(claim.decided.chosen if claim.decided else ())))
    yield from (unlike.claim for unlike in claim.unlike)


# -- the lines of the claim ----------------------------------------------------------------------


def _cut_claim(draft: Draft, reviewer: Reviewer, more: Sequence[tuple[str, str]]) -> Cut:
    """The draft's lines, taken out of its file, with *more* keys and the review in them."""
    state = _state_of(draft)
    value = draft.entry.value
    fields = value.nodes if isinstance(value, MappingNode) else {}
    added = [(key, text) for key, text in more if key not in fields]
    if "proposed" not in fields:
        added.append(("proposed", write_proposal(state.proposed) if state.proposed is not None else "false"))
    edits: list[Edit] = []
    if "reviewed" in fields:
        edits.append((fields["reviewed"].mark, f"{{{reviewer.fields}}}"))
    else:
        added.append(("reviewed", f"{{{reviewer.fields}}}"))
    edits += add_fields(draft.entry, added)
    document = draft.entry.document
    after = reread(document, apply_edits(document.source.text, edits))
    path = find_path(after, draft.sentence.key.text, draft.entry.key.text)
    if path is None:
        raise RewriteRefusedError(f"`{draft.id}` ({draft.mark}) cannot be rewritten: write it in a plainer way")
    return cut_entry(path)


def _state_of(draft: Draft) -> State:
    if draft.repeats:
        return draft.evidence.state if draft.evidence is not None else CURATED
    return draft.claims[0].state


def add_fields(entry: Entry, added: Sequence[tuple[str, str]]) -> Iterator[Edit]:
    """Keys at the end of a claim, in its own style: on its line, below it where that gets too long, or a line each."""
    value = entry.value
    if isinstance(value, Scalar):
        yield value.mark, f"{{again: {write_scalar(entry.key.text)}, {', '.join(f'{k}: {t}' for k, t in added)}}}"
        return
    if not isinstance(value, MappingNode) or not value.entries or not added:
        return
    first, last = value.entries[0][0].mark, value.entries[-1][1]
    parts = [f"{key}: {text}" for key, text in added]
    if not value.flow:
        line = list_within(entry.document, entry.key, value)[-1].last_line
        end = len(entry.document.source.lines[line - 1]) + 1
        mark = replace(place_behind(last.mark), line=line, end_line=line, column=end, end_column=end)
        yield mark, "".join(f"\n{' ' * (first.column - 1)}{part}" for part in parts)
        return
    behind = place_behind(last.mark)
    rest = entry.document.source.lines[behind.line - 1]
    column = len(rest)
    text = ""
    for part in parts:
        if column + len(part) + 2 > WIDTH and margin_of(entry.key) is not None:
            inner_margin = first.column - 1 if first.line != entry.key.mark.line else entry.key.mark.column + 1
            text += f",\n{' ' * inner_margin}{part}"
            column = inner_margin + len(part)
        else:
            text += f", {part}"
            column += len(part) + 2
    yield behind, text


def find_path(document: Document, sentence: str, key: str) -> tuple[Entry, Entry, Entry] | None:
    """The way from a file's root to a claim: the root's `claims`, the sentence, the claim."""
    for block in list_entries(document, "claims"):
        if block.key.text == sentence:
            for entry in list_inner(block):
                if entry.key.text == key:
                    return enclose(block), block, entry
    return None


# -- the file that it goes to --------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class TargetFile:
    """A file of claims on the draft's source; *document* is None for one that is new."""

    path: Path
    document: Document | None


def list_targets(project: Project, source: str, address: str) -> Iterator[TargetFile]:
    """The curator's files of a source, those that have the sentence first; then one that is not there yet."""
    found = []
    for path in project.claim_files:
        document = read_document(path, project.name_of(path))
        root = document.root
        named = root.get("source") if isinstance(root, MappingNode) and not document.diagnostics else None
        if isinstance(named, Scalar) and named.text == source:
            has_it = any(e.key.text.partition(" ")[0] == address for e in list_entries(document, "claims"))
            found.append((not has_it, TargetFile(path=path, document=document)))
    yield from (target for _, target in sorted(found, key=lambda item: item[0]))
    folder, name, number = project.root / "seeds/claims", source, 2
    while (folder / f"{name}.yaml").exists():
        name, number = f"{source}-{number}", number + 1
    yield TargetFile(path=folder / f"{name}.yaml", document=None)


def _put(
    checked: Checked, draft: Draft, reviewer: Reviewer, target: TargetFile, cut: Cut
) -> Iterator[tuple[str, str | None]]:
    """The text of the target with the claim, and what is left of the draft's file: in one way after the other.

    First with the voice that the target gives to the sentence; then with a voice of its own, at the sentence where that
    is new, else at the claim.
    """
    key = draft.sentence.key.text
    lines = [*cut.comments, *cut.lines]
    curated = [
        other.document
        for other in list_targets(checked.project, draft.source, draft.address)
        if other.document is not None
    ]
    curated.sort(key=lambda document: document.source.name)
    wanted = read_saying(checked, draft.source, draft.address, draft.entry.document, curated)
    source = checked.seeds.source_by_id.get(draft.source)
    if target.document is None:
        said = f"    said: {write_saying(wanted, source)}\n" if wanted is not None else ""
        body = "".join(f"    {line}\n" if line else "\n" for line in lines)
        yield f"kg: claims/1\nsource: {draft.source}\nclaims:\n  {key}:\n{said}{body}", cut.rest
        return
    if read_saying(checked, draft.source, draft.address, target.document) == wanted:
        text = paste_claim(target.document, key, lines)
        if text is not None:
            yield text, cut.rest
    elif wanted is not None:
        text = paste_claim(target.document, key, lines, write_saying(wanted, source))
        if text is not None:
            yield text, cut.rest
    own = _cut_claim(draft, reviewer, tuple(write_voice(draft)))
    text = paste_claim(target.document, key, [*own.comments, *own.lines])
    if text is not None:
        yield text, own.rest


# -- all together --------------------------------------------------------------------------------


def _join_files(
    project: Project, draft: Draft, target: TargetFile, text: str, rest: str | None, moved: Iterable[Moved]
) -> tuple[Rewritten, ...]:
    return (
        make_file(project, target.path, text),
        make_file(project, draft.path, rest),
        *(make_file(project, one.path, one.text) for one in moved),
    )


def _tell(draft: Draft, target: TargetFile, moved: Iterable[Moved]) -> Iterator[str]:
    yield f"`{draft.id}` goes to {target.path.parent.name}/{target.path.name}"
    for one in moved:
        for key in one.keys:
            yield f"`{key}` goes to {one.path.parent.name}/{one.path.name}"


def _find_changes(checked: Checked, draft: Draft, reviewer: Reviewer, files: Iterable[Rewritten]) -> Iterator[str]:
    """What would be wrong or other than before, but for the review: nothing, if all is well."""
    after = check_after(checked, files)
    new = find_new(checked, after, Severity.ERROR)
    yield from map(tell_new_error, new)
    if new:
        return
    ids = {claim.id for claim in draft.claims}
    wanted = {c.id: _settle(c, draft, reviewer) if c.id in ids else sort_evidence(c) for c in checked.seeds.claims}
    found = {c.id: sort_evidence(c) for c in after.seeds.claims}
    for id_ in sorted(wanted.keys() | found.keys()):
        if wanted.get(id_) != found.get(id_):
            yield f"`{id_}` would say something else: move its lines by hand"
    if checked.seeds.entity_by_key != after.seeds.entity_by_key:
        yield "an entity would be another: move its lines by hand"


def _settle(claim: Claim, draft: Draft, reviewer: Reviewer) -> Claim:
    """A claim of the draft as it is once it was accepted."""

    def accept(state: State) -> State:
        return State(proposed=state.proposed, reviewed=_make_review(reviewer, draft), is_draft=False)

    def settle(evidence: Evidence) -> Evidence:
        is_it = draft.repeats and evidence.mark == draft.mark
        return replace(evidence, state=accept(evidence.state)) if is_it else evidence

    evidence = tuple(map(settle, claim.evidence))
    return sort_evidence(replace(claim, evidence=evidence, state=claim.state if draft.repeats else accept(claim.state)))


def _make_review(reviewer: Reviewer, draft: Draft) -> Review:
    edtf = parse_edtf(reviewer.on)
    return Review(by=Agent(text=reviewer.by, mark=draft.mark), on=Date(edtf=edtf, mark=draft.mark))
