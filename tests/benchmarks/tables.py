#!/usr/bin/env python3
"""How fast tables are mapped: a GTFS-like feed, a wide table, a join, many duplicates.

    python tests/benchmarks/tables.py [--scale 10] [--rows 1000000] [--repeat 3] [--peers]

Each engine runs in a process of its own, alternately, so that all meet the same load; the best counts.
`kg` runs strict and in best effort. Beside it: copying its output file, the same SQL written by hand for the
wide table, and, with `--peers`, Morph-KGC, SDM-RDFizer and maplib where they are installed (in virtual
environments that KG_PEERS names as `name=python,name=python`). The feed of GTFS-Madrid-Bench needs its
mapping: KG_GTFS names a folder with `gtfs_feed.py`, `handwritten_sql.py` and `gtfs/gtfs-csv.rml.ttl`.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HEAD = "@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> .\n"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A data set with its mapping, and how it is made."""

    name: str
    mapping: str
    make: Callable[[Path, int], None]


def write_rows(path: Path, query: str) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{path}' (HEADER)")


def logical_source(name: str) -> str:
    return f'rml:logicalSource [ rml:source "{name}.csv"; rml:referenceFormulation rml:CSV ]'


def map_column(predicate: str, column: str) -> str:
    return f'rml:predicateObjectMap [ rml:predicate ex:{predicate}; rml:objectMap [ rml:reference "{column}" ] ]'


def make_wide(folder: Path, rows: int) -> None:
    values = ", ".join(f"printf('value %d of row %d', {k}, i) p{k}" for k in range(1, 20))
    write_rows(folder / "wide.csv", f"SELECT i id, {values} FROM range({rows}) r(i)")


def make_join(folder: Path, rows: int) -> None:
    write_rows(folder / "a.csv", f"SELECT i id, (i*7919+13)%{rows} fk, 'a'||i name FROM range({rows}) r(i)")
    write_rows(folder / "b.csv", f"SELECT i id, 'b'||(i%1000) name FROM range({rows}) r(i)")


def make_duplicates(folder: Path, rows: int) -> None:
    distinct = max(1, rows // 100)
    columns = f"i%{distinct} id, 'name '||(i%{distinct}) name, (i%{distinct})%7 kind"
    write_rows(folder / "dup.csv", f"SELECT {columns} FROM range({rows}) r(i)")


WIDE = (
    HEAD + f'ex:m {logical_source("wide")}; rml:subjectMap [ rml:template "http://example.org/{{id}}" ];\n'
    + ";\n".join(map_column(f"p{k}", f"p{k}") for k in range(1, 20)) + " .\n"
)  # fmt: skip
JOIN = (
    HEAD + f'ex:a {logical_source("a")}; rml:subjectMap [ rml:template "http://example.org/a/{{id}}" ];\n'
    + map_column("name", "name") + "; rml:predicateObjectMap [ rml:predicate ex:to; rml:objectMap ["
    ' rml:parentTriplesMap ex:b; rml:joinCondition [ rml:child "fk"; rml:parent "id" ] ] ] .\n'
    f'ex:b {logical_source("b")}; rml:subjectMap [ rml:template "http://example.org/b/{{name}}/{{id}}" ] .\n'
)  # fmt: skip
DUPLICATES = (
    HEAD + f'ex:m {logical_source("dup")}; rml:subjectMap [ rml:template "http://example.org/{{id}}" ];\n'
    + ";\n".join(map_column(c, c) for c in ("name", "kind")) + " .\n"
)  # fmt: skip
SHAPES = (
    Shape(name="wide", mapping=WIDE, make=make_wide),
    Shape(name="join", mapping=JOIN, make=make_join),
    Shape(name="duplicates", mapping=DUPLICATES, make=make_duplicates),
)


def timed(command: list[str]) -> tuple[float, float] | None:
    """Seconds and megabytes of a process; None where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        return None
    assert isinstance(usage, resource.struct_rusage)
    return seconds, usage.ru_maxrss / 1024


def commands(mapping: Path, data: Path, out: Path, options: argparse.Namespace) -> dict[str, list[str]]:
    """The engines by name."""
    own = [sys.executable, "-m", "kg.tables", str(mapping), "-o", str(out), "--data", str(data)]
    found = {"kg strict": own, "kg best effort": [*own, "--best-effort"]}
    if options.peers:
        for entry in filter(None, os.environ.get("KG_PEERS", "").split(",")):
            name, python = entry.split("=", 1)
            if name == "morph-kgc":
                config = data / "morph.ini"
                config.write_text(f"[CONFIGURATION]\noutput_file={out}\n[D]\nmappings={mapping}\n", encoding="utf-8")
                found[name] = [python, "-m", "morph_kgc", str(config)]
    return found


def measure(name: str, engines: dict[str, list[str]], out: Path, repeat: int) -> None:
    """Print a row for each engine: best seconds, memory, triples a second."""
    best: dict[str, tuple[float, float]] = {}
    triples = 0
    for _ in range(repeat):
        for engine, command in engines.items():
            found = timed(command)
            if found is not None and found < best.get(engine, (float("inf"), 0.0)):
                best[engine] = found
            if engine == "kg strict" and found is not None:
                with out.open("rb") as stream:
                    triples = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 22), b""))
    start = time.perf_counter()
    shutil.copyfile(out, out.with_suffix(".copy"))
    best["copy of the output"] = (time.perf_counter() - start, 0.0)
    out.with_suffix(".copy").unlink()
    for engine, (seconds, memory) in best.items():
        print(f"| {name} | {triples:,} | {engine} | {seconds:.2f} | {memory:.0f} | {triples / seconds / 1e6:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, default=1, help="of the GTFS feed")
    parser.add_argument("--rows", type=int, default=100_000, help="of the other shapes")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    print("| data | triples | engine | s | MB | million triples/s |\n|---|--:|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if gtfs := os.environ.get("KG_GTFS"):
            feed, out = folder / "feed", folder / "feed.nq"
            maker = str(Path(gtfs) / "gtfs_feed.py")
            subprocess.run([sys.executable, maker, str(feed), str(options.scale)], check=True)
            engines = commands(Path(gtfs) / "gtfs" / "gtfs-csv.rml.ttl", feed, out, options)
            by_hand = str(Path(gtfs) / "handwritten_sql.py")
            engines["SQL by hand"] = [sys.executable, by_hand, str(feed), str(folder / "hand.nt"), "smart"]
            measure(f"GTFS {options.scale}", engines, out, options.repeat)
        for shape in SHAPES:
            shape.make(folder, options.rows)
            mapping, out = folder / f"{shape.name}.ttl", folder / f"{shape.name}.nq"
            mapping.write_text(shape.mapping, encoding="utf-8")
            measure(shape.name, commands(mapping, folder, out, options), out, options.repeat)


if __name__ == "__main__":
    main()
