"""The folder in which a run makes its files: removed at the end of the run, or by the next one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kg.diagnostic import KgError
from kg.files import hold_lock

PREFIX = ".kg-map-"


@contextmanager
def make_scratch(parent: Path | None) -> Iterator[Path]:
    """A new folder in *parent* (default: the system's folder for such). Raises KgError when it cannot be made.

    Folders that killed runs left in *parent* are removed first: their locks went with the processes.
    """
    parent = parent or Path(tempfile.gettempdir())
    try:
        parent.mkdir(parents=True, exist_ok=True)
        remove_left(parent)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    except OSError as error:
        raise KgError(f"cannot write {parent.name}/: {error.strerror or error}") from error
    try:
        with hold_lock(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_left(parent: Path) -> None:
    """Remove the folders of runs that were killed."""
    for folder in parent.glob(f"{PREFIX}*"):
        if (folder / "lock").exists():  # else its run is only just beginning
            with suppress(KgError, OSError), hold_lock(folder):
                shutil.rmtree(folder)
