"""The files as they would be with a form: the lines of one claim change, and every other line stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.build.pipeline import Checked
from kg.change.entry import Entry, list_within, take_out
from kg.change.rekey import Edit, Rewritten, add_rewritten, apply_edits
from kg.change.rename import RewriteRefusedError
from kg.drafts.proposal.lines import make_fields, write_line
from kg.drafts.review.accept import add_fields, list_targets
from kg.drafts.review.lines import find_lines, paste_claim, reread
from kg.drafts.review.needs import choose_file
from kg.drafts.review.plan import make_file
from kg.drafts.review.voices import read_saying
from kg.reading.fields import KEY
from kg.system.project import Project
from kg.text.diagnostic import KgError, SourceText, mark_of_file
from kg.text.opened import read_bytes
from kg.text.yamldoc import Document, MappingNode, Node, read_document
from kg.text.yamltext import write_scalar
from kg.workbench.form import FIELDS, REASONS, VOICE, ClaimForm, FormRow, NewEntity, clean_field, find_row


class ConflictError(Exception):
    """The lines that a form was made from are others now: *theirs* as they stand in the file, None where they went."""

    def __init__(self, message: str, theirs: str | None) -> None:
        super().__init__(message)
        self.theirs = theirs


@dataclass(frozen=True, kw_only=True)
class FormPlan:
    """The *files* that change with a form, the *key* of the claim, and the *path* of the file in which it stands."""

    key: str
    path: Path
    files: tuple[Rewritten, ...] = field(repr=False)

    @property
    def texts(self) -> dict[Path, str]:
        """The new texts by path."""
        return {file.path: file.text for file in self.files}


def plan_form(checked: Checked, form: ClaimForm) -> FormPlan:
    """The files as they would be with the form; nothing is written.

    Raises RewriteRefusedError with the reason where the form cannot be put into its file, ConflictError where the lines
    that it was made from are others now, and KgError when a file cannot be read.
    """
    digest = find_digest(checked, form.source, form.address)
    if form.is_new:
        key = form.key or _make_key(checked, form)
        if not KEY.fullmatch(key):
            raise RewriteRefusedError(f"`{key}` is no id: small letters, digits and hyphens")
        path, text, before = _plan_new(checked, form, key, digest)
    else:
        key = form.key
        path, text, before = _plan_change(checked.project, form)
    files: list[Rewritten] = []
    if before is None:
        files.append(_make_new(checked.project, path, text))
    else:
        add_rewritten(files, checked.project, path, before, text)
    texts: dict[Path, str | None] = {}
    for entity in form.entities:
        line = _write_entity(checked, entity)
        target, whole = choose_file(checked, entity.key, {entity.kind}, [line], texts)
        texts[target] = whole
    files += [make_file(checked.project, target, whole) for target, whole in texts.items()]
    return FormPlan(key=key, path=path, files=tuple(files))


def _make_new(project: Project, path: Path, text: str) -> Rewritten:
    return Rewritten(path=path, name=project.name_of(path), before=b"", text=text, is_new=True)


def find_digest(checked: Checked, source: str, address: str) -> str:
    """The digest of a sentence, by its text where that is at hand, else by the outline.

    Raises RewriteRefusedError where there is no such sentence, or text and outline differ in it.
    """
    described = checked.seeds.source_by_id.get(source)
    if described is None:
        raise RewriteRefusedError(f"no source `{source}`")
    article = checked.articles.by_source.get(source)
    outline = described.digests.get(address)
    digest = article.digests.get(address) if article is not None else outline
    if digest is None:
        raise RewriteRefusedError(f"`{source}` has no sentence `{address}`")
    if outline is not None and outline != digest:
        raise RewriteRefusedError(
            f"the outline of `{source}` is older than its text: `kg evidence rebase {source}` brings the claims along"
        )
    return digest


# -- a claim that is new -------------------------------------------------------------------------


def _plan_new(checked: Checked, form: ClaimForm, key: str, digest: str) -> tuple[Path, str, bytes | None]:
    """The file with the claim at the end of its sentence; its bytes of before, None where there is none yet."""
    for target in list_targets(checked.project, form.source, form.address):
        if target.document is None:
            return target.path, _write_file(form, key, digest), None
        if target.document.diagnostics:
            raise RewriteRefusedError(f"{target.document.source.name} has mistakes of writing: mend them first")
        before = read_bytes(target.path)
        document = read_document(target.path, target.document.source.name)
        sentence, there = _find_sentence(document, form.address, digest)
        said, own = _share_voice(checked, form, document, is_there=there)
        text = paste_claim(document, sentence, _write_lines(key, own), said)
        if text is not None:
            return target.path, text, before
    raise AssertionError("the last target is a file that is not there yet")


def _find_sentence(document: Document, address: str, digest: str) -> tuple[str, bool]:
    """The key of a sentence in a file, and whether it stands there.

    Raises RewriteRefusedError where its digest is old.
    """
    claims = document.root.get("claims") if isinstance(document.root, MappingNode) else None
    for key, _ in claims.entries if isinstance(claims, MappingNode) else ():
        at, _, given = key.text.partition(" ")
        if at == address:
            if given.strip() not in {"", digest}:
                raise RewriteRefusedError(
                    f"{document.source.name} was written when `{address}` was another sentence: "
                    "`kg evidence rebase` brings its claims along"
                )
            return key.text, True
    return f"{address} {digest}", False


def _share_voice(
    checked: Checked, form: ClaimForm, document: Document, *, is_there: bool
) -> tuple[str | None, dict[str, str]]:
    """What the sentence says of who speaks (`said`), and what stands at the claim."""
    written = form.written
    voice = {key: text for key, text in written.items() if key in VOICE}
    if is_there or "by" not in voice or read_saying(checked, form.source, form.address, document) is not None:
        return None, written
    return _write_said(voice), {key: text for key, text in written.items() if key not in VOICE}


def _write_said(voice: Mapping[str, str]) -> str:
    if voice == {"by": "source"}:
        return "source"
    return f"{{{', '.join(f'{key}: {write_scalar(text)}' for key, text in voice.items())}}}"


def _write_file(form: ClaimForm, key: str, digest: str) -> str:
    """A first file of claims on a source."""
    written = form.written
    voice = {name: text for name, text in written.items() if name in VOICE}
    said = f"    said: {_write_said(voice)}\n" if "by" in voice else ""
    own = {name: text for name, text in written.items() if name not in VOICE or not said}
    lines = "".join(f"    {line}\n" for line in _write_lines(key, own))
    return f"kg: claims/1\nsource: {form.source}\nclaims:\n  {form.address} {digest}:\n{said}{lines}"


def _write_lines(key: str, fields: Mapping[str, str]) -> list[str]:
    mark = mark_of_file(SourceText("", ""))
    own: dict[str, str | Node] = {name: text for name, text in fields.items() if name not in REASONS}
    reasons = {name.partition(".")[2]: text for name, text in fields.items() if name in REASONS}
    if reasons:
        own["inferred"] = make_fields(reasons, mark)
    text = write_line(key, make_fields(own, mark))
    return [line.removeprefix("    ") for line in text.split("\n")]


def _make_key(checked: Checked, form: ClaimForm) -> str:
    """An id that the source has not yet: by the property, then with the object, then with a number."""
    taken = {
        claim.id.partition(".")[2].partition(".")[0] for claim in checked.seeds.claims_by_source.get(form.source, ())
    }
    written = form.written
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", written.get("p", ""))
    short = _slug(words) or "claim"
    longer = _slug(f"{short}-{written.get('o', '')}")[:48].strip("-")
    numbered = (f"{short}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (short, longer, *numbered) if key not in taken)


def _slug(text: str) -> str:
    """Words as an id: `Over 30,000 cars` gives `over-30-000-cars`; other letters than those of ASCII are left out.

    >>> _slug("lockedOrders"), _slug("c:over 30,000 cars")
    ('lockedorders', 'c-over-30-000-cars')
    """
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return slug if slug[:1].isalpha() else ""


# -- a claim that is there -----------------------------------------------------------------------


def _plan_change(project: Project, form: ClaimForm) -> tuple[Path, str, bytes]:
    """The file with the claim's own lines changed. Raises ConflictError where they are not those of the form."""
    path = next((path for path in project.claim_files if project.name_of(path) == form.file), None)
    if path is None:
        raise ConflictError(f"{form.file} is gone", None)
    try:
        before = read_bytes(path)
    except OSError as error:
        raise KgError(f"cannot read {form.file}: {error.strerror or error}") from error
    document = read_document(path, project.name_of(path))
    if document.diagnostics:
        raise RewriteRefusedError(f"{form.file} has mistakes of writing: mend them first")
    row = find_row(document, form.address, form.key)
    if row is None:
        raise ConflictError(f"the claim `{form.key}` is gone from {form.file}", None)
    if row.base != form.base:
        raise ConflictError(f"somebody has changed `{form.key}` meanwhile", "\n".join(row.lines))
    if row.repeats:
        raise RewriteRefusedError(f"`{form.key}` repeats a claim: change it in {form.file}")
    if "inferred" in row.fixed and any(clean_field(form.fields.get(key, "")) for key in REASONS):
        raise RewriteRefusedError(f"how `{form.key}` is known is written in a way that no field has: see {form.file}")
    return path, _rewrite(document, row, form), before


def _rewrite(document: Document, row: FormRow, form: ClaimForm) -> str:
    """The text with the fields of the form in the claim's lines; proved by reading it again."""
    open_keys = {*FIELDS, *(() if "inferred" in row.fixed else REASONS)} - row.fixed.keys()
    wanted = {key: clean_field(text) for key, text in form.fields.items() if key in open_keys}
    changed = {key: text for key, text in wanted.items() if text != clean_field(row.fields.get(key, ""))}
    written = {key: write_scalar(text) if text else "" for key, text in changed.items() if key in FIELDS}
    if changed.keys() & set(REASONS):
        written["inferred"] = _write_reasons({**row.fields, **changed})
    there = row.entry.fields.nodes
    edits: list[Edit] = [(there[key].mark, text) for key, text in written.items() if text and key in there]
    edits += add_fields(row.entry, [(key, text) for key, text in written.items() if text and key not in there])
    after = reread(document, apply_edits(document.source.text, edits)) if edits else document
    for key in [key for key, text in written.items() if not text and key in there]:
        found = _find_again(after, form)
        inner = next(e for e in list_within(after, found.entry.key, found.entry.fields) if e.key.text == key)
        after = reread(after, apply_edits(after.source.text, list(take_out(inner))))
    _prove(document, after, row, _find_again(after, form), {**row.fields, **changed})
    return after.source.text


def _write_reasons(fields: Mapping[str, str]) -> str:
    """The reasons among the fields of a form, as they stand under `inferred`; empty where there are none."""
    texts = {key.partition(".")[2]: write_scalar(fields[key]) for key in REASONS if fields.get(key)}
    return f"{{{', '.join(f'{key}: {text}' for key, text in texts.items())}}}" if texts else ""


def _find_again(document: Document, form: ClaimForm) -> FormRow:
    found = None if document.diagnostics else find_row(document, form.address, form.key)
    if found is None:
        raise RewriteRefusedError(f"`{form.key}` cannot be rewritten: change it in {form.file}")
    return found


def _prove(before: Document, after: Document, row: FormRow, found: FormRow, expected: Mapping[str, str]) -> None:
    """Raises RewriteRefusedError unless the claim says what was typed, and all other lines are what they were."""
    texts = {key: text for key, text in expected.items() if text}
    same = {key: clean_field(text) for key, text in found.fields.items()} == {
        key: clean_field(text) for key, text in texts.items()
    }
    outside = _list_outside(before, row.entry) == _list_outside(after, found.entry)
    if not (same and outside and found.fixed == row.fixed):
        raise RewriteRefusedError(
            f"`{row.key}` is written so that its lines cannot be changed alone: change it in the file"
        )


def _list_outside(document: Document, entry: Entry) -> tuple[list[str], list[str]]:
    first, last = find_lines(entry)
    lines = document.source.text.split("\n")
    return lines[: first - 1], lines[last:]


# -- what a claim needs --------------------------------------------------------------------------


def _write_entity(checked: Checked, entity: NewEntity) -> str:
    """The line that declares a new thing.

    Raises RewriteRefusedError for a field that is empty or an id that is taken.
    """
    label = clean_field(entity.label)
    for what, text in (("an id", entity.key), ("a class", entity.kind), ("a label", label)):
        if not text.strip():
            raise RewriteRefusedError(f"the new thing `{entity.key or label}` needs {what}")
    if entity.key in checked.seeds.entity_by_key:
        raise RewriteRefusedError(f"there is an entity `{entity.key}` already: choose it, or take another id")
    if not KEY.fullmatch(entity.key):
        raise RewriteRefusedError(f"`{entity.key}` is no id: small letters, digits and hyphens")
    return f"{entity.key}: {{is: {write_scalar(entity.kind)}, label: {write_scalar(label)}}}"
