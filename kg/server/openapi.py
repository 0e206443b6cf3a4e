"""What the server offers beside SPARQL, described for programs: OpenAPI 3.1 at `/openapi.json`.

Source: OpenAPI Specification 3.1.1 (24 October 2024).
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from kg.server.data import Data
from kg.server.explore.search import KINDS
from kg.server.http import Reply, Request
from kg.server.media import FORM, GRAPHS
from kg.server.reconcile import MOST_IDS, MOST_QUERIES, MOST_SUGGESTED, ROOT

ADDRESS = "/openapi.json"

_Json = dict[str, Any]
_TEXT: _Json = {"type": "string"}
_GRAPH_MEDIA = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")


async def give_openapi(request: Request, reply: Reply, data: Data) -> None:
    """Answer with the description."""
    text = json.dumps(describe_interface(request.base, data.about.title), ensure_ascii=False, indent=1)
    headers = {"content-type": "application/json", "cache-control": "no-cache"}
    await reply.give(200, text.encode("utf-8", "replace") + b"\n", headers)


def describe_interface(base: str, title: str) -> _Json:
    """The description of a server at an address, with the title of its data."""
    assert set(_GRAPH_MEDIA) <= set(GRAPHS)
    graph = {media: {"schema": _TEXT} for media in _GRAPH_MEDIA}
    things = {**graph, "text/html": {"schema": _TEXT}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title, "version": _find_version(),
            "summary": "What a graph is, by its things; names matched against it.",
            "description": "SPARQL at /sparql and graphs at /gsp keep to the SPARQL 1.1 Protocol and the Graph Store "
            "Protocol, and describe themselves at /sparql.",
        },
        "externalDocs": {"description": "SPARQL 1.1 Protocol", "url": "https://www.w3.org/TR/sparql11-protocol/"},
        "servers": [{"url": base}],
        "paths": {
            "/": _get("What there is here", {"text/plain": {"schema": _TEXT}, "text/html": {"schema": _TEXT}}),
            "/about": _get("The things by class, and what else there is", {
                "text/plain": {"schema": _TEXT}, "text/html": {"schema": _TEXT},
            }),
            "/live": _get("What kg check finds, and whether there is another page, of a project",
                          {"text/event-stream": {"schema": _TEXT}}, absent=True),
            "/.well-known/void": _get("What the data are (VoID)", graph),
            ADDRESS: _get("This description", _json({"type": "object"})),
            "/resource": _get(
                "A thing, by its IRI or CURIE", things,
                [_parameter("iri", "its IRI or CURIE", required=True), *_PARTS], absent=True,
            ),
            **_describe_explorer(),
            "/{path}": _get(
                "A thing whose IRI is the base of the data set with this path", things,
                [{"name": "path", "in": "path", "required": True, "schema": _TEXT,
                  "description": "the path, slashes included"}, *_PARTS], absent=True,
            ),
            **_describe_reconciliation(),
        },
        "components": {"schemas": _SCHEMAS},
    }  # fmt: skip


def _find_version() -> str:
    try:
        return version("kg-claims")
    except PackageNotFoundError:  # it runs where it was not installed
        return "unknown"


def _describe_explorer() -> dict[str, _Json]:
    page: _Json = {"text/html": {"schema": _TEXT}}
    table = page | {media: {"schema": _TEXT} for media in ("text/csv", "application/sparql-results+json")}
    form = _parameter("format", "as a file, instead of a page", {"enum": ["csv", "json", "ttl"]})
    at = _parameter("page", "which page of them", {"type": "integer", "minimum": 1})
    spoken = _LANGUAGE
    one: _Json = {"in": "path", "required": True, "schema": _TEXT}
    offers = _object("offers", offers=_list(_object("text name iri", text=_TEXT, name=_TEXT, iri=_TEXT)))
    return {
        "/search": _get("Things by their names", page, [_parameter("q", "a name, or what is near one"), at, spoken]),
        "/complete": _get(
            "Completions for a query", _json(offers),
            [_parameter("kind", "what may stand there", {"enum": list(KINDS)}), _parameter("q", "what was typed"),
             _parameter("subject", "the subject, `<IRI>` or CURIE: its properties come first"),
             _parameter("class", "the class of the subject: the properties of its things come first"),
             _parameter("property", "the property: its values come first"), spoken],
        ),
        "/query": _get("A page to ask SPARQL at", table | {"text/turtle": {"schema": _TEXT}},
                       [_parameter("query", "a query"), form, spoken]),
        "/questions": _get("Named questions", page, [spoken]),
        "/questions/{name}": _get(
            "Answer of a named question; its parameters are those of the address", table,
            [one | {"name": "name", "description": "its name"}, form, spoken], absent=True,
        ),
        "/disputes": _get("Disputes", page, [_parameter("relation", "of this kind alone"), at, spoken]),
        "/disputes/{key}": _get(
            "Dispute with its claims side by side", page,
            [one | {"name": "key", "description": "its key"}, spoken], absent=True,
        ),
    }  # fmt: skip


def _describe_reconciliation() -> dict[str, _Json]:
    batch = _refer("QueryBatch")
    answers: _Json = {"oneOf": [_refer("ResultBatch"), _refer("Extension"), _refer("Manifest")]}
    asked = [
        {"name": "queries", "in": "query", "content": {"application/json": {"schema": batch}}},
        {"name": "extend", "in": "query", "content": {"application/json": {"schema": _refer("ExtensionQuery")}}},
    ]
    form = {"type": "object", "properties": {"queries": batch, "extend": _refer("ExtensionQuery")}}
    encoding = {name: {"contentType": "application/json"} for name in ("queries", "extend")}
    root = _get("The manifest; with queries, candidates; with an extension, values", _json(answers), asked)
    root["post"] = {
        "summary": "Candidates for names, or values of properties",
        "operationId": "postReconcile",
        "requestBody": {"required": True, "content": {FORM: {"schema": form, "encoding": encoding}}},
        "responses": _answers(_json(answers)),
    }
    paths = {ROOT: root}
    listed = [
        _parameter("prefix", "what was typed", required=True),
        _parameter("cursor", "how many to skip", {"type": "integer", "minimum": 0}),
        _parameter("limit", "how many to give", {"type": "integer", "minimum": 1, "maximum": MOST_SUGGESTED}),
    ]
    one = [_parameter("id", "an identifier, IRI or CURIE", required=True)]
    for kind, what in (("entity", "Things"), ("type", "Classes"), ("property", "Properties")):
        paths[f"{ROOT}/suggest/{kind}"] = _get(
            f"{what} whose names begin as given", _json(_refer("Suggestions")), listed
        )
        flyout = {"type": "object", "properties": {"id": _TEXT, "html": _TEXT}, "required": ["id", "html"]}
        paths[f"{ROOT}/flyout/{kind}"] = _get(f"{what}: one of them, shortly", _json(flyout), one, absent=True)
    paths[f"{ROOT}/preview"] = _get(
        "A page about a thing, for a frame", {"text/html": {"schema": _TEXT}}, one, absent=True
    )
    kinds = [_parameter("type", "a class", required=True), _parameter("limit", "how many", {"type": "integer"})]
    paths[f"{ROOT}/properties"] = _get("Properties that things of a class have", _json(_refer("Proposal")), kinds)
    return paths


def _get(summary: str, content: _Json, parameters: list[_Json] | None = None, *, absent: bool = False) -> _Json:
    words = "".join(c if c.isalnum() else " " for c in summary).split()
    return {
        "get": {
            "summary": summary, "operationId": words[0].lower() + "".join(word.capitalize() for word in words[1:]),
            **({"parameters": parameters} if parameters else {}), "responses": _answers(content, absent=absent),
        }
    }  # fmt: skip


def _answers(content: _Json, *, absent: bool = False) -> _Json:
    told = {"text/plain": {"schema": _TEXT}}
    reasons = {"400": "why it was not asked rightly", "503": "why it cannot be answered now"}
    if absent:
        reasons["404"] = "there is no such thing"
    failures = {status: {"description": why, "content": told} for status, why in sorted(reasons.items())}
    return {"200": {"description": "the answer", "content": content}, **failures}


def _json(schema: _Json) -> _Json:
    return {"application/json": {"schema": schema}}


def _parameter(name: str, what: str, schema: _Json | None = None, *, required: bool = False) -> _Json:
    made = {"name": name, "in": "query", "description": what, "schema": schema or _TEXT}
    return made | ({"required": True} if required else {})


def _refer(name: str) -> _Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: str = "", **properties: _Json) -> _Json:
    made: _Json = {"type": "object", "properties": properties}
    return made | ({"required": required.split()} if required else {})


def _list(items: _Json, most: int | None = None) -> _Json:
    return {"type": "array", "items": items} | ({"maxItems": most} if most is not None else {})


_LANGUAGE = _parameter("l", "the language of the page, and of names", {"enum": ["en", "zh"]})
_PARTS = [
    _LANGUAGE,
    _parameter("of", "a property: a page of its values alone"),
    _parameter("in", "a property: a page of the links by it alone"),
    _parameter("uses", "of a property: a page of the statements with it", {"const": ""}),
    _parameter("page", "which page of them", {"type": "integer", "minimum": 1}),
]
_NAMED = _object("id name", id=_TEXT, name=_TEXT)
_VALUE: _Json = {"type": ["string", "number", "boolean", "object"]}
_SCHEMAS: _Json = {
    "Named": _NAMED,
    "Query": _object(
        query=_TEXT | {"maxLength": 1000}, type={"oneOf": [_TEXT, _list(_TEXT)]},
        type_strict={"enum": ["any", "all", "should"]}, limit={"type": "number", "exclusiveMinimum": 0},
        properties=_list(_object("pid v", pid=_TEXT, v={"oneOf": [_VALUE, _list(_VALUE)]})),
    ),
    "QueryBatch": {"type": "object", "additionalProperties": _refer("Query"), "maxProperties": MOST_QUERIES},
    "Candidate": _object(
        "id name score match type", id=_TEXT, name=_TEXT, description=_TEXT,
        score={"type": "number", "minimum": 0, "maximum": 100}, match={"type": "boolean"}, type=_list(_refer("Named")),
        features=_list(_object("id value", id=_TEXT, value={"type": ["number", "boolean"]})),
    ),
    "ResultBatch": {
        "type": "object", "additionalProperties": _object("result", result=_list(_refer("Candidate"))),
    },
    "ExtensionQuery": _object(
        "ids properties", ids=_list(_TEXT, MOST_IDS), properties=_list(_object("id", id=_TEXT))
    ),
    "Extension": _object(
        "meta rows", meta=_list(_refer("Named")),
        rows={"type": "object", "additionalProperties": {"type": "object", "additionalProperties": _list(_object())}},
    ),
    "Proposal": _object("properties", type=_TEXT, properties=_list(_refer("Named"))),
    "Suggestions": _object("result", result=_list(_refer("Named"))),
    "Manifest": _object(
        "versions name identifierSpace schemaSpace", versions=_list(_TEXT), name=_TEXT, identifierSpace=_TEXT,
        schemaSpace=_TEXT,
    ),
}  # fmt: skip
