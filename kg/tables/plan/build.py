"""Plain statements over tables → a `Plan`: the quads that are made of rows, and the tables that are made beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.tables.columns import ROW, SourceTable, widen_table
from kg.tables.normal.statement import (
    Collection,
    HeadRows,
    Joined,
    JoinedRows,
    Maker,
    MemberRows,
    NormalForm,
    Rows,
    SourceRows,
    Statement,
    WithHeads,
)
from kg.tables.plan.collections import build_heads, build_members, project_part
from kg.tables.plan.compare import compare_typed
from kg.tables.plan.expressions import read_input
from kg.tables.plan.pattern import Check, ParentRows, QuadPattern, Term, Unfolded, unnest_all
from kg.tables.plan.relation import Distinct, Filter, Join, Make, Named, Project, Relation, Scan, Sort
from kg.tables.plan.scope import OUTPUT, Scope
from kg.tables.plan.terms import make_term
from kg.tables.plan.unjoined import check_forms, find_checked
from kg.tables.plan.value import Column, Present, Value
from kg.tables.rml import JoinCondition, LogicalSource, LogicalTarget, LogicalView
from kg.tables.vocabulary import LINES
from kg.text.diagnostic import Diagnostic
from kg.text.findings import Findings

Tables = Mapping[LogicalSource | LogicalView, SourceTable]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a mapping says over the tables of its sources.

    *makes* are done first, in their order; then the *patterns* say all quads. *checks* must hold before (also of maps
    that are only quoted). *diagnostics* are the mistakes that show once the columns of the sources are known.
    """

    makes: tuple[Make, ...] = ()
    patterns: tuple[QuadPattern, ...] = ()
    checks: tuple[Check, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def build_plan(normal: NormalForm, tables: Tables, *, guarded: bool, whole_iris: bool) -> Plan:
    """The plan of a mapping's statements. *guarded*: values that make no valid RDF give no term, in a best effort.

    Without *whole_iris*, blanks are let pass in an `rml:UnsafeIRI` of the main output, and are written as escapes; of a
    target its syntax says so.
    """
    building = Building(tables=tables, guarded=guarded, whole_iris=whole_iris)
    building.whole_for = next(filter(None, (building.find_whole(s.targets) for s in normal.statements)), None)
    building.findings.add(normal.diagnostics)
    patterns = []
    for statement in normal.statements:
        pattern = build_pattern(statement, building)
        if pattern is not None and statement.asserted:
            patterns.append(pattern)
    return Plan(
        makes=tuple(building.makes),
        patterns=tuple(dict.fromkeys(patterns)),
        checks=tuple(dict.fromkeys(building.checks)),
        diagnostics=building.findings.diagnostics,
    )


@dataclass(kw_only=True)
class Building:
    """A plan on its way: the tables of sources and of rows that are made of them, and what was found so far."""

    tables: Tables
    guarded: bool
    whole_iris: bool
    whole_for: str | None = None  # of terms in rows that several statements share, as a scope has it
    findings: Findings = field(default_factory=Findings)
    makes: list[Make] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    rows: dict[Rows, SourceTable | None] = field(default_factory=dict)  # those of statements
    by_name: dict[str, SourceTable] = field(default_factory=dict)
    finished: dict[str, Term] = field(default_factory=dict)  # terms that stand in a column, by its name

    def find_whole(self, targets: Sequence[LogicalTarget]) -> str | None:
        """Where quads go that can have no blank in an IRI, in words: the main output, or the first of the targets."""
        if not targets:
            return OUTPUT if self.whole_iris else None
        return next((f"the target `{each.path}`" for each in targets if each.serialization not in LINES), None)

    def scope(self, table: SourceTable, alias: str, prefix: str) -> Scope:
        """Where a term is looked up whose rows go by *alias*; lists go by *prefix* and a number."""
        return Scope(
            table=table,
            alias=alias,
            base=None,
            findings=self.findings,
            guarded=self.guarded,
            whole_for=self.whole_for,
            prefix=prefix,
            checked=self.by_name.get(table.origin or "", table),
            finished=self.finished,
            checks=self.checks,
        )

    def term(
        self, maker: Maker, table: SourceTable, prefix: str, alias: str = "t", statement: Statement | None = None
    ) -> Term | None:
        """A term over the rows of a table, of one *statement* or of rows that several share."""
        scope = self.scope(table, alias, prefix)
        if statement is not None:
            scope = replace(scope, whole_for=self.find_whole(statement.targets))
        return make_term(maker, scope)

    def make(self, table: SourceTable, rows: Relation) -> SourceTable:
        """A table that is made beforehand."""
        self.makes.append(Make(name=table.name, rows=rows))
        return table


def find_table(rows: Rows, building: Building) -> SourceTable | None:
    """The table of some rows, made where there is none; None after a mistake."""
    if rows not in building.rows:
        building.rows[rows] = None
        table = make_rows(rows, building)
        building.rows[rows] = table
        if table is not None:
            building.by_name[table.name] = table
    return building.rows[rows]


def make_rows(rows: Rows, building: Building) -> SourceTable | None:
    """The table of rows that were not met before."""
    if isinstance(rows, SourceRows):
        return building.tables.get(rows.source)
    if isinstance(rows, JoinedRows):
        return make_joined(rows, building)
    if isinstance(rows, WithHeads):
        return attach_heads(rows, building)
    if not make_collection(rows.collection, building):
        return None
    table = find_table(rows.collection.rows, building)
    assert table is not None
    name = name_table(rows.collection, "" if isinstance(rows, MemberRows) else "_heads")
    return replace(table, name=name, columns={}, row="i", placed=None, alphabet=None)


def name_table(collection: Collection, ending: str = "") -> str:
    """The name of the table of a collection's members, or with the *ending* `_heads` of its heads."""
    return f"k{collection.number}{ending}"


# -- quads ----------------------------------------------------------------------------------------


def build_pattern(statement: Statement, building: Building) -> QuadPattern | None:
    """The quads of a statement; None after a mistake."""
    table = find_table(statement.rows, building)
    if table is None:
        return None
    subject = building.term(statement.subject, table, "s", statement=statement)
    predicate = building.term(statement.predicate, table, "v", statement=statement)
    graph = None if statement.graph is None else building.term(statement.graph, table, "g", statement=statement)
    parent: ParentRows | None = None
    if isinstance(statement.object, Joined):
        found = build_joined(statement.object, table, building, statement)
        thing = None if found is None else found[0]
        parent = None if found is None else found[1]
    else:
        thing = building.term(statement.object, table, "o", statement=statement)
    if subject is None or predicate is None or thing is None or (graph is None and statement.graph is not None):
        return None
    return QuadPattern(
        triples_map=statement.triples_map, table=table, subject=subject, predicate=predicate, object=thing,
        graph=graph, parent=parent, targets=statement.targets, mark=statement.mark,
    )  # fmt: skip


def build_joined(
    joined: Joined, table: SourceTable, building: Building, statement: Statement | None = None
) -> tuple[Term, ParentRows] | None:
    """The subject of joined rows, over the rows `p`, and the join; None after a mistake."""
    other = find_table(joined.rows, building)
    parent = None if other is None else build_join(joined.conditions, table, other, building)
    term = None if other is None else building.term(joined.subject, other, "q", "p", statement)
    return None if term is None or parent is None else (term, parent)


def build_join(
    conditions: Sequence[JoinCondition], table: SourceTable, other: SourceTable, building: Building
) -> ParentRows | None:
    """The rows of *other* that go with a row of *table*, by all conditions; None after a mistake."""
    left, right = building.scope(table, "t", "j"), building.scope(other, "p", "k")
    pairs: list[tuple[Value, Value]] = []
    for condition in conditions:
        child, parent = read_input(condition.child, left), read_input(condition.parent, right)
        if child is None or parent is None:
            return None
        pairs.append(compare_typed(condition, (child, parent), left, right))
    if {find_checked(left), find_checked(right)} <= set(building.tables.values()):  # others are not made beforehand
        building.checks += check_forms(conditions, pairs, left, right)
    return ParentRows(
        table=other,
        on=tuple(pairs),
        child_unfolded=tuple(left.unfolded.values()),
        parent_unfolded=tuple(right.unfolded.values()),
    )


# -- rows made of others --------------------------------------------------------------------------


def keep_row(table: SourceTable) -> tuple[Named, ...]:
    """The number of a row, where a table made of *table* does not have it yet."""
    if table.row == ROW:
        return ()
    return (Named(name=ROW, value=Column(of="t", name="rowid")),)


def make_joined(rows: JoinedRows, building: Building) -> SourceTable | None:
    """The rows with the terms that joined rows make, each row once for each term."""
    table, other = find_table(rows.rows, building), find_table(rows.parent, building)
    if table is None or other is None:
        return None
    term = building.term(rows.term, other, "q", alias="p")
    join = build_join(rows.conditions, table, other, building)
    if term is None or join is None:
        return None
    building.finished[rows.column] = term
    keys = tuple(Named(name=f"k{place}", value=value) for place, (_, value) in enumerate(join.on))
    columns = (*keys, Named(name="x", value=term.value))
    unfolded = dict.fromkeys((*join.parent_unfolded, *term.unfolded))
    parents = Project(rows=unnest_all(Scan(table=other.name, alias="p"), unfolded), columns=columns, alias="m")
    made = Filter(rows=parents, condition=Present(values=(Column(of="m", name="x"),)))
    wide = widen_table(table, f"q{rows.number}")
    joined = Join(
        left=unnest_all(Scan(table=table.name, alias="t"), join.child_unfolded),
        right=Distinct(rows=made, alias="m"),
        on=tuple((child, Column(of="m", name=f"k{place}")) for place, (child, _) in enumerate(join.on)),
    )
    named = Named(name=rows.column, value=Column(of="m", name="x"))
    return building.make(wide, Project(rows=joined, columns=(*keep_row(table), named), every="t"))


def attach_heads(rows: WithHeads, building: Building) -> SourceTable | None:
    """The rows with the heads of their collections."""
    table = find_table(rows.rows, building)
    heads = find_table(HeadRows(collection=rows.collection), building)
    if table is None or heads is None:
        return None
    wide = widen_table(table, f"k{rows.collection.number}")
    row = Column(of="t", name=table.row)
    joined = Join(
        left=Scan(table=table.name, alias="t"),
        right=Scan(table=heads.name, alias="m"),
        on=((row, Column(of="m", name="i")),),
    )
    columns = (*keep_row(table), Named(name=rows.column, value=Column(of="m", name="h")))
    ordered = Sort(rows=joined, by=(row, Column(of="m", name="n")))
    return building.make(wide, Project(rows=ordered, columns=columns, every="t"))


def make_collection(collection: Collection, building: Building) -> bool:
    """The tables of a collection's members and heads, unless they are made already; false after a mistake."""
    name = name_table(collection)
    if any(make.name == name for make in building.makes):
        return True
    table = find_table(collection.rows, building)
    if table is None:
        return False
    head = building.term(collection.head, table, "h")
    graph = None if collection.graph is None else building.term(collection.graph, table, "g")
    if head is None or (graph is None and collection.graph is not None):
        return False
    if head.unfolded or (graph is not None and graph.unfolded) or head.kind in {"literal", "triple"}:
        message = "the head of a collection is one resource for each row"
        building.findings.tell("map-unsupported", collection.mark, message)
        return False
    parts: list[Relation] = []
    for place, member in enumerate(collection.members):
        part = build_part(member, place, table, building)
        if part is None:
            return False
        parts.append(part)
    members = build_members(
        collection,
        table,
        head.value,
        None if graph is None else graph.value,
        tuple(parts),
        is_blank=head.kind == "bnode",
    )
    building.makes.append(Make(name=name, rows=members))
    heads = build_heads(members, name, collection.gather)
    building.makes.append(Make(name=name_table(collection, "_heads"), rows=heads))
    return True


def build_part(
    member: Maker | Joined | Collection, place: int, table: SourceTable, building: Building
) -> Project | None:
    """The members that one map gives: row `i`, `part` of the list, order `n` within it, term `x`."""
    if isinstance(member, Collection):
        if not make_collection(member, building):
            return None
        heads = Scan(table=name_table(member, "_heads"), alias="t")
        number = Column(of="t", name="n")
        return project_part(heads, place, Column(of="t", name="i"), (number,), Column(of="t", name="h"))
    row = Column(of="t", name="rowid")
    if not isinstance(member, Joined):
        term = building.term(member, table, f"m{place}_")
        if term is None:
            return None
        rows = unnest_all(Scan(table=table.name, alias="t"), term.unfolded, numbered=True)
        order = tuple(Column(of=u.alias, name="n") for u in term.unfolded)
        return project_part(rows, place, row, order, term.value)
    found = build_joined(member, table, building)
    if found is None:
        return None
    term, parent = found
    unfolded: list[Unfolded] = list(dict.fromkeys((*parent.child_unfolded, *parent.parent_unfolded, *term.unfolded)))
    joined = Join(
        left=unnest_all(Scan(table=table.name, alias="t"), (u for u in unfolded if u.of == "t")),
        right=unnest_all(Scan(table=parent.table.name, alias="p"), (u for u in unfolded if u.of == "p")),
        on=parent.on,
    )
    return project_part(joined, place, row, (Column(of="p", name="rowid"),), term.value)
