"""Terms that there are not: of RDF, RDFS, OWL and the model, and classes and properties that are not declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.model.ontology.closed import NAMES, TERMS
from kg.model.ontology.graph import OntologyGraph, key_of, language_of
from kg.model.ontology.ranges import shorten
from kg.rdf.iri import local_name
from kg.rdf.namespace import EDTF, KG, OWL, QUDT, RDF, RDFS, WELL_KNOWN, XSD
from kg.rdf.turtle.document import MarkedQuad, MarkedTerm, RdfDocument
from kg.text.diagnostic import Diagnostic, Mark, Related, did_you_mean, mark_at, mark_of_file

_NAMES = {**NAMES, KG: "the model (ontology/model.ttl)"}
DECLARING_TYPES = {
    "class": (OWL + "Class", RDFS + "Class", RDFS + "Datatype"),
    "property": (RDF + "Property", OWL + "ObjectProperty", OWL + "DatatypeProperty", OWL + "AnnotationProperty"),
}
"""The types (IRIs) by which a class or a property is declared."""
_RELATIONS = {
    "class": (RDFS + "subClassOf", OWL + "equivalentClass", OWL + "disjointWith", OWL + "complementOf",
              OWL + "someValuesFrom", OWL + "allValuesFrom", OWL + "onClass"),
    "property": (RDFS + "subPropertyOf", OWL + "equivalentProperty", OWL + "inverseOf", OWL + "propertyDisjointWith",
                 OWL + "onProperty"),
}  # fmt: skip
_RELATIONS_OF_LISTS = {
    "class": (OWL + "unionOf", OWL + "intersectionOf", OWL + "disjointUnionOf"),
    "property": (OWL + "propertyChainAxiom", OWL + "hasKey"),
}


@dataclass(frozen=True, kw_only=True)
class Slips:
    """The terms that there are not, each told once, and the places that they make look wrong."""

    diagnostics: tuple[Diagnostic, ...]
    places: frozenset[tuple[str, int]]  # file and line

    def cause(self, diagnostic: Diagnostic) -> bool:
        """Whether a mistake follows from a misspelt term of the same subject."""
        return (diagnostic.mark.file, diagnostic.mark.line) in self.places


def find_slips(quads: Iterable[MarkedQuad], ontology: Iterable[MarkedQuad] | None = None) -> Slips:
    """The misspelt terms of statements. Terms of the model are right where the *ontology* declares them.

    Without an *ontology* the statements are the ontology.
    """
    quads = tuple(quads)
    ontology = quads if ontology is None else ontology
    used = {_iri(term) for quad in quads for term in (quad.predicate, quad.object)}
    known = {space: {space + name for name in names.split()} for space, names in TERMS.items()}
    known[KG] = {iri for quad in ontology if (iri := _iri(quad.subject)).startswith(KG)}
    if not known[KG]:
        del known[KG]  # the model itself is not among the files
    wrong = {
        iri: space
        for space, terms in known.items()
        for iri in used - terms
        if iri.startswith(space) and not iri.startswith(RDF + "_")  # rdf:_1 and so on are terms
    }
    told: dict[str, Diagnostic] = {}
    marks: list[Mark] = []
    for quad in quads if wrong else ():
        for term in (quad.predicate, quad.object):
            iri = _iri(term)
            space = wrong.get(iri)
            if space is None:
                continue
            marks += [quad.subject.mark, term.mark]
            if iri not in told:
                hint = did_you_mean(iri.removeprefix(space), [name.removeprefix(space) for name in known[space]])
                written = term.mark.excerpt
                name = written if local_name(iri) in written else shorten(iri)
                message = f"`{name}` is no term of {_NAMES[space]}"
                told[iri] = Diagnostic(code="ontology-term", mark=term.mark, message=message, hint=hint)
    return Slips(diagnostics=tuple(told.values()), places=frozenset((mark.file, mark.line) for mark in marks))


def _iri(term: MarkedTerm) -> str:
    return term.term.value if isinstance(term.term, NamedNode) else ""


def check_prefixes(documents: Iterable[RdfDocument]) -> Iterator[Diagnostic]:
    """A warning for each well-known prefix that a document binds to another namespace, where its terms say nothing."""
    for document in documents:
        for prefix, namespace in document.prefixes.items():
            wanted = WELL_KNOWN.get(prefix)
            if wanted is None or wanted == namespace:
                continue
            text = document.source.text
            found = list(re.finditer(rf"^\s*@?prefix\s+({re.escape(prefix)}:)", text, re.I | re.M))
            mark = mark_at(document.source, *found[-1].span(1)) if found else mark_of_file(document.source)
            message = f"`{prefix}:` stands for <{namespace}> here, and elsewhere for <{wanted}>"
            hint = f"write <{wanted}>, or choose another prefix"
            yield Diagnostic(code="ontology-prefix", mark=mark, message=message, hint=hint)


_ONE_A_LANGUAGE = {
    RDFS + "label": ("ontology-label", "labels", "make the further ones `skos:altLabel`"),
    KG + "question": ("ontology-question", "questions", "ask one"),
}
_ONE = {
    QUDT + "hasUnit": ("ontology-property", "units", "name one, or `qudt:hasQuantityKind` where any of a kind will do"),
    KG + "lowest": ("ontology-property", "lowest ends", "name one"),
    KG + "highest": ("ontology-property", "highest ends", "name one"),
    KG + "interest": ("ontology-interest", "kinds of interest", "name one"),
    QUDT + "conversionMultiplier": ("ontology-unit", "multipliers", "leave one out"),
    QUDT + "conversionOffset": ("ontology-unit", "offsets", "leave one out"),
}


def check_single_values(graph: OntologyGraph) -> Iterator[Diagnostic]:
    """A mistake where a class, a property or a unit has several values of which the first alone is used."""
    terms = graph.of_type(*DECLARING_TYPES["class"], *DECLARING_TYPES["property"], QUDT + "Unit", QUDT + "CurrencyUnit")
    for iri in terms:
        for predicate, told in (_ONE_A_LANGUAGE | _ONE).items():
            first: dict[str, MarkedTerm] = {}
            for term in graph.objects(iri, predicate):
                lang = language_of(term) if predicate in _ONE_A_LANGUAGE else ""
                used = first.setdefault(lang, term)
                if used.term != term.term:
                    code, what, hint = told
                    message = f"two {what} of `{local_name(iri)}`" + (f" in `{lang}`" if lang else "")
                    related = Related(mark=used.mark, message="this one is used")
                    yield Diagnostic(code=code, mark=term.mark, message=message, hint=hint, related=(related,))


_OTHER = {"class": "property", "property": "class"}


def check_relatives(graph: OntologyGraph, classes: set[str], properties: set[str]) -> Iterator[Diagnostic]:
    """A class or property beside or above another is declared, where it is the project's own or nearly a declared one.

    So is what a union or an intersection names.
    """
    for what, known, others in (("class", classes, properties), ("property", properties, classes)):
        declared = known | set(graph.of_type(*DECLARING_TYPES[what]))
        own = {namespace_of(iri) for iri in known} - set(WELL_KNOWN.values())
        for subject, parent in _related(graph, what):
            iri = key_of(parent)
            if isinstance(parent.term, Literal) or iri in others - declared:
                is_what = "a literal" if isinstance(parent.term, Literal) else f"a {_OTHER[what]}"
                message = f"`{parent.mark.excerpt}` is {is_what}, not a {what}"
                yield Diagnostic(code=f"ontology-{what}", mark=parent.mark, message=message)
                continue
            if iri in declared or iri.startswith(("_:", XSD, RDF, RDFS, OWL, KG, EDTF)) or subject.startswith(KG):
                continue
            space = namespace_of(iri)
            near = did_you_mean(local_name(iri), [local_name(k) for k in declared if namespace_of(k) == space])
            if space in own or near is not None:
                message = f"no {what} `{local_name(iri)}` is declared"
                yield Diagnostic(code=f"ontology-{what}", mark=parent.mark, message=message, hint=near)


def _related(graph: OntologyGraph, what: str) -> Iterator[tuple[str, MarkedTerm]]:
    """The classes (or properties) that are said to stand above or beside others."""
    for predicate in _RELATIONS[what]:
        yield from graph.pairs(predicate)
    for predicate in _RELATIONS_OF_LISTS[what]:
        yield from graph.lists(predicate)


def namespace_of(iri: str) -> str:
    """An IRI without its local name."""
    return iri[: len(iri) - len(local_name(iri))]
