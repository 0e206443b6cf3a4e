"""What a mapping refers to in its sources, which these must then answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.tables.rml import (
    FunctionExecution,
    JoinCondition,
    LogicalSource,
    LogicalView,
    MappingDocument,
    QuotedTriplesMap,
    Reference,
    RefObjectMap,
    Template,
    TermMap,
    TriplesMap,
)


def references_of(term_map: TermMap) -> list[Reference]:
    """All references inside a term map, its datatype, language and function inputs."""
    expression = term_map.expression
    found: list[Reference] = []
    if isinstance(expression, Reference):
        found.append(expression)
    elif isinstance(expression, Template):
        found += expression.references
    elif isinstance(expression, FunctionExecution):
        for argument in expression.arguments:
            found += references_of(argument.value)
    for inner in (term_map.datatype, term_map.language, term_map.condition):
        if inner is not None:
            found += references_of(inner)
    return found


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


def list_sources(document: MappingDocument) -> Iterator[LogicalSource]:
    """The logical sources of a mapping, also those under its views."""
    todo: list[LogicalSource | LogicalView] = [t.source for t in document.triples_maps]
    while todo:
        source = todo.pop(0)
        if isinstance(source, LogicalView):
            todo += [source.view_on, *(join.parent for join in source.joins)]
        else:
            yield source
