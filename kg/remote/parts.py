"""The parts of a mapping (`kg map`) as what is pushed: graph by graph, each part as its manifest says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from kg.remote.content import BuiltContent, Graph, find_blank, name_graph
from kg.tables.cluster.load import open_lines
from kg.tables.cluster.manifest import check_parts, name_of, read_manifest
from kg.tables.folders.storage import Storage
from kg.text.diagnostic import KgError

HELD = 64_000  # triples that are held before they are written, by graph
MOST_BLANK = 2_000_000  # triples with blank nodes: they are put together in memory


def read_part_content(storage: Storage, scratch: Path) -> BuiltContent:
    """What the parts of a folder hold, each looked at first; the triples of each graph lie in a file of *scratch*.

    Raises KgError where there is no manifest, or a part is not what it says.
    """
    manifest = read_manifest(storage)
    parts = manifest["parts"]
    check_parts(storage, parts)
    held: dict[str, list[str]] = defaultdict(list)
    graphs: dict[str, Path] = {}
    count = blank = 0
    for part in parts:
        try:
            with open_lines(storage, part, scratch) as lines:
                for quad in ox.parse(lines, format=ox.RdfFormat.N_QUADS, lenient=True):
                    line = f"{quad.triple} .\n"
                    if isinstance(quad.graph_name, ox.BlankNode):
                        raise KgError(f"`{part.name}` has a graph that is a blank node: a server gives it no name")
                    held[name_graph(quad)].append(line)
                    count, blank = count + 1, blank + bool(find_blank(line))
                    if blank > MOST_BLANK:
                        raise KgError(f"more than {MOST_BLANK:,} triples have blank nodes: use the server's own loader")
                    if count % HELD == 0:
                        spill(held, graphs, scratch)
        except (OSError, EOFError, SyntaxError, ValueError) as error:
            raise KgError(f"cannot read `{part.name}`: {error}") from None
    spill(held, graphs, scratch)
    base = manifest.get("base") or f"urn:kg:{quote(name_of(storage), safe='')}:"
    return BuiltContent(base=base, graphs=tuple(open_graph(name, graphs[name]) for name in sorted(graphs)))


def spill(held: dict[str, list[str]], graphs: dict[str, Path], scratch: Path) -> None:
    """Write the triples that are held into the files of their graphs."""
    for name, lines in held.items():
        path = graphs.setdefault(name, scratch / f"{sha256(name.encode()).hexdigest()[:32]}.nt")
        with path.open("a", encoding="utf-8", newline="\n") as out:
            out.writelines(lines)
    held.clear()


def open_graph(name: str, path: Path) -> Graph:
    """A graph whose triples lie in a file."""

    def read() -> Iterator[str]:
        with path.open(encoding="utf-8", newline="\n") as lines:
            yield from lines

    return Graph(name=name, read=read)
