"""`kg review`: proposals one by one, at a terminal or by their ids."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from kg.build.pipeline import Checked
from kg.cli import DONE, MISTAKES
from kg.cli.common import get_project, is_at_terminal, lang_option, say, texts_option
from kg.cli.memory import release_stderr
from kg.drafts.review.accept import plan_acceptance
from kg.drafts.review.act import Find, MakePlan, read_with_drafts, review_draft
from kg.drafts.review.draft import Draft, find_draft, find_unread, list_drafts
from kg.drafts.review.plan import Reviewer, name_reviewer
from kg.drafts.review.reject import plan_edit, plan_rejection, write_draft
from kg.drafts.review.show import show_draft, show_drafts, write_drafts_json
from kg.system.project import Project
from kg.text.diagnostic import UsageError

KEYS = "a accept   e edit   r reject   s skip   q quit"


@click.command("review")
@click.argument("ids", nargs=-1, metavar="[ID ...]")
@click.option("--list", "list_all", is_flag=True, help="List all drafts, a line each.")
@click.option("--accept", is_flag=True, help="Accept the drafts of these ids.")
@click.option("--reject", "reason", metavar="REASON", help="Reject the drafts of these ids, for this reason.")
@click.option("--by", metavar="NAME", help="Who reviews: an entity's id, or words.")
@click.option("--on", metavar="DATE", help="The day of the review (default: today).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="Of --list: JSON is an object a line.")  # fmt: skip
@texts_option
@lang_option
@click.pass_context
def review_command(
    context: click.Context, ids: tuple[str, ...], list_all: bool, accept: bool, reason: str | None, by: str | None,
    on: str | None, form: str, texts: Path | None, lang: str | None,
) -> int:  # fmt: skip
    """Go through the drafts: accept, edit, reject with a reason, skip.

    Without an ID, one after the other at a terminal. What is accepted moves into the curator's file of its source, with
    its comments and with who reviewed it and when; proposed entities that it needs move too. What is rejected is
    remembered in seeds/rejected.yaml. An ID alone shows a draft.
    """
    if accept and reason is not None:
        raise click.UsageError("give one of: --accept, --reject REASON")
    if list_all and (ids or accept or reason is not None):
        raise click.UsageError("--list goes alone")
    if (by is not None or on is not None) and (list_all or (ids and not accept and reason is None)):
        raise click.UsageError("--by and --on are of a review: they go with --accept or --reject")
    if (accept or reason is not None) and not ids:
        raise click.UsageError("name the drafts: kg review ID --accept --by NAME")
    if form == "json" and not list_all:
        raise click.UsageError("--format goes with --list")
    project = get_project(context)
    if list_all or (ids and not accept and reason is None):
        checked = read_with_drafts(project, texts)
        tongue = lang or checked.seeds.dataset.language
        drafts = list_drafts(checked)
        _tell_unread(checked)
        if ids:
            say("\n".join(show_draft(checked, find_draft(drafts, id_), tongue) for id_ in ids), nl=False)
        elif form == "json":
            click.echo(write_drafts_json(checked, drafts, tongue).encode("utf-8", "backslashreplace"), nl=False)
        else:
            say(show_drafts(checked, drafts, tongue), nl=False)
        return DONE
    if not ids:
        return _go_through(project, texts, lang, by, on)
    if by is None:
        raise click.UsageError("say who reviews: --by NAME")
    reviewer = name_reviewer(by, on)
    code = DONE
    for id_ in dict.fromkeys(ids):
        if not _act(project, texts, partial(find_draft, id_=id_), _choose_plan(reviewer, reason)):
            code = MISTAKES
    return code


def _tell_unread(checked: Checked) -> None:
    """Files of drafts that are no YAML, or of no format that is known: their drafts are not among those shown."""
    for name in find_unread(checked):
        say(f"kg: {name} cannot be read: `kg check` says why", err=True)


def _choose_plan(reviewer: Reviewer, reason: str | None) -> MakePlan:
    if reason is None:
        return lambda checked, draft: plan_acceptance(checked, draft, reviewer)
    return lambda checked, draft: plan_rejection(checked, draft, reviewer, reason)


def _act(project: Project, texts: Path | None, find: Find, plan: MakePlan) -> bool:
    """Carry out what a reviewer decided of the draft that *find* finds, unless it is refused; say what came of it."""
    made = review_draft(project, find, plan, texts)
    if made is None:
        say("kg: it was changed in the meantime: here is what there is now", err=True)
        return False
    for line in made.refused:
        say(f"kg: `{made.id}` stays: {line}", err=True)
    for line in made.told if not made.refused else ():
        say(line)
    return not made.refused


# -- at a terminal -------------------------------------------------------------------------------


def _go_through(project: Project, texts: Path | None, lang: str | None, by: str | None, on: str | None) -> int:
    if not is_at_terminal():
        raise UsageError("`kg review` asks at a terminal: else `kg review --list`, `kg review ID --accept --by NAME`")
    skipped: set[str] = set()
    reviewer: Reviewer | None = name_reviewer(by, on) if by is not None else None
    while True:
        checked = read_with_drafts(project, texts)
        if not skipped:
            _tell_unread(checked)
        left = [draft for draft in list_drafts(checked) if draft.id not in skipped]
        if not left:
            say("no draft is left" if not skipped else f"done; {len(skipped)} skipped")
            return DONE
        draft = left[0]
        say(f"\n{len(left)} left")
        say(show_draft(checked, draft, lang or checked.seeds.dataset.language), nl=False)
        key = _ask()
        if key == "q":
            return DONE
        if key == "s":
            skipped.add(draft.id)
        elif key == "e":
            _edit(project, texts, draft)
        else:
            reviewer = reviewer or name_reviewer(str(click.prompt("who reviews")), on)
            reason = str(click.prompt("why", default="", show_default=False)) if key == "r" else None
            if reason is None or reason.strip():
                _act(project, texts, partial(_find_again, draft), _choose_plan(reviewer, reason))


def _ask() -> str:
    """The key of one of the five; anything else is asked again, and the end of the input quits."""
    while True:
        say(KEYS)
        key = click.getchar().casefold()
        if key in {"\x04", ""}:
            return "q"
        if key in set("aersq"):
            return key


def _edit(project: Project, texts: Path | None, draft: Draft) -> None:
    """Open the draft's lines in an editor, and put what comes of it in their place; a mistake in it is told."""
    shown = write_draft(draft)
    release_stderr()
    text = click.edit(shown, extension=".yaml", require_save=True)
    if text is not None and text != shown:
        _act(project, texts, partial(_find_again, draft), lambda checked, now: plan_edit(checked, now, text))


def _find_again(shown: Draft, drafts: tuple[Draft, ...]) -> Draft | None:
    """The draft that was shown, where it still says the same in the same file."""
    same = (d for d in drafts if (d.id, d.mark.file) == (shown.id, shown.mark.file))
    return next((d for d in same if write_draft(d) == write_draft(shown)), None)
