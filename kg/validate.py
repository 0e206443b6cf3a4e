"""SHACL: the graph against `ontology/shapes*.ttl`, each result brought back to the line that caused it.

The validator (pySHACL, with inference off) runs in a process of its own: its libraries load while the
seeds are still being read, and it checks while exports are being written.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Quad

from kg.diagnostic import Diagnostic, KgError, Mark, SourceText, mark_of_file
from kg.quads import Assertion

_CODES = {"Violation": "shape", "Warning": "shape-warning", "Info": "shape-info"}


@dataclass(frozen=True, kw_only=True)
class ShapeResult:
    """One result of validation. Terms are in N-Triples form; None where the result names none."""

    focus_node: str
    result_path: str | None
    value: str | None
    message: str
    severity: str
    source_shape: str | None
    component: str


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


class Validator:
    """A validating process. Start it early, give it the graph, then read its results.

    Raises KgError when the process cannot be started or dies.
    """

    def __init__(self) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from kg.shacl import serve_validation; serve_validation()"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            )  # fmt: skip
        except OSError as error:
            raise KgError(f"cannot start the validator: {error}") from error

    def send(self, quads: Iterable[Quad], shapes: Iterable[str]) -> None:
        """Give the graph (as the union of all graphs) and the shapes' Turtle texts."""
        triples = sorted({f"{q.subject} {q.predicate} {q.object} ." for q in quads})
        request = json.dumps({"data": "\n".join(triples), "shapes": list(shapes)})
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(request)
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # `results` tells why it died

    def results(self) -> list[ShapeResult] | str:
        """The results, or what is wrong with the shapes, in the validator's words."""
        assert self._process.stdout is not None and self._process.stderr is not None
        out, err = self._process.stdout.read(), self._process.stderr.read()
        self._process.stdout.close()
        self._process.stderr.close()
        if self._process.wait() != 0:
            raise KgError(f"the validator failed: {err.strip().splitlines()[-1] if err.strip() else 'no message'}")
        answer = json.loads(out)
        if "problem" in answer:
            return str(answer["problem"])
        return [ShapeResult(**result) for result in answer["results"]]

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process.poll() is None:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None and not pipe.closed:
                pipe.close()
        self._process.wait()


def explain_results(
    results: list[ShapeResult] | str, sources: SourceMap, shapes: SourceText, show: dict[str, str]
) -> Iterator[Diagnostic]:
    """The results as diagnostics, each at the line that caused it; *show* gives IRIs their short form."""
    if isinstance(results, str):
        yield Diagnostic(code="bad-shapes", mark=mark_of_file(shapes), message=results.rstrip("."))
        return
    for result in results:
        mark = sources.find(result.focus_node, result.result_path, result.value)
        names = [_short(t, show) for t in (result.focus_node, result.result_path) if t]
        hint = f"of {' '.join(names)}" + (f", which is {_short(result.value, show)}" if result.value else "")
        yield Diagnostic(
            code=_CODES.get(result.severity, "shape"),
            mark=mark or mark_of_file(shapes),
            message=result.message,
            hint=hint,
        )


def _short(term: str, show: dict[str, str]) -> str:
    """A term in N-Triples form for a message: a typed literal without its datatype.

    >>> _short('"-7"^^<http://www.w3.org/2001/XMLSchema#decimal>', {}), _short("<http://a/b>", {"<http://a/b>": "a:b"})
    ('-7', 'a:b')
    """
    typed = re.fullmatch(r'"([^"\\]*)"\^\^<[^>]*>', term)
    return typed[1] if typed else show.get(term, term)
