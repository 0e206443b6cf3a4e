"""The embedded store: quads in, SPARQL answers out. A thin interface in SPARQL's words, over Oxigraph.

A store canonicalises literals (`73.60` → `73.6`), so it is for asking; exports are written from the quads.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from kg.ask.sparql import (
    NamedDataset,
    ask_nothing,
    bind_parameters,
    check_query,
    explain_refusal,
    explain_syntax_error,
    find_iris,
    find_merge,
    write_parameters,
)
from kg.ask.term import Term
from kg.rdf.iri import Prefixes
from kg.rdf.quad import Quad, write_term
from kg.system.memory import find_bound, tell_lack
from kg.system.worker.limits import Stop, StoppedError, WorkerLimits
from kg.system.worker.merge import Results, query_merge
from kg.system.worker.worker import Worker, WorkerReply
from kg.text.diagnostic import Diagnostic, KgError, SourceText, UsageError, mark_of_file

Row = tuple[Term | None, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of a SELECT: the names of its variables, and a term or None for each."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The answer of an ASK."""

    value: bool


@dataclass(frozen=True, kw_only=True)
class Triples:
    """The triples of a CONSTRUCT or DESCRIBE, each once, in the order of their N-Triples form."""

    triples: tuple[ox.Triple, ...]


Answer = Table | Truth | Triples


def is_empty(answer: Answer) -> bool:
    """Whether an answer has no row, is no, or holds no triple."""
    match answer:
        case Table(rows=found) | Triples(triples=found):
            return not found
        case Truth(value=value):
            return not value


class QueryError(Exception):
    """A query that cannot be run; its *diagnostic* says where and why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def limit_time(timeout: float | None) -> WorkerLimits | None:
    """The limits of a query that has a *timeout* in seconds. Raises UsageError for what is no such number."""
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not timeout > 0:
        raise UsageError(f"a timeout is a number of seconds greater than 0, not {timeout}")
    return WorkerLimits(seconds=timeout)


class OnDemand(Protocol):
    """Graphs that are too big to be in every store: *open* gives the folder of a store that holds them and *quads*."""

    @property
    def graphs(self) -> frozenset[str]: ...

    def open(self, quads: Iterable[ox.Quad], resources: ExitStack) -> Path: ...


class Askable(Protocol):
    """What can be asked: a store here, or a server elsewhere."""

    @property
    def prefixes(self) -> Prefixes: ...

    def ask(
        self, query: str, *, name: str = "query", parameters: Mapping[str, Term] | None = None,
        limits: WorkerLimits | None = None,
    ) -> Answer: ...  # fmt: skip


AnyQuad = Quad | ox.Quad


class Store:
    """Quads to ask of. The default graph is the union of all graphs; GRAPH reaches each by its name.

    A query with limits is asked in a *worker*, a process of its own; without, in this process, where it cannot be
    ended. *quads* may be a function that gives them: then they are held where they are asked for, and nowhere else.
    Graphs *on_demand* are no part of that union: they are loaded by the first query that names one of them.

    >>> from pyoxigraph import Literal, NamedNode, Quad
    >>> a = NamedNode("https://a.example/")
    >>> store = Store([Quad(a, a, Literal("x"), a)], Prefixes(namespaces={"a": "https://a.example/"}))
    >>> store.ask("ASK { <https://a.example/> ?p 'x' }")
    Truth(value=True)
    """

    def __init__(
        self, quads: Iterable[AnyQuad] | Callable[[], Iterable[AnyQuad]], prefixes: Prefixes,
        on_demand: OnDemand | None = None, worker: Worker | None = None,
    ) -> None:  # fmt: skip
        self.prefixes = prefixes
        self._declared = dict(prefixes.namespaces)
        self._on_demand = on_demand
        self._resources = ExitStack()
        weakref.finalize(self, self._resources.close)
        self._made: ox.Store | None = None
        self._folder: Path | None = None
        self._read = quads if callable(quads) else self._read_made
        if not callable(quads):
            self._made = ox.Store()
            self._made.bulk_extend(_copy_to_default_graph(quads))
        self._worker = worker
        self._held = False

    def close(self) -> None:
        """Give back what was loaded on demand; the store is of no use any more."""
        self._made = None
        if self._worker is not None:
            self._worker.close()
        self._resources.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self, query: str, *, name: str = "query", parameters: Mapping[str, Term] | None = None,
        limits: WorkerLimits | None = None,
    ) -> Answer:  # fmt: skip
        """The answer to a SPARQL 1.1 query; the data set's prefixes are known, *parameters* are bound.

        With *limits* it is asked in a process of its own, which is ended when it does not keep them.
        Raises QueryError, with a diagnostic that names the place in *name*, for a query that cannot be run.
        """
        source = SourceText(name, query)
        problem = check_query(source)
        if problem is not None:
            raise QueryError(problem)
        merge = find_merge(source, self._declared)
        if isinstance(merge, Diagnostic):
            raise QueryError(merge)
        bound = bind_parameters(query, write_parameters(parameters or {}))
        try:
            if limits is not None:
                return self._ask_worker(query, bound, limits, merge)
            if parameters:
                self._parse(ask_nothing(query))  # a mistake is told at its place in the text as it was written
            self._load(bound)
            return _read_results(self._parse(bound, merge))
        except SyntaxError as error:
            raise QueryError(explain_syntax_error(source, error, self._declared)) from None
        except RuntimeError as error:  # while it plans, or while the rows are fetched
            raise QueryError(explain_refusal(source, error, self._declared)) from None
        except StoppedError as error:
            if error.stop in {Stop.MEMORY, Stop.CRASH} and (allowed := find_bound()) is not None:
                raise KgError(tell_lack(allowed)) from error  # it was not the query that wanted too much
            raise QueryError(_explain_stop(source, error, limits or WorkerLimits())) from None

    def lay_out(self, folder: Path) -> None:
        """Make a store on disk that holds all of this one, what is there on demand too.

        Raises KgError when it cannot be written.
        """
        try:
            if self._on_demand is not None:
                made = self._on_demand.open(_copy_to_default_graph(self._read()), self._resources)
                ox.Store.read_only(str(made)).backup(folder)  # links to the same files
                return
            store = ox.Store(folder)
            store.bulk_extend(_copy_to_default_graph(self._read()))
        except (OSError, RuntimeError) as error:  # which of them decides the call that failed in RocksDB
            raise KgError(f"the store could not be written: {error}") from error

    def exchange(self, held: Iterable[Quad], wanted: Iterable[Quad]) -> None:
        """Hold the quads *wanted* in place of those *held*; only those that differ are touched.

        A triple stays in the default graph while a named graph holds it.

        >>> from pyoxigraph import Literal, NamedNode
        >>> a = NamedNode("https://a.example/")
        >>> one, other = Quad(a, a, Literal("1"), a), Quad(a, a, Literal("2"), a)
        >>> store = Store([one], Prefixes(namespaces={}))
        >>> store.exchange([one], [other])
        >>> [row[0].value for row in store.ask("SELECT ?o { ?s ?p ?o }").rows]
        ['2']
        """
        before, after = frozenset(held), frozenset(wanted)
        store = self._store
        self._read, self._held = self._read_made, False  # a worker holds what was there
        exchange_quads(store, before - after, after - before, after)

    @property
    def _store(self) -> ox.Store:
        if self._made is None:
            if self._folder is not None:
                self._made = ox.Store.read_only(str(self._folder))
            else:
                self._made = ox.Store()
                self._made.bulk_extend(_copy_to_default_graph(self._read()))
        return self._made

    def _read_made(self) -> Iterator[ox.Quad]:
        assert self._made is not None
        yield from self._made

    def _load(self, query: str) -> None:
        """Load what is there on demand, where the query names it."""
        if self._on_demand is None or self._on_demand.graphs.isdisjoint(find_iris(query, self._declared)):
            return
        self._folder = self._on_demand.open(_copy_to_default_graph(self._read()), self._resources)
        self._on_demand, self._made, self._held = None, None, False

    def _parse(self, query: str, merge: NamedDataset | None = None) -> Results:
        if merge is not None:
            return query_merge(self._store, query, merge.default, merge.named, prefixes=self._declared)
        return self._store.query(query, prefixes=self._declared)

    def _ask_worker(self, written: str, query: str, limits: WorkerLimits, merge: NamedDataset | None) -> Answer:
        self._load(query)
        if self._worker is None:
            self._worker = Worker()
        if not self._held:
            self._worker.hold(self._folder or self._write_lines)
            self._held = True
        reply = self._worker.ask(
            query, self._declared, limits, written=ask_nothing(written) if written != query else None,
            merge=(merge.default, merge.named) if merge is not None else None,
        )  # fmt: skip
        return _read_reply(reply)

    def _write_lines(self) -> Iterator[str]:
        """The quads as lines of N-Quads."""
        texts: dict[object, str] = {}
        for quad in self._read():
            parts = []
            for term in quad:
                if (text := texts.get(term)) is None:
                    text = texts[term] = write_term(term)
                parts.append(text)
            yield " ".join(parts) + " .\n"


_STOPS = {
    Stop.TIME: ("query-timeout", "no whole answer after {limits.seconds:g} s"),
    Stop.ROWS: ("query-size", "the answer has more than {limits.rows:,} rows"),
    Stop.SIZE: ("query-size", "the answer has more than {limits.size:,} bytes"),
    Stop.MEMORY: ("query-memory", "the query needs more memory than there is for it"),
    Stop.CRASH: ("query-crash", "the query ended the process that ran it ({error})"),
}


def _explain_stop(source: SourceText, error: StoppedError, limits: WorkerLimits) -> Diagnostic:
    code, words = _STOPS[error.stop]
    return Diagnostic(code=code, mark=mark_of_file(source), message=words.format(limits=limits, error=error))


def _read_reply(reply: WorkerReply) -> Answer:
    if reply.truth is not None:
        return Truth(value=reply.truth)
    if reply.variables is None:
        return Triples(triples=tuple(sorted({ox.Triple(*row) for row in reply.rows}, key=str)))
    return Table(variables=reply.variables, rows=reply.rows)


def _copy_to_default_graph(quads: Iterable[Quad | ox.Quad]) -> Iterator[ox.Quad]:
    """The quads, and those of named graphs in the default graph too.

    Oxigraph's union graph gives a triple once for each graph it is in; a copy gives it once.
    """
    default = ox.DefaultGraph()
    for subject, predicate, term, name in quads:
        yield ox.Quad(subject, predicate, term, name)
        if name != default:
            yield ox.Quad(subject, predicate, term, default)


def exchange_quads(store: ox.Store, gone: Iterable[Quad], new: Iterable[Quad], wanted: Iterable[Quad]) -> None:
    """Take quads that are *gone* out of a store, and put *new* ones in: then it holds those that are *wanted*.

    What is wanted of the same subjects is put in once more. The default graph may still hold what left a named graph,
    and `73.60` and `73.6` are one literal to the store, of which only one may be gone.
    """
    subjects = set()
    for quad in gone:
        subjects.add(quad.subject)
        store.remove(ox.Quad(*quad))
        store.remove(ox.Quad(quad.subject, quad.predicate, quad.object, ox.DefaultGraph()))
    store.extend(_copy_to_default_graph(new))
    if subjects:
        store.extend(_copy_to_default_graph(quad for quad in wanted if quad.subject in subjects))


def lay_out_changed(
    before: Path, folder: Path, gone: Iterable[Quad], new: Iterable[Quad], wanted: Iterable[Quad]
) -> None:
    """Make a store on disk in *folder* of the one in *before*, as `exchange_quads` does. Raises KgError."""
    try:
        ox.Store.read_only(str(before)).backup(folder)  # links to the same files, which nobody changes
        store = ox.Store(folder)
        exchange_quads(store, gone, new, wanted)
        store.flush()
    except (OSError, RuntimeError) as error:
        raise KgError(f"the store could not be written: {error}") from error


def _read_results(results: Results) -> Answer:
    if isinstance(results, ox.QueryBoolean):
        return Truth(value=bool(results))
    if isinstance(results, ox.QueryTriples):
        return Triples(triples=tuple(sorted(set(results), key=str)))
    variables = tuple(v.value for v in results.variables)
    return Table(variables=variables, rows=tuple(tuple(row) for row in results))
