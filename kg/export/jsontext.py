"""JSON as text: short arrays and objects in one line, long ones one entry on a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from kg.export.terms import INVISIBLE

Json = str | int | float | bool | Sequence["Json"] | Mapping[str, "Json"]

WIDTH: Final = 120
STEP: Final = 2
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode  # made once: it is asked for every name and value
_QUOTE: Final = json.encoder.encode_basestring  # what the encoder does with a text
_ESCAPED: Final = re.compile(rf"(?!\n)[{INVISIBLE}]")  # line ends are our own: JSON escapes those of a text


class LaidOut(str):
    """The text of a value that was laid out before for the place where it will stand."""


def write_scalar(value: str | int | float | bool) -> str:
    """The text of a value that is no array and no object."""
    return _QUOTE(value) if isinstance(value, str) else _ENCODE(value)


@lru_cache(maxsize=1 << 12)
def write_key(name: str) -> str:
    """The text of an entry's name, with what stands between it and the value."""
    return _QUOTE(name) + ": "


def enclose(brackets: str, parts: Sequence[str], indent: int, lead: int) -> str:
    """An array or an object of *parts*, at a place *indent* columns in, with *lead* columns before it on its line.

    The parts were laid out for a place STEP columns further in.
    """
    length = indent + lead + sum(map(len, parts)) + 2 * len(parts) + 1
    inside = ", ".join(parts)
    if length <= WIDTH and "\n" not in inside:
        return f"{brackets[0]}{inside}{brackets[1]}"
    margin = " " * (indent + STEP)
    return f"{brackets[0]}\n{margin}" + f",\n{margin}".join(parts) + f"\n{' ' * indent}{brackets[1]}"


def write_json(value: Json) -> str:
    r"""The text of a JSON value, entries in the order given, nothing invisible left raw, with a line end.

    >>> print(write_json({"a": [1, True], "b": {"c": "雷军\u202e"}}), end="")
    {"a": [1, true], "b": {"c": "雷军\u202e"}}
    """
    return _escape(_lay_out(value, 0, 0)) + "\n"


def stream_json(before: Mapping[str, Json], key: str, items: Iterable[LaidOut]) -> Iterator[str]:
    """The text of an object in pieces: the entries *before*, then under *key* a list of a great many items.

    The items are laid out for a place 2 * STEP columns in, and are taken one by one; the text is that of `write_json`.
    """
    lead = write_key(key)
    taken: list[LaidOut] = []
    left = iter(items)
    for item in left:
        taken.append(item)
        # No line can hold these any more, so the others need not be known.
        if "\n" in item or STEP + len(lead) + sum(map(len, taken)) > WIDTH:
            break
    else:
        yield write_json({**before, key: taken})
        return
    yield "{\n"
    for name, value in before.items():
        head = write_key(name)
        yield _escape(f"{' ' * STEP}{head}{_lay_out(value, STEP, len(head))},\n")
    yield f"{' ' * STEP}{lead}["
    between = "\n"
    for item in chain(taken, left):
        yield _escape(f"{between}{' ' * 2 * STEP}{item}")
        between = ",\n"
    yield f"\n{' ' * STEP}]\n}}\n"


def _escape(text: str) -> str:
    if text.isascii() and "\x7f" not in text:  # nearly always: the other controls are escaped in every scalar
        return text
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _lay_out(value: Json, indent: int, lead: int) -> str:
    """The value at a place *indent* columns in, with *lead* columns before and after it on its line."""
    if isinstance(value, LaidOut):
        return value
    if isinstance(value, str | int | float):
        return write_scalar(value)
    inner = indent + STEP
    if isinstance(value, Mapping):
        keys = [write_key(key) for key in value]
        parts = [key + _lay_out(entry, inner, len(key)) for key, entry in zip(keys, value.values(), strict=True)]
        return enclose("{}", parts, indent, lead)
    return enclose("[]", [_lay_out(entry, inner, 0) for entry in value], indent, lead)
