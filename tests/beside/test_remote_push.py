"""`kg push` and `kg diff`: the build in real servers, graph by graph; what they hold compared with it."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pyoxigraph as ox
import pytest
from serving import serve
from stores import Target, serve_own, serve_oxigraph, serve_rdflib, serve_virtuoso
from terminal import Finished, run_kg

import kg.remote.push
from kg.ask.store import Table
from kg.remote.content import BuiltContent, Graph, read_content
from kg.remote.endpoint import Credentials, Endpoint
from kg.remote.http import Bounds
from kg.remote.protocol import Server, open_server
from kg.remote.push import Journal, open_journal, plan_push, run_push
from kg.system.project import Project
from kg.text.diagnostic import KgError

BASE = "https://graph.example/"
SOURCE = f"{BASE}source/bridge"
EXTRA = f"{BASE}source/values"

# what stores write in their own way, and blank nodes: a list, two alike, one that holds itself
VALUES = """@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix e: <https://graph.example/entity/> .
@prefix r: <https://graph.example/extra/> .
e:bridge r:has "1.50"^^xsd:decimal , "007"^^xsd:integer , true , "1e3"^^xsd:double , "2024"^^xsd:gYear ,
    "2024-04-28T10:00:00Z"^^xsd:dateTime , "x"@en-US , "雷军"@zh , "a\\"b\\\\c\\nd\\te" , "" ;
  r:list ( 1 "two" e:bridge ) ; r:like [ r:is "alike" ] , [ r:is "alike" ] .
_:self r:knows _:self .
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of `kg init` with a graph of values beside it, built."""
    folder = tmp_path_factory.mktemp("pushed") / "p"
    assert run_kg("init", str(folder), folder=folder.parent).code == 0
    assert run_kg("build", folder=folder).code == 0
    lines = (folder / "exports/graph.nq").read_text(encoding="utf-8")
    quads = [f"{quad.triple} <{EXTRA}> .\n" for quad in ox.parse(VALUES, format=ox.RdfFormat.TURTLE)]
    rewrite(folder, lines + "".join(quads))
    return folder


def rewrite(folder: Path, nquads: str) -> None:
    """Put other quads into a build, as if it had made them."""
    path = folder / "exports/graph.nq"
    path.write_bytes(nquads.encode())
    manifest = json.loads((folder / "exports/manifest.json").read_text(encoding="utf-8"))
    manifest["graph"]["sha256"] = kg.remote.content.hash_file(path)
    (folder / "exports/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture(scope="module")
def open_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Target]]:
    """Gives the server of a name, started when it is first asked for."""
    with ExitStack() as running:
        known: dict[str, Target] = {}

        def start(name: str) -> Target:
            if name not in known:
                made = {"kg": serve_own, "oxigraph": serve_oxigraph,
                        "virtuoso": lambda: serve_virtuoso(tmp_path_factory.mktemp("virtuoso"))}[name]  # fmt: skip
                known[name] = running.enter_context(made())
            return known[name]

        yield start


@pytest.fixture
def own(open_target: Callable[[str], Target]) -> Target:
    return open_target("kg")


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of the built project."""
    return Path(shutil.copytree(built, tmp_path / "p"))


def open_client(target: Target) -> Server:
    given = target.environment
    credentials = Credentials(
        user=given.get("KG_ENDPOINT_USER", ""), password=given.get("KG_ENDPOINT_PASSWORD", ""),
        token=given.get("KG_ENDPOINT_TOKEN", ""),
    )  # fmt: skip
    endpoint = Endpoint(
        query=target.query, update=target.update, gsp=target.gsp, credentials=credentials if given else None
    )
    return open_server(endpoint, Bounds(seconds=20, retries=0))


def empty(target: Target) -> None:
    """Take away all graphs of the data set, and the default graph where the server has one of its own."""
    server = open_client(target)
    for name in server.list_graphs():
        if name.startswith((BASE, "http://other.example/")):
            server.delete(name)
    if not target.default:
        server.update("DROP DEFAULT", safe=True)


def count_default(folder: Path) -> int:
    """How many triples the default graph of a build has."""
    quads = ox.parse(path=folder / "exports/graph.nq", format=ox.RdfFormat.N_QUADS)
    return sum(quad.graph_name == ox.DefaultGraph() for quad in quads)


def push(target: Target, folder: Path, *arguments: str, way: str = "both") -> Finished:
    words = (target.query, *target.ways[way], *target.default, *arguments)
    return run_kg("push", *words, folder=folder, **target.environment)


def diff(target: Target, folder: Path, *arguments: str) -> Finished:
    return run_kg("diff", target.query, *target.default, *arguments, folder=folder, **target.environment)


@pytest.mark.parametrize("way", ["both", "updates", "graph store"])
@pytest.mark.parametrize("name", ["kg", "oxigraph", "virtuoso"])
def test_a_build_is_pushed_and_found_equal(
    open_target: Callable[[str], Target], folder: Path, name: str, way: str
) -> None:
    target = open_target(name)
    empty(target)
    done = push(target, folder, "--chunk", "100000", way=way)
    assert done.code == 0, done.err
    count = count_default(folder)
    default = f"<{target.default[1]}>" if target.default else "the default graph"
    assert done.out == (
        f"new      {default}  {count:,} triples\nnew      <{SOURCE}>  49 triples\nnew      <{EXTRA}>  22 triples\n"
        f"pushed {count + 71:,} triples in 3 graphs; verified by counts and a sample\n"
    )
    found = diff(target, folder)
    assert found.code == 0, found.out
    assert found.out.split("\n")[-2] == "no difference"
    again = push(target, folder, way=way)
    assert again.out.endswith("pushed 0 triples in 0 graphs; verified by counts and a sample\n")


def test_a_store_that_takes_updates_alone_is_filled_and_asked(folder: Path) -> None:
    lines = (folder / "exports/graph.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    quads = list(ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS))
    direct = [line for line, quad in zip(lines, quads, strict=True) if quad.graph_name == ox.DefaultGraph()]
    rewrite(folder, "".join(direct[:50] + [line for line in lines if line not in set(direct)]))  # it is slow
    with serve_rdflib() as target:
        without = run_kg("push", target.query, "--update", target.update, folder=folder)
        assert (without.code, "--default-graph IRI gives ours a name" in without.err) == (3, True), without.err
        done = push(target, folder, "--chunk", "4000", way="updates")
        assert done.out.endswith("pushed 121 triples in 3 graphs; verified by counts and a sample\n"), done.err
        found = diff(target, folder)
        assert (found.code, found.out.split("\n")[-2]) == (0, "no difference"), found.out
        asked = run_kg("query", "--endpoint", target.query, "-e", "ASK { ?s a kg:Claim }", folder=folder)
        assert asked.out == "yes\n", asked.err
        again = push(target, folder, way="updates")
        assert again.out.endswith("pushed 0 triples in 0 graphs; verified by counts and a sample\n")


def test_what_virtuoso_writes_in_its_own_way_is_told(open_target: Callable[[str], Target], folder: Path) -> None:
    target = open_target("virtuoso")
    empty(target)
    number = '"0.12345678901234567890123"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    text = (folder / "exports/graph.nq").read_text(encoding="utf-8")
    rewrite(folder, f"{text}<a:a> <a:b> {number} <{EXTRA}> .\n")
    assert push(target, folder).code == 0
    found = diff(target, folder)
    assert f"<{EXTRA}>: 23 in the build, 23 there: equal (1 written in another way there)\n" in found.out
    done = push(target, folder, "--again", way="updates")  # where it rounds what it is given
    assert done.code == 3
    assert "what was in its place is untouched: 1 triple cannot be found, among them\n    <a:a> <a:b> " in done.err


def test_a_dry_run_changes_nothing(own: Target, folder: Path) -> None:
    empty(own)
    done = push(own, folder, "--dry-run")
    assert (done.code, done.out.split("\n")[-2]) == (0, "nothing was sent (--dry-run)")
    assert open_client(own).list_graphs() == []
    assert not (folder / ".kg/push").exists()


def test_another_build_replaces_the_one_before_and_nothing_else(own: Target, folder: Path) -> None:
    empty(own)
    server = open_client(own)
    server.put("http://other.example/theirs", b"<a:a> <a:b> <a:c> .\n")
    assert push(own, folder).code == 0
    text = (folder / "exports/graph.nq").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines(keepends=True) if f"<{EXTRA}>" not in line]
    changed = "".join(kept).replace('"the new bridge"', '"the newer bridge"')
    rewrite(folder, changed)
    done = push(own, folder)
    assert done.code == 0, done.err
    count = count_default(folder)
    assert done.out.split("\n")[:3] == [
        f"replace  the default graph  {count:,} triples, {count:,} there now",
        f"same     <{SOURCE}>  49 triples",
        f"left     <{EXTRA}>  of a former push; --prune takes it away",
    ]
    assert server.list_graphs() == ["http://other.example/theirs", f"{BASE}pushed", SOURCE, EXTRA]
    found = diff(own, folder)
    assert (found.code, found.out.split("\n")[-4:-1]) == (
        1,
        [f"<{EXTRA}>: 22 triples there, and no such graph in the build",
         "1 graph there of something else, the first <http://other.example/theirs>", "there are differences"],
    )  # fmt: skip
    assert push(own, folder, "--prune").code == 0
    assert server.list_graphs() == ["http://other.example/theirs", f"{BASE}pushed", SOURCE]
    assert diff(own, folder).code == 0
    server.delete("http://other.example/theirs")


def test_what_another_has_put_there_is_not_taken_away_unasked(own: Target, folder: Path) -> None:
    empty(own)
    server = open_client(own)
    count = count_default(folder)
    server.put("", b"<a:a> <a:b> <a:c> .\n")
    done = push(own, folder)
    assert (done.code, done.err) == (
        2, "kg: the default graph there holds 1 triple that no push of this data set put there: "
        "--default-graph IRI gives ours a name, --replace takes them away\n",
    )  # fmt: skip
    assert server.list_graphs() == []
    assert push(own, folder, "--graph", "s:values").code == 0
    assert server.count("") == 1
    assert push(own, folder, "--default-graph", f"{BASE}direct").code == 0
    assert server.count("") == 1
    assert server.count(f"{BASE}direct") == count
    assert push(own, folder, "--replace").code == 0
    assert server.count("") == count
    server.update("INSERT DATA { <a:a> <a:b> <a:c> }", safe=True)
    assert push(own, folder).code == 2


def test_the_default_graph_alone_is_pushed_and_compared(own: Target, folder: Path) -> None:
    for named in ((), ("--default-graph", f"{BASE}direct")):
        empty(own)
        assert push(own, folder, "--graph", "default", *named).out.count("new ") == 1
        found = diff(own, folder, "--graph", "default", *named)
        assert (found.code, found.out.count("\n")) == (0, 2)
        assert SOURCE not in open_client(own).list_graphs()


def test_a_difference_is_told_with_examples(own: Target, folder: Path) -> None:
    empty(own)
    assert push(own, folder).code == 0
    server = open_client(own)
    server.update(
        f"DELETE WHERE {{ GRAPH <{EXTRA}> {{ ?s <https://graph.example/extra/is> ?o }} }} ;"
        f'INSERT DATA {{ GRAPH <{EXTRA}> {{ <a:a> <a:b> "new\\u001b[2J" }} }}', safe=True,
    )  # fmt: skip
    found = diff(own, folder, "--graph", EXTRA, "--most", "1")
    assert found.code == 1
    lines = found.out.split("\n")
    assert lines[0] == f"<{EXTRA}>: 22 in the build, 21 there: different"
    assert [line for line in lines if "there: " in line[:20]] == ["  missing there: 4", "  only there: 3"]
    assert "\x1b" not in found.out
    done = push(own, folder, "--graph", EXTRA)
    assert f"replace  <{EXTRA}>  22 triples, 21 there now\n" in done.out
    assert diff(own, folder).code == 0


@pytest.mark.parametrize("name", ["kg", "oxigraph"])
def test_a_reader_sees_all_of_one_build_or_of_the_other(
    open_target: Callable[[str], Target], folder: Path, name: str
) -> None:
    target = open_target(name)
    empty(target)
    text = (folder / "exports/graph.nq").read_text(encoding="utf-8")
    marked = '<a:a> <a:build> "{0}" .\n<a:a> <a:build> "{0}" <' + EXTRA + "> .\n"
    rewrite(folder, text + marked.format("one"))
    assert push(target, folder).code == 0
    rewrite(folder, text + marked.format("two"))
    server = open_client(target)
    seen: list[tuple[str, ...]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            found = server.ask(
                f"SELECT ?b {{ {{ ?s <a:build> ?b }} UNION {{ GRAPH <{EXTRA}> {{ ?s <a:build> ?b }} }} }}"
            )
            assert isinstance(found, Table)
            seen.append(tuple(term.value for (term,) in found.rows if isinstance(term, ox.Literal)))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert push(target, folder, "--chunk", "60000").code == 0
    finally:
        done.set()
        reader.join()
    assert set(seen) <= {("one", "one"), ("two", "two")}
    assert seen[0] == ("one", "one")


def test_a_question_of_the_project_is_asked_of_a_server(own: Target, folder: Path) -> None:
    empty(own)
    assert push(own, folder, "--default-graph", f"{BASE}direct").code == 0
    union = ("--graph", f"{BASE}direct", "--graph", SOURCE)
    asked = run_kg("query", "promises", "--endpoint", own.query, *union, folder=folder)
    assert asked.out == run_kg("query", "promises", folder=folder).out
    assert "(1 row)" in asked.out
    named = run_kg(
        "query", "promises", "--endpoint", own.query, "--graph", f"<{BASE}direct>", "--graph", "s:bridge", folder=folder
    )
    assert (named.out, named.err) == (asked.out, "")
    alone = run_kg("query", "promises", "--endpoint", own.query, folder=folder)
    assert alone.code == 0 and "(0 rows)" in alone.out and "`--graph IRI` asks them" in alone.err
    missing = run_kg("query", "promise", "--endpoint", own.query, folder=folder)
    assert (missing.code, missing.err) == (2, "kg: no question `promise`: did you mean `promises`?\n")


def test_a_default_graph_that_is_the_union_is_noticed(folder: Path) -> None:
    with serve_oxigraph("--union-default-graph") as union:
        done = push(union, folder)
        assert done.code == 3
        assert done.err.split("\n")[-2] == (
            "kg: the default graph there is the union of all graphs, or another changes it now: --default-graph IRI "
            "gives ours a name; nothing was put in its place"
        )
        assert push(union, folder, "--default-graph", f"{BASE}direct").code == 0
        assert diff(union, folder, "--default-graph", f"{BASE}direct").code == 0


def test_the_server_of_the_project_itself_does_not_differ(folder: Path) -> None:
    quads = (folder / "exports/graph.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    rewrite(folder, "".join(line for line in quads if f"<{EXTRA}>" not in line))
    with serve(folder=folder) as served:
        done = run_kg("diff", f"http://127.0.0.1:{served.port}/sparql", folder=folder)
        assert (done.code, done.err) == (0, "")
        assert "there: equal (49 of the other graphs: it is the union of all)\n" in done.out
        refused = run_kg("push", f"http://127.0.0.1:{served.port}/sparql", "--replace", folder=folder)
        assert refused.code == 3
        assert "answers 403 Forbidden: this server changes nothing (it was started without --write)" in refused.err


# -- pushes that are stopped ---------------------------------------------------------------------------------


class StoppedError(Exception):
    """The push was killed."""


def stop_after(monkeypatch: pytest.MonkeyPatch, sent: list[int], most: int) -> None:
    """Let a push be killed after so many chunks, before it notes the last."""
    real = kg.remote.push._send_chunk
    monkeypatch.setattr(kg.remote.push, "_send_chunk", lambda server, place, chunk: _send(real, server, place, chunk))

    def _send(real: object, server: Server, place: str, chunk: kg.remote.content.Chunk) -> None:
        real(server, place, chunk)  # type: ignore[operator]
        sent.append(chunk.number)
        if len(sent) == most:
            raise StoppedError


@pytest.mark.parametrize("way", ["both", "updates", "graph store"])
@pytest.mark.parametrize("most", [pytest.param(1, marks=pytest.mark.thorough), 4])
def test_a_push_that_was_killed_goes_on_where_it_was(
    own: Target, folder: Path, monkeypatch: pytest.MonkeyPatch, way: str, most: int
) -> None:
    empty(own)
    endpoint = open_client(own).endpoint
    server = open_server(
        Endpoint(query=endpoint.query, update=endpoint.update if way != "graph store" else None,
                 gsp=endpoint.gsp if way != "updates" else None, credentials=endpoint.credentials),
        Bounds(seconds=20, retries=0),
    )  # fmt: skip
    content = read_content(Project(folder), BASE)
    told: list[str] = []

    def run() -> None:
        journal = open_journal(folder / ".kg", server)
        run_push(server, plan_push(server, content, content, journal), journal, told.append, size=60_000)

    sent: list[int] = []
    with monkeypatch.context() as patch:
        stop_after(patch, sent, most)
        with pytest.raises(StoppedError):
            run()
    if way != "graph store":  # what readers see is as it was
        assert [name for name in server.list_graphs() if not name.startswith(f"{BASE}pushing/")] == []
        assert server.count("") == 0
    told.clear()
    with monkeypatch.context() as patch:
        stop_after(patch, sent, 0)
        sent.clear()
        run()
    blank = [chunk.blank for chunk in kg.remote.content.split_graph(content.graphs[0].read, 60_000)]
    first = most - 1 if most > 1 and not blank[most - 1] else 0  # the chunk that was in doubt is sent again
    assert len(blank) > 4
    assert sent[: len(blank) - first] == list(range(first, len(blank)))
    assert ("goes on after chunk" in told[0]) is (first > 0)
    assert diff(own, folder).code == 0
    assert not list((folder / ".kg/push").iterdir())
    assert not [name for name in server.list_graphs() if name.startswith(f"{BASE}pushing/")]


def test_a_server_that_loses_triples_is_noticed_before_anything_is_replaced(
    own: Target, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty(own)
    assert push(own, folder).code == 0
    server = open_client(own)
    content = read_content(Project(folder), BASE)
    real = Server.add
    monkeypatch.setattr(
        Server, "add", lambda self, graph, raw, *, safe: real(self, graph, raw[: raw.index(b"\n") + 1], safe=safe)
    )
    journal = Journal(folder / ".kg/push/test.json")
    plan = plan_push(server, content, content.choose([EXTRA]), journal, again=True)
    with pytest.raises(
        KgError, match=r"is not as it was sent; what was in its place is untouched: \d+ triples cannot be found"
    ):
        run_push(server, plan, journal, lambda line: None)
    assert server.count(EXTRA) == 22
    assert not [name for name in server.list_graphs() if name.startswith(f"{BASE}pushing/")]


# -- what is taken, and wrong use ----------------------------------------------------------------------------


def test_a_build_that_is_not_there_or_was_changed_is_told(folder: Path, own: Target) -> None:
    with (folder / "exports/graph.nq").open("a", encoding="utf-8") as file:
        file.write("<a:a> <a:b> <a:c> .\n")
    done = push(own, folder)
    assert (done.code, done.err) == (3, "kg: exports/graph.nq is not that of the manifest beside it: run `kg build`\n")
    (folder / "exports/manifest.json").unlink()
    done = push(own, folder)
    assert (done.code, done.err) == (3, "kg: there is no build to take (exports/manifest.json): run `kg build` first\n")


def test_seeds_that_changed_since_the_build_are_told(folder: Path, own: Target) -> None:
    entities = folder / "seeds/entities"
    path = next(entities.glob("*.yaml"))
    with path.open("a", encoding="utf-8") as file:
        file.write("# later\n")
    (entities / "a-new.yaml").write_text("kg: entities/1\nentities: {}\n", encoding="utf-8")
    told = [f"kg: seeds/entities/{name} has changed since the build that is taken: `kg build` makes it anew\n"
            for name in sorted([path.name, "a-new.yaml"])]  # fmt: skip
    assert push(own, folder, "--dry-run", "--replace").err == "".join(told)
    (folder / "seeds/dataset.yaml").write_text("kg: dataset/1\ntitle: x\n", encoding="utf-8")
    done = push(own, folder)
    assert (done.code, done.err) == (3, "kg: seeds/dataset.yaml has errors: `kg check` tells them\n")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ftp://a.example/",), 2, "is no address of an endpoint"),
        (("http://127.0.0.1:9/sparql", "--graph", f"{BASE}source/bridg"), 2,
         f"there is no graph <{BASE}source/bridg>: did you mean `{SOURCE}`?"),
        (("http://127.0.0.1:9/sparql", "--default-graph", "a b"), 2, "`a b` is no IRI"),
        (("http://127.0.0.1:9/sparql", "--default-graph", SOURCE), 2, "is another graph of the build"),
    ],
)  # fmt: skip
def test_wrong_use_is_told(built: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    for command in ("push", "diff"):
        done = run_kg(command, *arguments, folder=built)
        assert done.code == code
        assert words in done.err


def test_a_server_that_is_not_there_is_told(built: Path) -> None:
    done = run_kg("diff", "http://127.0.0.1:9/sparql", "--timeout", "1", folder=built)
    told = "kg: http://127.0.0.1:9/sparql cannot be reached: Connection refused"
    again = r" \(tried [234] times\)"  # how often depends on the pauses, which are drawn
    assert done.code == 3
    assert re.fullmatch(f"{re.escape(told)}({again})?\n", done.err)


def test_a_table_of_its_own_is_a_graph_too(folder: Path) -> None:
    import gzip

    tables = folder / "exports/tables"
    tables.mkdir()
    with gzip.open(tables / "cars.nq.gz", "wt", encoding="utf-8") as file:
        file.write("<a:a> <a:b> <a:c> <https://graph.example/table/cars> .\n" * 2)
    manifest = json.loads((folder / "exports/manifest.json").read_text(encoding="utf-8"))
    manifest["tables"] = {"cars": {"as": "file", "quads": 1, "sha256": "0"}, "few": {"as": "graph", "quads": 3}}
    (folder / "exports/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    content = read_content(Project(folder), BASE)
    graph = content.graphs[-1]
    assert (graph.name, graph.count, list(graph.read())) == (f"{BASE}table/cars", 1, ["<a:a> <a:b> <a:c> .\n"])
    (tables / "cars.nq.gz").write_bytes((tables / "cars.nq.gz").read_bytes()[:-9])
    with pytest.raises(KgError, match=r"cannot read cars\.nq\.gz"):
        _ = read_content(Project(folder), BASE).graphs[-1].count


def test_a_blank_node_in_several_graphs_is_told() -> None:
    graphs = [Graph(name=name, read=lambda: iter(["<a:a> <a:b> _:x .\n"])) for name in ("", "http://a.example/")]
    assert kg.remote.content.find_shared(BuiltContent(base="", graphs=tuple(graphs))) == 1


# -- the parts of a mapping -----------------------------------------------------------------------

PARTS_MAPPING = """@prefix rml: <http://w3id.org/rml/> . @base <https://graph.example/> .
<m> rml:logicalSource [ rml:source "t.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "town{town}"; rml:termType rml:BlankNode ];
  rml:predicateObjectMap [ rml:predicate <has>; rml:objectMap [ rml:template "row/{id}" ] ].
<n> rml:logicalSource [ rml:source "t.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "row/{id}"; rml:graphMap [ rml:template "extra/{town}" ] ];
  rml:predicateObjectMap [ rml:predicate <text>; rml:objectMap [ rml:reference "text"; rml:language "en" ] ].
"""
TOWNS = 3


@pytest.fixture
def parts(tmp_path: Path) -> Callable[..., Path]:
    """Maps a table of 60 rows into parts: 180 quads, in the default graph and three others."""
    (tmp_path / "m.ttl").write_text(PARTS_MAPPING, encoding="utf-8")
    rows = "".join(f'{n},{n % TOWNS},"a ""text"" {n}"\n' for n in range(60))
    (tmp_path / "t.csv").write_text("id,town,text\n" + rows, encoding="utf-8")

    def make(*options: str) -> Path:
        size = ("--partition-size", "1KB", "--sort") if not options else ("--partition-size", "1MB", *options)
        done = run_kg("map", "m.ttl", "-o", "parts", *size, folder=tmp_path)
        assert done.code == 0, done.err
        return tmp_path / "parts"

    return make


@pytest.mark.parametrize("options", [(), ("--format", "parquet"), ("--compress", "zst"), ("--compress", "gz")])
def test_the_parts_of_a_mapping_are_pushed(
    own: Target, parts: Callable[..., Path], tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Blank nodes hold over all parts; what is there already is not sent again."""
    empty(own)
    made = parts(*options)
    done = push(own, tmp_path, "--parts", str(made), "--jobs", "3", "--chunk", "400")
    assert done.code == 0, done.err
    assert done.out.endswith("pushed 120 triples in 4 graphs; verified by counts and a sample\n")
    server = open_client(own)
    found = server.ask("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <https://graph.example/has> ?o }")
    assert isinstance(found, Table) and found.rows[0][0].value == str(TOWNS)  # type: ignore[union-attr]
    assert server.count(f"{BASE}extra/1") == 20
    again = push(own, tmp_path, "--parts", str(made))
    assert again.out.endswith("pushed 0 triples in 0 graphs; verified by counts and a sample\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.ttl", "parts", "t.csv"]


def test_parts_that_are_not_those_of_the_manifest_are_refused(
    own: Target, parts: Callable[..., Path], tmp_path: Path
) -> None:
    empty(own)
    made = parts()
    first = made / "part-00000.nq"
    first.write_bytes(first.read_bytes().replace(b"row/1", b"row/2", 1))
    told = "error: `part-00000.nq` of `parts` is not what the manifest says: map again\n"
    for target in (own.query, "store"):
        done = run_kg("push", target, "--parts", str(made), folder=tmp_path, **own.environment)
        assert (done.code, told.removeprefix("error: ") in done.err) == (3, True), done.err
    (made / "manifest.json").unlink()
    done = push(own, tmp_path, "--parts", str(made))
    assert "`parts` has no manifest.json: the run that writes it has not ended" in done.err
    assert open_client(own).list_graphs() == [] and not (tmp_path / "store").exists()


def test_a_push_of_parts_goes_on_where_it_was(
    own: Target, parts: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.remote.parts import read_part_content
    from kg.tables.folders.storage import Storage

    empty(own)
    content = read_part_content(Storage(place=str(parts())), tmp_path)
    server, journal = open_client(own), Journal(tmp_path / "journal.json")
    send, sent, told = kg.remote.push._send_chunk, list[int](), list[str]()

    def end_after(server: Server, place: str, chunk: kg.remote.push.Chunk) -> None:
        if len(sent) == 8:
            raise KgError("the network is gone")
        sent.append(chunk.number)
        send(server, place, chunk)

    monkeypatch.setattr(kg.remote.push, "_send_chunk", end_after)
    plan = plan_push(server, content, content, journal)
    with pytest.raises(KgError, match="the network is gone"):
        run_push(server, plan, journal, told.append, size=300, jobs=2)
    assert server.count("") == 0  # nothing is in place yet
    monkeypatch.setattr(kg.remote.push, "_send_chunk", send)
    run_push(server, plan_push(server, content, content, journal), journal, told.append, size=300, jobs=2)
    assert any("goes on after chunk" in line for line in told)
    assert sum(server.count(graph.name) for graph in content.graphs) == 120


def test_the_parts_of_a_mapping_in_a_store_on_disk(parts: Callable[..., Path], tmp_path: Path) -> None:
    made = parts()
    done = run_kg("push", "store", "--parts", str(made), folder=tmp_path)
    assert (done.code, done.out) == (0, "loaded 120 quads into store; each part was compared with the manifest\n")
    store = ox.Store.read_only(str(tmp_path / "store"))
    assert len(store) == 120 and len({q.subject for q in store if isinstance(q.subject, ox.BlankNode)}) == TOWNS
