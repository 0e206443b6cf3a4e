"""Work that is killed (SIGKILL) at its writes, renames, removals and syncs, in copies of this process.

`run_killed` does the work anew and kills it at one step. `record_kills` does the work once: before each step a copy of
the process stands where a kill would come, does of the step what the kill would let through, and copies the folder as
it is then. A kill leaves nothing else behind, so the copies are what it would leave, at a hundredth of the cost.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import traceback
import warnings
from collections.abc import Callable, Mapping
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

    def write_half(self, descriptor: int, write: Callable[[], object]) -> None:
        """A step that writes into *descriptor*: half of it is there if the process is killed."""
        if self.left == 1:
            write()
        self.step()

    def wrap(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            self.step()
            return call(*args, **options)

        return counted

    def open(self, file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        if isinstance(file, int) or not set(mode) & set("wax+"):  # a pipe to another process is no file
            return _OPEN(file, mode, *args, **options)
        self.step()
        return Torn(_OPEN(file, mode, *args, **options), self)


class Recorder(Deadline):
    """Copies *folder* to *states*/1, 2 ... at each step, by a copy of the process that ends there."""

    def __init__(self, folder: Path, states: Path) -> None:
        self.folder, self.states, self.steps = folder, states, 0

    def step(self) -> None:
        self.record(lambda: None)

    def write_half(self, descriptor: int, write: Callable[[], object]) -> None:
        place, size = os.lseek(descriptor, 0, os.SEEK_CUR), os.fstat(descriptor).st_size
        self.record(write)
        os.ftruncate(descriptor, size)  # the copy wrote into the same open file
        os.lseek(descriptor, place, os.SEEK_SET)

    def record(self, before: Callable[[], object]) -> None:
        self.steps += 1
        child = _fork()
        if child == 0:
            try:
                _patch(_WHOLE, _OPEN)
                before()
                state = self.states / str(self.steps)
                if self.folder.exists():
                    shutil.copytree(self.folder, state)
                else:
                    state.mkdir()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class Torn:
    """A file of which half of what is written last is there."""

    def __init__(self, file: Any, deadline: Deadline) -> None:
        self.file, self.deadline = file, deadline

    def write(self, data: Any) -> Any:
        def half() -> None:
            self.file.write(data[: len(data) // 2])
            self.file.flush()

        self.deadline.write_half(self.file.fileno(), half)
        return self.file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> Torn:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


_OPEN = io.open
_WHOLE = {name: getattr(os, name) for name in CALLS}


def _patch(calls: Mapping[str, Any], open: Callable[..., Any]) -> None:
    for name, call in calls.items():
        setattr(os, name, call)
    io.open = open  # type: ignore[assignment]


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads: the copy touches none
        return os.fork()


def _work_in_copy(work: Callable[[], object], deadline: Deadline) -> int:
    """The status of a copy of this process that does *work* and counts its steps."""
    child = _fork()
    if child == 0:
        try:
            _patch({name: deadline.wrap(call) for name, call in _WHOLE.items()}, deadline.open)
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1]


def run_killed(work: Callable[[], object], last: int) -> bool:
    """Whether *work* was killed before its *last*th step (from 1); where it has fewer, it is done."""
    status = _work_in_copy(work, Deadline(last))
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def record_kills(work: Callable[[], object], folder: Path, states: Path) -> list[Path]:
    """Do *work*, which writes into *folder*; gives, in folders of *states*, what a kill at each step would leave."""
    states.mkdir()
    assert os.waitstatus_to_exitcode(_work_in_copy(work, Recorder(folder, states))) == 0
    return sorted(states.iterdir(), key=lambda path: int(path.name))


def read_all(folder: Path) -> dict[str, bytes]:
    """All files under a folder but the lock, by their names."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {name: raw for name, raw in found.items() if name != ".kg/lock"}
