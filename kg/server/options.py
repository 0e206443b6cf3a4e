"""How a server is to be: where it listens, what it bears, what it allows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address


@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings of a server. *seconds*, *rows*, *size* and *memory* (bytes) bound each request, *body* its body.

    *token* is asked for by each change; None where changes need none. *hosts* are further names that the server is
    asked by, *cors* the origins whose pages may read answers (`*`: all), *allowed* the servers that queries may call.
    """

    host: str = "127.0.0.1"
    port: int = 8484
    write: bool = False
    token: str | None = None
    seconds: float = 30.0
    rows: int | None = 1_000_000
    size: int | None = 256 << 20
    memory: int | None = 2 << 30
    body: int = 64 << 20
    workers: int = 8
    waiting: int = 256
    patience: float = 0.25
    hosts: tuple[str, ...] = ()
    cors: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether only this machine can ask."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is that of this machine for itself.

    >>> is_loopback("127.0.0.9"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def split_host(host: str) -> str:
    """The name or address in a Host header, without its port; empty where it is none.

    >>> split_host("[::1]:8484"), split_host("A.example:80"), split_host("a.example/x")
    ('::1', 'a.example', '')
    """
    name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "")
    if (port and not port.isdigit()) or not name:
        return ""
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
        return name if _is_address(name) else ""
    return name.lower() if all((c.isalnum() and c.isascii()) or c in "-._" for c in name) else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=256)
def is_own_host(header: str, options: Options) -> bool:
    """Whether a Host header names this server: an address, `localhost`, or a name that it was told.

    A page of another site can give its own name the address of this machine (DNS rebinding); its requests bear that
    name.

    >>> is_own_host("127.0.0.1:8484", Options()), is_own_host("evil.example:8484", Options())
    (True, False)
    """
    name = split_host(header)
    if not name:
        return False
    return _is_address(name) or is_loopback(name) or name in {options.host.lower(), *(h.lower() for h in options.hosts)}
