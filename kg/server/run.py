"""The server as a process: its port is opened, its data laid out on disk; it answers until it is told to end."""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

import uvicorn

from kg.server.app import App
from kg.server.connection import make_protocol
from kg.server.data import Data
from kg.server.live import News
from kg.server.options import Options
from kg.server.quick import Quick
from kg.server.workbench import Workbench
from kg.system.worker.limits import StoppedError
from kg.text.diagnostic import KgError

_GRACE = 3  # seconds that answers may still take when the server is told to end
_GARBAGE = 10_000  # objects more than before that make the collector look: answers leave no cycles behind
_MOST_CONNECTIONS = 1_000


class _Server(uvicorn.Server):
    """A server that ends when it is told to, and is not killed by the same signal once more."""

    def __init__(self, config: uvicorn.Config, news: News | None) -> None:
        super().__init__(config)
        self._news = news

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._news is not None:  # who listens is let go at once
            asyncio.get_running_loop().call_soon_threadsafe(self._news.end)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # `hold_signals` has done so before anybody could be told that we serve

    @contextmanager
    def hold_signals(self) -> Iterator[None]:
        """Let a signal end this server, and nothing else."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def open_port(options: Options) -> socket.socket:
    """A socket that listens where the options say, which the caller closes; port 0 is any free one. Raises KgError."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # by its protocol the event loop knows that small answers are to be sent at once (TCP_NODELAY)
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((options.host, options.port))
        listening.listen(512)
    except (OSError, OverflowError) as error:
        listening.close()
        in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = "another program listens there" if in_use else getattr(error, "strerror", None) or error
        raise KgError(f"cannot listen on {options.host}:{options.port}: {reason}") from None
    return listening


def run_server(
    data: Data, listening: socket.socket, tell: Callable[[str], None],
    ready: Callable[[], None], prepare: Callable[[Data], Coroutine[Any, Any, None]] | None = None,
    live: Callable[[Data], Coroutine[Any, Any, None]] | None = None, news: News | None = None,
    bench: Workbench | None = None,
) -> None:  # fmt: skip
    """Answer requests until a signal ends it; *ready* is called when it can. Raises KgError where it cannot.

    Before that, *prepare* waits until the data are there.
    Meanwhile *live* may exchange the data, and give the *news* to those who listen. With a *bench*, the workbench.
    """
    with asyncio.Runner(loop_factory=_find_loop()) as runner:
        runner.run(_serve(data, listening, tell, ready, prepare, live, news, bench))


def _find_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The quick event loop, where there is one for this system."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _serve(
    data: Data, listening: socket.socket, tell: Callable[[str], None], ready: Callable[[], None],
    prepare: Callable[[Data], Coroutine[Any, Any, None]] | None,
    live: Callable[[Data], Coroutine[Any, Any, None]] | None, news: News | None, bench: Workbench | None,
) -> None:  # fmt: skip
    settings: dict[str, Any] = {
        "http": make_protocol(Quick(data)), "ws": "none", "lifespan": "off", "interface": "asgi3", "log_config": None,
        "log_level": "critical", "access_log": False, "proxy_headers": False, "server_header": False,
        "timeout_graceful_shutdown": _GRACE,
        "limit_concurrency": _MOST_CONNECTIONS,
    }  # fmt: skip
    server = _Server(uvicorn.Config(App(data, tell, news, bench), **settings), news)
    living: asyncio.Task[None] | None = None
    signals = ExitStack()
    try:
        if prepare is not None:
            await prepare(data)
        await data.start()
        signals.enter_context(server.hold_signals())
        living = asyncio.create_task(live(data)) if live is not None else None
        if bench is not None:
            await bench.start()
        gc.freeze()  # what is there now stays
        gc.set_threshold(_GARBAGE, 20, 20)
        ready()
        await server.serve(sockets=[listening])
    except (StoppedError, OSError) as error:
        raise KgError(f"cannot open the store: {error}") from None
    finally:
        if living is not None:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
        if bench is not None:
            await bench.close()
        await data.close()
        signals.close()
