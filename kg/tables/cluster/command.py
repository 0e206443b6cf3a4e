"""`kg map --workers` and `--cluster`: what its options mean, and what is shown of a run on workers."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.tables.cluster.connect import Cluster, ClusterChoice
from kg.tables.cluster.progress import ClusterProgress
from kg.tables.folders.storage import Storage, is_address, refuse_login
from kg.tables.output.parts import read_size
from kg.text.diagnostic import UsageError, make_lines_visible
from kg.text.plural import write_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.tables.cluster.jobs import Jobs
    from kg.tables.cluster.work import Wanted, Work
    from kg.tables.options import MapOptions
    from kg.tables.rewrite import Query
    from kg.tables.rml import MappingDocument
    from kg.tables.run import Run, Settings

LEAST_MEMORY = 256_000_000  # bytes: libraries that do nothing yet take half of it


def choose_cluster(workers: int | None, scheduler: str | None, memory: str | None) -> ClusterChoice:
    """The cluster that the options name; wrong ones are wrong use."""
    if workers is not None and scheduler is not None:
        raise UsageError("give one of: --workers N, --cluster ADDRESS")
    if memory is not None and read_size(memory) < LEAST_MEMORY:
        raise UsageError(f"`{memory}` is too little for a worker: it needs 256MB")
    return ClusterChoice(address=scheduler, workers=workers, memory=memory)


def choose_output(options: MapOptions) -> Wanted:
    """The folder of parts that the options name; wrong use is told before anything is read."""
    from kg.tables.cluster.work import PART_SIZE, Wanted

    syntax, store, compression = options.syntax, options.store, options.compression
    if options.sort:
        raise UsageError("`--sort` sorts what one machine writes: leave it out, or leave the workers out")
    if options.jobs is not None:
        raise UsageError("`--jobs` is for one machine: each worker has its own threads")
    if compression == "gz":
        raise UsageError("workers write `.nq.zst`: leave `--compress gz` out")
    if syntax not in {"nq", "nt", "parquet"}:
        raise UsageError("parts are N-Quads, N-Triples or Parquet: take `--format nq`, `nt` or `parquet`")
    if syntax == "parquet" and compression:
        raise UsageError("`--compress` is for lines: parts of Parquet are packed")
    if store is not None and options.resume:
        raise UsageError("`--resume` goes on with a folder of parts: give `-o OUT`")
    place = options.place_text or str(store.resolve().parent / f".kg-parts-{store.name}" if store else "")
    if is_address(place):
        refuse_login(place)
    storage = Storage(place=place.rstrip("/") if is_address(place) else str(Path(place).resolve()))
    part_size = PART_SIZE if options.partition_size is None else read_size(options.partition_size)
    return Wanted(storage=storage, syntax=syntax, part_size=part_size, resume=options.resume)


def map_distributed(
    document: MappingDocument,
    settings: Settings,
    choice: ClusterChoice,
    wanted: Wanted,
    *,
    store: Path | None,
    explain: bool,
    progress: bool,
) -> Run:
    """Run a mapping that is read on workers; the run has what was found wrong."""
    from kg.tables.cluster.run import map_on_cluster

    line = ClusterProgress(stream=sys.stderr if progress else None)

    def tell(cluster: Cluster) -> None:
        if progress:
            click.echo(describe_cluster(cluster), err=True)

    name = next((t.mark.source.name for t in document.triples_maps), "mapping")
    parent = Path(wanted.storage.place).parent if wanted.storage.is_local else None
    run = map_on_cluster(
        document, replace(settings, scratch_parent=parent), choice, wanted,
        mapping=Path(name).name, progress=line, look=show_work if explain else None, told=tell,
        tell=lambda text: click.echo(f"warning: {text}", err=True),
    )  # fmt: skip
    if store is not None and not run.failed:
        from kg.tables.cluster.load import load_store
        from kg.tables.cluster.manifest import abandon

        try:
            load_store(wanted.storage, store)
        finally:
            abandon(wanted.storage, whole=True)
    return run


def describe_cluster(cluster: Cluster) -> str:
    """Where the run goes on, and where it can be watched.

    >>> print(describe_cluster(Cluster(client=None, address="tcp://a:8786", workers=2, dashboard="http://a:8787/status")))
    2 workers of tcp://a:8786; Dask's dashboard: http://a:8787/status
    """
    seen = cluster.dashboard or "needs the package `bokeh`"
    return f"{write_count(cluster.workers, 'worker')} of {cluster.address}; Dask's dashboard: {seen}"


def show_work(work: Work, queries: Sequence[Query], jobs: Jobs) -> None:
    """How a run is cut into parts, and the steps of the plan with their SQL, on stdout."""
    from kg.tables.cluster.run import explain_work
    from kg.tables.sql import explain_steps

    for note in explain_work(work, queries, jobs):
        click.echo(make_lines_visible(note))
    for step in explain_steps(work.run.plan.makes, queries):
        click.echo(make_lines_visible(step))
