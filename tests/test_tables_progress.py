"""The progress line of `kg map`: on a terminal, and nowhere else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from terminal import PROGRAM, environment, run_kg

from kg.tables.run.progress import LineSample

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> .
ex:m rml:logicalSource [ rml:source "rows.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "http://example.org/{id}" ];
  rml:predicateObjectMap [ rml:predicate ex:p; rml:objectMap [ rml:reference "a" ] ];
  rml:predicateObjectMap [ rml:predicate ex:q; rml:objectMap [ rml:reference "b" ] ] .
"""
ROWS = 20_000


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table; how long its run takes does not matter."""
    import duckdb

    folder = tmp_path_factory.mktemp("progress")
    columns = "i AS id, printf('value %d of one column', i) AS a, printf('value %d of another', i) AS b"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {columns} FROM range({ROWS}) r(i)) TO '{folder / 'rows.csv'}' (HEADER)")
    (folder / "map.ttl").write_text(MAPPING, encoding="utf-8")
    return folder


def run_on_terminal(folder: Path, *options: str) -> tuple[int, str]:
    """Exit code, and all that stderr got, which is a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    command = [*PROGRAM, "map", "map.ttl", "-o", "out.nq", *options]
    with subprocess.Popen(command, cwd=folder, env=environment(), stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # the other end is closed
            pass
        os.close(ours)
    return process.returncode, shown.decode()


def test_a_terminal_sees_rows_triples_and_their_rate(table: Path) -> None:
    code, shown = run_on_terminal(table)
    assert code == 0
    assert shown.endswith("\r\x1b[K")  # the line is taken away at the end
    lines = [line.removesuffix("\x1b[K") for line in shown.split("\r")]
    writing = [line for line in lines if line.startswith("writing")]
    assert writing, shown
    assert re.fullmatch(
        rf"writing(  \d+ %)?  {ROWS:,} rows  about [\d,]+ triples, [\d,]+/s(  about [\d ms in]+ left)?", writing[-1]
    )
    about = int(re.findall(r"about ([\d,]+) triples", writing[-1])[0].replace(",", ""))
    assert 0 <= about <= 2 * ROWS * 1.05
    assert max(map(len, lines)) < 80


def test_no_terminal_sees_nothing(table: Path) -> None:
    done = run_kg("map", "map.ttl", "-o", "out.nq", folder=table)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert "writing" in run_kg("map", "map.ttl", "-o", "out.nq", "--progress", folder=table).err


@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_a_terminal_that_wants_quiet(table: Path, option: str) -> None:
    assert run_on_terminal(table, option) == (0, "")


def test_the_sample_is_near_the_truth(tmp_path: Path) -> None:
    file = tmp_path / "lines.nq"
    sample = LineSample(path=file)
    assert sample.look() == 0
    with file.open("w", encoding="utf-8") as stream:
        for part in range(4):
            stream.writelines(f"{'x' * (i % 90)}\n" for i in range(50_000))
            stream.flush()
            assert abs(sample.look() - 50_000 * (part + 1)) < 1000
