"""Changes of a store: one process makes them, and readers get copies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from typing import Any

from kg.server.processes.forker import Start
from kg.server.processes.process import PoolBusyError, Process, ProcessSettings
from kg.system.worker.limits import Stop, StoppedError
from kg.system.worker.wire import MOST, write_frame


class Writer:
    """The one process that changes a store, and the copies of the store that are read.

    A change is whole when it is told; the copy that shows it is made when it is first asked for. A process that is
    ended in the midst of a change leaves the store as it was.
    """

    def __init__(self, settings: ProcessSettings, start: Start, copies: Path, *, seconds: float) -> None:
        self._start = start
        self.settings = replace(settings, write=True)
        self.copies, self.seconds = copies, seconds
        self._process: Process | None = None
        self._last: Process | None = None  # it may have been ended, and not be gone
        self._lock = asyncio.Lock()
        self.in_use: Callable[[], set[Path]] = set
        self.version = 0
        self._copied = -1

    async def change(
        self, kind: bytes, request: dict[str, Any], content: Iterable[bytes] = (), *, version: int | None = None
    ) -> dict[str, Any]:
        """Carry out a change, where a *version* is given only if the store is still of it; gives what is told of it.

        Raises ToldError for what the process refuses, StoppedError where it had to be ended, PoolBusyError where those
        of others took so long that it was not begun.
        """
        try:
            async with asyncio.timeout(self.seconds):
                await self._lock.acquire()
        except TimeoutError:
            raise PoolBusyError("nothing was changed: changes of others take too long; try again later") from None
        try:
            if version not in {None, self.version}:
                raise ToldError("condition", "the data have changed since you read them")
            return await self._run(kind, request, content, changes=True)
        finally:
            self._lock.release()

    @property
    def is_shown(self) -> bool:
        """Whether the copy that is read shows every change that was told."""
        return self._copied == self.version

    async def look(self) -> Path:
        """The folder of a copy that shows every change that was told before."""
        async with self._lock:
            if self._copied != self.version:
                folder = self.copies / f"copy-{self.version}"
                await self._run(b"B", {"folder": str(folder)}, (), changes=False)
                self._copied = self.version
                self._remove_old()
            return self.copies / f"copy-{self._copied}"

    async def _run(
        self, kind: bytes, request: dict[str, Any], content: Iterable[bytes], *, changes: bool
    ) -> dict[str, Any]:
        try:
            if self._process is None or not self._process.is_alive:
                self._end()
                if self._last is not None:
                    await self._last.wait_ended()  # until then the store is locked
                self._process = self._last = await self._start(self.settings)
            process = self._process
            async with asyncio.timeout(self.seconds):
                process.ask(kind, request)
                if kind == b"L":
                    for piece in content:
                        process.write(write_frame(b"D", piece))
                    process.write(write_frame(b"D"))
                answer, told = await process.read()
        except BaseException as error:
            self._end()
            self.version += changes  # nobody knows whether it came that far
            if isinstance(error, TimeoutError):
                raise StoppedError(Stop.TIME) from None
            raise
        value: dict[str, Any] = json.loads(told) if told else {}
        if answer != b"e":
            if value["kind"] == "failed":
                self._end()  # the store writes no more until it is opened anew
            raise ToldError(value["kind"], value["message"])
        self.version += changes
        return value

    def _remove_old(self) -> None:
        """Remove the copies that nobody reads any more."""
        read = self.in_use() | {self.copies / f"copy-{self._copied}"}
        for folder in self.copies.glob("copy-*"):
            if folder not in read:
                rmtree(folder, ignore_errors=True)

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
        self._process = None

    async def close(self) -> None:
        """End the process, when it has done what it is at."""
        async with self._lock:
            process = self._process
            self._end()
            if process is not None:
                await process.wait_ended()


class ToldError(Exception):
    """What a process refused: its *kind*, and why."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def read_refusal(content: bytes) -> ToldError:
    """What the frame of a process tells that refuses."""
    told = json.loads(content)
    return ToldError(told["kind"], told["message"])


def cut(content: bytes) -> Iterable[bytes]:
    """Content in pieces that a frame holds."""
    return (content[start : start + MOST] for start in range(0, len(content), MOST))
