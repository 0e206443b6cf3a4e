"""Conversion between units, exact or not at all."""

from __future__ import annotations

from fractions import Fraction

from kg.model.ontology.vocabulary import Unit


def have_same_dimension(unit: Unit, other: Unit) -> bool:
    """Whether two units convert to each other: they share a quantity kind, and both declare a multiplier."""
    return bool(unit.kinds & other.kinds) and unit.multiplier is not None and other.multiplier is not None


def convert_fraction(number: str, unit: Unit, wanted: Unit, *, difference: bool = False) -> Fraction | None:
    """*number* of *unit* in the *wanted* unit as a fraction; None where they do not convert to each other.

    Offsets count, as those of temperatures, unless the number is the *difference* of two values.
    """
    if unit.iri == wanted.iri:
        return Fraction(number)
    if not have_same_dimension(unit, wanted) or unit.multiplier is None or wanted.multiplier is None:
        return None
    if difference:
        return Fraction(number) * unit.multiplier / wanted.multiplier
    return (Fraction(number) + unit.offset) * unit.multiplier / wanted.multiplier - wanted.offset


def convert_number(number: str, unit: Unit, wanted: Unit, *, difference: bool = False) -> str | None:
    """*number* of *unit* in the *wanted* unit, exactly; None where it is no finite decimal.

    In the same unit the text stays as it was written (`73.60`).
    """
    if unit.iri == wanted.iri:
        return number
    converted = convert_fraction(number, unit, wanted, difference=difference)
    return None if converted is None else write_decimal(converted)


def write_decimal(value: Fraction) -> str | None:
    """The finite decimal text of *value*, or None.

    >>> write_decimal(Fraction(1, 8)), write_decimal(Fraction(-7)), write_decimal(Fraction(1, 3))
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
