"""`kg review` as its users run it: by ids in scripts, key by key at a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import termios
import time
from pathlib import Path

import pytest
from story import lay_out
from terminal import PROGRAM, environment, run_kg
from test_accept import DRAFTS, FILES, texts_of

BY = ("--by", "Kim Berg", "--on", "2031-06-05")


def test_drafts_are_listed_and_shown(tmp_path: Path) -> None:
    lay_out(tmp_path, FILES)
    listed = run_kg("review", "--list", folder=tmp_path)
    assert listed.code == 0
    assert (
        listed.out
        == """\
post.port   Puffin · home port · Riga   (plan, unreviewed draft)
post.p4s1.battery   again: Tern · battery · 73.60 kWh   [1 warning]
post.calm   Tern · described as · “quiet ship”   (opinion, unreviewed draft)
"""
    )
    shown = run_kg("review", "port", "--texts", "texts", folder=tmp_path).out
    about, notes = shown[: shown.index("  note[")], shown[shown.index("  note[") :]
    assert (
        about
        == """\
post.port   seeds/drafts/post.yaml:10:5
  post p1s1  “Halden Yards has handed over 12 ferries since 2029, and 30 are ordered.”
  Puffin · home port · Riga   (plan, unreviewed draft)
  said by    Olle Brandt
  evidence   post.p1s1
  proposed   by Extractor on 2031-06-01 with Extractor 2.1
  new        Puffin (Ferry, puffin)
  comment    # row 1
"""
    )
    assert "note[name-not-in-sentence]: no name of the subject `puffin` stands in the paragraph of `post.p1s1`" in notes
    told = [
        json.loads(line) for line in run_kg("review", "--list", "--format", "json", folder=tmp_path).out.splitlines()
    ]
    assert [(one["id"], one["file"], one["line"]) for one in told] == [
        ("post.port", "seeds/drafts/post.yaml", 10),
        ("post.p4s1.battery", "seeds/drafts/post.yaml", 13),
        ("post.calm", "seeds/drafts/post.yaml", 16),
    ]
    assert told[0]["needs"] == ["puffin"] and told[1]["diagnostics"][0]["code"] == "figure-not-in-sentence"


def test_a_draft_that_cannot_be_read_is_shown_as_it_stands(tmp_path: Path) -> None:
    lay_out(tmp_path, FILES)
    broken = tmp_path / "seeds/drafts/post.yaml"
    broken.write_text(
        broken.read_text(encoding="utf-8") + "    none: 5\n    half: {s: tern}\n    rest: {p: crew, o: 7}\n",
        encoding="utf-8",
    )
    listed = run_kg("review", "--list", folder=tmp_path).out
    assert "post.half   Tern · ? · ?" in listed and "post.rest   ? · crew · 7" in listed
    shown = run_kg("review", "p4s1.none", "--texts", "texts", folder=tmp_path).out
    assert (
        shown
        == """\
post.p4s1.none   seeds/drafts/post.yaml:22:5
  post p4s1  “Hladen Yards calls the Tern a quiet ship.”
  |   # at its end
  | none: 5
  error[wrong-shape]: the claim `none` should be `{s:, p:, o:}` or `again`
"""
    )


def test_drafts_are_accepted_and_rejected_by_their_ids(tmp_path: Path) -> None:
    project = lay_out(tmp_path, FILES)
    done = run_kg("review", "port", "post.calm", "port", "--accept", *BY, folder=tmp_path)
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "`post.port` goes to claims/post.yaml",
        "`puffin` goes to entities/story.yaml",
        "`post.calm` goes to claims/post.yaml",
    ]
    done = run_kg("review", "p4s1.battery", "--reject", "of another\nship", *BY, folder=tmp_path)
    assert (done.code, done.out) == (0, "`post.p4s1.battery` is rejected\n")
    assert "reason: of another ship" in texts_of(project)["seeds/rejected.yaml"]
    assert run_kg("review", "--list", folder=tmp_path).out == ""
    assert run_kg("build", folder=tmp_path).code == 0
    assert run_kg("check", folder=tmp_path).err == "kg: 0 errors, 0 warnings, 4 notes\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["port", "--accept"], 2, "say who reviews: --by NAME"),
        (["--accept", *BY], 2, "name the drafts"),
        (["port", "--accept", "--reject", "no", *BY], 2, "give one of: --accept, --reject REASON"),
        (["port", "--reject", " ", *BY], 2, "say why it is rejected"),
        (["prot", "--accept", *BY], 2, "no draft `prot`: did you mean `port`?"),
        (["port", "--accept", "--by", "Kim", "--on", "soon"], 2, "`soon` is no date"),
        (["--list", "port"], 2, "--list goes alone"),
        ([], 2, "`kg review` asks at a terminal"),
    ],
)
def test_wrong_use_is_told_and_nothing_is_written(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    project = lay_out(tmp_path, FILES)
    before = texts_of(project)
    done = run_kg("review", *arguments, folder=tmp_path)
    assert done.code == code and words in done.err
    assert texts_of(project) == before


def test_what_is_refused_stays_and_says_why(tmp_path: Path) -> None:
    lay_out(
        tmp_path,
        {**FILES, "seeds/drafts/post.yaml": DRAFTS.replace("o: riga", "o: rigga"), "seeds/drafts/x.yaml": "a: [b"},
    )
    done = run_kg("review", "port", "--accept", *BY, folder=tmp_path)
    assert done.code == 1
    assert done.err == "kg: `post.port` stays: seeds/drafts/post.yaml:10:39: no entity `rigga`\n"
    assert (
        "kg: seeds/drafts/x.yaml cannot be read: `kg check` says why\n"
        in run_kg("review", "--list", folder=tmp_path).err
    )


class Terminal:
    """`kg` at a terminal: what it shows, and keys for it."""

    def __init__(self, *arguments: str, folder: Path, **variables: str) -> None:
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*PROGRAM, *arguments], cwd=folder, env=environment(**variables), start_new_session=True,
            stdin=theirs, stdout=theirs, stderr=theirs,
        )  # fmt: skip
        os.close(theirs)
        self.shown = ""

    def wait_for(self, words: str) -> str:
        """What is shown until *words*, which are taken as read."""
        end = time.monotonic() + 60
        while words not in self.shown and time.monotonic() < end:
            if select.select([self.ours], [], [], 1)[0]:
                try:
                    piece = os.read(self.ours, 4096)
                except OSError:
                    break
                self.shown += piece.decode("utf-8").replace("\r\n", "\n")
        before, found, self.shown = self.shown.partition(words)
        assert found, before
        return before

    def press(self, key: str) -> None:
        """One key, once single keys are read."""
        self.send(key, lines=False)

    def send(self, keys: str, *, lines: bool = True) -> None:
        """Keys, once they are read by lines, or one by one."""
        end = time.monotonic() + 60
        while bool(termios.tcgetattr(self.ours)[3] & termios.ICANON) is not lines and time.monotonic() < end:
            time.sleep(0.01)
        os.write(self.ours, keys.encode())

    def end(self) -> int:
        code = self.process.wait(60)
        os.close(self.ours)
        return code


def test_at_a_terminal_each_draft_has_its_key(tmp_path: Path) -> None:
    project = lay_out(tmp_path, FILES)
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/quiet ship/calm ship/' \"$1\"\n", encoding="utf-8")
    editor.chmod(0o755)
    terminal = Terminal(
        "review", "--texts", "texts", "--on", "2031-06-05", folder=tmp_path, EDITOR=str(editor), VISUAL=""
    )
    keys = "a accept   e edit   r reject   s skip   q quit\n"
    shown = terminal.wait_for(keys)
    assert "3 left\npost.port" in shown and "“Halden Yards has handed over 12 ferries" in shown
    terminal.press("a")
    terminal.wait_for("who reviews")
    terminal.send("Kim Berg\n")
    terminal.wait_for("`post.port` goes to claims/post.yaml\n")
    assert "2 left\npost.p4s1.battery" in terminal.wait_for(keys)
    terminal.press("x")
    terminal.wait_for(keys)
    terminal.press("r")
    terminal.wait_for("why")
    terminal.send("of another ship\n")
    assert "1 left\npost.calm" in terminal.wait_for(keys)
    terminal.press("e")
    assert "“calm ship”" in terminal.wait_for(keys)
    terminal.press("s")
    terminal.wait_for("done; 1 skipped")
    assert terminal.end() == 0
    texts = texts_of(project)
    assert "reviewed: {by: Kim Berg, on: 2031-06-05}" in texts["seeds/claims/post.yaml"]
    assert "reason: of another ship" in texts["seeds/rejected.yaml"]
    assert "      o: calm ship\n" in texts["seeds/drafts/post.yaml"]
