"""The ontology, read for use: classes, properties, ranges and units by the words curators write.

Curators name terms by local name (`lei-jun is: Person`, `p: delivered`, `5700 vehicle`), so local names
must be unique over the ontology. A property's declared range drives how the object of a claim is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property, lru_cache

from kg.model.ontology.graph import OntologyGraph, key_of, value_of
from kg.model.ontology.ranges import INTEGERS, read_range
from kg.model.ontology.ranges import RangeKind as RangeKind
from kg.model.ontology.terms import check_relatives, check_single_values, find_slips, namespace_of
from kg.model.ontology.units import Unit as Unit
from kg.model.ontology.units import clash, find_unit_problem, find_units, hint_at_unit, name_for_unit, read_units
from kg.rdf.iri import local_name
from kg.rdf.namespace import DCTERMS, EDTF, KG, OWL, QUDT, RDF, RDFS, SKOS, WELL_KNOWN, XSD
from kg.rdf.turtle.document import MarkedQuad, MarkedTerm, RdfDocument
from kg.text.diagnostic import Diagnostic, Mark, did_you_mean, list_known
from kg.text.findings import Findings
from kg.text.language import choose_text

_LITERALS = frozenset({RDFS + "Literal", RDF + "langString"})


CLASSES = (OWL + "Class", RDFS + "Class")


class Interest(Enum):
    """The side of a property, subject or object, that has an interest in the affairs of the other."""

    OF_SUBJECT = "OfSubjectInObject"
    OF_OBJECT = "OfObjectInSubject"


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
    """A property that claims may use.

    *domain* and *range* hold the class IRIs of each statement of the ontology: any class of a statement will do, and
    all statements hold together (RDF Schema 1.1, sections 3.1 and 3.2). *claim_subject*: the subject may be a claim.
    """

    iri: str
    name: str
    labels: Mapping[str, str]
    kind: RangeKind
    datatypes: tuple[str, ...]  # of a literal object, any of them; empty where the object is a thing
    domain: tuple[frozenset[str], ...]
    range: tuple[frozenset[str], ...]
    claim_subject: bool
    unit: str | None
    functional: bool
    time_varying: bool
    lowest: str | None
    highest: str | None
    interest: Interest | None
    questions: Mapping[str, str]
    occurrence: bool  # it happens at a time and stays true ever after
    period_total: bool  # a sum over the time of the claim: for another time it is another
    part_of: bool  # its subject is a part, a member or a version of its object
    difference: bool = False  # it measures differences (of temperatures), which have no offset
    by_unit: Mapping[str, str] = field(default_factory=dict)  # takes many units: the property for each, by its IRI
    narrows: str | None = None  # the IRI of the property that it is for one unit
    mark: Mark = field(repr=False, compare=False)

    def label(self, lang: str) -> str:
        """The label that answers *lang* (`kg.text.language`), else the first there is, else the name."""
        return choose_text(lang, self.labels) or self.name

    @property
    def integer(self) -> bool:
        """Whether its quantities are whole numbers."""
        return bool(self.datatypes) and INTEGERS.issuperset(self.datatypes)

    @property
    def asks_when(self) -> bool:
        """True where the different answers to its question are times, not objects."""
        return any("{o}" in text for text in self.questions.values())


_RELATING = {RDFS + "subPropertyOf", OWL + "equivalentProperty", OWL + "inverseOf"}
_SYMMETRIC = OWL + "SymmetricProperty"


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

    def narrow(self, prop: Property, unit: str | None) -> Property:
        """The property that stands for *prop* where it is said in *unit*: itself, unless it takes many units."""
        return self.properties[prop.by_unit[unit]] if unit is not None and unit in prop.by_unit else prop

    @cached_property
    def wider(self) -> Mapping[str, tuple[tuple[str, bool], ...]]:
        """The properties that hold wherever one holds, by its name, and whether subject and object change places."""
        return self._relate(below=False)

    @cached_property
    def narrower(self) -> Mapping[str, tuple[tuple[str, bool], ...]]:
        """The properties that cannot hold where one does not, by its name, as in *wider*."""
        return self._relate(below=True)

    def _relate(self, *, below: bool) -> Mapping[str, tuple[tuple[str, bool], ...]]:
        if not any(key_of(q.predicate) in _RELATING or value_of(q.object) == _SYMMETRIC for q in self.quads):
            return {}  # most ontologies relate no properties
        graph = OntologyGraph(self.quads)
        found = {}
        for prop in self.properties.values():
            others = graph.properties_above(prop.iri, below=below)
            known = ((self.property_by_iri[iri].name, turned) for iri, turned in others if iri in self.property_by_iri)
            found[prop.name] = tuple(known)
        return {name: others for name, others in found.items() if others}

    @cached_property
    def set_aside(self) -> dict[str, str]:
        """The names of properties that are declared and that no claim uses, with the reason."""
        graph = OntologyGraph(self.quads)
        found = {local_name(iri): "an annotation property" for iri in graph.of_type(OWL + "AnnotationProperty")}
        model = graph.of_type(RDF + "Property", OWL + "ObjectProperty", OWL + "DatatypeProperty")
        found |= {local_name(iri): "a property of the model" for iri in model if iri.startswith(KG)}
        return {name: why for name, why in found.items() if name not in self.properties}

    @cached_property
    def unit_by_iri(self) -> dict[str, Unit]:
        return {u.iri: u for u in self.units.values()}

    @cached_property
    def comments(self) -> dict[str, dict[str, str]]:
        """What the ontology remarks on its terms (`rdfs:comment`), by IRI and by language."""
        graph = OntologyGraph(self.quads)
        subjects = {key_of(quad.subject) for quad in self.quads if key_of(quad.predicate) == RDFS + "comment"}
        return {iri: graph.texts(iri, RDFS + "comment") for iri in sorted(subjects)}

    @cached_property
    def words(self) -> dict[tuple[str, str], str]:
        """The IRIs of the model's words, by their classes' names and the words as written: `("Mode", "fact")`."""
        graph = OntologyGraph(self.quads)
        return {
            (kind, word): iri
            for kind in ("Mode", "Clarity", "VoiceKind", "Difference")
            for iri in graph.of_type(KG + kind)
            for word in map(value_of, graph.objects(iri, SKOS + "notation"))
        }


def read_vocabulary(documents: Iterable[RdfDocument]) -> Vocabulary:
    """Classes, properties and units of the ontology's documents, with what is wrong in them."""
    return _read_documents(tuple(documents))


@lru_cache(maxsize=4)  # as documents are kept: a check of the same ontology is spared 12 of 38 ms
def _read_documents(documents: tuple[RdfDocument, ...]) -> Vocabulary:
    quads = tuple(quad for document in documents for quad in document.quads)
    graph = OntologyGraph(quads)
    unread = tuple(diagnostic for document in documents for diagnostic in document.diagnostics)
    findings = Findings()
    slips = find_slips(quads)
    units = read_units(graph, findings)
    classes = _read_classes(graph, findings)
    properties, faulty = _read_properties(graph, units.values(), findings)
    findings.add(_check_pairs(graph, properties))
    findings.add(_check_questions(graph, properties))
    findings.add(check_single_values(graph))
    findings.add(check_relatives(graph, set(graph.of_type(*CLASSES)), {p.iri for p in properties.values()}))
    found = _once([d for d in findings if not slips.cause(d)] + list(slips.diagnostics))
    return Vocabulary(
        classes=classes,
        properties=properties,
        units=units,
        quads=quads,
        diagnostics=unread or tuple(found),
        complete=not unread and not slips.diagnostics,
        faulty=faulty,
    )


def _once(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics without those of a place that was told: what stands below a property has its mistakes too."""
    first: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in found:
        mark = diagnostic.mark
        what = "" if diagnostic.code in {"ontology-range", "ontology-class"} else diagnostic.message
        first.setdefault((diagnostic.code, mark.file, mark.line, mark.column, what), diagnostic)
    return list(first.values())


def _read_classes(graph: OntologyGraph, findings: Findings) -> dict[str, OntologyClass]:
    subjects = graph.of_type(*CLASSES)
    classes: dict[str, OntologyClass] = {}
    for iri, subject in _sort_own_last(subjects):
        name = local_name(iri)
        if name in classes:
            findings.add([clash("class", name, subject.mark, classes[name].mark)])
            continue
        labels = graph.texts(iri, RDFS + "label")
        if not labels:
            findings.add([_no_label("class", name, subject.mark)])
        classes[name] = OntologyClass(
            iri=iri, name=name, labels=labels, ancestors=graph.classes_above(iri), mark=subject.mark
        )
    return {cls.name: cls for cls in sorted(classes.values(), key=lambda cls: cls.iri)}


def _sort_own_last(terms: Mapping[str, MarkedTerm]) -> list[tuple[str, MarkedTerm]]:
    """Terms by IRI, one's own last: there it is told that another vocabulary has the name."""
    return sorted(terms.items(), key=lambda item: (not item[0].startswith(tuple(WELL_KNOWN.values())), item[0]))


def _no_label(what: str, name: str, mark: Mark) -> Diagnostic:
    message = f"the {what} `{name}` has no label"
    hint = 'give it `rdfs:label "..."@en`: readers see labels, not IRIs'
    return Diagnostic(code="ontology-label", mark=mark, message=message, hint=hint)


def _read_properties(
    graph: OntologyGraph, units: Collection[Unit], findings: Findings
) -> tuple[dict[str, Property], frozenset[str]]:
    """The properties by name, and the names of those that are declared and cannot be used."""
    properties: dict[str, Property] = {}
    faulty: set[str] = set()
    known_classes, unit_iris = set(graph.of_type(*CLASSES)), {u.iri for u in units}
    subjects = graph.of_type(RDF + "Property", OWL + "ObjectProperty", OWL + "DatatypeProperty")
    for iri, subject in _sort_own_last(subjects):
        if iri.startswith(KG) or (iri.startswith(DCTERMS) and graph.first(iri, RDFS + "range") is None):
            continue  # a term of the model: it speaks of claims, and no claim uses it
        name = local_name(iri)
        if name in properties:
            findings.add([clash("property", name, subject.mark, properties[name].mark)])
            continue
        domain = _class_iris(graph, iri, "domain", known_classes, findings)
        read = read_range(graph, iri, subject.mark)
        if isinstance(read, Diagnostic):
            findings.add([read])
            faulty.add(name)
            continue
        ranges = _class_iris(graph, iri, "range", known_classes, findings)
        unit = graph.first(iri, QUDT + "hasUnit")
        if unit is not None and key_of(unit) not in unit_iris:
            message = f"no unit `{local_name(key_of(unit))}` is declared"
            findings.tell("ontology-unit", unit.mark, message, hint_at_unit(key_of(unit), units))
            faulty.add(name)
            continue
        kinds = [key_of(kind) for kind in graph.objects(iri, QUDT + "hasQuantityKind")]
        by_unit: dict[str, str] = {}
        if read.kind is RangeKind.QUANTITY and unit is None and not iri.startswith(KG):
            open_to = find_units(graph, kinds, units)
            problem = find_unit_problem(name, subject.mark, open_to)
            if problem is not None:
                findings.add([problem])
                faulty.add(name)
                continue
            by_unit = {u.iri: name_for_unit(name, u.iri) for u in open_to}
        labels = graph.texts(iri, RDFS + "label")
        if not labels:
            findings.add([_no_label("property", name, subject.mark)])
        types = {key_of(o) for o in graph.objects(iri, RDF + "type")}
        lowest, highest = graph.first(iri, KG + "lowest"), graph.first(iri, KG + "highest")
        interest = _read_interest(graph, iri, findings)
        properties[name] = Property(
            iri=iri,
            name=name,
            labels=labels,
            kind=read.kind,
            datatypes=read.datatypes,
            domain=tuple(entities for statement in domain if (entities := statement - {KG + "Claim"})),
            range=ranges,
            claim_subject=bool(domain) and all(KG + "Claim" in statement for statement in domain),
            unit=key_of(unit) if unit else None,
            functional=OWL + "FunctionalProperty" in types,
            time_varying=KG + "TimeVarying" in types,
            lowest=key_of(lowest) if lowest else None,
            highest=key_of(highest) if highest else None,
            interest=interest,
            questions=graph.texts(iri, KG + "question"),
            occurrence=KG + "Occurrence" in types,
            period_total=KG + "PeriodTotal" in types,
            part_of=KG + "PartOf" in types,
            difference=any(kind.endswith("Difference") for kind in kinds),
            by_unit=by_unit,
            mark=subject.mark,
        )
    properties = {prop.name: prop for prop in sorted(properties.values(), key=lambda prop: prop.iri)}
    for prop in [p for p in properties.values() if p.by_unit]:
        properties |= dict(_narrow_property(prop, properties, findings))
    return properties, frozenset(faulty)


def _narrow_property(
    prop: Property, declared: Mapping[str, Property], findings: Findings
) -> Iterator[tuple[str, Property]]:
    """The property for each unit alone that *prop* takes: values in units that do not convert never meet."""
    for unit, name in prop.by_unit.items():
        if name in declared:
            findings.add([clash("property", name, declared[name].mark, prop.mark)])
            continue
        own = replace(prop, iri=namespace_of(prop.iri) + name, name=name, unit=unit, by_unit={}, narrows=prop.iri)
        yield name, own


def _check_pairs(graph: OntologyGraph, properties: Mapping[str, Property]) -> Iterator[Diagnostic]:
    """The properties for the ends of a range are declared, and measured as the property itself."""
    by_iri = {p.iri: p for p in properties.values()}
    for prop in properties.values():
        for which in ("lowest", "highest"):
            term = graph.first(prop.iri, KG + which)
            if term is None:
                continue
            end = by_iri.get(key_of(term))
            if end is None:
                message = f"no property `{local_name(key_of(term))}` is declared"
                hint = did_you_mean(local_name(key_of(term)), properties)
                yield Diagnostic(code="ontology-property", mark=term.mark, message=message, hint=hint)
            elif (end.kind, end.unit, end.datatypes) != (prop.kind, prop.unit, prop.datatypes):
                message = f"`{end.name}` is not measured as `{prop.name}` is"
                hint = "declare the same range and the same `qudt:hasUnit` for both"
                yield Diagnostic(code="ontology-property", mark=term.mark, message=message, hint=hint)


def _check_questions(graph: OntologyGraph, properties: Mapping[str, Property]) -> Iterator[Diagnostic]:
    """The question of a property names the subject with `{s}`, and asks for the same in each language."""
    for prop in properties.values():
        terms = list(graph.objects(prop.iri, KG + "question")) if prop.narrows is None else []
        asked = [set(re.findall(r"\{(.*?)\}", value_of(term))) for term in terms]
        for term, holes in zip(terms, asked, strict=True):
            message, hint = None, None
            if strange := sorted(holes - {"s", "o"}):
                message, hint = (
                    f"`{{{strange[0]}}}` stands for nothing",
                    "`{s}` stands for the subject, `{o}` for the object",
                )
            elif "s" not in holes:
                message, hint = "the question does not say of what it asks", "write `{s}` where the subject belongs"
            elif "o" not in holes and any("o" in others for others in asked):
                message, hint = "the question has no `{o}`, as it has in another language", "ask for the same in both"
            if message is not None:
                yield Diagnostic(code="ontology-question", mark=term.mark, message=message, hint=hint)


def _read_interest(graph: OntologyGraph, iri: str, findings: Findings) -> Interest | None:
    term = graph.first(iri, KG + "interest")
    if term is None:
        return None
    name = local_name(key_of(term))
    if name in {i.value for i in Interest}:
        return Interest(name)
    message = f"`{name}` is no kind of interest"
    hint = f"known: {list_known('kg:' + i.value for i in Interest)}"
    findings.tell("ontology-interest", term.mark, message, hint)
    return None


def _class_iris(
    graph: OntologyGraph, iri: str, which: str, known: set[str], findings: Findings
) -> tuple[frozenset[str], ...]:
    """The classes of each `rdfs:domain` (or range) statement of a property, its own or one that stands above it."""
    statements: list[frozenset[str]] = []
    for node in graph.ends(iri, which):
        classes: set[str] = set()
        for member in graph.members(node):
            value = key_of(member)
            unread = which == "domain" and (value.startswith(("_:", XSD, EDTF)) or value in _LITERALS)
            outside = value == OWL + "Thing" or value.startswith((XSD, EDTF, RDF, RDFS))
            if unread:
                message = (
                    f"the domain `{member.mark.excerpt}` of `{local_name(iri)}` is no class that is declared by name"
                )
                hint = "a subject is an entity or a claim: name its class, or several with owl:unionOf"
                findings.tell("ontology-class", member.mark, message, hint)
                continue
            if value not in known and not outside and not iri.startswith(KG):
                message = f"no class `{local_name(value)}` is declared"
                alike = next((other for other in sorted(known) if local_name(other) == local_name(value)), None)
                near = did_you_mean(local_name(value), map(local_name, known))
                near = f"did you mean <{alike}>?" if alike else near
                findings.tell("ontology-class", member.mark, message, near)
            classes.add(value)
        if statements and (KG + "Claim" in classes) != (KG + "Claim" in statements[0]) and which == "domain":
            message = (
                f"nothing is a subject of `{local_name(iri)}`: a claim is in one of its domains and not in the other"
            )
            hint = "all statements of rdfs:domain hold; write one with owl:unionOf where any will do"
            findings.tell("ontology-class", node.mark, message, hint)
        statements.append(frozenset(classes))
    return tuple(statements)
