"""SHACL: the graph against `ontology/shapes*.ttl`, each result brought back to the line that caused it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from kg.ask.known import find_known, find_unknown
from kg.build.pipeline import Checked
from kg.graph.quads import Assertion
from kg.model.nouns import Materialisation
from kg.rdf.iri import Prefixes
from kg.shacl import ShapeResult, Shapes, read_shapes, validate_graph
from kg.text.diagnostic import Diagnostic, Mark, Related, has_errors, mark_of_file

MOST_DETAILS = 8  # of one result that are shown
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
    return checked.add(find_breaches(checked), looked_for={"shape-warning"})


def find_breaches(checked: Checked) -> Iterator[Diagnostic]:
    """What is wrong with the shapes of a project without errors, or else what the graph breaks of them.

    Raises KgError where a process that validates fails.
    """
    shapes, prefixes = read_shapes(checked.shapes), checked.seeds.dataset.prefixes
    yield from shapes.diagnostics
    if has_errors(shapes.diagnostics) or not shapes.by_node:
        return
    results = validate_graph((a.quad for a in checked.assertions), shapes)
    if results:
        yield from explain_results(results, SourceMap(checked.assertions), shapes, prefixes)
    whole = all(table.materialisation is Materialisation.GRAPH for table in checked.tables)
    known = find_known(checked.story, entities_too=whole)
    yield from find_unknown(shapes.named, known, lambda: (a.quad for a in checked.assertions))


def explain_results(
    results: list[ShapeResult] | str, sources: SourceMap, shapes: Shapes, prefixes: Prefixes
) -> Iterator[Diagnostic]:
    """The results as diagnostics, each at the line that caused it, or else at its shape."""
    marks = {str(node): shape.mark for node, shape in shapes.by_node.items()}
    file = mark_of_file(shapes.sources[0])
    if isinstance(results, str):
        yield Diagnostic(code="bad-shapes", mark=_find_named(results, marks) or file, message=results.rstrip("."))
        return
    for result in results:
        inside = [inner for inner in _list_details(result) if inner.source_shape in marks]
        yield Diagnostic(
            code=_CODES.get(result.severity, "shape"),
            mark=sources.find_cause(result) or marks.get(result.source_shape or "", file),
            message=result.message,
            hint=_tell_about(result, prefixes),
            related=tuple(
                Related(mark=marks[i.source_shape or ""], message=f"{i.message} ({_tell_about(i, prefixes)})")
                for i in inside[:MOST_DETAILS]
            ),
        )


def _find_named(words: str, marks: Mapping[str, Mark]) -> Mark | None:
    """The shape that another's words name."""
    for name, mark in marks.items():
        if re.search(rf"(?<![\w.-]){re.escape(name.strip('<>').removeprefix('_:'))}(?![\w.-])", words):
            return mark
    return None


def _tell_about(result: ShapeResult, prefixes: Prefixes) -> str:
    names = [_short(t, prefixes) for t in (result.focus_node, result.result_path) if t]
    own = result.value is None or result.value == result.focus_node
    return f"of {' '.join(names)}" + ("" if own else f", which is {_short(result.value or '', prefixes)}")


def _list_details(result: ShapeResult) -> Iterator[ShapeResult]:
    """What breaks the shapes inside, down to those that hold no further ones."""
    for inner in result.details:
        if inner.details:
            yield from _list_details(inner)
        else:
            yield inner


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
