"""An update of one graph (PATCH) does to it what the update would do to a default graph, and nothing to others."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.server.check import use_graph
from kg.text.diagnostic import Diagnostic, SourceText

GRAPH = ox.NamedNode("http://g.example/")
TTL = "@prefix : <a:> . :a :b :c , 'GRAPH { } ;' . :x :p [ :q 1 ] . :c :b :a ."
UPDATES = [
    "INSERT DATA { <a:n> <a:p> 1 }",
    "insert data{<a:n><a:p>'}',\"{\"}",
    "# DELETE { } WHERE { }\nINSERT # {\nDATA # GRAPH\n{ <a:n> <a:p> 1 # }\n}",
    "DELETE DATA { <a:a> <a:b> <a:c> }",
    "PREFIX : <a:> DELETE WHERE { :a :b ?o . ?o :b ?s }",
    "PREFIX : <a:> DELETE { ?s :b ?o } WHERE { ?s :b ?o }",
    "PREFIX : <a:> INSERT { ?o :r ?s . ?s :t [ :u ?o ] } WHERE { ?s :b ?o OPTIONAL { ?o :b ?x } FILTER(isIRI(?o)) }",
    "PREFIX : <a:> DELETE { ?s ?p ?o } INSERT { ?s ?p 2 } WHERE { { SELECT ?s ?p ?o { ?s ?p ?o FILTER(?o = 1) } } }",
    "PREFIX : <a:> DELETE { ?s :b ?o } WHERE { ?s :b ?o } ; DELETE WHERE { ?s :p ?o } ; INSERT DATA { :n :p :o } ;",
    "PREFIX : <a:> INSERT DATA { :n :p :o } ; INSERT { ?s :z 1 } WHERE { ?s <a:p> ?o }",
    "CLEAR DEFAULT",
    "DROP SILENT DEFAULT ; INSERT DATA { <a:n> <a:p> 1 }",
    "PREFIX drop: <a:> PREFIX insert: <b:> INSERT DATA { drop:all insert:graph drop:default }",
    "",
]


def load(graph: ox.NamedNode | ox.DefaultGraph) -> ox.Store:
    store = ox.Store()
    store.load(TTL.encode(), format=ox.RdfFormat.TURTLE, to_graph=graph)
    return store


def canonical(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> list[str]:
    found = ox.Dataset(ox.Quad(*quad.triple) for quad in store.quads_for_pattern(None, None, None, graph))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, found))


@pytest.mark.parametrize("update", UPDATES)
def test_a_graph_is_changed_as_a_default_graph_would_be(update: str) -> None:
    made = use_graph(SourceText("update", update), GRAPH.value)
    assert isinstance(made, str)
    plain, named = load(ox.DefaultGraph()), load(GRAPH)
    other = ox.Quad(GRAPH, GRAPH, GRAPH)
    named.add(other)
    plain.update(update)
    named.update(made)
    assert canonical(named, GRAPH) == canonical(plain, ox.DefaultGraph())
    assert list(named.quads_for_pattern(None, None, None, ox.DefaultGraph())) == [other]
    assert {quad.graph_name for quad in named} <= {GRAPH, ox.DefaultGraph()}
    assert use_graph(SourceText("update", update), "") == update


@pytest.mark.parametrize(
    ("update", "word"),
    [
        ("INSERT { GRAPH <a:g> { ?s ?p ?o } } WHERE { ?s ?p ?o }", "GRAPH"),
        ("INSERT { ?s ?p ?o } WHERE { graph ?g { ?s ?p ?o } }", "GRAPH"),
        ("INSERT { ?s ?p ?o } USING <a:g> WHERE { ?s ?p ?o }", "USING"),
        ("with <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "WITH"),
        ("CLEAR NAMED", "NAMED"),
        ("DROP ALL", "ALL"),
        ("CLEAR GRAPH <a:g>", "GRAPH"),
        ("MOVE <a:g> TO DEFAULT", "MOVE"),
        ("INSERT DATA { <a:a> <a:b> 1 } ; LOAD <a:g>", "LOAD"),
        ("CREATE GRAPH <a:g>", "CREATE"),
    ],
)
def test_what_names_another_graph_is_refused(update: str, word: str) -> None:
    for graph in (GRAPH.value, ""):
        found = use_graph(SourceText("update", update), graph)
        assert isinstance(found, Diagnostic)
        assert found.message == f"{word} goes beyond the graph that the request names"
