"""The SPARQL 1.1 Graph Store HTTP Protocol: graphs are read, put, added to, patched and deleted by their IRIs.

Source: SPARQL 1.1 Graph Store HTTP Protocol (W3C Recommendation, 21 March 2013), sections 4 and 5.
"""

from __future__ import annotations

from secrets import token_hex

import pyoxigraph as ox

from kg.server.condition import Condition, is_known, read_condition
from kg.server.data import Data
from kg.server.guard import check_change
from kg.server.http import HttpError, Reply, Request, decode_body
from kg.server.media import DATASETS, DOCUMENTS, GRAPHS, accepts_gzip, choose_media, label_media, read_content_type
from kg.server.protocol import UPDATE

ROOT = "/gsp"
METHODS = "GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS"
ALL = "*"

_SEVERAL = {"application/n-quads": "nq", "application/trig": "trig", "application/ld+json": "jsonld"}


async def answer_graph(request: Request, reply: Reply, data: Data) -> None:
    """Answer a request for a graph. Raises HttpError."""
    graph = name_graph(request)
    if request.method in {"GET", "HEAD"}:
        await _give(request, reply, data, graph)
        return
    if request.method not in {"PUT", "POST", "PATCH", "DELETE"}:
        raise HttpError(405, f"{request.method} is no method of a graph store here", allow=METHODS)
    check_change(request, data.options)
    if request.method == "DELETE":
        if graph is None:
            raise HttpError(400, "which graph? say ?graph=IRI or ?default")
        await data.change(b"X", {"graph": graph}, only=_read_condition(request, data, graph))
        await reply.give(204, b"", {})
        return
    if request.method == "PATCH":
        await _patch(request, reply, data, graph)
        return
    await _load(request, reply, data, graph)


async def _patch(request: Request, reply: Reply, data: Data, graph: str | None) -> None:
    """Change one graph by an update that sees it as its default graph, and no other (section 5.7)."""
    if graph is None:
        raise HttpError(400, "which graph? say ?graph=IRI or ?default")
    media, parameters = read_content_type(request.header("content-type"))
    charset = parameters.get("charset", "utf-8")
    if media != UPDATE or charset.lower() not in {"utf-8", "us-ascii"}:
        raise HttpError(415, f"a patch is {UPDATE} in UTF-8", accept_patch=UPDATE)
    only = _read_condition(request, data, graph)
    text = decode_body(await request.body(data.options.body, data.options.seconds))
    outcome = await data.change(b"P", {"update": text, "graph": graph, "base": request.url}, only=only)
    await reply.give(201 if outcome["created"] else 204, b"", {})


def name_graph(request: Request) -> str | None:
    """The IRI of the graph that a request is for; empty for the default graph, None where it names none."""
    pairs = request.parameters()
    wanted = [(name, value) for name, value in pairs if name in {"graph", "default"}]
    if len(wanted) > 1:
        raise HttpError(400, "one graph in a request: ?graph=IRI or ?default, once")
    is_direct = request.path.startswith(f"{ROOT}/") and request.path != f"{ROOT}/"
    if is_direct:
        if wanted:
            raise HttpError(400, "the address is that of a graph, and the parameters name another")
        query = request.query_string.decode("ascii", "replace")
        return _check_iri(f"{request.url}?{query}" if query else request.url)
    if not wanted:
        if pairs:  # not all graphs, nor a new one, for a slip of the pen
            raise HttpError(400, f"`{pairs[0][0][:40]}` names no graph: say ?graph=IRI or ?default")
        return None
    name, value = wanted[0]
    if name == "default":
        if value:
            raise HttpError(400, "?default has no value")
        return ""
    return _check_iri(value)


def _check_iri(iri: str) -> str:
    try:
        ox.NamedNode(iri)
    except ValueError:
        raise HttpError(400, f"`{iri[:200]}` is no absolute IRI") from None
    return iri


async def _give(request: Request, reply: Reply, data: Data, graph: str | None) -> None:
    offered = _SEVERAL if graph is None else GRAPHS
    media = choose_media(request.header("accept"), offered)
    if media is None:
        raise HttpError(406, f"{'all graphs are' if graph is None else 'a graph is'} given as {', '.join(offered)}")
    tag = _tag(data, graph, media)
    if is_known(request, tag):
        await reply.give(304, b"", {"etag": tag, "cache-control": "no-cache"})
        return
    told = {
        "graph": ALL if graph is None else graph, "form": offered[media], "union": data.about.union,
        "gzip": accepts_gzip(request.header("accept-encoding")), "most_bytes": None,
    }  # fmt: skip
    headers = {"etag": tag, "cache-control": "no-cache"}
    await data.answer(request, reply, b"G", told, {True: label_media(media)}, headers)


def _tag(data: Data, graph: str | None, media: str) -> str:
    """The entity tag of a graph, by which a change can be guarded: an exact one, for a store gives it in one order."""
    return data.tag("graph", graph, media, exact=True)


def _read_condition(request: Request, data: Data, graph: str | None) -> Condition:
    tags = [_tag(data, graph, media) for media in (_SEVERAL if graph is None else GRAPHS)]
    return read_condition(request, tags, data.version)


async def _load(request: Request, reply: Reply, data: Data, graph: str | None) -> None:
    header = request.header("content-type")
    media, _ = read_content_type(header)
    is_dataset = graph is None and media in DATASETS and media not in DOCUMENTS
    if media not in DOCUMENTS and media != "multipart/form-data" and not is_dataset:
        known = ", ".join(DOCUMENTS)
        raise HttpError(415, f"`{media}` is not read here; it may be {known}" if media else f"say what it is: {known}")
    only = _read_condition(request, data, graph)
    location = {}
    if graph is None and not is_dataset:
        if request.method == "PUT":
            raise HttpError(400, "which graph? say ?graph=IRI or ?default")
        graph = f"{request.base}{ROOT}/{token_hex(8)}"  # a graph of its own
        location = {"location": graph}
    body = await request.body(data.options.body, data.options.seconds)
    told = {
        "graph": ALL if graph is None else graph, "type": header, "base": graph or request.url,
        "replace": request.method == "PUT",
    }  # fmt: skip
    outcome = await data.change(b"L", told, body, only=only)
    if outcome["created"]:
        await reply.give(201, b"", location)
    else:
        await reply.give(204, b"", location)
