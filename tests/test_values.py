"""Each kind of value: compared, worded, counted and written in RDF; what `kg.values.value` asks of all of them."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest

from kg.diagnostic import SourceText, mark_of_file
from kg.edtf import parse_edtf
from kg.findings import Findings
from kg.names import Names
from kg.values import (
    Address,
    ClaimRef,
    Date,
    EntityRef,
    Object,
    Quantity,
    Text,
    Truth,
    Value,
    read_date,
    read_iri,
    read_quantity,
    read_truth,
)
from kg.vocabulary import Property, RangeKind, Unit, Vocabulary
from kg.yamldoc import Scalar

MARK = mark_of_file(SourceText("a.yaml", ""))
NAMES = Names(base="https://a.example/")
KWH = Unit(iri="u:kwh", symbol="kWh", words=("kWh",), kind="energy", multiplier=Fraction(1), labels={}, mark=MARK)
MWH = Unit(iri="u:mwh", symbol="MWh", words=("MWh",), kind="energy", multiplier=Fraction(1000), labels={}, mark=MARK)
CAR = Unit(
    iri="u:car", symbol="car", words=("car",), kind=None, multiplier=None, labels={"en": "car", "zh": "辆"}, mark=MARK
)
VOCABULARY = Vocabulary(
    classes={}, properties={}, units={u.symbol: u for u in (KWH, MWH, CAR)}, quads=(), diagnostics=()
)
ENERGY = Property(
    iri="r:energy", name="energy", labels={}, kind=RangeKind.QUANTITY, domain=(), range=(),
    claim_subject=False, unit="u:kwh", integer=False, functional=False, time_varying=False, lowest="r:least",
    highest="r:most", interest=None, questions={}, occurrence=False, part_of=False, mark=MARK,
)  # fmt: skip
COUNT = dataclasses.replace(ENERGY, iri="r:count", name="count", unit="u:car", integer=True, lowest=None, highest=None)


def quantity(text: str, prop: Property = ENERGY) -> Quantity:
    found = read_quantity(Scalar(text=text, mark=MARK), prop, VOCABULARY, Findings())
    assert found is not None
    return found


def date(text: str) -> Date:
    return Date(edtf=parse_edtf(text), mark=MARK)


def label(key: str) -> str:
    return {"su7": "SU7"}.get(key, key)


KINDS: list[tuple[Object, str, str, str, str, list[str]]] = [
    (EntityRef(key="su7", mark=MARK), "SU7", "SU7", "SU7", "<https://a.example/entity/su7>", []),
    (ClaimRef(id="eqo.x", mark=MARK), "[eqo.x]", "eqo.x", "eqo.x", "<https://a.example/claim/eqo.x>", []),
    (Text(text="of 5 cars", lang="en", mark=MARK), "“of 5 cars”", "of 5 cars", "of 5 cars", '"of 5 cars"@en', ["5"]),
    (Truth(value=True, mark=MARK), "true", "yes", "是", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', []),
    (Truth(value=False, mark=MARK), "false", "no", "否", '"false"^^<http://www.w3.org/2001/XMLSchema#boolean>', []),
    (Address(iri="https://b.example/", mark=MARK), *["https://b.example/"] * 3, "<https://b.example/>", []),
    (date("2024-04-28"), "2024-04-28", "28 April 2024", "2024年4月28日",
     '"2024-04-28"^^<http://www.w3.org/2001/XMLSchema#date>', ["2024", "04", "28"]),
    (date("2027~"), "2027~", "about 2027", "约2027年",
     '"2027~"^^<http://id.loc.gov/datatypes/edtf/EDTF>', ["2027"]),
    (quantity("73.60 kWh"), "73.60 kWh", "73.60 kWh", "73.60 kWh",
     '"73.60"^^<http://www.w3.org/2001/XMLSchema#decimal>', ["73.60"]),
    (quantity("over 30000 car", COUNT), "over 30000 car", "more than 30,000 cars", "超过 30,000 辆",
     '"30000"^^<http://www.w3.org/2001/XMLSchema#integer>', ["30000"]),
    (quantity("at most 1 car", COUNT), "at most 1 car", "at most 1 car", "至多 1 辆",
     '"1"^^<http://www.w3.org/2001/XMLSchema#integer>', ["1"]),
    (quantity("about 5..7 kWh"), "about 5..7 kWh", "5–7 kWh", "5–7 kWh",
     '"5..7"^^<https://kg.example/ns#range>', ["5", "7"]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "written", "en", "zh", "term", "numbers"), KINDS, ids=lambda v: str(v)[:24])
def test_a_value_in_words_and_in_rdf(
    value: Object, written: str, en: str, zh: str, term: str, numbers: list[str]
) -> None:
    prop = COUNT if isinstance(value, Quantity) and value.unit == "u:car" else ENERGY
    assert value.write(label) == written
    assert (value.word(label, VOCABULARY, "en"), value.word(label, VOCABULARY, "zh")) == (en, zh)
    assert str(value.term(NAMES, prop)) == term
    assert value.numbers() == numbers


def test_the_kinds_are_all_here() -> None:
    tested = {type(value) for value, *_ in KINDS}
    assert tested == set(Value.__subclasses__())
    assert len({value.identity(ENERGY, VOCABULARY)[0] for value, *_ in KINDS}) == len(tested)


def test_values_are_the_same_whatever_their_unit_and_digits() -> None:
    same = {quantity(text).identity(ENERGY, VOCABULARY) for text in ("73.60 kWh", "73.6 kWh", "0.0736 MWh")}
    assert len(same) == 1
    other = ["over 73.6 kWh", "at least 73.6 kWh", "about 73.6 kWh", "73.6..74 kWh"]
    assert len({quantity(text).identity(ENERGY, VOCABULARY) for text in other} | same) == 5


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("5 kWh", "5.0 kWh", True),
        ("5 kWh", "6 kWh", False),
        ("over 5 kWh", "5 kWh", False),
        ("over 5 kWh", "under 5 kWh", False),
        ("at least 5 kWh", "at most 5 kWh", True),
        ("over 5 kWh", "at least 5 kWh", True),
        ("5..7 kWh", "7..9 kWh", True),
        ("0.005 MWh", "over 4.9 kWh", True),
        ("0.005 MWh", "over 5 kWh", False),
    ],
)
def test_quantities_meet(one: str, other: str, meet: bool) -> None:
    a, b = (quantity(text).stretch(ENERGY, VOCABULARY) for text in (one, other))
    assert a is not None and b is not None
    assert (a.meets(b), b.meets(a)) == (meet, meet)


def test_a_stretch_lies_in_another_one() -> None:
    wide, narrow, open_ = (quantity(t).stretch(ENERGY, VOCABULARY) for t in ("1..9 kWh", "2..9 kWh", "over 1 kWh"))
    assert wide is not None and narrow is not None and open_ is not None
    assert [narrow.lies_in(wide), wide.lies_in(narrow), narrow.lies_in(open_), open_.lies_in(wide)] == [
        True, False, True, False
    ]  # fmt: skip


def test_about_a_number_and_one_of_several_dates_are_marked() -> None:
    about = quantity("about 5 kWh").stretch(ENERGY, VOCABULARY)
    several = date("[2024,2026]").stretch(ENERGY, VOCABULARY)
    assert about is not None and about.loose and about.low is None and about.high is None
    assert several is not None and several.gaps and not several.loose


def test_what_the_graph_may_say_itself() -> None:
    def direct(value: Object, prop: Property = ENERGY) -> list[tuple[str, str]]:
        return [(p, v.write(label)) for p, v in value.direct(prop, VOCABULARY)]

    assert direct(quantity("73.60 kWh")) == [("r:energy", "73.60")]
    assert direct(quantity("0.0736 MWh")) == [("r:energy", "73.6")]  # in the property's unit, exactly
    assert direct(quantity("5..7 kWh")) == [("r:least", "5"), ("r:most", "7")]
    assert direct(quantity("5..7 car", COUNT), COUNT) == []  # which names no properties for the ends
    assert [direct(quantity(t)) for t in ("over 5 kWh", "about 5 kWh", "about 5..7 kWh")] == [[], [], []]
    assert direct(date("2024-04")) == [("r:energy", "2024-04")]
    assert [direct(date(t)) for t in ("2024-03?", "2027~", "../2030")] == [[], [], []]
    assert direct(EntityRef(key="su7", mark=MARK)) == [("r:energy", "SU7")]
    assert direct(Truth(value=False, mark=MARK)) == [("r:energy", "false")]
    assert direct(Address(iri="https://b.example/", mark=MARK)) == [("r:energy", "https://b.example/")]
    assert direct(Text(text="a", lang="en", mark=MARK)) == direct(ClaimRef(id="a.b", mark=MARK)) == []


def test_what_a_claim_says_of_a_quantity_beside_it() -> None:
    def details(text: str) -> list[tuple[str, str]]:
        return [(p.rpartition("#")[2].rpartition("/")[2], t.value) for p, t in quantity(text).details(ENERGY)]

    assert details("5 MWh") == [("hasUnit", "u:mwh"), ("min", "5"), ("max", "5")]
    assert details("over 5 kWh") == [("hasUnit", "u:kwh"), ("min", "5"), ("exclusive", "true")]
    assert details("at most 5 kWh") == [("hasUnit", "u:kwh"), ("max", "5")]
    assert details("about 5..7 kWh") == [("hasUnit", "u:kwh"), ("approximate", "true")]
    assert list(date("2024").details(ENERGY)) == []


def test_readers_tell_what_is_wrong() -> None:
    findings = Findings()

    def scalar(text: str) -> Scalar:
        return Scalar(text=text, mark=MARK)

    assert read_truth(scalar("yes"), findings) is None
    assert read_date(scalar("28 April"), findings) is None
    assert read_iri(scalar("b.example"), findings) is None
    assert read_quantity(scalar("5 horses"), ENERGY, VOCABULARY, findings) is None
    assert [d.code for d in findings] == ["bad-truth", "bad-date", "bad-iri", "unknown-unit"]
    assert findings.diagnostics[0].message == "`yes` is neither `true` nor `false`"
    assert findings.diagnostics[3].hint == "`energy` is measured in `kWh`"
