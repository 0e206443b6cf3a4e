"""Terms that are made only where a condition holds: `trueCondition`, and `rml:condition` for what is no value."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox

from kg.rdf.iri import local_name
from kg.rdf.namespace import XSD
from kg.tables.rml import Argument, Constant, FunctionExecution, Position, RowIdentity, TermMap
from kg.tables.vocabulary import IDLAB
from kg.text.diagnostic import Mark

TRUE_CONDITION, TRUTH, GIVEN = IDLAB + "trueCondition", IDLAB + "strBoolean", IDLAB + "str"
RESTRICTING = {
    TRUE_CONDITION: ("strBoolean", "str"),
    "http://example.com/idlab/function/trueCondition": ("strBoolean", "str"),
    "http://example.com/fns#IF": ("boolParameter", "expressionParameter"),  # RML-FNML, section on conditions
}  # functions that give one of their arguments where the other one is true, by the names of these


def restrict_term(term_map: TermMap, condition: TermMap, mark: Mark) -> TermMap:
    """The term map under one more condition, which stands at *mark* in messages; it may have a condition itself."""
    return replace(term_map, condition=_join_conditions(replace(condition, mark=mark), term_map.condition))


def _join_conditions(one: TermMap, other: TermMap | None) -> TermMap:
    return replace(one, condition=other if one.condition is None else _join_conditions(one.condition, other))


def call_true_condition(term_map: TermMap, condition: TermMap, mark: Mark) -> FunctionExecution:
    """The call of `trueCondition` that gives the value of the term map."""
    inner = replace(term_map, position=Position.VALUE, targets=())
    if not isinstance(term_map.expression, FunctionExecution):
        inner = replace(inner, datatype=None, language=None)
    arguments = (
        Argument(parameter=TRUTH, value=condition, mark=mark),
        Argument(parameter=GIVEN, value=inner, mark=mark),
    )
    return FunctionExecution(function=TRUE_CONDITION, arguments=arguments, returned=None, mark=mark)


def spell_condition(term_map: TermMap) -> TermMap:
    """The term map with the condition beside it as a call, for vocabularies without `rml:condition`."""
    condition = term_map.condition
    if condition is None:
        return term_map
    inner = spell_condition(replace(term_map, condition=condition.condition))
    call = call_true_condition(inner, replace(condition, condition=None), condition.mark)
    return replace(term_map, expression=call, condition=None)


def settle_condition(term_map: TermMap) -> TermMap:
    """The term map with the condition beside it that a call of `trueCondition` or `IF` says.

    The term is then what it is without the condition: its datatype is that of the value, and a template
    percent-encodes. A call that makes another kind of term of its argument is left as it is.
    """
    call = term_map.expression
    if not isinstance(call, FunctionExecution) or call.function not in RESTRICTING or call.returned is not None:
        return term_map
    names = RESTRICTING[call.function]
    given = {local_name(argument.parameter).lstrip("_"): argument.value for argument in call.arguments}
    if given.keys() != set(names) or len(call.arguments) != len(given):
        return term_map
    truth, inner = given[names[0]], settle_condition(given[names[1]])
    if not isinstance(inner.expression, RowIdentity) and inner.term_type is not term_map.term_type:
        return term_map
    if (term_map.datatype or term_map.language) is not None and has_tag(inner):
        return term_map
    settled = replace(term_map, expression=inner.expression, condition=inner.condition)
    return restrict_term(settled, truth, call.mark)


def has_tag(term_map: TermMap) -> bool:
    """Whether a constant has a datatype or a language of its own, which another one would contradict."""
    term = term_map.expression.term if isinstance(term_map.expression, Constant) else None
    return isinstance(term, ox.Literal) and (term.language is not None or term.datatype.value != XSD + "string")
