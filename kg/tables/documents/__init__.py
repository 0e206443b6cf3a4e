"""JSON and XML as documents: records by an iterator, values by a reference, alike for both languages."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.rdf.namespace import XSD
from kg.tables.documents.jsonpath import (
    JsonInteger,
    JsonNumber,
    PathError,
    compile_path,
    complete_reference,
    parse_json,
)
from kg.tables.documents.xpath import argument_of_number, begin_at_document
from kg.tables.documents.xpathnumbers import PREFIX, SPACE, make_functions, read_number, with_exact_numbers
from kg.tables.engine.nulls import compile_nulls
from kg.tables.rml import Formulation
from kg.tables.vocabulary import Generation
from kg.text.diagnostic import list_known
from kg.text.plural import write_count

Value = tuple[str, str | None]  # a text and its natural datatype
Values = Callable[[Any], list[Value]]
Nodes = Callable[[Any], list[Any]]
LINES = frozenset({".jsonl", ".ndjson", ".jsonlines"})  # endings of files with a JSON value in each line


class DocumentError(ValueError):
    """A document that cannot be read; *line* and *column* where known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line, self.column = line, column


class NotUtf8Error(DocumentError):
    """A document in another encoding than UTF-8, which nobody named."""


class TooGreatError(DocumentError):
    """A document of XML with a part that is greater than the parser takes, as hostile ones have it."""


class SeveralValuesError(DocumentError):
    """A file of JSON with a value in one line, and more in the next."""


class NotScalarError(ValueError):
    """A reference that selects an array or an object, which is no RDF term."""


@dataclass(frozen=True, kw_only=True)
class Language:
    """How documents of one formulation are parsed, iterated and read; *nulls* are texts that mean no value."""

    formulation: Formulation
    generation: Generation
    namespaces: tuple[tuple[str, str], ...] = ()
    nulls: tuple[str, ...] = ()

    def parse(self, text: str) -> Any:
        """The root of a document given as text (a value within another document)."""
        if self.formulation is Formulation.XPATH:
            try:
                data = text.encode()
            except UnicodeEncodeError:
                raise DocumentError("half a character") from None
            return parse_xml(data)
        if self.formulation is Formulation.CSV:
            return parse_rows(text)
        try:
            return parse_json(text)
        except (ValueError, RecursionError) as error:
            raise tell_json(error) from None

    def iterate(self, iterator: str) -> Nodes:
        """A function from a root or record to the records that the iterator selects; raises `PathError`."""
        if self.formulation is Formulation.XPATH:
            select = compile_xpath(iterator, self.namespaces)
            return lambda node: refuse_texts(select(node))
        if self.formulation is Formulation.CSV:
            return lambda rows: list(rows)
        return compile_path(complete_reference(iterator, lenient="no")).select

    def begin(self, iterator: str) -> Nodes:
        """A function from the root of a document to the records that the iterator selects; raises `PathError`.

        Over XML every path of it begins at the document, which holds the root element.
        """
        if self.formulation is not Formulation.XPATH:
            return self.iterate(iterator)
        whole = begin_at_document(iterator)
        select = self.iterate(whole)

        def begin_at(root: Any) -> list[Any]:
            found = select(root)
            if compile_xpath(f"boolean(({whole})[not(..)])", self.namespaces)(root) == ["true"]:  # lxml leaves it out
                raise PathError("an iterator selects elements, and this one the document")
            return found

        return begin_at

    def refer(self, reference: str) -> Values:
        """A function from a record to the values of the reference; raises `PathError`."""
        return without_nulls(self.refer_to_all(reference), self.nulls)

    def refer_to_all(self, reference: str) -> Values:
        """A function from a record to all texts of the reference; raises `PathError`."""
        if self.formulation is Formulation.XPATH:
            select = compile_xpath(reference, self.namespaces)
            return lambda node: [(xml_text(found), None) for found in select(node)]
        if self.formulation is Formulation.CSV:
            return lambda row: [(read_cell(row, reference), None)]
        path = compile_path(self.complete(reference))
        if self.generation is Generation.RML:
            return lambda record: [v for found in path.select(record) if (v := json_value(found)) is not None]
        return lambda record: list(legacy_values(path.select(record)))

    def complete(self, reference: str) -> str:
        """A reference to JSON as a whole path."""
        return complete_reference(reference, lenient="no" if self.generation is Generation.RML else "legacy")


def without_nulls(read: Values, nulls: tuple[str, ...]) -> Values:
    """The values that do not mean that there is none."""
    if not nulls:
        return read
    means_none = compile_nulls(nulls)
    return lambda record: [value for value in read(record) if not means_none(*value)]


def parse_rows(text: str) -> list[dict[str, str]]:
    """The rows of a CSV text by the names of its header; raises DocumentError where they do not fit it.

    >>> parse_rows("id,n\\n1,a\\n")
    [{'id': '1', 'n': 'a'}]
    """
    import csv
    import io

    try:  # line ends in quotes are left alone
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise DocumentError(str(error)) from None
    header = rows[0] if rows else []
    if twice := [name for name in header if header.count(name) > 1]:
        raise DocumentError(f"two columns `{twice[0]}`")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise DocumentError(f"{write_count(len(header), 'value')} expected in its row {number}, {len(row)} found")
    return [dict(zip(header, row, strict=True)) for row in rows[1:]]


def read_cell(row: dict[str, str], column: str) -> str:
    """A cell of a row of CSV; raises `PathError`."""
    if column not in row:
        raise PathError(f"no column `{column}` among {list_known(row)}")
    return row[column]


def refuse_texts(found: list[Any]) -> list[Any]:
    """The records that an iterator over XML selects; raises `PathError` for what is no element."""
    if any(not hasattr(each, "tag") for each in found):
        raise PathError("an iterator selects elements, and this one texts, attributes or numbers")
    if any(not isinstance(each.tag, str) for each in found):
        raise PathError("an iterator selects elements, and this one comments or processing instructions")
    return found


def json_value(found: Any) -> Value | None:
    """Text and natural datatype of a JSON value (RML-IO registry, JSON: natural mapping); None for null."""
    if isinstance(found, str):
        return (found, None)
    if found is None:
        return None
    if isinstance(found, bool):
        return ("true" if found else "false", XSD + "boolean")
    if isinstance(found, JsonInteger):
        # the one integer of JSON that xsd:integer writes otherwise (XSD 1.1 part 2, integer)
        return ("0" if found.text == "-0" else found.text, XSD + "integer")
    if isinstance(found, JsonNumber):
        return (found.text, XSD + "double")
    if isinstance(found, int | float):  # what a path's own function counted (RFC 9535 has none that selects)
        return (str(found), None)
    raise NotScalarError("an array" if isinstance(found, list) else "an object")


def legacy_values(found: list[Any]) -> Iterator[Value]:
    """The values of RML's older generation: an array gives its items, and no value has a datatype."""
    for each in found:
        if isinstance(each, list):
            yield from legacy_values(each)
        elif (value := json_value(each)) is not None:
            yield (each.text if isinstance(each, JsonInteger) else value[0], None)


@cache
def compile_xpath(text: str, namespaces: tuple[tuple[str, str], ...]) -> Nodes:
    """An XPath 1.0 expression as a function of a node; raises `PathError`."""
    from lxml import etree

    argument = argument_of_number(text)
    try:
        path = etree.XPath(text if argument is None else argument, namespaces=dict(namespaces) or None)
        path(etree.Element("none"))  # prefixes and functions are looked up when a path is first used
        exact = with_exact_numbers(path.path)
        if exact != path.path:
            names = {**dict(namespaces), PREFIX: SPACE}
            path = etree.XPath(exact, namespaces=names, extensions=make_functions(xml_text))
    except (etree.XPathError, ValueError) as error:  # a ValueError where a character can stand in no XML
        raise PathError(str(error)) from None

    def select(node: Any) -> list[Any]:
        try:
            found = path(node)
        except etree.XPathError as error:
            raise PathError(str(error)) from None
        if argument is not None:
            return [number_text(read_number(found, xml_text))]
        if isinstance(found, list):
            return found
        if isinstance(found, bool):
            return ["true" if found else "false"]
        if isinstance(found, float):
            return [computed_text(found)]
        return [found]

    return select


def computed_text(number: float) -> str:
    """A number that libxml2 computed, of which fifteen digits are right. Raises PathError where it has more.

    >>> computed_text(181.99999999999997), computed_text(9007199254740991.0)
    ('182', '9007199254740991')
    """
    if not math.isfinite(number) or (number.is_integer() and abs(number) < 1 << 53):
        return number_text(number)
    if abs(number) >= 1 << 53:
        raise PathError("it gives a number of more digits than the library computes")
    return number_text(float(f"{number:.15g}"))


def number_text(number: float) -> str:
    """A number as XPath's `string()` writes it: without an exponent (XPath 1.0 §4.2).

    >>> number_text(2.0), number_text(1e-7), number_text(float("nan")), number_text(float("-inf"))
    ('2', '0.0000001', 'NaN', '-Infinity')
    """
    from decimal import Decimal

    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return str(int(number)) if number.is_integer() else format(Decimal(repr(number)), "f")


def xml_text(found: Any) -> str:
    """The string value of a node (XPath 1.0 §5): all text inside an element, an attribute's value."""
    if isinstance(found, str):
        return str(found)
    if isinstance(found, tuple):  # a namespace node: its prefix and its name
        return str(found[1])
    if len(found) == 0:
        return found.text or ""
    return str(string_value()(found))


@cache
def string_value() -> Any:
    """XPath's `string()`. (`itertext(with_tail=False)` would leave out what follows a child, and keep comments.)"""
    from lxml import etree

    return etree.XPath("string()")


# nothing is followed: no entity is expanded, no DTD loaded, no address opened
PARSING: dict[str, Any] = {"resolve_entities": False, "load_dtd": False, "no_network": True, "huge_tree": False}


# what libxml2 says of a part that is too great (parserInternals.h: XML_MAX_TEXT_LENGTH and its like) → what is told
TOO_GREAT = (
    ("Excessive depth", "elements lie more than 256 deep"),
    ("Name too long|.*[Nn]ame too long", "a name is longer than 50,000 bytes"),
    (r"Resource limit exceeded|.* too big found|AttValue length too long|.*huge text node|.*Huge input lookup",
     "a text, an attribute or a comment is longer than 10 MB"),
)  # fmt: skip


# its other words that say little, and plain ones
PLAIN_WORDS = (
    ("^xmlParseEntityRef: no name$", "An `&` that begins no entity; a sign of its own is written `&amp;`"),
    ("^Entity '(.*)' not defined$", r"No entity `&\1;`: XML has `&amp;`, `&lt;`, `&gt;`, `&quot;` and `&apos;` alone"),
)


def xml_parser() -> Any:
    """A parser that follows nothing."""
    from lxml import etree

    return etree.XMLParser(**PARSING)


def parse_xml(data: bytes) -> Any:
    """The root element of an XML text; a DOCTYPE is refused."""
    from lxml import etree

    try:
        root = etree.fromstring(data, parser=xml_parser())
    except etree.XMLSyntaxError as error:
        raise tell_syntax(error) from None
    refuse_doctype(root.getroottree())
    return root


def tell_syntax(error: Any, log: Sequence[Any] = ()) -> DocumentError:
    """What lxml says of a text that is not well-formed, its place apart from its words.

    A parser of events may keep in its *log* what went wrong (`&nbsp;`), and say that there was no element.
    """
    words = re.sub(r"\s*, line \d+, column \d+$", "", str(error.msg))
    line, column = error.position
    if "no element found" in words and log:
        words, line, column = log[0].message, log[0].line, log[0].column
    elif "no element found" in words:
        words = "Document is empty"
    for pattern, plain in PLAIN_WORDS:
        words = re.sub(pattern, plain, words)
    for pattern, told in TOO_GREAT:
        if re.match(pattern, words):
            return TooGreatError(told, line or 1, column or 1)
    return DocumentError(words[:1].lower() + words[1:], line or 1, column or 1)


def refuse_doctype(tree: Any) -> None:
    """Raises DocumentError for a document with a DOCTYPE: entities could fetch files or fill the memory."""
    if tree.docinfo.doctype:
        raise DocumentError("a document with a DOCTYPE is refused", 1, 1)


def read_document(path: Path, formulation: Formulation) -> list[Any]:
    """The roots in a file: one, or for JSON Lines one for each line; raises `DocumentError`."""
    if formulation is Formulation.XPATH:
        from lxml import etree

        try:
            with path.open("rb") as stream:
                tree = etree.parse(stream, parser=xml_parser())
        except etree.XMLSyntaxError as error:
            raise tell_syntax(error) from None
        refuse_doctype(tree)
        return [tree.getroot()]
    text = decode_text(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    if path.suffix.lower() in LINES:
        return list(parse_lines(text))
    try:
        return [parse_json(text)]
    except (ValueError, RecursionError) as error:
        raise tell_json(error) from None


def decode_text(data: bytes, offset: int = 0) -> str:
    """The text of bytes that begin at *offset* of a file; raises DocumentError where they are not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotUtf8Error(f"not UTF-8 (byte {offset + error.start + 1})") from None


def tell_json(error: Exception, line: int | None = None) -> DocumentError:
    """What Python's parser says of a text that is no JSON; *line* is that of the text, where it has only one."""
    if isinstance(error, json.JSONDecodeError):
        if error.msg == "Extra data" and line is None and error.lineno > 1 and error.colno == 1:
            return SeveralValuesError("more than one value", error.lineno, error.colno)
        return DocumentError(f"{error.msg[:1].lower()}{error.msg[1:]}", line or error.lineno, error.colno)
    return DocumentError("nested too deep" if isinstance(error, RecursionError) else str(error), line)


def parse_lines(text: str) -> Iterator[Any]:
    """JSON Lines: one value a line, blank lines left out."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield parse_json(line)
            except (ValueError, RecursionError) as error:
                raise tell_json(error, number) from None
