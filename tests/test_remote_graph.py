"""`kg.connect`: a graph on a server, asked as one in a folder is."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from faulty import answer, serve_faults
from serving import Served, serve

import kg
from kg.ask.store import Table, Truth
from kg.export import FORMATS


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve("--memory", "--write", "--no-token") as server:
        data = "<http://a.example/a> a <http://a.example/C> ; <http://a.example/p> [ <http://a.example/q> 1 ]"
        graph = "GRAPH <http://a.example/g> { <http://a.example/a> <http://a.example/p> 'x'@en . _:b <a:b> 2 }"
        assert server.update(f"INSERT DATA {{ {data} . {graph} }}").status == 204
        yield server


@pytest.fixture(scope="module")
def graph(served: Served) -> kg.RemoteGraph:
    return kg.connect(f"http://127.0.0.1:{served.port}/sparql", prefixes={"a": "http://a.example/"})


def test_queries_are_asked_with_prefixes_and_parameters(graph: kg.RemoteGraph) -> None:
    text = "SELECT ?o { GRAPH ?g { a:a a:p ?o } }"
    assert graph.query(text) == Table(variables=("o",), rows=((ox.Literal("x", language="en"),),))
    asked = graph.query("ASK { ?s a ?kind }", {"kind": ox.NamedNode("http://a.example/C")}, timeout=5)
    assert asked == Truth(value=True)
    with pytest.raises(kg.UsageError, match="the query has no variable `\\?kinds`: did you mean `kind`"):
        graph.query("ASK { ?s a ?kind }", {"kinds": ox.Literal("x")})
    with pytest.raises(kg.KgError, match="answers 400 Bad Request: query:1:"):
        graph.query("SELECT ?o { GRAPH ?g { a:a a:p ?o }")
    assert [d.code for d in graph.check_query("SELECT ?x { ?s ?p ?o }")] == ["unbound-variable"]


def test_the_union_of_graphs_is_asked_where_they_are_named(served: Served) -> None:
    url = f"http://127.0.0.1:{served.port}/sparql"
    named = kg.connect(url, graphs=["http://a.example/g"])
    assert named.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows[0][0].value == "2"  # type: ignore[union-attr]
    assert len(named.quads) == 2


@pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")  # of rdflib's own
@pytest.mark.parametrize("gsp", [False, True], ids=["queries", "graph store"])
def test_all_quads_are_read_and_exported(served: Served, gsp: bool) -> None:
    base = f"http://127.0.0.1:{served.port}"
    graph = kg.connect(f"{base}/sparql", gsp=f"{base}/gsp" if gsp else None)
    assert len(graph.quads) == 5
    line = '<http://a.example/a> <http://a.example/p> "x"@en <http://a.example/g> .'
    assert line in graph.export("nquads").split("\n")
    assert graph.store.ask("ASK { ?s <a:b> 2 }") == Truth(value=True)
    assert len(graph.to_rdflib()) == 5
    for form in FORMATS:
        assert graph.export(form)
    assert json.loads(graph.export("jsonld"))["@graph"] and graph.export("csv").startswith("claim,source,mode")
    with pytest.raises(kg.UsageError, match="no format `turtel`: did you mean `turtle`"):
        graph.export("turtel")


def test_a_default_graph_that_is_the_union_is_not_counted_twice() -> None:
    """As in Virtuoso: what the default graph answers is what the named graphs hold."""
    rows = '{"head":{"vars":["g"]},"results":{"bindings":[{"g":{"type":"uri","value":"http://a.example/g"}}]}}'
    count = '{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"2"}}]}}'
    triples = answer("<a:a> <a:b> _:x .\n_:x <a:b> <a:c> .\n", "application/n-triples")
    with serve_faults() as faulty:
        faulty.play(answer(rows), triples, answer(count), triples, answer(count))
        assert len(kg.connect(faulty.url).quads) == 2


def test_what_needs_the_folder_is_refused_by_its_name(graph: kg.RemoteGraph) -> None:
    own = {name for name in dir(kg.KnowledgeGraph) if not name.startswith("_")} | {"checked", "texts"}
    here = {"query", "check_query", "quads", "store", "export", "to_rdflib"}
    assert here <= own
    assert all(hasattr(kg.RemoteGraph, name) for name in here)
    for name in own - here:
        with pytest.raises(kg.UsageError, match=rf"`{name}` needs the project's folder \(kg\.open_project\)"):
            getattr(graph, name)
        assert not hasattr(graph, name)
    with pytest.raises(AttributeError, match="a graph on a server has no `other`"):
        _ = graph.other


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "127.0.0.1:8484"},
        {"timeout": 0},
        {"prefixes": {"a b": "http://a.example/"}},
        {"gsp": "x"},
        {"graphs": ["nowhere"]},
        {"graphs": [5]},
    ],
)
def test_wrong_use_is_told_before_anything_is_asked(wrong: dict[str, object]) -> None:
    with pytest.raises(kg.UsageError):
        kg.connect(**{"url": "http://127.0.0.1:9/", **wrong})  # type: ignore[arg-type]
