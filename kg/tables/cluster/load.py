"""The parts of a folder → a store on disk, as the manifest says they are.

The loader of the store gives blank nodes new names in each of its calls. So lines without blank nodes are loaded part
by part, several at a time, and all lines with blank nodes together in the end.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Any

from kg.system.files import write_text
from kg.tables.cluster.manifest import check_part, digest_manifest, read_manifest
from kg.tables.engine.connection import Connection
from kg.tables.engine.failure import blame_environment
from kg.tables.folders.storage import Storage
from kg.tables.output.parts import PARQUET, OutputPart, replace_folder, restore_folder
from kg.tables.project.loading import MARKED, MARKER, StoreBlame, load_lines, open_store, refuse_foreign_store
from kg.tables.sql import LINES
from kg.tables.sql.terms import write_quads

if TYPE_CHECKING:
    import pyoxigraph as ox

BLOCK = 1 << 20


def load_store(storage: Storage, folder: Path, *, jobs: int = 2, resume: bool = False) -> int:
    """The parts into a new store on disk, in the place of an earlier one; whole or not at all. Returns their quads.

    With *resume* a run that ends early leaves what it has loaded in `.kg-loading-NAME` beside *folder*, and the next
    one goes on there, if the manifest is the same. Raises KgError for parts that are not what the manifest says.
    """
    restore_folder(folder)
    refuse_foreign_store(folder)
    work = folder.resolve().with_name(f".kg-loading-{folder.name}")
    parts = read_manifest(storage)["parts"]
    loading = Loading(storage=storage, work=work, digest=digest_manifest(storage))
    with StoreBlame("the store could not be written"):
        loading.begin(resume=resume)
    try:
        with StoreBlame("the store could not be written"):
            loading.load(parts, jobs)
            (loading.made / MARKER).write_text(MARKED, encoding="utf-8")
        replace_folder(loading.made, folder)
    except BaseException:
        if not resume:
            shutil.rmtree(work, ignore_errors=True)
        raise
    shutil.rmtree(work, ignore_errors=True)
    return sum(part.triples for part in parts)


@dataclass(kw_only=True)
class Loading:
    """A store on its way in the folder *work*: which parts are in it, and the lines with blank nodes of these."""

    storage: Storage
    work: Path
    digest: str
    done: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def made(self) -> Path:
        return self.work / "store"

    def begin(self, *, resume: bool) -> None:
        """Take up what an earlier run of the same parts has left, or begin anew."""
        try:
            known = json.loads((self.work / "loaded.json").read_text(encoding="utf-8"))
            self.done = list(known["parts"]) if resume and known["digest"] == self.digest else []
        except (OSError, ValueError, TypeError, KeyError):
            self.done = []
        if not self.done:
            shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True, exist_ok=True)

    def note(self, names: list[str]) -> None:
        """Keep which parts are loaded."""
        write_text(self.work / "loaded.json", json.dumps({"digest": self.digest, "parts": names}) + "\n")

    def load(self, parts: list[OutputPart], jobs: int) -> None:
        """All parts that are not there yet, and then the lines with blank nodes of all."""
        store = open_store(self.made)

        def load_one(part: OutputPart) -> None:
            self.load_part(store, part)
            with self.lock:
                self.done.append(part.name)
                self.note(self.done)

        waiting = [part for part in parts if part.name not in self.done]
        with ThreadPoolExecutor(jobs) as pool:
            for _ in pool.map(load_one, waiting):
                pass
        blank = self.work / "blank.nq"
        with blank.open("wb") as out:
            for part in parts:
                with self.place_blank(part).open("rb") as lines:
                    shutil.copyfileobj(lines, out, BLOCK)
        self.note([])  # one that ends from here on begins anew: what is loaded twice has two names
        if blank.stat().st_size:
            load_lines(store, blank)
        store.flush()

    def place_blank(self, part: OutputPart) -> Path:
        """The file of a part's lines with blank nodes."""
        return self.work / f"{part.name}.blank"

    def load_part(self, store: ox.Store, part: OutputPart) -> None:
        """The lines of a part without blank nodes into the store, the others into a file."""
        check_part(self.storage, part)
        with open_lines(self.storage, part, self.work) as lines, self.place_blank(part).open("wb") as blank:
            load_lines(store, io.BufferedReader(GroundLines(lines, blank), BLOCK))


class GroundLines(io.RawIOBase):
    """The lines of a stream that hold no blank node; others are written into *blank*, and perhaps a few more."""

    def __init__(self, lines: IO[bytes], blank: IO[bytes]) -> None:
        super().__init__()
        self.lines, self.blank = lines, blank
        self.rest, self.ready, self.ended = b"", memoryview(b""), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.ready and not self.ended:
            self.fill()
        count = min(len(buffer), len(self.ready))
        buffer[:count] = self.ready[:count]
        self.ready = self.ready[count:]
        return count

    def fill(self) -> None:
        """Read some whole lines, and take those apart that hold what may be a blank node."""
        block = self.lines.read(BLOCK)
        self.ended = not block
        whole, end, rest = (self.rest + block).rpartition(b"\n") if block else (self.rest, b"", b"")
        self.rest = rest
        data = whole + end
        if b"_:" in data:
            each = data.splitlines(keepends=True)
            self.blank.writelines(line for line in each if b"_:" in line)
            data = b"".join(line for line in each if b"_:" not in line)
        self.ready = memoryview(data)


@contextmanager
def open_lines(storage: Storage, part: OutputPart, scratch: Path) -> Iterator[IO[bytes]]:
    """The quads of a part, of whatever format, as lines of N-Quads; *scratch* is a folder for what is unpacked.

    Raises OSError or KgError where it cannot be read.
    """
    with ExitStack() as stack:
        if part.name.endswith(f".{PARQUET}"):
            packed = stack.enter_context(storage.fetch(part.name, scratch))
            made = scratch / f"{part.name}.nq"
            stack.callback(made.unlink, missing_ok=True)
            unpack_parquet(packed, made)
            yield stack.enter_context(made.open("rb"))
            return
        stream: Any = stack.enter_context(storage.open(part.name))
        if part.name.endswith(".zst"):
            import zstandard

            stream = stack.enter_context(zstandard.ZstdDecompressor().stream_reader(stream))
        elif part.name.endswith(".gz"):
            stream = stack.enter_context(gzip.GzipFile(fileobj=stream))
        yield stream


def unpack_parquet(packed: Path, made: Path) -> None:
    """The quads of a file of Parquet as lines of N-Quads."""
    with Connection() as connection, blame_environment(f"`{packed.name}` could not be read"):
        connection.execute(write_quads(packed, made, LINES))
