"""Queries whose default graph is the merge of several graphs.

The store evaluates them over the quads of all these graphs, so a triple that two of them hold gives its rows twice. In
a merge it stands once (SPARQL 1.1 Query Language, sections 13.1 and 13.2; RDF 1.1 Semantics, section 4.1). Blank nodes
of one store are the same nodes in all its graphs, and stay so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pyoxigraph as ox

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
_SHARED = "ASK { GRAPH ?one { ?s ?p ?o } GRAPH ?other { ?s ?p ?o } FILTER(!sameTerm(?one, ?other)) }"


def query_merge(
    store: ox.Store, query: str, default: Collection[str], named: Collection[str], **options: Any
) -> Results:
    """What a query answers of the merge of the graphs *default*, and of the *named* graphs.

    Graphs that share triples are copied into memory, without which the store has no merge of them. Raises what the
    store raises.
    """
    try:
        graphs, others = (_name(dict.fromkeys(iris)) for iris in (default, named))
    except ValueError as error:
        store.query(query, **options)  # which tells the place
        raise RuntimeError(str(error)) from None
    if not share_triples(store, default):
        return store.query(query, default_graph=[*graphs], named_graphs=[*others], **options)
    merged, place = ox.Store(), ox.DefaultGraph()
    for graph in graphs:
        found = store.quads_for_pattern(None, None, None, graph)
        merged.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object, place) for quad in found)
    for graph in others:
        merged.bulk_extend(store.quads_for_pattern(None, None, None, graph))
        merged.add_graph(graph)
    return merged.query(query, default_graph=[place], named_graphs=[*others], **options)


def share_triples(store: ox.Store, graphs: Collection[str]) -> bool:
    """Whether two of these graphs hold one triple; it takes a second of CPU for a million triples."""
    return len(graphs) > 1 and bool(store.query(_SHARED, named_graphs=[*_name(graphs)]))


def _name(iris: Iterable[str]) -> list[ox.NamedNode]:
    return [ox.NamedNode(iri) for iri in iris]
