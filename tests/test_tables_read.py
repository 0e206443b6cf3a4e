"""Mappings are read whole: every word of RML where it stands, every term as it was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.diagnostic import SourceText
from kg.tables.command import map_command
from kg.tables.read.mapping import read_any_mapping
from kg.tables.read.turtle import read_mapping
from kg.tables.rml import MappingDocument, TermMap
from kg.tables.vocabulary import NO_EFFECT, PROPERTIES, RML

WHOLE = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @base <http://example.org/> .
<#m> rml:logicalSource [ rml:source [ rml:path "a.csv" {source} ] ; rml:referenceFormulation rml:CSV {rows} ] ;
  rml:subjectMap [ rml:template "p/{{id}}" {subject} ] {map} ;
  rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference "n" {object} ] {statement} ] ;
  rml:predicateObjectMap [ rml:predicate ex:q ; rml:objectMap [ rml:parentTriplesMap <#m> {reference} ] ] .
"""
PLACES = ("source", "rows", "subject", "map", "object", "statement", "reference")


def write_whole(**more: str) -> str:
    return WHOLE.format(**{place: more.get(place, "") for place in PLACES})


def say(document: MappingDocument) -> list[str]:
    """The mistakes as `line:column code: message (hint)`."""
    return [
        f"{d.mark.line}:{d.mark.column} {d.code}: {d.message}" + (f" ({d.hint})" if d.hint else "")
        for d in document.diagnostics
    ]


def read(text: str) -> MappingDocument:
    return read_mapping(SourceText("m.ttl", text))


# The vocabulary


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("word", sorted(iri.removeprefix(RML) for iri in PROPERTIES - {RML + w for w in NO_EFFECT}))
def test_no_word_of_rml_is_dropped_in_silence(word: str, place: str) -> None:
    """Each has an effect on what is read, or is told, wherever it stands."""
    plain = read(write_whole())
    assert plain.diagnostics == ()
    more = read(write_whole(**{place: f'; rml:{word} "x"'}))
    assert (more.triples_maps, more.diagnostics) != (plain.triples_maps, ())


def test_what_would_change_triples_is_refused() -> None:
    text = write_whole(object='; rml:condition [ rml:constant "false" ]')
    assert say(read(text)) == [
        "4:85 map-unsupported: `rml:condition` is not supported"
        " (let a function decide, such as `idlab-fn:trueCondition`)"
    ]


def test_a_word_in_the_wrong_place() -> None:
    assert say(read(write_whole(map="; rml:class ex:C"))) == [
        "3:47 map-unread: `rml:class` has no use here (remove it, or write it where it belongs)"
    ]


# Constants and templates


def find_objects(document: MappingDocument) -> list[str]:
    maps = [o for t in document.triples_maps for pom in t.predicate_objects for o in pom.objects]
    return [str(getattr(o.expression, "term", o.expression)) for o in maps if isinstance(o, TermMap)]


@pytest.mark.parametrize(
    ("tags", "term"),
    [
        ('rml:constant "1.5" ; rml:datatype xsd:decimal', '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ('rml:constant "hello" ; rml:language "en"', '"hello"@en'),
        ('rml:constant "hello" ; rml:languageMap [ rml:constant "zh-Hans" ]', '"hello"@zh-hans'),
        ('rml:constant "1"^^xsd:integer', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ('rml:constant "x" ; rml:datatype ex:own', '"x"^^<http://example.org/own>'),
    ],
)
def test_a_constant_has_its_datatype_and_language(tags: str, term: str) -> None:
    text = write_whole(object=f" ] ; rml:objectMap [ {tags}")
    text = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n" + text
    document = read(text)
    assert document.diagnostics == ()
    assert find_objects(document)[1].lower() == term.lower()


def test_constants_of_yarrrml_have_them_too() -> None:
    text = (
        "prefixes: {ex: http://example.org/}\n"
        "mappings: {m: {sources: [[a.csv~csv]], s: ex:$(id), po: [\n"
        '  [ex:a, "1.5", xsd:decimal], [ex:b, hello, en~lang], {p: ex:c, o: {v: x, datatype: ex:own}},'
        ' [ex:d, "2", $(type)]]}}'
    )
    document = read_any_mapping(SourceText("m.yml", text))
    assert document.diagnostics == ()
    assert find_objects(document) == [
        '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"hello"@en',
        '"x"^^<http://example.org/own>',
        "Template(parts=('2',))",
    ]


@pytest.mark.parametrize(
    ("object_map", "mistake"),
    [
        ('rml:constant "abc" ; rml:datatype xsd:integer',
         "map-term: `abc` is no integer (correct the constant, or its datatype)"),
        ('rml:constant "1"^^xsd:integer ; rml:datatype xsd:decimal',
         'map-repeated: the constant "1"^^<http://www.w3.org/2001/XMLSchema#integer> has a datatype of its own'
         " (keep it in the constant, or the `rml:datatype`)"),
        ('rml:template "http://ex.org/my doc/{id}"',
         "map-template: an IRI cannot hold a space (write it percent-encoded (a space is `%20`);"
         " for a text add `rml:termType rml:Literal`)"),
        ('rml:template "name: {name}"',
         "map-template: an IRI cannot hold a space (write it percent-encoded (a space is `%20`);"
         " for a text add `rml:termType rml:Literal`)"),
        ('rml:template "http://ex.org/<{id}>"',
         "map-template: an IRI cannot hold `<` (write it percent-encoded (a space is `%20`);"
         " for a text add `rml:termType rml:Literal`)"),
        ('rml:template "a^{id}" ; rml:termType rml:UnsafeIRI',
         "map-template: an IRI cannot hold `^` (write it percent-encoded (a space is `%20`);"
         " for a text add `rml:termType rml:Literal`)"),
        ('rml:template "x" ; rml:languageMap [ rml:template "en_{id}" ]',
         "map-language: a language tag cannot hold `_` (use a tag of BCP 47, such as `en` or `zh-Hans`)"),
        ('rml:template "{id}" ; rml:datatypeMap [ rml:template "http://ex.org/a b/{id}" ]',
         "map-template: an IRI cannot hold a space (write it percent-encoded (a space is `%20`))"),
        ("rml:constant [ rml:reference \"name\" ]",
         "map-term: a constant is an IRI or a literal, not a blank node"
         " (write `rml:objectMap [ ... ]` for a map; blank nodes come of `rml:termType rml:BlankNode`)"),
    ],
)  # fmt: skip
def test_what_no_term_can_come_of_is_told(object_map: str, mistake: str) -> None:
    text = write_whole(object=f" ] ; rml:objectMap [ {object_map}")
    text = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n" + text
    assert [line.partition(" ")[2] for line in say(read(text))] == [mistake]


def test_a_shortcut_for_a_constant_takes_no_map() -> None:
    text = write_whole(statement="; rml:object [ rml:reference 'n' ]")
    assert [line.partition(" ")[2].partition(":")[0] for line in say(read(text))] == ["map-term"]


# Paths and sources


def test_an_iterator_of_csv_has_no_use() -> None:
    assert say(read(write_whole(rows='; rml:iterator "$"'))) == [
        "2:109 map-unread: `rml:iterator` of CSV, `$`, has no use (remove it: each row is one iteration)"
    ]


@pytest.mark.parametrize("word", ["outerJoin", "fullJoin", "rightJoin"])
def test_joins_of_views_that_are_refused_by_name(word: str) -> None:
    text = write_whole(rows=f"; rml:{word} [ rml:parentLogicalView <#v> ]")
    assert say(read(text)) == [
        f"2:96 map-unsupported: `rml:{word}` is not supported (views are joined by `rml:leftJoin` and `rml:innerJoin`)"
    ]


FIELDS = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @base <http://example.org/> .
<#v> rml:viewOn [ rml:source "a.json" ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$[*]" ] ;
  rml:field [ rml:fieldName "table" ; rml:reference "$.csv" ;
    rml:field [ a rml:IterableField ; rml:fieldName "rows" FORMULATION ;
      rml:field [ rml:fieldName "id" ; rml:reference "id" ] ] ] .
<#m> rml:logicalSource <#v> ; rml:subjectMap [ rml:template "p/{table.rows.id}" ; rml:class ex:Person ] .
"""


def map_text(folder: Path, text: str, name: str = "m.ttl", *options: str) -> tuple[list[str], str]:
    """The lines that a mapping gives, sorted, and what is said of it."""
    (folder / name).write_text(text, encoding="utf-8")
    out = folder / "out.nq"
    out.unlink(missing_ok=True)
    done = CliRunner().invoke(
        map_command, [str(folder / name), "-o", str(out), "--data", str(folder), *options], catch_exceptions=False
    )
    return sorted(out.read_text(encoding="utf-8").split("\n")[:-1]) if out.exists() else [], done.stderr


def test_an_iterable_field_over_csv_needs_no_iterator(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"csv": "id,n\\n1,\\"a\\nb\\"\\n2,c"}]', encoding="utf-8")
    lines, told = map_text(tmp_path, FIELDS.replace("FORMULATION", "; rml:referenceFormulation rml:CSV"))
    assert (told, [line.split()[0] for line in lines]) == (
        "",
        ["<http://example.org/p/1>", "<http://example.org/p/2>"],
    )
    assert say(read(FIELDS.replace("FORMULATION", ""))) == [
        "4:15 map-incomplete: the iterable field `rows` does not say what it iterates over"
        " (add an `rml:iterator`, or an `rml:referenceFormulation`, which has one)"
    ]


def test_a_name_after_a_dot_is_a_member_and_no_descendant(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"id": 1, "name": "x", "inner": {"name": "y"}}]', encoding="utf-8")
    text = (
        "prefixes: {ex: http://example.org/}\n"
        "mappings: {m: {sources: [['a.json~jsonpath', '$[*]']], s: ex:$(.id), po: [[ex:n, $(.name)]]}}"
    )
    lines, told = map_text(tmp_path, text, "m.yml")
    assert (told, lines) == ("", ['<http://example.org/1> <http://example.org/n> "x" .'])


ALONE = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @base <http://example.org/> .
<#m> rml:subject ex:me ; rml:predicateObjectMap [ rml:predicate ex:name ; OBJECT ] .
"""


def test_constants_alone_need_no_logical_source(tmp_path: Path) -> None:
    """RML-Core, mapping: a triples map without references has no need of rows."""
    lines, told = map_text(tmp_path, ALONE.replace("OBJECT", 'rml:object "Ann", "安"'))
    assert (told, lines) == (
        "",
        [f'<http://example.org/me> <http://example.org/name> "{name}" .' for name in ("Ann", "安")],
    )
    needs = read(ALONE.replace("OBJECT", 'rml:objectMap [ rml:reference "n" ]'))
    assert say(needs) == [
        "2:1 map-incomplete: the triples map `http://example.org/#m` has no `rml:logicalSource`"
        " (add an `rml:logicalSource`)"
    ]
    lines, told = map_text(tmp_path, "mappings: {m: {s: http://e.org/me, po: [[http://e.org/name, Ann]]}}", "alone.yml")
    assert (told, lines) == ("", ['<http://e.org/me> <http://e.org/name> "Ann" .'])
