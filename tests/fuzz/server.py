# ruff: noqa: E501 - words and cases read best in lines that are full
"""The HTTP front door of `kg serve`: any request gets an answer that HTTP allows, and no page of it can act."""

from __future__ import annotations

import asyncio
import io
import json
import random
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pyoxigraph as ox
from hostile import KNOWN

from fuzz.strokes import any_text
from fuzz.target import Chance, Target, expect, make_choices
from kg.server.answer import TooLargeError
from kg.server.app import App
from kg.server.data import About, Data
from kg.server.media import read_accept
from kg.server.options import Options, is_own_host
from kg.server.processes.child import RequestRefusedError, Servant
from kg.system.worker.wire import read_head

BASE = "http://e.example/"
PREFIXES = {
    "e": BASE + "entity/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


@cache
def _folder() -> str:
    folder = tempfile.TemporaryDirectory(prefix="kg-fuzz-")
    _HELD.append(folder)  # it goes with the process
    return folder.name


_HELD: list[tempfile.TemporaryDirectory[str]] = []


class _Near(Servant):
    """The servant of a server in the process at hand, over a store whose every text is hostile."""

    def open(self, settings: dict[str, Any]) -> None:
        super().open({**settings, "folder": tempfile.mkdtemp(prefix="kg-fuzz-store-", dir=_folder()), "write": True})
        label = ox.NamedNode(PREFIXES["skos"] + "prefLabel")
        for number, text in enumerate(KNOWN):
            clean = text.encode("utf-8", "replace").decode()
            node = ox.NamedNode(f"{BASE}entity/{quote(clean[:40], safe='') or number}")
            for graph in (ox.DefaultGraph(), ox.NamedNode(BASE + "g")):
                self.store.add(ox.Quad(node, label, ox.Literal(clean, language="en"), graph))
                self.store.add(ox.Quad(node, ox.NamedNode(f"{BASE}relation/p{number % 3}"), ox.Literal(clean), graph))


class _Process:
    """What a process of the server is to it: frames in, frames out."""

    def __init__(self, servant: Servant) -> None:
        self._servant = servant
        self._frames: list[tuple[bytes, bytes]] = []
        self.is_alive = True

    def ask(self, kind: bytes, request: Any) -> None:
        request, out = json.loads(json.dumps(request)), io.BytesIO()
        told: dict[str, Any] | None = None
        try:
            if kind == b"Q":
                self._servant.ask(request, out)
            elif kind == b"G":
                self._servant.give(request, out)
            else:
                acts = {
                    b"N": self._servant.match,
                    b"E": self._servant.look,
                    b"F": lambda r: {"answer": self._servant.begin(r)},
                }
                self._frames.append((b"e", json.dumps(acts[kind](request)).encode()))
        except TooLargeError as error:
            told = {"kind": str(error), "message": ""}
        except RequestRefusedError as error:
            told = {"kind": error.kind, "message": str(error)}
        raw, at = out.getvalue(), 0
        while at < len(raw):
            one, size = read_head(raw[at : at + 5])
            self._frames.append((one, raw[at + 5 : at + 5 + size]))
            at += 5 + size
        if told is not None:
            self._frames.append((b"x", json.dumps(told).encode()))

    async def read(self) -> tuple[bytes, bytes]:
        return self._frames.pop(0)


class _Pool:
    def __init__(self, servant: Servant, settings: Any) -> None:
        self._servant, self.settings = servant, settings

    @asynccontextmanager
    async def lease(self, _begun: object = None) -> AsyncIterator[_Process]:
        yield _Process(self._servant)


@cache
def _app() -> tuple[App, list[str]]:
    options = Options(seconds=5, cors=("http://friend.example",), hosts=("kg.example",))
    about = About(title="</title><script>1</script>", base=BASE, prefixes=PREFIXES, union=True)
    data = Data(Path("nowhere"), about, options)
    settings = {"memory": None, "allowed": (), "folder": "", "write": False, "prefixes": PREFIXES}
    servant = _Near(settings)
    data.pool = cast(Any, _Pool(servant, data.pool.settings))

    async def match(act: str, space: str, *given: object) -> Any:
        try:
            return servant.match({"act": act, "space": space, "language": "en", "files": None, "with": list(given)})[
                "answer"
            ]
        except RequestRefusedError as error:
            from kg.server.http import HttpError

            raise HttpError(400, str(error)) from None

    data.match = match  # type: ignore[method-assign]
    told: list[str] = []
    return App(data, told.append), told


_PATHS = (
    "/", "/sparql", "/search", "/complete", "/query", "/questions", "/disputes", "/gsp", "/graph", "/reconcile", "/openapi.json", "/about",
    "/.well-known/void", "/entity/a", "/entity/%3Cscript%3E", "/relation/p1", "/ns", "/reconcile/suggest/entity", "/reconcile/preview", "//",
    "/../etc/passwd", "/%2e%2e/x", "/live", "/edit", "/favicon.ico", "/g", "/sparql/",
)  # fmt: skip
_NAMES = ("query", "update", "q", "graph", "default", "iri", "page", "default-graph-uri", "named-graph-uri", "using-graph-uri", "queries",
          "prefix", "kind", "text", "id", "side", "property", "format", "extend", "callback", "cursor", "type", "p", "value", "limit")  # fmt: skip
_VALUES = (
    "ASK {}", "SELECT * { ?s ?p ?o } LIMIT 3", "CONSTRUCT WHERE { ?s ?p ?o }", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT", BASE + "entity/a", BASE + "g", "1", "-1", "0", "99999999999999999999", "", "a", '{"q0": {"query": "a"}}', '{"q0": 1}', "[]",
    '{"ids": ["a"], "properties": [{"id": "rdf:type"}]}', "csv", "json", "\ud800".encode("utf-8", "replace").decode(), "٣", "in", "out",
)  # fmt: skip
_HEADERS: dict[str, tuple[str, ...]] = {
    "host": ("127.0.0.1", "127.0.0.1:8484", "localhost:1", "kg.example", "evil.example", "", "[::1]", "[::1", "127.0.0.1:x", "a b", "kg.example.", "１27.0.0.1"),
    "accept": ("text/html", "*/*", "text/turtle", "application/sparql-results+json;q=0.5, */*;q=0.1", "image/png", ";q=x,,/", "text/*;q=nan", "application/ld+json", ""),
    "content-type": ("application/sparql-query", "application/x-www-form-urlencoded", "application/sparql-update", "text/turtle", "a/b; charset=\"utf-16\"", ";;=", ""),
    "content-length": ("0", "5", "-1", "x", "9" * 30, "٣"),
    "accept-encoding": ("gzip", "gzip;q=0", "*;q=inf", "identity"),
    "origin": ("http://friend.example", "http://evil.example", "null", "http://127.0.0.1"),
    "authorization": ("Bearer x", "Basic eDp5", "Bearer \xff", ""),
    "if-none-match": ('"x"', "W/*", ""), "expect": ("100-continue",), "content-encoding": ("gzip", "identity"),
    "sec-fetch-site": ("cross-site", "same-origin"), "x-forwarded-host": ("evil.example",), "link": ("<x>",),
}  # fmt: skip
_METHODS = (*["GET"] * 9, "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "X")


def _pick(words: tuple[str, ...], chance: random.Random) -> str:
    return any_text(chance) if chance.randrange(6) == 0 else chance.choice(words)


def _make_scope(chance: random.Random) -> tuple[dict[str, Any], bytes]:
    path = chance.choice(_PATHS) if chance.randrange(5) else "/" + any_text(chance)
    pairs = [(_pick(_NAMES, chance), _pick(_VALUES, chance)) for _ in range(chance.randint(0, 3))]
    form = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs).encode()
    if chance.randrange(12) == 0:
        form += b"&%ff=%zz&\xff"
    headers = {"host": "127.0.0.1"} if chance.randrange(8) else {}
    for name in chance.sample(sorted(_HEADERS), chance.randint(0, 4)):
        if name != "host" or chance.randrange(3) == 0:
            headers[name] = _pick(_HEADERS[name], chance)
    listed = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    if chance.randrange(20) == 0:
        listed += listed[:1]
    method = chance.choice(_METHODS)
    body = chance.choice((b"", form, _pick(_VALUES, chance).encode(), chance.randbytes(8)))
    query = form if method != "POST" or chance.randrange(2) else b""
    scope = {"type": "http", "method": method, "http_version": chance.choice(("1.1", "1.0")), "scheme": "http", "path": path,
             "raw_path": quote(path).encode(), "query_string": query, "headers": listed}  # fmt: skip
    return scope, body


def try_http(data: bytes) -> None:
    """Any request is answered: by a status that HTTP has, by headers of one line, by no fault of the server."""
    scope, body = _make_scope(Chance(data))
    app, told = _app()
    told.clear()
    sent: list[dict[str, Any]] = []
    given = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return given.pop(0) if given else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    expect(not [line for line in told if "fault" in line], f"{scope}: {told}")
    expect(sent and sent[0]["type"] == "http.response.start", f"no answer: {sent}")
    status, headers = sent[0]["status"], dict(sent[0]["headers"])
    expect(
        status in {200, 201, 204, 303, 304, 400, 401, 403, 404, 405, 406, 408, 413, 415, 421, 422, 503},
        f"{status}: {scope}",
    )
    expect(
        all(b"\r" not in v and b"\n" not in v for pair in sent[0]["headers"] for v in pair),
        f"a header of two lines: {headers}",
    )
    answer = b"".join(message.get("body", b"") for message in sent[1:])
    expect(
        b"content-length" not in headers or int(headers[b"content-length"]) == len(answer) or scope["method"] == "HEAD",
        "another length",
    )
    host = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if len(host) == 1 and not is_own_host(host[0], app.data.options):
        expect(status in {400, 421}, f"{host} was answered with {status}")
    if headers.get(b"content-type", b"").startswith(b"text/html"):
        expect(b"content-security-policy" in headers, "a page without a policy")
        check_page(answer.decode("utf-8"))


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the scripts in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


_FORBIDDEN = {
    "iframe",
    "object",
    "embed",
    "base",
    "img",
    "template",
    "math",
    "link",
    "video",
    "audio",
    "frame",
    "portal",
}


def check_page(page: str, scripts: int = 1) -> None:
    """Raises FaultError where a text of the page became markup that acts: elements, attributes, addresses."""
    seen = Tags(page).tags
    expect(sum(tag == "script" for tag, _ in seen) <= scripts, "a script that is not ours")
    for tag, attributes in seen:
        expect(tag not in _FORBIDDEN and tag.isascii(), f"<{tag}>")
        for name, value in attributes.items():
            expect(
                not name.startswith("on") and name not in {"style", "src", "srcdoc", "formaction"},
                f"<{tag} {name}={value!r}>",
            )
            expect(all(c.isalnum() or c in "-:_" for c in name), f"<{tag} {name}={value!r}>")
            if name in {"href", "xlink:href", "action"}:
                expect(
                    (value or "").startswith(("#", "/", "http://", "https://", "mailto:", "?")),
                    f"<{tag} {name}={value!r}>",
                )


def try_header(data: bytes) -> None:
    """Headers of any text are read, or taken for none."""
    text = data.decode("latin-1")
    for media in read_accept(text):
        expect(0 <= media.quality <= 1, f"a quality of {media.quality}")
    is_own_host(text, Options())


TARGETS = (
    Target(name="http", run=try_http, make=make_choices, share=8, sample=50),
    Target(name="header", run=try_header, make=lambda c: c.choice(c.choice(list(_HEADERS.values()))).encode("utf-8")[: c.randint(0, 60)] + any_text(c, 3).encode(), share=20, sample=60),
)  # fmt: skip
