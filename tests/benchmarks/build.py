"""How much CPU time a cold `kg build` and `kg check` of this repository's graph take, as ratios in one run.

    python tests/benchmarks/build.py [ROUNDS]

The yardstick is a process that only imports rdflib and pyvis.network. Rounds alternate between the commands, so
that what else the machine does falls on all of them; the medians are compared. Bounds: build at most 2.4
times the yardstick, check at most 0.65 times. All run from bytecode, as on any machine after the first call.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copytree, ignore_patterns

ROOT = Path(__file__).parents[2]
# Where it is set, kg is compiled anew by every call, and the installed libraries are not.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def time_command(*command: str) -> float:
    """Seconds of CPU (user and system) that a command takes, which must succeed."""
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as folder:
        for part in ("ontology", "seeds"):
            copytree(ROOT / part, Path(folder) / part)
        curated = f"{folder}/curated"  # the same graph without its table, so without DuckDB
        for part in ("ontology", "seeds"):
            copytree(ROOT / part, Path(curated) / part, ignore=ignore_patterns("tables", "countries.*"))
        commands = {
            "imports": (sys.executable, "-c", "import rdflib, pyvis.network"),
            "build": (sys.executable, "-m", "kg", "-C", folder, "build"),
            "check": (sys.executable, "-m", "kg", "-C", folder, "check"),
            "curated build": (sys.executable, "-m", "kg", "-C", curated, "build"),
            "curated check": (sys.executable, "-m", "kg", "-C", curated, "check"),
            "help": (sys.executable, "-m", "kg", "--help"),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for command in commands.values():
            time_command(*command)  # warm the file cache and the bytecode
        for _ in range(rounds):
            for name, command in commands.items():
                times[name].append(time_command(*command))
    medians = {name: statistics.median(found) for name, found in times.items()}
    print(f"{'':13} {'median s':>9} {'min s':>7} {'max s':>7} {'ratio':>6}")
    for name, median in medians.items():
        ratio = median / medians["imports"]
        print(f"{name:13} {median:9.3f} {min(times[name]):7.3f} {max(times[name]):7.3f} {ratio:6.2f}")


if __name__ == "__main__":
    main()
