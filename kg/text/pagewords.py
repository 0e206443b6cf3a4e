"""Words of pages by language: read from a table, and filled in."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def read_words(package: str) -> dict[str, dict[str, str]]:
    """The words of a package's `words.toml` by language and key; tables are flattened: `modes.fact`."""
    tables = tomllib.loads(files(package).joinpath("words.toml").read_text(encoding="utf-8"))
    own: dict[str, dict[str, str]] = {}
    for lang, table in tables.items():
        own[lang] = {}
        for key, value in table.items():
            own[lang] |= {key: value} if isinstance(value, str) else {f"{key}.{k}": v for k, v in value.items()}
    return own


def fill_in(text: str, /, **names: str) -> str:
    """A text with its places `{name}` filled in, in one pass: a name that looks like a place stays as it is.

    >>> fill_in("{a} and {b}", a="{b}", b="c")
    '{b} and c'
    """
    first, *parts = text.split("{")
    return first + "".join(names[name] + rest for name, _, rest in (part.partition("}") for part in parts))
