"""The nouns of a mapping → RML in Turtle, in one of its three generations.

Sources: R2RML https://www.w3.org/TR/r2rml/; the older RML and FNML as YARRRML Parser writes them; RML-Core, RML-IO,
RML-FNML and RML-star http://w3id.org/rml/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.rdf.namespace import DCTERMS, RDFS
from kg.tables.read.conditions import spell_condition
from kg.tables.read.rml_text import RmlText
from kg.tables.read.write_source import write_source, write_target
from kg.tables.rml import (
    Argument,
    Constant,
    DatabaseSource,
    FunctionExecution,
    JoinCondition,
    LogicalSource,
    LogicalTarget,
    LogicalView,
    MappingDocument,
    PredicateObjectMap,
    QuotedTriplesMap,
    Reference,
    RefObjectMap,
    SingleRow,
    Template,
    TermMap,
    TermType,
    TriplesMap,
)
from kg.tables.vocabulary import FNO, GREL, IDLAB, OLD_FNML, OLD_RML, RML, Generation
from kg.text.diagnostic import Mark
from kg.text.findings import Findings


def write_rml(
    document: MappingDocument, generation: Generation, *, base: str, prefixes: Mapping[str, str], findings: Findings
) -> RmlText:
    """The RML of a mapping as statements, in the words of a *generation*; its own nodes are named under *base*.

    What the generation has no words for is told. The older words are meant as today's RML, which the text says by
    `dcterms:conformsTo`: an empty cell is a value, numbers of JSON keep their types.
    """
    writer = _Writer(generation, base, prefixes, findings)
    writer.write_document(document)
    return writer.text


class _Writer:
    def __init__(self, generation: Generation, base: str, prefixes: Mapping[str, str], findings: Findings) -> None:
        self.generation, self.findings = generation, findings
        self.text = RmlText(generation, base, prefixes)
        self.nodes: dict[str, NamedNode] = {}  # of triples maps, by name
        self.made: dict[object, NamedNode] = {}  # of sources and targets
        self.source: NamedNode | None = None  # of the triples map at hand

    def miss(self, mark: Mark, message: str) -> None:
        """Tell that the generation has no words for something."""
        words = {Generation.RML: "today's RML", Generation.R2RML: "R2RML", Generation.LEGACY: "the older RML"}
        hint = f"{words[self.generation]} is written; choose another vocabulary, or write it another way"
        self.findings.tell("yarrrml-gap", mark, message, hint)

    def write_document(self, document: MappingDocument) -> None:
        if self.generation is Generation.LEGACY:
            whole = self.text.name_node("mapping")
            self.text.say(whole, DCTERMS + "conformsTo", NamedNode(RML))
        for triples_map in document.triples_maps:
            self.nodes[triples_map.name] = self.name_map(triples_map.name)
        for triples_map in document.triples_maps:
            self.write_triples_map(triples_map)

    def name_map(self, name: str) -> NamedNode:
        """The node of a triples map; those of one mapping (`m`, `m#2`) are told apart by their numbers."""
        if re.match(r"\w+://", name):
            return NamedNode(name)
        label = re.sub(r"#\d+\Z", "", name)
        return self.text.name_node("map_" + label.replace(" ", "_").removeprefix("_:"))

    def write_triples_map(self, triples_map: TriplesMap) -> None:
        node, text = self.nodes[triples_map.name], self.text
        text.say_type(node, "TriplesMap")
        text.say(node, RDFS + "label", Literal(triples_map.name))
        if not triples_map.asserted:
            text.say_type(node, "NonAssertedTriplesMap")
        source = triples_map.source
        assert not isinstance(source, LogicalView)
        self.source = None if isinstance(source.source, SingleRow) else self.write_source(source)
        if self.source is not None:
            text.say(node, "logicalSource", self.source)
        subject = text.name_node("s")
        text.say(node, "subjectMap", subject)
        self.write_term_map(subject, triples_map.subject, "SubjectMap")
        for iri in triples_map.classes:
            text.say(subject, "class", iri)
        for graph in triples_map.graphs:
            self.write_inner(subject, "graphMap", "gm", graph)
        for pom in triples_map.predicate_objects:
            self.write_predicate_object_map(node, pom)

    def write_source(self, source: LogicalSource) -> NamedNode:
        if source not in self.made:
            self.made[source] = write_source(self.text, source, self.miss)
            if self.generation is Generation.R2RML and not isinstance(source.source, DatabaseSource):
                message = "R2RML reads tables and queries of a database, and this source is another"
                hint = "add its `rr:tableName` to what is written, or choose another vocabulary"
                self.findings.tell("yarrrml-table", source.mark, message, hint)
        return self.made[source]

    def write_predicate_object_map(self, triples_map: NamedNode, pom: PredicateObjectMap) -> None:
        node = self.text.name_node("pom")
        self.text.say_type(node, "PredicateObjectMap")
        self.text.say(triples_map, "predicateObjectMap", node)
        for predicate in pom.predicates:
            self.write_inner(node, "predicateMap", "pm", predicate)
        for each in pom.objects:
            if isinstance(each, TermMap):
                self.write_inner(node, "objectMap", "om", each)
            else:
                self.write_reference(node, each)
        for graph in pom.graphs:
            self.write_inner(node, "graphMap", "gm", graph)

    def write_reference(self, pom: NamedNode, ref: RefObjectMap) -> None:
        node = self.text.name_node("om")
        self.text.say(pom, "objectMap", node)
        self.text.say_type(node, "ObjectMap")
        self.text.say(node, "parentTriplesMap", self.nodes[ref.parent])
        self.write_conditions(node, ref.conditions)
        self.write_targets(node, ref.targets, ref.mark)

    # Term maps

    def write_inner(self, owner: NamedNode, word: str, kind: str, term_map: TermMap) -> NamedNode:
        """A term map in its place under *owner*."""
        node = self.text.name_node(kind)
        self.text.say(owner, word, node)
        self.write_term_map(node, term_map, word[0].upper() + word[1:])
        return node

    def write_term_map(self, node: NamedNode, term_map: TermMap, name: str) -> None:
        """A subject, predicate, object or graph map: its class, expression, kind of term and tags."""
        text, is_object = self.text, name == "ObjectMap"
        if self.generation is not Generation.RML:
            term_map = spell_condition(term_map)
        expression = term_map.expression
        if isinstance(expression, FunctionExecution):
            text.say(node, "termType", self.generation.iri(term_map.term_type.value))
            self.write_tags(node, term_map)
            self.write_function(node, expression)
        elif isinstance(expression, QuotedTriplesMap):
            if name != "ObjectMap":
                text.say_type(node, name)
            self.write_star(node, expression)
        else:
            text.say_type(node, name)
            self.write_expression(node, term_map)
            if is_object or term_map.term_type is not TermType.IRI:
                text.say(node, "termType", self.generation.iri(term_map.term_type.value))
            self.write_tags(node, term_map)
        self.write_condition(node, term_map)
        self.write_targets(node, term_map.targets, term_map.mark)

    def write_expression(self, node: NamedNode, term_map: TermMap) -> None:
        """A constant, a reference or a template; a fresh blank node has none."""
        expression = term_map.expression
        if isinstance(expression, Constant):
            assert not isinstance(expression.term, BlankNode)
            self.text.say(node, "constant", expression.term)
        elif isinstance(expression, Reference):
            self.text.say(node, "reference", Literal(expression.text))
        elif isinstance(expression, Template):
            label = term_map.term_type is TermType.BLANK_NODE and not expression.references
            if label and self.generation is not Generation.RML:
                self.text.say(node, "constant", Literal("".join(str(part) for part in expression.parts)))
            else:
                self.text.say(node, "template", Literal(write_template(expression.parts)))

    def write_tags(self, node: NamedNode, term_map: TermMap) -> None:
        """The datatype and the language."""
        is_r2rml = self.generation is Generation.R2RML
        for word, tag in (("datatype", term_map.datatype), ("language", term_map.language)):
            if tag is None:
                continue
            match tag.expression:
                case Constant(term=NamedNode() | Literal() as term) if word == "datatype" or is_r2rml:
                    self.text.say(node, word, term)
                case _ if is_r2rml:
                    self.miss(tag.mark, f"R2RML has no {word} that changes from row to row")
                case _:
                    inner = self.text.name_node(word)
                    self.text.say(node, word + "Map", inner)
                    self.write_expression(inner, tag)
                    self.write_targets(inner, tag.targets, tag.mark)

    def write_targets(self, node: NamedNode, targets: Sequence[LogicalTarget], mark: Mark) -> None:
        if targets and self.generation is Generation.R2RML:
            self.miss(mark, "R2RML has no targets")
            return
        for target in targets:
            if target not in self.made:
                self.made[target] = write_target(self.text, target)
            self.text.say(node, "logicalTarget", self.made[target])

    # Quoted triples and joins

    def write_star(self, node: NamedNode, quoted: QuotedTriplesMap) -> None:
        if self.generation is Generation.R2RML:
            self.miss(quoted.mark, "R2RML has no quoted triples")
            return
        self.text.say_type(node, "StarMap")
        self.text.say(node, "quotedTriplesMap", self.nodes[quoted.name])
        self.write_conditions(node, quoted.conditions)

    def write_conditions(self, node: NamedNode, conditions: Iterable[JoinCondition]) -> None:
        """Equal references in R2RML's words; of other values today's RML makes maps, and the older one a function."""
        for condition in conditions:
            sides = (("child", condition.child), ("parent", condition.parent))
            simple = all(isinstance(side.expression, Reference) for _, side in sides)
            if not simple and self.generation is Generation.R2RML:
                self.miss(condition.mark, "R2RML joins by references alone")
                continue
            join = self.text.name_node("jc")
            if not simple and self.generation is Generation.LEGACY:
                self.text.say(node, OLD_RML + "joinCondition", join)
                self.write_join_function(join, condition)
                continue
            self.text.say(node, "joinCondition", join)
            for word, side in sides:
                if isinstance(side.expression, Reference):
                    self.text.say(join, word, Literal(side.expression.text))
                else:
                    inner = self.text.name_node(word)
                    self.text.say(join, f"{word}Map", inner)
                    self.write_value(inner, side)

    def write_join_function(self, node: NamedNode, condition: JoinCondition) -> None:
        """`equal` of a value of this triples map and one of the other, which stands in an `rml:parentTermMap`."""
        arguments = (
            Argument(parameter=GREL + "valueParameter", value=condition.child, mark=condition.mark),
            Argument(parameter=GREL + "valueParameter2", value=condition.parent, mark=condition.mark),
        )
        mark = condition.mark
        call = FunctionExecution(function=IDLAB + "equal", arguments=arguments, returned=None, mark=mark)
        self.write_function_value(node, call, (False, True))

    # Functions

    def write_function(self, node: NamedNode, execution: FunctionExecution) -> None:
        if self.generation is Generation.RML:
            self.write_execution(node, execution)
        else:
            self.write_function_value(node, execution)

    def write_value(self, node: NamedNode, value: TermMap) -> None:
        """A value of today's RML: the input of a function, or a side of a condition."""
        if value.term_type is not TermType.LITERAL:
            self.text.say(node, "termType", self.generation.iri(value.term_type.value))
        self.write_tags(node, value)
        self.write_condition(node, value)
        if isinstance(value.expression, FunctionExecution):
            self.write_execution(node, value.expression)
        else:
            self.write_expression(node, value)

    def write_condition(self, node: NamedNode, term_map: TermMap) -> None:
        """The condition beside a term map, which today's RML alone has."""
        if term_map.condition is not None:
            condition = self.text.name_node("condition")
            self.text.say(node, "condition", condition)
            self.write_value(condition, term_map.condition)

    def write_execution(self, node: NamedNode, execution: FunctionExecution) -> None:
        """Today's RML-FNML: an execution with its inputs."""
        made = self.text.name_node("execution")
        self.text.say(node, "functionExecution", made)
        self.text.say(made, "function", NamedNode(execution.function))
        for argument in execution.arguments:
            given, value = self.text.name_node("input"), self.text.name_node("value")
            self.text.say(made, "input", given)
            self.text.say(given, "parameter", NamedNode(argument.parameter))
            self.text.say(given, "inputValueMap", value)
            self.write_value(value, argument.value)

    def write_function_value(self, node: NamedNode, execution: FunctionExecution, sides: Sequence[bool] = ()) -> None:
        """The older FNML: a function is a triples map without a subject, its arguments are objects.

        In a join, *sides* says of each argument whether it is of the other triples map.
        """
        text, inner = self.text, self.text.name_node("fn")
        text.say_type(node, OLD_FNML + "FunctionTermMap")
        text.say(node, OLD_FNML + "functionValue", inner)
        if self.source is not None and not any(sides):
            text.say(inner, "logicalSource", self.source)
        executes, predicate, name = (text.name_node(kind) for kind in ("pomexec", "pmexec", "omexec"))
        text.say(inner, "predicateObjectMap", executes)
        text.say(executes, "predicateMap", predicate)
        text.say(predicate, "constant", NamedNode(FNO + "executes"))
        text.say(executes, "objectMap", name)
        text.say(name, "constant", NamedNode(execution.function))
        text.say(name, "termType", self.generation.iri("IRI"))
        for argument, from_other in zip(execution.arguments, sides or [False] * len(execution.arguments), strict=True):
            statement, predicate, value = (text.name_node(kind) for kind in ("pom", "pm", "om"))
            text.say(inner, "predicateObjectMap", statement)
            text.say_type(statement, "PredicateObjectMap")
            text.say(statement, "predicateMap", predicate)
            text.say_type(predicate, "PredicateMap")
            text.say(predicate, "constant", NamedNode(argument.parameter))
            text.say(statement, "objectMap", value)
            text.say_type(value, "ObjectMap")
            self.write_argument(value, argument.value, from_other=from_other)

    def write_argument(self, node: NamedNode, value: TermMap, *, from_other: bool) -> None:
        """An argument in the older FNML; one *from_other* is taken from the other side of a join."""
        if isinstance(value.expression, FunctionExecution):
            if value.term_type is TermType.IRI:
                self.text.say(node, "termType", self.generation.iri("IRI"))
            self.write_tags(node, value)
            self.write_function_value(node, value.expression, [from_other] * len(value.expression.arguments))
        elif from_other:
            parent = self.text.name_node("ptm")
            self.text.say(node, "parentTermMap", parent)
            self.write_expression(parent, value)
            if not isinstance(value.expression, Reference):
                self.text.say(parent, "termType", self.generation.iri(value.term_type.value))
        else:
            self.write_expression(node, value)
            self.text.say(node, "termType", self.generation.iri(value.term_type.value))


def write_template(parts: Iterable[str | Reference]) -> str:
    """The template as R2RML writes it: `{name}`, with `\\`, `{` and `}` escaped (R2RML, section 7.3).

    >>> from kg.text.diagnostic import SourceText, mark_of_file
    >>> write_template(["a{", Reference(text="b", mark=mark_of_file(SourceText("m.yml", "")))])
    'a\\\\{{b}'
    """
    out = []
    for part in parts:
        escaped = re.sub(r"([\\{}])", r"\\\1", part.text if isinstance(part, Reference) else part)
        out.append("{" + escaped + "}" if isinstance(part, Reference) else escaped)
    return "".join(out)
