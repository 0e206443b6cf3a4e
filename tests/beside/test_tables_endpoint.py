"""Answers of SPARQL endpoints that are a part, or no table of terms: each is told, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from endpoint import serve
from terminal import run_kg

from kg.ask.results import serialize_answer, write_bindings
from kg.ask.store import Table

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @prefix formats: <http://www.w3.org/ns/formats/> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> . @base <http://e.org/> .
<m> rml:logicalSource [ rml:source [ sd:endpoint <http://127.0.0.1:%d/> ] ; rml:iterator "SELECT * {}" ;
    rml:referenceFormulation formats:SPARQL_Results_JSON ] ;
  rml:subjectMap [ rml:template "{id}" ] ;
  rml:predicateObjectMap [ rml:predicate <p> ; rml:objectMap [ rml:reference "name" ] ] .
"""
ID = {"type": "literal", "value": "1"}


@contextmanager
def serve_answer(body: bytes, status: int, headers: dict[str, str]) -> Iterator[int]:
    """A server that gives one answer to everything; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with serve(Handler) as port:
        yield port


def map_answer(folder: Path, answer: Any, status: int = 200, **headers: str) -> tuple[int, str | None, str]:
    """Exit code, the lines, and what is told in the first line."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    with serve_answer(body, status, {name.replace("_", "-"): value for name, value in headers.items()}) as port:
        (folder / "m.ttl").write_text(MAPPING % port, encoding="utf-8")
        done = run_kg("map", "m.ttl", "-o", "out.nq", folder=folder)
    out = folder / "out.nq"
    return done.code, out.read_text(encoding="utf-8") if out.exists() else None, done.err.split("\n")[0]


def solution(name: Any) -> dict[str, Any]:
    return {"head": {"vars": ["id", "name"]}, "results": {"bindings": [{"id": ID, "name": name}]}}


def test_a_whole_answer(tmp_path: Path) -> None:
    name = {"type": "literal", "value": "\u00e9\U0001f600", "xml:lang": "fr"}
    assert map_answer(tmp_path, solution(name)) == (
        0,
        '<http://e.org/1> <http://e.org/p> "\u00e9\U0001f600"@fr .\n',
        "",
    )


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (206, {}, "the endpoint ran out of time and gives a part of the answer"),
        (200, {"X_SQL_State": "S1TAT"}, "the endpoint ran out of time and gives a part of the answer"),
        (
            200,
            {"X_SPARQL_MaxRows": "10000"},
            "the endpoint gives no more than 10000 rows, and says so: ask for less (`LIMIT`, `OFFSET`)",
        ),
    ],
)
def test_an_answer_that_is_a_part(tmp_path: Path, status: int, headers: dict[str, str], told: str) -> None:
    answer = solution({"type": "literal", "value": "a"})
    assert map_answer(tmp_path, answer, status, **headers) == (1, None, f"error[source-unreadable]: {told}")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"head": {}, "boolean": True}, "it is yes or no: write a SELECT, which gives rows"),
        ([], "it is no object of JSON"),
        (None, "it is no object of JSON"),
        ({"results": {"bindings": []}}, "it has no list of variables (`head`, `vars`)"),
        ({"head": {"vars": ["id", "name"]}}, "it has no list of solutions (`results`, `bindings`)"),
        ({"head": {"vars": ["id", "name"]}, "results": {}}, "it has no list of solutions (`results`, `bindings`)"),
        (solution(None), "`?name` is no term (solution 1)"),
        (solution({"type": "literal"}), "`?name` has no text (solution 1)"),
        (solution({"type": "literal", "value": None}), "`?name` has no text (solution 1)"),
        (solution({**ID, "datatype": None}), "`?name` has a member that is no text (solution 1)"),
        (
            solution({**ID, "xml:lang": "ar", "its:dir": "rtl"}),
            "`?name` is a literal with a base direction, which RDF 1.1 does not have (solution 1)",
        ),
        (
            solution({"value": "a"}),
            "`?name` is of no kind that is known, `bnode`, `literal`, `typed-literal`, `uri` (solution 1)",
        ),
        (solution({"type": "triple", "value": {}}), "`?name` is a quoted triple, which no cell can hold (solution 1)"),
        (solution({**ID, "value": "a\ud83d"}), "`?name` holds half a character (a lone surrogate) (solution 1)"),
    ],
)
def test_an_answer_that_is_no_table_of_terms(tmp_path: Path, answer: Any, told: str) -> None:
    message = f"error[source-unreadable]: the answer of the endpoint cannot be read: {told}"
    assert map_answer(tmp_path, answer) == (1, None, message)


def test_a_quoted_triple_of_a_file(tmp_path: Path) -> None:
    text = "@prefix : <http://e.org/> .\n:a :says <<( :a :b :c )>> .\n"
    (tmp_path / "d.ttl").write_text(text, encoding="utf-8")
    query = "SELECT (1 AS ?id) ?name { ?s <http://e.org/says> ?name }"
    mapping = MAPPING.replace("[ sd:endpoint <http://127.0.0.1:%d/> ]", '"d.ttl"').replace("SELECT * {}", query)
    (tmp_path / "m.ttl").write_text(mapping, encoding="utf-8")
    done = run_kg("map", "m.ttl", "-o", "out.nq", folder=tmp_path)
    told = "error[source-unreadable]: the query gives a quoted triple, which no cell can hold (solution 1)"
    assert (done.code, done.err.split("\n")[0], (tmp_path / "out.nq").exists()) == (1, told, False)


BLANK = {"type": "bnode", "value": "b0"}


@pytest.mark.parametrize(
    "term", ["", "; rml:termType rml:IRI", "; rml:termType rml:Literal; rml:language 'en'", "; rml:template 'x{name}'"]
)
def test_a_blank_node_is_no_text_and_no_iri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    reference = 'rml:reference "name"' if "template" not in term else ""
    monkeypatch.setitem(globals(), "MAPPING", MAPPING.replace('rml:reference "name"', (reference + term).lstrip("; ")))
    message = (
        "error[data-blank]: a blank node has no name outside of the answer, and only a blank node can be made of it"
        " (solution 1 of `the query`, `name`)"
    )
    assert map_answer(tmp_path, solution(BLANK)) == (1, None, message)


def test_a_blank_node_of_a_blank_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    term = 'rml:reference "name" ; rml:termType rml:BlankNode'
    monkeypatch.setitem(globals(), "MAPPING", MAPPING.replace('rml:reference "name"', term))
    code, lines, told = map_answer(tmp_path, solution(BLANK))
    assert (code, told) == (0, "")
    [quad] = ox.parse(lines or "", format=ox.RdfFormat.N_QUADS)
    assert isinstance(quad.object, ox.BlankNode)


def map_files(folder: Path, query: str, term: str = "") -> tuple[int, list[ox.Quad], str]:
    """What is made of the names that a query finds in all files of RDF of a folder, and what is told first."""
    mapping = MAPPING.replace("[ sd:endpoint <http://127.0.0.1:%d/> ]", '"*.nt"').replace("SELECT * {}", query)
    mapping = mapping.replace('rml:reference "name"', f'rml:reference "name" {term}')
    (folder / "m.ttl").write_text(mapping, encoding="utf-8")
    done = run_kg("map", "m.ttl", "-o", "out.nq", folder=folder)
    out = folder / "out.nq"
    quads = list(ox.parse(path=str(out), format=ox.RdfFormat.N_QUADS)) if out.exists() else []
    return done.code, quads, done.err.split("\n")[0]


def test_several_files_of_rdf(tmp_path: Path) -> None:
    """Each literal keeps its language, and blank nodes of two files are two, whatever they are called there."""
    named = "<http://e.org/%d> <http://e.org/name> %s .\n"
    (tmp_path / "1.nt").write_text(named % (1, '"un"@fr') + named % (1, "_:a"), encoding="utf-8")
    (tmp_path / "2.nt").write_text(named % (2, '"two"') + named % (2, "_:a"), encoding="utf-8")
    found = "SELECT (STRAFTER(STR(?s), 'org/') AS ?id) ?name { ?s <http://e.org/name> ?name FILTER(%s) }"
    code, quads, told = map_files(tmp_path, found % "!isBlank(?name)")
    assert (code, told) == (0, "")
    assert {(q.subject.value[-1], str(q.object)) for q in quads} == {("1", '"un"@fr'), ("2", '"two"')}
    code, quads, told = map_files(tmp_path, found % "isBlank(?name)", "; rml:termType rml:BlankNode")
    assert (code, told, len({q.object for q in quads})) == (0, "", 2)
    told = map_files(tmp_path, found % "true")[2]
    assert told.startswith("error[data-blank]: a blank node has no name outside of the answer")


def test_a_base_direction_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "1.nt").write_text('<http://e.org/1> <http://e.org/name> "a"@ar--rtl .\n', encoding="utf-8")
    told = map_files(tmp_path, "SELECT (1 AS ?id) ?name { ?s ?p ?name }")[2]
    assert told == (
        "error[source-unreadable]: the query gives a literal with a base direction, which RDF 1.1 does not have"
        " (solution 1)"
    )


def test_a_base_direction_of_a_query() -> None:
    term = ox.Literal("a", language="ar", direction=ox.BaseDirection.RTL)
    answer = Table(variables=("x",), rows=((term,),))
    assert write_bindings(answer) == [{"x": {"type": "literal", "value": "a", "xml:lang": "ar", "its:dir": "rtl"}}]
    [literal] = ElementTree.fromstring(serialize_answer(answer, "xml")).iter(
        "{http://www.w3.org/2005/sparql-results#}literal"
    )
    assert literal.attrib == {
        "{http://www.w3.org/XML/1998/namespace}lang": "ar",
        "{http://www.w3.org/2005/11/its}dir": "rtl",
    }
