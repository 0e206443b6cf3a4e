"""`kg lsp`: the language server for editors."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import DONE
from kg.cli.common import check_texts, texts_option
from kg.cli.memory import release_stderr
from kg.system.files import open_standard_input
from kg.system.packages import need_package


@click.command("lsp")
@texts_option
@click.option("--stdio", is_flag=True, expose_value=False, help="What it does anyhow: some editors say so.")
def lsp_command(texts: Path | None) -> int:
    """Help an editor (Language Server Protocol, over stdin and stdout).

    Diagnostics while you type, completion by any name, explanations, definitions, references, renaming, quick fixes.
    The editor starts it; the project is found from the files that are opened. Without --texts, the texts are those
    of the project's folder texts/, if there is one.
    """
    need_package("`kg lsp`", "pygls", "editor")
    check_texts(texts)
    open_standard_input()
    from kg.editor.server import run_editor

    release_stderr()
    run_editor(texts.absolute() if texts is not None else None)
    return DONE
