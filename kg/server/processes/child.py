"""The process that answers what a server was asked: queries and graphs from a store on disk, or changes to it.

The server starts it and ends it (`kg.server.processes.pool`). It looks at a text before the store parses it, since the
store dies of some, and finds the place of a mistake, since that takes time.

| to the process | its answer |
|---|---|
| `S` settings; again, another folder | `r` it has the store open |
| `N` what is asked of names (`kg.server.names.matching`) | `e` the answer |
| `I` a folder for the files of the names (`kg.server.names.file`) | `e` how many there are |
| `E` what a page needs (`kg.server.explore.look`), `F` the first rows of a query | `e` the answer |
| `Q` a query, `G` a graph | `w` the whole answer; of a large one `h` what it is, `d` pieces of it, `e` its end |
| `U` an update, `P` one of a single graph, `L` a document (then `D` pieces) | `e`, what happened |
| `X` a graph to delete, `B` a folder to copy to | the same |
| | `x` instead of any of them: why not |
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

from kg.ask.sparql import (
    NamedDataset,
    check_query,
    explain_refusal,
    explain_syntax_error,
    find_dataset,
    find_merge,
    may_be_relative,
)
from kg.rdf.quad import is_node_iri
from kg.server.answer import RDF, TooLargeError, UnfitAnswerError, Wish, send_graph, send_results
from kg.server.check import check_update, list_using, use_dataset, use_graph
from kg.server.explore.begun import tell_answer
from kg.server.explore.look import Looker
from kg.server.media import DATASETS, DOCUMENTS, find_media, read_content_type
from kg.server.names.many import index_names
from kg.server.names.matching import Identifiers, Matcher, WishError
from kg.system.memory import limit_memory
from kg.system.worker.child import Frames, live, send
from kg.system.worker.merge import Results, query_merge, share_triples
from kg.system.worker.seal import refuse_sockets
from kg.text.diagnostic import Diagnostic, SourceText

Request = dict[str, Any]
_GARBAGE = 10_000  # objects more than before that make the collector look: answers leave no cycles behind


class RequestRefusedError(Exception):
    """A request that is not carried out: a *kind* that decides the status, and why, in words."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def serve() -> None:
    """Be a process that holds a store and answers for it. Called by `kg.server.processes.pool` only."""
    with suppress(AttributeError, OSError):
        os.setpgrp()  # a Ctrl-C is for the server
    live(_work)


def _work(frames: Frames, out: BinaryIO) -> None:
    servant = _begin(json.loads(frames.get()[1]))
    send(out, b"r")
    while True:
        kind, content = frames.get()
        request = json.loads(content)
        try:
            if kind == b"S":
                servant.open(request)
                send(out, b"r")
            elif kind == b"Q":
                servant.ask(request, out)
            elif kind == b"G":
                servant.give(request, out)
            elif kind == b"N":
                send(out, b"e", servant.match(request))
            elif kind == b"I":
                send(out, b"e", servant.index(request))
            elif kind == b"E":
                send(out, b"e", servant.look(request))
            elif kind == b"F":
                send(out, b"e", {"answer": servant.begin(request)})
            else:
                pieces = b"".join(iter(lambda: frames.get()[1], b"")) if kind == b"L" else b""
                send(out, b"e", servant.change(kind, request, pieces))
        except TooLargeError as error:
            send(out, b"x", {"kind": str(error), "message": ""})
        except UnfitAnswerError as error:
            send(out, b"x", {"kind": "unfit", "message": str(error)})
        except RequestRefusedError as error:
            send(out, b"x", {"kind": error.kind, "message": str(error)})


def _begin(settings: Request) -> Servant:
    limit_memory(settings["memory"])
    gc.freeze()
    gc.set_threshold(_GARBAGE, 20, 20)
    if not settings["allowed"]:
        refuse_sockets()
    return Servant(settings)


class Servant:
    """What holds the store open and carries out requests."""

    def __init__(self, settings: Request) -> None:
        self.allowed: frozenset[str] = frozenset(settings["allowed"])
        self.prefixes: dict[str, str]
        self.store: ox.Store
        self.open(settings)

    def open(self, settings: Request) -> None:
        """Open the store in a folder, to read or to write."""
        make = ox.Store if settings["write"] else ox.Store.read_only
        self.store = make(settings["folder"])
        self.prefixes = settings["prefixes"]
        self._matcher: Matcher | None = None
        self._lookers: dict[tuple[str, bool], Looker] = {}  # what they have seen of the store is known to the next page
        self._files: Path | None = None

    def match(self, request: Request) -> Request:
        """Answer what is asked of names."""
        files = Path(request["files"]) if request["files"] is not None else None
        if self._matcher is None or files != self._files:
            self._files = files
            self._matcher = Matcher(self.store, request["language"], files)
        self._matcher.ids = Identifiers(space=request["space"], prefixes=self.prefixes)  # as who asks calls the server
        try:
            return {"answer": getattr(self._matcher, request["act"])(*request["with"])}
        except WishError as error:
            raise RequestRefusedError("syntax", str(error)) from None
        except ImportError:
            raise RequestRefusedError(
                "unable", "names are matched with rapidfuzz: pip install 'kg-claims[server]'"
            ) from None
        except ValueError as error:  # more names than there may be
            raise RequestRefusedError("unable", str(error)) from None
        except OSError as error:  # also where another store is served by now, and the files are gone
            raise RequestRefusedError("failed", str(error)) from None

    def index(self, request: Request) -> Request:
        """Write the files of the names."""
        try:
            return {"names": index_names(self.store, Path(request["folder"]), union=request["union"])}
        except OSError as error:
            raise RequestRefusedError("failed", str(error)) from None

    def look(self, request: Request) -> Request:
        """Answer what a page needs to know."""
        looker = self._find_looker(request)
        if request["words"] is not None:
            looker.words = request["words"]
        try:
            return {"answer": getattr(looker, request["act"])(*request["with"])}
        except OSError as error:
            raise RequestRefusedError("failed", str(error)) from None

    def _find_looker(self, request: Request) -> Looker:
        key = request["language"], request["union"]
        if key not in self._lookers:
            self._lookers[key] = Looker(self.store, key[0], union=key[1])
        return self._lookers[key]

    def begin(self, request: Request) -> Request:
        """The first rows or triples of an answer, with the names of what they hold."""
        looker = self._find_looker(request)
        with self._run(request) as results:
            return tell_answer(results, looker)

    def ask(self, request: Request, out: BinaryIO) -> None:
        """Answer a query."""
        with self._run(request) as results:
            is_graph = isinstance(results, ox.QueryTriples)
            form = request["graph" if is_graph else "rows"]
            if form is None:
                raise RequestRefusedError("unacceptable", "graph" if is_graph else "rows")
            wish = Wish(form=form, gzip=request["gzip"], rows=request["most_rows"], size=request["most_bytes"])
            if isinstance(results, ox.QueryTriples):
                send_graph(results, wish, out, self.prefixes)
            else:
                send_results(results, wish, out)

    @contextmanager
    def _run(self, request: Request) -> Iterator[Results]:
        """The answer to a query; what goes wrong with it, also while it is read, is put into words."""
        source = SourceText("query", request["query"])
        _refuse(check_query(source, self.allowed))
        default, named = request["default"], request["named"]
        run: Callable[..., Results] = self.store.query
        if default is None and named is None:
            if "FROM" in source.text.upper():
                self._check_dataset(source, request["base"])
                merge = find_merge(source, self.prefixes, request["base"])
                if isinstance(merge, NamedDataset):
                    run = partial(query_merge, self.store, default=merge.default, named=merge.named)
                else:
                    _refuse(merge)
        else:
            graphs = _check_iris(default or ()), _check_iris(named or ())
            run = partial(query_merge, self.store, default=graphs[0], named=graphs[1])
        base = request["base"] if may_be_relative(source.text) else None  # to read it takes a tenth of a small query
        try:
            yield run(query=source.text, base_iri=base, prefixes=self.prefixes)
        except SyntaxError as error:
            _refuse(explain_syntax_error(source, error, self.prefixes))
        except (RuntimeError, ValueError) as error:
            if isinstance(error, UnicodeError):
                raise RequestRefusedError("syntax", "the query is no Unicode text") from None
            _refuse(explain_refusal(source, RuntimeError(*error.args), self.prefixes))
        except OSError as error:
            raise RequestRefusedError("failed", str(error)) from None

    def _check_dataset(self, source: SourceText, base: str) -> None:
        for token, iri, _ in find_dataset(source.text, self.prefixes, base):
            if not is_node_iri(iri) or not self.store.contains_named_graph(ox.NamedNode(iri)):
                message = f"FROM {token.text}: there is no such graph here, and nothing is fetched"
                raise RequestRefusedError("dataset", message)

    def give(self, request: Request, out: BinaryIO) -> None:
        """Give a graph by its IRI, the default graph (``), or all quads (`*`)."""
        wanted = request["graph"]
        wish = Wish(form=request["form"], gzip=request["gzip"], rows=None, size=request["most_bytes"])
        if wanted == "*":
            quads: Iterable[Any] = self.store
            if request["union"]:
                quads = (quad for quad in self.store if quad.graph_name != ox.DefaultGraph())
            send_graph(quads, wish, out, self.prefixes)
            return
        graph, existed = self._find_graph(wanted)
        if not existed:
            raise RequestRefusedError("absent", f"there is no graph <{wanted}>")
        found = self.store.quads_for_pattern(None, None, None, graph)
        send_graph((quad.triple for quad in found), wish, out, self.prefixes)

    def change(self, kind: bytes, request: Request, content: bytes) -> Request:
        """Change the store, wholly or not at all; gives what is to be told of it."""
        acts: dict[bytes, Callable[[], Request]] = {
            b"U": lambda: self._update(request),
            b"P": lambda: self._patch(request),
            b"L": lambda: self._load(request, content),
            b"X": lambda: self._delete(request),
            b"B": lambda: self._copy(request["folder"]),
        }
        try:
            return acts[kind]()
        except OSError as error:
            raise RequestRefusedError("failed", str(error)) from None

    def _update(self, request: Request) -> Request:
        source = SourceText("update", request["update"])
        _refuse(check_update(source, self.allowed))
        run = partial(self.store.update, base_iri=request["base"], prefixes=self.prefixes)
        text: str = source.text
        if request["default"] or request["named"]:
            made = use_dataset(source, _check_iris(request["default"]), _check_iris(request["named"]))
            if isinstance(made, Diagnostic):
                _refuse(made)
            else:
                text = made
        self._check_using(text, request["base"])
        try:
            run(text)
        except SyntaxError as error:
            raise RequestRefusedError("syntax", f"update: {error.msg or error}") from None
        except (RuntimeError, ValueError) as error:
            raise RequestRefusedError("syntax", f"update: {error}") from None
        return {}

    def _check_using(self, text: str, base: str) -> None:
        """Refuse an update of the merge of graphs that share triples: the store would find these several times."""
        operations = list_using(SourceText("update", text), self.prefixes, base)
        if isinstance(operations, Diagnostic):
            raise RequestRefusedError("syntax", f"{operations.mark}: {operations.message}")
        merges = [graphs for graphs in operations if len(graphs) > 1]
        if not merges:
            return
        if len(operations) > 1:
            message = "USING of several graphs stands in an update of several operations: send that one by itself"
            raise RequestRefusedError("limit", message)
        if len(set(merges[0])) < len(merges[0]) or share_triples(self.store, merges[0]):
            message = "the graphs of USING hold the same triples, which would be found more than once: name one of them"
            raise RequestRefusedError("limit", message)

    def _patch(self, request: Request) -> Request:
        """Carry out an update of one graph, which is its default graph."""
        wanted = request["graph"]
        made = use_graph(SourceText("update", request["update"]), wanted)
        if isinstance(made, Diagnostic):
            raise RequestRefusedError("elsewhere", f"{made.mark}: {made.message}")
        graph, existed = self._find_graph(wanted)
        _check_existence(request, exists=existed)
        self._update({"update": made, "base": request["base"], "default": (), "named": ()})
        return {"created": not existed and self.store.contains_named_graph(graph)}

    def _load(self, request: Request, content: bytes) -> Request:
        """Put a document into a graph, or in its place; where the graph is `*`, quads into their graphs."""
        wanted = request["graph"]
        quads = list(_read_documents(content, request["type"], request["base"], dataset=wanted == "*"))
        if wanted == "*":
            _check_existence(request, exists=True)
            if request["replace"]:
                self._replace_all(quads)
            else:
                self.store.extend(quads)
            return {"created": False}
        graph, existed = self._find_graph(wanted)
        _check_existence(request, exists=existed)
        if request["replace"]:  # one update is one transaction
            lines = "".join(f"{quad.triple} .\n" for quad in quads)
            begin = f"DROP SILENT GRAPH {graph}; CREATE GRAPH {graph}" if wanted else "DROP DEFAULT"
            data = f"GRAPH {graph} {{\n{lines}}}" if wanted else lines
            self.store.update(f"{begin}; INSERT DATA {{\n{data}}}")
        else:
            self.store.extend(ox.Quad(q.subject, q.predicate, q.object, graph) for q in quads)
            if isinstance(graph, ox.NamedNode):
                self.store.add_graph(graph)
        return {"created": not existed}

    def _delete(self, request: Request) -> Request:
        wanted = request["graph"]
        graph, existed = self._find_graph(wanted)
        if not existed:
            raise RequestRefusedError("absent", f"there is no graph <{wanted}>")
        _check_existence(request, exists=True)
        self.store.update(f"DROP SILENT {f'GRAPH {graph}' if wanted else 'DEFAULT'}")
        return {}

    def _replace_all(self, quads: Iterable[ox.Quad]) -> None:
        graphs: dict[Any, list[str]] = {}
        for quad in quads:
            graphs.setdefault(quad.graph_name, []).append(f"{quad.triple} .\n")
        data = [
            "".join(lines) if graph == ox.DefaultGraph() else f"GRAPH {graph} {{\n{''.join(lines)}}}\n"
            for graph, lines in graphs.items()
        ]
        self.store.update(f"DROP ALL; INSERT DATA {{\n{''.join(data)}}}")  # one update is one transaction

    def _find_graph(self, wanted: str) -> tuple[Any, bool]:
        """The graph of an IRI, or the default graph (``), and whether it is there."""
        if not wanted:
            return ox.DefaultGraph(), True
        graph = ox.NamedNode(wanted)
        return graph, self.store.contains_named_graph(graph)

    def _copy(self, folder: str) -> Request:
        self.store.backup(Path(folder))
        return {}


def _check_existence(request: Request, *, exists: bool) -> None:
    if request["exists"] not in {None, exists}:
        raise RequestRefusedError("condition", "it is there already" if exists else "there is no such graph to change")


def _refuse(problem: Diagnostic | None) -> None:
    """Raise RequestRefusedError where there is a problem, with its place and its hint."""
    if problem is not None:
        hint = f" ({problem.hint})" if problem.hint else ""
        kind = "limit" if problem.code == "query-limit" else "syntax"
        raise RequestRefusedError(kind, f"{problem.mark}: {problem.message}{hint}")


def _check_iris(texts: Iterable[str]) -> list[str]:
    wrong = next((text for text in texts if not is_node_iri(text)), None)
    if wrong is not None:
        raise RequestRefusedError("syntax", f"`{wrong}` is no IRI")
    return list(texts)


def _read_documents(content: bytes, header: str, base: str, *, dataset: bool) -> Iterator[ox.Quad]:
    """The quads of a document, or of the documents of a form (`multipart/form-data`)."""
    media, parameters = read_content_type(header)
    if media != "multipart/form-data":
        yield from _read_document(content, media, parameters, base, dataset=dataset)
        return
    from email import policy  # a fifth of the time in which this process starts
    from email.parser import BytesParser

    head = f"Content-Type: {header}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + content)
    if not message.is_multipart():
        raise RequestRefusedError("document", "the form has no parts: is its boundary that of the Content-Type?")
    if message.defects:
        raise RequestRefusedError("document", "the form is cut off, or broken")
    for part in message.iter_parts():
        kind, words = read_content_type(str(part.get("Content-Type", "")) or "text/plain")  # RFC 7578, section 4.4
        kind = find_media(part.get_filename(""), kind)
        raw = part.get_payload(decode=True)
        yield from _read_document(raw if isinstance(raw, bytes) else b"", kind, words, base, dataset=dataset)


def _read_document(
    content: bytes, media: str, parameters: dict[str, str], base: str, *, dataset: bool
) -> Iterator[ox.Quad]:
    form = (DATASETS if dataset else DOCUMENTS).get(media)
    if form is None:
        known = ", ".join(DATASETS if dataset else DOCUMENTS)
        raise RequestRefusedError("media", f"`{media or 'no media type'}` is not read here; it may be {known}")
    if parameters.get("charset", "utf-8").lower() not in {"utf-8", "us-ascii"}:
        raise RequestRefusedError("media", f"charset {parameters['charset']} is not read here; it may be UTF-8")
    try:
        yield from ox.parse(
            content, format=RDF[form], base_iri=base, rename_blank_nodes=True, without_named_graphs=not dataset
        )
    except (SyntaxError, ValueError) as error:
        raise RequestRefusedError("document", str(getattr(error, "msg", None) or error)) from None
