"""Work in a copy of the process: its result, its errors, and that nothing is left of it."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from kg import beside as module
from kg.beside import beside
from kg.diagnostic import KgError

can_copy = pytest.mark.skipif(
    not hasattr(os, "fork") or len(os.sched_getaffinity(0)) < 2, reason="copies are made where there are two processors"
)


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies although the test runner may have threads of its own, which hold no lock that matters here."""
    monkeypatch.setattr(module, "_can_copy", lambda: True)


@can_copy
@pytest.mark.usefixtures("copies")
def test_the_work_is_done_in_another_process() -> None:
    with beside(os.getpid) as result:
        assert result() != os.getpid()


@can_copy
@pytest.mark.usefixtures("copies")
def test_much_is_sent() -> None:
    with beside(lambda: "x" * 10_000_000) as result:
        assert len(result()) == 10_000_000


@can_copy
@pytest.mark.usefixtures("copies")
def test_a_failure_of_the_environment_is_raised_where_the_result_is_asked_for() -> None:
    def fail() -> None:
        raise KgError("cannot read it")

    with beside(fail) as result, pytest.raises(KgError, match="cannot read it"):
        result()


@can_copy
@pytest.mark.usefixtures("copies")
def test_what_the_copy_cannot_send_is_done_here(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def work() -> object:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
        return lambda: 7  # cannot be pickled

    with beside(work) as result:
        found = result()
    assert callable(found) and found() == 7
    first, second = log.read_text(encoding="utf-8").split()
    assert (first != second, int(second)) == (True, os.getpid())


@can_copy
@pytest.mark.usefixtures("copies")
def test_a_copy_whose_result_nobody_asks_for_ends() -> None:
    begun = time.monotonic()
    before = _children()  # servers that other tests started
    with beside(lambda: time.sleep(60)):
        copies = _children() - before
    assert time.monotonic() - begun < 30
    assert len(copies) == 1 and not copies & _children()


def _children() -> set[str]:
    return set(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text(encoding="utf-8").split())


@can_copy
@pytest.mark.usefixtures("copies")
def test_a_lock_of_the_original_is_not_held_by_the_copy(tmp_path: Path) -> None:
    def work() -> list[str]:
        return sorted(str(fd.readlink()) for fd in Path("/proc/self/fd").iterdir() if fd.exists())

    with (tmp_path / "lock").open("w") as handle, beside(work) as result:
        assert handle.name not in result()


def test_beside_other_threads_there_is_no_copy() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with beside(os.getpid) as result:
            assert result() == os.getpid()
    finally:
        stop.set()
        thread.join()
