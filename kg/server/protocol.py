"""The SPARQL 1.1 Protocol: queries and updates by GET and POST.

Source: SPARQL 1.1 Protocol (W3C Recommendation, 21 March 2013), section 2.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from kg.ask.sparql import LONGEST
from kg.server.condition import is_known, wants_absence
from kg.server.data import Data
from kg.server.describe import give_description
from kg.server.guard import check_change, may_change
from kg.server.http import HttpError, Reply, Request, decode_body, read_parameters
from kg.server.media import FORM, GRAPHS, ROWS, accepts_gzip, choose_media, label_media, read_content_type

QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
METHODS = "GET, HEAD, POST, OPTIONS"

_QUERY_SET = ("default-graph-uri", "named-graph-uri")
_UPDATE_SET = ("using-graph-uri", "using-named-graph-uri")
_CHANGING_WORDS = ("NOW", "RAND", "UUID", "BNODE", "SERVICE")
_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE|SERVICE)\b", re.IGNORECASE)  # another answer each time
_LONGEST_QUERY = LONGEST * 12  # bytes of a form: each character is three of four bytes in UTF-8


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A query or an update as it was asked for, with the data set that the request names: None where it names none."""

    text: str
    is_update: bool
    default: tuple[str, ...] | None
    named: tuple[str, ...] | None


async def answer_sparql(request: Request, reply: Reply, data: Data) -> None:
    """Answer a request to the endpoint. Raises HttpError."""
    key = None
    if request.method == "GET":
        key = make_key(request, request.query_string, data)
        kept = data.cache.get(key)
        if kept is not None:
            if is_known(request, kept.headers["etag"]) or wants_absence(request):
                await reply.give(304, b"", {"etag": kept.headers["etag"], "cache-control": "no-cache"})
            else:
                await reply.give(200, kept.body, kept.headers)
            return
    operation = await read_operation(request, data)
    if operation is None:
        await give_description(request, reply, data)
    elif operation.is_update:
        await _update(request, reply, data, operation)
    else:
        await _ask(request, reply, data, operation, key)


def make_key(request: Request, query_string: bytes, data: Data) -> tuple[Hashable, ...]:
    """What decides the answer to a query by GET."""
    told = (request.header("accept"), request.header("accept-encoding"), request.version)
    return data.version, query_string, request.url, *told


async def read_operation(request: Request, data: Data) -> Operation | None:
    """What a request asks for; None for a description of the service. Raises HttpError."""
    pairs = request.parameters()
    if request.method in {"GET", "HEAD"}:
        if any(name == "update" for name, _ in pairs):
            raise HttpError(400, "an update goes by POST")
        if not pairs:  # SPARQL 1.1 Service Description, section 2
            return None
        names = [name for name, _ in pairs]
        if "query" not in names:
            found = ", ".join(f"`{name[:40]}`" for name in names[:5])
            raise HttpError(400, f"there is no parameter `query`, only {found}")
        return _make_operation(pairs)
    if request.method != "POST":
        raise HttpError(405, f"{request.method} is no method of a SPARQL endpoint", allow=METHODS)
    media, parameters = read_content_type(request.header("content-type"))
    if media not in {FORM, QUERY, UPDATE}:
        known = f"{FORM}, {QUERY} or {UPDATE}"
        raise HttpError(415, f"`{media}` is no media type of a SPARQL request: {known}" if media else f"say {known}")
    charset = parameters.get("charset", "utf-8")
    if charset.lower() not in {"utf-8", "us-ascii"}:
        raise HttpError(415, f"charset {charset[:40]} is not read here: SPARQL is sent in UTF-8")
    if media == UPDATE:
        check_change(request, data.options)
    most = data.options.body if media != QUERY and may_change(request, data.options) else _LONGEST_QUERY
    body = await request.body(min(most, data.options.body), data.options.seconds)
    if media == FORM:
        operation = _make_operation([*pairs, *read_parameters(body)])
        if operation.is_update:
            check_change(request, data.options)
        return operation
    if any(name in {"query", "update"} for name, _ in pairs):
        raise HttpError(400, "a query or update in the address and another in the body: give one of them")
    return _make_operation([*pairs, ("update" if media == UPDATE else "query", decode_body(body))])


def _make_operation(pairs: Sequence[tuple[str, str]]) -> Operation:
    texts = [(name, text) for name, text in pairs if name in {"query", "update"}]
    if len(texts) != 1:
        found = "no query and no update" if not texts else f"{len(texts)} queries or updates"
        raise HttpError(400, f"{found} in one request: give one")
    name, text = texts[0]
    is_update = name == "update"
    own, foreign = (_UPDATE_SET, _QUERY_SET) if is_update else (_QUERY_SET, _UPDATE_SET)
    misplaced = next((key for key, _ in pairs if key in foreign), None)
    if misplaced is not None:
        raise HttpError(
            400, f"`{misplaced}` does not go with {'an update' if is_update else 'a query'}: {' and '.join(own)}"
        )
    # each graph once: two of them would give its rows twice
    default, named = (tuple(dict.fromkeys(value for key, value in pairs if key == wanted)) for wanted in own)
    if not default and not named:
        return Operation(text=text, is_update=is_update, default=None, named=None)
    return Operation(text=text, is_update=is_update, default=default, named=named)


@dataclass(frozen=True, kw_only=True)
class AnswerForms:
    """The forms in which a request would have its answer: media types of *rows* and of a *graph*, packed or not."""

    rows: str | None
    graph: str | None
    gzip: bool

    @property
    def media(self) -> dict[bool, str | None]:
        """The content type of rows (False) and of a graph (True)."""
        rows, graph = self.rows, self.graph
        return {False: label_media(rows) if rows else None, True: label_media(graph) if graph else None}


def choose_form(request: Request) -> AnswerForms:
    """The forms that a request likes best. Raises HttpError."""
    accept = request.header("accept")
    rows, graph = choose_media(accept, ROWS), choose_media(accept, GRAPHS)
    if rows is None and graph is None:
        raise HttpError(406, f"answers are given as {', '.join(ROWS)}; graphs as {', '.join(GRAPHS)}")
    return AnswerForms(rows=rows, graph=graph, gzip=accepts_gzip(request.header("accept-encoding")))


def write_payload(operation: Operation, form: AnswerForms, url: str, data: Data) -> dict[str, Any]:
    """What a process is told of a query that was asked at an address."""
    rows, graph = form.rows, form.graph
    payload = data.write_query(
        operation.text, rows=ROWS[rows] if rows else None, graph=GRAPHS[graph] if graph else None
    )  # fmt: skip
    return payload | {"base": url, "default": operation.default, "named": operation.named, "gzip": form.gzip}


def make_tag(
    text: str, default: tuple[str, ...] | None, named: tuple[str, ...] | None, form: AnswerForms, base: str, data: Data
) -> str | None:
    """The entity tag of an answer; None for a query that has another answer each time."""
    upper = text.upper()
    if any(word in upper for word in _CHANGING_WORDS) and _CHANGING.search(text) is not None:
        return None
    return data.tag(text, default, named, form.rows, form.graph, base)


async def _ask(request: Request, reply: Reply, data: Data, operation: Operation, key: Hashable) -> None:
    form = choose_form(request)
    headers = {}
    tag = None
    if request.method != "POST":
        tag = make_tag(operation.text, operation.default, operation.named, form, request.base, data)
    if tag is not None:
        headers = {"etag": tag, "cache-control": "no-cache"}
        if is_known(request, tag):
            await reply.give(304, b"", headers)
            return
    payload = write_payload(operation, form, request.url, data)
    await data.answer(request, reply, b"Q", payload, form.media, headers, keep=key if headers else None)


async def _update(request: Request, reply: Reply, data: Data, operation: Operation) -> None:
    if request.header("if-match").strip() not in {"", "*"}:
        raise HttpError(412, "an update is of all graphs, which have no entity tag: PATCH /gsp changes one that has")
    told = {
        "update": operation.text, "base": request.url, "default": operation.default or (),
        "named": operation.named or (),
    }  # fmt: skip
    await data.change(b"U", told)
    await reply.give(204, b"", {})
