"""Mapping → quads: open the sources, check, plan, and let DuckDB do the plan's steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg.system.files import undisturbed
from kg.system.packages import name_missing_package
from kg.tables.columns import SourceTable
from kg.tables.engine.connection import Connection, Setting
from kg.tables.engine.failure import blame_environment
from kg.tables.engine.interrupt import stopped_by_signals
from kg.tables.engine.macros import quote_text
from kg.tables.folders.scratch import make_scratch
from kg.tables.normal import normalise
from kg.tables.plan.build import Plan, build_plan
from kg.tables.plan.pattern import QuadPattern, without_targets
from kg.tables.plan.relation import Make
from kg.tables.references import references_by_source
from kg.tables.rewrite import Query, Rewriting, find_questions, rewrite_alone, rewrite_patterns, simplify_plan
from kg.tables.rewrite.facts import Facts, IsEmpty, Question
from kg.tables.rml import LogicalSource, LogicalView, MappingDocument
from kg.tables.run.check import check_data
from kg.tables.run.computed import register_functions
from kg.tables.run.emptycells import find_empty_cells
from kg.tables.sources.limits import Limits
from kg.tables.sources.network import ANYTHING, Network
from kg.tables.sources.registry import open_source
from kg.tables.sources.remote import Remote
from kg.tables.sources.shelf import Advice, Shelf, SourceRequest
from kg.tables.sql import write_answers, write_copy, write_emptiness, write_make
from kg.text.diagnostic import Diagnostic, UsageError
from kg.text.findings import Findings

if TYPE_CHECKING:
    from kg.ask.store import Table


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a mapping is run: where data is found, what is allowed, how many threads and how much memory."""

    mapping_folder: Path
    base: str | None = None
    data_folder: Path | None = None
    allowed: tuple[Path, ...] = ()
    database_url: str | None = None
    network: Network = ANYTHING
    advice: Advice = field(default_factory=Advice)  # that of `kg map`
    remote: Remote | None = None  # where all sources lie, if not in folders
    frames: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Table] = field(default_factory=dict)  # of queries over the project's graph, by their paths
    best_effort: bool = False
    output: Path | None = None
    whole_iris: bool = False  # of `rml:UnsafeIRI` too: the quads go where a blank could not be written as an escape
    jobs: int | None = None
    memory_limit: str | None = None
    scratch_parent: Path | None = None
    limits: Limits = field(default_factory=Limits)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    standard_input: IO[bytes] | None = None


@dataclass(kw_only=True)
class Progress:
    """What a run is doing, for those who look on: its *stage*, when that begun, and what lines are written into."""

    stage: str = "opening"
    begun: float = field(default_factory=time.monotonic)
    writing: Path | None = None  # a file, or a folder of files

    def begin(self, stage: str) -> None:
        """Say what is done from here on."""
        self.stage, self.begun = stage, time.monotonic()


@dataclass(kw_only=True)
class Run:
    """A mapping that was opened and planned, until it is closed: its tables, its plan, what is known of the data.

    *queries* give the quads without a target; `plan_quads` plans others. *made* are the steps that were done.
    """

    document: MappingDocument
    settings: Settings
    scratch: Path
    connection: Connection
    shelf: Shelf
    resources: ExitStack
    findings: Findings
    progress: Progress = field(default_factory=Progress)
    tables: dict[LogicalSource | LogicalView, SourceTable] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    facts: Facts = field(default_factory=Facts)
    queries: list[Query] = field(default_factory=list)
    made: dict[str, Make] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return self.findings.has_errors

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was found wrong so far."""
        return self.findings.diagnostics

    @property
    def patterns(self) -> tuple[QuadPattern, ...]:
        """The quads that the mapping says."""
        return self.plan.patterns

    def close(self) -> None:
        """Give everything back: connections, memory, the scratch folder."""
        self.resources.close()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(settings: Settings, scratch: Path) -> Connection:
    """A database in memory that may touch nothing but the folders of this run."""
    import duckdb

    wanted: dict[str, Setting] = {
        "temp_directory": str(scratch / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if settings.jobs:
        wanted["threads"] = settings.jobs
    if settings.memory_limit:
        wanted["memory_limit"] = settings.memory_limit
    try:
        connection = Connection(**wanted)
    except duckdb.ParserException as error:
        raise UsageError(f"`{settings.memory_limit}` is no amount of memory: write it like `2GB`") from error
    connection.execute("SET TimeZone = 'UTC'")  # else times with a zone are written in that of this machine
    return connection


def lock_down(connection: Connection, folders: list[Path]) -> None:
    """Lock the database: from here on no query, whatever a mapping brings into it, reads or writes elsewhere."""
    listed = ", ".join(quote_text(str(f).removesuffix("/") + "/") for f in dict.fromkeys(folders))
    connection.execute(f"SET allowed_directories = [{listed}]")
    connection.execute("SET enable_external_access = false")


def open_run(document: MappingDocument, settings: Settings) -> Run:
    """Open the sources of a mapping, check its data and plan its queries. The caller closes the run."""
    run = start_run(document, settings)
    try:
        prepare(run)
    except BaseException:
        run.close()
        raise
    return run


def make_shelf(settings: Settings, connection: Connection, scratch: Path) -> Shelf:
    """The shelf of a run, which holds sources to all that its settings allow: folders, addresses, bounds."""
    return Shelf(
        connection=connection,
        scratch=scratch,
        mapping_folder=settings.mapping_folder,
        data_folder=settings.data_folder,
        allowed=settings.allowed,
        database_url=settings.database_url,
        network=settings.network,
        advice=settings.advice,
        remote=settings.remote,
        frames=settings.frames,
        answers=settings.answers,
        limits=settings.limits,
        environment=settings.environment,
        standard_input=settings.standard_input,
    )


def start_run(document: MappingDocument, settings: Settings) -> Run:
    """A run before anything is read: `prepare` goes on from here. The caller closes the run."""
    # an interrupt while the database's library is loaded would end in that library
    with undisturbed(), ExitStack() as stack:
        scratch = stack.enter_context(make_scratch(settings.scratch_parent))
        connection = connect(settings, scratch)
        stack.callback(connection.close)
        stack.enter_context(stopped_by_signals(connection.interrupt))
        shelf = make_shelf(settings, connection, scratch)
        findings = Findings()
        findings.add(document.diagnostics)
        stack.callback(shelf.close)
        lock_down(connection, [scratch.resolve(), *shelf.door.folders])
        return Run(
            document=document, connection=connection, scratch=scratch, settings=settings, shelf=shelf,
            findings=findings, resources=stack.pop_all(),
        )  # fmt: skip


def prepare(run: Run) -> None:
    """Tables, plan, checks, queries; nothing where the mapping has errors."""
    if run.failed:
        return
    register_functions(run.document, run.shelf)
    open_tables(run)
    run.progress.begin("checking")
    run.findings.add(run.shelf)
    if run.failed:
        return
    if not make_plan(run, partial(check_rows, run)):
        return
    for make in run.plan.makes:
        make_table(run, make)
    # rows have their numbers; the order of the lines is free, which lets all threads write
    run.connection.execute("SET preserve_insertion_order = false")
    run.connection.execute("SET lock_configuration = true")
    run.queries = plan_quads(run, [without_targets(p) for p in run.patterns if not p.targets])


def make_plan(run: Run, check: Callable[[Plan], bool]) -> bool:
    """Plan the quads; *check* looks at the data, and gives whether a value is to be left out. False: it failed."""
    normal = normalise(run.document.triples_maps, run.settings.base or run.document.base)
    build = partial(build_plan, normal, run.tables, whole_iris=run.settings.whole_iris)
    run.plan = build(guarded=False)
    run.findings.add(run.plan.diagnostics)
    if run.failed:
        return False
    skips = check(run.plan)
    if run.failed:
        return False
    # a best effort: the guards are only paid for where a value needs one
    run.plan = simplify_plan(build(guarded=True) if skips else run.plan)
    return True


def check_rows(run: Run, plan: Plan) -> bool:
    """Check the data of all sources; whether a value is to be left out."""
    checks = [*dict.fromkeys(run.shelf.checks), *plan.checks]
    wrong = check_data(checks, run.connection, best_effort=run.settings.best_effort)
    run.findings.add(wrong)
    run.findings.add(find_empty_cells(run.document, run.tables, run.connection))
    return any(each.code == "data-skipped" for each in wrong)


def open_tables(run: Run) -> None:
    """The tables of all sources that the mapping reads; what is wrong with one is noted on the shelf."""
    triples_maps = run.document.triples_maps
    wanted = references_by_source(triples_maps, {t.name: t for t in triples_maps})
    for number, (source, references) in enumerate(wanted.items()):
        name = f"s{number}"
        run.progress.begin(f"reading source {number + 1} of {len(wanted)}")
        with name_missing_package(f"{source.mark}: the source"):
            if isinstance(source, LogicalView):
                from kg.tables.views.view import open_view

                table = open_view(source, name, run.shelf)
            else:
                request = SourceRequest(source=source, references=tuple(references), name=name)
                table = open_source(request, run.shelf)
        if table is not None:
            run.tables[source] = table


# -- the plan and its steps -----------------------------------------------------------------------


def plan_quads(run: Run, patterns: Sequence[QuadPattern]) -> list[Query]:
    """Queries that together give each quad of the patterns once."""
    return ask_until_known(run, lambda facts: rewrite_patterns(patterns, facts))


def plan_alone(run: Run, pattern: QuadPattern) -> Query:
    """The query of one pattern by itself."""
    return ask_until_known(run, lambda facts: rewrite_alone(pattern, facts))[0]


def learn_facts(run: Run, patterns: Sequence[QuadPattern]) -> None:
    """Ask at once what planning these patterns will need of the data."""
    answer_questions(run, {t.name for p in patterns for t in p.tables}, find_questions(patterns, run.facts))


def ask_until_known(run: Run, rewrite: Callable[[Facts], Rewriting]) -> list[Query]:
    """The queries of a rewriting, once all that it asks of the data is answered."""
    while True:
        found = rewrite(run.facts)
        for make in found.makes:
            if make.name not in run.made:
                make_table(run, make)
        if not found.questions and not found.uncounted:
            return list(found.queries)
        answer_questions(run, set(found.uncounted), found.questions)


def make_table(run: Run, make: Make) -> None:
    """Do the step that keeps the rows of a relation as a table."""
    run.connection.execute(write_make(make))
    run.made[make.name] = make


def answer_questions(run: Run, uncounted: set[str], questions: Sequence[Question]) -> None:
    """Answer questions about data, those about one table in one scan; count the rows of tables."""
    rows: dict[str, int] = {}
    answers: dict[Question, bool] = {}
    by_table: dict[str, list[Question]] = {name: [] for name in sorted(uncounted - run.facts.rows.keys())}
    for question in questions:
        if isinstance(question, IsEmpty):
            answers[question] = bool(fetch_row(run, write_emptiness(question.rows))[0])
        else:
            by_table.setdefault(question.table, []).append(question)
    for table, asked in by_table.items():
        count, *found = fetch_row(run, write_answers(table, asked))
        rows[table] = count
        answers |= {question: bool(answer) for question, answer in zip(asked, found, strict=True)}
    run.facts = run.facts.with_answers(rows, answers)


def fetch_row(run: Run, sql: str) -> Sequence[Any]:
    """The only row of an answer."""
    [row] = run.connection.execute(sql).fetchall()
    return row


def write_lines(run: Run, queries: Sequence[Query], path: Path, *, size: int | None = None) -> None:
    """All lines of the queries into one file, in no particular order; with *size* into the folder *path*.

    The files of the folder are `0.csv`, `1.csv` ..., each of about *size* bytes.
    """
    run.progress.begin("writing")
    if not path.is_fifo():  # who looks on must not read from a pipe
        run.progress.writing = path
    with blame_environment("the quads could not be written"):
        run.connection.execute(write_copy([query.rows for query in queries], path, size))


def replace_file(made: Path, wanted: Path) -> None:
    """Put a finished file in its place in one step.

    It is not synced to the disk: a crash of this process leaves no partial output, and waiting for the disk
    would cost more than the mapping itself.
    """
    made.replace(wanted)
