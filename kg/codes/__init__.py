"""The table of diagnostic codes: what each means, how to mend it, an example.

The table is data, one TOML file for each part of the product. A diagnostic needs no more of it than how bad
its code is, and that is found without parsing TOML, which would cost a tenth of a `kg check`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HEAD = re.compile(r'^\[([a-z0-9-]+)\]\nseverity = "([a-z]+)"$', re.MULTILINE)


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


@cache
def load_severities() -> dict[str, str]:
    """How bad each code is, by name.

    >>> load_severities()["unknown-entity"], load_severities() == {c.name: c.severity for c in load_codes().values()}
    ('error', True)
    """
    return dict(found for text in _read_tables() for found in _HEAD.findall(text))


@cache
def load_codes() -> dict[str, Code]:
    """All codes by name, in the order of their names.

    >>> load_codes()["unknown-entity"].severity
    'error'
    """
    import tomllib

    codes: dict[str, Code] = {}
    for text in _read_tables():
        for name, fields in tomllib.loads(text).items():
            if name in codes:
                raise KeyError(f"code {name!r} is described twice")
            codes[name] = Code(name=name, **fields)
    return dict(sorted(codes.items()))


def _read_tables() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.toml"))]
