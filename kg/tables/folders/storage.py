"""Where the workers meet: a folder that all of them see, on a shared disk or in an object store (fsspec)."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from kg.text.diagnostic import KgError, UsageError

PIECE = 1 << 20


def is_address(text: str) -> bool:
    """Whether a text is an address of fsspec (`s3://bucket/folder`) and no path of the machine.

    >>> is_address("s3://bucket/feed"), is_address("/data/feed"), is_address("C:\\\\feed")
    (True, False, False)
    """
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", text) is not None


def refuse_login(address: str) -> None:
    """Raise UsageError for an address with a login: it would stand in logs and manifests."""
    if re.match(r"[^/]+://[^/]*@", address):
        shown = re.sub(r"://[^/]*@", "://*****@", address)
        raise UsageError(f"`{shown}` holds a login: give it to fsspec by its own means, such as AWS_ACCESS_KEY_ID")


class StorageError(KgError):
    """What all workers share could not be written: no other worker would fare better."""


@dataclass(frozen=True, kw_only=True)
class Storage:
    """A folder by its absolute path or address; names of files are relative to it.

    A file is put whole or not at all: on a disk beside first, then renamed; an object store has it so by itself.
    """

    place: str

    @property
    def is_local(self) -> bool:
        return not is_address(self.place)

    def path(self, name: str) -> str:
        """The whole path or address of a file."""
        return f"{self.place}/{name}"

    def put(self, made: Path, name: str) -> None:
        """A finished file of this machine under its name; *made* is used up. Raises StorageError."""
        try:
            self.put_whole(made, name)
        except StorageError:
            raise
        except Exception as error:  # each storage of fsspec has errors of its own
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise StorageError(f"`{name}` could not be put on the storage: {reason}") from None
        made.unlink(missing_ok=True)

    def put_whole(self, made: Path, name: str) -> None:
        """The file as it is, whole or not at all."""
        if self.is_local:
            wanted = Path(self.path(name))
            wanted.parent.mkdir(parents=True, exist_ok=True)
            beside = wanted.with_name(f".{wanted.name}.{os.getpid()}.{os.urandom(4).hex()}")
            try:
                with made.open("rb") as source, beside.open("wb") as out:
                    shutil.copyfileobj(source, out, PIECE)
                    out.flush()
                    os.fsync(out.fileno())
                beside.replace(wanted)
            finally:
                beside.unlink(missing_ok=True)
        else:
            open_system(self.place).put_file(str(made), self.path(name))

    def put_text(self, text: str, name: str, scratch: Path) -> None:
        """A text under its name."""
        made = scratch / f"text-{os.urandom(4).hex()}"
        made.write_text(text, encoding="utf-8")
        self.put(made, name)

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises OSError."""
        with self.open(name) as stream:
            return stream.read()

    def open(self, name: str) -> IO[bytes]:
        """A file to read; whoever opens it closes it. Raises OSError."""
        return open_place(self.path(name))

    @contextmanager
    def fetch(self, name: str, scratch: Path) -> Iterator[Path]:
        """A file as one of this machine: itself, or a copy in *scratch* for as long as it is needed."""
        if self.is_local:
            yield Path(self.path(name))
            return
        copy = scratch / f"{os.urandom(4).hex()}-{Path(name).name}"
        try:
            self.copy(name, copy)
            yield copy
        finally:
            copy.unlink(missing_ok=True)

    def copy(self, name: str, made: Path) -> None:
        """A file as the file *made* of this machine. Raises OSError."""
        with self.open(name) as stream, made.open("wb") as out:
            shutil.copyfileobj(stream, out, PIECE)

    def size(self, name: str) -> int | None:
        """The bytes of a file; None where there is none."""
        return size_of(self.path(name))

    def names(self, below: str = "") -> list[str]:
        """The files of the folder, or of the one *below*, in order."""
        place = f"{self.place}/{below}".rstrip("/")
        if self.is_local:
            folder = Path(place)
            return sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
        system = open_system(place)
        with suppress(FileNotFoundError):
            return sorted(
                entry.rstrip("/").rsplit("/", 1)[-1] for entry in system.ls(place, detail=False, refresh=True)
            )
        return []

    def remove(self, name: str) -> None:
        """Remove a file or a folder, be it there or not."""
        if self.is_local:
            path = Path(self.path(name))
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            return
        with suppress(FileNotFoundError):
            open_system(self.place).rm(self.path(name), recursive=True)


def open_system(address: str) -> Any:
    """The file system of an address. Raises KgError where its package is missing."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise KgError(f"`{address}` needs the extra `cluster`: pip install 'kg-claims[cluster]'") from error
    try:
        system, _ = url_to_fs(address, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise KgError(f"`{address}` cannot be reached: {error}") from error
    return system


def open_place(place: str) -> IO[bytes]:
    """A file by its path or address, to read."""
    if is_address(place):
        return open_system(place).open(place, "rb")  # type: ignore[no-any-return]
    return Path(place).open("rb")


def size_of(place: str) -> int | None:
    """The bytes of a file by its path or address; None where there is none."""
    try:
        if is_address(place):
            return int(open_system(place).info(place)["size"])
        return Path(place).stat().st_size
    except FileNotFoundError:
        return None


def read_range(place: str, begin: int, end: int) -> bytes:
    """The bytes of a file from *begin* to before *end*. Raises OSError where it is shorter by now."""
    with open_place(place) as stream:
        stream.seek(begin)
        data = stream.read(end - begin)
    if len(data) < end - begin:
        raise OSError(f"`{place}` has become shorter")
    return data
