"""Files written whole or not at all: beside first, then renamed; a set of files goes by a journal.

A command that fails or is killed while it computes leaves what was there untouched. Were it killed while it writes
or in the moment of the renames, the journal lets the next run undo or finish that, so old and new never stay mixed.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from kg.system.packing import find_packing, pack_bytes
from kg.text.diagnostic import KgError, UsageError

EXPORTS = "exports.journal"
CURATED = "curated.journal"  # of commands that change what a curator wrote, from the project's folder
_PATIENCE = 1.0  # seconds


class BusyError(KgError):
    """Another command holds the project's lock."""


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

    @cached_property
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
    raw.writelines(map(str.encode, (text,) if isinstance(text, str) else text))
    return ExportFile(name=name, raw=raw.getvalue())


def write_text(path: Path, text: str) -> None:
    """Write one file whole or not at all; a link stays. Raises KgError when it cannot be written."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, raw: bytes) -> None:
    """Write one file whole or not at all: what a link leads to is replaced, and keeps who may read and write it.

    Raises KgError when it cannot be written.
    """
    place = path
    try:
        place = Path(os.path.realpath(path))
        beside = place.with_name(f".{place.name}.{os.getpid()}.new")
        try:
            beside.write_bytes(raw)
            _copy_mode(place, beside)
            beside.replace(place)
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
        sweep(place)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise KgError(f"cannot write {path.name}: {reason or error}") from error


def _copy_mode(old: Path, new: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        new.chmod(old.stat().st_mode & 0o7777)


def sweep(path: Path) -> None:
    """Remove what processes that were killed while they wrote *path* left beside it."""
    import glob
    import re

    for left in path.parent.glob(f".{glob.escape(path.name)}.*.new"):
        found = re.fullmatch(rf"\.{re.escape(path.name)}\.(\d+)\.new", left.name)
        if found is not None and not _is_alive(int(found[1])):
            with contextlib.suppress(OSError):
                left.unlink()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def write_output(path: Path, raw: bytes) -> None:
    """Write what a user wants at *path* (`-o`), which may be anything.

    A pipe, a device, or a descriptor of this process (`/dev/stdout`) is written into, never replaced; a link stays,
    and the file it leads to is replaced in one step. A name that ends in `.gz` or `.zst` packs it. Raises UsageError
    where *path* is a folder, KgError where it cannot be written.
    """
    check_output(path)
    if (kind := find_packing(path)) is not None:
        raw = pack_bytes(raw, kind, path)
    if not is_stream(path):
        if not path.parent.is_dir():
            raise KgError(f"cannot write {path}: no folder {path.parent}")
        write_bytes(path, raw)
        return
    try:
        with open_stream(path) as out:
            out.write(raw)
    except BrokenPipeError:
        raise  # who reads went away: that is no failure of ours
    except OSError as error:
        raise KgError(f"cannot write {path.name}: {error.strerror or error}") from error


def check_output(path: Path, read: Iterable[Path] = ()) -> None:
    """Raises UsageError where an output is a folder, has a name that promises something else, or is *read*."""
    find_packing(path)
    try:
        if path.is_dir():
            raise UsageError(f"`{path}` is a folder: name a file in it")
        if not is_stream(path) and any(path.exists() and one.exists() and path.samefile(one) for one in read):
            raise UsageError(f"`{path}` is read: name another file")
    except OSError as error:
        raise KgError(f"cannot write {path.name}: {error.strerror or error}") from error


def name_output(text: str) -> Path:
    """The place that a user names with `-o`: `-` is standard output.

    >>> find_descriptor(name_output("-")), find_descriptor(name_output("./-"))
    (1, None)
    """
    return Path("/dev/fd/1") if text == "-" else Path(_refuse_empty(text))


def name_input(text: str) -> Path:
    """The file that a user names as an input: `-` is standard input.

    >>> name_input("-") == name_input("./-")
    False
    """
    return Path("/dev/stdin") if text == "-" else Path(_refuse_empty(text))


def open_standard_input() -> BinaryIO:
    """Standard input as bytes. Raises KgError where the caller has closed it (`<&-`)."""
    if sys.stdin is None:
        raise KgError("cannot read standard input: it is closed")
    return sys.stdin.buffer


def _refuse_empty(text: str) -> str:
    if not text:
        raise UsageError("the name of a file is empty")
    return text


def is_stream(path: Path) -> bool:
    """Whether *path* is a device, a pipe or a descriptor (`/dev/stdout`): it is written into, never replaced."""
    return find_descriptor(path) is not None or (path.exists() and not path.is_file() and not path.is_dir())


def find_descriptor(path: Path) -> int | None:
    """The descriptor of this process that *path* names, by however many links: `/dev/stdout` is 1.

    >>> find_descriptor(Path("/proc/self/fd/1")), find_descriptor(Path("graph.ttl"))
    (1, None)
    """
    import re

    for _ in range(40):  # as many links as Linux follows
        place = Path(os.path.realpath(path.parent)) / path.name
        found = re.fullmatch(rf"(?:/proc/(?:self|{os.getpid()})(?:/task/\d+)?|/dev)/fd/(\d{{1,9}})", str(place))
        if found is not None:
            return int(found[1])
        if not place.is_symlink():
            return None
        path = place.parent / place.readlink()
    return None


def open_stream(path: Path) -> BinaryIO:
    """A device, a pipe or a descriptor, open for writing; a file behind a descriptor goes on where it is."""
    number = find_descriptor(path)
    if number is None:
        return path.open("wb")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    return os.fdopen(os.dup(number), "wb")


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, read in pieces. Raises KgError when it cannot be read."""
    from hashlib import file_digest

    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise KgError(f"cannot read {path.name}: {error.strerror or error}") from error


@contextlib.contextmanager
def hold_lock(folder: Path, what: str = "build") -> Iterator[None]:
    """Hold the project's lock for one command; *what* it is, others are told. Raises BusyError where another has it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "lock").open("a+b")
    except OSError as error:
        raise KgError(f"cannot write {folder.name}/: {error.strerror or error}") from error
    with handle:
        try:
            lock_file(handle.fileno())
        except OSError:
            handle.seek(0)
            other = handle.read(20).decode("ascii", "replace").strip()
            other = other if other.isalpha() else "build"
            raise BusyError(f"another {other} of this project is running: wait until it is done") from None
        with contextlib.suppress(OSError):  # a full disk: the lock is held all the same
            handle.truncate(0)
            handle.write(what.encode())
            handle.flush()
        yield  # the lock goes with the handle, also when the process is killed


def lock_file(fileno: int) -> None:
    """Lock an open file for this process alone. Raises OSError where another has locked it."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(fileno, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(fileno, fcntl.LOCK_EX | fcntl.LOCK_NB)


def write_exports(
    files: Iterable[ExportFile | MadeFile], folder: Path, work: Path, journal: str = EXPORTS, gone: Iterable[str] = ()
) -> None:
    """Write all *files* into *folder*, or none. Call it under `hold_lock`. Names may hold folders (`a/b.nq`).

    Those in *gone* are removed with the same step. A *journal* in *work* says first what is begun, then that all is
    written and only renames and removals are left, so that `finish_exports` of the next run knows what to undo or to
    finish. Raises KgError when a file cannot be written; then the folder is as it was.
    """
    import shutil

    files = list(files)
    wanted = [folder / file.name for file in files]
    pairs = [(path.with_name(f".{path.name}.new"), path) for path in wanted]
    names = [[path.relative_to(folder).as_posix() for path in pair] for pair in pairs]
    try:
        for each in (folder, work):
            each.mkdir(parents=True, exist_ok=True)
        _write_journal(work / journal, {"begun": [new for new, _ in names], "folders": _find_missing(wanted, folder)})
        for file, (new, old) in zip(files, pairs, strict=True):
            new.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(file, MadeFile):
                shutil.move(file.path, new)  # a rename, unless exports/ lies in another file system
            with new.open("ab" if isinstance(file, MadeFile) else "wb") as handle:
                if isinstance(file, ExportFile):
                    handle.write(file.raw)
                handle.flush()
                os.fsync(handle.fileno())
            _copy_mode(old, new)
        _write_journal(work / journal, {"pairs": names, "gone": list(gone)})
    except (OSError, KgError) as error:
        with contextlib.suppress(KgError):
            finish_exports(folder, work, journal)
        reason = error.strerror or error if isinstance(error, OSError) else error
        raise KgError(f"cannot write {folder.name}/: {reason}") from error
    with undisturbed():
        finish_exports(folder, work, journal)


def _find_missing(paths: Iterable[Path], folder: Path) -> list[str]:
    """The folders under *folder* that the *paths* need and that are not there, the innermost first."""
    missing = {parent for path in paths for parent in path.relative_to(folder).parents[:-1]}
    gone = [parent.as_posix() for parent in missing if not (folder / parent).is_dir()]
    return sorted(gone, key=lambda name: (-name.count("/"), name))


def _write_journal(path: Path, record: object) -> None:
    import json

    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with beside.open("wb") as handle:
            handle.write(json.dumps(record).encode())
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def hold_curated(root: Path, work: Path, what: str) -> Iterator[None]:
    """Hold the project's lock, where what a killed command left half-written of curated files is settled first."""
    with hold_lock(work, what):
        finish_exports(root, work, CURATED)
        yield


def finish_exports(folder: Path, work: Path, journal: str = EXPORTS) -> None:
    """Finish the renames that a killed run left undone, or undo what it had only begun. Call it under `hold_lock`."""
    import json

    place = work / journal
    try:
        record = json.loads(place.read_text(encoding="utf-8"))
        record = {"pairs": record} if isinstance(record, list) else record  # as it was written before files could go
        pairs, gone, begun, folders = (record.get(key, []) for key in ("pairs", "gone", "begun", "folders"))
        _refuse_outside(name for names in (*pairs, gone, begun, folders) for name in names)
    except FileNotFoundError:
        sweep(place)
        return
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise KgError(f"cannot read .kg/{journal}: {error}") from error
    try:
        for new, old in pairs:
            with contextlib.suppress(FileNotFoundError):  # this one was renamed before the kill
                (folder / new).replace(folder / old)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        for new in begun:
            with contextlib.suppress(NotADirectoryError):
                (folder / new).unlink(missing_ok=True)
        for name in folders:
            with contextlib.suppress(OSError):  # somebody else has put something there
                (folder / name).rmdir()
        place.unlink(missing_ok=True)
        sweep(place)
    except OSError as error:
        raise KgError(f"cannot write {folder.name}/: {error.strerror or error}") from error


def _refuse_outside(names: Iterable[object]) -> None:
    """Raises ValueError for a name in a journal that leads out of its folder: a project from elsewhere may hold one."""
    for name in names:
        if not isinstance(name, str) or name.startswith("/") or ".." in name.split("/") or "\0" in name:
            raise ValueError(f"{name!r} is no name of a file in it")


def settle_curated(root: Path, work: Path) -> None:
    """Finish or undo what a command that was killed had begun to write of the files of a curator.

    Waits a moment where that command still runs, since it is writing already. Raises BusyError where it does not end.
    """
    import time

    deadline = time.monotonic() + _PATIENCE
    while (work / CURATED).exists():
        try:
            with hold_lock(work, "repair"):
                finish_exports(root, work, CURATED)
        except BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PATIENCE / 100)


def exchange_paths(one: Path, other: Path) -> bool:
    """Let two files or folders of one file system change places in one step; False where the system cannot.

    Linux can (renameat2(2)), on nearly all of its file systems. Raises OSError where it fails.
    """
    import ctypes
    import errno

    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if call(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0:
        return True
    number = ctypes.get_errno()
    if number in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
        return False
    raise OSError(number, os.strerror(number), str(other))


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
