"""Triples maps → `QuadPattern`s: subject, predicate, object and graph as SQL, with the join they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from kg.diagnostic import Diagnostic, Mark
from kg.tables.columns import Column, Table
from kg.tables.rml import (
    Constant,
    LogicalSource,
    LogicalTarget,
    LogicalView,
    Position,
    Reference,
    RefObjectMap,
    RowIdentity,
    TermMap,
    TermType,
    TriplesMap,
)
from kg.tables.terms import (
    Check,
    CompiledTerm,
    Hole,
    Piece,
    Scope,
    compile_term,
    compile_value,
    merge_pieces,
    references_of,
)
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
    """One combination of subject, predicate, object and graph maps: a quad for each row that has all terms."""

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
        return tuple((check, term.unnests) for term in terms for check in term.checks)

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
    diagnostics: list[Diagnostic] = field(default_factory=list)

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
                    triples_map=triples_map.name, table=table, subject=subject, predicate=rdf_type, object=cls,
                    graph=graph, targets=(*triples_map.subject.targets, *targets), mark=triples_map.subject.mark,
                )
            )  # fmt: skip
    for pom in triples_map.predicate_objects:
        own = compile_graphs(triples_map, pom.graphs, table, compiler)
        both = list(dict.fromkeys([*graphs, *own])) or [(None, ())]
        predicates = [
            (compile_term(p, compiler.scope(triples_map, table, "t", "v")), p.targets) for p in pom.predicates
        ]
        for object_map in pom.objects:
            for term, join, targets in compile_object(object_map, triples_map, table, parents, compiler):
                for predicate, predicate_targets in predicates:
                    if predicate is None:
                        continue
                    for graph, graph_targets in both:
                        found.append(
                            QuadPattern(
                                triples_map=triples_map.name, table=table, subject=subject,
                                predicate=predicate, object=term, graph=graph, join=join,
                                targets=(*triples_map.subject.targets, *predicate_targets, *targets, *graph_targets),
                                mark=object_map.mark,
                            )
                        )  # fmt: skip
    return found


Graph = tuple[CompiledTerm | None, tuple[LogicalTarget, ...]]


def compile_graphs(
    triples_map: TriplesMap, maps: tuple[TermMap, ...], table: Table, compiler: Compiler
) -> list[Graph]:
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


def compile_object(
    object_map: TermMap | RefObjectMap,
    triples_map: TriplesMap,
    table: Table,
    parents: Mapping[str, TriplesMap],
    compiler: Compiler,
) -> Iterator[tuple[CompiledTerm, Join | None, tuple[LogicalTarget, ...]]]:
    if isinstance(object_map, TermMap):
        term = compile_term(object_map, compiler.scope(triples_map, table, "t", "o"))
        if term is not None:
            yield term, None, targets_of(object_map)
        return
    parent = parents.get(object_map.parent)
    if parent is None:
        return
    if not object_map.conditions:
        term = compile_term(parent.subject, compiler.scope(parent, table, "t", "o"))
        if term is not None:
            yield term, None, object_map.targets
        return
    parent_table = compiler.tables[parent.source]
    join = compile_join(object_map, triples_map, table, parent, parent_table, compiler)
    if join is None:
        return
    if (lent := lend_columns(object_map, parent, table, parent_table)) is not None:
        term = compile_term(parent.subject, compiler.scope(parent, lent, "t", "o"))
        join = replace(join, exists=True)
    else:
        term = compile_term(parent.subject, compiler.scope(parent, parent_table, "p", "q"))
    if term is not None:
        yield term, join, object_map.targets


def compile_join(
    ref: RefObjectMap, child: TriplesMap, table: Table, parent: TriplesMap, parent_table: Table, compiler: Compiler
) -> Join | None:
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


def lend_columns(ref: RefObjectMap, parent: TriplesMap, table: Table, parent_table: Table) -> Table | None:
    """The child's columns under the parent's names, where the parent's subject needs only joined columns.

    Joined columns are equal, so the child's row holds all that the parent's subject is made of; the parent is
    then only asked whether it is there (a semi-join), and needs no more than its keys.
    """
    lent: dict[str, Column] = {}
    for condition in ref.conditions:
        child, other = condition.child.expression, condition.parent.expression
        if not isinstance(child, Reference) or not isinstance(other, Reference):
            return None
        mine, theirs = table.column(child.text), parent_table.column(other.text)
        if mine is None or theirs is None or mine.many or theirs.many:
            return None
        lent[other.text] = replace(mine, reference=other.text)
    if isinstance(parent.subject.expression, RowIdentity) or parent.subject.term_type is TermType.LITERAL:
        return None
    if any(r.text not in lent for r in references_of(parent.subject)):
        return None
    return replace(table, columns=lent)


def references_by_source(
    triples_maps: tuple[TriplesMap, ...], parents: Mapping[str, TriplesMap]
) -> dict[LogicalSource | LogicalView, list[Reference]]:
    """Every reference that a logical source must answer, by source, in the order of the mapping."""
    found: dict[LogicalSource | LogicalView, list[Reference]] = {}

    def note(source: LogicalSource | LogicalView, *maps: TermMap) -> None:
        references = found.setdefault(source, [])
        for term_map in maps:
            references += references_of(term_map)

    for each in triples_maps:
        note(each.source, each.subject, *each.graphs)
        for pom in each.predicate_objects:
            note(each.source, *pom.predicates, *pom.graphs)
            for object_map in pom.objects:
                if isinstance(object_map, TermMap):
                    note(each.source, object_map)
                elif (parent := parents.get(object_map.parent)) is not None:
                    note(parent.source, parent.subject)
                    if not object_map.conditions:
                        note(each.source, parent.subject)
                    for condition in object_map.conditions:
                        note(each.source, condition.child)
                        note(parent.source, condition.parent)
    return found


__all__ = ["Compiler", "Join", "Position", "QuadPattern", "compile_quads", "references_by_source"]
