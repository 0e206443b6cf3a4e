"""Canonical N-Quads: what comes out, that two readers take it back, and that nothing can be smuggled in."""

from __future__ import annotations

from hashlib import sha256

import pyoxigraph as ox
import pytest
from export_sample import (
    blank_quads,
    plain_quads,
    read_with_rdflib,
    same,
    sample_quads,
    tangled_quads,
    unhurried,
    union,
)
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, NamedNode, Quad

from kg.export import canonicalize_quads, hash_quads, unite_graphs, write_nquads, write_ntriples

A = ox.NamedNode("https://a.example/a")


@unhurried
@given(plain_quads)
def test_two_readers_take_back_the_same_quads(quads: list[ox.Quad]) -> None:
    text = write_nquads(quads)
    assert set(ox.parse(text, ox.RdfFormat.N_QUADS)) == set(quads)
    assert set(read_with_rdflib(text, "nquads")) == set(quads)


@unhurried
@given(blank_quads)
def test_blank_nodes_are_taken_back(quads: list[ox.Quad]) -> None:
    assert same(ox.parse(write_nquads(quads), ox.RdfFormat.N_QUADS), quads)
    assert same(ox.parse(write_ntriples(quads), ox.RdfFormat.N_TRIPLES), union(quads))


@unhurried
@given(plain_quads)
def test_lines_are_sorted_and_stand_once(quads: list[ox.Quad]) -> None:
    lines = write_nquads(quads + quads[::-1]).split("\n")
    assert lines.pop() == ""
    assert lines == sorted(set(lines))
    assert len(lines) == len(set(quads))


@unhurried
@given(plain_quads)
def test_grouped_quads_are_all_quads_once_in_one_order(quads: list[ox.Quad]) -> None:
    grouped = canonicalize_quads(quads + quads[::-1])
    listed = [ox.Quad(*quad) for quad in grouped]
    assert len(listed) == len(set(quads))
    assert set(listed) == set(quads)
    assert listed == [ox.Quad(*quad) for quad in canonicalize_quads(quads[::-1])]
    assert set(grouped.described) == {quad.subject for quad in quads}


@unhurried
@given(tangled_quads)
def test_names_of_blank_nodes_do_not_matter(quads: list[ox.Quad]) -> None:
    def rename(term: object) -> object:
        return ox.BlankNode(f"z{term.value}") if isinstance(term, ox.BlankNode) else term

    renamed = [ox.Quad(rename(q.subject), q.predicate, rename(q.object)) for q in reversed(quads)]  # type: ignore[arg-type]
    assert write_nquads(renamed) == write_nquads(quads)


def test_canonical_escapes() -> None:
    quad = ox.Quad(A, A, ox.Literal('"\\\n\r\t\b\f\x00\x7f\x85\u2028雷🚗'))
    a = A.value
    assert write_nquads([quad]) == (f'<{a}> <{a}> "\\"\\\\\\n\\r\\t\\b\\f\\u0000\\u007F\x85\u2028雷🚗" .\n')


def test_literals_stay_as_written() -> None:
    integer = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    quads = [ox.Quad(A, A, ox.Literal(text, datatype=integer)) for text in ("01", "1", "+1")]
    assert [line.split('"')[1] for line in write_nquads(quads).split("\n")[:-1]] == ["+1", "01", "1"]


def test_hash_is_of_the_canonical_bytes() -> None:
    quads = sample_quads()
    assert hash_quads(quads) == sha256(write_nquads(quads).encode()).hexdigest()
    assert hash_quads(quads[::-1]) == hash_quads(quads)
    assert hash_quads(quads[1:]) != hash_quads(quads)


@pytest.mark.parametrize("text", ["<{}> <{}> <{}\\u003E\\u0020.> .", '<{}> <{}> "x"^^<{}\\u003E\\u0020.> .'])
def test_a_lenient_parser_cannot_smuggle_in_a_quad(text: str) -> None:
    (quad,) = ox.parse(text.format(A.value, A.value, A.value), ox.RdfFormat.N_QUADS, lenient=True)
    with pytest.raises(ValueError, match="a term that cannot be written"):
        write_nquads([quad])


def test_triple_terms_are_written() -> None:
    quad = ox.Quad(A, A, ox.Triple(A, A, ox.Literal(" <<( ")))
    assert list(ox.parse(write_nquads([quad]), ox.RdfFormat.N_QUADS)) == [quad]


def test_blank_nodes_that_look_alike_do_not_hang() -> None:
    """Dataset poisoning: 40 nodes that all point at each other would be tried in 40! orders."""
    predicate = NamedNode("https://a.example/p")
    nodes = [BlankNode(f"x{i}") for i in range(40)]
    quads = [Quad(a, predicate, b) for a in nodes for b in nodes if a != b]
    assert len(write_nquads(quads).split("\n")) == 40 * 39 + 1


def _ring(size: int, prefix: str) -> list[Quad]:
    p = NamedNode("https://a.example/next")
    nodes = [BlankNode(f"{prefix}-b{number}") for number in range(size)]
    return [Quad(a, p, b) for a, b in zip(nodes, nodes[1:] + nodes[:1], strict=True)]


def _alike(count: int, prefix: str) -> list[Quad]:
    p = NamedNode("https://a.example/p")
    return [Quad(BlankNode(f"{prefix}-b{number}"), p, ox.Literal("x")) for number in range(count)]


def _hubs(count: int, prefix: str) -> list[Quad]:
    """Nodes that all refer to each other, and to leaves of their own."""
    p = NamedNode("https://a.example/p")
    nodes = [BlankNode(f"{prefix}-b{number}") for number in range(count)]
    leaves = [Quad(a, p, BlankNode(f"{prefix}-c{i}-{a.value}")) for a in nodes for i in range(3)]
    return [Quad(a, p, b) for a in nodes for b in nodes if a != b] + leaves


@pytest.mark.parametrize(
    "quads", [_alike(6, "2609da"), _alike(500, "2609da"), _ring(10, "2609da"), _ring(60, "2609da")]
)
def test_alike_nodes_are_labelled_whatever_reading_called_them(quads: list[Quad]) -> None:
    text = write_nquads(quads)
    other = {node: BlankNode(f"other{number}") for number, node in enumerate({q.subject for q in quads})}
    assert text == write_nquads(
        Quad(other[q.subject], q.predicate, other.get(q.object, q.object)) for q in reversed(quads)
    )
    assert len(list(ox.parse(text, format=ox.RdfFormat.N_QUADS))) == len(quads)


def test_nodes_that_would_take_hours_keep_the_labels_of_reading() -> None:
    quads = _hubs(9, "2609da") + _alike(2, "0000aa")
    text = write_nquads(quads)
    assert text == write_nquads(reversed(quads))
    assert "_:c14n0 " in text
    assert "_:r2609dax2dxb1 " in text
    assert len(list(ox.parse(text, format=ox.RdfFormat.N_QUADS))) == len(quads)


@unhurried
@given(st.one_of(blank_quads, tangled_quads))
def test_united_graphs_are_labelled_as_one_graph(quads: list[ox.Quad]) -> None:
    """Whether or not the labels of the data set serve in the union."""
    apart = {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads}
    assert [str(quad) for quad in unite_graphs(canonicalize_quads(quads))] == [
        str(quad) for quad in canonicalize_quads(apart)
    ]
