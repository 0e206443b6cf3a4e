"""Every line that is written parses back to the terms that were meant: generated mappings over generated data.

The parser is pyoxigraph, which refuses what N-Quads does; the terms are made once more here, in plain Python.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from encoding import encode_iri_part
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from sweep import sweep

from kg.tables.engine.macros import IRI, LANGUAGE
from kg.tables.output.target import make_lines
from kg.tables.read.mapping import read_any_mapping
from kg.tables.run import Settings, open_run
from kg.text.diagnostic import SourceText

BASE = "http://b.org/x/"
HEAD = f"""@prefix rml: <http://w3id.org/rml/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @base <{BASE}> .
"""
XSD = "http://www.w3.org/2001/XMLSchema#"
ODD = ["a", "", "a b", "<", ">", "a>b", 'q"q', "\\", "x\ny", "\r", "\t", "\x01", "\x7f", "é", "雷", "\ue000", "%",
       "%zz", "%20", "#", "a#b#c", "[x]", "?", "/", ":", "80", "http://e.org/1", "http://e.org/a b",
       "http://e.org/> <x:>",
       "urn:x", "//", "a:b", "en", "de-CH", "english", "en-a", "1", "1.5", "true", "{", "}", "|", "^", "`", "@", "'",
       "\u2028", "\u0085", "\ufeff"]  # fmt: skip
cells = st.sampled_from(ODD)
rows = st.lists(st.tuples(cells, cells), min_size=1, max_size=6, unique=True)
texts = st.sampled_from(
    ["http://e.org/", "http://e.org:", "", "x", "my doc/", "#", "#f", "<", "name: ", "urn:n:", "?q=", "[", "é", "/"]
)
templates = st.builds("{}{{v}}{}{{w}}".format, texts, texts) | st.builds("{}{{v}}{}".format, texts, texts)
kinds = st.sampled_from(["IRI", "UnsafeIRI", "URI", "BlankNode", "Literal"])


def is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def encode_uri(text: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-._~") else _percent(c) for c in text)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())


ENCODE = {"IRI": encode_iri_part, "URI": encode_uri, "UnsafeIRI": str}


def fill(template: str, values: dict[str, str]) -> str:
    return re.sub(r"\{([vw])\}", lambda m: values[m[1]], template)


def absolute(text: str) -> str:
    return text if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) else BASE + text


def run(term_map: str, table: list[tuple[str, str]], *, whole_iris: bool = True) -> tuple[set[str], list[ox.Quad]]:
    """The codes of what was told, and the quads of a mapping run with best effort, as a strict parser reads them.

    Without *whole_iris* the parser takes anything for an IRI.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(("n", "v", "w"))
    writer.writerows((number, *cells) for number, cells in enumerate(table))
    mapping = (
        f'{HEAD}<#m> rml:logicalSource [ rml:source "a.csv"; rml:referenceFormulation rml:CSV ];'
        f' rml:subjectMap [ rml:template "http://e.org/s/{{n}}" ];'
        f" rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ {term_map} ] ] ."
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "a.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
        document = read_any_mapping(SourceText("m.ttl", mapping), None)
        options = Settings(mapping_folder=folder, data_folder=folder, scratch_parent=folder, best_effort=True)
        options = replace(options, whole_iris=whole_iris)
        with open_run(document, options) as opened:
            codes = {d.code for d in opened.diagnostics}
            lines = "" if opened.failed else str(make_lines(opened))
            quads = list(ox.parse(path=lines, format=ox.RdfFormat.N_QUADS, lenient=not whole_iris)) if lines else []
    return codes, quads


def objects(quads: list[ox.Quad]) -> dict[int, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
    """The object of each row; a quad that was forged has another subject or predicate."""
    found = {}
    for quad in quads:
        assert isinstance(quad.subject, ox.NamedNode)
        assert quad.subject.value.startswith("http://e.org/s/")
        assert quad.predicate.value == BASE + "p"
        found[int(quad.subject.value.removeprefix("http://e.org/s/"))] = quad.object
    assert len(found) == len(quads)
    return found


@sweep(60, suppress_health_check=[HealthCheck.too_slow])
@given(template=templates, kind=kinds, table=rows)
@example(template="http://e.org/{v}", kind="UnsafeIRI", table=[("x> <http://e.org/p> <http://e.org/o> .\n<a:b", "")])
@example(template="http://e.org:{v}/", kind="IRI", table=[("80", ""), ("http", "")])
@example(template="name: {v}", kind="IRI", table=[("a", "")])
def test_templates(template: str, kind: str, table: list[tuple[str, str]]) -> None:
    written = template.replace("\\", "\\\\").replace('"', '\\"')
    codes, quads = run(f'rml:template "{written}"; rml:termType rml:{kind}', table)
    sample = absolute(
        fill(template, {"v": "1", "w": "1"}) if template[0] != "{" else BASE + fill(template, {"v": "1", "w": "1"})
    )
    if kind in ENCODE and (not is_iri(sample) or (kind == "URI" and not template.isascii())):
        assert codes == {"map-iri"}
        return
    wanted: dict[int, object] = {}
    for number, (v, w) in enumerate(table):
        if kind == "Literal":
            wanted[number] = ox.Literal(fill(template, {"v": v, "w": w}))
        elif kind in ENCODE:
            encode = ENCODE[kind]
            text = fill(template, {"v": encode(v), "w": encode(w)})
            head = template.split("{")[0]
            iri = text if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", head) else BASE + text
            if is_iri(iri):
                wanted[number] = ox.NamedNode(iri)
    found = objects(quads)
    if kind == "BlankNode":
        names = {number: fill(template, {"v": f"({v})", "w": f"({w})"}) for number, (v, w) in enumerate(table)}
        assert set(found) == set(names)
        assert len(set(found.values())) == len(set(names.values()))
    else:
        assert found == wanted
        assert ("data-skipped" in codes) == (len(wanted) < len(table))


@sweep(30, suppress_health_check=[HealthCheck.too_slow])
@given(table=rows)
@example(table=[(v, w) for v, w in zip(ODD, ODD, strict=True)])
def test_references(table: list[tuple[str, str]]) -> None:
    iris = objects(run('rml:reference "v"; rml:termType rml:IRI', table)[1])
    made = {number: absolute(v) for number, (v, _) in enumerate(table)}
    assert iris == {number: ox.NamedNode(iri) for number, iri in made.items() if is_iri(iri)}
    tagged = objects(run('rml:reference "v"; rml:languageMap [ rml:reference "w" ]', table)[1])
    tags = {number: (v, w) for number, (v, w) in enumerate(table) if re.fullmatch(LANGUAGE, w)}
    assert tagged == {number: ox.Literal(v, language=w.lower()) for number, (v, w) in tags.items()}
    own = "http://e.org/types#"
    typed = objects(run(f'rml:reference "v"; rml:datatypeMap [ rml:template "{own}{{w}}" ]', table)[1])
    kinds = {number: ox.NamedNode(own + encode_iri_part(w)) for number, (_, w) in enumerate(table)}
    assert typed == {number: ox.Literal(table[number][0], datatype=kind) for number, kind in kinds.items()}


def test_blanks_of_unsafe_iris_are_written_as_escapes() -> None:
    """RMLTC0027b wants them; whatever else would end an IRI, or the line, is left out."""
    table = [("Emily Smith", ""), ("a>b", ""), ("a\nb", ""), ("a\\u003E", ""), ("a\tb", "")]
    for term_map in ('rml:template "http://e.org/{v}"', 'rml:reference "v"'):
        codes, quads = run(f"{term_map}; rml:termType rml:UnsafeIRI", table, whole_iris=False)
        head = "http://e.org/" if "template" in term_map else BASE
        assert {number: str(term) for number, term in objects(quads).items()} == {0: f"<{head}Emily Smith>"}
        assert codes == {"data-skipped", "data-unsafe"}


def test_a_datatype_of_the_data_is_checked() -> None:
    term_map = f'rml:reference "v"; rml:datatypeMap [ rml:template "{XSD}{{w}}" ]'
    table = [("abc", "integer"), ("7", "integer"), ("2024-02-31", "date"), ("x", "string"), ("x", "other")]
    codes, quads = run(term_map, table)
    assert codes == {"data-skipped"}
    assert objects(quads) == {
        1: ox.Literal("7", datatype=ox.NamedNode(XSD + "integer")),
        3: ox.Literal("x"),
    }  # XML Schema has no `other`


@pytest.mark.parametrize("text", ["http://a/b", "a:b", "http://u@h:80/p?q#f", "http://[::1]/", "http://a/雷?\ue000"])
def test_the_pattern_of_iris_takes_what_the_parser_takes(text: str) -> None:
    import duckdb

    [(found,)] = duckdb.execute("SELECT regexp_full_match(?, ?)", [text, IRI]).fetchall()
    assert found is True
    assert is_iri(text)
