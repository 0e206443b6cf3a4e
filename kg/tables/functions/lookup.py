"""Tables that functions look values up in: CSV files, by the places of two columns."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

Found = Mapping[str, str]


def read_lookup(path: Path, key: int, value: int, delimiter: str) -> Found:
    """The cell in the column *value* of the first row that has each text in the column *key*.

    The file is UTF-8; columns count from 0, the first line is one as all others. Raises ValueError where a column is
    negative or a line is shorter, csv.Error where the file is no CSV, TypeError where the delimiter is no character.
    """
    if min(key, value) < 0:
        raise ValueError(f"columns count from 0, and none is {min(key, value)}")
    found: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, delimiter=delimiter, strict=True)
        for cells in lines:
            if not cells:
                continue
            if max(key, value) >= len(cells):
                raise ValueError(f"it has {len(cells)} columns in line {lines.line_num}, which count from 0")
            found.setdefault(cells[key], cells[value])
    return found
