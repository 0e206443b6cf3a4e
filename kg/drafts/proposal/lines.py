"""A claim as a line of YAML, in the style of curated files; and as nodes that the reader of claims takes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from kg.text.diagnostic import Mark
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode
from kg.text.yamltext import BREAKS, write_scalar

WIDTH = 120


def place_node(node: Node, mark: Mark) -> Node:
    """*node* with *mark* as the place of all of it: what is wrong in it is told at the row."""
    if isinstance(node, Scalar):
        return Scalar(text=node.text, mark=mark, plain=node.plain)
    if isinstance(node, SequenceNode):
        return SequenceNode(items=tuple(place_node(item, mark) for item in node.items), mark=mark)
    entries = tuple((Scalar(text=key.text, mark=mark), place_node(value, mark)) for key, value in node.entries)
    return MappingNode(entries=entries, mark=mark)


def make_fields(fields: Mapping[str, str | Node], mark: Mark) -> MappingNode:
    """The node of a claim's fields, all at one place."""
    entries = []
    for key, value in fields.items():
        node = Scalar(text=value, mark=mark) if isinstance(value, str) else place_node(value, mark)
        entries.append((Scalar(text=key, mark=mark), node))
    return MappingNode(entries=tuple(entries), mark=mark)


def write_node(node: Node) -> str:
    """A node in flow style, on one line."""
    if isinstance(node, Scalar):
        return write_scalar(node.text)
    if isinstance(node, SequenceNode):
        return f"[{', '.join(map(write_node, node.items))}]"
    return f"{{{', '.join(f'{write_scalar(key.text)}: {write_node(value)}' for key, value in node.entries)}}}"


def write_comments(comments: Iterable[str]) -> Iterator[str]:
    """Lines of comments above a claim; what would end a line, or turn it around, is replaced."""
    for comment in comments:
        safe = BREAKS.sub("\N{REPLACEMENT CHARACTER}", " ".join(comment.split()))
        yield from (f"    # {part}" for part in textwrap.wrap(safe, WIDTH - 6, break_on_hyphens=False))


def write_line(key: str, fields: MappingNode, comments: Iterable[str] = ()) -> str:
    """A claim's line under its sentence, with *comments* above it; a long one goes on in further lines.

    >>> from kg.text.diagnostic import SourceText, mark_of_file
    >>> fields = {"s": "bridge", "p": "length", "o": "120 m"}
    >>> print(write_line("length", make_fields(fields, mark_of_file(SourceText("", "")))))
        length: {s: bridge, p: length, o: 120 m}
    """
    lines = list(write_comments(comments))
    parts = [f"{write_scalar(k.text)}: {write_node(value)}" for k, value in fields.entries]
    whole = f"    {key}: {{{', '.join(parts)}}}"
    if len(whole) <= WIDTH:
        return "\n".join([*lines, whole])
    lines.append(f"    {key}:")
    row = "      {"
    for number, part in enumerate(parts):
        piece = part + ("}" if number == len(parts) - 1 else ",")
        if len(row) + 1 + len(piece) > WIDTH and row.strip() not in {"{", ""}:
            lines.append(row.rstrip())
            row = "       "
        row += piece + " "
    lines.append(row.rstrip())
    return "\n".join(lines)
