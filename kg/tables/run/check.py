"""Strictness: values that make no valid RDF are found before a quad is written, with their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg.tables.plan.pattern import Check, unnest_all
from kg.tables.plan.relation import Filter, First, Named, Project, Relation, Scan, Sort
from kg.tables.plan.value import Column, Shown
from kg.tables.sql import write_counts, write_query
from kg.tables.wording import say_empty
from kg.text.diagnostic import Diagnostic, Mark, Related, SourceText


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What fails the check at a *place* in a list of checks: how many values, the first one's row and beginning."""

    place: int
    count: int
    row: int
    value: str


def check_data(checks: Sequence[Check], connection: Any, *, best_effort: bool) -> list[Diagnostic]:
    """What is wrong with the data, all checks of a table in one scan.

    In a best effort the values are left out where the quads are made; here they are counted.
    """
    return report_wrong(checks, find_wrong(checks, connection), best_effort=best_effort)


def find_wrong(checks: Sequence[Check], connection: Any) -> list[Wrong]:
    """The checks that fail, in the order of their tables."""
    found: list[Wrong] = []
    for table in dict.fromkeys(check.table for check in checks):
        own = [place for place, check in enumerate(checks) if check.table == table]
        plain = [place for place in own if not checks[place].unfolded and checks[place].rows is None]
        groups = [plain] if plain else []
        groups += [[place] for place in own if place not in plain]
        for group in groups:
            bad = [checks[place].bad for place in group]
            counts = connection.execute(write_counts(rows_of(checks[group[0]]), bad)).fetchall()[0]
            for place, count in zip(group, counts, strict=True):
                if count:
                    row, value = find_first(checks[place], connection)
                    found.append(Wrong(place=place, count=count, row=row, value=value))
    return found


def merge_wrong(parts: Iterable[Sequence[Wrong]]) -> list[Wrong]:
    """What fails in parts of the tables as what fails in the whole, in the order of the checks.

    >>> one, other = Wrong(place=0, count=2, row=7, value="x"), Wrong(place=0, count=1, row=3, value="y")
    >>> merge_wrong([[one], [other]])
    [Wrong(place=0, count=3, row=3, value='y')]
    """
    merged: dict[int, Wrong] = {}
    for wrong in (each for part in parts for each in part):
        known = merged.get(wrong.place)
        if known is not None:
            first = min(known, wrong, key=lambda each: each.row)
            wrong = replace(first, count=known.count + wrong.count)
        merged[wrong.place] = wrong
    return [merged[place] for place in sorted(merged)]


def report_wrong(checks: Sequence[Check], found: Iterable[Wrong], *, best_effort: bool) -> list[Diagnostic]:
    """What fails, in words."""
    return [report_values(checks[wrong.place], wrong, best_effort=best_effort) for wrong in found]


def rows_of(check: Check) -> Relation:
    """The rows that a check looks at: those it names, else all of its table, with the items of the lists it needs."""
    return check.rows or unnest_all(Scan(table=check.table.name, alias="t"), check.unfolded)


def find_first(check: Check, connection: Any) -> tuple[int, str]:
    """The row of the first value that fails a check, and the value's beginning."""
    row = Named(name="r", value=Column(of="t", name=check.table.place_column))
    wrong = Filter(rows=rows_of(check), condition=check.bad)
    shown = Project(rows=wrong, columns=(row, Named(name="v", value=Shown(value=check.value))))
    first = First(rows=Sort(rows=shown, by=(Column(of="t", name="r"),)), count=1)
    [(place, value)] = connection.execute(write_query(first)).fetchall()
    return place, value


def report_values(check: Check, wrong: Wrong, *, best_effort: bool) -> Diagnostic:
    """One diagnostic for a check: the first value and its row, and how many more there are."""
    table, count, value = check.table, wrong.count, wrong.value
    label, number = table.place(wrong.row)
    more = f", and {count - 1:,} more" if count > 1 else ""
    where = f"{table.row_unit} {number} of `{label}`, `{check.reference}`{more}"
    data = SourceText(label, "")
    mark = Mark(source=data, line=number, column=1, end_line=number, end_column=1)
    return Diagnostic(
        code="data-skipped" if best_effort and check.is_strict else check.code,
        mark=check.mark,
        message=f"{check.message.format(value=value)} ({where})",
        hint=say_empty(check.mark) if value == "" and check.is_strict else check.hint,
        related=(Related(mark=mark, message=f"{table.row_unit} {number}"),),
    )
