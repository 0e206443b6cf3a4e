"""Each kind of value: compared, worded, counted and written in RDF; what `kg.model.values.value` asks of all."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import pytest

from kg.model.names import Names
from kg.model.ontology.vocabulary import Property, RangeKind, Unit, Vocabulary, read_vocabulary
from kg.model.values import (
    Address,
    ClaimRef,
    Date,
    EntityRef,
    Object,
    Quantity,
    Text,
    Truth,
    Value,
    convert_number,
    describe_edtf,
    read_date,
    read_iri,
    read_quantity,
    read_truth,
    word_time,
)
from kg.model.values.conversion import have_same_dimension
from kg.model.values.quantity_text import _suggest
from kg.rdf.namespace import XSD
from kg.rdf.turtle.document import read_turtle
from kg.text.diagnostic import SourceText, mark_of_file
from kg.text.edtf import parse_edtf
from kg.text.findings import Findings
from kg.text.yamldoc import Scalar

ROOT = Path(__file__).parents[1]
MARK = mark_of_file(SourceText("a.yaml", ""))
NAMES = Names(base="https://a.example/")
KWH = Unit(
    iri="u:kwh", symbol="kWh", words=("kWh",), kinds=frozenset({"energy"}), multiplier=Fraction(1), labels={}, mark=MARK
)
MWH = Unit(
    iri="u:mwh",
    symbol="MWh",
    words=("MWh",),
    kinds=frozenset({"energy"}),
    multiplier=Fraction(1000),
    labels={},
    mark=MARK,
)
CAR = Unit(
    iri="u:car",
    symbol="car",
    words=("car",),
    kinds=frozenset(),
    multiplier=None,
    labels={"en": "car", "zh": "辆"},
    mark=MARK,
)
VOCABULARY = Vocabulary(
    classes={}, properties={}, units={u.symbol: u for u in (KWH, MWH, CAR)}, quads=(), diagnostics=()
)
ENERGY = Property(
    iri="r:energy", name="energy", labels={}, kind=RangeKind.QUANTITY, domain=(), range=(),
    claim_subject=False, unit="u:kwh", datatypes=(XSD + "decimal",), functional=False, time_varying=False,
    lowest="r:least", highest="r:most", interest=None, questions={}, occurrence=False, period_total=False,
    part_of=False, mark=MARK,
)  # fmt: skip
COUNT = dataclasses.replace(ENERGY, iri="r:count", name="count", unit="u:car", datatypes=(XSD + "integer",),
                            lowest=None, highest=None)  # fmt: skip


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
    (quantity("at least 30000 car", COUNT), "at least 30000 car", "at least 30,000 cars", "至少 30,000 辆",
     '"30000"^^<http://www.w3.org/2001/XMLSchema#integer>', ["30000"]),
    (quantity("under 30000 car", COUNT), "under 30000 car", "less than 30,000 cars", "不到 30,000 辆",
     '"30000"^^<http://www.w3.org/2001/XMLSchema#integer>', ["30000"]),
    (quantity("at most 1 car", COUNT), "at most 1 car", "at most 1 car", "至多 1 辆",
     '"1"^^<http://www.w3.org/2001/XMLSchema#integer>', ["1"]),
    (quantity("about 5..7 kWh"), "about 5..7 kWh", "5–7 kWh", "5–7 kWh",
     '"5..7"^^<https://kg.example/ns#range>', ["5", "7"]),
]  # fmt: skip


def test_an_amount_written_with_a_sign_is_told_how_to_write_it() -> None:
    cases = {"$3 billion": "3 billion USD", "US$2.3bn": "2.3 billion USD", "€5m": "5 million EUR", "£1,200": "1200 GBP",
             "HK$40": "40 HKD", "¥40": None}  # fmt: skip
    assert {text: next((w for _, w in _suggest(text) if w[-3:].isupper()), None) for text in cases} == cases


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
    tested = {type(value).__name__ for value, *_ in KINDS}
    assert tested == {kind.__name__ for kind in Value.__subclasses__()}  # each class with slots is made twice
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


SHIPPED = read_vocabulary([read_turtle(SourceText("units.ttl", (ROOT / "ontology" / "units.ttl").read_text("utf-8")))])


@pytest.mark.parametrize(
    ("number", "unit", "wanted", "converted"),
    [
        ("310.15", "K", "°C", "37"),
        ("98.6", "°F", "°C", "37"),
        ("-459.67", "°F", "K", "0"),
        ("1", "°F", "°C", None),
        ("37", "℃", "℉", "98.6"),
        ("36", "km/h", "m/s", "10"),
        ("100", "km/h", "m/s", None),
        ("60", "mph", "km/h", "96.56064"),
        ("1", "miles", "feet", "5280"),
        ("1", "英里", "公里", "1.609344"),
        ("3", "feet", "yard", "1"),
        ("12", "inches", "ft", "1"),
        ("1", "square mile", "acre", "640"),
        ("1", "平方公里", "hectares", "100"),
        ("3", "亩", "m²", "2000"),
        ("16", "ounces", "lb", "1"),
        ("1", "barrel", "gallons", "42"),
        ("1", "gal", "L", "3.785411784"),
        ("1", "吨", "kg", "1000"),
        ("1", "GWh", "kWh", "1000000"),
        ("1", "pound", "lb", None),
        ("1", "job", "person", None),
        ("1", "percentage points", "%", None),
    ],
)
def test_shipped_units_convert_exactly_or_not_at_all(
    number: str, unit: str, wanted: str, converted: str | None
) -> None:
    assert not SHIPPED.diagnostics
    assert convert_number(number, SHIPPED.units[unit], SHIPPED.units[wanted]) == converted


@pytest.mark.parametrize(
    "symbol", ["hour", "household", "个工作岗位", "point", "hectare", "公顷", "tonnes", "foot", "人", "美元"]
)
def test_shipped_units_are_known_by_their_words(symbol: str) -> None:
    assert symbol in SHIPPED.units


def test_a_multiplier_that_was_rounded_is_the_fraction_that_it_was() -> None:
    declared = """
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix u: <https://u.example/> .
u:f a qudt:Unit ; qudt:symbol "F" ; qudt:hasQuantityKind u:a , u:b ;
    qudt:conversionMultiplier 0.5555555555555556 ; qudt:conversionOffset 459.67 .
u:c a qudt:Unit ; qudt:symbol "C" ; qudt:hasQuantityKind u:b ; qudt:conversionMultiplier 1.0 ;
    qudt:conversionOffset 273.15 .
u:d a qudt:Unit ; qudt:symbol "D" ; qudt:hasQuantityKind u:a ; qudt:conversionMultiplier 1.00000000000001 .
u:e a qudt:Unit ; qudt:symbol "E" ; qudt:hasQuantityKind u:a ; qudt:conversionMultiplier "1/0"^^owl:rational .
u:g a qudt:Unit ; qudt:symbol "G" ; qudt:hasQuantityKind u:a ; qudt:conversionMultiplier 1 ;
    qudt:conversionOffset "much" .
"""
    units = (found := read_vocabulary([read_turtle(SourceText("u.ttl", declared))])).units
    assert convert_number("98.6", units["F"], units["C"]) == "37"
    assert convert_number("37", units["C"], units["F"]) == "98.6"
    assert have_same_dimension(units["F"], units["D"]) and not have_same_dimension(units["C"], units["D"])
    assert units["D"].multiplier == Fraction("1.00000000000001")
    assert [(d.code, d.message) for d in found.diagnostics] == [
        ("ontology-unit", "the conversion multiplier `1/0` is no decimal number above zero"),
        ("ontology-unit", "the conversion offset `much` is no decimal number"),
    ]


def test_a_rise_of_temperature_has_no_offset() -> None:
    kelvin, fahrenheit = SHIPPED.units["K"], SHIPPED.units["°F"]
    assert convert_number("1.8", fahrenheit, kelvin, difference=True) == "1"


@pytest.mark.parametrize(
    ("text", "number", "lowest", "highest"),
    [
        ("3 billion kWh", "3000000000", "3000000000", "3000000000"),
        ("1.3万 kWh", "13000", "13000", "13000"),
        ("1.3 萬 kWh", "13000", "13000", "13000"),
        ("over 2 hundred thousand kWh", "200000", "200000", None),
        ("1..2 million kWh", None, "1000000", "2000000"),
        ("1万..2万 kWh", None, "10000", "20000"),
        ("500..2 thousand kWh", None, "500000", None),
        ("3.5万亿 kWh", "3500000000000", "3500000000000", "3500000000000"),
        ("-1.5 million kWh", "-1500000", "-1500000", "-1500000"),
    ],
)
def test_multipliers_are_exact(text: str, number: str | None, lowest: str, highest: str | None) -> None:
    if number is None and highest is None:  # 500 thousand is more than 2 thousand
        told = Findings()
        assert read_quantity(Scalar(text=text, mark=MARK), ENERGY, VOCABULARY, told) is None
        assert [d.hint for d in told.diagnostics] == ["a multiplier at the end of a range counts for its beginning too"]
        return
    found = quantity(text)
    assert (found.text, found.number, found.lowest, found.highest) == (text, number, lowest, highest)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("5 kW", "`energy` is measured in `kWh`"),
        ("about 5 mi", "`energy` is measured in `kWh`"),
        ("5 kwh", "did you mean `kWh`?"),
        ("1.3万people", "`energy` takes `[about|over|under|at least|at most] N[..M] unit`"),
        ("5people", "`energy` takes `[about|over|under|at least|at most] N[..M] unit`"),
        ("5kWh", "write `5 kWh`"),
        ("40K kWh", "write `40 thousand kWh`"),
        ("3bn kWh", "write `3 billion kWh`"),
        ("3,500kWh", "write `3500 kWh`"),
        ("about 2,000 kWh", "write the number without separators: `about 2000 kWh`"),
    ],
)
def test_hints_can_be_written(text: str, hint: str) -> None:
    told = Findings()
    assert read_quantity(Scalar(text=text, mark=MARK), ENERGY, VOCABULARY, told) is None
    assert [d.hint for d in told.diagnostics] == [hint]


def test_values_without_a_finite_decimal_are_told_apart() -> None:
    mile = dataclasses.replace(ENERGY, unit=SHIPPED.units["mi"].iri)
    said = [read_quantity(Scalar(text=t, mark=MARK), mile, SHIPPED, Findings()) for t in ("about 2 km", "about 3 km")]
    one, other = said
    assert one is not None and other is not None
    assert one.identity(mile, SHIPPED) != other.identity(mile, SHIPPED)


@pytest.mark.parametrize(
    ("date", "numbers"),
    [("-0043-03-15", ["44", "03", "15"]), ("-0499~/-0400", ["500", "401"]), ("[-0001,0000,0001]", ["2", "1", "0001"]),
     ("2024?-04-28", ["2024", "04", "28"]), ("../2024-04", ["2024", "04"])],
)  # fmt: skip
def test_the_numbers_of_a_date_are_those_of_sentences(date: str, numbers: list[str]) -> None:
    assert Date(edtf=parse_edtf(date), mark=MARK).numbers() == numbers


@pytest.mark.parametrize(
    ("date", "terminal", "english", "chinese"),
    [
        ("2024-04", "2024-04", "April 2024", "2024年4月"),
        ("../2030", "by 2030", "by 2030", "2030年或之前"),
        ("/2030", "by 2030, beginning unknown", "by 2030, beginning unknown", "2030年或之前，起始不详"),
        ("2024/", "from 2024, end unknown", "from 2024, end unknown", "2024年起，结束不详"),
        ("2030~/..", "from about 2030", "from about 2030", "约2030年起"),
        ("../..", "at any time", "at any time", "任何时候"),
        ("2024-21", "spring 2024", "spring 2024", "2024年春季"),
        ("2024-24", "winter 2024/25", "winter 2024/25", "2024/25年冬季"),
        ("1999-30", *["summer 1999/00 (south of the equator)"] * 2, "1999/00年夏季（南半球）"),
        ("2024-32?", *["winter 2024 (south of the equator) (uncertain)"] * 2, "2024年冬季（南半球）（不确定）"),
        ("2024-35", "third quarter of 2024", "third quarter of 2024", "2024年第三季度"),
        ("2024-39", "last third of 2024", "last third of 2024", "2024年后四个月"),
        ("2024-41", "second half of 2024", "second half of 2024", "2024年下半年"),
        ("202X", "some year of the 2020s", "some year of the 2020s", "2020年代某年"),
        ("2024-04-XX", "some day of April 2024", "some day of April 2024", "2024年4月某日"),
        (
            "[2024-03,2026..2028]",
            "2024-03 or one of 2026 to 2028",
            "March 2024 or one of 2026 to 2028",
            "2024年3月或2026年至2028年之一",
        ),
        ("[2026..2028]", *["one of 2026 to 2028"] * 2, "2026年至2028年之一"),
        ("{2026..2028}", *["2026 to 2028"] * 2, "2026年至2028年"),
        ("{2024,2025,2027}", "2024, 2025 and 2027", "2024, 2025 and 2027", "2024年、2025年和2027年"),
        ("[..1984]", "1984 or before", "1984 or before", "1984年或之前"),
        ("-0043-03-15", "15 March 44 BC", "15 March 44 BC", "公元前44年3月15日"),
        ("0000", "1 BC", "1 BC", "公元前1年"),
        ("0476", "0476", "AD 476", "476年"),
        ("~2024", "about 2024", "about 2024", "约2024年"),
        ("2024-04~-28", "2024-04~-28", "2024-04~-28", "2024-04~-28"),
        ("Y-17E7", "Y-17E7", "Y-17E7", "Y-17E7"),
    ],
)
def test_dates_have_words(date: str, terminal: str, english: str, chinese: str) -> None:
    edtf = parse_edtf(date)
    assert (describe_edtf(edtf), word_time(edtf, "en"), word_time(edtf, "zh")) == (terminal, english, chinese)


def test_the_numbers_of_a_text_are_those_of_every_rule() -> None:
    """A sentence counts by the rule of its source: the second one reads `3 ½` in two, the third as one."""
    assert Text(text="3 ½ miles", lang="en", mark=MARK).numbers() == ["3", "50", "3.5"]
