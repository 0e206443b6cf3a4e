"""The graph that is validated: its classes, and where paths lead."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pyoxigraph import NamedNode

from kg.rdf.namespace import RDF, RDFS
from kg.rdf.quad import Quad, TripleIndex
from kg.rdf.turtle.document import Term
from kg.shacl.path import Path, Step

RDF_TYPE = NamedNode(RDF + "type")
SUBCLASS_OF = NamedNode(RDFS + "subClassOf")

Nodes = Collection[Term]


class DataGraph(TripleIndex):
    """The union of all graphs of *quads*; with *predicates* only the triples that these shapes can see.

    >>> e = lambda name: NamedNode("http://e/" + name)
    >>> graph = DataGraph([Quad(e("tern"), RDF_TYPE, e("Ferry")), Quad(e("Ferry"), SUBCLASS_OF, e("Ship"))])
    >>> [node.value for node in graph.instances(e("Ship"))], graph.is_instance(e("tern"), e("Ship"))
    (['http://e/tern'], True)
    """

    def __init__(self, quads: Iterable[Quad], predicates: frozenset[NamedNode] | None = None) -> None:
        super().__init__(quads, None if predicates is None else predicates | {RDF_TYPE, SUBCLASS_OF})
        self._subclasses: dict[Term, dict[Term, None]] = {}

    def instances(self, cls: Term) -> Nodes:
        """The SHACL instances of a class: those of its subclasses too."""
        return dict.fromkeys(node for sub in self.subclasses(cls) for node in self.subjects(RDF_TYPE, sub))

    def is_instance(self, node: Term, cls: Term) -> bool:
        """Whether *node* is a SHACL instance of a class."""
        below = self.subclasses(cls)
        return any(own in below for own in self.objects(node, RDF_TYPE))

    def subclasses(self, cls: Term) -> Nodes:
        """The classes from which `rdfs:subClassOf` leads to *cls*, itself among them."""
        if cls not in self._subclasses:
            up = Path(step=Step.PREDICATE, predicate=SUBCLASS_OF)
            self._subclasses[cls] = self._closure(Path(step=Step.INVERSE, parts=(up,)), {cls: None})
        return self._subclasses[cls]

    def follow(self, path: Path, node: Term) -> Nodes:
        """The nodes that a path leads to, each once."""
        if path.predicate is not None:
            return self.objects(node, path.predicate)
        first, *rest = path.parts
        if path.step is Step.INVERSE:
            if first.predicate is not None:
                return self.subjects(first.predicate, node)
            return self.follow(_turn(first), node)
        if path.step is Step.ALTERNATIVE:
            return dict.fromkeys(found for part in path.parts for found in self.follow(part, node))
        found = dict.fromkeys(self.follow(first, node))
        if path.step is Step.SEQUENCE:
            for part in rest:
                found = dict.fromkeys(end for middle in found for end in self.follow(part, middle))
            return found
        if path.step is Step.ZERO_OR_ONE:
            return {node: None} | found
        return self._closure(first, {node: None} if path.step is Step.ZERO_OR_MORE else found)

    def _closure(self, path: Path, found: dict[Term, None]) -> dict[Term, None]:
        """*found*, and all that repeating the path leads to from there."""
        found, waiting = dict(found), [*found]
        while waiting:
            new = [node for node in self.follow(path, waiting.pop()) if node not in found]
            found.update(dict.fromkeys(new))
            waiting += new
        return found


def _turn(path: Path) -> Path:
    """The path that leads from the end of *path* to its beginning."""
    if path.step is Step.PREDICATE:
        return Path(step=Step.INVERSE, parts=(path,))
    if path.step is Step.INVERSE:
        return path.parts[0]
    parts = tuple(_turn(part) for part in path.parts)
    return Path(step=path.step, parts=parts[::-1] if path.step is Step.SEQUENCE else parts)
