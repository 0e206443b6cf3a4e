"""CSV files as tables of a server, and mappings of them: sources as the challenge's framework gives them to engines.

The server is one that the environment names or Debian's package, started for the run (`tests/conformance/servers.py`).
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

from servers import Server, mysql_server, postgresql_server

KINDS = ("postgresql", "mysql")
DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}


@contextmanager
def open_server(kind: str) -> Iterator[Server]:
    """A server of one of the `KINDS`, for as long as it is needed."""
    start = postgresql_server if kind == "postgresql" else mysql_server
    with tempfile.TemporaryDirectory() as name, start(Path(name)) as server:
        if server is None:
            sys.exit(f"no server of {kind}: install it, or name one by KG_TEST_{kind.upper()}")
        yield server


def address_for_sqlalchemy(server: Server) -> str:
    """The address of a server's database as SQLAlchemy reads it, with the driver that Morph-KGC's extra installs."""
    return server.url.replace(server.kind, DRIVERS[server.kind], 1)


def load_tables(server: Server, folder: Path, scratch: Path, null: str) -> None:
    """An empty database with a table for each CSV file of a folder, as the challenge's framework makes them.

    All columns are texts, a key of numbers stands before them, and *null* is the text of no value.
    """
    script = scratch / "tables.sql"
    make = write_postgresql if server.kind == "postgresql" else write_mysql
    script.write_text("".join(make(path, null) for path in sorted(folder.glob("*.csv"))), encoding="utf-8")
    server.load(script)


def read_names(path: Path) -> list[str]:
    """The names of a file's columns."""
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def write_postgresql(path: Path, null: str) -> str:
    """The script that makes and fills the table of a file."""
    names = read_names(path)
    columns = ", ".join(f"{name} VARCHAR" for name in names)
    return (
        f"CREATE TABLE {path.stem} (key SERIAL PRIMARY KEY, {columns});\n"
        f"\\copy {path.stem} ({', '.join(names)}) FROM '{path}' WITH (FORMAT csv, HEADER, NULL '{null}')\n"
        f"ANALYZE {path.stem};\n"
    )


def write_mysql(path: Path, null: str) -> str:
    """The script that makes and fills the table of a file."""
    names = read_names(path)
    columns = ", ".join(f"{name} TEXT" for name in names)
    taken = ", ".join(f"@{name}" for name in names)
    given = ", ".join(f"{name} = NULLIF(@{name}, '{null}')" for name in names)
    return (
        f"CREATE TABLE {path.stem} (k INT ZEROFILL NOT NULL AUTO_INCREMENT PRIMARY KEY, {columns});\n"
        f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE {path.stem} CHARACTER SET utf8mb4"
        f" FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' IGNORE 1 ROWS ({taken}) SET {given};\n"
    )


def rewrite_mapping(mapping: Path, scratch: Path) -> Path:
    """The R2RML of a mapping that `challenge.py` wrote over CSV files; R2RML itself stays as it is."""
    text = mapping.read_text(encoding="utf-8")
    text = re.sub(
        r'rml:logicalSource \[ rml:source "[^"]*/([^"/]+)\.csv"; rml:referenceFormulation ql:CSV \]',
        r'rr:logicalTable [ rr:tableName "\1" ]',
        text,
    )
    made = scratch / "mapping.r2rml.ttl"
    made.write_text(text.replace("rml:reference ", "rr:column "), encoding="utf-8")
    return made
