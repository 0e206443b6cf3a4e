"""A server that tests ask: `kg serve` as a process of its own on a free port, stopped surely."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]


@dataclass
class Answer:
    """What a server answered; names of headers are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass
class Served:
    """A server that runs: its process, its port, and what it has told."""

    process: subprocess.Popen[str]
    port: int
    told: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> Answer:
        """The answer to one request; `content_type` gives the header `Content-Type`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)  # more than any machine needs
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            raw = body.encode() if isinstance(body, str) else body
            connection.request(method, path, raw, names)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def query(self, text: str | bytes, **headers: str) -> Answer:
        """The answer to a query, asked by GET."""
        return self.ask("GET", "/sparql?" + urlencode({"query": text}), **headers)

    def update(self, text: str, **headers: str) -> Answer:
        """The answer to an update."""
        return self.ask("POST", "/sparql", text, content_type="application/sparql-update", **headers)

    def has_told(self, words: str, seconds: float = 60) -> bool:
        """Whether the server tells its operator these words; it may take a moment until they are read here."""
        end = time.monotonic() + seconds
        while not any(words in line for line in self.told) and time.monotonic() < end:
            time.sleep(0.02)
        return any(words in line for line in self.told)

    def children(self) -> list[int]:
        """The processes that it has started, with those that these have, not waited for (on Linux)."""
        return list(_find_children(self.process.pid))

    def kill_children(self) -> None:
        """Kill all processes that it has started, and wait. Some end by themselves once the first of them has."""
        children = self.children()
        assert children
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        end = time.monotonic() + 60
        while left := [child for child in children if Path(f"/proc/{child}").exists()]:
            assert time.monotonic() < end, left
            time.sleep(0.01)


def _find_children(pid: int) -> Iterator[int]:
    with suppress(FileNotFoundError):
        for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
            yield int(one)
            yield from _find_children(int(one))


@contextmanager
def serve(*arguments: str, folder: Path = ROOT, **environment: str) -> Iterator[Served]:
    """`kg serve` with these arguments, in a folder."""
    command = [sys.executable, "-m", "kg", "serve", "--port", "0", *arguments]
    process = subprocess.Popen(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        first = process.stderr.readline()
        found = re.search(r"http://[^/]*:(\d+)/", first)
        assert found is not None, first + process.stderr.read()
        served = Served(process, int(found[1]))

        def listen() -> None:
            assert process.stderr is not None
            served.told.extend(process.stderr)

        listener = threading.Thread(target=listen)
        listener.start()
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
        process.kill()
        process.wait()
        with suppress(UnboundLocalError):
            listener.join(60)
        process.stderr.close()
