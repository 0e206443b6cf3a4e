"""Tables that functions look values up in: CSV files, by the places of two columns."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

Found = Mapping[str, str]


def read_lookup(path: Path, key: int, value: int, delimiter: str) -> Found:
    """The cell in the column *value* of the first row that has each text in the column *key*.

    The file is UTF-8; columns count from 0, the first line is one as all others. ValueError where a line is shorter.
    """
    found: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for cells in csv.reader(file, delimiter=delimiter, strict=True):
            if not cells:
                continue
            if max(key, value) >= len(cells):
                raise ValueError(f"it has {len(cells)} columns, which count from 0")
            found.setdefault(cells[key], cells[value])
    return found
