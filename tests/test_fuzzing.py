# ruff: noqa: E501 - cases read best in lines that are full
"""Hostile input: some cases of every fuzz target, and each case that once was a fault (`python tests/fuzz` tries more)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from fuzz.run import name_input, run_case
from fuzz.target import Chance, FaultError, Target
from fuzz.targets import TARGETS
from terminal import run_kg

from kg.export import derive_context, write_jsonld, write_turtle
from kg.rdf.iri import Prefixes
from kg.rdf.quad import Quad

FUZZ = Path(__file__).parent / "fuzz"


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_no_case_breaks_a_promise(target: Target) -> None:
    for number in range(target.sample):
        try:
            run_case(target, name_input(target, 1, number))
        except BaseException as error:
            error.add_note(f"python tests/fuzz --only {target.name} --case 1:{number}")
            raise


FOUND = (
    # (target, bytes, what was wrong)
    ("edtf", b"Y012E7", "the hint left the exponent out"),
    ("edtf", b"002024-13}[21", "the hint proposed `Y002024`, which is no year"),
    ("edtf", b"00000", "the hint proposed `Y00000`, which is no year"),
    ("jsonpath", b"$['a']['b\r']", "a carriage return in a name, which RFC 9535 does not allow"),
    ("jsonpath", b"$['a'][\xc2\xa0'b'][0]", "a no-break space in brackets, which RFC 9535 does not allow"),
    ("xpath", b"//n\n\x01", "a traceback for a character that no XML has"),
    ("yaml", b"[" * 250 + b"\0", "a traceback for a NUL behind deep nesting"),
    ("yarrrml", b"mappings:\n  m:\n    sources: [[a.csv~csv]]\n    s: http://x/$(b)~%\n    condition: {function: idlab-fn:notEqual,"
     b" parameters: [[grel:valueParameter, $(a)], [grel:valueParameter2, x]]}\n    po: [[http://e/p, $(c)]]\n",
     "an IRI that is none passed under a condition"),
    ("rdf-library", b"\x00[{\"@id\": \"http://a/x\", \"http:\xef\xbc\x8c//a/p\": [{\"@id\": \"_:b\"},", "a mark behind its line: bytes were taken for characters"),
    ("rdf-library", b"\x00{\"a\": 1,\r\r\"b\": tru}", "a mark behind the text: other line ends"),
    ("query", b"SELECT * { SERVICESILENT <CANARY> { ?s ?p ?o } }", "it called: Oxigraph takes words apart that stand together"),
    ("query", b"PREFIX c: <CANARY> SELECT * { SERVICEc:x { ?s ?p ?o } }", "it called: a word and a name that stand together"),
    ("query", b"SELECT * { ?s ?p 1 . ?s e:b :.SERVICE <CANARY> { ?x ?y ?z } }", "it called: a name that begins with a dot is none"),
    ("query", b"SELECT * { ?s ?p trueSERVICEe:x { ?x ?y ?z } }", "it called"),
    ("update", b"LOADSILENT <CANARY>", "it called"),
    ("update", b"PREFIX c: <CANARY> CREATE GRAPH e:g;LOADc:x", "it called"),
    ("patch", b"DELETEWHERE { ?s ?p ?n }", "another graph was changed"),
    ("patch", b"CLEARALL", "another graph was changed"),
    ("patch", b"CLEAR GRAPHe:h", "another graph was changed"),
    ("patch", b"DELETE DATA { e:a e:b 2 . GRAPHe:h { e:a e:b 1 } }", "another graph was changed"),
    ("patch", b"COPYDEFAULTTOe:z", "another graph was changed"),
    ("query", b"SELECT * { ] }", "looked at before it was parsed"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "data", "_why"), FOUND, ids=[f"{name}-{n}" for n, (name, _, _) in enumerate(FOUND)])
def test_what_was_found_stays_mended(name: str, data: bytes, _why: str) -> None:
    run_case(TARGETS[name], data)


def test_a_triple_term_is_written_on_one_line() -> None:
    """Oxigraph refuses three quotes in it."""
    a = ox.NamedNode("http://a/")
    text = write_turtle([Quad(a, a, ox.Triple(a, a, ox.Literal("two\nlines")))], Prefixes(namespaces={}))
    assert '"two\\nlines"' in text
    assert len(list(ox.parse(text.encode(), ox.RdfFormat.TURTLE))) == 1


def test_a_term_of_a_context_whose_type_is_the_term_itself() -> None:
    """Readers of JSON-LD refuse a term whose type leads back to it."""
    a = ox.NamedNode("http://a/x")
    quads = [Quad(a, a, ox.Literal("y", datatype=a)), Quad(a, a, ox.Literal("z", datatype=a))]
    text = write_jsonld(quads, derive_context(quads, Prefixes(namespaces={"a": "http://a/"})))
    assert set(ox.parse(text.encode(), ox.RdfFormat.JSON_LD)) == {ox.Quad(*quad) for quad in quads}


def test_choices_are_made_by_the_bytes() -> None:
    one, same, other = Chance(b"\x01\x02\x03\x04"), Chance(b"\x01\x02\x03\x04"), Chance(b"\x09\x02\x03\x04")
    assert [one.randrange(100) for _ in range(9)] == [same.randrange(100) for _ in range(9)]
    assert one.getrandbits(8) != other.getrandbits(8)
    assert Chance(b"\x07rest").getrandbits(8) == 7


def test_a_fault_is_told_with_its_case(tmp_path: Path) -> None:
    def run(data: bytes) -> None:
        raise FaultError("this is one")

    broken = Target(name="broken", run=run, make=lambda chance: chance.randbytes(2))
    with pytest.raises(FaultError, match="this is one"):
        run_case(broken, b"")
    (tmp_path / "case.bin").write_bytes(b"2024-04")
    command = [sys.executable, str(FUZZ), "--only", "edtf", "--input", str(tmp_path / "case.bin")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "b'2024-04'\n", "")


# ---- what was found in commands


def test_a_parameter_that_is_no_iri_is_told(tmp_path: Path) -> None:
    """It was a traceback."""
    call = "{p: ex:upper, o: {function: grel:toUpperCase, parameters: [[-9999, $(name)]]}}"
    prefixes = 'prefixes: {ex: "http://example.com/", grel: "http://users.ugent.be/~bjdmeest/function/grel.ttl#"}'
    mapping = f"{prefixes}\nmappings:\n  ship:\n    sources: [[a.csv~csv]]\n    s: ex:$(id)\n    po: [{call}]\n"
    (tmp_path / "m.yml").write_text(mapping, encoding="utf-8")
    (tmp_path / "a.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    done = run_kg("map", "m.yml", "-o", "out.nt", folder=tmp_path)
    assert done.code == 1
    assert "error[yarrrml-function]: `-9999` is no name of a parameter" in done.err


@pytest.mark.parametrize(
    ("iterator", "message"),
    [
        (
            "//n/text()",
            "`//n/text()` is no XPath: an iterator selects elements, and this one texts, attributes or numbers",
        ),
        ("//comment()", "`//comment()` is no XPath: an iterator selects elements, and this one comments or processing"),
        (
            "//namespace::*",
            "`//namespace::*` is no XPath: an iterator selects elements, and this one texts, attributes",
        ),
        ("\\u0001", "`␁` is no XPath: All strings must be XML compatible"),
    ],
)
def test_an_iterator_that_selects_no_element_is_told(iterator: str, message: str, tmp_path: Path) -> None:
    """Each was a traceback."""
    (tmp_path / "a.xml").write_text('<r><p id="1"><n>A</n><!--c--></p></r>', encoding="utf-8")
    (tmp_path / "m.ttl").write_text(
        "@prefix rml: <http://w3id.org/rml/> . @base <http://e/> .\n<#m> rml:logicalSource [ rml:source"
        f' [ a rml:FilePath ; rml:path "a.xml" ] ; rml:referenceFormulation rml:XPath ; rml:iterator "{iterator}" ] ;\n'
        "  rml:subject <s> ; rml:predicateObjectMap [ rml:predicate <p> ; rml:objectMap [ rml:reference \"n\" ] ] .\n",
        encoding="utf-8",
    )  # fmt: skip
    done = run_kg("map", "m.ttl", "-o", "out.nt", folder=tmp_path)
    assert done.code == 1
    assert f"error[map-path]: {message}" in done.err


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ('string_smartSplit, parameters: [[grel:valueParameter, $(name)], [grel:p_opt_sep, ""]]', None),
        ('string_replace, parameters: [[grel:valueParameter, $(name)], [grel:p_string_find, "/[a-z]/"],'
         ' [grel:p_string_replace, "$1"]]', "error[map-function-parameter]: `$1` names a group, and `/[a-z]/` has 0"),
    ],
)  # fmt: skip
def test_an_argument_that_the_database_refuses(call: str, told: str | None, tmp_path: Path) -> None:
    """Each was a traceback."""
    prefixes = 'prefixes: {ex: "http://e/", grel: "http://users.ugent.be/~bjdmeest/function/grel.ttl#"}'
    po = f"po: [{{p: ex:p, o: {{function: grel:{call}}}}}]"
    mapping = f"{prefixes}\nmappings:\n  m:\n    sources: [[a.csv~csv]]\n    s: ex:$(id)\n    {po}\n"
    (tmp_path / "m.yml").write_text(mapping, encoding="utf-8")
    (tmp_path / "a.csv").write_text('id,name\n1,"a,b"\n', encoding="utf-8")
    done = run_kg("map", "m.yml", "-o", "out.nt", folder=tmp_path)
    if told is None:
        assert (done.code, (tmp_path / "out.nt").read_text(encoding="utf-8").count('"a"')) == (0, 1)
    else:
        assert done.code == 1
        assert told in done.err


def test_lists_and_flags_of_proposals_that_are_none() -> None:
    """Each was a traceback."""
    from kg.drafts.proposal.formats import ProposalFile, read_rows

    for form, raw in (
        ("langextract", b'{"text": "x", "extractions": [{"extraction_text": "x", "attributes": {"subject": "a", "object": "b", "note": []}}]}'),
        ("graphiti", b'{"nodes": [{"uuid": "a", "name": "x", "labels": 7}], "edges": true}'),
        ("lightrag", b'{"relationships": [], "chunks": 7}'),
        ("web-annotation", b'{"type": "Annotation", "body": {"type": "rdf:Statement", "negated": []}, "target": "x"}'),
    ):  # fmt: skip
        list(read_rows(form, [ProposalFile(name="f", raw=raw)]))
