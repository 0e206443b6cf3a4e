"""The embedded store: quads in, SPARQL answers out. A thin interface in SPARQL's words, over Oxigraph.

A store canonicalises literals (`73.60` → `73.6`), so it is for asking; exports are written from the quads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.diagnostic import Diagnostic, SourceText
from kg.sparql import bind_parameters, check_query, explain_syntax_error

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Row = tuple[Term | None, ...]


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


class Store:
    """Quads to ask of. The default graph is the union of all graphs; GRAPH reaches each by its name.

    >>> from pyoxigraph import Literal, NamedNode, Quad
    >>> a = NamedNode("https://a.example/")
    >>> store = Store([Quad(a, a, Literal("x"), a)], prefixes={"a": "https://a.example/"})
    >>> store.ask("ASK { <https://a.example/> ?p 'x' }")
    Truth(value=True)
    """

    def __init__(self, quads: Iterable[ox.Quad], prefixes: Mapping[str, str]) -> None:
        self.prefixes = dict(prefixes)
        self._store = ox.Store()
        default = ox.DefaultGraph()
        everything: list[ox.Quad] = []
        for quad in quads:
            everything.append(quad)
            if quad.graph_name != default:
                # Oxigraph's union graph gives a triple once for each graph it is in; a copy gives it once.
                everything.append(ox.Quad(quad.subject, quad.predicate, quad.object, default))
        self._store.bulk_extend(everything)

    def ask(self, query: str, *, name: str = "query", parameters: Mapping[str, Term] | None = None) -> Answer:
        """The answer to a SPARQL 1.1 query; the data set's prefixes are known, *parameters* are bound.

        Raises QueryError, with a diagnostic that names the place in *name*, for a query that cannot be run.
        """
        source = SourceText(name, query)
        problem = check_query(source)
        if problem is not None:
            raise QueryError(problem)
        try:
            self._parse(query)
            bound = bind_parameters(query, {k: str(v) for k, v in (parameters or {}).items()})
            results = self._parse(bound)
        except SyntaxError as error:
            raise QueryError(explain_syntax_error(source, error, self.prefixes)) from None
        if isinstance(results, ox.QueryBoolean):
            return Truth(value=bool(results))
        if isinstance(results, ox.QueryTriples):
            return Triples(triples=tuple(sorted(set(results), key=str)))
        variables = tuple(v.value for v in results.variables)
        return Table(variables=variables, rows=tuple(tuple(row) for row in results))

    def _parse(self, query: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        return self._store.query(query, prefixes=self.prefixes)


def serialize_answer(answer: Answer, form: str) -> str:
    """A table or a truth as `csv`, `tsv`, `json` or `xml`, as the SPARQL 1.1 result formats write them."""
    forms = {
        "csv": ox.QueryResultsFormat.CSV,
        "tsv": ox.QueryResultsFormat.TSV,
        "json": ox.QueryResultsFormat.JSON,
        "xml": ox.QueryResultsFormat.XML,
    }
    if isinstance(answer, Truth):
        return _run(f"ASK {{ FILTER({str(answer.value).lower()}) }}", forms[form])
    assert isinstance(answer, Table)
    names = " ".join(f"?{v}" for v in answer.variables)
    rows = " ".join(f"({' '.join('UNDEF' if t is None else str(t) for t in row)})" for row in answer.rows)
    # A VALUES block with every term in N-Triples form gives the rows back to the library's own writers.
    query = f"SELECT {names} {{ VALUES ({names}) {{ {rows} }} }}" if answer.variables else "SELECT * {}"
    return _run(query, forms[form])


def _run(query: str, form: ox.QueryResultsFormat) -> str:
    results = ox.Store().query(query)
    assert not isinstance(results, ox.QueryTriples)
    return (results.serialize(format=form) or b"").decode("utf-8")
