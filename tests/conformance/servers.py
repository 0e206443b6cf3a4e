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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stores import find_port


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


def run_quietly(command: list[str], **user: Any) -> None:
    subprocess.run(command, capture_output=True, check=False, **user)


def server_of(url: str, kind: str, port: int) -> Server:
    parts = urlsplit(url)
    return Server(
        kind=kind,
        host=parts.hostname or "127.0.0.1",
        port=parts.port or port,
        user=parts.username or "root",
        database=parts.path.lstrip("/") or "test",
    )


def wait_for(is_ready: Callable[[], bool], seconds: float = 120) -> bool:
    """Whether a server is ready before the time is over."""
    end = time.monotonic() + seconds
    while not (ready := is_ready()) and time.monotonic() < end:
        time.sleep(0.05)
    return ready


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def as_user(name: str, folder: Path) -> dict[str, Any]:
    """Servers refuse to run as root: then they run as the user that their package made.

    Not by `runuser`, which stands between and lets whoever ends it wait for two seconds.
    """
    if os.getuid() != 0:
        return {}
    shutil.chown(folder, name)
    return {"user": name, "group": name, "extra_groups": []}


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
    port, user = find_port(), as_user("postgres", folder)
    data = str(folder / "data")
    initdb = [str(programs[-1] / "initdb"), "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "-D", data]
    run_quietly(initdb, cwd=folder, **user)
    options = ["-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
    options += ["-c", "fsync=off", "-c", "full_page_writes=off"]  # nobody wants the data after a crash
    process = subprocess.Popen(
        [str(programs[-1] / "postgres"), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **user,
    )
    try:
        asked = [str(programs[-1] / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        ready = wait_for(lambda: subprocess.run(asked, check=False).returncode == 0)
        server = Server(kind="postgresql", host="127.0.0.1", port=port, user="postgres", database="kgcase")
        yield server if ready else None
    finally:
        process.terminate()
        process.wait(timeout=120)


@contextmanager
def mysql_server(folder: Path) -> Iterator[Server | None]:
    """A server of MariaDB, or None where there is none."""
    if url := os.environ.get("KG_TEST_MYSQL"):
        yield server_of(url, "mysql", 3306)
        return
    if shutil.which("mariadbd") is None or shutil.which("mariadb-install-db") is None:
        yield None
        return
    port, user = find_port(), as_user("mysql", folder)
    data = folder / "data"
    # nobody wants the data after a crash
    unsafe = ["--debug-no-sync", "--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite"]
    name = ["--user=mysql"] if user else []
    method = "--auth-root-authentication-method=normal"
    run_quietly(["mariadb-install-db", "--no-defaults", *name, f"--datadir={data}", method, *unsafe])
    process = subprocess.Popen(
        [
            "mariadbd", "--no-defaults", f"--datadir={data}", "--bind-address=127.0.0.1",
            f"--port={port}", f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}",
            # the suites write the same table's name in different cases
            "--lower-case-table-names=1",
            *unsafe,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **user,
    )  # fmt: skip
    try:
        ready = wait_for(lambda: listens(port))
        server = Server(kind="mysql", host="127.0.0.1", port=port, user="root", database="test")
        yield server if ready else None
    finally:
        process.terminate()
        process.wait(timeout=120)
