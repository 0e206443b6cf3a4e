"""The entry to the community's challenge: its container's file, and its executor beside a stand-in of the framework."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from kg.tables.command import map_command

ROOT = Path(__file__).parents[1]
ENTRY = ROOT / "tests" / "benchmarks" / "entry"


class Container:
    """What the framework's class of this name is asked for: it keeps the command, and runs no container."""

    def __init__(self, container: str, name: str, logger: object, volumes: list[str]) -> None:
        self.image, self.volumes = container, volumes
        self.commands: list[str] = []

    def run_and_wait_for_exit(self, command: str = "") -> bool:
        self.commands.append(command)
        return True


class Logger:
    def __init__(self, name: str, directory: str, verbose: bool) -> None:
        self.name = name


@pytest.fixture
def executor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The executor of a case whose folder is *tmp_path*."""
    for name, held in (("container", {"Container": Container}), ("logger", {"Logger": Logger})):
        module = ModuleType(f"bench_executor.{name}")
        vars(module).update(held)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(sys.modules, "bench_executor", ModuleType("bench_executor"))
    monkeypatch.setattr("os.umask", lambda mask: 0)
    spec = importlib.util.spec_from_file_location("bench_executor.kgmap", ENTRY / "kgmap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "data" / "shared").mkdir(parents=True)
    return module.KgMap(str(tmp_path / "data"), str(tmp_path), str(tmp_path), False)


def test_the_command_of_a_step_maps_a_case(executor: Any, tmp_path: Path) -> None:
    shared = tmp_path / "data" / "shared"
    (shared / "data.csv").write_text("id,p1\n1,a\n2,b\n", encoding="utf-8")
    (shared / "mapping.rml.ttl").write_text(
        "@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> .\n"
        "@prefix ql: <http://semweb.mmlab.be/ns/ql#> . @prefix ex: <http://example.com/> .\n"
        f'ex:m rml:logicalSource [ rml:source "{shared}/data.csv"; rml:referenceFormulation ql:CSV ];\n'
        ' rr:subjectMap [ rr:template "http://ex.com/table/{id}" ];\n'
        ' rr:predicateObjectMap [ rr:predicate ex:p1; rr:objectMap [ rml:reference "p1" ] ] .\n',
        encoding="utf-8",
    )
    assert executor.execute_mapping(mapping_file="mapping.rml.ttl", output_file="out.nt", serialization="ntriples")
    assert executor.volumes == [f"{shared}:/data/shared"]
    (command,) = executor.commands
    start, arguments = shlex.split(command)[:4], shlex.split(command.replace("/data/shared", str(shared)))[4:]
    assert start == ["timeout", "6h", "kg", "map"]
    done = CliRunner().invoke(map_command, arguments, catch_exceptions=False)
    assert (done.exit_code, done.output) == (0, "")
    assert sorted((shared / "out.nt").read_text(encoding="utf-8").splitlines()) == [
        f'<http://ex.com/table/{n}> <http://example.com/p1> "{value}" .' for n, value in (("1", "a"), ("2", "b"))
    ]


def test_the_database_of_a_step_is_given_by_its_address(executor: Any) -> None:
    database = {"rdb_username": "root", "rdb_password": "a b/c@", "rdb_host": "PostgreSQL", "rdb_port": 5432}
    executor.execute_mapping("m.ttl", "o.nq", "nquads", **database, rdb_name="db", rdb_type="PostgreSQL")
    assert shlex.split(executor.commands[0])[-2:] == ["--db", "postgresql://root:a%20b%2Fc%40@PostgreSQL:5432/db"]


@pytest.mark.parametrize(("given", "told"), [({"serialization": "rdfxml"}, "rdfxml"), ({"rdb_type": "DB2"}, "DB2")])
def test_what_the_entry_cannot_do_is_refused(executor: Any, given: dict[str, str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        executor.execute_mapping(**{"mapping_file": "m.ttl", "output_file": "o.nq", "serialization": "nquads", **given})
    assert executor.commands == []


def test_the_container_file_holds_what_an_installation_needs(executor: Any) -> None:
    text = (ENTRY / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    words = [line.split(maxsplit=1) for line in lines]
    assert [word for word, _ in words] == ["FROM", *["COPY"] * 4, "RUN", "WORKDIR", "CMD"]
    copied = {source for word, rest in words if word == "COPY" for source in rest.split()[:-1]}
    assert all((ROOT / source).exists() for source in copied)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = {"pyproject.toml", *re.findall(r'^readme = "(.+)"|^license-files = \["(.+)"\]', project, re.M)[0]}
    needed |= {source.split("/")[0] for source in re.findall(r'^"(.+)" = "kg/starter/', project, re.M)}
    assert {"kg", *(n for n in needed if n)} <= copied
    assert f"-t {executor.image} " in text
    version = re.search(r'^version = "(.+)"', project, re.M)
    assert version is not None
    assert executor.image.endswith(":" + version[1])


@pytest.mark.parametrize("script", ["challenge.py", "tables.py", "databases.py", "cluster.py"])
def test_a_benchmark_of_tables_finds_what_it_imports(tmp_path: Path, script: str) -> None:
    """They are run by hand, from any folder, and share modules with the tests, which move."""
    path = ROOT / "tests" / "benchmarks" / script
    done = subprocess.run(
        [sys.executable, str(path), "--help"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
