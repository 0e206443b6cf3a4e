"""Mappings on workers: what a run costs, and a model that is replayed with measured tasks beside real runs.

    KG_GTFS=DIR python tests/benchmarks/cluster.py measure FEED [--workers 1 2 4] [--part 8MB] [--out tasks.json]
    KG_GTFS=DIR python tests/benchmarks/cluster.py lose FEED [--part 8MB]
    python tests/benchmarks/cluster.py replay tasks.json [--workers 1 2 4 64] [--seed 1] [--stragglers S] [--failures F]
    python tests/benchmarks/cluster.py scale tasks.json

*FEED* holds the files of GTFS-Madrid-Bench and KG_GTFS its mapping `gtfs-csv.rml.ttl`. `measure` maps it once for each
number of workers, and notes each task as Dask's scheduler tells it: its kind, how long it computed, the bytes of its
result. `lose` maps it with two workers, and again with one of them killed at ten points, and compares seconds and
tasks. `replay` gives the tasks of the run with one worker to as many workers as wanted, in the same phases, each to
the one that is free first; *stragglers* is the share of tasks that take five times as long, *failures* how often in an
hour a worker is lost, whose task is then begun again. `scale` says what a thousand times as many quads would need.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import Any

from kg.tables.cluster.connect import Cluster, ClusterChoice
from kg.tables.cluster.manifest import read_manifest
from kg.tables.cluster.progress import ClusterProgress
from kg.tables.cluster.run import map_on_cluster
from kg.tables.cluster.work import Wanted
from kg.tables.folders.storage import Storage
from kg.tables.output.parts import read_size
from kg.tables.read.mapping import read_any_mapping, read_mapping_text
from kg.tables.run import Settings

# the kinds of tasks in the order of the phases; those of one phase wait for no other of it
PHASES = (
    ("count",),
    ("look",),
    ("stage",),
    ("ask",),
    ("hash",),
    ("unique",),
    ("empty",),
    ("write",),
    ("lines",),
    ("distinct",),
)
SLOW = 5  # times as long as others a straggler takes
PER_TASK = 0.002  # seconds of the scheduler for each task
CORES = os.cpu_count() or 1


@dataclass(kw_only=True)
class Watching(ClusterProgress):
    """Takes the scheduler's notes of all tasks when the last part is written."""

    client: Any = None
    notes: list[dict[str, Any]] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0

    def watch(self, cluster: Cluster) -> None:
        self.client = cluster.client
        self.client.get_task_stream()
        self.began = time.time()

    def advance(self, *, rows: int = 0, quads: int = 0) -> None:
        super().advance(rows=rows, quads=quads)
        if self.stage == "writing" and self.done == self.parts:
            self.ended = time.time()
            self.notes = list(self.client.get_task_stream(start=self.began - 1))


@dataclass(kw_only=True)
class Losing(Watching):
    """Kills a worker when so many parts of a stage are done."""

    within: str = ""  # the stage
    share: float = 0.5  # of its parts
    lost: bool = False

    def advance(self, *, rows: int = 0, quads: int = 0) -> None:
        super().advance(rows=rows, quads=quads)
        if not self.lost and self.stage == self.within and self.done >= self.share * self.parts:
            self.lost = True
            os.kill(min(self.client.run(os.getpid).values()), signal.SIGKILL)


def measure(feed: Path, mapping: Path, workers: Sequence[int], part: int) -> dict[str, Any]:
    """A run for each number of workers: seconds, CPU seconds of all processes, tasks, quads and bytes."""
    runs = []
    for count in workers:
        runs.append(map_once(feed, mapping, count, part, Watching()))
        print(describe_run(runs[-1]), flush=True)
    return {"cores": CORES, "runs": runs}


def lose(feed: Path, mapping: Path, part: int) -> None:
    """What a worker costs that is killed, at points of the whole run; the parts are the same each time."""
    plain = map_once(feed, mapping, 2, part, Watching())
    print(f"undisturbed: {plain['seconds']:.1f} s, {len(plain['tasks'])} tasks of {busy(plain):.1f} s", flush=True)
    points = [(stage, share) for stage in ("reading", "checking") for share in (0.3, 0.7)]
    points += [("writing", share) for share in (0.1, 0.3, 0.5, 0.7, 0.9, 0.98)]
    for stage, share in points:
        run = map_once(feed, mapping, 2, part, Losing(within=stage, share=share))
        assert run["parts"] == plain["parts"]
        print(
            f"killed at {share:.0%} of {stage}: {run['seconds'] / plain['seconds']:.2f} times the seconds,"
            f" {len(run['tasks']) / len(plain['tasks']):.2f} times the tasks,"
            f" {busy(run) / busy(plain):.2f} times their seconds",
            flush=True,
        )


def busy(run: dict[str, Any]) -> float:
    """The seconds of all tasks of a run."""
    return float(sum(task["seconds"] for task in run["tasks"]))


def map_once(feed: Path, mapping: Path, workers: int, part: int, progress: Watching) -> dict[str, Any]:
    """One run: seconds, CPU seconds of all processes, tasks, quads and bytes."""
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(place=f"{folder}/out")
        before, begun = cpu_seconds(), time.time()
        run = map_on_cluster(
            read_any_mapping(read_mapping_text(mapping), None),
            Settings(mapping_folder=mapping.parent, data_folder=feed),
            ClusterChoice(workers=workers),
            Wanted(storage=storage, part_size=part),
            mapping=mapping.name,
            progress=progress,
            told=progress.watch,
        )
        assert not run.failed, run.diagnostics
        manifest = read_manifest(storage)
        return {
            "workers": workers, "seconds": progress.ended - progress.began, "whole": time.time() - begun,
            "cpu": cpu_seconds() - before, "quads": manifest["triples"],
            "written": sum(p.bytes for p in manifest["parts"]),
            "read": sum(s["bytes"] for s in manifest["sources"]),
            "parts": [p.sha256 for p in manifest["parts"]],
            "tasks": [t for note in progress.notes if (t := read_task(note)) is not None],
        }  # fmt: skip


def cpu_seconds() -> float:
    """The CPU time of this process and of those that it has waited for."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, kinds))


def read_task(note: dict[str, Any]) -> dict[str, Any] | None:
    """One task as the scheduler noted it."""
    spent = [s for s in note["startstops"] if s["action"] == "compute"]
    if not spent:
        return None
    return {
        "kind": note["key"].split("-")[0],
        "seconds": sum(s["stop"] - s["start"] for s in spent),
        "bytes": note["nbytes"],
    }


def describe_run(run: dict[str, Any]) -> str:
    """A run in one line."""
    million = run["quads"] / 1e6
    moved = sum(t["bytes"] for t in run["tasks"] if t["kind"] in {"hash", "lines", "deal"})
    times = f"{run['seconds']:.1f} s ({run['whole']:.1f} s with their start)"
    return (
        f"{run['workers']} workers: {times}, {len(run['tasks'])} tasks;"
        f" for a million quads: {run['cpu'] / million:.2f} CPU s, {run['read'] / million / 1e6:.1f} MB read,"
        f" {moved / million / 1e6:.2f} MB shuffled, {run['written'] / million / 1e6:.1f} MB written"
    )


def replay(
    tasks: Sequence[dict[str, Any]], workers: int, *, cores: int, seed: int, stragglers: float, failures: float
) -> float:
    """The seconds that tasks take on some workers, phase by phase.

    >>> tasks = [{"kind": "write", "seconds": 1.0, "bytes": 0}] * 4
    >>> round(replay(tasks, 2, cores=2, seed=1, stragglers=0, failures=0), 2)
    2.01
    """
    chance = random.Random(seed)
    slower = max(1.0, workers / cores)  # workers that share a core
    now = 0.0
    for phase in PHASES:
        own = [t["seconds"] for t in tasks if t["kind"] in phase]
        free = [now] * workers
        heapify(free)
        waiting = list(reversed(own))
        while waiting:
            spent = waiting.pop()
            begun = heappop(free)
            length = spent * slower * (SLOW if chance.random() < stragglers else 1)
            lost = chance.expovariate(failures / 3600) if failures else float("inf")
            if lost < length:  # the task is begun again, and its worker as well
                waiting.append(spent)
                heappush(free, begun + lost + 5)
            else:
                heappush(free, begun + length)
        now = max([now, *free]) + PER_TASK * len(own)
    return now


def scale(run: dict[str, Any]) -> str:
    """What more quads need, at the cost of each that was measured."""
    million = run["quads"] / 1e6
    cpu, packed, read = run["cpu"] / million, run["written"] / million, run["read"] / million
    rows = ["| quads | CPU hours | 16 cores | 256 cores | sources | parts, packed |", "|---|--:|--:|--:|--:|--:|"]
    for power in (9, 10, 11):
        count = 10**power / 1e6
        hours = cpu * count / 3600
        rows.append(
            f"| 10^{power} | {hours:.1f} | {hours / 16:.2f} h | {hours / 256:.3f} h | {read * count / 1e9:.0f} GB"
            f" | {packed * count / 1e9:.0f} GB |"
        )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["measure", "lose", "replay", "scale"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--part", default="8MB")
    parser.add_argument("--out", type=Path, default=Path("tasks.json"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stragglers", type=float, default=0.0)
    parser.add_argument("--failures", type=float, default=0.0)
    options = parser.parse_args()
    if options.what in {"measure", "lose"}:
        mapping = Path(os.environ["KG_GTFS"]) / "gtfs-csv.rml.ttl"
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(mapping, folder)
            if options.what == "lose":
                lose(options.path.resolve(), Path(folder) / mapping.name, read_size(options.part))
                return
            found = measure(
                options.path.resolve(), Path(folder) / mapping.name, options.workers, read_size(options.part)
            )
        options.out.write_text(json.dumps(found), encoding="utf-8")
        return
    found = json.loads(options.path.read_text(encoding="utf-8"))
    one = next(run for run in found["runs"] if run["workers"] == 1)
    if options.what == "scale":
        print(scale(one))
        return
    kinds: dict[str, list[float]] = defaultdict(list)
    for task in one["tasks"]:
        kinds[task["kind"]].append(task["seconds"])
    for kind, spent in kinds.items():
        print(f"{kind}: {len(spent)} tasks, {sum(spent):.2f} s, the longest {max(spent):.2f} s")
    real = {run["workers"]: run["seconds"] for run in found["runs"]}
    for count in options.workers:
        cores = found["cores"] if count in real else count
        told = replay(
            one["tasks"],
            count,
            cores=cores,
            seed=options.seed,
            stragglers=options.stragglers,
            failures=options.failures,
        )
        beside = f", measured {real[count]:.1f} s" if count in real else " (a core for each)"
        print(f"{count} workers: {told:.1f} s{beside}")


if __name__ == "__main__":
    main()
