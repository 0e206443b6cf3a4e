"""Competency questions: asked with parameters, and tested against their expected rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode
from story import check_story, claims_file, prefixes_of

from kg.ask.parameter import find_doubtful, read_parameters
from kg.ask.question import ask_choices, ask_question, find_question, test_question, write_expectation
from kg.ask.sparql import free_parameter
from kg.ask.store import Store, Table, Triples, Truth
from kg.ask.term import read_term, show_term
from kg.rdf.iri import Prefixes
from kg.reading.questions import Question, read_questions
from kg.text.diagnostic import Severity, UsageError, render_text

XSD = "http://www.w3.org/2001/XMLSchema#"
LINES = ["a: {s: tern, p: sailsTo, o: [riga, oslo]}", "b: {s: heron, p: crew, o: 7}"]


def ask(
    tmp_path: Path, query: str, expected: str | None = None, header: str = "question: Where?"
) -> tuple[Question, Store]:
    head = "".join(f"#' {line}\n" for line in header.split("\n"))
    files = {**claims_file(*LINES), "ontology/questions/where.rq": f"{head}{query}\n"}
    if expected is not None:
        files["ontology/questions/where.csv"] = expected
    checked = check_story(tmp_path, files)
    others = [render_text(d) for d in checked.diagnostics if d.severity is Severity.ERROR and d.code != "query-syntax"]
    assert not others  # a query that cannot be run is asked all the same
    questions, _ = read_questions(checked.project)
    return questions[0], Store((a.quad for a in checked.assertions), prefixes_of(checked))


SAILS = "SELECT ?city { e:tern r:sailsTo ?city }"


@pytest.mark.parametrize(
    ("query", "expected", "header", "outcome", "missing", "unexpected"),
    [
        (SAILS, "city\ne:riga\ne:oslo\n", "", "passed", (), ()),
        (SAILS, "city\ne:oslo\ne:riga\n", "", "passed", (), ()),
        (SAILS, "city\r\ne:oslo\r\ne:riga\r\n", "", "passed", (), ()),
        (SAILS, "city\ne:riga\n", "", "failed", (), ("e:oslo",)),
        (SAILS, "city\ne:riga\ne:oslo\ne:paris\n", "", "failed", ("e:paris",), ()),
        (SAILS, "city\ne:riga\ne:riga\ne:oslo\n", "", "failed", ("e:riga",), ()),
        (SAILS, "town\ne:riga\ne:oslo\n", "", "failed", ("town",), ("city",)),
        (SAILS, "", "", "failed", (), ("city", "e:oslo", "e:riga")),
        (SAILS + " ORDER BY ?city", "city\ne:oslo\ne:riga\n", "ordered: true", "passed", (), ()),
        (SAILS + " ORDER BY ?city", "city\ne:riga\ne:oslo\n", "ordered: true", "failed", (), ()),
        (SAILS + " ORDER BY DESC(?city)", "city\ne:riga\ne:oslo\n", "ordered: true", "passed", (), ()),
        ("ASK { e:tern r:sailsTo e:riga }", "ask\ntrue\n", "", "passed", (), ()),
        ("ASK { e:tern r:sailsTo e:riga }", "ask\nfalse\n", "", "failed", ("false",), ("true",)),
        ("CONSTRUCT WHERE { e:heron r:crew ?n }", "subject,predicate,object\ne:heron,r:crew,7\n", "", "passed", (), ()),
        ("SELECT ?x { e:tern r:crew ?x }", "x\n", "", "passed", (), ()),
        ("SELECT ?x ?y { BIND('a, \"b\"' AS ?x) }", 'x,y\n"\'a, ""b""\'",\n', "", "passed", (), ()),
    ],
)
def test_verdicts(
    tmp_path: Path,
    query: str,
    expected: str,
    header: str,
    outcome: str,
    missing: tuple[str, ...],
    unexpected: tuple[str, ...],
) -> None:
    question, store = ask(tmp_path, query, expected, "question: Where?\n" + header if header else "question: Where?")
    verdict = test_question(question, store)
    assert (verdict.outcome, verdict.missing, verdict.unexpected) == (outcome, missing, unexpected)
    assert verdict.diagnostic is None


def test_a_cell_with_a_bar_is_not_two_cells(tmp_path: Path) -> None:
    question, store = ask(tmp_path, "SELECT ?x ?y { BIND('a | b' AS ?x) BIND('c' AS ?y) }", "x,y\n'a,b' | 'c'\n")
    assert test_question(question, store).outcome == "failed"


def test_no_expectation_is_untested(tmp_path: Path) -> None:
    verdict = test_question(*ask(tmp_path, SAILS))
    assert (verdict.outcome, verdict.rows) == ("untested", 2)
    assert verdict.diagnostic is not None and verdict.diagnostic.code == "no-expectation"


def test_a_query_that_cannot_be_run_fails(tmp_path: Path) -> None:
    verdict = test_question(*ask(tmp_path, "SELECT ?x {", "x\n"))
    assert verdict.outcome == "failed" and verdict.diagnostic is not None
    assert render_text(verdict.diagnostic) == (
        "error[query-syntax]: the bracket `{` is not closed\n"
        "  --> ontology/questions/where.rq:2:11\n"
        "   |\n"
        " 2 | SELECT ?x {\n"
        "   |           ^"
    )


def test_what_is_written_down_passes(tmp_path: Path) -> None:
    query = "SELECT ?s ?o { ?s skos:prefLabel ?o FILTER(isIRI(?s)) }"
    question, store = ask(tmp_path, query)
    text = write_expectation(ask_question(question, store), store.prefixes)
    question.expected.write_text(text, encoding="utf-8")
    assert test_question(question, store).outcome == "passed"
    assert "e:mira-vogt,'米拉'@zh\n" in text and text.startswith("s,o\n")
    assert text == write_expectation(ask_question(question, store), store.prefixes)


# ---- parameters


def test_parameters(tmp_path: Path) -> None:
    header = "question: {en: Where?, zh: 何处？}\nparams: {ship: e:tern}"
    question, store = ask(tmp_path, "SELECT ?city { ?ship r:sailsTo ?city }", None, header)
    assert (question.text("zh"), question.text("fr"), question.params) == ("何处？", "Where?", {"ship": "e:tern"})
    assert question.text("zh-Hant") == "何处？"
    answer = ask_question(question, store)
    assert isinstance(answer, Table) and len(answer.rows) == 2
    assert ask_question(question, store, {"ship": "e:heron"}) == Table(variables=("city",), rows=())
    with pytest.raises(UsageError, match="the question `where` has no parameter `shp`: did you mean `ship`"):
        ask_question(question, store, {"shp": "e:heron"})
    with pytest.raises(UsageError, match="an IRI cannot hold a space"):
        ask_question(question, store, {"ship": "<https://a b>"})


def test_unordered_rows_come_in_one_order(tmp_path: Path) -> None:
    answer = ask_question(*ask(tmp_path, SAILS))
    assert isinstance(answer, Table)
    assert [str(row[0]).rpartition("/")[2] for row in answer.rows] == ["oslo>", "riga>"]


PREFIXES = Prefixes(namespaces={"e": "https://halden.example/entity/", "xsd": XSD})


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("e:tern", NamedNode("https://halden.example/entity/tern")),
        ("<https://a.example/?q=1>", NamedNode("https://a.example/?q=1")),
        ("73.60", Literal("73.60", datatype=NamedNode(XSD + "decimal"))),
        (".5", Literal(".5", datatype=NamedNode(XSD + "decimal"))),
        ("-7", Literal("-7", datatype=NamedNode(XSD + "integer"))),
        ("true", Literal("true", datatype=NamedNode(XSD + "boolean"))),
        ("2031-05-04", Literal("2031-05-04", datatype=NamedNode(XSD + "date"))),
        ("1.5e3", Literal("1.5e3", datatype=NamedNode(XSD + "double"))),
        ("2031-05-04T10:00:00Z", Literal("2031-05-04T10:00:00Z", datatype=NamedNode(XSD + "dateTime"))),
        (r"'it\'s a \\ \n'@en", Literal("it's a \\ \n", language="en")),
        ('"7"', Literal("7")),
        ('"Tern"@en', Literal("Tern", language="en")),
        ("'q'@x-private", Literal("q", language="x-private")),
        ('"小\n"@zh-Hans', Literal("小\n", language="zh-Hans")),
        ("Tern", Literal("Tern")),
        ("７", Literal("７")),
        ('"', Literal('"')),
        ('""', Literal("")),
        ("", Literal("")),
        ("<", Literal("<")),
        ("what: this", Literal("what: this")),
    ],
)
def test_terms_as_users_write_them(text: str, term: object) -> None:
    assert read_term(text, PREFIXES) == term


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_that_is_shown_can_be_given(text: str) -> None:
    for term in (Literal(text), Literal(text, language="en"), Literal(text, datatype=NamedNode(XSD + "token"))):
        assert read_term(show_term(term, PREFIXES), PREFIXES) == term


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("2031-13-45", "the parameter `x`: `2031-13-45` is no xsd:date"),
        ("'5'^^xsd:byt", "the parameter `x`: `5` is no xsd:byt"),
        ("'500'^^xsd:byte", "the parameter `x`: `500` is no xsd:byte"),
        ("'a'@e", "the parameter `x`: `'a'@e` is no literal: such as `'text'@en`, `'2030'^^xsd:gYear`"),
        ("_:b1", "the parameter `x`: no query can name the blank node `_:b1`"),
    ],
)
def test_values_that_are_none(value: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        read_parameters({"x": value}, PREFIXES)
    assert str(error.value) == told


def test_texts_that_look_like_iris_are_told() -> None:
    values = {"a": "https://a.example/", "b": "ee:tern", "c": "'ee:tern'", "d": "e:tern", "f": "what: this"}
    assert [(d.message, d.hint) for d in find_doubtful(values, PREFIXES)] == [
        ("`https://a.example/` is taken as a text: there is no prefix `https:`", "write `<https://a.example/>`"),
        ("`ee:tern` is taken as a text: there is no prefix `ee:`", "did you mean `e`?"),
    ]


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (None, ""),
        (NamedNode("https://halden.example/entity/tern"), "e:tern"),
        (NamedNode("https://halden.example/entity/a/b"), "<https://halden.example/entity/a/b>"),
        (BlankNode("b1"), "_:b1"),
        (Literal("73.60", datatype=NamedNode(XSD + "decimal")), "73.60"),
        (Literal("true", datatype=NamedNode(XSD + "boolean")), "true"),
        (Literal("7"), "'7'"),
        (Literal("it's\\\n"), "'it\\'s\\\\\\n'"),
        (Literal("雷", language="zh"), "'雷'@zh"),
        (Literal("2031", datatype=NamedNode(XSD + "gYear")), "'2031'^^xsd:gYear"),
        (Literal("x", datatype=NamedNode("https://a.example/t")), "'x'^^<https://a.example/t>"),
    ],
)
def test_terms_as_they_are_shown(term: object, shown: str) -> None:
    assert show_term(term, PREFIXES) == shown  # type: ignore[arg-type]


def test_names_of_questions(tmp_path: Path) -> None:
    question, _ = ask(tmp_path, SAILS)
    assert find_question((question,), "where") is question
    with pytest.raises(UsageError, match="no question `were`: did you mean `where`"):
        find_question((question,), "were")
    with pytest.raises(UsageError, match="the questions are where"):
        find_question((question,), "xyz")
    with pytest.raises(UsageError, match="none yet"):
        find_question((), "where")


def test_answers_of_truth_and_triples() -> None:
    assert write_expectation(Truth(value=False), PREFIXES) == "ask\nfalse\n"
    assert write_expectation(Triples(triples=()), PREFIXES) == "subject,predicate,object\n"


@pytest.mark.parametrize(
    ("query", "free"),
    [
        ("SELECT ?x { ?who ?p ?x }", "SELECT ?who ?x { ?who ?p ?x }"),
        ("SELECT DISTINCT ?x { ?who ?p ?x }", "SELECT DISTINCT ?who ?x { ?who ?p ?x }"),
        ("SELECT ?x { { SELECT ?x { ?x ?p 1 } LIMIT 3 } ?who ?p ?x } ORDER BY ?x",
         "SELECT ?who ?x { { SELECT ?x { ?x ?p 1 } LIMIT 3 } ?who ?p ?x } ORDER BY ?x"),
        ("select (MAX(?n) AS ?m) ?x { ?who ?x ?n } group by ?x",
         "select ?who (MAX(?n) AS ?m) ?x { ?who ?x ?n } group by ?who ?x"),
        ("SELECT (COUNT(*) AS ?n) { ?who ?p ?x }", None),
        ("SELECT * { ?who ?p ?x }", None),
        ("SELECT ?who ?x { ?who ?p ?x }", None),
        ("SELECT ?x { ?who ?p ?x } LIMIT 5", None),
        ("ASK { ?who ?p ?x }", None),
        ("CONSTRUCT { ?who ?p ?x } WHERE { ?who ?p ?x }", None),
    ],
)  # fmt: skip
def test_a_parameter_left_free(query: str, free: str | None) -> None:
    assert free_parameter(query, "who") == free


def test_the_choices_of_a_question_are_its_answers_for_other_values(tmp_path: Path) -> None:
    header = "question: Who sails to where?\nparams: {ship: e:tern}"
    question, store = ask(tmp_path, "SELECT ?city { ?ship r:sailsTo ?city }", header=header)
    answer = ask_question(question, store)
    assert ask_choices(question, store, answer) == ()  # nobody else sails
    question, store = ask(
        tmp_path / "two", "SELECT ?o { ?ship ?p ?o FILTER(?p IN (r:sailsTo, r:crew)) }", header=header
    )
    (choice,) = ask_choices(question, store, ask_question(question, store))
    assert (choice.parameter, show_term(choice.value, store.prefixes)) == ("ship", "e:heron")
    given = ask_question(question, store, {"ship": "e:heron"})
    assert isinstance(given, Table) and given.rows == choice.rows and len(choice.rows) == 1


def test_a_free_parameter_that_changes_the_answer_offers_no_choice(tmp_path: Path) -> None:
    # What is optional binds the parameter itself where it is free, and finds nothing where it is not.
    query = "SELECT ?n { OPTIONAL { ?ship r:crew ?n } }"
    question, store = ask(tmp_path, query, header="question: How many?\nparams: {ship: e:tern}")
    assert ask_choices(question, store, ask_question(question, store)) == ()
