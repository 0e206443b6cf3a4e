"""`kg serve`: what it answers, what it refuses, and that no query brings it down."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from serving import ROOT, Served, serve

from kg.server.about import About
from kg.server.answer import Wish, send_graph
from kg.server.app import App
from kg.server.data import Data
from kg.server.options import Options
from kg.server.processes.process import ProcessSettings
from kg.server.processes.writer import ToldError, Writer
from kg.system.worker.limits import StoppedError

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"
MANY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ROW = "SELECT ?o { <http://t.example/s> ?p ?o } ORDER BY ?o LIMIT 2"
TTL = "@prefix t: <http://t.example/> .\nt:s t:p 1 , 'two'@en ."


BOUNDS = ("--memory", "--write", "--no-token", "--most-rows", "5000", "--most-body", "300000", "--workers", "6")


@pytest.fixture(scope="module")
def open_server() -> Iterator[Served]:
    """A store in memory that everybody may change, with short bounds but for time: the machine may be busy."""
    with serve(*BOUNDS, "--timeout", "60") as served:
        yield served


@pytest.fixture(scope="module")
def hurried_server() -> Iterator[Served]:
    """A store in memory that everybody may change, in a server that has little time for each answer."""
    with serve(*BOUNDS, "--timeout", "3") as served:
        yield served


@pytest.fixture
def server(open_server: Served) -> Served:
    """A store in memory that everybody may change, with one graph and the default graph as they are to be."""
    return _fill(open_server)


@pytest.fixture
def hurried(hurried_server: Served) -> Served:
    """Such a store in a server that breaks off what takes more than three seconds."""
    return _fill(hurried_server)


def _fill(served: Served) -> Served:
    if FILLED.get(served.port) != _read_tag(served):
        assert served.update("DROP ALL").status == 204
        data = " . ".join(f"<http://t.example/s> <http://t.example/p> {n}" for n in range(300))
        graph = "GRAPH <http://t.example/g> { <a:a> <a:b> <a:c> }"
        assert served.update(f"INSERT DATA {{ {data} {graph} }}").status == 204
        FILLED[served.port] = _read_tag(served)
    return served


FILLED: dict[int, str] = {}


def _read_tag(served: Served) -> str:
    return served.ask("HEAD", "/gsp").headers["etag"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of `kg init`."""
    folder = tmp_path_factory.mktemp("served") / "p"
    made = subprocess.run(
        [sys.executable, "-m", "kg", "init", str(folder)], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False,
        capture_output=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def graph(project: Path) -> Iterator[Served]:
    """The graph of a project."""
    with serve("--cors", "https://page.example", "--allow-host", "kg.test", folder=project) as served:
        yield served


# ---- answers


def test_rows_come_in_every_format(server: Served) -> None:
    got = server.query(ROW)
    assert got.headers["content-type"] == "application/sparql-results+json"
    assert [row["o"]["value"] for row in json.loads(got.body)["results"]["bindings"]] == ["0", "1"]
    got = server.query(ROW, accept="application/sparql-results+xml")
    assert got.headers["content-type"] == "application/sparql-results+xml"
    assert got.text.count("<result>") == 2
    got = server.query(ROW, accept="text/csv")
    assert (got.headers["content-type"], got.text) == ("text/csv; charset=utf-8", "o\r\n0\r\n1\r\n")
    got = server.query(ROW, accept="text/tab-separated-values;q=0.9, text/csv;q=0.1")
    assert (got.headers["content-type"], got.text) == ("text/tab-separated-values; charset=utf-8", "?o\n0\n1\n")
    assert server.query("ASK { ?s ?p 7 }", accept="text/csv").text.strip() == "true"
    assert server.query(ROW, accept="image/png").status == 406
    assert server.query("ASK {}", accept="text/turtle").status == 406  # known only when it is asked


@pytest.mark.parametrize(
    ("media", "form"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/trig", ox.RdfFormat.TRIG),
        ("application/n-quads", ox.RdfFormat.N_QUADS),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    ],
)
def test_graphs_come_in_every_format(server: Served, media: str, form: ox.RdfFormat) -> None:
    got = server.query("CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }", accept=media)
    assert got.headers["content-type"].split(";")[0] == media
    assert [str(quad.triple) for quad in ox.parse(got.body, format=form)] == ["<a:a> <a:b> <a:c>"]
    given = server.ask("GET", "/gsp?graph=http://t.example/g", accept=media)
    assert [str(quad.triple) for quad in ox.parse(given.body, format=form)] == ["<a:a> <a:b> <a:c>"]


def test_what_a_format_of_graphs_cannot_hold_is_refused(server: Served) -> None:
    """The library writes elements without a name, or ends in the middle."""
    xml, cannot = "application/rdf+xml", "RDF/XML cannot say the property <{}>; ask for another format\n"
    for verb in ("http://a.example/1", "http://www.w3.org/1999/02/22-rdf-syntax-ns#li"):
        got = server.query(f"CONSTRUCT {{ <a:a> <{verb}> 2 }} {{}}", accept=xml)
        assert (got.status, got.text) == (406, cannot.format(verb))
        assert server.query(f"CONSTRUCT {{ <a:a> <{verb}> 2 }} {{}}", accept="text/turtle").status == 200
    nested = "CONSTRUCT { <a:a> <a:b> <<( <a:c> <a:d> 2 )>> } {}"
    got = server.query(nested, accept="application/ld+json")
    assert (got.status, got.text) == (406, "JSON-LD has no triple terms; ask for another format\n")


def test_blank_nodes_have_names_that_xml_takes() -> None:
    """Their labels begin with a digest, which may begin with a digit; no label of RDF/XML does."""
    triples = [ox.Triple(ox.BlankNode("0a-b1"), ox.NamedNode("a:p"), ox.BlankNode("b0a-b1"))]
    out = io.BytesIO()
    send_graph(triples, Wish(form="rdf", gzip=False, rows=None, size=None), out, {})
    [quad] = ox.parse(b"<?xml" + out.getvalue().partition(b"<?xml")[2], format=ox.RdfFormat.RDF_XML)
    assert isinstance(quad.subject, ox.BlankNode) and isinstance(quad.object, ox.BlankNode)
    assert quad.subject != quad.object


def test_a_query_is_asked_in_three_ways(server: Served) -> None:
    form = urlencode({"query": ROW})
    direct = server.ask("POST", "/sparql", ROW, content_type="application/sparql-query")
    posted = server.ask("POST", "/sparql", form, content_type="application/x-www-form-urlencoded; charset=UTF-8")
    assert direct.body == posted.body == server.ask("GET", f"/sparql/?{form}").body
    head = server.ask("HEAD", f"/sparql?{form}")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(direct.body)))


@pytest.mark.parametrize(
    ("method", "path", "body", "media", "status"),
    [
        ("PUT", "/sparql?query=ASK%7B%7D", "", "", 405),
        ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, "", 400),
        ("GET", "/sparql?update=DROP%20ALL", None, "", 400),
        ("GET", "/sparql?query=%FF", None, "", 400),
        ("GET", "/sparql?query=", None, "", 400),
        ("GET", "/sparql?query=ASK%7B%7D&using-graph-uri=http://a/", None, "", 400),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=nowhere", None, "", 400),
        ("GET", "/sparql?" + "&".join(f"a{n}" for n in range(300)), None, "", 400),
        ("POST", "/sparql", "ASK {}", "", 415),
        ("POST", "/sparql", "ASK {}", "text/plain", 415),
        ("POST", "/sparql", "query=ASK%7B%7D&update=DROP%20ALL", "application/x-www-form-urlencoded", 400),
        ("POST", "/sparql", "update=DROP%20ALL&update=DROP%20ALL", "application/x-www-form-urlencoded", 400),
        ("POST", "/sparql", "nothing=here", "application/x-www-form-urlencoded", 400),
        ("POST", "/sparql?query=ASK%7B%7D", "ASK {}", "application/sparql-query", 400),
        ("POST", "/sparql", b"ASK { <a:\xff> ?p ?o }", "application/sparql-query", 400),
        ("POST", "/sparql", "ASK {}", "application/sparql-query; charset=UTF-16", 415),
        ("POST", "/sparql?default-graph-uri=http://a/", "DROP ALL", "application/sparql-update", 400),
        ("POST", "/sparql?using-graph-uri=a:a", "INSERT {} USING <a:b> WHERE {}", "application/sparql-update", 400),
        ("POST", "/sparql", "CLEAR XYZ", "application/sparql-update", 400),
        ("POST", "/sparql", "x" * 400_000, "application/sparql-update", 413),
        ("DELETE", "/gsp", None, "", 400),
        ("GET", "/gsp?graph=nowhere", None, "", 400),
        ("GET", "/gsp?graph=http://a/&default", None, "", 400),
        ("GET", "/gsp?graph=http://nobody.example/", None, "", 404),
        ("MOVE", "/gsp?default", "", "", 405),
        ("PUT", "/gsp", "", "text/turtle", 400),
        ("PUT", "/gsp?default", "", "", 415),
        ("PUT", "/gsp?default", "", "image/png", 415),
        ("PUT", "/gsp?default", TTL, "text/turtle; charset=utf-16", 415),
        ("PUT", "/gsp?default", "<a:a> <a:b> .", "text/turtle", 400),
        ("PUT", "/gsp?graph=http://a/", b"\xff\xfe", "text/turtle", 400),
        ("POST", "/gsp?default", "no form", "multipart/form-data; boundary=x", 400),
        ("POST", "/.well-known/void", "", "text/turtle", 405),
        ("GET", "/../../etc/passwd", None, "", 404),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", None, "", 404),
        ("GET", "/resource?iri=http://nobody.example/", None, "", 404),
        ("GET", "/resource?iri=%3E%20%7D%20DROP%20ALL", None, "", 404),
        ("GET", "/resource", None, "", 400),
    ],
)  # fmt: skip
def test_wrong_requests_are_refused_with_a_reason(
    server: Served, method: str, path: str, body: str | bytes | None, media: str, status: int
) -> None:
    got = server.ask(method, path, body, **({"content_type": media} if media else {}))
    assert (got.status, got.headers["content-type"]) == (status, "text/plain; charset=utf-8"), got.text
    assert got.text.endswith("\n") and len(got.text) > 10
    assert server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", accept="text/csv").text == "n\r\n300\r\n"


def test_the_data_set_of_the_protocol_wins_over_that_of_the_query(server: Served) -> None:
    ask = {"query": "ASK FROM <http://t.example/none> { <a:a> ?p ?o }", "default-graph-uri": "http://t.example/g"}
    assert json.loads(server.ask("GET", "/sparql?" + urlencode(ask)).body)["boolean"] is True
    only_named = {"query": "ASK { ?s ?p ?o }", "named-graph-uri": "http://t.example/g"}
    assert json.loads(server.ask("GET", "/sparql?" + urlencode(only_named)).body)["boolean"] is False
    update = "DELETE WHERE { ?s ?p ?o }"
    path = "/sparql?using-graph-uri=http://t.example/g"
    assert server.ask("POST", path, update, content_type="application/sparql-update").status == 204
    assert server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", accept="text/csv").text == "n\r\n300\r\n"


def test_a_merge_of_graphs_holds_a_triple_once(server: Served) -> None:
    """SPARQL 1.1 Query Language, section 13.2, and Protocol, sections 2.1.4 and 2.2.3."""
    triples = {"one": "<a:a> <a:b> 1 , 2", "two": "<a:a> <a:b> 2 , 3", "three": "<a:a> <a:b> 4"}
    data = " ".join(f"GRAPH <http://t.example/{name}> {{ {those} }}" for name, those in triples.items())
    assert server.update(f"INSERT DATA {{ {data} }}").status == 204
    count = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"

    def clauses(word: str, *names: str) -> str:
        return " ".join(f"{word}<http://t.example/{name}>" for name in names)

    for names, n in (("one two", 3), ("one three", 3), ("one two three one", 4), ("one one", 2)):
        got = server.query(count.format(clauses("FROM ", *names.split())), accept="text/csv")
        assert got.text == f"n\r\n{n}\r\n", names
        asked = [("query", count.format("")), *(("default-graph-uri", f"http://t.example/{n}") for n in names.split())]
        assert server.ask("GET", "/sparql?" + urlencode(asked), accept="text/csv").text == f"n\r\n{n}\r\n", names
    refused = server.query(count.format("FROM <http://t.example/one> FROMx:two"), accept="text/csv")
    assert refused.status == 400 and "put a blank behind `FROM`" in refused.text

    put = "INSERT { GRAPH <http://t.example/sum> { <a:sum> <a:b> ?n } }"
    for names, status in (("one three", 204), ("one two", 400), ("one one", 400)):
        update = f"{put} {clauses('USING ', *names.split())} WHERE {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }}"
        assert server.update(update).status == status, names
    counted = "WHERE { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }"
    several = f"DROP SILENT GRAPH <http://t.example/x> ; {put} {clauses('USING ', 'one', 'three')} {counted}"
    assert "send that one by itself" in server.update(several).text
    assert server.update(put + " USING <http://t.example/one> USINGx:y WHERE { ?n ?p ?o }").status == 400
    both = clauses("USING ", "one", "two")
    for template, where, status in (  # whether it matters how often a triple is found
        ("<a:x> <a:y> ?o", "", 204), ("<a:x> <a:y> []", "", 400), ("<a:x> <a:y> _:b", "", 400),
        ("<a:x> <a:y> (1)", "", 400), ("<a:x> <a:y> ?u", "BIND(UUID() AS ?u)", 400),
        ("<a:x> <a:y> ?u", "BIND(bnode() AS ?u)", 400), ("<a:x> <a:y> ?o", "FILTER(?o > 1)", 204),
    ):  # fmt: skip
        insert = f"DELETE {{ <a:no> <a:no> 1 }} INSERT {{ GRAPH <http://t.example/made> {{ {template} }} }}"
        got = server.update(f"{insert} {both} WHERE {{ ?s ?p ?o {where} }}")
        assert got.status == status, (template, where, got.text)
        assert server.update(f"DROP SILENT GRAPH <a:x> ; {insert} {both} WHERE {{ ?s ?p ?o {where} }}").status == status
    made = "SELECT (COUNT(*) AS ?n) { GRAPH <http://t.example/made> { ?s ?p ?o } }"
    assert server.query(made, accept="text/csv").text == "n\r\n3\r\n"
    asked = [("using-graph-uri", f"http://t.example/{name}") for name in ("one", "two")]
    update = put + " WHERE { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }"
    got = server.ask("POST", "/sparql?" + urlencode(asked), update, content_type="application/sparql-update")
    assert got.status == 400 and "hold the same triples" in got.text
    query = "SELECT ?n { GRAPH <http://t.example/sum> { ?s ?p ?n } }"
    assert server.query(query, accept="text/csv").text == "n\r\n3\r\n"


def test_a_query_without_a_prefix_or_with_a_slip_is_told_its_place(server: Served) -> None:
    got = server.query("ASK { ?s schem:x ?o }")
    assert (got.status, got.text.partition(" (")[0].strip()) == (400, "query:1:10: no prefix `schem:`")


def test_what_is_known_is_not_sent_again(server: Served) -> None:
    first = server.query(ROW)
    assert server.query(ROW, if_none_match=first.headers["etag"]).status == 304
    assert server.query(ROW, if_none_match=first.headers["etag"], accept="text/csv").status == 200
    assert "etag" not in server.query("SELECT (RAND() AS ?r) {}").headers
    assert server.update("INSERT DATA { <a:a> <a:b> <a:c> }").status == 204
    assert server.query(ROW, if_none_match=first.headers["etag"]).status == 200


def test_large_answers_are_packed_where_that_is_welcome(server: Served) -> None:
    query = "SELECT * { ?s ?p ?o } ORDER BY ?o"
    plain, packed = server.query(query), server.query(query, accept_encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip" and len(packed.body) < len(plain.body) / 5
    assert gzip.decompress(packed.body) == plain.body
    assert "content-encoding" not in server.query(query, accept_encoding="gzip;q=0").headers
    assert "content-encoding" not in server.query(ROW, accept_encoding="gzip").headers


# ---- the graph store


def test_a_graph_is_put_read_added_to_and_deleted(server: Served) -> None:
    path = "/gsp?graph=http://t.example/new"
    assert server.ask("PUT", path, TTL, content_type="text/turtle").status == 201
    assert server.ask("PUT", path, TTL, content_type="text/turtle").status == 204
    assert server.ask("POST", path, "<a:a> <a:b> <rel> .", content_type="text/turtle").status == 204
    got = server.ask("GET", path, accept="application/n-triples")
    assert len(got.text.strip().split("\n")) == 3 and "<http://t.example/rel>" in got.text
    assert server.ask("DELETE", path).status == 204
    assert server.ask("DELETE", path).status == 404
    assert server.ask("PUT", path, "", content_type="text/turtle").status == 201  # empty, and there
    assert (server.ask("GET", path, accept="text/turtle").status, server.ask("HEAD", path).status) == (200, 200)


PATCHES = [
    ("INSERT DATA { <a:n> <a:p> 1 , 2 }", {"<a:n> <a:p> 1", "<a:n> <a:p> 2"}),
    (
        "PREFIX a: <a:> DELETE DATA { a:a a:b a:c } ; INSERT { ?s a:q ?o } WHERE { ?s a:p ?o }",
        {"<a:x> <a:p> _", "<a:x> <a:q> _"},
    ),
    ("DELETE WHERE { ?s <a:b> ?o }", {"<a:x> <a:p> _"}),
    (
        "DELETE { ?s ?p ?o } INSERT { ?o ?p ?s } WHERE { ?s ?p ?o FILTER(isIRI(?o)) }",
        {"<a:x> <a:p> _", "<a:c> <a:b> <a:a>"},
    ),
    ("CLEAR DEFAULT ; INSERT DATA { <a:n> <a:p> 1 }", {"<a:n> <a:p> 1"}),
]


@pytest.mark.parametrize(("update", "wanted"), PATCHES)
@pytest.mark.parametrize("graph", ["graph=http://t.example/patched", "default"])
def test_a_graph_is_patched_and_no_other(server: Served, graph: str, update: str, wanted: set[str]) -> None:
    FILLED.clear()
    server.update("CLEAR DEFAULT")
    others = server.ask("GET", "/gsp?graph=http://t.example/g").body
    ttl = "<a:a> <a:b> <a:c> . <a:x> <a:p> _:blank ."
    assert server.ask("PUT", f"/gsp?{graph}", ttl, content_type="text/turtle").status in {201, 204}
    before = server.ask("GET", f"/gsp?{graph}", accept="application/n-triples").text
    done = server.ask("PATCH", f"/gsp?{graph}", update, content_type="application/sparql-update")
    assert (done.status, done.text) == (204, "")
    after = server.ask("GET", f"/gsp?{graph}", accept="application/n-triples").text
    lines = {" ".join(line.removesuffix(" .").split(" ")[:3]) for line in after.split("\n") if line}
    integers = {line.replace('"1"^^<http://www.w3.org/2001/XMLSchema#integer>', "1") for line in lines}
    plain = {line.replace('"2"^^<http://www.w3.org/2001/XMLSchema#integer>', "2") for line in integers}
    assert wanted <= {line.partition("_:")[0] + ("_" if "_:" in line else "") for line in plain}
    blank = {word for word in before.split() if word.startswith("_:")}
    assert {word for word in after.split() if word.startswith("_:")} <= blank  # it is the same node
    assert server.ask("GET", "/gsp?graph=http://t.example/g").body == others
    server.ask("DELETE", f"/gsp?{graph}")


@pytest.mark.parametrize(
    ("query", "update", "media", "status", "words"),
    [
        ("graph=http://t.example/new", "INSERT DATA { <a:a> <a:b> 1 }", "application/sparql-update", 201, ""),
        ("default", "INSERT DATA { GRAPH <a:g> { <a:a> <a:b> 1 } }", "application/sparql-update", 422,
         "update:1:15: GRAPH goes beyond the graph that the request names\n"),
        ("default", "DROP ALL", "application/sparql-update", 422, "update:1:6: ALL goes beyond"),
        ("default", "WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "application/sparql-update", 422, "WITH goes"),
        ("default", "LOAD <http://127.0.0.1:9/>", "application/sparql-update", 422, "LOAD goes beyond"),
        ("default", "INSERT DATA { <a:a> <a:b> 1", "application/sparql-update", 400, "update: error"),
        ("default", "<a:a> <a:b> 1 .", "text/turtle", 415, "a patch is application/sparql-update in UTF-8\n"),
        ("", "INSERT DATA { <a:a> <a:b> 1 }", "application/sparql-update", 400, "which graph?"),
    ],
)  # fmt: skip
def test_a_patch_that_cannot_be_is_refused(
    server: Served, query: str, update: str, media: str, status: int, words: str
) -> None:
    FILLED.clear()
    done = server.ask("PATCH", f"/gsp?{query}", update, content_type=media)
    assert done.status == status, done.text
    assert words in done.text
    assert server.ask("DELETE", "/gsp?graph=http://t.example/new").status == (204 if status == 201 else 404)


def test_a_graph_without_a_name_gets_one(server: Served) -> None:
    made = server.ask("POST", "/gsp", TTL, content_type="text/turtle")
    assert made.status == 201
    there = server.ask("GET", made.headers["location"].removeprefix(f"http://127.0.0.1:{server.port}"))
    assert there.status == 200 and "two" in there.text
    assert server.ask("GET", "/gsp?graph=" + quote(made.headers["location"], safe="")).body == there.body


def test_all_graphs_are_given_and_taken_as_quads(server: Served) -> None:
    quads = server.ask("GET", "/gsp", accept="application/n-quads").body
    assert len(quads.strip().split(b"\n")) == 301
    assert server.ask("GET", "/gsp", accept="text/turtle").status == 406
    assert server.update("DROP ALL").status == 204
    assert server.ask("POST", "/gsp", quads, content_type="application/n-quads").status == 204
    assert sorted(server.ask("GET", "/gsp").body.split(b"\n")) == sorted(quads.split(b"\n"))


def test_a_change_is_made_only_of_what_was_read(server: Served) -> None:
    path = "/gsp?graph=http://t.example/g"
    tag = server.ask("GET", path, accept="application/n-triples").headers["etag"]
    assert server.ask("PUT", path, TTL, content_type="text/turtle", if_match=tag).status == 204
    assert server.ask("PUT", path, TTL, content_type="text/turtle", if_match=tag).status == 412


def test_a_document_that_is_broken_changes_nothing(server: Served) -> None:
    path = "/gsp?graph=http://t.example/g"
    before = server.ask("GET", path).body
    got = server.ask("PUT", path, TTL + "\n<a:a> <a:b> ", content_type="text/turtle")
    assert got.status == 400 and "line 3" in got.text
    assert server.ask("GET", path).body == before


# ---- nothing brings it down


def test_runaway_deep_and_random_queries_end_nobody_else(hurried: Served) -> None:
    """What had to wait for them would be answered by 503, as they are."""
    answers: list[int] = []

    def run(query: str) -> None:
        answers.append(hurried.query(query).status)

    runaways = [threading.Thread(target=run, args=(ENDLESS + " " * n,)) for n in range(4)]
    for thread in runaways:
        thread.start()
    time.sleep(0.4)
    deep = [
        "ASK " + "{" * 5_000,
        "ASK { FILTER(" + "(" * 5_000,
        "ASK { FILTER(" + "!" * 50_000,
        "SELECT * { ?s " + "^" * 5_000,
    ]
    for query in deep:
        assert hurried.query(query).status == 400
    assert hurried.query("ASK { FILTER(" + "+".join(["1"] * 20_000) + ") }").status == 400
    told = b"the address is longer than 65,535 bytes: send a long query by POST"
    assert (answer := hurried.query("ASK {} #" + "x" * 70_000)).status == 400
    assert answer.body == told
    for number in range(20):
        noise = bytes((number * 31 + n * n * 7) % 256 for n in range(50))
        assert hurried.query(noise).status == 400
        assert hurried.ask("POST", "/sparql", noise, content_type="application/sparql-query").status == 400
    assert hurried.query(ROW).status == 200
    for thread in runaways:
        thread.join()
    assert answers == [503] * 4
    assert hurried.query(ROW).status == 200 and hurried.process.poll() is None


def test_an_answer_that_is_too_late_says_so(hurried: Served) -> None:
    got = hurried.query(ENDLESS)
    assert (got.status, got.text) == (503, "stopped: no whole answer after 3 s\n")
    assert hurried.has_told("stopped: no whole answer")


def test_an_answer_with_too_many_rows_is_refused_or_broken_off(server: Served) -> None:
    for media in ("application/sparql-results+json", "text/csv", "application/sparql-results+xml", "text/turtle"):
        query = (
            MANY
            if media != "text/turtle"
            else "CONSTRUCT { ?a ?b ?x } { ?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?c), '-', STR(?f)) AS ?x) }"
        )
        with pytest.raises(Exception, match=r"IncompleteRead|more than 5,000"):
            got = server.query(query, accept=media)
            raise RuntimeError(got.text)  # small enough to be told
    exactly = "SELECT ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 5000"
    rows = list(csv.reader(io.StringIO(server.query(exactly, accept="text/csv").text)))
    assert len(rows) == 5001
    assert len(json.loads(server.query(exactly).body)["results"]["bindings"]) == 5000


def test_old_clients_get_a_whole_answer_or_an_error(server: Served) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 60) as old:
        path = "/sparql?" + urlencode({"query": MANY})
        old.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        got = old.makefile("rb").read()
    assert b" 400 " in got.split(b"\r\n")[0] and b"more than 5,000 rows" in got


def test_who_leaves_or_dawdles_holds_nobody_up(server: Served) -> None:
    request = f"GET /sparql?{urlencode({'query': MANY + ' LIMIT 4000'})} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    slow = [socket.create_connection(("127.0.0.1", server.port), 60) for _ in range(4)]
    try:
        slow[0].sendall(b"GET /spar")
        slow[1].sendall(b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
                        b"Content-Length: 100\r\n\r\nASK")  # fmt: skip
        slow[2].sendall(request)
        slow[3].sendall(request)
        slow[3].close()
        assert server.query(ROW).status == 200
        assert b" 408 " in slow[1].recv(100)
    finally:
        for one in slow:
            one.close()
    assert server.query(ROW).status == 200


def test_a_process_that_is_killed_is_replaced(server: Served) -> None:
    assert server.query(ROW).status == 200
    server.kill_children()
    assert server.query(ROW).status == 200
    assert server.update("INSERT DATA { <a:a> <a:b> <a:c> }").status in {204, 503}
    assert server.update("INSERT DATA { <a:a> <a:b> <a:d> }").status == 204
    assert server.query("SELECT (COUNT(*) AS ?n) { ?s ?p 7 }", accept="text/csv").text == "n\r\n1\r\n"


def test_no_request_leaves_the_machine(server: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.3)
        url = f"http://127.0.0.1:{canary.getsockname()[1]}/"
        asked = [f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}", f"ASK {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
                 f"ASK {{ # x\rSERVICE <{url}> {{ ?s ?p ?o }} }}", f"ASK FROM <{url}> {{ ?s ?p ?o }}",
                 f"SELECT * FROM NAMED <{url}> {{ ?s ?p ?o }}", f"PREFIX a: <{url}> ASK FROM a: {{ ?s ?p ?o }}",
                 "ASK FROM <http://[x> { ?s ?p ?o }",
                 f"ASK {{ VALUES ?u {{ <{url}> }} SERVICE ?u {{ ?s ?p ?o }} }}"]  # fmt: skip
        for query in asked:
            assert server.query(query).status == 400, query
        for update in (f"LOAD <{url}>", f"LOAD SILENT <{url}>", f"INSERT {{}} WHERE {{ SERVICE <{url}> {{}} }}",
                       f"PREFIX a: <{url}> LOAD a:", "LOAD <file:///etc/passwd>"):  # fmt: skip
            assert server.update(update).status == 400, update
        context = json.dumps({"@context": url, "@id": "a:a", "name": "x"})
        assert server.ask("PUT", "/gsp?default", context, content_type="application/ld+json").status == 400
        dtd = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{url}">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
        server.ask("PUT", "/gsp?default", dtd, content_type="application/rdf+xml")
        with pytest.raises(TimeoutError):
            canary.accept()


def test_an_update_that_never_ends_changes_nothing(hurried: Served) -> None:
    endless = (
        "INSERT { ?a ?b ?x } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(CONCAT(STR(?c), STR(?f), STR(?i)) AS ?x) }"
    )
    got = hurried.update(endless)
    assert (got.status, got.text) == (503, "stopped: no whole answer after 3 s\n")
    deep = hurried.update("INSERT DATA { <a:a> <a:b> 1 } ; DELETE { ?s ?p ?o } WHERE { FILTER" + "(" * 200)
    assert (deep.status, deep.text) == (400, "update:1:166: the update nests deeper than 100 levels\n")
    assert hurried.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", accept="text/csv").text == "n\r\n300\r\n"


def test_another_process_opens_the_store_when_the_one_before_has_gone(tmp_path: Path) -> None:
    """It opened it while the one before, which was killed, still held the lock: the next change got 503."""
    told: list[str] = []

    class Changing:
        """A process that never answers, and takes a while to end."""

        def __init__(self) -> None:
            self.is_alive = True
            told.append("begun")

        def ask(self, kind: bytes, request: object) -> None:
            pass

        async def read(self) -> tuple[bytes, bytes]:
            await asyncio.sleep(60)
            return b"e", b""

        def end(self) -> None:
            self.is_alive = False

        async def wait_ended(self) -> None:
            await asyncio.sleep(0.01)
            told.append("gone")

    async def start(settings: object) -> Any:
        return Changing()

    async def run() -> None:
        settings = ProcessSettings(folder=tmp_path, memory=None, allowed=(), prefixes={})
        writer = Writer(settings, start, tmp_path, seconds=0.01)
        for _ in range(2):
            with pytest.raises(StoppedError):
                await writer.change(b"U", {})
        await writer.close()

    asyncio.run(run())
    assert told == ["begun", "gone", "begun"]


def test_a_change_does_not_wait_for_ever_for_those_of_others(hurried: Served) -> None:
    """Of twenty changes whose askers had gone each took its whole time, one after the other, before another began."""
    endless = b"INSERT { ?a ?b ?x } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(CONCAT(STR(?c), STR(?f)) AS ?x) }"
    head = (
        "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-update\r\n"
        f"Content-Length: {len(endless)}\r\n\r\n"
    )
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", hurried.port), 60) as one:
            one.sendall(head.encode() + endless)
    mine = "INSERT DATA { <a:mine> <a:b> 1 }"
    got = hurried.update(mine)
    assert (got.status, "nothing was changed" in got.text) in {(503, True), (204, False)}
    end = time.monotonic() + 60
    while (again := hurried.update(mine)).status != 204 and time.monotonic() < end:
        assert "nothing was changed" in again.text or "stopped" in again.text
    assert again.status == 204
    assert hurried.query("SELECT (COUNT(*) AS ?n) { <a:mine> ?p ?o }", accept="text/csv").text == "n\r\n1\r\n"


def test_a_store_that_vanishes_is_told_without_its_place(tmp_path: Path) -> None:
    store = ox.Store(tmp_path / "store")
    store.extend([ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.Literal("x"))])
    del store
    with serve("--store", "store", folder=tmp_path) as served:
        assert served.query("ASK {}").status == 200
        shutil.rmtree(tmp_path / "store")
        served.kill_children()
        got = served.query("ASK { ?s ?p ?o }")
        assert (got.status, got.text) == (503, "the store cannot be read or written now\n")
        assert served.process.poll() is None
        assert served.has_told("CURRENT")


# ---- who may ask


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8484", "127.0.0.1.evil.example", "localhost.evil", "a/b", ""]
)
def test_other_names_are_refused(server: Served, host: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 60) as raw:
        raw.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        status = int(raw.makefile("rb").read().split()[1])
    assert status in {400, 421}


def test_pages_of_other_sites_change_nothing(server: Served) -> None:
    origins = ("https://evil.example", "null", "http://[", "http://")
    for headers in (*({"origin": origin} for origin in origins), {"sec_fetch_site": "cross-site"}):
        got = server.ask(
            "POST", "/sparql", "update=DROP+ALL", content_type="application/x-www-form-urlencoded", **headers
        )
        assert got.status == 403
        assert server.ask("DELETE", "/gsp?default", **headers).status == 403
    own = f"http://127.0.0.1:{server.port}"
    assert server.update("INSERT DATA { <a:a> <a:b> <a:c> }", origin=own).status == 204
    assert "access-control-allow-origin" not in server.query(ROW, origin="https://evil.example").headers


def test_a_change_needs_the_token_and_a_store_keeps_it(tmp_path: Path) -> None:
    update = "INSERT DATA { <a:a> <a:b> <a:c> }"
    store = tmp_path / "store"
    with serve("--store", str(store), "--write", folder=tmp_path, KG_TOKEN="s3cret") as served:
        got = served.update(update)
        assert (got.status, got.headers["www-authenticate"]) == (401, 'Bearer realm="kg"')
        assert served.update(update, authorization="Bearer s3cre").status == 401
        assert served.ask("PUT", "/gsp?default", TTL, content_type="text/turtle").status == 401
        assert served.update(update, authorization="Bearer s3cret").status == 204
        served.process.kill()  # what was told is kept
        served.process.wait()
    with serve("--store", str(store), folder=tmp_path) as served:
        assert json.loads(served.query("ASK { <a:a> <a:b> <a:c> }").body)["boolean"] is True
        assert served.update(update, authorization="Bearer s3cret").status == 403
        assert served.ask("DELETE", "/gsp?default").status == 403
    with serve("--store", str(store), "--write", folder=tmp_path, KG_TOKEN="s3crét") as served:
        assert served.update(update, authorization="Bearer s3cret").status == 401
        assert served.update(update, authorization="Bearer " + "s3crét".encode().decode("latin-1")).status == 204
    assert [path.name for path in tmp_path.iterdir()] == ["store"]  # what the killed one left has gone


def test_pages_of_welcome_sites_change_something_with_the_token_only(tmp_path: Path) -> None:
    update, page = "INSERT DATA { <a:a> <a:b> <a:c> }", "https://page.example"
    with serve("--memory", "--write", "--cors", "*", folder=tmp_path, KG_TOKEN="s3cret") as served:
        assert served.update(update, origin=page).status == 401
        assert served.update(update, origin=page, authorization="Bearer s3cret").status == 204
        for size in (1_000_000, 20_000_000):  # read only for who may; whoever sends it all is answered all the same
            form = "update=" + "x" * size
            assert served.ask("POST", "/sparql", form, content_type="application/x-www-form-urlencoded").status == 413
    with serve("--memory", "--write", "--no-token", "--cors", "*", folder=tmp_path) as served:
        assert served.update(update, origin=page).status == 403


def test_a_server_that_is_allowed_by_name_is_called(graph: Served, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{graph.port}/sparql"
    kind = "<http://rdfs.org/ns/void#Dataset>"
    with serve("--memory", "--allow", url, folder=tmp_path) as served:
        got = served.query(f"ASK {{ SERVICE <{url}> {{ ?d a {kind} }} }}")
        assert (got.status, json.loads(got.body)["boolean"]) == (200, True), got.text
        assert "etag" not in got.headers
        for other in (f"{url}/", f"http://localhost:{graph.port}/sparql"):
            assert served.query(f"ASK {{ SERVICE <{other}> {{ ?d a {kind} }} }}").status == 400
        assert served.query(f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} SERVICE ?s {{ ?d a {kind} }} }}").status == 400


# ---- a project's graph


def test_a_graph_of_a_project_is_asked_as_kg_query_asks_it(graph: Served) -> None:
    got = graph.query("SELECT (COUNT(*) AS ?n) { ?claim a kg:Claim }", accept="text/csv")
    assert (got.status, int(got.text.split()[1]) > 0) == (200, True)
    assert graph.update("DROP ALL").status == 403


def test_things_resolve_by_what_is_accepted(graph: Served) -> None:
    query = "SELECT ?e { ?e skos:prefLabel ?n } ORDER BY ?e LIMIT 1"
    iri = graph.query(query, accept="text/csv").text.split()[1]
    path = "/" + iri.split("/", 3)[3]
    turtle = graph.ask("GET", path)
    assert turtle.headers["content-type"] == "text/turtle; charset=utf-8"
    said = {str(quad.subject) for quad in ox.parse(turtle.body, format=ox.RdfFormat.TURTLE)}
    assert f"<{iri}>" in said
    linked = graph.ask("GET", path, accept="application/ld+json")
    assert iri in {node["@id"] for node in json.loads(linked.body)}
    page = graph.ask("GET", path, accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert page.headers["content-type"] == "text/html; charset=utf-8" and iri in page.text
    assert "<script" not in page.text and "default-src 'none'" in page.headers["content-security-policy"]
    assert graph.ask("GET", path, if_none_match=turtle.headers["etag"]).status == 304
    assert graph.ask("GET", "/resource?iri=" + quote("https://kg.example/ns#Claim")).status == 200
    assert "kg:Claim" in graph.ask("GET", "/ns").text
    assert graph.ask("GET", "/entity/nobody").status == 404
    assert graph.ask("GET", path, accept="image/png").status == 406


def test_a_fault_of_the_server_is_told_to_the_operator_alone() -> None:
    without = cast(Data, SimpleNamespace(options=Options()))  # it cannot say what the data are
    told: list[str] = []
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "http_version": "1.1", "scheme": "http", "path": "/", "raw_path": b"/",
             "query_string": b"", "headers": [(b"host", b"127.0.0.1")]}  # fmt: skip
    asyncio.run(App(without, told.append)(scope, receive, send))
    assert (sent[0]["status"], sent[1]["body"]) == (500, b"a fault of the server\n")
    assert told[0].startswith("GET /: a fault of the server: AttributeError(")


def test_a_page_says_that_it_does_not_hold_all(server: Served) -> None:
    lines = "".join(f"t:{name} t:p {', '.join(map(str, range(most)))} .\n" for name, most in (("a", 1001), ("b", 1000)))
    put = server.ask("PUT", "/gsp?default", "@prefix t: <http://t.example/> .\n" + lines, content_type="text/turtle")
    assert put.status == 204
    told = [server.ask("GET", f"/resource?iri=http://t.example/{name}", accept="text/html").text for name in "ab"]
    assert ["all 1,001" in told[0], "all 1,000" in told[1], told[1].count("<li>")] == [True, True, 9]
    page = server.ask("GET", "/resource?iri=http://t.example/a&of=http://t.example/p&page=21", accept="text/html").text
    assert page.count("<li>") == 1 and "Page 21 of 21" in page


def test_the_service_and_its_data_are_described(graph: Served) -> None:
    service = {
        str(q.predicate): q.object for q in ox.parse(graph.ask("GET", "/sparql").body, format=ox.RdfFormat.TURTLE)
    }
    sd = "<http://www.w3.org/ns/sparql-service-description#"
    assert str(service[f"{sd}endpoint>"]) == f"<http://127.0.0.1:{graph.port}/sparql>"
    assert str(service[f"{sd}feature>"]) == f"{sd}UnionDefaultGraph>"
    void = graph.ask("GET", "/.well-known/void", accept="application/n-triples").text
    counted = graph.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", accept="text/csv").text.split()[1]
    assert f'<http://rdfs.org/ns/void#triples> "{counted}"' in void
    # Only what classes and properties are taken from is a vocabulary of the data.
    vocabularies = set(re.findall("void#vocabulary> <([^>]*)>", void))
    assert {"http://www.w3.org/ns/prov#", "https://kg.example/ns#"} < vocabularies
    assert not [iri for iri in vocabularies if iri.endswith(("/entity/", "/claim/", "/vocab/unit/"))]
    assert graph.ask("GET", "/.well-known/void", accept="text/html").headers["content-type"].startswith("text/turtle")
    assert graph.ask("GET", "/", accept="text/html").headers["content-type"].startswith("text/html")


def test_pages_read_answers_only_where_they_may(graph: Served) -> None:
    welcome = graph.query("ASK {}", origin="https://page.example")
    assert welcome.headers["access-control-allow-origin"] == "https://page.example"
    assert "Origin" in welcome.headers["vary"]
    assert "access-control-allow-origin" not in graph.query("ASK {}", origin="https://other.example").headers
    asked = graph.ask("OPTIONS", "/sparql", origin="https://page.example", access_control_request_method="POST")
    assert asked.status == 204 and "POST" in asked.headers["access-control-allow-methods"]
    assert graph.ask("GET", "/", host="kg.test").status == 200


def test_a_graph_that_is_watched_is_served_anew(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    shutil.copytree(project, folder)
    dataset = folder / "seeds" / "dataset.yaml"
    query = "SELECT ?t { ?d a void:Dataset ; dcterms:title ?t } ORDER BY ?t LIMIT 1"

    def wait_for(line: str, count: int) -> None:
        end = time.monotonic() + 60
        while sum(line in told for told in served.told) < count and time.monotonic() < end:
            time.sleep(0.05)
        assert sum(line in told for told in served.told) == count, served.told

    with serve("--watch", "--most-rows", "100000", folder=folder) as served:
        before = served.query(query, accept="text/csv")
        text = dataset.read_text("utf-8")
        title = before.text.split("\r\n")[1].strip('"')
        assert title and title in text
        statuses: list[int] = []
        ending = threading.Event()

        def keep_asking() -> None:
            while not ending.is_set():
                statuses.append(served.query(f"{query} # {len(statuses)}").status)

        asking = threading.Thread(target=keep_asking)
        asking.start()
        try:
            dataset.write_text(text.replace(title, "Another title"), encoding="utf-8")
            wait_for("is new", 1)
            assert served.query(query, accept="text/csv").text == "t\r\nAnother title\r\n"
            assert served.query(query, accept="text/csv", if_none_match=before.headers["etag"]).status == 200
            dataset.write_text(text.replace("base:", "bass:"), encoding="utf-8")
            wait_for("stays as it was", 1)
            assert any("error[" in line for line in served.told)
            assert served.query(query, accept="text/csv").text == "t\r\nAnother title\r\n"
        finally:
            ending.set()
            asking.join()
        assert set(statuses) == {200}


# ---- beginning and ending


def test_wrong_use_is_told_in_a_line(graph: Served, tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "kg", "serve", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=99,
            env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False,
        )  # fmt: skip
        return done.returncode, done.stderr.strip().split("\n")[-1]

    taken = f"kg: cannot listen on 127.0.0.1:{graph.port}: another program listens there"
    assert run("--memory", "--port", str(graph.port)) == (3, taken)
    code, line = run("--memory", "--write", "--no-token", "--host", "0.0.0.0")
    assert (code, line) == (2, "Error: `0.0.0.0` is open to others: there --write needs a token")
    assert run("--store", "nowhere", "--port", "0") == (2, "kg: `nowhere` is no store")
    for host in ("", " "):  # which the system takes for all addresses of the machine
        code, line = run("--memory", "--host", host)
        assert (code, line) == (2, "Error: --host names no address: to listen at all of this machine, say 0.0.0.0")
    code, line = run("--write")
    assert code == 2 and "--write goes with --memory or --store" in line


def test_an_address_of_ipv6_may_stand_in_brackets() -> None:
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serve("--memory", "--host", "[::1]") as served, socket.create_connection(("::1", served.port), 60) as one:
        one.sendall(b"GET /about HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n")
        assert one.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"


def test_a_full_disk_is_told_by_what_it_means(tmp_path: Path) -> None:
    """Who only asked was told that nothing had been changed."""
    data = Data(tmp_path, About(title="", base=None, prefixes={}), Options())
    error = ToldError("failed", "IO error: No space left on device: While appending to file: /secret/000032.sst")
    assert str(data.explain(error)) == "the disk is full"
    refused = data.explain(error, ": nothing was changed")
    assert (refused.status, str(refused)) == (503, "the disk is full: nothing was changed")


def test_sigterm_in_the_midst_of_an_answer_breaks_it_off(tmp_path: Path) -> None:
    with serve("--memory", "--write", "--no-token", folder=tmp_path) as served:
        data = " . ".join(f"<a:s> <a:p> {n}" for n in range(300))
        assert served.update(f"INSERT DATA {{ {data} }}").status == 204
        with socket.create_connection(("127.0.0.1", served.port), 60) as raw:
            raw.sendall(f"GET /sparql?{urlencode({'query': MANY})} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            first = raw.recv(1000)
            assert first.startswith(b"HTTP/1.1 200")
            children = served.children()
            served.process.send_signal(signal.SIGTERM)
            last = first
            while piece := raw.recv(1 << 16):
                last = (last + piece)[-100:]
        assert not last.endswith(b"0\r\n\r\n")
        assert served.process.wait(60) == 0
        assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert list(tmp_path.iterdir()) == []


def test_a_head_that_is_too_long_or_odd_is_refused(server: Served) -> None:
    def send(raw: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", server.port), 60) as one:
            try:
                one.sendall(raw)
                one.shutdown(socket.SHUT_WR)
                return one.makefile("rb").readline()
            except OSError:  # hung up on, in the midst
                return b"400"

    begin = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    assert b"400" in send(begin + b"X: " + b"x" * 600_000)
    assert b"400" in send(b"GET /?" + b"x" * 600_000)
    assert b"200" in send(b"GET /?".ljust(4 + 65_535, b"x") + begin[5:] + b"\r\n")
    assert b"400" in send(b"GET /?".ljust(4 + 65_536, b"x") + begin[5:] + b"\r\n")
    assert b"400" in send(begin + b"Host: evil.example\r\n\r\n")
    assert b"400" in send(b"GET / HTTP/1.1\r\n\r\n")
    both = (
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )
    assert b"400" in send(both)
    assert b"400" in send(begin + b"Bad Header: x\r\n\r\n")
    assert b"400" in send(bytes(range(256)))
    assert server.query(ROW).status == 200
