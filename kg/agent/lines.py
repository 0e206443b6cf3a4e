"""The lines that an agent's program sends; those that are no message are answered."""

from __future__ import annotations

import contextvars
import json
import os
from collections.abc import AsyncIterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

import anyio
from mcp import types
from mcp.shared.message import SessionMessage
from pydantic import ValidationError

if TYPE_CHECKING:  # the types of its streams have no public name
    from mcp.shared._stream_protocols import ReadStream, WriteStream


class NumberedLines(anyio.AsyncFile[str]):
    """The lines of standard input; one whose `id` is neither text nor a whole number comes as no message.

    The package `mcp` takes such a request for a notification, which nobody answers.
    """

    async def __aiter__(self) -> AsyncIterator[str]:
        while line := await self.readline():
            yield "{}" if has_unfit_id(line) else line


def take_lines() -> NumberedLines:
    """The lines of standard input, from which nothing else reads from now on, as `mcp` itself takes them."""
    wire = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    # It stays open: a thread may wait for a line until the process ends.
    return NumberedLines(open(wire, encoding="utf-8", errors="replace", closefd=False))


def has_unfit_id(line: str) -> bool:
    """Whether a line is a message whose `id` JSON-RPC 2.0 or the protocol does not know.

    >>> [has_unfit_id(f'{{"jsonrpc": "2.0", "id": {id}, "method": "ping"}}') for id in ('{"a": 1}', "1.5", "null", "7")]
    [True, True, True, False]
    >>> has_unfit_id('{"jsonrpc": "2.0", "method": "ping"}'), has_unfit_id("hello")
    (False, False)
    """
    if '"id"' not in line:
        return False
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):  # no JSON: that is told where it is read
        return False
    if not isinstance(message, dict) or "id" not in message:
        return False
    id_ = message["id"]
    whole = isinstance(id_, int | float) and not isinstance(id_, bool) and id_ == id_ // 1
    return not (isinstance(id_, str) or whole)


class AnsweredLines:
    """The messages of *incoming*; what is none of JSON-RPC 2.0 is answered by *outgoing*, and passed over.

    The package `mcp` hands on what it could not read, and its server drops it: the other side would wait for an answer.
    """

    def __init__(self, incoming: ReadStream[SessionMessage | Exception], outgoing: WriteStream[SessionMessage]) -> None:
        self.incoming, self.outgoing = incoming, outgoing

    @property
    def last_context(self) -> contextvars.Context | None:
        """The context in which the last message was sent, which the server takes over."""
        return getattr(self.incoming, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        """The next message. Raises anyio.EndOfStream when the other side has gone."""
        while True:
            item = await self.incoming.receive()
            if not isinstance(item, ValidationError):
                return item
            await self.outgoing.send(SessionMessage(refuse_line(item)))

    async def aclose(self) -> None:
        await self.incoming.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def refuse_line(error: ValidationError) -> types.JSONRPCError:
    """The answer to a line that is no JSON, or no message (JSON-RPC 2.0, section 5.1), with its `id` if it has one."""
    wrong = error.errors(include_url=False, include_context=False)
    if any(each["type"] == "json_invalid" for each in wrong):
        told = types.ErrorData(code=types.PARSE_ERROR, message="the line is no JSON")
        return types.JSONRPCError(jsonrpc="2.0", id=None, error=told)
    told = types.ErrorData(code=types.INVALID_REQUEST, message="the line is no message of JSON-RPC 2.0")
    wholes = (e["input"] for e in wrong if e["type"] == "missing" and len(e["loc"]) == 2)  # a form, and a key of it
    ids = [whole["id"] for whole in wholes if isinstance(whole, dict) and "id" in whole]
    known = next((id_ for id_ in ids if isinstance(id_, str | int) and not isinstance(id_, bool)), None)
    return types.JSONRPCError(jsonrpc="2.0", id=known, error=told)
