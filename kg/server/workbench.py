"""The workbench over HTTP: its page, and the questions of the page, which a process of its own answers."""

from __future__ import annotations

import asyncio
import json
import secrets
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from functools import cache

from kg.server.guard import check_editor
from kg.server.http import HttpError, Reply, Request
from kg.server.options import Options
from kg.text.markup import name_digest, read_asset

METHODS = "POST, OPTIONS"
PAGE, QUESTIONS = "/edit", "/edit/ask"
_MOST_BODY = 1 << 20  # bytes of a question
_MOST_WAITING = 32
_LONGEST = 64 << 20  # bytes of an answer
_SCRIPTS = ("dom", "ask", "choose", "text", "claim", "entity", "draft", "main")


@cache
def make_page() -> tuple[str, str]:
    """The page and its policy, which admits its own script and style by their digests and asks this server alone."""
    parts = (read_asset("kg.server", "edit", f"{name}.js") for name in _SCRIPTS)
    script = '"use strict";(() => {\n' + "".join(parts) + "})();"
    style = read_asset("kg.server", "edit", "edit.css")
    head = f"<style>{style}</style></head>"
    body = f"<script>{script}</script></body>"
    page = body.join(head.join(read_asset("kg.server", "edit", "edit.html").split("</head>", 1)).rsplit("</body>", 1))
    policy = (
        f"default-src 'none'; script-src {name_digest(script)}; style-src {name_digest(style)}; connect-src 'self'; "
        "frame-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return page, policy


class _EndedError(Exception):
    """The process has ended before it answered."""


class Workbench:
    """The process that answers for the workbench; *command* begins it, and *token* is what a question must bear.

    It is begun with the server, and once more where it has ended or took too long.
    """

    def __init__(self, command: Sequence[str], token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self._command = command
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._starting = asyncio.Lock()
        self._number = 0

    async def start(self) -> None:
        """Have the process at work. Raises OSError."""
        await self.close()
        self._process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, limit=_LONGEST)
        self._reading = asyncio.create_task(self._read(self._process))

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                found = json.loads(line)
                waiting = self._waiting.get(found["number"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(json.dumps(found["answer"], ensure_ascii=False).encode("utf-8", "replace"))
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(_EndedError())

    async def ask(self, question: object, seconds: float) -> bytes:
        """The answer to a question, as JSON. Raises HttpError where there is none in time."""
        if len(self._waiting) >= _MOST_WAITING:
            raise HttpError(503, "too much is asked at once", retry_after="1")
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                await self.start()
        process = self._process
        assert process is not None and process.stdin is not None
        self._number += 1
        number = self._number
        waiting: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        try:
            process.stdin.write(f"{json.dumps({'number': number, 'question': question})}\n".encode())
            await process.stdin.drain()
            async with asyncio.timeout(seconds):
                return await waiting
        except TimeoutError:
            await self.close()
            raise HttpError(503, f"the workbench took more than {seconds:g} s", retry_after="1") from None
        except (OSError, _EndedError):
            raise HttpError(503, "the workbench has ended and begins anew: ask again", retry_after="1") from None
        finally:
            del self._waiting[number]

    async def close(self) -> None:
        """End the process."""
        process, reading = self._process, self._reading
        self._process = self._reading = None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


async def give_bench(reply: Reply) -> None:
    """Answer with the page. It holds nothing of the project: what it shows it asks for, with the token."""
    page, policy = make_page()
    headers = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
    await reply.give(200, page.encode(), headers | {"content-security-policy": policy})


async def answer_question(request: Request, reply: Reply, bench: Workbench, options: Options) -> None:
    """Answer a question of the page. Raises HttpError."""
    if request.method != "POST":
        raise HttpError(405, "questions are posted", allow=METHODS)
    check_editor(request, bench.token)
    if request.header("content-type").partition(";")[0].strip().lower() != "application/json":
        raise HttpError(415, "a question is JSON: `Content-Type: application/json`")
    body = await request.body(_MOST_BODY, options.seconds)
    try:
        question = json.loads(body)
    except (ValueError, RecursionError):
        raise HttpError(400, "the question is no JSON") from None
    found = await bench.ask(question, options.seconds)
    await reply.give(200, found, {"content-type": "application/json; charset=utf-8", "cache-control": "no-store"})
