"""`YarrrmlDocument` → RML, in one of its three generations.

Sources: https://rml.io/yarrrml/spec/; R2RML https://www.w3.org/TR/r2rml/; the older RML and FNML as YARRRML
Parser writes them; RML-Core, RML-IO, RML-FNML and RML-star http://w3id.org/rml/.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode

from kg.diagnostic import Mark, sort_diagnostics
from kg.namespace import DCTERMS, RDFS, VOID
from kg.tables.vocabulary import OLD_RML, Generation
from kg.tables.yarrrml.document import (
    Function,
    LogicalSource,
    MappingReference,
    PredicateObject,
    QuotedMapping,
    Term,
    TermType,
    TriplesMapping,
    Value,
    YarrrmlDocument,
)
from kg.tables.yarrrml.quads import FOAF
from kg.tables.yarrrml.rml_expression import ExpressionWriter
from kg.tables.yarrrml.term import IDLAB
from kg.tables.yarrrml.turtle import list_prefixes
from kg.turtle.document import RdfDocument
from kg.yamldoc import Scalar


def choose_generation(document: YarrrmlDocument) -> Generation:
    """R2RML where every source is a table or a query without an `access`, which RML has no words for.

    >>> from kg.diagnostic import SourceText
    >>> from kg.tables.yarrrml.reading import read_yarrrml
    >>> choose_generation(read_yarrrml(SourceText("m", "mappings: {p: {sources: [{table: t}]}}")))
    <Generation.R2RML: 'r2rml'>
    """
    inline = [s for m in document.mappings for s in m.sources if isinstance(s, LogicalSource)]
    sources = [*document.sources, *inline]
    return Generation.R2RML if sources and all(s.access is None for s in sources) else Generation.LEGACY


def translate_to_rml(
    document: YarrrmlDocument, *, generation: Generation | None = None, metadata: bool = True
) -> RdfDocument:
    """The RML of a document that was read without errors, each term with its place in the YARRRML.

    Its diagnostics are what the vocabulary has no words for; those of the reading stay with *document*.

    Without a *generation* it is the one that YARRRML Parser writes (`choose_generation`). *metadata*
    describes the rules themselves: their authors and triples maps.

    >>> from kg.diagnostic import SourceText
    >>> from kg.tables.yarrrml.reading import read_yarrrml
    >>> text = "mappings: {p: {sources: [[a.csv~csv]], po: [[foaf:name, $(n)]]}}"
    >>> quads = translate_to_rml(read_yarrrml(SourceText("m.yml", text))).quads
    >>> [str(q.object.mark) for q in quads if q.predicate.term.value.endswith("#reference")]
    ['m.yml:1:57']
    """
    writer = _RmlWriter(document, generation or choose_generation(document))
    writer.write_document(metadata=metadata)
    return RdfDocument(
        source=document.source,
        quads=tuple(writer.quads),
        prefixes=list_prefixes(document, writer.generation),
        base=None,
        diagnostics=tuple(sort_diagnostics(writer.diagnostics)),
    )


@dataclass(frozen=True, kw_only=True)
class _Map:
    """One triples map that was written: a mapping over one of its sources."""

    node: NamedNode
    source: NamedNode | None
    mapping: TriplesMapping
    origin: tuple[str | None, ...] = ()  # what the source is, in words


@dataclass(frozen=True, kw_only=True)
class _Join:
    """An object map still to be written, when all triples maps have their names."""

    statement: NamedNode
    child: _Map
    term: Term


class _RmlWriter(ExpressionWriter):
    def __init__(self, document: YarrrmlDocument, generation: Generation) -> None:
        super().__init__(document.base, generation)
        self.document = document
        self.maps: dict[str, list[_Map]] = {}
        self.joins: list[_Join] = []

    def write_document(self, *, metadata: bool) -> None:
        rules = self._write_metadata() if metadata else None
        if self.generation is not Generation.R2RML:
            for authentication in self.document.authentications:
                self.write_authentication(authentication)
        sources = {s.name.text: self.write_source(s) for s in self.document.sources if s.name is not None}
        if self.generation is not Generation.R2RML:
            for target in self.document.targets:
                self.write_named_target(target)
        todo: list[_Map] = []
        for mapping in self.document.mappings:
            written = self._name_maps(mapping, sources)
            self.maps[mapping.name.text] = written
            todo += written
        for triples_map in todo:
            if rules is not None:
                mark = triples_map.mapping.name.mark
                self.add(rules, NamedNode(VOID + "exampleResource"), triples_map.node, mark)
            self._write_map(triples_map)
        for join in self.joins:
            self._write_join(join)
        if self.generation is not Generation.R2RML:
            self.write_dynamic_targets(sources)

    def _write_metadata(self) -> NamedNode:
        rules = self.name_node("rules")
        first = self.document.mappings[0].name.mark if self.document.mappings else None
        for author in self.document.authors:
            first = first or author.mark
            if author.web_id is not None:
                self.add(rules, NamedNode(DCTERMS + "contributor"), self.make_iri(author.web_id), author.mark)
                continue
            person = self.name_node("person")
            self.add(rules, NamedNode(DCTERMS + "contributor"), person, author.mark)
            self.add_type(person, FOAF + "Person", author.mark)
            if author.name is not None:
                self.add(person, NamedNode(RDFS + "label"), Literal(author.name), author.mark)
            if author.email is not None:
                mailbox = self.make_iri(f"mailto:{author.email}")
                self.add(person, NamedNode(FOAF + "mbox"), mailbox, author.mark)
            if author.website is not None:
                self.add(person, NamedNode(FOAF + "homepage"), self.make_iri(author.website), author.mark)
        if first is not None:
            self.add_type(rules, VOID + "Dataset", first)
        return rules

    # Triples maps

    def _name_maps(self, mapping: TriplesMapping, sources: dict[str, NamedNode]) -> list[_Map]:
        if not mapping.sources:
            node = self.name_iri(mapping.name.text)
            self._describe_map(node, mapping)
            return [_Map(node=node, source=None, mapping=mapping)]
        found = []
        for source in mapping.sources:
            node = self.name_node(f"map_{mapping.name.text}")
            self._describe_map(node, mapping)
            if isinstance(source, Scalar):
                written = sources.get(source.text)
            else:
                written = self.write_source(source)
            if written is not None:
                self.add_word(node, "logicalSource", written, source.mark)
            found.append(_Map(node=node, source=written, mapping=mapping, origin=_name_source(source)))
        return found

    def _describe_map(self, node: NamedNode, mapping: TriplesMapping) -> None:
        mark = mapping.name.mark
        self.add_type(node, self.generation.iri("TriplesMap"), mark)
        self.add(node, NamedNode(RDFS + "label"), Literal(mapping.name.text), mark)

    def _write_map(self, triples_map: _Map) -> None:
        mapping = triples_map.mapping
        for subject in mapping.subjects:
            self._write_subject(triples_map, subject)
        for statement in mapping.predicate_objects:
            self._write_statement(triples_map, statement)

    def _write_subject(self, triples_map: _Map, subject: Term) -> None:
        node = self.name_node("s")
        self.add_word(triples_map.node, "subjectMap", node, subject.mark)
        self._write_subject_map(node, subject, triples_map)
        for graph in triples_map.mapping.graphs:
            self._write_graph(node, graph, triples_map)

    def _write_subject_map(self, node: NamedNode, subject: Term, triples_map: _Map) -> None:
        self.add_type(node, self.generation.iri("SubjectMap"), subject.mark)
        blank = subject.type is TermType.BLANK_NODE
        if isinstance(subject.value, Function):
            self.write_function_map(node, subject, triples_map.source, subject.type or TermType.IRI)
        elif isinstance(subject.value, QuotedMapping):
            self._write_quoted(node, subject.value, triples_map)
        else:
            self.write_expression(node, subject)
            if blank:
                self.write_term_type(node, TermType.BLANK_NODE, subject.mark)
        self.write_targets(node, subject)

    def _write_graph(self, owner: NamedNode, graph: Term, triples_map: _Map) -> None:
        node = self.name_node("gm")
        self.add_word(owner, "graphMap", node, graph.mark)
        self.add_type(node, self.generation.iri("GraphMap"), graph.mark)
        if isinstance(graph.value, Function):
            self.write_function_map(node, graph, triples_map.source, TermType.IRI)
        else:
            self.write_expression(node, graph)
        self.write_targets(node, graph)

    def _write_statement(self, triples_map: _Map, statement: PredicateObject) -> None:
        node = self.name_node("pom")
        self.add_type(node, self.generation.iri("PredicateObjectMap"), statement.mark)
        self.add_word(triples_map.node, "predicateObjectMap", node, statement.mark)
        for predicate in statement.predicates:
            self._write_predicate(node, predicate, triples_map)
        for term in statement.objects:
            if isinstance(term.value, MappingReference):
                self.joins.append(_Join(statement=node, child=triples_map, term=term))
                continue
            self._write_object(node, term, triples_map)
            if term.inverse_predicates:
                self._write_inverse(triples_map, term)
        for graph in statement.graphs:
            self._write_graph(node, graph, triples_map)

    def _write_predicate(self, statement: NamedNode, predicate: Term, triples_map: _Map) -> None:
        node = self.name_node("pm")
        self.add_type(node, self.generation.iri("PredicateMap"), predicate.mark)
        self.add_word(statement, "predicateMap", node, predicate.mark)
        if isinstance(predicate.value, Function):
            self.write_function_map(node, predicate, triples_map.source, TermType.IRI)
        else:
            self.write_expression(node, predicate)
        self.write_targets(node, predicate)

    def _write_object(self, statement: NamedNode, term: Term, triples_map: _Map) -> None:
        node = self.name_node("om")
        self.add_word(statement, "objectMap", node, term.mark)
        if isinstance(term.value, Function):
            self.write_function_map(node, term, triples_map.source, term.type or TermType.LITERAL)
        elif isinstance(term.value, QuotedMapping):
            self._write_quoted(node, term.value, triples_map)
        else:
            self.add_type(node, self.generation.iri("ObjectMap"), term.mark)
            self.write_expression(node, term)
            self.write_term_type(node, term.type or TermType.LITERAL, term.mark)
            self.write_tags(node, term)
        self.write_targets(node, term)

    def _write_inverse(self, triples_map: _Map, term: Term) -> None:
        """The inverse predicates of an object: a triples map of their own, the other way round."""
        mapping = triples_map.mapping
        node = self.name_node(f"map_{mapping.name.text}_inverse")
        self.add_type(node, self.generation.iri("TriplesMap"), term.mark)
        if triples_map.source is not None:
            self.add_word(node, "logicalSource", triples_map.source, term.mark)
        turned = replace(term, inverse_predicates=(), targets=())
        objects = tuple(replace(s, type=s.type or TermType.IRI, targets=()) for s in mapping.subjects)
        inverse = PredicateObject(predicates=term.inverse_predicates, objects=objects, graphs=(), mark=term.mark)
        self._write_map(
            _Map(
                node=node,
                source=triples_map.source,
                mapping=replace(mapping, subjects=(turned,), predicate_objects=(inverse,)),
            )
        )

    # Quoted mappings

    def _write_quoted(self, node: NamedNode, value: QuotedMapping, triples_map: _Map) -> None:
        """The star map of a quoted mapping: over several sources, of that which reads the rows of this triples map."""
        if self.generation is Generation.R2RML:
            self.report_gap(value.mapping.mark, "R2RML has no quoted triples")
            return
        mark = value.mapping.mark
        self.add_type(node, self.generation.iri("StarMap"), mark)
        named = self.maps.get(value.mapping.text, [])
        found = named if len(named) == 1 else [m for m in named if m.origin == triples_map.origin]
        if named and (len(found) != 1 or (value.conditions and len(named) > 1)):
            hint = "write a mapping for each source, and quote that"
            message = f"`{value.mapping.text}` has several sources, and one triples map is quoted"
            self.report("yarrrml-quoted", mark, message, hint)
            return
        for quoted in found:
            self.add_word(node, "quotedTriplesMap", quoted.node, mark)
            if not value.asserted:
                self.add_type(quoted.node, self.generation.iri("NonAssertedTriplesMap"), mark)
        for condition in value.conditions:
            self._write_condition(node, condition)

    # Joins

    def _write_join(self, join: _Join) -> None:
        reference = join.term.value
        if not isinstance(reference, MappingReference):
            return
        for parent in self.maps.get(reference.mapping.text, []):
            node = self.name_node("om")
            self.add_word(join.statement, "objectMap", node, join.term.mark)
            self._write_reference(node, parent, reference.conditions, join.term.mark)
            self.write_targets(node, join.term)
            if join.term.inverse_predicates:
                self._write_inverse_join(join, parent, reference)

    def _write_reference(self, node: NamedNode, parent: _Map, conditions: Iterable[Function], mark: Mark) -> None:
        self.add_type(node, self.generation.iri("ObjectMap"), mark)
        self.add_word(node, "parentTriplesMap", parent.node, mark)
        for condition in conditions:
            self._write_condition(node, condition)

    def _write_inverse_join(self, join: _Join, parent: _Map, reference: MappingReference) -> None:
        statement = self.name_node("pom")
        self.add_word(parent.node, "predicateObjectMap", statement, join.term.mark)
        for predicate in join.term.inverse_predicates:
            self._write_predicate(statement, predicate, parent)
        node = self.name_node("om")
        self.add_word(statement, "objectMap", node, join.term.mark)
        swapped = [_swap_sides(condition) for condition in reference.conditions]
        self._write_reference(node, join.child, swapped, join.term.mark)

    def _write_condition(self, node: NamedNode, condition: Function) -> None:
        child = [p.term for p in condition.parameters if not p.from_object]
        parent = [p.term for p in condition.parameters if p.from_object]
        is_equal = condition.name.constant == IDLAB + "equal"
        simple = is_equal and all(_get_reference(t) is not None for t in (*child, *parent))
        if simple or (is_equal and self.generation is Generation.RML):
            if len(child) != 1 or len(parent) != 1:
                message = "a join compares one value of each side"
                hint = "`[str1, $(here), s]` and `[str2, $(there), o]`"
                self.report("yarrrml-join", condition.mark, message, hint)
                return
            join = self.name_node("jc")
            self.add_word(node, "joinCondition", join, condition.mark)
            for side, term in (("child", child[0]), ("parent", parent[0])):
                reference = _get_reference(term)
                if reference is not None:
                    self.add_word(join, side, Literal(reference), term.mark)
                else:
                    inner = self.name_node(side)
                    self.add_word(join, f"{side}Map", inner, term.mark)
                    if isinstance(term.value, Function):
                        self.write_function_map(inner, term, None, None)
                    else:
                        self.write_expression(inner, term)
        elif self.generation is Generation.LEGACY:
            join = self.name_node("jc")
            self.add(node, NamedNode(OLD_RML + "joinCondition"), join, condition.mark)
            self.write_function_map(join, Term(value=condition, mark=condition.mark), None, None)
        else:
            message = "joins by functions other than `equal` of two references are the older RML's alone"
            self.report_gap(condition.mark, message)


def _name_source(source: Scalar | LogicalSource) -> tuple[str | None, ...]:
    """The texts of a source, the same for sources that say the same."""
    if isinstance(source, Scalar):
        return (source.text,)
    said = (source.access, source.type, source.reference_formulation, source.iterator, source.table, source.query,
            source.query_formulation, source.username, source.delimiter, source.encoding)  # fmt: skip
    return tuple(None if text is None else text.text for text in said)


def _get_reference(term: Term) -> str | None:
    reference = term.value.reference if isinstance(term.value, Value) else None
    return None if reference is None else reference.name


def _swap_sides(function: Function) -> Function:
    swapped = []
    for parameter in function.parameters:
        term = parameter.term
        if isinstance(term.value, Function):
            term = replace(term, value=_swap_sides(term.value))
        swapped.append(replace(parameter, term=term, from_object=not parameter.from_object))
    return replace(function, parameters=tuple(swapped))
