"""Entities and claims as the subject or the object of a claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.model.names import Names
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values.value import Label, Value


@dataclass(frozen=True, kw_only=True, slots=True)
class EntityRef(Value):
    """An entity, named by its *key*."""

    key: str

    @property
    def text(self) -> str:
        """The entity as curators write it: `su7`."""
        return self.key

    def identity(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[object, ...]:
        return ("entity", self.key)

    def write(self, label: Label) -> str:
        return label(self.key)

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        return label(self.key)

    def term(self, names: Names, prop: Property) -> NamedNode:
        return names.entity(self.key)

    def direct(self, prop: Property, vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
        yield prop.iri, self


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimRef(Value):
    """A claim, named by its full *id* (`eqo.orders`). It gives no direct triple: only claims speak of claims."""

    id: str

    @property
    def text(self) -> str:
        """The claim as curators write it in any file: `c:eqo.orders`."""
        return f"c:{self.id}"

    def identity(self, prop: Property | None, vocabulary: Vocabulary) -> tuple[object, ...]:
        return ("claim", self.id)

    def write(self, label: Label) -> str:
        return f"[{self.id}]"

    def word(self, label: Label, vocabulary: Vocabulary, lang: str) -> str:
        return self.id

    def term(self, names: Names, prop: Property) -> NamedNode:
        return names.claim(self.id)
