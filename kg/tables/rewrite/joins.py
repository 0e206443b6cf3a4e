"""Joins that need no partner's columns: they multiply no row, or are no join at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kg.tables.plan.pattern import ParentRows, QuadPattern, Term, Unfolded
from kg.tables.plan.unjoined import TURNED
from kg.tables.plan.value import Column, Value, change_columns, rename_rows


def simplify_join(pattern: QuadPattern) -> QuadPattern:
    """A pattern over joined rows as one over the rows of a single table, where these hold all that is needed.

    Joined columns are equal, so one row holds all that both sides' terms are made of; the other table is then
    only asked whether it is there (a semi-join), and no row is multiplied.
    """
    join = pattern.parent
    if join is None or join.exists:
        return pattern
    pairs = [(child, parent) for child, parent in join.on if isinstance(child, Column) and isinstance(parent, Column)]
    if len(pairs) < len(join.on) or any(c.of != "t" or p.of != "p" for c, p in pairs):
        return pattern
    thing = lend_columns(pattern.object, {p: c for c, p in pairs}, "p")
    if thing is not None:
        return replace(pattern, object=thing, parent=replace(join, exists=True))
    lent: dict[Column, Value] = dict(pairs)
    own = [lend_columns(t, lent, "t") for t in (pattern.subject, pattern.predicate)]
    graph = None if pattern.graph is None else lend_columns(pattern.graph, lent, "t")
    subject, predicate = own
    if subject is None or predicate is None or (graph is None and pattern.graph is not None):
        return pattern
    return replace(
        pattern, table=join.table, subject=swap(subject), predicate=swap(predicate), object=swap(pattern.object),
        graph=None if graph is None else swap(graph), parent=turn_around(join, pattern),
    )  # fmt: skip


def lend_columns(term: Term, lent: Mapping[Column, Value], side: str) -> Term | None:
    """A term with the columns of the other *side* replaced by those lent; None where it needs others."""
    if term.unfolded or any(c.of == side and c not in lent for c in term.columns):
        return None
    return Term(
        parts=change_columns(term.parts, lambda c: lent.get(c, c)),
        kind=term.kind,
        guards=change_columns(term.guards, lambda c: lent.get(c, c)),
    )


def swap(term: Term) -> Term:
    """A term as seen from the other side of a join."""
    unfolded = tuple(
        Unfolded(alias=u.alias, listed=rename_rows(u.listed, TURNED), of=TURNED.get(u.of, u.of)) for u in term.unfolded
    )
    return Term(
        parts=rename_rows(term.parts, TURNED),
        kind=term.kind,
        unfolded=unfolded,
        guards=rename_rows(term.guards, TURNED),
    )


def turn_around(join: ParentRows, pattern: QuadPattern) -> ParentRows | None:
    """The join as seen from the parent's rows: the child only needs to be there.

    A table joined to itself over the same columns always finds its own row.
    """
    swapped = tuple((rename_rows(p, TURNED), rename_rows(c, TURNED)) for c, p in join.on)
    if pattern.table.name == join.table.name and all(c == rename_rows(p, TURNED) for c, p in swapped):
        return None
    return ParentRows(table=pattern.table, on=swapped, exists=True)


def parent_keys(join: ParentRows) -> tuple[str, ...]:
    """The parent's columns of a join; empty where a condition is more than a column."""
    keys = [p if isinstance(p, Column) and p.of == "p" else None for _, p in join.on]
    return tuple(sorted({k.name for k in keys if k is not None})) if None not in keys else ()
