"""Variables of a query that can have no value where they stand."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from kg.ask.sparql import find_unbound
from kg.text.diagnostic import SourceText

NOWHERE, UNGROUPED, LATER = "nothing binds it", "neither grouped nor aggregated", "no value yet"


def find(query: str, given: Collection[str] = ()) -> list[tuple[str, str]]:
    """The variables that are told, each with what of the message tells its kind."""
    kinds = (NOWHERE, UNGROUPED, LATER)
    found = find_unbound(SourceText("-e", query), given)
    return [(d.mark.excerpt, kind) for d in found for kind in kinds if kind in d.message]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?x { ?s ?p ?o }", [("?x", NOWHERE)]),
        ("SELECT (STR(?x) AS ?y) { ?s ?p ?o } ORDER BY $z", [("?x", NOWHERE), ("$z", NOWHERE)]),
        ("SELECT * { ?s ?p ?o FILTER(?x > 1) BIND(?y + 1 AS ?z) FILTER a:f(?w) }",
         [("?x", NOWHERE), ("?y", NOWHERE), ("?w", NOWHERE)]),
        ("CONSTRUCT { ?s a:x ?y } WHERE { ?s a:p ?o }", [("?y", NOWHERE)]),
        ("DESCRIBE ?x { ?s ?p ?o }", [("?x", NOWHERE)]),
        ("SELECT ?b { ?s ?p ?o MINUS { ?s a:q ?b } }", [("?b", NOWHERE)]),
        ("SELECT ?b { ?s ?p ?o FILTER NOT EXISTS { ?s a:q ?b FILTER(?c > ?o) } }", [("?b", NOWHERE), ("?c", NOWHERE)]),
        ("SELECT ?a { { SELECT ?b { ?a ?p ?b } } }", [("?a", NOWHERE)]),
        ("SELECT ?a { ?a ?p ?o { SELECT ?b { ?b ?p ?c FILTER(?c > ?o) } } }", [("?o", NOWHERE)]),
        ("SELECT ?k (COUNT(?s) AS ?n) { ?s a ?k } GROUP BY ?k HAVING(?n > 1)", [("?n", LATER)]),
        ("SELECT ?k (COUNT(?s) AS ?n) { ?s a ?k } GROUP BY ?k HAVING(?s > 1) ORDER BY ?x",
         [("?s", UNGROUPED), ("?x", NOWHERE)]),
        ("SELECT ?k { ?s a ?k } GROUP BY ?k ORDER BY ?s", [("?s", UNGROUPED)]),
        ("SELECT (COUNT(*) AS ?n) { ?s a ?k } ORDER BY COUNT(?s) ?s", [("?s", UNGROUPED)]),
    ],
)  # fmt: skip
def test_a_variable_without_a_value_is_told(query: str, expected: list[tuple[str, str]]) -> None:
    assert find(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?a ?b { ?s a:p (?a [ a:q ?b ]) FILTER(?a IN (1, ?b)) }",
        "SELECT ?g ?t { GRAPH ?g { ?s ?p ?o } BIND(STR(?s) AS ?t) } ORDER BY DESC(?t)",
        "SELECT ?x ?u { VALUES (?x ?y) { (1 2) } FILTER(?x < ?y) } VALUES ?u { 1 }",
        "SELECT ?x { { ?x a ?y } UNION { ?z a ?y } OPTIONAL { ?x ?q ?r FILTER(?r != ?y) } FILTER regex(?q, 'a') }",
        "SELECT ?a { << ?s ?p ?a >> ?q ?z . <<( ?b ?c ?d )>> ?e ?f FILTER(?b = ?z) }",
        "SELECT ?s { ?s ?p ?o FILTER(EXISTS { ?s ?q ?m FILTER(?m > ?o) }) }",
        "SELECT (EXISTS { ?s ?p ?n FILTER(?n > ?a) } AS ?x) { ?a ?b ?c } ORDER BY ?x",
        "SELECT ?b { { SELECT * { ?a ?p ?b } } FILTER(?a = ?b) }",
        "SELECT ?c (SUM(?v * ?w) AS ?t) (?t + 2 AS ?u) { ?c ?p ?v, ?w } GROUP BY ?c HAVING(SUM(?v) > 1) ORDER BY ?u",
        "SELECT ?y { ?s ?p ?o } GROUP BY (YEAR(?o) AS ?y) HAVING(?y > 2000) ORDER BY ?y",
        "SELECT ?s { ?s ?p ?o LATERAL { SELECT ?d { BIND(?o AS ?d) } } }",
        "PREFIX a: <http://a.example/> CONSTRUCT WHERE { ?s a:p ?o }",
        "DESCRIBE <http://a.example/>",
        "SELECT * { # ?x\n?s ?p '?y' }",
    ],
)  # fmt: skip
def test_nothing_is_told_of_variables_with_values(query: str) -> None:
    assert find(query) == []


def test_a_parameter_has_a_value() -> None:
    query = "SELECT ?x { ?s ?p ?o FILTER(?o > ?least) }"
    assert find(query, {"least", "x"}) == []


@pytest.mark.parametrize("query", ["", "SELECT", "SELECT *", "SELECT (", "SELECT * { ( }", "} ?x", "ASK { ?x a [ }"])
def test_what_is_no_query_ends_it(query: str) -> None:
    assert find(query) == []
