# ruff: noqa: E501 - calls and views stand on one line
"""Lists in functions and logical views (RML-LV): a row without a value, one with several, and their places."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.tables.command import map_command

HEAD = """@prefix rml: <http://w3id.org/rml/> . @prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
@prefix fn: <https://w3id.org/imec/idlab/function#> . @base <http://e.org/> .
"""


def run(folder: Path, mapping: str, *more: str) -> tuple[int, list[str], str]:
    """Exit code, the lines without what all have, and the first line of what is told."""
    (folder / "m.ttl").write_text(HEAD + mapping, encoding="utf-8")
    options = [str(folder / "m.ttl"), "-o", str(folder / "o.nq"), "--data", str(folder), *more]
    result = CliRunner().invoke(map_command, options, catch_exceptions=False)
    text = (folder / "o.nq").read_text("utf-8") if result.exit_code == 0 else ""
    integer = "^^<http://www.w3.org/2001/XMLSchema#integer>"
    lines = [line.replace("http://e.org/", "").replace(integer, "").removesuffix(" .") for line in text.splitlines()]
    return result.exit_code, sorted(lines), result.stderr.split("\n")[0]


def call(function: str, *given: tuple[str, str]) -> str:
    """A function's execution; each parameter with what its value map says."""
    inputs = "".join(f"; rml:input [ rml:parameter {p}; rml:inputValueMap [ {value} ] ]" for p, value in given)
    return f"rml:functionExecution [ rml:function {function}{inputs} ]"


# -- functions that have a result without a value -----------------------------------------------------

TAGS, ITEM = ("grel:valueParameter", 'rml:reference "t[*]"'), 'rml:reference "t[*]"'
UPPER = call("grel:toUpperCase", TAGS)
SPLIT = call(
    "grel:string_split", ("grel:valueParameter", 'rml:reference "s"'), ("grel:p_string_sep", 'rml:constant ","')
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (call("fn:isNull", ("fn:str", ITEM)), "1 false, 2 true, 3 true"),
        (call("fn:isNull", ("fn:str", UPPER)), "1 false, 2 true, 3 true"),
        (call("fn:isNull", ("fn:str", 'rml:template "{t[*]}-{s}"')), "1 false, 2 true, 3 true"),
        (call("fn:isNull", ("fn:str", SPLIT)), "1 false, 2 false, 3 true"),
        (call("fn:equal", TAGS, ("grel:valueParameter2", 'rml:constant "a"')), "1 false, 1 true, 2 false, 3 false"),
        (call("fn:notEqual", TAGS, ("grel:valueParameter2", 'rml:constant "a"')), "1 false, 1 true, 2 true, 3 true"),
        (
            call("fn:concat", ("fn:str", 'rml:constant "x"'), ("fn:otherStr", 'rml:constant "y"'), ("fn:delimiter", ITEM)),
            "1 xay, 1 xby, 2 xy, 3 xy",
        ),
        (
            call("grel:other_coalesce", ("grel:p_any_rep_e", UPPER), ("grel:p_any_rep_e", 'rml:constant "-"')),
            "1 A, 1 B, 2 -, 3 -",
        ),
        (
            call("grel:controls_if", ("grel:bool_b", 'rml:constant "false"'), ("grel:any_true", ITEM), ("grel:any_false", 'rml:constant "-"')),
            "1 -, 2 -, 3 -",
        ),
        (f"rml:constant \"x\"; rml:condition [ {call('fn:isNull', ('fn:str', ITEM))} ]", "2 x, 3 x"),
        # what needs a value has none without one
        (UPPER, "1 A, 1 B"),
    ],
)  # fmt: skip
def test_a_list_without_items_is_no_value(tmp_path: Path, value: str, expected: str) -> None:
    records = [{"i": 1, "t": ["a", "b"], "s": "x"}, {"i": 2, "t": [], "s": "x,y"}, {"i": 3, "t": [None]}]
    (tmp_path / "p.json").write_text(json.dumps(records), encoding="utf-8")
    code, lines, told = run(
        tmp_path,
        '<m> rml:logicalSource [ rml:source "p.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]" ];'
        ' rml:subjectMap [ rml:template "{i}" ];'
        f" rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ {value} ] ] .",
    )
    assert (code, told) == (0, "")
    found = [f"{line.split('>')[0][1:]} {line.split(chr(34))[1]}" for line in lines]
    assert ", ".join(sorted(set(found))) == expected


def test_a_condition_that_cannot_be_told_does_not_hold_in_a_best_effort(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("i,b\n1,true\n2,maybe\n3,false\n", encoding="utf-8")
    negated = call("grel:boolean_not", ("grel:bool_b", 'rml:reference "b"'))
    told = f'rml:constant "x"; rml:condition [ {call("fn:isNull", ("fn:str", negated))} ]'
    other = call("fn:notEqual", ("grel:valueParameter", negated), ("grel:valueParameter2", 'rml:constant "true"'))
    mapping = (
        '<m> rml:logicalSource [ rml:source "a.csv"; rml:referenceFormulation rml:CSV ]; rml:subjectMap [ rml:template "{i}" ];'
        f" rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ {told} ], [ rml:constant <y>; rml:condition [ {other} ] ] ] ."
    )
    code, lines, first = run(tmp_path, mapping, "--best-effort")
    assert (code, lines) == (0, ["<1> <p> <y>"])
    assert first.startswith("warning[data-skipped]: `boolean_not` has no result for `maybe` (row 3 of `a.csv`")


# -- views ----------------------------------------------------------------------------------------------

SOURCE = '[ rml:source [ rml:path "a.csv"; rml:null "" ]; rml:referenceFormulation rml:CSV ]'
VIEW = f"<v> a rml:LogicalView; rml:viewOn {SOURCE}"
PIECES = call(
    "grel:string_split", ("grel:valueParameter", 'rml:reference "a"'), ("grel:p_string_sep", 'rml:constant "[|]"')
)


def say_all(*references: str) -> str:
    """A triples map over the view `<v>`, with a statement for each reference."""
    maps = "".join(
        f'; rml:predicateObjectMap [ rml:predicate <p{n}>; rml:objectMap [ rml:reference "{name}" ] ]'
        for n, name in enumerate(references)
    )
    return f'<m> rml:logicalSource <v>; rml:subjectMap [ rml:template "{{i}}" ]{maps} .'


def test_what_the_condition_of_a_field_leaves_out_is_not_wrong(tmp_path: Path) -> None:
    """A wrong value of a column's type was told, as `None`, though the condition left it out."""
    with closing(sqlite3.connect(tmp_path / "a.db")) as data:
        data.executescript("CREATE TABLE t (i INTEGER, r REAL); INSERT INTO t VALUES (1, 1.5), (2, 'n/a')")
    known = call(
        "fn:notEqual", ("grel:valueParameter", 'rml:reference "r"'), ("grel:valueParameter2", 'rml:constant "n/a"')
    )
    fields = write_field("i", 'rml:reference "i"') + write_field("r", f'rml:reference "r"; rml:condition [ {known} ]')
    view = '<v> a rml:LogicalView; rml:viewOn [ rml:source "a.db"; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t" ]'
    code, lines, first = run(tmp_path, f"{view}{fields} . {say_all('r')}")
    assert (code, lines, first) == (0, ['<1> <p0> "1.5E0"^^<http://www.w3.org/2001/XMLSchema#double>'], "")


def write_field(name: str, value: str) -> str:
    return f'; rml:field [ a rml:ExpressionField; rml:fieldName "{name}"; {value} ]'


def test_a_field_that_is_a_list(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("i,a\n1,x|y\n2,\n3,z\n", encoding="utf-8")
    view = VIEW + write_field("i", 'rml:reference "i"')
    code, lines, told = run(tmp_path, f"{view}{write_field('t', PIECES)} .\n{say_all('t', 't.#', '#')}")
    assert (code, told) == (0, "")
    assert lines == [
        '<1> <p0> "x"', '<1> <p0> "y"', '<1> <p1> "0"', '<1> <p1> "1"', '<1> <p2> "0"',
        '<2> <p2> "1"', '<3> <p0> "z"', '<3> <p1> "0"', '<3> <p2> "2"',
    ]  # fmt: skip


def test_fields_that_are_lists_are_combined(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("i,a\n1,x|y\n", encoding="utf-8")
    both = f"{write_field('t', PIECES)}{write_field('u', PIECES)}"
    view = VIEW + write_field("i", 'rml:reference "i"') + both + " ."
    pair = 'rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:template "{t}{u}-{t.#}{u.#}"; rml:termType rml:Literal ] ]'
    code, lines, told = run(
        tmp_path, f'{view} <m> rml:logicalSource <v>; rml:subjectMap [ rml:template "{{i}}" ]; {pair} .'
    )
    assert (code, told) == (0, "")
    assert lines == ['<1> <p> "xx-00"', '<1> <p> "xy-01"', '<1> <p> "yx-10"', '<1> <p> "yy-11"']


@pytest.mark.parametrize(("child", "parent", "taken"), [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_lists_join_no_views(tmp_path: Path, child: int, parent: int, taken: int) -> None:
    (tmp_path / "a.csv").write_text("i,a\n1,x|y\n", encoding="utf-8")
    plain = 'rml:reference "a"'
    fields = "".join(write_field(name, f'rml:reference "{name}"') for name in ("i", "a"))
    condition = (
        f"rml:joinCondition [ rml:childMap [ {(plain, PIECES)[child]} ]; rml:parentMap [ {(plain, PIECES)[parent]} ] ]"
    )
    join = f"; rml:leftJoin [ rml:parentLogicalView <w>; {condition}{write_field('j', (plain, PIECES)[taken])} ]"
    views = f"{VIEW.replace('<v>', '<w>')}{fields} . {VIEW}{fields}"
    code, lines, told = run(tmp_path, f"{views}{join} .\n{say_all('j')}")
    assert (code, lines, told) == (1, [], "error[map-unsupported]: a function that gives a list joins no views")


# -- terms in the place of values ---------------------------------------------------------------------

BLANK, GATHERED = "rml:termType rml:BlankNode", 'rml:gather ( [ rml:reference "a" ] ); rml:gatherAs <bag>'
PLACES = {
    "field": f"{VIEW}{write_field('i', 'ODD')} . {say_all('i')}",
    "child": 'rml:objectMap [ rml:parentTriplesMap <n>; rml:joinCondition [ rml:childMap [ ODD ]; rml:parent "i" ] ]',
    "parent": 'rml:objectMap [ rml:parentTriplesMap <n>; rml:joinCondition [ rml:parentMap [ ODD ]; rml:child "i" ] ]',
    "input": f"rml:objectMap [ {call('grel:toUpperCase', ('grel:valueParameter', 'ODD'))} ]",
    "condition": 'rml:objectMap [ rml:reference "a"; rml:condition [ ODD ] ]',
    "graph": "rml:object 1; rml:graphMap [ ODD ]",
    "predicate": "rml:object 1; rml:predicateMap [ ODD ]",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("odd", [BLANK, GATHERED.replace("<bag>", "rdf:Bag")], ids=["blank", "gathered"])
def test_a_term_that_is_no_value_is_told_where_a_value_is_needed(tmp_path: Path, odd: str, place: str) -> None:
    """Triples with such a condition, field or input were left out without a word."""
    (tmp_path / "a.csv").write_text("i,a\n1,x\n", encoding="utf-8")
    text = PLACES[place].replace("ODD", odd)
    if place != "field":
        source = 'rml:logicalSource [ rml:source "a.csv"; rml:referenceFormulation rml:CSV ]; rml:subjectMap [ rml:template "{i}" ]'
        statement = f"rml:predicateObjectMap [ {text}{'' if place == 'predicate' else '; rml:predicate <p>'} ]"
        text = f"<n> {source}; rml:predicateObjectMap [ rml:predicate <q>; rml:object 1 ] . <m> {source}; {statement} ."
    code, lines, told = run(tmp_path, f"@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . {text}")
    if (odd, place) == (BLANK, "graph"):  # RDF 1.1: a graph may have a blank node for its name
        assert (code, len(lines), told) == (0, 2, "")
        return
    what = {"graph": "a collection cannot be a graph", "predicate": "a BlankNode cannot be a predicate"}
    value = "a blank node of each row is no value" if odd == BLANK else "a collection is no value"
    assert (code, lines, told) == (1, [], f"error[map-term-type]: {what.get(place, value)}")


def test_what_makes_a_term_of_a_field_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("i,a\n1,x\n", encoding="utf-8")
    for word in ("termType rml:IRI", 'language "en"', "datatype <d>", 'languageMap [ rml:constant "en" ]'):
        view = VIEW + write_field("i", f'rml:reference "i"; rml:{word}')
        code, lines, told = run(tmp_path, f"{view} . {say_all('i')}")
        name = word.split()[0]
        assert (code, lines) == (0, ['<1> <p0> "1"'])
        assert told == f"warning[map-unread]: `rml:{name}` has no use in a field"


FIELDS = 'rml:field [ rml:fieldName "{0}"; rml:reference "{0}" ], [ rml:fieldName "k"; rml:reference "k" ]'
DATED = """<m> rml:logicalSource <v>; rml:subjectMap [ rml:template "{c}" ];
  rml:predicateObjectMap [ rml:predicate <d>; rml:objectMap [ rml:reference "FIELD"; rml:datatype xsd:date ] ] .
"""
PLACED = {
    "joined": (
        f"""<v> a rml:LogicalView; rml:viewOn [ rml:source "a.csv"; rml:referenceFormulation rml:CSV ];
  {FIELDS.format("c")}; rml:leftJoin [ rml:parentLogicalView <w>; rml:joinCondition [ rml:child "c"; rml:parent "k" ];
    rml:field [ rml:fieldName "p"; rml:reference "p" ] ] .
<w> a rml:LogicalView; rml:viewOn [ rml:source "b.csv"; rml:referenceFormulation rml:CSV ]; {FIELDS.format("p")} .""",
        "k",
        "row 5 of `a.csv`",  # behind a cell of two lines
    ),
    "within records": (
        """<v> a rml:LogicalView; rml:viewOn [ rml:source "a.json"; rml:iterator "$[*]"; rml:referenceFormulation rml:JSONPath ];
  rml:field [ rml:fieldName "c"; rml:reference "c" ], [ rml:fieldName "i"; rml:iterator "$.i[*]";
    rml:field [ rml:fieldName "k"; rml:reference "k" ] ] .""",
        "i.k",
        "record 2 of `a.json`",
    ),
    "of several files": (
        """<v> a rml:LogicalView; rml:viewOn [ rml:source "?.json"; rml:iterator "$[*]"; rml:referenceFormulation rml:JSONPath ];
  rml:field [ rml:fieldName "c"; rml:reference "c" ], [ rml:fieldName "i"; rml:iterator "$.i[*]";
    rml:field [ rml:fieldName "k"; rml:reference "k" ] ] .""",
        "i.k",
        "record 2 of `a.json`",
    ),
    "on a view": (
        """<v> a rml:LogicalView; rml:viewOn <u>; rml:field [ rml:fieldName "c"; rml:reference "c" ],
  [ rml:fieldName "k"; rml:reference "i.k" ] .
<u> a rml:LogicalView; rml:viewOn [ rml:source "a.json"; rml:iterator "$[*]"; rml:referenceFormulation rml:JSONPath ];
  rml:field [ rml:fieldName "c"; rml:reference "c" ], [ rml:fieldName "i"; rml:iterator "$.i[*]";
    rml:field [ rml:fieldName "k"; rml:reference "k" ] ] .""",
        "k",
        "record 2 of `a.json`",
    ),
    "within cells": (
        """<v> a rml:LogicalView; rml:viewOn [ rml:source "c.csv"; rml:referenceFormulation rml:CSV ];
  rml:field [ rml:fieldName "c"; rml:reference "c" ], [ rml:fieldName "j"; rml:reference "j";
    rml:field [ rml:fieldName "i"; rml:iterator "$.i[*]"; rml:referenceFormulation rml:JSONPath;
      rml:field [ rml:fieldName "k"; rml:reference "k" ] ] ] .""",
        "j.i.k",
        "row 4 of `c.csv`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("view", PLACED)
def test_a_value_of_a_view_is_told_at_its_place_in_the_file(tmp_path: Path, view: str) -> None:
    """A view has a record in several rows, which are counted apart from those of its source."""
    good = {"k": "2024-01-02"}
    (tmp_path / "a.csv").write_text('c,k\n1,2024-01-02\n"x\ny",2024-01-02\n2,oops\n', encoding="utf-8")
    (tmp_path / "b.csv").write_text("p,k\n1,1\n2,1\n3,1\n4,2\n", encoding="utf-8")
    (tmp_path / "a.json").write_text(
        json.dumps([{"c": 1, "i": [good] * 3}, {"c": 2, "i": [good, {"k": "oops"}]}]), encoding="utf-8"
    )
    (tmp_path / "b.json").write_text(json.dumps([{"c": 1, "i": [good]}]), encoding="utf-8")
    items = json.dumps({"i": [good] * 2}).replace('"', '""')
    (tmp_path / "c.csv").write_text(
        f'c,j\n1,"{items}"\n2,"{items}"\n3,"{{""i"": [{{""k"": ""oops""}}]}}"\n', encoding="utf-8"
    )
    text, field, place = PLACED[view]
    mapping = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . " + DATED.replace("FIELD", field) + text
    code, lines, told = run(tmp_path, mapping)
    assert (code, lines, told) == (1, [], f"error[data-datatype]: `oops` is no xsd:date ({place}, `{field}`)")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            'rml:field [ rml:fieldName "p"; rml:reference "p" ], [ rml:fieldName "q"; rml:iterator "$.q[*]"; rml:field [ rml:fieldName "r"; rml:reference "r" ] ]',
            "error[map-field]: the field `q` of a join has rows of its own, which only a view's own fields have",
        ),
        (
            'rml:field [ rml:fieldName "p"; rml:reference "p"; rml:field [ rml:fieldName "r"; rml:reference "r" ] ]',
            "error[map-field]: the field `p` of a join has rows of its own, which only a view's own fields have",
        ),
        (
            'rml:field [ rml:fieldName "p"; rml:field [ rml:fieldName "r"; rml:reference "r" ] ]',
            "error[map-incomplete]: the field `p` has no expression",
        ),
    ],
)
def test_fields_of_a_join_are_values_of_the_other_view(tmp_path: Path, fields: str, told: str) -> None:
    """Others were left out without a word (RML-LV, section 5: a join has expression fields)."""
    (tmp_path / "a.csv").write_text("c,k\n1,x\n", encoding="utf-8")
    view = '<{}> a rml:LogicalView; rml:viewOn [ rml:source "a.csv"; rml:referenceFormulation rml:CSV ]; rml:field [ rml:fieldName "c"; rml:reference "c" ]'
    join = f'; rml:leftJoin [ rml:parentLogicalView <w>; rml:joinCondition [ rml:child "c"; rml:parent "c" ]; {fields} ] . '
    mapping = '<m> rml:logicalSource <v>; rml:subjectMap [ rml:template "{c}"; rml:class <T> ] . '
    assert run(tmp_path, mapping + view.format("v") + join + view.format("w") + " .") == (1, [], told)
