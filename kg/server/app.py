"""The server as an ASGI application: each request finds what answers it, and every mistake its reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from kg.server import workbench
from kg.server.data import Data
from kg.server.describe import give_void
from kg.server.explore.disputes import give_disputes
from kg.server.explore.html import give_refusal
from kg.server.explore.query import give_query
from kg.server.explore.questions import give_questions
from kg.server.explore.search import give_completions, give_search
from kg.server.graphstore import METHODS as GRAPH_METHODS
from kg.server.graphstore import ROOT, answer_graph
from kg.server.guard import check_host, make_headers, make_preflight
from kg.server.http import BEGUN, BrokenOffError, GoneError, Headers, HttpError, Message, Receive, Reply, Request, Send
from kg.server.live import News, give_news, give_page
from kg.server.openapi import ADDRESS as OPENAPI
from kg.server.openapi import give_openapi
from kg.server.protocol import METHODS as SPARQL_METHODS
from kg.server.protocol import answer_sparql
from kg.server.reconcile import METHODS as RECONCILE_METHODS
from kg.server.reconcile import ROOT as RECONCILE
from kg.server.reconcile import answer_reconciliation
from kg.server.resource import give_home, give_resource, wants_page
from kg.server.workbench import Workbench
from kg.text.diagnostic import cut_text

Answer = Callable[[Request, Reply, Data], Awaitable[None]]
_READING = "GET, HEAD, OPTIONS"
_PAGES: dict[str, Answer] = {
    "/search": give_search, "/complete": give_completions, "/query": give_query, "/questions": give_questions,
    "/disputes": give_disputes,
}  # fmt: skip
PLACES: dict[str, Answer] = {
    "/": give_home, "/about": give_home, OPENAPI: give_openapi, "/.well-known/void": give_void, **_PAGES,
    "/resource": give_resource,
}  # fmt: skip
"""What answers at which address, beside SPARQL, graphs and reconciliation."""

_FOLDERS = frozenset({"/questions", "/disputes"})
_MOST_SHOWN = 100  # characters of an address, to the operator
_FOR_PEOPLE = frozenset({give_home, give_resource, *_PAGES.values()} - {give_completions})


class App:
    """The application over some data; *tell* gets a line for what the operator should know.

    With *news* it serves the page of a project, which hears of changes; with a *bench* the workbench too.
    """

    def __init__(
        self, data: Data, tell: Callable[[str], None], news: News | None = None, bench: Workbench | None = None
    ) -> None:
        self.data, self.tell, self.news, self.bench = data, tell, news, bench

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        reply = Reply(send, {})
        request: Request | None = None
        welcome: Request | None = None
        try:
            request = Request(scope, receive)
            reply.headers = make_headers(request, self.data.options)
            if not request.version.startswith("1."):
                raise HttpError(505, "this server speaks HTTP/1.1", connection="close")
            check_host(request, self.data.options)
            welcome = request
            await self._answer(request, reply)
        except HttpError as refusal:
            if refusal.status == 503:
                self.tell(f"{scope['method']} {cut_text(scope['path'], _MOST_SHOWN)}: {refusal.detail or refusal}")
            if welcome is not None and find_answer(welcome.path)[1] in _FOR_PEOPLE and wants_page(welcome):
                await give_refusal(welcome, reply, self.data, refusal)
            else:
                await reply.tell(refusal.status, str(refusal), refusal.headers)
        except BrokenOffError as error:
            self.tell(f"{scope['method']} {cut_text(scope['path'], _MOST_SHOWN)}: broken off: {error}")
        except GoneError:
            pass
        except asyncio.CancelledError:  # the server ends
            if not reply.begun:
                await reply.tell(503, "the server is being stopped")
        except Exception as error:  # a fault of ours: the operator is told, a stranger learns nothing of it
            self.tell(f"{scope['method']} {cut_text(scope['path'], _MOST_SHOWN)}: a fault of the server: {error!r}")
            if not reply.begun:
                await reply.tell(500, "a fault of the server")
        finally:
            begun = request.begun if request is not None else scope.get(BEGUN)
            if begun is not None:  # nobody went on with it
                self.data.pool.release(begun, whole=False)

    async def _answer(self, request: Request, reply: Reply) -> None:
        if self.bench is not None and request.path == workbench.QUESTIONS:
            await workbench.answer_question(request, reply, self.bench, self.data.options)
            return
        methods, answer = find_answer(request.path)
        if request.method == "OPTIONS":
            headers: Headers = {"allow": methods} | make_preflight(request, self.data.options)
            await reply.give(204, b"", headers)
            return
        if methods == _READING and request.method not in {"GET", "HEAD"}:
            raise HttpError(405, f"{request.method} is no method for this address", allow=methods)
        if self.news is not None and request.path == "/live":
            await give_news(request, reply, self.news)
        elif self.news is not None and request.path == "/" and wants_page(request):
            await give_page(reply, self.news, self.data.options.seconds, framed=self.bench is not None)
        elif self.bench is not None and request.path == workbench.PAGE:
            await workbench.give_bench(reply)
        else:
            await answer(request, reply, self.data)


def find_answer(path: str) -> tuple[str, Answer]:
    """What answers a path, and the methods that it takes."""
    if path in {"/sparql", "/sparql/"}:
        return SPARQL_METHODS, answer_sparql
    if path == ROOT or path.startswith(f"{ROOT}/"):
        return GRAPH_METHODS, answer_graph
    if path == RECONCILE or path.startswith(f"{RECONCILE}/"):
        return RECONCILE_METHODS, answer_reconciliation
    if path in PLACES:
        return _READING, PLACES[path]
    root = "/" + path[1:].partition("/")[0]
    return _READING, PLACES[root] if root in _FOLDERS else give_resource
