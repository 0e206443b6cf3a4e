#!/usr/bin/env python3
"""How fast tables are mapped: a transit feed, a wide table, a join, many duplicates.

    python tests/benchmarks/tables.py [--rows 1000000] [--repeat 3] [--only feed] [--peers DIR] [--hand SCRIPT]

Each engine runs in a process of its own, alternately, so that all meet the same load; the best counts. `kg`
runs strict and in best effort. Beside it: SQL written by hand, and a copy of the output file. *DIR* holds a virtual
environment for each other engine (`python -m venv DIR/x && DIR/x/bin/pip install morph-kgc`, or `rdfizer`, which
needs the system's unixODBC, or `pyrml-lib`, or `maplib`), and perhaps a folder for those of Node.js (`npm install
--prefix DIR/js rocketrml @comake/rmlmapper-js`); one that is not there is skipped, with the reason. The triples of
all are compared, up to the percent-encoding of characters beyond ASCII.

KG_GTFS names a folder with the feed of GTFS-Madrid-Bench (`gtfs_feed.py`, `gtfs/gtfs-csv.rml.ttl`), `--scale` its
scale, and `--hand` a script that maps it (`SCRIPT FEED OUT smart`).
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from databases import address_for_sqlalchemy
from feeds import EX, SHAPES, XSD, Join, Map, Shape, write_rml
from servers import Server

PEERS = {"Morph-KGC": "morph_kgc", "SDM-RDFizer": "rdfizer", "pyRML": "pyrml", "maplib": "maplib"}
NODE_PEERS = {"RocketRML": "rocketrml", "rmlmapper-js": "@comake/rmlmapper-js"}
WITH_PYRML = """import sys
from pyrml import RMLConverter

RMLConverter().convert(sys.argv[1]).serialize(sys.argv[2], format="nt", encoding="utf-8")
"""
WITH_ROCKETRML = """const [, , package, mapping, out] = process.argv;
require(package).parseFile(mapping, out, { toRDF: true, verbose: false, csv: { delimiter: "," } }).catch((error) => {
  console.error(error);
  process.exit(1);
});
"""
WITH_RMLMAPPER_JS = """const fs = require("fs");
const [, , package, mapping, out] = process.argv;
const text = fs.readFileSync(mapping, "utf8");
const files = {};
for (const found of text.matchAll(/rml:source "([^"]+)"/g)) files[found[1]] = fs.readFileSync(found[1], "utf8");
require(package)
  .parseTurtle(text, files, { toRDF: true, csv: { delimiter: "," } })
  .then((lines) => fs.writeFileSync(out, lines))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
"""
BY_HAND = """import sys, duckdb
folder, out, sql = sys.argv[1:]
c = duckdb.connect()
c.execute("SET preserve_insertion_order = false")
for name in {names}:
    c.execute(f"CREATE TABLE {{name}} AS SELECT * FROM read_csv('{{folder}}/{{name}}.csv', all_varchar = true)")
c.execute(f"COPY ({{sql}}) TO '{{out}}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\\x01')")
"""


WITH_MAPLIB = """import re
import polars as pl
from maplib import Model

m, count = Model(), 0
CASTS = {{"double": pl.Float64, "integer": pl.Int64}}


def read(name):
    return pl.read_csv(f"{folder}/{{name}}.csv", infer_schema=False)


def iri(template):
    parts = list(enumerate(re.split(r"[{{}}]", template)))
    return pl.concat_str([pl.lit("{base}"), *(encode(p) if i % 2 else pl.lit(p) for i, p in parts if p)])


def encode(column):
    return pl.col(column).str.replace_all("%", "%25").str.replace_all(":", "%3A").str.replace_all(" ", "%20")


def say(rows, predicate, kind):
    global count
    count += 1
    prefixes = "@prefix ex: <{base}> . @prefix ottr: <http://ns.ottr.xyz/0.4/> . @prefix xsd: <{xsd}> ."
    triple = f"{{{{ ottr:Triple(?s, <{{predicate}}>, ?o) }}}}"
    m.add_template(f"{{prefixes}} ex:t{{count}} [ottr:IRI ?s, {{kind}} ?o] :: {{triple}} .")
    rows = rows.drop_nulls().unique()
    kind = kind.removeprefix("xsd:")
    m.map(f"{base}t{{count}}", rows.with_columns(pl.col("o").cast(CASTS[kind])) if kind in CASTS else rows)


"""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A program to measure: its *command*, the file that it writes, and the folder that it runs in."""

    name: str
    command: tuple[str, ...]
    out: Path
    folder: Path


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The best of several runs: *seconds* that passed and of the CPU, and *memory* in megabytes."""

    seconds: float
    cpu: float
    memory: float


def run(engine: Engine) -> Measured | str:
    """One run; the last line of what it says where it fails."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(engine.command, cwd=engine.folder, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        seconds = time.perf_counter() - start
        said.seek(0)
        last = said.read().decode("utf-8", "replace").strip().split("\n")[-1]
    assert isinstance(usage, resource.struct_rusage)
    if status or not engine.out.exists():
        return last[:120] or f"status {status}"
    return Measured(seconds=seconds, cpu=usage.ru_utime + usage.ru_stime, memory=usage.ru_maxrss / 1024)


# -- engines ------------------------------------------------------------------------------------


def find_peers(folder: Path | None) -> dict[str, Path]:
    """The Python of each peer that is installed in an environment of *folder*; those that are not are told."""
    found = {}
    for name, package in PEERS.items() if folder is not None else ():
        assert folder is not None
        places = sorted(folder.glob(f"*/lib/python*/site-packages/{package}"))
        if not places:
            print(f"({name} is skipped: no environment in {folder.name}/ has the package {package})")
            continue
        python = places[0].parents[3] / "bin" / "python"
        tried = subprocess.run([python, "-c", f"import {package}"], capture_output=True, text=True, check=False)
        if tried.returncode:
            print(f"({name} is skipped: {tried.stderr.strip().split(chr(10))[-1]})")
        else:
            found[name] = python
    for name, package in NODE_PEERS.items() if folder is not None else ():
        assert folder is not None
        places = sorted(folder.glob(f"*/node_modules/{package}"))
        if places and shutil.which("node"):
            found[name] = places[0].resolve()
        else:
            print(f"({name} is skipped: no folder in {folder.name}/ has the package {package})")
    return found


def own_engines(mapping: Path, folder: Path) -> Iterator[Engine]:
    for name, mode in (("kg strict", "--strict"), ("kg best effort", "--best-effort")):
        out = folder / f"{name.replace(' ', '-')}.nq"
        command = (sys.executable, "-m", "kg.tables", str(mapping), "-o", str(out), "--data", str(folder), mode)
        yield Engine(name=name, command=command, out=out, folder=Path.cwd())


def hand_engine(shape: Shape, folder: Path) -> Engine:
    names = sorted({m.table for m in shape.maps})
    script, out = folder / "hand.py", folder / "hand.nq"
    script.write_text(BY_HAND.format(names=names), encoding="utf-8")
    command = (sys.executable, str(script), str(folder), str(out), shape.by_hand)
    return Engine(name="SQL by hand", command=command, out=out, folder=folder)


def peer_engines(
    peers: dict[str, Path], mapping: Path, folder: Path, maps: tuple[Map, ...], server: Server | None = None
) -> Iterator[Engine]:
    """The peers, each with its configuration. maplib reads no RML: it gets templates, where *maps* are known.

    A mapping of a database's tables is for Morph-KGC, which needs its *server*.
    """
    address = f"db_url={address_for_sqlalchemy(server)}\n" if server is not None else ""
    if python := peers.get("Morph-KGC"):
        for processes in ("1", "2"):
            out, config = folder / f"morph{processes}.nt", folder / f"morph{processes}.ini"
            config.write_text(
                f"[CONFIGURATION]\noutput_file={out}\nnumber_of_processes={processes}\nlogging_level=ERROR\n"
                f"[D]\nmappings={mapping}\n{address}",
                encoding="utf-8",
            )
            name = f"Morph-KGC, {processes} process{'es' if processes == '2' else ''}"
            yield Engine(name=name, command=(str(python), "-m", "morph_kgc", str(config)), out=out, folder=folder)
    if python := peers.get("SDM-RDFizer"):
        config = folder / "rdfizer.ini"
        config.write_text(
            f"[default]\nmain_directory: {folder}\n[datasets]\nnumber_of_datasets: 1\noutput_folder: {folder}\n"
            "all_in_one_file: no\nremove_duplicate: yes\nenrichment: yes\nname: rdfizer\nordered: yes\n"
            f"output_format: n-triples\nlarge_file: false\n[dataset1]\nname: rdfizer\nmapping: {mapping}\n",
            encoding="utf-8",
        )
        command = (str(python), "-m", "rdfizer", "-c", str(config))
        yield Engine(name="SDM-RDFizer", command=command, out=folder / "rdfizer.nt", folder=folder)
    if python := peers.get("pyRML"):
        script, out = folder / "with_pyrml.py", folder / "pyrml.nt"
        script.write_text(WITH_PYRML, encoding="utf-8")
        yield Engine(name="pyRML", command=(str(python), str(script), str(mapping), str(out)), out=out, folder=folder)
    for name, text in (("RocketRML", WITH_ROCKETRML), ("rmlmapper-js", WITH_RMLMAPPER_JS)):
        if package := peers.get(name):
            script, out = folder / f"with_{name}.js", folder / f"{name}.nt"
            script.write_text(text, encoding="utf-8")
            command = ("node", str(script), str(package), str(mapping), str(out))
            yield Engine(name=name, command=command, out=out, folder=folder)
    if maps and (python := peers.get("maplib")):
        script, out = folder / "with_maplib.py", folder / "maplib.nt"
        script.write_text(write_maplib(maps, folder, out), encoding="utf-8")
        yield Engine(name="maplib", command=(str(python), str(script)), out=out, folder=folder)


def write_maplib(maps: tuple[Map, ...], folder: Path, out: Path) -> str:
    """A script for maplib: a template for each triple, data frames by polars, joins by polars."""
    text = [WITH_MAPLIB.format(folder=folder, base=EX, xsd=XSD)]
    by_name = {m.name: m for m in maps}
    for each in maps:
        text.append(f"d = read({each.table!r}).with_columns(s_=iri({each.subject!r}))")
        if each.kind:
            kind = f"{EX}{each.kind}"
            text.append(f"say(d.select(s=pl.col('s_'), o=pl.lit({kind!r})), '{RDF_TYPE}', 'ottr:IRI')")
        for predicate, value in each.says:
            if isinstance(value, Join):
                other = by_name[value.parent]
                text.append(
                    f"o = read({other.table!r}).select(k_={value.key!r}, o=iri({other.subject!r})).unique()\n"
                    f"j = d.join(o, left_on={value.child!r}, right_on='k_')"
                )
                text.append(f"say(j.select(s='s_', o='o'), '{EX}{predicate}', 'ottr:IRI')")
            elif "{" in value:
                text.append(f"say(d.select(s='s_', o=iri({value!r})), '{EX}{predicate}', 'ottr:IRI')")
            else:
                column, _, datatype = value.partition("^^")
                text.append(f"say(d.select(s='s_', o={column!r}), '{EX}{predicate}', 'xsd:{datatype or 'string'}')")
    text.append(f"m.write({str(out)!r}, format='ntriples')")
    return "\n".join(text) + "\n"


RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


# -- comparison ---------------------------------------------------------------------------------


def read_triples(path: Path) -> set[int]:
    """A number for each triple of a file; IRIs with their characters beyond ASCII unquoted."""
    import pyoxigraph as ox

    def unquoted(match: re.Match[str]) -> str:
        plain = unquote(match[0], errors="strict")
        return plain if not plain.isascii() else match[0]

    def name(term: object) -> str:
        text = str(term)
        if not (text.startswith("<") and "%" in text):
            return text
        return re.sub(r"(?:%[89A-Fa-f][0-9A-Fa-f])+", unquoted, text)

    quads = ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS, lenient=True)
    return {hash((name(q.subject), str(q.predicate), name(q.object))) for q in quads}


def compare(ours: set[int], path: Path) -> str:
    try:
        theirs = read_triples(path)
    except (SyntaxError, ValueError) as error:
        return f"no N-Triples: {str(error)[:60]}"
    missing, extra = len(ours - theirs), len(theirs - ours)
    return "the same" if not missing and not extra else f"{missing:,} missing, {extra:,} others"


# -- a table ------------------------------------------------------------------------------------


def measure(name: str, engines: list[Engine], repeat: int, most: int) -> None:
    """Print a row for each engine: least seconds, most memory, triples a second, and whether its triples are ours."""
    best: dict[str, Measured] = {}
    failed: dict[str, str] = {}
    for _ in range(repeat):
        for engine in engines:
            if engine.name in failed:
                continue
            engine.out.unlink(missing_ok=True)
            found = run(engine)
            if isinstance(found, str):
                failed[engine.name] = found
            else:
                before = best.get(engine.name, found)
                best[engine.name] = Measured(
                    seconds=min(before.seconds, found.seconds),
                    cpu=min(before.cpu, found.cpu),
                    memory=max(before.memory, found.memory),
                )
    first = engines[0].out
    if not first.exists():
        sys.exit(f"{engines[0].name} failed: {failed}")
    with first.open("rb") as stream:
        triples = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 22), b""))
    ours = read_triples(first) if triples <= most else set()
    for engine in engines:
        if engine.name in failed:
            print(f"| {name} | {triples:,} | {engine.name} | failed: {failed[engine.name]} | | | | |")
            continue
        took = best[engine.name]
        same = "" if engine is engines[0] else compare(ours, engine.out) if ours else "not compared"
        rate = triples / took.seconds / 1e6
        figures = f"{took.seconds:.2f} | {took.cpu:.2f} | {took.memory:.0f} | {rate:.2f}"
        print(f"| {name} | {triples:,} | {engine.name} | {figures} | {same} |")
    start = time.perf_counter()
    shutil.copyfile(first, first.with_suffix(".copy"))
    seconds = time.perf_counter() - start
    print(f"| {name} | {triples:,} | copy of the output | {seconds:.2f} | | | {triples / seconds / 1e6:.2f} | |")


def measure_gtfs(gtfs: Path, folder: Path, peers: dict[str, Path], options: argparse.Namespace) -> None:
    """The feed and mapping of GTFS-Madrid-Bench, from outside the project."""
    subprocess.run([sys.executable, str(gtfs / "gtfs_feed.py"), str(folder), str(options.scale)], check=True)
    mapping = gtfs / "gtfs" / "gtfs-csv.rml.ttl"
    engines = [*own_engines(mapping, folder), *peer_engines(peers, mapping, folder, ())]
    if options.hand:
        out = folder / "hand.nt"
        command = (sys.executable, str(options.hand), str(folder), str(out), "smart")
        engines.insert(2, Engine(name="SQL by hand", command=command, out=out, folder=folder))
    measure(f"GTFS {options.scale}", engines, options.repeat, options.compare)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="of each table")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", choices=["gtfs", *(s.name for s in SHAPES)], help="one data set")
    parser.add_argument("--peers", type=Path, default=os.environ.get("KG_PEERS"), help="folder of environments")
    parser.add_argument("--compare", type=int, default=5_000_000, help="compare up to so many triples")
    parser.add_argument("--scale", type=int, default=1, help="of the GTFS feed")
    parser.add_argument("--hand", type=Path, help="a script that maps the GTFS feed")
    options = parser.parse_args()
    peers = find_peers(Path(options.peers) if options.peers else None)
    print(
        "| data | triples | engine | s | CPU s | MB | million triples/s | triples |\n|---|--:|---|--:|--:|--:|--:|---|"
    )
    if (gtfs := os.environ.get("KG_GTFS")) and options.only in {None, "gtfs"}:
        with tempfile.TemporaryDirectory() as scratch:
            measure_gtfs(Path(gtfs), Path(scratch), peers, options)
    for shape in SHAPES:
        if options.only not in {None, shape.name}:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            shape.make(folder, options.rows)
            mapping = folder / "mapping.ttl"
            mapping.write_text(write_rml(shape.maps), encoding="utf-8")
            engines = [*own_engines(mapping, folder), hand_engine(shape, folder)]
            engines += peer_engines(peers, mapping, folder, shape.maps)
            measure(shape.name, engines, options.repeat, options.compare)


if __name__ == "__main__":
    main()
