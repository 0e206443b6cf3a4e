"""Queries → jobs: what each part of a table gives by itself, what needs a look at other parts, and how rows meet.

A line that no other row can give (`Query.keyed`) is written where its part is read. All other lines are made distinct
in buckets by their hash; equal lines come into one bucket, whatever part they are of. The rows of a join meet in one
of two ways: the smaller table is read by every task (broadcast), or both are dealt out by the hash of their keys
(shuffle) where that table is great.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from kg.tables.cluster.split import count_buckets
from kg.tables.cluster.tables import StagedTable
from kg.tables.plan.pattern import QuadPattern
from kg.tables.plan.relation import (
    Distinct,
    Extend,
    Filter,
    First,
    Join,
    Make,
    Named,
    Project,
    Relation,
    Scan,
    Sort,
    Union,
    Unnest,
)
from kg.tables.plan.value import Column, Text, Value, columns_of
from kg.tables.rewrite import Query
from kg.tables.rewrite.lines import LINE

BROADCAST = 32 << 20  # bytes of a table, packed, that every task reads for a join
IN_BUCKET = 64 << 20  # bytes, packed, of the rows of both tables in one bucket of a join
SET_BYTES = 256 << 20  # bytes of lines in one bucket of those made distinct
VALUE = 10  # bytes that a value is taken to have, before it is known


@dataclass(frozen=True, kw_only=True)
class Reads:
    """What a job reads: a *part* of a table (None: the whole), further tables *beside* it, and what is made of them."""

    table: str
    part: int | None = None
    beside: tuple[str, ...] = ()
    makes: tuple[Make, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Job:
    """Lines of some relations. *number* is that of the partition which they make; without one they go into buckets."""

    reads: Reads
    relations: tuple[Relation, ...] = field(repr=False)
    number: int | None = None

    @property
    def ordered(self) -> tuple[Relation, ...]:
        """The relations, with those sorted whose rows come in no order of their own: the same bytes each time."""
        plain = [each for each in self.relations if keeps_order(each)]
        others = tuple(each for each in self.relations if not keeps_order(each))
        return (*plain, Sort(rows=Union(relations=others), by=(LINE,))) if others else tuple(plain)


@dataclass(frozen=True, kw_only=True)
class Side:
    """The rows of one table of a join: the columns that are needed, and the keys that decide their bucket."""

    table: str
    rows: Project = field(repr=False)
    keys: tuple[Value, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Shuffle:
    """A join whose tables are both great: the rows with equal keys meet in one of *buckets*.

    *first* is the number of the first bucket's partition; None where the lines go into buckets in turn.
    """

    left: Side
    right: Side
    relation: Relation = field(repr=False)
    buckets: int
    first: int | None = None


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """All that is to be done: *rows* make partitions, *pieces* and some shuffles give lines for the *buckets*."""

    rows: tuple[Job, ...]
    pieces: tuple[Job, ...]
    shuffles: tuple[Shuffle, ...]
    buckets: int
    first_bucket: int

    @property
    def count(self) -> int:
        """The number of partitions."""
        return self.first_bucket + self.buckets


# -- parts of relations ---------------------------------------------------------------------------


def scan_part(relation: Relation, part: int) -> Relation:
    """A relation over a part of its table: of the one that its rows come of, not of those that these are joined to.

    >>> scan_part(First(rows=Scan(table="s0", alias="t"), count=1), 3)
    First(rows=Scan(table='s0', alias='t', part=3), count=1)
    """
    match relation:
        case Scan():
            return replace(relation, part=part)
        case Join(left=left):
            return replace(relation, left=scan_part(left, part))
        case Union(relations=relations):
            return replace(relation, relations=tuple(scan_part(each, part) for each in relations))
        case Unnest() | Filter() | Extend() | Project() | Distinct() | Sort() | First():
            below: Any = scan_part(relation.rows, part)
            return replace(relation, rows=below)
        case _:
            raise TypeError(relation)


def keeps_order(relation: Relation) -> bool:
    """Whether the rows of a relation come in the order of its table."""
    return not any(isinstance(each, Join | Distinct | Union | Unnest) for each in walk_relation(relation))


def walk_relation(relation: Relation) -> Iterator[Relation]:
    """A relation and all those that it is made of."""
    yield relation
    for each in fields(relation):
        value = getattr(relation, each.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if is_dataclass(inner) and isinstance(inner, Relation):
                yield from walk_relation(inner)


def tables_beside(relations: Iterable[Relation]) -> tuple[str, ...]:
    """The tables that are read whole."""
    scans = (each for relation in relations for each in walk_relation(relation))
    return tuple(dict.fromkeys(s.table for s in scans if isinstance(s, Scan) and s.part is None))


# -- queries → jobs -------------------------------------------------------------------------------


def plan_jobs(
    queries: Sequence[Query],
    staged: Mapping[str, StagedTable],
    makes: Sequence[Make],
    plan: Callable[[Sequence[QuadPattern]], Sequence[Query]],
) -> Jobs:
    """The jobs of the queries of a mapping.

    *plan* gives the queries of some patterns by themselves. Patterns over rows that are *made* of several rows
    (collections, quoted triples of joined rows) cannot be cut: they are one job.
    """
    keyed = [q for q in queries if q.keyed]
    others = [p for q in queries if not q.keyed for p in q.patterns]
    rows, shuffles, whole = plan_keyed(keyed, staged, plan)
    pieces, joined, undivided, size = plan_set(others, staged, plan)
    jobs: list[Job] = []
    for (table, part), relations in rows.items():
        reads = Reads(table=table, part=part, beside=tables_beside(relations))
        jobs.append(Job(reads=reads, relations=tuple(relations)))
    if whole:
        jobs.append(Job(reads=read_all(staged, makes), relations=tuple(whole)))
    number = 0
    numbered = []
    for job in jobs:
        numbered.append(replace(job, number=number))
        number += 1
    placed = []
    for shuffle in shuffles:
        placed.append(replace(shuffle, first=number))
        number += shuffle.buckets
    if undivided:
        pieces.append(Job(reads=read_all(staged, makes), relations=tuple(undivided)))
    buckets = count_buckets(size, SET_BYTES) if pieces or joined else 0
    return Jobs(
        rows=tuple(numbered), pieces=tuple(pieces), shuffles=(*placed, *joined), buckets=buckets, first_bucket=number
    )


def read_all(staged: Mapping[str, StagedTable], makes: Sequence[Make]) -> Reads:
    """Every table, whole, and what is made of them."""
    return Reads(table="", beside=tuple(staged), makes=tuple(makes))


def plan_keyed(
    queries: Sequence[Query],
    staged: Mapping[str, StagedTable],
    plan: Callable[[Sequence[QuadPattern]], Sequence[Query]],
) -> tuple[dict[tuple[str, int], list[Relation]], list[Shuffle], list[Relation]]:
    """The relations of each part of a table, joins that are shuffled, and what cannot be cut."""
    rows: dict[tuple[str, int], list[Relation]] = {}
    shuffles: list[Shuffle] = []
    whole: list[Relation] = []
    for query in queries:
        if not is_divisible(query.patterns, staged):
            whole.append(query.rows)
            continue
        great = [p for p in query.patterns if needs_shuffle(p, staged)]
        shuffles += [shuffle_join(p, plan([p])[0].rows, staged) for p in great]
        small = [p for p in query.patterns if p not in great]
        relations = [query.rows] if not great else [q.rows for q in plan(small)] if small else []
        table = staged[query.patterns[0].table.name]
        for relation in relations:
            for part in range(len(table.parts)):
                rows.setdefault((table.name, part), []).append(scan_part(relation, part))
    ordered = dict(sorted(rows.items(), key=lambda item: (list(staged).index(item[0][0]), item[0][1])))
    return ordered, shuffles, whole


def plan_set(
    patterns: Sequence[QuadPattern],
    staged: Mapping[str, StagedTable],
    plan: Callable[[Sequence[QuadPattern]], Sequence[Query]],
) -> tuple[list[Job], list[Shuffle], list[Relation], int]:
    """The jobs whose lines are made distinct, and about how many bytes these have."""
    parts: dict[tuple[str, int], list[Relation]] = {}
    shuffles: list[Shuffle] = []
    whole: list[Relation] = []
    size = 0
    for pattern in patterns:
        [query] = plan([pattern])
        if not is_divisible([pattern], staged):
            whole.append(query.rows)
            continue
        table = staged[pattern.table.name]
        size += table.rows * sum(len(p.text) if isinstance(p, Text) else VALUE for p in pattern.parts)
        if needs_shuffle(pattern, staged):
            shuffles.append(shuffle_join(pattern, query.rows, staged))
            continue
        for part in range(len(table.parts)):
            parts.setdefault((table.name, part), []).append(scan_part(query.rows, part))
    jobs = [
        Job(reads=Reads(table=table, part=part, beside=tables_beside(relations)), relations=tuple(relations))
        for (table, part), relations in parts.items()
    ]
    return jobs, shuffles, whole, size


def is_divisible(patterns: Sequence[QuadPattern], staged: Collection[str]) -> bool:
    """Whether the rows of patterns are those of sources, and not made of several rows."""
    return all(table.name in staged for pattern in patterns for table in pattern.tables)


# -- joins ----------------------------------------------------------------------------------------


def needs_shuffle(pattern: QuadPattern, staged: Mapping[str, StagedTable]) -> bool:
    """Whether the table that a pattern is joined to is too great to be read by every task."""
    parent = pattern.parent
    if parent is None or pattern.unfolded:
        return False
    return staged[parent.table.name].size > BROADCAST and len(staged[pattern.table.name].parts) > 1


def shuffle_join(pattern: QuadPattern, relation: Relation, staged: Mapping[str, StagedTable]) -> Shuffle:
    """The join of a pattern, both tables dealt out by their keys."""
    parent = pattern.parent
    assert parent is not None
    left, right = staged[pattern.table.name], staged[parent.table.name]
    used = {*pattern.columns, *columns_of(parent.on), *columns_of(pattern.guards)}
    return Shuffle(
        left=take_side(left, "t", used, tuple(child for child, _ in parent.on)),
        right=take_side(right, "p", used, tuple(other for _, other in parent.on)),
        relation=scan_part(relation, 0),
        buckets=count_buckets(left.size + right.size, IN_BUCKET),
    )


def take_side(staged: StagedTable, alias: str, used: Iterable[Column], keys: tuple[Value, ...]) -> Side:
    """The columns of one table that a join needs."""
    names = sorted({c.name for c in used if c.of == alias} | {"rowid"})
    columns = tuple(Named(name=name, value=Column(of=alias, name=name)) for name in names)
    return Side(table=staged.name, rows=Project(rows=Scan(table=staged.name, alias=alias), columns=columns), keys=keys)


def describe_join(pattern: QuadPattern, staged: Mapping[str, StagedTable]) -> str | None:
    """How the rows of a pattern meet those of its parent, in words; None where it has none."""
    if pattern.parent is None or not is_divisible([pattern], staged):
        return None
    parent = staged[pattern.parent.table.name]
    size = f"{parent.size:,} bytes packed"
    if needs_shuffle(pattern, staged):
        return f"{pattern.table.name} joins {parent.name} ({size}): both are shuffled by their keys"
    return f"{pattern.table.name} joins {parent.name} ({size}): broadcast, every task reads it"
