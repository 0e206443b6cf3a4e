"""A server that is killed while it changes a store or puts a new graph in place: old or new, and nothing left over."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from commands import COMMANDS
from serving import Served
from staging import EVERY, Fault, Stage, build_shim, inside, lay_files, read_tree
from terminal import environment
from theatre import Theatre

pytestmark = pytest.mark.faults

POINTS = 20
UPDATE = "INSERT DATA { <http://a.example/s> <http://a.example/p> 'new' }"
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


def test_killed_while_a_store_is_changed(theatre: Theatre) -> None:
    trial, stage = theatre.trial, theatre.stage
    (trial / "story").mkdir(parents=True, exist_ok=True)
    words = ("--store", str(trial / "store"), "--write", "--no-token")
    store = inside(theatre.files, "out/store")
    lay_files(trial / "store", store)
    old = read_tree(trial)["store"]
    with serve(stage, trial, *words) as served:
        stage.order(trial, Fault())
        assert served.update(UPDATE).status == 204
        calls = stage.orders.calls
    new = read_tree(trial)["store"]
    assert calls and old != new
    for first in list_points(calls):
        lay_files(trial / "store", store)
        status = 0
        with serve(stage, trial, *words) as served:
            stage.order(trial, Fault(first=first))
            with suppress(OSError, http.client.HTTPException):
                status = served.update(UPDATE).status
            wait_ended(served) if stage.orders.hit else None
        assert read_tree(trial)["store"] in ((new,) if status == 204 else (old, new)), first
        with serve(stage, trial, *words) as served:
            assert served.query("ASK { ?s ?p ?o }", accept="application/json").status == 200
        left = sorted(path.name for path in [*trial.glob(".kg-map-*"), *(trial / "tmp").iterdir()])
        assert left == [], first


def test_killed_while_a_graph_is_put_in_place(theatre: Theatre) -> None:
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
    for first in list_points(calls):
        entities.write_text(text, encoding="utf-8")
        with serve(stage, trial, "--watch") as served:
            stage.order(trial, Fault(first=first))
            with suppress(OSError, http.client.HTTPException):
                change(served)
            wait_ended(served) if stage.orders.hit else None
        assert entities.read_text(encoding="utf-8") == changed
        with serve(stage, trial) as served:
            assert "new mayor" in served.query(LABELS, accept="text/csv").text
        left = [*(trial / "story/.kg/serve").iterdir(), *(trial / "tmp").iterdir()]
        assert left == [], first
