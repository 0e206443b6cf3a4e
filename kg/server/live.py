"""A graph that is served while it is curated: when its files change it is built anew beside, and put in its place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Hashable
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from kg.server.data import About, Data

_EVERY = 0.2  # seconds
PREFIX = "build-"


async def keep_current(
    data: Data, read_state: Callable[[], Hashable], before: Hashable, command: Callable[[Path], list[str]],
    tell: Callable[[str], None],
) -> None:  # fmt: skip
    """Build the store anew in another process whenever what *read_state* gives is another than *before*.

    *command* makes the store in a folder, and prints what it holds (`About`) as JSON; a failure leaves the data as they
    are. Requests that have begun finish on the store of before.
    """
    number = 0
    while True:
        await asyncio.sleep(_EVERY)
        state = await asyncio.to_thread(read_state)
        if state == before:
            continue
        await asyncio.sleep(_EVERY / 2)
        if await asyncio.to_thread(read_state) != state:
            continue  # somebody is still writing
        before = state
        number += 1
        folder = data.pool.settings.folder.with_name(f"{PREFIX}{number}")
        about = await _build(command(folder))
        if about is None:
            rmtree(folder, ignore_errors=True)
            tell("the graph that is served stays as it was")
            continue
        data.swap(folder, about)
        tell("the graph that is served is new")
        read = data.in_use()
        for old in folder.parent.glob(f"{PREFIX}*"):
            if old not in read:
                await asyncio.to_thread(rmtree, old, ignore_errors=True)


async def _build(command: list[str]) -> About | None:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return About(**json.loads(out)) if process.returncode == 0 else None
