"""What has the names of a large store written into files while it is served: by a process that gives way to others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

from kg.server.process import BusyError, Process, Settings, start_process
from kg.worker.wire import write_frame
from kg.worker.worker import StoppedError

_NICE = 5  # it is waited for, but not by who asks a small query


class Indexer:
    """The files of the names of the store that is served; *room* gives the folder that they are put into."""

    def __init__(self, room: Callable[[Path], Path]) -> None:
        self._room = room
        self._made: tuple[Path, Path] | None = None  # a store, and the files of its names
        self._failed: Path | None = None
        self._task: asyncio.Task[None] | None = None
        self._making: Path | None = None
        self._count = 0

    @property
    def reads(self) -> set[Path]:
        """The stores that are read at this moment."""
        return {self._making} if self._making is not None else set()

    def find(self, settings: Settings, *, union: bool) -> Path | None:
        """The files of the names of a store; None where they are not there yet, and then they are begun."""
        store = settings.folder
        if self._made is not None and self._made[0] == store:
            return self._made[1]
        if self._task is None and self._failed != store:
            self._making = store
            self._task = asyncio.get_running_loop().create_task(self._make(settings, union))
        return None

    async def _make(self, settings: Settings, union: bool) -> None:
        process: Process | None = None
        try:
            process = await start_process(settings)
            process.be_nice(_NICE)
            folder = self._room(settings.folder) / f"names-{self._count}"
            self._count += 1
            process.write(write_frame(b"I", json.dumps({"folder": str(folder), "union": union}).encode()))
            kind, _ = await process.read()
            if kind != b"e":
                raise OSError("the names could not be written")
            before, self._made = self._made, (settings.folder, folder)
            if before is not None:
                await asyncio.to_thread(rmtree, before[1], ignore_errors=True)
        except (StoppedError, BusyError, OSError):  # who searches is told that they are not there
            self._failed = settings.folder
        finally:
            self._making = self._task = None
            if process is not None:
                process.end()

    async def close(self) -> None:
        """End the process that writes."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
