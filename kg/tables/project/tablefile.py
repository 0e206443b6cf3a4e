"""A table that is no part of the graph: its quads in a compressed file of their own, sorted."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kg.system.files import MadeFile, hash_file
from kg.tables.output.target import sort_lines
from kg.tables.run import Run
from kg.text.diagnostic import KgError

LEVEL = 6  # of gzip: N-Quads shrink to a fortieth
PIECE = 1 << 20  # bytes


@dataclass(frozen=True, kw_only=True)
class TableFile:
    """A table as a file to put into `exports/`; *quads_sha256* is that of the sorted N-Quads inside."""

    file: MadeFile
    count: int
    quads_sha256: str


def make_table_file(name: str, run: Run, write: Callable[[Path], None], work: Path) -> TableFile:
    """`tables/NAME.nq.gz` of the lines that *write* writes, made in *work*. Raises KgError when the disk is full."""
    lines, packed = work / f"{name}.nq", work / f"{name}.nq.gz"
    write(lines)
    sort_lines(run, lines)
    count, digest = 0, sha256()
    try:
        with (
            lines.open("rb") as stream,
            packed.open("wb") as out,
            # neither a name nor a time in the header: the same quads give the same bytes
            gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=LEVEL, mtime=0) as pack,
        ):
            while piece := stream.read(PIECE):
                count += piece.count(b"\n")
                digest.update(piece)
                pack.write(piece)
        lines.unlink()
    except OSError as error:
        raise KgError(f"cannot write tables/{packed.name}: {error.strerror or error}") from error
    file = MadeFile(name=f"tables/{packed.name}", path=packed, sha256=hash_file(packed))
    return TableFile(file=file, count=count, quads_sha256=digest.hexdigest())
