"""`rml:null`: the texts that mean no value (RML-IO §null), compared alike whatever the source.

A value is compared by its text, and one whose natural datatype is a number as a number too: `-999` means `-999.0` and
`-9.99E2`. All values of CSV and XML are texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from kg.rdf.namespace import XSD
from kg.tables.engine.datatypes import BOUNDED
from kg.tables.engine.macros import quote_text

_NUMBERS = frozenset(
    XSD + name for name in ("integer", "decimal", "double", "float", *BOUNDED, "nonNegativeInteger", "positiveInteger")
)
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def find_numbers(texts: Iterable[str]) -> frozenset[Decimal]:
    """The numbers among texts.

    >>> sorted(map(str, find_numbers(["NA", "-999", "-9.99E2", "+5"])))
    ['-999', '5']
    """
    return frozenset(Decimal(text) for text in texts if _NUMBER.fullmatch(text))


def compile_nulls(nulls: Iterable[str]) -> Callable[[str | None, str | None], bool]:
    """A function that tells of a text and its natural datatype whether they mean no value.

    >>> means_none = compile_nulls(["-999"])
    >>> means_none("-999.0", XSD + "double"), means_none("-999.0", None)
    (True, False)
    """
    texts, numbers = frozenset(nulls), find_numbers(nulls)

    def means_none(text: str | None, datatype: str | None) -> bool:
        if text is None or text in texts:
            return True
        return bool(numbers) and datatype in _NUMBERS and not numbers.isdisjoint(find_numbers([text]))

    return means_none


def null_condition(value: str, nulls: Iterable[str], is_number: str) -> str:
    """An SQL condition: whether the SQL text *value* means no value. *is_number* is one for whether it is a number."""
    listed = ", ".join(map(quote_text, nulls))
    numbers = ", ".join(quote_text(write_number(number)) for number in sorted(find_numbers(nulls)))
    return f"{value} IN ({listed})" + (f" OR ({is_number} AND kg_number({value}) IN ({numbers}))" if numbers else "")


def write_number(number: Decimal) -> str:
    """A number as `kg_number` writes it, without an exponent and zeros at its ends.

    >>> [write_number(Decimal(text)) for text in ("-9.990E2", "1E3", "-0.0")]
    ['-999', '1000', '0']
    """
    text = f"{abs(number):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"-{text}" if number < 0 else text
