"""What the suites of faults share: the folder that all commands work on, and a stage."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import lay_out
from staging import Stage
from theatre import Theatre


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `commands.py`, laid out once."""
    if sys.platform != "linux" or shutil.which("cc") is None:
        pytest.skip("the shim is of Linux, and needs a C compiler")
    return lay_out(tmp_path_factory.mktemp("faults") / "base")


@pytest.fixture(scope="session")
def theatre(base: Path) -> Iterator[Theatre]:
    """The stage that the tests of this process share."""
    stage = Stage(warm=base / "story")
    yield Theatre(base=base, stage=stage, trial=base.with_name("trial"))
    stage.close()
