"""`kg prompt`: what a model needs to propose claims of a source."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.build.pipeline import check_files, read_project
from kg.cli.common import WholeRange, get_project, say, texts_option
from kg.drafts.prompt.answer import make_answer_schema
from kg.drafts.prompt.frame import FORMS
from kg.drafts.prompt.prompt import write_prompt
from kg.evidence.outline import find_source
from kg.system.project import Drafts
from kg.text.diagnostic import UsageError
from kg.text.plural import write_count


@click.command("prompt")
@click.argument("source")
@texts_option
@click.option("--budget", type=WholeRange(min=1), metavar="N", help="About how many tokens it may have.")
@click.option("--as", "form", type=click.Choice(FORMS), default="kg", show_default=True,
              help="The form of the answer, as `kg import --as` takes it.")  # fmt: skip
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the answer instead.")
@click.pass_context
def prompt_command(
    context: click.Context, source: str, texts: Path | None, budget: int | None, form: str, schema: bool
) -> None:
    """Print what a model needs to propose the claims of a source, and nothing else.

    That is the vocabulary in use, the entities with their names, modes and voices with an example each, the sentences
    still to do with their addresses, and the wanted form. No model is called. What comes back goes through `kg import`.
    With --budget the most useful parts are kept, and what is cut is told; tokens are estimated by a rule, rather too
    many than too few. What drafts claim already is not asked for again.
    """
    if schema and budget is not None:
        raise click.UsageError("--budget bounds the prompt, not the schema of the answer")
    if texts is None:
        raise UsageError("give the folder of the texts with `--texts DIR`: the sentences stand in it")
    checked = check_files(read_project(get_project(context), texts, Drafts.BUILT_IN))
    found = find_source(checked.seeds, source)
    if schema:
        answer = make_answer_schema(checked, found, form)
        click.echo((json.dumps(answer, ensure_ascii=False, indent=1) + "\n").encode(), nl=False)
        return
    prompt = write_prompt(checked, found, form=form, budget=budget)
    say(prompt.text, nl=False)
    count = len(prompt.sentences)
    say(f"kg: {write_count(count, 'sentence')}, about {prompt.tokens} tokens", err=True)
    for line in prompt.cut:
        say(f"kg: {line}", err=True)
