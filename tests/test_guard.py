"""What forbids a query or an update in its text (`kg.ask.sparql`, `kg.server.check`), and what only looks like it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.ask.sparql import check_query
from kg.server.app import find_answer
from kg.server.check import check_update, use_dataset
from kg.server.resource import give_resource
from kg.text.diagnostic import Diagnostic, SourceText


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX service: <http://x/> SELECT * { GRAPH service:g { ?s ?p ?o } }",
        "PREFIX microservice: <http://x/> SELECT * { graph microservice:g { ?s ?p ?o } }",
        "PREFIX service: <http://x/> SELECT * FROM service:g { ?s ?p ?o }",
        "PREFIX service: <http://x/> SELECT * FROM NAMED service:g { ?s ?p ?o }",
        "SELECT * { ?s ?p 'a'@en-upload }",
        "SELECT * { ?s ?p 'a'@x-service , 'b'@en }",
    ],
)
def test_names_and_tags_that_hold_the_word_of_a_call_are_asked(query: str) -> None:
    assert check_query(SourceText("query", query)) is None
    ox.Store().query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p 'a'@en SERVICE <http://x/> { ?a ?b ?c } }",
        "SELECT * { ?s ?p 'a'@enSERVICESILENT <http://x/> { ?a ?b ?c } SERVICE <http://x/> { ?a ?b ?c } }",
        "SELECT * { ?s ?p 'a'@en_SERVICE <http://x/> { ?a ?b ?c } }",
        "SELECT * { ?s ?p 'a' @SERVICE_ <http://x/> { ?a ?b ?c } }",
        "PREFIX c: <http://x/> SELECT * { ?graph ?p 1 . SERVICEc:x { ?s ?p ?o } }",
        "PREFIX c: <http://x/> SELECT * { GRAPH ?g { SERVICEc:x { ?s ?p ?o } } }",
        "PREFIX c: <http://x/> SELECT * { ?s ?p true SERVICEc:x { ?s ?p ?o } }",
    ],
)
def test_calls_are_refused_however_they_are_written(query: str) -> None:
    found = check_query(SourceText("query", query))
    assert found is not None and "calls another server" in found.message


def test_an_update_may_name_a_graph_by_a_prefix_that_holds_a_word() -> None:
    update = "PREFIX graph: <http://g/> DELETE { ?s ?p ?o } WHERE { GRAPH graph:a { ?s ?p ?o } }"
    assert not isinstance(use_dataset(SourceText("update", update), ["http://a/"], []), Diagnostic)
    update = "PREFIX upload: <http://g/> INSERT DATA { GRAPH upload:a { <a:a> <a:b> 'x'@en-upload } }"
    assert check_update(SourceText("update", update), ()) is None
    ox.Store().update(update)


@pytest.mark.parametrize("path", ["/questionsX", "/disputes1", "/questions-of-state"])
def test_a_thing_whose_name_begins_like_a_page_is_a_thing(path: str) -> None:
    assert find_answer(path)[1] is give_resource
