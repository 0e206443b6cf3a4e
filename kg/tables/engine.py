"""Mapping → quads: open the sources, check, plan, and let DuckDB write the lines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.diagnostic import Diagnostic, KgError, Severity
from kg.files import undisturbed
from kg.tables.checks import check_data
from kg.tables.columns import Table
from kg.tables.duck import Database, load_duckdb
from kg.tables.facts import Facts
from kg.tables.failure import blame_environment
from kg.tables.macros import quote_text
from kg.tables.queries import Planner, Query, without_targets
from kg.tables.rml import LogicalSource, LogicalView, MappingDocument
from kg.tables.scratch import make_scratch
from kg.tables.sources.registry import open_source
from kg.tables.sources.shelf import Request, Shelf
from kg.tables.sql import Compiler, QuadPattern, compile_quads, references_by_source
from kg.tables.views import open_view

if TYPE_CHECKING:
    from kg.store import Table as Answer


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a mapping is run: where data is found, what is allowed, how many threads and how much memory."""

    mapping_folder: Path
    base: str | None = None
    data_folder: Path | None = None
    allowed: tuple[Path, ...] = ()
    database_url: str | None = None
    frames: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)  # of queries over the project's graph, by their paths
    best_effort: bool = False
    jobs: int | None = None
    memory_limit: str | None = None
    scratch_parent: Path | None = None


@dataclass(kw_only=True)
class Run:
    """A mapping that was opened and compiled: its patterns, queries and tables, until it is closed."""

    document: MappingDocument
    connection: Any
    scratch: Path
    settings: Settings
    shelf: Shelf
    resources: ExitStack
    patterns: list[QuadPattern] = field(default_factory=list)
    quoted: list[QuadPattern] = field(default_factory=list)  # of maps that are not asserted: checked, not written
    made: list[str] = field(default_factory=list)  # SQL of the tables that patterns need besides the sources
    queries: list[Query] = field(default_factory=list)
    tables: dict[LogicalSource | LogicalView, Table] = field(default_factory=dict)
    facts: dict[str, Facts] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    skipped: int = 0
    stage: str = "opening"  # what is being done, for those who look on ...
    stage_begun: float = field(default_factory=time.monotonic)
    writing: Path | None = None  # ... and the file, or folder of files, that lines are written into

    @property
    def failed(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.diagnostics)

    def begin(self, stage: str) -> None:
        """Say what is done from here on."""
        self.stage, self.stage_begun = stage, time.monotonic()

    def close(self) -> None:
        """Give everything back: connections, memory, the scratch folder."""
        self.resources.close()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(settings: Settings, scratch: Path) -> Database:
    """A database in memory that may touch nothing but the folders of this run."""
    connection = Database()
    connection.execute(f"SET temp_directory = {quote_text(str(scratch / 'spill'))}")
    if settings.jobs:
        connection.execute(f"SET threads = {int(settings.jobs)}")
    if settings.memory_limit:
        try:
            connection.execute(f"SET memory_limit = {quote_text(settings.memory_limit)}")
        except load_duckdb().Error as error:
            connection.close()
            raise KgError(f"`{settings.memory_limit}` is no amount of memory: write it like `2GB`") from error
    connection.execute("SET preserve_insertion_order = true")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    return connection


def lock_down(connection: Any, folders: list[Path]) -> None:
    """From here on no query, whatever a mapping brings into it, reads or writes elsewhere."""
    listed = ", ".join(quote_text(str(f.resolve()) + "/") for f in dict.fromkeys(folders))
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


def start_run(document: MappingDocument, settings: Settings) -> Run:
    """A run before anything is read: `prepare` goes on from here. The caller closes the run."""
    # an interrupt while the database's library is loaded would end in that library
    with undisturbed(), ExitStack() as stack:
        scratch = stack.enter_context(make_scratch(settings.scratch_parent))
        connection = connect(settings, scratch)
        stack.callback(connection.close)
        shelf = Shelf(
            connection=connection,
            scratch=scratch,
            mapping_folder=settings.mapping_folder,
            data_folder=settings.data_folder,
            allowed=settings.allowed,
            database_url=settings.database_url,
            frames=settings.frames,
            answers=settings.answers,
        )
        stack.callback(shelf.close)
        data = settings.data_folder if settings.data_folder is not None else Path.cwd()
        lock_down(connection, [scratch, settings.mapping_folder, data, *settings.allowed])
        return Run(
            document=document, connection=connection, scratch=scratch, settings=settings, shelf=shelf,
            diagnostics=list(document.diagnostics), resources=stack.pop_all(),
        )  # fmt: skip


def prepare(run: Run) -> None:
    """Tables, patterns, checks, queries; nothing where the mapping has errors."""
    if run.failed:
        return
    triples_maps = run.document.triples_maps
    wanted = references_by_source(triples_maps, {t.name: t for t in triples_maps})
    for number, (source, references) in enumerate(wanted.items()):
        name = f"s{number}"
        run.begin(f"reading source {number + 1} of {len(wanted)}")
        if isinstance(source, LogicalView):
            table = open_view(source, name, run.shelf)
        else:
            request = Request(source=source, references=tuple(references), name=name)
            table = open_source(request, run.shelf)
        if table is not None:
            run.tables[source] = table
    run.begin("checking")
    run.diagnostics += run.shelf.diagnostics
    if run.failed:
        return
    compile_patterns(run, guard=False)
    if run.failed:
        return
    run.facts = find_facts(run)
    check_data(run)
    if run.failed:
        return
    if run.skipped:  # a best effort: the guards are only paid for where a value needs one
        compile_patterns(run, guard=True)
        run.facts |= {name: f for name, f in find_facts(run).items() if name not in run.facts}
    # rows have their numbers; the order of the lines is free, which lets all threads write
    run.connection.execute("SET preserve_insertion_order = false")
    run.connection.execute("SET lock_configuration = true")
    planner = Planner(facts=run.facts)
    main = [without_targets(p) for p in run.patterns if not p.targets]
    run.queries = planner.plan(main)


def find_facts(run: Run) -> dict[str, Facts]:
    """What can be asked of each table: those of the sources, and those made of them while compiling."""
    tables = [*run.tables.values(), *(p.table for p in run.patterns)]
    return {t.name: Facts(connection=run.connection, table=t) for t in tables}


def compile_patterns(run: Run, *, guard: bool) -> None:
    """The quad patterns of all triples maps; with *guard*, invalid values give no term."""
    triples_maps = run.document.triples_maps
    parents = {t.name: t for t in triples_maps}
    base = run.settings.base or run.document.base
    compiler = Compiler(tables=run.tables, base=base, best_effort=guard, connection=run.connection)
    run.patterns, run.quoted = [], []
    for triples_map in triples_maps:
        patterns = run.patterns if triples_map.asserted else run.quoted
        patterns += compile_quads(triples_map, parents, compiler)
    run.made = compiler.notes
    run.diagnostics += dict.fromkeys(compiler.diagnostics)  # a map that is quoted is compiled in several places


# lines as they are: DuckDB's CSV with nothing quoted, escaped, divided or left out
LINES = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', NULLSTR ''"


def write_lines(run: Run, queries: list[Query], path: Path, *, size: int | None = None) -> None:
    """All lines of the queries into one file, in no particular order; with *size* into the folder *path*.

    The files of the folder are `0.csv`, `1.csv` ..., each of about *size* bytes.
    """
    run.begin("writing")
    if not path.is_fifo():  # who looks on must not read from a pipe
        run.writing = path
    union = "\nUNION ALL\n".join(q.sql for q in queries) or "SELECT NULL::VARCHAR AS l WHERE false"
    cut = f"FILE_SIZE_BYTES '{size / 1000}KB', FILENAME_PATTERN '{{i}}'" if size else "USE_TMP_FILE false"
    with blame_environment("the quads could not be written"):
        run.connection.execute(f"COPY ({union}) TO {quote_text(str(path))} ({LINES}, {cut})")


def replace_file(made: Path, wanted: Path) -> None:
    """Put a finished file in its place in one step.

    It is not synced to the disk: a crash of this process leaves no partial output, and waiting for the disk
    would cost more than the mapping itself.
    """
    made.replace(wanted)
