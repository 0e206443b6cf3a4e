"""Patterns of paths: `data/*.csv` names several files, in the order of their names."""

from __future__ import annotations

import glob
from pathlib import Path

from kg.tables.rml import FileSource


def is_pattern(source: FileSource) -> bool:
    """Whether the path of a source is a pattern; an address of the web is none.

    >>> from kg.text.diagnostic import SourceText, mark_of_file
    >>> mark = mark_of_file(SourceText("map.ttl", ""))
    >>> [is_pattern(FileSource(path=p, mark=mark)) for p in ("data/*.csv", "a.csv", "https://e.org/?q=*")]
    [True, False, False]
    """
    return "://" not in source.path and glob.has_magic(source.local_path)


def expand_pattern(folder: Path, source: FileSource) -> list[tuple[str, Path]]:
    """The files that a pattern names from *folder* on, sorted: as the mapping would name each, and where it is.

    `**` stands for any folders. A file whose name is the pattern itself is that file.
    """
    pattern = source.local_path
    if (folder / pattern).is_file():
        return [(source.path, folder / pattern)]
    # as a shell has it, hidden files are left out
    found = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207
    return [(Path(name).as_posix(), folder / name) for name in sorted(found) if (folder / name).is_file()]
