"""JSON as text: short arrays and objects in one line, long ones one entry on a line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from kg.export.terms import INVISIBLE

Json = str | int | float | bool | Sequence["Json"] | Mapping[str, "Json"]

WIDTH: Final = 120
STEP: Final = 2
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode  # made once: it is asked for every name and value
_ESCAPED: Final = re.compile(rf"(?!\n)[{INVISIBLE}]")  # line ends are our own: JSON escapes those of a text


class LaidOut(str):
    """The text of a value that was laid out before for the place where it will stand."""


def lay_out_item(value: Json, indent: int) -> LaidOut:
    """The text of an item of a list that is *indent* columns in: one of a great many, whose value may then go."""
    return LaidOut(_lay_out(value, indent, 0))


def write_json(value: Json) -> str:
    r"""The text of a JSON value, entries in the order given, nothing invisible left raw, with a line end.

    >>> print(write_json({"a": [1, True], "b": {"c": "雷军\u202e"}}), end="")
    {"a": [1, true], "b": {"c": "雷军\u202e"}}
    """
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", _lay_out(value, 0, 0)) + "\n"


def _lay_out(value: Json, indent: int, lead: int) -> str:
    """The value at a place *indent* columns in, with *lead* columns before and after it on its line."""
    if isinstance(value, LaidOut):
        return value
    if isinstance(value, str | int | float) or not value:
        return _ENCODE(value)
    inner = indent + STEP
    margin = " " * inner
    if isinstance(value, Mapping):
        keys = [_ENCODE(key) + ": " for key in value]
        parts = [key + _lay_out(entry, inner, len(key)) for key, entry in zip(keys, value.values(), strict=True)]
        left, right = "{}"
    else:
        parts = [_lay_out(entry, inner, 0) for entry in value]
        left, right = "[]"
    length = indent + lead + sum(map(len, parts)) + 2 * len(parts) + 1
    if length <= WIDTH and not any("\n" in part for part in parts):
        return f"{left}{', '.join(parts)}{right}"
    return f"{left}\n{margin}" + f",\n{margin}".join(parts) + f"\n{' ' * indent}{right}"
