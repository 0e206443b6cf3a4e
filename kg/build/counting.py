"""How many proposals wait: as drafts, and in the seeds without a review."""

from __future__ import annotations

from dataclasses import dataclass

from kg.build.pipeline import Checked
from kg.build.rest import read_at_rest
from kg.reading.claimsfile import count_proposals
from kg.system.project import Project
from kg.text.yamldoc import read_document


@dataclass(frozen=True, kw_only=True)
class StateCounts:
    """What waits for a review: *drafts* under `seeds/drafts/`, and *unreviewed* proposals that stand in the seeds.

    Each claim counts as it is written, a list of objects once, and each repetition of a claim too.
    """

    drafts: int
    unreviewed: int

    def __str__(self) -> str:
        drafts = f"{self.drafts} draft{'' if self.drafts == 1 else 's'} to review"
        return f"{drafts}, {self.unreviewed} unreviewed in the seeds"

    def __bool__(self) -> bool:
        return bool(self.drafts or self.unreviewed)


def count_state(checked: Checked) -> StateCounts:
    """The counts of a project, whether or not its drafts were read. Raises KgError when a file cannot be read."""
    waiting = {
        state_mark
        for claim in checked.seeds.claims
        for state, state_mark in ((claim.state, claim.mark), *((e.state, e.mark) for e in claim.evidence))
        if state.is_unreviewed and not state.is_draft
    }
    return StateCounts(drafts=read_at_rest(checked.project, _count_drafts), unreviewed=len(waiting))


def _count_drafts(project: Project) -> int:
    return sum(count_proposals(read_document(path, project.name_of(path))) for path in project.draft_files)
