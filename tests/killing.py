"""Work that is killed (SIGKILL) at the n-th of its writes, renames, removals and syncs, in a copy of this process."""

from __future__ import annotations

import io
import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

CALLS = ("replace", "rename", "unlink", "rmdir", "mkdir", "fsync", "chmod")


class Deadline:
    """Counts what is done to files, and kills the process before the *last* of it."""

    def __init__(self, last: int) -> None:
        self.left = last

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            self.step()
            return call(*args, **options)

        return counted

    def open(self, file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        if not set(mode) & set("wax+"):
            return _OPEN(file, mode, *args, **options)
        self.step()
        return Torn(_OPEN(file, mode, *args, **options), self)


class Torn:
    """A file of which half of what is written last is there."""

    def __init__(self, file: Any, deadline: Deadline) -> None:
        self.file, self.deadline = file, deadline

    def write(self, data: Any) -> Any:
        if self.deadline.left == 1:
            self.file.write(data[: len(data) // 2])
            self.file.flush()
        self.deadline.step()
        return self.file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> Torn:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


_OPEN = io.open


def run_killed(work: Callable[[], object], last: int) -> bool:
    """Whether *work* was killed before its *last*th step (from 1); where it has fewer, it is done."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads: the copy touches none
        child = os.fork()
    if child == 0:
        try:
            deadline = Deadline(last)
            for name in CALLS:
                setattr(os, name, deadline.wrap(getattr(os, name)))
            io.open = deadline.open  # type: ignore[assignment]
            work()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def read_all(folder: Path) -> dict[str, bytes]:
    """All files under a folder but the lock, by their names."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {name: raw for name, raw in found.items() if name != ".kg/lock"}
