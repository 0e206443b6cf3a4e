"""Preview: the project as it would be with some of its files changed, checked before a byte is written."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from kg.build.pipeline import Checked, check_files, read_project
from kg.change.rekey import Rewritten
from kg.model.nouns import Claim
from kg.system.project import Project
from kg.tables.folders.scratch import make_scratch
from kg.text.diagnostic import Diagnostic, KgError, Severity
from kg.text.opened import list_opened, read_bytes

_CURATED = ("seeds", "ontology")


def check_after(checked: Checked, files: Iterable[Rewritten]) -> Checked:
    """The project as it would be with *files*, checked in a copy. Raises KgError when there is no place for one.

    The copy lies in the system's folder for such, so that a project that cannot be written is checked too. What a
    killed command leaves of it, the next one removes.
    """
    project = checked.project
    with make_scratch(None) as folder:
        try:
            _copy_project(project, folder)
            for opened in list_opened(project.root):
                if opened.parts[0] in _CURATED and (folder / opened).parent.is_dir():
                    (folder / opened).unlink(missing_ok=True)
                    (folder / opened).write_bytes(read_bytes(project.root / opened))
            for file in files:
                place = folder / file.name
                place.parent.mkdir(parents=True, exist_ok=True)  # the first of its kind
                place.unlink(missing_ok=True)
                if not file.is_gone:
                    place.write_bytes(file.raw)
        except OSError as error:  # shutil.Error too
            raise KgError(f"cannot copy the project to {folder.parent.name}/: {error.strerror or error}") from error
        after = check_files(read_project(Project(folder), checked.articles.folder, checked.read.drafts))
        _ = after.diagnostics  # found while the files are there
    return after


def find_new(
    before: Checked, after: Checked, severity: Severity, key: Callable[[Diagnostic], str] = lambda d: d.code
) -> tuple[Diagnostic, ...]:
    """The diagnostics of a severity that a change brings: those of a *key* beyond as many as there were *before*."""
    left = Counter(key(d) for d in before.diagnostics if d.severity is severity)
    found = []
    for diagnostic in after.diagnostics:
        if diagnostic.severity is severity:
            left[key(diagnostic)] -= 1
            if left[key(diagnostic)] < 0:
                found.append(diagnostic)
    return tuple(found)


def tell_new_error(diagnostic: Diagnostic) -> str:
    """Why something is not done: what `kg check` would say of it."""
    return f"`kg check` would find {diagnostic.code} ({diagnostic.mark}): {diagnostic.message}"


def _copy_project(project: Project, folder: Path) -> None:
    """What is curated, by hard links where that can be; links out of the project are left out."""

    def link(source: str, target: str) -> None:
        try:
            os.link(os.path.realpath(source), target)
        except OSError:
            shutil.copyfile(source, target)

    def leave_out(top: str, names: list[str]) -> list[str]:
        return [
            n
            for n in names
            if n.startswith(".") or not project.door.admits(Path(top) / n) or not (Path(top) / n).exists()
        ]

    for name in _CURATED:
        shutil.copytree(project.root / name, folder / name, copy_function=link, ignore=leave_out)


def sort_evidence(claim: Claim) -> Claim:
    """A claim whose evidence stands in an order that no file decides, so that it compares before and after a change.

    The first stays where it is: the claim tells its state.
    """
    first, *further = claim.evidence
    return replace(claim, evidence=(first, *sorted(further, key=lambda e: (e.source, e.address))))
