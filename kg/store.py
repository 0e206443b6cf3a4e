"""The embedded store: quads in, SPARQL answers out. A thin interface in SPARQL's words, over Oxigraph.

A store canonicalises literals (`73.60` → `73.6`), so it is for asking; exports are written from the quads.
"""

from __future__ import annotations

import csv
import io
import json
import re
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol
from xml.etree import ElementTree

import pyoxigraph as ox

from kg.diagnostic import Diagnostic, SourceText
from kg.iri import Prefixes
from kg.namespace import XSD
from kg.quad import Quad
from kg.sparql import bind_parameters, check_query, explain_refusal, explain_syntax_error, find_iris

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Row = tuple[Term | None, ...]
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of a SELECT: the names of its variables, and a term or None for each."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The answer of an ASK."""

    value: bool


@dataclass(frozen=True, kw_only=True)
class Triples:
    """The triples of a CONSTRUCT or DESCRIBE, each once, in the order of their N-Triples form."""

    triples: tuple[ox.Triple, ...]


Answer = Table | Truth | Triples


class QueryError(Exception):
    """A query that cannot be run; its *diagnostic* says where and why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class OnDemand(Protocol):
    """Graphs that are too big to be in every store: *open* gives a store that holds them and *quads*."""

    @property
    def graphs(self) -> frozenset[str]: ...

    def open(self, quads: Iterable[ox.Quad], resources: ExitStack) -> ox.Store: ...


class Store:
    """Quads to ask of. The default graph is the union of all graphs; GRAPH reaches each by its name.

    Graphs *on_demand* are no part of that union: they are loaded by the first query that names one of them.

    >>> from pyoxigraph import Literal, NamedNode, Quad
    >>> a = NamedNode("https://a.example/")
    >>> store = Store([Quad(a, a, Literal("x"), a)], Prefixes(namespaces={"a": "https://a.example/"}))
    >>> store.ask("ASK { <https://a.example/> ?p 'x' }")
    Truth(value=True)
    """

    def __init__(self, quads: Iterable[Quad | ox.Quad], prefixes: Prefixes, on_demand: OnDemand | None = None) -> None:
        self.prefixes = prefixes
        self._declared = dict(prefixes.namespaces)
        self._on_demand = on_demand
        self._resources = ExitStack()
        weakref.finalize(self, self._resources.close)
        self._store = ox.Store()
        self._store.bulk_extend(_copy_to_default_graph(quads))

    def close(self) -> None:
        """Give back what was loaded on demand; the store is of no use any more."""
        self._store = ox.Store()
        self._resources.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, query: str, *, name: str = "query", parameters: Mapping[str, Term] | None = None) -> Answer:
        """The answer to a SPARQL 1.1 query; the data set's prefixes are known, *parameters* are bound.

        Raises QueryError, with a diagnostic that names the place in *name*, for a query that cannot be run.
        """
        source = SourceText(name, query)
        problem = check_query(source)
        if problem is not None:
            raise QueryError(problem)
        try:
            if parameters:
                self._parse(query)  # a mistake is told at its place in the text as it was written
                query = bind_parameters(query, {k: str(v) for k, v in parameters.items()})
            self._load(query)
            return _read_results(self._parse(query))
        except SyntaxError as error:
            raise QueryError(explain_syntax_error(source, error, self._declared)) from None
        except RuntimeError as error:  # while it plans, or while the rows are fetched
            raise QueryError(explain_refusal(source, error, self._declared)) from None

    def _load(self, query: str) -> None:
        """Load what is there on demand, where the query names it."""
        if self._on_demand is None or self._on_demand.graphs.isdisjoint(find_iris(query, self._declared)):
            return
        self._store, self._on_demand = self._on_demand.open(self._store, self._resources), None

    def _parse(self, query: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        return self._store.query(query, prefixes=self._declared)


def _copy_to_default_graph(quads: Iterable[Quad | ox.Quad]) -> Iterator[ox.Quad]:
    """The quads, and those of named graphs in the default graph too.

    Oxigraph's union graph gives a triple once for each graph it is in; a copy gives it once.
    """
    default = ox.DefaultGraph()
    for subject, predicate, term, name in quads:
        yield ox.Quad(subject, predicate, term, name)
        if name != default:
            yield ox.Quad(subject, predicate, term, default)


def _read_results(results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Answer:
    if isinstance(results, ox.QueryBoolean):
        return Truth(value=bool(results))
    if isinstance(results, ox.QueryTriples):
        return Triples(triples=tuple(sorted(set(results), key=str)))
    variables = tuple(v.value for v in results.variables)
    return Table(variables=variables, rows=tuple(tuple(row) for row in results))


def serialize_answer(answer: Answer, form: str) -> str:
    """A table or a truth as `csv`, `tsv`, `json` or `xml`, as the SPARQL 1.1 result formats write them.

    Sources: SPARQL 1.1 Query Results CSV and TSV Formats; JSON Format; XML Format (W3C, 21 March 2013).
    """
    assert not isinstance(answer, Triples)
    writers = {"csv": _write_csv, "tsv": _write_tsv, "json": _write_json, "xml": _write_xml}
    return writers[form](answer)


def _write_csv(answer: Table | Truth) -> str:
    if isinstance(answer, Truth):
        return str(answer.value).lower()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(answer.variables)
    for row in answer.rows:
        writer.writerow(["" if t is None else str(t) if isinstance(t, ox.BlankNode) else t.value for t in row])
    return out.getvalue()


def _write_tsv(answer: Table | Truth) -> str:
    if isinstance(answer, Truth):
        return str(answer.value).lower()
    head = "\t".join(f"?{v}" for v in answer.variables)
    lines = ["\t".join("" if t is None else str(t).replace("\t", "\\t") for t in row) for row in answer.rows]
    return "\n".join([head, *lines, ""])


def _write_json(answer: Table | Truth) -> str:
    if isinstance(answer, Truth):
        return json.dumps({"head": {}, "boolean": answer.value})
    found = {"head": {"vars": list(answer.variables)}, "results": {"bindings": write_bindings(answer)}}
    return json.dumps(found, ensure_ascii=False)


def write_bindings(answer: Table) -> list[dict[str, dict[str, str]]]:
    """The rows as the JSON format writes them: by variable, what is said of its term; unbound ones are left out."""
    return [
        {name: _json_term(term) for name, term in zip(answer.variables, row, strict=True) if term is not None}
        for row in answer.rows
    ]


def _json_term(term: Term) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
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
    return '<?xml version="1.0"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _add_xml(binding: ElementTree.Element, term: Term) -> None:
    written = _json_term(term)
    names = {"xml:lang", "datatype"}
    element = ElementTree.SubElement(binding, written["type"], {k: v for k, v in written.items() if k in names})
    element.text = _NOT_XML.sub("\ufffd", written["value"])
