"""The process that builds the graph that is served: begun before the server itself is loaded, then asked again.

It lays the store out and tells what it is, so that the server can answer; then it draws the page. It has all loaded and
the ontology read when a file changes, so whoever saves a file waits for the work alone.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PREFIX = "build-"  # of the folder of a build
STORE = "store"


def tell_failure(message: str) -> dict[str, Any]:
    """An error that has no place, as the page shows it: what was found before it says nothing any more."""
    return {"severity": "error", "code": "", "place": "", "message": message, "hint": None, "about": None}


class NotBuiltError(Exception):
    """A graph that could not be laid out; why was told. *code* is what to leave with."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.code = code


class Builder:
    """The process of a *command* (`kg.cli.live.serve_builds`); another takes its place when it has died."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self, folder: Path) -> None:
        """Let it begin with the first build, into a new folder. Raises OSError."""
        self._write({"folder": str(folder), "first": True})

    async def tell(self) -> dict[str, Any]:
        """What the graph of the first build is, when its store is laid out. Raises NotBuiltError."""
        line = await self._read()
        if not line:
            raise NotBuiltError(await self._wait())
        about: dict[str, Any] = json.loads(line)
        return about

    async def finish(self) -> dict[str, Any] | None:
        """What came of a build; None where it failed."""
        line = await self._read()
        if not line:
            await self._wait()
            return None
        made: dict[str, Any] | None = json.loads(line)
        return made

    async def build(self, folder: Path) -> dict[str, Any] | None:
        """What came of a build into a folder; None where it failed. Raises OSError where no process can be had."""
        try:
            self._write({"folder": str(folder), "first": False})
        except BrokenPipeError:  # it died while nobody asked
            self.end()
            self._write({"folder": str(folder), "first": False})
        return await self.finish()

    def end(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _write(self, wanted: dict[str, Any]) -> None:
        if self._process is None:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(wanted).encode() + b"\n")
        self._process.stdin.flush()

    async def _read(self) -> bytes:
        process = self._process
        assert process is not None and process.stdout is not None
        return await asyncio.to_thread(process.stdout.readline)

    async def _wait(self) -> int:
        """The exit code of a process that has said its last."""
        process = self._process
        if process is None:  # it was ended
            return 1
        code = await asyncio.to_thread(process.wait)
        self.end()
        return code
