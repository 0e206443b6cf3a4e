"""What has the names of a large store written into files while it is served: by a process that gives way to others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

from kg.server.processes.forker import Start
from kg.server.processes.process import PoolBusyError, Process, ProcessSettings
from kg.server.processes.writer import ToldError, read_refusal
from kg.system.worker.limits import StoppedError
from kg.text.diagnostic import KgError

AGAIN = 60  # seconds until what has failed is tried once more: a disk that was full may have room
_NICE = 5  # it is waited for, but not by who asks a small query


class Indexer:
    """The files of the names of the store that is served; *room* gives the folder that they are put into."""

    def __init__(self, start: Start, room: Callable[[Path], Path]) -> None:
        self._start = start
        self._room = room
        self._made: tuple[Path, Path] | None = None  # a store, and the files of its names
        self._failed: tuple[Path, Exception, float] | None = None  # a store, why its names could not be written, when
        self._task: asyncio.Task[None] | None = None
        self._making: Path | None = None
        self._count = 0

    @property
    def reads(self) -> set[Path]:
        """The stores that are read at this moment."""
        return {self._making} if self._making is not None else set()

    def find(self, settings: ProcessSettings, *, union: bool) -> Path | None:
        """The files of the names of a store; None where they are not there, and then they are begun.

        Where that has just failed for this store (`tell_failure`), they are begun again after a while.
        """
        store = settings.folder
        if self._failed is not None and time.monotonic() - self._failed[2] >= AGAIN:
            self._failed = None
        if self._made is not None and self._made[0] == store:
            return self._made[1]
        if self._task is None and self.tell_failure(store) is None:
            self._making = store
            self._task = asyncio.get_running_loop().create_task(self._make(settings, union))
        return None

    def tell_failure(self, store: Path) -> Exception | None:
        """Why the names of a store could not be written; None where that has not failed."""
        return self._failed[1] if self._failed is not None and self._failed[0] == store else None

    async def _make(self, settings: ProcessSettings, union: bool) -> None:
        process: Process | None = None
        useless: Path | None = None
        try:
            process = await self._start(settings)
            process.be_nice(_NICE)
            folder = useless = self._room(settings.folder) / f"names-{self._count}"
            self._count += 1
            process.ask(b"I", {"folder": str(folder), "union": union})
            kind, content = await process.read()
            if kind != b"e":
                raise read_refusal(content)
            useless = self._made[1] if self._made is not None else None
            self._made = (settings.folder, folder)
        except (StoppedError, PoolBusyError, ToldError, KgError, OSError) as error:  # who searches is told
            self._failed = (settings.folder, error, time.monotonic())
        finally:
            if process is not None:
                process.end()
                await process.wait_ended()  # it writes no more
            if useless is not None:
                await asyncio.to_thread(rmtree, useless, ignore_errors=True)
            self._making = self._task = None

    async def close(self) -> None:
        """End the process that writes."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
