"""Read the object of a claim as its property's declared range says: entity, quantity, date, text ...

The range drives the reading, so a misspelt unit is an error and never a text.
"""

from __future__ import annotations

from kg.model.ontology.vocabulary import Property, RangeKind, Vocabulary
from kg.model.values import (
    ClaimRef,
    Date,
    EntityRef,
    Object,
    Text,
    find_outside,
    is_plain,
    read_date,
    read_iri,
    read_quantity,
    read_truth,
)
from kg.rdf.namespace import RDFS
from kg.reading.fields import Finder
from kg.reading.forms import OBJECT_TEXT
from kg.text.yamldoc import MappingNode, Node, Scalar, describe_node


def read_object(node: Node, prop: Property, vocabulary: Vocabulary, language: str, finder: Finder) -> Object | None:
    """The object that *node* writes, or None with the reason told. Claims' ids stay as written."""
    if isinstance(node, MappingNode):
        return _read_text_mapping(node, prop, language, finder)
    scalar = finder.scalar(node, "the object")
    if scalar is None:
        return None
    if scalar.text.startswith("c:") and prop.kind is not RangeKind.CLAIM and prop.kind is not RangeKind.TEXT:
        _outside(scalar, prop, "a claim", finder)
        return None
    match prop.kind:
        case RangeKind.ENTITY:
            if ":" in scalar.text and prop.range == (frozenset({RDFS + "Resource"}),):
                return read_iri(scalar, finder, finder.namespaces)
            return EntityRef(key=scalar.text, mark=scalar.mark)
        case RangeKind.CLAIM:
            if scalar.text.startswith("c:"):
                return ClaimRef(id=scalar.text[2:], mark=scalar.mark)
            _outside(scalar, prop, f"`{scalar.text}`", finder)
            return None
        case RangeKind.QUANTITY:
            return read_quantity(scalar, prop, vocabulary, finder)
        case RangeKind.DATE:
            return _read_date(scalar, prop, finder)
        case RangeKind.TEXT:
            return Text(text=scalar.text, lang=language, mark=scalar.mark)
        case RangeKind.TRUTH:
            return read_truth(scalar, finder)
        case RangeKind.ADDRESS:
            return read_iri(scalar, finder, finder.namespaces)


def _read_date(scalar: Scalar, prop: Property, finder: Finder) -> Date | None:
    """A date; an exact one is of the datatypes that the range names."""
    date = read_date(scalar, finder)
    problem = find_outside(date, prop) if date is not None else None
    if problem is None:
        return date
    hint = "declare the range edtf:EDTF where dates are known to the day, the month or the year alone"
    finder.tell("outside-range", scalar.mark, problem, hint)
    return None


def _outside(node: Node, prop: Property, found: str, finder: Finder) -> None:
    finder.tell("outside-range", node.mark, f"the object of `{prop.name}` should be {prop.kind.value}, not {found}")


def _read_text_mapping(node: MappingNode, prop: Property, language: str, finder: Finder) -> Text | None:
    if prop.kind is not RangeKind.TEXT:
        _outside(node, prop, describe_node(node), finder)
        return None
    finder.known_keys(node, "a text", OBJECT_TEXT.names)
    finder.required(node, "a text", node.mark, *OBJECT_TEXT.required)
    text = finder.scalar(node.get("text"), "`text`")
    if is_plain(prop) and "lang" in node.keys:
        message = f"the texts of `{prop.name}` have no language: its range is `xsd:string`"
        finder.tell("outside-range", node.keys["lang"].mark, message, "declare the range rdf:langString for words")
        return None
    lang = finder.scalar(node.get("lang"), "`lang`")
    if text is None or (lang is not None and not finder.language_tag(lang)):
        return None
    return Text(text=text.text, lang=lang.text if lang else language, mark=text.mark)
