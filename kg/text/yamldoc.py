"""YAML text → node tree, every node with its `Mark`.

Scalars stay the text that was written: no `no` → false, `2024-04-28` → date, `73.60` → 73.6. Keys are
plain text and stand once; depth and size (aliases written out) are bounded. Only the first mistake of a
file can be told, since what follows broken YAML cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from kg.text.diagnostic import Diagnostic, KgError, Mark, Related, SourceText, mark_at, mark_of_file
from kg.text.kept import make_once
from kg.text.opened import read_bytes
from kg.text.yamlmistake import explain_yaml_error, find_bad_character, find_disguised, hint_at_lone_key

DEEPEST = 64
TOO_DEEP = f"nested deeper than {DEEPEST} levels"
MOST_NODES = 5_000_000
MOST_SCANNED = 200_000  # characters

NO_TEXT = re.compile("[\0\ud800-\udfff]")  # what an escape can bring about
_BRACKET_OR_BLOCK = re.compile(rf"[][{{}}]|^[ ?-]{{{2 * DEEPEST},{4 * DEEPEST}}}(?<=[?-] )", re.MULTILINE)
_OPENING = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scalar:
    """A text as it was written; *plain* is true where it had no quotes and was no block."""

    text: str
    mark: Mark = field(repr=False)
    plain: bool = True

    def part(self, start: int, end: int) -> Mark:
        """The mark of a part of the text, where the text is written as it reads; else the whole mark."""
        if self.mark.line == self.mark.end_line:
            written = self.mark.excerpt
            if written == self.text:
                return self.mark.part(start, end)
            if written[1:-1] == self.text:
                return self.mark.part(start + 1, end + 1)
        return self.mark


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceNode:
    """A list of nodes."""

    items: tuple[Node, ...]
    mark: Mark = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class MappingNode:
    """Keys and their nodes, in the order of the file; *flow* is true for `{...}`.

    *broken* is true where a mistake inside was already told (a key twice, a stray comma): what else looks
    wrong there follows from it and needs no second diagnostic.
    """

    entries: tuple[tuple[Scalar, Node], ...]
    mark: Mark = field(repr=False)
    flow: bool = False
    broken: bool = False

    @cached_property
    def nodes(self) -> dict[str, Node]:
        return {key.text: node for key, node in self.entries}

    @cached_property
    def keys(self) -> dict[str, Scalar]:
        return {key.text: key for key, _ in self.entries}

    def get(self, key: str) -> Node | None:
        return self.nodes.get(key)


Node = Scalar | SequenceNode | MappingNode


def describe_node(node: Node) -> str:
    """`a text`, `a list` or `a mapping`, for a message."""
    if isinstance(node, Scalar):
        return "a text" if node.text or not node.plain else "nothing"
    return "a list" if isinstance(node, SequenceNode) else "a mapping"


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file that was read: its text, its root node (None where it could not be read) and what is wrong."""

    source: SourceText
    root: Node | None
    diagnostics: tuple[Diagnostic, ...] = ()


def read_text(path: Path, name: str) -> tuple[SourceText, tuple[Diagnostic, ...]]:
    """The text of a UTF-8 file, or the one that is held open, without a byte-order mark.

    Bytes that are not UTF-8 are one diagnostic. Raises KgError when the file cannot be read.
    """
    return decode_text(read_raw(path, name), name)


def read_raw(path: Path, name: str) -> bytes:
    """The bytes of a file (or of the text held open). Raises KgError when it cannot be read."""
    try:
        return read_bytes(path)
    except OSError as error:
        raise KgError(f"cannot read {name}: {error.strerror or error}") from error


def decode_text(raw: bytes, name: str) -> tuple[SourceText, tuple[Diagnostic, ...]]:
    """The text that the bytes of a file write, like `read_text`."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        source = SourceText(name, "")
        return source, (
            Diagnostic(
                code="encoding",
                mark=mark_of_file(source),
                message="the file is UTF-16, not UTF-8",
                hint="save it as UTF-8",
            ),
        )
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return SourceText(name, raw.decode("utf-8")), ()
    except UnicodeDecodeError as error:
        source = SourceText(name, raw.decode("utf-8", errors="replace"))
        before = raw[: error.start].decode("utf-8")
        mark = mark_at(source, len(before), len(before) + 1)
        byte = f"0x{raw[error.start]:02X}"
        return source, (
            Diagnostic(
                code="encoding",
                mark=mark,
                message=f"byte {byte} is not UTF-8",
                hint="save the file as UTF-8",
            ),
        )


def read_document(path: Path, name: str) -> Document:
    """Read the YAML file at *path*, called *name* in messages. Raises KgError when it cannot be read."""
    return make_document(read_raw(path, name), name)


def read_to_rewrite(path: Path, name: str) -> tuple[bytes, Document]:
    """A YAML file's bytes and its document, both of one reading: who rewrites it sees whether it has changed since."""
    raw = read_raw(path, name)
    return raw, make_document(raw, name)


def make_document(raw: bytes, name: str) -> Document:
    """The document that the bytes of a file write, like `read_document`."""
    return make_once("document", name, (), raw, lambda: _decode_document(raw, name))


def _decode_document(raw: bytes, name: str) -> Document:
    source, diagnostics = decode_text(raw, name)
    if diagnostics:
        return Document(source=source, root=None, diagnostics=diagnostics)
    return parse_document(source)


def parse_document(source: SourceText) -> Document:
    """The node tree of a YAML text.

    >>> doc = parse_document(SourceText("a.yaml", "su7: {o: 73.60 kWh}"))
    >>> node = doc.root.get("su7").get("o")
    >>> node.text, str(node.mark)
    ('73.60 kWh', 'a.yaml:1:10')
    """
    bad = find_bad_character(source)
    if bad is not None:
        return Document(source=source, root=None, diagnostics=(bad,))
    composer = _Composer(source)
    try:
        root = composer.compose()
        return Document(source=source, root=root, diagnostics=tuple(composer.diagnostics))
    except _MistakeError as error:
        return Document(source=source, root=None, diagnostics=(*composer.diagnostics, error.diagnostic))
    except yaml.YAMLError as error:
        problem = find_too_deep(source) or explain_yaml_error(source, error)
        told = tuple(dict.fromkeys((*composer.diagnostics, problem)))
        return Document(source=source, root=None, diagnostics=told)


def find_too_deep(source: SourceText) -> Diagnostic | None:
    """The mistake of a text that is nested too deep, if it is: the library refused it, for this or another reason.

    Some versions have a limit of their own (libyaml 0.2.6: 1,000) and tell it before any node is made. Their words
    are not asked: the tokens are counted, by PyYAML's own scanner, which has none.
    """
    begin = _cut_where_deep(source.text)
    if len(begin) > MOST_SCANNED:  # that scanner takes a second for 100 kB: so far behind, the brackets are believed
        return Diagnostic(code="yaml-limit", mark=mark_at(source, len(begin) - 1, len(begin)), message=TOO_DEEP)
    try:
        loader = yaml.SafeLoader(begin)
    except yaml.reader.ReaderError:  # a character that YAML does not know, which is told
        return None
    tokens = []
    try:
        while begin and loader.check_token():
            tokens.append(loader.get_token())  # type: ignore[no-untyped-call]
    except yaml.YAMLError:
        tokens += loader.tokens  # what it had found by then
    depth = 0
    for token in tokens:
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > DEEPEST:
            at = token.start_mark.index
            return Diagnostic(code="yaml-limit", mark=mark_at(source, at, at + 1), message=TOO_DEEP)
    return None


def _cut_where_deep(text: str) -> str:
    """The beginning of a text up to where it looks nested too deep; empty where it does not.

    Brackets in quotes count here, hence twice the limit.
    """
    depth = 0
    for sign in _BRACKET_OR_BLOCK.finditer(text):
        if len(sign[0]) > 1:
            return text[: sign.end()]
        depth = depth + 1 if sign[0] in "[{" else max(0, depth - 1)
        if depth > 2 * DEEPEST:
            return text[: sign.end()]
    return ""


class _MistakeError(Exception):
    """A mistake behind which the file cannot be read further."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def _mistake(code: str, mark: Mark, message: str) -> _MistakeError:
    return _MistakeError(Diagnostic(code=code, mark=mark, message=message))


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node.text


def _plain_text(entries: list[tuple[Scalar, Node]]) -> str | None:
    """The last value, where it was written without quotes."""
    value = entries[-1][1] if entries else None
    return value.text if isinstance(value, Scalar) and value.plain else None


class _Composer:
    """Nodes from the event stream of PyYAML's C parser (3 times as fast as composing with marks)."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.events: Iterator[Any] = iter(())
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.diagnostics: list[Diagnostic] = []
        self.count = 0
        self.last = source.text.count("\n")  # the number of the last line, from 0

    def mark(self, event: Any) -> Mark:
        start, end = event.start_mark, event.end_mark
        if start.line > self.last:  # what a lone `?` at the end of a file leaves open
            column = len(self.source.lines[self.last]) + 1
            line = self.last + 1
            return Mark(source=self.source, line=line, column=column, end_line=line, end_column=column)
        return Mark(
            source=self.source,
            line=start.line + 1,
            column=start.column + 1,
            end_line=end.line + 1,
            end_column=end.column + 1,
        )

    def compose(self) -> Node | None:
        loader = _Loader(self.source.text)
        self.events = iter(loader.get_event, None)
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    message = "a second document in one file"
                    raise _mistake("yaml-unsupported", self.mark(event), message)
                root = self.node(next(self.events), 0)
        return root

    def node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                message = f"no anchor `&{event.anchor}` before this alias"
                raise _mistake("yaml-syntax", self.mark(event), message)
            node, size = self.anchors[event.anchor]
            self.grow(event, size)
            return node
        self.grow(event, 1)
        if event.tag is not None and event.tag != "!":
            message = f"a tag (`{event.tag}`) is not part of this format"
            mark = self.mark(event)
            self.diagnostics.append(Diagnostic(code="yaml-unsupported", mark=mark, message=message))
        before = self.count
        if type(event) is yaml.ScalarEvent:
            node = self.scalar(event)
        elif depth >= DEEPEST:
            raise _mistake("yaml-limit", self.mark(event), TOO_DEEP)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self.sequence(event, depth)
        else:
            node = self.mapping(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, self.count - before + 1)
        return node

    def grow(self, event: Any, size: int) -> None:
        self.count += size
        if self.count > MOST_NODES:
            message = f"more than {MOST_NODES:,} nodes once aliases are written out"
            raise _mistake("yaml-limit", self.mark(event), message)

    def scalar(self, event: Any) -> Scalar:
        mark = self.mark(event)
        bad = NO_TEXT.search(event.value) if event.style == '"' else None  # only there are escapes
        if bad is not None:
            message = f"the character U+{ord(bad[0]):04X} is not allowed in a text"
            raise _mistake("encoding", mark, message)
        return Scalar(text=event.value, mark=mark, plain=event.style is None or event.style == "")

    def sequence(self, event: Any, depth: int) -> SequenceNode:
        items: list[Node] = []
        for inner in self.events:
            if isinstance(inner, yaml.SequenceEndEvent):
                return SequenceNode(items=tuple(items), mark=self.span(event, inner))
            items.append(self.node(inner, depth + 1))
        raise AssertionError("the event stream ended inside a sequence")

    def mapping(self, event: Any, depth: int) -> MappingNode:
        entries: list[tuple[Scalar, Node]] = []
        seen: dict[str, Scalar] = {}
        flow = bool(event.flow_style)
        broken = False
        first = 0
        split: str | None = None  # a value that commas split, as far as it was read
        for inner in self.events:
            if isinstance(inner, yaml.MappingEndEvent):
                mark = self.span(event, inner)
                return MappingNode(entries=tuple(entries), mark=mark, flow=flow, broken=broken)
            key = self.node(inner, depth + 1)
            if not isinstance(key, Scalar):
                raise _mistake("yaml-unsupported", key.mark, f"{describe_node(key)} as a key")
            value = self.node(next(self.events), depth + 1)
            problem: Diagnostic | None = None
            if key.plain and not key.text.isascii():
                problem = find_disguised(self.source, key.mark.line, key.mark.column, key.mark.end_column)
            if problem is not None:
                if not self.source.lines[problem.mark.line - 1][: problem.mark.column].strip():
                    raise _MistakeError(problem)  # in the indentation: what belongs where can only be guessed
            elif key.text == "<<" and key.plain:
                message = "a merge key (`<<`) is not part of this format"
                problem = Diagnostic(code="yaml-unsupported", mark=key.mark, message=message)
            elif key.text in seen:
                problem = Diagnostic(
                    code="yaml-duplicate-key",
                    mark=key.mark,
                    message=f"the key `{key.text}` stands twice",
                    related=(Related(mark=seen[key.text].mark, message="first here"),),
                )
            elif flow and _is_nothing(value) and value.mark.column > key.mark.end_column:  # there is a colon
                hint = "write a value, or leave the key out"
                problem = Diagnostic(code="empty-value", mark=key.mark, message=f"`{key.text}` is empty", hint=hint)
            elif flow and _is_nothing(value) and split is not None:
                split = f"{split}, {key.text}"  # a further comma of the same value: one mistake, one diagnostic
                self.diagnostics[-1] = replace(
                    self.diagnostics[-1], hint=hint_at_lone_key(split[first:], split[: first - 2])
                )
                continue
            elif flow and _is_nothing(value):
                cut = _plain_text(entries)
                split, first = (None, 0) if cut is None else (f"{cut}, {key.text}", len(cut) + 2)
                problem = Diagnostic(
                    code="stray-comma",
                    mark=key.mark,
                    message=f"`{key.text}` is a key without a value",
                    hint=hint_at_lone_key(key.text, cut),
                )
                if cut is not None:
                    entries.pop()  # what the comma left of a value is not what was meant
            if problem is not None:
                broken = True
                self.diagnostics.append(problem)
                continue
            split = None
            seen[key.text] = key
            entries.append((key, value))
        raise AssertionError("the event stream ended inside a mapping")

    def span(self, begin: Any, end: Any) -> Mark:
        # A block collection ends where the next token begins, lines further down: keep its first line.
        last = end.end_mark if begin.flow_style else begin.start_mark
        return Mark(
            source=self.source,
            line=begin.start_mark.line + 1,
            column=begin.start_mark.column + 1,
            end_line=last.line + 1,
            end_column=last.column + (1 if begin.flow_style else 2),
        )
