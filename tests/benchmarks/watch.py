"""How long `kg serve` takes from its start to the first answer, and from a saved file to the new page.

    python tests/benchmarks/watch.py [CLAIMS ...] [--rounds N]

It serves a copy of this repository's graph, and of made-up projects of so many CLAIMS (10000), with `--watch`, listens
as an open page does, and saves files: a claim is added to a file of claims, an entity gets another label, and both are
taken back. From a save until the page's address has given a whole page that is another, and the store answers with
what was saved. Prints medians on the clock (the longest in brackets) and the CPU time of all processes of the server.
Leaves with 1 where a median on the clock is over its bound: 1 s to the first answer, 1 s for a change of this
repository's graph, 3 s for one of 10,000 claims.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

sys.path[:0] = [str(Path(__file__).parents[1])]

from curation import make_project  # noqa: E402
from serving import ROOT, Served, serve  # noqa: E402

BOUNDS = {"own": (1.0, 1.0), "10000": (None, 3.0)}  # seconds to the first answer, and for a change
_TICK = os.sysconf("SC_CLK_TCK")
_CLAIM = re.compile(r"^    [\w-]+: \{s: ([\w-]+), p: describedAs, o: .*mode: opinion.*\}$", re.MULTILINE)
_LABEL = re.compile(r"label: \{en: ([^,{}]+)")


@dataclass
class Times:
    """What was measured of one project."""

    starts: list[float] = field(default_factory=list)
    changes: dict[str, list[tuple[float, float]]] = field(default_factory=dict)  # on the clock, and of CPU


def measure_cpu(served: Served) -> float:
    """Seconds of CPU of a server and of all its processes, with those that have ended."""
    total = 0
    for pid in (served.process.pid, *served.children()):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        total += sum(int(stat[n]) for n in ((11, 12, 13, 14) if pid == served.process.pid else (11, 12)))
    return total / _TICK


def listen(served: Served) -> Iterator[str | None]:
    """The digests of the page, each time that the server tells news."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=300)
    connection.request("GET", "/live")
    for line in connection.getresponse():
        if line.startswith(b"data: "):
            news = json.loads(line.removeprefix(b"data: "))
            assert not news["stale"], news["told"]
            yield news["page"]


def list_edits(folder: Path) -> dict[str, tuple[Path, Callable[[str, int], str], str]]:
    """Ways to change a project: a file, what becomes of its text, and a query whether that is in the graph."""

    def find(part: str, wanted: re.Pattern[str]) -> Path:
        return next(one for one in sorted((folder / part).glob("*.yaml")) if wanted.search(one.read_text("utf-8")))

    def add_claim(text: str, number: int) -> str:
        found = _CLAIM.search(text)
        assert found is not None
        said = f"{{s: {found[1]}, p: describedAs, o: watched {number}, mode: opinion, by: source}}"
        return f"{text[: found.end()]}\n    watched-{number}: {said}{text[found.end() :]}"

    def change_label(text: str, number: int) -> str:
        return _LABEL.sub(rf"label: {{en: \1 watched {number}", text, count=1)

    holds = "ASK {{ ?s ?p ?o FILTER(CONTAINS(STR(?o), 'watched {}')) }}"
    return {
        "claim": (find("seeds/claims", _CLAIM), add_claim, holds),
        "label": (find("seeds/entities", _LABEL), change_label, holds),
    }


def measure(folder: Path, rounds: int) -> Times:
    """Start a server of a project several times; then change files of it, so many *rounds*."""
    times = Times()
    for _ in range(rounds):
        begun = time.perf_counter()
        with serve(folder=folder) as served:
            assert served.query("SELECT * { ?s ?p ?o } LIMIT 1").status == 200
            times.starts.append(time.perf_counter() - begun)
    with serve("--watch", folder=folder) as served:
        news = listen(served)
        page = next(one for one in news if one is not None)
        for number in range(rounds):
            for name, (file, change, holds) in list_edits(folder).items():
                before = file.read_text("utf-8")
                for what, text, there in (
                    (name, change(before, number), b"true"),
                    (f"{name} taken back", before, b"false"),
                ):
                    cpu, begun = measure_cpu(served), time.perf_counter()
                    file.write_text(text, "utf-8")
                    told = next(news)
                    got = served.ask("GET", "/", accept="text/html")
                    took = time.perf_counter() - begun
                    assert got.status == 200 and f'content="{told}"' in got.text
                    assert told != page or name == "label"  # an overview may not show the thing
                    page = told
                    assert there in served.query(holds.format(number), accept="application/json").body
                    times.changes.setdefault(what, []).append((took, measure_cpu(served) - cpu))
                    time.sleep(0.3)
    return times


def show(name: str, found: list[float], cpu: list[float] | None = None) -> float:
    median = statistics.median(found)
    used = f", {statistics.median(cpu):.2f} s of CPU" if cpu else ""
    print(f"  {name:22} {median:6.2f} s ({max(found):.2f}){used}", flush=True)
    return median


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("claims", nargs="*", type=int, default=[10_000])
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    os.environ.pop("KG_TEXTS", None)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as on any machine after the first call
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("own", *map(str, given.claims)):
            folder = Path(scratch) / name
            if name == "own":
                for part in ("ontology", "seeds"):
                    copytree(ROOT / part, folder / part)
            else:
                make_project(folder, int(name))
            times = measure(folder, given.rounds)
            start, change = BOUNDS.get(name, (None, None))
            print("this repository's graph" if name == "own" else f"{int(name):,} claims")
            good &= show("to the first answer", times.starts) <= (start or 1e9)
            for what, found in times.changes.items():
                clock = show(what, [one for one, _ in found], [used for _, used in found])
                good &= clock <= (change or 1e9)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
