"""The texts as barcodes: each source paragraph by paragraph, each sentence a block of what it holds. No word of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from kg.graph.story import Story
from kg.model.nouns import Source, Voice
from kg.page.address import split_address
from kg.page.findings import Finding
from kg.page.records import Records
from kg.page.style import Tense, tense_of

MOST_BLOCKS = 1_500  # sentences that are drawn; of the sources beyond, the number is told


@dataclass(frozen=True, kw_only=True)
class Block:
    """A sentence: how many of its claims tell what happened, is ahead or is thought, and what marks it.

    One without claims was *skipped*, with a reason, or is *todo*. *matters* are the numbers of the questions that
    sources answer differently which it speaks to.
    """

    sentence: str  # its full id: `eqo.p3s2`
    address: str
    tenses: Mapping[Tense, int]
    quoted: bool
    disputed: bool
    skipped: bool
    todo: bool
    matters: tuple[int, ...]

    @property
    def claims(self) -> int:
        return sum(self.tenses.values())


@dataclass(frozen=True, kw_only=True)
class Barcode:
    """A source: its paragraphs (number, blocks) in order."""

    source: Source
    paragraphs: tuple[tuple[int, tuple[Block, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Barcodes:
    """The sources of a page, and the findings that more than one of them speaks to, numbered from 1."""

    sources: tuple[Barcode, ...]
    shared: tuple[Finding, ...]
    left_out: int


def build_barcodes(findings: tuple[Finding, ...], records: Records, story: Story) -> Barcodes:
    """The barcodes of all sources that have room, in the order of their ids."""
    sentences_of: dict[int, set[str]] = {}
    shared: list[Finding] = []
    for finding in findings:
        ids = {id_ for a in finding.answers for id_ in a.claims}
        places = {f"{e.source}.{e.address}" for id_ in ids for e in records.by_id[id_].evidence}
        if len({place.partition(".")[0] for place in places}) > 1:
            shared.append(finding)
            sentences_of[len(shared)] = places
    tenses: dict[str, dict[Tense, int]] = defaultdict(lambda: dict.fromkeys(Tense, 0))
    quoted: set[str] = set()
    disputed: set[str] = set()
    for record in records.claims:
        for evidence in record.evidence:
            sentence = f"{evidence.source}.{evidence.address}"
            tenses[sentence][tense_of(record.claim.mode)] += 1
            if evidence.voice is Voice.QUOTE:
                quoted.add(sentence)
            if record.conflict or record.open_question:
                disputed.add(sentence)
    drawn, count, left_out = [], 0, 0
    claimed: dict[str, set[str]] = defaultdict(set)
    for record in records.claims:
        for evidence in record.evidence:
            claimed[evidence.source].add(evidence.address)
    for source in story.seeds.sources:
        # A sentence that claims rest on has its block, even where the outline does not know it.
        addresses = {line.address for line in source.outline} | claimed[source.id]
        split = [(split_address(address), address) for address in addresses]
        lines = sorted((place, address) for place, address in split if place is not None)
        if count + len(lines) > MOST_BLOCKS:
            left_out += 1
            continue
        count += len(lines)
        paragraphs: dict[int, list[Block]] = defaultdict(list)
        for place, address in lines:
            sentence = f"{source.id}.{address}"
            paragraphs[place[0]].append(
                Block(
                    sentence=sentence,
                    address=address,
                    tenses=tenses.get(sentence, {}),
                    quoted=sentence in quoted,
                    disputed=sentence in disputed,
                    skipped=sentence not in tenses and address in source.skipped,
                    todo=sentence not in tenses and address not in source.skipped,
                    matters=tuple(n for n, places in sentences_of.items() if sentence in places),
                )
            )
        drawn.append(Barcode(source=source, paragraphs=tuple((n, tuple(b)) for n, b in sorted(paragraphs.items()))))
    return Barcodes(sources=tuple(drawn), shared=tuple(shared), left_out=left_out)
