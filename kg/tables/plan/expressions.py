"""Expressions of term maps → values of the rows that they are read from; calls of functions with their checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.tables.functions.checks import check_replacement
from kg.tables.plan.functions import (
    BY_IRI,
    CONDITIONS,
    REFUSED,
    FnType,
    Function,
    Output,
    Parameter,
    find_function,
    place_in_sequence,
    short_name,
    today,
)
from kg.tables.plan.scope import Scope
from kg.tables.plan.value import (
    INTEGER_OF,
    TRUTH_OF,
    TYPE_OF,
    Absent,
    AllOf,
    Call,
    Concat,
    Condition,
    Encode,
    Encoding,
    Equal,
    Items,
    Members,
    Missing,
    Present,
    Text,
    Value,
    When,
    join_parts,
)
from kg.tables.rml import Argument, Constant, FunctionExecution, Reference, Template, TermMap, TermType
from kg.tables.vocabulary import GREL, IDLAB
from kg.tables.wording import choose_words
from kg.text.diagnostic import did_you_mean, list_known

ENCODED = {TermType.IRI: Encoding.IRI, TermType.URI: Encoding.URI}  # what makes such terms of a template's values


def read_value(term_map: TermMap, scope: Scope) -> Value | None:
    """The plain text of an expression: no term, no encoding (join conditions, fields, function inputs)."""
    if term_map.condition is not None:
        return read_restricted(term_map.condition, replace(term_map, condition=None), read_value, scope)
    expression = term_map.expression
    if isinstance(expression, Constant):
        return Text(text=expression.term.value)
    if isinstance(expression, Reference):
        found = scope.read(expression)
        return None if found is None else found.value
    if isinstance(expression, Template):
        return read_template(expression, None, scope)
    return read_result(expression, scope) if isinstance(expression, FunctionExecution) else None


def read_template(template: Template, encoding: Encoding | None, scope: Scope) -> Value | None:
    """The text of a template, its references encoded where *encoding* says how; None after a mistake."""
    parts: list[Value] = []
    for part in template.parts:
        if isinstance(part, str):
            parts.append(Text(text=part))
        elif (read := scope.read(part)) is not None:
            parts.append(read.value if encoding is None else Encode(encoding=encoding, value=read.value))
        else:
            return None
    return join_parts(parts)


def read_input(term_map: TermMap, scope: Scope) -> Value | None:
    """What a function is given, or a join compares; a template that is said to make IRIs percent-encodes."""
    if term_map.condition is not None:
        return read_restricted(term_map.condition, replace(term_map, condition=None), read_input, scope)
    if isinstance(term_map.expression, Template):
        return read_template(term_map.expression, ENCODED.get(term_map.term_type), scope)
    return read_value(term_map, scope)


def read_restricted(
    condition: TermMap, term_map: TermMap, read: Callable[[TermMap, Scope], Value | None], scope: Scope
) -> Value | None:
    """What *read* makes of a term map, missing where the condition is not true; None after a mistake."""
    wanted = read_condition(condition, scope)
    begin = len(scope.checks)
    value = read(term_map, scope)
    if wanted is None or value is None:
        return None
    scope.restrict_checks(begin, wanted)
    return When(condition=wanted, then=value)


NO_TRUTH, DECIDE = "`{value}` is neither true nor false", "let a function decide, such as `idlab-fn:equal`"


def read_condition(condition: TermMap, scope: Scope) -> Condition | None:
    """The condition of the plan for one of the mapping; None after a mistake.

    A check finds values that are neither true nor false.
    """
    value = read_value(condition, scope)
    if value is None:
        return None
    truth = Call(function=TRUTH_OF, output=0, arguments=(value,))
    bad = AllOf(conditions=(Present(values=(value,)), Absent(value=truth)))
    scope.check("data-function", bad, value, condition, NO_TRUTH, condition.mark, DECIDE)
    return Equal(one=truth, other=Text(text="true"))


def read_result(execution: FunctionExecution, scope: Scope) -> Value | None:
    """What a function gives in a row; of one that gives a list, an item of it."""
    call = read_call(execution, scope)
    if call is None:
        return None
    return scope.unfold(call, call) if output_of(call).many else call


def result_datatype(execution: FunctionExecution, value: Value) -> Value | None:
    """The datatype of what a function gives, by its description; None where it gives a plain text."""
    function = find_function(execution.function)
    assert function is not None
    kind = function.outputs[place_output(function, execution.returned) or 0].kind
    if kind.is_typed_by_value:
        return Call(function=TYPE_OF, output=0, arguments=(value,))
    return None if kind.datatype is None else Text(text=kind.datatype)


def output_of(call: Call) -> Output:
    """The output that a call is of."""
    return BY_IRI[call.function].outputs[call.output]


# -- calls --------------------------------------------------------------------------------------------


def read_call(execution: FunctionExecution, scope: Scope) -> Call | None:
    """The call of a function; an unknown function, parameter or output is a diagnostic."""
    function = find_function(execution.function)
    if function is None:
        complain_of_function(execution, scope)
        return None
    given = sort_arguments(function, execution, scope)
    if given is None:
        return None
    values: list[Value] = []
    choices = CHOICES.get(function.iri, {})
    for place, (parameter, arguments) in enumerate(zip(function.parameters, given, strict=True)):
        begin = len(scope.checks)
        value = read_argument(function, parameter, arguments, scope)
        if value is None:
            return None
        if parameter.takes_none or parameter.kind.repeats or place in choices:
            scope.keep_rows(value)
        if place in choices:
            truth = Call(function=TRUTH_OF, output=0, arguments=(values[0],))
            scope.restrict_checks(begin, Equal(one=truth, other=Text(text=choices[place])))
        if isinstance(value, Missing) and not parameter.optional:
            message = f"`{function.name}` needs the parameter `{parameter.names[0]}`"
            hint = choose_words(execution.mark, "add an `rml:input`", "add it to `parameters`")
            scope.findings.tell("map-incomplete", execution.mark, message, hint)
            return None
        values.append(value)
    if not check_replaced(function, values, execution, scope):
        return None
    output = place_output(function, execution.returned)
    if output is None:
        name = short_name(execution.returned or "")
        known = [n for each in function.outputs for n in each.names]
        message = f"`{function.name}` returns no `{name}`"
        scope.findings.tell(
            "map-function-output", execution.mark, message, did_you_mean(name, known) or list_known(known)
        )
        return None
    call = Call(function=function.iri, output=output, arguments=tuple(values))
    if function.fails:
        check_call(function, call, execution, scope)
    else:
        check_arguments(function, call, execution, scope)
    return call


# functions that take one of their arguments only where the first one is so
CHOICES = {
    IDLAB + "trueCondition": {1: "true"},
    GREL + "controls_if": {1: "true", 2: "false"},
    CONDITIONS + "IF": {1: "true"},
}


def complain_of_function(execution: FunctionExecution, scope: Scope) -> None:
    """Say that there is no such function, or why it is not computed."""
    if (reason := REFUSED.get(today(execution.function))) is not None:
        message = f"`{short_name(execution.function)}` is not computed: {reason}"
        scope.findings.tell("map-function", execution.mark, message, "let the data hold what it shall give")
        return
    known = {short_name(iri): iri for iri in BY_IRI}
    near = did_you_mean(short_name(execution.function), known) or f"known are {list_known(known)}"
    scope.findings.tell("map-function", execution.mark, f"no function `{execution.function}`", near)


def sort_arguments(
    function: Function, execution: FunctionExecution, scope: Scope
) -> tuple[tuple[Argument, ...], ...] | None:
    """The arguments of each parameter, in its order; None after a mistake."""
    given: list[list[Argument]] = [[] for _ in function.parameters]
    for argument in execution.arguments:
        name = short_name(argument.parameter)
        index = find_parameter(function, name, given)
        if index is None:
            hint = did_you_mean(name, [n for p in function.parameters for n in p.names])
            message = f"`{function.name}` has no parameter `{name}`"
            scope.findings.tell("map-function-parameter", argument.mark, message, hint)
            return None
        if given[index] and not function.parameters[index].kind.repeats:
            message = f"the parameter `{name}` of `{function.name}` is given twice"
            scope.findings.tell("map-function-parameter", argument.mark, message, "keep one of the two")
            return None
        given[index].append(argument)
    return tuple(tuple(sorted(each, key=lambda a: place_in_sequence(a.parameter))) for each in given)


def find_parameter(function: Function, name: str, given: list[list[Argument]]) -> int | None:
    """The place of a parameter by its name: of two that share it, the one that is not given yet."""
    places = [i for i, p in enumerate(function.parameters) if name in p.names]
    return next((i for i in places if not given[i]), places[0] if places else None)


def read_argument(
    function: Function, parameter: Parameter, arguments: tuple[Argument, ...], scope: Scope
) -> Value | None:
    """The value of a parameter, `Missing` where it is not given; None after a mistake."""
    if not arguments:
        return Missing() if parameter.default is None else Text(text=parameter.default)
    if parameter.kind.repeats:
        return read_items(function, parameter, arguments, scope)
    [argument] = arguments
    value = read_input(argument.value, scope)
    if value is None:
        return None
    if parameter.kind.is_fixed and not isinstance(value, Text):
        message = f"`{parameter.names[0]}` of `{function.name}` changes from row to row"
        hint = f"write the {parameter.kind.value} into the mapping"
        scope.findings.tell("map-function-parameter", argument.mark, message, hint)
        return None
    return None if not check_constant(function, parameter, value, argument, scope) else value


def check_constant(function: Function, parameter: Parameter, value: Value, argument: Argument, scope: Scope) -> bool:
    """Whether an argument that stands in the mapping is one that the parameter takes."""
    wrong = function.check(parameter, value.text) if isinstance(value, Text) else None
    if wrong is not None:
        hint = f"`{parameter.names[0]}` of `{function.name}` is: {parameter.kind.value}"
        scope.findings.tell("map-function-parameter", argument.mark, wrong, hint)
    return wrong is None


def check_replaced(function: Function, values: Sequence[Value], execution: FunctionExecution, scope: Scope) -> bool:
    """Whether a replacement that stands in the mapping names groups that the pattern has."""
    texts = {p.kind: v.text for p, v in zip(function.parameters, values, strict=True) if isinstance(v, Text)}
    if FnType.FIND not in texts or FnType.REPLACE not in texts:
        return True
    wrong = check_replacement(texts[FnType.FIND], texts[FnType.REPLACE])
    if wrong is not None:
        scope.findings.tell("map-function-parameter", execution.mark, wrong, "a dollar sign is written `\\$`")
    return wrong is None


ITEM_KINDS = {FnType.TRUTHS: FnType.TRUTH, FnType.NUMBERS: FnType.DECIMAL, FnType.INTEGERS: FnType.INTEGER}


def read_items(function: Function, parameter: Parameter, arguments: tuple[Argument, ...], scope: Scope) -> Value | None:
    """All values of a parameter as one list. A list among them gives its items, unless lists are crossed."""
    item = replace(parameter, kind=ITEM_KINDS.get(parameter.kind, FnType.ANY))
    values: list[Value] = []
    lists: set[int] = set()
    for argument in arguments:
        listed = None if parameter.kind is FnType.CROSS else read_list(argument.value, scope)
        value = listed or read_input(argument.value, scope)
        if value is None or not check_constant(function, item, value, argument, scope):
            return None
        if listed is not None:
            lists.add(len(values))
        values.append(value)
    return Items(values=tuple(values), lists=frozenset(lists))


def read_list(term_map: TermMap, scope: Scope) -> Value | None:
    """The list that an expression is, where it is one: the values of a reference, or what a function gives."""
    if term_map.condition is not None:
        return read_restricted(term_map.condition, replace(term_map, condition=None), read_list, scope)
    expression = term_map.expression
    if isinstance(expression, Reference):
        column = scope.table.column(expression.text)
        if column is None or not column.many:
            return None
        listed = scope.column(column.name)
        return Members(column=listed) if column.typed_items else listed
    if isinstance(expression, FunctionExecution) and (function := find_function(expression.function)) is not None:
        place = place_output(function, expression.returned)
        if place is not None and function.outputs[place].many:
            return read_call(expression, scope)
    return None


def place_output(function: Function, returned: str | None) -> int | None:
    """The place of the output that is asked for; without a name it is the first. None where there is none."""
    if returned is None:
        return 0
    name = short_name(returned)
    return next((place for place, each in enumerate(function.outputs) if name in each.names), None)


def check_call(function: Function, call: Call, execution: FunctionExecution, scope: Scope) -> None:
    """A check that a function has a result wherever its arguments are there."""
    pairs = list(zip(function.parameters, call.arguments, strict=True))
    needed = tuple(value for parameter, value in pairs if not parameter.takes_none)
    given = [(p, v) for p, v in pairs if not isinstance(v, Missing)]
    varied = [(p, v) for p, v in given if not isinstance(v, Text)]
    shown = [show_argument(p, v) for p, v in varied or given] or [Text(text="")]
    parts = [part for each in shown for part in (Text(text=", "), each)][1:]
    value = Concat(parts=tuple(parts), whole=True)
    message = f"`{function.name}` has no result for `{{value}}`"
    takes = ", ".join(f"`{p.names[0]}`: {p.kind.value}" for p in function.parameters)
    bad = AllOf(conditions=(Present(values=needed), Absent(value=call)))
    scope.check("data-function", bad, value, function.name, message, execution.mark, f"it takes {takes}")


VALID = {FnType.TRUTH: TRUTH_OF, FnType.INTEGER: INTEGER_OF}


def check_arguments(function: Function, call: Call, execution: FunctionExecution, scope: Scope) -> None:
    """A check of each argument where the function itself may well have no result."""
    for parameter, value in zip(function.parameters, call.arguments, strict=True):
        valid = VALID.get(parameter.kind)
        if valid is None or isinstance(value, Text | Missing):
            continue
        bad = AllOf(
            conditions=(Present(values=(value,)), Absent(value=Call(function=valid, output=0, arguments=(value,))))
        )
        if function.iri == IDLAB + "trueCondition":  # a `condition` of YARRRML is read as a call that nobody wrote
            condition = next(a.value for a in execution.arguments if short_name(a.parameter) in parameter.names)
            scope.check("data-function", bad, value, condition, NO_TRUTH, condition.mark, DECIDE)
            continue
        message = f"`{{value}}` is no {parameter.kind.value}, as `{parameter.names[0]}` of `{function.name}` is"
        scope.check("data-function", bad, value, function.name, message, execution.mark, "correct the value")


def show_argument(parameter: Parameter, value: Value) -> Value:
    """An argument as a text."""
    if not parameter.kind.is_list:
        return value
    return Call(function=GREL + "array_join", output=0, arguments=(value, Text(text=", ")))
