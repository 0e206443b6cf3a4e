"""What a query may take, and why it was stopped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, kw_only=True)
class WorkerLimits:
    """What a query may take: *seconds* until its answer is there, *rows* (or triples) and *size* in bytes of it.

    None is without limit. What the quads take to be loaded is not counted.
    """

    seconds: float | None = None
    rows: int | None = None
    size: int | None = None


NO_LIMITS = WorkerLimits()


class Stop(Enum):
    """Why a query was stopped."""

    TIME = "time"
    ROWS = "rows"
    SIZE = "size"
    MEMORY = "memory"
    CRASH = "crash"


class StoppedError(Exception):
    """A query that was stopped before its answer was whole; its worker is replaced where it had to be ended."""

    def __init__(self, stop: Stop, detail: str = "") -> None:
        super().__init__(detail or stop.value)
        self.stop = stop
