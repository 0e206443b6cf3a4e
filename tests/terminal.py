"""`kg` as its users run it: in a process of its own, with an environment that the test chooses."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "kg")


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What a run left: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without what belongs to `kg`, its code on the path, and *variables*."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH", "")) if p)
    return {**kept, "PYTHONPATH": path, "PYTHONUTF8": "1", **variables}


def run_kg(*arguments: str, folder: Path, **variables: str) -> Finished:
    """Run `kg` with *arguments* in *folder*."""
    done = subprocess.run(
        [*PROGRAM, *arguments], cwd=folder, env=environment(**variables), capture_output=True, timeout=120, check=False
    )
    return Finished(
        code=done.returncode,
        out=done.stdout.decode("utf-8", "backslashreplace"),
        err=done.stderr.decode("utf-8", "backslashreplace"),
    )
