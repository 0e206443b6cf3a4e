"""`kg import`: proposals of people and machines, judged against the texts, into drafts."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

import click

from kg.build.pipeline import Checked, check_files, read_project
from kg.cli import DONE, MISTAKES
from kg.cli.common import get_project, refuse_errors, say, texts_option
from kg.cli.texts import lock_curated
from kg.drafts.proposal.drafts import Origin, save_drafts, write_drafts
from kg.drafts.proposal.formats import FORMATS, MOST_BYTES, ProposalFile, read_rows
from kg.drafts.proposal.judge import judge_proposals
from kg.drafts.proposal.proposal import Judged, Verdict
from kg.drafts.proposal.report import describe_row, write_row
from kg.drafts.review.plan import today
from kg.evidence.outline import find_source
from kg.system.files import ExportFile, open_standard_input
from kg.system.options import GivenPath
from kg.system.project import Drafts, Project
from kg.text.diagnostic import KgError, UsageError
from kg.text.plural import write_count


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=GivenPath(allow_dash=True))
@click.option("--as", "form", required=True, type=click.Choice(list(FORMATS)), help="The format of the files.")
@click.option("--source", metavar="ID", help="The source of rows that name no document.")
@texts_option
@click.option("--dry-run", is_flag=True, help="Say what would become of each row; write nothing.")
@click.option("--format", "shown", type=click.Choice(["text", "json"]), default="text", help="json: an object a row.")
@click.option("--by", metavar="NAME", help="Who proposes, as the drafts say it (default: the name of the first file).")
@click.option(
    "--with", "tool", metavar="TOOL", help="With what it was made, as the drafts say it (default: the format)."
)
@click.pass_context
def import_command(
    context: click.Context, files: tuple[Path, ...], form: str, source: str | None, texts: Path | None, dry_run: bool,
    shown: str, by: str | None, tool: str | None,
) -> int:  # fmt: skip
    """Judge proposals against the texts; what is accepted goes to seeds/drafts/.

    Each row is new, same (further evidence for a claim), conflict (with a claim) or rejected, with the reason. FILE may
    be - for standard input. Exit code 1 where a row was rejected.
    """
    if texts is None:
        raise UsageError("give the folder of the texts with `--texts DIR`: proposals are judged against them")
    refuse_twice(files)
    brought = [read_file(path) for path in files]
    origin = Origin(
        by=brought[0].name if by is None else by,
        on=today(),
        tool=tool if tool is not None else f"kg import --as {form}",
    )
    project = get_project(context)
    with nullcontext(project) if dry_run else lock_curated(project, "import"):
        checked = load_for_proposals(project, texts)
        if source is not None:
            find_source(checked.seeds, source)
        counts: Counter[Verdict] = Counter()
        kept: list[Judged] = []
        rows = read_rows(form, brought, documented=source is not None)
        for judged in judge_proposals(checked, rows, source=source):
            counts[judged.verdict] += 1
            if judged.stated is not None and not dry_run:
                kept.append(judged)
            if shown == "json":
                click.echo(json.dumps(describe_row(judged), ensure_ascii=False).encode("utf-8", "backslashreplace"))
            else:
                say(write_row(judged), nl=False)
        written: tuple[ExportFile, ...] = ()
        if kept:
            written = write_drafts(kept, checked, Path(brought[0].name).stem, origin)
            save_drafts(written, project)
    for file in written:
        say(f"written: {file.name}", err=shown == "json")
    total = sum(counts.values())
    told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict)
    say(f"kg: {told} of {write_count(total, 'row')}", err=True)
    return MISTAKES if counts[Verdict.REJECTED] else DONE


def refuse_twice(files: Iterable[Path]) -> None:
    """Raises UsageError where a file, or standard input, is given twice: its rows would be judged twice."""
    places: dict[str, str] = {}
    for path in files:
        name = "standard input" if str(path) == "-" else str(path)
        place = os.path.realpath("/dev/stdin" if str(path) == "-" else path)
        if place in places:
            raise UsageError(
                f"{name} is given twice" + (f": {places[place]} is it too" if places[place] != name else "")
            )
        places[place] = name


def read_file(path: Path) -> ProposalFile:
    """A file of proposals, or standard input. Raises KgError where it cannot be read, UsageError if it is too big."""
    name = "standard input" if str(path) == "-" else path.name
    try:
        if str(path) == "-":
            raw = open_standard_input().read(MOST_BYTES + 1)
        else:
            with path.open("rb") as stream:
                raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise KgError(f"cannot read {name}: {error.strerror or error}") from error
    if len(raw) > MOST_BYTES:
        raise UsageError(f"{name} has more than {MOST_BYTES // 10**6} MB: split it, and import its parts")
    return ProposalFile(name=name, raw=raw)


def load_for_proposals(project: Project, texts: Path) -> Checked:
    """The project with its drafts, which holds no errors: else they are shown, and the command ends."""
    checked = check_files(read_project(project, texts, Drafts.BUILT_IN))
    refuse_errors(checked)
    return checked
