"""Functions and conditions as YARRRML writes them → `FunctionExecution`, `JoinCondition`.

Source: https://rml.io/yarrrml/spec/, functions and conditions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.rdf.iri import check_iri
from kg.tables.read.conditions import restrict_term
from kg.tables.read.yarrrml.calls import CallSyntaxError, WrittenCall, parse_call
from kg.tables.read.yarrrml.calls import is_call as is_written_call
from kg.tables.read.yarrrml.keys import ARGUMENT_KEYS, FUNCTION_KEYS, PARAMETER_KEYS
from kg.tables.read.yarrrml.scope import DocumentScope, Fields, read_items
from kg.tables.read.yarrrml.tags import read_tags
from kg.tables.read.yarrrml.text import is_absolute
from kg.tables.read.yarrrml.values import make_term_map, plain_map, read_type
from kg.tables.rml import Argument, FunctionExecution, JoinCondition, Position, TermMap, TermType
from kg.tables.vocabulary import GREL, IDLAB
from kg.text.diagnostic import Mark
from kg.text.plural import write_count
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode

# The two functions that YARRRML names without a prefix, and what their two parameters are called.
SHORT_FUNCTIONS = {"equal": IDLAB + "equal", "notEqual": IDLAB + "notEqual"}
SHORT_PARAMETERS = {"str1": GREL + "valueParameter", "str2": GREL + "valueParameter2"}
_SIDES = {"s": False, "subject": False, "o": True, "object": True}


@dataclass(frozen=True, kw_only=True)
class Input:
    """An argument as it is read; *of_parent* where a join takes it from the other mapping, *inner* if it is a call."""

    argument: Argument
    of_parent: bool
    inner: tuple[Input, ...] = ()

    @property
    def sides(self) -> set[bool]:
        """Which mappings of a join it is made of: False for this one, True for the other."""
        return {side for each in self.inner for side in each.sides} if self.inner else {self.of_parent}


@dataclass(frozen=True, kw_only=True)
class FunctionCall:
    """A function call as it is read: the IRI of the *function*, and its inputs."""

    function: str
    inputs: tuple[Input, ...]
    name_mark: Mark = field(repr=False)
    mark: Mark = field(repr=False)

    @property
    def execution(self) -> FunctionExecution:
        """The call as RML has it."""
        arguments = tuple(each.argument for each in self.inputs)
        return FunctionExecution(function=self.function, arguments=arguments, returned=None, mark=self.name_mark)


def wrap_condition(term_map: TermMap, condition: FunctionCall) -> TermMap:
    """The term map under a condition of YARRRML."""
    return restrict_term(term_map, value_of(condition), condition.mark)


def value_of(call: FunctionCall, kind: TermType = TermType.LITERAL) -> TermMap:
    """The result of a call, as a plain value."""
    return plain_map(call.execution, kind, Position.VALUE)


# Conditions


def read_conditions(scope: DocumentScope, node: Node | None) -> tuple[FunctionCall, ...]:
    """The conditions of a mapping, of a statement or of an object."""
    return tuple(c for item in read_items(node) if (c := read_condition(scope, item, can_join=False)) is not None)


def read_join(scope: DocumentScope, node: Node | None) -> tuple[JoinCondition, ...]:
    """The conditions of a reference to another mapping."""
    calls = [read_condition(scope, item, can_join=True) for item in read_items(node)]
    return tuple(each for call in calls if call is not None for each in make_join(scope, call))


def read_condition(scope: DocumentScope, node: Node, *, can_join: bool) -> FunctionCall | None:
    """A mapping with `function` and `parameters`."""
    if isinstance(node, MappingNode):
        return read_function(scope, scope.read_fields(node, FUNCTION_KEYS), can_join=can_join)
    scope.expect("a mapping with `function` and `parameters`", node)
    return None


def make_join(scope: DocumentScope, call: FunctionCall) -> tuple[JoinCondition, ...]:
    """What a condition on a reference to another mapping compares; `and` of several comparisons is all of them."""
    if call.function == GREL + "boolean_and" and all(each.inner for each in call.inputs):
        return tuple(found for each in call.inputs for found in make_join(scope, inner_call(each, call.mark)))
    if call.function != IDLAB + "equal":
        message = f"a join by `{call.function}`, where mappings are joined by equal values"
        scope.tell("yarrrml-join", call.mark, message, "write `equal`, of functions of both sides perhaps")
        return ()
    children = [each.argument.value for each in call.inputs if each.sides == {False}]
    parents = [each.argument.value for each in call.inputs if each.sides == {True}]
    if len(children) != 1 or len(parents) != 1 or len(call.inputs) != 2:
        message = "a join compares one value of each side"
        scope.tell("yarrrml-join", call.mark, message, "`[str1, $(here), s]` and `[str2, $(there), o]`")
        return ()
    return (JoinCondition(child=children[0], parent=parents[0], mark=call.mark),)


def inner_call(given: Input, mark: Mark) -> FunctionCall:
    """The call that an input is."""
    execution = given.argument.value.expression
    assert isinstance(execution, FunctionExecution)
    return FunctionCall(function=execution.function, inputs=given.inner, name_mark=execution.mark, mark=mark)


# Functions


def read_function(scope: DocumentScope, fields: Fields, *, can_join: bool) -> FunctionCall | None:
    """The function of a mapping with `function` and `parameters`, or of the short form.

    *can_join* where it is a condition on a reference to a mapping, whose values parameters may take.
    """
    text = scope.read_text(fields.get("function"), "the name of a function")
    if text is None:
        if not fields.has("function"):
            scope.tell("yarrrml-missing", fields.mark, "a condition needs a `function`")
        return None
    if is_written_call(text.text):
        if fields.has("parameters"):
            mark = fields.key_mark("parameters")
            scope.tell("yarrrml-function", mark, "the parameters stand in the call already")
        call = read_written_call(scope, text)
        return None if call is None else read_call(scope, call, can_join=can_join)
    items = read_items(fields.get("parameters"))
    short = text.text in SHORT_FUNCTIONS
    inputs = tuple(i for item in items if (i := read_parameter(scope, item, short=short, can_join=can_join)))
    name = read_function_name(scope, text)
    return None if name is None else FunctionCall(function=name, inputs=inputs, name_mark=text.mark, mark=fields.mark)


def read_function_name(scope: DocumentScope, text: Scalar) -> str | None:
    """The IRI of a function; None where it has none."""
    if text.text in SHORT_FUNCTIONS:
        return SHORT_FUNCTIONS[text.text]
    name = read_constant(scope, text, "the name of a function")
    if name is not None and not is_absolute(name):
        known = "write the function's IRI, with a prefix; `equal` and `notEqual` need none"
        scope.tell("yarrrml-function", text.mark, f"`{text.text}` is no IRI of a function", known)
    return name


def read_constant(scope: DocumentScope, text: Scalar, what: str) -> str | None:
    """An IRI that is the same for all rows; None where it changes, which is told."""
    value = scope.read_value(text, is_iri=True)
    if value.constant is None and all(isinstance(part, str) for part in value.parts):
        return "".join(str(part) for part in value.parts)
    if value.constant is None:
        scope.refuse(text.mark, f"{what} that changes from row to row")
    return value.constant


def read_parameter_name(scope: DocumentScope, text: Scalar, *, short: bool) -> str | None:
    """The IRI of a parameter; `str1` and `str2` are those of the *short* functions."""
    if short and text.text in SHORT_PARAMETERS:
        return SHORT_PARAMETERS[text.text]
    if text.text in SHORT_PARAMETERS:
        return text.text
    name = read_constant(scope, text, "the name of a parameter")
    problem = check_iri(name) if name is not None else None
    if problem is not None:
        message = f"`{text.text}` is no name of a parameter: {problem.message}"
        scope.tell("yarrrml-function", text.mark, message, "name it by its IRI, such as `grel:valueParameter`")
        return None
    return name


def read_parameter(scope: DocumentScope, node: Node, *, short: bool, can_join: bool) -> Input | None:
    """`[parameter, value]`, `[parameter, value, side]` or a mapping; None after a mistake."""
    side: Node | None = None
    kind = TermType.LITERAL
    if isinstance(node, SequenceNode):
        if not 2 <= len(node.items) <= 3:
            shape = "`[parameter, value]` or `[parameter, value, s or o]`"
            scope.tell(
                "yarrrml-node",
                node.mark,
                f"expected {shape}, found {write_count(len(node.items), 'item')}",
            )
            return None
        name, value, side = (*node.items, None)[:3]
    elif isinstance(node, MappingNode):
        fields = scope.read_fields(node, PARAMETER_KEYS)
        name, value, side = fields.get("parameter"), fields.get("value"), fields.get("from")
        kind = read_type(scope, fields.get("type"), TermType.LITERAL)
        for key in ("parameter", "value"):
            if not fields.has(key):
                scope.tell("yarrrml-missing", node.mark, f"a parameter of a function needs a `{key}`")
    else:
        scope.expect("`[parameter, value]` or a mapping with `parameter` and `value`", node)
        return None
    text = scope.read_text(name, "the name of a parameter")
    if text is None or value is None:
        return None
    of_parent = read_side(scope, side, text.text, can_join=can_join)
    parameter = read_parameter_name(scope, text, short=short)
    found = read_argument(scope, value, kind, can_join=can_join)
    if found is None or parameter is None:
        return None
    term_map, inner = found
    argument = Argument(parameter=parameter, value=term_map, mark=text.mark)
    return Input(argument=argument, of_parent=of_parent, inner=inner)


def read_side(scope: DocumentScope, node: Node | None, name: str, *, can_join: bool) -> bool:
    """Whether a parameter takes its value from the other mapping of a join."""
    if node is None:
        return can_join and name == "str2"
    word = scope.read_word(node, _SIDES, "side")
    if word is not None and _SIDES[word] and not can_join:
        message = f"`{word}` is the other mapping of a join; here there is none"
        scope.tell("yarrrml-side", node.mark, message, "take it away, or write `s`")
        return False
    return word is not None and _SIDES[word]


def read_argument(
    scope: DocumentScope, node: Node, kind: TermType, *, can_join: bool
) -> tuple[TermMap, tuple[Input, ...]] | None:
    """The value of a parameter, and the inputs of the call that it may be; None after a mistake."""
    if not isinstance(node, MappingNode):
        text = scope.read_text(node)
        return None if text is None else (read_argument_text(scope, text, kind), ())
    fields = scope.read_fields(node, ARGUMENT_KEYS)
    word = fields.get("type")
    if not fields.has("function"):
        text = scope.read_text(fields.get("value"))
        if not fields.has("value"):
            scope.tell("yarrrml-missing", fields.mark, "an argument needs a `value` or a `function`")
        scope.tell_unread(fields, ("parameters", "datatype", "language"), "without a `function`")
        scope.tell_unread(fields, ("targets",), "of an argument")
        kind = kind if word is None else read_type(scope, word, TermType.LITERAL)
        return None if text is None else (read_argument_text(scope, text, kind), ())
    scope.tell_unread(fields, ("targets",), "of an argument")
    scope.tell_unread(fields, ("value",), "beside `function`")
    call = read_function(scope, fields, can_join=can_join)
    if call is None:
        return None
    kind = TermType.LITERAL if word is None else read_type(scope, word, TermType.LITERAL)
    return read_tags(scope, value_of(call, kind), fields), call.inputs


def read_argument_text(scope: DocumentScope, text: Scalar, kind: TermType) -> TermMap:
    """The value of a parameter that is a text."""
    kind = TermType.IRI if text.text.endswith("~iri") else kind
    value = scope.read_value(text, is_iri=kind is TermType.IRI, suffix="~iri")
    return make_term_map(scope, value, kind, Position.VALUE)


# The short form of functions


def read_written_call(scope: DocumentScope, text: Scalar) -> WrittenCall | None:
    """The call that a text is; None after a mistake."""
    try:
        return parse_call(text)
    except CallSyntaxError as error:
        scope.tell("yarrrml-function", error.mark, str(error))
        return None


def read_call(scope: DocumentScope, call: WrittenCall, *, can_join: bool) -> FunctionCall | None:
    """A call in the short form; None where its function has no name."""
    name = read_function_name(scope, call.name)
    short = call.name.text in SHORT_FUNCTIONS
    inputs: list[Input] = []
    for i, given in enumerate(call.arguments):
        written = given.name
        if written is None and short and i < 2:
            written = Scalar(text=f"str{i + 1}", mark=given.value.mark)
        if written is None:
            message = "an argument needs its parameter: `parameter = value`"
            scope.tell("yarrrml-function", given.value.mark, message)
            continue
        inner: tuple[Input, ...] = ()
        if isinstance(given.value, WrittenCall):
            found = read_call(scope, given.value, can_join=can_join)
            if found is None:
                continue
            value, inner = value_of(found), found.inputs
        else:
            value = read_argument_text(scope, given.value, TermType.LITERAL)
        parameter = read_call_parameter(scope, written, call.name, name, short=short)
        if parameter is not None:
            argument = Argument(parameter=parameter, value=value, mark=written.mark)
            inputs.append(Input(argument=argument, of_parent=can_join and written.text == "str2", inner=inner))
    if name is None:
        return None
    return FunctionCall(function=name, inputs=tuple(inputs), name_mark=call.name.mark, mark=call.mark)


def read_call_parameter(
    scope: DocumentScope, written: Scalar, function: Scalar, name: str | None, *, short: bool
) -> str | None:
    """A parameter without a prefix has the namespace of the function."""
    if written.text in SHORT_PARAMETERS or ":" in written.text:
        return read_parameter_name(scope, written, short=short)
    if "://" in function.text:
        return re.sub(r"[^/#]*$", "", function.text) + written.text
    if name is None or name == function.text:  # an undeclared prefix was told with the function's own name
        return name
    prefix = function.text.partition(":")[0]
    return read_constant(
        scope, Scalar(text=f"{prefix}:{written.text}", mark=written.mark, plain=False), "the name of a parameter"
    )
