"""Every case whose source is a file, on workers: the quads of one machine, or its mistakes. `-m cluster` runs them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import zstandard
from rml_suite import Case, copy_inputs, find_suites, load_cases, working_in
from test_rml_suites import LEFT_OUT, SUITES, asks_the_network

from kg.tables.cluster.connect import ClusterChoice
from kg.tables.cluster.manifest import read_manifest
from kg.tables.cluster.progress import ClusterProgress
from kg.tables.cluster.run import map_on_cluster
from kg.tables.cluster.work import Wanted
from kg.tables.folders.storage import Storage
from kg.tables.output.target import make_targets, put_targets
from kg.tables.read.mapping import read_any_mapping, read_mapping_text
from kg.tables.run import Settings, open_run, write_lines
from kg.text.diagnostic import KgError

if find_suites() is None:
    pytest.skip("KG_CONFORMANCE names no folder of suites", allow_module_level=True)

pytestmark = pytest.mark.cluster
SERVERS = {"PostgreSQL", "MySQL", "SQLite", "SPARQL"}
SMALL = 20  # bytes of a part of a file


def all_cases() -> list[object]:
    """The cases that need no server."""
    found = [c for suite in SUITES for c in load_cases(suite) if c.kind not in LEFT_OUT | SERVERS]
    return [pytest.param(c, id=f"{c.suite}-{c.id}") for c in found if not asks_the_network(c)]


@pytest.mark.parametrize("case", all_cases())
def test_case_on_workers(case: Case, tmp_path: Path, scheduler: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        copy_inputs(case, folder)
    wanted = map_here(case, here)
    assert map_there(case, there, scheduler) == wanted
    for target in case.targets:
        made = [folder / target for folder in (here, there) if (folder / target).exists()]
        assert len(made) != 1


def map_here(case: Case, folder: Path) -> set[bytes] | list[str]:
    """The lines of a case on one machine, or what is wrong with it."""
    with working_in(folder):
        document = read_any_mapping(read_mapping_text(Path(case.mapping)), case.base or None)
        if document.has_errors:
            return [d.message for d in document.diagnostics]
        settings = Settings(mapping_folder=folder, base=case.base or None, scratch_parent=folder)
        try:
            with open_run(document, settings) as run:
                if not run.failed:
                    put_targets(make_targets(run))
                if run.failed:
                    return [d.message for d in run.diagnostics]
                write_lines(run, run.queries, run.scratch / "lines")
                return set((run.scratch / "lines").read_bytes().splitlines(keepends=True))
        except KgError as error:
            return [str(error)]


def map_there(case: Case, folder: Path, scheduler: str) -> set[bytes] | list[str]:
    """What workers make of a case: its lines, or what is told instead of them."""
    with working_in(folder), tempfile.TemporaryDirectory() as out:
        document = read_any_mapping(read_mapping_text(Path(case.mapping)), case.base or None)
        if document.has_errors:
            return [d.message for d in document.diagnostics]
        storage = Storage(place=str(Path(out) / "parts"))
        settings = Settings(mapping_folder=folder, base=case.base or None, scratch_parent=folder)
        wanted = Wanted(storage=storage, part_size=SMALL)
        try:
            run = map_on_cluster(
                document, settings, ClusterChoice(address=scheduler), wanted,
                mapping=case.mapping, progress=ClusterProgress(),
            )  # fmt: skip
        except KgError as error:
            return [str(error)]
        if run.failed:
            assert not Path(storage.place).exists()
            return [d.message for d in run.diagnostics]
        found: set[bytes] = set()
        for part in read_manifest(storage)["parts"]:
            lines = zstandard.decompress(Path(storage.path(part.name)).read_bytes(), 1 << 26).splitlines(keepends=True)
            assert not found.intersection(lines) and len(set(lines)) == len(lines)
            found.update(lines)
        return found
