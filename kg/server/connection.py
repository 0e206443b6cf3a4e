"""A connection of HTTP/1.1: heads of requests have bounds, and simple queries go a short way."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from kg.server.quick import Quick

_LONGEST_ADDRESS = (1 << 16) - 1  # bytes: httptools before 0.9 counts an address in 16 bits and cuts a longer one
_LONGEST_HEAD = 1 << 18  # bytes of a request's line and headers
_HEAD_SECONDS = 10.0


def make_protocol(quick: Quick) -> type[HttpToolsProtocol]:
    """The class of a server's connections."""
    return type("Connection", (HttpConnection,), {"quick": quick})


class HttpConnection(HttpToolsProtocol):
    """HTTP/1.1 in which the head of a request has a bound, and who sends one too slowly is hung up on."""

    quick: Quick
    url = b""  # of the request that is being read
    _late: asyncio.TimerHandle | None = None
    _head = 0  # bytes of the head that is being read, where not all of it came at once
    _reading = True  # whether a head is awaited or being read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._late = self.loop.call_later(_HEAD_SECONDS, transport.close)

    def data_received(self, data: bytes) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self._reading = True
        super().data_received(data)
        if self._reading:
            self._head += len(data)
            if self._late is None:
                self._late = self.loop.call_later(_HEAD_SECONDS, self.transport.close)
            if self._head > _LONGEST_HEAD and not self.transport.is_closing():
                self.send_400_response("the headers are too long")

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > _LONGEST_ADDRESS:
            raise ValueError("the address is too long")  # httptools stops, and uvicorn has it answered

    def send_400_response(self, msg: str) -> None:
        if len(self.url) > _LONGEST_ADDRESS:
            msg = f"the address is longer than {_LONGEST_ADDRESS:,} bytes: send a long query by POST"
        super().send_400_response(msg)

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        if not self.url.startswith((b"/", b"*")):
            self._take_host()
        super().on_headers_complete()

    def _take_host(self) -> None:
        """Let a whole address name the server, whatever the header says (RFC 9112, section 3.2.2)."""
        with suppress(httptools.HttpParserInvalidURLError):
            address = httptools.parse_url(self.url)
            given = [value for name, value in self.headers if name == b"host"]
            if address.host and len(given) < 2:
                host = b"[%b]" % address.host if b":" in address.host else address.host
                host += b":%d" % address.port if address.port else b""
                self.headers[:] = [*(pair for pair in self.headers if pair[0] != b"host"), (b"host", host)]

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        go_on = partial(super()._start_asgi_task, cycle, app)
        # what was sent before the answer of another had come waits in a line: it takes the longer way
        if cycle is not self.cycle or app is not self.app or not self.quick.begin(cycle, go_on):
            go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        self._head = 0
        self._reading = False
        if self._late is not None:
            self._late.cancel()
            self._late = None
