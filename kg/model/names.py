"""The IRIs of a data set's things, made from the ids that curators gave them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

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

    def activity(self, of: NamedNode, done: str) -> NamedNode:
        """What was done to a claim or an evidence: `.../claim/eqo.orders.proposed`, `.../claim/eqo.orders.reviewed`."""
        return name_node(f"{of.value}.{done}")

    def agent(self, words: str) -> NamedNode:
        """Somebody, or a tool, who is no entity, by the words that name them.

        >>> Names(base="https://xiaomi.kg.example/").agent("Extractor 2.1").value
        'https://xiaomi.kg.example/agent/extractor-2-1.3ad6de'
        """
        short = re.sub("[^a-z0-9]+", "-", words.casefold()).strip("-")[:40].strip("-")
        digest = sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        return name_node(f"{self.base}agent/{'.'.join(part for part in (short, digest) if part)}")


def read_id(text: str, kind: str, base: str) -> str:
    """The id of an entity, claim or source (its *kind*) in what a person writes: the id, a CURIE, or the whole IRI.

    >>> [read_id(text, "entity", "https://a.example/") for text in ("su7", "e:su7", "<https://a.example/entity/su7>")]
    ['su7', 'su7', 'su7']
    """
    bare = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    start = f"{base}{kind}/"
    return bare.removeprefix(start) if bare.startswith(start) else text.removeprefix(f"{kind[0]}:")
