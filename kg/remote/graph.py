"""A graph on a server, with the interface of one in a folder."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

import pyoxigraph as ox

from kg.ask.parameter import check_names, check_parameters
from kg.ask.sparql import bind_parameters, find_mistake, find_unbound, write_parameters
from kg.ask.store import Answer, Store, limit_time
from kg.ask.term import Term
from kg.export import canonicalize_quads, check_format, find_writers
from kg.rdf.iri import Prefixes
from kg.rdf.quad import Quad
from kg.remote.compare import compare_triples
from kg.remote.http import Client
from kg.remote.protocol import Server, declare_prefixes
from kg.system.worker.limits import WorkerLimits
from kg.text.diagnostic import Diagnostic, SourceText, UsageError

if TYPE_CHECKING:
    import rdflib


class FolderError(UsageError, AttributeError):
    """What needs the project's folder was asked of a server: there are its graphs, not the files they come from."""


@dataclass(frozen=True, kw_only=True)
class RemoteStore:
    """A server that is asked as a store is: prefixes that a query uses are declared for it, parameters bound.

    Where *graphs* are named, their union is the default graph.
    """

    server: Server
    prefixes: Prefixes
    graphs: tuple[str, ...] = ()

    def ask(
        self, query: str, *, name: str = "query", parameters: Mapping[str, Term] | None = None,
        limits: WorkerLimits | None = None,
    ) -> Answer:  # fmt: skip
        """The answer to a query. Raises KgError; *name* is not used, for the server tells mistakes in its own words."""
        bound = bind_parameters(query, write_parameters(parameters or {}))
        server = self.server
        if limits is not None:
            old = server.client.bounds
            kept = replace(old, seconds=limits.seconds or old.seconds, size=limits.size or old.size)
            server = replace(server, client=Client(bounds=kept, credentials=server.client.credentials))
        return server.ask(declare_prefixes(bound, self.prefixes.namespaces.items()), self.graphs)


@dataclass(frozen=True)
class RemoteGraph:
    """A graph on a server, made by `kg.connect`. Each call asks anew; `quads` and `store` load all of it.

    What comes from the files of a project (claims with their lines, coverage, what `kg show` prints) is not there, and
    raises `kg.UsageError`: *needs_folder* are the names of it.
    """

    server: Server
    prefixes: Prefixes
    graphs: tuple[str, ...] = ()
    needs_folder: frozenset[str] = field(default=frozenset(), repr=False)

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *, timeout: float | None = None) -> Answer:
        """The answer to a SPARQL 1.1 query: a Table, a Truth or Triples. Raises `kg.KgError` where there is none.

        *timeout* is in seconds, for all tries together.
        """
        check_parameters(_want_text(text), parameters or ())
        asked = RemoteStore(server=self.server, prefixes=self.prefixes, graphs=self.graphs)
        return asked.ask(text, parameters=parameters, limits=limit_time(timeout))

    def check_query(self, text: str, parameters: Collection[str] = ()) -> tuple[Diagnostic, ...]:
        """What is wrong with a SPARQL query before it is asked: its syntax, and variables without a value.

        Whether its terms stand in the graph, the server is not asked.
        """
        check_names(parameters)
        source = SourceText("query", _want_text(text))
        mistake = find_mistake(source, self.prefixes.namespaces)
        return (mistake,) if mistake is not None else tuple(find_unbound(source, parameters))

    @cached_property
    def quads(self) -> tuple[ox.Quad, ...]:
        """All quads that the server holds, as it writes them: named graphs, and what the default graph has beside."""
        return tuple(self._read_quads())

    def _read_quads(self) -> Iterator[ox.Quad]:
        named: list[str] = []
        for name in self.graphs or self.server.list_graphs():
            for triple in self.server.read_graph(name):
                named.append(f"{triple} .\n")
                yield ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(name))
        if not self.graphs:
            default = (f"{triple} .\n" for triple in self.server.read_graph(""))
            beside = compare_triples(default, named).missing  # the default graph may be the union of all
            yield from ox.parse("".join(beside), format=ox.RdfFormat.N_TRIPLES)

    @cached_property
    def store(self) -> Store:
        """An embedded SPARQL store of all quads."""
        return Store(self.quads, self.prefixes)

    def export(self, form: str) -> str:
        """The text of an export, in any format of a folder's graph. Raises `kg.UsageError` for another.

        It is without the headings of the project's files, which a server does not know.
        """
        check_format(form)
        quads = canonicalize_quads(Quad(q.subject, q.predicate, q.object, q.graph_name) for q in self.quads)  # type: ignore[arg-type]
        return "".join(find_writers(quads, self.prefixes)[form]())

    def to_rdflib(self) -> rdflib.Dataset:
        """The graph as an rdflib Dataset, with its named graphs."""
        import rdflib

        dataset = rdflib.Dataset()
        for prefix, namespace in self.prefixes.namespaces.items():
            dataset.bind(prefix, namespace)
        dataset.parse(data=self.export("nquads"), format="nquads")
        return dataset

    def __getattr__(self, name: str) -> NoReturn:
        if name in self.needs_folder:
            raise FolderError(f"`{name}` needs the project's folder (kg.open_project): a server has its graphs alone")
        raise AttributeError(f"a graph on a server has no `{name}`")


def _want_text(value: object) -> str:
    if not isinstance(value, str):
        raise UsageError(f"a query is a text, not {type(value).__name__}")
    return value
