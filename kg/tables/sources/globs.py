"""Patterns of paths: `data/*.csv` names several files, in the order of their names."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
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
    found = {Path(name).as_posix() for name in match_names(folder, pattern)}
    return [(name, folder / name) for name in sorted(found) if (folder / name).is_file()]


def match_names(folder: Path, pattern: str) -> Iterator[str]:
    """The names that a pattern has from *folder* on. As a shell has it, hidden ones are left out.

    `**` enters no folder that is a link, as in Bash: one that leads to a folder above would name each file many times.
    """
    steps = pattern.split("/")
    if "**" not in steps:
        yield from glob.glob(pattern, root_dir=folder)  # noqa: PTH207
        return
    place = steps.index("**")
    head, rest = "/".join(steps[:place]), "/".join(steps[place + 1 :] or ["*"])
    for top in glob.glob(head + "/", root_dir=folder) if head else [pattern[:place]]:  # noqa: PTH207
        for path, folders, _ in os.walk(folder / top):
            folders[:] = [name for name in folders if not name.startswith(".")]
            below = os.path.relpath(path, folder / top)
            inner = glob.escape(os.path.join(top, "" if below == "." else below, ""))  # noqa: PTH118
            yield from match_names(folder, inner + rest)
