"""A mapping on workers, from its sources to the manifest: read, check, plan, write the parts, commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.tables.cluster.bench import NQUADS, Common
from kg.tables.cluster.connect import FOR_DATABASE, MEMORY, Cluster, ClusterChoice, open_cluster, tell_versions
from kg.tables.cluster.facts import check_parts, plan_patterns
from kg.tables.cluster.follow import finish, gather, submit
from kg.tables.cluster.jobs import Jobs, Shuffle, Side, describe_join, plan_jobs
from kg.tables.cluster.manifest import BEGUN, RUN, RunRecord, abandon, begin_record, commit, record_part, refuse_others
from kg.tables.cluster.progress import ClusterProgress
from kg.tables.cluster.sources import stage_sources
from kg.tables.cluster.tasks import (
    deal_rows,
    make_pieces,
    piece_joined,
    take_piece,
    write_bucket,
    write_job,
    write_joined,
)
from kg.tables.cluster.work import Wanted, Work
from kg.tables.folders.storage import Storage
from kg.tables.output.parts import PARQUET, OutputPart, describe_databases, read_size
from kg.tables.output.target import finish_target, patterns_of, place_targets, put_targets, stage_targets
from kg.tables.plan.pattern import QuadPattern, without_graph, without_targets
from kg.tables.rewrite import Query
from kg.tables.rml import FunctionExecution, MappingDocument, find_nouns
from kg.tables.run import Run, Settings, make_plan, start_run
from kg.tables.run.computed import register_functions
from kg.tables.sql import write_buckets, write_copy

if TYPE_CHECKING:
    from distributed import Future


def map_on_cluster(
    document: MappingDocument,
    settings: Settings,
    choice: ClusterChoice,
    wanted: Wanted,
    *,
    mapping: str,
    progress: ClusterProgress,
    look: Callable[[Work, Sequence[Query], Jobs], None] | None = None,
    told: Callable[[Cluster], None] | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> Run:
    """Map on workers, and put the parts and their manifest on the storage; returns the run, with what was found wrong.

    *mapping* is the name of its file; *look* is shown the plan, *told* the cluster, *tell* what befalls it. Nothing is
    left where it fails, but for what `resume` goes on with. Raises KgError.
    """
    refuse_others(wanted.storage)
    with (
        start_run(document, settings) as run,
        keep_or_abandon(wanted, run.scratch),
        open_cluster(choice, run.scratch / "workers", tell) as cluster,
    ):
        if told is not None:
            told(cluster)
        work = begin_work(run, cluster, wanted, choice, progress)
        queries = plan_patterns(work, choose_patterns(work)) if prepare(work) else ()
        if not run.failed:
            jobs = plan_work(work, queries)
            if look is not None:
                look(work, queries, jobs)
            record = begin_record(wanted.storage, digest_work(work, jobs), run.scratch, resume=wanted.resume)
            targets = make_cluster_targets(work)
        if run.failed:
            abandon(wanted.storage)
            return run
        with stage_targets(targets) as staged:
            parts = write_parts(work, jobs, record)
            put_targets(staged)
        commit(wanted.storage, describe_work(work, mapping), parts, run.scratch)
        progress.clear()
        return run


@contextmanager
def keep_or_abandon(wanted: Wanted, scratch: Path) -> Iterator[None]:
    """Where the block fails, remove what was written, unless it may be gone on with.

    A task that is still at work on a cluster of others then finds that the run is given up, and writes nothing.
    """
    wanted.storage.put_text("", BEGUN, scratch)
    try:
        yield
    except BaseException:
        if not wanted.resume:
            abandon(wanted.storage)
        raise


def begin_work(run: Run, cluster: Cluster, wanted: Wanted, choice: ClusterChoice, progress: ClusterProgress) -> Work:
    """The work of a run, with what all its tasks share known to the cluster."""
    name = sha256(str(run.scratch).encode()).hexdigest()[:8]
    memory = choice.memory or MEMORY
    settings = replace(
        run.settings,
        jobs=1,
        memory_limit=f"{int(read_size(memory) * FOR_DATABASE / 1e6)}MB",
        mapping_folder=run.settings.mapping_folder.resolve(),
        data_folder=(run.settings.data_folder or Path.cwd()).resolve(),
        database_url=None,
        remote=None,
        frames={},
        answers={},
        environment={},
        standard_input=None,
        scratch_parent=None,
    )
    calls: Any = tuple(find_nouns(run.document.triples_maps, FunctionExecution))
    document = MappingDocument(triples_maps=calls, base=None, diagnostics=()) if calls else None
    common = Common(
        storage=wanted.storage,
        output=wanted.storage,
        settings=settings,
        document=document,
        run=name,
        form=PARQUET if wanted.syntax == PARQUET else NQUADS,
    )
    shared = cluster.client.submit(pass_on, common, key=f"common-{name}")
    return Work(run=run, cluster=cluster, wanted=wanted, name=name, progress=progress, plain=common, common=shared)


def pass_on(value: Any) -> Any:
    """What many tasks are given, as the result of one: so it can be made again where its worker is lost."""
    return value


def prepare(work: Work) -> bool:
    """The tables on the storage, the data checked, the quads planned; False where something is wrong."""
    run = work.run
    if run.failed:
        return False
    register_functions(run.document, run.shelf)  # views are read here
    stage_sources(work)
    run.findings.add(run.shelf)
    if run.failed:
        return False
    work.tables = work.cluster.client.submit(pass_on, dict(work.staged), key=f"tables-{work.name}")
    return make_plan(run, partial(check_parts, work))


def choose_patterns(work: Work) -> list[QuadPattern]:
    """The quads without a target; N-Triples is the union of the graphs, each triple once."""
    patterns = [without_targets(p) for p in work.run.patterns if not p.targets]
    return [without_graph(p) for p in patterns] if work.wanted.syntax == "nt" else patterns


def plan_work(work: Work, queries: Sequence[Query]) -> Jobs:
    """The jobs of the queries."""
    return plan_jobs(queries, work.staged, work.run.plan.makes, lambda patterns: plan_patterns(work, patterns))


def digest_work(work: Work, jobs: Jobs) -> str:
    """A digest of what is made of what: of versions, tables as they were read, and the SQL of every job."""
    digest = sha256()

    def add(*words: object) -> None:
        digest.update("\0".join(map(str, words)).encode() + b"\n")

    add(sorted(tell_versions().items()), work.wanted.syntax)
    for name, table in work.staged.items():
        for part in table.parts:
            add(name, part.rows, part.sha256)
    for job in (*jobs.rows, *jobs.pieces):
        add(job.number, job.reads.table, job.reads.part, write_copy(job.ordered, Path("lines")))
    for shuffle in jobs.shuffles:
        add(shuffle.first, shuffle.buckets, write_copy((shuffle.relation,), Path("lines")))
    add(jobs.buckets)
    return digest.hexdigest()


# -- parts ----------------------------------------------------------------------------------------


def write_parts(work: Work, jobs: Jobs, record: RunRecord) -> list[OutputPart]:
    """All partitions, in the order of their numbers, but those without lines; finished ones are not made again."""
    done = dict(record.parts)
    work.progress.begin("writing", jobs.count)
    for part in done.values():
        work.progress.advance(quads=part.triples)
    rows = {
        job.number: work.staged[job.reads.table].parts[job.reads.part].rows
        for job in jobs.rows
        if job.number is not None and job.reads.part is not None
    }

    def note(number: int, part: OutputPart) -> None:
        record_part(work.storage, number, part, work.run.scratch)
        done[number] = part
        work.progress.advance(rows=rows.get(number, 0), quads=part.triples)

    make_parts(work, jobs, done, note)
    return [done[number] for number in sorted(done) if done[number].triples]


def make_parts(work: Work, jobs: Jobs, done: Mapping[int, OutputPart], note: Callable[[int, OutputPart], None]) -> None:
    """The partitions that are not done, each *noted* when it is there."""
    client = work.cluster.client
    futures: dict[int, Future] = {}
    for job in jobs.rows:
        if job.number is not None and job.number not in done:
            key = work.key("write", job.reads.table or "all", job.reads.part)
            futures[job.number] = submit(client, key, write_job, work.common, work.tables, job)
    for shuffle in jobs.shuffles:
        if shuffle.first is not None:
            futures |= write_shuffled(work, shuffle, done)
    gather(work.cluster, futures, note)
    missing = [n for n in range(jobs.first_bucket, jobs.count) if n not in done]
    if missing:
        pieces = make_all_pieces(work, jobs)
        buckets: dict[int, Future] = {}
        for number in missing:
            own = [take(work, each, number - jobs.first_bucket) for each in pieces]
            buckets[number] = submit(client, work.key("distinct", number), write_bucket, work.common, number, *own)
        gather(work.cluster, buckets, note)


def make_cluster_targets(work: Work) -> list[tuple[Path, Path]]:
    """The quads of each logical target as a file, which this machine puts together, with its place."""
    from zstandard import ZstdDecompressor

    run, finished = work.run, []
    for number, (target, path) in enumerate(place_targets(run)):
        output = Storage(place=work.storage.path(f"{RUN}/target{number}"))
        common = replace(work.plain, output=output, form=NQUADS)
        shared = work.cluster.client.submit(pass_on, common, key=work.key("common"))
        other = replace(work, common=shared)
        parts: dict[int, OutputPart] = {}
        make_parts(other, plan_work(other, plan_patterns(other, patterns_of(run, target))), {}, parts.__setitem__)
        made = run.scratch / f"target{number}.nq"
        with made.open("wb") as out:
            for _, part in sorted(parts.items()):
                if part.triples:
                    with output.open(part.name) as packed:
                        ZstdDecompressor().copy_stream(packed, out)
        if (done := finish_target(run, target, made, path)) is not None:
            finished.append((done, path))
    return finished


def take(work: Work, pieces: Future, number: int) -> Future:
    """One piece of several that a task gives."""
    return submit(work.cluster.client, work.key("take", number), take_piece, pieces, number)


def make_all_pieces(work: Work, jobs: Jobs) -> list[Future]:
    """The lines that are made distinct, in buckets; they stay with the workers."""
    client = work.cluster.client
    pieces: list[Future] = []
    for job in jobs.pieces:
        key = work.key("lines", job.reads.table or "all", job.reads.part)
        pieces.append(submit(client, key, make_pieces, work.common, work.tables, job, jobs.buckets))
    for shuffle in jobs.shuffles:
        if shuffle.first is None:
            for number in range(shuffle.buckets):
                left, right = deal(work, shuffle, number)
                key = work.key("join", shuffle.left.table, number)
                pieces.append(submit(client, key, piece_joined, work.common, shuffle, jobs.buckets, left, right))
    finish(work.cluster, dict(enumerate(pieces)))
    return pieces


def write_shuffled(work: Work, shuffle: Shuffle, done: Mapping[int, OutputPart]) -> dict[int, Future]:
    """The tasks of the partitions of a join that is shuffled."""
    futures: dict[int, Future] = {}
    for bucket in range(shuffle.buckets):
        number = (shuffle.first or 0) + bucket
        if number not in done:
            left, right = deal(work, shuffle, bucket)
            key = work.key("join", shuffle.left.table, bucket)
            futures[number] = submit(work.cluster.client, key, write_joined, work.common, shuffle, number, left, right)
    return futures


def deal(work: Work, shuffle: Shuffle, bucket: int) -> tuple[list[Future], list[Future]]:
    """The pieces of both tables of a join in one bucket."""
    sides = []
    for side in (shuffle.left, shuffle.right):
        own = []
        for part in range(len(work.staged[side.table].parts)):
            key = f"deal-{work.name}-{side.table}-{part}-{digest_rows(side)}-{shuffle.buckets}"
            dealt = submit(work.cluster.client, key, deal_rows, work.common, work.tables, side, part, shuffle.buckets)
            own.append(take(work, dealt, bucket))
        sides.append(own)
    return sides[0], sides[1]


def digest_rows(side: Side) -> str:
    """What tells the rows of a join's table from those of another join, or of its other side."""
    return sha256(write_buckets(side.rows, side.keys, 1).encode()).hexdigest()[:16]


# -- words ----------------------------------------------------------------------------------------


def describe_work(work: Work, mapping: str) -> dict[str, Any]:
    """What the manifest says beside the parts: of what they were made, and how. No path, address or login."""
    text = next((t.mark.source.text for t in work.run.document.triples_maps), "")
    read = sha256("\n".join(p.sha256 for t in work.staged.values() for p in t.parts).encode()).hexdigest()
    shelf = work.run.shelf
    sizes = shelf.sizes | {name: path.stat().st_size for name, path in shelf.files.items()}
    sources = [{"name": name, "bytes": size} for name, size in sorted(sizes.items())]
    sources += describe_databases(work.run)
    return {
        "made_by": f"kg map {tell_versions()['kg-claims']}",
        "mapping": {"name": mapping, "sha256": sha256(text.encode()).hexdigest()},
        "sources": sources,
        "rows_sha256": read,  # of the tables as they were read
        "base": work.run.settings.base or work.run.document.base,
        "format": work.wanted.syntax,
        "order": "any",
    }


def explain_work(work: Work, queries: Sequence[Query], jobs: Jobs) -> Iterator[str]:
    """How the sources are cut, how rows meet, and what is done in how many parts, for `--explain`."""
    yield from (f"-- {note}" for note in work.run.shelf.notes)
    patterns = [p for q in queries for p in q.patterns]
    words = dict.fromkeys(w for p in patterns if (w := describe_join(p, work.staged)) is not None)
    yield from (f"-- {each}" for each in words)
    if work.run.plan.makes:
        yield "-- rows made of several rows (collections, quoted triples) cannot be cut: one job, on one worker"
    yield (
        f"-- {len(jobs.rows)} jobs write their lines at once; the lines of {len(jobs.pieces)} jobs and of"
        f" {sum(s.buckets for s in jobs.shuffles if s.first is None)} buckets of joins are made distinct in"
        f" {jobs.buckets} buckets\n"
    )
