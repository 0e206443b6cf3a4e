#!/usr/bin/env python3
"""The shapes of the community's challenge: raw data, duplicates, empty values, mappings, joins; time and peak memory.

    python tests/benchmarks/challenge.py [--rows 100000] [--only "joins 10-10"] [--peers DIR] [--repeat 1]
        [--db postgresql] [FOLDERS ...]

The shapes are those of KROWN's generator (https://github.com/kg-construct/KROWN), made here for a number of rows.
*FOLDERS* are what the generator itself made (`exgentool generate`): each `data/shared/` in them that holds a
mapping and CSV files is run instead. With `--db` the same data are tables of a database (`databases.py`), the
mappings are R2RML, and of the peers Morph-KGC alone is asked; CPU and memory are those of the engine, without the
server's. Nothing is fetched. *DIR* holds a virtual environment for each peer, as for `tables.py`. Each engine runs in
a process of its own. The number of triples is compared with what the shape must give, and the triples of the engines
with each other. Ratios are of CPU seconds, which a busy machine changes less.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from databases import KINDS, load_tables, open_server, rewrite_mapping
from servers import Server
from tables import Engine, Measured, compare, find_peers, peer_engines, read_triples, run

HEAD = """@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix ex: <http://example.com/> .
"""
COLUMNS = 20
BOUND = 600  # megabytes


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Data and a mapping in a folder, and how many triples they must give (None: not known)."""

    name: str
    mapping: Path
    folder: Path
    triples: int | None = None


# -- shapes -----------------------------------------------------------------------------------------


def write_data(path: Path, rows: int, cell: Callable[[int, int], str], first: Callable[[int], int] = int) -> None:
    """A CSV file of an id and twenty columns; *cell* gives the text of a row and a column, *first* the row's id."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("id," + ",".join(f"p{c}" for c in range(1, COLUMNS + 1)) + "\n")
        for row in range(rows):
            file.write(f"{first(row)}," + ",".join(cell(row, c) for c in range(1, COLUMNS + 1)) + "\n")


def write_map(folder: Path, number: int, table: str, says: list[str]) -> str:
    source = f'rml:logicalSource [ rml:source "{folder}/{table}.csv"; rml:referenceFormulation ql:CSV ]'
    subject = f'rr:subjectMap [ rr:template "http://ex.com/table{number}/{{id}}" ]'
    return f"ex:m{number} a rr:TriplesMap; " + ";\n  ".join([source, subject, *says]) + " .\n"


def say_column(column: int, number: int = 0) -> str:
    predicate = f"ex:p{column}" if not number else f"ex:p{number}_{column}"
    return f'rr:predicateObjectMap [ rr:predicate {predicate}; rr:objectMap [ rml:reference "p{column}" ] ]'


def finish(folder: Path, name: str, maps: list[str], triples: int) -> Instance:
    mapping = folder / "mapping.rml.ttl"
    mapping.write_text(HEAD + "".join(maps), encoding="utf-8")
    return Instance(name=name, mapping=mapping, folder=folder, triples=triples)


ALL = [say_column(c) for c in range(1, COLUMNS + 1)]


def make_raw(folder: Path, rows: int) -> Instance:
    write_data(folder / "data.csv", rows, lambda row, c: f"V_{c}-{row}")
    return finish(folder, f"raw {rows} x 20", [write_map(folder, 1, "data", ALL)], rows * COLUMNS)


def make_duplicates(folder: Path, rows: int, percent: int) -> Instance:
    """*percent* of the rows repeat the first one, its id too."""
    repeated = rows * percent // 100
    row_of = [0 if row < repeated else row for row in range(rows)]
    write_data(folder / "data.csv", rows, lambda row, c: f"V_{c}-{row_of[row]}", lambda row: row_of[row])
    maps = [write_map(folder, 1, "data", ALL)]
    return finish(folder, f"duplicates {percent} %", maps, len(set(row_of)) * COLUMNS)


def make_empty(folder: Path, rows: int, percent: int) -> Instance:
    """*percent* of the rows have no values."""
    empty = rows * percent // 100
    write_data(folder / "data.csv", rows, lambda row, c: "" if row < empty else f"V_{c}-{row}")
    maps = [write_map(folder, 1, "data", ALL)]
    return finish(folder, f"empty values {percent} %", maps, (rows - empty) * COLUMNS)


def make_mappings(folder: Path, rows: int, maps: int, objects: int) -> Instance:
    write_data(folder / "data.csv", rows, lambda row, c: f"V_{c}-{row}")
    written = [
        write_map(folder, n, "data", [say_column((n + k) % COLUMNS + 1, n) for k in range(objects)])
        for n in range(1, maps + 1)
    ]
    return finish(folder, f"mappings {maps} x {objects}", written, rows * maps * objects)


def make_joins(folder: Path, rows: int, left: int, right: int) -> Instance:
    """Half of the rows join: *left* rows of one table and *right* of the other have each value alike."""
    groups = rows // 2 // max(left, right)

    def join(prefix: str, size: int) -> Callable[[int, int], str]:
        def cell(row: int, column: int) -> str:
            if column == 1 and row < groups * size:
                return f"J-{row // size}"
            return f"{prefix}_{column}-{row}"

        return cell

    write_data(folder / "data1.csv", rows, join("V", left))
    write_data(folder / "data2.csv", rows, join("W", right))
    link = (
        "rr:predicateObjectMap [ rr:predicate ex:j1; rr:objectMap [ rr:parentTriplesMap ex:m2;"
        ' rr:joinCondition [ rr:child "p1"; rr:parent "p1" ] ] ]'
    )
    maps = [write_map(folder, 1, "data1", [link]), write_map(folder, 2, "data2", [])]
    return finish(folder, f"joins {left}-{right}", maps, groups * left * right)


def list_shapes() -> Iterator[tuple[str, Callable[[Path, int], Instance]]]:
    """The names of all shapes, and what makes each."""
    yield "raw", make_raw
    for percent in (0, 50, 100):
        yield f"duplicates {percent}", partial(make_duplicates, percent=percent)
    for percent in (0, 50, 100):
        yield f"empty {percent}", partial(make_empty, percent=percent)
    for maps, objects in ((1, 1), (1, 20), (15, 10), (30, 1), (30, 20)):
        yield f"mappings {maps} x {objects}", partial(make_mappings, maps=maps, objects=objects)
    for left, right in ((1, 1), (1, 10), (10, 1), (5, 5), (10, 10)):
        yield f"joins {left}-{right}", partial(make_joins, left=left, right=right)


SHAPES = dict(list_shapes())


def find_instances(roots: list[Path], scratch: Path, kind: str) -> Iterator[Instance]:
    """What KROWN's generator made for files or databases: `rml` or `r2rml`.

    Its mappings of files name `/data/shared/`, which is a folder of its own there.
    """
    for root in roots:
        for mapping in sorted(root.glob(f"**/data/shared/mapping.{kind}.ttl")):
            folder = mapping.parent.resolve()
            copy = scratch / f"{len(list(scratch.iterdir()))}.rml.ttl"
            text = mapping.read_text(encoding="utf-8").replace("/data/shared/", f"{folder}/")
            copy.write_text(text, encoding="utf-8")
            yield Instance(name=mapping.parents[2].name, mapping=copy, folder=folder)


# -- the table --------------------------------------------------------------------------------------


def compare_apart(ours: Path, theirs: Path) -> str:
    """How two outputs differ, found apart: memory of this process counts as that of those it starts."""
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(compare_files, ours, theirs).result()


def compare_files(ours: Path, theirs: Path) -> str:
    return compare(read_triples(ours), theirs)


def list_engines(instance: Instance, peers: dict[str, Path], scratch: Path, server: Server | None) -> Iterator[Engine]:
    """`kg map` and the peers that can map an instance, from its files or from the tables of a server."""
    out, mapping = scratch / "kg.nq", instance.mapping
    where = ("--data", str(instance.folder), "--allow-path", str(instance.folder))
    if server is not None:
        mapping = rewrite_mapping(instance.mapping, scratch)
        where = ("--db", server.url)
        peers = {name: python for name, python in peers.items() if name == "Morph-KGC"}
    command = (sys.executable, "-m", "kg.tables", str(mapping), "-o", str(out), *where)
    yield Engine(name="kg map", command=command, out=out, folder=Path.cwd())
    for engine in peer_engines(peers, mapping, scratch, (), server):
        if "2 processes" not in engine.name:
            yield engine


def measure(
    instance: Instance, peers: dict[str, Path], scratch: Path, options: argparse.Namespace, server: Server | None
) -> bool:
    """Print a row for each engine; false where a bound is not met or an output is wrong."""
    if server is not None:
        load_tables(server, instance.folder, scratch, null="NULL" if options.instances else "")
    engines = list(list_engines(instance, peers, scratch, server))
    out = engines[0].out
    good, few, quickest = True, False, 0.0
    for engine in engines:
        found: list[Measured] = []
        failed = ""
        for _ in range(options.repeat):
            engine.out.unlink(missing_ok=True)
            done = run(engine)
            if isinstance(done, str):
                failed = done
                break
            found.append(done)
        if failed:
            print(f"| {instance.name} | {engine.name} | | | | failed: {failed} |", flush=True)
            good = good and engine is not engines[0]
            continue
        best = min(found, key=lambda measured: measured.cpu)
        if engine is engines[0]:
            quickest = best.cpu
            with out.open("rb") as stream:
                triples = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 22), b""))
            right = instance.triples is None or triples == instance.triples
            said = f"{triples:,} triples" + ("" if right else f", and {instance.triples:,} were meant")
            good = good and right and best.memory <= BOUND
            few = triples <= options.compare
        else:
            same = compare_apart(out, engine.out) if few else "not compared"
            said = f"{same}; {best.cpu / quickest:.1f} times the CPU"
            good = good and not re.search(r"missing|others", said)
        print(
            f"| {instance.name} | {engine.name} | {best.seconds:.1f} | {best.cpu:.1f} | {best.memory:.0f} | {said} |",
            flush=True,
        )
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="*", type=Path, help="folders that KROWN's generator made")
    parser.add_argument("--rows", type=int, default=100_000, help="of each table")
    parser.add_argument("--only", action="append", help="shapes whose names begin so (`joins`, `joins 10-10`)")
    parser.add_argument("--peers", type=Path, help="folder of environments")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--compare", type=int, default=2_500_000, help="compare up to so many triples")
    parser.add_argument("--db", choices=KINDS, help="map tables of a database, not files")
    options = parser.parse_args()
    wanted = [name for name in SHAPES if name.startswith(tuple(options.only or [""]))]
    if not wanted:
        parser.error(f"no such shape; there are {', '.join(SHAPES)}")
    peers = find_peers(options.peers)
    print("| data | engine | s | CPU s | MB | |\n|---|---|--:|--:|--:|---|")
    good = True
    with open_server(options.db) if options.db else nullcontext() as server:
        with tempfile.TemporaryDirectory() as scratch:
            for instance in find_instances(options.instances, Path(scratch), "r2rml" if options.db else "rml"):
                good = measure(instance, peers, Path(scratch), options, server) and good
        for make in [] if options.instances else [SHAPES[name] for name in wanted]:
            with tempfile.TemporaryDirectory() as scratch:
                good = measure(make(Path(scratch), options.rows), peers, Path(scratch), options, server) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
