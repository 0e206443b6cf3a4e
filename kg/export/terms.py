"""One term, written in Turtle: the only place where text is escaped or a short form chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.export.memo import Memo
from kg.export.order import Term
from kg.rdf.iri import BIDI_CONTROLS, Prefixes
from kg.rdf.namespace import WELL_KNOWN

XSD: Final = WELL_KNOWN["xsd"]
STRING: Final = XSD + "string"

# Numbers and booleans that stand without quotes. Turtle (section 2.5.2) would allow more, but rdflib reads a
# bare `+5` as 5, `01` as 1, `.5` as 0.5 and 0.0000001 as 1E-7; these forms every reader leaves alone.
_BARE: Final = {
    XSD + "integer": re.compile(r"0|-?[1-9][0-9]*"),
    XSD + "decimal": re.compile(r"-?(?:0\.[0-9]{1,6}|[1-9][0-9]*\.[0-9]+)"),
    XSD + "double": re.compile(r"-?[0-9]+\.[0-9]+[eE]-?[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}

# What is not seen, or is taken for a line end, in an editor: controls, U+2028 and U+2029, marks of direction,
# the byte-order mark, characters that Unicode sets aside.
INVISIBLE: Final = rf"\x00-\x1f\x7f-\x9f\u2028\u2029{BIDI_CONTROLS}\ufeff\ufdd0-\ufdef\ufff0-\uffff"
_ESCAPED: Final = re.compile(rf'["\\{INVISIBLE}]')
_ESCAPED_IN_LONG: Final = re.compile(rf"(?!\n)[\\{INVISIBLE}]")
_ESCAPED_IN_IRI: Final = re.compile(rf'[ <>"{{}}|^`\\{INVISIBLE}]')
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}

# Lines may stand as lines unless an editor could change them: blanks at a line's end, a carriage return.
_NOT_LONG: Final = re.compile(r'"""|"\Z|\r|[ \t]\n|[ \t\n]\Z')


def _escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or _escape_number(match)


def _escape_number(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04X}"


class TermWriter:
    """Writes the terms of one document and remembers which prefixes it used.

    >>> writer = TermWriter(Prefixes(namespaces=WELL_KNOWN), {})
    >>> writer.write(NamedNode("https://kg.example/ns#Claim"))
    'kg:Claim'
    >>> writer.write(Literal("Lei Jun", language="en"))
    '"Lei Jun"@en'
    >>> writer.write(Literal(73.6)), writer.write(Literal("73.6", datatype=NamedNode(XSD + "decimal")))
    ('"73.6"^^xsd:double', '73.6')
    >>> sorted(writer.used)
    ['kg', 'xsd']
    """

    def __init__(self, prefixes: Prefixes, labels: Mapping[BlankNode, str]) -> None:
        self.used: set[str] = set()
        self._prefixes = prefixes
        self._labels = labels
        self._written = Memo(self._write)

    def has_label(self, node: BlankNode) -> bool:
        """Whether the blank node is referred to by label; if not, it is written `[]`."""
        return node in self._labels

    def write(self, term: Term) -> str:
        """The term as Turtle; a blank node must have a label. Triple terms are written as in RDF 1.2."""
        return self._written[term]

    def _write(self, term: Term) -> str:
        if isinstance(term, NamedNode):
            return self._write_iri(term.value)
        if isinstance(term, Literal):
            return self._write_literal(term)
        if isinstance(term, BlankNode):
            return f"_:{self._labels[term]}"
        return f"<<( {' '.join(map(self._write_part, term))} )>>"

    def _write_part(self, term: Term) -> str:
        """A part of a triple term. Its texts stand on one line: Oxigraph refuses three quotes there."""
        return self._write_literal(term, quote_line) if isinstance(term, Literal) else self.write(term)

    def _write_iri(self, iri: str) -> str:
        parts = self._prefixes.split(iri)
        if parts is None:
            return f"<{_ESCAPED_IN_IRI.sub(_escape_number, iri)}>"
        self.used.add(parts[0])
        return f"{parts[0]}:{parts[1]}"

    def _write_literal(self, literal: Literal, quote: Callable[[str], str] | None = None) -> str:
        quote = quote or quote_text
        text, datatype = literal.value, literal.datatype.value
        bare = _BARE.get(datatype)
        if bare is not None and bare.fullmatch(text):
            return text
        if literal.language is not None:
            direction = f"--{literal.direction.value}" if literal.direction is not None else ""
            return f"{quote(text)}@{literal.language}{direction}"
        if datatype == STRING:
            return quote(text)
        return f"{quote(text)}^^{self.write(literal.datatype)}"


def quote_text(text: str) -> str:
    r"""A text in Turtle's quotes: three of them where it has lines and nothing can happen to these.

    >>> print(quote_text('say "no"\u202e'))
    "say \"no\"\u202E"
    >>> quote_text('two\nlines') == '"' * 3 + 'two\nlines' + '"' * 3
    True
    """
    if "\n" in text and not _NOT_LONG.search(text):
        return f'"""{_ESCAPED_IN_LONG.sub(_escape, text)}"""'
    return quote_line(text)


def quote_line(text: str) -> str:
    r"""A text in Turtle's quotes on one line.

    >>> print(quote_line("two\nlines"))
    "two\nlines"
    """
    return f'"{_ESCAPED.sub(_escape, text)}"'
