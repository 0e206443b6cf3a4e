"""Containers and collections (RML-CC): members are gathered in a table, and become terms that stand in columns.

A gather map makes a head for each row, or, where it has an expression, one for all rows that give the same head
in the same graph: their members follow each other. Source: http://w3id.org/rml/cc/spec.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyoxigraph as ox

from kg.diagnostic import Diagnostic
from kg.tables.columns import Table
from kg.tables.macros import quote_name, quote_text
from kg.tables.pieces import CompiledTerm, Hole
from kg.tables.rml import Finished, RefObjectMap, RowIdentity, TermMap, TermType, TriplesMap
from kg.tables.sql import Compiler, QuadPattern, compile_graphs, compile_join, compile_plain
from kg.tables.terms import compile_term
from kg.tables.vocabulary import RDF, RDF_TYPE

NIL = f"<{RDF}nil>"
Parents = Mapping[str, TriplesMap]
Collected = tuple[TermMap, Table, list[QuadPattern]]


def compile_gathered(triples_map: TriplesMap, parents: Parents, compiler: Compiler) -> list[QuadPattern]:
    """The patterns of a triples map with gather maps: those of its collections, then its own over finished terms."""
    table = compiler.tables[triples_map.source]
    found: list[QuadPattern] = []
    maps: list[TriplesMap] = []
    subjects = [(triples_map.subject, triples_map.graphs)]
    if triples_map.subject.gather is not None:
        subjects = []
        for graph in triples_map.graphs or (None,):
            made = collect(triples_map.subject, graph, table, triples_map, parents, compiler)
            if made is None:
                return []
            subject, table, patterns = made
            found += patterns
            subjects.append((subject, (graph,) if graph else ()))
    for subject, graphs in subjects:
        plain = []
        for pom in triples_map.predicate_objects:
            gathers = [o for o in pom.objects if isinstance(o, TermMap) and o.gather is not None]
            rest = tuple(o for o in pom.objects if o not in gathers)
            if rest:
                plain.append(replace(pom, objects=rest))
            for graph in (*graphs, *pom.graphs) or (None,):
                for gather_map in gathers:
                    made = collect(gather_map, graph, table, triples_map, parents, compiler)
                    if made is None:
                        return []
                    made_map, table, patterns = made
                    found += patterns
                    linked = replace(pom, objects=(made_map,), graphs=())
                    own = (graph,) if graph else ()
                    maps.append(
                        replace(triples_map, subject=subject, classes=(), graphs=own, predicate_objects=(linked,))
                    )
        maps.append(replace(triples_map, subject=subject, graphs=graphs, predicate_objects=tuple(plain)))
    return [*found, *(p for each in maps for p in compile_plain(each, table, parents, compiler))]


def collect(
    gather_map: TermMap,
    graph_map: TermMap | None,
    table: Table,
    triples_map: TriplesMap,
    parents: Parents,
    compiler: Compiler,
) -> Collected | None:
    """A gather map in one graph: the map of its heads as finished terms, the table that has them, its own quads."""
    gather = gather_map.gather
    assert gather is not None
    found: list[QuadPattern] = []
    members: list[TermMap | RefObjectMap] = []
    for member in gather.members:
        if isinstance(member, TermMap) and member.gather is not None:
            made = collect(member, graph_map, table, triples_map, parents, compiler)
            if made is None:
                return None
            member, table, patterns = made
            found += patterns
        members.append(member)
    number = compiler.next_number()
    scope = compiler.scope(triples_map, table, "t", "h")
    head = compile_term(replace(gather_map, gather=None), scope)
    graphs = compile_graphs(triples_map, (graph_map,) if graph_map else (), table, compiler)
    graph = graphs[0][0] if graphs else None
    if head is None:
        return None
    if head.unnests or (graph is not None and graph.unnests) or head.form == "literal":
        message = "the head of a collection is one resource for each row"
        compiler.diagnostics.append(Diagnostic(code="map-unsupported", mark=gather_map.mark, message=message))
        return None
    node, named = write_term(head), "NULL::VARCHAR" if graph is None else write_term(graph)
    if isinstance(gather_map.expression, RowIdentity):
        node = f"'_:k{number}x' || t.rowid"
    elif head.form == "bnode" and graph is not None:  # the same label in two graphs would be one node
        node = f"{node} || '_g' || kg_label({named})"
    parts: list[str] = []
    inner: list[CompiledTerm] = []
    for place, each in enumerate(members):
        part = select_member(each, place, table, triples_map, parents, compiler)
        if part is None:
            return None
        parts.append(part[0])
        if isinstance(each, TermMap):
            inner.append(part[1])
    store, wide, column = f'"k{number}"', f"{table.name.strip(chr(34))}_k{number}", f"kg_k{number}"
    compiler.connection.execute(write_members(node, named, number, store, table, parts, graph is not None))
    empty = f" WHEN {node} IS NOT NULL THEN {quote_text(NIL) if gather.is_list else node}" if gather.allow_empty else ""
    compiler.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {quote_name(wide)} AS"
        f" SELECT t.*, CASE WHEN m.h IS NOT NULL THEN {node}{empty} END AS {column} FROM {table.name} t"
        f" LEFT JOIN (SELECT DISTINCT h, g FROM {store}) m ON m.h = {node} AND m.g IS NOT DISTINCT FROM {named}"
        " ORDER BY t.rowid"
    )
    wide_table = replace(table, name=quote_name(wide), alphabet=None)
    if gather.is_list:
        triples = [("c", constant(RDF + "first"), "x"), ("c", constant(RDF + "rest"), "r")]
    else:
        triples = [("h", finished("m"), "x")]
        compiler.connection.execute(
            f'CREATE OR REPLACE TEMP TABLE "k{number}_heads" AS SELECT DISTINCT {column} AS h, {named} AS g'
            f" FROM {wide_table.name} t WHERE {column} IS NOT NULL"
        )
        found.append(
            quad(triples_map, f'"k{number}_heads"', finished("h"), constant(RDF_TYPE), constant(gather.kind),
                 graph, gather_map, table)
        )  # fmt: skip
    found += [
        quad(triples_map, store, finished(s), predicate, finished(o), graph, gather_map, table)
        for s, predicate, o in triples
    ]
    expression = Finished(column=column, inner=tuple(inner), mark=gather_map.mark)
    made_map = replace(
        gather_map, expression=expression, term_type=TermType.BLANK_NODE, gather=None, datatype=None, language=None
    )
    return made_map, wide_table, found


def write_members(
    node: str, named: str, number: int, store: str, table: Table, parts: Sequence[str], has_graph: bool
) -> str:
    """The table of members: head `h`, graph `g`, term `x`, membership property `m`, cell `c` and the rest `r`."""
    there = "h IS NOT NULL AND x IS NOT NULL" + (" AND g IS NOT NULL" if has_graph else "")
    cell = f"CASE WHEN {{0}} = 1 THEN h ELSE '_:k{number}x' || md5(concat(h, ' ', g)) || 'x' || ({{0}}) END"
    return (
        f"CREATE OR REPLACE TEMP TABLE {store} AS"
        f" WITH heads AS (SELECT t.rowid AS i, {node} AS h, {named} AS g FROM {table.name} t),"
        f" parts AS ({' UNION ALL '.join(parts)}),"
        " placed AS (SELECT h, g, x, row_number() OVER (PARTITION BY h, g ORDER BY i, part, n) AS p,"
        f" count(*) OVER (PARTITION BY h, g) AS size FROM parts JOIN heads USING (i) WHERE {there})"
        f" SELECT h, g, x, '<{RDF}_' || p || '>' AS m, {cell.format('p')} AS c,"
        f" CASE WHEN p = size THEN {quote_text(NIL)} ELSE {cell.format('p + 1')} END AS r FROM placed"
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


def write_term(term: CompiledTerm) -> str:
    """SQL of the whole text of a term."""
    return "(" + " || ".join(quote_text(p) if isinstance(p, str) else p.sql for p in term.pieces) + ")"


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
        triples_map=triples_map.name, table=replace(table, name=store, columns={}, alphabet=None), subject=subject,
        predicate=predicate, object=thing, graph=None if graph is None else finished("g"),
        targets=gather_map.targets, mark=gather_map.mark,
    )  # fmt: skip
