"""The IRIs of a data set's things, made from the ids that curators gave them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import NamedNode


@lru_cache(maxsize=1 << 16)
def name_node(iri: str) -> NamedNode:
    """The node of an IRI: one object for all quads that name it soon after each other."""
    return NamedNode(iri)


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names of a data set's things; *base* is the data set's IRI, which ends with `/`.

    >>> Names(base="https://xiaomi.kg.example/").entity("su7").value
    'https://xiaomi.kg.example/entity/su7'
    """

    base: str

    def entity(self, key: str) -> NamedNode:
        return name_node(f"{self.base}entity/{key}")

    def claim(self, id_: str) -> NamedNode:
        return name_node(f"{self.base}claim/{id_}")

    def source(self, id_: str) -> NamedNode:
        """A source (`eqo`), a sentence (`eqo.p3s2`) or an evidence (`eqo.p3s2.deliver-100k`)."""
        return name_node(f"{self.base}source/{id_}")

    def name(self, id_: str) -> NamedNode:
        return name_node(f"{self.base}name/{id_}")
