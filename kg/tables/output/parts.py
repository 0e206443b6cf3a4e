"""The quads as a folder of files: `part-00000.nq` ..., `manifest.json`, and `_SUCCESS` when all is there.

The folder is made beside its place and put there in one step, so a folder with parts is always whole.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kg.system.files import exchange_paths, hash_file
from kg.tables.engine.failure import blame_environment
from kg.tables.output.stream import can_stream, stream_lines
from kg.tables.output.target import choose_queries, compressed, make_lines, write_parquet
from kg.tables.rml import DatabaseSource, LogicalSource
from kg.tables.run import Run, write_lines
from kg.tables.sources.dsn import hide_password
from kg.text.diagnostic import UsageError

MANIFEST, SUCCESS = "manifest.json", "_SUCCESS"
ENDINGS = {"gz": "gzip", "zst": "zstd"}
PARQUET = "parquet"
BLOCK = 1 << 20
_OWN = re.compile(r"part-\d+\.(nq|nt)(\.gz|\.zst)?|part-\d+\.parquet|manifest\.json|_SUCCESS")
_UNITS = {"": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KIB": 1024, "MIB": 1024**2, "GIB": 1024**3}


@dataclass(frozen=True, kw_only=True)
class OutputPart:
    """A file of the folder, as the manifest names it. *bytes* and *sha256* are of the file as it lies there."""

    name: str
    triples: int
    bytes: int
    sha256: str


def read_size(text: str) -> int:
    """A number of bytes. Raises UsageError.

    >>> read_size("64MB"), read_size("1.5 GiB")
    (64000000, 1610612736)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?) *([KMG]I?B)?", text.strip().upper())
    if found is None or not (size := int(float(found[1]) * _UNITS[found[2] or ""])):
        raise UsageError(f"`{text}` is no size: write it like `64MB`")
    return size


def refuse_foreign(
    folder: Path, own: re.Pattern[str] = _OWN, sign: str = MANIFEST, unsigned: str = "parts without a manifest"
) -> None:
    """Raise UsageError where *folder* holds anything that an earlier run did not write.

    Its files have names like *own*, and *sign* is among them; *unsigned* says what a folder without it holds.
    """
    if folder.is_dir():
        names = sorted(p.name for p in folder.iterdir())
        foreign = [n for n in names if not own.fullmatch(n)]
        if foreign or (names and sign not in names):
            held = f"`{foreign[0]}`" if foreign else unsigned
            raise UsageError(
                f"the folder `{folder.name}` is left alone: it holds {held}, which is no output of `kg map`"
            )
    elif folder.exists() or folder.is_symlink():
        raise UsageError(f"`{folder.name}` is no folder")


def write_parts(
    run: Run, folder: Path, *, mapping: Path, size: int, syntax: str, order: str, compression: str | None
) -> None:
    """The quads without a target into *folder*, in files of about *size* bytes before *compression*.

    An earlier output in *folder* is replaced. Labels of blank nodes hold across the parts.
    """
    refuse_foreign(folder)
    made = run.scratch / "parts"
    suffix = f"{syntax}.{compression}" if compression else syntax
    queries = choose_queries(run, syntax)
    if syntax == PARQUET:
        write_parquet(run, queries, made, size=size)
        parts = finish_parts(run, made, suffix)
    elif compression == "zst" and order != "sorted" and can_stream():
        made.mkdir()
        parts = stream_lines(run, queries, partial(pack_blocks, folder=made, size=size, suffix=suffix, run=run))
    else:
        if order == "sorted":
            cut_lines(make_lines(run, syntax=syntax, order=order), made, size)
        else:
            write_lines(run, queries, made, size=size)
        parts = finish_parts(run, made, suffix)
    manifest = {
        "made_by": f"kg map {version('kg-claims')}",
        "mapping": {"name": mapping.name, "sha256": hash_file(mapping)},
        "sources": list(describe_sources(run)),
        "base": run.settings.base or run.document.base,
        "format": syntax,
        "order": order,
        "triples": sum(p.triples for p in parts),
        "parts": [asdict(p) for p in parts],
    }
    for path in (
        *made.glob("*.csv"),
        *made.glob("[0-9]*.parquet"),
    ):  # the database writes one that is empty, where there is nothing to write
        path.unlink()
    (made / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (made / SUCCESS).touch()
    replace_folder(made, folder)


def replace_folder(made: Path, folder: Path) -> None:
    """Put a finished folder into its place, in one step where the system can. What was there goes.

    Elsewhere that stands beside meanwhile: see `restore_folder`.
    """
    if folder.exists() and exchange_paths(made, folder):
        shutil.rmtree(made, ignore_errors=True)
        return
    aside = place_aside(folder)
    if folder.exists():
        folder.rename(aside)
    try:
        made.rename(folder)
    except OSError:
        if aside.exists():
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def place_aside(folder: Path) -> Path:
    """Where an earlier output waits while a new one takes its place: not in a run's scratch folder, which goes."""
    return folder.with_name(f".kg-before-{folder.name}")


def restore_folder(folder: Path) -> None:
    """End what a run left that was killed while it replaced *folder*: the earlier output is there again, or goes."""
    aside = place_aside(folder)
    if aside.is_dir() and not folder.exists():
        with blame_environment(f"cannot write `{folder.name}`"):
            aside.rename(folder)
    elif aside.is_dir():
        shutil.rmtree(aside, ignore_errors=True)


def cut_lines(lines: Path, folder: Path, size: int) -> None:
    """A file of lines as files of at least *size* bytes each, but the last; none where there are no lines."""
    folder.mkdir()
    end, number = lines.stat().st_size, 0
    with lines.open("rb") as stream:
        while stream.tell() < end:
            with (folder / str(number)).open("wb") as out:
                left = size
                while left and (block := stream.read(min(left, BLOCK))):
                    out.write(block)
                    left -= len(block)
                out.write(stream.readline())  # the rest of a line, or one more
            number += 1
    lines.unlink()


def pack_blocks(blocks: Iterator[memoryview], *, folder: Path, size: int, suffix: str, run: Run) -> list[OutputPart]:
    """Lines that are just being made as packed parts of at least *size* bytes each, but the last."""
    parts: list[OutputPart] = []
    lines, start = bytes(next(blocks, b"")), 0
    while lines:
        path = folder / part_name(len(parts), suffix)
        triples, left = 0, size
        with compressed(path, ENDINGS[path.suffix[1:]], threads=run.settings.jobs or 2) as out:
            while lines and left:
                end = lines.find(b"\n", start + left - 1) + 1 if left <= len(lines) - start else 0
                stop = end or len(lines)
                out.write(memoryview(lines)[start:stop])
                triples += lines.count(b"\n", start, stop)
                left = 0 if end else max(1, left - (stop - start))
                start = stop
                if start == len(lines):
                    lines, start = bytes(next(blocks, b"")), 0
        parts.append(describe_part(path, triples))
    return parts


def finish_parts(run: Run, folder: Path, suffix: str) -> list[OutputPart]:
    """The files `0.csv`, `1.csv` ... of a folder, or files of Parquet, as parts."""
    run.progress.begin("hashing")
    rough = [p for p in sorted(folder.iterdir(), key=lambda p: int(p.name.partition(".")[0])) if has_quads(p)]
    names = [part_name(number, suffix) for number in range(len(rough))]
    with ThreadPoolExecutor(run.settings.jobs or 2) as pool:  # hashing and packing leave Python alone
        return list(pool.map(finish_part, rough, [folder / name for name in names]))


def part_name(number: int, suffix: str) -> str:
    """The name of the file of a part.

    >>> part_name(3, "nq.zst")
    'part-00003.nq.zst'
    """
    return f"part-{number:05}.{suffix}"


def describe_part(path: Path, triples: int) -> OutputPart:
    """A finished part."""
    return OutputPart(name=path.name, triples=triples, bytes=path.stat().st_size, sha256=hash_file(path))


def has_quads(rough: Path) -> bool:
    """Whether a file that the database wrote holds anything."""
    return bool(count_rows(rough) if rough.suffix == f".{PARQUET}" else rough.stat().st_size)


def count_rows(path: Path) -> int:
    """The rows of a file of Parquet."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def finish_part(rough: Path, wanted: Path) -> OutputPart:
    """A part under its name, packed if its name says so, with its lines counted."""
    if wanted.suffix == f".{PARQUET}":
        rough.rename(wanted)
        return describe_part(wanted, count_rows(wanted))
    kind = ENDINGS.get(wanted.suffix[1:])
    triples = 0
    with rough.open("rb") as stream, compressed(wanted, kind) if kind else nullcontext() as out:
        while block := stream.read(BLOCK):
            triples += block.count(b"\n")
            if out is not None:
                out.write(block)
    if kind:
        rough.unlink()
    else:
        rough.rename(wanted)
    return describe_part(wanted, triples)


def describe_sources(run: Run) -> Iterator[dict[str, Any]]:
    """What was read, each once: files with their digests, addresses of databases without passwords."""
    for name, path in sorted(run.shelf.files.items()):
        yield {"name": name, "bytes": path.stat().st_size, "sha256": hash_file(path)}
    yield from describe_databases(run)


def describe_databases(run: Run) -> Iterator[dict[str, Any]]:
    """The addresses of the databases that were read, without passwords."""
    origins = [s.source for s in run.tables if isinstance(s, LogicalSource)]
    addresses = [run.settings.database_url or o.dsn or "" for o in origins if isinstance(o, DatabaseSource)]
    yield from ({"name": hide_password(a)} for a in dict.fromkeys(addresses))
