"""Answer lanes: one card a question, one row an answer; answers that are times, and quantities of one measure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kg.graph.story import Story
from kg.model.nouns import Mode
from kg.model.values import ClaimRef, Quantity
from kg.model.values.quantity import BARE_NUMBER
from kg.page.axis import Axis, AxisMark, build_axis
from kg.page.findings import Finding
from kg.page.picture.drawing import LANGUAGES
from kg.page.records import ClaimRecord, DateSpan, Records
from kg.page.style import Tense, tense_of
from kg.page.text import clean
from kg.page.words import Worded, load_words

MOST_MEASURES = 12


@dataclass(frozen=True, kw_only=True)
class Row:
    """One answer: what it says, and the claims that say it.

    *mark* is its place on the axis of time, *bar* how long the bar of a quantity is, in percent.
    """

    text: Worded
    denied: bool
    records: tuple[ClaimRecord, ...]
    about: Worded | None = None
    mark: AxisMark | None = None
    bar: float | None = None

    @property
    def mode(self) -> Mode:
        return self.records[0].claim.mode


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A question with its answers. *key* stands in the page's address (`#f=...`)."""

    key: str
    question: Worded
    conflict: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """All lanes of a page: *times* and other *questions* in the order of the findings, *measures* of quantities."""

    axis: Axis | None
    times: tuple[Lane, ...]
    measures: tuple[Lane, ...]


def build_lanes(findings: tuple[Finding, ...], records: Records, story: Story) -> Lanes:
    """The lanes of all open questions, on one axis, and of all measures of which more than one figure is given."""
    by_id = records.by_id
    found = [[by_id[id_] for id_ in a.claims] for f in findings for a in f.answers]
    asked = [member for members in found for member in members]
    said = [e.said_span for r in asked for e in r.evidence]
    began = [DateSpan(first=None, last=s.last or s.first) for s in said if s is not None]
    axis = build_axis([*map(_span, asked), *began]) if any(map(_span, asked)) else None
    times = tuple(
        Lane(
            key=finding.key,
            question=finding.question,
            conflict=finding.conflict,
            rows=tuple(
                Row(
                    text=answer.text,
                    denied=answer.denied,
                    records=tuple(by_id[id_] for id_ in answer.claims),
                    mark=axis.mark(_span(by_id[answer.claims[0]])) if axis else None,
                )
                for answer in finding.answers
            ),
        )
        for finding in findings
    )
    return Lanes(axis=axis, times=times, measures=_build_measures(findings, records, story))


def _span(record: ClaimRecord) -> DateSpan | None:
    """For when it holds, else as of when it was counted."""
    return record.about or record.counted


def _build_measures(findings: tuple[Finding, ...], records: Records, story: Story) -> tuple[Lane, ...]:
    """Figures that can be set side by side: things counted in one unit, a property measured in one unit.

    Those that a claim about both joins go together, too (orders and deliveries).
    """
    answered = {id_ for f in findings for a in f.answers for id_ in a.claims}
    figures = {r.claim.id: r for r in records.claims if isinstance(r.claim.object, Quantity)}
    head: dict[str, str] = {}

    def find(key: str) -> str:
        while head.get(key, key) != key:
            key = head[key]
        return key

    def unit_of(record: ClaimRecord) -> str:
        quantity, name = record.claim.object, record.claim.predicate.text
        assert isinstance(quantity, Quantity)
        prop = story.vocabulary.properties.get(name)
        counts = prop is not None and prop.integer  # a share of this and a share of that are not compared
        counts = counts and quantity.unit != BARE_NUMBER  # nor are points and places, which no unit tells apart
        return quantity.unit if counts and quantity.unit else f"{quantity.unit or ''}.{name}"

    for record in records.claims:
        subject, target = record.claim.subject, record.claim.object
        if isinstance(subject, ClaimRef) and isinstance(target, ClaimRef):
            ends = [figures.get(end.id) for end in (subject, target)]
            if ends[0] is not None and ends[1] is not None:
                units = sorted(find(unit_of(end)) for end in ends if end is not None)
                head[units[1]] = units[0]
    groups: dict[str, list[ClaimRecord]] = defaultdict(list)
    for record in figures.values():
        groups[find(unit_of(record))].append(record)
    told: list[tuple[tuple[object, ...], Lane]] = []
    for unit, members in groups.items():
        ids = {m.claim.id for m in members}
        if ids <= answered:
            continue
        tenses = {tense_of(m.claim.mode) for m in members}
        conflict = any(m.conflict for m in members)
        compared = conflict or any(c.claims and {x.id for x in c.claims} <= ids for c in records.comparisons)
        meets = {Tense.AHEAD, Tense.HAPPENED} <= tenses
        if (len({_figure(m) for m in members}) < 2 and not compared) or not (meets or compared):
            continue
        lane = _measure(f"measure.{unit.rpartition('/')[2]}", members, story, conflict=conflict)
        if lane is not None:
            told.append(((not meets, not conflict, -len(members), unit), lane))
    return tuple(lane for _, lane in sorted(told, key=lambda item: item[0])[:MOST_MEASURES])


def read_figure(quantity: Quantity) -> Decimal | None:
    """The number that a bar is drawn for: the figure, or the end of a range."""
    try:
        return Decimal(quantity.number or quantity.highest or quantity.lowest or "")
    except InvalidOperation:
        return None


def _figure(record: ClaimRecord) -> Decimal | None:
    return read_figure(record.claim.object) if isinstance(record.claim.object, Quantity) else None


def _measure(key: str, members: list[ClaimRecord], story: Story, *, conflict: bool) -> Lane | None:
    figures = [(figure, m) for m in members if (figure := _figure(m)) is not None and figure >= 0]
    most = max((figure for figure, _ in figures), default=Decimal(0))
    if not most:
        return None
    rows: dict[tuple[str, Mode, bool, str, str | None], tuple[Decimal, list[ClaimRecord]]] = {}
    for figure, record in figures:
        alike = (record.value["en"], record.claim.mode, record.claim.negated, record.claim.predicate.text, record.root)
        rows.setdefault(alike, (figure, []))[1].append(record)
    words = load_words()
    properties = list(dict.fromkeys(m.claim.predicate.text for m in members))
    roots = list(dict.fromkeys(m.root for m in members))
    question, abouts = {}, {}
    for lang in LANGUAGES:
        names = story.words(lang)
        if len(properties) == 1:
            question[lang] = words.fill("measure-of", lang, what=clean(names.property(properties[0])))
        else:
            quantities = [m.claim.object for m in members]
            units = [story.vocabulary.unit_by_iri.get(q.unit or "") for q in quantities if isinstance(q, Quantity)]
            labels = dict.fromkeys(clean(u.labels.get(lang) or u.symbol) for u in units if u is not None)
            plural = [f"{label}s" if lang == "en" else label for label in labels]
            question[lang] = words.fill("how-many", lang, what=words.own[lang]["how-many-and"].join(plural))
        for alike, (_, group) in rows.items():
            first = group[0]
            who = clean(names.entity(first.root)) if len(roots) > 1 and first.root else ""
            what = clean(names.property(first.claim.predicate.text)) if len(properties) > 1 else ""
            parts = [words.join_phrase((who, what), lang)]
            if first.time is not None:
                parts.append(first.time[lang])
            if first.as_of is not None:
                parts.append(words.fill("as-of-time", lang, when=first.as_of[lang]))
            abouts[alike, lang] = words.join_parts(parts, lang)
    ordered = sorted(rows.items(), key=lambda item: (-item[1][0], item[1][1][0].claim.id))
    return Lane(
        key=key,
        question=question,
        conflict=conflict,
        rows=tuple(
            Row(
                text=group[0].value,
                denied=group[0].claim.negated,
                records=tuple(group),
                about={lang: abouts[alike, lang] for lang in LANGUAGES},
                bar=round(float(100 * figure / most), 1),
            )
            for alike, (figure, group) in ordered
        ),
    )
