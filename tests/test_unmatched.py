"""A query without a row is told of the pattern that no triple fits, and of what the graph has instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox
import pytest

from kg.ask.sparql import list_triples
from kg.ask.store import Store
from kg.ask.term import read_term
from kg.ask.unmatched import explain_nothing
from kg.rdf.iri import Prefixes
from kg.text.diagnostic import SourceText

NAMES = {
    "e": "https://a.example/entity/", "r": "https://a.example/relation/", "c": "https://a.example/claim/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}  # fmt: skip
DATA = """
e:tern a r:Ferry ; r:sailsTo e:halden, e:moss ; r:name "Tern"@en .
e:gull a r:Ferry ; r:sailsTo e:moss .
e:moss r:liesIn e:norway .
c:two a r:Claim ; rdf:subject e:tern ; rdf:predicate r:opens ; rdf:object 2030 .
c:three a r:Claim ; rdf:subject e:gull ; rdf:predicate r:opens ; rdf:object 2031 .
"""


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    written = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in NAMES.items()) + DATA
    quads = list(ox.parse(written.encode(), format=ox.RdfFormat.TURTLE))
    with Store(quads, Prefixes(namespaces=NAMES)) as store:
        yield store


def tell(store: Store, query: str, given: Mapping[str, str] | None = None) -> list[tuple[str, int, str, str | None]]:
    """What is told: code, column, message and hint."""
    terms = {name: read_term(value, store.prefixes) for name, value in (given or {}).items()}
    told = explain_nothing(SourceText("-e", query), store.ask(query, parameters=terms), store, given)
    return [(d.code, d.mark.column, d.message, d.hint) for d in told]


CLAIMED = "only clear facts are triples of their own: claims say it, such as {}, by their `rdf:predicate`"


@pytest.mark.parametrize(
    ("pattern", "wrong", "hint"),
    [
        ("e:tern r:opens ?x", "e:tern r:opens ?x", CLAIMED.format("`c:two`")),
        ("?s r:opens ?x", "?s r:opens ?x", CLAIMED.format("`c:three`, `c:two`")),
        ("e:tern r:opens 2030", "e:tern r:opens 2030", CLAIMED.format("`c:two`")),
        ("e:tern r:opens 2031", "e:tern r:opens 2031", "`e:tern` has `rdf:type`, `r:name`, `r:sailsTo`"),
        ("e:tern r:liesIn ?x", "e:tern r:liesIn ?x", "`e:tern` has `rdf:type`, `r:name`, `r:sailsTo`"),
        ("e:tern r:sailsTo e:norway", "e:tern r:sailsTo e:norway", "there it has `e:halden`, `e:moss`"),
        ("?s r:sailsTo e:norway", "?s r:sailsTo e:norway", "`e:norway` stands under `r:liesIn`"),
        ("e:norway r:liesIn ?x", "e:norway r:liesIn ?x", "`e:norway` is the subject of no triple"),
        ("?s a r:Ship", "?s a r:Ship", "`r:Ship` is the object of no triple"),
        ("?s a r:Ferry ; r:sailsTo ?x, e:norway .", "?s r:sailsTo e:norway", "`e:norway` stands under `r:liesIn`"),
        ("?s r:harbour ?x", "?s r:harbour ?x", None),
        ("GRAPH ?g { e:tern r:liesIn ?x }", "e:tern r:liesIn ?x", "`e:tern` has `rdf:type`, `r:name`, `r:sailsTo`"),
        ("VALUES (?s ?x) { (e:tern 5) } ?s r:harbour ?x", "?s r:harbour ?x", None),
        ("FILTER NOT EXISTS { e:tern r:harbour ?y } e:tern r:liesIn ?x",
         "e:tern r:liesIn ?x", "`e:tern` has `rdf:type`, `r:name`, `r:sailsTo`"),
    ],
)  # fmt: skip
def test_a_pattern_that_no_triple_fits_is_told(pattern: str, wrong: str, hint: str | None, store: Store) -> None:
    query = f"SELECT * {{ {pattern} }}"
    [(code, column, message, told)] = tell(store, query)
    assert (code, message, told) == ("unmatched-pattern", f"no triple of the graph fits `{wrong}`", hint)
    _, predicate, thing = wrong.split()
    assert column == query.rindex(f"{predicate} {thing}" if f"{predicate} {thing}" in query else thing) + 1


@pytest.mark.parametrize(
    ("pattern", "wrong", "hint"),
    [
        ("?s r:sailsTo ?x . ?x r:sailsTo ?y", "?x r:sailsTo ?y",
         "`?x` is `e:halden`, `e:moss` there, and `e:gull`, `e:tern` here"),
        ("?s r:name ?n ; r:sailsTo ?x . ?x r:liesIn ?y . e:gull r:sailsTo ?x . ?z r:liesIn ?s", "?z r:liesIn ?s",
         "`?s` is `e:tern` there, and `e:norway` here"),
        ("_:ship r:sailsTo ?x . _:ship r:liesIn ?y", "_:ship r:liesIn ?y", None),
    ],
)  # fmt: skip
def test_patterns_that_nothing_fits_together_are_told(pattern: str, wrong: str, hint: str, store: Store) -> None:
    [(code, _, message, told)] = tell(store, f"SELECT * {{ {pattern} }}")
    assert (code, told) == ("unmatched-pattern", hint)
    assert message == f"what fits `{wrong}` does not fit the patterns before it as well"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s a r:Ferry }",  # it has rows
        "ASK { e:tern r:liesIn ?x }",  # `no` is an answer
        "SELECT (COUNT(*) AS ?n) { e:tern r:liesIn ?x }",
        "SELECT * { ?s a r:Ferry FILTER(?s = e:norway) }",  # the condition is to blame
        "SELECT * { { e:tern r:liesIn ?x } UNION { e:gull r:liesIn ?x } }",  # neither has to fit
        "SELECT * { ?s a r:Ferry OPTIONAL { ?s r:liesIn ?x } FILTER(BOUND(?x)) }",
        "SELECT * { e:tern r:liesIn/r:name ?x }",  # a path
        "SELECT * { e:tern r:sailsTo [ r:name ?x ] }",
        "SELECT * { ?s a r:Ferry MINUS { ?s a r:Ferry } }",
        "SELECT * { { SELECT ?s { ?s r:sailsTo ?x } } ?x r:liesIn ?y FILTER(?s = e:moss) }",  # another `?x`
        "SELECT * { { SELECT ?s ?p ?o { ?o ?p ?s } GROUP BY ?s ?p ?o } FILTER(?p = e:moss) }",  # no triple
        "SELECT * { { SELECT (COUNT(*) AS ?n) { e:tern r:liesIn ?x } } FILTER(?n > 0) }",  # a row without a triple
        "CONSTRUCT { ?s r:name 'Tern' } { ?s a r:Ferry FILTER(?s = e:norway) }",  # what is made need not be there
    ],
)
def test_what_needs_no_triple_is_not_told(query: str, store: Store) -> None:
    assert tell(store, query) == []


def test_values_from_outside_and_prefixes_of_the_query_are_known(store: Store) -> None:
    query = "PREFIX x: <https://a.example/entity/>\nCONSTRUCT { ?s r:near ?o } WHERE { ?s r:liesIn ?o ; r:near x:moss }"
    [(code, column, message, hint)] = tell(store, query, {"s": "e:tern"})
    assert (code, column) == ("unmatched-pattern", query.index("r:liesIn") - query.index("\n"))
    assert message == "no triple of the graph fits `?s r:liesIn ?o`"
    assert hint == "`e:tern` has `rdf:type`, `r:name`, `r:sailsTo`"


@pytest.mark.parametrize(
    ("condition", "text", "message", "hint"),
    [
        ('?o = "Tern"', '"Tern"', '`"Tern"` stands nowhere in the graph', "there is `'Tern'@en`"),
        ('"Tern"@de = ?o', '"Tern"@de', '`"Tern"@de` stands nowhere in the graph', "there is `'Tern'@en`"),
        ('?o IN ("Gull", "Tern")', '"Tern"', '`"Tern"` stands nowhere in the graph', "there is `'Tern'@en`"),
        ('LANG(?o) = "EN"', '"EN"', "no text of the graph has the language `EN`, as `LANG` writes it", "there is `en`"),
        ('"de" = lang(?o)', '"de"', "no text of the graph has the language `de`, as `LANG` writes it", "there is `en`"),
    ],
)
def test_texts_in_conditions_are_told(condition: str, text: str, message: str, hint: str, store: Store) -> None:
    query = f"SELECT * {{ ?s r:name ?o FILTER({condition}) }}"
    assert tell(store, query) == [("unknown-term", query.index(text) + 1, message, hint)]


@pytest.mark.parametrize(
    "condition",
    [
        'STR(?o) = "Gull"', '?o != "Tern" && ?s = e:gull', '?o NOT IN ("Tern") && ?s = e:gull', 'LANG(?o) != "en"',
        'LANGMATCHES(LANG(?o), "DE")', 'LANG(?o) = ""', '?t = "Tern"@en && ?s = e:gull',
    ],
)  # fmt: skip
def test_other_conditions_are_not(condition: str, store: Store) -> None:
    assert tell(store, f"SELECT * {{ ?s r:name ?o BIND(STR(?o) AS ?t) FILTER({condition}) }}") == []


def test_half_a_query_has_no_patterns() -> None:
    """The store refuses it before; what reads it all the same breaks on nothing."""
    for text in ("", "SELECT", "SELECT * {", "SELECT * { ?s", "ASK }", "SELECT * { OPTIONAL", "CONSTRUCT {", "}{"):
        assert list_triples(text) == []
