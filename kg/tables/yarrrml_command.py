"""`kg yarrrml IN -o OUT`: YARRRML → RML as Turtle."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from kg.text.diagnostic import (
    Diagnostic,
    KgError,
    Severity,
    UsageError,
    count_severities,
    has_errors,
    make_lines_visible,
    render_text,
    summarise_counts,
)

VOCABULARIES = ("legacy", "rml", "r2rml")  # those of `Generation`


def _print_diagnostics(diagnostics: Iterable[Diagnostic]) -> bool:
    """Show them; true where one of them is an error."""
    shown = [d for d in diagnostics if d.severity is not Severity.NOTE]
    for diagnostic in shown:
        click.echo(render_text(diagnostic) + "\n", err=True)
    if shown:
        click.echo(summarise_counts(count_severities(shown)), err=True)
    return has_errors(shown)


@click.command("yarrrml")
@click.argument("file_text", metavar="IN")
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    help="Turtle file; else, or with `-`, standard output.",
)
@click.option(
    "-f",
    "--vocabulary",
    "--format",
    type=click.Choice(["auto", *VOCABULARIES], case_sensitive=False),
    default="auto",
    show_default=True,
    help="legacy: R2RML with the older RML, as YARRRML Parser writes; rml: today's RML; r2rml: databases. "
    "auto: r2rml where all sources are tables or queries without `access`; otherwise legacy.",
)
@click.option("-e", "--external", metavar="NAME=VALUE", multiple=True, help="Value of the external reference $(_NAME).")
@click.option("--metadata/--no-metadata", default=True, help="Describe the rules: their authors and triples maps.")
@click.option("--strict", is_flag=True, help="Warnings count as errors (exit code 4).")
def yarrrml_command(
    file_text: str, output: str | None, vocabulary: str, external: tuple[str, ...], metadata: bool, strict: bool
) -> None:
    """Translate a YARRRML mapping to RML.

    IN is a file, or `-`: standard input.
    """
    from kg.system.files import check_output, name_input, name_output, write_output

    # the command is known to `kg map` too, which often needs none of this
    from kg.tables.read.yarrrml.document import read_yarrrml
    from kg.tables.read.yarrrml.translate import translate_to_rml
    from kg.tables.vocabulary import Generation
    from kg.text.yamldoc import read_text

    externals: dict[str, str] = {}
    for pair in external:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"`{pair}` is not NAME=VALUE", param_hint="--external")
        externals[name] = value
    file = name_input(file_text)
    place = None if output is None else name_output(output)
    if place is not None:
        check_output(place, [file])
    source, problems = read_text(file, file.as_posix())
    if _print_diagnostics(problems):
        raise SystemExit(1)
    for name in externals:
        if f"$(_{name})" not in source.text:
            raise click.BadParameter(f"no `$(_{name})` stands in the mapping", param_hint="--external")
    document = read_yarrrml(source, externals=externals)
    chosen = None if vocabulary == "auto" else Generation(vocabulary)
    if document.document.has_errors:
        _print_diagnostics(document.diagnostics)
        raise SystemExit(1)
    translation = translate_to_rml(document, generation=chosen, metadata=metadata)
    diagnostics = document.diagnostics + translation.diagnostics
    if _print_diagnostics(diagnostics):
        raise SystemExit(1)
    if strict and any(d.severity is Severity.WARNING for d in diagnostics):
        raise SystemExit(4)
    text = translation.turtle
    if place is None:
        click.echo(text, nl=False)
        return
    write_output(place, text.encode("utf-8"))


if __name__ == "__main__":
    try:
        yarrrml_command(prog_name="kg yarrrml")
    except KgError as failure:
        click.echo(make_lines_visible(f"error: {failure}"), err=True)
        sys.exit(2 if isinstance(failure, UsageError) else 3)
