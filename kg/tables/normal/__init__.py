"""A mapping → its normal form: plain statements over rows, without classes, star maps and gather maps.

`normalise` is a pure function of the mapping: it looks at no data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.tables.normal.context import Normalising, place_map
from kg.tables.normal.gather import collect, names_default_graph
from kg.tables.normal.star import make_constant, resolve_map
from kg.tables.normal.statement import (
    Finished,
    Gathering,
    Joined,
    Link,
    Maker,
    NormalForm,
    Placed,
    Resolved,
    Rows,
    SourceRows,
    Statement,
    WithHeads,
)
from kg.tables.rml import LogicalTarget, PredicateObjectMap, RefObjectMap, TermMap, TriplesMap, makes_quoted
from kg.tables.vocabulary import RDF_TYPE


def normalise(triples_maps: Sequence[TriplesMap], base: str | None) -> NormalForm:
    """The plain statements of some triples maps; *base* is that of maps without one of their own."""
    context = Normalising(parents={t.name: t for t in triples_maps}, base=base)
    statements = tuple(s for triples_map in triples_maps for s in state_map(triples_map, context))
    return NormalForm(statements=statements, diagnostics=context.diagnostics)


def state_map(triples_map: TriplesMap, context: Normalising) -> Iterator[Statement]:
    """The statements of a triples map, its star maps resolved."""
    source = SourceRows(source=triples_map.source)
    for subject in resolve_map(triples_map.subject, triples_map, source, context):
        plain: list[Link] = []
        for pom in triples_map.predicate_objects:
            for object_map in pom.objects:
                if not makes_quoted(object_map, context.parents):
                    placed = place_map(object_map, triples_map, context)
                    if placed is not None:
                        plain.append(
                            Link(predicates=pom.predicates, graphs=pom.graphs, object_map=object_map, made=placed)
                        )
                    continue
                for found in resolve_map(object_map, triples_map, subject.rows, context):
                    link = make_link(pom, object_map, found.made)
                    own = Resolved(made=subject.made, rows=found.rows)
                    yield from state_links(triples_map, own, (link,), context, with_classes=False)
        yield from state_links(triples_map, subject, tuple(plain), context, with_classes=True)


def make_link(pom: PredicateObjectMap, object_map: TermMap | RefObjectMap, made: Maker | Joined | Gathering) -> Link:
    """A predicate-object map with one of its objects."""
    return Link(predicates=pom.predicates, graphs=pom.graphs, object_map=object_map, made=made)


def state_links(
    triples_map: TriplesMap, subject: Resolved, links: tuple[Link, ...], context: Normalising, *, with_classes: bool
) -> Iterator[Statement]:
    """The statements of a triples map about one subject, its gather maps resolved."""
    subjects: list[tuple[Maker, tuple[TermMap, ...], Rows]] = []
    if not isinstance(subject.made, Gathering):
        subjects.append((subject.made, triples_map.graphs, subject.rows))
    else:
        for graph in triples_map.graphs or (None,):
            collected = collect(subject.made, graph, triples_map, context)
            if collected is None:
                return
            yield from collected.statements
            headed = WithHeads(rows=subject.rows, collection=collected.collection)
            subjects.append((Finished(column=headed.column), (graph,) if graph else (), headed))
    for made, graphs, rows in subjects:
        plain: list[Link] = []
        for link in links:
            if not isinstance(link.made, Gathering):
                plain.append(link)
                continue
            for graph in (*graphs, *link.graphs) or (None,):
                collected = collect(link.made, graph, triples_map, context)
                if collected is None:
                    return
                yield from collected.statements
                wide = WithHeads(rows=rows, collection=collected.collection)
                linked = Link(
                    predicates=link.predicates,
                    graphs=(),
                    object_map=link.object_map,
                    made=Finished(column=wide.column),
                )
                yield from combine(triples_map, made, wide, (graph,) if graph else (), (linked,), context)
        if with_classes:
            yield from state_classes(triples_map, made, rows, graphs, context)
        yield from combine(triples_map, made, rows, graphs, plain, context)


Graph = tuple[Placed | None, tuple[LogicalTarget, ...]]


def place_graphs(maps: Sequence[TermMap], triples_map: TriplesMap, context: Normalising) -> list[Graph]:
    """The graphs that quads go to, each once, with their targets; None is the default graph."""
    base = context.base_of(triples_map)
    graphs: list[Graph] = [
        (None if names_default_graph(each) else Placed(term_map=each, base=base), each.targets) for each in maps
    ]
    return list(dict.fromkeys(graphs)) or [(None, ())]


def state_classes(
    triples_map: TriplesMap, subject: Maker, rows: Rows, graphs: Sequence[TermMap], context: Normalising
) -> Iterator[Statement]:
    """The shortcut `rml:class`: a statement with rdf:type for each class, in the graphs of the subject."""
    mark = triples_map.subject.mark
    for iri in triples_map.classes:
        for graph, targets in place_graphs(graphs, triples_map, context):
            yield Statement(
                triples_map=triples_map.name, rows=rows, subject=subject, predicate=make_constant(RDF_TYPE, mark),
                object=make_constant(iri.value, mark), graph=graph, asserted=triples_map.asserted,
                targets=(*triples_map.subject.targets, *targets), mark=mark,
            )  # fmt: skip


def combine(
    triples_map: TriplesMap,
    subject: Maker,
    rows: Rows,
    graphs: Sequence[TermMap],
    links: Sequence[Link],
    context: Normalising,
) -> Iterator[Statement]:
    """A statement for each predicate, object and graph."""
    for link in links:
        assert not isinstance(link.made, Gathering)
        made: Maker | Joined = link.made
        for predicate in link.predicates:
            for graph, targets in place_graphs((*graphs, *link.graphs), triples_map, context):
                yield Statement(
                    triples_map=triples_map.name, rows=rows, subject=subject,
                    predicate=Placed(term_map=predicate, base=context.base_of(triples_map)), object=made, graph=graph,
                    asserted=triples_map.asserted, mark=link.object_map.mark,
                    targets=(
                        *triples_map.subject.targets, *predicate.targets, *targets_of(link.object_map), *targets
                    ),
                )  # fmt: skip


def targets_of(term_map: TermMap | RefObjectMap) -> tuple[LogicalTarget, ...]:
    """The targets of an object map, of its datatype map and of its language map."""
    if isinstance(term_map, RefObjectMap):
        return term_map.targets
    inner = [m for m in (term_map.datatype, term_map.language) if m is not None]
    return (*term_map.targets, *(t for m in inner for t in m.targets))
