"""Files of RDF: which format an ending stands for, compression, and formats that a library reads without marks.

| ending | read by | a term's mark |
|---|---|---|
| `.ttl`, `.trig`, `.nt`, `.nq` | `kg.rdf.turtle` | its own place |
| `.rdf`, `.owl`, `.xml` (RDF/XML), `.jsonld` | Oxigraph | the file |

Each may be compressed (`.gz`); lines are then those of the text within. The network is never asked: a context of
JSON-LD that is not written out is a mistake. Source: RDF 1.1 XML Syntax and JSON-LD 1.1 (W3C Recommendations).
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from xml.parsers import expat

import pyoxigraph as ox

from kg.rdf.leftout import LeftOut
from kg.rdf.namespace import RDF
from kg.rdf.turtle.document import MarkedQuad, MarkedTerm, RdfDocument, Syntax, read_turtle
from kg.text.diagnostic import Diagnostic, KgError, Mark, SourceText, mark_at, mark_of_file
from kg.text.yamldoc import decode_text, read_text

_OWN: Final[dict[str, Syntax]] = {".ttl": "turtle", ".trig": "trig", ".nt": "ntriples", ".nq": "nquads"}
_LIBRARY: Final = {
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
MOST_BYTES = 500_000_000  # of a compressed file, when it is unpacked; those of the entities of an XML file
_NOWHERE = "https://nowhere.invalid/"  # the base of what JSON-LD would leave out without a word: relative IRIs
_ENTITY = re.compile(r"<!ENTITY\s+\S+\s+(?:\"([^\"]*)\"|'([^']*)')")
# what RDF/XML of today does not know, and the library reads past with all that stands there
_UNREAD = re.compile(r""":parseType\s*=\s*["'](?!(?:Literal|Resource|Collection)["'])|:bagID\s*=""")
_XML_LITERAL = ox.NamedNode(RDF + "XMLLiteral")
_TAG = re.compile(r"""<[^\s<>/!?](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(r"""\s(?P<name>[^\s=]+)\s*=\s*(?:"[^"]*"|'[^']*')""")
_QUOTED = re.compile(r"'([^']+)'")
_WITHOUT_PREFIX = re.compile(r"\s(about|ID|nodeID|resource|datatype|parseType)\s*=")
_PLACE = re.compile(r" at line (?P<line>\d+) column (?P<column>\d+)$")
_LINE_END = re.compile(r"\r\n?|\n")  # as parsers count lines
_PLACE_OF_LIBRARY = re.compile(r"^Parser error(?: (?:at|between) line \d+ [^:]*)?: |\(line \d+\)$")


def ending_of(name: str) -> str | None:
    """The ending of a file of RDF that can be read, `.gz` among it; None: it is no such file.

    >>> ending_of("seeds/rdf/ports.ttl.gz"), ending_of("ports.n3")
    ('.ttl.gz', None)
    """
    path = Path(name)
    packed = path.suffix == ".gz"
    ending = Path(path.stem).suffix if packed else path.suffix
    known = ending in _OWN or ending in _LIBRARY
    return (ending + ".gz" if packed else ending) if known else None


def name_rdf(name: str) -> str:
    """The name of a file of RDF without its ending, by which its graph is called.

    >>> name_rdf("ports.ttl.gz")
    'ports'
    """
    return name.removesuffix(ending_of(name) or "")


def has_lines(name: str) -> bool:
    """Whether the marks of a file's terms are their places; else they are the file's.

    >>> has_lines("a.ttl.gz"), has_lines("a.jsonld")
    (True, False)
    """
    return (ending_of(name) or "").removesuffix(".gz") not in _LIBRARY


def word_place(mark: Mark) -> str:
    """Where a statement of an RDF file stands: `file:line`, or the file."""
    return f"{mark.file}:{mark.line}" if has_lines(mark.file) else mark.file


def read_rdf(path: Path, name: str) -> RdfDocument:
    """A file of RDF, called *name* in messages, with all mistakes that it holds; its ending says what it is.

    Raises KgError when it cannot be read.
    """
    ending = ending_of(name) or path.suffix
    source, problems = _unpack(path, name) if ending.endswith(".gz") else read_text(path, name)
    if problems:
        return RdfDocument(source=source, quads=(), prefixes={}, base=None, diagnostics=problems)
    kind = ending.removesuffix(".gz")
    return read_turtle(source, format=_OWN[kind]) if kind in _OWN else _read_by_library(source, _LIBRARY[kind])


def _unpack(path: Path, name: str) -> tuple[SourceText, tuple[Diagnostic, ...]]:
    try:
        with gzip.open(path) as file:
            raw = file.read(MOST_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        return _refuse(name, f"the file is no gzip, or not whole: {error}", "pack it anew")
    except OSError as error:
        raise KgError(f"cannot read {name}: {error.strerror or error}") from error
    if len(raw) > MOST_BYTES:
        return _refuse(name, f"the file holds more than {MOST_BYTES:,} bytes", "split it, or map it from seeds/tables/")
    return decode_text(raw, name)


def _refuse(name: str, message: str, hint: str) -> tuple[SourceText, tuple[Diagnostic, ...]]:
    source = SourceText(name, "")
    return source, (Diagnostic(code="rdf-file", mark=mark_of_file(source), message=message, hint=hint),)


def parse_by_library(data: bytes, form: ox.RdfFormat, left_out: LeftOut | None = None) -> Iterator[ox.Quad]:
    """The quads of a document in UTF-8, blank nodes named by their order: the library's labels differ from run to run.

    There is no base. Of JSON-LD, *left_out* learns what no quad can hold. Raises SyntaxError and ValueError where the
    document is none of its format; relative IRIs of JSON-LD are those that `find_relative` tells.

    >>> [str(q.subject) for q in parse_by_library(b"[] <urn:p> 1 . [] <urn:p> 1 .", ox.RdfFormat.TURTLE)]
    ['_:b1', '_:b2']
    """
    names: dict[str, ox.BlankNode] = {}

    def rename(term: Any) -> Any:
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term.value, ox.BlankNode(f"b{len(names) + 1}"))
        if isinstance(term, ox.Triple):
            return ox.Triple(*map(rename, term))
        if isinstance(term, ox.Literal) and term.datatype == _XML_LITERAL and form == ox.RdfFormat.RDF_XML:
            return ox.Literal(_TAG.sub(_declare_once, term.value), datatype=_XML_LITERAL)
        return term

    if form == ox.RdfFormat.RDF_XML:
        _check_xml(data.decode("utf-8", "replace"))
    base = _NOWHERE if form == ox.RdfFormat.JSON_LD else None
    for quad in ox.parse(data, format=form, base_iri=base, lenient=left_out is not None):
        if left_out is None or left_out.keeps(quad):
            yield ox.Quad(*map(rename, quad))


def _declare_once(tag: re.Match[str]) -> str:
    """A tag of an XML literal without what it declares twice: the library adds what holds around it to its own."""
    seen: set[str] = set()

    def keep_first(found: re.Match[str]) -> str:
        known = found["name"] in seen
        seen.add(found["name"])
        return "" if known and found["name"].startswith("xmlns") else found[0]

    return _ATTRIBUTE.sub(keep_first, tag[0])


def find_newer(quad: ox.Quad) -> str | None:
    """What of RDF 1.2 a quad holds, in words; None where it is one of RDF 1.1."""
    if isinstance(quad.object, ox.Triple):
        return "a triple term"
    if isinstance(quad.object, ox.Literal) and quad.object.direction is not None:
        return "a text with a base direction"
    return None


def find_relative(quad: ox.Quad) -> list[str]:
    """The IRIs of a quad that its document wrote without a base, as they were written."""
    iris = [term.value for term in quad if isinstance(term, ox.NamedNode)]
    iris += [quad.object.datatype.value] if isinstance(quad.object, ox.Literal) else []
    return [iri.removeprefix(_NOWHERE) for iri in iris if iri.startswith(_NOWHERE)]


def _read_by_library(source: SourceText, form: ox.RdfFormat) -> RdfDocument:
    mark = mark_of_file(source)
    quads: list[MarkedQuad] = []
    relative: dict[str, None] = {}
    newer: dict[str, None] = {}
    found: list[Diagnostic] = []
    left_out = LeftOut(_NOWHERE) if form == ox.RdfFormat.JSON_LD else None
    try:
        for quad in parse_by_library(source.text.encode(), form, left_out):
            relative |= dict.fromkeys(find_relative(quad))
            if left_out is None and (what := find_newer(quad)):  # of JSON-LD *left_out* tells it
                newer[what] = None
                continue
            subject, predicate, object_, graph = (MarkedTerm(term=term, mark=mark) for term in quad)
            quads.append(MarkedQuad(subject=subject, predicate=predicate, object=object_, graph=graph))
    except (SyntaxError, ValueError) as error:
        quads = []
        found.append(_explain(source, error, form))
    else:
        found += left_out.tell(source) if left_out is not None else ()
    for what in newer:
        message = f"{what} is of RDF 1.2, which is not read here"
        found.append(Diagnostic(code="rdf-file", mark=mark, message=message, hint="write it in RDF 1.1"))
    for iri in relative:
        message = f"`{iri}` is no whole IRI, and the file names no `@base`"
        hint = "write the IRI in full, or `@base` (for types: `@vocab`) into the `@context`"
        found.append(Diagnostic(code="rdf-file", mark=mark, message=message, hint=hint))
    if not quads and not found:
        message = "the file says nothing"
        hint = "terms without an IRI are left out: does the `@context` name them, and is each `@id` a whole IRI?"
        found.append(
            Diagnostic(
                code="rdf-empty",
                mark=mark,
                message=message,
                hint=hint if form == ox.RdfFormat.JSON_LD else None,
            )
        )
    return RdfDocument(
        source=source, quads=tuple(quads), prefixes=MappingProxyType({}), base=None, diagnostics=tuple(found)
    )


def _check_xml(text: str) -> None:
    """Raises ValueError where XML is not well-formed, makes much of little by entities, or says what is not read.

    The library reads on where a file ends too early, and puts in whatever entities give.
    """
    values = [one or other for one, other in _ENTITY.findall(text)]
    if any("&" in value for value in values):
        raise ValueError("an entity (`<!ENTITY`) is made of others")
    if values and max(map(len, values)) * text.count("&") > MOST_BYTES:
        raise ValueError("the entities (`<!ENTITY`) make too much of the file")
    reader = expat.ParserCreate()

    def check_attributes(_name: str, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            kind = name.rpartition(":")[2]
            unread = value not in {"Literal", "Resource", "Collection"} if kind == "parseType" else kind == "bagID"
            if unread and ":" in name:
                place = f"line {reader.CurrentLineNumber} column {reader.CurrentColumnNumber + 1}"
                raise ValueError(f'`{name}="{value}"` is not known, and what stands there would be left out at {place}')

    if _UNREAD.search(text):  # so that other files are not gone through in Python
        reader.StartElementHandler = check_attributes
    try:
        reader.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise ValueError(f"{expat.ErrorString(error.code)} at line {error.lineno} column {error.offset + 1}") from error


def _explain(source: SourceText, error: SyntaxError | ValueError, form: ox.RdfFormat) -> Diagnostic:
    """The library's error, or that of `_check_xml`, at its place where it tells one."""
    words, hint, is_xml = str(error), None, form == ox.RdfFormat.RDF_XML
    if "LoadDocumentCallback" in words:
        words = "a `@context` that lies elsewhere is not fetched"
        hint = "write the context into the file"
    words = _PLACE_OF_LIBRARY.sub("", words).strip().rstrip(".")
    mark = mark_of_file(source)
    if "No scheme found" in words and is_xml:
        hint = "write the IRI in full, or give the file an `xml:base`"
    if (bare := _WITHOUT_PREFIX.search(source.text)) and words.startswith("XML namespaces are required"):
        words, hint = f"`{bare[1]}` has no prefix", f"write `rdf:{bare[1]}`"
        mark = mark_at(source, *bare.span(1))
    elif is_xml and (named := _QUOTED.search(words)) and source.text.count(named[1]) == 1:
        at = source.text.index(named[1])
        mark = mark_at(source, at, at + len(named[1]))
    starts = [0, *(end.end() for end in _LINE_END.finditer(source.text))]
    if isinstance(error, SyntaxError) and error.lineno:
        start = starts[min(error.lineno, len(starts)) - 1]
        before = source.text[start:].encode()[: (error.offset or 1) - 1]  # the library counts bytes
        mark = _mark_sign(source, start + len(before.decode("utf-8", "ignore")))
    elif place := _PLACE.search(words):
        start = starts[min(int(place["line"]), len(starts)) - 1]
        mark = _mark_sign(source, start + int(place["column"]) - 1)
        words = words[: place.start()]
    words = words if words[1:2].isupper() else f"{words[:1].lower()}{words[1:300]}"
    return Diagnostic(code="rdf-file", mark=mark, message=words, hint=hint)


def _mark_sign(source: SourceText, at: int) -> Mark:
    at = min(at, len(source.text))
    return mark_at(source, at, at + 1)
