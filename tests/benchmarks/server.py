"""How `kg serve` bears what is asked of it, and how fast it is beside the Oxigraph server and rdflib-endpoint.

    python tests/benchmarks/server.py [--triples N] [--seconds N] [--peers FOLDER]

Small queries with 8 connections by `wrk`, of one subject and of 100,000 in turns. Then small queries one by one, alone
and beside four that never end. Then 20 queries that nest too deep, 20 that never end, 200 of random bytes, 200 small
ones and 20 clients that dawdle come at once: what was answered, the memory of all processes beside that of before, and
whether the server is the same process. FOLDER (also: KG_PEERS) holds an environment `server` with the packages oxigraph
and rdflib-endpoint; the latter gets 10,000 triples.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import pyoxigraph as ox  # noqa: E402
from serving import Served, serve  # noqa: E402

SMALL = "SELECT ?p ?o { <http://b.example/p/777> ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LARGE = "SELECT * { ?s ?p ?o } LIMIT 500000"
TURNS = """local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "PATH?query=" .. "SELECT%20%3Fp%20%3Fo%20%7B%20%3Chttp%3A%2F%2Fb.example%2Fp%2F"
    .. (n * 7919 % 100000) .. "%3E%20%3Fp%20%3Fo%20%7D")
end
"""


def write_triples(path: Path, count: int) -> None:
    with path.open("w") as out:
        for subject in range(count // 8):
            out.writelines(
                f'<http://b.example/p/{subject}> <http://b.example/v{n}> "value {subject} {n}" .\n' for n in range(8)
            )


def measure_memory(served: Served) -> int:
    """What the server and its processes hold, in MB."""
    total = 0
    for process in [served.process.pid, *served.children()]:
        with suppress(OSError):
            found = re.search(r"Pss:\s+(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text("ascii"))
            total += int(found[1]) if found else 0
    return total // 1024


def time_small(served: Served, seconds: float) -> list[float]:
    """How long each of many small queries took, in milliseconds, sorted."""
    took: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        answer = served.query(SMALL + f" # {len(took)} {begin}")  # none that was answered before
        assert answer.status == 200, answer.text
        took.append(1000 * (time.monotonic() - begin))
    return sorted(took)


def show(name: str, took: list[float]) -> float:
    late = took[int(0.99 * (len(took) - 1))]
    print(f"{name}: {len(took)} small queries, median {took[len(took) // 2]:.1f} ms, 99th percentile {late:.1f} ms")
    return late


def bear(served: Served) -> bool:
    """Ask what brings other servers down; whether this one is as it was."""
    time_small(served, 8)
    quiet = show("quiet", time_small(served, 4))
    before = measure_memory(served)
    ending = threading.Event()

    def run_away(number: int) -> None:
        for again in range(1_000):
            if not ending.is_set():
                served.query(f"{ENDLESS} # {number} {again}")

    runaways = [threading.Thread(target=run_away, args=(n,)) for n in range(4)]
    for thread in runaways:
        thread.start()
    time.sleep(1)
    late = show("beside four endless queries", time_small(served, 12))
    ending.set()
    for thread in runaways:
        thread.join()
    print(f"the 99th percentile is {late / quiet:.1f} times the quiet one")
    storm(served)
    time_small(served, 12)
    print(f"memory of all processes: {before} MB before, {measure_memory(served)} MB after")
    return served.process.poll() is None


def storm(served: Served) -> None:
    """All at once, and what was answered."""
    statuses: dict[str, list[int]] = {"deep": [], "endless": [], "random": [], "small": []}
    chance = random.Random(13)

    def ask(kind: str, query: str | bytes) -> None:
        if isinstance(query, bytes):
            status = served.ask("POST", "/sparql", query, content_type="application/sparql-query").status
        else:
            status = served.query(query).status
        statuses[kind].append(status)

    def dawdle() -> None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", served.port), 30) as one:
            one.sendall(f"GET /sparql?query={quote(LARGE)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            end = time.monotonic() + 6
            while time.monotonic() < end and one.recv(1024):
                time.sleep(0.05)

    asked: list[tuple[str, str | bytes]] = [("deep", "ASK " + "{" * 5_000 + " " * n) for n in range(20)]
    asked += [("endless", f"{ENDLESS} # {n}") for n in range(20)]
    asked += [("random", chance.randbytes(chance.randint(1, 400))) for _ in range(200)]
    asked += [("small", f"{SMALL} # {n}") for n in range(200)]
    chance.shuffle(asked)
    threads = [threading.Thread(target=dawdle) for _ in range(20)]
    threads += [threading.Thread(target=ask, args=one) for one in asked]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    print({kind: {status: found.count(status) for status in sorted(set(found))} for kind, found in statuses.items()})


def load(url: str, seconds: float, script: Path | None = None) -> str:
    command = ["wrk", "-t1", "-c8", f"-d{seconds:g}", "--latency", *(["-s", str(script)] if script else []), url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate, late = re.search(r"Requests/sec:\s+([\d.]+)", out), re.search(r"99%\s+(\S+)", out)
    assert rate is not None and late is not None and "Non-2xx" not in out, out
    return f"{float(rate[1]):,.0f} a second, 99th percentile {late[1]}"


@contextmanager
def run_peer(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(5)
        yield
    finally:
        process.terminate()
        process.wait()


def compare(served: Served, folder: Path, peers: Path | None, seconds: float) -> None:
    """Small queries a second, of each server in turns."""
    ends = {"kg serve": (f"http://127.0.0.1:{served.port}", "/sparql")}
    commands: list[list[str]] = []
    if peers is not None:
        bin_ = peers / "server" / "bin"
        subprocess.run([bin_ / "oxigraph", "load", "-l", folder / "ox", "-f", folder / "all.nt"], check=True,
                       capture_output=True)  # fmt: skip
        commands.append([str(bin_ / "oxigraph"), "serve-read-only", "-l", str(folder / "ox"), "-b", "127.0.0.1:17001"])
        commands.append([str(bin_ / "rdflib-endpoint"), "serve", str(folder / "few.nt"), "--port", "17002",
                         "--host", "127.0.0.1"])  # fmt: skip
        ends |= {"oxigraph": ("http://127.0.0.1:17001", "/query"), "rdflib-endpoint": ("http://127.0.0.1:17002", "/")}
    with ExitStack() as running:
        for command in commands:
            running.enter_context(run_peer(command))
        for _ in range(2):
            for name, (host, path) in ends.items():
                script = folder / "turns.lua"
                script.write_text(TURNS.replace("PATH", path), encoding="utf-8")
                print(f"{name}: one subject {load(f'{host}{path}?query={quote(SMALL)}', seconds)}")
                print(f"{name}: 100,000 subjects {load(host, seconds, script)}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=4, help="of each load by wrk; 0: none")
    parser.add_argument("--peers", type=Path, default=os.environ.get("KG_PEERS"), help="folder of environments")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_triples(folder / "all.nt", options.triples)
        write_triples(folder / "few.nt", 10_000)
        store = ox.Store(folder / "store")
        store.bulk_load(path=folder / "all.nt", format=ox.RdfFormat.N_TRIPLES)
        del store
        begin = time.monotonic()
        with serve("--store", str(folder / "store"), "--timeout", "5", folder=folder) as served:
            assert served.query(SMALL).status == 200
            print(f"from the start to the first answer: {time.monotonic() - begin:.2f} s")
            if shutil.which("wrk") and options.seconds:
                compare(served, folder, Path(options.peers) if options.peers else None, options.seconds)
            alive = bear(served)
            print("the same process answers" if alive else "it has died")
    return 0 if alive else 1


if __name__ == "__main__":
    sys.exit(main())
