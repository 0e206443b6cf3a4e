"""Objects as YARRRML writes them → `Term`: texts, short lists, mappings, references to other mappings.

Source: https://rml.io/yarrrml/spec/, objects, and functions for references to mappings.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kg.tables.yarrrml import Function, MappingReference, Term, TermType
from kg.tables.yarrrml_function import Call
from kg.tables.yarrrml_keys import OBJECT_KEYS, Fields
from kg.tables.yarrrml_term import TermReader, wrap_condition
from kg.yamldoc import Mapping, Node, Scalar, Sequence


class ObjectReader(TermReader):
    """Reads objects in the scope of one document."""

    def read_objects(self, node: Node, *, is_class: bool) -> tuple[Term, ...]:
        """The object, or several where it refers to a list of mappings. *is_class* after `rdf:type`."""
        default = TermType.IRI if is_class else TermType.LITERAL
        if isinstance(node, Mapping):
            return self._read_object_mapping(node, default)
        if isinstance(node, Sequence):
            return self._read_object_list(node, default)
        text = self.read_text(node, "an object: a text, a list or a mapping")
        return () if text is None else (self._read_object_text(text, default),)

    def _read_object_text(self, text: Scalar, default: TermType) -> Term:
        kind = TermType.IRI if text.text.endswith("~iri") else default
        value = self.read_value(text, is_iri=kind is TermType.IRI, suffix="~iri")
        return Term(value=value, mark=text.mark, type=kind)

    def _read_object_list(self, node: Sequence, default: TermType) -> tuple[Term, ...]:
        if not 1 <= len(node.items) <= 2:
            message = f"expected `[value]` or `[value, datatype or language]`, found {len(node.items)} items"
            self.report("yarrrml-node", node.mark, message)
            return ()
        text = self.read_text(node.items[0])
        if text is None:
            return ()
        term = self._read_object_text(text, default)
        return (self.read_tag(term, node.items[1]) if len(node.items) == 2 else term,)

    def _read_object_mapping(self, node: Mapping, default: TermType) -> tuple[Term, ...]:
        fields = self.read_fields(node, OBJECT_KEYS)
        joins = fields.get("mapping") is not None or self._is_join(fields)
        conditions = self.read_conditions(fields.get("conditions"), can_join=joins)
        if joins:
            terms = self._read_join(fields, conditions)
        else:
            term = self._read_term(fields, default=default, what="an object")
            if term is None:
                return ()
            term = self._read_tags(term, fields)
            for condition in conditions:
                term = wrap_condition(term, condition)
            terms = (term,)
        inverse = self.read_items(fields.get("inversepredicates"))
        predicates = tuple(p for item in inverse if (p := self.read_predicate(item)) is not None)
        if predicates and any(t.type is TermType.LITERAL for t in terms):
            message = "an inverse predicate needs an object that can be a subject, not a literal"
            self.report("yarrrml-type", fields.key_mark("inversepredicates"), message)
            predicates = ()
        return tuple(replace(term, inverse_predicates=predicates) for term in terms)

    # References to mappings

    def _is_join(self, fields: Fields) -> bool:
        function = fields.get("function")
        return isinstance(function, Scalar) and re.match(r"\s*join\s*\(", function.text) is not None

    def _read_join(self, fields: Fields, conditions: tuple[Function, ...]) -> tuple[Term, ...]:
        targets = self.read_targets_of_term(fields.get("targets"))
        names: list[Scalar] = []
        if fields.get("mapping") is not None:
            for item in self.read_items(fields.get("mapping")):
                text = self.read_text(item, "the name of a mapping")
                if text is not None:
                    names.append(text)
            for key in ("value", "function", "parameters", "type", "datatype", "language"):
                if fields.get(key) is not None:
                    message = f"`{key}` has no place beside `mapping`"
                    self.report("yarrrml-missing", fields.key_mark(key), message)
        else:
            function = fields.get("function")
            call = self._parse_call(function) if isinstance(function, Scalar) else None
            if call is None:
                return ()
            first = call.arguments[0].value if call.arguments else None
            if not isinstance(first, Scalar):
                self.report("yarrrml-function", call.mark, "`join` begins with the name of a mapping")
                return ()
            names.append(first)
            for argument in call.arguments[1:]:
                if isinstance(argument.value, Call):
                    conditions += (self._read_call(argument.value, can_join=True),)
                else:
                    message = "after the mapping, `join` takes conditions: `equal($(a), $(b))`"
                    self.report("yarrrml-function", argument.value.mark, message)
        self.mapping_references.extend(names)
        reference = [MappingReference(mapping=name, conditions=conditions) for name in names]
        return tuple(Term(value=value, mark=value.mapping.mark, targets=targets) for value in reference)
