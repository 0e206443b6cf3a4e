"""XML files read as a stream: iterators that are forward child paths (`/a/b/c`), in bounded memory.

An element is parsed, handed out, and forgotten with everything before it. So a reference may look into the
record only: children, attributes and texts. All other XPath needs the whole tree (`kg.tables.documents`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from kg.tables.documents import PARSING, Value, refuse_doctype, tell_syntax, xml_text
from kg.tables.documents.xpath import NAME

_NAME = rf"(?:{NAME}:)?(?:{NAME}|\*)"
_PLAIN = re.compile(NAME)  # a name without a prefix, or nothing else of XPath
_ITERATOR = re.compile(rf"(?:/{_NAME})+")
_REFERENCE = re.compile(rf"(?:\.|(?:\./)?(?:{_NAME}(?:\[[0-9]+\])?/)*(?:@?{_NAME}(?:\[[0-9]+\])?|text\(\)))")


def find_tags(iterator: str, references: Sequence[str], namespaces: dict[str, str]) -> tuple[str, ...] | None:
    """The tags from the root to the records, in lxml's spelling; None where the whole tree is needed.

    >>> find_tags("/r/x:p", ["name", "a/@id"], {"x": "http://e.org/"})
    ('r', '{http://e.org/}p')
    >>> find_tags("/r/p", ["../name"], {}) is None
    True
    """
    if not _ITERATOR.fullmatch(iterator) or not all(_REFERENCE.fullmatch(r) for r in references):
        return None
    tags = []
    for step in iterator[1:].split("/"):
        prefix, _, name = step.rpartition(":")
        if prefix and prefix not in namespaces:
            return None  # the XPath itself is a mistake, and is told as one
        tags.append(f"{{{namespaces[prefix]}}}{name}" if prefix else name)
    return tuple(tags)


def stream_records(path: Path, tags: Sequence[str]) -> Iterator[Any]:
    """The elements at a path of tags, one after the other; each is empty once the next is asked for.

    Raises DocumentError where the file is not well-formed, or has a DOCTYPE.
    """
    with path.open("rb") as stream:
        yield from stream_elements(stream, tags)


def stream_elements(stream: IO[bytes], tags: Sequence[str]) -> Iterator[Any]:
    """The elements at a path of tags in an open file, as `stream_records` gives them; the caller closes the file."""
    from lxml import etree

    # every element of the path ends with an event, which is when what it held can be forgotten
    events = etree.iterparse(stream, events=("end",), tag=list(dict.fromkeys(tags)), **PARSING)
    first = True
    try:
        for _, element in events:
            if first:
                refuse_doctype(element.getroottree())
                first = False
            depth = depth_on_path(element, tags)
            if depth == len(tags):
                yield element
            if depth:
                element.clear(keep_tail=False)
                parent = element.getparent()
                while parent is not None and parent[0] is not element:
                    del parent[0]
        refuse_doctype(events.root.getroottree())
    except etree.XMLSyntaxError as error:
        raise tell_syntax(error, events.error_log) from None


def depth_on_path(element: Any, tags: Sequence[str]) -> int:
    """How many tags of the path lead to this element; 0 where it does not lie on the path."""
    line = [element.tag]
    while (element := element.getparent()) is not None:
        line.append(element.tag)
    fits = len(line) <= len(tags) and all(
        tag == wanted or fits_wildcard(tag, wanted) for tag, wanted in zip(reversed(line), tags, strict=False)
    )
    return len(line) if fits else 0


def fits_wildcard(tag: str, wanted: str) -> bool:
    """`*` fits every tag, `{namespace}*` all of a namespace."""
    return wanted == "*" or (wanted.endswith("}*") and tag.startswith(wanted[:-1]))


def compile_child(reference: str) -> Callable[[Any], list[Value]] | None:
    """The values of a reference that is a name, or names one below the other, without XPath: four times as fast."""
    steps = reference.split("/")
    if not all(_PLAIN.fullmatch(step) for step in steps[:-1]) or not _PLAIN.fullmatch(steps[-1].removeprefix("@")):
        return None
    last = steps.pop()
    if last.startswith("@"):
        attribute = last[1:]

        def read_attribute(node: Any) -> list[Value]:
            found = (each.get(attribute) for each in descend(node, steps))
            return [(value, None) for value in found if value is not None]

        return read_attribute
    return lambda node: [(xml_text(child), None) for each in descend(node, steps) for child in each.iterchildren(last)]


def descend(node: Any, steps: Sequence[str]) -> Iterable[Any]:
    """The elements that names lead to."""
    nodes: Iterable[Any] = (node,)
    for step in steps:
        nodes = [child for each in nodes for child in each.iterchildren(step)]
    return nodes
