"""A run begins with little memory, and is done once more with all there is where that is not enough."""

from __future__ import annotations

import builtins
import errno
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from sqlitefile import open_sqlite

from kg.system.memory import lacks_memory
from kg.tables.command import map_command
from kg.tables.engine.failure import blame_environment
from kg.tables.read.mapping import read_any_mapping
from kg.tables.run import Settings, memory
from kg.text.diagnostic import KgError, SourceText

MAPPING = """@prefix rml: <http://w3id.org/rml/> .
<http://m> rml:logicalSource [ rml:source "SOURCE"; rml:referenceFormulation rml:CSV ];
  rml:subjectMap [ rml:template "http://ex.org/{id}" ];
  rml:predicateObjectMap [ rml:predicate <http://ex.org/p>; rml:objectMap [ rml:reference "name" ] ] .
"""


def tries(tmp_path: Path, source: str, **more: object) -> list[tuple[str | None, int | None]]:
    document = read_any_mapping(SourceText("m.rml.ttl", MAPPING.replace("SOURCE", source)))
    settings = Settings(mapping_folder=tmp_path, **more)  # type: ignore[arg-type]
    return [(each.memory_limit, each.jobs) for each in memory.list_tries(document, settings)]


def test_how_much_memory_is_little(tmp_path: Path) -> None:
    assert tries(tmp_path, "p.csv", jobs=1) == [("350MB", 1), (None, 1)]
    assert tries(tmp_path, "p.csv", jobs=2) == [("350MB", 2), ("350MB", 1), (None, 2)]
    assert tries(tmp_path, "p.csv", jobs=16) == [("1550MB", 16), ("1550MB", 4), (None, 16)]
    assert tries(tmp_path, "p.csv", memory_limit="2GB", jobs=2) == [("2GB", 2)]
    assert tries(tmp_path, "-", jobs=2) == [(None, 2)]  # what came from standard input is gone


def test_what_little_memory_cannot_do_is_done_with_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m.rml.ttl").write_text(MAPPING.replace("SOURCE", "p.csv"), encoding="utf-8")
    rows = "".join(f"{n},name {n}\n" for n in range(20_000))
    (tmp_path / "p.csv").write_text("id,name\n" + rows, encoding="utf-8")
    monkeypatch.setattr(memory, "LEAST", 1)
    arguments = [str(tmp_path / "m.rml.ttl"), "-o", str(tmp_path / "o.nq"), "--data", str(tmp_path), "--jobs", "2"]
    done = CliRunner().invoke(map_command, [*arguments, "--memory-limit", "1MB"])
    assert done.exit_code == 3
    assert "out of memory" in done.stderr
    done = CliRunner().invoke(map_command, arguments)
    assert (done.exit_code, done.output) == (0, "")
    assert len((tmp_path / "o.nq").read_text(encoding="utf-8").splitlines()) == 20_000
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.rml.ttl", "o.nq", "p.csv"]


@pytest.mark.parametrize(("bound", "lacks"), [(132 << 20, True), (None, False)])
def test_a_package_that_cannot_be_listed_within_a_bound(
    monkeypatch: pytest.MonkeyPatch, bound: int | None, lacks: bool
) -> None:
    """DuckDB asks for its own version when it is imported, and a folder that there is no room to list seems empty."""
    monkeypatch.setattr("kg.system.memory.find_bound", lambda: bound)
    assert lacks_memory(PackageNotFoundError("duckdb")) is lacks


@pytest.mark.parametrize(
    ("bound", "told"), [(240 << 20, "out of memory: `ulimit -v` allows 240 MB"), (None, "out of memory")]
)
def test_what_the_system_refuses_names_the_bound(monkeypatch: pytest.MonkeyPatch, bound: int | None, told: str) -> None:
    monkeypatch.setattr("kg.tables.engine.failure.find_bound", lambda: bound)
    for error in (
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        duckdb.IOException('IO Error: {"exception_type":"IO","errno":"12"}'),
    ):
        with pytest.raises(KgError) as caught, blame_environment("the mapping could not be run"):
            raise error
        assert str(caught.value) == f"the mapping could not be run: {told}"


def test_a_driver_tells_that_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room for PyArrow the driver of SQLite says that it is not installed, as if the query were wrong."""
    with open_sqlite(tmp_path / "p.db") as connection:
        connection.execute("CREATE TABLE t (id INTEGER)")
    source = 'rml:source "p.db"; rml:referenceFormulation rml:SQL2008Table; rml:iterator "t"'
    text = MAPPING.replace('rml:source "SOURCE"; rml:referenceFormulation rml:CSV', source).replace('"name"', '"id"')
    (tmp_path / "m.rml.ttl").write_text(text, encoding="utf-8")
    real = builtins.__import__

    def lack(name: str, *rest: Any) -> Any:
        if name == "pyarrow":
            raise ImportError("libarrow.so: failed to map segment from shared object")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", lack)
    done = CliRunner().invoke(map_command, [str(tmp_path / "m.rml.ttl"), "-o", str(tmp_path / "o.nq")])
    assert lacks_memory(done.exception), done.output
