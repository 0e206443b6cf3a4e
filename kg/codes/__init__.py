"""The table of diagnostic codes: what each means, how to mend it, an example.

The table is data, one TOML file for each part of the product.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


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
def load_codes() -> dict[str, Code]:
    """All codes by name, in the order of their names.

    >>> load_codes()["unknown-entity"].severity
    'error'
    """
    codes: dict[str, Code] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for name, fields in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in codes:
                raise KeyError(f"code {name!r} is described twice")
            codes[name] = Code(name=name, **fields)
    return dict(sorted(codes.items()))
