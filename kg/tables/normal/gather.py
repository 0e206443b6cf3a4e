"""Gather maps (RML-CC) → collections, and the statements that say what is in them.

A gather map makes a head for each row (`rml:cartesianProduct`: for each combination of one term of each of its
maps), or, where it has an expression, one for all that give the same head in the same graph: their members follow
each other. Source: http://w3id.org/rml/cc/spec.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.rdf.namespace import RDF
from kg.tables.normal.context import Normalising
from kg.tables.normal.star import make_constant
from kg.tables.normal.statement import (
    Collection,
    Finished,
    Gathering,
    HeadRows,
    Joined,
    Maker,
    MemberRows,
    Placed,
    SourceRows,
    Statement,
)
from kg.tables.rml import RowIdentity, TermMap, TriplesMap
from kg.tables.vocabulary import DEFAULT_GRAPHS, RDF_TYPE


@dataclass(frozen=True, kw_only=True)
class Collected:
    """A collection, and the statements about it that were not made before."""

    collection: Collection
    statements: tuple[Statement, ...]


def collect(
    gathering: Gathering, graph_map: TermMap | None, triples_map: TriplesMap, context: Normalising
) -> Collected | None:
    """The collections of a gather map in one graph, over the rows of the triples map's source; None after a mistake."""
    gather_map = gathering.gather_map
    key = (triples_map.name, gather_map.mark, graph_map)
    if key in context.collected:  # a row has one such collection, whatever it is linked from
        known = context.collected[key]
        return None if known is None else Collected(collection=known, statements=())
    context.collected[key] = None
    assert gather_map.gather is not None
    number = context.next_number()
    statements: list[Statement] = []
    members: list[Maker | Joined | Collection] = []
    for member in gathering.members:
        if isinstance(member, Gathering):
            nested = collect(member, graph_map, triples_map, context)
            if nested is None:
                return None
            statements += nested.statements
            members.append(nested.collection)
        else:
            members.append(member)
    collection = Collection(
        number=number, rows=SourceRows(source=triples_map.source),
        head=Placed(term_map=replace(gather_map, gather=None), base=gathering.base),
        graph=place_graph(graph_map, triples_map, context), gather=gather_map.gather, members=tuple(members),
        unnamed=isinstance(gather_map.expression, RowIdentity), mark=gather_map.mark,
    )  # fmt: skip
    context.collected[key] = collection
    statements += say_members(collection, triples_map, gather_map)
    return Collected(collection=collection, statements=tuple(statements))


def place_graph(graph_map: TermMap | None, triples_map: TriplesMap, context: Normalising) -> Placed | None:
    """The map of a graph; None for the default graph."""
    if graph_map is None or names_default_graph(graph_map):
        return None
    return Placed(term_map=graph_map, base=context.base_of(triples_map))


def names_default_graph(graph_map: TermMap) -> bool:
    """Whether a graph map is the constant `rml:defaultGraph`, in today's or in R2RML's spelling."""
    term = getattr(graph_map.expression, "term", None)
    return term is not None and term.value in DEFAULT_GRAPHS


def say_members(collection: Collection, triples_map: TriplesMap, gather_map: TermMap) -> list[Statement]:
    """The statements of a collection: cells of a list, or a container's class and its members."""

    def say(rows: MemberRows | HeadRows, subject: str, predicate: Maker, thing: Maker) -> Statement:
        return Statement(
            triples_map=triples_map.name, rows=rows, subject=Finished(column=subject), predicate=predicate,
            object=thing, graph=None if collection.graph is None else Finished(column="g"),
            asserted=triples_map.asserted, targets=gather_map.targets, mark=gather_map.mark,
        )  # fmt: skip

    members, heads = MemberRows(collection=collection), HeadRows(collection=collection)
    if collection.gather.is_list:
        first, rest = make_constant(RDF + "first", gather_map.mark), make_constant(RDF + "rest", gather_map.mark)
        return [say(members, "c", first, Finished(column="x")), say(members, "c", rest, Finished(column="r"))]
    kind = make_constant(collection.gather.kind, gather_map.mark)
    return [
        say(heads, "h", make_constant(RDF_TYPE, gather_map.mark), kind),
        say(members, "h", Finished(column="m"), Finished(column="x")),
    ]
