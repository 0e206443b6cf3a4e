"""Characters that look like signs of a syntax and are others are named, each with its place."""

from __future__ import annotations

import pytest

from kg.ask.sparql import check_query, find_mistake
from kg.rdf.turtle.document import read_turtle
from kg.text.diagnostic import Diagnostic, SourceText
from kg.text.lookalike import MEANT
from kg.text.yamldoc import parse_document

CLAIM = "kg: claims/1\nclaims:\n  p1s1 12dca05b:\n    a: {s: tern, p: crew, o: 7}\n  p1s2 13cb64c6:\n    b: again\n"
COLON, COMMA, SPACE = (
    "`：` (U+FF1A, fullwidth colon)",
    "`，` (U+FF0C, fullwidth comma)",
    "an ideographic space (U+3000)",
)
NO_BREAK = "a no-break space (U+00A0)"


def told(diagnostics: object) -> list[tuple[int, int, str]]:
    assert isinstance(diagnostics, tuple | list)
    return [(d.mark.line, d.mark.column, d.message) for d in diagnostics if isinstance(d, Diagnostic)]


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message"),
    [
        ("s: tern", "s： tern", 4, 10, f"{COLON} is not `:`"),
        ("s: tern", "s：tern", 4, 10, f"{COLON} is not `:`"),
        ("a: {", "a： {", 4, 6, f"{COLON} is not `:`"),
        ("kg: claims", "kg：claims", 1, 3, f"{COLON} is not `:`"),
        ("claims:\n", "claims：\n", 2, 7, f"{COLON} is not `:`"),
        ("p1s1 12dca05b:", "p1s1 12dca05b：", 3, 16, f"{COLON} is not `:`"),
        ("tern, p", "tern， p", 4, 16, f"{COMMA} is not `,`"),
        ("tern, p", "tern，p", 4, 16, f"{COMMA} is not `,`"),
        ("tern, p", "tern、p", 4, 16, "`、` (U+3001, ideographic comma) is not `,`"),
        ("{s: tern, p: crew, o: 7}", "｛s: tern, p: crew, o: 7｝", 4, 8,
         "`｛` (U+FF5B, fullwidth left curly bracket) is not `{`"),
        ("7}", "7}。", 4, 32, "`。` (U+3002, ideographic full stop) after the end of the brackets"),
        ("s: tern", "s:　tern", 4, 11, f"{SPACE} is not a space of the syntax"),
        ("s: tern", "s:\u00a0tern", 4, 11, f"{NO_BREAK} is not a space of the syntax"),
        ("    a:", "\u00a0   a:", 4, 1, f"{NO_BREAK} in the indentation"),
        ("    a:", "  \u00a0 a:", 4, 3, f"{NO_BREAK} in the indentation"),
        ("    a:", "　　a:", 4, 1, f"{SPACE} in the indentation"),
        ("  p1s1", "\u2003p1s1", 3, 1, "an em space (U+2003) in the indentation"),
    ],
)  # fmt: skip
def test_yaml(old: str, new: str, line: int, column: int, message: str) -> None:
    assert old in CLAIM
    document = parse_document(SourceText("a.yaml", CLAIM.replace(old, new, 1)))
    assert told(document.diagnostics) == [(line, column, message)]


@pytest.mark.parametrize(
    "text",
    [
        "label: 小米：汽车，二〇二四\n", "label: “Tern”, says the sailor\n",
        "note: |\n  　　第一段。\n  　　第二段。\n",
        "{a: 他说：“好”, b: '｛x｝'}\n", "# 注：， \u00a0\na: b\n", "a: x\u00a0y\n", "小米: {label: 雷军}\n",
    ],
)  # fmt: skip
def test_yaml_whose_texts_hold_such_signs_is_right(text: str) -> None:
    assert parse_document(SourceText("a.yaml", text)).diagnostics == ()


def test_a_mistake_beside_an_honest_sign_is_told_as_it_is() -> None:
    document = parse_document(SourceText("a.yaml", "note: 他说：好: x\n"))
    assert told(document.diagnostics) == [(1, 11, "a `:` where no key can stand")]


@pytest.mark.parametrize(
    ("query", "column", "sign"),
    [
        ("SELECT ?x { ?s ?p ?x； }", 21, ";"),
        ("SELECT ?x ｛ ?s ?p ?x }", 11, "{"),
        ("SELECT ?x { ?s ?p ？x }", 19, "?"),
        ("SELECT ?x { ?s ?p ５ }", 19, "5"),
        ("SELECT ?x { ?s ?p “a” }", 19, '"'),
        ("ASK { ?s ?p ?x FILTER(?x ≥ 5) }", 26, ">="),
        ("ASK { ?s a：b ?x }", 11, ":"), ("ASK { ?s ?p ?x。 }", 15, "."), ("ASK { ?s ?p （1 2） }", 13, "("),
        ("ASK { ?s ?p −1 }", 13, "-"), ("ASK { ?s ?p 'a’ }", 15, "'"), ('ASK { ?s ?p "a” }', 15, '"'),
    ],
)  # fmt: skip
def test_sparql(query: str, column: int, sign: str) -> None:
    problem = check_query(SourceText("-e", query))
    assert problem is not None
    assert (problem.mark.column, problem.message[-len(sign) - 3 :]) == (column, f" `{sign}`"[-len(sign) - 3 :])
    assert MEANT[query[column - 1]] == sign
    assert problem.hint == f"write `{sign}`"


def test_sparql_with_an_odd_space() -> None:
    for space in ("\u3000", "\u00a0"):
        problem = check_query(SourceText("-e", f"ASK {{{space}?s ?p ?o }}"))
        assert problem is not None
        assert (problem.mark.column, problem.hint) == (6, "write a plain space")


def test_sparql_that_speaks_of_such_signs_is_right() -> None:
    text = "ASK { ?雷军 ?p '：，“”' , <http://a/：> } # ；"
    assert find_mistake(SourceText("-e", text), {}) is None


HEAD = "@prefix e: <http://e/> .\n"


@pytest.mark.parametrize(
    ("statement", "column", "sign"),
    [
        ("e:a e:b e:c； e:d e:e .", 12, ";"),
        ("e:a e:b e:c， e:d .", 12, ","),
        ("e:a e:b e:c。\ne:x e:y e:z .", 12, "."),
        ("e:a e:b e:c。", 12, "."),
        ("e：a e:b e:c .", 2, ":"),
        ("e:a e:b “c” .", 9, '"'),
        ('e:a e:b "c” , "d" .', 11, '"'),
        ('e:a e:b "c” .', 11, '"'),
        ("e:a e:b 'c’ .", 11, "'"),
        ("e:a　e:b e:c .", 4, " "),
        ("\u00a0e:a e:b e:c .", 1, " "),
        ("e:a e:b ５ .", 9, "5"),
        ("e:a e:b （ e:c ） .", 9, "("),
        ("e:a e:b ［ e:c e:d ］ .", 9, "["),
        ("e:a e:b “c d” .", 9, '"'),
    ],
)  # fmt: skip
def test_turtle(statement: str, column: int, sign: str) -> None:
    found = read_turtle(SourceText("a.ttl", HEAD + statement)).diagnostics
    assert [(d.mark.line, d.mark.column) for d in found[:1]] == [(2, column)]
    assert MEANT[statement[column - 1]] == sign
    assert found[0].hint == ("write a plain space" if sign == " " else f"write `{sign}`")


def test_turtle_whose_texts_and_names_hold_such_signs_is_right() -> None:
    text = HEAD + 'e:雷军 e:名字 "：，“”　；" , <http://e/；> ; e:a·b "x"@zh .'
    assert read_turtle(SourceText("a.ttl", text)).diagnostics == ()
