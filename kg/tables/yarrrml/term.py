"""Term maps as YARRRML writes them → `Term`: texts, lists, mappings, functions and conditions.

Source: https://rml.io/yarrrml/spec/, subjects, predicates, objects, functions, conditions.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kg.diagnostic import Mark
from kg.tables.yarrrml.document import (
    Function,
    MappingReference,
    Parameter,
    QuotedMapping,
    Target,
    Term,
    TermType,
    Value,
)
from kg.tables.yarrrml.function import Call, CallSyntaxError, is_call, is_join, parse_call
from kg.tables.yarrrml.io import IoReader
from kg.tables.yarrrml.keys import (
    FUNCTION_KEYS,
    LANGUAGE_KEYS,
    PARAMETER_KEYS,
    QUOTING,
    SUBJECT_KEYS,
    TERM_KEYS,
    Fields,
)
from kg.tables.yarrrml.template import is_absolute
from kg.yamldoc import Mapping, Node, Scalar, Sequence

IDLAB = "https://w3id.org/imec/idlab/function#"
GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

# The two functions that YARRRML names without a prefix, and what their two parameters are called.
SHORT_FUNCTIONS = {"equal": IDLAB + "equal", "notEqual": IDLAB + "notEqual"}
SHORT_PARAMETERS = {"str1": GREL + "valueParameter", "str2": GREL + "valueParameter2"}

_TYPES = {
    "iri": TermType.IRI,
    "literal": TermType.LITERAL,
    "blank": TermType.BLANK_NODE,
    "blanknode": TermType.BLANK_NODE,
}
_SIDES = {"s": False, "subject": False, "o": True, "object": True}
# RFC 5646, section 2.1, without the lists of registered subtags.
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def make_constant(text: str, mark: Mark) -> Value:
    """A value that is *text*, taken as it is."""
    return Value(parts=(text,), templated=False, mark=mark)


def wrap_condition(term: Term, condition: Function) -> Term:
    """The term made only where the condition holds: `trueCondition` gives its second argument, or nothing."""
    inner = Term(value=term.value, mark=term.mark, type=term.type)
    if isinstance(term.value, Function):
        inner = replace(inner, datatype=term.datatype, language=term.language)
    mark = condition.mark
    call = Function(
        name=make_constant(IDLAB + "trueCondition", mark),
        parameters=(
            Parameter(name=make_constant(IDLAB + "strBoolean", mark), term=Term(value=condition, mark=mark)),
            Parameter(name=make_constant(IDLAB + "str", mark), term=inner),
        ),
        mark=mark,
    )
    return replace(term, value=call)


class TermReader(IoReader):
    """Reads terms in the scope of one document, collecting the mistakes."""

    # Subjects, predicates, graphs

    def read_subject(self, node: Node) -> Term | None:
        if isinstance(node, Mapping):
            fields = self.read_fields(node, SUBJECT_KEYS)
            term = self._read_term(fields, default=TermType.IRI, what="a subject")
            if term is not None and fields.get("conditions") is not None and not isinstance(term.value, QuotedMapping):
                message = "a condition of a subject that quotes no mapping"
                hint = "write it beside `subjects`, where it is the condition of the mapping"
                self.report("yarrrml-condition", fields.key_mark("conditions"), message, hint)
            return term
        return self._read_iri_text(node, "a subject")

    def read_predicate(self, node: Node) -> Term | None:
        if isinstance(node, Mapping):
            fields = self.read_fields(node, TERM_KEYS)
            term = self._read_term(fields, default=TermType.IRI, what="a predicate")
        else:
            term = self._read_iri_text(node, "a predicate")
        if term is not None and term.type is not TermType.IRI:
            self.report("yarrrml-type", term.mark, "a predicate is an IRI")
        return term

    def read_graph(self, node: Node) -> Term | None:
        if isinstance(node, Mapping):
            fields = self.read_fields(node, TERM_KEYS)
            return self._read_term(fields, default=TermType.IRI, what="a graph")
        return self._read_iri_text(node, "a graph")

    def _read_iri_text(self, node: Node, what: str) -> Term | None:
        text = self.read_text(node, f"{what}: a text or a mapping")
        if text is None:
            return None
        if what == "a predicate" and text.text == "a":
            return Term(value=make_constant(RDF_TYPE, text.mark), mark=text.mark, type=TermType.IRI)
        value = self.read_value(text, is_iri=True, suffix="~iri")
        return Term(value=value, mark=text.mark, type=TermType.IRI)

    # Datatypes and languages

    def read_tag(self, term: Term, node: Node) -> Term:
        """The term with the datatype or, after `~lang`, the language that the node names."""
        text = self.read_text(node, "a datatype, or a language with `~lang`")
        if text is None:
            return term
        if text.text.endswith("~lang"):
            return replace(term, language=self.read_language(text))
        return replace(term, datatype=self.read_value(text, is_iri=True, suffix="~iri"))

    def _read_tags(self, term: Term, fields: Fields) -> Term:
        datatype, language = fields.get("datatype"), fields.get("language")
        if datatype is not None and (text := self.read_text(datatype)) is not None:
            term = replace(term, datatype=self.read_value(text, is_iri=True, suffix="~iri"))
        if language is not None:
            term = replace(term, language=self.read_language(language))
        return term

    def read_language(self, node: Node) -> Term | None:
        """`en`, `en~lang`, `$(column)`, or a mapping with `value` and `targets`."""
        targets: tuple[Scalar | Target, ...] = ()
        written: Node | None = node
        if isinstance(node, Mapping):
            fields = self.read_fields(node, LANGUAGE_KEYS)
            targets = self.read_targets_of_term(fields.get("targets"))
            written = fields.get("value")
            if written is None:
                self.report("yarrrml-missing", node.mark, "a language needs a `value`")
        text = self.read_text(written)
        if text is None:
            return None
        value = self.read_value(text, is_iri=False, suffix="~lang")
        tag = value.constant
        if tag is not None and not _LANGUAGE_TAG.fullmatch(tag):
            message = f"`{tag}` is no language tag"
            self.report("yarrrml-language", text.mark, message, "write a tag of BCP 47, such as `en` or `zh-Hans`")
        return Term(value=value, mark=text.mark, targets=targets)

    def check_tags(self, term: Term) -> Term:
        """The term, its datatype and language agreeing with each other and with its type."""
        datatype, language = term.datatype, term.language
        if datatype is not None and language is not None:
            if not (datatype.constant or "").endswith("#langString"):
                message = "a literal has a datatype or a language, not both; the language is not used"
                self.report("yarrrml-tags", datatype.mark, message)
                return replace(term, language=None)
            return replace(term, datatype=None)
        tag = datatype.mark if datatype else language.mark if language else None
        plain = not isinstance(term.value, MappingReference | QuotedMapping)
        if tag is not None and (term.type in {TermType.IRI, TermType.BLANK_NODE} or not plain):
            self.report("yarrrml-type", tag, "only a literal has a datatype or a language")
        return term

    # What a mapping may hold for any term

    def _read_term(self, fields: Fields, *, default: TermType, what: str) -> Term | None:
        kind = self.read_type(fields.get("type"), default)
        targets = self.read_targets_of_term(fields.get("targets"))
        given = [k for k in ("value", "function", *QUOTING) if fields.get(k) is not None]
        if len(given) > 1:
            message = f"`{given[0]}` and `{given[1]}` exclude each other"
            self.report("yarrrml-missing", fields.key_mark(given[1]), message)
        value: Value | Function | QuotedMapping | None = None
        if "value" in given:
            text = self.read_text(fields.get("value"))
            if text is None:
                return None
            if text.text.endswith("~iri"):
                kind = TermType.IRI
            if what == "a predicate" and text.text == "a":
                value = make_constant(RDF_TYPE, text.mark)
            else:
                value = self.read_value(text, is_iri=kind is TermType.IRI, suffix="~iri")
        elif "function" in given:
            join = self.read_join(fields)
            if isinstance(join, MappingReference):
                self.report("yarrrml-function", fields.mark, f"{what} cannot be a mapping: write `join(quoted=...)`")
                return None
            if join is not None:
                conditions = self.read_conditions(fields.get("conditions"), can_join=True)
                join = replace(join, conditions=conditions + join.conditions)
            value = join or (None if self.is_join(fields) else self.read_function(fields, can_join=False))
            if value is None:
                return None
        elif given:
            text = self.read_text(fields.get(given[0]), "the name of a mapping")
            if text is None:
                return None
            self.mapping_references.append(text)
            conditions = self.read_conditions(fields.get("conditions"), can_join=True)
            value = QuotedMapping(mapping=text, asserted=given[0] == "quoted", conditions=conditions)
        elif kind is not TermType.BLANK_NODE:
            self.report("yarrrml-missing", fields.mark, f"{what} needs a `value` or a `function`")
            return None
        return Term(value=value, mark=fields.mark, type=kind, targets=targets)

    def read_type(self, node: Node | None, default: TermType) -> TermType:
        word = None if node is None else self.read_word(node, _TYPES, "type of term")
        return default if word is None else _TYPES[word]

    # References to mappings

    def is_join(self, fields: Fields) -> bool:
        function = fields.get("function")
        return isinstance(function, Scalar) and is_join(function.text)

    def read_join(self, fields: Fields) -> MappingReference | QuotedMapping | None:
        """`join(mapping, equal($(a), $(b)))`, or `join(quoted=mapping, ...)` for its triples; else None."""
        function = fields.get("function")
        call = self._parse_call(function) if isinstance(function, Scalar) and self.is_join(fields) else None
        if call is None:
            return None
        first = call.arguments[0] if call.arguments else None
        if first is None or not isinstance(first.value, Scalar):
            self.report("yarrrml-function", call.mark, "`join` begins with the name of a mapping")
            return None
        conditions: list[Function] = []
        for argument in call.arguments[1:]:
            if isinstance(argument.value, Call):
                conditions.append(self._read_call(argument.value, can_join=True))
            else:
                message = "after the mapping, `join` takes conditions: `equal($(a), $(b))`"
                self.report("yarrrml-function", argument.value.mark, message)
        self.mapping_references.append(first.value)
        word = None if first.name is None else first.name.text
        if word not in QUOTING:
            return MappingReference(mapping=first.value, conditions=tuple(conditions))
        return QuotedMapping(mapping=first.value, asserted=word == "quoted", conditions=tuple(conditions))

    # Functions and conditions

    def read_conditions(self, node: Node | None, *, can_join: bool) -> tuple[Function, ...]:
        found = []
        for item in self.read_items(node):
            if not isinstance(item, Mapping):
                self.expect("a mapping with `function` and `parameters`", item)
                continue
            function = self.read_function(self.read_fields(item, FUNCTION_KEYS), can_join=can_join)
            if function is not None:
                found.append(function)
        return tuple(found)

    def read_function(self, fields: Fields, *, can_join: bool) -> Function | None:
        """The function of a mapping with `function` and `parameters`, or of the short form.

        *can_join* where it is a condition on a reference to a mapping, whose values parameters may take.
        """
        text = self.read_text(fields.get("function"), "the name of a function")
        if text is None:
            if fields.get("function") is None:
                self.report("yarrrml-missing", fields.mark, "a condition needs a `function`")
            return None
        if is_call(text.text):
            if fields.get("parameters") is not None:
                message = "the parameters stand in the call already"
                self.report("yarrrml-function", fields.key_mark("parameters"), message)
            call = self._parse_call(text)
            return None if call is None else self._read_call(call, can_join=can_join)
        items = self.read_items(fields.get("parameters"))
        parameters = [self._read_parameter(item, can_join=can_join) for item in items]
        return Function(
            name=self._read_function_name(text),
            parameters=self._name_short(text.text, tuple(p for p in parameters if p is not None)),
            mark=fields.mark,
        )

    def _read_function_name(self, text: Scalar) -> Value:
        if text.text in SHORT_FUNCTIONS:
            return make_constant(SHORT_FUNCTIONS[text.text], text.mark)
        value = self.read_value(text, is_iri=True)
        if value.constant is not None and not is_absolute(value.constant):
            known = "write the function's IRI, with a prefix; `equal` and `notEqual` need none"
            self.report("yarrrml-function", text.mark, f"`{text.text}` is no IRI of a function", known)
        return value

    def _name_short(self, function: str, parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
        """`str1` and `str2` under the names that the function of that IRI has for them."""
        if function not in SHORT_FUNCTIONS:
            return parameters
        return tuple(
            replace(p, name=replace(p.name, parts=(SHORT_PARAMETERS[p.name.constant],)))
            if p.name.constant in SHORT_PARAMETERS
            else p
            for p in parameters
        )

    def _read_parameter(self, node: Node, *, can_join: bool) -> Parameter | None:
        name: Node | None
        value: Node | None
        side: Node | None = None
        kind: TermType | None = None
        if isinstance(node, Sequence):
            if not 2 <= len(node.items) <= 3:
                shape = "`[parameter, value]` or `[parameter, value, s or o]`"
                message = f"expected {shape}, found {len(node.items)} items"
                self.report("yarrrml-node", node.mark, message)
                return None
            name, value = node.items[:2]
            side = node.items[2] if len(node.items) == 3 else None
        elif isinstance(node, Mapping):
            fields = self.read_fields(node, PARAMETER_KEYS)
            name, value, side = fields.get("parameter"), fields.get("value"), fields.get("from")
            kind = self.read_type(fields.get("type"), TermType.LITERAL)
            for key in ("parameter", "value"):
                if fields.get(key) is None:
                    self.report("yarrrml-missing", node.mark, f"a parameter of a function needs a `{key}`")
        else:
            self.expect("`[parameter, value]` or a mapping with `parameter` and `value`", node)
            return None
        text = self.read_text(name, "the name of a parameter")
        if text is None or value is None:
            return None
        from_object = self._read_side(side, text.text, can_join=can_join)
        term = self._read_argument(value, kind, can_join=can_join)
        if term is None:
            return None
        return Parameter(name=self._read_parameter_name(text), term=term, from_object=from_object)

    def _read_parameter_name(self, text: Scalar) -> Value:
        if text.text in SHORT_PARAMETERS:
            return make_constant(text.text, text.mark)
        return self.read_value(text, is_iri=True)

    def _read_side(self, node: Node | None, name: str, *, can_join: bool) -> bool:
        if node is None:
            return can_join and name == "str2"
        word = self.read_word(node, _SIDES, "side")
        if word is not None and _SIDES[word] and not can_join:
            message = f"`{word}` is the other mapping of a join; here there is none"
            self.report("yarrrml-side", node.mark, message, "take it away, or write `s`")
            return False
        return word is not None and _SIDES[word]

    def _read_argument(self, node: Node, kind: TermType | None, *, can_join: bool) -> Term | None:
        if isinstance(node, Mapping):
            fields = self.read_fields(node, {**TERM_KEYS, "datatype": (), "language": ()})
            if fields.get("function") is None:
                return self._read_term(fields, default=TermType.LITERAL, what="an argument")
            function = self.read_function(fields, can_join=can_join)
            if function is None:
                return None
            word = fields.get("type")
            kind = None if word is None else self.read_type(word, TermType.LITERAL)
            return self._read_tags(Term(value=function, mark=node.mark, type=kind), fields)
        text = self.read_text(node)
        return None if text is None else self._read_argument_text(text, kind)

    def _read_argument_text(self, text: Scalar, kind: TermType | None = None) -> Term:
        if text.text.endswith("~iri"):
            kind = TermType.IRI
        value = self.read_value(text, is_iri=kind is TermType.IRI, suffix="~iri")
        return Term(value=value, mark=text.mark, type=kind or TermType.LITERAL)

    # The short form of functions

    def _parse_call(self, text: Scalar) -> Call | None:
        try:
            return parse_call(text)
        except CallSyntaxError as error:
            self.report("yarrrml-function", error.mark, str(error))
            return None

    def _read_call(self, call: Call, *, can_join: bool) -> Function:
        name = self._read_function_name(call.name)
        short = call.name.text in SHORT_FUNCTIONS
        parameters = []
        for i, argument in enumerate(call.arguments):
            written = argument.name
            if written is None and short and i < 2:
                written = Scalar(text=f"str{i + 1}", mark=argument.value.mark)
            if written is None:
                message = "an argument needs its parameter: `parameter = value`"
                self.report("yarrrml-function", argument.value.mark, message)
                continue
            if isinstance(argument.value, Call):
                inner = self._read_call(argument.value, can_join=can_join)
                term = Term(value=inner, mark=inner.mark)
            else:
                term = self._read_argument_text(argument.value)
            parameters.append(
                Parameter(
                    name=self._read_call_parameter(written, call.name, name),
                    term=term,
                    from_object=can_join and written.text == "str2",
                )
            )
        return Function(name=name, parameters=self._name_short(call.name.text, tuple(parameters)), mark=call.mark)

    def _read_call_parameter(self, written: Scalar, function: Scalar, name: Value) -> Value:
        """A parameter without a prefix has the namespace of the function."""
        if written.text in SHORT_PARAMETERS or ":" in written.text:
            return self._read_parameter_name(written)
        if "://" in function.text:
            namespace = re.sub(r"[^/#]*$", "", function.text)
            return make_constant(namespace + written.text, written.mark)
        prefix = function.text.partition(":")[0]
        whole = Scalar(text=f"{prefix}:{written.text}", mark=written.mark, plain=False)
        # The function's own name was read already: an undeclared prefix is told once.
        return self.read_value(whole, is_iri=True) if name.constant != function.text else name
