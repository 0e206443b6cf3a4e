"""Objects as YARRRML writes them → `Term`: texts, short lists, mappings, references to other mappings.

Source: https://rml.io/yarrrml/spec/, objects, and functions for references to mappings.
"""

from __future__ import annotations

from dataclasses import replace

from kg.tables.yarrrml.document import MappingReference, QuotedMapping, Term, TermType
from kg.tables.yarrrml.keys import OBJECT_KEYS, QUOTING, Fields
from kg.tables.yarrrml.term import TermReader, wrap_condition
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
        if fields.get("mapping") is not None or self.is_join(fields):
            terms = self._read_references(fields)
        else:
            term = self._read_term(fields, default=default, what="an object")
            if term is None:
                return ()
            term = self._read_tags(term, fields)
            if not isinstance(term.value, QuotedMapping):  # whose conditions are those of a join
                for condition in self.read_conditions(fields.get("conditions"), can_join=False):
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

    def _read_references(self, fields: Fields) -> tuple[Term, ...]:
        """The terms of `mapping`, which names one mapping or several, or of the call of `join`."""
        targets = self.read_targets_of_term(fields.get("targets"))
        conditions = self.read_conditions(fields.get("conditions"), can_join=True)
        if fields.get("mapping") is None:
            join = self.read_join(fields)
            if join is None:
                return ()
            found = [replace(join, conditions=conditions + join.conditions)]
        else:
            names = [self.read_text(item, "the name of a mapping") for item in self.read_items(fields.get("mapping"))]
            found = [MappingReference(mapping=name, conditions=conditions) for name in names if name is not None]
            self.mapping_references.extend(each.mapping for each in found)
        main = "function" if fields.get("mapping") is None else "mapping"
        for key in (*QUOTING, "value", "function", "parameters", "type", "datatype", "language"):
            if key != main and fields.get(key) is not None:
                message = f"`{key}` has no place beside `{main}`"
                self.report("yarrrml-missing", fields.key_mark(key), message)
        return tuple(Term(value=each, mark=each.mapping.mark, targets=targets) for each in found)
