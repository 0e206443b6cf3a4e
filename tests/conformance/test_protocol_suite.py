"""The published suites of the SPARQL 1.1 Protocol and of the Graph Store Protocol, asked of `kg serve`.

`KG_CONFORMANCE` names the folder of the suites and of their runner, `run_protocol.py`.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

_FOLDER = Path(os.environ.get("KG_CONFORMANCE", "")) / "run_protocol.py"

pytestmark = pytest.mark.skipif(
    not _FOLDER.is_file(), reason="KG_CONFORMANCE does not name a folder with `run_protocol.py`"
)


def test_every_case_of_both_suites_passes() -> None:
    start = shlex.join([sys.executable, "-m", "kg", "serve", "--memory", "--write", "--no-token", "--port", "{port}"])
    command = [sys.executable, str(_FOLDER), "sparql-protocol", "sparql-gsp", "--start", start]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        command, cwd=_FOLDER.parent, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert (done.returncode, failed) == (0, []), done.stderr
    assert sum(line.startswith("ok") for line in done.stdout.splitlines()) >= 31
