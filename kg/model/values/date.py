"""Dates of EDTF as values: of a claim's object, of its time, of an event, of a publication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.model.names import Names
from kg.model.ontology.ranges import is_within, name_datatypes
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values.stretch import Stretch
from kg.model.values.value import Label, Term, Value
from kg.rdf.namespace import EDTF, XSD
from kg.text.edtf import Edtf, EdtfError, parse_edtf, xsd_of
from kg.text.findings import Findings
from kg.text.yamldoc import Scalar

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_CALENDAR = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?([?~%]?)")


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
        firsts, lasts = [a for a, _ in self.edtf.spans], [b for _, b in self.edtf.spans]
        return Stretch(
            low=None if None in firsts else (min(day for day in firsts if day), 0),
            high=None if None in lasts else (max(day for day in lasts if day), 0),
            gaps=len(self.edtf.spans) > 1,
        )

    def write(self, label: Label) -> str:
        return self.edtf.text

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        return word_time(self.edtf, lang)

    def numbers(self) -> list[str]:
        return re.findall(r"\d+", self.edtf.text)

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


def describe_edtf(edtf: Edtf) -> str:
    """EDTF as a person says it, where there are words for it.

    >>> from kg.text.edtf import parse_edtf
    >>> [describe_edtf(parse_edtf(t)) for t in ("../2030", "2027~", "2024-03?", "2030/..")]
    ['by 2030', 'about 2027', '2024-03 (uncertain)', 'from 2030']
    """
    text = edtf.text
    if text.startswith("../"):
        return f"by {text[3:]}"
    if text.endswith("/.."):
        return f"from {text[:-3]}"
    if text.endswith("~") and "/" not in text:
        return f"about {text[:-1]}"
    if text.endswith("?") and "/" not in text:
        return f"{text[:-1]} (uncertain)"
    return text.replace("/", " to ")


def word_date(text: str, lang: str) -> str:
    """One date of EDTF in words; what is not a plain year, month or day stays as it is written.

    >>> word_date("2024-04-28", "en"), word_date("2027~", "en"), word_date("2024-03?", "zh")
    ('28 April 2024', 'about 2027', '2024年3月（不确定）')
    """
    found = _CALENDAR.fullmatch(text)
    if found is None or (found[2] and not 1 <= int(found[2]) <= 12):
        return text
    year, month, day, doubt = found.groups()
    if lang == "zh":
        plain = f"{int(year)}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
        plain = f"约{plain}" if doubt in ("~", "%") and doubt else plain
        return f"{plain}（不确定）" if doubt in ("?", "%") and doubt else plain
    plain = " ".join(p for p in (str(int(day)) if day else "", _MONTHS[int(month) - 1] if month else "", year) if p)
    plain = f"about {plain}" if doubt in ("~", "%") and doubt else plain
    return f"{plain} (uncertain)" if doubt in ("?", "%") and doubt else plain


def word_time(edtf: Edtf, lang: str) -> str:
    """A date, an interval or a deadline in words.

    >>> from kg.text.edtf import parse_edtf
    >>> [word_time(parse_edtf(t), "en") for t in ("../2030", "2039/2044", "2024-07-26/2024-08-11", "2024/..")]
    ['by 2030', '2039 to 2044', '26 July 2024 to 11 August 2024', 'from 2024']
    """
    start, slash, end = edtf.text.partition("/")
    if not slash:
        return word_date(start, lang)
    first, last = word_date(start, lang), word_date(end, lang)
    if start in ("", ".."):
        return f"{last}或之前" if lang == "zh" else f"by {last}"
    if end.startswith(f"{start}-"):  # the bounds of a day of which little more than the year is known
        return f"{first}，不晚于{last}" if lang == "zh" else f"{first}, by {last}"
    if end in ("", ".."):
        return f"{first}起" if lang == "zh" else f"from {first}"
    return f"{first}至{last}" if lang == "zh" else f"{first} to {last}"


def word_as_of(edtf: Edtf, lang: str) -> str:
    """The date of a count, to be read after "as of".

    >>> [word_as_of(parse_edtf(t), "en") for t in ("../2024-04-28", "2024-04")]
    ['28 April 2024 at the latest', 'April 2024']
    """
    start, slash, end = edtf.text.partition("/")
    if slash and start in ("", "..") and lang != "zh":
        return f"{word_date(end, lang)} at the latest"
    return word_time(edtf, lang)
