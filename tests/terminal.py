"""`kg` as its users run it: in a process of its own, with an environment that the test chooses."""

from __future__ import annotations

import functools
import json
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "kg")

LIMIT = 120.0
"""Seconds after which a run has hung."""

BORN_WITH = ("PYTHON", "LC_", "LANG", "TZ", "LD_")
"""How the names of variables begin that only a new interpreter reads."""


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


def run_kg(*arguments: str, folder: Path, stdin: bytes = b"", **variables: str) -> Finished:
    """Run `kg` with *arguments* in *folder*, in a fork of a process that has loaded it (a new one where that shows)."""
    if not hasattr(os, "fork") or any(name.startswith(BORN_WITH) for name in variables):
        return run_anew(*arguments, folder=folder, stdin=stdin, **variables)
    with tempfile.TemporaryDirectory() as here:
        out, err, given = (Path(here, name) for name in ("out", "err", "in"))
        given.write_bytes(stdin)
        code = _fork(arguments, folder, variables, given=given, out=out, err=err)
        return Finished(code=code, out=decode(out.read_bytes()), err=decode(err.read_bytes()))


def read_all(*arguments: str, folder: Path, **variables: str) -> str:
    """All that `kg` prints with *arguments* in *folder*, stdout and stderr in one, as a terminal shows it."""
    with tempfile.TemporaryDirectory() as here:
        printed = Path(here, "printed")
        _fork(arguments, folder, variables, given=Path(os.devnull), out=printed, err=printed)
        return decode(printed.read_bytes())


def _fork(
    arguments: tuple[str, ...], folder: Path, variables: dict[str, str], *, given: Path, out: Path, err: Path
) -> int:
    run = {"arguments": arguments, "folder": str(folder), "environment": environment(**variables)}
    return loaded().run(run | {"in": str(given), "out": str(out), "err": str(err)})


def run_anew(*arguments: str, folder: Path, stdin: bytes = b"", **variables: str) -> Finished:
    """Run `kg` with *arguments* in *folder*, in a new interpreter."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment(**variables),
        input=stdin,
        capture_output=True,
        timeout=LIMIT,
        check=False,
    )
    return Finished(code=done.returncode, out=decode(done.stdout), err=decode(done.stderr))


def decode(text: bytes) -> str:
    """What a run printed, as text."""
    return text.decode("utf-8", "backslashreplace")


class Loaded:
    """The process of `forked.py`; it ends with this one, whose end closes its stdin."""

    def __init__(self, **variables: str) -> None:
        words = [sys.executable, str(Path(__file__).with_name("forked.py"))]
        self.process = subprocess.Popen(
            words, env=environment(**variables), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, run: Mapping[str, object]) -> int:
        """The exit code of one run, of the keys that `forked.py` names; below zero the signal that ended it."""
        line = json.dumps(run)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(line, file=self.process.stdin, flush=True)
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.process.stdout, selectors.EVENT_READ)
            if not waiting.select(LIMIT):
                with self.process:
                    self.process.kill()
                if self is loaded():
                    loaded.cache_clear()
                raise TimeoutError(f"kg still ran after {LIMIT} s: {line}")
        return int(self.process.stdout.readline())


@functools.cache
def loaded() -> Loaded:
    """The process that all tests of this one share, begun at the first run."""
    return Loaded()
