"""All claims as a table: whole without a script; with one, the script draws the rows that are on the screen."""

from __future__ import annotations

from kg.page.records import ClaimRecord
from kg.page.views.say import Say, show_count
from kg.text.markup import Html, join, tag

COLUMNS = ("subject", "property", "value", "mode", "speaker", "about-time", "said", "source", "note")


def show_table(say: Say) -> Html:
    """The claims behind a line that opens."""
    records = say.records.claims
    title = tag("h2", say.word("table"), id="claims-name")
    summary = tag("summary", title, " ", show_count(len(records)))
    grid = tag("div", id="grid", tabindex=0, role="region", aria_labelledby="claims-name", class_="scripted")
    lead = tag("p", say.word("table-lead"), class_="lead")
    return tag("details", summary, lead, grid, None if say.scripted else _show_whole(say), id="claims")


def _show_whole(say: Say) -> Html:
    """The whole table, for a page whose script does not run."""
    head = tag("tr", [tag("th", say.word(key), scope="col") for key in COLUMNS])
    rows = tag("tbody", [_show_row(record, say) for record in say.records.claims])
    return tag("noscript", tag("table", tag("thead", head), rows, aria_labelledby="claims-name"))


def _show_row(record: ClaimRecord, say: Say) -> Html:
    claim = record.claim
    said = record.evidence[0].said if record.evidence else None
    time = [record.time[say.lang]] if record.time else [say.word("no-time")] if claim.unknown_when else []
    if record.as_of:
        time.append(say.word("as-of-time", when=record.as_of[say.lang]))
    places = [
        join(say.place(e), f" @ {say.label(e.venue)}" if e.venue else None,
             [" ", tag("em", unclear)] if (unclear := say.unclear([e])) else None)
        for e in record.evidence
    ]  # fmt: skip
    cells = [
        tag("td", say.property(claim.predicate.text)),
        tag("td", say.value(record)),
        tag("td", tag("i", say.word(f"modes.{claim.mode}"), class_=claim.mode), say.unreviewed(claim)),
        tag("td", say.entities(ref.text for ref in claim.speakers)),
        tag("td", " ".join(time)),
        tag("td", said[say.lang] if said else say.word("unknown")),
        tag("td", join(*places, between="; ")),
        tag("td", _remark(record, say)),
    ]
    row = tag("tr", tag("th", say.subject(record), scope="row"), cells, id=f"c={claim.id}",
              class_="conflict" if record.conflict else None)  # fmt: skip
    words = [tag("q", e.text) for e in record.evidence if e.text]
    return join(
        row, tag("tr", tag("td", join(*words, between=" "), colspan=len(COLUMNS)), class_="said") if words else None
    )


def _remark(record: ClaimRecord, say: Say) -> Html:
    """How it stands to others, what the curator says of it, and where it is written."""
    decided = None
    if record.decided:
        because = record.decided.decision.because
        chosen = join(*(say.claim(c.id) for c in record.decided.chosen), between=say.word("comma"))
        decided = join(say.word("decided-for"), " ", chosen, say.word("colon"), say.note(because.text, because.lang))
    return join(
        tag("b", f"≠ {say.word('conflict')}", class_="flag") if record.conflict else None,
        tag("em", f"{say.word('superseded')}.") if record.superseded else None,
        tag("em", f"{say.word('own-interest')}.") if record.own_interest else None,
        decided,
        *(
            join(say.word("inferred"), say.word("colon"), say.note(i.text, i.reason.lang))
            for i in record.claim.inferred
        ),
        say.note(record.note.text, record.note.lang) if record.note else None,
        tag("code", record.place.rpartition("/")[2]),
        between=" ",
    )
