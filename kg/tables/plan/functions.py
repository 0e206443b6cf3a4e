# ruff: noqa: E501 - the table of functions reads best with one function a line
"""The functions that a mapping may call (RML-FNML): their parameters, outputs and types. `kg.tables.sql` computes them.

Sources of the descriptions: GREL by FnO (https://github.com/FnOio/grel-functions-fno), IDLab's functions
(https://github.com/FnOio/idlab-functions-java), the functions of RML-FNML's test cases and of its section on conditions,
BURP's, and Morph-KGC's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kg.rdf.iri import local_name
from kg.rdf.namespace import XSD
from kg.tables.functions.checks import check_argument
from kg.tables.vocabulary import GREL, IDLAB

OLDER_IDLAB = "http://example.com/idlab/function/"
FNS = "http://example.com/functions/"
CONDITIONS = "http://example.com/fns#"
BURP = "http://BURP.noname/function/"
MORPH = "https://github.com/morph-kgc/morph-kgc/function/built-in.ttl#"


class FnType(Enum):
    """What a parameter takes or an output gives, by the word for it in the documentation."""

    TEXT = "string"
    ANY = "any"
    INTEGER = "integer"
    DECIMAL = "decimal"
    NUMBER = "integer or decimal"  # by its value
    TRUTH = "boolean"
    DATE = "date or dateTime"  # by its value
    PART = "integer or string"  # by its value
    LIST = "list"  # all values of the parameter, of lists each item
    CROSS = "each of lists"  # the values of the parameter as they come, of lists one by one
    TRUTHS = "list of booleans"
    NUMBERS = "list of decimals"
    INTEGERS = "list of integers"
    REGEX = "pattern"  # of RE2
    MATCH = "pattern of the whole"  # which may be empty
    FIND = "string or /pattern/"
    SEPARATOR = "string, /pattern/ or empty"
    REPLACE = "string, of a pattern with $1"
    DATE_PATTERN = "date pattern"  # of Java
    UNIT = "unit of time"
    MODE = "html, xml, csv, url or javascript"
    LANGUAGE = "language"
    FILE = "path"

    @property
    def is_list(self) -> bool:
        """Whether all values of a parameter of this kind are one list."""
        return self in {FnType.LIST, FnType.TRUTHS, FnType.NUMBERS, FnType.INTEGERS}

    @property
    def repeats(self) -> bool:
        """Whether a parameter of this kind may be given several times."""
        return self.is_list or self is FnType.CROSS

    @property
    def is_fixed(self) -> bool:
        """Whether all rows must give the same, a text in the mapping."""
        return self in {FnType.REGEX, FnType.MATCH, FnType.FIND, FnType.SEPARATOR, FnType.FILE}

    @property
    def datatype(self) -> str | None:
        """The datatype of an output, where all its values have one."""
        return {FnType.INTEGER: XSD + "integer", FnType.DECIMAL: XSD + "decimal", FnType.TRUTH: XSD + "boolean"}.get(
            self
        )

    @property
    def is_typed_by_value(self) -> bool:
        return self in {FnType.NUMBER, FnType.DATE, FnType.PART}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter by its *names* (that of its predicate, of the parameter, and others that are used).

    An *optional* one need not be given, one that is *nullable* must be; the value of both may be missing in a row.
    """

    names: tuple[str, ...]
    kind: FnType = FnType.TEXT
    optional: bool = False
    nullable: bool = False
    default: str | None = None  # of an optional one

    @property
    def takes_none(self) -> bool:
        """Whether there is a result where its value is missing."""
        return self.optional or self.nullable


@dataclass(frozen=True, kw_only=True)
class Output:
    """An output by its *names*; *many*: a list, of which each item makes a term."""

    names: tuple[str, ...]
    kind: FnType = FnType.TEXT
    many: bool = False


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function by its IRI. *fails*: not all arguments have a result, and what has none is a mistake."""

    namespace: str
    name: str
    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    fails: bool = False

    @property
    def iri(self) -> str:
        return self.namespace + self.name

    def check(self, parameter: Parameter, text: str) -> str | None:
        """What is wrong with a text of the mapping as an argument; None where nothing is."""
        return check_argument(parameter.kind.name, text)


def _p(
    *names: str,
    kind: FnType = FnType.TEXT,
    optional: bool = False,
    nullable: bool = False,
    default: str | None = None,
) -> Parameter:
    optional = optional or default is not None
    return Parameter(names=names, kind=kind, optional=optional, nullable=nullable, default=default)


_TEXT = Output(names=("stringOutput", "stringOut", "_stringOut", "output_string"))
_IDLAB_TEXT = Output(names=("stringOut", "_stringOut", "stringOutput"))
_NUMBER = Output(names=("o_number", "output_number", "numberOut"), kind=FnType.INTEGER)
_SOME_NUMBER = Output(names=("o_number", "output_number", "numberOut"), kind=FnType.NUMBER)
_DECIMAL = Output(names=("o_decimal", "output_decimal"), kind=FnType.DECIMAL)
_TRUTH = Output(names=("o_bool", "output_bool", "boolOut"), kind=FnType.TRUTH)
_IDLAB_TRUTH = Output(names=("o_boolOut", "_boolOut", "boolOut", "output_bool", "stringOut"), kind=FnType.TRUTH)
_DATE = Output(names=("o_date", "output_date"), kind=FnType.DATE)
_ANY = Output(names=("o_any", "output_any", "anyOut", "stringOut", "stringOutput"), kind=FnType.ANY)
_LIST = Output(names=("o_array", "output_array", "stringOut", "stringOutput"), many=True)

_VALUE = _p("valueParameter", "valueParam", "param_a", "valueParam1", "valueParameter1")
_VALUE2 = _p("valueParameter2", "valueParam2")
_STR = _p("str", "_str", "strParam")
_SUB = _p("string_sub", "param_string_sub", "p_string_sub")
_SEP = _p("p_string_sep", "param_string_sep")
_MODE = _p("modeParameter", "modeParam", "p_string_mode", "param_mode", kind=FnType.MODE, default="url")
_FROM = _p("param_int_i_from", "p_int_i_from", "param_i_from", kind=FnType.INTEGER)
_TO = _p("param_int_i_opt_to", "p_int_i_opt_to", "param_i_to", kind=FnType.INTEGER, optional=True)
_ARRAY = _p("p_array_a", "param_a", "valueParameter", "valueParam", "param_b", kind=FnType.LIST)
_N = _p("p_dec_n", "param_dec_n", kind=FnType.DECIMAL)
_N2 = _p("param_n2", "param_dec_n2", "p_dec_n2", kind=FnType.DECIMAL)
_I = _p("p_int_i", "param_int_i", kind=FnType.INTEGER)
_I2 = _p("p_int_i2", "param_int_i2", kind=FnType.INTEGER)
_B = _p("bool_b", "param_b", "p_bool_b", kind=FnType.TRUTH)
_BS = _p("param_rep_b", "bool_array_b", kind=FnType.TRUTHS)
_DATE_D = _p("p_date_d", "param_date_d", kind=FnType.DATE)
_UNIT = _p("p_string_unit", "param_string_unit", kind=FnType.UNIT)
_FRAGMENT = _p("p_fragment", "param_fragment")
_OMIT = _p("p_bool_opt_b", "param_bool_opt_b", kind=FnType.TRUTH, optional=True)
_FIND = _p("p_string_find", "param_find", kind=FnType.FIND)
_REPLACE = _p("p_string_replace", "param_replace", kind=FnType.REPLACE)
_DELIMITER = _p("delimiter", "_delimiter", default="")
_STR_DATE = _p("strDate", "_strDate")
_PATTERN = _p("pattern", "_pattern", kind=FnType.DATE_PATTERN)
_LANG = _p("lang", "_lang", kind=FnType.LANGUAGE)
_LOOKUP = (
    _STR,
    _p("inputFile", "_inputFile", kind=FnType.FILE),
    _p("fromColumn", "_fromColumn", kind=FnType.INTEGER),
    _p("toColumn", "_toColumn", kind=FnType.INTEGER),
)
_SPLIT = _p("p_string_sep", "param_string_sep", kind=FnType.REGEX)


def _f(namespace: str, name: str, parameters: tuple[Parameter, ...], *outputs: Output, fails: bool = False) -> Function:
    return Function(namespace=namespace, name=name, parameters=parameters, outputs=outputs, fails=fails)


FUNCTIONS = (
    _f(GREL, "toUpperCase", (_VALUE,), _TEXT),
    _f(GREL, "toLowerCase", (_VALUE,), _TEXT),
    _f(GREL, "string_toUppercase", (_VALUE,), _TEXT),
    _f(GREL, "string_toLowercase", (_VALUE,), _TEXT),
    _f(GREL, "string_toTitlecase", (_VALUE,), _TEXT),
    _f(GREL, "toTitleCase", (_VALUE,), _TEXT),
    _f(GREL, "string_trim", (_VALUE,), _TEXT),
    _f(GREL, "string_toString", (_p("p_any_e", "param_any_e", kind=FnType.ANY),), _TEXT),
    _f(GREL, "string_toNumber", (_p("p_any_e", "param_any_e", "valueParameter", "valueParam", kind=FnType.DECIMAL),), _SOME_NUMBER, fails=True),
    _f(GREL, "string_length", (_VALUE,), _NUMBER),
    _f(GREL, "string_reverse", (_VALUE,), _TEXT),
    _f(GREL, "string_md5", (_VALUE,), _TEXT),
    _f(GREL, "string_sha1", (_VALUE,), _TEXT),
    _f(GREL, "string_sha256", (_VALUE,), _TEXT),
    _f(GREL, "string_unicode", (_VALUE,), Output(names=_LIST.names, kind=FnType.INTEGER, many=True)),
    _f(GREL, "escape", (_VALUE, _MODE), _TEXT, fails=True),
    _f(GREL, "string_unescape", (_VALUE, _MODE), _TEXT, fails=True),
    _f(GREL, "string_contains", (_VALUE, _SUB), _TRUTH),
    _f(GREL, "string_startsWith", (_VALUE, _SUB), _TRUTH),
    _f(GREL, "string_endsWith", (_VALUE, _SUB), _TRUTH),
    _f(GREL, "string_indexOf", (_VALUE, _SUB), _NUMBER),
    _f(GREL, "string_lastIndexOf", (_VALUE, _SUB), _NUMBER),
    _f(GREL, "string_replace", (_VALUE, _FIND, _REPLACE), _TEXT),
    _f(GREL, "string_replaceChars", (_VALUE, _p("p_string_find", "param_find"), _p("p_string_replace", "param_replace")), _TEXT),
    _f(GREL, "string_match", (_VALUE, _p("p_string_regex", "param_regex", kind=FnType.MATCH)), _LIST),
    _f(GREL, "string_substring", (_VALUE, _FROM, _TO), _TEXT),
    _f(GREL, "string_get", (_VALUE, _FROM, _TO), _TEXT),
    _f(GREL, "string_chomp", (_VALUE, _SEP), _TEXT),
    _f(GREL, "string_diff", (_VALUE, _VALUE2), _TEXT),
    _f(GREL, "string_split", (_VALUE, _SPLIT), _LIST),
    _f(GREL, "string_smartSplit",
       (_VALUE, _p("p_opt_sep", "param_opt_sep", kind=FnType.SEPARATOR, optional=True)), _LIST),
    _f(GREL, "string_splitByLengths", (_VALUE, _I, _I2, _p("p_rep_i", "param_int_rep_i", kind=FnType.INTEGERS, optional=True)), _LIST, fails=True),
    _f(GREL, "string_splitByCharType", (_VALUE,), _LIST),
    _f(GREL, "string_partition", (_VALUE, _FRAGMENT, _OMIT), _LIST, fails=True),
    _f(GREL, "string_rpartition", (_VALUE, _FRAGMENT, _OMIT), _LIST, fails=True),
    _f(GREL, "array_join", (_ARRAY, _p("p_string_sep", "param_string_sep", default="")), _TEXT),
    _f(GREL, "array_get", (_ARRAY, _FROM, _TO), _LIST, fails=True),
    _f(GREL, "array_slice", (_ARRAY, _FROM, _TO), _LIST, fails=True),
    _f(GREL, "array_length", (_ARRAY,), _NUMBER),
    _f(GREL, "array_reverse", (_ARRAY,), _LIST),
    _f(GREL, "array_sort", (_ARRAY,), _LIST),
    _f(GREL, "array_uniques", (_ARRAY,), _LIST),
    _f(GREL, "array_sum", (_p("p_array_a", "param_a", kind=FnType.NUMBERS),), _SOME_NUMBER, fails=True),
    _f(GREL, "boolean_and", (_BS,), _TRUTH, fails=True),
    _f(GREL, "boolean_or", (_BS,), _TRUTH, fails=True),
    _f(GREL, "boolean_xor", (_BS,), _TRUTH, fails=True),
    _f(GREL, "boolean_not", (_B,), _TRUTH, fails=True),
    _f(GREL, "controls_if", (_B, _p("any_true", "param_true", "p_any_true", kind=FnType.ANY), _p("any_false", "param_false", "p_any_false", kind=FnType.ANY, optional=True)), _ANY),
    _f(GREL, "other_coalesce", (_p("p_any_rep_e", "param_any_rep_e", kind=FnType.LIST),), _ANY),
    _f(GREL, "date_toDate", (_VALUE, _p("p_string_pattern", "param_string_pattern", kind=FnType.DATE_PATTERN, optional=True)), _DATE, fails=True),
    _f(GREL, "date_inc", (_DATE_D, _p("p_dec_n", "param_dec_n", kind=FnType.INTEGER), _UNIT), _DATE, fails=True),
    _f(GREL, "date_diff", (_p("p_datetime_d", "param_datetime_d", kind=FnType.DATE), _p("p_datetime_d2", "param_datetime_d2", kind=FnType.DATE), _p("p_string_timeunit", "param_string_timeunit", kind=FnType.UNIT)), _TEXT, fails=True),
    _f(GREL, "date_datePart", (_DATE_D, _UNIT), Output(names=_ANY.names, kind=FnType.PART), fails=True),
    *(_f(GREL, f"math_{name}", (_N,), _DECIMAL, fails=True) for name in ("abs", "acos", "asin", "atan", "cos", "cosh", "degrees", "even", "exp", "ln", "log", "odd", "radians", "sin", "sinh", "tan", "tanh")),
    *(_f(GREL, f"math_{name}", (_N,), _NUMBER, fails=True) for name in ("ceil", "floor", "round")),
    *(_f(GREL, f"math_{name}", (_N, _N2), _DECIMAL, fails=True) for name in ("atan2", "max", "min", "quotient")),
    _f(GREL, "math_pow", (_N, _p("p_any_exp", "param_dec_n_exp", kind=FnType.DECIMAL)), _DECIMAL, fails=True),
    *(_f(GREL, f"math_{name}", (_I, _I2), _NUMBER, fails=True) for name in ("combin", "factn", "gcd", "lcm", "mod")),
    _f(GREL, "math_fact", (_I,), _NUMBER, fails=True),
    _f(GREL, "math_multinomial", (_p("p_array_a", "param_a", kind=FnType.INTEGERS),), _NUMBER, fails=True),
    _f(IDLAB, "alwaysReturnsABC", (), _IDLAB_TEXT),
    _f(IDLAB, "toUpperCaseURL", (_STR,), _IDLAB_TEXT),
    _f(IDLAB, "equal", (_p("valueParameter", "valueParam", "str", nullable=True), _p("valueParameter2", "valueParam2", "otherStr", nullable=True)), _IDLAB_TRUTH),
    _f(IDLAB, "notEqual", (_p("valueParameter", "valueParam", "str", nullable=True), _p("valueParameter2", "valueParam2", "otherStr", nullable=True)), _IDLAB_TRUTH),
    _f(IDLAB, "isNull", (_p("str", "_str", "strParam", nullable=True),), _IDLAB_TRUTH),
    _f(IDLAB, "trueCondition", (_p("strBoolean", "_strBoolean", kind=FnType.TRUTH), _STR), _IDLAB_TEXT),
    _f(IDLAB, "decide", (_STR, _p("expectedStr", "_expectedStr"), _p("result", "_result")), _IDLAB_TEXT),
    _f(IDLAB, "inRange", (_p("p_test", "_test", kind=FnType.DECIMAL), _p("p_from", "_from", kind=FnType.DECIMAL, optional=True), _p("p_to", "_to", kind=FnType.DECIMAL, optional=True)), _IDLAB_TRUTH, fails=True),
    _f(IDLAB, "stringContainsOtherString", (_STR, _p("otherStr", "_otherStr"), _p("delimiter", "_delimiter", kind=FnType.REGEX)), _IDLAB_TRUTH),
    _f(IDLAB, "listContainsElement", (_p("list", "_list", kind=FnType.LIST), _STR), _IDLAB_TRUTH),
    _f(IDLAB, "concat", (_STR, _p("otherStr", "_otherStr"), _DELIMITER), _IDLAB_TEXT),
    _f(IDLAB, "concatSequence", (_p("_nnn", "_seq", kind=FnType.LIST), _DELIMITER), _IDLAB_TEXT),
    _f(IDLAB, "crossConcatSequence", (_p("_nnn", "_seq", kind=FnType.CROSS), _DELIMITER), Output(names=("listOut", "_listOut", "stringOut"))),
    _f(IDLAB, "slugify", (_STR,), _IDLAB_TEXT),
    _f(IDLAB, "getMIMEType", (_STR,), _IDLAB_TEXT),
    _f(IDLAB, "normalizeDate", (_STR_DATE, _PATTERN), _IDLAB_TEXT, fails=True),
    _f(IDLAB, "normalizeDateWithLang", (_STR_DATE, _PATTERN, _LANG), _IDLAB_TEXT, fails=True),
    _f(IDLAB, "normalizeDateTime", (_STR_DATE, _PATTERN), _IDLAB_TEXT, fails=True),
    _f(IDLAB, "normalizeDateTimeWithLang", (_STR_DATE, _PATTERN, _LANG), _IDLAB_TEXT, fails=True),
    _f(IDLAB, "lookup", _LOOKUP, _IDLAB_TEXT),
    _f(IDLAB, "lookupWithDelimiter", (*_LOOKUP, _p("delimiter", "_delimiter")), _IDLAB_TEXT),
    _f(FNS, "helloworld", (), Output(names=("hasStringOutput", "stringOutput"))),
    _f(FNS, "schema", (_p("hasStringParameter", "stringParameter"),), Output(names=("hasStringOutput", "stringOutput"))),
    _f(FNS, "parseURL", (_p("hasStringParameter", "stringParameter"),), *(Output(names=(f"has{n[0].upper()}{n[1:]}Output", f"{n}Output")) for n in ("protocol", "domain", "string"))),
    _f(CONDITIONS, "isNull", (_p("parameter", nullable=True),), Output(names=("boolOut",), kind=FnType.TRUTH)),
    _f(CONDITIONS, "isNotNull", (_p("parameter", nullable=True),), Output(names=("boolOut",), kind=FnType.TRUTH)),
    _f(CONDITIONS, "equals", (_p("parameter"), _p("compared")), Output(names=("boolOut",), kind=FnType.TRUTH)),
    _f(CONDITIONS, "notEquals", (_p("parameter"), _p("compared")), Output(names=("boolOut",), kind=FnType.TRUTH)),
    _f(CONDITIONS, "IF", (_p("boolParameter", kind=FnType.TRUTH), _p("expressionParameter", kind=FnType.ANY)), Output(names=("anyOut", "stringOut"), kind=FnType.ANY)),
    _f(BURP, "toSafeIRI", (_VALUE,), _TEXT),
    _f(BURP, "toSafeURI", (_VALUE,), _TEXT),
    _f(MORPH, "concat", (_p("valueParameter1", "valueParameter", "valueParam"), _VALUE2, _p("p_string_sep", "param_string_sep", default="")), _TEXT),
    _f(MORPH, "hash", (_VALUE,), _TEXT),
    _f(MORPH, "string_split_explode", (_VALUE, _SEP), _LIST),
    _f(MORPH, "other_coalesce", (_p("p_any_rep_e", "param_any_rep_e", kind=FnType.LIST),), _ANY),
)  # fmt: skip

BY_IRI = {f.iri: f for f in FUNCTIONS}
# known functions that are not computed, with the reason
_RANDOM = "it gives something else each time, and the same input makes the same output"
_STATE = "it remembers earlier runs, which `kg map` does not"


def _grel(name: str, reason: str) -> dict[str, str]:
    """A function of GREL by the names that its descriptions use, with the *reason* why it is not computed."""
    return dict.fromkeys((GREL + name, GREL + "string_" + name, GREL + "other_" + name), reason)


REFUSED = {
    **dict.fromkeys((IDLAB + "random", MORPH + "uuid", GREL + "math_randomNumber", GREL + "date_now"), _RANDOM),
    **{IDLAB + kind + step: _STATE for kind in ("implicit", "explicit") for step in ("Create", "Update", "Delete")},
    **dict.fromkeys((IDLAB + "generateUniqueIRI", IDLAB + "createUniqueIRI", IDLAB + "updateUniqueIRI"), _STATE),
    IDLAB + "dbpediaSpotlight": "it asks a service of the web",
    IDLAB + "readFile": "files are read as sources",
    **_grel("phonetic", "its codes differ from one library to the next"),
    **_grel("reinterpret", "a text is decoded once, where its source is read"),
    **_grel("type", "kinds of values are those of OpenRefine's cells, and a table has none"),
    **_grel("hasField", "the fields are those of OpenRefine's objects, and a table has none"),
}


def find_function(iri: str) -> Function | None:
    """The function of an IRI, which may be one of IDLab's older ones.

    >>> find_function("http://example.com/idlab/function/concat").iri
    'https://w3id.org/imec/idlab/function#concat'
    """
    return BY_IRI.get(today(iri))


def today(iri: str) -> str:
    """Today's IRI of a function that had another one."""
    return IDLAB + iri.removeprefix(OLDER_IDLAB) if iri.startswith(OLDER_IDLAB) else iri


def short_name(iri: str) -> str:
    """The name of a function, parameter or output, without its namespace; `_nnn` for `rdf:_1` and the others of a sequence.

    >>> short_name("http://example.com/functions/schema"), short_name("http://www.w3.org/1999/02/22-rdf-syntax-ns#_2")
    ('schema', '_nnn')
    """
    name = local_name(iri)
    return "_nnn" if name[:1] == "_" and name[1:].isdecimal() else name


def place_in_sequence(iri: str) -> int:
    """The number of a member of a sequence; 0 for any other parameter."""
    number = iri.rpartition("#_")[2]
    return int(number) if number.isdecimal() else 0
