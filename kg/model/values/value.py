"""`Value`: what every kind of value can be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from kg.model.names import Names
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values.stretch import Stretch
from kg.text.diagnostic import Mark

Term = NamedNode | Literal
Label = Callable[[str], str]
"""Gives the label of an entity by its key, in some language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """The object of a claim, and where it is written.

    The answers here are those of most kinds; `identity`, `write`, `word` and `term` each kind gives itself.
    """

    mark: Mark = field(repr=False, compare=False)

    # -- compare ------------------------------------------------------------------------------

    def identity(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[object, ...]:
        """What two values of *prop* share that are the same: the kind and the value, in the property's unit."""
        raise NotImplementedError

    def stretch(self, prop: Property, vocabulary: Vocabulary) -> Stretch | None:
        """The stretch in which the value may lie, in the property's unit; None for a kind that has no order."""
        return None

    # -- word ---------------------------------------------------------------------------------

    def write(self, label: Label) -> str:
        """The value for a person at a terminal, close to what was written: a label, `over 30000 vehicle`, “a text”."""
        raise NotImplementedError

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        """The value for a reader of the page, in the words of *lang* (`en` or `zh`): `more than 30,000 vehicles`."""
        raise NotImplementedError

    def numbers(self) -> list[str]:
        """The numbers in it, as they were written: what accounts for the figures of a sentence."""
        return []

    # -- rdf ----------------------------------------------------------------------------------

    def term(self, names: Names, prop: Property) -> Term:
        """The term that stands for it in RDF, as the object of *prop*."""
        raise NotImplementedError

    def details(self, prop: Property) -> Iterator[tuple[str, Term]]:
        """What a claim says of it beside the term: pairs of a property's IRI and a term."""
        return iter(())

    def direct(self, prop: Property, vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
        """What direct triples say of the value: pairs of a property's IRI and a value; none where it is not exact."""
        return iter(())
