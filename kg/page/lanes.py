"""Answer lanes: one card a question, one row an answer; answers that are times, and quantities of one measure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from kg.graph.compare import times_meet
from kg.graph.story import Story
from kg.model.nouns import Mode
from kg.model.values import ClaimRef, EntityRef, Quantity
from kg.model.values.quantity import BARE_NUMBER
from kg.page.axis import Axis, AxisMark, TimeShape, build_axis
from kg.page.findings import Finding
from kg.page.picture.drawing import LANGUAGES
from kg.page.records import ClaimRecord, DateSpan, Records
from kg.page.style import Tense, tense_of
from kg.page.text import clean
from kg.page.words import Worded, load_words
from kg.text.plural import write_plural


@dataclass(frozen=True, kw_only=True)
class Bar:
    """The bar of a figure, in percent of the width: where zero is, and how long it is; below zero it goes left."""

    zero: float
    long: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """One answer: what it says, and the claims that say it.

    *mark* is its place on the axis of time, *bar* that of a quantity beside the others of its lane.
    """

    text: Worded
    denied: bool
    records: tuple[ClaimRecord, ...]
    about: Worded | None = None
    mark: AxisMark | None = None
    bar: Bar | None = None

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
    times = tuple(_lay_answers(finding, by_id, axis) for finding in findings)
    return Lanes(axis=axis, times=times, measures=_build_measures(findings, records, story))


def _lay_answers(finding: Finding, by_id: Mapping[str, ClaimRecord], axis: Axis | None) -> Lane:
    """The lane of an open question: bars where its answers are different figures in one unit, else marks in time."""
    first = [by_id[answer.claims[0]] for answer in finding.answers]
    figures = [_figure(record) for record in first]
    known = [figure for figure in figures if figure is not None]
    alike = not finding.about_time and len(known) == len(first) and len(set(map(_unit_of, first))) == 1
    bars = _draw_to_scale(known) if alike and len(set(known)) > 1 else ()
    return Lane(
        key=finding.key,
        question=finding.question,
        conflict=finding.conflict,
        rows=tuple(
            Row(
                text=answer.text,
                denied=answer.denied,
                records=tuple(by_id[id_] for id_ in answer.claims),
                mark=_mark_time(by_id[answer.claims[0]], axis) if axis and not bars else None,
                bar=bars[number] if bars else None,
            )
            for number, answer in enumerate(finding.answers)
        ),
    )


def _draw_to_scale(figures: Sequence[Decimal]) -> tuple[Bar, ...]:
    """A bar for each figure, on one scale that has zero; none where all are zero."""
    least, most = min([Decimal(0), *figures]), max([Decimal(0), *figures])
    if least == most:
        return ()
    zero = round(float(100 * abs(least) / (most - least)), 1)
    return tuple(Bar(zero=zero, long=round(float(100 * figure / (most - least)), 1)) for figure in figures)


def _mark_time(record: ClaimRecord, axis: Axis) -> AxisMark | None:
    """The mark of a claim's time; none for a time that is told and that no axis reaches (`Y-13000000000`)."""
    mark = axis.mark(_span(record))
    return None if mark.shape is TimeShape.NONE and record.time is not None else mark


def _span(record: ClaimRecord) -> DateSpan | None:
    """For when it holds, else as of when it was counted."""
    return record.about or record.counted


def _build_measures(findings: tuple[Finding, ...], records: Records, story: Story) -> tuple[Lane, ...]:
    """Figures that can be set side by side, where they differ or were compared: first what was ahead and has come."""
    answered = {id_ for f in findings for a in f.answers for id_ in a.claims}
    told: list[tuple[tuple[object, ...], Lane]] = []
    groups = _group_figures(records, story)
    counted = Counter(unit for members in groups.values() for unit in {_unit_of(m) for m in members})
    for measure, members in groups.items():
        ids = {m.claim.id for m in members}
        if ids <= answered:
            continue
        meets = {Tense.AHEAD, Tense.HAPPENED} <= {tense_of(m.claim.mode) for m in members}
        conflict = any(m.conflict for m in members)
        compared = conflict or any(c.claims and {x.id for x in c.claims} <= ids for c in records.comparisons)
        differ = meets and len({_figure(m) for m in members}) > 1
        if not (differ or compared):
            continue
        own = min(_unit_of(m) or "" for m in members)
        whole = counted[own] == 1 and is_count(members[0], story)
        lane = _measure(f"measure.{(own if whole else measure).rpartition('/')[2]}", members, story, conflict=conflict)
        if lane is not None:
            told.append(((not meets, not conflict, -len(members), measure), lane))
    return tuple(lane for _, lane in sorted(told, key=lambda item: item[0]))


def _group_figures(records: Records, story: Story) -> dict[str, list[ClaimRecord]]:
    """Claims with figures by what they measure: those of one property in one unit.

    Those of two go together where a claim about both joins them (orders and deliveries), where claims of both are
    compared, and where one is a running count of what the other has ahead, in one unit (cars that are delivered, and
    that were to be): a unit alone tells of persons neither whether they are staff nor whether they were hurt.
    """
    import networkx as nx

    figures = {r.claim.id: r for r in records.claims if isinstance(r.claim.object, Quantity)}
    joined: nx.Graph[str] = nx.Graph()
    joined.add_nodes_from(map(_measure_of, figures.values()))
    joined.add_edges_from(
        (_measure_of(one), _measure_of(other)) for one, other in _join_figures(figures, records, story)
    )
    first = {measure: min(together) for together in nx.connected_components(joined) for measure in together}
    groups: dict[str, list[ClaimRecord]] = defaultdict(list)
    for record in figures.values():
        groups[first[_measure_of(record)]].append(record)
    return groups


def _measure_of(record: ClaimRecord) -> str:
    return f"{_unit_of(record) or ''}.{record.claim.predicate.text}"


def _join_figures(
    figures: Mapping[str, ClaimRecord], records: Records, story: Story
) -> Iterator[tuple[ClaimRecord, ClaimRecord]]:
    """Claims whose figures belong side by side, by their ids in *figures*."""
    for record in records.claims:
        subject, target = record.claim.subject, record.claim.object
        if isinstance(subject, ClaimRef) and isinstance(target, ClaimRef) and {subject.id, target.id} <= figures.keys():
            yield figures[subject.id], figures[target.id]
    for comparison in records.comparisons:
        alike = [figures[claim.id] for claim in comparison.claims if claim.id in figures]
        yield from ((one, other) for one, other in pairwise(alike) if _unit_of(one) == _unit_of(other))
    yield from _pair_outcomes(figures.values(), story)


def _unit_of(record: ClaimRecord) -> str | None:
    return record.claim.object.unit if isinstance(record.claim.object, Quantity) else None


def is_count(record: ClaimRecord, story: Story) -> bool:
    """Whether things are counted, in a unit that says what they are."""
    prop = story.vocabulary.properties.get(record.claim.predicate.text)
    return prop is not None and prop.integer and _unit_of(record) not in (None, BARE_NUMBER)


def _pair_outcomes(figures: Iterable[ClaimRecord], story: Story) -> Iterator[tuple[ClaimRecord, ClaimRecord]]:
    """Each figure that was reported with one that was ahead, of which it may have come; of many alike the first."""
    related = list_related(story)
    done: dict[tuple[str | None, str], dict[str | None, ClaimRecord]] = defaultdict(dict)
    ahead: dict[tuple[str | None, str], dict[str | None, ClaimRecord]] = defaultdict(dict)
    for record in figures:
        if is_count(record, story):
            side = {Tense.AHEAD: ahead, Tense.HAPPENED: done}.get(tense_of(record.claim.mode))
            if side is not None:
                side[_unit_of(record), record.claim.predicate.text].setdefault(record.root, record)
    for (unit, _), reported in done.items():
        for (other, _), meant in ahead.items():
            near = (
                (said, meant[root])
                for said in reported.values() if unit == other
                for root in {said.root, *related[said.root]} & meant.keys()
            )  # fmt: skip
            found = next((pair for pair in near if is_outcome(*pair, related, story)), None)
            if found is not None:
                yield found


def list_related(story: Story) -> Mapping[str | None, set[str]]:
    """The things that a claim relates to a thing, by its key; of any other there are none."""
    related: dict[str | None, set[str]] = defaultdict(set)
    for claim in story.seeds.claims:
        if isinstance(claim.object, EntityRef):
            related[claim.subject.text].add(claim.object.key)
            related[claim.object.key].add(claim.subject.text)
    return related


def is_outcome(said: ClaimRecord, meant: ClaimRecord, related: Mapping[str | None, set[str]], story: Story) -> bool:
    """Whether what was reported may have come of what was ahead.

    It is of the same thing or of one that a claim relates to it, and of the same property, or a running count: jobs
    that are cut are no outcome of jobs that were promised, nor is what another team has, or last year's revenue.
    """
    name = said.claim.predicate.text
    prop = story.vocabulary.properties.get(name)
    near = said.root == meant.root or meant.root in related[said.root]
    alike = (prop is not None and prop.time_varying) or name == meant.claim.predicate.text
    of_one_time = prop is None or not prop.period_total or times_meet(said.claim, meant.claim, prop)
    return near and alike and of_one_time


def read_figure(quantity: Quantity) -> Decimal | None:
    """The number that a bar is drawn for: the figure, or the end of a range."""
    try:
        return Decimal(quantity.number or quantity.highest or quantity.lowest or "")
    except InvalidOperation:
        return None


def _figure(record: ClaimRecord) -> Decimal | None:
    return read_figure(record.claim.object) if isinstance(record.claim.object, Quantity) else None


def _measure(key: str, members: list[ClaimRecord], story: Story, *, conflict: bool) -> Lane | None:
    figures = [(figure, m) for m in members if (figure := _figure(m)) is not None]
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
            plural = [write_plural(label) if lang == "en" else label for label in labels]
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
    bars = _draw_to_scale([figure for _, (figure, _) in ordered])
    if not bars:
        return None
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
                bar=bar,
            )
            for bar, (alike, (_, group)) in zip(bars, ordered, strict=True)
        ),
    )
