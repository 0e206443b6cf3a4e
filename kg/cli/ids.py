"""`kg rename` and `kg merge`: another id for an entity, one entity of two, in every file that names them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import click

from kg.build.pipeline import Checked, check_files, read_project
from kg.change.merge import plan_merge
from kg.change.rekey import write_rewritten
from kg.change.rename import Renaming, plan_rename, show_renaming
from kg.cli import DONE, MISTAKES
from kg.cli.common import get_project, say
from kg.cli.texts import lock_curated


@click.command("rename")
@click.argument("old")
@click.argument("new")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.pass_context
def rename_command(context: click.Context, old: str, new: str, dry_run: bool) -> int:
    """Give an entity another id, in every file that names it.

    The old id is kept under `replaces`, and its IRI leads to the new one. All files are written, or none. Tables, RDF
    and the ontology stay as they are: places in them that may mean the entity are listed.
    """
    return _run(context, "rename", lambda checked: plan_rename(checked, old, new), dry_run)


@click.command("merge")
@click.argument("kept")
@click.argument("gone")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.pass_context
def merge_command(context: click.Context, kept: str, gone: str, dry_run: bool) -> int:
    """Make one entity of two: what is said of GONE is said of KEPT.

    Its names become aliases, its outside ids and remarks go along, and its id is kept under `replaces`. All files are
    written, or none, and no comment is lost. Where the two contradict each other (their classes, two ids of one
    authority, a claim that relates them), the places are listed and nothing is written.
    """
    return _run(context, "merge", lambda checked: plan_merge(checked, kept, gone), dry_run)


def _run(context: click.Context, what: str, plan: Callable[[Checked], Renaming], dry_run: bool) -> int:
    project = get_project(context)
    with nullcontext(project) if dry_run else lock_curated(project, what):
        renaming = plan(check_files(read_project(project)))
        say(show_renaming(renaming), nl=False)
        if renaming.refused:
            return MISTAKES
        if dry_run:
            return DONE
        write_rewritten(renaming.files, project)
    say("next: kg test, then kg build")
    return DONE
