"""Mapping → quads: open the sources, check, plan, and let DuckDB write the lines."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.diagnostic import Diagnostic, KgError, Severity
from kg.tables.columns import Table
from kg.tables.facts import Facts
from kg.tables.macros import MACROS, quote_text
from kg.tables.queries import Planner, Query, without_targets
from kg.tables.rml import LogicalSource, LogicalView, MappingDocument
from kg.tables.sources import Opening, open_source
from kg.tables.sql import Compiler, QuadPattern, compile_quads, references_by_source


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a mapping is run: where data is found, what is allowed, how many threads and how much memory."""

    mapping_folder: Path
    base: str | None = None
    data_folder: Path | None = None
    allowed: tuple[Path, ...] = ()
    database_url: str | None = None
    frames: Mapping[str, Any] = field(default_factory=dict)
    best_effort: bool = False
    jobs: int | None = None
    memory_limit: str | None = None
    scratch_parent: Path | None = None


@dataclass(kw_only=True)
class Run:
    """A mapping that was opened and compiled: its patterns, queries and tables, until it is closed."""

    connection: Any
    scratch: Path
    settings: Settings
    opening: Opening
    patterns: list[QuadPattern] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    tables: dict[LogicalSource | LogicalView, Table] = field(default_factory=dict)
    facts: dict[str, Facts] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    skipped: int = 0

    @property
    def failed(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.diagnostics)

    def close(self) -> None:
        """Give everything back: connections, memory, the scratch folder."""
        for thing in self.opening.memory.values():
            if callable(closing := getattr(thing, "close_connection", None)):
                closing()
        self.connection.close()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(settings: Settings, scratch: Path) -> Any:
    """A database in memory that may touch nothing but the folders of this run."""
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute(f"SET temp_directory = {quote_text(str(scratch / 'spill'))}")
    if settings.jobs:
        connection.execute(f"SET threads = {int(settings.jobs)}")
    if settings.memory_limit:
        try:
            connection.execute(f"SET memory_limit = {quote_text(settings.memory_limit)}")
        except duckdb.Error as error:
            connection.close()
            raise KgError(f"`{settings.memory_limit}` is no amount of memory: write it like `2GB`") from error
    connection.execute("SET preserve_insertion_order = true")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    for statement in MACROS.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    return connection


def lock_down(connection: Any, folders: list[Path]) -> None:
    """From here on no query, whatever a mapping brings into it, reads or writes elsewhere."""
    listed = ", ".join(quote_text(str(f.resolve()) + "/") for f in dict.fromkeys(folders))
    connection.execute(f"SET allowed_directories = [{listed}]")
    connection.execute("SET enable_external_access = false")


def open_run(document: MappingDocument, settings: Settings) -> Run:
    """Open the sources of a mapping, check its data and plan its queries. The caller closes the run."""
    if settings.scratch_parent is not None:
        settings.scratch_parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".kg-map-", dir=settings.scratch_parent))
    try:
        connection = connect(settings, scratch)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    opening = Opening(
        connection=connection,
        scratch=scratch,
        mapping_folder=settings.mapping_folder,
        data_folder=settings.data_folder,
        allowed=settings.allowed,
        database_url=settings.database_url,
        frames=settings.frames,
    )
    run = Run(connection=connection, scratch=scratch, settings=settings, opening=opening)
    run.diagnostics = list(document.diagnostics)
    try:
        data = settings.data_folder if settings.data_folder is not None else Path.cwd()
        folders = [scratch, settings.mapping_folder, data, *settings.allowed]
        lock_down(connection, folders)
        if not run.failed:
            prepare(document, run)
    except BaseException:
        run.close()
        raise
    return run


def prepare(document: MappingDocument, run: Run) -> None:
    """Tables, patterns, checks, queries."""
    from kg.tables.checks import check_data

    parents = {t.name: t for t in document.triples_maps}
    wanted = references_by_source(document.triples_maps, parents)
    for number, (source, references) in enumerate(wanted.items()):
        name = f"s{number}"
        if isinstance(source, LogicalView):
            from kg.tables.views import open_view

            table = open_view(source, name, run.opening)
        else:
            table = open_source(source, references, name, run.opening)
        if table is not None:
            run.tables[source] = table
    # rows have their numbers; the order of the lines is free, which lets all threads write
    run.connection.execute("SET preserve_insertion_order = false")
    run.connection.execute("SET lock_configuration = true")
    run.diagnostics += run.opening.diagnostics
    if run.failed:
        return
    compile_patterns(document, run, guard=False)
    if run.failed:
        return
    run.facts = {t.name: Facts(connection=run.connection, table=t) for t in run.tables.values()}
    check_data(run)
    if run.failed:
        return
    if run.skipped:  # a best effort: the guards are only paid for where a value needs one
        compile_patterns(document, run, guard=True)
    planner = Planner(facts=run.facts)
    main = [without_targets(p) for p in run.patterns if not p.targets]
    run.queries = planner.plan(main)


def compile_patterns(document: MappingDocument, run: Run, *, guard: bool) -> None:
    """The quad patterns of all triples maps; with *guard*, invalid values give no term."""
    parents = {t.name: t for t in document.triples_maps}
    base = run.settings.base or document.base
    compiler = Compiler(tables=run.tables, base=base, best_effort=guard)
    run.patterns = [p for t in document.triples_maps for p in compile_quads(t, parents, compiler)]
    run.diagnostics += compiler.diagnostics


def write_lines(run: Run, queries: list[Query], path: Path) -> None:
    """All lines of the queries into one file, in no particular order."""
    import duckdb

    if not queries:
        path.write_bytes(b"")
        return
    union = "\nUNION ALL\n".join(q.sql for q in queries)
    copy = (
        f"COPY ({union}) TO {quote_text(str(path))}"
        " (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', NULLSTR '')"
    )
    try:
        run.connection.execute(copy)
    except duckdb.Error as error:
        raise KgError(f"the quads could not be written: {str(error).strip().split(chr(10))[0]}") from error


def replace_file(made: Path, wanted: Path) -> None:
    """Put a finished file in its place in one step.

    It is not synced to the disk: a crash of this process leaves no partial output, and waiting for the disk
    would cost more than the mapping itself.
    """
    made.replace(wanted)
