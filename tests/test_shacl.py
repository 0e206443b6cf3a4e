"""SHACL Core by our own validator: each constraint, and pySHACL as the referee over generated shapes and data."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, parse

from kg.rdf.turtle.document import read_turtle
from kg.shacl import ShapeResult, Shapes, read_shapes, validate_graph
from kg.shacl.sparql import validate_sparql
from kg.text.diagnostic import SourceText

HEAD = """@prefix e: <http://e/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def shapes_of(*texts: str) -> Shapes:
    shapes = read_shapes(read_turtle(SourceText(f"shapes-{n}.ttl", HEAD + text)) for n, text in enumerate(texts))
    assert shapes.diagnostics == ()
    return shapes


def data_of(text: str) -> list[Quad]:
    return list(parse(HEAD + text, format=RdfFormat.TURTLE))


def validate(shapes: str, data: str) -> list[ShapeResult]:
    found = validate_graph(data_of(data), shapes_of(shapes))
    assert not isinstance(found, str)
    return found


def values(constraint: str, data: str) -> list[str | None]:
    """The values at fault where every value of e:p of e:x must keep to a constraint."""
    return [r.value for r in validate(f"[] sh:targetNode e:x ; sh:path e:p ; {constraint} .", data)]


@pytest.mark.parametrize(
    ("constraint", "data", "wrong"),
    [
        ("sh:class e:Ship", "e:x e:p e:a, e:b . e:a a e:Ferry . e:Ferry rdfs:subClassOf e:Ship .", ["<http://e/b>"]),
        ("sh:datatype xsd:date", 'e:x e:p "2024-02-30"^^xsd:date, "2024-02-29"^^xsd:date .',
         ['"2024-02-30"^^<http://www.w3.org/2001/XMLSchema#date>']),
        ("sh:datatype rdf:langString", 'e:x e:p "a"@en, "a" .', ['"a"']),
        ("sh:nodeKind sh:BlankNodeOrIRI", 'e:x e:p "a", e:a, [] .', ['"a"']),
        ("sh:nodeKind sh:IRIOrLiteral", 'e:x e:p "a", e:a, _:b .', ["_:b"]),
        ("sh:minCount 2", "e:x e:p 1, 1 .", [None]),
        ("sh:maxCount 1", "e:x e:p 1, 01 .", [None]),
        ("sh:minLength 2 ; sh:maxLength 3", 'e:x e:p "小", "小米", e:a, "four" .', ['"four"', '"小"', "<http://e/a>"]),
        ('sh:pattern "^A." ; sh:flags "i"', 'e:x e:p "ab", "Ab"@en, "b", 17 .',
         ['"17"^^<http://www.w3.org/2001/XMLSchema#integer>', '"b"']),
        ('sh:pattern "^a$"', r'e:x e:p "a", "a\n", "b\na" .', [r'"a\n"', r'"b\na"']),
        ('sh:pattern "^a$" ; sh:flags "m"', r'e:x e:p "a\n", "b\na", "ab" .', ['"ab"']),
        ('sh:pattern "(?m)^a$"', r'e:x e:p "a\n", "b\na", "ab" .', ['"ab"']),
        ('sh:pattern "^a # b$" ; sh:flags "x"', 'e:x e:p "a#b", "a" .', ['"a"']),
        (r'sh:pattern "^\\w+$"', r'e:x e:p "a+é", "a_b", "a-b", "1€" .', ['"a-b"', '"a_b"']),
        (r'sh:pattern "^[^\\W-z]\\s\\S$"', r'e:x e:p "a b", "a b", "a\tb", "_ b", "z b" .',
         ['"_ b"', '"a b"', '"z b"']),
        (r'sh:pattern "^\\i\\c*\\I\\C$"', 'e:x e:p "a:-.. ", "1a. ", "a.a " .', ['"1a. "', '"a.a "']),
        (r'sh:pattern "^\\p{Lu}[\\P{L}]$"', 'e:x e:p "Ä1", "ä1", "ÄÄ" .', ['"ÄÄ"', '"ä1"']),
        ("sh:datatype rdf:JSON", """e:x e:p '[1]'^^rdf:JSON, '[1'^^rdf:JSON, "1" .""",
         ['"1"', '"[1"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>']),
        (r'sh:pattern "^[$#\\[]\\$$"', 'e:x e:p "$$", "#$", "[$", "$", "#" .', ['"#"', '"$"']),
        ('sh:languageIn ( "en" "zh" )', 'e:x e:p "a"@en-GB, "a"@eng, "a"@zh, "a" .', ['"a"', '"a"@eng']),
        ("sh:uniqueLang true", 'e:x e:p "a"@en, "b"@en, "c"@zh, "d", "e" .', [None]),
        ("sh:uniqueLang false", 'e:x e:p "a"@en, "b"@en .', []),
        ("sh:equals e:q", "e:x e:p e:a, e:b ; e:q e:b, e:c .", ["<http://e/a>", "<http://e/c>"]),
        ("sh:disjoint e:q", "e:x e:p e:a, e:b ; e:q e:b, e:c .", ["<http://e/b>"]),
        ("sh:not [ sh:class e:Ship ]", "e:x e:p e:a, e:b . e:a a e:Ship .", ["<http://e/a>"]),
        ("sh:and ( [ sh:class e:A ] [ sh:class e:B ] )", "e:x e:p e:a, e:b . e:a a e:A, e:B . e:b a e:A .", ["<http://e/b>"]),
        ("sh:xone ( [ sh:class e:A ] [ sh:class e:B ] )", "e:x e:p e:a, e:b . e:a a e:A, e:B . e:b a e:A .", ["<http://e/a>"]),
        ("sh:hasValue e:a", "e:x e:p e:b .", [None]),
        ("sh:in ( e:a 1 )", "e:x e:p e:a, 1, 01 .", ['"01"^^<http://www.w3.org/2001/XMLSchema#integer>']),
        ("sh:qualifiedValueShape [ sh:class e:A ] ; sh:qualifiedMaxCount 1",
         "e:x e:p e:a, e:b . e:a a e:A . e:b a e:A .", [None]),
        ("sh:deactivated true ; sh:minCount 1", "", []),
    ],
)  # fmt: skip
def test_constraint(constraint: str, data: str, wrong: list[str | None]) -> None:
    assert values(constraint, data) == wrong


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        ("e:p", "b"), ("[ sh:inversePath e:p ]", "az"), ("( e:p e:p )", "c"),
        ("[ sh:alternativePath ( e:p e:q ) ]", "bd"),
        ("[ sh:zeroOrMorePath e:p ]", "abcx"), ("[ sh:oneOrMorePath e:p ]", "abcx"), ("[ sh:zeroOrOnePath e:p ]", "bx"),
        ("[ sh:inversePath ( e:p e:p ) ]", "c"), ("( [ sh:inversePath e:p ] e:q )", ""),
        ("[ sh:inversePath [ sh:zeroOrMorePath e:p ] ]", "abcxz"), ("[ sh:inversePath [ sh:inversePath e:p ] ]", "b"),
        ("[ sh:inversePath [ sh:alternativePath ( e:p e:q ) ] ]", "az"),
    ],
)  # fmt: skip
def test_path(path: str, ends: str) -> None:
    data = "e:x e:p e:b ; e:q e:d . e:b e:p e:c . e:c e:p e:a . e:a e:p e:x . e:z e:p e:x ."
    found = validate(f"[] sh:targetNode e:x ; sh:path {path} ; sh:nodeKind sh:Literal .", data)
    assert "".join(sorted(str(r.value)[-2] for r in found)) == ends


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("sh:minExclusive 5", "4 5 early late text"), ("sh:minInclusive 5", "4 early late text"),
        ("sh:maxExclusive 5", "5 6 early late text"), ("sh:maxInclusive 5.0", "6 early late text"),
        ('sh:minInclusive "2024-06-01"^^xsd:date', "4 5 6 early text"),
        ('sh:maxExclusive "m"', "4 5 6 early late text"),
    ],
)  # fmt: skip
def test_bounds(constraint: str, wrong: str) -> None:
    data = """e:x e:p 4, 5, 6, "2024-01-01"^^xsd:date, "2024-12-31"^^xsd:date, "text" ."""
    names = {"2024-01-01": "early", "2024-12-31": "late"}
    words = [str(v).split('"')[1] for v in values(constraint, data)]
    assert sorted(names.get(word, word) for word in words) == wrong.split()


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [("sh:lessThan e:q", ["1"]), ("sh:lessThanOrEquals e:q", []), ("sh:lessThan e:r", ["0", "1"])],
)
def test_less_than(constraint: str, wrong: list[str]) -> None:
    found = values(constraint, 'e:x e:p 0, 1 ; e:q 1, 7 ; e:r "a" .')
    assert [str(v).split('"')[1] for v in found] == wrong


@pytest.mark.parametrize(
    ("shapes", "focus"),
    [
        ("e:S sh:targetNode e:a, e:nowhere", "a nowhere"), ("e:S sh:targetClass e:Ship", "a b"),
        ("e:S sh:targetSubjectsOf e:p", "a"), ("e:S sh:targetObjectsOf e:p", "b"),
        ("e:Ship a sh:NodeShape, rdfs:Class", "a b"), ("e:Ship a sh:NodeShape, owl:Class", "a b"),
        ("e:Kind rdfs:subClassOf e:Sort . e:Sort rdfs:subClassOf e:Kind, rdfs:Class . e:Ship a sh:NodeShape, e:Kind",
         "a b"),
        ("e:Kind rdfs:subClassOf rdfs:Class . e:Ship a sh:NodeShape, e:Kind", "a b"), ("e:Ship a sh:NodeShape", ""),
    ],
)  # fmt: skip
def test_targets(shapes: str, focus: str) -> None:
    data = "e:a a e:Ferry ; e:p e:b . e:b a e:Ship . e:Ferry rdfs:subClassOf e:Boat . e:Boat rdfs:subClassOf e:Ship ."
    found = validate(f"{shapes} ; sh:class e:Nothing .", data)
    assert " ".join(r.focus_node.removeprefix("<http://e/").removesuffix(">") for r in found) == focus


def test_closed() -> None:
    shapes = """e:S a sh:NodeShape ; sh:targetNode e:x ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;
        sh:property [ sh:path e:p ] , [ sh:path [ sh:inversePath e:q ] ] ."""
    found = validate(shapes, "e:x a e:Ship ; e:p 1 ; e:q 2, e:r . e:y e:q e:x .")
    assert [(r.result_path, r.value, r.component) for r in found] == [
        ("<http://e/q>", '"2"^^<http://www.w3.org/2001/XMLSchema#integer>', "ClosedConstraintComponent"),
        ("<http://e/q>", "<http://e/r>", "ClosedConstraintComponent"),
    ]


def test_values_are_counted_once_among_disjoint_siblings() -> None:
    shapes = """e:S a sh:NodeShape ; sh:targetNode e:hand ; sh:property
        [ sh:path e:digit ; sh:qualifiedValueShape [ sh:class e:Thumb ] ; sh:qualifiedMinCount 1 ;
          sh:qualifiedValueShapesDisjoint true ; sh:message "a thumb" ] ,
        [ sh:path e:digit ; sh:qualifiedValueShape [ sh:class e:Finger ] ; sh:qualifiedMinCount 1 ;
          sh:message "a finger" ] ."""
    found = validate(shapes, "e:hand e:digit e:one . e:one a e:Thumb, e:Finger .")
    assert [(r.message, r.component) for r in found] == [("a thumb", "QualifiedMinCountConstraintComponent")]


def test_a_nested_property_shape_speaks_for_itself() -> None:
    shapes = """e:S sh:targetNode e:x ; sh:property [ sh:path e:p ; sh:severity sh:Warning ;
        sh:property [ sh:path e:q ; sh:minCount 1 ; sh:severity sh:Info ] ] ."""
    (found,) = validate(shapes, "e:x e:p e:y .")
    assert (found.focus_node, found.result_path, found.severity) == ("<http://e/y>", "<http://e/q>", "Info")


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ('; sh:message "eins"@de , "one"@en', "one"), ('; sh:message "one"@en , "1"', "1"),
        ('; sh:message "yi"@zh , "eins"@de', "eins"), ("", "`sh:maxCount 0` is not met"),
    ],
)  # fmt: skip
def test_messages(messages: str, words: str) -> None:
    (found,) = validate(f"[] sh:targetNode e:x ; sh:path e:p ; sh:maxCount 0 {messages} .", "e:x e:p 1 .")
    assert found.message == words


def test_blank_nodes_of_two_files_are_two() -> None:
    one = '[] sh:targetNode e:x ; sh:path e:p ; sh:minCount 1 ; sh:message "{}" .'
    found = validate_graph([], shapes_of(one.format("first"), one.format("second")))
    assert [r.message for r in found if isinstance(r, ShapeResult)] == ["first", "second"]


def test_a_shape_may_stand_in_two_files() -> None:
    (found,) = validate_graph([], shapes_of("e:S sh:targetNode e:x .", "e:S sh:path e:p ; sh:minCount 1 ."))
    assert isinstance(found, ShapeResult) and found.source_shape == "<http://e/S>"


def test_only_what_shapes_see_is_looked_at() -> None:
    assert shapes_of(
        "[] sh:targetSubjectsOf e:t ; sh:path ( e:p [ sh:inversePath e:q ] ) ; sh:equals e:r ."
    ).predicates == {quad.predicate for quad in data_of("e:x e:t 1 ; e:p 1 ; e:q 1 ; e:r 1 .")}
    assert shapes_of("e:S sh:targetNode e:x ; sh:closed true .").predicates is None


# ---- pySHACL as the referee

NODES = [f"e:{letter}" for letter in "abcd"]
LITERALS = ["1", "2.0", "3", '"1"', '"ab"', '"ab"@en', '"ab"@de']  # rdflib orders truths and dates against numbers
PATHS = ["e:p", "e:q", "[ sh:inversePath e:p ]", "( e:p e:q )", "[ sh:alternativePath ( e:p e:q ) ]",
         "[ sh:zeroOrMorePath e:p ]", "[ sh:zeroOrOnePath e:q ]", "[ sh:oneOrMorePath e:p ]"]  # fmt: skip
SIMPLE = [
    "sh:class e:A", "sh:class e:B", "sh:datatype xsd:integer", "sh:datatype rdf:langString", "sh:nodeKind sh:IRI",
    "sh:nodeKind sh:BlankNodeOrLiteral", "sh:minLength 3", "sh:maxLength 4", 'sh:pattern "[ab1]$"',
    'sh:languageIn ( "en" )', "sh:hasValue e:a", "sh:in ( e:a e:b 1 )", "sh:minInclusive 2", "sh:maxExclusive 3",
]  # fmt: skip
# not sh:lessThan, which pySHACL asks of IRIs too
OF_PATHS = ["sh:minCount 2", "sh:maxCount 1", "sh:uniqueLang true", "sh:equals e:q", "sh:disjoint e:q"]

triples = st.tuples(st.sampled_from(NODES), st.sampled_from(["e:p", "e:q"]), st.sampled_from(NODES + LITERALS))
types = st.tuples(st.sampled_from(NODES), st.just("a"), st.sampled_from(["e:A", "e:B"]))
statements = st.lists(st.one_of(triples, triples, types), min_size=3, max_size=14)
nodes = st.recursive(
    st.sampled_from(SIMPLE),
    lambda inner: st.one_of(
        inner.map(lambda i: f"sh:not [ {i} ]"),
        inner.map(lambda i: f"sh:node [ {i} ]"),
        st.builds("sh:property [ sh:path {} ; {} ]".format, st.sampled_from(PATHS), inner),
        st.builds("sh:{} ( [ {} ] [ {} ] )".format, st.sampled_from(["and", "or", "xone"]), inner, inner),
    ),
    max_leaves=4,
)
qualified = st.builds(
    "sh:qualifiedValueShape [ {} ] ; sh:qualified{}Count 1".format, nodes, st.sampled_from(["Min", "Max"])
)
properties = st.builds(
    "sh:property [ sh:path {} ; {} ]".format,
    st.sampled_from(PATHS),
    st.one_of(nodes, st.sampled_from(OF_PATHS), qualified),
)
targets = st.sampled_from(
    ["sh:targetNode e:a , e:b", "sh:targetClass e:A", "sh:targetSubjectsOf e:p", "sh:targetObjectsOf e:q"]
)
shapes_texts = st.builds(
    "e:S a sh:NodeShape ; {} ; {} ; {} .".format, targets, st.one_of(nodes, properties), properties
)


def told(results: Sequence[ShapeResult] | str) -> set[tuple[str, str | None, str | None, str]]:
    assert not isinstance(results, str), results
    return {
        (
            r.focus_node,
            r.result_path if r.result_path in {"<http://e/p>", "<http://e/q>"} else None,
            r.value,
            r.component,
        )
        for r in results
    }


def ask_pyshacl(data: list[Quad], shapes: Shapes, monkeypatch: pytest.MonkeyPatch) -> list[ShapeResult] | str:
    """What pySHACL says, in this process: starting one for each example would take long."""
    import io
    import sys

    from kg.shacl.sparql import serve_validation

    def run(_command: object, *, input: str, **_: object) -> subprocess.CompletedProcess[str]:
        out = io.StringIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(input))
            patch.setattr(sys, "stdout", out)
            serve_validation()
        return subprocess.CompletedProcess([], 0, out.getvalue(), "")

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", run)
        return validate_sparql(data, shapes)


@settings(max_examples=60)
@given(shapes_texts, statements)
def test_pyshacl_finds_the_same(shapes_text: str, triples: list[tuple[str, str, str]]) -> None:
    shapes = shapes_of(shapes_text)
    data = data_of("\n".join(f"{' '.join(triple)} ." for triple in triples) + "e:B rdfs:subClassOf e:A .")
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert told(validate_graph(data, shapes)) == told(ask_pyshacl(data, shapes, monkeypatch))


def test_patterns_mean_the_same_beside_sparql(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = shapes_of(
        r'e:S sh:targetNode e:x ; sh:property [ sh:path e:p ; sh:pattern "^\\w+$" ] .',
        'e:T sh:targetNode e:y ; sh:sparql [ sh:select "SELECT $this { $this a $this }" ] .',
    )
    assert shapes.needs_sparql
    found = ask_pyshacl(data_of('e:x e:p "a+é", "a_b", "a" .'), shapes, monkeypatch)
    assert not isinstance(found, str)
    assert [(r.value, r.message) for r in found] == [('"a_b"', "Value does not match pattern '^\\w+$'")]
