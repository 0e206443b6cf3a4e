"""The Reconciliation Service API 0.2: programs such as OpenRefine match names against the things of the store.

Source: Reconciliation Service API 0.2 (Entity Reconciliation Community Group, 10 April 2023). JSONP, which it leaves
open, is not offered: a script may be loaded by any page, and would hand it the answer.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from kg.server.data import Data
from kg.server.http import HttpError, Reply, Request, read_parameters, take_once
from kg.server.media import FORM, read_content_type
from kg.text.diagnostic import make_lines_visible
from kg.text.markup import name_digest
from kg.text.pagewords import isolate

ROOT = "/reconcile"
METHODS = "GET, HEAD, POST, OPTIONS"
MOST_QUERIES, MOST_IDS, MOST_SUGGESTED = 50, 1_000, 20

_SCHEMA_SPACE = "http://www.w3.org/2000/01/rdf-schema#Class"
_KINDS = ("entity", "type", "property")
_STYLE = """body{font:14px/1.4 system-ui,sans-serif;margin:.6rem;color:#1a1a1a;background:#fff}
h1{font-size:1rem;margin:0}p{margin:.2rem 0}"""

Json = dict[str, Any]


async def answer_reconciliation(request: Request, reply: Reply, data: Data) -> None:
    """Answer a request below `/reconcile`. Raises HttpError."""
    if request.method not in {"GET", "HEAD", "POST"}:
        raise HttpError(405, f"{request.method} is no method of a reconciliation service", allow=METHODS)
    pairs = request.parameters()
    path = request.path.rstrip("/")
    if request.method == "POST":
        if path != ROOT:
            raise HttpError(405, "this address is asked by GET", allow="GET, HEAD, OPTIONS")
        media, _ = read_content_type(request.header("content-type"))
        if media != FORM:
            raise HttpError(415, f"a batch of queries comes as {FORM}")
        pairs += read_parameters(await request.body(min(data.options.body, 1 << 22), data.options.seconds))
    given = take_once(pairs)
    if "callback" in given:
        raise HttpError(400, "JSONP is not offered: ask with CORS (--cors ORIGIN)")
    if path == ROOT:
        await _answer_root(request, reply, data, given)
    elif path == f"{ROOT}/preview":
        await _give_preview(request, reply, data, given)
    elif path == f"{ROOT}/properties":
        kind = _want(given, "type")
        await _give(reply, await data.match("propose", name_space(request, data), kind, _read_limit(given, 50)))
    elif path.startswith((f"{ROOT}/suggest/", f"{ROOT}/flyout/")) and path.rpartition("/")[2] in _KINDS:
        await _answer_suggestion(request, reply, data, given, path)
    else:
        raise HttpError(404, f"there is nothing at {request.raw_path[:200]}")


async def _answer_root(request: Request, reply: Reply, data: Data, given: dict[str, str]) -> None:
    space = name_space(request, data)
    if "queries" in given and "extend" in given:
        raise HttpError(400, "queries and an extension in one request: give one of them")
    if "queries" in given:
        batch = _read_object(given["queries"], "queries")
        if len(batch) > MOST_QUERIES:
            raise HttpError(413, f"a batch holds at most {MOST_QUERIES} queries")
        await _give(reply, await data.match("match", space, batch))
    elif "extend" in given:
        wish = _read_object(given["extend"], "extend")
        ids = wish.get("ids")
        if isinstance(ids, list) and len(ids) > MOST_IDS:
            raise HttpError(413, f"an extension asks for at most {MOST_IDS} things")
        await _give(reply, await data.match("extend", space, wish))
    elif request.method == "POST":
        raise HttpError(400, "neither queries nor extend in the body")
    else:
        await _give(reply, make_manifest(request, data))


async def _answer_suggestion(request: Request, reply: Reply, data: Data, given: dict[str, str], path: str) -> None:
    kind = path.rpartition("/")[2]
    space = name_space(request, data)
    if path.startswith(f"{ROOT}/suggest/"):
        prefix, cursor = _want(given, "prefix"), _read_number(given, "cursor", 0, 0, 100_000)
        if len(prefix) > 1_000:
            raise HttpError(400, "a prefix has at most 1,000 characters")
        await _give(reply, await data.match("suggest", space, kind, prefix, cursor, _read_limit(given, MOST_SUGGESTED)))
        return
    about = await _describe(request, data, given)
    await _give(reply, {"id": given["id"], "html": _write_body(about)})


async def _describe(request: Request, data: Data, given: dict[str, str]) -> Json:
    identifier = _want(given, "id")
    about: Json | None = await data.match("describe", name_space(request, data), identifier)
    if about is None:
        raise HttpError(404, f"nothing has a name and the identifier {identifier[:200]}")
    return about


async def _give_preview(request: Request, reply: Reply, data: Data, given: dict[str, str]) -> None:
    about = await _describe(request, data, given)
    language = escape(data.about.language)
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{_show(about["name"])}</title>'
        f"<style>{_STYLE}</style></head><body>{_write_body(about)}</body></html>\n"
    )
    framed = " ".join(data.options.cors) if data.options.cors else "'none'"
    bounds = "default-src 'none'; base-uri 'none'; form-action 'none'"
    policy = f"{bounds}; style-src {name_digest(_STYLE)}; frame-ancestors {framed}"
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
    await reply.give(200, text.encode("utf-8", "replace"), headers)


def _show(name: str) -> str:
    """A name as HTML, in which it turns nothing around."""
    return escape(isolate(make_lines_visible(name)))


def _write_body(about: Json) -> str:
    lines = [f"<h1>{_show(about['name'])}</h1>"]
    lines += [f"<p>{', '.join(map(_show, about[key]))}</p>" for key in ("types", "others") if about[key]]
    lines.append(f"<p><code>{escape(about['iri'])}</code></p>")
    return "".join(lines)


def make_manifest(request: Request, data: Data) -> Json:
    """What the service says of itself."""
    here = f"{request.base}{ROOT}"
    suggest = {
        kind: {
            "service_url": request.base, "service_path": f"{ROOT}/suggest/{kind}",
            "flyout_service_url": request.base, "flyout_service_path": f"{ROOT}/flyout/{kind}?id=${{id}}",
        }
        for kind in _KINDS
    }  # fmt: skip
    propose = {"service_url": request.base, "service_path": f"{ROOT}/properties"}
    return {
        "versions": ["0.2"], "name": data.about.title, "identifierSpace": name_space(request, data),
        "schemaSpace": _SCHEMA_SPACE, "view": {"url": f"{request.base}/resource?iri={{{{id}}}}"},
        "preview": {"url": f"{here}/preview?id={{{{id}}}}", "width": 400, "height": 140},
        "suggest": suggest, "extend": {"propose_properties": propose, "property_settings": []},
        "batchSize": MOST_QUERIES,
    }  # fmt: skip


def name_space(request: Request, data: Data) -> str:
    """How the IRIs of things begin; what follows is their identifier."""
    return data.about.base if data.about.base is not None else f"{request.base}/"


async def _give(reply: Reply, answer: Json) -> None:
    raw = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
    await reply.give(200, raw + b"\n", {"content-type": "application/json", "cache-control": "no-cache"})


def _want(given: dict[str, str], name: str) -> str:
    if not given.get(name):
        raise HttpError(400, f"say `{name}`")
    return given[name]


def _read_limit(given: dict[str, str], most: int) -> int:
    return _read_number(given, "limit", most, 1, most)


def _read_number(given: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    text = given.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise HttpError(400, f"`{name}` is a whole number")
    return max(least, min(most, int(text)))


def _read_object(text: str, name: str) -> Json:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise HttpError(400, f"`{name}` is no JSON") from None
    if not isinstance(found, dict):
        raise HttpError(400, f"`{name}` is no JSON object")
    return found
