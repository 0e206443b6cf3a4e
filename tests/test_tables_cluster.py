"""Mappings on workers: the same quads as on one machine, the same bytes from any number of workers."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.diagnostic import KgError, UsageError
from kg.tables.cluster.connect import ClusterChoice, refuse_difference
from kg.tables.cluster.jobs import scan_part
from kg.tables.cluster.load import load_parts
from kg.tables.cluster.manifest import check_parts, read_manifest
from kg.tables.cluster.progress import ClusterProgress
from kg.tables.cluster.run import Wanted, map_on_cluster
from kg.tables.cluster.split import (
    Look,
    Quoting,
    Span,
    begin_inside,
    count_quotes,
    cut_blocks,
    find_spans,
    look_at_block,
)
from kg.tables.cluster.storage import Storage, refuse_login
from kg.tables.command import read_source
from kg.tables.plan.relation import Distinct, Filter, Join, Named, Project, Scan
from kg.tables.plan.value import Column, Present
from kg.tables.read.mapping import read_any_mapping
from kg.tables.run import Run, Settings, open_run, write_lines
from kg.tables.sql import write_query

RML = "@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .\n"
QUOTES = Quoting(quote=b'"')


def source(file: str, formulation: str = "rml:CSV", more: str = "") -> str:
    """A logical source."""
    return f'rml:logicalSource [ rml:source "{file}"; rml:referenceFormulation {formulation}{more} ]'


def triples_map(name: str, logical: str, subject: str, *objects: str) -> str:
    """A triples map with a predicate `p0`, `p1` ... for each object map."""
    said = [f"rml:predicateObjectMap [ rml:predicate <p{n}>; {each} ]" for n, each in enumerate(objects)]
    return f"<{name}> {logical}; rml:subjectMap [ {subject} ]; {'; '.join(said)} .\n"


PEOPLE = source("people.csv")
PERSON = 'rml:template "person/{id}"'


@pytest.fixture(scope="session")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two workers in this process."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None, memory_limit=0
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """A folder with people, whose names hold line ends, quotes and repetitions, and their towns."""
    chance = random.Random(7)
    names = ["Ann", 'O"Hara, "Jo"', "two\nlines", "Zoë 中", "tab\tand\\slash", "", "a\r\nb"]
    with (tmp_path / "people.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["id", "name", "town", "age"])
        writer.writerows([i, chance.choice(names), chance.randrange(40), chance.randrange(90)] for i in range(900))
    with (tmp_path / "towns.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["town", "region"])
        writer.writerows([i, f"region {i % 7}"] for i in range(0, 60, 2))
    with (tmp_path / "events.jsonl").open("w", encoding="utf-8") as lines:
        for i in range(300):
            tags = ["a", "b"][: i % 3] if i > 150 else []
            lines.write(
                json.dumps({"id": i, "tags": tags, "size": i / 4 if i % 2 else "n/a"}, ensure_ascii=False) + "\n"
            )
    duckdb.sql("SELECT i AS id, i % 5 AS kind, DATE '2020-01-01' + (i % 400)::INT AS day, i / 3.0 AS share"
               " FROM range(9000) t(i)").write_parquet(str(tmp_path / "facts.parquet"), row_group_size=2048)  # fmt: skip
    return tmp_path


def map_here(folder: Path, text: str, name: str = "m.ttl") -> set[bytes]:
    """The lines of a mapping, run on one machine."""
    with open_run(*read(folder, text, name)) as run:
        assert not run.failed, run.diagnostics
        write_lines(run, run.queries, run.scratch / "lines")
        return set((run.scratch / "lines").read_bytes().splitlines(keepends=True))


def read(folder: Path, text: str, name: str = "m.ttl") -> tuple[Any, Settings]:
    """A mapping, written and read, and the settings of its run."""
    (folder / name).write_text(text, encoding="utf-8")
    document = read_any_mapping(read_source(folder / name), None)
    assert not document.has_errors, document.diagnostics
    return document, Settings(mapping_folder=folder, data_folder=folder)


def map_there(
    folder: Path, text: str, scheduler: str, out: str = "out", *, part: int = 4000, **more: Any
) -> tuple[Run, Path]:
    """A mapping on workers; the parts of files are small."""
    document, plain = read(folder, text)
    wanted = Wanted(storage=Storage(place=str(folder / out)), part_size=part, **more)
    run = map_on_cluster(
        document, plain, ClusterChoice(address=scheduler), wanted, mapping="m.ttl", progress=ClusterProgress()
    )
    return run, folder / out


def lines_of(folder: Path) -> list[bytes]:
    """All lines of the parts that a manifest names."""
    storage = Storage(place=str(folder))
    parts = read_manifest(storage)["parts"]
    check_parts(storage, parts)
    found: list[bytes] = []
    for part in parts:
        with zstandard.open(folder / part.name, "rb") as stream:
            lines = stream.read().splitlines(keepends=True)
        assert len(lines) == part.triples
        found += lines
    return found


MAPPINGS = {
    "rows": triples_map("a", PEOPLE, PERSON, 'rml:objectMap [ rml:reference "name" ]'),
    "repeated": triples_map("a", PEOPLE, 'rml:template "town/{town}"', 'rml:objectMap [ rml:reference "name" ]'),
    "overlap": triples_map("a", PEOPLE, 'rml:template "x/{town}"', "rml:object <y>")
    + triples_map("b", source("towns.csv"), 'rml:template "x/{town}"', "rml:object <y>"),
    "blank nodes": triples_map("a", PEOPLE, "rml:termType rml:BlankNode", 'rml:objectMap [ rml:reference "name" ]'),
    "join": triples_map(
        "a", PEOPLE, PERSON,
        'rml:objectMap [ rml:parentTriplesMap <b>; rml:joinCondition [ rml:child "town"; rml:parent "town" ] ]',
    ) + triples_map("b", source("towns.csv"), 'rml:template "region/{region}"'),
    "self join": triples_map(
        "a", PEOPLE, PERSON,
        'rml:objectMap [ rml:parentTriplesMap <b>; rml:joinCondition [ rml:child "age"; rml:parent "id" ] ]',
    ) + triples_map("b", PEOPLE, 'rml:template "age/{name}"'),
    "graphs": triples_map("a", PEOPLE, PERSON + '; rml:graphMap [ rml:template "g/{town}" ]',
                          'rml:objectMap [ rml:reference "age" ]'),
    "lines of JSON": triples_map(
        "a", source("events.jsonl", "rml:JSONPath", '; rml:iterator "$"'), 'rml:template "event/{$.id}"',
        'rml:objectMap [ rml:reference "$.tags[*]" ]', 'rml:objectMap [ rml:reference "$.size" ]',
    ),
    "row groups": triples_map(
        "a", 'rml:logicalSource [ rml:source "facts.parquet" ]', 'rml:template "fact/{id}"',
        'rml:objectMap [ rml:reference "day" ]', 'rml:objectMap [ rml:reference "share" ]',
    ),
    "several files": triples_map("a", source("[tp]*.csv"), 'rml:template "file/{_file}/{town}"', "rml:object <z>"),
}  # fmt: skip


@pytest.mark.parametrize("name", MAPPINGS)
def test_workers_give_the_same_quads_as_one_machine(feed: Path, scheduler: str, name: str) -> None:
    text = RML + MAPPINGS[name]
    run, out = map_there(feed, text, scheduler)
    assert not run.failed, run.diagnostics
    found = lines_of(out)
    assert len(found) == len(set(found)) > 0
    assert set(found) == map_here(feed, text)
    assert sorted(p.name for p in out.iterdir() if not p.name.startswith("part-")) == ["_SUCCESS", "manifest.json"]
