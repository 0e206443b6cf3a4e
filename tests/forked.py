"""A process that has `kg` and its libraries loaded and forks a child for each run.

A run of `kg` on a small project takes 0.03 s, and loading its libraries before that 0.35 s to 0.9 s (measured by
`python -X importtime -m kg build`). The test command runs `kg` some hundred times, so it loads the libraries once.
A child is a process of its own in every respect: folder, environment, descriptors, exit code.

Run as a program, it reads one run a line from stdin, JSON of `arguments`, `folder`, `environment`, `out` and `err`
(files; `in` is one that it may read), and answers each with its exit code on a line. With `faults` (a file of orders,
see faults/staging.py) the run is a session of its own in which calls fail; with `program` (`MODULE:FUNCTION`) something
else than `kg` is run. With `warm` (a project's folder) alone nothing is run: what is kept of its files is read once,
for all runs.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kg

LIBRARIES = (
    "adbc_driver_sqlite.dbapi", "click._textwrap", "duckdb", "encodings.utf_8_sig", "jsonpath_rfc9535", "lxml.etree",
    "networkx", "numpy", "pyarrow.parquet", "pyoxigraph", "pyvis.network", "rdflib", "sqlite3", "yaml", "zstandard",
)  # fmt: skip


LEFT_OUT = ("kg.agent", "kg.editor")
"""Two servers whose libraries take as long to load as all others together."""


def load_all() -> None:
    """Load every module of `kg` and the libraries that it asks for late, and read once what most projects share."""
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):  # of an extra that is not installed
            importlib.import_module(name)
    for module in pkgutil.walk_packages(kg.__path__, "kg."):
        if not module.name.startswith(LEFT_OUT) and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from kg.build.pipeline import check_project
    from kg.starter import init_project
    from kg.system.project import Project

    with tempfile.TemporaryDirectory() as folder:  # documents and vocabularies are kept
        init_project(Path(folder, "story"), title="A story", base="https://story.example/")
        check_project(Project(Path(folder, "story")))
    check_project(Project(Path(__file__).parents[1]))
    gc.collect()
    gc.freeze()  # else a child's look for garbage copies all of this
    join_pages()


def join_pages() -> None:
    """Lay the memory of this process into large pages, where Linux (6.1) can: a fork copies the list of all pages.

    `kg --version` takes 18 ms of CPU in a fork, 24 without this.
    """
    with contextlib.suppress(OSError, AttributeError):
        for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
            span, access, _, _, file, *_ = line.split()
            first, end = (int(place, 16) >> 21 for place in span.split("-"))
            if (access, file) == ("rw-p", "0") and end > first + 1:
                size = (end - first - 1) << 21
                ctypes.CDLL(None).madvise(ctypes.c_void_p((first + 1) << 21), ctypes.c_size_t(size), MADV_COLLAPSE)


MADV_COLLAPSE = 25


def warm(folder: Path) -> None:
    """Read a project's files, of which documents and vocabularies are kept."""
    from kg.build.pipeline import check_files, read_project
    from kg.system.project import Project

    check_files(read_project(Project(folder)))
    gc.collect()
    gc.freeze()


def run_child(run: dict[str, Any]) -> None:
    """Become `kg` with the arguments, folder and environment of *run*, and leave with its exit code."""
    code = 1
    try:
        os.chdir(run["folder"])
        os.environ.clear()
        os.environ.update(run["environment"])
        os.dup2(os.open(run.get("in", os.devnull), os.O_RDONLY), 0)
        for descriptor, name in ((1, run["out"]), (2, run["err"])):
            if descriptor == 2 and name == run["out"]:
                os.dup2(1, 2)
                continue
            file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(file, descriptor)
            os.close(file)
        sys.argv = ["kg", *run["arguments"]]
        tempfile.tempdir = None  # the folder for such of this environment
        module, _, function = run.get("program", "kg.cli:main").partition(":")
        program = getattr(importlib.import_module(module), function)
        if "faults" in run:
            os.setsid()  # a kill ends all that it has started, and nothing else
            ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG: one that hangs ends with its parent
            ctypes.CDLL(None).faults_attach(os.fsencode(run["faults"]))
        program()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # what Python does with it in a process of its own
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def serve_runs(load: Callable[[], None] = load_all) -> None:
    """Fork a child for each line of stdin, one after another, and answer with its exit code; *load* comes first."""
    load()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        run = json.loads(line)
        if "warm" in run:
            warm(Path(run["warm"]))
            print(0, file=answers, flush=True)
            continue
        child = os.fork()
        if child == 0:
            run_child(run)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


if __name__ == "__main__":
    serve_runs()
