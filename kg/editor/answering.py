"""The protocol of editors as pygls speaks it, with an answer to every request, a wrong one too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from lsprotocol import types as lsp
from pygls.exceptions import (
    FeatureRequestError,
    JsonRpcException,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import JsonRPCProtocol, LanguageServerProtocol
from pygls.protocol.language_server import lsp_method


class AnsweredError(JsonRpcException):
    """What was wrong with a request; the answer has told it already."""


class AnsweringProtocol(LanguageServerProtocol):
    """The protocol of pygls, which leaves what it cannot read without an answer: an editor would wait for one.

    JSON-RPC 2.0, section 5.1, has the numbers: -32700 no JSON, -32600 no request, -32601 no such method, -32602 wrong
    parameters. The `id` is null where there is none.
    """

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The message that *data* is. A request that is none is answered, and raises AnsweredError."""
        try:
            method = data.get("method")
            if "id" in data and method is not None and not is_id(data["id"]):
                raise JsonRpcInvalidRequest("the `id` is neither text nor a whole number")
            if "jsonrpc" in data and "id" in data and isinstance(method, str) and self.get_message_type(method) is None:
                raise JsonRpcMethodNotFound.of(method)
            return super().structure_message(data)
        except JsonRpcException as error:
            if "method" not in data or "id" not in data:
                raise
            self.refuse(data["id"] if is_id(data["id"]) else None, error)
            raise AnsweredError(error.message, error.code) from error

    def handle_message(self, message: Any) -> None:
        """Hand a message to what handles it; one that is no request, or comes after `shutdown`, is refused."""
        id_ = message.get("id") if isinstance(message, dict) else getattr(message, "id", None)
        if getattr(message, "jsonrpc", None) != JsonRPCProtocol.VERSION:
            self.refuse(id_, JsonRpcInvalidRequest("no message of JSON-RPC 2.0"))
        elif self._shutdown and id_ is not None and hasattr(message, "method"):
            self.refuse(id_, JsonRpcInvalidRequest("the server was told to shut down"))
        else:
            super().handle_message(message)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: lsp.DidChangeTextDocumentParams) -> Iterator[Any]:
        """Take over a change, which brings the whole text: a file that was never opened is open from then on."""
        changed = params.text_document
        if unquote(changed.uri) not in self.workspace.text_documents:
            self.workspace.put_text_document(lsp.TextDocumentItem(changed.uri, "", changed.version, ""))
        yield from super().lsp_text_document__did_change(params)

    def refuse(self, id_: object, error: JsonRpcException) -> None:
        """Answer a request with an error. The message is written as it is: pygls leaves out an `id` that is null."""
        told = {"code": error.code, "message": tell_error(error)}
        self._send_data({"jsonrpc": JsonRPCProtocol.VERSION, "id": id_, "error": told})


class AnsweringServer(LanguageServer):
    """The server of pygls, which answers what is no JSON too."""

    protocol: AnsweringProtocol

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Tell the client what went wrong, unless an answer does."""
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
            self.protocol.refuse(None, JsonRpcParseError("no JSON"))
        elif isinstance(error, AnsweredError) or source is FeatureRequestError:
            return
        elif isinstance(error, JsonRpcException):
            told = lsp.ShowMessageParams(type=lsp.MessageType.Error, message=f"kg: {tell_error(error)}")
            self.window_show_message(told)
        else:
            super().report_server_error(error, source)


def is_id(value: object) -> bool:
    """Whether a request may be called so: by a text or a whole number."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def tell_error(error: JsonRpcException) -> str:
    """An error's message, with what is wrong with the parameters, where that is known."""
    from cattrs import transform_error

    cause = error.__cause__
    if cause is None:
        return error.message
    wrong = "; ".join(transform_error(cause))  # with the names of Python: `new_name` is the protocol's `newName`
    return f"{error.message}: {re.sub(r'_([a-z])', lambda sign: sign[1].upper(), wrong)}"
