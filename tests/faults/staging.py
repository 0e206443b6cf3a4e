"""A stage for `kg`: runs of it in which calls fail, or kill, and what they leave.

`build_shim` compiles `faults.c`. A `Stage` runs commands in forks of a process that has it preloaded; the orders of a
run (`Fault`) lie in a file that the run and all that it starts have mapped.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import mmap
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from terminal import Finished, Loaded, decode, environment

STEPS = "CWNUSM"
"""What changes files: opened to write, written, renamed, removed, synced, made; `O` and `R` open and read."""

LOG = 262144
KILL = -1
PAUSE = -2
HUNG = -99
ALWAYS = 1 << 40
EVERY = int(os.environ.get("KG_FAULTS_EVERY", "1"))
"""Only every n-th point of what the suites try."""
NOON = 1938513600
"""The time of all runs: 2031-06-06, at noon."""


class Orders(ctypes.Structure):
    """`struct orders` of faults.c."""

    _fields_ = (
        ("under", ctypes.c_char * 1024), ("kinds", ctypes.c_char * 32),
        *((name, ctypes.c_int64) for name in ("first", "count", "error", "room", "clock", "shuffle")),
        *((name, ctypes.c_int64) for name in ("calls", "written", "logged", "hit", "resume")),
        ("log", ctypes.c_char * LOG),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong in a run: *count* calls of these *kinds* from the *first* on (0: none) fail with *error*.

    Or they kill (`KILL`), or wait (`PAUSE`) for `Stage.resume`. No more than *room* bytes can be written; folders are
    listed in another order (*shuffle*).
    """

    kinds: str = STEPS
    first: int = 0
    count: int = 1
    error: int = KILL
    room: int = -1
    shuffle: int = 0


@dataclass(frozen=True, kw_only=True)
class Played:
    """A run that ended: what it printed, how many calls counted, how often it was hit, and the *log* of calls."""

    finished: Finished
    calls: int
    hit: int
    written: int
    log: tuple[str, ...]

    @property
    def code(self) -> int:
        return self.finished.code

    @property
    def err(self) -> str:
        return self.finished.err


@functools.cache
def build_shim() -> Path:
    """The shared library, compiled anew for this process, in a folder that goes with it."""
    folder = _keep(tempfile.TemporaryDirectory(prefix="kg-faults-"))
    made = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(made), str(source), "-ldl"], check=True)
    return made


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _keep(folder: tempfile.TemporaryDirectory[str]) -> Path:
    _KEPT.append(folder)
    return Path(folder.name)


class Stage:
    """Runs of `kg` with faults, one after another."""

    def __init__(self) -> None:
        self.folder = _keep(tempfile.TemporaryDirectory(prefix="kg-stage-"))
        self.load()
        self.file = self.folder / "orders"
        self.file.write_bytes(bytes(ctypes.sizeof(Orders)))
        with self.file.open("r+b") as opened:
            self.orders = Orders.from_buffer(mmap.mmap(opened.fileno(), ctypes.sizeof(Orders)))

    def load(self) -> None:
        """Begin the process that runs are forked from."""
        here = Path(__file__).parent
        path = os.pathsep.join([str(here), str(here.parent), environment()["PYTHONPATH"]])
        self.loaded = Loaded(LD_PRELOAD=str(build_shim()), PYTHONPATH=path)

    def order(self, under: Path, fault: Fault) -> None:
        """Say what goes wrong from now on below a folder, and count from nothing."""
        ctypes.memset(ctypes.addressof(self.orders), 0, ctypes.sizeof(Orders))
        self.orders.kinds, self.orders.first, self.orders.count = fault.kinds.encode(), fault.first, fault.count
        self.orders.error, self.orders.room, self.orders.shuffle = fault.error, fault.room, fault.shuffle
        self.orders.clock = NOON
        self.orders.under = os.fsencode(under.resolve())

    def play(
        self, arguments: tuple[str, ...], folder: Path, under: Path, fault: Fault | None = None,
        program: str = "kg.cli:main", **variables: str,
    ) -> Played:  # fmt: skip
        """One run in *folder*; what is *under* a folder counts, and files for a while go to its `tmp/`."""
        fault = fault or Fault()
        (under / "tmp").mkdir(exist_ok=True)
        self.order(under, fault)
        out, err = self.folder / "out", self.folder / "err"
        run = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": environment(TMPDIR=str(under.resolve() / "tmp"), COLUMNS="120", **variables),
            "out": str(out),
            "err": str(err),
            "faults": str(self.file),
            "program": program,
        }
        try:
            code = self.loaded.run(run)
        except TimeoutError:
            code = HUNG
            self.load()
        log = ctypes.string_at(ctypes.addressof(self.orders) + Orders.log.offset, min(self.orders.logged, LOG))
        return Played(
            finished=Finished(code=code, out=decode(out.read_bytes()), err=decode(err.read_bytes())),
            calls=self.orders.calls,
            hit=self.orders.hit,
            written=self.orders.written,
            log=tuple(log.decode("utf-8", "replace").splitlines()),
        )

    def wait_paused(self, running: threading.Thread) -> bool:
        """Wait until the run pauses; whether it does before it ends."""
        while running.is_alive() and not self.orders.hit:
            time.sleep(0.002)
        return bool(self.orders.hit)

    def resume(self) -> None:
        """Let a run that pauses go on."""
        self.orders.resume = 1

    def close(self) -> None:
        """End the process that runs are forked from."""
        with self.loaded.process as process:
            assert process.stdin is not None
            process.stdin.close()


Tree = Mapping[str, bytes | None]
"""All that lies below a folder by its path: the bytes of a file, None for a folder; locks are left out."""


def read_tree(folder: Path) -> Tree:
    """What lies below a folder, but for locks, which stay."""
    found: dict[str, bytes | None] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.endswith("/CURRENT"):
            for inside in [n for n in found if n.startswith(name.removesuffix("CURRENT"))]:
                del found[inside]
            found[name.removesuffix("/CURRENT")] = read_store(path.parent)
        elif found.get(name.rpartition("/")[0]) is not None:
            continue  # a part of a store
        elif path.is_symlink():
            found[name] = b"-> " + os.fsencode(path.readlink())
        elif path.is_dir():
            if path.name != ".kg":  # which any command makes
                found[name] = None
        elif not name.endswith(".kg/lock"):
            found[name] = path.read_bytes()
    return found


def read_store(folder: Path) -> bytes:
    """What a store holds, whichever files it has, by a copy, which opening changes; how it is broken, where it is."""
    import pyoxigraph as ox

    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "store")
        try:
            shutil.copytree(folder, copy)
            return "\n".join(sorted(map(str, ox.Store(copy)))).encode()
        except (OSError, RuntimeError) as error:
            return f"broken: {error}".encode()


def name_tree(tree: Tree) -> str:
    """A digest of a tree, in which the numbers of processes and chance in names do not count."""
    digest = hashlib.sha256()
    for name, raw in sorted((re.sub(r"\.\d+\.new$|(?<=\.kg-map-)\w+", "", name), raw) for name, raw in tree.items()):
        digest.update(f"{name}\0{-1 if raw is None else len(raw)}\0".encode())
        digest.update(raw or b"")
    return digest.hexdigest()


def tell_difference(found: Tree, wanted: Tree) -> str:
    """What differs between two trees, in a line."""
    words = [f"+{name}" for name in found.keys() - wanted.keys()]
    words += [f"-{name}" for name in wanted.keys() - found.keys()]
    words += [f"~{name}" for name in found.keys() & wanted.keys() if found[name] != wanted[name]]
    return " ".join(sorted(words)) or "nothing"


def copy_tree(source: Path, target: Path, leave_out: str | None = None) -> Path:
    """A copy of a folder in place of what is there."""
    shutil.rmtree(target, ignore_errors=True)
    ignore = shutil.ignore_patterns(leave_out) if leave_out else None
    shutil.copytree(source, target, symlinks=True, copy_function=shutil.copyfile, ignore=ignore)
    return target
