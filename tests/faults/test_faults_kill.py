"""SIGKILL at every write, rename, removal and sync of every command that writes: old or new, never mixed.

After the kill each file is the old one or the new one, and what a curator wrote is all old or all new. The next run
leaves byte for byte what an undisturbed one leaves, and nothing else.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import COMMANDS, Command
from staging import EVERY, Fault, Tree, name_tree, read_tree, tell_difference
from theatre import Theatre, Undisturbed

from kg.files import settle_curated

pytestmark = pytest.mark.faults

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
    seen: set[str] = set()
    wrong: list[str] = []
    for number in itertools.count(1, EVERY):
        trial = theatre.set(command)
        killed = theatre.stage.play(
            command.words, trial / command.folder, trial, Fault(first=number), program=command.program
        )
        if not killed.hit:
            assert killed.code == known.first.code
            break
        assert killed.code == -9, killed
        left = read_tree(trial)
        name = name_tree(left)
        if name not in seen:
            seen.add(name)
            where = f"{command.name} killed at {number}: {killed.log[-1].replace(str(trial), '')}"
            wrong += [f"{where}: {what}" for what in look_after(theatre, command, known, trial, left)]
    print(f"{command.name}: {number - 1} points, {len(seen)} states")
    print("\n".join(wrong))
    assert wrong == []


def look_after(theatre: Theatre, command: Command, known: Undisturbed, trial: Path, left: Tree) -> Iterator[str]:
    """What is wrong with what a disturbed run *left*, and with what the next run makes of it."""
    if command.curated:
        story = trial / ("town" if command.name == "init" else "story")
        settle_curated(story, story / ".kg")
        left = read_tree(trial)
    yield from find_torn(left, known, curated=command.curated)
    is_new = command.curated and clean(left) == clean(known.after)
    wanted, code = (known.twice, known.second.code) if is_new else (known.after, known.first.code)
    again = theatre.stage.play(command.words, trial / command.folder, trial, program=command.program)
    found = read_tree(trial)
    if again.code != code:
        yield f"the next run ends with {again.code}: {again.err[-300:]}"
    elif (difference := tell_difference(drop_tmp(found), drop_tmp(wanted))) != "nothing":
        yield f"the next run leaves {difference}"


def drop_tmp(tree: Tree) -> Tree:
    """Without the system's folder for such, which the system clears."""
    return {name: raw for name, raw in tree.items() if not name.startswith("tmp/")}
