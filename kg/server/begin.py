"""The first build of a graph that is served: by a process that is begun before the server itself is loaded.

It lays the store out and tells what it is, so that the server can answer; then it draws the page.
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


class NotBuiltError(Exception):
    """A graph that could not be laid out; why was told. *code* is what to leave with."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.code = code


class FirstBuild:
    """The process at work. *command* is `kg.cli.live.serve_builds`, told that it is the first; *folder* is new."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._out = self._process.stdout
        self._process.stdin.write(json.dumps({"folder": str(folder)}).encode() + b"\n")
        self._process.stdin.close()

    async def tell(self) -> dict[str, Any]:
        """What the graph is, when its store is laid out. Raises NotBuiltError."""
        line = await asyncio.to_thread(self._out.readline)
        if not line:
            raise NotBuiltError(await asyncio.to_thread(self._process.wait))
        about: dict[str, Any] = json.loads(line)
        return about

    async def finish(self) -> dict[str, Any] | None:
        """What came of the whole build, as `kg.server.live.Builder` gives it."""
        rest = await asyncio.to_thread(self._out.read)
        code = await asyncio.to_thread(self._process.wait)
        made: dict[str, Any] | None = json.loads(rest) if code == 0 else None
        return made

    def end(self) -> None:
        """End the process, if it is at work still."""
        self._process.kill()
        self._process.wait()
        self._out.close()
