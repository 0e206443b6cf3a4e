"""Values and conditions of a plan → SQL expressions."""

from __future__ import annotations

from typing import assert_never

from kg.tables.engine.datatypes import FLOATING, ill_typed, ill_typed_as, is_finite
from kg.tables.engine.macros import IRI, LANGUAGE, SCHEME, quote_name, quote_text
from kg.tables.plan.value import (
    Absent,
    AllOf,
    AnyOf,
    Call,
    Column,
    Concat,
    Condition,
    Differ,
    Encode,
    Encoding,
    Equal,
    FirstOf,
    Holds,
    IllTyped,
    Index,
    Items,
    Lines,
    Member,
    Members,
    Missing,
    NearNumber,
    NoIri,
    NoLanguage,
    NoneOf,
    NoPort,
    Number,
    Numbers,
    Present,
    Relative,
    Shown,
    StartsWith,
    Text,
    Value,
    When,
)
from kg.tables.sql.functions import write_call

CALLS = {
    Encoding.IRI: "kg_iri({})",
    Encoding.URI: "url_encode({})",
    Encoding.LABEL: "kg_label({})",
    Encoding.ESCAPE: "kg_escape({})",
    Encoding.DOUBLE: "kg_double({})",
    Encoding.NUMBER: "kg_number({})",
    Encoding.UNPADDED: "rtrim({}, ' ')",
    Encoding.MOMENT: "kg_moment({})",
    Encoding.FORM: "kg_form({})",
    Encoding.LOWERED: "lower({})",
    Encoding.UNACCENTED: "strip_accents({})",
    Encoding.COMPOSED: "nfc_normalize({})",
    Encoding.BLANK: "replace({}, ' ', '\\u0020')",
}
ESCAPES = {0x5C: "\\\\", 0x22: '\\"', 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}  # the backslash first
SHOWN = 200  # characters of a value in a message


def write_value(value: Value) -> str:
    """The SQL of a value; it can stand as an operand.

    >>> write_value(Concat(parts=(Text(text="<a/"), Column(of="t", name="x"), Text(text=">"))))
    '(\\'<a/\\' || t."x" || \\'>\\')'
    """
    match value:
        case Column(of=of, name=name):
            return f"{of}.{quote_name(name)}"
        case Member(column=column, name=name):
            return f"{write_value(column)}.{quote_name(name)}"
        case Text(text=text):
            return write_text(text)
        case Number(number=number):
            return str(number)
        case Missing():
            return "NULL::VARCHAR"
        case Encode():
            return write_encoded(value)
        case Concat(parts=parts, whole=whole):
            written = [write_value(part) for part in parts]
            return f"concat({', '.join(written)})" if whole else f"({' || '.join(written)})"
        case Lines(texts=texts):
            return f"concat_ws(chr(10), {', '.join(map(write_value, texts))})"
        case FirstOf(values=values):
            return f"coalesce({', '.join(map(write_value, values))})"
        case When(condition=condition, then=then, otherwise=otherwise):
            rest = "" if isinstance(otherwise, Missing) else f" ELSE {write_value(otherwise)}"
            return f"CASE WHEN {write_condition(condition)} THEN {write_value(then)}{rest} END"
        case Call(function=function, output=output, arguments=arguments):
            given = [f"({write_value(argument)})" for argument in arguments]
            return write_call(function, output, given, arguments)
        case Items():
            return write_items(value)
        case Members(column=column):
            return f"list_transform({write_value(column)}, lambda m: m.v)"
        case Index(within=within, order=order, shared=shared):
            place = "dense_rank" if shared else "row_number"
            parts_ = f"PARTITION BY {', '.join(map(write_value, within))} " if within else ""
            return f"({place}() OVER ({parts_}ORDER BY {', '.join(map(write_value, order))}) - 1)::VARCHAR"
        case Numbers(numbers=numbers):
            return f"[{', '.join(map(write_value, numbers))}]::BIGINT[]"
        case Shown(value=inner):
            return f"left(({write_value(inner)})::VARCHAR, {SHOWN})"
        case _:
            assert_never(value)


def write_items(items: Items) -> str:
    """A list of values that are there, and of the items of lists; NULL where no value is there."""
    if len(items.values) == 1 and items.lists:
        return f"nullif({write_value(items.values[0])}, [])"
    parts = [
        write_value(value) if place in items.lists else f"[{write_value(value)}]"
        for place, value in enumerate(items.values)
    ]
    listed = parts[0]
    for part in parts[1:]:
        listed = f"list_concat({listed}, {part})"
    return f"nullif(list_filter({listed}, lambda x: x IS NOT NULL), [])"


def write_text(text: str) -> str:
    """A text as SQL, without a line end in its middle.

    >>> write_text("a\\nit's")
    "'a' || chr(10) || 'it''s'"
    """
    lines = [quote_text(part) if part else "" for part in text.split("\n")]
    between = [part for line in lines for part in ("chr(10)", line) if part][1:]
    return " || ".join(between) or "''"


def write_encoded(value: Encode) -> str:
    r"""A value with its encoding; a literal's text is escaped by replacements where few bytes may need it.

    >>> print(write_encoded(Encode(encoding=Encoding.ESCAPE, value=Column(of="t", name="v"), codes=frozenset(b'"'))))
    replace(t."v", chr(34), '\"')
    """
    written = write_value(value.value)
    if value.codes is None:
        return CALLS[value.encoding].format(written)
    for code, escape in ESCAPES.items():
        if code in value.codes:
            written = f"replace({written}, chr({code}), {quote_text(escape)})"
    return written


def write_condition(condition: Condition) -> str:
    """The SQL of a condition: true, false, or NULL where a value that it needs is missing."""
    match condition:
        case Present(values=values):
            return " AND ".join(f"{write_value(value)} IS NOT NULL" for value in values) or "true"
        case Absent(value=value):
            return f"{write_value(value)} IS NULL"
        case Holds(column=column):
            return write_value(column)
        case Equal(one=one, other=other):
            return f"{write_value(one)} = {write_value(other)}"
        case Differ(one=one, other=other):
            return f"{write_value(one)} <> {write_value(other)}"
        case NearNumber(value=value, literal=literal, number=number):
            written = f"regexp_extract({write_value(value)}, {quote_text(f'^{literal}$')}, 1)"
            return f"try_cast({written} AS DOUBLE) = try_cast({quote_text(str(number))} AS DOUBLE)"
        case StartsWith(value=value, text=text):
            return f"starts_with({write_value(value)}, {write_text(text)})"
        case IllTyped():
            return write_ill_typed(condition)
        case NoIri(value=value, blanks=blanks, is_uri=is_uri):
            text = f"replace({write_value(value)}, ' ', '')" if blanks else write_value(value)
            beyond = f" OR strlen({text}) <> length({text})" if is_uri else ""
            return f"NOT regexp_full_match({text}, {quote_text(IRI)}){beyond}"
        case Relative(value=value):
            return f"NOT regexp_matches({write_value(value)}, {quote_text(SCHEME)})"
        case NoLanguage(value=value):
            return f"NOT regexp_full_match({write_value(value)}, {quote_text(LANGUAGE)})"
        case NoPort(value=value):
            return f"NOT regexp_full_match({write_value(value)}, '[0-9]*')"
        case AllOf(conditions=conditions):
            return " AND ".join(f"({write_condition(each)})" for each in conditions) or "true"
        case AnyOf(conditions=conditions):
            return f"({' OR '.join(f'({write_condition(each)})' for each in conditions) or 'false'})"
        case NoneOf(conditions=conditions):
            return " AND ".join(f"NOT coalesce({write_condition(each)}, false)" for each in conditions) or "true"
        case _:
            assert_never(condition)


def write_ill_typed(condition: IllTyped) -> str:
    """The condition that a value is not in the lexical space of a datatype, perhaps one of its row's."""
    value, datatype = write_value(condition.value), condition.datatype
    if not isinstance(datatype, str):
        return ill_typed_as(value, write_value(datatype))
    wrong = ill_typed(value, datatype) or "false"
    if condition.plain and datatype in FLOATING:  # the database computes both sides of an AND
        return f"CASE WHEN {is_finite(value)} THEN false ELSE {wrong} END"
    return wrong
