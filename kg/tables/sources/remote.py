"""Sources on a storage that is no folder of this machine (`--data s3://bucket/feed`): named below it, and fetched."""

from __future__ import annotations

import glob
import posixpath
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from kg.tables.folders.storage import Storage, is_address
from kg.text.diagnostic import KgError


@dataclass(frozen=True, kw_only=True)
class Remote:
    """The address below which all sources lie; a name that leads out of it is none of them."""

    address: str

    def place(self, name: str) -> str | None:
        """The address of a source; None for one that lies elsewhere.

        >>> remote = Remote(address="s3://bucket/feed")
        >>> remote.place("a/b.csv"), remote.place("../x.csv"), remote.place("s3://bucket/feed/b.csv")
        ('s3://bucket/feed/a/b.csv', None, 's3://bucket/feed/b.csv')
        """
        if is_address(name):
            if not name.startswith(self.address + "/"):
                return None
            name = name.removeprefix(self.address + "/")
        inner = posixpath.normpath(name)
        if inner.startswith(("/", "..")) or inner == ".":
            return None
        return f"{self.address}/{inner}"

    def size(self, name: str) -> int | None:
        """The bytes of a source; None where there is none. Raises KgError where the storage does not answer."""
        place = self.place(name)
        try:
            return None if place is None else Storage(place=self.address).size(place.removeprefix(self.address + "/"))
        except Exception as error:
            raise KgError(f"`{self.address}` cannot be read: {str(error) or type(error).__name__}") from None

    def fetch(self, name: str, made: Path) -> None:
        """A source as the file *made*. Raises KgError where it cannot be read."""
        place = self.place(name)
        assert place is not None
        try:
            Storage(place=self.address).copy(place.removeprefix(self.address + "/"), made)
        except Exception as error:
            raise KgError(f"`{name}` could not be read: {str(error) or type(error).__name__}") from None

    def expand(self, pattern: str) -> list[str]:
        """The names that a pattern stands for, in order."""
        folder = posixpath.dirname(pattern)
        if glob.has_magic(folder):
            raise KgError(f"`{pattern}`: a pattern for folders is for this machine's files")
        names = [posixpath.join(folder, name) for name in Storage(place=self.address).names(folder)]
        return sorted(name for name in names if fnmatchcase(name, pattern))
