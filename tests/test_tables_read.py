# ruff: noqa: E501 - the lines of a mapping stay whole
"""Mappings are read whole: every word of RML where it stands, every term as it was meant."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlitefile import open_sqlite

from kg.tables.command import map_command
from kg.tables.read.mapping import read_any_mapping
from kg.tables.read.turtle import read_mapping
from kg.tables.read.yarrrml.document import read_yarrrml
from kg.tables.rml import Constant, MappingDocument, TermMap
from kg.tables.vocabulary import NO_EFFECT, PROPERTIES, RML
from kg.tables.yarrrml_command import yarrrml_command
from kg.text.diagnostic import SourceText

WHOLE = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @base <http://example.org/> .
<#m> rml:logicalSource [ rml:source [ rml:path "a.csv" {source} ] ; rml:referenceFormulation rml:CSV {rows} ] ;
  rml:subjectMap [ rml:template "p/{{id}}" {subject} ] {map} ;
  rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference "n" {object} ] {statement} ] ;
  rml:predicateObjectMap [ rml:predicate ex:q ; rml:objectMap [ rml:parentTriplesMap <#m> {reference} ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:r ; rml:objectMap [ rml:constant "x" ; rml:languageMap [ rml:constant "en" {tag} ] ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:s ; rml:objectMap [ rml:reference "n" ; rml:datatypeMap [ rml:reference "d" {datatype} ] ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:t ; rml:graphMap [ rml:constant ex:g {graph} ] ; rml:objectMap [ rml:functionExecution [
    rml:function ex:f ; rml:input [ rml:parameter ex:x ; rml:inputValueMap [ rml:reference "n" {value} ] {input} ] {call} ] ] ] .
"""
PLACES = (
    "source",
    "rows",
    "subject",
    "map",
    "object",
    "statement",
    "reference",
    "tag",
    "datatype",
    "graph",
    "value",
    "input",
    "call",
)


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


@cache
def read_plain() -> MappingDocument:
    """The whole mapping as it is, which each word is held against."""
    return read(write_whole())


# The vocabulary


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("word", sorted(iri.removeprefix(RML) for iri in PROPERTIES - {RML + w for w in NO_EFFECT}))
def test_no_word_of_rml_is_dropped_in_silence(word: str, place: str) -> None:
    """Each has an effect on what is read, or is told, wherever it stands."""
    plain = read_plain()
    assert plain.diagnostics == ()
    more = read(write_whole(**{place: f'; rml:{word} "x"'}))
    assert (more.triples_maps, more.diagnostics) != (plain.triples_maps, ())


def test_a_condition_is_read() -> None:
    [found] = read(write_whole(object='; rml:condition [ rml:constant "false" ]')).triples_maps
    condition = next(o.condition for pom in found.predicate_objects for o in pom.objects if isinstance(o, TermMap))
    assert condition is not None
    assert isinstance(condition.expression, Constant)


def test_a_word_in_the_wrong_place() -> None:
    assert say(read(write_whole(map="; rml:class ex:C"))) == [
        "3:47 map-misplaced: `rml:class` is not read here, and the triples would be others with it"
        " (it belongs to a subject map)"
    ]
    assert say(read(write_whole(map='; rml:iterator "$"'))) == [
        "3:47 map-unread: `rml:iterator` has no use here (remove it, or write it where it belongs)"
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
         "map-iri: an IRI cannot hold a space (write it percent-encoded (a space is `%20`);"
         " for a text add `rml:termType rml:Literal`)"),
        ('rml:template "name: {name}"',
         "map-iri: an IRI cannot hold a space (write it percent-encoded (a space is `%20`);"
         " for a text add `rml:termType rml:Literal`)"),
        ('rml:template "http://ex.org/<{id}>"',
         "map-iri: an IRI cannot hold `<` (write it percent-encoded (a space is `%20`);"
         " for a text add `rml:termType rml:Literal`)"),
        ('rml:template "a^{id}" ; rml:termType rml:UnsafeIRI',
         "map-iri: an IRI cannot hold `^` (write it percent-encoded (a space is `%20`);"
         " for a text add `rml:termType rml:Literal`)"),
        ('rml:template "x" ; rml:languageMap [ rml:template "en_{id}" ]',
         "map-language: a language tag cannot hold `_` (use a tag of BCP 47, such as `en` or `zh-Hans`)"),
        ('rml:template "{id}" ; rml:datatypeMap [ rml:template "http://ex.org/a b/{id}" ]',
         "map-iri: an IRI cannot hold a space (write it percent-encoded (a space is `%20`))"),
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


SOURCE = """@prefix rml: <http://w3id.org/rml/> . @prefix csvw: <http://www.w3.org/ns/csvw#> .
<http://e.org/m> rml:logicalSource [ rml:source [ a csvw:Table; csvw:url "p.%s"; %s ] %s ];
  rml:subjectMap [ rml:template "http://e.org/{id}"; rml:class <http://e.org/C> ] ."""


@pytest.mark.parametrize(
    ("ending", "formulation", "unread"),
    [
        ("json", "rml:JSONPath", ["delimiter", "header", "trim", "tableSchema"]),
        ("xml", "rml:XPath", ["delimiter", "header", "trim", "tableSchema"]),
        ("parquet", "", ["delimiter", "header", "trim", "tableSchema"]),
        ("parquet", "rml:CSV", ["delimiter", "header", "trim", "tableSchema"]),
        ("db", 'rml:SQL2008Table; rml:iterator "t"', ["delimiter", "header", "trim", "tableSchema"]),
        ("xlsx", "", ["delimiter", "trim"]),
        ("csv", "rml:CSV", []),
    ],
)
def test_a_dialect_has_no_use_where_nothing_is_delimited(ending: str, formulation: str, unread: list[str]) -> None:
    dialect = 'csvw:delimiter ";"; csvw:encoding "utf-8"; csvw:header false; csvw:trim true'
    schema = 'csvw:tableSchema [ csvw:column ( [ csvw:name "id" ] ) ]'
    more = f"; rml:referenceFormulation {formulation}" if formulation else ""
    told = say(read(SOURCE % (ending, f"csvw:dialect [ {dialect} ]; {schema}", more)))
    assert [line.partition(" ")[2] for line in told] == [
        f"map-unread: `csvw:{word}` has no use: `p.{ending}` is not read as delimited text (remove it)"
        for word in unread
    ]


def test_an_iterator_of_a_table_has_no_use() -> None:
    hint = "has no use (remove it: each row is one iteration)"
    told = say(read(SOURCE % ("parquet", "csvw:null ''", '; rml:iterator "$"')))
    assert [line.partition(" ")[2] for line in told] == [f"map-unread: `rml:iterator` of a table, `$`, {hint}"]
    assert say(read(SOURCE % ("xlsx", "csvw:null ''", '; rml:iterator "people"'))) == []
    source = "prefixes: {ex: http://e.org/}\nmappings: {m: {sources: [%s], s: ex:$(id), po: [[a, ex:C]]}}"
    no_text = '{access: p.json, referenceFormulation: jsonpath, delimiter: ";"}'
    for written, message in (
        ("[p.parquet, $]", f"the iterator of a table, `$`, {hint}"),
        ("[p.csv~csv, $]", f"the iterator of CSV, `$`, {hint}"),
        (no_text, "`delimiter` has no use: `p.json` is not read as delimited text (remove it)"),
    ):
        [told_of] = read_yarrrml(SourceText("m.yml", source % written)).diagnostics
        assert (told_of.code, f"{told_of.message} ({told_of.hint})") == ("map-unread", message)


@pytest.mark.parametrize("word", ["outerJoin", "fullJoin", "rightJoin"])
def test_joins_of_views_that_are_refused_by_name(word: str) -> None:
    text = write_whole(rows=f"; rml:{word} [ rml:parentLogicalView <#v> ]")
    assert say(read(text)) == [
        f"2:96 map-unsupported: `rml:{word}` is not supported (views are joined by `rml:leftJoin` and `rml:innerJoin`)"
    ]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("rml:path 'p.csv'; rml:null ( '' 'n/a' )", '`rml:null` needs a text in quotes (repeat the texts without brackets: `rml:null "a", "b"`)'),
        ("rml:path 'p.csv'; rml:null ()", '`rml:null` needs a text in quotes (repeat the texts without brackets: `rml:null "a", "b"`)'),
        ("rml:path 'p.csv'; rml:null <n/a>", "`rml:null` needs a text in quotes (None)"),
        ("rml:path []", "`rml:path` needs a text in quotes (None)"),
        ("csvw:url []", "`csvw:url` needs a text in quotes (None)"),
        ("csvw:url 'p.csv'; csvw:null [ rml:constant '' ]", "`csvw:null` needs a text in quotes (None)"),
        ("csvw:url 'p.csv', 'q.csv'", "a second `csvw:url`, where one is meant (remove one of the two, or write a second map)"),
    ],
)  # fmt: skip
def test_a_source_that_has_a_node_in_place_of_a_text(source: str, told: str) -> None:
    text = f"""@prefix rml: <http://w3id.org/rml/> . @prefix csvw: <http://www.w3.org/ns/csvw#> . @base <http://e.org/> .
    <#m> rml:logicalSource [ rml:source [ {source} ] ; rml:referenceFormulation rml:CSV ] ; rml:subjectMap [ rml:template "p/{{id}}" ; rml:class <P> ] ."""
    assert [f"{d.message} ({d.hint})" for d in read(text).diagnostics] == [told]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("rml:child [ rml:reference 'id' ]; rml:parent 'id'", "`rml:child` needs a text in quotes (a map of terms is an `rml:childMap`)"),
        ("rml:child 'id'; rml:parent <id>", "`rml:parent` needs a text in quotes (a map of terms is an `rml:parentMap`)"),
    ],
)  # fmt: skip
def test_a_join_that_has_a_node_in_place_of_a_reference(written: str, told: str) -> None:
    text = f"""@prefix rml: <http://w3id.org/rml/> . @base <http://e.org/> .
    <#m> rml:logicalSource [ rml:source "p.csv" ; rml:referenceFormulation rml:CSV ] ; rml:subjectMap [ rml:template "p/{{id}}" ] ;
      rml:predicateObjectMap [ rml:predicate <q> ; rml:objectMap [ rml:parentTriplesMap <#m> ; rml:joinCondition [ {written} ] ] ] ."""
    assert [f"{d.message} ({d.hint})" for d in read(text).diagnostics] == [told]


@pytest.mark.parametrize("name", ["[]", "<id>", "('id')"])
def test_a_field_whose_name_is_a_node(name: str) -> None:
    text = FIELDS.replace("FORMULATION", "; rml:referenceFormulation rml:CSV").replace(
        'rml:fieldName "id"', f"rml:fieldName {name}"
    )
    assert "`rml:fieldName` needs a text in quotes" in [d.message for d in read(text).diagnostics]


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


# YARRRML as its users write it

XML = '<r xmlns:x="http://e.org/x"><x:p id="1"><x:n>a</x:n></x:p><x:p id="2"><x:n>b</x:n></x:p></r>'
YARRRML = """prefixes: {ex: http://example.org/, x: http://e.org/x}
mappings:
  m: {sources: [['a.xml~xpath', '/r/x:p']], s: ex:$(@id), po: [[ex:n, '$(x:n)']]}
"""


@pytest.mark.parametrize("vocabulary", ["auto", "rml"])
def test_prefixes_are_the_namespaces_of_xml(tmp_path: Path, vocabulary: str) -> None:
    (tmp_path / "a.xml").write_text(XML, encoding="utf-8")
    wanted = [f'<http://example.org/{i}> <http://example.org/n> "{n}" .' for i, n in ((1, "a"), (2, "b"))]
    assert map_text(tmp_path, YARRRML, "m.yml") == (wanted, "")
    turtle = translate(tmp_path / "m.yml", vocabulary)
    assert map_text(tmp_path, turtle) == (wanted, "")


def translate(mapping: Path, vocabulary: str) -> str:
    done = CliRunner().invoke(yarrrml_command, [str(mapping), "-f", vocabulary], catch_exceptions=False)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


EMPTY = """prefixes: {ex: http://example.org/}
sources: {people: {access: a.csv, referenceFormulation: csv NULL}}
mappings: {m: {sources: people, s: ex:$(id), po: [[ex:spouse, ex:$(spouse)~iri], [ex:age, $(age) TYPE]]}}
"""


@pytest.mark.parametrize("vocabulary", ["auto", "rml"])
@pytest.mark.parametrize("null", ["", ', null: ""', ', null: ["", "-"]'])
def test_the_same_triples_in_either_language(tmp_path: Path, vocabulary: str, null: str) -> None:
    """Empty cells are values, unless the source says `null`; whatever vocabulary the translation is written in."""
    (tmp_path / "a.csv").write_text("id,spouse,age\n1,2,30\n2,,\n3,-,-\n", encoding="utf-8")
    text = EMPTY.replace(" NULL", null).replace(" TYPE", "")
    lines, told = map_text(tmp_path, text, "m.yml")
    assert ("data-empty" in told) == (null == "")
    assert len(lines) == 6 - 2 * (bool(null) + ("-" in null))
    assert map_text(tmp_path, translate(tmp_path / "m.yml", vocabulary))[0] == lines


def test_empty_cells_that_make_an_iri_have_a_hint(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,spouse,age\n1,2,30\n2,,\n3,,4\n", encoding="utf-8")
    _, told = map_text(tmp_path, EMPTY.replace(" NULL", "").replace(" TYPE", ""), "m.yml")
    assert "note[data-empty]: an IRI is made of an empty `spouse` in 2 rows of `a.csv`\n" in told
    assert "$(spouse)~iri], [ex:age" in told
    assert (
        'hint: an empty cell is a value, the empty text: say `null: ""` of the source, as in `{access: FILE, referenceFormulation: csv, null: ""}`\n'
        in told
    )


@pytest.mark.parametrize("vocabulary", ["auto", "rml"])
def test_numbers_of_json_keep_their_types_in_either_language(tmp_path: Path, vocabulary: str) -> None:
    (tmp_path / "a.json").write_text('[{"id": 1, "n": 2.5, "b": true}]', encoding="utf-8")
    text = (
        "prefixes: {ex: http://example.org/}\n"
        "mappings: {m: {sources: [['a.json~jsonpath', '$[*]']], s: ex:$(id), po: [[ex:n, $(n)], [ex:b, $(b)]]}}"
    )
    lines, told = map_text(tmp_path, text, "m.yml")
    assert (told, [line.rsplit("#", 1)[-1] for line in lines]) == ("", ["boolean> .", "double> ."])
    assert map_text(tmp_path, translate(tmp_path / "m.yml", vocabulary)) == (lines, "")


def test_an_empty_cell_that_fails_its_datatype_has_a_hint(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,spouse,age\n1,2,30\n2,,\n", encoding="utf-8")
    _, told = map_text(tmp_path, EMPTY.replace(" NULL", "").replace(" TYPE", ", xsd:integer"), "m.yml")
    assert 'hint: an empty cell is a value, the empty text: say `null: ""` of the source' in told


def test_tables_and_queries_of_a_database_given_beside(tmp_path: Path) -> None:
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.executescript("CREATE TABLE p (id INTEGER, n TEXT); INSERT INTO p VALUES (1, 'a'), (2, NULL);")
    connection.close()
    head = "prefixes: {ex: http://example.org/}\nmappings: {m: {sources: [SOURCE], s: ex:$(id), po: [[ex:n, $(n)]]}}"
    wanted = (['<http://example.org/1> <http://example.org/n> "a" .'], "")
    address = ("--db", f"sqlite:///{tmp_path / 'p.db'}")
    for source in ("{table: p}", "{query: 'SELECT * FROM p'}"):
        assert map_text(tmp_path, head.replace("SOURCE", source), "m.yml", *address) == wanted
        assert map_text(tmp_path, translate(tmp_path / "m.yml", "auto"), "m.ttl", *address) == wanted
    for access in ("p.db", "jdbc:sqlite:p.db"):
        for kind in ("type: sqlite, ", ""):
            source = f"{{access: '{access}', {kind}table: p}}"
            assert map_text(tmp_path, head.replace("SOURCE", source), "m.yml") == wanted
            assert map_text(tmp_path, translate(tmp_path / "m.yml", "rml"), "m.ttl") == wanted
    _, told = map_text(tmp_path, head.replace("SOURCE", "[p.db, p]"), "m.yml")
    assert told.startswith("error[yarrrml-formulation]: `p.db` does not say how its rows are referred to")
    assert "hint: a database is `{access: p.db, table: NAME}`, or has a `query`" in told


def test_lists_of_subjects_and_a_fresh_blank_node(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,n\n1,a\n", encoding="utf-8")
    text = "prefixes: {ex: http://example.org/}\nmappings: {m: {sources: [[a.csv~csv]], s: S, po: [[ex:n, $(n)]]}}"
    several = text.replace("S,", "[ex:a$(id), {v: 'ex:b$(id)'}],")
    lines = ([f'<http://example.org/{s}1> <http://example.org/n> "a" .' for s in "ab"], "")
    assert map_text(tmp_path, several, "m.yml") == lines
    assert map_text(tmp_path, translate(tmp_path / "m.yml", "auto")) == lines
    for nothing in ("null", "~"):
        (line,), told = map_text(tmp_path, text.replace("S,", f"{nothing},"), "m.yml")
        assert (told, line[:2], line.split(" ", 1)[1]) == ("", "_:", '<http://example.org/n> "a" .')


# -- a mapping that declares no base ------------------------------------------------------------------------

BASELESS = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex.org/> . @prefix : <#> .
<#people> rml:logicalSource <#file> ; rml:subjectMap :person ;
  rml:predicateObjectMap [ rml:predicate ex:knows ; rml:objectMap [ rml:parentTriplesMap <#people> ] ] .
<#file> rml:source "a.csv" ; rml:referenceFormulation rml:CSV .
:person rml:template "http://ex.org/{id}" ; rml:class CLASS ."""


def test_a_relative_base_is_none_for_the_data(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n", encoding="utf-8")
    text = "@base <people/> .\n" + BASELESS.replace("CLASS", "ex:Person")
    lines, told = map_text(tmp_path, text)
    assert (told, len(lines)) == ("", 2)
    lines, told = map_text(tmp_path, text.replace("http://ex.org/{id}", "{id}"))
    assert (lines, told.split("\n")[0]) == (
        [],
        "error[map-base]: the template `{id}` gives relative IRIs, and there is no base",
    )


def test_nodes_of_a_mapping_have_relative_names_without_a_base(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n", encoding="utf-8")
    lines, told = map_text(tmp_path, BASELESS.replace("CLASS", "ex:Person"))
    type_ = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    one = "<http://ex.org/1>"
    assert (told, lines) == ("", [f"{one} <http://ex.org/knows> {one} .", f"{one} {type_} <http://ex.org/Person> ."])
    lines, told = map_text(tmp_path, BASELESS.replace("CLASS", "<Person>"), "m.ttl", "--base", "http://b.org/")
    assert (told, lines[1]) == ("", f"{one} {type_} <http://b.org/Person> .")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("CLASS", "<Person>", "error[turtle-iri]: the relative IRI `<Person>` without a base"),
        ("CLASS", ":Person", "error[turtle-iri]: the relative IRI `<#Person>` without a base"),
        ("CLASS", "<//b.org/P>", "error[turtle-iri]: the relative IRI `<//b.org/P>` without a base"),
        ("CLASS", "<#people>", "error[turtle-iri]: the relative IRI `<#people>` without a base"),  # as data, it is none
        ("ex:knows", "<knows>", "error[turtle-iri]: the relative IRI `<knows>` without a base"),
        ("rml:class CLASS", "<p> 1", "error[turtle-iri]: the relative IRI `<p>` without a base"),
        (
            "rml:template",
            'rml:constant "1"^^<d> ; rml:template',
            "error[turtle-iri]: the relative IRI `<d>` without a base",
        ),
        ('"a.csv"', "<a.csv>", "error[turtle-iri]: the relative IRI `<a.csv>` without a base"),
        ("Formulation rml:CSV", "Formulation <#file>", "error[turtle-iri]: the relative IRI `<#file>` without a base"),
        (
            "rml:parentTriplesMap <#people>",
            "rml:parentTriplesMap <#peple>",
            "error[map-parent]: no triples map `#peple`",
        ),
    ],
)
def test_a_relative_iri_that_is_no_name_of_the_mapping_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n", encoding="utf-8")
    text = BASELESS.replace(old, new, 1).replace("CLASS", "ex:Person")
    lines, said = map_text(tmp_path, text)
    assert (lines, said.split("\n")[0]) == ([], told)


def test_yarrrml_that_is_read_as_turtle_is_told_once(tmp_path: Path) -> None:
    text = "prefixes: {ex: 'http://ex.org/'}\nmappings:\n  m: {s: 'ex:$(id)', sources: [[a.csv~csv]]}\n"
    lines, told = map_text(tmp_path, text, "m.txt")
    assert (lines, told.split("\n")[0]) == ([], "error[turtle-syntax]: YARRRML, where Turtle is read")
    assert (
        "m.txt:2:1\n" in told
        and "= hint: end its name in `.yml`, or translate it: `kg yarrrml - | kg map - -o OUT`\n" in told
    )
    assert "1 error," in told
    lines, told = map_text(tmp_path, "@prefix mappings: <http://m.org/> .\nmappings:a a 1 .\nx", "m.txt")
    assert "YARRRML" not in told and "m.txt:3:1\n" in told


@pytest.mark.parametrize("written", ["[]", '[ <http://x.example/y> "z" ]', "_:none"])
@pytest.mark.parametrize(
    ("place", "message"),
    [
        ('rml:source [ a csvw:Table; csvw:url "p.csv"; csvw:dialect [ csvw:trim {} ] ]', "`csvw:trim` needs a text in quotes"),
        ('rml:source [ a csvw:Table; csvw:url "p.csv"; csvw:dialect [ csvw:commentPrefix {} ] ]',
         "`csvw:commentPrefix` needs a text in quotes"),
        ('rml:source "p.csv"; rml:compression {}', None),
        ('SOURCE ]; rml:subjectMap [ rml:template "x"; rml:class {} ', "the class {} is not an IRI"),
        ('SOURCE ]; rml:subjectMap [ rml:template "x"; rml:termType {} ', "no term type `{}`"),
        ('SOURCE ]; rml:subjectMap [ rml:template "x"; rml:logicalTarget [ rml:serialization {};'
         ' rml:target [ a rml:FilePath; rml:path "t" ] ]', "no serialisation `{}`"),
        ('SOURCE ]; rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:parentTriplesMap {} ] ',
         "no triples map `{}`"),
        ('SOURCE ]; rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:strategy {};'
         ' rml:gatherAs rdf:List; rml:gather ( [ rml:reference "a" ] ) ] ', "no strategy `{}`"),
    ],
)  # fmt: skip
def test_a_blank_node_is_told_as_it_is_written(written: str, place: str, message: str | None) -> None:
    """The label that a reader gives to brackets is its own, and so is the one that it has for a label."""
    source = 'rml:source "p.csv"; rml:referenceFormulation rml:CSV'
    subject = "" if "subjectMap" in place else '; rml:subjectMap [ rml:template "x" ]'
    text = (
        "@prefix rml: <http://w3id.org/rml/> . @prefix csvw: <http://www.w3.org/ns/csvw#> . @base <http://e.org/> .\n"
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
        f"<m> rml:logicalSource [ {place.replace('{}', written).replace('SOURCE', source)} ]{subject} ."
    )
    said = [d.message for d in read_any_mapping(SourceText("m.ttl", text)).diagnostics]
    shown = "[ ... ]" if written.startswith("[") else written
    if message is not None:
        assert message.replace("{}", shown) in said
    assert not [each for each in said if "_:" in each.replace("_:none", "")]
