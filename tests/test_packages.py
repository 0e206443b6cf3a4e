"""A plain installation: what needs a package of an extra says which, and how it is had."""

from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlitefile import open_sqlite
from terminal import ROOT, Loaded, environment

from kg.system.packages import EXTRAS

PLAIN = """if True:
    import sys
    names = sys.argv.pop(1).split(",")
    sys.path.insert(0, sys.argv.pop(1))
    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in names:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    sys.meta_path.insert(0, Missing())
    from forked import serve_runs
    def load():
        import duckdb
        import kg.cli, kg.tables.command
    serve_runs(load)
"""
CASES = {
    "a Feather file": ("[p.feather~csv]", "pyarrow"),
    "a Parquet file whose numbers may be durations": ("[arrow.parquet~csv]", "pyarrow"),
    "JSON": ("[p.json~jsonpath, '$[*]']", "pyarrow"),
    "XML": ("[p.xml~xpath, /r/p]", "lxml"),
    "a CSV file in zstd": ("[p.csv.zst~csv]", "zstandard"),
    "a sheet": ("[p.xlsx~csv]", "pyarrow"),  # the first of those that it needs
    "SQLite": ("{access: p.sqlite, type: sqlite, query: SELECT id FROM t}", "adbc-driver-sqlite"),
    "PostgreSQL": (
        "{access: 'postgresql://localhost:1/x', type: postgresql, query: SELECT 1 AS id}",
        "adbc-driver-postgresql",
    ),
    "MySQL": ("{access: 'mysql://localhost:1/x', type: mysql, query: SELECT 1 AS id}", "pymysql"),
}


def write_files(folder: Path) -> None:
    import duckdb
    import pyarrow as pa
    import pyarrow.feather
    import pyarrow.parquet
    import zstandard

    rows = pa.table({"id": pa.array([1], pa.int64())})
    pyarrow.feather.write_feather(rows, folder / "p.feather")
    pyarrow.parquet.write_table(rows, folder / "arrow.parquet")
    duckdb.connect().execute(f"COPY (SELECT 1 AS id) TO '{folder}/p.parquet'")
    (folder / "p.csv").write_text("id\n1\n", encoding="utf-8")
    (folder / "p.csv.gz").write_bytes(gzip.compress(b"id\n1\n"))
    (folder / "p.csv.zst").write_bytes(zstandard.compress(b"id\n1\n"))
    (folder / "p.json").write_text('[{"id": 1}]', encoding="utf-8")
    (folder / "p.xml").write_text("<r><p><id>1</id></p></r>", encoding="utf-8")
    (folder / "p.xlsx").write_bytes(b"PK")
    with open_sqlite(folder / "p.sqlite") as connection:
        connection.execute("CREATE TABLE t (id INT)")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    write_files(folder)
    return folder


@pytest.fixture(scope="module")
def plain() -> Iterator[Loaded]:
    """A process without any package of an extra, which has loaded what each mapping needs."""
    loaded = Loaded("-c", PLAIN, ",".join(EXTRAS), str(ROOT / "tests"))
    yield loaded
    with loaded.process:
        loaded.process.kill()


def run_plainly(plain: Loaded, folder: Path, source: str, *options: str) -> tuple[int, str, str]:
    """What `kg map` of a YARRRML source tells where nothing but a plain installation is there."""
    (folder / "m.yml").write_text(
        f"prefixes: {{ex: 'http://example.org/'}}\nmappings:\n  one:\n    sources: [{source}]\n    s: ex:$(id)\n"
        "    po: [[a, ex:Thing]]\n",
        encoding="utf-8",
    )
    (folder / "out.nq").unlink(missing_ok=True)
    told = folder / "told.txt"
    arguments = ["map", "m.yml", *(options or ("-o", "out.nq"))]
    code = plain.run({"arguments": arguments, "folder": str(folder), "environment": environment(),
                      "out": str(told), "err": str(told)})  # fmt: skip
    out = folder / "out.nq"
    return code, out.read_text(encoding="utf-8") if out.exists() else "", told.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_what_a_source_needs_is_named(plain: Loaded, files: Path, case: str) -> None:
    source, package = CASES[case]
    code, written, told = run_plainly(plain, files, source)
    assert (code, written) == (3, "")
    assert re.fullmatch(rf"error: m\.yml:\d+:\d+: the source needs the package {package}: {HOW}\n", told), told


HOW = r"pip install 'kg-claims\[tables\]'"


@pytest.mark.parametrize("source", ["[p.csv~csv]", "[p.csv.gz~csv]", "[p.parquet~csv]"])
def test_csv_and_parquet_need_nothing(plain: Loaded, files: Path, source: str) -> None:
    code, written, _ = run_plainly(plain, files, source)
    assert (code, written.count("\n")) == (0, 1)


def test_what_an_output_needs_is_named(plain: Loaded, files: Path) -> None:
    code, _, told = run_plainly(
        plain, files, "[p.csv~csv]", *["-o", "parts", "--partition-size", "1MB", "--compress", "zst"]
    )
    assert code == 3
    assert re.fullmatch(rf"error: the output needs the package zstandard: {HOW}\n", told), told
    assert not (files / "parts").exists()
    code, _, told = run_plainly(plain, files, "[p.csv~csv]", "-o", "out.nq.zst")
    assert (code, (files / "out.nq.zst").exists()) == (3, False)
    assert re.fullmatch(rf"error: the output needs the package zstandard: {HOW}\n", told), told


def test_all_packages_of_the_extra_are_known() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    declared = {re.split("[>=]", package)[0] for package in extras["tables"]}
    assert declared <= {package for package, _ in EXTRAS.values()}
