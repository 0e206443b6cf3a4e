"""The context of a JSON-LD document: which key stands for which IRI, and how its values are read.

A context can be made by hand (`make_context`) or derived from the data (`derive_context`). Both are sound
for any data: a value that does not agree with its term is written out in full, whatever the term says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from kg.export.canonical import CanonicalQuads, canonicalize_quads
from kg.export.jsontext import Json, write_json
from kg.export.nesting import FIRST, REST
from kg.export.order import TYPE, Term
from kg.export.terms import STRING, XSD
from kg.rdf.iri import Prefixes, check_iri
from kg.rdf.namespace import WELL_KNOWN
from kg.rdf.quad import Quad

ID: Final = "id"  # the values are IRIs or blank nodes
VOCAB: Final = "vocab"  # the values are IRIs of a vocabulary, written as terms
LITERAL: Final = "literal"  # nothing is said of the values
LANGUAGE: Final = "language"  # the values are texts by language

_GENERIC_DELIMITERS: Final = tuple(":/?#[]@")  # RFC 3986, section 2.2
_NATIVE_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")
_EXACT: Final = 2**53  # beyond it JSON readers that use doubles lose digits (RFC 8259, section 6)


@dataclass(frozen=True, kw_only=True)
class TermDefinition:
    """A key of the document: *name* stands for *iri*; *kind* is one of the four above or a datatype."""

    name: str
    iri: str
    kind: str = LITERAL


MODEL_TERMS: Final = tuple(
    TermDefinition(name=name, iri=WELL_KNOWN[prefix] + name, kind=kind)
    for prefix, name, kind in (
        ("rdf", "subject", ID),
        ("rdf", "predicate", VOCAB),
        ("rdf", "object", LITERAL),
        ("kg", "mode", VOCAB),
        ("kg", "voice", VOCAB),
        ("kg", "clarity", VOCAB),
    )
)
"""Terms that a graph of claims has whatever else it holds: no other IRI takes their names."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Terms and prefixes of a document; `make_context` makes sure that they agree."""

    terms: tuple[TermDefinition, ...]
    prefixes: Prefixes

    @cached_property
    def by_iri(self) -> Mapping[str, TermDefinition]:
        return {term.iri: term for term in self.terms}

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(term.name for term in self.terms)

    @cached_property
    def _compact(self) -> dict[str, str]:
        return {}

    def get_kind(self, iri: str) -> str:
        """How the values of a property are read."""
        term = self.by_iri.get(iri)
        return LITERAL if term is None else term.kind

    def compact_iri(self, iri: str) -> str:
        """The IRI as an `@id` or a datatype: a CURIE where there is one, else in full.

        Raises ValueError for an IRI that a reader would take for a CURIE (`urn:x` where `urn` is a prefix).
        """
        written = self._compact.get(iri)
        if written is None:
            written = self._compact[iri] = self.prefixes.compress(iri) or iri
            scheme, _, rest = iri.partition(":")
            if written == iri and scheme in self.prefixes.namespaces and not rest.startswith("//"):
                raise ValueError(f"{iri!r} would be read with the prefix {scheme!r}")
        return written

    def compact_name(self, iri: str) -> str:
        """The IRI as a key, a type or a value of a vocabulary: its term where it has one."""
        term = self.by_iri.get(iri)
        return self.compact_iri(iri) if term is None else term.name

    def to_json(self) -> Mapping[str, Json]:
        """The value of `@context`."""
        entries: dict[str, Json] = {"@version": 1.1}
        for prefix, namespace in self.prefixes.namespaces.items():
            simple = namespace.endswith(_GENERIC_DELIMITERS)  # only then may it be a prefix without saying so
            entries[prefix] = namespace if simple else {"@id": namespace, "@prefix": True}
        for term in sorted(self.terms, key=lambda term: term.name):
            entries[term.name] = self._define(term)
        return entries

    def _define(self, term: TermDefinition) -> Json:
        iri = self.compact_iri(term.iri)
        if term.kind == LANGUAGE:
            return {"@id": iri, "@container": "@language"}
        if term.kind in (ID, VOCAB):
            return {"@id": iri, "@type": f"@{term.kind}"}
        if term.kind != LITERAL:
            # In full where it is a term too: a term whose type leads back to it could not be read (JSON-LD 1.1 API,
            # section 4.2.2, step 2).
            datatype = self.compact_iri(term.kind)
            return {"@id": iri, "@type": term.kind if datatype in self._names else datatype}
        return {"@id": iri} if iri.endswith(_GENERIC_DELIMITERS) else iri


def make_context(terms: Iterable[TermDefinition], prefixes: Prefixes) -> Context:
    """A context of these terms and prefixes.

    Raises ValueError where a reader could not tell them apart: a name or an IRI twice, a name that is a
    prefix, looks like a keyword or an IRI, or stands for another IRI than it says.
    """
    context = Context(terms=tuple(terms), prefixes=prefixes)
    for counted in (Counter(t.name for t in context.terms), Counter(t.iri for t in context.terms)):
        if twice := [name for name, count in sorted(counted.items()) if count > 1]:
            raise ValueError(f"two terms for {twice[0]!r}")
    for term in context.terms:
        if not term.name or term.name.startswith("@") or "/" in term.name or term.name in prefixes.namespaces:
            raise ValueError(f"{term.name!r} cannot be a term")
        if ":" in term.name and prefixes.expand(term.name) != term.iri:
            raise ValueError(f"the term {term.name!r} does not stand for {term.iri!r}")
        if check_iri(term.iri) or (term.kind not in (ID, VOCAB, LITERAL, LANGUAGE) and check_iri(term.kind)):
            raise ValueError(f"the term {term.name!r} has no sound IRI or kind")
    return context


def write_context(context: Context) -> str:
    """The context as a file of its own, for those who write JSON-LD by hand.

    >>> print(write_context(make_context(MODEL_TERMS[:1], Prefixes(namespaces={"rdf": WELL_KNOWN["rdf"]}))))
    {
      "@context": {
        "@version": 1.1,
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "subject": {"@id": "rdf:subject", "@type": "@id"}
      }
    }
    <BLANKLINE>
    """
    return write_json({"@context": context.to_json()})


def is_native(literal: Literal) -> bool:
    """Whether JSON's own number or boolean says this literal, to the letter.

    Source: JSON-LD 1.1 API, section 8.2.2 (object to RDF): only integers and booleans come back as they were.
    """
    text, datatype = literal.value, literal.datatype.value
    if datatype == XSD + "integer":
        return _NATIVE_INTEGER.fullmatch(text) is not None and len(text) < 18 and abs(int(text)) < _EXACT
    return datatype == XSD + "boolean" and text in ("true", "false")


def derive_context(quads: Iterable[Quad], prefixes: Prefixes) -> Context:
    """A context that suits the quads: the prefixes they use, and a term for each property and class.

    A term is called by the local name of its IRI, or by its CURIE where two IRIs share that name. The terms
    of the model come first: those that the quads use and whose names no prefix has. The kind of any other property is
    what all its values have in common, so it may change with the data.
    """
    survey = _survey_quads(canonicalize_quads(quads))
    schemes = {iri.partition(":")[0] for iri in survey.iris}
    # `urn:x` would be read as a CURIE if `urn` were a prefix (JSON-LD 1.1 API, section 5.2.2, step 6).
    opaque = {iri.partition(":")[0] for iri in survey.iris if not iri.partition(":")[2].startswith("//")}
    usable = Prefixes(namespaces={p: n for p, n in prefixes.namespaces.items() if p not in opaque})

    reserved = schemes | set(prefixes.namespaces)
    given = {term.iri: term for term in MODEL_TERMS if term.iri in survey.iris and term.name not in reserved}
    kinds = {
        iri: given[iri].kind if iri in given else values.find_kind(iri, usable) for iri, values in survey.values.items()
    }
    vocabulary = {value for iri, kind in kinds.items() if kind == VOCAB for value in survey.values[iri].iris}
    wanted = dict.fromkeys(survey.types | vocabulary, LITERAL) | kinds

    taken = reserved | {term.name for term in given.values()}
    parts = {iri: part for iri in wanted if iri not in given and (part := usable.split(iri))}
    sharing = Counter(local for _, local in parts.values())
    derived = []
    for iri, (prefix, local) in parts.items():
        if sharing[local] == 1 and local not in taken:
            derived.append(TermDefinition(name=local, iri=iri, kind=wanted[iri]))
        elif wanted[iri] != LITERAL:
            derived.append(TermDefinition(name=f"{prefix}:{local}", iri=iri, kind=wanted[iri]))
    used = {part[0] for iri in survey.iris if (part := usable.split(iri))}
    return make_context(
        sorted((*given.values(), *derived), key=lambda term: term.name),
        Prefixes(namespaces={p: n for p, n in usable.namespaces.items() if p in used}),
    )


class _Values:
    """What the values of one property are."""

    def __init__(self) -> None:
        self.iris: set[str] = set()
        self.kinds: set[str] = set()

    def find_kind(self, predicate: str, prefixes: Prefixes) -> str:
        if len(self.kinds) != 1:
            return LITERAL
        (kind,) = self.kinds
        if kind == ID and self.iris:
            own = prefixes.split(predicate)
            homes = ((prefixes.split(iri) or ("", ""))[0] for iri in self.iris)
            return VOCAB if own and all(home == own[0] for home in homes) else ID
        return kind


class _Survey:
    """The IRIs of a data set, the classes, and the values of each property."""

    def __init__(self) -> None:
        self.iris: set[str] = set()
        self.types: set[str] = set()
        self.values: dict[str, _Values] = {}


def _survey_quads(quads: CanonicalQuads) -> _Survey:
    survey = _Survey()
    objects: dict[NamedNode, set[Term]] = {predicate: set() for predicate in quads.predicates}
    for prop in quads.properties:
        objects[prop.predicate].update(prop.terms)
    for predicate, terms in objects.items():
        survey.iris.add(predicate.value)
        if predicate == TYPE:
            survey.types.update(term.value for term in terms if isinstance(term, NamedNode))
        values = _Values()
        for term in terms:
            if isinstance(term, Literal):
                datatype = term.datatype.value
                survey.iris.add(datatype)
                if term.language is not None:
                    values.kinds.add(LANGUAGE)
                else:
                    values.kinds.add(LITERAL if datatype == STRING or is_native(term) else datatype)
            elif not isinstance(term, Triple):
                values.kinds.add(ID)
                if isinstance(term, NamedNode):
                    values.iris.add(term.value)
        survey.iris |= values.iris
        if predicate not in (TYPE, FIRST, REST):  # types and lists have a syntax of their own
            survey.values[predicate.value] = values
    survey.iris.update(node.value for node in (*quads.subjects, *quads.graphs) if isinstance(node, NamedNode))
    return survey
