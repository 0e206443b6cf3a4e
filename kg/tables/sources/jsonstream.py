"""JSON files read as a stream: one record in memory at a time, for iterators of names and wildcards (RFC 9535).

The text is held whole (but of JSON Lines one line), the values are not: as Python objects they take ten times as much.
What the members of an iterator are is known before the first wildcard; from there on each record is a value of
its own. All other iterators need the whole document (`kg.tables.documents`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from kg.tables.documents import LINES, decode_text, tell_json
from kg.tables.documents.jsonpath import (
    NUMBERS_AS_WRITTEN,
    NameTwiceError,
    Step,
    complete_reference,
    parse_json,
    split_steps,
    walk,
)

_BLANKS = re.compile(r"[ \t\n\r]*")  # JSON's own white space, RFC 8259 §2
_DECODER = json.JSONDecoder(**NUMBERS_AS_WRITTEN)

Steps = tuple[Step, ...]


def find_stream(iterator: str) -> Steps | None:
    """The steps of an iterator of names, indexes and wildcards; None where the whole document is needed.

    >>> find_stream("$.stops[*]"), find_stream("$..stop")
    (('stops', None), None)
    """
    return split_steps(complete_reference(iterator, lenient="no"))


def stream_json(path: Path, steps: Steps) -> Iterator[Any]:
    """The records of a JSON or JSON Lines file, one after the other.

    Raises DocumentError where the file is no JSON, NameTwiceError where a name of the iterator stands twice.
    """
    if path.suffix.lower() in LINES:
        yield from stream_lines(path, steps[steps[:1] == (None,) :])
        return
    text = decode_text(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    try:
        end = skip_blanks(text, (yield from stream_values(text, skip_blanks(text, 0), steps)))
        if end < len(text):
            raise ValueError
    except NameTwiceError:
        raise
    except (ValueError, RecursionError):
        # read again as a whole: the parser says what is wrong, in the same words wherever it stands
        try:
            parse_json(text)
        except (ValueError, RecursionError) as error:
            raise tell_json(error) from None
        raise


def stream_lines(path: Path, steps: Steps) -> Iterator[Any]:
    """The records of JSON Lines: in each line a document; `$[*]` means the lines."""
    offset = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            text = decode_text(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, offset)
            offset += len(line)
            if text.strip():
                try:
                    value = parse_json(text.removesuffix("\n"))
                except (ValueError, RecursionError) as error:
                    raise tell_json(error, number) from None
                yield from walk(value, steps)


def stream_values(text: str, start: int, steps: Steps) -> Generator[Any, None, int]:
    """The values that the steps lead to within the value that begins at *start*; returns where that value ends.

    Raises ValueError where the text is no JSON.
    """
    opening = text[start : start + 1]
    first = steps[0] if steps else None
    if not steps or isinstance(first, int) or opening not in {"{", "["}:
        value, end = _DECODER.raw_decode(text, start)
        yield from walk(value, steps)
        return end
    names: set[str] = set()
    place = skip_blanks(text, start + 1)
    closing = "}" if opening == "{" else "]"
    if text[place : place + 1] == closing:
        return place + 1
    while True:
        wanted = first is None
        if opening == "{":
            if text[place : place + 1] != '"':
                raise ValueError
            name, place = _DECODER.raw_decode(text, place)
            place = skip_blanks(text, place)
            if text[place : place + 1] != ":":
                raise ValueError
            place = skip_blanks(text, place + 1)
            wanted = wanted or name == first
            if wanted and name in names:
                raise NameTwiceError(name)
            names.add(name)
        if not wanted:
            _, place = _DECODER.raw_decode(text, place)
        elif first is None:  # a record, or what holds some
            value, place = _DECODER.raw_decode(text, place)
            yield from walk(value, steps[1:])
        else:
            place = yield from stream_values(text, place, steps[1:])
        place = skip_blanks(text, place)
        if text[place : place + 1] == closing:
            return place + 1
        if text[place : place + 1] != ",":
            raise ValueError
        place = skip_blanks(text, place + 1)


def skip_blanks(text: str, place: int) -> int:
    """The offset of the next character that is no white space of JSON."""
    found = _BLANKS.match(text, place)
    assert found is not None
    return found.end()
