"""How many proposals wait: as drafts, and in the seeds without a review."""

from __future__ import annotations

from dataclasses import dataclass

from kg.build.pipeline import Checked
from kg.reading.claimsfile import count_proposals
from kg.text.plural import write_count


@dataclass(frozen=True, kw_only=True)
class StateCounts:
    """What waits for a review: *drafts* under `seeds/drafts/`, and *unreviewed* proposals that stand in the seeds.

    Each claim counts as it is written, a list of objects once, and each repetition of a claim too.
    """

    drafts: int
    unreviewed: int

    def __str__(self) -> str:
        drafts = f"{write_count(self.drafts, 'draft')} to review"
        return f"{drafts}, {self.unreviewed} unreviewed in the seeds"

    def __bool__(self) -> bool:
        return bool(self.drafts or self.unreviewed)


def count_state(checked: Checked) -> StateCounts:
    """The counts of a project, whether or not the drafts stand in its graph."""
    waiting = {
        state_mark
        for claim in checked.seeds.claims
        for state, state_mark in ((claim.state, claim.mark), *((e.state, e.mark) for e in claim.evidence))
        if state.is_unreviewed and not state.is_draft
    }
    drafts = sum(count_proposals(document) for _, document in checked.read.draft_documents)
    return StateCounts(drafts=drafts, unreviewed=len(waiting))
