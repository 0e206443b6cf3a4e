"""The context in which an RML graph is read: its statements, the generation of each node, the mistakes found."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.rdf.namespace import DCAT, RDF, SD, VOID
from kg.rdf.turtle.document import MarkedTerm
from kg.tables.read.graph import MappingGraph
from kg.tables.read.relative import show_relative
from kg.tables.rml import LogicalView
from kg.tables.vocabulary import CSVW, D2RQ, Generation
from kg.tables.wording import show_node
from kg.text.diagnostic import Mark
from kg.text.findings import Findings

NIL = ox.NamedNode(RDF + "nil")
SHOWN = {"csvw": CSVW, "d2rq": D2RQ, "sd": SD, "dcat": DCAT, "void": VOID, "rdf": RDF}
# properties whose value is a text and never an IRI; of others either is read
WRITTEN = frozenset(
    {"child", "fieldName", "iterator", "namespacePrefix", "null", "parent", "query", "sqlQuery", "tableName"}
)
HINTS = {"child": "a map of terms is an `rml:childMap`", "parent": "a map of terms is an `rml:parentMap`"}


@dataclass(kw_only=True)
class Reader(Findings):
    """One reading of one mapping: its *graph*, and the logical *views* that were read (None: has a mistake).

    *call_sources* are the logical sources of the calls in the triples map that is being read (the older FNML has them).
    """

    graph: MappingGraph
    views: dict[object, LogicalView | None] = field(default_factory=dict)
    open_views: set[object] = field(default_factory=set)  # being read: met again, it rests on itself
    call_sources: list[MarkedTerm] = field(default_factory=list)

    def generation(self, node: MarkedTerm) -> Generation:
        """The generation of a node: the newest among its properties, since RML's words extend R2RML's.

        In a mapping that says `dcterms:conformsTo <http://w3id.org/rml/>`, as the translation of a YARRRML mapping
        does, it is today's RML, whatever words it is written in.
        """
        found = {s.generation for s in self.graph.about(node.term)}
        if self.graph.conforms_to_rml:
            return Generation.RML
        for generation in (Generation.RML, Generation.LEGACY, Generation.R2RML):
            if generation in found:
                return generation
        return Generation.RML

    def one(self, node: MarkedTerm, *names: str) -> MarkedTerm | None:
        """The one object of these properties; a second one is a mistake."""
        found = [o for name in names for o in self.graph.objects(node.term, name)]
        if len(found) > 1:
            self.tell(
                "map-repeated",
                found[1].mark,
                f"a second `{show_name(names[0])}`, where one is meant",
                "remove one of the two, or write a second map",
            )
        return found[0] if found else None

    def text(self, node: MarkedTerm, name: str) -> str | None:
        """The text of a literal (or the IRI of a node) that is the one object of the property."""
        found = self.one(node, name)
        return None if found is None else self.check_text(found, name)

    def check_text(self, found: MarkedTerm, name: str) -> str:
        """The text of an object of the property *name*, which is told where it is a node and cannot be one."""
        is_literal = isinstance(found.term, ox.Literal)
        if isinstance(found.term, ox.BlankNode) or (name in WRITTEN and not is_literal) or found.term == NIL:
            message = f"`{show_name(name)}` needs a text in quotes"
            is_list = self.has(found, RDF + "first") or found.term == NIL
            hint = f'repeat the texts without brackets: `{show_name(name)} "a", "b"`' if is_list else HINTS.get(name)
            self.tell("map-term", found.mark, message, hint)
        return show_term(found)

    def has(self, node: MarkedTerm, *names: str) -> bool:
        """Whether a node has one of these properties."""
        return any(self.graph.objects(node.term, name) for name in names)

    def is_described(self, term: object) -> bool:
        """Whether anything is said of a term."""
        return isinstance(term, ox.NamedNode | ox.BlankNode) and bool(self.graph.about(term))

    def incomplete(self, mark: Mark, message: str, hint: str) -> None:
        """Tell that a part is missing."""
        self.tell("map-incomplete", mark, message, hint)


def show_name(name: str) -> str:
    """A property as people write it, with the prefix that is usual for its vocabulary.

    >>> show_name("iterator"), show_name(CSVW + "url")
    ('rml:iterator', 'csvw:url')
    """
    for prefix, namespace in SHOWN.items():
        if name.startswith(namespace):
            return f"{prefix}:{name.removeprefix(namespace)}"
    return f"rml:{name}"


def term_text(term: object) -> str:
    """The lexical form of a literal, the IRI of a node."""
    return term.value if isinstance(term, ox.Literal | ox.NamedNode) else str(term)


def show_term(found: MarkedTerm) -> str:
    """A term for its author: the lexical form, the IRI, or a blank node as it is written."""
    return show_node(str(found.term), found.mark) if isinstance(found.term, ox.BlankNode) else term_text(found.term)


def node_name(term: object) -> str:
    """A node as people write it: `<iri>` without the brackets, or `_:label`."""
    return show_relative(term.value) if isinstance(term, ox.NamedNode) else str(term)


def read_list(reader: Reader, head: MarkedTerm) -> list[MarkedTerm]:
    """The items of an RDF list; one that does not end with `rdf:nil` is reported."""
    items: list[MarkedTerm] = []
    seen: set[object] = set()
    cell = head
    while term_text(cell.term) != RDF + "nil":
        first, rest = reader.one(cell, RDF + "first"), reader.one(cell, RDF + "rest")
        if first is None or rest is None or cell.term in seen:
            reader.incomplete(cell.mark, "a list that does not end", "write it as `( ... )`")
            break
        seen.add(cell.term)
        items.append(first)
        cell = rest
    return items
