"""RML as Turtle that a person can read: each node with all it has, in the order of the YARRRML."""

from __future__ import annotations

import re

from pyoxigraph import NamedNode

from kg.namespace import DCAT, DCTERMS, RDFS, VOID
from kg.tables.vocabulary import (
    CSVW,
    D2RQ,
    FNO,
    OLD_FNML,
    OLD_QL,
    OLD_RML,
    OLD_TARGET,
    RDF,
    RML,
    RR,
    SD,
    XSD,
    Generation,
)
from kg.tables.yarrrml.document import YarrrmlDocument
from kg.tables.yarrrml.quads import EXTENSIONS, FOAF, FORMATS, HCTL, HTV, LDES, OLD_COMPRESSION, TD, TREE, WOTSEC
from kg.turtle.document import MarkedQuad, RdfDocument

_PREFIXES = {
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "rr": RR,
    "ql": OLD_QL,
    "rmlt": OLD_TARGET,
    "rmle": EXTENSIONS,
    "comp": OLD_COMPRESSION,
    "fnml": OLD_FNML,
    "fno": FNO,
    "d2rq": D2RQ,
    "csvw": CSVW,
    "void": VOID,
    "dcterms": DCTERMS,
    "dcat": DCAT,
    "sd": SD,
    "td": TD,
    "hctl": HCTL,
    "wotsec": WOTSEC,
    "htv": HTV,
    "ldes": LDES,
    "tree": TREE,
    "foaf": FOAF,
    "formats": FORMATS,
}
# Less than Turtle allows (section 6.5, PN_PREFIX and PN_LOCAL); all else is written as a whole IRI.
_PREFIX_NAME = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)?")
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


def list_prefixes(document: YarrrmlDocument, generation: Generation) -> dict[str, str]:
    """The prefixes of the document and of RML's own words; the base IRI has the empty one."""
    rml = RML if generation is Generation.RML else OLD_RML
    own = {p.name: p.iri for p in document.prefixes if _PREFIX_NAME.fullmatch(p.name)}
    return {**own, **_PREFIXES, "rml": rml, "": document.base}


def write_rml_turtle(rml: RdfDocument) -> str:
    """The RML as Turtle, with those of its prefixes that are used.

    >>> from kg.diagnostic import SourceText
    >>> from kg.tables.yarrrml.reading import read_yarrrml
    >>> from kg.tables.yarrrml.rml import translate_to_rml
    >>> document = read_yarrrml(SourceText("m.yml", "mappings: {p: {sources: [[a.csv~csv]]}}"))
    >>> text = write_rml_turtle(translate_to_rml(document, metadata=False))
    >>> print(text.split("\\n\\n")[2])
    :source_000 a rml:LogicalSource ;
        rml:source "a.csv" ;
        rml:referenceFormulation ql:CSV .
    """
    subjects: dict[str, list[MarkedQuad]] = {}
    for quad in rml.quads:
        subjects.setdefault(str(quad.subject.term), []).append(quad)
    writer = _TurtleWriter(dict(rml.prefixes))
    blocks = [writer.write_subject(quads) for quads in subjects.values()]
    prologue = "".join(f"@prefix {p}: <{rml.prefixes[p]}> .\n" for p in sorted(writer.used))
    return prologue + "".join(f"\n{block}\n" for block in blocks)


class _TurtleWriter:
    """Writes terms, and remembers which prefixes it used."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes
        self.used: set[str] = set()

    def write_subject(self, quads: list[MarkedQuad]) -> str:
        predicates: dict[str, list[str]] = {}
        for quad in quads:
            is_type = quad.predicate.term == NamedNode(RDF + "type")
            predicate = "a" if is_type else self.write_term(quad.predicate.term)
            objects = predicates.setdefault(predicate, [])
            written = self.write_term(quad.object.term)
            if written not in objects:
                objects.append(written)
        lines = " ;\n    ".join(f"{p} {', '.join(objects)}" for p, objects in predicates.items())
        return f"{self.write_term(quads[0].subject.term)} {lines} ."

    def write_term(self, term: object) -> str:
        if isinstance(term, NamedNode):
            for prefix, iri in self.prefixes.items():
                if iri and term.value.startswith(iri) and _LOCAL_NAME.fullmatch(term.value, len(iri)):
                    self.used.add(prefix)
                    return f"{prefix}:{term.value[len(iri) :]}"
        return str(term)
