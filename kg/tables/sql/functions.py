# ruff: noqa: E501 - the table of functions reads best with one function a line
r"""What the functions of `kg.tables.plan.functions` compute, as SQL over `{0}`, `{1}` ...: none is foreign code.

What SQL cannot say well (dates by patterns, exact arithmetic, escapes) is computed by `kg.tables.functions`, which the
database calls by the names that `name_computed` gives.
"""

from __future__ import annotations

import re

from kg.rdf.namespace import XSD
from kg.tables.engine.macros import quote_text
from kg.tables.functions.checks import count_groups, is_pattern, strip_slashes
from kg.tables.functions.texts import BLANKS
from kg.tables.plan.functions import BURP, BY_IRI, CONDITIONS, FNS, MORPH, Function
from kg.tables.plan.value import INTEGER_OF, TRUTH_OF, TYPE_OF, Text, Value
from kg.tables.vocabulary import GREL, IDLAB

# by IRI, for each output
WRITTEN: dict[str, tuple[str, ...]] = {
    GREL + "toUpperCase": ("CASE WHEN strlen({0}) = length({0}) THEN upper({0}) ELSE kg_f_upper({0}) END",),
    GREL + "toLowerCase": ("CASE WHEN strlen({0}) = length({0}) THEN lower({0}) ELSE kg_f_lower({0}) END",),
    GREL + "string_trim": (f"trim({{0}}, {quote_text(BLANKS)})",),
    GREL + "string_toString": ("{0}",),
    GREL + "string_length": ("length({0})::VARCHAR",),
    GREL + "string_reverse": ("reverse({0})",),
    GREL + "string_md5": ("md5({0})",),
    GREL + "string_sha1": ("sha1({0})",),
    GREL + "string_sha256": ("sha256({0})",),
    GREL + "string_contains": ("contains({0}, {1})::VARCHAR",),
    GREL + "string_startsWith": ("starts_with({0}, {1})::VARCHAR",),
    GREL + "string_endsWith": ("ends_with({0}, {1})::VARCHAR",),
    GREL + "string_indexOf": ("(instr({0}, {1}) - 1)::VARCHAR",),
    GREL + "string_chomp": ("CASE WHEN ends_with({0}, {1}) THEN left({0}, length({0}) - length({1})) ELSE {0} END",),
    GREL + "array_join": ("array_to_string({0}, coalesce({1}, ''))",),
    GREL + "array_length": ("len({0})::VARCHAR",),
    GREL + "array_reverse": ("list_reverse({0})",),
    GREL + "array_sort": ("list_sort({0})",),
    GREL + "array_uniques": ("list_transform(list_sort(list_transform(list_distinct({0}), lambda x: {{'at': list_position({0}, x), 'x': x}})), lambda s: s.x)",),
    GREL + "boolean_not": ("(NOT kg_truth({0}))::VARCHAR",),
    GREL + "controls_if": ("CASE kg_truth({0}) WHEN true THEN {1} WHEN false THEN {2} END",),
    GREL + "other_coalesce": ("{0}[1]",),
    IDLAB + "alwaysReturnsABC": ("'ABC'",),
    IDLAB + "toUpperCaseURL": ("CASE WHEN regexp_matches(lower({0}), '^https?://') THEN kg_f_upper({0}) ELSE 'http://' || kg_f_upper({0}) END",),
    IDLAB + "equal": ("coalesce({0} = {1}, false)::VARCHAR",),
    IDLAB + "notEqual": ("(NOT coalesce({0} = {1}, false))::VARCHAR",),
    IDLAB + "isNull": ("({0} IS NULL)::VARCHAR",),
    IDLAB + "trueCondition": ("CASE WHEN kg_truth({0}) THEN {1} END",),
    IDLAB + "decide": ("CASE WHEN {0} = {1} THEN {2} END",),
    IDLAB + "listContainsElement": ("list_contains({0}, {1})::VARCHAR",),
    IDLAB + "concat": ("{0} || coalesce({2}, '') || {1}",),
    FNS + "helloworld": ("'Hello World!'",),
    FNS + "schema": ("'https://schema.org/' || {0}",),
    FNS + "parseURL": ("nullif(regexp_extract({0}, '^([^:]+)://', 1), '')", "nullif(regexp_extract({0}, '^[^:]+://([^/]*)', 1), '')", "nullif(regexp_extract({0}, '^[^:]+://[^/]*/(.*)$', 1), '')",),
    CONDITIONS + "isNotNull": ("({0} IS NOT NULL)::VARCHAR",),
    CONDITIONS + "equals": ("({0} = {1})::VARCHAR",),
    CONDITIONS + "notEquals": ("({0} <> {1})::VARCHAR",),
    BURP + "toSafeIRI": ("kg_iri({0})",),
    BURP + "toSafeURI": ("url_encode({0})",),
    CONDITIONS + "IF": ("CASE WHEN kg_truth({0}) THEN {1} END",),
    MORPH + "concat": ("{0} || coalesce({2}, '') || {1}",),
    MORPH + "string_split_explode": ("string_split({0}, {1})",),
    TRUTH_OF: ("kg_truth({0})::VARCHAR",),
    INTEGER_OF: ("CASE WHEN regexp_full_match({0}, '\\s*[+-]?[0-9]+([.]0*)?\\s*') THEN {0} END",),
    TYPE_OF: (f"CASE WHEN regexp_full_match({{0}}, '-?[0-9]+') THEN '{XSD}integer' WHEN regexp_full_match({{0}}, '-?[0-9]+[.][0-9]+') THEN '{XSD}decimal' WHEN regexp_full_match({{0}}, '[0-9]{{{{4}}}}-[0-9]{{{{2}}}}-[0-9]{{{{2}}}}') THEN '{XSD}date' WHEN regexp_full_match({{0}}, '[0-9]{{{{4}}}}-[0-9]{{{{2}}}}-[0-9]{{{{2}}}}T.*') THEN '{XSD}dateTime' END",),
}  # fmt: skip
# functions that compute the same as others
SAME = {
    GREL + "string_toUppercase": GREL + "toUpperCase",
    GREL + "string_toLowercase": GREL + "toLowerCase",
    GREL + "toTitleCase": GREL + "string_toTitlecase",
    GREL + "string_get": GREL + "string_substring",
    IDLAB + "concatSequence": GREL + "array_join",
    IDLAB + "crossConcatSequence": GREL + "array_join",
    CONDITIONS + "isNull": IDLAB + "isNull",
    MORPH + "hash": GREL + "string_sha256",
    MORPH + "other_coalesce": GREL + "other_coalesce",
}
# what the database calls is named after the function, but for these
NAMES = {GREL + "string_unescape": "unescape"}


def name_computed(iri: str) -> str:
    """The name by which the database calls what a function computes.

    >>> name_computed(GREL + "math_abs")
    'kg_f_math_abs'
    """
    return "kg_f_" + NAMES.get(iri, iri.rpartition("#")[2].rpartition("/")[2])


def calls_needed(function: Function) -> tuple[str, ...]:
    """The names, without their beginning, of what must be computed by `kg.tables.functions` for a function."""
    iri = SAME.get(function.iri, function.iri)
    if iri in WRITTEN:
        return tuple(re.findall(r"kg_f_(\w+)", " ".join(WRITTEN[iri])))
    return () if iri in PATTERNED else (name_computed(iri).removeprefix("kg_f_"),)


def write_call(function: str, output: int, given: list[str], arguments: tuple[Value, ...]) -> str:
    """The SQL of a call; *given* is that of its arguments."""
    iri = SAME.get(function, function)
    if iri in PATTERNED:
        return PATTERNED[iri](given, [a.text if isinstance(a, Text) else None for a in arguments])
    if iri in WRITTEN:
        return f"({WRITTEN[iri][output].format(*given)})"
    parameters = BY_IRI[iri].parameters
    typed = [f"{g}::VARCHAR[]" if p.kind.is_list else g for g, p in zip(given, parameters, strict=True)]
    return f"{name_computed(iri)}({', '.join(typed)})"


# -- functions of patterns, which stand in the mapping -------------------------------------------------


def _split(given: list[str], texts: list[str | None]) -> str:
    return f"kg_pieces(string_split_regex({given[0]}, {quote_text(strip_slashes(texts[1] or ''))}))"


def _smart_split(given: list[str], texts: list[str | None]) -> str:
    separator = texts[1]
    if not separator:  # the more frequent of the two
        text = given[0]
        tabs, commas = (f"(length({text}) - length(replace({text}, {sign}, '')))" for sign in ("chr(9)", "','"))
        return f"kg_filled(string_split({text}, CASE WHEN {tabs} < {commas} THEN ',' ELSE chr(9) END))"
    if is_pattern(separator):
        return _split(given, texts)
    signs = re.sub(r"([]\\^-])", r"\\\1", separator)
    return f"kg_filled(string_split_regex({given[0]}, {quote_text(f'[{signs}]')}))"


def _replace(given: list[str], texts: list[str | None]) -> str:
    find = texts[1] or ""
    if not is_pattern(find):
        return f"replace({', '.join(given)})"
    replaced = f"replace({given[2]}, '\\', '\\\\')" if texts[2] is None else quote_text(_translate(texts[2]))
    return f"regexp_replace({given[0]}, {quote_text(find[1:-1])}, {replaced}, 'g')"


def _translate(replacement: str) -> str:
    r"""A replacement as Java writes it, for RE2.

    >>> print(_translate(r"$2-$1 \$5"))
    \2-\1 $5
    """
    found = re.sub(r"\\(.)|\$(\d)|\\", lambda m: m[1] or (f"\\{m[2]}" if m[2] else "\\"), replacement)
    return re.sub(r"\\(?!\d)", r"\\\\", found)


def _match(given: list[str], texts: list[str | None]) -> str:
    pattern = f"^(?:{strip_slashes(texts[1] or '')})$"
    written = quote_text(pattern)
    # of the whole there is one match; a group that took no part in it has no value, which `regexp_extract` calls ''
    groups = [f"regexp_extract_all({given[0]}, {written}, {n})[1]" for n in range(1, count_groups(pattern) + 1)]
    return f"CASE WHEN regexp_matches({given[0]}, {written}) THEN [{', '.join(groups)}]::VARCHAR[] END"


def _contains_piece(given: list[str], texts: list[str | None]) -> str:
    return f"list_contains({_split([given[0]], [None, texts[2]])}, {given[1]})::VARCHAR"


def _replace_chars(given: list[str], texts: list[str | None]) -> str:
    return f"translate({', '.join(given)})"


PATTERNED = {
    GREL + "string_split": _split,
    GREL + "string_smartSplit": _smart_split,
    GREL + "string_replace": _replace,
    GREL + "string_replaceChars": _replace_chars,
    GREL + "string_match": _match,
    IDLAB + "stringContainsOtherString": _contains_piece,
}
