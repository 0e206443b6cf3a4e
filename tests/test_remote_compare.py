"""Triples compared by value, and blank nodes by their shape, whatever they are called."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.remote.compare import compare_triples, sign_group
from kg.remote.content import find_blank, group_blank, split_graph

XSD = "http://www.w3.org/2001/XMLSchema#"

_NODES = st.sampled_from(["_:a", "_:b", "_:c", "_:d", "<e:e>"])
_LINES = st.lists(st.tuples(_NODES, st.sampled_from(["<p:p>", "<p:q>"]), _NODES), max_size=8, unique=True)


def rename(lines: list[str], seed: int) -> list[str]:
    """The lines in another order, with other names for their blank nodes."""
    chosen = random.Random(seed)
    names = [f"_:x{n}" for n in range(50)]
    chosen.shuffle(names)
    nodes = sorted({node for line in lines for node in find_blank(line)})
    table = dict(zip(nodes, names, strict=False))
    made = [" ".join(table.get(word, word) for word in line.split(" ")) for line in lines]
    chosen.shuffle(made)
    return made


@given(_LINES, st.integers(0, 100))
def test_other_names_and_another_order_make_no_difference(triples: list[tuple[str, str, str]], seed: int) -> None:
    lines = [" ".join(triple) + " .\n" for triple in triples]
    assert compare_triples(lines, rename(lines, seed)).is_none


@given(_LINES, st.integers(0, 100))
def test_a_triple_less_is_a_difference(triples: list[tuple[str, str, str]], seed: int) -> None:
    lines = [" ".join(triple) + " .\n" for triple in triples]
    if lines:
        found = compare_triples(lines, rename(lines[1:], seed))
        assert len(found.missing) - len(found.added) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (f'"1.50"^^<{XSD}decimal>', f'"1.5"^^<{XSD}decimal>', True),
        (f'"007"^^<{XSD}integer>', f'"7"^^<{XSD}integer>', True),
        (f'"1"^^<{XSD}boolean>', f'"true"^^<{XSD}boolean>', True),
        (f'"2024-04-28T10:00:00Z"^^<{XSD}dateTime>', f'"2024-04-28T10:00:00.000Z"^^<{XSD}dateTime>', True),
        ('"x"@en-US', '"x"@en-us', True),
        ('"x"', f'"x"^^<{XSD}string>', True),
        (f'"1"^^<{XSD}integer>', f'"1"^^<{XSD}decimal>', False),
        (f'"1.50"^^<{XSD}decimal>', f'"1.51"^^<{XSD}decimal>', False),
        ('"1.50"', '"1.5"', False),
        ('"x"@en', '"x"@zh', False),
        (f'"1.50"^^<{XSD}string>', f'"1.5"^^<{XSD}decimal>', False),
    ],
)
def test_literals_are_compared_by_value(one: str, other: str, same: bool) -> None:
    assert compare_triples([f"<a:a> <a:b> {one} .\n"], [f"<a:a> <a:b> {other} .\n"]).is_none is same
    assert compare_triples([f"_:a <a:b> {one} .\n"], [f"_:b <a:b> {other} .\n"]).is_none is same


def test_what_is_too_alike_is_told_and_takes_no_time() -> None:
    """Ten nodes, each with each: RDFC-1.0 would try their orders."""
    clique = [f"_:n{a} <p:p> _:n{b} .\n" for a in range(10) for b in range(10) if a != b]
    begun = time.process_time()
    found = compare_triples(clique, rename(clique, 1))
    assert (found.is_none, found.alike) == (True, 1)
    assert time.process_time() - begun < 5


def test_a_long_chain_is_told_apart_from_another() -> None:
    chain = [f"_:n{n} <p:next> _:n{n + 1} .\n" for n in range(300)]
    signature, sure = sign_group(chain)
    assert sure
    assert sign_group(rename(chain[:40], 3))[0] != signature
    assert compare_triples(chain, [f"_:m{n} <p:next> _:m{n + 1} .\n" for n in range(300)]).is_none


@given(_LINES, st.integers(10, 60))
def test_chunks_hold_each_triple_once_and_never_part_a_blank_node(
    triples: list[tuple[str, str, str]], size: int
) -> None:
    lines = [" ".join(triple) + " .\n" for triple in triples]
    chunks = list(split_graph(lambda: lines, size))
    assert sorted(line for chunk in chunks for line in chunk.lines) == sorted(lines)
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
    homes: dict[str, int] = {}
    for chunk in chunks:
        for line in chunk.lines:
            for node in find_blank(line):
                assert homes.setdefault(node, chunk.number) == chunk.number
        largest = max(len(group_blank(chunk.lines)[0]) if chunk.blank else 1, 1)
        assert len(chunk.raw) <= size or len(chunk.lines) == largest


def test_a_label_in_a_text_is_no_blank_node() -> None:
    assert find_blank('<a:a> <a:b> "_:c d _:e" .') == []
    assert find_blank("<a:_:a> <a:b> <a:c> .") == []
