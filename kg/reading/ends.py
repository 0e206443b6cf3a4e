"""The ends of a property, told and found: from what to what it leads, and in which units."""

from __future__ import annotations

from kg.model.ontology.vocabulary import Property, RangeKind, Vocabulary
from kg.model.values.conversion import have_same_dimension
from kg.model.values.quantity import BARE_NUMBER


def describe_ends(prop: Property, vocabulary: Vocabulary) -> str:
    """The ends of a property in words, from what to what it leads: `Bridge → quantity in m`."""
    by_iri = vocabulary.class_by_iri

    def names(statements: tuple[frozenset[str], ...]) -> str:
        known = [sorted(by_iri[iri].name for iri in any_of if iri in by_iri) for any_of in statements]
        return " and ".join(" or ".join(each) for each in known if each)

    subject = " or ".join(filter(None, [names(prop.domain), "claim" if prop.claim_subject else ""])) or "anything"
    return f"{subject} → {_describe_range(prop, names(prop.range), vocabulary)}"


def _describe_range(prop: Property, classes: str, vocabulary: Vocabulary) -> str:
    match prop.kind:
        case RangeKind.ENTITY:
            return classes or "anything"
        case RangeKind.QUANTITY:
            symbols = list(dict.fromkeys(vocabulary.unit_by_iri[iri].symbol for iri in find_units(prop, vocabulary)))
            if not symbols:
                return "number"
            if prop.unit is not None:
                return f"quantity in {symbols[0]}"  # others are converted
            return f"quantity in {', '.join(symbols[:8])}" + (" ..." if len(symbols) > 8 else "")
        case RangeKind.CLAIM:
            return "claim"
        case RangeKind.DATE:
            return "date"
        case RangeKind.TEXT:
            return "text"
        case RangeKind.TRUTH:
            return "true or false"
        case RangeKind.ADDRESS:
            return "IRI"


def find_units(prop: Property, vocabulary: Vocabulary) -> list[str]:
    """The IRIs of the units that a quantity of *prop* may be written in; none for bare numbers."""
    if prop.by_unit:
        return list(prop.by_unit)
    if prop.unit is None or prop.unit == BARE_NUMBER:
        return []
    wanted = vocabulary.unit_by_iri[prop.unit]
    others = [u.iri for u in vocabulary.unit_by_iri.values() if have_same_dimension(u, wanted)]
    return list(dict.fromkeys([wanted.iri, *sorted(others)]))
