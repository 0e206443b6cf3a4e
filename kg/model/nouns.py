"""The nouns: what curated files say, as frozen dataclasses. Every one carries the `Mark` of its place.

References (`Ref`) hold what the curator wrote; `kg/check` proves that they lead somewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from kg.model.state import CURATED, Rejection, State
from kg.model.values import ClaimRef, Date, Object, Subject, Text
from kg.rdf.iri import Prefixes
from kg.text.diagnostic import Mark
from kg.text.language import choose_language


class Mode(StrEnum):
    """The way in which a claim is meant. Only a fact may become a direct triple."""

    FACT = "fact"
    PLAN = "plan"
    TARGET = "target"
    PROMISE = "promise"
    ASPIRATION = "aspiration"
    FORECAST = "forecast"
    OPINION = "opinion"
    QUESTION = "question"
    MARKETING = "marketing"


class Clarity(StrEnum):
    """How clearly the text says it."""

    CLEAR = "clear"
    VAGUE = "vague"
    AMBIGUOUS = "ambiguous"
    WRONG = "wrong"


class Voice(StrEnum):
    """How the words reach the reader: quoted, reported, or the source's own."""

    OWN = "source"
    QUOTE = "quote"
    REPORTED = "reported"


class Difference(StrEnum):
    """What two claims differ in, as the curator declares it with `unlike`."""

    SUBJECT = "subject"
    VALUE = "value"
    TIME = "time"
    MEASURE = "measure"
    MODE = "mode"
    SPEAKER = "speaker"


class NameKind(StrEnum):
    """What kind of name an entity bears: typos and misnomers become hidden labels."""

    LABEL = "label"
    ALIAS = "alias"
    TYPO = "typo"
    MISNOMER = "misnomer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ref:
    """A reference as it was written: to an entity, a class, a sentence ..."""

    text: str
    mark: Mark = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """`accept: {CODE: reason}`: the curator takes a warning at this place upon themselves."""

    code: str
    reason: str
    mark: Mark = field(repr=False, compare=False)


class Materialisation(StrEnum):
    """What becomes of the quads of a mapping: a part of the graph, or a compressed file of their own."""

    GRAPH = "graph"
    FILE = "file"


# -- what files declare -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class TableChoice:
    """`tables: {NAME: file}` of the data set: what is to become of a mapping's quads."""

    name: Ref
    materialisation: Materialisation


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """`seeds/dataset.yaml`: what the graph is called, where its IRIs live, under which licence it goes."""

    title: tuple[Text, ...]
    description: tuple[Text, ...]
    base: str
    language: str
    licence: str | None
    publisher_name: str | None
    publisher_url: str | None
    version: str | None
    prefixes: Prefixes
    mark: Mark = field(repr=False, compare=False)
    tables: tuple[TableChoice, ...] = ()
    network: tuple[Ref, ...] = ()  # the addresses that mappings may ask
    as_of: Date | None = None  # at the end of which day the direct graph holds; None: that of the latest publication
    known_by: Date | None = None  # sources published later were left out; None: all are there


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """A name of an entity; *places* are the sentences where it stands (`paris.p1s1`)."""

    kind: NameKind
    text: str
    lang: str
    places: tuple[Ref, ...]
    mark: Mark = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """A thing of the story: a person, a company, a car, an event, a voice."""

    key: str
    classes: tuple[Ref, ...]
    names: tuple[Name, ...]
    description: tuple[Text, ...]
    when: Date | None
    same: tuple[Ref, ...]
    note: Text | None
    accept: tuple[Acceptance, ...]
    mark: Mark = field(repr=False, compare=False)
    replaces: tuple[Ref, ...] = ()  # ids that it bore before, the last one first

    def label(self, lang: str) -> str:
        """The label that answers *lang* (`kg.text.language`), else the first there is, else the key."""
        labels = [n for n in self.names if n.kind is NameKind.LABEL]
        chosen = choose_language(lang, (name.lang for name in labels))
        first = labels[0].text if labels else self.key
        return next((name.text for name in labels if name.lang == chosen), first)


@dataclass(frozen=True, kw_only=True, slots=True)
class OutlineSentence:
    """What a source's outline keeps of a sentence: its digest, the figures in it and its page, no words."""

    address: str
    digest: str
    figures: tuple[str, ...]
    page: int | None = None  # on which it begins, where the text has pages
    mark: Mark = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Skip:
    """A sentence (or a figure of one) that is set aside, with the reason."""

    address: str
    figure: str | None
    reason: str
    mark: Mark = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class SentenceJoin:
    """`joins: {p3s1: 2}`: sentences from an address on that are one, where the rule has cut it at an abbreviation."""

    address: str
    count: int
    mark: Mark = field(repr=False, compare=False)

    @property
    def parts(self) -> tuple[str, ...]:
        """The addresses of the sentences that are one, as the rule cuts them."""
        paragraph, _, first = self.address.partition("s")
        return tuple(f"{paragraph}s{int(first) + n}" for n in range(self.count))


@dataclass(frozen=True, kw_only=True)
class Source:
    """A text that claims were taken from. What is unknown is None."""

    id: str
    classes: tuple[Ref, ...]
    title: Text | None
    publisher: Ref | None
    authors: tuple[Ref, ...]
    published: Date | None
    inferred: Text | None  # why `published` is an inference; None where it is known
    time: Ref | None  # the hour of publication with its offset, such as `16:07+08:00`; only beside a known day
    section: Text | None  # the part of the publication that it stood in
    url: Ref | None
    lang: str
    file: Ref | None
    sha256: Ref | None
    outline: tuple[OutlineSentence, ...]
    outline_given: bool  # though it may hold a mistake, and is empty then
    figure_rule: int  # the rule by which the figures of the outline were counted (`kg.text.figure`)
    skips: tuple[Skip, ...]
    figures: tuple[Skip, ...]
    note: Text | None
    accept: tuple[Acceptance, ...]
    joins: tuple[SentenceJoin, ...] = ()
    mark: Mark = field(repr=False, compare=False)

    @cached_property
    def sentences(self) -> dict[str, OutlineSentence]:
        return {s.address: s for s in self.outline}

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digests of the sentences by their addresses."""
        return {s.address: s.digest for s in self.outline}

    @cached_property
    def pages(self) -> dict[str, int]:
        """The pages on which sentences begin, by address; empty where the text has none."""
        return {s.address: s.page for s in self.outline if s.page is not None}

    @cached_property
    def joined(self) -> dict[str, int]:
        """How many sentences are one, by the address of the first."""
        return {join.address: join.count for join in self.joins}

    @cached_property
    def skipped(self) -> dict[str, Skip]:
        return {s.address: s for s in self.skips}


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One sentence that says a claim, with what is particular to this saying of it."""

    source: str
    address: str
    venue: Ref | None
    voice: Voice
    clarity: Clarity
    said_on: Date | None
    note: Text | None
    via: tuple[Ref, ...] = ()  # who passed it on
    state: State = CURATED  # of further evidence; that of the first is the claim's
    mark: Mark = field(repr=False, compare=False)

    @property
    def sentence(self) -> str:
        """The id of the sentence: `eqo.p3s2`."""
        return f"{self.source}.{self.address}"

    @property
    def is_plain(self) -> bool:
        """True when the sentence itself may stand for it: nothing is particular to this saying."""
        return (
            self.venue is None
            and not self.via
            and self.voice is Voice.OWN
            and self.clarity is Clarity.CLEAR
            and self.said_on is None
            and self.note is None
            and self.state == CURATED
        )


@dataclass(frozen=True, kw_only=True)
class Unlike:
    """A declared difference to another claim (full id)."""

    claim: str
    difference: Difference
    mark: Mark = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """`decided: {for: [...], because: ...}`: which of the facts that disagree the curator takes, and why.

    *chosen* are full ids of claims on the subject and property of the claim where the decision stands.
    """

    chosen: tuple[ClaimRef, ...]
    because: Text
    mark: Mark = field(repr=False, compare=False)

    @cached_property
    def ids(self) -> frozenset[str]:
        return frozenset(ref.id for ref in self.chosen)


@dataclass(frozen=True, kw_only=True)
class Inference:
    """`inferred: {when: REASON}`: how the curator knows what the sentence does not say.

    *key* is the key of the claim (`s`, `o`, `when` or `asof`) that was worked out; None for all of it.
    """

    key: str | None
    reason: Text

    @property
    def text(self) -> str:
        """The reason, and of what: `when: this year, of the article's date`."""
        return self.reason.text if self.key is None else f"{self.key}: {self.reason.text}"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Who asserts, in which mode, a subject, a property and an object, and for which time it holds.

    *id* is `source.key`. Where what stands there could not be read (a diagnostic says why), *object* is None and
    *subject* an entity whose key is empty. *unknown_when* is true where the curator wrote `when: unknown`.
    """

    id: str
    source: str
    subject: Subject
    predicate: Ref
    object: Object | None
    object_mark: Mark = field(repr=False, compare=False)
    mode: Mode
    speakers: tuple[Ref, ...]
    negated: bool
    when: Date | None
    unknown_when: bool
    as_of: Date | None
    evidence: tuple[Evidence, ...]
    unlike: tuple[Unlike, ...]
    compatible: tuple[ClaimRef, ...]
    note: Text | None
    accept: tuple[Acceptance, ...]
    mark: Mark = field(repr=False, compare=False)
    marks: Mapping[str, Mark] = field(repr=False, compare=False)  # of the fields, by their keys
    decided: Decision | None = None
    inferred: tuple[Inference, ...] = ()
    state: State = CURATED

    def mark_of(self, key: str) -> Mark:
        """Where the field *key* is written, else where the claim is."""
        return self.marks.get(key, self.mark)

    def evidence_id(self, evidence: Evidence) -> str:
        """The id of an evidence of the claim: that of its sentence (`eqo.p3s2`), or one of its own.

        It has its own (`eqo.p3s2.deliver-100k`) where something is said of this evidence alone.

        A claim repeated in another source's sentence keeps its whole id, so that two never meet in one IRI.
        """
        if evidence.is_plain:
            return evidence.sentence
        own = self.source == evidence.source
        return f"{evidence.sentence}.{self.id.removeprefix(f'{self.source}.') if own else self.id}"

    def is_inferred(self, key: str) -> bool:
        """Whether the curator says how they know what stands under *key*."""
        return any(inference.key in (None, key) for inference in self.inferred)

    @property
    def clarity(self) -> Clarity:
        """The clearest that any evidence says it; what was proposed as further evidence counts once it is reviewed."""
        order = list(Clarity)
        return min(
            (e.clarity for e in self.evidence if not e.state.is_unreviewed), key=order.index, default=Clarity.CLEAR
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimedSentence:
    """A sentence that a claims file has a block for, with the digest that stands there.

    *spoilt*: what stands there is no digest, which was told.
    """

    source: str
    address: str
    digest: Ref | None
    spoilt: bool = False
    mark: Mark = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Seeds:
    """All that the curated files declare, in the order of their ids."""

    dataset: Dataset
    sources: tuple[Source, ...]
    entities: tuple[Entity, ...]
    claims: tuple[Claim, ...]
    sentences: tuple[ClaimedSentence, ...]
    rejections: tuple[Rejection, ...] = ()

    @cached_property
    def source_by_id(self) -> dict[str, Source]:
        return {s.id: s for s in self.sources}

    @cached_property
    def entity_by_key(self) -> dict[str, Entity]:
        return {e.key: e for e in self.entities}

    @cached_property
    def claim_by_id(self) -> dict[str, Claim]:
        return {c.id: c for c in self.claims}

    @cached_property
    def given_digests(self) -> dict[tuple[str, str], str]:
        """The digests that claims files give to sentences, by source and address."""
        return {(s.source, s.address): s.digest.text for s in self.sentences if s.digest is not None}

    @cached_property
    def claims_by_source(self) -> dict[str, list[Claim]]:
        """The claims that each source states."""
        found: dict[str, list[Claim]] = {}
        for claim in self.claims:
            found.setdefault(claim.source, []).append(claim)
        return found

    @cached_property
    def evidence_by_source(self) -> dict[str, list[tuple[Evidence, Claim]]]:
        """The evidence that stands in each source, with its claim, which another source may state."""
        found: dict[str, list[tuple[Evidence, Claim]]] = {}
        for claim in self.claims:
            for evidence in claim.evidence:
                found.setdefault(evidence.source, []).append((evidence, claim))
        return found

    @cached_property
    def places_by_source(self) -> dict[str, list[Ref]]:
        """The places of names (`paris.p1s1`) in each source."""
        found: dict[str, list[Ref]] = {}
        for entity in self.entities:
            for name in entity.names:
                for place in name.places:
                    found.setdefault(place.text.partition(".")[0], []).append(place)
        return found
