"""The implementation report: EARL in Turtle, or the community's table, of a suite as its repository has it."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox

ROOT = Path(__file__).parent.parent
EARL = "http://www.w3.org/ns/earl#"
MAPPING = """@prefix rml: <http://w3id.org/rml/> .
<http://m> rml:logicalSource [ rml:source "p.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "http://ex.org/{id}" ];
  rml:predicateObjectMap [ rml:predicate <http://ex.org/name>; rml:objectMap [ rml:reference "name" ] ] .
"""
ROW = '<http://ex.org/1> <http://ex.org/name> "Ada" .\n'


def make_suite(folder: Path) -> None:
    """A clone of three cases: one passes, one has another output, one must fail and does."""
    cases = folder / "rml-core" / "test-cases"
    heads = ["ID", "mapping", *(f"input_format{n}" for n in (1, 2, 3)), *(f"output{n}" for n in (1, 2, 3)), "error"]
    rows = []
    for name, mapping, output in (
        ("RMLTC0001x-CSV", MAPPING, ROW),
        ("RMLTC0002x-CSV", MAPPING, ROW.replace("Ada", "Bob")),
        ("RMLTC0003x-CSV", MAPPING.replace('"name"', '"nom"'), None),
    ):
        (cases / name).mkdir(parents=True)
        (cases / name / "mapping.ttl").write_text(mapping, encoding="utf-8")
        (cases / name / "p.csv").write_text("id,name\n1,Ada\n", encoding="utf-8")
        if output is not None:
            (cases / name / "output.nq").write_text(output, encoding="utf-8")
        written = "" if output is None else "output.nq"
        rows.append([name, "mapping.ttl", "text/csv", "", "", written, "", "", "true" if output is None else "false"])
    out = io.StringIO()
    csv.writer(out).writerows([heads, *rows])
    (cases / "metadata.csv").write_text(out.getvalue(), encoding="utf-8", newline="")


def report(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tests" / "conformance" / "report"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_a_report_in_earl(tmp_path: Path) -> None:
    make_suite(tmp_path)
    done = report(str(tmp_path), "-o", str(tmp_path / "report.ttl"), "--date", "2026-11-26")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "rml-core: 2 of 3 pass\n")
    store = ox.Store()
    store.load(path=str(tmp_path / "report.ttl"), format=ox.RdfFormat.TURTLE, base_iri="http://r/")
    found = store.query(
        f"""SELECT ?test ?outcome ?said {{
          ?a a <{EARL}Assertion> ; <{EARL}test> ?test ; <{EARL}subject> <http://r/#kg> ; <{EARL}result> ?r .
          ?r <{EARL}outcome> ?outcome OPTIONAL {{ ?r <http://purl.org/dc/terms/description> ?said }} }}
          ORDER BY ?test"""
    )
    rows = [[str(term.value) if term is not None else "" for term in row] for row in found]
    assert [(test.rpartition("/")[2], outcome.removeprefix(EARL)) for test, outcome, _ in rows] == [
        ("RMLTC0001x-CSV", "passed"),
        ("RMLTC0002x-CSV", "failed"),
        ("RMLTC0003x-CSV", "passed"),
    ]
    assert rows[0][0] == "http://w3id.org/rml/core/test/RMLTC0001x-CSV"
    assert rows[1][2].startswith("missing ")
    assert store.query('ASK { <http://r/#kg> a <http://usefulinc.com/ns/doap#Project> ; ?p "kg" }')


def test_a_report_as_a_table_is_the_same_each_time(tmp_path: Path) -> None:
    make_suite(tmp_path)
    first, second = (report(str(tmp_path), "--form", "csv").stdout for _ in range(2))
    assert first == second
    rows = list(csv.reader(io.StringIO(first)))
    assert [row[:2] for row in rows] == [
        ["testcase_id", "status"],
        ["RMLTC0001x-CSV", "passed"],
        ["RMLTC0002x-CSV", "failed"],
        ["RMLTC0003x-CSV", "passed"],
    ]


def test_a_report_of_nothing_is_wrong_use(tmp_path: Path) -> None:
    done = report(str(tmp_path))
    assert done.returncode == 2
    assert "no cases" in done.stderr
