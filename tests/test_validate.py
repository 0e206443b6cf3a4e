"""SHACL: what the graph breaks is told at the line that caused it; a shape that cannot be used is told too."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from story import check_story, claims_file, validate_story

from kg.build.validate import SourceMap, explain_results
from kg.graph.quads import Assertion
from kg.rdf.iri import Prefixes
from kg.rdf.turtle.document import read_turtle
from kg.shacl import ShapeResult, Shapes, read_shapes, validate_graph
from kg.text.diagnostic import Diagnostic, KgError, Mark, Severity, SourceText

E = "https://halden.example/entity/"
R = "https://halden.example/relation/"
HEAD = """
@prefix k: <https://halden.example/class/> . @prefix kg: <https://kg.example/ns#> .
@prefix e: <https://halden.example/entity/> . @prefix r: <https://halden.example/relation/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix schema: <https://schema.org/> .
"""


def validate(tmp_path: Path, shapes: str, *lines: str) -> list[Diagnostic]:
    checked = check_story(tmp_path, {**claims_file(*lines), "ontology/shapes.ttl": HEAD + shapes})
    assert not checked.has_errors, checked.diagnostics
    return validate_story(checked)


def found(diagnostics: list[Diagnostic]) -> list[tuple[str, str, str]]:
    return [(d.code, str(d.mark), d.message) for d in diagnostics]


def test_a_graph_that_keeps_to_its_shapes(tmp_path: Path) -> None:
    shapes = "[] a sh:NodeShape ; sh:targetClass k:Ferry ; sh:property [ sh:path r:battery ; sh:minInclusive 5 ] ."
    assert validate(tmp_path, shapes, "x: {s: tern, p: battery, o: 5 kWh}") == []


@pytest.mark.parametrize(
    ("constraint", "line", "column"),
    [
        ("sh:path r:battery ; sh:minInclusive 6.0", "x: {s: tern, p: battery, o: 5 kWh}", 33),
        ("sh:path r:battery ; sh:maxCount 0", "x: {s: tern, p: battery, o: 5 kWh}", 33),
        ("sh:path r:homePort ; sh:class k:Ferry", "x: {s: tern, p: homePort, o: riga}", 34),
        ("sh:path r:lowestPrice ; sh:minInclusive 6.0", "x: {s: tern, p: price, o: 5..7 EUR}", 31),
    ],
)
def test_the_line_of_the_value(tmp_path: Path, constraint: str, line: str, column: int) -> None:
    shapes = f'[] a sh:NodeShape ; sh:targetClass k:Ferry ; sh:property [ {constraint} ; sh:message "so not" ] .'
    assert found(validate(tmp_path, shapes, line)) == [("shape", f"seeds/claims/post.yaml:6:{column}", "so not")]


def test_what_is_missing_is_told_at_the_entity(tmp_path: Path) -> None:
    shapes = """[] a sh:NodeShape ; sh:targetNode e:tern ;
        sh:property [ sh:path r:crew ; sh:minCount 1 ; sh:message "nobody" ] ."""
    assert found(validate(tmp_path, shapes)) == [("shape", "seeds/entities/story.yaml:11:14", "nobody")]


def test_a_bound_of_a_claim_and_its_mode(tmp_path: Path) -> None:
    shapes = """
[] a sh:NodeShape ; sh:targetClass kg:Claim ; sh:property
    [ sh:path kg:max ; sh:maxInclusive 9 ; sh:message "too much" ; sh:severity sh:Warning ] ,
    [ sh:path kg:mode ; sh:not [ sh:hasValue kg:Marketing ] ; sh:message "no praise" ; sh:severity sh:Info ] .
"""
    lines = ["x: {s: tern, p: crew, o: at most 10}", "y: {s: heron, p: crew, o: 9, mode: marketing}"]
    assert found(validate(tmp_path, shapes, *lines)) == [
        ("shape-warning", "seeds/claims/post.yaml:6:30", "too much"),
        ("shape-info", "seeds/claims/post.yaml:7:40", "no praise"),
    ]


def test_digits_are_compared_as_they_were_written(tmp_path: Path) -> None:
    shapes = """[] a sh:NodeShape ; sh:targetClass k:Ferry ;
        sh:property [ sh:path r:battery ; sh:maxInclusive 70.0 ; sh:message "{?value} is too much" ] ."""
    (problem,) = validate(tmp_path, shapes, "x: {s: tern, p: battery, o: 073.600 kWh}")
    assert problem.hint == "of e:tern r:battery, which is 073.600"


def test_shapes_in_several_files(tmp_path: Path) -> None:
    one = """[] a sh:NodeShape ; sh:targetNode e:tern ;
        sh:property [ sh:path r:crew ; sh:minCount 1 ; sh:message "one" ] ."""
    two = one.replace('"one"', '"two"')
    checked = check_story(tmp_path, {"ontology/shapes-a.ttl": HEAD + one, "ontology/shapes-b.ttl": HEAD + two})
    assert sorted(d.message for d in validate_story(checked)) == ["one", "two"]
    assert all("shapes" not in a.mark.file for a in checked.assertions)  # shapes are no part of the graph


# ---- the map from quads to lines


def assertion(line: int, *terms: str) -> Assertion:
    subject, predicate, value = terms
    source = SourceText("a.yaml", "x\n" * 9)
    mark = Mark(source=source, line=line, column=1, end_line=line, end_column=2)
    return Assertion(Quad(NamedNode(E + subject), NamedNode(R + predicate), Literal(value)), mark)


def test_the_nearest_cause() -> None:
    quads = [(1, "tern", "crew", "7"), (2, "tern", "crew", "8"), (3, "tern", "price", "9")]
    sources = SourceMap([assertion(*quad) for quad in quads])
    tern, crew, price = f"<{E}tern>", f"<{R}crew>", f"<{R}price>"
    lines = {
        terms: mark.line if (mark := sources.find(*terms)) else None
        for terms in [
            (tern, crew, '"8"'), (tern, crew, '"9"'), (tern, price, None), (tern, None, None), (tern, f"<{R}x>", '"8"'),
            (f"<{E}heron>", crew, '"8"'), ("", None, None),
        ]
    }  # fmt: skip
    assert list(lines.values()) == [2, 1, 3, 1, 1, None, None]


NO_NAMES = Prefixes(namespaces={})


def shapes_of(text: str) -> Shapes:
    return read_shapes([read_turtle(SourceText("ontology/shapes.ttl", HEAD + text))])


def result(severity: str = "Violation", shape: str | None = None) -> ShapeResult:
    return ShapeResult(
        focus_node="_:b1",
        result_path=None,
        value=None,
        message="m",
        severity=severity,
        source_shape=shape,
        component="",
    )


@pytest.mark.parametrize(("shape", "place"), [(None, "1:1"), (f"<{E}shape>", "6:1")])
def test_a_result_without_a_cause_is_told_at_its_shape(shape: str | None, place: str) -> None:
    shapes = shapes_of("e:shape a sh:NodeShape ; sh:targetNode e:tern .")
    (problem,) = explain_results([result(shape=shape)], SourceMap([]), shapes, NO_NAMES)
    assert str(problem.mark) == f"ontology/shapes.ttl:{place}"


@pytest.mark.parametrize(
    ("severity", "code"),
    [("Violation", "shape"), ("Warning", "shape-warning"), ("Info", "shape-info"), ("http://e/Odd", "shape")],
)
def test_severities(severity: str, code: str) -> None:
    (problem,) = explain_results([result(severity)], SourceMap([]), shapes_of(""), NO_NAMES)
    assert problem.code == code


def test_a_value_that_is_the_focus_node_is_named_once(tmp_path: Path) -> None:
    shapes = "k:S a sh:NodeShape ; sh:targetNode e:tern ; sh:class schema:City ."
    (problem,) = validate(tmp_path, shapes)
    assert (problem.message, problem.hint) == ("`sh:class schema:City` is not met", "of e:tern")


def test_a_value_on_the_way_back_has_its_line(tmp_path: Path) -> None:
    shapes = """[] a sh:NodeShape ; sh:targetNode e:riga ;
        sh:property [ sh:path [ sh:inversePath r:homePort ] ; sh:class schema:City ; sh:message "cities only" ] ."""
    (problem,) = validate(tmp_path, shapes, "x: {s: tern, p: homePort, o: riga}")
    assert (str(problem.mark), problem.hint) == (
        "seeds/claims/post.yaml:6:34", "of e:riga ^r:homePort, which is e:tern"
    )  # fmt: skip


# ---- SHACL-SPARQL, by pySHACL

SPARQL = """k:S a sh:NodeShape ; sh:targetClass k:Ferry ; sh:sparql [ sh:message "a crew of {?value}" ;
    sh:select "SELECT $this (<https://halden.example/relation/crew> AS ?path) ?value { $this ?path ?value . %s }" ] ."""


def test_shapes_with_sparql(tmp_path: Path) -> None:
    shapes = SPARQL % "FILTER (?path = <https://halden.example/relation/crew> && ?value > 7)"
    lines = ["x: {s: tern, p: crew, o: 7}", "y: {s: heron, p: crew, o: 8}"]
    (problem,) = validate(tmp_path, shapes, *lines)
    assert (problem.code, str(problem.mark), problem.message) == ("shape", "seeds/claims/post.yaml:7:31", "a crew of 8")


def test_a_variable_without_a_value_is_told_and_the_shape_looks_on(tmp_path: Path) -> None:
    shapes = SPARQL % "FILTER (?valeu > 7 || ?path = <https://halden.example/relation/crew>)"
    told, breach = validate(tmp_path, shapes, "x: {s: tern, p: crew, o: 7}")
    assert (told.code, str(told.mark)) == ("unbound-variable", "ontology/shapes.ttl:7:117")
    assert told.hint == "did you mean `?value`?"
    assert (breach.code, breach.message) == ("shape", "a crew of 7")


def test_sparql_that_cannot_be_used(tmp_path: Path) -> None:
    (problem,) = validate(tmp_path, SPARQL % "MINUS { ?a ?b ?c }", "x: {s: tern, p: crew, o: 7}")
    assert (problem.code, str(problem.mark)) == ("bad-shapes", "ontology/shapes.ttl:7:109")
    assert problem.message == "`MINUS` in a query of SHACL, which binds `$this` beforehand"


@pytest.mark.parametrize(
    ("query", "column", "words"),
    [("?x a . ", 114, "`.` cannot stand here"), ("?x a foo:Bar", 114, "no prefix `foo:`")],
)
def test_sparql_that_is_not_well_formed_is_a_mistake_of_the_shapes(
    tmp_path: Path, query: str, column: int, words: str
) -> None:
    (problem,) = validate(tmp_path, SPARQL % query, "x: {s: tern, p: crew, o: 7}")
    assert (problem.code, str(problem.mark), problem.message) == (
        "bad-shapes",
        f"ontology/shapes.ttl:7:{column}",
        words,
    )


HARMLESS = 'k:S a sh:NodeShape ; sh:targetClass k:Ferry ; sh:sparql [ sh:select "SELECT $this { $this a $this }" ] .'
SECOND = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix k: <https://halden.example/class/> .
@prefix r: <https://halden.example/relation/> .

%s
"""


@pytest.mark.parametrize(
    ("shapes", "code", "place", "message"),
    [
        ('k:T a sh:NodeShape ; sh:targetClass k:Ferry ;\n  sh:sparql [ sh:select "SELECT ?s { ?s ?p ?o }" ] .',
         "bad-shapes", "6:26", "the SELECT gives no `$this`"),
        ('k:T a sh:NodeShape ; sh:targetClass k:Ferry ;\n'
         '  sh:sparql [ sh:select """\n  SELECT $this {\n $this a }""" ] .',
         "bad-shapes", "8:10", "`}` cannot stand here"),
        ('k:T a sh:NodeShape ; sh:targetClass k:Ferry ;\n  sh:sparql [ sh:select "ASK { $this ?p ?o }" ] .',
         "bad-shapes", "6:26", "`sh:select` takes a query that begins with SELECT"),
        ('k:T a sh:NodeShape ; sh:targetClass k:Ferry ; sh:sparql [ sh:prefixes k: ;\n'
         '  sh:select "SELECT $this { FILTER EXISTS { $this $PATH r:x } }" ] .',
         "bad-shapes", "6:57", "no prefix `r:`"),
        ('r: sh:declare [ sh:prefix "r" ;\n'
         '  sh:namespace "://halden.example/"^^<http://www.w3.org/2001/XMLSchema#anyURI> ] .',
         "bad-shapes", "6:16", '`://halden.example/` is no IRI: an IRI begins with a scheme such as `https:`'),
        ("k:T a sh:NodeShape ; sh:targetClass k:Fery ; sh:property [ sh:path r:crew ; sh:minCount 0 ] .",
         "unknown-term", "5:37", "`k:Fery` stands neither in the ontology nor in the graph"),
        ("k:T a sh:NodeShape ; sh:targetClass k:Ferry ; sh:property [ sh:path r:crw ; sh:minCount 0 ] .",
         "unknown-term", "5:69", "`r:crw` stands neither in the ontology nor in the graph"),
        ("k:T a sh:NodeShape ; sh:targetClass k:Ferry ; sh:property [ sh:path r:crew ; sh:minCount x ] .",
         "turtle-syntax", "5:90", "expected an object, found `x`"),
        ("k:T a sh:NodeShape ; sh:targetClass k:Ferry ; sh:property [ sh:path r:crew ; sh:class 7 ] .",
         "bad-shapes", "5:87", "`sh:class` takes an IRI"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_second_file_is_told_in_the_second_file(
    tmp_path: Path, shapes: str, code: str, place: str, message: str
) -> None:
    first = HEAD + "k:S a sh:NodeShape ; sh:targetClass k:Ferry ; sh:property [ sh:path r:crew ; sh:minCount 0 ] ."
    files = {"ontology/shapes.ttl": first, "ontology/shapes-more.ttl": SECOND % shapes}
    checked = check_story(tmp_path, {**claims_file("x: {s: tern, p: crew, o: 7}"), **files})
    problems = [d for d in checked.diagnostics if d.severity is Severity.ERROR] or validate_story(checked)
    assert found(problems) == [(code, f"ontology/shapes-more.ttl:{place}", message)]


def test_a_shape_in_a_file_that_is_not_read_as_shapes_is_told(tmp_path: Path) -> None:
    files = {"ontology/more.ttl": SECOND % "k:T a sh:NodeShape ; sh:targetClass k:Ferry . k:U a sh:PropertyShape ."}
    problems = check_story(tmp_path, {**claims_file(), **files}).diagnostics
    message = "a shape stands here, and nothing is validated against it"
    assert found(d for d in problems if d.severity is Severity.WARNING) == [
        ("unread-shape", "ontology/more.ttl:5:7", message)
    ]


def test_a_nameless_shape_of_the_second_file_is_found_by_pyshacl_too(tmp_path: Path) -> None:
    second = SECOND % "[] a sh:NodeShape ; sh:targetNode r:nobody ; sh:property [ sh:path r:crew ; sh:minCount 1 ] ."
    files = {"ontology/shapes.ttl": HEAD + HARMLESS, "ontology/shapes-more.ttl": second}
    problems = validate_story(check_story(tmp_path, {**claims_file(), **files}))
    assert [(d.code, str(d.mark)) for d in problems] == [
        ("shape", "ontology/shapes-more.ttl:5:58"), ("unknown-term", "ontology/shapes-more.ttl:5:35")
    ]  # fmt: skip


INSIDE = """k:S a sh:NodeShape ; sh:targetNode e:tern ; %s sh:node k:Crewed .
k:Crewed a sh:NodeShape ; sh:message "a ship with people" ;
    sh:property [ sh:path r:crew ; sh:minCount 1 ; sh:message "somebody is on board" ] ,
        [ sh:path r:homePort ; sh:node [ a sh:NodeShape ; sh:class k:Ship ] ] ."""


@pytest.mark.parametrize("more", ["", 'sh:sparql [ sh:select "SELECT $this { $this a $this }" ] ;'])
def test_what_is_not_met_inside_a_shape_is_shown_with_its_line(tmp_path: Path, more: str) -> None:
    """By our own validation, and by pySHACL, which says only that there are details."""
    problems = validate(tmp_path, INSIDE % more, "x: {s: tern, p: homePort, o: riga}")
    (problem,) = problems
    related = sorted((str(r.mark), r.message) for r in problem.related)
    assert problem.hint == "of e:tern"
    assert [place for place, _ in related] == ["ontology/shapes.ttl:8:17", "ontology/shapes.ttl:9:40"]
    assert related[0][1] == "somebody is on board (of e:tern r:crew)"
    assert related[1][1].endswith("(of e:riga)")
    assert "etails" not in problem.message


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((sys.executable, "-c", "raise ValueError('no memory')"), "pySHACL failed with 1: ValueError: no memory"),
        ((sys.executable, "-c", "import os; os.abort()"), "pySHACL failed with -6: no message"),
        (("kg-no-such-program",), "cannot start pySHACL: "),
    ],
)
def test_a_process_that_dies_is_a_failure_of_the_environment(
    command: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.shacl.sparql.call_in_python", lambda function: command)
    with pytest.raises(KgError, match=re.escape(words)):
        validate_graph([], shapes_of(SPARQL % ""))


def test_no_file_of_the_folder_at_hand_stands_for_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyshacl.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [folder for folder in sys.path if folder])
    assert list(validate_graph([], shapes_of(SPARQL % ""))) == []
