"""`kg lsp`, `kg mcp`: what the program of an editor or an agent starts, and speaks with over stdin and stdout."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import DONE
from kg.cli.common import SECONDS, check_texts, get_project, texts_option
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


@click.command("mcp")
@texts_option
@click.option("--timeout", type=SECONDS, default=30.0, show_default=True, metavar="SECONDS",
              help="How long a query may take.")  # fmt: skip
@click.pass_context
def mcp_command(context: click.Context, texts: Path | None, timeout: float) -> int:
    """Give an agent tools to read, ask and propose (Model Context Protocol, over stdio).

    The agent's program starts it. It searches, reads entities, claims and sources with their evidence, asks questions
    and SPARQL within bounds, and lists disputes and what is to do. What it proposes is judged, and becomes a draft
    under seeds/drafts/; nothing else can be written. Without --texts, the texts are those of the project's folder
    texts/, if there is one.
    """
    need_package("`kg mcp`", "mcp", "agent")
    from kg.agent.server import run_agent_tools
    from kg.agent.window import Window

    root = get_project(context).root.resolve()
    if texts is None and (root / "texts").is_dir():
        texts = root / "texts"
    check_texts(texts)
    open_standard_input()
    release_stderr()
    run_agent_tools(Window(root=root, texts=texts.absolute() if texts is not None else None, seconds=timeout))
    return DONE
