"""Texts that an editor holds open: what is read in place of their files, saved or not.

An editor checks what stands on the screen. Every reader of the project's files asks `read_bytes`, so a text that is
held open is read by all stages alike, and none of them knows of editors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_NONE: Mapping[str, bytes] = {}
_OPENED: ContextVar[Mapping[str, bytes]] = ContextVar("opened", default=_NONE)


@contextmanager
def hold_open(texts: Mapping[Path, str]) -> Iterator[None]:
    """Within it, *texts* are read in place of the files at their paths, in this thread alone.

    >>> with hold_open({Path("nowhere.yaml"): "kg: claims/1"}):
    ...     read_bytes(Path("nowhere.yaml"))
    b'kg: claims/1'
    """
    opened = {os.path.realpath(path): text.encode("utf-8", "surrogatepass") for path, text in texts.items()}
    token = _OPENED.set(opened)
    try:
        yield
    finally:
        _OPENED.reset(token)


def read_bytes(path: Path) -> bytes:
    """The bytes of a text that is held open, else of the file. Raises OSError where there is neither."""
    opened = _OPENED.get()
    if opened and (found := opened.get(os.path.realpath(path))) is not None:
        return found
    return path.read_bytes()


def list_opened(folder: Path) -> list[Path]:
    """The paths from *folder* to the texts that are held open below it, whether there are files or not."""
    opened = _OPENED.get()
    top = os.path.realpath(folder) + os.sep if opened else ""
    return [Path(name[len(top) :]) for name in opened if name.startswith(top)]
