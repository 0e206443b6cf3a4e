"""What database servers refuse: a wrong password, a table that is locked, a query that is more than a SELECT."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from servers import Server, mysql_server, postgresql_server, run_quietly
from terminal import Finished, run_kg

from kg.tables.engine.connection import Connection
from kg.tables.sources.databases.mysql import BARS, ROOM, MySql, find_doubt
from kg.tables.sources.databases.postgresql import PostgreSql
from kg.tables.sources.dsn import read_address
from kg.tables.sources.shelf import Shelf

FILLED = """CREATE TABLE filled (id integer, k char(5)); INSERT INTO filled VALUES (1, 'ab'), (2, 'x');
CREATE TABLE other (id integer, k varchar(9), l char(3));
INSERT INTO other VALUES (7, 'ab', 'ab'), (8, 'x  ', 'y'), (9, ' ab', 'z');
"""
SETUP = f"""{FILLED}CREATE TABLE t (id integer, "na""me; DROP TABLE t; --" text);
INSERT INTO t VALUES (1, 'a');
CREATE ROLE reader LOGIN PASSWORD 'hunter2'; GRANT SELECT ON t, filled, other TO reader;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that asks the role `reader` for a password."""
    pytest.importorskip("adbc_driver_postgresql")
    # not a folder of pytest's: those are closed to the server's own user
    with tempfile.TemporaryDirectory() as name, postgresql_server(folder := Path(name)) as found:
        rules = folder / "data" / "pg_hba.conf"
        if found is None or not rules.exists():
            pytest.skip("no PostgreSQL server of our own")
        script = folder / "setup.sql"
        script.write_text(SETUP, encoding="utf-8")
        found.load(script)
        trust = rules.read_text(encoding="utf-8")
        rules.write_text("host all reader 127.0.0.1/32 scram-sha-256\n" + trust, encoding="utf-8")
        ask(found, "SELECT pg_reload_conf()")
        yield found


@pytest.fixture(scope="module")
def mariadb() -> Iterator[Server]:
    """A server of MariaDB with the tables that are filled up with blanks."""
    pytest.importorskip("pymysql")
    with tempfile.TemporaryDirectory() as name, mysql_server(folder := Path(name)) as found:
        if found is None:
            pytest.skip("no MariaDB")
        script = folder / "setup.sql"
        script.write_text(FILLED, encoding="utf-8")
        found.load(script)
        yield found


def ask(server: Server, sql: str) -> None:
    run_quietly(
        ["psql", "-h", server.host, "-p", str(server.port), "-U", server.user, "-d", server.database, "-c", sql]
    )


def run_map(folder: Path, server: Server, source: str, *options: str, **variables: str) -> Finished:
    (folder / "map.ttl").write_text(
        f"""@prefix rml: <http://w3id.org/rml/> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
<http://e.org/db> a d2rq:Database; d2rq:jdbcDSN "jdbc:postgresql://{server.host}:{server.port}/{server.database}";
  d2rq:username "reader" .
<http://e.org/m> rml:logicalSource [ rml:source <http://e.org/db>; {source} ];
  rml:subjectMap [ rml:template "http://e.org/{{id}}"; rml:class <http://e.org/T> ] .
""",
        encoding="utf-8",
    )
    done = run_kg("map", "map.ttl", "-o", "out.nq", "--explain", *options, folder=folder, **variables)
    assert "hunter2" not in done.out + done.err
    assert "Traceback" not in done.err
    if done.code:
        assert [p.name for p in folder.iterdir()] == ["map.ttl"]
    return done


TABLE = 'rml:referenceFormulation rml:SQL2008Table; rml:iterator "t"'


@pytest.mark.parametrize("password", ["wrong-hunter2", ""])
def test_a_wrong_password(tmp_path: Path, server: Server, password: str) -> None:
    done = run_map(tmp_path, server, TABLE, **({"KG_DB_PASSWORD": password} if password else {}))
    assert done.code == 1
    assert done.err.startswith("error[source-unreadable]: PostgreSQL refuses the connection: ")
    assert "= hint: give the password with the environment variable KG_DB_PASSWORD\n" in done.err
    assert done.err.endswith("\n1 error, 0 warnings, 0 notes\n")


def test_the_right_password(tmp_path: Path, server: Server) -> None:
    assert run_map(tmp_path, server, TABLE, KG_DB_PASSWORD="hunter2").code == 0


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 AS id; DROP TABLE t",
        "SELECT 1 AS id) AS q; DROP TABLE t; --",
        "SELECT id FROM t) AS q LIMIT 0; CREATE TABLE x (y int); COMMIT; --",
        "WITH gone AS (DELETE FROM t RETURNING id) SELECT id FROM gone",
        "DROP TABLE t",
        "COPY t TO '/dev/null'",
        "SELECT pg_read_file('/etc/passwd') AS id",
    ],
)
def test_queries_only_read(tmp_path: Path, server: Server, text: str) -> None:
    source = f'rml:referenceFormulation rml:SQL2008Query; rml:iterator "{text}"'
    done = run_map(tmp_path, server, source, KG_DB_PASSWORD="hunter2")
    assert done.code == 1
    assert done.err.startswith("error[source-unreadable]: PostgreSQL says: ")
    assert run_map(tmp_path, server, TABLE, KG_DB_PASSWORD="hunter2").code == 0  # the table is still there
    assert (tmp_path / "out.nq").read_text(encoding="utf-8").count("\n") == 1


def test_a_server_that_is_not_there(tmp_path: Path, server: Server) -> None:
    gone = Server(kind="postgresql", host="127.0.0.1", port=1, user="x", database="x")
    done = run_map(tmp_path, gone, TABLE)
    assert done.code == 1
    assert done.err.startswith("error[source-unreadable]: PostgreSQL refuses the connection: ")


TYPES = """CREATE TABLE v (id integer, d date, n numeric, ttz timetz, tz timestamptz); GRANT SELECT ON v TO reader;
INSERT INTO v VALUES (1, '2024-01-02', 1.50, '03:04:05+02', '2024-01-02 03:04:05+02');
INSERT INTO v VALUES (2, 'infinity', 'NaN', NULL, NULL);
ALTER ROLE reader SET datestyle = 'SQL, DMY'; ALTER ROLE reader SET timezone = 'Asia/Tokyo';"""


def test_values_of_types(tmp_path: Path, server: Server) -> None:
    """Whatever the server's settings are, values of types are exact; others are told, or left out and counted."""
    ask(server, TYPES)
    # the helper closes the logical source and adds a subject map: the references go in between
    maps = "; ".join(
        f"rml:predicateObjectMap [ rml:predicate <http://e.org/{name}>; rml:objectMap [ rml:reference '{name}' ] ]"
        for name in ("d", "n", "ttz", "tz")
    )
    source = f"rml:referenceFormulation rml:SQL2008Table; rml:iterator 'v' ]; {maps}; <http://e.org/x> [ "
    told = run_map(tmp_path, server, source, KG_DB_PASSWORD="hunter2")
    assert told.code == 1
    for value, kind, name in (("infinity", "date", "d"), ("NaN", "decimal", "n")):
        promised = f"`{value}` is no xsd:{kind}, which the type of its column promises (row 2 of `v`, `{name}`)"
        assert f"error[data-datatype]: {promised}\n" in told.err
    assert run_map(tmp_path, server, source, "--best-effort", KG_DB_PASSWORD="hunter2").code == 0
    lines = (tmp_path / "out.nq").read_text(encoding="utf-8").replace("http://www.w3.org/2001/XMLSchema#", "")
    assert sorted(line.partition("/e.org/")[2] for line in lines.split("\n") if "22-rdf" not in line) == [
        "",
        '1> <http://e.org/d> "2024-01-02"^^<date> .',
        '1> <http://e.org/n> "1.50"^^<decimal> .',
        '1> <http://e.org/ttz> "03:04:05+02:00"^^<time> .',
        '1> <http://e.org/tz> "2024-01-02T01:04:05+00:00"^^<dateTime> .',
    ]


def test_a_query_that_breaks_off(tmp_path: Path, server: Server) -> None:
    query = "SELECT 1 / (5000 - id) AS id FROM generate_series(1, 9000) AS s(id)"
    source = f'rml:referenceFormulation rml:SQL2008Query; rml:iterator "{query}"'
    done = run_map(tmp_path, server, source, KG_DB_PASSWORD="hunter2")
    assert (done.code, done.err.split("\n")[0]) == (1, "error[source-unreadable]: PostgreSQL says: division by zero")


@pytest.mark.parametrize("kind", ["query", "view"])
def test_a_query_without_an_end(tmp_path: Path, server: Server, kind: str) -> None:
    endless = "WITH RECURSIVE x(id) AS (SELECT 1::bigint UNION ALL SELECT id + 1 FROM x) SELECT count(*) AS id FROM x"
    ask(server, f"CREATE OR REPLACE VIEW endless AS {endless}; GRANT SELECT ON endless TO reader")
    rows = f'SQL2008Query; rml:iterator "{endless}"' if kind == "query" else 'SQL2008Table; rml:iterator "endless"'
    source = f"rml:referenceFormulation rml:{rows}"
    done = run_map(tmp_path, server, source, "--limit", "seconds=1", KG_DB_PASSWORD="hunter2")
    told = f"error: a query of `{server.database}` takes longer than 1 s (`--limit seconds=10` allows more)\n"
    assert (done.code, done.err) == (3, told)


def test_a_name_in_double_quotes_is_exact(tmp_path: Path, server: Server) -> None:
    ask(
        server,
        'CREATE TABLE "Q" (id integer, "Name" text); INSERT INTO "Q" VALUES (1, \'a\'); GRANT SELECT ON "Q" TO reader',
    )
    quoted = '\\"{}\\"'.format
    tried = [("Q", "Name", 0), ("q", "name", 0), (quoted("Q"), quoted("Name"), 0)]
    tried += [(quoted("q"), "Name", 1), ("Q", quoted("name"), 1)]
    for table, name, code in tried:
        value = f'rml:predicateObjectMap [ rml:predicate <http://e.org/p>; rml:objectMap [ rml:reference "{name}" ] ]'
        source = f'rml:referenceFormulation rml:SQL2008Table; rml:iterator "{table}" ]; {value}; <http://e.org/x> [ '
        assert (table, name, run_map(tmp_path, server, source, KG_DB_PASSWORD="hunter2").code) == (table, name, code)
        (tmp_path / "out.nq").unlink(missing_ok=True)


JOIN = """@prefix rml: <http://w3id.org/rml/> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
@base <http://e.org/> .
<db> a d2rq:Database; d2rq:jdbcDSN "%s"; d2rq:username "%s" .
<c> rml:logicalSource [ rml:source <db>; rml:iterator "filled"; rml:referenceFormulation rml:SQL2008Table ];
  rml:subjectMap [ rml:template "c{id}" ];
  rml:predicateObjectMap [ rml:predicate <k>; rml:objectMap [ rml:reference "k" ] ];
  rml:predicateObjectMap [ rml:predicate <same>; rml:objectMap [ rml:parentTriplesMap <v>;
    rml:joinCondition [ rml:child "k"; rml:parent "%s" ] ] ] .
<v> rml:logicalSource [ rml:source <db>; rml:iterator "other"; rml:referenceFormulation rml:SQL2008Table ];
  rml:subjectMap [ rml:template "v{id}" ] .
"""


JOINED = {"k": ["<c1> <same> <v7> .", "<c2> <same> <v8> ."], "l": ["<c1> <same> <v7> ."]}


@pytest.mark.parametrize("other", JOINED)
@pytest.mark.parametrize("kind", ["server", "mariadb"])
def test_texts_that_are_filled_up_with_blanks(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str, other: str
) -> None:
    """SQL compares them without the blanks, and R2RML's natural mapping keeps these in the values."""
    server: Server = request.getfixturevalue(kind)
    (tmp_path / "map.ttl").write_text(JOIN % (server.jdbc, server.user, other), encoding="utf-8")
    assert run_kg("map", "map.ttl", "-o", "out.nq", folder=tmp_path).code == 0
    lines = (tmp_path / "out.nq").read_text(encoding="utf-8").replace("http://e.org/", "").splitlines()
    assert sorted(line for line in lines if "<k>" in line) == ['<c1> <k> "ab   " .', '<c2> <k> "x    " .']
    assert sorted(line for line in lines if "<same>" in line) == JOINED[other]


FOLDED = """CREATE TABLE filled (id integer, k {0}); INSERT INTO filled VALUES (1, 'ab'), (2, 'x'), (3, 'y'), (4, 'e');
CREATE TABLE other (id integer, k {0}); INSERT INTO other VALUES (7, 'AB'), (8, 'x'), (9, 'y ');
INSERT INTO other VALUES (10, 'é'); -- refused where the column holds ASCII
CREATE VIEW seen AS SELECT * FROM filled;
"""
COLLATED = """CREATE EXTENSION citext;
CREATE COLLATION level1 (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CREATE COLLATION level2 (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
"""
FOLDINGS: list[tuple[str, str, dict[str, str]]] = [
    ("server", "text", {}),
    ("server", "text COLLATE \"C\"", {}),
    ("server", "citext", {"capitals": "`ab`"}),
    ("server", "varchar(9) COLLATE level2", {"capitals or how accents are encoded": "`ab`"}),
    ("server", "text COLLATE level1", {"capitals, accents or how accents are encoded": "`ab`, and 1 more"}),
    ("mariadb", "varchar(9)", {"capitals, accents or blanks at the end": "`ab`, and 2 more"}),
    ("mariadb", "varchar(9) COLLATE utf8mb4_uca1400_as_cs", {"how accents are encoded or blanks at the end": "`y`"}),
    ("mariadb", "varchar(9) COLLATE utf8mb4_uca1400_as_ci",
     {"capitals, how accents are encoded or blanks at the end": "`ab`, and 1 more"}),
    ("mariadb", "varchar(9) CHARACTER SET latin1 COLLATE latin1_general_cs", {"blanks at the end": "`y`"}),
    ("mariadb", "varchar(9) CHARACTER SET ascii COLLATE ascii_bin", {"blanks at the end": "`y`"}),
    ("mariadb", "varchar(9) COLLATE utf8mb4_bin", {"blanks at the end": "`y`"}),
    ("mariadb", "varchar(9) COLLATE utf8mb4_nopad_bin", {}),
]  # fmt: skip
TOLD = (
    r"(`.*`) finds no partner, but one that differs in (.*?): texts are compared as they are written,"
    r" whatever the collation of the database \(row \d+ of `?.*?`?, `k`(, and \d more)?\)"
)
READ = {  # what a mapping reads, and by which words
    "filled": "SQL2008Table",
    "seen": "SQL2008Table",
    "SELECT max(id) AS id, k FROM seen GROUP BY k": "SQL2008Query",
}


def test_a_question_of_a_collation_leaves_the_transaction_as_it_is(server: Server) -> None:
    """What it sees can still be told to other connections, and one that is refused leaves one that can be asked."""
    shelf = Shelf(connection=Connection(), scratch=Path(), mapping_folder=Path())
    with closing(PostgreSql(read_address(server.url), shelf)) as database:
        begun = database.ask("SELECT now()::text AS now")
        assert database.probe("SELECT 1 AS a, false AS b") == [1, False]
        assert database.ask("SELECT now()::text AS now") == begun
        assert database.probe("SELECT * FROM no_such_table") is None
        assert database.probe("SELECT true AS a") == [True]
        assert database.ask("SELECT now()::text AS now") == begun
        assert database.tell_moment()


@pytest.mark.parametrize(("kind", "column", "wanted"), FOLDINGS, ids=lambda value: str(value))
def test_texts_that_a_collation_takes_for_one(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str, column: str, wanted: dict[str, str]
) -> None:
    """They are compared as they are written, in every database alike; where its own `=` would join more is told."""
    server: Server = request.getfixturevalue(kind)
    charset = "ALTER DATABASE CHARACTER SET utf8mb4;" if kind == "mariadb" else COLLATED
    (tmp_path / "setup.sql").write_text(charset + FOLDED.format(column), encoding="utf-8")
    server.load(tmp_path / "setup.sql")
    for read, words in READ.items():
        mapping = JOIN % (server.jdbc, server.user, "k")
        source = f'rml:iterator "{read}"; rml:referenceFormulation rml:{words}'
        mapping = mapping.replace('rml:iterator "filled"; rml:referenceFormulation rml:SQL2008Table', source)
        (tmp_path / "map.ttl").write_text(mapping, encoding="utf-8")
        done = run_kg("map", "map.ttl", "-o", "out.nq", folder=tmp_path)
        lines = (tmp_path / "out.nq").read_text(encoding="utf-8").replace("http://e.org/", "").splitlines()
        assert [line for line in lines if "<same>" in line] == ["<c2> <same> <v8> ."]
        told = re.findall(TOLD, done.err)
        assert {differences: first + more for first, differences, more in told} == wanted


QUERY = """@prefix rml: <http://w3id.org/rml/> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
@base <http://e.org/> .
<db> a d2rq:Database; d2rq:jdbcDSN "%s"; d2rq:username "%s" .
<m> rml:logicalSource [ rml:source <db>; rml:iterator "%s"; rml:referenceFormulation rml:SQL2008Query ];
  rml:subjectMap [ rml:template "{seq}" ];
  rml:predicateObjectMap [ rml:predicate <p>; rml:objectMap [ rml:reference "text" ] ] .
"""


def ask_mariadb(server: Server, query: str, folder: Path) -> Finished:
    (folder / "map.ttl").write_text(QUERY % (server.jdbc, server.user, query), encoding="utf-8")
    return run_kg("map", "map.ttl", "-o", "out.nq", folder=folder)


def test_an_answer_of_many_batches(tmp_path: Path, mariadb: Server) -> None:
    """Rows of very different lengths, and none at all: each row comes once, whatever the batches are."""
    query = "SELECT seq, IF(seq % 7 = 0, NULL, repeat('x', seq % 5 * 1000)) AS text FROM seq_1_to_30000"
    assert ask_mariadb(mariadb, query, tmp_path).code == 0
    lines = (tmp_path / "out.nq").read_text(encoding="utf-8").splitlines()
    lengths = {int(line.split("/")[3].split(">")[0]): line.count("x") for line in lines}
    assert lengths == {n: n % 5 * 1000 for n in range(1, 30001) if n % 7}
    assert ask_mariadb(mariadb, f"{query} WHERE seq < 0", tmp_path).code == 0
    assert (tmp_path / "out.nq").read_text(encoding="utf-8") == ""


def test_an_answer_that_breaks_off(tmp_path: Path, mariadb: Server) -> None:
    query = "SELECT seq, IF(seq > 20000, (SELECT 1 UNION SELECT 2), seq) AS text FROM seq_1_to_30000"
    done = ask_mariadb(mariadb, query, tmp_path)
    told = "error[source-unreadable]: MySQL says: Subquery returns more than 1 row"
    assert (done.code, done.err.split("\n")[0]) == (1, told)


NO_DOUBT = (
    "SELECT CASE WHEN a IS NULL THEN b ELSE a || ' ' || b END AS n FROM t",
    "SELECT id FROM t WHERE x = 1 ORDER BY a || b",
    "SELECT id FROM t WHERE x = 1 UNION SELECT a || b FROM u",
    "SELECT t.a || u.b AS k FROM t JOIN u ON t.i = u.i",
    "SELECT IF(a = 1, b || c, d) FROM t",
    "SELECT x FROM t JOIN (SELECT a || '-' || b AS k FROM u) v ON t.k = v.k",
    "SELECT id FROM t WHERE k = a || '-' || b",
    "SELECT id FROM t JOIN u ON (t.k = u.a || '-')",
)
DOUBT = (
    "SELECT id FROM t WHERE a IS NULL || b IS NULL",
    "SELECT id FROM t WHERE a = 'x' || b = 'y'",
    "SELECT id FROM t WHERE a = 'x' || 'y' LIKE b",
    "SELECT id FROM t WHERE id IN (SELECT i FROM u) || a",
    "SELECT id FROM t GROUP BY a HAVING count(*) > 1 || max(b) > 2",
    "SELECT CASE WHEN a = 1 || b = 2 THEN 1 END AS k FROM t",
    "SELECT IF(a = 1 || b = 2, 1, 0) FROM t",
    'SELECT id FROM t WHERE "a b" = 1 || `c` = 2',
)


@pytest.mark.parametrize("query", [*NO_DOUBT, *DOUBT])
def test_bars_that_make_a_text_are_not_told(query: str) -> None:
    """Those of what is chosen, sorted by, or set beside a text that stands alone: no condition ends there."""
    assert find_doubt(query) == (BARS if query in DOUBT else None)


@pytest.mark.parametrize(
    ("where", "rows"), [("WHERE seq = 3 || seq = 5", 0), ("WHERE seq = 3 OR seq = 5", 2), ("WHERE seq = '||'", 0)]
)
def test_bars_that_are_no_or(tmp_path: Path, mariadb: Server, where: str, rows: int) -> None:
    """Queries are SQL:2008, in which `||` joins two texts: where MySQL's own client reads OR, that is told."""
    done = ask_mariadb(mariadb, f"SELECT seq, 'a' || seq AS text FROM seq_1_to_9 {where}", tmp_path)
    assert (tmp_path / "out.nq").read_text(encoding="utf-8").count("\n") == rows
    told = (
        "warning[source-dialect]: `||` joins two texts here, as in SQL:2008; in a client of MySQL or MariaDB it is OR\n"
    )
    assert (done.code, done.err.partition("  -->")[0]) == (0, told if "3 ||" in where else "")


def set_zone(server: Server, zone: str) -> None:
    client = ["mariadb", "--no-defaults", "-h", server.host, "-P", str(server.port), "-u", server.user]
    run_quietly([*client, "-e", f"SET GLOBAL time_zone = '{zone}'"])


def test_moments_by_the_clock_of_the_server(tmp_path: Path, mariadb: Server) -> None:
    """A TIMESTAMP has no zone of its own in a query's answer: that is told, but where the server's zone is UTC."""
    script = tmp_path / "moments.sql"
    script.write_text(
        "CREATE TABLE moments (seq integer, text TIMESTAMP NULL, d DATETIME);"
        "SET time_zone = '+00:00'; INSERT INTO moments VALUES (1, '2024-01-02 03:04:05', '2024-01-02 03:04:05');",
        encoding="utf-8",
    )
    mariadb.load(script)
    try:
        for zone, shown in (("+00:00", "03:04:05"), ("+02:00", "05:04:05")):
            set_zone(mariadb, zone)
            done = ask_mariadb(mariadb, "SELECT * FROM moments", tmp_path)
            assert f'"2024-01-02T{shown}"^^' in (tmp_path / "out.nq").read_text(encoding="utf-8")
            told = (
                "" if zone == "+00:00" else f"the times of `text` are those of the server's zone, `{zone}`, and do not"
            )
            assert (done.code, bool(done.err)) == (0, bool(told))
            assert done.err.partition(" say so\n")[0].removeprefix("warning[source-zone]: ") == told
        query = "SELECT seq, CONVERT_TZ(text, @@time_zone, '+00:00') AS text FROM moments"
        assert (ask_mariadb(mariadb, query, tmp_path).err, shown) == ("", "05:04:05")
        assert '"2024-01-02T03:04:05"^^' in (tmp_path / "out.nq").read_text(encoding="utf-8")
    finally:
        set_zone(mariadb, "SYSTEM")


@pytest.mark.parametrize("name", ["seen at", "order", 'a"b', "a`b"])
def test_a_hint_with_the_name_of_a_column_can_be_written_as_it_stands(
    tmp_path: Path, mariadb: Server, name: str
) -> None:
    quoted = "`" + name.replace("`", "``") + "`"
    script = tmp_path / "moments.sql"
    script.write_text(
        f"CREATE TABLE named (seq integer, {quoted} TIMESTAMP NULL);"
        "SET time_zone = '+00:00'; INSERT INTO named VALUES (1, '2024-01-02 03:04:05');",
        encoding="utf-8",
    )
    mariadb.load(script)
    mapping = QUERY % (mariadb.jdbc, mariadb.user, "SELECT * FROM named")
    reference = name.replace('"', '\\"')
    set_zone(mariadb, "+02:00")
    try:
        (tmp_path / "map.ttl").write_text(mapping.replace('"text"', f'"{reference}"'), encoding="utf-8")
        done = run_kg("map", "map.ttl", "-o", "out.nq", folder=tmp_path)
        [hint] = re.findall(r"hint: in a query, write `(CONVERT_TZ.*)`, or declare it DATETIME\n", done.err)
        query = f"SELECT seq, {hint} AS text FROM named".replace('"', '\\"')
        assert ask_mariadb(mariadb, query, tmp_path).err == ""
        assert '"2024-01-02T03:04:05"^^' in (tmp_path / "out.nq").read_text(encoding="utf-8")
    finally:
        set_zone(mariadb, "SYSTEM")


@pytest.mark.parametrize("kind", ["POINT", "GEOMETRY"])
def test_a_column_of_geometries(tmp_path: Path, mariadb: Server, kind: str) -> None:
    """It is named where it is read; a query may make a text of it."""
    table = f"places_{kind.lower()}"
    script = tmp_path / "places.sql"
    script.write_text(
        f"CREATE TABLE {table} (seq integer, text {kind}, name varchar(9));"
        f"INSERT INTO {table} VALUES (1, ST_GeomFromText('POINT(1 2)'), 'a')",
        encoding="utf-8",
    )
    mariadb.load(script)
    done = ask_mariadb(mariadb, f"SELECT seq, text FROM {table}", tmp_path)
    assert done.code == 1
    message, place = done.err.split("\n")[:2]
    assert message == "error[source-unreadable]: the column `text` holds geometries, which have no text"
    line, column = map(int, place.rsplit(":", 2)[1:])
    written = (tmp_path / "map.ttl").read_text(encoding="utf-8").split("\n")[line - 1]
    assert written[column - 1 :].startswith('"text"')
    [hint] = re.findall(r"hint: in a query, write `(.*)`\n", done.err)
    assert hint == 'ST_AsText("text")'
    asked = f"SELECT seq, {hint} AS text FROM {table}".replace('"', '\\"')  # in a string of Turtle
    assert ask_mariadb(mariadb, asked, tmp_path).code == 0
    for query, value in ((f"SELECT seq, text AS point, name AS text FROM {table}", "a"),
                         (f"SELECT seq, ST_AsText(text) AS text FROM {table}", "POINT(1 2)")):  # fmt: skip
        assert ask_mariadb(mariadb, query, tmp_path).code == 0
        assert f'"{value}"' in (tmp_path / "out.nq").read_text(encoding="utf-8")


def test_batches_have_as_many_rows_as_there_is_room_for(mariadb: Server) -> None:
    """The memory of a batch is bounded by its bytes, however long the values are."""
    address = read_address(mariadb.url)
    shelf = Shelf(connection=Connection(), scratch=Path(), mapping_folder=Path())
    with closing(MySql(address, shelf)) as database:
        long = [len(batch) for batch in database.fetch("SELECT repeat('x', 100000) FROM seq_1_to_1000")]
        short = [len(batch) for batch in database.fetch("SELECT 'x' FROM seq_1_to_110000")]
    assert (sum(long), sum(short)) == (1000, 110_000)
    assert max(long[1:]) * 100_000 <= ROOM
    assert short == [100, 50_000, 50_000, 9_900]


@pytest.mark.parametrize("kind", ["server", "mariadb"])
def test_a_table_that_a_server_does_not_have(tmp_path: Path, request: pytest.FixtureRequest, kind: str) -> None:
    server: Server = request.getfixturevalue(kind)
    (tmp_path / "setup.sql").write_text(FILLED, encoding="utf-8")
    server.load(tmp_path / "setup.sql")
    for table, hint in (("fillde", "did you mean `filled`?"), ("x", "its tables are `filled`, `other`")):
        mapping = (JOIN % (server.jdbc, server.user, "k")).replace('"filled"', f'"{table}"')
        (tmp_path / "map.ttl").write_text(mapping, encoding="utf-8")
        done = run_kg("map", "map.ttl", "-o", "out.nq", folder=tmp_path)
        assert (done.code, done.err.count("error[source-unreadable]"), done.err.count(f"hint: {hint}")) == (1, 1, 1)
