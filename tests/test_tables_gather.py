"""Containers and collections (RML-CC): what rows gather, and what is told where they cannot."""

from __future__ import annotations

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
        ('rml:gather ( [ rml:reference "v" ] ); rml:gatherAs rdf:List; rml:strategy rml:cartesianProduct',
         "error[map-unsupported]: the strategy `http://w3id.org/rml/cartesianProduct`"),
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
