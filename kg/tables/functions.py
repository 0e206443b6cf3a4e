# ruff: noqa: E501 - the table of functions reads best with one function a line
"""The functions that a mapping may call (RML-FNML): each is an SQL expression, none is foreign code.

The names are those of the GREL and IDLab function descriptions and of RML-FNML's own test functions.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.diagnostic import Diagnostic, Mark, did_you_mean, list_known
from kg.tables.pieces import Hole
from kg.tables.rml import FunctionExecution
from kg.tables.terms import Scope, compile_value

GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"
IDLAB = "https://w3id.org/imec/idlab/function#"
FNS = "http://example.com/functions/"

VALUE = ("valueParam", "valueParameter", "param_a", "valueParam1")
TEXT_OUT = ("stringOut", "stringOutput", "_stringOut", "output_string")
BOOL_OUT = ("boolOut", "output_bool", "_boolOut")
NUMBER_OUT = ("output_number", "numberOut")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter by its names (that of the parameter and that of its predicate)."""

    names: tuple[str, ...]
    default: str | None = None  # SQL, where it may be left out


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function: its parameters and, by the names of its outputs, SQL over `{0}`, `{1}` ..."""

    namespace: str
    name: str
    parameters: tuple[Parameter, ...]
    outputs: tuple[tuple[tuple[str, ...], str], ...]

    @property
    def iri(self) -> str:
        return self.namespace + self.name


def _parameter(*names: str, default: str | None = None) -> Parameter:
    return Parameter(names=names, default=default)


def _grel(name: str, sql: str, *parameters: Parameter, out: tuple[str, ...] = TEXT_OUT) -> Function:
    return Function(namespace=GREL, name=name, parameters=(_parameter(*VALUE), *parameters), outputs=((out, sql),))


def _idlab(name: str, sql: str, *parameters: Parameter, out: tuple[str, ...] = TEXT_OUT) -> Function:
    return Function(namespace=IDLAB, name=name, parameters=parameters, outputs=((out, sql),))


_STR = _parameter("str", "_str", "strParam")
_OTHER = _parameter("otherStr", "_otherStr")
_INT = "coalesce(try_cast({1} AS INTEGER), 0)"

FUNCTIONS = (
    _grel("toUpperCase", "upper({0})"),
    _grel("toLowerCase", "lower({0})"),
    _grel("string_toUppercase", "upper({0})"),
    _grel("string_toLowercase", "lower({0})"),
    _grel("toTitleCase", "array_to_string(list_transform(string_split(lower({0}), ' '),"
          " lambda w: upper(left(w, 1)) || substr(w, 2)), ' ')"),
    _grel("string_trim", "trim({0})"),
    _grel("string_length", "length({0})::VARCHAR", out=NUMBER_OUT),
    _grel("string_reverse", "reverse({0})"),
    _grel("string_md5", "md5({0})"),
    _grel("string_sha1", "sha1({0})"),
    _grel("escape", "url_encode({0})", _parameter("modeParam", "p_string_mode", "param_mode", default="'url'")),
    _grel("string_contains", "contains({0}, {1})::VARCHAR", _parameter("string_sub", "p_string_sub", "param_string_sub"), out=BOOL_OUT),
    _grel("string_startsWith", "starts_with({0}, {1})::VARCHAR", _parameter("string_sub", "p_string_sub", "param_string_sub"), out=BOOL_OUT),
    _grel("string_endsWith", "ends_with({0}, {1})::VARCHAR", _parameter("string_sub", "p_string_sub", "param_string_sub"), out=BOOL_OUT),
    _grel("string_indexOf", "(instr({0}, {1}) - 1)::VARCHAR", _parameter("string_sub", "p_string_sub", "param_string_sub"), out=NUMBER_OUT),
    _grel("string_replace", "replace({0}, {1}, {2})",
          _parameter("param_find", "p_string_find"), _parameter("param_replace", "p_string_replace")),
    _grel("string_substring", "array_slice({0}, " + _INT + " + 1, coalesce(try_cast({2} AS INTEGER), length({0})))",
          _parameter("p_int_i_from", "param_int_i_from", "param_i_from"),
          _parameter("p_int_i_opt_to", "param_int_i_opt_to", "param_i_to", default="NULL::VARCHAR")),
    _grel("string_get", "array_slice({0}, " + _INT + " + 1, coalesce(try_cast({2} AS INTEGER), length({0})))",
          _parameter("p_int_i_from", "param_int_i_from"),
          _parameter("p_int_i_opt_to", "param_int_i_opt_to", default="NULL::VARCHAR")),
    _grel("string_chomp", "CASE WHEN ends_with({0}, {1}) THEN left({0}, length({0}) - length({1})) ELSE {0} END",
          _parameter("param_string_sep", "p_string_sep")),
    _grel("string_lastIndexOf", "(CASE WHEN contains({0}, {1}) THEN length({0}) - instr(reverse({0}), reverse({1}))"
          " - length({1}) + 1 ELSE -1 END)::VARCHAR", _parameter("string_sub", "p_string_sub"), out=NUMBER_OUT),
    Function(namespace=GREL, name="array_join", parameters=(_parameter("p_array_a", "param_a", *VALUE), _parameter("p_string_sep", "param_string_sep", default="''"), _parameter("param_b", default="NULL::VARCHAR")),
             outputs=((TEXT_OUT, "concat_ws({1}, {0}, {2})"),)),
    Function(namespace=GREL, name="controls_if", parameters=(_parameter("bool_b", "p_bool_b", "param_b"), _parameter("any_true", "p_any_true"), _parameter("any_false", "p_any_false", default="NULL::VARCHAR")),
             outputs=(((*TEXT_OUT, "output_any", "anyOut"), "CASE WHEN lower({0}) = 'true' THEN {1} ELSE {2} END"),)),
    _idlab("alwaysReturnsABC", "'ABC'"),
    _idlab("toUpperCaseURL", "CASE WHEN regexp_matches(lower({0}), '^https?://') THEN upper({0}) ELSE 'http://' || upper({0}) END", _STR),
    _idlab("equal", "({0} = {1})::VARCHAR", _parameter("str", "valueParam", "valueParameter", "grel:valueParameter"), _parameter("otherStr", "valueParam2", "valueParameter2"), out=(*BOOL_OUT, *TEXT_OUT)),
    _idlab("notEqual", "({0} <> {1})::VARCHAR", _parameter("str", "valueParam", "valueParameter"), _parameter("otherStr", "valueParam2", "valueParameter2"), out=(*BOOL_OUT, *TEXT_OUT)),
    _idlab("isNull", "({0} IS NULL)::VARCHAR", _STR, out=BOOL_OUT),
    _idlab("trueCondition", "CASE WHEN lower({0}) = 'true' THEN {1} END", _parameter("strBoolean", "_strBoolean"), _STR),
    _idlab("stringContainsOtherString", "contains({0}, {1})::VARCHAR", _STR, _OTHER, out=BOOL_OUT),
    _idlab("random", "uuid()::VARCHAR"),
    _idlab("slugify", "trim(regexp_replace(lower(strip_accents({0})), '[^a-z0-9]+', '-', 'g'), '-')", _STR),
    _idlab("concat", "concat({0}, {2}, {1})", _STR, _OTHER, _parameter("delimiter", "_delimiter", default="''")),
    Function(namespace=FNS, name="helloworld", parameters=(), outputs=((("stringOutput", "hasStringOutput"), "'Hello World!'"),)),
    Function(namespace=FNS, name="schema", parameters=(_parameter("stringParameter", "hasStringParameter"),),
             outputs=((("stringOutput", "hasStringOutput"), "'https://schema.org/' || {0}"),)),
    Function(namespace=FNS, name="parseURL", parameters=(_parameter("stringParameter", "hasStringParameter"),),
             outputs=((("protocolOutput", "hasProtocolOutput"), "nullif(regexp_extract({0}, '^([^:]+)://', 1), '')"),
                      (("domainOutput", "hasDomainOutput"), "nullif(regexp_extract({0}, '^[^:]+://([^/]*)', 1), '')"),
                      (("stringOutput", "hasStringOutput"), "nullif(regexp_extract({0}, '^[^:]+://[^/]*/(.*)$', 1), '')"))),
)  # fmt: skip

BY_IRI = {f.iri: f for f in FUNCTIONS}


def local_name(iri: str) -> str:
    """What stands after the last `#` or `/`.

    >>> local_name("http://example.com/functions/schema")
    'schema'
    """
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def compile_function(execution: FunctionExecution, scope: Scope) -> Hole | None:
    """The SQL of a function call; an unknown function, parameter or output is a diagnostic."""
    function = BY_IRI.get(execution.function)
    if function is None:
        known = {local_name(iri): iri for iri in BY_IRI}
        near = did_you_mean(local_name(execution.function), known) or f"known are {list_known(known)}"
        return complain(scope, "map-function", execution.mark, f"no function `{execution.function}`", near)
    given: dict[int, str] = {}
    columns: list[str] = []
    for argument in execution.arguments:
        name = local_name(argument.parameter)
        index = next((i for i, p in enumerate(function.parameters) if name in p.names), None)
        if index is None:
            hint = did_you_mean(name, [n for p in function.parameters for n in p.names])
            text = f"`{function.name}` has no parameter `{name}`"
            return complain(scope, "map-function-parameter", argument.mark, text, hint)
        value = compile_value(argument.value, scope)
        if value is None:
            return None
        given[index] = value.sql
        columns += value.columns
    for index, parameter in enumerate(function.parameters):
        if index not in given:
            if parameter.default is None:
                message = f"`{function.name}` needs the parameter `{parameter.names[0]}`"
                return complain(scope, "map-incomplete", execution.mark, message, "add an `rml:input`")
            given[index] = parameter.default
    chosen = choose_output(function, execution, scope)
    if chosen is None:
        return None
    values = [f"({given[i]})" for i in range(len(function.parameters))]
    return Hole(value=f"({chosen.format(*values)})", columns=tuple(columns), injective=False)


def choose_output(function: Function, execution: FunctionExecution, scope: Scope) -> str | None:
    """The SQL of the output that is asked for; without a name it is the first."""
    if execution.returned is None:
        return function.outputs[0][1]
    name = local_name(execution.returned)
    for names, sql in function.outputs:
        if name in names:
            return sql
    known = [n for names, _ in function.outputs for n in names]
    message = f"`{function.name}` returns no `{name}`"
    complain(scope, "map-function-output", execution.mark, message, did_you_mean(name, known) or list_known(known))
    return None


def complain(scope: Scope, code: str, mark: Mark, message: str, hint: str | None) -> Hole | None:
    """Report a mistake once; what it returns is that there is no SQL."""
    diagnostic = Diagnostic(code=code, mark=mark, message=message, hint=hint)
    if diagnostic not in scope.diagnostics:
        scope.diagnostics.append(diagnostic)
    return None
