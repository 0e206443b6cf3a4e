"""`kg disputes`: conflicts, different answers by speaker, developments."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.pipeline import Checked
from kg.graph.decision import Decided, find_decision, find_decisions
from kg.graph.describe import ClaimWords
from kg.graph.dispute import Comparison, Outcome
from kg.model.values import Date
from kg.show.parts import align, describe_decision
from kg.show.stated import write_contradictions
from kg.text.language import choose_text


def show_disputes(checked: Checked, lang: str) -> str:
    """Open questions with the answers by speaker, then conflicts, developments, differences of kind and measure."""
    words, comparisons, questions = checked.story.words(lang), checked.story.comparisons, checked.story.open_questions
    decisions = find_decisions(checked.seeds)
    conflicting = {claim.id for c in comparisons if c.relation is Outcome.CONFLICT for claim in c.claims}
    out: list[str] = []
    if questions:
        out.append("Different answers")
    for question in questions:
        template = choose_text(lang, question.prop.questions) or question.prop.name
        subject = words.entity(question.subject)
        text = template.replace("{s}", subject).replace("{o}", words.entity(question.object or ""))
        out.append(f"  {text}")
        rows = []
        for claim in question.claims:
            answer = words.time(claim) if question.about_time else words.object(claim)
            if claim.negated:
                answer = f"not {answer}".rstrip()
            answer = answer or "at a time not said"
            is_date = isinstance(claim.object, Date)  # it says the time itself
            if not question.about_time and not is_date and (time := words.time(claim)):
                answer = f"{answer}   ({time})"
            mark = "↯" if claim.id in conflicting else " "
            places = ", ".join(e.sentence for e in claim.evidence)
            rows.append((mark, answer, claim.mode.value, words.speakers(claim), places))
        out += [f"    {line}" for line in align(rows)]
    titles = {
        Outcome.CONFLICT: "Conflicts",
        Outcome.DEVELOPMENT: "Developments",
        Outcome.KIND: "Differences of kind",
        Outcome.MEASURE: "Differences of measure",
        Outcome.COMPATIBLE: "Declared compatible",
    }
    for relation, title in titles.items():
        chosen = [c for c in comparisons if c.relation is relation]
        if chosen:
            out += ["", f"{title} ({len(chosen)})"]
            for comparison in chosen:
                out += _comparison_lines(comparison, words, find_decision(comparison.claims[-1], decisions))
    out += write_contradictions(checked, checked.contradictions, lang)
    return ("\n".join(out).lstrip("\n") or "Nothing is disputed.") + "\n"


def _comparison_lines(comparison: Comparison, words: ClaimWords, decided: Decided | None) -> Iterator[str]:
    says_so = comparison.reason.startswith("declared")
    yield f"  {comparison.reason}" + ("" if says_so else f"   ({'declared' if comparison.declared else 'computed'})")
    for claim in comparison.claims:
        qualifiers = words.qualifiers(claim)
        text = words.statement(claim) + (f"   ({qualifiers})" if qualifiers else "")
        yield f"    {claim.id}   {text} — {words.speakers(claim)}"
    if decided is not None and comparison.relation is Outcome.CONFLICT:
        yield f"    {describe_decision(decided.decision)}"
