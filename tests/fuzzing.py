"""Damaged inputs for everything that reads one: a traceback, a crash or a hang is a fault of ours.

    python tests/fuzzing.py --cases 100000 --seed 1      # by hand, on one core: about 20 cases a second
    python tests/fuzzing.py --only queries --case 1:4711 # one case again, with its traceback

Real inputs (the examples of `tests/spec`, the repository's seeds, mappings and data) are changed by a few strokes:
signs left out, doubled, exchanged, put in from a list of nasty ones, lines moved, the end cut off. A case is named by
its seed and number, and is the same everywhere. `tests/test_fuzzing.py` runs 500.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import io
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

from story import SPECS, base_files, claims_file, lay_out, read_examples

import kg
from kg.cli import COMMANDS, _run
from kg.diagnostic import KgError, SourceText, render_github, render_json, render_text
from kg.pipeline import assert_project, check_project
from kg.project import Project
from kg.publish import publish_graph
from kg.rdffile import read_rdf
from kg.shacl import read_shapes
from kg.store import QueryError, Triples, serialize_answer
from kg.turtle.document import RdfDocument, read_turtle
from kg.validate import find_breaches
from kg.worker.worker import Limits
from kg.yamldoc import parse_document

SLOWEST = 5.0  # seconds of CPU that a case may take
CODES = {0, 1, 2, 3, 4}  # what a command may end with

NASTY = (
    "\0", "\t", "\r", "\n", "\r\n", "\x1b[2J", "\x85", "\u2028", "\ufeff", "\u00a0", "\u3000", "\u202e", "：",
    "，", "“", "”", "；", "。", "｛", "１", "雷军", "e\u0301", "😀", "\ud800", "'", '"', '"""', "'''", "`", "\\",
    "\\u0000", "\\ud800", "\\U00110000", "#", " #", ": ", "- ", "? ", "| ", "> ", "&a ", "*a", "<<: ",
    "!!python/object:x ", "%", "@", "{", "}", "[", "]", "(", ")", "<", ">", "<>", "{{", "}}", "[" * 200,
    "{" * 200, "(" * 200, "a" * 5000, "9" * 400, "-1", "1e999", "0x1F", "1_000", "1,000", "12:30:00", "no",
    "null", "~", "true", "2024-02-30", "2024-13", "0000", "-9999", "9999999999", "../2030", "2024~", "20XX",
    "Y-17E7", "2024?/..", "1..2 m", "about", "over 5 m", "5 m", "NaN", "INF", "5 °F", "3万", "½", "source",
    "again", "unknown", "c:x", "e:x", "p1s1", "p0s0", "p1s1..p9s9", "p1s1 dd56dbe3", "s:", "p:", "o:", "is:",
    "label:", "accept:", "replaces:", "@prefix", "PREFIX", "a", ";", ",", ".", "^^", "^^xsd:integer", "@en",
    "@zh-Hant", "_:b", "[]", "( )", "<http://a b>", "<//>", "<#>", "owl:Class", "rdf:nil", "rdf:first",
    "sh:path", "sh:node", "sh:property", "sh:in", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "FILTER",
    "OPTIONAL", "UNION", "MINUS", "VALUES", "SERVICE", "GRAPH", "GROUP BY", "HAVING", "ORDER BY", "LIMIT",
    "BIND", "AS", "NOT EXISTS", "IN", "?x", "$this", "*", "+", "/", "|", "!", "=", "<=", "&&", "COUNT(*)",
    "xsd:yearr(?d)", "TRIPLE(?s,?p,?o)", "REGEX(?x, '(')", "$(name)", "{name}", "$(../x)", "~iri", "~lang",
    "rml:source", "rml:logicalSource", "rml:iterator", "$..*", "file://", "http://127.0.0.1:9/",
    "../../etc/passwd", "/dev/null", "csv", "x.csv~csv", "en-", "english", "https://", "wd:Q1", "CNY", "kWh",
)  # fmt: skip


class FaultError(AssertionError):
    """A case that did not end as one must."""


# ---- strokes


def damage(text: str, chance: random.Random, others: tuple[str, ...] = ()) -> str:
    """A text with one to four strokes of damage."""
    if chance.randrange(2):  # gently, so that it comes further
        for _ in range(chance.choice((1, 1, 2))):
            text = chance.choice(_GENTLE)(text, chance, others)
        return text
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        text = chance.choice(_STROKES)(text, chance, others)
    return text


def _insert(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(NASTY) + text[at:]


def _replace_word(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    words = _find_words(text)
    if not words:
        return _insert(text, chance, ())
    start, end = chance.choice(words)
    return text[:start] + chance.choice(NASTY) + text[end:]


def _swap_words(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    words = _find_words(text)
    if len(words) < 2:
        return text
    (a, b), (c, d) = sorted(chance.sample(words, 2))
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def _misspell(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    words = _find_words(text)
    if not words:
        return text
    start, end = chance.choice(words)
    at = chance.randrange(start, end)
    return text[:at] + chance.choice(("", text[at] * 2, chr(ord(text[at]) ^ 1), text[at].swapcase())) + text[at + 1 :]


def _remove(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + text[at + chance.choice((1, 1, 2, 5, 40)) :]


def _exchange_word(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    """A word for another that stands in a text of the same kind: often the result is right."""
    words, more = _find_words(text), _find_words(other := chance.choice(others or (text,)))
    if not words or not more:
        return text
    (start, end), (begin, stop) = chance.choice(words), chance.choice(more)
    return text[:start] + other[begin:stop] + text[end:]


def _write_in_text(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    """Something nasty within a quoted text."""
    places = [at for at, sign in enumerate(text) if sign in "\"'"]
    if not places:
        return text
    at = chance.choice(places) + chance.randrange(2)
    return text[:at] + chance.choice(NASTY) + text[at:]


def _cut(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    return text[: chance.randint(0, len(text))]


def _move_line(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    lines = text.split("\n")
    line = lines.pop(chance.randrange(len(lines)))
    kind = chance.randrange(4)
    if kind == 1:
        line = " " * chance.randint(0, 12) + line.lstrip()
    for _ in range(2 if kind == 2 else 0 if kind == 3 else 1):
        lines.insert(chance.randint(0, len(lines)), line)
    return "\n".join(lines)


def _splice(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    if not others:
        return text
    lines = chance.choice(others).split("\n")
    start = chance.randrange(len(lines))
    part = "\n".join(lines[start : start + chance.randint(1, 5)])
    at = chance.choice([0, *(n + 1 for n, char in enumerate(text) if char == "\n")])
    return f"{text[:at]}{part}\n{text[at:]}"


_STROKES = (
    _insert,
    _insert,
    _replace_word,
    _replace_word,
    _swap_words,
    _misspell,
    _misspell,
    _remove,
    _cut,
    _move_line,
    _splice,
)
_GENTLE = (_exchange_word, _exchange_word, _write_in_text, _swap_words, _move_line)


def _find_words(text: str) -> list[tuple[int, int]]:
    found, start = [], None
    for at, char in enumerate(text + " "):
        inside = char.isalnum() or char in "-_:.@"
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            found.append((start, at))
            start = None
    return found


def to_bytes(text: str, chance: random.Random) -> bytes:
    """A text as the bytes of a file: now and then in another encoding, or with bytes that are none."""
    raw = text.encode("utf-8", "surrogatepass")
    kind = chance.randrange(40)
    if kind == 0:
        return text.encode("utf-16", "surrogatepass")
    if kind == 1:
        return text.encode("latin-1", "replace")
    if kind == 2:
        at = chance.randint(0, len(raw))
        return raw[:at] + bytes([chance.randrange(256)]) + raw[at:]
    return raw


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
    with mock.patch("kg.pipeline.read_rdf", read_once):
        checked = check_project(Project(folder), folder / "texts")
    for form in (render_text, render_github):
        for diagnostic in checked.diagnostics:
            form(diagnostic)
    render_json(checked.diagnostics)
    if checked.has_errors:
        return
    assert_project(checked)
    for diagnostic in find_breaches(checked):
        render_text(diagnostic)
    publish_graph(checked, chance.choice(("turtle", "trig", "nquads", "jsonld", "jsonld-dataset", "csv")))


def try_seeds(bench: Bench, chance: random.Random) -> None:
    use_project(bench.story(damage_story(chance, "seeds", "seeds/sources", "seeds/entities", "seeds/claims")), chance)


def try_ontology(bench: Bench, chance: random.Random) -> None:
    use_project(bench.story(damage_story(chance, "ontology", "seeds/rdf")), chance)


def try_questions(bench: Bench, chance: random.Random) -> None:
    use_project(bench.story(damage_story(chance, "ontology/questions")), chance)


def try_texts(_bench: Bench, chance: random.Random) -> None:
    """The readers of Turtle and YAML alone, which are quick: some texts at a time."""
    for _ in range(10):
        turtle = find_inputs("ontology", "seeds/rdf")
        text = damage(chance.choice(turtle), chance, turtle)
        form = chance.choice(("turtle", "trig", "ntriples", "nquads"))
        for diagnostic in read_turtle(SourceText("a.ttl", text), format=form).diagnostics:  # type: ignore[arg-type]
            render_text(diagnostic)
        yaml = find_inputs("seeds/claims", "seeds/entities", "seeds/sources", "seeds/tables")
        for diagnostic in parse_document(SourceText("a.yaml", damage(chance.choice(yaml), chance, yaml))).diagnostics:
            render_text(diagnostic)


def try_shapes(bench: Bench, chance: random.Random) -> None:
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
    query = damage(chance.choice(QUERIES), chance, QUERIES)
    graph = bench_graph(bench)
    for diagnostic in graph.check_query(query):
        render_text(diagnostic)
    parameters = {} if chance.randrange(3) else {chance.choice(("s", "who", "x")): chance.choice(_terms())}
    try:
        answer = graph.store.ask(query, parameters=parameters, limits=Limits(seconds=3, rows=10_000, size=10_000_000))
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


KINDS: Mapping[str, Callable[[Bench, random.Random], None]] = {
    "seeds": try_seeds, "ontology": try_ontology, "texts": try_texts, "shapes": try_shapes, "questions": try_questions,
    "queries": try_queries, "tables": try_tables, "arguments": try_arguments, "interface": try_interface,
}  # fmt: skip


# ---- running


def run_case(bench: Bench, seed: int, number: int, only: str | None = None) -> None:
    """One case. Raises what it must not: anything but a clean end, and FaultError where it takes too long."""
    kind = only or list(KINDS)[number % len(KINDS)]
    begun = time.process_time()
    with contextlib.suppress(KgError):  # the environment's failure and wrong use are told in one line
        KINDS[kind](bench, random.Random(f"{seed}:{number}:{kind}"))
    taken = time.process_time() - begun
    if taken > SLOWEST:
        raise FaultError(f"{taken:.1f} s of CPU")


def main() -> None:
    """Run cases by hand; each fault is printed with the case's name, and counted."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin", type=int, default=0, help="the number of the first case")
    parser.add_argument("--minutes", type=float, default=None, help="stop after so long")
    parser.add_argument("--only", choices=[*KINDS])
    parser.add_argument("--case", metavar="SEED:NUMBER", help="one case, with its traceback")
    options = parser.parse_args()
    if options.case:
        seed, _, number = options.case.partition(":")
        with tempfile.TemporaryDirectory() as folder:
            run_case(Bench(Path(folder)), int(seed), int(number), options.only)
        return
    begun, faults = time.monotonic(), 0
    number = options.begin
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        while number < options.begin + options.cases:
            if options.minutes is not None and time.monotonic() - begun > 60 * options.minutes:
                break
            faults += run_batch(
                bench, options.seed, number, min(number + 200, options.begin + options.cases), options.only
            )
            number += 200
            print(
                f"\r{number - options.begin} cases, {faults} faults, {time.monotonic() - begun:.0f} s",
                end="",
                file=sys.stderr,
            )
    print(f"\n{number - options.begin} cases, {faults} faults, seed {options.seed}, {time.monotonic() - begun:.0f} s")
    sys.exit(1 if faults else 0)


def run_batch(bench: Bench, seed: int, first: int, end: int, only: str | None) -> int:
    """Cases in a process of their own, which may crash or hang; how many faults there were."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        for number in range(first, end):
            faulthandler.dump_traceback_later(60, exit=True)
            os.write(writer, b".")
            try:
                run_case(bench, seed, number, only)
            except BaseException:
                kind = only or list(KINDS)[number % len(KINDS)]
                print(f"\n--- case {seed}:{number} ({kind})\n{traceback.format_exc(limit=-6)}", flush=True)
                os.write(writer, b"!")
        os._exit(0)
    os.close(writer)
    seen = b""
    while part := os.read(reader, 65536):
        seen += part
    os.close(reader)
    _, status = os.waitpid(child, 0)
    faults = seen.count(b"!")
    if status != 0:
        number = first + seen.count(b".") - 1
        print(f"\n--- case {seed}:{number}: the process ended with {status}", flush=True)
        faults += 1
        if number + 1 < end:
            faults += run_batch(bench, seed, number + 1, end, only)
    return faults


if __name__ == "__main__":
    main()
