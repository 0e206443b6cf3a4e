"""The project as it was read last, and read again when its files have changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kg.build.pipeline import Checked, check_files, read_project
from kg.drafts.review.act import read_with_drafts
from kg.system.project import Project
from kg.system.watch import State, read_state


@dataclass
class BenchDesk:
    """A project's folder; *texts* is the folder of the source texts, if at hand.

    Reading takes the time of `kg check`, where something has changed since the last time.
    """

    root: Path
    texts: Path | None = None
    _read: tuple[State, Checked] | None = field(default=None, repr=False)
    _drafts: tuple[State, Checked] | None = field(default=None, repr=False)

    @property
    def project(self) -> Project:
        """The project as it is now: the lists of its files are made anew."""
        return Project(self.root)

    def look(self) -> State:
        """The state of all files that it is made of."""
        folders = [self.root / "seeds", self.root / "ontology", *([self.texts] if self.texts is not None else [])]
        return read_state(folders)

    def read(self) -> Checked:
        """The project as it is now, checked. Raises KgError when a file or a folder cannot be read."""
        state = self.look()
        if self._read is None or self._read[0] != state:
            checked = check_files(read_project(self.project, self.texts))
            _ = checked.diagnostics
            self._read = (state, checked)
        return self._read[1]

    def read_drafts(self) -> Checked | None:
        """The project with its drafts; None where there are none. Raises KgError."""
        project = self.project
        if not project.draft_files:
            return None
        state = self.look()
        if self._drafts is None or self._drafts[0] != state:
            self._drafts = (state, read_with_drafts(project, self.texts))
        return self._drafts[1]

    @property
    def is_read(self) -> bool:
        """Whether the project was read."""
        return self._read is not None

    @property
    def last(self) -> Checked:
        """The project as it was read last: what it is completed from. Raises KgError where it was never read."""
        return self._read[1] if self._read is not None else self.read()
