"""Whole commands over damaged projects and mappings: seeds, ontologies, shapes, questions, queries, tables, arguments.

Real inputs (the examples of `tests/spec`, the repository's seeds, mappings and data) are changed by a few strokes.
"""

from __future__ import annotations

import contextlib
import io
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

from story import SPECS, base_files, claims_file, lay_out, read_examples

import kg
from fuzz.strokes import NASTY, damage, to_bytes
from fuzz.target import Chance, FaultError, Target, make_choices
from kg.ask.results import serialize_answer
from kg.ask.store import QueryError, Triples
from kg.build.pipeline import check_project
from kg.build.publish import publish_graph
from kg.build.validate import find_breaches
from kg.cli import COMMANDS, _run
from kg.rdf.file import read_rdf
from kg.rdf.turtle.document import RdfDocument, read_turtle
from kg.shacl import read_shapes
from kg.system.project import Project
from kg.system.worker.limits import WorkerLimits
from kg.text.diagnostic import SourceText, render_github, render_json, render_text

CODES = {0, 1, 2, 3, 4}  # what a command may end with

# ---- real inputs


MORE = {
    "seeds/rdf/nodes.ttl": (
        "@prefix e: <https://halden.example/entity/> . @prefix r: <https://halden.example/relation/> .\n"
        "e:tern r:homePort [ ] , [ ] , [ ] , [ ] , [ r:homePort [ ] ] , [ ] .\n"
        "_:a r:homePort _:b . _:b r:homePort _:c . _:c r:homePort _:d . _:d r:homePort _:e . _:e r:homePort _:a .\n"
        '[] r:crew 7 , 7.0 , "7"^^r:x , "x"@en-GB , "" ; r:homePort ( 1 2 ( ) ) .\n'
    ),
    "seeds/rdf/more.nq": (
        '<https://halden.example/entity/tern> <https://halden.example/relation/crew> "7" <https://halden.example/g> .\n'
        "_:x <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://halden.example/class/Ferry> _:g .\n"
    ),
}


@cache
def find_stories() -> tuple[Mapping[str, str], ...]:
    """The examples of the specs, each as the files that it lays over the base story."""
    paths = (path for path in sorted(SPECS.glob("*.md")) if path.name != "base.md")
    return (base_files(), MORE, *(example.files for path in paths for example in read_examples(path)))


@cache
def find_inputs(*folders: str) -> tuple[str, ...]:
    """All texts of these folders, the repository's own among them."""
    root = SPECS.parent.parent
    own = [path for folder in folders for path in sorted((root / folder).glob("*.*"))]
    texts = [path.read_text(encoding="utf-8") for path in own]
    texts += [text for files in find_stories() for name, text in files.items() if name.rpartition("/")[0] in folders]
    return tuple(dict.fromkeys(text for text in texts if len(text) < 8000))


def damage_story(chance: random.Random, *folders: str) -> dict[str, str | bytes]:
    """The files of an example, one of these folders damaged, or put in from elsewhere and damaged."""
    files: dict[str, str | bytes] = {**chance.choice(find_stories())}
    own = base_files()
    names = [name for name in {**own, **files} if name.rpartition("/")[0] in folders]
    for name in chance.sample(names, k=min(len(names), chance.choice((1, 1, 1, 2)))):
        text = str(files[name] if name in files else own[name])
        if not chance.randrange(8):
            text = chance.choice(find_inputs(name.rpartition("/")[0]) or (text,))
        files[name] = to_bytes(damage(text, chance, find_inputs(name.rpartition("/")[0])), chance)
    return files


# ---- what is tried


@dataclass
class Bench:
    """A folder for one case after the other, and the project that most of them damage."""

    root: Path
    graph: kg.KnowledgeGraph | None = None

    def story(self, files: Mapping[str, str | bytes]) -> Path:
        """The base story with these files laid over it."""
        folder = self.root / "story"
        lay_out(folder, files)
        return folder


def read_once(path: Path, name: str) -> RdfDocument:
    """A file of RDF, which is not parsed again while its bytes are the same: that would be half of the time."""
    raw = path.read_bytes()
    known = _READ.get(name)
    if known is None or known[0] != raw:
        known = _READ[name] = raw, read_rdf(path, name)
    return known[1]


_READ: dict[str, tuple[bytes, RdfDocument]] = {}


def use_project(folder: Path, chance: random.Random) -> None:
    """Check a project; where it has no errors, assert, validate, export and ask it."""
    with mock.patch("kg.build.pipeline.read_rdf", read_once):
        checked = check_project(Project(folder), folder / "texts")
    for form in (render_text, render_github):
        for diagnostic in checked.diagnostics:
            form(diagnostic)
    render_json(checked.diagnostics)
    if checked.has_errors:
        return
    assert checked.assertions
    for diagnostic in find_breaches(checked):
        render_text(diagnostic)
    publish_graph(checked, chance.choice(("turtle", "trig", "nquads", "jsonld", "jsonld-dataset", "csv")))


def try_seeds(bench: Bench, chance: random.Random) -> None:
    """A project with damaged seeds is checked; without mistakes it is asserted, validated and published."""
    use_project(bench.story(damage_story(chance, "seeds", "seeds/sources", "seeds/entities", "seeds/claims")), chance)


def try_ontology(bench: Bench, chance: random.Random) -> None:
    """A project with a damaged ontology or files of RDF."""
    use_project(bench.story(damage_story(chance, "ontology", "seeds/rdf")), chance)


def try_questions(bench: Bench, chance: random.Random) -> None:
    """A project with damaged questions."""
    use_project(bench.story(damage_story(chance, "ontology/questions")), chance)


def try_shapes(bench: Bench, chance: random.Random) -> None:
    """Damaged shapes are read, or their mistakes told."""
    shapes = tuple(text for text in find_inputs("ontology") if "shacl#" in text)
    text = damage(chance.choice(shapes), chance, shapes)
    found = read_shapes([read_turtle(SourceText("ontology/shapes.ttl", text))])
    for diagnostic in found.diagnostics:
        render_text(diagnostic)
    if not found.diagnostics and (not found.needs_sparql or chance.random() < 0.02):  # pySHACL takes a second to load
        use_project(bench.story({"ontology/shapes.ttl": to_bytes(text, chance)}), chance)


QUERIES = (
    "SELECT ?who ?n { ?c prov:wasAttributedTo ?who ; kg:mode kg:Promise ; rdf:object ?n\n"
    "  FILTER(?n > 3 && BOUND(?who)) } ORDER BY DESC(?n) LIMIT 3",
    "SELECT ?p (COUNT(*) AS ?n) (GROUP_CONCAT(STR(?o); separator=', ') AS ?all)\n"
    "{ ?s ?p ?o } GROUP BY ?p HAVING (COUNT(*) > 2)",
    "CONSTRUCT { ?s r:old ?o . [] r:of ?s }\n"
    "WHERE { ?s r:sailsTo|r:homePort/^r:homePort ?o OPTIONAL { ?s skos:prefLabel ?l } }",
    "ASK { GRAPH ?g { e:tern r:sailsTo \"x\"@en, 'y'^^xsd:date, 7.5e2 } }",
    "DESCRIBE ?s { VALUES (?s ?n) { (e:tern 1) (e:riga UNDEF) } MINUS { ?s a k:Ferry } }",
    "SELECT * { { SELECT ?s (MAX(?o) AS ?m) { ?s r:crew ?o } GROUP BY ?s }\n"
    "  UNION { ?s !(rdf:type|^r:crew) ?m } BIND(IF(isIRI(?m), STRLEN(STR(?m)), 0) AS ?k) }",
    "PREFIX x: <http://x/> SELECT ?a ?b { x:a x:b* ?a . FILTER NOT EXISTS { ?a x:c+ ?b }\n"
    "  FILTER(REGEX(STR(?a), '^a.*', 'i') || ?b IN (1, 2)) }",
)


def try_queries(bench: Bench, chance: random.Random) -> None:
    """A damaged query over a graph is answered, or refused with a reason."""
    query = damage(chance.choice(QUERIES), chance, QUERIES)
    graph = bench_graph(bench)
    for diagnostic in graph.check_query(query):
        render_text(diagnostic)
    parameters = {} if chance.randrange(3) else {chance.choice(("s", "who", "x")): chance.choice(_terms())}
    try:
        answer = graph.store.ask(
            query, parameters=parameters, limits=WorkerLimits(seconds=3, rows=10_000, size=10_000_000)
        )
    except QueryError as error:
        render_text(error.diagnostic)
        return
    if not isinstance(answer, Triples):
        for form in ("csv", "tsv", "json", "xml"):
            serialize_answer(answer, form)
    from kg.cli.ask import write_answer

    write_answer(answer, None, graph.store.prefixes)


@cache
def _terms() -> tuple[object, ...]:
    from pyoxigraph import Literal, NamedNode

    return (
        NamedNode("http://a/"),
        Literal("\ufffd'\"\\"),
        Literal("x", language="en"),
        Literal("1", datatype=NamedNode("http://a/d")),
    )


def bench_graph(bench: Bench) -> kg.KnowledgeGraph:
    """The base story with two claims, read once."""
    if bench.graph is None:
        lines = ("a: {s: tern, p: sailsTo, o: [riga, oslo]}", "b: {s: heron, p: crew, o: 7}")
        lay_out(bench.root / "graph", claims_file(*lines))
        bench.graph = kg.open_project(bench.root / "graph")
    return bench.graph


CSV = 'id,name,built,city\n1,Tern,1998-05-01,riga\n2,"Heron, old",,oslo\n3,雷军,2001-13-01,\n'
JSON = '{"ships": [{"id": 1, "name": "Tern", "tags": ["a", "b"]}, {"id": 2.50, "name": null, "crew": {"n": 1e3}}]}'
XML = "<ships><ship id='1'><name>Tern</name></ship><ship id='2'><name xml:lang='en'>Heron</name></ship></ships>"
RML = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.com/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<#ships> a rml:TriplesMap ;
  rml:logicalSource [ rml:source [ a rml:FilePath ; rml:path "ships.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://example.com/ship/{id}" ; rml:class ex:Ship ] ;
  rml:predicateObjectMap [ rml:predicate ex:name ; rml:objectMap [ rml:reference "name" ; rml:language "en" ] ] ,
    [ rml:predicate ex:built ; rml:objectMap [ rml:reference "built" ; rml:datatype xsd:date ] ] ,
    [ rml:predicate ex:city ;
      rml:objectMap [ rml:parentTriplesMap <#ships> ; rml:joinCondition [ rml:child "id" ; rml:parent "id" ] ] ] .
"""
YARRRML = """prefixes: {ex: "http://example.com/", xsd: "http://www.w3.org/2001/XMLSchema#"}
sources:
  ships: ['ships.csv~csv']
  more: ['ships.json~jsonpath', '$.ships[*]']
  old: {access: ships.xml, referenceFormulation: xpath, iterator: /ships/ship}
mappings:
  ship:
    sources: [ships, [ships.json~jsonpath, "$.ships[*]"]]
    s: ex:ship/$(id)
    po:
      - [a, ex:Ship]
      - [ex:name, $(name), en~lang]
      - p: ex:upper
        o: {function: grel:toUpperCase, parameters: [[grel:valueParameter, $(name)]]}
  old: {sources: old, s: "ex:old/$(@id)", po: [[ex:name, $(name)], [ex:is, "ex:ship/$(@id)~iri"]]}
"""


def try_tables(bench: Bench, chance: random.Random) -> None:
    """A damaged mapping, or damaged data under one, as `kg map` and `kg yarrrml` run it."""
    folder = bench.root / "tables"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    name, mapping = chance.choice((("m.ttl", RML), ("m.yml", YARRRML)))
    texts = {name: mapping, "ships.csv": CSV, "ships.json": JSON, "ships.xml": XML}
    chosen = chance.choice((name, name, name, "ships.csv", "ships.json", "ships.xml"))
    texts[chosen] = damage(texts[chosen], chance, tuple(texts.values()))
    for file, text in texts.items():
        (folder / file).write_bytes(to_bytes(text, chance) if file == chosen else text.encode())
    extra = chance.choice(([], ["--sort"], ["--best-effort"], ["--explain"], ["--format", "ttl"]))
    if chance.randrange(8) == 0 and name == "m.yml":
        call("yarrrml", [name, "-o", "out.ttl"], folder)
    else:
        call("map", [name, "-o", "out.nt", *extra], folder)


ARGUMENTS = {
    "build": ["--strict", "-v", "--texts", "texts"],
    "check": ["--strict", "-v", "--format", "json", "github", "text", "--texts", "texts", "--rows"],
    "query": [
        "-e",
        "ASK {}",
        "SELECT * { ?s ?p ?o } LIMIT 2",
        "--file",
        "seeds/dataset.yaml",
        "-p",
        "s=e:tern",
        "s=<x>",
        "=",
        "--format",
        "csv",
        "xml",
        "ttl",
        "nt",
        "--timeout",
        "1",
        "--as-of",
        "2024",
        "2024-13",
        "--known-by",
        "9999",
        "--list",
    ],
    "test": ["--mutate", "--most", "1", "--fail-under", "50", "nan"],
    "show": ["tern", "post", "riga", "e:tern", "--lang", "zh", "e n", "--as-of", "1900"],
    "why": ["tern", "c:post.a", "tern sailsTo", "sailsTo", "riga", "post.p1s1", "<http://x/>", "--lang", "en"],
    "disputes": ["--lang", "zh-hant", "--as-of", "2030-01"],
    "coverage": ["post", "nobody", "--fail-under", "101", "5"],
    "evidence": ["verify", "outline", "skeleton", "rebase", "post", "--texts", "texts", "nowhere", "--with-text"],
    "rename": ["tern", "gull", "riga", "a b", "tern"],
    "export": (
        "turtle",
        "csv",
        "svg",
        "html",
        "graphml",
        "context",
        "nope",
        "--around",
        "tern",
        "--depth",
        "0",
        "--source",
        "post",
        "--lang",
        "xx",
    ),
    "explain": ["unknown-entity", "unknown-entitty", "", "shape"],
    "merge": ["tern", "heron", "riga", "gull"],
}


def try_arguments(bench: Bench, chance: random.Random) -> None:
    """A command with any words behind it ends with an exit code that there is."""
    folder = bench.story({})
    command = chance.choice([*ARGUMENTS, *ARGUMENTS, *COMMANDS])
    words = ARGUMENTS.get(command, ())
    given: list[str] = [chance.choice(words) for _ in range(chance.randint(0, 4)) if words]
    others = (*NASTY, "--nope", "--", "-", "", str(folder), "--help")
    given += [chance.choice(others) for _ in range(chance.choice((0, 0, 1, 2)))]
    chance.shuffle(given)
    given = [text.replace("\0", "") for text in given]
    if command not in ARGUMENTS:  # it may serve for ever, or make folders elsewhere
        given = [chance.choice(("--nope", "--help"))]
    call(command, given, folder)


def try_interface(bench: Bench, chance: random.Random) -> None:
    """The functions of the Python interface, with words that they were not made for."""
    import pyarrow

    graph, folder = bench_graph(bench), bench.root / "graph"
    word = chance.choice((*NASTY, "tern", "post", "riga", "post.a", "c:post.a", "sailsTo", "turtle", "zh"))
    names = [word.encode("utf-8", "replace").decode(), "Tern"]
    ships = pyarrow.table({"id": ["1", None], "name": names, "built": ["", "x"]})
    mapping = damage(RML.replace('[ a rml:FilePath ; rml:path "ships.csv" ]', '"{ships}"'), chance)
    calls: tuple[Callable[[], object], ...] = (
        lambda: graph.show(word),
        lambda: graph.show("tern", word),
        lambda: graph.why(*[word] * chance.randint(0, 4)),
        lambda: graph.why("tern", lang=word),
        lambda: graph.export(word),
        lambda: graph.ask(word),
        lambda: graph.query(word, timeout=3),
        lambda: graph.check_query(word),
        lambda: kg.open_project(folder, as_of=word),
        lambda: kg.open_project(folder, known_by=word),
        lambda: kg.open_project(word.replace("\0", "") or "."),
        lambda: kg.open_project(folder, texts=word.replace("\0", "")),
        lambda: kg.map_frames(mapping, {"ships": ships}),
        lambda: kg.map_frames(mapping, {word: ships}),
        lambda: kg.map_to_store(mapping, {"ships": ships}),
    )
    try:
        chance.choice(calls)()
    except QueryError as error:
        render_text(error.diagnostic)


def call(command: str, arguments: list[str], folder: Path) -> None:
    """Run a command as `kg` does, in this process. Raises FaultError for an exit code that there is not."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace") for _ in range(2))
    with (
        mock.patch.object(sys, "argv", ["kg", command, *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(folder),
    ):
        try:
            code = _run()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    err.flush()
    told = err.buffer.getvalue().decode("utf-8", "replace")  # type: ignore[attr-defined]
    if code not in CODES or "Traceback" in told:
        raise FaultError(f"kg {command} ended with {code}: {told[-2000:]}")


@cache
def _bench() -> Bench:
    folder = tempfile.TemporaryDirectory(prefix="kg-fuzz-")
    _HELD.append(folder)  # it goes with the process
    return Bench(Path(folder.name))


_HELD: list[tempfile.TemporaryDirectory[str]] = []


def _make_target(name: str, attempt: Callable[[Bench, random.Random], None], share: int, sample: int) -> Target:
    def run(data: bytes) -> None:
        attempt(_bench(), Chance(data))

    run.__doc__ = attempt.__doc__
    return Target(name=name, run=run, make=make_choices, share=share, sample=sample)


TARGETS = (
    _make_target("seeds", try_seeds, 3, 10),
    _make_target("ontology", try_ontology, 2, 4),
    _make_target("shapes", try_shapes, 4, 10),
    _make_target("questions", try_questions, 2, 6),
    _make_target("answers", try_queries, 2, 6),
    _make_target("tables", try_tables, 2, 10),
    _make_target("arguments", try_arguments, 2, 8),
    _make_target("interface", try_interface, 2, 8),
)
