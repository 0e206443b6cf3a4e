"""The table of diagnostic codes: what each means, how to mend it, an example.

The table is data, one TOML file for each part of the product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HEADING = re.compile(r"^\[([a-z0-9-]+)\]\n", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Code:
    """One kind of mistake. *severity* is `error`, `warning` or `note`.

    *wrong* and *right* are examples in the language of the file in which the mistake is made.
    """

    name: str
    severity: str
    cause: str
    remedy: str
    wrong: str
    right: str


class Codes(Mapping[str, Code]):
    """Codes by name. Each is read when it is asked for: a project needs few, and all are a thirtieth of a check."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        self._tables = tables
        self._read: dict[str, Code] = {}

    def __getitem__(self, name: str) -> Code:
        if name not in self._read:
            import tomllib

            self._read[name] = Code(name=name, **tomllib.loads(self._tables[name]))
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


@cache
def load_codes() -> Codes:
    """All codes by name, in the order of their names.

    >>> load_codes()["unknown-entity"].severity
    'error'
    """
    tables: dict[str, str] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        _, *parts = _HEADING.split(path.read_text(encoding="utf-8"))
        for name, table in zip(parts[::2], parts[1::2], strict=True):
            if name in tables:
                raise KeyError(f"code {name!r} is described twice")
            tables[name] = table
    return Codes(dict(sorted(tables.items())))
