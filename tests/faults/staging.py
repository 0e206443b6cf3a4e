"""A stage for `kg`: runs of it in which calls fail, or kill, and what they leave.

`build_shim` compiles `faults.c`. A `Stage` runs commands in forks of a process that has it preloaded; the orders of a
run (`Fault`) lie in a file that the run and all that it starts have mapped.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import mmap
import os
import re
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
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
TRIES = 20  # a removal takes less than reading a folder
EVERY = int(os.environ.get("KG_FAULTS_EVERY", "1"))
"""Only every n-th point of what the suites try."""
EARNEST = int(os.environ.get("KG_FAULTS_EARNEST", "13"))
"""At every n-th step a run is killed in earnest; at the others, what a kill would leave is taken from one run."""
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

    Or they kill (`KILL`), or wait (`PAUSE`), each for its `Stage.resume`. No more than *room* bytes can be written;
    folders are listed in another order (*shuffle*).
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
    """Runs of `kg` with faults, one after another. What a *warm* project's files say is read before, once."""

    def __init__(self, warm: Path | None = None) -> None:
        self.warm = warm
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
        if self.warm is not None:
            self.loaded.run({"warm": str(self.warm)})

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

    def begin(self, run: Callable[[], object]) -> threading.Thread:
        """Begin a run that pauses, beside what follows."""
        self.orders.hit = 0  # of the run before
        running = threading.Thread(target=run)
        running.start()
        return running

    def wait_paused(self, running: threading.Thread, hit: int = 1) -> bool:
        """Wait until the run pauses for the *hit*th time; whether it does before it ends."""
        while running.is_alive() and self.orders.hit < hit:
            time.sleep(0.001)
        return bool(self.orders.hit >= hit)

    def resume(self, hit: int = 1) -> None:
        """Let a run that pauses for the *hit*th time go on."""
        self.orders.resume = hit

    def pause_everywhere(
        self, arguments: tuple[str, ...], folder: Path, under: Path, program: str, look: Callable[[int], object]
    ) -> Played:
        """One run that pauses at each step, to be looked at."""
        ended: list[Played] = []
        fault = Fault(first=1, count=ALWAYS, error=PAUSE)
        running = self.begin(lambda: ended.append(self.play(arguments, folder, under, fault, program=program)))
        number = 1
        try:
            while self.wait_paused(running, number):
                look(number)
                self.resume(number)
                number += 1
        finally:
            self.resume(ALWAYS)  # where a look fails, the run must not wait for ever
            running.join()
        (played,) = ended
        return played

    def close(self) -> None:
        """End the process that runs are forked from."""
        with self.loaded.process as process:
            assert process.stdin is not None
            process.stdin.close()


Tree = Mapping[str, bytes | None]
"""All that lies below a folder by its path: the bytes of a file, None for a folder; locks are left out."""

Files = Mapping[str, tuple[int, bytes | None]]
"""All that lies below a folder to the letter: its mode, and the bytes of a file, the target of a link or nothing."""


def read_files(folder: Path, like: Files | None = None) -> Files:
    """What lies below a folder, with the contents of stores as files; of equal bytes those of *like* are kept.

    A run of several threads pauses in one of them, while another may be at the removal that was let go before. What
    that takes away in the midst of reading is looked for once more, so that what is read is of one moment.
    """
    for _ in range(TRIES):
        with contextlib.suppress(FileNotFoundError):
            return _read_once(folder, like)
    return _read_once(folder, like)


def _read_once(folder: Path, like: Files | None) -> Files:
    found: dict[str, tuple[int, bytes | None]] = {}
    places = [(str(folder), "")]
    while places:
        place, prefix = places.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                name = prefix + entry.name
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISLNK(mode):
                    found[name] = mode, os.fsencode(Path(entry.path).readlink())
                elif stat.S_ISDIR(mode):
                    found[name] = mode, None
                    places.append((entry.path, f"{name}/"))
                elif not stat.S_ISREG(mode):
                    found[name] = mode, b""  # a pipe, which nobody may ever write into
                else:
                    with Path(entry.path).open("rb", buffering=0) as opened:
                        found[name] = mode, opened.read()
                if like and found[name] == like.get(name):
                    found[name] = like[name]
    return found


def lay_files(folder: Path, files: Files) -> None:
    """Make a folder hold these files and nothing else; what it holds already is left alone."""
    found = read_files(folder) if folder.is_dir() else {}
    for name in sorted(found, reverse=True):
        kind = stat.S_IFMT(found[name][0])
        wanted = files.get(name)
        if wanted is None or stat.S_IFMT(wanted[0]) != kind or (kind == stat.S_IFLNK and wanted != found[name]):
            (folder / name).rmdir() if kind == stat.S_IFDIR else (folder / name).unlink()
            continue
        if wanted[0] != found[name][0]:
            (folder / name).chmod(stat.S_IMODE(wanted[0]))
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(files):
        mode, raw = files[name]
        had = found.get(name, (0, None))
        if stat.S_IFMT(had[0]) == stat.S_IFMT(mode) and had[1] == raw:
            continue
        path = folder / name
        if stat.S_ISLNK(mode):
            path.symlink_to(os.fsdecode(raw or b""))
            continue
        if raw is None:
            path.mkdir()
        elif stat.S_ISFIFO(mode):
            os.mkfifo(path)
        else:
            path.unlink(missing_ok=True)
            path.write_bytes(raw)
        path.chmod(stat.S_IMODE(mode))


def inside(files: Files, folder: str) -> Files:
    """Those of a folder, by their paths in it."""
    return {name.removeprefix(f"{folder}/"): one for name, one in files.items() if name.startswith(f"{folder}/")}


def read_tree(folder: Path) -> Tree:
    """What lies below a folder, but for locks, which stay."""
    return sum_up(read_files(folder))


def sum_up(files: Files) -> Tree:
    """What files are for somebody who reads them: a store is what it holds, and locks do not count."""
    found: dict[str, bytes | None] = {}
    stores = {name.removesuffix("/CURRENT") for name in files if name.endswith("/CURRENT")}
    for name, (mode, raw) in files.items():
        if name in stores:
            found[name] = read_store(frozenset((n, raw) for n, (_, raw) in inside(files, name).items()))
        elif any(name.startswith(f"{store}/") for store in stores):
            continue
        elif stat.S_ISLNK(mode):
            found[name] = b"-> " + (raw or b"")
        elif raw is None:
            if name.rpartition("/")[2] != ".kg":  # which any command makes
                found[name] = None
        elif not name.endswith(".kg/lock"):
            found[name] = raw
    return found


_FOLDER, _FILE = stat.S_IFDIR | 0o755, stat.S_IFREG | 0o644


@functools.lru_cache(maxsize=64)
def read_store(files: frozenset[tuple[str, bytes | None]]) -> bytes:
    """What a store of these files holds, by a copy, which opening changes; how it is broken, where it is."""
    import pyoxigraph as ox

    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "store")
        lay_files(copy, {name: (_FOLDER if raw is None else _FILE, raw) for name, raw in files})
        try:
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
