"""The build, loaded into a server graph by graph: planned, sent in bounded chunks, verified, and put in place.

Where the server takes updates, each graph is first loaded under a name of its own, verified there, and all of them are
moved into their places by one update: on a server whose updates are transactions no reader sees a part of anything.
Without updates a graph that fits into one chunk is put in place by one request, and of a larger one readers see a part
while it is being loaded.

What was pushed stands in the server, in a graph of its own (`BASEpushed`): so the next push knows what is there
already, and what another has put there.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from kg.ask.store import Table
from kg.rdf.namespace import DCTERMS, VOID, XSD
from kg.remote.content import BuiltContent, Chunk, Graph, split_graph
from kg.remote.http import RemoteError
from kg.remote.protocol import Server
from kg.remote.verify import verify_graph
from kg.system.files import write_text
from kg.text.diagnostic import KgError, UsageError
from kg.text.plural import write_count

CHUNK = 4 << 20  # bytes


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What the record on a server says of a graph: the digest of its lines, and how many triples it had there."""

    digest: str
    count: int


@dataclass(frozen=True, kw_only=True)
class PushStep:
    """What is to be done with a graph; *there* is how many triples it has on the server now."""

    graph: Graph
    there: int
    known: Pushed | None
    by_name: bool  # its name begins with the data set's base
    begun: bool = False  # a push that was ended had begun to load it
    again: bool = False

    @property
    def is_same(self) -> bool:
        """Whether the graph is there already, as far as the record and the count tell."""
        return not self.again and self.known == Pushed(digest=self.graph.digest, count=self.there)

    @property
    def is_foreign(self) -> bool:
        """Whether what is there now is perhaps not ours: no push put it there, and its name is not the data set's."""
        if not self.there or self.by_name or self.begun:
            return False
        return self.known is None or self.known.count != self.there

    @property
    def act(self) -> str:
        """What is done, in a word."""
        if self.is_same:
            return "same"
        return "replace" if self.there else "new"


@dataclass(frozen=True, kw_only=True)
class PushPlan:
    """What a push does: its steps, what the server's record says, and graphs of former pushes that are in no build."""

    content: BuiltContent
    steps: tuple[PushStep, ...]
    record: dict[str, Pushed]
    stale: tuple[str, ...]


def name_record(base: str) -> str:
    """The graph in which a server keeps what was pushed of a data set."""
    return f"{base}pushed"


def read_record(server: Server, base: str) -> dict[str, Pushed]:
    """What the server's record says of each graph; the default graph has an empty name."""
    record = name_record(base)
    found = server.ask(
        f"SELECT ?graph ?digest ?count {{ GRAPH <{record}> {{"
        f" ?graph <{DCTERMS}identifier> ?digest ; <{VOID}triples> ?count }} }} LIMIT 10000"
    )
    assert isinstance(found, Table)
    pushed = {}
    for graph, digest, count in found.rows:
        if isinstance(graph, ox.NamedNode) and isinstance(digest, ox.Literal) and isinstance(count, ox.Literal):
            name = "" if graph.value == f"{record}#default" else graph.value
            number = int(count.value) if count.value.isdecimal() else -1
            pushed[name] = Pushed(digest=digest.value.removeprefix("sha256:"), count=number)
    return pushed


@dataclass(frozen=True, kw_only=True)
class _Sent:
    digest: str
    size: int
    chunks: int


class Journal:
    """How far a push has come, in a file of the project: chunks that a server has answered for, by graph."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sent: dict[str, _Sent] = {}
        with suppress(OSError, ValueError, TypeError, AttributeError):  # what cannot be read is as good as none
            for name, told in json.loads(path.read_text(encoding="utf-8")).items():
                self._sent[name] = _Sent(digest=told["digest"], size=int(told["size"]), chunks=int(told["chunks"]))

    def read(self, graph: Graph, size: int) -> int:
        """How many chunks of a graph were sent."""
        sent = self._sent.get(graph.name)
        return sent.chunks if sent is not None and (sent.digest, sent.size) == (graph.digest, size) else 0

    def has_begun(self, graph: Graph) -> bool:
        """Whether a push that was ended had begun to load a graph."""
        return graph.name in self._sent

    def write(self, graph: Graph, size: int, done: int) -> None:
        """Note that so many chunks of a graph were sent. Raises KgError where it cannot be written."""
        self._sent[graph.name] = _Sent(digest=graph.digest, size=size, chunks=done)
        told = {name: asdict(sent) for name, sent in self._sent.items()}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_text(self.path, json.dumps(told, ensure_ascii=False) + "\n")
        except OSError as error:
            raise KgError(f"cannot write .kg/push/: {error.strerror or error}") from error

    def clear(self) -> None:
        """Forget all: the push is done."""
        self._sent = {}
        self.path.unlink(missing_ok=True)

    def forget(self, name: str) -> None:
        """Forget what was sent of a graph."""
        self._sent.pop(name, None)

    @property
    def names(self) -> tuple[str, ...]:
        """The graphs that a push has begun to load."""
        return tuple(self._sent)


def plan_push(
    server: Server,
    content: BuiltContent,
    chosen: BuiltContent,
    journal: Journal,
    *,
    replace: bool = False,
    again: bool = False,
) -> PushPlan:
    """What a push of the *chosen* graphs of a build does. Raises UsageError for graphs there that may be another's.

    *replace* takes these away all the same; *again* sends what seems to be there already.
    """
    record = read_record(server, content.base)
    steps = tuple(
        PushStep(
            graph=graph, there=server.count(graph.name), known=record.get(graph.name),
            by_name=bool(graph.name) and graph.name.startswith(content.base),
            begun=journal.has_begun(graph), again=again,
        )
        for graph in chosen.graphs
    )  # fmt: skip
    foreign = next((step for step in steps if step.is_foreign and not step.is_same), None)
    if foreign is not None and not replace:
        hint = "--default-graph IRI gives ours a name, " if not foreign.graph.name else ""
        raise UsageError(
            f"{foreign.graph.shown} there holds {write_count(foreign.there, 'triple')} that no push of this data set "
            f"put there: {hint}--replace takes them away"
        )
    names = {graph.name for graph in content.graphs}
    stale = tuple(sorted(name for name in record if name not in names))
    return PushPlan(content=content, steps=steps, record=record, stale=stale)


def open_journal(work: Path, server: Server) -> Journal:
    """The journal of pushes to a server."""
    where = server.endpoint
    key = sha256("\n".join([where.query, where.update or "", where.gsp or ""]).encode()).hexdigest()[:16]
    return Journal(work / "push" / f"{key}.json")


def run_push(
    server: Server,
    plan: PushPlan,
    journal: Journal,
    tell: Callable[[str], None],
    *,
    size: int = CHUNK,
    prune: bool = False,
    jobs: int = 1,
) -> list[str]:
    """Carry out a plan; gives notes, in words. *prune* takes away graphs of former pushes that are in no build.

    *jobs* requests are under way at a time.

    Raises KgError where the server fails, or does not hold what was sent: what was sent so far is not sent again.
    """
    notes: list[str] = []
    with_updates = server.endpoint.update is not None
    moves: list[tuple[str, PushStep, Pushed]] = []
    for name in set(journal.names) - {graph.name for graph in plan.content.graphs} if with_updates else ():
        server.update(f"DROP SILENT GRAPH <{_name_stage(plan.content.base, name)}>", safe=True)
        journal.forget(name)
    for step in plan.steps:
        if step.is_same:
            continue
        place = _name_stage(plan.content.base, step.graph.name) if with_updates else step.graph.name
        _load_graph(server, step.graph, place, journal, size, tell, jobs)
        wrong, told = verify_graph(server, step.graph, place)
        if wrong:
            journal.forget(step.graph.name)
            if with_updates:
                server.update(f"DROP SILENT GRAPH <{place}>", safe=True)
            kept = "; what was in its place is untouched" if with_updates else ""
            raise KgError(f"{step.graph.shown} is not as it was sent{kept}: " + "\n    ".join(wrong))
        notes += [f"{step.graph.shown}: {note}" for note in told]
        moves.append((place, step, Pushed(digest=step.graph.digest, count=server.count(place))))
    gone = plan.stale if prune else ()
    record = {name: pushed for name, pushed in plan.record.items() if name not in gone}
    record |= {step.graph.name: pushed for _, step, pushed in moves}
    for _, step, _ in moves if with_updates else ():
        if not step.graph.name and server.count("") != step.there:
            raise KgError(
                "the default graph there is the union of all graphs, or another changes it now: --default-graph IRI "
                "gives ours a name; nothing was put in its place"
            )
    if moves or gone:
        _put_in_place(server, plan, moves, gone, record)
    for _, step, pushed in moves:
        if server.count(step.graph.name) != pushed.count:
            raise KgError(f"{step.graph.shown} has another count of triples since it was put in its place")
    for step in plan.steps:
        if step.is_same:
            wrong, _ = verify_graph(server, step.graph, step.graph.name)
            if wrong:
                raise KgError(
                    f"{step.graph.shown} was changed there since it was pushed (--again): " + "\n    ".join(wrong)
                )
    journal.clear()
    return notes


def _name_stage(base: str, name: str) -> str:
    return f"{base}pushing/{sha256(name.encode()).hexdigest()[:16]}"


def _load_graph(
    server: Server, graph: Graph, place: str, journal: Journal, size: int, tell: Callable[[str], None], jobs: int
) -> None:
    """Send the chunks of a graph that were not sent yet."""
    blank = [chunk.blank for chunk in split_graph(graph.read, size)]
    done = min(journal.read(graph, size), len(blank))
    if done and (server.count(place) == 0 or (done < len(blank) and blank[done])):
        done = 0  # what was sent is gone, or the next chunk may have arrived: its blank nodes would be there twice
    if done:
        tell(f"{graph.shown}: goes on after chunk {done} of {len(blank)}")
    elif server.endpoint.update is not None:
        server.update(f"DROP SILENT GRAPH <{place}>", safe=True)
    if not done:
        journal.write(graph, size, 0)
    waiting: deque[tuple[Chunk, Future[None]]] = deque()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for chunk in split_graph(graph.read, size):
                if chunk.number < done:
                    continue
                waiting.append((chunk, pool.submit(_send_chunk, server, place, chunk)))
                # one with blank nodes goes alone: whether it has arrived must be known. So does the first, which
                # may put away what was there
                alone = chunk.blank or chunk.number == 0
                while waiting and (alone or len(waiting) >= jobs):
                    _await_chunk(waiting, journal, graph, size)
            while waiting:
                _await_chunk(waiting, journal, graph, size)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    tell(f"{graph.shown}: {write_count(graph.count, 'triple')} sent")


def _await_chunk(waiting: deque[tuple[Chunk, Future[None]]], journal: Journal, graph: Graph, size: int) -> None:
    """Wait for the first of the chunks that are under way: with it, all before it have arrived."""
    chunk, sending = waiting.popleft()
    sending.result()
    journal.write(graph, size, chunk.number + 1)


def _send_chunk(server: Server, place: str, chunk: Chunk) -> None:
    if server.endpoint.gsp is None:
        text = "".join(chunk.lines)
        graph = f"GRAPH <{place}> {{\n{text}}}"
        try:
            server.update(f"INSERT DATA {{ {graph} }}", safe=not chunk.blank)
        except RemoteError as error:
            if not chunk.blank or error.status != 400:
                raise
            # Virtuoso takes no blank nodes as data: as a template it does
            server.update(f"INSERT {{ {graph} }} WHERE {{ }}", safe=False)
    elif server.endpoint.update is None and chunk.number == 0:
        server.put(place, chunk.raw)
    else:
        server.add(place, chunk.raw, safe=not chunk.blank)


def _put_in_place(
    server: Server,
    plan: PushPlan,
    moves: list[tuple[str, PushStep, Pushed]],
    gone: tuple[str, ...],
    record: dict[str, Pushed],
) -> None:
    name = name_record(plan.content.base)
    lines = write_record(name, record)
    if server.endpoint.update is None:
        for graph in gone:
            server.delete(graph)
        server.put(name, lines.encode())
        return
    acts = []
    for place, step, _ in moves:
        if step.graph.name:
            acts.append(f"MOVE GRAPH <{place}> TO GRAPH <{step.graph.name}>")
        else:  # rdflib takes MOVE to the default graph for an order to empty the store
            acts += ["DROP SILENT DEFAULT", f"INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH <{place}> {{ ?s ?p ?o }} }}"]
            acts.append(f"DROP SILENT GRAPH <{place}>")
    acts += [f"DROP SILENT {f'GRAPH <{graph}>' if graph else 'DEFAULT'}" for graph in gone]
    acts.append(f"DROP SILENT GRAPH <{name}>")
    acts.append(f"INSERT DATA {{ GRAPH <{name}> {{\n{lines}}} }}")
    server.update(" ;\n".join(acts), safe=False)


def write_record(name: str, record: dict[str, Pushed]) -> str:
    """The record of a push as N-Triples."""
    lines = []
    for graph, pushed in sorted(record.items()):
        subject = f"<{graph or f'{name}#default'}>"
        lines.append(f'{subject} <{DCTERMS}identifier> "sha256:{pushed.digest}" .\n')
        lines.append(f'{subject} <{VOID}triples> "{pushed.count}"^^<{XSD}integer> .\n')
    return "".join(lines)
