"""Triples maps → `QuadPattern`s: subject, predicate, object and graph as SQL, with the join they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyoxigraph as ox

from kg.diagnostic import Diagnostic, Mark
from kg.tables.columns import Column, Table
from kg.tables.pieces import Check, CompiledTerm, Hole, Piece, merge_pieces
from kg.tables.rml import (
    Constant,
    Finished,
    JoinCondition,
    LogicalSource,
    LogicalTarget,
    LogicalView,
    Position,
    PredicateObjectMap,
    QuotedTriple,
    QuotedTriplesMap,
    Reference,
    RefObjectMap,
    RowIdentity,
    TermMap,
    TriplesMap,
    makes_quoted,
)
from kg.tables.terms import Scope, compile_term, compile_value, references_of
from kg.tables.vocabulary import RDF_TYPE, RML

DEFAULT_GRAPH = RML + "defaultGraph"
Tables = Mapping[LogicalSource | LogicalView, Table]


@dataclass(frozen=True, kw_only=True)
class Join:
    """The parent's rows that go with a row of the child.

    *conditions* are pairs of SQL over `t` (child) and `p` (parent). *exists* is true where the object is
    made of the child's own columns, so that the parent only needs to be there.
    """

    table: Table
    conditions: tuple[tuple[Hole, Hole], ...]
    exists: bool
    child_unnests: tuple[tuple[str, str], ...] = ()
    parent_unnests: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class QuadPattern:
    """One combination of subject, predicate, object and graph: a quad for each row that has all terms."""

    triples_map: str
    table: Table
    subject: CompiledTerm
    predicate: CompiledTerm
    object: CompiledTerm
    graph: CompiledTerm | None
    join: Join | None = None
    targets: tuple[LogicalTarget, ...] = ()
    mark: Mark = field(compare=False, repr=False)

    @property
    def terms(self) -> tuple[CompiledTerm, ...]:
        graph = () if self.graph is None else (self.graph,)
        return (self.subject, self.predicate, self.object, *graph)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The whole line, without its line end."""
        line: list[Piece] = []
        for term in self.terms:
            line += [*term.pieces, " "]
        return merge_pieces([*line, "."])

    @property
    def unnests(self) -> tuple[tuple[str, str], ...]:
        join = self.join
        extra = (*join.child_unnests, *join.parent_unnests) if join is not None else ()
        return (*(u for term in self.terms for u in term.unnests), *extra)

    @property
    def checks(self) -> tuple[tuple[Check, tuple[tuple[str, str], ...]], ...]:
        """Every check with the lists that must be unnested for it; those of a parent are its own map's."""
        terms = [self.subject, self.predicate, *([] if self.graph is None else [self.graph])]
        if self.join is None or self.join.exists:
            terms.append(self.object)
        inner = [each for term in terms for each in term.inner]
        return tuple((check, term.unnests) for term in (*terms, *inner) for check in term.checks)

    @property
    def per_row(self) -> bool:
        """True where a row gives one line at most."""
        return not self.unnests and (self.join is None or self.join.exists)


@dataclass(kw_only=True)
class Compiler:
    """What a compilation is given (tables, base) and what it finds wrong."""

    tables: Tables
    base: str | None
    best_effort: bool
    connection: Any
    diagnostics: list[Diagnostic] = field(default_factory=list)
    made: int = 0  # tables of collections and quoted triples
    collected: dict[object, Any] = field(default_factory=dict)  # collections that were made, by their gather map
    notes: list[str] = field(default_factory=list)  # the SQL of the tables that were made

    def next_number(self) -> int:
        self.made += 1
        return self.made

    def make_table(self, name: str, sql: str) -> None:
        """A table of the rows of a query, which further queries read."""
        statement = f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}"
        self.notes.append(statement)
        self.connection.execute(statement)

    def scope(self, triples_map: TriplesMap, table: Table, alias: str, prefix: str) -> Scope:
        return Scope(
            table=table,
            alias=alias,
            base=triples_map.base or self.base,
            diagnostics=self.diagnostics,
            best_effort=self.best_effort,
            prefix=prefix,
        )


def compile_quads(triples_map: TriplesMap, parents: Mapping[str, TriplesMap], compiler: Compiler) -> list[QuadPattern]:
    """All quad patterns of a triples map. What cannot be compiled is in the compiler's diagnostics."""
    table = compiler.tables[triples_map.source]
    if any(makes_quoted(m, parents) for m in triples_map.resource_maps):
        from kg.tables.star import expand_star

        maps = expand_star(triples_map, parents, compiler)
        return [p for each, rows in maps for p in compile_over(each, rows, parents, compiler)]
    return compile_over(triples_map, table, parents, compiler)


def compile_over(
    triples_map: TriplesMap, table: Table, parents: Mapping[str, TriplesMap], compiler: Compiler
) -> list[QuadPattern]:
    """The quad patterns of a triples map without star maps, over a table."""
    if any(isinstance(m, TermMap) and m.gather is not None for m in triples_map.resource_maps):
        from kg.tables.gathering import compile_gathered

        return compile_gathered(triples_map, table, parents, compiler)
    return compile_plain(triples_map, table, parents, compiler)


def compile_plain(
    triples_map: TriplesMap, table: Table, parents: Mapping[str, TriplesMap], compiler: Compiler
) -> list[QuadPattern]:
    """The quad patterns of a triples map without gather maps, over a table."""
    subject = compile_term(triples_map.subject, compiler.scope(triples_map, table, "t", "s"))
    if subject is None:
        return []
    found: list[QuadPattern] = []
    graphs = compile_graphs(triples_map, triples_map.graphs, table, compiler)
    rdf_type = CompiledTerm(pieces=(f"<{RDF_TYPE}>",), form="iri")
    for iri in triples_map.classes:
        cls = CompiledTerm(pieces=(f"<{iri.value}>",), form="iri")
        for graph, targets in graphs or [(None, ())]:
            found.append(
                QuadPattern(
                    triples_map=triples_map.name, table=table, subject=subject, predicate=rdf_type,
                    object=cls, graph=graph, targets=(*triples_map.subject.targets, *targets),
                    mark=triples_map.subject.mark,
                )
            )  # fmt: skip
    for pom in triples_map.predicate_objects:
        for object_map in pom.objects:
            found += compile_combinations(triples_map, pom, object_map, table, parents, compiler)
    return found


def compile_combinations(
    triples_map: TriplesMap,
    pom: PredicateObjectMap,
    object_map: TermMap | RefObjectMap,
    table: Table,
    parents: Mapping[str, TriplesMap],
    compiler: Compiler,
) -> list[QuadPattern]:
    """The patterns of one object map: all its predicates and graphs."""
    made = compile_object(object_map, triples_map, pom, table, parents, compiler)
    if made is None:
        return []
    rows = made.rows  # the child's rows, or the parent's where they hold all that is needed
    subject = compile_term(triples_map.subject, compiler.scope(triples_map, rows, "t", "s"))
    graphs = [
        *compile_graphs(triples_map, triples_map.graphs, rows, compiler),
        *compile_graphs(triples_map, pom.graphs, rows, compiler),
    ]
    found: list[QuadPattern] = []
    for predicate_map in pom.predicates:
        predicate = compile_term(predicate_map, compiler.scope(triples_map, rows, "t", "v"))
        if predicate is None or subject is None:
            continue
        for graph, targets in dict.fromkeys(graphs) or [(None, ())]:
            found.append(
                QuadPattern(
                    triples_map=triples_map.name, table=made.rows, subject=subject, predicate=predicate,
                    object=made.term, graph=graph, join=made.join,
                    targets=(*triples_map.subject.targets, *predicate_map.targets, *made.targets, *targets),
                    mark=object_map.mark,
                )
            )  # fmt: skip
    return found


Graph = tuple[CompiledTerm | None, tuple[LogicalTarget, ...]]


def compile_graphs(triples_map: TriplesMap, maps: tuple[TermMap, ...], table: Table, compiler: Compiler) -> list[Graph]:
    """The graphs that quads go to; None is the default graph (`rml:defaultGraph`)."""
    found: list[Graph] = []
    for graph_map in maps:
        expression = graph_map.expression
        if isinstance(expression, Constant) and expression.term == ox.NamedNode(DEFAULT_GRAPH):
            found.append((None, graph_map.targets))
            continue
        if isinstance(expression, Constant) and expression.term.value.endswith("r2rml#defaultGraph"):
            found.append((None, graph_map.targets))
            continue
        term = compile_term(graph_map, compiler.scope(triples_map, table, "t", "g"))
        if term is not None:
            found.append((term, graph_map.targets))
    return found


def targets_of(term_map: TermMap) -> tuple[LogicalTarget, ...]:
    """The targets of an object map, its datatype map and its language map."""
    inner = [m for m in (term_map.datatype, term_map.language) if m is not None]
    return (*term_map.targets, *(t for m in inner for t in m.targets))


@dataclass(frozen=True, kw_only=True)
class MadeObject:
    """A compiled object: over which *rows* the pattern is read, and with which join."""

    term: CompiledTerm
    rows: Table
    join: Join | None = None
    targets: tuple[LogicalTarget, ...] = ()


def compile_object(
    object_map: TermMap | RefObjectMap,
    triples_map: TriplesMap,
    pom: PredicateObjectMap,
    table: Table,
    parents: Mapping[str, TriplesMap],
    compiler: Compiler,
) -> MadeObject | None:
    """The SQL that makes an object, over a row or a join; None where a part of it cannot be compiled."""
    if isinstance(object_map, TermMap):
        term = compile_term(object_map, compiler.scope(triples_map, table, "t", "o"))
        return None if term is None else MadeObject(term=term, rows=table, targets=targets_of(object_map))
    parent = parents.get(object_map.parent)
    if parent is None:
        return None
    join: Join | None = None
    rows, alias, lent = table, "t", table
    if object_map.conditions:
        other = compiler.tables[parent.source]
        join = compile_join(object_map, triples_map, table, parent, other, compiler)
        if join is None:
            return None
        child_maps = [triples_map.subject, *triples_map.graphs, *pom.predicates, *pom.graphs]
        pairs = joined_columns(object_map, table, other)
        if (columns := lend([parent.subject], dict(p for _, p in pairs))) is not None:
            lent, join = replace(table, columns=columns), replace(join, exists=True)
        elif (columns := lend(child_maps, dict(c for c, _ in pairs))) is not None:
            rows, lent, join = replace(other, columns=columns), other, turn_around(join, table, other)
        else:
            lent, alias = other, "p"
    term = compile_term(parent.subject, compiler.scope(parent, lent, alias, "o" if alias == "t" else "q"))
    if term is None:
        return None
    return MadeObject(term=term, rows=rows, join=join, targets=object_map.targets)


def turn_around(join: Join, child: Table, parent: Table) -> Join | None:
    """The join as seen from the parent's rows: the child only needs to be there.

    A table joined to itself over the same columns always finds its own row.
    """
    swapped = tuple((replace_alias(p, "p.", "t."), replace_alias(c, "t.", "p.")) for c, p in join.conditions)
    if child.name == parent.name and all(a.value[2:] == b.value[2:] for a, b in swapped):
        return None
    return Join(table=child, conditions=swapped, exists=True)


def replace_alias(hole: Hole, old: str, new: str) -> Hole:
    """A plain column under another alias."""
    value = new + hole.value.removeprefix(old)
    return replace(hole, value=value, columns=(value,))


def compile_join(
    ref: RefObjectMap | QuotedTriplesMap,
    child: TriplesMap,
    table: Table,
    parent: TriplesMap,
    parent_table: Table,
    compiler: Compiler,
) -> Join | None:
    """The join of child and parent rows on all conditions; None where one cannot be compiled."""
    left = compiler.scope(child, table, "t", "j")
    right = compiler.scope(parent, parent_table, "p", "k")
    conditions = []
    for condition in ref.conditions:
        one, other = compile_value(condition.child, left), compile_value(condition.parent, right)
        if one is None or other is None:
            return None
        conditions.append((one, other))
    return Join(
        table=parent_table,
        conditions=tuple(conditions),
        exists=False,
        child_unnests=tuple(left.unnests.values()),
        parent_unnests=tuple(right.unnests.values()),
    )


Pairs = list[tuple[tuple[str, Column], tuple[str, Column]]]


def joined_columns(ref: RefObjectMap, table: Table, parent_table: Table) -> Pairs:
    """Pairs of (reference, column of the other side); empty where a condition is more than two columns."""
    pairs: Pairs = []
    for condition in ref.conditions:
        child, other = condition.child.expression, condition.parent.expression
        if not isinstance(child, Reference) or not isinstance(other, Reference):
            return []
        mine, theirs = table.column(child.text), parent_table.column(other.text)
        if mine is None or theirs is None or mine.many or theirs.many:
            return []
        pairs.append(((child.text, theirs), (other.text, mine)))
    return pairs


def lend(maps: Sequence[TermMap], columns: dict[str, Column]) -> dict[str, Column] | None:
    """The columns of the other side under this side's names, where the maps need only joined columns.

    Joined columns are equal, so one row holds all that both sides' terms are made of; the other table is then
    only asked whether it is there (a semi-join), and no row is multiplied.
    """
    lent = dict(columns)
    if not lent or any(isinstance(m.expression, RowIdentity | Finished | QuotedTriple) for m in maps):
        return None
    if any(r.text not in lent for m in maps for r in references_of(m)):
        return None
    return {name: replace(column, reference=name) for name, column in lent.items()}


def references_by_source(
    triples_maps: tuple[TriplesMap, ...], parents: Mapping[str, TriplesMap]
) -> dict[LogicalSource | LogicalView, list[Reference]]:
    """Every reference that a logical source must answer, by source, in the order of the mapping."""
    found: dict[LogicalSource | LogicalView, list[Reference]] = {}

    def note(source: LogicalSource | LogicalView, *maps: TermMap | RefObjectMap) -> None:
        references = found.setdefault(source, [])
        for each in maps:
            if isinstance(each, TermMap):
                references += references_of(each)
                if isinstance(each.expression, QuotedTriplesMap):
                    note_conditions(source, each.expression.conditions, parents.get(each.expression.name))
                if each.gather is not None:
                    note(source, *each.gather.members)
            elif (parent := parents.get(each.parent)) is not None:
                note(parent.source, parent.subject)
                if not each.conditions:
                    note(source, parent.subject)
                note_conditions(source, each.conditions, parent)

    def note_conditions(
        source: LogicalSource | LogicalView, conditions: tuple[JoinCondition, ...], parent: TriplesMap | None
    ) -> None:
        for condition in conditions:
            note(source, condition.child)
            if parent is not None:
                note(parent.source, condition.parent)

    for each in triples_maps:
        note(each.source, each.subject, *each.graphs)
        for pom in each.predicate_objects:
            note(each.source, *pom.predicates, *pom.graphs, *pom.objects)
    return found


__all__ = ["Compiler", "Join", "Position", "QuadPattern", "compile_quads", "references_by_source"]
