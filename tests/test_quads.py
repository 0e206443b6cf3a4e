"""Claims become quads, each with the mark of its cause."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode
from story import BASE, check_story, claims_file, read_quads

from kg.graph.quads import Assertion
from kg.model.names import Names
from kg.rdf.namespace import KG, OA, PROV, RDF, SKOSXL, XSD
from kg.rdf.quad import Quad

C, E, R, S = BASE + "claim/", BASE + "entity/", BASE + "relation/", BASE + "source/"


def assertions(tmp_path: Path, files: dict[str, str]) -> tuple[Assertion, ...]:
    checked = check_story(tmp_path, files)
    assert not checked.has_errors, checked.diagnostics
    return checked.assertions


def about(found: tuple[Assertion, ...], iri: str) -> dict[str, list[str]]:
    """Predicates (local names) of a subject with their objects and the place of each."""
    out: dict[str, list[str]] = {}
    for a in found:
        if a.quad.subject == NamedNode(iri):
            name = a.quad.predicate.value.replace("#", "/").rpartition("/")[2]
            out.setdefault(name, []).append(f"{a.quad.object} {a.mark.line}:{a.mark.column}")
    return out


def test_every_quad_knows_its_line(tmp_path: Path) -> None:
    line = "x: {s: tern, p: price, o: at least 5.50 EUR, mode: plan, when: 2033, by: mira-vogt, not: true, note: n}"
    found = about(assertions(tmp_path, claims_file(line)), C + "post.x")
    places = {name: {o.rpartition(" ")[2] for o in objects} for name, objects in found.items()}
    assert places == {
        "type": {"6:5"},
        "subject": {"6:12"},
        "predicate": {"6:21"},
        "object": {"6:31"},
        "hasUnit": {"6:31"},
        "min": {"6:31"},
        "mode": {"6:56"},
        "when": {"6:68"},
        "notBefore": {"6:68"},
        "notAfter": {"6:68"},
        "wasAttributedTo": {"6:78"},
        "negated": {"6:94"},
        "editorialNote": {"6:106"},
        "source": {"6:5"},
        "wasDerivedFrom": {"6:5"},
    }


def test_graphs(tmp_path: Path) -> None:
    """The default graph holds entities, direct triples, ontology; each source's graph its claims and evidence."""
    files = claims_file("x: {s: tern, p: homePort, o: riga, sure: vague}", "y: {s: tern, p: crew, o: 7}")
    for a in assertions(tmp_path, files):
        subject, graph = str(a.quad.subject), a.quad.graph_name
        if subject.startswith((f"<{C}", f"<{S}")):
            source = subject.removeprefix(f"<{C}").removeprefix(f"<{S}").rstrip(">").partition(".")[0]
            assert graph == NamedNode(S + source)
        else:
            assert graph == DefaultGraph()


def test_each_quad_once(tmp_path: Path) -> None:
    lines = [f"x{i}: {{s: tern, p: homePort, o: riga}}" for i in range(3)]
    found = [a.quad for a in assertions(tmp_path, claims_file(*lines))]
    assert len(found) == len(set(found))
    digests = [q for q in found if q.subject == NamedNode(S + "post.p1s1") and q.predicate == NamedNode(KG + "digest")]
    assert len(digests) == 1


def test_plain_evidence_shares_the_sentence(tmp_path: Path) -> None:
    lines = ["x: {s: tern, p: crew, o: 7}", "y: {s: heron, p: crew, o: 8, voice: quote}"]
    found = assertions(tmp_path, claims_file(*lines))
    derived = {str(a.quad.subject): a.quad.object for a in found if a.quad.predicate.value == PROV + "wasDerivedFrom"}
    assert derived[f"<{C}post.x>"] == NamedNode(S + "post.p1s1")
    assert derived[f"<{C}post.y>"] == NamedNode(S + "post.p1s1.y")
    assert about(found, S + "post.p1s1.y").keys() == {"type", "at", "voice"}
    assert about(found, S + "post.p1s1").keys() == {"type", "hasSource", "paragraph", "sentence", "digest"}


@pytest.mark.parametrize("key", ["where: harbour-fair", "voice: quote", "sure: wrong", "on: 2031"])
def test_what_is_particular_makes_evidence_of_its_own(tmp_path: Path, key: str) -> None:
    found = assertions(tmp_path, claims_file(f"x: {{s: tern, p: crew, o: 7, {key}}}"))
    assert len(about(found, S + "post.p1s1.x")) >= 3


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    lines = ["x: {s: tern, p: battery, o: 073.600 kWh}", "y: {s: tern, p: crew, o: '+007'}"]
    quads = {a.quad for a in assertions(tmp_path, claims_file(*lines))}
    decimal, integer = NamedNode(XSD + "decimal"), NamedNode(XSD + "integer")
    assert Quad(NamedNode(E + "tern"), NamedNode(R + "battery"), Literal("073.600", datatype=decimal)) in quads
    assert Quad(NamedNode(E + "tern"), NamedNode(R + "crew"), Literal("+007", datatype=integer)) in quads


def test_no_blank_node_but_the_ontologys(tmp_path: Path) -> None:
    found = assertions(tmp_path, claims_file("x: {s: tern, p: crew, o: 7, sure: vague}"))
    blank = {a.mark.file for a in found if BlankNode in (type(a.quad.subject), type(a.quad.object))}
    assert blank == {"ontology/story.ttl"}


def test_blank_nodes_of_files_with_one_name_stay_apart(tmp_path: Path) -> None:
    head = "@prefix r: <https://halden.example/relation/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
    files = {
        "ontology/a/extra.ttl": head + 'r:price rdfs:seeAlso _:x . _:x rdfs:label "one" .',
        "ontology/b/extra.ttl": head + 'r:crew rdfs:seeAlso _:x . _:x rdfs:label "two" .',
        "seeds/rdf/extra.ttl": head + 'r:price rdfs:seeAlso _:x . _:x rdfs:label "three" .',
        "seeds/rdf/more/extra.ttl": head + 'r:price rdfs:seeAlso _:x . _:x rdfs:label "four" .',
    }
    quads = [a.quad for a in assertions(tmp_path, files)]
    labelled = [q for q in quads if isinstance(q.subject, BlankNode) and isinstance(q.object, Literal)]
    assert sorted(q.object.value for q in labelled if isinstance(q.object, Literal)) == ["four", "one", "three", "two"]
    assert len({q.subject for q in labelled}) == 4


def test_outside_rdf_has_its_graph(tmp_path: Path) -> None:
    files = {
        "seeds/rdf/ports.ttl": "<https://a.example/x> <https://a.example/y> <https://a.example/z> .",
        "seeds/rdf/my ports/雷.nt": "<https://a.example/x> <https://a.example/y> <https://a.example/z> .\n",
        "seeds/rdf/n.nq": "<https://a.example/x> <https://a.example/y> <https://a.example/z> <https://a.example/g> .\n",
    }
    found = {a.quad: str(a.mark) for a in assertions(tmp_path, files) if str(a.quad.subject) == "<https://a.example/x>"}
    assert {q.graph_name.value: place for q, place in found.items() if isinstance(q.graph_name, NamedNode)} == {
        BASE + "rdf/ports": "seeds/rdf/ports.ttl:1:1",
        BASE + "rdf/my%20ports.%E9%9B%B7": "seeds/rdf/my ports/雷.nt:1:1",
        "https://a.example/g": "seeds/rdf/n.nq:1:1",
    }


def test_names_with_places(tmp_path: Path) -> None:
    entities = (
        "kg: entities/1\nentities:\n"
        "  gull: {is: Ferry, label: Gull, alias: {en: {Halden Yards: [post.p1s1]}}, typo: Gul}\n"
    )
    found = assertions(tmp_path, {"seeds/entities/more.yaml": entities})
    hidden = NamedNode("http://www.w3.org/2004/02/skos/core#hiddenLabel")
    assert Quad(NamedNode(E + "gull"), hidden, Literal("Gul", language="en")) in {a.quad for a in found}
    nodes = {a.quad.object for a in found if a.quad.predicate.value == SKOSXL + "altLabel"}
    assert len(nodes) == 1  # the label without a place needs no node
    kinds = [a.quad.object for a in found if a.quad.predicate.value == KG + "nameKind"]
    assert kinds == [NamedNode(KG + "Typo")]


def test_iris_are_minted_from_ids() -> None:
    names = Names(base=BASE)
    assert names.entity("a").value == E + "a"
    assert names.claim("s.a.1").value == C + "s.a.1"
    assert names.source("s.p1s1").value == S + "s.p1s1"
    assert names.name("a.0").value == BASE + "name/a.0"


def test_questions_say_that_they_were_asked(tmp_path: Path) -> None:
    quads = {a.quad for a in assertions(tmp_path, claims_file("x: {s: tern, p: homePort, o: riga, mode: question}"))}
    graph = read_quads("s:post { c:post.x kg:mode kg:Question ; rdf:object e:riga . }")
    assert graph <= quads
    assert Quad(NamedNode(E + "tern"), NamedNode(R + "homePort"), NamedNode(E + "riga")) not in quads


def test_the_same_seeds_give_the_same_list(tmp_path: Path) -> None:
    files = claims_file("x: {s: tern, p: crew, o: 7}", "y: {s: tern, p: sailsTo, o: [riga, oslo]}")
    one, two = assertions(tmp_path / "one", files), assertions(tmp_path / "elsewhere", files)
    assert [a.quad for a in one] == [a.quad for a in two]
    assert [str(a.mark) for a in one] == [str(a.mark) for a in two]


def test_types_are_declared(tmp_path: Path) -> None:
    found = assertions(tmp_path, claims_file("x: {s: tern, p: crew, o: 7, sure: vague}"))
    types = {str(a.quad.object) for a in found if a.quad.predicate.value == RDF + "type"}
    assert {f"<{KG}Claim>", f"<{KG}Evidence>", f"<{OA}SpecificResource>"} <= types
