"""Statements of files of RDF on the project's own things, and where facts contradict them.

Such a file asserts without naming who says so, and its statements stand in the graph as they are. So nothing here takes
a direct triple away; what disagrees is shown, and told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pyoxigraph import Literal, NamedNode

from kg.graph.compare import can_both_hold
from kg.graph.standpoint import find_day, holds_on
from kg.model.nouns import Claim, Mode, Ref, Seeds
from kg.model.ontology.vocabulary import Property, RangeKind, Vocabulary
from kg.model.values import Address, ClaimRef, Date, EntityRef, Object, Quantity, Truth
from kg.rdf.namespace import XSD
from kg.rdf.turtle.document import MarkedQuad
from kg.rdf.xsd import is_valid
from kg.text.diagnostic import Mark
from kg.text.edtf import EdtfError, parse_edtf

_MOST_DIGITS = 400  # before the point, or zeros behind it: more than a double can have


@dataclass(frozen=True, kw_only=True)
class FileStatement:
    """A statement of a file on an entity, with a property of the ontology, its object read as that of a claim.

    *value* is None where it is no value of the property's range, or a text.
    """

    quad: MarkedQuad
    subject: str  # the entity's key
    prop: Property
    value: Object | None

    @property
    def mark(self) -> Mark:
        return self.quad.object.mark


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Statements and facts on one subject and property that cannot all hold: two statements, or one and a claim."""

    statements: tuple[FileStatement, ...]
    claims: tuple[Claim, ...]

    @property
    def prop(self) -> Property:
        return self.statements[0].prop

    @property
    def subject(self) -> str:
        return self.statements[0].subject


def find_statements(quads: Iterable[MarkedQuad], seeds: Seeds, vocabulary: Vocabulary) -> Iterator[FileStatement]:
    """The statements on the seeds' entities with properties of the ontology, in the order of the files."""
    namespace = f"{seeds.dataset.base}entity/"
    known = vocabulary.property_by_iri
    for quad in quads:
        subject, predicate = quad.subject.term, quad.predicate.term
        if not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode):
            continue
        prop, key = known.get(predicate.value), subject.value.removeprefix(namespace)
        if prop is not None and key in seeds.entity_by_key and subject.value.startswith(namespace):
            yield FileStatement(quad=quad, subject=key, prop=prop, value=read_value(quad, prop, seeds))


def read_value(quad: MarkedQuad, prop: Property, seeds: Seeds) -> Object | None:
    """The object of a statement as that of a claim; None where it is no value of the range of *prop*, or a text."""
    term, mark = quad.object.term, quad.object.mark
    if isinstance(term, NamedNode):
        for path, kind in (("entity/", RangeKind.ENTITY), ("claim/", RangeKind.CLAIM)):
            start = f"{seeds.dataset.base}{path}"
            if prop.kind is kind and term.value.startswith(start):
                name = term.value.removeprefix(start)
                return EntityRef(key=name, mark=mark) if path == "entity/" else ClaimRef(id=name, mark=mark)
        return Address(iri=term.value, mark=mark) if prop.kind is RangeKind.ENTITY else None
    if not isinstance(term, Literal):
        return None
    text = term.value
    match prop.kind:
        case RangeKind.QUANTITY if (number := _write_out(text)) is not None:
            return Quantity(text=text, number=number, lowest=number, highest=number, unit=prop.unit, mark=mark)
        case RangeKind.TRUTH if text in {"true", "false", "1", "0"}:
            return Truth(value=text in {"true", "1"}, mark=mark)
        case RangeKind.ADDRESS:
            return Address(iri=text, mark=mark)
        case RangeKind.DATE:
            try:
                return Date(edtf=parse_edtf(text), mark=mark)
            except EdtfError:
                return None
        case _:
            return None


@cache
def _write_out(text: str) -> str | None:
    """A number without its exponent, digit by digit; None for what is no finite number, or one of too many digits.

    >>> [_write_out(text) for text in ("73.60", ".5", "7.5E3", "1E-2", "INF", "seven", "1E9999")]
    ['73.60', '0.5', '7500', '0.01', None, None, None]
    """
    if len(text) > _MOST_DIGITS or not is_valid(text, XSD + "double"):
        return None
    number = Decimal(text)
    return format(number, "f") if number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS else None


def find_contradictions(
    statements: Iterable[FileStatement], seeds: Seeds, vocabulary: Vocabulary
) -> tuple[Contradiction, ...]:
    """Where statements contradict facts that hold on the day of the graph, or each other.

    They do where the property has one value and theirs cannot both hold, and where a fact denies what is stated. Two
    statements that each contradict another one already are not held against each other.
    """
    by_matter: dict[tuple[str, str], list[FileStatement]] = defaultdict(list)
    for statement in statements:
        if statement.value is not None:
            by_matter[statement.subject, statement.prop.name].append(statement)
    if not by_matter:
        return ()
    day = find_day(seeds)
    facts: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in seeds.claims:
        matter = (claim.subject.text, claim.predicate.text)
        if matter in by_matter and claim.mode is Mode.FACT and claim.object is not None:
            facts[matter].append(claim)
    found = []
    for matter, stated in by_matter.items():
        prop, as_claims = stated[0].prop, list(map(_as_claim, stated))
        told: set[int] = set()  # the places of statements that contradict another
        for number, as_claim in enumerate(as_claims):
            against = [
                claim
                for claim in facts[matter]
                if holds_on(claim, prop, day)
                and (prop.functional or claim.negated)
                and not can_both_hold(as_claim, claim, prop, vocabulary)
            ]
            others = [
                other
                for other in range(number + 1, len(stated) if prop.functional else 0)
                if not {number, other} <= told and not can_both_hold(as_claim, as_claims[other], prop, vocabulary)
            ]
            told |= {number, *others} if others else set()
            if against or others:
                statements = (stated[number], *(stated[other] for other in others))
                found.append(Contradiction(statements=statements, claims=tuple(against)))
    return tuple(found)


def _as_claim(statement: FileStatement) -> Claim:
    """The statement as a fact, to be compared with facts; it is no claim of the graph."""
    mark = statement.mark
    return Claim(
        id="", source="", subject=EntityRef(key=statement.subject, mark=mark),
        predicate=Ref(text=statement.prop.name, mark=mark), object=statement.value, object_mark=mark, mode=Mode.FACT,
        speakers=(), negated=False, when=None, unknown_when=False, as_of=None, evidence=(), unlike=(), compatible=(),
        note=None, accept=(), mark=mark, marks={},
    )  # fmt: skip
