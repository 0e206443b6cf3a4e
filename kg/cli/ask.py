"""`kg query` and `kg test`: SPARQL over the graph, and the competency questions as tests."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.ask.parameter import check_parameters, find_doubtful, read_parameters
from kg.ask.question import ask_question, find_question, test_question, write_expectation
from kg.ask.results import count_unwritable, serialize_answer
from kg.ask.sparql import find_computed, find_unbound
from kg.ask.store import Answer, QueryError, Store, Table, Triples, Truth
from kg.ask.term import show_term
from kg.ask.unmatched import explain_nothing
from kg.build.pipeline import Checked, check_questions, find_unknown_terms
from kg.build.store import open_store
from kg.cli import BOUND, DONE, ENVIRONMENT, MISTAKES, WRONG_USE
from kg.cli.common import (
    SECONDS,
    SHARE,
    WholeRange,
    as_of_option,
    drafts_option,
    get_project,
    known_by_option,
    load,
    say,
    show_diagnostics,
    texts_option,
    was_given,
)
from kg.export import write_ntriples, write_turtle
from kg.rdf.iri import Prefixes
from kg.reading.questions import Question, read_questions
from kg.system.files import hold_curated
from kg.system.options import GivenPath
from kg.system.worker.limits import WorkerLimits
from kg.system.worker.worker import Worker
from kg.text.diagnostic import Diagnostic, KgError, SourceText, UsageError, display_width, make_visible
from kg.text.plural import write_count

FORMATS = ("table", "csv", "tsv", "json", "xml", "ttl", "nt")


@click.command("query")
@click.argument("name", required=False)
@click.option("-e", "--expression", "expression", metavar="TEXT", help="The SPARQL query itself.")
@click.option("--file", "file", type=GivenPath(), metavar="F", help="A file that holds the query.")
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Bind ?NAME to a term.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: table, or ttl for CONSTRUCT and DESCRIBE.")
@click.option("--timeout", type=SECONDS, metavar="SECONDS",
              help="Stop a query that has no whole answer by then (exit code 4).")  # fmt: skip
@click.option("--endpoint", metavar="URL", help="Ask a SPARQL server in place of the project's graph.")
@click.option(
    "--graph",
    "graphs",
    multiple=True,
    metavar="IRI",
    help="With --endpoint: ask the union of these graphs (IRIs or CURIEs).",
)
@click.option("--most-bytes", type=WholeRange(min=1), default=256 << 20, show_default=True, metavar="N",
              help="With --endpoint: how many bytes the answer may have.")  # fmt: skip
@drafts_option
@as_of_option
@known_by_option
@click.option("--list", "list_all", is_flag=True, help="List the project's questions.")
@click.pass_context
def query_command(
    context: click.Context, name: str | None, expression: str | None, file: Path | None,
    params: tuple[str, ...], form: str | None, timeout: float | None, endpoint: str | None, graphs: tuple[str, ...],
    most_bytes: int, as_of: str | None, known_by: str | None, list_all: bool, drafts: bool,
) -> int:  # fmt: skip
    """Ask the graph: a named question, a file, or SPARQL given with -e.

    SPARQL 1.1; the data set's prefixes are known. What stands nowhere, or has no value, is told beside the answer.
    The default graph is the union of all graphs. Values of -p are terms: e:su7, <https://...>, 73.6, 2024-04-28,
    "text"@en, '2030'^^xsd:gYear; anything else is a text. The query runs in a process of its own: Ctrl-C ends it at
    once, and so does --timeout. With --endpoint a server is asked, in 60 s unless --timeout says otherwise; its
    default graph is what it makes it. Credentials: KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN.
    """
    if sum(x is not None for x in (name, expression, file)) + list_all != 1:
        raise click.UsageError("give one of: NAME, --file F, -e TEXT, --list")
    if name is not None and set(name) & set(" \n{}"):
        raise click.UsageError("a question of the project is given by its name, a query with -e, a file with --file")
    if list_all and (params or form or timeout is not None or drafts or as_of is not None or known_by is not None):
        raise click.UsageError("--list stands alone: all other options are for a query")
    given = _read_params(params)
    if endpoint is not None:
        if list_all or drafts or as_of is not None or known_by is not None:
            words = "--list, --as-of, --known-by and --drafts are for the project's own graph, not for --endpoint"
            raise click.UsageError(words)
        written = expression if expression is not None or name is not None else _read_query(file)
        return _ask_endpoint(context, endpoint, name, written, given, form, timeout, most_bytes, graphs)
    if graphs or was_given(context, "most_bytes"):
        raise click.UsageError("--graph and --most-bytes go with --endpoint")
    worker = Worker()
    context.call_on_close(worker.close)
    if not list_all:
        worker.start()  # it is ready when the project is read
    checked = load(context, as_of=as_of, known_by=known_by, drafts=drafts)
    questions, problems = read_questions(checked.project)
    if list_all:
        _list_questions(checked, questions, problems)
        return MISTAKES if problems else DONE
    store = _open_store(context, checked, worker)
    prefixes, limits = store.prefixes, WorkerLimits(seconds=timeout)
    try:
        if name is not None:
            question = find_question(questions, name)
            answer = ask_question(question, store, given, limits)
        else:
            query = expression if expression is not None else _read_query(file)
            terms = read_parameters(given, prefixes)
            check_parameters(query, given)
            called = "-e" if file is None else file.as_posix()
            answer = store.ask(query, name=called, parameters=terms, limits=limits)
    except QueryError as error:
        show_diagnostics([error.diagnostic], verbose=False)
        return _STOPPED.get(error.diagnostic.code, MISTAKES if name is not None else WRONG_USE)
    asked = question.query if name is not None else SourceText(called, query)
    unknown = find_unbound(asked, given if name is None else question.params) + find_unknown_terms(checked, asked)
    if name is None:  # the parameters of a question were looked at
        unknown += [d for text in given.values() for d in find_unknown_terms(checked, SourceText("-p", text))]
        unknown += find_doubtful(given, prefixes)
    unknown = unknown or explain_nothing(asked, answer, store, given)  # one mistake is told once
    show_diagnostics(unknown, verbose=False)
    return _print_answer(answer, form, prefixes, asked.text)


def _print_answer(answer: Answer, form: str | None, prefixes: Prefixes, query: str) -> int:
    text = write_answer(answer, form, prefixes, find_computed(query))
    if form == "xml" and (lost := count_unwritable(answer)):
        term = "1 term holds" if lost == 1 else f"{lost:,} terms hold"
        say(f"kg: warning: {term} signs that XML cannot hold: they are written as U+FFFD", err=True)
    is_data = isinstance(answer, Triples) or form not in {None, "table"}
    if is_data:
        click.echo(text.encode("utf-8"), nl=False)  # data is UTF-8, whatever the locale, and as it is
    else:
        say(text, nl=False)
    return DONE


def _ask_endpoint(
    context: click.Context, endpoint: str, name: str | None, query: str | None, given: dict[str, str],
    form: str | None, timeout: float | None, most_bytes: int, graphs: tuple[str, ...],
) -> int:  # fmt: skip
    from kg.cli.remote import ask_endpoint, read_bounds
    from kg.remote.http import LimitError, RemoteError

    try:
        answer, prefixes, text = ask_endpoint(
            context, endpoint, name, query, given, read_bounds(timeout, most_bytes), graphs
        )
    except LimitError as error:
        say(f"kg: {error}", err=True)
        return BOUND
    except RemoteError as error:
        say(f"kg: {error}", err=True)
        return WRONG_USE if error.status == 400 else ENVIRONMENT  # 400: the query is at fault
    if isinstance(answer, Table) and not answer.rows and not graphs:
        words = "the server may have graphs that its default graph does not hold: `--graph IRI` asks them"
        say(f"kg: note: no row; {words}", err=True)
    return _print_answer(answer, form, prefixes, text)


_STOPPED = {"query-timeout": BOUND, "query-memory": BOUND, "query-crash": ENVIRONMENT}


def _read_params(params: tuple[str, ...]) -> dict[str, str]:
    given = {}
    for param in params:
        key, equals, value = param.partition("=")
        if not equals or not key.isidentifier():
            raise click.UsageError(f"`{param}` is no parameter: write -p name=value")
        if key in given:
            raise click.UsageError(f"the parameter `{key}` is given twice")
        given[key] = value
    return given


def _read_query(file: Path | None) -> str:
    assert file is not None
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise KgError(f"cannot read {file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise KgError(f"{file} is not UTF-8 (byte {error.start})") from error


def _open_store(context: click.Context, checked: Checked, worker: Worker | None = None) -> Store:
    store = open_store(checked, worker)
    context.call_on_close(store.close)
    return store


def _list_questions(checked: Checked, questions: tuple[Question, ...], problems: tuple[Diagnostic, ...]) -> None:
    show_diagnostics(problems, verbose=False)
    width = max((len(q.name) for q in questions), default=0)
    for question in questions:
        params = "".join(f"  -p {k}={v}" for k, v in question.params.items())
        say(f"{question.name:{width}}  {question.text(checked.seeds.dataset.language)}{params}")


def write_answer(answer: Answer, form: str | None, prefixes: Prefixes, computed: frozenset[str] = frozenset()) -> str:
    """The answer in a format; the table for people marks the *computed* variables.

    Raises UsageError where the format does not fit the kind of query.
    """
    if isinstance(answer, Triples):
        if form not in {None, "ttl", "nt", "table"}:
            raise UsageError(f"CONSTRUCT and DESCRIBE give triples: ask for ttl or nt, not {form}")
        from kg.rdf.quad import Quad

        quads = [Quad(t.subject, t.predicate, t.object) for t in answer.triples]  # type: ignore[arg-type]
        return write_ntriples(quads) if form == "nt" else write_turtle(quads, prefixes)
    if form in {"ttl", "nt"}:
        raise UsageError(f"SELECT and ASK give rows: ask for table, csv, tsv, json or xml, not {form}")
    if form in {None, "table"}:
        return _write_table(answer, prefixes, computed)
    text = serialize_answer(answer, str(form))
    return text if text.endswith("\n") else text + "\n"


def _write_table(answer: Table | Truth, prefixes: Prefixes, computed: frozenset[str]) -> str:
    if isinstance(answer, Truth):
        return "yes\n" if answer.value else "no\n"
    rows = [tuple(_cell(show_term(term, prefixes)) for term in row) for row in answer.rows]
    header = tuple(f"{name} (computed)" if name in computed else name for name in answer.variables)
    widths = [max(display_width(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = ["  ".join(c + " " * (w - display_width(c)) for c, w in zip(row, widths, strict=True)).rstrip()
             for row in [header, tuple("─" * w for w in widths), *rows]]  # fmt: skip
    count = len(rows)
    return "\n".join([*lines, f"({write_count(count, 'row')})"]) + "\n"


def _cell(text: str) -> str:
    """A term without the quotes that only a machine needs: 'Lei Jun'@en is Lei Jun."""
    if text.startswith("'") and "'^^" not in text:
        text = text[1:].rpartition("'")[0].replace("\\'", "'").replace("\\\\", "\\")
    return make_visible(text)


@click.command("test")
@click.argument("names", nargs=-1)
@click.option("--update", is_flag=True, help="Write the rows that are found as the expected ones; then read them.")
@click.option("--mutate", is_flag=True, help="Change claims, one thing at a time; show what nothing would notice.")
@click.option("--most", type=WholeRange(min=1), metavar="N", help="With --mutate: try N changes, evenly spread.")
@click.option("--fail-under", type=SHARE, metavar="PERCENT",
              help="With --mutate: exit code 4 where fewer are noticed.")  # fmt: skip
@texts_option
@click.pass_context
def test_command(
    context: click.Context, names: tuple[str, ...], update: bool, mutate: bool, most: int | None,
    fail_under: float | None, texts: Path | None,
) -> int:  # fmt: skip
    """Ask the competency questions and compare with their expected rows.

    All of them, or those named. Exit code 4 where a question fails or has no expected rows. With --mutate the
    claims are changed in memory, one thing at a time, and the rules of `kg check` and the questions are asked
    whether they notice; the texts are only read for that.
    """
    if mutate and update:
        raise click.UsageError("give one of: --mutate, --update")
    if not mutate and (most is not None or fail_under is not None):
        raise click.UsageError("--most and --fail-under go with --mutate")
    if not mutate and was_given(context, "texts"):
        raise click.UsageError("--texts goes with --mutate: the questions ask no text")
    if mutate:
        from kg.cli.mutants import run_mutants

        checked = check_questions(load(context, texts))
        chosen = [find_question(checked.questions, name) for name in names] if names else checked.questions
        return run_mutants(checked, chosen, _open_store(context, checked), most=most, fail_under=fail_under)
    if not update:
        return _run_tests(context, names)[0]
    from kg.system.files import CURATED, encode_file, write_exports

    project = get_project(context)
    with hold_curated(project.root, project.work, "test"):
        code, expected = _run_tests(context, names, update=True)
        files = [encode_file(project.name_of(path), text) for path, text in expected.items()]
        if files:
            write_exports(files, project.root, project.work, CURATED)
    return code


def _run_tests(context: click.Context, names: tuple[str, ...], *, update: bool = False) -> tuple[int, dict[Path, str]]:
    """The exit code, and, where *update*, the rows to expect from now on: the texts of files."""
    checked = load(context)
    questions, problems = read_questions(checked.project)
    show_diagnostics(problems, verbose=False)
    chosen = [find_question(questions, name) for name in names] if names else list(questions)
    store = _open_store(context, checked)
    prefixes = store.prefixes
    lang = checked.seeds.dataset.language
    expected: dict[Path, str] = {}
    outcomes = {"passed": 0, "failed": 0, "untested": 0, "updated": 0}
    for question in chosen:
        verdict = test_question(question, store)
        outcome = verdict.outcome
        if update and outcome != "passed" and (verdict.diagnostic is None or outcome == "untested"):
            answer = ask_question(question, store, limits=question.limits)
            expected[question.expected] = write_expectation(answer, prefixes)
            outcome = "updated"
        outcomes[outcome] += 1
        sign = {"passed": "✓", "failed": "✗", "untested": "?", "updated": "✎"}[outcome]
        say(f"{sign} {question.name} ({write_count(verdict.rows, 'row')})  {question.text(lang)}")
        if outcome in {"failed", "untested"} and verdict.diagnostic is not None:
            show_diagnostics([verdict.diagnostic], verbose=True)
        if outcome == "failed":
            for line in verdict.missing:
                say(f"    - {line}")
            for line in verdict.unexpected:
                say(f"    + {line}")
            if verdict.diagnostic is None and not verdict.missing and not verdict.unexpected:
                say("    the rows are in another order")
    say(", ".join(f"{n} {outcome}" for outcome, n in outcomes.items() if n or outcome in {"passed", "failed"}))
    sys.stdout.flush()
    bound = BOUND if outcomes["failed"] or outcomes["untested"] else DONE
    return MISTAKES if problems else bound, expected
