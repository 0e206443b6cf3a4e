"""Writers that share their work: each document has the text that it has where it is written alone."""

from __future__ import annotations

import gc
import weakref
from itertools import permutations

import pyoxigraph as ox
from export_sample import BASE, PREFIXES, SECTIONS, blank_quads, sample_quads, tangled_quads, unhurried
from hypothesis import given
from hypothesis import strategies as st

from kg.export import canonicalize_quads, derive_context, find_writers, stream_jsonld, stream_trig, write_turtle
from kg.export.turtle import KnownParagraphs
from kg.rdf.iri import Prefixes
from kg.rdf.quad import Quad

A, B, P, Q = (ox.NamedNode(f"{BASE}entity/{name}") for name in "abpq")
G, H = (ox.NamedNode(f"https://other.example/{name}") for name in "gh")
LONG = ox.Literal("a text that fills the line " * 6, language="en")

ground = st.builds(
    ox.Quad,
    st.sampled_from([A, B]),
    st.sampled_from([P, Q]),
    st.sampled_from([A, B, G, ox.Literal(1), LONG]),
    st.sampled_from([ox.DefaultGraph(), G, H]),
)


def write_alone(quads: list[ox.Quad], prefixes: Prefixes) -> dict[str, str]:
    listed, united = canonicalize_quads(quads), list(ox.Dataset(ox.Quad(*quad.triple) for quad in quads))
    context = derive_context(quads, prefixes)
    return {
        "turtle": write_turtle(listed, prefixes, SECTIONS),
        "trig": "".join(stream_trig(listed, prefixes, SECTIONS)),
        "jsonld": "".join(stream_jsonld(united, context, SECTIONS)),
        "jsonld-dataset": "".join(stream_jsonld(listed, context, SECTIONS)),
    }


def check(quads: list[ox.Quad], prefixes: Prefixes) -> None:
    alone = write_alone(quads, prefixes)
    for forms in permutations(("turtle", "trig")):
        writers = find_writers(canonicalize_quads(quads), prefixes, SECTIONS)
        for form in (*forms, "jsonld", "jsonld-dataset"):
            assert "".join(writers[form]()) == alone[form], (form, forms)


def test_documents_of_the_sample() -> None:
    check(sample_quads(), PREFIXES)


@unhurried
@given(st.one_of(tangled_quads, blank_quads))
def test_documents_with_blank_nodes(quads: list[ox.Quad]) -> None:
    check(quads, PREFIXES)


def test_a_prefix_of_graphs_alone_is_declared_where_graphs_are() -> None:
    prefixes = Prefixes(namespaces={**PREFIXES.namespaces, "o": "https://other.example/"})
    quads = [ox.Quad(A, P, B, G)]
    check(quads, prefixes)
    alone = write_alone(quads, prefixes)
    assert "@prefix o:" in alone["trig"]
    assert "@prefix o:" not in alone["turtle"]


@unhurried
@given(st.lists(ground, min_size=1))
def test_subjects_that_several_graphs_speak_of(quads: list[ox.Quad]) -> None:
    """Once more and once less, and twice the same."""
    check(quads, PREFIXES)


def test_what_a_format_kept_goes_with_its_last_user() -> None:
    """Without a look for garbage, which may never come: of a large graph it is hundreds of MB."""
    gc.disable()
    try:
        known = KnownParagraphs(Prefixes(namespaces={}))
        subject = ox.NamedNode("https://a.example/su7")
        (described,) = canonicalize_quads([Quad(subject, subject, ox.Literal("2024"))]).graphs.values()
        assert known.write(subject, described[subject]) == '<https://a.example/su7> <https://a.example/su7> "2024" .'
        kept = weakref.ref(known)
        writer = weakref.ref(known.terms)
        del known
        assert (kept(), writer()) == (None, None)
    finally:
        gc.enable()
