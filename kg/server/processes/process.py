"""A process of a server, seen from the event loop: frames go to it and come from it, and it can be ended.

`kg.server.processes.forker` makes it.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from kg.system.worker.limits import Stop, StoppedError
from kg.system.worker.wire import HEAD, Frame, read_head, write_frame
from kg.system.worker.worker import explain_death

_HIGH, _LOW = 1 << 20, 1 << 18  # bytes of an answer that wait for a slow reader
_LAST = frozenset({b"w", b"e", b"x"})  # kinds of the last frame of an answer
_NICE = 19
_STARTING = 60.0  # seconds that a process may take to open the store
_REPORT = 1.0  # seconds that the report of an end may take


class PoolBusyError(Exception):
    """More wait already than may wait, or more long requests run than may run."""


@dataclass(frozen=True, kw_only=True)
class ProcessSettings:
    """What a process is started with: the store's folder, whether it writes, its memory in bytes, what it may call."""

    folder: Path
    write: bool = False
    memory: int | None = None
    allowed: tuple[str, ...] = ()
    prefixes: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """What the process is told."""
        return asdict(self) | {"folder": str(self.folder)}


class Listener(asyncio.Protocol):
    """Keeps the last words of a process, which come beside its frames."""

    def __init__(self) -> None:
        self.words = b""
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.words = (self.words + data)[-2000:]

    def close(self) -> None:
        """Listen no more."""
        if self._transport is not None:
            self._transport.close()


class Process(asyncio.Protocol):
    """A process of ours: frames go to it and come from it. *kill* ends it, whatever it does."""

    def __init__(self, folder: Path, kill: Callable[[Process], None]) -> None:
        self.folder = folder
        self.number = 0  # which it is of the system's; 0 as long as it is not told
        self.transport: asyncio.Transport
        self.nice = False
        self.long = False  # whether it is counted apart
        self.crowded = False
        self.since = 0.0  # when it was last given something to do, by the loop's clock
        self.on_end: Callable[[Process], None] = lambda process: None
        self.on_news: Callable[[Process], None] | None = None  # called when frames have come, and when it has ended
        self.unread = 0  # answers that nobody waits for any more, behind the one that is read
        self.listener = Listener()
        self._kill = kill
        self._lost = False  # whether nothing goes to it and comes from it any more
        self._reported = True  # whether its parent tells its end
        self._frames: deque[Frame] = deque()
        self._buffer = bytearray()
        self._held = 0
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None
        self._ended: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    # ---- what the event loop tells us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # that of uvloop is none by its class
        self.write: Callable[[bytes], None] = self.transport.write

    def data_received(self, data: bytes) -> None:
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
            self.transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the process has ended; its parent tells in a moment how."""
        self._lost = True
        if self._reported:
            asyncio.get_running_loop().call_later(_REPORT, self.tell_ended, None)
        else:
            self.tell_ended(None)

    def expect_no_report(self) -> None:
        """Nobody will tell how it ends: its parent is gone."""
        self._reported = False
        if self._lost:
            self.tell_ended(None)

    def tell_ended(self, code: int | None) -> None:
        """Note that the process has ended, with an exit code (or a signal, below 0) where that is known."""
        if not self._ended.done():
            self._ended.set_result(code)
            self.on_end(self)
            self._wake()

    def _wake(self) -> None:
        if self.on_news is not None:
            self.on_news(self)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # ---- what we do with it

    @property
    def is_alive(self) -> bool:
        return not self._lost and not self._ended.done()

    @property
    def first(self) -> Frame | None:
        """The next frame where it is there, else None."""
        return self._frames[0] if self._frames else None

    def take_first(self) -> None:
        """Be done with the next frame."""
        self._held -= len(self._frames.popleft()[1])
        if self._paused and self._held < _LOW:
            self._paused = False
            self.transport.resume_reading()

    def pass_over(self, seconds: float, then: Callable[[], None]) -> None:
        """Be done with the answers that are `unread`, and call *then*; it is ended where they take too long."""
        late = asyncio.get_running_loop().call_later(seconds, self.end)

        def read(process: Process) -> None:
            while (first := self.first) is not None and self.unread:
                self.take_first()
                self.unread -= first[0] in _LAST
            if not self.unread or not self.is_alive:
                late.cancel()
                self.on_news = None
                then()

        self.on_news = read
        read(self)

    def ask(self, kind: bytes, request: dict[str, Any]) -> None:
        """Send a frame that asks for something."""
        self.write(write_frame(kind, json.dumps(request).encode()))

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
        frame = self._frames[0]
        self.take_first()
        return frame

    def _explain_death(self) -> Exception:
        if self.crowded:
            return PoolBusyError("too many long requests run already; try again later")
        words = self.listener.words.decode("utf-8", "replace").strip()
        return explain_death(words, self._ended.result())

    def be_nice(self, level: int = _NICE) -> None:
        """Give way to others of our session from now on; it cannot be undone."""
        self.nice = True
        if self.number and self.is_alive:
            with suppress(OSError, AttributeError):
                os.setpriority(os.PRIO_PROCESS, self.number, level)

    def end(self) -> None:
        """End it, whatever it does."""
        if not self._ended.done():
            self._kill(self)
        self.transport.close()
        self.listener.close()

    async def wait_ended(self) -> None:
        """Wait until it has ended; *end* it before."""
        await asyncio.shield(self._ended)


async def open_store(process: Process, settings: ProcessSettings) -> None:
    """Let a process open a store. Raises StoppedError where it cannot."""
    process.ask(b"S", settings.to_json())
    try:
        async with asyncio.timeout(_STARTING):
            kind, content = await process.read()
    except TimeoutError:
        raise StoppedError(Stop.CRASH, "the store could not be opened in time") from None
    if kind != b"r":
        raise StoppedError(Stop.CRASH, content.decode("utf-8", "replace")[:200])
    process.folder = settings.folder
