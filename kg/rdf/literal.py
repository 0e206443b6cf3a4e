"""Literals of RDF files: what a datatype does not admit or hold, unknown datatypes, nonsense for language tags."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal

from kg.rdf.namespace import EDTF, RDF, XSD
from kg.rdf.turtle.document import MarkedQuad
from kg.rdf.xsd import DATATYPES, is_valid, read_floating
from kg.text.diagnostic import Diagnostic, did_you_mean
from kg.text.edtf import EdtfError, parse_edtf
from kg.text.language import explain_tag


def check_literals(quads: Iterable[MarkedQuad]) -> Iterator[Diagnostic]:
    """The mistakes in the literals of statements, each at its place."""
    for quad in quads:
        term, mark = quad.object.term, quad.object.mark
        if not isinstance(term, Literal):
            continue
        if term.language is not None:
            hint = explain_tag(term.language)
            if hint is not None:
                message = f"`{term.language}` is no language tag"
                yield Diagnostic(code="bad-language", mark=mark, message=message, hint=hint)
            continue
        datatype = term.datatype.value
        name = datatype.removeprefix(XSD)
        if datatype.startswith(XSD) and name not in DATATYPES:
            message, hint = f"XML Schema has no datatype `{name}`", did_you_mean(name, DATATYPES)
            yield Diagnostic(code="bad-literal", mark=mark, message=message, hint=hint)
        elif not is_valid(term.value, datatype):
            kind = f"rdf:{name.removeprefix(RDF)}" if name.startswith(RDF) else f"xsd:{name}"
            message = f"`{term.value[:60]}` is no value of `{kind}`"
            yield Diagnostic(code="bad-literal", mark=mark, message=message, hint=_EXAMPLES.get(name.removeprefix(RDF)))
        elif (value := read_floating(term.value, datatype)) is not None and _is_lost(term.value, value):
            message = f"`{term.value[:60]}` is {'0' if value == 0 else 'infinite'} as a value of `xsd:{name}`"
            hint = "write it as `xsd:double` or `xsd:decimal`" if name == "float" else "write it as `xsd:decimal`"
            yield Diagnostic(code="literal-range", mark=mark, message=message, hint=hint)
        elif datatype == EDTF + "EDTF":
            try:
                parse_edtf(term.value)
            except EdtfError as error:
                message = f"`{term.value[:60]}` is no date of EDTF: {error.message}"
                yield Diagnostic(code="bad-literal", mark=mark, message=message, hint=error.hint)


def _is_lost(text: str, value: float) -> bool:
    """Whether a number in digits lies beyond the values of its datatype, or so near to 0 that it is 0."""
    digits = re.split("[eE]", text)[0]
    return (math.isinf(value) and "INF" not in text) or (value == 0 and re.search("[1-9]", digits) is not None)


_EXAMPLES = {
    "boolean": "write `true` or `false`",
    "date": "write `2024-04-28`",
    "dateTime": "write `2024-04-28T16:07:00+08:00`",
    "decimal": "write digits with a full stop, and no separators: `75600.5`",
    "double": "write digits with a full stop, and no separators: `7.5` or `7.5E3`",
    "gYear": "write four digits: `2024`",
    "gYearMonth": "write `2024-04`",
    "integer": "write digits alone: `75600`",
    "JSON": "write JSON, its names in double quotes",
    "XMLLiteral": "write well-formed XML, each prefix declared in it",
}
