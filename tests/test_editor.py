"""The language server: what it knows at each place, and that it speaks the protocol."""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

from kg.cli import kg as program
from kg.editor.card import escape
from kg.editor.change import RenameRefusedError, find_changes, find_mend, rename_entity
from kg.editor.complete import complete
from kg.editor.desk import EditorDesk
from kg.editor.link import Thing, find_definition, find_named, find_source, list_symbols, show_card
from kg.editor.position import Units
from kg.editor.role import Role, kind_of
from kg.editor.scan import scan_text
from kg.editor.wire import describe_code
from kg.model.nouns import Difference
from kg.starter import init_project
from kg.text.codes import load_codes
from kg.text.diagnostic import KgError, SourceText
from kg.text.sentence import digest_sentence
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode, parse_document

ROOT = Path(__file__).parent.parent
CLAIMS = "seeds/claims/bridge.yaml"
ENTITIES = "seeds/entities/rivertown.yaml"
ZH = "kg: entities/1\nentities:\n  lei: {is: Person, label: {en: 🚗 Lei, zh: 雷军}, alias: {en: [Mr Lei]}}\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("editor") / "rivertown"
    init_project(folder, title="The Rivertown bridge", base="https://rivertown.example/")
    return folder


@pytest.fixture(scope="module")
def desk(root: Path) -> EditorDesk:
    """The project as it is saved; for tests that show it no other text."""
    desk = EditorDesk(root=root, texts=root / "texts")
    desk.look({})
    return desk


@pytest.fixture
def fresh(root: Path) -> EditorDesk:
    """The project, not looked at yet."""
    return EditorDesk(root=root, texts=root / "texts")


def text_of(desk: EditorDesk, name: str) -> str:
    text = desk.text_of(desk.root / name)
    assert text is not None
    return text


def offers_at(desk: EditorDesk, name: str, text: str) -> list[str]:
    """What is offered at the sign `|` of a text."""
    before, _, after = text.partition("|")
    kind = kind_of(name)
    assert kind is not None and desk.last is not None
    line, column = before.count("\n"), len(before.rpartition("\n")[2])
    whole = before + after
    source = find_source(kind, name, scan_text(whole))
    return [offer.text for offer in complete(desk.last.known, kind, name, whole, line, column, source)]


def named_at(desk: EditorDesk, name: str, text: str, word: str, within: int = 1) -> Thing | None:
    """What is named where a word stands first."""
    at = text.index(word) + within
    before = text[:at]
    assert desk.last is not None
    found = find_named(desk.last.known, name, text, before.count("\n"), len(before.rpartition("\n")[2]))
    return found.thing if found else None


# -- YAML that is broken ------------------------------------------------------------------------------


def strict_spots(node: Node, way: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """What the strict reader finds on single lines."""
    if isinstance(node, Scalar):
        one_line = node.mark.line == node.mark.end_line and (node.text or not node.plain)
        place = (node.mark.line - 1, node.mark.column - 1, node.mark.end_column - 1)
        return [(node.text, way, False, *place)] if one_line else []
    if isinstance(node, SequenceNode):
        return [spot for n, item in enumerate(node.items) for spot in strict_spots(item, (*way, str(n)))]
    assert isinstance(node, MappingNode)
    found = []
    for key, value in node.entries:
        place = (key.mark.line - 1, key.mark.column - 1, key.mark.end_column - 1)
        found.append((key.text, (*way, key.text), True, *place))
        found += strict_spots(value, (*way, key.text))
    return found


def yaml_texts() -> list[str]:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "seeds").rglob("*.yaml")]
    for spec in (ROOT / "tests/spec").glob("*.md"):
        texts += re.findall(r"^```yaml[^\n]*\n(.*?)^```$", spec.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return texts


def test_the_forgiving_reader_finds_what_the_strict_one_finds() -> None:
    compared = 0
    for text in yaml_texts():
        document = parse_document(SourceText("a.yaml", text))
        if document.root is None or document.diagnostics or re.search(r"\\|''|: [*&]", text):
            continue  # with mistakes, escapes, aliases
        found = [(s.text, s.way, s.is_key, s.line, s.column, s.end) for s in scan_text(text)]
        assert found == strict_spots(document.root, ())
        compared += len(found)
    assert compared > 5_000


def test_no_text_breaks_the_forgiving_reader(desk: EditorDesk, fresh: EditorDesk) -> None:
    """Damaged texts, at any place of which somebody asks."""
    dice = random.Random(7)
    text = text_of(desk, CLAIMS) + "  p1s3 00000000:\n    - a: [b, 'c\n    d: |\n      e\n\t- f\n"
    for number in range(150):
        at, length = dice.randrange(len(text)), dice.randrange(4)
        damaged = (
            text[:at] + dice.choice(["{", "}", "[", "'", '"', "\n", ": ", "- ", "\r", "🚗", ""]) + text[at + length :]
        )
        scan_text(damaged)
        place = dice.randrange(len(damaged))
        offers_at(desk, CLAIMS, damaged[:place].replace("|", "") + "|" + damaged[place:].replace("|", ""))
        if number % 30 == 0:
            list_symbols(fresh.look({desk.root / CLAIMS: damaged}).known, CLAIMS, damaged)


# -- what may stand at a place ------------------------------------------------------------------------

AT = [
    ("x: {s: brid|", ["bridge"]),
    ("x: {s: mayor of|", ["mayor"]),
    ("x: {s: briged|", ["bridge"]),
    ("x: {s: c:op|", ["c:opening"]),
    ("x: {s: bridge, p: le|", ["length", "leads", "..."]),
    ("x: {s: bridge, p: 长|", ["length", "termLength"]),
    ("x: {s: bridge, p: length, o: 5 met|", ["m", "..."]),
    ("x: {s: bridge, p: opens, o: 2030, mo|", ["mode: "]),
    ("x: {s: bridge, p: opens, o: 2030, mo|: plan}", ["mode"]),
    ("x: {s: bridge, p: opens, o: 2030, mode: pro|", ["promise"]),
    ("x: {s: bridge, p: opens, o: 2030, voice: |}", ["source", "quote", "reported"]),
    ("x: {s: bridge, p: opens, o: 2030, by: so|", ["source"]),
    ("x: {s: bridge, p: opens, o: 2030, unlike: {leng|", ["length: "]),
    ("x: {s: bridge, p: opens, o: 2030, unlike: {length: ti|", ["time"]),
    ("x: {s: bridge, p: opens, o: 2030, compatible: [leng|", ["length"]),
    ("x: {s: bridge, p: opens, o: 2030, accept: {hedged|", ["hedged-fact: "]),
    ("x:\n      s: bridge\n      p: opens\n      mo|", ["mode: "]),
    ("open|", ["opening: "]),
    ("opening: aga|", ["again"]),
    ("sai|", ["said: "]),
]


@pytest.mark.parametrize(("typed", "offered"), AT, ids=[typed for typed, _ in AT])
def test_what_is_offered_in_a_claims_file_that_is_half_typed(desk: EditorDesk, typed: str, offered: list[str]) -> None:
    found = offers_at(desk, CLAIMS, f"{text_of(desk, CLAIMS)}  p0s1 ab:\n    {typed}")
    assert [*found[: len(offered) - 1], "..."] == offered if offered[-1] == "..." else found == offered


def test_what_is_offered_elsewhere(desk: EditorDesk) -> None:
    claims = text_of(desk, CLAIMS)
    assert offers_at(desk, CLAIMS, claims + "  p|") == ["p0s1 3a8d28d0: "]
    assert offers_at(desk, CLAIMS, "kg: claims/1\nsource: br|\n") == ["bridge"]
    assert offers_at(desk, CLAIMS, "kg: claims/1\nsource: bridge\nvoices:\n  p1s1..|") == [
        "p1s1..p0s1: ", "p1s1..p1s1: ", "p1s1..p1s2: ",
    ]  # fmt: skip
    assert offers_at(desk, ENTITIES, "kg: entities/1\nentities:\n  x: {is: Bri|}\n") == ["Bridge"]
    assert offers_at(desk, ENTITIES, "kg: entities/1\nentities:\n  x: {|}\n")[:2] == ["is: ", "label: "]
    assert offers_at(desk, ENTITIES, "kg: entities/1\nentities:\n  x: {typo: {en: {B: [bridge.p1|") == [
        "bridge.p1s1", "bridge.p1s2",
    ]  # fmt: skip
    assert offers_at(desk, "seeds/sources/bridge.yaml", "kg: source/1\nauthor: rep|") == ["reporter"]
    assert offers_at(desk, "seeds/sources/bridge.yaml", "kg: source/1\nskip:\n  p1s|: no")[:1] == ["p1s1"]


def test_properties_that_fit_the_subject_come_first(desk: EditorDesk) -> None:
    claims = text_of(desk, CLAIMS)
    of_bridge = offers_at(desk, CLAIMS, claims + "  p0s1 ab:\n    x: {s: bridge, p: |}")
    of_person = offers_at(desk, CLAIMS, claims + "  p0s1 ab:\n    x: {p: |, s: mayor}")
    assert of_bridge[:2] == ["length", "opens"]
    assert of_person.index("length") > of_person.index("memberOf") if "memberOf" in of_person else True
    assert sorted(of_bridge) == sorted(of_person)
    assert of_person[0] not in {"length", "opens"}


def test_broken_yaml_keeps_what_was_known(fresh: EditorDesk) -> None:
    path = fresh.root / ENTITIES
    good = text_of(fresh, ENTITIES) + "  tower: {is: Bridge, label: a tower}\n"
    assert "tower" in fresh.look({path: good}).known.seeds.entity_by_key
    broken = fresh.look({path: good + "  spire: {is: Bri"})
    assert [d.code for d in broken.diagnostics] == ["yaml-syntax"]
    assert "tower" in broken.known.seeds.entity_by_key
    assert "tower" not in broken.checked.seeds.entity_by_key
    again = EditorDesk(root=fresh.root).look({path: "kg: {"})  # broken from the first moment: what is saved is known
    assert "bridge" in again.known.seeds.entity_by_key


def test_a_file_that_is_not_saved_yet_is_read(fresh: EditorDesk) -> None:
    path = fresh.root / "seeds/entities/new.yaml"
    look = fresh.look({path: ZH})
    assert "lei" in look.checked.seeds.entity_by_key
    assert offers_at(fresh, CLAIMS, text_of(fresh, CLAIMS) + "  p0s1 ab:\n    x: {s: 雷|") == ["lei"]
    assert offers_at(fresh, CLAIMS, text_of(fresh, CLAIMS) + "  p0s1 ab:\n    x: {s: mr l|") == ["lei"]
    assert not path.exists()


# -- what a place names -------------------------------------------------------------------------------


def test_what_places_name_and_where_it_is_declared(desk: EditorDesk) -> None:
    claims = text_of(desk, CLAIMS)
    assert desk.last is not None
    known = desk.last.known
    declared = {}
    for word, thing in {
        "bridge, p": Thing(role=Role.ENTITY, id="bridge"),
        "length, o": Thing(role=Role.PROPERTY, id="length"),
        "m}": Thing(role=Role.QUANTITY, id="http://qudt.org/vocab/unit/M"),
        "opening": Thing(role=Role.CLAIM, id="bridge.opening"),
        "bridge\n": Thing(role=Role.SOURCE, id="bridge"),
        "p1s2: {by": Thing(role=Role.SENTENCE, id="bridge.p1s2"),
    }.items():
        assert named_at(desk, CLAIMS, claims, word) == thing
        mark = find_definition(known, thing)
        assert mark is not None and show_card(known, thing)
        declared[thing.role] = f"{Path(mark.file).name}:{mark.line}"
    assert declared[Role.ENTITY] == "rivertown.yaml:3"
    assert declared[Role.CLAIM] == "bridge.yaml:10"
    assert declared[Role.SOURCE] == "bridge.yaml:1"
    assert declared[Role.SENTENCE] == "bridge.txt:3"
    assert declared[Role.PROPERTY].startswith("story.ttl") and declared[Role.QUANTITY].startswith("units.ttl")
    again = "kg: claims/1\nsource: bridge\nclaims:\n  p1s1 12dca05b:\n    opening: again\n"
    assert named_at(desk, CLAIMS, again, "opening") == named_at(desk, CLAIMS, again, "again")
    question = "SELECT ?x { e:bridge r:length ?x }"
    assert named_at(desk, "ontology/questions/a.rq", question, "e:b") == Thing(role=Role.ENTITY, id="bridge")
    assert named_at(desk, "ontology/questions/a.rq", question, "r:le") == Thing(role=Role.PROPERTY, id="length")


def test_cards_say_what_is_known(desk: EditorDesk) -> None:
    assert desk.last is not None
    known = desk.last.known
    sentence = show_card(known, Thing(role=Role.SENTENCE, id="bridge.p1s1"))
    assert sentence is not None and "“The new bridge is 120 metres long\\.”".replace("\\.", ".") in sentence
    without = show_card(EditorDesk(root=desk.root).look({}).known, Thing(role=Role.SENTENCE, id="bridge.p1s1"))
    assert without is not None and "not at hand" in without and "figures: 120" in without
    entity = show_card(known, Thing(role=Role.ENTITY, id="bridge"))
    assert entity is not None and "the new bridge · length · 120 m" in entity
    assert show_card(known, Thing(role=Role.DATE, id="../2030")) == "**`../2030`** by 2030"
    mode = show_card(known, Thing(role=Role.MODE, id="promise"))
    assert mode is not None and "commits" in mode
    assert show_card(known, Thing(role=Role.DIFFERENCE, id="time")) == "**`time`**\n\nthey speak of different times"
    for difference in Difference:
        assert len(show_card(known, Thing(role=Role.DIFFERENCE, id=difference)) or "") > 20
    assert show_card(known, Thing(role=Role.ENTITY, id="nobody")) is None
    assert escape("# [a](b) \x1b[2J") == "\\# \\[a\\]\\(b\\) ␛\\[2J"


def test_the_outline_of_a_file(desk: EditorDesk) -> None:
    assert desk.last is not None
    assert list_symbols(desk.last.known, CLAIMS, "kg: claims/1\nclaims: {") == []
    symbols = list_symbols(desk.last.known, CLAIMS, text_of(desk, CLAIMS))
    assert [(s.name, [c.name for c in s.inner]) for s in symbols] == [
        ("p1s1 12dca05b", ["length"]), ("p1s2 13cb64c6", ["opening"]),
    ]  # fmt: skip
    assert list_symbols(desk.last.known, ENTITIES, text_of(desk, ENTITIES))[0].detail == "the new bridge"


# -- changes ------------------------------------------------------------------------------------------


def test_the_word_of_a_hint_is_written_where_the_wrong_one_stands(fresh: EditorDesk) -> None:
    claims = text_of(fresh, CLAIMS)
    slips = {"s: bridge, p: len": "s: brigde, p: len", "p: length": "p: lenght", "mode: promise": "mode: promis",
             "120 m}": "120 metr}", "mode:": "mod:"}  # fmt: skip
    for right, wrong in slips.items():
        text = claims.replace(right, wrong, 1)
        look = fresh.look({fresh.root / CLAIMS: text})
        mended = text
        for diagnostic in look.diagnostics:
            mend = find_mend(diagnostic)
            if mend is not None:
                lines = text.split("\n")
                row = lines[diagnostic.mark.line - 1]
                lines[diagnostic.mark.line - 1] = row[: mend.column] + mend.word + row[mend.end :]
                mended = "\n".join(lines)
        assert fresh.look({fresh.root / CLAIMS: mended}).diagnostics == fresh.look({}).diagnostics, wrong


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("{s: bridge, p: opens, o: 2031, mode: plan, when: 2031}",
         "{s: bridge, p: opens, o: 2031, @, mode: plan, when: 2031}"),
        ("{s: bridge, p: opens, mode: plan, when: 2031, o: 2031 }",
         "{s: bridge, p: opens, mode: plan, when: 2031, o: 2031, @ }"),
        ("\n      s: bridge\n      p: opens\n      o: 2031   # soon\n      mode: plan\n      when: 2031",
         "\n      s: bridge\n      p: opens\n      o: 2031   # soon\n      @\n      mode: plan\n      when: 2031"),
        ("{s: bridge, p: opens, o: 2031, mode: plan, when: 2031, inferred: {s: named before}}", None),
        ("{s: bridge, p: opens, o: [2031,], mode: plan}", None),  # one of a list
    ],
)  # fmt: skip
def test_a_reason_is_written_where_a_sentence_gives_the_date_by_its_own_day(
    tmp_path: Path, written: str, mended: str | None
) -> None:
    root = tmp_path / "rivertown"
    init_project(root, title="The Rivertown bridge", base="https://rivertown.example/")
    sentence = "The bridge opens next year."
    digest = digest_sentence(sentence)
    (root / "texts/note.txt").write_text(f"Note\n\n{sentence}\n", encoding="utf-8")
    (root / "seeds/sources/note.yaml").write_text(
        "kg: source/1\ntitle: Note\nauthor: mayor\npublished: 2030-05\nfile: note.txt\noutline:\n"
        f"  p0s1: {digest_sentence('Note')}\n  p1s1: {digest}\n",
        encoding="utf-8",
    )
    claims = root / "seeds/claims/note.yaml"
    text = f"kg: claims/1\nsource: note\nclaims:\n  p1s1 {digest}:\n    said: source\n    a: @\n"
    desk = EditorDesk(root=root, texts=root / "texts")
    (found,) = [
        d for d in desk.look({claims: text.replace("@", written)}).diagnostics if d.code == "figure-not-in-sentence"
    ]
    mend = find_mend(found)
    if mend is None:
        assert mended is None
        return
    reason = 'inferred: {o: "“next year”, of the date of the source, 2030-05"}'
    lines = text.replace("@", written).split("\n")
    row = lines[found.mark.line - 1]
    lines[found.mark.line - 1] = row[: mend.column] + mend.word + row[mend.end :]
    assert mended is not None and "\n".join(lines) == text.replace("@", mended.replace("@", reason))
    assert mend.title == f"Add `{reason}`"
    after = desk.look({claims: "\n".join(lines)}).diagnostics
    assert [d.code for d in after if d.mark.file.endswith("note.yaml") and d.code != "todo-sentence"] == []


def test_renaming_looks_at_what_is_open(fresh: EditorDesk) -> None:
    path = fresh.root / CLAIMS
    text = "# 🚗 雷军\n" + text_of(fresh, CLAIMS)
    changes, told = rename_entity(fresh, {path: text}, Thing(role=Role.ENTITY, id="bridge"), "new-bridge")
    assert {p.name for p in changes} == {"bridge.yaml", "rivertown.yaml", "promises.csv"} and told == ()
    assert [(c.line, c.text) for c in changes[path]] == [(8, "new-"), (10, "new-")]
    for new, reason in {"mayor": "there is an entity `mayor` already", "A b": "cannot be the id"}.items():
        with pytest.raises(RenameRefusedError, match=reason):
            rename_entity(fresh, {path: text}, Thing(role=Role.ENTITY, id="bridge"), new)
    broken = text + "  p0s1 ab:\n    x: {s: bridge"
    with pytest.raises(RenameRefusedError, match="has mistakes"):
        rename_entity(fresh, {path: broken}, Thing(role=Role.ENTITY, id="bridge"), "new-bridge")


def test_changes_make_the_new_text_of_the_old() -> None:
    dice = random.Random(3)
    for _ in range(300):
        old = "\n".join(dice.choice(["a", "b: 🚗", "", "c"]) for _ in range(dice.randrange(7)))
        new = "\n".join(dice.choice(["a", "b: 雷", "", "d"]) for _ in range(dice.randrange(7)))
        lines = old.split("\n")
        for change in reversed(list(find_changes(old, new))):
            first, last = lines[change.line], lines[change.end_line] if change.end_line < len(lines) else ""
            made = first[: change.column] + change.text + last[change.end_column :]
            lines[change.line : change.end_line + 1] = made.split("\n")
        assert "\n".join(lines) == new


def test_columns_in_the_units_of_the_editor() -> None:
    line = "a雷🚗b"
    assert [Units().to_units(line, n) for n in range(5)] == [0, 1, 2, 4, 5]
    assert [Units(encoding="utf-8").to_units(line, n) for n in range(5)] == [0, 1, 4, 8, 9]
    for encoding in ("utf-8", "utf-16", "utf-32"):
        units = Units(encoding=encoding)
        assert [units.from_units(line, units.to_units(line, n)) for n in range(5)] == [0, 1, 2, 3, 4]
    assert Units().from_units(line, 99) == 4


def test_every_code_has_an_address() -> None:
    for name in load_codes():
        address, _, number = describe_code(name).partition("#L")
        text = Path(address.removeprefix("file://")).read_text(encoding="utf-8")
        assert text.split("\n")[int(number) - 1] == f"[{name}]"


# -- the protocol -------------------------------------------------------------------------------------


class Client:
    """An editor that has one file open; the texts of diagnostics come as they are published."""

    def __init__(self, root: Path, name: str) -> None:
        self.client = LanguageClient("test", "1")
        self.root, self.path = root, root / name
        self.uri, self.version = self.path.as_uri(), 0
        self.published: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()
        self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self.published.put_nowait(params))

    async def begin(self) -> lsp.InitializeResult:
        await self.client.start_io(sys.executable, "-m", "kg", "lsp")
        asked = lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri=self.root.as_uri())
        told = await self.client.initialize_async(asked)
        self.client.initialized(lsp.InitializedParams())
        return told

    def show(self, text: str) -> None:
        """Open the file, or change its text."""
        self.version += 1
        if self.version == 1:
            item = lsp.TextDocumentItem(self.uri, "yaml", self.version, text)
            self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
            return
        which = lsp.VersionedTextDocumentIdentifier(self.version, self.uri)
        change = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(which, [change]))

    async def told(self) -> list[lsp.Diagnostic]:
        """What is found in the text as it was shown last; nothing older may come after it."""
        while True:
            found = await asyncio.wait_for(self.published.get(), 60)
            if found.uri == self.uri and found.version == self.version:
                return list(found.diagnostics)
            assert found.uri != self.uri or (found.version or 0) < self.version

    @property
    def document(self) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri)

    async def end(self) -> int | None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()
        server = self.client._server
        return server.returncode if server is not None else None


async def talk(root: Path) -> None:
    text = (root / CLAIMS).read_text(encoding="utf-8")
    client = Client(root, CLAIMS)
    about = (await client.begin()).capabilities
    assert about.position_encoding == "utf-16" and about.rename_provider and about.code_action_provider
    client.show(text)
    assert await client.told() == []

    # Chinese and an emoji before the mistake: columns are UTF-16
    client.show(text.replace("{s: bridge, p: length", '{note: "雷军🚗", s: brigde, p: length'))
    (found,) = await client.told()
    line = text.split("\n").index(next(row for row in text.split("\n") if "p: length" in row))
    start = len('    length: {note: "雷军🚗", s: ') + 1
    assert found.range == lsp.Range(lsp.Position(line, start), lsp.Position(line, start + 6))
    assert (found.code, found.severity) == ("unknown-entity", lsp.DiagnosticSeverity.Error)
    assert found.message == "no entity `brigde`\nhint: did you mean `bridge`?"
    assert found.code_description is not None and "claims.toml#L" in found.code_description.href
    asked = lsp.CodeActionParams(client.document, found.range, lsp.CodeActionContext([found]))
    (action,) = await client.client.text_document_code_action_async(asked) or ()
    assert isinstance(action, lsp.CodeAction) and action.edit is not None and action.edit.document_changes
    (edit,) = action.edit.document_changes[0].edits  # type: ignore[union-attr]
    assert edit == lsp.TextEdit(found.range, "bridge")

    # a half-typed line, asked at once: completions are there, and only the last text's diagnostics come
    for typed in ("    x: {", "    x: {s: ", "    x: {s: bri"):
        client.show(text + typed)
    at = lsp.Position(text.count("\n"), len("    x: {s: bri"))
    offered = await client.client.text_document_completion_async(lsp.CompletionParams(client.document, at))
    assert isinstance(offered, lsp.CompletionList)
    assert [(i.label, i.filter_text, i.text_edit.new_text) for i in offered.items if i.text_edit] == [
        ("bridge", "bri", "bridge")
    ]
    whole = await client.client.completion_item_resolve_async(offered.items[0])
    assert isinstance(whole.documentation, lsp.MarkupContent) and "opens · 2030" in whole.documentation.value
    assert [d.code for d in await client.told()] == ["yaml-syntax"]

    client.show("# 雷军🚗\n" + text)
    assert await client.told() == []
    at = lsp.Position(line + 1, text.split("\n")[line].index("bridge") + 2)
    hover = await client.client.text_document_hover_async(lsp.HoverParams(client.document, at))
    assert hover is not None and isinstance(hover.contents, lsp.MarkupContent)
    assert hover.contents.value.startswith("**the new bridge**")
    place = await client.client.text_document_definition_async(lsp.DefinitionParams(client.document, at))
    assert isinstance(place, lsp.Location) and (place.uri, place.range.start) == (
        (root / ENTITIES).as_uri(), lsp.Position(2, 2),
    )  # fmt: skip
    everywhere = lsp.ReferenceParams(lsp.ReferenceContext(False), client.document, at)
    places = await client.client.text_document_references_async(everywhere)
    assert [Path(p.uri).name for p in places or ()] == ["bridge.yaml", "bridge.yaml", "promises.csv"]
    named = await client.client.text_document_rename_async(lsp.RenameParams(client.document, at, "crossing"))
    assert named is not None and named.document_changes is not None
    assert {Path(d.text_document.uri).name: len(d.edits) for d in named.document_changes} == {  # type: ignore[union-attr]
        "bridge.yaml": 2, "rivertown.yaml": 1, "promises.csv": 1,
    }  # fmt: skip
    with pytest.raises(JsonRpcException, match="there is an entity `mayor` already"):
        await client.client.text_document_rename_async(lsp.RenameParams(client.document, at, "mayor"))
    mode = lsp.Position(line + 3, text.split("\n")[line + 2].index("promise") + 1)
    with pytest.raises(JsonRpcException, match="only entities can be renamed"):
        await client.client.text_document_prepare_rename_async(lsp.PrepareRenameParams(client.document, mode))
    symbols = await client.client.text_document_document_symbol_async(lsp.DocumentSymbolParams(client.document))
    assert [s.name for s in symbols or ()] == ["p1s1 12dca05b", "p1s2 13cb64c6"]

    # closed without saving: what is saved counts again
    client.show(text.replace("s: bridge", "s: brigde"))
    assert len(await client.told()) == 2
    client.client.text_document_did_close(lsp.DidCloseTextDocumentParams(client.document))
    gone = await asyncio.wait_for(client.published.get(), 60)
    while gone.uri != client.uri:  # files come in an order of their own
        gone = await asyncio.wait_for(client.published.get(), 60)
    assert list(gone.diagnostics) == []
    assert await client.end() == 0


def test_an_editor_talks_to_it_over_stdio(root: Path) -> None:
    asyncio.run(talk(root))


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(KgError, match=r"pip install 'kg-claims\[editor\]'"):
        program.main(["lsp", "--stdio"], standalone_mode=False)
    with pytest.raises(KgError, match=r"pip install 'kg-claims\[agent\]'"):
        program.main(["-C", str(ROOT), "mcp"], standalone_mode=False)


PLACE = {"textDocument": {"uri": "file:///a.yaml"}, "position": {"line": 1, "character": 1}}


def test_every_request_is_answered_a_wrong_one_too(root: Path) -> None:
    """What pygls cannot read, it logs; its client cannot send such things, so they are written by hand."""

    def ask(id_: object, method: str, **more: object) -> dict[str, object]:
        return {"jsonrpc": "2.0", "id": id_, "method": method, **more}

    wrong = "Invalid Params: required field missing @ $.params"
    folder: dict[str, object] = {"processId": None, "rootUri": root.as_uri(), "capabilities": {}}
    cases: list[tuple[object, object, int | None, str]] = [
        (b"hello", None, -32700, "no JSON"),
        (b"\xff", None, -32700, "no JSON"),
        ([1], None, -32600, "no message of JSON-RPC 2.0"),
        (ask(1, "initialize", params=folder), 1, None, ""),
        (ask(2, "textDocument/rename", params=PLACE), 2, -32602, f"{wrong}.newName"),
        (ask("a", "textDocument/hover"), "a", -32602, wrong),
        (ask(3, "no/such"), 3, -32601, "Method Not Found: no/such"),
        *(
            (ask(id_, "textDocument/hover", params=PLACE), None, -32600, "the `id` is neither text nor a whole number")
            for id_ in ({"a": 1}, [1], 1.5, True, None)
        ),
        ({"id": 4, "method": "textDocument/hover", "params": PLACE}, 4, -32600, "no message of JSON-RPC 2.0"),
        (ask(5, "textDocument/hover", params=PLACE), 5, None, ""),
        (ask(6, "shutdown"), 6, None, ""),
        (ask(7, "textDocument/hover", params=PLACE), 7, -32600, "the server was told to shut down"),
    ]
    program = [sys.executable, "-m", "kg", "lsp"]
    with subprocess.Popen(program, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None and server.stdout is not None
        for message, id_, code, says in cases:
            write_message(server.stdin, message if isinstance(message, bytes) else json.dumps(message).encode())
            told = read_message(server.stdout)
            error = told.get("error", {})
            assert (told["id"], error.get("code"), error.get("message", "")) == (id_, code, says)
        write_message(server.stdin, json.dumps({"jsonrpc": "2.0", "method": "exit"}).encode())
    assert server.returncode == 0


def test_a_change_of_a_file_that_was_never_opened_opens_it(root: Path) -> None:
    """What is wrong with a notification is told in words of ours; a file that cannot be is passed over."""

    def tell(method: str, **params: object) -> bytes:
        return json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode()

    uri = (root / CLAIMS).as_uri()
    unread = {"uri": "file:///a%00.yaml", "languageId": "yaml", "version": 1, "text": ""}
    program = [sys.executable, "-m", "kg", "lsp"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stdin is not None and server.stdout is not None and server.stderr is not None
        begin = {"id": 1, **json.loads(tell("initialize", processId=None, rootUri=None, capabilities={}))}
        write_message(server.stdin, json.dumps(begin).encode())
        assert read_message(server.stdout)["id"] == 1
        write_message(server.stdin, tell("textDocument/didOpen", textDocument=unread))
        write_message(server.stdin, tell("textDocument/didOpen", textDocument={"uri": uri}))
        said = read_message(server.stdout)
        assert said["method"] == "window/showMessage"
        assert said["params"]["message"].startswith(
            "kg: Invalid Params: required field missing @ $.params.textDocument"
        )
        change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": "kg: claims/2\n"}]}
        write_message(server.stdin, tell("textDocument/didChange", **change))
        found = read_message(server.stdout)["params"]
        assert (found["uri"], [d["code"] for d in found["diagnostics"]]) == (uri, ["format-version"])
        write_message(server.stdin, tell("exit"))
        assert server.stderr.read() == b""


def write_message(stream: IO[bytes], body: bytes) -> None:
    stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    stream.flush()


def read_message(stream: IO[bytes]) -> dict[str, Any]:
    length = 0
    while header := stream.readline().strip():
        name, _, value = header.partition(b":")
        length = int(value) if name == b"Content-Length" else length
    told = json.loads(stream.read(length))
    assert isinstance(told, dict)
    return told
