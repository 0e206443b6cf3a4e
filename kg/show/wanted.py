"""What a person asks for: words for a subject, a predicate and an object become the terms that may stand there."""

from __future__ import annotations

from kg.ask.term import read_quoted
from kg.ask.wanted import WantedTerm, read_number
from kg.build.pipeline import Checked
from kg.rdf.namespace import RDF, XSD
from kg.rdf.xsd import NUMBERS
from kg.tables.engine.macros import escape_literal
from kg.text.diagnostic import UsageError


def want_triple(
    subject: str, predicate: str, value: str, checked: Checked
) -> tuple[WantedTerm, WantedTerm, WantedTerm]:
    """What is asked for in a triple; terms are keys, CURIEs, IRIs, values, and `_` for any."""
    is_type = predicate == "a"
    return (
        want_resource(subject, checked, "entity/"),
        WantedTerm(exact=(f"<{RDF}type>",)) if is_type else want_resource(predicate, checked, "relation/"),
        want_object(value, checked),
    )


def want_resource(text: str, checked: Checked, path: str) -> WantedTerm:
    """What is asked for where an IRI stands: `_`, an IRI, a CURIE, or a key (under *path* of the data set)."""
    if text == "_":
        return WantedTerm()
    if "://" in text:
        return WantedTerm(exact=(f"<{text.strip('<>')}>",))
    prefix, colon, local = text.partition(":")
    namespaces = checked.seeds.dataset.prefixes.namespaces
    if colon and prefix in namespaces:
        return WantedTerm(exact=(f"<{namespaces[prefix]}{local}>",))
    declared = checked.vocabulary.properties.get(text) if path == "relation/" else None
    return WantedTerm(exact=(f"<{declared.iri if declared else checked.seeds.dataset.base + path + text}>",))


def want_object(text: str, checked: Checked) -> WantedTerm:
    """What is asked for where an object stands: an IRI as in `want_resource`, or a literal of any datatype or language.

    The text of a literal may stand in quotes, and behind them a language or a datatype, as `kg query` writes them:
    what has another is then another literal. A number is meant however it is written: `1,000`, `1000.0` and `1e3` are
    one. Raises UsageError for a datatype whose prefix there is not.
    """
    resource = want_resource(text, checked, "entity/")
    if resource.is_any or (text.startswith("<") and text.endswith(">")):
        return resource
    quoted = read_quoted(text)
    if quoted is None:
        return WantedTerm(exact=resource.exact, heads=(f'"{escape_literal(text)}"',), number=read_number(text))
    written, tag, datatype = quoted
    literal = f'"{escape_literal(written)}"'
    if tag is not None:  # the case of a tag says nothing
        return WantedTerm(exact=tuple(dict.fromkeys((f"{literal}@{tag}", f"{literal}@{tag.lower()}"))))
    if datatype is not None:
        return _want_typed(written, literal, datatype, checked)
    heads = tuple(f'"{escape_literal(t)}"' for t in (text, written))
    return WantedTerm(exact=resource.exact, heads=heads, number=read_number(written))


def _want_typed(written: str, literal: str, datatype: str, checked: Checked) -> WantedTerm:
    prefixes = checked.seeds.dataset.prefixes
    iri = datatype[1:-1] if datatype.startswith("<") and datatype.endswith(">") else prefixes.expand(datatype)
    if iri is None:
        raise UsageError(f"no prefix is declared for the datatype `{datatype}`")
    if iri == f"{XSD}string":
        return WantedTerm(exact=(literal,))
    number = read_number(written) if iri.startswith(XSD) and iri.removeprefix(XSD) in NUMBERS else None
    return WantedTerm(exact=(f"{literal}^^<{iri}>",), number=number)
