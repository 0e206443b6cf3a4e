"""Names in files: what is found of very many is what is found of few, and what was not looked at is told."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from test_reconcile import DATA

from kg.server.about import About
from kg.server.data import Data, UnreadError
from kg.server.names import file as namefile
from kg.server.names.file import NameFile, write_names
from kg.server.names.many import ManyNames, index_names
from kg.server.names.matching import Identifiers, Matcher
from kg.server.names.names import StoredName, read_names
from kg.server.options import Options
from kg.server.processes.child import RequestRefusedError, Servant
from kg.server.processes.forker import Start
from kg.server.processes.process import ProcessSettings
from kg.text.diagnostic import KgError

SPACE = "http://t.example/"


@pytest.fixture
def store() -> ox.Store:
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    return store


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namefile, "_PART", 7)


def test_files_give_what_memory_gives(store: ox.Store, tmp_path: Path) -> None:
    folder = tmp_path / "names"
    assert index_names(store, folder, union=False) == len(read_names(store, "en").names)
    assert len(list(folder.iterdir())) > 2
    ids = Identifiers(space=SPACE, prefixes={})
    few, many = (Matcher(store, "en", files) for files in (None, folder))
    few.ids = many.ids = ids
    for text in ("Lei Jun", "Jun Lei", "Lai Jun", "Lie Jun", "lei", "雷军", "小米", "Pariss", "zurich", "Xiaomi EVs",
                 "peking", "米汽", "the city of Beijing", "nobody", "EV Xiaomi", "Xaiomi", "?", "Beijing"):  # fmt: skip
        batch = {"q": {"query": text}, "typed": {"query": text, "type": "Agent"}}
        assert many.match(batch) == few.match(batch), text
        assert many.search(text, 20)["iris"][:1] == few.search(text, 20)["iris"][:1], text
        for kind in ("entity", "type", "property"):
            offered = [matcher.suggest(kind, text[:3], 0, 5)["result"] for matcher in (few, many)]
            assert offered[0] == offered[1] or (text == "?" and len(offered[0]) == len(offered[1])), text
    by_value = {"q": {"query": "", "properties": [{"pid": "livesIn", "v": {"id": "beijing"}}]}}
    assert many.match(by_value) == few.match(by_value)
    above = {"pid": "http://www.w3.org/2000/01/rdf-schema#subClassOf", "v": {"id": "Agent"}}
    classes = {"q": {"query": "", "properties": [above]}}
    assert many.match(classes) == few.match(classes) == {"q": {"result": []}}  # words of a vocabulary are no things
    assert "partly" in many.suggest("entity", "m", 0, 5) and "partly" not in many.suggest("entity", "lei", 0, 5)
    assert many.describe("lei") == few.describe("lei") and many.describe("nobody") is None


def test_one_or_two_slips_hide_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namefile, "_PART", 1_000)
    chance = random.Random(13)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(3, 9))) for _ in range(900)]
    texts = [" ".join(chance.choices(words, k=chance.randint(2, 4))) for _ in range(2_500)]
    write_names(
        (StoredName(thing=f"{SPACE}{n}", text=t, language="", kind="name") for n, t in enumerate(texts)), tmp_path / "n"
    )
    names = ManyNames(store=ox.Store(), language="en", file=NameFile(tmp_path / "n"))
    for number in chance.sample(range(len(texts)), 40):
        slipped = texts[number]
        for _ in range(1 + number % 2):
            at = chance.randrange(1, len(slipped) - 1)
            slipped = chance.choice(
                [slipped[:at] + slipped[at + 1 :], slipped[:at] + chance.choice(letters) + slipped[at:],
                 slipped[:at] + slipped[at + 1] + slipped[at] + slipped[at + 2 :]]
            )  # fmt: skip
        assert f"{SPACE}{number}" in [near.name.thing for near in names.find(slipped)], (texts[number], slipped)
        assert not names.take_bounded()


def test_what_was_not_looked_at_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namefile, "_PART", 1_000)
    named = (StoredName(thing=f"{SPACE}{n}", text=f"the same {n:04}", language="", kind="name") for n in range(1_000))
    write_names(named, tmp_path / "n")
    names = ManyNames(store=ox.Store(), language="en", file=NameFile(tmp_path / "n"))
    assert names.find("the smae 0123")[0].name.thing == f"{SPACE}123" and not names.take_bounded()
    assert len(list(names.find_holding("same"))) == 1_000 and not names.take_bounded()
    monkeypatch.setattr(namefile, "_MOST_READ", 500)
    monkeypatch.setattr(namefile, "_MOST_HELD", 20)
    assert names.find("the same")
    assert names.take_bounded() and not names.take_bounded()
    assert len(list(names.find_holding("same"))) == 20 and names.take_bounded()
    assert names.find_part("some 0123") and names.take_bounded()  # the lists of what all names hold are not read


def test_what_is_cut_off_is_told_where_it_may_be_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namefile, "_PART", 1_000)
    monkeypatch.setattr(namefile, "_MOST_NEAR", 20)
    named = (StoredName(thing=f"{SPACE}{n}", text=f"the same {n:04}", language="", kind="name") for n in range(1_000))
    write_names(named, tmp_path / "n")
    names = ManyNames(store=ox.Store(), language="en", file=NameFile(tmp_path / "n"))
    assert names.find("the smae 0123")[0].name.thing == f"{SPACE}123" and not names.take_bounded()
    assert list(names.file.find_near("the same 01")) and names.take_bounded()  # a hundred are two letters longer
    assert len(list(names.file.find_parts("some name of the same"))) == 20 and not names.take_bounded()
    assert len(list(names.file.find_parts("same"))) == 20 and names.take_bounded()


class _Writing:
    """In the place of a process that writes files of names: it begins, and then its disk is full."""

    folder: Path

    def be_nice(self, level: int) -> None:
        pass

    def ask(self, kind: bytes, request: object) -> None:
        self.folder.mkdir()
        (self.folder / "ids").write_bytes(b"half")

    async def read(self) -> tuple[bytes, bytes]:
        return b"x", b'{"kind": "failed", "message": "No space left on device (os error 28)"}'

    def end(self) -> None:
        pass

    async def wait_ended(self) -> None:
        pass


async def _say_many(act: str) -> bool:
    return True


def _make_data(folder: Path, start: Start | None = None) -> Data:
    data = Data(folder, About(title="x", base=None, prefixes={}), Options())
    data.indexer._start = start or data.indexer._start
    data.look_once = _say_many  # type: ignore[method-assign, assignment]
    return data


def test_names_that_could_not_be_written_are_told_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = 0

    async def start(settings: ProcessSettings) -> Any:
        nonlocal begun
        begun += 1
        process = _Writing()
        process.folder = tmp_path / f"names-{begun - 1}"
        return process

    async def run() -> None:
        data = _make_data(tmp_path / "store", start)
        with pytest.raises(UnreadError, match="they are still being read; try again later") as early:
            await data.find_files()
        assert "retry-after" in early.value.headers and data.indexer._task is not None
        await data.indexer._task
        with pytest.raises(UnreadError, match="they could not be read: the disk is full") as late:
            await data.match("search", "", "x", 5)
        assert late.value.headers["retry-after"] == "60" and "os error 28" in late.value.detail
        assert begun == 1
        monkeypatch.setattr("kg.server.processes.indexer.AGAIN", 0)  # a minute later, the disk may have room
        with pytest.raises(UnreadError, match="still"):
            await data.find_files()
        await data.indexer._task
        data.swap(tmp_path / "other", data.about)
        with pytest.raises(UnreadError, match="still"):
            await data.find_files()
        await data.close()

    asyncio.run(run())
    assert begun == 2 and list(tmp_path.iterdir()) == []


def test_a_room_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    def refuse(store: Path) -> Path:
        raise KgError("cannot write x/: No space left on device")

    async def start(settings: ProcessSettings) -> Any:
        return _Writing()

    async def run() -> None:
        data = _make_data(tmp_path, start)
        data.indexer._room = refuse
        with pytest.raises(UnreadError, match="still"):
            await data.find_files()
        assert data.indexer._task is not None
        await data.indexer._task
        with pytest.raises(UnreadError, match="could not"):
            await data.find_files()

    asyncio.run(run())


def test_names_are_those_of_the_store_whose_turn_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, str]] = []

    async def answer(settings: ProcessSettings, request: dict[str, Any]) -> None:
        asked.append((settings.folder, request["files"]))

    async def run() -> None:
        data = _make_data(tmp_path / "old")
        monkeypatch.setattr(data.indexer, "find", lambda settings, union: settings.folder / "names")
        monkeypatch.setattr(data.namer, "_run", answer)
        async with data.namer._lock:
            waiting = asyncio.create_task(data.match("search", "", "x", 5))
            await asyncio.sleep(0)
            data.swap(tmp_path / "new", data.about)
        await waiting

    asyncio.run(run())
    assert asked == [(tmp_path / "new", str(tmp_path / "new/names"))]


def test_files_that_are_gone_end_no_process(tmp_path: Path) -> None:
    servant = Servant({"folder": str(tmp_path / "store"), "write": True, "prefixes": {}, "allowed": ()})
    request = {"act": "search", "with": ("x", 5), "space": "", "language": "en", "files": str(tmp_path / "gone")}
    with pytest.raises(RequestRefusedError, match="gone") as told:
        servant.match(request)
    assert told.value.kind == "failed"
