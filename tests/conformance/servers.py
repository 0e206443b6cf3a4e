"""PostgreSQL and MariaDB on loopback for the suites: those of the environment, else started for the tests.

KG_TEST_POSTGRESQL and KG_TEST_MYSQL name servers that are there (URLs of a database that may be dropped and
made anew). Otherwise Debian's packages are started on free ports, in a folder of their own.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server and the database that the cases use."""

    kind: str
    host: str
    port: int
    user: str
    database: str

    @property
    def url(self) -> str:
        return f"{self.kind}://{self.user}@{self.host}:{self.port}/{self.database}"

    @property
    def jdbc(self) -> str:
        return f"jdbc:{self.kind}://{self.host}:{self.port}/{self.database}"

    def load(self, script: Path) -> None:
        """An empty database with the script's tables."""
        name = self.database
        if self.kind == "postgresql":
            # a schema is emptied in a tenth of the time that a database takes; the scripts know no other schema
            anew = ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "GRANT USAGE ON SCHEMA public TO PUBLIC"]
            client = [find_psql(), "-q", "-h", self.host, "-p", str(self.port), "-U", self.user, "-d"]
            commands = [word for command in anew for word in ("-c", command)]
            if subprocess.run(
                [*client, name, *commands, "-f", str(script)], capture_output=True, check=False
            ).returncode:
                run_quietly([*client, "postgres", "-c", f'CREATE DATABASE "{name}"'])
                run_quietly([*client, name, *commands, "-f", str(script)])
            return
        client = ["mariadb", "--no-defaults", "-h", self.host, "-P", str(self.port), "-u", self.user]
        # scripts are standard SQL: one of them has its names in double quotes
        client += ["--init-command", "SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')"]
        anew = f"DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}; USE {name};\n".encode()
        # some scripts drop tables that are not there yet: what follows is still wanted
        subprocess.run([*client, "--force"], input=anew + script.read_bytes(), capture_output=True, check=False)


def find_psql() -> str:
    """The client itself: Debian's `psql` is a script that looks for it, which takes longer than most cases."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))
    return str(found[-1]) if found else "psql"


def run_quietly(command: list[str]) -> None:
    subprocess.run(command, capture_output=True, check=False)


def server_of(url: str, kind: str, port: int) -> Server:
    parts = urlsplit(url)
    return Server(
        kind=kind,
        host=parts.hostname or "127.0.0.1",
        port=parts.port or port,
        user=parts.username or "root",
        database=parts.path.lstrip("/") or "test",
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> bool:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def as_user(name: str, folder: Path) -> list[str]:
    """Servers refuse to run as root: then they run as the user that their package made."""
    if os.getuid() != 0:
        return []
    shutil.chown(folder, name)
    return ["runuser", "-u", name, "--"]


@contextmanager
def postgresql_server(folder: Path) -> Iterator[Server | None]:
    """A server of PostgreSQL, or None where there is none."""
    if url := os.environ.get("KG_TEST_POSTGRESQL"):
        yield server_of(url, "postgresql", 5432)
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs or shutil.which("psql") is None:
        yield None
        return
    port, before = free_port(), as_user("postgres", folder)
    data = str(folder / "data")
    run_quietly([*before, str(programs[-1] / "initdb"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "-D", data])
    options = ["-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
    options += ["-c", "fsync=off", "-c", "full_page_writes=off"]  # nobody wants the data after a crash
    process = subprocess.Popen(
        [*before, str(programs[-1] / "postgres"), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ready = wait_for(port)
        time.sleep(0.5)
        server = Server(kind="postgresql", host="127.0.0.1", port=port, user="postgres", database="kgcase")
        yield server if ready else None
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def mysql_server(folder: Path) -> Iterator[Server | None]:
    """A server of MariaDB, or None where there is none."""
    if url := os.environ.get("KG_TEST_MYSQL"):
        yield server_of(url, "mysql", 3306)
        return
    if shutil.which("mariadbd") is None or shutil.which("mariadb-install-db") is None:
        yield None
        return
    port, before = free_port(), as_user("mysql", folder)
    data = folder / "data"
    user = ["--user=mysql"] if before else []
    run_quietly(["mariadb-install-db", *user, f"--datadir={data}", "--auth-root-authentication-method=normal"])
    process = subprocess.Popen(
        [
            *before, "mariadbd", "--no-defaults", f"--datadir={data}", "--bind-address=127.0.0.1",
            f"--port={port}", f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}",
            # the suites write the same table's name in different cases
            "--lower-case-table-names=1",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        ready = wait_for(port)
        server = Server(kind="mysql", host="127.0.0.1", port=port, user="root", database="test")
        yield server if ready else None
    finally:
        process.terminate()
        process.wait(timeout=30)
