"""What several commands share: options, the project, and how diagnostics are shown."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from kg.cli import BOUND, DONE, MISTAKES
from kg.system.files import settle_curated
from kg.system.options import GivenPath
from kg.system.project import Drafts, Project, find_project
from kg.text.diagnostic import (
    Diagnostic,
    KgError,
    Severity,
    count_severities,
    make_lines_visible,
    render_github,
    render_json,
    render_text,
    summarise_counts,
)
from kg.text.fold import fold_alike
from kg.text.language import explain_tag
from kg.text.plural import write_count

if TYPE_CHECKING:  # a third of a second, which `kg serve` does not need
    from kg.build.pipeline import Checked

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class _NumberRange(click.FloatRange):
    """Numbers of a range; NaN, which is neither within nor without, and infinity are none."""

    name = "number"  # click calls what is typed wrong "not a valid float range"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a valid number.", param, ctx)
        return number


class WholeRange(click.IntRange):
    """Whole numbers of a range."""

    name = "whole number"


SECONDS = _NumberRange(min=0, min_open=True)
SHARE = _NumberRange(0, 100)

texts_option: Decorator = click.option(
    "--texts", envvar="KG_TEXTS", type=GivenPath(), metavar="DIR",
    help="The folder of the source texts; evidence is verified against them. Also: KG_TEXTS.",
)  # fmt: skip


def _read_language(context: click.Context, option: click.Parameter, tag: str | None) -> str | None:
    hint = explain_tag(tag) if tag is not None else None
    if hint is not None:
        raise click.BadParameter(f"`{tag}` is no language tag: {hint}", context, option)
    return tag


lang_option: Decorator = click.option(
    "--lang", metavar="TAG", callback=_read_language,
    help="The language of labels, by BCP 47 lookup (default: the data set's).",
)  # fmt: skip
as_of_option: Decorator = click.option(
    "--as-of", metavar="DATE", help="What holds at the end of this year, month or day (default: the data set's own).",
)  # fmt: skip
known_by_option: Decorator = click.option(
    "--known-by", metavar="DATE", help="Only what sources say that were published by the end of this date.",
)  # fmt: skip


def _read_addresses(context: click.Context, option: click.Parameter, addresses: tuple[str, ...]) -> tuple[str, ...]:
    for address in addresses:
        from kg.reading.dataset import explain_address

        wrong = explain_address(address)
        if wrong is not None:
            raise click.BadParameter(": ".join(wrong), context, option)
    return addresses


network_option: Decorator = click.option(
    "--allow-network", "network", multiple=True, metavar="ADDRESS", callback=_read_addresses,
    help="An endpoint or server of a database that mappings may ask, besides those under `network`.",
)  # fmt: skip
drafts_option: Decorator = click.option(
    "--drafts", is_flag=True, help="With the proposals under seeds/drafts/, marked as unreviewed.",
)  # fmt: skip
strict_option: Decorator = click.option("--strict", is_flag=True, help="Take warnings for errors (exit code 4).")
verbose_option: Decorator = click.option("-v", "--verbose", is_flag=True, help="Show notes and accepted warnings too.")


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print lines for a person: what is not ours in them (labels, values, names of files) moves no cursor."""
    click.echo(make_lines_visible(text), err=err, nl=nl)


def is_at_terminal() -> bool:
    """Whether somebody can be asked; of a stream that the caller closed there is nothing."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def get_project(context: click.Context) -> Project:
    """The project that `-C`, or the current folder, lies in; what a killed command left half-written is settled."""
    project = find_project(context.obj or Path())
    settle_curated(project.root, project.work)
    return project


def was_given(context: click.Context, option: str) -> bool:
    """Whether an option stands on the command line: it is neither its default nor a variable of the environment."""
    return context.get_parameter_source(option) is ParameterSource.COMMANDLINE


def check_texts(texts: Path | None) -> None:
    """Raise KgError for a folder of texts that is not there; a server would only tell it later, or never."""
    if texts is not None and not texts.is_dir():
        raise KgError(f"no folder of texts {texts}")


def choose_drafts(asked: bool) -> Drafts:
    """What becomes of drafts where `--drafts` was given, or was not."""
    return Drafts.BUILT_IN if asked else Drafts.LEFT_OUT


def show_diagnostics(diagnostics: Sequence[Diagnostic], *, verbose: bool, form: str = "text") -> None:
    """Diagnostics as text to stderr, or as JSON or GitHub annotations to stdout; notes where *verbose*.

    On a terminal six and more alike diagnostics are folded, unless *verbose*.
    """
    shown = [d for d in diagnostics if verbose or d.severity > Severity.NOTE]
    if form == "json":
        click.echo(render_json(shown).encode("utf-8", "backslashreplace"))
    elif form == "github":
        for diagnostic in shown:
            click.echo(render_github(diagnostic).encode("utf-8", "backslashreplace"))
    else:
        folded = sys.stderr.isatty() and not verbose  # a wall of alike warnings hides the one that matters
        for text in fold_alike(shown) if folded else map(render_text, shown):
            click.echo(text + "\n", err=True)


def summarise(checked: Checked) -> str:
    """How many diagnostics there are: `kg: 2 errors, 1 warning, 19 notes in 9 files`."""
    files = {d.mark.file for d in checked.diagnostics if d.severity > Severity.NOTE}
    where = f" in {write_count(len(files), 'file')}" if files else ""
    return f"kg: {summarise_counts(count_severities(checked.diagnostics))}{where}"


def summarise_state(checked: Checked, apart: Sequence[Diagnostic]) -> str:
    """`kg: 12 drafts to review, 3 unreviewed in the seeds`; nothing where there is neither.

    *apart* is what is wrong in drafts.
    """
    from kg.build.waiting import count_state

    counts = count_state(checked)
    wrong = f"; in drafts {summarise_counts(count_severities(apart))}" if apart else ""
    return f"kg: {counts}{wrong}\n" if counts or wrong else ""


def exit_code(diagnostics: Sequence[Diagnostic], *, strict: bool) -> int:
    """1 for errors, 4 for warnings where *strict*, else 0."""
    worst = max((d.severity for d in diagnostics), default=Severity.NOTE)
    if worst is Severity.ERROR:
        return MISTAKES
    return BOUND if strict and worst is Severity.WARNING else DONE


def load(
    context: click.Context, texts: Path | None = None, *, rows: bool = True, as_of: str | None = None,
    known_by: str | None = None, drafts: bool = False,
) -> Checked:  # fmt: skip
    """The checked project for a command that asks, as it is seen from the day *as_of* with what was *known_by* then.

    With errors in it, they are shown and the command ends.
    """
    from kg.build.pipeline import check_files, read_project, run_tables, see_from
    from kg.graph.standpoint import read_standpoint

    standpoint = read_standpoint(as_of, known_by)
    checked = see_from(check_files(read_project(get_project(context), texts, choose_drafts(drafts))), standpoint)
    if rows:
        checked = run_tables(checked)
    refuse_errors(checked)
    return checked


def refuse_errors(checked: Checked) -> None:
    """Show the errors of a project that has some, and end the command."""
    if checked.has_errors:
        show_diagnostics([d for d in checked.diagnostics if d.severity is Severity.ERROR], verbose=False)
        click.echo(f"{summarise(checked)}: mend the errors first", err=True)
        sys.exit(MISTAKES)
