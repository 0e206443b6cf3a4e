# ruff: noqa: E501 - words and cases read best in lines that are full
"""Readers of documents: YAML, mappings in RML and YARRRML, paths into JSON and XML, records of a stream."""

from __future__ import annotations

import io
import json
import random
import tempfile
from collections.abc import Sequence as SequenceOf
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fuzz.project import RML, YARRRML, find_inputs
from fuzz.strokes import any_text, composed, damage, damaged, encode
from fuzz.target import Chance, Target, expect, fault, look_at, make_choices, to_text
from kg.rdf.turtle.document import read_turtle
from kg.tables.documents import DocumentError, Language, compile_xpath, parse_xml, xml_text
from kg.tables.documents.jsonpath import (
    NameTwiceError,
    PathError,
    compile_path,
    complete_reference,
    parse_json,
    split_steps,
    walk,
    write_json,
)
from kg.tables.read.mapping import read_any_mapping
from kg.tables.read.yarrrml.document import read_yarrrml
from kg.tables.read.yarrrml.translate import translate_to_rml
from kg.tables.rml import Formulation
from kg.tables.sources.jsonstream import find_stream, stream_json
from kg.tables.sources.xmlstream import compile_child, find_tags, stream_elements
from kg.tables.vocabulary import Generation
from kg.text.diagnostic import Severity, SourceText
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode, decode_text, parse_document

# ---- YAML


@cache
def _yamls() -> tuple[str, ...]:
    known = find_inputs("seeds", "seeds/claims", "seeds/entities", "seeds/sources", "seeds/tables")
    return (*(text for text in sorted(known, key=len) if len(text) < 1500), *_YAML_PIECES)


_YAML_PIECES = (
    "a: {b: c, d: [1, 2], 'e f': \"g\\n\\u00e9\"}\n", "- - a\n  - b: |\n      x\n      y\n- >-\n  z\n", "? a\n: b\n# c\n", "&x a: *x\n",
    "a: &y {b: 1}\nc: *y\n", "%YAML 1.1\n---\na: !!str b\n...\n", "{a: 75,600 order, b}\n", "a:\n  - b\n  -  c:  d  \n e: f\n", "",
    "'it''s': \"x\\\n  y\"\n", "a: 'b\n\n  c'\n", "雷军: {说: 好，的}\n", "a: b: c\n",
)  # fmt: skip


def try_yaml(data: bytes) -> None:
    """YAML's nodes are those of PyYAML, every text as it was written, every node at its place."""
    source, problems = decode_text(data, "a.yaml")
    look_at(problems)
    if problems:
        return
    document = parse_document(source)
    look_at(document.diagnostics)
    expect(
        document.root is not None or document.diagnostics or not _has_root(source.text),
        "nothing was read, nothing told",
    )
    if document.root is None:
        return
    _look_at_node(document.root, source)
    if not document.diagnostics:
        theirs = yaml.compose(source.text, Loader=yaml.CSafeLoader)
        expect(_plain(document.root) == _their_plain(theirs), f"read otherwise than PyYAML: {source.text!r}")


def _has_root(text: str) -> bool:
    return yaml.compose(text, Loader=yaml.CSafeLoader) is not None


def _look_at_node(node: Node, source: SourceText) -> None:
    mark = node.mark
    lines = source.lines
    expect(1 <= mark.line <= mark.end_line <= len(lines) + 1, f"a node behind the text: {mark!r}")
    expect(mark.line > len(lines) or mark.column <= len(lines[mark.line - 1]) + 1, f"a node behind its line: {mark!r}")
    if isinstance(node, Scalar):
        if node.plain and node.text and mark.line == mark.end_line and mark.excerpt[0] not in "&!":
            expect(mark.excerpt == node.text, f"{node.text!r} is marked as {mark.excerpt!r}")
        node.part(0, max(1, len(node.text)))
    elif isinstance(node, SequenceNode):
        for item in node.items:
            _look_at_node(item, source)
    else:
        for key, value in node.entries:
            _look_at_node(key, source)
            _look_at_node(value, source)


def _plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, SequenceNode):
        return [_plain(item) for item in node.items]
    assert isinstance(node, MappingNode)
    return {key.text: _plain(value) for key, value in node.entries}


def _their_plain(node: Any) -> object:
    if isinstance(node, yaml.SequenceNode):
        return [_their_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {key.value: _their_plain(value) for key, value in node.value}
    return node.value


# ---- mappings


_RML_MORE = (
    RML,
    RML.replace("rml:CSV", "rml:JSONPath").replace("ships.csv", "ships.json").replace(
        "rml:subjectMap", 'rml:iterator "$.ships[*]" ; rml:subjectMap', 1
    ),
    """@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix ex: <http://e/> .
<#m> rr:logicalTable [ rr:sqlQuery "SELECT 1 AS id" ] ; rr:subjectMap [ rr:template "http://e/{id}" ; rr:class ex:C ; rr:graph ex:g ] ;
  rr:predicateObjectMap [ rr:predicate ex:p , ex:q ; rr:objectMap [ rr:column "id" ; rr:datatype ex:d ] , [ rr:constant "x"@en ] ] .
""",
    """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://e/> . @prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
<#m> rml:logicalSource [ rml:source "{ships}" ] ; rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap
  [ rml:functionExecution [ rml:function grel:toUpperCase ; rml:input [ rml:parameter grel:valueParameter ; rml:inputValueMap
  [ rml:reference "name" ] ] ] ; rml:return grel:stringOutput ; rml:termType rml:Literal ] ] .
""",
)  # fmt: skip
_YARRRML_MORE = (
    YARRRML,
    """mappings:
  m:
    sources: [[a.csv~csv]]
    s: [ex:$(id), "http://x/$(b)~iri"]
    graphs: ex:g
    po:
      - {p: [ex:a, ex:b], o: [{value: $(c), datatype: xsd:date}, {value: "\\\\$(d)", language: $(l)}]}
      - {p: ex:j, o: {mapping: n, condition: {function: equal, parameters: [[str1, $(a)], [str2, $(b)]]}}}
      - {p: ex:t, o: {value: $(e), targets: [[out.nq~void, nquads]], type: iri}}
    condition: {function: idlab-fn:notEqual, parameters: [[grel:valueParameter, $(a)], [grel:valueParameter2, ""]]}
  n: {sources: {access: a.json, referenceFormulation: jsonpath, iterator: "$.a[*]"}, s: null, po: [[ex:x, "$(y)"]]}
prefixes: {ex: "http://e/"}
base: http://b/
authors: [A B <a@b.c> (http://w/)]
externals: {v: 1}
""",
)


def try_rml(data: bytes) -> None:
    """A mapping in RML is read, or every mistake told at its place in the Turtle."""
    document = read_any_mapping(SourceText("m.ttl", data.decode("utf-8", "replace")), "http://base.example/")
    look_at(document.diagnostics)


def try_yarrrml(data: bytes) -> None:
    """A mapping in YARRRML is read; what is read without a mistake becomes RML that is read without one, too."""
    source = SourceText("m.yml", data.decode("utf-8", "replace"))
    read = read_any_mapping(source)
    look_at(read.diagnostics)
    if any(d.severity is Severity.ERROR for d in read.diagnostics):
        return
    document = read_yarrrml(source)
    for generation in Generation:
        translation = translate_to_rml(document, generation=generation)
        look_at(translation.diagnostics)
        turtle = read_turtle(SourceText("m.ttl", translation.turtle))
        expect(not turtle.diagnostics, f"RML that is no Turtle: {turtle.diagnostics[:1]}")
        if generation is Generation.RML and not translation.diagnostics:
            again = read_any_mapping(SourceText("m.ttl", translation.turtle))
            # rules without a source, or without any rule, are no RML; YARRRML Parser writes them all the same
            wrong = [
                d
                for d in again.diagnostics
                if d.severity is Severity.ERROR and "no `rml:logicalSource`" not in d.message
            ]
            wrong = [d for d in wrong if d.code != "map-empty"]
            expect(not wrong, f"RML with a mistake that YARRRML had not: {wrong[:1]} {translation.turtle}")


# ---- JSON


_JSON: Any = {
    "a": {"b": [1, {"c": "x", "b c": None}, [2.5, True]], "c": "y"}, "b": [{"c": 1, "a": []}, {"c": 3}, "z"], "é": {"'": 1, '"': 2}, "": 0,
    "ships": [{"id": 1}, {"id": 2, "tags": ["t", "u"]}],
}  # fmt: skip
_PATHS = (
    "$",
    "$.a.b[*]",
    "$['a']['b'][0]",
    "$.b[-1].c",
    "$..c",
    "$.b[?@.c > 1]",
    "$.a.b[0,1]",
    "$.a.b[1:2]",
    "a.c",
    "@.b",
    "$.*",
    "['é']",
)
_PATH_WORDS = (
    "$", ".", ".", "..", "[", "]", "*", "'", '"', "a", "b", "c", "é", "b c", "0", "1", "-1", "-0", "01", ":", ",", "?", "@", "@.c", ">", "==",
    "1e3", "(", ")", "&&", "!", "length(@)", "count(@..*)", "\\u0061", "\\'", "['a']", "[*]", "[0]", "$.a", " ", "ships", "9007199254740993",
)  # fmt: skip


def try_jsonpath(data: bytes) -> None:
    """A path of names, indexes and wildcards finds what the library of RFC 9535 finds; any other is its own, or refused."""
    import jsonpath_rfc9535

    text = to_text(data)
    steps = split_steps(text)
    if steps is not None:
        try:
            theirs = jsonpath_rfc9535.find(text, _JSON).values()
        except jsonpath_rfc9535.JSONPathError as error:
            if text.isascii():  # it knows fewer signs of names than RFC 9535, section 2.5.1
                fault(f"{text!r} is read, and the library refuses it: {error}")
            return
        expect(walk(_JSON, steps) == theirs, f"{text!r}: {walk(_JSON, steps)} and {theirs}")
    for reference in (text, complete_reference(text, lenient="no"), complete_reference(text, lenient="legacy")):
        try:
            compile_path(reference).select(_JSON)
        except PathError:
            pass
        finally:
            compile_path.cache_clear()


def try_json(data: bytes) -> None:
    """Records of a JSON stream are those of the whole document; what was read is written with its digits."""
    chance = Chance(data)
    document = json.dumps(_make_json(chance, 4), ensure_ascii=chance.randrange(2) == 0, indent=chance.choice((None, 1)))
    steps = "".join(chance.choice((".a", ".b", "[*]", "[0]", "['é']", ".*")) for _ in range(chance.randint(0, 3)))
    lines = chance.randrange(3) == 0
    if chance.randrange(3) == 0:
        document = damage(document, chance, (document,))
    stream = find_stream("$" + steps)
    if stream is None:
        fault(f"{steps} is not streamed")
        return
    path = _folder() / ("a.jsonl" if lines else "a.json")
    path.write_bytes(encode(document))
    try:
        found: Any = list(stream_json(path, stream))
    except (DocumentError, NameTwiceError):
        found = None
    try:
        whole = parse_json(encode(document).decode("utf-8"))
    except (ValueError, RecursionError):
        expect(found is None or lines, f"no JSON, and {found}: {document!r}")
        return
    expect(parse_json(write_json(whole)) == whole, f"written as {write_json(whole)}: {document!r}")
    if found is not None and not lines:
        expect(found == walk(whole, stream), f"{steps}: {found} and {walk(whole, stream)}")


def _make_json(chance: random.Random, depth: int) -> object:
    kind = chance.randrange(7 if depth else 5)
    if kind == 6:
        return {
            chance.choice(("a", "b", "é", any_text(chance))): _make_json(chance, depth - 1)
            for _ in range(chance.randint(0, 3))
        }
    if kind == 5:
        return [_make_json(chance, depth - 1) for _ in range(chance.randint(0, 3))]
    return (any_text(chance), chance.randrange(-9, 10**9), chance.random() * 1e5, None, True)[kind]


@cache
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="kg-fuzz-")
    _HELD.append(folder)  # it goes with the process
    return Path(folder.name)


_HELD: list[tempfile.TemporaryDirectory[str]] = []

# ---- XML


_XML = (
    b"<r xmlns:x='http://x/'><p id='1'><n>A</n><n l='en'>B<i>c</i>d</n><x:n>E</x:n><q><n>F</n></q></p>t<p id='2'><!--c--><n/></p>"
    b"<x:p><n>G</n></x:p><p><p id='3'><n>H</n></p></p></r>"
)
_XPATHS = (
    "/r/p",
    "n",
    "@id",
    "q/n",
    "./n[2]",
    "x:n",
    "text()",
    ".",
    "//n",
    "../@id",
    "count(n)",
    "n[@l='en']",
    "string(n)",
    "/r/*",
    "/r/x:p/n",
)
_XPATH_WORDS = (
    "/", "/", "//", "r", "p", "n", "q", "x:", "x:n", "y:n", "@", "@id", "*", ".", "..", "[", "]", "1", "2", "last()", "text()", "count(",
    ")", "(", "|", "=", "'en'", '"', "and", " ", "$v", "string(", "document('x')", "node()", "id('1')", "::", "ancestor::", "namespace::*",
    "1 div 0", "-", "+", "é", "concat('a', n)", "true()", "comment()", "position()", "name()", ",", "/r/p", "/r", "\x00",
)  # fmt: skip
_NAMESPACES = {"x": "http://x/"}
_XML_PATHS = Language(formulation=Formulation.XPATH, generation=Generation.RML, namespaces=tuple(_NAMESPACES.items()))


def try_xpath(data: bytes) -> None:
    """Records that are streamed, and names that are followed without XPath, give what XPath gives."""
    text = to_text(data)
    iterator, _, reference = text.partition("\n")
    reference = reference or iterator
    root = parse_xml(_XML)
    try:
        nodes = _XML_PATHS.iterate(iterator)(root)
        select = compile_xpath(reference, tuple(_NAMESPACES.items()))
        values = [[xml_text(found) for found in select(node)] for node in nodes]
    except PathError:
        return
    tags = find_tags(iterator, [reference], _NAMESPACES)
    if tags is None:
        return
    child = compile_child(reference)
    read = child or (lambda node: [(xml_text(found), None) for found in select(node)])
    streamed = [[value for value, _ in read(node)] for node in stream_elements(io.BytesIO(_XML), tags)]
    expect(streamed == values, f"{iterator} {reference}: {streamed} and {values}")


def make_xpath(chance: random.Random) -> bytes:
    make = composed(_XPATH_WORDS, _XPATHS, most=6)
    return make(chance).replace(b"\n", b"") + b"\n" + make(chance)


def try_xml(data: bytes) -> None:
    """XML is read as a stream or whole, or refused, and no entity is followed."""
    try:
        root = parse_xml(data)
    except DocumentError:
        return
    found = [xml_text(node) for node in compile_xpath("//n | //@*", ())(root)]
    expect(not root.getroottree().docinfo.doctype, "a DOCTYPE was read")
    expect(
        not any("canary" in text for text in found) or b"canary" in data.partition(b"<r")[2], "an entity was followed"
    )
    try:
        list(stream_elements(io.BytesIO(data), ("r", "p")))
    except DocumentError as error:
        fault(f"read whole, and not as a stream: {error}")


_XMLS = (
    _XML.decode(), "<?xml version='1.0' encoding='utf-8'?><r><p>&lt;&#233;<![CDATA[<n>]]></p></r>", "<r><p a='&quot;'><?pi x?></p></r>",
    "<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'><!ENTITY f 'canary'>]><r><p><n>&e;&f;</n></p></r>", "<r xmlns='http://y/'><p/></r>",
)  # fmt: skip


def _seeds(texts: SequenceOf[str]) -> tuple[bytes, ...]:
    return tuple(map(encode, texts))


TARGETS = (
    Target(name="yaml", run=try_yaml, make=damaged(_yamls), seeds=lambda: _seeds(_yamls()), share=20, sample=120),
    Target(name="rml", run=try_rml, make=damaged(lambda: _RML_MORE), seeds=lambda: _seeds(_RML_MORE), share=8, sample=60),
    Target(name="yarrrml", run=try_yarrrml, make=damaged(lambda: _YARRRML_MORE), seeds=lambda: _seeds(_YARRRML_MORE), share=8, sample=30),
    Target(name="jsonpath", run=try_jsonpath, make=composed(_PATH_WORDS, _PATHS), seeds=lambda: _seeds(_PATHS), share=20, sample=100),
    Target(name="json", run=try_json, make=make_choices, share=15, sample=60),
    Target(name="xpath", run=try_xpath, make=make_xpath, seeds=lambda: _seeds(_XPATHS), share=15, sample=80),
    Target(name="xml", run=try_xml, make=damaged(lambda: _XMLS), seeds=lambda: _seeds(_XMLS), share=15, sample=80),
)  # fmt: skip
