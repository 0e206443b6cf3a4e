"""The answer lanes: one card a question, one row an answer, its mark on the axis that all lanes share."""

from __future__ import annotations

from kg.page.axis import Axis, AxisMark, TimeShape
from kg.page.lanes import Bar, Lane, Lanes, Row
from kg.page.records import ClaimRecord
from kg.page.style import Tense, tense_of
from kg.page.views.say import Say, section
from kg.reading.sources import address_key
from kg.text.markup import Html, join, tag

MOST_TIMES = 6  # cards that stand there at once; the others open
MOST_MEASURES = 2  # and as many more as cards on times leave room for
MOST_CARDS = 4
MOST_ROWS = 8
MOST_PLACES = 3  # of one answer, each of another source


def show_lanes(lanes: Lanes, say: Say) -> Html:
    """All lanes; of many the first, the others behind a line that opens."""
    cards = [_show_card(lane, lanes.axis, say) for lane in lanes.times]
    measures = [_show_card(lane, None, say) for lane in lanes.measures]
    first, more = cards[:MOST_TIMES], cards[MOST_TIMES:]
    room = max(MOST_MEASURES, MOST_CARDS - len(cards))
    first += measures[:room]
    more += measures[room:]
    if not first:
        none = tag("p", say.word("no-open"), class_="lead")
        return section("lanes", say.word("questions-open"), none, _show_claims(say))
    years = _draw_years(lanes.axis) if lanes.axis else None
    folded = tag("details", tag("summary", say.count("more-cards", len(more))), *more, class_="more") if more else None
    return section("lanes", say.word("questions-open"), years, *first, folded)


def _show_claims(say: Say) -> Html | None:
    """The first claims, where no question has two answers: the first screen would tell none of them."""
    told = sorted(say.records.claims, key=_place_of)
    first, rest = told[:MOST_ROWS], told[MOST_ROWS:]
    rows = [
        Row(text={say.lang: say.statement(record.claim.id)}, denied=False, records=(record,),
            about=record.time if record.time != record.value else None)
        for record in first
    ]  # fmt: skip
    if not rows:
        return None
    shown = tag("ul", [_show_row(row, say, timed=False) for row in rows])
    more = tag("p", say.more(len(rest)), class_="who") if rest else None
    return tag("article", tag("h3", say.word("first-claims")), shown, more, class_="card lane")


def _place_of(record: ClaimRecord) -> tuple[str, object]:
    """Where the text says it first, so that claims stand as they are read."""
    first = record.evidence[0]
    return first.source, address_key(first.address)


def _show_card(lane: Lane, axis: Axis | None, say: Say) -> Html:
    conflict = tag("span", f"≠ {say.word('conflict')}", class_="flag") if lane.conflict else None
    timed = axis is not None and any(row.mark is not None and row.mark.shape is not TimeShape.NONE for row in lane.rows)
    scale = _show_ticks(axis, say) if timed and axis is not None else None
    title = tag("h3", say.link(f"f={lane.key}", lane.question[say.lang]), " ", conflict)
    rows = [_show_row(row, say, timed=timed) for row in lane.rows]
    shown, folded = rows[:MOST_ROWS], rows[MOST_ROWS:]
    more = None
    if folded:
        summary = tag("summary", say.count("more-answers", len(folded)))
        more = tag("details", summary, tag("ul", folded), class_="more")
    kind = "card lane timed" if timed else "card lane"
    return tag(
        "article", tag("div", title, scale, class_="head"), tag("ul", shown), more, id=f"f={lane.key}", class_=kind
    )


def _show_ticks(axis: Axis, say: Say) -> Html:
    """The years of the axis, above the marks."""
    texts = []
    for tick in axis.ticks:
        anchor = "start" if tick.at < 5 else "end" if tick.at > 95 else "middle"
        texts.append(tag("text", tick.text[say.lang], x=f"{tick.at}%", y=12, text_anchor=anchor))
    return tag("svg", texts, class_="ticks", aria_hidden="true")


def _draw_years(axis: Axis) -> Html:
    """The lines of the axis's years, once: each mark shows them again in its own width."""
    lines = [tag("line", x1=f"{tick.at}%", x2=f"{tick.at}%", y1=-8, y2=34) for tick in axis.ticks]
    return tag("svg", tag("defs", tag("g", lines, id="years")), class_="definitions", width=0, height=0,
               aria_hidden="true")  # fmt: skip


def _show_row(row: Row, say: Say, *, timed: bool) -> Html:
    first = row.records[0]
    ids = " ".join(record.claim.id for record in row.records)
    text = tag("b", row.text[say.lang])
    struck = row.denied and say.word("line-denied") != row.text[say.lang]
    value = say.link(f"c={first.claim.id}", say.deny(text) if struck else text, class_="value")
    speakers = dict.fromkeys(ref.text for record in row.records for ref in record.claim.speakers)
    evidence = [e for record in row.records for e in record.evidence]
    firsts = {e.source: e for e in reversed(evidence)}  # the first of each source
    shown = list(dict.fromkeys(say.place(e) for e in evidence if firsts[e.source] is e))[:MOST_PLACES]
    others = len({say.place(e) for e in evidence}) - len(shown)
    who = join(
        row.about[say.lang] if row.about else None,
        say.entities(speakers),
        join(join(*shown, between="; "), say.count("more-places", others) if others else None),
        say.unclear(evidence),
        between=" · ",
    )
    mark = None
    if row.bar is not None:
        mark = _draw_bar(row.bar, tense_of(row.mode), denied=row.denied)
    elif timed and row.mark is not None:
        mark = _draw_mark(row.mark, tense_of(row.mode), say, denied=row.denied)
    unreviewed = say.unreviewed(*(record.claim for record in row.records))
    said = tag("div", value, " ", say.mode(row.mode), unreviewed, tag("p", who, class_="who"))
    return tag("li", said, mark, class_=f"answer {tense_of(row.mode)}", data_claims=ids)


def _draw_mark(mark: AxisMark, tense: Tense, say: Say, *, denied: bool) -> Html:
    """A point, a bar, a bar that fades to its open end, or a dashed box for no date; struck out where denied."""
    wide = f"{mark.end - mark.start:.1f}%"
    match mark.shape:
        case TimeShape.NONE:
            shape = join(
                tag("rect", x="0.5%", y=5, width="99%", height=16, rx=4, class_="undated"),
                tag("text", say.word("no-date"), x="50%", y=17, text_anchor="middle"),
            )
        case TimeShape.POINT:
            shape = tag("circle", cx=f"{mark.start}%", cy=13, r=6)
        case _:
            fades = f"url(#{mark.shape}-{tense})" if mark.shape in (TimeShape.UNTIL, TimeShape.SINCE) else None
            shape = tag("rect", x=f"{mark.start}%", y=7, width=wide, height=12, rx=4, class_=f"bar {mark.shape}",
                        fill=fades)  # fmt: skip
    strike = None
    if denied:
        ends = (mark.start - 3, mark.end + 3) if mark.shape is TimeShape.POINT else (mark.start, mark.end)
        strike = tag("line", x1=f"{ends[0]}%", x2=f"{ends[1]}%", y1=13, y2=13, class_="strike")
    years = tag("use", href="#years", class_="years")
    return tag("svg", years, shape, strike, class_=f"mark {tense}", aria_hidden="true")


def _draw_bar(bar: Bar, tense: Tense, *, denied: bool) -> Html:
    """A bar as long as the figure, from zero on; struck out where somebody says that it is not so."""
    hatched = f"url(#hatched-{tense})" if tense is not Tense.HAPPENED else None
    long = max(abs(bar.long), 0.6)
    start = min(bar.zero, 100 - long) if bar.long >= 0 else max(bar.zero - long, 0)
    left, right = f"{start:.1f}%", f"{start + long:.1f}%"
    amount = tag("rect", x=left, y=6, width=f"{long:.1f}%", height=14, rx=2,
                 class_="amount denied" if denied else "amount", fill=hatched)  # fmt: skip
    zero = tag("line", x1=f"{bar.zero}%", x2=f"{bar.zero}%", y1=-8, y2=34, class_="years") if bar.zero else None
    strike = tag("line", x1=left, x2=right, y1=13, y2=13, class_="strike") if denied else None
    return tag("svg", zero, amount, strike, class_=f"mark {tense}", aria_hidden="true")


def draw_definitions() -> Html:
    """The gradients and the hatching that marks are filled with, once for a page."""
    parts = []
    for tense in Tense:
        for shape, ends in ((TimeShape.UNTIL, ((0, 0), (0.85, 1))), (TimeShape.SINCE, ((0.15, 1), (1, 0)))):
            stops = [tag("stop", offset=at, stop_opacity=opacity, class_=tense) for at, opacity in ends]
            parts.append(tag("linearGradient", stops, id=f"{shape}-{tense}"))
        if tense is Tense.HAPPENED:
            continue
        stripe = tag("rect", width=6, height=14, class_=tense)
        parts.append(
            tag("pattern", stripe, id=f"hatched-{tense}", width=9, height=14, patternUnits="userSpaceOnUse",
                patternTransform="skewX(-20)")
        )  # fmt: skip
    return tag("svg", tag("defs", parts), width=0, height=0, class_="definitions", aria_hidden="true")
