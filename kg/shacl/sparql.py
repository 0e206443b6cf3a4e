"""Shapes that use SHACL-SPARQL: given to pySHACL, in a process of its own, since it may die of a query."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.rdf.namespace import SH, XSD
from kg.rdf.quad import Quad, write_term
from kg.rdf.turtle.document import Term
from kg.shacl.pattern import FLAGS, compile_pattern
from kg.shacl.shape import ShapeResult, Shapes
from kg.system.interpreter import call_in_python
from kg.system.memory import NO_THREAD, find_bound, says_lack, tell_lack
from kg.text.diagnostic import KgError

if TYPE_CHECKING:
    import rdflib

_PATTERN, _FLAGS = NamedNode(SH + "pattern"), NamedNode(SH + "flags")
_DETAILS = " See details for more information."  # which we show


def validate_sparql(quads: Iterable[Quad], shapes: Shapes) -> list[ShapeResult] | str:
    """What the union of all graphs of *quads* breaks of shapes, in a fixed order, by pySHACL without inference.

    A text where pySHACL cannot use the shapes: its words. Raises KgError where the process cannot be started
    or dies.
    """
    triples = sorted({f"{q.subject} {q.predicate} {q.object} ." for q in quads})
    patterns = _rewrite_patterns(shapes)
    statements = (
        " ".join(write_term(patterns.get(m.term, m.term) if place == 2 and q.predicate.term == _PATTERN else m.term)
                 for place, m in enumerate((q.subject, q.predicate, q.object)))
        for q in shapes.quads
    )  # fmt: skip
    request = json.dumps({"data": "\n".join(triples), "shapes": "".join(f"{line} .\n" for line in statements)})
    command = call_in_python("kg.shacl.sparql.serve_validation")
    try:
        done = subprocess.run(command, input=request, capture_output=True, text=True, encoding="utf-8", check=False)
    except OSError as error:
        raise KgError(f"cannot start pySHACL: {error}") from error
    if done.returncode == NO_THREAD or (done.returncode != 0 and says_lack(done.stderr)):
        raise KgError(tell_lack(find_bound()))
    if done.returncode != 0:
        words = done.stderr.strip().split("\n")[-1] or "no message"
        raise KgError(f"pySHACL failed with {done.returncode}: {words}")
    answer = json.loads(done.stdout)
    if "problem" in answer:
        return str(answer["problem"])
    written = {made.value: term.value for term, made in patterns.items() if isinstance(term, Literal)}
    return [_read_result(result, written) for result in answer["results"]]


def _rewrite_patterns(shapes: Shapes) -> dict[Term, Literal]:
    """The patterns of the shapes that Python, whose patterns pySHACL takes them for, reads otherwise than XPath."""
    flags = {q.subject.term: q.object.term.value for q in shapes.quads
             if q.predicate.term == _FLAGS and isinstance(q.object.term, Literal)}  # fmt: skip
    found: dict[Term, Literal] = {}
    for quad in shapes.quads:
        term, letters = quad.object.term, flags.get(quad.subject.term, "")
        if quad.predicate.term == _PATTERN and isinstance(term, Literal) and set(letters) <= set(FLAGS):
            with suppress(re.error, OverflowError, RecursionError):  # a mistake, which is told as one
                found[term] = Literal(compile_pattern(term.value, letters).pattern)
    return {term: made for term, made in found.items() if made != term}


def _read_result(result: dict[str, Any], written: dict[str, str]) -> ShapeResult:
    """A result; patterns are shown as they were *written*."""
    details = tuple(_read_result(inner, written) for inner in result.pop("details"))
    for made, pattern in written.items():
        result["message"] = result["message"].replace(made, pattern)
    return ShapeResult(**result, details=details)


def serve_validation() -> None:
    """The process: reads one request, writes one answer. Called by `validate_sparql` only."""
    import warnings

    warnings.simplefilter("ignore")
    import rdflib
    from pyshacl import validate
    from rdflib.namespace import SH

    rdflib.NORMALIZE_LITERALS = False  # results must name literals as they were written
    request = json.loads(sys.stdin.read())
    data, shapes = rdflib.Graph(), rdflib.Graph()
    _fill(data, request["data"], RdfFormat.N_TRIPLES)
    _fill(shapes, request["shapes"], RdfFormat.N_TRIPLES)
    try:
        _, report, words = validate(data, shacl_graph=shapes, inference="none", advanced=False, do_owl_imports=False)
    except Exception as error:  # whatever the library stumbles over lies in the shapes
        report, words = None, f"pySHACL cannot use the shapes: {str(error) or type(error).__name__}"
    if not isinstance(report, rdflib.Graph):
        print(json.dumps({"problem": find_problem(words)}))  # noqa: T201
        return
    results = [_describe(report, node) for node in report.objects(None, SH.result)]
    results.sort(key=lambda r: json.dumps(r, sort_keys=True))
    print(json.dumps({"results": results}))  # noqa: T201


def find_problem(words: str) -> str:
    """Why the library cannot use the shapes, in one line of its *words*; the same in every run.

    >>> find_problem("Validation Failure - a constraint lacks its query")
    'a constraint lacks its query'
    """
    line = words.removeprefix("Validation Failure - ").strip().split("\n")[0]
    # The library calls nameless shapes by labels that are new in every run.
    line = re.sub(r"'?\bn?[0-9a-f]{16,}\b'?", "a shape without a name", line)
    return line or "pySHACL cannot use the shapes, and does not say why"


def _describe(report: rdflib.Graph, node: Any) -> dict[str, Any]:
    """The fields of a `ShapeResult`."""
    import rdflib
    from rdflib.namespace import SH

    def one(predicate: Any) -> str | None:
        term = report.value(node, predicate)
        return None if term is None else str(term.n3())

    def local(predicate: Any) -> str:
        return str(report.value(node, predicate)).removeprefix(str(SH))

    path = report.value(node, SH.resultPath)
    messages = [m for m in report.objects(node, SH.resultMessage) if isinstance(m, rdflib.Literal)]
    messages.sort(key=lambda m: (m.language is not None, m.language != "en", m.language or "", str(m)))
    return {
        "focus_node": one(SH.focusNode) or "",
        "result_path": str(path.n3()) if isinstance(path, rdflib.URIRef) else None,
        "value": one(SH.value),
        "message": str(messages[0]).removesuffix(_DETAILS) if messages else "a shape is not met",
        "severity": local(SH.resultSeverity),
        "source_shape": one(SH.sourceShape),
        "component": local(SH.sourceConstraintComponent),
        "details": [_describe(report, inner) for inner in report.objects(node, SH.detail)],
    }


def _fill(graph: rdflib.Graph, text: str, form: RdfFormat) -> None:
    """Add a text to an rdflib graph by Oxigraph's parser, 20 times as fast as rdflib's own."""
    import rdflib

    def convert(term: NamedNode | BlankNode | Literal | Triple) -> Any:
        if isinstance(term, NamedNode):
            return rdflib.URIRef(term.value)
        if isinstance(term, BlankNode):
            return rdflib.BNode(term.value)
        assert isinstance(term, Literal)
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        if term.datatype.value == XSD + "string":
            return rdflib.Literal(term.value)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))

    for quad in parse(text, format=form):
        graph.add((convert(quad.subject), convert(quad.predicate), convert(quad.object)))
