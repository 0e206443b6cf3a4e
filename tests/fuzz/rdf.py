# ruff: noqa: E501 - words and cases read best in lines that are full
"""RDF: terms are written and read back, texts are read as Oxigraph reads them, claims become rows and cells again."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence
from functools import cache

import pyoxigraph as ox

from fuzz.project import find_inputs
from fuzz.strokes import any_text, damage, encode, to_bytes
from fuzz.target import Chance, Target, expect, fault, look_at, make_choices
from kg.export import (
    Section,
    derive_context,
    hash_quads,
    write_claims_csv,
    write_jsonld,
    write_nquads,
    write_trig,
    write_turtle,
)
from kg.rdf.file import _read_by_library
from kg.rdf.iri import Prefixes
from kg.rdf.namespace import WELL_KNOWN
from kg.rdf.quad import Quad
from kg.rdf.turtle.document import Syntax, read_turtle
from kg.system.worker.wire import read_term, write_term
from kg.text.diagnostic import SourceText

PREFIXES = Prefixes(
    namespaces={
        **WELL_KNOWN,
        "e": "https://a.example/entity/",
        "c": "https://a.example/claim/",
        "a": "https://a.example/",
    }
)
FORMATS: dict[Syntax, ox.RdfFormat] = {
    "turtle": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG, "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
}  # fmt: skip

# ---- terms

_XSD = WELL_KNOWN["xsd"]
_NAMES = (
    "a",
    "b.c",
    "4-x",
    "雷军",
    "a/b",
    "a#b",
    "x.",
    "-x",
    "a%20b",
    "a'b",
    "(c)",
    "é·",
    "",
    "Claim",
    "type",
    "@id",
    "a:b",
    "~",
)
_SPACES = (
    "https://a.example/entity/",
    "https://a.example/",
    WELL_KNOWN["kg"],
    WELL_KNOWN["rdf"],
    "urn:x:",
    "http://x/?q=",
    "e:",
)
_DATATYPES = ("integer", "decimal", "double", "boolean", "string", "date", "float", "anyURI", "dateTime")
_NUMBERS = ("0", "-0", "00", "5", "+5", "73.60", "73.", ".5", "1e3", "1.0E-3", "INF", "NaN", "true", "1", "TRUE", "0.0000001",
            "9007199254740993", "-1.50", "1.5e+3", "٣")  # fmt: skip
_LANGUAGES = ("en", "zh-Hant-TW", "x-a", "EN-gb", "de-1996")


def make_iri(chance: random.Random) -> ox.NamedNode:
    """An IRI, now and then of any signs that one may hold."""
    text = chance.choice(_SPACES) + (any_text(chance) if chance.randrange(4) == 0 else chance.choice(_NAMES))
    try:
        return ox.NamedNode(text)
    except ValueError:
        return ox.NamedNode("https://a.example/other")


def make_literal(chance: random.Random, *, directed: bool = False) -> ox.Literal:
    """A literal of any text, any datatype or language."""
    text = chance.choice(_NUMBERS) if chance.randrange(3) == 0 else any_text(chance)
    kind = chance.randrange(4)
    if kind == 0:
        return ox.Literal(text)
    if kind == 1:
        if directed and chance.randrange(4) == 0:
            return ox.Literal(text, language="en", direction=ox.BaseDirection("rtl"))
        return ox.Literal(text, language=chance.choice(_LANGUAGES))
    datatype = ox.NamedNode(_XSD + chance.choice(_DATATYPES)) if kind == 2 else make_iri(chance)
    try:
        return ox.Literal(text, datatype=datatype)
    except ValueError:  # rdf:langString and its like ask for a language
        return ox.Literal(text)


def make_quads(chance: random.Random, *, blanks: bool = True, triples: bool = False) -> list[Quad]:
    """Some quads that share terms."""
    nodes: list[ox.NamedNode | ox.BlankNode] = [make_iri(chance) for _ in range(chance.randint(1, 3))]
    if blanks:
        nodes += [ox.BlankNode(name) for name in "abc"[: chance.randint(0, 3)]]
    rdf = [ox.NamedNode(WELL_KNOWN["rdf"] + name) for name in ("type", "first", "rest")]
    predicates = [make_iri(chance), make_iri(chance), chance.choice(rdf)]
    ends = [
        *nodes,
        make_literal(chance, directed=triples),
        make_literal(chance),
        ox.NamedNode(WELL_KNOWN["rdf"] + "nil"),
    ]
    if triples and chance.randrange(3) == 0:
        ends.append(ox.Triple(chance.choice(nodes), chance.choice(predicates), chance.choice(ends)))  # type: ignore[arg-type]
    graphs = [ox.DefaultGraph(), ox.DefaultGraph(), *nodes]
    return [
        Quad(chance.choice(nodes), chance.choice(predicates), chance.choice(ends), chance.choice(graphs))  # type: ignore[arg-type]
        for _ in range(chance.randint(0, 6))
    ]


def _canonical(quads: Iterable[Sequence[object]]) -> set[str]:
    dataset = ox.Dataset([ox.Quad(*quad) for quad in quads])  # type: ignore[arg-type]
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def _compare(meant: Iterable[Quad], text: str, form: ox.RdfFormat) -> None:
    try:
        found = list(ox.parse(text.encode(), form))
    except SyntaxError as error:
        fault(f"what was written cannot be read ({error}): {text!r}")
        return
    one, other = _canonical(meant), _canonical(found)
    expect(one == other, f"meant {sorted(one - other)}, written {sorted(other - one)}: {text!r}")


def _union(quads: Iterable[Quad]) -> list[Quad]:
    return [Quad(q.subject, q.predicate, q.object) for q in quads]


# ---- writers


def try_nquads(data: bytes) -> None:
    """Every line of N-Quads parses back to exactly the terms that were meant, whatever they hold."""
    chance = Chance(data)
    quads = make_quads(chance, triples=True)
    text = write_nquads(quads)
    _compare(quads, text, ox.RdfFormat.N_QUADS)
    lines = text.split("\n")
    expect(lines.pop() == "" and all(line.endswith(" .") for line in lines), "a line without its end")
    expect(len(lines) == len(set(lines)) == len(set(quads)), f"{len(set(quads))} quads, {len(lines)} lines")
    for line in lines:
        expect(
            len(list(ox.parse(line.encode(), ox.RdfFormat.N_QUADS))) == 1,
            f"a line of another number of quads: {line!r}",
        )
    chance.shuffle(quads)
    blank = any(isinstance(term, ox.BlankNode | ox.Triple) for quad in quads for term in quad)
    expect(blank or write_nquads(quads) == text, "another order, other bytes")
    hash_quads(quads)


def try_turtle_writer(data: bytes) -> None:
    """Turtle and TriG are read back by Oxigraph and by our own reader as what was meant."""
    chance = Chance(data)
    quads = make_quads(chance, triples=chance.randrange(4) == 0)
    section = Section(
        title=any_text(chance), subjects=tuple(q.subject for q in quads[:1] if isinstance(q.subject, ox.NamedNode))
    )
    sections = (section,) if chance.randrange(2) else ()
    turtle, trig = write_turtle(quads, PREFIXES, sections), write_trig(quads, PREFIXES, sections)
    _compare(_union(quads), turtle, ox.RdfFormat.TURTLE)
    _compare(quads, trig, ox.RdfFormat.TRIG)
    if not any(_is_new(term) for quad in quads for term in quad):
        read = read_turtle(SourceText("a.trig", trig), format="trig")
        expect(not read.diagnostics, f"our reader refuses what our writer wrote: {read.diagnostics[:1]} {trig!r}")
        expect(_canonical(q.quad for q in read.quads) == _canonical(quads), f"our reader reads other quads: {trig!r}")


def _is_new(term: object) -> bool:
    """Whether only RDF 1.2 knows it."""
    return isinstance(term, ox.Triple) or (isinstance(term, ox.Literal) and term.direction is not None)


def try_jsonld(data: bytes) -> None:
    """JSON-LD is read back by Oxigraph as what was meant, or refused for an IRI that its context cannot write."""
    quads = make_quads(Chance(data))
    try:
        text = write_jsonld(quads, derive_context(quads, PREFIXES))
    except ValueError:
        return
    _compare(quads, text, ox.RdfFormat.JSON_LD)


def try_wire(data: bytes) -> None:
    """Terms go to a process of its own and come back as they were."""
    for quad in make_quads(Chance(data), triples=True):
        for term in quad[:3]:
            expect(read_term(write_term(term)) == term, f"{term!r} comes back as {read_term(write_term(term))!r}")


# ---- the table of claims

_KG, _RDF = WELL_KNOWN["kg"], WELL_KNOWN["rdf"]


def try_claims_csv(data: bytes) -> None:
    """Every cell has its text back to the letter, begins no formula, and stands in its own row."""
    chance = Chance(data)
    node = ox.NamedNode("https://a.example/claim/x")
    value, note = make_literal(chance), make_literal(chance)
    quads = [
        Quad(node, ox.NamedNode(_RDF + "type"), ox.NamedNode(_KG + "Claim")),
        Quad(node, ox.NamedNode(_RDF + "subject"), make_iri(chance)),
        Quad(node, ox.NamedNode(_RDF + "object"), value),
        Quad(node, ox.NamedNode(WELL_KNOWN["skos"] + "editorialNote"), note),
        *make_quads(chance),
    ]
    text = write_claims_csv(quads, PREFIXES)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    expect(all(len(row) == len(rows[0]) for row in rows), f"rows of several lengths: {text!r}")
    for cell in (cell for row in rows[1:] for cell in row):
        plain = cell.lstrip("+-").replace(".", "", 1)
        expect(
            cell[:1] not in set("=+-@\t\r") or (plain.isascii() and plain.isdecimal()) or not cell,
            f"a formula: {cell!r}",
        )
    found = [row for row in rows if row[0] == "c:x"]
    expect(len(found) == 1, f"{len(found)} rows of one claim")
    written = dict(zip(rows[0], found[0], strict=True))
    for column, literal in (("object", value), ("note", note)):
        expect(_plain(written[column]) == literal.value, f"{literal.value!r} comes back as {written[column]!r}")


def _plain(cell: str) -> str:
    return cell.removeprefix("'")


# ---- readers


@cache
def _turtles() -> tuple[str, ...]:
    chance = random.Random(1)
    written = [write(make_quads(chance), PREFIXES) for _ in range(12) for write in (write_turtle, write_trig)]
    lines = [write_nquads(make_quads(chance, triples=True)) for _ in range(8)]
    known = sorted(find_inputs("ontology", "seeds/rdf"), key=len)
    return tuple(text for text in (*known, *written, *lines, *_PIECES) if len(text) < 5000)


_PIECES = (
    "@prefix a: <http://a/> .\n@base <http://b/c/> .\na:x a:p ( 1 2.0 3e1 true ) , [ a:q <../y> ; a <z> ] ; .\n",
    'PREFIX a: <http://a/>\na:x a:p """x "y" \\u00e9""" , \'\'\'z\'\'\'@en-GB , "1"^^a:t , \'q\' .\n',
    "<http://a/g> { <http://a/x> <http://a/p> _:b . } GRAPH _:g { [] <http://a/p> <http://a/x> }\n",
    "@prefix : <http://a/> . :x :a\\~b :c%20d , :1.2 , :e.f . :x :p -1 , +2.5 , .5 , 1.e3 .\n",
    '<http://a/x> <http://a/p> "\\U0001F600\\t\\"\\\\"@en <http://a/g> . # end\n_:a <http://a/p> _:b .\n',
)


def make_turtle(chance: random.Random) -> bytes:
    texts = _turtles()
    text = chance.choice(texts)
    if len(text) > 600 and chance.randrange(4):  # a piece of it: most of a long text is not what was damaged
        lines = text.split("\n")
        start = chance.randrange(len(lines))
        text = "\n".join([*lines[:3], *lines[start : start + 12]])
    return bytes([chance.randrange(4)]) + to_bytes(damage(text, chance, texts), chance)


def try_turtle(data: bytes) -> None:
    """A text without a mistake gives the quads that Oxigraph reads; every quad and mistake has its place."""
    form = list(FORMATS)[data[0] % 4] if data else "turtle"
    text = data[1:].decode("utf-8", "replace")
    read = read_turtle(SourceText("a.ttl", text), format=form)
    look_at(read.diagnostics)
    for quad in read.quads:
        for marked in (quad.subject, quad.predicate, quad.object, quad.graph):
            mark = marked.mark
            expect(mark.line <= len(mark.source.lines), f"a term behind the text: {mark!r}")
            expect(mark.column <= len(mark.source.lines[mark.line - 1]) + 1, f"a term behind its line: {mark!r}")
    if read.diagnostics or data.count(b"_:") > 12:  # canonicalising may be made hard
        return
    try:
        found = list(ox.parse(text.encode(), FORMATS[form]))
    except SyntaxError as error:
        if not _knows_better(str(error)):
            fault(f"Oxigraph refuses what we read: {error}: {text!r}")
        return
    one, other = _canonical(q.quad for q in read.quads), _canonical(found)
    expect(one == other, f"we read {sorted(one - other)[:2]}, Oxigraph {sorted(other - one)[:2]}: {text!r}")


def _knows_better(_words: str) -> bool:
    """Whether Oxigraph refuses what the specification allows (`test_accepts_more_than_pyoxigraph`)."""
    return False


_JSONLD = (
    '{"@context": {"@version": 1.1, "e": "https://a.example/e/", "name": "e:name", "at": {"@id": "e:at", "@type": "@id"}},\n'
    ' "@id": "e:su7", "@type": "e:Car", "name": [{"@value": "x", "@language": "en"}, 7, 7.5, true, null],\n'
    ' "at": "e:y", "@graph": [{"@id": "_:b", "name": {"@list": [1, "x"]}}]}\n',
    '[{"@id": "http://a/x", "http://a/p": [{"@id": "_:b"}, {"@value": "1", "@type": "http://a/t"}]}]',
    '{"@context": {"@vocab": "http://v/", "@base": "http://b/"}, "@id": "../x", "p": {"@set": ["a"]}, "@reverse": {"q": {"@id": "z"}}}',
)
_RDFXML = (
    '<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY a "http://a/">]>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"\n'
    ' xmlns:e="http://e/" xml:base="http://b/"><e:Car rdf:about="x" e:n="1"><e:p rdf:resource="&a;y"/><e:q xml:lang="en">z</e:q>'
    '<e:l rdf:parseType="Collection"><rdf:Description rdf:nodeID="b"/></e:l><e:t rdf:datatype="http://t/">1</e:t></e:Car></rdf:RDF>',
)
_LIBRARY = {ox.RdfFormat.JSON_LD: _JSONLD, ox.RdfFormat.RDF_XML: _RDFXML}


def make_library(chance: random.Random) -> bytes:
    number = chance.randrange(2)
    texts = list(_LIBRARY.values())[number]
    return bytes([number]) + encode(damage(chance.choice(texts), chance, texts))


def try_library(data: bytes) -> None:
    """JSON-LD and RDF/XML are read, or refused with a reason in words."""
    form = list(_LIBRARY)[data[0] % 2] if data else ox.RdfFormat.JSON_LD
    read = _read_by_library(SourceText("a.jsonld", data[1:].decode("utf-8", "replace")), form)
    look_at(read.diagnostics)
    write_nquads(Quad(*q.quad) for q in read.quads)


TARGETS = (
    Target(name="nquads", run=try_nquads, make=make_choices, share=60, sample=200),
    Target(name="turtle-writer", run=try_turtle_writer, make=make_choices, share=30, sample=120),
    Target(name="jsonld", run=try_jsonld, make=make_choices, share=15, sample=80),
    Target(name="wire", run=try_wire, make=make_choices, share=15, sample=60),
    Target(name="claims-csv", run=try_claims_csv, make=make_choices, share=15, sample=60),
    Target(
        name="turtle", run=try_turtle, make=make_turtle, share=20, sample=120,
        seeds=lambda: (bytes([n]) + encode(text) for n in range(4) for text in _turtles()),
    ),
    Target(
        name="rdf-library", run=try_library, make=make_library, share=10, sample=60,
        seeds=lambda: (bytes([n]) + encode(text) for n, texts in enumerate(_LIBRARY.values()) for text in texts),
    ),
)  # fmt: skip
