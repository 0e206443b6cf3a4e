"""SHACL Core: a graph against shapes. Source: SHACL, section 3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode

from kg.rdf.namespace import SH
from kg.rdf.quad import Quad
from kg.rdf.turtle.document import Term
from kg.shacl.graph import DataGraph, Nodes
from kg.shacl.shape import Breach, Constraint, Shape, ShapeResult, Shapes, Target, TargetKind

_WHOLES = {f"{name}ConstraintComponent" for name in ("Node", "And", "Or", "Xone")}


def validate_core(quads: Iterable[Quad], shapes: Shapes) -> list[ShapeResult]:
    """What the union of all graphs of *quads* breaks of *shapes*, in a fixed order.

    Nothing is inferred, but an instance of a subclass is one of the class (SHACL, section 1.1). What SHACL-SPARQL
    says is not looked at.
    """
    validation = _Validation(DataGraph(quads, shapes.predicates), shapes)
    found: dict[ShapeResult, None] = {}
    for shape in shapes.by_node.values():
        found.update(dict.fromkeys(validation.results(shape, validation.focus_nodes(shape))))
    return sorted(found, key=_place)


def _place(result: ShapeResult) -> tuple[str, ...]:
    terms = (result.focus_node, result.result_path, result.value, result.component, result.source_shape, result.message)
    return tuple(term or "" for term in terms)


class _Validation:
    """One run: the shapes and the graph."""

    def __init__(self, graph: DataGraph, shapes: Shapes) -> None:
        self.graph = graph
        self.shapes = shapes.by_node

    def focus_nodes(self, shape: Shape) -> Nodes:
        return dict.fromkeys(node for target in shape.targets for node in self._find_target(target))

    def _find_target(self, target: Target) -> Nodes:
        term = target.term
        if target.kind is TargetKind.NODE:
            return [term]
        if target.kind is TargetKind.CLASS:
            return self.graph.instances(term)
        assert isinstance(term, NamedNode)
        subjects = target.kind is TargetKind.SUBJECTS_OF
        return self.graph.all_subjects(term) if subjects else self.graph.all_objects(term)

    def conforms(self, node: Term, shape: Term) -> bool:
        """Whether a node conforms to the shape that bears this name."""
        return next(self.breaches(self.shapes[shape], (node,)), None) is None

    def breaches(self, shape: Shape, nodes: Nodes) -> Iterator[tuple[Shape, Constraint, Term, Breach]]:
        """What breaks a shape at its focus *nodes*, and what breaks its property shapes at their value nodes.

        All nodes are gone through for a shape, not all shapes for a node: many shapes speak of what few things have.
        """
        if shape.deactivated:
            return
        path = shape.path
        if path is not None and path.predicate is not None and not shape.asks_for_values:
            having = self.graph.all_subjects(path.predicate)
            nodes = [node for node in nodes if node in having]
        reached: list[Term] = []
        for focus in nodes:
            values: Nodes = (focus,) if path is None else self.graph.follow(path, focus)
            for constraint in shape.constraints:
                for breach in constraint.find(self, focus, values):
                    yield shape, constraint, focus, breach
            reached += values
        for name in shape.properties if reached else ():
            yield from self.breaches(self.shapes[name], reached)

    def results(self, shape: Shape, nodes: Nodes) -> Iterator[ShapeResult]:
        """The breaches of a shape at its focus *nodes* as results, each with the words of its shape."""
        for broken, constraint, node, breach in self.breaches(shape, nodes):
            path = breach.path or broken.path
            yield ShapeResult(
                focus_node=str(node),
                result_path=None if path is None else str(path),
                value=None if breach.value is None else str(breach.value),
                message=broken.message or constraint.words,
                severity=broken.severity.removeprefix(SH),
                source_shape=str(broken.node),
                component=constraint.component,
                details=tuple(self.find_details(constraint, breach)),
            )

    def find_details(self, constraint: Constraint, breach: Breach) -> Iterator[ShapeResult]:
        """What breaks the shapes that a value node should conform to (`sh:node`, `sh:and`, `sh:or`, `sh:xone`)."""
        if breach.value is not None and constraint.component in _WHOLES:
            for name in constraint.shapes:
                yield from self.results(self.shapes[name], (breach.value,))
