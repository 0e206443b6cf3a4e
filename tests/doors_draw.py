"""Claims and statements of small projects, drawn by chance: many of them agree, disagree, and speak of each other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from doors import (
    DATES,
    EVENTS,
    EXACT,
    FAMILIES,
    KINDS,
    MODES,
    NUMBERS,
    SOURCES,
    TEXTS,
    THINGS,
    WHOLE,
    Lists,
    Number,
    Said,
    Saying,
    State,
    Stated,
)

COUNTED = ["2023?", "2023-24", "2024", "2024-02", "2024-02-29", "2024-34", "2022/2024", "../2030"]
SPEAKERS = [("press",), ("press",), ("ann",), ("ben",), ("ann", "ben")]
Pools = dict[tuple[str, str], list[object]]


@dataclass(frozen=True, kw_only=True)
class Theme:
    """How often a project has what is else too rare to meet: modes, times, proposals, unclear texts, statements.

    *families* are those of properties that it takes; any where there are none. It has *least* claims, or more. *modes*
    is how often a claim is no fact, and *kinds* what it is then. *times* are those for which it may hold. With
    *seconded*, what is unclear is said clearly by further evidence, which mostly nobody has reviewed. *numbers* are the
    few that it has, and *ranges* is how often one is the end of a range. With *looked_back* it is seen as it was known
    by each day, with its own day.
    """

    families: tuple[tuple[str, ...], ...] = ()
    least: int = 2
    things: int = 3
    modes: float = 0.2
    kinds: tuple[str, ...] = tuple(MODES)
    timed: float = 0.25
    times: tuple[str, ...] = (*DATES, "unknown")
    proposed: float = 0.12
    unclear: float = 0.13
    stated: float = 0.4
    declared: float = 0.08
    seconded: bool = False
    numbers: tuple[str, ...] = ()
    ranges: float = 0
    looked_back: bool = False


THEMES = (
    *[Theme()] * 4,
    # Of counts only three or more on one thing tell which is the latest.
    Theme(families=(("staff",),), things=2, modes=0.5, kinds=("plan",), unclear=0.3, declared=0),
    Theme(
        families=(("sails", "partOf", "rooms"),), things=5, modes=0, timed=0, proposed=0.4, unclear=0.6, seconded=True
    ),
    Theme(
        families=(("length",), ("open",)),
        things=2,
        modes=0,
        timed=0.7,
        stated=1,
        times=("../2030", "2028/..", "2022/2024", "2024", "202X", "[2024,2030]", "unknown"),
    ),
    Theme(
        families=(("leads", "leads", "ledBy"), ("price", "price", "priceFrom", "priceTo")),
        modes=0.3,
        kinds=("question", "plan"),
        timed=0.1,
        stated=1,
    ),
    # What the other way round, and the ends of a range that is denied, say is met where few others say so themselves.
    Theme(families=(("leads", "leads", "leads", "ledBy"),), least=10, modes=0.8, kinds=("question",), timed=0),
    Theme(
        families=(("price", "price", "priceFrom", "priceTo"),),
        least=12,
        things=2,
        modes=0,
        timed=0,
        proposed=0,
        unclear=0,
        declared=0,
        numbers=("7", "7.0"),
        ranges=0.8,
    ),
    # A day beyond what was known counts where a fact ends between the two.
    Theme(
        families=(("sails", "partOf"),),
        least=10,
        things=5,
        modes=0,
        timed=0.8,
        times=("../2030", "2028/..", "2022/2024"),
        proposed=0,
        unclear=0,
        looked_back=True,
    ),
    # The state of a claim counts where what is known of it by a day is further evidence in another state.
    Theme(
        families=(("sails", "rooms"),),
        least=10,
        things=5,
        modes=0,
        timed=0,
        proposed=0.8,
        unclear=0.2,
        seconded=True,
        looked_back=True,
    ),
)


def draw_claims(chance: random.Random, theme: Theme) -> list[Said]:
    """Two claims and lists of claims, or what is the least of the theme, to sixteen; many on the same few things."""
    things = chance.sample(THINGS, chance.choice((2, 2, 3)))
    pools: Pools = {}  # few values, so that claims meet
    families = theme.families or chance.sample(FAMILIES, chance.choice((1, 2, 3, 8)))
    things = THINGS[: theme.things] if theme.families else things
    claims: list[Said] = []
    for number in range(chance.randint(theme.least, 16)):
        source = chance.choice(list(SOURCES))
        prop = chance.choice(chance.choice(families))
        if prop in ("because", "remark") and not claims:
            prop = "knows"
        claims += _draw_list(
            chance, _draw_claim(chance, f"{source}.c{number}", prop, things, claims, pools, theme), pools
        )
    return _declare(chance, claims, theme)


def _draw_claim(
    chance: random.Random, id_: str, prop: str, things: list[str], before: list[Said], pools: Pools, theme: Theme
) -> Said:  # fmt: skip
    kind = KINDS[prop]
    subject = f"c:{chance.choice(before).id}" if prop in ("because", "remark") else chance.choice(things)
    others = [t for t in THINGS if t != subject]
    value: object = {
        "thing": lambda: chance.choice([t for t in things if t != subject] or others),
        "resource": lambda: chance.choice([*others, "wd:Q90", "https://a.example/x?y=1&z=%20"]),
        "claim": lambda: f"c:{chance.choice(before).id}",
        "words": lambda: (chance.choice(TEXTS), chance.choice(("en", "en", "zh", "de-CH"))),
        "code": lambda: chance.choice(TEXTS),
        "truth": lambda: chance.choice(("true", "false")),
        "iri": lambda: chance.choice(("https://a.example/", "wd:Q90", "urn:x:1")),
        "date": lambda: chance.choice(list(DATES)),
    }.get(kind, lambda: _draw_number(chance, prop, kind, theme))()
    pool = pools.setdefault((subject, prop), [])
    if len(pool) < chance.choice((1, 2, 3)):
        pool.append(value)
    value = chance.choice(pool)
    mode = chance.choice(theme.kinds) if chance.random() < theme.modes else "fact"
    when = chance.choice(theme.times) if chance.random() < theme.timed else None
    if mode == "fact" and _is_later(value if kind == "date" else None, when):
        mode = "forecast"
    is_wide = isinstance(value, Number) and value.low != value.high  # what lies within is denied with it
    named = {term[2:] for term in (subject, value) if isinstance(term, str) and term.startswith("c:")}
    return Said(
        id=id_, subject=subject, prop=prop, kind=kind, value=value, mode=mode, when=when,
        denied=chance.random() < (0.4 if is_wide else 0.15),
        as_of=chance.choice(COUNTED) if prop == "staff" and chance.random() < 0.8 else None,
        note=chance.choice(TEXTS) if chance.random() < 0.15 else None,
        inferred=(("o", chance.choice(TEXTS)),) if chance.random() < 0.1 else (),
        state=_draw_state(chance, theme, draft=any(claim.state.draft for claim in before if claim.id in named)),
        sayings=(_draw_saying(chance, id_.partition(".")[0], theme),),
    )  # fmt: skip


def _draw_state(chance: random.Random, theme: Theme, *, draft: bool = False) -> State:
    """Mostly that of a claim which was written by hand. What speaks of a draft is a draft."""
    proposed = chance.random() < theme.proposed
    reviewed = (proposed and chance.random() < 0.5) or chance.random() < 0.1
    return State(proposed=proposed, reviewed=reviewed, draft=draft or chance.random() < 0.08)


def _draw_list(chance: random.Random, claim: Said, pools: Pools) -> Iterator[Said]:
    """Now and then all claims of a list of subjects and one of objects, instead of the one."""
    pool = [v for v in pools[claim.subject, claim.prop] if _is_sound(claim, v)]
    subjects = [claim.subject, *(t for t in THINGS if t != claim.subject)][: chance.choice((1, 1, 2))]
    values = [claim.value, *(v for v in pool if v != claim.value)][: chance.choice((1, 2, 3))]
    if chance.random() > 0.2 or claim.subject.startswith("c:") or len(subjects) * len(values) == 1:
        yield claim
        return
    lists = Lists(subjects=tuple(subjects), values=tuple(values))
    for number, (subject, value) in enumerate(product(subjects, values), 1):
        yield replace(claim, id=f"{claim.id}.{number}", subject=subject, value=value, lists=lists)


def _is_sound(claim: Said, value: object) -> bool:
    """Whether the claim may have another value that was drawn before it."""
    return claim.mode != "fact" or not _is_later(value if claim.kind == "date" else None, claim.when)


def _is_later(value: object, when: str | None) -> bool:
    """Whether a fact would lie after some publication, which `kg check` refuses."""
    firsts = [min((a or (0, 1, 1) for a, _ in DATES[str(d)])) for d in (value, when) if d is not None and d in DATES]
    return any(first > (2029, 12, 31) for first in firsts)


def _draw_number(chance: random.Random, prop: str, unit: str, theme: Theme) -> Number:
    whole = ["7", "0", "1000", "120", "8"]
    few = [n for n in NUMBERS if not (prop in ("length", "price") and n[0] == "-")]
    number = chance.choice(theme.numbers or (whole if prop in WHOLE else few))
    unit = {"m": chance.choice(("m", "m", "km")), "°C": chance.choice(("°C", "K")),
            "money": chance.choice(("EUR", "USD"))}.get(unit, unit)  # fmt: skip
    plain = [""] * (20 if prop == "staff" else 5)
    word = chance.choice((*plain, "about", "over", "under", "at least", "at most", "range", "about range"))
    word = "range" if prop == "price" and chance.random() < theme.ranges else word
    text = f"{number} {unit}".strip()
    if word.endswith("range"):
        high = str(Fraction(number) + 5) if "." not in number else "2000.5"
        text = f"{'about ' if word[0] == 'a' else ''}{number}..{high} {unit}".strip()
        return Number(text=text, number=None, low=number, high=high, about=word[0] == "a", unit=unit)
    low = None if word in ("about", "under", "at most") else number
    high = None if word in ("about", "over", "at least") else number
    return Number(text=f"{word} {text}".strip(), number=number, low=low, high=high, open=word in ("over", "under"),
                  about=word == "about", unit=unit)  # fmt: skip


def _draw_saying(chance: random.Random, source: str, theme: Theme) -> Saying:
    plain = chance.random() < 0.5
    return Saying(
        source=source, address=f"p{chance.randint(1, 3)}s{chance.randint(1, 2)}",
        by=("press",) if theme.seconded else chance.choice(SPEAKERS),
        where=None if plain else chance.choice((None, *EVENTS)),
        via=() if plain else tuple(chance.sample(["wire", "radio"], chance.choice((0, 1, 2)))),
        voice="source" if plain else chance.choice(("source", "reported", "quote")),
        on=None if plain else chance.choice((None, "2024-02-29", "2024~")),
        sure=chance.choice(("vague", "ambiguous", "wrong")) if chance.random() < theme.unclear else "clear",
    )  # fmt: skip


def _declare(chance: random.Random, claims: list[Said], theme: Theme) -> list[Said]:
    """Claims with what curators say of them: further evidence, differences, what fits, decisions."""
    done: list[Said] = []
    further: dict[str, Saying | None] = {}  # of the claims of a list, one for all
    for claim in claims:
        seen = [c for c in claims if claim.state.draft or not c.state.draft]  # nothing outside can name a draft
        alike = [c.id for c in seen if (c.subject, c.prop) == (claim.subject, claim.prop) and c.id != claim.id]
        single = claim.lists is None
        if single and alike and chance.random() < theme.declared:
            claim = replace(claim, unlike=((chance.choice(alike), chance.choice(("value", "time", "measure"))),))
        elif single and alike and chance.random() < theme.declared:
            claim = replace(claim, fits=(chance.choice(alike),))
        rivals = [c for c in seen if (c.subject, c.prop, c.mode) == (claim.subject, claim.prop, "fact")]
        again = any(c.decided and (c.subject, c.prop) == (claim.subject, claim.prop) for c in done)
        fit = single and claim in rivals and claim.prop not in ("amount", "because", "remark") and not again
        if fit and chance.random() < 0.2:
            claim = replace(claim, decided=((chance.choice(rivals).id,), "surveyed"))
        if claim.key not in further:
            further[claim.key] = _draw_further(chance, claim, theme)
        more = further[claim.key]
        done.append(replace(claim, sayings=(*claim.sayings, more)) if more else claim)
    fits = {(c.id, other) for c in done for other in c.fits}
    return [
        replace(c, unlike=tuple(u for u in c.unlike if (c.id, u[0]) not in fits and (u[0], c.id) not in fits))
        for c in done
    ]


def _draw_further(chance: random.Random, claim: Said, theme: Theme) -> Saying | None:
    """Further evidence of what the press says, in another sentence."""
    first = claim.sayings[0]
    if first.by != ("press",) or chance.random() > (0.9 if theme.seconded else 0.6):
        return None
    more = _draw_saying(chance, chance.choice(list(SOURCES)), theme)
    if (more.source, more.address) == (claim.sayings[0].source, claim.sayings[0].address):
        return None
    plain = State(draft=claim.state.draft)
    state = plain if chance.random() < (0 if theme.seconded else 0.5) else _draw_state(chance, theme, draft=plain.draft)
    more = replace(more, sure="clear") if theme.seconded and first.sure != "clear" else more
    return replace(more, by=claim.sayings[0].by, note=chance.choice((None, "a note")), state=state)


def draw_statements(chance: random.Random, claims: list[Said]) -> list[Stated]:
    """A few statements on what claims speak of, and on other things; most say what some claim says, or nearly."""
    found: list[Stated] = []
    known = [c for c in claims if c.kind not in ("claim", "words", "money") and not c.subject.startswith("c:")]
    for place in range(1, chance.randint(1, 5) + 1):
        claim = chance.choice(known) if known else None
        if claim is None:
            continue
        value = chance.choice([c.value for c in known if c.kind == claim.kind])
        turned = claim.kind == "thing" and chance.random() < 0.3
        subject, value = (str(value), claim.subject) if turned else (claim.subject, value)
        prop = claim.prop
        if isinstance(value, Number):
            prop = chance.choice(("price", "priceFrom", "priceTo")) if prop == "price" else prop
            number = chance.choice([n for n in (value.number, value.low, value.high) if n is not None])
            value = Number(text=number, number=number, low=number, high=number, unit=claim.kind)
        if subject == value or (claim.kind == "resource" and ":" in str(value)) or _is_unfit(claim.kind, value):
            continue
        found.append(Stated(subject=subject, prop=prop, kind=claim.kind, value=value, place=place))
    return found


def _is_unfit(kind: str, value: object) -> bool:
    """Whether a value is written in claims alone."""
    return kind == "date" and value not in EXACT and not str(value)[0].isdigit()
