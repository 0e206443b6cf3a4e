"""A graph that is served while it is curated: when its files change it is built anew beside, and put in its place."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

from kg.server.about import About
from kg.server.data import Data
from kg.server.http import HttpError, Reply, Request
from kg.server.livepage import LivePage
from kg.server.processes.builder import PREFIX, STORE, Builder, tell_failure
from kg.system.watch import rest_after

_BEAT = 15.0  # seconds after which a connection that has nothing to tell shows that it is alive
_MOST_LISTENERS = 200
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
    headers = {"content-type": "text/event-stream", "cache-control": "no-store"}
    if request.method == "HEAD":  # who only asks for the headers waits for no news
        await reply.begin(200, headers)
        await reply.end()
        return
    gone = asyncio.create_task(request.wait_gone())
    news.listeners += 1
    try:
        await reply.begin(200, headers)
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


async def keep_current(
    data: Data, news: News, builder: Builder, read_state: Callable[[], Hashable] | None, before: Hashable,
    tell: Callable[[str], None],
) -> None:  # fmt: skip
    """Show the page of the first build; then, with *read_state*, build all anew whenever it gives something else.

    *before* is what it gave before the first build. A failure leaves data and page as they are. Requests that have
    begun finish on the store of before.
    """
    try:
        await _keep(data, news, builder, read_state, before, tell)
    finally:
        builder.end()  # whoever waits for its words in a thread hears the end of them


async def _keep(
    data: Data, news: News, builder: Builder, read_state: Callable[[], Hashable] | None, before: Hashable,
    tell: Callable[[str], None],
) -> None:  # fmt: skip
    _publish(news, await builder.finish(), data.pool.settings.folder.parent)
    if read_state is None:
        return
    number = 0
    while True:
        before = await wait_for_change(read_state, before)
        number += 1
        folder = data.pool.settings.folder.parent.with_name(f"{PREFIX}{number}")
        made = await builder.build(folder)
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


async def wait_for_change(read_state: Callable[[], Hashable], before: Hashable) -> Hashable:
    """The state of the files when it is another than *before*, and nobody writes any more."""
    seen = before
    while True:
        begun = time.perf_counter()
        state = await asyncio.to_thread(read_state)
        if state != before and state == seen:
            return state
        seen = state
        await asyncio.sleep(rest_after(time.perf_counter() - begun))


def _publish(news: News, made: dict[str, Any] | None, folder: Path) -> None:
    """Tell all who listen what came of a build."""
    if made is None:
        failure = tell_failure("the process that builds has ended: where `kg serve` runs, its reason is told")
        news.tell(page=None, told=[failure], stale=True)
        return
    stale = made["about"] is None
    page = None if stale else LivePage((folder / PAGE).read_text(encoding="utf-8"))
    news.tell(page=page, told=made["told"], stale=stale)
