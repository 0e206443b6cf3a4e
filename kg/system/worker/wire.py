"""What goes between `kg` and a worker: frames of bytes, and terms as JSON.

A frame is a letter for its kind, the length of its content in four bytes, and the content.

| to the worker | | from the worker | |
|---|---|---|---|
| `S` | how to begin, as JSON | `r` | it holds the quads and can be asked |
| `D` | N-Quads, an empty one at the end | `v` | the variables of a SELECT, as JSON |
| `Q` | a query, as JSON | `s` | some of its rows, as JSON |
| | | `b` | the answer of an ASK, as JSON |
| | | `t` | some triples, as JSON |
| | | `e` | the end of the answer |
| | | `x` | why there is no (further) answer, as JSON |
"""

from __future__ import annotations

import struct
from typing import Any

import pyoxigraph as ox

Frame = tuple[bytes, bytes]  # its kind, and what it holds

_HEAD = struct.Struct(">cI")
HEAD = _HEAD.size
MOST = 1 << 20  # bytes of a frame of N-Quads, about


def write_frame(kind: bytes, content: bytes = b"") -> bytes:
    """A frame as bytes.

    >>> write_frame(b"r")
    b'r\\x00\\x00\\x00\\x00'
    """
    return _HEAD.pack(kind, len(content)) + content


def read_head(head: bytes) -> tuple[bytes, int]:
    """The kind of a frame and the length of its content, from its first `HEAD` bytes."""
    kind, length = _HEAD.unpack(head)
    return kind, length


def write_term(term: Any) -> Any:
    """A term as JSON: a text whose first sign says what it is, a list for a triple, None for nothing.

    >>> write_term(ox.Literal("7", datatype=ox.NamedNode("http://a/n"))), write_term(ox.NamedNode("http://a/"))
    ('^http://a/n 7', '<http://a/')
    """
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return "<" + term.value
    if isinstance(term, ox.BlankNode):
        return "_" + term.value
    if isinstance(term, ox.Literal):
        if term.language:
            direction = f"--{term.direction}" if getattr(term, "direction", None) else ""
            return f"@{term.language}{direction} {term.value}"
        return f"^{term.datatype.value} {term.value}"
    return [write_term(part) for part in term]


def read_term(written: Any) -> Any:
    """The term that `write_term` wrote.

    >>> read_term("@en--ltr x y"), read_term(["<http://a/", "<http://b/", "^http://a/n 7"]).predicate
    (<Literal value=x y language=en direction=ltr>, <NamedNode value=http://b/>)
    """
    if written is None:
        return None
    if isinstance(written, list):
        return ox.Triple(*map(read_term, written))
    sign, rest = written[0], written[1:]
    if sign == "<":
        return ox.NamedNode(rest)
    if sign == "_":
        return ox.BlankNode(rest)
    what, _, value = rest.partition(" ")
    if sign == "^":
        return ox.Literal(value, datatype=ox.NamedNode(what))
    language, _, direction = what.partition("--")
    if not direction:
        return ox.Literal(value, language=language)
    return ox.Literal(value, language=language, direction=ox.BaseDirection(direction))
