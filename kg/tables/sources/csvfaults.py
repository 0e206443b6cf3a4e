"""What the reader of CSV files finds wrong, in words of a curator, at its line."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kg.tables.rml import Dialect, FileSource
from kg.tables.sources.quoting import ends_quoted
from kg.tables.wording import say_encoding
from kg.text.diagnostic import Diagnostic, Mark, Related, SourceText

LONGEST_ROW = 1 << 24  # bytes
ENDS = ("\n", "\r")
ROWS_HINT = (
    "each row needs as many values as the header; a value that holds the delimiter, a quote or a line end"
    " stands in quotes"
)
TOO_LONG = (
    f"longer than {LONGEST_ROW >> 20} MB", "source-unreadable",
    "is a quote not closed? No row of a CSV file may have more",
)  # fmt: skip
# what the reader says → what is told, its code and a hint (None: how the mapping names an encoding)
SAID = (
    (r"^Expected Number of Columns: (\d+) Found: (\d+)", r"\1 values expected, \2 found", "source-unreadable",
     ROWS_HINT),
    (r"^Value with unterminated quote", "a quote is not closed, or stands inside a value", "source-unreadable",
     ROWS_HINT),
    (r"^Invalid unicode|is not utf-8 encoded", "not UTF-8", "source-encoding", None),
    (r"^Maximum line size", *TOO_LONG),
    (r"^.*state machine", "its lines end in different ways, or a quote stands inside a value", "source-unreadable",
     "let all lines end with LF, or all with CR and LF"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """The file that was read, in a dialect; it may be a copy with lines *before* those of the source."""

    path: Path
    dialect: Dialect
    before: int = 0

    def find_row(self, number: int) -> tuple[int, bool]:
        """The line of the source in which a row begins, and whether the row is longer than one may be.

        The reader counts rows and blank lines, and not the lines within values.
        """
        if not self.holds_quote:
            return number - self.before, False
        line = 1
        with self.path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
            for _ in range(number - 1):
                line += sum(piece.endswith(ENDS) for piece in self.read_row(stream))
            size = 0
            for piece in self.read_row(stream):
                size += len(piece.encode(errors="surrogateescape"))
                if size > LONGEST_ROW:
                    break
        return line - self.before, size > LONGEST_ROW

    def read_row(self, stream: IO[str]) -> Iterator[str]:
        """The next row, in lines or pieces of them."""
        within = False
        while piece := stream.readline(LONGEST_ROW):
            yield piece
            within = ends_quoted(piece, self.dialect, inside=within)
            if not within and piece.endswith(ENDS):
                return

    @property
    def holds_quote(self) -> bool:
        """Whether a quote stands anywhere: else rows are lines, of which none was too long."""
        quote = (self.dialect.quote or "").encode()
        if not quote:
            return False
        with self.path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return data.find(quote) >= 0


def explain_csv_error(error: Exception, origin: FileSource, read: ReadFile | None = None) -> Diagnostic:
    """What DuckDB's reader found wrong in the file that it *read*, with the line it names."""
    text = str(error)
    for pattern, told, code, hint in SAID:  # noqa: B007 - the last one is used
        if found := re.search(pattern, text, re.MULTILINE):
            message = found.expand(told)
            break
    else:
        code, hint = "source-unreadable", ROWS_HINT
        message = re.sub(r"^[\w ]+ Error: ", "", text.strip().split("\n")[0]).rstrip(".")
    line = re.search(r"Line: (\d+)", text)
    related: tuple[Related, ...] = ()
    where = ""
    if line:
        number, is_long = int(line.group(1)), False
        if read is not None:
            number, is_long = read.find_row(number)
        if is_long:  # its end was not seen, and was called wrong
            message, code, hint = TOO_LONG
        number = max(1, number)
        where = f" in line {number}"
        data = SourceText(origin.path, "")
        mark = Mark(source=data, line=number, column=1, end_line=number, end_column=1)
        related = (Related(mark=mark, message="here"),)
    return Diagnostic(
        code=code,
        mark=origin.mark,
        message=f"`{origin.path}` is not well-formed{where}: {message}",
        hint=say_encoding(origin.mark) if hint is None else hint,
        related=related,
    )
