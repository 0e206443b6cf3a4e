"""The lead: in one or two sentences where the sources differ or contradict each other, and what came of a promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from kg.graph.describe import ClaimWords, find_counted
from kg.graph.dispute import Outcome
from kg.graph.story import Story
from kg.model.nouns import Mode
from kg.model.values import EntityRef, Quantity
from kg.model.values.quantity import BARE_NUMBER
from kg.page.findings import Finding
from kg.page.lanes import Lanes, Row, is_count, is_outcome, list_related
from kg.page.picture.drawing import LANGUAGES
from kg.page.records import ClaimRecord, Records
from kg.page.style import Tense, tense_of
from kg.page.text import clean, shorten
from kg.page.words import Worded, load_words
from kg.text.edtf import Day

MOST_ANSWERS = 6  # that the lead tells; its card has all
LONGEST_ANSWER = 40.0  # in the lead, in ems; its card has it whole


def write_lead(findings: tuple[Finding, ...], lanes: Lanes, records: Records, story: Story) -> Worded:
    """The lead in each language; empty where nothing is answered differently and nothing was promised and done."""
    leads = {}
    for lang in LANGUAGES:
        differ = _tell_difference(findings[0], lang) if findings else _tell_conflict(records, story, lang)
        told = [sentence for sentence in (differ, _tell_promise(lanes, story, lang)) if sentence]
        leads[lang] = ("" if lang == "zh" else " ").join(told)
    return leads


def _tell_difference(finding: Finding, lang: str) -> str:
    words = load_words()
    said = [a for a in finding.answers if not a.denied]
    told = said if finding.about_time else finding.answers
    unsaid = words.get("no-time", lang)
    modes = len({a.mode for a in told}) > 1
    texts: dict[str, str] = {}  # the answers that differ, as the lead has room for them
    for answer in told:
        text = answer.text[lang] if answer.text[lang] != unsaid else words.get("without-time", lang)
        aside = [words.own[lang][f"modes.{answer.mode}"]] if modes and answer.mode is not Mode.FACT else []
        aside += [words.own[lang]["line-denied"]] if answer.denied else []
        beside = words.fill("in-brackets", lang, text=words.join_parts(aside, lang)) if aside else ""
        texts[text + beside] = shorten(text, LONGEST_ANSWER, by_words=True) + beside
    answers = words.join_words(_shorten(list(texts.values()), lang), lang, last="or")
    given: dict[str, set[int]] = defaultdict(set)  # the answers of each source
    for number, answer in enumerate(finding.answers):
        for source in answer.sources:
            given[source].add(number)
    differ = len({frozenset(numbers) for numbers in given.values()}) > 1
    who = _count_voices(given.keys() if differ else (), {s for a in finding.answers for s in a.speakers}, lang)
    if not finding.about_time:
        return words.fill("lead-differ", lang, who=who, question=finding.question[lang], answers=answers)
    key = "lead-agree" if len(said) == len(finding.answers) else "lead-denied"
    return words.fill(key, lang, who=who, matter=finding.matter[lang], answers=answers)


def _tell_conflict(records: Records, story: Story, lang: str) -> str:
    """The first contradiction of sources or speakers on one property of one thing; empty where there is none."""
    words, names = load_words(), story.words(lang)
    denied = words.fill("in-brackets", lang, text=words.own[lang]["line-denied"])
    for comparison in records.comparisons:
        claims = comparison.claims
        matters = {(claim.subject, claim.predicate.text) for claim in claims}
        sources = {e.source for claim in claims for e in claim.evidence}
        speakers = {s.text for claim in claims for s in claim.speakers}
        if comparison.relation is not Outcome.CONFLICT or len(matters) > 1 or max(len(sources), len(speakers)) < 2:
            continue
        if not isinstance(claims[0].subject, EntityRef):
            continue
        told = [(records.by_id[c.id].value[lang], denied if c.negated else "") for c in claims]
        texts = [shorten(text, LONGEST_ANSWER, by_words=True) + beside for text, beside in dict.fromkeys(told)]
        if len(texts) < 2:
            continue  # they differ in time or speaker, which these words do not tell
        return words.fill(
            "lead-conflict",
            lang,
            who=_count_voices(sources, speakers, lang),
            thing=clean(names.entity(claims[0].subject.key)),
            what=clean(names.property(claims[0].predicate.text)),
            answers=words.join_words(_shorten(texts, lang), lang, last="or"),
        )
    return ""


def _shorten(answers: list[str], lang: str) -> list[str]:
    """The first answers, and how many others there are; all where that would name one more."""
    if len(answers) <= MOST_ANSWERS + 1:
        return answers
    others = load_words().fill("lead-others", lang, n=str(len(answers) - MOST_ANSWERS))
    return [*answers[:MOST_ANSWERS], others]


def _count_voices(sources: Collection[str], speakers: Collection[str], lang: str) -> str:
    """How many sources say so; where it is one, how many speakers in it."""
    words = load_words()
    kind, number = ("sources", len(sources)) if len(sources) > 1 else ("speakers", len(speakers))
    told = words.own[lang].get(f"numbers.{number}", str(number))
    return _capital(words.fill(f"{kind}-{'n' if number > 1 else '1'}", lang, n=told))


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
        latest = _find_latest(done, story)
        first, last = ahead.records[0], latest or done[0].records[0]
        names = story.words(lang)
        plain = first.claim.when is not None and first.claim.when.edtf.precision != "interval"
        said = words.fill(
            f"lead-ahead.{ahead.mode}",
            lang,
            who=clean(words.join_words([names.entity(s.text) for s in first.claim.speakers], lang)),
            value=_tell_figure(first, story, lang, measure=not is_count(first, story)),
            time=words.fill("for-time" if plain else "by-time", lang, when=first.time[lang]) if first.time else "",
        )
        if first.root not in {s.text for s in first.claim.speakers}:
            said = words.fill("lead-of", lang, thing=_name_owner(first, names), said=said)
        told = is_count(first, story) or last.claim.predicate.text != first.claim.predicate.text
        of = last.time[lang] if last.time else ""
        as_of = words.fill("as-of-time", lang, when=last.as_of[lang]) if last.as_of else of
        aside = [_name_owner(last, names) if last.root != first.root else "", as_of]
        key = "lead-latest" if latest is not None else "lead-highest" if len(done) > 1 else "lead-only"
        figure = _tell_figure(last, story, lang, *filter(None, aside), measure=told)
        return _capital(said) + words.fill(key, lang, value=figure)
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


def _tell_figure(record: ClaimRecord, story: Story, lang: str, *aside: str, measure: bool) -> str:
    """A figure with what is said beside it, in brackets: with *measure*, first what it measures.

    A bare number always stands with what it counts, since no unit tells that it is of points.
    """
    words = load_words()
    value, claim = record.value[lang], record.claim
    what = clean(story.words(lang).property(claim.predicate.text))
    if isinstance(claim.object, Quantity) and claim.object.unit == BARE_NUMBER:
        value = words.fill("figure-of", lang, value=value, what=what)
        measure = False
    parts = [*([what] if measure else []), *aside]
    return value + (words.fill("in-brackets", lang, text=words.join_parts(parts, lang)) if parts else "")


def _name_owner(record: ClaimRecord, names: ClaimWords) -> str:
    """The name of what a figure is said of; the same figure of another thing would say something else."""
    return clean(names.entity(record.root)) if record.root else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
