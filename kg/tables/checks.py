"""Strictness: values that make no valid RDF are found before a quad is written, with their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.diagnostic import Diagnostic, Mark, Related, SourceText
from kg.tables.columns import Table
from kg.tables.pieces import Check
from kg.tables.wording import say_empty

if TYPE_CHECKING:
    from kg.tables.engine import Run

Unnests = tuple[tuple[str, str], ...]


def check_data(run: Run) -> None:
    """Every check of every pattern, all checks of a table in one scan; failures become diagnostics.

    In a best effort the values were left out where the quads are made; here they are counted.
    """
    patterns = [*run.patterns, *run.quoted]
    tables = {p.table.name: p.table for p in patterns}
    for table in tables.values():
        plain: dict[Check, None] = {}
        listed: dict[tuple[Check, Unnests], None] = {}
        for pattern in patterns:
            if pattern.table.name != table.name:
                continue
            for check, unnests in pattern.checks:
                needed = tuple(u for u in unnests if f"{u[0]}." in check.bad)
                if needed:
                    listed[(check, needed)] = None
                else:
                    plain[check] = None
        checks: list[tuple[Check, Unnests]] = [(c, ()) for c in plain]
        if checks:
            counts = ", ".join(f"count(*) FILTER (WHERE {c.bad})" for c, _ in checks)
            [found] = run.connection.execute(f"SELECT {counts} FROM {table.name} t").fetchall()
            for (check, unnests), count in zip(checks, found, strict=True):
                if count:
                    report_values(run, table, check, unnests, count)
        for check, unnests in listed:
            source = from_table(table, unnests)
            [(count,)] = run.connection.execute(f"SELECT count(*) FROM {source} WHERE {check.bad}").fetchall()
            if count:
                report_values(run, table, check, unnests, count)


def from_table(table: Table, unnests: Unnests) -> str:
    """The FROM of a query over a table, with the lists that it unfolds."""
    return ", ".join([f"{table.name} t", *(f"UNNEST({listed}) AS {alias}(x)" for alias, listed in unnests)])


def report_values(run: Run, table: Table, check: Check, unnests: Unnests, count: int) -> None:
    """One diagnostic for a check: the first value and its row, and how many more there are."""
    source = from_table(table, unnests)
    [(row, value)] = run.connection.execute(
        f"SELECT t.{table.row}, left(({check.value})::VARCHAR, 200) FROM {source} WHERE {check.bad}"
        f" ORDER BY t.{table.row} LIMIT 1"
    ).fetchall()
    run.skipped += count
    label, number = table.place(row)
    more = f", and {count - 1} more" if count > 1 else ""
    where = f"{table.row_unit} {number} of `{label}`, `{check.reference}`{more}"
    data = SourceText(label, "")
    place = Mark(source=data, line=number, column=1, end_line=number, end_column=1)
    run.diagnostics.append(
        Diagnostic(
            code=check.code if not run.settings.best_effort else "data-skipped",
            mark=check.mark,
            message=f"{check.message.format(value=value)} ({where})",
            hint=say_empty(check.mark) if value == "" else check.hint,
            related=(Related(mark=place, message=f"{table.row_unit} {number}"),),
        )
    )
