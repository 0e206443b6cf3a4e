"""Where a claim comes from and who has looked at it: `proposed`, `reviewed`, and whether it is still a draft."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.model.values import Date
from kg.text.diagnostic import Mark


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """Who proposed or reviewed something, or with what: the id of an entity, or words."""

    text: str
    mark: Mark = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalRecord:
    """`proposed: {by: NAME, on: DATE, with: TOOL}`: who brought a claim, on which day, with which tool."""

    by: Agent
    on: Date
    tool: Agent | None = None

    @property
    def agents(self) -> tuple[Agent, ...]:
        """Who proposed it, and the tool that was used, if one was."""
        return (self.by,) if self.tool is None else (self.by, self.tool)


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """`reviewed: {by: NAME, on: DATE}`: who has compared a claim with its sentence, and on which day."""

    by: Agent
    on: Date


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What is known of the way by which a claim, or further evidence for one, came into the graph.

    *is_draft*: it stands under `seeds/drafts/`, and is in the graph only where drafts were asked for.
    """

    proposed: ProposalRecord | None = None
    reviewed: Review | None = None
    is_draft: bool = False

    @property
    def is_unreviewed(self) -> bool:
        """Whether nobody has accepted it yet: a draft, or a proposal without a review."""
        return self.is_draft or (self.proposed is not None and self.reviewed is None)

    @property
    def agents(self) -> tuple[Agent, ...]:
        """All who are named in it."""
        proposing = self.proposed.agents if self.proposed is not None else ()
        return (*proposing, *((self.reviewed.by,) if self.reviewed is not None else ()))


CURATED = State()
"""The state of what a curator wrote by hand, of which nothing is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejection:
    """A proposal that was turned down: the *digest* of what it said, the *claim* in words, who did so and why."""

    digest: str
    claim: str
    reason: str
    by: Agent
    on: Date
    mark: Mark = field(repr=False, compare=False)
