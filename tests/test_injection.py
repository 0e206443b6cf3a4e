"""What others write (mappings, data, seeds, ontologies, queries) reaches neither the network nor files outside.

A server on loopback counts who calls, and a file outside the project holds a secret: every attack must end with no call
and no secret in anything that was written or said. `tests/beside/test_server.py`, `tests/test_page.py` and
`tests/beside/test_tables_network.py` hold the attacks on the server, the page and the endpoints of mappings.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlitefile import open_sqlite
from terminal import Finished, run_kg

from kg.starter import init_project

SECRET = "this-must-not-be-read"
RML = """\
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex.example/> . @base <http://ex.example/> .
@prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> . @prefix csvw: <http://www.w3.org/ns/csvw#> .
<#m> rml:logicalSource [ SOURCE ] ; rml:subjectMap [ rml:template "http://ex.example/{ID}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:v ; rml:objectMap [ rml:reference "VALUE" ] ] .
"""


class Canary:
    """A socket on loopback: its address, and whether anybody called."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}/x"

    def is_quiet(self) -> bool:
        self.listening.settimeout(0.0)
        try:
            self.listening.accept()
        except BlockingIOError:
            return True
        return False


@pytest.fixture
def canary() -> Iterator[Canary]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Canary(listening)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """An empty folder, and beside it a file that nobody may read."""
    (tmp_path / "secret.csv").write_text(f"id,v\n1,{SECRET}\n", encoding="utf-8")
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


@pytest.fixture
def story(here: Path) -> Path:
    init_project(here / "story", title="A story", base="https://story.example/")
    return here / "story"


def map_source(here: Path, source: str, subject: str = "id", value: str = "v") -> Finished:
    mapping = RML.replace("SOURCE", source).replace("ID", subject).replace("VALUE", value)
    (here / "m.ttl").write_text(mapping, encoding="utf-8")
    return run_kg("map", "m.ttl", "-o", "out.nq", folder=here)


def assert_untouched(done: Finished, folder: Path, canary: Canary) -> None:
    """Nobody called, and the secret stands nowhere: neither in a file that was written, nor in what was said."""
    assert canary.is_quiet()
    assert SECRET not in done.out + done.err
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_size < 10_000_000:
            assert SECRET.encode() not in path.read_bytes(), path
    assert "Traceback" not in done.err


# -- mappings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        'rml:source "URL/a.csv" ; rml:referenceFormulation rml:CSV',
        """rml:source [ a csvw:Table ; csvw:url "URL/a.csv" ] ; rml:referenceFormulation rml:CSV""",
        'rml:source "../secret.csv" ; rml:referenceFormulation rml:CSV',
        'rml:source "file://ABSOLUTE" ; rml:referenceFormulation rml:CSV',
        'rml:source "ABSOLUTE" ; rml:referenceFormulation rml:CSV',
        'rml:source "link.csv" ; rml:referenceFormulation rml:CSV',
        'rml:source "folder/secret.csv" ; rml:referenceFormulation rml:CSV',
        'rml:source [ a rml:RelativePathSource ; rml:root "/" ; rml:path "ABSOLUTE" ] ; '
        "rml:referenceFormulation rml:CSV",
        'rml:source "../*.csv" ; rml:referenceFormulation rml:CSV',
        'rml:source "s3://bucket/a.csv" ; rml:referenceFormulation rml:CSV',
        'rml:source "URL/a.parquet" ; rml:referenceFormulation rml:CSV',
        'rml:source "URL/a.json" ; rml:iterator "$[*]" ; rml:referenceFormulation rml:JSONPath',
    ],
)
def test_a_source_of_a_mapping(source: str, here: Path, canary: Canary) -> None:
    secret = here.parent / "secret.csv"
    (here / "link.csv").symlink_to(secret)
    (here / "folder").symlink_to(here.parent, target_is_directory=True)
    done = map_source(here, source.replace("URL", canary.url).replace("ABSOLUTE", str(secret)))
    (here / "link.csv").unlink()
    (here / "folder").unlink()
    assert done.code == 1
    assert_untouched(done, here, canary)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 AS id, load_extension('URL') AS v",
        "SELECT 1 AS id, readfile('SECRET') AS v",
        "ATTACH 'SECRET' AS other",
        "SELECT 1 AS id, 2 AS v; ATTACH 'written.db' AS w; CREATE TABLE w.t (x)",
        "PRAGMA writable_schema = 1",
        "SELECT id, v FROM t; DROP TABLE t",
        "VACUUM INTO 'written.db'",
        "WITH x AS (SELECT 1) DELETE FROM t",
    ],
)
def test_sql_of_a_mapping_over_sqlite(query: str, here: Path, canary: Canary) -> None:
    with open_sqlite(here / "t.db") as connection:
        connection.execute("CREATE TABLE t (id, v)")
        connection.execute("INSERT INTO t VALUES (1, 2)")
    before = (here / "t.db").read_bytes()
    sql = query.replace("URL", canary.url).replace("SECRET", str(here.parent / "secret.csv"))
    source = f'rml:source "t.db" ; rml:iterator "{sql}" ; rml:referenceFormulation rml:SQL2008Query'
    done = map_source(here, source)
    assert done.code == 1, done.err
    assert (here / "t.db").read_bytes() == before
    assert not (here / "written.db").exists()
    assert_untouched(done, here, canary)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 AS id, v FROM read_csv('SECRET')",
        "SELECT 1 AS id, content AS v FROM read_text('SECRET')",
        "SELECT * FROM 'SECRET'",
        "SELECT 1 AS id, content AS v FROM read_text('URL')",
        "SELECT 1 AS id, 2 AS v FROM read_csv('URL/a.csv')",
        "COPY (SELECT 1) TO 'written.csv'",
        "ATTACH 'written.db' AS w",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SELECT 1 AS id, getenv('HOME') AS v",
        "SELECT id, v FROM t; DROP TABLE t",
        "SELECT 1 AS id, unnest(glob) AS v FROM glob('/etc/*')",
    ],
)
def test_sql_of_a_mapping_over_duckdb(query: str, here: Path, canary: Canary) -> None:
    import duckdb

    with duckdb.connect(str(here / "t.duckdb")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS id, 2 AS v")
    sql = query.replace("URL", canary.url).replace("SECRET", str(here.parent / "secret.csv"))
    source = f'rml:source "t.duckdb" ; rml:iterator "{sql}" ; rml:referenceFormulation rml:SQL2008Query'
    done = map_source(here, source)
    assert done.code == 1, (here / "out.nq").read_text(encoding="utf-8")
    assert not (here / "written.csv").exists()
    assert not (here / "written.db").exists()
    with duckdb.connect(str(here / "t.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT * FROM t").fetchall() == [(1, 2)]
    assert_untouched(done, here, canary)


ENTITIES = (
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file://SECRET">]><r><e id="1"><v>&x;</v></e></r>',
    '<!DOCTYPE r [<!ENTITY x SYSTEM "URL">]><r><e id="1"><v>&x;</v></e></r>',
    '<!DOCTYPE r SYSTEM "URL/x.dtd"><r><e id="1"><v>1</v></e></r>',
    '<!DOCTYPE r [<!ENTITY % x SYSTEM "URL"> %x;]><r><e id="1"><v>1</v></e></r>',
    '<?xml-stylesheet href="URL"?><r xmlns:xi="http://www.w3.org/2001/XInclude"><e id="1"><v>1</v>'
    '<xi:include href="SECRET" parse="text"/></e></r>',
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ) + ']><r><e id="1"><v>&i;</v></e></r>',
)  # fmt: skip


@pytest.mark.parametrize("text", ENTITIES, ids=["file", "web", "DTD", "parameter", "include", "laughs"])
def test_xml_of_a_source(text: str, here: Path, canary: Canary) -> None:
    secret = str(here.parent / "secret.csv")
    (here / "d.xml").write_text(text.replace("URL", canary.url).replace("SECRET", secret), encoding="utf-8")
    source = 'rml:source "d.xml" ; rml:iterator "/r/e" ; rml:referenceFormulation rml:XPath'
    done = map_source(here, source, subject="@id")
    assert done.code in {0, 1}
    assert (here / "out.nq").stat().st_size < 10_000 if done.code == 0 else done.err
    assert_untouched(done, here, canary)


@pytest.mark.parametrize(
    "step", ["document('URL')", "doc('SECRET')", "unparsed-text('SECRET')", "v | document('URL')/*"]
)
def test_xpath_of_a_mapping(step: str, here: Path, canary: Canary) -> None:
    (here / "d.xml").write_text('<r><e id="1"><v>1</v></e></r>', encoding="utf-8")
    value = step.replace("URL", canary.url).replace("SECRET", str(here.parent / "secret.csv"))
    source = 'rml:source "d.xml" ; rml:iterator "/r/e" ; rml:referenceFormulation rml:XPath'
    done = map_source(here, source, subject="@id", value=value)
    assert done.code == 1
    assert_untouched(done, here, canary)


# -- projects ---------------------------------------------------------------------------------------


PROJECT_FILES = {
    "ontology/more.ttl": "@prefix owl: <http://www.w3.org/2002/07/owl#> . <URL> a owl:Ontology ; owl:imports <URL> .",
    "ontology/shapes-more.ttl": "@prefix sh: <http://www.w3.org/ns/shacl#> . "
    "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
    "<URL> owl:imports <URL> . <http://x.example/s> a sh:NodeShape ; sh:targetNode <URL> ; sh:shapesGraph <URL> .",
    "ontology/shapes-js.ttl": "@prefix sh: <http://www.w3.org/ns/shacl#> . <http://x.example/s> a sh:NodeShape ; "
    "sh:targetNode <http://x.example/a> ; sh:js [ sh:jsFunctionName 'f' ; sh:jsLibrary [ sh:jsLibraryURL 'URL' ] ] .",
    "ontology/shapes-sparql.ttl": "@prefix sh: <http://www.w3.org/ns/shacl#> . <http://x.example/s> a sh:NodeShape ; "
    "sh:targetNode <http://x.example/a> ; sh:sparql [ sh:message 'm' ; sh:select "
    "'SELECT $this { SERVICE <URL> { $this ?p ?o } }' ] .",
    "ontology/questions/q.rq": "#' question: {en: \"Who?\"}\nSELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "ontology/questions/from.rq": "#' question: {en: \"Who?\"}\nSELECT * FROM <URL> { ?s ?p ?o }",
    "seeds/rdf/a.jsonld": '{"@context": "URL", "@id": "http://x.example/a", "b": "c"}',
    "seeds/rdf/b.jsonld": '{"@context": {"@import": "URL"}, "@id": "http://x.example/a", "b": "c"}',
    "seeds/rdf/c.rdf": '<!DOCTYPE r [<!ENTITY x SYSTEM "file://SECRET">]><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x.example/"><rdf:Description '
    'rdf:about="http://x.example/a"><x:b>&x;</x:b></rdf:Description></rdf:RDF>',
    "seeds/rdf/d.rdf": '<!DOCTYPE r SYSTEM "URL"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    "seeds/entities/a.yaml": "kg: entities/1\nentities:\n  !!python/object/apply:os.system ['curl URL']: "
    "{is: Person, label: x}\n",
    "seeds/entities/b.yaml": "kg: entities/1\nentities:\n  x: {is: Person, label: !include SECRET}\n",
    "seeds/sources/a.yaml": "kg: source/1\nid: a\ntitle: A\nlanguage: en\nfile: ../../secret.csv\n",
    "seeds/sources/b.yaml": "kg: source/1\nid: b\ntitle: B\nlanguage: en\nurl: URL\nfile: SECRET\n",
    "seeds/tables/a.yarrrml.yaml": "mappings:\n  m:\n    sources: [['URL/a.csv~csv']]\n    s: http://x.example/$(id)\n"
    "    po: [[http://x.example/v, $(v)]]\n",
    "seeds/tables/b.yarrrml.yaml": "mappings:\n  m:\n    sources: [['../../../../secret.csv~csv']]\n"
    "    s: http://x.example/$(id)\n    po: [[http://x.example/v, $(v)]]\n",
}  # fmt: skip


@pytest.mark.parametrize("name", PROJECT_FILES)
def test_a_file_of_a_project(name: str, story: Path, canary: Canary) -> None:
    secret = str(story.parent.parent / "secret.csv")
    path = story / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PROJECT_FILES[name].replace("URL", canary.url).replace("SECRET", secret), encoding="utf-8")
    done = run_kg("build", "--texts", "texts", folder=story)
    assert done.code in {0, 1, 3}, done.err
    assert_untouched(done, story, canary)
    if name.startswith("ontology/questions/"):
        assert_untouched(run_kg("test", folder=story), story, canary)


@pytest.mark.parametrize("folder", ["seeds/entities", "seeds/claims", "seeds/rdf", "seeds/tables", "ontology", "texts"])
def test_a_link_out_of_a_project(folder: str, story: Path, canary: Canary) -> None:
    ending = {"seeds/rdf": ".ttl", "seeds/tables": ".csv", "ontology": ".ttl", "texts": ".txt"}.get(folder, ".yaml")
    (story / folder).mkdir(parents=True, exist_ok=True)
    link = story / folder / f"a{ending}"
    link.symlink_to(story.parent.parent / "secret.csv")
    done = run_kg("build", "--texts", "texts", folder=story)
    link.unlink()
    assert_untouched(done, story, canary)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
        "SELECT * FROM <URL> { ?s ?p ?o }",
        "SELECT * FROM NAMED <file://SECRET> { GRAPH ?g { ?s ?p ?o } }",
        "LOAD <URL>",
        "INSERT DATA { <URL> <URL> <URL> }",
        "ASK { VALUES ?u { <URL> } SERVICE ?u { ?s ?p ?o } }",
    ],
)
def test_a_query(query: str, story: Path, canary: Canary) -> None:
    secret = str(story.parent.parent / "secret.csv")
    done = run_kg("query", "-e", query.replace("URL", canary.url).replace("SECRET", secret), folder=story)
    assert done.code in {1, 2} or ("(0 rows)" in done.out and "there is no graph" in done.err), done
    assert_untouched(done, story, canary)
