"""A claim as a form: the fields that somebody types, and the lines of a file that it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from kg.change.entry import Entry, is_block, margin_of
from kg.drafts.review.draft import list_entries, list_inner
from kg.drafts.review.lines import find_lines
from kg.reading import forms
from kg.text.yamldoc import Document, MappingNode, Node, Scalar

FIELDS = ("s", "p", "o", "mode", "when", "asof", "by", "where", "voice", "sure", "not", "note")
"""The keys of a claim that a form has, in the order in which they are written."""
REASONED = ("s", "o", "when", "asof")
"""The keys of a claim that may say how they are known (`inferred`)."""
REASONS = tuple(f"inferred.{key}" for key in REASONED)
"""The keys of a form that say so."""
VOICE = tuple(key for key in FIELDS if key in forms.VOICE.names)
"""The keys of a form that say who speaks, and how."""


@dataclass(frozen=True, kw_only=True)
class NewEntity:
    """A thing that is declared together with a claim on it: its id, its class by its local name, and its label."""

    key: str
    kind: str
    label: str


@dataclass(frozen=True, kw_only=True)
class ClaimForm:
    """A claim of a sentence as it was typed.

    *key* is its id within the source; empty for a new one, which gets one. *base* is the digest of the lines that the
    form was made from (`digest_entry`); None for a new claim. *fields* are texts by the keys of `FIELDS` and
    `REASONS`: an empty one is not written, and of those that are missing the lines stay. *file* is the name of the
    file that has the claim.
    """

    source: str
    address: str
    key: str = ""
    base: str | None = None
    file: str | None = None
    fields: Mapping[str, str]
    entities: tuple[NewEntity, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether no file has the claim yet."""
        return self.base is None

    @property
    def written(self) -> dict[str, str]:
        """The fields that have a text, in the order in which they are written."""
        texts = {key: clean_field(self.fields.get(key, "")) for key in (*FIELDS, *REASONS)}
        return {key: text for key, text in texts.items() if text}


@dataclass(frozen=True, kw_only=True)
class FormRow:
    """A claim, or a repetition of one, as it stands in a file.

    *lines* are its own with the comments that belong to it; *base* is their digest. *fields* are those that a form can
    change, *fixed* those that can only be changed in the file, as they are written there: lists, and texts in blocks.
    """

    key: str
    lines: tuple[str, ...]
    base: str
    fields: Mapping[str, str]
    fixed: Mapping[str, str]
    repeats: bool
    entry: Entry = field(repr=False, compare=False)


def clean_field(text: str) -> str:
    """A field without the white space around it, and on one line.

    >>> clean_field(" a\\n b ")
    'a b'
    """
    return " ".join(text.split())


def list_rows(document: Document, address: str) -> Iterator[FormRow]:
    """The claims and `said` rows that a file of claims has under one sentence, in their order."""
    for block in list_entries(document, "claims"):
        if block.key.text.partition(" ")[0] == address:
            yield from map(read_row, list_inner(block))


def find_row(document: Document, address: str, key: str) -> FormRow | None:
    """The claim of this key under a sentence; None where there is none."""
    return next((row for row in list_rows(document, address) if row.key == key), None)


def read_row(entry: Entry) -> FormRow:
    """An entry of a sentence as it stands in its file."""
    first, last = find_lines(entry)
    lines = entry.document.source.lines[first - 1 : last]
    nodes = entry.value.nodes if isinstance(entry.value, MappingNode) else {}
    simple = {key: node for key, node in nodes.items() if isinstance(node, Scalar) and not _is_spread(node)}
    reasons = _read_reasons(nodes.get("inferred"))
    shown = {*(simple.keys() & FIELDS), *(("inferred",) if reasons else ())}
    fixed = {key: _excerpt(entry, key) for key in nodes if key not in shown}
    return FormRow(
        key=entry.key.text,
        lines=tuple(line.rstrip("\r") for line in lines),
        base=digest_entry(entry),
        fields={key: node.text for key, node in simple.items() if key in FIELDS} | reasons,
        fixed=fixed,
        repeats=not isinstance(entry.value, MappingNode) or "again" in nodes,
        entry=entry,
    )


def _read_reasons(node: Node | None) -> dict[str, str]:
    """The reasons of a claim by the keys of `REASONS`; none where they stand in a form that no field has."""
    if not isinstance(node, MappingNode) or not node.flow or node.mark.line != node.mark.end_line:
        return {}
    texts = {key: value.text for key, value in node.nodes.items() if isinstance(value, Scalar)}
    whole = len(texts) == len(node.nodes) and texts.keys() <= set(REASONED)
    return {f"inferred.{key}": text for key, text in texts.items()} if whole else {}


def _is_spread(node: Scalar) -> bool:
    """Whether a text has line ends of its own, which a field would lose."""
    return is_block(node.mark) or "\n" in node.text


def _excerpt(entry: Entry, key: str) -> str:
    node = entry.fields.nodes[key]
    mark = node.mark
    lines = mark.source.lines[mark.line - 1 : mark.end_line]
    lines[-1] = lines[-1][: mark.end_column - 1]
    lines[0] = lines[0][mark.column - 1 :]
    return clean_field(" ".join(lines))


def digest_entry(entry: Entry) -> str:
    """The digest of a claim's own lines and comments: it changes when somebody else changes them."""
    first, last = find_lines(entry)
    lines = entry.document.source.lines[first - 1 : last]
    if entry.parent.flow or margin_of(entry.key) is None:  # others stand on the same lines
        mark, end = entry.key.mark, entry.value.mark
        lines = entry.document.source.lines[mark.line - 1 : end.end_line]
        lines[-1] = lines[-1][: end.end_column - 1]
        lines[0] = lines[0][mark.column - 1 :]
    return sha256("\n".join(line.rstrip("\r") for line in lines).encode("utf-8", "surrogatepass")).hexdigest()[:32]
