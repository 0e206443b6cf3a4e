"""Open `seeds/claims/*.yaml`: the source, the sentences and the ids of claims, before what they say is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

from kg.model.nouns import Ref
from kg.model.state import State
from kg.reading.fields import Finder, open_document
from kg.reading.forms import CLAIMS_FILE
from kg.reading.sources import DIGEST, read_address
from kg.reading.states import read_default_state
from kg.text.diagnostic import Mark, Related
from kg.text.yamldoc import Document, MappingNode, Node, Scalar, SequenceNode


@dataclass(frozen=True, kw_only=True)
class SentenceBlock:
    """One sentence's block of a claims file: address, digest and what stands under it.

    *spoilt*: what stands for the digest is none, which was told.
    """

    address: str
    digest: Ref | None
    spoilt: bool
    fields: MappingNode
    mark: Mark = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class ClaimsFile:
    """A claims file, opened: its source and its sentences. What its claims say is read later.

    *complete* is false where a sentence could not be told from its key. *state* is that of claims that tell none.
    """

    source: str
    source_mark: Mark = field(repr=False, compare=False)
    voices: MappingNode | None
    blocks: tuple[SentenceBlock, ...]
    complete: bool
    state: State


@dataclass(frozen=True)
class ClaimIds:
    """The ids of all claims, known before any is read; lists give `id.1`, `id.2` ... under their `id`.

    *complete* is false where a claims file could not be read: then a name that is not found is no mistake.
    """

    groups: dict[str, tuple[str, ...]]
    complete: bool = True

    def find(self, text: str, source: str) -> tuple[str, ...]:
        """The full ids that *text* means in a file of *source*: its own claims first, then others'."""
        return self.groups.get(f"{source}.{text}") or self.groups.get(text) or ()


def open_claims(document: Document, finder: Finder) -> ClaimsFile | None:
    """The blocks of a claims file; None, with the reason told, where it is not one."""
    root = open_document(document, "claims/1", finder)
    if root is None:
        return None
    finder.known_keys(root, "a claims file", CLAIMS_FILE.names)
    finder.required(root, "the claims file", root.entries[0][0].mark, *CLAIMS_FILE.required)
    source = finder.scalar(root.get("source"), "`source`")
    claims = finder.mapping(root.get("claims"), "`claims`")
    voices = finder.mapping(root.get("voices"), "`voices`")
    if source is None or claims is None:
        return None
    blocks: dict[str, SentenceBlock] = {}
    complete = True
    for key, node in claims.entries:
        block = _open_block(key, node, finder)
        if block is None:
            complete = False
            continue
        if block.address in blocks:
            first = Related(mark=blocks[block.address].mark, message="the first")
            finder.tell("duplicate-id", key.mark, f"a second block for `{block.address}`", "merge the two", first)
            continue
        blocks[block.address] = block
    return ClaimsFile(
        source=source.text,
        source_mark=source.mark,
        voices=voices,
        blocks=tuple(blocks.values()),
        complete=complete,
        state=read_default_state(root, document.source.name, finder),
    )


def _open_block(key: Scalar, node: Node, finder: Finder) -> SentenceBlock | None:
    address, _, digest = key.text.partition(" ")
    digest = digest.strip()
    mark = key.part(0, len(address))
    if not read_address(Scalar(text=address, mark=mark), mark, finder):
        return None
    if digest and not DIGEST.fullmatch(digest):
        hint = "eight hexadecimal digits; `kg evidence skeleton` writes them"
        finder.tell("bad-digest", key.part(len(address) + 1, len(key.text)), f"`{digest}` is no digest", hint)
    fields = finder.mapping(node, f"the block of `{address}`")
    if fields is None:
        return None
    start = len(key.text) - len(digest)
    ref = Ref(text=digest, mark=key.part(start, len(key.text))) if DIGEST.fullmatch(digest) else None
    return SentenceBlock(address=address, digest=ref, spoilt=ref is None and bool(digest), fields=fields, mark=mark)


def collect_ids(files: list[ClaimsFile], finder: Finder, *, complete: bool) -> ClaimIds:
    """The ids of all claims of all *files*; a second claim of the same id is told as `duplicate-id`."""
    groups: dict[str, tuple[str, ...]] = {}
    marks: dict[str, Mark] = {}
    for file in files:
        for block in file.blocks:
            for key, node in block.fields.entries:
                if key.text == "said" or not _states_claim(node):
                    continue
                id_ = f"{file.source}.{key.text}"
                if id_ in marks:
                    first = Related(mark=marks[id_], message="the first")
                    hint = "write `again` where a sentence repeats a claim, else choose another id"
                    finder.tell("duplicate-id", key.mark, f"a second claim `{key.text}`", hint, first)
                    continue
                marks[id_] = key.mark
                members = _members(id_, node)
                groups[id_] = members
                if members != (id_,):
                    groups.update({member: (member,) for member in members})
    return ClaimIds(groups, complete)


def count_proposals(document: Document) -> int:
    """How many claims and repetitions of claims a draft proposes; 0 for one that is no file of claims."""
    root = document.root
    claims = root.get("claims") if isinstance(root, MappingNode) else None
    blocks = claims.entries if isinstance(claims, MappingNode) else ()
    return sum(key.text != "said" for _, block in blocks if isinstance(block, MappingNode) for key, _ in block.entries)


def _states_claim(node: Node) -> bool:
    return isinstance(node, MappingNode) and (node.broken or "again" not in node.nodes)


def _members(id_: str, node: Node) -> tuple[str, ...]:
    """The ids of the claims that *node* states: one for each subject with each object, where these are lists."""
    lists = [node.get(key) for key in ("s", "o")] if isinstance(node, MappingNode) else []
    counts = [len(found.items) for found in lists if isinstance(found, SequenceNode)]
    if counts and all(counts):
        return tuple(f"{id_}.{n}" for n in range(1, prod(counts) + 1))
    return (id_,)
