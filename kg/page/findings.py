"""Open questions and differences, as sentences: what a reader should see in the first five seconds."""

from __future__ import annotations

from dataclasses import dataclass

from kg.graph.compare import time_of
from kg.graph.dispute import OpenQuestion, Outcome
from kg.graph.story import Story
from kg.model.nouns import Mode, Seeds
from kg.page.picture.drawing import LANGUAGES
from kg.page.records import ClaimRecord, Records, name_source
from kg.page.text import clean
from kg.page.words import Worded, load_words
from kg.text.pagewords import isolate


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer to an open question, and all who give it."""

    text: Worded
    denied: bool
    mode: Mode
    speakers: tuple[str, ...]
    sources: tuple[str, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A question with its different answers; *conflict* where two of them cannot both be true.

    *key* names it in the page's address; *matter* says what is asked about, without the question: subject,
    property and object.
    """

    key: str
    matter: Worded
    about_time: bool
    question: Worded
    conflict: bool
    answers: tuple[Answer, ...]


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """Claims side by side, what they are to each other, and why: a number of `Records.reasons`.

    *more* is how many sides are left out of the card.
    """

    relation: Outcome
    sides: tuple[ClaimRecord, ...]
    more: int
    reason: int


MOST_SIDES = 12  # of a card; of more claims their number is told


def find_findings(records: Records, story: Story) -> tuple[Finding, ...]:
    """The open questions: those with a conflict first, then those which most sources and speakers answer."""

    def order(finding: Finding) -> tuple[object, ...]:
        sources = {s for a in finding.answers for s in a.sources}
        texts = {a.text["en"] for a in finding.answers}
        return (not finding.conflict, -len(sources), -len(texts), -len(finding.answers), finding.question["en"])

    return tuple(sorted((_word_question(q, records, story) for q in records.questions), key=order))


def _word_question(question: OpenQuestion, records: Records, story: Story) -> Finding:
    by_id = records.by_id
    ids = {c.id for c in question.claims}
    conflict = any(
        c.relation is Outcome.CONFLICT and len({claim.id for claim in c.claims} & ids) > 1 for c in records.comparisons
    )
    phrases = {
        lang: question.prop.questions.get(lang) or next(iter(question.prop.questions.values())) for lang in LANGUAGES
    }
    words = {}
    for lang, phrase in phrases.items():
        names = story.words(lang)
        words[lang] = (
            clean(phrase)
            .replace("{s}", isolate(clean(names.entity(question.subject))))
            .replace("{o}", isolate(clean(names.entity(question.object or ""))))
        )
    # One line for those who say the same; when asked for a time, who gives none is known by the words instead.
    groups: dict[tuple[object, ...], list[ClaimRecord]] = {}
    for claim in question.claims:
        record = by_id[claim.id]
        text = _answer_text(record, question)["en"]
        apart = claim.id if question.about_time and record.time is None else ""
        groups.setdefault((text, claim.negated, claim.mode, apart), []).append(record)
    answers = []
    for members in groups.values():
        first = members[0]
        speakers = tuple(dict.fromkeys(s.text for m in members for s in m.claim.speakers))
        answers.append(
            Answer(
                text=_answer_text(first, question),
                denied=first.claim.negated,
                mode=first.claim.mode,
                speakers=speakers,
                sources=tuple(dict.fromkeys(e.source for m in members for e in m.evidence)),
                claims=tuple(m.claim.id for m in members),
            )
        )
    timed = {True: 0, False: 1}
    answers.sort(key=lambda a: (timed[by_id[a.claims[0]].time is not None], a.claims))
    matter = {}
    for lang in LANGUAGES:
        names = story.words(lang)
        parts = (names.entity(question.subject), question.prop.label(lang), names.entity(question.object or ""))
        matter[lang] = load_words().join_phrase(map(clean, parts), lang)
    return Finding(
        key=".".join(filter(None, (question.subject, question.prop.name, question.object))),
        matter=matter,
        about_time=question.about_time,
        question=words,
        conflict=conflict,
        answers=tuple(answers),
    )


def _answer_text(record: ClaimRecord, question: OpenQuestion) -> Worded:
    """The answer that a claim gives: its time, or its value with its time or the date of the count.

    Chinese has them in brackets, for a comma there would part answers too.

    A time that only repeats the date which is the value is not told again. That it is denied is told beside it.
    """
    words = load_words()
    time = record.time or words.both("line-denied" if record.claim.negated else "no-time")
    texts = {}
    for lang in LANGUAGES:
        value = "" if question.about_time else record.value[lang]
        parts = []
        if question.about_time or (record.time is not None and time_of(record.claim) is not None):
            parts.append(time[lang])
        if record.as_of is not None:
            parts.append(words.fill("as-of-time", lang, when=record.as_of[lang]))
        aside = words.join_parts(parts, lang)
        if value and aside and lang == "zh":
            texts[lang] = value + words.fill("in-brackets", lang, text=aside)
        else:
            texts[lang] = words.join_parts((value, aside), lang)
    return texts


def find_contrasts(records: Records) -> dict[Outcome, tuple[Contrast, ...]]:
    """All comparisons by what they are, conflicts first; one card for each."""
    by_id = records.by_id
    found: dict[Outcome, list[Contrast]] = {relation: [] for relation in Outcome}
    for comparison, reason in zip(records.comparisons, records.reason_of, strict=True):
        found[comparison.relation].append(
            Contrast(
                relation=comparison.relation,
                sides=tuple(by_id[claim.id] for claim in comparison.claims[:MOST_SIDES]),
                more=max(0, len(comparison.claims) - MOST_SIDES),
                reason=reason,
            )
        )
    return {relation: tuple(contrasts) for relation, contrasts in found.items()}


def source_names(seeds: Seeds) -> dict[str, Worded]:
    """The short names of all sources by id."""
    return {s.id: {lang: name_source(s, seeds, lang) for lang in LANGUAGES} for s in seeds.sources}
