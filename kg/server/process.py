"""A process of a server, seen from the event loop: frames go to it and come from it, and it can be ended."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from kg.worker.wire import HEAD, read_head, write_frame
from kg.worker.worker import Stop, StoppedError

_BEGIN = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from kg.server.child import serve; serve()"
_HIGH, _LOW = 1 << 20, 1 << 18  # bytes of an answer that wait for a slow reader
_NICE = 15
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
        self.since = 0.0  # when it was last given something to do, by the loop's clock
        self.on_end: Callable[[Process], None] = lambda process: None
        self.on_news: Callable[[Process], None] | None = None  # called when frames have come, and when it has ended
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
        self.write: Callable[[bytes], None] = self._pipe(0).write

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self._words = (self._words + data)[-2000:]
            return
        buffer: bytes | bytearray = data
        if self._buffer:
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
        if buffer is not data:
            del self._buffer[:start]
        elif start < len(data):
            self._buffer += data[start:]
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
        if self.on_news is not None:
            self.on_news(self)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _pipe(self, fd: int) -> Any:
        return self.transport.get_pipe_transport(fd)

    # ---- what we do with it

    @property
    def is_alive(self) -> bool:
        return not self._ended.done()

    @property
    def first(self) -> Frame | None:
        """The next frame where it is there, else None."""
        return self._frames[0] if self._frames else None

    def take_first(self) -> None:
        """Be done with the next frame. Only of an answer that `read` is not called for."""
        self._held -= len(self._frames.popleft()[1])

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

    def be_nice(self, level: int = _NICE) -> None:
        """Give way to others of our session from now on; it cannot be undone."""
        self.nice = True
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, self.transport.get_pid(), level)

    def end(self) -> None:
        """End it, whatever it does."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                self.transport.kill()
        self.transport.close()

    async def wait_ended(self) -> None:
        """Wait until it has ended; *end* it before."""
        await asyncio.shield(self._ended)


async def spawn_process(folder: Path) -> Process:
    """A process that has no store yet, though it is to open that of a folder. Raises OSError where none can be had."""
    loop = asyncio.get_running_loop()
    process: Process
    _, process = await loop.subprocess_exec(
        lambda: Process(folder), sys.executable, "-P", "-c", _BEGIN, json.dumps(sys.path),
    )  # fmt: skip
    return process


async def start_process(settings: Settings, spawned: Process | None = None) -> Process:
    """A process that has the store open: the one that was *spawned* for it, where that is given, else a new one.

    Raises StoppedError where it cannot, and then it is ended; OSError where none can be started.
    """
    process = spawned or await spawn_process(settings.folder)
    try:
        await open_store(process, settings)
    except BaseException:
        process.end()
        raise
    return process


async def open_store(process: Process, settings: Settings) -> None:
    """Let a process open a store. Raises StoppedError where it cannot."""
    process.write(settings.write_frame())
    try:
        async with asyncio.timeout(_STARTING):
            kind, content = await process.read()
    except TimeoutError:
        raise StoppedError(Stop.CRASH, "the store could not be opened in time") from None
    if kind != b"r":
        raise StoppedError(Stop.CRASH, content.decode("utf-8", "replace")[:200])
    process.folder = settings.folder
