"""What the explorer of `kg serve` is told beside the graph: questions, disputes, coverage."""

from __future__ import annotations

from hashlib import sha256

from kg.coverage import Status, measure_coverage
from kg.describe import Words
from kg.language import choose_text
from kg.model import Claim
from kg.pipeline import Checked
from kg.server.explore.told import Told, ToldCoverage, ToldDispute, ToldQuestion


def tell_explorer(checked: Checked) -> Told:
    """What there is to tell of a checked project."""
    questions = tuple(
        ToldQuestion(
            name=one.name, words=dict(one.words), query=one.query.text, params=dict(one.params), group=dict(one.group)
        )
        for one in sorted(checked.questions, key=lambda one: one.sort_key)
    )
    return Told(questions=questions, disputes=_tell_disputes(checked), coverage=_tell_coverage(checked))


def _tell_disputes(checked: Checked) -> tuple[ToldDispute, ...]:
    names, language = checked.story.names, checked.seeds.dataset.language
    words = checked.story.words(language)
    found = []
    for question in checked.story.open_questions:
        template = choose_text(language, question.prop.questions) or question.prop.name
        text = template.replace("{s}", words.entity(question.subject)).replace(
            "{o}", words.entity(question.object or "")
        )
        found.append(("different answers", text, "", False, [claim.id for claim in question.claims]))
    found += [
        (one.relation.value, _tell_matter(one.claims[0], words), one.reason, one.declared, [c.id for c in one.claims])
        for one in checked.story.comparisons
    ]
    return tuple(
        ToldDispute(
            key=sha256("\n".join([relation, reason, *ids]).encode("utf-8", "surrogatepass")).hexdigest()[:10],
            matter=matter,
            relation=relation, reason=reason, declared=declared, claims=[names.claim(id_).value for id_ in ids],
        )
        for relation, matter, reason, declared, ids in found
    )  # fmt: skip


def _tell_matter(claim: Claim, words: Words) -> str:
    return f"{words.subject(claim)} · {words.property(claim.predicate.text)}"


def _tell_coverage(checked: Checked) -> dict[str, ToldCoverage]:
    coverage = measure_coverage(checked.seeds, checked.vocabulary, checked.articles)
    told = {}
    for source in checked.seeds.sources:
        if source.id in coverage.uncounted:
            continue
        sentences = [one for one in coverage.sentences if one.source == source.id]
        done = sum(len(one.figures_claimed) + len(one.figures_skipped) for one in sentences)
        told[checked.story.names.source(source.id).value] = ToldCoverage(
            claimed=sum(one.status is Status.CLAIMED for one in sentences),
            skipped=sum(one.status is Status.SKIPPED for one in sentences),
            todo=sum(one.status is Status.TODO for one in sentences),
            figures_done=done,
            figures=done + sum(len(one.figures_todo) for one in sentences),
        )
    return told
