"""Files → parts that can be read each by itself: byte ranges of lines, row groups, or the whole file.

A row of a delimited file may hold line ends in quotes. Whether a block of the file begins inside quotes is known from
the number of quotes before it, so all blocks are looked at twice, each by itself: `count_quotes`, then `look_at_block`.
Where a file is not written as plainly as this needs (a quote within a value, line ends of two kinds), it is one part:
then a reader says of the whole what it says on one machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kg.tables.rml import Dialect
from kg.tables.sources.dialects import KeyRange

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Span:
    """A range of bytes or of rows: from *begin* to before *end*."""

    begin: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.begin


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one task reads of the file *path*: all of it, a range of *lines* (bytes) below its *head*, or of *rows*.

    *name* is how the mapping names the file. Of a table of a database (*name*) it is a range of *keys*; *path* is empty
    where that is no file.
    """

    path: str
    name: str
    lines: Span | None = None
    head: Span | None = None
    rows: Span | None = None
    groups: Span | None = None  # of a Parquet file, that have these rows
    size: int | None = None  # of the whole file, where it is to be cut
    keys: KeyRange | None = None

    @property
    def words(self) -> str:
        """What is read, for `--explain`."""
        if self.lines is not None:
            return f"bytes {self.lines.begin} to {self.lines.end}"
        if self.keys is not None:
            return self.keys.words
        return "all" if self.rows is None else f"rows {self.rows.begin} to {self.rows.end}"


@dataclass(frozen=True, kw_only=True)
class Quoting:
    """How rows are told apart: by line ends that do not stand between two of *quote* (None: nothing is quoted)."""

    quote: bytes | None
    delimiter: bytes = b","


@dataclass(frozen=True, kw_only=True)
class Look:
    """The line ends of a block of a file that lie outside of quotes.

    *first_end* is the offset after the first line end (None: there is none); *feeds*, *pairs* and *returns* count LF,
    CR LF and CR; *torn*: it ends with CR. *plain*: quotes stand only where a value begins or ends.
    """

    first_end: int | None
    feeds: int
    pairs: int
    returns: int
    torn: bool
    plain: bool = True


def quoting_of(dialect: Dialect) -> Quoting | None:
    """How the rows of a delimited file are told apart; None where they cannot be cut by bytes.

    >>> quoting_of(Dialect(delimiter=";")), quoting_of(Dialect(skip_rows=2))
    (Quoting(quote=b'"', delimiter=b';'), None)
    """
    if dialect.skip_rows or dialect.comment or dialect.header_rows != 1 or not dialect.doubled_quote:
        return None
    quote, delimiter = (dialect.quote or "").encode(), dialect.delimiter.encode()
    if len(delimiter) != 1 or len(quote) > 1 or delimiter in b"\r\n":
        return None
    return Quoting(quote=quote or None, delimiter=delimiter)


def cut_blocks(size: int, block: int) -> list[Span]:
    """A file of *size* bytes in blocks of *block* bytes; the last one is shorter.

    >>> [(b.begin, b.end) for b in cut_blocks(25, 10)]
    [(0, 10), (10, 20), (20, 25)]
    """
    return [Span(begin=begin, end=min(size, begin + block)) for begin in range(0, size, block)]


def count_quotes(data: bytes, quoting: Quoting) -> int:
    """How many quotes stand in a block."""
    return data.count(quoting.quote) if quoting.quote else 0


def begin_inside(quotes: Sequence[int]) -> list[bool]:
    """Whether each block begins inside quotes, from the quotes in each.

    >>> begin_inside([1, 0, 1, 2])
    [False, True, True, False]
    """
    found, inside = [], False
    for count in quotes:
        found.append(inside)
        inside ^= bool(count % 2)
    return found


def look_at_block(data: bytes, quoting: Quoting, *, inside: bool) -> Look:
    """The line ends of a block outside of quotes; *inside*: it begins between quotes.

    >>> look_at_block(b'x\\n1,"a\\nb"\\n', Quoting(quote=b'"'), inside=False).first_end
    2
    >>> look_at_block(b'b"\\n2,c\\n', Quoting(quote=b'"'), inside=True).first_end
    3
    """
    offset = 3 if data.startswith(BOM) else 0
    quote = quoting.quote
    if quote is None or (not inside and quote not in data):
        first = data.find(b"\n")
        return Look(first_end=first + 1 or None, **count_ends(data))
    return look_quoted(data, quote, quoting.delimiter, offset, inside=inside)


def look_quoted(data: bytes, quote: bytes, delimiter: bytes, offset: int, *, inside: bool) -> Look:
    """The line ends outside of quotes, of a block that has quotes."""
    q, beside = re.escape(quote), re.escape(delimiter)
    if inside:  # up to the quote that ends the value, and what follows it is outside
        end = data.find(quote)
        if end < 0:
            return Look(first_end=None, **count_ends(b""))
        offset = end
    section = re.compile(q + b"[^" + q + b"]*(?:" + q + rb"|\Z)")
    first = find_first_end(data, section, offset, inside=inside)
    # of each quoted section one quote is left, so that what stands beside it can be seen
    rest = data[offset + 1 :] if inside else data[offset:]
    bare = (quote if inside else b"") + section.sub(quote, rest)
    odd = re.search(b"[^" + beside + rb"\r\n" + q + b"]" + q + b"|" + q + b"[^" + beside + rb"\r\n" + q + b"]", bare)
    return Look(first_end=first, plain=odd is None, **count_ends(bare))


def find_first_end(data: bytes, section: re.Pattern[bytes], offset: int, *, inside: bool) -> int | None:
    """The offset after the first line end outside of quotes."""
    place = offset + 1 if inside else offset
    for found in section.finditer(data, place):
        end = data.find(b"\n", place, found.start())
        if end >= 0:
            return end + 1
        place = found.end()
    return data.find(b"\n", place) + 1 or None


def count_ends(data: bytes) -> dict[str, Any]:
    """LF, CR LF and CR in a text, and whether it ends with CR."""
    return {
        "feeds": data.count(b"\n"), "pairs": data.count(b"\r\n"), "returns": data.count(b"\r"),
        "torn": data.endswith(b"\r"),
    }  # fmt: skip


def find_spans(blocks: Sequence[Span], looks: Sequence[Look], *, header: bool) -> tuple[Span, list[Span]] | None:
    """The head of a file and its parts, each of whole rows; None where it must be read whole.

    Every part begins behind the first line end in a block, so parts are as long as blocks, rows apart. *header*: the
    first row is the header, which is the head; else the head is empty.
    """
    if not looks or not all(look.plain for look in looks) or looks[0].first_end is None:
        return None
    feeds, pairs, returns = (sum(getattr(look, name) for look in looks) for name in ("feeds", "pairs", "returns"))
    pairs += sum(look.torn and after.first_end == 1 for look, after in pairwise(looks))  # CR LF over two blocks
    if returns != pairs or (returns and returns != feeds):
        return None
    ends = [block.begin + look.first_end for block, look in zip(blocks, looks, strict=True) if look.first_end]
    first = ends[0] if header else 0
    begins = [first, *(end for end in ends[1:] if end < blocks[-1].end)]
    spans = [Span(begin=a, end=b) for a, b in zip(begins, [*begins[1:], blocks[-1].end], strict=True)]
    return Span(begin=0, end=first), [span for span in spans if span.length] or spans[:1]


def cut_rows(count: int, most: int) -> list[Span]:
    """The ranges of so many rows, of *most* each; a table without rows has one, which is empty.

    >>> [(s.begin, s.end) for s in cut_rows(5, 2)]
    [(0, 2), (2, 4), (4, 5)]
    """
    return [Span(begin=b, end=min(count, b + most)) for b in range(0, max(count, 1), most)]


def count_buckets(size: int, most: int) -> int:
    """How many buckets there are, of about *most* bytes each; it depends on the data alone, never on the workers.

    >>> count_buckets(1000, 300), count_buckets(0, 300)
    (4, 1)
    """
    return max(1, -(-size // most))
