"""What the explorer of `kg serve` is told beside the graph: questions, disputes, coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import sha256

from kg.build.pipeline import Checked
from kg.graph.coverage import SentenceCoverage, Status
from kg.graph.describe import ClaimWords
from kg.graph.dispute import Comparison, OpenQuestion
from kg.graph.stated import Contradiction
from kg.graph.story import Story
from kg.model.nouns import Claim
from kg.server.explore.told import Told, ToldCoverage, ToldDispute, ToldQuestion
from kg.server.explore.words import LANGUAGES
from kg.show.stated import list_stated_against
from kg.text.language import choose_text

Reasons = Callable[[Comparison, Story], Mapping[str, str]]
"""Why claims stand to each other as they do, by language."""


def tell_explorer(checked: Checked, reasons: Reasons = lambda one, story: {"en": one.reason}) -> Told:
    """What there is to tell of a checked project."""
    questions = tuple(
        ToldQuestion(
            name=one.name, words=dict(one.words), query=one.query.text, params=dict(one.params), group=dict(one.group)
        )
        for one in sorted(checked.questions, key=lambda one: one.sort_key)
    )
    return Told(questions=questions, disputes=_tell_disputes(checked, reasons), coverage=_tell_coverage(checked))


def _tell_disputes(checked: Checked, reasons: Reasons) -> tuple[ToldDispute, ...]:
    names, languages = checked.story.names, {checked.seeds.dataset.language, *LANGUAGES}
    told = {language: checked.story.words(language) for language in sorted(languages)}
    return tuple(
        ToldDispute(
            key=sha256("\n".join([relation, why, *ids]).encode("utf-8", "surrogatepass")).hexdigest()[:10],
            matter={language: tell(words, language) for language, words in told.items()},
            relation=relation, reason=dict(reason), declared=declared, claims=[names.claim(id_).value for id_ in ids],
        )
        for relation, tell, why, reason, declared, ids in _find_disputes(checked, reasons)
    )  # fmt: skip


_Found = tuple[str, Callable[[ClaimWords, str], str], str, Mapping[str, str], bool, list[str]]


def _find_disputes(checked: Checked, reasons: Reasons) -> Iterator[_Found]:
    for question in checked.story.open_questions:
        ids = [claim.id for claim in question.claims]
        yield "different answers", partial(_tell_question, question), "", {}, False, ids
    for one in checked.story.comparisons:
        matter, reason = partial(_tell_matter, one.claims[0]), reasons(one, checked.story)
        yield one.relation.value, matter, one.reason, reason, one.declared, [claim.id for claim in one.claims]
    for found in checked.contradictions:
        said = {
            language: "; ".join(list_stated_against(found, checked.story.words(language))) for language in LANGUAGES
        }
        ids = [claim.id for claim in found.claims]
        yield "contradicted", partial(_tell_contradicted, found), said[LANGUAGES[0]], said, False, ids


def _tell_question(question: OpenQuestion, words: ClaimWords, language: str) -> str:
    template = choose_text(language, question.prop.questions) or question.prop.name
    return template.replace("{s}", words.entity(question.subject)).replace("{o}", words.entity(question.object or ""))


def _tell_matter(claim: Claim, words: ClaimWords, language: str) -> str:
    return f"{words.subject(claim)} · {words.property(claim.predicate.text)}"


def _tell_contradicted(found: Contradiction, words: ClaimWords, language: str) -> str:
    return f"{words.entity(found.subject)} · {found.prop.label(language)}"


def _tell_coverage(checked: Checked) -> dict[str, ToldCoverage]:
    coverage = checked.story.coverage
    by_source: dict[str, list[SentenceCoverage]] = {}
    for one in coverage.sentences:
        by_source.setdefault(one.source, []).append(one)
    told = {}
    for source in checked.seeds.sources:
        if source.id in coverage.uncounted:
            continue
        sentences = by_source.get(source.id, [])
        done = sum(len(one.figures_claimed) + len(one.figures_skipped) for one in sentences)
        told[checked.story.names.source(source.id).value] = ToldCoverage(
            claimed=sum(one.status is Status.CLAIMED for one in sentences),
            skipped=sum(one.status is Status.SKIPPED for one in sentences),
            todo=sum(one.status is Status.TODO for one in sentences),
            figures_done=done,
            figures=done + sum(len(one.figures_todo) for one in sentences),
        )
    return told
