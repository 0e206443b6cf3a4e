"""Quads with marks, whose nodes have readable names."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode

from kg.diagnostic import Mark
from kg.tables.vocabulary import RDF, Generation
from kg.turtle.document import MarkedQuad
from kg.turtle.term import MarkedTerm

OLD_COMPRESSION = "http://semweb.mmlab.be/ns/rml-compression#"
EXTENSIONS = "https://w3id.org/imec/rml/ns/extensions#"
FOAF = "http://xmlns.com/foaf/0.1/"
TD = "https://www.w3.org/2019/wot/td#"
HCTL = "https://www.w3.org/2019/wot/hypermedia#"
WOTSEC = "https://www.w3.org/2019/wot/security#"
IDSA = "https://w3id.org/idsa/core/"
HTV = "http://www.w3.org/2011/http#"
LDES = "https://w3id.org/ldes#"
TREE = "https://w3id.org/tree#"
FORMATS = "http://www.w3.org/ns/formats/"

# RFC 3987, section 2.2: what may stand in a path, and the signs that part it.
_KEPT_IN_IRI = "-._~!$&'()*+,;=:@/?#%"

Object = NamedNode | Literal | BlankNode


class QuadWriter:
    """Collects quads and gives their nodes readable names under the base IRI: `source_000`, `source_001`."""

    def __init__(self, base: str, generation: Generation) -> None:
        self.base = base
        self.generation = generation
        self.quads: list[MarkedQuad] = []
        self._counts: Counter[str] = Counter()
        self._marks: dict[NamedNode, Mark] = {}

    def name_node(self, kind: str) -> NamedNode:
        count = self._counts[kind]
        self._counts[kind] += 1
        return self.name_iri(f"{kind}_{count:03d}")

    def name_iri(self, local: str) -> NamedNode:
        """The node of that name; characters that no IRI holds are percent-encoded."""
        return make_node(self.base, local)

    def add(self, subject: NamedNode, predicate: NamedNode, value: Object, mark: Mark) -> None:
        """A quad from the text at *mark*; a node's own place is that of its first quad."""
        self.quads.append(
            MarkedQuad(
                subject=MarkedTerm(term=subject, mark=self._marks.setdefault(subject, mark)),
                predicate=MarkedTerm(term=predicate, mark=mark),
                object=MarkedTerm(term=value, mark=mark),
                graph=MarkedTerm(term=DefaultGraph(), mark=mark),
            )
        )

    def add_word(self, subject: NamedNode, word: str, value: Object, mark: Mark) -> None:
        """A quad whose predicate is a word of RML."""
        self.add(subject, self.generation.iri(word), value, mark)

    def add_type(self, subject: NamedNode, type_iri: str | NamedNode, mark: Mark) -> None:
        iri = type_iri if isinstance(type_iri, NamedNode) else NamedNode(type_iri)
        self.add(subject, NamedNode(RDF + "type"), iri, mark)


def make_node(start: str, text: str) -> NamedNode:
    """The IRI that begins with *start*, a valid one, the rest percent-encoded where it must be.

    >>> make_node("file://", "my file.csv").value, make_node("http://example.com/", "雷军").value
    ('file://my%20file.csv', 'http://example.com/雷军')
    """
    try:
        return NamedNode(start + quote(text, safe=_KEPT_IN_IRI) if text.isascii() else start + text)
    except ValueError:
        return NamedNode(start + quote(text, safe="/"))
