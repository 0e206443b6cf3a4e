"""The project on the desk, with the texts that an editor has open: checked again and again, and what was last known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.build.pipeline import Checked, check_drafts, check_files, check_questions, read_project
from kg.build.snapshot import read_at_rest
from kg.editor.role import kind_of
from kg.rdf.turtle.document import read_turtle
from kg.system.project import Project
from kg.text.diagnostic import Diagnostic, SourceText
from kg.text.opened import hold_open, read_bytes
from kg.text.yamldoc import decode_text, parse_document


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What was found when the project was looked at: its *diagnostics*, and what can be *known* of it.

    What is known comes from texts that can be read: where somebody is in the middle of a line that is no YAML, from the
    text that this file had before.
    """

    diagnostics: tuple[Diagnostic, ...]
    checked: Checked = field(repr=False)
    known: Checked = field(repr=False)


@dataclass
class EditorDesk:
    """A project's folder with the texts that are open. *texts* is the folder of the source texts, if at hand.

    `look` takes the time of `kg check` and may run in a thread of its own; all else is quick.
    """

    root: Path
    texts: Path | None = None
    opened: dict[Path, str] = field(default_factory=dict)
    good: dict[Path, str] = field(default_factory=dict)  # of open files, the last texts that could be read
    last: Survey | None = None

    @property
    def project(self) -> Project:
        """The project as it is now: the lists of its files are made anew."""
        return Project(self.root)

    def name_of(self, path: Path) -> str:
        return Project(self.root).name_of(path)

    def text_of(self, path: Path) -> str | None:
        """The text of a file as the editor shows it, else as it is saved; None where it cannot be read."""
        if path in self.opened:
            return self.opened[path]
        try:
            return decode_text(path.read_bytes(), path.name)[0].text
        except OSError:
            return None

    def look(self, opened: Mapping[Path, str]) -> Survey:
        """Check the project as `kg check` does, with *opened* in place of their files.

        Raises KgError when a file or a folder cannot be read.
        """

        def read(project: Project) -> tuple[Checked, tuple[Diagnostic, ...]]:
            checked = check_questions(check_files(read_project(project, self.texts)))
            return checked, check_drafts(checked)

        with hold_open(opened):
            checked, apart = read_at_rest(self.project, read)
            diagnostics = (*checked.diagnostics, *apart)
        before = {}
        for path, text in opened.items():
            if can_be_read(self.name_of(path), text):
                self.good[path] = text
            elif (good := self.good.get(path) or self._find_saved(path)) is not None:
                before[path] = good
        known = checked
        if before:
            with hold_open({**opened, **before}):
                known = check_files(read_project(self.project, self.texts))
        self.last = Survey(diagnostics=diagnostics, checked=checked, known=known)
        return self.last

    def _find_saved(self, path: Path) -> str | None:
        """The text that is saved, where it can be read."""
        try:
            text = decode_text(read_bytes(path), path.name)[0].text
        except OSError:
            return None
        return text if can_be_read(self.name_of(path), text) else None


def can_be_read(name: str, text: str) -> bool:
    """Whether a text has the form of its format: YAML or Turtle without a mistake of writing.

    >>> can_be_read("seeds/claims/a.yaml", "claims: {p1s1: {"), can_be_read("seeds/claims/a.yaml", "claims: {}")
    (False, True)
    """
    source = SourceText(name, text)
    if kind_of(name, text) is not None:
        document = parse_document(source)
        return document.root is not None and not document.diagnostics
    if name.endswith(".ttl"):
        return not read_turtle(source).diagnostics
    return True
