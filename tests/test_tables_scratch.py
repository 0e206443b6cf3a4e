"""The folder of a run: its neighbours leave it alone, and take what killed runs left."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.system.files import exchange_paths
from kg.tables.folders import scratch
from kg.tables.folders.scratch import PREFIX, make_scratch, remove_left, take_folder
from kg.tables.output import parts
from kg.tables.output.parts import replace_folder, restore_folder
from kg.text.diagnostic import KgError


def test_a_folder_is_there_until_its_run_ends(tmp_path: Path) -> None:
    with make_scratch(tmp_path) as mine:
        (mine / "lines.nq").write_text("x")
        remove_left(tmp_path)
        with make_scratch(tmp_path) as other:
            assert sorted(tmp_path.iterdir()) == sorted([mine, other])
        assert (mine / "lines.nq").exists()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_goes(tmp_path: Path) -> None:
    for name, files in (("with-lock", ("lock", "lines.nq")), ("before-its-lock", ()), ("half-removed", ("lines.nq",))):
        (tmp_path / f"{PREFIX}{name}").mkdir()
        for file in files:
            (tmp_path / f"{PREFIX}{name}" / file).touch()
    (tmp_path / "kept").mkdir()
    with make_scratch(tmp_path) as mine:
        assert sorted(tmp_path.iterdir()) == sorted([mine, tmp_path / "kept"])


@pytest.mark.parametrize("when", ["before the lock is opened", "between opening and locking"])
def test_a_neighbour_that_removes_a_fresh_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """It cannot know that somebody is about to lock it; the run takes another folder."""
    lost: list[Path] = []

    def lose_once(folder: Path) -> None:
        if not lost:
            lost.append(folder)
            remove_left(tmp_path)
            assert not folder.exists()

    if when == "before the lock is opened":
        make = tempfile.mkdtemp

        def make_and_lose(*args: object, **options: object) -> str:
            made: str = make(*args, **options)  # type: ignore[call-overload]
            lose_once(Path(made))
            return made

        monkeypatch.setattr(tempfile, "mkdtemp", make_and_lose)
    else:
        lock: Callable[[int], None] = scratch.lock_file

        def lose_and_lock(fileno: int) -> None:
            if not lost:
                lose_once(next(tmp_path.glob(f"{PREFIX}*")))
            lock(fileno)

        def only_ours(fileno: int) -> None:
            monkeypatch.setattr(scratch, "lock_file", lock)  # the neighbour's own lock is not disturbed
            lose_and_lock(fileno)

        monkeypatch.setattr(scratch, "lock_file", only_ours)
    with make_scratch(tmp_path) as mine:
        assert lost
        assert lost != [mine]
        assert list(tmp_path.iterdir()) == [mine]
        assert take_folder(mine) is None


def test_a_neighbour_that_holds_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "take_folder", lambda folder: shutil.rmtree(folder))
    told = f"cannot write {tmp_path.name}/: a neighbour removes every folder that is begun"
    with pytest.raises(KgError) as caught, make_scratch(tmp_path):
        pass
    assert str(caught.value) == told


@pytest.mark.skipif(sys.platform != "linux", reason="Linux can exchange two folders")
def test_two_folders_change_places(tmp_path: Path) -> None:
    one, other = make_folder(tmp_path / "one", "1"), make_folder(tmp_path / "other", "2")
    assert exchange_paths(one, other)
    assert read_all(tmp_path) == {"one/file": "2", "other/file": "1"}
    with pytest.raises(FileNotFoundError):
        exchange_paths(tmp_path / "gone", other)


# -- an output that is a folder -----------------------------------------------------------------


def make_folder(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "file").write_text(text)
    return path


def read_all(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_is_replaced_whole(tmp_path: Path, exchanges: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not exchanges:
        monkeypatch.setattr(parts, "exchange_paths", lambda one, other: False)
    replace_folder(make_folder(tmp_path / "new", "1"), tmp_path / "out")
    assert read_all(tmp_path) == {"out/file": "1"}
    replace_folder(make_folder(tmp_path / "new", "2"), tmp_path / "out")
    assert read_all(tmp_path) == {"out/file": "2"}


def test_a_run_that_is_killed_while_it_replaces_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed behind the first, then behind the second rename: the next run finds the earlier output, or the new.

    That is where the system cannot exchange two folders.
    """
    monkeypatch.setattr(parts, "exchange_paths", lambda one, other: False)
    make_folder(tmp_path / "out", "old")
    rename = Path.rename

    class KilledError(BaseException):
        pass

    def rename_once(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise KilledError
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename_once)
        with pytest.raises(KilledError):
            replace_folder(make_folder(tmp_path / "new", "new"), tmp_path / "out")
    shutil.rmtree(tmp_path / "new")  # as the next run does with the scratch folder
    restore_folder(tmp_path / "out")
    assert read_all(tmp_path) == {"out/file": "old"}

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: (_ for _ in ()).throw(KilledError()))
        with pytest.raises(KilledError):
            replace_folder(make_folder(tmp_path / "new", "new"), tmp_path / "out")
    restore_folder(tmp_path / "out")
    assert read_all(tmp_path) == {"out/file": "new"}


def test_a_folder_that_cannot_be_locked_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(KgError, match=r"No space left on device$"), make_scratch(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
