"""Empty cells that make IRIs: they are values, as RML has it, and seldom meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kg.diagnostic import Diagnostic
from kg.tables.columns import Column, SourceTable
from kg.tables.plan.relation import Scan
from kg.tables.plan.value import Column as Cell
from kg.tables.plan.value import Equal, Text
from kg.tables.rml import (
    Formulation,
    LogicalSource,
    LogicalView,
    MappingDocument,
    Reference,
    Template,
    TermMap,
    TriplesMap,
)
from kg.tables.sql import write_counts
from kg.tables.wording import say_empty

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def find_empty_cells(
    document: MappingDocument, tables: Mapping[LogicalSource | LogicalView, SourceTable], connection: DuckDBPyConnection
) -> Iterator[Diagnostic]:
    """A note for each reference in the template of an IRI that is empty in rows of a CSV file, one scan of a table."""
    asked: dict[str, dict[str, tuple[Reference, Column, SourceTable]]] = {}
    for triples_map in document.triples_maps:
        source, table = triples_map.source, tables.get(triples_map.source)
        if table is None or not isinstance(source, LogicalSource) or source.formulation is not Formulation.CSV:
            continue
        for reference in find_templated(triples_map):
            column = table.column(reference.text)
            if column is not None and not column.many:
                asked.setdefault(table.name, {}).setdefault(reference.text, (reference, column, table))
    for name, found in asked.items():
        empty = [Equal(one=Cell(of="t", name=c.name), other=Text(text="")) for _, c, _ in found.values()]
        [row] = connection.execute(write_counts(Scan(table=name, alias="t"), empty)).fetchall()
        for (reference, _, table), count in zip(found.values(), row, strict=True):
            if count:
                rows = f"{count:,} {table.row_unit}{'s' if count > 1 else ''}"
                message = f"an IRI is made of an empty `{reference.text}` in {rows} of `{table.label}`"
                hint = say_empty(reference.mark)
                yield Diagnostic(code="data-empty", mark=reference.mark, message=message, hint=hint)


def find_templated(triples_map: TriplesMap) -> Iterator[Reference]:
    """The references in templates of IRIs of a triples map."""
    poms = triples_map.predicate_objects
    others = [each for pom in poms for each in (*pom.predicates, *pom.graphs)]
    for each in (*triples_map.resource_maps, *triples_map.graphs, *others):
        if isinstance(each, TermMap) and isinstance(each.expression, Template) and each.term_type.names_resource:
            yield from each.expression.references
