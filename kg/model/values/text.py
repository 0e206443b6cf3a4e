"""Texts: what was said word for word, descriptions, notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from pyoxigraph import Literal

from kg.model.names import Names
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values.value import Label, Term, Value
from kg.rdf.namespace import XSD
from kg.text.figure import find_figures, list_rules
from kg.text.language import has_chinese

_LATIN = re.compile("[A-Za-z]")
_WRITES_HAN = {"zh", "ja", "ko", "yue", "wuu", "nan", "hak", "lzh"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Text(Value):
    """A text in a language (a BCP 47 tag). It gives no direct triple: words are somebody's."""

    text: str
    lang: str

    def identity(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[object, ...]:
        """The words of the text, composed (NFD looks like NFC), and its language's tag without capitals."""
        return ("text", normalize("NFC", self.text), self.lang.casefold())

    def write(self, label: Label) -> str:
        return f"“{self.text}”"

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        return self.text

    def numbers(self) -> list[str]:
        """The figures of the text, by the words of the language that it is written in, whatever its tag says."""
        return list(_find_numbers(self.text, _find_language(self.text, self.lang)))

    def term(self, names: Names, prop: Property) -> Term:
        return Literal(self.text) if is_plain(prop) else Literal(self.text, language=self.lang)


@lru_cache(maxsize=1 << 14)  # coverage asks for them, and so does the check
def _find_numbers(text: str, lang: str) -> tuple[str, ...]:
    by_rule = (find_figures(text, lang, rule) for rule in list_rules(lang))
    found = [[figure.value for figure in figures] for figures in by_rule]
    for more in found[1:]:  # the sentence counts by one rule or the other
        found[0] += [value for value in more if value not in found[0]]
    return tuple(found[0])


def _find_language(text: str, lang: str) -> str:
    """The language whose number words a text has: Chinese where it has Chinese characters, in a data set of another
    language too, and English where a text of a Chinese one has Latin letters alone.

    >>> [_find_language(*text) for text in (("三万辆", "en"), ("three cars", "zh"), ("小米", "zh"), ("3万台", "ja"))]
    ['zh', 'en', 'zh', 'ja']
    """
    primary = lang.partition("-")[0].casefold()
    if has_chinese(text):
        return lang if primary in _WRITES_HAN else "zh"
    return "en" if primary == "zh" and _LATIN.search(text) else lang


def is_plain(prop: Property) -> bool:
    """Whether the texts of a property have no language: its range is `xsd:string`."""
    return prop.datatypes == (XSD + "string",)
