"""Containers and collections (RML-CC): what rows gather, and what is told where they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.tables.command import map_command

HEAD = """@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def run(folder: Path, gather: str, csv: str) -> tuple[int, str, set[str]]:
    """Exit code, messages, and the quads with canonical blank nodes, of objects that gather over `a.csv`."""
    (folder / "a.csv").write_text(csv, encoding="utf-8")
    mapping = (
        f'{HEAD}<m> rml:logicalSource [ rml:source "a.csv"; rml:referenceFormulation rml:CSV ];'
        f' rml:subjectMap [ rml:template "s/{{id}}" ];'
        f" rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ {gather} ] ] ."
    )
    (folder / "m.ttl").write_text(mapping, encoding="utf-8")
    options = [str(folder / "m.ttl"), "-o", str(folder / "o.nq"), "--data", str(folder)]
    result = CliRunner().invoke(map_command, options, catch_exceptions=False)
    messages = "\n".join(line for line in result.stderr.split("\n") if line.startswith("error"))
    return result.exit_code, messages, graph((folder / "o.nq").read_text("utf-8") if result.exit_code == 0 else "")


def graph(text: str) -> set[str]:
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.TRIG))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(q) for q in dataset}


def test_members_of_rows_with_one_head_follow_each_other(tmp_path: Path) -> None:
    gather = (
        'rml:template "l/{g}"; rml:gather ( [ rml:reference "v" ] [ rml:template "o/{w}" ] ); rml:gatherAs rdf:List'
    )
    code, messages, quads = run(tmp_path, gather, "id,g,v,w\n1,a,x,y\n2,b,,z\n3,a,x,y\n")
    assert (code, messages) == (0, "")
    assert quads == graph(
        HEAD
        + '<s/1> <p> <l/a> . <s/3> <p> <l/a> . <l/a> rdf:first "x"; rdf:rest ( <o/y> "x" <o/y> ) .'
        + ' <s/2> <p> <l/b> . <l/b> rdf:first ""; rdf:rest ( <o/z> ) .'
    )


def test_containers_number_their_members(tmp_path: Path) -> None:
    gather = 'rml:gather ( [ rml:reference "v" ] [ rml:reference "v" ] ); rml:gatherAs rdf:Seq'
    quads = run(tmp_path, gather, "id,v\n1,x\n1,x\n")[2]
    one = '[ a rdf:Seq; rdf:_1 "x"; rdf:_2 "x" ]'
    assert quads == graph(f"{HEAD} <s/1> <p> {one}, {one} .")


@pytest.mark.parametrize(("allowed", "wanted"), [("true", "<s/1> <p> () ."), ("false", "")])
def test_nothing_to_gather(tmp_path: Path, allowed: str, wanted: str) -> None:
    (tmp_path / "other.csv").write_text("k\n9\n", encoding="utf-8")
    condition = 'rml:joinCondition [ rml:child "id"; rml:parent "k" ]'
    gather = (
        f"rml:allowEmptyListAndContainer {allowed}; rml:gatherAs rdf:List;"
        f" rml:gather ( [ rml:parentTriplesMap <o>; {condition} ] ) ] ] ."
        ' <o> rml:logicalSource [ rml:source "other.csv"; rml:referenceFormulation rml:CSV ];'
        ' rml:subjectMap [ rml:template "o/{k}" ];'
        " rml:predicateObjectMap [ rml:predicate <q>; rml:objectMap [ rml:constant <c>"
    )
    code, messages, quads = run(tmp_path, gather, "id\n1\n")
    assert (code, messages) == (0, "")
    assert quads == graph(f"{HEAD} <o/9> <q> <c> . {wanted}")


@pytest.mark.parametrize(
    ("gather", "message"),
    [
        ('rml:gather ( [ rml:reference "v" ] ); rml:gatherAs rdf:Lst',
         "error[map-incomplete]: a gather map without a known `rml:gatherAs`"),
        ('rml:gather ( [ rml:reference "v" ] ); rml:gatherAs rdf:List; rml:strategy rml:product',
         "error[map-strategy]: no strategy `http://w3id.org/rml/product`"),
        ('rml:gather ( [ rml:reference "v" ] ); rml:gatherAs rdf:List; rml:strategy "append"',
         "error[map-strategy]: no strategy `append`"),
        ('rml:gather ( [ rml:reference "v" ] ); rml:gatherAs rdf:List; rml:strategy rml:append, rml:cartesianProduct',
         "error[map-repeated]: a second `rml:strategy`, where one is meant"),
        ('rml:reference "v"; rml:strategy rml:append', "error[map-incomplete]: `rml:strategy` without `rml:gather`"),
        ("rml:gatherAs rdf:List", "error[map-incomplete]: `rml:gatherAs` without `rml:gather`"),
        ("rml:gatherAs rdf:List; rml:gather ( )",
         "error[map-incomplete]: `rml:gather` needs a list of one term map at least"),
        ("rml:gatherAs rdf:List; rml:gather ( [ rml:parentTriplesMap <o> ] )",
         "error[map-parent]: no triples map `http://example.org/o`"),
        ('rml:gather ( [ rml:reference "x" ] ); rml:gatherAs rdf:List',
         "error[map-reference]: no column `x` in `a.csv`"),
        ('rml:gather ( [ rml:reference "v"; rml:datatype xsd:integer ] ); rml:gatherAs rdf:Bag',
         "error[data-datatype]: `one` is no xsd:integer (row 2 of `a.csv`, `v`)"),
        ('rml:reference "id"; rml:gather ( [ rml:reference "v" ] ); rml:gatherAs rdf:Bag',
         "error[map-unsupported]: the head of a collection is one resource for each row"),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, gather: str, message: str) -> None:
    code, messages, _ = run(tmp_path, gather, "id,v\n1,one\n")
    assert (code, messages) == (1, message)


ROWS = [
    '{"id": "a", "v": ["1"], "w": ["a", "b"]}',
    '{"id": "b", "v": ["3", "4"], "w": ["c", "d"]}',
    '{"id": "a", "v": ["5", "6"], "w": ["e"]}',
    '{"id": "z", "v": [], "w": ["e"]}',
]
LISTS = (
    "rml:gatherAs rdf:List; rml:strategy rml:cartesianProduct;"
    ' rml:gather ( [ rml:reference "v[*]" ] [ rml:reference "w[*]" ] )'
)


def run_json(folder: Path, subject: str, *objects: str, rows: Sequence[str] = ROWS) -> set[str]:
    """The quads with canonical blank nodes of a subject map, and of object maps under `<p0>`, `<p1>` ..., over rows."""
    (folder / "a.json").write_text(f"[{', '.join(rows)}]", encoding="utf-8")
    maps = "".join(
        f" rml:predicateObjectMap [ rml:predicate <p{n}>; rml:objectMap {each} ];" for n, each in enumerate(objects)
    )
    source = 'rml:source "a.json"; rml:referenceFormulation rml:JSONPath; rml:iterator "$[*]"'
    mapping = f"{HEAD}<m> rml:logicalSource [ {source} ];{maps} rml:subjectMap [ {subject} ] ."
    (folder / "m.ttl").write_text(mapping, encoding="utf-8")
    options = [str(folder / "m.ttl"), "-o", str(folder / "o.nq"), "--data", str(folder)]
    result = CliRunner().invoke(map_command, options, catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")
    return graph((folder / "o.nq").read_text("utf-8"))


def test_product_makes_a_collection_for_each_combination(tmp_path: Path) -> None:
    quads = run_json(tmp_path, 'rml:template "s/{id}"', f"[ {LISTS} ]")
    assert quads == graph(
        HEAD
        + '<s/a> <p0> ("1" "a"), ("1" "b"), ("5" "e"), ("6" "e") .'
        + '<s/b> <p0> ("3" "c"), ("3" "d"), ("4" "c"), ("4" "d") .'
    )


def test_product_under_one_name_is_one_collection(tmp_path: Path) -> None:
    """RML-CC §generating well-formed named collections: the lists of one name follow each other, row by row."""
    head = 'rml:template "l/{id}"; rml:allowEmptyListAndContainer true'
    quads = run_json(tmp_path, 'rml:template "s/{id}"', f"[ {head}; {LISTS} ]")
    assert quads == graph(
        HEAD
        + '<s/a> <p0> <l/a> . <l/a> rdf:first "1"; rdf:rest ("a" "1" "b" "5" "e" "6" "e") .'
        + '<s/b> <p0> <l/b> . <l/b> rdf:first "3"; rdf:rest ("c" "3" "d" "4" "c" "4" "d") .'
        + "<s/z> <p0> () ."
    )


def test_products_within_products(tmp_path: Path) -> None:
    """A row has one list of its `v`, whatever combinations it stands in."""
    inner = '[ rml:gatherAs rdf:List; rml:gather ( [ rml:reference "v[*]" ] ) ] [ rml:reference "w[*]" ]'
    outer = f"[ rml:gatherAs rdf:Seq; rml:strategy rml:cartesianProduct; rml:gather ( {inner} ) ]"
    listed = f"[ rml:gatherAs rdf:List; rml:gather ( [ {LISTS} ] ) ]"
    quads = run_json(tmp_path, 'rml:template "s/{id}"', outer, listed)
    seq = "[ a rdf:Seq; rdf:_1 {0}; rdf:_2 {1} ]".format
    assert quads == graph(
        HEAD
        + f"""<s/a> <p0> {seq("_:1", '"a"')}, {seq("_:1", '"b"')}, {seq('("5" "6")', '"e"')} ."""
        + f"""<s/b> <p0> {seq("_:3", '"c"')}, {seq("_:3", '"d"')} ."""
        + '_:1 rdf:first "1"; rdf:rest () . _:3 rdf:first "3"; rdf:rest ("4") .'
        + '<s/a> <p1> (("1" "a") ("1" "b")), (("5" "e") ("6" "e")) .'
        + '<s/b> <p1> (("3" "c") ("3" "d") ("4" "c") ("4" "d")) .'
    )


def test_product_as_subject(tmp_path: Path) -> None:
    """Every list of a row is linked to the one list of that row."""
    gather = '[ rml:gatherAs rdf:List; rml:gather ( [ rml:reference "w[*]" ] ) ]'
    assert run_json(tmp_path, LISTS, gather, rows=ROWS[:1]) == graph(
        HEAD
        + '[] rdf:first "1"; rdf:rest ("a"); <p0> _:w . [] rdf:first "1"; rdf:rest ("b"); <p0> _:w .'
        + '_:w rdf:first "a"; rdf:rest ("b") .'
    )


@pytest.mark.parametrize(
    "rest",
    [
        'rdf:rest _:l; rdf:first [ rml:template "a"; rml:languageMap [ rml:constant "en"',
        'rdf:first [ rml:reference "id" ]; rdf:rest [ rdf:first [ rml:reference "id"',
    ],
    ids=["a circle", "open"],
)
def test_a_list_of_maps_without_an_end_is_told(tmp_path: Path, rest: str) -> None:
    code, messages, _ = run(tmp_path, f"rml:gather _:l; rml:gatherAs rdf:List ] ] . _:l {rest}", "id\n1\n")
    assert (code, messages) == (1, "error[map-incomplete]: a list that does not end")


def test_a_flag_that_is_neither_true_nor_false_is_told(tmp_path: Path) -> None:
    gather = 'rml:gather ([ rml:reference "id" ]); rml:gatherAs rdf:List; rml:allowEmptyListAndContainer "yes"'
    code, messages, _ = run(tmp_path, gather, "id\n1\n")
    assert (code, messages) == (1, "error[map-incomplete]: `yes` is neither true nor false")
