"""A Dask cluster: joined by its address, or started on this machine; and what is wrong with it, in words."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.text.diagnostic import KgError

if TYPE_CHECKING:
    from distributed import Client

PACKAGES = ("kg-claims", "duckdb", "pyarrow", "zstandard", "dask", "distributed", "fsspec", "numpy")
PATIENCE = 5  # seconds to wait for a scheduler
GATHERING = 15  # seconds to wait for the first worker
# of a cluster that is started here: a worker that says nothing is given up, and nobody samples what workers do
LOCAL = {
    "distributed.scheduler.worker-ttl": "30s",
    "distributed.admin.tick.limit": "1 h",
    "distributed.admin.tick.interval": "1s",  # 20 ms otherwise: a twentieth of a core, for nothing
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.worker.memory.monitor-interval": "250ms",
}
MEMORY = "1GB"  # of a worker that is started here
FOR_DATABASE = 0.4  # of a worker's memory; the rest is for Python, Arrow and what Dask holds


@dataclass(frozen=True, kw_only=True)
class ClusterChoice:
    """Which cluster: its *address*, or how many *workers* to start here; the memory of a worker."""

    address: str | None = None
    workers: int | None = None
    memory: str | None = None


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A cluster that is there, and agrees with this machine in all that the bytes of the output depend on."""

    client: Client = field(repr=False)
    address: str
    workers: int
    dashboard: str | None
    tell: Callable[[str], None] = field(default=lambda text: None, repr=False)  # those who look on


@contextmanager
def open_cluster(choice: ClusterChoice, folder: Path, tell: Callable[[str], None]) -> Iterator[Cluster]:
    """The cluster, until it is left; one that is started here has its files in *folder*.

    Raises KgError where the extra is missing, no scheduler answers, or workers differ from this machine.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise KgError("workers need the extra `cluster`: pip install 'kg-claims[cluster]'") from error
    silence_dask()
    with ExitStack() as stack:
        client: Any
        if choice.address is not None:
            try:
                client = stack.enter_context(Client(choice.address, timeout=PATIENCE, set_as_default=False))
            except (OSError, TimeoutError, ValueError, TypeError) as error:
                reason = "no answer" if isinstance(error, TimeoutError) else str(error).split("\n")[0]
                raise KgError(f"no scheduler at `{choice.address}`: {reason}") from None
        else:
            stack.enter_context(dask.config.set(LOCAL))
            stack.enter_context(hide_script())
            started = LocalCluster(
                n_workers=choice.workers, threads_per_worker=1, memory_limit=choice.memory or MEMORY,
                dashboard_address="127.0.0.1:0", local_directory=str(folder), silence_logs=logging.CRITICAL,
            )  # fmt: skip
            stack.enter_context(started)
            client = stack.enter_context(Client(started, set_as_default=False))
        try:
            compare_versions(client)
            workers = client.scheduler_info(n_workers=-1)["workers"]
        except (OSError, CommClosedError) as error:
            raise KgError(f"the scheduler at `{choice.address}` was lost: {error}") from None
        yield Cluster(
            client=client,
            address=client.scheduler.address,
            workers=len(workers),
            dashboard=find_dashboard(client),
            tell=tell,
        )


@contextmanager
def hide_script() -> Iterator[None]:
    """Workers that begin in the block do not run the script that began this process, as `multiprocessing` would."""
    main = sys.modules["__main__"]
    kept: dict[str, Any] = {name: vars(main).pop(name) for name in ("__file__", "__spec__") if name in vars(main)}
    main.__spec__ = None
    try:
        yield
    finally:
        vars(main).update(kept)


def silence_dask() -> None:
    """What Dask would say into its logs of workers that come and go, we say in our words."""
    for name in ("distributed", "distributed.client", "distributed.scheduler", "distributed.nanny"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def find_dashboard(client: Client) -> str | None:
    """The address of Dask's dashboard, which shows every task; None where Bokeh is not there to draw it."""
    try:
        import bokeh  # noqa: F401
    except ImportError:
        return None
    return str(client.dashboard_link)


def tell_versions() -> dict[str, str]:
    """The versions on which the bytes of the output depend."""
    found = {"python": f"{sys.version_info[0]}.{sys.version_info[1]}"}
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def compare_versions(client: Client) -> None:
    """Raise KgError where the cluster has no workers, or one that has other versions than this machine."""
    try:
        client.wait_for_workers(1, timeout=GATHERING)
    except TimeoutError:
        raise KgError(f"the scheduler at `{client.scheduler.address}` has no workers") from None
    refuse_difference(tell_versions(), client.run(tell_versions, on_error="return"))


def refuse_difference(own: Mapping[str, str], found: Mapping[str, Any]) -> None:
    """Raise KgError where a worker has other versions than this machine, or cannot say which.

    >>> refuse_difference({"duckdb": "2.0"}, {"tcp://a:1": {"duckdb": "1.5"}})
    Traceback (most recent call last):
    kg.text.diagnostic.KgError: the worker tcp://a:1 has duckdb 1.5, and this machine 2.0: install the same on all
    """
    for address, told in sorted(found.items()):
        if isinstance(told, BaseException):
            raise KgError(f"the worker {address} cannot run kg: {str(told) or type(told).__name__}")
        for name, mine in own.items():
            if (other := told.get(name)) != mine:
                has = f"{name} {other}" if other else f"no {name}"
                raise KgError(f"the worker {address} has {has}, and this machine {mine}: install the same on all")


def compare_sight(cluster: Cluster, look: Callable[..., Mapping[str, int | None]], files: Mapping[str, str]) -> None:
    """Raise KgError where a worker does not see a file, or sees another; *files* are paths by their names.

    *look* is run by every worker, and gives the size of each file that it sees.
    """
    own = look(dict(files))
    for address, seen in sorted(cluster.client.run(look, dict(files)).items()):
        for name in files:
            if seen[name] is None:
                raise KgError(
                    f"the worker {address} does not see `{name}`: put it where all workers see it by that path"
                )
            if seen[name] != own[name]:
                raise KgError(f"the worker {address} sees another `{name}`: {seen[name]} bytes, not {own[name]}")
