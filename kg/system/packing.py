"""Outputs that are packed because their names say so: `graph.ttl.gz`, whatever command writes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from kg.system.packages import name_missing_package
from kg.text.diagnostic import UsageError

PACKED = {".gz": "gzip", ".svgz": "gzip", ".zst": "zstd"}
NOT_PACKED = frozenset(
    {".7z", ".br", ".bz2", ".lz4", ".lzma", ".rar", ".tar", ".tbz2", ".tgz", ".txz", ".xz", ".z", ".zip"}
)
LEVEL = 6  # of gzip, which is its own default


def find_packing(path: Path) -> str | None:
    """How the name of an output says that it is packed: `gzip`, `zstd`, or not at all.

    Raises UsageError for a name that promises what is not written.

    >>> find_packing(Path("graph.nq.gz")), find_packing(Path("graph.nq.zst")), find_packing(Path("graph.nq"))
    ('gzip', 'zstd', None)
    """
    inner, ending = Path(path.stem).suffix.lower(), path.suffix.lower()
    told = inner if ending in PACKED and inner in NOT_PACKED else ending
    if told in NOT_PACKED:
        raise UsageError(f"`{path}` would be no `{told}`: outputs are packed as `.gz` or `.zst`, by their names")
    return PACKED.get(ending)


@contextmanager
def open_packed(path: Path, kind: str, threads: int) -> Iterator[IO[bytes]]:
    """A file to write into, packed as `gzip` or `zstd`; the latter by as many *threads* beside this one.

    The same bytes give the same file: there is no clock and no name in it.
    """
    if kind == "zstd":
        import zstandard

        with zstandard.open(path, "wb", cctx=zstandard.ZstdCompressor(threads=threads)) as out:
            yield out
        return
    import gzip

    with path.open("wb") as raw, gzip.GzipFile("", "wb", LEVEL, cast(Any, raw), mtime=0) as packed:
        yield cast(IO[bytes], packed)


def pack_bytes(raw: bytes, kind: str, path: Path) -> bytes:
    """Bytes packed as `gzip` or `zstd`, for the output *path*."""
    if kind == "zstd":
        with name_missing_package(f"`{path.name}`"):
            import zstandard

            return zstandard.ZstdCompressor().compress(raw)
    import gzip

    return gzip.compress(raw, LEVEL, mtime=0)
