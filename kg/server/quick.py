"""The short way of a small query: asked by GET, and answered whole and at once.

No task waits for it: its frame goes to a process as soon as the head of the request is read, and the answer goes out as
it comes. All else goes the way of the application (`kg.server.app`), and so does, with the process that was asked, what
turns out to be long, late or refused. Both ways give the same bytes.

As many processes are asked as there are processors. What comes while they are at work waits behind what has just begun:
a process that finds the next query goes on with it, and nobody has to be woken in between. Where what stands before
takes its time, those behind it are asked elsewhere, and the answers that they would have had there are passed over.
"""

from __future__ import annotations

import asyncio
import json
import os
from binascii import a2b_qp
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from kg.server.cache import CachedAnswer
from kg.server.data import Data, label_answer
from kg.server.guard import check_host, make_headers
from kg.server.http import BEGUN, Headers, HttpError, Message, Request
from kg.server.processes.pool import GIVES_WAY
from kg.server.processes.process import Process
from kg.server.protocol import AnswerForms, Operation, choose_form, make_key, make_tag, write_payload
from kg.system.worker.wire import write_frame

_PATH, _QUERY = b"/sparql", b"query="
_MOST_WISHES, _LONGEST_HEAD = 256, 4_096  # heads of requests that are known, bytes of each
_DEEPEST = 8  # queries that one process has before it
_YOUNG = 0.005  # seconds: behind a query that has run longer none is put
_STALL = 0.05  # seconds: what stands behind a query that runs longer is asked elsewhere
_NOT_SIMPLE = frozenset({b"if-match", b"if-none-match", b"content-length", b"transfer-encoding", b"expect"})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wish:
    """The headers of a request, read: a program sends them alike in all that it asks by one connection.

    *head* begins its answers; *before* and *after* stand about the query in what a process is told; *key*: `make_key`.
    """

    key: tuple[Hashable, ...]
    base: str
    form: AnswerForms
    head: bytes
    before: bytes
    after: bytes


@dataclass(kw_only=True, slots=True, eq=False)  # made for each request: three times as quick as a frozen one
class _Asked:
    """A query that a process was asked: for whom, and what is known of its answer before it comes."""

    cycle: RequestResponseCycle
    go_on: Callable[[], None]
    frame: bytes
    wish: _Wish
    key: Hashable
    tag: str | None
    version: int


class Quick:
    """The short way to the data of a server."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._wishes: dict[tuple[tuple[bytes, bytes], ...], _Wish | None] = {}
        self._active: dict[Process, deque[_Asked]] = {}  # what each is at, and what it has before it
        self._abreast = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._sweeping: asyncio.TimerHandle | None = None
        self._easing: asyncio.TimerHandle | None = None

    def begin(self, cycle: RequestResponseCycle, go_on: Callable[[], None]) -> bool:
        """Take a request whose head was read, if it is a simple one; *go_on* lets the application answer it."""
        scope, data = cycle.scope, self._data
        query: bytes = scope["query_string"]
        if scope["raw_path"] != _PATH or scope["method"] != "GET" or not query.startswith(_QUERY) or b"&" in query:
            return False
        if scope["http_version"] != "1.1" or not cycle.keep_alive or cycle.flow.write_paused or not data.is_fresh:
            return False
        wish = self._find_wish(cast(Message, scope))
        if wish is None:
            return False
        key = (data.version, query, *wish.key)
        kept = data.cache.get(key)
        if kept is not None:
            _write(cycle, wish, kept)
            return True
        text = unquote_quickly(query[len(_QUERY) :])
        if text is None:
            return False
        process = self._choose()
        if process is None:
            return False
        tag = make_tag(text, None, None, wish.form, wish.base, data)
        frame = write_frame(b"Q", wish.before + json.dumps(text).encode("ascii") + wish.after)
        self._ask(
            process,
            _Asked(cycle=cycle, go_on=go_on, frame=frame, wish=wish, key=key, tag=tag, version=data.version),
        )
        return True

    def _choose(self) -> Process | None:
        """The process that is to be asked next."""
        if len(self._active) < self._abreast and (free := self._data.pool.lease_now()) is not None:
            return free
        young = asyncio.get_running_loop().time() - _YOUNG
        fitting = [p for p, line in self._active.items() if p.since >= young and len(line) < _DEEPEST]
        if fitting:
            return min(fitting, key=lambda process: len(self._active[process]))
        return self._data.pool.lease_now()

    def _ask(self, process: Process, asked: _Asked) -> None:
        line = self._active.get(process)
        if line is None:
            self._active[process] = deque((asked,))
            process.on_news = self._read
        else:
            line.append(asked)
            if self._easing is None:
                self._easing = asyncio.get_running_loop().call_later(_STALL, self._ease)
        process.write(asked.frame)
        if self._sweeping is None:
            self._wait()

    def _find_wish(self, scope: Message) -> _Wish | None:
        key = tuple(scope["headers"])
        try:
            return self._wishes[key]
        except KeyError:
            if sum(len(name) + len(value) for name, value in key) > _LONGEST_HEAD:
                return None
            if len(self._wishes) >= _MOST_WISHES:
                self._wishes.clear()
            wish = self._wishes[key] = self._make_wish(scope)
            return wish

    def _make_wish(self, scope: Message) -> _Wish | None:
        if any(name in _NOT_SIMPLE for name, _ in scope["headers"]):
            return None
        try:
            request = Request(scope, _receive_nothing)
            check_host(request, self._data.options)
            form = choose_form(request)
        except HttpError:
            return None
        operation = Operation(text="", is_update=False, default=None, named=None)
        raw = json.dumps(write_payload(operation, form, request.url, self._data)).encode("ascii")
        before, _, after = raw.partition(b'"query": ""')
        head = b"HTTP/1.1 200 OK\r\n" + _write_headers(make_headers(request, self._data.options))
        key = make_key(request, b"", self._data)[2:]
        return _Wish(key=key, base=request.base, form=form, head=head, before=before + b'"query": ', after=after)

    def _read(self, process: Process) -> None:
        """A process has told something, or has ended."""
        line = self._active[process]
        while (first := process.first) is not None:
            if first[0] != b"w":
                self._hand_over(process)
                return
            process.take_first()
            asked = line.popleft()
            if line:
                process.since = asyncio.get_running_loop().time()
            else:
                self._let_go(process)
                self._data.pool.release(process, whole=True)
            letters, body = first[1][:2], first[1][2:]
            headers = {} if asked.tag is None else {"etag": asked.tag, "cache-control": "no-cache"}
            kept = CachedAnswer(headers=label_answer(letters, asked.wish.form.media, headers), body=body)
            if asked.tag is not None:
                self._data.cache.put(asked.key, kept)
            _write(asked.cycle, asked.wish, kept)
            if not line:
                return
        if not process.is_alive:
            self._hand_over(process)

    def _let_go(self, process: Process) -> deque[_Asked]:
        process.on_news = None
        return self._active.pop(process)

    def _hand_over(self, process: Process) -> None:
        """Let the application go on with what a process is at, and ask others what stands behind."""
        first, *behind = self._let_go(process)
        process.unread += len(behind)
        self._go_on(first, process)
        for asked in behind:
            self._ask_anew(asked)

    def _go_on(self, asked: _Asked, process: Process | None) -> None:
        """Let the application answer, with the *process* that was asked already, if one was."""
        if process is not None:
            if asked.cycle.disconnected or asked.version != self._data.version:
                self._data.pool.release(process, whole=False)
            else:
                cast(Message, asked.cycle.scope)[BEGUN] = process
        if not asked.cycle.disconnected:
            asked.go_on()

    def _ask_anew(self, asked: _Asked) -> None:
        """Ask a process that is free, or have the application find one."""
        free = self._data.pool.lease_now() if asked.version == self._data.version else None
        if free is None:
            self._go_on(asked, None)
        else:
            self._ask(free, asked)

    def _ease(self, late: frozenset[_Asked] = frozenset()) -> None:
        """Ask others what stands behind a query that takes its time: where it was *late*, and is so after a look."""
        self._easing = None
        bound = asyncio.get_running_loop().time() - _STALL
        waiting = {p: line for p, line in self._active.items() if len(line) > 1}
        stalled = [p for p, line in waiting.items() if line[0] in late]
        for process in stalled:
            behind = list(waiting[process])[1:]
            del self._active[process]
            self._active[process] = deque((waiting[process][0],))
            process.unread += len(behind)
            for asked in behind:
                self._ask_anew(asked)
        late = frozenset(line[0] for p, line in waiting.items() if p.since <= bound and p not in stalled)
        if len(waiting) > len(stalled) and self._easing is None:
            after = 0.001 if late else _STALL / 2  # answers may have come that were not read yet
            self._easing = asyncio.get_running_loop().call_later(after, self._ease, late)

    def _wait(self) -> None:
        self._sweeping = asyncio.get_running_loop().call_later(GIVES_WAY / 4, self._sweep)

    def _sweep(self) -> None:
        """Hand over what has taken longer than small queries take."""
        self._sweeping = None
        late = asyncio.get_running_loop().time() - GIVES_WAY
        for process in list(self._active):
            if process.since <= late:
                self._hand_over(process)
        if self._active:
            self._wait()


def _write(cycle: RequestResponseCycle, wish: _Wish, kept: CachedAnswer) -> None:
    """Send a whole answer."""
    if not cycle.disconnected and not cycle.transport.is_closing():
        length = b"content-length: %d\r\n" % len(kept.body)
        dates = [b"%b: %b\r\n" % pair for pair in cycle.default_headers]
        end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        cycle.transport.write(b"".join((wish.head, *dates, _write_headers(kept.headers), length, end, kept.body)))
    cycle.response_started = cycle.response_complete = True
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


def _write_headers(headers: Headers) -> bytes:
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()]).encode("latin-1")


def unquote_quickly(raw: bytes) -> str | None:
    """The value of a parameter as it was meant; None where that needs a closer look.

    An escape differs from one of quoted-printable by its sign alone, and those are read by C.

    >>> unquote_quickly(b"ASK+%7B%3d%E9%9B%B7=_%25"), unquote_quickly(b"100%"), unquote_quickly(b"%FF")
    ('ASK {=雷=_%', None, None)
    """
    found = a2b_qp(raw.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"="))
    if len(found) != len(raw) - 2 * raw.count(b"%"):  # what is no escape takes more place than one
        return None
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError:
        return None


async def _receive_nothing() -> Message:
    return {"type": "http.disconnect"}
