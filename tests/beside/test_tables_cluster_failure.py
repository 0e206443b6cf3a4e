"""Workers and clients that are lost: the same output, nothing left over. `-m cluster` runs the long ones as well."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from terminal import PROGRAM, environment

from kg.tables.cluster.connect import ClusterChoice
from kg.tables.cluster.progress import ClusterProgress
from kg.tables.cluster.run import map_on_cluster
from kg.tables.cluster.work import Wanted
from kg.tables.folders.storage import Storage
from kg.tables.read.mapping import read_any_mapping, read_mapping_text
from kg.tables.run import Settings
from kg.text.diagnostic import KgError

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .
<a> rml:logicalSource [ rml:source "rows.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "row/{id}" ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "a" ] ] .
<b> rml:logicalSource [ rml:source "rows.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "kind/{b}" ];
  rml:predicateObjectMap [ rml:predicate <q>; rml:objectMap [ rml:reference "a" ] ] .
"""
ROWS, PART = 3000, 6000  # bytes of a part: some ten parts


@dataclass(kw_only=True)
class Interrupting(ClusterProgress):
    """Does something when so many parts are done."""

    after: int = 0
    act: Callable[[], None] = lambda: None
    seen: int = field(default=0)

    def advance(self, *, rows: int = 0, quads: int = 0) -> None:
        self.seen += 1
        if self.seen == self.after:
            self.act()


@contextmanager
def start_workers(
    folders: list[Path], silence: str = "60s", host: str | None = None, before: tuple[str, ...] = ()
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler in this process, at *host*, and a worker in a process of its own for each folder.

    The first one's command has words *before* it.
    """
    import dask
    from distributed import LocalCluster

    with ExitStack() as stack:
        stack.enter_context(dask.config.set({"distributed.scheduler.worker-ttl": silence}))
        cluster = LocalCluster(
            n_workers=0, processes=False, protocol="tcp://", host=host, dashboard_address="127.0.0.1:0"
        )
        stack.enter_context(cluster)
        workers = []
        for folder in folders:
            command = [*(before if not workers else ()), sys.executable, "-m", "distributed.cli.dask_worker"]
            command += [cluster.scheduler_address]
            command += ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
            worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            workers.append(worker)
            stack.callback(worker.wait)
            stack.callback(worker.kill)
        yield cluster.scheduler_address, workers


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    (tmp_path / "m.ttl").write_text(MAPPING, encoding="utf-8")
    rows = "".join(f"{i},value {i % 50} of,{i % 9}\n" for i in range(ROWS))
    (tmp_path / "rows.csv").write_text("id,a,b\n" + rows, encoding="utf-8")
    return tmp_path


def run_map(feed: Path, address: str, out: str, **more: Any) -> dict[str, bytes]:
    """The files of an output of workers."""
    document = read_any_mapping(read_mapping_text(feed / "m.ttl"), None)
    storage = Storage(place=str(feed / out))
    run = map_on_cluster(
        document,
        Settings(mapping_folder=feed, data_folder=feed),
        ClusterChoice(address=address),
        Wanted(storage=storage, part_size=PART),
        mapping="m.ttl",
        **{"progress": ClusterProgress(), **more},
    )
    assert not run.failed
    return {path.name: path.read_bytes() for path in sorted((feed / out).iterdir())}


def wait_for(client: Any, count: int) -> None:
    client.wait_for_workers(count, timeout=60)


def try_with(
    feed: Path,
    folders: list[Path],
    after: int,
    act: Callable[[list[subprocess.Popen[bytes]]], None],
    silence: str = "60s",
    **where: Any,
) -> None:
    """The output is that of an undisturbed run, whatever *act* does to the workers when *after* parts are done."""
    for folder in folders:
        folder.mkdir(exist_ok=True)
    with start_workers(folders, silence, **where) as (address, workers):
        progress = Interrupting(after=after, act=lambda: act(workers))
        found = run_map(
            feed, address, "out", progress=progress, told=lambda cluster: wait_for(cluster.client, len(folders))
        )
        assert progress.seen >= after
    assert map_undisturbed(feed) == found


def map_undisturbed(feed: Path) -> dict[str, bytes]:
    """The files of one worker in this process."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, processes=False, dashboard_address="127.0.0.1:0", memory_limit=0) as cluster:
        return run_map(feed, cluster.scheduler_address, "whole")


def kill_one(workers: list[subprocess.Popen[bytes]]) -> None:
    workers[0].send_signal(signal.SIGKILL)


def test_no_worker_is_left(feed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.tables.cluster.follow.GRACE", 0)
    monkeypatch.setattr("kg.tables.cluster.follow.LOOK", 0.2)
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, processes=False, dashboard_address="127.0.0.1:0", memory_limit=0) as cluster:
        progress = Interrupting(after=3, act=lambda: cluster.scale(0))
        with pytest.raises(KgError, match=r"^the scheduler at `.*` has had no workers for 0 s$"):
            run_map(feed, cluster.scheduler_address, "out", progress=progress)
    assert not (feed / "out").exists()


@pytest.mark.cluster
@pytest.mark.parametrize("after", [1, 3, 6, 9, 11, 13, 16, 18, 19, 20])
def test_a_worker_is_killed_at_ten_points(feed: Path, after: int) -> None:
    try_with(feed, [feed / "one", feed / "two"], after, kill_one)


@pytest.mark.cluster
def test_a_worker_stops_and_is_given_up(feed: Path) -> None:
    """It says nothing any more, as one that hangs."""
    try_with(feed, [feed / "one", feed / "two"], 12, lambda workers: workers[0].send_signal(signal.SIGSTOP), "30s")


@contextmanager
def open_network() -> Iterator[tuple[str, tuple[str, ...], Callable[[], None]]]:
    """A network of its own for one process: the address of this side, words before its command, and what cuts it."""
    name = f"kg{os.getpid()}"
    own, other = f"{name}a", f"{name}b"
    here, there = "10.213.7.1", "10.213.7.2"
    steps = [
        f"netns add {name}", f"link add {own} type veth peer name {other} netns {name}",
        f"addr add {here}/30 dev {own}", f"link set {own} up", f"-n {name} addr add {there}/30 dev {other}",
        f"-n {name} link set {other} up", f"-n {name} link set lo up",
    ]  # fmt: skip
    if shutil.which("ip") is None:
        pytest.skip("there is no `ip` here")

    def run(step: str) -> bool:
        return subprocess.run(["ip", *step.split()], capture_output=True, check=False).returncode == 0

    try:
        if not all(map(run, steps)):
            pytest.skip("no network may be made here")
        yield here, ("ip", "netns", "exec", name), lambda: assert_done(run(f"link set {own} down"))
    finally:
        run(f"link del {own}")
        run(f"netns del {name}")


def assert_done(done: bool) -> None:
    assert done


@pytest.mark.cluster
def test_a_worker_is_cut_off_the_network(feed: Path) -> None:
    """Its network (a namespace of its own) is taken down: no end of a connection tells that it is gone."""
    with open_network() as (host, before, cut):
        try_with(feed, [feed / "one", feed / "two"], 12, lambda _: cut(), "30s", host=host, before=before)


@pytest.mark.cluster
def test_a_worker_is_slow(feed: Path) -> None:
    def pause(workers: list[subprocess.Popen[bytes]]) -> None:
        workers[0].send_signal(signal.SIGSTOP)
        time.sleep(2)
        workers[0].send_signal(signal.SIGCONT)

    try_with(feed, [feed / "one", feed / "two"], 12, pause)


@pytest.mark.cluster
def test_the_disk_of_a_worker_is_full(feed: Path) -> None:
    small = feed / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    told: list[str] = []
    try:
        with start_workers([small, feed]) as (address, _):
            (small / "ballast").write_bytes(b"x" * (shutil.disk_usage(small).free - 4096))
            run_map(feed, address, "out", tell=told.append, told=lambda cluster: wait_for(cluster.client, 2))
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
    assert "No space left on device" in told[0] and "is left out" in told[0]


@pytest.mark.cluster
def test_the_only_worker_cannot_write(feed: Path) -> None:
    (feed / "one").mkdir()
    with start_workers([feed / "one"]) as (address, _):

        def fill_scratch() -> None:
            """Let the worker have no room for a scratch folder."""
            import errno
            import os

            from kg.tables.cluster import bench

            def fail(parent: Path) -> Any:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

            bench.make_scratch = fail

        def block(cluster: Any) -> None:
            wait_for(cluster.client, 1)
            cluster.client.run(fill_scratch)

        with pytest.raises(KgError, match=r"the worker tcp://.*: No space left on device"):
            run_map(feed, address, "out", told=block)
    assert not (feed / "out").exists()


@pytest.mark.cluster
def test_the_client_is_killed_and_begun_again(feed: Path) -> None:
    command = [*PROGRAM, "map", str(feed / "m.ttl"), "--data", str(feed), "-o", str(feed / "out"), "-q"]
    command += ["--partition-size", "6KB", "--resume", "--workers", "2"]
    first = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE)
    records = feed / "out" / "_run"
    limit = time.monotonic() + 60
    while time.monotonic() < limit and len(list(records.glob("part-*.json"))) < 2 and first.poll() is None:
        time.sleep(0.01)
    first.kill()
    first.communicate()
    assert not (feed / "out" / "manifest.json").exists()
    subprocess.run(command, env=environment(), check=True)
    found = {path.name: path.read_bytes() for path in sorted((feed / "out").iterdir())}
    assert found == map_undisturbed(feed)
