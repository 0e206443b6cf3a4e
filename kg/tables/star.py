"""Quoted triples (RML-star): star maps become term maps that the rows of one table decide.

A star map stands for the triples of another triples map. Where both are of the same rows, the maps of subject,
predicate and object take its place, and the quoted triple is compiled like any other term; where rows are joined, it
is made beforehand and stands whole in a column of a wider table. Source: http://w3id.org/rml/star/spec.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg.diagnostic import Diagnostic
from kg.tables.columns import Table
from kg.tables.pieces import CompiledTerm, Piece, merge_pieces
from kg.tables.rml import (
    Constant,
    Finished,
    Position,
    QuotedTriple,
    QuotedTriplesMap,
    RefObjectMap,
    TermMap,
    TermType,
    TriplesMap,
    makes_quoted,
)
from kg.tables.sql import Compiler, compile_join
from kg.tables.terms import Scope, compile_term
from kg.tables.vocabulary import RDF_TYPE
from kg.tables.wide import all_columns, widen, write_term

Parents = Mapping[str, TriplesMap]


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A term map that the rows of *table* decide, and the base IRI that it was written under."""

    term_map: TermMap
    base: str | None
    table: Table


def expand_star(triples_map: TriplesMap, parents: Parents, compiler: Compiler) -> Iterator[tuple[TriplesMap, Table]]:
    """The triples maps without star maps that together say the same, each with the table that it reads."""
    for subject in resolve(triples_map.subject, triples_map, compiler.tables[triples_map.source], parents, compiler):
        own = replace(triples_map, subject=subject.term_map)
        plain = []
        for pom in triples_map.predicate_objects:
            rest = tuple(o for o in pom.objects if not makes_quoted(o, parents))
            if rest:
                plain.append(replace(pom, objects=rest))
            for star in (o for o in pom.objects if makes_quoted(o, parents)):
                for made in resolve(star, triples_map, subject.table, parents, compiler):
                    linked = replace(pom, objects=(made.term_map,))
                    yield replace(own, classes=(), predicate_objects=(linked,)), made.table
        yield replace(own, predicate_objects=tuple(plain)), subject.table


def resolve(
    term_map: TermMap | RefObjectMap, triples_map: TriplesMap, table: Table, parents: Parents, compiler: Compiler
) -> Iterator[Resolved]:
    """The maps that a subject or object map of a triples map stands for, over *table*, which has its source's rows.

    Nothing of what cannot be compiled: the compiler's diagnostics say why.
    """
    expression = term_map.expression if isinstance(term_map, TermMap) else term_map
    if isinstance(expression, RefObjectMap):
        parent = parents.get(expression.parent)
    elif isinstance(expression, QuotedTriplesMap):
        parent = parents.get(expression.name)
    else:
        assert isinstance(term_map, TermMap)
        own = resolve_members(term_map, triples_map, table, parents, compiler)
        if own is not None:
            yield Resolved(term_map=own, base=triples_map.base or compiler.base, table=table)
        return
    if parent is None:
        return
    rows = compiler.tables[parent.source] if expression.conditions else table
    if isinstance(expression, RefObjectMap):
        found = resolve(parent.subject, parent, rows, parents, compiler)
    else:
        found = quote_triples(parent, rows, parents, compiler)
    for made in found:
        joined: Resolved | None = made
        if expression.conditions:
            joined = join_term(made, expression, triples_map, table, parent, compiler)
        if joined is not None:
            yield replace(joined, term_map=replace(joined.term_map, targets=term_map.targets, mark=term_map.mark))


def resolve_members(
    term_map: TermMap, triples_map: TriplesMap, table: Table, parents: Parents, compiler: Compiler
) -> TermMap | None:
    """The map with the star maps among its members resolved; None where these would need a join."""
    gather = term_map.gather
    if gather is None or not makes_quoted(term_map, parents):
        return term_map
    members: list[TermMap | RefObjectMap] = []
    for member in gather.members:
        if not makes_quoted(member, parents):
            members.append(member)
            continue
        found = list(resolve(member, triples_map, table, parents, compiler))
        if not found:  # a mistake, which is told
            return None
        for made in found:
            if made.table != table:
                message = "members that are quoted triples of joined rows"
                compiler.diagnostics.append(Diagnostic(code="map-unsupported", mark=member.mark, message=message))
                return None
            members.append(made.term_map)
    return replace(term_map, gather=replace(gather, members=tuple(members)))


def quote_triples(quoted: TriplesMap, table: Table, parents: Parents, compiler: Compiler) -> Iterator[Resolved]:
    """The triples of a triples map as quoted triples; *table* has the rows of its source. Graphs play no part."""
    base = quoted.base or compiler.base
    if any(gathers(m, parents) for m in quoted.resource_maps):
        message = f"`{quoted.name}` is quoted and gathers: its collections cannot be quoted"
        compiler.diagnostics.append(Diagnostic(code="map-unsupported", mark=quoted.mark, message=message))
        return
    for subject in resolve(quoted.subject, quoted, table, parents, compiler):
        start = (subject.term_map, subject.base)
        for iri in quoted.classes:
            terms = (start, (make_constant(RDF_TYPE, subject), base), (make_constant(iri.value, subject), base))
            yield make_quoted(terms, subject.table)
        for pom in quoted.predicate_objects:
            for object_map in pom.objects:
                for thing in resolve(object_map, quoted, subject.table, parents, compiler):
                    for predicate in pom.predicates:
                        terms = (start, (predicate, base), (thing.term_map, thing.base))
                        yield make_quoted(terms, thing.table)


def gathers(term_map: TermMap | RefObjectMap, parents: Parents) -> bool:
    """Whether a map, or the subject map that it takes its terms from, makes collections."""
    if isinstance(term_map, TermMap):
        return term_map.gather is not None
    return term_map.parent in parents and gathers(parents[term_map.parent].subject, parents)


def make_constant(iri: str, beside: Resolved) -> TermMap:
    """The map of an IRI that no row changes, at the mark of the map *beside* it."""
    mark = beside.term_map.mark
    constant = Constant(term=ox.NamedNode(iri), mark=mark)
    return TermMap(position=Position.OBJECT, expression=constant, term_type=TermType.IRI, mark=mark)


def make_quoted(terms: tuple[tuple[TermMap, str | None], ...], table: Table) -> Resolved:
    """The map of a quoted triple."""
    mark = terms[0][0].mark
    expression = QuotedTriple(terms=terms, mark=mark)
    term_map = TermMap(position=Position.OBJECT, expression=expression, term_type=TermType.QUOTED_TRIPLE, mark=mark)
    return Resolved(term_map=term_map, base=None, table=table)


def join_term(
    made: Resolved,
    expression: RefObjectMap | QuotedTriplesMap,
    triples_map: TriplesMap,
    table: Table,
    parent: TriplesMap,
    compiler: Compiler,
) -> Resolved | None:
    """The rows of *table* with the term that joined rows of the parent make, each once for each such term."""
    scope = replace(compiler.scope(parent, made.table, "p", "q"), base=made.base)
    term = compile_term(made.term_map, scope)
    join = compile_join(expression, triples_map, table, parent, made.table, compiler)
    if term is None or join is None:
        return None
    number = compiler.next_number()
    wide, column = widen(table, f"q{number}"), f"kg_q{number}"
    keys = ", ".join(f"{other.sql} AS k{place}" for place, (_, other) in enumerate(join.conditions))
    lists = "".join(
        f", UNNEST({listed}) AS {alias}(x)" for alias, listed in dict.fromkeys((*join.parent_unnests, *term.unnests))
    )
    terms = f"SELECT DISTINCT {keys}, {write_term(term)} AS x FROM {made.table.name} p{lists}"
    own = "".join(f", UNNEST({listed}) AS {alias}(x)" for alias, listed in join.child_unnests)
    where = " AND ".join(f"{child.sql} = m.k{place}" for place, (child, _) in enumerate(join.conditions))
    compiler.make_table(
        wide.name,
        f"SELECT {all_columns(table)}, m.x AS {column} FROM {table.name} t{own}, ({terms}) m"
        f" WHERE {where} AND m.x IS NOT NULL",
    )
    finished = Finished(column=column, form=term.form, mark=made.term_map.mark)
    return replace(made, term_map=replace(made.term_map, expression=finished), table=wide)


def compile_triple(triple: QuotedTriple, scope: Scope) -> CompiledTerm | None:
    """The text of a quoted triple, `<< s p o >>`; its values are checked where they belong, in its own triples map.

    Source: RDF-star and SPARQL-star (RDF-DEV community group, 2021-12-17), section 3.4 (N-Triples-star).
    """
    pieces: list[Piece] = ["<< "]
    unnests: list[tuple[str, str]] = []
    for letter, (term_map, base) in zip("abc", triple.terms, strict=True):
        term = compile_term(term_map, replace(scope, base=base, prefix=scope.prefix + letter))
        if term is None:
            return None
        pieces += [*term.pieces, " "]
        unnests += term.unnests
    return CompiledTerm(pieces=merge_pieces([*pieces, ">>"]), form="triple", unnests=tuple(unnests))
