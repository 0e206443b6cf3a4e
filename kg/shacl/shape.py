"""The nouns of SHACL: shapes, their targets and constraints, and the results of validation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Protocol

from pyoxigraph import NamedNode

from kg.rdf.namespace import RDF, SH
from kg.rdf.turtle.document import MarkedQuad, Term
from kg.shacl.graph import DataGraph, Nodes
from kg.shacl.path import Path
from kg.text.diagnostic import Diagnostic, Mark, SourceText


class TargetKind(Enum):
    """How a shape finds its focus nodes, by the name of its SHACL term."""

    NODE = "targetNode"
    CLASS = "targetClass"
    SUBJECTS_OF = "targetSubjectsOf"
    OBJECTS_OF = "targetObjectsOf"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A target: its kind, and the node, class or predicate that it names."""

    kind: TargetKind
    term: Term


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """What breaks a constraint: a value node, or None where none is at fault; *path* where it is not the shape's."""

    value: Term | None = None
    path: NamedNode | None = None


class Surroundings(Protocol):
    """What a constraint may ask while it looks at value nodes."""

    graph: DataGraph

    def conforms(self, node: Term, shape: Term) -> bool:
        """Whether a node conforms to the shape that bears this name."""


BreachFinder = Callable[[Surroundings, Term, Nodes], Iterable[Breach]]
"""Finds what breaks a constraint, of a focus node and its value nodes."""


_BROKEN_BY_NONE = frozenset(
    f"{name}ConstraintComponent" for name in ("MinCount", "QualifiedMinCount", "Equals", "HasValue")
)


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """A constraint: its component (`MinCountConstraintComponent`), and the words for it where the shape has none.

    *predicates* are those that it looks at beside the shape's path (None: all), *shapes* those that it asks.
    """

    component: str
    words: str
    find: BreachFinder
    predicates: frozenset[NamedNode] | None = frozenset()
    shapes: tuple[Term, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A shape. A property shape has a path, a node shape has none. *severity* is a local name or an IRI."""

    node: Term
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    properties: tuple[Term, ...]  # the shapes of `sh:property`, whose results stand for themselves
    message: str | None
    severity: str
    deactivated: bool
    mark: Mark = field(repr=False, compare=False)

    @cached_property
    def asks_for_values(self) -> bool:
        """Whether a focus node without value nodes may break it; all other constraints look at the value nodes."""
        return any(constraint.component in _BROKEN_BY_NONE for constraint in self.constraints)

    @property
    def asked(self) -> tuple[Term, ...]:
        """The shapes that this one speaks of."""
        return (*self.properties, *(node for constraint in self.constraints for node in constraint.shapes))


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """All shapes of some files, and the mistakes in them.

    Where *needs_sparql* is true they use SHACL-SPARQL.
    """

    by_node: Mapping[Term, Shape]
    needs_sparql: bool
    sources: tuple[SourceText, ...]
    quads: tuple[MarkedQuad, ...]  # of all files; a blank node is its file's own
    diagnostics: tuple[Diagnostic, ...]

    @property
    def named(self) -> Iterator[tuple[Mark, str]]:
        """The terms of other vocabularies that the shapes speak of, each at its place: classes, properties, values."""
        described = {quad.subject.term for quad in self.quads}
        for quad in self.quads:
            term, predicate = quad.object.term, quad.predicate.term
            speaks = isinstance(predicate, NamedNode) and predicate.value.startswith((SH, RDF + "first"))
            if speaks and isinstance(term, NamedNode) and term not in described and not term.value.startswith(SH):
                yield quad.object.mark, term.value

    @property
    def predicates(self) -> frozenset[NamedNode] | None:
        """The predicates that the shapes look at, None for all of them."""
        found: set[NamedNode] = set()
        for shape in self.by_node.values():
            found |= shape.path.predicates if shape.path is not None else set()
            for target in shape.targets:
                if target.kind in {TargetKind.SUBJECTS_OF, TargetKind.OBJECTS_OF}:
                    assert isinstance(target.term, NamedNode)
                    found.add(target.term)
            for constraint in shape.constraints:
                if constraint.predicates is None:
                    return None
                found |= constraint.predicates
        return frozenset(found)


@dataclass(frozen=True, kw_only=True)
class ShapeResult:
    """One result of validation.

    Terms are in N-Triples form, the path in SPARQL's; None where the result names none. *severity* and *component*
    are local names.
    """

    focus_node: str
    result_path: str | None
    value: str | None
    message: str
    severity: str
    source_shape: str | None
    component: str
    details: tuple[ShapeResult, ...] = field(default=(), compare=False)  # of the shapes inside that are not met
