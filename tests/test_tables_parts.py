"""`kg map --partition-size`: a folder of parts with a manifest, whole or not at all."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import zstandard
from terminal import PROGRAM, Finished, environment, run_kg

from kg.tables.output.parts import read_size
from kg.text.diagnostic import UsageError

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .
<m> rml:logicalSource [ rml:source "rows.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "row/{id}" ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "a" ] ];
  rml:predicateObjectMap [ rml:predicate <q>; rml:graph <g>; rml:objectMap [ rml:reference "b" ] ] .
"""
ROWS = 5000


@pytest.fixture
def here(tmp_path: Path) -> Path:
    rows = "".join(f"{i},value {i * 7919 % ROWS} of a,{i % 10}\n" for i in range(ROWS))
    (tmp_path / "rows.csv").write_text("id,a,b\n" + rows, encoding="utf-8")
    (tmp_path / "map.ttl").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def run_map(folder: Path, *options: str) -> Finished:
    return run_kg("map", "map.ttl", "-o", "out", "--partition-size", "100KB", *options, folder=folder)


def read_manifest(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def unpack(path: Path) -> bytes:
    if path.suffix == ".zst":
        with zstandard.open(path, "rb") as stream:
            return bytes(stream.read())
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def digests(folder: Path) -> dict[str, str]:
    return {p.name: sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


@pytest.mark.parametrize(
    "options", [
        (), ("--sort",), ("--compress", "gz"), ("--compress", "zst"), ("--sort", "--compress", "zst"),
        ("--format", "nt", "--sort"), ("--format", "nt", "--compress", "zst"),
    ],
)  # fmt: skip
def test_parts_hold_all_quads_and_the_manifest_tells_of_each(here: Path, options: tuple[str, ...]) -> None:
    assert run_kg("map", "map.ttl", "-o", "whole.nq", folder=here).code == 0
    done = run_map(here, *options)
    told = "warning[graph-lost]: N-Triples has no graphs: that of this map is left out" if "nt" in options else ""
    assert (done.code, done.out, done.err.split("\n")[0]) == (0, "", told)
    manifest = read_manifest(here)
    parts = [here / "out" / part["name"] for part in manifest["parts"]]
    assert sorted(p.name for p in (here / "out").iterdir()) == sorted(
        ["_SUCCESS", "manifest.json", *(p.name for p in parts)]
    )
    assert len(parts) > 1
    for path, part in zip(parts, manifest["parts"], strict=True):
        lines = unpack(path).decode().split("\n")
        assert lines.pop() == ""
        assert part == {
            "name": path.name, "triples": len(lines), "bytes": path.stat().st_size,
            "sha256": sha256(path.read_bytes()).hexdigest(),
        }  # fmt: skip
    made = b"".join(map(unpack, parts)).decode().split("\n")[:-1]
    whole = (here / "whole.nq").read_text(encoding="utf-8").split("\n")[:-1]
    if "nt" in options:
        whole = [line.replace(" <http://example.org/g> .", " .") for line in whole]
    assert sorted(made) == sorted(whole)
    assert manifest["triples"] == len(made) == 2 * ROWS
    if "--sort" in options and "nt" not in options:
        assert made == sorted(made)


def test_the_manifest_names_what_the_parts_were_made_of(here: Path) -> None:
    run_map(here, "--sort", "--base", "http://other.example/")
    manifest = read_manifest(here)
    del manifest["parts"], manifest["made_by"]
    rows = (here / "rows.csv").read_bytes()
    assert manifest == {
        "mapping": {"name": "map.ttl", "sha256": sha256((here / "map.ttl").read_bytes()).hexdigest()},
        "sources": [{"name": "rows.csv", "bytes": len(rows), "sha256": sha256(rows).hexdigest()}],
        "base": "http://other.example/",
        "format": "nq",
        "order": "sorted",
        "triples": 2 * ROWS,
    }


def test_sorted_parts_are_the_same_bytes_every_time(here: Path) -> None:
    run_map(here, "--sort", "--compress", "gz", "--jobs", "1")
    first = digests(here / "out")
    run_map(here, "--sort", "--compress", "gz", "--jobs", "4")
    assert digests(here / "out") == first


def test_a_rerun_replaces_the_folder(here: Path) -> None:
    run_map(here)
    (here / "rows.csv").write_text("id,a,b\n1,x,y\n", encoding="utf-8")
    assert run_map(here).code == 0
    assert sorted(p.name for p in (here / "out").iterdir()) == ["_SUCCESS", "manifest.json", "part-00000.nq"]
    assert sorted(p.name for p in here.iterdir()) == ["map.ttl", "out", "rows.csv"]


def test_a_table_without_rows_gives_no_parts(here: Path) -> None:
    (here / "rows.csv").write_text("id,a,b\n", encoding="utf-8")
    for option in ("--sort", "--best-effort"):
        assert run_map(here, option).code == 0
        assert (read_manifest(here)["triples"], read_manifest(here)["parts"]) == (0, [])


def test_a_run_with_errors_leaves_the_folder_as_it_was(here: Path) -> None:
    run_map(here)
    first = digests(here / "out")
    (here / "rows.csv").write_text("id,a\n1,x\n", encoding="utf-8")
    assert run_map(here).code == 1
    assert digests(here / "out") == first


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("notes.txt", "`notes.txt`"),
        ("part-00000.nq", "parts without a manifest"),
        ("_SUCCESS", "parts without a manifest"),
    ],
)
def test_a_folder_of_others_is_left_alone(here: Path, name: str, held: str) -> None:
    (here / "out").mkdir()
    (here / "out" / name).write_text("mine", encoding="utf-8")
    message = f"error: the folder `out` is left alone: it holds {held}, which is no output of `kg map`\n"
    assert run_map(here) == Finished(code=2, out="", err=message)
    assert (here / "out" / name).read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_place_of_the_folder(here: Path) -> None:
    (here / "out").write_text("mine", encoding="utf-8")
    assert run_map(here) == Finished(code=2, out="", err="error: `out` is no folder\n")


@pytest.mark.parametrize("text", ["", "0MB", "-1MB", "64", "MB", "1 XB", "1e3MB"])
def test_sizes_that_are_none(text: str) -> None:
    if text == "64":
        assert read_size(text) == 64
        return
    with pytest.raises(UsageError, match="is no size: write it like `64MB`"):
        read_size(text)


# What stands in the scratch folder as the work goes on: it is begun, rows are mapped, lines sorted, parts moved.
MOMENTS = ("lock", "output.nq", "output.sorted", "parts/1")


@pytest.mark.parametrize(
    ("sign", "moment"),
    [(signal.SIGKILL, m) for m in MOMENTS] + [(s, m) for s in (signal.SIGTERM, signal.SIGINT) for m in MOMENTS[::3]],
)
def test_killed_at_any_moment(here: Path, sign: int, moment: str) -> None:
    rows = "".join(f"{i},value {i} of a,{i % 10}\n" for i in range(100_000))
    (here / "rows.csv").write_text("id,a,b\n" + rows, encoding="utf-8")
    command = [*PROGRAM, "map", "map.ttl", "-o", "out", "--partition-size", "1MB", "--sort"]
    with subprocess.Popen(command, cwd=here, env=environment(), stderr=subprocess.PIPE) as process:
        while not list(here.glob(f".kg-map-*/{moment}")) and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(sign)
        assert process.stderr is not None
        told = process.stderr.read().decode()
    left = sorted(p.name for p in here.iterdir())
    if process.returncode == 0:  # it was quicker
        assert left == ["map.ttl", "out", "rows.csv"]
    elif sign != signal.SIGKILL:
        assert (process.returncode, told) == (130, "interrupted\n")
        assert left == ["map.ttl", "rows.csv"]
    if sign != signal.SIGKILL or not (here / "out").exists():  # it may be killed when all is done
        assert (here / "out").exists() == (process.returncode == 0)
    else:
        assert read_manifest(here)["triples"] == 200_000
    (here / "rows.csv").write_text("id,a,b\n1,x,y\n", encoding="utf-8")
    assert run_map(here).code == 0
    assert sorted(p.name for p in here.iterdir()) == [
        "map.ttl",
        "out",
        "rows.csv",
    ]  # what the killed run left is gone, too
    assert read_manifest(here)["triples"] == 2
