"""Ctrl-C while the database works: heard at once, by who is meant."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from terminal import environment

from kg.system.files import undisturbed
from kg.tables.engine.interrupt import stopped_by_signals

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

MAPPING = """@base <http://example.org/> .
@prefix rml: <http://w3id.org/rml/> .
<#m> a rml:TriplesMap ;
  rml:logicalSource [ rml:source [ a rml:RelativePathSource ; rml:path "big.duckdb" ] ;
    rml:referenceFormulation rml:SQL2008Query ;
    rml:iterator "SELECT count(*) AS n FROM range(1000000) a, range(1000000) b" ] ;
  rml:subjectMap [ rml:template "http://example.org/{n}" ; rml:class <http://example.org/Count> ] .
"""


def interrupt() -> None:
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.tables.engine.interrupt.PATIENCE", 0.0)


@pytest.mark.usefixtures("impatient")
def test_all_that_works_is_stopped_whoever_ends_first() -> None:
    stopped: list[str] = []
    heard = threading.Event()

    def stop_second() -> None:
        stopped.append("second")
        heard.set()

    first = stopped_by_signals(lambda: stopped.append("first"))
    second = stopped_by_signals(stop_second)
    first.__enter__()
    second.__enter__()
    interrupt()
    assert heard.wait(60)
    first.__exit__(None, None, None)
    heard.clear()
    interrupt()
    assert heard.wait(60)
    second.__exit__(None, None, None)
    assert stopped == ["first", "second", "second"]
    assert signal.set_wakeup_fd(-1) == -1


@pytest.mark.usefixtures("impatient")
def test_what_must_not_be_disturbed_goes_on() -> None:
    stopped: list[int] = []
    with pytest.raises(KeyboardInterrupt), stopped_by_signals(lambda: stopped.append(1)), undisturbed():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)  # time for the thread to hear of it
        assert stopped == []


def test_who_listens_already_goes_on_to() -> None:
    mine, told = socket.socketpair()
    told.setblocking(False)
    with mine, told:
        before = signal.set_wakeup_fd(told.fileno())
        try:
            with stopped_by_signals(lambda: None):
                interrupt()
            assert mine.recv(1) == bytes([signal.SIGINT])
        finally:
            assert signal.set_wakeup_fd(before) == told.fileno()


def test_a_thread_has_no_signals() -> None:
    def work() -> None:
        with stopped_by_signals(lambda: None):
            listened.append(threading.active_count())

    listened: list[int] = []
    thread = threading.Thread(target=work)
    before = threading.active_count()
    thread.start()
    thread.join()
    assert listened == [before + 1]


def test_a_map_that_would_take_hours_ends(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "big.duckdb")).close()
    (tmp_path / "m.ttl").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "out.nq").write_text("as it was\n", encoding="utf-8")
    for _ in range(3):
        command = [sys.executable, "-m", "kg", "map", "m.ttl", "-o", "out.nq", "--limit", "seconds=3000"]
        running = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)
        while not list(tmp_path.glob(".kg-map-*")):
            assert running.poll() is None, running.communicate()[1]
            time.sleep(0.01)
        time.sleep(0.4)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=100)
        assert (running.returncode, err) == (130, "interrupted\n")
        assert [p.name for p in sorted(tmp_path.iterdir())] == ["big.duckdb", "m.ttl", "out.nq"]
