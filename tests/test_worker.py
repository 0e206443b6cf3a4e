"""The worker: a process that holds quads and answers SPARQL, and is ended when it must."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ask.store import QueryError, Store, Table, Triples, Truth
from kg.evidence.documents.read import read_document_text
from kg.rdf.iri import Prefixes
from kg.rdf.quad import Quad
from kg.shacl.shape import Shapes
from kg.shacl.sparql import validate_sparql
from kg.system.worker.limits import Stop, StoppedError, WorkerLimits
from kg.system.worker.wire import read_term, write_term
from kg.system.worker.worker import Worker
from kg.text.diagnostic import KgError

A = ox.NamedNode("https://a.example/")
TERMS = [
    A, ox.BlankNode("b1"), ox.Literal("x"), ox.Literal("雷军 \u0000\n\"\\ \U0001f600", language="zh-hant"),
    ox.Literal("x", language="he", direction=ox.BaseDirection.RTL), ox.Literal(""), ox.Literal("a b", language="en"),
    ox.Literal("73.60", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
    ox.Triple(A, A, ox.Triple(A, A, ox.Literal("x", language="en"))), None,
]  # fmt: skip
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
QUADS = [Quad(A, A, ox.Literal(str(n)), A) for n in range(300)]


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        worker.hold(lambda: (f"{quad} .\n" for quad in QUADS))
        yield worker


@pytest.mark.parametrize("term", TERMS)
def test_terms_come_back_as_they_were(term: object) -> None:
    assert read_term(write_term(term)) == term


def test_answers_are_those_of_the_store_in_this_process() -> None:
    odd = [Quad(A, A, term) for term in TERMS if not (term is None or isinstance(term, ox.Triple))]
    quads = [*odd, Quad(A, A, A, A), Quad(ox.BlankNode("b1"), A, ox.BlankNode("b2"), ox.BlankNode("g")), *QUADS]
    with Store(lambda: quads, Prefixes(namespaces={"a": "https://a.example/"})) as store:
        for query in (
            "SELECT ?s ?o ?none { ?s ?p ?o } ORDER BY ?s ?o",
            "SELECT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g",
            "SELECT (TRIPLE(?s, ?p, ?o) AS ?t) { ?s ?p ?o } ORDER BY ?o",
            "SELECT ?s { ?s a:none ?o }",
            "ASK { ?s a:b ?o }",
            "CONSTRUCT WHERE { ?s ?p ?o }",
            "DESCRIBE a:",
        ):
            assert store.ask(query, limits=WorkerLimits()) == store.ask(query), query
        assert store.ask("ASK { ?s ?p ?o }", parameters={"s": A}, limits=WorkerLimits()) == Truth(value=True)


@pytest.mark.parametrize(
    ("query", "limits", "stop"),
    [
        (ENDLESS, WorkerLimits(seconds=0.3), Stop.TIME),
        ("SELECT ?o { ?s ?p ?o }", WorkerLimits(rows=299), Stop.ROWS),
        ("CONSTRUCT WHERE { ?s ?p ?o }", WorkerLimits(rows=299), Stop.ROWS),
        ("SELECT ?o { ?s ?p ?o }", WorkerLimits(size=1000), Stop.SIZE),
        ("SELECT * {" + "{" * 5000 + "}" * 5000 + "}", WorkerLimits(), Stop.CRASH),
    ],
)
def test_a_query_that_does_not_keep_its_limits_is_stopped_and_the_next_is_answered(
    worker: Worker, query: str, limits: WorkerLimits, stop: Stop
) -> None:
    with pytest.raises(StoppedError) as caught:
        worker.ask(query, {}, limits)
    assert caught.value.stop is stop
    assert len(worker.ask("SELECT ?o { ?s ?p ?o }", {}, WorkerLimits(rows=300, seconds=60)).rows) == 300


def test_memory_is_bounded() -> None:
    with Worker(memory=300 << 20) as worker:
        worker.hold(lambda: (f"{quad} .\n" for quad in QUADS))
        with pytest.raises(StoppedError) as caught:
            worker.ask("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c", {}, WorkerLimits(seconds=60))
        assert caught.value.stop is Stop.MEMORY
        assert worker.ask("ASK { ?s ?p ?o }", {}).truth


@pytest.mark.skipif(sys.platform != "linux", reason="`ulimit -v` binds there")
def test_no_process_raises_the_bound_that_its_user_has_set() -> None:
    script = """
import resource
from kg.system.memory import find_bound, limit_memory
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
limit_memory(3 << 30)
print(find_bound() >> 20)
limit_memory(1 << 29)
print(find_bound() >> 20)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("1024\n512\n", "")


DEATHS = (
    "os._exit(127)",  # of glibc, where there is no room for a thread
    "os.write(2, b'memory allocation of 8 bytes failed\\nstack backtrace:\\n'); os.abort()",
    "raise MemoryError",
)


@pytest.mark.parametrize("death", DEATHS)
def test_processes_that_die_of_a_lack_of_memory_are_told_as_such(monkeypatch: pytest.MonkeyPatch, death: str) -> None:
    command = [sys.executable, "-c", f"import os; {death}"]
    monkeypatch.setattr("kg.system.worker.worker.call_in_python", lambda function: command)
    with Worker() as worker, pytest.raises(StoppedError) as stopped:
        worker.ask("ASK {}", {})
    assert stopped.value.stop is Stop.MEMORY
    monkeypatch.setattr("kg.shacl.sparql.call_in_python", lambda function: command)
    with pytest.raises(KgError, match=r"^out of memory$"):
        validate_sparql([], Shapes(by_node={}, needs_sparql=True, sources=(), quads=(), diagnostics=()))
    monkeypatch.setattr("kg.evidence.documents.pdf.call_in_python", lambda function: command)
    monkeypatch.setattr("kg.evidence.documents.pdf.find_bound", lambda: 1 << 30)
    with pytest.raises(KgError, match=r"^out of memory: `ulimit -v` allows 1,024 MB$"):
        read_document_text(b"%PDF-1.7\n", "a.pdf")


def test_a_killed_worker_is_told_and_replaced(worker: Worker) -> None:
    worker.ask("ASK {}", {})
    assert worker._process is not None
    os.kill(worker._process.pid, signal.SIGKILL)
    with pytest.raises(StoppedError, match="signal 9"):
        worker.ask("ASK {}", {})
    assert worker.ask("ASK { ?s ?p ?o }", {}).truth


def test_a_store_on_disk_is_held_and_not_written(tmp_path: Path) -> None:
    ox.Store(str(tmp_path / "store")).extend([ox.Quad(A, A, A)])
    with Worker() as worker:
        worker.hold(tmp_path / "store")
        assert worker.ask("SELECT ?s { ?s ?p ?o }", {}).rows == ((A,),)
        worker.hold(lambda: ())
        assert worker.ask("SELECT ?s { ?s ?p ?o }", {}).rows == ()


def test_a_worker_ends_with_whoever_started_it(tmp_path: Path) -> None:
    code = f"""
import sys
from kg.system.worker.worker import Worker
worker = Worker()
worker.hold(lambda: ["<http://a/{{}}> <http://a/b> <http://a/> .\\n".format(n) for n in range(500)])
worker.ask("ASK {{}}", {{}})
print(worker._process.pid, flush=True)
worker.ask({ENDLESS!r}, {{}})
"""
    asking = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert asking.stdout is not None
    pid = int(asking.stdout.readline())
    asking.kill()
    asking.wait()
    asking.stdout.close()
    for _ in range(6000):
        if not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text():
            break
        time.sleep(0.01)
    else:
        pytest.fail("the worker goes on with nobody there")


def test_what_is_told_of_a_stopped_query() -> None:
    with Store(lambda: QUADS, Prefixes(namespaces={})) as store:
        with pytest.raises(QueryError) as caught:
            store.ask(ENDLESS, name="-e", limits=WorkerLimits(seconds=0.2))
        diagnostic = caught.value.diagnostic
        assert (diagnostic.code, diagnostic.message) == ("query-timeout", "no whole answer after 0.2 s")
        with pytest.raises(QueryError) as caught:
            store.ask("SELECT ?o { ?s ?p ?o }", limits=WorkerLimits(rows=10))
        assert (caught.value.diagnostic.code, str(caught.value)) == ("query-size", "the answer has more than 10 rows")
        assert isinstance(store.ask("SELECT ?o { ?s ?p ?o }", limits=WorkerLimits()), Table)


def test_a_store_that_changed_is_asked_as_it_is() -> None:
    with Store(QUADS, Prefixes(namespaces={})) as store:
        assert store.ask("ASK { ?s ?p '0' }", limits=WorkerLimits()) == Truth(value=True)
        store.exchange(QUADS, QUADS[1:])
        assert store.ask("ASK { ?s ?p '0' }", limits=WorkerLimits()) == Truth(value=False)
        assert store.ask("CONSTRUCT WHERE { ?s ?p '1' }", limits=WorkerLimits()) == Triples(
            triples=(ox.Triple(A, A, ox.Literal("1")),)
        )
