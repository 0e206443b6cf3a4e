"""`kg serve`: the graph over HTTP."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import DONE
from kg.cli.common import SECONDS, WholeRange, check_texts, get_project, say, texts_option, was_given
from kg.cli.memory import release_stderr
from kg.remote.endpoint import check_url
from kg.system.interpreter import call_in_python
from kg.system.options import GivenPath
from kg.system.packages import need_package
from kg.system.watch import State, read_state
from kg.text.diagnostic import KgError, UsageError

if TYPE_CHECKING:
    from kg.server.data import Data
    from kg.server.live import News
    from kg.server.options import Options
    from kg.server.workbench import Workbench

MEGABYTE = 1 << 20


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", type=WholeRange(0, 65535), default=8484, show_default=True, metavar="N",
              help="At which port; 0 is any free one.")  # fmt: skip
@click.option("--memory", is_flag=True, help="Serve a new, empty store that is gone at the end.")
@click.option("--store", type=GivenPath(), metavar="DIR", help="Serve a store on disk (`kg map --store`).")
@click.option("--watch", is_flag=True, help="Serve the project's graph anew whenever its files change.")
@click.option("--edit", is_flag=True, help="Open the workbench at /edit: texts, and claims as forms that are saved.")
@texts_option
@click.option("--write", is_flag=True, help="Allow updates, of the store of --memory or --store.")
@click.option("--no-token", is_flag=True, help="With --write: ask for no token (on this machine only).")
@click.option("--timeout", type=SECONDS, default=30.0, show_default=True, metavar="SECONDS",
              help="How long a request may take.")  # fmt: skip
@click.option("--most-rows", type=WholeRange(min=1), default=1_000_000, show_default=True, metavar="N",
              help="How many rows or triples an answer may have.")  # fmt: skip
@click.option("--most-bytes", type=WholeRange(min=1), default=256 * MEGABYTE, show_default=True, metavar="N",
              help="How many bytes an answer may have.")  # fmt: skip
@click.option("--most-memory", type=WholeRange(min=64), default=2048, show_default=True, metavar="MB",
              help="How much memory a query may take.")  # fmt: skip
@click.option("--most-body", type=WholeRange(min=1), default=64 * MEGABYTE, show_default=True, metavar="N",
              help="How many bytes may be sent to it at once.")  # fmt: skip
@click.option("--workers", type=WholeRange(min=1), metavar="N",
              help="How many queries run at once (default: 4 for each processor, 8 at least).")  # fmt: skip
@click.option("--allow", multiple=True, metavar="URL", help="Let queries call this server (SERVICE, LOAD).")
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further name that it is asked by.")
@click.option("--cors", multiple=True, metavar="ORIGIN", help="Let pages of this origin read answers; `*`: all pages.")
@click.pass_context
def serve_command(
    context: click.Context, host: str, port: int, memory: bool, store: Path | None, watch: bool, edit: bool,
    texts: Path | None,
    write: bool,
    no_token: bool, timeout: float, most_rows: int, most_bytes: int, most_memory: int, most_body: int,
    workers: int | None, allow: tuple[str, ...], allow_host: tuple[str, ...], cors: tuple[str, ...],
) -> int:  # fmt: skip
    """Serve the graph: SPARQL at /sparql, graphs at /gsp, things at their paths.

    Until Ctrl-C. Queries run in processes that are ended when they take too long, too much memory, or crash; nobody
    else notices. Without --memory and --store it is the project's graph, as `kg query` sees it. A change needs the
    token in the environment's KG_TOKEN, or one that is made up and shown.
    """
    for package in ("uvicorn", "httptools"):
        need_package("`kg serve`", package, "server")
    if memory and store is not None:
        raise click.UsageError("give one of: --memory, --store")
    if write and not memory and store is None:
        raise click.UsageError("a project's graph is changed in its files: --write goes with --memory or --store")
    if watch and (memory or store is not None):
        raise click.UsageError("--watch is for the graph of a project, not of --memory or --store")
    if edit and (memory or store is not None):
        raise click.UsageError("--edit is for the files of a project, not for --memory or --store")
    if (memory or store is not None) and was_given(context, "texts"):
        raise click.UsageError("--texts is for the graph of a project, not of --memory or --store")
    _check_names(allow, allow_host, cors)
    from kg.server.options import Options, is_loopback

    if not host.strip():
        raise click.UsageError("--host names no address: to listen at all of this machine, say 0.0.0.0")
    if host.startswith("[") and host.endswith("]"):  # as an address of IPv6 is written in a URL
        host = host[1:-1]
    if edit and not is_loopback(host):
        raise click.UsageError(f"`{host}` is open to others: --edit is for this machine only")
    if no_token and not write:
        raise click.UsageError("--no-token goes with --write")
    if no_token and not is_loopback(host):
        raise click.UsageError(f"`{host}` is open to others: there --write needs a token")
    if not memory and store is None:
        check_texts(texts)
    if write and not no_token and os.environ.get("KG_TOKEN", "x").isspace():
        raise KgError("the token in KG_TOKEN is blank: leave it out, and one is made up")
    token = None if no_token or not write else os.environ.get("KG_TOKEN") or secrets.token_urlsafe(24)
    options = Options(
        host=host, port=port, write=write, token=token, seconds=timeout, rows=most_rows, size=most_bytes,
        memory=most_memory * MEGABYTE, body=most_body, workers=workers or max(8, 4 * (os.cpu_count() or 1)),
        hosts=allow_host, cors=cors, allowed=allow,
    )  # fmt: skip
    release_stderr()
    with ExitStack() as resources:
        served = None
        if not memory and store is None:
            # a server that others can ask publishes no text
            show = was_given(context, "texts") and options.is_local
            served = _Served(context, texts, resources, show_texts=show, watch=watch or edit)
        return _run(options, served, store, resources, _make_workbench(context, texts) if edit else None)


def _check_names(allow: Iterable[str], hosts: Iterable[str], origins: Iterable[str]) -> None:
    """Raises UsageError for a name that no request would ever bear, so that it would allow nothing."""
    for url in allow:
        check_url(url, "a server")
    for host in hosts:
        if re.fullmatch(r"[A-Za-z0-9_.-]+", host) is None:
            raise UsageError(
                f"--allow-host: `{host}` is no name of a host: without http:// and port, such as `graph.example`"
            )
    for origin in origins:
        if origin in {"*", "null"}:
            continue
        found = re.match(r"([a-z][a-z0-9+.-]*)://([^/?#@\s]+)", origin, re.IGNORECASE)
        meant = None if found is None else found[0].lower()
        for scheme, port in (("http", ":80"), ("https", ":443")):  # which browsers leave out
            if meant is not None and meant.startswith(f"{scheme}://"):
                meant = meant.removesuffix(port)
        if origin != meant:
            hint = f"did you mean `{meant}`?" if meant is not None else "such as `https://page.example`, or `*`"
            raise UsageError(f"--cors: `{origin}` is no origin, as browsers send it: {hint}")


def _run(
    options: Options, served: _Served | None, store: Path | None, resources: ExitStack, bench: Workbench | None
) -> int:
    """Serve a project, whose first build is at work, or else a store."""
    from kg.server.processes.builder import NotBuiltError
    from kg.server.run import open_port, run_server

    listening = resources.enter_context(open_port(options))
    host = f"[{options.host}]" if ":" in options.host else options.host

    def ready() -> None:
        address = f"http://{host}:{listening.getsockname()[1]}/"
        say(f"kg: serving {address} (SPARQL at /sparql); Ctrl-C ends it", err=True)
        if bench is not None:
            say(f"kg: the workbench: {address}edit?token={bench.token}", err=True)
        if options.token is not None and not os.environ.get("KG_TOKEN"):
            say(f"kg: the token for changes: {options.token}", err=True)

    def tell(line: str) -> None:
        say(f"kg: {line}", err=True)

    try:
        if served is None:
            run_server(_make_store(store, options, resources), listening, tell, ready)
        else:
            from kg.server.live import News

            news = News()
            run_server(
                served.make_data(options), listening, tell, ready, served.prepare,
                lambda data: served.keep(data, news, tell), news, bench,
            )  # fmt: skip
    except NotBuiltError as error:
        return error.code
    return DONE


def _make_store(store: Path | None, options: Options, resources: ExitStack) -> Data:
    """The data of a store on disk, or of a new one that goes with the server."""
    from kg.server.about import About
    from kg.server.data import Data
    from kg.tables.folders.scratch import make_scratch

    about = About(title=store.name if store is not None else "A store in memory", base=None, prefixes={})
    if store is not None and not options.write:
        if not (store / "CURRENT").is_file():
            raise UsageError(f"`{store}` is no store")
        return Data(store, about, options, room=lambda: _find_room(store, resources))
    scratch = resources.enter_context(make_scratch(None if store is None else store.absolute().parent))
    return Data(store or scratch / "store", about, options, copies=scratch, room=lambda: scratch)


def _find_room(store: Path, resources: ExitStack) -> Path:
    """A folder for what is made of a store while it is served: beside it, or where the system has temporary files."""
    from kg.tables.folders.scratch import make_scratch

    try:
        return resources.enter_context(make_scratch(store.absolute().parent))
    except KgError:
        return resources.enter_context(make_scratch(None))


def _make_workbench(context: click.Context, texts: Path | None) -> Workbench:
    """The process behind the workbench of the project."""
    from kg.server.workbench import Workbench

    root = get_project(context).root.resolve()
    job = {"root": str(root), "texts": str(texts.resolve()) if texts is not None else None}
    return Workbench(call_in_python("kg.workbench.serve.serve_questions", job))


class _Served:
    """The graph of a project: its first build begins at once, while the server is loaded."""

    def __init__(
        self, context: click.Context, texts: Path | None, resources: ExitStack, *, show_texts: bool, watch: bool
    ) -> None:
        from kg.server.processes.builder import PREFIX, Builder
        from kg.tables.folders.scratch import make_scratch

        root = get_project(context).root.resolve()
        folders = [root / "seeds", root / "ontology", *([texts.resolve()] if texts is not None else [])]
        self._read: Callable[[], State] | None = partial(read_state, folders) if watch else None
        self._before = self._read() if self._read is not None else None
        job = {"root": str(root), "texts": str(texts.resolve()) if texts else None, "show_texts": show_texts}
        self._builder = Builder(call_in_python("kg.cli.live.serve_builds", job))
        # the folder's lock goes with us: no other server removes it
        self._folder = resources.enter_context(make_scratch(get_project(context).work / "serve")) / f"{PREFIX}0"
        self._folder.mkdir()
        resources.callback(self._builder.end)
        self._builder.begin(self._folder)

    def make_data(self, options: Options) -> Data:
        """The data, which are not there yet."""
        from kg.server.about import About
        from kg.server.data import Data
        from kg.server.processes.builder import STORE

        return Data(self._folder / STORE, About(title="", base=None, prefixes={}), options)

    async def prepare(self, data: Data) -> None:
        """Wait until the data are there. Raises NotBuiltError."""
        from kg.server.about import About

        data.forker.begin()
        try:
            data.describe(About(**await self._builder.tell()))
        except BaseException:
            self._builder.end()
            raise

    async def keep(self, data: Data, news: News, tell: Callable[[str], None]) -> None:
        """Show the page, and build all anew when files change, if that was asked for."""
        from kg.server.live import keep_current

        await keep_current(data, news, self._builder, self._read, self._before, tell)
