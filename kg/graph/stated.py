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

from kg.graph.compare import as_of, can_both_hold
from kg.graph.decision import Matter, matter_of
from kg.graph.describe import ClaimWords
from kg.graph.echo import list_echoes
from kg.graph.standpoint import find_day, holds_on
from kg.model.nouns import Claim, Mode, Ref, Seeds
from kg.model.ontology.vocabulary import Property, RangeKind, Vocabulary
from kg.model.values import Address, ClaimRef, Date, EntityRef, Object, Quantity, Text, Truth
from kg.rdf.namespace import RDF, XSD
from kg.rdf.turtle.document import MarkedQuad
from kg.rdf.xsd import is_valid
from kg.text.diagnostic import Mark
from kg.text.edtf import EdtfError, parse_edtf

_MOST_DIGITS = 400  # before the point, or zeros behind it: more than a double can have


@dataclass(frozen=True, kw_only=True)
class FileStatement:
    """A statement of a file on an entity, with a property of the ontology, its object read as that of a claim.

    *value* is None where it is no value of the property's range; *table* is the name of the table whose row states it.
    """

    quad: MarkedQuad
    subject: str  # the entity's key
    prop: Property
    value: Object | None
    table: str | None = None

    @property
    def mark(self) -> Mark:
        return self.quad.object.mark


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Statements and facts that cannot all hold: two statements, or one and a claim.

    *subject* (an entity's key) and *prop* are what they disagree on: their own, or what they say of another matter.
    """

    subject: str
    prop: Property
    statements: tuple[FileStatement, ...]
    claims: tuple[Claim, ...]

    @property
    def things(self) -> frozenset[str]:
        """The keys of the entities that it is about."""
        return frozenset({self.subject, *(s.subject for s in self.statements), *(c.subject.text for c in self.claims)})


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
    """The object of a statement as that of a claim; None where it is no value of the range of *prop*.

    A text without a language is in that of the data set.
    """
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
        case RangeKind.TEXT if term.datatype.value in (XSD + "string", RDF + "langString"):
            return Text(text=text, lang=term.language or seeds.dataset.language, mark=mark)
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
    statements: Iterable[FileStatement], seeds: Seeds, vocabulary: Vocabulary, *, each_other: bool = True
) -> tuple[Contradiction, ...]:
    """Where statements contradict facts that hold on the day of the graph, or each other.

    They do where the property has one value and theirs cannot both hold, and where a fact denies what is stated; that
    is so too of what they say on other matters (`kg.graph.echo`). Of counts that vary over time the latest alone is
    held against them. Two statements that each contradict another one already are not held against each other, and
    with *each_other* false none are.
    """
    valued = [statement for statement in statements if statement.value is not None]
    if not valued:
        return ()
    stated: dict[Matter, list[_Side]] = defaultdict(list)  # each on its own matter before any on another
    as_claims = list(map(_as_claim, valued))
    for place, claim in enumerate(as_claims):
        stated[matter_of(claim)].append((place, claim))
    for place, claim in enumerate(as_claims):
        for echo in list_echoes(claim, vocabulary):
            stated[matter_of(echo)].append((place, echo))
    day = find_day(seeds)
    said: dict[Matter, list[Claim]] = defaultdict(list)
    for claim in seeds.claims:
        if claim.mode is Mode.FACT and claim.object is not None:
            for side in (claim, *list_echoes(claim, vocabulary)):
                matter = matter_of(side)
                if matter in stated and holds_on(side, vocabulary.properties[matter[1]], day):
                    said[matter].append(side)
    facts = {matter: _leave_older(sides, vocabulary.properties[matter[1]], seeds) for matter, sides in said.items()}
    found = []
    seen: set[tuple[int, int | str]] = set()  # what was told, by the places of statements and the ids of claims
    for (subject, name), sides in stated.items():
        prop = vocabulary.properties[name]
        told: set[int] = set()  # the places of statements that contradict another
        for number, (place, side) in enumerate(sides):
            against = [
                fact.id
                for fact in facts.get((subject, name), ())
                if (place, fact.id) not in seen
                and (prop.functional or fact.negated)
                and not can_both_hold(side, fact, prop, vocabulary)
            ]
            others = [
                other
                for other, further in (sides[number + 1 :] if prop.functional and each_other else ())
                if not {place, other} <= told
                and (place, other) not in seen
                and not can_both_hold(side, further, prop, vocabulary)
            ]
            told |= {place, *others} if others else set()
            seen |= {(place, id_) for id_ in against} | {(place, other) for other in others}
            if against or others:
                both = (valued[place], *(valued[other] for other in others))
                claims = tuple(seeds.claim_by_id[id_] for id_ in dict.fromkeys(against))
                found.append(Contradiction(subject=subject, prop=prop, statements=both, claims=claims))
    return tuple(found)


def word_contradiction(found: Contradiction, claim: Claim, words: ClaimWords, place: str) -> str:
    """What a *claim* says and a statement otherwise: *place* is where that stands, and its verb (`a.ttl:5 states`)."""
    first = found.statements[0]
    same = (claim.subject.text, claim.predicate.text) == (first.subject, first.prop.name)
    why = "" if same or claim.negated else f", where `{found.subject}` has one `{found.prop.name}`"
    denies = " not" if claim.negated else ""
    said = f"`{claim.id}` says{denies} {words.object(claim)}"
    return f"{said}, and {place} {word_statement(first, words, whole=not same)}{why}"


def word_statement(statement: FileStatement, words: ClaimWords, *, whole: bool) -> str:
    """The value of a statement that contradicts something, or the *whole* of it."""
    value = statement.value
    assert value is not None  # else it contradicts nothing
    measured = isinstance(value, Quantity)  # its text has no unit
    text = value.word(words.entity, words.vocabulary, words.lang) if measured else value.write(words.entity)
    if isinstance(value, Text) and value.lang.casefold() != words.seeds.dataset.language.casefold():
        text += f" ({value.lang})"
    return f"`{statement.subject} {statement.prop.name}` {text}" if whole else text


def _leave_older(facts: list[Claim], prop: Property, seeds: Seeds) -> list[Claim]:
    """Facts without those whose count is surely older than another's: a file states what is so now."""
    if not prop.time_varying:
        return facts
    dated = [(as_of(fact, seeds), fact) for fact in facts]
    newest = max((edtf.first for edtf, _ in dated if edtf is not None and edtf.first is not None), default=None)
    return [fact for edtf, fact in dated if not (newest and edtf and edtf.last and edtf.last < newest)]


_Side = tuple[int, Claim]
"""A statement by its place among all, and what it says on some matter."""


def _as_claim(statement: FileStatement) -> Claim:
    """The statement as a fact, to be compared with facts; it is no claim of the graph."""
    mark = statement.mark
    return Claim(
        id="", source="", subject=EntityRef(key=statement.subject, mark=mark),
        predicate=Ref(text=statement.prop.name, mark=mark), object=statement.value, object_mark=mark, mode=Mode.FACT,
        speakers=(), negated=False, when=None, unknown_when=False, as_of=None, evidence=(), unlike=(), compatible=(),
        note=None, accept=(), mark=mark, marks={},
    )  # fmt: skip
