"""How far a run on workers is: a line on the terminal, drawn whenever a part is done."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import IO

from kg.tables.run.progress import round_number, show_seconds, width_of

EVERY = 0.2  # seconds between two drawings


@dataclass(kw_only=True)
class ClusterProgress:
    """The parts, rows and quads that are done, on *stream* (None: shown to nobody)."""

    stream: IO[str] | None = None
    stage: str = ""
    parts: int = 0
    done: int = 0
    rows: int = 0
    quads: int = 0
    begun: float = field(default_factory=time.monotonic)
    drawn: float = 0.0

    def begin(self, stage: str, parts: int) -> None:
        """Say what is done from here on, in how many parts."""
        self.stage, self.parts, self.done, self.rows, self.quads = stage, parts, 0, 0, 0
        self.begun = time.monotonic()
        self.draw()

    def advance(self, *, rows: int = 0, quads: int = 0) -> None:
        """A part is done, with so many rows and quads."""
        self.done += 1
        self.rows += rows
        self.quads += quads
        if self.done == self.parts or time.monotonic() - self.drawn > EVERY:
            self.draw()

    def describe(self, spent: float) -> str:
        """What is done after so many seconds.

        >>> progress = ClusterProgress(stage="writing", parts=8, done=4, rows=1000, quads=40000)
        >>> progress.describe(10)
        'writing  4 of 8 parts  1,000 rows, 100/s  40,000 quads, 4,000/s  about 10 s left'
        """
        words = [self.stage, f"{self.done} of {self.parts} parts"]
        spent = max(spent, EVERY)
        for number, name in ((self.rows, "rows"), (self.quads, "quads")):
            if number:
                words.append(f"{number:,} {name}, {round_number(number / spent)}/s")
        left = spent * (self.parts - self.done) / self.done if self.done else 0
        if left >= 1:
            words.append(f"about {show_seconds(left)} left")
        return "  ".join(words)

    def draw(self) -> None:
        """Draw how far the run is now."""
        if self.stream is not None:
            self.drawn = time.monotonic()
            text = self.describe(self.drawn - self.begun)
            self.stream.write(f"\r{text[: width_of(self.stream) - 1]}\x1b[K")
            self.stream.flush()

    def clear(self) -> None:
        """Leave the line to others."""
        if self.stream is not None:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
