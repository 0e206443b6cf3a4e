"""Prefixes, CURIEs and IRIs: what compresses is read back by Turtle and SPARQL readers."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.iri import IriProblem, Prefixes, check_iri, is_local_name, is_prefix_name
from kg.rdf.namespace import WELL_KNOWN

E = "https://a.example/entity/"
PREFIXES = Prefixes(namespaces={**WELL_KNOWN, "e": E, "r": "https://a.example/relation/"})

local_like = st.text(
    st.one_of(st.sampled_from("ab7-_.·:/#%~'()é雷\u200c\u0300\u203f\U0001f697"), st.characters()), max_size=8
)


@pytest.mark.parametrize(
    ("iri", "curie"),
    [
        (E + "su7", "e:su7"),
        (E + "eqo.p3s2.deliver-100k", "e:eqo.p3s2.deliver-100k"),
        (E + "7up", "e:7up"),
        (E + "雷军", "e:雷军"),
        (E, None),
        (E + "-7", None),
        (E + "ends.", None),
        (E + ".x", None),
        (E + "a/b", None),
        (E + "a%20b", None),
        (E + "a:b", None),
        (E + "a(b)", None),
        (E + "\U0001f697", None),
        ("https://a.example/other", None),
        ("http://www.w3.org/2004/02/skos/core#prefLabel", "skos:prefLabel"),
        ("http://www.w3.org/2008/05/skos-xl#Label", "skosxl:Label"),
    ],
)
def test_compress(iri: str, curie: str | None) -> None:
    assert PREFIXES.compress(iri) == curie
    if curie:
        assert PREFIXES.expand(curie) == iri


def test_longest_namespace_wins_and_a_shorter_one_helps_out() -> None:
    prefixes = Prefixes(namespaces={"z": E, "b": E + "car-", "a": E})
    assert prefixes.compress(E + "car-su7") == "b:su7"
    assert prefixes.compress(E + "car--x") == "a:car--x"
    assert list(prefixes.namespaces) == ["a", "b", "z"]


def test_expand_of_what_is_no_curie() -> None:
    assert PREFIXES.expand("su7") is None
    assert PREFIXES.expand("nope:su7") is None
    assert PREFIXES.expand("e:") == E


@given(local_like)
def test_a_local_name_is_read_back_by_turtle_and_sparql(local: str) -> None:
    if not is_local_name(local):
        return
    text = f"<{E}> e:{local} e:{local}."
    (triple,) = ox.parse(f"@prefix e: <{E}> . {text}", ox.RdfFormat.TURTLE)
    assert triple.object == ox.NamedNode(E + local)
    answer = ox.Store().query(f"PREFIX e: <{E}> SELECT (str(e:{local}) AS ?x) {{}}")
    assert [row["x"].value for row in answer] == [E + local]  # type: ignore[union-attr]


@given(local_like)
def test_a_prefix_name_can_be_declared(name: str) -> None:
    if is_prefix_name(name):
        (triple,) = ox.parse(f"@prefix {name}: <{E}> . {name}:a {name}:b {name}:c .", ox.RdfFormat.TURTLE)
        assert triple.subject == ox.NamedNode(E + "a")


def test_local_names_that_rdflib_reads_too() -> None:
    import rdflib

    names = ["a.b", "7up", "雷军", "a-b_c", "x·y", "a\u0301"]
    graph = rdflib.Graph()
    graph.parse(data=f"@prefix e: <{E}> .\n" + "".join(f"e:s e:p e:{n} .\n" for n in names), format="turtle")
    assert {str(o) for o in graph.objects()} == {E + n for n in names}
    for n in names:
        assert list(graph.query(f"PREFIX e: <{E}> SELECT ?s {{ ?s ?p e:{n} }}"))


@pytest.mark.parametrize(
    ("text", "message", "start", "end"),
    [
        ("", "an IRI begins with a scheme such as `https:`", 0, 0),
        ("su7", "an IRI begins with a scheme such as `https:`", 0, 3),
        ("//a.example/b", "an IRI begins with a scheme such as `https:`", 0, 13),
        ("http://a/b c", "an IRI cannot hold a space", 10, 11),
        ("http://a/<b>", "an IRI cannot hold `<`", 9, 10),
        ('http://a/"', 'an IRI cannot hold `"`', 9, 10),
        ("http://a/{x}", "an IRI cannot hold `{`", 9, 10),
        ("http://a/a|b", "an IRI cannot hold `|`", 10, 11),
        ("http://a/\\", "an IRI cannot hold `\\`", 9, 10),
        ("http://a/^", "an IRI cannot hold `^`", 9, 10),
        ("http://a/`", "an IRI cannot hold ```", 9, 10),
        ("http://a/\n", "an IRI cannot hold the character U+000A", 9, 10),
        ("http://a/\x85", "an IRI cannot hold the character U+0085", 9, 10),
        ("http://a/\ue000", "an IRI cannot hold the character U+E000", 9, 10),
        ("http://a/\u202ex", "an IRI cannot hold the direction control U+202E", 9, 10),
        ("http://a/\u2066x", "an IRI cannot hold the direction control U+2066", 9, 10),
        ("http://a/%zz", "`%zz` is no percent-encoded byte", 9, 12),
        ("http://a/%4", "`%4` is no percent-encoded byte", 9, 11),
        ("http://a/#b#c", "this is no IRI: invalid IRI code point `#`", 0, 13),
        ("http://[::1", "this is no IRI: invalid character `[` in host", 0, 11),
    ],
)
def test_what_is_wrong_with_an_iri(text: str, message: str, start: int, end: int) -> None:
    assert check_iri(text) == IriProblem(message=message, start=start, end=end)


@pytest.mark.parametrize("text", ["urn:isbn:1", "http://a/é", "http://a/\U0001f697", "http://a/(b)?c=%C3#d", "a:"])
def test_good_iris(text: str) -> None:
    assert check_iri(text) is None


@given(st.text(st.one_of(st.sampled_from("ab:/?#[]@%20 <.\\"), st.characters()), max_size=12))
def test_what_is_accepted_makes_a_term(tail: str) -> None:
    for text in (tail, "http://" + tail, "https://a.example/" + tail):
        if check_iri(text) is None:
            assert ox.NamedNode(text).value == text


def test_well_known_prefixes_are_sound_and_frozen() -> None:
    assert Prefixes(namespaces=WELL_KNOWN).expand("kg:Claim") == "https://kg.example/ns#Claim"
    with pytest.raises(TypeError):
        WELL_KNOWN["x"] = "http://x/"  # type: ignore[index]


def test_prefixes_are_values() -> None:
    mine = {"e": E}
    prefixes = Prefixes(namespaces=mine)
    mine["e"] = "http://changed/"
    assert prefixes == Prefixes(namespaces={"e": E})
    assert hash(prefixes) == hash(Prefixes(namespaces={"e": E}))


def test_bad_prefixes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no prefix name: '_'"):
        Prefixes(namespaces={"_": E})
    with pytest.raises(ValueError, match=r"prefix 'e': an IRI begins with a scheme such as `https:`"):
        Prefixes(namespaces={"e": "entity/"})
