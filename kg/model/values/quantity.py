"""Quantities: a number or a range in a unit, with what bounds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from pyoxigraph import Literal, NamedNode

from kg.model.names import Names
from kg.model.ontology.ranges import choose_datatype
from kg.model.ontology.vocabulary import Property, Unit, Vocabulary
from kg.model.values.conversion import convert_fraction, convert_number
from kg.model.values.stretch import Stretch
from kg.model.values.truth import TRUE
from kg.model.values.value import Label, Term, Value
from kg.rdf.namespace import KG, QUDT, UNIT, XSD
from kg.text.plural import write_plural

BARE_NUMBER = UNIT + "NUM"
"""The unit of numbers that are written without one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity(Value):
    """A number or a range in a unit.

    Numbers are decimal texts as they were written (`73.60`), multiplied out where a word multiplies them: the
    number of `3.5 million USD` is `3500000`, and *text* keeps the words.

    *lowest* and *highest* bound the value where it is bounded: both for an exact value (they are equal)
    and a range, one for `over` and `at least` or `under` and `at most`, none for `about` a number. The ends
    of `about` a range are kept as they were written; they bound nothing.
    """

    text: str
    number: str | None  # the figure that was written; None for a range
    lowest: str | None
    highest: str | None
    exclusive: bool = False
    approximate: bool = False
    unit: str | None = None  # IRI

    @property
    def exact(self) -> bool:
        return self.number is not None and self.lowest == self.highest and self.lowest is not None

    def identity(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[object, ...]:
        """0.0736 MWh is 73.60 kWh."""
        numbers = (self.number, self.lowest, self.highest)  # of an exact value all three are one
        converted = {number: self._in_unit(number, prop, vocabulary) for number in dict.fromkeys(numbers)}
        return ("quantity", *(converted[number] for number in numbers), self.exclusive)

    def stretch(self, prop: Property, vocabulary: Vocabulary) -> Stretch | None:
        low, high = (self._in_unit(number, prop, vocabulary) for number in (self.lowest, self.highest))
        return Stretch(
            low=None if low is None or self.approximate else (low, int(self.exclusive)),
            high=None if high is None or self.approximate else (high, -int(self.exclusive)),
            loose=self.approximate,
        )

    def _in_unit(self, number: str | None, prop: Property | None, vocabulary: Vocabulary) -> Fraction | None:
        """One of its numbers in the unit of *prop*, whether or not a finite decimal is equal to it."""
        if number is None:
            return None
        units = self._units(prop, vocabulary)
        converted = convert_fraction(number, *units, difference=prop is not None and prop.difference) if units else None
        return Fraction(number) if converted is None else converted

    def _units(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[Unit, Unit] | None:
        """The unit of the quantity and that of *prop*, where both are known."""
        unit = vocabulary.unit_by_iri.get(self.unit or "")
        wanted = vocabulary.unit_by_iri.get((prop.unit if prop else None) or "")
        return (unit, wanted) if unit and wanted else None

    def convert(self, number: str, prop: Property, vocabulary: Vocabulary) -> str | None:
        """One of its numbers in the unit of *prop*: exact, and whole where *prop* counts; else None."""
        units = self._units(prop, vocabulary)
        text = convert_number(number, *units, difference=prop.difference) if units else number
        return None if text is not None and prop.integer and "." in text else text

    def outside(self, prop: Property, vocabulary: Vocabulary) -> str | None:
        """A number that it gives for the value and that the range of *prop* does not hold, in the unit of *prop*."""
        for number in self.numbers() if self.lowest == self.highest or self.number is None else ():
            text = self.convert(number, prop, vocabulary)
            if text is not None and choose_datatype(text, prop.datatypes) is None:
                return text
        return None

    def write(self, label: Label) -> str:
        return self.text

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        """`about 75,600 orders`, `215,900–299,900 yuan`, `more than 30,000 vehicles`; of a bare number itself alone."""
        one = self.number in ("1", "1.0")
        unit = vocabulary.unit_by_iri.get(self.unit or "") if self.unit != BARE_NUMBER else None
        name = _name_unit(unit, lang, one=one)
        return f"{self._word_figure(lang)} {name}".strip()

    def _word_figure(self, lang: str) -> str:
        if self.number is None:
            ends = group_digits(self.lowest or "…"), group_digits(self.highest or "…")
            return (" – " if any(end.startswith("-") for end in ends) else "–").join(ends)
        if self.approximate:
            before = "about"
        elif self.lowest is not None and self.highest is None:
            before = "over" if self.exclusive else "at least"
        elif self.highest is not None and self.lowest is None:
            before = "under" if self.exclusive else "at most"
        else:
            return group_digits(self.number)
        return f"{_BEFORE[lang][before]} {group_digits(self.number)}"

    def numbers(self) -> list[str]:
        return [self.number] if self.number is not None else [self.lowest or "", self.highest or ""]

    def term(self, names: Names, prop: Property) -> Term:
        if self.number is not None:
            return _number_literal(self.number, prop)
        return Literal(f"{self.lowest}..{self.highest}", datatype=NamedNode(KG + "range"))

    def details(self, prop: Property) -> Iterator[tuple[str, Term]]:
        """The unit in which it was said, its bounds, and whether they are exclusive or it is only about so much."""
        if self.unit is not None:
            yield QUDT + "hasUnit", NamedNode(self.unit)
        if self.lowest is not None and not self.approximate:
            yield KG + "min", _number_literal(self.lowest, prop)
        if self.highest is not None and not self.approximate:
            yield KG + "max", _number_literal(self.highest, prop)
        if self.exclusive:
            yield KG + "exclusive", TRUE
        if self.approximate:
            yield KG + "approximate", TRUE

    def direct(self, prop: Property, vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
        """An exact value in the property's unit; of a range its ends, with the properties declared for them."""
        for predicate, number in self.ends(prop):
            text = self.convert(number, prop, vocabulary)
            if text is not None:
                exact = Quantity(text=text, number=text, lowest=text, highest=text, unit=prop.unit, mark=self.mark)
                yield predicate, exact

    def ends(self, prop: Property) -> list[tuple[str, str]]:
        """The numbers that the graph may say itself, each with its property's IRI: the exact one, or a range's ends."""
        said: list[tuple[str | None, str | None]] = []
        if self.exact and not self.approximate:
            said = [(prop.iri, self.number)]
        elif self.number is None and not self.approximate:
            said = [(prop.lowest, self.lowest), (prop.highest, self.highest)]
        return [(predicate, number) for predicate, number in said if predicate is not None and number is not None]


def _number_literal(number: str, prop: Property) -> Literal:
    """A number with the datatype that the property's range declares, its digits as they were written.

    In another unit than the property's, and as a bound, it may be a number that the range does not hold.
    """
    datatype = choose_datatype(number, (*prop.datatypes, XSD + "integer", XSD + "decimal"))
    return Literal(number, datatype=NamedNode(datatype or XSD + "decimal"))


# -- words --------------------------------------------------------------------------------------

_BEFORE = {
    "en": {"about": "about", "over": "more than", "at least": "at least", "under": "less than", "at most": "at most"},
    "zh": {"about": "约", "over": "超过", "at least": "至少", "under": "不到", "at most": "至多"},
}


def group_digits(number: str) -> str:
    """A decimal number with its digits in groups of three.

    >>> group_digits("75600"), group_digits("73.60"), group_digits("-5700.25")
    ('75,600', '73.60', '-5,700.25')
    """
    sign = number[:1] if number[:1] in "+-" else ""
    whole, dot, part = number.removeprefix(sign).partition(".")
    if len(whole) > 3 and whole.isascii() and whole.isdigit() and whole[0] != "0" and len(whole) < 4000:
        whole = f"{int(whole):,}"
    return f"{sign}{whole}{dot}{part}"


def _name_unit(unit: Unit | None, lang: str, *, one: bool) -> str:
    """The name of a unit after a figure: its label where that is a plain word, else its symbol."""
    if unit is None:
        return ""
    label = unit.labels.get(lang)
    sign = not any(map(str.isalpha, unit.symbol))  # `%` in any language
    if label is None or sign or (lang == "en" and not re.fullmatch("[a-z]{3,}", unit.symbol)):
        return unit.symbol
    return label if lang != "en" or one else write_plural(label)
