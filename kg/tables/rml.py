"""The nouns of RML, as the specifications name them, each with the mark of its place in the mapping.

Marks do not take part in comparison: two logical sources are equal when they say the same, wherever they
stand. Sources: RML-Core, RML-IO, RML-LV and RML-FNML (http://w3id.org/rml/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar
from urllib.parse import unquote

import pyoxigraph as ox

from kg.rdf.iri import split_address
from kg.tables.vocabulary import Generation
from kg.text.diagnostic import Diagnostic, Mark, has_errors

Noun = TypeVar("Noun")


class TermType(Enum):
    """What kind of RDF term a term map makes. `URI` leaves ASCII only, the unsafe two encode nothing."""

    IRI = "IRI"
    URI = "URI"
    UNSAFE_IRI = "UnsafeIRI"
    UNSAFE_URI = "UnsafeURI"
    BLANK_NODE = "BlankNode"
    LITERAL = "Literal"
    QUOTED_TRIPLE = "QuotedTriple"  # no `rml:termType`: what every star map makes

    @property
    def names_resource(self) -> bool:
        return self in {TermType.IRI, TermType.URI, TermType.UNSAFE_IRI, TermType.UNSAFE_URI}


class Position(Enum):
    """The place in a quad that a term map fills, or its use inside another map."""

    SUBJECT = "subject"
    PREDICATE = "predicate"
    OBJECT = "object"
    GRAPH = "graph"
    DATATYPE = "datatype"
    LANGUAGE = "language"
    VALUE = "value"  # a plain value: join conditions, function inputs, fields of views


class Formulation(Enum):
    """How references of a logical source are written (`rml:referenceFormulation`)."""

    CSV = "CSV"
    JSON_PATH = "JSONPath"
    XPATH = "XPath"
    SQL_TABLE = "SQL2008Table"
    SQL_QUERY = "SQL2008Query"
    SPARQL = "SPARQL_Results"  # of JSON, TSV or XML: terms with their datatypes and languages
    SPARQL_TEXTS = "SPARQL_Results_CSV"  # their texts alone
    COLUMNS = "Columns"  # columns with types of their own, where the mapping names no formulation


class Root(Enum):
    """What a relative path starts from (`rml:root`)."""

    MAPPING = "MappingDirectory"
    WORKING = "CurrentWorkingDirectory"


@dataclass(frozen=True, kw_only=True)
class Constant:
    """A term that is the same for every row."""

    term: ox.NamedNode | ox.BlankNode | ox.Literal
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A column, a JSONPath, an XPath or a field: the values it has in a row."""

    text: str
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Template:
    """Literal text and references by turns; one value for each combination of their values."""

    parts: tuple[str | Reference, ...]
    mark: Mark = field(compare=False, repr=False)

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(p for p in self.parts if isinstance(p, Reference))


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One input of a function: the IRI of its parameter and the map of its value."""

    parameter: str
    value: TermMap
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class FunctionExecution:
    """A function called with the values of a row; *returned* is the IRI of the output that is used."""

    function: str
    arguments: tuple[Argument, ...]
    returned: str | None
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class RowIdentity:
    """No expression at all: a blank node of its own for each row."""

    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class QuotedTriplesMap:
    """What a star map quotes (RML-star): the triples of the triples map *name*, of the same row or of joined rows."""

    name: str
    conditions: tuple[JoinCondition, ...]
    mark: Mark = field(compare=False, repr=False)


Expression = Constant | Reference | Template | FunctionExecution | RowIdentity | QuotedTriplesMap


@dataclass(frozen=True, kw_only=True)
class LogicalTarget:
    """A file besides the main output: where, in which RDF syntax, encoding and compression."""

    path: str
    root: Root
    serialization: str  # media type family: nq, nt, ttl, trig, jsonld, rdfxml, n3
    encoding: str
    compression: str | None
    description: str = field(default="void", compare=False, repr=False)  # in the older RML: VoID or `dcat`
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class TermMap:
    """How one term of a quad is made."""

    position: Position
    expression: Expression
    term_type: TermType
    datatype: TermMap | None = None
    language: TermMap | None = None
    targets: tuple[LogicalTarget, ...] = ()
    generation: Generation = Generation.RML
    gather: Gather | None = None
    condition: TermMap | None = None  # there is no term unless it is true (RML-FNML, conditions)
    mark: Mark = field(compare=False, repr=False)

    @property
    def is_star(self) -> bool:
        """Whether the term map is a star map of RML-star."""
        return isinstance(self.expression, QuotedTriplesMap)


class Strategy(Enum):
    """How members are gathered (`rml:strategy`): one map after the other, or each combination by itself."""

    APPEND = "append"
    CARTESIAN_PRODUCT = "cartesianProduct"


@dataclass(frozen=True, kw_only=True)
class Gather:
    """What a term map gathers into a collection or container (RML-CC): *kind* is the IRI of its class."""

    members: tuple[TermMap | RefObjectMap, ...]
    kind: str
    strategy: Strategy
    allow_empty: bool

    @property
    def is_list(self) -> bool:
        return self.kind.endswith("#List")


@dataclass(frozen=True, kw_only=True)
class JoinCondition:
    """A row of the child joins a row of the parent where these two values are equal."""

    child: TermMap
    parent: TermMap
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class RefObjectMap:
    """Objects that are the subjects of another triples map, by its name *parent*."""

    parent: str
    conditions: tuple[JoinCondition, ...]
    targets: tuple[LogicalTarget, ...] = ()
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class PredicateObjectMap:
    """All combinations of its predicates, objects and graphs."""

    predicates: tuple[TermMap, ...]
    objects: tuple[TermMap | RefObjectMap, ...]
    graphs: tuple[TermMap, ...]
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a CSV file is written (CSVW dialect description)."""

    delimiter: str = ","
    quote: str | None = '"'
    doubled_quote: bool = True
    header: bool = True
    header_rows: int = 1
    skip_rows: int = 0
    trim: str = "false"  # true, false, start or end
    skip_blank: bool = False  # rows whose cells are all empty
    comment: str | None = None
    columns: tuple[str, ...] = ()  # their names, where a table schema gives them


@dataclass(frozen=True, kw_only=True)
class FileSource:
    """A file: *path* as written in the mapping; *nulls* are the texts that mean no value."""

    path: str
    root: Root | str | None = None  # a text is a directory given in the mapping
    encoding: str = "utf-8"
    compression: str | None = None
    nulls: tuple[str, ...] | None = None
    dialect: Dialect = Dialect()
    mark: Mark = field(compare=False, repr=False)

    @property
    def is_standard_input(self) -> bool:
        """Whether the source is standard input."""
        return self.path in {"-", "/dev/stdin"}

    @property
    def is_query(self) -> bool:
        """Whether the source is a query over the graph of the project, whose answer gives the rows."""
        return self.path.lower().endswith(".rq")

    @property
    def local_path(self) -> str:
        """The path that the file has on this machine, relative or absolute."""
        split = split_address(self.path)
        if split.scheme == "file":
            return unquote(split.path)
        if split.scheme in {"http", "https", "ftp"}:
            return unquote(split.path).rsplit("/", 1)[-1]
        return self.path


@dataclass(frozen=True, kw_only=True)
class DatabaseSource:
    """A relational database: its address, user and password as the mapping gives them (or nothing)."""

    dsn: str | None
    driver: str | None = None  # the class of its JDBC driver, which tells the system where the address does not
    username: str | None = None
    password: str | None = field(default=None, repr=False)  # never shown
    nulls: tuple[str, ...] | None = None
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class SparqlSource:
    """A SPARQL endpoint."""

    endpoint: str
    nulls: tuple[str, ...] | None = None
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class NamedSource:
    """A data frame or Arrow table handed over by the caller under a *name*."""

    name: str
    nulls: tuple[str, ...] | None = None
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class SingleRow:
    """One row without a value: what a triples map without a logical source is made from, all constants."""

    nulls: tuple[str, ...] | None = None
    mark: Mark = field(compare=False, repr=False)


Source = FileSource | DatabaseSource | SparqlSource | NamedSource | SingleRow


@dataclass(frozen=True, kw_only=True)
class LogicalSource:
    """Rows: a source, what cuts it into rows (*iterator*: path, table or query), how it is referred to."""

    source: Source
    formulation: Formulation
    iterator: str | None
    generation: Generation
    namespaces: tuple[tuple[str, str], ...] = ()  # of XPath
    sql_version: str | None = field(default=None, compare=False, repr=False)  # an IRI: which SQL a query is in
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class ExpressionField:
    """A named column of a view; further *fields* read its value as data of their own."""

    name: str
    value: TermMap
    fields: tuple[Field, ...] = ()
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class IterableField:
    """Rows within a row: an *iterator* over the value at hand, and the fields of each item."""

    name: str
    iterator: str
    formulation: Formulation | None  # None: that of the value at hand
    fields: tuple[Field, ...]
    mark: Mark = field(compare=False, repr=False)


Field = ExpressionField | IterableField


@dataclass(frozen=True, kw_only=True)
class ViewJoin:
    """Columns from another view, where the conditions hold; *outer* keeps rows without a partner."""

    parent: LogicalView
    conditions: tuple[JoinCondition, ...]
    fields: tuple[ExpressionField, ...]
    outer: bool
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class LogicalView:
    """A flat table derived from a logical source or another view (RML-LV)."""

    view_on: LogicalSource | LogicalView
    fields: tuple[Field, ...]
    joins: tuple[ViewJoin, ...]
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class TriplesMap:
    """How the rows of one logical source become quads. *name* is the IRI or label of its node."""

    name: str
    source: LogicalSource | LogicalView
    subject: TermMap
    classes: tuple[ox.NamedNode, ...]
    graphs: tuple[TermMap, ...]
    predicate_objects: tuple[PredicateObjectMap, ...]
    base: str | None
    asserted: bool = True  # False: its triples are only quoted (RML-star)
    mark: Mark = field(compare=False, repr=False)

    @property
    def resource_maps(self) -> tuple[TermMap | RefObjectMap, ...]:
        """The maps of its subject and objects."""
        return (self.subject, *(o for pom in self.predicate_objects for o in pom.objects))


@dataclass(frozen=True, kw_only=True)
class MappingDocument:
    """All triples maps of a mapping by name, the base IRI it declares, and what is wrong with it."""

    triples_maps: tuple[TriplesMap, ...]
    base: str | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def has_errors(self) -> bool:
        """Whether the mapping has errors, so that it must not be run."""
        return has_errors(self.diagnostics)

    @property
    def quotes(self) -> bool:
        """Whether quoted triples (RML-star) come of the mapping."""
        parents = {t.name: t for t in self.triples_maps}
        return any(makes_quoted(m, parents) for t in self.triples_maps if t.asserted for m in t.resource_maps)

    def find(self, name: str) -> TriplesMap | None:
        """The triples map of that name."""
        return next((t for t in self.triples_maps if t.name == name), None)


def makes_quoted(term_map: TermMap | RefObjectMap, parents: Mapping[str, TriplesMap]) -> bool:
    """Whether quoted triples (RML-star) come of a map, of its members, or of the subjects of its parent."""
    if isinstance(term_map, RefObjectMap):
        parent = parents.get(term_map.parent)
        return parent is not None and parent.subject.is_star
    members = term_map.gather.members if term_map.gather is not None else ()
    return term_map.is_star or any(makes_quoted(m, parents) for m in members)


def find_nouns(noun: object, kind: type[Noun]) -> Iterator[Noun]:
    """All nouns of a kind in a noun of a mapping, and in the nouns that it is made of."""
    if isinstance(noun, kind):
        yield noun
    its_class: Any = type(noun)
    for part in noun if isinstance(noun, tuple) else [getattr(noun, name) for name in _list_parts(its_class)]:
        if part is not None and not isinstance(part, str):  # most are
            yield from find_nouns(part, kind)


@cache
def _list_parts(kind: type) -> tuple[str, ...]:
    """The names of what a noun of a class is made of."""
    return () if issubclass(kind, Mark) or not is_dataclass(kind) else tuple(each.name for each in fields(kind))


def single_row(mark: Mark) -> LogicalSource:
    """What a triples map without a logical source is made from: one row without a value."""
    return LogicalSource(
        source=SingleRow(mark=mark),
        formulation=Formulation.COLUMNS,
        iterator=None,
        generation=Generation.RML,
        mark=mark,
    )
