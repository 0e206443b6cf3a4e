"""The processes of a server: started, asked, watched over, ended and replaced.

Each carries out one request at a time. What takes long gives way to what is short: its process is told to be nice, and
after a while another is started beside it. What takes longer than it may is ended with its process.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from kg.server.processes.forker import Start
from kg.server.processes.process import PoolBusyError, Process, ProcessSettings, open_store
from kg.system.worker.limits import StoppedError

GIVES_WAY = 0.1  # seconds that a request may compete with others
_SPARE = 3  # processes that wait for what comes next
_WHILE = 5.0  # seconds
_AT_ONCE = 2  # processes that are being started


class Pool:
    """Processes that read one store. *most* of them at once; *waiting* requests wait for one at most.

    A request that takes longer than *patience* seconds is counted apart, so that short ones always find a process;
    *most* of these too may run, and the next one that grows long is ended.

    `settings` may be replaced: requests that have begun finish on the folder of before, the next get the new one.
    """

    def __init__(self, settings: ProcessSettings, start: Start, *, most: int, waiting: int, patience: float) -> None:
        self.settings = settings
        self._begin = start
        self.most, self.waiting, self.patience = most, waiting, patience
        self._idle: list[Process] = []
        self._count = 0  # of processes that are not nice
        self._long = 0  # of those that are
        self._broken = False  # the last one could not be started: others are only where somebody waits
        self._closed = False
        self._least = 0  # how many were idle all the time since we looked
        self._trimming: asyncio.TimerHandle | None = None
        self._queue: deque[asyncio.Future[Process]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._working: set[Process] = set()
        self._opening: list[Path] = []
        self._all: set[Process] = set()  # that have not ended

    async def start(self) -> None:
        """Have a process ready. Raises StoppedError or OSError where none can be had."""
        async with self.lease():
            pass
        self._trim()

    def _trim(self) -> None:
        """End those that nobody has needed for a while, and look again later."""
        for _ in range(self._least - _SPARE):
            if (process := self._pop_idle()) is not None:
                process.end()
                self._count -= 1
        self._least = len(self._idle)
        self._trimming = asyncio.get_running_loop().call_later(_WHILE, self._trim)

    async def close(self) -> None:
        """End all, and wait until they have ended."""
        self._closed = True
        if self._trimming is not None:
            self._trimming.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for process in self._all:
            process.end()
        for process in tuple(self._all):
            await process.wait_ended()

    def in_use(self) -> set[Path]:
        """The folders that are read at this moment."""
        return {process.folder for process in self._working} | {self.settings.folder, *self._opening}

    @contextmanager
    def _hold(self) -> Iterator[ProcessSettings]:
        """The settings for a process that opens the store; meanwhile its folder is in use."""
        settings = self.settings
        self._opening.append(settings.folder)
        try:
            yield settings
        finally:
            self._opening.remove(settings.folder)

    @asynccontextmanager
    async def lease(self, begun: Process | None = None) -> AsyncIterator[Process]:
        """A process for one request; who leaves with an exception leaves a process that is ended.

        It is one that was *begun* with, where that is given. Raises PoolBusyError, and StoppedError or OSError where
        none can be had.
        """
        loop = asyncio.get_running_loop()
        process = begun
        if process is None:
            process = await self._take()
            self._start_spare()
            self._working.add(process)
            process.since = loop.time()
        whole = False
        soon = loop.call_at(process.since + GIVES_WAY, process.be_nice)
        late = loop.call_at(process.since + self.patience, self._make_way, process)
        try:
            yield process
            whole = process.is_alive
        finally:
            soon.cancel()
            late.cancel()
            self.release(process, whole=whole)

    def lease_now(self) -> Process | None:
        """A process for one request, which `release` takes back or `lease` goes on with; None where none is at hand.

        It is not watched over: who has it does that.
        """
        if self._queue or (process := self._pop_idle()) is None:
            return None
        if process.folder != self.settings.folder:
            self._idle.append(process)
            return None
        self._start_spare()
        self._working.add(process)
        process.since = asyncio.get_running_loop().time()
        return process

    def release(self, process: Process, *, whole: bool) -> None:
        """Take a process back; it is ended unless its answer was read *whole*."""
        if whole and process.unread and not process.nice and process.is_alive:
            process.pass_over(self.patience, lambda: self.release(process, whole=True))
            return
        self._working.discard(process)
        if whole and not process.nice and process.is_alive:
            self._idle.append(process)
            if not self._queue:
                return
        else:
            process.end()
            if process.long:
                self._long -= 1
            else:
                self._count -= 1
        self._go_on()

    def _make_way(self, process: Process) -> None:
        if self._long >= self.most:
            process.crowded = True
            process.end()
            return
        process.be_nice()
        process.long = True
        self._long += 1
        self._count -= 1
        self._go_on()

    async def _take(self) -> Process:
        process = self._pop_idle() if not self._queue else None
        if process is None:
            if len(self._queue) >= self.waiting:
                raise PoolBusyError
            turn: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
            self._queue.append(turn)
            self._go_on()
            try:
                process = await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled() and turn.exception() is None:
                    self._idle.append(turn.result())
                    self._wake_next()
                elif turn in self._queue:
                    self._queue.remove(turn)
                raise
        return process if process.folder == self.settings.folder else await self._reopen(process)

    def _pop_idle(self) -> Process | None:
        while self._idle:
            process = self._idle.pop()
            if process.is_alive:
                self._least = min(self._least, len(self._idle))
                return process
            self._count -= 1
        return None

    async def _reopen(self, process: Process) -> Process:
        try:
            with self._hold() as settings:
                await open_store(process, settings)
        except BaseException:
            process.end()
            self._count -= 1
            self._wake_next()
            raise
        return process

    def _start_spare(self) -> None:
        """Start a process beside those at work, so that whoever comes next need not wait for them, nor for its start.

        Few at once: when many are asked for, those that are there have mostly done before a new one has begun.
        """
        if self._closed or (self._broken and not self._queue):
            return
        if self._count >= self.most or len(self._idle) >= _SPARE or len(self._tasks) >= _AT_ONCE:
            return
        self._count += 1
        task = asyncio.get_running_loop().create_task(self._start())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: self._go_on())

    async def _start(self) -> None:
        try:
            with self._hold() as settings:
                process = await self._begin(settings)
        except BaseException as error:
            self._count -= 1
            self._broken = True
            turn = next((turn for turn in self._queue if not turn.done()), None)
            if turn is not None and isinstance(error, StoppedError | OSError):
                turn.set_exception(error)
                self._queue.remove(turn)  # else others would be started for it, again and again
            if not isinstance(error, StoppedError | OSError):
                raise
            return
        self._broken = False
        self._all.add(process)
        process.on_end = self._all.discard
        self._idle.append(process)

    def _go_on(self) -> None:
        self._wake_next()
        self._start_spare()

    def _wake_next(self) -> None:
        """Give idle processes to who has waited longest."""
        while self._queue and (process := self._pop_idle()) is not None:
            while self._queue:
                turn = self._queue.popleft()
                if not turn.done():
                    turn.set_result(process)
                    break
            else:
                self._idle.append(process)
