"""Units of measure and currencies, as the ontology declares them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kg.model.ontology.graph import OntologyGraph, key_of, value_of
from kg.model.ontology.ranges import shorten
from kg.rdf.iri import local_name
from kg.rdf.namespace import QUDT, RDFS, SKOS
from kg.text.diagnostic import Diagnostic, Mark, Related, did_you_mean
from kg.text.findings import Findings

_NUMBER = re.compile(r"[+-]?[0-9]{1,200}(\.[0-9]{1,200})?")
_RATIONAL = re.compile(r"[+-]?[0-9]{1,200}/[0-9]{1,200}")


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit of measure or a currency.

    A number of it plus *offset*, times *multiplier*, is the number of the reference unit of its *kinds*, exactly.
    The multiplier is None for money and for units that declare none: these convert to themselves only.
    """

    iri: str
    symbol: str
    words: tuple[str, ...]
    kinds: frozenset[str]
    multiplier: Fraction | None
    offset: Fraction = Fraction(0)
    labels: Mapping[str, str]
    mark: Mark = field(repr=False, compare=False)


def read_units(graph: OntologyGraph, findings: Findings) -> dict[str, Unit]:
    """The units of the ontology by their symbols and further words; what is wrong with them is told to *findings*."""
    units: dict[str, Unit] = {}
    for iri, subject in graph.of_type(QUDT + "Unit", QUDT + "CurrencyUnit").items():
        symbol = graph.first(iri, QUDT + "symbol") or graph.first(iri, QUDT + "currencyCode")
        if symbol is None:
            message = f"the unit `{local_name(iri)}` has no symbol"
            hint = "give it `qudt:symbol`, the word that curators write"
            findings.tell("ontology-unit", subject.mark, message, hint)
            continue
        others = graph.objects(iri, SKOS + "altLabel")
        offset = _read_number(graph, iri, "conversionOffset", findings)
        multiplier = _read_number(graph, iri, "conversionMultiplier", findings)
        unit = Unit(
            iri=iri,
            symbol=value_of(symbol),
            words=tuple(dict.fromkeys([value_of(symbol), *sorted(value_of(o) for o in others)])),
            kinds=frozenset(key_of(kind) for kind in graph.objects(iri, QUDT + "hasQuantityKind")),
            multiplier=multiplier,
            offset=offset or Fraction(0),
            labels=graph.texts(iri, RDFS + "label"),
            mark=subject.mark,
        )
        for word in unit.words:
            if word in units and units[word].iri != iri:
                findings.add([clash("unit", word, subject.mark, units[word].mark)])
            else:
                units[word] = unit
    return units


def hint_at_unit(iri: str, units: Iterable[Unit]) -> str:
    """The unit that may be meant by an IRI that names none, of another namespace, by one of its words, nearly so.

    Where none is near, how a counting unit is declared.
    """
    name = local_name(iri)
    for unit in units:
        if local_name(unit.iri) == name:
            return f"did you mean <{unit.iri}>?"
    for unit in units:
        if name.casefold() in {word.casefold() for word in (*unit.words, *unit.labels.values())}:
            return f"did you mean `{shorten(unit.iri)}`?"
    declared = f'`{shorten(iri)} a qudt:Unit ; qudt:symbol "{name}" ; rdfs:label "{name}"@en'
    kind = "qudt:hasQuantityKind quantitykind:Count .`, or of the kind that it measures"
    return did_you_mean(name, [local_name(unit.iri) for unit in units]) or f"declare it: {declared} ; {kind}"


def _read_number(graph: OntologyGraph, iri: str, name: str, findings: Findings) -> Fraction | None:
    """The multiplier or offset of a unit: a decimal number, or a fraction (`"5/9"^^owl:rational`)."""
    term = graph.first(iri, QUDT + name)
    if term is None:
        return None
    text, above = value_of(term), " above zero" if name == "conversionMultiplier" else ""
    number = None
    if _NUMBER.fullmatch(text):
        number = _recognise_fraction(text)
    elif _RATIONAL.fullmatch(text) and int(text.partition("/")[2]):
        number = Fraction(text)
    if number is None or (above and number <= 0):
        what = "multiplier" if above else "offset"
        message = f"the conversion {what} `{text}` is no decimal number{above}"
        hint = 'write what is no finite decimal as a fraction: `"5/9"^^owl:rational`'
        findings.tell("ontology-unit", term.mark, message, hint)
        return None
    return number


def _recognise_fraction(text: str) -> Fraction:
    """The number that a decimal *text* writes; the fraction of small terms, where it is one cut after fifteen digits
    or more (QUDT writes 5/9 as 0.5555555555555556).

    >>> _recognise_fraction("0.5555555555555556"), _recognise_fraction("1609.344") == Fraction(1609344, 1000)
    (Fraction(5, 9), True)
    """
    number = Fraction(text)
    digits = text.lstrip("+-").replace(".", "").lstrip("0")
    places = len(text.partition(".")[2])
    near = number.limit_denominator(1000)
    if len(digits) >= 15 and abs(near - number) * 10**places < 1:
        return near
    return number


def clash(what: str, name: str, mark: Mark, first: Mark) -> Diagnostic:
    """The mistake that two terms of the ontology have one local name."""
    return Diagnostic(
        code="ontology-name-clash",
        mark=mark,
        message=f"two {what} terms are called `{name}`",
        hint="local names must be unique, since curators write them without a prefix: call one of them otherwise",
        related=(Related(mark=first, message="the first"),),
    )


def find_unit_problem(name: str, mark: Mark, units: Collection[Unit]) -> Diagnostic | None:
    """Why the property *name*, which declares no unit, cannot be measured in any of *units*; None where it can."""
    if not units:
        return Diagnostic(
            code="ontology-unit",
            mark=mark,
            message=f"the property `{name}` measures, but declares no unit",
            hint="give it `qudt:hasUnit` (unit:NUM for a bare number)",
        )
    of_kind: dict[str, Unit] = {}
    for unit in units:
        for kind in unit.kinds if unit.multiplier is not None else ():
            other = of_kind.setdefault(kind, unit)
            if other is not unit:
                symbols = f"`{other.symbol}` and `{unit.symbol}`"
                return Diagnostic(
                    code="ontology-unit",
                    mark=mark,
                    message=f"the property `{name}` measures in units that convert, {symbols}",
                    hint="give it `qudt:hasUnit`, into which the others are converted; where they do not convert, "
                    "as houses and ships, leave out the `qudt:conversionMultiplier` of the unit",
                    related=tuple(Related(mark=u.mark, message=f"the unit `{u.symbol}`") for u in (other, unit)),
                )
    return None


def find_units(graph: OntologyGraph, kinds: Iterable[str], units: Iterable[Unit]) -> list[Unit]:
    """The units of these quantity kinds, and of all kinds that are narrower (`skos:broader`), by their IRIs."""
    wanted, queue = set[str](), list(kinds)
    narrower: dict[str, list[str]] = {}
    for kind, broader in graph.pairs(SKOS + "broader"):
        narrower.setdefault(key_of(broader), []).append(kind)
    while queue:
        kind = queue.pop()
        if kind not in wanted:
            wanted.add(kind)
            queue += narrower.get(kind, [])
    return sorted({unit.iri: unit for unit in units if unit.kinds & wanted}.values(), key=lambda unit: unit.iri)


def name_for_unit(name: str, unit: str) -> str:
    """The name, for the unit of this IRI, of a property that takes many units.

    >>> name_for_unit("amount", "http://qudt.org/vocab/unit/CCY_USD"), name_for_unit("count", "https://k/share-of-stock")
    ('amountUSD', 'countShareOfStock')
    """
    own = local_name(unit).removeprefix("CCY_")
    return name + "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", own))
