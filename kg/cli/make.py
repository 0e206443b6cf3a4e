"""`kg check`, `kg build`, `kg export`: from the seeds to the exports."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from kg.build.pipeline import Checked, check_drafts, check_files, check_questions, read_project, run_tables
from kg.build.snapshot import read_at_rest
from kg.cli.common import (
    WholeRange,
    as_of_option,
    choose_drafts,
    drafts_option,
    exit_code,
    get_project,
    known_by_option,
    lang_option,
    load,
    network_option,
    say,
    show_diagnostics,
    strict_option,
    summarise,
    summarise_state,
    texts_option,
    verbose_option,
    was_given,
)
from kg.evidence.outline import quote_sentences
from kg.system.project import Project
from kg.system.watch import read_state, wait_for_change
from kg.text.diagnostic import Diagnostic, KgError, UsageError, sort_diagnostics
from kg.text.kept import Kept, keep_made

FORMATS = ("turtle", "trig", "nquads", "jsonld", "jsonld-dataset", "context", "csv", "graphml", "html", "svg")


@click.command("check")
@texts_option
@strict_option
@verbose_option
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
              help="Text goes to stderr; JSON and GitHub annotations go to stdout.")  # fmt: skip
@click.option("--rows", is_flag=True, help="Run the mappings of tables too, to find what is wrong in their rows.")
@drafts_option
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@network_option
@click.pass_context
def check_command(
    context: click.Context, texts: Path | None, strict: bool, verbose: bool, form: str, rows: bool, drafts: bool,
    watch: bool, network: tuple[str, ...],
) -> int:  # fmt: skip
    """Check everything but SHACL and the rows of tables; write nothing.

    Every mistake is shown at its file, line and column. `kg explain CODE` says more about a code. What is wrong in
    drafts is shown too, and counted apart: the graph is without them, unless --drafts is given.
    """
    if network and not rows:
        raise click.UsageError("--allow-network goes with --rows: without it no mapping is run")
    gc.disable()
    check = partial(_check, context, texts, strict=strict, verbose=verbose, form=form, rows=rows, drafts=drafts,
                    network=network)  # fmt: skip
    if not watch:
        return check()
    root = get_project(context).root
    read = partial(read_state, [root / "seeds", root / "ontology", *([texts] if texts is not None else [])])
    kept = Kept()
    while True:
        state = read()
        try:
            with keep_made(kept):
                check()
        except (KgError, UsageError) as error:  # of a file in the midst of a change
            say(f"kg: {error}", err=True)
        gc.collect()
        say("kg: waiting for a change; Ctrl-C ends it", err=True)
        wait_for_change(read, state)


def _check(
    context: click.Context, texts: Path | None, *, strict: bool, verbose: bool, form: str, rows: bool, drafts: bool,
    network: tuple[str, ...],
) -> int:  # fmt: skip
    def read(project: Project) -> tuple[Checked, tuple[Diagnostic, ...]]:
        checked = check_questions(check_files(read_project(project, texts, choose_drafts(drafts))))
        return checked, check_drafts(checked)

    checked, apart = read_at_rest(get_project(context), read)  # both of the same moment
    if rows:
        checked = run_tables(checked, allowed=network)
    found: Sequence[Diagnostic] = sort_diagnostics((*checked.diagnostics, *apart))
    show_diagnostics(quote_sentences(checked, found) if form == "text" else found, verbose=verbose, form=form)
    click.echo(summarise(checked), err=True)
    say(summarise_state(checked, apart), err=True, nl=False)
    return exit_code(checked.diagnostics, strict=strict)


class StageLine:
    """Shows the stage that runs: one line that is overwritten on a terminal, a line a stage elsewhere."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.live = sys.stderr.isatty()

    def __call__(self, stage: str) -> None:
        seconds = time.perf_counter() - self.begun
        click.echo(
            f"\r\033[K{seconds:5.2f} s  {stage}" if self.live else f"{seconds:5.2f} s  {stage}",
            err=True,
            nl=not self.live,
        )

    def end(self) -> None:
        if self.live:
            click.echo("\r\033[K", err=True, nl=False)


@click.command("build")
@texts_option
@strict_option
@verbose_option
@drafts_option
@network_option
@click.option("--workers", type=WholeRange(1, 1024), help="Map tables on so many workers of this machine (Dask).")
@click.option("--cluster", "scheduler", metavar="ADDRESS", help="Map tables on the workers of a Dask scheduler.")
@click.pass_context
def build_command(
    context: click.Context, texts: Path | None, strict: bool, verbose: bool, drafts: bool, network: tuple[str, ...],
    workers: int | None, scheduler: str | None,
) -> int:  # fmt: skip
    """Check, assert, validate (SHACL) and write all exports, or none.

    With --texts on the command line the sentences stand in the page, for private use; the variable
    KG_TEXTS only verifies.
    """
    from kg.build.build import build_project, summarise_build

    # What is made is asked for until the end. Looking for garbage in it took 0.2 s of the 5.7 that a build of 2,000
    # things takes and 1.7 of 23 at 10,500, and freed nothing that the process's memory would tell.
    gc.disable()
    hire = None
    if workers is not None or scheduler is not None:
        from kg.tables.cluster.command import choose_cluster
        from kg.tables.cluster.project import hire_workers

        hire = partial(hire_workers, choose_cluster(workers, scheduler, None), tell=partial(click.echo, err=True))

    show_texts = was_given(context, "texts")
    stages = StageLine()
    try:
        report = build_project(
            get_project(context), texts=texts, show_texts=show_texts, strict=strict, drafts=choose_drafts(drafts),
            network=network, progress=stages, hire=hire,
        )  # fmt: skip
    finally:
        stages.end()
    show_diagnostics(report.diagnostics, verbose=verbose)
    say(summarise_build(report), nl=False)
    say(summarise(report.checked), err=True)
    return exit_code(report.diagnostics, strict=strict)


_ALL_TIMES = "the claims of all times"
_TIMELESS = {"csv": _ALL_TIMES, "graphml": _ALL_TIMES, "svg": _ALL_TIMES, "context": "no statement"}


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.option("-o", "--output", "place_text", metavar="PATH", help="The file to write (default, and `-`: stdout).")
@click.option("--around", metavar="ENTITY", help="html, svg: only what lies around an entity.")
@click.option("--depth", type=WholeRange(0, 9), default=1, show_default=True, help="How many relations away.")
@click.option("--source", metavar="ID", help="html, svg: only what one source says.")
@as_of_option
@known_by_option
@click.option("--question", metavar="NAME", help="html, svg: only the claims that a question's answer rests on.")
@texts_option
@lang_option
@drafts_option
@click.pass_context
def export_command(
    context: click.Context, form: str, place_text: str | None, around: str | None, depth: int,
    source: str | None, as_of: str | None, known_by: str | None, question: str | None, texts: Path | None,
    lang: str | None, drafts: bool,
) -> None:  # fmt: skip
    """Write the graph in one format.

    FORMAT is turtle, trig, nquads, jsonld, jsonld-dataset, context, csv, graphml, html or svg. html and svg can show a
    part only; csv, graphml and svg hold the claims of all times, whatever the day.
    """
    from kg.system.files import check_output, encode_file, name_output, write_output

    chosen = [option for option in (around, source, question) if option is not None]
    if len(chosen) > 1:
        raise click.UsageError("give one of --around, --source, --question")
    if chosen and form not in {"html", "svg"}:
        raise click.UsageError(f"--around, --source and --question choose a part of html or svg, not of {form}")
    given = {name for name in ("depth", "lang", "as_of") if was_given(context, name)}
    if "depth" in given and around is None:
        raise click.UsageError("--depth goes with --around")
    if "lang" in given and form != "svg":
        raise click.UsageError(f"--lang is for svg: {form} holds all languages")
    if "as_of" in given and form in _TIMELESS and question is None:  # whose answer is that of the day
        raise click.UsageError(f"--as-of chooses what the graph itself states: {form} holds {_TIMELESS[form]}")
    output = None if place_text is None else name_output(place_text)
    if output is not None:
        check_output(output, list_inputs(get_project(context), texts))
    checked = load(context, texts, as_of=as_of, known_by=known_by, drafts=drafts)
    if form in {"html", "svg"}:
        show_texts = was_given(context, "texts")
        text = _draw(checked, form, around, depth, source, question, lang, show_texts=show_texts)
        file = encode_file(f"graph.{form}", text)
    elif form == "graphml":
        from kg.view import tell_lost_signs, write_graphml

        show_diagnostics(list(tell_lost_signs(checked.seeds, checked.vocabulary)), verbose=False)
        file = encode_file("graph.graphml", write_graphml(checked.seeds, checked.vocabulary))
    else:
        from kg.build.publish import publish_graph

        (file,) = publish_graph(checked, form)
    if output is None:
        click.echo(file.raw, nl=False)  # the bytes of the export, whatever the locale
    else:
        write_output(output, file.raw)


def list_inputs(project: Project, texts: Path | None) -> Iterator[Path]:
    """The files that a project is read from, and its texts: no output may be written over one."""
    yield from project.files("ontology")
    yield from project.files("seeds")
    if texts is not None and texts.is_dir():
        yield from (path for path in texts.iterdir() if path.is_file())


def _draw(
    checked: Checked, form: str, around: str | None, depth: int, source: str | None, question: str | None,
    lang: str | None, *, show_texts: bool,
) -> str:  # fmt: skip
    from kg.ask.question import Asked, ask_question, find_question
    from kg.build.build import ask_all
    from kg.build.publish import publish_graph
    from kg.build.store import open_store
    from kg.evidence.outline import find_source
    from kg.page import Around, FromSource, OfQuestion, Part, export_svg, find_claims_behind, render_page
    from kg.show import find_entity
    from kg.system.worker.limits import WorkerLimits

    part: Part | None = None
    if around is not None:
        part = Around(entity=find_entity(checked.seeds, around).key, depth=depth)
    elif source is not None:
        part = FromSource(source=find_source(checked.seeds, source).id)
    elif question is not None:
        asked = find_question(checked.questions, question)
        with open_store(checked) as store:
            answer = Asked(question=asked, answer=ask_question(asked, store, limits=WorkerLimits()))
        claims = find_claims_behind(answer, checked.story)
        if not claims:
            raise UsageError(f"the answer to `{question}` names no claims: let the question select them (`?claim`)")
        part = OfQuestion(name=question, claims=claims)
    if form == "svg":
        return export_svg(checked.story, part=part, lang=lang or checked.seeds.dataset.language)
    (turtle,) = publish_graph(checked, "turtle")
    return render_page(
        checked.story,
        (a.quad for a in checked.assertions),
        texts=show_texts,
        questions=ask_all(checked),
        part=part,
        turtle=turtle.text,
    )
