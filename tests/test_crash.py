"""Commands that change what a curator wrote, killed at every step: old or new, never mixed, nothing left over."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from killing import read_all, record_kills, run_killed
from terminal import PROGRAM, environment, run_kg

from kg.build import pipeline
from kg.build.build import build_project
from kg.build.pipeline import Checked, ReadProject, check_drafts, check_files, read_project
from kg.build.publish import publish_graph
from kg.change.rebase import plan_rebase
from kg.change.rekey import write_rewritten
from kg.cli import kg
from kg.drafts.review.accept import plan_acceptance
from kg.drafts.review.act import accept_draft
from kg.drafts.review.draft import Draft, find_draft, list_drafts
from kg.drafts.review.plan import Reviewer, ReviewPlan, apply_review, name_reviewer
from kg.evidence.outline import find_source, update_outline
from kg.starter import init_project
from kg.system.files import (
    CURATED,
    ExportFile,
    encode_file,
    finish_exports,
    hold_lock,
    settle_curated,
    write_exports,
)
from kg.system.project import Drafts, Project
from kg.text.diagnostic import KgError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork and SIGKILL of POSIX")


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A project whose text was corrected."""
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    text = tmp_path / "story/texts/bridge.txt"
    text.write_text(text.read_text(encoding="utf-8").replace("The new", "It is news.\n\nThe new"), encoding="utf-8")
    entities = tmp_path / "story/seeds/entities/rivertown.yaml"
    names = entities.read_text(encoding="utf-8").replace(
        "label: the mayor of Rivertown}", "label: the mayor of Rivertown, alias: {en: {The mayor: [bridge.p1s2]}}}"
    )
    entities.write_text(names, encoding="utf-8")
    return tmp_path / "story"


def kill_everywhere(story: Path, work: Callable[[Path], object], settle: Callable[[Path], object]) -> tuple[int, int]:
    """How often *work*, killed at each of its steps, had left the old state and how often the new one.

    What the work does next depends on the files alone, so of equal folders one is worked on. Every 13th step is killed
    in earnest, and must leave what was recorded.
    """
    before = read_all(story)
    done, recorded = story.with_name("done"), story.with_name("recorded")
    for folder in (done, recorded):
        shutil.copytree(story, folder)
    work(done)  # what is loaded and found once in a process is so before steps are counted
    after = read_all(done)
    assert before != after
    trials = record_kills(lambda: work(recorded), recorded, story.with_name("trials"))
    assert read_all(recorded) == after
    check_some_kills(trials, work, story)
    states = {"old": 0, "new": 0}
    tried: set[frozenset[tuple[str, bytes]]] = set()
    for trial in trials:
        settle(trial)
        state = {n: raw for n, raw in read_all(trial).items() if not n.startswith(".kg/")}
        assert state in (before, after), (trial.name, state.keys() ^ before.keys())
        states["old" if state == before else "new"] += 1
        folders = {(path.relative_to(trial).as_posix(), b"") for path in trial.rglob("*") if path.is_dir()}
        left = frozenset(folders | set(read_all(trial).items()))
        if left not in tried:
            if state == before:
                work(trial)
            else:
                with hold_lock(trial / ".kg"):  # as every command does that writes
                    finish_exports(trial, trial / ".kg", CURATED)
            assert read_all(trial) == after
        tried.add(left)
        shutil.rmtree(trial)
    return states["old"], states["new"]


def read_alike(folder: Path) -> dict[str, bytes]:
    """All files under a folder, whichever process wrote them."""
    return {re.sub(r"\.\d+\.new$", ".N.new", name): raw for name, raw in read_all(folder).items()}


def check_some_kills(trials: list[Path], work: Callable[[Path], object], before: Path) -> None:
    """SIGKILL at every 13th step leaves what was recorded: at that step, or one near by (a killed run's leftovers may
    be swept by the next, in steps of its own).
    """
    recorded = [read_alike(trial) for trial in trials]
    for last in range(1, len(trials) + 1, 13):
        killed = before.with_name(f"killed{last}")
        if before.exists():
            shutil.copytree(before, killed)
        assert run_killed(lambda killed=killed: work(killed), last)  # type: ignore[misc]
        assert read_alike(killed) in recorded, last
        shutil.rmtree(killed, ignore_errors=True)


def settle(story: Path) -> None:
    settle_curated(story, story / ".kg")


@pytest.mark.thorough
def test_rebase_killed_anywhere(story: Path) -> None:
    def work(folder: Path) -> None:
        project = Project(folder)
        with hold_lock(project.work, "rebase"):
            finish_exports(project.root, project.work, CURATED)
            checked = check_files(read_project(project, folder / "texts"))
            plan = plan_rebase(checked, find_source(checked.seeds, "bridge"))
            assert len(plan.files) == 3
            write_rewritten(plan.files, project)

    old, new = kill_everywhere(story, work, settle)
    assert old >= 12 and new >= 4


@pytest.mark.thorough
def test_outline_killed_anywhere(story: Path) -> None:
    (story / "seeds/claims/bridge.yaml").unlink()
    (story / "seeds/entities/rivertown.yaml").unlink()

    def work(folder: Path) -> None:
        project = Project(folder)
        with hold_lock(project.work, "outline"):
            finish_exports(project.root, project.work, CURATED)
            checked = check_files(read_project(project, folder / "texts"))
            update_outline(checked, find_source(checked.seeds, "bridge"))

    old, new = kill_everywhere(story, work, settle)
    assert old >= 8 and new >= 2


@pytest.mark.thorough
def test_merge_killed_anywhere(story: Path) -> None:
    other = story / "seeds/entities/other.yaml"
    other.write_text("kg: entities/1\nentities:\n  chair: {is: Person, label: The chair}   # who?\n", encoding="utf-8")
    claims = story / "seeds/claims/bridge.yaml"
    claims.write_text(claims.read_text(encoding="utf-8").replace("{by: mayor,", "{by: chair,"), encoding="utf-8")

    def work(folder: Path) -> None:
        result = CliRunner().invoke(kg, ["-C", str(folder), "merge", "mayor", "chair"], standalone_mode=False)
        assert result.return_value == 0, result.output

    old, new = kill_everywhere(story, work, settle)
    assert old >= 12 and new >= 4


def test_accept_killed_anywhere(story: Path) -> None:
    """A claim and the entity that it needs go from their drafts, whose files go, to the curator's, or nothing does."""
    drafts = story / "seeds/drafts"
    drafts.mkdir()
    (drafts / "things.yaml").write_text(
        "kg: entities/1\nentities:\n  gate: {is: Bridge, label: Gate}\n", encoding="utf-8"
    )
    text = """\
kg: claims/1
source: bridge
claims:
  p1s1 8a4a3c80:
    gate: {s: gate, p: length, o: 120 m, mode: plan}   # near the bridge
"""
    (drafts / "bridge.yaml").write_text(text, encoding="utf-8")

    checked = check_files(read_project(Project(story), drafts=Drafts.BUILT_IN))
    plan = plan_acceptance(checked, find_draft(list_drafts(checked), "gate"), name_reviewer("Kim Berg", "2031-06-05"))
    assert plan.refused == () and len(plan.files) == 4

    def work(folder: Path) -> None:
        project = Project(folder)
        with hold_lock(project.work, "review"):
            finish_exports(project.root, project.work, CURATED)
            apply_review(replace(plan, files=tuple(replace(f, path=folder / f.name) for f in plan.files)), project)
        assert list((folder / "seeds/drafts").iterdir()) == []

    old, new = kill_everywhere(story, work, settle)
    assert old >= 8 and new >= 5


@pytest.mark.thorough
def test_updated_expectations_killed_anywhere(story: Path) -> None:
    questions = story / "ontology/questions"
    shutil.copy(questions / "promises.rq", questions / "again.rq")
    (questions / "promises.csv").write_text("claim\n", encoding="utf-8")

    def work(folder: Path) -> None:
        result = CliRunner().invoke(kg, ["-C", str(folder), "test", "--update"], standalone_mode=False)
        assert result.return_value == 0, result.output

    old, new = kill_everywhere(story, work, settle)
    assert old >= 10 and new >= 3


@pytest.mark.thorough
@pytest.mark.parametrize("there", [False, True], ids=["new folder", "folder with a README"])
def test_init_killed_anywhere(tmp_path: Path, there: bool) -> None:
    reference = tmp_path / "reference"
    init_project(reference, title="A story", base="https://story.example/")
    wanted = read_all(reference)
    if there:
        wanted["README.md"] = b"mine"
    town = tmp_path / "town"

    def work(folder: Path) -> None:
        init_project(folder, title="A story", base="https://story.example/")

    if there:
        town.mkdir()
        (town / "README.md").write_bytes(b"mine")
        shutil.copytree(town, tmp_path / "before")
    trials = record_kills(lambda: work(town), town, tmp_path / "trials")
    assert len(trials) > 40
    check_some_kills(trials, work, tmp_path / "before")
    assert run_again(town) == f"{town} holds a project already"
    for trial in (town, *trials):
        again = run_again(trial)
        assert read_all(trial) == wanted, trial.name
        hidden = sorted(p.name for p in trial.iterdir() if p.name.startswith("."))
        assert hidden == [".gitignore"] or (again != "made" and hidden == [".gitignore", ".kg"])


def run_again(town: Path) -> str:
    try:
        init_project(town, title="A story", base="https://story.example/")
    except KgError as error:
        return str(error)
    return "made"


@pytest.mark.parametrize("last", [1, 2, 5, 20, 40])
def test_a_full_disk_leaves_no_half_project(tmp_path: Path, last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    sync, calls = os.fsync, 0

    def full(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == last:
            raise OSError(28, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    town = tmp_path / "a" / "town"
    told = run_again(town)
    assert told == ("cannot write town/: No space left on device" if calls >= last else "made")
    assert town.exists() == (calls < last)
    monkeypatch.undo()
    assert run_again(town) == ("made" if calls >= last else f"{town} holds a project already")
    assert (town / "seeds/dataset.yaml").is_file()


def test_two_rebases_at_once_one_wins_and_the_other_is_told(story: Path) -> None:
    command = [*PROGRAM, "evidence", "rebase", "bridge", "--texts", "texts"]
    done: list[subprocess.CompletedProcess[str]] = []

    def run() -> None:
        done.append(subprocess.run(command, cwd=story, env=environment(), capture_output=True, text=True, check=False))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {(d.returncode, d.stderr) for d in done}
    busy = {f"kg: another {what} of this project is running: wait until it is done\n" for what in ("rebase", "build")}
    assert told - {(3, text) for text in busy} == {(0, "")}
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=story).code == 0
    assert run_kg("check", "--texts", "texts", folder=story).code == 0


def test_whoever_comes_next_settles_what_was_killed(story: Path) -> None:
    """`kg check` reads no half-written claims: it finishes the renames, or waits for who still writes."""
    (story / ".kg").mkdir()
    claims = story / "seeds/claims/bridge.yaml"
    text = claims.read_text(encoding="utf-8")
    (story / "seeds/claims/.bridge.yaml.new").write_text(text + "# new\n", encoding="utf-8")
    (story / ".kg" / CURATED).write_text(
        '[["seeds/claims/.bridge.yaml.new", "seeds/claims/bridge.yaml"]]', encoding="utf-8"
    )
    with hold_lock(story / ".kg", "rebase"):
        done = run_kg("check", folder=story)
        assert (done.code, done.err) == (3, "kg: another rebase of this project is running: wait until it is done\n")
    assert run_kg("check", folder=story).code == 0
    assert claims.read_text(encoding="utf-8") == text + "# new\n"
    assert not (story / ".kg" / CURATED).exists()


def test_files_that_change_while_they_are_read_are_read_again(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a reader beside `kg rename` has the one file as it was and the other as it is."""
    readings = 0

    def read(project: Project, *others: Any) -> ReadProject:
        nonlocal readings
        readings += 1
        found = read_files(project, *others)
        for kind, name in (("claims", "bridge.yaml"), ("entities", "rivertown.yaml")) if readings <= most else ():
            path = story / "seeds" / kind / name
            path.with_name("new").write_text(path.read_text(encoding="utf-8") + "# new\n", encoding="utf-8")
            path.with_name("new").replace(path)
        return found

    read_files, most = pipeline._read_files, 1
    monkeypatch.setattr(pipeline, "_read_files", read)
    found = check_files(read_project(Project(story), story / "texts"))
    assert readings == 2
    assert found.seeds.claims[0].mark.source.text.endswith("# new\n")
    readings, most = 0, 99
    with pytest.raises(KgError, match=r"^the files of the project change again and again while they are read"):
        read_project(Project(story), story / "texts")


def test_drafts_that_go_between_two_readings(story: Path) -> None:
    """`kg check` reads drafts after all else; `kg review` beside it may have accepted them by then."""
    draft = story / "seeds/drafts/gate.yaml"
    draft.parent.mkdir()
    draft.write_text("kg: entities/1\nentities:\n  gate: {is: Bridge, label: Gate}\n", encoding="utf-8")
    checked = check_files(read_project(Project(story), story / "texts"))
    assert checked.project.draft_files == (draft,)
    draft.unlink()
    assert check_drafts(checked) == ()
    assert [path for path, _ in checked.read.draft_documents] == [draft]  # as it was when all else was read


def test_what_an_editor_saves_while_a_draft_is_accepted_stays(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor takes no lock: the plan is made again for what the file holds now."""
    entities, draft = story / "seeds/entities/rivertown.yaml", story / "seeds/drafts/bridge.yaml"
    draft.parent.mkdir()
    claim = (
        "kg: claims/1\nsource: bridge\nclaims:\n  p1s1 12dca05b:\n    w: {s: bridge, p: length, o: 12 m, mode: plan}\n"
    )
    draft.write_text(claim, encoding="utf-8")
    readings = 0

    def plan(checked: Checked, one: Draft, reviewer: Reviewer) -> ReviewPlan:
        nonlocal readings
        readings += 1
        if readings == 1:
            draft.write_text(claim + "    # a word of mine\n", encoding="utf-8")
            entities.write_text(entities.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
        return plan_acceptance(checked, one, reviewer)

    monkeypatch.setattr("kg.drafts.review.act.plan_acceptance", plan)
    assert not accept_draft(Project(story), "bridge.w", name_reviewer("Kim Berg", "2031-06-05"), None).refused
    assert readings == 2
    claims = (story / "seeds/claims/bridge.yaml").read_text(encoding="utf-8")
    assert "w: {s: bridge" in claims and "# a word of mine" in claims
    assert entities.read_text(encoding="utf-8").endswith("# mine\n")


def test_a_file_that_is_saved_while_the_graph_is_built_is_told(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the manifest would say that the graph was made of it."""
    entities = story / "seeds/entities/rivertown.yaml"

    def publish(checked: Checked) -> tuple[ExportFile, ...]:
        entities.write_text(entities.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
        return publish_graph(checked)

    monkeypatch.setattr("kg.build.build.publish_graph", publish)
    told = r"^seeds/entities/rivertown.yaml was changed in the meantime: nothing is written; build again$"
    with pytest.raises(KgError, match=told):
        build_project(Project(story))
    assert not (story / "exports").exists()


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", 3])
def test_a_journal_that_leads_out_of_the_project_is_refused(tmp_path: Path, name: object) -> None:
    (tmp_path / "x").write_text("mine", encoding="utf-8")
    folder, work = tmp_path / "story", tmp_path / "story/.kg"
    work.mkdir(parents=True)
    for record in ([["a", name]], {"begun": [name], "folders": []}, {"begun": [], "folders": [name]},
                   {"pairs": [], "gone": [name]}):  # fmt: skip
        (work / CURATED).write_text(json.dumps(record), encoding="utf-8")
        with pytest.raises(KgError) as caught:
            finish_exports(folder, work, CURATED)
        assert str(caught.value) == f"cannot read .kg/curated.journal: {name!r} is no name of a file in it"
    assert (tmp_path / "x").read_text(encoding="utf-8") == "mine"


def test_files_keep_who_may_read_them(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old", encoding="utf-8")
    (tmp_path / "a").chmod(0o600)
    write_exports([encode_file("a", "new")], tmp_path, tmp_path / ".kg", CURATED)
    assert (tmp_path / "a").read_text(encoding="utf-8") == "new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
