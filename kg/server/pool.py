"""The processes of a server: started, asked, watched over, ended and replaced.

Each carries out one request at a time. What takes long gives way to what is short: its process is told to be nice,
and another is started beside it. What takes longer than it may is ended with its process.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree
from typing import Any, cast

from kg.worker.wire import HEAD, MOST, read_head, write_frame
from kg.worker.worker import Stop, StoppedError

_BEGIN = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from kg.server.child import serve; serve()"
_HIGH, _LOW = 1 << 20, 1 << 18  # bytes of an answer that wait for a slow reader
_NICE = 15
_SPARE = 3  # processes that wait for what comes next
_WHILE = 5.0  # seconds
_AT_ONCE = 2  # processes that are being started
_STARTING = 60.0  # seconds that a process may take to open the store

Frame = tuple[bytes, bytes]


class BusyError(Exception):
    """More wait already than may wait, or more long requests run than may run."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a process is started with: the store's folder, whether it writes, its memory in bytes, what it may call."""

    folder: Path
    write: bool = False
    memory: int | None = None
    allowed: tuple[str, ...] = ()
    prefixes: dict[str, str] = field(default_factory=dict)

    def write_frame(self) -> bytes:
        """The frame that tells the process."""
        told = {
            "folder": str(self.folder), "write": self.write, "memory": self.memory, "allowed": self.allowed,
            "prefixes": self.prefixes,
        }  # fmt: skip
        return write_frame(b"S", json.dumps(told).encode())


class Process(asyncio.SubprocessProtocol):
    """A process of ours: frames go to it and come from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.transport: asyncio.SubprocessTransport
        self.nice = False
        self.crowded = False
        self.on_end: Callable[[Process], None] = lambda process: None
        self._frames: deque[Frame] = deque()
        self._buffer = bytearray()
        self._held = 0
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None
        self._words = b""
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    # ---- what the event loop tells us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.SubprocessTransport, transport)  # that of uvloop is none by its class

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self._words = (self._words + data)[-2000:]
            return
        buffer = self._buffer
        buffer += data
        start = 0
        while len(buffer) - start >= HEAD:
            kind, length = read_head(bytes(buffer[start : start + HEAD]))
            if len(buffer) - start - HEAD < length:
                break
            self._frames.append((kind, bytes(buffer[start + HEAD : start + HEAD + length])))
            self._held += length
            start += HEAD + length
        del buffer[:start]
        if self._held > _HIGH and not self._paused:
            self._paused = True
            self._pipe(1).pause_reading()
        self._wake()

    def process_exited(self) -> None:
        code = self.transport.get_returncode()
        if not self._ended.done():
            self._ended.set_result(code if code is not None else -1)
        self.on_end(self)
        self._wake()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _pipe(self, fd: int) -> Any:
        return self.transport.get_pipe_transport(fd)

    # ---- what we do with it

    @property
    def is_alive(self) -> bool:
        return not self._ended.done()

    def write(self, frame: bytes) -> None:
        """Send a frame."""
        self._pipe(0).write(frame)

    async def read(self) -> Frame:
        """The next frame. Raises StoppedError where the process has died."""
        while not self._frames:
            if self._ended.done():
                await asyncio.sleep(0)  # its last words may be on their way
                raise self._explain_death()
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        kind, content = self._frames.popleft()
        self._held -= len(content)
        if self._paused and self._held < _LOW:
            self._paused = False
            self._pipe(1).resume_reading()
        return kind, content

    def _explain_death(self) -> Exception:
        if self.crowded:
            return BusyError("too many long requests run already; try again later")
        words = self._words.decode("utf-8", "replace").strip()
        code = self._ended.result()
        if "memory allocation" in words or "MemoryError" in words:
            return StoppedError(Stop.MEMORY)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        last = words.split("\n")[-1][:200]
        return StoppedError(Stop.CRASH, f"{how}: {last}" if last else how)

    def be_nice(self) -> None:
        """Give way to others of our session from now on; it cannot be undone."""
        self.nice = True
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, self.transport.get_pid(), _NICE)

    def end(self) -> None:
        """End it, whatever it does."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                self.transport.kill()
        self.transport.close()

    async def wait_ended(self) -> None:
        """Wait until it has ended; *end* it before."""
        await asyncio.shield(self._ended)


async def start_process(settings: Settings) -> Process:
    """A process that has the store open. Raises StoppedError where it cannot, OSError where none can be started."""
    loop = asyncio.get_running_loop()
    process: Process
    _, process = await loop.subprocess_exec(
        lambda: Process(settings.folder), sys.executable, "-P", "-c", _BEGIN, json.dumps(sys.path),
    )  # fmt: skip
    try:
        await _open(process, settings)
    except BaseException:
        process.end()
        raise
    return process


async def _open(process: Process, settings: Settings) -> None:
    process.write(settings.write_frame())
    try:
        async with asyncio.timeout(_STARTING):
            kind, content = await process.read()
    except TimeoutError:
        raise StoppedError(Stop.CRASH, "the store could not be opened in time") from None
    if kind != b"r":
        raise StoppedError(Stop.CRASH, content.decode("utf-8", "replace")[:200])
    process.folder = settings.folder


class Pool:
    """Processes that read one store. *most* of them at once; *waiting* requests wait for one at most.

    A request that takes longer than *patience* seconds is counted apart, so that short ones always find a process;
    *most* of these too may run, and the next one that grows long is ended.

    `settings` may be replaced: requests that have begun finish on the folder of before, the next get the new one.
    """

    def __init__(self, settings: Settings, *, most: int, waiting: int, patience: float) -> None:
        self.settings = settings
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
        return {process.folder for process in self._working} | {self.settings.folder}

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[Process]:
        """A process for one request; who leaves with an exception leaves a process that is ended.

        Raises BusyError, and StoppedError or OSError where none can be had.
        """
        process = await self._take()
        self._start_spare()
        whole = False
        self._working.add(process)
        late = asyncio.get_running_loop().call_later(self.patience, self._make_way, process)
        try:
            yield process
            whole = process.is_alive
        finally:
            late.cancel()
            self._working.discard(process)
            if whole and not process.nice:
                self._idle.append(process)
            else:
                process.end()
                if process.nice:
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
        self._long += 1
        self._count -= 1
        self._go_on()

    async def _take(self) -> Process:
        process = self._pop_idle() if not self._queue else None
        if process is None:
            if len(self._queue) >= self.waiting:
                raise BusyError
            turn: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
            self._queue.append(turn)
            self._go_on()
            try:
                process = await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled() and turn.exception() is None:
                    self._idle.append(turn.result())
                    self._wake_next()
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
            await _open(process, self.settings)
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
            process = await start_process(self.settings)
        except BaseException as error:
            self._count -= 1
            self._broken = True
            turn = next((turn for turn in self._queue if not turn.done()), None)
            if turn is not None and isinstance(error, StoppedError | OSError):
                turn.set_exception(error)
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


class Writer:
    """The one process that changes a store, and the copies of the store that are read.

    A change is whole when it is told; the copy that shows it is made when it is first asked for. A process that is
    ended in the midst of a change leaves the store as it was.
    """

    def __init__(self, settings: Settings, copies: Path, *, seconds: float) -> None:
        self.settings = replace(settings, write=True)
        self.copies, self.seconds = copies, seconds
        self._process: Process | None = None
        self._lock = asyncio.Lock()
        self.in_use: Callable[[], set[Path]] = set
        self.version = 0
        self._copied = -1

    async def change(self, kind: bytes, request: dict[str, Any], content: Iterable[bytes] = ()) -> dict[str, Any]:
        """Carry out a change; gives what the process tells of it.

        Raises ToldError for what the process refuses, StoppedError where it had to be ended.
        """
        async with self._lock:
            return await self._run(kind, request, content, changes=True)

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
                self._process = await start_process(self.settings)
            process = self._process
            async with asyncio.timeout(self.seconds):
                process.write(write_frame(kind, json.dumps(request).encode("utf-8", "surrogatepass")))
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


def cut(content: bytes) -> Iterable[bytes]:
    """Content in pieces that a frame holds."""
    return (content[start : start + MOST] for start in range(0, len(content), MOST))
