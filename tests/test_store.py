"""The store answers SPARQL; what would harm it is refused, and what is wrong with a query is told in few words."""

from __future__ import annotations

import io
import json
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ask.question import write_expectation
from kg.ask.results import count_unwritable, serialize_answer
from kg.ask.sparql import MOST_PARTS, bind_parameters, explain_refusal, find_mistake, scan_query
from kg.ask.store import QueryError, Store, Table, Triples, Truth, limit_time
from kg.rdf.iri import Prefixes
from kg.server.answer import Wish, send_graph, send_results
from kg.system.worker.limits import WorkerLimits
from kg.text.diagnostic import SourceText, UsageError, render_text

E = "https://halden.example/entity/"
R = "https://halden.example/relation/"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = Prefixes(namespaces={"e": E, "r": R, "xsd": XSD})
TERN, SAILS, RIGA = ox.NamedNode(E + "tern"), ox.NamedNode(R + "sailsTo"), ox.NamedNode(E + "riga")
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
POST = ox.NamedNode("https://halden.example/source/post")


@pytest.fixture(scope="module")
def store() -> Store:
    quads = [
        ox.Quad(TERN, SAILS, RIGA),
        ox.Quad(TERN, SAILS, RIGA, POST),
        ox.Quad(TERN, LABEL, ox.Literal("燕鸥", language="zh"), POST),
        ox.Quad(RIGA, LABEL, ox.Literal('Ri"ga, old\nand new'), ox.NamedNode("https://halden.example/source/bulletin")),
    ]
    return Store(quads, PREFIXES)


def explain(store: Store, query: str) -> str:
    with pytest.raises(QueryError) as error:
        store.ask(query)
    return render_text(error.value.diagnostic)


def test_default_graph_is_the_union_and_gives_a_triple_once(store: Store) -> None:
    answer = store.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert isinstance(answer, Table)
    assert answer.rows == ((ox.Literal("3", datatype=ox.NamedNode(XSD + "integer")),),)
    named = store.ask("SELECT (COUNT(*) AS ?n) { GRAPH <https://halden.example/source/post> { ?s ?p ?o } }")
    assert isinstance(named, Table) and named.rows[0][0] == ox.Literal("2", datatype=ox.NamedNode(XSD + "integer"))


SHARED = "<https://a.example/g1> FROM <https://a.example/g2>"


@pytest.mark.parametrize("limits", [None, WorkerLimits(seconds=60)])
@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (f"SELECT * FROM {SHARED} {{ ?s ?p ?o }}", 2),
        (f"SELECT * FROM {SHARED} FROM <https://a.example/g1> {{ ?s ?p ?o }}", 2),
        ("SELECT * FROM <https://a.example/g1> FROM <https://a.example/g1> { ?s ?p ?o }", 1),
        ("SELECT * FROM <https://a.example/g1> FROM <https://a.example/g3> { ?s ?p ?o }", 2),  # share nothing
        (f"SELECT *FROM{SHARED}FROM NAMED<https://a.example/g3> {{ ?s ?p ?o GRAPH ?g {{ ?a ?b ?c }} }}", 2),
        (f"SELECT * FROM {SHARED} {{ GRAPH ?g {{ ?a ?b ?c }} }}", 0),
        (f"PREFIX from: <{XSD}> SELECT * FROM {SHARED} {{ ?s ?p ?o }} ORDER BY from:string(?s) from:string(?o)", 2),
        ("PREFIX from: <https://a.example/> SELECT * { ?s from:p ?o ; from:p ?o }", 3),
        ("PREFIX from: <https://a.example/> SELECT * FROM from:g1 FROM from:g2 { ?s ?p ?o }", 2),
        ("PREFIX named: <https://a.example/> SELECT * FROM named:g1 FROM named:g2 FROM NAMED named:g3 { ?s ?p ?o }", 2),
        ("SELECT * { ?s ?p ?o }", 3),
        ("SELECT * FROM NAMED <https://a.example/g1> FROM NAMED <https://a.example/g2> { GRAPH ?g { ?s ?p ?o } }", 3),
    ],
)
def test_a_merge_of_graphs_gives_a_triple_once(query: str, rows: int, limits: WorkerLimits | None) -> None:
    """SPARQL 1.1 Query Language, section 13.2: the default graph is the RDF merge of those that FROM names."""
    a, b, c, p, *graphs = (ox.NamedNode(f"https://a.example/{name}") for name in ("a", "b", "c", "p", "g1", "g2", "g3"))
    held = [(a, 0), (a, 1), (b, 1), (c, 2)]
    with Store([ox.Quad(one, p, one, graphs[n]) for one, n in held], Prefixes(namespaces={})) as store:
        answer = store.ask(query, limits=limits)
    assert isinstance(answer, Table)
    assert len(answer.rows) == rows


MERGED = [
    ox.Quad(
        ox.NamedNode("http://x/s"), ox.NamedNode("http://x/p"), ox.Literal(value), ox.NamedNode(f"http://x/{graph}")
    )
    for value, graph in (("1", "a"), ("2", "a"), ("2", "b"), ("3", "b"), ("4", "c"))
]
CLAUSES = st.tuples(
    st.sampled_from(["FROM", "From", "FROM NAMED", "FROMNAMED", "FROM#c\n"]),
    st.sampled_from(["", " ", " ", "\n", "#c\n"]),
    st.sampled_from(["<http://x/a>", "<\\u0068ttp://x/b>", "x:a", "x:b", "from:b", "named:b", ":a", "x:\\u0062"]),
    st.sampled_from(["", " "]),
).map("".join)  # fmt: skip


@given(st.sampled_from(["*", "* ", "?s ?p ?o "]), st.lists(CLAUSES, min_size=1, max_size=4))
def test_no_way_to_write_a_merge_gives_a_triple_twice(rows: str, clauses: list[str]) -> None:
    """However the words stand together: what the store finds for them, each once; or the query is refused."""
    text = f"PREFIX : <http://x/> SELECT {rows}FROM x:a {''.join(clauses)}{{ ?s ?p ?o }}"  # the union is no merge here
    store = Store(MERGED, Prefixes(namespaces=dict.fromkeys(("x", "from", "named"), "http://x/")))
    plain = ox.Store()
    plain.extend(MERGED)
    try:
        found = plain.query(text, prefixes=dict(store.prefixes.namespaces))
        answer = store.ask(text)
    except (SyntaxError, QueryError):
        return
    assert isinstance(answer, Table) and isinstance(found, ox.QuerySolutions)
    assert sorted(tuple(map(str, row)) for row in answer.rows) == sorted({tuple(map(str, row)) for row in found})


@pytest.mark.parametrize("limits", [None, WorkerLimits(seconds=60)])
def test_graphs_of_a_merge_that_are_no_iris_are_told(limits: WorkerLimits | None) -> None:
    with pytest.raises(QueryError, match="IRI"):
        Store([], PREFIXES).ask("ASK FROM <one> FROM <two> { ?s ?p ?o }", limits=limits)


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("SELECT * FROM <https://a.example/g1> FROMa:x { ?s ?p ?o }", "query:1:38"),
        ("SELECT * FROM <https://a.example/g1> FROM <x:x> FROMNAMED <x:y> { ?s ?p ?o }", "query:1:49"),
        ("SELECT * FROM <https://a.example/g1> FROM NAMEDa:x { ?s ?p ?o }", "query:1:43"),
    ],
)
def test_graphs_that_only_the_store_would_find_are_refused(query: str, at: str) -> None:
    with pytest.raises(QueryError) as caught:
        Store([], Prefixes(namespaces={"a": "https://a.example/"})).ask(query)
    assert str(caught.value.diagnostic.mark) == at
    assert caught.value.diagnostic.hint == "put a blank behind `FROM` and `NAMED`"


def test_the_four_forms(store: Store) -> None:
    assert store.ask("ASK { e:tern r:sailsTo e:riga }") == Truth(value=True)
    assert store.ask("ASK { e:riga r:sailsTo e:tern }") == Truth(value=False)
    assert store.ask("CONSTRUCT { ?o r:from ?s } { ?s r:sailsTo ?o }") == Triples(
        triples=(ox.Triple(RIGA, ox.NamedNode(R + "from"), TERN),)
    )
    described = store.ask("DESCRIBE e:riga")
    assert isinstance(described, Triples) and len(described.triples) == 1
    empty = store.ask("SELECT ?s ?o { ?s r:nothing ?o }")
    assert empty == Table(variables=("s", "o"), rows=())


# ---- parameters


@pytest.mark.parametrize(
    "hostile",
    [
        '" } INSERT DATA { <a:a> <a:b> <a:c> } #',
        "x' } UNION { ?s ?p ?o } #",
        'x" ) } SELECT * { ?s ?p ?o',
        "\\",
        '\\"',
        "line\nbreak\r\t",
        "?s",
        "}",
        "燕鸥 \U0001f426",
    ],
)
def test_parameters_are_bound_not_pasted(store: Store, hostile: str) -> None:
    term = ox.Literal(hostile)
    answer = store.ask("SELECT ?name { }", parameters={"name": term})
    assert isinstance(answer, Table) and answer.rows == ((term,),)
    assert store.ask("ASK { ?s ?p ?name }", parameters={"name": term}) == Truth(value=False)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_a_parameter(text: str) -> None:
    answer = Store([], PREFIXES).ask("SELECT ?x { }", parameters={"x": ox.Literal(text)})
    assert isinstance(answer, Table) and answer.rows == ((ox.Literal(text),),)


@pytest.mark.parametrize("value", ["1 } SERVICE <http://a.example/> { ?s ?p ?o", 1, None, ox.BlankNode("b")])
def test_only_terms_are_parameters(store: Store, value: object) -> None:
    """A text would be read as a part of the query, behind all that looks at the query."""
    with pytest.raises(UsageError, match=r"^the parameter `s` takes a NamedNode or a Literal of pyoxigraph, not a "):
        store.ask("SELECT * { ?s ?p ?o }", parameters={"s": value})  # type: ignore[dict-item]


@pytest.mark.parametrize("timeout", [0, -1.5, "3", True])
def test_a_timeout_is_a_number(timeout: object) -> None:
    with pytest.raises(UsageError, match=r"^a timeout is a number of seconds greater than 0, not "):
        limit_time(timeout)  # type: ignore[arg-type]


def test_parameters_reach_the_pattern_of_the_query() -> None:
    bound = "SELECT * WHERE { VALUES ?s { <a:b> } ?s ?p ?o }"
    assert bind_parameters("SELECT * WHERE { ?s ?p ?o }", {"s": "<a:b>"}) == bound
    construct = "CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s { <a:b> } ?s ?p ?o }"
    assert bind_parameters("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", {"s": "<a:b>"}) == construct
    tricky = "# WHERE {\nSELECT ('{' AS ?x) { VALUES ?s { <a:b> } ?s ?p '}' }"
    assert bind_parameters("# WHERE {\nSELECT ('{' AS ?x) { ?s ?p '}' }", {"s": "<a:b>"}) == tricky


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?o { { SELECT ?o { ?s r:sailsTo ?o } } }",
        "SELECT ?o { { ?x r:sailsTo ?o FILTER(?x = ?s) } UNION { ?o r:nothing ?s } }",
        "SELECT ?o { { ?x r:sailsTo ?o BIND(?s AS ?y) FILTER(?x = ?y) } UNION { ?o r:nothing ?s } }",
        "SELECT ?o { { ?x r:sailsTo ?o FILTER EXISTS { ?s r:sailsTo ?o } } UNION { ?o r:nothing ?s } }",
        "SELECT ?o { ?x r:sailsTo ?o MINUS { ?x r:sailsTo ?o FILTER(?x != ?s) } }",
        "SELECT ?o { ?x r:sailsTo ?o BIND(?x AS ?s) }",
        "SELECT ?o { SELECT ?o { ?s r:sailsTo ?o } }",
        "SELECT ?o { GRAPH ?g { SELECT ?o { ?s r:sailsTo ?o } } }",
        "SELECT ?o { ?s r:sailsTo ?o } VALUES (?o) { (e:riga) }",
        "SELECT ?o { ?x r:sailsTo ?o } GROUP BY ?x ?o HAVING(?x = ?s)",
        "SELECT ?o { ?x r:sailsTo ?o } GROUP BY ?o HAVING EXISTS { ?s r:sailsTo ?o }",
        "SELECT ?o { { SELECT ?x { ?x r:sailsTo ?y } GROUP BY ?x HAVING(?x IN (?s)) } ?x r:sailsTo ?o }",
        "SELECT ?o { ?x r:sailsTo ?o FILTER(EXISTS { SELECT (?s AS ?y) { ?s r:sailsTo ?o } } && ?x = ?s) }",
    ],
)
def test_parameters_reach_every_part(store: Store, query: str) -> None:
    """A group looks at its conditions by itself, and a query within the query sees nothing of what is around it."""
    found = [store.ask(query, parameters={"s": thing}) for thing in (TERN, RIGA)]
    assert found == [Table(variables=("o",), rows=((RIGA,),)), Table(variables=("o",), rows=())]


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        ("CONSTRUCT FROM <a:g> WHERE { ?s ?p ?o } LIMIT 2",
         "CONSTRUCT { ?s ?p ?o } FROM <a:g> WHERE { VALUES ?s { <a:b> } ?s ?p ?o } LIMIT 2"),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } VALUES ?p { <a:p> }",
         "CONSTRUCT { ?s ?p ?o } { VALUES ?s { <a:b> } ?s ?p ?o } VALUES ?p { <a:p> }"),
        ("SELECT (?s = ?a AS ?x) { ?a ?p ?b } GROUP BY ?a ORDER BY (?s = ?a)",
         "SELECT (<a:b> = ?a AS ?x) { VALUES ?s { <a:b> } ?a ?p ?b } GROUP BY ?a ORDER BY (<a:b> = ?a)"),
        ("DESCRIBE ?s LIMIT 1", "DESCRIBE ?s \nWHERE { VALUES ?s { <a:b> } } LIMIT 1"),
        ("DESCRIBE ?s # who", "DESCRIBE ?s # who\nWHERE { VALUES ?s { <a:b> } } "),
        ("SELECT ?n { { SELECT (COUNT(*) AS ?s) { ?a ?b ?c } } }",
         "SELECT ?n { VALUES ?s { <a:b> } { SELECT (COUNT(*) AS ?s) { ?a ?b ?c } } }"),
    ],
)  # fmt: skip
def test_parameters_stand_where_the_grammar_lets_them(query: str, bound: str) -> None:
    assert bind_parameters(query, {"s": "<a:b>"}) == bound
    ox.Store().query(bound)


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?s r:sailsTo ?o } { ?s r:sailsTo ?o }",
        "CONSTRUCT { ?s r:sailsTo ?o } WHERE { ?s r:sailsTo ?o }",
        "CONSTRUCT WHERE { ?s r:sailsTo ?o }",
        "CONSTRUCT { ?s r:sailsTo ?o } { ?s r:sailsTo ?o { SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c } } }",
        "SELECT ?s ?o { { SELECT ?s ?o WHERE { ?s r:sailsTo ?o } } }",
        "ASK { ?s r:sailsTo ?o }",
    ],
)
def test_parameters_reach_every_form(store: Store, query: str) -> None:
    nobody, one = store.ask(query, parameters={"s": RIGA}), store.ask(query, parameters={"s": TERN})
    assert nobody in (Triples(triples=()), Table(variables=("s", "o"), rows=()), Truth(value=False))
    triples = Triples(triples=(ox.Triple(TERN, SAILS, RIGA),))
    assert one in (triples, Table(variables=("s", "o"), rows=((TERN, RIGA),)), Truth(value=True))


def test_a_description_takes_a_parameter(store: Store) -> None:
    answer = store.ask("DESCRIBE ?s # the thing", parameters={"s": TERN})
    assert isinstance(answer, Triples) and {t.subject for t in answer.triples} == {TERN}


# ---- what is refused

PARTS = f"more than {MOST_PARTS} parts"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * " + "{" * 5000 + "}" * 5000, "nests deeper than 100 levels"),
        ("SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }", "nests deeper than 100 levels"),
        ("SELECT * { " + "FILTER EXISTS { " * 3000 + "}" * 3001, "nests deeper than 100 levels"),
        ("SELECT * { FILTER(" + "!" * 50_000 + "true) }", "nests deeper than 100 levels"),
        ("SELECT * { FILTER(" + "! " * 20_000 + "true) }", "nests deeper than 100 levels"),
        ("SELECT ((" + "+".join(["1"] * 20_000) + ") AS ?x) { }", "more than 8,000 words and signs"),
        ("SELECT * { FILTER(" + "&&".join(["?x"] * 20_000) + ") }", "longer than 65,536 characters"),
        ("SELECT * { " + " . ".join(f"?s{i} r:p ?o" for i in range(200)) + " }", PARTS),
        ("SELECT * { ?s " + "/".join(["r:p"] * 200) + " ?o }", PARTS),
        ("SELECT * { ?s r:p " + ",".join(["[]"] * 200) + " }", PARTS),
        ("SELECT * { ?s " + ";".join(["r:p ?o"] * 200) + " }", PARTS),
        ("SELECT * { " + "{ ?s r:p ?o }" * 200 + " }", PARTS),
        ("SELECT * { SERVICE <https://x.example/> { ?s ?p ?o } }", "SERVICE calls another server"),
        ("SELECT * { service silent ?x { ?s ?p ?o } }", "SERVICE calls another server"),
        ("SELECT * { # to the end\rSERVICE <https://x.example/> { ?s ?p ?o } }", "SERVICE calls another server"),
        (r"ASK { {?s x:it\' ?o} SERVICE <https://x.example/> { ?s ?p ?o } #'", "SERVICE calls another server"),
        (r"ASK { {?s :\' ?o} SERVICE <https://x.example/> { ?s ?p ?o } #'", "SERVICE calls another server"),
        (r"ASK { {?s <a:\u0041'> ?o} SERVICE <https://x.example/> { ?s ?p ?o } #'", "SERVICE calls another server"),
        ("LOAD <https://x.example/>", "LOAD calls another server"),
        ("SELECT '\ud800' { }", "half of a surrogate pair"),
    ],
)
def test_refused(store: Store, query: str, words: str) -> None:
    assert words in explain(store, query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ((" + "+".join(["1"] * 3900) + ") AS ?x) { }",
        "SELECT * { FILTER(1.5 IN (" + ",".join(["2.5"] * 3900) + ")) }",
        "SELECT * { VALUES ?x { " + "1.5 " * 7900 + "} }",
        "SELECT * { " + "{ " * 40 + "?s ?p ?o" + " }" * 40 + " }",
        "ASK { ?s ?p 'SERVICE' } # SERVICE { LOAD",
        "ASK { ?service ?load r:service }",
    ],
)
def test_honest_queries_run(store: Store, query: str) -> None:
    store.ask(query)


# ---- what is wrong with a query


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (
            "SELCT * { ?s ?p ?o }",
            """error[query-syntax]: `SELCT` cannot stand here
  --> query:1:1
   |
 1 | SELCT * { ?s ?p ?o }
   | ^^^^^
   = hint: did you mean `SELECT`?""",
        ),
        (
            "SELECT * {\n  ?s rdfs:label '燕鸥' ?s r:sailsTo ?o\n}",
            """error[query-syntax]: no prefix `rdfs:`
  --> query:2:6
   |
 2 |   ?s rdfs:label '燕鸥' ?s r:sailsTo ?o
   |      ^^^^
   = hint: declare it: the query begins with `PREFIX rdfs: <...>`""",
        ),
        (
            "SELECT * {\n  ?s r:label '燕鸥' ?s r:sailsTo ?o\n}",
            """error[query-syntax]: `?s` cannot stand here
  --> query:2:19
   |
 2 |   ?s r:label '燕鸥' ?s r:sailsTo ?o
   |                     ^^""",
        ),
        (
            "SELECT * { ?s a ?o ?s r:sailsTo ?o }",
            """error[query-syntax]: `?s` cannot stand here
  --> query:1:20
   |
 1 | SELECT * { ?s a ?o ?s r:sailsTo ?o }
   |                    ^^
   = hint: expected `,`, `.`, `;`, `{`, `}`""",
        ),
        (
            "SELECT * { ?s a e:Ferry",
            """error[query-syntax]: the bracket `{` is not closed
  --> query:1:10
   |
 1 | SELECT * { ?s a e:Ferry
   |          ^""",
        ),
        (
            'SELECT * { ?s ?p "tern }',
            """error[query-syntax]: the quote `"` is not closed
  --> query:1:18
   |
 1 | SELECT * { ?s ?p "tern }
   |                  ^""",
        ),
        (
            "SELECT * { ?s <the tern> ?o }",
            """error[query-syntax]: `<the tern>` is no IRI: an IRI cannot hold a space
  --> query:1:15
   |
 1 | SELECT * { ?s <the tern> ?o }
   |               ^^^^^^^^^^""",
        ),
        (
            "SELECT ?s (COUNT(?o) AS ?n) { ?s r:sailsTo ?o }",
            """error[query-syntax]: `?s` is neither grouped nor aggregated
  --> query:1:8
   |
 1 | SELECT ?s (COUNT(?o) AS ?n) { ?s r:sailsTo ?o }
   |        ^^
   = hint: add it to GROUP BY, or take one of its values: `(SAMPLE(?s) AS ?one)`""",
        ),
        (
            "SELECT ?o { ?s r:sailsTo ?o } GROUP BY ?s",
            """error[query-syntax]: `?o` is neither grouped nor aggregated
  --> query:1:8
   |
 1 | SELECT ?o { ?s r:sailsTo ?o } GROUP BY ?s
   |        ^^
   = hint: add it to GROUP BY, or take one of its values: `(SAMPLE(?o) AS ?one)`""",
        ),
        (
            "SELECT ?a { { SELECT ?a ?b (MAX(?c) AS ?d) { ?a ?b ?c } GROUP BY ?a } }",
            """error[query-syntax]: `?b` is neither grouped nor aggregated
  --> query:1:25
   |
 1 | SELECT ?a { { SELECT ?a ?b (MAX(?c) AS ?d) { ?a ?b ?c } GROUP BY ?a } }
   |                         ^^
   = hint: add it to GROUP BY, or take one of its values: `(SAMPLE(?b) AS ?one)`""",
        ),
        (
            "ASK { FILTER(?x > '2024'^^xsd:gYear }",
            """error[query-syntax]: the bracket `(` is not closed before `}`
  --> query:1:13
   |
 1 | ASK { FILTER(?x > '2024'^^xsd:gYear }
   |             ^""",
        ),
        (
            "ASK { FILTER(?x > '2024'^xsd:gYear) }",
            """error[query-syntax]: `^` cannot stand here
  --> query:1:25
   |
 1 | ASK { FILTER(?x > '2024'^xsd:gYear) }
   |                         ^
   = hint: a datatype follows `^^`""",
        ),
        (
            "ASK { FILTER(?x || }",
            """error[query-syntax]: the bracket `(` is not closed before `}`
  --> query:1:13
   |
 1 | ASK { FILTER(?x || }
   |             ^""",
        ),
        (
            "ASK { FILTER(e:yearr(?x) > 2000) }",
            """error[unknown-function]: no function `e:yearr`
  --> query:1:14
   |
 1 | ASK { FILTER(e:yearr(?x) > 2000) }
   |              ^^^^^^^
   = hint: did you mean `YEAR`?""",
        ),
        (
            "ASK { FILTER(<http://www.w3.org/2001/XMLSchema#integr>(?x) > 2000) }",
            """error[unknown-function]: no function `<http://www.w3.org/2001/XMLSchema#integr>`
  --> query:1:14
   |
 1 | ASK { FILTER(<http://www.w3.org/2001/XMLSchema#integr>(?x) > 2000) }
   |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = hint: did you mean `xsd:integer`?""",
        ),
        (
            "DELETE WHERE { ?s ?p ?o }",
            """error[query-syntax]: `DELETE` cannot stand here
  --> query:1:1
   |
 1 | DELETE WHERE { ?s ?p ?o }
   | ^^^^^^
   = hint: the graph is built from `seeds/`: queries only ask""",
        ),
        (
            "SELECT (COUNT(?x AS ?n) { ?s ?p ?x }",
            """error[query-syntax]: the bracket `(` is not closed before `AS`
  --> query:1:14
   |
 1 | SELECT (COUNT(?x AS ?n) { ?s ?p ?x }
   |              ^""",
        ),
        (
            "SELECT ?x { VALUES (?a ?b { (1 2) } }",
            """error[query-syntax]: the bracket `(` is not closed before `{`
  --> query:1:20
   |
 1 | SELECT ?x { VALUES (?a ?b { (1 2) } }
   |                    ^""",
        ),
        (
            "SELECT ?x { ?s ?p ?x GROUP BY ?x",
            """error[query-syntax]: the bracket `{` is not closed before `GROUP`
  --> query:1:11
   |
 1 | SELECT ?x { ?s ?p ?x GROUP BY ?x
   |           ^""",
        ),
        (
            "SELECT ?x { ?s ?p ?x FILTER ?x > 2 }",
            """error[query-syntax]: `?x` cannot stand here
  --> query:1:29
   |
 1 | SELECT ?x { ?s ?p ?x FILTER ?x > 2 }
   |                             ^^
   = hint: the condition stands in brackets: `FILTER( ... )`""",
        ),
        (
            "ASK { ?s ?p ?x FILTER(?x == 5) }",
            """error[query-syntax]: `=` cannot stand here
  --> query:1:27
   |
 1 | ASK { ?s ?p ?x FILTER(?x == 5) }
   |                           ^
   = hint: equality is one `=`""",
        ),
        (
            "SELECT ?x, ?y { ?s ?x ?y }",
            """error[query-syntax]: `,` cannot stand here
  --> query:1:10
   |
 1 | SELECT ?x, ?y { ?s ?x ?y }
   |          ^
   = hint: variables stand beside each other without a comma""",
        ),
        (
            "SELECT * { ?s ?p ?x } GROUP BY ?p",
            """error[query-syntax]: `*` gives all variables, and GROUP BY keeps none but its own
  --> query:1:8
   |
 1 | SELECT * { ?s ?p ?x } GROUP BY ?p
   |        ^
   = hint: name the grouped variables, and aggregates""",
        ),
        (
            "SELECT ?x { ?x ?p ?d FILTER(xsd:yearr(?d) > 2000) } GROUP x",
            """error[query-syntax]: `x` cannot stand here
  --> query:1:59
   |
 1 | SELECT ?x { ?x ?p ?d FILTER(xsd:yearr(?d) > 2000) } GROUP x
   |                                                           ^""",
        ),
        ("", "error[query-syntax]: the query is empty\n  --> query:1:1"),
    ],
)
def test_syntax_error(store: Store, query: str, shown: str) -> None:
    assert explain(store, query) == shown


@pytest.mark.parametrize(
    ("query", "at", "message", "hint"),
    [
        ("SELECT * { ?s ?p ?o BIND(1 AS ?o) }", "?o", "`?o` has a value already", "a name of its own"),
        ("SELECT (MAX(?o) AS ?s) { ?s ?p ?o } GROUP BY ?s", "?s", "`?s` has a value already", "a name of its own"),
        ("SELECT (1 AS ?x) (2 AS ?x) { }", "?x", "`?x` has a value already", "a name of its own"),
        ("SELECT (COUNT(?s)) { ?s ?p ?o }", ")", "`)` cannot stand here", "`( ... AS ?name)`"),
        ("SELECT COUNT(?s) { ?s ?p ?o }", "COUNT", "`COUNT` cannot stand here", "`(COUNT( ... ) AS ?name)`"),
        ("ASK { ?s ?p ?o FILTER(?o <> 1) }", "<>", "`<>` is no IRI: ", "not equal is `!=`"),
        ("ASK { ?s ?p ?o FILTER(?o = 1 AND ?s = 2) }", "AND", "`AND` cannot stand here", "`&&`"),
        ("ASK { ?s ?p ?o FILTER(?o = 1 or ?s = 2) }", "or", "`or` cannot stand here", "`||`"),
        ("ASK { ?s https://a.example/b ?o }", "https://a.example/b", "an IRI stands between", "<https://a.example/b>"),
        ("PREFIX x <https://a.example/> ASK { }", "x", "`x` cannot stand here", "a colon ends the prefix: `x:`"),
        ("ASK { FILTER(xsd:integer(1, 2) > 1) }", "xsd:integer", "`xsd:integer` takes one value, and 2 are given", ""),
        (
            "ASK { ?s ?p ?o FILTER(xsd:string() = ?o) }",
            "xsd:string",
            "`xsd:string` takes one value, and 0 are given",
            "",
        ),
    ],
)
def test_common_slips_are_told_at_their_cause(query: str, at: str, message: str, hint: str) -> None:
    found = find_mistake(SourceText("query", query), {"xsd": XSD})
    assert found is not None and found.message.startswith(message) and hint in (found.hint or "")
    assert found.mark.excerpt == at


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("ASK { ?s ?p ?o FILTER(xsd:yearr(?o) > 2000) }", "xsd:yearr"),
        ("ASK { ?s ?p ?o FILTER xsd:yearr(?o) }", "xsd:yearr"),
        ("ASK { ?s ?p ?o OPTIONAL { BIND(1 + xsd:yearr(?o) AS ?x) } }", "xsd:yearr"),
        ("SELECT ?s { ?s ?p ?o } GROUP BY xsd:yearr(?o) ?s", "xsd:yearr"),
        ("SELECT ?s { ?s ?p ?o } ORDER BY DESC(xsd:yearr(?o))", "xsd:yearr"),
        ("PREFIX x: <http://x.example/> SELECT (STR(x:f(?o)) AS ?x) { ?s ?p ?o }", "x:f"),
        ("ASK { ?s xsd:yearr (1 2) ; ?q ((1) xsd:date) FILTER(?s IN (xsd:yearr, xsd:date)) }", None),
        ("ASK { VALUES (?a ?b) { (xsd:yearr xsd:date) } FILTER(xsd:date(?a) = ?b) }", None),
        ("ASK { ?s xsd:a/(xsd:b|xsd:c) ?o ; !(xsd:d) ?p }", None),
    ],
)
def test_looking_at_a_query_finds_functions_that_are_not_there(query: str, at: str | None) -> None:
    found = find_mistake(SourceText("query", query), {"xsd": XSD})
    assert (found and (found.code, found.mark.excerpt)) == (at and ("unknown-function", at))


def test_a_name_is_given_once_in_each_group() -> None:
    """A group inside, or a query inside, may name what another one names."""
    for query in (
        "ASK { { ?s ?p ?o } UNION { BIND(1 AS ?o) } }",
        "ASK { BIND(1 AS ?x) { SELECT (2 AS ?y) { ?x ?p ?o } } }",
    ):
        assert find_mistake(SourceText("query", query), {}) is None


@given(st.text(st.one_of(st.sampled_from(" {}().;,?:<>'\"\\!&|*SELECTWHRask#\n雷"), st.characters()), max_size=60))
def test_any_text_gives_an_answer_or_a_diagnostic(text: str) -> None:
    try:
        Store([], PREFIXES).ask(text)
    except QueryError as error:
        assert render_text(error.diagnostic)


def test_a_refusal_of_unknown_wording_is_told_as_it_is() -> None:
    """The wording of a function that is not there was seen in pyoxigraph 0.5.13."""
    found = explain_refusal(SourceText("query", "ASK {}"), RuntimeError("no room"), {})
    assert (found.code, found.message) == ("query-refused", "the store refuses: no room")


@given(st.text(st.one_of(st.sampled_from(" {}'\"\\#\n"), st.characters()), max_size=60))
def test_scanning_loses_no_text(text: str) -> None:
    for token in scan_query(text):
        assert text[token.start : token.start + len(token.text)] == token.text


# ---- results as text


FORMATS = {
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
HARD = Table(
    variables=("s", "label", "none"),
    rows=(
        (RIGA, ox.Literal('Ri"ga, <old>\tand\nnew\\ & ]]>'), None),
        (TERN, ox.Literal("燕鸥", language="zh"), ox.Literal("")),
        (ox.BlankNode("b7"), ox.Literal("73.60", datatype=ox.NamedNode(XSD + "decimal")), ox.BlankNode("b7")),
    ),
)


@pytest.mark.parametrize("form", FORMATS)
def test_another_reader_reads_the_same(form: str) -> None:
    found = ox.parse_query_results(serialize_answer(HARD, form), format=FORMATS[form])
    assert isinstance(found, ox.QuerySolutions)
    assert [v.value for v in found.variables] == list(HARD.variables)
    rows = [tuple(row) for row in found]
    assert rows[:2] == list(HARD.rows[:2])
    assert isinstance(rows[2][0], ox.BlankNode) and rows[2][0] == rows[2][2] and rows[2][1] == HARD.rows[2][1]
    truth = ox.parse_query_results(serialize_answer(Truth(value=True), form), format=FORMATS[form])
    assert isinstance(truth, ox.QueryBoolean) and bool(truth)


@pytest.mark.parametrize("form", FORMATS)
def test_triple_terms_are_written_as_the_server_writes_them(form: str) -> None:
    """Star mappings make them, and so may a query (SPARQL 1.2)."""
    store = ox.Store()
    store.add(ox.Quad(RIGA, LABEL, ox.Triple(TERN, SAILS, ox.Triple(TERN, SAILS, ox.Literal('a,"b', language="ar")))))
    query = "SELECT ?x { ?s ?p ?x }"
    answer = Store(store, PREFIXES).ask(query)
    assert isinstance(answer, Table)
    text = serialize_answer(answer, form)
    if form in {"csv", "tsv"}:  # which the library writes, and does not read
        results = store.query(query)
        assert isinstance(results, ox.QuerySolutions)
        assert text.encode() == results.serialize(format=FORMATS[form])
    else:
        found = ox.parse_query_results(text, format=FORMATS[form])
        assert isinstance(found, ox.QuerySolutions) and [tuple(row) for row in found] == list(answer.rows)
    shown = "<<( e:tern r:sailsTo <<( e:tern r:sailsTo 'a,\"b'@ar )>> )>>"
    assert write_expectation(answer, PREFIXES) == 'x\n"' + shown.replace('"', '""') + '"\n'


def test_csv() -> None:
    assert serialize_answer(HARD, "csv") == (
        f's,label,none\r\n{E}riga,"Ri""ga, <old>\tand\nnew\\ & ]]>",\r\n{E}tern,燕鸥,\r\n_:b7,73.60,_:b7\r\n'
    )


def test_xml_holds_no_control_characters() -> None:
    answer = Table(variables=("x",), rows=((ox.Literal("a\x01b"),),))
    assert "<literal>a\ufffdb</literal>" in serialize_answer(answer, "xml")
    assert count_unwritable(answer) == 1
    assert count_unwritable(HARD) == 0


@pytest.mark.parametrize(("signs", "told"), [("\x01", "1 sign"), ("\x01\uffff", "2 signs")])
@pytest.mark.parametrize("form", ["xml", "rdf"])
def test_every_reader_of_xml_reads_the_same_lines(form: str, signs: str, told: str) -> None:
    """A bare carriage return would be read as a line feed; what XML cannot hold would be no XML."""
    text = " a\r\nb\rc "
    answer = Table(variables=("x",), rows=((ox.Literal(text),),))
    assert ElementTree.fromstring(serialize_answer(answer, "xml")).findtext(".//{*}literal") == text
    store, out, a = ox.Store(), io.BytesIO(), ox.NamedNode("https://a.example/a")
    store.add(ox.Quad(a, a, ox.Literal(text + signs)))
    wish = Wish(form=form, gzip=False, rows=None, size=None)
    if form == "xml":
        send_results(store.query("SELECT ?o { ?s ?p ?o }"), wish, out)
    else:
        send_graph([quad.triple for quad in store], wish, out, {})
    found = ElementTree.fromstring(out.getvalue().partition(b"<?xml")[2].join((b"<?xml", b"")))
    assert found.findtext(".//{*}literal" if form == "xml" else ".//{*}a") == text + "\ufffd" * len(signs)
    assert out.getvalue().endswith(f"\n<!-- {told} that XML cannot hold, each as U+FFFD -->\n".encode())


def test_serialisations_of_truth_and_nothing(store: Store) -> None:
    assert json.loads(serialize_answer(Truth(value=True), "json")) == {"head": {}, "boolean": True}
    assert serialize_answer(Truth(value=False), "csv") == "false"
    nothing = store.ask("SELECT ?a { ?a r:nothing ?b }")
    assert serialize_answer(nothing, "csv") == "a\r\n"


def test_many_rows_are_serialised() -> None:
    rows = tuple((ox.Literal(str(i)),) for i in range(20_000))
    assert serialize_answer(Table(variables=("n",), rows=rows), "csv").count("\r\n") == 20_001


@pytest.mark.parametrize(
    ("form", "end", "right"),
    [("ASK", "", True), ("ASK", " LIMT 1", False), ("SELECT (COUNT(*) AS ?n)", "", True),
     ("SELECT ?v0 (MAX(?v1) AS ?most)", " GROUP BY ?v0", True), ("SELECT ?v1", " GROUP BY ?v0", False)],
)  # fmt: skip
def test_looking_at_a_query_asks_nothing(form: str, end: str, right: bool) -> None:
    """Twenty million million rows: the store answers an ASK, and groups, when it parses."""
    values = " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(30)))} }}" for n in range(9))
    query = f"{form} {{ {values} FILTER({' + '.join(f'?v{n}' for n in range(9))} > 99999) }}{end}"
    assert (find_mistake(SourceText("-e", query), {}) is None) == right
