"""What was found, in the words of the protocol: diagnostics, completions, edits, symbols."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris

import kg.text.codes
from kg.editor.change import Mend, TextChange
from kg.editor.complete import Offer
from kg.editor.link import NamedPlace, Symbol
from kg.editor.position import Units
from kg.editor.role import Role
from kg.text.diagnostic import Diagnostic, Mark, Severity, make_lines_visible, make_visible, without_secrets

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
_OFFERED = {
    Role.ENTITY: lsp.CompletionItemKind.Constant, Role.PROPERTY: lsp.CompletionItemKind.Property,
    Role.CLASS: lsp.CompletionItemKind.Class, Role.QUANTITY: lsp.CompletionItemKind.Unit,
    Role.KEY: lsp.CompletionItemKind.Field, Role.SENTENCE: lsp.CompletionItemKind.Text,
    Role.PLACE: lsp.CompletionItemKind.Text, Role.SOURCE: lsp.CompletionItemKind.File,
    Role.CLAIM: lsp.CompletionItemKind.Reference,
}  # fmt: skip
_SYMBOLS = {
    Role.ENTITY: lsp.SymbolKind.Object, Role.SENTENCE: lsp.SymbolKind.Namespace, Role.CLAIM: lsp.SymbolKind.Event,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wire:
    """Turns what `kg` says into what the editor reads: in its *units*, by its *uris* of the files under *root*."""

    units: Units
    root: Path
    uris: Mapping[Path, str]  # of open files

    def path_of(self, name: str) -> Path:
        """The file that a mark names."""
        return Path(os.path.realpath(self.root / name))

    def uri_of(self, path: Path) -> str:
        """The editor's own URI of a file that it has open, else one made from the path."""
        return self.uris.get(path) or uris.from_fs_path(str(path)) or path.as_uri()

    def range_of(self, mark: Mark) -> lsp.Range:
        line, column, end_line, end_column = self.units.place(mark)
        return _range(line, column, end_line, end_column)

    def location_of(self, mark: Mark) -> lsp.Location:
        return lsp.Location(uri=self.uri_of(self.path_of(mark.file)), range=self.range_of(mark))

    def range_in(self, text: str, line: int, column: int, end_line: int, end_column: int) -> lsp.Range:
        """A range given in code points of a text."""
        lines = text.split("\n")

        def units(at: int, column: int) -> int:
            return self.units.to_units(lines[at].removesuffix("\r"), column) if at < len(lines) else 0

        return _range(line, units(line, column), end_line, units(end_line, end_column))

    def range_of_named(self, text: str, named: NamedPlace) -> lsp.Range:
        return self.range_in(text, named.line, named.column, named.line, named.end)

    def diagnostic(self, found: Diagnostic) -> lsp.Diagnostic:
        """A diagnostic with its hint, the places that it speaks of, and the description of its code."""
        shown = without_secrets(found)
        lines = [shown.message]
        lines += [f"accepted: {shown.accepted}"] if shown.accepted is not None else []
        lines += [f"hint: {shown.hint}"] if shown.hint else []
        severity = lsp.DiagnosticSeverity.Hint if found.accepted is not None else _SEVERITIES[found.severity]
        return lsp.Diagnostic(
            range=self.range_of(found.mark),
            severity=severity,
            code=found.code,
            code_description=lsp.CodeDescription(href=describe_code(found.code)),
            source="kg",
            message=make_lines_visible("\n".join(lines)),
            related_information=[
                lsp.DiagnosticRelatedInformation(
                    location=self.location_of(related.mark), message=make_visible(related.message)
                )
                for related in found.related
            ],
        )

    def mend(self, found: Diagnostic, mend: Mend, version: int | None) -> lsp.CodeAction:
        """The quick fix that writes what a hint names."""
        mark = found.mark
        line = mark.source.lines[mark.line - 1]
        start, end = (self.units.to_units(line, column) for column in (mend.column, mend.end))
        edit = lsp.TextEdit(range=_range(mark.line - 1, start, mark.line - 1, end), new_text=mend.word)
        document = lsp.OptionalVersionedTextDocumentIdentifier(self.uri_of(self.path_of(mark.file)), version)
        return lsp.CodeAction(
            title=make_visible(mend.title),
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=[self.diagnostic(found)],
            is_preferred=True,
            edit=lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(text_document=document, edits=[edit])]),
        )

    def edits(
        self, changes: Mapping[Path, Iterable[TextChange]], texts: Mapping[Path, str], versions: Mapping[Path, int]
    ) -> lsp.WorkspaceEdit:
        """Changes of several files; those of open ones only at their versions."""
        documents = [
            lsp.TextDocumentEdit(
                text_document=lsp.OptionalVersionedTextDocumentIdentifier(self.uri_of(path), versions.get(path)),
                edits=[
                    lsp.TextEdit(
                        range=self.range_in(texts[path], c.line, c.column, c.end_line, c.end_column), new_text=c.text
                    )
                    for c in found
                ],
            )
            for path, found in changes.items()
        ]
        return lsp.WorkspaceEdit(document_changes=documents)

    def completion(self, offer: Offer, line: int, text: str, typed: str, number: int, data: str) -> lsp.CompletionItem:
        """An offer; its filter text is what is typed: the server has chosen already, by names that it alone knows."""
        return lsp.CompletionItem(
            label=make_visible(offer.label),
            kind=_OFFERED.get(offer.kind, lsp.CompletionItemKind.EnumMember),
            detail=make_visible(offer.detail),
            filter_text=typed or offer.text,
            sort_text=f"{number:05}",
            text_edit=lsp.TextEdit(range=self.range_in(text, line, offer.start, line, offer.end), new_text=offer.text),
            data=data,
        )

    def symbol(self, symbol: Symbol, text: str) -> lsp.DocumentSymbol:
        """An entry of a file's outline, with those within it."""
        lines = text.split("\n")
        return lsp.DocumentSymbol(
            name=make_visible(symbol.name),
            detail=make_visible(symbol.detail),
            kind=_SYMBOLS.get(symbol.role, lsp.SymbolKind.Key),
            range=self.range_in(text, symbol.line, symbol.column, symbol.last, len(lines[symbol.last])),
            selection_range=self.range_in(text, symbol.line, symbol.column, symbol.line, symbol.end),
            children=[self.symbol(inner, text) for inner in symbol.inner],
        )


def _range(line: int, column: int, end_line: int, end_column: int) -> lsp.Range:
    return lsp.Range(start=lsp.Position(line, column), end=lsp.Position(end_line, end_column))


@cache
def _find_codes() -> dict[str, str]:
    """Where each code is described: the file's URI with the line."""
    found = {}
    for path in sorted(Path(kg.text.codes.__file__).parent.glob("*.toml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.startswith("[") and line.endswith("]"):
                found[line[1:-1]] = f"{path.as_uri()}#L{number}"
    return found


def describe_code(name: str) -> str:
    """The address of the description of a code: its file in this installation, at its line."""
    return _find_codes()[name]
