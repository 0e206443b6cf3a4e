"""Claims as the page tells them: everything worded, with its evidence and its place in the YAML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kg.graph.decision import Decided, find_decision, find_decisions
from kg.graph.describe import find_counted
from kg.graph.dispute import Comparison, OpenQuestion, Outcome, find_superseded
from kg.graph.interest import speaks_of_own_affairs
from kg.graph.story import Story
from kg.model.nouns import Claim, Clarity, Evidence, Seeds, Source, Voice
from kg.model.state import State
from kg.model.values import ClaimRef, Date, EntityRef, Text
from kg.page.picture.drawing import LANGUAGES, Standing
from kg.page.reasons import word_reason
from kg.page.text import clean, shorten
from kg.page.words import Worded, load_words, show_as_of, show_claim_time, show_time, word_value
from kg.reading.articles import Articles
from kg.text.diagnostic import Mark
from kg.text.edtf import Edtf
from kg.view import root_entity


@dataclass(frozen=True, kw_only=True)
class DateSpan:
    """First and last day as ISO dates; None where there is no bound."""

    first: str | None
    last: str | None


@dataclass(frozen=True, kw_only=True)
class EvidenceRecord:
    """One saying of a claim. *said* is None where nobody knows when; *text* is the sentence, if at hand."""

    source: str
    address: str
    said: Worded | None
    said_span: DateSpan | None
    voice: Voice
    venue: str | None
    via: tuple[str, ...]
    clarity: Clarity
    note: Text | None
    text: str | None
    place: str
    state: State


@dataclass(frozen=True, kw_only=True)
class Stand:
    """How a claim stands to another (full id), and why: the number of a reason in `Records.reasons`."""

    other: str
    relation: Outcome
    reason: int


@dataclass(frozen=True, kw_only=True)
class ClaimRecord:
    """A claim, worded. *root* is the entity it is about in the end; *counted* are the days of *as_of*.

    *place* is `file:line`.
    """

    claim: Claim
    root: str | None
    value: Worded
    time: Worded | None
    about: DateSpan | None
    as_of: Worded | None
    counted: DateSpan | None
    own_interest: bool
    conflict: bool
    open_question: bool
    superseded: bool
    decided: Decided | None
    note: Text | None
    place: str
    evidence: tuple[EvidenceRecord, ...]
    stands: tuple[Stand, ...]

    @property
    def object_entity(self) -> str | None:
        return self.claim.object.key if isinstance(self.claim.object, EntityRef) else None

    @property
    def object_claim(self) -> str | None:
        return self.claim.object.id if isinstance(self.claim.object, ClaimRef) else None

    @property
    def value_lang(self) -> str | None:
        """The language of a value that is a text; None for what is worded in every language."""
        return clean(self.claim.object.lang) if isinstance(self.claim.object, Text) else None

    @property
    def subject_claim(self) -> str | None:
        return self.claim.subject.id if isinstance(self.claim.subject, ClaimRef) else None


@dataclass(frozen=True, kw_only=True)
class Records:
    """All claims of a page, with how they stand to each other."""

    claims: tuple[ClaimRecord, ...]
    comparisons: tuple[Comparison, ...]
    reasons: tuple[Worded, ...]
    reason_of: tuple[int, ...]  # of each comparison: the number of its reason
    questions: tuple[OpenQuestion, ...]
    standing: Standing

    @cached_property
    def by_id(self) -> Mapping[str, ClaimRecord]:
        return {r.claim.id: r for r in self.claims}


LONGEST_TITLE = 16.0  # of a source without a publisher, in ems
MOST_OTHERS = 12  # claims that a claim's card names of those it differs from


def record_claims(story: Story, *, texts: bool) -> Records:
    """All claims of *story* in the order of their ids; with *texts* the sentences themselves, if they are at hand."""
    seeds = story.seeds
    articles = story.articles if texts else None
    standing = _find_standing(story)
    decisions = find_decisions(seeds)
    stands: dict[str, list[Stand]] = defaultdict(list)
    reasons: dict[tuple[str, ...], int] = {}
    reason_of: list[int] = []
    for comparison in story.comparisons:
        reason = word_reason(comparison, story)
        number = reasons.setdefault(tuple(reason[lang] for lang in LANGUAGES), len(reasons))
        reason_of.append(number)
        for claim in comparison.claims:
            others = [c.id for c in comparison.claims[: MOST_OTHERS + 1] if c is not claim][:MOST_OTHERS]
            stands[claim.id] += [Stand(other=o, relation=comparison.relation, reason=number) for o in others]
    counts = {c.id: find_counted(c, story.vocabulary.properties.get(c.predicate.text), seeds) for c in seeds.claims}
    records = tuple(
        ClaimRecord(
            claim=claim,
            root=root_entity(claim, seeds),
            value={lang: word_value(claim, story, lang) for lang in LANGUAGES},
            time={lang: show_claim_time(claim, story.vocabulary, lang) for lang in LANGUAGES} if claim.when else None,
            about=_span(claim.when.edtf) if claim.when else None,
            as_of={lang: show_as_of(counted, lang) for lang in LANGUAGES} if (counted := counts[claim.id]) else None,
            counted=_span(counted) if counted else None,
            own_interest=speaks_of_own_affairs(claim, story.interests),
            conflict=claim.id in standing.conflict,
            open_question=claim.id in standing.open,
            superseded=claim.id in standing.superseded,
            decided=find_decision(claim, decisions),
            note=_clean_note(claim.note),
            place=word_place(claim.mark),
            evidence=tuple(_record_evidence(e, seeds, articles) for e in claim.evidence),
            stands=tuple(stands[claim.id]),
        )
        for claim in sorted(seeds.claims, key=lambda c: c.id)
    )
    return Records(
        claims=records,
        comparisons=story.comparisons,
        reasons=tuple(dict(zip(LANGUAGES, texts, strict=True)) for texts in reasons),
        reason_of=tuple(reason_of),
        questions=story.open_questions,
        standing=standing,
    )


def _find_standing(story: Story) -> Standing:
    conflicts = [claim for c in story.comparisons if c.relation is Outcome.CONFLICT for claim in c.claims]
    roots = {root_entity(c, story.seeds) for c in conflicts if not isinstance(c.object, EntityRef)}
    return Standing(
        conflict=frozenset(c.id for c in conflicts),
        open=frozenset(c.id for q in story.open_questions for c in q.claims),
        superseded=frozenset(id_ for c in story.comparisons for id_ in find_superseded(c, story.seeds)),
        entities=frozenset(r for r in roots if r is not None),
    )


def _word_time(date: Date | None) -> Worded | None:
    return {lang: show_time(date.edtf, lang) for lang in LANGUAGES} if date is not None else None


def _span(edtf: Edtf) -> DateSpan:
    return DateSpan(first=edtf.earliest, last=edtf.latest)


def _record_evidence(evidence: Evidence, seeds: Seeds, articles: Articles | None) -> EvidenceRecord:
    said = find_said(evidence, seeds)
    article = articles.by_source.get(evidence.source) if articles is not None else None
    sentence = article.sentences.get(evidence.address) if article is not None else None
    return EvidenceRecord(
        source=evidence.source,
        address=evidence.address,
        said=_word_time(said),
        said_span=_span(said.edtf) if said is not None else None,
        voice=evidence.voice,
        venue=evidence.venue.text if evidence.venue else None,
        via=tuple(ref.text for ref in evidence.via),
        clarity=evidence.clarity,
        note=_clean_note(evidence.note),
        text=clean(sentence.text) if sentence is not None else None,
        place=word_place(evidence.mark),
        state=evidence.state,
    )


def word_place(mark: Mark) -> str:
    """A place in the project's files: `file:line`."""
    return f"{clean(mark.file)}:{mark.line}"


def clean_text(text: Text) -> Text:
    """A curator's text as the page shows it."""
    return replace(text, text=clean(text.text), lang=clean(text.lang))


def _clean_note(note: Text | None) -> Text | None:
    return clean_text(note) if note is not None else None


def find_said(evidence: Evidence, seeds: Seeds) -> Date | None:
    """When it was said: as written, else the date of the event, else of the source's publication."""
    if evidence.said_on is not None:
        return evidence.said_on
    venue = seeds.entity_by_key.get(evidence.venue.text) if evidence.venue else None
    if venue is not None and venue.when is not None:
        return venue.when
    source = seeds.source_by_id.get(evidence.source)
    return source.published if source is not None else None


def name_source(source: Source, seeds: Seeds, lang: str) -> str:
    """A short name for a source: its publisher (with the date, where it has more than one source), else its title."""
    publisher = seeds.entity_by_key.get(source.publisher.text) if source.publisher else None
    if publisher is not None:
        name = clean(publisher.label(lang))
        several = sum(s.publisher is not None and s.publisher.text == publisher.key for s in seeds.sources) > 1
        day = show_time(source.published.edtf, lang) if several and source.published else ""
        return load_words().join_parts((name, day), lang)
    if source.title is not None:
        return f"“{shorten(clean(source.title.text), LONGEST_TITLE, by_words=True)}”"
    return source.id
