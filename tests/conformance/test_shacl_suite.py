"""The W3C suite of SHACL Core, run in process: the results of validation, one by one.

`KG_CONFORMANCE` names the folder of the suites; this one is `shacl/core`, from the repository w3c/data-shapes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.request import url2pathname

import pytest
from pyoxigraph import BlankNode, NamedNode

from kg.rdf.namespace import SH
from kg.rdf.turtle.document import RdfDocument, Term, read_turtle
from kg.shacl import read_shapes, validate_graph
from kg.text.diagnostic import SourceText

_FOLDER = os.environ.get("KG_CONFORMANCE")
_SUITE = Path(_FOLDER or ".").resolve() / "shacl" / "core"
_CASES = [path for path in sorted(_SUITE.rglob("*.ttl")) if "mf:action" in path.read_text("utf-8")]

pytestmark = pytest.mark.skipif(not _CASES, reason="KG_CONFORMANCE does not name a folder with the suite `shacl`")

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
# What the suite's shapes say without effect is a mistake to us: the graph is validated all the same.
MISTAKES = {
    "node/qualified-001": 3,  # counts without a shape to count, in a node shape
    "property/qualifiedValueShape-001": 1,  # sh:nodeShape
    "property/uniqueLang-002": 1,  # sh:uniqueLang 1
}
REPORT = ("sh:conforms", "sh:result", "sh:focusNode", "sh:value", "sh:source", "sh:ValidationRe")

Row = tuple[str | None, ...]


def load(path: Path) -> RdfDocument:
    return read_turtle(SourceText(path.name, path.read_text("utf-8")), base=path.as_uri())


def object_of(document: RdfDocument, node: Term, iri: str) -> Term | None:
    found = document.objects(node, NamedNode(iri))
    return found[0].term if found else None


def show(term: Term | str | None) -> str | None:
    """A term; blank nodes have no names that could be compared."""
    return None if term is None else "_:" if isinstance(term, BlankNode) or str(term).startswith("_:") else str(term)


def show_path(path: str | None) -> str | None:
    """A path; one that is no predicate is a blank node in the suite's reports."""
    return path if path is None or re.fullmatch("<[^>]*>", path) else "_:"


def expected(document: RdfDocument, report: Term) -> Iterator[Row]:
    for marked in document.objects(report, NamedNode(SH + "result")):
        fields = ("focusNode", "resultPath", "value", "sourceConstraintComponent", "resultSeverity", "sourceShape")
        yield tuple(show(object_of(document, marked.term, SH + field)) for field in fields)


@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    document, name = load(path), path.relative_to(_SUITE).with_suffix("").as_posix()
    (case,) = (q.subject.term for q in document.quads if q.predicate.term == NamedNode(MF + "action"))
    action, report = object_of(document, case, MF + "action"), object_of(document, case, MF + "result")
    assert action is not None and report is not None
    iris = [object_of(document, action, SHT + kind) for kind in ("shapesGraph", "dataGraph")]
    shapes_document, data = (load(Path(url2pathname(str(iri)[1:-1].removeprefix("file://")))) for iri in iris)
    shapes = read_shapes([shapes_document])
    told = [d for d in shapes.diagnostics if not d.mark.excerpt.startswith(REPORT)]
    assert len(told) == MISTAKES.get(name, 0), told
    found = validate_graph([quad.quad for quad in data.quads], shapes)
    assert not isinstance(found, str)
    rows = {
        (
            show(r.focus_node),
            show_path(r.result_path),
            show(r.value),
            f"<{SH}{r.component}>",
            f"<{SH}{r.severity}>" if ":" not in r.severity else f"<{r.severity}>",
            show(r.source_shape),
        )
        for r in found
    }
    assert rows == set(expected(document, report))


def test_the_suite_is_all_there() -> None:
    assert len(_CASES) == 98
