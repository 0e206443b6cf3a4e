"""How a claim of a small project is told to people: its evidence, who has looked at it, when it was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from doors import CURATED, Said, Saying, State
from doors_conflicts import days_meet, value_of
from doors_expected import counted_on, spans_of

PROPOSED, REVIEWED = "by A Person on 2031-05-01 with Tool 1", "by the ann on 2031-05-02"
VOICES = {"source": "", "quote": "quoted", "reported": "reported"}


def status_of(state: State) -> str | None:
    """What the graph says of a state; of what was written by hand nothing."""
    return None if state == CURATED else "unreviewed" if state.is_unseen else "reviewed"


def word_status(state: State) -> str:
    return "unreviewed draft" if state.draft else "unreviewed" if state.is_unseen else ""


def word_evidence(saying: Saying) -> str:
    """A sentence with what is particular to this saying of it."""
    said = VOICES[saying.voice]
    parts = [f"{said} at the {saying.where}".strip() if saying.where else said]
    parts += ["via " + " and ".join(f"the {via}" for via in saying.via)] if saying.via else []
    parts += [f"on {saying.on}"] if saying.on else []
    parts += [saying.sure] if saying.sure != "clear" else []
    told = [f"{saying.source}.{saying.address}", *parts, word_status(saying.state)]
    return ", ".join(part for part in told if part)


def list_evidence(claims: Iterable[Said]) -> Counter[str]:
    """The lines of evidence under claims."""
    return Counter(
        f"      {' and '.join(f'the {by}' for by in claim.sayings[0].by)} — {word_evidence(saying)}"
        for claim in claims for saying in claim.sayings
    )  # fmt: skip


def list_states(claim: Said) -> list[str]:
    """The lines of who proposed and who reviewed a claim, and each of its further evidence."""
    lines = []
    for margin, state in (("  ", claim.state), *((" " * 13, saying.state) for saying in claim.sayings)):
        lines += [f"{margin}proposed   {PROPOSED}"] if state.proposed else []
        done = "no: it is a draft" if state.draft else REVIEWED if state.reviewed else "by nobody"
        lines += [f"{margin}reviewed   {done}"] if state != CURATED else []
    return lines


def is_dated(claim: Said) -> bool:
    """Whether a reader is told as of when it was counted: as is written, or of a fact without a time by its source."""
    return counted_on(claim) is not None and (claim.as_of is not None or claim.when is None)


def find_counts(claims: Iterable[Said]) -> set[tuple[str, str, bool]]:
    """Each two facts that count one thing, as of days that do not meet, and whether they count it otherwise."""
    counts = [c for c in claims if c.prop == "staff" and c.mode == "fact" and counted_on(c)]
    return {
        (a.id, b.id, value_of(a) != value_of(b)) for a, b in combinations(counts, 2)
        if a.subject == b.subject and not days_meet(spans_of(counted_on(a) or ""), spans_of(counted_on(b) or ""))
    }  # fmt: skip
