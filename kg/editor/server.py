"""The language server over stdin and stdout, by pygls."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from kg.editor.answering import AnsweringProtocol, AnsweringServer
from kg.editor.session import Session


def make_server(texts: Path | None = None) -> LanguageServer:
    """The language server; *texts* is the folder of the source texts (default: `texts/` of the project, if there).

    Whole texts are asked for at each change: places in parts of them would have to be counted as the client counts.
    """
    whole = lsp.TextDocumentSyncKind.Full
    server = AnsweringServer("kg", version("kg-claims"), text_document_sync_kind=whole, protocol_cls=AnsweringProtocol)
    session = Session(server, texts)

    def answer(feature: str, ask: Callable[[Any], Any], options: object = None) -> None:
        """Register *ask*; a mistake of ours is told in the server's log and ends nothing."""

        @functools.wraps(ask)
        async def safely(params: Any) -> Any:
            try:
                told = ask(params)
                return await told if asyncio.iscoroutine(told) else told
            except JsonRpcException:
                raise
            except Exception:
                traceback.print_exc()
                return None

        server.feature(feature, options)(safely)

    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        session.open(params.text_document.uri, params.text_document.text, params.text_document.version)

    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        session.open(uri, server.workspace.get_text_document(uri).source, params.text_document.version)

    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        opened = session.find_open(params.text_document.uri)
        if opened is not None:
            opened.working.touch()

    def begun(params: lsp.InitializedParams) -> None:
        folders = [folder.uri for folder in server.workspace.folders.values()]
        for uri in folders or [server.workspace.root_uri or ""]:
            path = session.path_of(uri)
            if path is not None and path.is_dir():
                session.find_desk(path)

    answer(lsp.INITIALIZED, begun)
    answer(lsp.TEXT_DOCUMENT_DID_OPEN, opened)
    answer(lsp.TEXT_DOCUMENT_DID_CHANGE, changed)
    answer(lsp.TEXT_DOCUMENT_DID_SAVE, saved)
    answer(lsp.TEXT_DOCUMENT_DID_CLOSE, lambda params: session.close(params.text_document.uri))
    signs = [" ", ":", ".", "{", "["]
    completion = lsp.CompletionOptions(trigger_characters=signs, resolve_provider=True)
    answer(lsp.TEXT_DOCUMENT_COMPLETION, session.complete, completion)
    answer(lsp.COMPLETION_ITEM_RESOLVE, session.resolve)
    answer(lsp.TEXT_DOCUMENT_HOVER, session.hover)
    answer(lsp.TEXT_DOCUMENT_DEFINITION, session.definition)
    answer(lsp.TEXT_DOCUMENT_REFERENCES, session.references)
    answer(lsp.TEXT_DOCUMENT_PREPARE_RENAME, session.prepare_rename)
    answer(lsp.TEXT_DOCUMENT_RENAME, session.rename, lsp.RenameOptions(prepare_provider=True))
    answer(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL, session.symbols)
    actions = lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    answer(lsp.TEXT_DOCUMENT_CODE_ACTION, session.actions, actions)
    return server


def run_editor(texts: Path | None) -> None:
    """Serve an editor over stdin and stdout until it says goodbye; what goes wrong is told on stderr."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL)  # it logs a traceback for what we refuse
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not speak between the messages
    make_server(texts).start_io(stdout=out)
