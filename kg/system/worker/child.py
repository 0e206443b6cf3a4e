"""The process of a worker: it loads quads, then answers one query after the other, until its pipe is closed.

It imports as little as it can, since each worker begins with it. It is killed from outside when a query takes too
long; it ends by itself when nobody is there any more, also in the midst of a query.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import pyoxigraph as ox

from kg.system.memory import limit_memory
from kg.system.worker.merge import query_merge
from kg.system.worker.seal import refuse_sockets
from kg.system.worker.wire import HEAD, Frame, read_head, write_frame, write_term

_BATCH = 500  # rows of a frame


class _BoundError(Exception):
    """The answer is greater than was asked for; its text is `rows` or `size`."""


def serve() -> None:
    """Be a worker that holds quads. Called by `kg.system.worker.worker.Worker` only."""
    live(_answer_all)


def live(work: Callable[[Frames, BinaryIO], None]) -> None:
    """Be a worker that does *work* with the frames that come and the pipe for answers; told that it ends, it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the one who asks: that one ends us
    threading.Thread(target=_end_alone, args=(sys.stdin.fileno(),), daemon=True).start()
    try:
        work(Frames(sys.stdin.buffer), sys.stdout.buffer)
    except BaseException as error:  # our last words: a frame might not be read, and takes memory
        os.write(2, type(error).__name__.encode() if isinstance(error, MemoryError) else repr(error).encode())
        os._exit(1)


class Frames:
    """The frames that come by a pipe; the process ends with the pipe."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def get(self) -> Frame:
        """The next frame."""
        head = self._source.read(HEAD)
        if len(head) < HEAD:
            os._exit(0)
        kind, length = read_head(head)
        content = self._source.read(length)
        if len(content) < length:
            os._exit(0)
        return kind, content


def _end_alone(pipe: int) -> None:
    """End the process when nobody is at the other end of the pipe any more, also in the midst of a query."""
    if not hasattr(select, "poll"):
        return
    hanging = select.poll()
    hanging.register(pipe, 0)  # what comes is not for us: only that nothing can come any more
    while not hanging.poll():
        pass
    os._exit(0)


def _answer_all(frames: Frames, out: BinaryIO) -> None:
    _, begin = frames.get()
    settings = json.loads(begin)
    limit_memory(settings["memory"])
    refuse_sockets()
    store = _open(settings["folder"], frames)
    send(out, b"r")
    while True:
        _, request = frames.get()
        _answer(store, json.loads(request), out)


def _open(folder: str | None, frames: Frames) -> ox.Store:
    """The store in a folder, or one in memory with the quads that are sent, each in the default graph too."""
    if folder is not None:
        return ox.Store.read_only(folder)
    store, default = ox.Store(), ox.DefaultGraph()

    def read() -> Iterator[ox.Quad]:
        while lines := frames.get()[1]:
            for quad in ox.parse(lines, format=ox.RdfFormat.N_QUADS):
                yield quad
                if quad.graph_name != default:
                    yield ox.Quad(quad.subject, quad.predicate, quad.object, default)

    store.bulk_extend(read())
    return store


def send(out: BinaryIO, kind: bytes, content: Any = None) -> int:
    """Send a frame with a value as JSON; gives the length of that."""
    raw = b"" if content is None else json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    out.write(write_frame(kind, raw))
    out.flush()
    return len(raw)


def _answer(store: ox.Store, request: dict[str, Any], out: BinaryIO) -> None:
    try:
        if request["written"] is not None:  # a mistake is told at its place in the text as it was written
            store.query(request["written"], prefixes=request["prefixes"])
        if request["merge"] is not None:
            results = query_merge(store, request["query"], *request["merge"], prefixes=request["prefixes"])
        else:
            results = store.query(request["query"], prefixes=request["prefixes"])
        if isinstance(results, ox.QueryBoolean):
            send(out, b"b", bool(results))
        elif isinstance(results, ox.QueryTriples):
            _send_rows(out, b"t", results, request)
        else:
            send(out, b"v", [variable.value for variable in results.variables])
            _send_rows(out, b"s", results, request)
        send(out, b"e")
    except _BoundError as error:
        send(out, b"x", {"kind": str(error), "message": ""})
    except SyntaxError as error:
        send(out, b"x", {"kind": "syntax", "message": str(error.msg or error)})
    except (RuntimeError, ValueError, OSError) as error:  # while it plans, or while the rows are fetched
        send(out, b"x", {"kind": "refused", "message": str(error)})


def _send_rows(out: BinaryIO, kind: bytes, rows: Any, request: dict[str, Any]) -> None:
    batch: list[Any] = []
    size = 0
    for count, row in enumerate(rows, 1):
        if request["rows"] is not None and count > request["rows"]:
            raise _BoundError("rows")
        batch.append([write_term(term) for term in row])
        if len(batch) == _BATCH:
            size += send(out, kind, batch)
            batch = []
            if request["size"] is not None and size > request["size"]:
                raise _BoundError("size")
    size += send(out, kind, batch)
    if request["size"] is not None and size > request["size"]:
        raise _BoundError("size")
