"""Options that say nothing, or that nothing would come of: wrong use, and told."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from terminal import run_kg

from kg.cli import COMMANDS, kg
from kg.starter import init_project
from kg.system.options import GivenPath

MAPPING = """prefixes: {ex: https://ex.example/}
mappings:
  thing:
    sources: [[things.csv~csv]]
    s: ex:$(id)
    po: [[a, ex:Thing]]
"""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project with a mapping beside it; no test changes it."""
    folder = tmp_path_factory.mktemp("options") / "story"
    init_project(folder, title="A story", base="https://story.example/")
    (folder / "m.yml").write_text(MAPPING, encoding="utf-8")
    (folder / "things.csv").write_text("id\n1\n", encoding="utf-8")
    return folder


def list_parameters(command: click.Command) -> list[click.Parameter]:
    """The parameters of a command, and of those below it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return [*command.params, *(p for each in below for p in list_parameters(each))]


def test_every_path_on_the_command_line_is_refused_where_it_is_empty() -> None:
    """`--texts "$UNSET"` compared nothing, `-C ""` and `kg schema -o ""` took the folder they were called in."""
    context = click.Context(kg)
    commands = [found for name in COMMANDS if (found := kg.get_command(context, name)) is not None]
    parameters = [*kg.params, *(p for command in commands for p in list_parameters(command))]
    paths = [p for p in parameters if isinstance(p.type, click.Path)]
    assert len(paths) > 20 and {type(p.type) for p in paths} == {GivenPath}
    with pytest.raises(click.BadParameter, match="it is empty"):
        GivenPath().convert("", None, None)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-C", "", "check"], "Invalid value for '-C' / '--project': it is empty"),
        (["check", "--texts", ""], "Invalid value for '--texts': it is empty"),
        (["check", "--allow-network", "https://a.example/"], "--allow-network goes with --rows"),
        (["check", "--rows", "--allow-network", "nonsense"], "`nonsense` is no address that could be asked: write it"),
        (["build", "--allow-network", "https://me:x@a.example/"], "an address that may be asked names no user"),
        (["test", "--texts", "texts"], "--texts goes with --mutate"),
        (["query", "--list", "--drafts"], "--list stands alone"),
        (["query", "promises", "-p", "a=1", "-p", "a=2"], "the parameter `a` is given twice"),
        (["prompt", "bridge", "--texts", "texts", "--schema", "--budget", "900"], "--budget bounds the prompt"),
        (
            ["import", "m.yml", "--as", "kg", "--texts", "texts", "--by", ""],
            "kg: who proposes is a name, and `` is none",
        ),
        (["import", "m.yml", "--as", "kg", "--texts", "texts", "--with", ""], "kg: the tool is a name, and `` is none"),
        (["review", "--list", "--by", "Kim"], "--by and --on are of a review"),
        (["review", "bridge.length", "--by", "Kim"], "--by and --on are of a review"),
        (["schema", "claims", "-o", "out"], "-o is the folder for all schemas"),
        (["export", "turtle", "-o", ""], "kg: the name of a file is empty"),
        (["yarrrml", ""], "kg: the name of a file is empty"),
        (["map", "m.yml", "-o", ""], "kg: the name of a file is empty"),
        (["-C", ".", "map", "m.yml", "-o", "out.nq"], "-C is of no use to `kg map`: it reads no project: `--data`"),
        (["-C", ".", "yarrrml", "m.yml"], "-C is of no use to `kg yarrrml`: it reads no project"),
        (["-C", ".", "explain"], "-C is of no use to `kg explain`"),
        (["-C", ".", "init", "new"], "-C is of no use to `kg init`: the folder of the new project is its argument"),
        (["-C", ".", "lsp"], "-C is of no use to `kg lsp`: the project is found from the files that are opened"),
        (
            ["map", "m.yml", "-o", "out.nq", "--allow-env", "FOO"],
            "no `${FOO}` stands in the mapping: `--allow-env FOO`",
        ),
        (["map", "m.yml", "-o", "out.nq", "--allow-path", "nosuch"], "`nosuch` is not there: `--allow-path` names a"),
        (["import", "-", "-", "--as", "csv", "--texts", "texts"], "kg: standard input is given twice"),
        (["import", "m.yml", "./m.yml", "--as", "kg", "--texts", "texts"], "kg: m.yml is given twice"),
        (["map", "m.yml", "--store", ""], "Invalid value for '--store': it is empty"),
        (["map", "m.yml", "-o", "out.nq", "--data", ""], "the folder that `--data` names is empty"),
        (["map", "m.yml", "-o", "s3://bucket/out"], "`s3://bucket/out` is an object store, into which workers write"),
        (
            ["push", "http://127.0.0.1:1/", "--parts", ".", "--graph", ""],
            "Invalid value for '--graph': it names no graph",
        ),
        (["map", "m.yml", "-o", "out.nq", "--memory-limit", "much"], "`much` is no amount of memory: write it like"),
        (["push", "st", "--parts", ".", "--dry-run", "--gsp", "http://a.example/"], "not --gsp and --dry-run"),
        (["push", "", "--parts", "."], "the folder of the store is empty"),
        (
            ["init", ".", "--agent", "--title", "A title", "--bare"],
            "--title and --bare: of a new project, and . is one",
        ),
        *(
            (["map", "m.yml", "--store", "st", *options], "are of files (`-o`), not of a store")
            for options in (["--sort"], ["--format", "nt"], ["--compress", "gz"], ["--partition-size", "1MB"])
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_option_that_nothing_comes_of_is_wrong_use(story: Path, arguments: list[str], told: str) -> None:
    before = sorted(story.rglob("*"))
    done = run_kg(*arguments, folder=story)
    assert done.code == 2 and told in done.err, done
    assert done.out == "" and sorted(set(story.rglob("*")) - set(before)) in ([], [story / ".kg"])


@pytest.mark.parametrize("parts", ["nowhere", "", "m.yml"])
def test_parts_that_lie_in_no_folder_are_not_there(story: Path, parts: str) -> None:
    """A folder that is not there was a run that had not ended; an empty name was the current folder."""
    done = run_kg("push", "http://127.0.0.1:1/", "--parts", parts, folder=story)
    assert (done.code, done.err) == (3, f"kg: no folder of parts `{parts}`\n")


@pytest.mark.parametrize("command", ["serve", "lsp", "mcp", "build", "check"])
def test_a_folder_of_texts_that_is_not_there_is_told_at_once(story: Path, command: str) -> None:
    """`kg lsp` compared no sentence and said nothing; `kg serve` said it, and went on without a graph."""
    done = run_kg(command, "--texts", "nowhere", folder=story)
    assert (done.code, done.err.splitlines()[-1]) == (3, "kg: no folder of texts nowhere")


def test_a_token_of_blanks_is_none(story: Path) -> None:
    done = run_kg("serve", "--memory", "--write", "--port", "0", folder=story, KG_TOKEN=" ")
    assert (done.code, done.err) == (3, "kg: the token in KG_TOKEN is blank: leave it out, and one is made up\n")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["import", "-", "--as", "csv", "--texts", "texts"], 3, "kg: cannot read standard input: it is closed"),
        (["evidence", "add", "-", "--texts", "texts"], 3, "kg: cannot read standard input: it is closed"),
        (["mcp"], 3, "kg: cannot read standard input: it is closed"),
        (["lsp"], 3, "kg: cannot read standard input: it is closed"),
        (["review"], 2, "kg: `kg review` asks at a terminal: else"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_standard_input_that_the_caller_closed_is_told(
    story: Path, arguments: list[str], code: int, told: str
) -> None:
    """`<&-`: Python has no stream then, which was a traceback, or "Invalid argument"."""
    command = shlex.join([sys.executable, "-m", "kg", *arguments])
    done = subprocess.run(f"exec {command} <&-", shell=True, cwd=story, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "") and done.stderr.startswith(told), done
