"""The ontology, read for use: classes, properties, ranges and units by the words curators write.

Curators name terms by local name (`lei-jun is: Person`, `p: delivered`, `5700 vehicle`), so local names
must be unique over the ontology. A property's declared range drives how the object of a claim is read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from functools import cached_property

from pyoxigraph import BlankNode, DefaultGraph

from kg.diagnostic import Diagnostic, Mark, Related, did_you_mean, list_known
from kg.namespace import DCTERMS, EDTF, KG, OWL, QUDT, RDF, RDFS, SKOS, XSD
from kg.ontologyterm import find_slips
from kg.turtle.document import MarkedQuad, MarkedTerm, RdfDocument

_NUMBER = re.compile(r"[+-]?[0-9]{1,200}(\.[0-9]{1,200})?")
_INTEGERS = {XSD + "integer", XSD + "nonNegativeInteger", XSD + "positiveInteger", XSD + "int", XSD + "long"}
_TEXTS = {RDF + "langString", XSD + "string", RDFS + "Literal"}


class RangeKind(Enum):
    """What stands in the object of a claim with this property."""

    ENTITY = "an entity"
    CLAIM = "a claim (`c:id`)"
    QUANTITY = "a quantity"
    DATE = "an EDTF date"
    TEXT = "a text"
    TRUTH = "`true` or `false`"
    ADDRESS = "an IRI"


class Interest(Enum):
    """Through a property whose subject (or object) has an interest in the affairs of the other."""

    OF_SUBJECT = "OfSubjectInObject"
    OF_OBJECT = "OfObjectInSubject"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit of measure or a currency.

    *multiplier* converts to the reference unit of its *kind* exactly; None for money and for units that
    declare none: these convert to themselves only.
    """

    iri: str
    symbol: str
    words: tuple[str, ...]
    kind: str | None
    multiplier: Fraction | None
    labels: Mapping[str, str]
    mark: Mark = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class OntologyClass:
    """A class, with the IRIs of all it is a subclass of, itself among them."""

    iri: str
    name: str
    labels: Mapping[str, str]
    ancestors: frozenset[str]
    mark: Mark = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property that claims may use. *domain* and *range* are class IRIs, any of which will do."""

    iri: str
    name: str
    labels: Mapping[str, str]
    kind: RangeKind
    domain: frozenset[str]
    range: frozenset[str]
    claim_subject: bool  # the subject is a claim
    unit: str | None
    integer: bool
    functional: bool
    time_varying: bool
    lowest: str | None
    highest: str | None
    interest: Interest | None
    questions: Mapping[str, str]
    occurrence: bool  # it happens at a time and stays true ever after
    part_of: bool  # its subject is a part, a member or a version of its object
    mark: Mark = field(repr=False, compare=False)

    def label(self, lang: str) -> str:
        return self.labels.get(lang) or next(iter(self.labels.values()), self.name)

    @property
    def asks_when(self) -> bool:
        """True where the different answers to its question are times, not objects."""
        return any("{o}" in text for text in self.questions.values())


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """Classes, properties and units of a project, and the quads that declare them.

    *complete* is false where an ontology file could not be read whole: then a name that is not found may
    stand in the part that could not be read. *faulty* are the names of properties that are declared wrongly.
    """

    classes: Mapping[str, OntologyClass]
    properties: Mapping[str, Property]
    units: Mapping[str, Unit]  # by symbol and by every further word
    quads: tuple[MarkedQuad, ...]
    diagnostics: tuple[Diagnostic, ...]
    complete: bool = True
    faulty: frozenset[str] = frozenset()

    @cached_property
    def class_by_iri(self) -> dict[str, OntologyClass]:
        return {c.iri: c for c in self.classes.values()}

    @cached_property
    def property_by_iri(self) -> dict[str, Property]:
        return {p.iri: p for p in self.properties.values()}

    @cached_property
    def unit_by_iri(self) -> dict[str, Unit]:
        return {u.iri: u for u in self.units.values()}


class _Graph:
    """The marked quads of the ontology, looked up by subject and predicate."""

    def __init__(self, quads: Iterable[MarkedQuad]) -> None:
        self.objects: dict[tuple[str, str], list[MarkedTerm]] = defaultdict(list)
        self.subjects: dict[str, dict[str, MarkedTerm]] = defaultdict(dict)
        for quad in quads:
            subject, predicate = _key(quad.subject), _key(quad.predicate)
            self.objects[subject, predicate].append(quad.object)
            if predicate == RDF + "type":
                self.subjects[_key(quad.object)].setdefault(subject, quad.subject)

    def of_type(self, *types: str) -> dict[str, MarkedTerm]:
        """IRIs of these types with their first mention, sorted by IRI; blank nodes are left out."""
        found: dict[str, MarkedTerm] = {}
        for iri in types:
            for subject, term in self.subjects[iri].items():
                if not subject.startswith("_:"):
                    found.setdefault(subject, term)
        return dict(sorted(found.items()))

    def first(self, subject: str, predicate: str) -> MarkedTerm | None:
        return next(iter(self.objects.get((subject, predicate), ())), None)

    def texts(self, subject: str, predicate: str) -> dict[str, str]:
        """Literals by language; the one without a language under `""`. English first, then by tag."""
        found = {getattr(o.term, "language", None) or "": _value(o) for o in self.objects.get((subject, predicate), ())}
        return dict(sorted(found.items(), key=lambda item: (item[0] != "en", item[0])))

    def members(self, node: MarkedTerm) -> Iterator[MarkedTerm]:
        """The classes that *node* stands for: itself, or the members of its owl:unionOf."""
        union = self.first(_key(node), OWL + "unionOf")
        if union is None:
            yield node
            return
        cell: MarkedTerm | None = union
        seen: set[str] = set()  # a list may be written that has no end
        while cell is not None and _key(cell) not in seen:
            seen.add(_key(cell))
            first = self.first(_key(cell), RDF + "first")
            if first is not None:
                yield first
            cell = self.first(_key(cell), RDF + "rest")


def _value(term: MarkedTerm) -> str:
    return "" if isinstance(term.term, DefaultGraph) else term.term.value


def _key(term: MarkedTerm) -> str:
    return f"_:{_value(term)}" if isinstance(term.term, BlankNode) else _value(term)


def local_name(iri: str) -> str:
    """What follows the last `#` or `/`.

    >>> local_name("https://schema.org/Person")
    'Person'
    """
    return re.split(r"[#/]", iri)[-1]


def read_vocabulary(documents: Iterable[RdfDocument]) -> Vocabulary:
    """Classes, properties and units of the ontology's documents, with what is wrong in them."""
    documents = tuple(documents)
    quads = tuple(quad for document in documents for quad in document.quads)
    graph = _Graph(quads)
    found: list[Diagnostic] = [d for document in documents for d in document.diagnostics]
    complete = not found
    slips = find_slips(quads)
    units = _read_units(graph, found)
    classes = _read_classes(graph, found)
    properties, faulty = _read_properties(graph, classes, {u.iri for u in units.values()}, found)
    found += _check_pairs(graph, properties)
    found = [d for d in found if not slips.cause(d)] + list(slips.diagnostics)
    return Vocabulary(
        classes=classes,
        properties=properties,
        units=units,
        quads=quads,
        diagnostics=tuple(found) if complete else tuple(d for document in documents for d in document.diagnostics),
        complete=complete and not slips.diagnostics,
        faulty=faulty,
    )


def _read_units(graph: _Graph, found: list[Diagnostic]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for iri, subject in graph.of_type(QUDT + "Unit", QUDT + "CurrencyUnit").items():
        symbol = graph.first(iri, QUDT + "symbol") or graph.first(iri, QUDT + "currencyCode")
        if symbol is None:
            message = f"the unit `{local_name(iri)}` has no symbol"
            hint = "give it `qudt:symbol`, the word that curators write"
            found.append(Diagnostic(code="ontology-unit", mark=subject.mark, message=message, hint=hint))
            continue
        others = graph.objects.get((iri, SKOS + "altLabel"), [])
        kind = graph.first(iri, QUDT + "hasQuantityKind")
        multiplier = graph.first(iri, QUDT + "conversionMultiplier")
        if multiplier is not None and not (_NUMBER.fullmatch(_value(multiplier)) and Fraction(_value(multiplier)) > 0):
            message = f"the conversion multiplier `{_value(multiplier)}` is no decimal number above zero"
            found.append(Diagnostic(code="ontology-unit", mark=multiplier.mark, message=message))
            multiplier = None
        unit = Unit(
            iri=iri,
            symbol=_value(symbol),
            words=tuple(dict.fromkeys([_value(symbol), *sorted(_value(o) for o in others)])),
            kind=_key(kind) if kind else None,
            multiplier=Fraction(_value(multiplier)) if multiplier else None,
            labels=graph.texts(iri, RDFS + "label"),
            mark=subject.mark,
        )
        for word in unit.words:
            if word in units and units[word].iri != iri:
                found.append(_clash("unit", word, subject.mark, units[word].mark))
            else:
                units[word] = unit
    return units


def _clash(what: str, name: str, mark: Mark, first: Mark) -> Diagnostic:
    return Diagnostic(
        code="ontology-name-clash",
        mark=mark,
        message=f"two {what} terms are called `{name}`",
        hint="local names must be unique, since curators write them without a prefix",
        related=(Related(mark=first, message="the first"),),
    )


def _read_classes(graph: _Graph, found: list[Diagnostic]) -> dict[str, OntologyClass]:
    subjects = graph.of_type(OWL + "Class", RDFS + "Class")
    parents = {
        iri: [_key(o) for o in graph.objects.get((iri, RDFS + "subClassOf"), ()) if not _key(o).startswith("_:")]
        for iri in subjects
    }

    def ancestors(iri: str) -> frozenset[str]:
        seen: set[str] = set()
        queue = [iri]
        while queue:
            here = queue.pop()
            if here not in seen:
                seen.add(here)
                queue += parents.get(here, [])
        return frozenset(seen)

    classes: dict[str, OntologyClass] = {}
    for iri, subject in subjects.items():
        name = local_name(iri)
        if name in classes:
            found.append(_clash("class", name, subject.mark, classes[name].mark))
            continue
        labels = graph.texts(iri, RDFS + "label")
        if not labels:
            found.append(_no_label("class", name, subject.mark))
        classes[name] = OntologyClass(iri=iri, name=name, labels=labels, ancestors=ancestors(iri), mark=subject.mark)
    return classes


def _no_label(what: str, name: str, mark: Mark) -> Diagnostic:
    message = f"the {what} `{name}` has no label"
    hint = 'give it `rdfs:label "..."@en`: readers see labels, not IRIs'
    return Diagnostic(code="ontology-label", mark=mark, message=message, hint=hint)


def _read_properties(
    graph: _Graph, classes: dict[str, OntologyClass], unit_iris: set[str], found: list[Diagnostic]
) -> tuple[dict[str, Property], frozenset[str]]:
    """The properties by name, and the names of those that are declared and cannot be used."""
    properties: dict[str, Property] = {}
    faulty: set[str] = set()
    known_classes = {c.iri for c in classes.values()}
    subjects = graph.of_type(RDF + "Property", OWL + "ObjectProperty", OWL + "DatatypeProperty")
    for iri, subject in subjects.items():
        if iri.startswith(KG) or (iri.startswith(DCTERMS) and graph.first(iri, RDFS + "range") is None):
            continue  # a term of the model: it speaks of claims, and no claim uses it
        name = local_name(iri)
        if name in properties:
            found.append(_clash("property", name, subject.mark, properties[name].mark))
            continue
        domain = _class_iris(graph, iri, "domain", known_classes, found)
        ranges = _class_iris(graph, iri, "range", known_classes, found)
        kind = _range_kind(graph, iri, ranges)
        if kind is None:
            message = f"the property `{name}` has no range that a claim's object can be read by"
            hint = "declare `rdfs:range`: a class, kg:Claim, xsd:decimal, xsd:integer, edtf:EDTF, rdf:langString ..."
            found.append(Diagnostic(code="ontology-range", mark=subject.mark, message=message, hint=hint))
            faulty.add(name)
            continue
        unit = graph.first(iri, QUDT + "hasUnit")
        if unit is not None and _key(unit) not in unit_iris:
            message = f"no unit `{local_name(_key(unit))}` is declared"
            near = did_you_mean(local_name(_key(unit)), map(local_name, unit_iris))
            found.append(Diagnostic(code="ontology-unit", mark=unit.mark, message=message, hint=near))
            faulty.add(name)
            continue
        if kind is RangeKind.QUANTITY and unit is None and not iri.startswith(KG):
            message = f"the property `{name}` measures, but declares no unit"
            hint = "give it `qudt:hasUnit` (unit:NUM for a bare number)"
            found.append(Diagnostic(code="ontology-unit", mark=subject.mark, message=message, hint=hint))
            faulty.add(name)
            continue
        labels = graph.texts(iri, RDFS + "label")
        if not labels:
            found.append(_no_label("property", name, subject.mark))
        types = {_key(o) for o in graph.objects[iri, RDF + "type"]}
        lowest, highest = graph.first(iri, KG + "lowest"), graph.first(iri, KG + "highest")
        interest = _read_interest(graph, iri, found)
        properties[name] = Property(
            iri=iri,
            name=name,
            labels=labels,
            kind=kind,
            domain=domain - {KG + "Claim"},
            range=ranges,
            claim_subject=KG + "Claim" in domain,
            unit=_key(unit) if unit else None,
            integer=bool(ranges & _INTEGERS),
            functional=OWL + "FunctionalProperty" in types,
            time_varying=KG + "TimeVarying" in types,
            lowest=_key(lowest) if lowest else None,
            highest=_key(highest) if highest else None,
            interest=interest,
            questions=graph.texts(iri, KG + "question"),
            occurrence=KG + "Occurrence" in types,
            part_of=KG + "PartOf" in types,
            mark=subject.mark,
        )
    return properties, frozenset(faulty)


def _check_pairs(graph: _Graph, properties: Mapping[str, Property]) -> Iterator[Diagnostic]:
    """The properties for the ends of a range are declared, and measured as the property itself."""
    by_iri = {p.iri: p for p in properties.values()}
    for prop in properties.values():
        for which in ("lowest", "highest"):
            term = graph.first(prop.iri, KG + which)
            if term is None:
                continue
            end = by_iri.get(_key(term))
            if end is None:
                message = f"no property `{local_name(_key(term))}` is declared"
                hint = did_you_mean(local_name(_key(term)), properties)
                yield Diagnostic(code="ontology-property", mark=term.mark, message=message, hint=hint)
            elif (end.kind, end.unit, end.integer) != (prop.kind, prop.unit, prop.integer):
                message = f"`{end.name}` is not measured as `{prop.name}` is"
                hint = "declare the same range and the same `qudt:hasUnit` for both"
                yield Diagnostic(code="ontology-property", mark=term.mark, message=message, hint=hint)


def _read_interest(graph: _Graph, iri: str, found: list[Diagnostic]) -> Interest | None:
    term = graph.first(iri, KG + "interest")
    if term is None:
        return None
    name = local_name(_key(term))
    if name in {i.value for i in Interest}:
        return Interest(name)
    message = f"`{name}` is no kind of interest"
    hint = f"known: {list_known('kg:' + i.value for i in Interest)}"
    found.append(Diagnostic(code="ontology-interest", mark=term.mark, message=message, hint=hint))
    return None


def _class_iris(graph: _Graph, iri: str, which: str, known: set[str], found: list[Diagnostic]) -> frozenset[str]:
    iris: set[str] = set()
    for node in graph.objects.get((iri, RDFS + which), ()):
        for member in graph.members(node):
            value = _key(member)
            outside = value == OWL + "Thing" or value.startswith((XSD, EDTF, RDF, RDFS))
            if value not in known and not outside and not iri.startswith(KG):
                message = f"no class `{local_name(value)}` is declared"
                hint = did_you_mean(local_name(value), map(local_name, known))
                found.append(Diagnostic(code="ontology-class", mark=member.mark, message=message, hint=hint))
            iris.add(value)
    return frozenset(iris)


def _range_kind(graph: _Graph, iri: str, ranges: frozenset[str]) -> RangeKind | None:
    if not ranges:
        return None
    if KG + "Claim" in ranges:
        return RangeKind.CLAIM
    if ranges & _TEXTS:
        return RangeKind.TEXT
    if EDTF + "EDTF" in ranges or ranges & {XSD + "date", XSD + "gYear", XSD + "gYearMonth"}:
        return RangeKind.DATE
    if XSD + "boolean" in ranges:
        return RangeKind.TRUTH
    if XSD + "anyURI" in ranges:
        return RangeKind.ADDRESS
    if any(r.startswith(XSD) for r in ranges):
        numbers = _INTEGERS | {XSD + "decimal", XSD + "double", XSD + "float"}
        return RangeKind.QUANTITY if ranges & numbers else None
    return RangeKind.ENTITY
