"""`kg check`, `kg build`, `kg export`: from the seeds to the exports."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from kg.cli.common import (
    exit_code,
    get_project,
    load,
    show_diagnostics,
    strict_option,
    summarise,
    texts_option,
    verbose_option,
)
from kg.pipeline import assert_project, check_project


@click.command("check")
@texts_option
@strict_option
@verbose_option
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
              help="Text goes to stderr; JSON and GitHub annotations go to stdout.")  # fmt: skip
@click.pass_context
def check_command(context: click.Context, texts: Path | None, strict: bool, verbose: bool, form: str) -> int:
    """Check everything but SHACL; write nothing.

    Every mistake is shown at its file, line and column. `kg explain CODE` says more about a code.
    """
    checked = check_project(get_project(context), texts)
    show_diagnostics(checked.diagnostics, verbose=verbose, form=form)
    click.echo(summarise(checked), err=True)
    return exit_code(checked.diagnostics, strict=strict)


class StageLine:
    """Shows the stage that runs: one line that is overwritten on a terminal, a line a stage elsewhere."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.live = sys.stderr.isatty()

    def __call__(self, stage: str) -> None:
        seconds = time.perf_counter() - self.begun
        click.echo(
            f"\r\033[K{seconds:5.2f} s  {stage}" if self.live else f"{seconds:5.2f} s  {stage}",
            err=True,
            nl=not self.live,
        )

    def end(self) -> None:
        if self.live:
            click.echo("\r\033[K", err=True, nl=False)


@click.command("build")
@texts_option
@strict_option
@verbose_option
@click.pass_context
def build_command(context: click.Context, texts: Path | None, strict: bool, verbose: bool) -> int:
    """Check, assert, validate (SHACL) and write all exports, or none."""
    from kg.build import build_project, summarise_build

    stages = StageLine()
    try:
        report = build_project(get_project(context), texts=texts, strict=strict, progress=stages)
    finally:
        stages.end()
    show_diagnostics(report.diagnostics, verbose=verbose)
    click.echo(summarise_build(report), nl=False)
    click.echo(summarise(report.checked), err=True)
    return exit_code(report.diagnostics, strict=strict)


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice(["turtle", "trig", "nquads", "jsonld", "context", "csv"]))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write (default: stdout).")
@click.pass_context
def export_command(context: click.Context, form: str, output: Path | None) -> None:
    """Write the graph in one format.

    FORMAT is turtle, trig, nquads, jsonld, context or csv.
    """
    from kg.files import write_text
    from kg.publish import publish_graph

    checked = load(context)
    (file,) = publish_graph(checked, assert_project(checked), form)
    if output is None:
        click.echo(file.raw, nl=False)  # the bytes of the export, whatever the locale
    else:
        write_text(output, file.text)
