"""SHACL: the graph against `ontology/shapes*.ttl`, each result brought back to the line that caused it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.diagnostic import Diagnostic, Mark, mark_of_file
from kg.iri import Prefixes
from kg.pipeline import Checked
from kg.quads import Assertion
from kg.shacl import ShapeResult, Shapes, read_shapes, validate_graph
from kg.turtle.document import RdfDocument

_CODES = {"Violation": "shape", "Warning": "shape-warning", "Info": "shape-info"}


class SourceMap:
    """Which line caused a triple: by (s, p, o), else by (s, p), else by s."""

    def __init__(self, assertions: Iterable[Assertion]) -> None:
        self.marks: dict[tuple[str, ...], Mark] = {}
        for assertion in assertions:
            quad = assertion.quad
            key = (str(quad.subject), str(quad.predicate), str(quad.object))
            for length in (3, 2, 1):
                self.marks.setdefault(key[:length], assertion.mark)

    def find(self, *terms: str | None) -> Mark | None:
        """The mark of the longest run of *terms* from the first that is known."""
        known = [t for t in terms if t is not None]
        for length in range(len(known), 0, -1):
            mark = self.marks.get(tuple(known[:length]))
            if mark is not None:
                return mark
        return None

    def find_cause(self, result: ShapeResult) -> Mark | None:
        """The mark of what caused a result: of the value's triple where there is one, else of the focus node."""
        path, value = result.result_path, result.value
        if path is not None and value is not None and path.startswith("^<"):  # the value is the subject
            return self.find(value, path[1:], result.focus_node)
        return self.find(result.focus_node, path, value)


def validate_project(checked: Checked) -> Checked:
    """The last stage: what is wrong with the shapes, or else what the graph breaks of them."""
    found = validate_assertions(checked.assertions, checked.shapes, checked.seeds.dataset.prefixes)
    return checked.add(found, looked_for={"shape-warning"})


def validate_assertions(
    assertions: Iterable[Assertion], shapes: Iterable[RdfDocument], prefixes: Prefixes
) -> Iterator[Diagnostic]:
    """What is wrong with the shapes, or else what the graph breaks of them; *prefixes* make IRIs short.

    Raises KgError where a process that validates fails.
    """
    read = read_shapes(shapes)
    yield from read.diagnostics
    if read.diagnostics or not read.by_node:
        return
    assertions = tuple(assertions)
    results = validate_graph((a.quad for a in assertions), read)
    if results:
        yield from explain_results(results, SourceMap(assertions), read, prefixes)


def explain_results(
    results: list[ShapeResult] | str, sources: SourceMap, shapes: Shapes, prefixes: Prefixes
) -> Iterator[Diagnostic]:
    """The results as diagnostics, each at the line that caused it, or else at its shape."""
    file = mark_of_file(shapes.sources[0])
    if isinstance(results, str):
        yield Diagnostic(code="bad-shapes", mark=file, message=results.rstrip("."))
        return
    marks = {str(node): shape.mark for node, shape in shapes.by_node.items()}
    for result in results:
        names = [_short(t, prefixes) for t in (result.focus_node, result.result_path) if t]
        own = result.value is None or result.value == result.focus_node
        yield Diagnostic(
            code=_CODES.get(result.severity, "shape"),
            mark=sources.find_cause(result) or marks.get(result.source_shape or "", file),
            message=result.message,
            hint=f"of {' '.join(names)}" + ("" if own else f", which is {_short(result.value or '', prefixes)}"),
        )


def _short(term: str, prefixes: Prefixes) -> str:
    """A term or a path for a message: IRIs in their short form, a typed literal without its datatype.

    >>> a = Prefixes(namespaces={"a": "http://a/"})
    >>> _short('"-7"^^<http://www.w3.org/2001/XMLSchema#decimal>', a), _short("^<http://a/b>", a)
    ('-7', '^a:b')
    """
    if term.startswith('"'):
        typed = re.fullmatch(r'"([^"\\]*)"\^\^<[^>]*>', term)
        return typed[1] if typed else term
    return re.sub("<[^>]*>", lambda iri: prefixes.compress(iri[0][1:-1]) or iri[0], term)
