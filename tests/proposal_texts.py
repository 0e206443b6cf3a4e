"""Made-up texts with right and wrong proposals: what `kg import` must tell apart. Nothing in them is true.

Each of twenty texts is written by the sentences below with names and figures of its own. A sentence has the rows that a
careful reader would take from it, and rows that are wrong in one thing each: a figure, a unit, a denial, a hedge, the
speaker, the quote, or an entity that the text does not have.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from story import BASE, ONTOLOGY

Row = dict[str, object]

ONTOLOGY_OF_WORKS = """\
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix k: <BASEclass/> .
@prefix kg: <https://kg.example/ns#> .
@prefix kgu: <https://kg.example/unit/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix quantitykind: <http://qudt.org/vocab/quantitykind/> .
@prefix r: <BASErelation/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

schema:Person a owl:Class ; rdfs:label "person"@en .
schema:Organization a owl:Class ; rdfs:label "organisation"@en .
schema:Event a owl:Class ; rdfs:label "event"@en .
schema:Place a owl:Class ; rdfs:label "place"@en .
k:Work a owl:Class ; rdfs:subClassOf schema:Place ; rdfs:label "work"@en .

r:length a owl:DatatypeProperty ; rdfs:label "length"@en ; rdfs:domain k:Work ; rdfs:range xsd:decimal ;
    qudt:hasUnit unit:M .
r:width a owl:DatatypeProperty ; rdfs:label "width"@en ; rdfs:domain k:Work ; rdfs:range xsd:decimal ; qudt:hasUnit
unit:M . r:cost a owl:DatatypeProperty ; rdfs:label "cost"@en ; rdfs:domain k:Work ; rdfs:range xsd:decimal ;
    qudt:hasUnit unit:CCY_EUR .
r:visitors a owl:DatatypeProperty ; rdfs:label "visitors"@en ; rdfs:domain k:Work ; rdfs:range xsd:integer ;
    qudt:hasUnit kgu:person .
r:employs a owl:DatatypeProperty , kg:TimeVarying ; rdfs:label "employs"@en ; rdfs:domain schema:Organization ;
    rdfs:range xsd:integer ; qudt:hasUnit kgu:person .
r:share a owl:DatatypeProperty ; rdfs:label "share of the cost"@en ; rdfs:domain schema:Organization ; rdfs:range
xsd:decimal ;
    qudt:hasUnit unit:PERCENT .
r:power a owl:DatatypeProperty ; rdfs:label "power"@en ; rdfs:domain k:Work ; rdfs:range xsd:decimal ;
    qudt:hasUnit unit:KiloW .
r:opens a owl:DatatypeProperty , kg:Occurrence ; rdfs:label "opens"@en ; rdfs:domain k:Work ; rdfs:range edtf:EDTF .
r:founded a owl:DatatypeProperty ; rdfs:label "founded"@en ; rdfs:domain schema:Organization ; rdfs:range edtf:EDTF .
r:builtBy a owl:ObjectProperty ; rdfs:label "built by"@en ; rdfs:domain k:Work ; rdfs:range schema:Organization .
r:locatedIn a owl:ObjectProperty ; rdfs:label "located in"@en ; rdfs:domain k:Work ; rdfs:range schema:Place .
r:attended a owl:ObjectProperty ; rdfs:label "attended"@en ; rdfs:domain schema:Person ; rdfs:range schema:Event .
r:leads a owl:ObjectProperty ; rdfs:label "leads"@en ; rdfs:domain schema:Person ; rdfs:range schema:Organization .
r:supports a owl:ObjectProperty ; rdfs:label "supports"@en ; rdfs:domain schema:Organization ; rdfs:range k:Work .
r:owns a owl:ObjectProperty ; rdfs:label "owns"@en ; rdfs:domain schema:Organization ; rdfs:range k:Work .
r:describedAs a owl:DatatypeProperty ; rdfs:label "described as"@en ; rdfs:range rdf:langString .
"""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The names of one text."""

    id: str
    work: str
    firm: str
    rival: str
    person: str
    other: str
    town: str
    event: str
    author: str


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A row, and what is wrong with it: None where nothing is."""

    row: Row
    fault: str | None


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text, its names, and the rows that are proposed from it."""

    cast: Cast
    sentences: list[str]
    rows: list[Planted] = field(default_factory=list)


_WORKS = (
    "Bridge",
    "Tunnel",
    "Library",
    "Power Station",
    "Museum",
    "Dam",
    "Station",
    "Harbour",
    "Market Hall",
    "Observatory",
)
_STEMS = ("Karrow", "Velmar", "Ostrand", "Tilbeck", "Marnow", "Quessen", "Brindal", "Halvard", "Senkirk", "Dorvane",
          "Lomstad", "Perrin", "Ulverstone", "Faldon", "Grimsund", "Tavira", "Nestor", "Wexley", "Jarnvik",
          "Corlen")  # fmt: skip
_FIRMS = ("Works", "Steel", "Engineering", "Holdings", "Builders", "Energy", "Contractors")
_FIRST = ("Ines", "Tobias", "Marta", "Jonas", "Lena", "Pavel", "Greta", "Omar", "Sofia", "Hugo", "Clara", "Victor",
    "Nadia",
          "Felix", "Irene", "Samuel", "Paula", "Anton", "Judith", "Oscar")  # fmt: skip
_LAST = ("Okoro", "Lund", "Vasari", "Brandt", "Keller", "Novak", "Hargrove", "Haddad", "Moreau", "Lindqvist",
    "Ferrante",
         "Osei", "Tanaka", "Rowe", "Castell", "Dufour", "Egede", "Marsh", "Pryor", "Sandoval")  # fmt: skip


def _cast(number: int) -> Cast:
    stem, nearby = _STEMS[number], _STEMS[(number + 7) % 20]
    return Cast(
        id=stem.lower(),
        work=f"{stem} {_WORKS[number % 10]}",
        firm=f"{nearby}son {_FIRMS[number % 7]}",
        rival=f"{_STEMS[(number + 11) % 20]}berg {_FIRMS[(number + 3) % 7]}",
        person=f"{_FIRST[number]} {_LAST[number]}",
        other=f"{_FIRST[(number + 9) % 20]} {_LAST[(number + 4) % 20]}",
        town=f"{stem}",
        event=f"{stem} Fair",
        author=f"{stem.lower()}-reporter",
    )


def make_texts(seed: int = 20) -> list[Text]:
    """Twenty texts with their rows; the same for the same *seed*."""
    source = random.Random(seed)
    return [_make_text(_cast(number), number, source) for number in range(20)]


def _make_text(cast: Cast, number: int, source: random.Random) -> Text:
    text = Text(cast=cast, sentences=[f"News of the {cast.work}"])
    makers = list(_SENTENCES)
    source.shuffle(makers)
    chosen: set[object] = set()
    barred = {_attended: _denied, _denied: _attended, _founded: _since, _since: _founded, _about: _since}
    for maker in makers:
        if len(text.sentences) > 15 or barred.get(maker) in chosen:
            continue  # what would contradict the text itself
        chosen.add(maker)
        sentence, rows = maker(cast, source)
        for planted in rows:
            row = {"document": cast.id, "quote": sentence, **planted.row}
            text.rows.append(Planted(row=row, fault=planted.fault))
        text.sentences.append(sentence)
    _plant_quotes(text, source)
    _plant_entities(text, number)
    return text


def _plant_quotes(text: Text, source: random.Random) -> None:
    """Right rows with the quote of another sentence."""
    right = [planted for planted in text.rows if planted.fault is None]
    for planted in source.sample(right, 3):
        others = [s for s in text.sentences[1:] if s != planted.row["quote"] and not _says(s, planted.row)]
        text.rows.append(Planted(row={**planted.row, "quote": source.choice(others)}, fault="quote"))


def _says(sentence: str, row: Row) -> bool:
    """Whether a sentence might say a row as well."""
    value = str(row["object"]).split()[0]
    return value in sentence and str(row["subject"]).split()[-1] in sentence


def _plant_entities(text: Text, number: int) -> None:
    """Right rows with an entity that is not in the text: one of another text, or none at all."""
    other = _cast((number + 5) % 20)
    swaps = {
        text.cast.work: (other.work, "the Emperor's Gate"), text.cast.firm: (other.firm, "Blackwater Ventures"),
        text.cast.person: (other.person, "Alistair Crane"), text.cast.event: (other.event, "World Summit"),
    }  # fmt: skip
    planted = 0
    for each in [p for p in text.rows if p.fault is None]:
        for key in ("subject", "object"):
            names = swaps.get(str(each.row[key]))
            if names is not None and planted < 4:
                text.rows.append(Planted(row={**each.row, key: names[planted % 2]}, fault="entity"))
                planted += 1
                break


def _right(subject: str, predicate: str, value: object, **more: object) -> Planted:
    return Planted(row={"subject": subject, "predicate": predicate, "object": value, **more}, fault=None)


def _wrong(fault: str, subject: str, predicate: str, value: object, **more: object) -> Planted:
    return Planted(row={"subject": subject, "predicate": predicate, "object": value, **more}, fault=fault)


Made = tuple[str, list[Planted]]


def _size(c: Cast, r: random.Random) -> Made:
    n, m = r.randrange(120, 900), r.randrange(12, 60)
    return f"The {c.work} is {n} metres long and {m} metres wide.", [
        _right(c.work, "length", f"{n} m"),
        _right(c.work, "width", f"{m} metres"),
        _wrong("figure", c.work, "length", f"{n + 10} m"),
        _wrong("figure", c.work, "length", f"{m} m"),
        _wrong("unit", c.work, "length", f"{n} km"),
    ]


def _founded(c: Cast, r: random.Random) -> Made:
    n, y = r.randrange(200, 5000), r.randrange(1890, 1990)
    return f"{c.firm}, which employs {n:,} people, was founded in {y}.", [
        _right(c.firm, "employs", n),
        _right(c.firm, "founded", y),
        _wrong("figure", c.firm, "founded", y + 3),
        _wrong("figure", c.firm, "employs", n * 10),
    ]


def _built(c: Cast, r: random.Random) -> Made:
    y = r.randrange(1995, 2019)
    return f"The {c.work} was built by {c.firm} and handed to the town in {y}.", [
        _right(c.work, "built by", c.firm),
        _wrong("denial", c.work, "builtBy", c.firm, negated=True),
        _wrong("entity", c.work, "builtBy", c.rival),
    ]


def _opening(c: Cast, r: random.Random) -> Made:
    y = r.randrange(2027, 2039)
    return f"{c.person} promised that the {c.work} will open in {y}.", [
        _right(c.work, "opens", y, mode="promise", speaker=c.person, when=y),
        _wrong("hedge", c.work, "opens", y, speaker=c.person),
        _wrong("figure", c.work, "opens", y + 2, mode="promise", speaker=c.person),
        _wrong("speaker", c.work, "opens", y, mode="promise", speaker=c.other),
    ]


def _cost(c: Cast, r: random.Random) -> Made:
    n = r.randrange(12, 90)
    return f"According to {c.person}, the {c.work} cost {n} million euros.", [
        _right(c.work, "cost", f"{n} million EUR", speaker=c.person),
        _wrong("figure", c.work, "cost", f"{n} billion EUR", speaker=c.person),
        _wrong("unit", c.work, "cost", f"{n} million USD", speaker=c.person),
        _wrong("speaker", c.work, "cost", f"{n} million EUR", speaker=c.other),
    ]


def _denied(c: Cast, r: random.Random) -> Made:
    return f"{c.person} did not attend the {c.event}, a spokesman told reporters.", [
        _right(c.person, "attended", c.event, negated=True),
        _wrong("denial", c.person, "attended", c.event),
    ]


def _estimate(c: Cast, r: random.Random) -> Made:
    n = r.randrange(200, 800) * 100
    return f"The town expects the {c.work} to draw {n:,} visitors a year.", [
        _right(c.work, "visitors", f"{n} person", mode="forecast", when="unknown"),
        _wrong("hedge", c.work, "visitors", f"{n} person"),
        _wrong("figure", c.work, "visitors", f"{n + 500} person", mode="forecast"),
    ]


def _over(c: Cast, r: random.Random) -> Made:
    n = r.randrange(30, 90) * 1000
    return f"More than {n:,} people visited the {c.work} last summer.", [
        _right(c.work, "visitors", f"over {n} person"),
        _wrong("hedge", c.work, "visitors", f"{n} person"),
        _wrong("figure", c.work, "visitors", f"under {n} person"),
    ]


def _share(c: Cast, r: random.Random) -> Made:
    n = r.choice([20, 30, 40, 60, 70])
    return f"{c.firm} pays {n} per cent of the cost; the rest comes from the county.", [
        _right(c.firm, "share of the cost", f"{n} %"),
        _wrong("unit", c.firm, "employs", f"{n} person"),
        _wrong("figure", c.firm, "share", f"{100 - n} %"),
    ]


def _power(c: Cast, r: random.Random) -> Made:
    n = r.randrange(150, 990)
    return f"Panels on the roof of the {c.work} give {n} kilowatts at noon.", [
        _right(c.work, "power", f"{n} kW"),
        _wrong("unit", c.work, "power", f"{n} W"),
        _wrong("unit", c.work, "length", f"{n} m"),
    ]


def _located(c: Cast, r: random.Random) -> Made:
    return f"The {c.work} stands in {c.town}, between the river and the old wall.", [
        _right(c.work, "located in", c.town),
        _wrong("entity", c.work, "locatedIn", "Port Selwyn"),
    ]


def _leads(c: Cast, r: random.Random) -> Made:
    return f"{c.other}, who leads {c.firm}, was at the ceremony.", [
        _right(c.other, "leads", c.firm),
        _wrong("entity", c.person, "leads", c.firm),
        _wrong("entity", c.other, "leads", c.rival),
    ]


def _quoted(c: Cast, r: random.Random) -> Made:
    return f"“It is the quietest place in the county,” {c.person} said of the {c.work}.", [
        _right(c.work, "described as", "the quietest place in the county", mode="opinion", speaker=c.person),
        _wrong("speaker", c.work, "describedAs", "the quietest place in the county", mode="opinion", speaker=c.other),
        _wrong("entity", c.work, "describedAs", "a masterpiece of modern design", mode="opinion", speaker=c.person),
    ]


def _may(c: Cast, r: random.Random) -> Made:
    return f"{c.rival} may buy the {c.work} from {c.firm} before the winter.", [
        _right(c.rival, "owns", c.work, mode="forecast", when="unknown"),
        _wrong("hedge", c.rival, "owns", c.work),
    ]


def _never(c: Cast, r: random.Random) -> Made:
    return f"{c.rival} has never owned the {c.work}, whatever its brochures say.", [
        _right(c.rival, "owns", c.work, negated=True),
        _wrong("denial", c.rival, "owns", c.work),
    ]


def _attended(c: Cast, r: random.Random) -> Made:
    n = r.randrange(5, 60) * 10
    return f"Both {c.person} and {c.other} attended the {c.event}, with {n} guests.", [
        _right(c.person, "attended", c.event),
        _right(c.other, "attended", c.event),
        _wrong("denial", c.other, "attended", c.event, negated=True),
        _wrong("speaker", c.person, "attended", c.event, speaker="Alistair Crane"),
    ]


def _about(c: Cast, r: random.Random) -> Made:
    n = r.randrange(3, 19) * 100
    return f"{c.firm} has about {n:,} workers on the site of the {c.work}.", [
        _right(c.firm, "employs", f"about {n} person"),
        _wrong("hedge", c.firm, "employs", f"{n} person"),
        _wrong("hedge", c.firm, "employs", f"over {n} person"),
    ]


def _plans(c: Cast, r: random.Random) -> Made:
    n = r.randrange(50, 300)
    return f"{c.firm} plans to lengthen the {c.work} to {n} metres.", [
        _right(c.work, "length", f"{n} m", mode="plan", when="unknown"),
        _wrong("hedge", c.work, "length", f"{n} m"),
        _wrong("figure", c.work, "length", f"{n}0 m", mode="plan"),
        _wrong("unit", c.work, "length", f"{n} cm", mode="plan"),
    ]


def _refused(c: Cast, r: random.Random) -> Made:
    return f"The council refused to support the {c.work}, {c.other} said.", [
        _right("the council", "supports", c.work, negated=True, speaker=c.other),
        _wrong("denial", "the council", "supports", c.work, speaker=c.other),
        _wrong("speaker", "the council", "supports", c.work, negated=True, speaker=c.person),
    ]


def _words(c: Cast, r: random.Random) -> Made:
    n, word = r.choice([(12, "twelve"), (25, "twenty-five"), (40, "forty"), (300, "three hundred")])
    return f"At its narrowest the {c.work} is {word} metres wide.", [
        _right(c.work, "width", f"{n} m"),
        _wrong("figure", c.work, "width", f"{n + 1} m"),
    ]


def _calls(c: Cast, r: random.Random) -> Made:
    return f"{c.other} calls the {c.work} a gift to the whole valley.", [
        _right(c.work, "describedAs", "a gift to the whole valley", mode="opinion", speaker=c.other),
        _wrong("speaker", c.work, "describedAs", "a gift to the whole valley", mode="opinion", speaker=c.person),
        _wrong("speaker", c.work, "describedAs", "a gift to the whole valley", mode="opinion", speaker="author"),
    ]


def _since(c: Cast, r: random.Random) -> Made:
    y, n = r.randrange(2001, 2020), r.randrange(11, 80) * 10
    return f"Since {y} the {c.work} has belonged to {c.firm}, whose staff of {n} also runs the car park.", [
        _right(c.firm, "owns", c.work),
        _right(c.firm, "employs", f"{n} person"),
        _wrong("figure", c.firm, "employs", f"{y} person"),
        _wrong("entity", c.rival, "owns", c.work),
    ]


_SENTENCES = (
    _size, _founded, _built, _opening, _cost, _denied, _estimate, _over, _share, _power, _located, _leads, _quoted,
    _may, _never, _attended, _about, _plans, _refused, _words, _calls, _since,
)  # fmt: skip


def lay_out_texts(root: Path, texts: list[Text]) -> Path:
    """A project at *root* with the texts as its sources; half of their names are declared. Gives the texts' folder."""
    files = {
        "seeds/dataset.yaml": f"kg: dataset/1\ntitle: Works\nbase: {BASE}\nlicence: https://licence.example/\n",
        "ontology/works.ttl": ONTOLOGY_OF_WORKS.replace("BASE", BASE),
    }
    for name in ("model.ttl", "units.ttl"):
        files[f"ontology/{name}"] = (ONTOLOGY / name).read_text(encoding="utf-8")
    entities = dict(_entities(texts))
    lines = [f"  {key}: {{is: {kind}, label: {label}}}\n" for key, (kind, label) in sorted(entities.items())]
    files["seeds/entities/all.yaml"] = "kg: entities/1\nentities:\n" + "".join(lines)
    for text in texts:
        head = f"kg: source/1\ntitle: News\nauthor: {text.cast.author}\npublished: 2026-05-01\n"
        files[f"seeds/sources/{text.cast.id}.yaml"] = f"{head}lang: en\nfile: {text.cast.id}.txt\n"
        title, *rest = text.sentences
        paragraphs = [" ".join(rest[start : start + 3]) for start in range(0, len(rest), 3)]
        files[f"texts/{text.cast.id}.txt"] = "\n\n".join([title, *paragraphs]) + "\n"
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root / "texts"


def _entities(texts: list[Text]) -> Iterator[tuple[str, tuple[str, str]]]:
    for number, text in enumerate(texts):
        cast = text.cast
        yield cast.author, ("Voice", f"the reporter of {cast.town}")
        yield _key(cast.work), ("Work", cast.work)
        yield _key(cast.person), ("Person", cast.person)
        yield _key(cast.firm), ("Organization", cast.firm)
        if number % 2:
            yield _key(cast.other), ("Person", cast.other)
            yield _key(cast.event), ("Event", cast.event)
            yield _key(cast.rival), ("Organization", cast.rival)


def _key(name: str) -> str:
    return name.lower().replace(" ", "-")
