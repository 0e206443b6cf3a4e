"""`kg build` with workers: the same exports, byte for byte, as without; the same mistakes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from test_tables_project import BASE, DATA, MAPPING, ONTOLOGY, write

from kg.build.build import build_project
from kg.starter import init_project
from kg.system.project import Project
from kg.tables.cluster.connect import ClusterChoice
from kg.tables.cluster.project import hire_workers
from kg.text.diagnostic import KgError, Severity

HEAD = """prefixes: {e: "https://story.example/entity/", r: "https://story.example/relation/", x: "https://x.example/"}
mappings:
"""
GREAT = """  row:
    sources: [[great.csv~csv]]
    s: x:row/$(id)
    po: [[x:group, $(group)], [x:pair, {mapping: pair, condition: {function: equal, parameters: [[str1, $(group)], [str2, $(id)]]}}]]
  pair:
    sources: [["great.jsonl~jsonpath", "$"]]
    s: x:pair/$(id)
    po: [[x:kind, $(kind)]]
"""  # noqa: E501


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A project with a table in its graph, one that is a file, and one of an answer."""
    folder = tmp_path / "story"
    init_project(folder, title="A story", base=BASE)
    with (folder / "ontology" / "story.ttl").open("a", encoding="utf-8") as file:
        file.write(ONTOLOGY)
    rows = "".join(f"{n},{n % 7}\n" for n in range(300))
    lines = "".join(f'{{"id": {n}, "kind": "k{n % 3}"}}\n' for n in range(20))
    for name, text in {
        "places.yarrrml.yaml": MAPPING,
        "places.csv": DATA,
        "great.yarrrml.yaml": HEAD + GREAT,
        "great.csv": "id,group\n" + rows,
        "great.jsonl": lines,
    }.items():
        write(folder, name, text)
    dataset = folder / "seeds" / "dataset.yaml"
    dataset.write_text(dataset.read_text(encoding="utf-8") + "tables: {great: file}\n", encoding="utf-8")
    return folder


def read_exports(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_exports_are_those_of_one_machine(story: Path, scheduler: str) -> None:
    report = build_project(Project(story))
    assert not [d for d in report.diagnostics if d.severity is Severity.ERROR]
    wanted = read_exports(story / "exports")
    assert "tables/great.nq.gz" in wanted
    told: list[str] = []
    hire = partial(hire_workers, ClusterChoice(address=scheduler), tell=told.append, part_size=500)
    again = build_project(Project(story), hire=hire)
    assert again.diagnostics == report.diagnostics
    assert read_exports(story / "exports") == wanted
    assert told[0].startswith("2 workers of ")
    assert not [p for p in (story / ".kg").rglob("*") if p.name == "stored" or p.suffix == ".parquet"]


def test_mistakes_in_rows_are_those_of_one_machine(story: Path, scheduler: str) -> None:
    places = story / "seeds" / "tables" / "places.csv"
    places.write_text("key,code,near\nbridge,R1 2AB,mayor\nmayor,R1 9ZZ,nobody\n", encoding="utf-8")
    report = build_project(Project(story))
    assert any(d.code == "table-entity" for d in report.diagnostics)
    hire = partial(hire_workers, ClusterChoice(address=scheduler), tell=lambda text: None)
    assert build_project(Project(story), hire=hire).diagnostics == report.diagnostics


def test_a_scheduler_that_is_not_there_leaves_the_exports(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.tables.cluster.connect.PATIENCE", 0.5)
    build_project(Project(story))
    wanted = read_exports(story / "exports")
    hire = partial(hire_workers, ClusterChoice(address="tcp://127.0.0.1:9"), tell=lambda text: None)
    with pytest.raises(KgError, match=r"^no scheduler at `tcp://127.0.0.1:9`: "):
        build_project(Project(story), hire=hire)
    assert read_exports(story / "exports") == wanted
    assert not list((story / ".kg").glob("tables/*"))
