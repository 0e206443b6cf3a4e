"""Blanks beside the quotes of a delimited file, which its reader would pass over without a word."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.tables.rml import Dialect, FileSource
from kg.tables.sources.shelf import Shelf
from kg.tables.wording import choose_words

BOM = b"\xef\xbb\xbf"
BLANK = ord(" ")
LINE_END = re.compile(rb"\r\n|\r|\n")


def refuse_blank(path: Path, dialect: Dialect, before: int, origin: FileSource, shelf: Shelf) -> bool:
    """True, with a diagnostic, where a blank stands beside a quote; *path* has lines *before* those of the file."""
    line = find_blank(path, dialect)
    if line is not None:
        message = f"`{origin.path}` has a blank beside a quote in line {line - before}: is it part of the value?"
        hint = choose_words(origin.mark, "take it away, or say `csvw:trim true` in its dialect", "take it away")
        shelf.tell("source-unreadable", origin.mark, message, hint)
    return line is not None


def find_blank(path: Path, dialect: Dialect) -> int | None:
    r"""The line of the first value with a blank between its quote and a delimiter, unless the dialect trims it.

    In RFC 4180 and in CSVW a blank is part of a value, and only a quote may begin and end a quoted one: what stands
    there is neither the value without blanks nor the one with its quotes.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text('a,b\n"x, ""y"" ",z\nx, "y"\n')
    >>> find_blank(path, Dialect()), find_blank(path, Dialect(trim="start"))
    (3, None)
    """
    before, after = (dialect.trim not in {"true", trims} for trims in ("start", "end"))
    if not dialect.quote or dialect.delimiter == " " or not (before or after) or not path.stat().st_size:
        return None
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if not (has_before(data, dialect) or has_after(data, dialect)):  # cheap, and true of few files
            return None
        for value in find_quoted(data, dialect):
            if (before and value.before) or (after and value.after):
                return len(LINE_END.findall(data[: value.begin])) + 1
    return None


@dataclass(frozen=True, kw_only=True)
class QuotedValue:
    """A quoted value, and whether blanks stand before its first quote and after its last one."""

    begin: int
    before: bool
    after: bool


def find_quoted(data: mmap.mmap, dialect: Dialect) -> Iterator[QuotedValue]:
    """The quoted values of a file, as the reader takes them; what is not closed, it tells itself."""
    sign = (dialect.quote or "").encode()
    quote, delimiter = re.escape(sign), re.escape(dialect.delimiter.encode())
    escaped, others = (quote + quote, quote) if dialect.doubled_quote else (rb"\\.", quote + rb"\\")
    inner = rb"[^%s]*+(?>(?:%s[^%s]*+)*)" % (others, escaped, others)
    value = re.compile(rb"%s%s%s( *)(?=%s|[\r\n]|\Z)" % (quote, inner, quote, delimiter), re.DOTALL)
    value_end = re.compile(rb"%s|[\r\n]|\Z" % delimiter)
    at = 0
    while (place := data.find(sign, at)) >= 0:
        begin = skip_blanks(data, place)
        found = value.match(data, place) if begins_value(data, begin, dialect) else None
        if found is not None:
            yield QuotedValue(begin=begin, before=begin < place, after=bool(found[1]))
            at = found.end()
        elif end := value_end.search(data, place):  # a quote within a value that is not quoted
            at = end.start()


def skip_blanks(data: mmap.mmap, place: int) -> int:
    """The place of the first of the blanks that end at a place."""
    while place and data[place - 1] == BLANK:
        place -= 1
    return place


def begins_value(data: mmap.mmap, place: int, dialect: Dialect) -> bool:
    """Whether a delimiter, a line end or the beginning of the file stands before a place."""
    return not place or data[max(0, place - 4) : place].endswith((dialect.delimiter.encode(), b"\r", b"\n", BOM))


def has_before(data: mmap.mmap, dialect: Dialect) -> bool:
    """Whether a quote stands behind blanks that stand behind a delimiter or a line end, perhaps within a value."""
    quote, delimiter = (re.escape(sign.encode()) for sign in (dialect.quote or "", dialect.delimiter))
    # (the second of two quotes within a value stands for one)
    for found in re.finditer(rb" %s(?!%s(?!%s|[\r\n]|\Z))" % (quote, quote, delimiter), data):
        if begins_value(data, skip_blanks(data, found.start()), dialect):
            return True
    return False


def has_after(data: mmap.mmap, dialect: Dialect) -> bool:
    """Whether a quote stands before blanks that stand before a delimiter or a line end, perhaps within a value."""
    quote, delimiter = (re.escape(sign.encode()) for sign in (dialect.quote or "", dialect.delimiter))
    return re.search(rb"%s (?= *+(?:%s|[\r\n]|\Z))" % (quote, delimiter), data) is not None
