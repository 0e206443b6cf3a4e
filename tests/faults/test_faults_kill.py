"""SIGKILL at every write, rename, removal and sync of every command that writes: old or new, never mixed.

After the kill each file is the old one or the new one, and what a curator wrote is all old or all new. The next run
leaves byte for byte what an undisturbed one leaves, and nothing else.

One run pauses at each step, in the midst of writes, and the folder is looked at as a kill would leave it. At every
13th (`KG_FAULTS_EARNEST`; 1: at each) another run is killed in earnest. Of equal states one is followed by the next
run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from commands import COMMANDS, Command
from staging import (
    EARNEST,
    EVERY,
    Fault,
    Files,
    Tree,
    lay_files,
    name_tree,
    read_files,
    read_tree,
    sum_up,
    tell_difference,
)
from theatre import Theatre, Undisturbed

from kg.system.files import settle_curated

WHOLE = ("out/parts", "out/gz", "out/zst", "out/store")
"""Outputs that are folders: replaced in one step."""


def find_torn(tree: Tree, known: Undisturbed, *, curated: bool) -> Iterator[str]:
    """What is neither as it was nor as it is to be; hidden files are left for the next run to take away."""
    found, old, new = (clean(one) for one in (tree, known.before, known.after))
    if curated:
        if found not in (old, new):
            yield f"mixed: {tell_difference(found, old)} | {tell_difference(found, new)}"
        return
    for name in found.keys() | old.keys() | new.keys():
        if found.get(name, b"-") not in (old.get(name, b"-"), new.get(name, b"-")):
            yield f"torn: {name}"
    for folder in WHOLE:
        inside = [{n: raw for n, raw in one.items() if n.startswith(f"{folder}/")} for one in (found, old, new)]
        if inside[0] not in inside[1:]:
            yield f"mixed: {folder}"
    manifest, exports = "story/exports/manifest.json", "story/exports/"
    if old.get(manifest) != new.get(manifest) == found.get(manifest):
        mixed = [n for n in new if n.startswith(exports) and found.get(n) != new[n]]
        if mixed:
            yield f"manifest before {mixed}"


def clean(tree: Tree) -> Tree:
    """The files that a reader looks at: nothing hidden, and none for a while."""
    return {
        name: raw
        for name, raw in tree.items()
        if raw is not None
        and not any(part.startswith(".") and part not in {".gitignore", ".agents"} for part in name.split("/"))
        and not name.startswith("tmp")
    }


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_killed_anywhere(theatre: Theatre, command: Command) -> None:
    known = theatre.watch(command)
    states: list[tuple[str, Files]] = []
    trial = theatre.set(command)
    played = theatre.stage.pause_everywhere(
        command.words, trial / command.folder, trial, command.program,
        lambda number: states.append((f"at {number}", read_files(trial, like=states[-1][1] if states else None))),
    )  # fmt: skip
    assert played.code == known.first.code, played
    assert len(states) == played.hit
    states = [
        (f"{where}: {call.replace(str(trial), '')}", left)
        for (where, left), call in zip(states, played.log, strict=True)
    ][::EVERY]
    points = len(states)
    for number in range(1, played.hit + 1, EARNEST * EVERY):
        theatre.set(command)
        killed = theatre.play(command, Fault(first=number))
        if killed.hit:
            assert killed.code == -9, killed
            states.append((f"in earnest at {number}: {killed.log[-1].replace(str(trial), '')}", read_files(trial)))
    before = len(theatre.judged)
    wrong: list[str] = []
    for where, files in states:
        left = sum_up(files)
        wrong += [f"{command.name} killed {where}: {what}" for what in judge(theatre, command, known, left, files)]
    new = len(theatre.judged) - before
    print(f"{command.name}: {points} of {played.hit} steps, {len(states) - points} killed in earnest, {new} states")
    print("\n".join(wrong))
    assert wrong == []


def judge(
    theatre: Theatre, command: Command, known: Undisturbed, left: Tree, files: Files | None = None
) -> tuple[str, ...]:
    """`look_after`, once for each state: of the folder as it is, or of these *files*."""
    key = (command.name, name_tree(left))
    if key not in theatre.judged:
        if files is not None:
            lay_files(theatre.trial, files)
        theatre.judged[key] = tuple(look_after(theatre, command, known, left))
    return theatre.judged[key]


def look_after(theatre: Theatre, command: Command, known: Undisturbed, left: Tree) -> Iterator[str]:
    """What is wrong with what a disturbed run *left* in the folder, and with what the next run makes of it."""
    trial = theatre.trial
    if command.curated:
        story = trial / ("town" if command.name == "init" else "story")
        settle_curated(story, story / ".kg")
        left = read_tree(trial)
    yield from find_torn(left, known, curated=command.curated)
    is_new = command.curated and clean(left) == clean(known.after)
    wanted, code = (known.twice, known.second.code) if is_new else (known.after, known.first.code)
    if left in (known.before, known.after):  # what comes of these was seen undisturbed
        found, again = (known.twice, known.second) if left == known.after else (known.after, known.first)
    else:
        again = theatre.play(command)
        found = read_tree(trial)
    if again.code != code:
        yield f"the next run ends with {again.code}: {again.err[-300:]}"
    elif (difference := tell_difference(drop_tmp(found), drop_tmp(wanted))) != "nothing":
        yield f"the next run leaves {difference}"


def drop_tmp(tree: Tree) -> Tree:
    """Without the system's folder for such, which the system clears."""
    return {name: raw for name, raw in tree.items() if not name.startswith("tmp/")}
