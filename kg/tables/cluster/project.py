"""The mappings of a project on workers: `kg build --workers` and `--cluster`.

Workers read the sources, check their rows and write the lines of tables that are files. What a project asks of the
names in its tables, and the lines that become a part of its graph, this machine takes from the tables as they were
read: it needs all of that here anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.tables.cluster.command import describe_cluster
from kg.tables.cluster.connect import Cluster, ClusterChoice, open_cluster
from kg.tables.cluster.facts import plan_patterns
from kg.tables.cluster.manifest import BEGUN
from kg.tables.cluster.progress import ClusterProgress
from kg.tables.cluster.run import begin_work, make_parts, plan_work, prepare
from kg.tables.cluster.tables import write_whole_view
from kg.tables.cluster.work import PART_SIZE, Wanted, Work
from kg.tables.engine.failure import blame_environment
from kg.tables.folders.scratch import make_scratch
from kg.tables.folders.storage import Storage
from kg.tables.run import Run, Settings, make_table, start_run

if TYPE_CHECKING:
    from kg.tables.output.parts import OutputPart
    from kg.tables.plan.pattern import QuadPattern
    from kg.tables.rml import MappingDocument

STORED = "stored"  # the folder of a run's scratch in which the workers put what they make


@contextmanager
def hire_workers(
    choice: ClusterChoice, work: Path, tell: Callable[[str], None], part_size: int = PART_SIZE
) -> Iterator[Workers]:
    """Workers for the mappings of a build, until it is done; their files lie in a folder of *work*.

    All of them must see the project by the same path. Raises KgError where the cluster is not there.
    """
    with (
        make_scratch(work) as scratch,
        open_cluster(choice, scratch, lambda text: tell(f"warning: {text}")) as cluster,
    ):
        tell(describe_cluster(cluster))
        yield Workers(cluster=cluster, choice=choice, part_size=part_size)


@dataclass(kw_only=True)
class Workers:
    """The workers that run the mappings of a project, and what they have opened and written, by its run."""

    cluster: Cluster
    choice: ClusterChoice
    part_size: int
    opened: dict[int, Work] = field(default_factory=dict)
    written: dict[int, list[OutputPart]] = field(default_factory=dict)

    def open(self, document: MappingDocument, settings: Settings) -> Run:
        run = start_run(document, settings)
        try:
            storage = Storage(place=str(run.scratch.resolve() / STORED))
            storage.put_text("", BEGUN, run.scratch)
            wanted = Wanted(storage=storage, part_size=self.part_size)
            work = begin_work(run, self.cluster, wanted, self.choice, ClusterProgress())
            if prepare(work):
                see_tables(work)
        except BaseException:
            run.close()
            raise
        self.opened[id(run)] = work
        return run

    def count(self, run: Run, patterns: Sequence[QuadPattern]) -> int:
        return sum(part.triples for part in self.make(run, patterns))

    def write(self, run: Run, patterns: Sequence[QuadPattern], lines: Path) -> None:
        from zstandard import ZstdDecompressor

        storage = self.opened[id(run)].storage
        with blame_environment("the quads could not be written"), lines.open("wb") as out:
            for part in self.make(run, patterns):
                with storage.open(part.name) as packed:
                    ZstdDecompressor().copy_stream(packed, out)
                storage.remove(part.name)
        del self.written[id(run)]

    def make(self, run: Run, patterns: Sequence[QuadPattern]) -> list[OutputPart]:
        """The parts of all lines, which are made once."""
        if id(run) not in self.written:
            work = self.opened[id(run)]
            parts: dict[int, OutputPart] = {}
            make_parts(work, plan_work(work, plan_patterns(work, patterns)), {}, parts.__setitem__)
            self.written[id(run)] = [part for _, part in sorted(parts.items()) if part.triples]
        return self.written[id(run)]


def see_tables(work: Work) -> None:
    """Make known to this machine's database what the workers have read, and what is made of it."""
    run = work.run
    own = {name for (name,) in run.connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for staged in work.staged.values():
        if staged.name in own:  # it was read here
            continue
        run.connection.execute(write_whole_view(staged, [work.storage.path(part.file) for part in staged.parts]))
    for make in run.plan.makes:
        make_table(run, make)
