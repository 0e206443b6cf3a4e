"""Two commands at once: one pauses at a step, and the other one and a reader run meanwhile.

What comes of it is what comes of one after the other, or of one alone while the other is told to wait. A reader sees
the project whole, or is told to wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from commands import COMMANDS, Command
from serving import serve
from staging import EVERY, PAUSE, Fault, Played, Stage, Tree, lay_files, read_tree, tell_difference
from terminal import Finished
from test_faults_kill import clean
from theatre import Theatre

PAIRS = 30
READERS = (
    ("check",),
    ("show", "bridge"),
    ("query", "-e", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
    ("coverage",),
)
WAITING = (
    *READERS,
    ("check", "--rows", "--drafts"),
    ("show",),
    ("why", "bridge.length"),
    ("disputes",),
    ("review", "--list"),
    ("test",),
    ("export", "nquads"),
    ("evidence", "verify", "--texts", "texts"),
)
WAIT = re.compile(
    r"(kg|error): .*(another \w+ of this project is running|in the meantime|meanwhile|change again and again|"
    r"another program)"
)

Ended = tuple[int, int]


@dataclass
class Pairs:
    """Two stages over one folder, and what comes of two commands one after the other."""

    theatre: Theatre
    other: Stage
    known: dict[tuple[str, str], tuple[Ended, Tree]] = field(default_factory=dict)

    def play(self, command: Command, fault: Fault | None = None) -> Played:
        """A run on the second stage, in the folder of the first."""
        trial = self.theatre.trial
        return self.other.play(command.words, trial / command.folder, trial, fault, program=command.program)

    def follow(self, one: Command, other: Command) -> tuple[Ended, Tree]:
        """How both end, and what they leave, where the *other* begins when *one* has ended."""
        key = (one.name, other.name)
        if key not in self.known:
            known = self.theatre.watch(one)
            files = self.theatre.select(one, other)
            files = {name: file for name, file in files.items() if name not in self.theatre.select(one)} | known.files
            lay_files(self.theatre.trial, files)
            codes = (known.first.code, self.play(other).code)
            self.known[key] = codes, clean(read_tree(self.theatre.trial))
        return self.known[key]

    def alone(self, one: Command, other: Command) -> Tree:
        """What *one* leaves alone, of the folder that both look at."""
        key = (one.name, "")
        if key not in self.known:
            self.theatre.set(*COMMANDS)
            self.known[key] = (self.play(one).code, 0), clean(read_tree(self.theatre.trial))
        needed = one.needs | other.needs
        return {
            name: raw
            for name, raw in self.known[key][1].items()
            if any(f"{name}/".startswith(f"{one}/") or one.startswith(f"{name}/") for one in needed | {"town"})
        }


@pytest.fixture(scope="module")
def pairs(theatre: Theatre) -> Iterator[Pairs]:
    stage = Stage(warm=theatre.stage.warm)
    yield Pairs(theatre, stage)
    stage.close()


def list_partners(command: Command) -> list[Command]:
    """The command itself, and those that look at the same folders."""
    return [command, *(c for c in COMMANDS if c is not command and c.needs & command.needs - {"in"})]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_two_at_once(pairs: Pairs, command: Command) -> None:
    steps = pairs.theatre.watch(command).first.calls
    partners = list_partners(command)
    wrong: list[str] = []
    for number in range(0, PAIRS, EVERY):
        partner, reader = partners[number % len(partners)], READERS[number % len(READERS)]
        first = 1 + steps * number // PAIRS
        found = play_pair(pairs, command, partner, reader, first)
        wrong += [f"{command.name} paused at {first}, {partner.name} meanwhile: {what}" for what in found]
    print("\n".join(wrong))
    assert wrong == []


def play_pair(pairs: Pairs, command: Command, partner: Command, reader: tuple[str, ...], first: int) -> Iterator[str]:
    """What is wrong where *command* waits at its *first* step until the *partner* and the *reader* have ended."""
    theatre = pairs.theatre
    trial = theatre.set(command, partner)
    ended: list[Played] = []

    def run() -> None:
        ended.append(theatre.play(command, Fault(first=first, error=PAUSE)))

    running = theatre.stage.begin(run)
    theatre.stage.wait_paused(running)
    met = pairs.play(partner)
    seen = None
    if (trial / "story").is_dir():
        seen = pairs.other.play(reader, trial / "story", trial)
    theatre.stage.resume()
    running.join()
    (own,) = ended
    for played in (own, met, *((seen,) if seen else ())):
        if "Traceback" in played.err or played.code < 0:
            yield f"{played.code}: {played.err[-800:]}"
    waits = seen and seen.code == 3 and WAIT.search(seen.err)
    renamed = partner.name == "rename" and seen and "error[table-entity]" in seen.err  # rows still name the old one
    if seen and seen.code != 0 and not waits and not renamed:
        yield f"{reader[0]} ends with {seen.code}: {seen.err[-800:]}"
    yield from judge_pair(pairs, command, partner, own, met)


def is_told(played: Played) -> bool:
    """Whether a run did nothing because of another; a change in the workbench meets another of the same claim (1)."""
    return played.code == 3 or (played.code == 1 and WAIT.search(played.err) is not None)


def judge_pair(pairs: Pairs, command: Command, partner: Command, own: Played, met: Played) -> Iterator[str]:
    """What is wrong with how two ended that ran at once."""
    left = read_tree(pairs.theatre.trial)
    hidden = [name for name in left if re.search(r"\.new$|journal$|\.kg-|\.part$", name)]
    if hidden:
        yield f"it leaves {hidden}"
    found = clean(left)
    if is_told(own) or is_told(met):
        loser, winner, winning = (own, partner, met) if is_told(own) else (met, command, own)
        if not WAIT.search(loser.err) or is_told(winning):
            yield f"{own.code} {met.code}: {own.err[-300:]} | {met.err[-300:]}"
        alone = pairs.alone(winner, partner if winner is command else command)
        if (difference := tell_difference(found, alone)) != "nothing":
            yield f"one alone, which leaves {difference}"
        return
    one, other = pairs.follow(command, partner), pairs.follow(partner, command)
    orders = [(one[0], one[1]), ((other[0][1], other[0][0]), other[1])]
    if ((own.code, met.code), found) not in orders:
        yield (
            f"codes {own.code} {met.code}, {own.err[-200:]} | {met.err[-200:]}; "
            + " | ".join(f"{codes}: {tell_difference(found, tree)}" for codes, tree in orders)
        )


@pytest.mark.parametrize("reader", WAITING, ids=" ".join)
def test_a_reader_that_waits(pairs: Pairs, reader: tuple[str, ...]) -> None:
    """It waits as it opens or reads a file, while somebody writes: it tells of the project as it was, or as it is."""
    theatre, trial = pairs.theatre, pairs.theatre.trial
    writers = [command for command in COMMANDS if command.curated and command.folder == "story"]

    def read(fault: Fault) -> Played:
        return theatre.stage.play(reader, trial / "story", trial, fault)

    theatre.set(*writers)
    before = read(Fault(kinds="OR"))
    after: dict[str, Finished] = {}
    wrong: list[str] = []
    for number in range(0, PAIRS, EVERY):
        writer = writers[number % len(writers)]
        if writer.name not in after:
            theatre.set(*writers)
            pairs.play(writer)
            after[writer.name] = read(Fault(kinds="OR")).finished
        theatre.set(*writers)
        first = 1 + before.calls * number // PAIRS
        ended: list[Played] = []
        fault = Fault(kinds="OR", first=first, error=PAUSE)
        running = theatre.stage.begin(lambda: ended.append(read(fault)))  # noqa: B023
        theatre.stage.wait_paused(running)
        met = pairs.play(writer)
        theatre.stage.resume()
        running.join()
        place = ended[0].log[first - 1].replace(str(trial), "")
        if met.code != 0:
            wrong.append(f"{writer.name} ends with {met.code}: {met.err[-500:]}")
        if ended[0].finished not in (before.finished, after[writer.name]):
            wrong.append(f"{reader[0]} paused at {first} ({place}), {writer.name} meanwhile: {ended[0].finished}")
    print(f"{reader[0]}: {before.calls} calls")
    print("\n".join(wrong))
    assert wrong == []


def test_a_server_beside(pairs: Pairs) -> None:
    """It answers all the time, and tells no traceback."""
    trial = pairs.theatre.set(*COMMANDS)
    with serve("--watch", folder=trial / "story") as served:
        for command in COMMANDS:
            if command.folder != "story":
                continue
            pairs.play(command)
            answer = served.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", accept="text/csv")
            assert answer.status == 200, (command.name, answer)
        told = "\n".join(served.told)
    assert "Traceback" not in told, told
