"""The YARRRML suite: translation pairs of YARRRML Parser and of Yatter, run in process.

`KG_CONFORMANCE` names the folder of the suites. Its runner knows the normal form in which two mappings are
compared (names of nodes, labels, shortcuts and the vocabulary's generation do not matter); it is the referee
here too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest

from kg.tables.read.mapping import check_document
from kg.tables.read.turtle import read_mapping
from kg.tables.read.yarrrml.document import YarrrmlDocument, read_yarrrml
from kg.tables.read.yarrrml.translate import choose_generation, translate_to_rml
from kg.tables.rml import SingleRow, TriplesMap
from kg.tables.vocabulary import Generation
from kg.text.diagnostic import Mark, Severity, SourceText

# Yatter's expectations that contradict YARRRML Parser's, the reference, which passes all its own cases here.
FNML = "functions as fnml:execution; the reference writes fnml:functionValue"
TARGET = "targets in the namespace rml:; the reference writes rmlt:"
DRIVER = "the MySQL driver com.mysql.jdbc.Driver; the reference writes com.mysql.cj.jdbc.Driver"
# What YARRRML Parser writes and no engine here runs is refused by its name.
CHANGES = "change detection (IncRML) and event streams (LDES) are refused"
REQUESTS = "targets that are written by HTTP requests are refused"
ROWS = "targets that are made for each row are refused"
THINGS = "sources of the Web of Things are refused"
REFUSED = {
    "parser-dynamic-target-test-file-source-direct-http-target": REQUESTS,
    "parser-dynamic-target-test-file-source-file-target-id-id": ROWS,
    "parser-dynamic-target-test-file-source-file-target-variables-array": ROWS,
    "parser-incrml-ldes-original-ldes-all-properties": CHANGES,
    "parser-incrml-ldes-original-ldes-new-member-on-temperature-change": CHANGES,
    "parser-incrml-ldes-original-ldes-new-member-on-timestamp-change": CHANGES,
    "parser-incrml-ldes-test-cases-RMLLDES0001a": CHANGES,
    "parser-incrml-ldes-test-cases-RMLLDES0001e": CHANGES,
    "parser-target-http-request-direct-with-auth": REQUESTS,
    "parser-target-http-request-direct-with-auth-in-mapping": REQUESTS,
    "parser-target-http-request-direct-without-auth": REQUESTS,
    "parser-target-http-request-linked-without-auth": REQUESTS,
    "parser-wot-apisecurityscheme": THINGS,
    "parser-wot-irail": THINGS,
    "parser-wot-nosecurityscheme-mapping": THINGS,
    "parser-wot-without-security": THINGS,
}
GAPS = {
    "parser-condition-on-mapping-nested": "`and` of comparisons is written as two join conditions, which engines run",
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


def read_case(case: dict[str, str]) -> YarrrmlDocument:
    text = (_SUITE / case["id"] / case["mapping"]).read_text("utf-8")
    return read_yarrrml(SourceText(case["mapping"], text))


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["id"])
@pytest.mark.filterwarnings("ignore")
def test_case_translates(
    case: dict[str, str], normal: Callable[[str], list[str]], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if case["id"] in GAPS:
        request.applymarker(pytest.mark.xfail(reason=GAPS[case["id"]], strict=True))
    document = read_case(case)
    errors = [d for d in document.diagnostics if d.severity is Severity.ERROR]
    if case["id"] in REFUSED:
        assert {d.code for d in errors} == {"yarrrml-unsupported"}
        return
    if case["error"]:
        assert errors
        return
    assert errors == []
    # What a case is written in is said by its record, as it is by `--vocabulary` on the command line.
    generation = Generation.R2RML if case["kind"] == "R2RML" else Generation.LEGACY
    rml = translate_to_rml(document, generation=generation)
    files = [d.code for d in rml.diagnostics]  # R2RML of a file has a table without a name, which is told
    assert set(files) <= ({"yarrrml-table"} if generation is Generation.R2RML else set())
    assert ("tableName" in rml.turtle or "sqlQuery" in rml.turtle) is (generation is Generation.R2RML and not files)
    written = tmp_path / "mapping.ttl"
    written.write_text(rml.turtle, "utf-8")
    assert normal(str(written)) == normal(str(_SUITE / case["id"] / case["output"]))


def list_marks(noun: object) -> Iterator[Mark]:
    """The marks of a noun and of all nouns in it."""
    if isinstance(noun, Mark):
        yield noun
    elif isinstance(noun, tuple):
        yield from (mark for each in noun for mark in list_marks(each))
    elif is_dataclass(noun):
        yield from (mark for each in fields(noun) for mark in list_marks(getattr(noun, each.name)))


def rename(triples_map: TriplesMap, names: dict[str, str]) -> str:
    """What a triples map says, whatever its node is called: nouns compare and print without their marks."""
    text = repr(replace(triples_map, name=names[triples_map.name]))
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(f"parent={name!r}", f"parent={names[name]!r}")
        text = text.replace(f"(name={name!r}", f"(name={names[name]!r}")
    return text


@pytest.mark.parametrize("generation", [None, Generation.RML], ids=["as written", "rml"])
@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["id"])
def test_translation_reads_back_as_the_same_mapping(case: dict[str, str], generation: Generation | None) -> None:
    """Both readers make the same nouns, so `kg map m.yml` gives the triples of `kg yarrrml m.yml` and `kg map`."""
    document = read_case(case)
    if document.document.has_errors:
        return
    maps = document.document.triples_maps
    assert {mark.source.name for t in maps for mark in list_marks(t)} == {case["mapping"]}
    rml = translate_to_rml(document, generation=generation)
    if rml.diagnostics or any(isinstance(t.source.source, SingleRow) for t in maps):
        return
    back = read_mapping(SourceText("out.ttl", rml.turtle))
    between = check_document(document.document).diagnostics[len(document.document.diagnostics) :]
    assert [d.code for d in back.diagnostics] == [d.code for d in between]
    numbers = [{t.name: f"map {number}" for number, t in enumerate(each)} for each in (maps, back.triples_maps)]
    read = [rename(t, numbers[1]) for t in back.triples_maps]
    if generation is None and choose_generation(document) is Generation.R2RML:  # which knows databases, and no others
        for older in (Generation.R2RML, Generation.LEGACY):
            read = [text.replace(repr(older), repr(Generation.RML)) for text in read]
    assert read == [rename(t, numbers[0]) for t in maps]
