"""How far a mapping is: one line on the terminal, drawn by a thread that only looks on.

The share and the time that is left come from the database, and are its estimate. The triples are counted in a
sample of what is written, so they are called `about` as well; rows are exact.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from kg.tables.run import Run
from kg.text.plural import write_count

EVERY = 0.2  # seconds between two drawings
BLOCK = 1 << 16  # bytes that are looked at ...
STEP = 1 << 20  # ... of so many that were written
SURE = 5  # percent done before a time is guessed from it


@dataclass(kw_only=True)
class LineSample:
    """The number of lines in files that grow, from one block in sixteen. *path* is a file, or a folder of files."""

    path: Path
    looked: dict[Path, int] = field(default_factory=dict)
    lines: int = 0
    seen: int = 0

    def look(self) -> int:
        """About how many lines there are by now."""
        total = 0
        for file in self.files():
            try:
                size = file.stat().st_size
                total += size
                with file.open("rb") as stream:
                    for offset in range(self.looked.get(file, 0), size, STEP):
                        stream.seek(offset)
                        block = stream.read(BLOCK)
                        self.lines += block.count(b"\n")
                        self.seen += len(block)
                        self.looked[file] = offset + STEP
            except OSError:  # it was renamed between two looks
                continue
        return round(total * self.lines / self.seen) if self.seen else 0

    def files(self) -> Iterator[Path]:
        if self.path.is_dir():
            yield from (p for p in self.path.iterdir() if p.is_file())
        else:
            yield self.path


class ProgressLine:
    """Shows how far a run is on *stream*, from `with` to its end."""

    def __init__(self, run: Run, stream: IO[str]) -> None:
        self.run, self.stream = run, stream
        self.width = width_of(stream) - 1  # a full line would wrap
        self.sample: LineSample | None = None
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self) -> ProgressLine:
        for setting in ("enable_progress_bar = true", "enable_progress_bar_print = false", "progress_bar_time = 0"):
            self.run.connection.execute(f"SET {setting}")
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()
        self.look()  # whoever keeps what a terminal showed finds a last line, however quick the run was
        self.draw("")

    def watch(self) -> None:
        while not self.done.wait(EVERY):
            self.look()

    def look(self) -> None:
        """Draw how far the run is now."""
        self.draw(self.describe(self.run.connection.query_progress()))

    def draw(self, text: str) -> None:
        self.stream.write(f"\r{text[: self.width]}\x1b[K")
        self.stream.flush()

    def describe(self, percent: float) -> str:
        """What is being done, how much of it, and what has come of it."""
        spent = time.monotonic() - self.run.progress.begun
        parts = [self.run.progress.stage]
        if 0 <= percent <= 100:
            parts.append(f"{percent:.0f} %")
        if rows := sum(self.run.facts.rows.get(t.name, 0) for t in self.run.tables.values()):
            parts.append(write_count(rows, "row"))
        if (writing := self.run.progress.writing) is not None:
            if self.sample is None or self.sample.path != writing:
                self.sample = LineSample(path=writing)
            lines = self.sample.look()
            parts.append(f"about {round_number(lines)} triples, {round_number(lines / max(spent, EVERY))}/s")
            left = spent * (100 - percent) / percent if SURE <= percent <= 100 else 0
            if left >= 1:
                parts.append(f"about {show_seconds(left)} left")
        return "  ".join(parts)


def width_of(stream: IO[str]) -> int:
    """The columns of a terminal; 80 where it does not say."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def round_number(number: float) -> str:
    """Three digits of a number that is only known about.

    >>> round_number(1234567), round_number(87.4)
    ('1,230,000', '87')
    """
    whole = round(number)
    return f"{round(whole, min(0, 3 - len(str(whole)))):,}"


def show_seconds(seconds: float) -> str:
    """
    >>> show_seconds(7.2), show_seconds(100)
    ('7 s', '1 min 40 s')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
