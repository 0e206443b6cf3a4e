"""Alike diagnostics are folded on a terminal; what is folded is counted, and `-v` shows it."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest
from terminal import PROGRAM, environment, run_kg

from kg.text.diagnostic import Diagnostic, Mark, SourceText
from kg.text.fold import fold_alike


def unused(name: str, line: int) -> Diagnostic:
    source = SourceText("seeds/entities/a.yaml", "\n".join(f"  e{number}: {{}}" for number in range(1, 30)))
    mark = Mark(source=source, line=line, column=3, end_line=line, end_column=5)
    return Diagnostic(code="unused-entity", mark=mark, message=f"nothing is said of `{name}`")


def test_five_alike_are_shown_whole() -> None:
    shown = list(fold_alike([unused(f"e{number}", number) for number in range(1, 6)]))
    assert len(shown) == 5
    assert not any("more like it" in text for text in shown)


def test_six_alike_are_folded_into_the_first() -> None:
    other = Diagnostic(code="unused-entity", mark=unused("x", 7).mark, message="something else")
    shown = list(fold_alike([*(unused(f"e{number}", number) for number in range(1, 7)), other]))
    assert shown[0] == (
        "warning[unused-entity]: nothing is said of `e1`\n"
        "  --> seeds/entities/a.yaml:1:3\n"
        "   |\n"
        " 1 |   e1: {}\n"
        "   |   ^^\n"
        "   = 5 more like it: seeds/entities/a.yaml:2:3, seeds/entities/a.yaml:3:3, seeds/entities/a.yaml:4:3 "
        "and 2 others; `-v` shows all"
    )
    assert len(shown) == 2 and "something else" in shown[1]


@pytest.mark.parametrize("many", [6, 49])
def test_the_count_is_that_of_all(many: int) -> None:
    (text,) = fold_alike([unused(f"e{number}", 1 + number % 20) for number in range(many)])
    assert f"{many - 1} more like it" in text


def check_on_terminal(folder: Path, *options: str) -> str:
    """What `kg check` writes to a terminal."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as reader:
        process = subprocess.Popen(
            [*PROGRAM, "check", *options], cwd=folder, env=environment(), stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        written = b""
        while True:
            try:
                chunk = reader.read(4096)
            except OSError:  # Linux: the other side is closed
                break
            if not chunk:
                break
            written += chunk
        process.wait(timeout=60)
    return written.decode("utf-8").replace("\r\n", "\n")


def test_a_terminal_sees_one_of_eight_and_everything_else_sees_all(tmp_path: Path) -> None:
    assert run_kg("init", "p", "--base", "https://a.example/", folder=tmp_path).code == 0
    entities = "".join(f"  unused-{number}: {{is: Person, label: Nobody {number}}}\n" for number in range(8))
    (tmp_path / "p/seeds/entities/more.yaml").write_text(f"kg: entities/1\nentities:\n{entities}", encoding="utf-8")
    folded = check_on_terminal(tmp_path / "p")
    assert folded.count("warning[unused-entity]") == 1
    assert "7 more like it: seeds/entities/more.yaml:4:3" in folded
    assert "8 warnings" in folded
    assert check_on_terminal(tmp_path / "p", "-v").count("warning[unused-entity]") == 8
    piped = run_kg("check", folder=tmp_path / "p")
    assert piped.err.count("warning[unused-entity]") == 8
    assert run_kg("check", "--format", "json", folder=tmp_path / "p").out.count('"unused-entity"') == 8
