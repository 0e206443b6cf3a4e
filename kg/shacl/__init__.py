"""SHACL: shapes read with their lines, and a graph validated against them.

`read_shapes` reads shapes files and tells their mistakes; `validate_graph` gives what a graph breaks of them. SHACL
Core is validated here. Shapes that use SHACL-SPARQL are given to pySHACL, in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.rdf.quad import Quad
from kg.shacl.reading import read_shapes
from kg.shacl.shape import ShapeResult, Shapes
from kg.shacl.validation import validate_core

__all__ = ["ShapeResult", "Shapes", "read_shapes", "validate_graph"]


def validate_graph(quads: Iterable[Quad], shapes: Shapes) -> list[ShapeResult] | str:
    """What the union of all graphs of *quads* breaks of *shapes*, in a fixed order; nothing is inferred.

    A text where shapes with SPARQL cannot be used: why not. Raises KgError where their process fails.
    """
    if not shapes.needs_sparql:
        return validate_core(quads, shapes)
    from kg.shacl.sparql import validate_sparql  # such shapes are rare

    return validate_sparql(quads, shapes)
