"""Empty cells that make IRIs: they are values, as RML has it, and seldom meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.tables.columns import SourceTable, TableColumn
from kg.tables.engine.connection import Connection
from kg.tables.plan.relation import Scan
from kg.tables.plan.value import Column, Condition, Equal, Text
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
from kg.text.diagnostic import Diagnostic
from kg.text.plural import write_count


@dataclass(frozen=True, kw_only=True)
class AskedReference:
    """A reference in the template of an IRI, whose column is asked for empty cells."""

    table: SourceTable
    column: TableColumn
    reference: Reference

    @property
    def empty(self) -> Condition:
        return Equal(one=Column(of="t", name=self.column.name), other=Text(text=""))


def find_empty_cells(
    document: MappingDocument, tables: Mapping[LogicalSource | LogicalView, SourceTable], connection: Connection
) -> Iterator[Diagnostic]:
    """A note for each reference in the template of an IRI that is empty in rows of a CSV file, one scan of a table."""
    for name, asked in ask_empty_cells(document, tables).items():
        yield from report_empty_cells(asked, count_empty_cells(name, [each.empty for each in asked], connection))


def ask_empty_cells(
    document: MappingDocument, tables: Mapping[LogicalSource | LogicalView, SourceTable]
) -> dict[str, list[AskedReference]]:
    """What is asked of each table, by its name."""
    asked: dict[str, dict[str, AskedReference]] = {}
    for triples_map in document.triples_maps:
        source, table = triples_map.source, tables.get(triples_map.source)
        if table is None or not isinstance(source, LogicalSource) or source.formulation is not Formulation.CSV:
            continue
        for reference in find_templated(triples_map):
            column = table.column(reference.text)
            if column is not None and not column.many:
                found = AskedReference(table=table, column=column, reference=reference)
                asked.setdefault(table.name, {}).setdefault(reference.text, found)
    return {name: list(found.values()) for name, found in asked.items()}


def count_empty_cells(name: str, empty: Sequence[Condition], connection: Connection) -> tuple[int, ...]:
    """How many rows of a table have an empty cell in each of the columns that are asked."""
    [row] = connection.execute(write_counts(Scan(table=name, alias="t"), empty)).fetchall()
    return tuple(row)


def report_empty_cells(asked: Sequence[AskedReference], counts: Sequence[int]) -> Iterator[Diagnostic]:
    """A note for each column that has empty cells."""
    for each, count in zip(asked, counts, strict=True):
        if count:
            rows = write_count(count, each.table.row_unit)
            message = f"an IRI is made of an empty `{each.reference.text}` in {rows} of `{each.table.label}`"
            hint = say_empty(each.reference.mark)
            yield Diagnostic(code="data-empty", mark=each.reference.mark, message=message, hint=hint)


def find_templated(triples_map: TriplesMap) -> Iterator[Reference]:
    """The references that the IRIs of a triples map are made of, those of datatypes too."""
    poms = triples_map.predicate_objects
    others = [each for pom in poms for each in (*pom.predicates, *pom.graphs)]
    maps = [each for each in (*triples_map.resource_maps, *triples_map.graphs, *others) if isinstance(each, TermMap)]
    objects = (each for pom in poms for each in pom.objects if isinstance(each, TermMap))
    maps += [each.datatype for each in objects if each.datatype is not None]
    for each in maps:
        if each.term_type.names_resource:
            expression = each.expression
            yield from expression.references if isinstance(expression, Template) else ()
            yield from [expression] if isinstance(expression, Reference) else ()
