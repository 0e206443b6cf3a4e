"""SPARQL servers that tests start on loopback: Oxigraph's, Virtuoso and rdflib's, where they are there, and our own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest
from serving import serve


@dataclass(frozen=True, kw_only=True)
class Target:
    """A server: its name and addresses, arguments that `kg push` and `kg diff` need, and its credentials."""

    name: str
    query: str
    update: str
    gsp: str
    default: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def ways(self) -> dict[str, tuple[str, ...]]:
        """The ways to fill it, as arguments."""
        return {
            "both": ("--update", self.update, "--gsp", self.gsp),
            "updates": ("--update", self.update),
            "graph store": ("--gsp", self.gsp),
        }


def find_port() -> int:
    """A port that the system gives nobody else for a minute: a connection to it was closed here a moment ago.

    Servers set SO_REUSEADDR, which lets them have it all the same.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as asker, free.accept()[0] as link:
            link.shutdown(socket.SHUT_WR)  # who closes first keeps the port, in TIME_WAIT
            asker.recv(1)
    return port


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    """Wait until something listens at a port."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as link:
            link.settimeout(1)
            if link.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    process.kill()
    raise TimeoutError(f"nothing listens at port {port}: exit code {process.wait()}")


@contextmanager
def serve_own() -> Iterator[Target]:
    """`kg serve` with a store in memory and a token."""
    with serve("--memory", "--write", KG_TOKEN="the-token") as served:
        base = f"http://127.0.0.1:{served.port}"
        yield Target(name="kg", query=f"{base}/sparql", update=f"{base}/sparql", gsp=f"{base}/gsp",
                     environment={"KG_ENDPOINT_TOKEN": "the-token"})  # fmt: skip


def find_oxigraph() -> str | None:
    """The program of Oxigraph's server: on the path, or where the package `oxigraph` has put it."""
    return find_program("oxigraph")


def find_program(package: str) -> str | None:
    """The program that a package of its name brings: on the path, or where it was put."""
    try:
        placed = [str(path.locate()) for path in files(package) or () if path.name == package]
    except PackageNotFoundError:
        placed = []
    return shutil.which(package) or next((path for path in placed if os.access(path, os.X_OK)), None)


@contextmanager
def serve_oxigraph(*arguments: str) -> Iterator[Target]:
    """Oxigraph's server with a store in memory."""
    program = find_oxigraph()
    if program is None:
        pytest.skip("Oxigraph's server is not installed (pip install oxigraph)")
    port = find_port()
    process = subprocess.Popen(
        [program, "serve", "--bind", f"127.0.0.1:{port}", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        base = f"http://127.0.0.1:{port}"
        yield Target(name="oxigraph", query=f"{base}/query", update=f"{base}/update", gsp=f"{base}/store")
    finally:
        process.kill()
        process.wait()


@contextmanager
def serve_rdflib() -> Iterator[Target]:
    """rdflib behind one address for queries and updates, without a graph store; its default graph is the union."""
    program = find_program("rdflib-endpoint")
    if program is None:
        pytest.skip("rdflib-endpoint is not installed (pip install 'rdflib-endpoint[cli]')")
    port = find_port()
    process = subprocess.Popen(
        [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--enable-update"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        base = f"http://127.0.0.1:{port}/"
        default = ("--default-graph", "https://graph.example/direct")
        yield Target(name="rdflib", query=base, update=base, gsp="", default=default)
    finally:
        process.kill()
        process.wait()


_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 2000
MaxDirtyBuffers = 1200
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = 20000
MaxQueryExecutionTime = 60
"""


@contextmanager
def serve_virtuoso(folder: Path) -> Iterator[Target]:
    """Virtuoso with a new database in a folder; changes need its first user and password."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("Virtuoso is not installed (apt-get install virtuoso-opensource-7-bin)")
    http = find_port()
    settings = folder / "virtuoso.ini"
    settings.write_text(_VIRTUOSO.format(sql=find_port(), http=http), encoding="ascii")
    process = subprocess.Popen(
        [program, "+configfile", str(settings), "+foreground"], cwd=folder, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(http, process)
        base = f"http://127.0.0.1:{http}"
        yield Target(
            name="virtuoso", query=f"{base}/sparql", update=f"{base}/sparql-auth", gsp=f"{base}/sparql-graph-crud-auth",
            default=("--default-graph", "https://graph.example/direct"),
            environment={"KG_ENDPOINT_USER": "dba", "KG_ENDPOINT_PASSWORD": "dba"},
        )  # fmt: skip
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
