"""Outputs that hold no graphs, for quads of a mapping that names some: they are written without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.tables.normal import targets_of
from kg.tables.rml import Constant, RefObjectMap, TermMap, TriplesMap
from kg.tables.vocabulary import DEFAULT_GRAPHS
from kg.text.diagnostic import Diagnostic, Mark

GRAPHLESS = {"nt": "N-Triples", "ttl": "Turtle", "n3": "N3", "rdfxml": "RDF/XML"}
HINT = "write N-Quads or TriG, or leave the graphs out of the mapping"


def tell_lost_graphs(triples_maps: Sequence[TriplesMap], syntax: str) -> list[Diagnostic]:
    """The warning that the main output, in a *syntax* without graphs, leaves out those of the mapping; or nothing."""
    for graph, places in list_named(triples_maps):
        if syntax in GRAPHLESS and all(any(not targets_of(each) for each in maps) for maps in places):
            return [tell(graph.mark, f"{GRAPHLESS[syntax]} has no graphs: that of this map is left out")]
    return []


def check_target_graphs(triples_maps: Sequence[TriplesMap]) -> list[Diagnostic]:
    """A warning for each logical target in a syntax without graphs into which quads of graphs go."""
    named = [each for _, places in list_named(triples_maps) for maps in places for each in maps]
    targets = dict.fromkeys(target for each in named for target in targets_of(each))
    return [
        tell(
            each.mark,
            f"{GRAPHLESS[each.serialization]} has no graphs: those of the quads in `{each.path}` are left out",
        )
        for each in targets
        if each.serialization in GRAPHLESS
    ]


def tell(mark: Mark, message: str) -> Diagnostic:
    """The warning at its place."""
    return Diagnostic(code="graph-lost", mark=mark, message=message, hint=HINT)


Places = tuple[Sequence[TermMap | RefObjectMap], ...]


def list_named(triples_maps: Iterable[TriplesMap]) -> Iterator[tuple[TermMap, Places]]:
    """Each map of a graph that is not the default one, with the maps of its quads: a quad takes one of each place.

    It goes where these go, and into the main output where none of them has a target.
    """
    for triples_map in triples_maps:
        if not triples_map.asserted:
            continue
        subject = (triples_map.subject,)
        if triples_map.classes:
            yield from ((graph, ((graph,), subject)) for graph in triples_map.graphs if is_named(graph))
        for pom in triples_map.predicate_objects:
            for graph in filter(is_named, (*triples_map.graphs, *pom.graphs)):
                yield graph, ((graph,), subject, pom.predicates, pom.objects)


def is_named(graph: TermMap) -> bool:
    """Whether a graph map names a graph: anything but the constant `rml:defaultGraph`."""
    return not (isinstance(graph.expression, Constant) and graph.expression.term.value in DEFAULT_GRAPHS)
