"""What the last build wrote, graph by graph, as lines of N-Triples, and in pieces of bounded size."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from io import BufferedReader
from pathlib import Path

import pyoxigraph as ox

from kg.system.files import hash_file
from kg.system.project import Project
from kg.text.diagnostic import KgError, UsageError, did_you_mean

_CURATED = (".ttl", ".yaml", ".rq")


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A graph of a build: its name (empty: the default graph), and its triples as lines, each once, in one order."""

    name: str
    read: Callable[[], Iterator[str]]

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of its lines."""
        made = sha256()
        for line in self.read():
            made.update(line.encode())
        return made.hexdigest()

    @cached_property
    def count(self) -> int:
        """How many triples it has."""
        return sum(1 for _ in self.read())

    @property
    def shown(self) -> str:
        """The graph's name for a person."""
        return f"<{self.name}>" if self.name else "the default graph"


@dataclass(frozen=True, kw_only=True)
class BuiltContent:
    """What a build made: its graphs, by their names, and the data set's base IRI; *stale* are inputs changed since."""

    base: str
    graphs: tuple[Graph, ...]
    stale: tuple[str, ...] = ()

    def choose(self, names: Iterable[str]) -> BuiltContent:
        """A content with those graphs alone that are named (`default`: the default graph). Raises UsageError."""
        wanted = {"" if name == "default" else name for name in names}
        known = {graph.name for graph in self.graphs}
        for name in sorted(wanted - known):
            hint = did_you_mean(name, known) or "`default` is the default graph"
            raise UsageError(f"there is no graph <{name}>: {hint}")
        chosen = tuple(graph for graph in self.graphs if graph.name in wanted) if wanted else self.graphs
        return BuiltContent(base=self.base, graphs=chosen, stale=self.stale)


def read_content(project: Project, base: str) -> BuiltContent:
    """What the last build of a project wrote into `exports/`. Raises KgError where there is none, or it was changed."""
    exports = project.exports
    try:
        manifest = json.loads((exports / "manifest.json").read_text(encoding="utf-8"))
        wanted, inputs = manifest["graph"]["sha256"], manifest["inputs"]
        tables = [name for name, table in manifest.get("tables", {}).items() if "sha256" in table]
    except FileNotFoundError:
        raise KgError("there is no build to take (exports/manifest.json): run `kg build` first") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise KgError(f"cannot read exports/manifest.json: {error}") from None
    path = exports / "graph.nq"
    if not path.is_file() or hash_file(path) != wanted:
        raise KgError("exports/graph.nq is not that of the manifest beside it: run `kg build`")
    lines: dict[str, list[str]] = defaultdict(list)
    for quad in _parse(path):
        lines[name_graph(quad)].append(f"{quad.triple} .\n")
    graphs = [Graph(name=name, read=lines[name].__iter__) for name in sorted(lines)]
    graphs += [_open_table(exports / "tables" / f"{table}.nq.gz") for table in sorted(tables)]
    now = (*project.ontology_files, *project.question_files, *project.source_files, *project.entity_files)
    names = {project.name_of(path) for path in (*now, *project.claim_files, *project.rdf_files)}
    names |= {name for name in inputs if name.endswith(_CURATED)}
    stale = tuple(sorted(name for name in names if _has_changed(project.root / name, inputs.get(name))))
    return BuiltContent(base=base, graphs=tuple(graphs), stale=stale)


def _has_changed(path: Path, digest: str | None) -> bool:
    return not path.is_file() or hash_file(path) != digest


def name_graph(quad: ox.Quad) -> str:
    """The name of the graph of a quad; empty for the default graph."""
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


def _parse(path: Path) -> Iterator[ox.Quad]:
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as packed, BufferedReader(packed) as file:
                yield from ox.parse(file, format=ox.RdfFormat.N_QUADS)
        else:
            yield from ox.parse(path=path, format=ox.RdfFormat.N_QUADS)
    except (OSError, EOFError, SyntaxError, ValueError) as error:
        raise KgError(f"cannot read {path.name}: {error}") from None


def _open_table(path: Path) -> Graph:
    first = next(_parse(path), None)

    def read() -> Iterator[str]:
        before = ""
        for quad in _parse(path):  # sorted: what is there twice stands together
            line = f"{quad.triple} .\n"
            if line != before:
                yield line
            before = line

    return Graph(name=name_graph(first) if first is not None else "", read=read)


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Some triples of a graph: what a request holds. *blank*: they have blank nodes, so that sent twice they double."""

    number: int
    lines: tuple[str, ...]
    blank: bool

    @property
    def raw(self) -> bytes:
        """The lines as N-Triples."""
        return "".join(self.lines).encode()


def split_graph(lines: Callable[[], Iterable[str]], most: int) -> Iterator[Chunk]:
    """A graph in chunks of at most about *most* bytes, the same ones each time; those with blank nodes come first.

    Triples that share a blank node stay in one chunk, however many they are: in two requests it would be two nodes.

    >>> graph = ["<a:a> <a:p> _:x .\\n", "<a:b> <a:p> <a:c> .\\n", "_:x <a:p> _:y .\\n", "_:y <a:p> <a:d> .\\n"]
    >>> [(len(chunk.lines), chunk.blank) for chunk in split_graph(lambda: graph, 20)]
    [(3, True), (1, False)]
    """
    number = 0
    for blank in (True, False):
        held: list[str] = []
        size = 0
        groups = group_blank(line for line in lines() if find_blank(line)) if blank else _each(lines())
        for group in groups:
            length = sum(len(line.encode()) for line in group)
            if held and size + length > most:
                yield Chunk(number=number, lines=tuple(held), blank=blank)
                number += 1
                held, size = [], 0
            held += group
            size += length
        if held:
            yield Chunk(number=number, lines=tuple(held), blank=blank)
            number += 1


def _each(lines: Iterable[str]) -> Iterator[list[str]]:
    return ([line] for line in lines if not find_blank(line))


def find_blank(line: str) -> list[str]:
    """The blank nodes of a line of N-Triples.

    >>> find_blank('_:a <b:b> "_:c" .'), find_blank("<a:a> <b:b> <<( _:c <b:b> _:d )>> .")
    (['_:a'], ['_:c', '_:d'])
    """
    if "_:" not in line:
        return []
    subject, _, rest = line.split(" ", 2)
    nodes = [subject] if subject.startswith("_:") else []
    term = rest.rstrip()[:-1].rstrip()
    if term.startswith("_:"):
        nodes.append(term)
    elif term.startswith("<<("):
        nodes += _find_in_triple(term)
    return nodes


def _find_in_triple(term: str) -> list[str]:
    quad = next(iter(ox.parse(f"<a:a> <a:a> {term} .", format=ox.RdfFormat.N_TRIPLES)))
    return [str(node) for node in find_nodes(quad)]


def find_nodes(part: ox.Quad | ox.Triple) -> Iterator[ox.BlankNode]:
    """The blank nodes of a triple, and of triples in it."""
    for term in (part.subject, part.object):
        if isinstance(term, ox.BlankNode):
            yield term
        elif isinstance(term, ox.Triple):
            yield from find_nodes(term)


def group_blank(lines: Iterable[str]) -> list[list[str]]:
    """Lines with blank nodes in groups that share none, each in the order of its first line."""
    parent: dict[str, str] = {}

    def find(node: str) -> str:
        root = node
        while parent[root] != root:
            root = parent[root]
        while parent[node] != root:
            parent[node], node = root, parent[node]
        return root

    held = list(lines)
    nodes = [find_blank(line) for line in held]
    for found in nodes:
        for node in found:
            parent.setdefault(node, node)
        for node in found[1:]:
            parent[find(node)] = find(found[0])
    groups: dict[str, list[str]] = {}
    for line, found in zip(held, nodes, strict=True):
        groups.setdefault(find(found[0]), []).append(line)
    return list(groups.values())


def find_shared(content: BuiltContent) -> int:
    """How many blank nodes stand in more than one graph: loaded graph by graph, each becomes several."""
    seen: dict[str, str] = {}
    shared = set()
    for graph in content.graphs:
        for line in graph.read():
            for node in find_blank(line):
                if seen.setdefault(node, graph.name) != graph.name:
                    shared.add(node)
    return len(shared)
