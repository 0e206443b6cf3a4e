"""Files that are watched, and `kg check --watch`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

from kg.system.watch import read_state, wait_for_change

ROOT = Path(__file__).parents[1]


def test_a_change_is_seen_when_it_is_whole(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    file = tmp_path / "sub" / "a.yaml"
    file.write_text("a", encoding="utf-8")
    read = partial(read_state, [tmp_path, tmp_path / "none"])
    before = read()
    (tmp_path / ".a.yaml.swp").write_text("x", encoding="utf-8")  # of an editor
    assert read() == before
    threading.Timer(0.1, file.write_text, ("a longer text",)).start()
    after = wait_for_change(read, before)
    assert {Path(name).name: size for name, _, size in after} == {"a.yaml": 13}


def test_check_is_run_again_when_a_file_changes(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "check", "--watch"], cwd=folder, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stderr is not None
    stopping = threading.Timer(60, process.kill)
    stopping.start()

    def read_round() -> str:
        assert process.stderr is not None
        lines: list[str] = []
        for line in process.stderr:
            if "waiting for a change" in line:
                return "".join(lines)
            lines.append(line)
        raise AssertionError("".join(lines))

    try:
        assert "error[" not in read_round()
        dataset = folder / "seeds" / "dataset.yaml"
        dataset.write_text(dataset.read_text("utf-8").replace("licence:", "license:"), encoding="utf-8")
        assert "seeds/dataset.yaml:" in read_round()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    finally:
        stopping.cancel()
        process.kill()
        process.wait()
        process.stderr.close()
