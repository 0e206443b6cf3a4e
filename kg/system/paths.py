"""The door for paths that a mapping, a seed or a text names: what lies outside of the allowed folders is refused.

A path is judged by where it leads, links resolved, and never by how it is written. Whoever reads a file that
somebody else's text names asks here first; the database of tables is told the same folders.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Door:
    """The folders that may be read, resolved, each once."""

    folders: tuple[Path, ...]

    def admits(self, path: Path) -> bool:
        """Whether *path* leads into one of the folders, be it there or not; a path that no system knows leads nowhere.

        >>> door = open_door([Path("/srv/data")])
        >>> [door.admits(Path(p)) for p in ("/srv/data/a/../b.csv", "/srv/data/../etc/passwd", "/srv/data2/x")]
        [True, False, False]
        """
        place = resolve_path(path)
        return place is not None and any(place.is_relative_to(folder) for folder in self.folders)

    def has_file(self, path: Path) -> bool:
        """Whether *path* leads to a file within one of the folders; a folder, a pipe or a device is none."""
        try:
            return self.admits(path) and path.is_file()
        except OSError:  # a name too long, a folder that may not be searched
            return False


def open_door(folders: Iterable[Path]) -> Door:
    """The door to these folders. Those that cannot be there (a name that holds NUL) are left out."""
    places = (resolve_path(folder) for folder in folders)
    return Door(folders=tuple(dict.fromkeys(place for place in places if place is not None)))


def resolve_path(path: Path) -> Path | None:
    """Where a path leads, links resolved; None for one that no system knows, such as a name that holds NUL.

    >>> resolve_path(Path("a\\0b")) is None
    True
    """
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return None
