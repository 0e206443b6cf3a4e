"""Files written whole or not at all: beside first, then renamed; a set of files goes by a journal.

A build that fails or is killed while it computes leaves the previous exports untouched. Were it killed in
the moment of the renames, the journal lets the next run finish them, so old and new never stay mixed.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kg.diagnostic import KgError

_JOURNAL = "exports.journal"


@dataclass(frozen=True, kw_only=True)
class ExportFile:
    """A file to write: its name in `exports/` and its bytes (text in UTF-8 with `\\n`).

    Python takes two bytes for each character of a text in which one is Chinese: twice the memory of a large graph.
    """

    name: str
    raw: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8")

    @property
    def sha256(self) -> str:
        from hashlib import sha256

        return sha256(self.raw).hexdigest()


@dataclass(frozen=True, kw_only=True)
class MadeFile:
    """A file that is made already, too big for memory: its name in `exports/`, and the *path* to move it from."""

    name: str
    path: Path
    sha256: str


def encode_file(name: str, text: str | Iterable[str]) -> ExportFile:
    """The file of this name that holds a text, or pieces of one that are never held together."""
    raw = io.BytesIO()
    for piece in (text,) if isinstance(text, str) else text:
        raw.write(piece.encode("utf-8"))
    return ExportFile(name=name, raw=raw.getvalue())


def write_text(path: Path, text: str) -> None:
    """Write one file whole or not at all. Raises KgError when it cannot be written."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(text.encode("utf-8"))
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise KgError(f"cannot write {path.name}: {error.strerror or error}") from error


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, read in pieces. Raises KgError when it cannot be read."""
    from hashlib import file_digest

    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise KgError(f"cannot read {path.name}: {error.strerror or error}") from error


@contextlib.contextmanager
def hold_lock(folder: Path) -> Iterator[None]:
    """Hold the project's lock for one build. Raises KgError when another build holds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "lock").open("a+b")
    except OSError as error:
        raise KgError(f"cannot write {folder.name}/: {error.strerror or error}") from error
    with handle:
        try:
            _lock(handle.fileno())
        except OSError:
            raise KgError("another build of this project is running: wait until it is done") from None
        yield  # the lock goes with the handle, also when the process is killed


def _lock(fileno: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(fileno, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(fileno, fcntl.LOCK_EX | fcntl.LOCK_NB)


def write_exports(files: Iterable[ExportFile | MadeFile], folder: Path, work: Path) -> None:
    """Write all *files* into *folder*, or none. Call it under `hold_lock`. Names may hold folders (`a/b.nq`).

    Raises KgError when one cannot be written; then the folder is as it was.
    """
    import json
    import shutil

    files = list(files)
    wanted = [folder / file.name for file in files]
    beside = [(path.with_name(f".{path.name}.new"), path) for path in wanted]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, (new, _) in zip(files, beside, strict=True):
            new.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(file, MadeFile):
                shutil.move(file.path, new)  # a rename, unless exports/ lies in another file system
            with new.open("ab" if isinstance(file, MadeFile) else "wb") as handle:
                if isinstance(file, ExportFile):
                    handle.write(file.raw)
                handle.flush()
                os.fsync(handle.fileno())
        journal = json.dumps([[path.relative_to(folder).as_posix() for path in pair] for pair in beside])
        write_text(work / _JOURNAL, journal)
    except (OSError, KgError) as error:
        for new, _ in beside:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
        reason = error.strerror or error if isinstance(error, OSError) else error
        raise KgError(f"cannot write {folder.name}/: {reason}") from error
    with undisturbed():
        finish_exports(folder, work)


def finish_exports(folder: Path, work: Path) -> None:
    """Finish the renames that a killed build left undone, if there are any."""
    import json

    journal = work / _JOURNAL
    try:
        pairs = json.loads(journal.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise KgError(f"cannot read .kg/{_JOURNAL}: {error}") from error
    try:
        for new, old in pairs:
            with contextlib.suppress(FileNotFoundError):  # this one was renamed before the kill
                (folder / new).replace(folder / old)
        journal.unlink(missing_ok=True)
    except OSError as error:
        raise KgError(f"cannot write {folder.name}/: {error.strerror or error}") from error


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C and a polite kill wait for the end of the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    import signal

    caught: list[int] = []
    signals = [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(s, lambda number, _frame: caught.append(number)) for s in signals]
    try:
        yield
    finally:
        for s, handler in zip(signals, before, strict=True):
            signal.signal(s, handler)
        for number in caught:
            signal.raise_signal(number)
