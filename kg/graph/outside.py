"""The quads of outside files, each file in a graph of its own: `more/ports.ttl` under `seeds/rdf/` is `more.ports`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from kg.rdf.quad import Quad
from kg.rdf.turtle.document import MarkedQuad
from kg.text.diagnostic import Mark


def list_outside(rdf: Iterable[tuple[str, tuple[MarkedQuad, ...]]], base: str) -> Iterator[tuple[Quad, Mark]]:
    """The quads of outside files with their marks; *rdf* has the files' names without endings, and their quads.

    Each file has a graph of its own below *base*, but for what it puts into a graph by name.
    """
    for name, quads in rdf:
        for quad in quads:
            named = quad.graph.term if isinstance(quad.graph.term, NamedNode) else None
            yield put_in_graph(quad, named or NamedNode(f"{base}rdf/{_graph_name(quad, name)}")), quad.subject.mark


@cache
def _tag_file(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:6]


def put_in_graph(quad: MarkedQuad, graph: NamedNode | DefaultGraph) -> Quad:
    """The quad in *graph*; blank nodes of different files are different nodes, whatever their labels."""

    def apart(term: Any) -> Any:
        if isinstance(term, BlankNode):
            return BlankNode(f"{_tag_file(quad.subject.mark.file)}-{term.value}")
        return term

    return Quad(apart(quad.subject.term), apart(quad.predicate.term), apart(quad.object.term), graph)


def _graph_name(quad: MarkedQuad, name: str) -> str:
    """`more/ports.ttl` under `seeds/rdf/` gives `more.ports`; what an IRI cannot hold is percent-encoded."""
    path = PurePosixPath(quad.subject.mark.file)
    parts = path.parts[2:-1] if path.parts[:2] == ("seeds", "rdf") else ()
    return quote(".".join((*parts, name)))
