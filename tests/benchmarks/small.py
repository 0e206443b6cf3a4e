"""What a mapping of two rows costs, beside a process that only loads DuckDB and opens a database.

    python tests/benchmarks/small.py [--repeat 15]

`kg map` runs in processes of its own, in turns with the yardstick; and mappings one after another in one process, as
tests run them, in turns with databases that are opened, asked once and closed. Medians of the CPU.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb
from tables import Engine, Measured, run

from kg.tables.output.target import write_output
from kg.tables.read.mapping import read_any_mapping, read_mapping_text
from kg.tables.run import Settings, open_run

MAPPING = """@prefix rml: <http://w3id.org/rml/> .
@prefix ex: <http://example.org/> .

ex:people rml:logicalSource [ rml:source "people.csv" ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://example.org/{id}" ; rml:class ex:Person ] ;
  rml:predicateObjectMap [ rml:predicate ex:name ; rml:objectMap [ rml:reference "name" ] ] .
"""
OPEN = "import duckdb; duckdb.connect().execute('SELECT 1')"


def measure_processes(folder: Path, repeat: int) -> None:
    """Print what a process with a small mapping takes, and one with an empty database."""
    out = folder / "out.nq"
    command = (sys.executable, "-m", "kg", "map", "people.rml.ttl", "-o", str(out))
    kg = Engine(name="kg map", command=command, out=out, folder=folder)
    # a file that is always there
    yardstick = Engine(name="DuckDB", command=(sys.executable, "-c", OPEN), out=folder / "people.csv", folder=folder)
    taken: dict[str, list[float]] = {engine.name: [] for engine in (kg, yardstick)}
    for _ in range(repeat):
        for engine in (kg, yardstick):
            measured = run(engine)
            assert isinstance(measured, Measured), measured
            taken[engine.name].append(measured.cpu)
    tell("a process", median(taken["kg map"]), median(taken["DuckDB"]))


def measure_runs(folder: Path, repeat: int) -> None:
    """Print what a small mapping takes in this process, and an empty database."""
    path = folder / "people.rml.ttl"
    settings = Settings(mapping_folder=folder, data_folder=folder, scratch_parent=folder)

    def map_once() -> None:
        with open_run(read_any_mapping(read_mapping_text(path)), settings) as opened:
            write_output(opened, folder / "out.nq")

    def open_once() -> None:
        with duckdb.connect() as connection:
            connection.execute("SELECT 1")

    taken = [(time_cpu(map_once), time_cpu(open_once)) for _ in range(repeat + 1)][1:]
    tell("in one process", median(one for one, _ in taken), median(other for _, other in taken))


def time_cpu(do: Callable[[], None]) -> float:
    """The CPU seconds of this process, all threads of it, that something takes."""
    begun = time.process_time()
    do()
    return time.process_time() - begun


def tell(what: str, kg: float, yardstick: float) -> None:
    """Print two times and their ratio."""
    print(f"{what:16}{kg * 1000:8.0f} ms{yardstick * 1000:8.0f} ms{kg / yardstick:8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeat", type=int, default=15)
    repeat = parser.parse_args().repeat
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "people.csv").write_text("id,name\n1,Ann\n2,Bob\n", encoding="utf-8")
        (folder / "people.rml.ttl").write_text(MAPPING, encoding="utf-8")
        print(f"{'':16}{'kg map':>11}{'DuckDB':>11}{'times':>8}")
        measure_processes(folder, repeat)
        measure_runs(folder, repeat)


if __name__ == "__main__":
    main()
