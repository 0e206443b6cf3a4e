"""Words of pages by language: read from a table, and filled in."""

from __future__ import annotations

import tomllib
import unicodedata
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


def isolate(text: str) -> str:
    """A text in marks that keep its direction to itself, where it has letters of scripts that run to the left.

    >>> isolate("bridge!"), isolate("הגשר!") == "\\u2068הגשר!\\u2069"
    ('bridge!', True)
    """
    if text.isascii() or "\u2068" in text:  # a sentence that was filled in holds them already
        return text
    turns = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)
    return f"\u2068{text}\u2069" if turns else text


def fill_in(text: str, /, **names: str) -> str:
    """A text with its places `{name}` filled in, in one pass: a name that looks like a place stays as it is.

    A name that runs to the left is isolated: it turns no sign of the text around.

    >>> fill_in("{a} and {b}", a="{b}", b="c")
    '{b} and c'
    """
    first, *parts = text.split("{")
    return first + "".join(isolate(names[name]) + rest for name, _, rest in (part.partition("}") for part in parts))
