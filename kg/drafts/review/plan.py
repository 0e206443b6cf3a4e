"""What a review changes: the nouns of a plan, and how one is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kg.change.rekey import Rewritten, write_rewritten
from kg.model.state import ProposalRecord
from kg.system.project import Project
from kg.text.diagnostic import KgError, UsageError
from kg.text.edtf import EdtfError, parse_edtf
from kg.text.yamltext import write_scalar


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """Who reviews, the id of an entity or words, and on which day."""

    by: str
    on: str

    @property
    def fields(self) -> str:
        """`by: NAME, on: DATE`, as a curator would write it."""
        return f"by: {write_scalar(self.by)}, on: {write_scalar(self.on)}"


@dataclass(frozen=True, kw_only=True)
class ReviewPlan:
    """The files that change by the review of one draft, or in *refused* why nothing can be written.

    *told* says in words what becomes of it.
    """

    id: str
    told: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    files: tuple[Rewritten, ...] = field(default=(), repr=False)


def today() -> str:
    """The day on which somebody proposes or reviews, where they are.

    Both by one rule: by another, what is proposed in an American evening would be reviewed the day before.
    """
    return datetime.now(tz=UTC).astimezone().date().isoformat()


def name_reviewer(by: str, on: str | None = None) -> Reviewer:
    """A reviewer, of today unless another day is given. Raises UsageError for an empty name or a day that is none."""
    if not by.strip() or not by.isprintable():
        raise UsageError("say who reviews: an entity's id, or words")
    day = on if on is not None else today()
    try:
        edtf = parse_edtf(day)
    except EdtfError as error:
        raise UsageError(f"`{day}` is no date: {error.message}") from error
    if not edtf.exact:
        raise UsageError(f"`{day}` ends on no certain day: write a day, a month or a year")
    return Reviewer(by=by.strip(), on=day)


def apply_review(plan: ReviewPlan, project: Project) -> None:
    """Write all files of a plan, or none. Call it under the project's lock (`kg.system.files.hold_lock`).

    Raises UsageError for a plan that was refused, KgError where a file was changed since it was read, or cannot be
    written. A command that is killed here is finished or undone by the next one.
    """
    if plan.refused:
        raise UsageError(f"`{plan.id}` cannot be reviewed: {plan.refused[0]}")
    write_rewritten(plan.files, project)


def write_proposal(proposal: ProposalRecord) -> str:
    """`{by: NAME, on: DATE, with: TOOL}`."""
    tool = f", with: {write_scalar(proposal.tool.text)}" if proposal.tool is not None else ""
    return f"{{by: {write_scalar(proposal.by.text)}, on: {write_scalar(proposal.on.text)}{tool}}}"


def make_file(project: Project, path: Path, text: str | None) -> Rewritten:
    """A file with another text, or one that goes (None); what it holds now is read. Raises KgError where it cannot be.

    A byte-order mark stays.
    """
    try:
        is_new = not path.exists()
        before = b"" if is_new else path.read_bytes()
    except OSError as error:
        raise KgError(f"cannot read {project.name_of(path)}: {error.strerror or error}") from error
    mark = "\ufeff" if before.startswith(b"\xef\xbb\xbf") else ""
    whole = "" if text is None else mark + text
    return Rewritten(
        path=path, name=project.name_of(path), before=before, text=whole, is_new=is_new, is_gone=text is None
    )
