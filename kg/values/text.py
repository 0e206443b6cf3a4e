"""Texts: what was said word for word, descriptions, notes."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal

from kg.figure import NEWEST_RULE, find_figures
from kg.names import Names
from kg.namespace import XSD
from kg.values.value import Label, Term, Value
from kg.vocabulary import Property, Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class Text(Value):
    """A text in a language (a BCP 47 tag). It gives no direct triple: words are somebody's."""

    text: str
    lang: str

    def identity(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[object, ...]:
        return ("text", self.text, self.lang)

    def write(self, label: Label) -> str:
        return f"“{self.text}”"

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        return self.text

    def numbers(self) -> list[str]:
        first = [figure.value for figure in find_figures(self.text, self.lang)]
        newest = [figure.value for figure in find_figures(self.text, self.lang, NEWEST_RULE)]
        return first + [value for value in newest if value not in first]  # the sentence counts by one rule or the other

    def term(self, names: Names, prop: Property) -> Term:
        return Literal(self.text) if is_plain(prop) else Literal(self.text, language=self.lang)


def is_plain(prop: Property) -> bool:
    """Whether the texts of a property have no language: its range is `xsd:string`."""
    return prop.datatypes == (XSD + "string",)
