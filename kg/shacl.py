"""The validating process: pySHACL over one graph. It imports nothing else of kg, so that it starts at once."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse


def serve_validation() -> None:
    """The validating process: reads one request, writes one answer. Called by `kg.validate` only."""
    import warnings

    warnings.simplefilter("ignore")
    import rdflib
    from pyshacl import validate
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError
    from rdflib.namespace import SH

    rdflib.NORMALIZE_LITERALS = False  # results must name literals as they were written
    request = json.loads(sys.stdin.read())
    data, shapes = rdflib.Graph(), rdflib.Graph()
    _fill(data, request["data"], RdfFormat.N_TRIPLES)
    for text in request["shapes"]:
        _fill(shapes, text, RdfFormat.TURTLE)
    try:
        _, report, _ = validate(data, shacl_graph=shapes, inference="none", advanced=False, do_owl_imports=False)
    except (ReportableRuntimeError, ShapeLoadError, ValueError, re.error) as error:
        # The library calls nameless shapes by labels that are new in every run.
        words = re.sub(r"'?\b[0-9a-f]{16,}\b'?", "a shape without a name", str(error).strip().split("\n")[0])
        print(json.dumps({"problem": words}))  # noqa: T201
        return
    results = []
    assert isinstance(report, rdflib.Graph)
    for node in report.objects(None, SH.result):

        def one(predicate: Any, node: Any = node) -> str | None:
            term = report.value(node, predicate)
            return None if term is None else str(term.n3())

        results.append(
            {
                "focus_node": one(SH.focusNode) or "",
                "result_path": one(SH.resultPath),
                "value": one(SH.value),
                "message": str(report.value(node, SH.resultMessage) or "a shape is not met"),
                "severity": str(report.value(node, SH.resultSeverity)).rpartition("#")[2],
                "source_shape": one(SH.sourceShape),
                "component": str(report.value(node, SH.sourceConstraintComponent)).rpartition("#")[2],
            }
        )
    results.sort(key=lambda r: json.dumps(r, sort_keys=True))
    print(json.dumps({"results": results}))  # noqa: T201


def _fill(graph: Any, text: str, form: RdfFormat) -> None:
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
        if term.datatype.value == "http://www.w3.org/2001/XMLSchema#string":
            return rdflib.Literal(term.value)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))

    for quad in parse(text, format=form):
        graph.add((convert(quad.subject), convert(quad.predicate), convert(quad.object)))
