"""What small random projects say, as their authors meant it, and the words that they say it with.

`Said` is a claim, `Stated` a statement of a file of RDF or of a table. They are drawn from a seed (`doors_draw`) and
written as the files that `kg` reads (`doors_write`); what each door of the graph should say of them is told without the
code of `kg` (`doors_expected`, `doors_conflicts`, `doors_direct`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

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
INNER: dict[str, Span] = {  # of an interval: the last day on which it may begin, the first on which it may end
    "2022/2024": ((2022, 12, 31), (2024, 1, 1)),
    "../2030": (None, (2030, 1, 1)),
    "2028/..": ((2028, 12, 31), None),
    "2028/": ((2028, 12, 31), None),
    "2030/2032": ((2030, 12, 31), (2032, 1, 1)),
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
class State:
    """Whether somebody proposed a claim, or further evidence; whether it was reviewed, and whether it is a draft."""

    proposed: bool = False
    reviewed: bool = False
    draft: bool = False

    @property
    def is_unseen(self) -> bool:
        """Whether nobody has looked at what was proposed."""
        return self.draft or (self.proposed and not self.reviewed)


CURATED = State()


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
    state: State = CURATED


@dataclass(frozen=True, kw_only=True)
class Lists:
    """The lists of subjects and of values that one mapping makes claims of, each of these with each of those."""

    subjects: tuple[str, ...]
    values: tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Said:
    """A claim as its author meant it; *told_in* is the source that it is seen in where its own is not known yet."""

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
    state: State = CURATED
    sayings: tuple[Saying, ...] = field(default=())
    lists: Lists | None = None
    told_in: str | None = None

    @property
    def source(self) -> str:
        return self.told_in or self.id.partition(".")[0]

    @property
    def key(self) -> str:
        """What `again` repeats: the whole list, where it is one of several claims that are written as one."""
        return self.id.rpartition(".")[0] if self.lists else self.id


@dataclass(frozen=True, kw_only=True)
class Stated:
    """A statement that names nobody who says it: in line *place* of a file of RDF, or in a row of a table."""

    subject: str
    prop: str
    kind: str
    value: object
    place: int = 0


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
