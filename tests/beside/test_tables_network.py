"""What lies in the network is asked by a build alone, where the project names it; else the last build answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pyoxigraph as ox
import pytest
from endpoint import serve_stores
from terminal import run_kg

from kg.api import KnowledgeGraph, open_project
from kg.ask.store import Table
from kg.build.build import build_project
from kg.starter import init_project
from kg.system.project import Project
from kg.text.diagnostic import Severity

BASE = "https://story.example/"
ONTOLOGY = """
schema:Thing a owl:Class ; rdfs:label "thing"@en ; rdfs:comment "Anything."@en .
r:postCode a owl:DatatypeProperty ; rdfs:label "post code"@en ; rdfs:comment "As on a letter."@en ;
    rdfs:domain schema:Thing ; rdfs:range xsd:string .
"""
MAPPING = """\
@prefix rml: <http://w3id.org/rml/> . @prefix formats: <http://www.w3.org/ns/formats/> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> . @prefix r: <https://story.example/relation/> .
<#m> rml:logicalSource [ rml:source [ sd:endpoint <ENDPOINT> ] ;
    rml:iterator "SELECT ?s ?code { ?s <http://x.example/code> ?code } ORDER BY ?code" ;
    rml:referenceFormulation formats:SPARQL_Results_JSON ] ;
  rml:subjectMap [ rml:template "https://story.example/entity/bridge" ] ;
  rml:predicateObjectMap [ rml:predicate r:postCode ; rml:objectMap [ rml:reference "code" ] ] .
"""
CODES = "SELECT ?o { GRAPH t:codes { ?s r:postCode ?o } } ORDER BY ?o"


class Stores(dict[str, ox.Store]):
    """Stores by name that count how often one is asked for."""

    asked = 0

    def __getitem__(self, name: str) -> ox.Store:
        self.asked += 1
        return super().__getitem__(name)


@pytest.fixture
def stores() -> Stores:
    stores = Stores(codes=ox.Store())
    add_code(stores, "R1 2AB")
    return stores


@pytest.fixture
def endpoint(stores: Stores) -> Iterator[str]:
    with serve_stores(stores) as port:
        yield f"http://127.0.0.1:{port}/codes/sparql"


@pytest.fixture
def story(tmp_path: Path, endpoint: str) -> Path:
    """The project of `kg init` with a table that an endpoint gives, which the project names."""
    folder = tmp_path / "story"
    init_project(folder, title="A story", base=BASE)
    with (folder / "ontology" / "story.ttl").open("a", encoding="utf-8") as file:
        file.write(ONTOLOGY)
    (folder / "seeds/tables").mkdir(exist_ok=True)
    (folder / "seeds/tables/codes.rml.ttl").write_text(MAPPING.replace("ENDPOINT", endpoint), encoding="utf-8")
    add_line(folder, f'network: ["{endpoint}"]')
    return folder


def add_code(stores: Stores, code: str) -> None:
    stores.get("codes").add(  # type: ignore[union-attr]
        ox.Quad(ox.NamedNode("http://x.example/a"), ox.NamedNode("http://x.example/code"), ox.Literal(code))
    )


def add_line(folder: Path, line: str) -> None:
    path = folder / "seeds/dataset.yaml"
    path.write_text(path.read_text(encoding="utf-8").rstrip() + f"\n{line}\n", encoding="utf-8")


def forget_network(folder: Path) -> None:
    path = folder / "seeds/dataset.yaml"
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join(x for x in lines if not x.startswith("network:")), encoding="utf-8")


def codes(graph: KnowledgeGraph) -> list[str]:
    answer = graph.query(CODES)
    assert isinstance(answer, Table)
    return [str(row[0]) for row in answer.rows]


def test_only_a_build_asks_and_the_others_answer_from_it(story: Path, stores: Stores) -> None:
    report = build_project(Project(story))
    assert [d.message for d in report.diagnostics if d.severity > Severity.NOTE] == []
    assert stores.asked == 1
    add_code(stores, "R2 3CD")  # not yet known here
    assert codes(open_project(story)) == ['"R1 2AB"']
    for words in (["query", "-e", CODES], ["show", "bridge"], ["why", "bridge", "postCode", "_"], ["test"], ["check"],
                  ["disputes"], ["export", "turtle"], ["coverage"]):  # fmt: skip
        done = run_kg(*words, folder=story)
        assert done.code == 0, (words, done.err)
        assert "R1 2AB" in done.out or words[0] not in {"query", "show", "why", "export"}, words
    assert stores.asked == 1
    build_project(Project(story))
    assert codes(open_project(story)) == ['"R1 2AB"', '"R2 3CD"']
    assert stores.asked == 2


def test_why_names_the_endpoint_and_the_place_in_the_mapping(story: Path, endpoint: str) -> None:
    build_project(Project(story))
    done = run_kg("why", "bridge", "postCode", "R1 2AB", folder=story)
    assert "mapped by  seeds/tables/codes.rml.ttl:7:85" in done.out
    assert f"data       {endpoint}, rows that the last build asked for" in done.out


def test_before_a_build_the_rows_are_not_known(story: Path, stores: Stores, endpoint: str) -> None:
    done = run_kg("query", "-e", CODES, folder=story)
    assert (done.code, stores.asked) == (1, 0)
    assert f"the rows of `codes` are not known: `kg build` alone asks `{endpoint}`" in done.err
    assert "seeds/tables/codes.rml.ttl:3:" in done.err
    assert "hint: run `kg build`" in done.err


def test_a_changed_mapping_and_exports_of_another_build_are_told(story: Path) -> None:
    build_project(Project(story))
    path = story / "seeds/tables/codes.rml.ttl"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "# more\n", encoding="utf-8")
    (told,) = [d for d in open_project(story).diagnostics if d.severity is Severity.ERROR]
    assert (told.code, told.hint) == ("table-unasked", "run `kg build`, which asks anew")
    path.write_text(before, encoding="utf-8")
    assert codes(open_project(story)) == ['"R1 2AB"']
    manifest = story / "exports/manifest.json"
    record = json.loads(manifest.read_text(encoding="utf-8"))
    record["graph"]["sha256"] = "0" * 64
    manifest.write_text(json.dumps(record), encoding="utf-8")
    assert [d.code for d in open_project(story).diagnostics if d.severity is Severity.ERROR] == ["table-unasked"]


def test_what_nobody_allowed_is_not_asked(story: Path, stores: Stores, endpoint: str) -> None:
    forget_network(story)
    done = run_kg("build", folder=story)
    assert (done.code, stores.asked) == (1, 0)
    assert f"`{endpoint}` is not asked: nobody allowed it" in done.err
    assert "`network` in seeds/dataset.yaml" in done.err
    assert run_kg("check", "--rows", folder=story).code == 1
    assert run_kg("build", "--allow-network", endpoint.replace("127.0.0.1", "127.0.0.2"), folder=story).code == 1
    assert run_kg("build", "--allow-network", endpoint + "/more", folder=story).code == 1
    assert stores.asked == 0
    assert run_kg("check", "--rows", "--allow-network", endpoint, folder=story).code == 0
    assert run_kg("build", "--allow-network", endpoint.split("/codes")[0], folder=story).code == 0
    assert stores.asked == 2


def test_a_table_with_a_file_of_its_own_answers_from_the_file_of_the_last_build(story: Path, stores: Stores) -> None:
    add_line(story, "tables: {codes: file}")
    build_project(Project(story))
    assert stores.asked == 1  # also for the questions of the page
    assert codes(open_project(story)) == ['"R1 2AB"']
    assert "R1 2AB" in run_kg("why", "bridge", "postCode", "_", folder=story).out
    add_code(stores, "R2 3CD")
    build_project(Project(story))
    assert codes(open_project(story)) == ['"R1 2AB"', '"R2 3CD"']
    assert stores.asked == 2


def test_a_server_of_a_database_is_not_asked_either(story: Path) -> None:
    mapping = """\
prefixes: {e: "https://story.example/entity/", r: "https://story.example/relation/"}
mappings:
  place:
    sources:
      - {access: "postgresql://me@127.0.0.1:1/shop", type: postgresql, query: "SELECT code FROM t",
         referenceFormulation: csv}
    s: e:bridge
    po: [[r:postCode, $(code)]]
"""
    (story / "seeds/tables/shop.yarrrml.yaml").write_text(mapping, encoding="utf-8")
    done = run_kg("build", folder=story)
    assert "`postgresql://127.0.0.1:1/shop` is not asked: nobody allowed it" in done.err
    done = run_kg("build", "--allow-network", "jdbc:postgres://127.0.0.1:1/shop", folder=story)
    assert "is not asked" not in done.err
    assert done.code == 1
    assert "shop.yarrrml.yaml" in done.err


@pytest.mark.parametrize(
    "address",
    ["query.example.org", "ftp://x.example/", "https://", "https://me:pw@x.example/", "sqlite:x.db", "https:x"],
)
def test_what_is_no_address_under_network(story: Path, address: str) -> None:
    forget_network(story)
    add_line(story, f'network: ["{address}"]')
    told = [d for d in open_project(story).diagnostics if d.code == "bad-network"]
    assert [str(d.mark).split(":")[0] for d in told] == ["seeds/dataset.yaml"]
    assert "pw" not in told[0].message


def test_kg_map_asks_what_its_mapping_names_unless_told_not_to(story: Path, stores: Stores) -> None:
    words = ("map", "seeds/tables/codes.rml.ttl", "-o", "out.nq", "--base", BASE)
    done = run_kg(*words, "--no-network", folder=story)
    assert (done.code, stores.asked, (story / "out.nq").exists()) == (1, 0, False)
    assert "leave `--no-network` out" in done.err
    assert run_kg(*words, folder=story).code == 0
    assert stores.asked == 1


def test_an_endpoint_that_sends_elsewhere_is_not_followed(story: Path, stores: Stores, endpoint: str) -> None:
    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(302)
            self.send_header("Location", endpoint)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}/sparql"
        path = story / "seeds/tables/codes.rml.ttl"
        path.write_text(MAPPING.replace("ENDPOINT", address), encoding="utf-8")
        done = run_kg("build", "--allow-network", address, folder=story)
    finally:
        server.shutdown()
        server.server_close()
    assert (done.code, stores.asked) == (1, 0)
    assert f"the endpoint sends on to `{endpoint}`, which is not followed" in done.err
