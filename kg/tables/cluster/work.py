"""`Work`: a run on workers while it goes on; `Wanted`: what it is to make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from kg.tables.cluster.bench import Common
from kg.tables.cluster.connect import Cluster
from kg.tables.cluster.manifest import RUN
from kg.tables.cluster.progress import ClusterProgress
from kg.tables.cluster.tables import StagedTable
from kg.tables.folders.storage import Storage
from kg.tables.run import Run

PART_SIZE = 32 << 20  # bytes of a source that one task reads


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be made: parts in a folder, in a syntax, of parts of sources of about *part_size* bytes.

    *resume*: what an earlier run has finished of the same is kept.
    """

    storage: Storage
    syntax: str = "nq"
    part_size: int = PART_SIZE
    resume: bool = False


@dataclass(kw_only=True)
class Work:
    """A run on workers: what is here (`run`, its sources and findings), the cluster, the tables that were read."""

    run: Run
    cluster: Cluster
    wanted: Wanted
    name: str
    progress: ClusterProgress
    plain: Common
    common: Any  # a future of `Common`, which every task gets
    tables: Any = None  # a future of `staged`
    staged: dict[str, StagedTable] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def storage(self) -> Storage:
        return self.wanted.storage

    @property
    def part_size(self) -> int:
        return self.wanted.part_size

    @property
    def folder(self) -> str:
        """Where the tables that were read lie on the storage."""
        return f"{RUN}/tables"

    def key(self, *words: object) -> str:
        """A key of a task of this run; its first word is what Dask shows together."""
        first, *rest = map(str, words)
        return "-".join([first, self.name, *rest, str(next(self.numbers))])
