"""Names of properties as machines write them, and values as the ontology wants them: what is changed is told."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.check.naming import stem_word
from kg.model.ontology.vocabulary import Property, Unit, Vocabulary
from kg.model.values import read_quantity
from kg.model.values.quantity_text import suggest_quantities
from kg.text.diagnostic import SourceText, mark_of_file
from kg.text.edtf import EdtfError, parse_edtf
from kg.text.edtf.hint import suggest_edtf
from kg.text.findings import Findings
from kg.text.plural import write_plural
from kg.text.sentence import fold_words
from kg.text.yamldoc import Scalar

_NEAR = 0.84
_LITTLE = frozenset({"is", "are", "was", "were", "be", "been", "has", "have", "had", "the", "a", "an", "of", "to", "in",
                     "on", "at", "for", "by", "with", "from", "its", "his", "her", "and"})  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
_MARK = mark_of_file(SourceText("proposal", ""))


@dataclass(frozen=True, kw_only=True)
class FoundProperty:
    """A property, and how its name was read: `id`, `label`, `name`, `near` or `words`."""

    prop: Property
    how: str


class PropertyIndex:
    """The properties of a vocabulary, looked up as people and machines write them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.folded: dict[str, dict[str, str]] = defaultdict(dict)  # words -> name -> how
        self.stems: dict[str, list[frozenset[str]]] = {}
        for prop in vocabulary.properties.values():
            if prop.narrows is not None:
                continue
            for label in prop.labels.values():
                self.folded[fold_term(label)].setdefault(prop.name, "label")
            self.folded[fold_term(prop.name)].setdefault(prop.name, "name")
            phrases = {fold_term(text) for text in (prop.name, *prop.labels.values())}
            self.stems[prop.name] = [stems for phrase in sorted(phrases) if (stems := _stem_words(phrase))]

    def find(self, text: str) -> tuple[FoundProperty, ...]:
        """The properties that *text* may name: by its local name, a label, other letters, a slip, or as a phrase.

        >>> PropertyIndex(Vocabulary(classes={}, properties={}, units={}, quads=(), diagnostics=())).find("length")
        ()
        """
        properties = self.vocabulary.properties
        text = text.strip().removeprefix("r:")
        if text in properties:
            return (FoundProperty(prop=properties[text], how="id"),)
        by_iri = self.vocabulary.property_by_iri.get(text)
        if by_iri is not None:
            return (FoundProperty(prop=by_iri, how="id"),)
        folded = fold_term(text)
        if folded in self.folded:
            return tuple(FoundProperty(prop=properties[n], how=how) for n, how in self.folded[folded].items())
        import difflib  # only where a name is unknown

        near = difflib.get_close_matches(folded, self.folded, n=1, cutoff=_NEAR) if len(folded) > 3 else []
        if near:
            return tuple(FoundProperty(prop=properties[n], how="near") for n in self.folded[near[0]])
        return tuple(FoundProperty(prop=properties[name], how="words") for name in self._find_in(folded))

    def _find_in(self, phrase: str) -> list[str]:
        """The properties all of whose words a phrase has; of several those with the most."""
        stems = _stem_words(phrase)
        found = [(len(words), name) for name, phrases in self.stems.items() for words in phrases if words <= stems]
        most = max((count for count, _ in found), default=0)
        return sorted({name for count, name in found if count == most})


def fold_camel(text: str) -> str:
    """A name whose words are joined by capitals, in small letters with blanks between them.

    >>> fold_camel("deliversInYear")
    'delivers in year'
    """
    return fold_words(_CAMEL.sub(" ", text))


def fold_term(text: str) -> str:
    """The words of a term, however they are joined.

    >>> fold_term("deliversInYear"), fold_term("DELIVERS_IN_YEAR"), fold_term("delivers in year")
    ('delivers in year', 'delivers in year', 'delivers in year')
    """
    return " ".join(_WORD.findall(fold_camel(text)))


def _stem_words(phrase: str) -> frozenset[str]:
    return frozenset(stem_word(word) for word in phrase.split() if word not in _LITTLE)


class UnitNames:
    """The units of a vocabulary by all that texts write for them: symbols, labels, plurals."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.known: dict[str, Unit] = {}
        for unit in vocabulary.units.values():
            for word in (*unit.words, *unit.labels.values()):
                for form in _write_forms(fold_words(word)):
                    self.known.setdefault(form, unit)

    def find(self, word: str) -> Unit | None:
        """The unit that a word names."""
        return self.known.get(fold_words(word).rstrip("."))


@functools.cache  # whoever proposes again and again (an agent) asks for the words of the same units
def _write_forms(word: str) -> tuple[str, ...]:
    """A word, its plural, and how the other half of the English-speaking world spells it."""
    spelled = (word, re.sub(r"(?<=\w)metre\b", "meter", word), re.sub(r"\bmetre\b", "meter", word))
    plurals = (write_plural(form) for form in spelled if form.isascii() and len(form) > 2)
    return tuple(dict.fromkeys([*spelled, *plurals]))


def write_quantity(text: str, prop: Property, vocabulary: Vocabulary, units: UnitNames) -> str | None:
    """*text* as a quantity of *prop*, where it is written in another way; None where nothing else is meant.

    `120 metres` is `120 m`, `75,600` of what is counted in vehicles `75600 vehicle`, `more than 3` is `over 3`.
    """
    for written in dict.fromkeys(_try_quantities(text.strip(), prop, vocabulary, units)):
        found = Findings()
        if read_quantity(Scalar(text=written, mark=_MARK), prop, vocabulary, found) is not None and not tuple(found):
            return written
    return None


def write_counted(text: str, sentence: str, prop: Property, vocabulary: Vocabulary) -> str | None:
    """A number with a name of what is counted that no unit has (`430 workers`), in the unit of *prop* (`430 person`).

    None where the sentence does not have that name, or the unit does not count.
    """
    unit = vocabulary.unit_by_iri.get(prop.unit) if prop.unit is not None else None
    found = re.fullmatch(r"(.*\d(?:\s*(?:hundred|thousand|million|billion|万|亿))?)\s+([^\W\d_][^\d]*)", text.strip())
    if unit is None or found is None or not any(kind.endswith("Count") for kind in unit.kinds):
        return None
    written = f"{found[1]} {unit.symbol}"
    told = Findings()
    fits = read_quantity(Scalar(text=written, mark=_MARK), prop, vocabulary, told) is not None and not tuple(told)
    return written if fits and fold_words(found[2]) in fold_words(sentence) else None


def _try_quantities(text: str, prop: Property, vocabulary: Vocabulary, units: UnitNames) -> Iterator[str]:
    for written in dict.fromkeys([text, *suggest_quantities(text)]):
        yield written
        number, unit = _split_unit(written, units)
        if unit is not None:
            yield f"{number} {unit.symbol}"
            for again in suggest_quantities(number):
                yield f"{again} {unit.symbol}"
        if prop.unit is not None and (own := vocabulary.unit_by_iri.get(prop.unit)) is not None:
            yield f"{written} {own.symbol}"


def _split_unit(text: str, units: UnitNames) -> tuple[str, Unit | None]:
    """A quantity's number and its unit, which may be several words."""
    words = text.split()
    for start in range(1, len(words)):
        unit = units.find(" ".join(words[start:]))
        if unit is not None:
            return " ".join(words[:start]), unit
    glued = re.fullmatch(r"(.*[0-9])\s*([^\W\d_]+|%)", text)
    return (glued[1], units.find(glued[2])) if glued else (text, None)


def write_date(text: str) -> str | None:
    """*text* as EDTF: itself, or what it was meant to say; None where that is not certain.

    >>> write_date("2030"), write_date("1 May 2030"), write_date("2030-05-01T00:00:00Z"), write_date("soon")
    ('2030', '2030-05-01', '2030-05-01', None)
    """
    text = text.strip()
    if _is_date(text):
        return text.partition("T")[0] if re.fullmatch(r"\d{4}-\d\d-\d\dT00:00(:00(\.0+)?)?(Z|\+00:00)?", text) else text
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ]00:00:00(?:\.0+)?(?:Z|\+00:00)?", text)
    if found is not None and _is_date(found[1]):
        return found[1]
    better = suggest_edtf(re.sub(r"^(?:in|on|of|during) ", "", text, flags=re.IGNORECASE), reads=_is_date)
    return better.strip("`") if better is not None and " or " not in better else None


def _is_date(text: str) -> bool:
    try:
        parse_edtf(text)
    except EdtfError:
        return False
    return True


def list_properties(found: Iterable[FoundProperty]) -> str:
    """The names of properties, for a message."""
    return ", ".join(f"`{each.prop.name}`" for each in found)
