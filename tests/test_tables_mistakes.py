# ruff: noqa: E501 - whole messages stand on one line
"""Bad input of `kg map`: one clear error, its exit code, no output, and nothing left behind."""

from __future__ import annotations

import gzip
import random
import resource
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlitefile import open_sqlite
from terminal import PROGRAM, Finished, environment, run_kg

from kg.text.diagnostic import SourceText, render_github, render_json, render_text
from kg.text.secret import hide_secrets
from kg.text.yamldoc import parse_document

HEAD = """@prefix rml: <http://w3id.org/rml/> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
@base <http://example.org/> .
"""
NAME = "rml:predicateObjectMap [ rml:predicate <name>; rml:objectMap [ rml:reference "


def write_map(folder: Path, source: str, reference: str = "name", key: str = "id") -> None:
    text = f'<m> rml:logicalSource [ {source} ]; rml:subjectMap [ rml:template "p/{{{key}}}" ];\n  {NAME}"{reference}" ] ] .\n'
    (folder / "map.ttl").write_text(HEAD + text, encoding="utf-8")


def run_map(folder: Path, *options: str) -> Finished:
    """Run, and hold the run to what every mistake must keep: nothing new lies in the folder."""
    before = sorted(p.name for p in folder.iterdir())
    done = run_kg("map", "map.ttl", "-o", "out.nq", *options, folder=folder)
    if done.code:
        assert sorted(p.name for p in folder.iterdir()) == before
        assert "Traceback" not in done.err
        assert str(folder) not in done.err
    return done


def headline(done: Finished) -> str:
    return done.err.split("\n")[0]


def hint(done: Finished) -> str:
    return done.err.partition("= hint: ")[2].split("\n")[0]


ROWS = "each row needs as many values as the header; a value that holds the delimiter, a quote or a line end stands in quotes"

# -- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("csv", "message", "advice"),
    [
        (b'id,name\n1,a\n2,"x"y\n', "error[source-unreadable]: `p.csv` is not well-formed in line 3: a quote is not closed, or stands inside a value", ROWS),
        (b"id,name\r\n1,a\n2,b\r\n", "error[source-unreadable]: `p.csv` is not well-formed: its lines end in different ways, or a quote stands inside a value", "let all lines end with LF, or all with CR and LF"),
        (b"id,name\n1,caf\xe9\n", "error[source-encoding]: `p.csv` is not UTF-8 (byte 14)", "name its encoding with `rml:encoding`"),
        (b"id,name\n" + b"1,abcdefgh\n" * 120_000 + b"5,caf\xe9\n", "error[source-encoding]: `p.csv` is not well-formed in line 120002: not UTF-8", "name its encoding with `rml:encoding`"),
        ("id,name\n1,a\n".encode("utf-16"), "error[source-encoding]: `p.csv` is not UTF-8 (byte 1)", "it looks like UTF-16: name its encoding with `rml:encoding`"),
        (b"id,name\n1," + b"x" * 17_000_000 + b"\n", "error[source-unreadable]: `p.csv` is not well-formed in line 2: longer than 16 MB", "is a quote not closed? No row of a CSV file may have more"),
        (b"id,name\n1,a\n2,\"" + (b"x" * 99 + b"\n") * 660_000 + b"x\"\n3,a\n", "error[source-unreadable]: `p.csv` is not well-formed in line 3: longer than 16 MB", "is a quote not closed? No row of a CSV file may have more"),
        (b"id,name,name\n1,a,b\n", "error[source-columns]: `p.csv` has two columns `name`", "rename one of the two"),
        (b"id,nmae\n1,a\n", "error[map-reference]: no column `name` in `p.csv`", "did you mean `nmae`?"),
    ],
    ids=["quote", "line ends", "latin-1", "latin-1 late", "utf-16", "long row", "very long row", "two columns", "column vanished"],
)  # fmt: skip
def test_csv(tmp_path: Path, csv: bytes, message: str, advice: str) -> None:
    write_map(tmp_path, 'rml:source "p.csv"; rml:referenceFormulation rml:CSV')
    (tmp_path / "p.csv").write_bytes(csv)
    done = run_map(tmp_path)
    assert (done.code, headline(done), hint(done)) == (1, message, advice)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("p.csv.gz", b"id,name\n1,a\n", "error[source-unreadable]: `p.csv.gz` cannot be unpacked: Not a gzipped file (b'id')"),
        ("p.csv.gz", gzip.compress(b"id,name\n1,ab\n" * 1000, mtime=0)[:60], "error[source-unreadable]: `p.csv.gz` cannot be unpacked: Compressed file ended before the end-of-stream marker was reached"),
        ("p.csv.zst", b"id,name\n1,a\n", "error[source-unreadable]: `p.csv.zst` cannot be unpacked: zstd decompress error: Unknown frame descriptor"),
        ("p.csv.zip", b"id,name\n1,a\n", "error[source-unreadable]: `p.csv.zip` cannot be unpacked: File is not a zip file"),
        ("p.csv.xz", b"id,name\n1,a\n", "error[source-unreadable]: `p.csv.xz` cannot be unpacked: Input format not supported by decoder"),
        ("p.csv.gz", gzip.compress(b"id,name\n1,a\0b\n", mtime=0), "error[source-unreadable]: `p.csv.gz` holds a NUL in line 2"),
    ],
)  # fmt: skip
def test_compressed_files(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    if name.endswith(".zst"):
        pytest.importorskip("zstandard")
    write_map(tmp_path, f'rml:source "{name}"; rml:referenceFormulation rml:CSV')
    (tmp_path / name).write_bytes(data)
    done = run_map(tmp_path)
    assert (done.code, headline(done)) == (1, message)


def test_a_zstandard_file_is_whole_or_refused(tmp_path: Path) -> None:
    """Cut anywhere, in any frame, it is a mistake; several frames, and frames to skip, are one file."""
    zstandard = pytest.importorskip("zstandard")
    write_map(tmp_path, 'rml:source "p.csv.zst"; rml:referenceFormulation rml:CSV')
    noise = random.Random(1)
    rows = b"".join(b"%d,%s\n" % (n, noise.randbytes(20).hex().encode()) for n in range(9000))
    first = zstandard.ZstdCompressor(write_checksum=True, write_content_size=False).compress(b"id,name\n" + rows)
    second = zstandard.ZstdCompressor().compress(b"9000,x\n" + b"9001,y\n" * 5)
    skipped = b"\x53\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    whole = first + skipped + second
    (tmp_path / "p.csv.zst").write_bytes(whole)
    done = run_map(tmp_path)
    assert (done.code, len((tmp_path / "out.nq").read_text(encoding="utf-8").splitlines())) == (0, 9002)
    for length in (len(first) // 2, len(first) - 1, len(first) - 4, len(first) + 10, len(whole) - 1, len(whole) - 9):
        (tmp_path / "p.csv.zst").write_bytes(whole[:length])
        done = run_map(tmp_path)
        assert done.code == 1, length
        assert headline(done).startswith("error[source-unreadable]: `p.csv.zst` cannot be unpacked: "), length


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    write_map(tmp_path, 'rml:source "p.csv"; rml:referenceFormulation rml:CSV')
    (tmp_path / "p.csv").mkdir()
    done = run_map(tmp_path)
    assert (done.code, headline(done), hint(done)) == (1, "error[source-not-found]: no file `p.csv`", "it is a folder")


def test_a_join_on_a_million_duplicates(tmp_path: Path) -> None:
    """A thousand equal keys on each side are a million pairs, and one quad for each pair of different rows."""
    (tmp_path / "a.csv").write_text("id,k\n" + "x,1\n" * 1_000_000, encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,k\n" + "y,1\n" * 1_000_000, encoding="utf-8")
    (tmp_path / "map.ttl").write_text(
        HEAD
        + """<a> rml:logicalSource [ rml:source "a.csv"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "a/{id}" ];
  rml:predicateObjectMap [ rml:predicate <to>; rml:objectMap [ rml:parentTriplesMap <b>;
    rml:joinCondition [ rml:child "k"; rml:parent "k" ] ] ] .
<b> rml:logicalSource [ rml:source "b.csv"; rml:referenceFormulation rml:CSV ]; rml:subjectMap [ rml:template "b/{id}" ] .
""",
        encoding="utf-8",
    )
    assert run_map(tmp_path, "--memory-limit", "200MB") == Finished(code=0, out="", err="")
    line = "<http://example.org/a/x> <http://example.org/to> <http://example.org/b/y> .\n"
    assert (tmp_path / "out.nq").read_text(encoding="utf-8") == line


# -- database files -----------------------------------------------------------------------------


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    pytest.importorskip("adbc_driver_sqlite")
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.execute("CREATE TABLE t (id integer, name text)")
        connection.execute("INSERT INTO t VALUES (1, 'a')")
    connection.close()
    return tmp_path


@pytest.fixture
def duckdb_file(tmp_path: Path) -> Path:
    import duckdb

    with duckdb.connect(str(tmp_path / "p.duckdb")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS id, 'a' AS name")
    return tmp_path


def table(file: str, name: str) -> str:
    return f'rml:source "{file}"; rml:referenceFormulation rml:SQL2008Table; rml:iterator "{name}"'


def query(file: str, text: str) -> str:
    return f'rml:source "{file}"; rml:referenceFormulation rml:SQL2008Query; rml:iterator "{text}"'


def test_a_locked_sqlite_file(sqlite_file: Path) -> None:
    write_map(sqlite_file, table("p.db", "t"))
    other = sqlite3.connect(sqlite_file / "p.db")
    other.execute("BEGIN EXCLUSIVE")
    done = run_map(sqlite_file)
    other.close()
    assert (done.code, headline(done)) == (1, "error[source-unreadable]: SQLite says: database is locked")
    assert hint(done) == "wait until that program has done its work, or map a copy of the file"
    assert run_map(sqlite_file).code == 0


def test_a_locked_duckdb_file(duckdb_file: Path) -> None:
    import duckdb

    write_map(duckdb_file, table("p.duckdb", "t"))
    with duckdb.connect(str(duckdb_file / "p.duckdb")):
        done = run_map(duckdb_file)
    assert (done.code, headline(done)) == (1, "error[source-unreadable]: `p.duckdb` is locked by another program")
    assert run_map(duckdb_file).code == 0


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "p.duckdb").write_text("x" * 5000, encoding="utf-8")
    write_map(tmp_path, table("p.duckdb", "t"))
    done = run_map(tmp_path)
    assert headline(done) == "error[source-unreadable]: `p.duckdb` is no database of DuckDB that can be read"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT id, name FROM t; DROP TABLE t", "SQLite says: You can only execute one statement at a time"),
        ("ATTACH DATABASE 'new.db' AS n", "SQLite says: not authorized"),
        ("DELETE FROM t", "SQLite says: attempt to write a readonly database"),
        ("SELECT load_extension('x') AS id, 1 AS name", "SQLite says: not authorized"),
        ("BEGIN", "the query is not one SELECT"),
    ],
)
def test_queries_on_sqlite_only_read(sqlite_file: Path, text: str, message: str) -> None:
    write_map(sqlite_file, query("p.db", text))
    done = run_map(sqlite_file)
    assert (done.code, headline(done)) == (1, f"error[source-unreadable]: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT id, name FROM t; DROP TABLE t", "the query is not one SELECT"),
        ("COPY t TO 'new.csv'", "the query is not one SELECT"),
        ("", "the query is not one SELECT"),
        ("SELECT 1 AS id, 'x' AS name); COPY (SELECT 1) TO 'new.csv'; --", 'DuckDB says: Parser Error: syntax error at or near ")"'),
        ("SELECT 1 AS id, content AS name FROM read_text('/etc/passwd')", 'DuckDB says: Permission Error: Cannot access file "/etc/passwd" - file system operations are disabled by configuration'),
    ],
)  # fmt: skip
def test_queries_on_duckdb_only_read(duckdb_file: Path, text: str, message: str) -> None:
    write_map(duckdb_file, query("p.duckdb", text))
    done = run_map(duckdb_file)
    assert done.code == 1
    if text:
        assert headline(done) == f"error[source-unreadable]: {message}"


@pytest.mark.parametrize("name", ['t\\"; DROP TABLE t; --', "t; DROP TABLE t", "(SELECT 1)"])
def test_names_of_tables_are_no_sql(sqlite_file: Path, duckdb_file: Path, name: str) -> None:
    for file in ("p.db", "p.duckdb"):
        write_map(sqlite_file, table(file, name))
        assert headline(run_map(sqlite_file)).startswith("error[source-unreadable]: ")
        write_map(sqlite_file, table(file, "t"))
        assert run_map(sqlite_file).code == 0
        (sqlite_file / "out.nq").unlink()


def test_names_of_columns_are_no_sql(tmp_path: Path) -> None:
    pytest.importorskip("adbc_driver_sqlite")
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.execute('CREATE TABLE t (id integer, "a""; DROP TABLE t; --" text)')
        connection.execute("INSERT INTO t VALUES (1, 'x''); DROP TABLE t; --')")
    connection.close()
    write_map(tmp_path, table("p.db", "t"), 'a\\"; DROP TABLE t; --')
    assert run_map(tmp_path).code == 0
    wanted = '<http://example.org/p/1> <http://example.org/name> "x\'); DROP TABLE t; --" .\n'
    assert (tmp_path / "out.nq").read_text(encoding="utf-8") == wanted


# -- disk and memory ----------------------------------------------------------------------------


@pytest.fixture
def big(tmp_path: Path) -> Path:
    write_map(tmp_path, 'rml:source "p.csv"; rml:referenceFormulation rml:CSV')
    rows = "".join(f"{i},value {i} of the column\n" for i in range(40_000))
    (tmp_path / "p.csv").write_text("id,name\n" + rows, encoding="utf-8")
    return tmp_path


def allow_files_of(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize(
    "options",
    [
        ("-o", "out.nq"), ("-o", "out.nq", "--sort"), ("-o", "out.ttl", "--format", "ttl"),
        ("-o", "out", "--partition-size", "8MB"), ("--store", "st"),
    ],
)  # fmt: skip
def test_a_full_disk(big: Path, options: tuple[str, ...]) -> None:
    before = sorted(p.name for p in big.iterdir())
    command = [*PROGRAM, "map", "map.ttl", *options]
    done = subprocess.run(
        command, cwd=big, env=environment(), capture_output=True, text=True, check=False,
        preexec_fn=allow_files_of(1_200_000),
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        "",
        "error: the quads could not be written: File too large\n",
    )
    assert sorted(p.name for p in big.iterdir()) == before


def test_too_little_memory(big: Path) -> None:
    done = run_map(big, "--memory-limit", "1MB")
    assert done.code == 3
    assert done.err.startswith("error: `p.csv` could not be read: out of memory: could not allocate block")
    assert done.err.endswith("(`--memory-limit` may allow more)\n")


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="no /dev/stdout")
def test_devices_and_links_are_written_into(big: Path) -> None:
    done = run_kg("map", "map.ttl", "-o", "/dev/stdout", folder=big)
    assert (done.code, done.err, done.out.count("\n")) == (0, "", 40_000)
    (big / "real.nq").touch()
    (big / "link.nq").symlink_to("real.nq")
    assert run_kg("map", "map.ttl", "-o", "link.nq", folder=big).code == 0
    assert (big / "link.nq").is_symlink()
    assert (big / "real.nq").read_text(encoding="utf-8").count("\n") == 40_000


def test_an_output_that_is_a_folder(big: Path) -> None:
    (big / "out.nq").mkdir()
    told = "error: `out.nq` is a folder: name a file in it, or give a `--partition-size`\n"
    assert run_map(big) == Finished(code=2, out="", err=told)


# -- passwords ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('d2rq:password "hunter2" ; d2rq:username "me" .', 'd2rq:password "*******" ; d2rq:username "me" .'),
        ('d2rq:password """hunter2""" .', 'd2rq:password """*******""" .'),
        ("    password: hunter2, and more", "    password: *****************"),
        ("{username: me, password: hunter2, type: mysql}", "{username: me, password: *******, type: mysql}"),
        ('  "password": "hunter2"', '  "password": "*******"'),
        ('  password: "hunter2', '  password: "*******'),
        ('"jdbc:postgresql://me:hunter2@host/db?x=1"', '"jdbc:postgresql://me:*******@host/db?x=1"'),
        ('"jdbc:mysql://host/db?user=me&password=hunter2&x=1"', '"jdbc:mysql://host/db?user=me&password=*******&x=1"'),
        ("https://example.org/a:b", "https://example.org/a:b"),
        ("the passwords of the town", "the passwords of the town"),
    ],
)
def test_passwords_in_lines_that_are_shown(line: str, shown: str) -> None:
    assert hide_secrets(line) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password: |\n  hun\n\n   ter2\ntype: x\n", "password: |\n  ***\n\n   ****\ntype: x\n"),
        ("- password: >-\n    hun\n    ter2\n  type: x\n", "- password: >-\n    ***\n    ****\n  type: x\n"),
        ("password: |  # note\n  hunter2\n", "password: *********\n  *******\n"),
        ("password: |\r\n  hunter2\r\ntype: x\r\n", "password: |\r\n  *******\r\ntype: x\r\n"),
        ("password: hun\n  ter2\ntype: x\n", "password: ***\n  ****\ntype: x\n"),
        ("password:\n  hunter2\ntype: x\n", "password:\n  *******\ntype: x\n"),
        ('password: "hun\n  ter2"\ntype: x\n', 'password: "***\n  ****"\ntype: x\n'),
        ("{user: me, password: 'hun\n  ter2', type: x}\n", "{user: me, password: '***\n  ****', type: x}\n"),
        ("{user: me, password: hun\n  ter2, type: x}\n", "{user: me, password: ***\n  ****, type: x}\n"),
        ("{password: hun,ter2, type: x}\n", "{password: ********, type: x}\n"),
        ("{type: x, password: hun, ter2}\n", "{type: x, password: *********}\n"),
        ("? password\n: hunter2\ntype: x\n", "? password\n: *******\ntype: x\n"),
        ("x: &p hunter2\npassword: *p\n", "x: **********\npassword: **\n"),
        ("password: !!str hunter2\ntype: x\n", "password: *************\ntype: x\n"),
        # YAML that cannot be read: nobody knows where the password ends
        ("password: |\n  hunter2\n oops: [\n", "password: |\n  *******\n *******\n"),
        ("- password: |2\n     hun\n   ter2\n", "- password: |2\n     ***\n   ****\n"),
        ('password: "hunter2\ntype: x\n', "password: ********\n*******\n"),
        ("a: [\npassword: |\n  hunter2\n", "a: [\npassword: *\n  *******\n"),
    ],
)
def test_passwords_of_yaml_in_every_style(text: str, shown: str) -> None:
    assert hide_secrets(text, "m.yarrrml.yaml") == shown


def test_words_about_a_password_do_not_quote_it() -> None:
    """A comma in it makes a key of what follows, and the message and its hint speak of that key."""
    (found,) = parse_document(SourceText("m.yaml", "{type: x, password: hun, ter2}")).diagnostics
    assert (found.message, found.hint) == (
        "`ter2` is a key without a value", 'a comma splits a plain value; put it into quotes: "hun, ter2"'
    )  # fmt: skip
    for shown in (render_text(found), render_json([found]), render_github(found)):
        assert "`****` is a key without a value" in shown
        assert "hun" not in shown and "ter2" not in shown


def test_a_password_of_turtle_over_two_lines() -> None:
    text = 'd2rq:password """hun\n  ter2""" ; d2rq:username "me" .'
    assert hide_secrets(text, "m.ttl") == 'd2rq:password """***\n  ****""" ; d2rq:username "me" .'


SECRET_YARRRML = """\
mappings:
  m:
    sources:
      - {access: "jdbc:mysql://127.0.0.1:1/db", type: mysql, credentials: {username: me, password: hunter2}, querry: x}
    s: http://example.org/$(id)
    po: [[a, http://example.org/T]]
"""
SECRET_RML = """<db> a d2rq:Database; d2rq:jdbcDSN "jdbc:mysql://127.0.0.1:1/db"; d2rq:username "me"; d2rq:password "hunter2"; rml:nmae 1 .
<m> rml:logicalSource [ rml:source <db>; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t" ];
  rml:subjectMap [ rml:template "p/{id}"; rml:class <T> ] .
"""


SECRET_BLOCK = """\
mappings:
  m:
    sources:
      - access: "jdbc:mysql://127.0.0.1:1/db"
        type: mysql
        querry: x
        credentials:
          username: me
          password: |
            hunter2
    s: http://example.org/$(id)
    po: [[a, http://example.org/T]]
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.yarrrml.yaml", SECRET_YARRRML),
        ("m.yarrrml.yaml", SECRET_YARRRML.replace(", querry: x", "")),
        ("m.yarrrml.yaml", SECRET_YARRRML.replace("hunter2", "'x\n  hunter2'")),
        ("m.yarrrml.yaml", SECRET_YARRRML.replace("hunter2", "x, hunter2")),
        ("m.yarrrml.yaml", SECRET_BLOCK),
        ("m.yarrrml.yaml", SECRET_BLOCK.replace("[a,", "[a,,")),
        ("m.yarrrml.yaml", SECRET_BLOCK.replace("  hunter2", "hunter2")),
        ("m.yarrrml.yaml", SECRET_BLOCK.replace("|", "[hunter2]").replace("            hunter2\n", "")),
        ("m.ttl", HEAD + SECRET_RML),
        ("m.ttl", HEAD + SECRET_RML.replace('"hunter2"', '"""x\nhunter2"""').replace("rml:nmae", "rml:nmae 1 ; oops")),
        ("m.ttl", HEAD + SECRET_RML.replace("; rml:nmae 1", "")),
        ("m.ttl", HEAD + SECRET_RML.replace("; rml:nmae 1", " oops")),
        ("m.ttl", HEAD + SECRET_RML.replace("mysql://127", "mysql://me:hunter2@127").replace(":1/db", ":port/db")),
        ("m.ttl", HEAD + SECRET_RML.replace("mysql://127", "mysql://me:hunter2@127").replace("jdbc:mysql", "jdbc:nosql")),
    ],
)  # fmt: skip
def test_a_password_of_a_mapping_is_never_shown(tmp_path: Path, name: str, text: str) -> None:
    pytest.importorskip("pymysql")
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = run_kg("map", name, "-o", "out.nq", "--explain", folder=tmp_path)
    assert done.code == 1
    assert "hunter2" not in done.out + done.err
    assert "error[" in done.err
    asked = run_kg("map", name, "-o", "out.nq", "--db", "mysql://me:hunter2@127.0.0.1:1/db", folder=tmp_path)
    assert "hunter2" not in asked.out + asked.err


@pytest.mark.parametrize(
    ("data", "subject", "rml", "yarrrml"),
    [
        (b"id,name\n1,\xe9\n", "http://e.org/", "name its encoding with `rml:encoding`", "name its encoding: `encoding: windows-1252` of the source, as in `{access: FILE, referenceFormulation: ..., encoding: windows-1252}`"),
        (b"id,name\na b,x\n", "", "give a base with `--base`, `rml:baseIRI` or `@base`", "write whole IRIs, with a prefix perhaps: `ex:$(id)`; or give a base with `--base`"),
        (b"id,name\na b,x\n", "ref", 'a template percent-encodes its columns: `rml:template "http://.../{column}"`', "a template percent-encodes its columns: `http://.../$(column)~iri`"),
    ],
)  # fmt: skip
def test_what_the_run_tells_speaks_the_language_of_the_mapping(
    data: bytes, subject: str, rml: str, yarrrml: str, tmp_path: Path
) -> None:
    (tmp_path / "p.csv").write_bytes(data)
    term = 'rml:reference "id"' if subject == "ref" else f'rml:template "{subject}{{id}}"'
    (tmp_path / "map.ttl").write_text(
        "@prefix rml: <http://w3id.org/rml/> . <http://m> rml:logicalSource"
        f' [ rml:source "p.csv"; rml:referenceFormulation rml:CSV ]; rml:subjectMap [ {term} ];'
        ' rml:predicateObjectMap [ rml:predicate <http://p>; rml:objectMap [ rml:reference "name" ] ] .',
        encoding="utf-8",
    )
    written = "$(id)" if subject == "ref" else f"{subject}$(id)"
    (tmp_path / "map.yml").write_text(
        f"mappings: {{m: {{sources: [[p.csv~csv]], s: '{written}', po: [['http://p', $(name)]]}}}}\n", encoding="utf-8"
    )
    base = ("--base", "http://b.org/") if subject == "ref" else ()
    for name, hint in (("map.ttl", rml), ("map.yml", yarrrml)):
        done = run_kg("map", name, "-o", "out.nq", *base, folder=tmp_path)
        assert done.code == 1
        assert f"= hint: {hint}\n" in done.err
