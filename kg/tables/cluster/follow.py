"""Tasks followed to their end: what is done is told, a worker that cannot write is left out."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kg.tables.folders.storage import StorageError
from kg.text.diagnostic import KgError

if TYPE_CHECKING:
    from distributed import Client, Future

    from kg.tables.cluster.connect import Cluster

FULL = os.strerror(errno.ENOSPC)
PAUSE, LONGEST_PAUSE = 0.01, 0.1  # seconds between two looks at what is done: longer while nothing is
LOOK = 5  # seconds between two looks at which workers are there
GRACE = 60  # seconds to wait for a worker where there is none


class WorkerError(KgError):
    """A worker's disk failed: the task may be done by another."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"the worker {address}: {reason}")
        self.address, self.reason = address, reason

    def __reduce__(self) -> tuple[type[WorkerError], tuple[str, str]]:
        return WorkerError, (self.address, self.reason)


def work(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a task on a worker. Raises WorkerError where it is the worker's disk that failed."""
    try:
        return function(*arguments)
    except StorageError:
        raise
    except KgError as error:
        if FULL in str(error):
            raise WorkerError(find_address(), str(error)) from None
        raise
    except OSError as error:
        raise WorkerError(find_address(), error.strerror or str(error)) from None


def find_address() -> str:
    """The address of this worker."""
    from distributed import get_worker

    try:
        return str(get_worker().address)
    except ValueError:
        return "here"


def submit(client: Client, key: str, function: Callable[..., Any], *arguments: Any) -> Future:
    """A task by its key, which tells the run and the part; the same key is the same task."""
    return client.submit(work, function, *arguments, key=key, pure=True)


def gather(
    cluster: Cluster, futures: Mapping[Any, Future], told: Callable[[Any, Any], None] | None = None
) -> dict[Any, Any]:
    """The results of tasks by their names; each is *told* when it is there. Raises KgError where one cannot be done."""
    names = {future.key: name for name, future in futures.items()}
    results: dict[Any, Any] = {}
    for name, future in follow(cluster, futures, names):
        results[name] = fetch(cluster, future)
        if told is not None:
            told(name, results[name])
    return results


def fetch(cluster: Cluster, future: Future) -> Any:
    """The result of a task that is done. Where its worker is gone, another makes it again: that is waited for.

    Raises KgError where no worker has been there for `GRACE` seconds.
    """
    seen = time.monotonic()
    while True:
        try:
            return future.result(timeout=LOOK)
        except TimeoutError:
            if future.status == "error":
                raise
            seen = look_for_workers(cluster, seen)


def look_for_workers(cluster: Cluster, seen: float) -> float:
    """When a worker was there: now, or when one was *seen*. Raises KgError where that is longer ago than `GRACE`."""
    now = time.monotonic()
    if cluster.client.scheduler_info(n_workers=-1)["workers"]:
        return now
    if now - seen > GRACE:
        raise KgError(f"the scheduler at `{cluster.address}` has had no workers for {GRACE} s")
    return seen


def finish(cluster: Cluster, futures: Mapping[Any, Future]) -> None:
    """Wait for tasks whose results stay with the workers. Raises KgError where one cannot be done."""
    for _ in follow(cluster, futures, {future.key: name for name, future in futures.items()}):
        pass


def follow(cluster: Cluster, futures: Mapping[Any, Future], names: Mapping[Any, Any]) -> Iterator[tuple[Any, Future]]:
    """Each task when it is done, by its name. A worker whose disk failed is left out, and its task done again.

    Raises KgError where a task cannot be done, the scheduler is lost, or no worker has been there for `GRACE` seconds.
    """
    from distributed import as_completed
    from distributed.comm.core import CommClosedError

    waiting = as_completed(list(futures.values()), loop=cluster.client.loop, raise_errors=False)
    seen = looked = time.monotonic()
    pause = PAUSE
    try:
        while not waiting.is_empty():
            batch = waiting.next_batch(block=False)
            for future in batch:
                if future.status == "finished":
                    yield names[future.key], future
                    continue
                mend(cluster, future)
                waiting.add(future)
            now = time.monotonic()
            if batch:
                seen, pause = now, PAUSE
            else:
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            if now - looked > LOOK:
                looked, seen = now, look_for_workers(cluster, seen)
    except (CommClosedError, TimeoutError) as error:
        raise KgError(f"the scheduler at `{cluster.address}` was lost: {error}") from None


def mend(cluster: Cluster, future: Future) -> None:
    """Have a task that failed done again by another worker. Raises what it failed with, where none can."""
    if future.status == "cancelled":
        raise KgError(f"the scheduler at `{cluster.address}` was lost")
    error = future.exception()
    if not isinstance(error, WorkerError) or not leave_out(cluster.client, error.address):
        raise explain(error)
    cluster.tell(f"{error}: it is left out, and others do its work")
    future.retry()


def leave_out(client: Client, address: str) -> bool:
    """Give a worker no more tasks; what it holds is taken over by the others. False where there is no other."""
    there = client.scheduler_info(n_workers=-1)["workers"]
    if address in there and len(there) == 1:
        return False
    if address in there:
        client.retire_workers([address], close_workers=True)
    return True


def explain(error: BaseException | None) -> BaseException:
    """What a task ended with, as the environment's failure where it is one."""
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return KgError(
            f"a part was given up: {error.allowed_failures + 1} workers ended while they worked at it"
            " (`--memory-limit` may allow them more)"
        )
    return error if error is not None else KgError("a task ended without a word")
