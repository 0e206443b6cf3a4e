"""Every command that writes, over one folder in which each of them has something to do.

| folder | what lies there |
|---|---|
| `story/` | a project: corrected texts, tables, drafts, two entities that are one, an expectation that is not met |
| `maps/` | mappings of tables that stand alone |
| `in/` | a text and proposals that come from elsewhere |
| `out/` | what was written before, of other data |
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from terminal import run_kg

from kg.starter import init_project

MAKER = ("--by", "A B")
BASE = "https://story.example/"
BY = ("--by", "Kim Berg", "--on", "2031-06-05")
ONTOLOGY = """
schema:Thing a owl:Class ; rdfs:label "thing"@en ; rdfs:comment "Anything."@en .
r:postCode a owl:DatatypeProperty ; rdfs:label "post code"@en ; rdfs:comment "As on a letter."@en ;
    rdfs:domain schema:Thing ; rdfs:range xsd:string .
"""
TABLE = """\
prefixes: {e: "https://story.example/entity/", r: "https://story.example/relation/"}
mappings:
  place:
    sources: [[DATA.csv~csv]]
    s: e:$(key)
    po: [[r:postCode, $(code)]]
"""
MAPPING = """@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .
<m> rml:logicalSource [ rml:source "rows.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "row/{id}" ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "a" ] ];
  rml:predicateObjectMap [ rml:predicate <q>; rml:graph <g>; rml:objectMap [ rml:reference "b" ] ] .
"""
TARGET = """<%s> a rml:LogicalTarget; rml:target [ a rml:FilePath; rml:root rml:MappingDirectory; rml:path "%s" ];
  rml:serialization <http://www.w3.org/ns/formats/N-Quads> .
"""
TARGETS = (
    MAPPING.replace('"a" ]', '"a"; rml:logicalTarget <one> ]').replace('"b" ]', '"b"; rml:logicalTarget <two> ]')
    + TARGET % ("one", "one.nq")
    + TARGET % ("two", "two.nq")
)
YARRRML = """\
prefixes: {e: "http://example.org/"}
mappings:
  row:
    sources: [[rows.csv~csv]]
    s: e:$(id)
    po: [[e:p, $(a)]]
"""
DRAFTS = """\
kg: claims/1
source: bridge
claims:
  p1s1 12dca05b:
    gate: {s: gate, p: length, o: 120 m, mode: plan}   # near the bridge
    width: {s: bridge, p: length, o: 12 m, mode: plan}
"""
FERRY = "The ferry is gone\n\nThe old bridge was 30 metres long. The mayor promises a museum in 2031.\n"
MILL = "The mill\n\nThe mill is 20 metres high.\n"
ANSWER = {
    "subject": "bridge", "predicate": "length", "object": "30 m", "document": "ferry", "mode": "plan",
    "quote": "The old bridge was 30 metres long.", "sentence": "p1s1",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command that writes: its *words* in a *folder* of the stage; *curated*, it changes what a curator wrote."""

    name: str
    words: tuple[str, ...]
    folder: str = "story"
    curated: bool = False
    program: str = "kg.cli:main"

    @property
    def needs(self) -> frozenset[str]:
        """What it looks at of the stage: folders, and what it writes over."""
        outputs = {word.removeprefix("../") for word in self.words if word.startswith("../out/")}
        folders = {"maps"} if self.folder == "maps" else {"story", "in"}
        stores = {"story/.kg/store"} if self.name == "query-table" else set[str]()
        return frozenset(folders | outputs | stores)


def _map(name: str, *words: str, mapping: str = "map.ttl") -> Command:
    return Command(name=name, words=("map", mapping, *words), folder="maps")


COMMANDS = (
    Command(name="build", words=("build",)),
    Command(name="check-rows", words=("check", "--rows")),
    Command(name="query-table", words=("query", "-e", f"SELECT * {{ GRAPH <{BASE}table/posts> {{ ?s ?p ?o }} }}")),
    Command(name="schema", words=("schema",)),
    Command(name="export-turtle", words=("export", "turtle", "-o", "../out/graph.ttl")),
    Command(name="export-html", words=("export", "html", "-o", "../out/page.html")),
    Command(name="update", words=("test", "--update"), curated=True),
    Command(name="add", words=("evidence", "add", "../in/lock.txt", "--id", "lock"), curated=True),
    Command(name="outline", words=("evidence", "outline", "mill", "--texts", "texts"), curated=True),
    Command(name="rebase", words=("evidence", "rebase", "bridge", "--texts", "texts"), curated=True),
    Command(name="import", words=("import", "../in/answers.jsonl", "--as", "jsonl", "--texts", "../in/texts", *MAKER),
            curated=True),
    Command(name="accept", words=("review", "gate", "--accept", *BY), curated=True),
    Command(name="reject", words=("review", "width", "--reject", "it says nothing of it", *BY), curated=True),
    Command(name="rename", words=("rename", "bridge", "span"), curated=True),
    Command(name="merge", words=("merge", "mayor", "chair"), curated=True),
    Command(name="save", words=(), curated=True, program="actors:save_claim"),
    Command(name="propose", words=(), curated=True, program="actors:propose_claims"),
    Command(name="init", words=("init", "town", "--title", "A town"), folder=".", curated=True),
    Command(name="init-agent", words=("init", "story", "--agent"), folder=".", curated=True),
    _map("map-file", "-o", "../out/rows.nq"),
    _map("map-turtle", "-o", "../out/rows.ttl", "--format", "ttl", "--sort"),
    _map("map-parts", "-o", "../out/parts", "--partition-size", "4KB"),
    _map("map-gz", "-o", "../out/gz", "--partition-size", "4KB", "--compress", "gz", "--sort"),
    _map("map-zst", "-o", "../out/zst", "--partition-size", "4KB", "--compress", "zst"),
    _map("map-store", "--store", "../out/store"),
    _map("map-targets", "-o", "../out/rest.nq", mapping="targets.ttl"),
    Command(name="yarrrml", words=("yarrrml", "rows.yml", "-o", "../out/rows.rml.ttl"), folder="maps"),
)  # fmt: skip


def lay_out(stage: Path) -> Path:
    """Lay the folder out. What lies in `out/`, `exports/` and `.kg/` was made of what was there before."""
    story, maps = stage / "story", stage / "maps"
    for name in ("maps", "in", "out", "tmp"):
        (stage / name).mkdir(parents=True)
    init_project(story, title="A story", base=BASE)
    _change(story / "ontology/story.ttl", lambda text: text + ONTOLOGY)
    _change(story / "seeds/dataset.yaml", lambda text: text + "tables: {posts: file}\n")
    for name in ("places", "posts"):
        _write(story / f"seeds/tables/{name}.yarrrml.yaml", TABLE.replace("DATA", name))
        _write(story / f"seeds/tables/{name}.csv", "key,code\nbridge,R1 2AB\n")
    _write(stage / "in/texts/ferry.txt", FERRY)
    for name, text in (("ferry", FERRY), ("mill", MILL), ("lock", MILL.replace("mill", "lock"))):
        _write(stage / "in" / f"{name}.txt", text)
    for name in ("ferry", "mill"):
        _run("evidence", "add", f"../in/{name}.txt", "--id", name, folder=story)
    _write(maps / "map.ttl", MAPPING)
    _write(maps / "targets.ttl", TARGETS)
    _write(maps / "rows.yml", YARRRML)
    _write(maps / "rows.csv", "id,a,b\n" + "".join(f"{i},old {i},{i % 7}\n" for i in range(90)))
    for command in COMMANDS:
        if not command.curated:
            _run(*command.words, folder=stage / command.folder)
    _write(maps / "rows.csv", "id,a,b\n" + "".join(f"{i},new {i},{i % 5}\n" for i in range(120)))
    _change(maps / "rows.yml", lambda text: text.replace("e:p", "e:q"))
    for name in ("places", "posts"):
        _write(story / f"seeds/tables/{name}.csv", "key,code\nbridge,R1 2AB\nmayor,R1 9ZZ\n")
    entities = story / "seeds/entities/rivertown.yaml"
    _change(
        entities,
        lambda text: text.replace("label: the new bridge", "label: the new great bridge").replace(
            "label: the mayor of Rivertown}", "label: the mayor of Rivertown, alias: {en: {The mayor: [bridge.p1s2]}}}"
        ),
    )
    _write(
        story / "seeds/entities/other.yaml",
        "kg: entities/1\nentities:\n  chair: {is: Person, label: The chair}   # who?\n",
    )
    _change(story / "seeds/claims/bridge.yaml", lambda text: text.replace("{by: mayor,", "{by: chair,"))
    _change(story / "texts/bridge.txt", lambda text: text.replace("The new", "It is news.\n\nThe new"))
    _change(story / "texts/mill.txt", lambda text: text.replace("20", "25"))
    _write(story / "seeds/drafts/things.yaml", "kg: entities/1\nentities:\n  gate: {is: Bridge, label: Gate}\n")
    _write(story / "seeds/drafts/bridge.yaml", DRAFTS)
    _write(story / "ontology/questions/promises.csv", "claim\n")
    _change(story / "ontology/questions/promises.rq", str)
    _write(story / "ontology/questions/again.rq", (story / "ontology/questions/promises.rq").read_text("utf-8"))
    _write(stage / "in/answers.jsonl", json.dumps(ANSWER) + "\n")
    return stage  # fmt: skip


def _run(*words: str, folder: Path) -> None:
    done = run_kg(*words, folder=folder)
    assert done.code == 0, (words, done)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _change(path: Path, change: Callable[[str], str]) -> None:
    _write(path, change(path.read_text(encoding="utf-8")))
