"""The command line: each command is one call of the library.

Exit codes: 0 done; 1 errors in the project or its data; 2 wrong use; 3 the environment (file, lock, network,
missing package); 4 a bound not met (`--fail-under`, `--strict`, a failed `kg test`); 130 interrupted.
Diagnostics go to stderr, results to stdout.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
from click.core import ParameterSource

from kg.cli.memory import can_watch, forget_words, watch_memory
from kg.system.memory import find_bound, lacks_memory, says_lack, tell_lack
from kg.system.options import GivenPath
from kg.text.diagnostic import KgError, UsageError, did_you_mean, make_lines_visible, make_visible

DONE, MISTAKES, WRONG_USE, ENVIRONMENT, BOUND, INTERRUPTED = 0, 1, 2, 3, 4, 130

# command -> the module of `kg` that holds it (as NAME_command) and its line in `kg --help`, which imports no module
COMMANDS = {
    "init": ("cli.start", "Make the folder of a new project."),
    "check": ("cli.make", "Check everything but SHACL and the rows of tables; write nothing."),
    "build": ("cli.make", "Check, assert, validate (SHACL) and write all exports, or none."),
    "test": ("cli.ask", "Ask the competency questions and compare with their expected rows."),
    "query": ("cli.ask", "Ask the graph: a named question, a file, or SPARQL given with -e."),
    "push": ("cli.remote", "Load the build into a SPARQL server, graph by graph."),
    "diff": ("cli.remote", "Compare what a SPARQL server holds with the build, graph by graph."),
    "serve": ("cli.serve", "Serve the graph: SPARQL at /sparql, graphs at /gsp, things at their paths."),
    "lsp": ("cli.stdio", "Help an editor (Language Server Protocol, over stdin and stdout)."),
    "mcp": ("cli.stdio", "Give an agent tools to read, ask and propose (Model Context Protocol, over stdio)."),
    "show": ("cli.view", "Show an entity: names, facts, and what is planned, promised and said."),
    "why": ("cli.view", "Show the claims, sentences and YAML lines behind something."),
    "disputes": ("cli.view", "Show conflicts, different answers by speaker, and developments."),
    "coverage": ("cli.view", "Show which sentences and figures are claimed, set aside or to do."),
    "evidence": ("cli.texts", "Add texts, verify evidence, and write addresses and digests from the texts."),
    "prompt": ("cli.prompt", "Print what a model needs to propose the claims of a source, and nothing else."),
    "import": ("cli.proposals", "Judge proposals against the texts; what is accepted goes to seeds/drafts/."),
    "review": ("cli.review", "Go through the drafts: accept, edit, reject with a reason, skip."),
    "schema": ("cli.schema", "Write JSON Schemas of the curated files, so that editors complete and explain."),
    "rename": ("cli.ids", "Give an entity another id, in every file that names it."),
    "merge": ("cli.ids", "Make one entity of two: what is said of GONE is said of KEPT."),
    "export": ("cli.make", "Write the graph in one format."),
    "map": ("tables.command", "Map tables to RDF with the RML, R2RML or YARRRML document MAPPING."),
    "yarrrml": ("tables.yarrrml_command", "Translate a YARRRML mapping to RML."),
    "explain": ("cli.start", "Say what a diagnostic code means and how to mend it."),
}


_WITHOUT_PROJECT = {  # what `-C` cannot be of, and why
    "init": "the folder of the new project is its argument",
    "lsp": "the project is found from the files that are opened",
    "map": "it reads no project: `--data` names the folder of the sources",
    "yarrrml": "it reads no project",
    "explain": "it reads no project",
}


class ReaderGoneError(Exception):
    """The reader of our output (`| head`) has gone."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that `kg --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        found: Any = getattr(importlib.import_module(f"kg.{module}"), f"{cmd_name}_command")
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        hint = None if args[0] in COMMANDS else did_you_mean(args[0], COMMANDS)
        if hint is not None:
            ctx.fail(f"No such command '{args[0]}': {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGoneError from error  # click would leave with 1, as if something were wrong


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-C", "--project", "folder", default=".", metavar="DIR",
    type=GivenPath(), help="The project's folder, or one inside it (default: here).",
)  # fmt: skip
@click.version_option(package_name="kg-claims", prog_name="kg")
@click.pass_context
def kg(context: click.Context, folder: Path) -> None:
    """Turn curated claims and tables into a knowledge graph that can be trusted."""
    command = context.invoked_subcommand
    if command in _WITHOUT_PROJECT and context.get_parameter_source("folder") is ParameterSource.COMMANDLINE:
        raise click.UsageError(f"-C is of no use to `kg {command}`: {_WITHOUT_PROJECT[command]}")
    context.obj = folder


def main() -> None:
    """Run the command line and leave with its exit code; no user's mistake gives a traceback."""
    # What a command builds lives until its end, so looking for garbage in it is time lost: with Python's own
    # thresholds a check of this repository takes 1.3 times the CPU, a build 1.25 times.
    gc.set_threshold(500_000, 50, 50)
    if sys.stderr is None:  # the caller closed it
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show 雷军 gets \u96f7\u519b
    code = watch_memory(_run, _tell_failure) if can_watch() else _run()
    for number in (signal.SIGINT, signal.SIGTERM):  # all is done: what comes now must not change how we leave
        signal.signal(number, signal.SIG_IGN)
    # While it ends, Python would look for garbage once more in all that is there: 0.2 s after a build of 2,000 things.
    gc.freeze()
    sys.exit(code)


def _run() -> int:
    try:
        return _run_command()
    except Exception as error:
        if not lacks_memory(error):
            raise
        return _tell_failure(tell_lack(find_bound()))


def _run_command() -> int:
    try:
        code = kg.main(prog_name="kg", standalone_mode=False)
        if sys.stdout is not None:  # it is None where the caller closed it
            sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        if not isinstance(error, click.exceptions.NoArgsIsHelpError):  # whose message is the help, several lines
            said = make_visible(error.message)  # of the user's words, or a file's name
            vars(error)["message"] = _say_place(error) or said
        with _telling():
            error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _tell_interrupt()
    except RuntimeError as error:
        from kg.tables.engine.failure import is_interrupt

        if not is_interrupt(error):
            raise
        return _tell_interrupt()
    except ModuleNotFoundError as error:
        from kg.system.packages import tell_missing_package

        told = tell_missing_package("this", error)
        if told is None:
            raise
        return _tell_failure(told)
    except UsageError as error:
        with _telling():
            click.echo(make_lines_visible(f"kg: {error}"), err=True)
        return WRONG_USE
    except KgError as error:
        return _tell_failure(str(error))
    except (BrokenPipeError, ReaderGoneError):
        _discard(sys.stdout)
        return DONE  # nothing is wrong, and nothing more can be said
    except OSError as error:  # a full disk under `> file`, a terminal that went away
        _discard(sys.stdout)
        return _tell_failure(error.strerror or str(error))


def _say_place(error: click.ClickException) -> str:
    """A hint where an option of `kg` itself was written behind a command; an empty text for any other mistake."""
    if not (isinstance(error, click.NoSuchOption) and error.option_name in {"-C", "--project"} and error.ctx):
        return ""
    vars(error)["possibilities"] = None  # those of the command are something else
    command = error.ctx.command_path.removeprefix("kg ")
    name = error.option_name
    return f"No such option '{name}'. It stands before the command: kg {name} DIR {command}"


def _tell_failure(reason: str) -> int:
    if says_lack(reason):
        forget_words()
    with _telling():
        click.echo(make_lines_visible(f"kg: {reason}"), err=True)
    return ENVIRONMENT


def _tell_interrupt() -> int:
    with _telling():
        click.echo("kg: interrupted", err=True)
    return INTERRUPTED


@contextmanager
def _telling() -> Iterator[None]:
    """What cannot be written to stderr is not told, and does not change how we leave."""
    try:
        yield
    except OSError:
        _discard(sys.stderr)


def _discard(stream: TextIO | None) -> None:
    """What is still in a stream's buffer goes nowhere, or Python would fail over it once more while it ends."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
