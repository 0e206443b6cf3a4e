"""A stage with the folder that all commands work on, and what they do there undisturbed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from commands import Command
from staging import Fault, Files, Played, Stage, Tree, lay_files, read_files, sum_up


@dataclass(frozen=True, kw_only=True)
class Undisturbed:
    """What a command does that nothing disturbs: the folder before and after, and after a second run; what it tells."""

    before: Tree
    after: Tree
    twice: Tree
    first: Played
    second: Played
    files: Files


@dataclass
class Theatre:
    """A stage with the folder that each run gets as it was.

    *judged*: what is wrong with what a disturbed run left, by the command and the name of the tree.
    """

    base: Path
    stage: Stage
    trial: Path
    known: dict[str, Undisturbed] = field(default_factory=dict)
    judged: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def files(self) -> Files:
        """The whole folder, read once."""
        return read_files(self.base)

    def select(self, *commands: Command) -> Files:
        """The folder, or that part of it which these commands look at."""
        needs = {name for command in commands for name in command.needs} | {"tmp"}
        above = {name[:place] for name in needs for place, sign in enumerate(name) if sign == "/"}
        whole = tuple(f"{name}/" for name in needs)
        left_out = () if "story/.kg/store" in needs else ("story/.kg/store/",)
        return {
            name: one
            for name, one in self.files.items()
            if name in above or (f"{name}/".startswith(whole) and not f"{name}/".startswith(left_out))
        }

    def set(self, *commands: Command) -> Path:
        """The folder as it was, or that part of it which these commands look at."""
        lay_files(self.trial, self.select(*commands))
        return self.trial

    def play(self, command: Command, fault: Fault | None = None) -> Played:
        """A run of the command in the folder as it is."""
        return self.stage.play(command.words, self.trial / command.folder, self.trial, fault, program=command.program)

    def watch(self, command: Command) -> Undisturbed:
        """What the command does undisturbed, twice in a row."""
        if command.name not in self.known:
            before = self.select(command)
            self.set(command)
            first = self.play(command)
            after = read_files(self.trial)
            second = self.play(command)
            assert first.code == 0, first
            self.known[command.name] = Undisturbed(
                before=sum_up(before), after=sum_up(after), twice=sum_up(read_files(self.trial)),
                first=first, second=second, files=after,
            )  # fmt: skip
        return self.known[command.name]
