"""Equal files, byte for byte, whatever surrounds the command: hash seeds, locales, time zones, orders, places."""

from __future__ import annotations

import os
import subprocess

import pytest
from commands import COMMANDS, Command
from staging import Fault, build_shim, lay_files, read_tree, tell_difference
from terminal import ROOT, environment, run_anew
from test_faults_kill import clean
from theatre import Theatre

SURROUNDINGS = {
    "hash 0": {"PYTHONHASHSEED": "0"},
    "hash 1": {"PYTHONHASHSEED": "1"},
    "hash 2": {"PYTHONHASHSEED": "2"},
    "random hash": {"PYTHONHASHSEED": "random"},
    "C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "POSIX locale": {"LC_ALL": "POSIX", "LANG": "POSIX"},
    "UTF-8 locale": {"LC_ALL": "C.UTF-8"},
    "unknown locale": {"LC_ALL": "xx_YY.UTF-8"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR"},
    "Kiritimati": {"TZ": "Pacific/Kiritimati"},
    "Pago Pago": {"TZ": "Pacific/Pago_Pago"},
    "no zone": {"TZ": "Nowhere/Nothing"},
    "no home": {"HOME": "/nonexistent", "TERM": "dumb", "COLUMNS": "20"},
    "one processor": {"OMP_NUM_THREADS": "1", "PYTHONOPTIMIZE": "2"},
}
PLACES = ("a folder", "文件夹", "100%20", "a#b", "it's", "a;b&c", "é", "x" * 120)
MADE = (
    "build",
    "schema",
    "export-turtle",
    "export-html",
    "rebase",
    "rename",
    "merge",
    "import",
    "accept",
    "map-turtle",
    "map-gz",
)
"""Commands of each kind, for what costs a new interpreter or a project each."""


def pick(names: tuple[str, ...]) -> list[Command]:
    """The commands of these names."""
    return [command for command in COMMANDS if command.name in names]


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
@pytest.mark.parametrize("command", pick(MADE), ids=lambda command: command.name)
def test_the_same_in_other_surroundings(theatre: Theatre, command: Command, surroundings: str) -> None:
    known = theatre.watch(command)
    trial = theatre.set(command)
    theatre.stage.order(trial, Fault())
    variables = {"LD_PRELOAD": str(build_shim()), "FAULTS": str(theatre.stage.file), **SURROUNDINGS[surroundings]}
    done = run_anew(*command.words, folder=trial / command.folder, **variables)
    assert done.code == known.first.code, done
    assert tell_difference(clean(read_tree(trial)), clean(known.after)) == "nothing"


@pytest.mark.parametrize("shuffle", [1, 2, 3, 4])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_same_of_folders_in_another_order(theatre: Theatre, command: Command, shuffle: int) -> None:
    known = theatre.watch(command)
    trial = theatre.set(command)
    played = theatre.stage.play(
        command.words, trial / command.folder, trial, Fault(kinds="", shuffle=shuffle), program=command.program
    )
    assert played.code == known.first.code, played
    assert tell_difference(clean(read_tree(trial)), clean(known.after)) == "nothing"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_same_in_another_place(theatre: Theatre, command: Command, place: str) -> None:
    known = theatre.watch(command)
    folder = theatre.trial.with_name("places") / place
    lay_files(folder, theatre.select(command))
    played = theatre.stage.play(command.words, folder / command.folder, folder, program=command.program)
    assert played.code == known.first.code, played
    assert tell_difference(clean(read_tree(folder)), clean(known.after)) == "nothing"


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.folder == "story" and c.program == "kg.cli:main"],
                         ids=lambda command: command.name)  # fmt: skip
def test_the_same_from_elsewhere(theatre: Theatre, command: Command) -> None:
    """From a folder of the project, with `-C` naming it by a path that is not the shortest."""
    known = theatre.watch(command)
    trial = theatre.set(command)
    words = tuple(word.replace("../", str(trial) + "/") if word.startswith("../") else word for word in command.words)
    words = tuple(str(trial / "story/texts") if word == "texts" else word for word in words)
    played = theatre.stage.play(("-C", "../../story/./ontology", *words), trial / "story/seeds", trial)
    assert played.code == known.first.code, played
    assert tell_difference(clean(read_tree(trial)), clean(known.after)) == "nothing"


@pytest.mark.parametrize("command", [c for c in COMMANDS if not c.curated], ids=lambda command: command.name)
def test_the_same_of_other_line_ends(theatre: Theatre, command: Command) -> None:
    """Curated YAML with CRLF gives the exports that it gives with LF; manifests tell the digests of what was read."""
    known = theatre.watch(command)
    trial = theatre.set(command)
    story = trial / "story"
    for path in story.glob("seeds/*/*.yaml") if story.is_dir() else ():
        if path.parent.name == "tables":
            continue  # whose digests stand in the graph
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    played = theatre.stage.play(command.words, trial / command.folder, trial, program=command.program)
    assert played.code == known.first.code, played
    found, wanted = clean(read_tree(trial)), clean(known.after)
    made = [n for n in wanted if n.startswith(("story/exports/", "out/")) and not n.endswith("manifest.json")]
    assert [n for n in made if found.get(n) != wanted[n] and b"\r" not in (found.get(n) or b"")] == []


@pytest.mark.parametrize("python", os.environ.get("KG_PYTHONS", "").split(os.pathsep))
@pytest.mark.parametrize("command", pick(MADE), ids=lambda command: command.name)
def test_the_same_by_another_python(theatre: Theatre, command: Command, python: str) -> None:
    """KG_PYTHONS names interpreters that have what `kg` needs."""
    if not python:
        pytest.skip("KG_PYTHONS names no interpreter")
    known = theatre.watch(command)
    trial = theatre.set(command)
    theatre.stage.order(trial, Fault())
    variables = environment(LD_PRELOAD=str(build_shim()), FAULTS=str(theatre.stage.file), PYTHONPATH=str(ROOT))
    words = [python, "-m", "kg", *command.words]
    done = subprocess.run(words, cwd=trial / command.folder, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == known.first.code, done
    assert tell_difference(clean(read_tree(trial)), clean(known.after)) == "nothing"
