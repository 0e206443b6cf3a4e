"""The nouns of a YARRRML document: what stands in it, in its own words, each with its mark.

YARRRML is the YAML form of RML. Its many spellings (`s`, `subject`, `subjects`; a text, a list or a mapping
for the same thing) are gone here: `kg.tables.yarrrml.reading` reads them into these nouns, and
`kg.tables.yarrrml.rml` writes RML from them.

Source: https://rml.io/yarrrml/spec/, in the dialect of YARRRML Parser.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from kg.diagnostic import Diagnostic, Mark, Severity, SourceText
from kg.yamldoc import Scalar

DEFAULT_BASE = "http://mapping.example.com/"


class TermType(Enum):
    """What kind of RDF term a term map makes; the value is the word of R2RML."""

    IRI = "IRI"
    LITERAL = "Literal"
    BLANK_NODE = "BlankNode"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """`$(name)`: a column, a JSONPath or an XPath, without the escapes it was written with."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Value:
    """A text with references, its prefix already expanded and its external references filled in.

    *templated* is true where the text holds more than a constant or one reference alone.
    """

    parts: tuple[str | Reference, ...]
    templated: bool
    mark: Mark = field(repr=False)

    @property
    def reference(self) -> Reference | None:
        """The reference, where the value is nothing else."""
        only = self.parts[0] if len(self.parts) == 1 else None
        return only if isinstance(only, Reference) else None

    @property
    def constant(self) -> str | None:
        """The text, where nothing in it changes from row to row."""
        if self.templated or any(isinstance(part, Reference) for part in self.parts):
            return None
        return "".join(str(part) for part in self.parts)

    @property
    def references(self) -> tuple[str, ...]:
        return tuple(part.name for part in self.parts if isinstance(part, Reference))


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One argument of a function; *from_object* where a join takes it from the mapping referred to."""

    name: Value
    term: Term
    from_object: bool = False


@dataclass(frozen=True, kw_only=True)
class Function:
    """A call: the function's IRI (or `equal`, `notEqual`) and its arguments."""

    name: Value
    parameters: tuple[Parameter, ...]
    mark: Mark = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class MappingReference:
    """An object that is the subject of another mapping, for the rows that meet all the conditions."""

    mapping: Scalar
    conditions: tuple[Function, ...] = ()


@dataclass(frozen=True, kw_only=True)
class QuotedMapping:
    """The triples of another mapping, quoted (RML-star), of rows that meet the conditions; *asserted* or not."""

    mapping: Scalar
    asserted: bool
    conditions: tuple[Function, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Term:
    """A subject, predicate, object, graph or language. Without a *value* it is a fresh blank node."""

    value: Value | Function | MappingReference | QuotedMapping | None
    mark: Mark = field(repr=False)
    type: TermType | None = None
    datatype: Value | None = None
    language: Term | None = None
    targets: tuple[Scalar | Target, ...] = ()
    inverse_predicates: tuple[Term, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PredicateObject:
    """Every predicate with every object, in every graph."""

    predicates: tuple[Term, ...]
    objects: tuple[Term, ...]
    graphs: tuple[Term, ...]
    mark: Mark = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Security:
    """How a Web of Things source is opened: `none` or an `apikey`."""

    type: Scalar
    place: Scalar | None = None
    name: Scalar | None = None
    value: Scalar | None = None


@dataclass(frozen=True, kw_only=True)
class LogicalSource:
    """Where rows come from. *name* is None for a source written inside a mapping."""

    name: Scalar | None
    mark: Mark = field(repr=False)
    access: Scalar | None = None
    type: Scalar | None = None
    reference_formulation: Scalar | None = None
    iterator: Scalar | None = None
    table: Scalar | None = None
    query: Scalar | None = None
    query_formulation: Scalar | None = None
    username: Scalar | None = None
    password: Scalar | None = None
    delimiter: Scalar | None = None
    encoding: Scalar | None = None
    content_type: Scalar | None = None
    operation_type: Scalar | None = None
    security: tuple[Security, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EventStream:
    """The Linked Data Event Stream that a target is written as."""

    id: Value
    shape: Value | None = None
    timestamp_path: Value | None = None
    version_of_path: Value | None = None
    generate_immutable_iri: bool = False


@dataclass(frozen=True, kw_only=True)
class Header:
    """A header field of an HTTP request."""

    name: Scalar
    value: Scalar


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where triples go. With a *source* it is dynamic: one target for each row of that source."""

    name: Scalar | None
    access: Value
    mark: Mark = field(repr=False)
    type: str = "void"
    serialization: str = "nquads"
    compression: str | None = None
    event_stream: EventStream | None = None
    authentication: Scalar | None = None
    method_name: Scalar | None = None
    relation: Scalar | None = None
    headers: tuple[Header, ...] = ()
    source: Scalar | None = None
    id: Value | None = None


@dataclass(frozen=True, kw_only=True)
class Authentication:
    """Credentials for HTTP targets; the one type there is, is `cssclientcredentials`."""

    name: Scalar
    email: Scalar
    password: Scalar
    oidc_issuer: Scalar
    web_id: Scalar


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote the mapping: a WebID, or a name with an e-mail address or a website."""

    mark: Mark = field(repr=False)
    web_id: str | None = None
    name: str | None = None
    email: str | None = None
    website: str | None = None


@dataclass(frozen=True, kw_only=True)
class TriplesMapping:
    """One entry under `mappings`: a triples map for each of its sources."""

    name: Scalar
    sources: tuple[Scalar | LogicalSource, ...]
    subjects: tuple[Term, ...]
    graphs: tuple[Term, ...]
    predicate_objects: tuple[PredicateObject, ...]
    mark: Mark = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Prefix:
    """A prefix and what it stands for."""

    name: str
    iri: str


@dataclass(frozen=True, kw_only=True)
class External:
    """The value of an external reference: `$(_name)` in the document."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class YarrrmlDocument:
    """A YARRRML document that was read, and all that is wrong with it."""

    source: SourceText = field(repr=False)
    base: str = DEFAULT_BASE
    prefixes: tuple[Prefix, ...] = ()
    sources: tuple[LogicalSource, ...] = ()
    targets: tuple[Target, ...] = ()
    authentications: tuple[Authentication, ...] = ()
    authors: tuple[Author, ...] = ()
    mappings: tuple[TriplesMapping, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.diagnostics)
