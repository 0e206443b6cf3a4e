"""`kg map`: a mapping over tables, standing alone, to N-Quads or another syntax."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.system.options import GivenPath
from kg.text.diagnostic import (
    Diagnostic,
    KgError,
    Severity,
    UsageError,
    count_severities,
    make_lines_visible,
    render_text,
    sort_diagnostics,
    summarise_counts,
)

if TYPE_CHECKING:
    from kg.tables.rml import MappingDocument
    from kg.tables.run import Run, Settings
    from kg.tables.sources.limits import Limits
    from kg.tables.sources.remote import Remote

OTHER_SYNTAXES = frozenset({".csv", ".hdt", ".json", ".jsonld", ".n3", ".owl", ".rdf", ".tsv", ".xml"})

Watch = Callable[["Run"], AbstractContextManager[object]]


@click.command("map")
@click.argument("mapping_text", metavar="MAPPING")
@click.option("-o", "--output", "place_text", metavar="PATH",
              help="File for the quads (`-`: standard output), or folder for parts.")  # fmt: skip
@click.option("--store", type=GivenPath(), help="Folder of a store to load the quads into, instead.")
@click.option("--base", help="Base IRI for relative IRIs of the data.")
@click.option("--db", "database_url", help="Address of the database, in place of those in the mapping.")
@click.option("--data", "data_text", metavar="DIR", help="Folder of relative sources, or an address such as s3://b/d.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["nq", "nt", "ttl", "trig", "parquet"]),
    help="The syntax (default: by the ending of the file, else nq).",
)
@click.option("--strict/--best-effort", "strict", default=True, help="Stop at invalid values, or leave them out.")
@click.option("--sort", "sort", is_flag=True, help="Sort the lines.")
@click.option("--partition-size", metavar="SIZE", help="Write a folder of parts of about this size, such as 64MB.")
@click.option("--compress", "compression", type=click.Choice(["gz", "zst"]), help="Compress the parts.")
@click.option("--jobs", type=click.IntRange(1, 1024), help="Threads.")
@click.option("--memory-limit", help="Memory of the database, such as 2GB (else 350MB, if that does).")
@click.option("--workers", type=click.IntRange(1, 1024), help="Map on so many workers of this machine (Dask).")
@click.option("--cluster", "scheduler", metavar="ADDRESS", help="Map on the workers of a Dask scheduler.")
@click.option("--resume", is_flag=True, help="With workers: go on where a run was ended, and keep what is finished.")
@click.option("--explain", is_flag=True, help="Show the plan, its SQL, and why each DISTINCT is there.")
@click.option(
    "--progress/--quiet",
    " /-q",
    "progress",
    default=None,
    help="Show how far it is, or not (default: on a terminal).",
)
@click.option(
    "--limit", "limits", multiple=True, metavar="NAME=VALUE", help="What a source may take, such as unpacked=2GB."
)
@click.option("--allow-env", "variables", multiple=True, metavar="NAME", help="What ${NAME} in a source may stand for.")
@click.option(
    "--allow-path",
    "allowed",
    multiple=True,
    type=GivenPath(),
    help="A folder outside that may be read.",
)
@click.option("--no-network", "offline", is_flag=True, help="Ask no endpoint and no server of a database.")
def map_command(
    mapping_text: str,
    place_text: str | None,
    store: Path | None,
    base: str | None,
    database_url: str | None,
    data_text: str | None,
    form: str | None,
    *,
    strict: bool,
    sort: bool,
    partition_size: str | None,
    compression: str | None,
    jobs: int | None,
    memory_limit: str | None,
    workers: int | None,
    scheduler: str | None,
    resume: bool,
    explain: bool,
    progress: bool | None,
    limits: tuple[str, ...],
    variables: tuple[str, ...],
    allowed: tuple[Path, ...],
    offline: bool,
) -> None:
    """Map tables to RDF with the RML, R2RML or YARRRML document MAPPING.

    A file that ends in .yml, .yaml or .yarrrml is YARRRML; any other, and `-` (standard input), is RML or R2RML in
    Turtle.
    """
    from kg.system.files import find_descriptor, is_stream, name_input, name_output
    from kg.tables.run import LINES, Settings
    from kg.tables.run.progress import ProgressLine
    from kg.tables.sources.network import ANYTHING, OFFLINE

    mapping = name_input(mapping_text)
    place = name_output(place_text) if place_text is not None else store
    if place is None or (place_text is not None and store):
        raise click.UsageError("give one of: -o OUT, --store DIR")
    distributed = workers is not None or scheduler is not None
    if store and (compression or form or sort or (partition_size and not distributed)):
        raise click.UsageError("--format, --sort, --partition-size and --compress are of files (`-o`), not of a store")
    refuse_unfit_address(place_text, distributed=distributed)
    has_parts = distributed or partition_size is not None or store is not None
    if has_parts and not store and is_stream(place):
        raise click.UsageError(f"`-o {place_text}` takes no parts: name a folder for them")
    if has_parts and not store and is_stream(mapping):
        raise click.UsageError(f"the manifest names the mapping by its digest: `{mapping_text}` has none, name a file")
    if explain and find_descriptor(place) == 1:
        raise click.UsageError("`--explain` shows the plan on standard output: let `-o` name a file")
    syntax = form or ("nq" if has_parts else choose_syntax(place))
    remote = read_address(data_text, offline=offline)
    data_folder = Path(data_text) if data_text is not None and remote is None else None
    settings = Settings(
        limits=told_limits(limits),
        environment={name: os.environ[name] for name in variables if name in os.environ},
        standard_input=getattr(sys.stdin, "buffer", None),
        mapping_folder=mapping.resolve().parent,
        base=base or None,
        data_folder=data_folder,
        allowed=allowed,
        database_url=database_url or None,
        network=OFFLINE if offline else ANYTHING,
        remote=remote,
        best_effort=not strict,
        jobs=jobs,
        memory_limit=memory_limit,
        output=place,
        whole_iris=syntax not in LINES or store is not None,
        scratch_parent=None if is_stream(place) else place.resolve().parent,
    )
    if resume and not distributed:
        raise click.UsageError("`--resume` is for runs on workers: give `--workers` or `--cluster`")
    if progress is None:
        progress = sys.stderr.isatty()
    watch: Watch = partial(ProgressLine, stream=sys.stderr) if progress else nullcontext
    # a polite kill is told like Ctrl-C, so that nothing is left behind
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        check_places(base, data_folder)
        check_allowed(mapping, variables, allowed, database_url)
        unfit = "`--store`" if store else f"`--format {syntax}`" if syntax in {"ttl", "trig", "parquet"} else None
        if distributed:
            from kg.tables.cluster.command import choose_cluster, choose_output, map_distributed

            choice = choose_cluster(workers, scheduler, memory_limit)
            wanted = choose_output(
                place_text, store, partition_size, compression, syntax=syntax, sort=sort, jobs=jobs, resume=resume
            )
            document = read_mapping(mapping, settings, syntax, unfit)
            if document.has_errors:
                code = show(list(document.diagnostics))
            else:
                run = map_distributed(
                    document, settings, choice, wanted, store=store, explain=explain, progress=progress
                )
                code = show(run.diagnostics)
        else:
            write = plan_store(store) if store else plan_output(
                place, mapping, partition_size, compression, syntax=syntax, order="sorted" if sort else "any"
            )  # fmt: skip
            code = map_file(
                mapping,
                settings,
                write,
                syntax=syntax,
                explain=explain,
                watch=watch,
                unfit=unfit,
                repeatable=not is_stream(place),
            )
    except KgError as error:
        click.echo(make_lines_visible(f"error: {error}"), err=True)
        code = 2 if isinstance(error, UsageError) else 3
    except (KeyboardInterrupt, RuntimeError) as error:
        from kg.tables.engine.failure import is_interrupt

        if not is_interrupt(error):
            raise
        click.echo("interrupted", err=True)
        code = 130
    sys.exit(code)


def choose_syntax(path: Path) -> str:
    """The syntax that an output's name says; N-Quads where it says none. One that is not written is wrong use.

    >>> [choose_syntax(Path(name)) for name in ("a.ttl", "a.nt.gz", "a.nq", "a")]
    ['ttl', 'nt', 'nq', 'nq']
    """
    from kg.system.packing import PACKED

    name = path.with_suffix("") if path.suffix.lower() in PACKED else path
    ending = name.suffix.lower()
    if ending in OTHER_SYNTAXES:
        raise click.UsageError(f"`{path}` would be no `{ending}`: say what to write by `--format`")
    return ending[1:] if ending in {".nt", ".ttl", ".trig", ".parquet"} else "nq"


def refuse_unfit_address(place: str | None, *, distributed: bool) -> None:
    """Raises a usage error for an output in an object store that no workers write: it would become a local folder."""
    from kg.tables.folders.storage import is_address

    if place is not None and is_address(place) and not distributed:
        raise click.UsageError(
            f"`{place}` is an object store, into which workers write: give `--workers` or `--cluster`"
        )


def read_address(data: str | None, *, offline: bool) -> Remote | None:
    """The storage that `--data` names; None where it names a folder, or nothing."""
    from kg.tables.folders.storage import is_address, refuse_login
    from kg.tables.sources.remote import Remote

    if data == "":
        raise click.UsageError("the folder that `--data` names is empty")
    if data is None or not is_address(data):
        return None
    try:
        refuse_login(data)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    if offline:
        raise click.UsageError(f"`--no-network` and `--data {data}` exclude each other")
    return Remote(address=data.rstrip("/"))


def told_limits(texts: tuple[str, ...]) -> Limits:
    """The limits that the options set; wrong ones are wrong use."""
    from kg.tables.sources.limits import read_limits

    try:
        return read_limits(texts)
    except UsageError as error:
        raise click.UsageError(str(error)) from None


def check_places(base: str | None, data_folder: Path | None) -> None:
    """Raises UsageError for a base that is no IRI, or data that lie in no folder."""
    import pyoxigraph as ox

    try:
        ox.NamedNode(base or "http://example.org/")
    except ValueError as error:
        raise UsageError(f"`{base}` is no absolute IRI, as `--base` needs one: {error}") from None
    if data_folder is not None and not data_folder.is_dir():
        raise UsageError(f"`{data_folder}` is no folder: `--data` names the folder of the sources")


def check_allowed(
    mapping: Path, variables: tuple[str, ...], allowed: tuple[Path, ...], database_url: str | None
) -> None:
    """Raises UsageError for a variable that nothing names, or a path that is not there: nothing would come of it."""
    from kg.system.files import is_stream

    for path in allowed:
        if not path.exists():
            raise UsageError(f"`{path}` is not there: `--allow-path` names a folder that may be read")
    if is_stream(mapping) or not mapping.is_file():
        return
    written = mapping.read_bytes() + (database_url or "").encode()
    for name in variables:
        if f"${{{name}}}".encode() not in written:
            raise UsageError(f"no `${{{name}}}` stands in the mapping: `--allow-env {name}` allows nothing")


def plan_output(
    path: Path, mapping: Path, size: str | None, compression: str | None, *, syntax: str, order: str
) -> Callable[[Run], None]:
    """A function that writes the file, or the folder of parts; wrong use of either is told before anything is read."""
    from kg.system.packing import find_packing

    if path.exists() and mapping.exists() and path.samefile(mapping):
        raise UsageError(f"`{path}` is the mapping: name another file")
    if size is None:
        from kg.tables.output.target import write_output

        if compression:
            raise UsageError(
                f"`--compress` is for parts: give a `--partition-size`, or name the file `{path.name}.{compression}`"
            )
        find_packing(path)
        if path.is_dir():
            raise UsageError(f"`{path}` is a folder: name a file in it, or give a `--partition-size`")
        return partial(write_output, path=path, syntax=syntax, order=order)
    from kg.tables.output.parts import read_size, refuse_foreign, restore_folder, write_parts

    if syntax not in {"nq", "nt", "parquet"}:
        raise UsageError("parts are N-Quads, N-Triples or Parquet: take `--format nq`, `nt` or `parquet`")
    if syntax == "parquet" and (compression or order == "sorted"):
        option = "--compress" if compression else "--sort"
        raise UsageError(f"`{option}` is for lines: parts of Parquet are packed, and in no order")
    restore_folder(path)
    refuse_foreign(path)
    wanted = read_size(size)
    return partial(
        write_parts, folder=path, mapping=mapping, size=wanted, syntax=syntax, order=order, compression=compression
    )


def plan_store(folder: Path) -> Callable[[Run], None]:
    """A function that loads a store; a folder that it cannot have is told before anything is read."""
    from kg.tables.output.parts import restore_folder
    from kg.tables.project.loading import refuse_foreign_store, write_store

    restore_folder(folder)
    refuse_foreign_store(folder)
    return partial(write_store, folder=folder)


def map_file(
    mapping: Path,
    settings: Settings,
    write: Callable[[Run], None],
    *,
    syntax: str = "nq",
    explain: bool = False,
    watch: Watch = nullcontext,
    unfit: str | None = None,
    repeatable: bool = False,
) -> int:
    """Run a mapping file, and *write* what it gives; diagnostics go to stderr. Returns the exit code.

    *unfit* names the output where it cannot hold quoted triples. A *repeatable* run begins with little memory: what
    exceeds it goes to disk, and what cannot be done so is done once more, in the end with all there is.
    """
    from kg.tables.engine.failure import lacks_database_memory
    from kg.tables.run.memory import list_tries

    document = read_mapping(mapping, settings, syntax, unfit)
    if document.has_errors:
        return show(list(document.diagnostics))
    run = partial(run_document, document, write=write, explain=explain, watch=watch)
    *tries, last = list_tries(document, settings) if repeatable else [settings]
    for each in tries:
        try:
            return run(each)
        except KgError as error:
            if not lacks_database_memory(error):
                raise
    return run(last)


def read_mapping(mapping: Path, settings: Settings, syntax: str, unfit: str | None) -> MappingDocument:
    """A mapping file, with what is wrong with it for an output in a *syntax*, and with the options.

    *unfit* names the output where it cannot hold quoted triples. Raises UsageError.
    """
    from kg.tables.read.graphless import tell_lost_graphs
    from kg.tables.read.mapping import read_any_mapping, read_mapping_text
    from kg.tables.rml import DatabaseSource, find_nouns

    document = read_any_mapping(read_mapping_text(mapping), settings.base)
    lost = tell_lost_graphs(document.triples_maps, syntax)
    document = replace(document, diagnostics=(*document.diagnostics, *lost))
    if settings.database_url and not document.has_errors and not any(find_nouns(document, DatabaseSource)):
        raise UsageError("the mapping reads no database: `--db` has no use")
    if unfit and document.quotes:
        from kg.tables.read.checks import refuse_quoted

        hint = "write a file (`-o`) with `--format nq` or `nt`, in the syntax of RDF-star"
        document = replace(document, diagnostics=(*document.diagnostics, *refuse_quoted(document, unfit, hint)))
    return document


def run_document(
    document: MappingDocument, settings: Settings, *, write: Callable[[Run], None], explain: bool, watch: Watch
) -> int:
    """Run a mapping that is read, and *write* what it gives. Returns the exit code."""
    from kg.system.packages import name_missing_package
    from kg.tables.engine.failure import blame_environment
    from kg.tables.output.target import make_targets, put_targets, stage_targets
    from kg.tables.run import prepare, start_run

    with start_run(document, settings) as run:
        with watch(run), blame_environment("the mapping could not be run"):
            prepare(run)
            if explain:
                show_plan(run)
            with name_missing_package("the output"):
                targets = [] if run.failed else make_targets(run)
                if not run.failed:
                    with stage_targets(targets) as staged:
                        write(run)  # where it fails, no target is replaced
                        put_targets(staged)
        return show(run.diagnostics)


def show_plan(run: Run) -> None:
    """How each source is read, and the steps of the plan with their SQL, on stdout."""
    from kg.tables.plan.show import show_relation
    from kg.tables.sql import write_make, write_query

    for note in run.shelf.notes:
        click.echo(make_lines_visible(f"-- {note}"))
    steps = [(f"made beforehand: {m.name}", m.rows, write_make(m)) for m in run.made.values()]
    steps += [(query.reason, query.rows, write_query(query.rows)) for query in run.queries]
    for words, rows, sql in steps:
        shown = "\n".join(f"--   {line}" for line in show_relation(rows))
        click.echo(make_lines_visible(f"-- {words}\n{shown}\n{sql};\n"))


def show(diagnostics: Sequence[Diagnostic]) -> int:
    """Print the diagnostics; 1 where one is an error, else 0."""
    for diagnostic in sort_diagnostics(diagnostics):
        click.echo(render_text(diagnostic) + "\n", err=True)
    counts = count_severities(diagnostics)
    if diagnostics:
        click.echo(summarise_counts(counts), err=True)
    return 1 if counts[Severity.ERROR] else 0
