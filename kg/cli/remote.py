"""`kg push` and `kg diff`, and `kg query --endpoint`: servers elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from kg.ask.parameter import check_parameters, find_doubtful, read_parameters
from kg.ask.question import ask_question, find_question
from kg.ask.store import Answer, is_empty
from kg.cli import DONE, MISTAKES
from kg.cli.common import SECONDS, Decorator, WholeRange, get_project, say, was_given
from kg.rdf.iri import Prefixes, check_iri
from kg.rdf.namespace import WELL_KNOWN
from kg.reading.questions import read_questions
from kg.reading.seeds import read_description
from kg.remote.content import BuiltContent, Graph, find_shared, read_content
from kg.remote.diff import GraphDifference, compare_content, find_others
from kg.remote.endpoint import Endpoint, check_url, is_exposed, read_credentials
from kg.remote.graph import RemoteStore
from kg.remote.http import Bounds, RemoteError
from kg.remote.protocol import Server, open_server
from kg.remote.push import CHUNK, PushPlan, open_journal, plan_push, run_push
from kg.system.files import hold_lock
from kg.system.project import Project
from kg.tables.folders.storage import Storage, is_address, refuse_login
from kg.text.diagnostic import KgError, UsageError
from kg.text.plural import write_count

_MEGABYTE = 1 << 20


def _read_graphs(context: click.Context, option: click.Parameter, graphs: tuple[str, ...]) -> tuple[str, ...]:
    if "" in graphs:
        raise click.BadParameter("it names no graph: `default` is the default graph", context, option)
    return graphs


graph_option: Decorator = click.option(
    "--graph", "graphs", multiple=True, metavar="IRI", callback=_read_graphs,
    help="Only this graph of the build, an IRI or a CURIE; `default`: the default graph.",
)  # fmt: skip
default_graph_option: Decorator = click.option(
    "--default-graph", metavar="IRI", help="The graph there that stands for the build's default graph.",
)  # fmt: skip
gsp_option: Decorator = click.option("--gsp", metavar="URL", help="Its graph store (Graph Store Protocol).")
timeout_option: Decorator = click.option(
    "--timeout", type=SECONDS, default=300.0, show_default=True, metavar="SECONDS",
    help="How long each request may take.",
)  # fmt: skip
most_option: Decorator = click.option(
    "--most-bytes", type=WholeRange(min=1), default=1024 * _MEGABYTE, show_default=True, metavar="N",
    help="How many bytes an answer may have.",
)  # fmt: skip


@click.command("push")
@click.argument("endpoint")
@click.option("--update", metavar="URL", help="Its address of updates (default: ENDPOINT, where there is no --gsp).")
@gsp_option
@graph_option
@default_graph_option
@click.option("--dry-run", is_flag=True, help="Tell what would be done; change nothing.")
@click.option("--replace", is_flag=True, help="Take away what another has put into a graph of the build.")
@click.option("--prune", is_flag=True, help="Take away graphs of former pushes that the build has no more.")
@click.option("--again", is_flag=True, help="Send what seems to be there already, too.")
@click.option("--chunk", type=WholeRange(min=1), default=CHUNK, show_default=True, metavar="BYTES",
              help="How many bytes go in one request.")  # fmt: skip
@click.option("--parts", metavar="FOLDER", help="Load the parts that `kg map` has written there, not the build.")
@click.option("--jobs", type=WholeRange(1, 64), default=1, show_default=True, metavar="N",
              help="How many requests are under way at a time.")  # fmt: skip
@timeout_option
@click.pass_context
def push_command(
    context: click.Context, endpoint: str, update: str | None, gsp: str | None, graphs: tuple[str, ...],
    default_graph: str | None, dry_run: bool, replace: bool, prune: bool, again: bool, chunk: int, parts: str | None,
    jobs: int, timeout: float,
) -> int:  # fmt: skip
    """Load the build into a SPARQL server, graph by graph.

    ENDPOINT is the address of its queries. What was sent is verified by counts and a sample before it takes the
    place of what was there. A push that was stopped goes on where it was. Graphs that are not of the build are
    left alone. Credentials: KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN. With --parts ENDPOINT may
    be the folder of a store on disk, too.
    """
    if parts is not None and "://" not in endpoint:
        _refuse_options_of_servers(context)
        return _load_store(endpoint, parts, jobs)
    server = _open(endpoint, update if update or gsp else endpoint, gsp, Bounds(seconds=timeout))
    with _open_content(context, parts, default_graph) as (content, work):
        journal = open_journal(work, server)
        chosen = content.choose(_name_graphs(context, graphs, default_graph))
        plan = plan_push(server, content, chosen, journal, replace=replace, again=again)
        _show_plan(plan, prune)
        if dry_run:
            say("nothing was sent (--dry-run)")
            return DONE
        notes = run_push(
            server, plan, journal, lambda line: say(f"kg: {line}", err=True), size=chunk, prune=prune, jobs=jobs
        )
    for note in notes:
        say(f"kg: note: {note}", err=True)
    sent = [step.graph for step in plan.steps if not step.is_same]
    total = sum(graph.count for graph in sent)
    say(f"pushed {write_count(total, 'triple')} in {write_count(len(sent), 'graph')}; verified by counts and a sample")
    return DONE


@contextmanager
def _open_content(
    context: click.Context, parts: str | None, default_graph: str | None
) -> Iterator[tuple[BuiltContent, Path]]:
    """The build or the parts, and the folder for what a push remembers: the project's, or one beside the parts."""
    if parts is None:
        project = get_project(context)
        with hold_lock(project.work, "push"):
            yield _read(project, default_graph), project.work
        return
    from kg.remote.parts import read_part_content
    from kg.tables.cluster.manifest import name_of
    from kg.tables.folders.scratch import make_scratch

    storage = _open_storage(parts)
    place = Path(storage.place).parent if storage.is_local else Path.cwd()
    work = place / f".kg-push-{name_of(storage)}"
    try:
        with hold_lock(work, "push"), make_scratch(work) as scratch:
            yield _rename_default(read_part_content(storage, scratch), default_graph), work
    finally:
        with suppress(OSError):  # where nothing is to be gone on with, nothing is left
            if not any((work / "push").glob("*")):
                shutil.rmtree(work, ignore_errors=True)


def _open_storage(parts: str) -> Storage:
    """The folder of parts, by its path or address. Raises UsageError for an address with a login."""
    if is_address(parts):
        refuse_login(parts)
        return Storage(place=parts.rstrip("/"))
    if not parts or not Path(parts).is_dir():
        raise KgError(f"no folder of parts `{parts}`")
    return Storage(place=str(Path(parts).resolve()))


def _refuse_options_of_servers(context: click.Context) -> None:
    """Raise UsageError for an option that a store on disk has no use for: `--dry-run` would load it all the same."""
    known = {"endpoint", "parts", "jobs"}
    given = {name for name in context.params if was_given(context, name)}
    options = [o.opts[0] for o in context.command.params if o.name in given - known]
    if options:
        raise UsageError(f"of a store on disk there are only --parts and --jobs, not {' and '.join(options)}")


def _load_store(folder: str, parts: str, jobs: int) -> int:
    """The parts into a store on disk."""
    from kg.tables.cluster.load import load_store

    if not folder:
        raise UsageError("the folder of the store is empty: name it, or the address of an endpoint")
    count = load_store(_open_storage(parts), Path(folder), jobs=jobs, resume=True)
    say(f"loaded {write_count(count, 'quad')} into {Path(folder).name}; each part was compared with the manifest")
    return DONE


def _name_graphs(context: click.Context, graphs: tuple[str, ...], default_graph: str | None) -> list[str]:
    """The graphs that were asked for, by the names that they have there: IRIs, of CURIEs too."""
    prefixes = _find_project(context)[1]
    named = [prefixes.expand(graph) or graph.removeprefix("<").removesuffix(">") for graph in graphs]
    return [default_graph if graph == "default" and default_graph is not None else graph for graph in named]


def _find_project(context: click.Context) -> tuple[Project | None, Prefixes]:
    """The project at hand, where there is one, and the prefixes that are known."""
    try:
        project = get_project(context)
    except KgError:
        return None, Prefixes(namespaces=WELL_KNOWN)
    return project, read_description(project).prefixes


def _show_plan(plan: PushPlan, prune: bool) -> None:
    for step in plan.steps:
        there = f", {step.there:,} there now" if step.there and not step.is_same else ""
        say(f"{step.act:8} {step.graph.shown}  {write_count(step.graph.count, 'triple')}{there}")
    for name in plan.stale:
        words = "" if prune else "  of a former push; --prune takes it away"
        say(f"{'remove' if prune else 'left':8} {f'<{name}>' if name else 'the default graph'}{words}")


@click.command("diff")
@click.argument("endpoint")
@gsp_option
@graph_option
@default_graph_option
@click.option("--most", type=WholeRange(min=0), default=5, show_default=True, metavar="N",
              help="How many triples of each kind are shown of a graph.")  # fmt: skip
@timeout_option
@most_option
@click.pass_context
def diff_command(
    context: click.Context, endpoint: str, gsp: str | None, graphs: tuple[str, ...], default_graph: str | None,
    most: int, timeout: float, most_bytes: int,
) -> int:  # fmt: skip
    """Compare what a SPARQL server holds with the build, graph by graph.

    Exit code 1 where they differ. Numbers, truths and times are compared by value, blank nodes by the triples that
    they stand in. Graphs that are not of the build are named; under the data set's base they are a difference.
    """
    server = _open(endpoint, None, gsp, Bounds(seconds=timeout, size=most_bytes))
    whole = _read(get_project(context), default_graph)
    content = whole.choose(_name_graphs(context, graphs, default_graph))
    differs = False
    for found in compare_content(server, content, whole):
        _show_difference(found, most)
        differs |= not found.is_none
    if not graphs:
        others = find_others(server, whole)
        for name, count in others.own:
            say(f"<{name}>: {write_count(count, 'triple')} there, and no such graph in the build")
            differs = True
        if others.foreign:
            say(f"{write_count(len(others.foreign), 'graph')} there of something else, the first <{others.foreign[0]}>")
    say("there are differences" if differs else "no difference")
    return MISTAKES if differs else DONE


def _show_difference(found: GraphDifference, most: int) -> None:
    notes = [f"{found.rewritten:,} written in another way there"] if found.rewritten else []
    if found.shared:
        notes.append(f"{found.shared:,} of the other graphs: it is the union of all")
    if found.difference.alike:
        notes.append(f"{write_count(found.difference.alike, 'group')} of blank nodes too alike to be told apart surely")
    told = f" ({'; '.join(notes)})" if notes else ""
    head = f"{found.graph.shown}: {found.graph.count:,} in the build, {found.there:,} there"
    say(f"{head}: {'equal' if found.is_none else 'different'}{told}")
    for name, lines in (("missing there", found.difference.missing), ("only there", found.difference.added)):
        if lines:
            say(f"  {name}: {len(lines):,}")
            for line in lines[:most]:
                say(f"    {line.rstrip()}")


def _open(endpoint: str, update: str | None, gsp: str | None, bounds: Bounds) -> Server:
    credentials = read_credentials(os.environ)
    made = Endpoint(
        query=check_url(endpoint),
        update=None if update is None else check_url(update, "updates"),
        gsp=None if gsp is None else check_url(gsp, "a graph store"),
        credentials=credentials,
    )
    if credentials is not None and any(is_exposed(url) for url in (made.query, made.update, made.gsp) if url):
        say("kg: the credentials go over the network as they are: https:// would hide them", err=True)
    return open_server(made, bounds)


def _read(project: Project, default_graph: str | None) -> BuiltContent:
    content = read_content(project, read_description(project).base)
    for name in content.stale:
        say(f"kg: {name} has changed since the build that is taken: `kg build` makes it anew", err=True)
    return _rename_default(content, default_graph)


def _rename_default(content: BuiltContent, default_graph: str | None) -> BuiltContent:
    """The content with a name for its default graph, where one was given; what a server cannot keep is told."""
    shared = find_shared(content)
    if shared:
        say(f"kg: {write_count(shared, 'blank node')} in several graphs: in a server each graph has its own", err=True)
    if default_graph is None:
        return content
    problem = check_iri(default_graph)
    if problem is not None:
        raise UsageError(f"`{default_graph}` is no IRI: {problem.message}")
    if default_graph in {graph.name for graph in content.graphs}:
        raise UsageError(f"<{default_graph}> is another graph of the build")
    renamed = (g if g.name else Graph(name=default_graph, read=g.read) for g in content.graphs)
    return BuiltContent(base=content.base, graphs=tuple(renamed), stale=content.stale)


def ask_endpoint(
    context: click.Context, endpoint: str, name: str | None, query: str | None, given: dict[str, str],
    bounds: Bounds, graphs: tuple[str, ...],
) -> tuple[Answer, Prefixes, str]:  # fmt: skip
    """The answer of a server to a named question of the project, or to a query; with the prefixes, and its text.

    The project is only needed for a question; a query has its prefixes where there is one. Of an answer that holds
    nothing it is told which of the *graphs* are not there.
    """
    server = _open(endpoint, None, None, bounds)
    project, prefixes = _find_project(context)
    if project is None and name is not None:
        get_project(context)  # raises what is wrong
    store = RemoteStore(server=server, prefixes=prefixes, graphs=tuple(_name_graphs(context, graphs, None)))
    if name is not None:
        assert project is not None
        question = find_question(read_questions(project)[0], name)
        answer, query = ask_question(question, store, given), question.query.text
        _tell_missing_graphs(answer, store)
        return answer, prefixes, query
    assert query is not None
    check_parameters(query, given)
    terms = read_parameters(given, prefixes)
    for doubtful in find_doubtful(given, prefixes):
        say(f"kg: {doubtful.message} ({doubtful.hint})", err=True)
    answer = store.ask(query, parameters=terms)
    _tell_missing_graphs(answer, store)
    return answer, prefixes, query


def _tell_missing_graphs(answer: Answer, store: RemoteStore) -> None:
    for graph in store.graphs if is_empty(answer) else ():
        with suppress(RemoteError):  # the answer is there
            if not store.server.holds(graph, "?s ?p ?o"):
                say(f"kg: warning: the server has no graph <{graph}>, or nothing in it", err=True)


def read_bounds(timeout: float | None, most_bytes: int) -> Bounds:
    """The bounds of a query to a server; a minute, unless another time is said."""
    return Bounds(seconds=60.0 if timeout is None else timeout, size=most_bytes)
