"""The SPARQL 1.1 Protocol and the Graph Store Protocol from the side of who asks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from kg.ask.results import find_partial
from kg.ask.sparql import scan_query
from kg.ask.store import Answer, Table, Triples, Truth
from kg.remote.endpoint import Endpoint
from kg.remote.http import Bounds, Client, RemoteError, Response
from kg.remote.words import is_page, show_body, show_url
from kg.text.diagnostic import UsageError

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NTRIPLES = "application/n-triples"
_ROWS = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
_TRIPLES = f"{NTRIPLES}, text/turtle;q=0.5"
_JSON = frozenset({"application/sparql-results+json", "application/json"})
_XML = frozenset({"application/sparql-results+xml", "application/xml", "text/xml"})
_GRAPHS = {
    NTRIPLES: ox.RdfFormat.N_TRIPLES, "text/plain": ox.RdfFormat.N_TRIPLES, "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
}  # fmt: skip
_MOST_GRAPHS = 10_000
_ASKED = "__ASK_RETVAL"  # the variable by which Virtuoso answers ASK: no row is no


@dataclass(kw_only=True)
class Server:
    """A server that is asked and filled, graph by graph; the name of the default graph is empty."""

    endpoint: Endpoint
    client: Client

    def ask(self, query: str, graphs: Sequence[str] = ()) -> Answer:
        """The answer to a query, asked of the union of *graphs* where there are some. Raises KgError."""
        form = find_form(query)
        wanted = _TRIPLES if form in {"CONSTRUCT", "DESCRIBE"} else _ROWS
        body = urlencode([("query", query), *(("default-graph-uri", graph) for graph in graphs)])
        answer = self.client.request("POST", self.endpoint.query, {**FORM, "Accept": wanted}, body.encode(), safe=True)
        if answer.status == 404:
            raise RemoteError(f"there is nothing at {show_url(answer.url)} (404)", status=404)
        if form in {"CONSTRUCT", "DESCRIBE"}:
            return Triples(triples=tuple(sorted(set(read_triples(answer)), key=str)))
        return read_rows(answer)

    def count(self, graph: str) -> int:
        """How many triples a graph there has."""
        match self.ask(f"SELECT (COUNT(*) AS ?n) {{ {_write_pattern(graph)} }}"):
            case Table(rows=((ox.Literal(value=number),),)) if number.isdecimal():
                return int(number)
        raise RemoteError(f"{show_url(self.endpoint.query)} cannot count the triples of a graph")

    def holds(self, graph: str, pattern: str) -> bool:
        """Whether a pattern of triples is found in a graph there."""
        found = self.ask(f"ASK {{ {_write_pattern(graph, pattern)} }}")
        return isinstance(found, Truth) and found.value

    def read_graph(self, graph: str) -> list[ox.Triple]:
        """All triples of a graph there. Raises RemoteError where fewer come than it counts."""
        if self.endpoint.gsp is not None:
            answer = self.client.request("GET", self.name_graph(graph), {"Accept": _TRIPLES}, safe=True)
            triples = [] if answer.status == 404 else read_triples(answer, rename=True)
        else:
            query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {_write_pattern(graph)} }}"
            body = urlencode({"query": query}).encode()
            answer = self.client.request("POST", self.endpoint.query, {**FORM, "Accept": _TRIPLES}, body, safe=True)
            triples = read_triples(answer, rename=True)
        triples = list(dict.fromkeys(triples))
        counted = self.count(graph)
        if len(triples) < counted:
            where = f"<{graph}>" if graph else "the default graph"
            hint = "" if self.endpoint.gsp is not None else "; perhaps its graph store gives all (--gsp URL)"
            raise RemoteError(
                f"the server gives {len(triples):,} of the {counted:,} triples that it counts in {where}{hint}"
            )
        return triples

    def list_graphs(self) -> list[str]:
        """The names of the graphs there. Raises RemoteError where there are more than `_MOST_GRAPHS`."""
        found = self.ask(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {_MOST_GRAPHS + 1}")
        assert isinstance(found, Table)
        if len(found.rows) > _MOST_GRAPHS:
            raise RemoteError(f"the server has more than {_MOST_GRAPHS:,} graphs: name those that are meant")
        return sorted(term.value for (term,) in found.rows if isinstance(term, ox.NamedNode))

    def update(self, text: str, *, safe: bool) -> None:
        """Carry out an update; *safe* where it may be carried out twice. Raises KgError."""
        if self.endpoint.update is None:
            raise UsageError("an update needs the address of updates (--update URL)")
        body = urlencode({"update": text}).encode()
        self._change("POST", self.endpoint.update, {**FORM, "Accept": "*/*"}, body, safe=safe)

    def put(self, graph: str, triples: bytes) -> None:
        """Put triples (N-Triples) in the place of a graph."""
        self._change("PUT", self.name_graph(graph), {"Content-Type": NTRIPLES, "Accept": "*/*"}, triples, safe=True)

    def add(self, graph: str, triples: bytes, *, safe: bool) -> None:
        """Add triples (N-Triples) to a graph; *safe* where none of them has a blank node."""
        self._change("POST", self.name_graph(graph), {"Content-Type": NTRIPLES, "Accept": "*/*"}, triples, safe=safe)

    def delete(self, graph: str) -> None:
        """Take a graph away."""
        self.client.request("DELETE", self.name_graph(graph), {"Accept": "*/*"}, safe=True)  # 404: it is gone already

    def name_graph(self, graph: str) -> str:
        """The address of a graph in the graph store."""
        assert self.endpoint.gsp is not None
        joint = "&" if "?" in self.endpoint.gsp else "?"
        return (
            f"{self.endpoint.gsp}{joint}graph={quote(graph, safe='')}"
            if graph
            else f"{self.endpoint.gsp}{joint}default"
        )

    def _change(self, method: str, url: str, headers: dict[str, str], body: bytes, *, safe: bool) -> None:
        answer = self.client.request(method, url, headers, body, safe=safe)
        if answer.status == 404:
            raise RemoteError(f"there is nothing at {show_url(url)} (404)", status=404)
        if is_page(answer.body, answer.media) and answer.status == 200 and b"<form" in answer.body.lower():
            said = show_body(answer.body, answer.media)
            raise RemoteError(f"{show_url(url)} answers a change with {said}: nothing tells that it was made")


def _write_pattern(graph: str, inner: str = "?s ?p ?o") -> str:
    """A pattern of triples in a graph, or in the default graph."""
    return f"GRAPH <{graph}> {{ {inner} }}" if graph else inner


def open_server(endpoint: Endpoint, bounds: Bounds) -> Server:
    """The server at an endpoint, asked under bounds."""
    return Server(endpoint=endpoint, client=Client(bounds=bounds, credentials=endpoint.credentials))


def find_form(query: str) -> str:
    """What kind of query it is: `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`. Raises UsageError for none of them.

    >>> find_form("PREFIX ask: <http://a.example/> # SELECT\\nASK { ?s ?p ?o }")
    'ASK'
    """
    for token in scan_query(query):
        if token.kind == "word" and token.text.upper() in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}:
            return token.text.upper()
        if token.kind == "open":
            break
    raise UsageError("this is no query: it has no SELECT, ASK, CONSTRUCT or DESCRIBE")


def read_rows(answer: Response) -> Table | Truth:
    """The rows or the truth of an answer. Raises RemoteError where it is of another type, or not whole."""
    check_complete(answer)
    if answer.media in _JSON:
        form = ox.QueryResultsFormat.JSON
        _check_json(answer)
    elif answer.media in _XML:
        form = ox.QueryResultsFormat.XML
        if b"<!DOCTYPE" in answer.body or b"<!ENTITY" in answer.body:
            raise RemoteError(f"the answer of {show_url(answer.url)} declares entities: it is not read")
        if not answer.body.rstrip().endswith(b"sparql>"):
            raise _tell_part(answer)
    else:
        raise _tell_type(answer, "application/sparql-results+json")
    try:
        results = ox.parse_query_results(answer.body, format=form)
        if isinstance(results, ox.QueryBoolean):
            return Truth(value=bool(results))
        table = Table(
            variables=tuple(v.value for v in results.variables), rows=tuple(tuple(solution) for solution in results)
        )
    except (SyntaxError, ValueError) as error:
        raise RemoteError(f"the answer of {show_url(answer.url)} cannot be read: {_first_line(error)}") from None
    return Truth(value=_read_virtuoso(table)) if table.variables == (_ASKED,) else table


def _read_virtuoso(table: Table) -> bool:
    return any(term is not None and not isinstance(term, ox.Triple) and term.value == "1" for (term,) in table.rows)


def read_triples(answer: Response, *, rename: bool = False) -> list[ox.Triple]:
    """The triples of an answer. Raises RemoteError where it is of another type, or not whole.

    With *rename* its blank nodes get names that no other answer has.
    """
    check_complete(answer)
    form = _GRAPHS.get(answer.media)
    if form is None or is_page(answer.body, answer.media):
        raise _tell_type(answer, NTRIPLES)
    if not answer.told_end:
        raise RemoteError(
            f"{show_url(answer.url)} does not say how long its answer is: whether it is all there cannot be known"
        )
    if form == ox.RdfFormat.N_TRIPLES and answer.body and not answer.body.endswith((b"\n", b".", b"\r")):
        raise _tell_part(answer)
    try:
        return [quad.triple for quad in ox.parse(answer.body, format=form, rename_blank_nodes=rename)]
    except (SyntaxError, ValueError) as error:
        raise RemoteError(f"the answer of {show_url(answer.url)} cannot be read: {_first_line(error)}") from None


def check_complete(answer: Response) -> None:
    """Raises RemoteError where the server itself says that it gives a part."""
    part = find_partial(answer.status, answer.headers)
    if part is not None:
        raise RemoteError(f"{show_url(answer.url)} {part}")
    if answer.status == 204 or answer.status >= 300:
        raise RemoteError(f"{show_url(answer.url)} gives no answer ({answer.status})", status=answer.status)


def _check_json(answer: Response) -> None:
    """Raises RemoteError where the text is no JSON: the parser of results is content with its beginning."""
    try:
        json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        at_end = isinstance(error, json.JSONDecodeError) and error.pos >= len(error.doc.rstrip())
        cut = at_end or "Unterminated" in str(error)
        if cut or not answer.told_end:
            raise _tell_part(answer) from None
        raise RemoteError(f"the answer of {show_url(answer.url)} is no JSON: {_first_line(error)}") from None


def _tell_part(answer: Response) -> RemoteError:
    last = show_body(answer.body[-150:].rpartition(b"\n")[2], "")
    return RemoteError(f"the answer of {show_url(answer.url)} is cut off (it ends with “{last[-80:]}”)")


def _tell_type(answer: Response, wanted: str) -> RemoteError:
    where = show_url(answer.url)
    if is_page(answer.body, answer.media):
        return RemoteError(
            f"{where} answers {show_body(answer.body, answer.media)}: is it the address of SPARQL queries?"
        )
    kind = f"`{answer.media[:80]}`" if answer.media else "no media type"
    return RemoteError(f"{where} answers with {kind}, not {wanted}: {show_body(answer.body, answer.media)}")


def _first_line(error: Exception) -> str:
    return str(getattr(error, "msg", None) or error).partition("\n")[0][:200]


def declare_prefixes(query: str, prefixes: Iterable[tuple[str, str]]) -> str:
    """The query with those prefixes declared that it uses and does not declare, all before its first line.

    >>> declare_prefixes("ASK { e:su7 ?p ?o }", [("e", "http://a.example/"), ("r", "http://b.example/")])
    'PREFIX e: <http://a.example/> ASK { e:su7 ?p ?o }'
    """
    used: set[str] = set()
    own: set[str] = set()
    before = ""
    for token in scan_query(query):
        prefix, colon, _ = token.text.partition(":")
        if colon and token.kind not in {"iri", "string"}:
            (own if before == "PREFIX" else used).add(prefix)
        before = token.text.upper()
    lines = [f"PREFIX {prefix}: <{iri}> " for prefix, iri in prefixes if prefix in used - own]
    return "".join(lines) + query
