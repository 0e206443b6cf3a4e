"""The stage itself: folders are laid as they were, and a run waits where it is told to."""

from __future__ import annotations

import os
from pathlib import Path

from commands import COMMANDS
from staging import PAUSE, Fault, Played, lay_files, read_files, sum_up
from theatre import Theatre


def test_a_folder_is_laid_to_the_letter(tmp_path: Path) -> None:
    one = tmp_path / "one"
    (one / "a/b").mkdir(parents=True)
    (one / "a/file").write_bytes(b"1")
    (one / "a/file").chmod(0o600)
    (one / "a/link").symlink_to("file")
    os.mkfifo(one / "a/pipe")
    files = read_files(one)
    other = tmp_path / "other"
    (other / "a/file/more").mkdir(parents=True)
    (other / "a/link").write_bytes(b"no link")
    (other / "a/pipe").symlink_to("nowhere")
    lay_files(other, files)
    assert read_files(other) == files
    assert sum_up(files) == {"a": None, "a/b": None, "a/file": b"1", "a/link": b"-> file", "a/pipe": b""}


def test_each_run_waits_at_its_step(theatre: Theatre) -> None:
    """Also where the run before had waited."""
    (command,) = (c for c in COMMANDS if c.name == "yarrrml")
    known = theatre.watch(command)
    for _ in range(2):
        trial = theatre.set(command)
        ended: list[Played] = []
        running = theatre.stage.begin(lambda: ended.append(theatre.play(command, Fault(first=1, error=PAUSE))))  # noqa: B023
        assert theatre.stage.wait_paused(running)
        assert running.is_alive()
        assert (trial / "out/rows.rml.ttl").read_bytes() == known.before["out/rows.rml.ttl"]
        theatre.stage.resume()
        running.join()
        assert ended[0].hit == 1
        assert (trial / "out/rows.rml.ttl").read_bytes() == known.after["out/rows.rml.ttl"]
