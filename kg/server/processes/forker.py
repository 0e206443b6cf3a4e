"""What starts the processes of a server: it has them forked from their parent (`kg.server.processes.parent`)."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from kg.server.processes.parent import RECORD
from kg.server.processes.process import Process, ProcessSettings, open_store
from kg.system.interpreter import call_in_python
from kg.system.worker.limits import StoppedError

_ENDING = 2.0  # seconds in which it ends what was forked of it, and itself

Start = Callable[[ProcessSettings], Awaitable[Process]]
"""Gives a process that has the store of these settings open.

Raises StoppedError where it cannot, and then it is ended; OSError where none can be started.
"""


class Forker:
    """Starts processes, each forked from one of ours. That one is started when it is first needed, or by `begin`."""

    def __init__(self) -> None:
        self._origin: subprocess.Popen[bytes] | None = None
        self._control: socket.socket
        self._forking: deque[Process] = deque()
        self._living: dict[int, Process] = {}
        self._raw = b""

    def begin(self) -> None:
        """Have the process that others are forked from. Raises OSError where it cannot be had."""
        if self._origin is not None:
            return
        self._control, theirs = socket.socketpair()
        command = call_in_python("kg.server.processes.parent.breed")
        with theirs:
            try:
                self._origin = subprocess.Popen(command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL)
            except OSError:
                self._control.close()
                raise
        self._control.setblocking(False)
        asyncio.get_running_loop().add_reader(self._control, self._hear)

    async def start(self, settings: ProcessSettings) -> Process:
        """A process that has a store open (`Start`)."""
        process = await self._fork(settings.folder)
        origin = self._origin
        try:
            await open_store(process, settings)
        except BaseException as error:
            process.end()
            if isinstance(error, StoppedError) and origin is not self._origin:  # it had no parent: another has
                return await self.start(settings)
            raise
        return process

    async def _fork(self, folder: Path) -> Process:
        """A process that is about to be there."""
        loop = asyncio.get_running_loop()
        self.begin()
        process = Process(folder, self._kill)
        ours, theirs = socket.socketpair()
        heard, said = os.pipe()
        with theirs, os.fdopen(said, "wb", 0):
            await loop.create_unix_connection(lambda: process, sock=ours)
            await loop.connect_read_pipe(lambda: process.listener, os.fdopen(heard, "rb", 0))
            try:
                socket.send_fds(self._control, [RECORD.pack(b"f", 0, 0)], [theirs.fileno(), said])
            except BaseException:
                process.end()
                raise
        self._forking.append(process)
        return process

    def _hear(self) -> None:
        """What the process that others are forked from tells."""
        try:
            told = self._control.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            told = b""
        if not told:
            self._lose()
            return
        raw = self._raw + told
        whole = len(raw) - len(raw) % RECORD.size
        self._raw = raw[whole:]
        for kind, number, code in RECORD.iter_unpack(raw[:whole]):
            if kind == b"e":
                self._living.pop(number).tell_ended(code)
                continue
            process = self._forking.popleft()
            if number > 0:
                process.number = number
                self._living[number] = process
            else:
                process.tell_ended(None)

    def _kill(self, process: Process) -> None:
        if process.number in self._living:
            with suppress(OSError):
                self._control.send(RECORD.pack(b"k", process.number, 0))

    def _lose(self) -> None:
        """The process that others are forked from has ended: of those nobody tells the end, and another is started."""
        origin, self._origin = self._origin, None
        if origin is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            with suppress(subprocess.TimeoutExpired):
                origin.wait(_ENDING)
            origin.kill()
            origin.wait()
        lost = [*self._forking, *self._living.values()]
        self._forking.clear()
        self._living.clear()
        self._raw = b""
        for process in lost:
            process.expect_no_report()

    def close(self) -> None:
        """End the process that others are forked from, with whatever was forked of it."""
        self._lose()
