"""Proposals and reviews on the page. Of a graph without any, the page holds no word of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.graph.story import Story
from kg.model.nouns import Claim, Seeds
from kg.model.state import Agent, State
from kg.model.values import Date
from kg.page.picture.drawing import LANGUAGES
from kg.page.text import clean
from kg.page.words import show_time

SCRIPT, STYLE = "states.js", "states.css"
_WORDS = frozenset({"review", "line-reviewed", "line-unreviewed", "line-curated", "proposed-by", "reviewed-by"})


def has_states(seeds: Seeds) -> bool:
    """Whether some claim, or further evidence for one, was proposed, reviewed, or is a draft."""
    return any(_list_states(claim) for claim in seeds.claims)


def leave_out_words(own: Mapping[str, str], *, states: bool) -> Mapping[str, str]:
    """The page's words, those of proposals and reviews only where there are *states*."""
    return own if states else {key: word for key, word in own.items() if key not in _WORDS}


def tell_state(state: State, story: Story) -> dict[str, Any] | None:
    """What the script is told of a state: its status, and who proposed and reviewed it, each in words by language."""
    status = name_status(state)
    if status is None:
        return None
    told: dict[str, Any] = {"status": status}
    if state.proposed is not None:
        told["proposed"] = _tell(state.proposed.agents, state.proposed.on, story)
    if state.reviewed is not None:
        told["reviewed"] = _tell((state.reviewed.by,), state.reviewed.on, story)
    return told


def name_status(state: State) -> str | None:
    """`unreviewed`, `reviewed`, or None for what a curator wrote by hand."""
    if state.is_unreviewed:
        return "unreviewed"
    return "reviewed" if state.reviewed is not None else None


def _tell(agents: tuple[Agent, ...], on: Date, story: Story) -> dict[str, Any]:
    """Who (keys of entities and words), and when."""
    seeds = story.seeds
    return {
        "by": [
            {"key": agent.text} if agent.text in seeds.entity_by_key else {"words": clean(agent.text)}
            for agent in agents
        ],
        "on": {lang: show_time(on.edtf, lang) for lang in LANGUAGES},
    }


def _list_states(claim: Claim) -> list[str]:
    states = (claim.state, *(evidence.state for evidence in claim.evidence))
    return [status for state in states if (status := name_status(state)) is not None]
