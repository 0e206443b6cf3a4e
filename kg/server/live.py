"""A graph that is served while it is curated: when its files change it is built anew beside, and put in its place."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

from kg.server.data import About, Data
from kg.server.http import HttpError, Reply, Request
from kg.server.livepage import LivePage

_EVERY = 0.2  # seconds
_BEAT = 15.0  # seconds after which a connection that has nothing to tell shows that it is alive
_MOST_LISTENERS = 200
PREFIX = "build-"
STORE = "store"
PAGE = "page.html"

Told = Sequence[dict[str, Any]]


@dataclass
class News:
    """The page of the graph and what `kg check` finds, for all who listen; *stale*: the graph is an earlier one."""

    page: LivePage | None = None
    told: Told = ()
    stale: bool = False
    listeners: int = 0
    ended: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, *, page: LivePage | None, told: Told, stale: bool) -> None:
        """Give all who listen the news; without a *page* the one that is there stays."""
        self.page, self.told, self.stale = page or self.page, told, stale
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    def end(self) -> None:
        """Let all who listen go, since the server ends."""
        self.ended = True
        self.changed.set()

    def write(self) -> bytes:
        """The news as an event (HTML Living Standard, 9.2 Server-sent events)."""
        digest = self.page.digest if self.page is not None else None
        record = json.dumps({"page": digest, "told": list(self.told), "stale": self.stale})
        return f"data: {record}\n\n".encode()


async def give_page(reply: Reply, news: News, seconds: float, *, framed: bool) -> None:
    """Answer with the page, which may still be drawn; *framed*: a page of this server may hold it. Raises HttpError."""
    try:
        async with asyncio.timeout(seconds):
            while news.page is None:
                await news.changed.wait()
    except TimeoutError:
        raise HttpError(503, "the page is still being drawn", retry_after="1") from None
    headers = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
    policy = news.page.write_policy("'self'" if framed else "'none'")
    await reply.give(200, news.page.text.encode(), headers | {"content-security-policy": policy})


async def give_news(request: Request, reply: Reply, news: News) -> None:
    """Answer with the news as they come, until who listens has gone. Raises HttpError."""
    if news.listeners >= _MOST_LISTENERS:
        raise HttpError(503, "too many listen already", retry_after="10")
    await request.body(0, 1.0)
    gone = asyncio.create_task(request.wait_gone())
    news.listeners += 1
    try:
        await reply.begin(200, {"content-type": "text/event-stream", "cache-control": "no-store"})
        fresh = True
        while not (gone.done() or news.ended):
            changed = news.changed  # before it is written: what comes meanwhile is not missed
            await reply.write(news.write() if fresh else b":\n\n")
            waiting = asyncio.create_task(changed.wait())
            await asyncio.wait({gone, waiting}, timeout=_BEAT, return_when=asyncio.FIRST_COMPLETED)
            fresh = changed.is_set()
            waiting.cancel()
        await reply.end()
    finally:
        news.listeners -= 1
        gone.cancel()


class Builder:
    """A process that has loaded all it needs and waits to be told which folder to build the graph into.

    The next one is begun as soon as one is at work, so that nobody waits for its start.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._ready: Process | None = None

    async def start(self) -> None:
        """Have a process ready. Raises OSError."""
        self._ready = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE)

    async def build(self, folder: Path, *, store: bool) -> dict[str, Any] | None:
        """What came of a build into *folder*, whose *store* is made too if that is asked; None where it failed."""
        process = self._ready
        if process is None or process.returncode is not None:
            await self.start()
            process = self._ready
        assert process is not None
        self._ready = None
        try:
            (out, _), _ = await asyncio.gather(
                process.communicate(f"{json.dumps({'folder': str(folder), 'store': store})}\n".encode()), self.start()
            )
        finally:
            await _end(process)
        found: dict[str, Any] | None = json.loads(out) if process.returncode == 0 else None
        return found

    async def close(self) -> None:
        """End the process that waits."""
        if self._ready is not None:
            await _end(self._ready)


async def _end(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def keep_current(
    data: Data,
    news: News,
    read_state: Callable[[], Hashable] | None,
    before: Hashable,
    command: Sequence[str],
    tell: Callable[[str], None],
) -> None:
    """Draw the page; then, with *read_state*, build all anew whenever that gives something else than before.

    *before* is what it gave when the data had not been read yet: what changes from then on is not missed. *command* is
    a process that builds: a line of JSON names the folder, and it prints what came of it as JSON. A failure leaves data
    and page as they are. Requests that have begun finish on the store of before.
    """
    builder = Builder(command)
    try:
        folder = data.pool.settings.folder.parent
        made = await builder.build(folder, store=False)
        _publish(news, made, folder)
        number = 0
        while read_state is not None:
            await asyncio.sleep(_EVERY)
            state = await asyncio.to_thread(read_state)
            if state == before:
                continue
            await asyncio.sleep(_EVERY / 2)
            if await asyncio.to_thread(read_state) != state:
                continue  # somebody is still writing
            before = state
            number += 1
            folder = data.pool.settings.folder.parent.with_name(f"{PREFIX}{number}")
            made = await builder.build(folder, store=True)
            if made is not None and made["about"] is not None:
                data.swap(folder / STORE, About(**made["about"]))
                tell("the graph that is served is new")
            else:
                tell("the graph that is served stays as it was")
            _publish(news, made, folder)
            read = {one.parent for one in data.in_use()} | {data.pool.settings.folder.parent}
            for old in folder.parent.glob(f"{PREFIX}*"):
                if old not in read:
                    await asyncio.to_thread(rmtree, old, ignore_errors=True)
    finally:
        await builder.close()


def _publish(news: News, made: dict[str, Any] | None, folder: Path) -> None:
    """Tell all who listen what came of a build."""
    if made is None:
        news.tell(page=None, told=news.told, stale=True)
        return
    stale = made["about"] is None
    page = None if stale else LivePage((folder / PAGE).read_text(encoding="utf-8"))
    news.tell(page=page, told=made["told"], stale=stale)
