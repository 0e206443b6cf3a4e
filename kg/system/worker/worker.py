"""A worker, seen from our side: it is started, given quads, asked, and ended when it takes too long."""

from __future__ import annotations

import json
import math
import os
import select
import subprocess
import time
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.system.interpreter import call_in_python
from kg.system.memory import NO_THREAD, says_lack
from kg.system.worker.limits import NO_LIMITS, Stop, StoppedError, WorkerLimits
from kg.system.worker.wire import HEAD, MOST, read_head, read_term, write_frame
from kg.text.diagnostic import KgError

_LONGEST = 2_000_000.0  # seconds that the system can be told to wait

Feed = Callable[[], Iterable[str]]
"""Gives the lines of N-Quads that a worker is to hold; called again where another must take its place."""


@dataclass(frozen=True, kw_only=True)
class WorkerReply:
    """The answer of a worker: of a SELECT *variables* and *rows*, of an ASK a *truth*, else rows that are triples."""

    variables: tuple[str, ...] | None
    truth: bool | None
    rows: tuple[tuple[Any, ...], ...]


def measure_memory() -> int | None:
    """Three quarters of the machine's memory, in bytes; None where the system does not tell it."""
    with suppress(ValueError, OSError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
    return None


class Worker:
    """A process that holds quads and answers SPARQL, one query at a time. What it is given to hold stays unchanged.

    It is started by `start`, or when it is first asked. *memory* is the most that it may take, in bytes (on Linux);
    a query that needs more is stopped. What interrupts us while we wait ends it.

    >>> with Worker() as worker:
    ...     worker.hold(lambda: ['<http://a.example/> <http://b.example/> "x" .\\n'])
    ...     worker.ask("SELECT ?o { ?s ?p ?o }", {}).rows
    ((<Literal value=x datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#string>>,),)
    """

    def __init__(self, *, memory: int | None = None) -> None:
        self.memory = memory if memory is not None else measure_memory()
        self._held: Feed | Path = tuple
        self._process: subprocess.Popen[bytes] | None = None
        self._loaded = False
        self._buffer = bytearray()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process, so that it is there when it is asked. Raises KgError where it cannot be started."""
        if self._process is not None:
            return
        command = call_in_python("kg.system.worker.child.serve")
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, start_new_session=True
            )
        except OSError as error:
            raise KgError(f"cannot start a process for the query: {error.strerror or error}") from error
        self._end = weakref.finalize(self, _end_process, self._process)

    def hold(self, held: Feed | Path) -> None:
        """Hold these quads from the next query on: lines of N-Quads, or a store on disk that nobody writes.

        The default graph is the union of the graphs of the lines; a store on disk is asked as it is.
        """
        if self._loaded:
            self.close()
        self._held = held

    def close(self) -> None:
        """End the process, whatever it does. Asked again, another takes its place."""
        if self._process is not None:
            self._end()
        self._process, self._loaded = None, False
        self._buffer.clear()

    def ask(
        self, query: str, prefixes: dict[str, str], limits: WorkerLimits = NO_LIMITS, *,
        written: str | None = None, merge: tuple[Collection[str], Collection[str]] | None = None,
    ) -> WorkerReply:  # fmt: skip
        """The answer to a query; *merge* are the graphs whose merge is its default graph, and its named graphs.

        *written* is the query as its author wrote it, where parameters were bound in it: it is parsed first.
        Raises StoppedError for a query that does not keep the limits or ends the process, SyntaxError and
        RuntimeError with the store's own words for one that it cannot run, KgError where no process can be started.
        """
        try:
            self._load()
            asked = {"query": query, "prefixes": prefixes, "written": written, "merge": merge}
            bounds = {"rows": limits.rows, "size": limits.size}
            self._write(b"Q", json.dumps(asked | bounds).encode())
            return self._collect(None if limits.seconds is None else time.monotonic() + limits.seconds)
        except (SyntaxError, RuntimeError):
            raise
        except StoppedError as error:
            if error.stop not in {Stop.ROWS, Stop.SIZE}:
                self.close()
            raise
        except BaseException:
            self.close()
            raise

    def _load(self) -> None:
        self.start()
        if self._loaded:
            return
        folder = str(self._held) if isinstance(self._held, Path) else None
        self._write(b"S", json.dumps({"memory": self.memory, "folder": folder}).encode())
        if not isinstance(self._held, Path):
            for block in _join_lines(self._held()):
                self._write(b"D", block)
            self._write(b"D")
        kind, content = self._read(None)
        if kind != b"r":
            raise _explain(content)
        self._loaded = True

    def _collect(self, deadline: float | None) -> WorkerReply:
        variables: tuple[str, ...] | None = None
        truth: bool | None = None
        rows: list[tuple[Any, ...]] = []
        known: dict[str, Any] = {}  # a term that stands in many rows is made once

        def read(written: Any) -> Any:
            if not isinstance(written, str):
                return read_term(written)
            if (term := known.get(written)) is None:
                term = known[written] = read_term(written)
            return term

        while True:
            kind, content = self._read(deadline)
            if kind == b"e":
                return WorkerReply(variables=variables, truth=truth, rows=tuple(rows))
            if kind == b"x":
                raise _explain(content)
            value = json.loads(content.decode("utf-8", "surrogatepass"))
            if kind == b"v":
                variables = tuple(value)
            elif kind == b"b":
                truth = value
            else:
                rows += (tuple(map(read, row)) for row in value)

    def _write(self, kind: bytes, content: bytes = b"") -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(write_frame(kind, content))
        except BrokenPipeError:
            raise self._explain_death() from None

    def _read(self, deadline: float | None) -> tuple[bytes, bytes]:
        """The next frame. Raises StoppedError when the time is over, or the process has died."""
        kind, length = read_head(self._take(HEAD, deadline))
        return kind, self._take(length, deadline)

    def _take(self, length: int, deadline: float | None) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        pipe, waiting = self._process.stdout.fileno(), select.poll()
        waiting.register(pipe, select.POLLIN)
        while len(self._buffer) < length:
            left = None if deadline is None else math.ceil(1000 * max(0.0, min(deadline - time.monotonic(), _LONGEST)))
            if not waiting.poll(left):
                raise StoppedError(Stop.TIME)
            part = os.read(pipe, 1 << 16)
            if not part:
                raise self._explain_death()
            self._buffer += part
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def _explain_death(self) -> StoppedError:
        """Why the process has died, by its exit code and its last words."""
        assert self._process is not None and self._process.stderr is not None
        words = self._process.stderr.read().decode("utf-8", "replace").strip()
        return explain_death(words, self._process.wait())


def explain_death(words: str, code: int | None) -> StoppedError:
    """Why a process has died, by its last words and its exit code (a signal, below 0), where that is known."""
    if code == NO_THREAD or says_lack(words):
        return StoppedError(Stop.MEMORY)
    how = "it is gone" if code is None else f"signal {-code}" if code < 0 else f"exit code {code}"
    last = words.split("\n")[-1][:200]
    return StoppedError(Stop.CRASH, f"{how}: {last}" if last else how)


def _end_process(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    process.wait()


def _join_lines(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines as blocks of about a megabyte."""
    block: list[str] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= MOST:
            yield "".join(block).encode()
            block, size = [], 0
    if block:
        yield "".join(block).encode()


def _explain(content: bytes) -> Exception:
    """The exception for what a worker tells."""
    told = json.loads(content.decode("utf-8", "surrogatepass"))
    kind, message = told["kind"], told["message"]
    if kind == "syntax":
        return SyntaxError(message)
    return RuntimeError(message) if kind == "refused" else StoppedError(Stop(kind))
