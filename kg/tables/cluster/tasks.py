"""What a worker does for one part: look at its rows, write its lines, hand on lines and rows in buckets.

Every task gives the same bytes whenever and wherever it runs, so that Dask may run it again.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.system.files import hash_file
from kg.tables.cluster.bench import Common, Workplace, open_bench
from kg.tables.cluster.jobs import Job, Reads, Shuffle, Side
from kg.tables.cluster.tables import StagedTable
from kg.tables.engine.failure import blame_environment
from kg.tables.engine.macros import quote_name
from kg.tables.output.parts import PARQUET, OutputPart, count_rows, part_name
from kg.tables.output.stream import stream_through
from kg.tables.output.target import compressed
from kg.tables.plan.pattern import Check
from kg.tables.plan.relation import Make, Relation
from kg.tables.plan.value import Condition
from kg.tables.rewrite.facts import IsUnique, Question
from kg.tables.run.check import Wrong, find_wrong
from kg.tables.run.emptycells import count_empty_cells
from kg.tables.sql import (
    name_part,
    write_answers,
    write_bucketed,
    write_buckets,
    write_emptiness,
    write_hashes,
    write_lines_copy,
    write_make,
    write_set,
    write_union,
)
from kg.tables.sql.terms import write_terms

if TYPE_CHECKING:
    import numpy as np

Tables = Mapping[str, StagedTable]


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What is asked of the rows of a table: checks by their places, columns that may be empty, questions."""

    checks: Mapping[int, Check] = field(default_factory=dict, repr=False)
    empty: tuple[Condition, ...] = field(default=(), repr=False)
    questions: tuple[Question, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a part answers; *wrong* has the places of all checks."""

    wrong: tuple[Wrong, ...] = ()
    empty: tuple[int, ...] = ()
    answers: tuple[bool, ...] = ()


@contextmanager
def open_reads(common: Common, tables: Tables, reads: Reads) -> Iterator[Workplace]:
    """A place to work at, where what a job reads is known."""
    with open_bench(common) as bench:
        if reads.part is not None:
            bench.see_part(tables[reads.table], reads.part)
        bench.see_whole([tables[name] for name in reads.beside])
        for make in reads.makes:
            bench.connection.execute(write_make(make))
        yield bench


# -- questions ------------------------------------------------------------------------------------


def ask_part(common: Common, tables: Tables, table: str, part: int, asking: Asking) -> Answers:
    """What is asked of a part, as if it were the table."""
    with open_bench(common) as bench, blame_environment("the data could not be checked"):
        bench.see_part(tables[table], part, table)
        return answer(bench, table, asking)


def answer(bench: Workplace, table: str, asking: Asking) -> Answers:
    """What is asked of a table that is known."""
    places = list(asking.checks)
    wrong = find_wrong(list(asking.checks.values()), bench.connection)
    found = [Wrong(place=places[w.place], count=w.count, row=w.row, value=w.value) for w in wrong]
    empty = count_empty_cells(table, asking.empty, bench.connection) if asking.empty else ()
    answers: tuple[bool, ...] = ()
    if asking.questions:
        [(_, *answered)] = bench.connection.execute(write_answers(table, asking.questions)).fetchall()
        answers = tuple(map(bool, answered))
    return Answers(wrong=tuple(found), empty=empty, answers=answers)


def ask_whole(
    common: Common, tables: Tables, makes: Sequence[Make], asked: Mapping[str, Asking], beside: tuple[str, ...]
) -> dict[str, tuple[int, Answers]]:
    """What is asked of tables that are made of the rows of others, or joined; the number of rows of each."""
    reads = Reads(table="", beside=beside, makes=tuple(makes))
    with open_reads(common, tables, reads) as bench, blame_environment("the data could not be checked"):
        found = {}
        for name, asking in asked.items():
            [(count,)] = bench.connection.execute(write_answers(name, ())).fetchall()
            found[name] = (count, answer(bench, name, asking))
        return found


def is_empty(common: Common, tables: Tables, reads: Reads, relation: Relation) -> bool:
    """Whether a relation over a part of a table has no row."""
    with open_reads(common, tables, reads) as bench, blame_environment("the data could not be checked"):
        [(empty,)] = bench.connection.execute(write_emptiness(relation)).fetchall()
        return bool(empty)


def hash_keys(
    common: Common, tables: Tables, part: int, question: IsUnique, buckets: int
) -> tuple[np.ndarray[Any, Any], ...]:
    """The hashes of the values of some columns in a part, in buckets."""
    import numpy as np

    with open_bench(common) as bench, blame_environment("the data could not be checked"):
        bench.see_part(tables[question.table], part, question.table)
        found = bench.connection.execute(write_hashes(question)).fetchnumpy()["h"]
    hashes = np.sort(np.asarray(found, dtype=np.uint64))
    if buckets == 1:
        return (hashes,)
    return tuple(hashes[hashes % np.uint64(buckets) == number] for number in range(buckets))


def are_unique(*hashes: np.ndarray[Any, Any]) -> bool:
    """Whether no two hashes of a bucket are the same."""
    import numpy as np

    merged = np.sort(np.concatenate(hashes))
    return not bool(np.any(merged[1:] == merged[:-1]))


# -- lines ----------------------------------------------------------------------------------------


def write_job(common: Common, tables: Tables, job: Job) -> OutputPart:
    """The partition of a job; one without lines has no file."""
    assert job.number is not None
    with open_reads(common, tables, job.reads) as bench:
        return write_partition(bench, job.number, write_union(job.ordered))


def make_pieces(common: Common, tables: Tables, job: Job, buckets: int) -> tuple[bytes, ...]:
    """The different lines of a job, in buckets by their hash."""
    with open_reads(common, tables, job.reads) as bench, blame_environment("the quads could not be made"):
        return fetch_buckets(bench, write_bucketed(job.relations, buckets), buckets)


def write_bucket(common: Common, number: int, *pieces: bytes) -> OutputPart:
    """The partition of a bucket: its lines, each once, sorted."""
    with open_bench(common) as bench:
        with blame_environment("the quads could not be made distinct"):
            load_pieces(bench, "pieces", pieces)
        return write_partition(bench, number, write_set("pieces"))


def deal_rows(common: Common, tables: Tables, side: Side, part: int, buckets: int) -> tuple[bytes, ...]:
    """The rows of a part of one table of a join, in buckets by the hash of their keys."""
    with open_bench(common) as bench, blame_environment("the rows could not be dealt out"):
        bench.see_part(tables[side.table], part, side.table)
        return fetch_buckets(bench, write_buckets(side.rows, side.keys, buckets), buckets)


def write_joined(
    common: Common, shuffle: Shuffle, number: int, left: Sequence[bytes], right: Sequence[bytes]
) -> OutputPart:
    """The partition of a bucket of a join."""
    with open_joined(common, shuffle, left, right) as bench:
        job = Job(reads=Reads(table=shuffle.left.table), relations=(shuffle.relation,))
        return write_partition(bench, number, write_union(job.ordered))


def piece_joined(
    common: Common, shuffle: Shuffle, buckets: int, left: Sequence[bytes], right: Sequence[bytes]
) -> tuple[bytes, ...]:
    """The different lines of a bucket of a join, in buckets by their hash."""
    with open_joined(common, shuffle, left, right) as bench, blame_environment("the quads could not be made"):
        return fetch_buckets(bench, write_bucketed((shuffle.relation,), buckets), buckets)


@contextmanager
def open_joined(common: Common, shuffle: Shuffle, left: Sequence[bytes], right: Sequence[bytes]) -> Iterator[Workplace]:
    """A place to work at, where the rows of a bucket of both tables are known."""
    with open_bench(common) as bench:
        with blame_environment("the rows could not be joined"):
            load_pieces(bench, name_part(shuffle.left.table, 0), left)
            load_pieces(bench, shuffle.right.table, right)
        yield bench


# -- pieces ---------------------------------------------------------------------------------------


def fetch_buckets(bench: Workplace, sql: str, buckets: int) -> tuple[bytes, ...]:
    """The rows of a query whose column `kg_bucket` tells the bucket, in which order they come; packed."""
    table: Any = bench.connection.sql(sql).to_arrow_table()
    numbers = table.column("kg_bucket").to_numpy()
    table = table.drop_columns(["kg_bucket"])
    begins = numbers.searchsorted(range(buckets + 1))
    return tuple(pack_rows(table.slice(a, b - a)) for a, b in pairwise(begins))


def pack_rows(table: Any) -> bytes:
    """Rows as a packed stream of Arrow."""
    import pyarrow as pa

    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(out, table.schema, options=options) as writer:
        writer.write_table(table.combine_chunks(), max_chunksize=100_000)
    return out.getvalue()


def load_pieces(bench: Workplace, name: str, pieces: Sequence[bytes]) -> None:
    """The rows of pieces as a table, which the database may put on its disk."""
    import pyarrow as pa

    for number, piece in enumerate(pieces):
        bench.connection.register("kg_incoming", pa.ipc.open_stream(piece))
        begin = f"CREATE TEMP TABLE {quote_name(name)} AS" if number == 0 else f"INSERT INTO {quote_name(name)}"
        bench.connection.execute(f"{begin} SELECT * FROM kg_incoming")
        bench.connection.unregister("kg_incoming")


def take_piece(pieces: Sequence[Any], number: int) -> Any:
    """One of several pieces: what is moved to the worker that needs it."""
    return pieces[number]


# -- partitions -----------------------------------------------------------------------------------


def write_partition(bench: Workplace, number: int, lines: str) -> OutputPart:
    """A partition on the storage, of the lines `l` that a query gives. N-Quads are packed while they are made."""
    name = part_name(number, bench.form)
    made = bench.scratch / name
    if bench.form == PARQUET:
        run_copy(bench, write_terms(lines, made))
        triples = count_rows(made)
    else:
        triples = stream_through(
            bench.scratch / "pipe",
            lambda pipe: run_copy(bench, write_lines_copy(lines, pipe)),
            lambda blocks: pack_blocks(blocks, made),
        )
    size, digest = made.stat().st_size, hash_file(made)
    if triples:
        with blame_environment("the quads could not be written"):
            bench.put(made, name, output=True)
    return OutputPart(name=name, triples=triples, bytes=size, sha256=digest)


def run_copy(bench: Workplace, sql: str) -> None:
    """Write lines. Raises KgError where memory or disk fail."""
    with blame_environment("the quads could not be written"):
        bench.connection.execute(sql)


def pack_blocks(blocks: Iterator[memoryview], made: Path) -> int:
    """Blocks of lines as a packed file; returns the number of lines."""
    count = 0
    with compressed(made, "zstd") as out:
        for block in blocks:
            out.write(block)
            count += bytes(block).count(b"\n")
    return count
