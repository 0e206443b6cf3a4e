"""A session with an editor: what it asks, and what it is told."""

from __future__ import annotations

import asyncio
import os
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lsprotocol import types as lsp
from pygls import uris
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from kg.build.pipeline import Checked
from kg.editor.card import show_code_card
from kg.editor.change import Mend, RenameRefusedError, check_renamable, find_mend, rename_entity
from kg.editor.complete import Offer, complete
from kg.editor.desk import EditorDesk, Survey
from kg.editor.link import (
    LINKED,
    NamedPlace,
    find_definition,
    find_named,
    find_source,
    list_named,
    list_symbols,
    show_card,
)
from kg.editor.position import Units
from kg.editor.role import kind_of
from kg.editor.scan import scan_text
from kg.editor.wire import Wire
from kg.system.project import find_project
from kg.system.watch import State, read_state
from kg.text.diagnostic import KgError

DEBOUNCE = 0.25  # seconds without a key, after which the project is checked
POLL = 2.0  # seconds between two looks at whether files have changed on disk
_REQUEST_FAILED = -32803  # LSP 3.17, `LSPErrorCodes.RequestFailed`


@dataclass
class Open:
    """A file that the editor has open, and the project that it belongs to."""

    working: Working
    path: Path
    uri: str
    version: int

    @property
    def name(self) -> str:
        """The name of the file in the project."""
        return self.working.desk.name_of(self.path)

    @property
    def text(self) -> str:
        """The text of the file as the editor shows it."""
        return self.working.desk.opened[self.path]


@dataclass
class Working:
    """A project on the desk, with what keeps it checked."""

    desk: EditorDesk
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    generation: int = 0
    shown: set[str] = field(default_factory=set)  # URIs of files that have diagnostics now
    task: asyncio.Task[None] | None = None
    failure: str = ""
    looked: int = 0  # the generation at which the project was looked at last
    ready: asyncio.Event = field(default_factory=asyncio.Event)  # the first look is done

    def touch(self) -> None:
        """Something has changed: what is found from before is stale."""
        self.generation += 1
        self.changed.set()

    @property
    def is_stale(self) -> bool:
        """Whether something has changed since the project was looked at."""
        return self.looked != self.generation

    def read_files(self) -> State:
        root = self.desk.root
        return read_state([root / name for name in ("seeds", "ontology", "texts")])


class Pointed(Protocol):
    """The parameters of a request that points at a place of a text (LSP 3.17, `TextDocumentPositionParams`)."""

    text_document: lsp.TextDocumentIdentifier
    position: lsp.Position


@dataclass(frozen=True, kw_only=True)
class EditorRequest:
    """A place of a text that an editor asks of: the file, the project as it is known, and the thing *named* there."""

    opened: Open
    text: str
    known: Checked
    named: NamedPlace | None


class Session:
    """What the server knows: the projects on the desk and the files that are open."""

    def __init__(self, server: LanguageServer, texts: Path | None) -> None:
        self.server = server
        self.texts = texts
        self.desks: dict[Path, Working] = {}
        self.files: dict[Path, Open] = {}
        self.offers: tuple[int, list[Offer]] = (0, [])
        self.pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kg-look")  # one look after another

    # -- projects and files -------------------------------------------------------------------------

    def find_desk(self, folder: Path) -> Working | None:
        """The project that a folder lies in, put on the desk where it is not there yet."""
        try:
            root = Path(os.path.realpath(find_project(folder).root))
        except KgError:
            return None
        if root not in self.desks:
            texts = self.texts
            if texts is None and (root / "texts").is_dir():
                texts = root / "texts"
            working = self.desks[root] = Working(desk=EditorDesk(root=root, texts=texts))
            working.task = asyncio.get_running_loop().create_task(self._keep_checked(working))
        return self.desks[root]

    def path_of(self, uri: str) -> Path | None:
        """The file that an address names; None where it names none."""
        path = uris.to_fs_path(uri)
        if not path or "\0" in path or not uri.startswith("file:"):
            return None
        return Path(os.path.realpath(path))

    def open(self, uri: str, text: str, number: int) -> None:
        """Take over the text of a file that was opened or changed."""
        path = self.path_of(uri)
        if path is None:
            return
        folder = next((parent for parent in path.parents if parent.is_dir()), None)
        working = self.find_desk(folder) if folder is not None else None
        if working is None:
            return
        self.files[path] = Open(working=working, path=path, uri=uri, version=number)
        if working.desk.opened.get(path) != text:
            working.desk.opened[path] = text
            working.touch()

    def close(self, uri: str) -> None:
        """A file is closed: what is saved counts again."""
        path = self.path_of(uri)
        opened = self.files.pop(path, None) if path is not None else None
        if path is not None and opened is not None:
            opened.working.desk.opened.pop(path, None)
            opened.working.desk.good.pop(path, None)
            opened.working.touch()

    def find_open(self, uri: str) -> Open | None:
        """The open file of this address."""
        path = self.path_of(uri)
        return self.files.get(path) if path is not None else None

    async def known_at(self, opened: Open) -> Checked | None:
        """What is known of the project of a file; the first look is waited for."""
        working = opened.working
        if working.desk.last is None:
            await working.ready.wait()
        return working.desk.last.known if working.desk.last is not None else None

    def wire(self, working: Working) -> Wire:
        encoding = str(getattr(self.server.workspace.position_encoding, "value", "utf-16"))
        return Wire(
            units=Units(encoding=encoding),
            root=working.desk.root,
            uris={path: opened.uri for path, opened in self.files.items()},
        )

    def column_of(self, working: Working, text: str, position: lsp.Position) -> tuple[int, int]:
        """A position of the editor, in code points."""
        lines = text.split("\n")
        if position.line >= len(lines):
            return position.line, 0
        line = lines[position.line].removesuffix("\r")
        return position.line, self.wire(working).units.from_units(line, position.character)

    # -- looking ------------------------------------------------------------------------------------

    async def _keep_checked(self, working: Working) -> None:
        """Look at a project whenever something has changed, one look after another; a stale one is not shown."""
        loop = asyncio.get_running_loop()
        files: State | None = None
        working.changed.set()
        while True:
            if not working.changed.is_set():
                try:
                    await asyncio.wait_for(working.changed.wait(), POLL)
                except TimeoutError:
                    if await loop.run_in_executor(self.pool, working.read_files) == files:
                        continue
            while working.changed.is_set():
                working.changed.clear()
                if working.ready.is_set():
                    await asyncio.sleep(DEBOUNCE)
            generation, opened = working.generation, dict(working.desk.opened)
            files = await loop.run_in_executor(self.pool, working.read_files)
            look = await self._look(working, opened)
            working.ready.set()
            if look is not None:
                working.looked = generation
            if look is not None and not working.is_stale:
                self._show(working, look)

    async def _look(self, working: Working, opened: dict[Path, str]) -> Survey | None:
        loop = asyncio.get_running_loop()
        try:
            look = await loop.run_in_executor(self.pool, working.desk.look, opened)
        except KgError as error:
            self._tell_failure(working, str(error))
        except Exception as error:  # a mistake of ours: the editor goes on, and what was known stays
            traceback.print_exc()
            self._tell_failure(working, f"the check failed: {type(error).__name__}: {error}")
        else:
            working.failure = ""
            return look
        return None

    def _tell_failure(self, working: Working, failure: str) -> None:
        if working.failure != failure:
            working.failure = failure
            self.say(f"kg: {failure}", lsp.MessageType.Warning)

    def say(self, text: str, kind: lsp.MessageType) -> None:
        self.server.window_show_message(lsp.ShowMessageParams(type=kind, message=text))

    def _show(self, working: Working, look: Survey) -> None:
        """Tell the editor what was found in each file, and of which there is nothing any more."""
        wire = self.wire(working)
        found: dict[str, list[lsp.Diagnostic]] = {}
        numbers = {opened.uri: opened.version for opened in self.files.values()}
        for diagnostic in look.diagnostics:
            uri = wire.uri_of(wire.path_of(diagnostic.mark.file))
            found.setdefault(uri, []).append(wire.diagnostic(diagnostic))
        mine = [opened.uri for opened in self.files.values() if opened.working is working]
        for uri in sorted({*found, *working.shown, *mine}):
            params = lsp.PublishDiagnosticsParams(uri=uri, diagnostics=found.get(uri, []), version=numbers.get(uri))
            self.server.text_document_publish_diagnostics(params)
        working.shown = set(found)

    # -- what is asked ------------------------------------------------------------------------------

    async def complete(self, params: lsp.CompletionParams) -> lsp.CompletionList | None:
        """What may stand at a place; the cards are told when one is looked at."""
        opened = self.find_open(params.text_document.uri)
        if opened is None:
            return None
        name, text = opened.name, opened.text
        kind = kind_of(name, text)
        known = await self.known_at(opened) if kind is not None else None
        if kind is None or known is None:
            return None
        line, column = self.column_of(opened.working, text, params.position)
        offers = complete(known, kind, name, text, line, column, find_source(kind, name, scan_text(text)))
        self.offers = (self.offers[0] + 1, offers)
        wire = self.wire(opened.working)
        row = text.split("\n")[line] if line <= text.count("\n") else ""
        items = [
            wire.completion(offer, line, text, row[offer.start : column], n, f"{self.offers[0]}:{n}")
            for n, offer in enumerate(offers)
        ]
        return lsp.CompletionList(is_incomplete=True, items=items)

    def resolve(self, item: lsp.CompletionItem) -> lsp.CompletionItem:
        """The card of a completion."""
        made, _, number = str(item.data).partition(":")
        if made == str(self.offers[0]) and number.isdigit() and int(number) < len(self.offers[1]):
            card = self.offers[1][int(number)].tell()
            if card:
                item.documentation = lsp.MarkupContent(kind=lsp.MarkupKind.Markdown, value=card)
        return item

    async def look_at(self, params: Pointed) -> EditorRequest | None:
        """The thing that is named at a place of a text; None where no project is known."""
        opened = self.find_open(params.text_document.uri)
        if opened is None:
            return None
        text = opened.text  # before others change it, or close the file
        known = await self.known_at(opened)
        if known is None:
            return None
        named = find_named(known, opened.name, text, *self.column_of(opened.working, text, params.position))
        return EditorRequest(opened=opened, text=text, known=known, named=named)

    async def hover(self, params: lsp.HoverParams) -> lsp.Hover | None:
        """The card of a place: the thing that is named there, and the codes of its mistakes, explained."""
        look = await self.look_at(params)
        if look is None:
            return None
        opened, named = look.opened, look.named
        working = opened.working
        card = show_card(look.known, named.thing) if named is not None else None
        wire = self.wire(working)
        codes = {
            d.code: None
            for d in (working.desk.last.diagnostics if working.desk.last and not working.is_stale else ())
            if wire.path_of(d.mark.file) == opened.path and _holds(wire.range_of(d.mark), params.position)
        }
        cards = [card, *map(show_code_card, codes)]
        shown = "\n\n---\n\n".join(card for card in cards if card)
        if not shown:
            return None
        at = wire.range_of_named(look.text, named) if named is not None else None
        return lsp.Hover(contents=lsp.MarkupContent(kind=lsp.MarkupKind.Markdown, value=shown), range=at)

    async def definition(self, params: lsp.DefinitionParams) -> lsp.Location | None:
        """Where the thing at a place is declared."""
        look = await self.look_at(params)
        if look is None or look.named is None:
            return None
        mark = find_definition(look.known, look.named.thing)
        return self.wire(look.opened.working).location_of(mark) if mark is not None else None

    async def references(self, params: lsp.ReferenceParams) -> list[lsp.Location] | None:
        """Every place that names the thing at a place, in all files."""
        look = await self.look_at(params)
        if look is None or look.named is None or look.named.thing.role not in LINKED:
            return None
        working, known, named = look.opened.working, look.known, look.named
        desk, wire = working.desk, self.wire(working)
        project = desk.project
        word = named.thing.id.rpartition(".")[2] if "." in named.thing.id else named.thing.id
        files = (*project.claim_files, *project.entity_files, *project.source_files, *project.question_files,
                 *(p.with_suffix(".csv") for p in project.question_files), *project.ontology_files)  # fmt: skip
        paths = {Path(os.path.realpath(p)): None for p in (*files, *desk.opened)}
        found: list[lsp.Location] = []
        for path in paths:
            text_of = desk.text_of(path)
            if text_of is None or word.rpartition("/")[2].rpartition("#")[2] not in text_of:
                continue
            found += [
                lsp.Location(uri=wire.uri_of(path), range=wire.range_of_named(text_of, other))
                for other in list_named(known, desk.name_of(path), text_of)
                if other.thing == named.thing and (params.context.include_declaration or not other.declares)
            ]
        return found

    async def prepare_rename(self, params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder:
        """The id at a place, where it can be renamed. Raises JsonRpcException with the reason."""
        look = await self.look_at(params)
        if look is None:
            raise _refuse("no project is known here")
        try:
            named = check_renamable(look.named)
        except RenameRefusedError as error:
            raise _refuse(str(error)) from None
        at = self.wire(look.opened.working).range_of_named(look.text, named)
        return lsp.PrepareRenamePlaceholder(range=at, placeholder=named.thing.id)

    async def rename(self, params: lsp.RenameParams) -> lsp.WorkspaceEdit:
        """Another id for an entity, in all files, as edits. Raises JsonRpcException with the reason."""
        look = await self.look_at(params)
        if look is None:
            raise _refuse("no project is known here")
        working = look.opened.working
        opened = dict(working.desk.opened)
        numbers = {path: self.files[path].version for path in opened if path in self.files}
        loop = asyncio.get_running_loop()
        try:
            named = check_renamable(look.named)
            changes, told = await loop.run_in_executor(
                self.pool, rename_entity, working.desk, opened, named.thing, params.new_name
            )
        except RenameRefusedError as error:
            raise _refuse(str(error)) from None
        if told:
            self.say("kg: look at: " + "; ".join(told), lsp.MessageType.Info)
        texts = {path: opened.get(path) or working.desk.text_of(path) or "" for path in changes}
        return self.wire(working).edits(changes, texts, numbers)

    async def symbols(self, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol] | None:
        """The outline of a file."""
        opened = self.find_open(params.text_document.uri)
        if opened is None:
            return None
        text = opened.text
        known = await self.known_at(opened)
        if known is None:
            return None
        wire = self.wire(opened.working)
        return [wire.symbol(symbol, text) for symbol in list_symbols(known, opened.name, text)]

    async def actions(self, params: lsp.CodeActionParams) -> list[lsp.CodeAction] | None:
        """Quick fixes: what a hint names, where the line is still as it was."""
        opened = self.find_open(params.text_document.uri)
        if opened is None or opened.working.desk.last is None:
            return None
        only = params.context.only
        if only is not None and not any(lsp.CodeActionKind.QuickFix.value.startswith(str(k)) for k in only):
            return []
        wire, lines = self.wire(opened.working), opened.text.split("\n")
        found: dict[tuple[int, Mend], lsp.CodeAction] = {}  # claims of a list of subjects share theirs
        for diagnostic in opened.working.desk.last.diagnostics:
            mark = diagnostic.mark
            if wire.path_of(mark.file) != opened.path or not _meet(wire.range_of(mark), params.range):
                continue
            mend = find_mend(diagnostic)
            is_same = mark.line <= len(lines) and lines[mark.line - 1].rstrip("\r") == mark.source.lines[mark.line - 1]
            if mend is not None and is_same:
                found.setdefault((mark.line, mend), wire.mend(diagnostic, mend, opened.version))
        return list(found.values())


def _holds(place: lsp.Range, at: lsp.Position) -> bool:
    start, end = (place.start.line, place.start.character), (place.end.line, place.end.character)
    return start <= (at.line, at.character) <= end


def _meet(one: lsp.Range, other: lsp.Range) -> bool:
    return _holds(one, other.start) or _holds(other, one.start)


def _refuse(reason: str) -> JsonRpcException:
    return JsonRpcException(reason, _REQUEST_FAILED)
