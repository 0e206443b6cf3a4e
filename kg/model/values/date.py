"""Dates of EDTF as values: of a claim's object, of its time, of an event, of a publication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.model.names import Names
from kg.model.ontology.ranges import is_within, name_datatypes
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values.date_words import word_time
from kg.model.values.stretch import Stretch
from kg.model.values.value import Label, Term, Value
from kg.rdf.namespace import EDTF, XSD
from kg.text.edtf import Edtf, EdtfError, parse_edtf, xsd_of
from kg.text.findings import Findings
from kg.text.yamldoc import Scalar

_NUMBERS = re.compile(r"((?:^|(?<=[/\[{,.]))-)?(\d+)")  # of a year before year 0 with its sign


@dataclass(frozen=True, kw_only=True, slots=True)
class Date(Value):
    """A date of EDTF. One that is an exact year, month or day gives a direct triple, any other none."""

    edtf: Edtf

    @property
    def text(self) -> str:
        return self.edtf.text

    def identity(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[object, ...]:
        return ("date", self.edtf.text)

    def stretch(self, prop: Property, vocabulary: Vocabulary) -> Stretch | None:
        firsts, lasts = [a for a, _ in self.edtf.reach], [b for _, b in self.edtf.reach]
        return Stretch(
            low=None if None in firsts else (min(day for day in firsts if day), 0),
            high=None if None in lasts else (max(day for day in lasts if day), 0),
            gaps=len(self.edtf.spans) > 1,
            near=self.edtf.approximate,
        )

    def write(self, label: Label) -> str:
        return self.edtf.text

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        return word_time(self.edtf, lang)

    def numbers(self) -> list[str]:
        """The years, months and days of the date, as sentences have them: the year 44 of `-0043`, which is 44 BC."""
        return [str(int(digits) + 1) if before or digits == "0000" else digits
                for before, digits in _NUMBERS.findall(self.edtf.text)]  # fmt: skip

    def term(self, names: Names, prop: Property) -> Term:
        exact = xsd_of(self.edtf)
        if exact is not None:
            return Literal(exact[0], datatype=NamedNode(XSD + exact[1]))
        return Literal(self.edtf.text, datatype=NamedNode(EDTF + "EDTF"))

    def direct(self, prop: Property, vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
        if self.edtf.exact:
            yield prop.iri, self


def find_outside(date: Date, prop: Property) -> str | None:
    """The mistake, in words, of an exact date whose datatype the range of *prop* does not hold; None where it does.

    What is not exact says nothing by itself, and may stand in a claim whatever the range.
    """
    exact = xsd_of(date.edtf)
    if exact is None or any(is_within(XSD + exact[1], datatype) for datatype in prop.datatypes):
        return None
    ranges = name_datatypes(prop.datatypes)
    return f"the object of `{prop.name}` should be of {ranges}, and `{date.text}` is of `xsd:{exact[1]}`"


def read_date(scalar: Scalar, findings: Findings) -> Date | None:
    """A date of EDTF; None where it is none, which is told as `bad-date` at the part that is wrong."""
    try:
        return Date(edtf=parse_edtf(scalar.text), mark=scalar.mark)
    except EdtfError as error:
        mark = scalar.part(error.start, max(error.end, error.start + 1))
        reason = "" if error.message == f"`{scalar.text}` is not an EDTF date" else f": {error.message}"
        findings.tell("bad-date", mark, f"`{scalar.text}` is no EDTF date{reason}", error.hint)
        return None
