"""Which claims of small projects cannot both hold, by the reference: each is compared with each other."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

from doors import DATES, FUNCTIONAL, INNER, UNITS, Day, Number, Said, Span, Stated
from doors_expected import as_said, bounds_of, counted_on, object_term, property_of, spans_of

OCCURRENCES = {"founded", "born"}


def in_unit(number: str, claim: Said) -> Fraction:
    assert isinstance(claim.value, Number)
    factor, offset = UNITS[claim.value.unit][1:]
    return Fraction(number) * factor + offset


def value_of(claim: Said) -> object:
    """What makes two objects one value."""
    value = claim.value
    if isinstance(value, Number):
        numbers = (value.number, value.low, value.high)
        return (*(None if n is None else in_unit(n, claim) for n in numbers), value.open)
    return object_term(claim)


def clashes(a: Said, b: Said) -> bool:
    """Whether two claims on one matter cannot both hold, their times aside."""
    if a.denied and b.denied:
        return False
    same = value_of(a) == value_of(b)
    if a.denied or b.denied:
        said, no = (b, a) if a.denied else (a, b)
        return same or _lies_in(said, no)
    if same or property_of(a) not in FUNCTIONAL | {"staff"}:
        return False
    if a.kind == "date":
        return not any(_meet(x, y) for x in reach_of(str(a.value)) for y in reach_of(str(b.value)))
    if isinstance(a.value, Number) and isinstance(b.value, Number):
        return not (a.value.about or b.value.about or _may_be_equal(a, b))
    return True


def reach_of(written: str) -> tuple[Span, ...]:
    """The days that a date may stand for; about a year are five years on either side."""
    return {"2024~": (((2019, 1, 1), (2029, 12, 31)),), "2024%": (((2019, 1, 1), (2029, 12, 31)),)}.get(
        written, DATES[written]
    )


def _meet(a: Span, b: Span) -> bool:
    return (a[0] is None or b[1] is None or a[0] <= b[1]) and (b[0] is None or a[1] is None or b[0] <= a[1])


def _bounds(claim: Said) -> tuple[Fraction | None, Fraction | None, bool]:
    assert isinstance(claim.value, Number)
    low, high = (None if n is None else in_unit(n, claim) for n in (claim.value.low, claim.value.high))
    return low, high, claim.value.open


def _may_be_equal(a: Said, b: Said) -> bool:
    """Whether some number fits both."""
    (low_a, high_a, open_a), (low_b, high_b, open_b) = _bounds(a), _bounds(b)
    for low, low_open, high, high_open in ((low_a, open_a, high_b, open_b), (low_b, open_b, high_a, open_a)):
        if low is not None and high is not None and (low > high or (low == high and (low_open or high_open))):
            return False
    return True


def _lies_in(said: Said, no: Said) -> bool:
    """Whether all that *said* may be is denied."""
    if said.kind == "date" and no.kind == "date":
        inner, outer = reach_of(str(said.value)), DATES[str(no.value)]
        if len(inner) > 1 or len(outer) > 1 or {"~", "%"} & set(str(no.value)):
            return False
        (a, b), (c, d) = inner[0], outer[0]
        return (c is None or (a is not None and a >= c)) and (d is None or (b is not None and b <= d))
    if not (isinstance(said.value, Number) and isinstance(no.value, Number)) or said.value.about or no.value.about:
        return False
    (low, high, is_open), (bottom, top, excluded) = _bounds(said), _bounds(no)
    above = bottom is None or (low is not None and (low > bottom or (low == bottom and (is_open or not excluded))))
    below = top is None or (high is not None and (high < top or (high == top and (is_open or not excluded))))
    return above and below


def times_meet(a: Said, b: Said) -> bool:
    """Whether both hold at one time, wherever the ends of their times lie: a term to 2024 ends before one of 2024."""
    times = time_of(a), time_of(b)
    if None in times or not days_meet(*times):
        return None in times
    (begin_a, end_a), (begin_b, end_b) = (INNER.get(str(c.when)) or bounds_of(DATES[str(c.when)]) for c in (a, b))
    follow = any(
        end is not None and begin is not None and end <= begin for begin, end in ((begin_b, end_a), (begin_a, end_b))
    )
    return not (follow and {str(a.when), str(b.when)} & INNER.keys())


def time_of(claim: Said) -> tuple[Span, ...] | None:
    """When it holds; None where nobody says, or says again what the object is."""
    if claim.when in (None, "unknown") or (claim.kind == "date" and DATES[claim.when] == DATES[str(claim.value)]):
        return None
    return DATES[claim.when]


def days_meet(a: tuple[Span, ...] | None, b: tuple[Span, ...] | None) -> bool:
    return a is None or b is None or any(_meet(x, y) for x in a for y in b)


def counts_meet(a: Said, b: Said) -> bool:
    on = [spans_of(day) if (day := counted_on(c)) else None for c in (a, b)]
    return days_meet(*on)


def sides_of(claim: Said) -> list[Said]:
    """A claim, and what it says on other matters: the other way round, by a property above, of a range's ends."""
    value = claim.value
    if claim.prop == "price" and isinstance(value, Number) and value.number is None and not claim.denied | value.about:
        ends = (("priceFrom", value.low), ("priceTo", value.high))
        made = [(p, replace(value, number=n, low=n, high=n)) for p, n in ends]
        return [claim, *(replace(claim, prop=p, value=n) for p, n in made)]
    if claim.kind != "thing":
        return [claim]
    turned = replace(claim, subject=str(value), value=claim.subject)
    match claim.prop, claim.denied:
        case "knows", False:
            return [claim, turned]
        case "knows", True:
            return [claim, turned, replace(claim, prop="friendOf"), replace(turned, prop="friendOf")]
        case "friendOf", False:
            return [claim, replace(claim, prop="knows"), replace(turned, prop="knows")]
        case "leads", _:
            return [claim, replace(turned, prop="ledBy")]
        case "ledBy", _:
            return [claim, replace(turned, prop="leads")]
    return [claim]


def find_conflicts(claims: list[Said]) -> set[frozenset[str]]:
    """Each two claims on one matter, in one mode, whose values cannot both hold at a time of both."""
    found = set()
    for a, b in combinations([side for claim in claims if claim.mode != "question" for side in sides_of(claim)], 2):
        same = (a.subject, property_of(a), a.mode) == (b.subject, property_of(b), b.mode)
        dated = a.prop != "staff" or a.mode != "fact" or counts_meet(a, b)
        if a.id != b.id and same and clashes(a, b) and times_meet(a, b) and dated:
            found.add(frozenset({a.id, b.id}))
    return found


def holds(claim: Said, today: Day | None) -> bool:
    """Whether what is said holds on the day of the graph."""
    if claim.when is None:
        return True
    if claim.when == "unknown":
        return claim.prop in OCCURRENCES
    spans = DATES[claim.when]
    if claim.prop in OCCURRENCES:
        first = bounds_of(spans)[0]
        return first is None or today is None or first <= today
    if today is None or claim.when in ("202X", "2028/"):
        return False
    reached = [_meet(span, (today, today)) for span in spans]
    return all(reached) if claim.when[0] == "[" else any(reached)


def find_contradictions(
    statements: list[Stated], claims: list[Said], today: Day | None
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The pairs of a statement and a fact that holds on the day, and of two statements, that cannot both hold."""
    stated = [as_said(one) for one in statements]
    facts = [c for c in claims if c.mode == "fact" and holds(c, today)]
    return _find_pairs(stated, facts), {pair for pair in _find_pairs(stated, stated) if pair[0] < pair[1]}


def _find_pairs(some: list[Said], others: list[Said]) -> set[tuple[str, str]]:
    sides = product([s for one in some for s in sides_of(one)], [s for one in others for s in sides_of(one)])
    return {
        (a.id, b.id) for a, b in sides
        if a.id != b.id and (a.subject, property_of(a)) == (b.subject, property_of(b)) and clashes(a, b)
        and (property_of(a) in FUNCTIONAL or a.denied or b.denied)
    }  # fmt: skip
