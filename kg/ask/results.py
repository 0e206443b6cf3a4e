"""Answers in the formats of SPARQL's results: CSV, TSV, JSON and XML.

Sources: SPARQL 1.1 Query Results CSV and TSV Formats; JSON Format; XML Format (W3C, 21 March 2013).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox

from kg.ask.store import Answer, Table, Triples, Truth
from kg.ask.term import Term
from kg.rdf.namespace import XSD
from kg.rdf.quad import write_term

_PARTS = ("subject", "predicate", "object")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, section 2.2


def find_partial(status: int, headers: Mapping[str, str]) -> str | None:
    """The words of a server that its answer is not all there, to stand behind its name; None where it says nothing.

    Virtuoso sends `X-SPARQL-MaxRows` where as many rows came as it gives at most (`ResultSetMaxRows`).

    >>> find_partial(206, {})
    'ran out of time and gives a part of the answer'
    """
    most = headers.get("x-sparql-maxrows")
    if most is not None:
        return f"gives no more than {most[:20]} rows, and says so: ask for less (`LIMIT`, `OFFSET`)"
    if status == 206 or headers.get("x-sql-state", "").startswith("S1TAT"):
        return "ran out of time and gives a part of the answer"
    return None


def serialize_answer(answer: Answer, form: str) -> str:
    """A table or a truth as `csv`, `tsv`, `json` or `xml`, as the SPARQL 1.1 result formats write them."""
    assert not isinstance(answer, Triples)
    writers = {"csv": _write_csv, "tsv": _write_tsv, "json": _write_json, "xml": _write_xml}
    return writers[form](answer)


def count_unwritable(answer: Answer) -> int:
    """How many terms of a table hold a sign that XML cannot hold: each such sign is written as U+FFFD."""
    rows = answer.rows if isinstance(answer, Table) else ()
    return sum(term is not None and _NOT_XML.search(_plain(term)) is not None for row in rows for term in row)


def _write_csv(answer: Table | Truth) -> str:
    if isinstance(answer, Truth):
        return str(answer.value).lower()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(answer.variables)
    for row in answer.rows:
        writer.writerow(["" if t is None else _plain(t) for t in row])
    return out.getvalue()


def _plain(term: Term) -> str:
    if isinstance(term, ox.Triple):  # as the store writes it, for SPARQL has no word on it
        return " ".join(_plain(part) for part in term)
    return str(term) if isinstance(term, ox.BlankNode) else term.value


def _write_tsv(answer: Table | Truth) -> str:
    if isinstance(answer, Truth):
        return str(answer.value).lower()
    head = "\t".join(f"?{v}" for v in answer.variables)
    lines = ["\t".join("" if t is None else write_term(t).replace("\t", "\\t") for t in row) for row in answer.rows]
    return "\n".join([head, *lines, ""])


def _write_json(answer: Table | Truth) -> str:
    if isinstance(answer, Truth):
        return json.dumps({"head": {}, "boolean": answer.value})
    found = {"head": {"vars": list(answer.variables)}, "results": {"bindings": write_bindings(answer)}}
    return json.dumps(found, ensure_ascii=False)


JsonTerm = dict[str, Any]  # of texts; the value of a triple term is three of them (SPARQL 1.2)


def write_bindings(answer: Table) -> list[dict[str, JsonTerm]]:
    """The rows as the JSON format writes them: by variable, what is said of its term; unbound ones are left out."""
    return [
        {name: _json_term(term) for name, term in zip(answer.variables, row, strict=True) if term is not None}
        for row in answer.rows
    ]


def _json_term(term: Term) -> JsonTerm:
    if isinstance(term, ox.Triple):
        return {"type": "triple", "value": dict(zip(_PARTS, map(_json_term, term), strict=True))}
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language:
        direction = {"its:dir": term.direction.value} if term.direction else {}  # SPARQL 1.2
        return {"type": "literal", "value": term.value, "xml:lang": term.language, **direction}
    if term.datatype.value == XSD + "string":
        return {"type": "literal", "value": term.value}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


def _write_xml(answer: Table | Truth) -> str:
    root = ElementTree.Element("sparql", xmlns="http://www.w3.org/2005/sparql-results#")
    head = ElementTree.SubElement(root, "head")
    if isinstance(answer, Truth):
        ElementTree.SubElement(root, "boolean").text = str(answer.value).lower()
    else:
        for name in answer.variables:
            ElementTree.SubElement(head, "variable", name=name)
        results = ElementTree.SubElement(root, "results")
        for row in answer.rows:
            result = ElementTree.SubElement(results, "result")
            for name, term in zip(answer.variables, row, strict=True):
                if term is not None:
                    _add_xml(ElementTree.SubElement(result, "binding", name=name), term)
    text = ElementTree.tostring(root, encoding="unicode").replace("\r", "&#13;")  # a reader makes a line feed of it
    return f'<?xml version="1.0"?>\n{text}\n'


def _add_xml(binding: ElementTree.Element, term: Term) -> None:
    if isinstance(term, ox.Triple):
        triple = ElementTree.SubElement(binding, "triple")
        for name, part in zip(_PARTS, term, strict=True):
            _add_xml(ElementTree.SubElement(triple, name), part)
        return
    written = _json_term(term)
    names = {"xml:lang": "xml:lang", "datatype": "datatype", "its:dir": "{http://www.w3.org/2005/11/its}dir"}
    said = {names[key]: value for key, value in written.items() if key in names}
    element = ElementTree.SubElement(binding, written["type"], said)
    element.text = _NOT_XML.sub("\ufffd", written["value"])
