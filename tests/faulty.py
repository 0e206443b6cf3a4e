"""A server on loopback that answers as it is told, byte by byte: cut off, late, wrong, elsewhere."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Act = Callable[[socket.socket, "Seen"], None]


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    head: str
    body: bytes

    @property
    def path(self) -> str:
        return self.head.split(" ")[1]

    def header(self, name: str) -> str:
        lines = (line.partition(":") for line in self.head.split("\r\n")[1:])
        return next((value.strip() for key, _, value in lines if key.lower() == name.lower()), "")


@dataclass
class Faulty:
    """The server: *acts* are carried out in turn, the last one again and again; *seen* is what was asked."""

    port: int
    acts: list[bytes | Act] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sparql"

    def play(self, *acts: bytes | Act) -> None:
        """Answer with these, one for each request, from now on."""
        self.acts, self.seen = list(acts), []


def answer(
    body: bytes | str, media: str = "application/sparql-results+json", status: str = "200 OK", *,
    length: int | None = -1, **headers: str,
) -> bytes:  # fmt: skip
    """An answer as bytes; *length* is what it says of its length: the true one, another, or nothing (None)."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    lines += [f"Content-Type: {media}"] if media else []
    if length is not None:
        lines.append(f"Content-Length: {len(raw) if length < 0 else length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + raw


@contextmanager
def serve_faults(context: ssl.SSLContext | None = None) -> Iterator[Faulty]:
    """The server on a free port, for as long as the block lasts."""
    listener = socket.create_server(("127.0.0.1", 0))
    faulty = Faulty(listener.getsockname()[1])
    ended = threading.Event()

    def talk(link: socket.socket) -> None:
        with link, suppress(OSError):
            link.settimeout(60)
            inner = context.wrap_socket(link, server_side=True) if context is not None else link
            seen = _read(inner)
            faulty.seen.append(seen)
            act = faulty.acts.pop(0) if len(faulty.acts) > 1 else faulty.acts[0]
            if isinstance(act, bytes):
                inner.sendall(act)
            else:
                act(inner, seen)
            if context is not None:
                inner.close()

    def listen() -> None:
        while not ended.is_set():
            with suppress(OSError):
                link, _ = listener.accept()
                threading.Thread(target=talk, args=(link,), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield faulty
    finally:
        ended.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", faulty.port), 1).close()
        listener.close()
        thread.join(5)


def _read(link: socket.socket) -> Seen:
    raw = b""
    while b"\r\n\r\n" not in raw:
        part = link.recv(65536)
        if not part:
            raise OSError("gone")
        raw += part
        if raw[0] == 0x16:  # TLS, where none is spoken
            return Seen("TLS /", raw)
    head, _, body = raw.partition(b"\r\n\r\n")
    seen = Seen(head.decode("latin-1"), body)
    while len(body) < int(seen.header("Content-Length") or 0):
        body += link.recv(65536)
    return Seen(seen.head, body)
