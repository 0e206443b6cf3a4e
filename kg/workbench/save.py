"""Save a form: the project read and checked under its lock, and the claim's lines written, or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from kg.build.pipeline import Checked
from kg.change.rekey import write_rewritten
from kg.drafts.review.act import MakePlan, review_draft
from kg.drafts.review.draft import Draft, find_draft
from kg.drafts.review.plan import ReviewPlan
from kg.drafts.review.reject import write_draft
from kg.system.files import CURATED, finish_exports, hold_lock
from kg.system.project import Project
from kg.text.diagnostic import KgError
from kg.workbench.form import ClaimForm
from kg.workbench.judge import Judgement, judge_form
from kg.workbench.plan import ConflictError

_TRIES, _PAUSE = 15, 0.2  # another command has the lock: how often it is asked for, and after how many seconds


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What came of saving: the judgement, and whether it was written."""

    judgement: Judgement
    is_written: bool


def save_form(project: Project, read: Callable[[], Checked], form: ClaimForm) -> Saved:
    """Write the form into its file, unless it has errors; *read* gives the project as it is now, checked.

    Other lines that were changed meanwhile stay as they are. Raises ConflictError where the claim's own lines were
    changed, RewriteRefusedError where they cannot be written, KgError where another command holds the project's lock,
    or a file cannot be read or written; then nothing is written.
    """
    with ExitStack() as held:
        _take_lock(project, held)
        finish_exports(project.root, project.work, CURATED)
        judgement = judge_form(read(), form)
        if judgement.may_be_saved:
            write_rewritten(judgement.plan.files, project)
    return Saved(judgement=judgement, is_written=judgement.may_be_saved)


def _take_lock(project: Project, held: ExitStack) -> None:
    """Take the project's lock, which another command may have for a moment. Raises KgError where it keeps it."""
    for left in range(_TRIES, 0, -1):
        try:
            held.enter_context(hold_lock(project.work, "edit"))
            return
        except KgError:
            if left == 1:
                raise
        time.sleep(_PAUSE)


def act_on_draft(project: Project, id_: str, seen: str, make_plan: MakePlan, texts: Path | None) -> ReviewPlan:
    """Carry out a plan for the draft of this id, whose lines are those that were *seen*.

    Raises ConflictError where they are others, UsageError where there is no such draft, else as `review_draft`.
    """

    def find(drafts: tuple[Draft, ...]) -> Draft:
        draft = find_draft(drafts, id_)
        lines = write_draft(draft)
        if lines != seen:
            raise ConflictError(f"somebody has changed the draft `{id_}` meanwhile", lines)
        return draft

    plan = review_draft(project, find, make_plan, texts)
    assert plan is not None
    return plan
