"""The short way of a small query: the same bytes as the long one, in order, and nothing lost on the way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from serving import Served, serve
from uvicorn.server import ServerState

from kg.server.about import About
from kg.server.app import App
from kg.server.connection import make_protocol
from kg.server.data import Data
from kg.server.options import Options
from kg.server.processes.process import Process, ProcessSettings
from kg.server.quick import Quick
from kg.system.worker.wire import write_frame

ROWS = "SELECT ?o { <http://t.example/s> ?p ?o } ORDER BY ?o LIMIT 3"
LATE = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } # "


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serve("--memory", "--write", "--no-token", "--timeout", "3", "--workers", "4") as served:
        data = " . ".join(f"<http://t.example/s> <http://t.example/p> 'n {n}'" for n in range(300))
        assert served.update(f"INSERT DATA {{ {data} }}").status == 204
        yield served


@pytest.mark.parametrize(
    "query",
    [
        quote(ROWS), ROWS.replace(" ", "+").replace("?", "%3f"), quote("ASK { ?s ?p '雷军 = 100 %' }"),
        quote("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } ORDER BY ?o"), quote("SELECT ?o { <s> ?p ?o }"),
        quote("SELECT * { ?s ?p ?o } ORDER BY ?o"), quote("SELECT (IRI('x') AS ?y) {}"), "ASK+{}%", "ASK+{}%zz%41",
        "%FF", "", "ASK+{", quote("ASK { SERVICE <http://a.example/> { ?s ?p ?o } }"), quote("ASK " + "{" * 200),
        quote("ASK FROM <http://no.example/> { ?s ?p ?o }"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept": "text/csv, text/turtle", "accept_encoding": "gzip"},
        {"accept": "image/png"},
        {"host": "b.example"},
    ],
)
def test_both_ways_give_the_same(server: Served, query: str, headers: dict[str, str]) -> None:
    for _ in range(2):  # from memory, too
        short, long = (server.ask("GET", f"/sparql?{given}query={query}", **headers) for given in ("", "&"))
        assert (short.status, short.body) == (long.status, long.body)
        for answer in (short, long):
            answer.headers.pop("date")
        assert short.headers == long.headers


def test_requests_that_are_sent_at_once_are_answered_in_order(server: Served) -> None:
    asked = [f"ASK {{ ?s ?p 'n {n}' }}" for n in range(300)]
    asked[10:10] = [LATE, "ASK {", ROWS]
    raw = b"".join(f"GET /sparql?query={quote(q)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for q in asked)
    with socket.create_connection(("127.0.0.1", server.port), 60) as one:
        one.sendall(raw + b"GET /sparql?query=ASK+{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        got = b"".join(iter(lambda: one.recv(1 << 16), b""))
    told = [part.partition(b"\r\n\r\n")[2] for part in got.split(b"HTTP/1.1 ")[1:]]
    assert len(told) == len(asked) + 1
    assert all(part.endswith(b"true}") for part in [*told[:10], *told[13:]])
    assert b"stopped" in told[10]
    assert b"query:1:5" in told[11]
    assert told[12].count(b'"type"') == 3


class _Wire(asyncio.Transport):
    """What is written, in the place of a socket."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: Any) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass


async def begin_nothing(settings: ProcessSettings) -> Process:
    raise OSError


def test_a_small_answer_needs_no_task_and_another_goes_on_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.server.quick.GIVES_WAY", 0.01)

    async def run() -> None:
        told: list[str] = []
        data = Data(tmp_path, About(title="x", base=None, prefixes={}), Options(patience=0.01, seconds=0.2, workers=1))
        data.pool._begin = begin_nothing
        pipe, wire = _Wire(), _Wire()
        process = Process(tmp_path, lambda process: process.tell_ended(-9))
        process.connection_made(pipe)
        data.pool._idle.append(process)
        data.pool._count += 1
        config = uvicorn.Config(App(data, told.append), http=make_protocol(Quick(data)), ws="none", log_config=None)
        config.load()
        state = ServerState()
        connection: Any = config.http_protocol_class(config, state, {})  # type: ignore[operator, call-arg]
        connection.connection_made(wire)
        ask = b"GET /sparql?query=ASK%%7B%%7D%%23%d HTTP/1.1\r\nHost: localhost\r\n\r\n"

        connection.data_received(ask % 1)
        process.data_received(write_frame(b"w", b'r-{"boolean":true}'))
        assert not state.tasks
        assert wire.written[-1].endswith(b'\r\n\r\n{"boolean":true}')
        connection.data_received(ask % 1)  # from memory
        assert len(pipe.written) == 1
        assert len(wire.written) == 2

        connection.data_received(ask % 2)
        process.data_received(write_frame(b"x", b'{"kind": "syntax", "message": "no"}'))
        await asyncio.gather(*state.tasks)
        assert wire.written[-2].startswith(b"HTTP/1.1 400")

        connection.data_received(ask % 3)
        while not state.tasks:  # it grows late: the application has it then, and gives up after a while
            await asyncio.sleep(0.005)
        assert len(pipe.written) == 3
        await asyncio.gather(*state.tasks)
        assert b"stopped: no whole answer" in wire.written[-1]
        assert data.pool._count + data.pool._long == 0
        connection.connection_lost(None)
        await data.pool.close()

    asyncio.run(run())


def test_what_comes_together_is_asked_behind_what_has_begun_unless_that_takes_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in {"GIVES_WAY": 60, "_YOUNG": 60, "_STALL": 0.01}.items():  # whatever else the machine does
        monkeypatch.setattr(f"kg.server.quick.{name}", seconds)

    async def run() -> None:
        data = Data(tmp_path, About(title="x", base=None, prefixes={}), Options())
        data.pool._begin = begin_nothing
        quick = Quick(data)
        quick._abreast = 1
        config = uvicorn.Config(App(data, print), http=make_protocol(quick), ws="none", log_config=None)
        config.load()
        made: list[tuple[_Wire, Process]] = []
        for _ in range(2):
            process = Process(tmp_path, lambda process: process.tell_ended(-9))
            made.append((_Wire(), process))
            process.connection_made(made[-1][0])
            data.pool._idle.append(process)
            data.pool._count += 1
        (other, other_process), (pipe, process) = made  # the last one is asked first
        wires = [_Wire(), _Wire()]
        connections: list[Any] = []
        for wire in wires:
            one = config.http_protocol_class(config, ServerState(), {})  # type: ignore[operator, call-arg]
            one.connection_made(wire)
            connections.append(one)

        def ask(connection: int, number: int) -> None:
            raw = b"GET /sparql?query=ASK%%7B%%7D%%23%d HTTP/1.1\r\nHost: localhost\r\n\r\n"
            connections[connection].data_received(raw % number)

        ask(0, 1)
        ask(1, 2)
        assert (len(pipe.written), len(other.written)) == (2, 0)
        process.data_received(write_frame(b"w", b"r-one") + write_frame(b"w", b"r-two"))
        assert wires[0].written[-1].endswith(b"\r\n\r\none") and wires[1].written[-1].endswith(b"\r\n\r\ntwo")

        ask(0, 3)
        ask(1, 4)
        while not other.written:
            await asyncio.sleep(0.01)
        assert (len(pipe.written), len(other.written)) == (4, 1) and other.written[0] == pipe.written[-1]
        other_process.data_received(write_frame(b"w", b"r-four"))
        process.data_received(write_frame(b"w", b"r-three") + write_frame(b"h", b"r-"))
        assert wires[0].written[-1].endswith(b"\r\n\r\nthree") and wires[1].written[-1].endswith(b"\r\n\r\nfour")
        assert data.pool._idle == [other_process] and data.in_use() == {tmp_path}
        process.data_received(write_frame(b"d", b"four") + write_frame(b"e", b""))
        assert data.pool._idle == [other_process, process] and process.first is None

        ask(0, 5)
        ask(1, 6)
        process.data_received(write_frame(b"x", b'{"kind": "syntax", "message": "no"}'))  # the application has it
        assert len(other.written) == 2 and other.written[1] == pipe.written[-1]
        process.tell_ended(-11)  # its answer was read, the other one's is lost with it
        other_process.data_received(write_frame(b"w", b"r-six"))
        assert wires[1].written[-1].endswith(b"\r\n\r\nsix")
        await asyncio.gather(*connections[0].tasks)
        assert wires[0].written[-2].startswith(b"HTTP/1.1 400")
        assert data.pool._idle == [other_process]
        for connection in connections:
            connection.connection_lost(None)
        await data.pool.close()

    asyncio.run(run())
