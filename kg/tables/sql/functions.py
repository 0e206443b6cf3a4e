# ruff: noqa: E501 - the table of functions reads best with one function a line
"""What the functions of `kg.tables.plan.functions` compute, as SQL over `{0}`, `{1}` ...: none is foreign code."""

from __future__ import annotations

from kg.tables.plan.functions import FNS, GREL, IDLAB

# by IRI, for each output
WRITTEN: dict[str, tuple[str, ...]] = {
    GREL + "toUpperCase": ('upper({0})',),
    GREL + "toLowerCase": ('lower({0})',),
    GREL + "string_toUppercase": ('upper({0})',),
    GREL + "string_toLowercase": ('lower({0})',),
    GREL + "toTitleCase": ("array_to_string(list_transform(string_split(lower({0}), ' '), lambda w: upper(left(w, 1)) || substr(w, 2)), ' ')",),
    GREL + "string_trim": ('trim({0})',),
    GREL + "string_length": ('length({0})::VARCHAR',),
    GREL + "string_reverse": ('reverse({0})',),
    GREL + "string_md5": ('md5({0})',),
    GREL + "string_sha1": ('sha1({0})',),
    GREL + "escape": ('url_encode({0})',),
    GREL + "string_contains": ('contains({0}, {1})::VARCHAR',),
    GREL + "string_startsWith": ('starts_with({0}, {1})::VARCHAR',),
    GREL + "string_endsWith": ('ends_with({0}, {1})::VARCHAR',),
    GREL + "string_indexOf": ('(instr({0}, {1}) - 1)::VARCHAR',),
    GREL + "string_replace": ('replace({0}, {1}, {2})',),
    GREL + "string_substring": ('array_slice({0}, coalesce(try_cast({1} AS INTEGER), 0) + 1, coalesce(try_cast({2} AS INTEGER), length({0})))',),
    GREL + "string_get": ('array_slice({0}, coalesce(try_cast({1} AS INTEGER), 0) + 1, coalesce(try_cast({2} AS INTEGER), length({0})))',),
    GREL + "string_chomp": ('CASE WHEN ends_with({0}, {1}) THEN left({0}, length({0}) - length({1})) ELSE {0} END',),
    GREL + "string_lastIndexOf": ('(CASE WHEN contains({0}, {1}) THEN length({0}) - instr(reverse({0}), reverse({1})) - length({1}) + 1 ELSE -1 END)::VARCHAR',),
    GREL + "array_join": ('concat_ws({1}, {0}, {2})',),
    GREL + "controls_if": ("CASE WHEN lower({0}) = 'true' THEN {1} ELSE {2} END",),
    IDLAB + "alwaysReturnsABC": ("'ABC'",),
    IDLAB + "toUpperCaseURL": ("CASE WHEN regexp_matches(lower({0}), '^https?://') THEN upper({0}) ELSE 'http://' || upper({0}) END",),
    IDLAB + "equal": ('({0} = {1})::VARCHAR',),
    IDLAB + "notEqual": ('({0} <> {1})::VARCHAR',),
    IDLAB + "isNull": ('({0} IS NULL)::VARCHAR',),
    IDLAB + "trueCondition": ("CASE WHEN lower({0}) = 'true' THEN {1} END",),
    IDLAB + "stringContainsOtherString": ('contains({0}, {1})::VARCHAR',),
    IDLAB + "random": ('uuid()::VARCHAR',),
    IDLAB + "slugify": ("trim(regexp_replace(lower(strip_accents({0})), '[^a-z0-9]+', '-', 'g'), '-')",),
    IDLAB + "concat": ('concat({0}, {2}, {1})',),
    FNS + "helloworld": ("'Hello World!'",),
    FNS + "schema": ("'https://schema.org/' || {0}",),
    FNS + "parseURL": ("nullif(regexp_extract({0}, '^([^:]+)://', 1), '')", "nullif(regexp_extract({0}, '^[^:]+://([^/]*)', 1), '')", "nullif(regexp_extract({0}, '^[^:]+://[^/]*/(.*)$', 1), '')",),
}  # fmt: skip
