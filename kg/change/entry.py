"""Entries of mappings as they stand in a file: their lines, their comments, and how one is taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from kg.change.rekey import Edit, place_before, place_behind
from kg.change.rename import RewriteRefusedError
from kg.text.diagnostic import Mark
from kg.text.yamldoc import Document, MappingNode, Node, Scalar, SequenceNode


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A key with its value, and the mapping that it stands in, with the key of that."""

    document: Document
    parent: MappingNode
    parent_key: Scalar
    key: Scalar
    value: Node

    @property
    def fields(self) -> MappingNode:
        """The mapping that is the value; the entry must have one."""
        assert isinstance(self.value, MappingNode)
        return self.value

    @property
    def last_line(self) -> int:
        """The last line on which something of it stands."""
        return max(find_end(mark)[0] for mark in list_marks(self.value))


def list_within(document: Document, key: Scalar, value: MappingNode) -> list[Entry]:
    """The entries of a mapping, which stands at a key of its own."""
    return [Entry(document=document, parent=value, parent_key=key, key=k, value=v) for k, v in value.entries]


def margin_of(key: Scalar) -> str | None:
    """The white space before a key; None where something else stands there."""
    before = key.mark.source.lines[key.mark.line - 1][: key.mark.column - 1]
    return before if not before.strip() else None


def take_out(entry: Entry) -> Iterator[Edit]:
    """An entry taken out of its mapping; what is left of an empty one is `{}`."""
    entries, lines = entry.parent.entries, entry.document.source.lines
    at = next(i for i, (key, _) in enumerate(entries) if key is entry.key)
    mark, end = entry.key.mark, entry.value.mark
    if entry.parent.flow:
        behind = place_before(entries[at + 1][0].mark) if at + 1 < len(entries) else place_behind(end)
        if at and at + 1 == len(entries):
            mark = place_behind(entries[at - 1][1].mark)
        if behind.line > mark.line and any(find_comments(entry.document, entry.value, mark.line, behind.line)):
            raise RewriteRefusedError(f"a comment stands beside `{entry.key.text}` ({entry.key.mark}): move it first")
        yield replace(mark, end_line=behind.line, end_column=behind.column), ""
        return
    if margin_of(entry.key) is None:
        raise RewriteRefusedError(
            f"the entry of `{entry.key.text}` ({entry.key.mark}) begins within a line: begin a new one"
        )
    if len(entries) == 1:
        yield place_behind(replace(entry.parent_key.mark, end_column=entry.parent_key.mark.end_column + 1)), " {}"
    begin = replace(mark, column=1)
    if entry.last_line < len(lines):
        yield replace(begin, end_line=entry.last_line + 1, end_column=1), ""
    else:
        yield replace(begin, end_line=entry.last_line, end_column=len(lines[entry.last_line - 1]) + 1), ""


def is_block(mark: Mark) -> bool:
    """Whether a text is written as a block, which begins with `|` or `>`."""
    return mark.excerpt.startswith(("|", ">"))


def find_end(mark: Mark) -> tuple[int, int]:
    """The last line and column of what is marked; a block's mark ends where the next thing begins."""
    if not is_block(mark) or mark.end_line == mark.line:
        return mark.end_line, mark.end_column
    line = mark.end_line - (mark.end_column == 1)
    while line > mark.line and not mark.source.lines[line - 1].strip():
        line -= 1
    return line, len(mark.source.lines[line - 1].rstrip("\r")) + 1


def list_marks(node: Node) -> Iterator[Mark]:
    """The marks of all that stands in a node; of block collections, those of what they hold."""
    if isinstance(node, Scalar):
        yield node.mark
        return
    yield node.mark
    parts = node.items if isinstance(node, SequenceNode) else tuple(chain.from_iterable(node.entries))
    for part in parts:
        yield from list_marks(part)


def find_comments(document: Document, node: Node, first: int, last: int) -> Iterator[str]:
    """The comments on the lines from *first* to *last*; a `#` within a text of *node* begins none."""
    texts = [m for m in list_marks(node) if not m.excerpt.startswith(("{", "["))]
    for number in range(first, last + 1):
        line = document.source.lines[number - 1].rstrip("\r")
        for sign in re.finditer(r"(?:(?<=\s)|^)#", line):
            at = (number, sign.start() + 1)
            if not any((m.line, m.column) <= at < (m.end_line, m.end_column) for m in texts):
                yield line[sign.start() :].rstrip()
                break
