"""`kg evidence`: work that needs the source texts at hand."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from kg.build.pipeline import check_files, read_project
from kg.cli import BOUND, DONE, MISTAKES
from kg.cli.common import exit_code, get_project, is_at_terminal, say, show_diagnostics, texts_option, was_given
from kg.evidence.documents.taken import DocumentFormat
from kg.evidence.outline import (
    find_source,
    quote_sentences,
    update_outline,
    verify_evidence,
    write_skeleton,
)
from kg.reading.articles import read_article
from kg.system.files import hold_curated, open_standard_input
from kg.system.options import GivenPath
from kg.system.project import Project
from kg.text.diagnostic import KgError, UsageError
from kg.text.plural import write_count


@click.group("evidence")
def evidence_command() -> None:
    """Add texts, verify evidence, and write addresses and digests from the texts.

    Never a word of a text is written into the project: texts lie in a folder of their own.
    """


@evidence_command.command("add")
@click.argument("file")
@click.option("--id", "id_", metavar="ID", help="The id of the source (default: made of the file's name).")
@click.option("--as", "form", type=click.Choice([form.value for form in DocumentFormat]),
              help="What the file is (default: by its bytes).")  # fmt: skip
@click.option("--encoding", metavar="NAME", help="The encoding of a text or page (default: by its mark, or UTF-8).")
@click.option("--lang", metavar="TAG", help="The language of the text (default: as the file or its writing says).")
@click.option("--print", "prints", is_flag=True, help="Print the text that is taken out; write nothing.")
@texts_option
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.pass_context
def add_command(
    context: click.Context, file: str, id_: str | None, form: str | None, encoding: str | None, lang: str | None,
    prints: bool, texts: Path | None, dry_run: bool,
) -> int:  # fmt: skip
    """Make a source of FILE: plain text, HTML, PDF or DOCX; `-` reads standard input.

    The text is taken out once, into the folder of texts (default: texts/ of the project), with form feeds where pages
    end. Title, date, author and language are proposed from what the file says, and each tells where it comes from. The
    source's file and outline are written, and an entity for its author where none bears the name. No network is asked.
    """
    from kg.change.add import NewText, plan_addition, show_addition, write_addition
    from kg.evidence.documents.read import read_document_text
    from kg.evidence.documents.taken import UnreadableError

    project = get_project(context)
    given = {"--id": id_, "--lang": lang, "--texts": texts, "--dry-run": dry_run or None}
    unused = [option for option, value in given.items() if prints and value is not None]
    if unused:
        raise UsageError(f"`{unused[0]}` has no use beside `--print`, which makes no source")
    path = None if file == "-" else Path(file)
    name = "stdin" if path is None else path.name
    raw = read_bounded(path)
    try:
        taken = read_document_text(
            raw, name, form=DocumentFormat(form) if form is not None else None, encoding=encoding
        )
    except UnreadableError as error:
        show_diagnostics([error.diagnostic], verbose=True)
        return MISTAKES
    if prints:
        if sys.stdout.isatty():
            say(taken.text.replace("\f", "\n"), nl=False)
        else:
            click.echo(taken.text.encode("utf-8"), nl=False)
        return DONE
    document = NewText(name=name, raw=raw, path=path, taken=taken)
    folder = texts if texts is not None else project.root / "texts"
    with nullcontext(project) if dry_run else lock_curated(project, "add"):
        checked = check_files(read_project(project))
        addition = plan_addition(checked, document, folder, id_=id_, lang=lang)
        if not (dry_run or addition.refused or addition.same):
            write_addition(addition, project)
    say(show_addition(addition, dry_run=dry_run), nl=False)
    if addition.refused:
        return MISTAKES
    if not (dry_run or addition.same):
        where = ["texts/" + addition.text[0].name if texts is None else addition.text[0].name] if addition.text else []
        say("".join(f"written: {name}\n" for name in [*where, *(file.name for file in addition.files)]), nl=False)
    return DONE


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
    show_diagnostics(quote_sentences(checked, found), verbose=True)
    for source in checked.seeds.sources:
        article = checked.articles.by_source.get(source.id)
        claimed = sum(s.source == source.id for s in checked.seeds.sentences)
        if article is not None:
            say(f"{source.id}: {write_count(len(article.sentences), 'sentence')}, {claimed} claimed sentences compared")
        else:
            say(f"{source.id}: unverified, the text is not at hand")
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
    with lock_curated(get_project(context), "outline") as project:
        checked = check_files(read_project(project, texts))
        path = update_outline(checked, find_source(checked.seeds, source))
    say(f"written: {project.name_of(path)}")


@evidence_command.command("skeleton")
@click.argument("source")
@texts_option
@click.option("--with-text", is_flag=True, help="Show each sentence above its key, where a terminal is looked at.")
@click.pass_context
def skeleton_command(context: click.Context, source: str, texts: Path | None, with_text: bool) -> None:
    """Print the keys of the sentences still to do.

    To begin a claims file with, or to paste into one. Sentences go to a terminal only: a file is no place for them.
    """
    if with_text and not sys.stdout.isatty():
        raise UsageError("`--with-text` shows sentences on a terminal only: they belong to others, and into no file")
    checked = check_files(read_project(get_project(context), texts))
    skeleton = write_skeleton(checked, find_source(checked.seeds, source), with_text=with_text)
    say(skeleton, nl=False)
    if not skeleton:
        say(f"kg: no sentence of {source} is to do", err=True)


@evidence_command.command("rebase")
@click.argument("source")
@texts_option
@click.option("--before", type=GivenPath(), metavar="FILE",
              help="The text before its correction: near matches are then found by their words.")  # fmt: skip
@click.option("--take", "takes", multiple=True, metavar="OLD[=NEW]",
              help="Take a near match: what was at OLD is at NEW now (default: the proposed one).")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would move; write nothing.")
@click.pass_context
def rebase_command(
    context: click.Context, source: str, texts: Path | None, before: Path | None, takes: tuple[str, ...], dry_run: bool
) -> int:
    """Move keys to where sentences of a corrected text went.

    Sentences are found by their digests. All files are written, or none. Those that changed are listed, to be read
    again; near matches are proposed, and taken with --take or, on a terminal, when asked.
    """
    from kg.change.rebase import plan_rebase, show_rebase
    from kg.change.rekey import write_rewritten

    take = {old: new or None for old, _, new in (each.partition("=") for each in takes)}
    with nullcontext(get_project(context)) if dry_run else lock_curated(get_project(context), "rebase") as project:
        checked = check_files(read_project(project, texts))
        found = find_source(checked.seeds, source)
        text = read_article(before, source, found.lang) if before is not None else None
        rebase = plan_rebase(checked, found, text, take)
        if rebase.near and not dry_run and is_at_terminal():
            say(show_rebase(rebase), nl=False)
            take |= {near.old: near.new for near in rebase.near if click.confirm(f"is {near.old} now {near.new}?")}
            rebase = plan_rebase(checked, found, text, take)
        say(show_rebase(rebase), nl=False)
        if rebase.refused:
            return MISTAKES
        if dry_run:
            return DONE
        write_rewritten(rebase.files, project)
    say("".join(f"rewritten: {file.name}\n" for file in rebase.files), nl=False)
    if rebase.moved or rebase.taken or rebase.joined or rebase.unjoined or rebase.folded:
        given = was_given(context, "texts")  # else KG_TEXTS has it
        say(f"next: kg evidence outline {source}" + (f" --texts {shlex.quote(str(texts))}" if given else ""))
    return DONE


@contextmanager
def lock_curated(project: Project, what: str) -> Iterator[Project]:
    """The project while nobody else writes into it; what a killed command left half-written is settled first."""
    with hold_curated(project.root, project.work, what):
        yield project


def read_bounded(path: Path | None) -> bytes:
    """The bytes of a file, or of standard input; of an endless one no more than a document may have.

    Raises KgError when it cannot be read.
    """
    from kg.evidence.documents.read import LARGEST

    try:
        if path is None:
            return open_standard_input().read(LARGEST + 1)
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise KgError(f"cannot read {path or 'standard input'}: {reason or error}") from error
