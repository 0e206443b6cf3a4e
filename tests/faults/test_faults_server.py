"""A server that is killed while it changes a store or puts a new graph in place: old or new, and nothing left over."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from commands import COMMANDS
from serving import Served
from staging import EVERY, KILL, PAUSE, Fault, Stage, build_shim, inside, lay_files, read_tree
from terminal import environment
from theatre import Theatre

POINTS = 20
TRIPLES = "".join(f'<http://a.example/{i}> <http://a.example/p> "{i}" .\n' for i in range(20_000))
GRAPH = "/gsp?graph=http://a.example/g"
CHANGES = (
    ("POST", "/sparql", "INSERT DATA { <http://a.example/s> <http://a.example/p> 'new' }", "application/sparql-update"),
    ("PUT", GRAPH, TRIPLES, "application/n-triples"),
    ("PUT", GRAPH, TRIPLES.replace('"1', '"2'), "application/n-triples"),
    ("POST", "/gsp?default", TRIPLES, "application/n-triples"),
    ("POST", "/sparql", "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o < '5') }", "application/sparql-update"),
    ("POST", "/sparql", f"INSERT DATA {{ {TRIPLES.replace('/p>', '/q>')} }}", "application/sparql-update"),
    ("DELETE", GRAPH, "", "application/n-triples"),
)
"""How a store is changed: little and much, put, added, taken away."""
LABELS = "SELECT ?o { e:mayor ?p ?o FILTER CONTAINS(STR(?o), 'mayor') }"


@contextmanager
def serve(stage: Stage, trial: Path, *words: str) -> Iterator[Served]:
    """A server in a session of its own, which a kill ends as a whole; what it changes below *trial* counts."""
    (trial / "tmp").mkdir(exist_ok=True)
    stage.order(trial, Fault())
    variables = environment(LD_PRELOAD=str(build_shim()), FAULTS=str(stage.file), TMPDIR=str(trial / "tmp"))
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", "--port", "0", *words], cwd=trial / "story", env=variables,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        first = process.stderr.readline()
        found = re.search(r"http://[^/]*:(\d+)/", first)
        assert found is not None, first + process.stderr.read()
        try:
            yield Served(process, int(found[1]))
        finally:
            process.terminate()


def wait_ended(served: Served) -> None:
    """Wait until the server is killed, or does no more."""
    with suppress(subprocess.TimeoutExpired):
        served.process.wait(10)


def list_points(calls: int) -> list[int]:
    """Some points of so many, evenly spread."""
    return sorted({1 + calls * number // POINTS for number in range(0, POINTS, EVERY)} - {calls + 1})


def kill_all(served: Served) -> None:
    """What happens where the machine loses its power."""
    for process in [served.process.pid, *served.children()]:
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(process, signal.SIGKILL)


def change_store(served: Served, done: list[int], look: Callable[[], object]) -> None:
    """Change it until a change fails, or nobody answers."""
    with suppress(OSError, http.client.HTTPException):
        for method, path, body, kind in CHANGES:
            if served.ask(method, path, body, content_type=kind).status not in {201, 204}:
                return
            done.append(1)
            look()


@pytest.mark.parametrize("whole", [False, True], ids=["one-process", "all"])
def test_killed_while_a_store_is_changed(theatre: Theatre, whole: bool) -> None:
    """Also while the server ends. What was answered is there, what was not is there as a whole or not at all."""
    trial, stage = theatre.trial, theatre.stage
    (trial / "story").mkdir(parents=True, exist_ok=True)
    words = ("--store", str(trial / "store"), "--write", "--no-token")
    store = inside(theatre.files, "out/store")
    lay_files(trial / "store", store)
    states = [read_tree(trial)["store"]]
    done: list[int] = []
    with serve(stage, trial, *words) as served:
        stage.order(trial, Fault())
        change_store(served, done, lambda: states.append(read_tree(trial)["store"]))
        changing = stage.orders.calls
    assert len(done) == len(CHANGES) and len(set(states)) == len(states)
    calls = stage.orders.calls
    print(f"changes of a store: {len(list_points(calls))} of {calls} calls, {changing} before the server is to end")
    for first in list_points(calls):
        lay_files(trial / "store", store)
        done.clear()
        with serve(stage, trial, *words) as served:
            stage.order(trial, Fault(first=first, error=PAUSE if whole else KILL))
            running = stage.begin(partial(change_store, served, done, lambda: None))
            if not stage.wait_paused(running):
                served.process.terminate()
                while served.process.poll() is None and not stage.orders.hit:
                    time.sleep(0.001)
            assert stage.orders.hit, first
            if whole:
                kill_all(served)
            running.join()
        assert read_tree(trial)["store"] in states[len(done) : len(done) + 2], first
        with serve(stage, trial, *words) as served:
            assert served.query("ASK { ?s ?p ?o }", accept="application/json").status == 200
        left = sorted(path.name for path in [*trial.glob(".kg-map-*"), *(trial / "tmp").iterdir()])
        assert left == [], first


@pytest.mark.parametrize("whole", [False, True], ids=["one-process", "all"])
def test_killed_while_a_graph_is_put_in_place(theatre: Theatre, whole: bool) -> None:
    trial, stage = theatre.set(*(c for c in COMMANDS if c.name == "build")), theatre.stage
    entities = trial / "story/seeds/entities/rivertown.yaml"
    text = entities.read_text(encoding="utf-8")
    changed = text.replace("label: the mayor of Rivertown", "label: the new mayor of Rivertown")
    assert text != changed

    def change(served: Served) -> None:
        entities.write_text(changed, encoding="utf-8")
        for _ in range(2400):
            if stage.orders.hit or "new mayor" in served.query(LABELS, accept="text/csv").text:
                return
            time.sleep(0.05)
        raise TimeoutError

    with serve(stage, trial, "--watch") as served:
        stage.order(trial, Fault())
        change(served)
        calls = stage.orders.calls
    print(f"a new graph: {len(list_points(calls))} of {calls} calls")
    for first in list_points(calls):
        entities.write_text(text, encoding="utf-8")
        with serve(stage, trial, "--watch") as served:
            stage.order(trial, Fault(first=first, error=PAUSE if whole else KILL))
            with suppress(OSError, http.client.HTTPException):
                change(served)
            if whole:
                kill_all(served)
            elif stage.orders.hit:
                wait_ended(served)
        assert entities.read_text(encoding="utf-8") == changed
        with serve(stage, trial) as served:
            assert "new mayor" in served.query(LABELS, accept="text/csv").text
        left = [*(trial / "story/.kg/serve").iterdir(), *(trial / "tmp").iterdir()]
        assert left == [], first
