"""Mapped lines → `Assertion`s, each with its place in the mapping; and where each table comes from (PROV-O)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from kg.graph.quads import Assertion
from kg.model.nouns import Materialisation
from kg.rdf.namespace import DCTERMS, KG, PROV, RDF, VOID, XSD
from kg.rdf.quad import Quad
from kg.tables.project.seeds import MappedTable
from kg.text.diagnostic import Mark, mark_of_file


def assert_tables(tables: Sequence[MappedTable]) -> Iterator[Assertion]:
    """Every quad of the tables that are a part of the graph, and of all tables their provenance."""
    for table in tables:
        yield from describe_table(table)
        for mapped in table.lines:
            text = "\n".join(mapped.lines).encode()
            for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS):
                yield Assertion(Quad(*set_apart(quad, table.name)), mapped.mark)


def set_apart(quad: ox.Quad, name: str) -> ox.Quad:
    """Blank nodes of different mappings are different nodes, whatever their labels."""
    if not any(isinstance(t, ox.BlankNode) for t in (quad.subject, quad.object, quad.graph_name)):
        return quad
    tag = sha256(f"table/{name}".encode()).hexdigest()[:6]

    def apart(term: Any) -> Any:
        return ox.BlankNode(f"{tag}-{term.value}") if isinstance(term, ox.BlankNode) else term

    return ox.Quad(apart(quad.subject), apart(quad.predicate), apart(quad.object), apart(quad.graph_name))


def describe_table(table: MappedTable) -> Iterator[Assertion]:
    """The files that a table was made of (PROV-O); without times, so that the same input gives the same graph."""
    graph = ox.NamedNode(table.mapping.graph)
    activity = ox.NamedNode(f"{table.mapping.base}activity/{table.name}")
    mark = mark_of_file(table.mapping.source)
    own = [(mark, graph, RDF + "type", ox.NamedNode(PROV + "Entity")),
           (mark, graph, RDF + "type", ox.NamedNode(VOID + "Dataset")),
           (mark, graph, VOID + "triples", ox.Literal(str(table.count), datatype=ox.NamedNode(XSD + "integer"))),
           (mark, graph, PROV + "wasGeneratedBy", activity),
           (mark, activity, RDF + "type", ox.NamedNode(PROV + "Activity"))]  # fmt: skip
    if table.materialisation is Materialisation.FILE:
        dump = ox.Literal(f"tables/{table.name}.nq.gz")
        own.append((mark, graph, DCTERMS + "identifier", dump))
    if table.mapping.queries:  # whose answers are parts of what was curated
        curated = ox.NamedNode(table.mapping.base)
        own += [(mark, graph, PROV + "wasDerivedFrom", curated), (mark, activity, PROV + "used", curated)]
    for data in table.inputs:
        file = ox.NamedNode(f"{table.mapping.base}file/{quote(data.name)}")
        own += [(mark, graph, PROV + "wasDerivedFrom", file),
                (mark, activity, PROV + "used", file),
                (mark, file, RDF + "type", ox.NamedNode(PROV + ("Plan" if data.is_plan else "Entity"))),
                (mark, file, DCTERMS + "title", ox.Literal(data.name)),
                (mark, file, KG + "sha256", ox.Literal(data.sha256))]  # fmt: skip
    yield from (say(graph, *each) for each in own)


def say(graph: ox.NamedNode, mark: Mark, subject: ox.NamedNode, predicate: str, term: Any) -> Assertion:
    """One statement of a table's graph, at its mark."""
    return Assertion(Quad(subject, ox.NamedNode(predicate), term, graph), mark)
