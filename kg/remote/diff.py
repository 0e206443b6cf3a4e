"""What a server holds, compared with the build: graph by graph, what is missing there and what was added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.remote.compare import TripleDifference, compare_triples
from kg.remote.content import BuiltContent, Graph, find_blank
from kg.remote.protocol import Server
from kg.remote.push import name_record
from kg.remote.verify import find_absent

_MOST_ASKED = 2_000


@dataclass(frozen=True, kw_only=True)
class GraphDifference:
    """How a graph there differs from the build's: the counts of both, what differs.

    *rewritten* is how many triples the server writes so that they look like others, and finds by the build's words.
    *shared* is how many more the default graph there has of the build's other graphs: it is the union of all.
    """

    graph: Graph
    there: int
    difference: TripleDifference
    rewritten: int = 0
    shared: int = 0

    @property
    def is_none(self) -> bool:
        """Whether there is no difference."""
        return self.difference.is_none


@dataclass(frozen=True, kw_only=True)
class Others:
    """Graphs there that the build does not have: under the data set's base with their counts, and *foreign* ones."""

    own: tuple[tuple[str, int], ...]
    foreign: tuple[str, ...]


def compare_graph(server: Server, graph: Graph) -> GraphDifference:
    """How a graph of the build differs from that on a server."""
    there = [f"{triple} .\n" for triple in server.read_graph(graph.name)]
    found = compare_triples(graph.read(), there)
    rewritten = 0
    if found.missing and found.added:
        found, rewritten = _settle_rewritten(server, graph.name, found)
    return GraphDifference(graph=graph, there=len(there), difference=found, rewritten=rewritten)


def _settle_rewritten(server: Server, graph: str, found: TripleDifference) -> tuple[TripleDifference, int]:
    """Leave out what the server finds by the build's words: it has the triple, and writes its value in its own way."""
    asked = [line for line in found.missing if '"' in line and not find_blank(line)][:_MOST_ASKED]
    absent = frozenset(find_absent(server, graph, asked))
    known = [line for line in asked if line not in absent]
    spent = Counter(_begin(line) for line in known)
    added = []
    for line in found.added:
        if '"' in line and spent[_begin(line)] > 0:
            spent[_begin(line)] -= 1
        else:
            added.append(line)
    missing = tuple(line for line in found.missing if line not in set(known))
    return TripleDifference(missing=missing, added=tuple(added), alike=found.alike), len(known)


def _begin(line: str) -> str:
    return " ".join(line.split(" ", 2)[:2])


def compare_content(server: Server, content: BuiltContent, whole: BuiltContent) -> Iterator[GraphDifference]:
    """Each graph of a part of the build, compared with that on a server."""
    for graph in content.graphs:
        found = compare_graph(server, graph)
        if not graph.name and found.difference.added and not found.difference.missing:
            found = _settle_union(found, whole)
        yield found


def _settle_union(found: GraphDifference, content: BuiltContent) -> GraphDifference:
    """Leave out what the default graph has because it is the union of all graphs of the build."""
    added = found.difference.added
    other = compare_triples(added, (line for graph in content.graphs if graph.name for line in graph.read()))
    difference = replace(found.difference, added=other.missing)
    return replace(found, difference=difference, shared=len(added) - len(other.missing))


def find_others(server: Server, content: BuiltContent) -> Others:
    """The graphs there that the build does not have; the record of what was pushed is left out."""
    known = {graph.name for graph in content.graphs} | {name_record(content.base)}
    names = [name for name in server.list_graphs() if name not in known]
    own = tuple((name, server.count(name)) for name in names if name.startswith(content.base))
    return Others(own=own, foreign=tuple(name for name in names if not name.startswith(content.base)))
