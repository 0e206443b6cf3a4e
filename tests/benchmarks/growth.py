"""What projects of 1,000, 10,000 and 100,000 claims cost, beside loading the same YAML with PyYAML's C loader.

    python tests/benchmarks/growth.py [CLAIMS ...] [--only COMMAND ...]

Each command runs once in a process of its own over a project that `curation.py` makes; what is counted is its CPU time
(user and system) and its peak memory, so that other work on the machine does not count. `safe_load` is a process that
loads all YAML files of the project with `yaml.load(..., Loader=yaml.CSafeLoader)`. Leaves with 1 where a bound of
README.md (beside this file) is not met.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curation import make_project

SIZES = (1_000, 10_000, 100_000)
LOAD = """
import sys, yaml
from pathlib import Path
for path in sorted(Path(sys.argv[1], "seeds").rglob("*.yaml")):
    yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
"""
KG = (sys.executable, "-m", "kg", "-C", "FOLDER")
COMMANDS = {
    "safe_load": (sys.executable, "-c", LOAD, "FOLDER"),
    "check": (*KG, "check"),
    "disputes": (*KG, "disputes"),
    "show": (*KG, "show", "car-3-0"),
    "build": (*KG, "build"),
}
GROWTH = 11  # times, for ten times the claims: check and build, from 10,000 to 100,000
AT_MOST = {"check": (6, 0.8), "build": (30, 2.0)}  # times the CPU of safe_load, and GB, at 100,000 claims
SECONDS_ABOVE_CHECK = 2  # CPU of disputes and show, at 100,000 claims


@dataclass(frozen=True, kw_only=True)
class Cost:
    """CPU seconds (user and system) and peak memory (GB) of one run."""

    cpu: float
    memory: float


def measure(command: tuple[str, ...], folder: Path) -> Cost:
    """The cost of a command that must succeed."""
    run = [str(folder) if word == "FOLDER" else word for word in command]
    environment = {name: value for name, value in os.environ.items() if name != "KG_TEXTS"}
    with subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, run)
    return Cost(cpu=usage.ru_utime + usage.ru_stime, memory=usage.ru_maxrss / 1e6)


def find_broken(costs: dict[str, dict[int, Cost]]) -> Iterator[str]:
    """The bounds that are not met, of those for which enough was measured."""
    last, before = 100_000, 10_000
    for name, (times, memory) in AT_MOST.items():
        found = costs.get(name, {})
        if last in found and before in found and found[last].cpu > GROWTH * found[before].cpu:
            yield f"{name} grows {found[last].cpu / found[before].cpu:.1f} times, not {GROWTH}"
        if last in found and found[last].cpu > times * costs["safe_load"][last].cpu:
            yield f"{name} takes {found[last].cpu / costs['safe_load'][last].cpu:.1f} times safe_load, not {times}"
        if last in found and found[last].memory > memory:
            yield f"{name} takes {found[last].memory:.2f} GB, not {memory}"
    for name in ("disputes", "show"):
        if last in costs.get(name, {}) and last in costs.get("check", {}):
            more = costs[name][last].cpu - costs["check"][last].cpu
            if more > SECONDS_ABOVE_CHECK:
                yield f"{name} takes {more:.1f} s more than check, not {SECONDS_ABOVE_CHECK}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="CLAIMS")
    parser.add_argument("--only", nargs="+", choices=[name for name in COMMANDS if name != "safe_load"])
    given = parser.parse_args()
    names = ["safe_load", *(given.only or [name for name in COMMANDS if name != "safe_load"])]
    costs: dict[str, dict[int, Cost]] = {name: {} for name in names}
    print(f"{'claims':>8}  {'':10} {'CPU s':>8} {'x load':>7} {'x before':>9} {'GB':>6}")
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            make_project(Path(folder), size)
            for name in names:
                cost = costs[name][size] = measure(COMMANDS[name], Path(folder))
                before = costs[name].get(size // 10)
                growth = f"{cost.cpu / before.cpu:9.1f}" if before else f"{'':9}"
                ratio = cost.cpu / costs["safe_load"][size].cpu
                print(f"{size:8}  {name:10} {cost.cpu:8.2f} {ratio:7.1f} {growth} {cost.memory:6.2f}", flush=True)
    broken = list(find_broken(costs))
    print("\n".join(broken or ["all bounds that were measured are met"]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
