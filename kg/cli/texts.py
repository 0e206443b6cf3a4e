"""`kg evidence`: work that needs the source texts at hand."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import BOUND, DONE
from kg.cli.common import exit_code, get_project, show_diagnostics, texts_option
from kg.diagnostic import UsageError
from kg.evidence import (
    apply_rebase,
    find_source,
    plan_rebase,
    show_rebase,
    update_outline,
    verify_evidence,
    write_skeleton,
)
from kg.pipeline import check_files, read_project


@click.group("evidence")
def evidence_command() -> None:
    """Verify evidence, and write addresses and digests from the texts.

    Never a word of a text is written.
    """


@evidence_command.command("verify")
@texts_option
@click.pass_context
def verify_command(context: click.Context, texts: Path | None) -> int:
    """Compare every address, digest and place with the texts.

    Exit code 1 for a mismatch, 4 where a source's text is not at hand.
    """
    if texts is None:
        raise UsageError("give the folder of the texts with `--texts DIR`")
    checked = check_files(read_project(get_project(context), texts))
    found = verify_evidence(checked)
    show_diagnostics(found, verbose=True)
    for source in checked.seeds.sources:
        article = checked.articles.by_source.get(source.id)
        claimed = sum(s.source == source.id for s in checked.seeds.sentences)
        if article is not None:
            click.echo(f"{source.id}: {len(article.sentences)} sentences, {claimed} claimed sentences compared")
        else:
            click.echo(f"{source.id}: unverified, the text is not at hand")
    worst = exit_code(found, strict=True)
    all_at_hand = all(source.id in checked.articles.by_source for source in checked.seeds.sources)
    return worst if worst or all_at_hand else BOUND


@evidence_command.command("outline")
@click.argument("source")
@texts_option
@click.pass_context
def outline_command(context: click.Context, source: str, texts: Path | None) -> None:
    """Write a source's outline into its file.

    The outline is the text's SHA-256, and the address, digest and figures of each sentence.
    """
    checked = check_files(read_project(get_project(context), texts))
    path = update_outline(checked, find_source(checked.seeds, source))
    click.echo(f"written: {checked.project.name_of(path)}")


@evidence_command.command("skeleton")
@click.argument("source")
@texts_option
@click.pass_context
def skeleton_command(context: click.Context, source: str, texts: Path | None) -> None:
    """Print the keys of the sentences still to do.

    To begin a claims file with, or to paste into one.
    """
    checked = check_files(read_project(get_project(context), texts))
    skeleton = write_skeleton(checked, find_source(checked.seeds, source))
    click.echo(skeleton, nl=False)
    if not skeleton:
        click.echo(f"kg: no sentence of {source} is to do", err=True)


@evidence_command.command("rebase")
@click.argument("source")
@texts_option
@click.option("--dry-run", is_flag=True, help="Say what would move; write nothing.")
@click.pass_context
def rebase_command(context: click.Context, source: str, texts: Path | None, dry_run: bool) -> int:
    """Move keys to where sentences of a corrected text went.

    Sentences are found by their digests; those that changed are listed, to be read again.
    """
    checked = check_files(read_project(get_project(context), texts))
    rebase = plan_rebase(checked, find_source(checked.seeds, source))
    if not dry_run:
        apply_rebase(rebase)
    names = [] if dry_run else [checked.project.name_of(path) for path, _ in rebase.files]
    click.echo(show_rebase(rebase, names), nl=False)
    if rebase.moved and not dry_run:
        click.echo(f"next: kg evidence outline {source} --texts DIR")
    return DONE
