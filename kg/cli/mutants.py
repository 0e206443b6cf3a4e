"""`kg test --mutate`: which slips in claims no rule and no question would notice."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

import click

from kg.ask.store import Store
from kg.build.mutate import MutationKind, Notice, Trial, choose_mutants, find_mutants, find_passing, try_mutants
from kg.build.pipeline import Checked
from kg.cli import BOUND, DONE
from kg.cli.common import say
from kg.reading.questions import Question
from kg.text.diagnostic import display_width


def run_mutants(
    checked: Checked, questions: Sequence[Question], store: Store, *, most: int | None, fail_under: float | None
) -> int:
    """Try the mutants, show what nobody noticed, and a table by kinds; 4 where too few were noticed."""
    passing = find_passing(questions, store)
    left_out = len(questions) - len(passing)
    if left_out:
        which = "1 question that fails or has" if left_out == 1 else f"{left_out} questions that fail or have"
        say(f"kg: {which} no expected rows can notice nothing", err=True)
    every = list(find_mutants(checked.seeds))
    chosen = choose_mutants(every, most) if most is not None else every
    live = sys.stderr.isatty()

    def show(done: int) -> None:
        if live:
            line = f"\r\033[K{done} of {len(chosen)} changes tried" if done < len(chosen) else "\r\033[K"
            click.echo(line, err=True, nl=False)

    trials = list(try_mutants(checked, chosen, passing, store, show))
    missed = [trial for trial in trials if trial.notice is Notice.NOTHING]
    for trial in missed:
        say(_write_trial(trial))
    say(("\n" if missed else "") + _write_table(trials), nl=False)
    of = f" (of {len(every)})" if len(chosen) < len(every) else ""
    say(f"{len(trials) - len(missed)} of {len(trials)} changes{of} noticed: {_write_share(trials)}")
    if not trials:
        return DONE
    noticed = 100 * (len(trials) - len(missed)) / len(trials)
    return BOUND if fail_under is not None and noticed < fail_under else DONE


def _write_trial(trial: Trial) -> str:
    mutant, mark = trial.mutant, trial.mutant.mark
    before, after = mutant.before or "nothing", mutant.after or "nothing"
    return f"{mark.file}:{mark.line}:{mark.column}: {mutant.claim.id}: {mutant.kind}: {before} → {after}"


def _write_table(trials: Sequence[Trial]) -> str:
    """The table of changes by kind: how many, by what they were noticed, and the share of those noticed."""
    counts = Counter((trial.mutant.kind, trial.notice) for trial in trials)
    rows = [("kind", "changes", *map(str, Notice), "noticed")]
    for kind in MutationKind:
        of_kind = [trial for trial in trials if trial.mutant.kind is kind]
        if of_kind:
            found = (str(counts[kind, notice]) for notice in Notice)
            rows.append((str(kind), str(len(of_kind)), *found, _write_share(of_kind)))
    widths = [max(display_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    )
    return "".join(f"{line}\n" for line in lines)


def _write_share(trials: Sequence[Trial]) -> str:
    """The share that was noticed, rounded down: 100 % means all."""
    if not trials:
        return "none to notice"
    noticed = sum(trial.notice is not Notice.NOTHING for trial in trials)
    return f"{1000 * noticed // len(trials) / 10:.1f} %"
