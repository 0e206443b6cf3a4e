"""Small random projects of every kind of claim, and what each door should say of them, told without the code of `kg`.

A project is drawn from a seed: claims of all kinds of objects, modes, times, voices, declarations and states, in three
sources. `Said` is a claim as its author meant it. From it come the YAML that `kg` reads, and the triples that every
export must hold of it, no more and no fewer.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

ONTOLOGY = Path(__file__).parent.parent / "ontology"
BASE = "https://doors.example/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
KG = "https://kg.example/ns#"
KGU = "https://kg.example/unit/"
PROV = "http://www.w3.org/ns/prov#"
DCTERMS = "http://purl.org/dc/terms/"
QUDT = "http://qudt.org/schema/qudt/"
UNIT = "http://qudt.org/vocab/unit/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SCHEMA = "https://schema.org/"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

Day = tuple[int, int, int]
Span = tuple[Day | None, Day | None]
Term = tuple[str, str, str]
"""The text of a term, its datatype (`""` for an IRI) and its language, in lower case."""

TTL = """@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix k: <https://doors.example/class/> .
@prefix kg: <https://kg.example/ns#> .
@prefix kgu: <https://kg.example/unit/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix quantitykind: <http://qudt.org/vocab/quantitykind/> .
@prefix r: <https://doors.example/relation/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
schema:Thing a owl:Class ; rdfs:label "thing"@en .
schema:NewsArticle a owl:Class ; rdfs:label "news article"@en .
r:knows a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:label "knows"@en ; rdfs:range schema:Thing .
r:friendOf a owl:ObjectProperty ; rdfs:subPropertyOf r:knows ; rdfs:label "friend of"@en ; rdfs:range schema:Thing .
r:leads a owl:ObjectProperty ; owl:inverseOf r:ledBy ; rdfs:label "leads"@en ; rdfs:range schema:Thing .
r:ledBy a owl:ObjectProperty , owl:FunctionalProperty ; rdfs:label "led by"@en ; rdfs:range schema:Thing .
r:founded a owl:ObjectProperty , kg:Occurrence ; rdfs:label "founded"@en ; rdfs:range schema:Thing .
r:partOf a owl:ObjectProperty , kg:PartOf ; rdfs:label "part of"@en ; rdfs:range schema:Thing .
r:sails a owl:ObjectProperty ; rdfs:label "sails to"@en ; rdfs:range schema:Thing ;
    kg:question "When does {s} sail to {o}?"@en .
r:refers a owl:ObjectProperty ; rdfs:label "refers to"@en ; rdfs:range rdfs:Resource .
r:because a owl:ObjectProperty ; rdfs:label "because"@en ; rdfs:domain kg:Claim ; rdfs:range kg:Claim .
r:remark a owl:DatatypeProperty ; rdfs:label "remark"@en ; rdfs:domain kg:Claim ; rdfs:range rdf:langString .
r:length a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "length"@en ;
    rdfs:range xsd:decimal ; qudt:hasUnit unit:M .
r:heat a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "heat"@en ;
    rdfs:range xsd:decimal ; qudt:hasUnit unit:DEG_C .
r:staff a owl:DatatypeProperty , kg:TimeVarying ; rdfs:label "staff"@en ;
    rdfs:range xsd:integer ; qudt:hasUnit kgu:person .
r:rooms a owl:DatatypeProperty ; rdfs:label "rooms"@en ; rdfs:range xsd:nonNegativeInteger ; qudt:hasUnit unit:NUM ;
    kg:question "How many rooms has {s}?"@en .
r:price a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "price"@en ; rdfs:range xsd:decimal ;
    qudt:hasUnit unit:CCY_EUR ; kg:lowest r:priceFrom ; kg:highest r:priceTo .
r:priceFrom a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "price from"@en ; rdfs:range xsd:decimal ;
    qudt:hasUnit unit:CCY_EUR .
r:priceTo a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "price to"@en ; rdfs:range xsd:decimal ;
    qudt:hasUnit unit:CCY_EUR .
r:amount a owl:DatatypeProperty ; rdfs:label "amount"@en ; rdfs:range xsd:decimal ;
    qudt:hasQuantityKind quantitykind:Currency .
r:born a owl:DatatypeProperty , owl:FunctionalProperty , kg:Occurrence ; rdfs:label "born"@en ; rdfs:range edtf:EDTF .
r:meets a owl:DatatypeProperty ; rdfs:label "meets on"@en ; rdfs:range edtf:EDTF .
r:calls a owl:DatatypeProperty ; rdfs:label "calls"@en ; rdfs:range rdf:langString .
r:code a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "code"@en ; rdfs:range xsd:string .
r:open a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "open"@en ; rdfs:range xsd:boolean .
r:site a owl:DatatypeProperty ; rdfs:label "site"@en ; rdfs:range xsd:anyURI .
"""

THINGS = [f"t{n}" for n in range(5)]
AGENTS = ["ann", "ben", "press"]
EVENTS = ["fair", "feast"]
SOURCES = {"post": "2031-05-04", "herald": "2029", "leaf": None}
DAYS: dict[str | None, Day] = {  # the day of the graph: that of the latest publication, or as the data set says
    None: (2031, 5, 4), "2024-02-29": (2024, 2, 29), "2029": (2029, 12, 31), "2035-06": (2035, 6, 30),
}  # fmt: skip
MODES = ["fact", "plan", "target", "promise", "aspiration", "forecast", "opinion", "question", "marketing"]

# Dates with the days that they may stand for, told by hand.
DATES: dict[str, tuple[Span, ...]] = {
    "2024": (((2024, 1, 1), (2024, 12, 31)),),
    "2024-02": (((2024, 2, 1), (2024, 2, 29)),),
    "2024-02-29": (((2024, 2, 29), (2024, 2, 29)),),
    "2023?": (((2023, 1, 1), (2023, 12, 31)),),
    "2024~": (((2024, 1, 1), (2024, 12, 31)),),
    "2024%": (((2024, 1, 1), (2024, 12, 31)),),
    "202X": (((2020, 1, 1), (2029, 12, 31)),),
    "2024-21": (((2024, 3, 1), (2024, 5, 31)),),
    "2023-24": (((2023, 12, 1), (2024, 2, 29)),),
    "2024-34": (((2024, 4, 1), (2024, 6, 30)),),
    "2024-41": (((2024, 7, 1), (2024, 12, 31)),),
    "2022/2024": (((2022, 1, 1), (2024, 12, 31)),),
    "../2030": ((None, (2030, 12, 31)),),
    "2028/..": (((2028, 1, 1), None),),
    "2028/": (((2028, 1, 1), None),),
    "[2024,2030]": (((2024, 1, 1), (2024, 12, 31)), ((2030, 1, 1), (2030, 12, 31))),
    "{2024,2031-05}": (((2024, 1, 1), (2024, 12, 31)), ((2031, 5, 1), (2031, 5, 31))),
    "-0043": (((-43, 1, 1), (-43, 12, 31)),),
    "2024-05-01T10:00:00Z": (((2024, 5, 1), (2024, 5, 1)),),
    "2030/2032": (((2030, 1, 1), (2032, 12, 31)),),
}
EXACT = {"2024": "gYear", "2024-02": "gYearMonth", "2024-02-29": "date"}
UNITS = {  # symbol → IRI, and its number in the property's unit: (x + offset) * factor
    "m": (UNIT + "M", Fraction(1), Fraction(0)), "km": (UNIT + "KiloM", Fraction(1000), Fraction(0)),
    "°C": (UNIT + "DEG_C", Fraction(1), Fraction(0)), "K": (UNIT + "K", Fraction(1), Fraction(-27315, 100)),
    "person": (KGU + "person", Fraction(1), Fraction(0)), "": (UNIT + "NUM", Fraction(1), Fraction(0)),
    "EUR": (UNIT + "CCY_EUR", Fraction(1), Fraction(0)), "USD": (UNIT + "CCY_USD", Fraction(1), Fraction(0)),
}  # fmt: skip
TEXTS = [
    "plain", "a, b: {c} # d", "“quoted”", "it's \"so\"", "= 1 + 1", "line\nbreak", "tab\there", "e\u0301 and é", "雷军",
    "\u05d0\u05d1\u05d2 abc", "back\\slash", "<script>alert(1)</script> & co", "no", "~", "null", "1998", " edges ",
    "@en", "'''", "x" * 3000, "👩\u200d🚀", "-5", "|", "c:post.c0",
]  # fmt: skip
NUMBERS = ["7", "7.0", "0", "-3", "12.50", "1000", "0.001", "120"]


@dataclass(frozen=True, kw_only=True)
class Number:
    """A quantity as it was said; *low* and *high* are its bounds."""

    text: str
    number: str | None
    low: str | None
    high: str | None
    open: bool = False
    about: bool = False
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Saying:
    """Evidence: the sentence, and who said it where, through whom, when, how."""

    source: str
    address: str
    by: tuple[str, ...]
    where: str | None = None
    via: tuple[str, ...] = ()
    voice: str = "reported"
    on: str | None = None
    sure: str = "clear"
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """A claim as its author meant it."""

    id: str
    subject: str
    prop: str
    kind: str
    value: object
    mode: str = "fact"
    denied: bool = False
    when: str | None = None
    as_of: str | None = None
    note: str | None = None
    inferred: tuple[tuple[str, str], ...] = ()
    unlike: tuple[tuple[str, str], ...] = ()
    fits: tuple[str, ...] = ()
    decided: tuple[tuple[str, ...], str] | None = None
    proposed: bool = False
    reviewed: bool = False
    sayings: tuple[Saying, ...] = field(default=())

    @property
    def source(self) -> str:
        return self.id.partition(".")[0]


KINDS = {
    **dict.fromkeys(("knows", "friendOf", "leads", "ledBy", "founded", "partOf", "sails"), "thing"),
    **dict.fromkeys(("price", "priceFrom", "priceTo"), "EUR"),
    **{"refers": "resource", "because": "claim", "remark": "words", "length": "m", "heat": "°C", "staff": "person"},
    **{"rooms": "", "amount": "money", "born": "date", "meets": "date", "calls": "words", "code": "code"},
    **{"open": "truth", "site": "iri"},
}
FAMILIES = [  # properties whose claims speak of the same; those that disagree in more ways stand there more often
    *[("knows", "friendOf"), ("leads", "ledBy"), ("price", "price", "priceFrom", "priceTo"), ("because", "remark")],
    *((prop,) for prop in KINDS if prop not in ("because", "remark", "priceFrom", "priceTo")),
    *[("length",), ("length",), ("staff",), ("staff",), ("staff",), ("born",), ("born",), ("heat",), ("price",)],
]
WHOLE = {"staff": "integer", "rooms": "nonNegativeInteger"}
FUNCTIONAL = {"ledBy", "length", "heat", "price", "priceFrom", "priceTo", "born", "code", "open"}


# ---- a project is drawn


def draw_claims(chance: random.Random) -> list[Said]:
    """From two to fourteen claims, many of them on the same few things, so that they agree and disagree."""
    things = chance.sample(THINGS, chance.choice((2, 2, 3)))
    pools: dict[tuple[str, str], list[object]] = {}  # few values, so that claims meet
    families = chance.sample(FAMILIES, chance.choice((1, 2, 3, 8)))
    claims: list[Said] = []
    for number in range(chance.randint(2, 16)):
        source = chance.choice(list(SOURCES))
        prop = chance.choice(chance.choice(families))
        if prop in ("because", "remark") and not claims:
            prop = "knows"
        claims.append(_draw_claim(chance, f"{source}.c{number}", prop, things, claims, pools))
    return _declare(chance, claims)


def _draw_claim(
    chance: random.Random, id_: str, prop: str, things: list[str], before: list[Said],
    pools: dict[tuple[str, str], list[object]],
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
    }.get(kind, lambda: _draw_number(chance, prop, kind))()
    pool = pools.setdefault((subject, prop), [])
    if len(pool) < chance.choice((1, 2, 3)):
        pool.append(value)
    value = chance.choice(pool)
    mode = chance.choice(MODES) if chance.random() < 0.2 else "fact"
    when = chance.choice([*DATES, "unknown"]) if chance.random() < 0.25 else None
    if mode == "fact" and _is_later(value if kind == "date" else None, when):
        mode = "forecast"
    sayings = tuple(_draw_saying(chance, id_.partition(".")[0]) for _ in range(1))
    proposed = chance.random() < 0.08
    return Said(
        id=id_, subject=subject, prop=prop, kind=kind, value=value, mode=mode, when=when,
        denied=chance.random() < 0.15,
        as_of=chance.choice(("2024", "2024-02", "2024-02-29", "2022/2024", "../2030")) if prop == "staff" and
        chance.random() < 0.6 else None,
        note=chance.choice(TEXTS) if chance.random() < 0.15 else None,
        inferred=(("o", chance.choice(TEXTS)),) if chance.random() < 0.1 else (),
        proposed=proposed, reviewed=(proposed and chance.random() < 0.5) or chance.random() < 0.1, sayings=sayings,
    )  # fmt: skip


def _is_later(value: object, when: str | None) -> bool:
    """Whether a fact would lie after some publication, which `kg check` refuses."""
    firsts = [min((a or (0, 1, 1) for a, _ in DATES[str(d)])) for d in (value, when) if d is not None and d in DATES]
    return any(first > (2029, 12, 31) for first in firsts)


def _draw_number(chance: random.Random, prop: str, unit: str) -> Number:
    whole = ["7", "0", "1000", "120", "8"]
    few = [n for n in NUMBERS if not (prop in ("length", "price") and n[0] == "-")]
    number = chance.choice(whole if prop in WHOLE else few)
    unit = {"m": chance.choice(("m", "m", "km")), "°C": chance.choice(("°C", "K")),
            "money": chance.choice(("EUR", "USD"))}.get(unit, unit)  # fmt: skip
    word = chance.choice(("", "", "", "", "", "about", "over", "under", "at least", "at most", "range", "about range"))
    text = f"{number} {unit}".strip()
    if word.endswith("range"):
        high = str(Fraction(number) + 5) if "." not in number else "2000.5"
        text = f"{'about ' if word[0] == 'a' else ''}{number}..{high} {unit}".strip()
        return Number(text=text, number=None, low=number, high=high, about=word[0] == "a", unit=unit)
    low = None if word in ("about", "under", "at most") else number
    high = None if word in ("about", "over", "at least") else number
    return Number(text=f"{word} {text}".strip(), number=number, low=low, high=high, open=word in ("over", "under"),
                  about=word == "about", unit=unit)  # fmt: skip


def _draw_saying(chance: random.Random, source: str) -> Saying:
    plain = chance.random() < 0.5
    return Saying(
        source=source, address=f"p{chance.randint(1, 3)}s{chance.randint(1, 2)}",
        by=tuple(chance.choice((("press",), ("press",), ("ann",), ("ben",), ("ann", "ben")))),
        where=None if plain else chance.choice((None, *EVENTS)),
        via=() if plain else tuple(chance.sample(["wire", "radio"], chance.choice((0, 1, 2)))),
        voice="source" if plain else chance.choice(("source", "reported", "quote")),
        on=None if plain else chance.choice((None, "2024-02-29", "2024~")),
        sure=chance.choice((*["clear"] * 20, "vague", "ambiguous", "wrong")),
    )  # fmt: skip


def _declare(chance: random.Random, claims: list[Said]) -> list[Said]:
    """Claims with what curators say of them: further evidence, differences, what fits, decisions."""
    done = []
    for claim in claims:
        alike = [c.id for c in claims if (c.subject, c.prop) == (claim.subject, claim.prop) and c.id != claim.id]
        if alike and chance.random() < 0.08:
            claim = replace(claim, unlike=((chance.choice(alike), chance.choice(("value", "time", "measure"))),))
        elif alike and chance.random() < 0.08:
            claim = replace(claim, fits=(chance.choice(alike),))
        rivals = [c for c in claims if (c.subject, c.prop, c.mode) == (claim.subject, claim.prop, "fact")]
        again = any(c.decided and (c.subject, c.prop) == (claim.subject, claim.prop) for c in done)
        fit = claim in rivals and claim.prop not in ("amount", "because", "remark") and not again
        if fit and chance.random() < 0.2:
            claim = replace(claim, decided=((chance.choice(rivals).id,), "surveyed"))
        if claim.sayings[0].by == ("press",) and chance.random() < 0.6:
            more = _draw_saying(chance, chance.choice(list(SOURCES)))
            if (more.source, more.address) != (claim.sayings[0].source, claim.sayings[0].address):
                claim = replace(claim, sayings=(*claim.sayings, replace(more, note=chance.choice((None, "a note")))))
        done.append(claim)
    fits = {(c.id, other) for c in done for other in c.fits}
    return [
        replace(c, unlike=tuple(u for u in c.unlike if (c.id, u[0]) not in fits and (u[0], c.id) not in fits))
        for c in done
    ]


# ---- a project is written


@cache
def _model() -> dict[str, str]:
    return {f"ontology/{n}": (ONTOLOGY / n).read_text(encoding="utf-8") for n in ("model.ttl", "units.ttl")}


def write_project(claims: list[Said], as_of: str | None, chance: random.Random) -> dict[str, str]:
    """The files of a project that says these claims, in any of the ways in which YAML may write them."""
    names = {key: f"the {key}" for key in [*THINGS, *AGENTS, *EVENTS, "wire", "radio"]}
    lines = [f"  {key}: {{is: Thing, label: {name}}}" for key, name in names.items()]
    files = {
        **_model(), "ontology/doors.ttl": TTL,
        "seeds/entities/all.yaml": "\n".join(["kg: entities/1", "entities:", *lines, ""]),
        "seeds/dataset.yaml": f"kg: dataset/1\ntitle: Doors\nbase: {BASE}\n" + (f"asof: {as_of}\n" if as_of else ""),
    }  # fmt: skip
    for source, day in SOURCES.items():
        published = f"published: {day}\n" if day else ""
        files[f"seeds/sources/{source}.yaml"] = f"kg: source/1\ntitle: {source}\nauthor: press\n{published}"
        blocks: dict[str, list[str]] = {}
        for claim in claims:
            for number, saying in enumerate(claim.sayings):
                if saying.source == source:
                    fields = _fields(claim, saying) if number == 0 else _again(claim, saying)
                    key = claim.id.partition(".")[2] if number == 0 else f"again-{claim.id.replace('.', '-')}"
                    blocks.setdefault(saying.address, []).extend(_write_fields(key, fields, chance))
        if blocks:
            body = [line for address, own in blocks.items() for line in [f"  {address}:", "    said: source", *own]]
            end = chance.choice(("\n", "\n", "\r\n"))
            files[f"seeds/claims/{source}.yaml"] = end.join(["kg: claims/1", f"source: {source}", "claims:", *body, ""])
    return files


def _fields(claim: Said, saying: Saying) -> dict[str, object]:
    value = claim.value
    if isinstance(value, Number):
        value = value.text
    if claim.kind == "words":
        text, lang = value  # type: ignore[misc]
        value = text if lang == "en" else {"text": text, "lang": lang}
    fields: dict[str, object] = {"s": claim.subject, "p": claim.prop, "o": value, **_voice(saying)}
    fields |= {"mode": claim.mode} if claim.mode != "fact" else {}
    fields |= {"not": "true"} if claim.denied else {}
    fields |= {key: v for key, v in (("when", claim.when), ("asof", claim.as_of), ("note", claim.note)) if v}
    fields |= {"inferred": dict(claim.inferred)} if claim.inferred else {}
    fields |= {"unlike": dict(claim.unlike)} if claim.unlike else {}
    fields |= {"compatible": list(claim.fits)} if claim.fits else {}
    if claim.decided:
        fields["decided"] = {"for": list(claim.decided[0]), "because": claim.decided[1]}
    if claim.proposed:
        fields["proposed"] = {"by": "A Person", "on": "2031-05-01", "with": "Tool 1"}
    if claim.reviewed:
        fields["reviewed"] = {"by": "ann", "on": "2031-05-02"}
    return fields


def _again(claim: Said, saying: Saying) -> dict[str, object]:
    voice = {key: value for key, value in _voice(saying).items() if key != "by"}
    return {"again": claim.id, **voice, **({"note": saying.note} if saying.note else {})}


def _voice(saying: Saying) -> dict[str, object]:
    return {
        "by": saying.by[0] if len(saying.by) == 1 else list(saying.by), "voice": saying.voice,
        **({"where": saying.where} if saying.where else {}), **({"via": list(saying.via)} if saying.via else {}),
        **({"on": saying.on} if saying.on else {}), **({"sure": saying.sure} if saying.sure != "clear" else {}),
    }  # fmt: skip


def _write_fields(key: str, fields: dict[str, object], chance: random.Random) -> Iterator[str]:
    order = list(fields.items())
    if chance.random() < 0.3:
        chance.shuffle(order)
    if chance.random() < 0.3:
        yield f"    {key}:"
        yield from (f"      {name}: {_flow(value, chance)}" for name, value in order)
    else:
        yield f"    {key}: {{{', '.join(f'{name}: {_flow(value, chance)}' for name, value in order)}}}"


def _flow(value: object, chance: random.Random) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_flow(v, chance)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(v, chance) for v in value) + "]"
    text = str(value)
    plain = text.replace(" ", "").replace("-", "").replace(".", "").isalnum() and text == text.strip()
    if plain and text.isascii() and text[0] != "-" and chance.random() < 0.7:
        return text
    if chance.random() < 0.3 and not any(c in text for c in "\n\t\r"):
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=max(text, default="") < "\U00010000" and chance.random() < 0.3)
