"""HTTP as the server sees it: a request with its bounds, an answer, and a refusal with its reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from kg.text.diagnostic import make_lines_visible

if TYPE_CHECKING:
    from kg.server.processes.process import Process

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = dict[str, str]

BEGUN = "kg.begun"  # in a request's scope: a process that has been asked already (`kg.server.quick`)
_MOST_PARAMETERS = 200
_LINGER = 2.0  # seconds


class HttpError(Exception):
    """A request that is not carried out: the *status*, the reason in words, and headers that go with it.

    The reason may repeat what was asked: it is made harmless to the terminal of whoever reads it.

    *detail* is for the operator alone: it may name files.
    """

    def __init__(self, status: int, reason: str, detail: str = "", **headers: str) -> None:
        super().__init__(make_lines_visible(reason))
        self.status, self.detail = status, detail
        self.headers = {name.replace("_", "-").lower(): value for name, value in headers.items()}


class BrokenOffError(Exception):
    """An answer that had begun and cannot be ended: the connection is closed without an end."""


class GoneError(Exception):
    """Who asked has gone."""


class Request:
    """A request: its method, path, parameters and headers (by names in small letters), and its body when asked for."""

    def __init__(self, scope: Message, receive: Receive) -> None:
        self._receive = receive
        self.method: str = scope["method"]
        self.version: str = scope["http_version"]
        self.raw_path: str = scope["raw_path"].decode("ascii", "replace")
        self.path: str = scope["path"]
        self.query_string: bytes = scope["query_string"]
        self.begun: Process | None = scope.get(BEGUN)
        self.headers: Headers = {}
        for name, value in scope["headers"]:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            if key in self.headers and key in {"host", "authorization", "content-type", "content-length", "origin"}:
                raise HttpError(400, f"two headers `{key}`")
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text
        host = self.headers.get("host") or _name_server(scope)
        self.base = f"{scope['scheme']}://{host}"

    def header(self, name: str) -> str:
        """A header; an empty text where it is not there."""
        return self.headers.get(name, "")

    @property
    def url(self) -> str:
        """The address that was asked for, without its parameters."""
        return self.base + self.raw_path

    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of the address. Raises HttpError."""
        return read_parameters(self.query_string)

    async def body(self, most: int, seconds: float) -> bytes:
        """The whole body. Raises HttpError where it is greater than *most* bytes, or not there in *seconds*."""
        length = self.header("content-length")
        if length.isdigit() and int(length) > most:
            if not self.header("expect"):  # who asks before it sends has nothing under way
                await self._discard()
            raise HttpError(413, f"the body has more than {most:,} bytes", connection="close")
        if self.header("transfer-encoding").lower() not in {"", "chunked"}:
            raise HttpError(501, "of all transfer codings only `chunked` is known here", connection="close")
        if self.header("content-encoding").lower() not in {"", "identity"}:
            raise HttpError(415, "a packed body is not read here", accept_encoding="identity")
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = await self._hear()
                    if message["type"] == "http.disconnect":
                        raise GoneError
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > most:
                        await self._discard()
                        raise HttpError(413, f"the body has more than {most:,} bytes", connection="close")
                    if not message.get("more_body", False):
                        return b"".join(parts)
        except TimeoutError:
            raise HttpError(408, f"the body was not there after {seconds:g} s", connection="close") from None

    async def _hear(self) -> Message:
        try:
            return await self._receive()
        except RuntimeError:  # the connection is closed already, and reads no more
            return {"type": "http.disconnect"}

    async def _discard(self) -> None:
        """Read on for a moment what is not wanted, so that who sends it comes to read the answer.

        A connection that is closed over unread bytes is reset, and the answer may be lost with it (RFC 9112, 9.6).
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while (message := await self._hear())["type"] != "http.disconnect" and message.get("more_body"):
                    pass

    async def wait_gone(self) -> None:
        """Wait until who asked has gone. Only after the body was read."""
        while (await self._hear())["type"] != "http.disconnect":
            pass


def _name_server(scope: Message) -> str:
    """The server as it is reached, for who names none."""
    address, port = scope.get("server") or ("localhost", None)
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{port}" if port else host


def read_parameters(raw: bytes) -> list[tuple[str, str]]:
    """Parameters of an address or a form. Raises HttpError for what is not UTF-8.

    >>> read_parameters(b"query=ASK%20%7B%7D&default")
    [('query', 'ASK {}'), ('default', '')]
    """
    try:
        return parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError:
        raise HttpError(400, "the parameters are not UTF-8") from None
    except ValueError:
        raise HttpError(400, f"more than {_MOST_PARAMETERS} parameters") from None


def decode_body(body: bytes) -> str:
    """A body as a text. Raises HttpError where it is not UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HttpError(400, f"the body is not UTF-8 (byte {error.start})") from None


def take_once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Parameters by name. Raises HttpError where one is given twice."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise HttpError(400, f"`{name[:40]}` is given twice")
        given[name] = value
    return given


class Reply:
    """The answer to a request: begun with its status and headers, then written whole or in pieces."""

    def __init__(self, send: Send, headers: Headers) -> None:
        self._send = send
        self.headers = headers
        self.begun = False

    async def begin(self, status: int, headers: Headers) -> None:
        """Send the status and the headers."""
        self.begun = True
        pairs = [(k.encode("latin-1"), v.encode("latin-1", "replace")) for k, v in (self.headers | headers).items()]
        await self._send({"type": "http.response.start", "status": status, "headers": pairs})

    async def write(self, piece: bytes) -> None:
        """Send a piece of the body."""
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def end(self, piece: bytes = b"") -> None:
        """Send the last piece."""
        await self._send({"type": "http.response.body", "body": piece})

    async def give(self, status: int, body: bytes, headers: Headers) -> None:
        """Send a whole answer."""
        length = {} if status in {204, 304} else {"content-length": str(len(body))}
        await self.begin(status, headers | length)
        await self.end(body)

    async def tell(self, status: int, reason: str, headers: Headers | None = None) -> None:
        """Send a reason as a line of text."""
        about = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
        await self.give(status, f"{reason}\n".encode("utf-8", "replace"), about | (headers or {}))
