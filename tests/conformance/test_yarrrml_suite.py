"""The YARRRML suite: translation pairs of YARRRML Parser and of Yatter, run in process.

`KG_CONFORMANCE` names the folder of the suites. Its runner knows the normal form in which two mappings are
compared (names of nodes, labels, shortcuts and the vocabulary's generation do not matter); it is the referee
here too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.diagnostic import Severity, SourceText
from kg.tables.vocabulary import Generation
from kg.tables.yarrrml.reading import read_yarrrml
from kg.tables.yarrrml.rml import translate_to_rml
from kg.tables.yarrrml.turtle import write_rml_turtle

# Yatter's expectations that contradict YARRRML Parser's, the reference, which passes all its own cases here.
FNML = "functions as fnml:execution; the reference writes fnml:functionValue"
TARGET = "targets in the namespace rml:; the reference writes rmlt:"
DRIVER = "the MySQL driver com.mysql.jdbc.Driver; the reference writes com.mysql.cj.jdbc.Driver"
GAPS = {
    "yatter-r2rml-YARRRMLTC-0011": "an object with a template is an IRI; in the reference it is a literal",
    "yatter-rml-core-YARRRMLTC-0018": DRIVER,
    "yatter-rml-core-YARRRMLTC-0020": DRIVER,
    "yatter-rml-core-YARRRMLTC-0021": DRIVER,
    "yatter-rml-fnml-YARRRMLTC-0041": FNML,
    "yatter-rml-fnml-YARRRMLTC-0042": FNML,
    "yatter-rml-fnml-YARRRMLTC-0044": FNML,
    "yatter-rml-fnml-YARRRMLTC-0045": FNML,
    "yatter-rml-fnml-YARRRMLTC-0046": FNML,
    "yatter-rml-fnml-YARRRMLTC-0050b": FNML,
    "yatter-rml-io-YARRRMLTC-0035": TARGET,
    "yatter-rml-io-YARRRMLTC-0036": TARGET,
    "yatter-rml-io-YARRRMLTC-0039": TARGET,
    "yatter-rml-io-YARRRMLTC-0040": TARGET,
    "yatter-rml-language-YARRRMLTC-0030": "rr:language; the reference writes rml:languageMap",
}

_FOLDER = os.environ.get("KG_CONFORMANCE")
_SUITE = Path(_FOLDER or ".") / "yarrrml"
_CASES = json.loads((_SUITE / "cases.json").read_text("utf-8"))["cases"] if _FOLDER else []

pytestmark = pytest.mark.skipif(not _FOLDER, reason="KG_CONFORMANCE does not name the folder of the suites")


@pytest.fixture(scope="module")
def normal() -> Callable[[str], list[str]]:
    """The runner's normal form of a Turtle file: all of the runner before it reads its command line."""
    runner = Path(_FOLDER or ".") / "run_yarrrml.py"
    text = runner.read_text("utf-8").partition("\na = argparse")[0]
    names: dict[str, Callable[[str], list[str]]] = {}
    exec(compile(text, str(runner), "exec"), names)
    return names["normal"]


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["id"])
@pytest.mark.filterwarnings("ignore")
def test_case_translates(
    case: dict[str, str], normal: Callable[[str], list[str]], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if case["id"] in GAPS:
        request.applymarker(pytest.mark.xfail(reason=GAPS[case["id"]], strict=True))
    folder = _SUITE / case["id"]
    document = read_yarrrml(SourceText(case["mapping"], (folder / case["mapping"]).read_text("utf-8")))
    errors = [d for d in document.diagnostics if d.severity is Severity.ERROR]
    if case["error"]:
        assert errors
        return
    assert errors == []
    # What a case is written in is said by its record, as it is by `--vocabulary` on the command line.
    generation = Generation.R2RML if case["kind"] == "R2RML" else Generation.LEGACY
    rml = translate_to_rml(document, generation=generation)
    assert rml.diagnostics == ()
    written = tmp_path / "mapping.ttl"
    written.write_text(write_rml_turtle(rml), "utf-8")
    assert normal(str(written)) == normal(str(folder / case["output"]))


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["id"])
def test_output_is_turtle_and_keeps_its_places(case: dict[str, str]) -> None:
    """Every quad is from a place in the document, and what is written reads back as what was meant."""
    from kg.turtle.document import read_turtle

    if case["error"]:
        return
    text = (_SUITE / case["id"] / case["mapping"]).read_text("utf-8")
    source = SourceText(case["mapping"], text)
    for generation in Generation:
        rml = translate_to_rml(read_yarrrml(source), generation=generation)
        assert all(quad.object.mark.source is source for quad in rml.quads)
        back = read_turtle(SourceText("out.ttl", write_rml_turtle(rml)))
        assert back.diagnostics == ()
        assert {str(q.quad) for q in back.quads} == {str(q.quad) for q in rml.quads}
