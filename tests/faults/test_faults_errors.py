"""Calls that fail (I/O errors, full disks, read-only folders, little memory) in every command that writes.

A run that cannot go on ends with exit code 3 and one line, and what was there is as it was; one that can go on leaves
what an undisturbed one leaves. The next run leaves that in either case, and nothing else.
"""

from __future__ import annotations

import errno
import re
import resource
import subprocess
from collections.abc import Iterator

import pytest
from commands import COMMANDS, Command
from staging import ALWAYS, EVERY, Fault, Played, Tree, build_shim, read_tree, tell_difference
from terminal import PROGRAM, Finished, decode, environment
from test_faults_kill import clean, judge
from theatre import Theatre, Undisturbed

MOST = 50
SIZES = 30
MEGABYTES = (60, 90, 120, 150, 200, 250, 300, 400, 500, 600, 750, 900)
KINDS = {"open": "OC", "read": "R", "write": "W", "rename": "N", "unlink": "U", "sync": "S", "make": "M"}
TIMES = re.compile(r"^ *\d+\.\d\d s  .*\n|^time .*\n", re.MULTILINE)


def find_wrong_end(played: Finished, known: Undisturbed) -> Iterator[str]:
    """What is wrong with how a disturbed run ended: with success or failure, told in a line."""
    before = set(known.first.err.splitlines())
    told = [line for line in TIMES.sub("", played.err).splitlines() if line not in before]
    if "Traceback" in played.err or played.code not in (0, 3):
        yield f"it ends with {played.code}: {played.err[-1500:]}"
    elif played.code == 3 and (len(told) != 1 or not re.match("(kg|error): ", told[0])):
        yield f"it tells {told}"


def find_harm(
    theatre: Theatre, command: Command, known: Undisturbed, played: Finished, left: Tree, *, sweeps: bool = True
) -> Iterator[str]:
    """What is wrong with what a disturbed run *left*; where it *sweeps*, it has also taken away what it made."""
    if played.code == 0:
        if (
            command.name != "check-rows"
            and (difference := tell_difference(clean(left), clean(known.after))) != "nothing"
        ):
            yield f"it ends with 0 and leaves {difference}"
    elif (
        sweeps
        and not any(name.endswith(".journal") for name in left)
        and (more := sorted(set(left) - set(known.before) - set(known.after)))
    ):
        yield f"it fails and leaves {more}"
    yield from judge(theatre, command, known, left)


def disturb(theatre: Theatre, command: Command, fault: Fault) -> tuple[Played, list[str]]:
    """A run with a fault and what is wrong with it."""
    known = theatre.watch(command)
    trial = theatre.set(command)
    played = theatre.play(command, fault)
    if not played.hit:
        return played, []
    wrong = list(find_wrong_end(played.finished, known))
    sweeps = fault.count == 1 and "U" not in fault.kinds
    wrong += find_harm(theatre, command, known, played.finished, read_tree(trial), sweeps=sweeps)
    last = played.log[fault.first - 1].replace(str(trial), "") if 0 < fault.first <= len(played.log) else ""
    return played, [f"{command.name} {fault}: {last}: {what}" for what in wrong]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@pytest.mark.parametrize("kind", KINDS)
def test_an_input_or_output_error(theatre: Theatre, command: Command, kind: str) -> None:
    wrong: list[str] = []
    for number in range(1, MOST + 1, EVERY):
        fault = Fault(kinds=KINDS[kind], first=number, error=errno.EIO)
        played, found = disturb(theatre, command, fault)
        if not played.hit:
            break
        wrong += found
    print(f"{command.name} {kind}: up to {number}")
    print("\n".join(wrong))
    assert wrong == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_full_disk(theatre: Theatre, command: Command) -> None:
    known = theatre.watch(command)
    wrong: list[str] = []
    for number in range(0, SIZES, EVERY):
        fault = Fault(kinds="", count=ALWAYS, room=known.first.written * number // SIZES)
        wrong += disturb(theatre, command, fault)[1]
    print("\n".join(wrong))
    assert wrong == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@pytest.mark.parametrize("error", [errno.EROFS, errno.EACCES], ids=["read-only", "forbidden"])
def test_a_folder_that_cannot_be_written(theatre: Theatre, command: Command, error: int) -> None:
    fault = Fault(kinds="CNUM", first=1, count=ALWAYS, error=error)
    assert disturb(theatre, command, fault)[1] == []


@pytest.mark.parametrize("megabytes", MEGABYTES)
@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if c.program == "kg.cli:main"], ids=lambda command: command.name
)
def test_little_memory(theatre: Theatre, command: Command, megabytes: int) -> None:
    known = theatre.watch(command)
    trial = theatre.set(command)
    theatre.stage.order(trial, Fault())
    variables = {"LD_PRELOAD": str(build_shim()), "FAULTS": str(theatre.stage.file), "TMPDIR": str(trial / "tmp")}
    done = subprocess.run(
        [*PROGRAM, *command.words], cwd=trial / command.folder, check=False, capture_output=True,
        env=environment(COLUMNS="120", **variables), stdin=subprocess.DEVNULL, timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20)),
    )  # fmt: skip
    finished = Finished(code=done.returncode, out=decode(done.stdout), err=decode(done.stderr))
    wrong = [
        *find_wrong_end(finished, known),
        *find_harm(theatre, command, known, finished, read_tree(trial), sweeps=False),
    ]
    print("\n".join(wrong))
    assert wrong == []
