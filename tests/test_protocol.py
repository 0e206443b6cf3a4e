"""What a stranger may send to `kg serve`, case by case: SPARQL 1.1 Protocol, Graph Store Protocol, RFC 9110 and 9112.

One server answers all; each test begins with the same two graphs.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from serving import Answer, Served, serve

from kg.server.processes.forker import Forker
from kg.server.processes.pool import Pool
from kg.server.processes.process import Process, ProcessSettings
from kg.system.worker.limits import StoppedError
from kg.system.worker.wire import Frame

FORM = "application/x-www-form-urlencoded"
TTL = "text/turtle"
ROWS = {"query": "SELECT ?o { <a:s> <a:p> ?o }"}
GRAPH = "/gsp?graph=" + quote("http://t.example/g", safe="")
OTHER = "/gsp?graph=" + quote("http://t.example/other", safe="")


@pytest.fixture(scope="module")
def running() -> Iterator[Served]:
    with serve(
        "--memory", "--write", "--no-token", "--cors", "https://page.example", "--most-body", "100000"
    ) as served:
        yield served


@pytest.fixture
def server(running: Served) -> Served:
    both = "DROP ALL; INSERT DATA { <a:s> <a:p> 1 , 2 GRAPH <http://t.example/g> { <a:a> <a:b> <a:c> } }"
    assert running.update(both).status == 204
    return running


def ask(served: Served, **headers: str) -> Answer:
    return served.ask("GET", "/sparql?" + urlencode(ROWS), **headers)


def read_all(served: Served) -> list[str]:
    return sorted(served.ask("GET", "/gsp", accept="application/n-quads").text.strip().split("\n"))


# ---- which format (RFC 9110, 12.5.1)


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_format_is_the_one_that_is_liked_best(server: Served, encoding: str) -> None:
    json, xml = "application/sparql-results+json", "application/sparql-results+xml"
    liked = {
        "": json, "*/*": json, "*": json, ",,": json, "application/*": json, "text/*": "text/csv",
        f"{json};q=0, */*": xml, f"{xml};q=0.3, text/csv;q=0.4": "text/csv", "TEXT/CSV; header=present": "text/csv",
        "text/csv;q=0, text/*;q=0.1": "text/tab-separated-values", f"{json};q=0.001, {xml};q=0": json,
        "text/html, application/xml;q=0.9, */*;q=0.8": "application/xml", "garbage": None, "text/csv;q=0": None,
        "*/*;q=0": None, "image/png, text/html": None, TTL: None,
    }  # fmt: skip
    for accept, media in liked.items():
        got = ask(server, accept=accept, accept_encoding=encoding)
        found = got.headers["content-type"].partition(";")[0] if got.status == 200 else None
        assert (accept, found, got.status) == (accept, media, 406 if media is None else 200)
        assert got.headers["vary"] == "Accept, Accept-Encoding, Origin"


# ---- queries and updates (SPARQL 1.1 Protocol, 2)


def test_each_way_of_asking_has_its_status(server: Served) -> None:
    everything = urlencode({"query": "ASK { ?s ?p ?o }"})
    query, update = "application/sparql-query", "application/sparql-update"
    cases: list[tuple[str, str, str | bytes | None, str, int]] = [
        ("GET", f"/sparql?{everything}&default-graph-uri=", None, "", 400),
        ("GET", f"/sparql?{everything}&default-graph-uri=http://none.example/", None, "", 200),
        ("GET", f"/sparql?{everything}&output=json&_=1", None, "", 200),
        ("GET", f"/sparql?{everything}&update=", None, "", 400),
        ("GET", "/sparql?query=ASK%7B%7D%00", None, "", 400),
        ("GET", "/sparql?query=ASK%7B%7D%zz", None, "", 400),
        ("POST", "/sparql", "", FORM, 400),
        ("POST", "/sparql", "query=", FORM, 400),
        ("POST", "/sparql", "update=", FORM, 204),
        ("POST", "/sparql", "update=&query=ASK%7B%7D", FORM, 400),
        ("POST", "/sparql", everything, f"{FORM}; charset=iso-8859-1", 415),
        ("POST", "/sparql", everything, f'{FORM.upper()};charset="utf-8"', 200),
        ("POST", "/sparql", "", query, 400),
        ("POST", "/sparql", "ASK{}", f"{query}; charset=UTF-8; x=y", 200),
        ("POST", "/sparql", "", update, 204),
        ("POST", "/sparql?using-graph-uri=http://t.example/g", "DELETE WHERE { ?s <a:p> 1 }", update, 204),
        ("POST", "/sparql", b"ASK { <a:a> <a:b> '\xe9' }", query, 400),
        ("PROPFIND", "/sparql", None, "", 405),
        ("TRACE", "/sparql", None, "", 405),
        ("OPTIONS", "*", None, "", 204),
        ("OPTIONS", "/sparql", None, "", 204),
    ]
    for method, path, body, media, status in cases:
        got = server.ask(method, path, body, **({"content_type": media} if media else {}))
        assert (method, path, body, got.status) == (method, path, body, status), got.text
        assert ("allow" in got.headers) == (status == 405 or method == "OPTIONS")
    assert read_all(server)[1:] == [
        f'<a:s> <a:p> "{n}"^^<http://www.w3.org/2001/XMLSchema#integer> .' for n in (1, 2)
    ]  # USING named another graph


def test_a_request_without_a_query_is_told(server: Served) -> None:
    """It gave the description of the service, which whoever misspells `query` did not ask for."""
    for asked, found in (("qurey=ASK%7B%7D", "`qurey`"), ("output=json&Query=", "`output`, `Query`")):
        got = server.ask("GET", f"/sparql?{asked}")
        assert (got.status, got.text) == (400, f"there is no parameter `query`, only {found}\n")
    assert server.ask("GET", "/sparql").status == server.ask("GET", "/sparql?").status == 200


# ---- conditions (RFC 9110, 13)


def test_what_is_known_is_not_sent_and_what_has_changed_is_not_overwritten(server: Served) -> None:
    tag = ask(server).headers["etag"]
    for known, status in [(tag, 304), (f'"x", {tag}', 304), (tag.removeprefix("W/"), 304), ("*", 304), ('W/"x"', 200)]:
        assert (known, ask(server, if_none_match=known).status) == (known, status)
    assert ask(server, if_match=tag).status == 412  # a weak tag proves nothing
    assert server.update("INSERT DATA {}", if_match='"x"').status == 412
    assert server.ask("GET", OTHER, if_none_match="*").status == 404
    for media in (TTL, "application/n-triples", "application/ld+json", "application/rdf+xml", "application/trig"):
        read = server.ask("GET", GRAPH, accept=media)
        assert read.status == 200, read.text
        exact = read.headers["etag"]
        assert exact.startswith('"') and server.ask("GET", GRAPH, accept=media).body == read.body
        assert server.ask("GET", GRAPH, accept=media, if_none_match=exact).status == 304
        assert server.ask("GET", GRAPH, accept=media, if_match=exact, if_none_match='"x"').status == 200
        assert server.ask("HEAD", GRAPH, accept=media, if_match='"x"').status == 412
        put = [server.ask("PUT", GRAPH, "<a:a> <a:b> 1 .", content_type=TTL, if_match=f'"x", {exact}') for _ in "ab"]
        assert [one.status for one in put] == [204, 412]
    assert server.ask("GET", GRAPH, if_none_match="*").status == 304


def test_a_packed_graph_has_a_tag_of_its_own_that_guards_a_change(server: Served) -> None:
    lines = "".join(f"<a:a> <a:b> {n} .\n" for n in range(200))
    assert server.ask("PUT", GRAPH, lines, content_type=TTL).status == 204
    packed, plain = server.ask("GET", GRAPH, accept_encoding="gzip"), server.ask("GET", GRAPH)
    assert gzip.decompress(packed.body) == plain.body
    tag, other = packed.headers["etag"], plain.headers["etag"]
    assert tag != other and tag.startswith('"')
    assert server.ask("GET", GRAPH, accept_encoding="gzip", if_none_match=tag).status == 304
    assert server.ask("DELETE", GRAPH, if_match=tag).status == 204


@pytest.mark.parametrize(
    ("method", "path", "header", "value", "status"),
    [
        ("PUT", GRAPH, "if_none_match", "*", 412),
        ("PUT", OTHER, "if_none_match", "*", 201),
        ("PUT", GRAPH, "if_match", "*", 204),
        ("PUT", OTHER, "if_match", "*", 412),
        ("POST", OTHER, "if_match", "*", 412),
        ("POST", GRAPH, "if_none_match", "*", 412),
        ("DELETE", GRAPH, "if_none_match", "*", 412),
        ("DELETE", OTHER, "if_match", "*", 404),  # without the condition it would have failed too
        ("DELETE", GRAPH, "if_match", 'W/"x"', 412),
        ("PATCH", OTHER, "if_match", "*", 412),
        ("PUT", "/gsp?default", "if_none_match", "*", 412),
    ],
)
def test_a_change_is_made_where_its_condition_holds(
    server: Served, method: str, path: str, header: str, value: str, status: int
) -> None:
    before = read_all(server)
    media = "application/sparql-update" if method == "PATCH" else TTL
    body = "INSERT DATA { <a:a> <a:b> 1 }" if method == "PATCH" else "<a:a> <a:b> 1 ."
    got = server.ask(method, path, body, content_type=media, **{header: value})
    assert got.status == status, got.text
    assert (read_all(server) == before) == (status >= 400)


def test_of_many_guarded_changes_at_once_one_is_made(server: Served) -> None:
    tag = server.ask("GET", GRAPH).headers["etag"]

    def put(number: int) -> int:
        return server.ask("PUT", GRAPH, f"<a:a> <a:b> {number} .", content_type=TTL, if_match=tag).status

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(put, range(6))) == [204, 412, 412, 412, 412, 412]


# ---- the graph store (SPARQL 1.1 Graph Store HTTP Protocol, 4 and 5)


def test_a_graph_that_is_named_twice_is_one(server: Served) -> None:
    named = [("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"), *[("default-graph-uri", "http://t.example/g")] * 2]
    got = server.ask("GET", "/sparql?" + urlencode(named), accept="text/csv").text
    assert got == server.ask("GET", "/sparql?" + urlencode(named[:2]), accept="text/csv").text != "n\r\n0\r\n"


def test_which_graph_is_meant(server: Served) -> None:
    inside = f"http://127.0.0.1:{server.port}/gsp/x%20y?z=1"
    assert server.ask("PUT", "/gsp/x%20y?z=1", "<> <a:b> <../c> .", content_type=TTL).status == 201
    assert f"<{inside}> <a:b> <http://127.0.0.1:{server.port}/c>" in server.ask("GET", "/gsp/x%20y?z=1").text
    assert server.ask("GET", "/gsp?graph=" + quote(inside, safe="")).status == 200
    for path, status in {
        "/gsp/x%20y": 404, "/gsp?graph=http://t.example/g&graph=http://t.example/g": 400, "/gsp?default=true": 400,
        "/gsp?grpah=http://t.example/g": 400, "/gsp?graph=": 400, "/gsp?graph=rel": 400, "/gsp?graph=http://a/%00": 400,
        "/gsp?graph=http://a/%ED%A0%80": 400, "/gsp?graph=http://a/%20b": 400, "/gsp/x?graph=http://a/": 400,
        "/gsp?graph=http%3A%2F%2Ft.example%2Fg": 200, "/gsp?default=": 200, "/gsp/": 200,
    }.items():  # fmt: skip
        assert (path, server.ask("GET", path).status) == (path, status)
        if status == 400:
            assert server.ask("POST", path, "<a:a> <a:b> 1 .", content_type=TTL).status == 400
    wide = "/gsp?graph=" + quote("http://t.example/小米")
    assert server.ask("PUT", wide, "<a:a> <a:b> 1 .", content_type=TTL).status == 201
    assert server.ask("HEAD", wide).status == 200


def test_all_graphs_are_replaced_by_what_is_put_in_their_place(server: Served) -> None:
    quads = "<a:x> <a:b> _:n <a:g> .\n_:n <a:b> <a:x> <a:h> .\n<a:x> <a:b> <a:y> .\n"
    assert server.ask("PUT", "/gsp", quads + "broken", content_type="application/n-quads").status == 400
    assert len(read_all(server)) == 3
    assert server.ask("PUT", "/gsp", quads, content_type="application/n-quads").status == 204
    graphs = [line.split() for line in read_all(server)]
    assert sorted(words[-2] for words in graphs) == ["<a:g>", "<a:h>", "<a:y>"]
    assert len({word for words in graphs for word in words if word.startswith("_:")}) == 1


def write_form(*parts: tuple[str, str, str]) -> str:
    """A form of files: name, media type (none where empty) and content of each."""
    text = ""
    for name, media, content in parts:
        kind = f"Content-Type: {media}\r\n" if media else ""
        text += f'--x\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n{kind}\r\n{content}\r\n'
    return f"{text}--x--\r\n"


def test_a_form_of_files_is_read_file_by_file(server: Served) -> None:
    turtle = "@prefix a: <a:> . a:m a:b 1 ."
    form = "multipart/form-data; boundary=x"
    good = [("a.ttl", TTL, turtle), ("b.ttl", "application/octet-stream", turtle), ("c.nt", "", "<a:m> <a:b> <a:c> .")]
    assert server.ask("PUT", OTHER, write_form(*good), content_type=form).status == 201
    assert server.ask("POST", OTHER, write_form(*good), content_type='multipart/form-data; boundary="x"').status == 204
    assert len(server.ask("GET", OTHER, accept="application/n-triples").text.strip().split("\n")) == 2
    for body, status in [
        (write_form(("a.bin", "application/octet-stream", turtle)), 415),
        (write_form(("a.ttl", f"{TTL}; charset=utf-16", turtle)), 415),
        (write_form(("a.ttl", TTL, "broken")), 400),
        (write_form(*good)[:-6], 400),  # cut off
        ("", 400),
    ]:
        assert (body, server.ask("PUT", OTHER, body, content_type=form).status) == (body, status)
    assert server.ask("PUT", OTHER, write_form(*good), content_type="multipart/form-data").status == 400
    packed = server.ask("PUT", OTHER, gzip.compress(turtle.encode()), content_type=TTL, content_encoding="gzip")
    assert (packed.status, packed.headers["accept-encoding"]) == (415, "identity")


# ---- messages (RFC 9112)


def test_odd_messages_get_an_answer_and_the_next_one_too(server: Served) -> None:
    host = b"Host: localhost\r\nConnection: close\r\n"
    query = b"Content-Type: application/sparql-query\r\n"
    target = b"/sparql?query=ASK%7B%7D"
    cases: list[tuple[bytes, int]] = [
        (b"GET http://localhost%b HTTP/1.1\r\n%b\r\n" % (target, host), 200),
        (b"GET %b HTTP/1.0\r\nHost: localhost\r\n\r\n" % target, 200),
        (b"GET %b#part HTTP/1.1\r\n%b\r\n" % (target, host), 200),
        (b"GET %b HTTP/1.1\r\n%bUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n" % (target, host), 200),
        (b"GET %b HTTP/1.1\r\n%bContent-Length: 5\r\n\r\nhello" % (target, host), 200),
        (b"POST /sparql HTTP/1.1\r\n%b%bTransfer-Encoding: chunked\r\n\r\n3\r\nASK\r\n3\r\n {}\r\n0\r\n\r\n"
         % (host, query), 200),
        (b"POST /sparql HTTP/1.1\r\n%b%bExpect: 100-continue\r\nContent-Length: 5\r\n\r\nASK{}" % (host, query), 100),
        (b"POST /sparql HTTP/1.1\r\n%b%bTransfer-Encoding: chunked\r\n\r\nzz\r\nASK" % (host, query), 400),
        (b"POST /sparql HTTP/1.1\r\n%b%bContent-Length: 5\r\nContent-Length: 6\r\n\r\nASK{}" % (host, query), 400),
        (b"POST /sparql HTTP/1.1\r\n%b%b%bContent-Length: 5\r\n\r\nASK{}" % (host, query, query), 400),
        (b"POST /sparql HTTP/1.1\r\n%b%bContent-Length: -5\r\n\r\nASK{}" % (host, query), 400),
        (b"POST /sparql HTTP/1.1\r\n%bX-HTTP-Method-Override: DELETE\r\nContent-Length: 0\r\n\r\n" % host, 415),
        (b"GET /sparql?query=ASK {} HTTP/1.1\r\n%b\r\n" % host, 400),
        (b"GET %b HTTP/1.1\r\n%bX: a\r\n folded\r\n\r\n" % (target, host), 400),
        (b"GET %b HTTP/1.1\r\n%bX: a\x00b\r\n\r\n" % (target, host), 400),
        (b"GET http://evil.example%b HTTP/1.1\r\n%b\r\n" % (target, host), 421),  # whatever the header says
        (b"GET http://localhost%b HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n" % target, 200),
        (b"GET http://[::1]:80%b HTTP/1.1\r\n%b\r\n" % (target, host), 200),
        (b"GET http://localhost%b HTTP/1.1\r\n%bHost: localhost\r\n\r\n" % (target, host), 400),
        (b"GET %b HTTP/1.0\r\n\r\n" % target, 200),
        (b"GET %b HTTP/1.1\r\nConnection: close\r\n\r\n" % target, 400),
        (b"GET %b HTTP/2.0\r\n%b\r\n" % (target, host), 505),
        (b"POST /sparql HTTP/1.1\r\n%b%bTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nASK\r\n3\r\n {}\r\n0\r\n\r\n"
         % (host, query), 501),
        (b"GET / HTTP/1.1\r\nHost: a@localhost\r\nConnection: close\r\n\r\n", 421),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + host + b"\r\n", 404),
        (b"GET //etc/passwd HTTP/1.1\r\n" + host + b"\r\n", 404),
    ]  # fmt: skip
    for raw, status in cases:
        with socket.create_connection(("127.0.0.1", server.port), 60) as one:
            one.sendall(raw)
            first = one.recv(100)
        assert (raw, first[:12]) == (raw, f"HTTP/1.1 {status}".encode())
    with socket.create_connection(("127.0.0.1", server.port), 60) as one:
        one.sendall(b"GET /sparql HTTP/1.0\r\n\r\n")
        assert b"<http://127.0.0.1:%d/sparql>" % server.port in one.makefile("rb").read()
    forwarded = ask(server, x_forwarded_host="evil.example", x_forwarded_proto="https", origin="https://page.example")
    assert forwarded.headers["access-control-allow-origin"] == "https://page.example"
    described = server.ask("GET", "/sparql", x_forwarded_host="evil.example", accept=TTL).text
    assert "evil" not in described


def test_a_reason_that_repeats_what_was_asked_does_no_harm_to_a_terminal(server: Served) -> None:
    for path in ("/sparql?query=SELECT%20%1b[2J", "/gsp?%1b[2J=x", "/gsp?graph=%1b[2J", "/resource?iri=%1b[2J"):
        text = server.ask("GET", path).text
        assert "␛" in text and text.rstrip("\n").isprintable(), path


def test_who_looks_for_a_page_gets_a_page_that_says_why_there_is_none(server: Served) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for path, status in {
        "/entity/no%20body": 404, "/search/x": 404, "/query/x": 404, "/resource": 400, "/search?q=%FF": 400,
        "/resource?iri=": 400,
        "/resource?iri=http://a/&of=a:b&in=a:b": 404, "/questions/none": 404, "/disputes/x": 404,
    }.items():  # fmt: skip
        got = server.ask("GET", path, accept=browser)
        assert (path, got.status, got.headers["content-type"]) == (path, status, "text/html; charset=utf-8")
        assert 'role="alert"' in got.text and "default-src 'none'" in got.headers["content-security-policy"]
        assert server.ask("GET", path).headers["content-type"] == "text/plain; charset=utf-8"
    for iri in ("e:nobody", "<b>"):  # `nothing at /resource` named the page, not the thing
        asked = server.ask("GET", f"/resource?iri={quote(iri)}")
        assert (asked.status, asked.text) == (404, f"there is nothing of the IRI `{iri}`\n")
        assert "<b>" not in server.ask("GET", f"/resource?iri={quote(iri)}", accept=browser).text.partition("alert")[2]
    assert 'name="q" value="no body"' in server.ask("GET", "/entity/no%20body", accept=browser).text
    elsewhere = server.ask("GET", "/entity/x", accept=browser, host="evil.example")
    assert (elsewhere.status, elsewhere.headers["content-type"]) == (421, "text/plain; charset=utf-8")


def test_a_folder_that_a_process_is_about_to_open_is_in_use() -> None:
    old, new = Path("old"), Path("new")
    settings = ProcessSettings(folder=old, memory=None, allowed=(), prefixes={})
    held: list[set[Path]] = []

    async def open_late(given: ProcessSettings) -> Process:
        pool.settings = replace(given, folder=new)
        held.append(pool.in_use())
        raise OSError

    async def take() -> None:
        with pytest.raises(OSError):
            async with pool.lease():
                pass
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    pool = Pool(settings, open_late, most=1, waiting=1, patience=1.0)
    asyncio.run(take())
    assert (held, pool.in_use()) == ([{old, new}], {new})  # and no other is started for who has his answer


def test_a_process_that_opens_the_store_ends_with_who_waited_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Process] = []

    async def never(process: Process) -> Frame:
        begun.append(process)
        return await asyncio.get_running_loop().create_future()

    async def run() -> None:
        forker = Forker()
        pool = Pool(ProcessSettings(folder=tmp_path), forker.start, most=1, waiting=1, patience=1.0)
        starting = asyncio.create_task(pool.start())
        while not begun:
            await asyncio.sleep(0.01)
        await pool.close()
        starting.cancel()
        await asyncio.wait_for(begun[0].wait_ended(), 60)
        forker.close()

    monkeypatch.setattr(Process, "read", never)
    asyncio.run(run())


def test_processes_are_forked_and_told_how_they_end(tmp_path: Path) -> None:
    async def run() -> None:
        ox.Store(tmp_path / "store")
        forker = Forker()
        settings = ProcessSettings(folder=tmp_path / "store")
        first, second, third = [await forker.start(settings) for _ in range(3)]
        assert len({first.number, second.number, third.number, os.getpid()}) == 4
        with pytest.raises(StoppedError, match="No such file"):
            await forker.start(ProcessSettings(folder=tmp_path / "none"))
        os.kill(first.number, signal.SIGSEGV)
        with pytest.raises(StoppedError, match="signal 11"):
            await asyncio.wait_for(first.read(), 60)
        second.end()
        await asyncio.wait_for(second.wait_ended(), 60)
        assert not Path(f"/proc/{second.number}").exists()
        assert third.is_alive and forker._origin is not None
        origin = forker._origin
        for _ in range(3):  # many that begin and end at once
            many = await asyncio.gather(*(forker.start(settings) for _ in range(6)))
            for process in many:
                process.end()
            for process in many:
                await asyncio.wait_for(process.wait_ended(), 60)
        assert forker._origin is origin and origin.poll() is None
        forker._origin.kill()  # what it has made lives on, and another takes its place
        while forker._origin is not None:
            await asyncio.sleep(0.01)
        assert third.is_alive
        fourth = await forker.start(settings)
        for process in (third, fourth):
            process.end()
            await asyncio.wait_for(process.wait_ended(), 60)
        forker.close()

    asyncio.run(run())
