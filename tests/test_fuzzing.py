"""500 damaged inputs, among all that `kg` reads: none gives a traceback, a crash or a hang."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzzing import KINDS, Bench, run_case
from terminal import run_kg

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


def test_a_parameter_that_is_no_iri_is_told(tmp_path: Path) -> None:
    """Found by `--case 52:164 --only tables`: it was a traceback."""
    call = "{p: ex:upper, o: {function: grel:toUpperCase, parameters: [[-9999, $(name)]]}}"
    prefixes = 'prefixes: {ex: "http://example.com/", grel: "http://users.ugent.be/~bjdmeest/function/grel.ttl#"}'
    mapping = f"{prefixes}\nmappings:\n  ship:\n    sources: [[a.csv~csv]]\n    s: ex:$(id)\n    po: [{call}]\n"
    (tmp_path / "m.yml").write_text(mapping, encoding="utf-8")
    (tmp_path / "a.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    done = run_kg("map", "m.yml", "-o", "out.nt", folder=tmp_path)
    assert done.code == 1
    assert "error[yarrrml-function]: `-9999` is no name of a parameter" in done.err
