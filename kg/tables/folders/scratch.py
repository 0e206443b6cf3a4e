"""The folder in which a run makes its files: removed at the end of the run, or by the next one.

A run holds the lock in its folder as long as it lives. A folder whose lock is free belongs to nobody: its run was
killed, or has not come to lock it yet. The second cannot be told from the first, so whoever begins must look after
locking whether the folder is still there, and take another where it is not.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.system.files import lock_file
from kg.text.diagnostic import KgError

PREFIX = ".kg-map-"
TRIES = 100  # each is lost to a neighbour that began in the same instant


@contextmanager
def make_scratch(parent: Path | None) -> Iterator[Path]:
    """A new folder in *parent* (None: the system's for temporary files). Raises KgError when it cannot be made.

    Folders that killed runs left in *parent* are removed first: their locks went with the processes.
    """
    parent = parent or Path(tempfile.gettempdir())
    with ExitStack() as held:
        try:
            parent.mkdir(parents=True, exist_ok=True)
            remove_left(parent)
            folder, lock = begin_folder(parent)
        except OSError as error:
            raise KgError(f"cannot write {parent.name}/: {error.strerror or error}") from error
        held.enter_context(lock)
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


def begin_folder(parent: Path) -> tuple[Path, IO[bytes]]:
    """A new folder that is ours, and its lock."""
    for _ in range(TRIES):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        if (lock := take_folder(folder)) is not None:
            return folder, lock
    raise OSError("a neighbour removes every folder that is begun")


def take_folder(folder: Path) -> IO[bytes] | None:
    """The lock of a folder; None where another has it, or has removed the folder with it."""
    try:
        lock = (folder / "lock").open("a+b")
    except FileNotFoundError:
        return None
    except OSError:
        with suppress(OSError):  # only an empty one, which is nobody's yet
            folder.rmdir()
        raise
    try:
        lock_file(lock.fileno())
        if os.path.samestat(os.fstat(lock.fileno()), (folder / "lock").stat()):
            return lock
    except OSError:
        pass
    lock.close()
    return None


def remove_left(parent: Path) -> None:
    """Remove the folders that no run holds."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is somebody else's, or gone
            if (lock := take_folder(folder)) is not None:
                with lock:
                    shutil.rmtree(folder)
