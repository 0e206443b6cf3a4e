"""`kg schema`: JSON Schemas of the curated files, for editors and other tools."""

from __future__ import annotations

from pathlib import Path

import click

from kg.build.pipeline import check_files, read_project
from kg.cli.common import get_project, say
from kg.reading.schema import SCHEMAS, write_schema, write_schemas
from kg.system.files import encode_file, hold_lock, write_exports
from kg.system.options import GivenPath

_JOURNAL = "schema.journal"


@click.command("schema")
@click.argument("name", required=False, type=click.Choice(list(SCHEMAS)), metavar="[NAME]")
@click.option("-o", "--output", type=GivenPath(file_okay=False), metavar="DIR",
              help="The folder for the schemas (default: .kg/schema/ of the project).")  # fmt: skip
@click.pass_context
def schema_command(context: click.Context, name: str | None, output: Path | None) -> None:
    """Write JSON Schemas of the curated files, so that editors complete and explain.

    They hold the project's entities, properties, units and classes with their labels. With NAME (`claims`, `source`,
    `entities`, `dataset`, `rejected`, `question`) that one is printed. Run it again after entities were added.
    """
    if output is not None and name is not None:
        raise click.UsageError("-o is the folder for all schemas: one that is named is printed")
    if output == Path("-"):
        raise click.UsageError("`-o` names a folder: `kg schema claims` prints one schema")
    project = get_project(context)
    checked = check_files(read_project(project))
    if name is not None:
        click.echo(write_schema(name, checked.seeds, checked.vocabulary).encode(), nl=False)
        return
    folder = output if output is not None else project.work / "schema"
    schemas = write_schemas(checked.seeds, checked.vocabulary)
    with hold_lock(project.work, "schema"):
        write_exports(
            [encode_file(f"{each}.json", text) for each, text in schemas.items()], folder, project.work, _JOURNAL
        )
    for each in schemas:
        say(f"written: {project.name_of(folder / f'{each}.json')}")
