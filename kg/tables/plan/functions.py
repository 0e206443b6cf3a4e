# ruff: noqa: E501 - the table of functions reads best with one function a line
"""The functions that a mapping may call (RML-FNML): their parameters and outputs. What they compute is in `kg.tables.sql`.

The names are those of the GREL and IDLab function descriptions and of RML-FNML's own test functions.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.tables.plan.value import Missing, Text, Value

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
    default: Value | None = None  # where it may be left out


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function by its IRI: its parameters, and the names of each of its outputs."""

    namespace: str
    name: str
    parameters: tuple[Parameter, ...]
    outputs: tuple[tuple[str, ...], ...]

    @property
    def iri(self) -> str:
        return self.namespace + self.name


def _parameter(*names: str, default: Value | None = None) -> Parameter:
    return Parameter(names=names, default=default)


def _function(namespace: str, name: str, parameters: tuple[Parameter, ...], *outputs: tuple[str, ...]) -> Function:
    return Function(namespace=namespace, name=name, parameters=parameters, outputs=outputs)


_VALUE = _parameter(*VALUE)
_STR = _parameter("str", "_str", "strParam")
_OTHER = _parameter("otherStr", "_otherStr")
_SUB = _parameter("string_sub", "p_string_sub", "param_string_sub")

FUNCTIONS = (
    _function(GREL, "toUpperCase", (_VALUE,), TEXT_OUT),
    _function(GREL, "toLowerCase", (_VALUE,), TEXT_OUT),
    _function(GREL, "string_toUppercase", (_VALUE,), TEXT_OUT),
    _function(GREL, "string_toLowercase", (_VALUE,), TEXT_OUT),
    _function(GREL, "toTitleCase", (_VALUE,), TEXT_OUT),
    _function(GREL, "string_trim", (_VALUE,), TEXT_OUT),
    _function(GREL, "string_length", (_VALUE,), NUMBER_OUT),
    _function(GREL, "string_reverse", (_VALUE,), TEXT_OUT),
    _function(GREL, "string_md5", (_VALUE,), TEXT_OUT),
    _function(GREL, "string_sha1", (_VALUE,), TEXT_OUT),
    _function(GREL, "escape", (_VALUE, _parameter("modeParam", "p_string_mode", "param_mode", default=Text(text="url"))), TEXT_OUT),
    _function(GREL, "string_contains", (_VALUE, _SUB,), BOOL_OUT),
    _function(GREL, "string_startsWith", (_VALUE, _SUB,), BOOL_OUT),
    _function(GREL, "string_endsWith", (_VALUE, _SUB,), BOOL_OUT),
    _function(GREL, "string_indexOf", (_VALUE, _SUB,), NUMBER_OUT),
    _function(GREL, "string_replace", (_VALUE, _parameter("param_find", "p_string_find"), _parameter("param_replace", "p_string_replace")), TEXT_OUT),
    _function(GREL, "string_substring", (_VALUE, _parameter("p_int_i_from", "param_int_i_from", "param_i_from"), _parameter("p_int_i_opt_to", "param_int_i_opt_to", "param_i_to", default=Missing())), TEXT_OUT),
    _function(GREL, "string_get", (_VALUE, _parameter("p_int_i_from", "param_int_i_from"), _parameter("p_int_i_opt_to", "param_int_i_opt_to", default=Missing())), TEXT_OUT),
    _function(GREL, "string_chomp", (_VALUE, _parameter("param_string_sep", "p_string_sep")), TEXT_OUT),
    _function(GREL, "string_lastIndexOf", (_VALUE, _parameter("string_sub", "p_string_sub")), NUMBER_OUT),
    _function(GREL, "array_join", (_parameter("p_array_a", "param_a", *VALUE), _parameter("p_string_sep", "param_string_sep", default=Text(text="")), _parameter("param_b", default=Missing())), TEXT_OUT),
    _function(GREL, "controls_if", (_parameter("bool_b", "p_bool_b", "param_b"), _parameter("any_true", "p_any_true"), _parameter("any_false", "p_any_false", default=Missing())), (*TEXT_OUT, "output_any", "anyOut")),
    _function(IDLAB, "alwaysReturnsABC", (), TEXT_OUT),
    _function(IDLAB, "toUpperCaseURL", (_STR,), TEXT_OUT),
    _function(IDLAB, "equal", (_parameter("str", "valueParam", "valueParameter", "grel:valueParameter"), _parameter("otherStr", "valueParam2", "valueParameter2")), (*BOOL_OUT, *TEXT_OUT)),
    _function(IDLAB, "notEqual", (_parameter("str", "valueParam", "valueParameter"), _parameter("otherStr", "valueParam2", "valueParameter2")), (*BOOL_OUT, *TEXT_OUT)),
    _function(IDLAB, "isNull", (_STR,), BOOL_OUT),
    _function(IDLAB, "trueCondition", (_parameter("strBoolean", "_strBoolean"), _STR,), TEXT_OUT),
    _function(IDLAB, "stringContainsOtherString", (_STR, _OTHER,), BOOL_OUT),
    _function(IDLAB, "random", (), TEXT_OUT),
    _function(IDLAB, "slugify", (_STR,), TEXT_OUT),
    _function(IDLAB, "concat", (_STR, _OTHER, _parameter("delimiter", "_delimiter", default=Text(text=""))), TEXT_OUT),
    _function(FNS, "helloworld", (), ("stringOutput", "hasStringOutput")),
    _function(FNS, "schema", (_parameter("stringParameter", "hasStringParameter"),), ("stringOutput", "hasStringOutput")),
    _function(FNS, "parseURL", (_parameter("stringParameter", "hasStringParameter"),), ("protocolOutput", "hasProtocolOutput"), ("domainOutput", "hasDomainOutput"), ("stringOutput", "hasStringOutput")),
)  # fmt: skip

BY_IRI = {f.iri: f for f in FUNCTIONS}


def local_name(iri: str) -> str:
    """What stands after the last `#` or `/`.

    >>> local_name("http://example.com/functions/schema")
    'schema'
    """
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
