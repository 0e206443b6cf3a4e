"""A stage with the folder that all commands work on, and what they do there undisturbed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from commands import Command
from staging import Played, Stage, Tree, copy_tree, read_tree


@dataclass(frozen=True, kw_only=True)
class Undisturbed:
    """What a command does that nothing disturbs: the folder before and after, and after a second run; what it tells."""

    before: Tree
    after: Tree
    twice: Tree
    first: Played
    second: Played


@dataclass
class Theatre:
    """A stage with the folder that each run gets a copy of."""

    base: Path
    stage: Stage
    trial: Path
    known: dict[str, Undisturbed] = field(default_factory=dict)

    def set(self, *commands: Command) -> Path:
        """A fresh copy of the folder, or of that part of it which these commands look at."""
        shutil.rmtree(self.trial, ignore_errors=True)
        (self.trial / "tmp").mkdir(parents=True)
        for name in sorted({name for command in commands for name in command.needs}):
            source, target = self.base / name, self.trial / name
            target.parent.mkdir(exist_ok=True)
            if source.is_dir():
                copy_tree(source, target, leave_out="store" if name == "story" else None)
            elif source.exists():
                shutil.copyfile(source, target)
        return self.trial

    def watch(self, command: Command) -> Undisturbed:
        """What the command does undisturbed, twice in a row."""
        if command.name not in self.known:
            trial = self.set(command)
            before = read_tree(trial)
            first = self.stage.play(command.words, trial / command.folder, trial, program=command.program)
            after = read_tree(trial)
            second = self.stage.play(command.words, trial / command.folder, trial, program=command.program)
            assert first.code == 0, first
            self.known[command.name] = Undisturbed(
                before=before, after=after, twice=read_tree(trial), first=first, second=second
            )
        return self.known[command.name]
