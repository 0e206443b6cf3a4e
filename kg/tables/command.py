"""`kg map`: a mapping over tables, standing alone, to N-Quads or another syntax."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.system.options import GivenPath
from kg.tables.options import MapOptions, check_allowed, check_places, make_settings, refuse_misuse
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

Watch = Callable[["Run"], AbstractContextManager[object]]


@click.command("map")
@click.argument("mapping_text", metavar="MAPPING")
@click.option("-o", "--output", "place_text", metavar="PATH",
              help="File for the quads (`-`: standard output), or folder for parts.")  # fmt: skip
@click.option("--store", type=GivenPath(), help="Folder of a store to load the quads into, instead.")
@click.option("--base", help="Base IRI for relative IRIs of the data.")
@click.option("--db", "database_url", help="Address or file of the database, in place of those in the mapping.")
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
def map_command(**given: Any) -> None:
    """Map tables to RDF with the RML, R2RML or YARRRML document MAPPING.

    A file that ends in .yml, .yaml or .yarrrml is YARRRML; any other, and `-` (standard input), is RML or R2RML in
    Turtle.
    """
    options = MapOptions(**given)
    refuse_misuse(options)
    settings = make_settings(options)
    # a polite kill is told like Ctrl-C, so that nothing is left behind
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        check_places(settings)
        check_allowed(options)
        code = map_on_workers(options, settings) if options.is_distributed else map_here(options, settings)
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


def map_on_workers(options: MapOptions, settings: Settings) -> int:
    """Run the mapping on workers. Returns the exit code."""
    from kg.tables.cluster.command import choose_cluster, choose_output, map_distributed

    choice = choose_cluster(options.workers, options.scheduler, options.memory_limit)
    wanted = choose_output(options)
    document = read_mapping(options.mapping, settings, options.syntax, name_unquoting(options))
    if document.has_errors:
        return show(list(document.diagnostics))
    run = map_distributed(
        document, settings, choice, wanted,
        store=options.store, explain=options.explain, progress=options.shows_progress,
    )  # fmt: skip
    return show(run.diagnostics)


def map_here(options: MapOptions, settings: Settings) -> int:
    """Run the mapping in this process. Returns the exit code."""
    from kg.system.files import is_stream
    from kg.tables.run.progress import ProgressLine

    return map_file(
        options.mapping,
        settings,
        plan_output(options) if options.store is None else plan_store(options.store),
        syntax=options.syntax,
        explain=options.explain,
        watch=partial(ProgressLine, stream=sys.stderr) if options.shows_progress else nullcontext,
        unfit=name_unquoting(options),
        repeatable=not is_stream(options.place),
    )


def name_unquoting(options: MapOptions) -> str | None:
    """The option whose output cannot hold quoted triples; None where it can."""
    if options.store:
        return "`--store`"
    return f"`--format {options.syntax}`" if options.syntax in {"ttl", "trig", "parquet"} else None


def plan_output(options: MapOptions) -> Callable[[Run], None]:
    """A function that writes the file, or the folder of parts; wrong use of either is told before anything is read."""
    from kg.system.packing import find_packing

    path, mapping, size = options.place, options.mapping, options.partition_size
    syntax, compression = options.syntax, options.compression
    order = "sorted" if options.sort else "any"
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
    if syntax == "parquet" and (compression or options.sort):
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
    from kg.tables.sql import explain_steps

    for note in run.shelf.notes:
        click.echo(make_lines_visible(f"-- {note}"))
    for step in explain_steps(run.made.values(), run.queries):
        click.echo(make_lines_visible(step))


def show(diagnostics: Sequence[Diagnostic]) -> int:
    """Print the diagnostics; 1 where one is an error, else 0."""
    for diagnostic in sort_diagnostics(diagnostics):
        click.echo(render_text(diagnostic) + "\n", err=True)
    counts = count_severities(diagnostics)
    if diagnostics:
        click.echo(summarise_counts(counts), err=True)
    return 1 if counts[Severity.ERROR] else 0
