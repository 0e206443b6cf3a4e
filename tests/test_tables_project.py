"""Tables in a project: mapped, checked at their places, traced to their rows, and in every export."""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest
from terminal import environment, run_kg
from test_page_reader import read_html, read_packed

from kg.agent.reading import list_disputes
from kg.agent.window import Window
from kg.api import KnowledgeGraph, open_project
from kg.ask.store import Table
from kg.build.build import build_project, summarise_build
from kg.build.pipeline import check_files, read_project, run_tables
from kg.cli.explorer import tell_explorer
from kg.page import render_overview
from kg.starter import init_project
from kg.system.project import Project
from kg.tables.rml import MappingDocument
from kg.tables.run import Run, Settings, open_run
from kg.text.diagnostic import Diagnostic, KgError, Severity, UsageError, render_text

BASE = "https://story.example/"
ONTOLOGY = """
schema:Thing a owl:Class ; rdfs:label "thing"@en ; rdfs:comment "Anything."@en .
r:postCode a owl:DatatypeProperty ; rdfs:label "post code"@en ; rdfs:comment "As on a letter."@en ;
    rdfs:domain schema:Thing ; rdfs:range xsd:string .
r:near a owl:ObjectProperty ; rdfs:label "near"@en ; rdfs:comment "Not far."@en ;
    rdfs:domain schema:Thing ; rdfs:range schema:Thing .
"""
MAPPING = """\
prefixes: {e: "https://story.example/entity/", r: "https://story.example/relation/"}
mappings:
  place:
    sources:
      - [places.csv~csv]
    s: e:$(key)
    po:
      - [r:postCode, $(code)]
      - [r:near, e:$(near)~iri]
"""
DATA = "key,code,near\nbridge,R1 2AB,mayor\nmayor,R1 9ZZ,bridge\n"


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """The project of `kg init` with a table of its own."""
    return make_story(tmp_path)


def make_story(parent: Path) -> Path:
    folder = parent / "story"
    init_project(folder, title="A story", base=BASE)
    with (folder / "ontology" / "story.ttl").open("a", encoding="utf-8") as file:
        file.write(ONTOLOGY)
    write(folder, "places.yarrrml.yaml", MAPPING)
    write(folder, "places.csv", DATA)
    return folder


def write(folder: Path, name: str, text: str) -> None:
    path = folder / "seeds" / "tables" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def find(folder: Path) -> list[Diagnostic]:
    return [d for d in open_project(folder).diagnostics if d.severity > Severity.NOTE]


def rows(graph: KnowledgeGraph, query: str) -> list[list[str]]:
    answer = graph.query(query)
    assert isinstance(answer, Table)
    return [[str(term) for term in row] for row in answer.rows]


def exports(folder: Path) -> dict[str, str]:
    """The SHA-256 of every export but the page, by name."""
    top = folder / "exports"
    return {
        p.relative_to(top).as_posix(): sha256(p.read_bytes()).hexdigest()
        for p in sorted(top.rglob("*"))
        if p.is_file() and p.suffix not in {".html", ".svg"}
    }


# -- in the graph -------------------------------------------------------------------------------


def test_a_table_is_a_named_graph_in_the_store_and_in_every_export(story: Path) -> None:
    report = build_project(Project(story))
    assert [d for d in report.diagnostics if d.severity > Severity.NOTE] == []
    assert "tables      places: 4 quads in the graph\n" in summarise_build(report)
    found = rows(open_project(story), "SELECT ?g ?s ?o { GRAPH ?g { ?s r:near ?o } } ORDER BY ?s")
    assert found == [
        [f"<{BASE}table/places>", f"<{BASE}entity/bridge>", f"<{BASE}entity/mayor>"],
        [f"<{BASE}table/places>", f"<{BASE}entity/mayor>", f"<{BASE}entity/bridge>"],
    ]
    for name in ("graph.ttl", "graph.trig", "graph.nq", "graph.jsonld"):
        assert "R1 2AB" in (story / "exports" / name).read_text(encoding="utf-8"), name


def test_its_provenance_names_the_mapping_and_the_data_with_their_digests(story: Path) -> None:
    query = """SELECT ?title ?sha WHERE { GRAPH ?g {
        ?g prov:wasDerivedFrom ?file ; prov:wasGeneratedBy ?run . ?run a prov:Activity ; prov:used ?file .
        ?file dcterms:title ?title ; kg:sha256 ?sha } } ORDER BY ?title"""
    names = ["seeds/tables/places.csv", "seeds/tables/places.yarrrml.yaml"]
    expected = [[f'"{n}"', f'"{sha256((story / n).read_bytes()).hexdigest()}"'] for n in names]
    assert rows(open_project(story), query) == expected
    build_project(Project(story))
    manifest = json.loads((story / "exports" / "manifest.json").read_text(encoding="utf-8"))
    assert {n: manifest["inputs"][n] for n in names} == {n[1:-1]: s[1:-1] for n, s in expected}
    assert manifest["tables"] == {"places": {"as": "graph", "quads": 4}}


@pytest.mark.thorough
def test_two_builds_give_the_same_bytes(story: Path) -> None:
    assert run_kg("build", folder=story, PYTHONHASHSEED="1", TZ="UTC").code == 0
    first = exports(story)
    assert run_kg("build", folder=story, PYTHONHASHSEED="77", TZ="Asia/Shanghai").code == 0
    assert exports(story) == first


def test_without_its_tables_the_graph_is_what_it_was(story: Path) -> None:
    with_tables = open_project(story)
    graph = f"<{BASE}table/places>"
    rest = {str(q) for q in with_tables.quads if str(q.graph_name) != graph}
    for path in (story / "seeds" / "tables").iterdir():
        path.unlink()
    (story / "seeds" / "tables").rmdir()
    without = open_project(story)
    assert {str(q) for q in without.quads} == rest
    assert len(with_tables.quads) - len(rest) == 4 + 15  # the mapped quads and their provenance
    build_project(Project(story))
    assert "tables" not in json.loads((story / "exports" / "manifest.json").read_text(encoding="utf-8"))


def test_a_project_without_tables_never_loads_the_database(story: Path) -> None:
    for path in (story / "seeds" / "tables").iterdir():
        path.unlink()
    code = "import sys; from kg.api import open_project; open_project('.').quads; print('duckdb' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=story, env=environment(), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "False"


def test_an_rml_mapping_in_a_folder_mints_entities_with_a_class(story: Path) -> None:
    write(story, "geo/towns.csv", "key,name\nmill,The mill\n")
    write(
        story,
        "geo/towns.rml.ttl",
        """@prefix rml: <http://w3id.org/rml/> . @prefix schema: <https://schema.org/> .
<#towns> rml:logicalSource [ rml:source "towns.csv" ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "entity/{key}" ; rml:class schema:Thing ] ;
  rml:predicateObjectMap [ rml:predicate schema:name ; rml:objectMap [ rml:reference "name" ] ] .
""",
    )
    graph = open_project(story)
    assert [d for d in graph.diagnostics if d.severity > Severity.NOTE] == []
    assert rows(graph, "SELECT ?n { GRAPH ?g { e:mill a schema:Thing ; schema:name ?n } }") == [['"The mill"']]
    assert [t.name for t in graph.checked.tables] == ["geo.towns", "places"]


def test_blank_nodes_of_two_mappings_are_different_nodes(story: Path) -> None:
    text = "prefixes: {schema: 'https://schema.org/'}\n"
    text += "mappings: {m: {sources: [[places.csv~csv]], po: [[schema:name, $(code)]]}}\n"
    for name in ("one", "two"):
        write(story, f"{name}.yarrrml.yaml", text)
    graph = open_project(story)
    assert [d for d in graph.diagnostics if d.severity is Severity.ERROR] == []
    nodes = rows(graph, "SELECT DISTINCT ?s { ?s <https://schema.org/name> ?o FILTER isBlank(?s) }")
    assert len(nodes) == 4


# -- mistakes -----------------------------------------------------------------------------------


def test_a_column_that_is_not_there(story: Path) -> None:
    write(story, "places.yarrrml.yaml", MAPPING.replace("$(code)", "$(cod)"))
    (found,) = find(story)
    assert render_text(found) == (
        "error[map-reference]: no column `cod` in `places.csv`\n"
        "  --> seeds/tables/places.yarrrml.yaml:8:22\n"
        "   |\n"
        " 8 |       - [r:postCode, $(cod)]\n"
        "   |                      ^^^^^^\n"
        "   = hint: did you mean `code`?"
    )


def test_an_entity_that_is_not_there(story: Path) -> None:
    write(story, "places.csv", "key,code,near\nbridge,R1 2AB,mayor\nmayr,R1 9ZZ,bridge\n")
    (found,) = find(story)
    assert render_text(found) == (
        "error[table-entity]: no entity `mayr` (row 3 of `places.csv`)\n"
        "  --> seeds/tables/places.yarrrml.yaml:6:8\n"
        "   |\n"
        " 6 |     s: e:$(key)\n"
        "   |        ^^^^^^^^\n"
        "   = see: seeds/tables/places.csv:3:1: row 3\n"
        "   = hint: did you mean `mayor`?"
    )


def test_many_entities_that_are_not_there_are_counted(story: Path) -> None:
    names = "".join(f"nobody{i},X,bridge\n" for i in range(9))
    write(story, "places.csv", f"key,code,near\n{names}")
    found = find(story)
    assert len(found) == 5
    assert found[-1].message == "no entity `nobody4` (row 6 of `places.csv`, and 4 more)"


def test_an_empty_key(story: Path) -> None:
    write(story, "places.csv", "key,code,near\nbridge,R1 2AB,\n")
    (found,) = find(story)
    assert found.code == "table-entity"
    assert found.message == "an empty key names no entity (row 2 of `places.csv`)"
    assert found.mark.line == 9


def test_a_property_that_the_ontology_does_not_declare(story: Path) -> None:
    write(story, "places.yarrrml.yaml", MAPPING.replace("r:postCode", "r:postcode"))
    (found,) = find(story)
    assert (found.code, found.message, found.hint) == (
        "table-term",
        "the ontology has no property `postcode`",
        "did you mean `postCode`?",
    )
    assert (found.mark.file, found.mark.line) == ("seeds/tables/places.yarrrml.yaml", 8)


def test_a_term_that_differs_by_its_scheme_alone(story: Path) -> None:
    write(story, "places.yarrrml.yaml", MAPPING.replace("r:postCode", "schema:postalCode"))
    (found,) = find(story)
    assert (found.code, found.message, found.hint) == (
        "table-scheme",
        "`http://schema.org/postalCode` is not `schema:postalCode` of this data set",
        "declare the prefix in the mapping: `schema: https://schema.org/`",
    )


@pytest.mark.parametrize("path", ["../../../secret.csv", "../../../../etc/passwd", "/etc/passwd", "link.csv"])
def test_a_path_out_of_the_project_is_refused(story: Path, path: str) -> None:
    (story.parent / "secret.csv").write_text(DATA, encoding="utf-8")
    if path == "link.csv":
        (story / "seeds" / "tables" / "link.csv").symlink_to(story.parent / "secret.csv")
    write(story, "places.yarrrml.yaml", MAPPING.replace("places.csv", path))
    found = [d for d in find(story) if d.severity is Severity.ERROR]
    assert [(d.code, d.message, d.hint) for d in found] == [
        (
            "source-outside",
            f"`{path}` lies outside the folders that may be read",
            "move the file into the project",  # `--allow-path` is an option of `kg map`
        )
    ]
    assert found[0].mark.line == 5


def test_variables_are_not_for_projects(story: Path) -> None:
    write(story, "places.yarrrml.yaml", MAPPING.replace("places.csv~csv", "'${DATA}/places.csv~csv'"))
    assert [(d.code, d.message, d.hint) for d in find(story) if d.severity is Severity.ERROR] == [
        (
            "source-variable",
            "`${DATA}` stands for nothing",
            "write what it stands for: variables are for `kg map`",
        )
    ]


def test_a_query_of_a_mapping_reads_nothing_outside_the_project(story: Path) -> None:
    """SQL over a file of the project can name other files; the database refuses them, wherever `kg` is started."""
    import duckdb

    (story.parent / "secret.csv").write_text(DATA, encoding="utf-8")
    database = story / "seeds" / "tables" / "data.duckdb"
    duckdb.connect(str(database)).execute("CREATE TABLE t AS SELECT 1 AS a").close()
    write(
        story,
        "sql.rml.ttl",
        f"""@prefix rml: <http://w3id.org/rml/> . @prefix schema: <https://schema.org/> .
<#m> rml:logicalSource [ rml:source "data.duckdb" ; rml:referenceFormulation rml:SQL2008Query ;
    rml:iterator "SELECT key FROM read_csv('{story.parent / "secret.csv"}')" ] ;
  rml:subjectMap [ rml:template "thing/{{key}}" ; rml:class schema:Thing ] .
""",
    )
    done = run_kg("-C", str(story), "check", "--rows", folder=story.parent)
    assert done.code == 1
    assert "seeds/tables/sql.rml.ttl" in done.err


def test_a_file_that_nothing_reads(story: Path) -> None:
    write(story, "README.md", "# Tables\n")
    write(story, "old.yaml", MAPPING)
    (found,) = find(story)
    assert (found.code, found.mark.file) == ("table-unread", "seeds/tables/old.yaml")


def test_two_mappings_of_one_name(story: Path) -> None:
    write(story, "places.yarrrml.yml", MAPPING)
    (found,) = find(story)
    assert (found.code, found.message) == ("table-name", "a second mapping `places`")


def test_a_choice_for_no_mapping(story: Path) -> None:
    choose(story, "tables: {place: file}\n")
    (found,) = find(story)
    assert (found.code, found.hint) == ("table-choice", "did you mean `places`?")
    assert found.mark.file == "seeds/dataset.yaml"


def choose(story: Path, line: str) -> None:
    with (story / "seeds" / "dataset.yaml").open("a", encoding="utf-8") as file:
        file.write(line)


def test_a_shape_that_mapped_triples_break_is_told_at_the_mapping(story: Path) -> None:
    shapes = story / "ontology" / "shapes.ttl"
    extra = f"""
<{BASE}shape> a <http://www.w3.org/ns/shacl#NodeShape> ;
  <http://www.w3.org/ns/shacl#targetSubjectsOf> <{BASE}relation/postCode> ;
  <http://www.w3.org/ns/shacl#property> [ <http://www.w3.org/ns/shacl#path> <{BASE}relation/postCode> ;
    <http://www.w3.org/ns/shacl#pattern> "^R1 [0-9][A-Z]" ; <http://www.w3.org/ns/shacl#message> "no post code" ] .
"""
    shapes.write_text(shapes.read_text(encoding="utf-8") + extra, encoding="utf-8")
    write(story, "places.csv", DATA.replace("R1 9ZZ", "???"))
    report = build_project(Project(story))
    (found,) = [d for d in report.diagnostics if d.severity is Severity.ERROR]
    assert (found.code, found.message, str(found.mark)) == (
        "shape",
        "no post code",
        "seeds/tables/places.yarrrml.yaml:8:22",
    )
    assert report.files == ()


def test_check_reads_mappings_without_their_rows(story: Path) -> None:
    """A row may speak of the entity that nothing else uses, so only a run can tell; no database is loaded for it."""
    entities = story / "seeds" / "entities" / "rivertown.yaml"
    entities.write_text(
        entities.read_text(encoding="utf-8")
        + "  mill: {is: Bridge, label: the mill, accept: {unused-entity: to come}}\n",
        encoding="utf-8",
    )
    write(story, "places.csv", DATA + "no-such-bridge,R1 1AA,bridge\n")
    code = """if True:
        import sys
        from pathlib import Path
        from kg.build.pipeline import check_files, read_project
        from kg.system.project import Project
        checked = check_files(read_project(Project(Path('.'))))
        print([d.code for d in checked.diagnostics if d.severity > 0], checked.tables, 'duckdb' in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=story, env=environment(), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[] () False"
    assert run_kg("-C", str(story), "check", folder=story).code == 0
    done_rows = run_kg("-C", str(story), "check", "--rows", folder=story)
    assert (done_rows.code, "no entity `no-such-bridge`" in done_rows.err) == (1, True)


def test_an_entity_of_which_only_a_table_speaks_is_used(story: Path) -> None:
    entities = story / "seeds" / "entities" / "rivertown.yaml"
    entities.write_text(
        entities.read_text(encoding="utf-8") + "  mill: {is: Bridge, label: the mill}\n", encoding="utf-8"
    )
    assert [d.code for d in find(story)] == ["unused-entity"]
    write(story, "places.csv", DATA + "mill,R1 1AA,bridge\n")
    assert find(story) == []


# -- why ----------------------------------------------------------------------------------------


def test_why_finds_the_rows_of_members(story: Path) -> None:
    """A member of a collection comes of the row that gathers it, not of the member's own number."""
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    gather = f'rml:gatherAs <{rdf}Seq>; rml:gather ( [ rml:reference "code" ] [ rml:reference "near" ] )'
    mapping = (
        f"@prefix rml: <http://w3id.org/rml/> . @base <{BASE}entity/> .\n"
        '<#m> rml:logicalSource [ rml:source "places.csv"; rml:referenceFormulation rml:CSV ];\n'
        ' rml:subjectMap [ rml:template "{key}" ];\n'
        f" rml:predicateObjectMap [ rml:predicate <https://other.example/with>; rml:objectMap [ {gather} ] ] .\n"
    )
    write(story, "seq.rml.ttl", mapping)
    graph = open_project(story)
    for predicate, value in ((f"{rdf}_2", "bridge"), ("https://other.example/with", "_")):
        told = graph.why("_" if value != "_" else "mayor", predicate, value)
        assert "  mapped by  seeds/tables/seq.rml.ttl:4:" in told
        assert told.endswith("\n  data       seeds/tables/places.csv, row 3\n")


def test_why_finds_the_line_the_file_and_the_rows(story: Path) -> None:
    write(story, "places.csv", DATA + "bridge,R1 2AB,reporter\n")
    graph = open_project(story)
    assert graph.why("bridge", "postCode", "R1 2AB") == (
        "e:bridge r:postCode 'R1 2AB'   (table places)\n"
        "  mapped by  seeds/tables/places.yarrrml.yaml:8:22\n"
        "  data       seeds/tables/places.csv, rows 2, 4\n"
    )
    assert graph.why("bridge", "postCode", "'R1 2AB'") == graph.why("bridge", "postCode", "R1 2AB")  # as it is shown
    assert graph.why("_", "r:near", f"<{BASE}entity/bridge>") == (
        "e:mayor r:near e:bridge   (table places)\n"
        "  mapped by  seeds/tables/places.yarrrml.yaml:9:18\n"
        "  data       seeds/tables/places.csv, row 3\n"
    )
    with pytest.raises(UsageError, match="no claim and no table says `bridge postCode R1`"):
        graph.why("bridge", "postCode", "R1")


@pytest.fixture(scope="module")
def lengths(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """A project with a table of lengths, opened once; tests only ask it."""
    story = make_story(tmp_path_factory.mktemp("lengths"))
    texts = ("1000", "73.60", "9007199254740993", "9007199254740992")
    write(story, "lengths.csv", "thing,metres\n" + "".join(f"bridge,{length}\n" for length in texts))
    write(
        story,
        "lengths.yarrrml.yaml",
        f'prefixes: {{e: "{BASE}entity/", r: "{BASE}relation/", xsd: "http://www.w3.org/2001/XMLSchema#"}}\n'
        "mappings:\n  m:\n    sources: [[lengths.csv~csv]]\n    s: e:$(thing)\n"
        '    po: [["r:length", $(metres), "xsd:decimal"]]\n',
    )
    return open_project(story)


@pytest.mark.parametrize(
    ("written", "row"),
    [(text, 2) for text in ("1000", "1,000", "1000.0", "1e3", "+1000", "'1000'^^xsd:decimal")]
    + [(text, 3) for text in ("73.6", "73.60", "7.36e1")]
    + [("9007199254740993", 4), ("9,007,199,254,740,992", 5)],  # of 64 bits both are one
)
def test_why_finds_a_number_of_a_table_however_it_is_written(lengths: KnowledgeGraph, written: str, row: int) -> None:
    assert lengths.why("bridge", "length", written).endswith(f"lengths.csv, row {row}\n")


@pytest.mark.parametrize("other", ["1001", "1,00", "1e4"])
def test_why_finds_no_other_number_of_a_table(lengths: KnowledgeGraph, other: str) -> None:
    with pytest.raises(UsageError, match="no claim and no table"):
        lengths.why("bridge", "length", other)


def test_show_lists_what_tables_say(story: Path) -> None:
    assert (
        "From tables\n  • r:postCode 'R1 2AB'   (table places)\n  • r:near e:mayor   (table places)\n"
        in open_project(story).show("bridge")
    )


# -- as a file ----------------------------------------------------------------------------------


def test_a_table_as_a_file_is_sorted_compressed_and_not_in_the_graph(story: Path) -> None:
    count = 3000
    lines = "".join(f"b{i},{i % 7}\n" for i in reversed(range(count)))
    write(story, "big.csv", f"id,group\n{lines}")
    write(
        story,
        "big.yarrrml.yaml",
        """mappings:
  m:
    sources: [[big.csv~csv]]
    s: https://other.example/$(id)
    po:
      - [a, https://other.example/Thing]
      - [https://other.example/group, $(group)]
""",
    )
    choose(story, "tables: {big: file}\n")
    report = build_project(Project(story))
    assert [d for d in report.diagnostics if d.severity > Severity.NOTE] == []
    assert f"big: {2 * count:,} quads in tables/big.nq.gz" in summarise_build(report)
    packed = (story / "exports" / "tables" / "big.nq.gz").read_bytes()
    text = gzip.decompress(packed).decode()
    quads = text.splitlines()
    assert len(quads) == 2 * count == len(set(quads))
    assert quads == sorted(quads)
    assert all(line.endswith(f" <{BASE}table/big> .") for line in quads)
    assert "other.example/b1>" not in (story / "exports" / "graph.nq").read_text(encoding="utf-8")
    manifest = json.loads((story / "exports" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["tables"]["big"] == {
        "as": "file",
        "quads": 2 * count,
        "sha256": sha256(text.encode()).hexdigest(),
    }
    why = open_project(story).why("https://other.example/b2", "https://other.example/group", "2")
    assert f"seeds/tables/big.csv, row {2 + count - 1 - 2}\n" in why
    first = exports(story)
    build_project(Project(story))
    assert exports(story) == first
    assert sorted(p.name for p in (story / ".kg").iterdir()) == ["lock", "tables.json"]
    for name in ("big.csv", "big.yarrrml.yaml"):  # the file goes with its mapping
        (story / "seeds" / "tables" / name).unlink()
    dataset = story / "seeds" / "dataset.yaml"
    dataset.write_text(dataset.read_text(encoding="utf-8").replace("tables: {big: file}\n", ""), encoding="utf-8")
    build_project(Project(story))
    assert not (story / "exports" / "tables").exists()


def test_more_than_a_million_quads_become_a_file(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.tables.project.seeds.MOST_IN_GRAPH", 3)
    report = build_project(Project(story))
    assert "places: 4 quads in tables/places.nq.gz" in summarise_build(report)
    assert "R1 2AB" not in (story / "exports" / "graph.nq").read_text(encoding="utf-8")


# -- asked for by its name ----------------------------------------------------------------------

BIG = """mappings:
  m:
    sources: [[big.csv~csv]]
    s: https://other.example/$(id)
    po:
      - [https://other.example/group, $(group)]
"""
HOW_MANY = "SELECT (COUNT(*) AS ?n) { %s { ?s <https://other.example/group> ?o } }"


@pytest.mark.parametrize("name", ["quay", "e:quay", f"{BASE}entity/quay"])
def test_a_thing_that_a_table_mints_is_shown_with_its_rows(story: Path, name: str) -> None:
    """`kg show quay` knew none, and proposed the list of all entities, in which it does not stand."""
    (mapping,) = (story / "seeds/tables").glob("*.yaml")
    text = mapping.read_text(encoding="utf-8").replace("    po:\n", "    po:\n      - [a, schema:Thing]\n")
    mapping.write_text(text.replace("{e:", '{schema: "https://schema.org/", e:'), encoding="utf-8")
    with (story / "seeds/tables/places.csv").open("a", encoding="utf-8") as file:
        file.write("quay,R1 4CD,bridge\n")
    project = open_project(story)
    assert project.show(name) == (
        f"{name}   (of tables)\n\nFrom tables\n"
        "  • rdf:type schema:Thing   (table places)\n"
        "  • r:postCode 'R1 4CD'   (table places)\n"
        "  • r:near e:bridge   (table places)\n"
    )
    assert project.why(name).count("seeds/tables/places.csv, row 4") == 3


@pytest.fixture
def with_file(story: Path) -> Path:
    """The story with a table `big` of 100 quads that is a file."""
    write(story, "big.yarrrml.yaml", BIG)
    write(story, "big.csv", "id,group\n" + "".join(f"{i},{i % 7}\n" for i in range(100)))
    choose(story, "tables: {big: file}\n")
    return story


def count(folder: Path, where: str) -> int:
    ((found,),) = rows(open_project(folder), HOW_MANY % where)
    return int(found.split('"')[1])


def kept(folder: Path) -> list[Path]:
    return sorted((folder / ".kg" / "store").iterdir())


def test_a_table_as_a_file_is_asked_by_its_name_alone(with_file: Path) -> None:
    assert count(with_file, "") == 0
    assert count(with_file, "GRAPH ?any") == 0
    assert not (with_file / ".kg" / "store").exists()  # nobody has named it yet
    assert count(with_file, "GRAPH t:big") == 100
    assert count(with_file, f"GRAPH <{BASE}table/big>") == 100
    graph = open_project(with_file)
    assert rows(graph, f"SELECT ?o FROM <{BASE}table/big> {{ <https://other.example/8> ?p ?o }}") == [['"1"']]
    assert rows(graph, "SELECT ?o { GRAPH t:big {} e:bridge r:postCode ?o }") == [['"R1 2AB"']]
    assert rows(graph, "SELECT ?o { <https://other.example/8> ?p ?o }") == []  # loaded, and still no part of the graph
    parameter = {"g": ox.NamedNode(f"{BASE}table/big")}
    answer = open_project(with_file).query("SELECT ?s { GRAPH ?g { ?s ?p '3' } }", parameter)
    assert isinstance(answer, Table)
    assert len(answer.rows) == 14


def test_it_is_loaded_once_and_again_when_its_data_changes(with_file: Path) -> None:
    assert count(with_file, "GRAPH t:big") == 100
    (first,) = kept(with_file)
    made = first.stat().st_mtime_ns
    assert count(with_file, "GRAPH t:big") == 100
    assert [p.stat().st_mtime_ns for p in kept(with_file)] == [made]
    assert run_kg("query", "-e", "ASK { GRAPH t:big { ?s ?p '3' } }", folder=with_file).out == "yes\n"
    assert kept(with_file) == [first]  # what the query opened is gone
    write(with_file, "big.csv", "id,group\n1,1\n")
    assert count(with_file, "GRAPH t:big") == 1
    (second,) = kept(with_file)
    assert second.name != first.name


def test_an_older_store_goes_whole(with_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of one would be read, should its data come back."""
    assert count(with_file, "GRAPH t:big") == 100
    (first,) = kept(with_file)
    data, unlink = (with_file / "seeds/tables/big.csv").read_text(encoding="utf-8"), os.unlink

    def fail(path: str, **options: int) -> None:
        if str(path).endswith(".sst"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        unlink(path, **options)

    write(with_file, "big.csv", "id,group\n1,1\n")
    with monkeypatch.context() as failing:
        failing.setattr(os, "unlink", fail)
        assert count(with_file, "GRAPH t:big") == 1
    assert not first.exists()
    write(with_file, "big.csv", data)
    assert count(with_file, "GRAPH t:big") == 100
    assert kept(with_file) == [first]  # the next run has swept the rest


def test_an_older_store_that_could_not_go_goes_at_the_next_query(
    with_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert count(with_file, "GRAPH t:big") == 100
    (first,) = kept(with_file)
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path == first:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(path, target)

    write(with_file, "big.csv", "id,group\n1,1\n")
    with monkeypatch.context() as failing:
        failing.setattr(Path, "rename", fail)
        assert count(with_file, "GRAPH t:big") == 1
    assert len(kept(with_file)) == 2
    assert count(with_file, "GRAPH t:big") == 1
    assert first not in kept(with_file) and len(kept(with_file)) == 1


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the mappings that are opened from here on."""
    names: list[str] = []

    def note(document: MappingDocument, settings: Settings) -> Run:
        names.append(Path(document.triples_maps[0].mark.file).name.partition(".")[0])
        return open_run(document, settings)

    monkeypatch.setattr("kg.tables.project.seeds.open_run", note)
    return names


def test_a_build_opens_each_table_once(with_file: Path, opened: list[str]) -> None:
    report = build_project(Project(with_file))
    assert sorted(opened) == ["big", "places"]
    assert {t.name: t.count for t in report.checked.tables} == {"big": 100, "places": 4}


def test_a_table_as_a_file_is_not_opened_to_ask_the_graph(with_file: Path, opened: list[str]) -> None:
    before = open_project(with_file)
    build_project(Project(with_file))
    opened.clear()
    graph = open_project(with_file)
    assert opened == ["places"]
    assert [str(q) for q in graph.quads] == [str(q) for q in before.quads]  # with its number of quads
    assert graph.diagnostics == before.diagnostics
    assert count(with_file, "GRAPH t:big") == 100


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("seeds/tables/big.csv", "id,group\n1,1\n"),
        ("seeds/tables/big.yarrrml.yaml", BIG.replace("group,", "team,")),
        ("seeds/tables/places.csv", DATA.replace("R1 9ZZ", "R1 9ZY")),
        ("seeds/entities/more.yaml", "kg: entities/1\nentities:\n  mill: {is: Bridge, label: the mill}\n"),
        (".kg/tables.json", "[]"),
        (".kg/tables.json", "{"),
    ],
)
def test_it_is_opened_again_where_anything_has_changed(
    with_file: Path, opened: list[str], name: str, text: str
) -> None:
    build_project(Project(with_file))
    (with_file / name).write_text(text, encoding="utf-8")
    opened.clear()
    graph = open_project(with_file)
    assert sorted(opened) == ["big", "places"]
    assert [t.count for t in graph.checked.tables] == [1 if name.endswith("big.csv") else 100, 4]


def test_an_entity_that_only_a_table_as_a_file_speaks_of_stays_used(with_file: Path, opened: list[str]) -> None:
    write(with_file, "big.yarrrml.yaml", BIG.replace("https://other.example/$(id)", f"{BASE}entity/$(id)"))
    write(with_file, "big.csv", "id,group\nmill,1\n")
    more = with_file / "seeds" / "entities" / "more.yaml"
    more.write_text("kg: entities/1\nentities:\n  mill: {is: Bridge, label: the mill}\n", encoding="utf-8")
    build_project(Project(with_file))
    opened.clear()
    assert find(with_file) == []
    assert opened == ["places"]
    more.unlink()  # then it is no entity any more
    assert [d.code for d in find(with_file)] == ["table-entity"]


def test_a_load_that_fails_leaves_nothing(with_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(store: object, lines: Path) -> None:
        raise RuntimeError("no space")

    with monkeypatch.context() as patch:
        patch.setattr("kg.tables.project.loading.load_lines", fail)
        with pytest.raises(KgError, match="no space"):
            count(with_file, "GRAPH t:big")
    assert kept(with_file) == []
    assert count(with_file, "GRAPH t:big") == 100


@pytest.mark.parametrize(
    "alone", [pytest.param(True, marks=pytest.mark.thorough), False], ids=["the build alone", "all of its processes"]
)
def test_an_interrupted_build_leaves_no_scratch(story: Path, tmp_path: Path, alone: bool) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    codes = set()
    # Python itself leaves with 1 where it is interrupted before it has begun, which is no business of ours.
    begun = "import runpy; print(flush=True); runpy.run_module('kg', run_name='__main__', alter_sys=True)"
    for seconds in (None, 0.0, 0.05, 0.1):  # as it starts; then so long after its scratch folder is there
        build = subprocess.Popen(
            [sys.executable, "-c", begun, "-C", str(story), "build"], start_new_session=True,
            env={**environment(), "TMPDIR": str(scratch)}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert build.stdout is not None and build.stdout.readline() == b"\n"
        while seconds is not None and build.poll() is None and not find_scratch(story, scratch):
            time.sleep(0.002)
        with contextlib.suppress(subprocess.TimeoutExpired):
            build.wait(0.1 if seconds is None else seconds)
        with contextlib.suppress(ProcessLookupError):
            (os.kill if alone else os.killpg)(build.pid, signal.SIGINT)
        build.communicate(timeout=60)
        codes.add(build.returncode)
        assert find_scratch(story, scratch) == []
    assert 130 in codes and codes <= {0, 130, -signal.SIGINT}


def find_scratch(story: Path, elsewhere: Path) -> list[Path]:
    """The folders that a build works in, and whatever it has put *elsewhere*."""
    return [*story.glob(".kg/**/.kg-map-*"), *elsewhere.iterdir()]


def test_workers_are_named_in_one_way(story: Path) -> None:
    done = run_kg("build", "--workers", "2", "--cluster", "tcp://127.0.0.1:1", folder=story)
    assert (done.code, "give one of: --workers N, --cluster ADDRESS" in done.err) == (2, True)


LENGTHS = """\
prefixes: {e: "https://story.example/entity/", r: "https://story.example/relation/", xsd: "http://www.w3.org/2001/XMLSchema#"}
mappings:
  bridge:
    sources: [[lengths.csv~csv]]
    s: e:$(key)
    po:
      - [r:length, $(metres), xsd:decimal]
"""


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("bridge,110", ["`bridge.length` says 120 m, and the table `lengths` says 110 m"]),
        ("bridge,1.20", ["`bridge.length` says 120 m, and the table `lengths` says 1.20 m"]),
        ("bridge,110\nbridge,111", ["`bridge.length` says 120 m, and the table `lengths` says 110 m"]),
        ("bridge,120.0", []),
        ("mayor,110", []),
    ],
)
def test_a_row_that_says_otherwise_than_a_fact_is_told_at_the_fact(story: Path, rows: str, told: list[str]) -> None:
    write(story, "lengths.yarrrml.yaml", LENGTHS)
    write(story, "lengths.csv", f"key,metres\n{rows}\n")
    found = [d for d in build_project(Project(story)).diagnostics if d.code == "table-conflict"]
    assert [d.message for d in found] == told
    assert all(str(d.mark).startswith("seeds/claims/bridge.yaml:8:") for d in found)
    assert all(str(r.mark).startswith("seeds/tables/lengths.yarrrml.yaml:7:") for d in found for r in d.related)


LED = """\
prefixes: {e: "https://story.example/entity/", r: "https://story.example/relation/"}
mappings:
  bridge:
    sources: [[led.csv~csv]]
    s: e:$(key)
    po:
      - [r:guides, e:$(led)~iri]
      - [r:motto, $(motto), de~lang]
"""
LEADERS = """\
@prefix r: <https://story.example/relation/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
r:guides a owl:ObjectProperty ; owl:inverseOf r:guidedBy ; rdfs:label "guides"@en ; rdfs:range owl:Thing .
r:guidedBy a owl:ObjectProperty , owl:FunctionalProperty ; rdfs:label "guided by"@en ; rdfs:range owl:Thing .
r:motto a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "motto"@en ; rdfs:range rdf:langString .
"""


def test_a_row_that_says_otherwise_by_other_words_is_told_whole(story: Path) -> None:
    """As of files of RDF: what is said of another thing names it, and a text in another language that language."""
    (story / "ontology" / "leaders.ttl").write_text(LEADERS, encoding="utf-8")
    write(story, "led.yarrrml.yaml", LED)
    write(story, "led.csv", "key,led,motto\nreporter,bridge,x\nmayor,reporter,Weiter\n")
    claims = story / "seeds" / "claims" / "bridge.yaml"
    length = "    length: {s: bridge, p: length, o: 120 m}\n"
    more = length + "    guides: {s: mayor, p: guides, o: bridge}\n    motto: {s: mayor, p: motto, o: Weiter}\n"
    claims.write_text(claims.read_text(encoding="utf-8").replace(length, more), encoding="utf-8")
    found = [d.message for d in build_project(Project(story)).diagnostics if d.code == "table-conflict"]
    led = "`reporter guides` the new bridge, where `bridge` has one `guidedBy`"
    assert found == [
        f"`bridge.guides` says the new bridge, and the table `led` says {led}",
        "`bridge.motto` says “Weiter”, and the table `led` says “Weiter” (de)",
    ]


def test_a_conflict_with_a_table_stands_among_the_disputes_and_in_the_page(story: Path) -> None:
    """Only the warnings of a build told it: whoever reads the graph did not know."""
    write(story, "lengths.yarrrml.yaml", LENGTHS)
    write(story, "lengths.csv", "key,metres\nbridge,110\nbridge,111\n")
    told = """\
Contradicted by tables (1)
  the new bridge · length
    table lengths   110
    bridge.length   the new bridge · length · 120 m — the author of the report
"""
    assert run_kg("disputes", folder=story).out == told
    assert run_kg("show", "bridge", folder=story).out.endswith(told)
    (found,) = open_project(story).contradictions
    assert [claim.id for claim in found.claims] == ["bridge.length"]
    window = Window(root=story)
    ((kind, stated, claims),) = (one.values() for one in list_disputes(window)["disputes"])
    assert (kind, stated, [claim["id"] for claim in claims]) == (
        "contradicted", ["table lengths: 110 m"], ["bridge.length"],
    )  # fmt: skip
    assert not list_disputes(window, "mayor")["disputes"]
    checked = run_tables(check_files(read_project(Project(story))))
    (dispute,) = (one for one in tell_explorer(checked).disputes if one.relation == "contradicted")
    assert (dispute.matter["en"], dispute.reason["en"]) == ("the new bridge · length", "table lengths: 110 m")
    assert [claim.rpartition("/")[2] for claim in dispute.claims] == ["bridge.length"]
    built = run_kg("build", folder=story)
    assert built.code == 0 and ", 0 of measure, 1 contradiction by RDF files or tables\n" in built.out
    large = render_overview(
        (a.quad for a in checked.assertions), title="T", story=checked.story, table_conflicts=checked.table_conflicts
    )
    assert "1 contradiction by RDF files or tables" in read_html(large).one(id="lead").text
    page = (story / "exports" / "graph.html").read_text(encoding="utf-8")
    details = read_html(page).one(id="overview").find("details")
    assert details[-1].text == "Contradicted by tables 1the new bridge length 110 ≠ contradicted table lengths"
    data = json.loads(read_packed(page, "data"))
    row = {"property": "length", "value": "110", "file": "table lengths", "contradicted": 1}
    assert data["entities"]["bridge"]["rows"] == [row] and "rows" not in data["entities"]["mayor"]


def test_a_conflict_with_a_table_may_be_accepted_and_is_looked_for_where_rows_are_read(story: Path) -> None:
    write(story, "lengths.yarrrml.yaml", LENGTHS)
    write(story, "lengths.csv", "key,metres\nbridge,110\n")
    rows = run_kg("check", "--rows", folder=story)
    assert rows.code == 0 and "warning[table-conflict]" in rows.err
    claims = story / "seeds" / "claims" / "bridge.yaml"
    text = claims.read_text(encoding="utf-8")
    claims.write_text(text.replace("o: 120 m}", "o: 120 m, accept: {table-conflict: the table is old}}"), "utf-8")
    for options in ([], ["--rows"]):
        done = run_kg("check", *options, folder=story)
        assert done.code == 0 and "warning" not in done.err.replace("0 warnings", ""), done.err
