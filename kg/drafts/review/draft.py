"""`Draft`: one proposal as it stands in a file of `seeds/drafts/`, with what it says and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kg.build.pipeline import Checked
from kg.change.entry import Entry, list_within
from kg.drafts.review.digest import digest_proposal, find_rejection
from kg.drafts.review.lines import find_lines
from kg.model.nouns import Claim, Evidence
from kg.model.state import Rejection
from kg.reading.states import find_form
from kg.text.diagnostic import Diagnostic, Mark, UsageError, did_you_mean, has_errors
from kg.text.yamldoc import Document, MappingNode, Scalar


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A claim that is proposed, or further evidence for one (*repeats*).

    *id* is that of the claim, `post.port`; of further evidence `post.p4s1.port`. *claims* are what the entry says: more
    than one where subject or object are lists; none where it could not be read. *digests* are those of these claims.
    """

    id: str
    source: str
    address: str
    path: Path
    sentence: Entry = field(repr=False)
    entry: Entry = field(repr=False)
    claims: tuple[Claim, ...]
    evidence: Evidence | None
    repeats: bool
    digests: tuple[str, ...]
    rejections: tuple[Rejection, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def mark(self) -> Mark:
        """The place of the draft."""
        return self.entry.key.mark

    @cached_property
    def has_errors(self) -> bool:
        """Whether an error stands in its lines."""
        return not self.claims or has_errors(self.diagnostics)


def list_drafts(checked: Checked) -> tuple[Draft, ...]:
    """The proposals of a project that was read with its drafts, in the order of their files and lines.

    Raises KgError when a file cannot be read.
    """
    claims: dict[tuple[object, ...], list[tuple[Claim, Evidence]]] = {}
    for claim in checked.seeds.claims:
        for evidence in claim.evidence:
            claims.setdefault(evidence.mark.sort_key, []).append((claim, evidence))
    by_file: dict[str, list[Diagnostic]] = {}
    for diagnostic in checked.diagnostics:
        for mark in {diagnostic.mark, *(related.mark for related in diagnostic.related)}:
            by_file.setdefault(mark.file, []).append(diagnostic)
    return tuple(_find_drafts(checked, claims, by_file))


def find_draft(drafts: Iterable[Draft], id_: str) -> Draft:
    """The draft of this id; the source may be left out where one draft is called so. Raises UsageError elsewhere."""
    drafts = tuple(drafts)
    id_ = id_.removeprefix("c:")
    whole = [d for d in drafts if d.id == id_]
    found = whole or [d for d in drafts if d.id.partition(".")[2] == id_]
    if len(found) == 1:
        return found[0]
    if found:
        places = ", ".join(f"`{d.id}` ({d.mark})" for d in found)
        raise UsageError(f"`{id_}` names several drafts: {places}")
    hint = (
        did_you_mean(id_, {name for d in drafts for name in (d.id, d.id.partition(".")[2])})
        or "`kg review --list` lists all"
    )
    raise UsageError(f"no draft `{id_}`: {hint}")


def list_entries(document: Document, kind: str) -> Iterator[Entry]:
    """The entries under the key *kind* of a file's root: sentences (`claims`), or `entities`."""
    root = document.root
    parent = root.get(kind) if isinstance(root, MappingNode) and not document.diagnostics else None
    if isinstance(root, MappingNode) and isinstance(parent, MappingNode):
        yield from list_within(document, root.keys[kind], parent)


def list_inner(sentence: Entry) -> Iterator[Entry]:
    """The claims under a sentence, as entries; `said` is none."""
    if isinstance(sentence.value, MappingNode):
        entries = list_within(sentence.document, sentence.key, sentence.value)
        yield from (entry for entry in entries if entry.key.text != "said")


def find_unread(checked: Checked) -> tuple[str, ...]:
    """The names of files of drafts of which nothing can be told: no YAML, or a format that is not known there."""
    return tuple(
        document.source.name
        for _, document in checked.read.draft_documents
        if document.diagnostics or find_form(document) not in {"claims/1", "entities/1"}
    )


def _find_drafts(
    checked: Checked, claims: dict[tuple[object, ...], list[tuple[Claim, Evidence]]],
    by_file: dict[str, list[Diagnostic]],
) -> Iterator[Draft]:  # fmt: skip
    for path, document in checked.read.draft_documents:
        root = document.root
        named = root.get("source") if isinstance(root, MappingNode) else None
        if find_form(document) != "claims/1" or not isinstance(named, Scalar):
            continue
        for sentence in list_entries(document, "claims"):
            address = sentence.key.text.partition(" ")[0]
            for entry in list_inner(sentence):
                said = claims.get(entry.key.mark.sort_key, [])
                repeats = _repeats(entry)
                key = f"{address}.{entry.key.text}" if repeats else entry.key.text
                digests = tuple(digest_proposal(c, checked.seeds, checked.vocabulary, e) for c, e in said)
                rejections = [find_rejection(digest, checked.seeds) for digest in digests]
                first, last = find_lines(entry)
                yield Draft(
                    id=f"{named.text}.{key}",
                    source=named.text,
                    address=address,
                    path=path,
                    sentence=sentence,
                    entry=entry,
                    claims=tuple(claim for claim, _ in said),
                    evidence=said[0][1] if said else None,
                    repeats=repeats,
                    digests=digests,
                    rejections=tuple(r for r in rejections if r is not None),
                    diagnostics=tuple(_find_told(by_file.get(document.source.name, ()), document, first, last)),
                )


def _repeats(entry: Entry) -> bool:
    value = entry.value
    return isinstance(value, Scalar) or (isinstance(value, MappingNode) and "again" in value.nodes)


def _find_told(told: Iterable[Diagnostic], document: Document, first: int, last: int) -> Iterator[Diagnostic]:
    """What is told of the lines from *first* to *last*, or in relation to them."""
    name = document.source.name
    for diagnostic in dict.fromkeys(told):
        marks = (diagnostic.mark, *(related.mark for related in diagnostic.related))
        if any(mark.file == name and first <= mark.line <= last for mark in marks):
            yield diagnostic
