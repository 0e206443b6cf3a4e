"""Files under `seeds/rdf/`: which are read, what is wrong in them, and what views and exports say of them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, RdfFormat, parse
from story import BASE, check_story, lay_out
from terminal import run_kg

from kg.build.build import build_project
from kg.build.pipeline import Checked
from kg.page.stated import MOST_STATED
from kg.rdf.file import ending_of, read_rdf
from kg.rdf.namespace import RDF
from kg.system.project import RDF_ENDINGS, Project

HEAD = f"""@prefix e: <{BASE}entity/> . @prefix r: <{BASE}relation/> . @prefix k: <{BASE}class/> .
@prefix c: <{BASE}claim/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix s: <{BASE}source/> .
@prefix schema: <https://schema.org/> . @prefix dcterms: <http://purl.org/dc/terms/> .
"""
LINES = HEAD.count("\n")
X = "https://x.example/"
SAID = f'<{X}a> <{X}b> "c"'
FORMS = {
    ".ttl": f"{SAID} .",
    ".trig": f"{{ {SAID} . }}",
    ".nt": f"{SAID} .\n",
    ".nq": f"{SAID} .\n",
    ".rdf": f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="{X}">\n'
    f'<rdf:Description rdf:about="{X}a"><x:b>c</x:b></rdf:Description></rdf:RDF>',
    ".jsonld": f'{{"@context": {{"b": "{X}b"}}, "@id": "{X}a", "b": "c"}}',
}
FORMS |= {".owl": FORMS[".rdf"], ".xml": FORMS[".rdf"]}


def check(root: Path, text: str, **more: str) -> Checked:
    return check_story(root, {"seeds/rdf/ports.ttl": HEAD + text, **more})


def tell(checked: Checked) -> list[tuple[str, str, int, int]]:
    return [(d.code, d.mark.file, d.mark.line - LINES, d.mark.column) for d in checked.diagnostics
            if d.severity.word != "note"]  # fmt: skip


def test_every_ending_has_an_example() -> None:
    assert sorted(FORMS) == sorted(RDF_ENDINGS)
    assert [ending_of(f"a{e}{z}") for e in FORMS for z in ("", ".gz")] == [e + z for e in FORMS for z in ("", ".gz")]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("ending", FORMS)
def test_every_format_is_read(ending: str, packed: bool, tmp_path: Path) -> None:
    raw = FORMS[ending].encode()
    name = f"seeds/rdf/ports{ending}{'.gz' if packed else ''}"
    checked = check_story(tmp_path, {name: gzip.compress(raw) if packed else raw})
    assert tell(checked) == []
    (found,) = [a for a in checked.assertions if a.quad.subject.value == X + "a"]
    assert (found.quad.predicate.value, str(found.quad.object)) == (X + "b", '"c"')
    assert found.quad.graph_name.value == BASE + "rdf/ports"  # type: ignore[union-attr]
    assert found.mark.file == name


def test_blank_nodes_of_a_library_are_named_alike_in_every_run(tmp_path: Path) -> None:
    text = f'{{"@id": "{X}a", "{X}b": [{{"{X}c": 1}}, {{"@list": [2.5, true]}}]}}'
    (tmp_path / "a.jsonld").write_text(text, encoding="utf-8")
    first, second = (read_rdf(tmp_path / "a.jsonld", "a.jsonld") for _ in range(2))
    assert [str(q.quad) for q in first.quads] == [str(q.quad) for q in second.quads]
    assert {str(q.object.term) for q in first.quads} >= {"_:b1", "_:b2"}


LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + FORMS[".rdf"].replace(">c<", ">&b;<")
MUCH = f'<!DOCTYPE r [<!ENTITY a "{"ha" * 100_000}">]>' + FORMS[".rdf"].replace(">c<", f">{'&a;' * 3_000}<")
UNREADABLE = [
    (
        "a.jsonld",
        '{"@context": "https://schema.org/", "name": "x"}',
        "a `@context` that lies elsewhere is not fetched",
        1,
    ),
    ("a.jsonld", '{"@id":\n"http://a.example/", }', "", 2),
    ("a.jsonld", '{"@id": "a"}', "the file says nothing", 1),
    ("a.jsonld", f'[{{"@id": "a", "{X}b": 1}}, {{"@id": "{X}c", "{X}b": 1}}]', "`a` is no whole IRI", 1),
    ("a.jsonld", f'{{"@id": "{X}c", "@type": "Bridge", "{X}b": 1}}', "`Bridge` is no whole IRI", 1),
    ("a.rdf", FORMS[".rdf"].replace("</rdf:RDF>", ""), "no element found", 2),
    ("a.rdf", FORMS[".rdf"].replace(f'about="{X}a"', 'about="#a"'), "IRI", 2),
    ("a.rdf", FORMS[".rdf"].replace("<x:b>c", '<x:b>d</x:b><x:b rdf:parseType="daml:collection"><x:c/>'),
     '`rdf:parseType="daml:collection"` is not known', 2),
    ("a.rdf", FORMS[".rdf"].replace("<x:b>", '<x:b rdf:bagID="q">'), '`rdf:bagID="q"` is not known', 2),
    ("a.rdf", FORMS[".rdf"].replace("<x:b>", f'<x:b rdf:annotation="{X}d">'),
     "a triple term is of RDF 1.2, which is not read here", 1),
    ("a.rdf", FORMS[".rdf"].replace("<x:b>", '<x:b xmlns:its="http://www.w3.org/2005/11/its" its:version="2.0"'
     ' rdf:version="1.2" its:dir="rtl" xml:lang="ar">'), "a text with a base direction is of RDF 1.2", 1),
    ("a.rdf", FORMS[".rdf"].replace("</x:b>", "</x:b>stray text"), "unexpected text event: 'stray text'", 2),
    ("a.rdf", FORMS[".rdf"].replace("rdf:about", "about"), "`about` has no prefix", 2),
    ("a.rdf", FORMS[".rdf"].replace(f'about="{X}a"', 'about="rel"'), "error while parsing IRI 'rel'", 2),
    ("a.rdf", LAUGHS, "an entity (`<!ENTITY`) is made of others", 1),
    ("a.owl", MUCH, "the entities (`<!ENTITY`) make too much of the file", 1),
    ("a.ttl.gz", "no gzip", "the file is no gzip, or not whole", 1),
    ("a.nt.gz", gzip.compress(b"<a:a> <a:b> <a:c> .\n" * 99)[:-12], "the file is no gzip, or not whole", 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "words", "line"), UNREADABLE, ids=[f"{u[0]}-{u[2][:20]}" for u in UNREADABLE])
def test_what_cannot_be_read_is_told(name: str, text: str | bytes, words: str, line: int, tmp_path: Path) -> None:
    checked = check_story(tmp_path, {f"seeds/rdf/{name}": text})
    (found,) = [d for d in checked.diagnostics if d.severity.word != "note"]
    assert found.code == ("rdf-empty" if "nothing" in words else "rdf-file")
    assert words in found.message and (found.mark.file, found.mark.line) == (f"seeds/rdf/{name}", line)


def test_a_literal_of_xml_declares_each_prefix_once(tmp_path: Path) -> None:
    """The library writes what is declared around it once more: such a literal would be no XML."""
    inside = """<b xmlns="http://q/" c="a xmlns:x='d'">&amp;<x:b xmlns:x="http://r/"/></b>"""
    text = FORMS[".rdf"].replace("<x:b>c", f'<x:b rdf:parseType="Literal">{inside}')
    checked = check_story(tmp_path, {"seeds/rdf/a.rdf": text})
    assert tell(checked) == []
    (literal,) = [a.quad.object for a in checked.assertions if a.quad.subject == NamedNode(f"{X}a")]
    around = f'xmlns:rdf="{RDF}" xmlns:x="{X}"'
    assert isinstance(literal, Literal)
    assert (
        literal.value == f"""<b xmlns="http://q/" c="a xmlns:x='d'" {around}>&amp;<x:b xmlns:x="http://r/"></x:b></b>"""
    )


@pytest.mark.parametrize(
    ("context", "key", "told"),
    [
        (f'{{"name": "{X}name"}}', "nmae", ["`nmae` has no IRI, and what stands under it is left out"]),
        (f'{{"name": "{X}name"}}', "name", []),
        (f'{{"@vocab": "{X}"}}', "nmae", []),
        (
            f'{{"name": {{"@id": "{X}name", "@container": "@index"}}}}',
            "nmae",
            ["`nmae` has no IRI, and what stands under it is left out"],
        ),
        (f'{{"x": "{X}"}}', "_:x", ["`_:x` is no property, and what stands under it is left out"]),
        (f'{{"x": "{X}"}}', "@tpye", ["`@tpye` is no keyword of JSON-LD, and what stands under it is left out"]),
        (f'{{"x": "{X}"}}', "x:nmae", []),
    ],
)
def test_keys_that_json_ld_leaves_out_are_told(context: str, key: str, told: list[str], tmp_path: Path) -> None:
    text = f'{{"@context": {context}, "@id": "{X}a", "{X}b": 1, "{key}": "c"}}'
    found = [d for d in check_story(tmp_path, {"seeds/rdf/a.jsonld": text}).diagnostics if d.severity.word != "note"]
    assert [(d.code, d.message) for d in found] == [("rdf-unmapped", message) for message in told]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f'{{"@id": "{X}a b"}}', f"`{X}a b` is no IRI, and what is said with it is left out"),
        ('{"@value": "c", "@language": "no tag"}', "`no tag` is no language tag, and the text is left out"),
        ('{"@value": "c", "@type": "date"}', "`date` is no whole IRI, and the file names no `@base`"),
        ('{"@value": "c", "@language": "he", "@direction": "rtl"}',
         "`@direction` is not kept: statements have no direction of text"),
        ('{"@context": {"@direction": null}, "https://x.example/d": "c"}', None),
        (f'{{"@id": "{X}a%20b"}}', None),
        ('{"@id": "_:b c"}', "`_:b c` names no node, and what is said with it is left out"),
        ('{"@value": "c", "@type": "a b"}', "`a b` is no IRI, and what is said with it is left out"),
    ],
)  # fmt: skip
def test_what_json_ld_leaves_out_of_a_value_is_told(said: str, told: str | None, tmp_path: Path) -> None:
    text = f'{{"@id": "{X}a", "{X}b": 1, "{X}c": {said}}}'
    found = [d for d in check_story(tmp_path, {"seeds/rdf/a.jsonld": text}).diagnostics if d.severity.word != "note"]
    assert [(d.code, d.message) for d in found] == ([] if told is None else [("rdf-file", told)])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"@graph": ["c", NODE]}', ['"c"']),
        ('{"@graph": [NODE, 5, {"@set": [true, NODE]}]}', ["5", "true"]),
        ('["c", NODE]', ['"c"']),
        ('{"@context": {"all": "@graph", "v": "@value"}, "all": [{"v": "c"}, NODE]}', ['{"v": "c"}']),
        (f'{{"@id": "{X}z", "{X}g": {{"@id": "{X}h", "@graph": [{{"@list": ["c"]}}, NODE]}}}}', ['{"@list": ["c"]}']),
        (f'{{"@graph": [{{"@set": [NODE]}}, {{"@id": "{X}z", "{X}g": {{"@set": ["c", {{"@value": 1}}]}}}}]}}', []),
    ],
)
def test_values_of_nothing_are_told(text: str, told: list[str], tmp_path: Path) -> None:
    text = text.replace("NODE", f'{{"@id": "{X}a", "{X}b": 1}}')
    found = [d for d in check_story(tmp_path, {"seeds/rdf/a.jsonld": text}).diagnostics if d.severity.word != "note"]
    messages = [f"`{value}` stands by itself, as nobody's value, and is left out" for value in told]
    assert [(d.code, d.message) for d in found] == [("rdf-unmapped", message) for message in messages]


def test_lines_of_a_packed_file_are_those_within(tmp_path: Path) -> None:
    checked = check_story(tmp_path, {"seeds/rdf/a.ttl.gz": gzip.compress(b"\n\n<a:a> <a:b> x .\n")})
    assert [(str(d.mark), d.code) for d in checked.diagnostics if d.severity.word == "error"] == [
        ("seeds/rdf/a.ttl.gz:3:13", "turtle-syntax")
    ]


MISTAKES = [
    ("e:tern r:batery 70 .", "rdf-term", 8, "did you mean `battery`?"),
    ("e:tern a k:Fery .", "rdf-term", 10, "did you mean `Ferry`?"),
    ("k:Boat a owl:Class . e:tern a k:Boat .", None, 0, ""),
    ("e:ternn rdfs:label 'x' .", "rdf-name", 1, "did you mean `tern`?"),
    ("e:new a k:Ferry . e:new rdfs:label 'x' .", None, 0, ""),
    ("<https://x.example/a> schema:about c:bulletin.al .", "rdf-name", 36, ""),
    ("<https://x.example/a> schema:about c:bulletin.all.1 , s:post , s:post.p1s1 .", None, 0, ""),
    ("<https://x.example/a> schema:about s:pots .", "rdf-name", 36, "did you mean `post`?"),
    ("e:tern rdfs:labl 'x' .", "ontology-term", 8, "did you mean `label`?"),
    ("e:tern a owl:Clas .", "ontology-term", 10, "did you mean `Class`?"),
    ("e:tern skos:preflabel 'x' .", "ontology-term", 8, "did you mean `prefLabel`?"),
    ("e:tern dcterms:titel 'x' .", "ontology-term", 8, "did you mean `title`?"),
    ("e:tern r:battery 'abc'^^xsd:decimal .", "bad-literal", 18, "write digits"),
    ("e:tern rdfs:seeAlso '{a: 1}'^^rdf:JSON .", "bad-literal", 21, "write JSON"),
    ("e:tern r:crew '5'^^xsd:interger .", "bad-literal", 15, "did you mean `integer`?"),
    ("e:tern rdfs:label 'x'@ar--rtl .", "turtle-language", 22, "write it in RDF 1.1"),
    ("e:tern rdfs:label 'x'@english .", "bad-language", 19, "write `en`"),
    ("e:tern rdfs:seeAlso '2024-02-30'^^xsd:date .", "bad-literal", 21, "write `2024-04-28`"),
    ("e:tern rdfs:seeAlso '1e40'^^xsd:float .", "literal-range", 21, "write it as `xsd:double` or `xsd:decimal`"),
    ("e:tern rdfs:seeAlso '-1e400'^^xsd:double .", "literal-range", 21, "write it as `xsd:decimal`"),
    ("e:tern rdfs:seeAlso '1e-50'^^xsd:float .", "literal-range", 21, "write it as `xsd:double` or `xsd:decimal`"),
    ("e:tern rdfs:seeAlso '0e40'^^xsd:float , '-INF'^^xsd:float , '3.4e38'^^xsd:float , 1e40 .", None, 0, ""),
    ("e:tern <http://schema.org/a> 1 ; <http://schema.org/b> 2 .", "rdf-scheme", 8, "write <https://schema.org/>"),
    ("e:tern <http://schemas.org/a> 1 ; <https://www.w3.org/a> 2 .", None, 0, ""),
    ("e:tern r:crew 'five' .", "rdf-range", 15, ""),
    ("e:tern r:crew e:riga .", "rdf-range", 15, ""),
    ("e:tern r:homePort 'Riga' .", "rdf-range", 19, ""),
    ("e:tern r:homePort e:heron .", "rdf-range", 19, ""),
    ("e:riga r:homePort e:oslo .", "rdf-range", 1, ""),
    (
        "e:tern r:battery 70 ; r:launched '2030'^^xsd:gYear ; r:describedAs 'quiet'@en ; r:homePort e:riga .",
        None,
        0,
        "",
    ),
]


@pytest.mark.parametrize(("text", "code", "column", "hint"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_what_a_file_says_is_checked(text: str, code: str | None, column: int, hint: str, tmp_path: Path) -> None:
    checked = check(tmp_path, text)
    found = tell(checked)
    if code in {"bad-literal"} and "interger" in text:  # it is outside of the range too
        found = [f for f in found if f[0] != "rdf-range"]
    assert found == ([(code, "seeds/rdf/ports.ttl", 1, column)] if code else [])
    assert all(hint in (d.hint or "") for d in checked.diagnostics if d.code == code)


def test_graphs_without_names_and_those_of_sources_are_told(tmp_path: Path) -> None:
    post = f"{BASE}source/post"
    text = f"""<{X}g> {{ <{X}a> <{X}b> 1 }}
_:g {{ <{X}a> <{X}b> 2 . <{X}a> <{X}b> 3 }}
GRAPH <{post}> {{ <{X}a> <{X}b> 4 }} <{X}a> <{X}b> 5 .
[] {{ <{X}a> <{X}b> 6 }}
"""
    found = [d for d in check_story(tmp_path, {"seeds/rdf/a.trig": text}).diagnostics if d.severity.word != "note"]
    assert [(d.code, d.mark.line, d.mark.column, d.message) for d in found] == [
        ("rdf-graph", 2, 1, "a graph without a name: what stands in it goes into the file's own graph"),
        ("rdf-graph", 3, 7, f"<{post}> is the graph of a source, and a file of RDF puts statements into it"),
        ("rdf-graph", 4, 1, "a graph without a name: what stands in it goes into the file's own graph"),
    ]


def test_a_mistake_in_a_file_without_lines_is_named(tmp_path: Path) -> None:
    text = (
        f'{{"@id": "{BASE}entity/tern", "{BASE}relation/batery": 70, "http://www.w3.org/2004/02/skos/core#labl": "x"}}'
    )
    found = check_story(tmp_path, {"seeds/rdf/a.jsonld": text}).diagnostics
    assert {d.message for d in found if d.severity.word == "error"} == {
        "the ontology has no property `batery`", "`skos:labl` is no term of SKOS"
    }  # fmt: skip


def test_tables_may_make_the_entities_that_a_file_names(tmp_path: Path) -> None:
    mapping = """prefixes: {e: "https://halden.example/entity/", k: "https://halden.example/class/"}
mappings:
  ships:
    sources: [[ships.csv~csv]]
    s: e:$(id)
    po: [[a, k:Ship]]
"""
    files = {"seeds/tables/ships.yarrrml.yaml": mapping, "seeds/tables/ships.csv": "id\ngull\n"}
    assert tell(check(tmp_path, "e:gull rdfs:label 'Gull' .", **files)) == []


CLAIMS = """kg: claims/1
source: post
claims:
  p3s1 24b9aceb:
    said: source
    battery: {s: tern, p: battery, o: 73.60 kWh}
    port: {s: tern, p: homePort, o: riga}
    quiet: {s: tern, p: quiet, o: true, not: true}
    launched: {s: tern, p: launched, o: 2029/2030}
"""
WHERE = "seeds/claims/post.yaml"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("e:tern r:battery 73.6 ; r:homePort e:riga ; r:launched '2030'^^xsd:gYear .", []),
        ("e:tern r:battery 80 .", [(WHERE, 6)]),
        ("e:tern r:battery .5 .", [(WHERE, 6)]),
        ("e:tern r:battery 7.36e1 .", []),
        ("e:tern r:battery 8E1 .", [(WHERE, 6)]),
        ("e:tern r:homePort e:oslo .", [(WHERE, 7)]),
        ("e:tern r:quiet true .", [(WHERE, 8)]),
        ("e:tern r:launched '2031'^^xsd:gYear .", [(WHERE, 9)]),
        ("e:heron r:battery 80 , 81 .", [("seeds/rdf/ports.ttl", LINES + 1)]),
        ("e:heron r:battery 80 , 81 , 82 .", [("seeds/rdf/ports.ttl", LINES + 1)] * 2),
        ("e:heron r:crew 8 , 9 . e:tern r:sailsTo e:oslo .", []),
    ],
)
def test_a_file_that_contradicts_a_fact_is_told(text: str, lines: list[tuple[str, int]], tmp_path: Path) -> None:
    found = [d for d in check(tmp_path, text, **{WHERE: CLAIMS}).diagnostics if d.code == "rdf-conflict"]
    assert [(d.mark.file, d.mark.line) for d in found] == lines
    assert all(str(r.mark).startswith(f"seeds/rdf/ports.ttl:{LINES + 1}:") for d in found for r in d.related)


def test_a_contradiction_may_be_accepted(tmp_path: Path) -> None:
    accepted = CLAIMS.replace("73.60 kWh}", "73.60 kWh, accept: {rdf-conflict: the file is of another version}}")
    checked = check(tmp_path, "e:tern r:battery 80 .", **{WHERE: accepted})
    assert [d.severity.word for d in checked.diagnostics if d.code == "rdf-conflict"] == ["note"]


MORE = """@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix r: <https://halden.example/relation/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
r:sign a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "sign"@en ; rdfs:range xsd:string .
r:motto a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "motto"@en ; rdfs:range rdf:langString .
r:sister a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:label "sister of"@en ; rdfs:range owl:Thing .
r:twin a owl:ObjectProperty ; rdfs:subPropertyOf r:sister ; rdfs:label "twin of"@en ; rdfs:range owl:Thing .
r:leads a owl:ObjectProperty ; owl:inverseOf r:ledBy ; rdfs:label "leads"@en ; rdfs:range owl:Thing .
r:ledBy a owl:ObjectProperty , owl:FunctionalProperty ; rdfs:label "led by"@en ; rdfs:range owl:Thing .
r:lowestPrice a owl:FunctionalProperty .
"""


@pytest.mark.parametrize(("stated", "told"), [(12, []), (9, ["b"]), (8, ["b"])])
def test_of_counts_that_vary_the_latest_is_held_against_a_file(stated: int, told: list[str], tmp_path: Path) -> None:
    """A file with the latest count contradicted every older one."""
    ontology = (
        "@prefix kg: <https://kg.example/ns#> . @prefix qudt: <http://qudt.org/schema/qudt/> .\n"
        "@prefix unit: <http://qudt.org/vocab/unit/> .\n" + MORE.partition("r:sign")[0] + "r:members a "
        "owl:DatatypeProperty , owl:FunctionalProperty , kg:TimeVarying ; rdfs:label 'members'@en ; "
        "rdfs:range xsd:integer ; qudt:hasUnit unit:NUM .\n"
    )
    claims = CLAIMS[: CLAIMS.index("    battery")] + (
        "    a: {s: halden, p: members, o: 9, asof: 2008}\n    b: {s: halden, p: members, o: 12, asof: 2010}\n"
        "    c: {s: halden, p: members, o: 20, when: 2011, asof: 2011}\n"  # does not hold any more
    )
    checked = check(tmp_path, f"e:halden r:members {stated} .", **{WHERE: claims, "ontology/members.ttl": ontology})
    assert not checked.has_errors
    found = [d.message for d in checked.diagnostics if d.code == "rdf-conflict"]
    assert [message.removeprefix("`post.")[:1] for message in found] == told


FURTHER = """kg: claims/1
source: post
claims:
  p3s1 24b9aceb:
    said: source
    sign: {s: tern, p: sign, o: TRN}
    motto: {s: tern, p: motto, o: Ever on}
    sisters: {s: tern, p: sister, o: heron, not: true}
    leads: {s: mira-vogt, p: leads, o: halden}
    price: {s: tern, p: price, o: 215900..299900 EUR}
    battery: {s: tern, p: battery, o: 0.0736 MWh}
"""
AT = f"seeds/rdf/ports.ttl:{LINES + 1}"
ONE_LEADER = "`riga leads` Halden Yards, where `halden` has one `ledBy`"
ONE_LED = "`halden ledBy` Riga, where `halden` has one `ledBy`"
ONE_PRICE = ", where `tern` has one `lowestPrice`"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("e:tern r:sign 'TRN' ; r:motto 'Ever on'@EN ; r:lowestPrice 215900.0 . e:mira-vogt r:leads e:riga .", []),
        ("e:tern r:sign 'TR' .", [f"`post.sign` says “TRN”, and {AT} states “TR”"]),
        ("e:tern r:motto 'Ever on'@de .", [f"`post.motto` says “Ever on”, and {AT} states “Ever on” (de)"]),
        ("e:heron r:sign 'HR' , 'HE' .", [f"`heron` has one `sign`, and {AT} states “HR”"]),
        ("e:heron r:sister e:tern .", [f"`post.sisters` says not Heron, and {AT} states `heron sister` Tern"]),
        ("e:tern r:twin e:heron .", [f"`post.sisters` says not Heron, and {AT} states `tern twin` Heron"]),
        ("e:riga r:leads e:halden .", [f"`post.leads` says Halden Yards, and {AT} states {ONE_LEADER}"]),
        ("e:halden r:ledBy e:riga .", [f"`post.leads` says Halden Yards, and {AT} states {ONE_LED}"]),
        (
            "e:riga r:leads e:tern . e:tern r:ledBy e:oslo .",
            [f"`tern` has one `ledBy`, and {AT} states `tern ledBy` Oslo"],
        ),
        (
            "e:tern r:lowestPrice 215000 .",
            [f"`post.price` says 215900..299900 EUR, and {AT} states `tern lowestPrice` 215,000 EUR{ONE_PRICE}"],
        ),
        ("e:tern r:battery 80 .", [f"`post.battery` says 0.0736 MWh, and {AT} states 80 kWh"]),
    ],
)  # fmt: skip
def test_what_a_file_says_of_the_same_by_other_words_contradicts(text: str, told: list[str], tmp_path: Path) -> None:
    files = {WHERE: FURTHER, "ontology/more.ttl": MORE}
    found = [d for d in check(tmp_path, text, **files).diagnostics if d.code == "rdf-conflict"]
    assert [d.message for d in found] == told


def test_a_contradiction_on_another_matter_is_shown_at_each_thing(tmp_path: Path) -> None:
    text = HEAD + "e:riga r:leads e:halden ."
    lay_out(tmp_path, {"seeds/rdf/ports.ttl": text, WHERE: FURTHER, "ontology/more.ttl": MORE})
    told = f"""Contradicted by RDF files (1)
  Halden Yards · led by
    {AT}   e:riga r:leads e:halden
    post.leads   Mira Vogt · leads · Halden Yards — harbour master
"""
    for thing in ("halden", "riga", "mira-vogt"):
        assert told.replace("harbour master", "Olle Brandt") in run_kg("show", thing, folder=tmp_path).out


STATED = f"""e:tern r:battery 80 ; r:launched "2030"^^xsd:gYear .
<{X}guide> schema:about e:tern ; rdfs:label "guide"@en .
"""


def test_views_show_what_a_file_says(tmp_path: Path) -> None:
    lay_out(tmp_path, {"seeds/rdf/ports.ttl": HEAD + STATED, WHERE: CLAIMS})
    line = f"seeds/rdf/ports.ttl:{LINES + 1}"
    shown = run_kg("show", "tern", folder=tmp_path).out
    assert "From RDF files\n" in shown and f"  • r:battery 80   ({line})\n" in shown
    assert f"  • <{X}guide> schema:about   (seeds/rdf/ports.ttl:{LINES + 2})\n" in shown
    assert "Contradicted by RDF files (1)\n  Tern · battery\n" in shown and "    post.battery   Tern · battery" in shown
    why = run_kg("why", "tern", "battery", "80", folder=tmp_path)
    assert (why.code, why.out) == (0, f"e:tern r:battery 80   (RDF file)\n  stated in  {line}\n")
    assert f"stated in  {line}" in run_kg("why", "tern", folder=tmp_path).out
    assert f"stated in  seeds/rdf/ports.ttl:{LINES + 2}" in run_kg("why", f"{X}guide", folder=tmp_path).out
    assert "  • rdfs:label 'guide'@en" in run_kg("show", f"{X}guide", folder=tmp_path).out
    assert "Contradicted by RDF files (1)\n" in run_kg("disputes", folder=tmp_path).out
    for asked in ((X + "guide", "_", "'guide'@EN"), ("tern", "battery", "80.0"), ("_", "_", "'2030'^^xsd:gYear")):
        assert "   (RDF file)\n" in run_kg("why", *asked, folder=tmp_path).out
    for asked in ("'guide'@de", "'guide'^^xsd:string", "'80'^^xsd:string", "'2030'^^xsd:gYearMonth"):
        assert run_kg("why", "_", "_", asked, folder=tmp_path).code == 2
    nothing = run_kg("why", "tern", "battery", "81", folder=tmp_path)
    assert nothing.code == 2 and "no claim and no file of RDF says `tern battery 81`" in nothing.err


def test_the_page_shows_what_a_file_says(tmp_path: Path) -> None:
    files = {"seeds/rdf/ports.ttl": HEAD + STATED, WHERE: CLAIMS}
    build_project(lay_out(tmp_path, files))
    page = (tmp_path / "exports/graph.html").read_text(encoding="utf-8")
    place = f"<code>seeds/rdf/ports.ttl:{LINES + 1}</code>"
    assert f"battery 80 <em>≠ contradicted</em> {place}" in page
    assert "From RDF files" in page and "Contradicted by RDF files" in page
    assert f"launched 2030 {place}" in page.replace("'2030'^^xsd:gYear", "2030")
    assert "#e=tern" in page


def test_the_page_leaves_out_no_statement_that_contradicts(tmp_path: Path) -> None:
    """Of a thing of which files state much the first statements are shown, and its contradictions wherever they are."""
    comments = "".join(f"e:tern rdfs:comment 'comment {n}' .\n" for n in range(MOST_STATED + 5))
    build_project(lay_out(tmp_path, {"seeds/rdf/ports.ttl": HEAD + comments + STATED, WHERE: CLAIMS}))
    page = (tmp_path / "exports/graph.html").read_text(encoding="utf-8")
    assert f"comment {MOST_STATED - 1}" in page and f"comment {MOST_STATED}" not in page
    assert "Contradicted by RDF files" in page and "battery 80 <em>≠ contradicted</em>" in page


def test_an_entity_that_only_a_file_speaks_of_is_used(tmp_path: Path) -> None:
    entities = "kg: entities/1\nentities:\n  gull: {is: Ferry, label: Gull}\n"
    files = {"seeds/entities/more.yaml": entities}
    assert [c for c, *_ in tell(check_story(tmp_path, files))] == ["unused-entity"]
    assert tell(check(tmp_path, "e:gull rdfs:comment 'a bird' .", **files)) == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of its own ways
def test_exports_hold_what_files_of_all_formats_say(tmp_path: Path) -> None:
    """And are read to the same triples by Oxigraph and rdflib."""
    files: dict[str, str | bytes] = {
        f"seeds/rdf/f{n}{ending}": text.replace(">c<", f">{n}<").replace('"c"', f'"{n}"').encode()
        for n, (ending, text) in enumerate(FORMS.items())
    }
    files["seeds/rdf/packed.nt.gz"] = gzip.compress(f'{SAID[:-3]}"packed" .\n'.encode())
    files["seeds/rdf/lists.jsonld"] = f'{{"@id": "{X}l", "{X}m": {{"@list": [1, 2.5, {{"{X}c": true}}]}}}}'.encode()
    report = build_project(lay_out(tmp_path, files))
    assert report.files
    quads = list(parse(path=str(tmp_path / "exports/graph.nq"), format=RdfFormat.N_QUADS))
    said = {q.object.value for q in quads if q.subject == parse_one(f"<{X}a>")}
    assert said == {*map(str, range(len(FORMS))), "packed"}
    turtle = list(parse(path=str(tmp_path / "exports/graph.ttl"), format=RdfFormat.TURTLE))
    assert len({str(q.triple) for q in quads}) == len(turtle)
    for name, syntax in {"graph.ttl": "turtle", "graph.jsonld": "json-ld"}.items():
        text = (tmp_path / "exports" / name).read_text(encoding="utf-8")
        assert len(rdflib.Graph().parse(data=text, format=syntax)) == len(turtle), name


def parse_one(term: str) -> object:
    return next(iter(parse(f"{term} <a:b> <a:c> .".encode(), format=RdfFormat.N_TRIPLES))).subject


UNREAD = {
    "seeds/rdf/a.n3": "N3 is not read: write it as Turtle (`.ttl`)",
    "seeds/rdf/a.json": "JSON-LD ends with `.jsonld`",
    "seeds/rdf/a.zip": "read are `.ttl`, ",
    "seeds/rdf/a.ttl.bz2": "read are `.ttl`, ",
    "seeds/notes.docx": "is its folder or its ending wrong?",
    "seeds/claims/post.yaml~": "is its folder or its ending wrong?",
    "seeds/claim/a": "did you mean `claims`?",
    "ontology/a.owl": "an ontology is written in Turtle (`.ttl`)",
    "ontology/questions/a.sparql": "is its folder or its ending wrong?",
    "texts/unrelated.md": "a source names its text: `file: ...`",
    "texts/pots.txt": "did you mean `post.txt`?",
}


@pytest.mark.parametrize("name", UNREAD)
def test_a_file_that_nothing_reads_is_told(name: str, tmp_path: Path) -> None:
    (found,) = [d for d in check_story(tmp_path, {name: "x"}).diagnostics if d.severity.word != "note"]
    assert (found.code, found.mark.file) == ("unread-file", name)
    assert UNREAD[name] in (found.hint or "")


@pytest.mark.parametrize(
    "name", ["seeds/README.md", "ontology/LICENSE", "texts/README", "seeds/rdf/NOTICE.txt", "seeds/.a"]
)
def test_what_tells_people_of_a_folder_is_left_in_peace(name: str, tmp_path: Path) -> None:
    assert tell(check_story(tmp_path, {name: "x"})) == []


@pytest.mark.parametrize(
    "name", ["seeds/rdf/a.ttl", "seeds/a.txt", "ontology/a.ttl", "ontology/questions/a.rq", "texts/a.txt"]
)
def test_a_broken_link_is_told(name: str, tmp_path: Path) -> None:
    check_story(tmp_path, {})
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).symlink_to("nowhere")
    from kg.build.pipeline import check_project

    found = [d for d in check_project(Project(tmp_path)).diagnostics if d.severity.word != "note"]
    assert [(d.code, d.message) for d in found] == [("unread-file", f"{name} is a link to nothing")]
