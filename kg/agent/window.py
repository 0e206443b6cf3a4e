"""The project as it is on disk now: read again when a file has changed, with its graph to be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kg.ask.store import Store
from kg.build.pipeline import Checked, check_drafts, check_files, check_questions, read_project, run_tables
from kg.build.store import open_store
from kg.rdf.iri import Prefixes
from kg.system.project import Drafts, Project
from kg.system.watch import State, read_state
from kg.system.worker.limits import WorkerLimits
from kg.system.worker.worker import Worker
from kg.text.diagnostic import Diagnostic, Severity, without_secrets
from kg.text.plural import write_count

MOST_ROWS = 1_000
MOST_BYTES = 2_000_000
MOST_MEMORY = 2 << 30


class ToolRefusedError(Exception):
    """Why a tool does not do what it was asked, and what may help; told to the agent, as data."""

    def __init__(self, message: str, hint: str | None = None, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.diagnostics = diagnostics


@dataclass
class Window:
    """A project's folder, looked at anew for each call. *texts* is the folder of the source texts, if at hand.

    Queries run in a process of their own, which is ended after *seconds*.
    """

    root: Path
    texts: Path | None = None
    seconds: float = 30.0
    _state: State | None = field(default=None, repr=False)
    _checked: Checked | None = field(default=None, repr=False)
    _drafts: Checked | None = field(default=None, repr=False)
    _mapped: Checked | None = field(default=None, repr=False)
    _store: Store | None = field(default=None, repr=False)

    @property
    def project(self) -> Project:
        return Project(self.root)

    @property
    def limits(self) -> WorkerLimits:
        return WorkerLimits(seconds=self.seconds, rows=MOST_ROWS, size=MOST_BYTES)

    def close(self) -> None:
        """End the process that answers queries."""
        if self._store is not None:
            self._store.close()
        self._store = None

    def look(self) -> Checked:
        """The project, checked, as it is now. Raises KgError when a file cannot be read."""
        folders = [self.root / name for name in ("seeds", "ontology")]
        state = read_state([*folders, *([self.texts] if self.texts is not None else [])])
        if self._checked is None or state != self._state:
            self.close()
            self._drafts = self._mapped = None
            self._checked = check_questions(check_files(read_project(self.project, self.texts)))
            self._state = state
        return self._checked

    def look_for_answers(self) -> Checked:
        """The project, which holds no errors. Raises ToolRefusedError where it does, and names the first of them."""
        checked = self.look()
        errors = tuple(d for d in checked.diagnostics if d.severity is Severity.ERROR)
        if errors:
            count = write_count(len(errors), "error")
            hint = "mend them first: the tool `todo` lists all"
            raise ToolRefusedError(f"the project has {count}", hint, errors[:3])
        return checked

    def look_with_drafts(self) -> Checked:
        """The project with its drafts."""
        self.look()
        if self._drafts is None:
            self._drafts = check_files(read_project(self.project, self.texts, Drafts.BUILT_IN))
        return self._drafts

    def look_at_drafts(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the drafts."""
        return check_drafts(self.look())

    def look_at_rows(self) -> Checked:
        """The project, which holds no errors, with the rows of its tables, as far as they could be mapped."""
        checked = self.look_for_answers()
        if self._mapped is None:
            self._mapped = run_tables(checked)
        return self._mapped

    def store(self) -> Store:
        """The graph, with the rows of its tables, to be asked."""
        checked = self.look_at_rows()
        if self._store is None:
            errors = tuple(d for d in checked.diagnostics if d.severity is Severity.ERROR)
            if errors:
                raise ToolRefusedError("the project's tables have errors", "mend them first", errors[:3])
            self._store = open_store(checked, Worker(memory=MOST_MEMORY))
        return self._store

    @property
    def prefixes(self) -> Prefixes:
        return self.look().seeds.dataset.prefixes


def tell_diagnostic(diagnostic: Diagnostic) -> dict[str, object]:
    """A diagnostic as an object: code, severity, place, message, hint."""
    shown = without_secrets(diagnostic)
    told: dict[str, object] = {
        "code": shown.code,
        "severity": shown.severity.word,
        "at": str(shown.mark),
        "message": shown.message,
    }
    return told | ({"hint": shown.hint} if shown.hint else {})
