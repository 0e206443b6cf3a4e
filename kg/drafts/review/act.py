"""One review from beginning to end: the project read under its lock, the plan made and written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.build.pipeline import Checked, check_files, read_project
from kg.build.snapshot import read_at_rest
from kg.drafts.review.accept import plan_acceptance
from kg.drafts.review.draft import Draft, find_draft, list_drafts
from kg.drafts.review.plan import Reviewer, ReviewPlan, apply_review
from kg.drafts.review.reject import plan_rejection
from kg.system.files import hold_curated
from kg.system.project import Drafts, Project

Find = Callable[[tuple[Draft, ...]], Draft | None]
MakePlan = Callable[[Checked, Draft], ReviewPlan]


def read_with_drafts(project: Project, texts: Path | None) -> Checked:
    """The project with its drafts as it is now, checked; its folders are listed anew."""
    return check_files(read_project(Project(project.root), texts, Drafts.BUILT_IN))


def accept_draft(project: Project, id_: str, reviewer: Reviewer, texts: Path | None) -> ReviewPlan:
    """Accept the draft of this id: it moves into the curator's file of its source. What came of it is in the plan.

    Where it is refused, nothing is written. Raises UsageError where there is no such draft, KgError where another
    command holds the project's lock, or a file cannot be read or written.
    """
    return _review_named(project, id_, lambda c, d: plan_acceptance(c, d, reviewer), texts)


def reject_draft(project: Project, id_: str, reviewer: Reviewer, reason: str, texts: Path | None) -> ReviewPlan:
    """Reject the draft of this id: it goes, and what it said is remembered with the reason.

    Raises what `accept_draft` raises.
    """
    return _review_named(project, id_, lambda c, d: plan_rejection(c, d, reviewer, reason), texts)


def _review_named(project: Project, id_: str, make_plan: MakePlan, texts: Path | None) -> ReviewPlan:
    plan = review_draft(project, lambda drafts: find_draft(drafts, id_), make_plan, texts)
    assert plan is not None  # a draft that is not there is told
    return plan


def review_draft(project: Project, find: Find, make_plan: MakePlan, texts: Path | None) -> ReviewPlan | None:
    """Carry out the plan that is made for the draft that *find* finds, unless it is refused; None where it finds none.

    The project is read under its lock, so that nothing changes between the plan and what is written.
    """
    with hold_curated(project.root, project.work, "review"):

        def plan_for(now: Project) -> ReviewPlan | None:
            checked = read_with_drafts(now, texts)
            draft = find(list_drafts(checked))
            return make_plan(checked, draft) if draft is not None else None

        plan = read_at_rest(project, plan_for)  # what an editor saves meanwhile is no part of an older plan
        if plan is not None and not plan.refused:
            apply_review(plan, project)
    return plan
