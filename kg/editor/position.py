"""Places in the editor's units: lines from 0, columns in UTF-16, UTF-8 or code points, as the two have agreed.

Source: Language Server Protocol 3.17, "Position" and `general.positionEncodings`.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.text.diagnostic import Mark


@dataclass(frozen=True, kw_only=True)
class Units:
    """How columns are counted: `utf-16` (what every editor knows), `utf-8` or `utf-32`."""

    encoding: str = "utf-16"

    def count(self, text: str) -> int:
        """How many units a text takes.

        >>> Units().count("雷军🚗"), Units(encoding="utf-8").count("雷军🚗"), Units(encoding="utf-32").count("雷军🚗")
        (4, 10, 3)
        """
        if text.isascii() or self.encoding == "utf-32":
            return len(text)
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(ord(c) > 0xFFFF for c in text)

    def to_units(self, line: str, column: int) -> int:
        """A column of a line, from code points (from 0) to units; behind the end it is the end."""
        return self.count(line[:column])

    def from_units(self, line: str, column: int) -> int:
        """A column of a line, from units to code points; within a character it is that character's begin.

        >>> [Units().from_units("a🚗b", n) for n in range(6)]
        [0, 1, 1, 2, 3, 3]
        """
        at = 0
        for number, character in enumerate(line):
            at += self.count(character)
            if at > column:
                return number
        return len(line)

    def place(self, mark: Mark) -> tuple[int, int, int, int]:
        """Begin and end of a mark: line and column, line and column."""
        lines = mark.source.lines

        def column(line: int, at: int) -> int:
            return self.to_units(lines[line - 1], at - 1) if line <= len(lines) else 0

        return (
            mark.line - 1, column(mark.line, mark.column), mark.end_line - 1, column(mark.end_line, mark.end_column)
        )  # fmt: skip
