"""Tables of databases on workers: read by ranges of their keys, of one moment. `-m cluster` runs those of servers."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from servers import Server, mysql_server, postgresql_server
from sqlitefile import open_sqlite

from kg.tables.cluster.connect import Cluster, ClusterChoice
from kg.tables.cluster.manifest import read_manifest
from kg.tables.cluster.progress import ClusterProgress
from kg.tables.cluster.run import map_on_cluster
from kg.tables.cluster.work import Wanted
from kg.tables.folders.storage import Storage
from kg.tables.read.mapping import read_any_mapping, read_mapping_text
from kg.tables.run import Settings, open_run, write_lines

SCRIPT = """CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40), born DATE, size DECIMAL(8,2));
CREATE TABLE visits (town VARCHAR(10), person INTEGER, noted DATE);
CREATE INDEX visits_town ON visits (town);
CREATE TABLE heap (a INTEGER, b VARCHAR(10));
"""
ROWS = 40
PART = 640  # bytes: ten rows
# (table, subject, reference of the object, whether it is cut)
TABLES = {
    "an integer key": ("people", "person/{id}", "name", True),
    "another column": ("people", "size/{size}", "born", True),
    "a key of texts that repeat and lack": ("visits", "visit/{person}", "noted", True),
    "no key": ("heap", "heap/{a}", "b", False),
}


def write_rows() -> str:
    """Rows with texts in quotes, of other scripts and without a value; keys with gaps."""
    names = ["'Ann'", "'O''Hara'", "'Zoë 中'", "NULL", "'a\\\\b'"]
    lines = [SCRIPT]
    for n in range(ROWS):
        born = f"'19{n + 10}-01-{n % 28 + 1:02}'" if n % 7 else "NULL"
        lines.append(f"INSERT INTO people VALUES ({n * n - 50}, {names[n % 5]}, {born}, {n}.5{n % 10});")
        town = "NULL" if n % 9 == 0 else f"'Town {chr(65 + n % 6)}{'é' if n % 2 else ''}'"
        lines.append(f"INSERT INTO visits VALUES ({town}, {n}, '2020-02-{n % 28 + 1:02}');")
        lines.append(f"INSERT INTO heap VALUES ({n}, 'v{n}');")
    return "\n".join(lines)


def write_mapping(folder: Path, address: str, table: str, subject: str, reference: str) -> Path:
    path = folder / "m.ttl"
    path.write_text(
        f"""@prefix rml: <http://w3id.org/rml/> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
@base <http://example.org/> .
<db> a d2rq:Database; d2rq:jdbcDSN "{address}" .
<m> rml:logicalSource [ rml:source <db>; rml:referenceFormulation rml:SQL2008Table; rml:iterator "{table}" ];
  rml:subjectMap [ rml:template "{subject}" ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "{reference}" ] ] .
""",
        encoding="utf-8",
    )
    return path


def map_both(
    mapping: Path, scheduler: str, told: Callable[[Cluster], None] | None = None
) -> tuple[set[bytes], set[bytes], list[str], list[str]]:
    """The lines of one machine and of workers; how the source was read; what those who look on were told."""
    folder = mapping.parent
    document, settings = read_any_mapping(read_mapping_text(mapping), None), Settings(mapping_folder=folder)
    assert not document.has_errors, document.diagnostics
    with open_run(document, settings) as here:
        assert not here.failed, here.diagnostics
        write_lines(here, here.queries, here.scratch / "lines")
        wanted = set((here.scratch / "lines").read_bytes().splitlines(keepends=True))
    said: list[str] = []
    storage = Storage(place=str(folder / "out"))
    run = map_on_cluster(
        document, settings, ClusterChoice(address=scheduler), Wanted(storage=storage, part_size=PART),
        mapping="m.ttl", progress=ClusterProgress(), told=told, tell=said.append,
    )  # fmt: skip
    assert not run.failed, run.diagnostics
    found: list[bytes] = []
    for part in read_manifest(storage)["parts"]:
        found += zstandard.decompress(storage.read(part.name), 1 << 26).splitlines(keepends=True)
    assert len(found) == len(set(found)) > 0
    return wanted, set(found), run.shelf.notes, said


@pytest.fixture(scope="module", params=[postgresql_server, mysql_server], ids=["PostgreSQL", "MariaDB"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    # not a folder of pytest's: those are closed to the server's own user
    with tempfile.TemporaryDirectory() as name, request.param(Path(name)) as found:
        if found is None:
            pytest.skip("no server of that kind")
        script = Path(name) / "setup.sql"
        rows = write_rows()
        script.write_text(rows if found.kind == "mysql" else rows.replace("\\\\", "\\"), encoding="utf-8")
        found.load(script)
        yield found


@pytest.mark.cluster
@pytest.mark.parametrize("name", TABLES)
def test_tables_of_servers_by_ranges_of_their_keys(server: Server, scheduler: str, tmp_path: Path, name: str) -> None:
    table, subject, reference, is_cut = TABLES[name]
    wanted, found, notes, said = map_both(write_mapping(tmp_path, server.url, table, subject, reference), scheduler)
    assert found == wanted
    assert not said
    assert any(f"{table}, " in note and "parts" in note for note in notes) == is_cut


@pytest.mark.cluster
def test_what_is_written_meanwhile_is_not_seen(
    server: Server, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL shows the workers the rows of before; of MariaDB the table is read once more, as it was before."""
    from kg.tables.cluster import sources

    read = sources.read_pieces

    def change_first(*given: Any) -> Any:
        change(server, "INSERT INTO people VALUES (-7, 'late', NULL, 1)")
        return read(*given)

    monkeypatch.setattr(sources, "read_pieces", change_first)
    try:
        wanted, found, notes, said = map_both(
            write_mapping(tmp_path, server.url, "people", "person/{id}", "name"), scheduler
        )
    finally:
        change(server, "DELETE FROM people WHERE id = -7")
    assert found == wanted
    if server.kind == "postgresql":
        assert not said and any("parts" in note for note in notes)
    else:
        assert said == ["`people` was changed while the workers read it: it is read by this machine alone"]


def change(server: Server, sql: str) -> None:
    """Change a table over a connection of its own."""
    if server.kind == "postgresql":
        import adbc_driver_postgresql.dbapi as driver

        with driver.connect(server.url) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            connection.commit()
        return
    import pymysql

    with (
        pymysql.connect(host=server.host, port=server.port, user=server.user, database=server.database) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
        connection.commit()


# -- SQLite ---------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with open_sqlite(tmp_path / "people.db") as connection:
        connection.executescript(write_rows().replace("\\\\", "\\"))
        connection.execute("UPDATE people SET size = 'unknown' WHERE id = 14")  # SQLite lets a column have any value
    connection.close()
    return tmp_path


def test_a_file_of_sqlite_by_the_numbers_of_its_rows(file: Path, scheduler: str) -> None:
    mapping = write_mapping(file, "jdbc:sqlite:people.db", "people", "person/{name}", "id")
    wanted, found, notes, said = map_both(mapping, scheduler)
    assert found == wanted
    assert not said
    assert "s0: people, 4 parts" in notes and "  people, rowid to before 50" in notes


def test_a_file_of_sqlite_that_is_written_meanwhile(
    file: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.tables.cluster import sources

    read = sources.read_pieces

    def change_first(*given: Any) -> Any:
        with open_sqlite(file / "people.db") as connection:
            connection.execute("UPDATE people SET name = name || '.'")
        connection.close()
        return read(*given)

    monkeypatch.setattr(sources, "read_pieces", change_first)
    mapping = write_mapping(file, "jdbc:sqlite:people.db", "people", "person/{id}", "name")
    wanted, found, _, said = map_both(mapping, scheduler)
    assert len(found) == len(wanted) and all(b'."' in line for line in found)  # all of after, none of before
    assert said == ["`people` was changed while the workers read it: it is read by this machine alone"]


def test_no_login_stands_in_a_log_a_manifest_or_a_name_of_a_task(
    file: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What a worker says of a task that failed tells what it was given."""
    from kg.tables.cluster import stage

    mapping = write_mapping(file, "jdbc:sqlite:people.db", "people", "person/{id}", "name")
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace('.db" .', '.db"; d2rq:username "me"; d2rq:password "open-sesame" .'), "utf-8")
    keys: list[str] = []

    def look(cluster: Cluster) -> None:
        submit = cluster.client.submit
        monkeypatch.setattr(cluster.client, "submit", lambda *a, **k: (keys.append(k["key"]), submit(*a, **k))[1])

    wanted, found, _, _ = map_both(mapping, scheduler, look)
    assert found == wanted
    shown = (file / "out" / "manifest.json").read_text(encoding="utf-8")
    assert '"name": "jdbc:sqlite:people.db"' in shown
    logger = logging.getLogger("distributed.worker")
    caplog.set_level("DEBUG", logger=logger.name)
    logger.addHandler(caplog.handler)  # Dask hands nothing on

    def fail(*given: Any) -> Any:
        raise ValueError("a mistake of the program")

    monkeypatch.setattr(stage, "open_range", fail)
    try:
        with pytest.raises(ValueError, match="a mistake of the program"):
            map_both(mapping, scheduler, look)
    finally:
        logger.removeHandler(caplog.handler)
    assert any(key.startswith("stage-") for key in keys)
    assert "Compute Failed" in caplog.text and "stage_piece" in caplog.text
    assert "sesame" not in "\n".join([*keys, shown, caplog.text])
