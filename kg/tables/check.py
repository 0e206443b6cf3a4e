"""Strictness: values that make no valid RDF are found before a quad is written, with their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg.diagnostic import Diagnostic, Mark, Related, SourceText
from kg.tables.plan.pattern import Check, unnest_all
from kg.tables.plan.relation import Filter, First, Named, Project, Relation, Scan, Sort
from kg.tables.plan.value import Column, Shown
from kg.tables.sql import write_counts, write_query
from kg.tables.wording import say_empty


def check_data(checks: Sequence[Check], connection: Any, *, best_effort: bool) -> list[Diagnostic]:
    """What is wrong with the data, all checks of a table in one scan.

    In a best effort the values are left out where the quads are made; here they are counted.
    """
    found: list[Diagnostic] = []
    for table in dict.fromkeys(check.table for check in checks):
        own = [check for check in checks if check.table == table]
        plain = [check for check in own if not check.unfolded]
        groups = [plain] if plain else []
        groups += [[check] for check in own if check.unfolded]
        for group in groups:
            counts = connection.execute(write_counts(rows_of(group[0]), [check.bad for check in group])).fetchall()[0]
            for check, count in zip(group, counts, strict=True):
                if count:
                    found.append(report_values(check, count, connection, best_effort=best_effort))
    return found


def rows_of(check: Check) -> Relation:
    """The rows that a check looks at, with the items of the lists that it needs."""
    return unnest_all(Scan(table=check.table.name, alias="t"), check.unfolded)


def report_values(check: Check, count: int, connection: Any, *, best_effort: bool) -> Diagnostic:
    """One diagnostic for a check: the first value and its row, and how many more there are."""
    table = check.table
    row = Named(name="r", value=Column(of="t", name=table.row))
    wrong = Filter(rows=rows_of(check), condition=check.bad)
    shown = Project(rows=wrong, columns=(row, Named(name="v", value=Shown(value=check.value))))
    first = First(rows=Sort(rows=shown, by=(Column(of="t", name="r"),)), count=1)
    [(place, value)] = connection.execute(write_query(first)).fetchall()
    label, number = table.place(place)
    more = f", and {count - 1} more" if count > 1 else ""
    where = f"{table.row_unit} {number} of `{label}`, `{check.reference}`{more}"
    data = SourceText(label, "")
    mark = Mark(source=data, line=number, column=1, end_line=number, end_column=1)
    return Diagnostic(
        code="data-skipped" if best_effort else check.code,
        mark=check.mark,
        message=f"{check.message.format(value=value)} ({where})",
        hint=say_empty(check.mark) if value == "" else check.hint,
        related=(Related(mark=mark, message=f"{table.row_unit} {number}"),),
    )
