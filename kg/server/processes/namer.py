"""The process that knows the names of things: one for a server, since it takes a while to read them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from kg.server.processes.forker import Start
from kg.server.processes.process import PoolBusyError, Process, ProcessSettings, open_store
from kg.server.processes.writer import read_refusal
from kg.system.worker.limits import Stop, StoppedError

_WAITING = 64


class NameMatcher:
    """The one process that matches names, started when it is first asked, ended when it takes too long."""

    def __init__(self, start: Start, *, seconds: float) -> None:
        self._start = start
        self.seconds = seconds
        self.folder: Path | None = None  # that is read
        self._process: Process | None = None
        self._lock = asyncio.Lock()
        self._waiting = 0

    async def ask(self, prepare: Callable[[], Awaitable[tuple[ProcessSettings, dict[str, Any]]]]) -> Any:
        """The answer to a request, which is prepared with the settings of its store when it is its turn.

        Raises ToldError for what the process refuses, StoppedError where it had to be ended, PoolBusyError where too
        many wait, OSError where none can be started.
        """
        if self._waiting >= _WAITING:
            raise PoolBusyError
        self._waiting += 1
        try:
            async with self._lock:
                settings, request = await prepare()
                return await self._run(settings, request)
        finally:
            self._waiting -= 1

    async def _run(self, settings: ProcessSettings, request: dict[str, Any]) -> Any:
        self.folder = settings.folder
        try:
            async with asyncio.timeout(self.seconds):
                if self._process is None or not self._process.is_alive:
                    self._process = await self._start(settings)
                elif self._process.folder != settings.folder:
                    await open_store(self._process, settings)
                self._process.ask(b"N", request)
                kind, content = await self._process.read()
        except BaseException as error:
            self._end()
            if isinstance(error, TimeoutError):
                raise StoppedError(Stop.TIME) from None
            raise
        if kind != b"e":
            raise read_refusal(content)
        return json.loads(content)["answer"]

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
        self._process = self.folder = None

    async def close(self) -> None:
        """End the process, and wait until it has ended."""
        process = self._process
        self._end()
        if process is not None:
            await process.wait_ended()
