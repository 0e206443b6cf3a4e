"""Files that somebody edits: whether they have changed, asked again and again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

State = frozenset[tuple[str, int, int]]
"""The files of some folders: name, time of the last change and size of each."""

EVERY = 0.05  # seconds


def read_state(folders: Iterable[Path]) -> State:
    """The files under some folders as they are now; hidden ones, which editors make beside them, are left out."""
    return frozenset(_list_files([str(folder) for folder in folders]))


def _list_files(folders: list[str]) -> Iterator[tuple[str, int, int]]:
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                with suppress(OSError):  # it has gone meanwhile
                    if entry.is_dir():
                        folders.append(entry.path)
                    else:
                        about = entry.stat()
                        yield entry.path, about.st_mtime_ns, about.st_size


def wait_for_change(read: Callable[[], State], before: State) -> State:
    """The state of the files when it is another than *before*, and nobody writes any more."""
    seen = before
    while True:
        begun = time.perf_counter()
        state = read()
        if state != before and state == seen:
            return state
        seen = state
        time.sleep(rest_after(time.perf_counter() - begun))


def rest_after(seconds: float) -> float:
    """How long to wait until the files are looked at again, where one look took so long: it costs a twentieth."""
    return max(EVERY, 20 * seconds)
