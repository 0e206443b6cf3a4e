"""Star maps (RML-star) → quoted triples of one row.

A star map stands for the triples of another triples map. Where both are of the same rows, the maps of subject,
predicate and object take its place; where rows are joined, the quoted triple is made beforehand and stands whole in
the rows. Source: http://w3id.org/rml/star/spec.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.tables.normal.context import Normalising, place_map
from kg.tables.normal.statement import (
    Finished,
    Gathering,
    Joined,
    JoinedRows,
    Maker,
    Placed,
    Quoted,
    Resolved,
    Rows,
    SourceRows,
)
from kg.tables.rml import (
    Constant,
    Position,
    QuotedTriplesMap,
    RefObjectMap,
    TermMap,
    TermType,
    TriplesMap,
    makes_quoted,
)
from kg.tables.vocabulary import RDF_TYPE
from kg.tables.wording import show_node
from kg.text.diagnostic import Mark


def resolve_map(
    term_map: TermMap | RefObjectMap, triples_map: TriplesMap, rows: Rows, context: Normalising
) -> Iterator[Resolved]:
    """The place of a subject or object map of a triples map, over *rows*, which are made of those of its source.

    Nothing for what cannot be said: the diagnostics of the context say why.
    """
    expression = term_map.expression if isinstance(term_map, TermMap) else term_map
    if isinstance(expression, RefObjectMap):
        parent = context.parents.get(expression.parent)
    elif isinstance(expression, QuotedTriplesMap):
        parent = context.parents.get(expression.name)
    else:
        assert isinstance(term_map, TermMap)
        own = resolve_gathering(term_map, triples_map, rows, context)
        if own is not None:
            yield Resolved(made=own, rows=rows)
        return
    if parent is None:
        return
    other = SourceRows(source=parent.source) if expression.conditions else rows
    if isinstance(expression, RefObjectMap):
        found = resolve_map(parent.subject, parent, other, context)
    else:
        found = quote_triples(parent, other, context)
    for resolved in found:
        if not expression.conditions:
            yield resolved
        elif not isinstance(resolved.made, Gathering):
            joined = JoinedRows(
                number=context.next_number(),
                rows=rows,
                parent=resolved.rows,
                term=resolved.made,
                conditions=expression.conditions,
            )
            yield Resolved(made=Finished(column=joined.column), rows=joined)


def resolve_gathering(
    term_map: TermMap, triples_map: TriplesMap, rows: Rows, context: Normalising
) -> Placed | Gathering | None:
    """A map that is no star map, the star maps among its members resolved; None where these would need a join."""
    if term_map.gather is None:
        return Placed(term_map=term_map, base=context.base_of(triples_map))
    members: list[Maker | Joined | Gathering] = []
    for member in term_map.gather.members:
        if not makes_quoted(member, context.parents):
            placed = place_map(member, triples_map, context)
            members += [] if placed is None else [placed]
            continue
        found = list(resolve_map(member, triples_map, rows, context))
        if not found:  # a mistake, which is told
            return None
        for resolved in found:
            if resolved.rows != rows:
                context.refuse(member.mark, "members that are quoted triples of joined rows")
                return None
            members.append(resolved.made)
    return Gathering(gather_map=term_map, base=context.base_of(triples_map), members=tuple(members))


def quote_triples(quoted: TriplesMap, rows: Rows, context: Normalising) -> Iterator[Resolved]:
    """The triples of a triples map as quoted triples, over rows of its source. Graphs play no part."""
    base = context.base_of(quoted)
    if any(gathers(each, context) for each in quoted.resource_maps):
        name = show_node(quoted.name, quoted.mark)
        context.refuse(quoted.mark, f"`{name}` is quoted and gathers: its collections cannot be quoted")
        return
    for subject in resolve_map(quoted.subject, quoted, rows, context):
        assert not isinstance(subject.made, Gathering)
        for iri in quoted.classes:
            kind = make_constant(RDF_TYPE, quoted.subject.mark)
            thing = make_constant(iri.value, quoted.subject.mark)
            yield Resolved(made=Quoted(subject=subject.made, predicate=kind, object=thing), rows=subject.rows)
        for pom in quoted.predicate_objects:
            for object_map in pom.objects:
                for found in resolve_map(object_map, quoted, subject.rows, context):
                    assert not isinstance(found.made, Gathering)
                    for predicate_map in pom.predicates:
                        predicate = Placed(term_map=predicate_map, base=base)
                        made = Quoted(subject=subject.made, predicate=predicate, object=found.made)
                        yield Resolved(made=made, rows=found.rows)


def gathers(term_map: TermMap | RefObjectMap, context: Normalising) -> bool:
    """Whether a map, or the subject map that it takes its terms from, makes collections."""
    if isinstance(term_map, TermMap):
        return term_map.gather is not None
    parent = context.parents.get(term_map.parent)
    return parent is not None and gathers(parent.subject, context)


def make_constant(iri: str, mark: Mark) -> Placed:
    """The map of an IRI that no row changes."""
    constant = Constant(term=ox.NamedNode(iri), mark=mark)
    term_map = TermMap(position=Position.OBJECT, expression=constant, term_type=TermType.IRI, mark=mark)
    return Placed(term_map=term_map, base=None)
