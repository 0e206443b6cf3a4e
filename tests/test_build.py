"""`kg build`: all or nothing, the same bytes every time, one build at a time, and a summary that is true."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from killing import run_killed

from kg.build.build import STAGES, BuildReport, build_project, put_in_place, summarise_build
from kg.starter import init_project
from kg.system.files import ExportFile, encode_file, finish_exports, hold_lock, write_exports
from kg.system.project import Project
from kg.text.diagnostic import KgError

ROOT = Path(__file__).parents[1]
Built = tuple[Path, BuildReport, tuple[str, ...]]
DETERMINISTIC = (
    "graph.ttl",
    "graph.trig",
    "graph.nq",
    "graph.jsonld",
    "graph.dataset.jsonld",
    "context.jsonld",
    "claims.csv",
    "manifest.json",
)


def copy_project(folder: Path) -> Project:
    """A copy of this repository's own project, without its exports."""
    for part in ("ontology", "seeds"):
        shutil.copytree(ROOT / part, folder / part)
    return Project(folder)


def make_story(folder: Path) -> Project:
    """A small project, as `kg init` makes it."""
    init_project(folder, title="A story", base="https://story.example/")
    return Project(folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """This repository's own project, built, with the report and the stages that were told; tests only read it."""
    told: list[str] = []
    folder = tmp_path_factory.mktemp("own")
    report = build_project(copy_project(folder), progress=told.append)
    return folder, report, tuple(told)


def run_build(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg", "-C", str(folder), "build"],
        capture_output=True, text=True, encoding="utf-8", env={**os.environ, **environment}, check=False,
    )  # fmt: skip


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: sha256(p.read_bytes()).hexdigest() for p in sorted((folder / "exports").iterdir())}


def test_the_exports_are_what_the_seeds_give(built: Built) -> None:
    """`exports/` in the repository is byte for byte what `kg build` writes, and nothing else."""
    folder, report, _ = built
    assert not [d for d in report.diagnostics if d.severity > 0]
    for name in DETERMINISTIC:
        assert (folder / "exports" / name).read_bytes() == (ROOT / "exports" / name).read_bytes(), name
    tracked = {p.name for p in (ROOT / "exports").iterdir()} - {"graph.html", "graph.svg"}
    assert tracked == set(DETERMINISTIC) | ({"graph.png"} & tracked)


def test_two_builds_give_the_same_bytes_whatever_the_machine(tmp_path: Path) -> None:
    """Hash seed, locale, time zone and the order in which files were made change nothing, the page included."""
    first, second = tmp_path / "first", tmp_path / "second"
    copy_project(first)
    second.mkdir()
    for path in sorted(first.rglob("*"), reverse=True):  # the other order of creation
        if path.is_file():
            target = second / path.relative_to(first)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    one = run_build(first, PYTHONHASHSEED="1", LC_ALL="C", TZ="UTC", KG_TEXTS="")
    two = run_build(second, PYTHONHASHSEED="4242", LC_ALL="C.UTF-8", TZ="Asia/Shanghai", KG_TEXTS="")
    assert one.returncode == two.returncode == 0, one.stderr + two.stderr
    assert hashes(first) == hashes(second)
    assert set(hashes(first)) == {*DETERMINISTIC, "graph.html"}


def test_a_build_with_errors_writes_nothing(tmp_path: Path, built: Built) -> None:
    shutil.copytree(built[0], tmp_path, dirs_exist_ok=True)
    project = Project(tmp_path)
    before = hashes(tmp_path)
    claims = tmp_path / "seeds" / "claims" / "equalocean-2024-04-28.yaml"
    text = claims.read_text(encoding="utf-8").replace("o: beijing-auto-show-2024", "o: bejing")
    claims.write_text(text, encoding="utf-8")
    report = build_project(project)
    assert [d.code for d in report.diagnostics if d.severity == 2] == ["unknown-entity"]
    assert report.files == ()
    assert "written     nothing" in summarise_build(report)
    assert "\nquads       12,345\n" in summarise_build(replace(report, quads=12345))
    assert hashes(tmp_path) == before


def test_a_shape_that_is_broken_is_told_at_its_line_and_stops_the_build(tmp_path: Path, built: Built) -> None:
    shutil.copytree(built[0], tmp_path, dirs_exist_ok=True)
    project = Project(tmp_path)
    before = hashes(tmp_path)
    claims = next(p for p in (tmp_path / "seeds" / "claims").iterdir() if "73.6 kWh" in p.read_text(encoding="utf-8"))
    text = claims.read_text(encoding="utf-8").replace("73.6 kWh", "-73.6 kWh")
    claims.write_text(text, encoding="utf-8")
    report = build_project(project)
    found = [d for d in report.diagnostics if d.code == "shape"]
    assert found and report.files == ()
    assert hashes(tmp_path) == before  # what was published before stays
    for diagnostic in found:
        assert diagnostic.mark.file == claims.relative_to(tmp_path).as_posix()
        assert "73.6 kWh" in text.split("\n")[diagnostic.mark.line - 1]


def test_strict_stops_at_warnings(tmp_path: Path) -> None:
    project = make_story(tmp_path)
    entities = tmp_path / "seeds/entities/rivertown.yaml"
    extra = "\n  nobody-speaks-of: {is: Person, label: a silent person}\n"
    entities.write_text(entities.read_text(encoding="utf-8").rstrip("\n") + extra, encoding="utf-8")
    assert build_project(project, strict=True).files == ()
    report = build_project(project)
    assert [d.code for d in report.diagnostics if d.severity == 1] == ["unused-entity"]
    assert report.files


def test_every_stage_is_told_in_order(built: Built) -> None:
    assert built[2] == STAGES


def test_the_summary_counts_what_is_there(built: Built) -> None:
    folder, report, _ = built
    lines = dict(line.split(None, 1) for line in summarise_build(report).splitlines())
    seeds = report.checked.seeds
    assert lines["entities"] == str(len(seeds.entities))
    total, modes = lines["claims"].split(": ")
    assert int(total) == len(seeds.claims) == sum(int(part.split()[0]) for part in modes.split(", "))
    assert lines["graph"].split()[1] == sha256((folder / "exports" / "graph.nq").read_bytes()).hexdigest()


def test_the_manifest_names_every_file_read_and_written(built: Built) -> None:
    folder, _, _ = built
    manifest = json.loads((folder / "exports" / "manifest.json").read_text(encoding="utf-8"))
    for name, digest in {**manifest["inputs"], **{f"exports/{n}": d for n, d in manifest["exports"].items()}}.items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest, name
    yaml = {p.relative_to(folder).as_posix() for p in (folder / "seeds").rglob("*.yaml")}
    assert yaml <= set(manifest["inputs"])
    assert set(manifest["exports"]) == set(DETERMINISTIC) - {"manifest.json"}
    assert str(folder) not in json.dumps(manifest)


def test_a_second_build_at_the_same_time_is_refused(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    with hold_lock(project.work):
        done = run_build(tmp_path)
    assert done.returncode == 3
    assert done.stderr.strip().endswith("kg: another build of this project is running: wait until it is done")
    assert not (tmp_path / "exports").exists()


@pytest.mark.thorough
def test_a_build_killed_while_it_writes_leaves_each_file_whole_and_the_manifest_tells_a_mixture(
    tmp_path: Path, built: Built
) -> None:
    """SIGKILL at every write, rename, removal and sync: what README promises of `exports/`, word for word."""
    new = built[1]
    old = {file.name: b"old " + file.name.encode() for file in new.files}
    old["manifest.json"] = json.dumps(
        {"exports": {n: sha256(raw).hexdigest() for n, raw in old.items() if not n.endswith((".html", ".json"))}}
    ).encode()
    made = {file.name: file.raw for file in new.files if isinstance(file, ExportFile)}
    assert made.keys() == old.keys()
    seen = set()
    for last in range(1, 200):
        trial = Project(tmp_path / f"trial{last}")
        trial.exports.mkdir(parents=True)
        for name, raw in old.items():
            (trial.exports / name).write_bytes(raw)
        trial.work.mkdir()
        report = replace(new, checked=replace(new.checked, read=replace(new.checked.read, project=trial)))
        killed = run_killed(lambda report=report: put_in_place(report), last)  # type: ignore[misc]
        left = {name: (trial.exports / name).read_bytes() for name in old}
        assert all(left[name] in (old[name], made[name]) for name in old), last
        kinds = {left[name] == made[name] for name in old if not name.endswith(".html")}
        digests = json.loads(left["manifest.json"])["exports"]
        fits = all(sha256(left[name]).hexdigest() == digest for name, digest in digests.items())
        assert fits == (len(kinds) == 1), last
        seen.add((fits, kinds == {True}))
        finish_exports(trial.exports, trial.work)  # what the next build does first
        settled = {name: (trial.exports / name).read_bytes() for name in old}
        assert settled in (old, made)
        put_in_place(report)
        assert {p.name: p.read_bytes() for p in trial.exports.iterdir()} == made
        assert list(trial.work.iterdir()) == []
        if not killed:
            break
    assert seen == {(True, False), (False, False), (True, True)}  # old, mixed and told, new


def test_a_kill_between_two_renames_is_finished_by_the_next_run(tmp_path: Path) -> None:
    exports, work = tmp_path / "exports", tmp_path / ".kg"
    work.mkdir()
    write_exports([encode_file("a", "1"), encode_file("b", "1")], exports, work)
    (exports / ".a.new").write_text("2", encoding="utf-8")
    (exports / ".b.new").write_text("2", encoding="utf-8")
    (work / "exports.journal").write_text('[[".a.new", "a"], [".b.new", "b"]]', encoding="utf-8")
    (exports / ".a.new").replace(exports / "a")  # here the kill came
    finish_exports(exports, work)
    assert [(exports / n).read_text(encoding="utf-8") for n in "ab"] == ["2", "2"]
    assert sorted(p.name for p in exports.iterdir()) == ["a", "b"]


def test_a_folder_that_cannot_be_written_is_told_and_left_as_it_was(tmp_path: Path) -> None:
    """A file where the folder should be stands for every failure of the file system, also when run as root."""
    work = tmp_path / ".kg"
    work.mkdir()
    (tmp_path / "exports").write_text("in the way", encoding="utf-8")
    with pytest.raises(KgError, match=r"cannot write exports/: File exists"):
        write_exports([encode_file("a", "1")], tmp_path / "exports", work)
    assert (tmp_path / "exports").read_text(encoding="utf-8") == "in the way"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into read-only folders")
def test_read_only_exports(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    (tmp_path / "exports").mkdir(mode=0o500)
    with pytest.raises(KgError, match="cannot write exports/: Permission denied"):
        build_project(project)


def test_a_disk_that_is_full_leaves_the_old_exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exports, work = tmp_path / "exports", tmp_path / ".kg"
    work.mkdir()
    write_exports([encode_file("a", "1"), encode_file("b", "1")], exports, work)
    calls = 0

    def full(fileno: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KgError, match="cannot write exports/: No space left on device"):
        write_exports([encode_file("a", "2"), encode_file("b", "2")], exports, work)
    assert {p.name: p.read_text(encoding="utf-8") for p in exports.iterdir()} == {"a": "1", "b": "1"}


@pytest.mark.parametrize("stage", ["assert", "draw the page"])
def test_a_file_that_vanishes_during_the_build_is_told(tmp_path: Path, stage: str) -> None:
    project = make_story(tmp_path)
    gone = sorted((tmp_path / "ontology" / "questions").glob("*.rq"))[0]

    def remove(begun: str) -> None:
        if begun == stage:
            gone.unlink()

    with pytest.raises(KgError, match=f"cannot read {gone.name}: No such file"):
        build_project(project, progress=remove)
    assert not (tmp_path / "exports").exists()
