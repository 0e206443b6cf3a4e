"""The lead: in one or two sentences what the sources agree on, where they differ, and what came of a promise."""

from __future__ import annotations

from kg.graph.describe import ClaimWords, find_counted
from kg.graph.story import Story
from kg.model.values import Quantity
from kg.model.values.quantity import BARE_NUMBER
from kg.page.findings import Finding
from kg.page.lanes import Lanes, Row, is_outcome, list_related
from kg.page.picture.drawing import LANGUAGES
from kg.page.records import ClaimRecord
from kg.page.style import Tense, tense_of
from kg.page.text import clean
from kg.page.words import Worded, load_words
from kg.text.edtf import Day


def write_lead(findings: tuple[Finding, ...], lanes: Lanes, story: Story) -> Worded:
    """The lead in each language; empty where nothing is answered differently and nothing was promised and done."""
    leads = {}
    for lang in LANGUAGES:
        sentences = [_tell_difference(findings[0], lang)] if findings else []
        promise = _tell_promise(lanes, story, lang)
        leads[lang] = ("" if lang == "zh" else " ").join([*sentences, *([promise] if promise else [])])
    return leads


def _tell_difference(finding: Finding, lang: str) -> str:
    words = load_words()
    sources = {s for a in finding.answers for s in a.sources}
    speakers = {s for a in finding.answers for s in a.speakers}
    said = [a for a in finding.answers if not a.denied]
    told = said if finding.about_time else finding.answers
    denied = words.fill("in-brackets", lang, text=words.own[lang]["line-denied"])
    unsaid = words.get("no-time", lang)
    texts = list(dict.fromkeys(a.text[lang] + (denied if a.denied else "") for a in told))
    texts = [words.get("without-time", lang) if text == unsaid else text for text in texts]
    answers = words.join_words(texts, lang, last="or")
    kind, voices = ("sources", sources) if len(sources) > 1 else ("speakers", speakers)
    number = words.own[lang].get(f"numbers.{len(voices)}", str(len(voices)))
    who = words.fill(f"{kind}-{'n' if len(voices) > 1 else '1'}", lang, n=number)
    if not finding.about_time:
        return words.fill("lead-differ", lang, who=_capital(who), question=finding.question[lang], answers=answers)
    key = "lead-agree" if len(said) == len(finding.answers) else "lead-denied"
    return words.fill(key, lang, who=_capital(who), matter=finding.matter[lang], answers=answers)


def _tell_promise(lanes: Lanes, story: Story, lang: str) -> str:
    """The largest figure ahead, beside the latest count in the same unit, else the largest of the facts."""
    words = load_words()

    def unit(row: Row) -> str | None:
        quantity = row.records[0].claim.object
        return quantity.unit if isinstance(quantity, Quantity) else None

    related = list_related(story)
    for lane in lanes.measures:
        ahead = next((r for r in lane.rows if tense_of(r.mode) is Tense.AHEAD and not r.denied), None)
        done = [r for r in lane.rows if tense_of(r.mode) is Tense.HAPPENED and not r.denied]
        done = [
            r for r in done
            if ahead is not None and unit(r) == unit(ahead)
            and is_outcome(r.records[0], ahead.records[0], related, story)
        ]  # fmt: skip
        if ahead is None or not done:
            continue
        counted = _find_latest(done, story)
        last = counted or done[0].records[0]
        first = ahead.records[0]
        names = story.words(lang)
        plain = first.claim.when is not None and first.claim.when.edtf.precision != "interval"
        time = words.fill("for-time" if plain else "by-time", lang, when=first.time[lang]) if first.time else ""
        of = last.time[lang] if last.time else ""
        as_of = words.fill("as-of-time", lang, when=last.as_of[lang]) if last.as_of else of
        whose = _name_owner(first, names) if first.root not in {s.text for s in first.claim.speakers} else ""
        other = _name_owner(last, names) if last.root != first.root else ""
        aside = words.join_parts([part for part in (other, as_of) if part], lang)
        ahead_words = words.fill(
            f"lead-ahead.{ahead.mode}",
            lang,
            who=clean(names.speakers(first.claim)),
            value=_tell_figure(ahead, names, lang),
            time=time,
        )
        ahead_words = words.fill("lead-of", lang, thing=whose, said=ahead_words) if whose else ahead_words
        return _capital(ahead_words) + words.fill(
            "lead-latest" if counted is not None else "lead-done",
            lang,
            value=last.value[lang],
            what=clean(names.property(last.claim.predicate.text)),
            asof=words.fill("in-brackets", lang, text=aside) if aside else "",
        )
    return ""


def _find_latest(done: list[Row], story: Story) -> ClaimRecord | None:
    """The latest of counts that all have a date, of two on one day the larger: what was counted before is over."""
    dated: list[tuple[Day, ClaimRecord]] = []
    for record in (record for row in done for record in row.records):
        prop = story.vocabulary.properties.get(record.claim.predicate.text)
        counted = find_counted(record.claim, prop, story.seeds)
        if prop is None or not prop.time_varying or counted is None or counted.last is None:
            return None
        dated.append((counted.last, record))
    return max(dated, key=lambda pair: pair[0])[1]


def _tell_figure(row: Row, names: ClaimWords, lang: str) -> str:
    """A figure with its unit; a bare number with what it is of, since nothing else tells that it is of points."""
    claim = row.records[0].claim
    if not isinstance(claim.object, Quantity) or claim.object.unit != BARE_NUMBER:
        return row.text[lang]
    what = clean(names.property(claim.predicate.text))
    return load_words().fill("figure-of", lang, value=row.text[lang], what=what)


def _name_owner(record: ClaimRecord, names: ClaimWords) -> str:
    """The name of what a figure is said of; the same figure of another thing would say something else."""
    return clean(names.entity(record.root)) if record.root else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
