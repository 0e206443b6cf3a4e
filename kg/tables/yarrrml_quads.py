"""Quads with marks, and the names of RML's words in its three generations."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode

from kg.diagnostic import Mark
from kg.turtledoc import MarkedQuad
from kg.turtleterm import MarkedTerm

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RR = "http://www.w3.org/ns/r2rml#"
RML = "http://w3id.org/rml/"
OLD_RML = "http://semweb.mmlab.be/ns/rml#"
OLD_QL = "http://semweb.mmlab.be/ns/ql#"
OLD_TARGET = "http://semweb.mmlab.be/ns/rml-target#"
OLD_COMPRESSION = "http://semweb.mmlab.be/ns/rml-compression#"
FNML = "http://semweb.mmlab.be/ns/fnml#"
FNO = "https://w3id.org/function/ontology#"
EXTENSIONS = "https://w3id.org/imec/rml/ns/extensions#"
D2RQ = "http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#"
CSVW = "http://www.w3.org/ns/csvw#"
VOID = "http://rdfs.org/ns/void#"
DCTERMS = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"
FOAF = "http://xmlns.com/foaf/0.1/"
SD = "http://www.w3.org/ns/sparql-service-description#"
TD = "https://www.w3.org/2019/wot/td#"
HCTL = "https://www.w3.org/2019/wot/hypermedia#"
WOTSEC = "https://www.w3.org/2019/wot/security#"
IDSA = "https://w3id.org/idsa/core/"
HTV = "http://www.w3.org/2011/http#"
LDES = "https://w3id.org/ldes#"
TREE = "https://w3id.org/tree#"
FORMATS = "http://www.w3.org/ns/formats/"

# What the older RML added to R2RML; all else of it is R2RML's.
_OLD_RML_WORDS = {"logicalSource", "LogicalSource", "source", "iterator", "referenceFormulation", "reference",
                  "query", "languageMap", "datatypeMap", "logicalTarget", "parentTermMap",
                  "quotedTriplesMap", "StarMap", "NonAssertedTriplesMap"}  # fmt: skip
_R2RML_NAMES = {"logicalSource": "logicalTable", "LogicalSource": "LogicalTable", "reference": "column"}

# RFC 3987, section 2.2: what may stand in a path, and the signs that part it.
_KEPT_IN_IRI = "-._~!$&'()*+,;=:@/?#%"

Object = NamedNode | Literal | BlankNode


class Vocabulary(Enum):
    """Which generation of RML is written.

    `LEGACY` is what YARRRML Parser writes: R2RML's words with those of semweb.mmlab.be; `RML` is today's,
    http://w3id.org/rml/; `R2RML` is for databases alone.
    """

    LEGACY = "legacy"
    RML = "rml"
    R2RML = "r2rml"

    def iri(self, word: str) -> NamedNode:
        """The IRI of a word of RML (`subjectMap`) in this generation."""
        if self is Vocabulary.RML:
            return NamedNode(RML + word)
        if self is Vocabulary.R2RML:
            return NamedNode(RR + _R2RML_NAMES.get(word, word))
        return NamedNode((OLD_RML if word in _OLD_RML_WORDS else RR) + word)


class QuadWriter:
    """Collects quads and gives their nodes readable names under the base IRI: `source_000`, `source_001`."""

    def __init__(self, base: str, vocabulary: Vocabulary) -> None:
        self.base = base
        self.vocabulary = vocabulary
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
        self.add(subject, self.vocabulary.iri(word), value, mark)

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
