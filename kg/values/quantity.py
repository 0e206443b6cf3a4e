"""Quantities: a number or a range in a unit, with what bounds it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from pyoxigraph import Literal, NamedNode

from kg.diagnostic import did_you_mean, list_known
from kg.findings import Findings
from kg.names import Names
from kg.namespace import KG, QUDT, UNIT, XSD
from kg.values.stretch import Stretch
from kg.values.value import Label, Term, Value
from kg.vocabulary import Property, Unit, Vocabulary
from kg.yamldoc import Scalar

BARE_NUMBER = UNIT + "NUM"
MOST_DIGITS = 200
_QUALIFIERS = ("about", "over", "under", "at least", "at most")
_SYNONYMS = {
    "approximately": "about", "around": "about", "roughly": "about", "circa": "about", "ca": "about", "nearly": "about",
    "more than": "over", "above": "over", "less than": "under", "fewer than": "under", "below": "under",
    "minimum": "at least", "from": "at least", "maximum": "at most", "up to": "at most",
}  # fmt: skip
_SEPARATOR = re.compile(r"(?<=[0-9])[,_'\u202f\u00a0 ](?=[0-9]{3}(?![0-9]))")
_QUANTITY = re.compile(
    r"(?:(?P<word>about|over|under|at\s+least|at\s+most)\s+)?"
    r"(?P<low>[+-]?[0-9]+(?:\.[0-9]+)?)(?:\s*\.\.\s*(?P<high>[+-]?[0-9]+(?:\.[0-9]+)?))?(?:\s+(?P<unit>\S.*))?"
)
_TRUE = Literal("true", datatype=NamedNode(XSD + "boolean"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity(Value):
    """A number or a range in a unit. Numbers are the decimal texts that were written (`73.60`).

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
        unit = prop.unit if prop else self.unit
        numbers = (self._in_unit(number, unit, vocabulary) for number in (self.number, self.lowest, self.highest))
        return ("quantity", *numbers, self.exclusive)

    def stretch(self, prop: Property, vocabulary: Vocabulary) -> Stretch | None:
        low, high = (self._in_unit(number, prop.unit, vocabulary) for number in (self.lowest, self.highest))
        return Stretch(
            low=None if low is None or self.approximate else (low, int(self.exclusive)),
            high=None if high is None or self.approximate else (high, -int(self.exclusive)),
            loose=self.approximate,
        )

    def _in_unit(self, number: str | None, wanted: str | None, vocabulary: Vocabulary) -> Fraction | None:
        """One of its numbers in the unit of the IRI *wanted*."""
        text = self._convert(number, wanted, vocabulary) if number is not None else None
        return Fraction(text) if text is not None else None

    def _convert(self, number: str, wanted: str | None, vocabulary: Vocabulary) -> str | None:
        a, b = vocabulary.unit_by_iri.get(self.unit or ""), vocabulary.unit_by_iri.get(wanted or "")
        return convert_number(number, a, b) if a and b else number

    def write(self, label: Label) -> str:
        return self.text

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        """`about 75,600 orders`, `215,900–299,900 yuan`, `more than 30,000 vehicles`."""
        one = self.number in ("1", "1.0")
        name = _name_unit(vocabulary.unit_by_iri.get(self.unit or ""), lang, one=one)
        return f"{self._word_figure(lang)} {name}".strip()

    def _word_figure(self, lang: str) -> str:
        if self.number is None:
            return f"{group_digits(self.lowest or '…')}–{group_digits(self.highest or '…')}"
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
            yield KG + "exclusive", _TRUE
        if self.approximate:
            yield KG + "approximate", _TRUE

    def direct(self, prop: Property, vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
        """An exact value in the property's unit; of a range its ends, with the properties declared for them."""
        if self.approximate:
            return
        said: list[tuple[str | None, str | None]] = []
        if self.exact:
            said = [(prop.iri, self.number)]
        elif self.number is None:
            said = [(prop.lowest, self.lowest), (prop.highest, self.highest)]
        for predicate, number in said:
            text = self._convert(number, prop.unit, vocabulary) if number is not None else None
            if predicate is not None and text is not None:
                exact = Quantity(text=text, number=text, lowest=text, highest=text, unit=prop.unit, mark=self.mark)
                yield predicate, exact


def _number_literal(number: str, prop: Property) -> Literal:
    """A number with the datatype that the property's range declares, its digits as they were written."""
    return Literal(number, datatype=NamedNode(XSD + ("integer" if prop.integer else "decimal")))


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
    if lang != "en" or one or label.endswith("s"):
        return label
    return f"{label[:-1]}ies" if re.search("[^aeiou]y$", label) else f"{label}s"


# -- reading ------------------------------------------------------------------------------------


def read_quantity(scalar: Scalar, prop: Property, vocabulary: Vocabulary, findings: Findings) -> Quantity | None:
    """`[about|over|under|at least|at most] N[..M] unit`, in the property's unit or one that converts to it."""
    match = _QUANTITY.fullmatch(scalar.text.strip())
    if match is None:
        findings.tell(
            "bad-quantity",
            scalar.mark,
            f"`{scalar.text}` is no quantity",
            _hint_at_quantity(scalar.text, prop),
        )
        return None
    word = re.sub(r"\s+", " ", match["word"] or "")
    low, high = match["low"], match["high"]
    if max(len(low), len(high or "")) > MOST_DIGITS:
        findings.tell("bad-quantity", scalar.mark, f"a number of more than {MOST_DIGITS} digits")
        return None
    if high is not None and (word in {"over", "under", "at least", "at most"} or Fraction(low) > Fraction(high)):
        if word:
            hint = f"write `{word} {low}` or `{low}..{high}`"
            findings.tell("bad-quantity", scalar.mark, f"`{word}` and a range exclude each other", hint)
        else:
            findings.tell("bad-quantity", scalar.mark, "the range runs backwards", f"write `{high}..{low}`")
        return None
    if prop.integer and any("." in n for n in (low, high or "")):
        findings.tell("bad-quantity", scalar.mark, f"`{prop.name}` counts in whole numbers")
        return None
    unit = _read_unit(match["unit"], scalar, prop, vocabulary, findings)
    if unit is None and prop.unit is not None:
        return None
    lowest = low if word in {"", "over", "at least"} or high else None
    highest = (high or low) if word in {"", "under", "at most"} or high else None
    return Quantity(
        text=scalar.text,
        number=low if high is None else None,
        lowest=lowest,
        highest=highest,
        exclusive=word in {"over", "under"},
        approximate=word == "about",
        unit=unit.iri if unit else None,
        mark=scalar.mark,
    )


def _hint_at_quantity(text: str, prop: Property) -> str:
    joined = _SEPARATOR.sub("", text)
    if joined != text:
        return f"write the number without separators: `{joined}`"
    if text[:1] in "<>≤≥~≈":
        words = {">": "over", "<": "under", "≥": "at least", "≤": "at most", "~": "about", "≈": "about"}
        return f"write `{words[text[0]]} {text[1:].strip()}`"
    if re.fullmatch(r"[+-]?[0-9.]+[eE][+-]?[0-9].*", text):
        return "write the number out, without an exponent"
    for synonym, word in _SYNONYMS.items():
        if text.casefold().startswith((f"{synonym} ", f"{synonym}. ")):
            return f"write `{word} {text[len(synonym) :].lstrip('. ')}`"
    apart = re.sub(r"(?<=[0-9])\s*(?:-|–|—|\.\.\.|…)\s*(?=[0-9])", "..", text)
    apart = re.sub(r"(?<=[0-9])(?=[^\W\d_]|%)", " ", apart)
    if apart != text and _QUANTITY.fullmatch(apart):
        return f"write `{apart}`"
    plain = unicodedata.normalize("NFKC", text)
    if plain != text and _QUANTITY.fullmatch(plain):
        return f"write `{plain}`"
    near = did_you_mean(text.split()[0] if text.split() else "", _QUALIFIERS)
    if near:
        return near
    return f"`{prop.name}` takes `[about|over|under|at least|at most] N[..M] unit`"


def _read_unit(
    word: str | None, scalar: Scalar, prop: Property, vocabulary: Vocabulary, findings: Findings
) -> Unit | None:
    wanted = vocabulary.unit_by_iri.get(prop.unit) if prop.unit else None
    if word is None:
        if wanted is None or wanted.iri == BARE_NUMBER:
            return wanted
        hint = f"write `{scalar.text} {wanted.symbol}`"
        findings.tell("missing-unit", scalar.mark, f"`{scalar.text}` has no unit", hint)
        return None
    start = scalar.text.rindex(word)
    mark = scalar.part(start, start + len(word))
    unit = vocabulary.units.get(word)
    if unit is None:
        known = {w for u in vocabulary.units.values() if wanted is None or u.kind == wanted.kind for w in u.words}
        near = did_you_mean(word, known) or did_you_mean(word, vocabulary.units)
        measured = f"`{prop.name}` is measured in `{wanted.symbol}`" if wanted else None
        if vocabulary.complete:
            findings.tell("unknown-unit", mark, f"no unit `{word}`", near or measured)
        return None
    if wanted is None:
        findings.tell("unit-mismatch", mark, f"`{prop.name}` takes a bare number, not `{word}`")
        return None
    if unit.iri != wanted.iri and not _same_dimension(unit, wanted):
        others = {u.symbol for u in vocabulary.units.values() if _same_dimension(u, wanted)} | {wanted.symbol}
        convert = f"units that convert: {list_known(others)}" if len(others) > 1 else None
        findings.tell("unit-mismatch", mark, f"`{prop.name}` is measured in `{wanted.symbol}`, not `{word}`", convert)
        return None
    match = _QUANTITY.fullmatch(scalar.text.strip())
    numbers = [n for n in (match["low"], match["high"]) if n] if match else []
    converted = [convert_number(n, unit, wanted) for n in numbers]
    if any(n is None or (prop.integer and "." in n) for n in converted):
        whole = "whole" if prop.integer else "exact"
        message = f"`{scalar.text}` has no {whole} value in `{wanted.symbol}`"
        findings.tell("inexact-conversion", scalar.mark, message, f"write it in `{wanted.symbol}`")
        return None
    return unit


def _same_dimension(a: Unit, b: Unit) -> bool:
    return a.kind is not None and a.kind == b.kind and a.multiplier is not None and b.multiplier is not None


def convert_number(number: str, unit: Unit, wanted: Unit) -> str | None:
    """*number* of *unit* in the *wanted* unit, exactly; None where it is no finite decimal.

    In the same unit the text stays as it was written (`73.60`).
    """
    if unit.iri == wanted.iri:
        return number
    if unit.multiplier is None or wanted.multiplier is None:
        return None
    return _decimal_text(Fraction(number) * unit.multiplier / wanted.multiplier)


def _decimal_text(value: Fraction) -> str | None:
    """The finite decimal text of *value*, or None.

    >>> _decimal_text(Fraction(1, 8)), _decimal_text(Fraction(-7)), _decimal_text(Fraction(1, 3))
    ('0.125', '-7', None)
    """
    places, rest = 0, value.denominator
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if rest != 1:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, fraction = (digits[:-places], digits[-places:].rstrip("0")) if places else (digits, "")
    return ("-" if value < 0 else "") + whole + (f".{fraction}" if fraction else "")
