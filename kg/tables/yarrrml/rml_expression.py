"""Expressions, functions, datatypes, languages and targets of term maps → RML.

Sources: R2RML https://www.w3.org/TR/r2rml/ section 7; RML-Core and RML-FNML http://w3id.org/rml/; the older
FNML as YARRRML Parser writes it.
"""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from kg.diagnostic import Mark
from kg.tables.vocabulary import FNO, OLD_FNML, Generation
from kg.tables.yarrrml.document import Function, Target, Term, TermType, Value
from kg.tables.yarrrml.quads import EXTENSIONS
from kg.tables.yarrrml.rml_target import TargetWriter
from kg.tables.yarrrml.template import write_template
from kg.yamldoc import Scalar


class ExpressionWriter(TargetWriter):
    """Writes what a term map holds, in the vocabulary's words."""

    def write_expression(self, node: NamedNode, term: Term) -> None:
        value = term.value
        if not isinstance(value, Value):
            return
        label = term.type is TermType.BLANK_NODE and value.constant is not None
        if label and self.generation is Generation.RML:
            # In today's RML a constant is a term, and no literal is a blank node; a template makes its label.
            self.add_word(node, "template", Literal(write_template(value.parts)), value.mark)
        else:
            self.write_value(node, value, is_iri=term.type is TermType.IRI)

    def write_value(self, node: NamedNode, value: Value, *, is_iri: bool) -> None:
        reference, constant = value.reference, value.constant
        if reference is not None:
            self.add_word(node, "reference", Literal(reference.name), value.mark)
        elif constant is not None:
            written = self.make_iri(constant) if is_iri else Literal(constant)
            self.add_word(node, "constant", written, value.mark)
        else:
            self.add_word(node, "template", Literal(write_template(value.parts)), value.mark)

    def write_term_type(self, node: NamedNode, kind: TermType, mark: Mark) -> None:
        self.add_word(node, "termType", self.generation.iri(kind.value), mark)

    def write_tags(self, node: NamedNode, term: Term) -> None:
        if term.datatype is not None:
            constant = term.datatype.constant
            if constant is not None:
                self.add_word(node, "datatype", self.make_iri(constant), term.datatype.mark)
            else:
                self._write_tag_map(node, "datatypeMap", term.datatype, is_iri=True)
        if term.language is not None and isinstance(term.language.value, Value):
            constant = term.language.value.constant
            if self.generation is Generation.R2RML and constant is not None:
                self.add_word(node, "language", Literal(constant), term.language.mark)
            else:
                language = self._write_tag_map(node, "languageMap", term.language.value, is_iri=False)
                if language is not None:
                    self.write_targets(language, term.language)

    def _write_tag_map(self, node: NamedNode, word: str, value: Value, *, is_iri: bool) -> NamedNode | None:
        if self.generation is Generation.R2RML:
            what = "datatype" if is_iri else "language"
            self.report_gap(value.mark, f"R2RML has no {what} that changes from row to row")
            return None
        inner = self.name_node(word.removesuffix("Map"))
        self.add_word(node, word, inner, value.mark)
        self.write_value(inner, value, is_iri=is_iri)
        return inner

    def write_targets(self, node: NamedNode, term: Term) -> None:
        if term.targets and self.generation is Generation.R2RML:
            self.report_gap(term.mark, "R2RML has no targets")
            return
        for target in term.targets:
            self._write_target_of_term(node, target)

    def _write_target_of_term(self, node: NamedNode, target: Scalar | Target) -> None:
        template = self.find_dynamic_template(target)
        if template is not None:
            inner = self.name_node("logicalTargetMap")
            self.add(node, NamedNode(EXTENSIONS + "logicalTargetMap"), inner, target.mark)
            self.add_type(inner, EXTENSIONS + "LogicalTargetMap", target.mark)
            self.write_value(inner, template, is_iri=False)
            return
        written = self.find_target(target)
        if written is not None:
            self.add_word(node, "logicalTarget", written, target.mark)

    # Functions

    def write_function_map(self, node: NamedNode, term: Term, source: NamedNode | None, kind: TermType | None) -> None:
        """The term map of a function; *kind* is None inside another function, where no term is made."""
        function = term.value
        if not isinstance(function, Function):
            return
        if kind is not None:
            self.write_term_type(node, kind, term.mark)
        self.write_tags(node, term)
        if self.generation is Generation.RML:
            self._write_execution(node, function)
        else:
            self.add_type(node, OLD_FNML + "FunctionTermMap", term.mark)
            self._write_function_value(node, function, source)

    def _write_function_value(self, node: NamedNode, function: Function, source: NamedNode | None) -> None:
        """The older FNML: a function is a triples map without a subject, its arguments are objects."""
        inner = self.name_node("fn")
        self.add(node, NamedNode(OLD_FNML + "functionValue"), inner, function.mark)
        if source is not None:
            self.add_word(inner, "logicalSource", source, function.mark)
        mark = function.name.mark
        executes, predicate, name = (self.name_node(kind) for kind in ("pomexec", "pmexec", "omexec"))
        self.add_word(inner, "predicateObjectMap", executes, mark)
        self.add_word(executes, "predicateMap", predicate, mark)
        self.add_word(predicate, "constant", NamedNode(FNO + "executes"), mark)
        self.add_word(executes, "objectMap", name, mark)
        self.write_value(name, function.name, is_iri=True)
        self.write_term_type(name, TermType.IRI, mark)
        for parameter in function.parameters:
            mark = parameter.name.mark
            statement, predicate, argument = (self.name_node(kind) for kind in ("pom", "pm", "om"))
            self.add_word(inner, "predicateObjectMap", statement, mark)
            self.add_type(statement, self.generation.iri("PredicateObjectMap"), mark)
            self.add_word(statement, "predicateMap", predicate, mark)
            self.add_type(predicate, self.generation.iri("PredicateMap"), mark)
            self.write_value(predicate, parameter.name, is_iri=True)
            self.add_word(statement, "objectMap", argument, mark)
            self.add_type(argument, self.generation.iri("ObjectMap"), mark)
            term = parameter.term
            if isinstance(term.value, Function):
                self.write_function_map(argument, term, source, _inner_kind(term))
            elif parameter.from_object:
                parent = self.name_node("ptm")
                self.add_word(argument, "parentTermMap", parent, term.mark)
                self.write_expression(parent, term)
            else:
                self.write_expression(argument, term)
                self.write_term_type(argument, term.type or TermType.LITERAL, term.mark)

    def _write_execution(self, node: NamedNode, function: Function) -> None:
        """Today's RML-FNML: an execution with its inputs."""
        execution = self.name_node("execution")
        self.add_word(node, "functionExecution", execution, function.mark)
        mark = function.name.mark
        if function.name.constant is not None:
            self.add_word(execution, "function", self.make_iri(function.name.constant), mark)
        else:
            chosen = self.name_node("function")
            self.add_word(execution, "functionMap", chosen, mark)
            self.write_value(chosen, function.name, is_iri=True)
        for parameter in function.parameters:
            given, argument = self.name_node("input"), self.name_node("value")
            mark = parameter.name.mark
            self.add_word(execution, "input", given, mark)
            if parameter.name.constant is not None:
                self.add_word(given, "parameter", self.make_iri(parameter.name.constant), mark)
            else:
                chosen = self.name_node("parameter")
                self.add_word(given, "parameterMap", chosen, mark)
                self.write_value(chosen, parameter.name, is_iri=True)
            self.add_word(given, "inputValueMap", argument, mark)
            term = parameter.term
            if isinstance(term.value, Function):
                self.write_function_map(argument, term, None, _inner_kind(term))
            else:
                self.write_expression(argument, term)
                if term.type not in {None, TermType.LITERAL}:
                    self.write_term_type(argument, term.type or TermType.LITERAL, term.mark)


def _inner_kind(term: Term) -> TermType | None:
    return TermType.IRI if term.type is TermType.IRI else None
