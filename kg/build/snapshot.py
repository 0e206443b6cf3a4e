"""A snapshot of a project: its files read as they are at one moment, beside others who write."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kg.system.files import settle_curated
from kg.system.project import Project
from kg.system.watch import read_state
from kg.text.diagnostic import KgError

_Found = TypeVar("_Found")
_READINGS = 5  # of files that change while they are read


def read_at_rest(project: Project, read: Callable[[Project], _Found]) -> _Found:
    """What *read* gives of a project whose files are as they were at one moment.

    Where some change meanwhile (`kg rename` writes several, `kg review` takes some away), all are read again.
    Raises KgError when a file or folder cannot be read, or they never come to rest.
    """
    folders = [project.root / "ontology", project.root / "seeds"]
    before = read_state(folders)
    for _ in range(_READINGS):
        failure: KgError | None = None
        try:
            found = read(Project(project.root))  # its lists of files are made now: those of an older one may have gone
        except KgError as error:
            failure = error
        settle_curated(project.root, project.work)
        after = read_state(folders)
        if after == before:
            if failure is not None:
                raise failure
            return found
        before = after
    raise KgError("the files of the project change again and again while they are read: wait until they are at rest")
