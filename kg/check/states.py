"""Proposals and reviews: who is named is an entity or plainly none, and what they say of time makes sense."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.check.context import RuleContext
from kg.model.state import State
from kg.reading.fields import KEY
from kg.text.diagnostic import Diagnostic


def check_states(context: RuleContext) -> Iterator[Diagnostic]:
    """What is doubtful in `proposed` and `reviewed`: what a file says for all its claims is told once."""
    seen: set[tuple[object, ...]] = set()
    for claim in context.seeds.claims:
        for state in (claim.state, *(evidence.state for evidence in claim.evidence)):
            places = tuple(agent.mark.sort_key for agent in state.agents)
            if places and places not in seen:
                seen.add(places)
                yield from _check_state(state, context)


def _check_state(state: State, context: RuleContext) -> Iterator[Diagnostic]:
    known = context.seeds.entity_by_key
    for agent in state.agents if context.entities_complete else ():
        near = _find_slip(agent.text, known) if agent.text not in known and KEY.fullmatch(agent.text) else None
        if near is not None:
            message = f"no entity `{agent.text}`: it stands as words"
            hint = f"did you mean `{near}`? what is no id is written with a capital or a space"
            yield Diagnostic(code="near-entity", mark=agent.mark, message=message, hint=hint)
    if state.reviewed is None:
        return
    mark = state.reviewed.by.mark
    if state.is_draft:
        message, hint = (
            "a draft that was reviewed is still a draft",
            "`kg review` moves what is accepted into the seeds",
        )
        yield Diagnostic(code="reviewed-draft", mark=mark, message=message, hint=hint)
    before = state.proposed.on.edtf.first if state.proposed is not None else None
    after = state.reviewed.on.edtf.last
    if before is not None and after is not None and after < before and state.proposed is not None:
        message = f"reviewed on {state.reviewed.on.text}, before it was proposed on {state.proposed.on.text}"
        yield Diagnostic(
            code="reviewed-early", mark=state.reviewed.on.mark, message=message, hint="mend one of the days"
        )


def _find_slip(word: str, known: Iterable[str]) -> str | None:
    """The id that *word* is a slip of: nearer than a hint would ask for, since words may be any."""
    import difflib

    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.85)
    return near[0] if near else None
