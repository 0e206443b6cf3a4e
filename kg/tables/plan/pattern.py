"""Statements over rows of tables: the terms of a quad as text and holes by turns, and the join that they need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kg.tables.columns import SourceTable
from kg.tables.plan.relation import Join, Joining, Relation, Scan, Unnest
from kg.tables.plan.value import (
    Absent,
    Column,
    Condition,
    NoneOf,
    Text,
    Value,
    When,
    columns_of,
    join_parts,
    merge_texts,
)
from kg.tables.rml import LogicalTarget
from kg.text.diagnostic import Mark


@dataclass(frozen=True, kw_only=True)
class Unfolded:
    """A list whose items a term is made of, under the name *alias*; it is made of the rows that go by *of*.

    *kept*: a row without an item stays, with none, as a function asks that also has a result without one.
    """

    alias: str
    listed: Value
    of: str = "t"
    kept: bool = False


TOLD = frozenset({"data-unjoined", "data-unsafe"})  # codes of checks that leave nothing out


@dataclass(frozen=True, kw_only=True)
class Check:
    """What strictness asks of the values of one term: the condition *bad* must hold for no row of *table*.

    The rows of the table go by `t`. *message* has `{value}` where the value stands.
    *rows* are those that are looked at, where these are not all rows of the table.
    """

    table: SourceTable
    code: str
    bad: Condition
    value: Value
    reference: str
    message: str
    unfolded: tuple[Unfolded, ...] = ()
    rows: Relation | None = None
    mark: Mark = field(compare=False, repr=False)
    hint: str | None = None

    @property
    def is_strict(self) -> bool:
        """Whether a value that fails makes no valid RDF; else it is only told."""
        return self.code not in TOLD


@dataclass(frozen=True, kw_only=True)
class Term:
    """The text of a term in N-Quads: parts, of which a missing one makes the term missing, and so its quad.

    That is exactly what RML asks for (RML-Core §generation). *kind* is "iri", "bnode", "literal", "triple", or "any"
    of them. Where one of *guards* holds, there is no term (a best effort leaves out what would be no RDF).
    """

    parts: tuple[Value, ...]
    kind: str
    unfolded: tuple[Unfolded, ...] = ()
    guards: tuple[Condition, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        return columns_of(self.parts, self.guards)

    @property
    def constant(self) -> str | None:
        """The text of a term that no row changes."""
        return "".join(p.text for p in self.parts if isinstance(p, Text)) if self.is_constant else None

    @property
    def is_constant(self) -> bool:
        return all(isinstance(p, Text) for p in self.parts) and not self.guards

    @property
    def value(self) -> Value:
        """The whole text, missing where a part of it is or one of the guards holds."""
        return guard_value(join_parts(self.parts), self.guards)


@dataclass(frozen=True, kw_only=True)
class ParentRows:
    """The parent's rows, `p`, that go with a row of the child, `t`, where all pairs of values *on* are equal.

    *exists*: the terms are made of the child's own columns, so that a row of the parent only needs to be there.
    """

    table: SourceTable
    on: tuple[tuple[Value, Value], ...]
    exists: bool = False
    child_unfolded: tuple[Unfolded, ...] = ()
    parent_unfolded: tuple[Unfolded, ...] = ()


@dataclass(frozen=True, kw_only=True)
class QuadPattern:
    """A subject, predicate, object and graph over the rows `t` of a table: a quad for each row that has all terms."""

    triples_map: str
    table: SourceTable
    subject: Term
    predicate: Term
    object: Term
    graph: Term | None
    parent: ParentRows | None = None
    targets: tuple[LogicalTarget, ...] = ()
    mark: Mark = field(compare=False, repr=False)

    @property
    def terms(self) -> tuple[Term, ...]:
        graph = () if self.graph is None else (self.graph,)
        return (self.subject, self.predicate, self.object, *graph)

    @property
    def parts(self) -> tuple[Value, ...]:
        """The whole line, without its line end."""
        line: list[Value] = []
        for term in self.terms:
            line += [*term.parts, Text(text=" ")]
        return merge_texts([*line, Text(text=".")])

    @property
    def guards(self) -> tuple[Condition, ...]:
        return tuple(dict.fromkeys(guard for term in self.terms for guard in term.guards))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the line is made of."""
        return tuple(dict.fromkeys(c for term in self.terms for c in term.columns))

    @property
    def line(self) -> Value:
        """The text of the whole line, missing where a term is."""
        return guard_value(join_parts(self.parts), self.guards)

    @property
    def tables(self) -> tuple[SourceTable, ...]:
        """The table of the rows, and the parent's."""
        return (self.table, *(() if self.parent is None else (self.parent.table,)))

    @property
    def unfolded(self) -> tuple[Unfolded, ...]:
        parent = self.parent
        extra = (*parent.child_unfolded, *parent.parent_unfolded) if parent is not None else ()
        return tuple(dict.fromkeys((*(u for term in self.terms for u in term.unfolded), *extra)))

    @property
    def per_row(self) -> bool:
        """True where a row gives one line at most."""
        return not self.unfolded and (self.parent is None or self.parent.exists)

    @property
    def rows(self) -> Relation:
        """The rows that the terms are made of."""
        found: Relation = Scan(table=self.table.name, alias="t")
        if self.parent is not None:
            other = Scan(table=self.parent.table.name, alias="p")
            how = Joining.SEMI if self.parent.exists else Joining.INNER
            if self.parent.exists:
                return unnest_all(Join(left=found, right=other, on=self.parent.on, how=how), self.unfolded)
            found = unnest_all(found, (u for u in self.unfolded if u.of == "t"))
            right = unnest_all(other, (u for u in self.unfolded if u.of == "p"))
            return Join(left=found, right=right, on=self.parent.on, how=how)
        return unnest_all(found, self.unfolded)


def guard_value(value: Value, guards: tuple[Condition, ...]) -> Value:
    """A value, missing where one of the guards holds."""
    return When(condition=NoneOf(conditions=guards), then=value) if guards else value


def unnest_all(rows: Relation, unfolded: Iterable[Unfolded], *, numbered: bool = False) -> Relation:
    """The rows with the items of some lists, and their places where they are *numbered*."""
    for each in unfolded:
        rows = Unnest(rows=rows, listed=each.listed, alias=each.alias, numbered=numbered, kept=each.kept)
    return rows


def without_graph(pattern: QuadPattern) -> QuadPattern:
    """The triples of a pattern whose quads are in a graph: those of rows that have its name."""
    graph = pattern.graph
    if graph is None or graph.is_constant:
        return replace(pattern, graph=None)
    guards = (*pattern.subject.guards, Absent(value=graph.value))
    subject = replace(pattern.subject, guards=guards, unfolded=(*pattern.subject.unfolded, *graph.unfolded))
    return replace(pattern, subject=subject, graph=None)


def without_targets(pattern: QuadPattern) -> QuadPattern:
    """The quads of a pattern, whatever files they go to."""
    return replace(pattern, targets=())
