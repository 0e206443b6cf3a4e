"""Lines of a claim or an entity in its file: found with their comments, taken out, and put into another file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.change.entry import Entry, find_comments, list_within, margin_of, take_out
from kg.change.rekey import apply_edits
from kg.change.rename import RewriteRefusedError
from kg.reading.sources import address_key
from kg.text.yamldoc import Document, MappingNode, Scalar, parse_document


@dataclass(frozen=True, kw_only=True)
class Cut:
    """An entry taken out of its file.

    *lines* are its own, without their margin, with the comments that belong to it. *comments* are those that stood
    around it in what went along with it: a sentence or a file in which nothing else was left. *rest* is what is left of
    the file's text; None where nothing is.
    """

    lines: tuple[str, ...]
    comments: tuple[str, ...]
    rest: str | None


def find_lines(entry: Entry) -> tuple[int, int]:
    """The first and the last line of an entry, with the comments right above it and those within its margin below."""
    lines = entry.document.source.lines
    entries = entry.parent.entries
    at = next(i for i, (key, _) in enumerate(entries) if key is entry.key)
    floor = entry.parent_key.mark.end_line
    if at:
        key, value = entries[at - 1]
        floor = replace(entry, key=key, value=value).last_line
    first, last = entry.key.mark.line, entry.last_line
    if margin_of(entry.key) is None or entry.parent.flow:
        return first, last
    while first - 1 > floor and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    column = entry.key.mark.column
    while last < len(lines) and lines[last].lstrip().startswith("#") and _indent(lines[last]) >= column:
        last += 1
    return first, last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def enclose(entry: Entry) -> Entry:
    """The entry of the mapping that *entry* stands in, as if nothing stood beside that: a head is no content."""
    head = MappingNode(entries=((entry.parent_key, entry.parent),), mark=entry.parent.mark)
    return replace(entry, parent=head, key=entry.parent_key, value=entry.parent)


def cut_entry(path: Sequence[Entry]) -> Cut:
    """Take the last entry of *path* out of its file; *path* leads to it from the file's root.

    What would be left empty goes along. Raises RewriteRefusedError where its lines cannot be told from others'.
    """
    entry = path[-1]
    document, lines = entry.document, entry.document.source.lines
    own, text = _read_lines(entry)
    if all(_is_alone(one) for one in path):
        first, last = find_lines(entry)
        outside = [*_list_comments(document, 1, first - 1), *_list_comments(document, last + 1, len(lines))]
        if entry.parent.flow:
            outside = list(_list_comments(document, 1, len(lines)))
        return Cut(lines=own, comments=tuple(outside), rest=None)
    gone = entry
    for outer in reversed(path[:-1]):
        if not _is_alone(gone):
            break
        gone = outer
    if gone.parent.flow:
        return Cut(lines=own, comments=(), rest=apply_edits(text, list(take_out(gone))))
    if margin_of(gone.key) is None:
        raise RewriteRefusedError(f"`{gone.key.text}` ({gone.key.mark}) begins within a line: begin a new one")
    first, last = find_lines(gone)
    comments: list[str] = []
    if gone is not entry:
        inner = find_lines(entry)
        comments = [*_list_comments(document, first, inner[0] - 1), *_list_comments(document, inner[1] + 1, last)]
    raw = text.split("\n")
    if first > 1 and not lines[first - 2].strip() and not "".join(lines[last : last + 1]).strip():
        first -= 1  # one of the two blank lines that would meet
    elif first - 1 == gone.parent_key.mark.line and last < len(lines) and not lines[last].strip():
        last += 1  # none begins what stood behind a blank line
    return Cut(lines=own, comments=tuple(comments), rest="\n".join([*raw[: first - 1], *raw[last:]]))


def _is_alone(entry: Entry) -> bool:
    """Whether nothing else is said in the mapping that an entry stands in; who speaks in a sentence is not counted."""
    return all(key is entry.key or key.text == "said" for key, _ in entry.parent.entries)


def _read_lines(entry: Entry) -> tuple[tuple[str, ...], str]:
    """An entry's own lines without their margin, and the text of its file."""
    source = entry.document.source
    first, last = find_lines(entry)
    lines = source.lines
    margin = margin_of(entry.key)
    if entry.parent.flow or margin is None:
        if any(find_comments(entry.document, entry.value, entry.key.mark.line, entry.last_line)):
            raise RewriteRefusedError(f"a comment stands beside `{entry.key.text}` ({entry.key.mark}): move it first")
        mark, end = entry.key.mark, entry.value.mark
        part = lines[mark.line - 1 : end.end_line]
        part[-1] = part[-1][: end.end_column - 1]
        part[0] = part[0][mark.column - 1 :]
        return tuple(_take_margin(line, mark.column - 1) for line in part), source.text
    return tuple(_take_margin(line, len(margin)) for line in lines[first - 1 : last]), source.text


def _take_margin(line: str, width: int) -> str:
    return line[min(width, _indent(line)) :]


def _list_comments(document: Document, first: int, last: int) -> list[str]:
    """The comments on these lines; a `#` within a text begins none."""
    assert document.root is not None
    return list(find_comments(document, document.root, first, last)) if last >= first else []


# -- into another file --------------------------------------------------------------------------


def paste_entry(document: Document, kind: str, lines: Sequence[str]) -> str | None:
    """The text of a file with an entry at the end of what stands under its key *kind*, such as `entities`.

    None where the file has no lines to put one between.
    """
    entries = _list_lined(document, kind)
    if not entries:
        return None
    return _insert(document, entries[-1].last_line, lines, entries[0].key.mark.column - 1)


def _list_lined(document: Document, kind: str) -> list[Entry]:
    """The entries under a key of a file's root; none where that or the root has no lines to put one between."""
    root = document.root
    parent = root.get(kind) if isinstance(root, MappingNode) and not document.diagnostics else None
    if not isinstance(root, MappingNode) or root.flow or not isinstance(parent, MappingNode) or parent.flow:
        return []
    return list_within(document, root.keys[kind], parent)


def paste_claim(document: Document, sentence: str, lines: Sequence[str], said: str | None = None) -> str | None:
    """The text of a file of claims with an entry at the end of its sentence, which is made where there is none.

    *sentence* is its key, `p3s1 fde7ebd7`. *said* is who speaks, for a sentence that is new; None where there is one.
    None where the file has no lines to put one between, or has the sentence and *said* is given.
    """
    blocks = _list_lined(document, "claims")
    if not blocks:
        return None
    address = sentence.partition(" ")[0]
    margin = blocks[0].key.mark.column - 1
    own = next((block for block in blocks if block.key.text.partition(" ")[0] == address), None)
    if own is not None:
        block = own.value
        if said is not None or not isinstance(block, MappingNode) or block.flow or not block.entries:
            return None
        last = list_within(document, own.key, block)[-1]
        return _insert(document, last.last_line, lines, block.entries[0][0].mark.column - 1)
    inner = next(
        (b.value.entries[0][0].mark.column - 1 - margin for b in blocks
         if isinstance(b.value, MappingNode) and not b.value.flow and b.value.entries), 2,
    )  # fmt: skip
    text = [f"{sentence}:", *([" " * inner + f"said: {said}"] if said is not None else [])]
    text += [" " * inner + line if line else "" for line in lines]
    before = [b for b in blocks if _place(b.key) < address_key(address)]
    spaced = any(_stands_apart(document, block) for block in blocks[1:])
    if before:
        return _insert(document, before[-1].last_line, [*([""] if spaced else []), *text], margin)
    place = find_lines(blocks[0])[0] - 1
    return _insert(document, place, [*text, *([""] if spaced else [])], margin)


def _place(key: Scalar) -> tuple[int, int]:
    address = key.text.partition(" ")[0]
    return address_key(address) if re.fullmatch(r"p[0-9]+s[0-9]+", address) else (0, 0)


def _stands_apart(document: Document, block: Entry) -> bool:
    """Whether a blank line stands above a sentence and its comments."""
    first = find_lines(block)[0]
    return first > 1 and not document.source.lines[first - 2].strip()


def _insert(document: Document, after: int, lines: Sequence[str], margin: int) -> str:
    """The text of a file with *lines* behind line *after*; line ends are those of the text."""
    raw = document.source.text.split("\n")
    end = "\r" if "\r\n" in document.source.text else ""
    is_last = after == len(raw)  # of a file that ends without a line end
    if is_last:
        raw[-1] += end
    raw[after:after] = [(" " * margin + line if line else "") + end for line in lines]
    if is_last:
        raw[-1] = raw[-1].removesuffix(end)
    return "\n".join(raw)


def replace_entry(entry: Entry, lines: Sequence[str]) -> str | None:
    """The text of a file with other lines for an entry and its comments; None where it has no lines of its own."""
    margin = margin_of(entry.key)
    if entry.parent.flow or margin is None:
        return None
    first, last = find_lines(entry)
    raw = entry.document.source.text.split("\n")
    end = "\r" if "\r\n" in entry.document.source.text else ""
    raw[first - 1 : last] = [(margin + line if line else "") + end for line in lines]
    return "\n".join(raw)


def reread(document: Document, text: str) -> Document:
    """The file of *document* as it would be with another text."""
    return parse_document(type(document.source)(document.source.name, text))
