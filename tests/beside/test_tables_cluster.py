"""Mappings on workers: the same quads as on one machine, the same bytes from any number of workers."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.rdf.namespace import XSD
from kg.tables.cluster.connect import ClusterChoice, refuse_difference
from kg.tables.cluster.jobs import scan_part
from kg.tables.cluster.load import load_store
from kg.tables.cluster.manifest import check_parts, read_manifest
from kg.tables.cluster.progress import ClusterProgress
from kg.tables.cluster.run import map_on_cluster
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
from kg.tables.cluster.work import Wanted
from kg.tables.folders.storage import Storage, refuse_login
from kg.tables.plan.relation import Distinct, Filter, Join, Named, Project, Scan
from kg.tables.plan.value import Column, Present
from kg.tables.read.mapping import read_any_mapping, read_mapping_text
from kg.tables.run import Run, Settings, open_run, write_lines
from kg.tables.sources.remote import Remote
from kg.tables.sql import write_query
from kg.text.diagnostic import KgError, UsageError

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


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """A folder with people, whose names hold line ends, quotes and repetitions, and their towns."""
    chance = random.Random(7)
    names = ["Ann", 'O"Hara, "Jo"', "two\nlines", "Zoë 中", "tab\tand\\slash", "", "a\r\nb"]
    with (tmp_path / "people.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["id", "name", "town", "age"])
        writer.writerows([i, chance.choice(names), chance.randrange(40), chance.randrange(90)] for i in range(600))
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
    facts = duckdb.sql(
        "SELECT i AS id, i % 5 AS kind, DATE '2020-01-01' + (i % 400)::INT AS day, i / 3.0 AS share"
        " FROM range(9000) t(i)"
    )
    facts.write_parquet(str(tmp_path / "facts.parquet"), row_group_size=2048)
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
    document = read_any_mapping(read_mapping_text(folder / name), None)
    assert not document.has_errors, document.diagnostics
    return document, Settings(mapping_folder=folder, data_folder=folder)


def map_there(
    folder: Path, text: str, scheduler: str, out: str = "out", *, part: int = 6000, **more: Any
) -> tuple[Run, Path]:
    """A mapping on workers; the parts of files are small."""
    document, plain = read(folder, text)
    wanted = Wanted(storage=Storage(place=str(folder / out)), part_size=part, **more)
    run = map_on_cluster(
        document, plain, ClusterChoice(address=scheduler), wanted, mapping="m.ttl", progress=ClusterProgress()
    )
    return run, folder / out


def test_parts_of_parquet_hold_the_same_quads(feed: Path, scheduler: str, tmp_path: Path) -> None:
    import pyarrow.parquet as pq
    import pyoxigraph as ox

    text = RML + MAPPINGS["graphs"]
    run, out = map_there(feed, text, scheduler, syntax="parquet")
    assert not run.failed, run.diagnostics
    parts = read_manifest(Storage(place=str(out)))["parts"]
    check_parts(Storage(place=str(out)), parts)
    assert len(parts) > 1 and all(part.name.endswith(".parquet") for part in parts)
    assert [pq.read_metadata(out / part.name).num_rows for part in parts] == [part.triples for part in parts]
    wanted = map_here(feed, text)
    assert sum(part.triples for part in parts) == len(wanted)
    load_store(Storage(place=str(out)), tmp_path / "store")
    loaded = ox.Store.read_only(str(tmp_path / "store"))
    assert set(loaded) == set(ox.parse(b"".join(wanted), format=ox.RdfFormat.N_QUADS))


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


WHOLE = {
    "collections": triples_map(
        "a", PEOPLE, 'rml:template "town/{town}"',
        'rml:objectMap [ rml:gather ( [ rml:reference "id" ] ); '
        "rml:gatherAs <http://www.w3.org/1999/02/22-rdf-syntax-ns#List> ]",
    ),
    "quoted triples of joined rows": triples_map(
        "a", PEOPLE, PERSON,
        'rml:objectMap [ rml:quotedTriplesMap <b>; rml:joinCondition [ rml:child "town"; rml:parent "town" ] ]',
    ) + "<b> a rml:NonAssertedTriplesMap . "
    + triples_map("b", source("towns.csv"), 'rml:template "region/{region}"', 'rml:objectMap [ rml:reference "town" ]'),
    "a view": '<v> a rml:LogicalView; rml:viewOn [ rml:source "people.csv"; rml:referenceFormulation rml:CSV ];'
    ' rml:field [ rml:fieldName "who"; rml:reference "name" ] .\n'
    + triples_map("a", "rml:logicalSource <v>", 'rml:template "row/{#}"', 'rml:objectMap [ rml:reference "who" ]'),
    "a function": "@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .\n" + triples_map(
        "a", PEOPLE, PERSON,
        "rml:objectMap [ rml:functionExecution [ rml:function grel:string_md5;"
        ' rml:input [ rml:parameter grel:valueParameter; rml:inputValueMap [ rml:reference "name" ] ] ] ]',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_what_cannot_be_cut_is_done_by_one_worker(feed: Path, scheduler: str, name: str) -> None:
    text = RML + WHOLE[name]
    _, out = map_there(feed, text, scheduler)
    assert set(lines_of(out)) == map_here(feed, text)


@pytest.mark.parametrize("name", ["join", "self join", "repeated"])
def test_rows_of_great_tables_meet_by_their_keys(
    feed: Path, scheduler: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.tables.cluster.jobs.BROADCAST", 0)
    monkeypatch.setattr("kg.tables.cluster.facts.BROADCAST", 0)
    monkeypatch.setattr("kg.tables.cluster.jobs.IN_BUCKET", 1000)
    monkeypatch.setattr("kg.tables.cluster.jobs.SET_BYTES", 20_000)
    monkeypatch.setattr("kg.tables.cluster.facts.KEYS_IN_BUCKET", 200)
    text = RML + MAPPINGS[name]
    told: list[str] = []
    monkeypatch.setattr("kg.tables.cluster.run.plan_work", note_work(told))
    _, out = map_there(feed, text, scheduler)
    found = lines_of(out)
    assert len(found) == len(set(found))
    assert set(found) == map_here(feed, text)
    assert len(list(out.glob("part-*"))) > 1
    assert any("both are shuffled by their keys" in line for line in told) == ("join" in name)


def note_work(told: list[str]) -> Any:
    """Plans work, and notes what `--explain` says of it."""
    from kg.tables.cluster.run import explain_work, plan_work

    def plan(work: Any, queries: Any) -> Any:
        jobs = plan_work(work, queries)
        told.extend(explain_work(work, queries, jobs))
        return jobs

    return plan


def test_the_same_bytes_from_any_number_of_workers(feed: Path, scheduler: str) -> None:
    from distributed import LocalCluster

    text = RML + "".join(MAPPINGS[name] for name in ("join", "repeated")).replace("<a>", "<c>", 1)
    _, two = map_there(feed, text, scheduler)
    with LocalCluster(n_workers=3, processes=False, dashboard_address="127.0.0.1:0", memory_limit=0) as cluster:
        _, three = map_there(feed, text, cluster.scheduler_address, "three")
    assert bytes_of(two) == bytes_of(three)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_run_goes_on_where_it_was_ended(feed: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = RML + MAPPINGS["rows"]
    _, whole = map_there(feed, text, scheduler, "whole", part=4000)
    from kg.tables.cluster import run as module

    noted: list[int] = []
    note = module.record_part

    def end_after_three(storage: Storage, number: int, part: Any, scratch: Path) -> None:
        note(storage, number, part, scratch)
        noted.append(number)
        if len(noted) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "record_part", end_after_three)
    with pytest.raises(KeyboardInterrupt):
        map_there(feed, text, scheduler, part=4000, resume=True)
    out = feed / "out"
    assert not (out / "manifest.json").exists()
    with pytest.raises(KgError, match=r"`out` has no manifest.json: the run that writes it has not ended"):
        lines_of(out)
    monkeypatch.setattr(module, "record_part", lambda s, n, p, f: (noted.append(n), note(s, n, p, f))[1])
    map_there(feed, text, scheduler, part=4000, resume=True)
    assert len(noted) == len(set(noted))  # nothing that was finished was made again
    assert bytes_of(out) == bytes_of(whole)


def test_a_run_that_is_ended_leaves_nothing(feed: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kg.tables.cluster.run.commit", end)
    with pytest.raises(KeyboardInterrupt):
        map_there(feed, RML + MAPPINGS["rows"], scheduler)
    assert not (feed / "out").exists()


def test_what_changed_is_not_gone_on_with(feed: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = RML + MAPPINGS["rows"]

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("kg.tables.cluster.run.commit", end)
        map_there(feed, text, scheduler, resume=True)
    people = (feed / "people.csv").read_text(encoding="utf-8")
    (feed / "people.csv").write_text(people.replace("Ann", "Eve"), encoding="utf-8")
    _, out = map_there(feed, text, scheduler, resume=True)
    assert set(lines_of(out)) == map_here(feed, text)


# -- what is wrong --------------------------------------------------------------------------------


def test_wrong_data_is_told_as_on_one_machine(feed: Path, scheduler: str) -> None:
    text = RML + triples_map("a", PEOPLE, PERSON, 'rml:objectMap [ rml:reference "name"; rml:termType rml:IRI ]')
    document, plain = read(feed, text)
    with open_run(document, plain) as here:
        there, out = map_there(feed, text, scheduler)
        assert there.diagnostics == here.diagnostics != ()
    assert not out.exists()


def test_rows_without_a_partner_are_told_as_on_one_machine(feed: Path, scheduler: str) -> None:
    """`00004` of a file beside the number 4, in rows of several parts."""
    with (feed / "kinds.csv").open("w", encoding="utf-8") as out:
        out.write("code,name\n" + "".join(f"{n:05d},{'x' * 20}{n}\n" for n in range(1, 600)))
    join = 'rml:objectMap [ rml:parentTriplesMap <b>; rml:joinCondition [ rml:child "kind"; rml:parent "code" ] ]'
    text = (
        RML
        + triples_map("a", 'rml:logicalSource [ rml:source "facts.parquet" ]', 'rml:template "fact/{id}"', join)
        + triples_map("b", source("kinds.csv"), 'rml:template "kind/{name}"')
    )
    document, plain = read(feed, text)
    with open_run(document, plain) as here:
        there, _ = map_there(feed, text, scheduler)
        assert there.diagnostics == here.diagnostics
        assert [d.message.partition(",")[0] for d in there.diagnostics] == ["`1` finds no partner"]
        assert "(row 2 of `facts.parquet`, `kind`, and 7,199 more)" in there.diagnostics[0].message


def test_items_without_a_partner_are_told_as_on_one_machine(feed: Path, scheduler: str) -> None:
    """Items of lists in JSON, of either side; the rows that are laid out for them are those of several parts."""
    records = [{"id": n, "k": [n, f"{n}.0", float(n)]} for n in range(1, 3000)]
    (feed / "lists.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    (feed / "codes.csv").write_text("code\n2000\n02001\n2002.0\n", encoding="utf-8")
    lists = 'rml:logicalSource [ rml:source "lists.jsonl"; rml:iterator "$[*]"; rml:referenceFormulation rml:JSONPath ]'
    join = 'rml:objectMap [ rml:parentTriplesMap <b>; rml:joinCondition [ rml:child "k[*]"; rml:parent "code" ] ]'
    text = (
        RML
        + triples_map("a", lists, 'rml:template "list/{id}"', join)
        + triples_map("b", source("codes.csv"), 'rml:template "code/{code}"')
    )
    document, plain = read(feed, text)
    with open_run(document, plain) as here:
        there, out = map_there(feed, text, scheduler)
        assert there.diagnostics == here.diagnostics
        told = [re.sub(" finds no.* texts", "", d.message) for d in there.diagnostics]
        # the numbers 2000.0, 2001, 2001.0 and 2002; the texts beside them are what they are
        assert told == ["`2000.0` (record 2000 of `lists.jsonl`, `k[*]`, and 3 more)"]
    assert set(lines_of(out)) == map_here(feed, text)


def test_a_view_with_more_rows_than_its_file_has_lines(feed: Path, scheduler: str) -> None:
    """Its wrong values are told at the rows of the file, of which a cell of two lines is one."""
    (feed / "few.csv").write_text('c,d\n1,"2024-01-02"\n"2\n",2024-01-02\n3,oops\n', encoding="utf-8")
    (feed / "many.csv").write_text("c\n" + "1\n" * 50, encoding="utf-8")
    fields = 'rml:field [ rml:fieldName "c"; rml:reference "c" ]'
    day = ', [ rml:fieldName "d"; rml:reference "d" ]'
    on = '<{}> a rml:LogicalView; rml:viewOn [ rml:source "{}.csv"; rml:referenceFormulation rml:CSV ]; {}'
    join = "; rml:leftJoin [ rml:parentLogicalView <w>;"
    join += (
        ' rml:joinCondition [ rml:child "c"; rml:parent "c" ]; rml:field [ rml:fieldName "m"; rml:reference "c" ] ] .\n'
    )
    value = 'rml:objectMap [ rml:reference "d"; rml:datatype <http://www.w3.org/2001/XMLSchema#date> ]'
    text = RML + on.format("v", "few", fields + day) + join + on.format("w", "many", fields) + " .\n"
    text += triples_map("a", "rml:logicalSource <v>", 'rml:template "few/{c}"', value)
    document, plain = read(feed, text)
    with open_run(document, plain) as here:
        there, _ = map_there(feed, text, scheduler)
        assert there.diagnostics == here.diagnostics
        assert [d.message for d in there.diagnostics] == ["`oops` is no xsd:date (row 5 of `few.csv`, `d`)"]


def test_wrong_values_of_a_view_are_told_as_on_one_machine(feed: Path, scheduler: str) -> None:
    grel = "@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .\n"
    number = "rml:functionExecution [ rml:function grel:math_floor;"
    number += ' rml:input [ rml:parameter grel:p_dec_n; rml:inputValueMap [ rml:reference "name" ] ] ]'
    view = '<v> a rml:LogicalView; rml:viewOn [ rml:source "people.csv"; rml:referenceFormulation rml:CSV ];'
    view += f' rml:field [ rml:fieldName "n"; {number} ] .\n'
    text = (
        RML
        + grel
        + view
        + triples_map("a", "rml:logicalSource <v>", 'rml:template "row/{#}"', 'rml:objectMap [ rml:reference "n" ]')
    )
    document, plain = read(feed, text)
    with open_run(document, plain) as here:
        there, out = map_there(feed, text, scheduler)
        assert there.diagnostics == here.diagnostics
        assert there.failed
    assert not out.exists()


def test_a_file_that_is_not_well_formed_is_told_as_on_one_machine(feed: Path, scheduler: str) -> None:
    text = RML + MAPPINGS["rows"]
    with (feed / "people.csv").open("a", encoding="utf-8") as out:
        out.write("1,2\n")
    document, plain = read(feed, text)
    with open_run(document, plain) as here:
        there, folder = map_there(feed, text, scheduler)
        assert there.diagnostics == here.diagnostics != ()
    assert not folder.exists()


def test_a_manifest_that_does_not_match_its_parts(feed: Path, scheduler: str, tmp_path: Path) -> None:
    _, out = map_there(feed, RML + MAPPINGS["rows"], scheduler)
    storage = Storage(place=str(out))
    part = out / "part-00001.nq.zst"
    kept = part.read_bytes()
    part.write_bytes(kept[:-1] + b"x")
    with pytest.raises(KgError, match=r"^`part-00001.nq.zst` of `out` is not what the manifest says: map again$"):
        load_store(storage, tmp_path / "store")
    part.unlink()
    with pytest.raises(KgError, match=r"names `part-00001.nq.zst`, which is not there"):
        load_store(storage, tmp_path / "other")
    assert not [p for p in tmp_path.iterdir() if p.name.startswith((".kg-", "store", "other"))]


def test_a_store_that_cannot_be_written(
    feed: Path, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RocksDB tells a disk without space as a wrong argument; folders on the way to the store are made."""

    def fail(store: object, lines: object) -> None:
        raise RuntimeError("No space left on device")

    _, out = map_there(feed, RML + MAPPINGS["rows"], scheduler)
    storage, made = Storage(place=str(out)), tmp_path / "a" / "b" / "store"
    with monkeypatch.context() as patch:
        patch.setattr("kg.tables.cluster.load.load_lines", fail)
        with pytest.raises(KgError, match=r"^the store could not be written: No space left on device$"):
            load_store(storage, made)
    assert not list((tmp_path / "a" / "b").iterdir())
    assert load_store(storage, made) == len(lines_of(out))


def test_parts_load_into_a_store(feed: Path, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blank nodes hold over all parts; a load that ends early goes on with the parts that are not there."""
    import pyoxigraph as ox

    from kg.tables.cluster.load import Loading

    text = (
        RML
        + MAPPINGS["rows"]
        + triples_map(
            "b", PEOPLE, 'rml:template "p{town}"; rml:termType rml:BlankNode', 'rml:objectMap [ rml:reference "age" ]'
        )
    )
    _, out = map_there(feed, text, scheduler)
    storage, made = Storage(place=str(out)), tmp_path / "store"
    load, loaded = Loading.load_part, list[str]()

    def end_after_two(self: Loading, store: Any, part: Any) -> None:
        loaded.append(part.name)
        if len(loaded) == 3:
            raise KeyboardInterrupt
        load(self, store, part)

    monkeypatch.setattr(Loading, "load_part", end_after_two)
    with pytest.raises(KeyboardInterrupt):
        load_store(storage, made, jobs=1, resume=True)
    assert not made.exists()
    assert load_store(storage, made, jobs=1, resume=True) == len(lines_of(out))
    assert len(loaded) == len(read_manifest(storage)["parts"]) + 1 and loaded.count(loaded[2]) == 2
    store = ox.Store.read_only(str(made))
    assert len(store) == len(lines_of(out))
    assert len({q.subject for q in store if isinstance(q.subject, ox.BlankNode)}) == 40
    assert not (tmp_path / ".kg-loading-store").exists()


def test_foreign_folders_are_left_alone(feed: Path, scheduler: str) -> None:
    (feed / "out").mkdir()
    (feed / "out" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"`out` is left alone: it holds `thesis.txt`, which is no output of `kg map`"):
        map_there(feed, RML + MAPPINGS["rows"], scheduler)
    with pytest.raises(UsageError, match=r"`people.csv` is a file: with workers the output is a folder of parts"):
        map_there(feed, RML + MAPPINGS["rows"], scheduler, "people.csv")


def test_a_scheduler_that_is_not_there(feed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.tables.cluster.connect.PATIENCE", 0.5)
    with pytest.raises(KgError, match=r"^no scheduler at `tcp://127.0.0.1:9`: "):
        map_there(feed, RML + MAPPINGS["rows"], "tcp://127.0.0.1:9")


def test_workers_that_differ() -> None:
    refuse_difference({"duckdb": "2.0"}, {"tcp://a:1": {"duckdb": "2.0"}})
    with pytest.raises(KgError, match=r"the worker tcp://a:1 has no duckdb, and this machine 2.0: install the same"):
        refuse_difference({"duckdb": "2.0"}, {"tcp://a:1": {}})
    with pytest.raises(KgError, match=r"the worker tcp://a:1 cannot run kg: No module named 'kg'"):
        refuse_difference({"duckdb": "2.0"}, {"tcp://a:1": ModuleNotFoundError("No module named 'kg'")})


def test_a_source_that_only_some_workers_see() -> None:
    from types import SimpleNamespace

    from kg.tables.cluster.connect import Cluster, compare_sight

    seen = {"tcp://a:1": {"p.csv": 5}, "tcp://b:1": {"p.csv": None}}
    cluster = Cluster(
        client=SimpleNamespace(run=lambda look, files: seen), address="tcp://s:1", workers=2, dashboard=None
    )
    with pytest.raises(KgError, match=r"the worker tcp://b:1 does not see `p.csv`: put it where all workers see it"):
        compare_sight(cluster, lambda files: {"p.csv": 5}, {"p.csv": "/data/p.csv"})
    seen["tcp://b:1"]["p.csv"] = 6
    with pytest.raises(KgError, match=r"the worker tcp://b:1 sees another `p.csv`: 6 bytes, not 5"):
        compare_sight(cluster, lambda files: {"p.csv": 5}, {"p.csv": "/data/p.csv"})


def test_an_address_with_a_login_is_refused() -> None:
    with pytest.raises(UsageError) as told:
        refuse_login("s3://me:secret@bucket/feed")
    assert "secret" not in str(told.value)


# -- cutting --------------------------------------------------------------------------------------

CELLS = st.text(st.sampled_from('ab,"\n \r'), max_size=6)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12),
    st.integers(1, 40),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
)
def test_parts_are_whole_rows(rows: list[tuple[str, str]], block: int, end: str, header: bool, quoted: bool) -> None:
    text = io.StringIO(newline="")
    if not quoted:  # a bare CR would be left bare
        rows = [(a.replace("\r", ""), b.replace("\r", "")) for a, b in rows]
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows([("x", "y"), *rows])
    data = text.getvalue().encode()
    blocks = cut_blocks(len(data), block)
    inside = begin_inside([count_quotes(data[b.begin : b.end], QUOTES) for b in blocks])
    looks = [look_at_block(data[b.begin : b.end], QUOTES, inside=i) for b, i in zip(blocks, inside, strict=True)]
    found = find_spans(blocks, looks, header=header)
    if found is None:  # the first block holds no line end, or a CR stands apart
        assert looks[0].first_end is None or not all(look.plain for look in looks)
        return
    head, spans = found
    assert data[: head.end] == (data[: data.index(b"\n") + 1] if header else b"" if head.end == 0 else data[: head.end])
    pieces = [data[s.begin : s.end] for s in spans]
    assert b"".join(pieces) == data[head.end :]
    read = [row for piece in pieces for row in csv.reader(io.StringIO(piece.decode(), newline=""))]
    assert read == [*([] if header else [["x", "y"]]), *(list(row) for row in rows)]


@pytest.mark.parametrize("data", [b'a,b\n1,x"y\n2,z"w\n', b"a,b\n1,2\r\n3,4\n", b"a,b\r1,2\r3,4\n", b'a,b\n1," x" y\n'])
def test_what_is_not_plain_is_one_part(data: bytes) -> None:
    blocks = cut_blocks(len(data), 6)
    inside = begin_inside([count_quotes(data[b.begin : b.end], QUOTES) for b in blocks])
    looks = [look_at_block(data[b.begin : b.end], QUOTES, inside=i) for b, i in zip(blocks, inside, strict=True)]
    assert find_spans(blocks, looks, header=True) is None


def test_a_part_of_a_relation_is_a_part_of_its_own_table() -> None:
    column = Column(of="t", name="x")
    keys = Project(rows=Scan(table="s0", alias="p"), columns=(Named(name="k", value=Column(of="p", name="x")),))
    joined = Join(left=Scan(table="s0", alias="t"), right=Distinct(rows=keys, alias="j"), on=())
    rows = Filter(rows=joined, condition=Present(values=(column,)))
    assert write_query(scan_part(rows, 2)) == (
        'SELECT * FROM "s0/2" t, (SELECT DISTINCT p."x" AS "k" FROM "s0" p) j WHERE t."x" IS NOT NULL'
    )


def test_spans_and_looks() -> None:
    assert Span(begin=3, end=5).length == 2
    assert look_at_block(b'a"b', QUOTES, inside=False) == Look(
        first_end=None, feeds=0, pairs=0, returns=0, torn=False, plain=False
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--resume"], "`--resume` is for runs on workers: give `--workers` or `--cluster`"),
        (["--workers", "2", "--cluster", "tcp://a:1"], "give one of: --workers N, --cluster ADDRESS"),
        (["--workers", "2", "--sort"], "`--sort` sorts what one machine writes"),
        (["--workers", "2", "--format", "ttl"], "parts are N-Quads, N-Triples or Parquet"),
        (["--workers", "2", "--compress", "gz"], "workers write `.nq.zst`"),
        (["--workers", "2", "--memory-limit", "much"], "`much` is no size"),
        (["--workers", "2", "--memory-limit", "64MB"], "`64MB` is too little for a worker: it needs 256MB"),
    ],
)
def test_wrong_use_is_told_before_anything_is_read(tmp_path: Path, options: list[str], told: str) -> None:
    from click.testing import CliRunner

    from kg.tables.command import map_command

    (tmp_path / "m.ttl").write_text(RML + MAPPINGS["rows"], encoding="utf-8")
    found = CliRunner().invoke(map_command, [str(tmp_path / "m.ttl"), "-o", str(tmp_path / "out"), *options])
    assert found.exit_code == 2
    assert told in found.output


def test_the_command_maps_into_a_store(feed: Path, scheduler: str, capsys: pytest.CaptureFixture[str]) -> None:
    import pyoxigraph as ox
    from click.testing import CliRunner

    from kg.tables.command import map_command

    text = RML + MAPPINGS["join"]
    (feed / "m.ttl").write_text(text, encoding="utf-8")
    store = ["--store", str(feed / "store"), "--explain", "--progress"]
    found = CliRunner().invoke(map_command, [str(feed / "m.ttl"), "--data", str(feed), "--cluster", scheduler, *store])
    assert found.exit_code == 0, found.output
    assert "Scan s0 as t" in found.output and "2 workers of " in found.output and " parts  " in found.output
    assert "s0: people.csv, one part" in found.output
    assert re.search(r"-- s0 joins s1 \([0-9,]+ bytes packed\): broadcast, every task reads it\n", found.output)
    assert len(ox.Store.read_only(str(feed / "store"))) == len(map_here(feed, text))
    assert not [path for path in feed.iterdir() if path.name.startswith(".kg-")]


# -- other storage --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of an S3 server on this machine, whose secret must stand nowhere."""
    import s3fs
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "someone",
            "AWS_SECRET_ACCESS_KEY": "open-sesame",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            patched.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("feeds")
        yield "s3://feeds"
        s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.mark.parametrize("name", [pytest.param("lines of JSON", marks=pytest.mark.thorough), "row groups"])
def test_sources_and_parts_lie_on_s3(feed: Path, scheduler: str, bucket: str, name: str) -> None:
    import s3fs

    system = s3fs.S3FileSystem()
    for path in feed.iterdir():
        system.put_file(str(path), f"feeds/in/{path.name}")
    text = RML + MAPPINGS[name]
    document, plain = read(feed, text)
    storage = Storage(place=f"{bucket}/{feed.name}")
    run = map_on_cluster(
        document,
        Settings(mapping_folder=plain.mapping_folder, remote=Remote(address=f"{bucket}/in")),
        ClusterChoice(address=scheduler),
        Wanted(storage=storage, part_size=8000),
        mapping="m.ttl",
        progress=ClusterProgress(),
    )
    assert not run.failed, run.diagnostics
    assert any("parts" in note for note in run.shelf.notes)
    parts = read_manifest(storage)["parts"]
    check_parts(storage, parts)
    found = b"".join(zstandard.decompress(storage.read(p.name), 1 << 26) for p in parts).splitlines(keepends=True)
    assert set(found) == map_here(feed, text)
    assert storage.names() == ["_SUCCESS", "manifest.json", *sorted(p.name for p in parts)]
    assert b"sesame" not in storage.read("manifest.json")


DIALECT = 'a csvw:Table; csvw:url "{0}"; csvw:dialect [ {1} ]'


@pytest.mark.parametrize(
    "kind",
    [
        "lines in cells",
        "comments",
        "packed",
        *(pytest.param(kind, marks=pytest.mark.thorough) for kind in ("blank lines", "a preamble", "several files")),
    ],
)
def test_a_mistake_is_told_at_the_line_of_its_row(tmp_path: Path, scheduler: str, kind: str) -> None:
    rows = {"blank lines": ["{0},a\n", "\n\n{0},a\n", "{0},a\n\n"], "lines in cells": ["{0},a\n", '{0},"a\nb"\n'],
            "comments": ["{0},a\n", "#x\n{0},a\n"]}.get(kind, ["{0},a\n", '\n{0},"a\n\nb"\n'])  # fmt: skip
    chance = random.Random(kind)
    head = "id,name\n" if kind != "a preamble" else "Bob's \"list\n\nid,name\n"
    texts = []
    for number in range(2 if kind == "several files" else 1):
        texts.append(head + "".join(chance.choice(rows).format(i) for i in range(3000 * number, 3000 * number + 3000)))
        (tmp_path / f"p{number}.csv").write_text(texts[-1], encoding="utf-8", newline="")
    named = {
        "comments": DIALECT.format("p0.csv", "csvw:commentPrefix '#'"),
        "a preamble": DIALECT.format("p0.csv", "csvw:skipRows 2"),
    }
    where = f"[ {named[kind]} ]" if kind in named else '"p*.csv"' if kind == "several files" else '"p0.csv"'
    if kind == "packed":
        (tmp_path / "p0.csv.gz").write_bytes(gzip.compress((tmp_path / "p0.csv").read_bytes()))
        where = '"p0.csv.gz"'
    prefix = "@prefix csvw: <http://www.w3.org/ns/csvw#> .\n"
    for wanted in (0, 7, 1234, 2999, *([3000, 5999] if kind == "several files" else [])):
        value = f'rml:objectMap [ rml:reference "id"; rml:datatype <{XSD}integer> ]'
        for number, text in enumerate(texts):
            (tmp_path / f"p{number}.csv").write_text(text.replace(f"\n{wanted},", f"\nx{wanted},", 1), newline="")
        if kind == "packed":
            (tmp_path / "p0.csv.gz").write_bytes(gzip.compress((tmp_path / "p0.csv").read_bytes()))
        file = wanted // 3000
        line = texts[file].split(f"\n{wanted},")[0].count("\n") + 2
        mapping = (
            prefix
            + RML
            + triples_map(
                "a",
                f"rml:logicalSource [ rml:source {where}; rml:referenceFormulation rml:CSV ]",
                'rml:template "{name}"',
                value,
            )
        )
        run, _ = map_there(tmp_path, mapping, scheduler, f"out{wanted}")
        told = [d.message for d in run.diagnostics]
        assert any(f"(row {line} of `p{file}.csv" in message for message in told), told
