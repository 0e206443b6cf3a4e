"""Read `proposed` and `reviewed` of claims and claims files, and `seeds/rejected.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model.state import CURATED, Agent, ProposalRecord, Rejection, Review, State
from kg.model.values import Date
from kg.reading.fields import Finder, open_document
from kg.reading.forms import PROPOSED, REJECTED_FILE, REJECTION, REVIEWED, Form
from kg.text.yamldoc import Document, MappingNode, Node, Scalar

REJECTED = "rejected/1"
_DIGEST = re.compile("[0-9a-f]{16}")


def read_state(fields: MappingNode, inherited: State, finder: Finder) -> State:
    """The state that *fields* give, with what is *inherited* where they say nothing; `false` says that there is none.

    What could not be read is told, and counts as not said: an unreadable review is none.
    """
    proposing, reviewing = fields.get("proposed"), fields.get("reviewed")
    if proposing is None and reviewing is None:
        return inherited
    proposed = _read_proposal(proposing, finder) if proposing is not None else inherited.proposed
    reviewed = _read_review(reviewing, finder) if reviewing is not None else inherited.reviewed
    return State(proposed=proposed, reviewed=reviewed, is_draft=inherited.is_draft)


def _read_proposal(node: Node, finder: Finder) -> ProposalRecord | None:
    fields = _open(node, "proposed", PROPOSED, finder)
    if fields is None:
        return None
    by, on, tool = _agent(fields, "by", finder), _day(fields, finder), _agent(fields, "with", finder)
    return ProposalRecord(by=by, on=on, tool=tool) if by is not None and on is not None else None


def _read_review(node: Node, finder: Finder) -> Review | None:
    fields = _open(node, "reviewed", REVIEWED, finder)
    if fields is None:
        return None
    by, on = _agent(fields, "by", finder), _day(fields, finder)
    return Review(by=by, on=on) if by is not None and on is not None else None


def _open(node: Node, key: str, form: Form, finder: Finder) -> MappingNode | None:
    """The mapping under *key*; None where it says `false`, or is none, which is told."""
    if isinstance(node, Scalar) and node.text == "false":
        return None
    if not isinstance(node, MappingNode):
        finder.wrong_shape(node, f"`{key}`", "`{by: NAME, on: DATE}` or `false`")
        return None
    finder.known_keys(node, f"`{key}`", form.names)
    finder.required(node, f"`{key}`", node.mark, *form.required)
    return node


def _agent(fields: MappingNode, key: str, finder: Finder) -> Agent | None:
    scalar = finder.scalar(fields.get(key), f"`{key}`")
    return None if scalar is None else Agent(text=scalar.text.strip(), mark=scalar.mark)


def _day(fields: MappingNode, finder: Finder) -> Date | None:
    return finder.day(fields.get("on"), "`on`")


# -- what was rejected --------------------------------------------------------------------------


def read_rejections(document: Document, finder: Finder) -> Iterator[Rejection]:
    """What `seeds/rejected.yaml` remembers; what could not be read is told and left out."""
    root = open_document(document, REJECTED, finder)
    if root is None:
        return
    finder.known_keys(root, "the file", REJECTED_FILE.names)
    finder.required(root, "the file", root.entries[0][0].mark, *REJECTED_FILE.required)
    rejected = finder.mapping(root.get("rejected"), "`rejected`")
    for key, node in rejected.entries if rejected else ():
        if not _DIGEST.fullmatch(key.text):
            hint = "sixteen hexadecimal digits; `kg review` writes them"
            finder.tell("bad-digest", key.mark, f"`{key.text}` is no digest of a proposal", hint)
            continue
        fields = finder.mapping(node, f"the rejection `{key.text}`")
        if fields is None:
            continue
        finder.known_keys(fields, "a rejection", REJECTION.names)
        finder.required(fields, f"the rejection `{key.text}`", key.mark, *REJECTION.required)
        claim, reason = (finder.scalar(fields.get(k), f"`{k}`") for k in ("claim", "reason"))
        by, on = _agent(fields, "by", finder), _day(fields, finder)
        if claim is not None and reason is not None and by is not None and on is not None:
            yield Rejection(digest=key.text, claim=claim.text, reason=reason.text, by=by, on=on, mark=key.mark)


def find_form(document: Document) -> str | None:
    """The format that a document declares (`claims/1`); None where it declares none."""
    declared = document.root.get("kg") if isinstance(document.root, MappingNode) else None
    return declared.text if isinstance(declared, Scalar) else None


def read_default_state(root: MappingNode, name: str, finder: Finder) -> State:
    """The state that the head of a claims file gives to its claims; *name* says whether the file is a draft."""
    return read_state(root, State(is_draft=True) if is_draft(name) else CURATED, finder)


def is_draft(name: str) -> bool:
    """Whether the file of this name, a path from the project's folder, holds drafts.

    >>> is_draft("seeds/drafts/hearing.yaml"), is_draft("seeds/claims/hearing.yaml")
    (True, False)
    """
    return name.startswith("seeds/drafts/")
