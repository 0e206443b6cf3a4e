"""Pieces of files → parts of tables on the storage. What reads them are the readers of one machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg.system.files import hash_file
from kg.tables.cluster.bench import Common, Workplace, open_bench
from kg.tables.cluster.ranges import Login, open_range
from kg.tables.cluster.split import Look, Piece, Quoting, Span, count_quotes, cut_rows, look_at_block
from kg.tables.cluster.tables import StagedPart
from kg.tables.columns import SourceTable, find_steps
from kg.tables.engine.connection import Connection
from kg.tables.engine.failure import blame_environment
from kg.tables.engine.macros import quote_name, quote_text
from kg.tables.folders.storage import is_address, open_place, read_range, size_of
from kg.tables.rml import DatabaseSource, FileSource
from kg.tables.sources.columnar import load_relation, read_parquet_columns, refuse_digits, with_durations
from kg.tables.sources.delimited import RowLines
from kg.tables.sources.files import unpack
from kg.tables.sources.registry import choose_opener
from kg.tables.sources.shelf import SourceRequest
from kg.text.diagnostic import Diagnostic

ROWS = 500_000  # of one part, where a table is not cut by bytes


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A piece of a file to read, for which request; the parts go by *prefix* and a number."""

    request: SourceRequest = field(repr=False)
    origin: FileSource | DatabaseSource = field(repr=False)
    piece: Piece
    prefix: str = ""
    login: Login | None = field(default=None, repr=False)  # of a database
    rows: int = ROWS
    several: bool = False  # one of several files of a source, which a row knows by name


@dataclass(frozen=True, kw_only=True)
class Staged:
    """What came of a reading: parts, and what was told. Without parts the piece could not be read.

    *sum* is that of the rows of a database, where it is needed to see whether they are those of one moment.
    """

    parts: tuple[StagedPart, ...]
    told: tuple[Diagnostic, ...] = field(default=(), repr=False)
    sum: str = ""


# -- tasks ----------------------------------------------------------------------------------------


def count_block(path: str, quoting: Quoting, block: Span) -> int:
    """How many quotes stand in a block of a file."""
    return count_quotes(read_range(path, block.begin, block.end), quoting)


def look_at(path: str, quoting: Quoting, block: Span, inside: bool) -> Look:
    """The line ends outside of quotes in a block of a file."""
    return look_at_block(read_range(path, block.begin, block.end), quoting, inside=inside)


def stage_piece(common: Common, reading: Reading) -> Staged:
    """Read a piece of a file and put its rows on the storage."""
    piece, name, rows_sum = reading.piece, reading.request.name, ""
    with open_bench(common, find_folders(piece)) as bench, blame_environment(f"`{piece.name}` could not be read"):
        if reading.login is not None and piece.keys is not None:
            table, rows_sum = open_range(reading.request, reading.origin, reading.login, piece.keys, bench.shelf)
        elif piece.rows is not None:
            table = open_rows(reading, bench)
        else:
            table = open_piece(reading, bench)
        told = bench.shelf.diagnostics
        if table is None:
            return Staged(parts=(), told=told)
        above = count_lines_above(piece)
        parts = store_table(table, bench.connection, bench.scratch, bench.put, reading.prefix, reading.rows, above)
    if reading.several:
        parts = tuple(replace(part, source=piece.name) for part in parts)
    assert table.name == name
    return Staged(parts=parts, told=told, sum=rows_sum)


def count_lines_above(piece: Piece) -> int:
    """How many lines of the header stand above a piece that does not begin its file: they are no lines of its own."""
    if piece.lines is None or piece.head is None or piece.lines.begin == piece.head.end:
        return 0
    return read_range(piece.path, piece.head.begin, piece.head.end).count(b"\n")


def look_at_files(files: dict[str, str]) -> dict[str, int | None]:
    """The sizes of files, as this process sees them."""
    return {name: size_of(path) for name, path in files.items()}


def find_folders(piece: Piece) -> list[Path]:
    """The folder of a file that is read where it lies."""
    return [] if is_address(piece.path) or piece.keys is not None else [Path(piece.path).resolve().parent]


def copy_piece(piece: Piece, scratch: Path) -> Path:
    """A piece as a file of its own, its head above it; a whole file of this machine is taken where it lies."""
    if piece.lines is None and not is_address(piece.path):
        return Path(piece.path)
    made = scratch / f"piece{Path(piece.name).suffix}" if piece.lines is not None else scratch / Path(piece.path).name
    with made.open("wb") as out, open_place(piece.path) as stream:
        for span in (piece.head, piece.lines):
            if span is not None:
                out.write(read_range(piece.path, span.begin, span.end))
        if piece.lines is None:
            shutil.copyfileobj(stream, out, 1 << 20)
    return made


def open_piece(reading: Reading, bench: Workplace) -> SourceTable | None:
    """The table of a file, or of a range of its lines."""
    piece, origin = reading.piece, reading.origin
    assert isinstance(origin, FileSource)
    path = copy_piece(piece, bench.scratch)
    ready = path if piece.lines is not None else unpack(origin, path, bench.shelf)
    if ready is None:
        return None
    return choose_opener(reading.request.source, ready)(reading.request, origin, ready, bench.shelf)


def open_rows(reading: Reading, bench: Workplace) -> SourceTable | None:
    """The table of a range of rows of a Parquet file."""
    piece, rows = reading.piece, reading.piece.rows
    assert rows is not None
    if is_address(piece.path):
        path = fetch_groups(piece, bench.scratch)
        relation = with_durations(f"read_parquet({quote_text(str(path))})", path, bench.shelf)
    else:
        path = Path(piece.path)
        relation = (
            f"(SELECT * EXCLUDE (file_row_number) FROM read_parquet({quote_text(str(path))}, file_row_number=true)"
            f" WHERE file_row_number >= {rows.begin} AND file_row_number < {rows.end})"
        )
        relation = with_durations(relation, path, bench.shelf)
    columns = read_parquet_columns(path, bench.shelf)
    groups = None if is_address(piece.path) or piece.groups is None else range(piece.groups.begin, piece.groups.end)
    if refuse_digits(reading.request, piece.name, path, columns, bench.shelf, groups=groups):
        return None
    return load_relation(reading.request, relation, [c.name for c in columns], piece.name, bench.shelf)


def fetch_groups(piece: Piece, scratch: Path) -> Path:
    """Some row groups of a Parquet file on a storage, as a file of this machine: no other byte is fetched."""
    import pyarrow.parquet as pq

    assert piece.groups is not None
    made = scratch / Path(piece.path).name
    with open_place(piece.path) as stream:
        file = pq.ParquetFile(stream)
        with pq.ParquetWriter(made, file.schema_arrow, compression="zstd") as out:
            for number in range(piece.groups.begin, piece.groups.end):
                out.write_table(file.read_row_group(number))
    return made


# -- tables → parts -------------------------------------------------------------------------------


def store_table(
    table: SourceTable,
    connection: Connection,
    scratch: Path,
    put: Callable[[Path, str], None],
    prefix: str,
    most: int,
    above: int = 0,
) -> tuple[StagedPart, ...]:
    """The rows of a table as files of Parquet, *most* rows each, in their order, which *put* puts on the storage.

    So many lines *above* are no lines of the table's own.
    """
    [(count,)] = connection.execute(f"SELECT count(*) FROM {quote_name(table.name)}").fetchall()
    spans = cut_rows(count, most)
    lines = None if table.placed is not None else find_lines(table, count, above)
    parts = []
    for number, span in enumerate(spans):
        made, name = scratch / f"part-{number}.parquet", f"{prefix}-{number:05}.parquet"
        where = "" if len(spans) == 1 else f" WHERE rowid >= {span.begin} AND rowid < {span.end}"
        connection.execute(
            f"COPY (SELECT * FROM {quote_name(table.name)}{where}) TO {quote_text(str(made))}"
            " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
        size, digest = made.stat().st_size, hash_file(made)
        put(made, name)
        height, steps = span.length, None
        if lines is not None:
            first, behind = lines[span.begin] if span.begin else above + 1, lines[span.end]
            height, steps = behind - first, find_steps(line - first for line in lines[span.begin : span.end])
        own = replace(table, lines=None)  # the file is not where others could look at it
        part = StagedPart(file=name, rows=span.length, size=size, sha256=digest, table=own, height=height, lines=steps)
        parts.append(part)
    return tuple(parts)


def find_lines(table: SourceTable, count: int, above: int) -> Sequence[int] | None:
    """The line in which each row begins, and the one behind the last; None where they stand one below the other."""
    found, first = table.lines, table.first_row or 1
    if isinstance(found, RowLines):
        return [*found.begins, found.height + 1] if found.are_known else None
    return range(first, first + count + 1) if above and first > above + 1 else None
