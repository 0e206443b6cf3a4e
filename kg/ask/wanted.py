"""What is asked for at a place of a triple, where anything may fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kg.rdf.namespace import XSD
from kg.rdf.xsd import NUMBERS

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")  # as pages and people write it
LITERAL_OF_NUMBER = rf'"([^"]*)"\^\^<{re.escape(XSD)}(?:{"|".join(sorted(NUMBERS))})>'
"""A pattern of the N-Triples of a number; its first group is the number as it is written."""
_LITERAL = re.compile(LITERAL_OF_NUMBER)


@dataclass(frozen=True, kw_only=True)
class WantedTerm:
    """What a term of a triple may be, in N-Triples: *exact* texts, texts that begin with one of *heads*, or a *number*.

    A number fits however it is written, in any datatype of numbers. None of them: any term will do.
    """

    exact: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    number: Decimal | None = None

    @property
    def is_any(self) -> bool:
        return not self.exact and not self.heads and self.number is None

    def fits(self, text: str) -> bool:
        if self.is_any or text in self.exact or text.startswith(self.heads):
            return True
        literal = _LITERAL.fullmatch(text) if self.number is not None else None
        return literal is not None and read_number(literal[1]) == self.number


def read_number(text: str) -> Decimal | None:
    """The number that a text is, however it is written; None of other texts.

    >>> [read_number(text) for text in ("1,000", "1e3", "1000.0")] == [Decimal(1000)] * 3
    True
    >>> read_number("1,00"), read_number("m")
    (None, None)
    """
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return Decimal(text) if _PLAIN.fullmatch(text) else None
