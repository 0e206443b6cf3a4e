"""`kg init` and `kg explain`: the first steps, and what a code means."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from kg.cli.common import was_given
from kg.system.options import GivenPath
from kg.text.codes import load_codes
from kg.text.diagnostic import UsageError, did_you_mean, make_visible


@click.command("init")
@click.argument("folder", type=GivenPath(file_okay=False))
@click.option("--title", default="A new graph", show_default=True, help="The data set's title.")
@click.option("--base", default="https://graph.example/", show_default=True, help="Where the graph's IRIs live.")
@click.option("--bare", is_flag=True, help="Leave the example out.")
@click.option("--agent", is_flag=True, help="Add what tells a coding agent how to curate here: AGENTS.md and a skill.")
@click.pass_context
def init_command(context: click.Context, folder: Path, title: str, base: str, bare: bool, agent: bool) -> None:
    """Make the folder of a new project.

    It holds words for ordinary news (people, organisations, offices, places, events, deals, amounts of money,
    counts), and a small example that builds: three entities, one source, two claims and one question. With --agent, a
    project that is there gets these files too.
    """
    from kg.starter import Extra, StarterContent, init_project

    is_new = not (folder / "seeds" / "dataset.yaml").exists()
    given = [o for o in ("title", "base", "bare") if was_given(context, o)]
    if given and agent and not is_new:
        named = " and ".join(f"--{option}" for option in given)
        raise click.UsageError(f"{named}: of a new project, and {folder} is one that is there")
    content, extras = StarterContent.BARE if bare else StarterContent.EXAMPLE, [Extra.AGENT] if agent else []
    written = init_project(folder, title=title, base=base, content=content, extras=extras)
    for name in written:
        click.echo(f"written: {name}")
    if not is_new:
        click.echo("" if written else "nothing is written: the files are there", nl=not written)
        return
    click.echo(make_visible(f"next: cd {shlex.quote(str(folder))} && kg build"))


@click.command("explain")
@click.argument("code", required=False)
def explain_command(code: str | None) -> None:
    """Say what a diagnostic code means and how to mend it.

    Shows an example, too. Without CODE, list all codes.
    """
    codes = load_codes()
    if code is None:
        width = max(map(len, codes))
        for entry in codes.values():
            first = entry.cause.partition(". ")[0].rstrip(".")
            click.echo(f"{entry.name:{width}}  {entry.severity:7}  {first}")
        return
    if code not in codes:
        raise UsageError(f"no code `{code}`: " + (did_you_mean(code, codes) or "`kg explain` lists all codes"))
    entry = codes[code]
    click.echo(f"{entry.name} ({entry.severity})\n\n{entry.cause}\n\nRemedy: {entry.remedy}")
    for title, text in (("Wrong", entry.wrong), ("Right", entry.right)):
        click.echo(f"\n{title}:")
        for line in text.rstrip("\n").split("\n"):
            click.echo(f"    {line}")
