"""Errors of other libraries that `kg` reads by their words.

Each wording is pinned as it comes from the library, and was last seen in the version that stands beside it. If one of
these tests fails after an update, the library says the same in other words: mend the pattern. Until then, and this is
tested too, a user gets a general message with the library's own words, at a place that is right, and no wrong code.
"""

from __future__ import annotations

import codecs
import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest
import yaml

from kg.ask.sparql import mistake as sparql
from kg.shacl.sparql import find_problem
from kg.tables.engine.connection import Connection
from kg.tables.engine.failure import give_reason, is_interrupt
from kg.tables.engine.interrupt import stopped_by_signals
from kg.tables.rml import Dialect, FileSource
from kg.tables.sources.csvfaults import LONGEST_ROW, SAID, explain_csv_error
from kg.tables.sources.databases.database import advise_login
from kg.tables.sources.databases.duckdbfile import explain_refusal
from kg.tables.sources.databases.mysql import MySql
from kg.tables.sources.databases.postgresql import PostgreSql
from kg.tables.sources.databases.sqlite import RECODE, RENAME, Sqlite
from kg.tables.sources.delimited import reader_call
from kg.tables.sources.dialects import WAIT, BrokenStreamError, RefusedError, first_line
from kg.tables.sources.dsn import DatabaseAddress
from kg.tables.sources.shelf import Shelf
from kg.text import yamlmistake
from kg.text.diagnostic import KgError, SourceText, mark_of_file

# ---- YAML: PyYAML 6.0.4 with libyaml 0.2.6

PROBLEMS = [
    ("a: `b", "found character that cannot start any token"),
    ("a: b: c", "mapping values are not allowed in this context"),
    ("{a: b c: d", "did not find expected ',' or '}'"),
    ("[a b: c", "did not find expected ',' or ']'"),
    ("a:\n  - b\n c: 1", "did not find expected key"),
    ("a: 1\nbc\nd: 2", "could not find expected ':'"),
    ("a: [1, , 2]", "did not find expected node content"),
    ("a: | x\n", "did not find expected comment or line break"),
    ("a: *", "did not find expected alphabetic or numeric character"),
    ("- - a\n  b: c", "did not find expected '-' indicator"),
    ("'a' b", "did not find expected <document start>"),
    ("- a\n\t- b", "found a tab character that violates indentation"),
    ('a: "\\q"', "found unknown escape character"),
    ('a: "\\ud800"', "found invalid Unicode character escape code"),
    ('a: "\\uD8"', "did not find expected hexdecimal number"),
]
CONTEXTS = [
    ("{a: b c: d", "while parsing a flow mapping"),
    ("[a b: c", "while parsing a flow sequence"),
    ('a: "\\q"', "while parsing a quoted scalar"),
    ("a: 'x\nb: 1\n", "while scanning a quoted scalar"),
    ("a:\n  - b\n c: 1", "while parsing a block mapping"),
    ("- - a\n  b: c", "while parsing a block collection"),
]


def refuse_yaml(text: str) -> yaml.MarkedYAMLError:
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        list(yaml.parse(text, Loader=yaml.CLoader))
    return caught.value


@pytest.mark.parametrize(("text", "problem"), PROBLEMS)
def test_yaml_problems_are_worded_so(text: str, problem: str) -> None:
    assert refuse_yaml(text).problem == problem


@pytest.mark.parametrize(("text", "context"), CONTEXTS)
def test_yaml_contexts_are_worded_so(text: str, context: str) -> None:
    assert refuse_yaml(text).context == context


def test_all_words_about_yaml_are_pinned() -> None:
    assert {problem for _, problem in PROBLEMS} == set(yamlmistake._PROBLEMS)
    assert {context for _, context in CONTEXTS} == set(yamlmistake._CONTEXTS)


def test_yaml_in_unknown_words() -> None:
    source = SourceText("a.yaml", "a: 1\nb: 2\n")
    place = yaml.Mark("a.yaml", 5, 1, 0, None, None)
    error = yaml.MarkedYAMLError("while looking at the sky", place, "A comet was seen.", place)
    found = yamlmistake.explain_yaml_error(source, error)
    assert (found.code, found.message, str(found.mark)) == ("yaml-syntax", "a comet was seen", "a.yaml:2:1")
    found = yamlmistake.explain_yaml_error(source, yaml.YAMLError("A comet was seen."))
    assert (found.code, found.message, str(found.mark)) == ("yaml-syntax", "a comet was seen", "a.yaml:1:1")


def test_characters_that_yaml_refuses_in_unknown_words() -> None:
    source = SourceText("a.yaml", "雷: \x07\n")
    with pytest.raises(yaml.reader.ReaderError) as caught:
        list(yaml.parse(source.text, Loader=yaml.CLoader))
    assert "control characters are not allowed" in str(caught.value.reason)
    for reason in (caught.value.reason, "this sign means nothing to me"):
        error = yaml.reader.ReaderError("a.yaml", caught.value.position, caught.value.character, "utf-8", reason)
        found = yamlmistake.explain_yaml_error(source, error)
        assert (found.code, found.message) == ("encoding", "a character that YAML does not allow")
    assert str(found.mark) == "a.yaml:1:4"


# ---- SPARQL: pyoxigraph 0.5.13

UNGROUPED = "SELECT ?a (COUNT(?b) AS ?n) { ?a ?p ?b }"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT ?a { ?a ?b }", r"error at 1:20: expected one of .*"),
        ("ASK { ?a a b", r"error at 1:13: expected .*"),
        (UNGROUPED, r"error at 1:41: expected .*The SELECT contains a variable that is unbound.*"),
    ],
)
def test_syntax_of_sparql_is_refused_so(query: str, words: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(query)
    assert re.fullmatch(words, str(caught.value.msg), re.DOTALL)
    assert sparql._POSITION.match(str(caught.value.msg))


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        (UNGROUPED, "The SELECT contains a variable that is unbound"),
        ("SELECT * { ?a ?p ?b } GROUP BY ?a", "SELECT * is not authorized with GROUP BY"),
    ],
)
def test_rules_of_sparql_are_told_so(query: str, rule: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(query)
    position = sparql._POSITION.match(str(caught.value.msg))
    assert position is not None
    found = sparql._RULE.search(position["expected"])
    assert found is not None
    assert found[1] == rule
    problem = sparql.find_mistake(SourceText("q.rq", query), {})
    assert problem is not None
    assert "ends too early" not in problem.message


def test_unknown_functions_of_sparql_are_refused_so() -> None:
    with pytest.raises(RuntimeError) as caught:
        ox.Store().query("ASK { FILTER(<http://a.example/f>(1)) }")
    assert str(caught.value) == "The custom function <http://a.example/f> is not supported"


@pytest.mark.parametrize("query", ["SELECT ?a { ?a ?b }", UNGROUPED, "ASK {", ""])
def test_sparql_in_unknown_words(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparql, "_POSITION", re.compile("unseen"))
    monkeypatch.setattr(sparql, "_RULE", re.compile("unseen"))
    found = sparql.explain_syntax_error(SourceText("q.rq", query), SyntaxError("Clouds hide the stars."), {})
    assert (found.code, found.message, str(found.mark)) == ("query-syntax", "clouds hide the stars", "q.rq:1:1")


# ---- DuckDB 2.0.1


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers of POSIX here")
def test_an_interrupt_while_duckdb_works() -> None:
    """Without `stopped_by_signals` some of these last for minutes: DuckDB looks for signals between tasks only."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for _ in range(5):
            connection = duckdb.connect()
            with pytest.raises((RuntimeError, KeyboardInterrupt)) as caught, stopped_by_signals(connection.interrupt):
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                connection.execute("SELECT count(*) FROM range(1000000) a, range(1000000) b").fetchall()
            assert is_interrupt(caught.value)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert signal.set_wakeup_fd(-1) == -1


ROWS = {
    "^Expected Number of Columns": b"a,b\n1,2,3\n",
    "^Value with unterminated quote": b'a,b\n1,"2\n',
    "^Invalid unicode": b"a,b\n1,\xff\n",
    "^Maximum line size": b"a,b\n1," + b"2" * 300 + b"\n",
    "state machine": b"a,b\r\n1,2\n3,4\r\n",
}


@pytest.mark.parametrize("beginning", ROWS)
def test_rows_are_refused_so(beginning: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(ROWS[beginning])
    longest = 200 if "Maximum" in beginning else LONGEST_ROW
    call = reader_call(tmp_path / "p.csv", Dialect(), 2, ("",), "first line", longest, None)
    with pytest.raises(duckdb.Error) as caught:
        duckdb.connect().execute(f"SELECT * FROM {call}").fetchall()
    pattern = next(said[0] for said in SAID if beginning in said[0])
    assert re.search(pattern, str(caught.value), re.MULTILINE)
    assert "state machine" in beginning or re.search(r"Line: 2\b", str(caught.value))


def test_all_words_about_rows_are_pinned() -> None:
    assert [sum(beginning in said[0] for beginning in ROWS) for said in SAID] == [1] * len(SAID)


def test_rows_in_unknown_words() -> None:
    origin = FileSource(path="p.csv", mark=mark_of_file(SourceText("m.ttl", "")))
    found = explain_csv_error(ValueError("Invalid Input Error: The moon is in the way.\n\nLine: 7"), origin)
    assert (found.code, found.message) == (
        "source-unreadable",
        "`p.csv` is not well-formed in line 7: The moon is in the way",
    )
    found = explain_csv_error(ValueError("The moon is in the way"), origin)
    assert found.message == "`p.csv` is not well-formed: The moon is in the way"


def test_files_of_duckdb_are_refused_so(tmp_path: Path) -> None:
    (tmp_path / "p.duckdb").write_bytes(b"no database at all")
    with pytest.raises(duckdb.Error, match="not a valid DuckDB database") as caught:
        duckdb.connect().execute(f"ATTACH '{tmp_path / 'p.duckdb'}' AS p (TYPE duckdb, READ_ONLY)")
    told = "`p.duckdb` is no database of DuckDB that can be read"
    assert str(explain_refusal(caught.value, "p.duckdb")) == told
    assert str(explain_refusal(ValueError("IO Error: Could not set lock on file"), "p.duckdb")) == (
        "`p.duckdb` is locked by another program"
    )


def test_files_of_duckdb_in_unknown_words() -> None:
    found = explain_refusal(ValueError("IO Error: The moon is in the way."), "p.duckdb")
    assert str(found) == "`p.duckdb` cannot be read: The moon is in the way"
    assert found.hint is None


def test_failures_of_duckdb_in_unknown_words() -> None:
    assert give_reason(ValueError("IO Error: The moon is in the way")) == "The moon is in the way"
    assert give_reason(ValueError("The moon\nis in the way")) == "The moon"


# ---- SQLite 3.40 to 3.51 (Python's own, and that of adbc-driver-sqlite 1.13.0)


def open_database(folder: Path, statements: str = "CREATE TABLE t (n TEXT)") -> Sqlite:
    with closing(sqlite3.connect(folder / "p.db")) as connection:
        connection.executescript(statements)
    shelf = Shelf(mapping_folder=folder, data_folder=folder, connection=Connection(), scratch=folder)
    return Sqlite(DatabaseAddress(kind="sqlite", path=str(folder / "p.db")), shelf)


def test_texts_of_sqlite_are_refused_so(tmp_path: Path) -> None:
    database = open_database(tmp_path, "CREATE TABLE t (n TEXT); INSERT INTO t VALUES (CAST(x'E9' AS TEXT))")
    with pytest.raises(RefusedError, match=r"`p\.db` holds a text that is not UTF-8"):
        database.load(database.describe_table("t"), [0], "made")
    database.close()


def test_a_database_of_sqlite_that_is_in_use_is_refused_so(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "p.db", isolation_level=None)) as other:
        other.executescript("CREATE TABLE t (n TEXT); BEGIN EXCLUSIVE")
        connection = sqlite3.connect(tmp_path / "p.db", timeout=0)
        with closing(connection), pytest.raises(sqlite3.OperationalError, match=r"^database is locked$"):
            connection.execute("SELECT * FROM t")


@pytest.mark.parametrize(
    ("words", "told", "hint"),
    [
        ("IO: Failed to get next row: (5) database is locked", "SQLite says: (5) database is locked", WAIT),
        ("Could not decode to UTF-8 column 'n'", "`p.db` has a name that is not UTF-8", RENAME),
        ("Invalid unicode (byte sequence mismatch)", "`p.db` holds a text that is not UTF-8", RECODE),
        ("The moon is in the way.", "SQLite says: The moon is in the way", None),
    ],
)
def test_words_of_sqlite(tmp_path: Path, words: str, told: str, hint: str | None) -> None:
    database = open_database(tmp_path)
    with pytest.raises(RefusedError) as caught, database.watch():
        raise BrokenStreamError(words)
    database.close()
    assert (str(caught.value), caught.value.hint) == (told, hint)


@pytest.mark.parametrize("words", ["disk I/O error", "database or disk is full"])
def test_a_disk_that_fails_below_sqlite(tmp_path: Path, words: str) -> None:
    database = open_database(tmp_path)
    with pytest.raises(KgError, match=rf"`p\.db` could not be read: {words}"), database.watch():
        raise sqlite3.OperationalError(words)
    database.close()


# ---- PostgreSQL 15 (adbc-driver-postgresql 1.13.0), MariaDB 10.11 (PyMySQL 1.2.0); with servers: tests/conformance

NO_SERVER = "is the server running, and are its host and port right?"
NO_PASSWORD = "give the password with the environment variable KG_DB_PASSWORD"
NO_NAME = "are the names of user and database right?"


@pytest.mark.parametrize(("kind", "name"), [(PostgreSql, "PostgreSQL"), (MySql, "MySQL")])
def test_a_server_that_is_not_there_is_told_so(tmp_path: Path, kind: type[PostgreSql | MySql], name: str) -> None:
    shelf = Shelf(mapping_folder=tmp_path, data_folder=tmp_path, connection=Connection(), scratch=tmp_path)
    with pytest.raises(RefusedError, match=rf"^{name} refuses the connection: ") as caught:
        kind(DatabaseAddress(kind=name.lower(), host="127.0.0.1", port=1, user="x", name="x"), shelf)
    assert advise_login(str(caught.value)) == NO_SERVER


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ('FATAL:  password authentication failed for user "x"', NO_PASSWORD),
        ("fe_sendauth: no password supplied", NO_PASSWORD),
        ("Access denied for user 'x'@'localhost' (using password: NO)", NO_PASSWORD),
        ('could not translate host name "nowhere" to address: Name or service not known', NO_SERVER),
        ("Can't connect to MySQL server on '127.0.0.1' ([Errno 111] Connection refused)", NO_SERVER),
        ('FATAL:  database "x" does not exist', NO_NAME),
        ("Unknown database 'x'", NO_NAME),
        ("The moon is in the way", NO_NAME),
    ],
)
def test_refusals_of_servers(words: str, advice: str) -> None:
    assert advise_login(words) == advice


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("INVALID_ARGUMENT: [libpq] Failed to execute query: ERROR:  no table `t`\nLINE 1", "no table `t`"),
        ("IO: [libpq] The moon is in the way.", "The moon is in the way"),
        ("The moon\nis in the way", "The moon"),
    ],
)  # fmt: skip
def test_words_of_drivers(words: str, told: str) -> None:
    assert first_line(ValueError(words)) == told


# ---- Python's codecs


def test_a_file_without_the_mark_of_its_byte_order_is_told_so() -> None:
    with pytest.raises(UnicodeError, match=r"tream does not start with BOM$"):  # after other words from Python 3.13 on
        codecs.getincrementaldecoder("utf-16")().decode(b"a,b\n", final=True)


# ---- pySHACL 0.40.1: `tests/test_validate.py` has its own words about shapes that it cannot use


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("Validation Failure - the query is none\nand more", "the query is none"),
        ("Shape n0a1b2c3d4e5f6a7b8 is none", "Shape a shape without a name is none"),
        ("The moon is in the way", "The moon is in the way"),
        ("  \n", "pySHACL cannot use the shapes, and does not say why"),
    ],
)
def test_words_of_pyshacl(words: str, problem: str) -> None:
    assert find_problem(words) == problem
