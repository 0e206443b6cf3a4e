"""`kg map --store`: the quads in a store on disk, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from terminal import Finished, run_kg

import kg
from kg.tables.project.loading import open_store
from kg.text.diagnostic import KgError, SourceText

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .
<m> rml:logicalSource [ rml:source "rows.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "row/{id}" ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:template "{a}"; rml:termType rml:BlankNode ] ];
  rml:predicateObjectMap [ rml:predicate <q>; rml:graph <g>; rml:objectMap [ rml:reference "b" ] ] .
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    rows = "".join(f'{i},"node {i % 5}","a ""quoted"" {i % 3}"\n' for i in range(1000))
    (tmp_path / "rows.csv").write_text("id,a,b\n" + rows, encoding="utf-8")
    (tmp_path / "map.ttl").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def run_map(folder: Path, *options: str) -> Finished:
    return run_kg("map", "map.ttl", *options, folder=folder)


def canonical(quads: list[ox.Quad]) -> set[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def read_store(folder: Path) -> list[ox.Quad]:
    return list(ox.Store.read_only(str(folder)))


def test_the_store_holds_what_the_file_holds(here: Path) -> None:
    assert run_map(here, "-o", "out.nq") == Finished(code=0, out="", err="")
    assert run_map(here, "--store", "st") == Finished(code=0, out="", err="")
    assert sorted(p.name for p in here.iterdir()) == ["map.ttl", "out.nq", "rows.csv", "st"]
    assert canonical(read_store(here / "st")) == canonical(list(ox.parse(path=here / "out.nq")))
    assert len(read_store(here / "st")) == 2000


def test_a_rerun_replaces_the_store_and_a_failed_one_does_not(here: Path) -> None:
    run_map(here, "--store", "st")
    (here / "rows.csv").write_text("id,a,b\n1,x,y\n", encoding="utf-8")
    assert run_map(here, "--store", "st").code == 0
    assert len(read_store(here / "st")) == 2
    (here / "rows.csv").write_text("id,a,c\n1,x,y\n", encoding="utf-8")
    before = {p.name: p.read_bytes() for p in (here / "st").iterdir()}
    assert run_map(here, "--store", "st").code == 1
    assert {p.name: p.read_bytes() for p in (here / "st").iterdir()} == before  # no log of a run that failed
    assert len(read_store(here / "st")) == 2
    assert sorted(p.name for p in here.iterdir()) == ["map.ttl", "rows.csv", "st"]


def test_a_store_of_others_is_left_alone(here: Path) -> None:
    ox.Store(here / "st").add(ox.Quad(ox.NamedNode("a:"), ox.NamedNode("a:"), ox.NamedNode("a:")))
    told = "error: the folder `st` is left alone: it holds a store of somebody else, which is no output of `kg map`\n"
    assert run_map(here, "--store", "st") == Finished(code=2, out="", err=told)
    assert len(read_store(here / "st")) == 1


def test_a_store_that_is_in_use_is_left_alone(here: Path) -> None:
    run_map(here, "--store", "st")
    used = ox.Store(here / "st")
    told = "error: cannot open the store `st`: another program has it open\n"
    assert run_map(here, "--store", "st") == Finished(code=3, out="", err=told)
    assert len(used) == 2000


@pytest.mark.parametrize("options", [(), ("-o", "x", "--store", "y")])
def test_one_place_for_the_quads(here: Path, options: tuple[str, ...]) -> None:
    done = run_map(here, *options)
    assert done.code == 2
    assert done.err.endswith("Error: give one of: -o OUT, --store DIR\n")


def test_a_store_in_memory_of_data_frames() -> None:
    pa = pytest.importorskip("pyarrow")
    text = MAPPING.replace('rml:source "rows.csv"; rml:referenceFormulation rml:CSV', 'rml:source "{rows}"')
    store = kg.map_to_store(SourceText("m.ttl", text), {"rows": pa.table({"id": [1, 2], "a": ["x", "x"], "b": [1, 2]})})
    assert len(store) == 4


def test_a_store_whose_files_fail_is_told(tmp_path: Path) -> None:
    """Oxigraph tells some failures of files as a RuntimeError, which is what a query that it refuses gives."""
    store = ox.Store(str(tmp_path / "st"))
    store.flush()
    del store
    (tmp_path / "st/CURRENT").write_text("MANIFEST-999999\n", encoding="utf-8")
    with pytest.raises(KgError, match=r"^cannot open the store `st`: "):
        open_store(tmp_path / "st")
