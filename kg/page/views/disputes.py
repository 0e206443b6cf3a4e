"""What disagrees, and what only seems to: the claims side by side, by what they are to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.graph.dispute import Outcome
from kg.page.findings import Contrast
from kg.page.records import ClaimRecord
from kg.page.views.say import Say, section, show_count
from kg.text.markup import Html, join, tag

KINDS = (
    (Outcome.CONFLICT, "conflicts"),
    (Outcome.DEVELOPMENT, "developments"),
    (Outcome.KIND, "kinds"),
    (Outcome.MEASURE, "measures"),
)
MOST_CARDS = 12


def show_disputes(contrasts: Mapping[Outcome, Sequence[Contrast]], say: Say) -> Html:
    """All comparisons that readers should know of, each kind behind a line that opens."""
    folds = []
    for relation, key in KINDS:
        found = contrasts.get(relation, ())
        if not found:
            continue
        summary = tag("summary", tag("h3", say.word(key)), " ", show_count(len(found)))
        cards = tag("ul", [_show_contrast(it, say) for it in found[:MOST_CARDS]])
        rest = len(found) - MOST_CARDS
        more = tag("p", say.more(rest), class_="lead") if rest > 0 else None
        why = tag("p", say.word(f"{key}-why"), class_="lead")
        folds.append(tag("details", summary, why, cards, more, class_=f"contrast {key}"))
    return section("disputes", say.word("disputes"), folds or tag("p", say.word("no-disputes"), class_="lead"))


def _show_contrast(it: Contrast, say: Say) -> Html:
    first = it.sides[0]
    subjects = {side.claim.subject.text for side in it.sides}
    properties = {side.claim.predicate.text for side in it.sides}
    head = tag("p", say.subject(first), " ", tag("span", say.property(first.claim.predicate.text), class_="property"))
    sides = [_show_side(s, say, of=(len(subjects) > 1, len(properties) > 1)) for s in it.sides]
    more = tag("p", say.more(it.more), class_="lead") if it.more else None
    reason = tag("p", say.records.reasons[it.reason][say.lang], class_="reason")
    return tag("li", head, tag("div", sides, class_="sides"), more, reason)


def _show_side(side: ClaimRecord, say: Say, *, of: tuple[bool, bool]) -> Html:
    """A claim of a card; *of* says whether its subject and its property are told beside it."""
    what = (say.subject(side), say.property(side.claim.predicate.text))
    unclear = say.unclear(side.evidence)
    decided = None
    if side.decided and side.claim.id in side.decided.decision.ids:
        because = side.decided.decision.because
        decided = tag("span", say.word("decided-for"), say.word("colon"), say.note(because.text, because.lang),
                      class_="decided")  # fmt: skip
    return tag(
        "p",
        [[tag("span", word, class_="of"), " "] for word, told in zip(what, of, strict=True) if told],
        tag("b", say.value(side)),
        [" ", tag("span", side.time[say.lang], class_="time")] if side.time else None,
        " ",
        say.mode(side.claim.mode),
        tag("span", unclear, class_="unclear") if unclear else None,
        tag("span", say.entities(ref.text for ref in side.claim.speakers), " · ",
            join(*dict.fromkeys(say.place(e) for e in side.evidence), between="; "), class_="who"),
        say.link(f"c={side.claim.id}", say.word("evidence"), class_="to"),
        decided,
        class_="side",
    )  # fmt: skip
