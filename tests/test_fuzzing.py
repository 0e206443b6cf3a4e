"""500 damaged inputs, among all that `kg` reads: none gives a traceback, a crash or a hang."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzzing import KINDS, Bench, run_case

CASES = 500
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_no_damage_gives_a_traceback(part: int, tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for number in range(part * CASES // PARTS, (part + 1) * CASES // PARTS):
        try:
            run_case(bench, 1, number)
        except BaseException as error:
            error.add_note(f"python tests/fuzzing.py --case 1:{number}  # {list(KINDS)[number % len(KINDS)]}")
            raise
