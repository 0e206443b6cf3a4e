"""Terms as people write them: `e:su7`, `73.6`, `'Lei Jun'@en`; read, and shown so."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg.rdf.iri import Prefixes, check_iri
from kg.rdf.namespace import XSD
from kg.rdf.turtle.token import ECHAR
from kg.text.diagnostic import UsageError

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
WrittenTerm = ox.NamedNode | ox.Literal
"""What a text can name: a blank node has no name outside its graph."""

_DAY, _ZONE = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_BARE = {  # what needs no quotes, and its datatype
    "[+-]?[0-9]+": "integer", r"[+-]?[0-9]*\.[0-9]+": "decimal", "true|false": "boolean",
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+": "double", _DAY: "date",
    f"{_DAY}T[0-9:.]+{_ZONE}": "dateTime",
}  # fmt: skip


def read_term(text: str, prefixes: Prefixes) -> WrittenTerm:
    """A term as users write it: `e:su7`, a number, `true`, `"text"@en`, `'2030'^^xsd:gYear`, else a text.

    Raises UsageError for an IRI that is none.

    >>> read_term("73.6", Prefixes(namespaces={})).datatype.value
    'http://www.w3.org/2001/XMLSchema#decimal'
    """
    if text.startswith("<") and text.endswith(">"):
        problem = check_iri(text[1:-1])
        if problem is not None:
            raise UsageError(f"`{text}` is no IRI: {problem.message}")
        return ox.NamedNode(text[1:-1])
    iri = prefixes.expand(text)
    if iri is not None and check_iri(iri) is None:
        return ox.NamedNode(iri)
    xsd = prefixes.namespaces.get("xsd", XSD)
    for pattern, name in _BARE.items():
        if re.fullmatch(pattern, text):
            return ox.Literal(text, datatype=ox.NamedNode(xsd + name))
    quoted = read_quoted(text)
    if quoted is None:
        return ox.Literal(text)
    written, language, datatype = quoted
    if language is not None:
        return ox.Literal(written, language=language)
    if datatype is None:
        return ox.Literal(written)
    kind = read_term(datatype, prefixes)
    if not isinstance(kind, ox.NamedNode):
        raise UsageError(f"`{datatype}` is no datatype: such as `xsd:gYear`")
    return ox.Literal(written, datatype=kind)


_QUOTED = re.compile(
    r"""(["'])(?P<text>.*)\1"""
    r"(?:@(?P<tag>(?:[A-Za-z]{2,8}|[IXix](?=-))(?:-[A-Za-z0-9]{1,8})*)|\^\^(?P<type>\S+))?",
    re.DOTALL,
)


def read_quoted(text: str) -> tuple[str, str | None, str | None] | None:
    """The text, language and datatype of a literal in quotes, with the escapes of SPARQL; None for what is in none.

    >>> read_quoted(r"'it\'s'@en"), read_quoted("'2030'^^xsd:gYear"), read_quoted("2030")
    (("it's", 'en', None), ('2030', None, 'xsd:gYear'), None)
    """
    found = _QUOTED.fullmatch(text)
    if found is None:
        return None
    written = re.sub(r"\\([tbnrf\"'\\])", lambda escape: ECHAR[escape[1]], found["text"])
    return written, found["tag"], found["type"]


def show_term(term: Term | None, prefixes: Prefixes) -> str:
    """A term as a person writes it: `e:su7`, `73.6`, `'Lei Jun'@en`; nothing for None."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return prefixes.compress(term.value) or f"<{term.value}>"
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    if isinstance(term, ox.Triple):
        return f"<<( {' '.join(show_term(part, prefixes) for part in term)} )>>"
    datatype = term.datatype.value
    if datatype in {XSD + "integer", XSD + "decimal", XSD + "boolean"}:
        return term.value
    text = term.value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    if term.language:
        return f"'{text}'@{term.language}" + (f"--{term.direction.value}" if term.direction else "")
    if datatype == XSD + "string":
        return f"'{text}'"
    return f"'{text}'^^{prefixes.compress(datatype) or f'<{datatype}>'}"
