"""Containers and collections (RML-CC): members are gathered in a table, and become terms that stand in columns.

A gather map makes a head for each row (`rml:cartesianProduct`: for each combination of one term of each of its
maps), or, where it has an expression, one for all that give the same head in the same graph: their members follow
each other. Source: http://w3id.org/rml/cc/spec.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg.diagnostic import Diagnostic
from kg.tables.columns import Table
from kg.tables.macros import quote_text
from kg.tables.pieces import CompiledTerm, Hole
from kg.tables.rml import Finished, Gather, RefObjectMap, RowIdentity, Strategy, TermMap, TermType, TriplesMap
from kg.tables.sql import Compiler, QuadPattern, compile_graphs, compile_join, compile_plain
from kg.tables.terms import compile_term
from kg.tables.vocabulary import RDF, RDF_TYPE
from kg.tables.wide import all_columns, widen, write_term

NIL = f"<{RDF}nil>"
Parents = Mapping[str, TriplesMap]


@dataclass(frozen=True, kw_only=True)
class Heads:
    """The heads that a gather map makes in one graph: the table *name* has them as `h`, by row `i` and order `n`.

    *patterns* are the quads of the collections themselves, *inner* the terms that they were made of.
    """

    number: int
    name: str
    gather_map: TermMap
    inner: tuple[CompiledTerm, ...]
    patterns: tuple[QuadPattern, ...]


def compile_gathered(triples_map: TriplesMap, table: Table, parents: Parents, compiler: Compiler) -> list[QuadPattern]:
    """The patterns of a triples map with gather maps: those of its collections, then its own over finished terms."""
    found: list[QuadPattern] = []
    maps: list[tuple[TriplesMap, Table]] = []
    subjects = [(triples_map.subject, triples_map.graphs, table)]
    if triples_map.subject.gather is not None:
        subjects = []
        for graph in triples_map.graphs or (None,):
            heads = collect(triples_map.subject, graph, triples_map, parents, compiler)
            if heads is None:
                return []
            found += heads.patterns
            subject, rows = attach(heads, table, compiler)
            subjects.append((subject, (graph,) if graph else (), rows))
    for subject, graphs, rows in subjects:
        plain = []
        for pom in triples_map.predicate_objects:
            gathers = [o for o in pom.objects if isinstance(o, TermMap) and o.gather is not None]
            rest = tuple(o for o in pom.objects if o not in gathers)
            if rest:
                plain.append(replace(pom, objects=rest))
            for graph in (*graphs, *pom.graphs) or (None,):
                for gather_map in gathers:
                    heads = collect(gather_map, graph, triples_map, parents, compiler)
                    if heads is None:
                        return []
                    found += heads.patterns
                    made, wide = attach(heads, rows, compiler)
                    linked = replace(pom, objects=(made,), graphs=())
                    own = (graph,) if graph else ()
                    one = replace(triples_map, subject=subject, classes=(), graphs=own, predicate_objects=(linked,))
                    maps.append((one, wide))
        maps.append((replace(triples_map, subject=subject, graphs=graphs, predicate_objects=tuple(plain)), rows))
    return [*found, *(p for each, rows in maps for p in compile_plain(each, rows, parents, compiler))]


def collect(
    gather_map: TermMap, graph_map: TermMap | None, triples_map: TriplesMap, parents: Parents, compiler: Compiler
) -> Heads | None:
    """The heads of a gather map in one graph, for the rows of the triples map's source; None after a mistake."""
    gather = gather_map.gather
    assert gather is not None
    key = (triples_map.name, gather_map.mark, graph_map)
    if key in compiler.collected:  # a row has one such collection, whatever it is linked from
        known = compiler.collected[key]
        return None if known is None else replace(known, patterns=())
    compiler.collected[key] = None
    table = compiler.tables[triples_map.source]
    number = compiler.next_number()
    scope = compiler.scope(triples_map, table, "t", "h")
    head = compile_term(replace(gather_map, gather=None), scope)
    graphs = compile_graphs(triples_map, (graph_map,) if graph_map else (), table, compiler)
    graph = graphs[0][0] if graphs else None
    if head is None:
        return None
    if head.unnests or (graph is not None and graph.unnests) or head.form in {"literal", "triple"}:
        message = "the head of a collection is one resource for each row"
        compiler.diagnostics.append(Diagnostic(code="map-unsupported", mark=gather_map.mark, message=message))
        return None
    found: list[QuadPattern] = []
    parts: list[str] = []
    inner: list[CompiledTerm] = []
    for place, member in enumerate(gather.members):
        if isinstance(member, TermMap) and member.gather is not None:
            nested = collect(member, graph_map, triples_map, parents, compiler)
            if nested is None:
                return None
            found += nested.patterns
            inner += nested.inner
            parts.append(f"SELECT i, {place} AS part, [n]::BIGINT[] AS n, h AS x FROM {nested.name}")
            continue
        part = select_member(member, place, table, triples_map, parents, compiler)
        if part is None:
            return None
        parts.append(part[0])
        if isinstance(member, TermMap):
            inner.append(part[1])
    node, named = write_term(head), "NULL::VARCHAR" if graph is None else write_term(graph)
    unnamed = isinstance(gather_map.expression, RowIdentity)
    if unnamed:
        node = f"'_:k{number}x' || t.rowid"
    elif head.form == "bnode" and graph is not None:  # the same label in two graphs would be one node
        node = f"{node} || '_g' || kg_label({named})"
    store, name = f'"k{number}"', f'"k{number}_heads"'
    rows = f"(SELECT t.rowid AS i, {node} AS h, {named} AS g FROM {table.name} t)"
    product = gather.strategy is Strategy.CARTESIAN_PRODUCT
    flat = combine_parts(parts) if product else " UNION ALL ".join(f"SELECT *, 0 AS combo FROM ({p})" for p in parts)
    own = "h || 'c' || combo" if product and unnamed else "h"  # a collection for each combination
    compiler.make_table(store, write_members(rows, own, flat, number, has_graph=graph is not None))
    compiler.make_table(name, write_heads(rows, store, gather))
    if gather.is_list:
        triples = [("c", constant(RDF + "first"), "x"), ("c", constant(RDF + "rest"), "r")]
    else:
        triples = [("h", finished("m"), "x")]
        kind = constant(gather.kind)
        found.append(quad(triples_map, name, finished("h"), constant(RDF_TYPE), kind, graph, gather_map, table))
    found += [
        quad(triples_map, store, finished(s), predicate, finished(o), graph, gather_map, table)
        for s, predicate, o in triples
    ]
    heads = Heads(number=number, name=name, gather_map=gather_map, inner=tuple(inner), patterns=tuple(found))
    compiler.collected[key] = heads
    return heads


def attach(heads: Heads, table: Table, compiler: Compiler) -> tuple[TermMap, Table]:
    """The map of the heads as finished terms, and the rows of the table with the column that it reads."""
    column = f"kg_k{heads.number}"
    wide = widen(table, f"k{heads.number}")
    sql = (
        f"SELECT {all_columns(table)}, m.h AS {column} FROM {table.name} t JOIN {heads.name} m ON m.i = t.{table.row}"
        f" ORDER BY t.{table.row}, m.n"
    )
    compiler.make_table(wide.name, sql)
    term_map = heads.gather_map
    expression = Finished(column=column, inner=heads.inner, mark=term_map.mark)
    plain = replace(term_map, term_type=TermType.BLANK_NODE, gather=None, datatype=None, language=None)
    return replace(plain, expression=expression), wide


def combine_parts(parts: Sequence[str]) -> str:
    """SQL of the members of each combination of one term of each map: the Cartesian product within a row."""
    joined = f"({parts[0]}) p0"
    for place, part in enumerate(parts[1:], 1):
        joined += f" JOIN ({part}) p{place} USING (i)"
    places = range(len(parts))
    order = ", ".join(f"p{k}.n" for k in places)
    terms = ", ".join(f"p{k}.x" for k in places)
    there = " AND ".join(f"p{k}.x IS NOT NULL" for k in places)
    combos = (
        f"SELECT i, [{terms}] AS terms, row_number() OVER (PARTITION BY i ORDER BY {order}) AS combo"
        f" FROM {joined} WHERE {there}"
    )
    numbers = ", ".join(map(str, places))
    return (
        "SELECT i, unnest([" + numbers + f"]) AS part, NULL::BIGINT[] AS n, unnest(terms) AS x, combo FROM ({combos})"
    )


def write_members(rows: str, own: str, flat: str, number: int, *, has_graph: bool) -> str:
    """SQL of the members: head `h`, graph `g`, term `x`, membership property `m`, cell `c` and the rest `r`.

    The row `i` and the number `n` of its collection say which head is made of which row.
    """
    there = "h IS NOT NULL AND x IS NOT NULL" + (" AND g IS NOT NULL" if has_graph else "")
    cell = f"CASE WHEN {{0}} = 1 THEN h ELSE '_:k{number}x' || md5(concat(h, ' ', g)) || 'x' || ({{0}}) END"
    return (
        f"WITH parts AS (SELECT i, {own} AS h, g, part, n, x, combo FROM ({flat}) JOIN {rows} USING (i)),"
        " placed AS (SELECT *, row_number() OVER (PARTITION BY h, g ORDER BY i, combo, part, n) AS p,"
        f" count(*) OVER (PARTITION BY h, g) AS size FROM parts WHERE {there})"
        f" SELECT i, combo AS n, h, g, x, '<{RDF}_' || p || '>' AS m, {cell.format('p')} AS c,"
        f" CASE WHEN p = size THEN {quote_text(NIL)} ELSE {cell.format('p + 1')} END AS r FROM placed"
    )


def write_heads(rows: str, store: str, gather: Gather) -> str:
    """SQL of the heads `h` of each row `i`; one without members is empty, or another row's members follow it."""
    empty = "NULL" if not gather.allow_empty else quote_text(NIL) if gather.is_list else "t.h"
    return (
        f"SELECT i, min(n) AS n, h, g FROM {store} GROUP BY i, h, g"
        f" UNION ALL SELECT * FROM (SELECT t.i, 0, CASE WHEN m.h IS NOT NULL THEN t.h ELSE {empty} END AS h, t.g"
        f" FROM {rows} t LEFT JOIN (SELECT DISTINCT h, g FROM {store}) m ON m.h = t.h AND m.g IS NOT DISTINCT FROM t.g"
        f" WHERE t.h IS NOT NULL AND t.i NOT IN (SELECT i FROM {store})) WHERE h IS NOT NULL"
    )


def select_member(
    member: TermMap | RefObjectMap,
    place: int,
    table: Table,
    triples_map: TriplesMap,
    parents: Parents,
    compiler: Compiler,
) -> tuple[str, CompiledTerm] | None:
    """SQL of the members that one map gives: row `i`, `part` of the list, place `n` within it, term `x`."""
    sources, order, where = [f"{table.name} t"], ["0"], ""
    if isinstance(member, TermMap):
        term = compile_term(member, compiler.scope(triples_map, table, "t", f"m{place}_"))
        if term is None:
            return None
        sources += [f"UNNEST({listed}) WITH ORDINALITY AS {alias}(x, n)" for alias, listed in term.unnests]
        order += [f"{alias}.n" for alias, _ in term.unnests]
    else:
        parent = parents[member.parent]
        other = compiler.tables[parent.source] if member.conditions else table
        alias = "p" if member.conditions else "t"
        term = compile_term(parent.subject, compiler.scope(parent, other, alias, "q"))
        join = compile_join(member, triples_map, table, parent, other, compiler)
        if term is None or join is None:
            return None
        if member.conditions:
            sources.append(f"{other.name} p")
            order.append("p.rowid")
            where = " WHERE " + " AND ".join(f"{c.sql} = {p.sql}" for c, p in join.conditions)
        unnests = (*join.child_unnests, *join.parent_unnests, *term.unnests)
        sources += [f"UNNEST({listed}) AS {name}(x)" for name, listed in unnests]
    listed = ", ".join(order)
    rows = f"SELECT t.rowid AS i, {place} AS part, [{listed}]::BIGINT[] AS n, {write_term(term)} AS x"
    return f"{rows} FROM {', '.join(sources)}{where}", term


def finished(column: str) -> CompiledTerm:
    """A term that stands whole in a column."""
    name = f't."{column}"'
    return CompiledTerm(pieces=(Hole(value=name, columns=(name,)),), form="any")


def constant(iri: str) -> CompiledTerm:
    """An IRI that no row changes."""
    return CompiledTerm(pieces=(str(ox.NamedNode(iri)),), form="iri")


def quad(
    triples_map: TriplesMap,
    store: str,
    subject: CompiledTerm,
    predicate: CompiledTerm,
    thing: CompiledTerm,
    graph: CompiledTerm | None,
    gather_map: TermMap,
    table: Table,
) -> QuadPattern:
    """A pattern over a table of members or heads; its graph stands in the column `g`."""
    return QuadPattern(
        triples_map=triples_map.name, table=replace(table, name=store, columns={}, row="i", alphabet=None),
        subject=subject,
        predicate=predicate, object=thing, graph=None if graph is None else finished("g"),
        targets=gather_map.targets, mark=gather_map.mark,
    )  # fmt: skip
